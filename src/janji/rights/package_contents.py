"""What a person's package says of itself: harmless names of files, columns with their meaning, schemas, and the list of everything in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from janji.rights.redaction import MARK
from janji.terms.texts import Text

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ANSWERS = "answers"
"""What stands for a table where a person answered: nobody knows the tables of the system."""
FORM = 1
"""The version of the form of packages."""

SCHEMA_ORG = {
    "pd:Name": "name", "pd:BirthDate": "birthDate", "pd:EmailAddress": "email", "pd:TelephoneNumber": "telephone", "pd:Contact": "contactPoint",
    "pd:PhysicalAddress": "address", "pd:Gender": "gender", "pd:Language": "knowsLanguage", "pd:Picture": "image", "pd:Purchase": "owns",
    "pd:AccountIdentifier": "identifier", "pd:Education": "hasCredential", "pd:EmploymentHistory": "hasOccupation", "pd:Interest": "knowsAbout",
    "pd:CurrentLocation": "location", "pd:Opinion": "review",
}  # fmt: skip
"""What schema.org calls the data that DPV's terms (`pd:`) name, as properties of a `schema:Person`."""
BY_IDENTIFIER = {"email": "email", "phone": "telephone", "account": "identifier", "national-id": "taxID", "device": "serialNumber"}
"""The same for columns that the data map calls identifiers."""

_TYPES: Mapping[type, str] = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object", type(None): "null"}
_STEERING = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""How a cell begins that a spreadsheet takes for a formula, in wide letters too."""
SUSPECT = _STEERING | frozenset(" \n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u3000")
"""How a cell begins that `harmless` must look at."""
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


class Names:
    """Names for files from names that others chose: no way out of the folder, no two that some system takes for one."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, folder: str, wanted: str, ending: str = "") -> str:
        """A path below the package's root; `folder` is one of ours, `wanted` is anybody's."""
        stem, count = part(wanted), 1
        path = f"{folder}/{stem}{ending}" if folder else f"{stem}{ending}"
        while path.lower() in self._taken:
            count += 1
            path = f"{folder}/{stem}-{count}{ending}" if folder else f"{stem}-{count}{ending}"
        self._taken.add(path.lower())
        return path


def part(name: str) -> str:
    """A name as one part of a path: ASCII letters, digits, `-`, `_` and `.` inside, no longer than 60, none that Windows keeps for itself."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    found = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._ ")[:60].rstrip("._ ")
    found = re.sub(r"\.{2,}", ".", found)
    return f"_{found}" if not found or _RESERVED.fullmatch(found) else found


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: where it would begin like one, an apostrophe stands before it (CWE-1236)."""
    if text[:1] in _STEERING or (text[:1].isspace() and text.lstrip()[:1] in _STEERING):
        return f"'{text}"
    return text


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is said to hold: the category, its title where the policy names it, its term in DPV, its name in schema.org; empty where nobody said."""

    name: str
    category: str = ""
    title: Text = field(default_factory=Text)
    term: str = ""
    property: str = ""


@dataclass(slots=True)
class Seen:
    """What the rows of one file turned out to be: how many, and of each column its types in JSON, in the order in which they came."""

    rows: int = 0
    columns: dict[str, set[type]] = field(default_factory=dict)

    def take(self, rows: int, columns: Mapping[str, list[Any]]) -> None:
        """Take rows into account, whose values stand by column."""
        self.rows += rows
        for name, values in columns.items():
            self.columns.setdefault(name, set()).update(map(type, values))


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of the package: where it is, what it is, its bytes and their SHA-256 in hexadecimal digits, and, of data, more."""

    path: str
    media: str
    size: int
    digest: str
    schema: str = ""
    rows: int | None = None
    about: str = ""


