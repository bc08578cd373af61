"""Net long-term borrowing of a company per quarter, from the debt figures of a filing file."""

from __future__ import annotations

import numpy as np

from waterline.catalog.borrowing import Amount, basis_of, first_told, net_borrowing
from waterline.errors import DataError
from waterline.panel import Notice
from waterline.sources.base import Loaded
from waterline.sources.filings import Facts, observations, read_facts
from waterline.sources.table import InputFile


def read_net_borrowing(name: str, file: InputFile) -> Loaded:
    """Net borrowing ("MSFT/net_borrowing"), in USD per quarter, each quarter as it could first be told.

    A quarter of which no filed figure tells the debt is absent.

    Raises:
        DataError: as ``read_facts``, or not one quarter can be built.
    """
    return net_borrowing_of(name, read_facts(file), file)


def net_borrowing_of(name: str, facts: Facts, file: InputFile) -> Loaded:
    """Net borrowing that ``facts`` from ``file`` tell, as ``read_net_borrowing``.

    Raises:
        DataError: not one quarter can be built.
    """
    columns = (facts.period, facts.known, facts.value.tolist(), facts.concept)
    first = first_told(net_borrowing(Amount(*row) for row in zip(*columns, strict=True)))
    if not first:
        remedy = "Add issuance and repayments, or balances of consecutive quarters."
        raise DataError(file.label, "gives no net borrowing for any quarter.", remedy)
    rows = observations(
        name,
        np.array([figure.period for figure in first], dtype="datetime64[D]"),
        np.array([figure.known for figure in first], dtype="datetime64[D]"),
        np.array([figure.usd for figure in first]),
    )
    return Loaded({name: rows}, notices=(Notice(name, basis_of(first)),), files={file.name: file.sha256})
