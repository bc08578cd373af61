"""The configuration reference from the models themselves.

Types, bounds, defaults and sentences are those of the JSON schema that
pydantic derives; nothing about a key is written here.
"""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from inspect import isabstract
from typing import Any

from pydantic import BaseModel

from waterline.config.tree import Config
from waterline.contracts import Plugin, Signal, Strategy

Schema = dict[str, Any]

OPENING = """# Configuration reference

*Written by `make reference` from the models that read the configuration; a test holds this page to them.*

A configuration is one YAML file (YAML 1.2, so `NO` and `ON` are text). It needs `name`, `data`, `start` and `sleeves`;
everything else has a default, unknown keys are refused, and the line at fault is named. `waterline check FILE` prints
it resolved, with every default written out and the digest that identifies what it computes.

- `extends: other.yaml` builds on another file: sections are merged key by key, everything else is replaced.
- `--set key.path=value` on the command line overrides any key, for example `--set regime.up=0.9`; it can be repeated.
- `--data FOLDER` replaces the `data` section by a folder of files.
"""
PLUGINS: tuple[tuple[str, str, type[Plugin], str], ...] = (
    ("Signals", "signals", Signal, "The keys of `signal.params`, for each class that `signal.use` can name."),
    (
        "Strategies",
        "strategies",
        Strategy,
        "The keys of `strategy.params`, for each class that `strategy.use` can name.",
    ),
)
HEAD = "| key | values | default | meaning |\n|---|---|---|---|"


class Page:
    """Sections of one schema after the other; a model that occurs again is linked to where it was told first."""

    def __init__(self) -> None:
        self.parts: list[str] = [OPENING]
        self.told: dict[str, str] = {}

    def models(self, heading: str, level: int, path: str, schema: Schema, defs: dict[str, Schema]) -> None:
        """A section for the keys of ``schema``, and one for each model that stands below a key."""
        rows = [_row(path, key, node, defs, schema) for key, node in schema.get("properties", {}).items()]
        lead = _sentence(schema)
        table = "\n".join([HEAD, *rows]) if rows else "*No keys.*"
        self.parts.append(f"{'#' * level} {heading}\n\n{lead}\n\n{table}\n" if lead else f"{table}\n")
        for key, node in schema.get("properties", {}).items():
            for title, below, name in _below(f"{path}{key}", node, defs):
                self.section(title, min(level + 1, 4), below, name, defs)

    def section(self, heading: str, level: int, path: str, name: str, defs: dict[str, Schema]) -> None:
        """The model ``name`` under ``path``, or where its keys stand already."""
        if name in self.told:
            title = self.told[name]
            self.parts.append(f"{'#' * level} {heading}\n\nThe same keys as [{title}](#{anchor(title)}).\n")
            return
        self.told[name] = heading
        self.models(heading, level, f"{path}.", defs[name], defs)


def page() -> str:
    """The whole page."""
    made = Page()
    schema = with_made_defaults(Config)
    made.parts.append("## Top level\n")
    made.models("", 1, "", schema | {"description": ""}, schema["$defs"])
    for title, package, base, sentence in PLUGINS:
        made.parts.append(f"## {title}\n\n{sentence}\n")
        for plugin in plugins(package, base):
            use = f"{plugin.__module__}:{plugin.__name__}"
            schema, made.told = plugin.model_json_schema(), {}
            made.models(use, 3, f"{plugin.__name__}: ", schema, schema.get("$defs", {}))
    return "\n".join(made.parts)


def with_made_defaults(model: type[BaseModel]) -> Schema:
    """The schema of ``model`` with the defaults that a factory makes, which pydantic leaves out."""
    schema = model.model_json_schema()
    for name, field in model.model_fields.items():
        if field.default_factory is not None:
            schema["properties"][name]["default"] = field.get_default(call_default_factory=True, validated_data={})
    return schema


def plugins(package: str, base: type[Plugin]) -> list[type[Plugin]]:
    """The concrete classes of ``base`` that the modules of ``package`` define."""
    root = import_module(package)
    modules = [import_module(f"{package}.{found.name}") for found in pkgutil.iter_modules(root.__path__)]
    found = [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, base) and kind.__module__ == module.__name__
    ]
    return [kind for kind in found if not isabstract(kind)]


