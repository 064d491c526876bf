"""Names and values that mean harm, deep trees, rights, conditions, limits and locks: the same in every SQL database."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.conformance.shops import PLAN, ROUNDS, ROWS, TABLES, integer, key, known, text
from tests.conformance.stores import MariaStore, PostgresStore, SqlStore
from tests.conformance.test_sql_stores import TOKEN, search

from janji.connectors.bounds import Limits
from janji.connectors.grants import grants
from janji.connectors.opening import open_connector
from janji.datamap.catalogue import Sort, Table, Trigger
from janji.datamap.meaning import Form
from janji.erasure.steps import (
    Assignment,
    Change,
    Delete,
    Effect,
    Filling,
    Gather,
    Keep,
    Known,
    Mark,
    Reach,
    Reason,
    Referring,
    StorePlan,
)  # fmt: skip
from janji.errors import Conflict, Invalid, JanjiError, Refusal, Unavailable

EVIL = "we\"ird ta`ble'); DROP TABLE x; -- %s %(p0)s :p0 \\"
COLUMN = "e-mail \"'%:p0 \\ é 邮"
VALUES = ("o'hara@example.com", 'a"b@example.com', "back\\slash@example.com", "'; DELETE FROM customers; --", "100%@example.com", "%s:p0%(p0)s",
          "юзер@пример.рф", "🙂@example.com", "a\tb@example.com", "x" * 500)  # fmt: skip


def hostile(store: SqlStore) -> tuple[Table, StorePlan]:
    """A table whose names are made to break out of statements."""
    word = "varchar(600)" if store.kind == "mysql" else "text"
    name = EVIL[:40] if store.kind == "mysql" else EVIL
    table = Table(name, (integer("id"), replace(text(COLUMN), type=word), replace(text("select"), type=word)), primary_key=("id",))
    gather = Gather(name, ("id",), (Reach((COLUMN,), kind="em'ail %s", where=(("select", "it's; --"),)),), hands_on=(COLUMN,))
    plan = StorePlan("shop", ((gather,),), actions=(Delete(name),))
    return table, plan


def test_names_and_values_never_break_out(sql_store: SqlStore) -> None:
    """Tables, columns, kinds, constants and identifiers with SQL in them find and delete exactly their rows."""
    table, plan = hostile(sql_store)
    rows = [{"id": at, COLUMN: value, "select": "it's; --"} for at, value in enumerate(VALUES)]
    rows += [{"id": 90, COLUMN: "bystander@example.com", "select": "it's; --"}, {"id": 91, COLUMN: VALUES[0], "select": "other"}]
    sql_store.make((table,), {table.name: rows})
    people = [Known(at, "em'ail %s", value) for at, value in enumerate(VALUES)]
    found, handed = search(sql_store, plan, people)
    assert [(person, row["id"]) for person, _, row in sorted(found, key=lambda item: item[0])] == [(at, at) for at in range(len(VALUES))]
    assert {item.value for item in handed} == set(VALUES)
    connector = sql_store.open()
    assert connector.statements(plan)
    assert connector.erase(plan, people, "'; DROP TABLE x; -- %s").complete
    connector.close()
    assert sorted(row["id"] for row in sql_store.rows(table.name)) == [90, 91]


def test_letters_that_only_look_alike_are_somebody_else(sql_store: SqlStore) -> None:
    """An exact identifier is met letter by letter, whatever the database takes for equal; a lower-case one by its letters."""
    loose = replace(text("email"), type={"postgresql": "text", "mysql": "varchar(80) COLLATE utf8mb4_general_ci", "sqlite": "text COLLATE NOCASE"}[sql_store.kind])
    table = Table("members", (integer("id"), loose), primary_key=("id",), indexes=(("email",),))
    others = ["Ana@example.com", "aná@example.com", "ana@example.com.", "ANA@EXAMPLE.COM", "an@example.com"]
    sql_store.make((table,), {"members": [{"id": at, "email": value} for at, value in enumerate(["ana@example.com", *others])]})
    for form, expected in ((Form.EXACT, [0]), (Form.LOWER, [0, 1, 4])):
        plan = StorePlan("shop", ((Gather("members", ("id",), (Reach(("email",), kind="email", form=form),)),),))
        found, _ = search(sql_store, plan, [Known(0, "email", "ana@example.com")])
        assert sorted(row["id"] for _, _, row in found) == expected


def test_digits_are_met_however_they_are_written(sql_store: SqlStore) -> None:
    """A phone number in the form of digits is found behind spaces, dashes and brackets."""
    table = Table("members", (integer("id"), text("phone")), primary_key=("id",))
    values = ["+62 811-0000-001", "(0811) 0000001", "628110000001", "0811-0000-0010", None, "+62 811 0000 002"]
    sql_store.make((table,), {"members": [{"id": at, "phone": value} for at, value in enumerate(values)]})
    plan = StorePlan("shop", ((Gather("members", ("id",), (Reach(("phone",), kind="phone", form=Form.DIGITS),)),),))
    found, _ = search(sql_store, plan, [Known(0, "phone", "+628110000001", ("08110000001",))])
    assert sorted(row["id"] for _, _, row in found) == [0, 1, 2]


def test_identifiers_that_a_column_cannot_hold_find_nobody(sql_store: SqlStore) -> None:
    """A text beside numbers is no error and no zero; a number too large neither."""
    table = Table("accounts", (integer("id"), text("note")), primary_key=("id",))
    sql_store.make((table,), {"accounts": [{"id": 0, "note": "zero"}, {"id": 12, "note": "twelve"}]})
    plan = StorePlan("shop", ((Gather("accounts", ("id",), (Reach(("id",), kind="account"),)),),))
    people = [Known(0, "account", "12abc"), Known(0, "account", "abc"), Known(0, "account", "9" * 40), Known(1, "account", "12"), Known(1, "account", "")]
    found, _ = search(sql_store, plan, people)
    assert [(person, row["id"]) for person, _, row in found] == [(1, 12)]


def test_a_deep_tree_goes_whole(sql_store: SqlStore) -> None:
    """What hangs below a person's row is found to any depth, and goes in one statement, or leaf by leaf where that is needed."""
    depth = 1500
    table = Table("folders", (integer("id"), integer("parent", True), text("owner")), primary_key=("id",), foreign_keys=(key("parent", "folders"),), indexes=(("parent",),))
    rows = [{"id": at, "parent": at - 1 if at > 1 else None, "owner": "ana" if at == 1 else None} for at in range(1, depth + 1)]
    sql_store.make((table,), {"folders": [*rows, {"id": 9000, "parent": None, "owner": "budi"}, {"id": 9001, "parent": 9000, "owner": None}]})
    gather = Gather("folders", ("id",), (Reach(("owner",), kind="account"), Reach(("parent",), "folders", ("id",), seat="parent")))
    plan = StorePlan("shop", ((gather,),), actions=(Delete("folders"),))
    found, _ = search(sql_store, plan, [Known(0, "account", "ana")])
    assert len(found) == depth
    if sql_store.kind == "mysql":  # looked at row by row, so the tree is untied first
        with sql_store.connected() as run:
            run("UPDATE folders SET parent = 1 WHERE parent BETWEEN 1 AND 8999", ())
        plan = replace(plan, actions=(Delete("folders", leafwise=True),))
    connector = sql_store.open()
    effect = connector.erase(plan, [Known(0, "account", "ana")], TOKEN)
    connector.close()
    assert effect.complete
    assert effect.tables[0].deleted == depth
    assert [row["id"] for row in sql_store.rows("folders")] == [9000, 9001]


