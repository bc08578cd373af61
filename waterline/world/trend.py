"""N3: past returns that pose as liquidity. What the money side shows is nothing but the trend of speculative assets."""

from __future__ import annotations

import numpy as np

from waterline.contracts import States
from waterline.sessions import Floats
from waterline.world.assets import Returns
from waterline.world.grid import Grid
from waterline.world.latent import SCARCE, SLACK, STIMULUS
from waterline.world.parameters import Parameters


def trend_states(grid: Grid, returns: Returns, parameters: Parameters) -> States:
    """(S,) scarce after losses, stimulus after gains, slack between; from returns up to the session before.

    The trend is the mean return of the speculative assets over ``trend_sessions``, in expanding standard deviations
    of the sum; a state lasts at least ``regimes.minimum`` sessions.
    """
    how = parameters.assets
    columns = [returns.tickers.index(ticker) for ticker in how.groups["speculative"]]
    mean = returns.value[grid.day_of_session][:, columns].mean(axis=1)
    return _held(_scaled_sum(mean, how.trend_sessions), how.trend_band, parameters.regimes.minimum)


def _scaled_sum(value: Floats, count: int) -> Floats:
    """(S,) sum of the ``count`` values before each session over its standard deviation; 0 before there are as many."""
    total = np.concatenate([[0.0], np.cumsum(value)])
    deviation = np.sqrt(np.cumsum(value**2) / np.arange(1, len(value) + 1))
    out = np.zeros(len(value))
    out[count:] = (total[count:-1] - total[: -count - 1]) / (np.sqrt(count) * deviation[count - 1 : -1])
    return out


def _held(trend: Floats, band: float, minimum: int) -> States:
    """(S,) the state that the trend asks for, changed at most once in ``minimum`` sessions."""
    asked = np.where(trend < -band, SCARCE, np.where(trend > band, STIMULUS, SLACK))
    out, since = asked.astype(np.int8), 0
    for t in range(1, len(out)):
        if out[t] != out[t - 1] and since < minimum:
            out[t] = out[t - 1]
        since = since + 1 if out[t] == out[t - 1] else 0
    return out
