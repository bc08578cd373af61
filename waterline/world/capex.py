"""Capital expenditure: a log-linear ramp that takes off with demand, filed weeks after the quarter and restated later.

What a reader sees of a company is its first filing; the restated figure is part of the truth. The national accounts
carry the same wave in their investment share, and are told twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from waterline.catalog.release import business_day
from waterline.panel import Observations
from waterline.sessions import Dates, Floats
from waterline.world.grid import Grid
from waterline.world.parameters import Parameters
from waterline.world.publication import DAY, Shutdown, accounts, filed

IT_INVESTMENT = "A679RC1Q027SBEA"


@dataclass(frozen=True, slots=True, eq=False)
class Filings:
    """What companies and national accounts told, and what they meant.

    Attributes:
        series: observations by name.
        restated: "COMPANY/capex" -> (n,) USD of each quarter after its restatement.
    """

    series: dict[str, Observations]
    restated: dict[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Quarters:
    """The complete quarters of a world.

    Attributes:
        first_days: (n,) first day of each quarter.
        last_days: (n,) last day of each quarter.
        demand: (n,) its mean demand for capital.
        bank_assets: (n,) bank assets in USD at its end.
    """

    first_days: Dates
    last_days: Dates
    demand: Floats
    bank_assets: Floats

    def __len__(self) -> int:
        return len(self.demand)


def quarters_of(grid: Grid, demand: Floats, bank_assets: Floats) -> Quarters:
    """The complete quarters of ``grid`` with their mean demand."""
    months = grid.sessions.astype("datetime64[M]").astype(np.int64)
    quarter = months // 3
    kinds, inverse = np.unique(quarter, return_inverse=True)
    mean = np.bincount(inverse, demand) / np.bincount(inverse)
    end = np.searchsorted(quarter, kinds, side="right") - 1
    begins = (kinds * 3).astype("datetime64[M]")
    last_days = cast(Dates, (begins + np.timedelta64(3, "M")).astype("datetime64[D]") - DAY)
    whole = slice(1, -1 if last_days[-1] > grid.days[-1] else None)
    return Quarters(begins.astype("datetime64[D]")[whole], last_days[whole], mean[whole], bank_assets[end][whole])


def filings(quarters: Quarters, shutdown: Shutdown, parameters: Parameters, rng: np.random.Generator) -> Filings:
    """Company flows and national accounts."""
    demand = parameters.demand
    growth = demand.ramp + demand.boost * (quarters.demand - 0.5)
    level = np.cumsum(growth)
    series: dict[str, Observations] = {}
    restated: dict[str, Floats] = {}
    for company in demand.companies:
        capex = demand.capex_usd * np.exp(level + demand.noise * rng.standard_normal(len(quarters)))
        series |= _company(company, quarters, capex, parameters, rng)
        restated[f"{company}/capex"] = capex
    above_ramp = level - demand.ramp * np.arange(len(quarters))
    series |= _national_accounts(quarters, above_ramp, shutdown, parameters, rng)
    return Filings(series, restated)


def _company(
    company: str, quarters: Quarters, capex: Floats, parameters: Parameters, rng: np.random.Generator
) -> dict[str, Observations]:
    demand, count = parameters.demand, len(quarters)
    delay = rng.integers(*demand.filing_days, size=count, endpoint=True).astype("timedelta64[D]")
    first_filed = capex / (1.0 + demand.revision * rng.standard_normal(count))
    cash_flow = trailed(capex, demand.cash_flow_memory) / demand.cash_flow_share
    plumbing = parameters.plumbing
    raised = plumbing.companies_share * plumbing.need[1] * quarters.demand * quarters.bank_assets
    flows = {
        "capex": first_filed,
        "ocf": cash_flow * np.exp(demand.noise * rng.standard_normal(count)),
        "net_borrowing": raised / len(demand.companies) * np.exp(demand.noise * rng.standard_normal(count)),
        "capex_definition": np.zeros(count),
    }
    filing_days = business_day(cast(Dates, quarters.last_days + delay))
    return {
        f"{company}/{flow}": filed(f"{company}/{flow}", quarters.last_days, filing_days, value)
        for flow, value in flows.items()
    }


def trailed(value: Floats, memory: int) -> Floats:
    """(n,) exponential mean in logs with a mean age of ``memory`` quarters, from the first value on."""
    out, level = [], float(np.log(value[0]))
    for logarithm in np.log(value).tolist():
        level += (logarithm - level) / memory
        out.append(level)
    return np.asarray(np.exp(out))


def _national_accounts(
    quarters: Quarters, above_ramp: Floats, shutdown: Shutdown, parameters: Parameters, rng: np.random.Generator
) -> dict[str, Observations]:
    demand, count = parameters.demand, len(quarters)
    growth = demand.gdp_growth * np.arange(count)
    gdp = demand.gdp_usd * np.exp(growth + np.cumsum(demand.gdp_noise * rng.standard_normal(count)))
    share = demand.it_share * np.exp(demand.it_sensitivity * above_ramp)
    told = {"GDP": (gdp, demand.gdp_revision), IT_INVESTMENT: (gdp * share, demand.revision)}
    return {
        name: accounts(
            name,
            quarters.first_days,
            value * (1.0 + revision * rng.standard_normal(count)),
            value,
            demand.revision_days,
            shutdown,
        )
        for name, (value, revision) in told.items()
    }
