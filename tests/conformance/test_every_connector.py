"""One suite for every connector: what it does not declare as a gap it does, on two tables of members and their visits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.conformance.conftest import postgres_store
from tests.conformance.shops import integer, text
from tests.conformance.stores import MariaStore, SQLiteStore, SqlStore

from janji.connectors.base import Connector, Gap
from janji.connectors.files import open_folder
from janji.connectors.processors import GAPS as OF_PROCESSORS
from janji.connectors.services import GAPS as OF_SERVICES
from janji.datamap.catalogue import Table
from janji.datamap.meaning import Form
from janji.erasure.steps import Assignment, Change, Delete, Filling, Gather, Known, Level, Reach, Replaced, StorePlan
from janji.errors import JanjiError

KINDS = ("postgresql", "mysql", "sqlite", "parquet", "csv", "jsonl")
MARK = "zqxjkvbpw"
DATA: Mapping[str, list[dict[str, Any]]] = {
    "members": [{"id": at, "email": f"{MARK if at == 2 else 'other'}{at}@example.com", "name": f"Name {at}"} for at in range(1, 6)],
    "visits": [{"id": 10 * at + n, "member_id": at, "page": f"/p{n}?m={MARK if at == 2 else 'x'}"} for at in range(1, 6) for n in range(3)],
}
TABLES = (
    Table("members", (integer("id"), text("email"), text("name")), primary_key=("id",)),
    Table("visits", (integer("id"), integer("member_id"), text("page")), primary_key=("id",)),
)
MEMBERS = Gather("members", ("id",), (Reach(("email",), kind="email", form=Form.LOWER),), hands_on=("id",))
VISITS = Gather("visits", ("id",), (Reach(("member_id",), "members", ("id",), seat="member_id"),))
PLAN = StorePlan("shop", ((MEMBERS,), (VISITS,)), actions=(Delete("visits"), Delete("members")))
CHANGES = StorePlan(
    "shop", ((MEMBERS,), (VISITS,)),
    actions=(Delete("visits"), Change("members", (Assignment("email", Filling.CONSTANT, "gone"), Assignment("name", Filling.NULL)))),
)  # fmt: skip
WHO = [Known(0, "email", f"{MARK}2@example.com"), Known(1, "email", "nobody@example.com")]


class Place:
    """A store of one kind with the data in it."""

    def __init__(self, kind: str, folder: Path, sql: SqlStore | None) -> None:
        self.kind, self._folder, self._sql = kind, folder, sql
        if sql is not None:
            sql.make(TABLES, DATA)
            return
        for name, rows in DATA.items():
            written = folder / f"{name}.jsonl"
            written.write_text("".join(json.dumps(row) + "\n" for row in rows))
            if kind != "jsonl":
                options = {"parquet": "parquet", "csv": "csv, HEADER"}[kind]
                duckdb.sql(f"COPY (SELECT * FROM read_json('{written}')) TO '{folder / name}.{kind}' (FORMAT {options})")
                written.unlink()

    def open(self) -> Connector:
        """Its connector."""
        return self._sql.open() if self._sql is not None else open_folder("shop", self._folder)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Every row of a table, in order."""
        if self._sql is not None:
            return [tuple(row.values()) for row in self._sql.rows(table)]
        return duckdb.connect().execute(f"SELECT * FROM '{self._folder / table}.{self.kind}' ORDER BY 1").fetchall()


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Each kind of store in turn."""
    kind = request.param
    if kind == "postgresql":
        with postgres_store(request.getfixturevalue("server")) as store:
            yield Place(kind, tmp_path, store)
    elif kind == "mysql":
        from tests.mariadb import maria_database

        server = request.getfixturevalue("mariadb")
        with maria_database(server) as url:
            yield Place(kind, tmp_path, MariaStore(server, url))
    else:
        yield Place(kind, tmp_path, SQLiteStore(tmp_path / "shop.db") if kind == "sqlite" else None)


def everything(place: Place) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of both tables."""
    return {name: place.rows(name) for name in DATA}


def test_every_connector(place: Place) -> None:
    """Described, sampled, searched, looked at before, erased, looked at after, settled: the person goes, nobody else does."""
    before = everything(place)
    connector = place.open()
    assert connector.gaps == frozenset()
    tables = connector.catalogue().tables
    assert {name: {column.name for column in table.columns} for name, table in tables.items()} == {
        "members": {"id", "email", "name"}, "visits": {"id", "member_id", "page"},
    }  # fmt: skip
    sampled = connector.sample("members", ("email", "name"), 100)
    assert sorted(sampled["email"]) == sorted(str(row["email"]) for row in DATA["members"])
    found: list[tuple[int, str, int]] = []
    handed = connector.search(PLAN, WHO, lambda person, table, row: found.append((person, table, int(row["id"]))))
    assert sorted(found) == [(0, "members", 2), *((0, "visits", 20 + n) for n in range(3))]
    assert [(item.person, item.kind, item.value) for item in handed] == [(0, "shop/members.id", "2")]
    assert MARK not in " ".join(connector.statements(PLAN))
    assert connector.preflight(PLAN, WHO) == ()
    assert not connector.reread(PLAN, WHO).complete
    assert everything(place) == before
    effect = connector.erase(PLAN, WHO, "4f1c9a")
    assert effect.complete
    assert [(item.table, item.found, item.deleted) for item in effect.tables] == [("members", 1, 1), ("visits", 3, 3)]
    assert sorted(effect.people) == [(0, "members", 1), (0, "visits", 3)]
    assert connector.reread(PLAN, WHO).complete
    assert everything(place) == {
        "members": [row for row in before["members"] if row[0] != 2], "visits": [row for row in before["visits"] if row[1] != 2],
    }  # fmt: skip
    again = connector.erase(PLAN, WHO, "other")
    assert again.complete
    assert sum(item.deleted for item in again.tables) == 0
    assert connector.settle(PLAN, Level.REWRITTEN) is Level.REWRITTEN
    connector.close()


