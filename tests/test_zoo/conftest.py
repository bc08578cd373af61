"""The keepers: the animals' modules, and the two packages in which a configuration looks for plugins."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest


def _load(name: str) -> ModuleType:
    spec = util.spec_from_file_location(f"test_zoo_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def habitat() -> ModuleType:
    return _load("habitat")


@pytest.fixture(scope="session")
def zoo(habitat: ModuleType):  # type: ignore[no-untyped-def]  # the animals, of a class that lives beside this file
    """All animals; the signals and strategies among them stand where a researcher's would."""
    signals, panels, strategies = (_load(name) for name in ("signals_zoo", "panels_zoo", "strategies_zoo"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "signals.zoo", signals)
        patch.setitem(sys.modules, "strategies.zoo", strategies)
        yield [*signals.animals(), *panels.animals(), *strategies.animals()]
