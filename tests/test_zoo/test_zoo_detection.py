"""Every planted leak is caught at its stage, and no honest twin is accused."""

from __future__ import annotations

import time

from waterline.audit import Ask, Audit, audit


def looked_at(case, cuts: int) -> Audit:  # type: ignore[no-untyped-def]  # a case of the habitat
    with case.world():
        return audit(case.config, case.panel, Ask(cuts))


def test_detection_rate_and_false_alarms(zoo, capsys) -> None:  # type: ignore[no-untyped-def]  # fixtures
    escaped, misnamed, accused, began = [], [], [], time.perf_counter()
    for animal in zoo:
        leaks = [finding for finding in looked_at(animal.leaking, animal.cuts).findings if finding.kind == "leak"]
        escaped += [] if leaks else [animal.name]
        misnamed += [f"{animal.name}: {leaks[0]}"] if leaks and leaks[0].stage != animal.stage else []
        accused += [f"{animal.name}: {finding}" for finding in looked_at(animal.honest, animal.cuts).findings]
    caught, seconds = len(zoo) - len(escaped), time.perf_counter() - began
    with capsys.disabled():
        print(f"\nzoo: {caught} of {len(zoo)} leaks caught, {len(accused)} false alarms ({seconds:.0f} s)", end=" ")
    assert len(zoo) >= 20
    assert escaped == []
    assert misnamed == []
    assert accused == []
