"""Erasures carried out: intent before, each system in its order, effect after, certificate, and looking again later; a kill ends none."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from janji.connectors.base import Gap
from janji.erasure.plan import Purpose
from janji.erasure.steps import Effect, Known, Level, Remains, StorePlan, TableEffect
from janji.errors import Conflict, Invalid, JanjiError, Refusal, Unavailable, Unknown
from janji.ledger.events import Actor, Kind, stamp
from janji.people.identifiers import KINDS, PREFIX
from janji.store import erasures as store
from janji.store import people, secrets, vault
from janji.store.database import transaction
from janji.store.erasures import BEGUN, DONE, PARTLY, PLANNED, About, ErasureRow
from janji.store.people import FORGOTTEN
from janji.store.systems import proving
from janji.store.vault import KEY_BYTES, NONCE_BYTES
from janji.terms.canonical import digest
from janji.terms.messages import N_, Message, Tongue, pack_message, say, unpack_message
from janji.workflows import worklists
from janji.workflows.forgetting import forget_all
from janji.workflows.holds import held
from janji.workflows.house import House
from janji.workflows.logs import event
from janji.workflows.needs import needed_again
from janji.workflows.people import find_subjects
from janji.workflows.planning import (
    Part,
    Plan,
    Progress,
    Scope,
    Way,
    about_batch,
    checked,
    counted,
    keys_for,
    plan_batch,
    scope_of,
    search_keys,
)
from janji.workflows.recording import Batch, Entry, record
from janji.workflows.systems import Reaching, Stage, reaching, systems

RUN = "era_"
LONGEST_CERTIFICATE = 40_000
"""Characters of effects that an event carries; of more the digest is recorded, and the journal has them."""
KEEP_PLANS = timedelta(days=30)
"""How long a plan that nobody carries out is kept."""
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""The wait before a system that did not answer is tried again; the last one from then on."""
LOOKS = (timedelta(days=1), timedelta(days=6), timedelta(days=23))
"""The waits before it is looked again for what should be gone: late writers, backups put back. After the last nobody is known any more."""
AT_ONCE = 3
"""How often a conflict with somebody else's transaction is tried again without a wait."""


class State(StrEnum):
    """How far an erasure is in one system."""

    DUE = "due"
    DOING = "doing"
    WAITING = "waiting"
    STOPPED = "stopped"
    ASKED = "asked"
    HELD = "held"
    BLOCKED = "blocked"
    DONE = "done"
    DROPPED = "dropped"


OPEN = (State.DUE, State.DOING, State.WAITING)
"""The states in which Janji goes on by itself."""


@dataclass(frozen=True, slots=True)
class Here:
    """How far an erasure is in one system, and what came of it.

    `cut` says that an attempt was cut off: what it did is done, and its rows were not counted. `trouble` is why it does not go on,
    `left_out` how many people were left out because they are held by now.
    """

    system: str
    state: State
    plan: str
    tries: int = 0
    effect: Effect | None = None
    cut: bool = False
    trouble: Message | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure as people see it."""

    id: UUID
    digest: str
    state: str
    at: datetime
    subjects: tuple[UUID, ...]
    stores: tuple[Here, ...]
    event: UUID | None = None
    next: datetime | None = None
    ended: datetime | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is left that was to go, in any system."""
        return self.state == DONE


# ------------------------------------------------------------------------------------------------------------- planned


