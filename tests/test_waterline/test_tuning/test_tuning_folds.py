"""Folds: training before its test, purged, tests one after another to the last session."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.config.tuning import Validation
from waterline.errors import SpanError
from waterline.tuning.folds import combinatorial, partition, split

DAYS = np.busday_offset("2000-01-03", np.arange(252 * 16), roll="forward").astype("datetime64[D]")
LENGTHS = {
    "first": st.integers(1, 800),
    "train": st.floats(1, 6),
    "test": st.floats(0.2, 3),
    "purge": st.integers(0, 60),
    "kind": st.sampled_from(["anchored", "rolling"]),
}


def made(kind, train, test, purge):
    return Validation(kind=kind, train_years=train, test_years=test, purge_sessions=purge)


@given(**LENGTHS)
def test_tests_follow_each_other_and_training_ends_before_them(first, train, test, purge, kind):
    folds = split(DAYS, first, made(kind, train, test, purge))
    assert [fold.number for fold in folds] == list(range(len(folds)))
    assert folds[-1].test[1] == len(DAYS)
    assert all(before.test[1] == after.test[0] for before, after in pairwise(folds))
    for fold in folds:
        assert first <= fold.train[0] < fold.train[1] == fold.test[0] - purge
        assert fold.dates == (*DAYS[[fold.train[0], fold.train[1] - 1, fold.test[0], fold.test[1] - 1]],)


@given(**LENGTHS)
def test_anchored_training_grows_and_rolling_training_keeps_its_length(first, train, test, purge, kind):
    folds = split(DAYS, first, made(kind, train, test, purge))
    if kind == "anchored":
        assert {fold.train[0] for fold in folds} == {first}
    else:
        days = [(fold.dates[2] - DAYS[fold.train[0]]) / np.timedelta64(1, "D") for fold in folds]
        assert max(abs(length - train * 365.25) for length in days) <= 5


@given(runs=st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=3), min_size=1))
def test_blocks_put_every_span_together_again(runs):
    spans = [sorted({(start, start + length) for start, length in span})[:1] for span in runs]
    blocks = partition(spans)
    for span, members in zip(spans, blocks.spans, strict=True):
        rows = {row for block in members for row in range(blocks.edges[block], blocks.edges[block + 1])}
        assert rows == {row for first, last in span for row in range(first, last)}


def test_combinatorial_splits_keep_purge_and_embargo():
    splits = combinatorial((100, 700), 6, 2, 5, 20)
    assert len(splits) == 15
    for train, test in splits:
        train_rows = {row for first, last in train for row in range(first, last)}
        test_rows = {row for first, last in test for row in range(first, last)}
        assert len(test_rows) == 200
        assert not train_rows & test_rows
        for first, last in test:
            assert not train_rows & set(range(first - 5, last + 5))
            assert not train_rows & set(range(last, last + 20))


@pytest.mark.parametrize("train", [16.5, 40.0])
def test_folds_longer_than_the_data_are_refused_with_both_spans(train):
    with pytest.raises(SpanError, match=rf"training of {train:g} years .* 2000-01-04 to {DAYS[-1]}.*Lower train_years"):
        split(DAYS, 1, Validation(train_years=train))


def test_a_rest_shorter_than_a_month_belongs_to_the_last_test():
    folds = split(DAYS[: 252 * 6 + 20], 1, Validation(train_years=4, test_years=1))
    assert folds[-1].test[1] == 252 * 6 + 20
    assert folds[-1].test[1] - folds[-1].test[0] > 100
