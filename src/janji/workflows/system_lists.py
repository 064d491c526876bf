"""The list of a company's systems read from a spreadsheet: what each is called, where it stands, and who looks after it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from janji.errors import Diagnostic, Invalid, JanjiError
from janji.files.countries import load_countries
from janji.files.tables import read_csv, read_sheet
from janji.files.translations import LANGUAGES
from janji.importer.columns import Table
from janji.importer.draft import name_of
from janji.store.database import transaction
from janji.terms.messages import N_, UNASKED, Message, say
from janji.terms.processing import Severity
from janji.workflows.house import House
from janji.workflows.owners import Owner, checked, put_owners
from janji.workflows.systems import put, systems

NAME, TITLE, OWNER, ADDRESS, LANGUAGE, LOCATION, COUNTRY = "name", "title", "owner", "address", "language", "location", "country"
HEADINGS: Mapping[str, tuple[str, ...]] = {
    NAME: ("system", "sistem", "system name", "nama sistem", "application", "aplikasi", "nama aplikasi", "name", "nama", "kode sistem", "system code"),
    TITLE: ("title", "description", "keterangan", "deskripsi", "judul", "nama lengkap", "uraian"),
    OWNER: ("owner", "pemilik", "system owner", "pemilik sistem", "owner name", "nama pemilik", "pic", "nama pic", "penanggung jawab", "contact", "kontak"),
    ADDRESS: ("e mail", "email", "surel", "owner email", "owner e mail", "email pemilik", "surel pemilik", "email pic", "email address", "alamat email",
              "contact email", "email penanggung jawab"),
    LANGUAGE: ("language", "bahasa", "lang"), LOCATION: ("location", "lokasi", "place", "tempat", "hosting", "data center", "pusat data"),
    COUNTRY: ("country", "negara"),
}  # fmt: skip
"""What a column may be called, in the languages that offices write."""
SPOKEN = {"id": "id", "ind": "id", "en": "en", "eng": "en", "ing": "en"}
"""How the names of the languages that are spoken here begin, in each of them."""
CODE = "system-list"
MOST_MISTAKES = 50
MOST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """One system of a list; without an owner nobody can be asked about it."""

    name: str
    title: str = ""
    location: str = ""
    country: str = ""
    owner: Owner | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SystemList:
    """A list as it was read; `ignored` are headings that mean nothing here."""

    systems: tuple[Listed, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedList:
    """What an import does: how many systems are `new`, and which of the list nobody looks after."""

    listed: SystemList
    new: int
    written: bool

    @property
    def unowned(self) -> tuple[str, ...]:
        """The systems of the list without an owner."""
        return tuple(one.name for one in self.listed.systems if one.owner is None)


def import_systems(house: House, path: Path, sheet: str | None = None, *, write: bool = True) -> ImportedList:
    """Keep the systems of a list, XLSX or CSV, with their owners: all of them or none.

    New ones begin at the stage at which a person answers. Of those that are known, what they are called, where they stand
    and who looks after them is replaced; their stage and address stay. What the list does not have stays as it is.
    Raises `Invalid` with every mistake.
    """
    listed = read_systems(read_sheet(path, sheet) if path.suffix.lower() == ".xlsx" else read_csv(path)[0])
    known = {one.name for one in systems()}
    new = sum(one.name not in known for one in listed.systems)
    if write:
        with transaction():
            put(house, [(one.name, one.title, one.location, one.country) for one in listed.systems])
            put_owners(house, {one.name: one.owner for one in listed.systems if one.owner is not None})
    return ImportedList(listed, new, write)


def read_systems(table: Table) -> SystemList:
    """The systems of a table; raises `Invalid` with every mistake, each with its row, none with an address."""
    places, ignored, start = _columns(table)
    found: dict[str, Listed] = {}
    mistakes: list[Diagnostic] = []
    for place, cells in enumerate(table.rows[start:], start):
        row = {key: " ".join(cells[column].split()) if column < len(cells) else "" for key, column in places.items()}
        if not any(row.values()):
            continue
        made = _listed(row)
        if isinstance(made, Listed) and made.name in found:
            made = say(N_("`{system}` stands there twice"), system=made.name)
        if isinstance(made, Listed):
            found[made.name] = made
        else:
            mistakes.append(Diagnostic(CODE, Severity.ERROR, made, table.place(place, 0)))
    if mistakes:
        raise Invalid(say(N_("rows with mistakes: {count}; nothing was taken"), count=len(mistakes)),
                      say(N_("correct them, and import again")), mistakes[:MOST_MISTAKES])  # fmt: skip
    if not found:
        raise Invalid(say(N_("there is no system in the list")), say(N_("write one a row, below the headings")))
    return SystemList(tuple(found.values()), ignored)


def _columns(table: Table) -> tuple[dict[str, int], tuple[str, ...], int]:
    """Which column holds what, the headings that mean nothing here, and the row behind them."""
    meant = {name: key for key, names in HEADINGS.items() for name in names}
    for place, cells in enumerate(table.rows[:20]):
        found: dict[str, int] = {}
        ignored = []
        for column, cell in enumerate(cells):
            key = meant.get(_plain(cell))
            if key is not None and key not in found:
                found[key] = column
            elif cell.strip():
                ignored.append(" ".join(cell.split()))
        if NAME in found and len(found) > 1:
            return found, tuple(ignored), place + 1
    raise Invalid(
        say(N_("no row of `{table}` has the headings of a list of systems"), table=table.name),
        say(N_("name the columns `system`, `title`, `owner`, `email`, `language`, `location` and `country`; the first is needed")),
    )


def _listed(row: Mapping[str, str]) -> Listed | Message:
    """The system of a row, or what is wrong with it."""
    written = row[NAME]
    if not written:
        return say(N_("the system has no name"))
    if any(len(text) > MOST_TEXT for text in row.values()):
        return say(N_("a text is longer than {most} characters"), most=MOST_TEXT)
    country = _country(row.get(COUNTRY, ""))
    if country is None:
        return say(N_("`{word}` is not a country"), word=row[COUNTRY])
    language = SPOKEN.get(_plain(row.get(LANGUAGE, "")).removeprefix("bahasa ")[:3] or UNASKED)
    if language is None:
        return say(N_("`{word}` is not a language that is spoken here"), word=row[LANGUAGE])
    owner = None
    if row.get(ADDRESS):
        try:
            owner = checked(Owner(row[ADDRESS], row.get(OWNER, ""), language))
        except JanjiError as error:
            return error.message
    elif row.get(OWNER):
        return say(N_("an owner is named, and no e-mail address"))
    name = name_of(written, "")
    if not name:
        return say(N_("the name of the system has no letter or digit"))
    return Listed(name, row.get(TITLE, "") or ("" if written == name else written), row.get(LOCATION, ""), country, owner)


def _country(text: str) -> str | None:
    """The code of a country that is written as its code or by its name; `None` for what is none."""
    if not text:
        return ""
    return text.upper() if text.upper() in load_countries() else _by_name().get(_plain(text))


@cache
def _by_name() -> dict[str, str]:
    return {_plain(name.get(language)): code for code, name in load_countries().items() for language in LANGUAGES}


def _plain(text: str) -> str:
    """A heading or word without case, signs and runs of spaces."""
    return " ".join(re.sub(r"[^\w]+|_", " ", text.casefold()).split())


def imported_json(done: ImportedList) -> dict[str, Any]:
    """What an import does, as JSON; owners by their names alone."""
    return {
        "systems": [_listed_json(one) for one in done.listed.systems], "new": done.new, "without_owner": list(done.unowned),
        "ignored": list(done.listed.ignored), "written": done.written,
    }  # fmt: skip


def _listed_json(one: Listed) -> dict[str, Any]:
    held = {"name": one.name, "title": one.title, "location": one.location, "country": one.country, "owner": one.owner.name if one.owner else ""}
    return {key: value for key, value in held.items() if value}

