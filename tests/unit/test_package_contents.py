"""Names of files, cells of spreadsheets and schemas of a package: harmless whatever the names and values are."""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from janji.rights.package_contents import (
    MANIFEST_SCHEMA,
    TRACK_SCHEMA,
    Column,
    Names,
    Seen,
    context,
    harmless,
    part,
    table_schema,
)
from janji.terms.texts import Text

NASTY = ("../../etc/passwd", "..\\..\\x", "/abs", "C:\\x", "CON", "nul.txt", "a/b", "x\x00y", ".", "..", "", " ", "\u202egnp", "a" * 500, "-rf", "~", "Café")


@given(st.text(max_size=40) | st.sampled_from(NASTY))
def test_a_name_is_one_part_of_a_path(name: str) -> None:
    """It leads nowhere else, on no system, and is never empty, hidden or kept by Windows."""
    found = part(name)
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", found)
    assert ".." not in found
    assert PurePosixPath("f", found).parts == ("f", found)
    assert PureWindowsPath("f", found).parts == ("f", found)
    assert not PureWindowsPath(found).is_reserved()
    assert not found.endswith(".")


def test_no_two_names_are_one() -> None:
    """Those that differ by case, or by what a path cannot hold, get numbers."""
    names = Names()
    assert [names.take("data/s", one) for one in ("Orders", "orders", "or ders", "or/ders", "orders-2")] == [
        "data/s/Orders", "data/s/orders-2", "data/s/or_ders", "data/s/or_ders-2", "data/s/orders-2-2",
    ]  # fmt: skip


def test_cells_that_begin_like_formulas() -> None:
    """They begin with an apostrophe then, after blanks and in wide letters too; others are as they were."""
    for text in ('=cmd|" /C calc"!A0', "+62812", "-1+1", "@SUM(1)", "\t=1", " =1", "\n=1", "\uff1d1", "\xa0=1", "\r"):
        assert harmless(text) == f"'{text}"
    for text in ("", "a=1", " plain", "1-2", "'=1", "0812"):
        assert harmless(text) == text


def test_a_schema_says_types_and_meaning() -> None:
    """Of each column its types, category, DPV and schema.org names; what is not in it does not fit."""
    seen = Seen()
    seen.take(2, {"id": [1, 2], "email": ["a", None], "x": [True, 1.5]})
    columns = {"email": Column("email", "contact.email", Text((("en", "E-mail"),)), "pd:EmailAddress", "email")}
    schema = table_schema("data/s/t.json", "s", "t", seen, columns)
    jsonschema.Draft202012Validator.check_schema(schema)
    row = schema["properties"]["rows"]["items"]["properties"]
    assert row["email"] == {"type": ["null", "string"], "title": "E-mail", "x-category": "contact.email", "x-dpv": "pd:EmailAddress", "x-schema-org": "schema:email"}
    meant = context(columns.values())
    assert meant["email"] == "schema:email"
    good = {"@context": meant, "system": "s", "table": "t", "rows": [{"id": 1, "email": None, "x": True}]}
    jsonschema.validate(good, schema)
    for bad in ({"id": "1"}, {"other": 1}, {"email": 5}):
        assert not jsonschema.Draft202012Validator(schema).is_valid({**good, "rows": [bad]})


def test_the_schemas_of_the_whole_are_schemas() -> None:
    """Of the manifest and the track record."""
    for schema in (MANIFEST_SCHEMA, TRACK_SCHEMA):
        assert jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA).is_valid(schema)
        assert not jsonschema.Draft202012Validator(schema).is_valid({"of": "something else"})
