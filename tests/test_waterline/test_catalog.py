"""Release rules against days on which numbers really came out, and what holds for every entry of the catalog."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.catalog import ASSETS, COST_BPS, SERIES, asset
from waterline.catalog.release import SameDay, federal_holidays
from waterline.errors import ConfigError

NEW_YORK = ZoneInfo("America/New_York")


def released(series: str, period: str) -> dt.datetime:
    """Wall-clock time in New York of the first release about ``period``."""
    instant: dt.datetime = SERIES[series].release.instant(np.array([period], dtype="datetime64[D]"))[0].item()
    return instant.replace(tzinfo=dt.UTC).astimezone(NEW_YORK).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("series", "period", "expected"),
    [
        ("NFCI", "2026-05-15", "2026-05-20 08:30"),  # Wednesday as a rule
        ("NFCI", "2026-05-22", "2026-05-28 08:30"),  # Memorial Day: Thursday
        ("NFCI", "2024-12-27", "2025-01-02 08:30"),  # New Year's Day is the Wednesday
        ("WALCL", "2025-11-19", "2025-11-20 16:30"),
        ("WALCL", "2025-11-26", "2025-11-28 16:30"),  # Thanksgiving: Friday
        ("TOTBKCR", "2025-12-10", "2025-12-19 16:15"),  # H.8: Friday of the week after
        ("GDP", "2025-01-01", "2025-04-30 08:30"),
        ("GDP", "2025-07-01", "2025-12-23 08:30"),  # the advance of 30 October was cancelled
        ("TEDRATE", "2016-11-30", "2016-12-07 16:40"),  # a week late by agreement
        ("SOFR", "2025-10-30", "2025-10-31 08:00"),
        ("SOFR", "2025-10-31", "2025-11-03 08:00"),  # over a weekend
        ("DGS10", "2025-10-10", "2025-10-14 16:40"),  # over Columbus Day
        ("THREEFYTP10", "2026-01-09", "2026-01-13 15:03"),
        ("STLFSI4", "2024-10-18", "2024-10-24 10:00"),
        ("RRPONTSYD", "2022-12-30", "2022-12-30 14:01"),
        ("BAMLH0A0HYM2", "2025-11-28", "2025-12-01 09:32"),
        ("BAMLH0A0HYM2", "2025-11-30", "2025-12-01 09:32"),  # a month-end stamped on a Sunday
        ("AAA", "2018-12-01", "2019-01-02 16:40"),
        ("TBILLQ", "2009-07-01", "2009-10-01 16:00"),
    ],
)
def test_a_release_comes_when_it_came(series: str, period: str, expected: str) -> None:
    assert released(series, period) == dt.datetime.fromisoformat(expected)


@given(
    series=st.sampled_from(sorted(SERIES)),
    day=st.dates(dt.date(1990, 1, 1), dt.date(2040, 12, 31)),
)
def test_nothing_is_released_before_the_day_it_is_stamped_with(series: str, day: dt.date) -> None:
    entry = SERIES[series]
    month = {"M": day.month, "Q": (day.month - 1) // 3 * 3 + 1}.get(entry.step)
    period = day if month is None else dt.date(day.year, month, 1)
    at = released(series, period.isoformat())
    assert at.time() == entry.release.at
    assert at.date() >= period
    if not isinstance(entry.release, SameDay):
        assert at.date() > period
        assert at.weekday() < 5
        assert np.datetime64(at.date()) not in federal_holidays()


@pytest.mark.parametrize("series", sorted(SERIES))
def test_a_later_period_is_never_released_before_an_earlier_one(series: str) -> None:
    entry = SERIES[series]
    days = np.arange("2003-01-01", "2026-01-01", dtype="datetime64[D]")
    stamps = {
        "D": days[np.is_busday(days)],
        "W": days[0::7],
        "M": np.unique(days.astype("datetime64[M]")).astype("datetime64[D]"),
        "Q": np.unique(days.astype("datetime64[M]"))[::3].astype("datetime64[D]"),
    }[entry.step]
    assert (np.diff(entry.release.instant(stamps)) >= np.timedelta64(0, "s")).all()


@pytest.mark.parametrize("series", sorted(SERIES))
def test_every_entry_has_a_range_a_unit_and_an_age(series: str) -> None:
    entry = SERIES[series]
    assert entry.low < entry.high
    assert entry.unit in ("usd", "percent", "index")
    assert entry.scale in (1.0, 1e6, 1e9)
    assert entry.max_age_days > 0


def test_every_asset_has_a_cost_and_a_title() -> None:
    assert all(entry.asset_class in COST_BPS and entry.title for entry in ASSETS.values())


def test_an_unknown_asset_brings_the_nearest_known() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'QQQ'"):
        asset("QQQQ")
