"""One experiment: is it good, and what comes of it."""

from __future__ import annotations

from pathlib import Path

from waterline.cli.app import app
from waterline.cli.fetching import fetch_into
from waterline.cli.galleries import keep_gallery
from waterline.cli.options import AsOf, ConfigPath, Data, Open, Out, Overrides, Refresh
from waterline.cli.speaking import conclude, tell, terminal


@app.command()
def check(config: ConfigPath, overrides: Overrides = None, data: Data = None) -> None:
    """Say whether a configuration is good; print it resolved, with its digest."""
    from waterline.config import load
    from waterline.config.writing import as_yaml

    loaded = load(config, overrides or (), data)
    print(as_yaml(loaded), end="")
    print(f"# good: {config}\n# digest: {loaded.digest()}")


@app.command()
def run(
    config: ConfigPath,
    overrides: Overrides = None,
    data: Data = None,
    out: Out = None,
    as_of: AsOf = None,
    refresh: Refresh = False,
    opened: Open = False,
) -> None:
    """Run one experiment and write its results folder."""
    from waterline import experiment
    from waterline.config import load
    from waterline.ledger import append_quietly, run_entry
    from waterline.report.judged import judge
    from waterline.report.results import headline, refuse_foreign, write_results

    known_then = [f"data.as_of={as_of}"] if as_of else []
    loaded, folder = load(config, [*(overrides or ()), *known_then], data), out or Path("reports") / config.stem
    refuse_foreign(folder)
    if refresh:
        fetch_into(loaded, None)
    with terminal().steps() as report:
        report("reading data")
        outcome = experiment.run(loaded, experiment.gather(loaded), report)
        rows = slice(outcome.first + 1, None)
        unentered = append_quietly(run_entry(loaded, outcome.strategy.returns[rows], outcome.cash_return[rows]))
        judged = judge(outcome, report)
        warnings = write_results(judged, folder, report)
    for warning in [*warnings, *([str(unentered)] if unentered else [])]:
        tell(warning)
    keep_gallery(folder)
    conclude(headline(judged), folder / "index.html", opened=opened)
