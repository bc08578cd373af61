"""A world is drawn: the panel that its reader sees, the truth beside it, and the experiment to run on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from waterline.config import Config
from waterline.panel import Notice, Observations, Panel
from waterline.sessions import Floats
from waterline.world.assets import Returns, bars_of, draw_returns
from waterline.world.capex import filings, quarters_of
from waterline.world.experiments import experiment
from waterline.world.grid import Grid, grid
from waterline.world.latent import Path, draw_path, follow
from waterline.world.parameters import Parameters, parameters
from waterline.world.plumbing import balances, bank_assets, funding
from waterline.world.publication import draw_shutdown, published
from waterline.world.sections import World
from waterline.world.trend import trend_states
from waterline.world.truth import Truth, truth_of
from waterline.world.yields import BILL_RATE, draw_yields, publish_yields

BRANCHES = (
    "truth", "other", "bills", "returns", "capex", "balances", "funding", "yields", "listings", "shutdown", "study",
)  # fmt: skip
IMPLIED_RANGE = (9.0, 90.0)
Chance = Mapping[str, np.random.Generator]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One draw of a world.

    Attributes:
        panel: what a reader could know, with the decision clock.
        truth: what is true.
        config: the experiment to run on the panel.
        seed: seed for everything random that is done with the draw.
    """

    panel: Panel
    truth: Truth
    config: Config
    seed: int


def worlds() -> dict[str, str]:
    """What each world is, by its name."""
    return {name: world.title for name, world in parameters().worlds.items()}


def draw(world: str, seed: int, years: float, run: int = 0) -> Drawn:
    """Draw number ``run`` of a world.

    The same world, seed, years and run give the same bytes, whoever else draws.

    Args:
        world: one of :func:`worlds`.
        seed: seed of the study, 0 or more.
        years: years of evaluation, after about two of warm-up.
        run: number of the run in the study.

    Raises:
        ConfigError: there is no such world.
        SpanError: too few or too many years.
    """
    every = parameters()
    chosen, days = every.world(world), grid(years, every.calendar)
    chance = _chance(seed, run)
    path = draw_path(days, chosen, every, chance["truth"])
    bill_rate = draw_yields(path, every.yields, chance["bills"])[BILL_RATE]
    returns = draw_returns(days, path, bill_rate, chosen, every, chance["returns"])
    shutdown = draw_shutdown(days, every.publication, chance["shutdown"])
    shown = {"truth": path, **_posing(chosen, days, returns, every, chance["other"])}
    demand = shown[chosen.demand].demand
    told = filings(quarters_of(days, demand, bank_assets(days, every)), shutdown, every, chance["capex"])
    money = _money(days, shown[chosen.shown], demand, bill_rate, every, chance)
    implied = np.clip(every.assets.implied_over_realised * returns.core_volatility, *IMPLIED_RANGE)
    money["VIXCLS"] = published("VIXCLS", days, np.round(implied[days.day_of_session], 2))
    bars = {bars.asset: bars for bars in bars_of(returns, days, every.assets, chance["listings"])}
    notice = Notice("data", f"invented: world {world} ({chosen.title}), seed {seed}, run {run}.")
    panel = Panel(days.clock, told.series | money, bars, (notice,)).as_of(days.clock.closes[-1])
    truth = truth_of(chosen.skill, days, path, returns, panel, told.restated, shutdown)
    return Drawn(panel, truth, experiment(world, days, every), int(chance["study"].integers(2**32)))


def _chance(seed: int, run: int) -> Chance:
    """A generator for each part of a draw, so that a change in one leaves the others as they are."""
    tree = np.random.SeedSequence(seed, spawn_key=(run,)).spawn(len(BRANCHES))
    return {name: np.random.default_rng(branch) for name, branch in zip(BRANCHES, tree, strict=True)}


def _posing(
    world: World, days: Grid, returns: Returns, parameters: Parameters, rng: np.random.Generator
) -> dict[str, Path]:
    """The path that is shown instead of the true one, by its kind; none where the truth shows."""
    if "returns" in (world.shown, world.demand):
        return {"returns": follow(trend_states(days, returns, parameters), parameters, rng)}
    if "independent" in (world.shown, world.demand):
        return {"independent": draw_path(days, parameters.world("N1"), parameters, rng)}
    return {}


def _money(
    days: Grid, shown: Path, demand: Floats, bill_rate: Floats, parameters: Parameters, chance: Chance
) -> dict[str, Observations]:
    """Balance sheets, funding and yields."""
    rates = draw_yields(shown, parameters.yields, chance["yields"]) | {BILL_RATE: bill_rate}
    return {
        **balances(days, shown, demand, parameters, chance["balances"]),
        **funding(days, shown, bill_rate, parameters, chance["funding"]),
        **publish_yields(rates, days),
    }
