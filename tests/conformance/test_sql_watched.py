"""Somebody's address in a column in which nobody is looked for: it blocks an erasure before, and nothing is complete while it stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.conformance.shops import integer, key, text
from tests.conformance.stores import SqlStore

from janji.connectors.base import Connector
from janji.connectors.sql import SqlConnector
from janji.datamap.catalogue import Column, Sort, Table
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Form, Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning, Verdict
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Effect, Known, StorePlan
from janji.errors import JanjiError

AT = datetime(2026, 12, 1, tzinfo=UTC)
ANA = [Known(0, "email", "ana@x.id"), Known(0, "phone", "+628123456789", ("08123456789",))]
TABLES = (
    Table("staff", (integer("id"), text("email")), primary_key=("id",)),
    Table("companies", (integer("id"), text("name"), text("email"), text("phone"), integer("manager_id", nullable=True)), primary_key=("id",),
          foreign_keys=(key("manager_id", "staff"),)),
    Table("contacts", (integer("id"), text("email"), text("mobile"), integer("company_id", nullable=True)), primary_key=("id",), foreign_keys=(key("company_id", "companies"),)),
    Table("invoices", (integer("id"), integer("contact_id", nullable=True), text("sent_to")), primary_key=("id",), foreign_keys=(key("contact_id", "contacts"),)),
)  # fmt: skip
MAIL, MOBILE = Meaning("contact.email"), Meaning("contact.phone")
MEANT = {
    "staff": TableMeaning("staff", identifiers=(Identifier("email", "email"),), columns={"email": MAIL}),
    "companies": TableMeaning("companies", links=(Link(("manager_id",), "staff", ("id",), owner=False),), columns={"email": MAIL, "phone": MOBILE}),
    "contacts": TableMeaning("contacts", identifiers=(Identifier("email", "email"), Identifier("mobile", "phone")), columns={"email": MAIL, "mobile": MOBILE}),
    "invoices": TableMeaning("invoices", links=(Link(("contact_id",), "contacts", ("id",)),), columns={"sent_to": MAIL}),
}
BLOCKED = "rows of `companies`: {rows} hold the `{kind}` of these people in `{column}`, in which nobody is looked for, and it would stay there"


def opened(store: SqlStore, companies: Sequence[tuple[Any, ...]]) -> Connector:
    """A customer database with these companies (email, phone, manager) and two contacts with an invoice each."""
    store.make(TABLES, {
        "staff": [{"id": 1, "email": "siti@shop.id"}],
        "companies": [{"id": at, "name": f"PT {at}", "email": email, "phone": phone, "manager_id": manager} for at, (email, phone, manager) in enumerate(companies, 1)],
        "contacts": [{"id": 1, "email": "ana@x.id", "mobile": "+628123456789", "company_id": 1}, {"id": 2, "email": "budi@x.id", "mobile": None, "company_id": None}],
        "invoices": [{"id": at, "contact_id": at, "sent_to": email} for at, email in ((1, "ana@x.id"), (2, "budi@x.id"))],
    })  # fmt: skip
    return store.open()


def planned(connector: Connector, meant: Mapping[str, TableMeaning] = MEANT, /, **changed: TableMeaning) -> StorePlan:
    """The plan of an erasure by a map that was reviewed as it is, with some tables of it changed."""
    form = connector.catalogue()
    tables = {name: replace(said, reviewed=fingerprint(form.tables[name])) for name, said in {**meant, **changed}.items()}
    plan = plan_store(form, SystemMeaning("shop", tables=tables), AT, Purpose.ERASE)
    assert plan.problems == ()
    return plan


def said(connector: Connector, plan: StorePlan) -> list[str]:
    """What stands in the way; nothing of it tells anybody's value."""
    problems = connector.preflight(plan, ANA)
    assert not any(word in f"{item.message}{item.help}" for item in problems for word in ("ana@", "Ana@", "8123"))
    return [str(item.message) for item in problems]


