"""Files as a store: Parquet, CSV and JSON Lines are searched, rewritten, compared and looked at again."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from janji.connectors.bounds import Limits
from janji.connectors.files import FilesConnector, open_folder
from janji.datamap.catalogue import Kind, Sort
from janji.datamap.meaning import Form
from janji.erasure.steps import (
    Assignment,
    Change,
    Delete,
    Due,
    Filling,
    Gather,
    Keep,
    Known,
    Level,
    Mark,
    Reach,
    Reason,
    Referring,
    StorePlan,
)
from janji.errors import Conflict, Invalid, JanjiError, Refusal, Unavailable

SITI = "siti.canary@example.id"
ANDI = "andi@example.id"
PEOPLE = [Known(0, "email", SITI), Known(0, "phone", "+6281200011122", ("081200011122",))]
NEW = 3  # rows of the other person in `events`

EVENTS = Gather("events", (), (Reach(("email",), kind="email", form=Form.LOWER),), hands_on=("session",))
LOGS = Gather("logs", (), (Reach(("session",), "events", ("session",)),))
PLAN = StorePlan("weblogs", ((EVENTS,), (LOGS,)), actions=(Delete("logs"), Delete("events")))


def sql(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Ask a DuckDB of our own."""
    with duckdb.connect() as connection:
        return connection.execute(statement, list(values)).fetchall()


def rows_for(count: int = 400) -> list[tuple[str, str | None, str, int]]:
    """Events: every hundredth is Siti's, the rest of other people."""
    return [
        (f"s{number}", (SITI.title() if number % 100 == 0 else f"u{number}@example.id"), f"2026-01-{number % 28 + 1:02}T00:00:00Z", number)
        for number in range(count)
    ]


