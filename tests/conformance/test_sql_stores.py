"""Every SQL database is searched and erased alike: the shop, shared rows, rings, rows without keys, hostile names and values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.conformance.shops import PLAN, ROUNDS, ROWS, TABLES, integer, known, text
from tests.conformance.stores import SqlStore

from janji.datamap.catalogue import Catalogue, Table
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Identifier, Meaning, SystemMeaning, TableMeaning
from janji.erasure.correction import Correction, plan_correction
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Delete, Gather, Known, Reach, StorePlan

TOKEN = "4f1c9a"  # noqa: S105 - stands for what is drawn
AT = datetime(2026, 7, 1, tzinfo=UTC)


def search(store: SqlStore, plan: Any = PLAN, people: Any = ()) -> tuple[list[tuple[int, str, dict[str, Any]]], tuple[Known, ...]]:
    """What a search hands over."""
    found: list[tuple[int, str, dict[str, Any]]] = []
    connector = store.open()
    handed = connector.search(plan, people, lambda person, table, row: found.append((person, table, dict(row))))
    connector.close()
    return found, handed


def test_search_finds_every_row_and_nothing_else(sql_store: SqlStore) -> None:
    """Every row of the people is handed over once with its person and all of its columns; keys are handed on."""
    sql_store.make(TABLES, ROWS)
    found, handed = search(sql_store, people=known(2, 5))
    for person, number in enumerate((2, 5)):
        own = [(table, row) for who, table, row in found if who == person]
        assert [row for table, row in own if table == "customers"] == [ROWS["customers"][number - 1]]
        assert sorted(row["id"] for table, row in own if table == "orders") == [100 + number, 200 + number]
        assert len([row for table, row in own if table == "items"]) == 4
        assert [row for table, row in own if table == "notes"] == [row for row in ROWS["notes"] if row["order_id"] == 100 + number]
    assert len(found) == 2 * (1 + 1 + 2 + 4 + 2)
    assert set(handed) == {Known(0, "shop/customers.id", "2"), Known(1, "shop/customers.id", "5")}


def test_erasure_leaves_others_alone(sql_store: SqlStore) -> None:
    """What is the people's is gone, everything of others is as it was, and the effect says what was done."""
    sql_store.make(TABLES, ROWS)
    connector = sql_store.open()
    effect = connector.erase(PLAN, known(2, 5), TOKEN)
    assert effect.complete
    assert {item.table: (item.found, item.deleted, item.changed) for item in effect.tables} == {
        "customers": (2, 2, 0), "addresses": (2, 2, 0), "orders": (4, 4, 0), "items": (8, 8, 0), "notes": (4, 4, 0) if sql_store.kind != "mysql" else (2, 4, 0),
    }  # fmt: skip
    gone = {"customers": {2, 5}, "addresses": {12, 15}, "orders": {102, 202, 105, 205}, "items": {102, 202, 105, 205}, "notes": {102, 105}}
    for table, rows in ROWS.items():
        first = next(iter(rows[0]))
        assert sql_store.rows(table) == sorted((row for row in rows if row[first] not in gone[table]), key=lambda row: row[first])
    assert connector.erase(PLAN, known(2, 5), TOKEN).tables[0].found == 0
    assert search(sql_store, people=known(2, 5)) == ([], ())
    connector.close()


def test_what_others_refer_to_is_anonymised(sql_store: SqlStore) -> None:
    """A row that a row of somebody else refers to stays, and so does what it refers to, without what says who it was."""
    sql_store.make(TABLES, {**ROWS, "orders": [*ROWS["orders"], {"id": 900, "customer_id": 3, "address_id": 12}]})
    connector = sql_store.open()
    assert not connector.reread(PLAN, known(2)).complete
    effect = connector.erase(PLAN, known(2), TOKEN)
    connector.close()
    assert effect.complete
    assert {item.table: item.stay for item in effect.tables if item.stay} == {"addresses": (("referred", 1),), "customers": (("referred", 1),)}
    left = sql_store.rows("customers")[1]
    assert left["id"] == 2
    assert left["name"] is None
    assert len(left["email"]) == 40
    assert "user2" not in left["email"]
    assert sql_store.rows("addresses")[1] == {"id": 12, "customer_id": 2, "street": "-"}
    assert [row["id"] for row in sql_store.rows("orders") if row["customer_id"] == 2] == []


