"""The seven claims of the thesis, each a signed hypothesis fixed before any result was looked at.

A claim holds only where each of its sharp parts holds. What is estimated, over which sessions, on which side of zero
the thesis sees it and which size is worth finding stand in :data:`CLAIMS`; the rule by which numbers become a verdict
stands in :mod:`waterline.thesis.verdicts`. :func:`table_digest` names this version of the table: a scorecard carries
it, so that a hypothesis moved after the fact can be seen to have moved.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from types import MappingProxyType

SPECULATIVE, GENERATORS = "speculative", "generators"
"""Names of the two sleeves that the claims speak of."""

ORDER_OF_DAMAGE = ("crypto", "unprofitable growth and SaaS", "small caps", "index")
GROUPS = MappingProxyType(
    {
        "crypto": ("BTC-USD", "ETH-USD", "SOL-USD"),
        "unprofitable growth and SaaS": ("ARKK", "IGV", "WCLD"),
        "small caps": ("IWO", "IWM", "VBK", "IJT"),
        "index": ("SPY", "GSPC", "SP500"),
    }
)
"""Which tickers stand for which group, the most speculative first; a group is the plain mean of those at hand."""

SCARCE_SLACK = 0.5
"""Slack below which it counts as gone: where form A with phi 1 turns from stimulus to drain. Fixed, not searched."""
MONTH, WEEK, QUARTER = 21, 5, 63
"""Sessions."""


@dataclass(frozen=True, slots=True)
class Part:
    """One signed statement about one number.

    Attributes:
        name: what is estimated.
        sign: 1 or -1: on which side of zero the thesis sees it.
        effect: size worth finding, above 0, in ``unit``; the power shown is that of finding it, never of the estimate.
        unit: of the estimate.
        weak: whether the thesis only says that the number is not on the other side. A weak part can contradict a claim
            and block its support, but cannot support it.
    """

    name: str
    sign: int
    effect: float
    unit: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the thesis.

    Attributes:
        number: its place on the scorecard, 1 to 7.
        key: its name in ``thesis.json``.
        text: the claim in a sentence.
        statistic: how its numbers are estimated.
        sample: which sessions count, what was known when, and what an independent episode is.
        needs: columns of the ground that it cannot do without.
        parts: the statements that make it up; the first is the headline.
    """

    number: int
    key: str
    text: str
    statistic: str
    sample: str
    needs: tuple[str, ...]
    parts: tuple[Part, ...]


