"""Parameters that ship inside the package as YAML."""

from __future__ import annotations

import json
from importlib import resources
from typing import TypeVar

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)


def packaged(model: type[M], package: str, name: str) -> M:
    """The file ``name`` of ``package``, a YAML mapping in UTF-8, as a validated ``model``.

    Raises:
        pydantic.ValidationError: the shipped file does not fit the model, which is a bug of the package.
    """
    from ruamel.yaml import YAML

    text = resources.files(package).joinpath(name).read_text(encoding="utf-8")
    tree = YAML(typ="safe", pure=True).load(text)
    return model.model_validate_json(json.dumps(tree, default=str), strict=True)
