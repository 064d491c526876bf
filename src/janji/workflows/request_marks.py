"""What staff cover in a copy before it is sent: kept with the request as places, never as values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import orjson

from janji.errors import Invalid, Refusal
from janji.ledger.events import Actor
from janji.rights.redaction import Marks
from janji.rights.requests import Request, State
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.requests import Move, move

COVERED = "covered"
"""The detail of a request in which its marks are."""
MOST = 5_000
"""Places that may be covered in one copy; whoever covers more covers a whole column."""
LONGEST = 200


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One place in a copy: a column of a table, in one row (counted from 0) or in all of them."""

    table: str
    column: str
    row: int | None = None


def marks_of(request: Request) -> Marks:
    """What is covered in the copy of a request, as a package is written with it."""
    held = orjson.loads(request.details.get(COVERED, "{}"))
    return {table: {column: frozenset(rows) for column, rows in columns.items()} for table, columns in held.items()}


def places(marks: Marks) -> tuple[Place, ...]:
    """The same one by one, in order."""
    found = [Place(table, column, row) for table, columns in marks.items() for column, rows in columns.items() for row in (sorted(rows) or (None,))]
    return tuple(sorted(found, key=lambda one: (one.table, one.column, -1 if one.row is None else one.row)))


def cover(house: House, id: UUID, more: Collection[Place], less: Collection[Place] = ()) -> Request:
    """Cover places in the copy of a request that waits for approval, and no longer cover others.

    Whoever agreed before agreed to another copy: their yes does not count any more. Raises `Refusal` for a request that does not wait
    for approval, `Invalid` for more places than may be covered one by one.
    """

    def step(request: Request) -> Move:
        if request.state is not State.APPROVAL:
            raise Refusal(say(N_("nothing can be covered any more: the request does not wait for approval")), say(N_("look at how far it is")))
        before = marks_of(request)
        held = {(one.table, one.column, one.row) for one in places(before)} - {(one.table, one.column, one.row) for one in less}
        held |= {(one.table, one.column, one.row) for one in more}
        if len(held) > MOST or any(len(table) > LONGEST or len(column) > LONGEST for table, column, _ in held):
            raise Invalid(say(N_("more places were chosen than can be covered one by one")), say(N_("cover the whole column")))
        after = _marks(held)
        if after == before:
            return Move(request=request)
        written = orjson.dumps({table: {column: sorted(rows) for column, rows in columns.items()} for table, columns in after.items()}).decode()
        return Move(request=replace(request, approvals=(), details={**request.details, COVERED: written}))

    return move(house, id, step, Actor.STAFF)


def _marks(held: Collection[tuple[str, str, int | None]]) -> Marks:
    """Places as marks: where a whole column is covered, its rows need not be named."""
    whole = {(table, column) for table, column, row in held if row is None}
    found: dict[str, dict[str, set[int]]] = {}
    for table, column, row in held:
        rows = found.setdefault(table, {}).setdefault(column, set())
        if row is not None and (table, column) not in whole:
            rows.add(row)
    made: Mapping[str, Mapping[str, frozenset[int]]] = {table: {name: frozenset(rows) for name, rows in columns.items()} for table, columns in found.items()}
    return made