def prepare(
    house: House, subjects: Sequence[UUID], purpose: Purpose = Purpose.ERASE, *, level: Level = Level.LOGICAL, forgetting: bool = False,
    progress: Progress | None = None, counting: bool = True, scope: Scope | None = None,
) -> Plan:  # fmt: skip
    """Plan an erasure, count what it is about, find what would stop it, and keep the plan for whoever carries it out.

    Nothing is changed in any system. `forgetting` says that the people's own records here end too; `level` how deep it goes.
    Without `counting` no row is looked for: for many people whose rows nobody will look at one by one. With a `scope` no more goes
    than it says: what a withdrawal leaves, of which people may have it stopped again until it is gone.
    """
    with reaching(house) as reach:
        plan = plan_batch(house, reach, subjects, purpose, scope=scope)
        plan = checked(reach, counted(reach, plan, progress) if counting else plan)
    options: dict[str, Any] = {"level": str(level), "forget": forgetting, "held": [str(one) for one in plan.held]}
    options |= {} if scope is None else scope._asdict()
    stores = {part.system: _pack(_here(part)) for part in plan.parts}
    store.insert_erasure(ErasureRow(house.runtime.new_id(), str(purpose), plan_digest(plan, options), PLANNED, plan.at, plan.people, options, stores))
    return plan


def plan_digest(plan: Plan, options: Mapping[str, Any]) -> str:
    """The number by which a plan is carried out: of all that it does, and how deep."""
    narrowed = {name: list(options[name]) for name in Scope._fields if name in options}
    return digest({"plan": plan.digest, "level": options["level"], "forget": options["forget"], **narrowed})


def _here(part: Part) -> Here:
    states = {Way.DONE_HERE: State.DUE, Way.ASKED: State.ASKED, Way.HELD: State.HELD, Way.BLOCKED: State.BLOCKED}
    return Here(part.system, states[part.way], part.digest, trouble=part.problems[0].message if part.problems else None)


# --------------------------------------------------------------------------------------------------------- carried out


def carry_out(house: House, subjects: Sequence[UUID], number: str, *, partly: bool = False, progress: Progress | None = None, ready: Plan | None = None) -> Erasure:
    """Carry out the plan with this number about exactly these people, and nothing but what was reviewed.

    What was carried out before is given as it is; what was cut off goes on. A plan that `prepare` gave just now is `ready`: it is not made
    and checked again. Raises `Invalid` when there is no such plan for them, `Conflict` when anything changed since it was made or somebody
    else is at it, and `Refusal` when a system is blocked (unless it may be done `partly`) or refuses.
    """
    with store.claimed(number if len(number) >= 12 else "-") as claim:
        row = claim.row
        if row is None:
            raise Invalid(say(N_("there is no plan `{word}`"), word=number[:64]), say(N_("`janji plan erase` makes one and gives its number")))
        held_back = [UUID(one) for one in row.options["held"]] if row.state == PLANNED else []
        everybody, about = about_batch((*subjects, *held_back))
        if row.state == PLANNED and set(everybody) - set(held_back) != set(row.subjects):
            raise Invalid(say(N_("the plan is about other people")), say(N_("name the people for whom it was made")))
        if not claim.mine:
            raise _taken()
        row = row if row.state == PLANNED else _fresh(row.id)
        if row.ended is not None:
            return _seen(row)
        with reaching(house, claim.systems) as reach:
            return _go_on(house, reach, row, progress, _begin(house, reach, row, about, partly=partly, ready=ready) if row.state == PLANNED else None)


def _taken() -> Conflict:
    return Conflict(say(N_("somebody else carries this plan out")), say(N_("`janji erase show` says how far it is")))


def erase_at_once(
    house: House, subjects: Sequence[UUID], purpose: Purpose = Purpose.ERASE, *, level: Level = Level.LOGICAL, forgetting: bool = False,
    progress: Progress | None = None,
) -> Erasure:  # fmt: skip
    """Plan an erasure and carry it out without a review between: only where every system that is erased in here is at `automatic`.

    Raises `Refusal` otherwise, and as `carry_out`.
    """
    plan = prepare(house, subjects, purpose, level=level, forgetting=forgetting, progress=progress)
    stages = {one.name: one.stage for one in systems()}
    for part in plan.parts:
        if part.way is Way.DONE_HERE and stages.get(part.system) is not Stage.AUTOMATIC:
            raise Refusal(say(N_("`{system}` may not be erased in without a review"), system=part.system),
                          say(N_("plan it with `janji plan erase`, and give its number with `--plan`")))  # fmt: skip
    number = plan_digest(plan, {"level": str(level), "forget": forgetting})
    return carry_out(house, subjects, number, progress=progress)


