"""Writing a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from waterline.errors import OutputError
from waterline.report.comparison.page import render_comparison
from waterline.report.comparison.runs import runs_of
from waterline.report.gallery.keeping import is_ours, put

PAGE = "comparison.html"


def compare(names: Sequence[str], out: Path | None = None) -> Path:
    """Write a page that puts runs side by side.

    Args:
        names: results folders, at least two; see :func:`waterline.report.comparison.runs.runs_of`.
        out: file to write; ``comparison.html`` beside the first of them where not given.

    Returns:
        Where it was written.

    Raises:
        ResultsError: the runs cannot be compared.
        OutputError: the file is something else than an earlier comparison, or cannot be written.
    """
    runs = runs_of(names)
    page = out or runs[0].folder.parent / PAGE
    if page.is_dir():
        page /= PAGE
    if page.exists() and not is_ours(page, "comparison"):
        raise OutputError(f"{page} is no comparison, and is not overwritten.", "Choose another --out.")
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        put(page, render_comparison(runs, page).encode())
    except OSError as error:
        raise OutputError(f"{page} cannot be written ({error.strerror}).", "Choose another --out.") from None
    return page
