"""How numbers, dates and counts are written for people: true minus sign, commas, a dash where there is no figure."""

from __future__ import annotations

import math

import numpy as np

MISSING = "–"
MINUS = "−"
COUNTS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float, digits: int = 2, signed: bool = False) -> str:
    """``value`` rounded to ``digits`` decimals; zero never has a sign, NaN and infinity are a dash."""
    if not math.isfinite(value):
        return MISSING
    text = f"{abs(value):,.{digits}f}"
    if not text.strip("0.,"):
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def percent(share: float, digits: int = 1, signed: bool = False) -> str:
    """A fraction as a percentage: 0.296 is ``29.6%``."""
    text = number(100.0 * share, digits, signed)
    return text if text == MISSING else f"{text}%"


def points(share: float, digits: int = 1, signed: bool = True) -> str:
    """A difference of fractions in percentage points, without the word: 0.027 is ``+2.7``."""
    return number(100.0 * share, digits, signed)


def multiple(factor: float) -> str:
    """Growth of one to three digits: ``×13.4``."""
    digits = 2 if abs(factor) < 9.995 else 1 if abs(factor) < 99.95 else 0
    text = number(factor, digits)
    return text if text == MISSING else f"×{text}"


def day(date: np.datetime64 | None) -> str:
    """``31 Dec 2025``; a dash where there is no date."""
    if date is None or np.isnat(date):
        return MISSING
    year, month, number_of_day = str(date.astype("datetime64[D]")).rsplit("-", 2)
    return f"{int(number_of_day)} {MONTHS[int(month) - 1]} {year}"


def month(date: np.datetime64) -> str:
    """``Dec 2025``."""
    return day(date).split(" ", 1)[1]


def count(value: int, noun: str = "", plural: str = "") -> str:
    """``2,514 sessions``: the noun takes an s, or ``plural``, unless there is exactly one."""
    if not noun:
        return f"{value:,}"
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def spelled(value: int, among: int = 0) -> str:
    """A small count as a word, a larger one as a figure; a figure too where it stands beside one, ``among``."""
    return COUNTS[value] if max(value, among) < len(COUNTS) else f"{value:,}"


def readable(name: str) -> str:
    """An identifier as a label: ``cash_generators`` is ``Cash generators``; a name with capitals stays as it is."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:] if text == text.lower() else text
