"""Digests against independent arithmetic, families against edits, and a sweep against the reference engine."""

from __future__ import annotations

import hashlib
import math
import struct
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import strategies.graded_tilt
from strategies.regime_switch import RegimeSwitch
from waterline.config import Config, load
from waterline.config.changing import changed
from waterline.experiment import gather, run
from waterline.ledger import config_digest, config_digests, digest_of_returns, family_of, returns_digest, run_entry
from waterline.ledger.digests import UNDEFINED, _mixed
from waterline.simulation.sweep import sweep
from waterline.tuning.ground import Grounds, as_sets

SHORT = ["start=1990-01-02", "end=1998-12-31"]
MASK = 2**64 - 1
PINNED_MARKET, PINNED_STILL = 0xF2EEFEF07FD92D2E, 0x58DCCD2953F9EE18
sums = st.tuples(
    st.floats(1e-6, 1e6), st.floats(-50, 50), st.one_of(st.just(0.0), st.floats(1e-12, 1e-3), st.floats(1e-3, 50))
)


@pytest.fixture(scope="module")
def config(root: Path) -> Config:
    return load(root / "configs" / "classic.yaml", SHORT)


def digest(growth: float, total: float, squares: float) -> int:
    return int(returns_digest(*(np.array([value]) for value in (growth, total, squares)))[0])


def splitmix(state: int) -> int:
    z = (state + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def quantum(value: float) -> Decimal:
    """The unit of the last digit that counts: the ninth, but 1e-10 at least."""
    return max(Decimal(1).scaleb(Decimal(value).adjusted() - 8), Decimal("1e-10")) if value else Decimal("1e-10")


def by_decimals(values: tuple[float, ...]) -> int:
    """The digest, by exact decimal arithmetic one value at a time."""
    state = 0
    for value in values:
        with localcontext(prec=400):
            rounded = Decimal(value).quantize(quantum(value), rounding=ROUND_HALF_EVEN)
            unit = quantum(float(rounded))
            mantissa, power = int(rounded / unit), unit.adjusted()
        state = splitmix((state ^ (mantissa * 512 + power + 10)) & MASK)
    return max(state, 1)


def is_far_from_an_edge(value: float) -> bool:
    """Whether a relative change of 1e-12 leaves the rounding as it is."""
    with localcontext(prec=400):
        unit = quantum(value)
        return abs(abs(Decimal(value) % unit) / unit - Decimal("0.5")) > Decimal("0.002")


def test_the_mixing_step_is_the_published_one() -> None:
    """First outputs of splitmix64 from the seed 1234567, as in every public port of it."""
    states = np.array([1234567, (1234567 + 0x9E3779B97F4A7C15) & MASK], dtype=np.uint64)
    assert _mixed(states).tolist() == [6457827717110365317, 3203168211198807973]


@given(sums)
def test_a_digest_is_what_exact_decimals_say(values: tuple[float, float, float]) -> None:
    assume(all(map(is_far_from_an_edge, values)))
    assert digest(*values) == by_decimals(values)


@given(st.lists(sums, min_size=1, max_size=20))
def test_many_digests_at_once_are_those_of_each(rows: list[tuple[float, float, float]]) -> None:
    assert returns_digest(*np.array(rows).T).tolist() == [digest(*row) for row in rows]


@given(sums, st.tuples(*[st.floats(-1e-12, 1e-12)] * 3))
def test_float_dust_does_not_change_a_digest(values: tuple[float, ...], dust: tuple[float, ...]) -> None:
    assume(all(map(is_far_from_an_edge, values)))
    shaken = [value * (1 + part) for value, part in zip(values, dust, strict=True)]
    assert digest(*shaken) == digest(*values)


@given(sums, st.integers(0, 2))
def test_the_ninth_digit_changes_a_digest(values: tuple[float, float, float], which: int) -> None:
    other = list(values)
    other[which] -= math.copysign(1.2 * float(quantum(values[which])), values[which])
    assert digest(*other) != digest(*values)


def test_digests_stay_what_they_are_in_ledgers_already_written() -> None:
    found = [digest(21.78307358140979, 3.0663120172582827, 0.8888585960448274), digest(1.0, -0.0, 0.0)]
    assert found == [PINNED_MARKET, PINNED_STILL]
    assert digest(0.99999999999, 0.0, 1e-13) == PINNED_STILL


@given(st.sampled_from([math.nan, math.inf, -math.inf]), st.integers(0, 2), sums)
def test_sums_that_are_not_finite_have_one_digest(bad: float, which: int, values: tuple[float, float, float]) -> None:
    spoilt = list(values)
    spoilt[which] = bad
    assert digest(*spoilt) == UNDEFINED
    assert digest(*values) != UNDEFINED


@given(st.lists(st.floats(-0.3, 0.3), min_size=1, max_size=300), st.floats(0, 1e-3))
def test_the_digest_of_returns_is_that_of_their_sums(returns: list[float], cash: float) -> None:
    excess = [part - cash for part in returns]
    values = math.prod(1 + part for part in returns), math.fsum(excess), math.fsum(part * part for part in excess)
    assume(all(map(is_far_from_an_edge, values)) and abs(values[1]) > 1e-6)
    assert digest_of_returns(np.array(returns), np.full(len(returns), cash)) == digest(*values)


rows_of_numbers = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(-50, 50), min_size=width, max_size=width), min_size=1, max_size=8)
)


