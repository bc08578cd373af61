"""Worlds whose truth is known: what the tests find there."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from waterline.cli.app import app
from waterline.cli.options import Workers
from waterline.cli.speaking import terminal

World = Annotated[str, typer.Argument(metavar="WORLD", help="A simulated world, such as N1; `list` shows all.")]
Runs = Annotated[int, typer.Option("--runs", metavar="N", min=1, max=100_000, help="Histories to draw.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of everything random.")]
Years = Annotated[float, typer.Option("--years", metavar="Y", min=1, max=60, help="Evaluated years of each history.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command()
def simulate(
    world: World, runs: Runs = 20, seed: Seed = 0, years: Years = 8.0, workers: Workers = 1, as_json: AsJson = False
) -> None:
    """Draw histories of a world whose truth is known, run the whole pipeline on each, and say what the tests find."""
    from waterline.metrics.evaluation import as_json as as_json_value
    from waterline.world import study, worlds

    if world == "list":
        terminal().show_table(("world", "what is true there"), list(worlds().items()))
        return
    with terminal().bar(runs) as advance:
        found = study(world, runs, seed, years, workers, report=lambda _: advance(world))
    if as_json:
        print(json.dumps(as_json_value(found.table()), indent=2))
        return
    rows = [
        (name, f"{figure.value:.4g}", f"{figure.standard_error:.2g}", str(figure.count))
        for name, figure in found.table().items()
    ]
    terminal().show_table(("figure", "value", "±", "of"), rows)
