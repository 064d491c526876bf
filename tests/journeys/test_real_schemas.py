"""Databases whose form nobody here wrote: searched and erased as the oracle says, and nothing of the person is left in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from tests.foreign_schemas import PEOPLE, email, make
from tests.reference.erase import Outcome, Token, erase

from janji.connectors.opening import open_connector
from janji.datamap.catalogue import Catalogue
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Form, Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning, Verdict
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Effect, Known
from janji.terms.periods import Period

AT = datetime(2026, 7, 1, tzinfo=UTC)
Rows = dict[str, dict[int, dict[str, Any]]]


def said(called: str, /, *ways: Identifier | Link, verdict: Verdict = Verdict.DELETE, keep: Sequence[KeepRule] = (), **columns: Meaning) -> TableMeaning:
    """What a table means."""
    identifiers = tuple(way for way in ways if isinstance(way, Identifier))
    return TableMeaning(called, "", identifiers, tuple(way for way in ways if isinstance(way, Link)), columns, verdict, None, tuple(keep))


def to(column: str, there: str, owner: bool = True, **where: str) -> Link:
    """A link to an `id`."""
    return Link((column,), there, ("id",), where, owner)


def read(path: Path, catalogue: Catalogue) -> Rows:
    """Every row of a file by its number."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    made: Rows = {}
    for name in catalogue.tables:
        names = [column.name for column in catalogue.tables[name].columns]
        made[name] = {row[0]: dict(zip(names, row[1:], strict=True)) for row in connection.execute(f"SELECT rowid, {', '.join(map(_quoted, names))} FROM {name} ORDER BY rowid")}  # noqa: S608
    connection.close()
    return made


def _quoted(name: str) -> str:
    return f'"{name}"'


def held_against_the_oracle(path: Path, tables: Sequence[TableMeaning], people: Sequence[Known]) -> tuple[Rows, Rows, Outcome, Effect]:
    """Search and erase; the rows before and after, what the oracle says and what the connector does."""
    connector = open_connector("here", f"sqlite:///{path}")
    catalogue = connector.catalogue()
    meaning = SystemMeaning("here", tables={item.name: replace(item, reviewed=fingerprint(catalogue.tables[item.name])) for item in tables})
    plan = plan_store(catalogue, meaning, AT, Purpose.ERASE)
    assert [str(problem.message) for problem in plan.problems] == []
    before = read(path, catalogue)
    numbers = {name: list(rows) for name, rows in before.items()}
    outcome = erase(catalogue, meaning, {name: list(deepcopy(rows).values()) for name, rows in before.items()}, people, AT)
    found: list[tuple[int, str]] = []
    connector.search(plan, people, lambda person, table, _: found.append((person, table)))
    assert sorted(found) == sorted((person, table) for person, table, _ in outcome.found)
    assert connector.preflight(plan, people) == ()
    effect = connector.erase(plan, people, "5e1fb2")
    connector.close()
    after = read(path, catalogue)
    for name, rows in before.items():
        for place, (number, row) in enumerate(rows.items()):
            there = after[name].get(number)
            assert (there is None) is ((name, place) in outcome.gone), (name, row)
            if there is not None:
                wanted = {**row, **outcome.cells.get((name, place), {})}
                assert {key: value for key, value in there.items() if not _as(value, wanted[key], row[key])} == {}, (name, row)
    assert {name: len(rows) for name, rows in numbers.items()} == {name: len(rows) for name, rows in before.items()}
    return before, after, outcome, effect


def _as(there: Any, wanted: Any, before: Any) -> bool:
    return isinstance(there, str) and there != before if isinstance(wanted, Token) else bool(there == wanted)