def test_a_trigger_that_holds_rows_back_is_told(sql_store: SqlStore) -> None:
    """Where the database swallows a deletion, everything is undone and said; nothing is called complete."""
    sql_store.make(TABLES, ROWS)
    if sql_store.kind == "postgresql":
        sql_store.run("CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
        sql_store.run("CREATE TRIGGER hold BEFORE DELETE ON notes FOR EACH ROW EXECUTE FUNCTION hold()")
    elif sql_store.kind == "sqlite":
        sql_store.run("CREATE TRIGGER hold BEFORE DELETE ON notes BEGIN SELECT RAISE(IGNORE); END")
    else:
        sql_store.run("CREATE TRIGGER hold BEFORE DELETE ON notes FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'user2@example.com stays'")
    connector = sql_store.open()
    with pytest.raises(JanjiError) as caught:
        connector.erase(PLAN, known(2), TOKEN)
    assert "user2" not in f"{caught.value} {caught.value.help}"
    assert sql_store.kind == "mysql" or isinstance(caught.value, Refusal)  # there a trigger can only fail
    assert connector.catalogue().tables["notes"].triggers == (Trigger("hold", ("delete",)),)
    connector.close()
    assert sql_store.rows("notes") == sorted(ROWS["notes"], key=lambda row: row["order_id"])
    assert search(sql_store, people=known(2))[0]


def test_a_trigger_that_brings_rows_back_is_seen(sql_store: SqlStore) -> None:
    """A row that comes back after it was deleted is what remains."""
    table = Table("members", (integer("id"), text("email")), primary_key=("id",))
    sql_store.make((table, Table("ghosts", (integer("id"), text("email")), primary_key=("id",))), {"members": [{"id": 1, "email": "ana@example.com"}]})
    if sql_store.kind == "postgresql":
        sql_store.run("CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO ghosts VALUES (OLD.id, OLD.email); RETURN NULL; END'")
        sql_store.run("CREATE TRIGGER again AFTER DELETE ON members FOR EACH ROW EXECUTE FUNCTION again()")
    else:
        each = "FOR EACH ROW INSERT INTO ghosts VALUES (OLD.id, OLD.email)"
        sql_store.run(f"CREATE TRIGGER again AFTER DELETE ON members {each if sql_store.kind == 'mysql' else 'BEGIN INSERT INTO ghosts VALUES (OLD.id, OLD.email); END'}")
    reach = (Reach(("email",), kind="email"),)
    plan = StorePlan("shop", ((Gather("members", ("id",), reach),), (Gather("ghosts", ("id",), reach),)), actions=(Delete("ghosts"), Delete("members")))
    connector = sql_store.open()
    effect = connector.erase(plan, [Known(0, "email", "ana@example.com")], TOKEN)
    assert not effect.complete
    assert [(item.table, item.rows) for item in effect.remains] == [("ghosts", 1)]
    assert not connector.reread(plan, [Known(0, "email", "ana@example.com")]).complete
    connector.close()


def test_a_rule_keeps_rows_and_what_they_refer_to(sql_store: SqlStore) -> None:
    """Orders within the period stay with their items, and the customer stays without a name; the rest goes."""
    from datetime import UTC, date, datetime

    orders = Table("orders", (integer("id"), integer("customer_id"), replace(text("day"), sort=Sort.DATE)), primary_key=("id",), foreign_keys=(key("customer_id", "customers"),))
    items = Table("items", (integer("id"), integer("order_id"), text("sku")), primary_key=("id",), foreign_keys=(key("order_id", "orders"),))
    rows = {
        "customers": ROWS["customers"][:2],
        "orders": [{"id": at, "customer_id": 1 + at % 2, "day": date(2014 + at, 6, 1)} for at in range(8)],
        "items": [{"id": 10 * at + n, "order_id": at, "sku": "S"} for at in range(8) for n in (1, 2)],
    }
    sql_store.make((TABLES[0], orders, items), rows)
    rounds = (
        ROUNDS[0], (Gather("orders", ("id",), (Reach(("customer_id",), "customers", ("id",), seat="customer_id"),)),),
        (Gather("items", ("id",), (Reach(("order_id",), "orders", ("id",), seat="order_id"),)),),
    )  # fmt: skip
    plan = StorePlan(
        "shop", rounds,
        marks=(Mark("orders", (Keep("books", "day", datetime(2017, 6, 1, tzinfo=UTC)),)), Mark("items", (Keep("books", follows=Reach(("order_id",), "orders", ("id",))),))),
        actions=(
            Delete("items"), Delete("orders", (Referring("items", ("order_id",), ("id",)),)),
            Delete("customers", (Referring("orders", ("customer_id",), ("id",)),)),
            Change("customers", (Assignment("email", Filling.TOKEN), Assignment("name", Filling.NULL)), (Reason.REFERRED,)),
        ),
    )  # fmt: skip
    connector = sql_store.open()
    effect = connector.erase(plan, known(2), TOKEN)
    connector.close()
    assert effect.complete
    assert {item.table: item.stay for item in effect.tables} == {
        "customers": (("referred", 1),), "orders": (("kept:books", 3),), "items": (("kept:books", 6),),
    }  # fmt: skip
    assert [row["id"] for row in sql_store.rows("orders")] == [0, 2, 3, 4, 5, 6, 7]
    assert len(sql_store.rows("items")) == 14
    assert sql_store.rows("customers")[1]["name"] is None


def test_more_rows_than_allowed_are_refused(sql_store: SqlStore) -> None:
    """A search or an erasure beyond the limit of rows stops, and nothing is changed."""
    sql_store.make(TABLES, ROWS)
    connector = sql_store.open(Limits(rows=3))
    with pytest.raises(Refusal):
        connector.search(PLAN, known(1, 2, 3, 4), lambda person, table, row: None)
    with pytest.raises(Refusal):
        connector.erase(PLAN, known(1, 2, 3, 4), TOKEN)
    connector.close()
    assert sql_store.rows("customers") == ROWS["customers"]


def test_a_lock_is_not_waited_for_beyond_the_limit(sql_store: SqlStore) -> None:
    """Rows that somebody holds make it give up in time with everything as it was; afterwards it goes."""
    sql_store.make(TABLES, ROWS)
    connector = sql_store.open(Limits(lock=1))
    with sql_store.connected() as run:
        run("BEGIN IMMEDIATE" if sql_store.kind == "sqlite" else "BEGIN", ())
        run("UPDATE items SET sku = 'held' WHERE order_id = 102", ())
        with pytest.raises((Unavailable, Conflict)) as caught:
            connector.erase(PLAN, known(2), TOKEN)
        assert "held" not in str(caught.value)
        run("ROLLBACK", ())
    assert connector.erase(PLAN, known(2), TOKEN).complete
    connector.close()


def test_a_slow_statement_is_ended(sql_store: SqlStore) -> None:
    """A statement beyond its time ends, and says so without a word of what it was."""
    rows = [{"id": at, "email": f"{at}@example.com"} for at in range(300)]
    table = Table("members", (integer("id"), text("email")))
    sql_store.make((table,), {"members": rows})
    sql_store.run("CREATE VIEW crowd AS SELECT a.id, a.email FROM members a, members b, members c, members d WHERE a.email <> b.email AND b.email <> c.email AND c.email <> d.email")
    plan = StorePlan("shop", ((Gather("crowd", ("id",), (Reach(("email",), kind="email"),)),),))
    connector = sql_store.open(Limits(statement=1))
    with pytest.raises(Unavailable):
        connector.search(plan, [Known(0, "email", "nobody@example.com"), Known(0, "email", "1@example.com")], lambda person, table, row: None)
    connector.close()


def test_drift_is_said_and_nothing_is_done(sql_store: SqlStore) -> None:
    """A column that is gone since the plan was made is `Invalid`, not half of a search or an erasure."""
    sql_store.make(TABLES, ROWS)
    connector = sql_store.open()
    connector.catalogue()
    word = "RENAME COLUMN name TO full_name"
    sql_store.run(f"ALTER TABLE customers {word}")
    with pytest.raises(Invalid):
        connector.search(PLAN, known(2), lambda person, table, row: None)
    sql_store.run("ALTER TABLE items RENAME COLUMN order_id TO of_order")
    with pytest.raises(Invalid):
        connector.erase(PLAN, known(2), TOKEN)
    connector.close()
    assert len(sql_store.rows("notes")) == len(ROWS["notes"])


def test_a_constraint_that_appeared_meanwhile_undoes_everything(sql_store: SqlStore) -> None:
    """A table that refers to rows since the plan was made makes it fail whole; the message names no value."""
    sql_store.make(TABLES, ROWS)
    connector = sql_store.open()
    connector.catalogue()
    late = Table("claims", (integer("id"), integer("order_id")), primary_key=("id",), foreign_keys=(key("order_id", "orders"),))
    sql_store.make((late,), {"claims": [{"id": 1, "order_id": 102}]})
    with pytest.raises(Invalid) as caught:
        connector.erase(PLAN, known(2), TOKEN)
    connector.close()
    assert "102" not in str(caught.value)
    assert len(sql_store.rows("items")) == len(ROWS["items"])


def test_preflight_names_conditions_that_would_not_hold(sql_store: SqlStore) -> None:
    """A check that refuses what a column would become is found before anything is written."""
    table = Table("members", (integer("id"), text("email"), text("name", length=40)), primary_key=("id",), checks=("name IS NULL OR name LIKE 'N%'",))
    sql_store.make((table,), {"members": [{"id": 1, "email": "ana@example.com", "name": "N1"}, {"id": 2, "email": "budi@example.com", "name": "N2"}]})
    reach = (Reach(("email",), kind="email"),)
    plan = StorePlan("shop", ((Gather("members", ("id",), reach),),), actions=(Change("members", (Assignment("name", Filling.CONSTANT, "gone"),)),))
    connector = sql_store.open()
    people = [Known(0, "email", "ana@example.com")]
    assert [problem.table for problem in connector.preflight(plan, people)] == ["members"]
    assert connector.preflight(plan, [Known(0, "email", "nobody@example.com")]) == ()
    fine = replace(plan, actions=(Change("members", (Assignment("name", Filling.CONSTANT, "Nobody"),)),))
    assert connector.preflight(fine, people) == ()
    with pytest.raises(Invalid):
        connector.erase(plan, people, TOKEN)
    assert connector.erase(fine, people, TOKEN).complete
    connector.close()
    assert [row["name"] for row in sql_store.rows("members")] == ["Nobody", "N2"]


def test_grants_are_enough_and_no_more(sql_store: SqlStore) -> None:
    """With what is granted a reader searches and an eraser erases; a reader cannot erase, and is told so before it tries."""
    if not isinstance(sql_store, PostgresStore | MariaStore):
        assert "files" in grants(sql_store.kind, PLAN, "r", "e") or "accounts" in grants(sql_store.kind, PLAN, "r", "e")
        return
    sql_store.make(TABLES, {**ROWS, "orders": [*ROWS["orders"], {"id": 900, "customer_id": 3, "address_id": 12}]})
    reader, eraser = "janji reader'x", "janji_eraser"
    with sql_store.connected() as run:
        for name in (reader, eraser):
            quoted = "'" + name.replace("'", "''") + "'@localhost" if sql_store.kind == "mysql" else sql_store.quote(name)
            run(f"CREATE USER {quoted} {'IDENTIFIED BY' if sql_store.kind == 'mysql' else 'PASSWORD'} 'made-for-tests'", ())
        try:
            host = "@localhost" if sql_store.kind == "mysql" else ""
            for statement in grants(sql_store.kind, PLAN, reader + host, eraser + host).splitlines():
                if not statement.startswith("--"):
                    run(statement.removesuffix(";"), ())
            _as_granted(sql_store, reader, eraser)
        finally:
            for name in (reader, eraser):
                if sql_store.kind == "mysql":
                    run("DROP USER '" + name.replace("'", "''") + "'@localhost", ())
                else:
                    run(f"DROP OWNED BY {sql_store.quote(name)}", ())
                    run(f"DROP USER {sql_store.quote(name)}", ())


def _as_granted(store: SqlStore, reader: str, eraser: str) -> None:
    from urllib.parse import quote, urlsplit

    def url_of(name: str) -> str:
        parts = urlsplit(store.url)
        return store.url.replace(parts.netloc, f"{quote(name, safe='')}:made-for-tests@{parts.netloc.rpartition('@')[2]}", 1)

    reads, erases = open_connector("shop", url_of(reader)), open_connector("shop", url_of(eraser))
    rows: list[Any] = []
    reads.search(PLAN, known(2), lambda person, table, row: rows.append(row))
    assert len(rows) == 10
    assert {problem.table for problem in reads.preflight(PLAN, known(2))} == {"customers", "addresses", "orders", "items", "notes"}
    with pytest.raises(Refusal):
        reads.erase(PLAN, known(2), TOKEN)
    assert erases.preflight(PLAN, known(2)) == ()
    effect: Effect = erases.erase(PLAN, known(2), TOKEN)
    assert effect.complete
    reads.close()
    erases.close()


def test_two_erasures_at_once_both_end_well(sql_store: SqlStore) -> None:
    """Two that want the same rows do not end in each other's way: each says what it did, or that it be run again."""
    sql_store.make(TABLES, ROWS)
    ended: list[Any] = []

    def run() -> None:
        connector = sql_store.open()
        try:
            ended.append(connector.erase(PLAN, known(2, 3), TOKEN))
        except JanjiError as error:
            ended.append(error)
        finally:
            connector.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    effects = [item for item in ended if isinstance(item, Effect)]
    assert sum(effect.tables[0].deleted for effect in effects) == 2
    assert all(effect.complete for effect in effects)
    assert all(isinstance(item, Effect | Conflict | Unavailable) for item in ended)
    assert [row["id"] for row in sql_store.rows("customers")] == [1, 4, 5, 6]


def test_a_connection_that_was_lost_leaves_nothing_to_drop(sql_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new connection may be known by the number of one that was closed: temporary tables that went with that one are not missed."""
    sql_store.make(TABLES, ROWS)
    monkeypatch.setattr("janji.connectors.sql.id", lambda _: 1, raising=False)
    connector = sql_store.open()
    assert connector.erase(PLAN, known(2), TOKEN).complete
    connector._engine.dispose()  # type: ignore[attr-defined]
    assert connector.erase(PLAN, known(3), TOKEN).complete
    connector.close()


def test_a_look_that_fails_does_not_say_that_nothing_was_done(sql_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the second look cannot be had the rows are gone all the same, and the message says so; run again it is complete."""
    from janji.connectors.execution import Execution

    sql_store.make(TABLES, ROWS)
    connector = sql_store.open()
    with monkeypatch.context() as patched:
        patched.setattr(Execution, "look", lambda self, system, token: self._run.look(replaced()))
        with pytest.raises(Unavailable) as caught:
            connector.erase(PLAN, known(2), TOKEN)
    assert "nothing was changed" not in f"{caught.value} {caught.value.help}"
    assert [row["id"] for row in sql_store.rows("customers")] == [1, 3, 4, 5, 6]
    assert connector.erase(PLAN, known(2), TOKEN).complete
    connector.close()


def replaced() -> Any:
    """A statement that fails."""
    from janji.connectors.dialects import Statement

    return Statement("SELECT nothing FROM nowhere")


def members(store: SqlStore, values: Sequence[str], form: Form = Form.EXACT) -> StorePlan:
    """A table of members with these addresses, and the plan by which people found by theirs in a form leave it."""
    table = Table("members", (integer("id"), text("email")), primary_key=("id",))
    store.make((table,), {"members": [{"id": at, "email": value} for at, value in enumerate(values)]})
    return leave(form)


def leave(form: Form) -> StorePlan:
    """The plan by which people leave the table of members."""
    return StorePlan("shop", ((Gather("members", ("id",), (Reach(("email",), kind="email", form=form),)),),), actions=(Delete("members"),))


SPACED = (" ana@x.id", "ana@x.id ", "\tana@x.id\r\n", "\u00a0ana@x.id\v", "\n Ana@X.id ", "ana@x.id", "an a@x.id", "ana@x.id.")


def test_space_around_an_identifier_is_passed_over(sql_store: SqlStore) -> None:
    """In the form `trimmed` whoever stands there with space around is found, in `trimmed-lower` in any case besides."""
    members(sql_store, SPACED)
    for form, expected in ((Form.TRIMMED, [0, 1, 2, 3, 5]), (Form.TRIMMED_LOWER, [0, 1, 2, 3, 4, 5])):
        found, _ = search(sql_store, leave(form), [Known(0, "email", "ana@x.id")])
        assert sorted(row["id"] for _, _, row in found) == expected


@pytest.mark.parametrize("form", [Form.EXACT, Form.LOWER])
def test_nothing_is_complete_while_an_identifier_stands_there_with_space_around(sql_store: SqlStore, form: Form) -> None:
    """What the form of the map passes by is looked for when it is over, and the plan is refused before."""
    plan = members(sql_store, ("ana@x.id", " ana@x.id", "ana@x.id\t", "budi@x.id "), form)
    connector, who = sql_store.open(), [Known(0, "email", "ana@x.id")]
    assert any("trimmed" in problem.help.render() for problem in connector.preflight(plan, who))
    effect = connector.erase(plan, who, "")
    assert [(left.table, left.column, left.rows) for left in effect.remains] == [("members", "email", 2)]
    assert not connector.reread(plan, who).complete
    connector.close()


MORE = ('"ana@x.id"', "'ana@x.id'", "Ana <ana@x.id>", "ana@x.id, budi@x.id", "mailto:ana@x.id")


@pytest.mark.parametrize("form", [Form.EXACT, Form.TRIMMED_LOWER])
def test_an_identifier_that_holds_more_than_an_address_blocks_a_plan(sql_store: SqlStore, form: Form) -> None:
    """Nobody would be found by it: it is said before, with what to do, and without the value."""
    plan = members(sql_store, ("o'ana@x.id", "Ana.B+x@x.id", "", "<none>"), form)
    connector, who = sql_store.open(), [Known(0, "email", "ana@x.id")]
    assert not [problem for problem in connector.preflight(plan, who) if "more than an address" in problem.message.render()]
    for value in MORE:
        sql_store.run("UPDATE members SET email = '" + value.replace("'", "''") + "' WHERE id = 0")
        problems = [problem for problem in connector.preflight(plan, who) if "more than an address" in problem.message.render()]
        assert [problem.table for problem in problems] == ["members"], value
        assert "ana" not in problems[0].message.render() + problems[0].help.render()
    connector.close()


@pytest.mark.parametrize("form", [Form.EXACT, Form.LOWER, Form.TRIMMED_LOWER])
def test_nobody_is_passed_over_among_more_rows_than_are_drawn(sql_store: SqlStore, form: Form) -> None:
    """Whose address stands in one of many rows with more than it is told before, whoever else stands so; a plan that goes on is not complete."""
    plan = members(sql_store, [f"u{at}@x.id" for at in range(6001)] + ["budi@y.id <budi@y.id>"], form)
    connector, who = sql_store.open(), [Known(0, "email", "ana@x.id")]
    for value in (*MORE, "Ana\tana@x.id", "(ana@x.id)", "budi@x.id|ANA@X.ID"):
        sql_store.run("UPDATE members SET email = '" + value.replace("'", "''") + "' WHERE id = 3000")
        problems = [problem for problem in connector.preflight(plan, who) if "these people" in problem.message.render()]
        assert [problem.message.render().split(": ", 1)[1].split()[0] for problem in problems] == ["1"], value
        assert "ana" not in problems[0].message.render() + problems[0].help.render()
        if value in ('"ana@x.id"', "'ana@x.id'", "mailto:ana@x.id"):
            assert [(left.column, left.rows) for left in connector.erase(plan, who, "").remains] == [("email", 1)], value
    for value in ("ana@x.id", "o''ana@x.id", "ana@x.id.example", "diana@x.id", "u@x.id <u@x.id>", ""):
        sql_store.run(f"UPDATE members SET email = '{value}' WHERE id = 3000")
        assert not [problem for problem in connector.preflight(plan, who) if "these people" in problem.message.render()], value
    connector.close()


def test_who_is_found_by_another_way_is_not_passed_over(sql_store: SqlStore) -> None:
    """Her row goes by her address with both of her numbers; the same numbers in another's row are in the way."""
    table = Table("members", (integer("id"), text("email"), text("phone")), primary_key=("id",))
    both = "0811223344 / 021 5550123"
    sql_store.make((table,), {"members": [{"id": 1, "email": "ana@x.id", "phone": both}, {"id": 2, "email": "budi@x.id", "phone": "0812"}]})
    connector, who = sql_store.open(), [Known(0, "email", "ana@x.id"), Known(0, "phone", "+62811223344", ("0811223344",))]
    ways = (Reach(("email",), kind="email"), Reach(("phone",), kind="phone", form=Form.DIGITS))
    plan = StorePlan("shop", ((Gather("members", ("id",), ways),),), actions=(Delete("members"),))
    assert connector.preflight(plan, who) == ()
    sql_store.run(f"UPDATE members SET phone = '{both}' WHERE id = 2")
    assert [problem.table for problem in connector.preflight(plan, who)] == ["members"]
    connector.close()


def test_nobody_is_passed_over_among_numbers(sql_store: SqlStore) -> None:
    """Two numbers in one value, or a number written apart where the map says that none is."""
    table = Table("members", (integer("id"), text("phone")), primary_key=("id",))
    sql_store.make((table,), {"members": [{"id": at, "phone": f"+6221{at:07}"} for at in range(6001)]})
    connector, who = sql_store.open(), [Known(0, "phone", "+62811223344", ("0811223344",))]
    for form, value, count in (
        (Form.EXACT, "0811-223-344", 1), (Form.EXACT, "0811223344", 0), (Form.EXACT, "+62 811223344 / 021 5550", 1), (Form.EXACT, "0811 2233445", 0),
        (Form.DIGITS, "0811-223-344", 0), (Form.DIGITS, "+62 811223344 / 021 5550", 1), (Form.DIGITS, "021 5550123, 0811-223344", 1), (Form.DIGITS, "0811 2233445", 0),
    ):  # fmt: skip
        sql_store.run(f"UPDATE members SET phone = '{value}' WHERE id = 3000")
        plan = StorePlan("shop", ((Gather("members", ("id",), (Reach(("phone",), kind="phone", form=form),)),),), actions=(Delete("members"),))
        problems = [problem for problem in connector.preflight(plan, who) if "these people" in problem.message.render()]
        assert len(problems) == count, (form, value)
    connector.close()


def test_a_condition_is_asked_of_what_is_null_as_of_a_value(sql_store: SqlStore) -> None:
    """Two numbers of which one must be null: what becomes null is a number still, and both may be; where one must not be null it is told."""
    numbers = (replace(integer("debit"), nullable=True), replace(integer("credit"), nullable=True))
    table = Table("accounts", (integer("id"), text("email"), *numbers), primary_key=("id",), checks=("(debit + credit) IS NULL", "debit IS NULL OR debit > 0"))
    strict = replace(table, name="books", checks=("debit IS NOT NULL",))
    rows = [{"id": 1, "email": "ana@x.id", "debit": 5, "credit": None}]
    sql_store.make((table, strict), {"accounts": rows, "books": rows})
    connector = sql_store.open()
    for name, problems in (("accounts", 0), ("books", 1)):
        change = Change(name, tuple(Assignment(column, Filling.NULL) for column in ("debit", "credit")))
        plan = StorePlan("shop", ((Gather(name, ("id",), (Reach(("email",), kind="email"),)),),), actions=(change,))
        assert len(connector.preflight(plan, [Known(0, "email", "ana@x.id")])) == problems
    connector.close()