def anchor(heading: str) -> str:
    """The fragment that Markdown gives a heading."""
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def _row(path: str, key: str, node: Schema, defs: dict[str, Schema], schema: Schema) -> str:
    required = key in schema.get("required", ())
    cells = (f"`{key}`", _values(node, defs), "**required**" if required else _default(node), _sentence(node))
    links = [f"[{title}](#{anchor(title)})" for title, _, _ in _below(f"{path}{key}", node, defs)]
    values = ", ".join(links) if links and "anyOf" not in node else cells[1]
    values = f"{values}; see {', '.join(links)}" if links and "anyOf" in node else values
    return f"| {cells[0]} | {values} | {cells[2]} | {cells[3]} |"


def _below(path: str, node: Schema, defs: dict[str, Schema]) -> Iterator[tuple[str, str, str]]:
    """Heading, path and model of each section that a key opens."""
    alternatives = node.get("oneOf") or node.get("anyOf") or [node]
    if "additionalProperties" in node and isinstance(node["additionalProperties"], dict):
        path, alternatives = f"{path}.NAME", [node["additionalProperties"]]
    models = [name for name in map(_reference, alternatives) if name]
    for name in models:
        kind = defs[name].get("properties", {}).get("kind", {}).get("const")
        yield f"{path}, kind {kind}" if len(models) > 1 and kind else path, path, name


def _reference(node: Schema) -> str:
    named = node.get("$ref") or next((part["$ref"] for part in node.get("allOf", ()) if "$ref" in part), "")
    return str(named).rpartition("/")[2]


def _values(node: Schema, defs: dict[str, Schema]) -> str:
    """What a key may hold, in words."""
    if "anyOf" in node:
        told = [_values(part, defs) for part in node["anyOf"] if not _reference(part)]
        return " or ".join(["a section", *told] if len(told) < len(node["anyOf"]) else told)
    if "const" in node:
        return _code(node["const"])
    if "enum" in node:
        return ", ".join(map(_code, node["enum"]))
    kind = node.get("type", "any")
    if kind == "array":
        return _listed(node, defs)
    if kind == "object":
        inner = node.get("additionalProperties")
        return f"names with {_values(inner, defs)}" if isinstance(inner, dict) and inner else "names with values"
    return {"string": _text, "number": _number, "integer": _number}.get(kind, _plain)(node)


def _listed(node: Schema, defs: dict[str, Schema]) -> str:
    if "prefixItems" in node:
        return "[" + ", ".join(_values(part, defs) for part in node["prefixItems"]) + "]"
    items = _values(node.get("items", {}), defs)
    return f"list of {items}" + (f", at least {node['minItems']}" if node.get("minItems") else "")


def _plain(node: Schema) -> str:
    return {"boolean": "`true`, `false`", "null": "`null`"}.get(node.get("type", ""), "any")


def _text(node: Schema) -> str:
    longest = f", at most {node['maxLength']:,} characters" if "maxLength" in node else ""
    return {"date": "date", "time": "time", "path": "path"}.get(node.get("format", ""), "text") + longest


def _number(node: Schema) -> str:
    bounds = (
        ("from", node.get("minimum")),
        ("above", node.get("exclusiveMinimum")),
        ("to", node.get("maximum")),
        ("below", node.get("exclusiveMaximum")),
    )
    told = [
        f"{word} {bound:g}" if bound < 1e6 else f"{word} {bound:,.0f}" for word, bound in bounds if bound is not None
    ]
    return " ".join(["whole number" if node["type"] == "integer" else "number", *told])


def _default(node: Schema) -> str:
    if "default" not in node:
        return "see section" if _reference(node) else "–"
    value = node["default"]
    if isinstance(value, dict) and (_reference(node) or "oneOf" in node or "anyOf" in node):
        return f"kind {_code(value['kind'])}" if "kind" in value else "its section's defaults"
    return _code(value)


def _code(value: object) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return f"`{text}`"


def _sentence(node: Schema) -> str:
    text = " ".join(str(node.get("description", "")).split("\n\n")[0].split()).replace("``", "`")
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", text).replace("|", "\\|")
