"""The sentences of a study's page, each made by rule from the numbers. ``**`` marks what is set bold."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from waterline.config.tuning import LESS_IS_BETTER
from waterline.report.numerals import MINUS, MISSING, count, day, number, percent, points, spelled
from waterline.report.study.drift import Drift, drifts
from waterline.report.study.measures import plain, sense, sharpe_error, with_noise
from waterline.report.study.searched import Searched
from waterline.report.study.stitched import Stitched
from waterline.report.words import became, net, size, sized
from waterline.sessions import Floats
from waterline.tuning.outcome import NullSearch, Tuned

LUCK = 0.05
"""p-value of the search above which luck is not ruled out."""
NEEDLE = 0.7
"""Share of the choice's value that its neighbours must keep for a plateau."""
AGREE = 1e-9
"""Relative gap up to which kernel and reference engine are the same strategy."""
MOST_TOLD = 8
"""Parameters of a choice that are written out; the rest is counted."""
CLOSING = "What is handed over is this verdict; the last choice is a candidate, **not a winner**."


def middle(values: Iterable[float]) -> float:
    """Median of what is finite; NaN where nothing is."""
    known = [value for value in values if math.isfinite(value)]
    return float(np.median(known)) if known else math.nan


@dataclass(frozen=True, eq=False)
class Told:
    """What the page says about one study."""

    tuned: Tuned

    @cached_property
    def stitched(self) -> Stitched:
        """The test folds."""
        return Stitched(self.tuned)

    @cached_property
    def searched(self) -> Searched:
        """The trials."""
        return Searched(self.tuned)

    @cached_property
    def drifts(self) -> tuple[Drift, ...]:
        """The parameters."""
        return drifts(self.searched)

    @property
    def tried(self) -> str:
        """How many parameter sets there were."""
        return count(len(self.tuned.trials), "parameter set")

    @property
    def span(self) -> str:
        """First and last session of the test folds."""
        sessions = self.stitched.sessions
        return f"{day(sessions[min(1, len(sessions) - 1)])} to {day(sessions[-1])}"

    def verdict(self) -> str:
        """What was tried; what it came to out of sample; size against noise; luck; plateau; what it cannot tell."""
        return " ".join(
            part for part in (*self.brief(), self.luck(), self.surroundings(), self.idea(), CLOSING) if part
        )

    def brief(self) -> tuple[str, ...]:
        """The first half of the verdict."""
        whole = self.tuned.walk_forward.metrics
        traded = f"From {self.span} that {became(self.stitched)}"
        return (self.attempted(), traded, size(whole.timing_gain), net(whole))

    def attempted(self) -> str:
        """How many sets on how many folds."""
        folds = len(self.tuned.folds)
        if folds == 1:
            return (
                f"The search tried **{self.tried}** on one training span; what it chose there was traded in the test."
            )
        return (
            f"The search tried **{self.tried}** on each of {spelled(folds)} training spans; what it chose there was traded "
            "in the test that follows, one test after another."
        )

    def luck(self) -> str:
        """The null of the search, or that it was not run."""
        if self.tuned.null is None:
            return (
                f"Whether luck alone finds as good a best among {self.tried} was **not asked** (the null was not run)."
            )
        null = self.tuned.null
        rules_out = "luck alone does not often find that" if null.p_value <= LUCK else "**luck alone finds that too**"
        return f"{self.repeated(null)}: p = {number(null.p_value, 3)}, {rules_out}."

    def repeated(self, null: NullSearch) -> str:
        """How often a surrogate history gave as good a best."""
        histories = len(null.best)
        as_good = max(round(null.p_value * (1 + histories)) - 1, 0)
        return (
            f"The whole search, repeated on {count(histories)} histories whose score is rotated against the prices, found "
            f"as good a best {count(as_good)} {'time' if as_good == 1 else 'times'}"
        )

    @property
    def keeps(self) -> float:
        """What the neighbours keep of the last choice's value; NaN where that value is no gain to keep a part of."""
        found, own = self.tuned.plateau, float(self.searched.last.train[0])
        countable = found is not None and self.searched.metric not in LESS_IS_BETTER and own > 0.0
        return found.share if found is not None and countable else math.nan

    def surroundings(self) -> str:
        """Plateau or needle, in a sentence."""
        if self.tuned.plateau is None or math.isnan(self.keeps):
            return ""
        kind = "on a **needle**" if self.tuned.plateau.is_needle else "on a plateau"
        return f"The last choice stands {kind}: its neighbours keep {percent(self.keeps, 0)} of its training value."

    def idea(self) -> str:
        """How much of the test the idea cannot have seen."""
        fresh, total = self.stitched.fresh, len(self.stitched.sessions) - 1
        if fresh == total:
            return "All of the test came after the idea was published."
        if fresh == 0:
            return (
                "The parameters did not see the test, but the idea did: "
                "**all of it was known when the idea and its names were chosen**."
            )
        return f"Of {count(total, 'test session')} only **{count(fresh)}** came after the idea was published."

    def numbers(self) -> str:
        """How sure, and how large."""
        return sized(self.stitched, self.tuned.walk_forward.metrics)

    def growth(self) -> str:
        """In how many test folds it led the mix."""
        tested = self.stitched.tested
        led = sum(fold.lead > 0 for fold in tested)
        best, worst = max(tested, key=lambda fold: fold.lead), min(tested, key=lambda fold: fold.lead)
        if len(tested) == 1:
            return f"In its one test it {'led' if led else 'did not lead'} the mix ({points(best.lead)} points)."
        return (
            f"It led the mix in **{spelled(led, len(tested))} of {spelled(len(tested))} test folds**: by most in fold "
            f"{best.fold.number} ({points(best.lead)} points), by least in fold {worst.fold.number} "
            f"({points(worst.lead)})."
        )

    def chance(self) -> str:
        """The null of the search, then the spread over the combinatorial splits."""
        null = self.tuned.null
        if null is None:
            head = "**Not asked**: --null 200 repeats the whole search on histories in which there is nothing to find."
        else:
            head = f"{self.repeated(null)}: **p = {number(null.p_value, 3)}**."
        return f"{head} {self.spread()}".strip()

    def spread(self) -> str:
        """The range over the combinatorial splits."""
        found = self.tuned.dispersion
        values = [] if found is None else [value for value in found.test.tolist() if math.isfinite(value)]
        if not values:
            return ""
        measure = self.searched.measure
        return (
            f"Over {count(len(values), 'split')} that also train on what comes after, the test goes from "
            f"{measure.written(min(values))} to {measure.told(max(values))}."
        )

    def foresight(self) -> str:
        """Whether a better training value meant a better test value."""
        transfers = self.searched.transfers
        known = [one.correlation for one in transfers if math.isfinite(one.correlation)]
        if not known:
            return "**Not decidable**: too few sets have a value in both training and test."
        place = middle(one.place for one in transfers)
        rank = f"{number(middle(known))}**" + (" in the median" if len(known) > 1 else "")
        positive = (
            f", above zero in {sum(one > 0 for one in known)} of {count(len(known), 'fold')}" if known[1:] else ""
        )
        beat = (
            ""
            if math.isnan(place)
            else f" In the test the choice beat **{percent(place, 0)}** of all sets; chance gives 50%."
        )
        return f"The rank correlation of training and test within a fold is **{rank}{positive}.{beat}"

    def fold_by_fold(self) -> str:
        """Which parameter the folds disagree on most."""
        if len(self.tuned.choices) == 1:
            return "**One fold**: there is no other choice to compare with."
        moving = sorted((one for one in self.drifts if math.isfinite(one.moved)), key=lambda one: -one.moved)
        folds = len(self.tuned.choices)
        sets = len({tuple(sorted(choice.params.items())) for choice in self.tuned.choices})
        different = f"**{spelled(sets).capitalize()} different {'choice' if sets == 1 else 'choices'}** in {spelled(folds)} folds."
        if not moving or moving[0].moved == 0.0:
            return f"{different} No parameter moved."
        step = (
            f"{different} {moving[0].path} moved most, by {percent(moving[0].moved, 0)} of its range from fold to fold"
        )
        return step + (f"; {moving[-1].path} least, by {percent(moving[-1].moved, 0)}." if moving[1:] else ".")

    def plateau(self) -> str:
        """The last choice beside its neighbours."""
        found = self.tuned.plateau
        if found is None:
            return (
                "**There is no map**: no searched parameter is a range, or there is no compiled form to fill one with."
            )
        own, near = float(self.searched.last.train[0]), middle(found.neighbourhood.tolist())
        write = self.searched.measure.told
        told = (
            f"On its training sessions the last choice reaches {write(own)}{self.noise(own)}; the "
            f"{count(len(found.neighbourhood))} sets within a tenth of each range reach {write(near)} in the median"
        )
        if math.isnan(self.keeps):
            return (
                f"**Plateau or needle cannot be told**: there is no gain of which neighbours could keep a part. {told}."
            )
        kind = "needle" if found.is_needle else "plateau"
        return (
            f"**A {kind}.** {told}, {percent(self.keeps, 0)} of it. Below {percent(NEEDLE, 0)} it counts as a needle."
        )

    @property
    def worst_and_best(self) -> tuple[str, str]:
        """Both ends of the map's values."""
        values = [] if self.tuned.plateau is None else self.tuned.plateau.value.ravel().tolist()
        known = sorted(
            (value for value in values if math.isfinite(value)), key=lambda v: sense(self.searched.metric) * v
        )
        measure = self.searched.measure
        return (measure.written(known[0]), measure.told(known[-1])) if known else (MISSING, MISSING)

    def noise(self, value: float) -> str:
        """The standard error of a Sharpe ratio on the last training sessions; nothing for other metrics."""
        if self.searched.metric != "sharpe_ratio":
            return ""
        first, stop = self.searched.last.fold.train
        return f" (standard error {number(sharpe_error(value, stop - first))}, best of {self.tried})"

    def search(self) -> str:
        """Sweep, refinement, and what the refinement added."""
        swept = int(self.searched.swept.sum())
        proposed = len(self.tuned.trials) - swept
        stages = [f"{count(swept)} in an even sweep over the whole space"] if swept else []
        stages += [f"{count(proposed)} proposed fold by fold by the sampler"] if proposed else []
        head = f"**{self.tried[:1].upper() + self.tried[1:]}**: {', '.join(stages)}."
        best = self.searched.search_progress(len(self.tuned.folds) - 1).best
        if not swept or not proposed or len(best) < 2 or best[-1] == best[0]:
            return head if not (swept and proposed) else f"{head} In the last fold they added nothing to the sweep."
        measure = self.searched.measure
        start, end = measure.written(best[0] / measure.factor), measure.told(best[-1] / measure.factor)
        return f"{head} In the last fold they took the best on training from {start} to {end}."

    def checks(self) -> str:
        """Kernel against reference engine."""
        verified = self.tuned.verified
        if not self.tuned.compiled:
            return "Every set ran through the **reference engine** itself: parts of it have no compiled form."
        if not verified.trials:
            return "**No set was run again** through the reference engine."
        again = spelled(len(verified.trials)).capitalize()
        fine = "" if verified.largest_gap <= AGREE else " **That is too much: the results cannot be trusted.**"
        return (
            f"{again} {'set' if len(verified.trials) == 1 else 'sets'}, the last choice among them, ran again through the reference engine: the "
            f"largest gap in equity on any session is **{small(verified.largest_gap)}** of it.{fine}"
        )

    def chosen(self, fold: int = -1, by_path: bool = True) -> str:
        """The parameters of one choice, those beyond ``MOST_TOLD`` counted."""
        names = {one.path: one.path if by_path else one.short for one in self.drifts}
        told = [f"{names[path]} {plain(value)}" for path, value in self.tuned.choices[fold].params.items()]
        more = [f"and {len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
        return ", ".join([*told[:MOST_TOLD], *more])

    def handed_over(self) -> str:
        """The last choice, and where it was made."""
        choice = self.searched.last
        first, last = choice.fold.dates[:2]
        return (
            f"Chosen last, trial {choice.trial} in fold {choice.fold.number}, trained {day(first)} to {day(last)}: "
            f"{self.chosen()}"
        )

    def values(self, found: Floats, sessions: int) -> tuple[str, ...]:
        """The objectives of a fold as written, a Sharpe ratio with its standard error."""
        return tuple(with_noise(metric, float(found[q]), sessions) for q, metric in enumerate(self.tuned.objective))

    def caveat(self) -> str:
        """What a reader of Sharpe ratios must know; nothing for other objectives."""
        if "sharpe_ratio" not in self.tuned.objective:
            return ""
        return (
            f"Sharpe ratios are in excess of bills; ± is one standard error for independent normal returns (Lo 2002). "
            f"Every training value is the best of {self.tried}, over the span in its row."
        )


def small(value: float) -> str:
    """A tiny number: ``3e−13``; 0 as it is."""
    if not math.isfinite(value):
        return MISSING
    return "0" if value == 0.0 else f"{value:.0e}".replace("e-0", "e-").replace("-", MINUS)
