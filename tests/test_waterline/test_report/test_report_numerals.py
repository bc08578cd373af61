from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.report.numerals import count, day, month, multiple, number, percent, points, readable, spelled

finite = st.floats(-1e9, 1e9)


@given(finite, st.integers(0, 4), st.booleans())
def test_a_number_reads_back_to_its_rounding(value, digits, signed):
    text = number(value, digits, signed)
    assert float(text.replace(",", "").replace("−", "-")) == pytest.approx(round(value, digits), abs=10.0**-digits)
    assert "-" not in text


@given(st.floats(-0.004, 0.004))
def test_a_rounded_zero_has_no_sign(value):
    assert number(value, 2, signed=True) == "0.00"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_figure_is_a_dash(value):
    assert {number(value), percent(value), points(value), multiple(value)} == {"–"}


def test_known_figures():
    assert number(-1234567.891, 1) == "−1,234,567.9"
    assert percent(0.29641) == "29.6%"
    assert percent(-0.4075, 0, signed=True) == "−41%"
    assert points(0.027) == "+2.7"
    assert [multiple(value) for value in (0.36, 9.994, 9.996, 13.38, 1234.5)] == [
        "×0.36", "×9.99", "×10.0", "×13.4", "×1,234",
    ]  # fmt: skip


def test_dates():
    assert day(np.datetime64("2025-12-31")) == "31 Dec 2025"
    assert day(np.datetime64("2026-02-09T16:00")) == "9 Feb 2026"
    assert month(np.datetime64("2018-08-03")) == "Aug 2018"
    assert {day(None), day(np.datetime64("NaT", "D"))} == {"–"}


def test_counts_and_words():
    assert [count(1, "session"), count(2514, "session"), count(3, "switch", "switches")] == [
        "1 session", "2,514 sessions", "3 switches",
    ]  # fmt: skip
    assert [spelled(7), spelled(12), spelled(13), spelled(7, among=19)] == ["seven", "twelve", "13", "7"]
    assert [readable("cash_generators"), readable("DGS10"), readable("price")] == ["Cash generators", "DGS10", "Price"]
