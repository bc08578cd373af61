"""What an audit hands over: its checks, what they found, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from waterline.metrics import as_json
from waterline.metrics.evaluation import Json

Stage = Literal["panel", "signal", "regime", "strategy", "simulation"]
Kind = Literal["leak", "fragile", "blind"]
STAGES: tuple[Stage, ...] = ("panel", "signal", "regime", "strategy", "simulation")
NEVER = np.datetime64("NaT", "D")
NAMES_SHOWN = 6

REMEDIES: dict[Stage, str] = {
    "panel": "Stamp each value with the instant at which it came out, not with the period it is about.",
    "signal": (
        "Read series with panel.now and waterline.transforms only; look for a statistic of the whole sample, a centred "
        "window, a back-fill, an interpolation, or a join on the period instead of available_at."
    ),
    "regime": "Tell a state from scores up to its own session: filtered, not smoothed; parameters from the past alone.",
    "strategy": (
        "Let row t of exposure(), and of the weights inside the sleeves, depend on rows up to t; look for shift(-1), a "
        "last row, or a sum over rows."
    ),
    "simulation": "Fill an order after the session of its decision, at a price that came later.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that an honest run does not show.

    Attributes:
        stage: the first that moved, or that is at fault.
        cut: session whose future was taken away or replaced; NaT where nothing was cut.
        first_session: earliest session whose value moved or was known too early; NaT where there is no such session.
        check: names of the checks that found it.
        kind: "leak" for a value that knew the future, "fragile" for a result that lives on a single session's lead,
            "blind" where the audit could not see a leak that it had planted itself.
        series: names of the panel behind it, as far as they can be told.
        cuts: at how many cuts it showed.
        size: by how much a value moved at most, infinite where one came or went; NaN where none moved.
        said: what was seen, where it is no moved value.
        remedy: what to do.
    """

    stage: Stage
    cut: np.datetime64
    first_session: np.datetime64
    check: tuple[str, ...] = ("truncation",)
    kind: Kind = "leak"
    series: tuple[str, ...] = ()
    cuts: int = 1
    size: float = float("nan")
    said: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        text = self.said or f"the value of {self.first_session} depends on what came after {self.cut}"
        return f"{self.stage}: {text}{self._behind()}"

    def _behind(self) -> str:
        if self.said:
            return ""
        rest = len(self.series) - NAMES_SHOWN
        names = f"of {', '.join(self.series[:NAMES_SHOWN])}{f' and {rest} more' if rest > 0 else ''}"
        size = "it comes and goes" if self.size == np.inf else f"by up to {self.size:.2g}"
        parts = [*([names] if self.series else []), *([] if np.isnan(self.size) else [size])]
        return f" ({'; '.join(parts)})" if parts else ""

    def to_do(self) -> str:
        """The next step, as one sentence."""
        return self.remedy or REMEDIES[self.stage]

    def as_json(self) -> dict[str, Json]:
        """Plain JSON."""
        return {
            "kind": self.kind,
            "stage": self.stage,
            "series": list(self.series),
            "first_session": as_json(self.first_session),
            "cut": as_json(self.cut),
            "cuts": self.cuts,
            "size": as_json(self.size),
            "checks": list(self.check),
            "text": str(self),
            "remedy": self.to_do(),
        }


@dataclass(frozen=True, slots=True)
class Check:
    """One way of looking.

    Attributes:
        name: what it is called.
        asks: what it asks, as one sentence.
        tried: how often it was tried, in vain or not; 0 where the data do not allow it.
        failed: how often something was found.
        skipped: how often in vain.
        note: figures and reasons in words.
        figures: the figures.
        judges: False where it tells and never finds.
    """

    name: str
    asks: str
    tried: int
    failed: int = 0
    skipped: int = 0
    note: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    judges: bool = True

    @property
    def verdict(self) -> Literal["passed", "failed", "told", "not possible"]:
        """How it went."""
        if self.failed:
            return "failed"
        if self.tried == self.skipped:
            return "not possible"
        return "passed" if self.judges else "told"

    def as_json(self) -> dict[str, Json]:
        """Plain JSON."""
        return {
            "name": self.name,
            "asks": self.asks,
            "verdict": self.verdict,
            "tried": self.tried,
            "failed": self.failed,
            "skipped": self.skipped,
            "note": self.note,
            "figures": as_json(self.figures),
        }


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Attributes:
        name: of the configuration.
        digest: of the configuration.
        checks: in the order of their running.
        findings: in the order of the stages.
    """

    name: str
    digest: str
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def exit_code(self) -> int:
        """0 where nothing was found, else 1."""
        return 0 if self.passed else 1

    def check(self, name: str) -> Check:
        """The check of that name."""
        return next(check for check in self.checks if check.name == name)

    def as_json(self) -> dict[str, Json]:
        """Plain JSON."""
        return {
            "name": self.name,
            "digest": self.digest,
            "passed": self.passed,
            "checks": [check.as_json() for check in self.checks],
            "findings": [finding.as_json() for finding in self.findings],
        }
