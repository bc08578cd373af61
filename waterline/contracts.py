"""What a researcher's plugin must be, and the value objects that pass between the layers.

A plugin is a frozen pydantic model: its fields are at once its parameters, the YAML keys, the search-space names, the
JSON schema and the documentation. It has two methods: what it reads or may hold, and its answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from waterline.panel import Notice, Panel
from waterline.sessions import Flags, Floats

States = npt.NDArray[np.int8]
AMPLE, SCARCE = 0, 1
STATE_NAMES = ("ample", "scarce")


class Plugin(BaseModel, ABC):
    """A frozen set of validated parameters; unknown parameters are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """A signal's answer for every session of the clock. Positive means capital is scarce.

    Attributes:
        total: (T,) the score; NaN where the inputs do not suffice.
        pillars: name -> (T,) parts of the total, which is their mean unless the signal lets them vote.
        members: pillar -> member -> (T,) oriented z-scores behind each pillar.
        beside: name -> (T,) shown beside the score but not in it (slack, series that are not point in time).
        notices: dropped members and stand-ins.
    """

    total: Floats
    pillars: Mapping[str, Floats] = field(default_factory=dict)
    members: Mapping[str, Mapping[str, Floats]] = field(default_factory=dict)
    beside: Mapping[str, Floats] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


class Signal(Plugin):
    """Turns the panel into a score of capital scarcity."""

    @abstractmethod
    def inputs(self) -> frozenset[str]:
        """Names of the series it reads: catalog ids, tickers, and filings as ``COMPANY/flow``."""

    @abstractmethod
    def score(self, panel: Panel) -> Score:
        """The score of each session, from what was available at its cutoff."""


@dataclass(frozen=True, slots=True, eq=False)
class Regime:
    """The state of each session.

    Attributes:
        states: (T,) 0 = ample, 1 = scarce.
        valid_from: index of the first session with a score; T when there is none.
        held: (T,) True where the score was missing and the state carried over.
    """

    states: States
    valid_from: int
    held: Flags

    def switches(self) -> Flags:
        """(T,) True where the state differs from the session before."""
        changed = np.zeros(len(self.states), dtype=np.bool_)
        changed[1:] = self.states[1:] != self.states[:-1]
        return changed


@dataclass(frozen=True, slots=True, eq=False)
class Sleeves:
    """The investable groups, each with its inside weights as known at each cutoff.

    Attributes:
        names: (K,) sleeve names in the order of the exposures; cash is not among them.
        assets: (N,) tickers in column order.
        inside: name -> (T, N) weights inside the sleeve; rows sum to at most 1, the rest is cash.
    """

    names: tuple[str, ...]
    assets: tuple[str, ...]
    inside: Mapping[str, Floats]

    def targets(self, exposure: Floats) -> Floats:
        """(T, N) asset weights of sleeve exposures (T, K) or (K,)."""
        shares = np.broadcast_to(exposure, (len(next(iter(self.inside.values()))), len(self.names)))
        return np.asarray(sum(shares[:, [k]] * self.inside[name] for k, name in enumerate(self.names)))


class Strategy(Plugin):
    """Turns score and state into sleeve exposures."""

    @abstractmethod
    def sleeve_names(self) -> frozenset[str]:
        """Names of the sleeves it may hold."""

    @abstractmethod
    def exposure(self, score: Score, regime: Regime, sleeves: Sleeves) -> Floats:
        """(T, K) share of equity in each sleeve, decided at each cutoff; rows sum to at most 1, the rest is cash."""
