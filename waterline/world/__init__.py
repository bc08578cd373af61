"""Known truth: invented worlds on which the whole pipeline runs, with the truth beside them."""

from waterline.world.battery import Battery, GainTest, Interval, SearchTest
from waterline.world.detection import Detection
from waterline.world.figures import Figure
from waterline.world.study import Study, study
from waterline.world.trial import Trial
from waterline.world.truth import Truth
from waterline.world.world import Drawn, draw, worlds

__all__ = [
    "Battery",
    "Detection",
    "Drawn",
    "Figure",
    "GainTest",
    "Interval",
    "SearchTest",
    "Study",
    "Trial",
    "Truth",
    "draw",
    "study",
    "worlds",
]
