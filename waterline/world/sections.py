"""The sections of ``worlds.yaml``; what each parameter means and its unit stands there."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Pair = tuple[float, float]
ByState = tuple[float, float, float]
ByGroup = dict[str, ByState]


class Part(BaseModel):
    """A section of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Calendar(Part):
    """Which sessions a world has."""

    last: dt.date
    warm_up_years: float
    history_years: float


class Regimes(Part):
    """Semi-Markov states."""

    minimum: int
    shape: float
    mean: ByState
    next: tuple[ByState, ByState, ByState]
    burn_in: int
    fewest_episodes: int


class Demand(Part):
    """Demand for capital, company filings and national accounts."""

    take_off: float
    floor: float
    companies: tuple[str, ...]
    capex_usd: float
    ramp: float
    boost: float
    noise: float
    cash_flow_share: float
    cash_flow_memory: int
    filing_days: tuple[int, int]
    revision: float
    gdp_usd: float
    gdp_growth: float
    gdp_noise: float
    gdp_revision: float
    it_share: float
    it_sensitivity: float
    revision_days: int


class Plumbing(Part):
    """The bathtub: water, reserves, the Treasury's account, absorption."""

    bank_assets_usd: float
    bank_growth: float
    bank_revision: float
    satiation: float
    full: float
    level: ByState
    pull: float
    noise: float
    parked: float
    treasury_account_usd: float
    treasury_account_noise: float
    treasury_account_pull: float
    treasury_debt_usd: float
    treasuries_share: float
    currency_usd: float
    currency_growth: float
    need: Pair
    companies_share: float
    uptake: float
    cover: float


class Funding(Part):
    """Secured funding spread."""

    base: float
    slope: float
    threshold: float
    persistence: float
    noise: float
    month_end: float
    quarter_end: float
    tail: float


class Yields(Part):
    """Bill, Treasury and corporate yields; one entry a name."""

    pull: float
    names: tuple[str, ...]
    mean: tuple[ByState, ...]
    noise: tuple[float, ...]
    correlation: tuple[float, ...]


class Garch(Part):
    """Conditional variance of Glosten, Jagannathan and Runkle with a mean of one."""

    alpha: float
    gamma: float
    beta: float
    ceiling: float


class Assets(Part):
    """Groups of assets and the noise of their returns."""

    groups: dict[str, tuple[str, ...]]
    late: tuple[str, ...]
    loading: dict[str, float]
    freedom: float
    largest_shock: float
    largest_move: float
    garch: Garch
    correlation_pull: float
    trend_sessions: int
    trend_band: float
    implied_over_realised: float


class Publication(Part):
    """The shutdown of the statistical agencies."""

    shutdown_days: tuple[int, int]
    shutdown_delays: tuple[str, ...]
    shutdown_backlog: int


class Risk(Part):
    """Volatility by group and correlation, by state."""

    volatility: ByGroup
    correlation: ByState


class Drift(Part):
    """Drift over bills by group and state."""

    base: ByGroup
    per_demand: ByGroup = {}


class World(Part):
    """What is true in a world, and what its signal can see of it."""

    title: str
    drift: str
    risk: str
    shown: Literal["truth", "independent", "returns"] = "truth"
    demand: Literal["truth", "independent", "returns"] = "truth"
    entry: Literal["exogenous", "endogenous"] = "exogenous"
    single_episode: bool = False
    search: bool = False
    skill: bool = False


class Search(Part):
    """The configurations of the search, as changes to the experiment."""

    signals: tuple[dict[str, Any], ...]
    regimes: tuple[dict[str, Any], ...]
