"""A company of forty systems on its first day, by the real program: the list imported, owners asked, written to and heard."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from openpyxl import Workbook, load_workbook
from tests.choosing import POLICY
from tests.mailbox import Mailbox, mailbox
from tests.serving import environment, serving, wait_until

CANARIES = ("kenari.bulbul@contoh-9317.example", "+6281290417733", "081290417733", "Gelatik-9317", "Jalak Putih-9317", "bukti-9317")
OWNERS = 7
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server."""
    with mailbox() as found:
        yield found


@pytest.fixture
def environ(tmp_path: Path, database_url: str, box: Mailbox) -> dict[str, str]:
    """A record with a policy in force, whose mail goes there."""
    more = {"JANJI_MAIL_URL": box.url, "JANJI_MAIL_FROM": "privacy@example.net", "JANJI_PUBLIC_URL": "https://privacy.example.net"}
    held = environment(tmp_path, database_url, **more, COLUMNS="200")
    for words in (("init",), ("policy", "publish", str(POLICY))):
        subprocess.run([sys.executable, "-m", "janji", *words], cwd=tmp_path, env=held, check=True, capture_output=True)
    return held


@pytest.fixture
def run(environ: dict[str, str], tmp_path: Path) -> Run:
    """The program on that record."""

    def command(*words: str, code: int = 0, typed: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run([sys.executable, "-m", "janji", *words], cwd=tmp_path, env=environ, capture_output=True, text=True, input=typed)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return command


def told(run: Run, *words: str, typed: str = "") -> Any:
    """The answer of a command line, for programs."""
    return json.loads(run(*words, "--format", "json", typed=typed).stdout)


def forty(folder: Path) -> Path:
    """The list of forty systems as an office keeps it: a title above, Indonesian headings, columns that nobody here needs."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Daftar sistem PT Contoh, diperbarui 2026"])
    sheet.append(["No", "Nama Sistem", "Uraian", "Pemilik", "E-mail", "Lokasi", "Negara", "Vendor"])
    for number in range(40):
        owner = number % OWNERS
        sheet.append([number + 1, f"Sistem {number:02d}", f"Sistem nomor {number}", f"Pemilik {owner}", f"pemilik{owner}@contoh.example", "Jakarta", "Indonesia", "X"])
    book.save(folder / "sistem.xlsx")
    return folder / "sistem.xlsx"


def test_forty_systems_are_usable_on_day_one(run: Run, environ: dict[str, str], database_url: str, box: Mailbox, tmp_path: Path) -> None:
    """Import, one list an owner, mail with the link, answers by table and by click; nothing of it in clear in database or log."""
    assert "systems in the list: 40, of which new: 40" in run("systems", "import", str(forty(tmp_path)), "--dry-run").stdout
    done = told(run, "systems", "import", str(tmp_path / "sistem.xlsx"))
    assert (len(done["systems"]), done["new"], done["without_owner"], done["ignored"]) == (40, 40, [], ["No", "Vendor"])
    assert done["systems"][3] == {"name": "sistem-03", "title": "Sistem nomor 3", "location": "Jakarta", "country": "ID", "owner": "Pemilik 3"}
    assert told(run, "systems", "import", str(tmp_path / "sistem.xlsx"))["new"] == 0
    who = told(run, "subject", "add", "-", f"phone:{CANARIES[1]}", typed=f"email:{CANARIES[0]}\n")["subject"]
    made = told(run, "worklist", "create", "access", "--subject", who)["items"]
    assert len(made) == OWNERS
    assert sorted(name for one in made for name in one["systems"]) == [f"sistem-{number:02d}" for number in range(40)]
    with serving(tmp_path, database_url, **{key: value for key, value in environ.items() if key.startswith("JANJI_MAIL") or key == "JANJI_PUBLIC_URL"}) as running:
        wait_until(lambda: len(box.taken) == OWNERS)
        links = {whom: next(word for word in message.get_content().split() if word.startswith("https://")) for whom, message in box.taken}
        for number in range(OWNERS):
            link = links[f"pemilik{number}@contoh.example"].replace("https://privacy.example.net", running.url)
            page, _, query = link.partition("?")
            assert query == "language=id"
            shown = httpx.get(link, headers={"Accept": "text/html"}, timeout=60)
            assert shown.status_code == 200
            assert all(word in shown.text for word in CANARIES[:3])
            form = {"name": (None, "Gelatik-9317"), "attest": (None, "yes"), "how": (None, "nothing")}
            if number == 0:
                table = httpx.get(f"{page}/table", params={"form": "xlsx"}, timeout=60).content
                form |= {"how": (None, "file"), "file": ("t.xlsx", _filled(table)), "evidence": ("e.txt", b"bukti-9317")}  # type: ignore[dict-item]
            answer = httpx.post(page, files=form, headers={"Accept": "text/html"}, timeout=60)
            assert answer.status_code == 303, answer.text
        assert running.end() == 0
        said = running.errors() + running.said()
    assert told(run, "worklist", "list", "--state", "answered")["items"][0]["lines"] == {"nothing": 5}
    assert {one["state"] for one in told(run, "worklist", "list")["items"]} == {"answered"}
    first = next(one for one in made if one["owner"]["name"] == "Pemilik 0")["worklist"]
    answers = told(run, "worklist", "answers", first, "--evidence", str(tmp_path / "bukti"))
    assert answers["items"][0]["found"] == [{"field": "Nama", "value": "Jalak Putih-9317"}]
    assert [Path(name).read_bytes() for name in answers["evidence"]] == [b"bukti-9317"]
    assert (Path(answers["evidence"][0]).stat().st_mode & 0o777) == 0o600
    token = links["pemilik0@contoh.example"].rpartition("/")[2].partition("?")[0]
    assert not [word for word in (*CANARIES, token) if word in said]
    assert not [word for word in CANARIES if word in _everything(database_url)]


def _filled(table: bytes) -> bytes:
    """The table with one find, and nothing for the rest."""
    book = load_workbook(io.BytesIO(table))
    sheet = book.worksheets[0]
    for place in range(2, sheet.max_row + 1):
        for column, word in enumerate(("found", "Nama", "Jalak Putih-9317") if place == 2 else ("nothing",), 4):
            sheet.cell(place, column).value = word
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _everything(url: str) -> str:
    """Every table of ours as text, what is in bytes too."""
    with psycopg.connect(url) as held:
        found = held.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY('{public,dbos}')").fetchall()
        held.execute("SET bytea_output = 'escape'")
        rows = [row[0] for schema, name in found for row in held.execute(f'SELECT t::text FROM "{schema}"."{name}" t'.encode()).fetchall()]  # noqa: S608
    return "\n".join(rows)


def test_lists_are_shown_reminded_revoked_and_closed(run: Run, box: Mailbox) -> None:
    """Each verb for people and for programs; a page at a time; every wrong word is named."""
    run("connect", "add", "kasir")
    run("connect", "add", "gudang")
    assert "kasir: manual, looked after by nobody" in run("systems", "list").stdout
    assert "`kasir`" in run("worklist", "create", "erase", "--subject", _person(run), "--system", "kasir", code=3).stderr
    assert run("systems", "owner", "kasir", "-", "--name", "Dewi", "--language", "en", typed="dewi@toko.example\n").stdout == "kept\n"
    run("systems", "owner", "gudang", "rudi@toko.example")
    assert "there is no worklist" in run("worklist", "list").stdout
    person = _person(run)
    text = run("worklist", "create", "erase", "--subject", person, "--within", "24").stdout
    assert text.count("https://privacy.example.net/worklists/") == 2
    assert "Dewi: to erase it, waits, until" in text
    assert "ani@" not in text
    page = told(run, "worklist", "list", "--limit", "1")
    assert (len(page["items"]), page["next"]) == (1, page["items"][0]["worklist"])
    rest = told(run, "worklist", "list", "--after", page["next"])
    assert len(rest["items"]) == 1
    assert "next" not in rest
    id = next(one for one in (*page["items"], *rest["items"]) if one["owner"]["name"] == "Dewi")["worklist"]
    shown = told(run, "worklist", "show", id)
    assert shown["lines"] == {"open": 1}
    assert told(run, "worklist", "remind", id)["messages"] == 1
    assert [whom for whom, _ in box.taken] == ["dewi@toko.example"]
    assert "no message is sent by itself" in run("worklist", "revoke", id).stdout
    assert told(run, "worklist", "show", id)["link"] != shown["link"]
    assert run("worklist", "answers", id).stdout == "1. kasir: not answered\n"
    assert run("worklist", "close", id).stdout == "closed\n"
    assert told(run, "worklist", "close", id) == {"closed": False}
    assert "link" not in told(run, "worklist", "show", id)
    assert "the worklist is closed" in run("worklist", "answers", id).stdout
    assert "`janji worklist list`" in run("worklist", "show", "wkl_x", code=3).stderr


def _person(run: Run) -> str:
    return str(told(run, "subject", "add", "-", typed="email:ani@example.org\n")["subject"])


BAD = [
    ("system,email\nkasir,not an address\n", "row", "not well formed"), ("system,owner\nkasir,Dewi\n", "row", "no e-mail address"),
    ("system,country\nkasir,Atlantis\n", "row", "`Atlantis` is not a country"), ("system,title\nkasir,a\nKasir,b\n", "row", "stands there twice"),
    ("system,email,language\nkasir,a@b.example,fr\n", "row", "`fr`"), ("system,title\n,a\n", "row", "has no name"), ("system,title\n***,a\n", "row", "no letter or digit"),
    ("foo,bar\n1,2\n", "whole", "headings of a list of systems"), ("system,title\n", "whole", "no system in the list"), ("", "whole", "there is nothing in"),
]  # fmt: skip


def test_a_list_with_mistakes_is_not_taken(environ: dict[str, str], database_url: str, tmp_path: Path) -> None:
    """Every mistake is named, addresses are not; nothing is kept of the right rows either."""
    from tests.choosing import KEEPER, Clock, Clocked

    from janji.errors import Invalid
    from janji.files.translations import load_tongue
    from janji.store import database
    from janji.workflows.house import enter_house
    from janji.workflows.runtime import load_settings
    from janji.workflows.system_lists import import_systems
    from janji.workflows.systems import systems

    database.open_database(database_url)
    house = enter_house(Clocked(load_settings(tmp_path, environ), load_tongue("en"), Clock()), database_url, KEEPER)
    for text, kind, said in BAD:
        (tmp_path / "list.csv").write_text(text + ("gudang\n" if kind == "row" and "email" not in text else ""), "utf-8")
        with pytest.raises(Invalid) as caught:
            import_systems(house, tmp_path / "list.csv")
        found = [str(item.message) for item in caught.value.diagnostics] or [str(caught.value)]
        assert any(said in one for one in found), found
        assert "not an address" not in " ".join(found)
        assert bool(caught.value.diagnostics) == (kind == "row")
        assert systems() == ()
    (tmp_path / "list.csv").write_bytes("Aplikasi;PIC;Surel;Bahasa\nToko Daring;Ani;ani@b.example;Inggris\nMap Kertas;;;\n".encode("cp1252"))
    done = import_systems(house, tmp_path / "list.csv")
    assert [(one.name, one.title) for one in done.listed.systems] == [("toko-daring", "Toko Daring"), ("map-kertas", "Map Kertas")]
    assert done.unowned == ("map-kertas",)
    assert os.environ.get("JANJI_KEY") is None
