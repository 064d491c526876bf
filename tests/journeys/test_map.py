"""A store mapped from nothing, on three databases: scanned, checked, reviewed, changed, told, explained; and the verbs that do it."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import yaml
from sqlalchemy import text

from janji.cli.main import main
from janji.connectors.engines import open_engine
from janji.connectors.kinds import dialect_of
from janji.connectors.overlap import overlap, spread, words_of
from janji.connectors.reflection import reflect
from janji.connectors.spelt import count_forms
from janji.datamap.catalogue import ForeignKey, Kind, OnDelete, Sort, Trigger
from janji.datamap.drift import Turn
from janji.datamap.links import Overlap, Pair
from janji.datamap.meaning import Form, Identifier
from janji.datamap.overlay import read_overlay
from janji.datamap.spelling import FormCount
from janji.datamap.typed import typed
from janji.erasure.plan import Purpose, plan_store
from janji.errors import Invalid
from janji.policy.model import Policy
from janji.terms.messages import ENGLISH
from janji.workflows.mapping import Scanned, compare, explain_system, meanings, review, scan
from janji.workflows.policies import open_policy
from janji.workflows.runtime import Runtime, Settings

ROOT = Path(__file__).resolve().parents[2]
POLICY = ROOT / "policies" / "minimal"
ODD = "odd %s \"na`me'; --"
SHOP = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, phone VARCHAR(30), country CHAR(2), invited_by INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, created_by INTEGER, placed DATE,
  FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE);
CREATE TABLE tickets (no INTEGER PRIMARY KEY, customer_id INTEGER, amount INTEGER, body VARCHAR(200));
CREATE TABLE notes (id INTEGER PRIMARY KEY, owner_type VARCHAR(20), owner_id INTEGER, words VARCHAR(100));
CREATE TABLE products (id INTEGER PRIMARY KEY, label VARCHAR(30));
CREATE TABLE {odd} (id INTEGER PRIMARY KEY, contact_email VARCHAR(120));
CREATE VIEW buyers AS SELECT c.email FROM customers c JOIN orders o ON o.customer_id = c.id;
"""


def fill(url: str) -> None:
    """Make the shop, with people in it, one of whom has most of the orders."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in SHOP.format(odd=dialect_of(connection.dialect.name).table(ODD)).split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        people = [{"id": n, "email": f"{'Budi' if n == 7 else 'budi'}{n}@example.id", "phone": f"+62812345678{n:02}", "c": "ID"} for n in range(1, 61)]
        connection.execute(text("INSERT INTO customers (id, email, phone, country) VALUES (:id, :email, :phone, :c)"), people)
        connection.execute(text("INSERT INTO orders (id, customer_id, placed) VALUES (:id, :c, '2026-01-02')"),
                           [{"id": n, "c": 1 if n % 3 else n % 60 + 1} for n in range(1, 3001)])  # fmt: skip
        connection.execute(text("INSERT INTO tickets VALUES (:id, :c, :id, 'hello')"), [{"id": n, "c": n * 2} for n in range(1, 30)])
        connection.execute(text("INSERT INTO notes VALUES (:id, :t, :id, 'x')"),
                           [{"id": n, "t": "customer" if n % 2 else "order"} for n in range(1, 30)])  # fmt: skip
        connection.execute(text("INSERT INTO products VALUES (:id, 'phone')"), [{"id": n} for n in range(1, 50)])
    engine.dispose()


@pytest.fixture(params=["postgresql", "mariadb", "sqlite"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a shop in each kind of database."""
    if request.param == "postgresql":
        from tests.database import clone

        with clone(request.getfixturevalue("server")) as url:
            engine = open_engine(url)
            with engine.begin() as connection:
                connection.execute(text("DROP SCHEMA public CASCADE"))
                connection.execute(text("DROP SCHEMA IF EXISTS dbos CASCADE"))
                connection.execute(text("CREATE SCHEMA public"))
            engine.dispose()
            fill(url)
            yield url
    elif request.param == "mariadb":
        from tests.mariadb import maria_database

        with maria_database(request.getfixturevalue("mariadb")) as url:
            fill(url)
            yield url
    else:
        url = f"sqlite:///{tmp_path / 'shop.db'}"
        fill(url)
        yield url


