"""The series Waterline knows: unit, frequency, release rule, plausible range, and whether history is rewritten.

Values are converted to base units: US dollars for money, percent (points) for rates, index points otherwise. ``low``
and ``high`` bound the converted value; a value outside is a wrong unit or a broken file. Release times are those of
the publishers' calendars; "about" marks a time taken from practice rather than from a published rule.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from waterline.catalog.release import (
    FRIDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    BusinessDaysAfter,
    DaysAfterPeriod,
    Release,
    SameDay,
    WeekBatch,
    WeekdayAfter,
)

MAX_AGE_DAYS = {"D": 7, "W": 14, "M": 60, "Q": 150}
MILLION, BILLION = 1e6, 1e9


@dataclass(frozen=True, slots=True)
class Series:
    """What is fixed about a series, whatever source delivers it.

    Attributes:
        id: publisher's id, used as the name everywhere.
        title: what it is, for people.
        unit: "usd", "percent" or "index" after conversion.
        scale: factor from the published unit to the base unit.
        step: "D", "W", "M" or "Q".
        release: rule from period to first public instant.
        low: least plausible converted value.
        high: greatest plausible converted value.
        revised: True where later releases change history, so that a latest revision is not point in time.
        decimals: published decimals in percent, used to clear float dust from spreads; None where not a quoted rate.
        ended: last period, where the publisher has discontinued the series.
    """

    id: str
    title: str
    unit: str
    scale: float
    step: str
    release: Release
    low: float
    high: float
    revised: bool = False
    decimals: int | None = field(default=None)
    ended: dt.date | None = None

    @property
    def max_age_days(self) -> int:
        """Calendar days after release for which a value may be used."""
        return MAX_AGE_DAYS[self.step]

    @property
    def page(self) -> str:
        """Where a person can read about it."""
        return f"fred.stlouisfed.org/series/{self.id}"


def _clock(hour: int, minute: int = 0) -> dt.time:
    return dt.time(hour, minute)


H15 = BusinessDaysAfter(at=_clock(16, 40))
MORNING_AFTER = BusinessDaysAfter(at=_clock(9))
H41 = WeekdayAfter(at=_clock(16, 30), weekday=THURSDAY)
H8 = WeekdayAfter(at=_clock(16, 15), weekday=FRIDAY, weeks=1)
CHICAGO_FED = WeekdayAfter(at=_clock(8, 30), weekday=WEDNESDAY, any_holiday=True)
MONTH_END = DaysAfterPeriod(at=_clock(16, 40), step="M", days=1)
GDP_ADVANCE = DaysAfterPeriod(
    at=_clock(8, 30),
    step="Q",
    days=30,
    delayed={  # government shutdowns of 2013, 2018-19 and 2025
        dt.date(2013, 7, 1): dt.date(2013, 11, 7),
        dt.date(2018, 10, 1): dt.date(2019, 2, 28),
        dt.date(2025, 7, 1): dt.date(2025, 12, 23),
        dt.date(2025, 10, 1): dt.date(2026, 2, 20),
    },
)
FACTORY_ORDERS = DaysAfterPeriod(
    at=_clock(10),
    step="M",
    days=35,
    delayed={
        dt.date(2013, 8, 1): dt.date(2013, 11, 4),
        dt.date(2018, 11, 1): dt.date(2019, 2, 4),
        dt.date(2018, 12, 1): dt.date(2019, 2, 27),
        dt.date(2025, 8, 1): dt.date(2025, 11, 18),
        dt.date(2025, 9, 1): dt.date(2025, 11, 26),
        dt.date(2025, 10, 1): dt.date(2025, 12, 23),
        dt.date(2025, 11, 1): dt.date(2026, 1, 26),
    },
)


def _rate(
    id: str,
    title: str,
    release: Release = H15,
    step: str = "D",
    low: float = -5,
    high: float = 25,
    ended: dt.date | None = None,
) -> Series:
    return Series(id, title, "percent", 1.0, step, release, low, high, decimals=2, ended=ended)


def _balance(id: str, title: str, scale: float, step: str, release: Release, low: float, high: float) -> Series:
    return Series(id, title, "usd", scale, step, release, low, high)


def _revised_usd(id: str, title: str, scale: float, step: str, release: Release, low: float, high: float) -> Series:
    return Series(id, title, "usd", scale, step, release, low, high, revised=True)


def _revised_index(id: str, title: str, step: str, release: Release, low: float, high: float) -> Series:
    return Series(id, title, "index", 1.0, step, release, low, high, revised=True)


def _quarter_usd(id: str, title: str, low: float = 1e9) -> Series:
    return _revised_usd(id, title, BILLION, "Q", GDP_ADVANCE, low, 1e14)


ENTRIES: tuple[Series, ...] = (
    # Treasury yields and quotes
    *(_rate(f"DGS{n}", f"Treasury yield, {n}-year") for n in ("1", "2", "5", "10", "30")),
    _rate("DGS3MO", "Treasury bill yield, 3-month"),
    _rate("DTB3", "Treasury bill discount rate, 3-month"),
    _rate("IRX", "Treasury bill yield, 13-week, exchange quote", SameDay(at=_clock(16)), low=-1),
    _rate("TBILLQ", "Treasury bill yield, quarterly mean", DaysAfterPeriod(at=_clock(16), step="Q", days=1), "Q"),
    _rate("DFII10", "Real Treasury yield, 10-year"),
    _rate("T10Y2Y", "Treasury curve, 10-year minus 2-year"),
    _rate("T10Y3M", "Treasury curve, 10-year minus 3-month"),
    _rate("T5YIE", "Break-even inflation, 5-year"),
    _rate("T10YIE", "Break-even inflation, 10-year"),
    Series(
        "THREEFYTP10", "Term premium, 10-year, Kim-Wright", "percent", 1.0, "D",
        WeekBatch(at=_clock(15, 3), weekday=TUESDAY), -5, 10, revised=True,
    ),
    # Credit
    _rate("BAA10Y", "Baa corporate yield minus 10-year Treasury"),
    _rate("AAA", "Aaa corporate yield, monthly mean", MONTH_END, "M"),
    _rate("BAA", "Baa corporate yield, monthly mean", MONTH_END, "M"),
    _rate("BAMLC0A0CM", "Investment-grade spread", BusinessDaysAfter(at=_clock(9, 32)), low=0, high=40),
    _rate("BAMLC0A4CBBB", "BBB spread", BusinessDaysAfter(at=_clock(9, 32)), low=0, high=40),
    _rate("BAMLH0A0HYM2", "High-yield spread", BusinessDaysAfter(at=_clock(9, 32)), low=0, high=60),
    Series("DRTSCILM", "Banks tightening loan standards, net share", "percent", 1.0, "Q",
           DaysAfterPeriod(at=_clock(14), step="Q", days=-55), -100, 100),
    # Money markets
    _rate("SOFR", "Secured overnight financing rate", BusinessDaysAfter(at=_clock(8))),
    _rate("SOFR99", "Secured overnight financing rate, 99th percentile", BusinessDaysAfter(at=_clock(8))),
    _rate("EFFR", "Effective federal funds rate", MORNING_AFTER),
    _rate("DFF", "Effective federal funds rate, seven-day calendar", MORNING_AFTER, high=30),
    _rate("IORB", "Interest on reserve balances", SameDay(at=_clock(9))),
    _rate("IOER", "Interest on excess reserves", SameDay(at=_clock(9)), ended=dt.date(2021, 7, 28)),
    _rate("TEDRATE", "TED spread", BusinessDaysAfter(at=_clock(16, 40), days=5), ended=dt.date(2022, 1, 21)),
    _balance("RRPONTSYD", "Overnight reverse repo", BILLION, "D", SameDay(at=_clock(14, 1)), 0, 3e12),
    # Balance sheets
    _balance("WALCL", "Federal Reserve assets", MILLION, "W", H41, 5e11, 1.3e13),
    _balance("TREAST", "Treasuries held by the Federal Reserve", MILLION, "W", H41, 1e11, 1e13),
    _balance("WSHOMCB", "Mortgage bonds held by the Federal Reserve", MILLION, "W", H41, 0, 5e12),
    _balance("WRESBAL", "Reserve balances, week average", MILLION, "W", H41, 1e9, 6e12),
    _balance("WTREGEN", "Treasury general account, week average", MILLION, "W", H41, 1e9, 2e12),
    _balance("WDTGAL", "Treasury general account, Wednesday level", MILLION, "W", H41, 1e9, 2e12),
    _revised_usd("TLAACBW027SBOG", "Assets of commercial banks", BILLION, "W", H8, 1e11, 5e13),
    _revised_usd("TOTBKCR", "Bank credit of commercial banks", BILLION, "W", H8, 1e11, 4e13),
    _revised_usd("TOTLL", "Loans and leases of commercial banks", BILLION, "W", H8, 1e11, 4e13),
    _revised_usd("BUSLOANS", "Business loans", BILLION, "M", DaysAfterPeriod(at=_clock(16, 15), step="M", days=20),
                 1e9, 1e13),
    _revised_usd("BOGMBASE", "Monetary base", BILLION, "M", DaysAfterPeriod(at=_clock(13), step="M", days=28),
                 1e10, 2e13),
    _revised_usd("M2SL", "Money stock M2", BILLION, "M", DaysAfterPeriod(at=_clock(13), step="M", days=28),
                 1e11, 5e13),
    _revised_usd("WM2NS", "Money stock M2, weekly", BILLION, "W", WeekdayAfter(at=_clock(13), weekday=TUESDAY, weeks=8),
                 1e11, 5e13),
    # Conditions
    _revised_index("NFCI", "Financial conditions, Chicago Fed", "W", CHICAGO_FED, -5, 10),
    _revised_index("ANFCI", "Adjusted financial conditions, Chicago Fed", "W", CHICAGO_FED, -5, 10),
    _revised_index("STLFSI4", "Financial stress, St. Louis Fed", "W",
                   WeekdayAfter(at=_clock(10), weekday=THURSDAY), -5, 15),
    Series("VIXCLS", "Implied volatility of the S&P 500", "index", 1.0, "D", MORNING_AFTER, 5, 120),
    _revised_index("DTWEXBGS", "Trade-weighted dollar", "D", WeekBatch(at=_clock(16, 15), weekday=0), 50, 250),
    # Output, investment and orders
    _quarter_usd("GDP", "Gross domestic product, annual rate", low=1e11),
    _quarter_usd("GPDI", "Gross private domestic investment, annual rate"),
    _quarter_usd("PNFI", "Private non-residential fixed investment, annual rate"),
    _quarter_usd("A679RC1Q027SBEA", "Investment in information processing and software, annual rate", low=1e8),
    _quarter_usd("REALGDP", "Real gross domestic product, annual rate", low=1e11),
    _quarter_usd("REALINV", "Real gross private domestic investment, annual rate"),
    _revised_usd("NEWORDER", "New orders for core capital goods", MILLION, "M", FACTORY_ORDERS, 1e9, 1e12),
    _revised_usd("A34SNO", "New orders for computers and electronics", MILLION, "M", FACTORY_ORDERS, 1e9, 1e12),
    _revised_index("IPG3344S", "Industrial production of semiconductors", "M",
                   DaysAfterPeriod(at=_clock(9, 15), step="M", days=17), 0, 1000),
    _balance("DEBTPUBLIC", "Treasury debt held by the public", 1.0, "D", BusinessDaysAfter(at=_clock(16)), 1e12, 1e14),
)  # fmt: skip

SERIES: dict[str, Series] = {entry.id: entry for entry in ENTRIES}
