"""What a plan means, one question at a time: whose a row is, what keeps it, what refers to it, what it becomes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference.carry_out import Carrying, Refused
from tests.reference.erase import erase

from janji.datamap.catalogue import Catalogue, Column, ForeignKey, Kind, OnDelete, Sort, Table, Trigger
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import NONE, Form, Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning, Verdict
from janji.erasure.keeping import bound_of
from janji.erasure.order import order_systems, rounds
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Clear, Delete, Filling, Known, Reason, Stop, StorePlan
from janji.terms.periods import Period

AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
ANA = (Known(0, "email", "ana@x.id"),)
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def whole(name: str, sort: Sort = Sort.INTEGER, nullable: bool = False, length: int | None = None) -> Column:
    """A column."""
    return Column(name, str(sort), sort, nullable, length)


def text(name: str, nullable: bool = True, length: int | None = None) -> Column:
    """A column of texts."""
    return whole(name, Sort.TEXT, nullable, length)


def refers(column: str, to: str, rule: OnDelete = OnDelete.REFUSE, deferrable: bool = False) -> ForeignKey:
    """A foreign key to an `id`."""
    return ForeignKey((column,), to, ("id",), rule, deferrable)


def table(
    name: str, *columns: Column, keys: Sequence[ForeignKey] = (), uniques: Sequence[tuple[str, ...]] = (), **more: Any
) -> Table:
    """A table with an `id`."""
    return Table(
        name, (whole("id"), *columns), primary_key=("id",), foreign_keys=tuple(keys), uniques=tuple(uniques), **more
    )


def said(
    called: str,
    /,
    *ways: Identifier | Link,
    verdict: Verdict = Verdict.DELETE,
    keep: Sequence[KeepRule] = (),
    **columns: Meaning,
) -> TableMeaning:
    """What a table means."""
    identifiers = tuple(way for way in ways if isinstance(way, Identifier))
    return TableMeaning(
        called,
        "",
        identifiers,
        tuple(way for way in ways if isinstance(way, Link)),
        columns,
        verdict,
        None,
        tuple(keep),
    )


def to(column: str, there: str, owner: bool = True, **where: str) -> Link:
    """A link to an `id`."""
    return Link((column,), there, ("id",), where, owner)


EMAIL = Identifier("email", "email")
CUSTOMERS = table("customers", text("email"), text("name"), uniques=[("email",)])
PEOPLE = said("customers", EMAIL, name=Meaning("contact.name"), email=Meaning("contact.email"))


class Shop:
    """A store with its map and its rows."""

    def __init__(
        self, tables: Sequence[Table], meanings: Sequence[TableMeaning], rows: Rows, dialect: str = "postgresql"
    ) -> None:
        self.catalogue = Catalogue(dialect, {item.name: item for item in tables})
        reviewed = [
            replace(item, reviewed=fingerprint(self.catalogue.tables[item.name]))
            if item.name in self.catalogue.tables
            else item
            for item in meanings
        ]
        self.meaning = SystemMeaning("shop", tables={item.name: item for item in reviewed})
        self.rows = {
            name: [
                {column.name: row.get(column.name) for column in self.catalogue.tables[name].columns} for row in held
            ]
            for name, held in rows.items()
        }

    def plan(self, purpose: Purpose = Purpose.ERASE) -> StorePlan:
        """The plan."""
        return plan_store(self.catalogue, self.meaning, AT, purpose)

    def erased(self, people: Sequence[Known] = ANA) -> dict[str, list[dict[str, Any]]]:
        """The rows that are left, as the plan does it and as the oracle says."""
        plan = self.plan()
        assert [str(problem.message) for problem in plan.problems] == []
        carrying = Carrying(self.catalogue, deepcopy(self.rows), people)
        carrying.run(plan)
        outcome = erase(self.catalogue, self.meaning, deepcopy(self.rows), people, AT)
        expected = {
            name: [
                {**row, **outcome.cells.get((name, at), {})}
                for at, row in enumerate(rows)
                if (name, at) not in outcome.gone
            ]
            for name, rows in self.rows.items()
        }
        left = {
            name: [row for row in rows if row is not None] for name, rows in carrying.rows.items() if name in self.rows
        }
        assert left == expected
        return left


def ids(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The ids of rows."""
    return [row["id"] for row in rows]


def customers(*emails: str) -> list[dict[str, Any]]:
    """Customers, numbered from 1."""
    return [{"id": at, "email": email, "name": f"n{at}"} for at, email in enumerate(emails, 1)]


def test_an_order_goes_with_its_customer() -> None:
    """Children go before what they refer to, and nothing of others."""
    orders = table("orders", whole("customer_id"), keys=[refers("customer_id", "customers")])
    shop = Shop(
        [CUSTOMERS, orders], [PEOPLE, said("orders", to("customer_id", "customers"))],
        {"customers": customers("ana@x.id", "budi@x.id"), "orders": [{"id": 1, "customer_id": 1}, {"id": 2, "customer_id": 2}]},
    )  # fmt: skip
    assert shop.plan().actions == (Delete("orders"), Delete("customers"))
    left = shop.erased()
    assert ids(left["customers"]) == [2]
    assert ids(left["orders"]) == [2]


