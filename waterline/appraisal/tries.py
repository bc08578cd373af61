"""Out of how many tries a result is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from waterline.config import Config
from waterline.ledger import LedgerError, count, family_of


@dataclass(frozen=True, slots=True)
class Tries:
    """What the project's ledger knows of an experiment family.

    Attributes:
        family: see :func:`waterline.ledger.family_of`.
        number: tries that may have differed in luck, the run at hand included; NaN where the ledger cannot be read.
        studies: studies among them.
        note: what a reader must know about the number.
    """

    family: str
    number: float
    studies: int
    note: str


NOT_COUNTED = "Tries from before the ledger began, and on other machines, are not in it."


def tries_of(config: Config) -> Tries:
    """The count of the ledger, at least 1. A ledger that cannot be read leaves the number unknown, and says why."""
    family = family_of(config)
    try:
        found = count(family)
    except LedgerError as error:
        return Tries(family, math.nan, 0, f"The number of trials is not known: {error}")
    return Tries(family, float(max(found.trials, 1)), found.studies, NOT_COUNTED)
