"""From a YAML file and overrides to a validated tree. YAML 1.2: ``ON`` and ``NO`` are text, ``1e-3`` is a number."""

from __future__ import annotations

import datetime as dt
import json
import logging
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from waterline.config.complaints import UNION_TAGS, complaint
from waterline.config.tree import Config
from waterline.errors import ConfigError, nearest

EXAMPLE = "Write it as key.path=value, for example regime.up=0.9."


def load(path: Path, overrides: Sequence[str] = (), data: Path | None = None) -> Config:
    """The configuration in ``path`` with ``overrides`` laid over it.

    Args:
        path: YAML file.
        overrides: ``key.path=value`` each, the value read as YAML.
        data: folder of data files that replaces the ``data`` section.

    Raises:
        ConfigError: the file cannot be read, or a key or value cannot be used.
    """
    plain, places = _read(path, ())
    if data is not None:
        plain["data"] = {"kind": "files", "path": str(data)}
    for override in overrides:
        _override(plain, override)
    return _checked(_validated(Config, plain, (), places), places)


def revived(tree: Mapping[str, Any], name: str) -> Config:
    """The configuration that a record holds in its resolved form.

    Args:
        tree: what :meth:`Config.resolved` gave.
        name: where it stands, for errors.

    Raises:
        ConfigError: this version of the program cannot use a key or value of it.
    """
    places = _Places(name, {})
    return _checked(_validated(Config, dict(tree), (), places), places)


def _checked(config: Config, places: _Places) -> Config:
    for section, kind in (("signal", "built_signal"), ("strategy", "built_strategy")):
        try:
            getattr(config, kind)
        except ValidationError as error:
            raise _plugin_complaint(error, config, section, places) from None
    return config.checked()


def _read(path: Path, above: tuple[Path, ...]) -> tuple[dict[str, Any], _Places]:
    """The keys of a file laid over those of the file that it ``extends``, and where they stand."""
    tree = _tree(_text(path), str(path))
    plain: dict[str, Any] = _plain(tree, str(path))
    if "extends" not in plain:
        return plain, _Places(str(path), tree)
    base = plain.pop("extends")
    if not isinstance(base, str) or (path.parent / base).resolve() in {path.resolve(), *above}:
        raise ConfigError(f"{path}: extends", f"{base!r} is no other file.", "Name the YAML file to build on.")
    below, places = _read(path.parent / base, (*above, path.resolve()))
    return _laid_over(below, plain), _Places(str(path), tree, places)


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Sections are merged key by key; everything else is replaced."""
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _laid_over(merged[key], value) if both else value
    return merged


def _plugin_complaint(error: ValidationError, config: Config, section: str, places: _Places) -> ConfigError:
    from importlib import import_module

    module, _, name = getattr(config, section).use.partition(":")
    model: type[BaseModel] = getattr(import_module(module), name)
    prefix = (section, "params")
    first = error.errors()[0]["loc"]
    return complaint(error, model, prefix, places.of([*prefix, *map(str, first)]))


class _Places:
    """Line numbers of the keys of a file."""

    def __init__(self, name: str, tree: Any, below: _Places | None = None) -> None:
        self.name, self.tree, self.below = name, tree, below

    def of(self, keys: Sequence[str]) -> str:
        """``file:line`` of the deepest of ``keys`` that stands in the file, or in the one that it extends."""
        line, depth = self.line(keys)
        if self.below is not None and self.below.line(keys)[1] > depth:
            return self.below.of(keys)
        return self.name if line is None else f"{self.name}:{line}"

    def line(self, keys: Sequence[str]) -> tuple[int | None, int]:
        """Line of the deepest of ``keys`` that stands in this file, and how deep that is."""
        node, line, depth = self.tree, None, 0
        for key in keys:
            if not (isinstance(node, Mapping) and key in node):
                break
            line = node.lc.key(key)[0] + 1  # type: ignore[attr-defined]  # ruamel adds .lc to its mappings
            node, depth = node[key], depth + 1
        return line, depth


def _text(path: Path) -> str:
    if path.is_dir():
        raise ConfigError(str(path), "is a folder, not a configuration.", "Name a YAML file.")
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        beside = [item.name for item in path.parent.glob("*.yaml")] if path.parent.is_dir() else []
        best = nearest(path.name, beside)
        raise ConfigError(
            str(path), "there is no such file.", f"Did you mean {path.with_name(best)}?" if best else "Check the path."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read ({error}).", "Give a readable UTF-8 text file.") from None
    logging.getLogger(__name__).info("read %s", path)
    return text


def _tree(text: str, name: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError

    try:
        tree = YAML(typ="rt", pure=True).load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        key = str(error.problem).split('"')[1]
        raise ConfigError(f"{name}:{line}", f"key {key!r} stands there twice.", "Keep one of them.") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ConfigError(f"{name}:{line}", f"is no valid YAML ({error.problem}).", "Mend the line.") from None
    except ValueError as error:  # what looks like a date or a number and is none
        raise ConfigError(name, f"holds a date or number that is none ({error}).", _found(text)) from None
    if not isinstance(tree, Mapping):
        raise ConfigError(name, "holds no keys.", "A configuration needs at least name, data, start and sleeves.")
    return tree


def _found(text: str) -> str:
    """Where the impossible date stands, as far as it can be told."""
    for number, line in enumerate(text.splitlines(), 1):
        for word in re.findall(r"\b\d{4}-\d{1,2}-\d{1,2}\b", line):
            try:
                dt.date(*map(int, word.split("-")))
            except ValueError:
                return f"Correct {word} in line {number}."
    return "Correct it."


def _plain(node: Any, where: str) -> Any:
    """JSON-ready copy of a YAML node."""
    match node:
        case Mapping():
            return {_key(key, where): _plain(value, f"{where}: {key}") for key, value in node.items()}
        case list() | tuple():
            return [_plain(item, where) for item in node]
        case bool() | None | str():
            return node if not isinstance(node, str) else str(node)
        case int():
            return int(node)
        case float():
            if not math.isfinite(node):
                raise ConfigError(where, f"{float(node)} is not a finite number.", "Give a finite one.")
            return float(node)
        case dt.datetime() | dt.date():
            return node.isoformat()
    raise ConfigError(where, f"a value of type {type(node).__name__} cannot be used.", "Use text, numbers or lists.")


def _key(key: Any, where: str) -> str:
    if not isinstance(key, str):
        raise ConfigError(where, f"key {key!r} is not text.", f'Write it in quotes: "{key}".')
    return str(key)


def _override(tree: dict[str, Any], override: str) -> None:
    path, equals, text = override.partition("=")
    keys = path.strip().split(".")
    if not equals or not all(keys):
        raise ConfigError("--set", f"{override!r} is no override.", EXAMPLE)
    value = _plain(_tree(f"value: {text}", "--set")["value"], f"--set {path}")
    node = tree
    for key in keys[:-1]:
        child = node.setdefault(key, {})
        if not isinstance(child, dict):
            raise ConfigError(f"--set {path}", f"{key!r} holds no further keys.", EXAMPLE)
        node = child
    node[keys[-1]] = value


def _validated(model: type[Config], plain: dict[str, Any], prefix: Sequence[str], places: _Places) -> Config:
    try:
        return model.model_validate_json(json.dumps(plain), strict=True)
    except ValidationError as error:
        first = [str(part) for part in error.errors()[0]["loc"] if part not in UNION_TAGS]
        raise complaint(error, model, prefix, places.of(first)) from None
