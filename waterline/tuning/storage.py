"""The database of a shared study: its address, its connection, what its errors mean. The only door to ``sqlalchemy``.

An address holds a password. No message here repeats what a driver or a parser says, since some of them quote the
address, and every error is raised outside the handler of its cause, so that no chained exception keeps it either.
Importing this module loads Optuna and SQLAlchemy: do so where a storage was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from optuna.exceptions import StorageInternalError
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from waterline.errors import WaterlineError
from waterline.tuning.samplers import silenced

POSTGRES, SQLITE = "postgresql", "sqlite"
POSTGRES_OPTIONS: dict[str, Any] = {"connect_args": {"connect_timeout": 5}, "pool_pre_ping": True}
SQLITE_OPTIONS: dict[str, Any] = {"connect_args": {"timeout": 60}}
RETRIES = 3
"""How often a trial whose worker died is begun again: one that ends every worker must not end them all."""
CHECK_ADDRESS = "Check the address given to --storage, and that the database is running."
REASONS = (
    ("password authentication failed|no password supplied|role .* does not exist", "refuses this user or password"),
    ("database .* does not exist", "has no database of this name"),
    ("permission denied|readonly database", "does not let this user write"),
    ("too many clients|remaining connection slots", "has no connection left"),
    ("database is locked", "is locked by another process"),
    ("unable to open database file", "cannot be opened"),
    ("file is not a database", "is not a database"),
    ("no such table|relation .* does not exist", "holds no studies"),
    ("timeout|refused|resolve|unreachable|server closed|terminating|connection", "does not answer"),
)
T = TypeVar("T")


class StorageError(WaterlineError):
    """The database of a shared study cannot be used."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How a worker shows that it is alive.

    Attributes:
        interval_seconds: between two signs of life.
        grace_seconds: silence after which its trial is given to another worker.
    """

    interval_seconds: int = 10
    grace_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is; wherever it is shown, it is without password and options."""

    _url: URL

    @classmethod
    def read(cls, text: str) -> Address:
        """The address ``postgresql://user:password@host:port/database`` or ``sqlite:///file``.

        Raises:
            StorageError: it is neither, or has an ``@`` too many. The message repeats no part of it.
        """
        try:
            url = make_url(text)
            if url.get_backend_name() in ("postgres", POSTGRES):
                url = url.set(drivername="postgresql+psycopg")
            is_sqlite = url.drivername == SQLITE and url.database not in (None, "", ":memory:")
            is_postgres = url.get_backend_name() == POSTGRES and text.count("@") <= 1
            if is_sqlite or is_postgres:
                return cls(url)
        except (SQLAlchemyError, ValueError):
            pass
        problem = "The address given to --storage is not postgresql://user:password@host:port/database."
        raise StorageError(problem, "In a password, write @ : / ? # % as %40 %3A %2F %3F %23 %25.")

    def __str__(self) -> str:
        url = self._url.set(drivername=self._url.get_backend_name(), query={})
        return url.render_as_string(hide_password=True)

    def __repr__(self) -> str:
        return f"Address({self})"

    @property
    def is_postgres(self) -> bool:
        """Whether it is a PostgreSQL server."""
        return self._url.get_backend_name() == POSTGRES

    def connected(self, heartbeat: Heartbeat, *, create: bool) -> RDBStorage:
        """The database.

        Args:
            heartbeat: signs of life of the workers.
            create: whether tables are made where there are none.

        Raises:
            StorageError: it cannot be reached, or its driver is not installed.
        """
        if not (create or self.is_postgres or Path(str(self._url.database)).exists()):
            raise StorageError(f"There is no file {self._url.database}.", CHECK_ADDRESS)
        text = self._url.render_as_string(hide_password=False)
        template = text.replace("{", "{{").replace("}", "}}")  # Optuna formats it
        options = POSTGRES_OPTIONS if self.is_postgres else SQLITE_OPTIONS
        try:
            return self.guarded(lambda: _BeatingStorage(template, options, heartbeat, create=create))
        except ImportError:
            problem = "--storage postgresql://… needs the package psycopg."
            remedy = "Run: pip install 'waterline[postgres]'"
        except RuntimeError:
            problem = f"The tables in {self} belong to another version of Optuna."
            remedy = "Take another database, or the Optuna that made them."
        raise StorageError(problem, remedy)

    def guarded(self, action: Callable[[], T]) -> T:
        """What ``action`` gives, Optuna silenced, and failures of the database told without its secrets.

        Raises:
            StorageError: the database failed.
        """
        try:
            with silenced():
                return action()
        except Exception as error:
            reason = _reason(error)
            if reason is None:
                raise
        raise StorageError(f"The storage {self} {reason}.", CHECK_ADDRESS)


def _reason(error: BaseException | None) -> str | None:
    """What an error of the database means, or one that it led to, as Optuna's loop trips over some; None for others."""
    chain: list[BaseException] = []
    while error is not None:
        chain.append(error)
        error = error.__cause__ or error.__context__
    if not any(isinstance(link, SQLAlchemyError | StorageInternalError) for link in chain):
        return None
    for pattern, meaning in REASONS:
        if any(re.search(pattern, str(link), re.IGNORECASE) for link in chain):
            return meaning
    return f"failed ({type(chain[-1]).__name__})"


class _BeatingStorage(RDBStorage):
    """Gives a sign of life as soon as a trial exists.

    Optuna gives the first one once the parameters are drawn, which takes longer than many an evaluation: a worker
    killed before would leave a trial that is running for ever.
    """

    def __init__(self, template: str, options: Mapping[str, Any], heartbeat: Heartbeat, *, create: bool) -> None:
        try:
            super().__init__(
                template,
                engine_kwargs=dict(options),
                heartbeat_interval=heartbeat.interval_seconds,
                grace_period=heartbeat.grace_seconds,
                heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=RETRIES),
                skip_table_creation=not create,
            )
        except BaseException:
            if hasattr(self, "engine"):
                self.engine.dispose()  # connections that were made before it failed
            raise

    def _create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> FrozenTrial:
        trial = super()._create_new_trial(study_id, template_trial)
        if trial.state == TrialState.RUNNING:
            self.record_heartbeat(trial._trial_id)  # noqa: SLF001 - a frozen trial has no public id
        return trial

    def set_trial_state_values(self, trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        """As in Optuna; a waiting trial that begins gives its first sign of life."""
        has_changed = super().set_trial_state_values(trial_id, state, values)
        if has_changed and state == TrialState.RUNNING:
            self.record_heartbeat(trial_id)
        return has_changed