def test_a_generated_column_is_nobody_elses() -> None:
    """An address and what the database itself makes of it are of one person, whose row goes."""
    members = table("members", text("email"), replace(text("shown"), generated=True), text("name"))
    ways = (Identifier("email", "email", Form.LOWER), Identifier("shown", "email"))
    rows = {"members": [{"id": 1, "email": "Ana@x.id", "shown": "Ana <ana@x.id>", "name": "Ana"}, {"id": 2, "email": "b@x.id", "shown": "Budi <b@x.id>", "name": "Budi"}]}
    meant = said("members", *ways, email=Meaning("contact.email"), name=Meaning("contact.name"))
    assert ids(Shop([members], [meant], rows).erased()["members"]) == [2]


def test_a_gift_goes_with_its_last_owner() -> None:
    """While the recipient is there the order stays without the buyer; with both it goes."""
    orders = table(
        "orders", whole("buyer", nullable=True), whole("recipient", nullable=True), text("note"), text("recipient_name"),
        keys=[refers("buyer", "customers"), refers("recipient", "customers")],
    )  # fmt: skip
    meaning = said(
        "orders", to("buyer", "customers"), to("recipient", "customers"),
        note=Meaning("note", of=("buyer",)), recipient_name=Meaning("contact.name", of=("recipient",)),
    )  # fmt: skip
    rows = {
        "customers": customers("ana@x.id", "budi@x.id"),
        "orders": [{"id": 1, "buyer": 1, "recipient": 2, "note": "from ana", "recipient_name": "Budi"}],
    }
    left = Shop([CUSTOMERS, orders], [PEOPLE, meaning], rows).erased()
    assert left["orders"] == [{"id": 1, "buyer": None, "recipient": 2, "note": None, "recipient_name": "Budi"}]
    assert ids(left["customers"]) == [2]
    both = Shop([CUSTOMERS, orders], [PEOPLE, meaning], rows).erased((*ANA, Known(1, "email", "budi@x.id")))
    assert both == {"customers": [], "orders": []}
    last = Shop(
        [CUSTOMERS, orders], [PEOPLE, meaning], {"customers": left["customers"], "orders": left["orders"]}
    ).erased((Known(0, "email", "budi@x.id"),))
    assert last == {"customers": [], "orders": []}


def test_what_belongs_to_a_row_that_stays_for_others_stays_with_it() -> None:
    """The buyer of a gift leaves: its line still refers to the order, and what stands in the line stays."""
    orders = table(
        "orders", whole("buyer", nullable=True), whole("recipient", nullable=True), keys=[refers("buyer", "customers"), refers("recipient", "customers")],
    )  # fmt: skip
    items = table("items", whole("order", nullable=True), text("engraved"), keys=[refers("order", "orders")])
    meaning = (said("orders", to("buyer", "customers"), to("recipient", "customers")), said("items", to("order", "orders"), engraved=Meaning("note", of=("order",))))
    rows: Rows = {
        "customers": customers("ana@x.id", "budi@x.id"), "orders": [{"id": 1, "buyer": 1, "recipient": 2}, {"id": 2, "buyer": 1, "recipient": None}],
        "items": [{"id": 1, "order": 1, "engraved": "for Budi"}, {"id": 2, "order": 2, "engraved": "for me"}],
    }  # fmt: skip
    left = Shop([CUSTOMERS, orders, items], [PEOPLE, *meaning], rows).erased()
    assert left["orders"] == [{"id": 1, "buyer": None, "recipient": 2}]
    assert left["items"] == [{"id": 1, "order": 1, "engraved": "for Budi"}]


def test_what_is_nobodys_is_no_second_owner() -> None:
    """A guest's order lies in a basket of nobody and goes with its guest; in the basket of another customer it stays for them."""
    baskets = table("baskets", whole("owner", nullable=True), keys=[refers("owner", "customers")])
    orders = table("orders", whole("basket", nullable=True), text("guest_email"), text("street"), keys=[refers("basket", "baskets")])
    meaning = (
        said("baskets", to("owner", "customers")),
        said("orders", to("basket", "baskets"), Identifier("guest_email", "email"), guest_email=Meaning("contact.email"), street=Meaning("contact.address")),
    )  # fmt: skip
    rows: Rows = {
        "customers": customers("budi@x.id"), "baskets": [{"id": 1, "owner": None}, {"id": 2, "owner": 1}],
        "orders": [{"id": at, "basket": at, "guest_email": "ana@x.id", "street": "Jalan Melati"} for at in (1, 2)],
    }  # fmt: skip
    left = Shop([CUSTOMERS, baskets, orders], [PEOPLE, *meaning], rows).erased()
    assert (ids(left["orders"]), ids(left["baskets"]), ids(left["customers"])) == ([2], [1, 2], [1])


def test_what_is_said_to_be_somebodys_goes_with_them_where_it_may_not_be_null() -> None:
    """A log calls a user by name in a column that is said to be of them, whatever it holds: it goes with them, and stays when who wrote the log leaves."""
    logs = table("logs", whole("writer", nullable=True), whole("about", nullable=True), text("called", nullable=False), keys=[refers("writer", "customers")])
    meaning = said("logs", to("writer", "customers"), to("about", "customers"), called=Meaning(NONE, of=("about",)))
    rows: Rows = {
        "customers": customers("budi@x.id", "ana@x.id"),
        "logs": [{"id": 1, "writer": 1, "about": 2, "called": "Ana"}, {"id": 2, "writer": 2, "about": 1, "called": "Budi"}],
    }
    left = Shop([CUSTOMERS, logs], [PEOPLE, meaning], rows).erased()
    assert [(row["writer"], row["about"], row["called"]) for row in left["logs"]] == [(1, None, ""), (None, 1, "Budi")]