def write_parquet(path: Path, rows: list[Any], columns: str = "session, email, at, n", options: str = "") -> None:
    """Write rows as Parquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").write_text("\n".join(json.dumps(dict(zip([c.strip() for c in columns.split(",")], row, strict=True))) for row in rows))
    sql(f"COPY (SELECT * FROM read_json('{path.with_suffix('.json')}')) TO '{path}' (FORMAT parquet{options})")
    path.with_suffix(".json").unlink()


def write_csv(path: Path, rows: list[Any]) -> None:
    """Write rows as CSV with values that need quotes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["session,email,at,n,note"]
    for number, row in enumerate(rows):
        note = ('"a, ""quoted""\nline of ' + str(number) + '"') if number % 3 == 0 else f"plain x\"y {number}"
        lines.append(",".join([*map(str, row), note]))
    data = "\n".join(lines).encode() + b"\n"
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def write_lines(path: Path, rows: list[Any]) -> None:
    """Write rows as JSON Lines, spaced in a way that no library writes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(
        f'{{ "session": "{s}", "email" : "{e}","at":"{a}", "n": {n}, "big": 123456789012345678901234567890, "deep": {{"x": [1.50]}}}}\n' for s, e, a, n in rows
    )
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


WRITERS: dict[str, Callable[[Path, list[Any]], None]] = {
    "events.parquet": write_parquet, "events.csv": write_csv, "events.jsonl": write_lines, "events.csv.gz": write_csv, "events.ndjson.gz": write_lines,
}  # fmt: skip


def make(folder: Path, name: str = "events.parquet", count: int = 400) -> FilesConnector:
    """A folder with two files of events and one of logs, opened."""
    rows, stem = rows_for(count), name.partition(".")
    WRITERS[name](folder / "events" / f"a.{stem[2]}", rows[: count // 2])
    WRITERS[name](folder / "events" / f"b.{stem[2]}", rows[count // 2 :])
    write_parquet(folder / "logs.parquet", [(row[0], f"GET /{row[3]}", row[2], 1) for row in rows], "session, path, at, n")
    return open_folder("weblogs", folder)


def found(connector: FilesConnector, plan: StorePlan = PLAN, people: list[Known] = PEOPLE) -> tuple[list[tuple[int, str, dict[str, Any]]], tuple[Known, ...]]:
    """What a search hands over."""
    taken: list[tuple[int, str, dict[str, Any]]] = []
    known = connector.search(plan, people, lambda person, table, row: taken.append((person, table, dict(row))))
    return taken, known


def residue(folder: Path, needle: str) -> list[Path]:
    """The files that hold the bytes of a person, hidden ones and packed ones too."""
    held = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if path.suffix == ".gz":
                data = gzip.decompress(data)
            if needle.lower().encode() in data.lower():
                held.append(path)
    return held


@pytest.mark.parametrize("name", WRITERS)
def test_search_erase_reread(tmp_path: Path, name: str) -> None:
    """A person's rows are found by any case of the address and by a link, and are gone afterwards; nothing else is."""
    connector = make(tmp_path, name)
    before = sql(f"SELECT COLUMNS(*)::VARCHAR FROM '{tmp_path}/logs.parquet'")
    rows, known = found(connector)
    assert sorted((table, row["session"]) for _, table, row in rows) == sorted(
        (table, f"s{number}") for table in ("events", "logs") for number in (0, 100, 200, 300)
    )
    assert {one.value for one in known} == {"s0", "s100", "s200", "s300"}
    assert {one.kind for one in known} == {"weblogs/events.session"}
    assert connector.preflight(PLAN, PEOPLE) == ()
    assert {(remains.table, remains.rows) for remains in connector.reread(PLAN, PEOPLE).remains} == {("events", 4), ("logs", 4)}

    effect = connector.erase(PLAN, PEOPLE, "t")
    assert effect.complete
    assert effect.level is Level.REWRITTEN
    assert {(one.table, one.found, one.deleted) for one in effect.tables} == {("events", 4, 4), ("logs", 4, 4)}
    assert effect.people == ((0, "events", 4), (0, "logs", 4))
    assert found(connector)[0] == []
    assert connector.reread(PLAN, PEOPLE).complete
    assert residue(tmp_path, SITI) == []
    assert [path.name for path in tmp_path.rglob(".janji-*")] == [".janji-lock"]
    assert sql(f"SELECT COLUMNS(*)::VARCHAR FROM '{tmp_path}/logs.parquet'") == [row for row in before if row[0] not in ("s0", "s100", "s200", "s300")]
    assert connector.erase(PLAN, PEOPLE, "t").tables[0].found == 0


@pytest.mark.parametrize("name", ["events.csv", "events.jsonl", "events.csv.gz", "events.ndjson.gz"])
def test_text_of_others_stays_byte_for_byte(tmp_path: Path, name: str) -> None:
    """Every record that does not go stands afterwards as it stood, with its spaces, quotes and line ends."""
    connector = make(tmp_path, name)
    ending = name.partition(".")[2]

    def texts() -> bytes:
        files = [tmp_path / "events" / f"{stem}.{ending}" for stem in "ab"]
        return b"".join(gzip.decompress(path.read_bytes()) if ending.endswith("gz") else path.read_bytes() for path in files)

    before = texts()
    connector.erase(PLAN, PEOPLE, "t")
    after = texts()
    needle = SITI.title().encode()
    if "csv" in name:
        wanted, record = [], b""
        for line in before.splitlines(keepends=True):  # every third record goes over two lines
            record += line
            if record.count(b'"') % 2 == 0 or b"plain" in record:
                wanted.append(record)
                record = b""
    else:
        wanted = before.splitlines(keepends=True)
    assert b"".join(record for record in wanted if needle not in record) == after
    assert len(after) < len(before)


