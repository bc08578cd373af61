"""A small real run on the embedded history, and what was made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from waterline import experiment
from waterline.appraisal import Tries, appraise
from waterline.config import load

SHORT = ("end=2001-12-31", "idea_date=2000-01-03")


@pytest.fixture(scope="session")
def tries():
    """Three trials."""
    return Tries("a family", 3.0, 0, "")


@pytest.fixture(scope="session")
def panel():
    """The embedded history to the end of 2001."""
    return experiment.gather(load(Path("configs/classic.yaml"), SHORT))


@pytest.fixture(scope="session")
def run_of(panel):
    """Function from overrides to a run on that history, or on a part of it."""
    last = load(Path("configs/classic.yaml"), SHORT).end

    def run(*overrides):
        config = load(Path("configs/classic.yaml"), [*SHORT, *overrides])
        return experiment.run(config, panel if config.end == last else experiment.gather(config))

    return run


@pytest.fixture(scope="session")
def brief(run_of):
    """The first years of it, with one scarce spell."""
    return run_of("end=1995-03-31", "idea_date=2026-02-09")


@pytest.fixture(scope="session")
def outcome(run_of):
    """The run as configured: nine scarce and ample spells, the idea dated to 2000."""
    return run_of()


@pytest.fixture(scope="session")
def evidence(outcome, tries):
    """What is made of it."""
    return appraise(outcome, tries)
