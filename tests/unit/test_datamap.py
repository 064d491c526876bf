"""The data map as values: overlays read, written and extended, drift, fingerprints, checks and explanations."""

from __future__ import annotations

from dataclasses import replace

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from janji.datamap.catalogue import Catalogue, Column, ForeignKey, Kind, OnDelete, Sort, Table, Trigger
from janji.datamap.checks import Words, check, map_of
from janji.datamap.drafts import Drafted, Proposed, Sense, extend, set_columns, set_reviewed
from janji.datamap.drift import Turn, blocked, drift
from janji.datamap.explain import Owning, Point, explain
from janji.datamap.fingerprint import fingerprint
from janji.datamap.forms import read_form, write_form
from janji.datamap.meaning import (
    Expiry,
    Form,
    Identifier,
    KeepRule,
    Link,
    Meaning,
    SystemMeaning,
    TableMeaning,
    Verdict,
)
from janji.datamap.overlay import overlay_schema, read_overlay
from janji.datamap.spelling import FormCount, form_of, missed
from janji.datamap.whole import reached
from janji.datamap.written import begin, write_meaning
from janji.errors import Invalid
from janji.terms.periods import Period
from janji.terms.processing import Severity
from janji.terms.texts import Text

WORDS = Words(frozenset({"email", "phone", "account"}), frozenset({"contact.email", "contact.phone", "order.items"}), frozenset({"tax"}))


def column(name: str, type: str = "text", sort: Sort = Sort.TEXT, nullable: bool = True) -> Column:
    """A column."""
    return Column(name, type, sort, nullable)


CUSTOMERS = Table("customers", (column("id", "bigint", Sort.INTEGER, False), column("email")), primary_key=("id",), indexes=(("id",),))
ORDERS = Table(
    "orders", (column("id", "bigint", Sort.INTEGER, False), column("customer_id", "bigint", Sort.INTEGER), column("note")), primary_key=("id",),
    foreign_keys=(ForeignKey(("customer_id",), "customers", ("id",), OnDelete.CASCADE),), indexes=(("id",),), triggers=(Trigger("t", ("delete",)),),
)  # fmt: skip
SHOP = Catalogue("postgresql", {"customers": CUSTOMERS, "orders": ORDERS, "seen": Table("seen", (column("email"),), Kind.VIEW, shows=("customers",))})
PROPOSED = Proposed(
    {"customers": {"email": Sense(Meaning("contact.email", "`email`: 998 of 1,000 values pass the checks"), Identifier("email", "email", Form.LOWER))},
     "orders": {"note": Sense(Meaning("order.items", "by its name"))}},
    {"orders": (Link(("customer_id",), "customers", ("id",), why="declared foreign key"),)},
)  # fmt: skip


def drafted(live: Catalogue = SHOP, text: str = begin("shop", {}), proposed: Proposed = PROPOSED, scanned: Catalogue | None = None) -> Drafted:
    """A scan of a store into an overlay."""
    return extend("shop.yaml", text, live, proposed, scanned)


def with_columns(table: Table, *columns: Column) -> Catalogue:
    """The shop with other columns in one table."""
    return Catalogue("postgresql", {**SHOP.tables, table.name: replace(table, columns=columns)})


def codes(text: str, **files: str) -> list[tuple[str, int]]:
    """What a check finds in overlays: codes with their lines."""
    held = [read_overlay("a.yaml", text.encode()), *(read_overlay(f"{name}.yaml", data.encode()) for name, data in files.items())]
    return [(item.code, item.place.line) for item in check(held, WORDS) if item.severity is Severity.ERROR]


# ------------------------------------------------------------------------------------------------------------- overlays

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
LINES = st.one_of(st.just(""), st.from_regex(r"[!-~]([ -~]{0,20}[!-~])?", fullmatch=True))
COLUMNS = st.lists(NAMES, min_size=1, max_size=2).map(tuple)
CONSTANTS = st.dictionaries(NAMES, LINES.filter(bool), max_size=2)
MEANINGS = st.builds(Meaning, IDS, LINES, st.dictionaries(NAMES, IDS, max_size=2), st.one_of(st.just(()), COLUMNS),
                     st.sampled_from([None, "null", "year", "token", "-"]))  # fmt: skip
