"""The band by hand and by property: edges, what a weekly decision leaves over, and scaled buys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.simulation import Execution, books, trading

NAN = np.nan


def written(**rows):
    """Books with the given rows."""
    made = np.zeros((books.ROWS, len(next(iter(rows.values())))))
    for name, row in rows.items():
        made[getattr(books, name.upper())] = row
    return made


def band_orders(held, target, execution):
    made = written(held=held, target=target)
    books.band_orders(made, execution.band_absolute, execution.band_relative)
    return made[books.ORDERS]


def financed(orders, held, target, execution):
    made = written(orders=orders, held=held, target=target)
    books.finance(made, execution.band_absolute)
    return made[books.ORDERS]


def affordable(wanted, held):
    made = written(orders=wanted, held=held)
    trading.afford(made)
    return made[books.AFTER]


@pytest.mark.parametrize(
    ("held", "target", "order"),
    [
        (0.50, 0.40, 0.48),  # relative band 0.2 * 0.4 = 0.08 is the wider
        (0.30, 0.40, 0.32),
        (0.47, 0.40, NAN),
        (0.48, 0.40, NAN),  # the edge itself is inside
        (0.09, 0.05, 0.07),  # absolute band 0.02 is the wider
        (0.02, 0.05, 0.03),
        (0.04, 0.05, NAN),
        (0.00, 0.015, NAN),  # too small to buy
        (0.05, 0.015, 0.035),
        (0.03, 0.00, 0.00),  # an exit does not stop at an edge
        (0.02, 0.00, NAN),
        (0.00, 1.00, 0.80),
    ],
)
def test_the_band_by_hand(held, target, order):
    assert band_orders(np.array([held]), np.array([target]), Execution()) == pytest.approx([order], nan_ok=True)


def test_without_a_band_every_drift_is_corrected_exactly():
    held, target = np.array([0.3, 0.31, 0.0]), np.array([0.3, 0.3, 0.1])
    got = band_orders(held, target, Execution(band_absolute=0.0, band_relative=0.0))
    assert got.tolist() == pytest.approx([NAN, 0.3, 0.1], nan_ok=True)


def test_what_sales_leave_over_is_spent_on_what_is_below_target():
    orders, held = np.array([0.3, NAN, NAN]), np.array([0.4, 0.24, 0.22])
    got = financed(orders, held, np.array([0.25, 0.35, 0.35]), Execution())
    # 0.3 + 0.24 + 0.22 = 0.76 of 0.95: 0.19 go to the two below target by 0.11 and 0.13
    assert got.tolist() == pytest.approx([0.3, 0.24 + 0.19 * 11 / 24, 0.22 + 0.19 * 13 / 24])


def test_idle_cash_within_the_band_is_left_alone_and_beyond_it_is_spent():
    target, none = np.array([0.5, 0.5]), np.array([NAN, NAN])
    assert np.isnan(financed(none, np.array([0.49, 0.495]), target, Execution())).all()
    got = financed(none, np.array([0.46, 0.48]), target, Execution())
    assert got.tolist() == pytest.approx([0.5, 0.5])


@given(
    held=st.lists(st.floats(0, 1), min_size=2, max_size=6),
    wanted=st.lists(st.floats(0, 1), min_size=6, max_size=6),
    invested=st.floats(0, 1),
)
def test_after_a_weekly_decision_with_orders_as_much_is_invested_as_wanted(held, wanted, invested):
    weights = np.array(held) / max(sum(held), 1.0)
    target = np.array(wanted[: len(held)])
    target = invested * target / max(target.sum(), 1e-9)
    orders = financed(band_orders(weights, target, Execution()), weights, target, Execution())
    after = np.where(np.isnan(orders), weights, orders)
    assert (after >= -1e-12).all()
    slack = Execution().band_absolute if np.isnan(orders).all() else 0.0
    assert abs(after.sum() - target.sum()) <= slack + 1e-9


def test_scaled_buys_share_the_cash_pro_rata():
    got = affordable(np.array([0.5, NAN, 0.4, 0.3]), np.array([0.2, 0.3, 0.1, 0.35]))
    # 0.05 is sold and 0.05 idle, against buys of 0.3 and 0.3
    assert got.tolist() == pytest.approx([0.25, 0.3, 0.15, 0.3])