@dataclass(frozen=True, slots=True)
class _Begun:
    """An erasure in hand: its row, the plan as it is now, by what the people are found, and the key that seals that.

    `held` are those of its people who were held when it was written that the first system is begun, if it was.
    """

    row: ErasureRow
    plan: Plan
    known: tuple[Known, ...]
    key: bytes
    held: frozenset[UUID] | None = None


def _begin(house: House, reach: Reaching, row: ErasureRow, about: About, *, partly: bool, ready: Plan | None) -> _Begun:
    """Write down what is intended, with all by which it is found in the end, before anything is done; and which system is first."""
    scope, everybody = scope_of(row.options), (*row.subjects, *map(UUID, row.options["held"]))
    plan = ready or plan_batch(house, reach, everybody, Purpose(row.purpose), row.at, about=about, scope=scope)
    if plan_digest(plan, row.options) != row.digest:
        raise Conflict(say(N_("something changed since the plan was made: {systems}"), systems=", ".join(_changed(row, plan)) or "-"),
                       say(N_("make the plan anew and review it")))  # fmt: skip
    plan = ready or checked(reach, plan)
    if plan.blocked and not partly:
        first = plan.blocked[0]
        raise Refusal(say(N_("`{system}` is blocked: {problem}"), system=first.system, problem=first.problems[0].message), first.problems[0].help)
    keys, failed = search_keys(reach, plan) if scope is None else keys_for(house, reach, plan, scope)
    if failed:
        raise next(iter(failed.values()))
    asked = [part.system for part in plan.parts if part.way is Way.ASKED]
    key = house.runtime.random(KEY_BYTES)
    heres = [_here(part) for part in plan.parts]
    begins = [_ready(plan, here) for here in _ordered(plan, [here for here in heres if here.state in OPEN])[:1]]
    with transaction():
        stores = {here.system: _pack(here) for here in (*heres, *begins)}
        sealed = _seal(house, row.id, key, (*plan.known, *keys))
        row = replace(row, state=BEGUN, stores=stores, known=sealed, next=house.runtime.now() + RETRIES[0])
        kept = store.begin_erasure(row, house.keeper, key_name(row.id), key, house.runtime.random(NONCE_BYTES))
        if kept is None and _fresh(row.id).state != PLANNED:
            raise _taken()
        if kept is None:
            raise Conflict(say(N_("the key-encryption key was changed while this ran")), say(N_("start again with the new one")))
        if asked:
            only = [Known(person, f"{worklists.ONLY}{name}", name) for person in range(len(row.subjects)) for name in scope.data] if scope is not None else []
            worklists.ask(house, row.id, worklists.Right.ERASE, asked, row.subjects, [*plan.known, *only])
    return _Begun(row, plan, (*plan.known, *keys), key, kept)


def _changed(row: ErasureRow, plan: Plan) -> list[str]:
    """The systems that are not as they were when a plan was made."""
    before = {name: one["plan"] for name, one in row.stores.items()}
    now = {part.system: part.digest for part in plan.parts}
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def go_on(house: House, id: UUID, progress: Progress | None = None) -> Erasure:
    """Go on with an erasure that was begun: what was cut off, what did not answer, what owners answered meanwhile."""
    with store.mine(id) as mine, reaching(house) as reach:
        row = _fresh(id)
        if not mine or row.state == PLANNED or row.ended is not None:
            return _seen(row)
        return _go_on(house, reach, row, progress)


def _go_on(house: House, reach: Reaching, row: ErasureRow, progress: Progress | None, begun: _Begun | None = None) -> Erasure:
    if row.event is None:
        row = _answered(house, _do_all(house, reach, begun or _taken_up(house, reach, row), progress))
        if any(_unpack(one).state in (*OPEN, State.ASKED) for one in row.stores.values()):
            row = replace(row, tries=row.tries + 1, next=house.runtime.now() + RETRIES[min(row.tries, len(RETRIES) - 1)])
            store.write_erasure(row)
            return _seen(row)
        row = _certify(house, row)
    return _seen(row if row.ended is not None else _end(house, row))


