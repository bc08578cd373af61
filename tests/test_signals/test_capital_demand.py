"""Capital demand against hand sums and against a plain re-computation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from signals.capex import summed, year_sum
from signals.capital_demand import CapitalDemand
from waterline.panel import Observations
from waterline.testing import sample_panel

DAY = np.timedelta64(1, "D")
ENDS = np.arange("2014-03", "2019-03", 3, dtype="datetime64[M]").astype("datetime64[D]") - DAY


def _flow(values: list[float], name: str = "X/capex", lag: int = 30) -> Observations:
    ends = ENDS[: len(values)]
    filed = ends + np.timedelta64(lag, "D")
    return Observations(name, ends, filed.astype("datetime64[s]"), filed, np.array(values, float), 150, "Q")


def test_year_sum_is_the_sum_of_four_quarters_and_missing_before() -> None:
    sums = year_sum(_flow([1, 2, 3, 4, 5]), None, 4)
    assert np.isnan(sums.value[:3]).all()
    assert sums.value[3:].tolist() == [10, 14]


def test_year_sum_four_quarters_ago_needs_eight() -> None:
    flow = _flow([1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert year_sum(flow, None, 8, ago=4).value[7:].tolist() == [10, 14]
    assert year_sum(flow, None, 8).value[7:].tolist() == [26, 30]


def test_a_missing_quarter_makes_the_sums_that_span_it_missing() -> None:
    flow = _flow([1, 2, 3, 4, 5, 6, 7, 8, 9])
    gap = flow.rows(np.arange(len(flow)) != 4)
    assert np.isnan(year_sum(gap, None, 4).value).tolist() == [True] * 3 + [False] + [True] * 3 + [False]


def test_sums_that_span_a_change_of_definition_are_missing() -> None:
    flow = _flow([1, 2, 3, 4, 5, 6, 7, 8])
    definition = replace(flow, value=np.array([0, 0, 0, 0, 1, 1, 1, 1.0]))
    known = np.isfinite(year_sum(flow, definition, 4).value)
    assert known.tolist() == [False, False, False, True, False, False, False, True]


def test_summed_waits_for_enough_companies_and_never_mixes_incomplete_ones() -> None:
    early, late = _flow([1, 2, 3], lag=20), _flow([10, 20, 30], lag=40)
    (total,) = summed([[early, late]], 2)
    first_both = total.value[np.isfinite(total.value)][0]
    assert first_both == 11
    assert np.isnan(total.value[0])


def test_a_company_that_stops_filing_leaves_the_sum() -> None:
    going, gone = _flow([1] * 12), _flow([100] * 4)
    (total,) = summed([[going, gone]], 1)
    assert total.value[0] == 101
    assert total.value[-1] == 1


def test_impulse_equals_a_plain_recomputation() -> None:
    demand = CapitalDemand(companies=("MSFT", "GOOGL", "META"))
    panel = sample_panel(demand.inputs())
    impulse = demand.capex_impulse(panel)
    for row in (60, 100, 150):
        instant = impulse.available_at[row]
        rise = 0.0
        for company in demand.companies:
            values = panel.read(f"{company}/capex").known_by(instant).value
            rise += values[-4:].sum() - values[-8:-4].sum()
        gdp = panel.read("GDP").known_by(instant).value[-4:].mean()
        assert impulse.value[row] == pytest.approx(rise / gdp, rel=1e-12)


def test_external_funding_stays_within_its_clip() -> None:
    demand = CapitalDemand()
    share = demand.external_funding(sample_panel(demand.inputs())).value
    known = share[np.isfinite(share)]
    assert len(known) > 50
    assert known.min() >= -1
    assert known.max() <= 2
