"""The default experiment on earlier days, its data read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from waterline import experiment
from waterline.config import Config, load
from waterline.today import Moment, answer, moment
from waterline.today.holdings import CASH, Holding
from waterline.today.moment import World

NOW = dt.datetime(2012, 3, 1, 18, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def classic(root) -> Config:
    """The default experiment."""
    return load(root / "configs" / "classic.yaml")


@pytest.fixture(scope="session")
def whole(classic):
    """All its data, whatever its end."""
    return experiment.gather(classic)


@pytest.fixture
def read_once(monkeypatch, whole):
    """Worlds take their data from memory; what they make of them is theirs."""
    monkeypatch.setattr(moment, "gather", lambda config: whole)


@pytest.fixture
def world_at(classic, read_once) -> Callable[[dt.date], World]:
    """Function: the world of the default experiment on a day."""

    def at(day: dt.date) -> World:
        return World.at(classic, Moment.of(NOW, classic.cutoff, day))

    return at


@pytest.fixture(scope="session")
def _told_once(classic):
    return {}


@pytest.fixture
def told(classic, read_once, _told_once):
    """What the default experiment says on the eve of a switch, with holdings."""
    if not _told_once:
        held = [Holding("AAPL", 100.0, True), Holding(CASH, 1000.0, False)]
        _told_once["it"] = answer(classic, Moment.of(NOW, classic.cutoff, dt.date(2008, 11, 3)), held)
    return _told_once["it"]
