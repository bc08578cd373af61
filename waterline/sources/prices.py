"""Daily bars from ``date,open,high,low,close,adj_close,volume``: adjusted, on sessions, without unadjusted splits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from waterline.catalog import SERIES, Asset
from waterline.errors import DataError
from waterline.panel import Bars, Notice
from waterline.sessions import CLOSE, EARLIEST, Dates, Floats, Instants, exchange_sessions, new_york_instants
from waterline.sources.base import Loaded
from waterline.sources.jumps import find_jump
from waterline.sources.macro import by_rule, check_range
from waterline.sources.table import InputFile, Schema, Table, check_increasing, read_table, require_numbers

PRICES = ("open", "high", "low", "close", "adj_close")
COLUMNS: Schema = {"date": "date", **dict.fromkeys(PRICES, "number"), "volume": "number"}
YIELDS = frozenset({"IRX"})  # quotes of a yield, kept among the prices
AROUND_THE_CLOCK = "crypto"
MARK_AT = {"VIX": dt.time(16, 15)}  # option trading, and so the index, ends a quarter of an hour after the shares
HOLE_SHARE, HOLE_RUN = 0.03, 10
DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True, eq=False)
class Quotes:
    """The prices of one asset as a source gives them.

    Attributes:
        asset: catalog entry.
        table: the file they stand in, to place errors.
        open: (n,) total-return open, NaN where unknown.
        close: (n,) total-return close.
        begins: first day to use, None for all.
        before: what the earlier rows are, to tell why they are left out.
    """

    asset: Asset
    table: Table
    open: Floats
    close: Floats
    begins: dt.date | None = None
    before: str = ""

    @property
    def date(self) -> Dates:
        """(n,) days as stamped."""
        days: Dates = self.table["date"]
        return days


def read_quotes(asset: Asset, file: InputFile) -> Quotes:
    """Total-return prices of a file.

    Raises:
        DataError: unreadable, unsorted or repeated dates, an empty close, a price that is not positive.
    """
    return quotes_of(asset, price_table(file))


def read_yield(name: str, file: InputFile) -> Loaded:
    """A yield that is quoted like a price, as a series available by the catalog's rule.

    Raises:
        DataError: unreadable, unsorted or repeated dates, or a value outside the catalog's range.
    """
    return yield_of(name, price_table(file))


def price_table(file: InputFile) -> Table:
    """A file of daily prices.

    Raises:
        DataError: unreadable, or unsorted or repeated dates.
    """
    table = read_table(file, COLUMNS)
    check_increasing(table)
    return table


def quotes_of(asset: Asset, table: Table) -> Quotes:
    """Total-return prices: ``adj_close``, and ``open`` scaled by ``adj_close / close``.

    Raises:
        DataError: an empty close, or a price that is not positive.
    """
    require_numbers(table, "close", "adj_close")
    for name in PRICES:
        bad = table[name] <= 0
        if bad.any():
            row = int(np.argmax(bad))
            raise table.error(row, f"{name} is {table[name][row]:g}, not above 0.", "Correct or remove the row.")
    return Quotes(
        asset=asset,
        table=table,
        open=table["open"] * (table["adj_close"] / table["close"]),
        close=table["adj_close"],
        begins=asset.valid_from,
        before="not this security",
    )


def yield_of(name: str, table: Table) -> Loaded:
    """The closes of a table of prices as a series available by the catalog's rule.

    Raises:
        DataError: an empty close, or one outside the catalog's range.
    """
    require_numbers(table, "close", "adj_close")
    check_range(SERIES[name], table, "close")
    rows, notices = by_rule(SERIES[name], table["date"], table["close"])
    return Loaded({name: rows}, notices=notices, files={table.file.name: table.file.sha256})


def to_bars(quotes: list[Quotes]) -> list[Loaded]:
    """Checked bars of each asset.

    Raises:
        DataError: a bar on a day without a session, or a jump that looks like an unadjusted split.
    """
    days = [of.date[-1] for of in quotes if of.asset.asset_class != AROUND_THE_CLOCK]
    last: dt.date = max(days).item() if days else EARLIEST
    sessions = exchange_sessions(EARLIEST, dt.date(max(last, EARLIEST).year, 12, 31))
    return [_bars(of, sessions) for of in quotes]


def _bars(quotes: Quotes, sessions: Dates) -> Loaded:
    asset, around_the_clock = quotes.asset, quotes.asset.asset_class == AROUND_THE_CLOCK
    if not around_the_clock:
        _check_sessions(quotes, sessions)
    start = np.datetime64(quotes.begins or quotes.date[0])
    valid = quotes.date >= start
    if not valid.any():
        problem = f"has no row from {start} on, the first day of this security."
        raise DataError(quotes.table.file.label, problem, "Replace it with a longer file.")
    _check_jumps(quotes, int(np.argmax(valid)))
    notices = list(_holes(asset.ticker, quotes.date[valid], None if around_the_clock else sessions))
    if not valid.all():
        text = f"{int((~valid).sum())} rows before {start} are {quotes.before} and left out."
        notices.append(Notice(asset.ticker, text))
    bars = Bars(
        asset=asset.ticker,
        date=quotes.date[valid],
        open=quotes.open[valid],
        close=quotes.close[valid],
        available_at=final_at(asset, quotes.date[valid]),
        asset_class=asset.asset_class,
    )
    file = quotes.table.file
    return Loaded(bars={asset.ticker: bars}, notices=tuple(notices), files={file.name: file.sha256})


def final_at(asset: Asset, days: Dates) -> Instants:
    """The end of the UTC day for crypto, the closing mark in New York otherwise."""
    if asset.asset_class == AROUND_THE_CLOCK:
        return (days + DAY).astype("datetime64[s]")
    return new_york_instants(days, MARK_AT.get(asset.ticker, CLOSE))


def _check_sessions(quotes: Quotes, sessions: Dates) -> None:
    stray = (quotes.date >= np.datetime64(EARLIEST)) & ~np.isin(quotes.date, sessions)
    if stray.any():
        remedy = "Remove the row, or check the time zone of the stamps."
        raise quotes.table.error(int(np.argmax(stray)), "the New York Stock Exchange was closed that day.", remedy)


def _check_jumps(quotes: Quotes, first: int) -> None:
    jump = find_jump(quotes.asset.ticker, quotes.open[first:], quotes.close[first:])
    if jump is None:
        return
    row = first + jump.row
    moved = f"the close goes from {quotes.close[row - 1]:g} to {quotes.close[row]:g}"
    problem = f"{moved}, which looks like an unadjusted split (or a bad print) by a factor of {jump.factor:g}."
    raise quotes.table.error(row, problem, f"Scale all rows before {quotes.date[row]} by it, or correct the row.")


def _holes(ticker: str, days: Dates, sessions: Dates | None) -> Iterator[Notice]:
    """What is missing between the first and the last bar, where it is more than a few days."""
    if sessions is None:
        gaps = (np.diff(days) // DAY).astype(np.int64) - 1
    else:
        gaps = np.diff(np.searchsorted(sessions, days[days >= np.datetime64(EARLIEST)])) - 1
    if len(gaps) == 0:
        return
    missing, longest = int(gaps.sum()), int(gaps.max())
    share = missing / (missing + len(gaps) + 1)
    if share > HOLE_SHARE or longest > HOLE_RUN:
        start = days[len(days) - len(gaps) - 1 + int(np.argmax(gaps))]
        text = f"{missing} trading days ({share:.1%}) are missing, {longest} of them in a row after {start}."
        yield Notice(ticker, text)