def test_a_row_of_a_table_that_nobody_owns_is_no_second_owner() -> None:
    """A ticket lies in a queue, and a topic in a category of it, that a clerk only looks after: it goes with who sent it; the queue stays when the clerk goes."""
    queues = table("queues", whole("clerk", nullable=True), text("email"), keys=[refers("clerk", "customers")])
    parts = table("parts", whole("queue", nullable=True), keys=[refers("queue", "queues")])
    tickets = table("tickets", whole("queue"), whole("part", nullable=True), text("email"), text("body"), keys=[refers("queue", "queues"), refers("part", "parts")])
    meaning = (
        said("queues", to("clerk", "customers", owner=False), email=Meaning("contact.email")), said("parts", to("queue", "queues")),
        said("tickets", to("queue", "queues"), to("part", "parts"), EMAIL, email=Meaning("contact.email"), body=Meaning("note")),
    )  # fmt: skip
    rows: Rows = {
        "customers": customers("budi@x.id"), "queues": [{"id": 1, "clerk": 1, "email": "help@x.id"}], "parts": [{"id": 1, "queue": 1}],
        "tickets": [{"id": at, "queue": 1, "part": at if at == 1 else None, "email": email, "body": "Help"} for at, email in ((1, "ana@x.id"), (2, "dewi@x.id"))],
    }  # fmt: skip
    shop = Shop([CUSTOMERS, queues, parts, tickets], [PEOPLE, *meaning], rows)
    assert ids(shop.erased()["tickets"]) == [2]
    left = shop.erased((Known(0, "email", "budi@x.id"),))
    assert ([row["clerk"] for row in left["queues"]], ids(left["tickets"]), left["customers"]) == ([None], [1, 2], [])


def test_an_index_of_some_rows_lets_no_two_agree_either() -> None:
    """Two of an index that is unique among rows that are not deleted become two tokens, not one empty text."""
    form = table("members", text("email", nullable=False), text("name"), checks=("unique (email, has_account) where (deleted_at IS NULL)", "email <> 'x'"))
    plan = Shop([form], [said("members", EMAIL, verdict=Verdict.ANONYMISE, email=Meaning("contact.email"))], {}).plan()
    (filling,) = [item.filling for action in plan.actions for item in getattr(action, "assignments", ()) if item.column == "email"]
    assert filling is Filling.TOKEN


def test_a_share_that_cannot_be_null_keeps_its_person_without_a_name() -> None:
    """The order still refers to the buyer, so the buyer stays as nobody."""
    orders = table(
        "orders",
        whole("buyer"),
        whole("recipient"),
        keys=[refers("buyer", "customers"), refers("recipient", "customers")],
    )
    shop = Shop(
        [CUSTOMERS, orders], [PEOPLE, said("orders", to("buyer", "customers"), to("recipient", "customers"))],
        {"customers": customers("ana@x.id", "budi@x.id"), "orders": [{"id": 1, "buyer": 1, "recipient": 2}]},
    )  # fmt: skip
    left = shop.erased()
    assert left["customers"][0] == {"id": 1, "email": None, "name": None}


def test_a_household_telephone_gives_nobody_elses_account_away() -> None:
    """The e-mail is unique, so it tells; who is known by the telephone alone is told by it."""
    accounts = table("accounts", text("phone"), text("email"), uniques=[("email",)])
    meaning = said("accounts", Identifier("phone", "phone", Form.DIGITS), EMAIL)
    rows = {
        "accounts": [
            {"id": 1, "phone": "+62 81", "email": "ana@x.id"},
            {"id": 2, "phone": "+62 81", "email": "budi@x.id"},
        ]
    }
    shop = Shop([accounts], [meaning], rows)
    assert ids(shop.erased((*ANA, Known(0, "phone", "+6281")))["accounts"]) == [2]
    assert ids(shop.erased((Known(0, "email", "ana@x.id"),))["accounts"]) == [2]
    assert ids(shop.erased((Known(0, "phone", "+6281"),))["accounts"]) == []


def test_a_message_has_two_people() -> None:
    """Two columns of one kind where none is unique are two people; of one person where it is said so."""
    messages = table("messages", text("sender"), text("recipient"), text("body"))
    ways = (Identifier("sender", "email"), Identifier("recipient", "email"))
    rows = {"messages": [{"id": 1, "sender": "ana@x.id", "recipient": "budi@x.id", "body": "hello"}]}
    left = Shop([messages], [said("messages", *ways, body=Meaning("note"))], rows).erased()
    assert left["messages"] == [{"id": 1, "sender": None, "recipient": "budi@x.id", "body": "hello"}]
    one = said(
        "messages",
        *ways,
        sender=Meaning("contact.email", of=("sender",)),
        recipient=Meaning("contact.email", of=("sender",)),
    )
    assert Shop([messages], [one], rows).erased()["messages"] == []


