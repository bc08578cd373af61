"""The page: nothing leaves it, nothing breaks out of it, and it shows what the answer holds."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
from dataclasses import replace

import pytest

from waterline.errors import ConfigError, OutputError
from waterline.panel import Notice
from waterline.report.today.page import render_today
from waterline.report.today.writing import day_of, write_page

HOSTILE = "<script>alert(1)</script> \u2028 ../../x 🦆 " + "x" * 40


def test_the_page_allows_nothing_but_its_own_script_and_asks_for_nothing(told):
    page = render_today(told)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = {"sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts}
    assert set(re.findall(r"sha256-[^']+", policy)) == digests
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page)
    assert "unsafe-eval" not in policy
    assert len(page) < 400_000


def test_the_same_answer_gives_the_same_page(told):
    assert render_today(told) == render_today(told)


def test_names_of_others_are_text(told):
    config = told.config.model_copy(update={"name": HOSTILE, "description": HOSTILE})
    page = render_today(replace(told, config=config, notices=(Notice(HOSTILE, HOSTILE),)))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_it_shows_weights_where_nothing_is_held_and_trades_where_something_is(told):
    assert "Trades from the holdings" in render_today(told)
    page = render_today(replace(told, rebalancing=None))
    assert "Trades from the holdings" not in page
    assert "Target weights" in page


def test_it_stands_without_a_score_without_a_threshold_and_without_flips(told):
    bare = replace(told.standing, score=float("nan"), threshold=None, pillars=())
    page = render_today(replace(told, standing=bare, flips=()))
    assert "the state is carried over" in page
    shown = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"\b(nan|NaT|None|inf)\b", re.sub(r"None (of|alone|too)", "", shown))


def test_a_page_is_written_whole_or_not_at_all(tmp_path):
    place = tmp_path / "new" / "now.html"
    write_page(place, "one")
    write_page(place, "two")
    assert place.read_text() == "two"
    assert [path.name for path in place.parent.iterdir()] == ["now.html"]
    with pytest.raises(OutputError, match="cannot be written"):
        write_page(place.parent, "three")
    with pytest.raises(OutputError, match="cannot be written"):
        write_page(place / "below.html", "four")
    assert [path.name for path in place.parent.iterdir()] == ["now.html"]


def test_a_day_is_a_day():
    assert day_of(None) is None
    assert day_of("2025-12-31") == dt.date(2025, 12, 31)
    with pytest.raises(ConfigError, match="no day"):
        day_of("2025-02-30")
