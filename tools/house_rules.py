"""The house gate: short files, short functions, and a reason behind every exemption.

Usage: ``python tools/house_rules.py FOLDER...``. Limits: a file has at most 300 lines; a function at most 40, its
docstring and decorators not counted.
"""

from __future__ import annotations

import ast
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 300
FUNCTION_LINES = 40
REASON_LETTERS = 8
EXEMPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no\s*(?:cover|branch))", re.IGNORECASE)
CODES = re.compile(r":\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*|\[[a-z, -]*\]")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def body_lines(function: Function) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return whole
    first = function.body[0]
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1)


def long_parts(path: Path, source: str) -> Iterator[str]:
    """The file and each of its functions that exceed their limit."""
    lines = len(source.splitlines())
    if lines > FILE_LINES:
        yield f"{path}: {lines} lines, at most {FILE_LINES}: split it by noun"
    for node in ast.walk(ast.parse(source, str(path))):
        if isinstance(node, Function) and (length := body_lines(node)) > FUNCTION_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {length} lines, at most {FUNCTION_LINES}: name its steps"


def reason(comment: str) -> str:
    """What a comment says besides its directive and codes."""
    return re.sub(r"[^A-Za-z]", "", CODES.sub("", EXEMPTION.sub("", comment)))


def bare_exemptions(path: Path) -> Iterator[str]:
    """Exemptions from a gate that do not say why."""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type != tokenize.COMMENT or not EXEMPTION.search(token.string):
                continue
            if len(reason(token.string)) < REASON_LETTERS:
                yield f"{path}:{token.start[0]}: {token.string!r} gives no reason: add it on the line"


def faults(path: Path) -> list[str]:
    """What breaks the house rules in one file."""
    return [*long_parts(path, path.read_text(encoding="utf-8")), *bare_exemptions(path)]


def main(folders: list[str]) -> int:
    """Print the faults of all Python files below the folders; 1 when there are any."""
    paths = sorted(path for folder in folders for path in Path(folder).rglob("*.py"))
    found = [fault for path in paths for fault in faults(path)]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