def _taken_up(house: House, reach: Reaching, row: ErasureRow) -> _Begun:
    """An erasure that was begun before: the systems' forms are read again, for they may have changed since."""
    key = _key(house, row.id)
    known = _unseal(row, key)
    return _Begun(row, plan_batch(house, reach, row.subjects, Purpose(row.purpose), row.at, known, scope=scope_of(row.options)), known, key)


def _ordered(plan: Plan, open_: Sequence[Here]) -> list[Here]:
    """What is open, those first who are led to by others: the keys of all are known by now, so any order is sound."""
    places = {name: place for place, name in enumerate(name for group in plan.order for name in group)}
    return sorted(open_, key=lambda here: -places.get(here.system, 0))


def _do_all(house: House, reach: Reaching, begun: _Begun, progress: Progress | None) -> ErasureRow:
    """Erase in one system after the other: that it is begun is written before, with what came of the one before it; who is held by then stays.

    So does, where a withdrawal is carried out, of whom the data may be had again.
    """
    row, held = begun.row, begun.held
    open_ = _ordered(begun.plan, [here for here in map(_unpack, row.stores.values()) if here.state in OPEN])
    unwritten: dict[str, Any] = {}
    for place, here in enumerate(open_):
        if progress is not None:
            progress(here.system, place, len(open_))
        if held is None or here.state is not State.DOING:
            here = _ready(begun.plan, here)
            unwritten[here.system] = _pack(here)
            if here.state is not State.DOING:
                continue
            held = store.write_stores(row, unwritten)
            row, unwritten = _with(row, unwritten), {}
        unwritten[here.system] = _pack(_do(reach, begun, here, held | needed_again(house, row.subjects, row.options.get("data", ()))))
        held = None
    if unwritten:
        store.write_stores(row, unwritten)
    return _with(row, unwritten)


def _with(row: ErasureRow, stores: Mapping[str, Any]) -> ErasureRow:
    return replace(row, stores={**row.stores, **stores})


def _ready(plan: Plan, here: Here) -> Here:
    """One system as its turn comes: begun, or why it is not."""
    part = plan.part(here.system)
    if part is not None and part.way is Way.HELD:
        return replace(here, state=State.HELD, trouble=_held_back())
    if part is None or part.plan is None or part.digest != here.plan:
        waits = part is not None and part.plan is None and bool(part.problems)
        trouble = part.problems[0].message if part is not None and waits else say(N_("it is not in the form that the plan was made for"))
        return replace(here, state=State.WAITING if waits else State.STOPPED, trouble=trouble)
    return replace(here, state=State.DOING, tries=here.tries + 1)


def _do(reach: Reaching, begun: _Begun, here: Here, held: frozenset[UUID]) -> Here:
    """Erase in one system whoever is not held; what came of it."""
    part, known = begun.plan.part(here.system), _unheld(begun.row, begun.known, held)
    here = replace(here, left_out=len({one.person for one in begun.known} - {one.person for one in known}))
    if not known or part is None:
        return replace(here, state=State.HELD, trouble=_held_back())
    try:
        effect = _erase(reach, part, known, _token(begun.key, here.system))
        effect = replace(effect, level=_settled(reach, part, effect, Level(begun.row.options["level"])))
        cut = here.tries > 1 and (Gap.ATOMIC in reach.of(here.system).gaps or not any(one.found for one in effect.tables))
        return replace(here, state=State.DONE, effect=effect, cut=cut, trouble=None)
    except (Conflict, Unavailable) as error:
        event("erasure-waits", error=error, system=here.system)
        reach.let_go(here.system)
        return replace(here, state=State.WAITING, trouble=error.message)
    except (Refusal, Invalid) as error:
        event("erasure-stopped", error=error, system=here.system)
        reach.let_go(here.system)
        return replace(here, state=State.STOPPED, trouble=error.message)


