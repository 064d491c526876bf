"""Values for discovery come from all over a table, whatever it is called and holds, and nothing is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from janji.connectors.engines import open_engine
from janji.connectors.sampling import sample
from janji.errors import JanjiError

ROWS, SIZE = 30_000, 500
HOSTILE, ODD = 'or"d`er; DROP%s:x', "na`me %(a)s's"
"""Names of a table and a column that a statement put together carelessly would stumble over."""


def _make(engine: Engine, rows: int = ROWS) -> None:
    """A table with a number for a key, one with a key of two columns, one of text, a view, a table without a key, an empty one."""
    name = engine.dialect.name
    series = {
        "postgresql": f"SELECT i FROM generate_series(1, {rows}) i",  # noqa: S608
        "sqlite": f"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {rows}) SELECT i FROM s",  # noqa: S608
    }.get(name, f"SELECT seq AS i FROM seq_1_to_{rows}")  # noqa: S608
    join = {"postgresql": "'row' || i", "sqlite": "'row' || i"}.get(name, "CONCAT('row', i)")
    mark = '"' if name in {"postgresql", "sqlite"} else "`"
    hostile, odd = (mark + word.replace(mark, mark * 2) + mark for word in (HOSTILE, ODD))
    with engine.begin() as connection:
        for statement in (
            f"CREATE TABLE {hostile} (id INTEGER PRIMARY KEY, {odd} VARCHAR(60), rare VARCHAR(20), never VARCHAR(5), long_text TEXT)",
            f"INSERT INTO {hostile} SELECT i * 3, {join}, CASE WHEN i % 3000 = 0 THEN 'rare' END, NULL, CASE WHEN i = 7 THEN NULL ELSE {join} END FROM ({series}) q",  # noqa: S608
            "CREATE TABLE two (a INTEGER, b INTEGER, v INTEGER, PRIMARY KEY (a, b))",
            f"INSERT INTO two SELECT i % 5, i, i FROM ({series}) q",  # noqa: S608
            "CREATE TABLE words (k VARCHAR(40) PRIMARY KEY, v INTEGER)",
            f"INSERT INTO words SELECT {join}, i FROM ({series}) q",  # noqa: S608
            "CREATE TABLE bare (v INTEGER)",
            f"INSERT INTO bare SELECT i FROM ({series}) q",  # noqa: S608
            "CREATE VIEW shown AS SELECT v FROM words",
            "CREATE TABLE hollow (v INTEGER)",
            "CREATE TABLE heaps (k INTEGER PRIMARY KEY, v INTEGER)",
            f"INSERT INTO heaps SELECT CASE WHEN i <= {rows} / 2 THEN i ELSE i + 1000000000 END, i FROM ({series}) q",  # noqa: S608
        ):
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        if name == "postgresql":
            connection.exec_driver_sql("ANALYZE")
    if name not in {"postgresql", "sqlite"}:
        with engine.connect() as connection:
            for table in (hostile, "two", "words", "bare", "heaps"):
                connection.exec_driver_sql(f"ANALYZE TABLE {table}", execution_options={"no_parameters": True}).fetchall()


@pytest.fixture(params=["postgresql", "sqlite", "mariadb"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of each dialect that can be read only, with the tables in it."""
    if request.param == "sqlite":
        (tmp_path / "a.db").touch()
        url = f"sqlite:///{tmp_path / 'a.db'}"
        yield from _opened(url)
    elif request.param == "postgresql":
        yield from _opened(str(request.getfixturevalue("database_url")))
    else:
        from tests.mariadb import maria_database

        with maria_database(request.getfixturevalue("mariadb")) as url:
            yield from _opened(url)


def _opened(url: str) -> Iterator[Engine]:
    writing = open_engine(url)
    _make(writing)
    writing.dispose()
    engine = open_engine(url, read_only=True)
    yield engine
    engine.dispose()


