"""What every source promises: asked for names, it hands over observations, bars and what must be said about them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from waterline.panel import Bars, Notice, Observations


@dataclass(frozen=True, slots=True)
class Request:
    """The names a run wants.

    Attributes:
        series: catalog ids ("DGS10"), company flows ("MSFT/capex", "MSFT/ocf", "MSFT/net_borrowing") and tickers whose
            prices a signal reads ("HYG"). Optional: the absent ones are listed in ``Loaded.missing``.
        assets: tickers to hold. Required.
        bill_rate: catalog id of the rate that cash earns. Required.
    """

    series: frozenset[str]
    assets: frozenset[str]
    bill_rate: str


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """What a source found, or one file's share of it.

    Attributes:
        series: observations by name.
        bars: daily bars by ticker.
        missing: optional names that the source does not hold, sorted.
        notices: what a reader of the results must know about the data.
        files: every input file that was read -> SHA-256 of its bytes.
    """

    series: dict[str, Observations] = field(default_factory=dict)
    bars: dict[str, Bars] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


def combine(parts: Iterable[Loaded], missing: Iterable[str]) -> Loaded:
    """All parts as one, in order, with the names that none of them holds."""
    every = tuple(parts)
    return Loaded(
        series={name: rows for part in every for name, rows in part.series.items()},
        bars={name: bars for part in every for name, bars in part.bars.items()},
        missing=tuple(sorted(missing)),
        notices=tuple(notice for part in every for notice in part.notices),
        files={name: digest for part in every for name, digest in part.files.items()},
    )


class Source(BaseModel, ABC):
    """Where the data comes from. Members of the closed union add ``kind`` and their own fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @abstractmethod
    def load(self, request: Request) -> Loaded:
        """Everything in ``request`` that this source holds.

        Raises:
            DataError: a required name is absent, or a file that was read cannot be trusted.
            ConfigError: an asset is not in the catalog.
        """
