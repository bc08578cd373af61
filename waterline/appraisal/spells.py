"""Whether a few episodes carry it all: the timing gain without each of them in turn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from waterline.appraisal.gains import UNTESTED, GainTest, gain_test
from waterline.appraisal.sample import Sample
from waterline.evidence import Episode
from waterline.metrics import SESSIONS_PER_YEAR, timing_gain, years_between
from waterline.sessions import Flags, Floats

SHOCK = (np.datetime64("2020-02-01"), np.datetime64("2020-05-31"))
"""The pandemic's fall and rebound, which alone can make or break a timing rule."""


@dataclass(frozen=True, slots=True)
class SpellEvidence:
    """One spell of a state, and what becomes of the timing gain without it.

    Attributes:
        state: "ample" or "scarce".
        decided: session at whose cutoff it was entered.
        last: last session.
        sessions: number of sessions.
        gain: return of the strategy less that of the mix over the spell, after costs, as a fraction.
        share_of_gain: what its sessions add to the timing gain a year; the spells add up to it.
        without: the timing gain of all other sessions, exposures centred on their own average.
    """

    state: str
    decided: np.datetime64
    last: np.datetime64
    sessions: int
    gain: float
    share_of_gain: float
    without: GainTest


@dataclass(frozen=True, slots=True)
class Spells:
    """All spells of a run.

    Attributes:
        table: one row a spell.
        median_sessions: the median dwell; NaN without spells.
        scarce: number of scarce spells: the independent episodes behind the result.
        best: row of the spell that adds most to the gain; -1 without spells.
        without_best: the timing gain without it.
        without_shock: the timing gain without February to May 2020; untested where none of it was evaluated.
        sign_is_stable: whether the gain keeps its sign without the spell that does most for that sign.
    """

    table: tuple[SpellEvidence, ...]
    median_sessions: float
    scarce: int
    best: int
    without_best: GainTest
    without_shock: GainTest
    sign_is_stable: bool


def spells_of(sample: Sample, episodes: Sequence[Episode]) -> Spells:
    """The spells of ``sample``; they begin with its first session and follow each other."""
    terms = _terms(sample)
    rows = _rows_of(episodes, len(sample))
    table = tuple(
        SpellEvidence(
            state=episode.state,
            decided=episode.decided,
            last=episode.last,
            sessions=episode.sessions,
            gain=episode.gain,
            share_of_gain=SESSIONS_PER_YEAR * float(np.nansum(terms[part])) / max(1, np.isfinite(terms).sum()),
            without=gain_without(sample, part),
        )
        for episode, part in zip(episodes, rows, strict=True)
    )
    shares = [spell.share_of_gain for spell in table]
    whole = float(np.sum(shares))
    best = int(np.argmax(np.array(shares) * (1.0 if whole >= 0.0 else -1.0))) if table else -1
    left = table[best].without if table else UNTESTED
    shock = sample.between(*SHOCK)
    return Spells(
        table=table,
        median_sessions=float(np.median([spell.sessions for spell in table])) if table else math.nan,
        scarce=sum(spell.state == "scarce" for spell in table),
        best=best,
        without_best=left,
        without_shock=gain_without(sample, shock) if shock.any() else UNTESTED,
        sign_is_stable=left.estimate.value * whole > 0.0,
    )


def gain_without(sample: Sample, left_out: Flags) -> GainTest:
    """The timing gain of the sessions that are not ``left_out`` (n,); their years are counted in proportion."""
    kept = ~left_out
    years = years_between(sample.sessions) * float(kept.mean()) if len(sample) else math.nan
    return gain_test(timing_gain(sample.rows.exposure[kept], sample.sleeve_excess[kept]), years)


def _terms(sample: Sample) -> Floats:
    """(n,) daily terms of the timing gain; NaN where a figure is missing."""
    exposure, excess = sample.rows.exposure, sample.sleeve_excess
    complete = np.isfinite(exposure).all(axis=1) & np.isfinite(excess).all(axis=1)
    if not complete.any():
        return np.full(len(exposure), np.nan)
    tilt = exposure - exposure[complete].mean(axis=0)
    return np.where(complete, np.einsum("tk,tk->t", tilt, excess), np.nan)


def _rows_of(episodes: Sequence[Episode], count: int) -> list[Flags]:
    """Which of the returns belong to each spell: from the session after its decision to the next decision's."""
    ends = np.cumsum([episode.sessions for episode in episodes], dtype=np.int64)
    at = np.arange(count)
    return [(at >= end - episode.sessions) & (at < end) for end, episode in zip(ends, episodes, strict=True)]
