"""What a search is: two searches of one identity make the same trials."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from importlib import metadata

from waterline.errors import WaterlineError

DIGEST_SHOWN = 12


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


def check_identity(where: str, old: Identity, new: Identity, remedy: str) -> None:
    """Refuse to go on with a search that was begun with something else.

    Args:
        where: the study, as the user knows it.
        old: what it was begun with.
        new: what it would be continued with.
        remedy: what to do about it.

    Raises:
        WaterlineError: they differ; it says in what.
    """
    before, after = asdict(old), asdict(new)
    changes = [
        f"the {name} was {_shown(before[name])} and is now {_shown(after[name])}"
        for name in before
        if before[name] != after[name]
    ]
    if changes:
        raise WaterlineError(f"{where} cannot be continued: {'; '.join(changes)}.", remedy)


def _shown(value: object) -> str:
    text = str(value)
    return f"{text[:DIGEST_SHOWN]}…" if len(text) > 2 * DIGEST_SHOWN else text
