"""What a person can get wrong in a configuration, and the sentence each mistake earns."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.config import load
from waterline.config.writing import as_yaml
from waterline.errors import ConfigError, PluginError, WaterlineError

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


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    return tmp_path / "trial.yaml"


def refused(path: Path, text: str, *overrides: str) -> str:
    """The sentence with which ``text`` is refused."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WaterlineError) as caught:
        load(path, overrides)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_a_good_file_is_good(config_file: Path) -> None:
    config_file.write_text(GOOD, encoding="utf-8")
    config = load(config_file)
    assert config.regime.up == 0.75
    assert config.built_signal.inputs()


MISTAKES = {
    "unknown key": ("strat: 1\n", ["trial.yaml:10", "strat", "start"]),
    "unknown nested key": ("regime: {upp: 0.9}\n", ["trial.yaml:10", "regime.upp", "Did you mean 'up'?"]),
    "repeated key": ("name: again\n", ["trial.yaml:10", "'name' stands there twice"]),
    "wrong type": ("regime: {up: high}\n", ["regime.up", "'high'", "number"]),
    "number as text": ('regime: {up: "0.9"}\n', ["regime.up", "'0.9'"]),
    "out of bounds": ("regime: {confirm: 0}\n", ["regime.confirm", "0", "greater than or equal to 1"]),
    "reversed thresholds": ("regime: {up: 0.1, down: 0.2}\n", ["down (0.2) must not exceed up (0.1)"]),
    "a switch that is no switch": ("execution: {fill: ON}\n", ["execution.fill", "'ON'", "next_close"]),
    "unknown kind": ("regime: {kind: hmm}\n", ["regime", "hmm", "'markov'"]),
    "cutoff too late": ('cutoff: "21:00"\n', ["cutoff", "18:30"]),
    "unknown class of costs": ("costs_bps: {stocks: 3}\n", ["stocks", "Did you mean 'stock'?"]),
    "unknown series": ("signal: {params: {price: {yields: [DSG10]}}, use: signals.liquidity_regime:LiquidityRegime}\n",
                       ["DSG10", "Did you mean 'DGS10'?"]),
    "parameter out of bounds": ("signal: {params: {phi: 9}, use: signals.liquidity_regime:LiquidityRegime}\n",
                                ["signal.params.phi", "9", "5"]),
    "unknown parameter": ("signal: {params: {phy: 1}, use: signals.liquidity_regime:LiquidityRegime}\n",
                          ["signal.params.phy", "Did you mean 'phi'?"]),
    "unknown nested parameter": (
        "signal: {params: {stress: {member: [credit]}}, use: signals.liquidity_regime:LiquidityRegime}\n",
        ["signal.params.stress.member", "Did you mean 'members'?"]),
    "unknown sleeve": ("strategy: {use: strategies.static_mix:StaticMix, params: {mix: {speculatve: 1.0}}}\n",
                       ["speculatve", "Did you mean 'speculative'?"]),
    "leverage": ("strategy: {use: strategies.static_mix:StaticMix, params: {mix: {speculative: 1, generators: 1}}}\n",
                 ["strategy.params.mix", "sum to 2", "no leverage"]),
    "path outside the allow-list": ("signal: {use: os:system}\n", ["signal.use", "os:system", "signals, strategies"]),
    "path that is no path": ("signal: {use: signals.liquidity_regime}\n", ["package.module:Class"]),
    "unknown module": ("signal: {use: signals.liquidity:LiquidityRegime}\n", ["signals.liquidity"]),
    "unknown class": ("signal: {use: signals.liquidity_regime:LiquidityRegim}\n", ["Did you mean 'LiquidityRegime'?"]),
    "class of another family": ("signal: {use: strategies.static_mix:StaticMix}\n", ["is no signal"]),
    "broken yaml": ("name: [unclosed\n", ["trial.yaml:", "no valid YAML"]),
    "key that is not text": ("1: 2\n", ["key 1 is not text"]),
    "not a number": ("regime: {up: .nan}\n", ["regime", "nan"]),
}  # fmt: skip


