"""Regime rules: from a score to the states ample and scarce. A closed union on ``kind``; without one it is schmitt."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from waterline.regime.jump import JumpRule
from waterline.regime.markov import MarkovRule
from waterline.regime.schmitt import SchmittRule


def _kind(rule: Any) -> str:
    kind = rule.get("kind", "schmitt") if isinstance(rule, Mapping) else getattr(rule, "kind", "schmitt")
    return kind if isinstance(kind, str) else repr(kind)


RegimeRule = Annotated[
    Annotated[SchmittRule, Tag("schmitt")] | Annotated[MarkovRule, Tag("markov")] | Annotated[JumpRule, Tag("jump")],
    Discriminator(_kind),
]

__all__ = ["JumpRule", "MarkovRule", "RegimeRule", "SchmittRule"]
