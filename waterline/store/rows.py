"""The value object that providers hand to the store and the store hands to its readers."""

from __future__ import annotations

from dataclasses import dataclass

from waterline.sessions import Dates, Floats, Instants

# Sources whose rows are true vintages; what the others say about a revised series is its latest revision alone.
VINTAGED = frozenset({"alfred", "files-vintages"})


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Published values of one series. The key is (series, period, available_at); another instant is another vintage.

    Attributes:
        series: catalog id ("DGS10"), company flow ("MSFT/capex", "MSFT/ocf", "MSFT/net_borrowing",
            "MSFT/capex_definition"), reported concept behind a flow ("MSFT/net_borrowing/LongTermDebt"), or column of
            a price history ("SPY/open", "SPY/high", "SPY/low", "SPY/close", "SPY/adj_close", "SPY/volume",
            "SPY/dividend", "SPY/split").
        period: (n,) stamp as published.
        available_at: (n,) UTC instant from which the value could be known.
        vintage: (n,) New York day of the release.
        value: (n,) in the published unit, which the catalog scales on reading; NaN where published as missing.
        source: "fred", "alfred", "fred-csv", "yahoo", "sec", "files" or "files-vintages"; of rows that were read
            back, all of theirs, joined by ", ".
    """

    series: str
    period: Dates
    available_at: Instants
    vintage: Dates
    value: Floats
    source: str

    def __len__(self) -> int:
        return len(self.value)
