"""From year-to-date facts to quarters: what was known, when, and what may not be made up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.catalog.borrowing import Amount, first_told
from waterline.providers.facts import Fact
from waterline.providers.quarters import balances, discrete_quarters

OLD, NEW = "Old", "New"
ENDS = ("03-31", "06-30", "09-30", "12-31")
Told = tuple[str, str, float]


def fact(end: str, usd: float, known: str, concept: str = OLD, start: str | None = None, filing: str = "") -> Fact:
    """A fact of the year of ``end``, to date unless ``start`` says otherwise; one filing a day."""
    begun = np.datetime64(start or f"{end[:4]}-01-01", "D")
    return Fact(concept, begun, np.datetime64(end, "D"), usd, filing or known, np.datetime64(known, "s"))


def told(*facts: Fact, concepts: tuple[str, ...] = (OLD, NEW)) -> list[Told]:
    return [(str(one.period), str(one.known)[:10], one.usd) for one in discrete_quarters(facts, concepts)]


def year(usd: tuple[float, ...], of: int = 2020, concept: str = OLD) -> list[Fact]:
    """The four reports of a year, each five weeks after its quarter."""
    ends = [f"{of}-{end}" for end in ENDS]
    return [
        fact(end, amount, str(np.datetime64(end, "D") + np.timedelta64(35, "D")), concept)
        for end, amount in zip(ends, np.cumsum(usd).tolist(), strict=True)
    ]


def test_a_quarter_is_the_year_to_date_less_the_year_to_date_before() -> None:
    assert told(*year((10, 20, 30, 40))) == [
        ("2020-03-31", "2020-05-05", 10),
        ("2020-06-30", "2020-08-04", 20),
        ("2020-09-30", "2020-11-04", 30),
        ("2020-12-31", "2021-02-04", 40),
    ]


def test_three_months_are_taken_as_filed() -> None:
    first, second, *_ = year((10, 20, 30, 40))
    assert told(first, second, fact("2020-06-30", 21, "2020-08-04", start="2020-04-01")) == [
        ("2020-03-31", "2020-05-05", 10),
        ("2020-06-30", "2020-08-04", 21),
    ]


def test_without_the_report_before_a_quarter_stays_missing() -> None:
    first, _, third, fourth = year((10, 20, 30, 40))
    assert told(first, third, fourth) == [("2020-03-31", "2020-05-05", 10), ("2020-12-31", "2021-02-04", 40)]


def test_what_completes_a_quarter_later_makes_it_known_later() -> None:
    first, _, third, _ = year((10, 20, 30, 40))
    half = fact("2020-06-30", 30, "2021-08-04")
    assert told(first, third, half)[1:] == [("2020-06-30", "2021-08-04", 20), ("2020-09-30", "2021-08-04", 30)]


def test_years_do_not_mix() -> None:
    """A fiscal year that ends in June, and one that ends in December, of the same amounts."""
    june = fact("2020-06-30", 100, "2020-08-04", start="2019-07-01")
    assert told(june, *year((10, 20, 30, 40))[:1]) == [("2020-03-31", "2020-05-05", 10)]


def test_a_quarter_of_fourteen_weeks_is_a_quarter_and_a_stub_is_none() -> None:
    long = fact("2020-04-05", 7, "2020-05-05", start="2019-12-29")
    stub = fact("2020-02-29", 5, "2020-05-05")
    fifteen_months = fact("2021-03-31", 80, "2021-05-05", start="2020-01-01")
    eighteen_months = fact("2021-06-30", 99, "2021-08-04", start="2020-01-01")
    assert told(long, stub, fifteen_months, eighteen_months) == [("2020-04-05", "2020-05-05", 7)]


def test_a_comparative_is_known_from_the_later_filing() -> None:
    assert told(fact("2019-03-31", 9, "2020-05-05"), fact("2020-03-31", 10, "2020-05-05")) == [
        ("2019-03-31", "2020-05-05", 9),
        ("2020-03-31", "2020-05-05", 10),
    ]


def test_a_repeated_figure_is_no_vintage_and_another_one_is() -> None:
    rows = told(
        fact("2020-03-31", 10, "2020-05-05"),
        fact("2020-03-31", 10, "2020-08-04"),
        fact("2020-03-31", 11, "2021-05-05"),
        fact("2020-03-31", 11, "2022-05-05"),
    )
    assert rows == [("2020-03-31", "2020-05-05", 10), ("2020-03-31", "2021-05-05", 11)]


def test_a_later_report_counts_from_the_first_figures_and_a_restatement_from_the_latest() -> None:
    """Restating the first quarter leaves the sum of the half year, and reaches the second with its comparative."""
    first, second, *_ = year((10, 20, 30, 40))
    amended = fact("2020-03-31", 12, "2020-06-01")
    assert told(first, amended, second)[2:] == [("2020-06-30", "2020-08-04", 20)]
    comparative = fact("2020-06-30", 30, "2021-08-04")
    assert told(first, amended, second, comparative)[3:] == [("2020-06-30", "2021-08-04", 18)]


def test_a_restated_year_alone_says_nothing_about_its_last_quarter() -> None:
    reports = year((10, 20, 30, 40))
    restated = fact("2020-12-31", 130, "2022-02-04")
    assert len(told(*reports, restated)) == 4
    nine_months = fact("2020-09-30", 85, "2021-11-04")
    assert told(*reports, nine_months, restated)[-1:] == [("2020-12-31", "2022-02-04", 45)]


def test_three_months_are_not_restated_by_the_rounding_of_a_year_to_date() -> None:
    first, second, *_ = year((10, 20, 30, 40))
    plain = fact("2020-06-30", 21, "2020-08-04", start="2020-04-01")
    assert len(told(first, second, plain, fact("2020-06-30", 30, "2021-08-04"))) == 2
    again = fact("2020-06-30", 22, "2021-08-04", start="2020-04-01")
    assert told(first, second, plain, again)[2:] == [("2020-06-30", "2021-08-04", 22)]


def test_the_preferred_name_is_taken_and_the_other_one_where_it_is_absent() -> None:
    assert told(fact("2020-03-31", 10, "2020-05-05", NEW), fact("2020-03-31", 9, "2020-05-05", OLD)) == [
        ("2020-03-31", "2020-05-05", 9)
    ]
    rows = discrete_quarters([fact("2020-03-31", 10, "2020-05-05", NEW)], (OLD, NEW))
    assert [(one.concept, one.usd) for one in rows] == [(NEW, 10)]


def test_a_quarter_keeps_its_name_as_long_as_filings_use_it() -> None:
    """The preferred name, filed beside it later, does not make the quarter jump back and forth."""
    first = fact("2020-03-31", 10, "2020-05-05", NEW)
    both = [fact("2020-03-31", 10, "2021-05-05", NEW), fact("2020-03-31", 8, "2021-05-05", OLD)]
    assert len(told(first, *both)) == 1
    assert told(first, both[1])[1:] == [("2020-03-31", "2021-05-05", 8)]


def test_another_name_for_the_same_thing_continues_the_year() -> None:
    """NVIDIA in 2020: the third report uses a new name and repeats last year's figure under it."""
    first, second, third, _ = year((10, 20, 30, 40))
    renamed = fact("2020-09-30", third.usd, "2020-11-04", NEW)
    before = fact("2019-09-30", 55, "2019-11-04")
    same = fact("2019-09-30", 55, "2020-11-04", NEW)
    assert told(before, first, second, renamed, same)[-1:] == [("2020-09-30", "2020-11-04", 30)]


