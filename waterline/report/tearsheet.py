"""The tear sheet: QuantStats' page of the strategy against the mix. The only door to ``quantstats``.

QuantStats changes matplotlib's settings for the whole process, warns freely, and obeys whatever settings lie about. So
it draws in a child process with a folder of its own; this file is also the script of that child. What it draws is then
checked against our own figures and given a note on definitions.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from waterline import metrics
from waterline.errors import OutputError, WaterlineError
from waterline.report.verified import MIX, SHARED, STRATEGY, UNSEEN, Verified, shown, verified, written
from waterline.sessions import Dates, Floats

if TYPE_CHECKING:
    import pandas as pd

ODD_SIGN = "\N{SMALL PERCENT SIGN}"
"""Follows "CAGR" in QuantStats' table; few fonts have it."""
PAGE_NAME = "sheet.html"
PATIENCE_SECONDS = 600
REMOTE = re.compile(
    r"<(?:link|script|img|image|iframe|object|embed)\b[^>]*https?:|url\(\s*['\"]?https?:|@import", re.IGNORECASE
)
UNSEEN_DRAWDOWN = "QuantStats misses the drawdown of {name}, which begins with the first session: it is {depth:.2f}%."
CONVENTIONS = (
    "Returns are after costs.",
    "Sharpe, Sortino, Omega and their variants are of returns over the bill rate of each day; RF is the mean.",
    "The rolling charts and alpha take no rate off.",
    "Ulcer Performance Index (UPI) and Treynor Ratio are QuantStats' own: they divide the total, not a yearly, return.",
    "So are Recovery Factor, the sum of returns over the drawdown, and Information Ratio, which is not annualised.",
    "The annualised rows, too, count 252 sessions as a year.",
    *(f"{figure.label}: {figure.reason}" for figure in SHARED if figure.reason),
)
LABELS = {figure.title: figure.label for figure in SHARED}
KEPT = "The other results of the run are unaffected; read index.html and metrics.json."


class ReportError(WaterlineError):
    """A part of the report cannot be drawn from these returns, or its library failed; the results themselves stand."""


