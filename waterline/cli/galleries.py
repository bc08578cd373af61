"""What was run so far: all of it on one page, and some of it side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from waterline.cli.app import app
from waterline.cli.speaking import tell

HeldIn = Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Folder that holds results folders.")]
Runs = Annotated[list[str], typer.Argument(metavar="RUN RUN...", help="Results folders, or names below reports.")]
PageOut = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Page to write; comparison.html beside the first RUN.")
]


@app.command()
def gallery(folder: HeldIn = Path("reports")) -> None:
    """Write the page that leads to every run and study in a folder; each run keeps it too."""
    from waterline.report.gallery.keeping import keep

    kept = keep(folder)
    for line in kept.shelf.skipped:
        tell(f"not shown: {line}")
    print(f"{len(kept.shelf.entries)} shown, {len(kept.shelf.skipped)} not.\n\nGallery: {kept.page}")


@app.command()
def compare(runs: Runs, out: PageOut = None) -> None:
    """Put runs side by side on one page: curves, figures with intervals, states, and what differs in what was asked."""
    from waterline.report.comparison.writing import compare as write

    print(f"Comparison: {write(runs, out)}")


def keep_gallery(results: Path) -> None:
    """Bring the gallery beside a results folder up to date; the results stand whatever comes of it."""
    from waterline.report.gallery.keeping import keep_beside

    problem = keep_beside(results)
    if problem is not None:
        tell(problem)
