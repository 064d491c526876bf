"""Worklists: what an owner is asked about people in systems that a person looks after, by a link that ends and can be revoked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from janji.connectors.base import Take
from janji.erasure.steps import Effect, Known, Level, TableEffect
from janji.errors import Conflict, Invalid, Refusal, Unknown
from janji.ledger.events import Actor, Kind, stamp
from janji.rights.package_contents import ANSWERS
from janji.store import destruction, people, vault
from janji.store import worklists as store
from janji.store.database import transaction
from janji.store.destruction import Destroyed
from janji.store.people import TaskRow
from janji.store.vault import KEY_BYTES, NONCE_BYTES, KeyKind
from janji.store.worklists import CLOSED, CORRECTED, DROPPED, ERASED, FOUND, KEPT, OPEN, Counted, LineRow, WorklistRow
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Right as LegalKind
from janji.workflows.forgetting import EVIDENCE_END, KEEP_EVIDENCE
from janji.workflows.house import House
from janji.workflows.keys import destroyed_file
from janji.workflows.owners import Owner, owners
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import Settings
from janji.workflows.tokens import read_token, write_token

PATH = "/worklists/"
"""Where a link leads at the site; the token follows."""
TASK = "worklist-open"
"""The kind of task that is open while an owner does not answer in time, or cannot be written to."""
PREFIX = "wkl_"
WITHIN = timedelta(days=3)
"""For so long an owner may take where neither the caller nor the law says otherwise."""
REMINDERS = (timedelta(), timedelta(hours=24), timedelta(hours=48))
"""When an owner is written to, from the opening of the list on."""
LINK_AFTER = timedelta(days=14)
"""For so long after its end a list can still be answered by its link; then it is closed, and what is sealed in it is gone."""
PAGE = 200
SPELLINGS = 1
"""How many other spellings of an identifier an owner is told: a telephone as it is dialled within the country."""

_LINE, _ANSWER = "worklist-line", "worklist-answer"


class Right(StrEnum):
    """What an owner is asked: what is held of people, to erase it, or to put it right."""

    ACCESS = "access"
    ERASE = "erase"
    CORRECT = "correct"


WRONG = "correct/"
"""How the kind of what is to be put right begins, among what a person is found by; a category of data follows."""
ONLY = "only/"
"""How the kind of what alone is to be erased begins; a category of data follows."""
_KINDS = {
    Right.ACCESS: (LegalKind.ACCESS,), Right.ERASE: (LegalKind.DELETION, LegalKind.DESTRUCTION), Right.CORRECT: (LegalKind.CORRECTION,),
}  # fmt: skip


class State(StrEnum):
    """How far a line is: nothing said yet, what was said, or that it is not needed any more."""

    OPEN = store.OPEN
    NOTHING = store.NOTHING
    FOUND = store.FOUND
    ERASED = store.ERASED
    CORRECTED = store.CORRECTED
    KEPT = store.KEPT
    DROPPED = store.DROPPED


class Ended(Refusal):
    """A link that was good once: the list is closed, the time is over, or a newer link took its place."""

    http_status = 410


@dataclass(frozen=True, slots=True)
class Worklist:
    """A list as people see it. `owner` is absent once nobody knows them any more; `lines` count by system and state."""

    row: WorklistRow
    owner: Owner | None = field(repr=False)
    lines: tuple[Counted, ...]

    @property
    def id(self) -> UUID:
        """The id of the list."""
        return self.row.id

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems that it asks about."""
        return tuple(dict.fromkeys(one.system for one in self.lines))

    def count(self, *states: str) -> int:
        """How many lines are in these states; all of them when none is named."""
        return sum(one.lines for one in self.lines if not states or one.state in states)


