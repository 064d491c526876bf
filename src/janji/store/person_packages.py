"""What is handed to people who asked for their data, as stored: where each lies under seal, and how often its link was tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from janji.store.database import fetch, run


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverRow:
    """One row; the fields are those of `request_models.PersonPackage`. `code` is a keyed digest."""

    id: UUID
    package: UUID
    subject: UUID
    language: str
    made: datetime
    until: datetime
    file: UUID
    size: int
    rows: int
    link: int = 0
    code: bytes = field(default=b"", repr=False)
    wrong: int = 0
    starts: int = 0
    handed: datetime | None = None
    ended: datetime | None = None


_COLUMNS = tuple(one.name for one in fields(HandoverRow))
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_SELECT = f"SELECT {_NAMES} FROM person_package"


def insert(rows: Sequence[HandoverRow]) -> set[UUID]:
    """Store new rows; those whose id is there already are left alone. The files of those that are new."""
    if not rows:
        return set()
    values = ", ".join([f"({', '.join(['%s'] * len(_COLUMNS))})"] * len(rows))
    flat = [getattr(row, name) for row in rows for name in _COLUMNS]
    return {one[0] for one in fetch(f"INSERT INTO person_package ({_NAMES}) VALUES {values} ON CONFLICT (id) DO NOTHING RETURNING file", *flat)}


def rows(ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, HandoverRow]:
    """These rows, in the order of their ids; with `lock`, nobody else changes them until the transaction ends."""
    return _by_id(f"{_SELECT} WHERE id = ANY(%s) ORDER BY id{' FOR UPDATE' if lock else ''}", list(ids))


def write(row: HandoverRow) -> None:
    """Store how one is now."""
    run(
        "UPDATE person_package SET link = %s, code = %s, wrong = %s, starts = %s, handed = %s, ended = %s WHERE id = %s",
        row.link, row.code, row.wrong, row.starts, row.handed, row.ended, row.id,
    )  # fmt: skip


def over(now: datetime, size: int) -> tuple[HandoverRow, ...]:
    """Up to `size` of those whose time is over and whose key is there still."""
    return tuple(_by_id(f"{_SELECT} WHERE ended IS NULL AND until <= %s ORDER BY until LIMIT %s", now, size).values())


def known_files(files: Iterable[UUID]) -> set[UUID]:
    """Those of these names of files that belong to a row whose key is there."""
    return {row[0] for row in fetch("SELECT file FROM person_package WHERE file = ANY(%s) AND ended IS NULL", list(files))}


def _by_id(statement: str, *values: Any) -> dict[UUID, HandoverRow]:
    found = {}
    for row in fetch(statement, *values):
        held = dict(zip(_COLUMNS, row, strict=True))
        found[held["id"]] = HandoverRow(**{**held, "code": bytes(held["code"])})
    return found
