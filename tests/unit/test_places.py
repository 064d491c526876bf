"""Places inside of documents: read, written in one way, and what a plan makes of those in lists where it cannot do all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janji.datamap.catalogue import Catalogue, Column, Sort, Table
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import NONE, Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.datamap.places import below, beside, entry_of, listed, place_in, spot, spot_in, steps_of
from janji.erasure.narrowing import plan_categories
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Change, Filling

AT = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(("path", "steps"), [
    ("$.a.b", ("a", "b")), ("a.b", ("a", "b")), ("$[*]", (None,)), ("[*]", (None,)), ("$.a[*].b[*]", ("a", None, "b", None)),
    ("$['a.b'][*]", ("a.b", None)), ('$["a\'b"].c', ("a'b", "c")), (r"$['a\'b\\']", ("a'b\\",)), ("$['[*]']", ("[*]",)), ("a b-c", ("a b-c",)),
])  # fmt: skip
def test_a_place_is_read_as_its_steps(path: str, steps: tuple[str | None, ...]) -> None:
    """Keys between stops, keys in quotes, and each entry of a list; `$` before it or not."""
    written = spot_in(path)
    assert written is not None
    assert steps_of(written) == steps
    assert listed(path) is (None in steps)


@pytest.mark.parametrize("path", ["", "$", "$.", "$..a", "$.a.", "$[0].a", "$[1:2]", "$.a[?(@.b)]", "$.*", "a[*", "$['a]", "a..b", "$.a[*]b", "$['']", ".a['b'"])
def test_what_is_no_place_is_none(path: str) -> None:
    """Neither a part of one, nor what another query could mean."""
    assert spot_in(path) is None


@given(st.lists(st.one_of(st.none(), st.text(min_size=1)), min_size=1, max_size=6))
def test_every_row_of_steps_can_be_written_and_read_again(steps: list[str | None]) -> None:
    """Whatever stands in the keys."""
    assert steps_of(spot(steps)) == tuple(steps)
    assert spot_in("$" + ("" if spot(steps).startswith("[") else ".") + spot(steps)) == spot(steps)


def test_what_stands_around_a_place() -> None:
    """Its entry, its object, and whether it is below another; plain places stay plain."""
    assert entry_of("a[*].b[*].c.d") == (("a", None, "b", None), ("c", "d"))
    assert beside("a[*].b", frozenset({"a[*].c", "a.c", "a[*].d.e"})) == ("a[*].b", "a[*].c")
    assert below("a[*].b", "a[*]")
    assert not below("ab[*]", "a")
    assert (place_in("$.a.b"), place_in("$.a[*].b"), place_in("$['a']")) == ("a.b", None, None)


TABLE = Table("orders", (Column("id", "bigint", Sort.INTEGER), Column("who", "text", Sort.TEXT), Column("doc", "jsonb", Sort.JSON)), primary_key=("id",))
PATHS = {"$.to[*].email": "contact.email", "$.to[*].name": "contact.name"}


def orders(*identifiers: Identifier, dialect: str = "postgresql", doc: Meaning | None = None) -> tuple[Catalogue, SystemMeaning]:
    """A table with people in lists of its documents."""
    table = TableMeaning(
        "orders", fingerprint(TABLE), identifiers, columns={"who": Meaning("account"), "doc": Meaning(NONE, paths=PATHS) if doc is None else doc},
    )  # fmt: skip
    return Catalogue(dialect, {"orders": TABLE}), SystemMeaning("shop", tables={"orders": table})


LISTED = Identifier("doc", "email", path="$.to[*].email")
WHO = Identifier("who", "account")


def test_a_kind_of_store_that_opens_no_lists_is_blocked() -> None:
    """In files the plan says so, and nothing is looked for under wrong keys; a place in text neither."""
    for identifier in (LISTED, Identifier("doc", "email", path="$['to.x']"), Identifier("who", "email", path="$.a")):
        for purpose in (Purpose.ERASE, Purpose.ACCESS):
            plan = plan_store(*orders(identifier, WHO, dialect="files"), AT, purpose)
            assert any("cannot be found by" in str(problem.message) for problem in plan.problems)
            assert not any(reach.path for gather in plan.gathers for reach in gather.reaches)
    assert any("cannot be taken out" in str(one.message) for one in plan_store(*orders(WHO, dialect="files"), AT, Purpose.ERASE).problems)
    assert plan_store(*orders(LISTED, WHO), AT, Purpose.ERASE).problems == ()


def test_entries_go_with_all_of_their_categories_or_not_at_all() -> None:
    """A plan by categories takes entries whose places all go, leaves them where none does, and is blocked in between."""
    catalogue, meaning = orders(LISTED, WHO)
    both = plan_categories(catalogue, meaning, {"contact.email", "contact.name"}, AT)
    assert both.problems == ()
    assert [item.filling for action in both.actions if isinstance(action, Change) and action.reach for item in action.assignments if item.entries] == [Filling.ENTRIES]
    none = plan_categories(catalogue, meaning, {"account"}, AT)
    assert none.problems == ()
    assert not any(item.entries for action in none.actions if isinstance(action, Change) for item in action.assignments)
    for part in ("contact.email", "contact.name"):
        assert any("what goes and what stays" in str(one.message) for one in plan_categories(catalogue, meaning, {part}, AT).problems)


def test_a_list_never_gives_the_row_away() -> None:
    """Who stands in a list owns no row of others, and leads no further; a unique owner beside it does."""
    catalogue, meaning = orders(LISTED, WHO)
    child = Table("lines", (Column("id", "bigint", Sort.INTEGER), Column("order_id", "bigint", Sort.INTEGER)), primary_key=("id",))
    lines = TableMeaning("lines", fingerprint(child), links=(Link(("order_id",), "orders", ("id",)),), columns={"id": Meaning(NONE)})
    plan = plan_store(Catalogue("postgresql", {**catalogue.tables, "lines": child}), replace(meaning, tables={**meaning.tables, "lines": lines}), AT, Purpose.ERASE)
    ways = {(reach.columns, reach.owner, reach.entry) for gather in plan.gathers if gather.table == "orders" for reach in gather.reaches}
    assert ways == {(("who",), True, False), (("doc",), False, True)}
    assert not any(gather.shared for gather in plan.gathers)
