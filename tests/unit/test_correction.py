"""The plan of a correction: which columns of which tables, in whose rows, and what stands in its way; it goes no further than it must."""

from __future__ import annotations

from datetime import UTC, datetime

from janji.datamap.catalogue import Catalogue, Column, ForeignKey, Sort, Table
from janji.datamap.meaning import Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning
from janji.erasure.correction import Correction, inside_documents, plan_correction
from janji.erasure.steps import Change, Reason
from janji.terms.messages import ENGLISH

AT = datetime(2026, 12, 1, tzinfo=UTC)


def column(name: str, sort: Sort = Sort.TEXT, length: int | None = None) -> Column:
    """A column."""
    return Column(name, "", sort, True, length)


CATALOGUE = Catalogue("sqlite", {
    "customers": Table("customers", (column("id", Sort.INTEGER), column("email"), column("name", length=10), column("born", Sort.DATE)), primary_key=("id",)),
    "orders": Table(
        "orders", (column("id", Sort.INTEGER), column("buyer", Sort.INTEGER), column("receiver", Sort.INTEGER), column("buyer_name"), column("receiver_name"), column("note")),
        primary_key=("id",), foreign_keys=(ForeignKey(("buyer",), "customers", ("id",)), ForeignKey(("receiver",), "customers", ("id",))),
    ),
    "papers": Table("papers", (column("id", Sort.INTEGER), column("order_id", Sort.INTEGER), column("name")), primary_key=("id",)),
})  # fmt: skip
MEANING = SystemMeaning("shop", tables={
    "customers": TableMeaning("customers", identifiers=(Identifier("email", "email"),), columns={
        "id": Meaning("none"), "email": Meaning("contact.email"), "name": Meaning("identity.name"), "born": Meaning("birth")}),
    "orders": TableMeaning("orders", links=(Link(("buyer",), "customers", ("id",)), Link(("receiver",), "customers", ("id",))), columns={
        "buyer_name": Meaning("identity.name", of=("buyer",)), "receiver_name": Meaning("identity.name", of=("receiver",)), "note": Meaning("message")}),
    "papers": TableMeaning("papers", links=(Link(("order_id",), "orders", ("id",)),), columns={"name": Meaning("identity.name")},
                           keep=(KeepRule("tax"),)),
})  # fmt: skip


def changes(*corrections: Correction) -> list[tuple[str, str, tuple[Reason, ...], tuple[str, ...]]]:
    """What a plan changes: table, column, for which reasons to stay, in the share of which way."""
    plan = plan_correction(CATALOGUE, MEANING, corrections, AT)
    assert plan.problems == ()
    found = [action for action in plan.actions if isinstance(action, Change)]
    return [(one.table, one.assignments[0].column, one.reasons, one.reach.columns if one.reach else ()) for one in found]


def test_a_name_is_changed_in_its_own_share_of_a_row_of_two() -> None:
    """The buyer's where the person bought, the receiver's where they receive; a paper that is kept whole is left, and that is told."""
    found = changes(Correction("identity.name", "Siti", ("Sity",)))
    shared = (Reason.FOUND, Reason.SHARED)
    assert found == [
        ("customers", "name", (), ()),
        ("orders", "buyer_name", (), ("buyer",)), ("orders", "buyer_name", shared, ("buyer",)),
        ("orders", "receiver_name", (), ("receiver",)), ("orders", "receiver_name", shared, ("receiver",)),
        ("papers", "name", (), ()),
    ]  # fmt: skip
    plan = plan_correction(CATALOGUE, MEANING, [Correction("identity.name", "Siti", ("Sity",))], AT)
    assert [one.message.render(ENGLISH) for one in plan.told] == ["rows of `papers` that `tax` keeps stay as they are"]
    assert [mark.table for mark in plan.marks] == ["papers"]


def test_only_what_is_needed_is_gathered() -> None:
    """A table without the category is read only where others are reached over it; nothing where nothing is held."""
    born = plan_correction(CATALOGUE, MEANING, [Correction("birth", "1990-01-01", ("1990-01-02",))], AT)
    assert [gather.table for gather in born.gathers] == ["customers"]
    nothing = plan_correction(CATALOGUE, MEANING, [Correction("elsewhere", "x", ("y",))], AT)
    assert (nothing.gathers, nothing.actions) == ((), ())


