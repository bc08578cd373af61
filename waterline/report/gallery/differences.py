"""What differs between configurations, key by key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from waterline.report.gallery.folders import printable

Flat = Mapping[str, str]
"""Dotted path of a key -> its value as written."""


@dataclass(frozen=True, slots=True)
class Change:
    """A key with its value in each of some configurations, None where it is absent."""

    key: str
    values: tuple[str | None, ...]


def flat(config: Mapping[str, object]) -> dict[str, str]:
    """The leaves of a configuration; a list is one leaf, and so is an empty mapping."""
    return dict(_leaves(config, ""))


def _leaves(tree: Mapping[str, object], path: str) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        name = f"{path}{printable(str(key))}"
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{name}.")
        else:
            yield name, written(value)


def written(value: object) -> str:
    """A value as YAML has it on one line: words without quotes, lists in brackets."""
    if isinstance(value, list):
        return f"[{', '.join(written(item) for item in value)}]"
    if isinstance(value, str):
        return printable(value) or '""'
    return printable(json.dumps(value, ensure_ascii=False))


def differences(configs: Sequence[Flat]) -> tuple[Change, ...]:
    """The keys whose values are not all the same, in the order in which they first stand.

    What a configuration is called says least, so it comes after the rest, and last what studies search; beside a run,
    which searches nothing, that is left out.
    """
    searching = all(any(map(_is_of_a_search, config)) for config in configs)
    keys = sorted(dict.fromkeys(key for config in configs for key in config), key=_rank)
    shown = [key for key in keys if searching or not _is_of_a_search(key)]
    changes = (Change(key, tuple(config.get(key) for config in configs)) for key in shown)
    return tuple(change for change in changes if len(set(change.values)) > 1)


def _is_of_a_search(key: str) -> bool:
    return key.startswith("tune.")


def _rank(key: str) -> int:
    return 2 if _is_of_a_search(key) else 1 if key in {"name", "description"} else 0
