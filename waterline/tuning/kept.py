"""The daily training returns of chosen trials, for statistics over the whole search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from waterline.sessions import Dates, Floats
from waterline.tuning.outcome import Choice, Trials
from waterline.tuning.problem import Problem
from waterline.tuning.trials import Collected

SETS_AT_A_TIME = 1024


@dataclass(frozen=True, slots=True, eq=False)
class KeptReturns:
    """Daily returns over the longest training span.

    Attributes:
        rows: (R,) rows of the trials, ascending.
        returns: (R, T) simple daily returns, as float32.
        sessions: (T,) their dates.
    """

    rows: npt.NDArray[np.int64]
    returns: npt.NDArray[np.float32]
    sessions: Dates


def keep_returns(
    problem: Problem, collected: Collected, trials: Trials, choices: Sequence[Choice], most: int
) -> KeptReturns:
    """The returns of the folds' choices and of a random sample of the other trials that did not fail."""
    rows = sampled(trials, choices, most, problem.config.seed)
    first, last = problem.folds[0].train[0], problem.folds[-1].train[1]
    paths = _paths(problem, trials, rows) if problem.compiled else iter([collected.joined("equity")[rows]])
    returns = [(path[:, first:last] / path[:, first - 1 : last - 1] - 1.0).astype(np.float32) for path in paths]
    return KeptReturns(rows, np.concatenate(returns), problem.panel.clock.sessions[first:last])


def _paths(problem: Problem, trials: Trials, rows: npt.NDArray[np.int64]) -> Iterator[Floats]:
    """Equity of the rows, some at a time."""
    for start in range(0, len(rows), SETS_AT_A_TIME):
        piece = rows[start : start + SETS_AT_A_TIME]
        yield problem.paths({name: values[piece] for name, values in trials.params.items()})


def sampled(trials: Trials, choices: Sequence[Choice], most: int, seed: int) -> npt.NDArray[np.int64]:
    """(R,) rows of the choices and of others drawn at random, at most ``most``."""
    chosen = list(dict.fromkeys(choice.trial for choice in reversed(choices)))[:most]
    others = np.setdiff1d(np.flatnonzero([not text for text in trials.problem]), chosen)
    drawn = np.random.default_rng([seed, 3]).choice(others, min(most - len(chosen), len(others)), replace=False)
    return np.sort(np.concatenate([np.array(chosen, dtype=np.int64), drawn]))