TABLES = st.builds(
    TableMeaning, st.just(""), st.one_of(st.just(""), st.from_regex("[0-9a-f]{24}", fullmatch=True)),
    st.lists(st.builds(Identifier, NAMES, IDS, st.sampled_from(Form), st.booleans(), LINES, LINES), max_size=2).map(tuple),
    st.lists(st.builds(Link, COLUMNS, NAMES, COLUMNS, CONSTANTS, st.booleans(), LINES), max_size=2).map(tuple),
    st.dictionaries(NAMES, MEANINGS, max_size=3), st.sampled_from(Verdict), st.one_of(st.none(), st.tuples(NAMES, LINES.filter(bool))),
    st.lists(st.builds(KeepRule, IDS, LINES, st.one_of(st.none(), NAMES), st.one_of(st.none(), st.just(Period(120))), st.one_of(st.none(), NAMES),
                       st.one_of(st.none(), NAMES), st.one_of(st.just(()), COLUMNS)), max_size=2).map(tuple),
    st.lists(st.builds(Expiry, IDS, st.one_of(st.just(""), IDS), st.one_of(st.none(), NAMES), st.one_of(st.none(), NAMES), CONSTANTS,
                       st.one_of(st.just(()), COLUMNS), LINES), max_size=2).map(tuple),
)  # fmt: skip
SYSTEMS = st.builds(
    SystemMeaning, IDS, st.one_of(LINES, LINES.filter(bool).map(lambda line: Text((("en", line), ("id", line))))), LINES, LINES, st.sampled_from(["", "ID"]),
    st.dictionaries(NAMES, TABLES, max_size=3).map(lambda held: {name: replace(table, name=name) for name, table in held.items()}),
    st.booleans(), st.lists(IDS, max_size=2).map(tuple),
)  # fmt: skip


@given(SYSTEMS)
def test_what_is_written_is_read(one: SystemMeaning) -> None:
    """Every meaning comes back from its overlay as it was, whatever tables and columns are called; the schema takes the file."""
    text = write_meaning(one)
    overlay = read_overlay("x.yaml", text.encode("utf-8"))
    assert overlay.diagnostics == ()
    assert overlay.meaning == one
    assert write_meaning(overlay.meaning) == text


def test_the_schema_takes_what_the_reader_takes() -> None:
    """An overlay with every key is valid under the published schema; a misspelt key is not."""
    text = """
        system: shop
        paper: false
        country: ID
        tables:
          "order; items":
            verdict: restrict
            restrict: {column: state, value: blocked}
            identifiers: [{column: mail, path: $.a.b, kind: email, form: lower, owner: false, why: seen}]
            links: [{columns: [a, b], to: crm/people, referred: [x, y], where: {kind: person}}]
            columns: {id: none, mail: {category: contact.email, becomes: null, of: [a, b], paths: {$.x: contact.phone}, gone: true}}
            keep: [{rule: tax, since: paid, period: P10Y}]
            retention: [{rule: tax, since: paid, where: {kind: person}}]
    """
    schema = overlay_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert read_overlay("a.yaml", text.encode()).diagnostics == ()
    assert list(validator.iter_errors(yaml.safe_load(text))) == []
    wrong = text.replace("verdict:", "verdit:")
    assert [item.code for item in read_overlay("a.yaml", wrong.encode()).diagnostics] == ["unknown-key"]
    assert list(validator.iter_errors(yaml.safe_load(wrong)))


@pytest.mark.parametrize(("text", "code", "line"), [
    ("", "empty-file", 0), ("- a", "wrong-type", 1), ("title: x", "missing-key", 1),
    ("system: a\ntables:\n  t:\n    columns: {a: none, a: none}", "duplicate", 4),
    ("system: a\ntables:\n  t:\n    identifiers: [{column: a, kind: email, form: upper}]", "unknown-word", 4),
    ("system: a\ntables:\n  t:\n    keep: [{rule: tax, period: ten years}]", "bad-period", 4),
    ("system: a\ncountry: indonesia", "bad-country", 2), ("system: a\ntables: [", "yaml-syntax", 2),
    ("system: a\ntables:\n  t:\n    columns: {a: [none]}", "wrong-type", 4),
])  # fmt: skip
def test_a_mistake_has_its_place_and_help(text: str, code: str, line: int) -> None:
    """Reading never fails: it says what is wrong, where, and what to do."""
    found = read_overlay("a.yaml", text.encode()).diagnostics
    assert [(item.code, item.place.line, item.place.file) for item in found] == [(code, line, "a.yaml")]
    assert found[0].help is not None


