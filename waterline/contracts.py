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


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A score before its last step, in the form that sweeps compile; see :class:`Dials` for the last step.

    Attributes:
        value: (M, T) parts; NaN where missing.
        gate: (T,) what turns the first part round; None where nothing does.
        minimum: sessions of a gated part before it is scaled by its expanding root mean square.
    """

    value: Floats
    gate: Floats | None = None
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Dials:
    """The last step of a score: the weighted mean of the parts, smoothed.

    Attributes:
        weights: (M,) of the parts; the mean divides by the sum of their sizes.
        phi: the gated part is multiplied by ``1 - (1 + phi) gate``.
        span: sessions of exponential smoothing; 1 for none.
    """

    weights: tuple[float, ...] = (1.0,)
    phi: float = 0.0
    span: float = 1.0


class Signal(Plugin):
    """Turns the panel into a score of capital scarcity.

    A signal with parameters that act on its last step only may say so (``late``, ``parts``, ``dials``): a sweep then
    computes the rest once for all their values. Without it each parameter set costs a call of ``score``.
    """

    @abstractmethod
    def inputs(self) -> frozenset[str]:
        """Names of the series it reads: catalog ids, tickers, and filings as ``COMPANY/flow``."""

    @abstractmethod
    def score(self, panel: Panel) -> Score:
        """The score of each session, from what was available at its cutoff."""

    def late(self) -> frozenset[str]:
        """Names of the parameters that act on the last step only; of a mapping, its values do and its names do not."""
        return frozenset()

    def parts(self, panel: Panel) -> Parts:
        """The score before its last step; equal for all values of the late parameters."""
        return Parts(self.score(panel).total[None, :])

    def dials(self) -> Dials:
        """The last step: with ``parts`` it gives ``score(panel).total`` to the last bit."""
        return Dials()


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


@dataclass(frozen=True, slots=True, eq=False)
class ExposureForm:
    """A strategy in the form that sweeps compile.

    Attributes:
        table: (3, K) exposure before the first score, in the ample and in the scarce state.
        curve: where given, exposure is ``share * table[1] + (1 - share) * table[2]`` instead, with share =
            least + (most - least) logistic(-slope * last known score) and curve = (least, most, slope).
    """

    table: Floats
    curve: tuple[float, float, float] | None = None


class Strategy(Plugin):
    """Turns score and state into sleeve exposures."""

    @abstractmethod
    def sleeve_names(self) -> frozenset[str]:
        """Names of the sleeves it may hold."""

    @abstractmethod
    def exposure(self, score: Score, regime: Regime, sleeves: Sleeves) -> Floats:
        """(T, K) share of equity in each sleeve, decided at each cutoff; rows sum to at most 1, the rest is cash."""

    def form(self, sleeves: tuple[str, ...]) -> ExposureForm | None:  # noqa: ARG002 (the argument is the contract's)
        """What ``exposure`` does, in the form that sweeps compile; None where it has no such form."""
        return None
