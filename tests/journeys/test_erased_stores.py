"""Stores of any form in real databases: what the connector leaves there is what the oracle says, row by row."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from tests.any_store import AT, Store, narrow, stores
from tests.conformance.conftest import postgres_store
from tests.conformance.stores import RULES, MariaStore, PostgresStore, SQLiteStore, SqlStore, create
from tests.mariadb import MariaDB, maria_database
from tests.reference.erase import Outcome, Stopped, Token, erase
from tests.strategies import examples

from janji.connectors import rings
from janji.datamap.catalogue import Catalogue, Column, OnDelete, Sort, Table
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import SystemMeaning
from janji.erasure.narrowing import plan_categories
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Known, StorePlan
from janji.errors import Invalid, JanjiError

HELD_BACK = "rows of `{table}`: {rows} cannot go, because rows of `{by}` that stay refer to them by {columns}, and cannot stay either: {why}"
REFUSED = "the database refuses what a column was to become ({where})"
UNREACHED = "`{table}` holds personal data, and nothing leads from a person to its rows"
PLACE = Column("place", "", Sort.INTEGER)
"""A column of no meaning, by which a row is known again."""
WAYS = st.sampled_from([rings.WAYS, 0])
"""As many ways as are written as selections that name each other, or none."""
SLOW = settings(max_examples=examples(10), suppress_health_check=list(HealthCheck), deadline=None)


def placed(store: Store, kind: str) -> dict[str, list[dict[str, Any]]]:
    """The rows with their places, as the driver gives them."""
    made = {name: [{**row, "place": at} for at, row in enumerate(rows)] for name, rows in store.data.items()}
    for row in (row for rows in made.values() for row in rows):
        if kind != "sqlite" and row["day"] is not None:
            row["day"] = date.fromisoformat(row["day"])
    return made


def fill(base: SqlStore, store: Store) -> None:
    """Make the store; rows may refer to each other in rings, so the foreign keys come last where they can."""
    tables = [replace(table, columns=(*table.columns, PLACE)) for table in store.catalogue.tables.values()]
    late = base.kind != "sqlite"
    with base.connected() as run:
        if not late:
            run("PRAGMA foreign_keys = OFF", ())
        for table in tables:
            run(create(base, replace(table, foreign_keys=()) if late else table), ())
        for name, rows in placed(store, base.kind).items():
            for row in rows:
                run(
                    *base.insertion(
                        name,
                        {key: json.dumps(value) if isinstance(value, dict) else value for key, value in row.items()},
                    )
                )
        for table in tables if late else ():
            for key in table.foreign_keys:
                run(
                    _foreign_key(
                        base, table, key.columns, key.table, key.referred, RULES.get(key.on_delete), key.deferrable
                    ),
                    (),
                )


def _foreign_key(
    base: SqlStore,
    table: Table,
    columns: tuple[str, ...],
    to: str,
    referred: tuple[str, ...],
    rule: str | None,
    deferrable: bool,
) -> str:
    ours, theirs = (", ".join(map(base.quote, names)) for names in (columns, referred))
    late = " DEFERRABLE INITIALLY DEFERRED" if deferrable and base.kind == "postgresql" else ""
    return (
        f"ALTER TABLE {base.quote(table.name)} ADD FOREIGN KEY ({ours}) REFERENCES {base.quote(to)} ({theirs})"
        f"{f' ON DELETE {rule}' if rule else ''}{late}"
    )


def left(base: SqlStore, catalogue: Catalogue) -> dict[str, dict[int, dict[str, Any]]]:
    """The rows that are there, by place."""
    made: dict[str, dict[int, dict[str, Any]]] = {}
    for name in catalogue.tables:
        rows = base.rows(name)
        for row in rows:
            row["doc"] = json.loads(row["doc"]) if isinstance(row["doc"], str) else row["doc"]
        made[name] = {row["place"]: row for row in rows}
    return made


def reviewed(catalogue: Catalogue, meaning: SystemMeaning) -> SystemMeaning:
    """What is said of the store, looked at in the form that it has now."""
    return replace(
        meaning,
        tables={
            name: replace(said, reviewed=fingerprint(catalogue.tables[name])) for name, said in meaning.tables.items()
        },
    )


def differences(
    outcome: Outcome, before: Mapping[str, list[dict[str, Any]]], now: Mapping[str, Mapping[int, dict[str, Any]]]
) -> list[Any]:
    """Where the store is not as the oracle says."""
    found: list[Any] = []
    for name, rows in before.items():
        for at, row in enumerate(rows):
            there = now[name].get(at)
            if ((name, at) in outcome.gone) is not (there is None):
                found.append((name, at, "there" if there else "gone"))
            elif there is not None:
                wanted = {**row, **outcome.cells.get((name, at), {})}
                found += [
                    (name, at, column, there[column])
                    for column, value in wanted.items()
                    if not _as_wanted(there[column], value, row[column])
                ]
    return found


def _as_wanted(there: Any, wanted: Any, before: Any) -> bool:
    if isinstance(wanted, Token):
        return (
            isinstance(there, str)
            and there != before
            and len(there) >= 8
            and (wanted.width is None or len(there) <= wanted.width)
        )
    return bool(there == wanted)


def spoken_of(plan: StorePlan, outcome: Outcome, now: Mapping[str, Mapping[int, dict[str, Any]]], people: Sequence[Known]) -> Counter[tuple[str, str]]:
    """The columns of text in which a row that stays for others, or for what refers to it, names the address of who leaves."""
    found: Counter[tuple[str, str]] = Counter()
    for (table, at), why in outcome.stays.items():
        theirs = {person for person, *place in outcome.found if tuple(place) == (table, at)}
        addresses = [text.lower() for one in people if one.person in theirs and one.kind == "email" for text in (one.value, *one.spellings)]
        row = now[table].get(at)
        if row is None or why not in ("found", "shared", "referred", "anonymise"):
            continue
        for column in dict(plan.words).get(table, ()):
            text = json.dumps(row[column], ensure_ascii=False) if isinstance(row[column], dict) else str(row[column])
            if any(re.search(rf"(?<![\w.+-]){re.escape(one)}(?![\w-])", text.lower()) for one in addresses):
                found[table, column] += 1
    return found


def planned(catalogue: Catalogue, meaning: SystemMeaning, only: frozenset[str] | None) -> StorePlan:
    """The plan by which people leave, or by which some categories of their data go."""
    return plan_store(catalogue, meaning, AT, Purpose.ERASE) if only is None else plan_categories(catalogue, meaning, only, AT)


def unlike_the_oracle(base: SqlStore, store: Store, only: frozenset[str] | None = None, ways: int = rings.WAYS) -> list[tuple[object, ...]]:
    """Searched, erased, looked at again: every row and cell that is not as it must be; and the effect says what was done.

    A table to which more than so many `ways` lead is searched by a recursion of its own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rings, "WAYS", ways)
        return _unlike(base, store, only)


