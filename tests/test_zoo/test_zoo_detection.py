"""Every planted leak is caught at its stage, and no honest twin is accused."""

from __future__ import annotations

import sys

import pytest

from waterline.audit import Ask, audit

HOUSES = ("signals_zoo", "panels_zoo", "strategies_zoo")
SHIPPED_REFITTED = {"smoothed states of statsmodels": "markov", "offline states of jumpmodels": "jump"}


def findings(case, cuts):  # type: ignore[no-untyped-def]  # a case of the habitat
    with case.world():
        return audit(case.config, case.panel, Ask(cuts)).findings


@pytest.mark.parametrize("house", HOUSES)
def test_detection_rate_and_false_alarms(zoo, house, capsys) -> None:  # type: ignore[no-untyped-def]  # takes fixtures
    escaped, misnamed, twins = [], [], {}
    for animal in zoo[house]:
        leaks = [found for found in findings(animal.leaking, animal.cuts) if found.kind == "leak"]
        escaped += [] if leaks else [animal.name]
        misnamed += [f"{animal.name}: {found}" for found in leaks[:1] if found.stage != animal.stage]
        known = twins.get(id(animal.honest), animal)
        twins[id(animal.honest)] = max(known, animal, key=lambda one: one.cuts)
    accused = [f"{twin.name}: {found}" for twin in twins.values() for found in findings(twin.honest, twin.cuts)]
    animals, caught = len(zoo[house]), len(zoo[house]) - len(escaped)
    alarms = f"{len(accused)} false alarms on {len(twins)} honest twins"
    with capsys.disabled():
        sys.stdout.write(f"\n{house}: {caught} of {animals} leaks caught ({caught / animals:.0%}), {alarms} ")
    assert escaped == []
    assert misnamed == []
    assert accused == []


def test_the_zoo_is_large_and_its_animals_differ(zoo) -> None:  # type: ignore[no-untyped-def]  # takes a fixture
    names = [animal.name for animals in zoo.values() for animal in animals]
    assert len(set(names)) == len(names) >= 20


def test_the_twins_of_smoothed_and_offline_states_are_the_shipped_rules(zoo) -> None:  # type: ignore[no-untyped-def]  # takes a fixture
    shipped = {animal.name: animal.honest.config.regime for animal in zoo["strategies_zoo"]}
    for name, kind in SHIPPED_REFITTED.items():
        assert shipped[name].kind == kind
        assert type(shipped[name]).__module__.startswith("waterline.regime")