def words(rows: Rows, without: Mapping[str, Sequence[str]] | None = None) -> str:
    """Every cell as one text."""
    spared = without or {}
    return "\n".join(str(value) for name, held in rows.items() for row in held.values() for key, value in row.items() if key not in spared.get(name, ()))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A copy of one of the databases."""
    folder = tmp_path_factory.mktemp("real")
    held: dict[str, Path] = {}

    def copy(kind: str) -> Path:
        if kind not in held:
            held[kind] = folder / f"{kind}.db"
            make(kind, held[kind])
        path = folder / f"{kind}-{len(list(folder.iterdir()))}.db"
        copyfile(held[kind], path)
        return path

    return copy


NAME, MAIL, TEXT = Meaning("contact.name"), Meaning("contact.email"), Meaning("note")
DJANGO = (
    said("auth_user", Identifier("email", "email", Form.LOWER), Identifier("username", "account"), email=MAIL, username=NAME, first_name=NAME, last_name=NAME, password=Meaning("login")),
    said("auth_user_groups", to("user_id", "auth_user")),
    said("auth_user_user_permissions", to("user_id", "auth_user")),
    said("account_emailaddress", to("user_id", "auth_user"), Identifier("email", "email", Form.LOWER, owner=False), email=MAIL),
    said("account_emailconfirmation", to("email_address_id", "account_emailaddress")),
    said("django_admin_log", to("user_id", "auth_user"), object_repr=Meaning("contact.name", of=("object_id",))),
    said(
        "django_comments", to("user_id", "auth_user"), Identifier("user_email", "email"), user_name=NAME, user_email=Meaning("contact.email", of=("user_id",)),
        comment=TEXT, ip_address=Meaning("contact.address"),
    ),
    said("django_comment_flags", to("user_id", "auth_user"), to("comment_id", "django_comments", owner=False)),
)  # fmt: skip


def ids_of(number: int) -> tuple[Known, ...]:
    """What is known of somebody."""
    return (Known(0, "email", email(number)), Known(0, "account", f"user{number}"))


@pytest.mark.parametrize("number", range(0, PEOPLE, 3))
def test_accounts_of_django(made: Callable[[str], Path], number: int) -> None:
    """Accounts with groups, addresses, confirmations, and comments that others flag; guests by their address."""
    before, after, outcome, effect = held_against_the_oracle(made("django"), DJANGO, ids_of(number))
    assert effect.complete
    assert email(number) in words(before)
    assert email(number) not in words(after)
    assert f"other{number}." not in words(after)
    assert outcome.gone


def test_everybody_of_django_at_once(made: Callable[[str], Path]) -> None:
    """All of them leave in one batch: nobody is left, and tables of nobody are as they were."""
    people = [known._replace(person=number) for number in range(PEOPLE) for known in ids_of(number)]
    before, after, _, effect = held_against_the_oracle(made("django"), DJANGO, people)
    assert effect.complete
    assert after["auth_user"] == after["account_emailaddress"] == after["django_comment_flags"] == {}
    assert after["auth_permission"] == before["auth_permission"]
    assert [row["user_email"] for row in after["django_comments"].values()] == ["guest@mail.example"] * len(after["django_comments"])


CHINOOK = (
    said(
        "chinook_customer", Identifier("email", "email"), Identifier("phone", "phone", Form.DIGITS), email=MAIL, phone=Meaning("contact.phone"),
        firstname=NAME, lastname=NAME, address=TEXT,
    ),
    said(
        "chinook_invoice", to("customer_id", "chinook_customer"), billingaddress=Meaning("contact.address"), Total=Meaning("money"),
        keep=[KeepRule("tax", since="InvoiceDate", period=Period(months=60), columns=("Total",))],
    ),
    said("chinook_invoiceline", to("invoice_id", "chinook_invoice"), keep=[KeepRule("tax", follows="chinook_invoice")]),
    said("chinook_employee", Identifier("email", "email"), email=MAIL, firstname=NAME, lastname=NAME, birthdate=Meaning("contact.birth", becomes="year")),
)  # fmt: skip


@pytest.mark.parametrize("number", range(5))
def test_customers_of_chinook(made: Callable[[str], Path], number: int) -> None:
    """Invoices of five years stay with their lines and sums, and nothing else of the customer does."""
    before, after, outcome, effect = held_against_the_oracle(made("chinook"), CHINOOK, ids_of(number))
    assert effect.complete
    invoices = [row for row in before["chinook_invoice"].values() if row["customer_id"] == number + 1]
    kept = [row for row in after["chinook_invoice"].values() if row["customer_id"] == number + 1]
    assert [row["Total"] for row in kept] == [row["Total"] for row in invoices if row["InvoiceDate"] > "2021-07-01"]
    assert all(row["billingaddress"] is None for row in kept)
    assert (number + 1 in after["chinook_customer"]) is bool(kept)
    assert email(number) not in words(after)
    assert f"Street {number}" not in words(after).split("\n")
    assert len([place for place in outcome.stays if place[0] == "chinook_invoiceline"]) == 2 * len(kept)


def test_employees_of_chinook(made: Callable[[str], Path]) -> None:
    """A clerk to whom others report, and who looks after customers, stays as nobody; the youngest goes."""
    for number in range(5):
        before, after, outcome, _ = held_against_the_oracle(made("chinook"), CHINOOK, (Known(0, "email", f"clerk{number}@mail.example"),))
        rows = [*before["chinook_employee"].values(), *before["chinook_customer"].values()]
        needed = any(number + 1 in (row.get("reports_to_id"), row.get("support_rep_id")) for row in rows)
        assert (number + 1 in after["chinook_employee"]) is needed
        assert f"clerk{number}@" not in words(after)
        assert bool(outcome.stays) is needed


LOGIN = Link(("sid", "authenticated"), "session", ("sid", "authenticated"))
TRAC = (
    said("session_attribute", LOGIN, Identifier("value", "email"), value=TEXT),
    said("session", Identifier("sid", "account"), Link(("sid", "authenticated"), "session_attribute", ("sid", "authenticated"))),
    said("permission", Link(("username",), "session", ("sid",))),
    said("auth_cookie", Link(("name",), "session", ("sid",))),
    said("notify_watch", Link(("sid", "authenticated"), "session", ("sid", "authenticated"))),
    said("ticket", Link(("reporter",), "session", ("sid",)), Link(("owner",), "session", ("sid",)), description=Meaning("note", of=("reporter",))),
    said("ticket_change", Link(("author",), "session", ("sid",)), verdict=Verdict.ANONYMISE, author=NAME, newvalue=TEXT),
    said("ticket_custom", Link(("ticket",), "ticket", ("id",))),
    said("attachment", Link(("author",), "session", ("sid",)), filename=TEXT),
    said("wiki", Link(("author",), "session", ("sid",)), verdict=Verdict.ANONYMISE, author=Meaning("contact.name", becomes="somebody")),
)


@pytest.mark.parametrize("number", range(0, PEOPLE, 2))
@pytest.mark.parametrize("by", ["account", "email"])
def test_people_of_trac(made: Callable[[str], Path], number: int, by: str) -> None:
    """No foreign key anywhere, people by name in a dozen tables, a ring of two of them; known by name or by address alone."""
    people = [known for known in ids_of(number) if known.kind == by]
    before, after, outcome, effect = held_against_the_oracle(made("trac"), TRAC, people)
    assert effect.complete
    name = f"user{number}"
    assert any(row["reporter"] == name for row in before["ticket"].values())
    assert name not in words(after, {"ticket": ("cc",)}).split("\n")
    assert email(number) not in words(after)
    assert f"text of {name}" not in words(after).split("\n")
    assert set(outcome.stays.values()) <= {"shared", "anonymise"}
