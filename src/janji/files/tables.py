"""Tables in files: CSV in the encodings that offices write, and the sheets of a workbook, guarded against bombs."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from janji.documents.tree import MAX_BYTES
from janji.errors import Invalid
from janji.files.reading import read_file
from janji.importer.columns import Table
from janji.terms.messages import N_, Message, printable, say

MAX_ROWS = 100_000
MAX_COLUMNS = 500
MAX_CELL = 32_767
"""What a cell of a spreadsheet can hold, in characters."""
MAX_UNPACKED = 256 * 1024 * 1024
MAX_PARTS = 2_000
DELIMITERS = (";", ",", "\t")
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")

_SPACES = str.maketrans({"\t": " ", "\u00a0": " ", "\u202f": " ", "\u200b": None, "\ufeff": None, "\u00ad": None})


def read_csv(path: Path, data: bytes | None = None) -> tuple[Table, str]:
    """The table in a CSV file and the encoding it was read in; the delimiter is found by itself.

    Of a file that was sent, `data` are its bytes, and `path` is what it is called.

    UTF-8 with or without a mark, UTF-16 with one, else Windows-1252. Raises `Invalid` when it is no such table.
    """
    text, encoding = _decoded(path, _bytes(path) if data is None else data)
    lines = io.StringIO(text, newline="")
    delimiter = _delimiter(text)
    csv.field_size_limit(MAX_CELL * 4)
    rows: list[tuple[str, ...]] = []
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            _limited(path, len(rows), len(row))
            rows.append(tuple(_clean(cell) for cell in row))
    except csv.Error as error:
        raise Invalid(
            say(N_("`{path}` is not a CSV table: {problem}"), path=path, problem=error),
            say(N_("look at quotation marks that are not closed; save the table again as CSV in UTF-8")),
        ) from None
    return _table(path, str(path), rows), encoding


def read_sheet(path: Path, sheet: str | None = None, data: bytes | None = None) -> Table:
    """The table in one sheet of an XLSX workbook, the first one when none is named. Raises `Invalid` for anything else.

    Of a file that was sent, `data` are its bytes, and `path` is what it is called.
    """
    book = open_book(path, read_only=True, data=data)
    try:
        named = {worksheet.title: worksheet for worksheet in book.worksheets}
        if not named or (sheet is not None and sheet not in named):
            words = ", ".join(f"`{name}`" for name in named) or "-"
            raise Invalid(say(N_("`{path}` has no sheet `{sheet}`"), path=path, sheet=sheet),
                          say(N_("known here: {words}"), words=words))  # fmt: skip
        worksheet = named[sheet] if sheet is not None else book.worksheets[0]
        rows: list[tuple[str, ...]] = []
        for row in _rows(path, worksheet):
            _limited(path, len(rows), len(row))
            rows.append(row)
        return _table(path, f"{path} [{worksheet.title}]", rows)
    finally:
        book.close()


def open_book(path: Path, *, read_only: bool, data: bytes | None = None) -> Any:
    """An XLSX workbook, opened only after its parts were weighed. Raises `Invalid` when it is none, or too large."""
    data = _bytes(path) if data is None else data
    if data.startswith(bytes.fromhex("d0cf11e0a1b11ae1")):
        raise _not_book(path, say(N_("it is encrypted, or written in the old format XLS")),
                        say(N_("open it, take the password off, and save it as XLSX")))  # fmt: skip
    from openpyxl import load_workbook

    try:
        problem = _too_much(data)
        if problem is None:
            return load_workbook(io.BytesIO(data), read_only=read_only, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parts raise: KeyError, ValueError, BadZipFile, ...
        raise _not_book(path, say(N_("it cannot be understood ({problem})"), problem=type(error).__name__),
                        say(N_("open it in a spreadsheet program and save it again as XLSX"))) from None  # fmt: skip
    raise _not_book(path, *problem)


def _too_much(data: bytes) -> tuple[Message, Message] | None:
    """What speaks against unpacking a workbook, and what to do; nothing when its parts can be read safely."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            limit = say(N_("unpacked it would be larger than {limit} MiB"), limit=MAX_UNPACKED // 1024 // 1024)
            return limit, say(N_("save the sheet that is needed as a workbook of its own"))
        for part in parts:
            with archive.open(part) as opened:
                if b"<!DOCTYPE" in opened.read(4096):
                    return (
                        say(N_("it defines entities, which no spreadsheet program writes")),
                        say(N_("open it in a spreadsheet program and save it again")),
                    )
    return None


def cell_value(value: object) -> str:
    """What a cell holds as text, every character as it is; whole numbers without a point, days as ISO 8601 writes them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _rows(path: Path, worksheet: Any) -> Iterator[tuple[str, ...]]:
    try:
        worksheet.reset_dimensions()
        for row in worksheet.iter_rows(max_row=MAX_ROWS + 2):
            cells = [_value(path, cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            yield tuple(cells)
    except Invalid:
        raise
    except Exception as error:  # a damaged part shows only when it is read
        raise _not_book(path, say(N_("it cannot be understood ({problem})"), problem=type(error).__name__),
                        say(N_("open it in a spreadsheet program and save it again as XLSX"))) from None  # fmt: skip


def _value(path: Path, cell: Any) -> str:
    if cell.data_type == "f":
        raise formula(path, cell.coordinate)
    return _clean(cell_value(cell.value))


def formula(path: Path, cell: str) -> Invalid:
    """The error for a cell with a formula, whose value is what a program last thought."""
    return Invalid(
        say(N_("cell {cell} of `{path}` holds a formula"), cell=cell, path=path),
        say(N_("copy the cells and paste them as values")),
    )


def _table(path: Path, name: str, rows: list[tuple[str, ...]]) -> Table:
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise Invalid(say(N_("there is nothing in `{path}`"), path=path), say(N_("name a table with headings and rows")))
    return Table(name, tuple(rows))


def _bytes(path: Path) -> bytes:
    data = read_file(path)
    if len(data) > MAX_BYTES:
        raise Invalid(
            say(N_("`{path}` is larger than {limit} MiB"), path=path, limit=MAX_BYTES // 1024 // 1024),
            say(N_("split it into several files")),
        )
    return data


def _decoded(path: Path, data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace"), "UTF-16"
    if data.startswith(b"PK\x03\x04") or b"\x00" in data:
        raise Invalid(
            say(N_("`{path}` is not a CSV table: {problem}"), path=path, problem="NUL"),
            say(N_("a workbook is read with `--from xlsx`")),
        )
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "Windows-1252"


def _delimiter(text: str) -> str:
    """What parts the most lines alike: the delimiter under which the first rows have the most cells."""
    counts = {}
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=delimiter)
        widths: list[int] = []
        try:
            for row in reader:
                widths.append(len(row))
                if len(widths) == 20:
                    break
        except csv.Error:
            pass
        counts[delimiter] = sum(min(width, 50) - 1 for width in widths if width == max(widths))
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def _limited(path: Path, rows: int, columns: int) -> None:
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        raise Invalid(
            say(N_("`{path}` has more than {rows} rows or {columns} columns"), path=path, rows=MAX_ROWS, columns=MAX_COLUMNS),
            say(N_("split it into several files")),
        )


def _clean(text: str) -> str:
    """A cell without control characters and with plain line ends."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SPACES)
    return printable(_BAD.sub(" ", text))


def _not_book(path: Path, problem: Message, help: Message) -> Invalid:
    return Invalid(say(N_("`{path}` is not a workbook that can be read: {problem}"), path=path, problem=problem), help)
