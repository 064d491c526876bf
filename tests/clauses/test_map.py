"""Clause 1.1 in the company's own stores: what is personal data is found and mapped, on any system and on paper."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from janji.terms.messages import ENGLISH
from janji.workflows.mapping import add_paper, broken, categories, check_maps, meanings, scan
from janji.workflows.policies import open_policy
from janji.workflows.runtime import Runtime, Settings

SONY = Path(__file__).resolve().parents[2] / "policies" / "pt-sony-indonesia"


def test_clause_1_1_on_every_store(tmp_path: Path) -> None:
    """Names, addresses of machines, cookies and numbers of devices are personal data in a store; so are papers in a cabinet."""
    with closing(sqlite3.connect(tmp_path / "web.db")) as connection, connection:
        connection.execute("CREATE TABLE members (id INTEGER PRIMARY KEY, full_name TEXT, email TEXT UNIQUE)")
        connection.execute("CREATE TABLE visits (no INTEGER PRIMARY KEY, member_id INTEGER REFERENCES members, cookie_id TEXT, device_id TEXT, ip TEXT, width INTEGER)")
        connection.executemany("INSERT INTO members VALUES (?, ?, ?)", [(n, f"Siti Rahma Dewi {'ABCDE'[n % 5]}", f"siti{n}@example.id") for n in range(1, 60)])
        connection.executemany("INSERT INTO visits VALUES (?, ?, ?, ?, ?, 1280)", [
            (n, n % 59 + 1, f"{n * 7919:032x}", f"00000000-0000-4000-8000-{n:012d}", f"203.0.113.{n % 250}") for n in range(1, 200)])  # fmt: skip
    runtime = Runtime(Settings(maps=tmp_path / "maps", data_dir=tmp_path / "data"), ENGLISH)
    policy = open_policy(SONY).whole[0]
    scan(runtime, f"sqlite:///{tmp_path / 'web.db'}", "web", policy)
    web = meanings(runtime)["web"]
    held = {column: meaning.category for column, meaning in web.tables["visits"].columns.items()}
    assert (held["cookie_id"], held["device_id"], held["ip"], held["width"]) == ("cookie-id", "device-id", "ip-address", "none")
    assert set(web.tables["members"].personal) >= {"full_name", "email"}
    assert [(link.columns, link.to) for link in web.tables["visits"].links] == [(("member_id",), "members")]

    add_paper(tmp_path / "maps", "warranty-cards", {"location": "Cikarang, shelf 12, by serial number", "owner": "Customer care"}, ["contact-details"], policy)
    paper = meanings(runtime)["warranty-cards"]
    assert paper.paper
    assert categories(paper) == ["contact-details"]
    assert broken(check_maps(tmp_path / "maps", policy)) == 0
