"""The Markov rule: the filter against published numbers and a plain one, the fit against the library's."""

from __future__ import annotations

import ast
from importlib.resources import files
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from statsmodels.tsa.regime_switching.markov_autoregression import MarkovAutoregression
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

from waterline.config import load
from waterline.config.writing import as_yaml
from waterline.errors import ConfigError
from waterline.regime import MarkovRule, SchmittRule
from waterline.regime.two_gaussians import VARIANCE_FLOOR, FlooredMarkov, TwoGaussians, filtered, fit
from waterline.sessions import Floats

# Hamilton (1989), real GNP growth 1951Q1-1984Q4: two means, four lags. Parameters, log-likelihood and filtered
# probabilities as EViews estimates them, kept in the tests of statsmodels.
STAY, BACK, RECESSION, EXPANSION = 0.754673, 0.095915, -0.358811, 1.163516
SIGMA, LAGS = np.exp(-0.262658), [0.013486, -0.057521, -0.246983, -0.212923]
LOGLIKELIHOOD = -181.26339

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


def published(name: str) -> Floats:
    """A list of numbers from the tests of statsmodels, read and not imported: their markers are unknown here."""
    source = files("statsmodels.tsa.regime_switching") / "tests" / "test_markov_autoregression.py"
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return np.array(ast.literal_eval(node.value))
    raise LookupError(name)


