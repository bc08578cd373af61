"""What the pillars share: how members become z-scores, and how members become a pillar."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from waterline.errors import DataError
from waterline.panel import Notice, Observations, Panel
from waterline.sessions import Floats
from waterline.transforms import Window, mean_of_present, percentile_z, restandardised, robust_z


class Scaling(BaseModel):
    """Windows of the as-of z-scores. Daily series count observations, slower ones calendar time."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    window: int = Field(1260, ge=63, le=7560)
    """Observations in the window of a daily series' z-score (1260 is five years)."""
    min_window: int = Field(504, ge=20, le=2520)
    """Observations of a daily series before it has a z-score."""
    slow_years: float = Field(5.0, ge=1, le=30)
    """Years in the window of a weekly, monthly or quarterly series."""
    slow_min_years: float = Field(2.0, ge=0.5, le=10)
    """Years of history before a slower series has a z-score."""
    slow_min_events: int = Field(8, ge=4, le=100)
    """Releases before a slower series has a z-score."""
    percentile_window: int = Field(2520, ge=252, le=7560)
    """Observations in the window of a daily series' percentile (2520 is ten years)."""
    percentile_years: float = Field(10.0, ge=2, le=30)
    """Years in the window of a slower series' percentile."""
    clip: float = Field(3.0, gt=0, le=10)
    """Largest absolute z-score of a member."""
    min_sessions: int = Field(504, ge=20, le=2520)
    """Sessions of history before a pillar or the drain is restandardised."""

    def z(self, rows: Observations) -> Observations:
        """Robust z-score of each release."""
        window = Window(self.window, self.min_window, self.slow_years, self.slow_min_years, self.slow_min_events)
        return robust_z(rows, window, self.clip)

    def percentile(self, rows: Observations) -> Observations:
        """Normal score of each release's rank in the long window."""
        window = Window(
            self.percentile_window, self.min_window, self.percentile_years, self.slow_min_years, self.slow_min_events
        )
        return percentile_z(rows, window, self.clip)


@dataclass(frozen=True, slots=True)
class Member:
    """One oriented member of a pillar: the mean of its z-scored parts. Positive means scarce.

    Attributes:
        name: member name.
        parts: z-scored series.
        missing: inputs that the source lacks and that keep the member from being built; empty when it is at hand.
    """

    name: str
    parts: tuple[Observations, ...] = ()
    missing: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PillarScore:
    """A pillar over the sessions.

    Attributes:
        value: (T,) restandardised mean of the members present.
        members: name -> (T,) oriented z-scores.
        beside: name -> (T,) z-scores shown but not counted.
        notices: dropped members and stand-ins.
    """

    value: Floats
    members: Mapping[str, Floats]
    beside: Mapping[str, Floats] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


class Pillar(BaseModel):
    """A group of members that measure one thing. Subclasses say which inputs they need and how members are built."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    min_members: int = Field(2, ge=1, le=20)
    """Fewest members present on a day; half of those at hand are needed too."""
    scaling: Scaling = Scaling()
    """Windows of the z-scores."""

    @abstractmethod
    def inputs(self) -> frozenset[str]:
        """Names of the series that the members read."""

    @abstractmethod
    def build(self, panel: Panel) -> list[Member]:
        """All configured members, those that lack inputs included."""

    def build_beside(self, panel: Panel) -> list[Member]:
        """Members shown beside the pillar and not counted in it."""
        return []

    def evaluate(self, panel: Panel, title: str) -> PillarScore:
        """The pillar on every session.

        Raises:
            DataError: the source has too few of the members.
        """
        built = self.build(panel)
        at_hand = [member for member in built if not member.missing]
        notices = [_dropped(title, member) for member in built if member.missing]
        notices += [Notice(f"{title}.{member.name}", member.remark) for member in at_hand if member.remark]
        if len(at_hand) < self.min_members:
            lacking = sorted({name for member in built for name in member.missing})
            raise DataError(
                title,
                f"{len(at_hand)} of {len(built)} members can be built, {self.min_members} are needed.",
                f"Add {', '.join(lacking)} to the source, or lower signal.params.{title}.min_members.",
            )
        members = {member.name: _daily(panel, member) for member in at_hand}
        needed = max(self.min_members, (len(at_hand) + 1) // 2)
        value = restandardised(mean_of_present(list(members.values()), needed), self.scaling.min_sessions)
        shown = {member.name: _daily(panel, member) for member in self.build_beside(panel) if not member.missing}
        return PillarScore(value, members, shown, tuple(notices))


def _daily(panel: Panel, member: Member) -> Floats:
    return mean_of_present([panel.now(part) for part in member.parts], 1)


def _dropped(title: str, member: Member) -> Notice:
    return Notice(f"{title}.{member.name}", f"dropped: the source has no {', '.join(member.missing)}.")


def lacking(panel: Panel, *names: str) -> tuple[str, ...]:
    """Those of ``names`` that the panel does not hold."""
    return tuple(name for name in names if name not in panel)
