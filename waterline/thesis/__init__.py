"""The thesis as seven signed hypotheses, fixed before looking, and what the data say to each."""

from waterline.thesis.claims import CLAIMS, Claim, Part, table_digest
from waterline.thesis.finding import CONTRADICTED, NOT_DECIDABLE, SUPPORTED, Finding, PartFinding, Scorecard
from waterline.thesis.scorecard import scorecard

__all__ = [
    "CLAIMS",
    "CONTRADICTED",
    "NOT_DECIDABLE",
    "SUPPORTED",
    "Claim",
    "Finding",
    "Part",
    "PartFinding",
    "Scorecard",
    "scorecard",
    "table_digest",
]
