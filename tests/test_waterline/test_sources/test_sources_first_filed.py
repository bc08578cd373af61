"""Of all vintages of a company flow a run reads the first of each quarter under each definition."""

from __future__ import annotations

import numpy as np
import pytest

from waterline.panel import Observations
from waterline.sources.filings import first_filed

# Amazon: net in 2017Q1, then gross for the same quarter a year later; and a restatement of a net figure.
PERIODS = ("2016-12-31", "2017-03-31", "2016-12-31", "2017-03-31", "2018-03-31")
DAYS = ("2017-02-10", "2017-04-28", "2018-02-02", "2018-04-27", "2018-04-27")
USD, DEFINITION = (2006.0, 1861.0, 2010.0, 2148.0, 3098.0), (0.0, 0.0, 0.0, 1.0, 1.0)


def observations(value: tuple[float, ...]) -> Observations:
    days = np.array(DAYS, dtype="datetime64[D]")
    period = np.array(PERIODS, dtype="datetime64[D]")
    return Observations("AMZN/capex", period, days.astype("datetime64[s]"), days, np.array(value), 150, "Q")


def test_restatements_are_left_out_and_redefinitions_are_not() -> None:
    flow, definition = observations(USD), observations(DEFINITION)
    assert first_filed(flow, definition).value.tolist() == [2006, 1861, 2148, 3098]
    assert first_filed(definition, definition).value.tolist() == [0, 0, 1, 1]


def test_without_definitions_a_quarter_has_one_figure() -> None:
    kept = first_filed(observations(USD))
    assert kept.value.tolist() == [2006, 1861, 3098]
    assert kept.vintage.astype(str).tolist() == ["2017-02-10", "2017-04-28", "2018-04-27"]


@pytest.mark.parametrize("count", [0, 1])
def test_few_rows_stay(count: int) -> None:
    assert len(first_filed(observations(USD).rows(slice(0, count)))) == count
