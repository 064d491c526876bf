"""A person's package written as a ZIP that nobody need seek in: pages to read, data for machines, schemas, and the list of everything."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import IO, Any, Protocol, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson

from janji.files.templates import fill
from janji.ledger.events import read_stamp
from janji.rights.package_contents import (
    ANSWERS,
    MANIFEST_SCHEMA,
    SUSPECT,
    TRACK_SCHEMA,
    Column,
    File,
    Names,
    Seen,
    context,
    harmless,
    manifest,
    table_schema,
)
from janji.rights.redaction import MARK, Redactor, Row, Why
from janji.terms.messages import Message, Tongue
from janji.terms.texts import Text

BATCH = 512
"""Rows that are worked on together."""
SHOWN, SHOWN_TRACK = 200, 500
"""Rows of a table, and lines of the track record, that a page shows; the files beside it have all."""
LONGEST = 600
"""Characters of a value that a page shows."""
ROOM = 4 << 20
"""Characters that all pages together show of the person's data."""
LEVEL = 4
"""How hard data are compressed (zlib)."""
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"), (b"\xff\xd8\xff", "jpg", "image/jpeg"), (b"GIF8", "gif", "image/gif"), (b"%PDF-", "pdf", "application/pdf"),
)  # fmt: skip
_PLAIN = frozenset({int, float, type(None)})


Reading = Callable[[Collection[str] | None], Iterator[tuple[str, Row]]]


class Out(Protocol):
    """Where the bytes of a package go, one after the other."""

    def write(self, data: bytes, /) -> int:
        """Take bytes; how many."""

    def flush(self) -> None:
        """Nothing waits."""


