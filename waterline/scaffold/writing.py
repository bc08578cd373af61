"""The files of a new plugin: all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from string import Template

from waterline.errors import WaterlineError
from waterline.scaffold.naming import Names


class ScaffoldError(WaterlineError):
    """The files of a new plugin cannot be written."""


def files(names: Names) -> dict[str, str]:
    """Path below the folder -> text, of the module, its test and a configuration that uses it."""
    chosen = f"{names.family}:\n  use: {names.path}"
    words = {"Name": names.class_name, "module": names.module, "Title": names.title, "plugins": chosen}
    return {
        f"{names.package}/{names.module}.py": _filled(f"{names.family}.py.txt", words),
        f"tests/test_{names.package}/test_{names.module}.py": _filled(f"{names.family}_test.py.txt", words),
        f"configs/{names.module}.yaml": _filled("config.yaml.txt", words),
    }


def _filled(template: str, words: Mapping[str, str]) -> str:
    text = resources.files("waterline.scaffold").joinpath("templates", template).read_text(encoding="utf-8")
    return Template(text).substitute(words)


def write(names: Names, folder: Path) -> tuple[Path, ...]:
    """Write the files of a new plugin below ``folder``; nothing is replaced, and nothing is left where one fails.

    Returns:
        The paths of the module, its test and the configuration.

    Raises:
        ScaffoldError: there is no such folder, one of the files is there already, or one cannot be written.
    """
    if not folder.is_dir():
        raise ScaffoldError(f"{folder} is no folder.", "Make it first, or choose another --folder.")
    texts = {folder / path: text for path, text in files(names).items()}
    for path in texts:
        if path.exists() or path.is_symlink():
            raise ScaffoldError(f"{path} is there already.", "Choose another NAME or --folder.")
    made: list[Path] = []
    try:
        for path, text in texts.items():
            made += _folders(path.parent)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                made.append(path)
                file.write(text)
    except OSError as error:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink()
        problem = f"{error.filename or folder} cannot be written ({error.strerror}); nothing was kept."
        raise ScaffoldError(problem, "Mend it, or choose another --folder.") from None
    return tuple(texts)


def _folders(folder: Path) -> list[Path]:
    """Make ``folder`` and what is missing above it; the folders that were made, outermost first."""
    missing = [place for place in (*reversed(folder.parents), folder) if not place.exists()]
    for place in missing:
        place.mkdir()
    return missing