def _unlike(base: SqlStore, store: Store, only: frozenset[str] | None) -> list[tuple[object, ...]]:
    fill(base, store)
    connector = base.open()
    try:
        catalogue = connector.catalogue()
        meaning = reviewed(catalogue, store.meaning)
        plan = planned(catalogue, meaning, only)
        if any(problem.message.id != UNREACHED for problem in plan.problems):
            return []
        before = placed(store, base.kind)
        found: set[tuple[int, str, int]] = set()
        connector.search(plan, store.people, lambda person, table, row: found.add((person, table, row["place"])))
        told_before = connector.preflight(plan, store.people)
        try:
            outcome = erase(catalogue, meaning, deepcopy(before), store.people, AT, only)
        except Stopped:
            assert told_before != ()
            with pytest.raises(JanjiError):
                connector.erase(plan, store.people, "4f1c9a")
            told = any(problem.message.id == HELD_BACK for problem in told_before)
            event("stopped, said before" if told else "stopped")
            return differences(Outcome(), before, left(base, catalogue))
        assert all(problem.message.id != HELD_BACK for problem in told_before)
        assert found == {one for one in outcome.found if one[1] in {gather.table for gather in plan.gathers}}
        effect = refused = None
        try:
            effect = connector.erase(plan, store.people, "4f1c9a")
        except Invalid as error:  # a foreign key that makes nothing of what may not be nothing
            refused = error
        if effect is None:
            assert refused is not None and refused.message.id == REFUSED  # noqa: PT018 - narrows the type
            assert told_before != ()
            return differences(Outcome(), before, left(base, catalogue))
        now = left(base, catalogue)
        unlike = differences(outcome, before, now)
        assert {(item.table, item.column): item.rows for item in effect.remains} == spoken_of(plan, outcome, now, store.people)
        by_itself = any(key.on_delete is OnDelete.CASCADE for table in catalogue.tables.values() for key in table.foreign_keys)
        deleted = sum(table.deleted for table in effect.tables)
        assert deleted == len(outcome.gone) or (by_itself and deleted < len(outcome.gone))
        assert {(person, table): count for person, table, count in effect.people} == Counter((person, table) for person, table, _ in found)
        return unlike
    finally:
        connector.close()