A_YEAR_PER_DEMAND = "a year per deviation of demand"
PER_POINT = "of return per percentage point"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        1,
        "stimulus_turns_drain",
        "Capital expenditure is a stimulus while there is slack and a drain without.",
        "Form C. Least squares of the sleeve's return over bills on demand d, on d where slack is below 0.5, and on "
        "the changes of VIX and of the 2-year yield and the return of the index over the month before, where at hand; "
        "b1 and b2 are the coefficients of the first two. Long-run standard errors.",
        "Months of 21 sessions that do not overlap. All predictors as known at the decision; the return runs from the "
        "close after it. An episode is a spell of high or low demand while slack is scarce, at most one a quarter.",
        ("demand", "slack", SPECULATIVE, GENERATORS),
        (
            Part("b1 + b2, speculative", -1, 0.10, A_YEAR_PER_DEMAND),
            Part("b2, speculative less generators", -1, 0.10, A_YEAR_PER_DEMAND),
            Part("b1, speculative", 1, 0.10, A_YEAR_PER_DEMAND, weak=True),
        ),
    ),
    Claim(
        2,
        "assets_part_ways",
        "When capital is scarce, assets part ways.",
        "Mean log of the cross-sectional standard deviation of daily returns, scarce less ample. Long-run standard "
        "error with the median spell as its lag.",
        "Sessions after a known state; the members of the sleeves that have prices throughout the window, so that a "
        "listing cannot pass for dispersion. An episode is a scarce spell with an ample one beside it.",
        ("scarce",),
        (Part("log dispersion, scarce less ample", 1, 0.20, "log points"),),
    ),
    Claim(
        3,
        "order_of_damage",
        "Damage comes in order: crypto, then unprofitable growth and SaaS, then small caps, then the index.",
        "In each episode the turning point of each group: where its cumulative return stands highest above its own "
        "straight line, which neither drift nor volatility moves. Spearman correlation of that order with the claimed "
        "one, mean over the episodes; the larger p of the exact permutation test within episodes (Page's test) and of "
        "Student's t over them. Depth is not counted: the more volatile fall deeper in any state.",
        "An episode is a scarce spell with up to 63 sessions before it, since the label comes after the fall. Seen "
        "afterwards: an explanation, nothing that could be traded.",
        ("scarce",),
        (Part("rank correlation with the claimed order", 1, 0.50, "rank correlation"),),
    ),
    Claim(
        4,
        "discount_rate_channel",
        "Speculative assets load more negatively on real yields and the term premium than cash generators.",
        "Slope of the return of the speculative sleeve less that of the generators on the change of the 10-year real "
        "yield, and, apart from it, of the 10-year term premium. Long-run standard errors.",
        "Weeks of 5 sessions that do not overlap; yields by the day they are about, in their latest revision, of the "
        "same week as the returns: an explanation, for which nothing needs to be known beforehand. An episode is a "
        "spell of rising or falling real yields over a quarter, at most one a quarter.",
        (SPECULATIVE, GENERATORS, "DFII10", "THREEFYTP10"),
        (
            Part("beta to the real yield, speculative less generators", -1, 0.05, PER_POINT),
            Part("beta to the term premium, speculative less generators", -1, 0.05, PER_POINT),
        ),
    ),
    Claim(
        5,
        "yields_rise_together",
        "When capital is scarce, Treasury and corporate yields rise together.",
        "Mean weekly change of the 10-year Treasury yield and of Moody's Baa yield, scarce less ample, each; and the "
        "correlation of the two, scarce less ample. Long-run standard errors with the median spell as their lag.",
        "Weeks of 5 sessions that do not overlap, after a known state; yields by the day they are about. The Baa yield "
        "is its published spread plus the Treasury yield. An episode is a scarce spell with an ample one beside it.",
        ("scarce", "DGS10", "DBAA"),
        (
            Part("rise of the Treasury yield, scarce less ample", 1, 1.0, "percentage points a year"),
            Part("rise of the Baa yield, scarce less ample", 1, 1.0, "percentage points a year"),
            Part("correlation of the two, scarce less ample", 1, 0.2, "correlation", weak=True),
        ),
    ),
    Claim(
        6,
        "supply_is_half",
        "Measures of supply alone (net liquidity) explain less than supply with demand.",
        "Out-of-sample forecasts of the speculative sleeve's return over bills from net liquidity alone and from net "
        "liquidity with the drain (demand against slack), both fitted on the past; the gain in squared error, adjusted "
        "for the noise of the larger model (Clark and West 2007), over the variance. Long-run standard error.",
        "Months of 21 sessions that do not overlap, the first 36 for fitting alone; the return runs from the close "
        "after the decision. An episode is a spell of a high or low drain, at most one a quarter.",
        ("supply", "drain", SPECULATIVE),
        (Part("share of variance gained by demand", 1, 0.02, "of the variance"),),
    ),
    Claim(
        7,
        "forced_selling_spreads",
        "Forced selling spreads: weakness of the most speculative leads the rest.",
        "Correlation of the most speculative group's week with the next week of the rest, less the correlation of the "
        "rest's week with the next week of the group, in scarce states. Long-run standard error.",
        "Weeks of 5 sessions with one session left out between them, because the last final day of crypto ends before "
        "the close of the stocks; a weekend of crypto counts to the session after it. The state is known at the end of "
        "the first week. An episode is a scarce spell.",
        ("scarce",),
        (Part("lead less lag, weekly, in scarce states", 1, 0.20, "difference of correlations"),),
    ),
)


def table_digest() -> str:
    """SHA-256 of the claims and of what their words stand for: the same digest, the same hypotheses."""
    table = {
        "claims": [asdict(claim) for claim in CLAIMS],
        "groups": {name: GROUPS[name] for name in ORDER_OF_DAMAGE},
        "constants": [SPECULATIVE, GENERATORS, SCARCE_SLACK, MONTH, WEEK, QUARTER],
    }
    return hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()
