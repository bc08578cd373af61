"""What was known at a moment, and nothing else: as a run that ends there."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from waterline import experiment
from waterline.errors import ConfigError, SpanError
from waterline.sources import StoreSource
from waterline.today import Moment, StaleInputError, answer
from waterline.today.answer import Today
from waterline.today.inputs import inputs_of, refuse_stale
from waterline.today.moment import World

CUTOFF = dt.time(16, 0)
NOW = dt.datetime(2012, 3, 1, 18, 0, tzinfo=dt.UTC)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("now", "day", "instant", "past"),
    [
        ("2025-07-01T15:00", None, "2025-07-01T15:00", False),
        ("2025-07-02T02:00", None, "2025-07-02T02:00", False),  # still the evening of 1 July in New York
        ("2025-07-02T15:00", "2025-07-01", "2025-07-01T20:00", True),
        ("2025-07-01T15:00", "2025-07-01", "2025-07-01T15:00", False),  # today's decision has not come yet
        ("2025-01-10T22:00", "2025-01-09", "2025-01-09T21:00", True),
    ],
)
def test_a_moment_is_now_or_the_decision_of_an_earlier_day(now, day, instant, past):
    asked = None if day is None else dt.date.fromisoformat(day)
    moment = Moment.of(utc(now), CUTOFF, asked)
    assert moment.instant == np.datetime64(instant, "s")
    assert moment.past is past
    assert moment.day == (asked or dt.date(2025, 7, 1))


def test_a_day_to_come_is_refused():
    with pytest.raises(ConfigError, match="has not come yet"):
        Moment.of(utc("2025-07-02T02:00"), CUTOFF, dt.date(2025, 7, 2))


@pytest.mark.parametrize("day", ["1999-12-31", "2008-11-08", "2009-01-07"])
def test_the_answer_is_that_of_a_run_that_ends_there(classic, whole, read_once, day):
    asked = dt.date.fromisoformat(day)
    told = answer(classic, Moment.of(NOW, classic.cutoff, asked))
    truncated = classic.model_copy(update={"end": asked})
    panel = replace(whole, clock=experiment.gather(truncated).clock)
    made = experiment.decide(truncated, panel)
    sessions = panel.clock.sessions
    assert told.standing.session == sessions[-1]
    assert told.standing.score == made.score.total[-1]
    assert told.standing.state == ("ample", "scarce")[made.regime.states[-1]]
    entered = np.flatnonzero(made.regime.switches())[-1]
    assert (told.standing.since, told.standing.sessions) == (sessions[entered], len(sessions) - entered)
    targets = made.sleeves.targets(made.exposure)[-1]
    weights = dict(zip(made.sleeves.assets, targets.tolist(), strict=True))
    assert {target.asset: target.weight for target in told.portfolio.targets} == weights


def test_what_came_later_changes_nothing(classic, whole, monkeypatch):
    moment = Moment.of(NOW, classic.cutoff, dt.date(2005, 6, 3))
    poisoned = replace(
        whole,
        series={name: rows.with_value(_spoilt(rows, moment)) for name, rows in whole.series.items()},
        bars={name: replace(bars, close=_spoilt_closes(bars, moment)) for name, bars in whole.bars.items()},
    )
    told: list[Today] = []
    for panel in (whole, poisoned):
        monkeypatch.setattr("waterline.today.moment.gather", lambda config, panel=panel: panel)
        told.append(answer(classic, moment))
    assert told[0].as_json() == told[1].as_json()
    assert told[0].flips


def _spoilt(rows, moment):
    return np.where(rows.available_at > moment.instant, 1e6 * np.arange(len(rows)), rows.value)


def _spoilt_closes(bars, moment):
    return np.where(bars.available_at > moment.instant, 1e3 + np.arange(len(bars.close)), bars.close)


def test_the_decision_is_the_last_before_the_moment(classic, read_once):
    before = World.at(classic, Moment.of(utc("2009-10-30T19:59"), classic.cutoff))
    after = World.at(classic, Moment.of(utc("2009-10-30T20:00"), classic.cutoff))
    assert str(before.decided.clock.sessions[-1]) == "2009-10-29"
    assert str(after.decided.clock.sessions[-1]) == "2009-10-30"
    assert str(before.ahead.sessions[0]) == "2009-10-30"
    growth = before.known.read("REALINV").period
    assert growth[-1] > before.decided.read("REALINV").period[-1]  # out at 08:30, after the decision of the day before
    newest = {one.name: one for one in inputs_of(before)}["REALINV"]
    assert newest.period == growth[-1]
    assert newest.next is not None
    assert newest.next.due == "since"


def test_an_input_is_refused_from_the_instant_at_which_it_is_too_old(classic, read_once):
    # the yields of December come on 4 January 2010; those of November, of 1 December at 16:40, may be 60 days old
    for now, refused in (("2010-01-04T21:00", False), ("2018-12-31T21:00", True)):
        world = World.at(classic, Moment.of(utc(now), classic.cutoff))
        stale = {one.name for one in inputs_of(world) if one.is_stale}
        if refused:
            assert "REALINV" in stale
            with pytest.raises(StaleInputError, match="REALINV has nothing after 2009-07-01") as raised:
                refuse_stale(world, inputs_of(world))
            assert raised.value.exit_code == 3
        else:
            assert not stale
            refuse_stale(world, inputs_of(world))


def test_the_day_that_a_refusal_names_is_answered(classic, read_once):
    with pytest.raises(StaleInputError) as raised:
        answer(classic, Moment.of(NOW, classic.cutoff))
    day = dt.date.fromisoformat(str(raised.value).rstrip(".").rsplit(" ", 1)[1])
    assert answer(classic, Moment.of(NOW, classic.cutoff, day)).moment.day == day


def test_staleness_follows_the_age_of_every_input(world_at):
    world = world_at(dt.date(2009, 12, 31))
    for one in inputs_of(world):
        limit = one.available_at + np.timedelta64(one.max_age_days, "D")
        for late, stale in ((0, False), (1, True)):
            moment = replace(world.moment, instant=limit + np.timedelta64(late, "s"))
            later = {other.name: other for other in inputs_of(replace(world, moment=moment))}
            assert later[one.name].is_stale is stale


def test_a_day_before_the_start_or_the_first_score_is_refused(classic, read_once):
    with pytest.raises(SpanError, match="starts on 1990-01-02"):
        answer(classic, Moment.of(NOW, classic.cutoff, dt.date(1989, 6, 1)))
    with pytest.raises(SpanError, match="There is no regime"):
        answer(classic, Moment.of(NOW, classic.cutoff, dt.date(1990, 6, 1)))


@pytest.mark.parametrize(
    ("given", "asked", "seen"),
    [(None, "2009-06-01", "2009-06-01"), ("2008-12-31", "2009-06-01", "2008-12-31"), (None, None, None)],
)
def test_an_earlier_day_asks_the_store_what_it_knew_then(classic, whole, monkeypatch, given, asked, seen):
    asked_of = []

    def gather(config):
        asked_of.append(config.data)
        return whole

    monkeypatch.setattr("waterline.today.moment.gather", gather)
    day = None if asked is None else dt.date.fromisoformat(asked)
    store = StoreSource(as_of=None if given is None else dt.date.fromisoformat(given))
    config = classic.model_copy(update={"data": store})
    World.at(config, Moment.of(utc("2009-12-31T22:00"), config.cutoff, day))
    assert asked_of[0].as_of == (None if seen is None else dt.date.fromisoformat(seen))
