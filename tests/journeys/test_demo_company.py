"""The made-up company: the same for the same seed, whole, said at full length by its overlays, and gone without a trace."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import psycopg
import pytest

from janji.connectors.engines import open_engine
from janji.connectors.loading import copy_rows
from janji.connectors.reflection import reflect
from janji.datamap.catalogue import Catalogue, Kind
from janji.demo.people import person
from janji.demo.sheets import Size
from janji.demo.systems import SYSTEMS
from janji.errors import Conflict, Invalid
from janji.people.identifiers import identify
from janji.store.server import ServerHandle
from janji.terms.messages import ENGLISH
from janji.workflows.demo_company import CONNECTIONS, make_company, people_of, remove_company
from janji.workflows.policies import open_policy
from janji.workflows.runtime import Runtime, Settings

SIZE = Size(150, 7, date(2026, 11, 1))
PREFIX = "test_company_"


@pytest.fixture(scope="module")
def company(server: ServerHandle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of a small company of its own."""
    folder = tmp_path_factory.mktemp("company")
    runtime = Runtime(Settings(data_dir=folder / "none"), ENGLISH)
    prefix = f"{PREFIX}{folder.name[-1]}{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}_"
    make_company(runtime, folder / "made", SIZE, server.url, prefix=prefix)
    yield json.loads((folder / "made" / CONNECTIONS).read_text())
    assert remove_company(runtime, folder / "made", server.url, prefix) == 5
    assert not list((folder / "made").iterdir())


def _catalogue(address: str) -> Catalogue:
    engine = open_engine(address)
    try:
        return reflect(engine)
    finally:
        engine.dispose()


def test_same_seed_same_rows() -> None:
    """The rows are worked out from seed, size and day alone: known for one of them, others for another seed."""

    def digest(size: Size) -> str:
        held = hashlib.sha256()
        for made in SYSTEMS.values():
            for sheet in made.sheets:
                held.update(repr([sheet.table, *sheet.rows(size)]).encode())
        return held.hexdigest()

    assert digest(Size(20, 1, SIZE.until)) == "d2965f459ab87cec44f8de3fde6f74e84caa8d7c7a6ca73b3a296513c5fb5914"
    assert digest(Size(20, 2, SIZE.until)) != digest(Size(20, 1, SIZE.until))


def test_people_are_nobody_and_yet_well_formed() -> None:
    """Every identifier is in normal form, no two people share one, and no number names a district that there is."""
    found = [person(3, number) for number in range(2_000)]
    for kind, values in (("email", [who.email for who in found]), ("phone", [who.phone for who in found]),
                         ("national-id", [who.national_id for who in found])):  # fmt: skip
        assert [identify(kind, value).normal for value in values] == values
        assert len(set(values)) == len(values)
    assert {who.national_id[2:4] for who in found} == {"99"}
    assert all(who.email.rpartition(".")[2] in ("com", "net", "org", "example") and "example" in who.email for who in found)
    ages = Counter(who.born.year > 2008 for who in found)
    assert ages[True] > 5


@pytest.mark.parametrize("name", ["mycontoh", "care", "community", "recruitment"])
def test_overlay_says_every_column(name: str, company: dict[str, str], root: Path) -> None:
    """What the catalogue has, the overlay says: every table, every column, links and keys that are there, categories of the policy."""
    catalogue, meaning = _catalogue(company[name]), SYSTEMS[name].meaning
    policy = open_policy(root / "policies" / "pt-sony-indonesia").whole[0]
    assert set(meaning.tables) == set(catalogue.tables)
    for table in meaning.tables.values():
        live = catalogue.tables[table.name]
        columns = {column.name for column in live.columns}
        assert set(table.columns) == columns, table.name
        for what in table.columns.values():
            assert {what.category, *what.paths.values()} <= {"none", *policy.data}
        assert {one.column for one in table.identifiers} <= columns
        for link in table.links:
            assert set(link.columns) | set(link.where) <= columns
            if not link.abroad:
                assert {column.name for column in catalogue.tables[link.to].columns} >= set(link.referred)
        for expiry in table.retention:
            assert expiry.rule in policy.retention
            assert ({expiry.since} if expiry.since else set()) | set(expiry.columns) | set(expiry.where) <= columns
            assert expiry.follows is None or expiry.follows in catalogue.tables
        for keep in table.keep:
            assert keep.rule in policy.retention


