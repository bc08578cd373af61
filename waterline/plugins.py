"""The only dynamic import: from ``package.module:Class`` and parameters to a validated plugin."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from importlib import import_module
from inspect import isabstract
from typing import TypeVar

from waterline.contracts import Plugin
from waterline.errors import PluginError, suggestion

P = TypeVar("P", bound=Plugin)
ALLOWED = ("signals", "strategies")


def build(base: type[P], key: str, path: str, params: Mapping[str, object], allowed: Sequence[str] = ALLOWED) -> P:
    """The plugin at ``path`` with ``params``.

    A dotted path is code execution: nothing is imported unless its first segment is allowed.

    Args:
        base: class that the plugin must extend.
        key: configuration key, for messages.
        path: ``package.module:Class``.
        params: its fields.
        allowed: first segments from which imports are accepted.

    Raises:
        PluginError: the path is not allowed, does not exist, or names no concrete ``base``.
        pydantic.ValidationError: the parameters are refused; the caller knows the key they stand under.
    """
    module_name, _, class_name = path.partition(":")
    if module_name.split(".")[0] not in allowed:
        names = ", ".join(allowed)
        raise PluginError(key, f"{path!r} is outside the allowed packages.", f"Use a path that begins with {names}.")
    if not class_name or not all(part.isidentifier() for part in (*module_name.split("."), class_name)):
        raise PluginError(key, f"{path!r} is not of the form package.module:Class.", "Write it in that form.")
    found = getattr(_module(key, module_name), class_name, None)
    if not (isinstance(found, type) and issubclass(found, base)) or isabstract(found):
        known = _classes(module_name, base)
        raise PluginError(key, f"{path!r} is no {base.__name__.lower()}.", suggestion(class_name, known))
    return found.model_validate_json(json.dumps(dict(params)), strict=True)


def _module(key: str, name: str) -> object:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
            raise
        raise PluginError(
            key, f"there is no module {name!r}.", suggestion(name, modules(name.split(".", maxsplit=1)[0]))
        ) from None


def modules(package: str) -> list[str]:
    """Names of the modules of a plugin package, those in the folder of its name below the current one among them."""
    from pkgutil import iter_modules

    return [f"{package}.{found.name}" for found in iter_modules(import_module(package).__path__)]


def known(base: type[P]) -> dict[str, type[P]]:
    """Every concrete ``base`` that can be named in a configuration, by its path.

    A module that cannot be imported is left out and said to be so: it may be half-written.
    """
    found: dict[str, type[P]] = {}
    for name in sorted(name for package in ALLOWED for name in modules(package)):
        try:
            members = vars(import_module(name)).items()
        except Exception as error:  # noqa: BLE001 - a researcher's module may raise whatever it likes; it is named
            logging.getLogger(__name__).warning("%s is left out: %s: %s", name, type(error).__name__, error)
            continue
        for label, kind in members:
            if isinstance(kind, type) and issubclass(kind, base) and kind.__module__ == name and not isabstract(kind):
                found[f"{name}:{label}"] = kind
    return found


def _classes(module_name: str, base: type[Plugin]) -> list[str]:
    members = vars(import_module(module_name)).values()
    kinds = [kind for kind in members if isinstance(kind, type) and issubclass(kind, base)]
    return [kind.__name__ for kind in kinds if not isabstract(kind)]