def test_anonymised_cells(tmp_path: Path) -> None:
    """Cells of rows that stay become what the plan says, in each format; the rest of the row stays."""
    for name in ("events.parquet", "events.csv", "events.jsonl"):
        folder = tmp_path / name
        folder.mkdir()
        connector = make(folder, name)
        change = Change("events", (
            Assignment("email", Filling.TOKEN, width=20), Assignment("session", Filling.CONSTANT, "it's \"gone\""),
            Assignment("at", Filling.YEAR),
        ))  # fmt: skip
        plan = StorePlan("weblogs", ((EVENTS,),), actions=(change,))
        assert connector.preflight(plan, PEOPLE) == ()
        effect = connector.erase(plan, PEOPLE, "secret")
        assert effect.complete
        assert [(one.found, one.deleted, one.changed) for one in effect.tables] == [(4, 0, 4)]
        assert residue(folder, SITI) == []
        reader = f"read_{ {'parquet': 'parquet', 'csv': 'csv', 'jsonl': 'json'}[name.partition('.')[2]] }('{folder}/events/*')"
        held = sql(f"SELECT email, session, CAST(\"at\" AS VARCHAR), CAST(n AS INTEGER) FROM {reader} WHERE session = 'it''s \"gone\"' ORDER BY n")
        assert sorted(row[3] for row in held) == [0, 100, 200, 300]
        assert len({row[0] for row in held}) == 4
        assert all(len(row[0]) == 20 and row[2].startswith("2026") for row in held)
        assert sql(f"SELECT count(*) FROM {reader}") == [(400,)]


def test_keep_rules_shared_rows_and_references(tmp_path: Path) -> None:
    """What a rule keeps, what somebody else owns too and what a row that stays refers to are not deleted, each by its reason."""
    (tmp_path / "orders.csv").write_text(
        "id,email,gift_to,paid\n"
        f"1,{SITI},,2020-01-01\n2,{SITI},{ANDI},2020-01-01\n3,{SITI},,2026-01-01\n4,{SITI},,\n5,{SITI},,soon\n6,{ANDI},,2020-01-01\n"
    )
    (tmp_path / "items.csv").write_text("id,order_id,part_of\n10,1,\n11,3,\n12,4,\n13,4,12\n14,6,12\n")
    mine, theirs = Reach(("email",), kind="email", seat="email"), Reach(("gift_to",), kind="email", seat="gift_to")
    orders = Gather("orders", (), (mine, theirs), shared=True)
    items = Gather("items", (), (
        Reach(("order_id",), "orders", ("id",), seat="order_id"), Reach(("part_of",), "items", ("id",), seat="part_of"),
    ), shared=True)  # fmt: skip
    plan = StorePlan("shop", ((orders,), (items,)), (
        Mark("orders", (Keep("tax", "paid", datetime(2025, 1, 1, tzinfo=UTC)),)),
        Mark("items", (Keep("tax", follows=Reach(("order_id",), "orders", ("id",))),)),
    ), (
        Delete("items", (Referring("items", ("part_of",), ("id",)),)),
        Delete("orders", (Referring("items", ("order_id",), ("id",)),)),
        Change("orders", (Assignment("email", Filling.NULL),), (Reason.KEPT, Reason.SHARED), reach=mine),
    ))  # fmt: skip
    connector = open_folder("shop", tmp_path)
    effect = connector.erase(plan, PEOPLE, "t")
    assert effect.complete, effect.remains
    # order 2 is Andi's too; 3 is of this year; 5 has a date nobody can read; item 14 is in Andi's order and part of 12, which is in 4
    assert {one.table: dict(one.stay) for one in effect.tables} == {
        "orders": {"shared": 1, "kept:tax": 2, "referred": 1}, "items": {"kept:tax": 1, "shared": 1, "referred": 1}
    }  # fmt: skip
    assert [row[0] for row in sql(f"SELECT id FROM '{tmp_path}/orders.csv' ORDER BY id")] == [2, 3, 4, 5, 6]
    assert [row[0] for row in sql(f"SELECT id FROM '{tmp_path}/items.csv' ORDER BY id")] == [11, 12, 14]
    assert dict(sql(f"SELECT id, email FROM read_csv('{tmp_path}/orders.csv')")) == {2: None, 3: None, 4: SITI, 5: None, 6: ANDI}


