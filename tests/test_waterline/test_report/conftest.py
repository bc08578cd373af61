"""The helper beside this file, for tests that pytest imports without a package around them."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path

import pytest


def _load(name):
    spec = util.spec_from_file_location(f"test_report_{name}", Path(__file__).with_name(f"{name}.py"))
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def outcome():
    """Function ``outcomes.outcome``: a random run."""
    return _load("outcomes").outcome