@dataclass(frozen=True, slots=True)
class Line:
    """One person in one system, opened: what they are found by, each a kind and a value, and what was answered.

    `rows` of an answer are fields with values, as they were handed in; `reason` is why something stays.
    """

    row: LineRow
    known: tuple[tuple[str, str], ...] = field(repr=False)
    found: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far one system of a batch is: `open` lines that nobody answered, and the effect once there are none.

    Without an effect and without open lines the list was closed before it was answered.
    """

    system: str
    worklist: UUID
    open: int
    effect: Effect | None = None


# --------------------------------------------------------------------------------------------------------------- asking


def unowned(systems: Iterable[str]) -> tuple[str, ...]:
    """Those of these systems that nobody looks after: nobody can be asked about them."""
    wanted = list(systems)
    known = store.assigned(wanted)
    return tuple(name for name in wanted if name not in known)


def nobody(system: str) -> Message:
    """Why the owner of a system cannot be asked: there is none."""
    return say(N_("nobody is named who looks after `{system}`"), system=system)


def ask(
    house: House, batch: UUID, right: Right, systems: Sequence[str], subjects: Sequence[UUID | None], known: Sequence[Known],
    within: timedelta | None = None,
) -> tuple[Worklist, ...]:  # fmt: skip
    """Ask the owners of systems about people: one list an owner, whatever the number of systems and people.

    They may take `within`, by default what `time_for` says. `subjects` are the people by their place in the batch, `known` what they are found by. Asking again for the same batch
    changes nothing. Messages are sent by the worker. Joins an open transaction. Raises `Invalid` for a system that nobody
    looks after, and for people who are found by nothing.
    """
    missing = unowned(systems)
    if missing:
        raise Invalid(nobody(missing[0]), say(N_("name an owner in the list of systems, and run `janji systems import`")))  # fmt: skip
    found = _found_by(known)
    if not found or not systems:
        raise Invalid(say(N_("there is nobody, or nothing, to ask about")), say(N_("name people with identifiers, and systems")))
    by_owner: dict[UUID, list[str]] = {}
    for system, owner in store.assigned(systems).items():
        by_owner.setdefault(owner, []).append(system)
    with transaction():
        for owner, names in by_owner.items():
            _open(house, batch, right, owner, names, subjects, found, within or time_for(house, right))
    return of_batch(house, batch)


def time_for(house: House, right: Right) -> timedelta:
    """How long an owner may take: no longer than the shortest clock of the law for what is asked, counted from now."""
    if house.published is None:
        return WITHIN
    law, now = house.published.law, house.runtime.now()
    clocks = [law.clocks[one.clock].limit for one in law.rights.values() if one.kind in _KINDS[right] and one.clock is not None]
    return min((WITHIN, *(limit.end(now) - now for limit in clocks)))


def _found_by(known: Iterable[Known]) -> dict[int, list[tuple[str, str]]]:
    """What each person is looked for by, with another way in which it may stand, where it is not a part of the first."""
    found: dict[int, list[tuple[str, str]]] = {}
    for one in known:
        others = [text for text in one.spellings if text not in one.value]
        found.setdefault(one.person, []).extend((one.kind, value) for value in (one.value, *others[:SPELLINGS]))
    return found


def _open(
    house: House, batch: UUID, right: Right, owner: UUID, systems: Sequence[str], subjects: Sequence[UUID | None],
    found: Mapping[int, list[tuple[str, str]]], within: timedelta,
) -> None:  # fmt: skip
    """One list, with keys of its own, unless the owner has it already."""
    runtime = house.runtime
    id, now = runtime.new_id(), runtime.now()
    due = now + within
    if not store.insert(WorklistRow(id, batch, owner, str(right), now, due, due + LINK_AFTER, next=now)):
        return
    keys = {kind: runtime.random(KEY_BYTES) for kind in KeyKind}
    vault.insert_keys([
        vault.wrap_key(house.keeper, id, kind, runtime.new_id(), key, runtime.random(NONCE_BYTES)) for kind, key in keys.items()
    ])  # fmt: skip
    wanted = [(system, person) for system in systems for person in sorted(found)]
    store.insert_lines([
        LineRow(id, number, system, person, subjects[person] if person < len(subjects) else None,
                seal_line(house, keys[KeyKind.CONTENT], id, number, _LINE, found[person]))
        for number, (system, person) in enumerate(wanted, 1)
    ])  # fmt: skip
    record(house, [Entry(kind=Kind.WORKLIST_OPENED, actor=Actor.SYSTEM, details={
        "worklist": str(id), "asked": str(right), "system": list(systems), "people": len(found), "due": stamp(due),
    })])  # fmt: skip


def seal_line(house: House, key: bytes, worklist: UUID, number: int, use: str, value: Any) -> bytes:
    """A part of a line under the key of its list, bound to the line and to what it is."""
    return vault.seal(key, house.runtime.random(NONCE_BYTES), orjson.dumps(value), vault.binding(worklist, use, UUID(int=number)))


# -------------------------------------------------------------------------------------------------------------- looking


def of_batch(house: House, batch: UUID) -> tuple[Worklist, ...]:
    """The lists of a batch."""
    return _shown(house, store.of_batch(batch))


def worklists(house: House, size: int = PAGE, before: UUID | None = None, state: str | None = None) -> tuple[Worklist, ...]:
    """Up to `size` lists, the newest first, of ids below `before`."""
    return _shown(house, store.page(size, before, state))


def worklist(house: House, id: UUID) -> Worklist:
    """One list; raises `Invalid` when there is none."""
    return _shown(house, [_row(store.worklist(id))])[0]


def _shown(house: House, rows: Sequence[WorklistRow]) -> tuple[Worklist, ...]:
    known = owners(house, (row.owner for row in rows))
    lines: dict[UUID, list[Counted]] = {}
    for one in store.counted(row.id for row in rows):
        lines.setdefault(one.worklist, []).append(one)
    return tuple(Worklist(row, known.get(row.owner), tuple(lines.get(row.id, ()))) for row in rows)


def _row(row: WorklistRow | None) -> WorklistRow:
    if row is None:
        raise Unknown(say(N_("there is no such worklist")), say(N_("`janji worklist list` shows them")))
    return row


def locked(id: UUID) -> WorklistRow:
    """A list, locked until the transaction ends; raises `Invalid` when there is none."""
    return _row(store.lock(id))


def content_key(house: House, id: UUID) -> bytes:
    """The key that seals the lines of a list; raises `Ended` once it is closed, or was before a backup was put back."""
    held = vault.read_keys([id], KeyKind.CONTENT).get(id)
    if held is None:
        raise Ended(say(N_("the worklist is closed, and what it asked is gone")), say(N_("ask anew with `janji worklist create`")))
    return vault.open_key(house.keeper, held)


def lines_of(house: House, id: UUID, after: int = 0, size: int | None = None) -> tuple[Line, ...]:
    """The lines of a list behind a number, opened; raises `Ended` once it is closed."""
    key = content_key(house, id)
    return tuple(_line(key, row) for row in store.lines(id, after, size))


def _line(key: bytes, row: LineRow) -> Line:
    place = UUID(int=row.number)
    known = orjson.loads(vault.unseal(key, row.sealed, vault.binding(row.worklist, _LINE, place))) if row.sealed else []
    held = {} if row.answer is None else orjson.loads(vault.unseal(key, row.answer, vault.binding(row.worklist, _ANSWER, place)))
    return Line(row, tuple(map(tuple, known)), tuple(map(tuple, held.get("found", ()))), held.get("reason", ""))


def sealed_answer(house: House, key: bytes, row: LineRow, found: Sequence[tuple[str, str]], reason: str) -> bytes | None:
    """What was answered to a line, as it is stored: what was found, or why something stays."""
    held = {**({"found": found} if found else {}), **({"reason": reason} if reason else {})}
    return seal_line(house, key, row.worklist, row.number, _ANSWER, held) if held else None


# ---------------------------------------------------------------------------------------------------------------- links


def link_of(house: House, row: WorklistRow) -> str:
    """The link of a list: nothing about owner or people can be read from it."""
    value = row.id.bytes + row.link.to_bytes(4, "big")
    return f"{site_of(house.runtime.settings)}{PATH}{write_token(_key(house), value)}"


def site_of(settings: Settings) -> str:
    """The address at which people reach this house, as far as it is known."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{settings.port}"