def _erase(reach: Reaching, part: Part, known: Sequence[Known], token: str) -> Effect:
    """Carry out one plan; where somebody else's transaction was in the way, again at once."""
    for _ in range(AT_ONCE - 1):
        with suppress(Conflict):
            return reach.of(part.system).erase(_plan_of(part), known, token)
    return reach.of(part.system).erase(_plan_of(part), known, token)


def _plan_of(part: Part) -> StorePlan:
    if part.plan is None:
        raise ValueError("a part that is done here has a plan")
    return part.plan


def _settled(reach: Reaching, part: Part, effect: Effect, wanted: Level) -> Level:
    """The level that is reached: deeper than the connector came by itself where that is wanted and can be."""
    depth = list(Level)
    if depth.index(wanted) <= depth.index(effect.level):
        return effect.level
    try:
        return reach.of(part.system).settle(_plan_of(part), wanted)
    except JanjiError as error:
        event("level-not-reached", error=error, system=part.system)
        return effect.level


def _unheld(row: ErasureRow, known: Sequence[Known], held: frozenset[UUID]) -> tuple[Known, ...]:
    """By what those are found of whom nothing is held, also since the plan was made."""
    places = {place for place, subject in enumerate(row.subjects) if subject in held}
    return tuple(one for one in known if one.person not in places)


def _held_back() -> Message:
    return say(N_("it is held because of a legal proceeding"))


def _answered(house: House, row: ErasureRow) -> ErasureRow:
    """Take over what owners attested meanwhile."""
    asked = {name for name, one in row.stores.items() if one["state"] == State.ASKED}
    if not asked:
        return row
    stores = dict(row.stores)
    for one in worklists.outcomes(house, row.id):
        if one.system in asked and one.effect is not None:
            stores[one.system] = _pack(replace(_unpack(stores[one.system]), state=State.DONE, effect=one.effect))
        elif one.system in asked and not one.open:
            trouble = say(N_("the list was closed before it was answered"))
            stores[one.system] = _pack(replace(_unpack(stores[one.system]), state=State.STOPPED, trouble=trouble))
    return replace(row, stores=stores)


# ---------------------------------------------------------------------------------------------------------- at its end


def _certify(house: House, row: ErasureRow) -> ErasureRow:
    """Record what was done: for the batch with its counts, for each person that it was done; all in one transaction."""
    heres = [_unpack(one) for _, one in sorted(row.stores.items())]
    whole = _whole(row, heres)
    now, rows = house.runtime.now(), _rows_by_person(heres)
    common: dict[str, Any] = {"erasure": str(row.id), "plan": row.digest, "outcome": DONE if whole else PARTLY, "purpose": row.purpose}
    actor = Actor.STAFF
    if "data" in row.options:
        actor, common = Actor.SYSTEM, {**common, "data": row.options["data"]}
    with transaction():
        batch = Batch(house, row.subjects, there=True)
        certificate = batch.take(Entry(
            kind=Kind.ERASURE_EXECUTED, actor=actor, details={**common, "people": len(row.subjects), **_certificate(heres)},
        )).id  # fmt: skip
        for place, subject in enumerate(row.subjects):
            if subject in batch.people and batch.people[subject].known.state == people.ACTIVE:
                details = {**common, "certificate": str(certificate), "rows": rows.get(place, 0)}
                batch.take(Entry(kind=Kind.ERASURE_EXECUTED, actor=actor, subject=subject, details=details))
        row = replace(row, event=certificate, state=DONE if whole else PARTLY)
        if not (row.options["forget"] and whole):
            row = _ended(house, row)
        proven = [here.system for here in heres if here.effect is not None and here.effect.complete and not here.effect.attested]
        batch.write_with([store.writing(row), *([proving(proven, now)] if proven else [])])
        if any(here.effect is not None and here.effect.attested for here in heres):
            worklists.finish(house, row.id)
    return row


