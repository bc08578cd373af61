"""The ``tune`` section: what is searched, how, and on which sessions."""

from __future__ import annotations

import builtins
import datetime as dt
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from waterline.errors import suggestion

Value = str | int | float | bool
Metric = Literal[
    "timing_gain", "sharpe_ratio", "sortino_ratio", "cagr", "calmar_ratio", "max_drawdown", "volatility",
    "turnover_per_year", "cost_per_year",
]  # fmt: skip
METRICS: tuple[str, ...] = get_args(Metric)
LESS_IS_BETTER: frozenset[Metric] = frozenset({"volatility", "turnover_per_year", "cost_per_year"})


class TuneNode(BaseModel):
    """A part of the section."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


class Parameter(TuneNode):
    """One searched parameter: a range of numbers or a list of choices, exactly one of the three."""

    float: tuple[builtins.float, builtins.float] | None = None
    """Least and largest value of a real parameter."""
    int: tuple[builtins.int, builtins.int] | None = None
    """Least and largest value of a whole parameter."""
    choice: tuple[Value, ...] | None = None
    """Values of a parameter that is no range."""
    log: bool = False
    """Whether a range is searched on a logarithmic scale."""
    also: tuple[str, ...] = ()
    """Further paths that always get the same value."""

    @model_validator(mode="after")
    def _one_kind(self) -> Parameter:
        given = [name for name in ("float", "int", "choice") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of float, int and choice, not {' and '.join(given) or 'none'}")
        if self.choice is not None:
            return self._good_choices(self.choice)
        low, high = self.float or self.int or (0, 0)
        if low >= high:
            raise ValueError(f"the range [{low:g}, {high:g}] is empty or reversed: the second must be larger")
        if self.log and low <= 0:
            raise ValueError(f"a logarithmic range must begin above zero, not at {low:g}")
        return self

    def _good_choices(self, choices: tuple[Value, ...]) -> Parameter:
        if len(choices) < 2 or len(set(choices)) < len(choices):
            raise ValueError("a choice needs at least two values, all different")
        if self.log:
            raise ValueError("log belongs to a range, not to a choice")
        return self


class Validation(TuneNode):
    """Where training ends and testing begins. Lengths in years are of calendar time."""

    kind: Literal["anchored", "rolling"] = "anchored"
    """Whether training always begins at the first session and grows, or keeps its length and moves."""
    train_years: float = Field(5.0, gt=0, le=50)
    """Length of the first training span, or of every one where they move."""
    test_years: float = Field(1.0, gt=0, le=20)
    """Length of each test fold."""
    purge_sessions: int = Field(5, ge=0, le=252)
    """Sessions left out between the end of training and the test: what was decided in training fills there."""
    embargo_sessions: int = Field(63, ge=0, le=504)
    """Combinatorial folds only: sessions left out of training after a test fold."""
    combinatorial: tuple[int, int] = (10, 2)
    """Number of folds, and of those tested at a time, in the combinatorial splits that show the dispersion."""
    start: dt.date | None = None
    """First session that counts; the first score of the configuration as it stands where not given."""

    @model_validator(mode="after")
    def _splits(self) -> Validation:
        folds, tested = self.combinatorial
        if not 2 <= tested < folds <= 16:
            raise ValueError(f"combinatorial is [{folds}, {tested}]: at most 16 folds, of which 2 or more are tested")
        return self


def _as_tuple(value: object) -> tuple[object, ...]:
    names = tuple(value) if isinstance(value, list | tuple) else (value,)
    for name in names:
        if name not in METRICS:
            raise ValueError(f"there is no metric {name!r}. {suggestion(str(name), METRICS)}")
    if not names or len(set(names)) < len(names):
        raise ValueError("name at least one metric, and each once")
    return names


class TuneConfig(TuneNode):
    """A search over parameters."""

    space: dict[str, Parameter] = Field(min_length=1, max_length=32)
    """Searched parameters by their path in the configuration, such as ``regime.up``."""
    objective: Annotated[
        tuple[Metric, ...], BeforeValidator(_as_tuple, json_schema_input_type=Metric | tuple[Metric, ...])
    ] = ("timing_gain",)
    """Metric to be improved on the training folds; several give a front, from which the best mean rank is taken."""
    sampler: Literal["two_stage", "tpe", "random", "cmaes", "grid"] = "two_stage"
    """How parameters are proposed: a wide sweep and then TPE, or one of Optuna's samplers alone."""
    sweep: int = Field(16_384, ge=64, le=1_048_576)
    """Parameter sets of the wide sweep."""
    keep: int = Field(128, ge=1, le=1000)
    """Best sets of the sweep that are registered in the study of each fold."""
    trials: int = Field(64, ge=0, le=100_000)
    """Trials of the sampler in each fold."""
    batch: int = Field(16, ge=1, le=1024)
    """Trials proposed at once. Part of the result, like the seed: a batch does not know its own outcomes."""
    validation: Validation = Validation()
    """The folds."""
    keep_returns: int = Field(10_000, ge=1, le=10_000)
    """Most trials whose daily training returns are kept."""
