"""The gate of the documentation: ``python tools/links.py [ROOT]``.

Every page under ``docs`` stands in the navigation once, every relative link and anchor leads somewhere, no page leads
out of ``docs`` (the site holds nothing else), and no picture or script comes from another host (it is read offline).
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

SETTINGS, DOCS = "zensical.toml", "docs"
OUTSIDE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "requirements/README.md", "reports/README.md")
AWAITED: frozenset[str] = frozenset()
"""Pages that the navigation may name before they are written."""

FENCED = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(r"(?P<picture>!?)\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?(?P<target>[^)\s>]+)>?[^)]*\)")
ATTRIBUTE = re.compile(r"<(?P<tag>\w+)[^>]*?\s(?:href|src)=[\"'](?P<target>[^\"']+)[\"']")
HEADING = re.compile(r"^#{1,6} +(.+?)(?:\s+#+)?\s*$", re.MULTILINE)
IDENTIFIER = re.compile(r"\sid=[\"']([^\"']+)[\"']")
ADDRESS = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def navigation(settings: Path) -> list[str]:
    """Pages in the order of the navigation."""

    def pages(entries: list[object]) -> Iterator[str]:
        for entry in entries:
            values = entry.values() if isinstance(entry, dict) else [entry]
            for value in values:
                if isinstance(value, list):
                    yield from pages(value)
                else:
                    yield str(value)

    return list(pages(tomllib.loads(settings.read_text(encoding="utf-8"))["project"]["nav"]))


def navigation_faults(root: Path) -> Iterator[str]:
    """Pages that the navigation lacks, repeats, or names in vain."""
    counted = Counter(navigation(root / SETTINGS))
    present = {path.relative_to(root / DOCS).as_posix() for path in (root / DOCS).rglob("*.md")}
    for page in sorted(present - counted.keys()):
        yield f"{DOCS}/{page}: is not in the navigation: add it to {SETTINGS}"
    for page in sorted(counted.keys() - present - AWAITED):
        yield f"{SETTINGS}: the navigation names {page}, which does not exist"
    for page in sorted(page for page, times in counted.items() if times > 1):
        yield f"{SETTINGS}: the navigation names {page} more than once"


def link_faults(root: Path, page: Path) -> Iterator[str]:
    """Links of one page that lead nowhere, or out of the site."""
    name, inside = page.relative_to(root).as_posix(), page.is_relative_to(root / DOCS)
    for line, target, loaded in targets(page.read_text(encoding="utf-8")):
        if ADDRESS.match(target):
            if loaded and inside:
                yield f"{name}:{line}: loads {target}: keep it under {DOCS}, the site is read offline"
            continue
        place, _, fragment = unquote(target).partition("#")
        file = (page.parent / place).resolve() if place else page
        if not file.exists():
            yield f"{name}:{line}: {target} does not exist"
        elif inside and not file.is_relative_to((root / DOCS).resolve()):
            yield f"{name}:{line}: {target} leads out of {DOCS}: name the file in words"
        elif fragment and file.suffix == ".md" and fragment not in anchors(file):
            yield f"{name}:{line}: {target}: there is no heading with that anchor"


def targets(text: str) -> Iterator[tuple[int, str, bool]]:
    """Line, target and whether it is loaded with the page, of each link outside code."""
    for found in LINK.finditer(without_code(text)):
        yield text.count("\n", 0, found.start()) + 1, found["target"], bool(found["picture"])
    for found in ATTRIBUTE.finditer(without_code(text)):
        yield text.count("\n", 0, found.start()) + 1, found["target"], found["tag"].lower() != "a"


def without_code(text: str) -> str:
    """The text with code blanked out, every line and column in its place."""
    return CODE.sub(_blank, FENCED.sub(_blank, text))


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


@lru_cache(maxsize=256)
def anchors(page: Path) -> frozenset[str]:
    """Fragments that a page answers to."""
    return frozenset(headings(page)) | frozenset(IDENTIFIER.findall(without_code(page.read_text(encoding="utf-8"))))


def headings(page: Path) -> list[str]:
    """The fragment of each heading, as Python-Markdown and GitHub write it."""
    text = FENCED.sub(_blank, page.read_text(encoding="utf-8"))
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in HEADING.findall(text)]
    return [re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in plain]


def repeated_headings(root: Path, page: Path) -> Iterator[str]:
    """Headings of a page that share their fragment."""
    for fragment, times in Counter(headings(page)).items():
        if times > 1:
            yield f"{page.relative_to(root)}: {times} headings share the anchor {fragment}: word them differently"


def faults(root: Path) -> Iterator[str]:
    """Everything that is wrong with the documentation below ``root``."""
    yield from navigation_faults(root)
    pages = sorted((root / DOCS).rglob("*.md"))
    for page in pages:
        yield from repeated_headings(root, page)
    for page in [*pages, *(root / name for name in OUTSIDE if (root / name).exists())]:
        yield from link_faults(root, page)


def main(arguments: list[str]) -> int:
    """Print the faults; 1 when there are any."""
    root = Path(arguments[0] if arguments else ".").resolve()
    found = list(faults(root))
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
