"""The command reference from the program's own help."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from waterline.cli import app

PROGRAM = "waterline"
OPENING = """# Command reference

*Written by `make reference` from the program's own help; a test holds this page to it.*

`make demo` and `make test` set up `.venv`; the program is `.venv/bin/waterline`. Each command explains itself with
`--help`, and `waterline --install-completion` teaches the shell its names.
"""
CLOSING = """## Environment

| variable | does |
|---|---|
| `FRED_API_KEY` | the key that FRED asks of every program; it is kept out of messages and files |
| `WATERLINE_CONTACT` | the e-mail address that the SEC asks every program to declare, if `providers.contact` does not |
| `WATERLINE_LEDGER` | the folder of the ledger of trials; `reports/ledger` below the current folder where not given |
| `SSL_CERT_FILE` | certificates to trust instead of those that come with the program |
"""
FENCE = "```"


def page() -> str:
    """The whole page."""
    root: Any = typer.main.get_command(app)
    return "\n".join([OPENING, *_sections(root, PROGRAM, None), CLOSING])


def _sections(command: Any, name: str, parent: Any) -> Iterator[str]:
    """A section for ``command``, unless it is the program itself, and one for each command below it."""
    context = command.make_context(name, [], parent=parent, resilient_parsing=True)
    below = command.list_commands(context) if hasattr(command, "list_commands") else []
    if parent is None:
        yield f"{_told(command.help)}\n"
    else:
        yield f"## {context.command_path}\n\n{_told(command.help)}\n"
    if not below:
        usage = command.get_usage(context).removeprefix("Usage: ")
        yield f"{FENCE}text\n{' '.join(usage.split())}\n{FENCE}\n"
        yield _options(command, context)
        if command.epilog:
            yield f"{_told(command.epilog)}\n"
    for child in sorted(below):
        yield from _sections(command.get_command(context, child), child, context)


def _options(command: Any, context: Any) -> str:
    records = [record for record in (param.get_help_record(context) for param in command.params) if record]
    if not records:
        return "*Nothing to choose.*\n"
    rows = [f"| `{_cell(names)}` | {_cell(text)} |" for names, text in records]
    return "\n".join(["| argument or option | meaning |", "|---|---|", *rows]) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _told(text: str | None) -> str:
    """Help as Markdown: paragraphs that begin with a backspace (not to be rewrapped) or are indented become code."""
    paragraphs = inspect.cleandoc(text or "").replace("``", "`").split("\n\n")
    return "\n\n".join(map(_paragraph, paragraphs))


def _paragraph(text: str) -> str:
    lines = text.splitlines()
    if lines and lines[0].strip() == "\b":
        return "\n".join([f"{FENCE}text", *lines[1:], FENCE])
    if lines and all(line.startswith(" ") for line in lines):
        return "\n".join([f"{FENCE}text", inspect.cleandoc("\n" + text), FENCE])
    return " ".join(text.split())
