"""People in the store: subjects, identifiers with their blind indices, joins, guardians, and the tasks about them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from janji.people.guardians import LinkState, Relation
from janji.people.identifiers import KINDS, IdentifierKind
from janji.people.identity import Join, Node
from janji.store.database import fetch, run

ACTIVE, MERGED, FORGOTTEN = "active", "merged", "forgotten"
FORGETTING = "forget"
"""The kind of task that is open as long as a forgetting is unfinished."""


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A person as stored. `communication` is sealed with the content key (bound to the row of the person), or empty."""

    id: UUID
    pseudonym: bytes
    state: str = ACTIVE
    into: UUID | None = None
    asserted_by: UUID | None = None
    communication: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    """An identifier as stored: its blind index (32 bytes), and itself sealed with the content key of `subject`."""

    id: UUID
    subject: UUID
    kind: IdentifierKind
    index: bytes
    sealed: bytes = field(repr=False)
    verified: bool = False
    link: UUID | None = None

    @property
    def node(self) -> Node:
        """The identifier in the identity graph."""
        return Node(id=self.id, kind=self.kind, subject=self.subject, verified=self.verified, link=self.link)


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """A guardian of a ward; `evidence` is sealed with the ward's evidence key."""

    id: UUID
    ward: UUID
    guardian: UUID
    relation: Relation
    state: LinkState
    event: UUID
    evidence: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Work with a clock: codes and references, nothing personal."""

    id: UUID
    kind: str
    subject: UUID | None
    opened: datetime
    due: datetime | None = None
    closed: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)


# ----------------------------------------------------------------------------------------------------------- subjects


def insert_subjects(rows: Sequence[SubjectRow]) -> None:
    """Store new people, by one statement, each with a standing that says nothing yet: who is on record can be asked for."""
    run(
        'WITH new AS (INSERT INTO subject (id, pseudonym, state, "into", asserted_by, communication)'
        " SELECT id, pseudonym, 'active', NULL, asserted_by, '' FROM unnest(%s::uuid[], %s::bytea[], %s::uuid[])"
        " AS new (id, pseudonym, asserted_by) RETURNING pseudonym)"
        " INSERT INTO standing (subject, version, layout) SELECT pseudonym, 0, 0 FROM new ORDER BY pseudonym",
        [row.id for row in rows], [row.pseudonym for row in rows], [row.asserted_by for row in rows],
    )  # fmt: skip


_SUBJECT = 'SELECT id, pseudonym, state, "into", asserted_by, communication FROM subject'


def subjects(ids: Iterable[UUID]) -> dict[UUID, SubjectRow]:
    """People by their ids; who is not there is left out."""
    return {row.id: row for row in _subjects(_SUBJECT + " WHERE id = ANY(%s)", list(ids))}


def by_pseudonym(pseudonym: bytes) -> SubjectRow | None:
    """The person of a pseudonym."""
    return next(iter(_subjects(_SUBJECT + " WHERE pseudonym = %s", pseudonym)), None)


def family(subject: UUID) -> tuple[UUID, ...]:
    """A person and everybody who was merged into them, and into those, in order of id."""
    rows = fetch(
        "WITH RECURSIVE family AS (SELECT %s::uuid AS id UNION SELECT subject.id FROM subject JOIN family"
        ' ON subject."into" = family.id) SELECT id FROM family ORDER BY id',
        subject,
    )
    return tuple(row[0] for row in rows)


def families(subjects: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Of several people by one statement: each of them with themselves and everybody in their `family`."""
    return [(whose, member) for whose, member in fetch(
        "WITH RECURSIVE family AS (SELECT id AS whose, id FROM unnest(%s::uuid[]) AS id UNION SELECT family.whose, subject.id FROM subject JOIN family"
        ' ON subject."into" = family.id) SELECT whose, id FROM family',
        list(subjects),
    )]  # fmt: skip


def set_state(subject: UUID, state: str, into: UUID | None = None) -> None:
    """Change what a person is in the store; `into` is the survivor of a merge."""
    run('UPDATE subject SET state = %s, "into" = %s WHERE id = %s', state, into, subject)


