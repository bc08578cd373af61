"""The page of the gallery, in the look of the run page."""

from __future__ import annotations

from collections import Counter

from waterline.report.gallery.entries import RUN, STUDY
from waterline.report.gallery.rows import row_of
from waterline.report.gallery.shelf import Shelf
from waterline.report.numerals import count
from waterline.report.page import STYLES, document

TITLE = "Gallery"
MOST_SKIPPED = 100


def render_gallery(found: Shelf) -> str:
    """The whole page. The same folder gives the same text."""
    before, standing = found.before(), {entry.folder: entry for entry in found.entries}
    rows = [row_of(entry, before.get(entry.folder), standing) for entry in found.entries]
    counts = Counter(entry.kind for entry in found.entries)
    named = {RUN: ("run", "runs"), STUDY: ("study", "studies")}
    told = [count(counts[kind], *named.get(kind, (kind, f"{kind}s"))) for kind in sorted(counts)]
    context = {
        "title": TITLE,
        "rows": rows,
        "told": told,
        "kinds": _chosen_from([entry.kind for entry in found.entries]),
        "families": _chosen_from([row.family for row in rows]),
        "lucks": _chosen_from([entry.luck for entry in found.entries]),
        "skipped": found.skipped[:MOST_SKIPPED],
        "more_skipped": max(len(found.skipped) - MOST_SKIPPED, 0),
    }
    return document("gallery/index.html.j2", context, (*STYLES, "gallery"), (), ("gallery",))


def _chosen_from(values: list[str]) -> list[tuple[str, int]]:
    """The distinct values with how often each occurs, by name."""
    return sorted(Counter(values).items())