def read_link(house: House, token: str) -> WorklistRow:
    """The list of a link. Raises `Invalid`, the same for every reason, when it is none of ours, and `Ended` when it has ended."""
    value = read_token(_key(house), token)
    row = None if value is None else store.worklist(UUID(bytes=value[:16]))
    if value is None or row is None:
        raise Invalid(say(N_("this link is not whole, or it is not one of ours")), say(N_("open it from the message again, all of it")))
    if row.state == CLOSED:
        raise Ended(say(N_("this worklist is closed")), say(N_("nothing more is needed")))
    if value[16:] != row.link.to_bytes(4, "big"):
        raise Ended(say(N_("a newer link took the place of this one")), say(N_("open the link in the newest message")))
    if row.expires <= house.runtime.now():
        raise Ended(say(N_("the time of this link is over")), say(N_("ask whoever sent it for a new one")))
    return row


def revoke(house: House, id: UUID) -> Worklist:
    """Let the link of a list be worth nothing from now on, and send no message by itself any more.

    `workflows.worklist_mail.remind` sends the owner a new one. Raises `Invalid` when there is no such list.
    """
    with transaction():
        row = locked(id)
        store.write(replace(row, link=row.link + 1, next=None))
    return worklist(house, id)


def _key(house: House) -> bytes:
    return vault.derived_key(house.secrets.pseudonym, "worklist 1")