def test_what_is_only_found_stays_and_leads_no_further(tmp_path: Path) -> None:
    """A row that only mentions the person is handed over, stays somebody else's, and what hangs on it is not the person's."""
    (tmp_path / "orders.csv").write_text(f"id,buyer,cc\n1,{ANDI},{SITI}\n2,,{SITI}\n")
    (tmp_path / "items.csv").write_text("order_id,what\n1,tv\n2,tv\n")
    orders = Gather("orders", (), (Reach(("buyer",), kind="email", seat="buyer"), Reach(("cc",), kind="email", owner=False)), shared=True)
    items = Gather("items", (), (Reach(("order_id",), "orders", ("id",), seat="order_id"),), shared=True)
    plan = StorePlan("shop", ((orders,), (items,)), actions=(
        Delete("items"), Delete("orders"), Change("orders", (Assignment("cc", Filling.NULL),), (Reason.FOUND,)),
    ))  # fmt: skip
    connector = open_folder("shop", tmp_path)
    assert [row["id"] for _, table, row in found(connector, plan)[0] if table == "orders"] == ["1", "2"]
    assert not [row for _, table, row in found(connector, plan)[0] if table == "items"]
    effect = connector.erase(plan, PEOPLE, "t")
    assert effect.complete
    assert effect.tables[0].stay == (("found", 2),)
    assert (tmp_path / "orders.csv").read_text() == f"id,buyer,cc\n1,{ANDI},\n2,,\n"


def test_rings_are_followed_until_nothing_is_new(tmp_path: Path) -> None:
    """Replies to replies are found however deep, and the second look does too after their parents are gone."""
    (tmp_path / "posts.csv").write_text("id,email,reply_to\n0," + SITI + ",\n" + "".join(f"{n},,{n - 1}\n" for n in range(1, 12)) + f"50,{ANDI},\n")
    posts = Gather("posts", (), (Reach(("email",), kind="email"), Reach(("reply_to",), "posts", ("id",))))
    connector = open_folder("community", tmp_path)
    effect = connector.erase(StorePlan("community", ((posts,),), actions=(Delete("posts"),)), PEOPLE, "t")
    assert effect.complete
    assert (tmp_path / "posts.csv").read_text() == f"id,email,reply_to\n50,{ANDI},\n"


def test_catalogue_and_sample(tmp_path: Path) -> None:
    """The catalogue tells columns, sorts and sizes; a file that nobody can read is there too; samples are of the column's sort."""
    connector = make(tmp_path)
    write_lines(tmp_path / "visits.jsonl", rows_for(10))
    write_csv(tmp_path / "year=2025" / "x.csv", rows_for(2))
    (tmp_path / "year=2025").rename(tmp_path / "folds")
    (tmp_path / "folds" / "year=2025").mkdir()
    (tmp_path / "folds" / "x.csv").rename(tmp_path / "folds" / "year=2025" / "x.csv")
    (tmp_path / "people.xlsx").write_bytes(b"PK")
    (tmp_path / "_SUCCESS").touch()
    tables = connector.catalogue().tables
    assert set(tables) == {"events", "logs", "visits", "folds", "people.xlsx"}
    assert tables["people.xlsx"].columns == ()
    assert all(table.kind is Kind.FILE for table in tables.values())
    assert (tables["events"].rows, tables["visits"].rows) == (400, None)
    assert {column.name: column.sort for column in tables["visits"].columns} == {
        "at": Sort.TEXT, "big": Sort.NUMBER, "deep": Sort.JSON, "email": Sort.TEXT, "n": Sort.INTEGER, "session": Sort.TEXT
    }  # fmt: skip
    folds = {column.name: column for column in tables["folds"].columns}
    assert folds["year"].generated
    assert {folds["n"].sort, folds["year"].sort} == {Sort.TEXT}
    sample = connector.sample("events", ["email", "n"], 50)
    assert len(sample["email"]) == len(set(sample["email"])) == 50
    assert max(sample["n"]) > 200
    assert all(isinstance(value, int) for value in connector.sample("visits", ["n"], 5)["n"])


