"""Requests as staff work on them: the queue by filters, how far systems are, what was recorded, the flow of a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from janji.errors import Invalid
from janji.files.sheets import Sheet, csv_bytes
from janji.ledger.events import Actor, Event, decode
from janji.rights.requests import PREFIX, Proof, Request, State, staff_name
from janji.rights.words import INTAKES, state_of
from janji.store import erasures, records
from janji.store import requests as store
from janji.store.requests import OpenCount, Wanted
from janji.terms.messages import N_, Tongue, say
from janji.terms.words import SHOWN_IN
from janji.workflows.house import House
from janji.workflows.people import find_subjects, subject_with
from janji.workflows.requests import event_id, request_of, requests_now, rights, verify, waits_for

SOON = timedelta(hours=12)
"""What is due within this time is urgent."""
PAGE = 50
MOST = 10_000
"""Lines of a table that is taken along."""
DAYS = 30


class Which(StrEnum):
    """The lists that staff open most."""

    OPEN = "open"
    LATE = "late"
    SOON = "soon"
    MINE = "mine"
    """Those that wait for the yes of whoever looks."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which requests are looked at; what is empty does not matter. `by` is the name of whoever looks."""

    which: Which = Which.OPEN
    right: str = ""
    state: str = ""
    intake: str = ""
    language: str = ""
    outcome: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A request in the queue, and in how many systems of how many it is done; without these before anything was searched or planned."""

    request: Request
    done: int | None = None
    systems: int | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """How many requests came and how many ended on a day."""

    day: date
    came: int
    ended: int


def lines(house: House, filter: Filter, after: UUID | None = None, size: int = PAGE) -> tuple[Line, ...]:
    """Requests by a filter: open ones by what is due first, ended ones the newest first; `after` is the last of the page before.

    Raises `Invalid` when there is no such request.
    """
    ended, place = filter.which is Which.CLOSED, None
    if after is not None:
        last = request_of(after)
        place = (last.ended or last.due if ended else last.due, last.id)
    found = requests_now(store.search(size, _wanted(house, filter), place, ended=ended))
    return _with_systems(found)


def _with_systems(found: Sequence[Request]) -> tuple[Line, ...]:
    named = {one.id: UUID(number) for one in found if (number := one.details.get("erasure") or one.details.get("package"))}
    known = erasures.answered(list(named.values()), list(named.values())) if named else {}
    return tuple(Line(one, *known.get(named[one.id], ())) if one.id in named else Line(one) for one in found)


def _wanted(house: House, filter: Filter) -> Wanted:
    now = house.runtime.now()
    before = {Which.LATE: now, Which.SOON: now + SOON}.get(filter.which)
    mine = filter.which is Which.MINE
    return Wanted(
        right=filter.right, state=str(State.APPROVAL) if mine else filter.state, intake=filter.intake, language=filter.language, outcome=filter.outcome,
        due_before=before, due_from=now if filter.which is Which.SOON else None, without=staff_name(filter.by) if mine else "",
    )  # fmt: skip


def verify_by_staff(
    house: House, id: UUID, by: str, named: tuple[str, str] | None = None, *, new: bool = False, looked_at: bool = False
) -> Request:  # fmt: skip
    """A member of staff saw who asks: whom the request named, or whoever is known by a kind and value; with `new` somebody who is not yet known.

    Raises `Invalid`, without the value, when nobody is known by it, and as `requests.verify`.
    """
    subject = None
    if named is not None:
        subject = subject_with(house, [named], Actor.STAFF) if new else find_subjects(house, [named])[0]
        if subject is None:
            raise Invalid(say(N_("nobody is known by this")), say(N_("look at it again; or say that this is somebody new, who is put on record")))
    return verify(house, id, subject, Proof.STAFF, by, looked_at=looked_at)


def open_counts(house: House) -> tuple[OpenCount, ...]:
    """How many requests are open, by right and state, with those that are late and those that are due soon."""
    now = house.runtime.now()
    return store.open_counts(now, now + SOON)


def flow(house: House) -> tuple[Flow, ...]:
    """How many requests came and ended on each of the last days, the oldest first, days as they begin for people here."""
    now = house.runtime.now().astimezone(SHOWN_IN)
    ahead = now.utcoffset() or timedelta()
    first = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    came, ended = map(Counter, store.by_day(first, ahead))
    days = [first.date() + timedelta(days=number) for number in range(DAYS)]
    return tuple(Flow(day, came[day], ended[day]) for day in days)


def table(house: House, filter: Filter, tongue: Tongue, *, people: bool = False) -> bytes:
    """The queue as CSV, `MOST` lines at most: nothing of the people but a number of ours, of which only who may see `people` gets the whole."""
    told = tongue.translate
    headings = [told(text) for text in (
        N_("Request"), N_("Right asked for"), N_("Person"), N_("State"), N_("Came in"), N_("Opened"), N_("Due"), N_("Ended"), N_("Systems done"), N_("Systems"), N_("Waits for"),
    )]  # fmt: skip
    known = rights(house)
    rows = [
        [(text,) for text in (
            f"{PREFIX}{one.id}", known[one.right].title.get(tongue.language) if one.right in known else one.right, (f"sub_{one.subject}" if people else f"sub_…{one.subject.hex[-8:]}") if one.subject else "",
            state_of(one).render(tongue), told(INTAKES[one.intake]), _at(one.opened), _at(one.due), _at(one.ended), "" if line.done is None else str(line.done), "" if line.systems is None else str(line.systems),
            waits_for(one).render(tongue) if one.open else "",
        )]
        for line in lines(house, filter, None, MOST) for one in (line.request,)
    ]  # fmt: skip
    return csv_bytes(Sheet(told(N_("Requests")), headings, [20] * len(headings), rows, told(N_("No request is here."))))


def _at(instant: datetime | None) -> str:
    """An instant in a table: by the clock of people here, with how far that is ahead, so that programs read it as well."""
    return "" if instant is None else instant.astimezone(SHOWN_IN).isoformat(timespec="minutes")


def events_of(id: UUID) -> tuple[Event, ...]:
    """The events of the steps of a request, the oldest first."""
    count = store.versions([id]).get(id, 0)
    ids = [event_id(id, number) for number in range(1, count + 1)]
    found = records.present(ids)
    return tuple(decode(found[one].body) for one in ids if one in found)
