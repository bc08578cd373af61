"""What a search is: two searches of one identity make the same trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata

from waterline.errors import WaterlineError

DIGEST_SHOWN = 12
TITLES = {
    "config": "configuration",
    "batch": "batch size",
    "waterline": "version of waterline",
    "optuna": "version of Optuna",
}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "a checkout"


@dataclass(frozen=True, slots=True)
class Identity:
    """What must be equal for two searches to make the same trials.

    Attributes:
        config: digest of the configuration, its ``tune`` section included.
        data: digest of the data.
        seed: of everything random.
        batch: trials proposed at once.
        waterline: its version.
        optuna: its version.
    """

    config: str
    data: str
    seed: int
    batch: int
    waterline: str = field(default_factory=lambda: _version("waterline"))
    optuna: str = field(default_factory=lambda: _version("optuna"))


def check_identity(where: str, old: Mapping[str, object], new: Identity, remedy: str) -> None:
    """Refuse to go on with a search that was begun with something else.

    Args:
        where: the study, as the user knows it.
        old: what it was begun with, as it was written down.
        new: what it would be continued with.
        remedy: what to do about it.

    Raises:
        WaterlineError: they differ; it says in what.
    """
    changes = [
        f"the {TITLES.get(name, name)} was {_shown(old.get(name))} and is now {_shown(value)}"
        for name, value in asdict(new).items()
        if old.get(name) != value
    ]
    if changes:
        raise WaterlineError(f"{where} cannot be continued: {'; '.join(changes)}.", remedy)


def _shown(value: object) -> str:
    text = str(value)
    return f"{text[:DIGEST_SHOWN]}…" if len(text) > 2 * DIGEST_SHOWN else text