# ------------------------------------------------------------------------------------------------------------- scanning


def test_a_first_scan_says_what_it_was_made_from() -> None:
    """Tables that hold rows come in with their columns, each proposal with its reason; views do not."""
    made = drafted()
    overlay = read_overlay("shop.yaml", made.text.encode())
    assert overlay.meaning is not None
    assert made.tables == ("customers", "orders")
    assert overlay.meaning.tables["customers"].columns == {"id": Meaning("none"), "email": PROPOSED.columns["customers"]["email"].meaning}
    assert overlay.meaning.tables["orders"].links == PROPOSED.links["orders"]
    assert "seen" not in overlay.meaning.tables


def test_a_second_scan_changes_nothing() -> None:
    """Scanning again leaves every byte, what people corrected and took out included."""
    text = drafted().text.replace("contact.email", "contact.phone").replace("  columns:", "  columns:  # checked by Sari")
    lines = [line for line in text.splitlines(keepends=True) if "customer_id]" not in line and "links:" not in line]
    text = "".join(lines) + "# a last word\n"
    again = drafted(text=text)
    assert again.text == text
    assert not again.changed


def test_what_is_new_is_added_and_what_is_gone_is_marked() -> None:
    """A new column and its identifier come at the end of their blocks; a lost one is marked and no longer counts."""
    text = drafted().text
    live = with_columns(CUSTOMERS, CUSTOMERS.columns[0], column("phone"), column("y"))
    live = Catalogue("postgresql", {"customers": live.tables["customers"]})
    proposed = Proposed({"customers": {"phone": Sense(Meaning("contact.phone", "why"), Identifier("phone", "phone"))}})
    made = drafted(live, text, proposed)
    assert made.columns == ("customers.phone", "customers.y")
    assert made.gone == ("customers.email", "orders")
    overlay = read_overlay("shop.yaml", made.text.encode())
    assert overlay.diagnostics == ()
    assert overlay.meaning is not None
    assert list(overlay.meaning.tables) == ["customers"]
    table = overlay.meaning.tables["customers"]
    assert list(table.columns) == ["id", "phone", "y"]
    assert [item.column for item in table.identifiers] == ["phone"]
    assert overlay.written["customers"].meaning.columns["email"].category == "contact.email"
    assert drafted(live, made.text, proposed).text == made.text
    back = drafted(SHOP, made.text)
    assert back.back == ("customers.email", "orders")
    restored = read_overlay("shop.yaml", back.text.encode()).meaning
    assert restored is not None
    assert restored.tables["orders"] == read_overlay("shop.yaml", text.encode()).written["orders"].meaning


@given(SYSTEMS, st.dictionaries(NAMES, st.lists(NAMES, max_size=3, unique=True), max_size=3), st.data())
def test_any_scan_keeps_what_is_written(one: SystemMeaning, fresh: dict[str, list[str]], data: st.DataObject) -> None:
    """Whatever is written and whatever the store has: every table that is still there says the same, and a second scan adds nothing."""
    forms: dict[str, list[str]] = {name: list(table.columns) for name, table in one.tables.items()}
    for name in list(forms):
        gone: bool = data.draw(st.booleans())
        short: bool = data.draw(st.booleans())
        if gone:
            del forms[name]
        elif short and forms[name]:
            forms[name].pop()
    for name, columns in fresh.items():
        forms[name] = list(dict.fromkeys([*forms.get(name, ()), *columns]))
    live = Catalogue("sqlite", {name: Table(name, tuple(column(word) for word in columns)) for name, columns in forms.items()})
    text = write_meaning(one).replace("  columns:", "  # kept\n    columns:") + "# the end"
    made = extend("x.yaml", text, live, Proposed())
    overlay = read_overlay("x.yaml", made.text.encode())
    assert overlay.diagnostics == ()
    assert overlay.meaning is not None
    assert {name: list(table.columns) and set(table.columns) for name, table in overlay.meaning.tables.items()} == {
        name: columns and set(columns) for name, columns in forms.items()}  # fmt: skip
    for name, table in one.tables.items():
        if table != TableMeaning(name):
            held = overlay.written[name].meaning
            assert {word: held.columns[word] for word in table.columns} == table.columns
            assert replace(held, columns={}) == replace(table, columns={})
    assert made.text.count("# kept") == text.count("# kept")
    assert extend("x.yaml", made.text, live, Proposed()).text == made.text


