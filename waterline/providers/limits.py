"""Requests per second, counted over all processes of the user.

A turn is taken under a file lock, which the system releases when its holder dies, and stamped into a file with the
monotonic clock, which all processes of a machine share and nobody can set back. A stamp from the future (another boot)
or an unreadable one costs one full interval, never more.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from waterline.errors import OutputError

CHOOSE_ANOTHER = "Make the folder writable, or point XDG_CACHE_HOME at one that is."


def cache_folder() -> Path:
    """The user's cache folder for Waterline; may not exist yet."""
    import platformdirs

    return platformdirs.user_cache_path("waterline", appauthor=False)


def made(folder: Path) -> Path:
    """``folder``, which exists from now on.

    Raises:
        OutputError: it cannot be made.
    """
    problem = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"{folder} cannot be made: {error.strerror}."
    if problem:
        raise OutputError(problem, CHOOSE_ANOTHER)
    return folder


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A pace that all processes keep together.

    Attributes:
        name: of the service; equal names in one folder share the pace.
        per_second: turns a second.
        folder: where lock and stamp lie; the user's cache folder when None.
        patience_s: longest wait for another process, which holds the lock for one interval at most unless it hangs.
        clock: seconds that only grow.
        sleep: waits for seconds.
    """

    name: str
    per_second: float
    folder: Path | None = None
    patience_s: float = 120.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def wait(self) -> bool:
        """Wait for a turn; False when another process has not given up its own for ``patience_s``.

        Raises:
            OutputError: the folder cannot be written.
        """
        from filelock import FileLock, Timeout

        interval = 1 / self.per_second
        lock = FileLock(self._path("lock"), timeout=self.patience_s, poll_interval=min(0.05, interval / 4))
        problem = ""
        try:
            with lock:
                self._take_turn(interval)
        except Timeout:
            return False
        except OSError as error:
            problem = f"{lock.lock_file} cannot be written: {error.strerror}."
        if problem:
            raise OutputError(problem, CHOOSE_ANOTHER)
        return True

    def _take_turn(self, interval: float) -> None:
        stamp = self._path("stamp")
        rest = _rest(stamp, interval, self.clock())
        if rest > 0:
            self.sleep(rest)
        try:
            stamp.write_text(repr(self.clock()), encoding="ascii")
        except OSError:  # a full disk: keep the pace without a stamp
            self.sleep(interval)

    def _path(self, suffix: str) -> Path:
        return made(self.folder or cache_folder() / "limits") / f"{self.name}.{suffix}"


def _rest(stamp: Path, interval: float, now: float) -> float:
    """Seconds to the next turn, between 0 and ``interval``."""
    if not stamp.exists():
        return 0.0
    try:
        last = float(stamp.read_text(encoding="ascii"))
    except (OSError, ValueError):
        last = math.inf
    return min(max(last + interval - now, 0.0), interval) if math.isfinite(last) else interval
