"""Signals: what researchers edit. Each file starts with its economic story, its sources and how it fails.

A folder ``signals`` below the current one belongs here too, so that research can live outside the checkout.
What ships comes first: nothing there takes its place.
"""

import os

_below = os.path.abspath("signals")  # noqa: PTH100 - a current folder that is gone is no error here
if _below not in __path__:
    __path__.append(_below)
