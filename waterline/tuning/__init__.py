"""Tuning: a walk-forward search over parameters that hands over a verdict, not a winner."""
