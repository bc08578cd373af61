"""Strategies: what researchers edit. Each file starts with its idea and how it fails.

A folder ``strategies`` below the current one belongs here too, so that research can live outside the checkout.
What ships comes first: nothing there takes its place.
"""

import os

_below = os.path.abspath("strategies")  # noqa: PTH100 - a current folder that is gone is no error here
if _below not in __path__:
    __path__.append(_below)
