"""Demand for capital: how hard the hyperscalers, the wider economy and the Treasury pull on savings.

Story. Capital expenditure on data centres is paid first from cash flow, then by selling securities and issuing bonds.
The first is a transfer; the second takes duration that someone else must hold. So demand is read as the rise of
trailing capital expenditure relative to the economy, as its share of operating cash flow, and as the share paid with
outside money.

Sources. Company filings, each number from the instant its filing was accepted; BEA investment in information
processing and software; census orders for core capital goods; Treasury debt held by the public less what the Federal
Reserve holds.

How it fails. Quarterly filings make it slow: it changes sign about once a year. Finance leases and vehicles off the
balance sheet are missing, so the figures are lower bounds. The named five were known to be the spenders only
afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from pydantic import Field

from signals.capex import flows, ratio_of_sums, summed, year_sum
from signals.pillar import Member, Pillar, lacking
from waterline.panel import Observations, Panel
from waterline.transforms import (
    Window,
    as_known,
    change,
    combined,
    lagged,
    minus_median,
    relative_to,
    trailing,
)

MemberName = Literal[
    "capex_impulse",
    "capex_to_cash_flow",
    "external_funding",
    "it_investment",
    "core_orders",
    "treasury_supply",
    "real_investment",
]
DEFAULT_MEMBERS: tuple[MemberName, ...] = (
    "capex_impulse", "capex_to_cash_flow", "external_funding", "it_investment", "core_orders", "treasury_supply",
)  # fmt: skip
SERIES: dict[MemberName, tuple[str, ...]] = {
    "capex_impulse": ("GDP",),
    "capex_to_cash_flow": (),
    "external_funding": (),
    "it_investment": ("A679RC1Q027SBEA", "GDP"),
    "core_orders": ("NEWORDER",),
    "treasury_supply": ("DEBTPUBLIC", "TREAST", "GDP"),
    "real_investment": ("REALINV", "REALGDP"),
}
FLOWS: dict[MemberName, tuple[str, ...]] = {
    "capex_impulse": ("capex",),
    "capex_to_cash_flow": ("capex", "ocf"),
    "external_funding": ("capex", "net_borrowing"),
}
DEFINITION = "capex_definition"
TWELVE_QUARTERS = Window(years=3.0, min_years=1.0, min_events=8)
FIVE_YEARS = Window(min_years=2.0)


class CapitalDemand(Pillar):
    """Mean of the members' scores; positive when much capital is asked for."""

    members: tuple[MemberName, ...] = Field(DEFAULT_MEMBERS, min_length=1)
    """Members that count."""
    companies: tuple[str, ...] = Field(("MSFT", "GOOGL", "AMZN", "META", "ORCL"), min_length=1)
    """Companies whose filings are summed."""
    min_companies: int = Field(2, ge=1, le=20)
    """Fewest companies with a complete trailing year."""

    def inputs(self) -> frozenset[str]:
        wanted = {flow for member in self.members for flow in FLOWS.get(member, ())}
        filings = {f"{company}/{flow}" for company in self.companies for flow in (*wanted, DEFINITION) if wanted}
        return frozenset({*filings, *(name for member in self.members for name in SERIES[member])})

    def build(self, panel: Panel) -> list[Member]:
        return [self._member(panel, name) for name in self.members]

    def _member(self, panel: Panel, name: MemberName) -> Member:
        missing = lacking(panel, *SERIES[name]) + self._lacking_flows(panel, name)
        if missing:
            return Member(name, missing=missing)
        return Member(name, (self.scaling.z(_BUILD[name](self, panel)),))

    def _lacking_flows(self, panel: Panel, name: MemberName) -> tuple[str, ...]:
        """The filings that keep fewer than ``min_companies`` companies complete; empty when enough have filed."""
        wanted = FLOWS.get(name, ())
        gaps = [lacking(panel, *(f"{company}/{flow}" for flow in wanted)) for company in self.companies]
        complete = sum(not gap for gap in gaps)
        return () if complete >= self.min_companies or not wanted else tuple(name for gap in gaps for name in gap)

    def _years(self, panel: Panel, flow: str, quarters: int = 4, ago: int = 0) -> dict[str, Observations]:
        """Trailing-year sums of ``flow`` by company, void where they span a change of definition."""
        sums = {}
        for company, rows in flows(panel, self.companies, flow).items():
            name = f"{company}/{DEFINITION}"
            definition = panel.read(name) if flow == "capex" and name in panel else None
            sums[company] = year_sum(rows, definition, quarters, ago)
        return sums

    def capex_impulse(self, panel: Panel) -> Observations:
        """Rise of trailing-year capital expenditure over four quarters, relative to trailing-year GDP."""
        now, before = self._years(panel, "capex", 8), self._years(panel, "capex", 8, ago=4)
        rises = [rows.with_value(rows.value - before[company].value) for company, rows in now.items()]
        (rise,) = summed([rises], self.min_companies)
        return relative_to(rise, trailing(panel.read("GDP"), 4, np.mean), "capex impulse")

    def capex_to_cash_flow(self, panel: Panel) -> Observations:
        """Trailing-year capital expenditure over operating cash flow, minus its twelve-quarter median."""
        share = ratio_of_sums(
            self._years(panel, "capex"), self._years(panel, "ocf"), self.min_companies, "capex over cash flow"
        )
        return minus_median(share, TWELVE_QUARTERS)

    def external_funding(self, panel: Panel) -> Observations:
        """Trailing-year net borrowing and lease principal over capital expenditure, clipped to [-1, 2]."""
        share = ratio_of_sums(
            self._years(panel, "net_borrowing"), self._years(panel, "capex"), self.min_companies, "external funding"
        )
        return share.with_value(np.clip(share.value, -1.0, 2.0))

    def external_need(self, panel: Panel) -> Observations:
        """Net borrowing and lease principal of the companies over a trailing year, in USD."""
        (borrowed,) = summed([list(self._years(panel, "net_borrowing").values())], self.min_companies)
        return borrowed.with_value(borrowed.value, "external need")


