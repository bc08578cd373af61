"""The evidence as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from waterline.evidence.overfit import Overfitting
from waterline.evidence.sharpe import ProbabilisticSharpe, TrackRecordLength
from waterline.metrics import as_json
from waterline.metrics.evaluation import Json


def plain(value: object) -> Json:
    """As :func:`waterline.metrics.as_json`, and sequences as lists; what is to be quoted stands beside its two forms.

    NaN and infinity are null. Of the combinations behind the probability of overfitting only their number is told.
    """
    match value:
        case ProbabilisticSharpe():
            told: Json = _fields(value) | {"lower": as_json(value.lower)}
        case TrackRecordLength():
            told = _fields(value) | {"longer": as_json(value.longer)}
        case Overfitting():
            shown = ("probability", "loss_share", "degradation_slope", "sessions", "trials")
            told = {name: plain(getattr(value, name)) for name in shown} | {"combinations": len(value.logits)}
        case list() | tuple():
            told = [plain(item) for item in value]
        case Mapping():
            told = {str(key): plain(item) for key, item in value.items()}
        case _ if is_dataclass(value):
            told = _fields(value)
        case _:
            told = as_json(value)
    return told


def _fields(value: object) -> dict[str, Json]:
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no fields")
    return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