def set_asserted_by(subject: UUID, speaker: UUID | None) -> None:
    """Who spoke of a person; nobody, once they spoke themselves."""
    run("UPDATE subject SET asserted_by = %s WHERE id = %s", speaker, subject)


def set_communication(subject: UUID, sealed: bytes) -> None:
    """The form of communication asked for, sealed; empty for none."""
    run("UPDATE subject SET communication = %s WHERE id = %s", sealed.hex(), subject)


def of_age(number: int) -> tuple[UUID, ...]:
    """Children, as their rows say, whose month of birth ended on or before the day `yyyymmdd`."""
    return tuple(
        row[0]
        for row in fetch(
            "SELECT subject.id FROM standing JOIN subject ON subject.pseudonym = standing.subject"
            " WHERE born <= %s AND subject.state = 'active' ORDER BY subject.id",
            number,
        )
    )


# -------------------------------------------------------------------------------------------------------- identifiers


def find(kinds: Sequence[str], indices: Sequence[bytes]) -> dict[tuple[str, bytes], UUID]:
    """Who has these identifiers, by kind and blind index, by one statement; unknown ones are left out."""
    rows = fetch(
        'SELECT i.kind, i."index", i.subject FROM identifier i'
        ' JOIN unnest(%s::text[], %s::bytea[]) AS asked (k, x) ON i.kind = asked.k AND i."index" = asked.x',
        list(kinds), list(indices),
    )  # fmt: skip
    return {(row[0], bytes(row[1])): row[2] for row in rows}


def insert_identifiers(rows: Sequence[IdentifierRow]) -> frozenset[UUID]:
    """Store identifiers, in the order of their indices; gives the ids of those stored: others have an owner already."""
    held = sorted(rows, key=lambda row: (row.kind, row.index))
    found = fetch(
        'INSERT INTO identifier (id, subject, kind, "index", sealed, verified, link)'
        " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bytea[], %s::bytea[], %s::bool[], %s::uuid[])"
        ' ON CONFLICT (kind, "index") DO NOTHING RETURNING id',
        [row.id for row in held], [row.subject for row in held], [str(row.kind) for row in held],
        [row.index for row in held], [row.sealed for row in held], [row.verified for row in held],
        [row.link for row in held],
    )  # fmt: skip
    return frozenset(row[0] for row in found)


def identifiers(people: Iterable[UUID]) -> tuple[IdentifierRow, ...]:
    """The identifiers of people, in order of kind and id."""
    rows = fetch(
        'SELECT id, subject, kind, "index", sealed, verified, link FROM identifier WHERE subject = ANY(%s) ORDER BY kind, id',
        list(people),
    )
    return tuple(
        IdentifierRow(row[0], row[1], KINDS[row[2]], bytes(row[3]), bytes(row[4]), row[5], row[6]) for row in rows
    )


def move_identifiers(rows: Sequence[IdentifierRow]) -> None:
    """Give identifiers another owner: subject, sealed value and link are those of the rows given."""
    run(
        "UPDATE identifier SET subject = new.subject, sealed = new.sealed, link = new.link"
        " FROM unnest(%s::uuid[], %s::uuid[], %s::bytea[], %s::uuid[]) AS new (id, subject, sealed, link)"
        " WHERE identifier.id = new.id",
        [row.id for row in rows], [row.subject for row in rows], [row.sealed for row in rows], [row.link for row in rows],
    )  # fmt: skip


def verify_identifiers(subject: UUID) -> None:
    """Note that a person has shown to have these identifiers."""
    run("UPDATE identifier SET verified = true WHERE subject = %s", subject)


def delete_identifier(id: UUID) -> None:
    """Delete an identifier with its blind index."""
    run("DELETE FROM identifier WHERE id = %s", id)


def withdraw_subjects(ids: Sequence[UUID]) -> None:
    """Take back people stored in this same transaction whose identifier turned out to have an owner."""
    run("DELETE FROM standing USING subject WHERE standing.subject = pseudonym AND id = ANY(%s)", list(ids))
    run("DELETE FROM subject_key WHERE subject = ANY(%s)", list(ids))
    run("DELETE FROM subject WHERE id = ANY(%s)", list(ids))


