"""The program: its commands hang on it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from waterline.cli.examples import CODES, told
from waterline.cli.speaking import set_volume

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show nothing but errors and where the results are.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is read and how long each stage takes.")]
ANYWHERE = frozenset({"--quiet", "-q", "--verbose", "-v"})


class Group(TyperGroup):
    """Commands that show their examples in their help."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, with its examples."""
        command, path = super().get_command(ctx, cmd_name), [cmd_name]
        while ctx.parent is not None:
            path.insert(0, ctx.info_name)
            ctx = ctx.parent
        if command is not None:
            command.epilog = told(" ".join(path)) or command.epilog
        return command


class Program(Group):
    """The program: what holds for all commands may stand before or behind the name of one."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words of the command line."""
        end = args.index("--") if "--" in args else len(args)
        first = [word for word in args[:end] if word in ANYWHERE]
        return super().parse_args(ctx, [*first, *(word for word in args[:end] if word not in ANYWHERE), *args[end:]])


app = typer.Typer(
    name="waterline",
    cls=Program,
    help="Back-test the liquidity thesis: capital demand, its price and funding stress in; regime, portfolio and "
    "evidence out.\n\nBegin with: waterline run configs/classic.yaml",
    epilog=CODES,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
data_app = typer.Typer(
    cls=Group, help="Look into the local store of fetched data.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(data_app, name="data")


@app.callback()
def program(quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Set the volume, which holds for every command."""
    set_volume(quiet=quiet, verbose=verbose)
