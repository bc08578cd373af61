"""What a new plugin may be called."""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from dataclasses import dataclass
from typing import Literal

from waterline.errors import ConfigError
from waterline.plugins import modules

Family = Literal["signal", "strategy"]
PACKAGES: dict[Family, str] = {"signal": "signals", "strategy": "strategies"}
FORM = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 40
TAKEN_CLASSES = frozenset({"Field", "Floats", "Panel", "Regime", "Score", "Signal", "Sleeves", "Strategy", "Window"})
"""Names that the written module itself imports."""
EXAMPLE = "Choose another one, such as credit_impulse."


@dataclass(frozen=True, slots=True)
class Names:
    """What the parts of a new plugin are called.

    Attributes:
        family: "signal" or "strategy".
        module: name of its module, as in credit_impulse.
    """

    family: Family
    module: str

    @classmethod
    def of(cls, family: Family, name: str) -> Names:
        """The names that follow from ``name``.

        Raises:
            ConfigError: a module or class cannot or should not be called so.
        """
        fault = _fault(name, PACKAGES[family])
        if fault is not None:
            raise ConfigError("NAME", *fault)
        return cls(family, name)

    @property
    def package(self) -> str:
        """Package of its module."""
        return PACKAGES[self.family]

    @property
    def class_name(self) -> str:
        """Name of its class, as in CreditImpulse."""
        return _camel(self.module)

    @property
    def title(self) -> str:
        """What it is called on pages, as in Credit impulse."""
        return self.module.replace("_", " ").capitalize()

    @property
    def path(self) -> str:
        """How a configuration names it."""
        return f"{self.package}.{self.module}:{self.class_name}"


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _fault(name: str, package: str) -> tuple[str, str] | None:
    """What is wrong with ``name``, and what to do; None where nothing is."""
    if not FORM.fullmatch(name):
        proposed = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|\W+|_+", "_", name, flags=re.ASCII).strip("_").lower()
        better = f"Write {proposed}." if FORM.fullmatch(proposed) and _fault(proposed, package) is None else EXAMPLE
        return f"{name!r} is no name for a module: it takes a-z, 0-9 and single _, and begins with a letter.", better
    faults = {
        f"{name!r} has {len(name)} letters, at most {LONGEST}.": len(name) > LONGEST,
        f"{name!r} is a keyword of Python.": keyword.iskeyword(name) or keyword.issoftkeyword(name),
        f"{name!r} is a name that Python itself uses.": name in dir(builtins) or name in sys.stdlib_module_names,
        f"{name!r} is a name that pytest looks for.": re.match(r"test_|(tests?|conftest)$", name) is not None,
        f"{name!r} would make a class {_camel(name)}, which the contract of plugins has.": _camel(name)
        in TAKEN_CLASSES,
        f"there is a module {package}.{name} already.": f"{package}.{name}" in modules(package),
    }
    return next(((problem, EXAMPLE) for problem, holds in faults.items() if holds), None)
