"""Every shipped strategy keeps the contract of its family, and does what its name says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from strategies.graded_tilt import GradedTilt
from strategies.regime_switch import RegimeSwitch
from strategies.static_mix import StaticMix
from waterline.contracts import Regime, Score, Sleeves
from waterline.testing import StrategyContract

NAMES = ("speculative", "generators")


class TestRegimeSwitch(StrategyContract):
    plugin = RegimeSwitch()


class TestGradedTilt(StrategyContract):
    plugin = GradedTilt(least=0.1, most=0.9)


class TestStaticMix(StrategyContract):
    plugin = StaticMix()


def _situation(total: list[float], states: list[int], valid_from: int) -> tuple[Score, Regime, Sleeves]:
    score = Score(total=np.array(total))
    regime = Regime(np.array(states, dtype=np.int8), valid_from, np.isnan(score.total))
    inside = {name: np.tile(np.eye(2)[k], (len(total), 1)) for k, name in enumerate(NAMES)}
    return score, regime, Sleeves(NAMES, NAMES, inside)


def test_the_switch_holds_the_mix_before_the_first_score_then_the_sleeve_of_the_state() -> None:
    held = RegimeSwitch().exposure(*_situation([np.nan, 0, 1, 1], [0, 0, 1, 1], 1))
    assert held.tolist() == [[0.5, 0.5], [1, 0], [0, 1], [0, 1]]


def test_the_tilt_is_in_the_middle_at_zero_and_holds_through_gaps() -> None:
    held = GradedTilt().exposure(*_situation([np.nan, 0.0, 2.0, np.nan], [0, 0, 1, 1], 1))
    assert held[:2, 0].tolist() == [0.5, 0.5]
    assert held[2, 0] == held[3, 0] == pytest.approx(1 / (1 + np.exp(4)))


@given(low=st.floats(-5, 5), step=st.floats(0.001, 5), slope=st.floats(0.1, 20))
def test_the_tilt_never_holds_more_when_capital_is_scarcer(low: float, step: float, slope: float) -> None:
    held = GradedTilt(slope=slope).exposure(*_situation([low, low + step], [0, 0], 0))
    assert held[1, 0] <= held[0, 0]


@pytest.mark.parametrize("kind", [RegimeSwitch, StaticMix])
def test_leverage_is_refused(kind: type) -> None:
    field = "mix" if kind is StaticMix else "ample"
    with pytest.raises(ValidationError, match=r"sum to 1\.2, and there is no leverage"):
        kind(**{field: {"speculative": 0.7, "generators": 0.5}})


def test_a_reversed_tilt_is_refused() -> None:
    with pytest.raises(ValidationError, match="must not exceed"):
        GradedTilt(least=0.9, most=0.1)
