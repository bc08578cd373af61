"""Called states against true ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.world.detection import detection, spells


def flags(text: str) -> np.ndarray:
    return np.array([mark == "x" for mark in text])


def test_a_late_call_a_miss_and_a_false_alarm() -> None:
    true = flags("...xxxx....xx......")
    call = flags(".....xxx......xx...")
    found = detection(call, true)
    assert found.delays == (2,)
    assert (found.missed, found.false_alarms) == (1, 1)
    assert found.accuracy == pytest.approx(12 / 19)
    assert found.youden == pytest.approx(2 / 6 - 3 / 13)


def test_a_call_that_comes_early_is_no_false_alarm_and_no_delay() -> None:
    found = detection(flags("..xxx.."), flags("...xxx."))
    assert (found.delays, found.missed, found.false_alarms) == ((0,), 0, 0)


def test_a_spell_that_runs_at_the_start_has_no_delay() -> None:
    found = detection(flags("..x...."), flags("xxxx..."))
    assert (found.delays, found.missed, found.false_alarms) == ((), 0, 0)


def test_one_state_alone_has_no_youden() -> None:
    assert np.isnan(detection(flags(".x."), flags("...")).youden)
    assert np.isnan(detection(flags(".x."), flags("xxx")).youden)


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_the_truth_itself_is_perfect(marks: list[bool]) -> None:
    true = np.array(marks)
    found = detection(true, true)
    assert found.accuracy == 1.0
    assert found.missed == found.false_alarms == sum(found.delays) == 0
    assert np.isnan(found.youden) or found.youden == 1.0


@given(st.lists(st.booleans(), max_size=60))
def test_spells_put_together_are_the_flags(marks: list[bool]) -> None:
    again = np.zeros(len(marks), dtype=bool)
    for start, end in spells(np.array(marks, dtype=bool)):
        assert start < end
        again[start:end] = True
    assert again.tolist() == marks
