"""Documents written into a folder: whole or not at all, over our own work only, and with the rights of any file."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from janji.errors import Conflict, Unavailable
from janji.files.documents import RECORD, write_documents

SCHEMA = Path(__file__).resolve().parents[2] / "schema" / "written.json"
ONE = {"notice.en.html": b"one", "touchpoints/till.en.html": b"till"}
TWO = {"notice.en.html": b"two", "touchpoints/till.en.html": b"till"}


def held(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by name, the record of what was written left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != RECORD
    }


def test_documents_are_written_where_they_belong(tmp_path: Path) -> None:
    """The folder is made, each file has its name and can be read by a web server, and nothing else is left behind."""
    folder = tmp_path / "out"
    paths = write_documents(folder, ONE)
    assert paths == tuple(folder / name for name in ONE)
    assert held(folder) == ONE
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o644}


def test_our_own_work_is_overwritten(tmp_path: Path) -> None:
    """What Janji wrote it writes anew without being asked, also when only a part of it is written this time."""
    write_documents(tmp_path, ONE)
    write_documents(tmp_path, {"trackers.en.html": b"trackers"})
    write_documents(tmp_path, TWO)
    assert held(tmp_path) == {**TWO, "trackers.en.html": b"trackers"}


@pytest.mark.parametrize("before", [{}, ONE], ids=["foreign", "changed"])
def test_the_work_of_others_is_left_alone(tmp_path: Path, before: dict[str, bytes]) -> None:
    """A file of another hand, or changed by one, stops everything; `replace` says that it may go."""
    if before:
        write_documents(tmp_path, before)
    (tmp_path / "notice.en.html").write_bytes(b"by hand")
    found = held(tmp_path)
    with pytest.raises(Conflict, match=r"notice\.en\.html"):
        write_documents(tmp_path, TWO)
    assert held(tmp_path) == found
    write_documents(tmp_path, TWO, replace=True)
    assert held(tmp_path) == TWO


def test_the_same_bytes_are_nobody_elses(tmp_path: Path) -> None:
    """A checkout without the record is no obstacle as long as the files are what would be written."""
    write_documents(tmp_path, ONE)
    (tmp_path / RECORD).unlink()
    write_documents(tmp_path, ONE)
    record = json.loads((tmp_path / RECORD).read_text(encoding="utf-8"))
    assert set(record["written"]) == set(ONE)
    jsonschema.validate(record, json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"written": 3}', "\x00"])
def test_a_damaged_record_overwrites_nothing(tmp_path: Path, text: str) -> None:
    """When it is not known what Janji wrote, everything is taken for somebody else's."""
    write_documents(tmp_path, ONE)
    (tmp_path / RECORD).write_text(text, encoding="utf-8")
    with pytest.raises(Conflict):
        write_documents(tmp_path, TWO)
    assert held(tmp_path) == ONE


def test_all_or_nothing(tmp_path: Path) -> None:
    """When one file cannot be written, none is, and no half of one is left behind."""
    write_documents(tmp_path, ONE)
    (tmp_path / "trackers.en.html").mkdir()
    with pytest.raises(Unavailable):
        write_documents(tmp_path, {**TWO, "trackers.en.html": b"trackers"}, replace=True)
    assert held(tmp_path) == ONE


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    """A path through a file is an error that says so."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        write_documents(tmp_path / "file", ONE)
