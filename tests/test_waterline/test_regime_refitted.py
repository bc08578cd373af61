"""What both fitted rules promise: the past does not move, the states keep their names, and nothing stops them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.audit import truncation
from waterline.config import load
from waterline.contracts import Regime
from waterline.experiment import gather
from waterline.regime import JumpRule, MarkovRule
from waterline.regime.refitted import RefittedRule, hysteresis, scale_of, walk
from waterline.sessions import Flags, Floats

NAN = float("nan")
QUICK = {"min_sessions": 252, "refit_sessions": 126}
RULES = {
    "markov": MarkovRule(**QUICK),
    "markov with two variances": MarkovRule(**QUICK, switching_variance=True),
    "jump": JumpRule(**QUICK),
}


@pytest.fixture(params=RULES.values(), ids=RULES)
def rule(request: pytest.FixtureRequest) -> RefittedRule:
    return request.param


def two_states(seed: int, sessions: int, noise: float = 0.5, memory: float = 0.5) -> tuple[Flags, Floats]:
    """Whether a state that dwells 20 sessions and 60 more on average is the high one, and the score it moves by 1.5."""
    rng = np.random.default_rng(seed)
    dwells = 20 + rng.exponential(60.0, sessions // 20).astype(np.int64)
    high = np.repeat(np.arange(len(dwells)) % 2 == 1, dwells)[:sessions]
    shocks = rng.normal(size=sessions) * noise * np.sqrt(1.0 - memory**2)
    for t in range(1, sessions):
        shocks[t] += memory * shocks[t - 1]
    return high, np.where(high, 0.75, -0.75) + shocks


def same(one: Regime, other: Regime, sessions: int) -> bool:
    """Whether two regimes agree bit for bit on the first sessions, and on where they begin."""
    begins = min(one.valid_from, sessions) == min(other.valid_from, sessions)
    states = np.array_equal(one.states[:sessions], other.states[:sessions])
    return begins and states and np.array_equal(one.held[:sessions], other.held[:sessions])


def moved(rule: RefittedRule, score: Floats) -> list[int]:
    """The cuts at which the past is another one, to the last bit, once the future is taken away.

    Cuts stand beside refits, at random, and after the switches of the rule itself.
    """
    whole = rule.classify(score)
    switches = np.flatnonzero(whole.switches())[:4]
    random = np.random.default_rng(0).integers(253, len(score), 6)
    cuts = {251, 252, 253, 377, 378, 379, *random.tolist(), *(switches + 1).tolist()}
    return [cut for cut in sorted(cuts) if not same(rule.classify(score[:cut]), whole, cut)]


def test_the_past_does_not_move_when_the_future_is_removed(rule: RefittedRule) -> None:
    score = two_states(1, 520)[1]
    score[[5, 6, 300, 301, 302, 403]] = NAN
    assert moved(rule, score) == []


def test_nor_does_its_evidence_to_the_last_bit(rule: RefittedRule) -> None:
    score = two_states(2, 420)[1]
    whole = rule.evidence(score)
    assert np.isfinite(whole[252:]).all()
    for cut in (252, 253, 254, 300, 377, 378, 379, 411, 419):
        np.testing.assert_array_equal(rule.evidence(score[:cut]), whole[:cut])


def test_nor_when_the_future_is_noise_or_missing(rule: RefittedRule) -> None:
    score = two_states(3, 450)[1]
    whole = rule.classify(score)
    for future in (np.full(50, NAN), np.random.default_rng(4).normal(size=50) * 100.0, -score[400:]):
        assert same(rule.classify(np.concatenate([score[:400], future])), whole, 400)


class Smoothed(MarkovRule):
    """The honest rule but for one word: smoothed in place of filtered."""

    def evidence(self, score: Floats) -> Floats:
        from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

        from waterline.regime.two_gaussians import TwoGaussians, fit

        def estimate(training: Floats, before: TwoGaussians | None) -> TwoGaussians | None:
            return fit(training, before, switching_variance=False, separation=self.separation, clip=self.clip)

        def smoothed(fitted: TwoGaussians, score: Floats) -> Floats:
            model = MarkovRegression(fitted.scale.apply(score), k_regimes=2)
            return np.asarray(model.smooth(fitted.params, return_raw=True).smoothed_marginal_probabilities[1])

        return walk(score, self.min_sessions, self.refit_sessions, estimate, smoothed)


class FittedOnAll(MarkovRule):
    """Filtered, with parameters from the whole sample."""

    def evidence(self, score: Floats) -> Floats:
        from waterline.regime.two_gaussians import filtered, fit

        found = fit(score, None, switching_variance=False, separation=self.separation, clip=self.clip)
        return np.full(len(score), NAN) if found is None else filtered(found, score)


class Offline(JumpRule):
    """The best path through the whole block in place of the best state so far."""

    def _online(self, fitted, score):  # type: ignore[no-untyped-def]  # as in the honest rule
        columns = zip(fitted.scales, self.features(score).T, strict=True)
        labels = fitted.model.predict(np.column_stack([scale.apply(column) for scale, column in columns]))
        return (labels == fitted.scarce).astype(np.float64)


class JumpFittedOnAll(JumpRule):
    """Online, with centres and scales from the whole sample."""

    def evidence(self, score: Floats) -> Floats:
        fitted = self._fit(score, None)
        return np.full(len(score), NAN) if fitted is None else self._online(fitted, score)


LEAKS = {leak.__name__: leak(**QUICK) for leak in (Smoothed, FittedOnAll, Offline, JumpFittedOnAll)}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_rule_that_reads_ahead_is_caught(leak: RefittedRule) -> None:
    assert moved(leak, two_states(1, 520)[1])


@pytest.mark.parametrize("honest", [MarkovRule(refit_sessions=504), JumpRule(refit_sessions=504)])
def test_the_audit_passes_the_rule_and_catches_its_leaking_twin(root: Path, honest: RefittedRule) -> None:
    config = load(root / "configs" / "classic.yaml", ["start=1990-01-02", "end=1996-12-31"])
    panel = gather(config)
    twin = {"markov": Smoothed, "jump": Offline}[honest.kind](refit_sessions=504)
    switches = np.flatnonzero(twin.classify(config.built_signal.score(panel).total).switches())
    rows = (switches[:2] + 1).tolist()
    assert truncation(config.model_copy(update={"regime": honest}), panel, rows) == []
    found = truncation(config.model_copy(update={"regime": twin}), panel, rows)
    assert {finding.stage for finding in found} == {"regime"}


@pytest.mark.parametrize("seed", [10, 11])
def test_a_world_of_two_states_is_recognised(rule: RefittedRule, seed: int) -> None:
    high, score = two_states(seed, 1200)
    regime = rule.classify(score)
    assert regime.valid_from == 252
    right = regime.states[252:] == high[252:]
    guess = max(high[252:].mean(), 1.0 - high[252:].mean())
    assert right.mean() > 0.88
    assert right.mean() > guess + 0.2


def test_unit_and_origin_of_the_score_do_not_matter(rule: RefittedRule) -> None:
    score = two_states(5, 600)[1]
    plain = rule.evidence(score)
    for other in (score + 40.0, score * 1000.0, score / 1000.0 - 3.0):
        np.testing.assert_allclose(rule.evidence(other), plain, atol=1e-4)


def test_scarce_is_the_higher_score_so_that_a_negated_score_exchanges_the_states(rule: RefittedRule) -> None:
    high, score = two_states(6, 900)
    told, negated = rule.evidence(score)[252:], rule.evidence(-score)[252:]
    assert np.corrcoef(told, high[252:])[0, 1] > 0.7
    assert ((told > 0.5) == (negated < 0.5)).mean() > 0.97


def test_a_refit_never_exchanges_the_states(rule: RefittedRule) -> None:
    """The high state is the rare one at first and the frequent one at last; names by frequency would change over."""
    lengths = [60, 20] * 6 + [20, 60] * 12
    high = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)
    score = np.where(high, 0.75, -0.75) + np.random.default_rng(7).normal(size=len(high)) * 0.5
    assert high[:480].mean() == 0.25
    assert high.mean() > 0.55
    told = rule.model_copy(update={"min_sessions": 480}).evidence(score)[480:]
    for block in np.split(np.arange(len(told)), range(126, len(told), 126)):
        assert ((told[block] > 0.5) == high[480:][block]).mean() > 0.75


def test_a_missing_score_holds_the_state_and_is_no_observation(rule: RefittedRule) -> None:
    score = two_states(8, 500)[1]
    holes = np.sort(np.random.default_rng(9).choice(500, 60, replace=False))
    holed = np.insert(score, holes, NAN)
    regime, plain = rule.classify(holed), rule.classify(score)
    missing = np.isnan(holed)
    np.testing.assert_array_equal(regime.held, missing)
    np.testing.assert_array_equal(regime.states[~missing], plain.states)
    assert regime.valid_from == np.flatnonzero(~missing)[252]
    before = np.flatnonzero(missing)[np.flatnonzero(missing) > 0]
    np.testing.assert_array_equal(regime.states[before], regime.states[before - 1])


def test_without_a_model_capital_is_ample_and_nothing_begins(rule: RefittedRule) -> None:
    for score in (np.array([]), np.full(300, NAN), np.full(600, 1.25), two_states(1, 252)[1]):
        regime = rule.classify(score)
        assert regime.valid_from == len(score)
        assert not regime.states.any()
        np.testing.assert_array_equal(regime.held, np.isnan(score))


Draw = Callable[[np.random.Generator], Floats]
AWKWARD: dict[str, Draw] = {
    "zero or one": lambda rng: (np.cumsum(rng.random(520) < 0.02) % 2).astype(np.float64),
    "steps of a month": lambda rng: np.repeat(rng.normal(size=25), 21),
    "a wandering score": lambda rng: np.cumsum(rng.normal(size=520)) * 0.1,
    "noise": lambda rng: rng.normal(size=520),
    "heavy tails": lambda rng: rng.standard_t(1.5, size=520),
    "one absurd value": lambda rng: np.where(np.arange(520) == 300, 1e12, two_states(2, 520)[1]),
    "too large to square": lambda rng: np.where(
        np.arange(520) > 300, two_states(2, 520)[1] * 1e300, two_states(2, 520)[1]
    ),
    "infinite": lambda rng: np.where(np.arange(520) % 97 == 5, np.inf, two_states(2, 520)[1]),
    "first constant": lambda rng: np.where(np.arange(520) < 300, 0.5, two_states(2, 520)[1]),
}


@pytest.mark.parametrize("draw", AWKWARD.values(), ids=AWKWARD)
def test_awkward_scores_raise_nothing_and_repeat_themselves(rule: RefittedRule, draw: Draw) -> None:
    score = draw(np.random.default_rng(0))
    slow = rule.model_copy(update={"refit_sessions": 252})
    known = score[np.isfinite(score)]
    told = slow.evidence(known)
    inside = told[np.isfinite(told)]
    assert ((inside >= 0.0) & (inside <= 1.0 + 1e-9)).all()
    assert np.isfinite(told[len(told) - len(inside) :]).all()
    np.testing.assert_array_equal(slow.evidence(known), told)


def test_a_fit_that_fails_leaves_the_parameters_in_force() -> None:
    fits = {10: "first", 25: None, 40: "third"}
    told = walk(
        np.arange(50.0),
        10,
        15,
        lambda training, before: fits[len(training)],
        lambda name, score: score + len(name) / 10,
    )
    assert np.isnan(told[:10]).all()
    np.testing.assert_array_equal(told[10:], np.arange(10.0, 50.0) + 0.5)
    assert np.isnan(walk(np.arange(50.0), 10, 15, lambda training, before: None, lambda name, score: score)).all()


def test_a_fit_sees_the_scores_before_its_first_session_and_the_parameters_in_force() -> None:
    seen = []

    def fit(training: Floats, before: int | None) -> int | None:
        seen.append((len(training), before))
        return None if len(training) == 25 else len(training)

    walk(np.arange(50.0), 10, 15, fit, lambda fitted, score: score)
    assert seen == [(10, None), (25, 10), (40, 10)]


@given(st.lists(st.floats(0, 1) | st.just(NAN), max_size=60))
def test_between_the_thresholds_the_state_is_held(evidence: list[float]) -> None:
    states = hysteresis(np.array(evidence), 0.3, 0.7)
    for t, value in enumerate(evidence):
        before = states[t - 1] if t else 0
        assert states[t] == (1 if value >= 0.7 else 0 if value <= 0.3 else before)


def test_a_scale_needs_scores_that_vary() -> None:
    assert scale_of(np.full(100, 0.1), 3.0) is None
    scale = scale_of(np.array([1.0, 3.0]), 3.0)
    assert scale is not None
    np.testing.assert_allclose(scale.apply(np.array([1.0, 2.0, 99.0])), [-1.0, 0.0, 3.0])