def test_folders_whose_names_are_values(tmp_path: Path) -> None:
    """A person's folder goes with the last of their rows, name and all; the column in it is searched as any other."""
    for email in (SITI, ANDI):
        write_csv(tmp_path / "mail" / f"email={email}" / "x.csv", [])
        (tmp_path / "mail" / f"email={email}" / "x.csv").write_text("text\nhello\n")
    mail = Gather("mail", (), (Reach(("email",), kind="email"),))
    connector = open_folder("mail", tmp_path)
    assert connector.erase(StorePlan("mail", ((mail,),), actions=(Delete("mail"),)), PEOPLE, "t").complete
    assert [path.name for path in (tmp_path / "mail").iterdir()] == [f"email={ANDI}"]
    blocked = connector.preflight(StorePlan("mail", ((mail,),), actions=(Change("mail", (Assignment("email", Filling.NULL),)),)), PEOPLE)
    assert blocked
    assert SITI not in str(blocked)


def test_large_files_are_numbered_alike_by_both_readers(tmp_path: Path) -> None:
    """In files that DuckDB reads with several threads the rows that go are the ones that were meant."""
    for stem, first in (("a", 0), ("b", 150_000)):
        sql(f"COPY (SELECT 's' || i AS session, CASE WHEN i % 50_000 = 7 THEN '{SITI}' ELSE 'u' || i || '@example.id' END AS email, i AS n "
            f"FROM range({first}, {first} + 150_000) t(i)) TO '{tmp_path}/{stem}.csv'")  # fmt: skip
    (tmp_path / "events").mkdir()
    for stem in "ab":
        (tmp_path / f"{stem}.csv").rename(tmp_path / "events" / f"{stem}.csv")
    plan = StorePlan("weblogs", ((EVENTS,),), actions=(Delete("events"),))
    connector = open_folder("weblogs", tmp_path)
    assert connector.erase(plan, PEOPLE, "t").complete
    left = sql(f"SELECT count(*), sum(n), count(DISTINCT n) FROM '{tmp_path}/events/*.csv'")
    gone = [7 + 50_000 * number for number in range(6)]
    assert left == [(299_994, sum(range(300_000)) - sum(gone), 299_994)]


def test_a_file_none_of_whose_rows_stay(tmp_path: Path) -> None:
    """It goes where its table has others; the last one stays without rows, so that its columns are known still."""
    write_parquet(tmp_path / "events" / "a.parquet", [("s0", SITI, "2026-01-01", 1)])
    write_parquet(tmp_path / "events" / "b.parquet", [("s1", SITI, "2026-01-01", 1)])
    connector = open_folder("weblogs", tmp_path)
    assert connector.erase(StorePlan("weblogs", ((EVENTS,),), actions=(Delete("events"),)), PEOPLE, "t").complete
    assert [path.name for path in (tmp_path / "events").iterdir()] == ["b.parquet"]
    assert connector.catalogue().tables["events"].rows == 0