# -------------------------------------------------------------------------------------------------------------- joins


def insert_join(join: Join) -> None:
    """Store a join."""
    run(
        "INSERT INTO link (id, source, target, purpose, basis, event) VALUES (%s, %s, %s, %s, %s, %s)",
        join.id, join.source, join.target, join.purpose, join.basis, join.event,
    )  # fmt: skip


def joins(people: Iterable[UUID]) -> tuple[Join, ...]:
    """The joins from or to these people, undone ones too, in order of id."""
    asked = list(people)
    return _joins(_JOIN + " WHERE target = ANY(%s) OR source = ANY(%s) ORDER BY id", asked, asked)


def join(id: UUID) -> Join | None:
    """One join."""
    return next(iter(_joins(_JOIN + " WHERE id = %s", id)), None)


_JOIN = "SELECT id, source, target, purpose, basis, event, undone FROM link"


def _joins(statement: str, *values: object) -> tuple[Join, ...]:
    return tuple(
        Join(id=row[0], source=row[1], target=row[2], purpose=row[3], basis=row[4], event=row[5], undone=row[6])
        for row in fetch(statement, *values)
    )


def undo_joins(ids: Sequence[UUID], event: UUID) -> None:
    """Note which event undid these joins."""
    run("UPDATE link SET undone = %s WHERE id = ANY(%s) AND undone IS NULL", event, list(ids))


# ---------------------------------------------------------------------------------------------------------- guardians


def insert_guardian(row: GuardianRow) -> None:
    """Store a guardian."""
    run(
        "INSERT INTO guardian (id, ward, guardian, relation, state, evidence, event) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        row.id, row.ward, row.guardian, str(row.relation), str(row.state), row.evidence, row.event,
    )  # fmt: skip


_GUARDIAN = "SELECT id, ward, guardian, relation, state, event, evidence FROM guardian"


def guardian(id: UUID) -> GuardianRow | None:
    """One link to a guardian."""
    return next(iter(_guardians(_GUARDIAN + " WHERE id = %s", id)), None)


def guardians(people: Iterable[UUID]) -> tuple[GuardianRow, ...]:
    """The links in which these people are ward or guardian, in order of id."""
    asked = list(people)
    return tuple(_guardians(_GUARDIAN + " WHERE ward = ANY(%s) OR guardian = ANY(%s) ORDER BY id", asked, asked))


def set_guardian(id: UUID, state: LinkState, event: UUID, evidence: bytes | None = None) -> None:
    """How far a guardian is verified now, and by which event; evidence stays when none is given."""
    run(
        "UPDATE guardian SET state = %s, event = %s, evidence = coalesce(%s, evidence) WHERE id = %s",
        str(state), event, evidence, id,
    )  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- tasks


def open_task(task: TaskRow) -> None:
    """Store a task."""
    run(
        "INSERT INTO task (id, kind, subject, opened, due, details) VALUES (%s, %s, %s, %s, %s, %s)",
        task.id, task.kind, task.subject, task.opened, task.due, Jsonb(task.details),
    )  # fmt: skip


def open_many(tasks: Sequence[TaskRow]) -> None:
    """Store tasks, by one statement."""
    run(
        "INSERT INTO task (id, kind, subject, opened, due, details)"
        " SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::jsonb[])",
        [task.id for task in tasks], [task.kind for task in tasks], [task.subject for task in tasks], [task.opened for task in tasks],
        [task.due for task in tasks], [Jsonb(task.details) for task in tasks],
    )  # fmt: skip