@pytest.mark.parametrize("unique", [(), ("email",)], ids=["order", "account"])
def test_whose_a_row_is_stays_theirs_when_who_is_named_beside_them_leaves(unique: tuple[str, ...]) -> None:
    """An order with the address of who made it, and that of who is to have it; said by `of` of one column. It goes with the last of them."""
    orders = table("orders", text("email"), text("recipient"), text("name"), uniques=[unique] if unique else [])
    ways = (Identifier("email", "email"), Identifier("recipient", "email"))
    meaning = said("orders", *ways, name=Meaning("contact.name", of=("recipient",)), email=Meaning("contact.email"), recipient=Meaning("contact.email"))
    rows: list[dict[str, Any]] = [{"id": 1, "email": "budi@x.id", "recipient": "ana@x.id", "name": "Ana"}, {"id": 2, "email": None, "recipient": "ana@x.id", "name": "Ana"}]
    shop = Shop([orders], [meaning], {"orders": rows})
    assert shop.erased()["orders"] == [{"id": 1, "email": "budi@x.id", "recipient": None, "name": None}]
    budi = Known(0, "email", "budi@x.id")
    assert shop.erased((budi,))["orders"][0]["recipient"] == "ana@x.id"
    assert shop.erased((*ANA, Known(1, "email", "budi@x.id")))["orders"] == []


def test_an_order_of_a_guest_stays_when_who_was_to_have_it_leaves() -> None:
    """With an account it is the account's; without one its own address says whose it is. A telephone that nobody knows says nothing."""
    orders = table("orders", whole("customer_id", nullable=True), text("email"), text("phone"), text("recipient"), text("name"))
    ways = (to("customer_id", "customers"), Identifier("email", "email"), Identifier("phone", "phone"), Identifier("recipient", "email"))
    meaning = said("orders", *ways, name=Meaning("contact.name", of=("recipient",)), email=Meaning("contact.email"), recipient=Meaning("contact.email"))
    rows = [
        {"id": at, "customer_id": customer, "email": email, "phone": phone, "recipient": "ana@x.id", "name": "Ana"}
        for at, (customer, email, phone) in enumerate(((None, "budi@x.id", None), (1, "other@x.id", None), (2, "other@x.id", None), (None, None, "+62811"), (None, "ana@x.id", None)), 1)
    ]
    left = Shop([CUSTOMERS, orders], [PEOPLE, meaning], {"customers": customers("ana@x.id", "budi@x.id"), "orders": rows}).erased()["orders"]
    assert {row["id"]: (row["email"], row["recipient"], row["name"]) for row in left} == {1: ("budi@x.id", None, None), 3: ("other@x.id", None, None)}


def test_what_is_only_found_stays() -> None:
    """The agent of a case does not own it, and what hangs on it is not theirs."""
    cases = table("cases", whole("customer_id"), text("agent"), keys=[refers("customer_id", "customers")])
    chats = table("chats", whole("case_id"), keys=[refers("case_id", "cases")])
    shop = Shop(
        [CUSTOMERS, cases, chats],
        [PEOPLE, said("cases", to("customer_id", "customers"), Identifier("agent", "email", owner=False)), said("chats", to("case_id", "cases"))],
        {"customers": customers("budi@x.id"), "cases": [{"id": 1, "customer_id": 1, "agent": "ana@x.id"}], "chats": [{"id": 1, "case_id": 1}]},
    )  # fmt: skip
    left = shop.erased()
    assert left["cases"] == [{"id": 1, "customer_id": 1, "agent": None}]
    assert ids(left["chats"]) == [1]


def test_polymorphic_owners() -> None:
    """The same column leads to a customer or to an order, by the word beside it."""
    orders = table("orders", whole("customer_id"), keys=[refers("customer_id", "customers")])
    notes = table("notes", whole("at"), text("kind"))
    links = (to("at", "customers", kind="customer"), to("at", "orders", kind="order"))
    shop = Shop(
        [CUSTOMERS, orders, notes], [PEOPLE, said("orders", to("customer_id", "customers")), said("notes", *links, kind=Meaning(NONE))],
        {
            "customers": customers("budi@x.id", "ana@x.id"), "orders": [{"id": 1, "customer_id": 2}, {"id": 2, "customer_id": 1}],
            "notes": [{"id": at, "at": there, "kind": kind} for at, (there, kind) in enumerate([(2, "customer"), (1, "customer"), (1, "order"), (2, "order"), (2, None)], 1)],
        },
    )  # fmt: skip
    assert ids(shop.erased()["notes"]) == [2, 4, 5]


def test_a_kept_invoice_keeps_its_customer_without_a_name() -> None:
    """Ten years from the day are counted by the calendar; what is over goes."""
    rule = KeepRule("tax", since="day", period=Period(months=120), columns=("total",))
    orders = table(
        "orders",
        whole("customer_id"),
        whole("day", Sort.DATE, True),
        whole("total", nullable=True),
        text("note"),
        keys=[refers("customer_id", "customers")],
    )
    meaning = said("orders", to("customer_id", "customers"), keep=[rule], total=Meaning("money"), note=Meaning("note"))
    days = [date(2016, 7, 1), date(2016, 7, 2), None]
    shop = Shop(
        [CUSTOMERS, orders], [PEOPLE, meaning],
        {"customers": customers("ana@x.id"), "orders": [{"id": at, "customer_id": 1, "day": day, "total": 9, "note": "for Ana"} for at, day in enumerate(days, 1)]},
    )  # fmt: skip
    left = shop.erased()
    assert left["orders"] == [{"id": 2, "customer_id": 1, "day": date(2016, 7, 2), "total": 9, "note": None}]
    assert left["customers"] == [{"id": 1, "email": None, "name": None}]