def test_a_renamed_column_keeps_what_was_said_of_it() -> None:
    """Of a column that looks renamed, the new one gets category and identifier of the old one, and says so."""
    live = with_columns(CUSTOMERS, CUSTOMERS.columns[0], column("e_mail"))
    made = drafted(live, drafted().text, Proposed(), SHOP)
    overlay = read_overlay("shop.yaml", made.text.encode())
    assert overlay.meaning is not None
    table = overlay.meaning.tables["customers"]
    assert table.columns["e_mail"] == Meaning("contact.email", "looks like `email`, renamed")
    assert table.identifiers == (Identifier("e_mail", "email", Form.LOWER, True, "looks like `email`, renamed"),)


@pytest.mark.parametrize("text", [
    "system: shop\ntables: {customers: {columns: {id: none}}, orders: {columns: {id: none, customer_id: none, note: none}}}\n",
    "system: shop\r\ntables:\r\n  customers:\r\n    columns: {id: none}\r\n",
    "system: shop\ntables:\n    customers:\n        identifiers: [] # none yet\n        columns:\n            id: none\n    # the end",
    "system: shop\ntables:\n  customers:\n", "tables:\n  customers:\n    columns:\n      id: none\n  # of the shop\nsystem: shop\n",
    "system: shop\ntables:\n  customers: {columns: {id: none}}\n  orders:\n    columns:\n      # none yet\n      note: none\n",
])  # fmt: skip
def test_any_form_of_writing_is_extended(text: str) -> None:
    """Blocks, braces, other indents and line ends: what is new is put in, and the file is sound."""
    made = drafted(text=text)
    overlay = read_overlay("shop.yaml", made.text.encode())
    assert overlay.diagnostics == ()
    assert overlay.meaning is not None
    assert list(overlay.meaning.tables["customers"].columns) == ["id", "email"]
    assert [item.column for item in overlay.meaning.tables["customers"].identifiers] == ["email"]
    assert [word in made.text for word in ("# none yet", "# the end")] == [word in text for word in ("# none yet", "# the end")]


def test_an_overlay_with_mistakes_is_not_written_over() -> None:
    """What cannot be read is not extended; the error has the diagnostics."""
    with pytest.raises(Invalid) as caught:
        drafted(text="system: shop\ntabels: {}\n")
    assert [item.code for item in caught.value.diagnostics] == ["unknown-key"]


# ----------------------------------------------------------------------------------------------------- forms and drift


def test_a_form_comes_back_from_its_file() -> None:
    """The remembered form has the same fingerprints as the store it was taken from."""
    found = read_form(write_form(SHOP))
    assert found is not None
    assert {name: fingerprint(table) for name, table in found.tables.items()} == {name: fingerprint(table) for name, table in SHOP.tables.items()}
    assert found == SHOP
    assert read_form("{}") is None
    assert read_form("[1") is None


@pytest.mark.parametrize("other", [
    replace(ORDERS, columns=(*ORDERS.columns, column("new"))), replace(ORDERS, columns=ORDERS.columns[:-1]),
    replace(ORDERS, columns=(*ORDERS.columns[:-1], column("note", "varchar(20)"))),
    replace(ORDERS, columns=(*ORDERS.columns[:-1], column("note", nullable=False))),
    replace(ORDERS, primary_key=("id", "note")), replace(ORDERS, uniques=(("note",),)), replace(ORDERS, foreign_keys=()),
    replace(ORDERS, foreign_keys=(ForeignKey(("customer_id",), "customers", ("id",)),)),
])  # fmt: skip
def test_a_fingerprint_changes_with_the_form(other: Table) -> None:
    """Columns, types, nullability, keys, foreign keys: each changes the word, and the table waits."""
    assert fingerprint(other) != fingerprint(ORDERS)
    meaning = _reviewed()
    live = Catalogue("postgresql", {**SHOP.tables, "orders": other})
    assert blocked(live, meaning) == {"orders"}
    assert [item.table for item in drift(live, meaning, SHOP) if item.blocks] == ["orders"]