def entangled(people: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these people into whom somebody was merged, who have joins, or about whom a task is open."""
    rows = fetch(
        'SELECT "into" FROM subject WHERE "into" = ANY(%s) UNION SELECT target FROM link WHERE target = ANY(%s)'
        ' UNION SELECT source FROM link WHERE source = ANY(%s) UNION SELECT subject FROM task WHERE closed IS NULL AND subject = ANY(%s)',
        *[list(people)] * 4,
    )
    return frozenset(row[0] for row in rows)


_TASK = "SELECT id, kind, subject, opened, due, closed, details::text FROM task WHERE closed IS NULL"


def open_tasks(people: Iterable[UUID], kind: str | None = None) -> tuple[TaskRow, ...]:
    """The open tasks about people, of one kind or of all, the most urgent first."""
    rows = fetch(
        _TASK + " AND subject = ANY(%s) AND (%s::text IS NULL OR kind = %s) ORDER BY due NULLS LAST, id",
        list(people), kind, kind,
    )  # fmt: skip
    return tuple(map(_task, rows))


def open_tasks_of_kind(kind: str, due: datetime | None = None) -> tuple[TaskRow, ...]:
    """The open tasks of a kind, those due by an instant if one is given, the most urgent first."""
    rows = fetch(
        _TASK + " AND kind = %s AND (%s::timestamptz IS NULL OR due <= %s) ORDER BY due NULLS LAST, id", kind, due, due
    )
    return tuple(map(_task, rows))


def waiting_tasks(size: int, after: tuple[datetime | None, UUID] | None = None, kind: str = "", but: Sequence[str] = ()) -> tuple[TaskRow, ...]:
    """Open tasks, what is due first and what has no clock last; of one kind where it is named, `but` those of some; `after` is the last of the page before."""
    due, id = after if after is not None else (None, None)
    rows = fetch(
        _TASK + " AND kind <> ALL(%s) AND (%s = '' OR kind = %s) AND (%s::uuid IS NULL OR (coalesce(due, 'infinity'), id) > (coalesce(%s::timestamptz, 'infinity'), %s))"
        " ORDER BY coalesce(due, 'infinity'), id LIMIT %s",
        list(but), kind, kind, id, due, id, size,
    )  # fmt: skip
    return tuple(map(_task, rows))


def waking_tasks(kind: str, now: datetime, most: int) -> tuple[TaskRow, ...]:
    """The open tasks of a kind that are to be looked at by an instant, as their `next` says, the most urgent first."""
    rows = fetch(
        _TASK + " AND kind = %s AND coalesce((details ->> 'next')::timestamptz, opened) <= %s ORDER BY due NULLS LAST, id LIMIT %s", kind, now, most
    )  # fmt: skip
    return tuple(map(_task, rows))


def task(id: UUID) -> TaskRow | None:
    """One open task."""
    return next((_task(row) for row in fetch(_TASK + " AND id = %s", id)), None)


def task_counts(now: datetime) -> dict[str, tuple[int, int]]:
    """How many tasks are open of each kind, and how many of them are late."""
    rows = fetch("SELECT kind, count(*), count(*) FILTER (WHERE due < %s) FROM task WHERE closed IS NULL GROUP BY kind", now)
    return {row[0]: (row[1], row[2]) for row in rows}


def note_tasks(ids: Sequence[UUID], details: Mapping[str, Any], drop: Sequence[str] = ()) -> None:
    """Keep more details with open tasks, and let go of some."""
    run("UPDATE task SET details = (details - %s::text[]) || %s WHERE id = ANY(%s) AND closed IS NULL", list(drop), Jsonb(dict(details)), list(ids))


def close_tasks(ids: Sequence[UUID], at: datetime) -> tuple[UUID, ...]:
    """Close tasks and give those that were open still."""
    rows = fetch("UPDATE task SET closed = %s WHERE id = ANY(%s) AND closed IS NULL RETURNING id", at, list(ids))
    return tuple(row[0] for row in rows)


def _task(row: tuple[Any, ...]) -> TaskRow:
    return TaskRow(row[0], row[1], row[2], row[3], row[4], row[5], json.loads(row[6]))




def _subjects(statement: str, *values: object) -> Iterable[SubjectRow]:
    return [
        SubjectRow(row[0], bytes(row[1]), row[2], row[3], row[4], bytes.fromhex(row[5]))
        for row in fetch(statement, *values)
    ]


def _guardians(statement: str, *values: object) -> Iterable[GuardianRow]:
    return [
        GuardianRow(row[0], row[1], row[2], Relation(row[3]), LinkState(row[4]), row[5], None if row[6] is None else bytes(row[6]))
        for row in fetch(statement, *values)
    ]
