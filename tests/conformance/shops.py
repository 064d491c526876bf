"""A small shop for the conformance suite: its tables, its rows, and the plan that ends a customer."""

from __future__ import annotations

from typing import Any

from janji.datamap.catalogue import Column, ForeignKey, Sort, Table
from janji.datamap.meaning import Form
from janji.erasure.steps import Assignment, Change, Delete, Filling, Gather, Known, Reach, Reason, Referring, StorePlan


def integer(name: str, nullable: bool = False) -> Column:
    """A whole number."""
    return Column(name, "", Sort.INTEGER, nullable)


def text(name: str, nullable: bool = True, length: int | None = None) -> Column:
    """A text."""
    return Column(name, "", Sort.TEXT, nullable, length)


def key(columns: str, table: str, referred: str = "id", **rest: object) -> ForeignKey:
    """A foreign key."""
    return ForeignKey(tuple(columns.split()), table, tuple(referred.split()), **rest)  # type: ignore[arg-type]


TABLES = (
    Table("customers", (integer("id"), text("email", False, 120), text("name")), primary_key=("id",), uniques=(("email",),)),
    Table("addresses", (integer("id"), integer("customer_id"), text("street")), primary_key=("id",), foreign_keys=(key("customer_id", "customers"),)),
    Table(
        "orders", (integer("id"), integer("customer_id"), integer("address_id", True)), primary_key=("id",),
        foreign_keys=(key("customer_id", "customers"), key("address_id", "addresses")),
    ),
    Table("items", (integer("order_id"), integer("line"), text("sku")), primary_key=("order_id", "line"), foreign_keys=(key("order_id", "orders"),)),
    Table("notes", (integer("order_id", True), integer("line", True), text("body")), foreign_keys=(key("order_id line", "items", "order_id line"),)),
)  # fmt: skip
PEOPLE = 6
ROWS: dict[str, list[dict[str, Any]]] = {
    "customers": [{"id": i, "email": f"user{i}@example.com", "name": f"Name {i}"} for i in range(1, PEOPLE + 1)],
    "addresses": [{"id": 10 + i, "customer_id": i, "street": f"Jalan {i}"} for i in range(1, PEOPLE + 1)],
    "orders": [{"id": 100 * j + i, "customer_id": i, "address_id": 10 + i} for i in range(1, PEOPLE + 1) for j in (1, 2)],
    "items": [{"order_id": 100 * j + i, "line": n, "sku": f"S{n}"} for i in range(1, PEOPLE + 1) for j in (1, 2) for n in (1, 2)],
    "notes": [{"order_id": 100 + i, "line": 2, "body": f"note {i}"} for i in range(1, PEOPLE + 1) for _ in range(2)],
}
ROUNDS = (
    (Gather("customers", ("id",), (Reach(("email",), kind="email"),), hands_on=("id",)),),
    (Gather("addresses", ("id",), (Reach(("customer_id",), "customers", ("id",), seat="customer_id"),)),),
    (Gather("orders", ("id",), (Reach(("customer_id",), "customers", ("id",), seat="customer_id"),)),),
    (Gather("items", ("order_id", "line"), (Reach(("order_id",), "orders", ("id",), seat="order_id"),)),),
    (Gather("notes", (), (Reach(("order_id", "line"), "items", ("order_id", "line"), seat="order_id,line"),)),),
)
STREET = Assignment("street", Filling.CONSTANT, "-")
PLAN = StorePlan(
    "shop", ROUNDS,
    actions=(
        Delete("notes"), Delete("items"), Delete("orders"),
        Delete("addresses", (Referring("orders", ("address_id",), ("id",)),)),
        Change("addresses", (STREET,), (Reason.REFERRED,)),
        Delete("customers", (Referring("addresses", ("customer_id",), ("id",)),)),
        Change("customers", (Assignment("email", Filling.TOKEN, width=40), Assignment("name", Filling.NULL)), (Reason.REFERRED,)),
    ),
)  # fmt: skip


def known(*numbers: int, form: Form = Form.EXACT) -> list[Known]:
    """People by their address."""
    return [Known(place, "email", f"user{number}@example.com") for place, number in enumerate(numbers)]
