"""The tear sheet as a browser would read it. Each drawing takes about seven seconds, hence few of them."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from waterline import metrics
from waterline.errors import OutputError, WaterlineError
from waterline.report import tearsheet
from waterline.report.tearsheet import ReportError, write_tearsheet
from waterline.report.verified import SHARED
from waterline.sessions import Dates, Floats

HOSTILE = "A <script>alert('title')</script> & {{metrics}} $\\frac$"


class Inputs(NamedTuple):
    """The arrays that a sheet is drawn from."""

    strategy: Floats
    mix: Floats
    cash: Floats
    sessions: Dates

    def write(self, path: Path, title: str = "Run") -> None:
        write_tearsheet(path, *self, title=title, strategy_name=f"<i>{HOSTILE}", mix_name="static mix")


class Page(HTMLParser):
    """Rows of the tables, text, and every address that is not a link to follow."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: dict[str, list[str]] = {}
        self.tags: set[str] = set()
        self.loaded: list[str] = []
        self.text = ""
        self._cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            external = (value or "").partition("//")[0] in {"http:", "https:", ""} and "//" in (value or "")
            if external and tag != "a" and not name.startswith("xmlns") and not name.startswith("rdf:"):
                self.loaded.append(f"{tag} {name}={value}")
        if tag == "tr":
            self._cells = []
        if tag == "td":
            self._cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self._cells:
            self.rows.setdefault(self._cells[0].strip(), self._cells[1:])

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cells:
            self._cells[-1] += data

    def figures(self, label: str) -> list[float]:
        """Mix and strategy."""
        return [float(cell.replace(",", "").rstrip("%")) for cell in self.rows[label]]


def inputs(count: int, seed: int = 4) -> Inputs:
    """A strategy so calm that the movement of the bill rate, from nothing to 8%, counts in its volatility."""
    rng = np.random.default_rng(seed)
    cash = np.linspace(0.0, 0.08, count) / 252
    noise = rng.normal(2e-5, 2e-4, (2, count))
    sessions = np.busday_offset("2022-01-03", np.arange(count + 1), roll="forward")
    return Inputs(cash + noise[0], cash + 0.5 * noise[0] + 0.2 * noise[1], cash, sessions)


CALM = inputs(400)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sheet") / "tearsheet.html"
    CALM.write(path, HOSTILE)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(drawn: str) -> Page:
    return Page(drawn)


def test_shows_our_figures(page: Page) -> None:
    for column, returns in enumerate((CALM.mix, CALM.strategy)):
        excess = returns - CALM.cash
        growth = metrics.cumulative_return(returns)
        depth = metrics.max_drawdown(returns, CALM.sessions).depth
        assert page.figures("Sharpe")[column] == pytest.approx(metrics.sharpe_ratio(excess), abs=0.00501)
        assert page.figures("Sortino")[column] == pytest.approx(metrics.sortino_ratio(excess), abs=0.00501)
        assert page.figures("Cumulative Return")[column] == pytest.approx(100 * growth, abs=0.00501)
        assert page.figures("CAGR")[column] == pytest.approx(100 * ((1 + growth) ** (252 / 400) - 1), abs=0.00501)
        assert page.figures("Max Drawdown")[column] == pytest.approx(100 * depth, abs=0.00501)


def test_every_figure_that_both_give_is_on_the_sheet_as_its_convention_says(drawn: str, page: Page) -> None:
    tracks = {"Strategy": CALM.strategy, "Mix": CALM.mix}
    found = tearsheet._compared(drawn, tracks, CALM.cash, CALM.sessions)
    assert len(found) == 2 * len(SHARED)
    for one, figure in zip(found, np.repeat(np.array(SHARED, dtype=object), 2), strict=True):
        scale = 100 if one.unit == "percent" else 1
        shown = page.figures(figure.label)[one.portfolio == "Strategy"]
        assert shown == pytest.approx(scale * one.quantstats, abs=1e-6)
        assert shown == pytest.approx(scale * one.expected, abs=0.00501)
        assert one.as_json()["quantstats"] == one.quantstats
        if one.reason:
            assert f"{figure.label}: {figure.reason}" in page.text
    assert {one.title for one in found if one.reason} >= {"Return a year", "Kurtosis"}


def test_one_mean_rate_would_have_shown_another_sharpe_ratio(page: Page) -> None:
    against_the_mean = metrics.sharpe_ratio(CALM.strategy - CALM.cash.mean())
    assert abs(page.figures("Sharpe")[1] - against_the_mean) > 0.02


def test_states_its_definitions_and_both_growth_rates(page: Page) -> None:
    note = page.text.partition("How these numbers are defined")[2]
    assert "index.html and metrics.json are the reference" in note
    for term in ("UPI", "Treynor", "Recovery Factor", "Information Ratio", "bill rate of each day"):
        assert term in note
    ours = 100 * metrics.cagr(CALM.strategy, CALM.sessions)
    assert f"Strategy {page.figures('CAGR')[1]:.2f}% here, {ours:.2f}% there" in note


