"""Write the pages of the documentation that come from the code: ``python tools/reference.py``."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAKERS = {
    "configuration.md": "config_reference.py",
    "commands.md": "command_reference.py",
    "series.md": "series_reference.py",
}
"""Page below ``docs/reference`` -> the script whose function ``page`` makes its text."""


def made(name: str) -> str:
    """The text of a page."""
    return str(runpy.run_path(str(ROOT / "tools" / MAKERS[name]))["page"]())


def main() -> None:
    """Write all pages."""
    for name in MAKERS:
        (ROOT / "docs" / "reference" / name).write_text(made(name), encoding="utf-8")


if __name__ == "__main__":
    main()
