"""What the command line shows: the current step, a bar, tables. The only door to ``rich``."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from waterline.fetching import Line
from waterline.store import Rows, Summary
from waterline.tuning.progress import Progress

if TYPE_CHECKING:
    from rich.progress import TaskID

    from waterline.audit import Audit, Tax
    from waterline.rebuilding import Verification
    from waterline.report.tables import Table
    from waterline.thesis import Scorecard
    from waterline.today import Today
    from waterline.world import Study

Report = Callable[[str], None]
LOG = logging.getLogger("waterline")
"""Its level is the volume: ERROR is quiet, INFO is verbose."""


class Stages:
    """A clock that says on the log how long each stage took, once the next one begins."""

    def __init__(self) -> None:
        self._name, self._begun = "", 0.0

    def begin(self, name: str) -> None:
        """End the stage at hand, unless it is this one, and begin another."""
        if name != self._name:
            self.end()
            self._name, self._begun = name, time.perf_counter()

    def end(self) -> None:
        """End the stage at hand."""
        if self._name:
            LOG.info("%s: %.2f s", self._name, time.perf_counter() - self._begun)
        self._name = ""


def is_quiet() -> bool:
    """Whether nothing but errors and results is to be shown."""
    return not LOG.isEnabledFor(logging.WARNING)


@contextmanager
def steps() -> Iterator[Report]:
    """A spinner on a terminal that names the current step; silence elsewhere."""
    from rich.console import Console

    stages = Stages()
    with Console(stderr=True, quiet=is_quiet()).status("starting") as status:

        def report(step: str) -> None:
            stages.begin(step)
            status.update(step)

        yield report
        stages.end()


@contextmanager
def bar(total: int) -> Iterator[Report]:
    """A progress bar on a terminal; call it with what was just done. Silence elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    hidden = is_quiet() or not console.is_terminal
    with Progress(*columns, console=console, disable=hidden, transient=True) as progress:
        task = progress.add_task("starting", total=total)

        def advance(what: str) -> None:
            progress.update(task, advance=1, description=what)

        yield advance


