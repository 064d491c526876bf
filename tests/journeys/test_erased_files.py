"""Stores of any form as files: what the connector leaves of them is what the oracle says, row by row."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.any_store import AT, Store, narrow, stores
from tests.journeys.test_erased_stores import UNREACHED, differences, placed, planned, reviewed, spoken_of
from tests.reference.erase import Outcome, Stopped, erase
from tests.strategies import examples

from janji.connectors.files import open_folder
from janji.datamap.meaning import Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning
from janji.erasure.narrowing import plan_categories
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Known
from janji.errors import JanjiError
from janji.terms.periods import Period

Rows = dict[str, list[dict[str, Any]]]


def fill(folder: Path, data: Rows, kind: str) -> None:
    """Write each table as two files, where it has rows enough."""
    for name, rows in data.items():
        (folder / name).mkdir()
        for part, held in (("a", rows[:2]), ("b", rows[2:])):
            path = folder / name / f"{part}.{kind}"
            if kind == "csv":
                with path.open("w", newline="", encoding="utf-8") as file:
                    written = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                    written.writeheader()
                    written.writerows(held)
            elif held or part == "a":
                path.write_text("".join(json.dumps(row) + "\n" for row in held), encoding="utf-8")
                if kind == "parquet":
                    types = ", ".join(f"'{column}': '{_type(column, rows)}'" for column in rows[0])
                    with duckdb.connect() as connection:
                        connection.execute(f"COPY (SELECT * FROM read_json('{path}', format = 'newline_delimited', columns = {{{types}}})) TO '{path}.new' (FORMAT parquet)")  # noqa: S608
                    Path(f"{path}.new").replace(path)


def _type(column: str, rows: list[dict[str, Any]]) -> str:
    values = [row[column] for row in rows if row[column] is not None]
    if column == "day":
        return "DATE"
    return "VARCHAR" if not values or isinstance(values[0], str | dict) else "BIGINT"


def left(folder: Path, data: Rows, kind: str) -> dict[str, dict[int, dict[str, Any]]]:
    """The rows that are there, by place."""
    made: dict[str, dict[int, dict[str, Any]]] = {}
    for name in data:
        rows: list[dict[str, Any]] = []
        for path in sorted((folder / name).iterdir()):
            if kind == "csv":
                with path.open(newline="", encoding="utf-8") as file:
                    rows += [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
            elif kind == "jsonl":
                rows += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            else:
                with duckdb.connect() as connection:
                    found = connection.execute(f"SELECT * FROM '{path}'")  # noqa: S608
                    names = [item[0] for item in found.description or ()]
                    rows += [{key: str(value) if key == "day" and value else value for key, value in zip(names, row, strict=True)} for row in found.fetchall()]
        for row in rows:
            row["doc"] = json.loads(row["doc"]) if isinstance(row.get("doc"), str) and row["doc"].startswith("{") else row.get("doc")
        made[name] = {int(row["place"]): row for row in rows}
    return made


def as_written(data: Mapping[str, list[dict[str, Any]]], kind: str) -> Rows:
    """The rows as the kind of file can hold them: CSV has texts alone, and an empty one is nothing."""
    if kind != "csv":
        return {name: [dict(row) for row in rows] for name, rows in data.items()}

    def text(value: Any) -> str | None:
        return None if value in (None, "") else value if isinstance(value, str) else json.dumps(value)

    return {name: [{key: text(value) for key, value in row.items()} for row in rows] for name, rows in data.items()}

MISFIT = "{count} of {values} values drawn"
"""How it is said that an identifier has values in another form than its map says, which a random store may have."""


def as_compared(data: Rows, kind: str) -> Rows:
    """The same rows as they are read back."""
    if kind != "csv":
        return data
    return {name: [{key: json.loads(value) if key == "doc" and value else value for key, value in row.items()} for row in rows] for name, rows in data.items()}


@given(stores("files"), st.sampled_from(["jsonl", "parquet", "csv"]), narrow() | st.none())
@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_files_are_left_as_the_oracle_says(store: Store, kind: str, only: frozenset[str] | None) -> None:
    """Where people leave, or some categories of their data go: every row and cell of the files is as it must be, and the effect says so."""
    event(kind)
    with TemporaryDirectory() as name:
        folder, written = Path(name), as_written(placed(store, "sqlite"), kind)
        fill(folder, written, kind)
        connector = open_folder("shop", folder)
        try:
            assert _unlike_the_oracle(connector, store, folder, written, kind, only) == []
        finally:
            connector.close()


def _unlike_the_oracle(connector: Any, store: Store, folder: Path, written: Rows, kind: str, only: frozenset[str] | None) -> list[tuple[object, ...]]:
    """Every row and cell that is not left as it must be; what was found and what the effect says is looked at on the way."""
    catalogue = connector.catalogue()
    meaning = reviewed(catalogue, store.meaning)
    plan = planned(catalogue, meaning, only)
    if any(problem.message.id != UNREACHED for problem in plan.problems):
        event("problems")
        return []
    before = as_compared(written, kind)
    found: set[tuple[int, str, int]] = set()
    connector.search(plan, store.people, lambda person, table, row: found.add((person, table, int(row["place"]))))
    try:
        outcome = erase(catalogue, meaning, deepcopy(before), store.people, AT, only)
    except Stopped:
        with pytest.raises(JanjiError):
            connector.erase(plan, store.people, "4f1c9a")
        event("stopped")
        return differences(Outcome(), before, left(folder, written, kind))
    assert found == {one for one in outcome.found if one[1] in {gather.table for gather in plan.gathers}}
    said = {one.table for one in connector.preflight(plan, store.people) if not one.message.id.startswith(MISFIT)}
    effect, now = connector.erase(plan, store.people, "4f1c9a"), left(folder, written, kind)
    spoken = spoken_of(plan, outcome, now, store.people)
    assert {(one.table, one.column): one.rows for one in effect.remains} == spoken
    assert said <= {table for table, _ in spoken}
    return differences(outcome, before, now)


def test_a_category_in_files_where_nobody_can_be_found_is_a_problem(tmp_path: Path) -> None:
    """A plan for a part of the data says as that for all of them that nobody is found; it is not empty and well."""
    (tmp_path / "orders.csv").write_text('name,doc\nAna,"{""mail"": ""ana@x.id""}"\n')
    held = TableMeaning("orders", identifiers=(Identifier("doc", "email", path="mail"),), columns={"name": Meaning("contact.name"), "doc": Meaning("none")})
    connector = open_folder("shop", tmp_path)
    try:
        catalogue = connector.catalogue()
    finally:
        connector.close()
    meaning = reviewed(catalogue, SystemMeaning("shop", tables={"orders": held}))
    assert plan_categories(catalogue, meaning, {"contact.name"}, AT).problems == plan_store(catalogue, meaning, AT, Purpose.ERASE).problems != ()
    assert plan_categories(catalogue, meaning, {"money"}, AT).problems == ()


def test_two_places_in_one_document_are_both_emptied(tmp_path: Path) -> None:
    """A row that stays for somebody else, whose document names the person twice: what the second place takes out leaves out what the first did."""
    row = {"email": "budi@x.id", "doc": {"mail": "ana@x.id", "ship": {"cost": 9, "mail": "ana@x.id", "to": "Bandung"}, "who": "Ana"}}
    (tmp_path / "orders.jsonl").write_text(json.dumps(row) + "\n")
    seats = (Identifier("email", "email"), Identifier("doc", "email", path="mail"), Identifier("doc", "email", path="ship.mail"))
    held = TableMeaning("orders", identifiers=seats, columns={
        "email": Meaning("contact.email"), "doc": Meaning("none", paths={"who": "contact.name", "ship.to": "contact.address"})})  # fmt: skip
    connector = open_folder("shop", tmp_path)
    try:
        catalogue = connector.catalogue()
        meaning = reviewed(catalogue, SystemMeaning("shop", tables={"orders": held}))
        plan = plan_store(catalogue, meaning, AT, Purpose.ERASE)
        assert plan.problems == ()
        assert connector.erase(plan, [Known(0, "email", "ana@x.id")], "4f1c9a").remains == ()
    finally:
        connector.close()
    assert json.loads((tmp_path / "orders.jsonl").read_text()) == {"email": "budi@x.id", "doc": {"ship": {"cost": 9}}}


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize(("whose", "note"), [(None, "Write to Ana <ANA@x.id>."), ("giver", "Write to Ana <ANA@x.id>."), ("taker", None)])
def test_the_words_of_a_row_that_stays_for_others(tmp_path: Path, kind: str, whose: str | None, note: str | None) -> None:
    """They block where they have her address and nothing says whose they are; they go with her, or stay as somebody else's."""
    rows = [{"place": at, "giver": giver, "taker": taker, "note": words} for at, (giver, taker, words) in enumerate((
        ("budi@x.id", "ana@x.id", "Write to Ana <ANA@x.id>."), ("budi@x.id", "ana@x.id", "mariana@x.id"), ("ana@x.id", None, "I am ana@x.id")))]  # fmt: skip
    fill(tmp_path, as_written({"gifts": rows}, kind), kind)
    held = TableMeaning("gifts", identifiers=(Identifier("giver", "email"), Identifier("taker", "email")), columns={
        "giver": Meaning("contact.email"), "taker": Meaning("contact.email"), "note": Meaning("none", of=() if whose is None else (whose,))})  # fmt: skip
    connector = open_folder("shop", tmp_path)
    try:
        catalogue = connector.catalogue()
        plan = plan_store(catalogue, reviewed(catalogue, SystemMeaning("shop", tables={"gifts": held})), AT, Purpose.ERASE)
        people = [Known(0, "email", "ana@x.id")]
        assert plan.problems == ()
        assert [str(one.message) for one in connector.preflight(plan, people)] == [
            "rows of `gifts` that stay for others: 1 have the e-mail address of these people in the text of `note`, and it would stay there"
        ] * (whose is None)
        effect = connector.erase(plan, people, "4f1c9a")
    finally:
        connector.close()
    assert [(one.table, one.column, one.rows) for one in effect.remains] == [("gifts", "note", 1)] * (whose is None)
    now = left(tmp_path, {"gifts": rows}, kind)["gifts"]
    assert {place: row["note"] for place, row in now.items()} == {0: note, 1: None if whose == "taker" else "mariana@x.id"}


