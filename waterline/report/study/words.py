"""The sentences of a study's page, each made by rule from the numbers. ``**`` marks what is set bold."""

from __future__ import annotations

import math

from waterline.report.numerals import MINUS, MISSING, count, day, number, percent, points, spelled
from waterline.report.study.facts import LUCK, NEEDLE, Facts, middle
from waterline.report.words import became, net, size, sized
from waterline.tuning.outcome import NullSearch

AGREE = 1e-9
"""Relative gap up to which kernel and reference engine are the same strategy."""
CLOSING = "What is handed over is this verdict; the last choice is a candidate, **not a winner**."


def verdict(study: Facts) -> str:
    """What was tried; what it came to out of sample; size against noise; luck; plateau; what it cannot tell."""
    told = (attempt(study), luck(study), surroundings(study), idea(study), CLOSING)
    return " ".join(sentence for sentence in told if sentence)


def attempt(study: Facts) -> str:
    """What was tried, what became of it in the test, and how much of that is noise."""
    whole = study.tuned.walk_forward.metrics
    told = (_tried(study), f"From {study.span} that {became(study.stitched)}", size(whole.timing_gain), net(whole))
    return " ".join(sentence for sentence in told if sentence)


def _tried(study: Facts) -> str:
    folds = len(study.tuned.folds)
    if folds == 1:
        return f"The search tried **{study.tried}** on one training span; what it chose was traded in the test."
    return (
        f"The search tried **{study.tried}** on each of {spelled(folds)} training spans; what it chose there was "
        "traded in the test that follows, one test after another."
    )


def luck(study: Facts) -> str:
    """The null of the search, or that it was not run."""
    null = study.tuned.null
    if null is None:
        return "How often luck alone finds as good a best was **not asked** (the null of the search was not run)."
    rules_out = "luck alone does not often find that" if null.p_value <= LUCK else "**luck alone finds that too**"
    return f"{_repeated(null)}: p = {number(null.p_value, 3)}, {rules_out}."


def _repeated(null: NullSearch) -> str:
    """How often a surrogate history gave as good a best."""
    histories = len(null.best)
    as_good = max(round(null.p_value * (1 + histories)) - 1, 0)
    return (
        f"The whole search, repeated on {count(histories, 'history', 'histories')} whose score is rotated against the "
        f"prices, found as good a best {count(as_good, 'time')}"
    )


def surroundings(study: Facts) -> str:
    """Plateau or needle, in a sentence; nothing where it cannot be told."""
    if study.tuned.plateau is None or math.isnan(study.keeps):
        return ""
    kind = "on a **needle**" if study.tuned.plateau.is_needle else "on a plateau"
    return f"The last choice stands {kind}: its neighbours keep {percent(study.keeps, 0)} of its training value."


def idea(study: Facts) -> str:
    """How much of the test the idea cannot have seen."""
    fresh, total = study.stitched.fresh, len(study.stitched.sessions) - 1
    if fresh == total:
        return "All of the test came after the idea was published."
    if fresh == 0:
        return (
            "The parameters did not see the test, but the idea did: "
            "**all of it was known when the idea and its names were chosen**."
        )
    return f"Of {count(total, 'test session')} only **{count(fresh)}** came after the idea was published."


def handed_over(study: Facts) -> str:
    """The last choice, and where it was made."""
    choice = study.searched.last
    first, last = choice.fold.dates[:2]
    where = f"trial {choice.trial} in fold {choice.fold.number}, trained {day(first)} to {day(last)}"
    return f"{where}: {study.chosen()}"


def numbers_answer(study: Facts) -> str:
    """How sure, and how large."""
    return sized(study.stitched, study.tuned.walk_forward.metrics)


def growth_answer(study: Facts) -> str:
    """In how many test folds it led the mix."""
    tested = study.stitched.tested
    led = sum(fold.lead > 0 for fold in tested)
    best, worst = max(tested, key=lambda fold: fold.lead), min(tested, key=lambda fold: fold.lead)
    if len(tested) == 1:
        return f"In its one test it {'led' if led else 'did not lead'} the mix ({points(best.lead)} points)."
    return (
        f"It led the mix in **{spelled(led, len(tested))} of {spelled(len(tested))} test folds**: by most in fold "
        f"{best.fold.number} ({points(best.lead)} points), by least in fold {worst.fold.number} ({points(worst.lead)})."
    )


def luck_answer(study: Facts) -> str:
    """The null of the search, then the spread over the combinatorial splits."""
    null = study.tuned.null
    head = "**Not asked**: --null 200 repeats the whole search on histories in which there is nothing to find."
    if null is not None:
        head = f"{_repeated(null)}: **p = {number(null.p_value, 3)}**."
    return f"{head} {_spread(study)}".strip()


