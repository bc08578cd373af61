"""What a results folder says about how it was made."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waterline.appraisal import Tries
from waterline.config import Config
from waterline.config.reading import revived
from waterline.errors import WaterlineError
from waterline.report.results import MARK, STUDY_MARK

METRICS = "metrics.json"
AGAIN = "Run it again, or name another folder."


class RecordError(WaterlineError):
    """A folder does not hold the whole record of a run."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A results folder and its record.

    Attributes:
        folder: where the results lie.
        manifest: the contents of ``run.json``.
        config: the configuration in it.
        tries: out of how many tries the result was said to be; None where that is not recorded.
    """

    folder: Path
    manifest: Mapping[str, Any]
    config: Config
    tries: Tries | None

    @classmethod
    def of(cls, place: Path) -> Record:
        """The record at ``place``, a results folder or a file in it.

        Raises:
            RecordError: there is none, it is damaged, or it is that of a study.
            ConfigError: this version of the program cannot use its configuration.
        """
        folder = place.parent if place.is_file() else place
        if not folder.is_dir():
            raise RecordError(f"{place}: there is no such folder.", "Name the folder that `waterline run` wrote.")
        if (folder / STUDY_MARK).exists():
            raise RecordError(
                f"{folder} holds the results of a study, not of a run.",
                "Repeat a study with `waterline tune`; the same configuration and data give the same result.",
            )
        manifest = _tree(folder / MARK)
        if not isinstance(manifest.get("config"), dict):
            raise RecordError(f"{folder / MARK}: holds no configuration.", AGAIN)
        return cls(folder, manifest, revived(manifest["config"], str(folder / MARK)), _tries(folder))


def _tree(path: Path) -> dict[str, Any]:
    try:
        tree = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise RecordError(
            f"{path.parent} holds no {path.name}.", "Name the folder that `waterline run` wrote."
        ) from None
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}.", AGAIN) from None
    except ValueError as error:
        raise RecordError(f"{path} is no JSON: {error}.", AGAIN) from None
    if not isinstance(tree, dict):
        raise RecordError(f"{path} is no record of a run.", AGAIN)
    return tree


def _tries(folder: Path) -> Tries | None:
    """The count that the evidence was judged by. The ledger has grown since, which is no difference of the run."""
    try:
        said = _tree(folder / METRICS)["evidence"]["tries"]
        number = math.nan if said["number"] is None else float(said["number"])
        return Tries(str(said["family"]), number, int(said["studies"]), str(said["note"]))
    except (RecordError, KeyError, TypeError, ValueError):
        return None
