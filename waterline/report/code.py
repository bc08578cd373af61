"""Digests of the code that made a run, so that a later look can tell whether it is still the same."""

from __future__ import annotations

import ast
import hashlib
from importlib.util import find_spec
from pathlib import Path

from waterline.config import Config
from waterline.plugins import ALLOWED

PACKAGE = Path(__file__).resolve().parents[1]
LEFT_OUT = frozenset({".pyc", ".nbi", ".nbc", ".orig"})
"""Endings of what lies in the package and is no source."""


def code_digests(config: Config) -> dict[str, str]:
    """SHA-256 of the engine's sources as one, and of each module that the signal and the strategy are written in."""
    begun = [path.partition(":")[0] for path in (config.signal.use, config.strategy.use)]
    modules = sorted({name for module in begun for name in _with_imports(module)})
    return {"waterline": _engine(), **{name: _sha256(_source(name)) for name in modules}}


def _engine() -> str:
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix not in LEFT_OUT:
            digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0{_sha256(path)}\0".encode())
    return digest.hexdigest()


def _with_imports(module: str) -> set[str]:
    """``module`` and every module of a plugin package that it imports, directly or not."""
    found, waiting = set[str](), [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _imported(_source(name))
    return found


def _imported(source: Path) -> list[str]:
    """Modules of plugin packages that the file at ``source`` imports."""
    names = []
    for node in ast.walk(ast.parse(source.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in names if name.split(".")[0] in ALLOWED and _is_source(name)]


def _is_source(name: str) -> bool:
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:  # what was imported from a module is not a module below it
        return False
    return spec is not None and spec.origin is not None and Path(spec.origin).is_file()


def _source(name: str) -> Path:
    spec = find_spec(name)
    return Path(str(spec.origin if spec else name))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
