"""One person's whole way through the record, with values that are nowhere else; afterwards they lie nowhere in clear."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.database import binaries, wait_until_stopped
from tests.serving import Running, serving

from janji.store.server import ServerHandle, hold_server

POLICY = Path(__file__).resolve().parents[2] / "policies" / "pt-sony-indonesia"
CANARIES = {
    "e-mail": "kenari.bulbul@contoh-9317.example",
    "telephone": "+6281290417733",
    "telephone as written": "0812-9041-7733",
    "name": "Kenari Bulbul Setiawati",
    "address": "Jalan Kepodang Raya 9317",
    "national id": "3174096404879317",
    "date of birth": "1987-04-24",
    "date of birth of a child": "2018-09-17",
    "account": "akun-kenari-9317",
    "cookie": "GA1.9317.kenari",
    "device": "perangkat-kenari-9317",
    "e-mail in a list": "pipit.hutan@contoh-9318.example",
    "reference of a paper form": "map 9317, kenari",
    "e-mail of somebody spoken of": "gelatik.jawa@contoh-9319.example",
}
EMAIL, ACCOUNT = f"email:{CANARIES['e-mail']}", f"account:{CANARIES['account']}"
GRANT = ("--language", "id", "--method", "unticked-box")


class House:
    """The program with a data directory of its own, everything that it said, and a server that is held meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "record"
        self.said: list[str] = []

    def janji(self, *words: str, typed: str = "", code: int = 0, shows: bool = False) -> str:
        """One command line and what is typed; what it says is kept, but for what is asked to be shown in clear."""
        done = subprocess.run(
            [sys.executable, "-m", "janji", *words], input=typed, capture_output=True, text=True, cwd=self.folder, check=False,
            env={**os.environ, "JANJI_DATA_DIR": str(self.data), "NO_COLOR": "1", "JANJI_LANG": "en"},
        )  # fmt: skip
        assert done.returncode == code, f"{words[:2]}: {done.returncode} {done.stdout} {done.stderr}"
        self.said += [done.stderr] if shows else [done.stdout, done.stderr]
        return done.stdout

    def told(self, *words: str, typed: str = "") -> Any:
        """The answer of a command line, for programs."""
        return json.loads(self.janji(*words, "--format", "json", typed=typed))


def _list(folder: Path) -> tuple[str, ...]:
    (folder / "list.csv").write_text(
        "E-mail;Name;List;Channel;Status;Since;Notice;Version;Lang;How\n"
        f"{CANARIES['e-mail in a list']};{CANARIES['name']};News;email;subscribed;2026-11-02;newsletters;1;id;unticked-box\n"
        f"{CANARIES['name']};{CANARIES['address']};News;email;subscribed;;;;;\n",
        "utf-8",
    )
    (folder / "map.yaml").write_text(
        "source: mailing-tool\nidentifiers: [{column: E-mail, kind: email}]\n"
        "columns: {purpose: List, channel: Channel, state: Status, date: Since, notice: Notice, version: Version, language: Lang,"
        " method: How}\nvalues:\n  purpose: [{written: News, means: newsletters}]\n"
        "  state: [{written: subscribed, means: given}]\n",
        "utf-8",
    )
    return "consent", "import", "list.csv", "--map", "map.yaml"


