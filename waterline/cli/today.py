"""What does it say now? One experiment on today's data, or on those of an earlier day."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from waterline.cli.app import app
from waterline.cli.options import ConfigPath, Data, Overrides
from waterline.cli.speaking import tell, terminal

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Answer for an earlier day, from what was known then: 2025-12-31."),
]
Holdings = Annotated[
    Path | None,
    typer.Option("--holdings", metavar="FILE", help="CSV of asset,units or asset,value with a line cash: adds trades."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page as well.")]


@app.command()
def now(
    config: ConfigPath,
    overrides: Overrides = None,
    data: Data = None,
    as_of: AsOf = None,
    holdings: Holdings = None,
    as_json: AsJson = False,
    html: Html = None,
) -> None:
    """Say what holds today: regime, score, weights, trades, age of each input, and what print would turn it.

    Ends with exit code 3 where an input is too old to answer from.
    """
    from waterline.config import load
    from waterline.report.today.page import render_today
    from waterline.report.today.writing import day_of, write_page
    from waterline.today import Moment, answer, read_holdings

    loaded = load(config, overrides or (), data)
    moment = Moment.of(dt.datetime.now(dt.UTC), loaded.cutoff, day_of(as_of))
    held = None if holdings is None else read_holdings(holdings)
    with terminal().steps() as report:
        today = answer(loaded, moment, held, report)
    if html is not None:
        write_page(html, render_today(today))
        tell(f"page: {html}")
    if as_json:
        print(json.dumps(today.as_json(), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        terminal().show_today(today)
