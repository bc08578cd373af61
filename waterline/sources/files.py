"""A folder of CSV files.

fred/<ID>.csv               date,value
fred/vintages/<ID>.csv      date,realtime_start,value; read instead of the latest revision where present
prices/<TICKER>.csv         date,open,high,low,close,adj_close,volume; also IRX, which is a yield
capex/<COMPANY>.csv         period_end,filed,value_usd,concept,form; also <COMPANY>_ocf.csv and <COMPANY>_debt.csv
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from waterline.catalog import ASSETS, SERIES, Asset
from waterline.errors import DataError
from waterline.sources.base import Loaded, Request, Source
from waterline.sources.borrowing import read_net_borrowing
from waterline.sources.filings import read_capex, read_flow
from waterline.sources.gathering import gather
from waterline.sources.macro import read_series, read_vintages
from waterline.sources.names import CAPEX, NET_BORROWING, OPERATING_CASH_FLOW, company_flow
from waterline.sources.prices import YIELDS, Quotes, read_quotes, read_yield
from waterline.sources.table import Folder, InputFile

SUFFIXES = {CAPEX: "", OPERATING_CASH_FLOW: "_ocf", NET_BORROWING: "_debt"}
READERS: dict[str, Callable[[str, InputFile], Loaded]] = {
    CAPEX: read_capex,
    OPERATING_CASH_FLOW: read_flow,
    NET_BORROWING: read_net_borrowing,
}


class FilesSource(Source):
    """Real history from a folder of CSV files."""

    kind: Literal["files"] = "files"
    path: Path
    """Folder that holds ``fred``, ``prices`` and ``capex``; ``~`` is expanded, a relative path counts from the current
    directory."""

    def load(self, request: Request) -> Loaded:
        """Everything in ``request`` that the folder holds."""
        return gather(request, FilesHeld(Folder.at(self.path)))


@dataclass(frozen=True, slots=True)
class FilesHeld:
    """The holdings of a folder."""

    folder: Folder

    def series(self, name: str) -> Loaded | None:
        """A series, read from its better file."""
        file = self.folder.find(*paths(name))
        if file is None:
            return None
        flow = company_flow(name)
        if flow is not None:
            return READERS[flow[1]](name, file)
        if name in YIELDS:
            return read_yield(name, file)
        return (read_vintages if "/vintages/" in file.name else read_series)(SERIES[name], file)

    def quotes(self, entry: Asset) -> Quotes | None:
        """The prices of an asset."""
        file = self.folder.find(*paths(entry.ticker))
        return None if file is None else read_quotes(entry, file)

    def absent(self, name: str) -> DataError:
        """Names the file that should be there, and the nearest that is."""
        return self.folder.absent(*paths(name))


def paths(name: str) -> tuple[str, ...]:
    """Where a folder keeps a series, company flow or asset, the better file first."""
    flow = company_flow(name)
    if flow is not None:
        return (f"capex/{flow[0]}{SUFFIXES[flow[1]]}.csv",)
    if name in YIELDS or name in ASSETS:
        return (f"prices/{name}.csv",)
    return (f"fred/vintages/{name}.csv", f"fred/{name}.csv")