def test_two_rules_keep_what_either_names() -> None:
    """A row that two rules keep loses only what neither names."""
    held = table("held", text("email"), text("a"), text("b"), text("c"), text("x"), text("y"))
    keep = [KeepRule("one", until="x", columns=("a",)), KeepRule("two", until="y", columns=("b",))]
    meaning = said("held", EMAIL, keep=keep, a=Meaning("note"), b=Meaning("note"), c=Meaning("note"))
    on, off = "2027-01-01", "2020-01-01"
    rows = [
        {"id": at, "email": "ana@x.id", "a": "A", "b": "B", "c": "C", "x": x, "y": y}
        for at, (x, y) in enumerate([(on, on), (on, off), (off, on), (off, off)])
    ]
    left = Shop([held], [meaning], {"held": rows}, "sqlite").erased()["held"]
    assert [(row["a"], row["b"], row["c"]) for row in left] == [("A", "B", None), ("A", None, None), (None, "B", None)]


def test_a_rule_that_follows() -> None:
    """Items stay with the order that is kept, and a customer with it where it is said so."""
    orders = table(
        "orders", whole("customer_id"), whole("day", Sort.DATE, True), keys=[refers("customer_id", "customers")]
    )
    items = table("items", whole("order_id"), text("label"), keys=[refers("order_id", "orders")])
    rule = KeepRule("tax", since="day", period=Period(months=12))
    shop = Shop(
        [CUSTOMERS, orders, items],
        [
            replace(PEOPLE, keep=(KeepRule("tax", follows="orders", columns=("name",)),)),
            said("orders", to("customer_id", "customers"), keep=[rule]),
            said("items", to("order_id", "orders"), keep=[KeepRule("tax", follows="orders")], label=Meaning("note")),
        ],
        {
            "customers": customers("ana@x.id"), "orders": [{"id": 1, "customer_id": 1, "day": date(2026, 1, 1)}, {"id": 2, "customer_id": 1, "day": date(2020, 1, 1)}],
            "items": [{"id": 1, "order_id": 1, "label": "a"}, {"id": 2, "order_id": 2, "label": "b"}],
        },
    )  # fmt: skip
    assert [mark.table for mark in shop.plan().marks] == ["orders", "customers", "items"]
    left = shop.erased()
    assert left["items"] == [{"id": 1, "order_id": 1, "label": "a"}]
    assert left["customers"] == [{"id": 1, "email": None, "name": "n1"}]


def test_a_reply_holds_what_it_replies_to() -> None:
    """Somebody else's reply refers to the comment, so that stays, empty, and no longer by its author."""
    comments = table(
        "comments",
        whole("author", nullable=True),
        whole("parent", nullable=True),
        text("body", nullable=False),
        keys=[refers("author", "customers"), refers("parent", "comments")],
    )
    meaning = said("comments", to("author", "customers"), body=Meaning("note", becomes="gone"))
    rows: list[dict[str, Any]] = [
        {"id": 1, "author": 1, "parent": None, "body": "a"},
        {"id": 2, "author": 2, "parent": 1, "body": "b"},
        {"id": 3, "author": 1, "parent": 2, "body": "c"},
        {"id": 4, "author": 1, "parent": 3, "body": "d"},
    ]
    left = Shop(
        [CUSTOMERS, comments], [PEOPLE, meaning], {"customers": customers("ana@x.id", "budi@x.id"), "comments": rows}
    ).erased()
    assert left["comments"] == [{"id": 1, "author": None, "parent": None, "body": "gone"}, rows[1]]
    assert ids(left["customers"]) == [2]


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite"])
def test_a_tree_of_folders_goes_whole(dialect: str) -> None:
    """Rows that belong to each other are gathered until nothing is new, and go however the store looks at them."""
    for nullable in (True, False):
        folders = table(
            "folders",
            whole("owner", nullable=True),
            whole("parent", nullable=nullable),
            keys=[refers("owner", "customers"), refers("parent", "folders")],
        )
        root = None if nullable else 1
        rows: list[dict[str, Any]] = [
            {"id": 1, "owner": 1, "parent": root},
            {"id": 2, "parent": 1},
            {"id": 3, "parent": 2},
            {"id": 4, "owner": 2, "parent": None if nullable else 4},
        ]
        shop = Shop(
            [CUSTOMERS, folders],
            [PEOPLE, said("folders", to("owner", "customers"), to("parent", "folders"))],
            {"customers": customers("ana@x.id", "budi@x.id"), "folders": rows},
            dialect,
        )
        assert ids(shop.erased()["folders"]) == [4]
        own = [
            action for action in shop.plan().actions if isinstance(action, Clear | Delete) and action.table == "folders"
        ]
        assert any(isinstance(action, Clear) for action in own) is (nullable and dialect != "postgresql")
        assert [action.leafwise for action in own if isinstance(action, Delete)] == [
            dialect == "mysql" and not nullable
        ]