def left(effect: Effect) -> list[tuple[str, str | None, int]]:
    """What a second look found."""
    return [(item.table, item.column, item.rows) for item in effect.remains]


def test_an_address_of_the_person_in_a_company_blocks_until_the_map_finds_it(sql_store: SqlStore) -> None:
    """However it stands there; by the mended map it goes from the row, which stays, and another company keeps its own."""
    connector = opened(sql_store, [(" Ana@X.id", "0812-345-6789", 1), ("budi@x.id", "+62811", 1), ("ana@x.id", None, None)])
    plan = planned(connector)
    assert said(connector, plan) == [BLOCKED.format(rows=2, kind="email", column="email"), BLOCKED.format(rows=1, kind="phone", column="phone")]
    half = planned(connector, companies=replace(MEANT["companies"], identifiers=(Identifier("phone", "phone", Form.DIGITS, owner=False),)))
    assert said(connector, half) == [BLOCKED.format(rows=2, kind="email", column="email")]
    finding = (Identifier("email", "email", Form.TRIMMED_LOWER, owner=False), Identifier("phone", "phone", Form.DIGITS, owner=False))
    mended = planned(connector, companies=replace(MEANT["companies"], identifiers=finding))
    assert (said(connector, mended), [gather.table for gather in mended.watched]) == ([], ["invoices"])
    assert connector.erase(mended, ANA, "t").complete
    connector.close()
    assert [(row["email"], row["phone"]) for row in sql_store.rows("companies")] == [(None, None), ("budi@x.id", "+62811"), (None, None)]
    assert [row["id"] for row in sql_store.rows("contacts")] == [2]


def test_an_address_of_somebody_else_blocks_nothing(sql_store: SqlStore) -> None:
    """Companies with others' addresses stay as they are; what the plan deletes itself is in nobody's way."""
    connector = opened(sql_store, [("budi@x.id", "08123456780", 1), (None, "", None), ("hana@x.id", "x", 1)])
    plan = planned(connector)
    before = sql_store.rows("companies")
    assert (said(connector, plan), {gather.table for gather in plan.watched}) == ([], {"companies", "invoices"})
    assert connector.erase(plan, ANA, "t").complete
    connector.close()
    assert sql_store.rows("companies") == before
    assert [row["id"] for row in sql_store.rows("invoices")] == [2]


def test_an_address_inside_of_a_longer_text_blocks_too(sql_store: SqlStore) -> None:
    """In brackets, in a list, before a full stop; not as a part of somebody else's."""
    connector = opened(sql_store, [
        ("Ana <ANA@x.id>", None, 1), ("budi@x.id, ana@x.id; siti@x.id", None, 1), ("from ana@x.id.", None, 1),
        ("mariana@x.id", None, 1), ("dari.ana@x.id", None, 1), ("ana@x.idn", None, 1), ("ana@x", None, 1),
    ])  # fmt: skip
    plan = planned(connector)
    assert said(connector, plan) == [BLOCKED.format(rows=3, kind="email", column="email")]
    assert left(connector.erase(plan, ANA, "t")) == [("companies", "email", 3)]
    connector.close()


