"""What the words on a page mean: one text each, for the section of terms and for what a pointer or the focus shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

NOT_IN_A_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Term:
    """A term.

    Attributes:
        name: as the section of terms heads it.
        text: its definition.
        heads: beginnings of the heads of figures and columns that it explains; its name where there are none.
    """

    name: str
    text: str
    heads: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Of its definition on the page."""
        return f"term-{NOT_IN_A_WORD.sub('-', self.name.lower()).strip('-')}"


STATES = (
    Term(
        "Pillar, input",
        "A pillar is a group of inputs that measure one thing. Each input counts in spreads from its own past, signed "
        "so that above zero means scarce.",
        ("Pillar",),
    ),
    Term(
        "Ample, scarce",
        "The two states. The state turns scarce when the score stays above the upper threshold, and ample when it "
        "stays below the lower one; between them it does not change.",
        ("State", "Scarce", "Days scarce"),
    ),
    Term("Spell", "An unbroken run of days in one state."),
    Term("Carried over", "A day whose score is missing keeps the state of the day before."),
    Term(
        "Slack",
        "Spare liquidity: reverse repo and bank reserves beyond what banks need, from 0 (empty) to 1 (full).",
    ),
)
MEASURES = (
    Term(
        "Same-exposure mix",
        "The same groups at the strategy’s average weights, held always, with the same costs and calendar. What the "
        "strategy must beat for its timing to be worth anything.",
        ("Same-exposure mix", "Mix"),
    ),
    Term(
        "Timing gain",
        "What moving between the groups earned a year over holding their average: the covariance of exposure and "
        "return, before costs.",
        ("Timing gain", "Gain, points a year"),
    ),
    Term(
        "Gain over the mix",
        "Mean daily return of the strategy minus that of the mix, times 252, after costs.",
        ("Gain over the mix", "Gain over mix, after", "Over its mix"),
    ),
    Term("Points", "Differences of percentages: 5% less 3% is 2 points."),
    Term(
        "Return a year",
        "The constant yearly growth with the same end value, on calendar days. Not stated for less than four weeks.",
        ("Return a year", "Return beyond the run"),
    ),
    Term("Volatility", "Standard deviation of daily returns, times the root of 252."),
    Term("Sharpe ratio", "Mean daily return above bills over its standard deviation, times the root of 252."),
    Term(
        "Drawdown", "Distance of equity from its highest close so far; the worst is the deepest.",
        ("Drawdown", "Worst drawdown"),
    ),
    Term("Turnover", "Bought plus sold, as a share of equity, a year."),
    Term(
        "Standard error, t",
        "How far an estimate would wander if the same process ran again; t is the estimate counted in standard "
        "errors. Below two, chance explains it well enough.",
        ("Standard error",),
    ),
)  # fmt: skip
"""On every page that measures a strategy."""

RATIOS = (
    Term("Cumulative return", "What one unit grew by over the whole span."),
    Term(
        "Sortino ratio",
        "Mean daily return above bills over the root mean square of its shortfalls below zero, times the root of 252.",
    ),
    Term("Calmar ratio", "Return a year over the worst drawdown."),
    Term("Skewness", "Whether large moves are rather gains (above zero) or losses (below): the third standard moment."),
    Term(
        "Kurtosis",
        "How large the rare moves are beside the usual: the fourth standard moment, 3 if returns are normal.",
    ),
    Term("Value at risk", "The daily return that the worst 5% of sessions stay below."),
    Term("Expected shortfall", "Mean daily return of the worst 5% of sessions."),
    Term("Best and worst day", "The largest and the smallest daily return.", ("Best day", "Worst day")),
    Term("Days with a gain", "Share of all sessions with a return above zero."),
)
"""Of the table that holds our figures against those of the tear sheet."""

LUCK = (
    Term(
        "Rolling Sharpe ratio",
        "The Sharpe ratio of the last 252 sessions, on every day that has so many. Its standard error allows for "
        "skewed, fat-tailed returns and is about one for a year: most of its swings are noise.",
    ),
    Term(
        "Lead of a month",
        "Return of the strategy within a calendar month minus that of the mix, in points.",
    ),
    Term(
        "90% interval",
        "A range that holds the true value nine times in ten, were such samples drawn again and again.",
        ("90% interval", "Its 90% interval"),
    ),
    Term(
        "p-value", "How often chance alone would give at least as much. It does not say how likely a gain is.",
        ("p",),
    ),
    Term(
        "p (Holm)",
        "The p-value raised for the number of claims tested together, so that a claim upheld by chance stays rare.",
    ),
    Term(
        "Power, detectable",
        "How often a sample of this length would find a true gain of the size named; detectable is the gain it would "
        "find four times in five.",
        ("Power", "to find a gain of", "Detectable"),
    ),
    Term(
        "Trials, deflated",
        "Trials are the runs and parameter sets of this family in the ledger. Deflated: the probability that the true "
        "value exceeds what the best of so many without skill would show.",
        ("Trials", "Deflated"),
    ),
    Term("Probabilistic", "The probability that the true Sharpe ratio is above zero, from this sample alone."),
    Term("Mean over bills", "Mean daily return above bills, times 252."),
    Term("Lead", "Timing gain of the full score less that of the other score.", ("Full score leads by",)),
)  # fmt: skip

INPUTS = (
    Term(
        "Age, limit",
        "Calendar days from the release of the newest value to the last decision, and how many it may be used for.",
        ("Age", "Limit"),
    ),
    Term(
        "Point in time",
        "Read as first published. A series known only as last revised may contain what nobody knew on the day.",
        ("History",),
    ),
    Term(
        "Next print",
        "When the first value that the last decision did not know is due. Scheduled: the publisher’s calendar fixes "
        "the day. Expected: only a rule is known, the usual lag or that of the filing a year before.",
    ),
)


def head_ids(terms: Iterable[Term]) -> dict[str, str]:
    """Beginning of a head, in small letters -> id of its definition."""
    return {head.lower(): term.id for term in terms for head in term.heads or (term.name,)}


def defining(head: str, ids: dict[str, str]) -> str:
    """Id of the definition for a head: that of the longest beginning of it which ends with a word; else empty."""
    plain = head.lower()
    fitting = [known for known in ids if re.match(rf"{re.escape(known)}(?![a-z0-9])", plain)]
    return ids[max(fitting, key=len)] if fitting else ""


def run_terms(*, adds_up: bool, cutoff: str, idea_day: str, shown: bool) -> tuple[Term, ...]:
    """The terms of a run page.

    Args:
        adds_up: whether the score is the mean of its pillars.
        cutoff: New York time of the decision.
        idea_day: from which session on the thesis was public.
        shown: whether the run has sections with figures.
    """
    made = "the mean of the pillars" if adds_up else "made of the pillars by the rule of the signal"
    score = (
        f"How scarce capital is, {made}. Positive means scarce. Built only from what was public at {cutoff} New York "
    )
    idea = (
        f"The thesis was public before {idea_day}; that session and later ones are the only ones it cannot have seen."
    )
    return (
        Term("Score", f"{score}time of the day."),
        *STATES,
        *MEASURES,
        *(LUCK if shown else ()),
        *(RATIOS if shown else ()),
        *INPUTS,
        Term("Before and after the idea", idea),
    )