def test_a_ring_is_cut_where_it_can_be() -> None:
    """A reference that may be null is cleared, one that may wait is left to the end, and where there is neither it is said."""

    def shop(nullable: bool, deferrable: bool) -> Shop:
        teams = table("teams", whole("lead"), keys=[refers("lead", "members", deferrable=deferrable)])
        members = table("members", whole("team", nullable=nullable), text("email"), keys=[refers("team", "teams")])
        return Shop(
            [teams, members],
            [said("teams", to("lead", "members")), said("members", EMAIL)],
            {"teams": [{"id": 1, "lead": 1}], "members": [{"id": 1, "team": 1, "email": "ana@x.id"}]},
        )

    assert Clear("members", ("team",)) in shop(nullable=True, deferrable=False).plan().actions
    assert shop(nullable=True, deferrable=False).erased() == {"teams": [], "members": []}
    assert shop(nullable=False, deferrable=True).erased() == {"teams": [], "members": []}
    stuck = shop(nullable=False, deferrable=False).plan()
    assert [problem.message.id for problem in stuck.problems] == [
        "the tables {tables} refer to each other, and none of the references can be null or put off"
    ]


def test_a_cascade_is_told_and_takes_nothing_that_stays() -> None:
    """A table outside the map goes with its parent; rows of others, and kept ones, hold what a cascade would take them with."""
    orders = table(
        "orders",
        whole("customer_id"),
        whole("day", Sort.DATE, True),
        keys=[refers("customer_id", "customers", OnDelete.CASCADE)],
    )
    logins = table("logins", whole("customer_id"), keys=[refers("customer_id", "customers", OnDelete.CASCADE)])
    keep = [KeepRule("tax", since="day", period=Period(months=12))]
    rows = {
        "customers": customers("ana@x.id"),
        "orders": [{"id": 1, "customer_id": 1, "day": date(2026, 1, 1)}],
        "logins": [{"id": 1, "customer_id": 1}],
    }
    kept = Shop([CUSTOMERS, orders, logins], [PEOPLE, said("orders", to("customer_id", "customers"), keep=keep)], rows)
    assert ids(kept.erased()["orders"]) == [1]
    assert "rows of `logins` that refer to rows of `customers` are deleted by the store itself" in [
        str(told.message) for told in kept.plan().told
    ]
    free = Shop([CUSTOMERS, orders, logins], [PEOPLE, said("orders", to("customer_id", "customers"))], rows)
    assert free.erased() == {"customers": [], "orders": [], "logins": []}


def test_natural_keys_that_others_refer_to_stop_it() -> None:
    """An e-mail that is a key cannot be anonymised: nothing is done when a row must stay, and everything when none must."""
    users = Table("users", (text("email", nullable=False), text("name")), primary_key=("email",))
    posts = table("posts", text("by", nullable=False), keys=[ForeignKey(("by",), "users", ("email",))])
    meanings = [said("users", EMAIL, name=Meaning("contact.name"))]
    shop = Shop(
        [users, posts],
        meanings,
        {"users": [{"email": "ana@x.id", "name": "Ana"}], "posts": [{"id": 1, "by": "ana@x.id"}]},
    )
    assert any(isinstance(action, Stop) for action in shop.plan().actions)
    with pytest.raises(Refused, match="stopped"):
        shop.erased()
    free = Shop([users, posts], meanings, {"users": [{"email": "ana@x.id", "name": "Ana"}], "posts": []})
    assert free.erased()["users"] == []


def test_a_json_document_loses_its_paths() -> None:
    """Only what is named goes out of it."""
    logs = table("logs", text("email"), whole("data", Sort.JSON, True), whole("at", nullable=True))
    meaning = said("logs", EMAIL, verdict=Verdict.ANONYMISE, data=Meaning(NONE, paths={"who.name": "contact.name"}))
    left = Shop(
        [logs],
        [meaning],
        {"logs": [{"id": 1, "email": "ana@x.id", "data": {"who": {"name": "Ana", "age": 3}, "n": 1}, "at": 5}]},
    ).erased()
    assert left["logs"] == [{"id": 1, "email": None, "data": {"who": {"age": 3}, "n": 1}, "at": 5}]


def in_data(path: str, kind: str = "email", owner: bool = True) -> Identifier:
    """An identifier inside of the documents of `data`."""
    return Identifier("data", kind, owner=owner, path=path)


LETTER = {"from": {"mail": "ana@x.id", "name": "Ana"}, "to": {"mail": "budi@x.id", "name": "Budi"}, "n": 1}
LETTERS = table("letters", whole("data", Sort.JSON))


def test_a_person_inside_a_document_is_found() -> None:
    """By keys, and not by the same words elsewhere in it; a document without the keys is nobody's."""
    rows = [LETTER, {"to": {"mail": "ana@x.id"}}, {"from": "ana@x.id"}, [], None, {"from": {"mail": ""}}]
    held = {"letters": [{"id": at, "data": data} for at, data in enumerate(rows)]}
    assert [row["id"] for row in Shop([LETTERS], [said("letters", in_data("$.from.mail"))], held).erased()["letters"]] == [1, 2, 3, 4, 5]


def test_a_share_of_a_document_is_what_stands_beside_the_identifier() -> None:
    """Of a letter of two people the one who leaves takes their own object along; the last one takes the letter."""
    meaning = said("letters", in_data("$.from.mail"), in_data("to.mail"), data=Meaning(NONE, paths={"from.name": "contact.name", "$.to.name": "contact.name"}))
    one = Shop([LETTERS], [meaning], {"letters": [{"id": 1, "data": LETTER}]})
    assert one.erased()["letters"] == [{"id": 1, "data": {"from": {}, "to": LETTER["to"], "n": 1}}]
    both = (*ANA, Known(1, "email", "budi@x.id"))
    assert one.erased(both)["letters"] == []