def test_a_weaker_way_counts_where_no_surer_one_tells(sql_store: SqlStore) -> None:
    """A ticket of somebody's account is theirs, whatever address stands in it; without an account it is whose address it is."""
    tickets = Table("tickets", (integer("id"), integer("customer_id", True), text("email"), text("kind")), primary_key=("id",))
    rows = [(1, 1, "user2@example.com", "u"), (2, 2, "user1@example.com", "u"), (3, None, "user1@example.com", "u"), (4, 77, "user1@example.com", "u"),
            (5, 1, None, "u"), (6, 2, "user1@example.com", None), (7, None, "", "u")]  # fmt: skip
    sql_store.make((TABLES[0], tickets), {"customers": ROWS["customers"], "tickets": [dict(zip(("id", "customer_id", "email", "kind"), row, strict=True)) for row in rows]})
    link = Reach(("customer_id",), "customers", ("id",), where=(("kind", "u"),), seat="customer_id")
    named = Reach(("email",), kind="email", seat="customer_id", after=(link,))
    plan = StorePlan("shop", (ROUNDS[0], (Gather("tickets", ("id",), (link, named), shared=True),)), actions=(Delete("tickets"),))
    found, _ = search(sql_store, plan, known(1))
    assert sorted(row["id"] for _, table, row in found if table == "tickets") == [1, 3, 4, 5, 6]
    connector = sql_store.open()
    assert connector.erase(plan, known(1), TOKEN).complete
    connector.close()
    assert [row["id"] for row in sql_store.rows("tickets")] == [2, 7]


def gifts(catalogue: Catalogue) -> SystemMeaning:
    """A table of gifts that are of who gives and of who takes."""
    columns = {"name": Meaning("identity.name", of=("giver",)), "giver": Meaning("contact.email", of=("giver",)), "taker": Meaning("contact.email", of=("taker",))}
    identifiers = (Identifier("giver", "email"), Identifier("taker", "email"), Identifier("phone", "phone"))
    return SystemMeaning("shop", tables={"gifts": TableMeaning("gifts", fingerprint(catalogue.tables["gifts"]), identifiers, columns=columns)})


@pytest.mark.parametrize("primary", [False, True])
def test_a_row_is_found_again_whose_key_was_changed(sql_store: SqlStore, primary: bool) -> None:
    """Where what is anonymised or put right is all that tells rows apart, whatever else the row holds of the person is changed as well."""
    form = Table("gifts", (text("giver", False, 120), text("taker", True, 120), text("phone", True, 40), text("name", True, 40)))
    form = replace(form, primary_key=("giver",)) if primary else replace(form, uniques=(("giver",),))
    rows = [{"giver": f"{who}@example.com", "taker": "budi@example.com", "phone": phone, "name": "Sity"} for who, phone in (("ana", "+6281"), ("dewi", "+6282"))]
    sql_store.make((form,), {"gifts": rows})
    people = [Known(0, "email", "ana@example.com"), Known(0, "phone", "+6281")]
    connector = sql_store.open()
    catalogue = connector.catalogue()
    if primary:
        wrong = (Correction("contact.email", "anna@example.com", ("ana@example.com",), "email"), Correction("identity.name", "Siti", ("Sity",)))
        plan = plan_correction(catalogue, gifts(catalogue), wrong, AT)
    else:
        plan = plan_store(catalogue, gifts(catalogue), AT, Purpose.ERASE)
    assert plan.problems == ()
    assert connector.erase(plan, people, TOKEN).complete
    connector.close()
    left = {row["phone"]: row for row in sql_store.rows("gifts")}
    assert left.pop("+6282") == rows[1]
    ((phone, row),) = left.items()
    assert (phone, row["giver"], row["name"]) == (("+6281", "anna@example.com", "Siti") if primary else (None, row["giver"], None))
    assert "ana@" not in row["giver"]


def test_statements_hold_nothing_of_a_person(sql_store: SqlStore) -> None:
    """What would be asked can be read before, and names no value of anybody."""
    sql_store.make(TABLES, ROWS)
    connector = sql_store.open()
    spoken = connector.statements(PLAN)
    connector.close()
    assert len([text for text in spoken if "DELETE " in text]) >= 5
    assert "user" not in " ".join(spoken)
    assert sql_store.rows("customers") == ROWS["customers"]
