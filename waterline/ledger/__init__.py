"""The trial ledger: all that was ever tried in a project, so that the evidence can say out of how many a result is.

The best of a thousand tries looks good by chance alone. What a result is worth depends on the number of tries behind
it, those of past studies and of edited runs included. Nobody remembers them, so each leaves a row here for good.

The ledger is a folder, ``reports/ledger`` below the current one, or what the environment variable ``WATERLINE_LEDGER``
names. It keeps counting only as long as it is kept: a project that deletes its ``reports`` should name a place outside.
"""

from waterline.ledger.digests import config_digest, config_digests, digest_of_returns, family_of, returns_digest
from waterline.ledger.entries import Entries, LedgerCount, run_entry
from waterline.ledger.parts import LedgerError, append, append_quietly, count, ledger_folder

__all__ = [
    "Entries",
    "LedgerCount",
    "LedgerError",
    "append",
    "append_quietly",
    "config_digest",
    "config_digests",
    "count",
    "digest_of_returns",
    "family_of",
    "ledger_folder",
    "returns_digest",
    "run_entry",
]
