"""CSV and JSON Lines written again record by record: what is not to go is copied byte for byte, as it stood."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from janji.datamap.catalogue import Sort

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of one row of a file: it goes, or some of its columns get another text (or none)."""

    row: int
    gone: bool
    values: Mapping[str, str | None]


def is_packed(path: Path) -> bool:
    """Whether a file is packed by gzip (RFC 1952 2.3.1), whatever its name is."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def opened(path: Path) -> IO[bytes]:
    """A file to read, unpacked where it is packed."""
    return cast("IO[bytes]", gzip.open(path, "rb")) if is_packed(path) else path.open("rb")


def packed(file: IO[bytes], like: Path) -> IO[bytes]:
    """What writes to a file, packed where another is, without the time or a name in it."""
    return cast("IO[bytes]", gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)) if is_packed(like) else file


def edit_csv(source: IO[bytes], target: IO[bytes], separator: str, columns: list[str], edits: Iterable[Edit]) -> int:
    """Copy a CSV file (RFC 4180, UTF-8, a line of names first) with its edits: how many rows it had."""
    records = _records(source, separator.encode())
    target.write(next(records, b""))
    single = len(columns) < 2

    def changed(record: bytes, values: Mapping[str, str | None]) -> bytes:
        fields = next(csv.reader([record.decode("utf-8")], delimiter=separator))
        fields += [""] * (len(columns) - len(fields))
        for name, value in values.items():
            fields[columns.index(name)] = "" if value is None else value
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator, lineterminator="").writerow(fields)
        return out.getvalue().encode("utf-8") + record[len(record.rstrip(b"\r\n")) :]

    return _copy((record for record in records if single or record.strip(b"\r\n")), target, edits, changed)


def edit_lines(source: IO[bytes], target: IO[bytes], sorts: Mapping[str, Sort], edits: Iterable[Edit]) -> int:
    """Copy a JSON Lines file with its edits: how many rows it had."""

    def changed(record: bytes, values: Mapping[str, str | None]) -> bytes:
        held: dict[str, Any] = json.loads(record)
        held |= {name: json_value(value, sorts.get(name, Sort.TEXT)) for name, value in values.items() if name in held}
        return json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + record[len(record.rstrip()) :]

    return _copy((line for line in source if line.strip()), target, edits, changed)


def json_value(text: str | None, sort: Sort) -> Any:
    """What a text is as a value of JSON, in a column of this sort."""
    if text is None or sort in (Sort.TEXT, Sort.DATE, Sort.INSTANT):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _copy(records: Iterable[bytes], target: IO[bytes], edits: Iterable[Edit], changed: Any) -> int:
    waiting = iter(edits)
    edit = next(waiting, None)
    count = 0
    for number, record in enumerate(records):
        count = number + 1
        if edit is None or edit.row != number:
            target.write(record)
            continue
        if not edit.gone:
            target.write(changed(record, edit.values))
        edit = next(waiting, None)
    return count


def _records(source: IO[bytes], separator: bytes) -> Iterator[bytes]:
    """The records of a CSV file: lines, or several where a quoted value goes over the end of one."""
    held = b""
    for line in source:
        start = len(BOM) if not held and line.startswith(BOM) else 0
        held += line
        if not _goes_on(held, separator, start):
            yield held
            held = b""
    if held:
        yield held


def _goes_on(record: bytes, separator: bytes, at: int) -> bool:
    """Whether a quoted value is still open at the end. A quote opens a value at its beginning only."""
    inside, start = False, at
    while (found := record.find(b'"', at)) >= 0:
        at = found + 1
        if inside:
            if record[at : at + 1] == b'"':
                at += 1
            else:
                inside = False
        elif found == start or record[found - 1 : found] in (separator, b"\n"):
            inside = True
    return inside
