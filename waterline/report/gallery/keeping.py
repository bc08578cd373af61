"""Writing the gallery: whole or not at all, and true also when several runs end at once."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from waterline.errors import OutputError, nearest
from waterline.report.gallery.folders import folders_in, signature
from waterline.report.gallery.page import render_gallery
from waterline.report.gallery.shelf import MEMORY, Shelf, remember, shelf, signatures

PAGE = "index.html"
GENERATOR = '<meta name="generator" content="Waterline {kind}">'
HEAD = 4096
"""Bytes of a page within which its maker stands."""
MOST_ROUNDS = 20
"""How often the gallery is built anew because other runs ended meanwhile; each of those builds it too."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """A gallery that was written: where, and of what."""

    page: Path
    shelf: Shelf


def keep(folder: Path) -> Gallery:
    """Write the gallery of ``folder`` into its ``index.html``.

    Any number of processes may do so at once: the file is replaced whole, and whoever wrote it looks again whether
    results came or went meanwhile. So the last to look finds its own work to be of all that is there.

    Args:
        folder: folder whose folders hold results.

    Raises:
        OutputError: there is no such folder, it holds no results, its ``index.html`` is something else, or it cannot
            be written.
    """
    _refuse(folder)
    try:
        found = _written(folder)
        for _ in range(MOST_ROUNDS):
            if signatures(folder) == found.seen:
                break
            found = _written(folder)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written ({error.strerror}).", "Free space or name another.") from None
    return Gallery(folder / PAGE, found)


def _written(folder: Path) -> Shelf:
    """Write the gallery as the folder is now."""
    found = shelf(folder)
    put(folder / PAGE, render_gallery(found).encode())
    put(folder / MEMORY, remember(found))
    return found


def keep_beside(results: Path) -> str | None:
    """Bring the gallery up to date in the folder that holds ``results``; say why where that fails, and raise nothing.

    In the working directory and in the user's home none is begun, only one that stands there is kept; and where another
    page stands in its place, nothing is done.
    """
    folder = results.absolute().parent
    try:
        taken = (folder / PAGE).exists() or folder.resolve() in (Path.cwd(), Path.home())
        if is_ours(folder / PAGE) or not taken:
            keep(folder)
    except Exception as error:  # noqa: BLE001  # whatever it is: the results are written, and the command ends well
        return f"the gallery was not brought up to date: {error}"
    return None


def is_ours(page: Path, kind: str = "gallery") -> bool:
    """Whether a file is a page of that kind, so that it may be replaced."""
    try:
        with page.open("rb") as file:
            return GENERATOR.format(kind=kind).encode() in file.read(HEAD)
    except OSError:
        return False


def put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, in place of what is there."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name.lstrip('.')}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _refuse(folder: Path) -> None:
    """Make sure that ``folder`` is one to put a gallery into."""
    if not folder.is_dir():
        siblings = [path.name for path in folders_in(folder.parent)] if folder.parent.is_dir() else []
        near = nearest(folder.name, siblings)
        remedy = f"Did you mean {str(folder.parent / near)!r}?" if near else "Name the folder that holds results."
        raise OutputError(f"{folder} is {'a file, not' if folder.exists() else 'not'} a folder.", remedy)
    if signature(folder):
        raise OutputError(
            f"{folder} is itself a results folder.", f"Name the folder that holds it: {folder.absolute().parent}."
        )
    page = folder / PAGE
    if page.exists() and not is_ours(page):
        raise OutputError(f"{page} is no gallery, and is not overwritten.", "Move it away, or name another folder.")
    if not page.exists() and not any(map(signature, folders_in(folder))):
        raise OutputError(f"{folder} holds no results.", "Begin with: waterline run CONFIG.")
