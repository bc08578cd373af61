"""The Schmitt machine, sequence by sequence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from waterline.regime import SchmittRule

NAN = float("nan")
scores = st.lists(st.floats(-3, 3) | st.just(NAN), max_size=120)


def states(score: list[float], **rule: float) -> list[int]:
    defaults = {"up": 1.0, "down": 0.0, "confirm": 2, "dwell": 0}
    return SchmittRule.model_validate({**defaults, **rule}).classify(np.array(score)).states.tolist()


def test_it_starts_ample_and_switches_on_the_confirming_session() -> None:
    assert states([2, 2, 2]) == [0, 1, 1]


def test_the_threshold_itself_does_not_count() -> None:
    assert states([1.0, 1.0, 1.0]) == [0, 0, 0]
    assert states([2, 2, 0.0, 0.0]) == [0, 1, 1, 1]


def test_an_interrupted_run_starts_again() -> None:
    assert states([2, 0.5, 2, 2]) == [0, 0, 0, 1]


def test_between_the_thresholds_the_state_is_held() -> None:
    assert states([2, 2, 0.5, 0.5, -1, 0.5, -1, -1]) == [0, 1, 1, 1, 1, 1, 1, 0]


def test_a_missing_score_holds_the_state_and_resets_the_count() -> None:
    assert states([2, NAN, 2, 2, NAN, -1, -1]) == [0, 0, 0, 1, 1, 1, 0]


def test_dwell_delays_the_next_switch_and_the_count_goes_on() -> None:
    assert states([2, 2, -1, -1, -1, -1, -1], dwell=4) == [0, 1, 1, 1, 1, 0, 0]


def test_dwell_does_not_delay_the_first_switch() -> None:
    assert states([2, 2, 2], dwell=100) == [0, 1, 1]


def test_where_the_score_begins_and_where_it_was_held() -> None:
    regime = SchmittRule().classify(np.array([NAN, NAN, 0.1, NAN, 0.2]))
    assert regime.valid_from == 2
    assert regime.held.tolist() == [True, True, False, True, False]
    assert SchmittRule().classify(np.array([NAN, NAN])).valid_from == 2
    assert SchmittRule().classify(np.array([])).valid_from == 0


@given(score=scores, cut=st.integers(0, 120), confirm=st.integers(1, 5), dwell=st.integers(0, 30))
def test_the_past_does_not_move_when_the_future_is_removed(
    score: list[float], cut: int, confirm: int, dwell: int
) -> None:
    whole = states(score, confirm=confirm, dwell=dwell)
    assert states(score[:cut], confirm=confirm, dwell=dwell) == whole[:cut]


@given(score=scores, confirm=st.integers(1, 5), dwell=st.integers(0, 30))
def test_switches_are_confirmed_and_apart(score: list[float], confirm: int, dwell: int) -> None:
    regime = SchmittRule(up=1, down=0, confirm=confirm, dwell=dwell).classify(np.array(score))
    rows = np.flatnonzero(regime.switches())
    assert (np.diff(rows) >= max(dwell, confirm)).all()
    for row in rows:
        run = np.array(score)[row - confirm + 1 : row + 1]
        assert (run > 1).all() if regime.states[row] else (run < 0).all()


def test_reversed_thresholds_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"down \(2\) must not exceed up \(1\)"):
        SchmittRule(up=1, down=2)
