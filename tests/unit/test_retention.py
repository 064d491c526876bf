"""Retention as values: when rows are over, in which order they end, what stands in the way, and whether a set is anonymous."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from janji.datamap.catalogue import Catalogue, Column, ForeignKey, Sort, Table
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Expiry, Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning
from janji.erasure.steps import Change, Delete, Filling
from janji.policy.model import RetentionRule
from janji.retention.anonymity import classes_of
from janji.retention.due import plan_ending, quasi_identifiers
from janji.retention.schedule import bound, endings, findings
from janji.terms.periods import Period
from janji.terms.places import NOWHERE, Word
from janji.terms.processing import Disposal
from janji.terms.texts import Text

AT = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)
PERIODS = st.builds(Period, months=st.integers(0, 150), days=st.integers(0, 800), hours=st.integers(0, 100))


def rule(name: str, period: Period, trigger: str, then: Disposal = Disposal.DELETE, data: tuple[str, ...] = ()) -> RetentionRule:
    """A rule of a schedule."""
    return RetentionRule(id=Word(name, NOWHERE), title=Text((("en", name),)), period=period, trigger=trigger, then=then, data=data)


RULES = {
    "sales": rule("sales", Period(months=60), "order-completed"), "marketing": rule("marketing", Period(months=24), "last-activity"),
    "books": rule("books", Period(months=120), "book-year-end", Disposal.DESTROY, ("name",)),
    "study": rule("study", Period(months=12), "collected", Disposal.ANONYMISE),
}  # fmt: skip
FORM = {
    table.name: table
    for table in (
        Table("people", (Column("id", "bigint", Sort.INTEGER, False), Column("email", "text", Sort.TEXT), Column("left_on", "date", Sort.DATE)),
              primary_key=("id",)),
        Table("orders", (Column("id", "bigint", Sort.INTEGER, False), Column("person", "bigint", Sort.INTEGER),
                         Column("done_at", "timestamptz", Sort.INSTANT), Column("gift", "text", Sort.TEXT)), primary_key=("id",),
              foreign_keys=(ForeignKey(("person",), "people", ("id",)),)),
        Table("items", (Column("order", "bigint", Sort.INTEGER, False), Column("line", "int", Sort.INTEGER, False), Column("note", "text", Sort.TEXT)),
              primary_key=("order", "line"), foreign_keys=(ForeignKey(("order",), "orders", ("id",)),)),
        Table("visits", (Column("id", "bigint", Sort.INTEGER, False), Column("at", "timestamptz", Sort.INSTANT, False), Column("cookie", "text", Sort.TEXT),
                         Column("page", "text", Sort.TEXT)), primary_key=("id",)),
    )
}  # fmt: skip
CATALOGUE = Catalogue("postgresql", FORM)


def reviewed(*tables: TableMeaning) -> SystemMeaning:
    """A system whose tables somebody reviewed."""
    return SystemMeaning("shop", tables={table.name: replace(table, reviewed=fingerprint(FORM[table.name])) for table in tables})


PEOPLE = TableMeaning("people", identifiers=(Identifier("email", "email"),), columns={"email": Meaning("email")})
ORDERS = TableMeaning(
    "orders", links=(Link(("person",), "people", ("id",)),), columns={"gift": Meaning("name"), "done_at": Meaning("delivery")},
    retention=(Expiry("sales", since="done_at"), Expiry("marketing", since="done_at", columns=("gift",)), Expiry("marketing", since="done_at", event="withdrawal")),
)  # fmt: skip
ITEMS = TableMeaning("items", links=(Link(("order",), "orders", ("id",)),), columns={"note": Meaning("name")}, retention=(Expiry("sales", follows="orders"),))
VISITS = TableMeaning("visits", identifiers=(Identifier("cookie", "cookie"),), columns={"cookie": Meaning("cookie"), "at": Meaning("time", becomes="year")},
                      retention=(Expiry("study", since="at"),))  # fmt: skip


@given(PERIODS, st.dates(date(1950, 1, 1), date(2040, 1, 1)), st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)))
def test_a_row_is_over_exactly_when_its_period_is(period: Period, day: date, now: datetime) -> None:
    """A day is before the bound when the period that began on it is over, and not a day earlier; at year's end likewise."""
    at = now.replace(tzinfo=UTC)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert (start < bound(period, "collected", at)) == (period.after(day) <= at.date())
    assert (start < bound(period, "book-year-end", at)) == (period.after(date(day.year, 12, 31)) <= at.date())
    assert bound(period, "withdrawal", at) == at


