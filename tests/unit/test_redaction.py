"""What is another person's in a row is covered, by the data map and in free text; what is the person's own is not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from janji.datamap.meaning import Form, Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.erasure.steps import Known
from janji.rights.redaction import MARK, Redactor, Why
from janji.scanner.scan import build_scanner

KNOWN = (Known(0, "email", "me@example.org"), Known(0, "phone", "+6281290417733", ("081290417733",)))
SHOP = SystemMeaning("shop", tables={
    "people": TableMeaning("people", identifiers=(Identifier("email", "email", Form.LOWER), Identifier("national_id", "national-id")), columns={
        "id": Meaning("none"), "email": Meaning("email"), "national_id": Meaning("id")}),
    "orders": TableMeaning("orders", links=(
        Link(("buyer",), "people", ("id",)), Link(("gets",), "people", ("id",)), Link(("typed_by",), "people", ("id",), owner=False)), columns={
        "id": Meaning("none"), "buyer": Meaning("none"), "gets": Meaning("third", of=("gets",)), "name": Meaning("third", of=("gets",)),
        "note": Meaning("message"), "typed_by": Meaning("account", of=("typed_by",))}),
    "items": TableMeaning("items", links=(Link(("order",), "orders", ("id",)),), columns={"order": Meaning("none"), "thing": Meaning("purchase")}),
})  # fmt: skip


def redactor(*rows: tuple[str, dict[str, Any]]) -> Redactor:
    """One that has learned from the rows of a search."""
    made = Redactor({"shop": SHOP}, KNOWN, {"message"}, build_scanner())
    for table, row in rows:
        if table in made.learning:
            made.learn(table, row)
    return made


ME = ("shop/people", {"id": 1, "email": "Me@Example.org", "national_id": "3174096404879317"})


def order(**more: Any) -> dict[str, Any]:
    """An order of mine for somebody else."""
    return {"id": 9, "buyer": 1, "gets": 2, "name": "Budi", "note": None, "typed_by": 1, **more}


def test_a_seat_of_another_is_covered() -> None:
    """Who gets a gift is covered for who buys it, and nothing else; where nobody is on record too."""
    rows = [order(), order(gets=1, name="Me"), order(gets=None)]
    made = redactor(ME)
    made.cover("shop/orders", rows)
    assert [(row["gets"], row["name"]) for row in rows] == [(MARK, MARK), (1, "Me"), (None, MARK)]
    assert {row["typed_by"] for row in rows} == {1}
    assert made.covered == {("shop/orders", "name", Why.OTHER_PERSON): 2, ("shop/orders", "gets", Why.OTHER_PERSON): 1}


def test_what_was_found_and_is_not_owned_is_covered() -> None:
    """Who typed an order in sees that they did, and neither it nor what hangs on it."""
    rows = [order(buyer=5, gets=6, note="please ring")]
    made = redactor(ME, ("shop/orders", dict(rows[0])))
    made.cover("shop/orders", rows)
    assert rows == [{"id": 9, "buyer": 5, "gets": MARK, "name": MARK, "note": MARK, "typed_by": 1}]
    items = [{"order": 9, "thing": "lamp"}]
    made.cover("shop/items", items)
    assert items == [{"order": 9, "thing": MARK}]
    mine = [{"order": 10, "thing": "lamp"}]
    other = redactor(ME, ("shop/orders", order(id=10)))
    other.cover("shop/items", mine)
    assert mine == [{"order": 10, "thing": "lamp"}]


def test_a_row_that_names_its_table_is_the_persons_by_what_it_names() -> None:
    """A note on me and one on my order are shown, one on somebody else and one on a thing of the same number are covered."""
    links = tuple(Link(("resource",), name, ("id",), prefix=f"{name},") for name in ("people", "orders"))
    notes = TableMeaning("notes", links=(*links, Link(("by",), "people", ("id",), owner=False)), columns={"resource": Meaning("none"), "by": Meaning("none"), "text": Meaning("third")})
    made = Redactor({"shop": replace(SHOP, tables={**SHOP.tables, "notes": notes})}, KNOWN, {"message"}, build_scanner())
    for table, row in (ME, ("shop/orders", order())):
        made.learn(table, row)
    rows = [{"resource": resource, "by": 1, "text": "hello"} for resource in ("people,1", "orders,9", "people,9", "things,1")]
    made.cover("shop/notes", rows)
    assert [row["text"] for row in rows] == ["hello", "hello", MARK, MARK]


def test_numbers_and_addresses_of_others_in_texts() -> None:
    """Free text is scanned: what names somebody else goes; the person's own stays, however it is written."""
    text = "Call Budi, 0813-8888-1234 or budi@example.net. Mine: 0812 9041 7733, ME@example.org, NIK 3174096404879317"
    rows = [order(note=text)]
    redactor(ME).cover("shop/orders", rows)
    assert rows[0]["note"] == f"Call Budi, {MARK} or {MARK}. Mine: 0812 9041 7733, ME@example.org, NIK 3174096404879317"


def test_a_long_text_is_scanned_in_any_column() -> None:
    """Whatever a column is said to hold, and where nobody said anything."""
    rows = [{"field": "remarks", "value": "the customer asked us to write to his brother at budi@example.net in future"}, {"field": "email", "value": "old@example.com"}]
    redactor().cover("paper/answers", rows)
    assert rows[0]["value"].endswith(f"at {MARK} in future")
    assert rows[1]["value"] == "old@example.com"


