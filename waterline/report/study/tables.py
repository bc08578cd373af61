"""The tables of a study's page."""

from __future__ import annotations

from waterline.report.evaluated import MIX, STRATEGY
from waterline.report.numerals import count, day, number, percent, points, readable
from waterline.report.study.facts import Facts
from waterline.report.study.measures import MEASURES
from waterline.report.tables import Cell, Column, Table, figure

MOST_REASONS = 12


def fold_table(study: Facts) -> Table:
    """One row a fold: its spans, what it chose, what that was worth in training and test, and what it earned."""
    title = study.searched.measure.title
    heads = (
        Column("Fold"), Column("Training"), Column("Test"), Column("Chosen", wide=True, sortable=False),
        Column(f"{title}: training", figures=True), Column(f"{title}: test", figures=True),
        Column("Sets beaten in the test", figures=True), Column("Rank correlation", figures=True),
        Column("Strategy", figures=True), Column("Mix", figures=True), Column("Lead over mix, points", figures=True),
    )  # fmt: skip
    rows = tuple(_fold(study, place) for place in range(len(study.tuned.folds)))
    return Table("Folds with their choices and what became of them", heads, rows)


def _fold(study: Facts, place: int) -> tuple[Cell, ...]:
    fold, choice = study.tuned.folds[place], study.tuned.choices[place]
    tested, transfer = study.stitched.tested[place], study.searched.transfers[place]
    days = [day(date) for date in fold.dates]
    trained = study.values(choice.train, fold.train[1] - fold.train[0])[0]
    test = study.values(choice.test, fold.test[1] - fold.test[0])[0]
    return (
        figure(fold.number, f"Fold {fold.number}"),
        Cell(f"{days[0]} to {days[1]}", str(fold.dates[1])),
        Cell(f"{days[2]} to {days[3]}", str(fold.dates[2])),
        Cell(study.chosen(place, by_path=False), detail=f"trial {choice.trial}"),
        figure(choice.train[0], trained),
        figure(choice.test[0], test),
        figure(transfer.place, percent(transfer.place, 0)),
        figure(transfer.correlation, number(transfer.correlation, signed=True)),
        figure(tested.returns[STRATEGY], percent(tested.returns[STRATEGY], signed=True)),
        figure(tested.returns[MIX], percent(tested.returns[MIX], signed=True)),
        figure(tested.lead, points(tested.lead)),
    )


def objective_table(study: Facts) -> Table | None:
    """Every objective of the folds' choices; None where there is only one."""
    if len(study.tuned.objective) == 1:
        return None
    titles = [MEASURES[metric].named for metric in study.tuned.objective]
    heads = [Column("Fold", sortable=False)]
    heads += [
        Column(f"{title}: {span}", figures=True, sortable=False) for title in titles for span in ("training", "test")
    ]
    rows = []
    for choice in study.tuned.choices:
        fold = choice.fold
        trained = study.values(choice.train, fold.train[1] - fold.train[0])
        tested = study.values(choice.test, fold.test[1] - fold.test[0])
        rows.append(
            (Cell(f"Fold {fold.number}"), *(Cell(text) for pair in zip(trained, tested, strict=True) for text in pair))
        )
    return Table("Every objective, fold by fold", tuple(heads), tuple(rows))


def failure_table(study: Facts) -> Table | None:
    """Failed trials by reason; None where none failed."""
    failures, tried = study.searched.failures, len(study.tuned.trials)
    if not failures:
        return None
    heads = (
        Column("Reason", wide=True),
        Column("Sets", figures=True),
        Column("Share", figures=True),
        Column("First trials"),
    )
    shown = failures[:MOST_REASONS]
    rows = [
        (
            Cell(failure.reason),
            figure(failure.count, count(failure.count)),
            figure(failure.count / tried, percent(failure.count / tried)),
            Cell(", ".join(map(str, failure.first))),
        )
        for failure in shown
    ]
    rest = sum(failure.count for failure in failures[MOST_REASONS:])
    if rest:
        kinds = count(len(failures) - MOST_REASONS, "rarer reason")
        rows.append((Cell(kinds), figure(rest, count(rest)), figure(rest / tried, percent(rest / tried)), Cell("")))
    return Table("Failed parameter sets by reason", heads, tuple(rows))


def timing_rows(study: Facts) -> list[tuple[str, str, str]]:
    """Where the time went: what, how long, and what to make of it."""
    spent = study.tuned.timing
    rate = number(spent.evaluated / spent.evaluate, 0) if spent.evaluate > 0 else ""
    own = number(1000.0 * spent.optuna / spent.proposed, 1) if spent.proposed else ""
    return [
        ("Compiling", seconds(spent.compile), "once on a machine, then read from the cache"),
        (
            "Evaluating",
            seconds(spent.evaluate),
            f"{count(spent.evaluated, 'set')}" + (f", {rate} a second" if rate else ""),
        ),
        (
            "Optuna",
            seconds(spent.optuna),
            f"{own} ms of its own for each of {count(spent.proposed, 'trial')}" if own else "not used",
        ),
        ("All of the study", seconds(spent.total), "with the null of the search and the checks, where asked for"),
    ]


def seconds(value: float) -> str:
    """A duration for people: ``0.25 s``, ``12 s``, ``3 min 20 s``."""
    if value >= 60.0:
        minutes, rest = divmod(round(value), 60)
        return f"{count(minutes)} min {rest} s"
    return f"{number(value, 0 if value >= 10.0 else 2)} s"


def sampler_title(name: str) -> str:
    """A sampler as people call it."""
    titles = {"two_stage": "wide sweep, then TPE", "tpe": "TPE", "cmaes": "CMA-ES"}
    return titles.get(name, readable(name).lower())