@contextmanager
def study_bar() -> Iterator[Callable[[Progress], None]]:
    """A bar a stage of a study on a terminal: best so far, sets a second, time left. Silence elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    texts = [TextColumn(f"{{task.fields[{name}]}}") for name in ("best", "rate")]
    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), *texts, TimeRemainingColumn())
    console, stages = Console(stderr=True), Stages()
    hidden = is_quiet() or not console.is_terminal
    with Bars(*columns, console=console, disable=hidden, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def watch(now: Progress) -> None:
            stages.begin(now.stage)
            if now.stage not in tasks:
                tasks[now.stage] = bars.add_task(now.stage, total=now.total, best="", rate="")
            task = tasks[now.stage]
            best = "" if now.best != now.best else f"best {now.best:.4g}"
            bars.update(task, completed=now.done, best=best)
            speed = bars.tasks[task].speed
            bars.update(task, rate="" if speed is None else f"{speed:,.0f}/s")

        yield watch
        stages.end()


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: fitted to a terminal, tab-separated elsewhere."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        sys.stdout.write("".join("\t".join(row) + "\n" for row in (heads, *rows)))
        return
    table = Table(*heads, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def show_scorecard(card: Scorecard) -> None:
    """A table a window, a row a claim and one a number of it; below it why each verdict is what it is."""
    from waterline.thesis import words

    for heading, findings in words.told_windows(card):
        sys.stdout.write(f"{heading}\n\n")
        if findings:
            show_table(words.HEADS, words.rows(findings))
            sys.stdout.write("\n" + "\n".join(words.reasons(findings)) + "\n\n")


def show_fetched(lines: Sequence[Line]) -> None:
    """One row a series: what is new, how far it reaches, and how it went."""
    heads = ("series", "source", "new", "last period", "available since", "vintages", "state", "why")
    show_table(heads, [_fetched_row(line) for line in lines])


def _fetched_row(line: Line) -> tuple[str, ...]:
    last = "-" if line.last_period is None else str(line.last_period)
    since = "-" if line.available_since is None else str(line.available_since.astype("datetime64[D]"))
    return (
        line.series,
        line.provider or "-",
        str(line.rows_new),
        last,
        since,
        str(line.vintages),
        line.state,
        line.why,
    )


def show_rows(rows: Rows) -> None:
    """One row a value: what it is about, when it could be known, which release, how much."""
    heads = ("period", "available at", "vintage", "value")
    columns = zip(rows.period, rows.available_at, rows.vintage, rows.value, strict=True)
    show_table(heads, [(str(period), f"{at}Z", str(day), repr(float(value))) for period, at, day, value in columns])


def show_summaries(summaries: Sequence[Summary]) -> None:
    """One row a stored series."""
    heads = ("series", "source", "rows", "vintages", "first period", "last period", "available since", "recorded")
    show_table(heads, [_summary_row(summary) for summary in summaries])


def _summary_row(summary: Summary) -> tuple[str, ...]:
    instants = (at.astype("datetime64[s]") for at in (summary.available_since, summary.last_recorded))
    counts = (str(summary.rows), str(summary.vintages))
    periods = (str(summary.first_period), str(summary.last_period))
    return (summary.series, summary.source, *counts, *periods, *(f"{at}Z" for at in instants))


def show_audit(audit: Audit, tax: Tax | None) -> None:
    """One row a check, what was found and what to do about it, and one row a reading of the data."""
    from waterline.audit import words

    show_table(words.CHECK_HEADS, words.check_rows(audit))
    sys.stdout.write(f"\n{words.told(audit)}\n")
    if tax is not None:
        sys.stdout.write(f"\n{words.tax_heading(tax)}\n\n")
        show_table(words.TAX_HEADS, words.tax_rows(tax))
        sys.stdout.write(f"{tax.remark}\n" if tax.remark else "")


def show_verification(found: Verification) -> None:
    """The verdict; unless quiet, one row a file and one line each circumstance that was another one."""
    from waterline.rebuilding import words

    sys.stdout.write(f"{words.verdict(found)}\n")
    if is_quiet():
        return
    sys.stdout.write("\n")
    show_table(words.HEADS, words.file_rows(found))
    for line in words.circumstances(found):
        sys.stdout.write(f"{line}\n")


def show_today(today: Today) -> None:
    """What it says, and a table each for score, weights or trades, next prints and inputs."""
    from waterline.report.today import tables, words

    held = tables.target_table(today) if today.rebalancing is None else tables.trade_table(today)
    parts = (
        (words.score_answer(today), tables.score_table(today)),
        (f"{words.holdings_answer(today)} {words.rebalancing_note(today)}", held),
        (words.flips_answer(today), tables.flip_table(today, today.flips)),
        (words.inputs_answer(today), tables.input_table(today.inputs)),
    )
    sys.stdout.write(f"{today.config.name}\n{words.verdict(today).replace('**', '')}\n")
    for told, table in parts:
        sys.stdout.write(f"\n{told.replace('**', '').strip()}\n\n")
        sys.stdout.flush()
        _show_cells(table)


def _show_cells(table: Table) -> None:
    """A table of the page; columns that only draw are left out."""
    kept = [place for place, column in enumerate(table.columns) if column.head]
    if table.rows:
        rows = [[f"{row[place].text} {row[place].detail}".strip() for place in kept] for row in table.rows]
        show_table([table.columns[place].head for place in kept], rows)


def show_worlds(studies: Sequence[Study]) -> None:
    """One row a figure of each world, and what it is held against."""
    from waterline.report.worlds.tables import TERMINAL_HEADS, terminal_rows

    show_table(TERMINAL_HEADS, terminal_rows(studies))