def _spread(study: Facts) -> str:
    """The range over the combinatorial splits."""
    found, measure = study.tuned.dispersion, study.searched.measure
    values = [] if found is None else [value for value in found.test.tolist() if math.isfinite(value)]
    if not values:
        return ""
    ends = f"{measure.written(min(values))} to {measure.told(max(values))}"
    return f"Over {count(len(values), 'split')} that also train on what comes after, the test goes from {ends}."


def foresight_answer(study: Facts) -> str:
    """Whether a better training value meant a better test value."""
    transfers = study.searched.transfers
    known = [one.correlation for one in transfers if math.isfinite(one.correlation)]
    if not known:
        return "**Not decidable**: too few sets have a value in both training and test."
    place = middle(one.place for one in transfers)
    rank = f"{number(middle(known))}**" + (" in the median" if len(known) > 1 else "")
    positive = f", above zero in {sum(one > 0 for one in known)} of {count(len(known), 'fold')}" if known[1:] else ""
    beat = f" In the test the choice beat **{percent(place, 0)}** of all sets; chance gives 50%."
    told = f"The rank correlation of training and test within a fold is **{rank}{positive}."
    return told if math.isnan(place) else told + beat


def folds_answer(study: Facts) -> str:
    """Which parameter the folds disagree on most."""
    folds = len(study.tuned.choices)
    if folds == 1:
        return "**One fold**: there is no other choice to compare with."
    sets = len({tuple(choice.params.items()) for choice in study.tuned.choices})
    if sets == 1:
        return f"**The same choice in all {spelled(folds)} folds.**"
    moving = sorted((one for one in study.drifts if math.isfinite(one.moved)), key=lambda one: -one.moved)
    most, least = moving[0], moving[-1]
    head = f"**{spelled(sets, folds).capitalize()} choices in {spelled(folds)} folds.** {most.path} moved most"
    step = f"{head}, by {percent(most.moved, 0)} of what was searched from fold to fold"
    return f"{step}; {least.path} least, by {percent(least.moved, 0)}." if len(moving) > 1 else f"{step}."


def plateau_answer(study: Facts) -> str:
    """The last choice beside its neighbours."""
    found = study.tuned.plateau
    if found is None:
        return "**There is no map**: no searched parameter is a range, or there is no compiled form to fill one with."
    own, near = float(study.searched.last.train[0]), middle(found.neighbourhood.tolist())
    write = study.searched.measure.told
    told = (
        f"On its training sessions the last choice reaches {write(own)}{study.noise(own)}; the "
        f"{count(len(found.neighbourhood))} sets within a tenth of each range reach {write(near)} in the median"
    )
    if math.isnan(study.keeps):
        return f"**Plateau or needle cannot be told**: there is no gain of which neighbours could keep a part. {told}."
    kind = "needle" if found.is_needle else "plateau"
    return f"**A {kind}.** {told}, {percent(study.keeps, 0)} of it. Below {percent(NEEDLE, 0)} it counts as a needle."


def search_answer(study: Facts) -> str:
    """Sweep, refinement, and what the refinement added."""
    swept = int(study.searched.swept.sum())
    proposed = len(study.tuned.trials) - swept
    stages = [f"{count(swept)} in an even sweep over the whole space"] if swept else []
    stages += [f"{count(proposed)} proposed by the sampler, fold by fold"] if proposed else []
    head = f"**{study.tried}**: {', '.join(stages)}."
    best = study.searched.search_progress(len(study.tuned.folds) - 1).best
    if not swept or not proposed or not best:
        return head
    if best[-1] == best[0]:
        return f"{head} In the last fold those added nothing to the best of the sweep."
    measure = study.searched.measure
    start, end = measure.written(best[0] / measure.factor), measure.told(best[-1] / measure.factor)
    return f"{head} In the last fold those took the best on training from {start} to {end}."


def checks_answer(study: Facts) -> str:
    """Kernel against reference engine."""
    verified = study.tuned.verified
    if not study.tuned.compiled:
        return "Every set ran through the **reference engine** itself: parts of it have no compiled form."
    if not verified.trials:
        return "**No set was run again** through the reference engine."
    again = f"{spelled(len(verified.trials)).capitalize()} {'set' if len(verified.trials) == 1 else 'sets'}"
    fine = "" if verified.largest_gap <= AGREE else " **That is too much: the results cannot be trusted.**"
    return (
        f"{again}, the last choice among them, ran again through the reference engine: the largest gap in equity on "
        f"any session is **{small(verified.largest_gap)}** of it.{fine}"
    )


def caveat(study: Facts) -> str:
    """What a reader of Sharpe ratios must know; nothing for other objectives."""
    if "sharpe_ratio" not in study.tuned.objective:
        return ""
    return (
        "Sharpe ratios are in excess of bills; ± is one standard error for independent normal returns (Lo 2002). "
        f"Every chosen training value is the best of {study.tried} on its span."
    )


def small(value: float) -> str:
    """A tiny number: ``3e−13``; 0 as it is."""
    if not math.isfinite(value):
        return MISSING
    return "0" if value == 0.0 else f"{value:.0e}".replace("e-0", "e-").replace("-", MINUS)
