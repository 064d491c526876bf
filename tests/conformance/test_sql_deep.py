"""Stores whose tables lead to each other by many ways, or in rings behind rings: what is asked of the database does not multiply with the ways."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.conformance.stores import SqlStore

from janji.connectors.rings import AT_ONCE, WAYS, deep
from janji.datamap.catalogue import Column, ForeignKey, Sort, Table
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Form, Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Gather, Known, Reach

AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
ANA, BUDI = "ana@x.id", "budi@x.id"


def table(name: str, links: dict[str, str], email: bool, declared: bool) -> Table:
    """A table with a column for each link."""
    columns = [Column("id", "", Sort.INTEGER, nullable=False), *(Column(column, "", Sort.INTEGER) for column in links), Column("name", "", Sort.TEXT)]
    keys = tuple(ForeignKey((column,), to, ("id",)) for column, to in links.items()) if declared else ()
    return Table(name, (*columns, *([Column("email", "", Sort.TEXT)] if email else [])), primary_key=("id",), foreign_keys=keys)


def chain() -> dict[str, dict[str, str]]:
    """Sixteen tables, each of which belongs to rows of the two before it: almost a thousand ways lead to the last."""
    return {f"t{place}": {f"of{other}": f"t{other}" for other in range(max(0, place - 2), place)} for place in range(16)}


def rings() -> dict[str, dict[str, str]]:
    """Three rings of two tables, with twelve links within each of them and four from each to the next."""
    made: dict[str, dict[str, str]] = {}
    for number in range(3):
        for half, other in ("ab", "ba"):
            within = {f"in{place}": f"{other}{number}" for place in range(6)}
            made[f"{half}{number}"] = within | ({f"of{one}": f"{one}{number - 1}" for one in "ab"} if number else {})
    return made


def one_ring() -> dict[str, dict[str, str]]:
    """A ring of two tables with more links than one term of a recursion takes."""
    return {half: {f"in{place}": other for place in range(AT_ONCE * 2 // 3)} for half, other in ("ab", "ba")}


@pytest.mark.parametrize("links", [chain(), rings(), one_ring()], ids=["chain", "rings", "one ring"])
def test_everything_is_found_and_goes(sql_store: SqlStore, links: dict[str, dict[str, str]]) -> None:
    """All rows of one of two people, over whatever ways."""
    tables = [table(name, to, email=place == 0, declared=name[0] == "t") for place, (name, to) in enumerate(links.items())]
    rows = {
        made.name: [
            {column.name: who if column.name in links[made.name] or column.name == "id" else address for column in made.columns}
            for who, address in ((1, ANA), (2, BUDI))
        ]
        for made in tables
    }
    sql_store.make(tables, rows)
    connector = sql_store.open()
    try:
        form = connector.catalogue()
        meaning = SystemMeaning("shop", tables={
            name: TableMeaning(
                name, fingerprint(form.tables[name]),
                (Identifier("email", "email", Form.LOWER),) if form.tables[name].column("email") else (),
                tuple(Link((column,), other, ("id",)) for column, other in to.items()), {"name": Meaning("contact.name")},
            )
            for name, to in links.items()
        })  # fmt: skip
        plan = plan_store(form, meaning, AT, Purpose.ERASE)
        assert plan.problems == ()
        found: list[tuple[str, int]] = []
        connector.search(plan, [Known(0, "email", ANA)], lambda _, name, row: found.append((name, row["id"])))
        assert sorted(found) == sorted((name, 1) for name in links)
        assert connector.preflight(plan, [Known(0, "email", ANA)]) == ()
        effect = connector.erase(plan, [Known(0, "email", ANA)], "4f1c9a")
        assert effect.remains == ()
        assert {name: [row["id"] for row in sql_store.rows(name)] for name in links} == {name: [2] for name in links}
    finally:
        connector.close()


def test_what_is_deep() -> None:
    """Tables to which more ways lead than are counted, and rings behind rings, with all that lies behind those."""
    chained = [Gather(name, ("id",), tuple(Reach((column,), to, ("id",)) for column, to in links.items()) or (Reach(("email",), kind="email"),)) for name, links in chain().items()]
    ways = [1, 1]
    while len(ways) < len(chained):
        ways.append(ways[-1] + ways[-2])
    assert deep([(gather,) for gather in chained]) == {gather.table for gather, count in zip(chained, ways, strict=True) if count > WAYS}
    ringed = [Gather(name, ("id",), tuple(Reach((column,), to, ("id",)) for column, to in links.items())) for name, links in rings().items()]
    after = Gather("after", ("id",), (Reach(("of",), "a1", ("id",)),))
    beside = Gather("beside", ("id",), (Reach(("of",), "a0", ("id",)),))
    rounds = [tuple(gather for gather in ringed if gather.table[1] == number) for number in "012"]
    assert deep([*rounds, (after, beside)]) == {"a1", "b1", "a2", "b2", "after"}
