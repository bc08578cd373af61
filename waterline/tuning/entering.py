"""What a search tried goes into the project's ledger of trials."""

from __future__ import annotations

from typing import Literal

import numpy as np

from waterline.config.tuning import Parameter
from waterline.ledger import Entries, append_quietly, config_digests, family_of, returns_digest
from waterline.sessions import Floats
from waterline.tuning.problem import Problem, Scores
from waterline.tuning.space import Columns

Entry = tuple[Columns, Scores]


def enter(problem: Problem, study: str, kind: Literal["sweep", "refinement"], tried: list[Entry]) -> str:
    """Append the sets, failed ones too, to the ledger; why that was not possible, or nothing.

    A study does not end over it: its own table of trials holds them too.
    """
    if not tried:
        return ""
    rows = np.concatenate([_numbers(problem, columns) for columns, _ in tried])
    moments = np.concatenate([scores.moments for _, scores in tried])
    entries = Entries(
        family=family_of(problem.config),
        kind=kind,
        config_digest=config_digests(study, rows),
        returns_digest=returns_digest(moments[:, 0], moments[:, 1], moments[:, 2]),
        study=study,
    )
    error = append_quietly(entries)
    return "" if error is None else str(error)


def _numbers(problem: Problem, columns: Columns) -> Floats:
    """(P, D) values as numbers, a choice as its position."""
    parameters = problem.space.parameters
    return np.column_stack([_column(parameters[name], values) for name, values in columns.items()])


def _column(parameter: Parameter, values: np.ndarray) -> Floats:
    if parameter.choice is None:
        return values.astype(np.float64)
    return np.array([parameter.choice.index(value) for value in values.tolist()], dtype=np.float64)
