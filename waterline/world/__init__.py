"""Known truth: invented worlds on which the whole pipeline runs, with the truth beside them."""

from waterline.world.battery import Battery, GainTest, Interval, SearchTest
from waterline.world.bounds import Bound, bounds, critical_values
from waterline.world.detection import Detection
from waterline.world.figures import Figure
from waterline.world.history import History, history
from waterline.world.running import named, studies, study
from waterline.world.study import Study
from waterline.world.trial import Trial
from waterline.world.truth import Truth
from waterline.world.world import Drawn, draw, worlds

__all__ = [
    "Battery",
    "Bound",
    "Detection",
    "Drawn",
    "Figure",
    "GainTest",
    "History",
    "Interval",
    "SearchTest",
    "Study",
    "Trial",
    "Truth",
    "bounds",
    "critical_values",
    "draw",
    "history",
    "named",
    "studies",
    "study",
    "worlds",
]