def test_parquet_keeps_types_packing_and_notes(tmp_path: Path) -> None:
    """What is written anew has the types, the packing, the notes and the rights of what it takes the place of."""
    path = tmp_path / "events.parquet"
    sql(f"""COPY (SELECT 's' || i AS session, CASE i WHEN 3 THEN '{SITI}' ELSE 'x@example.id' END AS email, i::DECIMAL(9,2) AS d,
        TIMESTAMPTZ '2026-01-01 00:00:00+07' AS t, DATE '2026-01-01' AS day, [i, NULL] AS l, {{'a': i, 'b': TIMESTAMPTZ '2026-01-01'}} AS s,
        '\\x00\\xFF'::BLOB AS b, 'NaN'::DOUBLE AS f, i::UTINYINT AS u, uuid() AS id FROM range(9) t(i))
        TO '{path}' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{'writer': 'theirs', 'duckdb.x': 'y'}})""")  # fmt: skip
    path.chmod(0o640)
    before = sql(f"SELECT COLUMNS(*)::VARCHAR FROM '{path}' WHERE email <> '{SITI}'"), sql(f"DESCRIBE FROM '{path}'")
    connector = open_folder("weblogs", tmp_path)
    plan = StorePlan("weblogs", ((EVENTS,),), actions=(Delete("events"),))
    assert connector.preflight(plan, PEOPLE) == ()
    ((_, _, row),), _ = found(connector, plan)
    assert row["t"] == datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert (row["l"], row["s"]["a"], row["b"]) == ([3, None], 3, b"\x00\xff")
    assert connector.erase(plan, PEOPLE, "t").complete
    assert (sql(f"SELECT COLUMNS(*)::VARCHAR FROM '{path}'"), sql(f"DESCRIBE FROM '{path}'")) == before
    assert sql(f"SELECT DISTINCT compression FROM parquet_metadata('{path}')") == [("ZSTD",)]
    assert (b"writer", b"theirs") in sql(f"SELECT key, value FROM parquet_kv_metadata('{path}')")
    assert path.stat().st_mode & 0o777 == 0o640


HOSTILE = ["Robert'); DROP TABLE events;--", 'say "hi"', "comma, semicolon; tab\t", "new\nline", "back\\slash", "💥 \u202e", "x" * 70_000, "%_", "'"]


@pytest.mark.parametrize("name", ["events.csv", "events.jsonl", "events.parquet"])
def test_hostile_names_and_values(tmp_path: Path, name: str) -> None:
    """Names of tables and columns, identifiers and values mean nothing to any reader but themselves."""
    table, column = "we\"ird 'tab; le", "e\"ma'il;--"
    path = tmp_path / f"{table}.{name.partition('.')[2]}"
    if name.endswith("csv"):
        import csv

        with path.open("w", newline="") as file:
            csv.writer(file).writerows([[column, "n"], *([value, number] for number, value in enumerate(HOSTILE))])
    else:
        lines = tmp_path / "x.jsonl"
        lines.write_text("".join(json.dumps({column: value, "n": number}) + "\n" for number, value in enumerate(HOSTILE)))
        if name.endswith("parquet"):
            sql("COPY (SELECT * FROM read_json(?)) TO '" + str(path).replace("'", "''") + "' (FORMAT parquet)", str(lines))
            lines.unlink()
        else:
            lines.rename(path)
    gather = Gather(table, (), (Reach((column,), kind="account"),), hands_on=(column,))
    connector = open_folder("weird", tmp_path)
    for number, value in enumerate(HOSTILE):
        rows, known = found(connector, StorePlan("weird", ((gather,),)), [Known(0, "account", value)])
        assert [int(row["n"]) for _, _, row in rows] == [number]
        assert [one.value for one in known] == [value]
    change = Change(table, (Assignment("n", Filling.CONSTANT, "99"),), reach=Reach((column,), kind="account"))
    assert connector.erase(StorePlan("weird", ((gather,),), actions=(change,)), [Known(0, "account", HOSTILE[1])], "t").complete
    plan = StorePlan("weird", ((gather,),), actions=(Delete(table),))
    for left, value in enumerate(reversed(HOSTILE)):
        effect = connector.erase(plan, [Known(0, "account", value)], "t")
        assert effect.complete
        assert effect.tables[0].deleted == 1, value[:40]
        assert connector.catalogue().tables[table].rows in (None, len(HOSTILE) - left - 1)


