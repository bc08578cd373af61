"""What was found on a claim in a window, and the scorecard of all findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from waterline.metrics import Window, as_json
from waterline.metrics.evaluation import Json
from waterline.sessions import Dates
from waterline.thesis.claims import CLAIMS, Claim, Part, table_digest

SUPPORTED, CONTRADICTED, NOT_DECIDABLE = "supported", "contradicted", "not decidable with these data"


@dataclass(frozen=True, slots=True)
class PartFinding:
    """One number of a claim, as found.

    Attributes:
        part: what was asserted of it.
        estimate: what was found, in ``part.unit``.
        standard_error: of the estimate.
        low: lower end of the 90 % interval.
        high: its upper end.
        p_value: one-sided p of the number being on the side that the thesis sees.
        p_against: one-sided p of its being on the other.
        episodes: independent episodes behind it.
        observations: weeks, months or sessions that entered.
        power: probability that a one-sided test at 5 % finds ``part.effect`` in such a sample, before Holm.
        detectable: size that is found with probability 0.8.
    """

    part: Part
    estimate: float
    standard_error: float
    low: float
    high: float
    p_value: float
    p_against: float
    episodes: int
    observations: int
    power: float
    detectable: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on a claim in a window, with the numbers behind it.

    Attributes:
        claim: the claim.
        window: "pre_idea", "post_idea" or "all".
        parts: as many as the claim has, in its order; empty where nothing could be measured.
        p_value: largest p of the sharp parts: all must hold.
        p_against: smallest opposite p of all parts, times their number.
        p_adjusted: ``p_value`` after Holm over the seven claims of the window.
        p_against_adjusted: ``p_against`` after Holm over the seven.
        power: smallest power of the sharp parts.
        episodes: fewest episodes of any part; 0 where nothing could be measured.
        verdict: "supported", "contradicted" or "not decidable with these data".
        reason: why, in plain words.
        missing: what the data lack; empty where that is not why.
        not_point_in_time: inputs of which only the latest revision was at hand.
    """

    claim: Claim
    window: str
    parts: tuple[PartFinding, ...]
    p_value: float
    p_against: float
    p_adjusted: float
    p_against_adjusted: float
    power: float
    episodes: int
    verdict: str
    reason: str
    missing: tuple[str, ...] = ()
    not_point_in_time: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Json]:
        """Full precision, null where undefined; the claim is told by its key."""
        return {
            "claim": self.claim.key,
            "window": self.window,
            "verdict": self.verdict,
            "reason": self.reason,
            **{name: as_json(getattr(self, name)) for name in _NUMBERS},
            "missing": list(self.missing),
            "not_point_in_time": list(self.not_point_in_time),
            "parts": [as_json(found) for found in self.parts],
        }


_NUMBERS = ("p_value", "p_against", "p_adjusted", "p_against_adjusted", "power", "episodes")


@dataclass(frozen=True, slots=True, eq=False)
class Scorecard:
    """The seven claims in the three windows.

    Attributes:
        name: what the experiment is called.
        digest: of its configuration.
        sessions: (T + 1,) dates; a window's moves are counted from its first session.
        windows: "pre_idea", "post_idea" and "all".
        findings: window -> one finding a claim, in their order.
    """

    name: str
    digest: str
    sessions: Dates
    windows: tuple[Window, ...]
    findings: Mapping[str, tuple[Finding, ...]]

    def as_json(self) -> dict[str, Json]:
        """What ``waterline thesis --json`` prints: the table of claims as it was fixed, the windows, the findings."""
        return {
            "name": self.name,
            "digest": self.digest,
            "claims_digest": table_digest(),
            "claims": [_claim(claim) for claim in CLAIMS],
            "windows": {window.name: _window(window, self.sessions) for window in self.windows},
            "findings": {name: [found.as_json() for found in these] for name, these in self.findings.items()},
        }


def _claim(claim: Claim) -> Json:
    texts = {name: as_json(getattr(claim, name)) for name in ("number", "key", "text", "statistic", "sample")}
    return {**texts, "needs": list(claim.needs), "parts": [as_json(part) for part in claim.parts]}


def _window(window: Window, sessions: Dates) -> Json:
    days = [str(day) for day in sessions[window.span][[1, -1]]] if len(window) else [None, None]
    return {"label": window.label, "sessions": len(window), "first_session": days[0], "last_session": days[1]}
