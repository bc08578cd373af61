"""The page's sentences, each made by rule from the numbers. ``**`` marks what is set bold."""

from __future__ import annotations

import math

import numpy as np

from waterline.metrics import SESSIONS_PER_YEAR, Estimate, WindowMetrics
from waterline.report.calendar_years import CalendarYear
from waterline.report.evaluated import INDEX, MIX, STRATEGY, Curves, Evaluated
from waterline.report.numerals import count, day, multiple, number, percent, points, readable, spelled

DISTINCT = 2.0
"""Standard errors from which a gain is called distinguishable from luck."""
ALL_INVESTED = 0.995
SAME_RATIO = 0.005
"""Below it two Sharpe ratios are written alike."""
NEVER_SCORED = (
    "The score was never complete on any session of this run, so no state was decided and nothing was evaluated. "
    "The data section says which inputs were missing."
)


def opening(run: Evaluated) -> str:
    """What it did, beside the mix and the index; why there is nothing to tell where that is so."""
    if len(run.sessions) < 2:
        return NEVER_SCORED if len(run.sessions) == 0 else "One session was evaluated: there is no return to judge yet."
    return f"The rule {became(run)}"


def size(gain: Estimate) -> str:
    """The timing gain against its noise."""
    if not math.isfinite(gain.value):
        return "There are too few sessions to judge the timing."
    if not math.isfinite(gain.t):
        return "It never moved between the groups, so **there is no timing to judge**."
    did = "earned" if gain.value >= 0 else "cost"
    head = (
        f"Moving between the groups {did} **{points(abs(gain.value), signed=False)} points a year** before costs, "
        f"with a standard error of {points(gain.standard_error, signed=False)}"
    )
    distance = number(abs(gain.t), 1)
    if abs(gain.t) < DISTINCT:
        return f"{head}: {distance} standard errors from zero, **not distinguishable from luck**."
    if gain.t > 0:
        return f"{head}: {distance} standard errors above zero, which chance alone seldom gives to a rule tried once."
    return (
        f"{head}: {distance} standard errors below zero, which chance alone seldom gives. **The timing did harm here.**"
    )


def became(run: Curves) -> str:
    """What became of 1, of the mix and of the index; the end of a sentence and one more."""
    own, mix, index = (multiple(float(run.equity[name][-1]))[1:] for name in (STRATEGY, MIX, INDEX))
    return (
        f"turned 1 into {own}. A fixed mix of the same holdings, at the same average weights, reached {mix}; "
        f"the {run.labels[INDEX]} {index}."
    )


def net(whole: WindowMetrics) -> str:
    """What timing left after costs, against the mix."""
    left = whole.tracking_difference
    if not math.isfinite(left.t) or not math.isfinite(whole.timing_gain.t):
        return ""
    return (
        f"All told, after costs, it returned {points(abs(left.value), signed=False)} points a year "
        f"{'more' if left.value >= 0 else 'less'} than the mix "
        f"(standard error {points(left.standard_error, signed=False)})."
    )


def sized(run: Curves, whole: WindowMetrics) -> str:
    """The timing gain against its noise, and the strategy against the index."""
    gain = whole.timing_gain
    if math.isfinite(gain.t) and abs(gain.t) < DISTINCT:
        years = number(whole.strategy.years, 0 if whole.strategy.years >= 3 else 1)
        sure = f"The timing gain lies within two standard errors of zero: **{years} years cannot tell it from none**."
    elif math.isfinite(gain.t):
        side = "above" if gain.t > 0 else "below"
        sure = f"The timing gain lies **{number(abs(gain.t), 1)} standard errors {side} zero**."
    else:
        sure = "There is no timing gain to judge."
    return f"{sure} {against_index(run)}"


def against_index(run: Curves) -> str:
    """How large, and how deep it fell."""
    own, index = (float(run.equity[name][-1]) for name in (STRATEGY, INDEX))
    fell, index_fell = (float(run.drawdown[name].min()) for name in (STRATEGY, INDEX))
    joined = "but" if (own > index) == (fell < index_fell) else "and"
    return (
        f"Against the {run.labels[INDEX]} the strategy earned {'more' if own > index else 'less'} {joined} fell "
        f"{'further' if fell < index_fell else 'less far'}."
    )


def growth_answer(run: Evaluated, years: tuple[CalendarYear, ...]) -> str:
    """In how many calendar years it led, and where most."""
    if len(run.sessions) < 2:
        return "There is no return to show."
    led = sum(year.lead > 0 for year in years)
    best, worst = max(years, key=lambda year: year.lead), min(years, key=lambda year: year.lead)
    if len(years) == 1:
        did = "led" if led else "did not lead"
        return f"It covers one calendar year, in which it {did} the mix ({points(best.lead)} points)."
    return (
        f"It led the mix in **{spelled(led, len(years))} of {spelled(len(years))} calendar years**. "
        f"The best against the mix was {best.year} ({points(best.lead)} points), "
        f"the worst {worst.year} ({points(worst.lead)})."
    )


