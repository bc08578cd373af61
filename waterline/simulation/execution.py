"""How a decision becomes a trade: the ``execution`` section of the configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Fill = Literal["next_close", "next_open"]
Weekday = Literal["MON", "TUE", "WED", "THU", "FRI"]
WEEKDAYS: tuple[Weekday, ...] = ("MON", "TUE", "WED", "THU", "FRI")


class Execution(BaseModel):
    """When decisions are taken, at which price they fill, what is too small to trade, and what trading costs."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    fill: Fill = "next_close"
    """Where a decision of session t fills: at the close or the open of session t+1, never at a price of session t."""

    rebalance_weekday: Weekday = "WED"
    """Day of the weekly decision; if it is no session, the last one before it in the same week, else the next one."""

    band_absolute: Annotated[float, Field(ge=0.0, le=1.0)] = 0.02
    """Share of equity by which a weight may stray from its target before the weekly decision corrects it."""

    band_relative: Annotated[float, Field(ge=0.0, le=1.0)] = 0.20
    """Share of the target by which a weight may stray; the wider of the two bands holds."""

    delay_sessions: Annotated[int, Field(ge=0, le=60)] = 0
    """Sessions by which every decision comes late, beyond the one between decision and fill: a stress."""

    costs_paid_by: Literal["largest_buy", "everyone"] = "largest_buy"
    """Who pays the costs where targets leave no cash: the largest buy of the session, or every asset in proportion."""

    cost_multiple: Annotated[float, Field(ge=0.0, le=100.0)] = 1.0
    """Factor on the assets' costs per side: 0 for a frictionless run, 3 for a stress."""
