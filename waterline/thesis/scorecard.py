"""The thesis scorecard: seven claims, three windows, a verdict each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from waterline.config import Config
from waterline.metrics import Window, split_windows
from waterline.panel import Panel
from waterline.thesis import (
    damage,
    discount_rate,
    dispersion,
    forced_selling,
    form_c,
    joint_yields,
    supply,
)
from waterline.thesis.claims import CLAIMS, Claim
from waterline.thesis.estimation import Measure
from waterline.thesis.finding import Finding, Scorecard
from waterline.thesis.ground import Ground, Undecided
from waterline.thesis.reading import read_ground
from waterline.thesis.verdicts import Examined, judged

Measuring = Callable[[Ground, slice], tuple[Measure, ...] | Undecided]

MEASURES: Mapping[str, Measuring] = {
    "stimulus_turns_drain": form_c.measure,
    "assets_part_ways": dispersion.measure,
    "order_of_damage": damage.measure,
    "discount_rate_channel": discount_rate.measure,
    "yields_rise_together": joint_yields.measure,
    "supply_is_half": supply.measure,
    "forced_selling_spreads": forced_selling.measure,
}


def scorecard(config: Config, panel: Panel) -> Scorecard:
    """The seven claims on the data of an experiment.

    Every claim uses all sessions of the clock on which its inputs are known, the warm-up of the signal included; the
    windows part them at ``config.idea_date``. The same configuration and data give the same bytes: nothing is drawn.

    Args:
        config: the experiment, which says how score, states and sleeves come about.
        panel: its data; see :func:`waterline.experiment.gather`.
    """
    ground = read_ground(config, panel)
    windows = split_windows(ground.sessions, np.datetime64(config.idea_date))
    findings = {window.name: findings_of(ground, window) for window in windows}
    return Scorecard(config.name, config.digest(), ground.sessions, windows, findings)


def findings_of(ground: Ground, window: Window) -> tuple[Finding, ...]:
    """One finding a claim in a window, corrected for all seven together."""
    tested = [Examined(claim, _measured(ground, window, claim)) for claim in CLAIMS]
    return tuple(_flagged(found, ground) for found in judged(window.name, tested))


def _measured(ground: Ground, window: Window, claim: Claim) -> tuple[Measure, ...] | Undecided:
    lacking = ground.lacking(*claim.needs)
    if lacking:
        return Undecided("Nothing could be measured.", tuple(dict.fromkeys(lacking)))
    if len(window) == 0:
        return Undecided("No session of these data lies in this window.")
    return MEASURES[claim.key](ground, window.rows)


def _flagged(found: Finding, ground: Ground) -> Finding:
    """The finding with the inputs that its claim reads in their latest revision only."""
    if not found.parts:
        return found
    inputs = {name for column in found.claim.needs for name in ground.revised.get(column, ())}
    return replace(found, not_point_in_time=tuple(sorted(inputs)))
