"""The tear sheet's figures beside ours: each reason for a difference is held against arithmetic of its own."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from waterline import metrics
from waterline.report.verified import SHARED, UNDEFINED, UNSEEN, verified
from waterline.report.verified_table import verified_section

RETURNS = np.append(np.random.default_rng(11).standard_t(4, 600) * 0.01 + 4e-4, [0.0] * 30)
CASH = np.linspace(0.0, 0.04, 630) / 252
SESSIONS = np.busday_offset("2019-01-02", np.arange(631), roll="forward")
SERIES = pd.Series(RETURNS)
GROWTH = float(np.prod(1.0 + RETURNS))
EQUITY = np.concatenate([[1.0], np.cumprod(1.0 + RETURNS)])
DEPTH = float((EQUITY / np.maximum.accumulate(EQUITY)).min()) - 1.0
EXCESS = RETURNS - CASH
BY_SESSIONS = GROWTH ** (252 / 630) - 1.0
BY_CALENDAR = GROWTH ** (365.25 / int((SESSIONS[-1] - SESSIONS[0]).astype(int))) - 1.0
BELOW = stats.norm(RETURNS.mean(), RETURNS.std(ddof=1))
WORST = np.sort(RETURNS)[: int(629 * 0.05) + 1]
BOTH = {
    "Cumulative return": (GROWTH - 1.0, GROWTH - 1.0),
    "Return a year": (BY_CALENDAR, BY_SESSIONS),
    "Volatility": (SERIES.std() * 252**0.5,) * 2,
    "Sharpe ratio": (EXCESS.mean() / EXCESS.std(ddof=1) * 252**0.5,) * 2,
    "Sortino ratio": (EXCESS.mean() / np.sqrt((EXCESS[EXCESS < 0] ** 2).sum() / 630) * 252**0.5,) * 2,
    "Worst drawdown": (DEPTH, DEPTH),
    "Calmar ratio": (BY_CALENDAR / -DEPTH, BY_SESSIONS / -DEPTH),
    "Skewness": (stats.skew(RETURNS), SERIES.skew()),
    "Kurtosis": (stats.kurtosis(RETURNS, fisher=False), SERIES.kurt()),
    "Value at risk": (np.quantile(RETURNS, 0.05), BELOW.ppf(0.05)),
    "Expected shortfall": (WORST.mean(), BELOW.expect(ub=BELOW.ppf(0.05), conditional=True)),
    "Best day": (RETURNS.max(),) * 2,
    "Worst day": (RETURNS.min(),) * 2,
    "Days with a gain": ((RETURNS > 0).sum() / 630, (RETURNS > 0).sum() / (RETURNS != 0).sum()),
}
"""Ours and QuantStats', each by its convention, from other libraries and plain sums."""


def sheet(**changed: str) -> str:
    """Rows as QuantStats writes them, by its conventions as they are computed above."""
    cells = {}
    for figure in SHARED:
        value = BOTH[figure.title][1]
        cells[figure.label] = f"{100 * value:,.2f}%" if figure.unit == "percent" else f"{value:,.2f}"
    cells |= {figure.label: changed[figure.title] for figure in SHARED if figure.title in changed}
    return "".join(f"<tr><td>{label} </td><td>-</td><td>{cell}</td></tr>" for label, cell in cells.items())


def found(page: str) -> dict[str, object]:
    return {one.title: one for one in verified(page, {"Strategy": RETURNS}, CASH, SESSIONS)}


def test_both_sides_of_every_figure_are_what_their_conventions_give() -> None:
    told = found(sheet())
    assert list(told) == [figure.title for figure in SHARED] == list(BOTH)
    for title, (ours, theirs) in BOTH.items():
        assert told[title].ours == pytest.approx(ours, rel=1e-9), title
        assert told[title].expected == pytest.approx(theirs, rel=1e-6), title
        assert told[title].agrees, title


def test_a_reason_stands_where_the_figures_differ_and_nowhere_else() -> None:
    for title, one in found(sheet()).items():
        digits = 4 if one.unit == "percent" else 2
        assert bool(one.reason) == (round(one.ours, digits) != round(one.quantstats, digits)), title
    assert sum(bool(one.reason) for one in found(sheet()).values()) >= 6


@pytest.mark.parametrize("title", list(BOTH))
def test_a_figure_off_by_two_digits_of_the_last_place_disagrees(title: str) -> None:
    one = found(sheet())[title]
    step = 0.0002 if one.unit == "percent" else 0.02
    for wrong in (one.quantstats + step, one.quantstats - step):
        assert not replace(one, quantstats=wrong).agrees


def test_what_quantstats_leaves_out_is_named_and_what_nothing_defines_is_no_fault() -> None:
    assert not found(sheet(**{"Sharpe ratio": "-"}))["Sharpe ratio"].agrees
    unseen = found(sheet(**{"Worst drawdown": "-"}))["Worst drawdown"]
    assert unseen.agrees
    assert unseen.reason == UNSEEN
    rising = np.abs(RETURNS) + 0.01
    page = sheet(**{"Calmar ratio": "99.00", "Worst drawdown": "-"})
    calm = {one.title: one for one in verified(page, {"Strategy": rising}, CASH, SESSIONS)}
    assert math.isnan(calm["Calmar ratio"].expected)
    assert calm["Calmar ratio"].agrees
    assert calm["Calmar ratio"].reason == UNDEFINED
    assert calm["Worst drawdown"].reason == ""
    assert metrics.max_drawdown(rising, SESSIONS).depth == 0.0


def test_the_table_has_a_row_a_figure_and_counts_what_is_the_same() -> None:
    told = tuple(found(sheet()).values())
    section = verified_section(told)
    table = section["table"]
    assert [row[0].text for row in table.rows] == list(BOTH)
    assert [row[3].text for row in table.rows] == [one.reason or "They do not" for one in told]
    same = sum(not one.reason for one in told)
    assert section["caption"].startswith(f"{same} of 14 figures are the same")
    assert verified_section(()) is None
