"""All entries of a folder, and what is remembered of them from one building of the gallery to the next."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from waterline.ledger import ledger_folder
from waterline.report.gallery.entries import Entry, entry_of
from waterline.report.gallery.folders import UNFINISHED, ResultsError, Signature, folders_in, printable, signature

MEMORY = ".gallery.json"
VERSION = 1
"""To be raised whenever an entry is made in another way, so that none of the old ones is used."""
MOST_REPLACED = 200
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a folder holds.

    Attributes:
        entries: runs and studies, the newest first.
        seen: folder -> the signature under which it was read, of those without results too.
        skipped: a line for each folder that is not shown, with the reason.
        replaced: entries whose results a later run in the same folder replaced, the newest first.
    """

    entries: tuple[Entry, ...]
    seen: Mapping[str, Signature]
    skipped: tuple[str, ...]
    replaced: tuple[Entry, ...] = ()

    def before(self) -> dict[str, Entry]:
        """Folder -> the entry of the same family that was written last before it; absent where there is none."""
        found: dict[str, Entry] = {}
        families: dict[str, list[Entry]] = {}
        for entry in sorted((*self.entries, *self.replaced), key=_age):
            families.setdefault(entry.family, []).append(entry)
        current = {id(entry) for entry in self.entries}
        for family in families.values():
            found |= {later.folder: earlier for earlier, later in pairwise(family) if id(later) in current}
        return found


class _Remembered(BaseModel):
    """The file in which a shelf is remembered."""

    model_config = ConfigDict(extra="forbid")

    version: int
    entries: list[tuple[Signature, Entry]]
    replaced: list[Entry]


def signatures(folder: Path) -> dict[str, Signature]:
    """Folder -> signature; two of these are the same only if nothing was written, begun or removed between them."""
    return {path.name: signature(path) for path in folders_in(folder)}


def shelf(folder: Path) -> Shelf:
    """The entries of ``folder``; only what changed since the last building is read."""
    seen, known = signatures(folder), _remembered(folder)
    old = {entry.folder: (mark, entry) for mark, entry in known.entries}
    entries, skipped = [], []
    for name, mark in seen.items():
        try:
            entries.append(old[name][1] if name in old and old[name][0] == mark else _read(folder / name, mark))
        except ResultsError as error:
            skipped.append(f"{printable(name)[:LONGEST_NAME]}: {error.problem}")
        except _NotMeantAsResults:
            continue
    return Shelf(tuple(sorted(entries, key=_age, reverse=True)), seen, tuple(skipped), _replaced(known, entries))


def remember(found: Shelf) -> bytes:
    """What to write into ``MEMORY``."""
    entries = [(found.seen[entry.folder], entry.model_dump()) for entry in found.entries]
    replaced = [entry.model_dump() for entry in found.replaced]
    tree = {"version": VERSION, "entries": entries, "replaced": replaced}
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()


class _NotMeantAsResults(Exception):  # noqa: N818  # no error, but a folder to pass by
    """The folder is the trial ledger."""


def _read(path: Path, mark: Signature) -> Entry:
    if path.resolve() == ledger_folder().resolve() or (path.name == ledger_folder().name and not mark):
        raise _NotMeantAsResults
    if path.name.endswith(UNFINISHED) and not mark:
        raise ResultsError("a study that is not finished.", "Go on with it: waterline tune --resume.")
    try:
        path.name.encode()
    except UnicodeEncodeError:
        raise ResultsError("its name is no text.", "Rename it.") from None
    return entry_of(path)


def _remembered(folder: Path) -> _Remembered:
    """What the last building left; nothing where that is missing, broken or of another version."""
    try:
        found = _Remembered.model_validate(json.loads((folder / MEMORY).read_bytes()))
    except (OSError, ValueError, RecursionError, ValidationError):
        return _Remembered(version=VERSION, entries=[], replaced=[])
    return found if found.version == VERSION else _Remembered(version=VERSION, entries=[], replaced=[])


def _replaced(known: _Remembered, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries remembered of folders that hold other results now, those of another configuration only."""
    now = {entry.folder: entry for entry in entries}
    gone = [
        entry.model_copy(update={"paths": ()})
        for _, entry in known.entries
        if entry.folder in now and entry.config != now[entry.folder].config
    ]
    kept = [entry for entry in known.replaced if entry.folder in now]
    return tuple(sorted((*gone, *kept), key=_age, reverse=True)[:MOST_REPLACED])


def _age(entry: Entry) -> tuple[float, str]:
    return entry.written, entry.folder
