"""Optuna's samplers for a space: what each can search, and with which settings."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import numpy as np

from waterline.config.tuning import LESS_IS_BETTER, Metric, Parameter, TuneConfig, Value
from waterline.errors import ConfigError
from waterline.tuning.outcome import Params

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.trial import FrozenTrial

STARTUP_TRIALS = 10
"""Finished trials, known ones among them, that TPE needs before it stops drawing at random."""
CANDIDATES = 24
"""Points that TPE draws and compares for each proposal."""
GRID_LEVELS = 5
"""Values of a range on a grid, its ends among them; all values of a range of fewer whole numbers."""
LARGEST_GRID = 100_000


def distributions(space: Mapping[str, Parameter]) -> dict[str, BaseDistribution]:
    """Optuna's form of the space, by name: the order of the keys in a file must not change what is drawn."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    out: dict[str, BaseDistribution] = {}
    for name, parameter in sorted(space.items()):
        if parameter.choice is not None:
            out[name] = CategoricalDistribution(parameter.choice)
        elif parameter.int is not None:
            out[name] = IntDistribution(*parameter.int, log=parameter.log)
        elif parameter.float is not None:
            out[name] = FloatDistribution(*parameter.float, log=parameter.log)
    return out


def finished(
    params: Params,
    values: Sequence[float] | None,
    forms: Mapping[str, BaseDistribution],
    attributes: Mapping[str, Value] | None = None,
) -> FrozenTrial:
    """A trial that was evaluated elsewhere; failed without values."""
    from optuna.trial import TrialState, create_trial

    state = TrialState.FAIL if values is None else TrialState.COMPLETE
    return create_trial(
        state=state,
        values=values,
        params=dict(params),
        distributions=dict(forms),
        user_attrs=dict(attributes or {}),
    )


def directions(metrics: Sequence[Metric]) -> list[Literal["minimize", "maximize"]]:
    """Optuna's directions of the metrics."""
    return ["minimize" if metric in LESS_IS_BETTER else "maximize" for metric in metrics]


def check_sampler(tune: TuneConfig) -> None:
    """Refuse a sampler that cannot search this space.

    Raises:
        ConfigError: CMA-ES with a choice or several objectives, or a grid of too many points.
    """
    if tune.sampler == "cmaes":
        if len(tune.objective) > 1:
            problem = f"cmaes improves one objective, not {len(tune.objective)}."
            raise ConfigError("tune.sampler", problem, "Name one, or take sampler: tpe.")
        choices = [name for name, parameter in tune.space.items() if parameter.choice is not None]
        if choices:
            problem = f"cmaes searches ranges; {', '.join(choices)} is a choice."
            raise ConfigError("tune.sampler", problem, "Give it as float: or int:, or take sampler: tpe.")
    if tune.sampler == "grid" and (points := grid_size(tune.space)) > LARGEST_GRID:
        problem = f"the grid has {points:,} points, at most {LARGEST_GRID:,}."
        raise ConfigError("tune.sampler", problem, "Search fewer parameters, or take sampler: random.")


def grid_levels(parameter: Parameter) -> list[Value]:
    """The values of a parameter on a grid, ascending; evenly spaced in the logarithm where it is searched so."""
    if parameter.choice is not None:
        return list(parameter.choice)
    low, high = parameter.float or parameter.int or (0, 0)
    spaced = np.geomspace if parameter.log else np.linspace
    levels = np.clip(spaced(low, high, GRID_LEVELS), low, high)
    if parameter.int is None:
        return [float(level) for level in levels]
    return [int(level) for level in np.unique(np.round(levels).astype(np.int64))]


def grid_size(space: Mapping[str, Parameter]) -> int:
    """Number of points of the grid."""
    return math.prod(len(grid_levels(parameter)) for parameter in space.values())


def trials_of(tune: TuneConfig) -> int:
    """Number of trials of a search: fewer than asked for where a grid has fewer points."""
    return min(tune.trials, grid_size(tune.space)) if tune.sampler == "grid" else tune.trials


def sampler_of(tune: TuneConfig, seed: int) -> BaseSampler:
    """The sampler of ``tune``, every argument that bears on its proposals given."""
    from optuna.samplers import CmaEsSampler, GridSampler, RandomSampler, TPESampler

    match tune.sampler:
        case "two_stage" | "tpe":
            return TPESampler(
                n_startup_trials=STARTUP_TRIALS,
                n_ei_candidates=CANDIDATES,
                multivariate=True,
                group=False,
                constant_liar=True,
                seed=seed,
            )
        case "random":
            return RandomSampler(seed=seed)
        case "cmaes":
            # A generation is a batch: with a smaller population, the rest of each batch would teach nothing.
            population = max(tune.batch, 4 + math.floor(3 * math.log(len(tune.space))))
            return CmaEsSampler(n_startup_trials=1, popsize=population, warn_independent_sampling=False, seed=seed)
        case "grid":
            return GridSampler({name: grid_levels(one) for name, one in tune.space.items()}, seed=seed)


def batch_seed(tune: TuneConfig, seed: int, fold: int, number: int) -> int:
    """Seed of the sampler of one batch. A grid keeps its first one: its points are shuffled with it once."""
    entropy = [seed, fold, 0 if tune.sampler == "grid" else number]
    return int(np.random.SeedSequence(entropy).generate_state(1)[0])


@contextmanager
def silenced() -> Iterator[None]:
    """Optuna without its log lines and its notes on what is experimental."""
    from optuna.exceptions import ExperimentalWarning
    from optuna.logging import ERROR, get_verbosity, set_verbosity

    before = get_verbosity()
    set_verbosity(ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            yield
    finally:
        set_verbosity(before)
