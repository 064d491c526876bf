"""Long work as DBOS keeps it in its own schema: handed over within our transaction, looked up without loading DBOS."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from janji.store.database import connection, translated_errors

SCHEMA, QUEUE, APPLICATION = "dbos", "janji", "janji"


@dataclass(frozen=True, slots=True)
class JobRow:
    """One piece of long work: DBOS' word for its state, when it was handed over, and what its workflow returned."""

    id: UUID
    name: str
    status: str
    made: datetime
    output: Mapping[str, Any] | None


def is_ready() -> bool:
    """Whether a worker ever made DBOS' tables here: the queue is the last thing that it makes."""
    with translated_errors():
        made = connection().execute("SELECT to_regclass(%s) IS NOT NULL", [f"{SCHEMA}.queues"]).fetchone()
        if made is None or not made[0]:
            return False
        return connection().execute(f"SELECT 1 FROM {SCHEMA}.queues WHERE name = %s", [QUEUE]).fetchone() is not None


def enqueue(id: UUID, name: str, arguments: Mapping[str, str]) -> None:
    """Hand over a piece of work in the open transaction: it is there when that is committed, and only then."""
    with translated_errors():
        connection().execute(
            f"SELECT {SCHEMA}.enqueue_workflow(workflow_name => %s::text, queue_name => %s::text, named_args => %s::json,"
            " workflow_id => %s::text, application_name => %s::text)",
            [name, QUEUE, json.dumps(dict(arguments)), str(id), APPLICATION],
        )


_ROW = (
    f"SELECT w.workflow_uuid, w.name, w.status, w.created_at, o.output FROM {SCHEMA}.workflow_status w"
    f" LEFT JOIN {SCHEMA}.workflow_output o ON o.workflow_uuid = w.workflow_uuid WHERE w.application_name = '{APPLICATION}'"
)


def job(id: UUID) -> JobRow | None:
    """One piece of work; `None` when there is none of this id."""
    with translated_errors():
        row = connection().execute(f"{_ROW} AND w.workflow_uuid = %s", [str(id)]).fetchone()
        return None if row is None else _value(row)


def newest(most: int) -> tuple[JobRow, ...]:
    """The pieces of work handed over last, newest first."""
    with translated_errors():
        rows = connection().execute(f"{_ROW} ORDER BY w.created_at DESC, w.workflow_uuid DESC LIMIT %s", [most])
        return tuple(map(_value, rows))


def waiting() -> int:
    """How many pieces of work wait or are being done."""
    with translated_errors():
        row = connection().execute(
            f"SELECT count(*) FROM {SCHEMA}.workflow_status WHERE status IN ('ENQUEUED', 'PENDING') AND application_name = %s", [APPLICATION]
        ).fetchone()
        return int(row[0]) if row else 0


def left_by(living: Collection[int]) -> frozenset[str]:
    """The executors that began work and are none of these living workers."""
    with translated_errors():
        rows = connection().execute(
            f"SELECT DISTINCT executor_id FROM {SCHEMA}.workflow_status WHERE status = 'PENDING' AND executor_id <> ALL(%s)",
            [list(map(str, living))],
        )
        return frozenset(row[0] for row in rows)


def _value(row: tuple[Any, ...]) -> JobRow:
    id, name, status, made, output = row
    return JobRow(UUID(id), name, status, datetime.fromtimestamp(made / 1000, UTC), None if output is None else json.loads(output))
