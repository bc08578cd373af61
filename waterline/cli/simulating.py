"""Worlds whose truth is known: what the tests find there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from waterline.cli.app import app
from waterline.cli.galleries import keep_gallery
from waterline.cli.options import Open, Workers
from waterline.cli.speaking import conclude, is_quiet, terminal

World = Annotated[
    str, typer.Argument(metavar="WORLD", help="A simulated world, such as N1; `all` for every one, `list` names them.")
]
Runs = Annotated[int, typer.Option("--runs", metavar="N", min=1, max=100_000, help="Histories to draw of each world.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of everything random.")]
Years = Annotated[float, typer.Option("--years", metavar="Y", min=1, max=40, help="Evaluated years of each history.")]
SimulatedOut = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Results folder; reports/simulate-WORLD by default.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command()
def simulate(
    world: World,
    runs: Runs = 20,
    seed: Seed = 0,
    years: Years = 8.0,
    workers: Workers = 1,
    out: SimulatedOut = None,
    as_json: AsJson = False,
    opened: Open = False,
) -> None:
    """Draw histories of a world whose truth is known, run the whole pipeline on each, and say what the tests find."""
    from waterline.report.worlds.results import as_tree, headline, refuse_other, write_worlds
    from waterline.world import history, named, studies, worlds

    if world == "list":
        terminal().show_table(("world", "what is true there"), list(worlds().items()))
        return
    names, folder = named(world), out or Path("reports") / f"simulate-{world}"
    refuse_other(folder)
    with terminal().bar(len(names) * runs) as advance:
        found = studies(names, runs, seed, years, workers, report=lambda name, _: advance(name))
    write_worlds(found, [history(name, seed, years) for name in names], folder)
    keep_gallery(folder)
    if as_json:
        print(json.dumps(as_tree(found), indent=2, allow_nan=False))
        return
    if not is_quiet():
        terminal().show_worlds(found)
        print()
    conclude(headline(found), folder / "index.html", opened=opened)