def two_states(seed: int, sessions: int, noise: float = 0.5) -> Floats:
    """A score with means of -0.75 and 0.75 that dwells 20 sessions and 60 more on average, and normal noise."""
    rng = np.random.default_rng(seed)
    dwells = 20 + rng.exponential(60.0, sessions // 20).astype(np.int64)
    high = np.repeat(np.arange(len(dwells)) % 2 == 1, dwells)[:sessions]
    return np.where(high, 0.75, -0.75) + rng.normal(size=sessions) * noise


def plain_filter(transition: Floats, start: Floats, densities: Floats) -> tuple[Floats, float]:
    """Hamilton's filter as in his textbook, (22.4.5) to (22.4.8): probabilities (n, k) and log-likelihood.

    ``transition[i, j]`` leads from j to i, ``start`` is the distribution of the state at the first observation.
    """
    predicted, out, loglikelihood = start, [], 0.0
    for density in densities:
        joint = predicted * density
        out.append(joint / joint.sum())
        loglikelihood += np.log(joint.sum())
        predicted = transition @ out[-1]
    return np.array(out), float(loglikelihood)


def chain() -> Floats:
    return np.array([[STAY, BACK], [1.0 - STAY, 1.0 - BACK]])


def stationary(transition: Floats) -> Floats:
    values, vectors = np.linalg.eig(transition)
    vector = np.real(vectors[:, np.argmax(np.real(values))])
    return np.asarray(vector / vector.sum())


def expanded() -> tuple[Floats, Floats, Floats]:
    """Hamilton's model as a chain of the 32 paths of five quarters: transition, start, densities (131, 32)."""
    paths = list(product((0, 1), repeat=5))  # the state now, then those of the four quarters before
    step, means, growth = chain(), np.array([RECESSION, EXPANSION]), published("rgnp")
    transition = np.array([[step[to[0], old[0]] * (to[1:] == old[:4]) for old in paths] for to in paths])
    residuals = [
        [
            growth[t] - means[s[0]] - sum(LAGS[k] * (growth[t - 1 - k] - means[s[1 + k]]) for k in range(4))
            for s in paths
        ]
        for t in range(4, len(growth))
    ]
    densities = np.exp(-0.5 * (np.array(residuals) / SIGMA) ** 2) / (SIGMA * np.sqrt(2.0 * np.pi))
    return transition, stationary(transition), densities


def test_the_published_likelihood_of_gnp() -> None:
    model = MarkovAutoregression(published("rgnp"), k_regimes=2, order=4, switching_ar=False)
    params = np.array([STAY, BACK, RECESSION, EXPANSION, SIGMA**2, *LAGS])
    assert model.loglike(params) == pytest.approx(LOGLIKELIHOOD, abs=1e-5)
    probabilities = model.filter(params, return_raw=True).filtered_marginal_probabilities[1]
    np.testing.assert_allclose(probabilities, published("hamilton_ar4_filtered"), atol=1e-5)


def test_a_plain_filter_finds_the_published_likelihood_too() -> None:
    paths, loglikelihood = plain_filter(*expanded())
    assert loglikelihood == pytest.approx(LOGLIKELIHOOD, abs=1e-5)
    np.testing.assert_allclose(paths[:, 16:].sum(axis=1), published("hamilton_ar4_filtered"), atol=1e-5)


@pytest.mark.parametrize("switching_variance", [False, True])
def test_our_probabilities_are_those_of_the_plain_filter(switching_variance: bool) -> None:
    score = two_states(1, 700)
    fitted = fit(score[:500], None, switching_variance=switching_variance, separation=0.5, clip=3.0)
    assert fitted is not None
    (stay, back, *means), variances = fitted.params[:4], np.broadcast_to(fitted.params[4:], 2)
    scaled = np.clip((score - score[:500].mean()) / score[:500].std(), -3.0, 3.0)
    densities = np.exp(-0.5 * (scaled[:, None] - means) ** 2 / variances) / np.sqrt(2.0 * np.pi * variances)
    transition = np.array([[stay, back], [1.0 - stay, 1.0 - back]])
    probabilities, _ = plain_filter(transition, stationary(transition), densities)
    np.testing.assert_allclose(filtered(fitted, score), probabilities[:, 1], atol=1e-9)
    _, training = plain_filter(transition, stationary(transition), densities[:500])
    assert fitted.loglikelihood == pytest.approx(training, rel=1e-10)


def test_the_rule_tells_the_filtered_probability_of_the_last_fit() -> None:
    score, rule = two_states(2, 400), MarkovRule(min_sessions=252, refit_sessions=63)
    told = rule.evidence(score)
    fitted: TwoGaussians | None = None
    for start in (252, 315, 378):
        fitted = fit(score[:start], fitted, switching_variance=False, separation=0.5, clip=3.0)
        assert fitted is not None
        np.testing.assert_array_equal(told[start : start + 63], filtered(fitted, score[: start + 63])[start:])
    assert np.isnan(told[:252]).all()


def test_a_filtered_probability_has_the_same_bits_whatever_follows() -> None:
    score = two_states(3, 400)
    fitted = fit(score[:252], None, switching_variance=True, separation=0.5, clip=3.0)
    assert fitted is not None
    for count in range(1, 400):
        np.testing.assert_array_equal(filtered(fitted, score[:count]), filtered(fitted, score)[:count])


@pytest.mark.parametrize("switching_variance", [False, True])
@pytest.mark.parametrize("at", [[3.0, -2.0, -0.5, 0.9, 0.6, 0.4], [1.0, -3.0, -0.1, 0.3, 0.7, 0.2]])
def test_the_gradient_is_that_of_complex_steps(switching_variance: bool, at: list[float]) -> None:
    score = two_states(4, 300)
    model = FlooredMarkov((score - score.mean()) / score.std(), switching_variance)
    point = np.array(at[: 5 + switching_variance])
    np.testing.assert_allclose(model.score(point, False), MarkovRegression.score(model, point, False), rtol=1e-9)
    natural = model.transform_params(point)
    np.testing.assert_allclose(model.score(natural), MarkovRegression.score(model, natural), rtol=1e-9)
    np.testing.assert_allclose(model.untransform_params(natural), point, rtol=1e-12)


def test_the_fit_is_the_maximum_that_the_library_finds_from_the_truth() -> None:
    score = two_states(5, 1000)
    ours = fit(score, None, switching_variance=False, separation=0.5, clip=4.0)
    assert ours is not None
    scaled = ours.scale.apply(score)
    spread = score.std()
    truth = [0.99, 0.01, (-0.75 - score.mean()) / spread, (0.75 - score.mean()) / spread, 0.25 / spread**2]
    library = MarkovRegression(scaled, k_regimes=2).fit(truth, em_iter=20, cov_type="none", disp=0)
    assert ours.loglikelihood == pytest.approx(library.llf, abs=1e-4)
    np.testing.assert_allclose(ours.params, library.params, atol=2e-3)


def test_a_refit_from_the_parameters_before_finds_the_same_maximum() -> None:
    score = two_states(6, 900)
    before = fit(score[:500], None, switching_variance=True, separation=0.5, clip=3.0)
    fresh = fit(score, None, switching_variance=True, separation=0.5, clip=3.0)
    carried = fit(score, before, switching_variance=True, separation=0.5, clip=3.0)
    assert fresh is not None
    assert carried is not None
    assert carried.loglikelihood == pytest.approx(fresh.loglikelihood, abs=1e-4)


@pytest.mark.parametrize("switching_variance", [False, True])
def test_states_are_ordered_by_their_mean_wherever_the_search_began(switching_variance: bool) -> None:
    score = two_states(12, 600)
    found = fit(score, None, switching_variance=switching_variance, separation=0.5, clip=3.0)
    assert found is not None
    stay, back, low, high = found.params[:4]
    mirrored = np.concatenate([[1.0 - back, 1.0 - stay, high, low], found.params[4:][::-1]])
    again = fit(
        score,
        TwoGaussians(found.scale, mirrored, found.loglikelihood),
        switching_variance=switching_variance,
        separation=0.5,
        clip=3.0,
    )
    assert again is not None
    assert low < high
    np.testing.assert_allclose(again.params, found.params, atol=1e-3)
    assert again.loglikelihood == pytest.approx(found.loglikelihood, abs=1e-6)


def test_equal_scores_do_not_break_the_likelihood() -> None:
    score = (np.cumsum(np.random.default_rng(7).random(600) < 0.02) % 2).astype(np.float64)
    fitted = fit(score, None, switching_variance=True, separation=0.5, clip=3.0)
    assert fitted is not None
    assert (fitted.params[4:] >= VARIANCE_FLOOR).all()
    np.testing.assert_array_equal(filtered(fitted, score)[1:] > 0.5, score[1:] == 1.0)


def test_a_search_that_does_not_converge_is_no_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    score = two_states(8, 400)
    monkeypatch.setattr("waterline.regime.two_gaussians.MOST_ITERATIONS", 1)
    assert fit(score, None, switching_variance=False, separation=0.5, clip=3.0) is None


def test_a_search_that_breaks_off_keeps_the_parameters_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    score, rule = two_states(9, 500), MarkovRule(min_sessions=252, refit_sessions=63)
    first = fit(score[:252], None, switching_variance=False, separation=0.5, clip=3.0)
    assert first is not None
    climb = FlooredMarkov.fit

    def breaks_off(model: FlooredMarkov, *args: object, **kwargs: object) -> object:
        if model.nobs > 252:
            raise np.linalg.LinAlgError("SVD did not converge")
        return climb(model, *args, **kwargs)

    monkeypatch.setattr(FlooredMarkov, "fit", breaks_off)
    np.testing.assert_array_equal(rule.evidence(score)[252:], filtered(first, score)[252:])


def test_states_that_lie_close_are_no_states() -> None:
    score = two_states(10, 500, noise=1.0)
    assert fit(score, None, switching_variance=False, separation=1.0, clip=3.0) is not None
    assert fit(score, None, switching_variance=False, separation=2.0, clip=3.0) is None


def test_the_thresholds_read_the_probability() -> None:
    score, rule = two_states(11, 400), MarkovRule(min_sessions=252, enter=0.9, leave=0.1)
    told, regime = rule.evidence(score), rule.classify(score)
    assert regime.states[told >= 0.9].all()
    assert not regime.states[told <= 0.1].any()


def test_a_configuration_names_it_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(GOOD + "regime: {kind: markov, enter: 0.8, switching_variance: true}\n", encoding="utf-8")
    config = load(path, ["regime.leave=0.2"])
    assert config.regime == MarkovRule(enter=0.8, leave=0.2, switching_variance=True)
    path.write_text(as_yaml(config), encoding="utf-8")
    assert load(path).regime == config.regime
    assert load(path).digest() == config.digest()


@pytest.mark.parametrize("text", ["", "regime: {}\n", "regime: {up: 0.75}\n", "regime: {kind: schmitt}\n"])
def test_without_a_kind_the_rule_is_schmitt(tmp_path: Path, text: str) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(GOOD + text, encoding="utf-8")
    assert load(path).regime == SchmittRule()


MISTAKES = {
    "unknown kind": ("{kind: hmm}", ["regime: ", "'hmm'", "'schmitt', 'markov', 'jump'"]),
    "kind that is no text": ("{kind: [markov]}", ["regime: ", "'schmitt', 'markov', 'jump'"]),
    "no section": ("markov", ["regime: 'markov' cannot be used"]),
    "threshold out of bounds": ("{kind: markov, enter: 0.4}", ["regime.enter: 0.4", "0.5"]),
    "probability of one": ("{kind: markov, enter: 1}", ["regime.enter: 1", "less than 1"]),
    "misspelt key": ("{kind: markov, refit_session: 21}", ["regime.refit_session", "Did you mean 'refit_sessions'?"]),
    "refitted daily": ("{kind: markov, refit_sessions: 1}", ["regime.refit_sessions: 1", "5"]),
    "number for a yes or no": ("{kind: markov, switching_variance: 1}", ["regime.switching_variance: 1", "boolean"]),
}


@pytest.mark.parametrize(("rule", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_sentence(tmp_path: Path, rule: str, words: list[str]) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(f"{GOOD}regime: {rule}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    for word in ["trial.yaml:10", *words]:
        assert word in str(caught.value)