def test_nothing_is_complete_while_an_address_came_meanwhile(sql_store: SqlStore) -> None:
    """A row that comes between the plan and the look is told, also by a later look; once it is gone all is."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    plan = planned(connector)
    assert said(connector, plan) == []
    sql_store.fill("companies", [{"id": 7, "email": "ANA@x.id", "phone": "(+62) 812 345 6789"}])
    sql_store.fill("invoices", [{"id": 7, "contact_id": 2, "sent_to": "ana@x.id"}])
    remains = [("companies", "email", 1), ("companies", "phone", 1), ("invoices", "sent_to", 1)]
    assert left(connector.erase(plan, ANA, "t")) == remains
    assert left(connector.reread(plan, ANA)) == remains
    for table in ("companies", "invoices"):
        sql_store.run(f"DELETE FROM {table} WHERE id = 7")
    assert connector.reread(plan, ANA).complete
    connector.close()


def test_what_the_map_says_is_somebody_elses_is_theirs_where_the_row_names_them(sql_store: SqlStore) -> None:
    """`of:` the manager: no matter what stands there, where there is one; where there is none, nobody said whose it is."""
    connector = opened(sql_store, [("ana@x.id", None, 1), ("ana@x.id", None, None)])
    columns = {"email": replace(MAIL, of=("manager_id",)), "phone": MOBILE}
    plan = planned(connector, companies=replace(MEANT["companies"], columns=columns))
    assert said(connector, plan) == [BLOCKED.format(rows=1, kind="email", column="email")]
    sql_store.run("UPDATE companies SET manager_id = 1")
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    connector.close()


def test_words_that_the_map_says_are_somebody_elses_stay_theirs(sql_store: SqlStore) -> None:
    """An address inside of what is `of` the manager is the manager's where the row names one, as a value alone is."""
    connector = opened(sql_store, [("from ana@x.id", None, 1), ("from ana@x.id", None, None)])
    columns = {"email": replace(MAIL, of=("manager_id",)), "phone": MOBILE}
    plan = planned(connector, companies=replace(MEANT["companies"], columns=columns))
    assert said(connector, plan) == [BLOCKED.format(rows=1, kind="email", column="email")]
    sql_store.run("UPDATE companies SET manager_id = 1")
    assert said(connector, plan) == []
    connector.close()


def test_an_address_in_a_document_or_a_list_blocks_too(sql_store: SqlStore) -> None:
    """Where the map says that a place in it holds an address, and looks for nobody there: wherever in the document one stands."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    team = Table("teams", (integer("id"), integer("manager_id", nullable=True), Column("people", "json", Sort.JSON, nullable=True)), primary_key=("id",))
    documents = ['{"lead": {"email": "Ana@x.id"}}', '{"copies": ["budi@x.id", "ana@x.id"]}', '{"copies": ["diana@x.id"]}', None]
    sql_store.make((team,), {"teams": [{"id": at, "manager_id": 1, "people": document} for at, document in enumerate(documents)]})
    links = (Link(("manager_id",), "staff", ("id",), owner=False),)
    held = replace(MAIL, category="none", paths={"$.lead.email": "contact.email"})
    plan = planned(connector, teams=TableMeaning("teams", links=links, columns={"people": held}))
    assert said(connector, plan) == [BLOCKED.replace("companies", "teams").format(rows=2, kind="email", column="people")]
    assert left(connector.erase(plan, ANA, "t")) == [("teams", "people", 2)]
    connector.close()


def test_what_another_system_finds_people_by_is_watched(sql_store: SqlStore) -> None:
    """No column of this system finds anybody by an address, and a company has hers all the same."""
    connector = opened(sql_store, [("ana@x.id", None, 1)])
    found = {"contacts": replace(MEANT["contacts"], identifiers=(Identifier("mobile", "phone"),)), "staff": replace(MEANT["staff"], identifiers=(Identifier("id", "account"),))}
    form = connector.catalogue()
    tables = {name: replace(item, reviewed=fingerprint(form.tables[name])) for name, item in {**MEANT, **found}.items()}
    alone = plan_store(form, SystemMeaning("shop", tables=tables), AT, Purpose.ERASE)
    assert said(connector, alone) == []
    beside = plan_store(form, SystemMeaning("shop", tables=tables), AT, Purpose.ERASE, [SystemMeaning("care", tables={"staff": MEANT["staff"]})])
    assert said(connector, beside) == [BLOCKED.format(rows=1, kind="email", column="email")]
    connector.close()


def test_what_stays_for_another_owner_does_not_keep_the_address(sql_store: SqlStore) -> None:
    """An invoice of two people stays for the other: blocked where it would keep her address, not where her own share of it goes."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    both = Table("gifts", (integer("id"), integer("giver_id"), integer("taker_id", nullable=True), text("sent_to")), primary_key=("id",))
    rows: list[dict[str, Any]] = [{"id": 1, "giver_id": 2, "taker_id": 1, "sent_to": "ana@x.id"}, {"id": 2, "giver_id": 1, "taker_id": None, "sent_to": "ana@x.id"}]
    sql_store.make((both,), {"gifts": rows})
    links = (Link(("giver_id",), "contacts", ("id",)), Link(("taker_id",), "contacts", ("id",)))
    plan = planned(connector, gifts=TableMeaning("gifts", links=links, columns={"sent_to": MAIL}))
    assert said(connector, plan) == [BLOCKED.replace("companies", "gifts").format(rows=1, kind="email", column="sent_to")]
    assert left(connector.erase(plan, ANA, "t")) == [("gifts", "sent_to", 1)]
    connector.close()