def test_a_fingerprint_does_not_change_with_the_rest() -> None:
    """Rows, indexes, triggers and the order of columns are no form."""
    other = replace(ORDERS, columns=ORDERS.columns[::-1], indexes=(), triggers=(), rows=5, bytes=7)
    assert fingerprint(other) == fingerprint(ORDERS)


def _reviewed() -> SystemMeaning:
    """The shop as it was reviewed."""
    text = drafted().text
    text = set_reviewed("shop.yaml", text, {name: fingerprint(SHOP.tables[name]) for name in ("customers", "orders")})
    meaning = read_overlay("shop.yaml", text.encode()).meaning
    assert meaning is not None
    return meaning


def test_drift_is_told_column_by_column() -> None:
    """New, renamed, retyped, nullable and gone columns, keys and foreign keys are each named."""
    meaning = _reviewed()
    assert drift(SHOP, meaning, SHOP) == ()
    live = Catalogue("postgresql", {
        "customers": replace(CUSTOMERS, columns=(column("id", "uuid", Sort.UUID, False), column("emails"), column("religion"))),
        "orders": replace(ORDERS, columns=(replace(ORDERS.columns[0], nullable=True), ORDERS.columns[1]), primary_key=(), foreign_keys=()),
        "fresh": Table("fresh", ()),
    })  # fmt: skip
    assert {(item.turn, item.table, item.column) for item in drift(live, meaning, SHOP)} == {
        (Turn.RETYPED, "customers", "id"), (Turn.RENAMED, "customers", "emails"), (Turn.NEW, "customers", "religion"),
        (Turn.NULLABLE, "orders", "id"), (Turn.GONE, "orders", "note"), (Turn.KEYS, "orders", None), (Turn.FOREIGN, "orders", None),
        (Turn.TABLE_NEW, "fresh", None),
    }  # fmt: skip
    gone = drift(Catalogue("postgresql", {"orders": ORDERS}), meaning, SHOP)
    assert [(item.turn, item.table) for item in gone] == [(Turn.TABLE_GONE, "customers")]


def test_drift_without_a_remembered_form_still_blocks() -> None:
    """When nobody knows what the reviewed form was, a changed table is said to have changed, and waits."""
    live = Catalogue("postgresql", {**SHOP.tables, "customers": replace(CUSTOMERS, columns=(CUSTOMERS.columns[0], column("email", "citext")))})
    assert [(item.turn, item.table, item.blocks) for item in drift(live, _reviewed())] == [(Turn.FORM, "customers", True)]


def test_a_table_that_nobody_reviewed_waits() -> None:
    """A proposal is no review."""
    meaning = read_overlay("shop.yaml", drafted().text.encode()).meaning
    assert meaning is not None
    assert {(item.turn, item.table) for item in drift(SHOP, meaning, SHOP)} == {(Turn.UNREVIEWED, "customers"), (Turn.UNREVIEWED, "orders")}
    assert blocked(SHOP, meaning) == {"customers", "orders"}


# --------------------------------------------------------------------------------------------------------------- checks

SOUND = """system: shop
owner: sales
tables:
  customers:
    identifiers: [{column: email, kind: email}]
    columns: {id: none, email: contact.email}
  orders:
    links: [{columns: [customer_id], to: customers, referred: [id]}]
    columns: {customer_id: none, note: order.items, paid: none}
    keep: [{rule: tax, since: paid, period: P10Y}]
"""


def test_a_sound_map_has_no_error() -> None:
    """The map of a shop is as it should be; that nobody reviewed it is only said."""
    assert codes(SOUND) == []
    found = check([read_overlay("a.yaml", SOUND.encode())], WORDS)
    assert [(item.code, item.severity) for item in found] == [("not-reviewed", Severity.WARNING)] * 2


