"""Does a results folder still come out of its record? It is made again, and every file held against it."""

from waterline.rebuilding.record import Record, RecordError
from waterline.rebuilding.verifying import Verification, held_against, rebuild, verify

__all__ = ["Record", "RecordError", "Verification", "held_against", "rebuild", "verify"]