def test_every_connector_changes_what_stays(place: Place) -> None:
    """A row that is to stay gets what it should, and no other is touched."""
    before = everything(place)
    connector = place.open()
    effect = connector.erase(CHANGES, WHO, "4f1c9a")
    connector.close()
    assert effect.complete
    assert [(item.table, item.deleted, item.changed) for item in effect.tables] == [("members", 0, 1), ("visits", 3, 0)]
    assert place.rows("members") == [(2, "gone", None) if row[0] == 2 else row for row in before["members"]]


def test_every_connector_says_whom_it_would_not_find(place: Place) -> None:
    """Capitals where a search looks for the exact form, found in a few drawn values: said before anything is believed."""
    connector = place.open()
    plan = StorePlan("shop", ((Gather("members", ("id",), (Reach(("name",), kind="device"), Reach(("name",), kind="email"), Reach(("email",), kind="email"))),),))
    (problem,) = connector.preflight(plan, WHO)
    assert str(problem.message) == "5 of 5 values drawn from `members.name` are not found in the form `exact`"
    lower = StorePlan("shop", ((Gather("members", ("id",), (Reach(("name",), kind="email", form=Form.LOWER), Reach(("email",), kind="phone", form=Form.DIGITS))),),))
    assert connector.preflight(lower, WHO) == ()
    connector.close()


def test_every_connector_puts_a_value_right(place: Place) -> None:
    """Where the wrong value stands, however it is written, and nowhere else; what lacks is filled; neither value is in a statement."""
    before = everything(place)
    connector = place.open()

    def plan(column: str, replaced: Replaced) -> StorePlan:
        return StorePlan("shop", ((MEMBERS,),), actions=(Change("members", (Assignment(column, Filling.REPLACED, replaced=replaced),)),))

    name = plan("name", Replaced("Siti", ("NAME 2",), Form.LOWER))
    assert connector.preflight(name, WHO) == ()
    assert "Siti" not in " ".join(connector.statements(name))
    assert not connector.reread(name, WHO).complete
    effect = connector.erase(name, WHO, "")
    assert (effect.complete, [(item.table, item.changed) for item in effect.tables]) == (True, [("members", 1)])
    assert place.rows("members") == [(*row[:2], "Siti") if row[0] == 2 else row for row in before["members"]]
    assert connector.reread(name, WHO).complete
    for nothing in (name, plan("name", Replaced("Other", ("Nobody",), Form.LOWER)), plan("name", Replaced("Other"))):
        effect = connector.erase(nothing, WHO, "")
        assert (effect.complete, sum(item.changed for item in effect.tables)) == (True, 0)
    assert connector.erase(plan("email", Replaced("new@example.com", (f"{MARK}2@EXAMPLE.com",), Form.LOWER)), WHO, "").complete
    assert [row for row in place.rows("members") if row[0] == 2] == [(2, "new@example.com", "Siti")]
    assert place.rows("visits") == before["visits"]
    connector.close()


def test_every_connector_without_anybody(place: Place) -> None:
    """Nobody, and people whom nobody knows, find nothing and change nothing."""
    before = everything(place)
    connector = place.open()
    for people in ([], [Known(0, "phone", "+628110000001")], [Known(0, "email", "nobody@example.com")]):
        assert connector.search(PLAN, people, lambda person, table, row: pytest.fail("found")) == ()
        assert connector.erase(PLAN, people, "4f1c9a").complete
    connector.close()
    assert everything(place) == before


def test_a_plan_for_another_form_is_refused_whole(place: Place) -> None:
    """A table that is not there is said, and nothing is done of what could be."""
    before = everything(place)
    plan = StorePlan("shop", (*PLAN.rounds, (Gather("claims", ("id",), (Reach(("member_id",), "members", ("id",)),)),)), actions=(*PLAN.actions, Delete("claims")))
    connector = place.open()
    with pytest.raises(JanjiError) as caught:
        connector.erase(plan, WHO, "4f1c9a")
    assert MARK not in str(caught.value)
    connector.close()
    assert everything(place) == before


def test_gaps_that_are_declared() -> None:
    """What services and processors cannot do is said; a change of these sets is a change of what people rely on."""
    assert {Gap.SNAPSHOT, Gap.ATOMIC} <= set(OF_SERVICES)
    assert {Gap.SEARCH, Gap.ATOMIC} <= set(OF_PROCESSORS)
    assert Gap.ERASE not in OF_SERVICES | OF_PROCESSORS
