"""One-day jumps that no market made: splits left unadjusted, wrong units, bad prints.

A split moves the price by a whole factor k on one day; the day's own return comes on top. A close within 2.5 % of k or
1/k of the close before is taken for a split: a calm stock hardly ever hides one behind a larger move of its own, and a
true crash hardly ever lands that close (Apple on 2000-09-29 fell 51.9 %, 3.7 % beside one half; MicroStrategy on
2000-03-20 fell 61.7 %). Where opens are known, an open within 2.5 % of k counts as well if the close stays within 15 %
of the same k: a split of a restless stock. Any factor beyond 10 is refused. The volatility index, which really doubles
in a day, is only held to the last rule. A 3-for-2 split is not sought: crashes by a third are too common.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from waterline.sessions import Flags, Floats

FACTORS = np.array([2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 50, 100], dtype=np.float64)
TOLERANCE, LOOSE = np.log(1.025), np.log(1.15)
BEYOND = np.log(10.0)
REALLY_DOUBLES = frozenset({"VIX"})


@dataclass(frozen=True, slots=True)
class Jump:
    """A suspicious step.

    Attributes:
        row: index of the bar after the step.
        factor: whole factor k (or 1/k) by which the price moved; the observed one beyond 10 when no k is near.
    """

    row: int
    factor: float


def find_jump(ticker: str, open_: Floats, close: Floats) -> Jump | None:
    """The first step that looks like an unadjusted split, None when there is none.

    Args:
        ticker: asset, for the exemption.
        open_: (n,) positive prices, NaN where unknown.
        close: (n,) positive prices.
    """
    step = np.log(close[1:] / close[:-1])
    overnight = np.log(open_[1:] / close[:-1])
    suspicious = np.abs(step) > BEYOND + TOLERANCE
    if ticker not in REALLY_DOUBLES:
        suspicious |= _near(step, step, TOLERANCE) | _near(overnight, step, LOOSE)
    if not suspicious.any():
        return None
    at = int(np.argmax(suspicious))
    whole = _factor(overnight[[at]] if _near(overnight[[at]], step[[at]], LOOSE)[0] else step[[at]])[0]
    size = whole if abs(abs(step[at]) - np.log(whole)) <= LOOSE else round(float(np.exp(abs(step[at]))), 1)
    return Jump(row=at + 1, factor=float(size if step[at] > 0 else 1 / size))


def _near(evidence: Floats, step: Floats, slack: float) -> Flags:
    """Where ``evidence`` lies within tolerance of a whole factor and ``step`` within ``slack`` of the same one."""
    known = np.where(np.isnan(evidence), 0.0, evidence)
    whole = np.where(known < 0, -1.0, 1.0) * np.log(_factor(known))
    return np.asarray((np.abs(known - whole) <= TOLERANCE) & (np.abs(step - whole) <= slack))


def _factor(log_step: Floats) -> Floats:
    """The whole factor nearest to each step, either way."""
    distance = np.abs(np.abs(log_step)[:, None] - np.log(FACTORS))
    return np.asarray(FACTORS[np.argmin(distance, axis=1)])
