"""What goes into the ledger, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import numpy as np

from waterline.config import Config
from waterline.ledger.digests import Digests, config_digest, digest_of_returns, family_of
from waterline.sessions import Floats

Kind = Literal["run", "sweep", "refinement"]


def _now() -> np.datetime64:
    return np.datetime64(datetime.now(UTC).replace(tzinfo=None), "us")


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Some tries of one family that came about in one way.

    Attributes:
        family: what counts as the same experiment, see :func:`waterline.ledger.family_of`.
        kind: how they came about: a plain run, the wide sweep of a study, or its sampler.
        config_digest: (n,) what was tried, see :func:`waterline.ledger.config_digests` and its singular.
        returns_digest: (n,) what came out, see :func:`waterline.ledger.returns_digest`.
        study: identity of the study; empty for a plain run.
        at: UTC instant.
    """

    family: str
    kind: Kind
    config_digest: Digests
    returns_digest: Digests
    study: str = ""
    at: np.datetime64 = field(default_factory=_now)


def run_entry(config: Config, returns: Floats, cash: Floats) -> Entries:
    """The entry of a plain run, by its evaluated returns (n,) and those of bills (n,) over the same sessions."""
    digest = np.array([digest_of_returns(returns, cash)], dtype=np.uint64)
    return Entries(family_of(config), "run", config_digest(config), digest)


@dataclass(frozen=True, slots=True)
class LedgerCount:
    """How often an experiment family was tried.

    Attributes:
        rows: entries, repetitions included.
        distinct_configs: different configurations, and different parameter sets of each study.
        distinct_returns: different outcomes; all tries that failed are one together.
        studies: different studies.
    """

    rows: int
    distinct_configs: int
    distinct_returns: int
    studies: int

    @property
    def trials(self) -> int:
        """Tries that may have differed in luck: the smaller of the two numbers of distinct ones.

        The same configuration on newer data has new returns. A configuration under a new name, or a parameter set that
        another study tried before, counts as a new one with the same returns. Neither is a new try.
        """
        return min(self.distinct_configs, self.distinct_returns)
