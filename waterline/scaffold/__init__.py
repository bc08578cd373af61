"""New plugins: a module that works, its contract test, and a configuration that uses it."""

from waterline.scaffold.naming import Family, Names
from waterline.scaffold.writing import ScaffoldError, files, write

__all__ = ["Family", "Names", "ScaffoldError", "files", "write"]