def write_tearsheet(  # noqa: PLR0913  # four series of one comparison and three names, each said by keyword
    path: Path,
    strategy_returns: Floats,
    mix_returns: Floats,
    cash_returns: Floats,
    sessions: Dates,
    *,
    title: str,
    strategy_name: str,
    mix_name: str,
) -> tuple[Verified, ...]:
    """Draw strategy against mix into one HTML file that loads nothing from outside.

    The same input gives the same bytes on the same machine (fonts differ between machines). Takes about seven seconds.

    Args:
        path: file to write, in a folder that exists.
        strategy_returns: (T,) simple daily returns after costs.
        mix_returns: (T,) those of the static mix with the same average exposure.
        cash_returns: (T,) those of bills, taken off day by day in Sharpe, Sortino, Omega and their kin.
        sessions: (T + 1,) dates, beginning with the session before the first return.
        title: heading of the page.
        strategy_name: what the column "Strategy" is.
        mix_name: what the column "Mix" is.

    Returns:
        Its figures beside our own.

    Raises:
        ReportError: QuantStats failed, would misread these returns, or disagrees with our figures.
        OutputError: the file cannot be written.
    """
    tracks = {STRATEGY: strategy_returns, MIX: mix_returns}
    _refuse_unfit(tracks, cash_returns, sessions[1:])
    names = {STRATEGY: strategy_name, MIX: mix_name}
    page = _drawn_apart(tracks, cash_returns, sessions[1:], title, names)
    found = _compared(page, tracks, cash_returns, sessions)
    growth = {name: metrics.cagr(returns, sessions) for name, returns in tracks.items()}
    note = _note(names, page, growth, _unseen(found))
    try:
        path.write_text(_with_note(page, note), encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.", "Choose another results folder.") from error
    return found


def _refuse_unfit(tracks: Mapping[str, Floats], cash: Floats, days: Dates) -> None:
    """Stop before QuantStats fails or, worse, prints quotients of rounding errors."""
    if len(days) < 2:
        raise ReportError(f"A tear sheet needs two sessions with returns, this window has {len(days)}.", KEPT)
    for name, returns in {**tracks, "Cash": cash}.items():
        missing = ~np.isfinite(returns)
        if missing.any():
            raise ReportError(f"{name} has no return on {days[missing][0]}.", "Draw sessions with returns only.")
    for name, returns in tracks.items():
        if returns.min() >= 0.0 and returns.max() >= 1.0:
            raise ReportError(
                f"QuantStats would take {name}'s returns for prices: none is negative, and that of "
                f"{days[returns.argmax()]} is {returns.max():.0%}.",
                KEPT,
            )
        if metrics.is_constant(returns) or metrics.is_constant(returns - cash):
            raise ReportError(f"{name} does not vary beyond bills, so that its ratios are not defined.", KEPT)
    if len(np.unique(days.astype("datetime64[M]"))) == 1 and np.array_equal(tracks[STRATEGY], tracks[MIX]):
        raise ReportError(f"{' and '.join(tracks)} are one within one month: there is nothing to distribute.", KEPT)


def _drawn_apart(tracks: Mapping[str, Floats], cash: Floats, days: Dates, title: str, names: Mapping[str, str]) -> str:
    """The page as QuantStats draws it in a process of its own, with nothing of the user's settings in reach."""
    job = {
        "days": days.astype(str).tolist(),
        "cash": cash.tolist(),
        "tracks": {name: returns.tolist() for name, returns in tracks.items()},
        "title": _escaped(title),
        "names": {name: _escaped(meaning) for name, meaning in names.items()},
    }
    command = [sys.executable, "-P", "-X", "utf8", "-W", "ignore", __file__]
    with TemporaryDirectory(prefix="waterline-", ignore_cleanup_errors=True) as folder:
        try:
            child = subprocess.run(
                command,
                input=json.dumps(job),
                cwd=folder,
                env=_environment(folder, days),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=PATIENCE_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReportError(f"QuantStats could not draw the tear sheet: {error}.", KEPT) from error
        if child.returncode != 0:
            reason = (child.stderr.strip().splitlines() or [f"exit code {child.returncode}"])[-1]
            raise ReportError(f"QuantStats failed on {len(days)} sessions: {reason.partition('. ')[0]}.", KEPT)
        return Path(folder, PAGE_NAME).read_text(encoding="utf-8").replace(ODD_SIGN, "")


def _environment(folder: str, days: Dates) -> dict[str, str]:
    """This process's environment with matplotlib's settings, caches and clock replaced."""
    inherited = {key: value for key, value in os.environ.items() if key != "MATPLOTLIBRC"}
    return inherited | {
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": folder,
        "PYTHONPATH": os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path),
        "SOURCE_DATE_EPOCH": str(max(0, int(days[-1].astype("datetime64[s]").astype(np.int64)))),
    }


def _compared(page: str, tracks: Mapping[str, Floats], cash: Floats, sessions: Dates) -> tuple[Verified, ...]:
    """Hold what the page shows against our own figures, all that both give.

    Raises:
        ReportError: a figure differs by more than its rounding, or the page would load something from outside.
    """
    if REMOTE.search(page):
        raise ReportError("This release of QuantStats draws a page that loads files from the network.", KEPT)
    found = verified(page, tracks, cash, sessions)
    for one in found:
        if not one.agrees:
            told = (
                f"{written(one.quantstats, one.unit)} for {one.portfolio}, which is {written(one.expected, one.unit)}"
            )
            raise ReportError(f"QuantStats shows {LABELS[one.title]} {told}.", KEPT)
    return found


def _unseen(found: tuple[Verified, ...]) -> list[str]:
    """Sentences on drawdowns that QuantStats leaves out although they exist."""
    return [UNSEEN_DRAWDOWN.format(name=one.portfolio, depth=100.0 * one.ours) for one in found if one.reason == UNSEEN]


def _note(names: Mapping[str, str], page: str, growth: Mapping[str, float], caveats: list[str]) -> str:
    """How the numbers are defined, as an HTML section."""
    here = shown(page, "CAGR")
    rates = "; ".join(f"{name} {here[name]:.2f}% here, {100.0 * growth[name]:.2f}% there" for name in names)
    sentences = [
        f"Column Strategy: {names[STRATEGY]}.",
        f"Column Mix: {names[MIX]}, which holds the strategy's average exposure throughout.",
        *CONVENTIONS,
        f"CAGR: {rates}.",
        *caveats,
        "Where a figure differs, index.html and metrics.json are the reference.",
    ]
    items = "".join(f"<li>{_escaped(sentence)}</li>" for sentence in sentences)
    return f'<section id="definitions"><h3>How these numbers are defined</h3><ul>{items}</ul></section>'


def _with_note(page: str, note: str) -> str:
    before, columns, after = page.partition('<div id="left">')
    if not columns:
        raise ReportError("This release of QuantStats lays its page out in another way.", KEPT)
    return f"{before}{note}{columns}{after}"


def _escaped(text: str) -> str:
    """Text for the page; braces too, which QuantStats' template would fill in or drop."""
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")


def _bill_rate(cash: Floats, index: pd.DatetimeIndex) -> pd.Series[float]:
    """The annual bill rate of each session, as QuantStats' page can take it.

    A Series lets the ratios take off each day's rate, where one number would leave the rate's own movement in the
    volatility; but the page also formats the rate and subtracts it from totals, for which this one passes as its mean.
    """
    import pandas as pd

    class BillRate(pd.Series):
        def __format__(self, spec: str) -> str:
            return format(float(self.mean()), spec)

        def __rsub__(self, other: Any) -> Any:
            return other - float(self.mean())

    return BillRate((1.0 + cash) ** metrics.SESSIONS_PER_YEAR - 1.0, index=index)


def _template(installed: Path, title: str, folder: Path) -> Path:
    """QuantStats' template without its icon from the network and its call of a script that is not there."""
    text = re.sub(r"<link\b[^>]*>", "", installed.read_text(encoding="utf-8")).replace(' onload="save()"', "")
    derived = folder / "template.html"
    derived.write_text(re.sub(r"(?s)<title>.*?</title>", lambda _: f"<title>{title}</title>", text), encoding="utf-8")
    return derived


def _draw(job: Mapping[str, Any], folder: Path) -> None:
    """The child's work: one page into ``folder``."""
    import matplotlib
    import pandas as pd
    import quantstats

    matplotlib.rcParams["svg.hashsalt"] = "waterline"
    index = pd.DatetimeIndex(np.array(job["days"], dtype="datetime64[ns]"))
    returns, benchmark = (pd.Series(job["tracks"][name], index=index, name=name) for name in (STRATEGY, MIX))
    quantstats.reports.html(  # type: ignore[no-untyped-call]  # the library is not annotated
        returns,
        benchmark,
        rf=_bill_rate(np.array(job["cash"]), index),
        title=job["title"],
        output=str(folder / PAGE_NAME),
        periods_per_year=metrics.SESSIONS_PER_YEAR,
        template_path=str(_template(Path(quantstats.__file__).with_name("report.html"), job["title"], folder)),
        match_dates=False,
        strategy_title=STRATEGY,
        benchmark_title=MIX,
        parameters=job["names"],
    )


if __name__ == "__main__":
    _draw(json.load(sys.stdin), Path.cwd())
