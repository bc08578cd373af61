"""Is it luck? One paragraph, by rule from the numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from waterline.appraisal.ablations import Increment
from waterline.appraisal.gains import GainTest
from waterline.appraisal.spells import Spells
from waterline.appraisal.timing import TimedGain
from waterline.appraisal.tries import Tries
from waterline.appraisal.windows import ATTAINABLE, WindowEvidence
from waterline.appraisal.wording import LEVEL, chance, counted, day, figure, odds, share, span, years
from waterline.evidence.bootstrap import FEWEST_SESSIONS

SURE = 1.0 - LEVEL
WEAK_POWER = 0.5

SAME_HELD = "With and without demand the same was held at all times."
HONEST_NAME = 'the honest name of the result is "credit and funding stress timing", not "capex"'

Kind = Literal["unknown", "no_timing", "luck", "harm", "search", "one_episode", "in_sample", "out_of_sample"]

CONCLUSIONS: Mapping[Kind, str] = {
    "luck": "not distinguishable from luck",
    "harm": "distinguishable from luck, but in the wrong direction: the timing did harm",
    "search": "distinguishable from luck if this were the only trial, but not after what was tried",
    "one_episode": "distinguishable from luck, but it rests on one episode",
    "in_sample": "distinguishable from luck in this sample, but in-sample for the idea",
    "out_of_sample": "distinguishable from luck, also in the sessions after the idea was public",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be thought of a run.

    Attributes:
        kind: "unknown" (too few sessions), "no_timing" (the exposure never changed), "luck" (p above 5 %), "harm" (a
            loss at 5 %), "search" (the deflated form below 95 %, or the trials not known), "one_episode" (another sign
            without the best episode), "in_sample" (none of these, but not shown after the idea was public), or
            "out_of_sample" (shown there too).
        text: the paragraph.
    """

    kind: Kind
    text: str


def verdict(
    windows: Mapping[str, WindowEvidence], spells: Spells, tries: Tries, registered: TimedGain | None = None
) -> Verdict:
    """The verdict over all sessions, with what each window adds to it.

    Args:
        windows: the evidence of "all", and of "pre_idea" and "post_idea" where asked for.
        spells: the episodes.
        tries: number of trials.
        registered: the test that was fixed before looking, where the run allows it.
    """
    whole = windows["all"]
    if whole.sessions < FEWEST_SESSIONS or not math.isfinite(whole.timing.test.estimate.value):
        return Verdict("unknown", f"{counted(whole.sessions, 'session').capitalize()}: too few to judge the timing.")
    if not math.isfinite(whole.timing.p_value):
        return Verdict(
            "no_timing", "The exposure never changed: there is no timing, and nothing to call luck or skill."
        )
    kind = kind_of(windows, spells)
    told = (
        f"{_headline(whole)}: {CONCLUSIONS[kind]}.",
        _power(whole),
        _binding(whole),
        _search(whole, tries),
        _episodes(spells),
        _registered(registered, kind),
        _after(windows),
    )
    return Verdict(kind, " ".join(sentence for sentence in told if sentence))


def kind_of(windows: Mapping[str, WindowEvidence], spells: Spells) -> Kind:
    """The class of the result, see :class:`Verdict`; the first doubt that applies names it."""
    timing = windows["all"].timing
    if min(timing.found()) >= SURE:
        return "harm"
    if timing.p_value > LEVEL:
        return "luck"
    if not timing.deflated.lower >= SURE:
        return "search"
    if not spells.sign_is_stable:
        return "one_episode"
    later = windows.get("post_idea")
    held = later is not None and later.timing.p_value <= LEVEL and later.timing.test.estimate.value > 0.0
    return "out_of_sample" if held else "in_sample"


def gain_words(test: GainTest, p_value: float | None = None) -> str:
    """``1.2% a year (p 0.20, power 0.28)``: a gain, its p-value and, beside it, what could have been found."""
    return (
        f"{share(test.estimate.value)} a year ({chance(test.p_value if p_value is None else p_value)}, "
        f"power {figure(test.power.power)}, detectable from {share(test.power.minimum_detectable_gain)})"
    )


def _headline(whole: WindowEvidence) -> str:
    timing = whole.timing
    interval = f"{share(whole.intervals.coverage, 0)} interval {span(timing.interval.low, timing.interval.high)}"
    known = math.isfinite(timing.interval.low)
    return (
        f"Timing gain {share(timing.test.estimate.value)} a year over the same-exposure mix, "
        f"{interval if known else 'no interval'}, {chance(timing.p_value)}, "
        f"power {figure(timing.test.power.power)} at {years(whole.years)}"
    )


