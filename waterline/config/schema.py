"""The JSON schema of a configuration file, for editors that complete and check YAML while it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from waterline.catalog import ASSETS, COST_BPS, SERIES
from waterline.config.tree import Config, SignalChoice, StrategyChoice
from waterline.contracts import Plugin, Signal, Strategy
from waterline.plugins import ALLOWED, known

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DEFS = "#/$defs/"
PART = "Part"
TIME = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
"""A time of day without a zone, which the format "time" of JSON schema would refuse."""


def json_schema() -> Schema:
    """The schema of a configuration file, with the parameters of every plugin that can be found.

    A file that ``extends`` another may leave out whatever is required, at any depth; every other file may not. What
    needs more than one key to be judged (an end before the start, an unknown sleeve) only ``waterline check`` sees.
    """
    plugins = known(Plugin)
    definitions, names = _definitions(plugins)
    parts = {f"{name}{PART}": _walked(schema, _partial) for name, schema in definitions.items()}
    for choice, base in ((SignalChoice, Signal), (StrategyChoice, Strategy)):
        found = {path: names[path] for path, plugin in plugins.items() if issubclass(plugin, base)}
        default = choice.model_fields["use"].default
        _with_parameters(definitions[choice.__name__], found, default)
        _with_parameters(parts[f"{choice.__name__}{PART}"], found, None, PART)
    extends = {"type": "string", "title": "Extends", "description": "File to build on, by its path from this one."}
    parts[f"Config{PART}"]["properties"]["extends"] = extends
    return {
        "$schema": DIALECT,
        "title": "Waterline configuration",
        "description": "One experiment: one YAML file in, one folder of results out.",
        "type": "object",
        "properties": {"extends": extends},
        "if": {"required": ["extends"]},
        "then": {"$ref": f"{DEFS}Config{PART}"},
        "else": {"$ref": f"{DEFS}Config"},
        "$defs": dict(sorted({**definitions, **parts}.items())),
    }


def _definitions(plugins: Mapping[str, type[Plugin]]) -> tuple[dict[str, Schema], dict[str, str]]:
    """The sections and plugins as pydantic describes them, mended for editors, and the name of each plugin's."""
    models: list[type[BaseModel]] = [Config, *plugins.values()]
    refs, schema = models_json_schema([(model, "validation") for model in models])
    definitions: dict[str, Schema] = schema["$defs"]
    for name in _tagged(schema):
        definitions[name].setdefault("required", []).append("kind")
    mended = {name: _walked(definition, _mended) for name, definition in definitions.items()}
    top, sleeve = mended["Config"]["properties"], mended["SleeveConfig"]["properties"]
    sleeve["members"]["items"] = {"enum": sorted(ASSETS)}
    top["benchmark"]["enum"], top["bill_rate"]["enum"] = sorted(ASSETS), sorted(SERIES)
    top["costs_bps"]["propertyNames"] = {"enum": sorted(COST_BPS)}
    names = {path: refs[plugin, "validation"]["$ref"].removeprefix(DEFS) for path, plugin in plugins.items()}
    return mended, names


def _tagged(node: Any) -> set[str]:
    """Names of the definitions that a union can tell apart by their ``kind`` alone."""
    if isinstance(node, list):
        return {name for item in node for name in _tagged(item)}
    if not isinstance(node, dict):
        return set()
    here = {ref.removeprefix(DEFS) for ref in node.get("discriminator", {}).get("mapping", {}).values()}
    return here.union(*(_tagged(value) for value in node.values()))


def _walked(node: Any, change: Callable[[Schema], Schema]) -> Any:
    """A copy of the tree in which each object has been changed."""
    if isinstance(node, list):
        return [_walked(item, change) for item in node]
    if isinstance(node, dict):
        return change({key: _walked(value, change) for key, value in node.items()})
    return node


def _mended(node: Schema) -> Schema:
    """Unions whose members may leave out their kind match more than one; formats that mean something else."""
    if isinstance(node.get("discriminator"), dict):
        del node["discriminator"]
    if isinstance(node.get("oneOf"), list):
        node["anyOf"] = node.pop("oneOf")
    if node.get("format") == "time":
        del node["format"]
        node["pattern"] = TIME
    if node.get("format") == "path":
        del node["format"]
    return node


def _partial(node: Schema) -> Schema:
    """The same with nothing required."""
    if isinstance(node.get("required"), list):
        del node["required"]
    if isinstance(node.get("$ref"), str):
        node["$ref"] += PART
    return node


def _with_parameters(schema: Schema, plugins: Mapping[str, str], default: str | None, suffix: str = "") -> None:
    """Let the parameters depend on the class that is named, or on ``default`` where none is."""
    form = {"pattern": f"^({'|'.join(ALLOWED)})(\\.[A-Za-z_][A-Za-z0-9_]*)+:[A-Za-z_][A-Za-z0-9_]*$"}
    schema["properties"]["use"]["anyOf"] = [{"enum": sorted(plugins)}, form]
    schema["allOf"] = [
        {
            "if": {"properties": {"use": {"const": path}}, "required": [] if path == default else ["use"]},
            "then": {"properties": {"params": {"$ref": f"{DEFS}{name}{suffix}"}}},
        }
        for path, name in plugins.items()
    ]
