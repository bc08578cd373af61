"""Bring every series of a configuration up to date: ask, check, store; one transaction a series.

A failure is told and the rest goes on. What was stored stays stored, so an interrupted fetch resumes where it stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from waterline.catalog import ASSETS, MAX_AGE_DAYS, SERIES
from waterline.config import Config
from waterline.errors import ConfigError, WaterlineError
from waterline.providers.base import (
    Fetched,
    Known,
    NotReported,
    Provider,
    ProviderError,
    RateLimited,
    ServerFault,
    Unreachable,
)
from waterline.store import Fetch, Rows, Store

FRESH, STALE, FAILED, ABSENT = "fresh", "stale", "failed", "absent"
GIVE_UP_AFTER = 2
TAIL = 90
ASSET_AGE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Line:
    """How it went with one series, as the table shows it.

    Attributes:
        series: catalog id, ticker or company flow.
        provider: who delivered, or was asked last; empty where nobody serves it.
        rows_new: rows stored now.
        revised: periods whose stored value changed.
        last_period: newest stored period; None where nothing is stored.
        available_since: UTC instant from which anything was known; None where nothing is stored.
        vintages: values that the most revised period has had.
        state: "fresh", "stale", "failed", or "absent" where the publisher reports no such figure.
        why: a sentence where the state is not fresh, or where history changed.
    """

    series: str
    provider: str
    rows_new: int
    revised: int
    last_period: np.datetime64 | None
    available_since: np.datetime64 | None
    vintages: int
    state: str
    why: str = ""


def wanted(config: Config) -> tuple[str, ...]:
    """What ``config`` reads, as units that a provider delivers whole: a series, a ticker, a flow of a company."""
    members = {ticker for sleeve in config.sleeves.values() for ticker in sleeve.members}
    names = {*config.built_signal.inputs(), *members, config.benchmark, config.bill_rate}
    return tuple(sorted(name for name in names if not name.endswith("_definition")))


def parts(unit: str, held: Collection[str]) -> list[str]:
    """The stored series, of those ``held``, that make up a unit: itself, its columns or concepts, its definition."""
    return sorted(name for name in held if name in (unit, f"{unit}_definition") or name.startswith(f"{unit}/"))


def fetch_all(units: Sequence[str], store: Store, providers: Sequence[Provider]) -> Iterator[Line]:
    """Fetch each unit from the first provider that can, store it, and say how it went.

    A service that is out of reach twice in a row is not asked again: the rest would only wait for it.

    Args:
        units: what to bring up to date.
        store: where it goes; each unit is one transaction.
        providers: in order of preference.
    """
    out_of_reach: Counter[str] = Counter()
    for unit in units:
        able = [provider for provider in providers if provider.serves(unit)]
        if not able:
            yield _line(store, unit, "", FAILED, "no configured provider serves it.")
            continue
        yield _fetched(unit, store, able, out_of_reach)


def _fetched(unit: str, store: Store, providers: Sequence[Provider], out_of_reach: Counter[str]) -> Line:
    reasons, state = [], FAILED
    for provider in providers:
        if out_of_reach[provider.name] >= GIVE_UP_AFTER:
            reasons.append(f"{provider.name} was out of reach twice in a row and is not asked again; repeat later.")
            continue
        started = np.datetime64("now", "us")
        try:
            answer = provider.fetch(unit, known(store, unit))
        except (ProviderError, ConfigError) as error:
            passing = isinstance(error, (Unreachable, ServerFault, RateLimited))
            out_of_reach[provider.name] = out_of_reach[provider.name] + 1 if passing else 0
            state = ABSENT if isinstance(error, NotReported) else FAILED
            reasons.append(str(error))
            store.log(Fetch(unit, provider.name, started, np.datetime64("now", "us"), 0, 0, state, str(error)))
            continue
        out_of_reach[provider.name] = 0
        return _stored(unit, store, provider, answer, started)
    return _line(store, unit, providers[-1].name, state, " ".join(reasons))


def _stored(unit: str, store: Store, provider: Provider, answer: Fetched, started: np.datetime64) -> Line:
    appended = store.append(answer.rows)
    new, revised = sum(appended.new.values()), len(appended.revised)
    line = _judged(_line(store, unit, provider.name, FRESH), answer, new, revised)
    done = np.datetime64("now", "us")
    store.log(Fetch(unit, provider.name, started, done, new, revised, line.state, line.why, answer.marker))
    return line


def _judged(line: Line, answer: Fetched, new: int, revised: int) -> Line:
    told = [f"{notice.subject}: {notice.text}" for notice in answer.notices]
    if revised:
        told.insert(0, f"history changed in {revised} periods; the old values are kept.")
    state, age = FRESH, _age_days(line)
    limit = _age_limit(line.series)
    if age is not None and age > limit:
        state = STALE
        told.insert(0, f"the newest value came {age:.0f} days ago, more than {limit} allow.")
    return replace(line, rows_new=new, revised=revised, state=state, why=" ".join(told))


def _age_limit(unit: str) -> int:
    if unit in SERIES:
        return SERIES[unit].max_age_days
    return ASSET_AGE_DAYS if unit in ASSETS else MAX_AGE_DAYS["Q"]


def _age_days(line: Line) -> float | None:
    """Days since the newest period could be known, taken from the period where the store does not say."""
    if line.last_period is None:
        return None
    today = np.datetime64("today", "D")
    release = SERIES[line.series].release.day(np.array([line.last_period]))[0] if line.series in SERIES else None
    reference = line.last_period if release is None else max(release, line.last_period)
    return float((today - reference) / np.timedelta64(1, "D"))


def _line(store: Store, unit: str, provider: str, state: str, why: str = "") -> Line:
    held = store.summaries(parts(unit, store.names()))
    if not held:
        return Line(unit, provider, 0, 0, None, None, 0, state, why)
    return Line(
        series=unit,
        provider=provider,
        rows_new=0,
        revised=0,
        last_period=np.datetime64(max(summary.last_period for summary in held), "D"),
        available_since=min(summary.available_since for summary in held),
        vintages=max(summary.vintages for summary in held),
        state=state,
        why=why,
    )


def known(store: Store, unit: str) -> Known | None:
    """What the store holds of ``unit``; None where nothing."""
    held = store.read(parts(unit, store.names()))
    if not held:
        return None
    last = store.last_fetch(unit, FRESH) or store.last_fetch(unit, STALE)
    return Known(
        last_period=max(rows.period.max() for rows in held.values()),
        last_available_at=max(rows.available_at.max() for rows in held.values()),
        marker=last.marker if last else "",
        tail=tuple(_tail(rows) for rows in held.values()),
    )


def _tail(rows: Rows) -> Rows:
    return replace(
        rows,
        period=rows.period[-TAIL:],
        available_at=rows.available_at[-TAIL:],
        vintage=rows.vintage[-TAIL:],
        value=rows.value[-TAIL:],
    )


def providers_of(config: Config) -> list[Provider]:
    """The providers that ``config`` names, in its order of preference.

    Raises:
        WaterlineError: it forbids the network.
    """
    if config.providers.offline:
        raise WaterlineError("providers.offline is true, so nothing is fetched.", "Set it to false to use the network.")
    from waterline.providers import make

    return [make(name, config.providers.contact) for name in config.providers.order]
