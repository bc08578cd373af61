"""From a validator's finding to the one sentence a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from waterline.errors import ConfigError, suggestion

UNION_TAGS = frozenset({"classic", "files", "store", "schmitt", "markov", "jump"})


def complaint(
    error: ValidationError, model: type[BaseModel], prefix: Sequence[str] = (), place: str = ""
) -> ConfigError:
    """The first finding of ``error`` as a :class:`ConfigError`.

    Args:
        error: what pydantic found.
        model: the model that was validated, for the names it knows.
        prefix: keys above the model.
        place: where it stands, such as ``configs/x.yaml:12``.
    """
    found = min(error.errors(include_url=False), key=lambda item: item["type"] != "extra_forbidden")
    location = [str(part) for part in found["loc"] if part not in UNION_TAGS]
    key = ".".join([*prefix, *location]) or "(whole file)"
    problem, remedy = _sentence(found, [str(part) for part in found["loc"]], model)
    more = len(error.errors()) - 1
    tail = f" ({more} more like this.)" if more else ""
    return ConfigError(f"{place}: {key}" if place else key, problem, remedy + tail)


def _sentence(found: Any, location: list[str], model: type[BaseModel]) -> tuple[str, str]:
    value = _shown(found.get("input"))
    if found["type"] == "extra_forbidden":
        return "there is no such key.", suggestion(location[-1], _known(model, location[:-1]))
    if found["type"] == "missing":
        return "this key is required and not there.", f"Add {location[-1]}."
    if found["type"] in ("union_tag_invalid", "union_tag_not_found"):
        kinds = found["ctx"].get("expected_tags", "'classic', 'files', 'store'")
        return f"the kind {found['ctx'].get('tag', value)!r} is not known.", f"Use one of {kinds}."
    message = found["msg"].removeprefix("Value error, ")
    return f"{value} cannot be used: {message[:1].lower()}{message[1:]}.", "Correct the value."


def _shown(value: Any) -> str:
    text = repr(value) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= 60 else f"{text[:57]}…"


def _known(model: type[BaseModel], path: Sequence[str]) -> list[str]:
    """Field names of the model found by walking ``path`` from ``model``; none where the walk leaves models."""
    models: list[type[BaseModel]] = [model]
    for step in path:
        if step in UNION_TAGS:
            models = [kind for kind in models if _tag(kind) == step] or models
            continue
        annotations = [kind.model_fields[step].annotation for kind in models if step in kind.model_fields]
        inner = [found for annotation in annotations for found in _models(annotation)]
        models = inner or models
    return sorted({name for kind in models for name in kind.model_fields})


def _tag(model: type[BaseModel]) -> Any:
    return model.model_fields["kind"].default if "kind" in model.model_fields else None


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [found for inner in get_args(annotation) for found in _models(inner)]
