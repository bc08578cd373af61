"""The plugins printed in CONTRIBUTING.md keep the contract of their family and do what they say."""

from __future__ import annotations

import re
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from waterline.contracts import Regime, Score, Sleeves
from waterline.testing import SignalContract, StrategyContract, sample_panel

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def printed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every name that the Python blocks of the document define, each block imported as the file it stands for."""
    folder = tmp_path_factory.mktemp("printed")
    names: dict[str, Any] = {}
    for number, block in enumerate(BLOCK.findall((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))):
        file = folder / f"printed_{number}.py"
        file.write_text(block, encoding="utf-8")
        names |= runpy.run_path(str(file))
    return names


class TestPrintedSignal(SignalContract):
    @pytest.fixture(autouse=True)
    def _printed(self, printed: dict[str, Any]) -> None:
        self.plugin = printed["InvertedCurve"](window=756)


class TestPrintedStrategy(StrategyContract):
    @pytest.fixture(autouse=True)
    def _printed(self, printed: dict[str, Any]) -> None:
        self.plugin = printed["Trim"]()


@pytest.mark.parametrize(("moved", "sign"), [(-5.0, 1), (5.0, -1)], ids=["inverts", "steepens"])
def test_the_printed_signal_is_positive_when_the_curve_inverts(
    printed: dict[str, Any], moved: float, sign: int
) -> None:
    signal = printed["InvertedCurve"](window=756)
    panel = sample_panel(signal.inputs())
    spread = panel.read("T10Y3M")
    late = spread.with_value(np.where(np.arange(len(spread)) >= len(spread) - 20, spread.value + moved, spread.value))
    score = signal.score(replace(panel, series={"T10Y3M": late}))
    assert np.sign(score.total[-1]) == sign


def test_the_printed_strategy_keeps_part_of_its_speculation_while_capital_is_scarce(printed: dict[str, Any]) -> None:
    strategy = printed["Trim"](kept=0.25)
    regime = Regime(np.array([0, 1, 1, 0], dtype=np.int8), 0, np.zeros(4, dtype=np.bool_))
    sleeves = Sleeves(("generators", "speculative"), ("XOM", "MSFT"), {})
    exposure = strategy.exposure(Score(np.zeros(4)), regime, sleeves)
    np.testing.assert_array_equal(exposure, [[0, 1], [0.75, 0.25], [0.75, 0.25], [0, 1]])
