"""Made-up markets with everything that real ones have: late listings, missing days, missing opens, ties, cash rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.simulation import Execution, Market, weekly_decisions


@dataclass(frozen=True)
class World:
    market: Market
    targets: np.ndarray
    decided: np.ndarray
    switched: np.ndarray
    execution: Execution

    def until(self, rows):
        """The same world when only its first ``rows`` sessions have happened."""
        market = Market(
            self.market.sessions[:rows],
            self.market.assets,
            self.market.close[:rows],
            self.market.open[:rows],
            self.market.fresh[:rows],
            self.market.cash_return[:rows],
            self.market.cost_bps,
        )
        decided = weekly_decisions(market.sessions, self.execution.rebalance_weekday)
        return World(market, self.targets[:rows], decided, self.switched[:rows], self.execution)


def world(seed, sessions=60, assets=3, fill="next_close", costs=True, stale=0.1, flat=False):
    """A random world; ``flat`` prices move on few days only, so that weights tie with each other and with targets."""
    rng = np.random.default_rng(seed)
    shape = (sessions, assets)
    steps = rng.normal(0.0005, 0.03, shape) * (rng.random(shape) < (0.05 if flat else 1.0))
    gaps = rng.normal(0.0, 0.01, shape) * (not flat)
    start = np.full(assets, 20.0) if flat else rng.uniform(0.01, 900.0, assets)
    close = start * np.exp(np.cumsum(steps, axis=0))
    listed = np.arange(sessions)[:, None] >= rng.integers(0, max(sessions // 2, 1), assets) * (rng.random(assets) < 0.5)
    fresh = listed & ((rng.random(shape) >= stale) | (np.cumsum(listed, axis=0) == 1))
    last = np.maximum.accumulate(np.where(fresh, np.arange(sessions)[:, None], -1), axis=0)
    mark = np.where(last >= 0, np.take_along_axis(close, np.maximum(last, 0), axis=0), np.nan)
    opens = np.where(fresh, close * np.exp(gaps), np.nan)
    opens[rng.integers(0, sessions, assets), np.arange(assets)] = np.nan
    cash = rng.uniform(0.0, 0.0003, sessions)
    market = Market(
        sessions=np.busday_offset("2019-01-01", np.arange(sessions), roll="forward").astype("datetime64[D]"),
        assets=tuple("ABCDEFGH"[:assets]),
        close=mark,
        open=opens,
        fresh=fresh,
        cash_return=np.where(np.arange(sessions) == 0, 0.0, cash),
        cost_bps=rng.uniform(0.0, 50.0, assets) * costs,
    )
    targets, switched = _targets(rng, market)
    execution = Execution(fill=fill, rebalance_weekday=str(rng.choice(["MON", "WED", "FRI"])))
    return World(market, targets, weekly_decisions(market.sessions, execution.rebalance_weekday), switched, execution)


def _targets(rng, market):
    """Piecewise constant mixes of what is listed; some fully invested, some with cash, some with nothing."""
    listed = ~np.isnan(market.close)
    targets, switched = np.zeros(listed.shape), np.zeros(len(listed), dtype=bool)
    wanted, invested = np.ones(listed.shape[1]), 1.0
    for row in range(len(listed)):
        if row == 0 or rng.random() < 0.08:
            switched[row] = row > 0
            wanted = rng.choice([0.0, 1.0, 1.0, rng.random()], listed.shape[1])
            invested = float(rng.choice([1.0, 1.0, 0.6, rng.random(), 0.0]))
        mix = wanted * listed[row]
        targets[row] = invested * mix / max(mix.sum(), 1.0) if mix.sum() != 1.0 else invested * mix
    return targets, switched