@pytest.mark.parametrize(("name", "data"), [
    ("events.csv", b"session,email\ns1,siti.canary@\xff\xfe\n"),
    ("events.csv", b"session,email\ns1,siti.canary@example.id,more\n"),
    ("events.csv", b'session,email\ns1,"siti.canary@example.id\n'),
    ("events.jsonl", b'{"email": "siti.canary@\xff"}\n'),
    ("events.jsonl", b'{"email": "siti.canary@example.id"\n'),
    ("events.parquet", b"PAR1 siti.canary@example.id PAR1"),
    ("events.csv.gz", b"siti.canary@example.id"),
])  # fmt: skip
def test_files_in_no_form_are_refused_whole(tmp_path: Path, name: str, data: bytes) -> None:
    """What cannot be read is not half read: an error that quotes nothing, and the file as it was."""
    (tmp_path / name).write_bytes(data)
    plan = StorePlan("weblogs", ((replace(EVENTS, hands_on=()),),), actions=(Delete("events"),))
    with pytest.raises((Invalid, Unavailable)) as error:
        open_folder("weblogs", tmp_path).erase(plan, PEOPLE, "t")
    assert "siti" not in f"{error.value}{error.value.help}{error.value.__cause__}"
    assert (tmp_path / name).read_bytes() == data


def test_links_second_names_and_writers(tmp_path: Path) -> None:
    """Bytes that would outlive the erasure under another name, or be written by somebody else meanwhile, are told before."""
    connector = make(tmp_path)
    log = tmp_path / "logs.parquet"
    with log.open("ab"):
        assert any("another program" in str(problem.message) for problem in connector.preflight(PLAN, PEOPLE))
        with pytest.raises(Unavailable, match="another program"):
            connector.erase(PLAN, PEOPLE, "t")
    os.link(log, tmp_path / "_second")
    assert any("second name" in str(problem.message) for problem in connector.preflight(PLAN, PEOPLE))
    (tmp_path / "_second").unlink()
    (tmp_path / "linked.csv").symlink_to(log)
    with pytest.raises(Invalid, match="link"):
        connector.catalogue()
    (tmp_path / "linked.csv").unlink()
    assert len(found(connector)[0]) == 8
    assert connector.erase(PLAN, PEOPLE, "t").complete


def test_a_file_that_changes_meanwhile(tmp_path: Path) -> None:
    """A search says that it was no snapshot, an erasure replaces nothing."""
    connector = make(tmp_path)
    path = tmp_path / "logs.parquet"

    def touch(*_: Any) -> None:
        os.utime(path, ns=(1, 1))

    with pytest.raises(Conflict):
        connector.search(PLAN, PEOPLE, touch)
    assert found(connector)[0]


def test_one_at_a_time(tmp_path: Path) -> None:
    """Two that erase in one folder do not meet."""
    first, second = make(tmp_path), open_folder("weblogs", tmp_path)
    with first._place.held(), pytest.raises(Unavailable, match="somebody else"):
        second.erase(PLAN, PEOPLE, "t")
    assert second.erase(PLAN, PEOPLE, "t").complete


def test_limits(tmp_path: Path) -> None:
    """Too many rows and too much time end a search with an error that says so."""
    make(tmp_path)
    with pytest.raises(Refusal, match="more rows than 5"):
        found(open_folder("weblogs", tmp_path, Limits(rows=5)))
    slow = open_folder("weblogs", tmp_path, Limits(statement=0.2))
    with pytest.raises(Unavailable, match="longer"):
        slow._duck.run("SELECT count(*) FROM range(100000) a, range(100000) b WHERE a.range * b.range % 7 = 3")
    assert found(slow)[0]


def test_duckdb_reads_nothing_else(tmp_path: Path) -> None:
    """The DuckDB of a connector reaches no file outside of its folder, no network and no extension."""
    make(tmp_path / "in")
    (tmp_path / "out.csv").write_text("a\n1\n")
    duck = open_folder("weblogs", tmp_path / "in")._duck
    for statement in (
        f"SELECT * FROM '{tmp_path}/out.csv'", f"COPY (SELECT 1) TO '{tmp_path}/x.csv'", "INSTALL httpfs", "SET enable_external_access = true",
        "SELECT * FROM 'http://127.0.0.1:1/x.csv'", f"ATTACH '{tmp_path}/x.db'",
    ):  # fmt: skip
        with pytest.raises(JanjiError):
            duck.run(statement)