def change(url: str, *statements: str) -> None:
    """Change the shop."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    engine.dispose()


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    """A runtime with an empty folder of maps."""
    return Runtime(Settings(maps=tmp_path / "maps", data_dir=tmp_path / "data"), ENGLISH)


@pytest.fixture(scope="module")
def policy() -> Policy:
    """The small policy."""
    return open_policy(POLICY).whole[0]


def look(runtime: Runtime, url: str, policy: Policy | None) -> Scanned:
    """A scan of the shop."""
    return scan(runtime, url, "shop", policy)


def test_a_store_is_mapped_from_nothing(shop: str, runtime: Runtime, policy: Policy) -> None:
    """Identifiers in the form in which all their values stand; links from keys, from values and from types; decoys left alone."""
    made = look(runtime, shop, policy)
    meaning = read_overlay("x", made.drafted.text.encode()).meaning
    assert meaning is not None
    assert set(meaning.tables) == {"customers", "orders", "tickets", "notes", "products", ODD}
    assert {(item.column, item.kind, item.form) for item in meaning.tables["customers"].identifiers} == {
        ("email", "email", Form.LOWER), ("phone", "phone", Form.EXACT)}  # fmt: skip
    links = {(name, link.columns[0], link.to, tuple(link.where.values())) for name, table in meaning.tables.items() for link in table.links}
    assert links == {("orders", "customer_id", "customers", ()), ("tickets", "customer_id", "customers", ()),
                     ("notes", "owner_id", "customers", ("customer",)), ("notes", "owner_id", "orders", ("order",))}  # fmt: skip
    assert "29 of 29 values drawn from `customer_id` are in `customers.id`; no foreign key is declared" in meaning.tables["tickets"].links[0].why
    assert meaning.tables["customers"].columns["email"].category == "contact.email"
    assert meaning.tables["products"].personal == ()
    assert "budi" not in made.drafted.text
    assert "+62812" not in made.drafted.text
    again = look(runtime, shop, policy)
    assert again.drafted.text == made.drafted.text
    assert not again.drafted.changed


def test_drift_is_told_and_blocks_until_reviewed(shop: str, runtime: Runtime, policy: Policy) -> None:
    """What turns in the store after the review is named, and only the tables that turned wait; a review ends it."""
    look(runtime, shop, policy)
    review(runtime.settings.maps, [], "shop")
    assert compare(runtime, shop, "shop").drifts == ()
    change(shop, "ALTER TABLE customers ADD COLUMN religion VARCHAR(20)", "ALTER TABLE tickets RENAME COLUMN body TO body_text",
           "DROP TABLE products", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)", "UPDATE customers SET phone = '+62 812-345' WHERE id = 3")  # fmt: skip
    found = compare(runtime, shop, "shop")
    assert {(item.turn, item.table, item.column) for item in found.drifts} == {
        (Turn.NEW, "customers", "religion"), (Turn.RENAMED, "tickets", "body_text"), (Turn.TABLE_GONE, "products", None),
        (Turn.TABLE_NEW, "fresh", None), (Turn.SPELLING, "customers", "phone"),
    }  # fmt: skip
    assert set(found.blocked) == {"customers", "tickets", "products", "fresh"}
    before = read_overlay("x", (runtime.settings.maps / "shop.yaml").read_bytes()).written["tickets"].meaning.columns["body"]
    made = look(runtime, shop, policy)
    assert set(made.drafted.columns) == {"customers.religion", "tickets.body_text"}
    assert set(made.drafted.gone) == {"tickets.body", "products"}
    assert meanings(runtime)["shop"].tables["tickets"].columns["body_text"].category == before.category
    still = compare(runtime, shop, "shop")
    assert {"customers", "tickets", "fresh"} <= set(still.blocked)
    review(runtime.settings.maps, ["shop/customers", "tickets", "fresh"])
    assert [(item.turn, item.table) for item in compare(runtime, shop, "shop").drifts] == [(Turn.SPELLING, "customers")]


def test_drift_blocks_an_erasure_and_a_review_frees_it(shop: str, runtime: Runtime, policy: Policy) -> None:
    """A plan for the live store has a problem in each table that turned, and none once it is scanned and reviewed again."""
    def problems() -> set[str]:
        engine = open_engine(shop, read_only=True)
        live = reflect(engine)
        engine.dispose()
        plan = plan_store(live, meanings(runtime)["shop"], datetime(2026, 12, 1, tzinfo=UTC), Purpose.ERASE)
        return {item.table for item in plan.problems}

    look(runtime, shop, policy)
    assert "customers" in problems()
    review(runtime.settings.maps, [], "shop")
    assert problems() == set()
    change(shop, "ALTER TABLE customers ADD COLUMN religion VARCHAR(20)")
    assert problems() == {"customers"}
    look(runtime, shop, policy)
    assert problems() == {"customers"}
    review(runtime.settings.maps, ["customers"])
    assert problems() == set()


def test_a_review_is_of_what_was_scanned(shop: str, runtime: Runtime, policy: Policy) -> None:
    """A table that turned after the scan is not blessed by a review: nobody saw it."""
    look(runtime, shop, policy)
    change(shop, "ALTER TABLE customers ADD COLUMN religion VARCHAR(20)")
    review(runtime.settings.maps, [], "shop")
    assert compare(runtime, shop, "shop").blocked == ("customers",)


def test_the_store_is_counted_for_an_explanation(shop: str, runtime: Runtime, policy: Policy) -> None:
    """The owner of most orders is pointed at by figures, links without a value are counted, and nobody is named."""
    look(runtime, shop, policy)
    change(shop, "UPDATE tickets SET customer_id = NULL WHERE no < 5")
    points = [str(message) for item in explain_system(runtime, "shop", shop) for _, message in item.points]
    assert "one owner by `customer_id` has 2,050 of 3,000 rows: a company account, a till, a test user?" in points
    assert "`customer_id` is null in 4 of 29 rows: those have no owner by it" in points
    assert not [point for point in points if "@" in point]


def test_counts_are_made_inside_the_database(shop: str) -> None:
    """Overlaps, forms and spreads of columns, whatever the names are; a table that is not there is left out."""
    engine = open_engine(shop, read_only=True)
    catalogue = reflect(engine)
    good, odd = Pair("tickets", "customer_id", "customers", "id"), Pair("products", "id", ODD, "id")
    assert overlap(engine, catalogue, [good, odd, Pair("tickets", "no", "nowhere", "id")]) == {good: Overlap(29, 29), odd: Overlap(49, 0)}
    forms = count_forms(engine, {
        "customers": [Identifier(name, "email") for name in ("email", "phone", "invited_by")], ODD: [Identifier("contact_email", "email")],
        "nowhere": [Identifier("x", "email")],
    })  # fmt: skip
    assert forms["customers", "email"] == FormCount(60, 1, 60, 0)
    assert forms["customers", "phone"] == FormCount(60)
    assert forms["customers", "invited_by"] == forms[ODD, "contact_email"] == FormCount(0)
    found = spread(engine, {"tickets": [("customer_id",), ("customer_id", "amount")], "nowhere": [("x",)]})
    assert {key: (item.rows, item.empty, item.owners, item.most) for key, item in found.items()} == {
        ("tickets", ("customer_id",)): (29, 0, 29, 1), ("tickets", ("customer_id", "amount")): (29, 0, 29, 1),
    }  # fmt: skip
    engine.dispose()


def test_the_tables_that_columns_name_are_read(shop: str) -> None:
    """By their words, by the number of a kind, and before a key in the same column; a text without a key names none."""
    change(shop, "CREATE TABLE kinds (id INTEGER PRIMARY KEY, app_label VARCHAR(20), model VARCHAR(20))")
    change(shop, "CREATE TABLE marks (id INTEGER PRIMARY KEY, kind_id INTEGER REFERENCES kinds (id), object_id VARCHAR(20), owner_type VARCHAR(20), owner_id INTEGER, resource VARCHAR(40))")
    change(shop, "INSERT INTO kinds VALUES (4, 'auth', 'user'), (7, 'shop', 'order'), (9, 'never', 'used')")
    rows = "(1, 4, '1', 'user', 1, 'party.party,1'), (2, 7, '2', NULL, 1, 'party.party,22'), (3, 7, '2', 'order', 1, 'gid://x/User/3'), (4, NULL, '2', 'order', 1, 'words'), (5, 4, '2', 'order', 1, 'see 5')"
    change(shop, f"INSERT INTO marks VALUES {rows}")  # noqa: S608 - rows of ours
    engine = open_engine(shop, read_only=True)
    found = words_of(engine, [item for item in typed(reflect(engine)) if item.table == "marks"])
    assert {(item.type, item.column): words for item, words in found.items()} == {
        ("kind_id", "object_id"): {"4": "auth.user", "7": "shop.order"}, ("owner_type", "owner_id"): {"user": "user", "order": "order"},
        ("resource", "resource"): {"party.party,": "party.party", "gid://x/User/": "User"},
    }  # fmt: skip
    engine.dispose()


SPELLINGS = {
    "+62812": (0, 0, 0, 0), "0812 345": (0, 1, 0, 0), "0812-345": (0, 1, 0, 0), " 0812": (0, 1, 1, 0), "08+12": (0, 1, 0, 0), "a": (0, 1, 0, 0), "A": (1, 1, 0, 0), "++62": (0, 1, 0, 0),
    '"a@x"': (0, 1, 0, 1), "'a@x'": (0, 1, 0, 1), "a <a@x>": (0, 1, 0, 1), "a@x;b@x": (0, 1, 0, 1), "mailto:a@x": (0, 1, 0, 1), "o'a@x": (0, 1, 0, 0),
}  # fmt: skip


def test_a_spelling_is_counted_alike_everywhere(shop: str) -> None:
    """Capitals, other characters than digits after one plus, space around, more than an address: the same on every database."""
    engine = open_engine(shop)
    for value, counts in SPELLINGS.items():
        with engine.begin() as connection:
            connection.execute(text("UPDATE customers SET phone = NULL"))
            connection.execute(text("UPDATE customers SET phone = :value WHERE id = 1"), {"value": value})
        assert count_forms(engine, {"customers": [Identifier("phone", "phone")]})["customers", "phone"] == FormCount(1, *counts), value
    engine.dispose()


def test_the_catalogue_of_mariadb(mariadb: object) -> None:
    """Partitions, triggers, views, generated columns and what happens on delete, of MariaDB."""
    from tests.mariadb import maria_database

    with maria_database(mariadb) as url:  # type: ignore[arg-type]
        change(url, "CREATE TABLE people (id BIGINT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(80) CHARACTER SET utf8mb4 NOT NULL, sure TINYINT(1), "
                    "mood ENUM('a', 'b'), extra JSON, photo BLOB, seen DATETIME, `lower` VARCHAR(80) AS (lower(email)) STORED, UNIQUE (email(20)), KEY (`lower`))",
               "CREATE TABLE `odd ``name` (a INT, `b``c` INT, who BIGINT, PRIMARY KEY (a, `b``c`), KEY (`b``c`, a), FOREIGN KEY (who) REFERENCES people (id) ON DELETE SET NULL)",
               "CREATE TABLE logs (id INT, at DATE) PARTITION BY HASH (id) PARTITIONS 3",
               "CREATE VIEW seen AS SELECT email FROM people", "CREATE TRIGGER noted BEFORE DELETE ON people FOR EACH ROW SET @x = 1")  # fmt: skip
        engine = open_engine(url, read_only=True)
        found = reflect(engine)
        engine.dispose()
    assert found.dialect == "mysql"
    assert {name: table.kind for name, table in found.tables.items()} == {
        "people": Kind.TABLE, "odd `name": Kind.TABLE, "logs": Kind.PARTITIONED, "seen": Kind.VIEW}  # fmt: skip
    people, odd = found.tables["people"], found.tables["odd `name"]
    assert odd.foreign_keys == (ForeignKey(("who",), "people", ("id",), OnDelete.SET_NULL, False, odd.foreign_keys[0].name),)
    assert odd.primary_key == ("a", "b`c")
    assert [column.name for column in odd.columns] == ["a", "b`c", "who"]
    assert ("b`c", "a") in odd.indexes
    assert people.triggers == (Trigger("noted", ("delete",)),)
    assert found.tables["seen"].shows == ("people",)
    sorts = {column.name: (column.sort, column.length, column.generated) for column in people.columns}
    assert sorts["email"] == (Sort.TEXT, 80, False)
    assert (sorts["sure"][0], sorts["mood"][0], sorts["extra"][0], sorts["photo"][0], sorts["seen"][0]) == (
        Sort.BOOLEAN, Sort.OTHER, Sort.JSON, Sort.BYTES, Sort.INSTANT)  # fmt: skip
    assert sorts["lower"][2]
    assert ("lower",) in people.indexes


# ------------------------------------------------------------------------------------------------------------ the verbs


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working folder with a shop in a file."""
    fill(f"sqlite:///{tmp_path / 'shop.db'}")
    return tmp_path