def test_what_does_not_fit_is_a_problem() -> None:
    """Too long, no date, no number: said before anything is asked of the store, without the value."""
    for correction in (Correction("identity.name", "S" * 11), Correction("birth", "yesterday")):
        (problem, *_) = plan_correction(CATALOGUE, MEANING, [correction], AT).problems
        assert correction.becomes not in problem.message.render(ENGLISH)


def test_no_value_is_shown_with_a_plan() -> None:
    """Neither what is wrong nor what is right."""
    shown = repr(plan_correction(CATALOGUE, MEANING, [Correction("identity.name", "Siti", ("Sity",))], AT))
    assert "Siti" not in shown
    assert "Sity" not in shown


def test_an_identifier_is_changed_by_its_kind_and_never_as_a_link() -> None:
    """The column that finds the person, in a row of several too where it finds this one; columns that only lead to rows are left."""
    assert changes(Correction("contact.email", "a@x.id", ("b@x.id",), "email")) == [
        ("customers", "email", (), ()), ("customers", "email", (Reason.FOUND, Reason.SHARED), ("email",)),
    ]  # fmt: skip


def test_an_identifier_inside_of_a_document_is_not_its_column() -> None:
    """What is said of the column is put right by its category; a place inside of it is none that this changes."""
    table = Table("tickets", (column("id", Sort.INTEGER), column("sender"), column("body", Sort.JSON)), primary_key=("id",))
    said = TableMeaning("tickets", identifiers=(Identifier("sender", "email"), Identifier("body", "email", path="$.mail")),
                        columns={"sender": Meaning("contact.email"), "body": Meaning("message")})  # fmt: skip
    plan = plan_correction(Catalogue("sqlite", {"tickets": table}), SystemMeaning("shop", tables={"tickets": said}), [Correction("contact.email", "a@x.id", ("b@x.id",), "email")], AT)
    assert plan.problems == ()
    assert {held.column for action in plan.actions if isinstance(action, Change) for held in action.assignments} == {"sender"}


def test_a_number_that_tells_rows_apart_is_not_put_right_with_something_else() -> None:
    """In SQLite it is the row's place: the next change would not find the row. By itself it may be, and a text may be."""
    meaning = SystemMeaning("club", "The club", "owner", "Jakarta", "ID", tables={"members": TableMeaning(
        "members", identifiers=(Identifier("email", "email"),), columns={"number": Meaning("account"), "email": Meaning("contact.email"), "name": Meaning("identity.name")},
    )})  # fmt: skip
    both = [Correction("account", "7", ("5",)), Correction("identity.name", "Siti")]
    for sort, wrong in ((Sort.INTEGER, 1), (Sort.TEXT, 0)):
        form = Catalogue("sqlite", {"members": Table("members", (column("number", sort), column("email"), column("name")), primary_key=("number",))})
        assert len(plan_correction(form, meaning, both, AT).problems) == wrong
        assert plan_correction(form, meaning, both[:1], AT).problems == ()


def test_places_inside_of_documents_are_named() -> None:
    """Nothing in them is put right, so it is said where the same may stand: by an identifier's path, and by a path of the category."""
    paths = TableMeaning("carts", identifiers=(Identifier("doc", "email", path="$.mail"),), columns={
        "doc": Meaning("none", paths={"$.ship.to": "identity.name", "note": "message"})})  # fmt: skip
    meaning = SystemMeaning("shop", tables={**MEANING.tables, "carts": paths})
    assert inside_documents(meaning, [Correction("identity.name", "Siti")]) == ("carts.doc.ship.to",)
    assert inside_documents(meaning, [Correction("contact.email", "siti@x.id", kind="email")]) == ("carts.doc.mail",)
    assert inside_documents(MEANING, [Correction("identity.name", "Siti")]) == ()


def test_a_wide_category_reaches_what_is_finer_only_with_a_wrong_value() -> None:
    """`contact` is about `contact.email` too where the wrong value tells which column is meant; what lacks is filled in its own alone."""
    assert changes(Correction("contact", "a@x.id", ("b@x.id",))) == changes(Correction("contact.email", "a@x.id", ("b@x.id",)))
    assert changes(Correction("contact", "a@x.id")) == []
    assert changes(Correction("cont", "a@x.id", ("b@x.id",))) == []
    names = changes(Correction("identity", "Siti", ("Sity",)))
    assert names == changes(Correction("identity.name", "Siti", ("Sity",)))
