"""Where to cut: at random, around releases, and before the state changes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from waterline.panel import Panel
from waterline.sessions import Instants

Rows = npt.NDArray[np.int64]
COVERING, AT_SWITCHES, AT_RANDOM = 0.35, 0.25, 0.25
AROUND = (-1, 0, 1)


def cut_rows(panel: Panel, valid_from: int, switches: Rows, count: int, seed: int) -> tuple[int, ...]:
    """Rows of the sessions to cut at, ascending; fewer than ``count`` only where there are not as many.

    The first score and the last session are always among them. Up to a third lie just before a release, so that each
    series with releases further apart than a session is cut before one of its own, as far as that goes. A quarter lie
    one session before, at, and one after changes of state, a quarter at random. The rest lie around releases again,
    spread over the whole span.

    Args:
        panel: the data.
        valid_from: row of the first score.
        switches: rows at which the state changes.
        count: how many rows; at least 2.
        seed: of the random choices.
    """
    last = len(panel.clock) - 1
    first = max(1, min(valid_from, last))
    rng = np.random.default_rng([seed, count])
    chosen = {first, last}
    inside = np.arange(first, last + 1)
    releases = slow_releases(panel, first)
    _add(chosen, covering(releases, chosen, rng), round(COVERING * count), count)
    near = rng.permutation(switches[switches > first])
    near = np.clip(near + np.resize(AROUND, len(near)), first, last)
    _add(chosen, near, round(AT_SWITCHES * count), count)
    _add(chosen, rng.permutation(inside), round(AT_RANDOM * count), count)
    _add(chosen, _around(releases, first, last, count, rng), count, count)
    _add(chosen, rng.permutation(inside), count, count)
    return tuple(sorted(chosen))


def _add(chosen: set[int], rows: Rows, most: int, count: int) -> None:
    """Add up to ``most`` of ``rows``, in their order, while there are fewer than ``count``."""
    for row in rows.tolist():
        if most <= 0 or len(chosen) >= count:
            return
        most -= row not in chosen
        chosen.add(row)


def slow_releases(panel: Panel, first: int) -> dict[str, Rows]:
    """For each series that is not released every day or so, the rows after ``first`` that are the first to know one."""
    found = {}
    for name, rows in sorted(panel.series.items()):
        known = first_to_know(panel, rows.available_at)
        known = np.unique(known[(known > first) & (known < len(panel.clock))])
        if 0 < len(known) < (len(panel.clock) - first) / 2:
            found[name] = known
    return found


def first_to_know(panel: Panel, instants: Instants) -> Rows:
    """(n,) row of the first session whose cutoff knows what became available at each instant; T where none does."""
    return np.asarray(np.searchsorted(panel.clock.cutoffs, instants, side="left"))


def covering(releases: dict[str, Rows], chosen: set[int], rng: np.random.Generator) -> Rows:
    """Rows just before releases, so that each series is cut before one of them; of many at once the busiest first."""
    open_names = [name for name, known in releases.items() if not chosen.intersection((known - 1).tolist())]
    rows: list[int] = []
    while open_names:
        known = rng.permutation(np.concatenate([releases[name] for name in open_names]))
        days, times = np.unique(known, return_counts=True)
        busiest = days[times == times.max()]
        row = int(rng.choice(busiest))
        rows.append(row - 1)
        open_names = [name for name in open_names if row not in releases[name]]
    return np.array(rows, dtype=np.int64)


def _around(releases: dict[str, Rows], first: int, last: int, count: int, rng: np.random.Generator) -> Rows:
    """One row around a release in each of ``count`` stretches of the span, in random order."""
    if not releases:
        return np.empty(0, dtype=np.int64)
    known = np.unique(np.concatenate(list(releases.values())))
    edges = np.linspace(first, last + 1, count + 1)
    rows: list[int] = []
    for low, high in pairwise(edges.tolist()):
        within = known[(known >= low) & (known < high)]
        if len(within):
            rows.append(int(rng.choice(within)) + AROUND[len(rows) % len(AROUND)])
    return rng.permutation(np.clip(np.array(rows, dtype=np.int64), first, last))