def run(folder: Path, *arguments: str, given: str = "", code: int = 0) -> str:
    """A command line with the small policy, in this process; its output."""
    env = {"JANJI_POLICY": str(POLICY), "NO_COLOR": "1", "COLUMNS": "200", "LANG": "C.UTF-8"}
    out = io.StringIO()
    with contextlib.chdir(folder), pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        patch.setattr("sys.stdin", io.StringIO(given))
        for name, value in env.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main(["map", *arguments])
    assert ended.value.code == code, out.getvalue()
    return out.getvalue()


def test_the_verbs_go_the_whole_way(place: Path) -> None:
    """Scan by an address on standard input, check, explain, review, list, show; then drift, which exits with 2."""
    assert "the map is empty" in run(place, "list")
    out = run(place, "scan", "-", "--system", "shop", given="sqlite:///shop.db\n")
    assert "tables that are new to the map: customers" in out
    assert "warning[undeclared-data]: `shop/customers.phone` holds telephone numbers" in out
    assert "--> datamap/shop.yaml:11:7" in out
    checked = run(place, "check", code=3)
    assert "`phone` is not a category of the policy" in checked
    path = place / "datamap" / "shop.yaml"
    path.write_text(path.read_text("utf-8").replace("category: phone,", "category: contact.email,"), "utf-8")
    assert "errors: 0" in run(place, "check")
    run(place, "check", "--strict", code=3)
    assert "`customer_id` leads to its owner in `customers`" in run(place, "explain", "shop")
    assert "self" not in json.loads(run(place, "explain", "shop", "sqlite:///shop.db", "--format", "json"))["items"][0]
    waits = json.loads(run(place, "diff", "sqlite:///shop.db", "--format", "json", code=2))
    assert "customers" in waits["blocked"]
    assert "shop/customers: reviewed, form " in run(place, "review", "--all", "shop")
    assert "was reviewed in this form already" in run(place, "review", "customers")
    assert run(place, "diff", "sqlite:///shop.db").strip() == "the store is as it was reviewed"
    assert json.loads(run(place, "list", "--format", "json"))["items"][0] == {
        "system": "shop", "paper": False, "tables": 6, "personal": 2, "reviewed": 6, "categories": ["contact.address", "contact.email"]}  # fmt: skip
    shown = json.loads(run(place, "show", "shop", "--format", "json"))
    assert shown["tables"][0]["name"] == "customers"
    assert run(place, "show", "shop") == path.read_text("utf-8")
    change(f"sqlite:///{place / 'shop.db'}", "ALTER TABLE customers ADD COLUMN religion TEXT")
    assert "column-new: the column `customers.religion` is new" in run(place, "diff", "sqlite:///shop.db", code=2)


