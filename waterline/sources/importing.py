"""A folder of CSV files into the store, with the checks and the availability that the folder has as a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from waterline.catalog import ASSETS, SERIES, asset
from waterline.sessions import Dates, Floats, Instants, new_york_instants
from waterline.sources.files import READERS, SUFFIXES, paths
from waterline.sources.filings import ACCEPTED_UNTIL, read_facts
from waterline.sources.macro import latest, series_table, vintage_table, vintages
from waterline.sources.names import company_flow
from waterline.sources.prices import COLUMNS, YIELDS, final_at, price_table, quotes_of, to_bars, yield_of
from waterline.sources.table import Folder, InputFile
from waterline.store import Revision, Rows, Store

SOURCE, VINTAGES = "files", "files-vintages"
FLOW_OF = {suffix: flow for flow, suffix in SUFFIXES.items()}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed.

    Attributes:
        new: stored series -> rows that said something new, 0 included.
        revised: periods whose stored value changed.
        skipped: files that the catalog has no name for, relative to the folder.
    """

    new: dict[str, int]
    revised: tuple[Revision, ...]
    skipped: tuple[str, ...]


def silent(name: str) -> None:
    """Report progress to nobody."""


def import_files(store: Store, folder: Path, report: Callable[[str], None] = silent) -> Imported:
    """Store every series, price and company flow of ``folder`` that the catalog knows; one transaction a name.

    Of vintages and the latest revision of a series the vintages are taken, as a run on the folder takes them. Missing
    observations are no rows; a row that was imported once and is no longer in the folder stays.

    Args:
        store: open for writing.
        folder: laid out as the ``files`` source reads it.
        report: told the name of each series before it is read.

    Raises:
        DataError: a file cannot be trusted; those before it in order of name are stored.
        StoreError: the store cannot be written.
    """
    root = Folder.at(folder)
    stems = sorted(path.relative_to(root.root) for path in root.root.glob("*/*.csv"))
    stems += sorted(path.relative_to(root.root) for path in root.root.glob("fred/vintages/*.csv"))
    names = {path.as_posix(): name for path in stems if (name := _name(path)) is not None}
    new: dict[str, int] = {}
    revised: tuple[Revision, ...] = ()
    for name in sorted(set(names.values())):
        report(name)
        appended = store.append([*_rows(name, root.require(*paths(name)))])
        new.update(appended.new)
        revised += appended.revised
    return Imported(new, revised, tuple(path.as_posix() for path in stems if path.as_posix() not in names))


def _name(path: Path) -> str | None:
    """What the file at ``path`` in a folder holds, None where the catalog knows nothing of the kind."""
    if path.parts[0] == "capex":
        company, mark, flow = path.stem.partition("_")
        name = f"{company}/{FLOW_OF.get(mark + flow, '')}"
        return name if company_flow(name) else None
    known = {"fred": SERIES.keys() - YIELDS, "prices": ASSETS.keys() | YIELDS}.get(path.parts[0], set())
    return path.stem if path.stem in known else None


def _rows(name: str, file: InputFile) -> Iterator[Rows]:
    """The rows of a file, once it has passed the checks of a run."""
    flow = company_flow(name)
    if flow is not None:
        READERS[flow[1]](name, file)
        return _fact_rows(name, file)
    return _price_rows(name, file) if file.name.startswith("prices/") else _series_rows(name, file)


def _series_rows(name: str, file: InputFile) -> Iterator[Rows]:
    entry, is_vintage = SERIES[name], "/vintages/" in file.name
    table = (vintage_table if is_vintage else series_table)(entry, file)
    (vintages if is_vintage else latest)(entry, table)
    source = VINTAGES if is_vintage else SOURCE
    yield _valued(name, table["date"], table["available_at"], table["vintage"], table["value"], source)


def _price_rows(name: str, file: InputFile) -> Iterator[Rows]:
    table = price_table(file)
    days: Dates = table["date"]
    if name in YIELDS:
        yield_of(name, table)
        known, vintage = SERIES[name].release.instant(days), SERIES[name].release.day(days)
    else:
        to_bars([quotes_of(asset(name), table)])
        known, vintage = final_at(asset(name), days), days
    for column in COLUMNS.keys() - {"date"}:
        yield _valued(f"{name}/{column}", days, known, vintage, table[column], SOURCE)


def _fact_rows(name: str, file: InputFile) -> Iterator[Rows]:
    facts = read_facts(file)
    for concept in dict.fromkeys(facts.concept.tolist()):
        of = facts.of(concept)
        known = new_york_instants(of.known, ACCEPTED_UNTIL)
        yield Rows(f"{name}/{concept}", of.period, known, of.known, of.value, SOURCE)


def _valued(series: str, period: Dates, known: Instants, vintage: Dates, value: Floats, source: str) -> Rows:
    kept = ~np.isnan(value)
    return Rows(series, period[kept], known[kept], vintage[kept], value[kept], source)