@dataclass(frozen=True, slots=True)
class TableSays:
    """What is said of a table: its columns, why it is held (id and title of purposes), and how long."""

    columns: Mapping[str, Column]
    purposes: tuple[tuple[str, Text], ...] = ()
    keeps: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSays:
    """One system as the package tells of it; `state` is what came of searching it, `trouble` why there is nothing, or not all."""

    name: str
    title: str
    state: str
    country: str = ""
    place: str = ""
    attested: bool = False
    trouble: tuple[Message, ...] = ()

    @property
    def searched(self) -> bool:
        """Whether it gave what it holds, as far as anybody can tell."""
        return self.state in ("done", "unclear")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything that a package tells besides rows. `why` renders the page of purposes for what was found, as system and category.

    `track` gives the track record, the newest first: each event as JSON, when, what, by whom, and about what in words.
    """

    request: str
    package: str
    made: datetime
    tongue: Tongue
    controller: str
    contacts: tuple[Any, ...]
    officer: tuple[Any, ...]
    authorities: tuple[Any, ...]
    systems: tuple[SystemSays, ...]
    table: Callable[[str], TableSays]
    track: Callable[[], Iterator[tuple[dict[str, Any], Message, Message, tuple[Message, ...]]]]
    why: Callable[[frozenset[tuple[str, str]]], bytes]
    about: Callable[[frozenset[tuple[str, str]]], bytes]


@dataclass(slots=True)
class _Run:
    """Rows of one table that came after each other: one JSON and one CSV file, and what a page shows of them."""

    table: str
    stem: str
    seen: Seen = field(default_factory=Seen)
    shown: list[list[Any]] = field(default_factory=list)
    says: TableSays = field(default_factory=lambda: TableSays({}))

    @property
    def system(self) -> str:
        return self.table.partition("/")[0]


@dataclass(frozen=True, slots=True)
class _Attached:
    """A value that is a file: where it lies in the package."""

    path: str
    size: int
    digest: str
    image: bool


class _Pointer(dict[str, Any]):
    """What stands in data instead of a file: where it lies, its bytes, its digest. A value of a system is none, whatever it looks like."""


class _Package:
    """One package being written."""

    def __init__(self, out: Out, contents: Contents, redactor: Redactor) -> None:
        self.contents, self.redactor = contents, redactor
        self.zip = ZipFile(cast("IO[bytes]", out), "w", ZIP_DEFLATED, compresslevel=LEVEL)  # it only writes
        self.files: list[File] = []
        self.names = Names()
        self.runs: list[_Run] = []
        self.attached: list[_Attached] = []
        self.room = ROOM
        self._stamp = contents.made.timetuple()[:6]

    @contextmanager
    def entry(self, path: str, media: str, *, packed: bool = True, **said: Any) -> Iterator[Callable[[bytes], None]]:
        """A file of the package, written piece by piece; afterwards it stands in the list."""
        info = ZipInfo(path, self._stamp)
        info.compress_type, info.external_attr = (ZIP_DEFLATED if packed else ZIP_STORED), 0o600 << 16
        info._compresslevel = LEVEL  # type: ignore[attr-defined]  # noqa: SLF001 - which has no public name before Python 3.13
        digest, size = hashlib.sha256(), 0
        with self.zip.open(info, "w", force_zip64=True) as file:

            def write(data: bytes) -> None:
                nonlocal size
                size += len(data)
                digest.update(data)
                file.write(data)

            yield write
        self.files.append(File(path=path, media=media, size=size, digest=digest.hexdigest(), **said))

    def file(self, path: str, media: str, data: bytes, **said: Any) -> None:
        """A small file, whole."""
        with self.entry(path, media, **said) as write:
            write(data)

    def json(self, path: str, value: Any, schema: str = "", **said: Any) -> None:
        """A small JSON file."""
        self.file(path, "application/schema+json" if path.startswith("schema/") else "application/json", orjson.dumps(value, option=orjson.OPT_INDENT_2), schema=schema, **said)

    # -------------------------------------------------------------------------------------------------------- data

    def machine(self, rows: Reading) -> None:
        """Everything that is held: each table as JSON and as CSV, and the files that stood in it."""
        if self.redactor.learning:
            for table, row in rows(self.redactor.learning):
                self.redactor.learn(table, row)
        for table, batches in self._from_the_first(rows):
            self._json(table, batches)
        covered = Counter(self.redactor.covered)
        self._tables(self._from_the_first(rows))
        if self.attached:
            self._attachments(self._from_the_first(rows))
        self.redactor.covered = covered

    def _from_the_first(self, rows: Reading) -> Iterator[tuple[str, Iterator[list[Row]]]]:
        self.redactor.begin()
        return _runs(rows(None))

    def _json(self, table: str, batches: Iterator[list[Row]]) -> None:
        system, _, name = table.partition("/")
        stem = self.names.take(f"data/{_folder(system)}", name)
        run = _Run(table, stem, says=self.contents.table(table))
        self.runs.append(run)
        schema = f"schema/{stem.removeprefix('data/')}.schema.json"
        head = {"@context": context(run.says.columns.values()), "system": system, "table": name}
        said: dict[str, Any] = {"schema": schema, "about": f"{system}, {name}"}
        with self.entry(f"{stem}.json", "application/json", **said) as write:
            write(orjson.dumps(head)[:-1] + b',"rows":[')
            between = b"\n"
            for batch in batches:
                self._prepared(run, batch)
                write(between + _dumped(batch)[1:-1])
                between = b",\n"
            write(b"\n]}\n")
        self.files[-1] = replace(self.files[-1], rows=run.seen.rows)
        self.json(schema, table_schema(f"{stem}.json", system, name, run.seen, run.says.columns))

    def _prepared(self, run: _Run, batch: list[Row]) -> None:
        """Cover, put files aside, count, and keep what a page shows."""
        found = self.redactor.cover(run.table, batch)
        run.seen.take(len(batch), found)
        for name, place, data in _files(found):
            batch[place][name] = self._attach(run, data)
        for row in batch[: SHOWN - len(run.shown)] if len(run.shown) < SHOWN and self.room > 0 else ():
            cells = [_cell(row.get(name)) for name in run.seen.columns]
            self.room -= sum(len(cell) for cell in cells if isinstance(cell, str))
            run.shown.append(cells)

    def _attach(self, run: _Run, data: bytes) -> _Pointer:
        ending, media = _form(data)
        path = self.names.take(f"attachments/{_folder(run.system)}", f"{run.table.partition('/')[2]}-{len(self.attached) + 1}", f".{ending}")
        found = _Attached(path, len(data), hashlib.sha256(data).hexdigest(), media.startswith("image/"))
        self.attached.append(found)
        return _Pointer(file=path, size=found.size, sha256=found.digest)

    def _tables(self, runs: Iterator[tuple[str, Iterator[list[Row]]]]) -> None:
        """The same rows for spreadsheets."""
        place, attached = 0, iter(self.attached)
        for table, batches in runs:
            run, place = self.runs[place], place + 1
            columns = list(run.seen.columns)
            with self.entry(f"{run.stem}.csv", "text/csv", rows=run.seen.rows, about=f"{run.system}, {table.partition('/')[2]}") as write:
                text = io.StringIO(newline="")
                writer = csv.writer(text)
                text.write("\ufeff")
                writer.writerow(map(harmless, columns))
                for batch in batches:
                    found = self.redactor.cover(table, batch)
                    for name, row, _ in _files(found):
                        found[name][row] = next(attached).path
                    nothing: list[Any] = [None] * len(batch)
                    writer.writerows(zip(*(_flat(found[name]) if name in found else nothing for name in columns), strict=True))
                    write(text.getvalue().encode("utf-8", "replace"))
                    text.seek(0)
                    text.truncate()
                write(text.getvalue().encode("utf-8", "replace"))

    def _attachments(self, runs: Iterator[tuple[str, Iterator[list[Row]]]]) -> None:
        left = iter(self.attached)
        for table, batches in runs:
            for batch in batches:
                for _, _, data in _files(self.redactor.cover(table, batch)):
                    with self.entry(next(left).path, _form(data)[1], packed=False) as write:
                        write(data)

    # ------------------------------------------------------------------------------------------------------- pages

    def pages(self) -> None:
        """What people read, and what tells machines of the whole."""
        told, tongue = self.contents, self.contents.tongue
        categories = frozenset(
            (run.system, column.category) for run in self.runs for name, kinds in run.seen.columns.items()
            if kinds != {type(None)} and (column := run.says.columns.get(name)) is not None and column.category
        )  # fmt: skip
        counted: Counter[str] = Counter()
        for run in self.runs:
            counted[run.system] += run.seen.rows
        lines = self._track()
        common: dict[str, Any] = {"told": told, "mark": MARK, "tracked": lines}
        paths = {one.name: self.names.take("systems", one.name, ".html") for one in told.systems if counted[one.name] or one.searched}
        for one in told.systems:
            if one.name in paths:
                runs = [run for run in self.runs if run.system == one.name]
                self._page(paths[one.name], "person_system.html", system=one, runs=runs, count=counted[one.name],
                           covered=self._covered(one.name), up="../", Column=Column, **common)  # fmt: skip
        self.file("why.html", "text/html", told.why(categories))
        self._page("index.html", "person_index.html", paths=paths, counted=counted, total=sum(counted.values()), covered=self._covered(),
                   files=len(self.attached), up="", **common)  # fmt: skip
        self.file("about.json", "application/ld+json", told.about(categories), schema="schema/about.schema.json")
        self.json("schema/about.schema.json", _ABOUT_SCHEMA)
        self.json("schema/track.schema.json", TRACK_SCHEMA)
        self.json("schema/manifest.schema.json", MANIFEST_SCHEMA)
        self.json("manifest.json", manifest(self.files, {
            "request": told.request, "package": told.package, "made": f"{told.made:%Y-%m-%dT%H:%M:%SZ}", "language": tongue.language,
            "controller": told.controller, "systems": [_system_json(one, counted[one.name], tongue) for one in told.systems],
            "covered": [{"table": table, "column": column, "why": str(why), "count": count} for (table, column, why), count in sorted(self.redactor.covered.items())],
            "csv": "UTF-8 with a byte order mark; an apostrophe stands before text that a spreadsheet would take for a formula",
        }))  # fmt: skip
        self.zip.close()

    def _track(self) -> int:
        """The track record for machines and for people; how many lines it has."""
        count, shown = 0, list[tuple[Any, ...]]()
        with self.entry("track.json", "application/json", schema="schema/track.schema.json") as write:
            between = b'{"items":[\n'
            for event, kind, actor, parts in self.contents.track():
                write(between + orjson.dumps(event))
                between, count = b",\n", count + 1
                if len(shown) < SHOWN_TRACK:
                    shown.append((read_stamp(event["at"]), kind, actor, parts))
            write(b"\n]}\n" if count else b'{"items":[]}\n')
        self._page("track.html", "person_track.html", told=self.contents, shown=shown, tracked=count, up="")
        return count

    def _page(self, path: str, template: str, **values: Any) -> None:
        self.file(path, "text/html", guarded(fill(template, self.contents.tongue, **values)))

    def _covered(self, system: str = "") -> dict[Why, int]:
        found: dict[Why, int] = {}
        for (table, _, why), count in sorted(self.redactor.covered.items()):
            if not system or table.partition("/")[0] == system:
                found[why] = found.get(why, 0) + count
        return found


def write_person_package(out: Out, contents: Contents, redactor: Redactor, rows: Reading) -> int:
    """Write the whole package to `out`; how many rows are in it.

    `rows` gives the same rows each time it is called, as `system/table` and row, or those of some tables; it is called up to four times, so
    that nothing of them need be kept. What is another person's is covered by `redactor`.
    """
    package = _Package(out, contents, redactor)
    package.machine(rows)
    package.pages()
    return sum(run.seen.rows for run in package.runs)


def guarded(html: str) -> bytes:
    """A page of a package: its policy lets its own style sheets and the pictures beside it pass, and nothing else (CSP 3)."""
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)[:1]
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles)
    return html.replace("STYLE-HASHES", hashes, 1).encode("utf-8", "replace")


# ------------------------------------------------------------------------------------------------------------- values


def _runs(rows: Iterator[tuple[str, Row]]) -> Iterator[tuple[str, Iterator[list[Row]]]]:
    """Rows of one table that come after each other, in batches."""
    for table, group in groupby(rows, itemgetter(0)):
        yield table if "/" in table else f"{table}/{ANSWERS}", _batches(group)


def _batches(group: Iterable[tuple[str, Row]]) -> Iterator[list[Row]]:
    left = iter(group)
    while batch := [row for _, row in islice(left, BATCH)]:
        yield batch


def _folder(system: str) -> str:
    return Names().take("", system)


def _dumped(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # a number of more than 64 bits, or half a character
        return json.dumps(value, separators=(",", ":")).encode()


def _files(found: Mapping[str, list[Any]]) -> Iterator[tuple[str, int, bytes]]:
    """The values of a batch that are files, column by column: column, place of the row, bytes. Each reading meets them in this order."""
    for name, values in found.items():
        if dict in set(map(type, values)):
            for place, value in enumerate(values):
                data = _file(value)
                if data is not None:
                    yield name, place, data


def _file(value: object) -> bytes | None:
    """The bytes of a value that is a file, as a search writes bytes; JSON that only looks like one is data as any other."""
    if type(value) is not dict or value.keys() != {"base64"} or type(value["base64"]) is not str:
        return None
    try:
        return base64.b64decode(value["base64"], validate=True)
    except ValueError:
        return None


def _form(data: bytes) -> tuple[str, str]:
    """The ending and media type of a file, from its first bytes; what nobody knows gets no ending that a program opens."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp", "image/webp"
    return next(((ending, media) for magic, ending, media in _MAGIC if data.startswith(magic)), ("bin", "application/octet-stream"))


