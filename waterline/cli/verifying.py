"""Does a run still come out of its record?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from waterline.cli.app import app
from waterline.cli.options import Data
from waterline.cli.speaking import tell, terminal

Results = Annotated[Path, typer.Argument(metavar="RUN", help="Results folder of a run, or a file in it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of a table.")]


@app.command()
def verify(results: Results, data: Data = None, as_json: AsJson = False) -> None:
    """Rebuild a run from its record: bit-identical, or what differs and why. Exit code 1 where it does."""
    from waterline.rebuilding import Record
    from waterline.rebuilding import verify as rebuild

    record = Record.of(results)
    with terminal().steps() as report:
        found = rebuild(record, data, report)
    for warning in found.warnings:
        tell(warning)
    if as_json:
        print(json.dumps(found.as_json(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        terminal().show_verification(found)
    raise typer.Exit(found.exit_code)
