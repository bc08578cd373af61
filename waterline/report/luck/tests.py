"""The tests of the timing, each p-value with the power of its sample beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from waterline.appraisal import Evidence
from waterline.appraisal.gains import GainTest
from waterline.appraisal.windows import WindowEvidence
from waterline.appraisal.wording import counted
from waterline.evidence.placebo import Placebo
from waterline.report.key_numbers import around
from waterline.report.luck.words import capital, p_text, shown_windows
from waterline.report.numerals import MISSING, count, number, percent, points
from waterline.report.tables import Row, WindowRows

TEST_HEADS = ("Gain, points a year", "90% interval", "p", "Power", "to find a gain of", "Detectable from")
QUOTED = "strategy"


def test_groups(evidence: Evidence) -> tuple[WindowRows, ...]:
    """Each window with its three tests and the one to quote."""
    return tuple(_window(window) for window in shown_windows(evidence))


def _window(window: WindowEvidence) -> WindowRows:
    timing, test = window.timing, window.timing.test
    span = f"{count(window.sessions, 'session')}, {count(timing.switches, 'switch', 'switches')}"
    drawn = written(timing.interval.low, timing.interval.high)
    rows = (
        gain_row("", "By its standard error (HAC)", test),
        _placebo("Against the exposure at other times", timing.shift, test),
        _placebo("Against its spells in other orders", timing.shuffle, test),
        (QUOTED, "To quote: the largest p, interval by bootstrap", (
            points(test.estimate.value), drawn, p_text(timing.p_value), *strength(test),
        )),
    )  # fmt: skip
    return WindowRows(capital(window.label), span, "", rows)


def _placebo(label: str, placebo: Placebo, test: GainTest) -> Row:
    independent = f" ({counted(placebo.effective_draws, 'independent draw')})"
    return "", label + independent, ("", "", p_text(placebo.p_value), *strength(test))


def gain_row(name: str, label: str, test: GainTest, p_value: float | None = None) -> Row:
    """A gain with the interval of its standard error, its p-value and its power."""
    _, low, high = around(test.estimate.value, test.estimate.standard_error)
    p = test.p_value if p_value is None else p_value
    return name, label, (points(test.estimate.value), written(low, high), p_text(p), *strength(test))


def strength(test: GainTest) -> tuple[str, str, str]:
    """Power, the gain it is stated for, and the gain that would be found four times in five."""
    power = test.power
    return number(power.power), percent(power.true_gain), percent(power.minimum_detectable_gain)


def written(low: float, high: float) -> str:
    """Both ends of an interval in points."""
    return f"{points(low)} to {points(high)}" if math.isfinite(low) and math.isfinite(high) else MISSING


def registered_groups(evidence: Evidence) -> tuple[WindowRows, ...]:
    """The tests fixed before looking, the primary hypothesis first; each with a row a window."""
    fixed = evidence.registered
    timing = {name: (gain.test, gain.p_value) for name, gain in fixed.timing.items()}
    increment, spread = fixed.increment, fixed.spread
    return (
        _asked(evidence, f"Primary: {increment.question}", _plain(increment.windows), increment.why),
        _asked(evidence, "Timing gain of the speculative sleeve alone", timing, fixed.why),
        _asked(evidence, "Generators less speculative while capital is scarce", _plain(spread), fixed.why),
    )


def _plain(tests: Mapping[str, GainTest]) -> dict[str, tuple[GainTest, float]]:
    return {name: (test, test.p_value) for name, test in tests.items()}


def _asked(evidence: Evidence, label: str, tests: Mapping[str, tuple[GainTest, float]], why: str) -> WindowRows:
    rows = tuple(
        gain_row("", capital(window.label), *tests[window.name])
        for window in shown_windows(evidence)
        if window.name in tests
    )
    return WindowRows(label, "", why or ("" if rows else "No session to ask it of."), rows)