# -------------------------------------------------------------------------------------------------------------- results


def outcomes(house: House, batch: UUID) -> tuple[Outcome, ...]:
    """How far each system of a batch is, by name. What people answered is attested, and so says the effect."""
    found = []
    for one in of_batch(house, batch):
        by_person = _people(one.id)
        for system in one.systems:
            counted = [item for item in one.lines if item.system == system]
            open_ = sum(item.lines for item in counted if item.state == OPEN)
            left = one.row.state == CLOSED and any(item.state == DROPPED for item in counted)
            effect = None if open_ or left else _effect(system, counted, by_person.get(system, ()))
            found.append(Outcome(system, one.id, open_, effect))
    return tuple(sorted(found, key=lambda outcome: outcome.system))


def _people(id: UUID) -> dict[str, list[tuple[int, str, int]]]:
    found: dict[str, list[tuple[int, str, int]]] = {}
    for row in store.lines(id):
        if row.rows:
            found.setdefault(row.system, []).append((row.person, ANSWERS, row.rows))
    return found


def _effect(system: str, counted: Sequence[Counted], by_person: Sequence[tuple[int, str, int]]) -> Effect:
    rows = {state: sum(item.rows for item in counted if item.state == state) for state in (FOUND, ERASED, CORRECTED, KEPT)}
    stay = (("kept:attested", rows[KEPT]),) if rows[KEPT] else ()
    table = TableEffect(ANSWERS, found=sum(rows.values()), deleted=rows[ERASED], changed=rows[CORRECTED], stay=stay)
    return Effect(system, (table,), level=Level.ATTESTED, people=tuple(by_person), attested=True)


def hand_over(house: House, batch: UUID, take: Take) -> int:
    """Hand what owners found about people to `take`: the person's place, the system, and a row with field and value; how many rows."""
    count = 0
    for one in store.of_batch(batch):
        if one.state == CLOSED:
            continue
        for line in _walk(house, one.id):
            for name, value in line.found:
                take(line.row.person, line.row.system, {"field": name, "value": value})
                count += 1
    return count


def _walk(house: House, id: UUID) -> Iterator[Line]:
    """The lines of a list, page by page."""
    after = 0
    while page := lines_of(house, id, after, PAGE):
        yield from page
        after = page[-1].row.number


def finish(house: House, batch: UUID) -> int:
    """Close the lists of a batch once what they answered was taken; how many were still open. Joins an open transaction."""
    with transaction():
        return sum(close(house, row.id) for row in store.of_batch(batch))