def _whole(row: ErasureRow, heres: Sequence[Here]) -> bool:
    """Whether everything that was to go is gone everywhere, as it was read back or attested, of everybody."""
    done = all(here.state is State.DONE and here.effect is not None and here.effect.complete and not here.left_out for here in heres)
    return done and not row.options["held"]


def _certificate(heres: Sequence[Here]) -> dict[str, Any]:
    """What the certificate says: by system the level, counts by table and what stays by reason; no value and no person."""
    lines = [line for here in heres for line in _lines(here)]
    said = {"levels": [f"{here.system}: {_level(here)}" for here in heres], "effects": lines}
    return {**said, "effects_digest": digest(said)} if len("".join(lines)) < LONGEST_CERTIFICATE else {"levels": said["levels"], "effects_digest": digest(said)}


def _level(here: Here) -> str:
    return str(here.state) if here.effect is None else str(here.effect.level)


def _lines(here: Here) -> Iterator[str]:
    if here.effect is None:
        return
    for one in here.effect.tables:
        stays = "".join(f", {reason} {count}" for reason, count in one.stay)
        yield f"{here.system}/{one.table}: found {one.found}, deleted {one.deleted}, changed {one.changed}{stays}"
    for left in here.effect.remains:
        column = f".{left.column}" if left.column else ""
        yield f"{here.system}/{left.table}{column}: remains {left.rows}"
    if here.cut:
        yield f"{here.system}: an attempt was cut off, its rows were not counted"


def _rows_by_person(heres: Sequence[Here]) -> dict[int, int]:
    found: dict[int, int] = {}
    for here in heres:
        for person, _, rows in () if here.effect is None else here.effect.people:
            found[person] = found.get(person, 0) + rows
    return found


def _end(house: House, row: ErasureRow) -> ErasureRow:
    """End the people's own records here, where that was asked for and nothing is left anywhere; then it is looked again later."""
    if row.options["forget"] and row.state == DONE:
        left = [one for one, person in people.subjects(row.subjects).items() if person.state != FORGOTTEN]
        if forget_all(house, left):  # somebody was held just now: their record ends once that is over
            row = replace(row, next=house.runtime.now() + RETRIES[-1])
            store.write_erasure(row)
            return row
    row = _ended(house, row)
    store.write_erasure(row)
    return row


def _ended(house: House, row: ErasureRow) -> ErasureRow:
    """An erasure at its end: from now on it is looked again, but for what a withdrawal left: that may be given anew."""
    now = house.runtime.now()
    if "data" in row.options:
        secrets.destroy([key_name(row.id)])
        return replace(row, ended=now, next=None, tries=0, known=b"")
    return replace(row, ended=now, next=now + LOOKS[0], tries=0)


# -------------------------------------------------------------------------------------------------------- looked again


@dataclass(frozen=True, slots=True)
class Looked:
    """What looking again came to: what was there again by system, and how much of it was deleted again."""

    id: UUID
    found: tuple[tuple[str, int], ...]
    deleted: int


def look_again(house: House, id: UUID) -> Looked:
    """Look once more for what should be gone, and delete again what came back of people who were forgotten.

    What is found of people who are on record (still, or again) may be theirs by right: it is recorded, and left alone. After the
    last look the key is destroyed by which the people were found. Raises `Conflict` while somebody else is at it.
    """
    with store.mine(id) as mine, reaching(house) as reach:
        row = _fresh(id)
        if not mine or row.ended is None:
            raise Conflict(say(N_("this erasure is not at its end yet")), say(N_("`janji erase show` says how far it is")))
        key = _key(house, id)
        known = _unheld(row, _unseal(row, key), held(house, row.subjects).people)
        gone = _gone_for_good(house, row, known)
        plan = plan_batch(house, reach, row.subjects, Purpose(row.purpose), row.at, known)
        found, deleted = {}, 0
        for part in plan.parts:
            here = _unpack(row.stores[part.system]) if part.system in row.stores else None
            if here is None or here.state is not State.DONE or part.plan is None or part.digest != here.plan or not known:
                continue
            count, again = _look(reach, part, known, [one for one in known if one.person in gone], _token(key, part.system))
            found[part.system] = count
            deleted += again
        return _looked(house, row, found, deleted)


