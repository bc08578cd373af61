"""Services on the network that deliver series: FRED with its archive, the Treasury, Yahoo and the SEC."""

from waterline.providers.base import Fetched, Known, Provider, ProviderError

__all__ = ["Fetched", "Known", "Provider", "ProviderError", "make"]


def make(name: str, contact: str | None) -> Provider:
    """The provider that the configuration calls ``name``.

    Args:
        name: "fred", "fred-csv", "treasury", "yahoo" or "sec".
        contact: e-mail address to declare where the service asks for one.
    """
    from waterline.providers.fred import FredProvider
    from waterline.providers.fred_csv import FredCsvProvider
    from waterline.providers.sec import SecProvider
    from waterline.providers.treasury import TreasuryProvider
    from waterline.providers.yahoo import YahooProvider

    kinds = {"fred": FredProvider, "fred-csv": FredCsvProvider, "treasury": TreasuryProvider, "yahoo": YahooProvider}
    return SecProvider(contact) if name == "sec" else kinds[name]()
