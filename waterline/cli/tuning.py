"""A study: a search over parameters, and what is to be thought of its best."""

from __future__ import annotations

from pathlib import Path

from waterline.cli.app import app
from waterline.cli.galleries import keep_gallery
from waterline.cli.options import (
    Dask,
    Data,
    Join,
    Null,
    Open,
    OptionalConfig,
    Out,
    Overrides,
    Resume,
    Storage,
    Trials,
    Workers,
)
from waterline.cli.speaking import conclude, tell, terminal
from waterline.errors import ConfigError


@app.command()
def tune(
    config: OptionalConfig = None,
    overrides: Overrides = None,
    data: Data = None,
    out: Out = None,
    trials: Trials = None,
    workers: Workers = 1,
    null: Null = 0,
    resume: Resume = False,
    dask: Dask = None,
    storage: Storage = None,
    join: Join = None,
    opened: Open = False,
) -> None:
    """Search the parameters of a configuration, walk-forward, and write what is to be thought of it."""
    if join is not None:
        return _join(join, storage, data, workers)
    if config is None:
        raise ConfigError("CONFIG", "no configuration is named.", "Name a YAML file, or a study with --join.")
    from waterline import experiment
    from waterline.config import load
    from waterline.report.results import refuse_foreign
    from waterline.report.study.judged import judge_study
    from waterline.report.study.results import headline, write_study
    from waterline.tuning.study import Ask, study

    asked = [*(overrides or ()), *([f"tune.trials={trials}"] if trials is not None else [])]
    loaded, folder = load(config, asked, data), out or Path("reports") / config.stem
    refuse_foreign(folder, study=True)
    with terminal().study_bar() as watch:
        ask = Ask(workers, null, dask, storage, resume, tell)
        panel = experiment.gather(loaded)
        done = study(loaded, panel, folder, ask, watch)
        judged = judge_study(done.tuned, done.kept, panel)
        warnings = write_study(judged, folder)
        done.notebook.finish()
    for warning in warnings:
        tell(warning)
    keep_gallery(folder)
    conclude(headline(judged), folder / "index.html", opened=opened)
    return None


def _join(study: str, storage: str | None, data: Path | None, workers: int) -> None:
    """Work on a study that another process began; that one writes the results."""
    if storage is None:
        raise ConfigError("--join", "no storage is named.", "Give --storage URL, the one the study was begun with.")
    from waterline import experiment
    from waterline.tuning.progress import Watcher
    from waterline.tuning.together import join_in

    with terminal().study_bar() as watch:
        made = join_in(storage, study, experiment.gather, data, workers, Watcher(watch, lambda: float("nan")))
    print(f"Study {study} has its trials; {made} were made here. The process that began it writes the results.")