def test_what_a_row_says_of_its_second_owner_goes_with_them(sql_store: SqlStore) -> None:
    """The same invoice where the map says that the address is of its taker: nothing is in the way, and all is complete."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    both = Table("gifts", (integer("id"), integer("giver_id"), integer("taker_id", nullable=True), text("sent_to")), primary_key=("id",))
    sql_store.make((both,), {"gifts": [{"id": 1, "giver_id": 2, "taker_id": 1, "sent_to": "ana@x.id"}]})
    links = (Link(("giver_id",), "contacts", ("id",)), Link(("taker_id",), "contacts", ("id",)))
    plan = planned(connector, gifts=TableMeaning("gifts", links=links, columns={"sent_to": replace(MAIL, of=("taker_id",))}))
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    assert [(row["giver_id"], row["sent_to"]) for row in sql_store.rows("gifts")] == [(2, None)]
    connector.close()


def test_rows_that_lead_to_rows_of_their_own_table_are_watched_too(sql_store: SqlStore) -> None:
    """Her card and those below it go with their addresses; the same address on somebody else's card is in the way."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    cards = Table("cards", (integer("id"), integer("contact_id", nullable=True), integer("above_id", nullable=True), text("sent_to")), primary_key=("id",))
    rows = [(1, 1, None), (2, None, 1), (3, 2, None)]
    sql_store.make((cards,), {"cards": [{"id": at, "contact_id": contact, "above_id": above, "sent_to": "ana@x.id"} for at, contact, above in rows]})
    links = (Link(("contact_id",), "contacts", ("id",)), Link(("above_id",), "cards", ("id",)))
    plan = planned(connector, cards=TableMeaning("cards", links=links, columns={"sent_to": MAIL}))
    assert said(connector, plan) == [BLOCKED.replace("companies", "cards").format(rows=1, kind="email", column="sent_to")]
    sql_store.run("UPDATE cards SET sent_to = 'budi@x.id' WHERE id = 3")
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    assert [row["id"] for row in sql_store.rows("cards")] == [3]
    connector.close()


def test_what_a_rule_keeps_of_the_person_is_not_left_over(sql_store: SqlStore) -> None:
    """A kept invoice of hers keeps her address and all is complete; the same address in another's invoice is not hers to keep."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    kept = replace(MEANT["invoices"], keep=(KeepRule("tax", columns=("sent_to",)),))
    plan = planned(connector, invoices=kept)
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    assert [row["sent_to"] for row in sql_store.rows("invoices")] == ["ana@x.id", "budi@x.id"]
    sql_store.run("UPDATE invoices SET sent_to = 'ana@x.id'")
    assert len(said(connector, plan)) == 1
    connector.close()


def test_a_table_that_the_map_leaves_as_it_is_keeps_the_address(sql_store: SqlStore) -> None:
    """Her case is restricted: it is hers, and stays by the map's own word."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    sql_store.make((Table("cases", (integer("id"), integer("contact_id"), text("state"), text("sent_to")), primary_key=("id",)),),
                   {"cases": [{"id": 1, "contact_id": 1, "state": "open", "sent_to": "ana@x.id"}]})  # fmt: skip
    links = (Link(("contact_id",), "contacts", ("id",)),)
    plan = planned(connector, cases=TableMeaning("cases", links=links, columns={"sent_to": MAIL}, verdict=Verdict.RESTRICT, restrict=("state", "held")))
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    assert [(row["state"], row["sent_to"]) for row in sql_store.rows("cases")] == [("held", "ana@x.id")]
    connector.close()


