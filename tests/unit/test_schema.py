"""The published JSON Schema of a policy: a valid schema, and of one mind with the parser wherever it can tell."""

from __future__ import annotations

import copy
import importlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from janji.documents.shapes import (
    Count,
    Country,
    Day,
    Flag,
    Id,
    Length,
    ListOf,
    MapOf,
    OneOf,
    Prose,
    Record,
    Schema,
    Shape,
)  # fmt: skip
from janji.policy.format import POLICY, SCHEMA_ADDRESS, policy_schema
from janji.policy.parser import parse_text

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = (ROOT / "policies" / "minimal" / "policy.yaml").read_bytes()

Path_ = tuple[str | int, ...]


@cache
def _validator(part: bool = False) -> Any:
    jsonschema: Any = importlib.import_module("jsonschema")
    kind = jsonschema.Draft202012Validator
    return kind(policy_schema(part), format_checker=kind.FORMAT_CHECKER)


def _accepts(document: Any, part: bool = False) -> bool:
    return bool(_validator(part).is_valid(document))


def _parses(document: Any) -> bool:
    """Whether the parser finds no mistake in the document, written as JSON (which is YAML)."""
    parsed = parse_text(json.dumps(document).encode())
    return not parsed.diagnostics and parsed.policy is not None


def _loaded(data: bytes) -> Any:
    """A YAML text as JSON values: dates as the strings they were written as."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return value.isoformat() if isinstance(value, date) else value

    return plain(yaml.safe_load(data))


def _sample(shape: Shape) -> Any:
    """A good value of a shape, with every key of every record in it."""
    if isinstance(shape, Record):
        return {key: _sample(known.shape) for key, known in shape.fields.items()}
    if isinstance(shape, MapOf):
        return {"x": _sample(shape.item)}
    if isinstance(shape, ListOf):
        return [_sample(shape.item)]
    if isinstance(shape, OneOf):
        return str(next(iter(shape.words)))
    if isinstance(shape, Prose):
        return {"en": "x", "id": "y"}
    samples: dict[type[Shape], Any] = {Flag: True, Count: 1, Day: "2026-01-01", Length: "P1Y", Country: "ID"}
    return samples.get(type(shape), "x")


@cache
def _full() -> Any:
    """A policy with every section, entry and key of the format."""
    return {**_sample(POLICY), "include": []}


def _shapes(shape: Shape, value: Any, at: Path_ = ()) -> Iterator[tuple[Path_, Shape]]:
    """Every path into a sample value, with the shape that stands there."""
    yield at, shape
    if isinstance(shape, Record):
        for key, known in shape.fields.items():
            if key != "include":
                yield from _shapes(known.shape, value[key], (*at, key))
    elif isinstance(shape, MapOf):
        yield from _shapes(shape.item, value["x"], (*at, "x"))
    elif isinstance(shape, ListOf):
        yield from _shapes(shape.item, value[0], (*at, 0))


def _changed(at: Path_, change: Callable[[Any, Any], None]) -> Any:
    """The required keys and the section at `at`, after `change` of what holds the last step of the path."""
    kept = {key for key, known in POLICY.fields.items() if known.required} | {at[0]}
    document = copy.deepcopy({key: value for key, value in _full().items() if key in kept})
    holder: Any = document
    for step in at[:-1]:
        holder = holder[step]
    change(holder, at[-1])
    return document


def _set(value: Any) -> Callable[[Any, Any], None]:
    def change(holder: Any, key: Any) -> None:
        holder[key] = value

    return change


def _delete(holder: Any, key: Any) -> None:
    del holder[key]


def _representatives() -> list[tuple[Path_, Shape]]:
    """One path for every key of every record, wherever the record is used first."""
    found: dict[tuple[str, str], tuple[Path_, Shape]] = {}

    def walk(shape: Shape, value: Any, at: Path_, owner: str, key: str) -> None:
        found.setdefault((owner, key), (at, shape))
        if isinstance(shape, Record):
            for name, known in shape.fields.items():
                if name != "include":
                    walk(known.shape, value[name], (*at, name), shape.name, name)
        elif isinstance(shape, MapOf):
            walk(shape.item, value["x"], (*at, "x"), owner, f"{key}.x")
        elif isinstance(shape, ListOf):
            walk(shape.item, value[0], (*at, 0), owner, f"{key}[0]")

    walk(POLICY, _full(), (), "", "")
    return [item for item in found.values() if item[0]]


PLACES = _representatives()
NAMES = [".".join(map(str, at)) for at, _ in PLACES]
RECORDS = [((), POLICY), *((at, shape) for at, shape in PLACES if isinstance(shape, Record))]
RECORD_NAMES = [".".join(map(str, at)) or "policy" for at, _ in RECORDS]
WRONG: dict[type[Shape], tuple[Any, ...]] = {
    OneOf: ("no-such-word", "", None, [], {}), Flag: ("maybe", "", None, [], {}, 1),
    Count: (-1, 1_000_001, 1.5, "many", "", None, [], {}), Country: ("Japan", "jp", "", "J1", None, [], {}),
    Day: ("2026-02-30", "today", "", "2026-1-1", None, [], {}), Length: ("10Y", "one year", "", None, [], {}),
    Id: ("a b", "", "-a", "é", "x" * 121, "a/b", None, [], {}), ListOf: ("x", "", None, {}, 1),
    MapOf: ("x", "", None, [], 1, {"a b": {}}), Record: ("x", [], 1, {"no-such-key": 1}),
    Prose: (None, [], {}, {"English": "x"}, {"en": []}, {"en": None}),
}  # fmt: skip
RIGHT: dict[type[Shape], tuple[Any, ...]] = {
    Flag: (True, False), Count: (0, 1_000_000), Country: ("JP", "NO"), Day: ("2024-02-29", "9999-12-31"),
    Length: ("P6M", "PT72H", "P2W", "P1Y6M"), Id: ("x", "contact.e-mail_2", "A" * 120, 7), ListOf: ([],),
    MapOf: ({},),
    Prose: ("x", 7, {"ace": "x"}),
}  # fmt: skip


def _values(table: dict[type[Shape], tuple[Any, ...]], shape: Shape) -> tuple[Any, ...]:
    others: tuple[Any, ...] = (None, [], {}) if table is WRONG else ("x",)
    return next((values for kind, values in table.items() if isinstance(shape, kind)), others)


@pytest.mark.parametrize("part", [False, True])
def test_schema_is_a_schema(part: bool) -> None:
    """The schema must satisfy the meta-schema of JSON Schema 2020-12 that it names."""
    schema = policy_schema(part)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    _validator(part).check_schema(schema)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


@pytest.mark.parametrize("part", [False, True])
def test_schema_holds_together(part: bool) -> None:
    """Every reference in the schema must lead to a definition, and every definition be led to."""
    schema = policy_schema(part)
    assert set(_references(schema)) == {f"#/$defs/{name}" for name in schema["$defs"]}
    assert list(schema["$defs"]) == sorted(schema["$defs"])


def test_schema_is_plain_json_and_repeatable() -> None:
    """The schema must survive being written, be the same each time, and be a value of its own."""
    schema: Schema = policy_schema()
    assert json.loads(json.dumps(schema)) == schema
    schema["properties"].clear()
    assert policy_schema()["properties"]
    assert policy_schema()["$id"] == SCHEMA_ADDRESS


def test_schema_describes_every_key() -> None:
    """Every key of every record must say what it is about."""
    schema = policy_schema()
    records = [schema, *(item for item in schema["$defs"].values() if "properties" in item)]
    assert len(records) > 20
    for record in records:
        assert record["additionalProperties"] is False
        assert all(item["description"].strip() for item in record["properties"].values())


def test_minimal_policy_is_an_instance() -> None:
    """The minimal policy must satisfy the schema as any YAML reader would load it."""
    assert [error.message for error in _validator().iter_errors(_loaded(MINIMAL))] == []


def test_full_sample_is_an_instance_for_both() -> None:
    """A policy with every key of the format must please the schema and the parser alike."""
    assert _accepts(_full())
    assert _parses(_full())
    assert len(list(_shapes(POLICY, _full()))) > 300


@pytest.mark.parametrize(("at", "shape"), RECORDS, ids=RECORD_NAMES)
def test_missing_keys_are_seen_by_both(at: Path_, shape: Record) -> None:
    """Each key left out must be a mistake to both exactly when it is required."""
    for key, known in shape.fields.items():
        if key != "include":
            document = _changed((*at, key), _delete)
            assert _accepts(document) is _parses(document) is (not known.required), key


@pytest.mark.parametrize(("at", "shape"), RECORDS, ids=RECORD_NAMES)
def test_unknown_keys_are_refused_by_both(at: Path_, shape: Record) -> None:
    """A key that is not of the record must be a mistake to both."""
    for key in ("no-such-key", "", "place", "x", *(name.upper() for name in list(shape.fields)[:1])):
        document = _changed((*at, key), _set("x"))
        assert not _accepts(document), key
        assert not _parses(document), key


@pytest.mark.parametrize(("at", "shape"), PLACES, ids=NAMES)
def test_wrong_values_are_refused_by_both(at: Path_, shape: Shape) -> None:
    """A value of the wrong kind, or a wrong word, must be a mistake to both at every key of the format."""
    for value in _values(WRONG, shape):
        document = _changed(at, _set(value))
        assert not _parses(document), value
        assert not _accepts(document), value


@pytest.mark.parametrize(("at", "shape"), PLACES, ids=NAMES)
def test_right_values_are_taken_by_both(at: Path_, shape: Shape) -> None:
    """A value of the right kind must be good to both at every key of the format."""
    values = [str(word) for word in shape.words] if isinstance(shape, OneOf) else _values(RIGHT, shape)
    for value in () if isinstance(shape, Record) else values:
        document = _changed(at, _set(value))
        assert _parses(document), value
        assert _accepts(document), value


@pytest.mark.parametrize("value", [-1, -1.5])
def test_numbers_that_are_no_names_are_refused_by_both(value: float) -> None:
    """A number that cannot be a name must be a mistake to both."""
    document = _changed(("policy",), _set(value))
    assert not _parses(document)
    assert not _accepts(document)


@pytest.mark.parametrize(
    "value", ["P", "PT", "P1H", "P-1D", "Pony", "P0D", "PT0H", "P0Y0M", "P\uff11Y", "P10000Y", "P1D1Y"]
)
def test_periods_are_told_apart_by_both(value: str) -> None:
    """What is not a period must be a mistake to both."""
    document = _changed(("training", "every"), _set(value))
    assert not _parses(document)
    assert not _accepts(document)


@pytest.mark.parametrize("at", [("version",), ("controller", "name"), ("title",), ("title", "en"), ("languages", 0)])
def test_empty_texts_are_refused_by_both(at: Path_) -> None:
    """A text of nothing, or of spaces only, must be a mistake to both."""
    for value in ("", " ", "\n\t "):
        document = _changed(at, _set(value))
        assert not _parses(document)
        assert not _accepts(document)


def test_several_lines_are_refused_by_both() -> None:
    """A text of several lines must be a mistake to both where one line is wanted."""
    document = _changed(("controller", "name"), _set("x\ny"))
    assert not _parses(document)
    assert not _accepts(document)


@pytest.mark.parametrize(
    ("at", "value"),
    [(("version",), True), (("training", "required"), "true"), (("children", "under"), "18"), (("title",), False)],
)
def test_where_the_schema_is_stricter(at: Path_, value: Any) -> None:
    """Quoted numbers and flags, and flags as texts, must be written otherwise for the schema."""
    document = _changed(at, _set(value))
    assert _parses(document)
    assert not _accepts(document)


def test_names_that_both_refuse_as_keys() -> None:
    """An entry under a name that is no name must be a mistake to both, in every section."""
    for section, known in POLICY.fields.items():
        if isinstance(known.shape, MapOf):
            for name in ("a b", "", "-a", "é", "x" * 121):
                document = _changed((section, name), _set(_sample(known.shape.item)))
                assert not _accepts(document)
                assert not _parses(document)


def test_a_part_needs_nothing_and_knows_the_same_keys() -> None:
    """A further file must be free to leave anything out, and no freer than the first file otherwise."""
    first, part = policy_schema(), policy_schema(part=True)
    assert _accepts({}, part=True)
    assert not _accepts({})
    assert set(part["properties"]) == set(first["properties"])
    assert part["$defs"] == first["$defs"]
    assert part["$id"] != first["$id"]
    for section in POLICY.fields:
        if section != "include":
            assert _accepts({section: _full()[section]}, part=True), section
            assert not _accepts({section: None}, part=True), section
    assert not _accepts({"no-such-key": 1}, part=True)


@pytest.mark.parametrize(("name", "part"), [("policy.json", False), ("policy-part.json", True)])
def test_published_schema_is_this_one(name: str, part: bool) -> None:
    """The schema published under `schema/` must be the one that the code gives."""
    assert json.loads((ROOT / "schema" / name).read_text(encoding="utf-8")) == policy_schema(part)