def _look(reach: Reaching, part: Part, known: Sequence[Known], gone: Sequence[Known], token: str) -> tuple[int, int]:
    """How many rows are there again in one system, and how many of them were deleted again."""
    try:
        count = sum(one.rows for one in reach.of(part.system).reread(_plan_of(part), known).remains)
        if not count or not gone:
            return count, 0
        effect = _erase(reach, part, gone, token)
        return count, sum(one.deleted + one.changed for one in effect.tables)
    except JanjiError as error:
        event("look-failed", error=error, system=part.system)
        reach.let_go(part.system)
        return 0, 0


def _gone_for_good(house: House, row: ErasureRow, known: Sequence[Known]) -> frozenset[int]:
    """The people of whom nothing may be held any more: forgotten here, and none of their identifiers is anybody's today."""
    states = people.subjects(row.subjects)
    forgotten = {place for place, subject in enumerate(row.subjects) if subject in states and states[subject].state == FORGOTTEN}
    ours = [one for one in known if one.kind in KINDS and one.person in forgotten]
    back = find_subjects(house, [(one.kind, one.value) for one in ours]) if ours else []
    return frozenset(forgotten - {one.person for one, owner in zip(ours, back, strict=True) if owner is not None})


def _looked(house: House, row: ErasureRow, found: Mapping[str, int], deleted: int) -> Looked:
    last = row.looks + 1 >= len(LOOKS)
    with transaction():
        if any(found.values()):
            record(house, [Entry(kind=Kind.ERASURE_EXECUTED, actor=Actor.SYSTEM, details={
                "erasure": str(row.id), "outcome": "looked-again", "deleted": deleted,
                "found": [f"{name}: {count}" for name, count in found.items() if count],
            })])  # fmt: skip
        row = replace(row, looks=row.looks + 1, next=None if last else house.runtime.now() + LOOKS[row.looks + 1])
        if last:
            secrets.destroy([key_name(row.id)])
            row = replace(row, known=b"")
        store.write_erasure(row)
    return Looked(row.id, tuple(found.items()), deleted)


def work_off(house: House, most: int = 20) -> int:
    """Go on with every erasure that is due, or look again; the step of a worker. How many it were."""
    now = house.runtime.now()
    done = store.forget_plans(now - KEEP_PLANS)
    for row in store.due_erasures(now, most):
        try:
            if row.ended is None:
                go_on(house, row.id)
            else:
                look_again(house, row.id)
            done += 1
        except JanjiError as error:  # the others go on; this one comes again
            event("erasure-failed", error=error, erasure=str(row.id))
    return done


# --------------------------------------------------------------------------------------------------------------- shown


def erasure(id: UUID) -> Erasure:
    """One erasure; raises `Invalid` when there is none of this id."""
    return _seen(_fresh(id))


def erasures(before: UUID | None = None, size: int = 50) -> tuple[Erasure, ...]:
    """Erasures that were begun, the newest first."""
    return tuple(map(_seen, store.erasures(before, size)))


def erasure_json(one: Erasure, tongue: Tongue) -> dict[str, Any]:
    """An erasure as JSON; what is absent is left out."""
    named: dict[str, Any] = {
        "id": f"{RUN}{one.id}", "plan": one.digest, "state": one.state, "at": stamp(one.at), "subjects": [f"{PREFIX}{who}" for who in one.subjects],
        "systems": [_here_json(here, tongue) for here in one.stores], "certificate": str(one.event) if one.event else "",
        "next": stamp(one.next) if one.next else "", "ended": stamp(one.ended) if one.ended else "",
    }  # fmt: skip
    return {key: value for key, value in named.items() if value}


