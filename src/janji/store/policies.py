"""Published policy versions: each whole and immutable, with the layout that stored rows are read by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from janji.decision.question import WORD_BITS
from janji.store.database import Statement, connection, translated_errors
from janji.store.models import NoticeJob, PublishedPolicy

LOCK = 0x6A616E6A70
"""The advisory lock of those who publish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One published version. `files` are names to texts, `first` among them is read first; `layout` its keys in order."""

    number: int
    policy: str
    version: str
    digest: str
    files: dict[str, str]
    layout: tuple[str, ...]
    effective: date
    published: datetime
    event: UUID


def latest() -> PolicyRow | None:
    """The version published last; `None` when none ever was."""
    row = PublishedPolicy.objects.order_by("-number").first()
    return None if row is None else _value(row)


_NEWEST = Statement("janji_newest_policy", "SELECT max(number) FROM published_policy")


def newest() -> int | None:
    """The number of the version published last; `None` when none ever was. Not inside a transaction."""
    number = _NEWEST.run([])[0][0]
    return None if number is None else int.from_bytes(number, "big", signed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A published version as a list names it: without its files; `material` is whether people had to be told before."""

    number: int
    policy: str
    version: str
    digest: str
    effective: date
    published: datetime
    event: UUID
    material: bool


def listed(below: int, size: int) -> tuple[Listed, ...]:
    """At most `size` published versions with a number below `below`, the newest first."""
    with translated_errors():
        rows = connection().execute(
            "SELECT p.number, p.policy, p.version, p.digest, p.effective, p.published, p.event,"
            " coalesce((convert_from(e.body, 'UTF8')::jsonb #>> '{details,material}')::bool, false)"
            " FROM published_policy p LEFT JOIN event e ON e.id = p.event WHERE p.number < %s ORDER BY p.number DESC LIMIT %s",
            [below, size],
        ).fetchall()
    names = ("number", "policy", "version", "digest", "effective", "published", "event", "material")
    return tuple(Listed(**dict(zip(names, row, strict=True))) for row in rows)


def by_digest(digest: str) -> PolicyRow | None:
    """The version that events name by this digest; `None` when there is none."""
    row = PublishedPolicy.objects.filter(digest=digest).order_by("number").first()
    return None if row is None else _value(row)


def _value(row: PublishedPolicy) -> PolicyRow:
    return PolicyRow(
        number=row.number, policy=row.policy, version=row.version, digest=row.digest, files=row.files,
        layout=tuple(row.layout), effective=row.effective, published=row.published, event=row.event,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """The duty to tell people of a change from the version with digest `old` to `new`; `evidence` is a SHA-256."""

    id: UUID
    old: str
    new: str
    opened: datetime
    people: int
    done: datetime | None = None
    evidence: str = ""


def lock_publishing() -> None:
    """Be the only one who publishes or opens a notice job until the transaction ends."""
    with translated_errors():
        connection().execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def versions() -> tuple[PolicyRow, ...]:
    """Every published version, the newest first."""
    with translated_errors():
        return tuple(map(_value, PublishedPolicy.objects.order_by("-number")))


def version(number: int) -> PolicyRow | None:
    """One published version; `None` when there is none of that number."""
    with translated_errors():
        row = PublishedPolicy.objects.filter(number=number).first()
    return None if row is None else _value(row)


def insert(row: PolicyRow) -> None:
    """Store a version; raises `Conflict` when its number or its digest is taken."""
    with translated_errors():
        PublishedPolicy(
            number=row.number, policy=row.policy, version=row.version, digest=row.digest, files=row.files,
            layout=list(row.layout), effective=row.effective, published=row.published, event=row.event,
        ).save(force_insert=True)  # fmt: skip


def insert_notice(row: NoticeRow) -> None:
    """Store a notice job that was opened."""
    with translated_errors():
        NoticeJob(id=row.id, old=row.old, new=row.new, opened=row.opened, people=row.people).save(force_insert=True)


def finish_notice(id: UUID, at: datetime, evidence: str) -> bool:
    """Close an open notice job; `False` when it is not there or closed already."""
    with translated_errors():
        return NoticeJob.objects.filter(id=id, done=None).update(done=at, evidence=evidence) == 1


def notice(id: UUID) -> NoticeRow | None:
    """A notice job by its id."""
    with translated_errors():
        row = NoticeJob.objects.filter(id=id).first()
    return None if row is None else _notice(row)


def notice_between(old: str, new: str) -> NoticeRow | None:
    """The notice job for the change between these two digests, if one was opened."""
    with translated_errors():
        row = NoticeJob.objects.filter(old=old, new=new).order_by("opened").first()
    return None if row is None else _notice(row)


def count_people(mask: int | None) -> int:
    """How many people on record have some entry of `mask` set; everybody on record for `None`."""
    statement = "SELECT count(*) FROM subject s"
    if mask is not None:
        statement += f" JOIN standing t ON t.subject = s.pseudonym AND ({_some(mask)})"
    with translated_errors():
        return int(_one(statement + " WHERE s.state = 'active'")[0])


def count_each(masks: Sequence[int | None]) -> tuple[int, ...]:
    """How many people on record have some entry set, for each of several masks, in one look; everybody for `None`."""
    if not masks:
        return ()
    counts = ", ".join("count(*)" if mask is None else f"count(*) FILTER (WHERE {_some(mask)})" for mask in masks)
    with translated_errors():
        return tuple(map(int, _one(f"SELECT {counts} FROM subject s LEFT JOIN standing t ON t.subject = s.pseudonym WHERE s.state = 'active'")))


def _some(mask: int) -> str:
    """That a row of the standing has some entry of `mask` set."""
    return " OR ".join(f"t.w{index} & {part} <> 0" for index, part in _words(mask) if part) or "false"


def people_with(mask: int, after: UUID, size: int) -> tuple[UUID, ...]:
    """At most `size` people on record, by id and after `after`, who have some entry of `mask` set."""
    statement = (
        "SELECT s.id FROM subject s JOIN standing t ON t.subject = s.pseudonym"
        f" WHERE s.state = 'active' AND s.id > %s AND ({_some(mask)}) ORDER BY s.id LIMIT %s"
    )
    with translated_errors():
        return tuple(row[0] for row in connection().execute(statement.encode(), [after, size]))


def _words(mask: int) -> Iterator[tuple[int, int]]:
    index = 0
    while mask:
        yield index, mask & (1 << WORD_BITS) - 1
        mask >>= WORD_BITS
        index += 1


def _one(statement: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
    return next(iter(connection().execute(statement.encode(), values)))


def _notice(row: NoticeJob) -> NoticeRow:
    return NoticeRow(
        id=row.id, old=row.old, new=row.new, opened=row.opened, people=row.people, done=row.done, evidence=row.evidence
    )
