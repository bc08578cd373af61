"""How often a claim that is false by construction would be believed, on ten years of persistent volatility.

A small sample of what was measured once on 2,000 runs (seeds 1000 to 2999): between 2.3 % and 5.2 % on each side of
each of the twelve numbers. Three standard errors, because eighteen rates are judged at once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from waterline.thesis import CLAIMS
from waterline.thesis.ground import Ground, Undecided
from waterline.thesis.scorecard import MEASURES
from waterline.thesis.verdicts import FEWEST_EPISODES, LEVEL, part_finding

RUNS = 150
JUDGED = (
    "stimulus_turns_drain",
    "assets_part_ways",
    "order_of_damage",
    "yields_rise_together",
    "forced_selling_spreads",
)


@pytest.fixture(scope="module")
def rejected(make: Callable[..., Ground]) -> dict[tuple[str, str], np.ndarray]:
    """(claim, part) -> (runs, 2) whether each side was rejected at 5 %, of the runs with enough episodes."""
    found: dict[tuple[str, str], list[tuple[bool, bool]]] = {}
    for seed in range(RUNS):
        ground = make(seed)
        for claim in (claim for claim in CLAIMS if claim.key in JUDGED):
            measures = MEASURES[claim.key](ground, slice(0, len(ground)))
            assert not isinstance(measures, Undecided)
            for part, measure in zip(claim.parts, measures, strict=True):
                told = part_finding(part, measure)
                if told.episodes >= FEWEST_EPISODES:
                    found.setdefault((claim.key, part.name), []).append(
                        (told.p_value <= LEVEL, told.p_against <= LEVEL)
                    )
    return {name: np.array(flags) for name, flags in found.items()}


def test_a_false_claim_is_rejected_no_more_often_than_stated(rejected: dict[tuple[str, str], np.ndarray]) -> None:
    assert {key for key, _ in rejected} == set(JUDGED)
    for name, flags in rejected.items():
        assert len(flags) >= 0.9 * RUNS, name
        bound = LEVEL + 3.0 * np.sqrt(LEVEL * (1.0 - LEVEL) / len(flags))
        assert flags.mean(axis=0).max() <= bound, (name, flags.mean(axis=0), bound)


def test_the_tests_are_not_asleep(rejected: dict[tuple[str, str], np.ndarray]) -> None:
    """A test that never rejects would keep its size and find nothing."""
    assert np.mean([flags.mean() for flags in rejected.values()]) >= 0.015
