"""The local store: filling it and looking into it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from waterline.cli.app import app, data_app
from waterline.cli.options import AsOf, ConfigPath, Folder, Overrides, SeriesName, StorePath
from waterline.cli.speaking import end_if_stopped, tell, terminal

if TYPE_CHECKING:
    from waterline.config import Config

ANOTHER_FETCH_SECONDS = 600
"""How long a fetch waits for another one to finish."""


@app.command()
def fetch(config: ConfigPath, overrides: Overrides = None, store: StorePath = None) -> None:
    """Bring every series of a configuration up to date in the local store."""
    from waterline.config import load

    fetch_into(load(config, overrides or ()), store)


def fetch_into(config: Config, path: Path | None) -> None:
    """Fetch, show the table, and end with exit code 3 where something failed."""
    from waterline.fetching import FAILED, fetch_all, providers_of, wanted
    from waterline.store import Store

    units, providers = wanted(config), providers_of(config)
    opening = Store.open(path or store_path(config), patience_seconds=ANOTHER_FETCH_SECONDS, say=tell)
    with opening as opened, terminal().bar(len(units)) as advance:
        lines = []
        for line in fetch_all(units, opened, providers):
            lines.append(line)
            advance(line.series)
            end_if_stopped()
    terminal().show_fetched(lines)
    failed = [line.series for line in lines if line.state == FAILED]
    if failed:
        tell(f"{len(failed)} of {len(lines)} series failed: {', '.join(failed)}. What is stored is kept.")
        raise typer.Exit(3)


@data_app.command("list")
def list_series(store: StorePath = None) -> None:
    """What the store holds, a row a series."""
    from waterline.store import Store

    with Store.open(store, read_only=True, say=tell) as opened:
        terminal().show_summaries(opened.summaries())


@data_app.command()
def show(series: SeriesName, as_of: AsOf = None, store: StorePath = None) -> None:
    """The values of one series, as they are known now or were on a day."""
    from waterline.sources.store import known_rows
    from waterline.store import Store

    with Store.open(store, read_only=True, say=tell) as opened:
        terminal().show_rows(known_rows(opened, series, as_of))


@data_app.command()
def export(folder: Folder, store: StorePath = None) -> None:
    """Write the store as a folder of CSV files that ``--data`` reads."""
    from waterline.sources.exporting import export_files
    from waterline.store import Store

    with Store.open(store, read_only=True, say=tell) as opened:
        exported = export_files(opened, folder)
    if exported.left_out:
        tell(f"{len(exported.left_out)} series have no place in the layout: {', '.join(exported.left_out)}.")
    print(f"Wrote {len(exported.files)} files below {folder}.")


@data_app.command("import")
def import_folder(folder: Folder, store: StorePath = None) -> None:
    """Read a folder of CSV files into the store."""
    from waterline.sources.importing import import_files
    from waterline.store import Store

    with Store.open(store, say=tell) as opened, terminal().steps() as report:
        imported = import_files(opened, folder, report)
    for file in imported.skipped:
        tell(f"{file}: the catalog has no name for it; skipped.")
    print(f"Stored {sum(imported.new.values())} new rows of {len(imported.new)} series.")


def store_path(config: Config) -> Path | None:
    """The store that the configuration reads; None for the user's own."""
    return getattr(config.data, "path", None) if config.data.kind == "store" else None
