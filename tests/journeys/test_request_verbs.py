"""The verbs of requests: one from the telephone to the hand, as a privacy officer would go, in words and as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.people_house import make_house

from janji.ledger.events import Actor
from janji.terms.words import moment
from janji.workflows.house import House
from janji.workflows.keys import load_keeper, make_keeper
from janji.workflows.people import subject_with
from janji.workflows.runtime import open_runtime

Run = Callable[..., str]


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> House:
    """A house whose keys are in its folder, with nobody's systems yet: what is held is what is on record."""
    runtime = open_runtime(environment={"JANJI_DATA_DIR": str(tmp_path)})
    (tmp_path / "keys").mkdir()
    (tmp_path / "datamap").mkdir()
    make_keeper(runtime)
    return make_house(database_url, tmp_path, load_keeper(runtime.settings))


@pytest.fixture
def run(house: House, database_url: str, tmp_path: Path) -> Run:
    """The program on that record."""
    environment = {**os.environ, "JANJI_DATA_DIR": str(tmp_path), "JANJI_DATABASE_URL": database_url, "NO_COLOR": "1", "COLUMNS": "200",
                   "JANJI_LANG": "en", "JANJI_MAPS": str(tmp_path / "datamap")}  # fmt: skip

    def command(*words: str, code: int = 0, given: str = "") -> str:
        done = subprocess.run([sys.executable, "-m", "janji", "request", *words], env=environment, capture_output=True, text=True, input=given)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    return command


def of(text: str) -> Any:
    """What was written, as JSON."""
    return json.loads(text)


def test_a_request_by_telephone(run: Run, house: House) -> None:
    """Recorded, shown, agreed to, carried out; each verb says where it stands and what it waits for; what was said is shown only when asked for."""
    subject_with(house, [("email", "ani@example.org")], Actor.STAFF)
    made = of(run("open", "end", "--subject", "email:ani@example.org", "--words", "-", "--by", "Sari", "--format", "json", given="please stop KANARI\n"))
    id = made["id"]
    assert (made["state"], made["late"], "said" in made) == ("unverified", False, False)
    due = f"{moment(datetime.fromisoformat(made['due']))}"
    assert due.endswith(" WIB")
    assert f"{id}: end, who asks is not shown, due {due}" in " ".join(run("list").split())
    assert f"due {due}" in " ".join(run("show", id).split())
    assert "KANARI" in run("show", id, "--words")
    assert "too weak" in run("verify", id, "--proof", "channel", "--by", "Sari", code=2)
    assert "verified" in run("verify", id, "--by", "Sari")
    assert "waits for approval" in run("advance", id, code=1)
    assert of(run("approve", id, "--by", "Ratna", "--format", "json"))["approvals"][0]["role"] == "officer"
    shown = run("advance", id, code=1)
    assert "every purpose is stopped" in shown
    assert "KANARI" not in shown
    assert "known here" in run("refuse", id, "--ground", "other-peoples-data", "--by", "Ratna", code=3)
    assert "the law knows no extension for `end`" in run("extend", id, "--reason", "complexity", "--by", "Ratna", code=2)


@pytest.mark.parametrize("number", ["", "req_", "9" * 5000, "sub_x", "req_01a00000-0000-7000-8000-00000000000"])
def test_what_is_no_number_of_a_request_is_said(run: Run, number: str) -> None:
    """In one short line, with where numbers of requests stand and not those of people."""
    said = run("show", number, code=3)
    assert "is not the id of a request" in said
    assert "request list" in said
    assert len(said) < 300


def test_of_several_each_is_tried(run: Run, house: House) -> None:
    """One that cannot be agreed to is named, with why, and keeps none of the others waiting; the program does not end as if all were well."""
    subject_with(house, [("email", "ani@example.org")], Actor.STAFF)
    ids = [of(run("open", right, "--subject", "email:ani@example.org", "--proof", "staff", "--by", "Sari", "--format", "json"))["id"] for right in ("end", "deletion")]
    run("advance", code=0)
    gone = "req_01a00000-0000-7000-8000-000000000000"
    said = run("approve", "nothing", ids[0], gone, ids[1], "--by", "Ratna", code=3)
    assert all(f"{id}  " in said for id in ids)
    assert "nothing is left as it was: " in said
    assert f"{gone} is left as it was: " in said
    again = of(run("approve", *ids, "--by", "Ratna", "--format", "json", code=2))
    assert (again["items"], [one["id"] for one in again["failed"]]) == ([], ids)
    assert all(one["error"] for one in again["failed"])


def test_what_came_earlier_runs_from_then(run: Run) -> None:
    """With a code or without: its clock began when it came, never later than now; what is no instant with its zone is turned away."""
    then = datetime.now(UTC) - timedelta(hours=40)
    for more in ((), ("--contact", "email:ani@example.org")):
        made = of(run("open", "access", "--received", then.isoformat(), *more, "--format", "json"))
        opened, due = (datetime.fromisoformat(made[key]) for key in ("opened", "due"))
        assert abs(opened - then) < timedelta(milliseconds=1)
        assert due == opened + timedelta(days=3)
    assert "came in the future" in run("open", "access", "--received", (datetime.now(UTC) + timedelta(minutes=1)).isoformat(), code=3)
    for wrong in ("yesterday", "", "2026-11-26", "2026-11-26T14:30", "0001-01-01T00:00+14:00", "2026-13-01T00:00Z"):
        assert "not understood when it came" in run("open", "access", "--received", wrong, code=3)
    assert len(of(run("list", "--format", "json"))["items"]) == 2


def test_a_mail_turns_out_to_ask_for_a_correction(run: Run) -> None:
    """Recorded by its number as what it asks for, on its clock; the first one says as what, the new one says as what it came."""
    then = (datetime.now(UTC) - timedelta(hours=40)).isoformat()
    first = of(run("open", "access", "--intake", "email", "--contact", "email:ani@example.org", "--words", "-", "--received", then, "--format", "json", given="my name is KANARI\n"))
    run("turn", first["id"], "correction", "--by", "Sari", code=3)  # nothing says what is right
    correct = json.dumps({"correct": [{"data": "name", "becomes": "Ani"}]})
    made = of(run("turn", first["id"], "correction", "--by", "Sari", "--file", "-", "--format", "json", given=correct))
    assert (made["opened"], made["came_as"], made["state"]) == (first["opened"], first["id"], "unverified")
    assert "KANARI" in run("show", made["id"], "--words")
    assert f"it came as {first['id']}" in run("show", made["id"])
    assert f"what it asks for is recorded as {made['id']}" in run("show", first["id"])
    assert "settled" in run("turn", first["id"], "deletion", "--by", "Sari", code=2)


@pytest.mark.parametrize(("zone", "letters"), [("", " WIB"), ("Asia/Makassar", " WITA")])
def test_hours_are_told_by_the_clock_of_the_law_or_the_one_that_is_set(house: House, database_url: str, tmp_path: Path, zone: str, letters: str) -> None:
    """The program opens the house, and says until when a link is good by that clock."""
    environment = {**os.environ, "JANJI_DATA_DIR": str(tmp_path), "JANJI_DATABASE_URL": database_url, "JANJI_LANG": "en", "JANJI_TIME_ZONE": zone}
    done = subprocess.run([sys.executable, "-m", "janji", "staff", "add", "Ratna", "--email", "ratna@example.net", "--role", "officer"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert letters in done.stdout
