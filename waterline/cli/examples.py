"""Examples that the help of each command ends with."""

from __future__ import annotations

CODES = """\b
Exit codes:
  0  good
  1  a finding: a leak (audit), a result that is not reproduced (verify)
  2  an error that the user can mend: a key, a value, a name, a place
  3  data or network: a file, a series, the store, a provider
  70 a bug of the program, with its traceback
  130, 143  interrupted; what was finished is kept
"""
EXAMPLES: dict[str, tuple[str, ...]] = {
    "audit": ("audit configs/classic.yaml", "audit configs/ai_capex.yaml --data FOLDER --cuts 120 --tax --workers 2"),
    "check": ("check configs/classic.yaml", "check configs/ai_capex.yaml --set regime.up=0.9"),
    "compare": ("compare ai_capex classic", "compare reports/ai_capex reports/out --out both.html"),
    "data": ("data list",),
    "data export": ("data export FOLDER",),
    "data import": ("data import FOLDER",),
    "data list": ("data list", "data list --store store.duckdb"),
    "data show": ("data show DGS10", "data show MSFT/capex --as-of 2025-06-30"),
    "fetch": ("fetch configs/ai_capex.yaml", 'fetch configs/ai_capex.yaml --set "providers.order=[fred-csv, yahoo]"'),
    "gallery": ("gallery", "gallery research/reports"),
    "new": ("new signal credit_impulse", "new strategy trim --folder research"),
    "now": (
        "now configs/ai_capex.yaml --data FOLDER --as-of 2025-12-31",
        "now configs/ai_capex.yaml --holdings holdings.csv --html now.html",
    ),
    "run": (
        "run configs/classic.yaml --open",
        "run configs/ai_capex.yaml --data FOLDER --out out --set regime.up=0.9",
        "run configs/ai_capex.yaml --refresh --as-of 2025-06-30",
    ),
    "schema": ("schema > waterline.schema.json",),
    "simulate": ("simulate list", "simulate N1 --runs 100 --workers 2", "simulate all --runs 50 --workers 2 --open"),
    "thesis": ("thesis configs/ai_capex.yaml --data FOLDER",),
    "tune": (
        "tune configs/ai_capex.tune.yaml --data FOLDER --null 100 --workers 2",
        "tune configs/ai_capex.tune.yaml --data FOLDER --resume",
        "tune --join STUDY --storage postgresql://HOST/DATABASE",
    ),
    "verify": ("verify reports/classic", "verify reports/ai_capex --data FOLDER --json"),
}


def told(command: str) -> str | None:
    """The examples of a command, by its full name, as the end of its help; None where there are none."""
    lines = [f"  waterline {example}" for example in EXAMPLES.get(command, ())]
    return "\n".join(["\b", "Examples:", *lines]) if lines else None