def close(house: House, id: UUID, actor: Actor = Actor.SYSTEM) -> bool:
    """Close a list: the key of what it asked and was answered is destroyed. `False` when it was closed before.

    Who attested what stays under the evidence key, as long as proof of erasure does.
    """
    runtime = house.runtime
    now = runtime.now()
    with transaction():
        row = locked(id)
        if row.state == CLOSED:
            return False
        proof = store.attestations(id)
        held = [vault.read_keys([id], kind) for kind in ((KeyKind.CONTENT,) if proof else KeyKind)]
        gone = [Destroyed(key.id, key.subject, key.kind, now) for found in held for key in found.values()]
        destruction.append_destroyed(destroyed_file(runtime.settings), gone)
        destruction.destroy_keys(gone)
        record(house, [
            Entry(kind=Kind.KEY_DESTROYED, actor=actor, details={"key": str(key.key), "kind": str(key.kind), "level": str(destruction.Level.LOGICAL)})
            for key in gone
        ])  # fmt: skip
        store.empty(id)
        store.write(end_task(house, replace(row, state=CLOSED, next=None, link=row.link + 1), "done" if row.state != OPEN else "not-needed"))
        if proof:
            until = datetime.combine(KEEP_EVIDENCE.after(now.date()), time(), UTC)
            people.open_task(TaskRow(runtime.new_id(), EVIDENCE_END, id, now, until))
        store.forget_owners()
    return True


# ---------------------------------------------------------------------------------------------------------------- tasks


def open_task(house: House, row: WorklistRow, why: str) -> WorklistRow:
    """Open the task of a list that needs a person, unless it has one; the list with it. In the transaction that stores it."""
    if row.task is not None:
        return row
    id, now = house.runtime.new_id(), house.runtime.now()
    details = {"worklist": str(row.id), "why": why}
    people.open_task(TaskRow(id, TASK, None, now, row.due, None, details))
    record(house, [Entry(kind=Kind.TASK_OPENED, actor=Actor.SYSTEM, details={"task": TASK, "id": str(id), **details})])
    return replace(row, task=id)


def end_task(house: House, row: WorklistRow, outcome: str) -> WorklistRow:
    """Close the task of a list, if it has one; the list without it. In the transaction that stores it."""
    if row.task is not None and people.close_tasks([row.task], house.runtime.now()):
        details = {"task": TASK, "id": str(row.task), "worklist": str(row.id), "outcome": outcome}
        record(house, [Entry(kind=Kind.TASK_CLOSED, actor=Actor.SYSTEM, details=details)])
    return replace(row, task=None)


def look_after(house: House) -> int:
    """What time brings to lists: who does not answer is told to staff, forgotten people are asked about no more, ended links close."""
    now, count = house.runtime.now(), 0
    with transaction():
        for row in store.overdue(now):
            store.write(open_task(house, row, "overdue"))
            count += 1
    with transaction():
        for id in store.drop_forgotten():
            settle(house, id)
            count += 1
    for row in store.ended(now, PAGE):
        count += close(house, row.id)
    return count


def settle(house: House, id: UUID) -> WorklistRow:
    """Bring the state of a list in line with its lines: answered once none is open. In the transaction that changed them."""
    row = locked(id)
    if row.state == CLOSED:
        raise Conflict(say(N_("the worklist was closed meanwhile")), say(N_("nothing more is needed")))
    waits = any(one.state == OPEN for one in store.counted([id]))
    made = replace(row, state=OPEN) if waits else end_task(house, replace(row, state=store.ANSWERED, next=None), "done")
    store.write(made)
    return made


def worklist_json(one: Worklist) -> dict[str, Any]:
    """A list as JSON, without its link; what is absent is left out."""
    row = one.row
    held: dict[str, Any] = {
        "worklist": f"{PREFIX}{row.id}", "batch": str(row.batch), "asked": row.asked, "state": row.state, "systems": list(one.systems),
        "owner": None if one.owner is None else {"name": one.owner.name, "address": one.owner.address, "language": one.owner.language},
        "opened": stamp(row.opened), "due": stamp(row.due), "expires": stamp(row.expires),
        "lines": {state: one.count(state) for state in dict.fromkeys(item.state for item in one.lines)},
        "messages": row.mailed, "next_message": None if row.next is None else stamp(row.next), "trouble": row.trouble or None,
        "attested": [{"at": stamp(item.at), **({"evidence": item.digest} if item.digest else {})} for item in store.attestations(row.id)],
    }  # fmt: skip
    return {key: value for key, value in held.items() if value is not None}


def number_of(text: str) -> UUID:
    """The id of a list as it is shown; raises `Invalid` for anything else."""
    try:
        return UUID(text.removeprefix(PREFIX))
    except ValueError:
        raise Invalid(say(N_("`{word}` is not the id of a worklist"), word=text), say(N_("`janji worklist list` shows them"))) from None
