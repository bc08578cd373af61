"""Each claim where it is true, where its reverse is, and where the data cannot tell; what a window cannot see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from waterline.metrics import Window
from waterline.sessions import Floats
from waterline.thesis import CLAIMS, CONTRADICTED, NOT_DECIDABLE, SUPPORTED, Finding, table_digest
from waterline.thesis.claims import GENERATORS, GROUPS, ORDER_OF_DAMAGE, SPECULATIVE
from waterline.thesis.estimation import runs
from waterline.thesis.ground import Ground, Undecided
from waterline.thesis.scorecard import MEASURES, findings_of

Make = Callable[..., Ground]
LONG = 4000


def changed(ground: Ground, **columns: Floats) -> Ground:
    return replace(ground, columns={**ground.columns, **columns})


def stimulus(ground: Ground, side: float) -> Ground:
    """A stimulus of 1 a year per unit of demand with slack, a drain of 2 without."""
    swing = np.where(ground["slack"] < 0.5, -2.0, 1.0) * ground["demand"] / 252.0
    return changed(ground, **{SPECULATIVE: 0.3 * ground[SPECULATIVE] + side * swing})


def parting(ground: Ground, side: float) -> Ground:
    factor = np.where(ground["scarce"] == 1.0, 1.8**side, 1.0)
    mean = np.mean(list(ground.members.values()), axis=0)
    return replace(ground, members={name: mean + factor * (of - mean) for name, of in ground.members.items()})


def ordered(ground: Ground, side: float) -> Ground:
    """Falls begin in each scarce spell one after the other."""
    order = ORDER_OF_DAMAGE if side > 0 else ORDER_OF_DAMAGE[::-1]
    falls = {name: np.zeros(len(ground)) for name in order}
    for spell in runs(ground["scarce"]):
        if ground["scarce"][spell.start] == 1.0:
            for place, name in enumerate(order):
                falls[name][spell.start + place * (spell.stop - spell.start) // 5 : spell.stop] = -0.03
    return changed(ground, **{name: 0.2 * ground[name] + fall for name, fall in falls.items()})


def discounting(ground: Ground, side: float) -> Ground:
    felt = 0.15 * (ground["DFII10"] + ground["THREEFYTP10"])
    return changed(ground, **{SPECULATIVE: ground[SPECULATIVE] - side * felt})


def rising(ground: Ground, side: float) -> Ground:
    drift = side * np.where(ground["scarce"] == 1.0, 0.02, -0.01)
    return changed(ground, DGS10=ground["DGS10"] + drift, DBAA=ground["DBAA"] + drift)


def demanding(ground: Ground, side: float) -> Ground:
    """Demand foretells returns; or foretold them strongly for three years and their reverse ever since."""
    drain, years = ground["drain"], np.arange(len(ground)) / 252.0
    share: Floats | float = 1.5
    if side < 0:
        drain, share = np.sign(np.sin(2.0 * np.pi * years)), np.where(years < 2.9, 20.0, -4.0)
    return changed(ground, drain=drain, **{SPECULATIVE: 0.1 * ground[SPECULATIVE] + share * drain / 252.0})


def spreading(ground: Ground, side: float) -> Ground:
    """A week in one group returns as the next week in the others."""
    first, *rest = ORDER_OF_DAMAGE
    leaders, followers = ((first,), rest) if side > 0 else (rest, (first,))
    led = np.mean([ground[name] for name in leaders], axis=0)
    late = np.zeros(len(ground))
    late[6:] = led[:-6]
    share = 0.5 if side > 0 else 3.0
    return changed(ground, **{name: ground[name] + share * late for name in followers})


BENT: Mapping[str, Callable[[Ground, float], Ground]] = {
    "stimulus_turns_drain": stimulus,
    "assets_part_ways": parting,
    "order_of_damage": ordered,
    "discount_rate_channel": discounting,
    "yields_rise_together": rising,
    "supply_is_half": demanding,
    "forced_selling_spreads": spreading,
}
KEYS = [claim.key for claim in CLAIMS]


def on(ground: Ground, key: str, rows: slice | None = None) -> Finding:
    rows = rows or slice(0, len(ground))
    findings = findings_of(ground, Window("all", "all sessions", rows.start, rows.stop))
    return next(found for found in findings if found.claim.key == key)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("side", "verdict"), [(1.0, SUPPORTED), (-1.0, CONTRADICTED)])
def test_a_claim_made_true_is_supported_and_its_reverse_contradicted(
    make: Make, key: str, side: float, verdict: str
) -> None:
    found = on(BENT[key](make(11, LONG), side), key)
    assert found.verdict == verdict, found
    assert found.episodes >= 3


@pytest.mark.parametrize("key", KEYS)
def test_where_nothing_holds_nothing_is_decided(make: Make, key: str) -> None:
    found = on(make(11), key)
    assert found.verdict == NOT_DECIDABLE
    assert len(found.parts) == len(found.claim.parts)


@pytest.mark.parametrize("key", KEYS)
def test_a_true_claim_is_not_decidable_on_a_short_window(make: Make, key: str) -> None:
    """A quarter after the idea: hardly an episode, whatever is true."""
    found = on(BENT[key](make(11, LONG), 1.0), key, slice(LONG - 60, LONG))
    assert found.verdict == NOT_DECIDABLE
    assert found.reason


@pytest.mark.parametrize(("key", "need"), [(claim.key, need) for claim in CLAIMS for need in claim.needs])
def test_a_claim_without_its_data_names_them(make: Make, key: str, need: str) -> None:
    ground = make(11)
    left = {name: column for name, column in ground.columns.items() if name != need}
    found = on(replace(ground, columns=left, absent={need: f"the file of {need}"}), key)
    assert (found.verdict, found.missing) == (NOT_DECIDABLE, (f"the file of {need}",))


def test_without_the_groups_there_is_no_order_and_no_leader(make: Make) -> None:
    ground = make(11)
    left = {name: column for name, column in ground.columns.items() if name not in ORDER_OF_DAMAGE[:2]}
    poorer = replace(ground, columns=left, absent=dict.fromkeys(ORDER_OF_DAMAGE[:2], "crypto or growth"))
    for key in ("order_of_damage", "forced_selling_spreads"):
        assert "crypto or growth" in on(poorer, key).missing


@pytest.mark.parametrize("key", KEYS)
def test_a_window_does_not_see_what_comes_after_it(make: Make, key: str) -> None:
    ground, rows, rng = make(3), slice(0, 1700), np.random.default_rng(0)

    def spoilt(column: Floats) -> Floats:
        return np.concatenate([column[: rows.stop], 10.0 * rng.standard_normal(len(column) - rows.stop)])

    poisoned = replace(
        ground,
        columns={name: spoilt(column) for name, column in ground.columns.items()},
        members={name: spoilt(column) for name, column in ground.members.items()},
    )
    assert MEASURES[key](poisoned, rows) == MEASURES[key](ground, rows)


@pytest.mark.parametrize("sessions", [1, 2, 5, 6, 21, 22, 43])
def test_a_window_of_a_few_sessions_decides_nothing_and_breaks_nothing(make: Make, sessions: int) -> None:
    ground = make(11)
    unborn = changed(ground, scarce=np.full(len(ground), np.nan))
    for data in (ground, unborn):
        findings = findings_of(data, Window("post_idea", "after", 1000, 1000 + sessions))
        assert {found.verdict for found in findings} == {NOT_DECIDABLE}
        assert all(found.reason for found in findings)


def test_a_listing_does_not_pass_for_dispersion(make: Make) -> None:
    ground = make(11)
    late = np.where(np.arange(len(ground)) < 1200, np.nan, 0.5 * np.random.default_rng(0).standard_normal(len(ground)))
    listed = replace(ground, members={**ground.members, "NEW": late})
    assert on(listed, "assets_part_ways").parts == on(ground, "assets_part_ways").parts
    few = replace(ground, members=dict(list(ground.members.items())[:2]))
    assert isinstance(MEASURES["assets_part_ways"](few, slice(0, len(few))), Undecided)


def test_sessions_before_the_first_score_have_no_state(make: Make) -> None:
    ground = make(11)
    begun = ground["scarce"].copy()
    begun[:500] = np.nan
    found, cut = on(changed(ground, scarce=begun), "assets_part_ways"), on(ground, "assets_part_ways", slice(500, 2400))
    assert found.parts[0].estimate == pytest.approx(cut.parts[0].estimate)


def test_the_table_is_frozen() -> None:
    """A changed hypothesis is another hypothesis: change this digest only together with a reason in the changelog."""
    assert table_digest() == "718f8b0e9a01587db301e54f775387740f5ce59a8c0fbcafb01cf985663fb815"


def test_the_table_is_whole() -> None:
    assert [claim.number for claim in CLAIMS] == [1, 2, 3, 4, 5, 6, 7]
    assert set(KEYS) == set(MEASURES) == set(BENT)
    for claim in CLAIMS:
        assert not claim.parts[0].weak
        assert all(part.sign in (1, -1) and part.effect > 0.0 for part in claim.parts)
    assert set(GROUPS) == set(ORDER_OF_DAMAGE)
    assert {SPECULATIVE, GENERATORS} <= {need for claim in CLAIMS for need in claim.needs}
