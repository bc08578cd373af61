"""The keepers: the animals' modules, and the two packages in which a configuration looks for plugins."""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

HOUSES = ("signals_zoo", "panels_zoo", "strategies_zoo")


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
def zoo(habitat: ModuleType):  # type: ignore[no-untyped-def]  # animals by house, of a class that lives beside this file
    """All animals; the signals and strategies among them stand where a researcher's would."""
    houses = {name: _load(name) for name in HOUSES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "signals.zoo", houses["signals_zoo"])
        patch.setitem(sys.modules, "strategies.zoo", houses["strategies_zoo"])
        yield {name: house.animals() for name, house in houses.items()}
