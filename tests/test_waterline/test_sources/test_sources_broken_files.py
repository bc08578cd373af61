"""Whatever a file holds, it loads or is refused with a sentence: never a traceback."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waterline.catalog import SERIES, asset
from waterline.errors import DataError
from waterline.sources.borrowing import read_net_borrowing
from waterline.sources.filings import read_capex
from waterline.sources.macro import read_series, read_vintages
from waterline.sources.prices import read_quotes, read_yield, to_bars
from waterline.sources.table import InputFile

FRED = b"date,value\n2020-01-02,1.5\n2020-01-03,.\n2020-01-06,1.7\n"
VINTAGES = b"date,realtime_start,value\n2020-01-03,2020-01-08,1.5\n2020-01-03,2020-01-15,0.2\n"
PRICES = b"date,open,high,low,close,adj_close,volume\n2020-01-02,1,1,1,1,1,5\n2020-01-03,,,,1.1,1.1,\n"
CAPEX = b"period_end,filed,value_usd,concept,form\n2020-03-31,2020-04-30,1,A,10-Q\n2020-06-30,2020-07-30,2,A,10-Q/cmp\n"
DEBT = CAPEX.replace(b",A,", b",LongTermDebt,")

READERS: dict[str, tuple[bytes, Callable[[InputFile], object]]] = {
    "fred": (FRED, lambda file: read_series(SERIES["DGS10"], file)),
    "vintages": (VINTAGES, lambda file: read_vintages(SERIES["NFCI"], file)),
    "prices": (PRICES, lambda file: to_bars([read_quotes(asset("SPY"), file)])),
    "yield": (PRICES, lambda file: read_yield("IRX", file)),
    "capex": (CAPEX, lambda file: read_capex("X/capex", file)),
    "debt": (DEBT, lambda file: read_net_borrowing("X/net_borrowing", file)),
}
edits = st.tuples(
    st.floats(0, 1),
    st.integers(0, 12),
    st.one_of(st.binary(max_size=4), st.sampled_from([b"\r", b"\n", b",", b'"', b"-"])),
)


@pytest.mark.parametrize("kind", READERS)
def test_the_file_before_it_is_broken_loads(kind: str) -> None:
    data, read = READERS[kind]
    assert read(InputFile("x.csv", "x.csv", data, ""))


@pytest.mark.parametrize("kind", READERS)
@given(st.lists(edits, min_size=1, max_size=4))
def test_a_broken_file_loads_or_is_refused(kind: str, changes: list[tuple[float, int, bytes]]) -> None:
    data, read = READERS[kind]
    for place, removed, inserted in changes:
        at = int(place * len(data))
        data = data[:at] + inserted + data[at + removed :]
    refused: DataError | None = None
    try:
        read(InputFile("x.csv", "x.csv", data, ""))
    except DataError as error:
        refused = error
    assert refused is None or (refused.source == "x.csv" and refused.remedy)
