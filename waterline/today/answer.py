"""What an experiment says at a moment: the regime, why, what to hold, how old its inputs are, what would turn it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass

from waterline.config import Config
from waterline.experiment import Report, decide, silent
from waterline.metrics import as_json
from waterline.panel import Notice
from waterline.today.flips import Flip, flips_of
from waterline.today.holdings import Holding, Rebalancing, rebalance
from waterline.today.inputs import Input, inputs_of, refuse_stale
from waterline.today.moment import Moment, World
from waterline.today.standing import Standing, standing_of
from waterline.today.targets import Portfolio, portfolio_of

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class Today:
    """The answer.

    Attributes:
        config: the experiment, ending on the day that was asked for.
        digest: digest of the experiment as it was given.
        moment: what was asked about.
        standing: the regime at the last decision.
        portfolio: what that decision wants.
        rebalancing: the trades from given holdings; None where none were given.
        inputs: every input of the answer.
        flips: what the next print of each input can do, the nearest first.
        notices: what must be known about data and signal.
    """

    config: Config
    digest: str
    moment: Moment
    standing: Standing
    portfolio: Portfolio
    rebalancing: Rebalancing | None
    inputs: tuple[Input, ...]
    flips: tuple[Flip, ...]
    notices: tuple[Notice, ...]

    def as_json(self) -> dict[str, object]:
        """Keys as the fields, full precision, null where there is no figure."""
        named = {name: _plain(getattr(self, name)) for name in ("moment", "standing", "portfolio", "rebalancing")}
        listed = {name: [_plain(one) for one in getattr(self, name)] for name in ("inputs", "flips", "notices")}
        return {"schema_version": SCHEMA_VERSION, "name": self.config.name, "digest": self.digest, **named, **listed}


def answer(config: Config, moment: Moment, holdings: Sequence[Holding] | None = None, report: Report = silent) -> Today:
    """What ``config`` says at ``moment``.

    Args:
        config: the experiment; its end plays no part.
        moment: what is asked about.
        holdings: what is held, for the trades; None for none.
        report: called with the name of each step as it begins.

    Raises:
        StaleInputError: an input is too old.
        DataError: a file is missing or cannot be trusted.
        HoldingsError: a holding has no price.
        SpanError: there is no score yet.
    """
    report("reading data")
    world = World.at(config, moment)
    inputs = inputs_of(world)
    refuse_stale(world, inputs)
    report("deciding")
    made = decide(world.config, world.decided)
    standing, portfolio = standing_of(world, made), portfolio_of(world, made)
    return Today(
        config=world.config,
        digest=config.digest(),
        moment=moment,
        standing=standing,
        portfolio=portfolio,
        rebalancing=None if holdings is None else rebalance(world, portfolio, holdings),
        inputs=inputs,
        flips=flips_of(world, standing, inputs, report),
        notices=(*world.known.notices, *made.score.notices),
    )


def _plain(value: object) -> object:
    """Plain JSON: value objects as objects, days and instants (UTC) as ISO text, NaN and NaT as null."""
    match value:
        case bool():
            return value
        case tuple():
            return [_plain(item) for item in value]
        case dt.date():
            return value.isoformat()
        case _ if is_dataclass(value):
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return as_json(value)
