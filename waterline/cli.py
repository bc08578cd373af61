"""The command line decides nothing: it parses, makes one call, and prints."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from waterline.errors import WaterlineError

app = typer.Typer(
    name="waterline",
    help="Back-test the liquidity thesis: capital demand, its price and funding stress in; regime, portfolio and "
    "evidence out.\n\nBegin with: waterline run configs/classic.yaml",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ConfigPath = Annotated[Path, typer.Argument(metavar="CONFIG", help="YAML file of one experiment.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a key, e.g. --set regime.up=0.9. Repeatable."),
]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Folder of data files to read instead.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Results folder; reports/<name of the config> by default.")
]


@app.command()
def check(config: ConfigPath, overrides: Overrides = None, data: Data = None) -> None:
    """Say whether a configuration is good; print it resolved, with its digest."""
    from waterline.config import load
    from waterline.config.writing import as_yaml

    loaded = load(config, overrides or (), data)
    print(as_yaml(loaded), end="")
    print(f"# good: {config}\n# digest: {loaded.digest()}")


@app.command()
def run(config: ConfigPath, overrides: Overrides = None, data: Data = None, out: Out = None) -> None:
    """Run one experiment and write its results folder."""
    from waterline import experiment
    from waterline.config import load
    from waterline.report.results import headline, refuse_foreign, write_results

    loaded, folder = load(config, overrides or (), data), out or Path("reports") / config.stem
    refuse_foreign(folder)
    with steps() as report:
        report("reading data")
        outcome = experiment.run(loaded, experiment.gather(loaded), report)
        warnings = write_results(outcome, folder, report)
    for warning in warnings:
        print(f"waterline: {warning}", file=sys.stderr)
    print(f"{headline(outcome)}\n\nResults: {folder / 'index.html'}")


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """A spinner on a terminal that names the current step; silence elsewhere."""
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("starting") as status:
        yield status.update


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
    print("\nwaterline: interrupted; no results were written.", file=sys.stderr)
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
