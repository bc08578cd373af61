"""The jump rule: the library against plain loops, the features, and the configuration."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

from waterline.config import load
from waterline.config.writing import as_yaml
from waterline.errors import ConfigError
from waterline.regime import JumpRule
from waterline.sessions import Floats

GOOD = """\
name: trial
data: {kind: classic}
start: 1990-01-02
end: 2009-12-31
sleeves:
  speculative: {members: [AAPL, MSFT]}
  generators: {members: [KO, PG]}
bill_rate: TBILLQ
benchmark: SP500
"""


def two_states(seed: int, sessions: int, noise: float = 0.5) -> Floats:
    """A score with means of -0.75 and 0.75 that dwells 20 sessions and 60 more on average, and normal noise."""
    rng = np.random.default_rng(seed)
    dwells = 20 + rng.exponential(60.0, sessions // 20).astype(np.int64)
    high = np.repeat(np.arange(len(dwells)) % 2 == 1, dwells)[:sessions]
    return np.where(high, 0.75, -0.75) + rng.normal(size=sessions) * noise


def losses(rule: JumpRule, training: Floats, score: Floats) -> Floats:
    """(n, 2) half squared distance of each session to the two states, worked out by hand from the fitted centres."""
    fitted = rule._fit(training, None)
    assert fitted is not None
    trained = rule.features(training)
    scaled = (rule.features(score) - trained.mean(axis=0)) / trained.std(axis=0)
    distances = np.clip(scaled, -rule.clip, rule.clip)[:, None, :] - fitted.model.centers_
    ordered = [1 - fitted.scarce, fitted.scarce]
    return 0.5 * (distances**2).sum(axis=2)[:, ordered]


def cost(path: tuple[int, ...], loss: Floats, penalty: float) -> float:
    return float(loss[range(len(path)), path].sum()) + penalty * sum(a != b for a, b in pairwise(path))


def test_the_online_state_is_the_end_of_the_cheapest_path_so_far() -> None:
    """Every path of the first sessions is tried: 2**10 of them."""
    score, rule = two_states(1, 400), JumpRule(jump_penalty=1.5)
    fitted = rule._fit(score[:300], None)
    assert fitted is not None
    loss = losses(rule, score[:300], score[:10])
    for t in range(1, 11):
        cheapest = min(product((0, 1), repeat=t), key=lambda path: cost(path, loss[: len(path)], 1.5))
        assert rule._online(fitted, score)[t - 1] == cheapest[-1]


@pytest.mark.parametrize("penalty", [0.0, 5.0, 20.0])
def test_the_online_state_is_that_of_a_plain_recursion(penalty: float) -> None:
    score, rule = two_states(2, 700), JumpRule(jump_penalty=penalty)
    fitted = rule._fit(score[:400], None)
    assert fitted is not None
    value, plain = np.zeros(2), []
    for t, loss in enumerate(losses(rule, score[:400], score)):
        value = loss + (np.minimum(value, value[::-1] + penalty) if t else 0.0)
        plain.append(float(value[1] < value[0]))
    np.testing.assert_array_equal(rule._online(fitted, score), plain)


def test_an_online_state_is_the_same_whatever_follows() -> None:
    score, rule = two_states(3, 400), JumpRule(jump_penalty=3.0)
    fitted = rule._fit(score[:252], None)
    assert fitted is not None
    for count in range(260, 276):
        np.testing.assert_array_equal(rule._online(fitted, score[:count]), rule._online(fitted, score)[:count])


def test_scales_and_centres_come_from_training_alone() -> None:
    score, rule = two_states(4, 600), JumpRule(min_sessions=300, refit_sessions=300)
    fitted = rule._fit(score[:300], None)
    assert fitted is not None
    np.testing.assert_allclose([scale.mean for scale in fitted.scales], rule.features(score[:300]).mean(axis=0))
    np.testing.assert_array_equal(rule.evidence(score)[300:], rule._online(fitted, score)[300:])


def test_a_refit_starts_at_the_centres_before_and_finds_no_worse_a_fit() -> None:
    score, rule = two_states(5, 900), JumpRule()
    before, fresh = rule._fit(score[:600], None), rule._fit(score, None)
    carried = rule._fit(score, before)
    assert fresh is not None
    assert carried is not None
    assert carried.model.val_ <= fresh.model.val_ * (1.0 + 1e-9)


def test_the_fit_is_the_best_of_many_random_starts() -> None:
    from jumpmodels.jump import JumpModel

    score, rule = two_states(6, 500), JumpRule()
    ours = rule._fit(score, None)
    assert ours is not None
    features = rule.features(score)
    scaled = np.clip((features - features.mean(axis=0)) / features.std(axis=0), -3.0, 3.0)
    many = JumpModel(jump_penalty=20.0, n_init=10, random_state=1).fit(scaled)
    assert ours.model.val_ <= many.val_ * (1.0 + 1e-9)


def test_the_change_is_measured_from_an_exponentially_weighted_mean() -> None:
    """By hand: half-life 1, weights 1/2; the mean starts at the first score."""
    features = JumpRule(halflife=1).features(np.array([2.0, 4.0, 1.0]))
    np.testing.assert_allclose(features, [[2.0, 0.0], [4.0, 1.0], [1.0, -1.0]])


def test_a_higher_penalty_changes_state_less_often() -> None:
    score = two_states(7, 900)
    changes = [
        JumpRule(min_sessions=252, refit_sessions=252, jump_penalty=penalty).classify(score).switches().sum()
        for penalty in (0.0, 1.0, 5.0)
    ]
    assert changes[0] > changes[1] > changes[2] > 0


def test_states_that_lie_close_are_no_states() -> None:
    score = two_states(8, 500, noise=1.0)
    assert JumpRule(separation=1.0)._fit(score, None) is not None
    assert JumpRule(separation=2.0)._fit(score, None) is None


def test_a_configuration_names_it_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(GOOD + "regime: {kind: jump, jump_penalty: 30}\n", encoding="utf-8")
    config = load(path, ["regime.halflife=63"])
    assert config.regime == JumpRule(jump_penalty=30, halflife=63)
    path.write_text(as_yaml(config), encoding="utf-8")
    assert load(path).regime == config.regime
    assert load(path).digest() == config.digest()


MISTAKES = {
    "negative penalty": ("{kind: jump, jump_penalty: -1}", ["regime.jump_penalty: -1", "0"]),
    "misspelt key": ("{kind: jump, jumppenalty: 1}", ["regime.jumppenalty", "Did you mean 'jump_penalty'?"]),
    "too short a training": ("{kind: jump, min_sessions: 21}", ["regime.min_sessions: 21", "63"]),
    "text for a number": ("{kind: jump, halflife: month}", ["regime.halflife: 'month'", "integer"]),
}


@pytest.mark.parametrize(("rule", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_sentence(tmp_path: Path, rule: str, words: list[str]) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(f"{GOOD}regime: {rule}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    for word in ["trial.yaml:10", *words]:
        assert word in str(caught.value)