@pytest.mark.parametrize(("old", "new", "code", "line"), [
    ("contact.email}", "contact.mail}", "unknown-category", 6), ("kind: email", "kind: e-mail", "unknown-kind", 5),
    ("column: email,", "column: mail,", "unknown-column", 5), ("column: email,", "column: email, path: '$[0].email',", "unknown-path", 5), ("to: customers", "to: customer", "unknown-table", 8),
    ("to: customers", "to: crm/people", "unknown-table", 8), ("referred: [id]", "referred: [ids]", "unknown-column", 8),
    ("referred: [id]", "referred: [id, email]", "uneven-link", 8), ("rule: tax", "rule: taxes", "unknown-rule", 10),
    ("since: paid, ", "", "unclear-keep", 10), ("since: paid", "since: payed", "unknown-column", 10),
    ("since: paid, period: P10Y", "follows: invoices", "unknown-link", 10),
])  # fmt: skip
def test_a_name_of_nothing_is_found(old: str, new: str, code: str, line: int) -> None:
    """Categories, kinds, columns, tables and rules that do not exist are errors at their place."""
    assert SOUND.count(old) == 1
    found = [item for item in codes(SOUND.replace(old, new)) if item[0] != "unreached"]
    assert found == [(code, line)]


def test_personal_data_that_nothing_reaches_is_an_error() -> None:
    """A table with personal data and no way to a person is named with the reason, also when its links lead nowhere."""
    alone = SOUND.replace("    links: [{columns: [customer_id], to: customers, referred: [id]}]\n", "")
    assert codes(alone) == [("unreached", 7)]
    ring = SOUND.replace("    identifiers: [{column: email, kind: email}]\n", "    links: [{columns: [id], to: orders, referred: [customer_id]}]\n")
    assert codes(ring) == [("unreached", 4), ("unreached", 7)]
    found = [str(item.message) for item in check([read_overlay("a.yaml", ring.encode())], WORDS) if item.code == "unreached"]
    assert "lead to `orders`, which nothing leads from either" in found[0]
    harmless = alone.replace("note: order.items", "note: none")
    assert codes(harmless) == []


def test_a_link_may_lead_to_another_system() -> None:
    """`system/table` is looked up in the whole map; two overlays of one system are a mistake."""
    care = "system: care\ntables:\n  cases:\n    links: [{columns: [no], to: shop/customers, referred: [id]}]\n    columns: {no: none, text: order.items}\n"
    assert codes(SOUND, care=care) == []
    assert codes(care) == [("unknown-table", 4), ("unreached", 3)]
    assert codes(SOUND, shop=SOUND) == [("system-twice", 1)]
    map = map_of([read_overlay("a", SOUND.encode()), read_overlay("b", care.encode())])
    assert reached(map) == {"shop/customers", "shop/orders", "care/cases"}


def test_a_store_on_paper_has_a_place() -> None:
    """A paper store without a place is an error; what it holds is checked against the policy."""
    assert codes("system: archive\npaper: true\nholds: [contact.email]\n") == [("no-place", 1)]
    assert codes("system: archive\npaper: true\nlocation: cellar\nholds: [contact.fax]\n") == [("unknown-category", 4)]
    assert codes("system: archive\npaper: true\nlocation: cellar\nholds: [contact.email]\n") == []


# ------------------------------------------------------------------------------------------------- spelling, explaining


