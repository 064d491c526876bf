"""The verbs `subject` and `keys` on a real record of its own: what they print, what they refuse, what a process list sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.database import wait_until_stopped
from tests.people_house import make_house

from janji.ledger.events import Actor, Kind
from janji.store import database
from janji.store.server import hold_server
from janji.workflows.keys import load_keeper, make_keeper
from janji.workflows.people import subject_named
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import open_runtime


class Desk:
    """The program, run with one data directory whose server is held."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.environment = {**os.environ, "JANJI_DATA_DIR": str(data), "NO_COLOR": "1", "COLUMNS": "200", "JANJI_LANG": "en"}

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """One command line, with what is typed on its standard input."""
        return subprocess.run(
            [sys.executable, "-m", "janji", *words], env=self.environment, input=typed, capture_output=True, text=True
        )

    def json(self, *words: str, typed: str = "") -> Any:
        """One command line that succeeds, and what it says to programs."""
        done = self.run(*words, "--format", "json", typed=typed)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def fails(self, code: int, *words: str, typed: str = "") -> str:
        """One command line that fails with this code; what it says."""
        done = self.run(*words, typed=typed)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A record with the policy of PT Sony Indonesia in force."""
    data = tmp_path_factory.mktemp("record")
    (data / "keys").mkdir()
    with hold_server(data, "of-a-test") as server:
        runtime = open_runtime(environment={"JANJI_DATA_DIR": str(data)})
        make_keeper(runtime)
        database.open_database(server.url)
        database.migrate()
        make_house(server.url, data, load_keeper(runtime.settings))
        database.close()
        yield Desk(data)
        database.close()
    wait_until_stopped(data)


@pytest.mark.parametrize(("words", "told"), [
    (("consent", "show", "email:new@example.com"), "this person chose nothing yet"), (("consent", "ask-again"), "nobody is to be asked again"),
    (("track", "runs"), "no run is on record; `janji run` makes one"), (("webhook", "list"), "nobody is told by webhook yet; `janji webhook add` names the first"),
    (("api-key", "list"), "no application has a key yet; `janji api-key create` makes the first"),
])  # fmt: skip
def test_what_is_empty_is_said(desk: Desk, words: tuple[str, ...], told: str) -> None:
    """Where nothing is to be shown that is said, and what comes next; programs get an empty list."""
    desk.run("subject", "add", "email:new@example.com")
    assert desk.run(*words).stdout.strip() == told
    assert told not in desk.run(*words, "--format", "json").stdout


def test_a_person_from_the_first_identifier_to_the_last_word(desk: Desk) -> None:
    """Added, found however it is written, shown masked, merged, split, forgotten; nothing personal is ever in an error."""
    one = desk.json("subject", "add", "-", "phone:0812 3456 7001", typed="email:Siti.A@Example.com\n")["subject"]
    assert desk.json("subject", "find", "-", typed="phone:+62 812-3456-7001\n") == {"subject": one}
    other = desk.json("subject", "add", "account:7-001")["subject"]
    shown = desk.json("subject", "show", one)
    assert [item["value"] for item in shown["identifiers"]] == ["s***@***.com", "***01"]
    text = desk.run("subject", "show", one).stdout
    assert one in text
    assert "of unknown age" in text
    assert "siti" not in text
    assert "`enquiry`" in desk.fails(2, "subject", "show", one, "--reveal", "enquiry")
    merged = desk.json("subject", "merge", one, "account:7-001")
    assert merged["merged"] == other
    assert desk.json("subject", "find", "account:7-001") == {"subject": one}
    assert desk.json("subject", "show", other)["subject"] == one
    assert desk.json("subject", "split", one)["revived"] == other
    assert desk.json("subject", "remove", one, "phone:081234567001") == {"removed": True}
    assert "final" in desk.fails(3, "subject", "forget", one)
    gone = desk.json("subject", "forget", "-", "--yes", "--told", "contact", typed="email:siti.a@example.com\n")
    assert desk.json("subject", "suppressed", "-", typed="email:SITI.A@example.com\n") == {"contact": True, "import": False}
    assert "must not be contacted" in desk.run("subject", "suppressed", "email:siti.a@example.com").stdout
    assert desk.json("subject", "suppressed", "email:nobody@example.com") == {"contact": False, "import": False}
    assert (gone["people"], gone["level"], gone["suppressed"]) == ([one], "logical", 1)
    assert desk.json("subject", "show", one)["state"] == "forgotten"
    again = desk.run("subject", "forget", one, "--yes").stdout
    assert "stays under seal until" in again
    for words in (["subject", "find", "email:siti.a@example.com"], ["subject", "show", "email:not an address"], ["subject", "find", "siti.a@example.com"]):
        assert "siti" not in desk.fails(3, *words)


def test_a_child_and_its_guardian(desk: Desk) -> None:
    """The date of birth is read from standard input; the guardian is named, verified, consents, withdraws."""
    child = desk.json("subject", "add", "account:child")["subject"]
    parent = desk.json("subject", "add", "email:parent@example.com")["subject"]
    assert desk.json("subject", "age", child, "--born", "-", typed="2018-05-06\n")["age"] == "child"
    shown = desk.run("subject", "show", child).stdout
    assert "in quarantine" in shown
    assert "child-erasure" in shown
    assert "2018-05-06" not in shown
    link = desk.json("subject", "guardian", "name", child, parent, "--relation", "parent")["link"]
    desk.fails(2, "subject", "guardian", "consent", link)
    desk.fails(3, "subject", "guardian", "verify", link, "--proof", "identity")
    desk.json("subject", "guardian", "verify", link, "--proof", "identity", "--proof", "family-card", "--reference", "file 12")
    desk.json("subject", "guardian", "consent", link)
    assert "quarantined" not in desk.json("subject", "show", child)["standing"]
    assert "erasure" in desk.json("subject", "guardian", "withdraw", link)
    assert "erasure" in desk.json("subject", "guardian", "revoke", link)
    assert desk.json("subject", "show", child)["guardians"][0]["state"] == "revoked"
    for words in (["--born", "2018-13-01"], ["--born", "2999-01-01"], [], ["--born", "2018-01-01", "--attested", "child"]):
        assert "2999" not in desk.fails(3, "subject", "age", child, *words)
    assert desk.json("subject", "communication", parent, "sign-language") == {"recorded": True}
    assert "sign-language" in desk.run("subject", "show", parent).stdout
    spouse = desk.json("subject", "assert", parent, "email:spouse@example.com")["subject"]
    assert desk.json("subject", "show", spouse)["standing"]["third_person"]
    assert desk.json("subject", "verify", spouse) == {"verified": True}


def test_a_cookie_joined_and_given_back(desk: Desk) -> None:
    """Refused without a basis, with its reasons; allowed with one; undone by its purpose."""
    one = desk.json("subject", "add", "email:joined@example.com")["subject"]
    words = ("subject", "join", one, "cookie:GA1.7", "--purpose", "account-association")
    assert "consent-missing" in desk.fails(2, *words)
    with hold_server(desk.data, "") as server:
        from tests.people_house import open_house

        house = open_house(server.url, desk.data, load_keeper(open_runtime(environment={"JANJI_DATA_DIR": str(desk.data)}).settings))
        subject = subject_named(house, one)
        record(house, [
            Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=Actor.PERSON, details={"band": "adult"}),
            Entry(subject=subject, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details={"purpose": "account-association"}),
        ])  # fmt: skip
        database.close()
    done = desk.run(*words)
    assert done.returncode == 0, done.stderr
    assert desk.json("subject", "find", "cookie:GA1.7") == {"subject": one}
    assert len(desk.json("subject", "unjoin", one)["undone"]) == 1
    assert desk.json("subject", "find", "cookie:GA1.7")["subject"] != one


def test_keys_are_rotated_and_swept(desk: Desk) -> None:
    """A new key, everything readable as before; a sweep brings destroyed keys to the deepest level."""
    one = desk.json("subject", "add", "email:kept@example.com")["subject"]
    gone = desk.json("subject", "add", "email:gone@example.com")["subject"]
    before = load_keeper(open_runtime(environment=desk.environment).settings)
    done = desk.json("keys", "rotate")
    assert done["former"] == before.id != done["keeper"]
    assert done["secrets"] == 4
    assert desk.json("subject", "show", one)["identifiers"][0]["value"] == "k***@***.com"
    assert desk.json("keys", "rotate")["former"] == done["keeper"]
    desk.json("subject", "forget", gone, "--yes")
    swept = desk.json("keys", "sweep")
    assert desk.json("ledger", "show")["waiting"] == 0
    assert swept["rewritten"] >= 1
    assert swept["recycled"] == swept["rewritten"]
    assert desk.json("subject", "forget", gone, "--yes")["level"] == "recycled"
    assert desk.json("keys", "sweep") == {"finished": 0, "of_age": 0, "evidence": 0, "expired": 0, "rewritten": 0, "recycled": 0}
