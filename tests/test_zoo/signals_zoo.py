"""Signals that read ahead, and their honest twins: functions from the panel to a score."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from test_zoo_habitat import Animal, Case, experiment, habitat, momentum, restless, with_vintages

from waterline.contracts import Score, Signal
from waterline.panel import Observations, Panel
from waterline.sessions import Floats
from waterline.transforms import Window, percentile_z

Trick_ = Callable[[Panel], Floats]
HALF = 10


class Trick(Signal):
    """A signal that computes one of the functions below."""

    name: str

    def inputs(self) -> frozenset[str]:
        return frozenset({"AAA", "DGS10", "GDP", "MSFT/capex", "SPY", "WALCL"})

    def score(self, panel: Panel) -> Score:
        return Score(total=FUNCTIONS[self.name](panel))


# --- statistics ----------------------------------------------------------------------------------------------------


def expanding(value: Floats, statistic: str) -> Floats:
    import pandas as pd

    return getattr(pd.Series(value).expanding(20), statistic)().to_numpy()


def full_z(panel: Panel) -> Floats:
    value = momentum(panel)
    return (value - np.nanmean(value)) / np.nanstd(value)


def expanding_z(panel: Panel) -> Floats:
    value = momentum(panel)
    return (value - expanding(value, "mean")) / expanding(value, "std")


def full_percentile(panel: Panel) -> Floats:
    value = momentum(panel)
    ranks = np.searchsorted(np.sort(value[np.isfinite(value)]), value) / len(value)
    return np.where(np.isnan(value), np.nan, 4.0 * (ranks - 0.5))


def window_percentile(panel: Panel) -> Floats:
    return panel.now(percentile_z(panel.read("DGS10"), Window(days=252, min_days=63)))


def full_min_max(panel: Panel) -> Floats:
    value = momentum(panel)
    return 4.0 * (value - np.nanmin(value)) / (np.nanmax(value) - np.nanmin(value)) - 2.0


def expanding_min_max(panel: Panel) -> Floats:
    value = momentum(panel)
    low, high = expanding(value, "min"), expanding(value, "max")
    return 4.0 * (value - low) / (high - low) - 2.0


def scaler_on_all(panel: Panel) -> Floats:
    return _scaled(panel, slice(None))


def scaler_on_training(panel: Panel) -> Floats:
    scaled = _scaled(panel, slice(0, 121))
    return np.where(np.arange(len(scaled)) > 120, scaled, np.nan)


def _scaled(panel: Panel, training: slice) -> Floats:
    from sklearn.preprocessing import StandardScaler

    value = momentum(panel)[:, None]
    fitted = value[training]
    scaler = StandardScaler().fit(fitted if np.isfinite(fitted).any() else np.zeros((2, 1)))
    return scaler.transform(value)[:, 0]


def principal_component_of_all(panel: Panel) -> Floats:
    block = np.nan_to_num(np.column_stack([momentum(panel, days) for days in (5, 21, 63)]))
    _, _, axes = np.linalg.svd(block - block.mean(axis=0), full_matrices=False)
    return block @ (axes[0] * np.sign(axes[0].sum()))


def fixed_component(panel: Panel) -> Floats:
    block = np.nan_to_num(np.column_stack([momentum(panel, days) for days in (5, 21, 63)]))
    return block @ np.full(3, 3**-0.5)


# --- windows and fills ---------------------------------------------------------------------------------------------


def _moves(panel: Panel) -> Floats:
    close = panel.now(panel.read("SPY"))
    return np.append(0.0, np.diff(np.log(close)))


def _mean(panel: Panel, ahead: int) -> Floats:
    value, out = np.nan_to_num(momentum(panel)), np.zeros(len(panel.clock))
    for t in range(len(value)):
        out[t] = value[max(t - HALF, 0) : t + ahead + 1].mean()
    return out


def centred(panel: Panel) -> Floats:
    return _mean(panel, HALF)


def trailing(panel: Panel) -> Floats:
    return _mean(panel, 0)


def filtered_both_ways(panel: Panel) -> Floats:
    from scipy.signal import filtfilt

    return filtfilt([0.1], [1.0, -0.9], np.nan_to_num(momentum(panel)))


def filtered_forwards(panel: Panel) -> Floats:
    from scipy.signal import lfilter

    return lfilter([0.1], [1.0, -0.9], np.nan_to_num(momentum(panel)))


def tomorrow(panel: Panel) -> Floats:
    return np.append(_moves(panel)[1:], 0.0) / 0.015


def yesterday(panel: Panel) -> Floats:
    return np.append(0.0, _moves(panel)[:-1]) / 0.015


def month_by_its_first_day(panel: Panel) -> Floats:
    return _by_month(panel, 0)


def month_once_it_is_over(panel: Panel) -> Floats:
    return _by_month(panel, 1)


def _by_month(panel: Panel, late: int) -> Floats:
    month = panel.clock.sessions.astype("datetime64[M]").astype(int)
    month -= month[0]
    total = np.bincount(month, _moves(panel))
    told = np.concatenate([np.full(late, np.nan), total])
    return told[month] / 0.05


# --- joins ---------------------------------------------------------------------------------------------------------


def standard(rows: Observations, at: Floats) -> Floats:
    """Deviation from what was known in 2015, when all of these series had a history; about unit size."""
    before = rows.value[rows.available_at < np.datetime64("2016-01-01")]
    before = before[np.isfinite(before)]
    return (at - before[-1]) / (np.std(np.diff(before)) * 6.0)


def _joined(panel: Panel, name: str, stamp: str) -> Floats:
    rows = panel.read(name)
    order = np.argsort(getattr(rows, stamp), kind="stable")
    index = np.searchsorted(getattr(rows, stamp)[order].astype("datetime64[s]"), panel.clock.cutoffs, "right") - 1
    return standard(rows, rows.value[order][index])


def on_its_date(name: str) -> Trick_:
    return lambda panel: _joined(panel, name, "period")


@cache
def when_available(name: str) -> Trick_:
    return lambda panel: standard(panel.read(name), panel.now(panel.read(name)))


def back_filled(panel: Panel) -> Floats:
    rows = panel.read("AAA")
    index = np.searchsorted(rows.available_at, panel.clock.cutoffs)
    return standard(rows, np.where(index < len(rows), rows.value[np.minimum(index, len(rows) - 1)], np.nan))


def nearest(panel: Panel) -> Floats:
    import pandas as pd

    rows = panel.read("WALCL")
    left = pd.DataFrame({"at": panel.clock.cutoffs})
    right = pd.DataFrame({"at": rows.available_at, "value": rows.value})
    merged = pd.merge_asof(left, right.drop_duplicates("at"), on="at", direction="nearest")
    return standard(rows, merged["value"].to_numpy())


def interpolated(panel: Panel) -> Floats:
    rows = panel.read("AAA")
    at, known = panel.clock.cutoffs.astype("int64"), rows.available_at.astype("int64")
    return standard(rows, np.interp(at, known, rows.value))


def latest_vintage(panel: Panel) -> Floats:
    rows = panel.read("GDP")
    _, first = np.unique(rows.period, return_index=True)
    _, back = np.unique(rows.period[::-1], return_index=True)
    told = rows.rows(first).with_value(rows.value[len(rows) - 1 - back])
    return standard(rows, panel.now(told))


FUNCTIONS: dict[str, Trick_] = {"momentum": momentum, "restless": restless}
PAIRS: dict[str, tuple[Trick_, Trick_]] = {
    "z-score of the whole sample": (full_z, expanding_z),
    "percentile in the whole sample": (full_percentile, window_percentile),
    "min and max of the whole sample": (full_min_max, expanding_min_max),
    "scaler fitted on all": (scaler_on_all, scaler_on_training),
    "principal component of all": (principal_component_of_all, fixed_component),
    "centred rolling mean": (centred, trailing),
    "filter run both ways": (filtered_both_ways, filtered_forwards),
    "shift(-1)": (tomorrow, yesterday),
    "resampled, labelled left": (month_by_its_first_day, month_once_it_is_over),
    "back-fill": (back_filled, when_available("AAA")),
    "as-of join to the nearest": (nearest, when_available("WALCL")),
    "interpolated between releases": (interpolated, when_available("AAA")),
    "H.4.1 joined on its Wednesday": (on_its_date("WALCL"), when_available("WALCL")),
    "month joined on its first day": (on_its_date("AAA"), when_available("AAA")),
    "capex joined on the fiscal period's end": (on_its_date("MSFT/capex"), when_available("MSFT/capex")),
    "latest vintage joined as the first": (latest_vintage, when_available("GDP")),
}


def animals() -> list[Animal]:
    """A signal each; pairs that read the same series share an honest twin."""
    panels = {False: habitat(), True: with_vintages()}
    twins: dict[Trick_, Case] = {}
    found = []
    for name, (leaking, honest) in PAIRS.items():
        panel = panels["vintage" in name]
        if honest not in twins:
            twins[honest] = _case(f"{name}, honest", honest, panel)
        case = _case(name, leaking, panel)
        found.append(Animal(name, "signal", case, twins[honest], cuts=5 if "join" in name else 3))
    return found


def _case(name: str, function: Trick_, panel: Panel) -> Case:
    FUNCTIONS[name] = function
    return Case(experiment(name), panel)
