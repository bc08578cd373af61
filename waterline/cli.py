"""The command line decides nothing: it parses, makes one call, and prints."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from waterline.errors import WaterlineError

if TYPE_CHECKING:
    from types import ModuleType

    from waterline.config import Config

app = typer.Typer(
    name="waterline",
    help="Back-test the liquidity thesis: capital demand, its price and funding stress in; regime, portfolio and "
    "evidence out.\n\nBegin with: waterline run configs/classic.yaml",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
data_app = typer.Typer(help="Look into the local store of fetched data.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(data_app, name="data")

_STOPPED_BY: list[int] = []
ANOTHER_FETCH_SECONDS = 600
"""How long a fetch waits for another one to finish."""

ConfigPath = Annotated[Path, typer.Argument(metavar="CONFIG", help="YAML file of one experiment.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a key, e.g. --set regime.up=0.9. Repeatable."),
]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Folder of data files to read instead.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Results folder; reports/<name of the config> by default.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As the store knew the world on that day, e.g. 2025-06-30."),
]
Refresh = Annotated[bool, typer.Option("--refresh", help="Fetch first.")]
StorePath = Annotated[
    Path | None, typer.Option("--store", metavar="FILE", help="Store to use; the user's own by default.")
]
SeriesName = Annotated[str, typer.Argument(metavar="SERIES", help="Stored series, e.g. DGS10, SPY/close, MSFT/capex.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of CSV files.")]


@app.command()
def check(config: ConfigPath, overrides: Overrides = None, data: Data = None) -> None:
    """Say whether a configuration is good; print it resolved, with its digest."""
    from waterline.config import load
    from waterline.config.writing import as_yaml

    loaded = load(config, overrides or (), data)
    print(as_yaml(loaded), end="")
    print(f"# good: {config}\n# digest: {loaded.digest()}")


@app.command()
def run(
    config: ConfigPath,
    overrides: Overrides = None,
    data: Data = None,
    out: Out = None,
    as_of: AsOf = None,
    refresh: Refresh = False,
) -> None:
    """Run one experiment and write its results folder."""
    from waterline import experiment
    from waterline.config import load
    from waterline.report.results import headline, refuse_foreign, write_results

    known_then = [f"data.as_of={as_of}"] if as_of else []
    loaded, folder = load(config, [*(overrides or ()), *known_then], data), out or Path("reports") / config.stem
    refuse_foreign(folder)
    if refresh:
        _fetch(loaded, None)
    with terminal().steps() as report:
        report("reading data")
        outcome = experiment.run(loaded, experiment.gather(loaded), report)
        warnings = write_results(outcome, folder, report)
    for warning in warnings:
        print(f"waterline: {warning}", file=sys.stderr)
    print(f"{headline(outcome)}\n\nResults: {folder / 'index.html'}")


@app.command()
def fetch(config: ConfigPath, overrides: Overrides = None, store: StorePath = None) -> None:
    """Bring every series of a configuration up to date in the local store."""
    from waterline.config import load

    _fetch(load(config, overrides or ()), store)


def _fetch(config: Config, path: Path | None) -> None:
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
            _end_if_stopped()
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


def tell(sentence: str) -> None:
    """Say something beside the output."""
    print(f"waterline: {sentence}", file=sys.stderr)


def terminal() -> ModuleType:
    """The module that draws, imported when something is drawn."""
    from waterline import terminal as module

    return module


def main() -> None:
    """Entry point: a user's error is one sentence and its exit code; an interrupt cleans up and leaves no results."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        app()
    except WaterlineError as error:
        print(f"waterline: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _stop(number: int, _: object) -> NoReturn:
    """End by way of every ``finally``, with the exit code that shells give to a signal."""
    print("\nwaterline: interrupted; what was finished is kept, nothing is half-written.", file=sys.stderr)
    _STOPPED_BY.append(number)
    sys.exit(128 + number)


def _end_if_stopped() -> None:
    """End now if a signal was lost: DuckDB now and then swallows what a handler raises while it answers."""
    if _STOPPED_BY:
        sys.exit(128 + _STOPPED_BY[0])


if __name__ == "__main__":
    main()
