"""Packages: what goes in comes out for its person alone, and a file that was changed, cut off or mixed up does not open."""

from __future__ import annotations

import os
import stat
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from janji.errors import Corrupt, Unavailable
from janji.store.packages import MOST, Packing, read_package

ID, SALT = UUID(int=7), bytes(16)
KEYS = {0: bytes(32), 1: bytes([1]) * 32}


def pack(path: Path, rows: list[tuple[int, str, dict[str, Any]]]) -> Path:
    """A package with these rows."""
    with Packing(path, ID, SALT, KEYS) as packing:
        for person, table, row in rows:
            packing.take(person, table, row)
    return path


def test_each_gets_what_is_theirs(tmp_path: Path) -> None:
    """Rows of two people come out in their order for each with their key; the other's key opens nothing."""
    path = pack(tmp_path / "p", [(number % 2, f"shop/t{number % 3}", {"id": number}) for number in range(10_000)])
    for person, key in KEYS.items():
        found = list(read_package(path, ID, person, key))
        assert found == [(f"shop/t{number % 3}", {"id": number}) for number in range(10_000) if number % 2 == person]
    with pytest.raises(Corrupt):
        list(read_package(path, ID, 0, KEYS[1]))
    with pytest.raises(Corrupt):
        list(read_package(path, UUID(int=8), 0, KEYS[0]))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_kind_of_value_is_kept(tmp_path: Path) -> None:
    """Whatever a database gives has a form: bytes, wide numbers, text that is no UTF-8, dates, what nobody thought of."""
    row = {"a": b"\xff\x00", "b": 2**80, "c": "x\udc80\n", "d": Decimal("1.50"), "e": date(2026, 1, 2), "f": datetime(2026, 1, 2, tzinfo=UTC),
           "g": None, "h": {"x": [1, True]}, "i": {"b", "a"}, "j": UUID(int=1), "k": 1.5}  # fmt: skip
    path = pack(tmp_path / "p", [(0, "t", row), (0, "t", {"c": "y"})])
    (_, first), (_, second) = read_package(path, ID, 0, KEYS[0])
    assert second == {"c": "y"}
    assert first == {
        "a": {"base64": "/wA="}, "b": 2**80, "c": "x\udc80\n", "d": "1.50", "e": "2026-01-02", "f": first["f"], "g": None, "h": {"x": [1, True]},
        "i": ["a", "b"], "j": str(UUID(int=1)), "k": 1.5,
    }  # fmt: skip
    assert first["f"].startswith("2026-01-02")


@pytest.mark.parametrize("cut", [1, 20, 40, 60, 90])
def test_what_was_cut_off_does_not_open(tmp_path: Path, cut: int) -> None:
    """Wherever the file ends early, reading says so and does not give the rows for all there are."""
    path = pack(tmp_path / "p", [(0, "t", {"x": "y" * 20_000}) for _ in range(8)])
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - cut)
    with pytest.raises(Corrupt):
        list(read_package(path, ID, 1, KEYS[1]))


def test_a_changed_byte_does_not_open(tmp_path: Path) -> None:
    """Any byte of a person's part that is another one is found."""
    path = pack(tmp_path / "p", [(0, "t", {"x": number}) for number in range(5)])
    whole = path.read_bytes()
    for place in range(40, len(whole) - 60, 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Corrupt):
            list(read_package(path, ID, 0, KEYS[0]))


def test_what_fails_leaves_no_file(tmp_path: Path) -> None:
    """Neither half a package nor what it was being written as stays behind."""
    with pytest.raises(KeyError), Packing(tmp_path / "p" / "q", ID, SALT, KEYS) as packing:
        packing.take(2, "t", {"x": "y" * 100_000})
    assert list((tmp_path / "p").iterdir()) == []


def test_a_full_disk_is_said_and_leaves_no_file(tmp_path: Path) -> None:
    """Where there is no room the error says so without a row, and nothing is there afterwards."""
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    (tmp_path / ".new-p").symlink_to("/dev/full")
    with pytest.raises(Unavailable) as caught, Packing(tmp_path / "p", ID, SALT, KEYS) as packing:
        packing.take(0, "t", {"secret": "kenari" * 100_000})
    assert os.strerror(28) in str(caught.value)
    assert "kenari" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_rows(tmp_path: Path) -> None:
    """Forty megabytes of one person and many others need little more than what waits at most."""
    keys = dict.fromkeys(range(200), bytes(32))
    row = {"x": "y" * 1000}
    tracemalloc.start()
    with Packing(tmp_path / "p", ID, SALT, keys) as packing:
        for number in range(40_000):
            packing.take(number % 200, "t", row)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "p").stat().st_size > 40_000_000
    assert peak < 3 * MOST
