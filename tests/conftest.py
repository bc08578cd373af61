"""What all tests share: how hypothesis draws, and where the real data lie."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# The local servers are ``servers.*``: a package without a file, as nothing below tests/ has an __init__.py.
if "servers" not in sys.modules:
    package = types.ModuleType("servers")
    package.__path__ = [str(ROOT / "tests" / "servers")]
    sys.modules["servers"] = package

# No deadline: the first call of a compiled function is slow. Reproducible draws where nobody is there to re-run them.
settings.register_profile("desk", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="session", autouse=True)
def _ledger_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests try is not what the project tried: their entries go into a ledger that ends with them."""
    before = os.environ.get("WATERLINE_LEDGER")
    os.environ["WATERLINE_LEDGER"] = str(tmp_path_factory.mktemp("ledger"))
    yield
    if before is None:
        del os.environ["WATERLINE_LEDGER"]
    else:
        os.environ["WATERLINE_LEDGER"] = before


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data files: ``WATERLINE_DATA``, or ``../shared/data`` beside the repository."""
    folder = Path(os.environ.get("WATERLINE_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} does not exist; WATERLINE_DATA can name another folder")
    return folder
