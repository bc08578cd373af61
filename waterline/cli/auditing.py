"""Could it have known? An experiment searched for values that knew what came later."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from waterline.cli.app import app
from waterline.cli.options import ConfigPath, Data, Overrides, Workers
from waterline.cli.speaking import terminal

Cuts = Annotated[int, typer.Option("--cuts", metavar="N", min=2, max=10_000, help="Sessions to cut the history at.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]
WithTax = Annotated[bool, typer.Option("--tax", help="Also: what data that nobody had then would have claimed.")]


@app.command()
def audit(
    config: ConfigPath,
    overrides: Overrides = None,
    data: Data = None,
    workers: Workers = 1,
    cuts: Cuts = 60,
    as_json: AsJson = False,
    tax: WithTax = False,
) -> None:
    """Look for look-ahead: exit code 1 where something knew what came later."""
    from waterline.audit import Ask, look_ahead_tax
    from waterline.audit import audit as look
    from waterline.config import load
    from waterline.experiment import gather

    loaded = load(config, overrides or (), data)
    panel = gather(loaded)
    with terminal().study_bar() as watch:
        found = look(loaded, panel, Ask(cuts, workers), watch)
        taxed = look_ahead_tax(loaded, panel) if tax else None
    if as_json:
        print(json.dumps(found.as_json() | ({"tax": taxed.as_json()} if taxed else {}), indent=2, allow_nan=False))
    else:
        terminal().show_audit(found, taxed)
    raise typer.Exit(found.exit_code)
