"""The rule table: which numbers give which verdict, and in which words."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from waterline.metrics import Estimate
from waterline.thesis import CONTRADICTED, NOT_DECIDABLE, SUPPORTED, Claim, Finding, Part
from waterline.thesis.estimation import UNKNOWN, Measure, measured
from waterline.thesis.ground import Undecided
from waterline.thesis.verdicts import Examined, holm, judged, part_finding
from waterline.thesis.words import figure

SHARP, MIRRORED = Part("gap", 1, 0.5, "points"), Part("slope", -1, 0.5, "points")
WEAK = Part("level", 1, 0.5, "points", weak=True)
MANY = 40


def number(ratio: float, episodes: int = MANY) -> Measure:
    """A number with a standard error of 0.1."""
    return measured(Estimate(0.1 * ratio, 0.1, ratio), episodes, 100, 2520)


def verdict(parts: tuple[Part, ...], *measures: Measure, others: int = 6) -> Finding:
    """The finding on a claim that stands among ``others`` of which nothing is known."""
    claim = Claim(1, "key", "text", "statistic", "sample", (), parts)
    unknown = Examined(claim, Undecided("Nothing could be measured.", ("X",)))
    return judged("all", [Examined(claim, measures), *[unknown] * others])[0]


@pytest.mark.parametrize(
    ("parts", "ratios", "expected"),
    [
        ((SHARP,), (4.0,), SUPPORTED),
        ((SHARP,), (-4.0,), CONTRADICTED),
        ((SHARP,), (2.0,), NOT_DECIDABLE),  # p .026 alone, .18 among seven
        ((SHARP,), (-2.0,), NOT_DECIDABLE),
        ((MIRRORED,), (-4.0,), SUPPORTED),
        ((MIRRORED,), (4.0,), CONTRADICTED),
        ((SHARP, MIRRORED), (4.0, -4.0), SUPPORTED),
        ((SHARP, MIRRORED), (4.0, -0.5), NOT_DECIDABLE),  # every sharp part must hold
        ((SHARP, MIRRORED), (4.0, 4.0), CONTRADICTED),  # one part that fails is enough
        ((SHARP, WEAK), (4.0, 0.0), SUPPORTED),  # a weak part need not be shown
        ((SHARP, WEAK), (4.0, -2.0), NOT_DECIDABLE),  # but blocks when it fails at 5 % alone
        ((SHARP, WEAK), (4.0, -5.0), CONTRADICTED),
        ((SHARP, WEAK), (0.0, 9.0), NOT_DECIDABLE),  # and cannot support
    ],
)
def test_rule_table(parts: tuple[Part, ...], ratios: tuple[float, ...], expected: str) -> None:
    found = verdict(parts, *(number(ratio) for ratio in ratios))
    assert found.verdict == expected
    assert found.reason.endswith(".")


@pytest.mark.parametrize(("episodes", "expected"), [(0, NOT_DECIDABLE), (2, NOT_DECIDABLE), (3, SUPPORTED)])
def test_fewer_than_three_episodes_decide_nothing(episodes: int, expected: str) -> None:
    found = verdict((SHARP,), number(90.0, episodes))
    assert found.verdict == expected
    assert (f"{episodes} independent episodes, and at least 3" in found.reason) == (expected == NOT_DECIDABLE)


def test_fewer_than_two_years_of_months_decide_nothing() -> None:
    found = verdict((SHARP,), measured(Estimate(9.0, 0.1, 90.0), MANY, 23, 483))
    assert (found.verdict, found.reason) == (NOT_DECIDABLE, "23 observations, and at least 24 are needed.")


def test_what_cannot_be_measured_is_not_decidable_and_keeps_its_place() -> None:
    alone, among = verdict((SHARP,), number(2.2), others=0), verdict((SHARP,), number(2.2), others=6)
    assert (alone.verdict, among.verdict) == (SUPPORTED, NOT_DECIDABLE)
    assert among.p_adjusted == pytest.approx(7 * alone.p_value)
    assert verdict((SHARP,), measured(UNKNOWN, MANY, 10, 10)).verdict == NOT_DECIDABLE


@pytest.mark.parametrize("p_values", [[0.04], [0.01, 0.01, 0.04, 0.5, 0.02, 0.9, 0.0], [1.0, 0.3, 0.001, 0.3]])
def test_holm_agrees_with_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]), abs=1e-12)


def test_holm_counts_what_is_missing_as_one() -> None:
    assert holm([0.01, np.nan, 0.5]) == pytest.approx([0.03, 1.0, 1.0])


def test_power_faces_the_critical_value_of_few_episodes() -> None:
    few, many = part_finding(SHARP, number(1.0, 4)), part_finding(SHARP, number(1.0, 400))
    assert few.power < many.power < 1.0
    assert few.detectable > many.detectable
    assert few.power == part_finding(SHARP, number(-3.0, 4)).power  # not a function of the estimate


def test_words_do_not_overclaim() -> None:
    faint = Part("gap", 1, 0.05, "points")
    assert "tends to overstate" in verdict((faint,), number(5.0, 20)).reason
    assert "too short to tell" in verdict((faint,), number(1.0)).reason
    assert "and was not: the interval leaves it out" in verdict((SHARP,), number(0.5)).reason
    assert "and was not." in verdict((Part("gap", 1, 0.19, "points"),), number(0.5)).reason
    assert "other side of zero" in verdict((SHARP,), number(-5.0)).reason
    assert "prove" not in " ".join(verdict((SHARP,), number(ratio)).reason for ratio in (-5.0, 0.0, 5.0))


@pytest.mark.parametrize(
    ("value", "text"), [(0.1234, "0.12"), (-0.5, "−0.50"), (0.0, "0.00"), (0.001, "<0.01"), (np.nan, "–")]
)
def test_figures(value: float, text: str) -> None:
    assert figure(value) == text