def test_what_is_kept_with_a_row_that_nothing_leads_to_any_more_is_not_said_to_remain(tmp_path: Path) -> None:
    """A customer is kept by name alone, and the orders with them: when it is looked again nobody finds the customer, and the orders are as they should be."""
    rows = {
        "customers": [{"place": 0, "id": 1, "email": "ana@x.id", "name": "Ana", "day": "2026-01-01"}],
        "orders": [{"place": at, "customer_id": 1, "email": email, "note": "abc"} for at, email in enumerate(("ana@x.id", "other@x.id"))],
    }
    fill(tmp_path, rows, "jsonl")
    customers = TableMeaning("customers", identifiers=(Identifier("email", "email"),), columns={"name": Meaning("contact.name")},
                             keep=(KeepRule("tax", since="day", period=Period(months=120), columns=("name",)),))  # fmt: skip
    orders = TableMeaning("orders", identifiers=(Identifier("email", "email"),), links=(Link(("customer_id",), "customers", ("id",)),),
                          columns={"customer_id": Meaning("contact.number"), "note": Meaning("note")}, keep=(KeepRule("tail", follows="customers"),))  # fmt: skip
    connector = open_folder("shop", tmp_path)
    try:
        catalogue = connector.catalogue()
        plan = plan_store(catalogue, reviewed(catalogue, SystemMeaning("shop", tables={"customers": customers, "orders": orders})), AT, Purpose.ERASE)
        assert plan.problems == ()
        assert connector.erase(plan, [Known(0, "email", "ana@x.id")], "4f1c9a").remains == ()
    finally:
        connector.close()
    now = left(tmp_path, rows, "jsonl")
    assert (now["customers"][0]["email"], now["customers"][0]["name"]) == (None, "Ana")
    assert [row["customer_id"] for row in now["orders"].values()] == [1, 1]