def test_an_identifier_that_cannot_be_looked_for_is_a_problem() -> None:
    """By what is no path, or of a column that is no document."""
    for meaning in (said("letters", in_data("$.to[1:2].mail")), said("letters", Identifier("id", "email", path="$.a"))):
        problems = Shop([LETTERS], [meaning], {}).plan().problems
        assert any("cannot be found by" in str(problem.message) for problem in problems)


def test_what_was_marked_as_deleted_goes_too() -> None:
    """A row that the application hides is a row all the same."""
    accounts = table("accounts", text("email"), whole("deleted_at", Sort.INSTANT, True))
    shop = Shop([accounts], [said("accounts", EMAIL)], {"accounts": [{"id": 1, "email": "ana@x.id", "deleted_at": AT}]})
    assert shop.erased()["accounts"] == []


@pytest.mark.parametrize(
    ("column", "unique", "becomes", "expected"),
    [
        (text("c"), False, None, Filling.NULL),
        (text("c", nullable=False), False, None, Filling.CONSTANT),
        (text("c", nullable=False, length=20), True, None, Filling.TOKEN),
        (text("c", nullable=False, length=8), True, None, None),
        (whole("c"), True, None, None),
        (whole("c", Sort.UUID), True, None, Filling.TOKEN),
        (whole("c", Sort.BOOLEAN), False, None, Filling.CONSTANT),
        (whole("c", Sort.OTHER), False, None, None),
        (whole("c", Sort.DATE), False, "year", Filling.YEAR),
        (text("c"), False, "year", None),
        (text("c", nullable=False), False, "null", None),
        (text("c", length=3), False, "gone", None),
        (text("c", length=4), False, "gone", Filling.CONSTANT),
        (text("c"), True, "gone", None),
        (whole("c"), False, "none", None),
        (whole("c", Sort.DATE), False, "1970-13-01", None),
    ],
)
def test_what_fits_a_column(column: Column, unique: bool, becomes: str | None, expected: Filling | None) -> None:
    """Type, length, null and uniqueness are known before anything is written; what does not fit is a problem of the plan."""
    form = table("t", text("email"), column, uniques=[("c",)] if unique else [])
    shop = Shop([form], [said("t", EMAIL, verdict=Verdict.ANONYMISE, c=Meaning("note", becomes=becomes))], {})
    plan = shop.plan()
    fillings = [
        item.filling for action in plan.actions for item in getattr(action, "assignments", ()) if item.column == "c"
    ]
    assert fillings == ([expected] if expected else [])
    assert bool(plan.problems) is (expected is None)


def test_what_is_not_as_reviewed_is_not_touched() -> None:
    """A column that came, a table that went, data that nobody leads to, a rule without a date: each is a problem that says so."""
    notes = table("notes", text("body"))
    shop = Shop([CUSTOMERS, notes], [PEOPLE, said("notes", body=Meaning("note")), said("old", EMAIL)], {})
    changed = replace(
        shop.meaning.tables["customers"],
        reviewed="0" * 24,
        keep=(KeepRule("tax", since="name", period=Period(months=1)),),
    )
    shop.meaning = SystemMeaning("shop", tables={**shop.meaning.tables, "customers": changed})
    assert [str(problem.message) for problem in shop.plan().problems] == [
        "`notes` holds personal data, and nothing leads from a person to its rows",
        "the form of `customers` changed since somebody reviewed it",
        "the table `old` is not in the store",
        "the rule `tax` counts from `customers.name`, and that is no date",
    ]


def test_what_the_store_does_by_itself_is_told() -> None:
    """Triggers, views that show the rows, and copies that must be refreshed."""
    loud = replace(CUSTOMERS, triggers=(Trigger("audit", ("delete",)), Trigger("stamp", ("insert",))))
    views = [
        Table("best", (text("email"),), Kind.MATERIALIZED, shows=("copied",)),
        Table("shown", (text("email"),), Kind.VIEW, shows=("customers",)),
        Table("copied", (text("email"),), Kind.MATERIALIZED, shows=("shown",)),
        Table("other", (text("email"),), Kind.MATERIALIZED, shows=("countries",)),
        Table("when", (text("day"),), Kind.MATERIALIZED, shows=("logins",)),
    ]
    logins = table("logins", whole("customer_id"), keys=[refers("customer_id", "customers", OnDelete.CASCADE)])
    plan = Shop([loud, logins, *views], [PEOPLE], {}).plan()
    assert plan.refreshes == ("when", "copied", "best")
    assert [str(item.message) for item in plan.told] == [
        "the trigger `audit` of `customers` runs on delete",
        "rows of `logins` that refer to rows of `customers` are deleted by the store itself",
        "the view `shown` shows these rows and holds none itself",
        "the materialised view `when` shows these rows until it is refreshed afterwards",
        "the materialised view `copied` shows these rows until it is refreshed afterwards",
        "the materialised view `best` shows these rows until it is refreshed afterwards",
    ]


def test_other_systems_are_searched_by_the_keys_that_are_handed_on() -> None:
    """A system comes after those that it looks things up in; keys leave under the name of their column."""
    care = SystemMeaning("care", tables={"cases": said("cases", Link(("customer",), "shop/customers", ("id",)))})
    shop = Shop([CUSTOMERS], [PEOPLE], {})
    plan = plan_store(shop.catalogue, shop.meaning, AT, Purpose.ACCESS, [care])
    assert plan.gathers[0].hands_on == ("id",)
    assert order_systems([care, shop.meaning]) == (("shop",), ("care",))
    cases = Catalogue("sqlite", {"cases": table("cases", whole("customer"))})
    assert plan_store(cases, care, AT, Purpose.ACCESS).gathers[0].reaches[0].kind == "shop/customers.id"


