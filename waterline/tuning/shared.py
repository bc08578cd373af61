"""One study on a database, worked on by any number of processes on any hosts.

Optuna does the sharing: each fold is a study of its own in the database, each worker asks it for one trial after the
other, shows by heartbeats that it is alive, and a trial whose worker fell silent is begun again by another. The order
in which results arrive decides what is proposed next, so that two such studies are never quite the same. Importing
this module loads Optuna and SQLAlchemy: do so where a storage was asked for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from optuna import Study, Trial, create_study as create_optuna_study, get_all_study_names, load_study
from optuna.exceptions import DuplicatedStudyError, UpdateFinishedTrialError
from optuna.storages import RDBStorage, fail_stale_trials
from optuna.trial import FrozenTrial, TrialState

from waterline.config.tuning import TuneConfig
from waterline.errors import WaterlineError, suggestion
from waterline.tuning.identity import Identity, check_identity
from waterline.tuning.optimiser import Batch, Evaluate, Known, judged
from waterline.tuning.outcome import Params
from waterline.tuning.samplers import (
    batch_seed,
    check_sampler,
    directions,
    distributions,
    finished,
    grid_size,
    sampler_of,
)
from waterline.tuning.storage import Address, Heartbeat
