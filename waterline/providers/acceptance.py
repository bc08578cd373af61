"""When a filing was accepted, from stamps whose zone the SEC does not say.

The submissions interface ends every ``acceptanceDateTime`` in "Z". For most filers that is UTC; for about a fifth it is
the clock of New York with a "Z" appended, the same way for all filings of one filer (measured in 2026 on 64,936 filings
of 808 companies against the headers of the filings, see the issues 64 of theOGognf/finagg and 115 of
john-friedman/datamule-python). Read as UTC, such a stamp lies hours before the filing: a report of 16:05 would be known
at noon.

What EDGAR does tells the two apart: it accepts from 06:00 to 22:00 New York time on business days, and a report that
comes after 17:30 gets the next business day for its filing date. Stamps count as UTC only where hardly a report of the
filer contradicts that and many contradict New York, which is the later and so the safer reading. A stamp that fits its
own filing date in neither way is not used: that filing is known from 17:30 of the date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from waterline.catalog.release import business_day
from waterline.providers.facts import Day, Instant, ShapeError
from waterline.sessions import NEW_YORK, Dates, Flags, Instants, new_york_instants

ACCEPTED_UNTIL = dt.time(17, 30)
REPORTS = ("10-K", "10-Q", "8-K")  # other forms keep their filing date until 22:00
OPENS, CUTOFF, CLOSES = 6 * 60, 17 * 60 + 30, 22 * 60  # minutes of the day in New York
IN_TRANSMISSION = 30  # minutes; what was begun by 17:30 keeps the date
EXTRA_CLOSURES = np.timedelta64(5, "D")  # days on which EDGAR is closed by decree, a weekend included
STRAY = 0.02  # share of reports that may contradict the right reading: dates adjusted by the SEC after an outage
TELLING = (3, 0.1)  # reports, and share of them, that must contradict a reading to rule it out
COLUMNS = ("accessionNumber", "filingDate", "acceptanceDateTime", "form")
PAGE = re.compile(r"CIK\d{10}-submissions-\d+\.json")


@dataclass(frozen=True, slots=True)
class Submission:
    """A line of a filer's list of filings.

    Attributes:
        accession: number of the filing.
        filed: filing date.
        stamp: time of acceptance as written, zone unknown; NaT where there is none.
        form: "10-K", "10-Q/A", …
    """

    accession: str
    filed: Day
    stamp: np.datetime64
    form: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of older filings.

    Attributes:
        name: of its file.
        first: earliest filing date in it.
        last: latest filing date in it.
    """

    name: str
    first: str
    last: str

    def holds(self, days: Iterable[Day]) -> bool:
        """Whether a filing of one of ``days`` can stand in it."""
        return any(self.first <= str(day) <= self.last for day in days)


def read_index(document: Mapping[str, Any]) -> tuple[list[Submission], list[Page]]:
    """The recent filings of a company and the pages that hold the older ones.

    Raises:
        ShapeError: the document is not built as expected.
    """
    problem = ""
    try:
        filings = document["filings"]
        pages = [Page(page["name"], page["filingFrom"], page["filingTo"]) for page in filings.get("files") or ()]
        strange = [page.name for page in pages if not PAGE.fullmatch(page.name)]
        if not strange:
            return read_submissions(filings["recent"]), pages
        problem = f"a page named {strange[0]!r}"
    except (AttributeError, KeyError, TypeError) as error:
        problem = f"{type(error).__name__}: {error}"
    raise ShapeError(f"sent a list of filings of an unknown shape ({problem}).")


def read_submissions(table: Mapping[str, Iterable[str]]) -> list[Submission]:
    """The filings of a page, which is a table by columns.

    Raises:
        ShapeError: a column is absent or shorter than the others, or a filing date is none.
    """
    problem = ""
    try:
        lines = zip(*(table[column] for column in COLUMNS), strict=True)
        return [Submission(str(a), np.datetime64(filed, "D"), _stamp(at), str(form)) for a, filed, at, form in lines]
    except (KeyError, TypeError, ValueError) as error:
        problem = f"{type(error).__name__}: {error}"
    raise ShapeError(f"sent a list of filings of an unknown shape ({problem}).")


def _stamp(text: str) -> np.datetime64:
    try:
        return np.datetime64(str(text)[:19], "s")
    except ValueError:
        return np.datetime64("NaT", "s")


def end_of_filing_day(filed: Dates) -> Instants:
    """(n,) 17:30 New York of the filing date: no report of that date was accepted later."""
    return new_york_instants(filed, ACCEPTED_UNTIL)


def accepted_at(submissions: Iterable[Submission]) -> dict[str, Instant]:
    """Accession number -> UTC instant of acceptance, or of the end of the filing day where the stamp says nothing."""
    every = tuple(submissions)
    if not every:
        return {}
    filed = np.array([one.filed for one in every], dtype="datetime64[D]")
    stamp = np.array([one.stamp for one in every], dtype="datetime64[s]")
    reports = np.array([one.form.startswith(REPORTS) for one in every]) & ~np.isnat(stamp)
    as_utc, as_new_york = _fits(_new_york_clock(stamp), filed), _fits(stamp, filed)
    if _is_utc(as_utc[reports], as_new_york[reports]):
        known = np.where(as_utc, stamp, end_of_filing_day(filed))
    else:
        known = np.where(as_new_york, _utc(stamp), end_of_filing_day(filed))
    return dict(zip((one.accession for one in every), known, strict=True))


def _is_utc(as_utc: Flags, as_new_york: Flags) -> bool:
    """Which clock a filer's stamps show, from how its reports fit either."""
    contradict_utc, contradict_new_york = int((~as_utc).sum()), int((~as_new_york).sum())
    fewest, share = TELLING
    ruled_out = contradict_new_york >= max(fewest, share * len(as_new_york))
    return ruled_out and contradict_utc <= STRAY * len(as_utc)


def _fits(wall: Instants, filed: Dates) -> Flags:
    """Whether a report accepted when the clock of New York showed ``wall`` would bear the date ``filed``."""
    known = ~np.isnat(wall)
    shown = np.where(known, wall, np.datetime64(0, "s"))
    day: Dates = shown.astype("datetime64[D]")
    minutes = (shown - day) / np.timedelta64(1, "m")
    open_then = known & (business_day(day) == day) & (minutes >= OPENS) & (minutes <= CLOSES + IN_TRANSMISSION)
    same_day = (day == filed) & (minutes <= CUTOFF + IN_TRANSMISSION)
    later = (day < filed) & (filed - day <= EXTRA_CLOSURES) & (minutes >= CUTOFF)
    return cast(Flags, open_then & (same_day | later))


def _new_york_clock(utc: Instants) -> Instants:
    import pandas as pd

    wall = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(NEW_YORK).tz_localize(None)
    return cast(Instants, wall.to_numpy().astype("datetime64[s]"))


def _utc(wall: Instants) -> Instants:
    """UTC instants of clock times in New York; NaT in the hours that daylight saving skips or repeats."""
    import pandas as pd

    zoned = pd.DatetimeIndex(wall).tz_localize(NEW_YORK, ambiguous="NaT", nonexistent="NaT")
    return cast(Instants, zoned.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]"))


def new_york_days(instants: Instants) -> Dates:
    """(n,) days in New York on which UTC instants fall."""
    return cast(Dates, _new_york_clock(instants).astype("datetime64[D]"))
