"""Rows that name the table to which they lead: by what stands before the key in one column, or by the number of a kind."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.conformance.shops import integer, text
from tests.conformance.stores import SqlStore

from janji.connectors.base import Connector
from janji.connectors.files import open_folder
from janji.datamap.catalogue import Table
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Known

AT = datetime(2026, 12, 1, tzinfo=UTC)
ANA = [Known(0, "email", "ana@x.id")]
TABLES = (
    Table("customers", (integer("id"), text("email", False, 120)), primary_key=("id",)),
    Table("orders", (integer("id"), integer("customer_id", True), text("sum")), primary_key=("id",)),
    Table("notes", (integer("id"), text("resource", length=60), integer("giver_id", True), integer("kind", True), integer("number", True), text("body")), primary_key=("id",)),
)
RESOURCES: tuple[tuple[str | None, int | None, str], ...] = (
    ("customers,1", None, "goes: on her"), ("customers,10", None, "stays: another's"), ("orders,5", None, "goes: on her order"), ("orders,1", None, "stays: on his order"),
    ("products,1", None, "stays: on a thing"), (None, None, "stays: on nothing"), ("", None, "stays: on nothing"), ("customers,1", 10, "stays without her: both"),
    ("notes,1", None, "goes: an answer"), ("notes,9", None, "goes: an answer to that"), ("notes,2", None, "stays: an answer"), ("1", None, "stays: names no table"),
)  # fmt: skip
ROWS: dict[str, list[dict[str, Any]]] = {
    "customers": [{"id": 1, "email": "ana@x.id"}, {"id": 10, "email": "budi@x.id"}],
    "orders": [{"id": 5, "customer_id": 1, "sum": "7"}, {"id": 1, "customer_id": 10, "sum": "9"}],
    "notes": [
        {"id": at, "resource": resource, "giver_id": giver, "kind": {"customers": 4, "orders": 7}.get((resource or "").partition(",")[0]), "body": body,
         "number": int(key) if (key := (resource or "").partition(",")[2]) else None}
        for at, (resource, giver, body) in enumerate(RESOURCES, 1)
    ],
}  # fmt: skip
LEFT = {at: body for at, (_, _, body) in enumerate(RESOURCES, 1) if body.startswith("stays")}


def to(table: str) -> Link:
    """A link of the notes that name a table."""
    return Link(("resource",), table, ("id",), prefix=f"{table},")


GIVER = Link(("giver_id",), "customers", ("id",))
MEANT = {
    "customers": TableMeaning("customers", identifiers=(Identifier("email", "email"),), columns={"email": Meaning("contact.email")}),
    "orders": TableMeaning("orders", links=(Link(("customer_id",), "customers", ("id",)),)),
    "notes": TableMeaning("notes", links=(to("customers"), to("orders"), to("notes"), GIVER)),
}


def erased(connector: Connector, **changed: TableMeaning) -> None:
    """Erase by a map that was reviewed as it is, with some tables of it changed."""
    form = connector.catalogue()
    tables = {name: replace(said, reviewed=fingerprint(form.tables[name])) for name, said in {**MEANT, **changed}.items()}
    plan = plan_store(form, SystemMeaning("shop", tables=tables), AT, Purpose.ERASE)
    assert (plan.problems, tuple(connector.preflight(plan, ANA))) == ((), ())
    assert connector.erase(plan, ANA, "t").complete
    connector.close()


def test_a_table_and_its_key_in_one_column_are_followed(sql_store: SqlStore) -> None:
    """Notes on her, on her orders and on such notes go; those whose number only begins so, or of another table, stay."""
    sql_store.make(TABLES, ROWS)
    erased(sql_store.open())
    now = {row["id"]: row for row in sql_store.rows("notes")}
    assert {at: row["body"] for at, row in now.items()} == LEFT
    assert [now[at]["resource"] for at in (2, 8)] == ["customers,10", None]


def test_a_kind_by_number_is_followed(sql_store: SqlStore) -> None:
    """The same by the number of a kind beside the key."""
    sql_store.make(TABLES, ROWS)
    links = tuple(Link(("number",), name, ("id",), {"kind": kind}) for name, kind in (("customers", "4"), ("orders", "7")))
    erased(sql_store.open(), notes=TableMeaning("notes", links=(*links, GIVER)))
    answers = {9: "goes: an answer", 10: "goes: an answer to that"}
    assert {row["id"]: row["body"] for row in sql_store.rows("notes")} == LEFT | answers


def test_what_names_a_row_that_is_kept_is_kept_with_it(sql_store: SqlStore) -> None:
    """Notes follow the orders that they name, and no others."""
    sql_store.make(TABLES, ROWS)
    orders = replace(MEANT["orders"], keep=(KeepRule("tax"),))
    erased(sql_store.open(), orders=orders, notes=TableMeaning("notes", links=(to("customers"), to("orders"), GIVER), keep=(KeepRule("tail", follows="orders"),)))
    answers = {9: "goes: an answer", 10: "goes: an answer to that"}
    assert {row["id"]: row["body"] for row in sql_store.rows("notes")} == LEFT | answers | {3: "goes: on her order"}


def test_files_name_a_table_and_its_key_in_one_column(tmp_path: Path) -> None:
    """The same in files."""
    for name, rows in ROWS.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    erased(open_folder("shop", tmp_path))
    now = [json.loads(line) for line in (tmp_path / "notes" / "a.jsonl").read_text().splitlines()]
    assert {row["id"]: row["body"] for row in now} == LEFT