def _spread(values: list[Any], of: int) -> bool:
    """Whether values are from every tenth of a range."""
    return {min(9, int(value) * 10 // (of + 1)) for value in values} == set(range(10))


def test_values_come_from_all_over(engine: Engine) -> None:
    """Of every kind of table: as many as wanted, all different, from each tenth of it, without those that are null."""
    found = sample(engine, HOSTILE, [ODD, "long_text", "rare", "never"], SIZE)
    numbers = [int(value.removeprefix("row")) for value in found[ODD]]
    assert SIZE * 0.9 <= len(set(numbers)) == len(numbers) <= SIZE
    assert _spread(numbers, ROWS)
    assert None not in found["long_text"]
    assert found["rare"] == ["rare"] * len(found["rare"])
    assert found["rare"]
    assert found["never"] == []
    for table, column in (("two", "v"), ("words", "v"), ("bare", "v"), ("heaps", "v")):
        values = sample(engine, table, [column], SIZE)[column]
        assert SIZE * 0.5 <= len(set(values)) == len(values) <= SIZE, table
        assert _spread(values, ROWS), table
    assert len(sample(engine, "shown", ["v"], SIZE)["v"]) == SIZE
    assert sample(engine, "hollow", ["v"], SIZE) == {"v": []}
    assert sample(engine, "hollow", [], SIZE) == {}
    assert len(sample(engine, "bare", ["v"], ROWS * 2)["v"]) == ROWS


def test_the_same_table_gives_the_same_values(engine: Engine) -> None:
    """Drawn again, the values are the same, so that a scan proposes what the last one did."""
    for table, column in ((HOSTILE, "long_text"), ("bare", "v"), ("heaps", "v"), ("two", "v")):
        assert sample(engine, table, [column], SIZE) == sample(engine, table, [column], SIZE)


def test_what_is_not_there_is_an_error_without_a_value(engine: Engine) -> None:
    """A table that is gone gives an error of ours."""
    with pytest.raises(JanjiError):
        sample(engine, "gone", ["v"], SIZE)


def test_postgresql_types_and_partitions(database_url: str) -> None:
    """Partitioned tables are drawn from like others; long texts are cut, large documents left, odd dates and types read as text."""
    writing = open_engine(database_url)
    with writing.begin() as connection:
        for statement in (
            "CREATE SCHEMA s",
            "CREATE TABLE s.parted (id int, at date) PARTITION BY RANGE (id)",
            "CREATE TABLE s.p1 PARTITION OF s.parted FOR VALUES FROM (0) TO (20000)",
            "CREATE TABLE s.p2 PARTITION OF s.parted FOR VALUES FROM (20000) TO (90000)",
            "INSERT INTO s.parted SELECT i, date '2020-01-01' + i % 900 FROM generate_series(1, 60000) i",
            "CREATE DOMAIN mail AS text",
            "CREATE TABLE kinds (m mail, d date, t timestamptz, j jsonb, b bytea, u uuid, i inet, p point, a text[], n numeric)",
            "INSERT INTO kinds VALUES (repeat('x', 9000), 'infinity', '-infinity', jsonb_build_object('a', 1), '\\xffd8ffe000', gen_random_uuid(), '10.1.2.3', '(1,2)', ARRAY['q'], 'NaN')",
            "INSERT INTO kinds (j) SELECT jsonb_object_agg(i, md5(i::text)) FROM generate_series(1, 9000) i",
        ):
            connection.execute(text(statement))
    writing.dispose()
    engine = open_engine(database_url, read_only=True)
    ids = sample(engine, "s.parted", ["id"], SIZE)["id"]
    assert len(ids) == SIZE
    assert _spread(ids, 60_000)
    kinds = sample(engine, "kinds", ["m", "d", "t", "j", "b", "u", "i", "p", "a", "n"], SIZE)
    assert {name: len(values) for name, values in kinds.items()} == dict.fromkeys(kinds, 1)
    assert len(kinds["m"][0]) == 4000
    assert kinds["d"] == ["infinity"]
    assert kinds["j"] == [{"a": 1}]
    assert len(kinds["b"][0]) == 5
    engine.dispose()


def test_sqlite_text_that_is_none(tmp_path: Path) -> None:
    """A value that is no UTF-8 is read all the same, a table may hide its row ids, and the driver's way of reading is put back."""
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (rowid TEXT, v)")
        connection.execute("INSERT INTO t VALUES ('a', CAST(x'41ff42' AS TEXT)), ('b', x'ffd8ffe0aabb'), ('c', 7)")
    engine = open_engine(f"sqlite:///{path}", read_only=True)
    found = sample(engine, "t", ["v", "rowid"], SIZE)
    assert sorted(map(str, found["v"])) == ["7", "A\ufffdB", str(b"\xff\xd8\xff\xe0\xaa\xbb")]
    assert sorted(found["rowid"]) == ["a", "b", "c"]
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection.text_factory is str  # type: ignore[union-attr]
    engine.dispose()
