"""A study: a search over parameters, and what is to be thought of its best."""

from __future__ import annotations

import sys
from pathlib import Path

from waterline.cli.app import app
from waterline.cli.options import ConfigPath, Dask, Data, Null, Out, Overrides, Resume, Trials, Workers
from waterline.cli.speaking import terminal


@app.command()
def tune(
    config: ConfigPath,
    overrides: Overrides = None,
    data: Data = None,
    out: Out = None,
    trials: Trials = None,
    workers: Workers = 1,
    null: Null = 0,
    resume: Resume = False,
    dask: Dask = None,
) -> None:
    """Search the parameters of a configuration, walk-forward, and write what is to be thought of it."""
    from waterline import experiment
    from waterline.config import load
    from waterline.report.study.results import headline, write_study
    from waterline.tuning.study import Ask, study

    asked = [*(overrides or ()), *([f"tune.trials={trials}"] if trials is not None else [])]
    loaded, folder = load(config, asked, data), out or Path("reports") / config.stem
    with terminal().study_bar() as watch:
        done = study(loaded, experiment.gather(loaded), folder, Ask(workers, null, dask, resume), watch)
        warnings = write_study(done.tuned, done.kept, folder)
        done.notebook.finish()
    for warning in warnings:
        print(f"waterline: {warning}", file=sys.stderr)
    print(f"{headline(done.tuned)}\n\nResults: {folder / 'index.html'}")
