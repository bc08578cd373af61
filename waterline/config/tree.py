"""The configuration tree. Frozen; unknown keys are refused; every default is written into the resolved form."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from waterline.catalog import ASSETS, COST_BPS, SERIES
from waterline.config.tuning import TuneConfig
from waterline.contracts import Signal, Strategy
from waterline.errors import ConfigError, suggestion
from waterline.metrics import IDEA_PUBLISHED
from waterline.plugins import build
from waterline.regime import RegimeRule, SchmittRule
from waterline.simulation import Execution
from waterline.sleeves import SleeveConfig
from waterline.sources import SourceConfig

EARLIEST_CUTOFF, LATEST_CUTOFF = dt.time(4, 0), dt.time(18, 30)


class Node(BaseModel):
    """A section of the configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class PluginChoice(Node):
    """A researcher's class and its parameters."""

    use: str
    """Import path, ``package.module:Class``; the package must be ``signals`` or ``strategies``."""
    params: dict[str, Any] = {}
    """Fields of the class; what is not named keeps its default."""


class SignalChoice(PluginChoice):
    """The signal of the experiment."""

    use: str = "signals.liquidity_regime:LiquidityRegime"
    """Import path of a signal, ``package.module:Class``."""


class StrategyChoice(PluginChoice):
    """The strategy of the experiment."""

    use: str = "strategies.regime_switch:RegimeSwitch"
    """Import path of a strategy, ``package.module:Class``."""


class ProvidersConfig(Node):
    """Who is asked for data, and how."""

    order: tuple[Literal["fred", "fred-csv", "treasury", "yahoo", "sec"], ...] = ("fred", "treasury", "yahoo", "sec")
    """Services in order of preference. "fred-csv" needs no key and knows the latest revision only."""
    offline: bool = False
    """Whether the network is off limits."""
    contact: str | None = None
    """E-mail address that the SEC asks every program to declare; WATERLINE_CONTACT where not given."""


class Config(Node):
    """One experiment."""

    name: str = Field(min_length=1, max_length=80)
    """What the run is called."""
    description: str = Field("", max_length=2000)
    """What it asks, in a sentence or two."""
    data: SourceConfig
    """Where the data come from."""
    start: dt.date
    """First session. Signals warm up from here on; the evaluation starts at the first score."""
    end: dt.date | None = None
    """Last session; the benchmark's last bar where not given."""
    cutoff: dt.time = dt.time(16, 0)
    """New York time of the decision. What was public by then may be used."""
    signal: SignalChoice = SignalChoice()
    """Score of capital scarcity."""
    regime: RegimeRule = SchmittRule()
    """From score to state."""
    sleeves: dict[str, SleeveConfig] = Field(min_length=1, max_length=8)
    """Groups of assets by name."""
    strategy: StrategyChoice = StrategyChoice()
    """From score and state to exposures."""
    execution: Execution = Execution()
    """From exposures to trades."""
    costs_bps: dict[str, float] = Field(default_factory=lambda: dict(COST_BPS))
    """Cost per side by asset class, in basis points; classes not named keep the default."""
    bill_rate: str = "IRX"
    """Series that cash earns, in percent a year."""
    benchmark: str = "SPY"
    """Ticker of the index that every result is shown beside."""
    providers: ProvidersConfig = ProvidersConfig()
    """Where ``waterline fetch`` gets what the run reads."""
    idea_date: dt.date = IDEA_PUBLISHED.astype(dt.date)
    """First session after the thesis was published; parts ``pre_idea`` from ``post_idea``."""
    seed: int = Field(0, ge=0, lt=2**32)
    """Seed of everything random."""
    tune: TuneConfig | None = None
    """What ``waterline tune`` searches; ``waterline run`` does not look at it."""

    @field_validator("cutoff")
    @classmethod
    def _cutoff_bounds(cls, value: dt.time) -> dt.time:
        if not EARLIEST_CUTOFF <= value <= LATEST_CUTOFF:
            raise ValueError(
                f"must lie between {EARLIEST_CUTOFF:%H:%M} and {LATEST_CUTOFF:%H:%M}: later, a crypto day would fill "
                "at a price from before the decision"
            )
        return value

    @field_validator("costs_bps")
    @classmethod
    def _costs(cls, value: dict[str, float]) -> dict[str, float]:
        for name, bps in value.items():
            if name not in COST_BPS:
                raise ValueError(f"unknown asset class {name!r}. {suggestion(name, COST_BPS)}")
            if not 0 <= bps <= 1000:
                raise ValueError(f"{name} is {bps:g}, but costs lie between 0 and 1000 basis points")
        return {**COST_BPS, **value}

    @model_validator(mode="after")
    def _ordered(self) -> Config:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"end ({self.end}) must come after start ({self.start})")
        return self

    @cached_property
    def built_signal(self) -> Signal:
        """The signal with its validated parameters."""
        return build(Signal, "signal.use", self.signal.use, self.signal.params)

    @cached_property
    def built_strategy(self) -> Strategy:
        """The strategy with its validated parameters."""
        return build(Strategy, "strategy.use", self.strategy.use, self.strategy.params)

    def checked(self) -> Config:
        """This configuration, once every name in it is known to mean something.

        Raises:
            ConfigError: an asset, series or sleeve is unknown, or an asset stands twice.
        """
        members = [ticker for sleeve in self.sleeves.values() for ticker in sleeve.members]
        for key, ticker in [("benchmark", self.benchmark), *(("sleeves", ticker) for ticker in members)]:
            if ticker not in ASSETS:
                raise ConfigError(key, f"asset {ticker!r} is not in the catalog.", suggestion(ticker, ASSETS))
        for ticker in members:
            if members.count(ticker) > 1:
                raise ConfigError("sleeves", f"{ticker!r} stands in it twice.", "Leave it in one sleeve.")
        if self.bill_rate not in SERIES:
            raise ConfigError(
                "bill_rate", f"series {self.bill_rate!r} is not in the catalog.", suggestion(self.bill_rate, SERIES)
            )
        for name in sorted(self.built_signal.inputs()):
            if "/" not in name and name not in SERIES and name not in ASSETS:
                raise ConfigError(
                    "signal.params", f"series {name!r} is not in the catalog.", suggestion(name, [*SERIES, *ASSETS])
                )
        for name in sorted(self.built_strategy.sleeve_names() - set(self.sleeves)):
            raise ConfigError("strategy.params", f"there is no sleeve {name!r}.", suggestion(name, self.sleeves))
        return self

    def resolved(self) -> dict[str, Any]:
        """Every key with its value, defaults included, as plain JSON."""
        tree: dict[str, Any] = self.model_dump(mode="json")
        tree["signal"]["params"] = self.built_signal.model_dump(mode="json")
        tree["strategy"]["params"] = self.built_strategy.model_dump(mode="json")
        if self.tune is None:
            tree.pop("tune")
        return tree

    def digest(self) -> str:
        """SHA-256 of the resolved form without the place of the data and the ``tune`` section: what a run computes."""
        tree = self.resolved()
        tree.pop("providers")
        tree.pop("tune", None)
        tree["data"].pop("path", None)
        canonical = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()