def test_the_form_of_an_identifier_is_told_by_all_its_values() -> None:
    """One capital among a million addresses makes the column one that is searched in lower case."""
    assert form_of("email", FormCount(1_000_000)) is Form.EXACT
    assert form_of("email", FormCount(1_000_000, capitals=1)) is Form.LOWER
    assert form_of("phone", FormCount(10, apart=1)) is Form.DIGITS
    assert form_of("phone", FormCount(10, capitals=1)) is Form.EXACT
    assert form_of("account", FormCount(10, capitals=9, apart=9)) is Form.EXACT
    assert form_of("account", FormCount(10, capitals=9, padded=1)) is Form.TRIMMED
    assert form_of("email", FormCount(10, capitals=1, padded=1)) is Form.TRIMMED_LOWER
    assert form_of("email", FormCount(10, padded=1), Form.LOWER) is Form.TRIMMED_LOWER
    assert form_of("phone", FormCount(10, apart=1, padded=1)) is Form.DIGITS
    assert missed(Identifier("e", "email", Form.TRIMMED), FormCount(10, capitals=2, padded=3)) == 2
    assert missed(Identifier("e", "email", Form.TRIMMED_LOWER), FormCount(10, capitals=2, padded=3)) == 0
    assert missed(Identifier("e", "email"), FormCount(10, capitals=2, padded=3)) == 3
    assert missed(Identifier("e", "email", Form.LOWER), FormCount(10, capitals=2)) == 0
    assert missed(Identifier("p", "phone"), FormCount(10, apart=2)) == 2
    assert missed(Identifier("p", "phone", Form.DIGITS), FormCount(10, apart=2)) == 0


def _points(text: str, live: Catalogue | None = SHOP, counts: dict[tuple[str, tuple[str, ...]], Owning] | None = None) -> set[tuple[str, Point]]:
    overlay = read_overlay("a.yaml", text.encode())
    map = map_of([overlay], {} if live is None else {"shop": live})
    return {(item.table, point) for item in explain(map, "shop", counts) for point, _ in item.points}


def test_an_explanation_names_what_nobody_owns() -> None:
    """Tables without an owner, found only, links that may be null, keys that nothing follows, what the database does by itself."""
    found = _points(SOUND)
    assert {("orders", Point.NULLABLE), ("orders", Point.CASCADE), ("orders", Point.TRIGGER), ("customers", Point.VIEW)} <= found
    assert {("customers", Point.SLOW), ("orders", Point.SLOW)} <= found
    assert ("orders", Point.UNFOLLOWED) not in found
    alone = SOUND.replace("    links: [{columns: [customer_id], to: customers, referred: [id]}]\n", "")
    assert {("orders", Point.UNOWNED), ("orders", Point.UNFOLLOWED)} <= _points(alone)
    assert ("orders", Point.FOUND_ONLY) in _points(SOUND.replace("referred: [id]}", "referred: [id], owner: false}"))


def test_an_owner_of_too_much_is_named_by_figures() -> None:
    """One owner of a tenth of a large table is pointed at; many owners of little are not. No null, no word about it."""
    def owning(most: int, empty: int) -> dict[tuple[str, tuple[str, ...]], Owning]:
        return {("orders", ("customer_id",)): Owning(50_000, empty, 9_000, most)}

    assert ("orders", Point.TOO_MUCH) in _points(SOUND, counts=owning(5_000, 3))
    assert ("orders", Point.NULLABLE) in _points(SOUND, counts=owning(5_000, 3))
    assert not {("orders", Point.TOO_MUCH), ("orders", Point.NULLABLE)} & _points(SOUND, counts=owning(900, 0))


@pytest.mark.parametrize(("listed", "left"), [
    ("      - {column: phone, kind: phone}\n", ()), ("      - {column: email, kind: email, owner: true}  # of people\n      - {column: phone, kind: phone}\n", ("email",)),
    ("      - column: phone\n        kind: phone\n      # theirs\n      - {column: email, kind: email}\n", ("email",)), ("      [{column: phone, kind: phone}, {column: email, kind: email}]\n", ("email",)),
])  # fmt: skip
def test_nobody_is_found_by_what_holds_nothing(listed: str, left: tuple[str, ...]) -> None:
    """A column that is said to hold nothing of a person is no identifier any more; comments and every other one stay."""
    text = f"system: s\ntables:\n  t:\n    identifiers:\n{listed}    columns:\n      phone: phone  # ours\n      email: email\n"
    made = set_columns("x", text, {"t": {"phone": ("none", "of the till")}})
    overlay = read_overlay("x", made.encode())
    assert not overlay.diagnostics
    assert overlay.meaning is not None
    assert (overlay.meaning.tables["t"].columns["phone"].category, tuple(item.column for item in overlay.meaning.tables["t"].identifiers)) == ("none", left)
    assert {line.strip() for line in text.splitlines() if "#" in line and "phone:" not in line} <= {line.strip() for line in made.splitlines()}
