"""A folder of CSV files.

fred/<ID>.csv               date,value
fred/vintages/<ID>.csv      date,realtime_start,value; read instead of the latest revision where present
prices/<TICKER>.csv         date,open,high,low,close,adj_close,volume; also IRX, which is a yield
capex/<COMPANY>.csv         period_end,filed,value_usd,concept,form; also <COMPANY>_ocf.csv and <COMPANY>_debt.csv
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from waterline.catalog import ASSETS, SERIES, Asset, asset
from waterline.errors import DataError, suggestion
from waterline.sources.base import Loaded, Request, Source, combine
from waterline.sources.borrowing import read_net_borrowing
from waterline.sources.filings import read_capex, read_flow
from waterline.sources.macro import read_series, read_vintages
from waterline.sources.names import CAPEX, NET_BORROWING, OPERATING_CASH_FLOW, company_flow, unknown
from waterline.sources.prices import YIELDS, Quotes, read_quotes, read_yield, to_bars
from waterline.sources.table import Folder, InputFile

FLOWS: dict[str, tuple[str, Callable[[str, InputFile], Loaded]]] = {
    CAPEX: ("", read_capex),
    OPERATING_CASH_FLOW: ("_ocf", read_flow),
    NET_BORROWING: ("_debt", read_net_borrowing),
}


class FilesSource(Source):
    """Real history from a folder of CSV files."""

    kind: Literal["files"] = "files"
    path: Path
    """Folder that holds ``fred``, ``prices`` and ``capex``; ``~`` is expanded, a relative path counts from the current
    directory."""

    def load(self, request: Request) -> Loaded:
        """Everything in ``request`` that the folder holds."""
        folder = Folder.at(self.path)
        if request.bill_rate not in SERIES:
            problem = "the bill rate is no series of the catalog."
            raise DataError(request.bill_rate, problem, suggestion(request.bill_rate, SERIES))
        bill_rate = folder.require(*_paths(request.bill_rate))
        tickers = request.assets | {name for name in request.series if name in ASSETS}
        others = sorted(request.series - tickers - {request.bill_rate})
        found = {paths: name for name in others if (paths := _paths(name))}
        files = ((name, folder.find(*paths)) for paths, name in found.items())
        quotes = [_quotes(folder, asset(ticker), ticker in request.assets) for ticker in sorted(tickers)]
        parts = [
            _read(request.bill_rate, bill_rate),
            *(_read(name, file) for name, file in files if file is not None),
            *to_bars([of for of in quotes if of is not None]),
        ]
        loaded = combine(parts, ())
        missing = request.series - loaded.series.keys() - loaded.bars.keys()
        return combine([*parts, Loaded(notices=unknown(missing))], missing)


def _quotes(folder: Folder, entry: Asset, required: bool) -> Quotes | None:
    path = f"prices/{entry.ticker}.csv"
    file = folder.require(path) if required else folder.find(path)
    return None if file is None else read_quotes(entry, file)


def _paths(name: str) -> tuple[str, ...]:
    """Where the folder keeps a series, the better file first; nowhere if the name means nothing."""
    flow = company_flow(name)
    if flow is not None:
        return (f"capex/{flow[0]}{FLOWS[flow[1]][0]}.csv",)
    if name in YIELDS:
        return (f"prices/{name}.csv",)
    return (f"fred/vintages/{name}.csv", f"fred/{name}.csv") if name in SERIES else ()


def _read(name: str, file: InputFile) -> Loaded:
    flow = company_flow(name)
    if flow is not None:
        return FLOWS[flow[1]][1]("/".join(flow), file)
    if name in YIELDS:
        return read_yield(name, file)
    return (read_vintages if "/vintages/" in file.name else read_series)(SERIES[name], file)
