"""The plumbing: reserves, reverse repo, the Treasury's account, its debt, and what overnight money costs."""

from __future__ import annotations

import numpy as np

from waterline.panel import Observations
from waterline.sessions import Floats
from waterline.world.grid import DAYS_PER_YEAR, Grid
from waterline.world.latent import QUARTER, Path, relaxed
from waterline.world.parameters import Parameters
from waterline.world.publication import published, told_twice
from waterline.world.sections import Funding

WEEK = 5
BANK_ASSETS = "TLAACBW027SBOG"
BASIS_POINT = 0.01
IORB_BEGINS = np.datetime64("2021-07-29")


def bank_assets(grid: Grid, parameters: Parameters) -> Floats:
    """(S,) assets of commercial banks in USD."""
    plumbing = parameters.plumbing
    return np.asarray(plumbing.bank_assets_usd * np.exp(plumbing.bank_growth * _years(grid)))


def balances(
    grid: Grid, path: Path, absorbed: Floats, parameters: Parameters, rng: np.random.Generator
) -> dict[str, Observations]:
    """The balance sheets: what the central bank holds is what banks, funds, the Treasury and the public hold of it.

    Args:
        grid: days of the world.
        path: whose water is seen.
        absorbed: (S,) demand for capital that the Treasury's borrowing follows.
        parameters: of all worlds.
        rng: source of chance.
    """
    plumbing, count = parameters.plumbing, len(grid.sessions)
    assets = bank_assets(grid, parameters)
    parked = plumbing.parked * np.maximum(path.water, 0.0) * assets
    reserves = plumbing.satiation * assets + path.water * assets - parked
    noise = plumbing.treasury_account_noise * rng.standard_normal(count)
    treasury = plumbing.treasury_account_usd * np.exp(
        relaxed(np.zeros(count), plumbing.treasury_account_pull, noise, 0.0)
    )
    currency = plumbing.currency_usd * np.exp(plumbing.currency_growth * _years(grid))
    held = reserves + parked + treasury + currency
    supply = (plumbing.need[0] + (1.0 - plumbing.companies_share) * plumbing.need[1] * absorbed) * assets / QUARTER
    held_treasuries = plumbing.treasuries_share * held
    debt = plumbing.treasury_debt_usd + np.cumsum(supply) + held_treasuries
    values = {
        BANK_ASSETS: assets,
        "WRESBAL": _week_mean(reserves),
        "RRPONTSYD": parked,
        "WTREGEN": _week_mean(treasury),
        "WALCL": held,
        "TREAST": held_treasuries,
        "DEBTPUBLIC": debt,
    }
    series = {name: published(name, grid, value) for name, value in values.items()}
    final = series[BANK_ASSETS]
    early = final.value * (1.0 + plumbing.bank_revision * rng.standard_normal(len(final)))
    return {**series, BANK_ASSETS: told_twice(final.with_value(early), final.value)}


def funding(
    grid: Grid, path: Path, policy_rate: Floats, parameters: Parameters, rng: np.random.Generator
) -> dict[str, Observations]:
    """SOFR, its tail and the rate paid on reserves, in percent.

    Args:
        grid: days of the world.
        path: whose water sets the spread.
        policy_rate: (S,) percent; the rate on reserves is its quarter steps.
        parameters: of all worlds.
        rng: source of chance.
    """
    how, count = parameters.funding, len(grid.sessions)
    slack = np.clip(path.water / parameters.plumbing.full, 0.0, 1.0)
    disturbed = relaxed(np.zeros(count), 1.0 - how.persistence, how.noise * rng.standard_normal(count), 0.0)
    squeezed = how.slope * np.maximum(0.0, how.threshold - slack) ** 2
    spread = how.base + squeezed + disturbed + _spikes(grid, how, rng)
    tail = how.tail * (2.0 - slack) * np.exp(0.5 * rng.standard_normal(count))
    paid = np.round(4.0 * policy_rate) / 4.0
    values = {"SOFR": paid + BASIS_POINT * spread, "SOFR99": paid + BASIS_POINT * (spread + tail)}
    before, after = published("IOER", grid, paid), published("IORB", grid, paid)
    return {
        "IOER": before.rows(before.period < IORB_BEGINS),
        "IORB": after.rows(after.period >= IORB_BEGINS),
        **{name: published(name, grid, value) for name, value in values.items()},
    }


def _spikes(grid: Grid, how: Funding, rng: np.random.Generator) -> Floats:
    """(S,) basis points of pressure on the last session of each month, more on that of a quarter."""
    month = grid.sessions.astype("datetime64[M]").astype(np.int64)
    last = np.append(month[1:] != month[:-1], False)
    mean = np.where((month + 1) % 3 == 0, how.quarter_end, how.month_end)
    return np.where(last, rng.exponential(mean), 0.0)


def _week_mean(value: Floats) -> Floats:
    padded = np.concatenate([np.full(WEEK - 1, value[0]), value])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, WEEK).mean(axis=1))


def _years(grid: Grid) -> Floats:
    return np.asarray((grid.sessions - grid.sessions[0]) / np.timedelta64(1, "D") / DAYS_PER_YEAR)