def _live(house: House) -> str:
    """From the first identifier to the last word; gives who it was."""
    house.janji("policy", "publish", str(POLICY))
    others = (f"phone:{CANARIES['telephone as written']}", f"national-id:{CANARIES['national id']}", ACCOUNT)
    who = house.told("subject", "add", "-", *others, typed=f"{EMAIL}\n")["subject"]
    house.told("subject", "add", f"cookie:{CANARIES['cookie']}")
    house.told("subject", "age", who, "--born", "-", typed=f"{CANARIES['date of birth']}\n")
    house.told("consent", "grant", "-", "newsletters", "--channel", "email", *GRANT, typed=f"{EMAIL}\n")
    paper = ("--language", "id", "--method", "signed-form", "--actor", "staff", "--evidence", CANARIES["reference of a paper form"])
    house.told("consent", "grant", ACCOUNT, "newsletters", "--channel", "sms", *paper)
    house.told("consent", "grant", who, "account-association", *GRANT)
    house.told("subject", "join", who, f"cookie:{CANARIES['cookie']}", "--purpose", "account-association")
    house.janji("decide", "--subject", "-", "--purpose", "newsletters", "--data", "email", "--channel", "email", "--record", typed=f"{EMAIL}\n")
    house.janji("consent", "receipt", who)
    child = house.told("subject", "add", f"device:{CANARIES['device']}")["subject"]
    house.told("subject", "age", child, "--born", "-", typed=f"{CANARIES['date of birth of a child']}\n")
    link = house.told("subject", "guardian", "name", child, who, "--relation", "parent")["link"]
    house.told("subject", "guardian", "verify", link, "--proof", "identity", "--proof", "family-card", "--reference", CANARIES["name"])
    house.told("subject", "guardian", "consent", link)
    house.told("subject", "assert", who, f"email:{CANARIES['e-mail of somebody spoken of']}")
    house.janji(*_list(house.folder))
    house.janji("consent", "withdraw", who, "newsletters", "--yes")
    house.janji("track", "show", who)
    house.janji("subject", "show", who, "--reveal", "enquiry", code=2)
    _over_http(house)
    return str(who)