def _share_change(panel: Panel, part: str, whole: str) -> Observations:
    return change(combined(panel.read(part), panel.read(whole), np.divide, f"{part} share"), 4)


def _core_orders(panel: Panel) -> Observations:
    orders = panel.read("NEWORDER")
    growth = as_known(orders, lambda rows: 2.0 * np.log(rows.value / lagged(rows, 6)), "core orders growth")
    mean = trailing(growth, 36, np.mean)
    return growth.with_value(growth.value - mean.value)


def private_supply(panel: Panel) -> Observations:
    """Treasury debt that private hands had to absorb over 13 weeks, in USD, by Wednesday."""
    held, debt = panel.read("TREAST"), panel.read("DEBTPUBLIC")
    return change(combined(held, debt, lambda ours, all_of_it: all_of_it - ours, "private Treasury supply"), 13)


def _treasury_supply(panel: Panel) -> Observations:
    return minus_median(relative_to(private_supply(panel), panel.read("GDP"), "treasury supply"), FIVE_YEARS)


_BUILD: dict[MemberName, Callable[[CapitalDemand, Panel], Observations]] = {
    "capex_impulse": CapitalDemand.capex_impulse,
    "capex_to_cash_flow": CapitalDemand.capex_to_cash_flow,
    "external_funding": CapitalDemand.external_funding,
    "it_investment": lambda _, panel: _share_change(panel, "A679RC1Q027SBEA", "GDP"),
    "core_orders": lambda _, panel: _core_orders(panel),
    "treasury_supply": lambda _, panel: _treasury_supply(panel),
    "real_investment": lambda _, panel: _share_change(panel, "REALINV", "REALGDP"),
}
