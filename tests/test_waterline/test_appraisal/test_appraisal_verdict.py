"""Known sentences and classes, by rule, from constructed numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from waterline.appraisal import Tries
from waterline.appraisal.ablations import QUESTION, Increment
from waterline.appraisal.gains import SOUGHT_SHARPE, UNTESTED, gain_test
from waterline.appraisal.spells import SpellEvidence, Spells
from waterline.appraisal.statements import Refused
from waterline.appraisal.timing import TimingEvidence
from waterline.appraisal.verdict import HONEST_NAME, kill_rule, kind_of, verdict
from waterline.appraisal.windows import WindowEvidence
from waterline.appraisal.wording import chance, figure, odds, years
from waterline.evidence.bootstrap import Interval, Intervals
from waterline.evidence.placebo import Placebo
from waterline.evidence.power import expected_timing_sharpe
from waterline.evidence.sharpe import ProbabilisticSharpe, TrackRecordLength
from waterline.metrics import Estimate

ONE = Tries("a family", 1.0, 0, "")
FORTY_FIVE = Tries("a family", 45.0, 2, "")
NOTHING = ProbabilisticSharpe(0.0, math.nan, math.nan)


def estimate(value, t):
    return Estimate(value, value / t, t)


def window(name="all", value=0.031, t=1.23, shift=0.11, shuffle=0.09, deflated=0.6, sessions=2514, orders=2000.0):
    length = sessions / 251.4
    timing = TimingEvidence(
        test=gain_test(estimate(value, t), length),
        shift=Placebo(t, shift, 2000, 6.0),
        shuffle=Placebo(t, shuffle, 2000, orders),
        p_value=max(shift, shuffle),
        interval=Interval(value, -0.012, 0.076),
        deflated=ProbabilisticSharpe(0.0, deflated, deflated + 0.01),
        switches=9,
    )
    return WindowEvidence(
        name=name,
        label=name,
        sessions=sessions,
        years=length,
        sharpe=Refused(name, "not asked."),
        probabilistic=NOTHING,
        deflated=NOTHING,
        minimum_track_record=TrackRecordLength(math.nan, math.nan),
        minimum_backtest_years=math.nan,
        intervals=Intervals({}, 0.9, 63, 20.0, 2000, sessions),
        timing=timing,
        notes=(),
    )


def empty(name="post_idea"):
    timing = replace(window().timing, test=UNTESTED, p_value=math.nan)
    return replace(window(name), sessions=0, timing=timing)


def spells(left=0.02, stable=True, state="scarce"):
    days = np.datetime64("2008-09-15"), np.datetime64("2009-06-01")
    one = SpellEvidence(state, *days, 180, 0.2, 0.02, gain_test(estimate(left, 0.8), 9.0))
    shock = gain_test(estimate(0.025, 1.0), 9.7)
    return Spells((one, one), 180.0, 4, 0, one.without, shock, stable)


def judged(whole, later=None, **said):
    before = replace(whole, name="pre_idea")
    return {"all": whole, "pre_idea": before, "post_idea": later or empty()}, said.get("spells", spells())


def test_the_paragraph_of_a_result_that_may_be_luck():
    windows, episodes = judged(window())
    told = verdict(windows, episodes, ONE)
    assert told.kind == "luck"
    assert told.text == (
        "Timing gain 3.1% a year over the same-exposure mix, 90% interval −1.2 to 7.6, p 0.11, power 0.28 at 10 years: "
        "not distinguishable from luck. That power is the probability to find a true gain of 2.7% a year; 6.3% would "
        "be found four times in five. It is the only trial in the ledger, so nothing is deflated; the probability of a "
        "true gain is 0.60. It rests on 4 scarce spells; without the best episode (scarce, 15 Sep 2008 to 1 Jun 2009) "
        "it is 2.0% a year, without February to May 2020 2.5%. No session came after the idea was public: the names "
        "and the rule were chosen knowing all of it."
    )


def test_the_paragraph_of_a_result_that_stands_out():
    later = window("post_idea", 0.05, 0.9, 0.2, 0.3, sessions=200)
    windows, episodes = judged(window(t=2.6, shift=0.004, shuffle=0.012, deflated=0.97), later)
    fixed = replace(windows["all"].timing, p_value=0.0523)
    text = verdict(windows, episodes, FORTY_FIVE, fixed).text
    assert (
        "p 0.01, power 0.28 at 10 years: distinguishable from luck in this sample, but in-sample for the idea." in text
    )
    assert (
        "The ledger counts 45 trials; the probability that the timing beats what the best of so many without skill "
        "would show is 0.97." in text
    )
    assert (
        "The test fixed before looking, of the speculative sleeve alone, gives 3.1% a year (p 0.052, power 0.28, "
        "detectable from 3.0%): not distinguishable from luck." in text
    )
    assert text.endswith(
        "In the 200 sessions after the idea was public it is 5.0% a year (p 0.30, power 0.09); before, in-sample for "
        "the idea, 3.1%."
    )


SURE = {"t": 2.6, "shift": 0.004, "shuffle": 0.012, "deflated": 0.97}


@pytest.mark.parametrize(
    ("whole", "later", "stable", "kind"),
    [
        (SURE, None, True, "in_sample"),
        (SURE, {"name": "post_idea", **SURE}, True, "out_of_sample"),
        (SURE, {"name": "post_idea", **SURE, "shuffle": 0.051}, True, "in_sample"),
        (SURE, {"name": "post_idea", **SURE, "value": -0.03, "t": -2.6}, True, "in_sample"),
        (SURE, None, False, "one_episode"),
        ({**SURE, "deflated": 0.949}, None, True, "search"),
        ({**SURE, "deflated": math.nan}, None, True, "search"),
        ({**SURE, "shuffle": 0.0501}, None, True, "luck"),
        ({**SURE, "shuffle": 0.05}, None, True, "in_sample"),
        ({"value": -0.03, "t": -2.0, "shift": 0.97, "shuffle": 0.96}, None, True, "harm"),
        ({"value": -0.03, "t": -2.0, "shift": 0.97, "shuffle": 0.90}, None, True, "luck"),
    ],
)
def test_the_first_doubt_names_the_class(whole, later, stable, kind):
    windows, episodes = judged(window(**whole), window(**later) if later else None, spells=spells(stable=stable))
    assert kind_of(windows, episodes) == kind
    assert verdict(windows, episodes, FORTY_FIVE).kind == kind


def test_few_orders_of_spells_are_named_where_they_decide():
    windows, episodes = judged(window(shuffle=0.4, orders=12.0))
    assert "Its spells can be put in 12 orders only, too few for any" in verdict(windows, episodes, ONE).text
    windows, episodes = judged(window(shuffle=0.4, orders=144.0))
    assert "orders" not in verdict(windows, episodes, ONE).text


def test_unread_ledgers_short_samples_and_constant_exposures():
    windows, episodes = judged(window(**{**SURE, "deflated": math.nan}))
    unread = Tries("a family", math.nan, 0, "The number of trials is not known: it is damaged.")
    assert "The number of trials is not known: it is damaged." in verdict(windows, episodes, unread).text
    short, _ = judged(replace(window(), sessions=41))
    assert verdict(short, episodes, ONE).text == "41 sessions: too few to judge the timing."
    still, _ = judged(replace(empty("all"), sessions=900, timing=still_timing()))
    assert verdict(still, episodes, ONE).kind == "no_timing"


def still_timing():
    return replace(window().timing, test=gain_test(Estimate(0.0, 0.0, math.nan), 4.0), p_value=math.nan)


def increment(whole=None, later=None):
    windows = {name: gain_test(estimate(*one), 10.0) for name, one in (("all", whole), ("post_idea", later)) if one}
    return Increment(QUESTION, windows, "" if whole else "The score has no pillar 'demand' beside others.")


@pytest.mark.parametrize(
    ("whole", "later", "begins", "named"),
    [
        ((0.03, 2.5), (0.05, 1.9), "Kill rule not met: demand and slack add 3.0% a year (p 0.006, ", False),
        ((0.03, 2.5), None, "Kill rule not met: ", False),
        ((0.03, 2.5), (0.01, 0.2), "Kill rule half met: ", False),
        ((0.01, 0.5), (0.05, 1.9), "Kill rule half met: ", False),
        ((0.01, 0.5), None, "Kill rule half met: ", True),
        ((-0.01, -0.5), (0.01, 0.2), "Kill rule met on this sample: demand and slack add −1.0% a year (p 0.69, ", True),
    ],
)
def test_the_kill_rule(whole, later, begins, named):
    told = kill_rule(increment(whole, later))
    assert told.startswith(begins)
    assert (HONEST_NAME in told) == named
    assert told.endswith("With so little power this is no proof of the contrary.") == (whole[1] < 1.6)
    assert ("no session came after" in told) == (later is None)


def test_the_kill_rule_where_it_cannot_be_asked():
    assert kill_rule(increment()) == (
        "Kill rule: cannot be asked of this run. The score has no pillar 'demand' beside others."
    )
    same = Increment(QUESTION, {"all": UNTESTED})
    assert kill_rule(same).endswith("With and without demand the same was held at all times.")


def test_the_power_is_stated_for_a_strong_regime():
    """+40 and -40 % a year, 65 % volatility, 83 % of the days called right: method.md, section 0."""
    share, called, false = 180 / 680, 0.75, 0.14
    calls = share * called + (1 - share) * false
    assert share * called + (1 - share) * (1 - false) == pytest.approx(0.83, abs=0.005)
    ratio = expected_timing_sharpe(share, 0.8, 0.65, called - false, calls)
    assert pytest.approx(ratio, abs=0.02) == SOUGHT_SHARPE
    told = gain_test(Estimate(0.031, 0.025, 1.24), 10.0)
    assert told.power.true_gain == pytest.approx(0.025 * 10**0.5 / 3)
    assert told.power.power == pytest.approx(0.277, abs=0.001)


def test_numbers_are_written_so_that_they_do_not_mislead():
    assert [chance(p) for p in (0.0001, 0.004, 0.0454, 0.0496, 0.0504, 0.11, math.nan)] == [
        "p < 0.001", "p 0.004", "p 0.045", "p 0.050", "p 0.050", "p 0.11", "p –",
    ]  # fmt: skip
    assert [years(value) for value in (10.2, 2.54, 1.0, 0.58, 0.08)] == [
        "10 years", "2.5 years", "1.0 years", "7 months", "1 month",
    ]  # fmt: skip
    assert [odds(value) for value in (0.9999, 0.983, math.nan)] == ["above 0.99", "0.98", "–"]
    assert [figure(value, 1) for value in (-0.04, -0.06, 1234.5, math.inf)] == ["0.0", "−0.1", "1,234.5", "–"]
