"""Damaged files and full disks: refused in a sentence, with nothing lost that was stored and nothing overwritten."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from waterline.store import Rows, Store, StoreError

HEADERS = 12_288
SERIES_ROWS = 20_000


def noise(series: str, count: int) -> Rows:
    """Rows that hardly compress, one a minute."""
    at = np.datetime64("2020-01-01T00:00:00", "s") + np.arange(count) * np.timedelta64(60, "s")
    day = at.astype("datetime64[D]")
    return Rows(series, day, at, day, np.random.default_rng(7).normal(size=count), "fred")


def flipped(data: bytes, at: int, count: int = 64) -> bytes:
    return data[:at] + bytes(255 - byte for byte in data[at : at + count]) + data[at + count :]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "text": lambda data: b"date,value\n2020-01-01,1\n" * 1000,
    "first header": lambda data: flipped(data, 0),
    "second header": lambda data: flipped(data, 4096),
    "blocks": lambda data: flipped(data, HEADERS, len(data)),
    "cut to a header": lambda data: data[:100],
    "cut in half": lambda data: data[: len(data) // 2],
}


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_store_is_refused_with_the_way_back_and_never_touched(
    filled: Path, damage: Callable[[bytes], bytes], read_only: bool
) -> None:
    damaged = damage(filled.read_bytes())
    filled.write_bytes(damaged)
    with pytest.raises(StoreError, match="is damaged, or no store at all") as caught:
        Store.open(filled, read_only=read_only)
    assert str(caught.value).startswith(str(filled))
    assert "waterline data import DIR" in str(caught.value)
    assert caught.value.exit_code == 3
    assert filled.read_bytes() == damaged
    assert [child.name for child in filled.parent.iterdir()] == [filled.name]


def answer(path: Path) -> list[bytes] | None:
    """What reading all rows gives, None where damage is met."""
    try:
        with Store.open(path, read_only=True) as store:
            return [rows.value.tobytes() for rows in store.read(["A", "B", "C"]).values()]
    except StoreError as error:
        return None if "is damaged" in error.problem else [error.problem.encode()]


@pytest.mark.parametrize("count", [1, 64, 4096])
def test_damage_within_the_rows_is_told_when_it_is_met_and_no_value_is_falsified(filled: Path, count: int) -> None:
    with Store.open(filled) as store:
        store.append([noise("C", 200_000)])
    data, true = filled.read_bytes(), answer(filled)
    garbage = np.random.default_rng(count)
    answers = []
    for at in range(300_000, len(data) - count, 262_144):
        damaged = data[:at] + garbage.bytes(count) + data[at + count :]
        filled.write_bytes(damaged)
        answers.append(answer(filled))
        assert filled.read_bytes() == damaged
    assert None in answers
    assert all(given in (None, true) for given in answers)  # what is not met lies in a block that nobody reads


def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A disk of its own, of a given size."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small disk of its own needs Linux, root and the right to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that holds a few series."""
    yield from mounted(tmp_path / "disk", "4m")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that does not hold an empty store."""
    yield from mounted(tmp_path / "disk", "16k")


def appended_until_full(path: Path) -> tuple[int, StoreError]:
    """How many series fitted, and what was said of the next."""
    with Store.open(path) as store:
        for k in range(100):
            try:
                store.append([noise(f"S{k}", SERIES_ROWS)])
            except StoreError as error:
                return k, error
    raise AssertionError("the disk never filled up")


def test_a_full_disk_is_a_sentence_and_costs_nothing_that_was_stored(small_disk: Path) -> None:
    path = small_disk / "store.duckdb"
    stored, error = appended_until_full(path)
    assert "the disk is full; rows stored earlier are kept. Free some space, then repeat." in str(error)
    assert error.exit_code == 3
    assert stored > 0
    for read_only in (True, False):
        with Store.open(path, read_only=read_only) as store:
            assert store.names() == {f"S{k}" for k in range(stored)}
            assert all(len(rows) == SERIES_ROWS for rows in store.read(store.names()).values())


def test_a_store_that_finds_no_room_is_not_left_half_made(tiny_disk: Path) -> None:
    with pytest.raises(StoreError, match="the disk is full"):
        Store.open(tiny_disk / "store.duckdb")
    assert list(tiny_disk.iterdir()) == []