def steady_answer(run: Evaluated) -> str:
    """The newest rolling Sharpe ratio with its standard error, and in how many windows it was above that of the mix."""
    own, mix = run.rolling_sharpe[STRATEGY], run.rolling_sharpe[MIX]
    sessions, rows = len(run.sessions) - 1, np.flatnonzero(np.isfinite(own.ratio + mix.ratio))
    if sessions < SESSIONS_PER_YEAR:
        told = f"{count(sessions, 'session')} {'is' if sessions == 1 else 'are'} less than one window of"
        return f"{told} {SESSIONS_PER_YEAR}: **there is no rolling Sharpe ratio to show**."
    if not len(rows):
        return f"In no window of {SESSIONS_PER_YEAR} sessions did returns over bills vary: there is no Sharpe ratio."
    at, apart = rows[-1], own.ratio[rows] - mix.ratio[rows]
    ratios = [f"{number(one.ratio[at])} ± {number(one.standard_error[at])}" for one in (own, mix)]
    head = f"Over the {SESSIONS_PER_YEAR} sessions to {day(run.sessions[at])} its Sharpe ratio was **{ratios[0]}**"
    if np.all(np.abs(apart) < SAME_RATIO):
        return f"{head}. That of the mix was the same in every window."
    if len(rows) == 1:
        return f"{head}, that of the mix {ratios[1]}. There is no other such window."
    separate = sessions // SESSIONS_PER_YEAR
    kept = f"of which only {spelled(separate)} do not overlap" if separate > 1 else "all of which overlap"
    above = percent(float(np.mean(apart > 0)), 0)
    return f"{head}, that of the mix {ratios[1]}. It was above that in {above} of {count(len(rows))} windows, {kept}."


def score_answer(run: Evaluated) -> str:
    """What the newest score is made of, and what it means for the state."""
    total = float(run.total[-1])
    if not math.isfinite(total):
        return "**There was no score on the last session**: the state was carried over."
    parts = {name: float(part[-1]) for name, part in run.parts.items() if math.isfinite(part[-1])}
    if not parts or not run.adds_up:
        return f"The score is **{number(total)}**. {_meaning(run, total)}"
    return f"On {day(run.sessions[-1])} {pulls(parts)}. The score is **{number(total)}**. {_meaning(run, total)}"


def pulls(parts: dict[str, float]) -> str:
    """Which pillar lifts the score most, and which lowers it most."""
    ordered = sorted(parts, key=lambda name: parts[name])
    low, high = ordered[0], ordered[-1]
    told = {name: f"{readable(name).lower()} **{number(parts[name], signed=True)}**" for name in (low, high)}
    if len(parts) == 1:
        return f"the only pillar is {told[low]}"
    if parts[low] >= 0 or parts[high] <= 0:
        way, most = ("push the score up", told[high]) if parts[low] >= 0 else ("pull the score down", told[low])
        return f"{'both' if len(parts) == 2 else 'all'} pillars {way}, most of all {most}"
    return f"{told[high]} pushes the score up most and {told[low]} pulls it down most"


def _meaning(run: Evaluated, total: float) -> str:
    if run.thresholds is None:
        return ""
    down, up = run.thresholds
    if down <= total <= up:
        return f"Between {number(down)} and {number(up)} the state does not change."
    if total > up:
        return f"Above {number(up)} capital counts as scarce."
    return f"Below {number(down)} capital counts as ample."


def holdings_answer(run: Evaluated) -> str:
    """The average exposure, which the mix holds always."""
    sleeves = dict(zip(run.outcome.sleeves.names, run.outcome.portfolios.mix_exposure.tolist(), strict=True))
    shares = [f"{percent(share, 0)} {readable(name).lower()}" for name, share in sleeves.items()]
    bills = percent(1.0 - sum(sleeves.values()), 0)
    rest = f" and {bills} bills" if sum(sleeves.values()) < ALL_INVESTED else ""
    return f"On average it aimed at **{', '.join(shares)}**{rest}. The mix aims at that average always."


def episodes_answer(run: Evaluated) -> str:
    """How many decisions there were, and how many paid."""
    spells = run.outcome.episodes
    if len(spells) < 2:
        return "**It never switched**: one spell covers the whole evaluation."
    paid = sum(spell.gain > 0 for spell in spells)
    scarce = [spell.gain > 0 for spell in spells if spell.state == "scarce"]

    def told(value: int) -> str:
        return spelled(value, among=len(spells))

    return (
        f"{told(len(spells) - 1).capitalize()} {'switch' if len(spells) == 2 else 'switches'}. "
        f"**{told(paid).capitalize()} of {told(len(spells))} spells beat the mix**, "
        f"{told(sum(scarce))} of {told(len(scarce))} scarce ones among them."
    )


def data_answer(run: Evaluated) -> str:
    """Age and point-in-time state of the inputs on the last session."""
    inputs = run.outcome.provenance
    stale = sum(source.is_stale for source in inputs)
    latest = sum(not source.point_in_time for source in inputs)
    few = spelled(stale, len(inputs)) if stale else "none"
    among = f"{few} of {spelled(len(inputs))} {'input' if len(inputs) == 1 else 'inputs'}"
    told = f"On the last session **{among}** {'was' if stale == 1 else 'were'} too old to use."
    if not latest:
        return f"{told} All of them are read as first published."
    are = f"{spelled(latest).capitalize()} {'is' if latest == 1 else 'are'}"
    return f"{told} {are} known only as last revised, not as first published."
