"""Arguments and options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigPath = Annotated[Path, typer.Argument(metavar="CONFIG", help="YAML file of one experiment.")]
OptionalConfig = Annotated[Path | None, typer.Argument(metavar="[CONFIG]", help="YAML file with a tune section.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a key, e.g. --set regime.up=0.9. Repeatable."),
]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Folder of data files to read instead.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Results folder; reports/<name of the config> by default.")
]
Open = Annotated[bool, typer.Option("--open", help="Show the page in the browser.")]
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
Workers = Annotated[
    int, typer.Option("--workers", metavar="N", min=1, max=256, help="Cores to use; the result is the same for any.")
]
Trials = Annotated[int | None, typer.Option("--trials", metavar="N", min=0, help="Trials of the sampler in each fold.")]
Storage = Annotated[
    str | None,
    typer.Option("--storage", metavar="URL", help="Database in which any number of processes work on one study."),
]
Join = Annotated[
    str | None, typer.Option("--join", metavar="STUDY", help="Work on a study that another process has begun.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with an interrupted study.")]
Null = Annotated[
    int,
    typer.Option("--null", metavar="N", min=0, max=10_000, help="Repeat the whole search on N surrogate histories."),
]
Dask = Annotated[str | None, typer.Option("--dask", metavar="tcp://…", help="Dask scheduler to spread work over.")]