def test_a_link_by_the_very_column_looks_there(sql_store: SqlStore) -> None:
    """Rows that are linked by the address and not owned lose it, and are not in the way; where it stands with space before it no link finds it."""
    connector = opened(sql_store, [("ana@x.id", None, 1), (" ana@x.id", None, 1)])
    link = Link(("email",), "contacts", ("email",), owner=False)
    plan = planned(connector, companies=replace(MEANT["companies"], links=(link,)))
    assert said(connector, plan) == [BLOCKED.format(rows=1, kind="email", column="email")]
    sql_store.run("UPDATE companies SET email = 'ana@x.id'")
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    assert [row["email"] for row in sql_store.rows("companies")] == [None, None]
    connector.close()


def test_a_row_in_the_place_of_one_that_went_is_looked_at(sql_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the erasure somebody else's invoice takes the number of hers, with her address."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    copies = SqlConnector._copies

    def meanwhile(self: SqlConnector, *given: Any, **named: Any) -> Any:
        sql_store.fill("invoices", [{"id": 1, "contact_id": 2, "sent_to": "ana@x.id"}])
        return copies(self, *given, **named)

    monkeypatch.setattr(SqlConnector, "_copies", meanwhile)
    assert left(connector.erase(planned(connector), ANA, "t")) == [("invoices", "sent_to", 1)]
    connector.close()


def test_a_kept_row_of_two_people_is_in_nobodys_way(sql_store: SqlStore) -> None:
    """A rule keeps the address of a row that is somebody else's besides."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    both = Table("gifts", (integer("id"), integer("giver_id"), integer("taker_id", nullable=True), text("sent_to")), primary_key=("id",))
    sql_store.make((both,), {"gifts": [{"id": 1, "giver_id": 2, "taker_id": 1, "sent_to": "ana@x.id"}]})
    links = (Link(("giver_id",), "contacts", ("id",)), Link(("taker_id",), "contacts", ("id",)))
    plan = planned(connector, gifts=TableMeaning("gifts", links=links, columns={"sent_to": MAIL}, keep=(KeepRule("tax"),)))
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    connector.close()


def test_only_columns_by_whose_category_people_are_found_are_watched(sql_store: SqlStore) -> None:
    """Of another category or of none, of a kind that may be any word, or a number where people are found by text: nothing is asked."""
    connector = opened(sql_store, [("ana@x.id", None, 1)])
    for columns in ({}, {"email": Meaning("none")}, {"email": Meaning("work.company")}, {"manager_id": MAIL}):
        plan = planned(connector, companies=replace(MEANT["companies"], columns=columns), invoices=replace(MEANT["invoices"], columns={}))
        assert plan.watched == ()
    named = {name: replace(MEANT[name], identifiers=(Identifier("email", "account"),)) for name in ("staff", "contacts")}
    assert planned(connector, **named).watched == ()
    assert plan_store(connector.catalogue(), SystemMeaning("shop", tables=MEANT), AT, Purpose.ACCESS).watched == ()
    connector.close()


def test_a_number_is_watched_where_people_are_found_by_numbers(sql_store: SqlStore) -> None:
    """A telephone number that both tables hold as a whole number."""
    number = Column("phone", "", Sort.INTEGER)
    sql_store.make(
        (Table("people", (integer("id"), number), primary_key=("id",)), Table("visits", (integer("id"), integer("person_id"), number), primary_key=("id",))),
        {"people": [{"id": 1, "phone": 628123456789}], "visits": [{"id": 1, "person_id": 1, "phone": 628123456789}, {"id": 2, "person_id": 2, "phone": 8123456789}]},
    )  # fmt: skip
    connector = sql_store.open()
    meant = SystemMeaning("shop", tables={
        "people": TableMeaning("people", identifiers=(Identifier("phone", "phone"),), columns={"phone": MOBILE}),
        "visits": TableMeaning("visits", links=(Link(("person_id",), "people", ("id",)),), columns={"phone": MOBILE}),
    })  # fmt: skip
    who = [Known(0, "phone", "+628123456789", ("08123456789", "628123456789"))]
    plan = plan_store(connector.catalogue(), meant, AT, Purpose.ERASE)
    assert [str(item.message) for item in connector.preflight(plan, who)] == [BLOCKED.replace("companies", "visits").format(rows=1, kind="phone", column="phone")]
    connector.close()


def of_several(store: SqlStore, words: str, **meant: object) -> tuple[Connector, StorePlan]:
    """A gift of both contacts with some words in it, and the plan of an erasure."""
    connector = opened(store, [("budi@x.id", None, 1)])
    both = Table("gifts", (integer("id"), integer("giver_id"), integer("taker_id", nullable=True), text("note"), text("state")), primary_key=("id",))
    rows: list[dict[str, Any]] = [{"id": at, "giver_id": 2, "taker_id": 1, "note": note, "state": "sent"} for at, note in ((1, words), (2, "from mariana@x.id"))]
    store.make((both,), {"gifts": [*rows, {"id": 3, "giver_id": 1, "taker_id": None, "note": "I am ana@x.id", "state": "open"}]})
    links = (Link(("giver_id",), "contacts", ("id",)), Link(("taker_id",), "contacts", ("id",)))
    return connector, planned(connector, gifts=TableMeaning("gifts", links=links, columns={"note": Meaning("none", **meant)}))  # type: ignore[arg-type]


WORDS = "rows of `gifts` that stay for others: 1 have the e-mail address of these people in the text of `note`, and it would stay there"


def test_the_words_of_a_row_that_stays_for_others_do_not_keep_the_address(sql_store: SqlStore) -> None:
    """Nothing says whose words they are: it blocks with what to write, and is incomplete while the address stands there."""
    connector, plan = of_several(sql_store, "Write to Ana <ANA@x.id>.")
    assert said(connector, plan) == [WORDS]
    assert left(connector.erase(plan, ANA, "t")) == [("gifts", "note", 1)]
    connector.close()
    assert [(row["id"], row["taker_id"]) for row in sql_store.rows("gifts")] == [(1, None), (2, None)]


@pytest.mark.parametrize(("whose", "note"), [("taker_id", None), ("giver_id", "Write to ana@x.id")])
def test_words_that_are_somebodys_go_with_them_alone(sql_store: SqlStore, whose: str, note: str | None) -> None:
    """What the map says: the words of who leaves go, and those of who does not stay."""
    connector, plan = of_several(sql_store, "Write to ana@x.id", of=(whose,))
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    connector.close()
    assert [row["note"] for row in sql_store.rows("gifts") if row["id"] == 1] == [note]


def test_words_that_come_meanwhile_in_a_row_that_stays_are_told(sql_store: SqlStore) -> None:
    """Between the plan and the look somebody writes her address into a row of both."""
    connector, plan = of_several(sql_store, "With thanks")
    assert said(connector, plan) == []
    sql_store.run("UPDATE gifts SET note = 'for ana@x.id, really' WHERE id = 1")
    assert left(connector.erase(plan, ANA, "t")) == [("gifts", "note", 1)]
    connector.close()


def test_an_address_that_refers_to_a_row_that_stays_is_told_before(sql_store: SqlStore) -> None:
    """A letter of his names a box of both by her address: the box stays for him, so the reference to it does. Of a box of hers alone it goes."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    tables = (
        Table("boxes", (integer("id"), text("email"), integer("keeper_id", nullable=True)), primary_key=("id",)),
        Table("letters", (integer("id"), text("box"), integer("writer_id")), primary_key=("id",)),
    )
    sql_store.make(tables, {
        "boxes": [{"id": 1, "email": "ana@x.id", "keeper_id": 2}],
        "letters": [{"id": 1, "box": "ana@x.id", "writer_id": 2}, {"id": 2, "box": "budi@x.id", "writer_id": 2}],
    })  # fmt: skip
    keeper, writer = (Link((f"{who}_id",), "contacts", ("id",)) for who in ("keeper", "writer"))
    plan = planned(
        connector, boxes=TableMeaning("boxes", identifiers=(Identifier("email", "email"),), links=(keeper,), columns={"email": MAIL}),
        letters=TableMeaning("letters", links=(writer, Link(("box",), "boxes", ("email",))), columns={"box": Meaning("none")}),
    )  # fmt: skip
    before = {name: sql_store.rows(name) for name in ("boxes", "letters", "contacts")}
    assert said(connector, plan) == [WORDS.replace("gifts", "letters").replace("note", "box")]
    assert {name: sql_store.rows(name) for name in before} == before
    sql_store.run("UPDATE boxes SET keeper_id = NULL")
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    connector.close()
    assert [(row["id"], row["box"]) for row in sql_store.rows("letters")] == [(1, None), (2, "budi@x.id")]
    assert sql_store.rows("boxes") == []