@given(stores(), WAYS)
@settings(SLOW, max_examples=examples(50))
def test_sqlite_is_left_as_the_oracle_says(store: Store, ways: int) -> None:
    """In a file."""
    with TemporaryDirectory() as folder:
        assert unlike_the_oracle(SQLiteStore(Path(folder) / "store.db"), store, None, ways) == []


@given(stores(), narrow(), WAYS)
@settings(SLOW, max_examples=examples(50))
def test_sqlite_loses_some_categories_as_the_oracle_says(store: Store, only: frozenset[str], ways: int) -> None:
    """In a file, where some categories of people's data go and nothing else."""
    with TemporaryDirectory() as folder:
        assert unlike_the_oracle(SQLiteStore(Path(folder) / "store.db"), store, only, ways) == []


@pytest.fixture(scope="module")
def postgres(server: object) -> Iterator[PostgresStore]:
    """One database for all of them."""
    with postgres_store(server) as base:
        yield base


@given(store=stores(), only=narrow() | st.none(), ways=WAYS)
@SLOW
def test_postgresql_is_left_as_the_oracle_says(postgres: PostgresStore, store: Store, only: frozenset[str] | None, ways: int) -> None:
    """On a server: where people leave, and where some categories of their data go."""
    with postgres.connected() as run:
        run("DROP SCHEMA IF EXISTS public CASCADE", ())
        run("CREATE SCHEMA public", ())
    assert unlike_the_oracle(postgres, store, only, ways) == []


@pytest.fixture(scope="module")
def maria(mariadb: MariaDB) -> Iterator[MariaStore]:
    """One database for all of them."""
    with maria_database(mariadb) as url:
        yield MariaStore(mariadb, url)


@given(store=stores(), ways=WAYS)
@SLOW
def test_mariadb_is_left_as_the_oracle_says(maria: MariaStore, store: Store, ways: int) -> None:
    """On a server that looks at each row by itself, and has no null where a reference would be set to null.

    It never deletes a row that refers to itself: such a reference is cleared first, where it can be null.
    """
    keys = [(table, key) for table in store.catalogue.tables.values() for key in table.foreign_keys]
    nulled = [table.column(key.columns[0]) for table, key in keys if key.on_delete is OnDelete.SET_NULL]
    nulled += [table.column(key.columns[0]) for table, key in keys if key.table == table.name]
    assume(all(column is not None and column.nullable for column in nulled))
    with maria.connected() as run:
        run("SET foreign_key_checks = 0", ())
        for (name,) in list(run("SHOW TABLES", ())):
            run(f"DROP TABLE {maria.quote(name)}", ())
    assert unlike_the_oracle(maria, store, None, ways) == []