def _cell(value: object) -> Any:
    """A value as a page shows it: text cut to its length, a file by where it lies."""
    if value is None or value is True or value is False:
        return value
    if type(value) is _Pointer:
        return value
    text = value if isinstance(value, str) else _dumped(value).decode() if isinstance(value, dict | list) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _flat(values: list[Any]) -> list[Any]:
    """The values of a column as cells of a spreadsheet."""
    kinds = set(map(type, values))
    if kinds <= _PLAIN:
        return values
    if kinds == {str}:
        return [value if value[:1] not in SUSPECT else harmless(value) for value in values]
    return [_flat_one(value) for value in values]


def _flat_one(value: Any) -> Any:
    if isinstance(value, str):
        return harmless(value)
    if value is True or value is False:
        return "true" if value else "false"
    return harmless(_dumped(value).decode()) if isinstance(value, dict | list) else value


def _system_json(one: SystemSays, rows: int, tongue: Tongue) -> dict[str, Any]:
    held: dict[str, Any] = {
        "system": one.name, "title": one.title, "state": one.state, "country": one.country, "place": one.place, "attested": one.attested, "rows": rows,
        "trouble": [message.render(tongue) for message in one.trouble],
    }  # fmt: skip
    return {name: value for name, value in held.items() if value or name == "rows"}


_ABOUT_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:janji:package:about.json",
    "title": "Why the data are held, by whom they are received, where, and for how long (DPV 2, JSON-LD)", "type": "object",
    "required": ["@context", "@type"],
}  # fmt: skip
