"""The local store: what was published, from when it could be known, and when this machine learnt it."""

from waterline.store.appending import Appended, Revision
from waterline.store.errors import StoreBusyError, StoreError
from waterline.store.fetches import Fetch
from waterline.store.location import default_path
from waterline.store.reading import Summary
from waterline.store.rows import VINTAGED, Rows
from waterline.store.store import Store

__all__ = [
    "VINTAGED",
    "Appended",
    "Fetch",
    "Revision",
    "Rows",
    "Store",
    "StoreBusyError",
    "StoreError",
    "Summary",
    "default_path",
]