def _over_http(house: House) -> None:
    """The same person through the running server: choices, questions, mistakes, and a list that its worker imports."""
    key = house.told("api-key", "create", "shop", "--scope", "decide", "--scope", "consents:write", "--scope", "subjects:write")["key"]
    person = {"kind": "email", "value": CANARIES["e-mail"]}
    asked = {"subject": person, "purpose": "newsletters", "data": ["email"], "channel": "email"}
    said = {"subject": person, "verb": "refuse", "purpose": "newsletters", "channel": "email", "evidence": CANARIES["reference of a paper form"]}
    with serving(house.folder, None, JANJI_DATA_DIR=str(house.data), JANJI_LOG_LEVEL="debug") as running, running.client(key) as client:
        _at_the_console(house, running)
        again = {"Idempotency-Key": "once"}
        answers = [
            client.post("/v1/subjects", json={"identifiers": [person, {"kind": "phone", "value": CANARIES["telephone as written"]}]}),
            client.post("/v1/decisions", json=asked), client.post("/v1/decisions", json={**asked, "record": True}),
            client.post("/v1/decisions/batch", json={"questions": [asked] * 3}), client.post("/v1/decisions/explain", json=asked),
            client.post("/v1/consents", json=said, headers=again), client.post("/v1/consents", json=said, headers=again),
            client.post("/v1/consents", json={**said, "verb": CANARIES["name"]}), client.post("/v1/consents", content=CANARIES["address"]),
            client.get(f"/v1/{CANARIES['account']}"),
            client.post("/v1/subjects", json={"identifiers": [{"kind": "email", "value": CANARIES["name"]}]}),
        ]  # fmt: skip
        own = client.post("/v1/decisions", json={**asked, "purpose": CANARIES["name"]})  # says the caller's own word to the caller alone
        assert CANARIES["name"] in own.text
        assert [answer.status_code // 100 for answer in answers][:7] == [2] * 7, [answer.text for answer in answers]
        assert all(answer.status_code < 500 for answer in answers)
        file, listmap = _list(house.folder)[2::2]
        job = house.told("consent", "import", file, "--map", listmap, "--background")["id"]
        while house.told("job", "show", job)["state"] in ("waiting", "running"):
            pass
        assert house.told("job", "show", job)["state"] == "done"
        house.said += [answer.text for answer in answers] + [client.get("/metrics").text]
        assert running.end() == 0
        house.said += [running.errors(), running.said()]


def _at_the_console(house: House, running: Running) -> None:
    """The same people as staff see them: found, looked at in clear, asked for, held, misspelt; what is shown in clear is shown to that browser alone."""
    link = house.told("staff", "add", "Sri Wahyuni", "--email", "sri@example.com", "--role", "officer")["link"]
    entrance = urlsplit(link).path
    with running.client() as browser:
        form = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(entrance).text)
        assert form is not None
        assert browser.post(entrance, data={"csrfmiddlewaretoken": form[1]}).status_code == 302
        token = re.search(r'name="token" value="([^"]+)"', browser.get("/console/me").text)
        assert token is not None

        def sends(path: str, status: int, fields: Mapping[str, str], *, shows: bool = False) -> str:
            answer = browser.post(f"/console/{path}", data={"token": token[1], **fields})
            assert answer.status_code == status, (path, answer.status_code, answer.text)
            assert answer.headers["cache-control"] == "no-store"
            house.said += [f"{name}: {value}" for name, value in answer.headers.items()] + ([] if shows else [answer.text])
            return answer.headers.get("location", "") if status == 303 else answer.text

        def finds(kind: str, value: str, reason: str, status: int = 303) -> str:
            return sends("people", status, {"kind": kind, "value": value, "reason": reason}, shows=True)

        email, device, other = CANARIES["e-mail"], CANARIES["device"], CANARIES["e-mail of somebody spoken of"]
        page = urlsplit(finds("email", email, "help")).path.removeprefix("/console/")
        assert email in sends(f"{page}/clear", 200, {"reason": "complaint"}, shows=True)
        assert CANARIES["name"] in finds("email", CANARIES["name"], "help", 422)  # what was typed is kept
        assert email in finds("email", email, "none such", 422)
        child = urlsplit(finds("device", device, "guardian")).path.removeprefix("/console/people/")
        sends("retention/holds/new", 303, {"person": f"sub_{child}", "ground": "litigation", "reference": CANARIES["address"]})
        asked = {"right": "access", "intake": "phone", "asker": "self", "who_kind": "email", "contact_kind": "email", "words": f"{CANARIES['name']}, {CANARIES['address']}"}
        sends("requests/new", 200, {**asked, "go": "check", "who": email, "contact": email}, shows=True)
        sends("requests/new", 422, {**asked, "go": "check", "who": CANARIES["name"], "contact": email}, shows=True)
        made = sends("requests/new", 303, {**asked, "go": "record", "who": other, "contact": other, "new": "yes", "seen": "yes"})
        looked = [browser.get(path) for path in (made, f"/console/{page}", f"/console/{page}/record", "/console/requests", "/console/requests/csv", "/console/evidence", "/console/ledger", "/console/tasks", "/console")]
        looked += [browser.get(f"/console/{strange}") for strange in (f"people/{CANARIES['account']}", f"requests/{CANARIES['device']}?state={CANARIES['account']}")]
        assert [answer.status_code for answer in looked][:4] == [200] * 4
        house.said += [answer.text for answer in looked]
        assert CANARIES["name"] in sends(f"{urlsplit(made).path.removeprefix('/console/')}/look", 200, {"reason": "request"}, shows=True)


def _stumble(house: House, who: str) -> None:
    """Mistakes with the same values: what is said about them quotes none."""
    for words in (
        ("subject", "add", f"email:{CANARIES['name']}"),
        ("subject", "find", CANARIES["e-mail"]),
        ("subject", "find", f"phone:{CANARIES['address']}"),
        ("subject", "add", f"national-id:{CANARIES['national id']}9"),
        ("consent", "show", CANARIES["name"]),
        ("subject", "age", who, "--born", f"{CANARIES['date of birth']}x"),
        ("subject", "find", "email:nobody@contoh.example"),
        ("track", "show", CANARIES["account"]),
    ):
        house.janji(*words, code=3)


