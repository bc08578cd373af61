"""Could it have known? Rerun on the past alone, or on another future, and compare: nothing decided then may move."""

from waterline.audit.auditing import CUTS, FEWEST_CUTS, Ask, audit
from waterline.audit.finding import Audit, Check, Finding
from waterline.audit.tax import Difference, Line, Tax, look_ahead_tax
from waterline.audit.trials import truncation

__all__ = [
    "CUTS",
    "FEWEST_CUTS",
    "Ask",
    "Audit",
    "Check",
    "Difference",
    "Finding",
    "Line",
    "Tax",
    "audit",
    "look_ahead_tax",
    "truncation",
]
