"""The program: its commands hang on it."""

from __future__ import annotations

import typer

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