class Died(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("after", range(4))
def test_an_end_between_two_renames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Whatever was decided on is finished by the next erasure; what was not, never happened. Afterwards nothing is left."""
    connector = make(tmp_path)
    real, calls = Path.replace, [0]

    def replace_some(self: Path, target: Path) -> Path:
        calls[0] += 1
        if calls[0] > after:
            raise Died
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace_some)
    monkeypatch.setattr("janji.connectors.files.discard", lambda made: None)  # who is dead tidies nothing up
    if after < 3:
        with pytest.raises(Died):
            connector.erase(PLAN, PEOPLE, "t")
    else:
        connector.erase(PLAN, PEOPLE, "t")
    monkeypatch.undo()
    again = open_folder("weblogs", tmp_path)
    with again._place.held():
        assert residue(tmp_path, SITI) == []
    assert again.erase(PLAN, PEOPLE, "t").complete
    assert sql(f"SELECT count(*) FROM '{tmp_path}/logs.parquet'") == [(396,)]
    assert [path.name for path in tmp_path.rglob(".janji-*")] == [".janji-lock"]


def test_half_a_journal_decides_nothing(tmp_path: Path) -> None:
    """A journal that was broken off while it was written is thrown away with what was prepared."""
    connector = make(tmp_path)
    (tmp_path / ".janji-journal").write_text('[{"target": "logs.parq')
    (tmp_path / "events" / ".janji-1.parquet").write_text("half")
    assert len(found(connector)[0]) == 8
    assert connector.erase(PLAN, PEOPLE, "t").complete


def test_statements_name_no_person(tmp_path: Path) -> None:
    """What is shown before has the files and the searches, and the people nowhere."""
    shown = make(tmp_path).statements(PLAN)
    assert any("-- rewrite events/a.parquet" in line for line in shown)
    assert "siti" not in str(shown).lower()


def test_rows_whose_time_is_over(tmp_path: Path) -> None:
    """Old rows go batch by batch, with what hangs on them; those of people who are held, and undated ones, stay."""
    connector = make(tmp_path, "events.csv")
    old = Due("at", datetime(2026, 1, 11, tzinfo=UTC), 30)
    events = Gather("events", (), (), due=old, spare=(Reach(("email",), kind="email", form=Form.LOWER),))
    plan = StorePlan("weblogs", ((events,), (LOGS,)), actions=(Delete("logs"), Delete("events")))
    wanted = sum(number % 28 + 1 < 11 for number in range(400))
    held = sum(number % 28 + 1 < 11 for number in (0, 100, 200, 300))
    assert (connector.due(plan, ()), connector.due(plan, PEOPLE)) == (wanted, wanted - held)
    effect = connector.erase(plan, PEOPLE, "t")
    assert effect.complete
    assert {one.table: one.deleted for one in effect.tables} == {"events": 30, "logs": 30}
    while connector.due(plan, PEOPLE):
        connector.erase(plan, PEOPLE, "t")
    assert sql(f"SELECT count(*) FROM '{tmp_path}/logs.parquet'") == [(400 - wanted + held,)]
    assert len(residue(tmp_path, SITI)) == 2


def test_anonymised_rows_are_compared(tmp_path: Path) -> None:
    """Rows that are over are changed once, and counted by how alike they are."""
    connector = make(tmp_path)
    items = (Assignment("email", Filling.NULL), Assignment("session", Filling.NULL))
    due = Due("at", datetime(2026, 1, 11, tzinfo=UTC), 1000, unlike=items)
    plan = StorePlan("weblogs", ((Gather("events", (), (), due=due),),), actions=(Change("events", items),))
    assert connector.alike(plan, ["email"], 5).smallest == 1
    assert connector.erase(plan, (), "t").complete
    assert connector.due(plan, ()) == 0
    over = sum(number % 28 + 1 < 11 for number in range(400))
    assert connector.alike(plan, ["email", "session"], 5) == (over, 1, over, 0)
