"""What would be done for a request, looked at before officers agree: the plan with its statements, and the copy with what is covered in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from janji.erasure.plan import Purpose
from janji.errors import Invalid, Refusal
from janji.files.translations import LANGUAGES, load_tongue
from janji.ledger.events import Actor
from janji.rights.package_contents import ANSWERS
from janji.rights.redaction import MARK, Marks
from janji.rights.requests import Request, State
from janji.store import requests as store
from janji.terms.messages import N_, say
from janji.terms.processing import Right
from janji.workflows import gathering
from janji.workflows.house import House
from janji.workflows.people import content_keys, current, people_now
from janji.workflows.person_packages import redactor_of
from janji.workflows.planning import Progress, plan_json, statements
from janji.workflows.request_carrying import PURPOSES, would_do
from janji.workflows.request_marks import COVERED, marks_of
from janji.workflows.requests import request_of
from janji.workflows.systems import reaching

COPIES = (Right.ACCESS, Right.PORTABILITY)
"""The rights whose answer is a copy."""
READ = 20_000
"""Rows of a copy that are read for a look at it."""
SHOWN, ALONE = 8, 40
"""Rows of each table that are shown together, and of one table alone."""
LONGEST = 300
"""Characters of a value that are shown."""
PLAN, PREVIEW = "request-plan", "request-preview"
"""What the worker is asked for; the number of that work is kept with the request under the same name."""


def can_be_planned(request: Request) -> bool:
    """Whether the plan of a request can be worked out."""
    return request.subject is not None and request.kind in (*PURPOSES, *COPIES)


def can_be_searched(request: Request) -> bool:
    """Whether the copy of a request can be gathered to be looked at: it waits for approval, and nothing is covered in one that was gathered before."""
    return request.subject is not None and request.kind in COPIES and request.state is State.APPROVAL and COVERED not in request.details


def keep_number(id: UUID, name: str, number: UUID) -> None:
    """Keep with a request by which number the worker was asked."""
    store.note([id], {name: str(number)})


def plan(house: House, id: UUID) -> dict[str, Any]:
    """What would be done in each system, table by table, with the statements; in both languages, without a value of a person.

    Raises `Refusal` where nothing is planned for the right, and as `planning.plan_batch`.
    """
    request = request_of(id)
    subject = None if request.subject is None else people_now([request.subject]).get(request.subject)
    if subject is None or not can_be_planned(request):
        raise Refusal(say(N_("nothing is planned for this request")), say(N_("look at what it waits for")))
    made = would_do(house, [subject], PURPOSES.get(request.kind, Purpose.ACCESS))
    with reaching(house) as reach:
        sql = statements(reach, made)
    return {language: {"systems": plan_json(made, load_tongue(language), sql)["systems"]} for language in LANGUAGES}


def search(house: House, id: UUID, progress: Progress | None = None) -> dict[str, Any]:
    """Gather the copy of a request that waits for approval, so that it can be looked at: the same is sent once officers agree.

    Raises `Refusal` for any other request, and as `gathering.search`.
    """
    request = request_of(id)
    subject = None if request.subject is None else people_now([request.subject]).get(request.subject)
    if subject is None or not can_be_searched(request):
        raise Refusal(say(N_("the copy of this request cannot be looked at now")), say(N_("look at how far it is")))
    package = house.runtime.new_id()
    made = gathering.search(house, [subject], actor=Actor.SYSTEM, id=package, progress=progress)
    store.note([id], {"package": str(package)})
    return {"systems": len(made.systems), "done": sum(one.state == "done" for one in made.systems)}


# ------------------------------------------------------------------------------------------------------------ looked at


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it would be sent: its text, or that it is covered, by us or (`own`) by staff."""

    text: str = field(repr=False)
    covered: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table of a copy: the place of the first, its columns, the cells, and how many rows there are as far as was read."""

    table: str
    first: int
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...] = field(repr=False)
    count: int
    whole: tuple[str, ...] = ()
    """The columns that staff covered in every row."""


def preview(house: House, request: Request, only: str = "", first: int = 0) -> tuple[Rows, ...]:
    """The copy of a request as it would be sent, some rows of each table; of one table alone with `only`, from a row on.

    What somebody sees of it is personal data: record the look first. Raises `Invalid` where no copy was gathered, `Refusal` for somebody who was
    forgotten.
    """
    if request.subject is None or "package" not in request.details:
        raise Invalid(say(N_("no copy was gathered for this request yet")), say(N_("let it be searched for first")))
    subject, marks = current(request.subject), marks_of(request)
    read = gathering.openers(house, [(UUID(request.details["package"]), subject)], content_keys(house, [subject]))[0]
    redactor = redactor_of(house, subject, marks)
    if redactor.learning:
        for table, row in islice(read(redactor.learning), READ):
            redactor.learn(table, row)
    redactor.begin()
    counts: Counter[str] = Counter()
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for table, some in groupby(islice(read(None), READ), itemgetter(0)):
        name = table if "/" in table else f"{table}/{ANSWERS}"
        for batch in _batches(row for _, row in some):
            start = counts[name]
            redactor.cover(name, batch)
            counts[name] += len(batch)
            held = found.setdefault(name, [])
            most = ALONE if only else SHOWN
            held += [(place, row) for place, row in enumerate(batch, start) if place >= (first if only == name else 0)][: most - len(held)]
    return tuple(_rows(name, first if only else 0, held, counts[name], marks) for name, held in sorted(found.items()) if not only or name == only)


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, 500)):
        yield batch


def _rows(name: str, first: int, held: list[tuple[int, dict[str, Any]]], count: int, marks: Marks) -> Rows:
    columns = tuple(dict.fromkeys(column for _, row in held for column in row))
    own = marks.get(name, {})
    rows = tuple((place, tuple(_cell(row.get(column), own.get(column), place) for column in columns)) for place, row in held)
    return Rows(name, first, columns, rows, count, tuple(column for column in columns if column in own and not own[column]))


def _cell(value: Any, own: frozenset[int] | None, place: int) -> Cell:
    if value == MARK:
        return Cell("", covered=True, own=own is not None and (not own or place in own))
    text = "" if value is None else str(value)
    return Cell(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
