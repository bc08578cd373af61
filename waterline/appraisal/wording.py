"""How the sentences of the evidence write their numbers: true minus sign, a dash where there is no figure."""

from __future__ import annotations

import math

import numpy as np

MISSING = "–"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LEVEL = 0.05
SMALL = 0.01
NEAR_LEVEL = 0.006
"""A p-value this near to the level is written with a third decimal, so that it is seen on which side it lies."""


def figure(value: float, digits: int = 2) -> str:
    """``value`` rounded to ``digits`` decimals; zero never has a sign."""
    if not math.isfinite(value):
        return MISSING
    text = f"{abs(value):,.{digits}f}"
    return f"−{text}" if value < 0 and text.strip("0.,") else text


def share(value: float, digits: int = 1) -> str:
    """A fraction as a percentage: 0.031 is ``3.1%``."""
    text = figure(100.0 * value, digits)
    return text if text == MISSING else f"{text}%"


def span(low: float, high: float) -> str:
    """An interval of fractions, in percent without the sign: ``−1.2 to 7.6``."""
    return f"{figure(100.0 * low, 1)} to {figure(100.0 * high, 1)}"


def chance(p_value: float) -> str:
    """``p 0.11``: three decimals where two would hide on which side of the level it lies, or would leave nothing."""
    if p_value < 0.0005:
        return "p < 0.001"
    near = abs(p_value - LEVEL) < NEAR_LEVEL or p_value < SMALL
    return f"p {figure(p_value, 3 if near else 2)}"


def odds(probability: float) -> str:
    """A probability with two decimals that never claims certainty: ``above 0.99``."""
    if probability > 0.99:
        return "above 0.99"
    return figure(probability)


def years(value: float) -> str:
    """``10 years``, ``2.5 years``, ``7 months``: a decimal below three years, months below one."""
    if value < 1.0:
        return counted(12.0 * value, "month")
    text = figure(value, 0 if value >= 3.0 else 1)
    return f"{text} years"


def day(date: np.datetime64) -> str:
    """``9 Feb 2026``."""
    if np.isnat(date):
        return MISSING
    year, month, number = str(date.astype("datetime64[D]")).rsplit("-", 2)
    return f"{int(number)} {MONTHS[int(month) - 1]} {year}"


def counted(value: float, noun: str) -> str:
    """``1 trial``, ``2,514 sessions``; an effective number is rounded."""
    text = figure(value, 0)
    return f"{text} {noun if text == '1' else noun + 's'}"
