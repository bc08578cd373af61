"""The helpers beside this file, for tests that pytest imports without a package around them."""

from __future__ import annotations

import sys
from functools import partial
from importlib import util
from pathlib import Path

import pytest

from waterline import experiment
from waterline.config import load


def _load(name):
    spec = util.spec_from_file_location(f"test_report_{name}", Path(__file__).with_name(f"{name}.py"))
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_load("pages")  # from here on tests can import test_report_pages


@pytest.fixture(scope="session")
def outcome():
    """Function ``outcomes.outcome``: a random run."""
    return _load("outcomes").outcome


@pytest.fixture(scope="session")
def judged():
    """Function ``outcomes.judged``: a random run with its evidence and scorecard."""
    return _load("outcomes").judged


@pytest.fixture(scope="session")
def classic(root):
    """The default experiment, run."""
    config = load(root / "configs" / "classic.yaml")
    return experiment.run(config, experiment.gather(config))


@pytest.fixture(scope="session")
def studies():
    """Module ``studies``: finished studies over a run, and returns of their trials."""
    return _load("studies")


@pytest.fixture(scope="session")
def weighed(studies):
    """Function: a study with drawn evidence."""
    return studies.weighed


@pytest.fixture(scope="session")
def study(studies, classic):
    """Function: a study over the default experiment."""
    return partial(studies.study, classic)


@pytest.fixture(scope="session")
def shelves():
    """Module ``shelves``: results folders without the parts that take long."""
    return _load("shelves")


@pytest.fixture(scope="session")
def ran(outcome, judged):
    """A random run with its evidence."""
    run = outcome(seed=4)
    return run, judged(run).evidence