def table_schema(path: str, system: str, table: str, seen: Seen, columns: Mapping[str, Column]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the file `path`, each property with its meaning; `MARK` may stand where anything could."""
    properties = {}
    for name, types in seen.columns.items():
        held = columns.get(name, Column(name))
        words = sorted({_TYPES[kind] for kind in types})
        said: dict[str, Any] = {"type": words[0] if len(words) == 1 else words}
        if held.title:
            said["title"] = held.title.get("en")
        if held.category:
            said["x-category"] = held.category
        if held.term:
            said["x-dpv"] = held.term
        if held.property:
            said["x-schema-org"] = f"schema:{held.property}"
        properties[name] = said
    row = {"type": "object", "properties": properties, "additionalProperties": False}
    return {
        "$schema": DIALECT, "$id": f"urn:janji:package:{path}", "title": f"{system}, {table}", "type": "object",
        "required": ["@context", "system", "table", "rows"], "additionalProperties": False,
        "description": f"{MARK} stands where something about another person was covered.",
        "properties": {"@context": {"type": "object"}, "system": {"const": system}, "table": {"const": table}, "rows": {"type": "array", "items": row}},
    }  # fmt: skip


def context(columns: Iterable[Column]) -> dict[str, Any]:
    """What names in a data file mean (JSON-LD 1.1): properties of schema.org where there is one, else the term of DPV."""
    found: dict[str, Any] = {"schema": "https://schema.org/", "dpv": "https://w3id.org/dpv#", "pd": "https://w3id.org/dpv/pd#", "rows": "@graph"}
    for column in columns:
        meant = f"schema:{column.property}" if column.property else column.term
        if meant and column.name not in found and not column.name.startswith("@"):
            found[str(column.name)] = str(meant)
    return found


def manifest(files: Sequence[File], about: Mapping[str, Any]) -> dict[str, Any]:
    """The list of every other file, with digests (SHA-256), beside what the package says of itself."""
    items = [
        {
            "path": one.path, "media_type": one.media, "size": one.size, "sha256": one.digest,
            **({"schema": one.schema} if one.schema else {}), **({} if one.rows is None else {"rows": one.rows}),
            **({"about": one.about} if one.about else {}),
        }
        for one in files
    ]  # fmt: skip
    return {"form": FORM, **about, "files": items}


_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}


def _of(required: Sequence[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "additionalProperties": False, "properties": properties}


MANIFEST_SCHEMA: dict[str, Any] = {
    "$schema": DIALECT, "$id": "urn:janji:package:manifest.json", "title": "What is in the package",
    **_of(
        ["form", "request", "package", "made", "language", "controller", "systems", "covered", "csv", "files"],
        form={"const": FORM}, request=_TEXT, package=_TEXT, made={"type": "string", "format": "date-time"}, language=_TEXT, controller=_TEXT,
        csv=_TEXT, systems={"type": "array", "items": _of(["system", "state"], system=_TEXT, title=_TEXT, state=_TEXT, country=_TEXT, place=_TEXT,
                                                          attested={"type": "boolean"}, rows=_COUNT, trouble=_TEXTS)},
        covered={"type": "array", "items": _of(["table", "column", "why", "count"], table=_TEXT, column=_TEXT, why={"enum": ["other-person", "in-text"]}, count=_COUNT)},
        files={"type": "array", "items": _of(["path", "media_type", "size", "sha256"], path=_TEXT, media_type=_TEXT, size=_COUNT,
                                             sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"}, schema=_TEXT, rows=_COUNT, about=_TEXT)},
    ),
}  # fmt: skip
"""The schema of `manifest.json`."""

TRACK_SCHEMA: dict[str, Any] = {
    "$schema": DIALECT, "$id": "urn:janji:package:track.json", "title": "What was done with your data",
    **_of(["items"], items={"type": "array", "items": {
        "type": "object", "required": ["id", "kind", "at", "actor"], "properties": {
            "id": _TEXT, "kind": _TEXT, "at": {"type": "string", "format": "date-time"}, "actor": _TEXT, "details": {"type": "object"},
            "policy": _TEXT, "sealed": _TEXT, "position": _COUNT}}}),
}  # fmt: skip
"""The schema of `track.json`: the track record, the newest first (UU 27/2022 Art 32)."""
