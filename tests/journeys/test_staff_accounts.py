"""Accounts of staff: made, changed, stopped; links that are good once; and who is left to say who works here."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from tests.choosing import Clock, make_house

from janji.errors import Conflict, Invalid, Refusal
from janji.ledger.events import decode
from janji.store import health
from janji.store.database import fetch, run
from janji.workflows.house import House
from janji.workflows.staff import account, accounts, add, change, invite, link_of, resume, stop, take_link


@pytest.fixture
def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest.fixture
def house(database_url: str, clock: Clock) -> House:
    """A house without anybody."""
    return make_house(database_url, clock)


def test_an_account_is_made_changed_and_stopped(house: House) -> None:
    """Name, address and role as they were given; each change is an event that names the number alone."""
    assert not accounts()
    made = add(house, "  Sri   Wahyuni ", "Sri@Example.com", "officer")
    assert (made.staff.name, made.email, made.staff.role, made.staff.systems) == ("Sri Wahyuni", "sri@example.com", "officer", ())
    rini = add(house, "Rini Astuti", "rini@example.com", "owner", ["crm", "shop", "crm"])
    run("INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'webauthn', '{}', now())", UUID(rini.staff.id))
    assert account(rini.staff.id).passkeys == 1
    assert account("RINI@example.com").staff.systems == ("crm", "shop")
    assert change(house, rini.staff.id, "analyst").staff.role == "analyst"
    assert stop(house, rini.staff.id).stopped is not None
    with pytest.raises(Invalid):
        change(house, rini.staff.id, "owner")
    assert resume(house, rini.staff.id).stopped is None
    assert account(rini.staff.id).passkeys == 0
    assert [one.staff.name for one in accounts()] == ["Rini Astuti", "Sri Wahyuni"]
    events = [decode(body) for body in health.newest() if decode(body).kind == "staff.changed"]
    assert {one.details["change"] for one in events} == {"added", "changed", "stopped", "resumed"}
    assert not any("rini" in str(one.details).lower() for one in events)


@pytest.mark.parametrize(("name", "email", "role"), [
    ("", "a@example.com", "officer"), ("x" * 201, "a@example.com", "officer"), ("A\x00B", "a@example.com", "officer"),
    ("A", "a", "officer"), ("A", "a@example.com\r\nBcc: b@example.com", "officer"), ("A", "a@example.com", "boss"), ("A", "é@example.com", "officer"),
])  # fmt: skip
def test_no_account_of_nonsense(house: House, name: str, email: str, role: str) -> None:
    """What cannot be a name, an address or a role is refused, and nothing is made."""
    with pytest.raises(Invalid):
        add(house, name, email, role)
    assert not accounts()


def test_one_account_an_address(house: House) -> None:
    """The same address in other letters is the same."""
    add(house, "Sri", "sri@example.com", "officer")
    with pytest.raises(Conflict):
        add(house, "Siti", "SRI@example.com", "analyst")


def test_the_last_officer_stays(house: House) -> None:
    """Nobody can leave the house without somebody who says who works here; a second one sets the first free."""
    sri = add(house, "Sri", "sri@example.com", "officer").staff.id
    add(house, "Budi", "budi@example.com", "analyst")
    with pytest.raises(Refusal):
        stop(house, sri)
    with pytest.raises(Refusal):
        change(house, sri, "analyst")
    change(house, "budi@example.com", "officer")
    assert stop(house, sri).stopped
    with pytest.raises(Refusal):
        stop(house, "budi@example.com")


def test_a_link_is_good_once_and_for_a_day(house: House, clock: Clock) -> None:
    """The second use, a newer link, a day, and an end each make it worthless; what is stored is no link."""
    sri = add(house, "Sri", "sri@example.com", "officer").staff.id
    word = invite(house, sri).url.rpartition("/")[2]
    assert word.encode() not in b"".join(bytes(row[0]) for row in fetch("SELECT link FROM staff"))
    found = link_of(house, word)
    assert found is not None
    assert found.staff.id == sri
    assert take_link(house, word) is not None
    assert take_link(house, word) is None
    assert link_of(house, word) is None
    first, second = (invite(house, sri).url.rpartition("/")[2] for _ in range(2))
    assert link_of(house, first) is None
    assert link_of(house, second) is not None
    clock.put_on(hours=24)
    assert link_of(house, second) is None
    assert take_link(house, second) is None
    third = invite(house, sri).url.rpartition("/")[2]
    add(house, "Budi", "budi@example.com", "officer")
    stop(house, sri)
    assert take_link(house, third) is None
    resume(house, sri)
    assert link_of(house, third) is None
    assert link_of(house, "x" * 43) is None
    assert link_of(house, "../x") is None



def test_the_verbs(house: House, database_url: str, tmp_path: Path) -> None:
    """`staff add` prints a link on a line of its own, which is good; `list` shows no link; `role`, `link`, `stop` and `resume` do what they say; an error exits with its code."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "destroyed").touch()
    environment = {
        **os.environ, "JANJI_DATABASE_URL": database_url, "JANJI_KEY": base64.b64encode(b"k" * 32).decode(), "JANJI_DATA_DIR": str(tmp_path), "NO_COLOR": "1",
        "COLUMNS": "60", "JANJI_LANG": "en", "JANJI_PUBLIC_URL": "https://privacy.example.com",
    }  # fmt: skip

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "janji", "staff", *words], env=environment, capture_output=True, text=True)

    assert "nobody has an account yet" in run("list").stdout
    first = run("add", "Sri Wahyuni", "--email", "sri@example.com", "--role", "officer")
    url = first.stdout.splitlines()[0]
    assert re.fullmatch(r"https://privacy\.example\.com/console/enter/link/[\w-]{43}", url)
    second = json.loads(run("add", "Rini", "--email", "rini@example.com", "--role", "owner", "--system", "crm", "--format", "json").stdout)
    assert second["link"].startswith("https://privacy.example.com/console/enter/link/")
    listed = run("list", "--format", "json").stdout
    assert [(one["name"], one["role"], one["systems"]) for one in json.loads(listed)["items"]] == [("Rini", "owner", ["crm"]), ("Sri Wahyuni", "officer", [])]
    assert "link" not in listed
    assert json.loads(run("role", "rini@example.com", "analyst", "--format", "json").stdout)["role"] == "analyst"
    assert run("stop", "sri@example.com").returncode == 2
    assert "stopped" in json.loads(run("stop", second["id"], "--format", "json").stdout)
    assert run("link", "rini@example.com").returncode == 3
    assert run("resume", "rini@example.com").returncode == 0
    assert run("link", "rini@example.com").stdout.startswith("https://")
    assert run("link", "nobody@example.com").returncode == 3