@pytest.mark.parametrize(("extra", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_sentence(config_file: Path, extra: str, words: list[str]) -> None:
    sentence = refused(config_file, GOOD + extra)
    assert "\n" not in sentence
    for word in words:
        assert word in sentence


def test_impossible_dates(config_file: Path) -> None:
    sentence = refused(config_file, GOOD.replace("2009-12-31", "1980-12-31"))
    assert "end (1980-12-31) must come after start (1990-01-02)" in sentence
    assert "1990-13-02" in refused(config_file, GOOD.replace("1990-01-02", "1990-13-02"))


def test_unknown_and_repeated_assets(config_file: Path) -> None:
    assert "Did you mean 'AAPL'?" in refused(config_file, GOOD.replace("AAPL", "AAPPL"))
    assert "'KO' stands in it twice" in refused(config_file, GOOD.replace("AAPL", "KO"))


def test_missing_key_empty_file_and_no_file(config_file: Path, tmp_path: Path) -> None:
    assert "sleeves: this key is required" in refused(
        config_file, "name: x\ndata: {kind: classic}\nstart: 1990-01-02\n"
    )
    assert "holds no keys" in refused(config_file, "")
    with pytest.raises(ConfigError, match=r"trial\.yaml\?"):
        load(tmp_path / "trail.yaml")
    with pytest.raises(ConfigError, match="is a folder"):
        load(tmp_path)


def test_a_file_that_is_not_text(config_file: Path) -> None:
    config_file.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(config_file)


def test_yaml_traps_are_none_here(config_file: Path) -> None:
    text = GOOD.replace("[KO, PG]", "[NO, ON]") + "execution: {band_absolute: 1e-3}\n"
    assert "'NO'" in refused(config_file, text)
    config_file.write_text(GOOD + "execution: {band_absolute: 1e-3}\n", encoding="utf-8")
    assert load(config_file).execution.band_absolute == 0.001


def test_overrides_reach_every_depth(config_file: Path) -> None:
    config_file.write_text(GOOD, encoding="utf-8")
    config = load(config_file, ["regime.up=0.9", "signal.params.demand.min_members=1", "name=other"])
    assert (config.regime.up, config.name) == (0.9, "other")
    assert config.built_signal.demand.min_members == 1  # type: ignore[attr-defined]  # LiquidityRegime has it


@pytest.mark.parametrize(
    ("override", "word"),
    [
        ("regime.upp=1", "Did you mean 'up'?"),
        ("regime.up", "key.path=value"),
        ("=1", "key.path=value"),
        ("name.deeper=1", "holds no further keys"),
        ("regime.up=text", "'text'"),
    ],
)
def test_a_bad_override_is_told(config_file: Path, override: str, word: str) -> None:
    assert word in refused(config_file, GOOD, override)


def test_the_data_option_replaces_the_source(config_file: Path, tmp_path: Path) -> None:
    config_file.write_text(GOOD, encoding="utf-8")
    assert load(config_file, data=tmp_path).data.kind == "files"


def test_the_digest_names_what_is_computed_and_not_where(config_file: Path, tmp_path: Path) -> None:
    config_file.write_text(GOOD, encoding="utf-8")
    plain = load(config_file)
    written_out = load(config_file, ["regime.up=0.75", "regime.down=0.25"])
    assert plain.digest() == written_out.digest()
    assert plain.digest() != load(config_file, ["regime.up=0.76"]).digest()
    here, there = load(config_file, data=tmp_path), load(config_file, data=tmp_path / "elsewhere")
    assert here.digest() == there.digest()


@given(up=st.floats(0.3, 5), confirm=st.integers(1, 252))
def test_the_resolved_form_reads_back_to_the_same_digest(
    tmp_path_factory: pytest.TempPathFactory, up: float, confirm: int
) -> None:
    path = tmp_path_factory.mktemp("config") / "trial.yaml"
    path.write_text(GOOD, encoding="utf-8")
    config = load(path, [f"regime.up={up!r}", f"regime.confirm={confirm}"])
    path.write_text(as_yaml(config), encoding="utf-8")
    assert load(path).digest() == config.digest()


def test_every_shipped_configuration_is_good(root: Path) -> None:
    shipped = sorted((root / "configs").glob("*.yaml"))
    assert len(shipped) >= 2
    for path in shipped:
        assert load(path).name


def test_errors_store_their_values() -> None:
    error = PluginError("signal.use", "bad.", "Mend it.")
    assert (error.key, error.problem, error.remedy) == ("signal.use", "signal.use: bad.", "Mend it.")