def test_endings_come_in_the_order_of_references() -> None:
    """What refers to others ends before them, a withdrawal first, columns before rows; what follows is not listed by itself."""
    meaning = reviewed(PEOPLE, ORDERS, ITEMS, VISITS)
    found = [(one.table, one.rule, one.event, one.columns) for one in endings(CATALOGUE, meaning, RULES, AT)]
    assert found[-3:] == [
        ("orders", "marketing", "withdrawal", ()), ("orders", "marketing", "last-activity", ("gift",)), ("orders", "sales", "order-completed", ()),
    ]  # fmt: skip
    assert found[0][0] == "visits"


def test_rows_end_with_what_follows_them() -> None:
    """Orders are gathered by time, their items by orders; items go first; columns that end alone change and take nothing along."""
    meaning = reviewed(PEOPLE, ORDERS, ITEMS)
    plans = {(one.event, one.columns): plan_ending(CATALOGUE, meaning, RULES, one, AT, 10) for one in endings(CATALOGUE, meaning, RULES, AT)}
    rows = plans["order-completed", ()]
    assert not rows.problems
    assert [gather.table for gather in rows.gathers] == ["orders", "items"]
    assert rows.gathers[0].due is not None
    assert (rows.gathers[0].due.column, rows.gathers[0].due.limit, rows.gathers[0].reaches) == ("done_at", 10, ())
    assert [action.table for action in rows.actions if isinstance(action, Delete)] == ["items", "orders"]
    alone = plans["last-activity", ("gift",)]
    (change,) = alone.actions
    assert isinstance(change, Change)
    assert [(item.column, item.filling) for item in change.assignments] == [("gift", Filling.NULL)]
    assert alone.gathers[0].due is not None
    assert alone.gathers[0].due.unlike == change.assignments


def test_another_duty_keeps_rows_longer() -> None:
    """A rule that keeps a row by a column of its own leaves it out; the rule by which it ends does not keep it."""
    kept = replace(ORDERS, keep=(KeepRule("books", since="done_at", period=Period(months=120)), KeepRule("sales", since="done_at", period=Period(months=60))))
    (one,) = [one for one in endings(CATALOGUE, reviewed(kept), RULES, AT) if one.rule == "sales"]
    plan = plan_ending(CATALOGUE, reviewed(kept), RULES, one, AT, 10)
    assert plan.gathers[0].due is not None
    assert [keep.rule for keep in plan.gathers[0].due.unless] == ["books"]


def test_who_is_held_is_known_by_identifiers_and_keys() -> None:
    """Rows of held people are left out by what identifies them there, and by keys that a search gave."""
    (one,) = endings(CATALOGUE, reviewed(VISITS), RULES, AT)
    spare = plan_ending(CATALOGUE, reviewed(VISITS), RULES, one, AT, 10).gathers[0].spare
    assert {(reach.columns, reach.kind) for reach in spare} == {(("cookie",), "cookie"), (("id",), "shop/visits.id")}


def test_what_still_tells_people_apart() -> None:
    """Of an anonymised table the columns that are left or become a year count, not its key and not what is empty."""
    (one,) = endings(CATALOGUE, reviewed(VISITS), RULES, AT)
    assert quasi_identifiers(CATALOGUE, plan_ending(CATALOGUE, reviewed(VISITS), RULES, one, AT, 10), "visits") == ("at", "page")


def test_findings_name_what_does_not_fit() -> None:
    """Rules that there are not, events that are not the rule's, columns that are gone, rows that nothing ends, data beyond the rule."""
    wrong = replace(ORDERS, retention=(
        Expiry("nothing", since="done_at"), Expiry("sales", since="gone"), Expiry("sales", since="done_at", event="birthday"), Expiry("sales"),
        Expiry("books", since="done_at", columns=("gift", "done_at")),
    ))  # fmt: skip
    found = findings(CATALOGUE, reviewed(PEOPLE, wrong), RULES)
    assert [(one.table, one.stops) for one in found] == [("people", False), *[("orders", True)] * 4, ("orders", False)]
    assert "`delivery`" in found[-1].message.render()
    assert findings(CATALOGUE, reviewed(ORDERS, ITEMS, VISITS), RULES) == ()


@given(st.lists(st.tuples(st.tuples(st.integers(0, 3), st.sampled_from("ab")), st.integers(0, 2))), st.integers(2, 5))
def test_groups_are_counted_as_they_are(rows: list[tuple[tuple[int, str], int]], least: int) -> None:
    """Rows, groups, the smallest, the rows in small ones and the fewest values told, each counted plainly."""
    found, sizes = classes_of(rows, least, sensitive=True), Counter(apart for apart, _ in rows)
    assert (found.rows, found.groups) == (len(rows), len(sizes))
    assert found.smallest == min(sizes.values(), default=0)
    assert found.below == sum(size for size in sizes.values() if size < least)
    assert found.variety == min((len({told for apart, told in rows if apart == one}) for one in sizes), default=0)
    assert found.anonymous(least) == (not rows or found.smallest >= least)
