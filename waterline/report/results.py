"""The results folder: built beside its place and moved there whole, so that it is never half-written."""

from __future__ import annotations

import json
import shutil
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from waterline.errors import OutputError
from waterline.metrics import as_json
from waterline.outcome import Outcome
from waterline.report.evaluated import Evaluated
from waterline.report.judged import Judged
from waterline.report.manifest import manifest
from waterline.report.page import render_page
from waterline.report.tearsheet import ReportError, write_tearsheet
from waterline.report.verified import Verified
from waterline.report.words import opening
from waterline.sessions import Floats

MARK, STUDY_MARK = "run.json", "trials.parquet"
"""Files by which results are known: the first stands in every folder of results, the second only in that of a study."""
TEARSHEET = "tearsheet.html"
SCHEMA_VERSION = 1


def headline(judged: Judged) -> str:
    """What the run did and its verdict as plain text, wrapped for a terminal."""
    told = (opening(Evaluated(judged.outcome)), judged.evidence.verdict.text)
    return "\n".join(textwrap.fill(text.replace("**", ""), width=100) for text in told)


def write_results(judged: Judged, folder: Path, report: Callable[[str], None]) -> list[str]:
    """Write every artefact of a run into ``folder``, replacing the results of an earlier run there.

    Args:
        judged: what the run came to.
        folder: results folder; made where it does not exist.
        report: called with the name of each step as it begins.

    Returns:
        What could not be drawn, a sentence each; the rest of the folder is whole.

    Raises:
        OutputError: the folder holds something else than results, or cannot be written.
    """
    refuse_foreign(folder)
    warnings: list[str] = []
    with replaced(folder) as staging:
        warnings += _fill(judged, staging, report)
    return warnings


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the place of ``folder`` once the block ends well and is gone otherwise.

    Raises:
        OutputError: nothing can be written there.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise OutputError(f"{folder} cannot be written ({error.strerror}).", "Choose another --out.") from None
    try:
        yield staging
        _put_in_place(staging, folder)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written ({error.strerror}).", "Free space or choose another --out."
        ) from None
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def refuse_foreign(folder: Path, *, study: bool = False) -> None:
    """Make sure that writing into ``folder`` destroys nothing but earlier results of the same kind.

    Args:
        folder: results folder.
        study: whether a study is to be written there, not a run.

    Raises:
        OutputError: it is a file, a folder with contents that no run wrote, or one that holds the other kind.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file, not a folder.", "Choose another --out.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise OutputError(f"{folder} holds files that no run wrote (no {MARK}).", "Choose an empty or new --out.")
    if (folder / MARK).exists() and (folder / STUDY_MARK).exists() != study:
        held = "a run, not of a study" if study else "a study, not of a run"
        raise OutputError(f"{folder} holds the results of {held}.", "Choose another --out.")


def _put_in_place(staging: Path, folder: Path) -> None:
    staging.chmod(0o755)
    retired = staging.with_name(f"{staging.name}-old")
    if folder.exists():
        folder.rename(retired)
    staging.rename(folder)
    shutil.rmtree(retired, ignore_errors=True)


def _fill(judged: Judged, folder: Path, report: Callable[[str], None]) -> list[str]:
    outcome = judged.outcome
    report("writing tables")
    daily(outcome).to_parquet(folder / "daily.parquet", engine="pyarrow")
    orders(outcome).to_parquet(folder / "orders.parquet", engine="pyarrow", index=False)
    write_json(folder / MARK, manifest(outcome))
    report("drawing the tear sheet")
    checked, warnings = _draw_tearsheet(outcome, folder / TEARSHEET)
    told = metrics(outcome) | _judgements(judged) | {"verified": [one.as_json() for one in checked]}
    write_json(folder / "metrics.json", told)
    report("drawing the page")
    page = render_page(judged, tearsheet=None if warnings else TEARSHEET, checked=checked)
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")
    return warnings


def _judgements(judged: Judged) -> dict[str, object]:
    return {
        "evidence": judged.evidence.as_json(),
        "thesis": judged.card.as_json(),
        "look_ahead_tax": judged.tax and judged.tax.as_json(),
    }


def _draw_tearsheet(outcome: Outcome, path: Path) -> tuple[tuple[Verified, ...], list[str]]:
    """Draw the tear sheet; its figures beside our own, and why where these returns allow none."""
    rows = slice(outcome.first + 1, None)
    try:
        checked = write_tearsheet(
            path,
            outcome.strategy.returns[rows],
            outcome.static_mix.returns[rows],
            outcome.cash_return[rows],
            outcome.sessions[outcome.first :],
            title=outcome.config.name,
            strategy_name=type(outcome.config.built_strategy).__name__,
            mix_name="Same-exposure mix",
        )
    except ReportError as error:
        return (), [f"no tear sheet: {error}"]
    return checked, []


def write_json(path: Path, tree: object) -> None:
    """A file of JSON for people and programs."""
    path.write_text(json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def daily(outcome: Outcome):  # type: ignore[no-untyped-def]  # a pandas.DataFrame; pandas is not imported for a type
    """One row a session from the first score on, index ``date``; the first row is the base and returns 0.

    Columns: ``return``, ``static_mix_return``, ``benchmark_return``, ``cash_return`` (simple, after costs), ``score``,
    ``state`` (0 ample, 1 scarce), ``held`` (1 where the score was missing), ``weight_<asset>`` and ``weight_cash``
    (share of equity held at the close).
    """
    import pandas as pd

    rows = slice(outcome.first, None)
    columns: dict[str, np.ndarray] = {
        "return": _from_base(outcome.strategy.returns[rows]),
        "static_mix_return": _from_base(outcome.static_mix.returns[rows]),
        "benchmark_return": _from_base(outcome.benchmark.returns[rows]),
        "cash_return": _from_base(outcome.cash_return[rows]),
        "score": outcome.score.total[rows],
        "state": outcome.regime.states[rows],
        "held": outcome.regime.held[rows].astype(np.int8),
    }
    for column, ticker in enumerate(outcome.sleeves.assets):
        columns[f"weight_{ticker}"] = outcome.strategy.weights[rows, column]
    columns["weight_cash"] = outcome.strategy.cash_weight[rows]
    index = pd.DatetimeIndex(outcome.sessions[rows].astype("datetime64[ms]"), name="date")
    return pd.DataFrame(columns, index=index)


def _from_base(returns: Floats) -> Floats:
    based = returns.copy()
    based[:1] = 0.0
    return based


def orders(outcome: Outcome):  # type: ignore[no-untyped-def]  # a DataFrame, as daily
    """The strategy's filled orders from the first score on, one row each; shares and fees per USD of initial equity."""
    import pandas as pd

    filled, sessions = outcome.strategy.orders, outcome.sessions.astype("datetime64[ms]")
    frame = pd.DataFrame(
        {
            "decided": sessions[filled.decided_row],
            "filled": sessions[filled.fill_row],
            "asset": np.asarray(outcome.sleeves.assets, dtype=object)[filled.asset],
            "side": np.where(filled.side > 0, "buy", "sell"),
            "shares": filled.shares,
            "price": filled.price,
            "fee": filled.fee,
            "target_weight": filled.target,
        }
    )
    return frame[filled.decided_row >= outcome.first]


def metrics(outcome: Outcome) -> dict[str, object]:
    """Everything measured, as plain JSON: windows, mix, episodes and notices."""
    names = outcome.sleeves.names
    return {
        "schema_version": SCHEMA_VERSION,
        "name": outcome.config.name,
        "digest": outcome.digest,
        "first_session": str(outcome.sessions[outcome.first]),
        "last_session": str(outcome.sessions[-1]),
        "mix_exposure": dict(zip(names, outcome.portfolios.mix_exposure.tolist(), strict=True)),
        "windows": {name: window.as_json() for name, window in outcome.windows.items()},
        "episodes": [as_json(episode) for episode in outcome.episodes],
        "notices": [as_json(notice) for notice in outcome.notices],
    }
