"""Funding stress and plumbing: whether cash can still be had overnight, and what lenders charge for doubt.

Story. Scarcity shows first where money is rented for a night: secured rates rise above what the Federal Reserve pays
on reserves, the Treasury's account drains bank reserves as it fills, credit spreads widen, implied volatility rises.

Sources. SOFR, IORB and the effective funds rate (New York Fed), H.4.1 balances, Moody's spreads, bond ETFs, VIX. The
Chicago and St. Louis Fed indices re-estimate their whole history at every release: they are shown beside the pillar,
not counted.

How it fails. SOFR begins in April 2018 and IORB in July 2021 (its predecessor IOER is needed before), so the
September 2019 spike is outside the reach of the secured-rate members on most sources. SOFR minus IORB has a median
absolute deviation of zero on most days: its score then rests on the standard deviation. Month-ends and tax days carry
real stress and are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from pydantic import Field

from signals.pillar import Member, Pillar, lacking
from signals.rates import IOER, secured_spread, spread
from waterline.panel import Observations, Panel
from waterline.sessions import Floats
from waterline.transforms import change, combined, quarter_change, relative_to, trailing

MemberName = Literal[
    "sofr_iorb", "sofr_effr", "repo_tail", "treasury_account", "net_liquidity", "credit", "volatility", "ted", "quality"
]
DEFAULT_MEMBERS: tuple[MemberName, ...] = (
    "sofr_iorb", "sofr_effr", "repo_tail", "treasury_account", "net_liquidity", "credit", "volatility", "ted",
)  # fmt: skip
INPUTS: dict[MemberName, tuple[str, ...]] = {
    "sofr_iorb": ("SOFR", "IORB"),
    "sofr_effr": ("SOFR", "DFF"),
    "repo_tail": ("SOFR99", "SOFR"),
    "treasury_account": ("WTREGEN", "GDP"),
    "net_liquidity": ("WALCL", "WTREGEN", "RRPONTSYD", "GDP"),
    "credit": ("BAA10Y",),
    "volatility": ("VIXCLS",),
    "ted": ("TEDRATE",),
    "quality": ("AAA", "BAA"),
}
BOND_RATIOS = (("IEF", "HYG"), ("IEF", "LQD"))


class FundingStress(Pillar):
    """Mean of the members' scores; positive when funding is strained."""

    members: tuple[MemberName, ...] = Field(DEFAULT_MEMBERS, min_length=1)
    """Members that count."""
    beside: tuple[Literal["NFCI", "STLFSI4"], ...] = ("NFCI", "STLFSI4")
    """Indices shown beside the pillar, not counted: their history is re-estimated."""

    def inputs(self) -> frozenset[str]:
        ratios = {ticker for pair in BOND_RATIOS for ticker in pair} if "credit" in self.members else set()
        return frozenset({*self.beside, *ratios, IOER, *(name for member in self.members for name in INPUTS[member])})

    def build(self, panel: Panel) -> list[Member]:
        return [self._member(panel, name) for name in self.members]

    def build_beside(self, panel: Panel) -> list[Member]:
        shown = [name for name in self.beside if name in panel]
        return [Member(name, (self.scaling.z(panel.read(name)),)) for name in shown]

    def _member(self, panel: Panel, name: MemberName) -> Member:
        missing = lacking(panel, *INPUTS[name])
        if missing:
            return Member(name, missing=missing)
        moved = [self.scaling.z(rows) for rows in _CHANGES[name](panel)] if name in _CHANGES else []
        ranked = [self.scaling.percentile(rows) for rows in _LEVELS[name](panel)] if name in _LEVELS else []
        return Member(name, (*moved, *ranked), remark=_remark(panel, name))


def net_liquidity(panel: Panel) -> Observations:
    """Federal Reserve assets minus the Treasury's account minus reverse repo, in USD, by Wednesday.

    Reverse repo is that of the Wednesday itself; before the facility opened in September 2013 the figure is missing.
    """
    held = combined(panel.read("WALCL"), panel.read("WTREGEN"), np.subtract, "assets minus Treasury account")
    return combined(held, panel.read("RRPONTSYD"), np.subtract, "net liquidity")


def net_liquidity_impulse(panel: Panel) -> Observations:
    """Change of net liquidity over 13 weeks relative to GDP; positive adds water."""
    return relative_to(change(net_liquidity(panel), 13), panel.read("GDP"), "net liquidity impulse")


def _secured(apart: Observations) -> list[Observations]:
    return [trailing(apart, 5, np.median), trailing(apart, 21, _share_positive)]


def _share_positive(windows: Floats, axis: int) -> Floats:
    return np.where(np.isnan(windows).any(axis=axis), np.nan, (windows > 0).mean(axis=axis))


def _repo_tail(panel: Panel) -> list[Observations]:
    def high(windows: Floats, axis: int) -> Floats:
        return np.asarray(np.quantile(windows, 0.8, axis=axis))

    return [trailing(spread(panel.read("SOFR99"), panel.read("SOFR")), 21, high)]


def _treasury_account(panel: Panel) -> list[Observations]:
    return [relative_to(change(panel.read("WTREGEN"), 4), panel.read("GDP"), "Treasury account build")]


def _drained(panel: Panel) -> list[Observations]:
    impulse = net_liquidity_impulse(panel)
    return [impulse.with_value(-impulse.value)]


def _credit_ratios(panel: Panel) -> list[Observations]:
    pairs = [pair for pair in BOND_RATIOS if not lacking(panel, *pair)]
    return [combined(panel.read(a), panel.read(b), lambda x, y: np.log(x / y), f"{a}/{b}") for a, b in pairs]


def _credit_levels(panel: Panel) -> list[Observations]:
    return [panel.read("BAA10Y"), *_credit_ratios(panel)]


def _credit_changes(panel: Panel) -> list[Observations]:
    spread, *ratios = _credit_levels(panel)
    return [quarter_change(spread, 2), *(quarter_change(ratio) for ratio in ratios)]


def _volatility(panel: Panel) -> list[Observations]:
    return [trailing(panel.read("VIXCLS"), 21, np.mean)]


def _ted(panel: Panel) -> list[Observations]:
    return [trailing(panel.read("TEDRATE"), 21, np.mean)]


def _quality(panel: Panel) -> list[Observations]:
    return [spread(panel.read("BAA"), panel.read("AAA"))]


def _quality_change(panel: Panel) -> list[Observations]:
    return [quarter_change(rows, 2) for rows in _quality(panel)]


_CHANGES: dict[MemberName, Callable[[Panel], list[Observations]]] = {
    "sofr_iorb": lambda panel: _secured(secured_spread(panel)),
    "sofr_effr": lambda panel: _secured(spread(panel.read("SOFR"), panel.read("DFF"))),
    "repo_tail": _repo_tail,
    "treasury_account": _treasury_account,
    "net_liquidity": _drained,
    "credit": _credit_changes,
    "ted": _ted,
    "quality": _quality_change,
}
_LEVELS: dict[MemberName, Callable[[Panel], list[Observations]]] = {
    "credit": _credit_levels,
    "volatility": _volatility,
    "quality": _quality,
}


def _remark(panel: Panel, name: MemberName) -> str:
    if name == "sofr_iorb" and IOER not in panel:
        return "starts with IORB on 29 Jul 2021: its predecessor IOER is not in the source."
    if name == "ted":
        return "ends with the TED spread in January 2022; nothing is spliced after it."
    if name == "credit" and any(lacking(panel, *pair) for pair in BOND_RATIOS):
        return "rests on fewer than its three parts: a bond ETF is not in the source."
    return ""