def test_it_has_what_makes_it_hard(company: dict[str, str]) -> None:
    """Gifts, households, rings, self-references, partitions, a trigger, cascades, views, soft deletes, composite keys, JSON."""
    catalogue = _catalogue(company["mycontoh"])
    assert catalogue.tables["loyalty_movements"].kind is Kind.PARTITIONED
    assert catalogue.tables["best_buyers"].kind is Kind.MATERIALIZED
    assert catalogue.tables["orders"].triggers
    assert any(len(key.columns) == 2 for key in catalogue.tables["returns"].foreign_keys)
    with psycopg.connect(company["mycontoh"]) as shop:
        for question in (
            "orders WHERE recipient_id IS NOT NULL", "orders WHERE recipient_id IS NULL AND recipient_name IS NOT NULL",
            "accounts WHERE deleted_at IS NOT NULL", "accounts WHERE referred_by IS NOT NULL", "accounts WHERE preferences ? 'contact'",
            "account_addresses WHERE address_id IN (SELECT address_id FROM account_addresses GROUP BY 1 HAVING count(*) > 1)", "returns",
            "credit_checks", "accounts a JOIN addresses b ON a.home_address = b.id AND b.created_by = a.id", "accounts WHERE born > '2008-11-01'",
        ):  # fmt: skip
            assert shop.execute(f"SELECT EXISTS (SELECT FROM {question})".encode()).fetchone() == (True,), question  # noqa: S608 - our own words
    with psycopg.connect(company["care"]) as care:
        assert care.execute("SELECT EXISTS (SELECT FROM cases WHERE merged_into IS NOT NULL)").fetchone() == (True,)
        assert {row[0] for row in care.execute("SELECT DISTINCT owner_type FROM attachments")} == {"case", "chat"}
    with closing(sqlite3.connect(urlsplit(company["community"]).path[1:])) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        assert file.execute("SELECT count(*) FROM posts WHERE parent_id IS NOT NULL").fetchone()[0] > 0
    with duckdb.connect() as files:
        place = urlsplit(company["weblogs"]).path
        for table, columns in (("logs", 8), ("events", 6)):
            shown = files.execute(f"SELECT COLUMNS(*)::VARCHAR FROM read_parquet('{place}/{table}/*.parquet')").fetchall()  # noqa: S608 - our own words
            assert len(shown[0]) == columns == len(SYSTEMS["weblogs"].meaning.tables[table].columns)
            assert len(shown) > 150


def test_one_person_is_in_every_system(company: dict[str, str]) -> None:
    """The same address leads to the same person in shop, care and community."""
    with psycopg.connect(company["mycontoh"]) as shop, psycopg.connect(company["care"]) as care:
        accounts = {row[0].lower(): row[1] for row in shop.execute("SELECT email, number FROM accounts")}
        contacts = {row[0]: row[1] for row in care.execute("SELECT email, account_number FROM contacts WHERE account_number IS NOT NULL")}
    assert contacts
    assert all(accounts[email] == number for email, number in contacts.items())


def test_what_is_not_ours_is_left_alone(server: ServerHandle, tmp_path: Path) -> None:
    """A database or folder that is there is neither filled nor removed; sizes that are none are refused."""
    runtime = Runtime(Settings(data_dir=tmp_path / "none"), ENGLISH)
    with psycopg.connect(server.url, autocommit=True) as link:
        link.execute("DROP DATABASE IF EXISTS theirs_mycontoh")
        link.execute("CREATE DATABASE theirs_mycontoh")
        for replace in (False, True):
            with pytest.raises(Conflict):
                make_company(runtime, tmp_path / "a", SIZE, server.url, replace=replace, prefix="theirs_")
            assert remove_company(runtime, tmp_path / "a", server.url, "theirs_") == 2
        link.execute("DROP DATABASE theirs_mycontoh")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.txt").write_text("mine")
    with pytest.raises(Conflict):
        make_company(runtime, tmp_path / "b", SIZE, server.url, replace=True, prefix="theirs_")
    remove_company(runtime, tmp_path / "b", server.url, "theirs_")
    assert (tmp_path / "b" / "thesis.txt").read_text() == "mine"
    for size in ("huge", "3", "-5", "9999999"):
        with pytest.raises(Invalid):
            people_of(size)
    assert people_of("small") == 1_000


def test_hostile_values_are_copied_as_they_are(database_url: str) -> None:
    """Tabs, backslashes, ends of lines and what reads like an end of the data come back as they went in."""
    hostile = ["a\tb", "back\\slash", "\\N", "\\.", "two\nlines", "cr\r\n", "'; DROP TABLE x; --", '"', "", "\u202e\U0001f600"]
    with psycopg.connect(database_url) as link:
        link.execute('CREATE TEMPORARY TABLE "odd ""name" ("a;b" text, n int)')
        assert copy_rows(link, 'odd "name', ["a;b", "n"], [(text, None) for text in hostile]) == len(hostile)
        assert list(link.execute('SELECT "a;b", n FROM "odd ""name"')) == [(text, None) for text in hostile]


def test_the_verbs(server: ServerHandle, tmp_path: Path) -> None:
    """`demo data` makes it and says how much, `demo remove` removes it; the file of addresses is its owner's alone."""
    prefix = f"verbs_{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:8]}_"
    more = ("--dir", str(tmp_path / "made"), "--url", server.url, "--prefix", prefix, "--format", "json")

    def janji(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "janji", "demo", *words, *more], capture_output=True, text=True,
                              env=dict(os.environ, JANJI_DATA_DIR=str(tmp_path / "none"), LC_ALL="C.UTF-8"))  # fmt: skip

    made = janji("data", "--size", "10")
    assert made.returncode == 0, made.stderr
    assert server.password not in made.stdout
    assert [one["system"] for one in json.loads(made.stdout)["items"]] == ["mycontoh", "care", "recruitment", "community", "weblogs"]
    assert (tmp_path / "made" / CONNECTIONS).stat().st_mode & 0o777 == 0o600
    assert janji("data", "--size", "10").returncode != 0
    assert janji("data", "--size", "10", "--replace").returncode == 0
    assert json.loads(janji("remove").stdout) == {"removed": 5}