def test_a_key_that_may_not_go_from_a_row_that_stays_blocks_before(sql_store: SqlStore) -> None:
    """Her address is the key of a row of both: it is said in the plan, and not only when it runs; a row of hers alone goes."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    both = Table("seats", (text("email", nullable=False), integer("giver_id")), primary_key=("email",))
    sql_store.make((both,), {"seats": [{"email": "ana@x.id", "giver_id": 2}]})
    meant = TableMeaning("seats", identifiers=(Identifier("email", "email"),), links=(Link(("giver_id",), "contacts", ("id",)),), columns={"email": MAIL})
    plan = planned(connector, seats=meant)
    assert [problem.table for problem in connector.preflight(plan, ANA)] == ["seats"]
    with pytest.raises(JanjiError):
        connector.erase(plan, ANA, "t")
    sql_store.run("UPDATE seats SET giver_id = 1")
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    connector.close()


HELD_BACK = "rows of `logins`: 1 cannot go, because rows of `{by}` that stay refer to them by `email`, and cannot stay either: `logins.email` is personal and a key of its table"


def logins(store: SqlStore, notes: Sequence[tuple[int, str | None]], sessions: Sequence[tuple[int, str]] = (), marks: Sequence[tuple[int, int]] = ()) -> Connector:
    """People whose address is their key, notes of others that may name one, their sessions, and marks that hang on those."""
    tables = (
        Table("logins", (text("email", nullable=False), text("name")), primary_key=("email",)),
        Table("notes", (integer("id"), text("email")), primary_key=("id",), foreign_keys=(key("email", "logins", "email"),)),
        Table("sessions", (integer("id"), text("email", nullable=False)), primary_key=("id",), foreign_keys=(key("email", "logins", "email"),)),
        Table("marks", (integer("id"), integer("session_id")), primary_key=("id",), foreign_keys=(key("session_id", "sessions"),)),
    )
    store.make(tables, {
        "logins": [{"email": f"{name}@x.id", "name": name} for name in ("ana", "budi")],
        "notes": [{"id": at, "email": email} for at, email in notes],
        "sessions": [{"id": at, "email": email} for at, email in sessions],
        "marks": [{"id": at, "session_id": session} for at, session in marks],
    })  # fmt: skip
    return store.open()


LOGINS = {
    "logins": TableMeaning("logins", identifiers=(Identifier("email", "email"),), columns={"email": MAIL, "name": Meaning("contact.name")}),
    "sessions": TableMeaning("sessions", links=(Link(("email",), "logins", ("email",)),)),
}


def test_a_key_that_rows_of_others_refer_to_blocks_before(sql_store: SqlStore) -> None:
    """A note that the map does not know names her by her address, which is a key: said before with the count, and it would stop. By a link the reference alone goes."""
    connector = logins(sql_store, [(1, "ana@x.id"), (2, "budi@x.id"), (3, None)])
    plan = planned(connector, LOGINS)
    assert said(connector, plan) == [HELD_BACK.format(by="notes")]
    with pytest.raises(JanjiError):
        connector.erase(plan, ANA, "t")
    assert len(sql_store.rows("logins")) == 2
    mended = planned(connector, LOGINS, notes=TableMeaning("notes", links=(Link(("email",), "logins", ("email",), owner=False),)))
    assert said(connector, mended) == []
    assert connector.erase(mended, ANA, "t").complete
    assert [(row["id"], row["email"]) for row in sql_store.rows("notes")] == [(1, None), (2, "budi@x.id"), (3, None)]
    assert [row["name"] for row in sql_store.rows("logins")] == ["budi"]
    connector.close()


def test_a_key_that_rows_of_others_refer_to_over_rows_that_go_blocks_before(sql_store: SqlStore) -> None:
    """Her session would go, and cannot, for a mark refers to it: so her login stays. Without the mark both go, and nothing is said."""
    connector = logins(sql_store, [(2, "budi@x.id")], [(1, "ana@x.id"), (2, "budi@x.id")], [(1, 1), (2, 2)])
    plan = planned(connector, LOGINS)
    assert HELD_BACK.format(by="sessions") in said(connector, plan)
    with pytest.raises(JanjiError):
        connector.erase(plan, ANA, "t")
    sql_store.run("DELETE FROM marks WHERE id = 1")
    assert said(connector, plan) == []
    assert connector.erase(plan, ANA, "t").complete
    assert [row["name"] for row in sql_store.rows("logins")] == ["budi"]
    connector.close()


UNSAID = "rows of `gifts` that stay for others: {rows} have the `phone` of these people, and nothing says whether `taker_name` are theirs too"


@pytest.mark.parametrize(("whose", "left"), [((), []), (("taker_phone",), [(2, None, None)]), (("giver_id",), [(2, None, "Ana")])])
def test_whose_the_rest_of_a_row_is_that_names_somebody_besides_is_asked(sql_store: SqlStore, whose: tuple[str, ...], left: list[tuple[Any, ...]]) -> None:
    """A gift of Budi's has her telephone and her name: asked whose the name is; it goes or stays as the map says. Her own gifts go, and nothing is asked of them."""
    connector = opened(sql_store, [("budi@x.id", None, 1)])
    gifts = Table("gifts", (integer("id"), integer("giver_id"), text("taker_phone"), text("taker_name")), primary_key=("id",))
    rows: list[dict[str, Any]] = [{"id": at, "giver_id": giver, "taker_phone": "+628123456789", "taker_name": "Ana"} for at, giver in ((1, 2), (2, 1))]
    sql_store.make((gifts,), {"gifts": rows})
    meant = TableMeaning("gifts", identifiers=(Identifier("taker_phone", "phone"),), links=(Link(("giver_id",), "contacts", ("id",)),),
                         columns={"taker_phone": MOBILE, "taker_name": Meaning("contact.name", of=whose)})  # fmt: skip
    plan = planned(connector, gifts=meant)
    assert said(connector, plan) == ([] if whose else [UNSAID.format(rows=1)])
    if whose:
        assert connector.erase(plan, ANA, "t").complete
        assert [(row["giver_id"], row["taker_phone"], row["taker_name"]) for row in sql_store.rows("gifts")] == left
    else:
        sql_store.run("DELETE FROM gifts WHERE id = 1")
        assert said(connector, plan) == []
    connector.close()
