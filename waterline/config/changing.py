"""A configuration with other values at some of its paths."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from waterline.config.complaints import complaint
from waterline.config.tree import Config
from waterline.config.tuning import Value
from waterline.sources.files import FilesSource


def changed(config: Config, values: Mapping[str, Value]) -> Config:
    """``config`` with each dotted path of ``values`` replaced.

    Raises:
        ConfigError: a value cannot be used there.
    """
    tree: dict[str, Any] = config.model_dump(mode="json")
    for path, value in values.items():
        place(tree, path, value)
    prefix: tuple[str, ...] = ()
    try:
        new = Config.model_validate_json(json.dumps(tree), strict=True)
        prefix = ("signal", "params")
        _ = new.built_signal
        prefix = ("strategy", "params")
        _ = new.built_strategy
    except ValidationError as error:
        raise complaint(error, Config, prefix) from None
    return new.checked()


def on_files(config: Config, folder: Path) -> Config:
    """``config`` reading a folder of data files."""
    return config.model_copy(update={"data": FilesSource(kind="files", path=folder)})


def place(tree: dict[str, Any], path: str, value: Value) -> None:
    """Write ``value`` at the dotted ``path``, making the sections on the way."""
    *sections, key = path.split(".")
    for section in sections:
        tree = tree.setdefault(section, {})
    tree[key] = value