def _here_json(here: Here, tongue: Tongue) -> dict[str, Any]:
    effect = here.effect
    named: dict[str, Any] = {
        "system": here.system, "state": str(here.state), "tries": here.tries, "left_out": here.left_out, "cut": here.cut,
        "trouble": here.trouble.render(tongue) if here.trouble else "",
    }  # fmt: skip
    if effect is not None:
        named |= {"level": str(effect.level), "attested": effect.attested, "complete": effect.complete} | {
            "tables": [{"table": one.table, "found": one.found, "deleted": one.deleted, "changed": one.changed, "stay": dict(one.stay)} for one in effect.tables],
            "remains": [{"table": one.table, **({"column": one.column} if one.column else {}), "rows": one.rows} for one in effect.remains],
        }  # fmt: skip
    return {key: value for key, value in named.items() if value or key == "complete"}


def _seen(row: ErasureRow) -> Erasure:
    return Erasure(
        row.id, row.digest, row.state, row.at, row.subjects, tuple(_unpack(one) for _, one in sorted(row.stores.items())), row.event, row.next, row.ended,
    )  # fmt: skip


def _fresh(id: UUID) -> ErasureRow:
    row = store.erasure(id)
    if row is None:
        raise Unknown(say(N_("there is no erasure `{id}`"), id=f"{RUN}{id}"), say(N_("`janji erase list` names them")))
    return row


# --------------------------------------------------------------------------------------------------- packed and sealed


def key_name(id: UUID) -> str:
    """The name of an erasure's key among the keys of the house."""
    return f"erasure/{id}"


def _key(house: House, id: UUID) -> bytes:
    key = secrets.opened(house.keeper, [key_name(id)]).get(key_name(id))
    if key is None:
        raise Refusal(say(N_("nobody knows any more whom this erasure was about")), say(N_("it was looked at for the last time; its certificate stays")))
    return key


def _token(key: bytes, system: str) -> str:
    """What makes anonymised rows unlike any other: the same when a system is tried again, and told by nothing else."""
    return hmac.digest(key, system.encode(), hashlib.sha256).hex()[:32]


def _seal(house: House, id: UUID, key: bytes, known: Sequence[Known]) -> bytes:
    data = orjson.dumps([[one.person, one.kind, one.value, list(one.spellings)] for one in known])
    return vault.seal(key, house.runtime.random(NONCE_BYTES), data, key_name(id).encode())


def _unseal(row: ErasureRow, key: bytes) -> tuple[Known, ...]:
    held = orjson.loads(vault.unseal(key, row.known, key_name(row.id).encode()))
    return tuple(Known(person, kind, value, tuple(other)) for person, kind, value, other in held)


def _pack(here: Here) -> dict[str, Any]:
    held: dict[str, Any] = {
        "state": str(here.state), "plan": here.plan, "system": here.system, "tries": here.tries, "left_out": here.left_out, "cut": here.cut,
    }  # fmt: skip
    if here.trouble is not None:
        held["trouble"] = pack_message(here.trouble)
    if here.effect is not None:
        effect = here.effect
        held["effect"] = {
            "tables": [[one.table, one.found, one.deleted, one.changed, list(map(list, one.stay))] for one in effect.tables],
            "remains": [[one.table, one.column, one.rows] for one in effect.remains], "level": str(effect.level),
            "people": [[person, "", rows] for person, rows in _rows_by_person([here]).items()], "attested": effect.attested,
        }  # fmt: skip
    return held


def _unpack(held: Mapping[str, Any]) -> Here:
    effect = None
    if "effect" in held:
        one = held["effect"]
        effect = Effect(
            held["system"],
            tuple(TableEffect(table, found, deleted, changed, tuple((reason, count) for reason, count in stay))
                  for table, found, deleted, changed, stay in one["tables"]),
            tuple(Remains(table, column, rows) for table, column, rows in one["remains"]), Level(one["level"]),
            tuple((person, table, rows) for person, table, rows in one["people"]), one["attested"],
        )  # fmt: skip
    trouble = unpack_message(held["trouble"]) if "trouble" in held else None
    return Here(held["system"], State(held["state"]), held["plan"], held["tries"], effect, held["cut"], trouble, held["left_out"])