@pytest.mark.parametrize("comparative", [None, 61.0, 0.0])
def test_another_name_for_another_thing_does_not(comparative: float | None) -> None:
    """Amazon in 2018: gross under the new name, net under the old one."""
    first, second, third, _ = year((10, 20, 30, 40))
    renamed = fact("2020-09-30", third.usd, "2020-11-04", NEW)
    before = fact("2019-09-30", 55 if comparative else 0, "2019-11-04")
    other = [] if comparative is None else [fact("2019-09-30", comparative, "2020-11-04", NEW)]
    assert ("2020-09-30", "2020-11-04", 30) not in told(before, first, second, renamed, *other)


def test_facts_that_become_public_together_are_read_together() -> None:
    """A 10-Q and a recast 8-K of the same day, in either order."""
    facts = [
        fact("2020-03-31", 10, "2020-05-05", filing="1"),
        fact("2020-03-31", 10, "2020-05-05", NEW, filing="2"),
    ]
    assert told(*facts) == told(*reversed(facts)) == [("2020-03-31", "2020-05-05", 10)]


def test_balances_are_told_once_and_again_when_they_change() -> None:
    days = [("2019-12-31", 5.0, "2020-02-04"), ("2019-12-31", 5.0, "2020-05-05"), ("2019-12-31", 4.0, "2020-08-04")]
    facts = [Fact(OLD, None, np.datetime64(end), usd, known, np.datetime64(known, "s")) for end, usd, known in days]
    rows = balances([*facts, fact("2019-12-31", 1, "2020-02-04")], OLD)
    assert [(str(one.known)[:10], one.usd) for one in rows] == [("2020-02-04", 5), ("2020-08-04", 4)]
    assert discrete_quarters(facts, (OLD,)) == ()


amounts = st.tuples(*[st.integers(-1000, 1000).map(float)] * 4)


@st.composite
def filings(draw: st.DrawFn) -> list[Fact]:
    """Some years of a company: reports, comparatives a year later, restatements, gaps, two names."""
    facts: list[Fact] = []
    for of in range(2018, 2018 + draw(st.integers(1, 3))):
        concept = draw(st.sampled_from((OLD, NEW)))
        reports = year(draw(amounts), of, concept)
        later = [
            fact(str(one.end), one.usd + draw(st.sampled_from((0, 0, 1))), str(one.known + np.timedelta64(366, "D")))
            for one in reports
        ]
        facts += [one for one in (*reports, *later) if draw(st.integers(0, 9)) > 0]
    return draw(st.permutations(facts))


def keys(rows: tuple[Amount, ...]) -> list[tuple[object, ...]]:
    return [(one.period, one.known, one.usd, one.concept) for one in rows]


@given(filings(), st.integers(0, 1800))
def test_nothing_filed_later_changes_what_was_known(facts: list[Fact], days: int) -> None:
    then = np.datetime64("2018-03-01", "s") + np.timedelta64(days, "D")
    whole = [row for row in keys(discrete_quarters(facts, (OLD, NEW))) if row[1] <= then]
    assert whole == keys(discrete_quarters([one for one in facts if one.known <= then], (OLD, NEW)))


@given(filings())
def test_rows_are_ordered_distinct_and_never_ahead_of_a_filing(facts: list[Fact]) -> None:
    rows = discrete_quarters(facts, (OLD, NEW))
    assert [(one.known, one.period) for one in rows] == sorted({(one.known, one.period) for one in rows})
    public = {one.known for one in facts}
    assert all(one.known in public and one.known > one.period for one in rows)


@given(amounts)
def test_the_quarters_of_a_year_add_up_to_it(usd: tuple[float, ...]) -> None:
    facts = year(usd)
    assert sum(one.usd for one in first_told(discrete_quarters(facts, (OLD,)))) == facts[-1].usd
