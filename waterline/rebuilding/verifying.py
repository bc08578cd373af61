"""A run made again from its record, file by file against what it wrote then."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from waterline.config.changing import on_files
from waterline.experiment import gather, run
from waterline.rebuilding.circumstances import Difference, differences
from waterline.rebuilding.comparing import Compared, compared, names_of
from waterline.rebuilding.record import Record
from waterline.report.judged import judge
from waterline.report.results import MARK, write_results


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """What came of rebuilding a run.

    Attributes:
        name: what the run is called.
        folder: the results that were held against it.
        files: each file but the record, in order of name.
        differences: what stands otherwise in the record.
        warnings: what could not be drawn, a sentence each.
    """

    name: str
    folder: Path
    files: tuple[Compared, ...]
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...] = ()

    @property
    def is_identical(self) -> bool:
        """Whether every file that a run writes is there with the same bits."""
        return all(file.state in ("identical", "not rebuilt") for file in self.files)

    @property
    def is_reproduced(self) -> bool:
        """Whether the same experiment on the same data gave every value again."""
        agree = all(file.agrees or file.state == "not rebuilt" for file in self.files)
        return agree and not any(difference.is_finding for difference in self.differences)

    @property
    def exit_code(self) -> int:
        """0 where it is reproduced, else 1."""
        return 0 if self.is_reproduced else 1

    def as_json(self) -> dict[str, Any]:
        """For programs: keys as the fields, the largest difference null where it is no number."""
        files = [
            asdict(file) | {"largest": file.largest if math.isfinite(file.largest) else None} for file in self.files
        ]
        return {
            "name": self.name,
            "folder": str(self.folder),
            "reproduced": self.is_reproduced,
            "identical": self.is_identical,
            "files": files,
            "differences": [asdict(difference) for difference in self.differences],
            "warnings": list(self.warnings),
        }


def verify(record: Record, data: Path | None, report: Callable[[str], None]) -> Verification:
    """Make the run of ``record`` again in a folder of its own, and hold the results against it.

    Nothing is written beside the results or into the ledger; the evidence is judged by the tries that were recorded.

    Args:
        record: what to rebuild.
        data: folder where the data files lie now; where the record says, if None.
        report: called with the name of each step as it begins.

    Raises:
        DataError: the data are not there, or cannot be trusted.
        StoreError: the store cannot be read.
        SpanError: the data that are there leave nothing to compute.
    """
    with TemporaryDirectory(prefix="waterline-", ignore_cleanup_errors=True) as place:
        rebuilt = Path(place) / "rebuilt"
        warnings = rebuild(record, data, rebuilt, report)
        report("comparing")
        return held_against(record, rebuilt, warnings)


def rebuild(record: Record, data: Path | None, folder: Path, report: Callable[[str], None]) -> list[str]:
    """Make the run of ``record`` again in ``folder``; arguments, errors and results as of :func:`verify`.

    Returns:
        What could not be drawn, a sentence each.
    """
    config = record.config if data is None else on_files(record.config, data)
    report("reading data")
    outcome = run(config, gather(config), report)
    return write_results(judge(outcome, report, record.tries), folder, report)


def held_against(record: Record, rebuilt: Path, warnings: Sequence[str] = ()) -> Verification:
    """The results of ``record`` beside those in the folder ``rebuilt``."""
    files = _compared(record.folder, rebuilt)
    manifest = json.loads((rebuilt / MARK).read_bytes())
    return Verification(
        record.config.name, record.folder, files, differences(record.manifest, manifest), tuple(warnings)
    )


def _compared(kept: Path, rebuilt: Path) -> tuple[Compared, ...]:
    names = names_of(rebuilt, [MARK])
    written = [compared(kept / name, rebuilt / name) for name in names]
    beside = [Compared(name, "not rebuilt", "no run writes it") for name in names_of(kept, [MARK, *names])]
    return (*written, *beside)
