"""What an experiment says today, or on an earlier day: regime, reasons, weights, trades, ages, and what would turn it.

Layer: beside :mod:`waterline.appraisal`. Nothing here looks at returns.
"""

from waterline.today.answer import Today, answer
from waterline.today.contributions import pillar_parts
from waterline.today.holdings import read_holdings
from waterline.today.inputs import StaleInputError
from waterline.today.moment import Moment

__all__ = ["Moment", "StaleInputError", "Today", "answer", "pillar_parts", "read_holdings"]
