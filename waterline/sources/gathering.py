"""From a request to what is loaded, whatever the data lie in."""

from __future__ import annotations

from typing import Protocol

from waterline.catalog import ASSETS, SERIES, Asset, asset
from waterline.errors import DataError, suggestion
from waterline.sources.base import Loaded, Request, combine
from waterline.sources.names import company_flow, unknown
from waterline.sources.prices import Quotes, to_bars


class Holdings(Protocol):
    """What a source has in its keeping, asked for one name at a time."""

    def series(self, name: str) -> Loaded | None:
        """A series of the catalog or a flow of a company ("MSFT/capex"); None where it is not held.

        Raises:
            DataError: it is held, but cannot be trusted.
        """

    def quotes(self, entry: Asset) -> Quotes | None:
        """The prices of an asset; None where they are not held.

        Raises:
            DataError: they are held, but cannot be trusted.
        """

    def absent(self, name: str) -> DataError:
        """What to tell when a required series or asset is not held."""


def gather(request: Request, holdings: Holdings) -> Loaded:
    """Everything in ``request`` that is held.

    Raises:
        DataError: a required name is absent, or something held cannot be trusted.
        ConfigError: an asset is not in the catalog.
    """
    if request.bill_rate not in SERIES:
        problem = "the bill rate is no series of the catalog."
        raise DataError(request.bill_rate, problem, suggestion(request.bill_rate, SERIES))
    bill_rate = holdings.series(request.bill_rate)
    if bill_rate is None:
        raise holdings.absent(request.bill_rate)
    tickers = request.assets | {name for name in request.series if name in ASSETS}
    quotes = {ticker: holdings.quotes(asset(ticker)) for ticker in sorted(tickers)}
    for ticker in sorted(request.assets):
        if quotes[ticker] is None:
            raise holdings.absent(ticker)
    others = {_flow(name) for name in request.series - tickers - {request.bill_rate}}
    found = (holdings.series(name) for name in sorted(others) if name in SERIES or company_flow(name))
    parts = [
        bill_rate,
        *(loaded for loaded in found if loaded is not None),
        *to_bars([of for of in quotes.values() if of is not None]),
    ]
    loaded = combine(parts, ())
    missing = request.series - loaded.series.keys() - loaded.bars.keys()
    return combine([*parts, Loaded(notices=unknown(missing))], missing)


def _flow(name: str) -> str:
    """For a flow or its companion the flow ("MSFT/capex"), the name itself otherwise."""
    flow = company_flow(name)
    return name if flow is None else "/".join(flow)