def test_nobody_leads_through_a_country() -> None:
    """A link to a table that belongs to nobody makes nothing somebody's."""
    countries = table("countries", text("name"))
    cities = table("cities", whole("country"), keys=[refers("country", "countries")])
    plan = Shop(
        [CUSTOMERS, countries, cities], [PEOPLE, said("countries"), said("cities", to("country", "countries"))], {}
    ).plan()
    assert [gather.table for gather in plan.gathers] == ["customers"]


@given(st.integers(0, 150), st.integers(0, 60), st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(-800, 40))
def test_a_bound_is_the_first_day_that_is_kept(months: int, days: int, today: date, off: int) -> None:
    """Whatever the lengths of months: what began on the bound is kept, and what began before is not."""
    period = Period(months=months, days=days)
    bound = bound_of(period, datetime(today.year, today.month, today.day, 12, tzinfo=UTC)).date()
    day = date.fromordinal(max(1, bound.toordinal() + off))
    assert (period.after(day) > today) is (day >= bound)


def test_rings_come_in_one_round() -> None:
    """Sources first; what leads to each other together."""
    assert rounds(("d", "c", "b", "a"), {"b": ["a", "c"], "c": ["b"], "d": ["c", "d"]}) == (("a",), ("c", "b"), ("d",))
    assert Reason("shared-kept") is Reason.SHARED_KEPT


def test_one_person_with_several_numbers() -> None:
    """A fax beside a telephone is nobody else's where an e-mail or a link says whose the row is."""
    staff = table("staff", text("phone"), text("fax"), text("email"))
    ways = (Identifier("phone", "phone"), Identifier("fax", "phone"), EMAIL)
    rows = {"staff": [{"id": 1, "phone": "1", "fax": "2", "email": "ana@x.id"}, {"id": 2, "phone": "1", "fax": "3", "email": "budi@x.id"}]}
    assert ids(Shop([staff], [said("staff", *ways)], rows).erased((*ANA, Known(0, "phone", "1")))["staff"]) == [2]
    points = table("points", whole("customer_id"), text("phone"), text("mobile"), keys=[refers("customer_id", "customers")])
    meaning = said("points", to("customer_id", "customers"), Identifier("phone", "phone"), Identifier("mobile", "phone"))
    held = {"customers": customers("ana@x.id"), "points": [{"id": 1, "customer_id": 1, "phone": "1", "mobile": "2"}]}
    assert Shop([CUSTOMERS, points], [PEOPLE, meaning], held).erased()["points"] == []


def test_a_cascade_that_would_be_refused_further_on_holds() -> None:
    """Rows outside the map that refer to each other cannot all be taken by the cascade, so what they refer to stays."""
    nodes = table("nodes", whole("customer_id"), whole("parent", nullable=True), keys=[refers("customer_id", "customers", OnDelete.CASCADE), refers("parent", "nodes")])
    rows = {"customers": customers("ana@x.id", "budi@x.id"), "nodes": [{"id": 1, "customer_id": 1}, {"id": 2, "customer_id": 2, "parent": 1}]}
    left = Shop([CUSTOMERS, nodes], [PEOPLE], rows).erased()
    assert left["customers"][0] == {"id": 1, "email": None, "name": None}
    assert ids(left["nodes"]) == [1, 2]


def ring_of_equals() -> StorePlan:
    """The plan of a ring in which every reference could be cut as well as any other."""
    names = ["teams", "members", "rooms", "desks"]
    tables = [
        table(name, whole("next", nullable=True), text("email"), keys=[refers("next", names[(place + 1) % 4])])
        for place, name in enumerate(names)
    ]
    return Shop(tables, [said(name, EMAIL) for name in names], {name: [] for name in names}).plan()


@pytest.mark.parametrize("seed", ["1", "2", "3", "4"])
def test_a_plan_is_the_same_in_every_process(seed: str) -> None:
    """Its number is that of the reviewed one, however Python orders its sets."""
    program = "from tests.unit.test_erasure_meaning import ring_of_equals; print(repr(ring_of_equals()))"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr(ring_of_equals())


def test_a_kept_row_is_found_again_by_what_its_rule_counts_from() -> None:
    """A rule that keeps an amount alone leaves its day too: otherwise the next erasure would find nothing that keeps the row."""
    invoices = table("invoices", whole("customer_id"), whole("day", Sort.DATE, True), text("amount"), keys=[refers("customer_id", "customers")])
    keep = [KeepRule("tax", since="day", period=Period(months=12), columns=("amount",))]
    rows = {"customers": customers("ana@x.id"), "invoices": [{"id": 1, "customer_id": 1, "day": date(2026, 1, 1), "amount": "5"}]}
    shop = Shop([CUSTOMERS, invoices], [PEOPLE, said("invoices", to("customer_id", "customers"), keep=keep, day=Meaning("order.day"), amount=Meaning("order.amount"))], rows)
    (row,) = shop.erased()["invoices"]
    assert (row["day"], row["amount"]) == (date(2026, 1, 1), "5")
