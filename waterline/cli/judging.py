"""Is the thesis true? Its claims against the data."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from waterline.cli.app import app
from waterline.cli.options import ConfigPath, Data, Overrides
from waterline.cli.speaking import terminal

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]


@app.command()
def thesis(config: ConfigPath, overrides: Overrides = None, data: Data = None, as_json: AsJson = False) -> None:
    """Hold the seven claims of the thesis against the data: supported, contradicted or not decidable, by rule."""
    from waterline import experiment
    from waterline.config import load
    from waterline.thesis import scorecard

    loaded = load(config, overrides or (), data)
    with terminal().steps() as report:
        report("reading data")
        panel = experiment.gather(loaded)
        report("judging the claims")
        card = scorecard(loaded, panel)
    if as_json:
        print(json.dumps(card.as_json(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        terminal().show_scorecard(card)
