"""The gallery as a file: whole at any time, true when several runs end at once, inert whatever they are called."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_report_pages import Page

from waterline.errors import OutputError
from waterline.report.gallery import keeping
from waterline.report.gallery.keeping import is_ours, keep, keep_beside
from waterline.report.gallery.page import render_gallery
from waterline.report.gallery.shelf import Shelf, shelf

HOSTILE = "<script>alert(1)</script>"
NAMES = (HOSTILE, "../../x", "👩‍🚀 emoji", "n" * 300, "</title>\u202e\x1b[31m", "\ud800", "")
NOW = 1_760_000_000.0
ADDED = {"ul", "li", "wbr", "details", "summary", "option", "select", "label"}
"""Elements that a line may have which a plain one has not: changed keys, and choices between values that differ."""


@pytest.fixture
def put(tmp_path, shelves, ran):
    """Function: a run's results in a folder of that name."""
    return lambda folder, after=0.0, /, **config: shelves.put_run(tmp_path / folder, *ran, after, **config)


@pytest.fixture(scope="module")
def entry(tmp_path_factory, shelves, ran):
    """One entry."""
    folder = tmp_path_factory.mktemp("one")
    shelves.put_run(folder / "one", *ran)
    return shelf(folder).entries[0]


def test_the_page_is_whole_and_leads_to_every_run(tmp_path, put):
    for place, name in enumerate(NAMES):
        put(f"run{place}", place, name=name, description=name)
    put("<b>#?&%2e 'q", 99)
    text = keep(tmp_path).page.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert len(page.scripts) == 1
    assert not [tag for tag, _ in page.elements if tag in {"img", "b "}]
    links = [attrs["href"] for tag, attrs in page.elements if tag == "a" and "/" in attrs["href"]]
    assert len(links) == len(NAMES) + 1
    assert all((tmp_path / unquote(link)).is_file() for link in links)
    assert all(unquote(link).count("/") == 1 for link in links)
    for shown in (HOSTILE, "../../x", "👩‍🚀 emoji"):
        assert shown in page.text()
    assert "n" * 300 in dict(page.having("title"))["a"]["title"]
    assert "n" * 100 not in page.text()
    assert not {"\u202e", "\x1b", "\ud800"} & set(text)


def test_changed_keys_are_shown_old_and_new(tmp_path, put):
    put("one", 0, seed=1)
    put("two", 1, seed=2, name="Other")
    words = Page(keep(tmp_path).page.read_text(encoding="utf-8")).text()
    assert "seed 1 → 2" in words
    assert "name A run → Other" in words
    assert "since one" in words
    assert "first of its family" in words


def test_the_same_folder_gives_the_same_bytes(tmp_path, put):
    put("one", 0, seed=1)
    put("two", 1, seed=2)
    first = keep(tmp_path).page.read_bytes()
    assert keep(tmp_path).page.read_bytes() == first
    (tmp_path / ".gallery.json").unlink()
    assert keep(tmp_path).page.read_bytes() == first


def test_five_hundred_lines_stay_below_five_megabytes(entry):
    def size(count: int) -> int:
        changes = [
            {"folder": f"run{k}", "written": NOW + k, "config": entry.config | {"k": str(k)}} for k in range(count)
        ]
        entries = tuple(entry.model_copy(update=change) for change in changes)
        return len(render_gallery(Shelf(entries, {}, ())).encode())

    small, large = size(10), size(60)
    assert small + 490 * (large - small) / 50 < 5e6


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(text=st.text(min_size=1), key=st.text())
def test_no_text_leaves_its_place(entry, text, key):
    word, told = _clean(text), {"family": entry.family, "folder": "two", "written": entry.written + 1}
    texts = {"kind": word, "name": word, "luck": word, "verdict": word, "config": {_clean(key): word}}
    plain = Page(render_gallery(Shelf((entry, entry.model_copy(update=told)), {}, ("a",))))
    page = Page(render_gallery(Shelf((entry.model_copy(update=told | texts), entry), {}, (word,))))
    assert page.open == []
    assert page.scripts == plain.scripts
    assert {tag for tag, _ in page.elements} - {tag for tag, _ in plain.elements} <= ADDED


def _clean(text: str) -> str:
    """What a file can hold; control characters stay, the template has to stand them."""
    return text.encode("utf-8", "replace").decode()


def test_runs_that_end_at_once_are_all_shown_and_no_reader_sees_a_part(tmp_path, shelves, ran, put):
    put("first", 0)
    page, broken, stop, one_at_a_time = keep(tmp_path).page, [], threading.Event(), threading.Lock()

    def read() -> None:
        while not stop.is_set():
            text = page.read_text(encoding="utf-8")
            if not text.rstrip().endswith("</html>"):
                broken.append(text[-20:])

    def end(place: int) -> None:
        with one_at_a_time:  # a record holds digests of parsed code, and the parser of CPython 3.11 is not for threads
            put(f"run{place}", place, seed=place)
        keep(tmp_path)

    reader = threading.Thread(target=read)
    enders = [threading.Thread(target=end, args=(place,)) for place in range(6)]
    reader.start()
    for ender in enders:
        ender.start()
    for ender in enders:
        ender.join()
    stop.set()
    reader.join()
    assert broken == []
    words = page.read_text(encoding="utf-8")
    assert all(f'href="run{place}/index.html"' in words for place in range(6))
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"index.html", ".gallery.json"}


def test_what_came_while_the_page_was_drawn_is_not_lost(tmp_path, put, monkeypatch):
    put("one")
    render, late = keeping.render_gallery, []

    def slow(found):
        if not late:
            late.append(put("two", 5, seed=5))
        return render(found)

    monkeypatch.setattr(keeping, "render_gallery", slow)
    assert 'href="two/index.html"' in keep(tmp_path).page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("missing", "is not a folder"),
        ("shelve", "Did you mean"),
        ("empty", "holds no results"),
        ("file", "is a file, not a folder"),
        ("shelf/one", "is itself a results folder"),
        ("site", "is no gallery, and is not overwritten"),
    ],
)
def test_a_folder_that_is_none_is_refused_in_a_sentence(tmp_path, shelves, ran, name, told):
    shelves.put_run(tmp_path / "shelf" / "one", *ran)
    shelves.put_run(tmp_path / "site" / "one", *ran)
    (tmp_path / "site" / "index.html").write_text("<title>mine</title>")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputError, match=told):
        keep(tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "site" / "index.html").read_text() == "<title>mine</title>"


def test_beside_a_run_nothing_is_raised_whatever_happens(tmp_path, put, monkeypatch):
    run = put("one")
    assert keep_beside(run) is None
    assert is_ours(tmp_path / "index.html")
    (tmp_path / "index.html").write_text("mine")
    assert keep_beside(run) is None
    assert (tmp_path / "index.html").read_text() == "mine"
    (tmp_path / "index.html").unlink()
    monkeypatch.setattr(keeping, "render_gallery", lambda found: 1 / 0)
    assert "division by zero" in keep_beside(run)
    assert {path.name for path in tmp_path.iterdir()} == {"one", ".gallery.json"}


def test_the_working_directory_and_the_home_are_not_littered(tmp_path, put, monkeypatch):
    run = put("one")
    monkeypatch.chdir(tmp_path)
    assert keep_beside(Path("one")) is None
    assert not (tmp_path / "index.html").exists()
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert keep_beside(run) is None
    assert not (tmp_path / "index.html").exists()
    keep(tmp_path)
    told = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(told | {"name": "Renamed"}))
    assert keep_beside(run) is None
    assert "Renamed" in (tmp_path / "index.html").read_text(encoding="utf-8")