def test_a_value_of_json_is_scanned_however_deep() -> None:
    """What names somebody else is covered in a document too, as value or as key; the person's own, numbers and files stay."""
    file = {"base64": "YnVkaUBleGFtcGxlLm9yZw=="}
    note = {"to": [{"mail": "budi@example.org", "call": "0812-9041-7733", "count": 3}], "budi@example.org": None, "scan": file, "mine": "ME@example.org"}
    rows: list[dict[str, Any]] = [order(gets=1, note=note), order(gets=1, note=["budi@example.org"]), order(gets=1, note=file)]
    made = redactor(ME)
    columns = made.cover("shop/orders", rows)
    whole = {"to": [{"mail": MARK, "call": "0812-9041-7733", "count": 3}], MARK: None, "scan": file, "mine": "ME@example.org"}
    assert [row["note"] for row in rows] == columns["note"] == [whole, [MARK], file]
    assert made.covered["shop/orders", "note", Why.IN_TEXT] > 0


def test_the_persons_own_number_as_it_is_dialled() -> None:
    """A telephone that only a system knows is the person's own in a text too, in another spelling."""
    people = SystemMeaning("a", tables={"people": TableMeaning("people", identifiers=(Identifier("phone", "phone"),), columns={"phone": Meaning("phone")})})
    made = Redactor({"a": people}, (), {"message"}, build_scanner(), "ID")
    assert made.learning == {"a/people"}
    made.learn("a/people", {"phone": "+6281700000005"})
    rows = [{"body": "for sale, the price can be talked about, call 0817-0000-0005 or 0817-0000-0006"}]
    made.cover("a/posts", rows)
    assert rows[0]["body"].endswith(f"call 0817-0000-0005 or {MARK}")


def lists(*paths: str, kinds: Any = ("email",)) -> Redactor:
    """One for a table of groups with a host, and identifiers inside of lists of its documents."""
    identifiers = [Identifier("host", "email"), *(Identifier("doc", kind, path=path) for path, kind in zip(paths, kinds, strict=True))]
    group = TableMeaning("groups", identifiers=tuple(identifiers), columns={"host": Meaning("email"), "doc": Meaning("email"), "note": Meaning("message")})
    return Redactor({"shop": SystemMeaning("shop", tables={"groups": group})}, KNOWN, {"message"}, build_scanner())


MEMBERS = [{"email": "ME@example.org", "n": 1}, {"email": "cici@example.com", "name": "Cici"}, {"name": "nobody"}, None, {"email": ""}]


def test_of_a_list_only_the_persons_entries_are_shown() -> None:
    """Of somebody else's row nothing else is shown; in their own whatever names nobody stays. What was left out is counted."""
    for form in (dict, str):
        document = {"members": MEMBERS, "topic": "Budi's"}
        held: Any = document if form is dict else json.dumps(document)
        rows: list[dict[str, Any]] = [{"host": "budi@example.com", "doc": held, "note": "hello"}, {"host": "me@example.org", "doc": held, "note": "hello"}]
        made = lists("$.members[*].email")
        made.cover("shop/groups", rows)
        left = [row["doc"] if form is dict else json.loads(row["doc"]) for row in rows]
        assert left[0] == {"members": [MEMBERS[0]]}
        assert left[1] == {"members": [MEMBERS[0], *MEMBERS[2:]], "topic": "Budi's"}
        assert (rows[0]["host"], rows[0]["note"]) == (MARK, MARK)
        assert (rows[1]["host"], rows[1]["note"]) == ("me@example.org", "hello")
        assert made.covered["shop/groups", "doc", Why.OTHER_PERSON] == 5


def test_a_shared_telephone_shows_nobody_elses_entry() -> None:
    """An address tells surer whose an entry is; where there is none the telephone does."""
    entries = [{"email": "cici@example.com", "phone": "0812-9041-7733"}, {"phone": "0812-9041-7733"}, {"email": "me@example.org", "phone": "1"}]
    rows = [{"host": None, "doc": {"m": entries}, "note": None}]
    lists("$.m[*].phone", "$.m[*].email", kinds=("phone", "email")).cover("shop/groups", rows)
    assert rows[0]["doc"] == {"m": entries[1:]}


def test_lists_in_lists_and_lists_of_addresses_are_shown_in_part() -> None:
    """Outer entries without anything of theirs are left out; what is no list gives nothing."""
    rows: list[dict[str, Any]] = [
        {"host": None, "doc": {"o": [{"p": [{"email": "me@example.org"}, {"email": "x@example.com"}]}, {"p": []}, 3], "a": ["me@example.org", "x@example.com"]}, "note": None},
        {"host": None, "doc": "no document", "note": None}, {"host": None, "doc": {"o": "me@example.org"}, "note": None},
    ]  # fmt: skip
    lists("$.o[*].p[*].email", "$.a[*]", kinds=("email", "email")).cover("shop/groups", rows)
    assert [row["doc"] for row in rows] == [{"o": [{"p": [{"email": "me@example.org"}]}], "a": ["me@example.org"]}, None, None]
    mine = [{"host": "me@example.org", "doc": "no document", "note": None}]
    lists("$.a[*]").cover("shop/groups", mine)
    assert mine[0]["doc"] == "no document"
