"""What the decision asks to hold, at which prices, and when the rule itself would trade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.experiment import Decision
from waterline.portfolios import delayed, entered
from waterline.simulation import weekly_decisions
from waterline.today.moment import World


@dataclass(frozen=True, slots=True)
class Target:
    """One asset of the portfolio.

    Attributes:
        asset: ticker.
        sleeve: the sleeve it belongs to.
        weight: share of equity wanted.
        price: last close known at the moment, adjusted as the data are; NaN where it has none.
        priced: day of that close; NaT where it has none.
    """

    asset: str
    sleeve: str
    weight: float
    price: float
    priced: np.datetime64


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What the last decision wants.

    Attributes:
        targets: every asset of the sleeves, sleeve by sleeve, the largest first.
        exposure: sleeve -> share of equity.
        bills: share of equity in bills.
        decides: why the last decision trades: "switch", "weekly"; "" where it leaves things as they are.
        next_weekly: session of the next weekly decision.
    """

    targets: tuple[Target, ...]
    exposure: dict[str, float]
    bills: float
    decides: str
    next_weekly: np.datetime64

    def of(self, asset: str) -> Target | None:
        """The target of an asset; None where it is in no sleeve."""
        return next((target for target in self.targets if target.asset == asset), None)


def portfolio_of(world: World, made: Decision) -> Portfolio:
    """What the last decision of ``world`` wants, ``execution.delay_sessions`` late."""
    exposure, regime = delayed(made.exposure, made.regime, world.config.execution.delay_sessions)
    weights = made.sleeves.targets(exposure)[-1]
    sleeve_of = {ticker: name for name, sleeve in world.config.sleeves.items() for ticker in sleeve.members}
    targets = [
        Target(asset, sleeve_of[asset], float(weight), *last_price(world, asset))
        for asset, weight in zip(made.sleeves.assets, weights, strict=True)
    ]
    order = {name: place for place, name in enumerate(made.sleeves.names)}
    weekly, following = _weekly(world)
    switched = bool(entered(regime, exposure)[-1])
    return Portfolio(
        targets=tuple(sorted(targets, key=lambda target: (order[target.sleeve], -target.weight))),
        exposure=dict(zip(made.sleeves.names, exposure[-1].tolist(), strict=True)),
        bills=1.0 - float(weights.sum()),
        decides="switch" if switched else "weekly" if weekly else "",
        next_weekly=following,
    )


def last_price(world: World, asset: str) -> tuple[float, np.datetime64]:
    """Last close of an asset that is known at the moment, and its day; NaN and NaT where there is none."""
    bars = world.known.bars.get(asset)
    if bars is None or len(bars.date) == 0:
        return float("nan"), np.datetime64("NaT")
    return float(bars.close[-1]), bars.date[-1]


def _weekly(world: World) -> tuple[bool, np.datetime64]:
    """Whether the last session takes the weekly decision, and the session of the next one after it."""
    last = len(world.decided.clock)
    flags = weekly_decisions(world.sessions, world.config.execution.rebalance_weekday)
    following: np.datetime64 = world.ahead.sessions[flags[last:]][0]
    return bool(flags[last - 1]), following