def test_hostile_names_are_text(page: Page) -> None:
    assert not {"script", "i"} & page.tags
    assert page.text.count(HOSTILE) >= 3, "the tab, the heading and the names show it as it was given"


def test_loads_nothing(drawn: str, page: Page) -> None:
    assert page.loaded == []
    assert "link" not in page.tags
    assert not [call for call in ("@import", "url(http", "onload") if call in drawn]


def test_same_bytes_whatever_the_user_has_set(
    drawn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "matplotlibrc").write_text("figure.facecolor: red\nsvg.fonttype: none\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "matplotlibrc"))
    monkeypatch.setenv("MPLBACKEND", "no such backend")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    before = set(sys.modules)
    CALM.write(tmp_path / "again.html", HOSTILE)
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == drawn
    assert not {"quantstats", "matplotlib", "seaborn"} & (set(sys.modules) - before), "drawn in a process of its own"
    assert capfd.readouterr() == ("", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.html", "matplotlibrc"]


def test_a_short_window_of_a_strategy_that_is_the_mix_and_only_falls(tmp_path: Path) -> None:
    """QuantStats shows no drawdown that begins with the first session; the note has to."""
    returns = -np.abs(inputs(20).strategy)
    twin = Inputs(returns, returns, np.zeros(20), inputs(20).sessions + 14)
    twin.write(tmp_path / "short.html")
    page = Page((tmp_path / "short.html").read_text(encoding="utf-8"))
    assert page.figures("Sharpe")[0] == page.figures("Sharpe")[1]
    depth = 100 * metrics.max_drawdown(returns, twin.sessions).depth
    assert tearsheet.UNSEEN_DRAWDOWN.format(name="Strategy", depth=depth) in page.text


@pytest.mark.parametrize(("label", "wrong"), [("Sharpe", "0.99"), ("CAGR", "99.9%"), ("Max Drawdown", "-0.01%")])
def test_a_sheet_that_disagrees_is_refused(drawn: str, page: Page, label: str, wrong: str) -> None:
    tracks = {"Strategy": CALM.strategy, "Mix": CALM.mix}
    assert all(one.agrees for one in tearsheet._compared(drawn, tracks, CALM.cash, CALM.sessions))
    mix, strategy = (cell.strip() for cell in page.rows[label])
    tampered = drawn.replace(f"<td>{mix}</td><td>{strategy}</td>", f"<td>{mix}</td><td>{wrong}</td>")
    with pytest.raises(ReportError, match=label):
        tearsheet._compared(tampered, tracks, CALM.cash, CALM.sessions)


def test_a_sheet_that_would_load_something_is_refused(drawn: str) -> None:
    tampered = drawn.replace("<body", '<link rel="icon" href="https://example.org/x.ico"><body')
    with pytest.raises(ReportError, match="network"):
        tearsheet._compared(tampered, {"Strategy": CALM.strategy}, CALM.cash, CALM.sessions)


ONCE = np.linspace(0.0, 0.9, 30)


@pytest.mark.parametrize(
    ("strategy", "cash", "message"),
    [
        (np.zeros(0), np.zeros(0), "this window has 0"),
        (np.zeros(1), np.zeros(1), "this window has 1"),
        (CALM.cash, CALM.cash, "does not vary beyond bills"),
        (np.full(30, 1e-4), np.linspace(0.0, 1e-4, 30), "does not vary beyond bills"),
        (np.append(ONCE, 1.2), np.zeros(31), "for prices: none is negative, and that of 2022-02-15 is 120%"),
        (np.append(ONCE, np.nan), np.zeros(31), "Strategy has no return on 2022-02-15"),
        (ONCE, np.append(np.zeros(29), np.inf), "Cash has no return on 2022-02-14"),
        (ONCE[:20], np.zeros(20), "Strategy and Mix are one within one month"),
    ],
)
def test_refuses_what_would_be_misread(tmp_path: Path, strategy: Floats, cash: Floats, message: str) -> None:
    with pytest.raises(ReportError, match=message) as caught:
        Inputs(strategy, strategy, cash, inputs(len(strategy)).sessions).write(tmp_path / "sheet.html")
    assert isinstance(caught.value, WaterlineError)
    assert caught.value.remedy
    assert not (tmp_path / "sheet.html").exists()


def test_a_failing_child_is_named_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "quantstats.py").write_text("raise ImportError('it is broken here')", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(ReportError, match="400 sessions: ImportError: it is broken here"):
        CALM.write(tmp_path / "sheet.html")


def test_a_child_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tearsheet, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(ReportError, match="timed out"):
        CALM.write(tmp_path / "sheet.html")


def test_an_unwritable_place_is_an_output_error(tmp_path: Path, drawn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tearsheet, "_drawn_apart", lambda *_: drawn)
    with pytest.raises(OutputError, match="cannot be written"):
        CALM.write(tmp_path / "missing" / "sheet.html")