def test_a_store_on_paper_is_an_entry(place: Path) -> None:
    """A cabinet of forms is a system of the map: where it is, whose, what lies there; listed and checked like any other."""
    out = run(place, "paper", "hr-files", "--location", "Basement, cabinet 4, by name", "--owner", "Human resources", "--country", "ID", "--holds", "contact.email")
    assert "entered: `datamap/hr-files.yaml`" in out
    (listed,) = json.loads(run(place, "list", "--format", "json"))["items"]
    assert listed["paper"] is True
    assert listed["categories"] == ["contact.email"]
    assert "errors: 0" in run(place, "check", "--strict")
    run(place, "paper", "hr-files", "--location", "x", code=3)
    assert "`contact.fax` is not a category of the policy" in run(place, "paper", "other", "--location", "x", "--holds", "contact.fax", code=3)


def test_mistakes_are_said_with_help(place: Path) -> None:
    """Names of nothing, a store that is not there, an overlay with mistakes: each with what to do, and nothing is written."""
    assert "there is no overlay of `shop`" in run(place, "diff", "sqlite:///shop.db", code=3)
    run(place, "scan", "sqlite:///shop.db")
    assert "did you mean `shop/customers`?" in run(place, "review", "shop/customer", code=3)
    assert "no table was named" in run(place, "review", code=3)
    assert "this is not the address of a database" in run(place, "scan", "sqlite://[", "--system", "x", code=3)
    assert "the system has no name that a file could have" in run(place, "scan", "sqlite:///shop.db", "--system", "../x", code=3)
    path = place / "datamap" / "shop.yaml"
    broken = path.read_text("utf-8").replace("columns:", "colums:", 1)
    path.write_text(broken, "utf-8")
    out = run(place, "scan", "sqlite:///shop.db", code=3)
    assert "unknown-key" in out
    assert "did you mean `columns`?" in out
    assert path.read_text("utf-8") == broken
    path.write_bytes(broken.encode("utf-8") + b"# \xff\n")
    assert "this byte is not UTF-8 text" in run(place, "scan", "sqlite:///shop.db", code=3)


def test_an_overlay_is_valid_under_its_schema(place: Path) -> None:
    """What a scan writes is what the published schema describes, for editors that complete and check."""
    run(place, "scan", "sqlite:///shop.db")
    schema = json.loads((ROOT / "schema" / "data-map.json").read_text("utf-8"))
    written = yaml.safe_load((place / "datamap" / "shop.yaml").read_text("utf-8"))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(written)) == []


def test_a_column_without_a_word_is_not_reviewed(runtime: Runtime, place: Path, policy: Policy) -> None:
    """A table of which one column says nothing cannot be reviewed."""
    made = scan(runtime, f"sqlite:///{place / 'shop.db'}", "shop", policy)
    lines = [line for line in made.path.read_text("utf-8").splitlines(keepends=True) if not line.strip().startswith("placed:")]
    made.path.write_text("".join(lines), "utf-8")
    with pytest.raises(Invalid) as caught:
        review(runtime.settings.maps, ["orders"])
    assert "nothing is said of the column `placed` of `orders`" in str(caught.value)
