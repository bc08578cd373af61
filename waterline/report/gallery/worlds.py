"""What a simulation of worlds whose truth is known left behind, for its line in the gallery."""

from __future__ import annotations

from waterline.report.gallery.folders import ResultsError, Tree, at, figure_at
from waterline.report.numerals import count, number

SIMULATION = "simulation"
FAMILY = "Simulated worlds"


def told(tree: Tree) -> Tree:
    """The parts of its entry that its JSON decides, by the names of the entry's fields.

    Raises:
        ResultsError: it is of another kind.
    """
    worlds = tree.get("worlds")
    if tree.get("kind") != SIMULATION or not isinstance(worlds, dict):
        raise ResultsError("its study.json is of no simulation of Waterline.", "Name another folder.")
    names, runs, years = sorted(map(str, worlds)), figure_at(tree, "runs"), figure_at(tree, "years")
    holds = [
        figure["holds"]
        for world in worlds.values()
        for figure in _figures(world)
        if isinstance(figure, dict) and "holds" in figure
    ]
    broken = sum(held is not True for held in holds)
    bounds = count(len(holds), "bound")
    word = "All bounds hold" if not broken else f"{broken} of {bounds} broken"
    return {
        "name": f"Simulated worlds {', '.join(names)}",
        "family": FAMILY,
        "luck": word if holds else "No bound",
        "verdict": f"{number(runs, 0)} histories of {number(years, 0)} years in each world: of {bounds}, "
        f"{count(len(holds) - broken)} hold.",
        "config": {key: tree.get(key) for key in ("seed", "years", "runs")} | {"worlds": names},
    }


def _figures(world: object) -> list[object]:
    found = at(world, "figures")
    return list(found.values()) if isinstance(found, dict) else []
