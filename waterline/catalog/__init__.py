"""What is fixed about series and assets, whatever source delivers them."""

from waterline.catalog.assets import ASSETS, COST_BPS, Asset, asset
from waterline.catalog.release import Release
from waterline.catalog.series import MAX_AGE_DAYS, SERIES, Series

__all__ = ["ASSETS", "COST_BPS", "MAX_AGE_DAYS", "SERIES", "Asset", "Release", "Series", "asset"]