def _power(whole: WindowEvidence) -> str:
    power = whole.timing.test.power
    return (
        f"That power is the probability to find a true gain of {share(power.true_gain)} a year; "
        f"{share(power.minimum_detectable_gain)} would be found four times in five."
    )


def _binding(whole: WindowEvidence) -> str:
    """Which test spoke last, where that is because it could not have spoken otherwise."""
    timing = whole.timing
    if timing.p_value > LEVEL and timing.shuffle.effective_draws < ATTAINABLE:
        orders = counted(timing.shuffle.effective_draws, "order")
        return f"Its spells can be put in {orders} only, too few for any result to stand out among them."
    return ""


def _search(whole: WindowEvidence, tries: Tries) -> str:
    if not math.isfinite(tries.number):
        return tries.note
    deflated = odds(whole.timing.deflated.lower)
    if tries.number <= 1.0:
        return (
            f"It is the only trial in the ledger, so nothing is deflated; the probability of a true gain is {deflated}."
        )
    return (
        f"The ledger counts {counted(tries.number, 'trial')}; the probability that the timing beats what the best of "
        f"so many without skill would show is {deflated}."
    )


def _episodes(spells: Spells) -> str:
    if len(spells.table) < 2:
        return "It is a single spell, so that nothing can be left out to see what carries it."
    best = spells.table[spells.best]
    rank = "best" if best.share_of_gain >= 0.0 else "worst"
    told = (
        f"It rests on {counted(spells.scarce, 'scarce spell')}; without the {rank} episode ({best.state}, "
        f"{day(best.decided)} to {day(best.last)}) it is {share(spells.without_best.estimate.value)} a year"
    )
    shock = spells.without_shock.estimate.value
    return f"{told}, without February to May 2020 {share(shock)}." if math.isfinite(shock) else f"{told}."


def _registered(gain: TimedGain | None, kind: Kind) -> str:
    """The test that was fixed beforehand, unless it only says once more that nothing was found."""
    if gain is None or not math.isfinite(gain.p_value) or (kind in ("luck", "harm") and gain.p_value > LEVEL):
        return ""
    told = "distinguishable" if gain.p_value <= LEVEL else "not distinguishable"
    return (
        f"The test fixed before looking, of the speculative sleeve alone, gives {gain_words(gain.test, gain.p_value)}: "
        f"{told} from luck."
    )


def _after(windows: Mapping[str, WindowEvidence]) -> str:
    later, before = windows.get("post_idea"), windows.get("pre_idea")
    if later is None or before is None:
        return ""
    if later.sessions == 0:
        return "No session came after the idea was public: the names and the rule were chosen knowing all of it."
    if not math.isfinite(later.timing.p_value):
        return f"In the {counted(later.sessions, 'session')} after the idea was public there was no timing to test."
    test = later.timing.test
    head = f"In the {counted(later.sessions, 'session')} after the idea was public it is {share(test.estimate.value)}"
    tail = f"{chance(later.timing.p_value)}, power {figure(test.power.power)}"
    if before.sessions == 0:
        return f"{head} a year ({tail})."
    return f"{head} a year ({tail}); before, in-sample for the idea, {share(before.timing.test.estimate.value)}."


def kill_rule(increment: Increment) -> str:
    """What the rule that was fixed beforehand says: without an increment of demand, the result has another name.

    The rule asks for the long sample of investment *and* the sessions after the idea; a run holds what it holds.
    """
    whole, later = increment.windows.get("all"), increment.windows.get("post_idea")
    if whole is None or not math.isfinite(whole.p_value):
        return f"Kill rule: cannot be asked of this run. {increment.why or SAME_HELD}"
    told = f"demand and slack add {gain_words(whole)} to price and funding stress"
    after = "; no session came after the idea was public" if later is None else ""
    if later is not None and math.isfinite(later.p_value):
        after = f"; after the idea was public {gain_words(later)}"
    if whole.p_value <= LEVEL and (later is None or not later.p_value > LEVEL):
        return f"Kill rule not met: {told}{after}."
    if whole.p_value <= LEVEL:
        return f"Kill rule half met: {told}{after}, where it cannot be told from nothing."
    weak = " With so little power this is no proof of the contrary." if whole.power.power < WEAK_POWER else ""
    told = f"{told}, which cannot be told from nothing{after}"
    if later is not None and later.p_value <= LEVEL:
        return f"Kill rule half met: {told}.{weak}"
    if later is None or not math.isfinite(later.p_value):
        return f"Kill rule half met: {told}; until one does, {HONEST_NAME}.{weak}"
    return f"Kill rule met on this sample: {told}; {HONEST_NAME}.{weak}"