@settings(max_examples=40)
@given(st.text(max_size=20), rows_of_numbers)
def test_a_parameter_set_is_digested_by_its_numbers_whatever_their_type(study: str, rows: list[list[int]]) -> None:
    key = hashlib.blake2b(study.encode(), digest_size=32).digest()
    texts = [struct.pack(f"<{len(row)}d", *row) for row in rows]
    wanted = [int.from_bytes(hashlib.blake2b(text, digest_size=8, key=key).digest(), "big") for text in texts]
    for kind in (np.int16, np.int64, np.float64):
        assert config_digests(study, np.array(rows, dtype=kind)).tolist() == wanted
    assert config_digests(study, np.asfortranarray(np.array(rows, dtype=">f8"))).tolist() == wanted
    assert config_digests(study, texts).tolist() == wanted


def test_parameter_sets_of_two_studies_and_of_two_orders_differ() -> None:
    rows = np.array([[1.0, 2.0], [2.0, 1.0], [-0.0, 0.5], [0.0, 0.5]])
    both = np.concatenate([config_digests("a", rows), config_digests("b", rows)])
    assert len(set(both.tolist())) == 6  # the two zeros are one
    assert len(config_digests("a", np.empty((0, 2)))) == len(config_digests("a", [])) == 0


def test_the_digest_of_a_run_is_the_beginning_of_its_configurations(config: Config) -> None:
    assert f"{config_digest(config)[0]:016x}" == config.digest()[:16]


@pytest.mark.parametrize(
    "edits",
    [
        {"name": "quite another idea", "description": "at last the right one"},
        {"regime.up": 0.9, "regime.dwell": 3},
        {"signal.params.phi": 0.3},
        {"strategy.params.ample": {"speculative": 0.7}},
        {"sleeves.speculative.members": ["QQQ"], "start": "1992-01-02", "seed": 7},
        {"execution.cost_multiple": 3.0, "execution.delay_sessions": 5},
    ],
    ids=str,
)
def test_no_edit_leaves_the_family(config: Config, edits: dict[str, Any]) -> None:
    edited = changed(config, edits)
    assert edited.digest() != config.digest()
    assert family_of(edited) == family_of(config)


def test_a_detour_to_the_same_class_leaves_the_family_as_it_is(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategies.graded_tilt, "Novel", RegimeSwitch, raising=False)
    assert family_of(changed(config, {"strategy.use": "strategies.graded_tilt:Novel"})) == family_of(config)


def test_signal_strategy_and_kind_of_data_make_a_family(config: Config, root: Path, tmp_path: Path) -> None:
    market = root / "configs" / "ai_capex.yaml"
    tilt = changed(config, {"strategy.use": "strategies.graded_tilt:GradedTilt", "strategy.params": {}})
    names = {family_of(config), family_of(tilt), family_of(load(market))}
    assert len(names) == 3
    assert family_of(load(market, data=tmp_path)) in names
    signal = "signals.liquidity_regime:LiquidityRegime"
    assert family_of(tilt) == f"{signal} + strategies.graded_tilt:GradedTilt on classic data"


VARIANTS: list[dict[str, Any]] = [
    {},
    {"strategy.use": "strategies.graded_tilt:GradedTilt", "strategy.params": {}, "execution.delay_sessions": 5},
    {"strategy.use": "strategies.static_mix:StaticMix", "strategy.params": {"mix": {"speculative": 0.0}}},
]


def test_a_sweep_and_the_reference_engine_give_the_same_digests(config: Config) -> None:
    """Among them a strategy that holds nothing but bills, whose sums over bills are float dust."""
    panel, configs = gather(config), [changed(config, edits) for edits in VARIANTS]
    outcomes = [run(one, panel) for one in configs]
    first, last = outcomes[0].first, len(panel.clock)
    assert {outcome.first for outcome in outcomes} == {first}
    grounds = Grounds(config, panel, np.array([first + 1, last - 200, last]))
    sets = as_sets(grounds, configs)
    blocks = sweep(grounds.ground(), sets).blocks
    swept = returns_digest(blocks[:, :, 0].prod(axis=1), blocks[:, :, 1].sum(axis=1), blocks[:, :, 2].sum(axis=1))
    rows = slice(first + 1, None)
    entries = [run_entry(one.config, one.strategy.returns[rows], one.cash_return[rows]) for one in outcomes]
    assert swept.tolist() == [int(entry.returns_digest[0]) for entry in entries]
    assert len(set(swept.tolist())) == len(VARIANTS)
    assert {entry.kind for entry in entries} == {"run"}
