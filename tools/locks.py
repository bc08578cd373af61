"""The lock gate: locks are pinned, hashed, free of addresses, and agree. Usage: ``python tools/locks.py LOCK...``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

ADDRESS = re.compile(r"://|--(?:extra-)?index|--find-links|(?:^|\s)-[if]\s|@\s*(?:file|git|/)|(?:^|\s)\.{0,2}/")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^ ;\\]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}(?:\s|$)")


def requirements(text: str) -> list[str]:
    """The requirements of a lock, one a line, with comments dropped and continued lines joined."""
    kept = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return [line for line in "\n".join(kept).replace("\\\n", " ").splitlines() if line.strip()]


def faults(name: str, text: str) -> Iterator[str]:
    """What is wrong with one lock."""
    for number, line in enumerate(text.splitlines(), start=1):
        if ADDRESS.search(line):
            yield f"{name}:{number}: names an address or a path: {line.strip()}"
    for line in requirements(text):
        wanted = line.split("--hash")[0].strip()
        if not PIN.match(line):
            yield f"{name}: is not pinned by ==: {wanted}"
        elif not HASH.search(line):
            yield f"{name}: has no sha256 hash: {wanted}"
    if not requirements(text):
        yield f"{name}: locks nothing"


def versions(text: str) -> dict[str, set[str]]:
    """Package -> its locked versions; several where the lock forks on the Python version."""
    found: dict[str, set[str]] = {}
    for pin in filter(None, map(PIN.match, requirements(text))):
        found.setdefault(pin["name"], set()).add(pin["version"])
    return found


def disagreements(texts: dict[str, str]) -> Iterator[str]:
    """Packages that two locks pin to different versions."""
    for (one, left), (other, right) in combinations({name: versions(text) for name, text in texts.items()}.items(), 2):
        for package in sorted(left.keys() & right.keys()):
            if left[package] != right[package]:
                yield f"{one} and {other} lock different versions of {package}"


def main(paths: list[str]) -> int:
    """Print the faults; 1 when there are any."""
    texts = {path: Path(path).read_text(encoding="utf-8") for path in paths}
    found = [fault for name, text in texts.items() for fault in faults(name, text)] + list(disagreements(texts))
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
