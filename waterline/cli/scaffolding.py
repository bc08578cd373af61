"""New plugins."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from waterline.cli.app import app
from waterline.cli.speaking import is_quiet


class Kind(StrEnum):
    """What can be begun."""

    SIGNAL = "signal"
    STRATEGY = "strategy"


What = Annotated[Kind, typer.Argument(help="What to begin.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of its module, such as credit_impulse.")]
Below = Annotated[Path, typer.Option("--folder", metavar="DIR", help="Folder to write below.")]


@app.command()
def new(what: What, name: Name, folder: Below = Path()) -> None:
    """Begin a signal or a strategy: a module that works, its contract test, and a configuration that uses it."""
    from waterline.scaffold import Names, write

    names = Names.of(what.value, name)
    module, test, config = write(names, folder)
    for path in (module, test, config):
        print(path)
    if is_quiet():
        return
    where = [] if folder.resolve() == Path.cwd() else [f"cd {folder}"]
    test, config = (path.relative_to(folder) for path in (test, config))
    program = Path(sys.executable).name
    steps = [*where, f"{program} -m pytest {test}", f"waterline check {config}", f"waterline run {config} --open"]
    print("\nNext:\n" + "".join(f"    {step}\n" for step in [*steps, f"waterline audit {config}"]), end="")
