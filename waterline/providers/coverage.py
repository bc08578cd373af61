"""Whether a price history is complete: every session that has ended must be there, with a price."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from waterline.catalog import Asset
from waterline.catalog.release import federal_holidays
from waterline.panel import Notice
from waterline.providers.base import BadAnswer
from waterline.providers.price_history import PriceHistory, final_at
from waterline.sessions import EARLIEST, Dates, Flags, exchange_sessions
from waterline.sources.prices import AROUND_THE_CLOCK

MOST_IN_A_ROW, MOST_SHARE = 2, 0.01
SHOWN = 3


def ended_days(name: str, asset: Asset | None, first: np.datetime64, now: np.datetime64) -> Dates:
    """The trading days from ``first`` on whose bars are final at ``now``.

    Every day for what trades around the clock, else the sessions of the exchange; none before its calendar begins.
    """
    first, today = max(first, np.datetime64(EARLIEST)), now.astype("datetime64[D]")
    if asset is not None and asset.asset_class == AROUND_THE_CLOCK:
        days = np.arange(first, today + np.timedelta64(1, "D"))
    else:
        sessions = exchange_sessions(EARLIEST, dt.date(today.item().year, 12, 31))
        days = sessions[(sessions >= first) & (sessions <= today)]
    ended: Dates = days[final_at(name, asset, days) <= now]
    return ended


def checked(
    provider: str, history: PriceHistory, first: np.datetime64 | None, now: np.datetime64
) -> tuple[PriceHistory, tuple[Notice, ...]]:
    """The final bars of ``history``, proved to be complete, and a word about what is left out.

    Args:
        provider: named in errors.
        history: an answer.
        first: day from which bars were asked for; None for all.
        now: UTC instant; later bars are not final and left out.

    Raises:
        BadAnswer: more than a few ended days are missing or without a price, or a price is not positive; names the
            span.
    """
    final = history.where(history.final_at <= now)
    cut, own = _own(final)
    begin = _begin(own, first)
    expected = ended_days(history.name, history.asset, begin, now)
    stray = own.priced & (own.date >= max(begin, np.datetime64(EARLIEST))) & ~np.isin(own.date, expected)
    kept = own.where(~stray & (own.priced | own.acted))
    _check_positive(provider, kept)
    missing = ~np.isin(expected, own.date[own.priced])
    if history.asset is None:  # a yield has no quote on the holidays of the bond market
        missing &= ~np.isin(expected, federal_holidays())
    notices = (*_holes(provider, own, expected, missing), *_strays(provider, own, own.date[stray], len(expected)), *cut)
    return kept, notices


def _own(final: PriceHistory) -> tuple[tuple[Notice, ...], PriceHistory]:
    """The rows of this security, without those of an earlier one under the same ticker."""
    if final.asset is None or final.asset.valid_from is None:
        return (), final
    own = final.date >= np.datetime64(final.asset.valid_from)
    if own.all():
        return (), final
    text = f"{int((~own).sum())} rows before {final.asset.valid_from} are not this security and left out."
    return (Notice(final.name, text),), final.where(own)


def _begin(own: PriceHistory, first: np.datetime64 | None) -> np.datetime64:
    """The day from which bars must be there."""
    begins = [] if first is None else [first]
    if own.asset is not None and own.asset.valid_from is not None:
        begins.append(np.datetime64(own.asset.valid_from))
    if not np.isnat(own.begins):
        begins.append(own.begins)
    if first is None and np.isnat(own.begins) and own.priced.any():
        begins.append(own.date[own.priced].min())
    return max(begins, default=np.datetime64(EARLIEST))


def _check_positive(provider: str, history: PriceHistory) -> None:
    for name in ("close", "adj_close") if history.asset is not None else ():
        bad = history.columns[name] <= 0
        if bad.any():
            row = int(np.argmax(bad))
            problem = f"sent a {name} of {history.columns[name][row]:g} for {history.date[row]}."
            raise BadAnswer(provider, history.name, problem)


def _holes(provider: str, history: PriceHistory, expected: Dates, missing: Flags) -> Iterator[Notice]:
    """A word about a few missing days; an error about more."""
    days = expected[missing]
    if len(days) == 0:
        return
    edges = np.flatnonzero(np.diff(np.concatenate([[0], missing.astype(np.int8), [0]])))
    longest = int(np.argmax(edges[1::2] - edges[::2]))
    run = expected[edges[2 * longest] : edges[2 * longest + 1]]
    problem = ""
    if len(run) > MOST_IN_A_ROW:
        problem = f"left out {len(run)} trading days in a row, {run[0]} to {run[-1]}."
    elif len(days) > max(MOST_IN_A_ROW, MOST_SHARE * len(expected)):
        problem = f"left out {len(days)} of {len(expected)} trading days, between {days[0]} and {days[-1]}."
    if problem:
        raise BadAnswer(provider, history.name, problem)
    shown = ", ".join(str(day) for day in days[-SHOWN:])
    others = f" and {len(days) - SHOWN} days before" if len(days) > SHOWN else ""
    yield Notice(history.name, f"{provider} has no price for {shown}{others}.")


def _strays(provider: str, history: PriceHistory, days: Dates, expected: int) -> Iterator[Notice]:
    """A word about a few bars on days without a session; an error about more, as a wrong time zone makes them."""
    if len(days) > max(MOST_IN_A_ROW, MOST_SHARE * expected):
        problem = f"dated {len(days)} prices to days without a session, {days[0]} to {days[-1]}."
        raise BadAnswer(provider, history.name, problem)
    if len(days):
        yield Notice(history.name, f"{len(days)} rows on days without a session are left out, the last of {days[-1]}.")
