"""The sentences of a verification."""

from __future__ import annotations

import math

from waterline.rebuilding.verifying import Verification

HEADS = ("file", "state", "largest difference", "where")
TITLES = {
    "data": "Data",
    "config": "Configuration",
    "sessions": "Sessions",
    "packages": "Packages",
    "code": "Code",
}


def verdict(found: Verification) -> str:
    """One sentence: is it the same?"""
    head = f"{found.name} ({found.folder})"
    files = [file for file in found.files if file.state != "not rebuilt"]
    apart = [file.name for file in files if not file.agrees]
    if found.is_reproduced:
        how = "bit-identical" if found.is_identical else "reproduced: every value is the same, some in other bytes"
        made = "" if not found.differences else ", by packages or code that have changed since"
        return f"{head}: {how}{made}."
    what = f"{len(apart)} of {len(files)} files differ ({', '.join(apart)})" if apart else "every file is the same"
    kinds = [TITLES[kind].lower() for kind in TITLES if any(one.kind == kind for one in found.differences)]
    why = f"; what differs beside it: {', '.join(kinds)}" if kinds else ", though nothing in the record does"
    return f"{head}: not reproduced. {what[:1].upper()}{what[1:]}{why}."


def file_rows(found: Verification) -> list[tuple[str, ...]]:
    """One row a file, as ``HEADS`` says."""
    return [
        (file.name, file.state, "-" if math.isnan(file.largest) else f"{file.largest:.3g}", file.told or "-")
        for file in found.files
    ]


def circumstances(found: Verification) -> list[str]:
    """A heading a kind of difference, and a line each below it."""
    lines = []
    for kind, title in TITLES.items():
        told = [one.told() for one in found.differences if one.kind == kind]
        lines += [f"{title}:", *(f"  {line}" for line in told)] if told else []
    return lines