def _forms(value: str) -> dict[str, bytes]:
    """How a value could lie somewhere: as it is, as UTF-16, in hexadecimal digits, in base64 at each of three offsets."""
    clear = value.encode()
    found = {"clear": clear, "utf-16": value.encode("utf-16-le"), "hex": clear.hex().encode(), "HEX": clear.hex().upper().encode()}
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + clear)
        found[f"base64+{offset}"] = coded[4 if offset else 0 : len(coded) - 4]
    return found


NEEDLES = {(name, form): data for name, value in CANARIES.items() for form, data in _forms(value).items()}


def _found(places: Iterable[tuple[str, bytes]]) -> list[str]:
    return [f"{name} ({form}) in {place}" for place, data in places for (name, form), needle in NEEDLES.items() if needle in data]


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(folder)), path.read_bytes()


def _members(backup: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(backup) as archive:
        for name in archive.namelist():
            yield f"backup, {name}", archive.read(name)


def _dump(server: ServerHandle, folder: Path) -> tuple[str, bytes]:
    """The whole database as text, as PostgreSQL's own tool writes it."""
    target = folder / "dump.sql"
    subprocess.run([str(binaries() / "pg_dump"), "--file", str(target), server.url], check=True, capture_output=True)
    data = target.read_bytes()
    target.unlink()
    return "dump", data


def _places(house: House, server: ServerHandle, backup: Path) -> list[tuple[str, bytes]]:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    said = [(f"what command {number} said", text.encode()) for number, text in enumerate(house.said)]
    return [*_files(house.data), *_members(backup), _dump(server, house.folder), *said]


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, ServerHandle, Path, str]]:
    """The journey up to a backup, before anybody is forgotten."""
    house = House(tmp_path_factory.mktemp("canaries"))
    house.janji("init")
    with hold_server(house.data, "") as server:
        who = _live(house)
        _stumble(house, who)
        backup = house.folder / "backup.janji"
        house.janji("backup", str(backup))
        yield house, server, backup, who
    wait_until_stopped(house.data)


def test_nothing_personal_lies_in_clear_while_a_person_is_on_record(journey: tuple[House, ServerHandle, Path, str]) -> None:
    """Not in heap, WAL, logs, files, backup or dump, and no command said it, whatever form it is looked for in."""
    house, server, backup, _ = journey
    assert "e***" not in house.data.name
    assert _found(_places(house, server, backup)) == []


def test_nothing_personal_lies_in_clear_after_erasure_and_restore(journey: tuple[House, ServerHandle, Path, str]) -> None:
    """Forgotten, restored from before, and forgotten again by the file of destroyed keys: still nothing."""
    house, server, backup, who = journey
    house.janji("subject", "forget", who, "--yes", "--told", "contact")
    house.janji("restore", str(backup), "--replace")
    assert house.told("subject", "show", who)["state"] == "forgotten"
    house.janji("doctor")
    assert _found(_places(house, server, backup)) == []


def test_a_value_in_clear_would_be_found(journey: tuple[House, ServerHandle, Path, str]) -> None:
    """The search itself: one value in an event's details, one in a file, one in an error are found in each form."""
    house, server, backup, _ = journey
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("UPDATE event SET body = body || %s WHERE id = (SELECT id FROM event LIMIT 1)", (CANARIES["name"].encode(),))
        connection.execute("CHECKPOINT")
    (house.data / "logs" / "note").write_text(base64.b64encode(f"to {CANARIES['address']} now".encode()).decode(), "ascii")
    house.said.append(f"no such person: {CANARIES['e-mail']}")
    found = _found(_places(house, server, backup))
    assert any(line.startswith("name (clear) in pg/data/base/") for line in found)
    assert any(line.startswith("name (clear) in pg/data/pg_wal/") for line in found)
    assert "name (hex) in dump" in found
    assert any(line.startswith("address (base64") and line.endswith("in logs/note") for line in found)
    assert any(line.startswith("e-mail (clear) in what command") for line in found)
