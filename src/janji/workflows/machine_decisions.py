"""Decisions that a machine took about people: the register of them, each with its reasons, and a person who looks anew (Art 10)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from janji.decision import layout as keys
from janji.documents.shapes import nearest
from janji.errors import Conflict, Invalid, Unknown
from janji.ledger.events import Actor, Kind, stamp
from janji.people.identifiers import PREFIX as SUBJECT
from janji.policy.model import Purpose
from janji.rights.requests import PREFIX as REQUEST
from janji.rights.requests import staff_name
from janji.store import machine_decisions as store
from janji.store import people
from janji.store.database import transaction
from janji.store.machine_decisions import REVIEW, REVIEWED, TAKEN, DecisionRow
from janji.terms.messages import N_, Tongue, say
from janji.terms.processing import Right, Trait
from janji.terms.texts import Text
from janji.workflows.consents import facts_of
from janji.workflows.house import House
from janji.workflows.people import current
from janji.workflows.recording import Entry, evidence_of, record
from janji.workflows.tasks import close_tasks, open_task

TASK = "decision-review"
"""The kind of task that is open while a person must look anew at what a machine decided."""
PREFIX = "mde_"
REVIEW_WITHIN = timedelta(days=3)
"""How soon somebody must look anew where neither the law nor the policy says it."""
MOST_REASONS = 20
PAGE = 50
_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
Decided = DecisionRow
"""A decision as faces show it: it holds codes and references alone."""
_DECIDING = frozenset({Trait.AUTOMATED_DECISION, Trait.PROFILING})


class Ruling(StrEnum):
    """What came of looking anew."""

    UPHELD = "upheld"
    OVERRULED = "overruled"


@dataclass(frozen=True, slots=True)
class Deciding:
    """One entry of the register: a purpose in which a machine decides or profiles, how, with which effect, and how people review it.

    What the policy does not say is absent: that a machine profiles needs no words about a decision.
    """

    purpose: str
    title: Text
    profiling: bool
    logic: Text | None
    effect: Text | None
    review: Text | None
    data: tuple[str, ...]
    taken: int = 0
    waiting: int = 0
    overruled: int = 0


def decides(purpose: Purpose) -> bool:
    """Whether a machine decides alone or profiles in a purpose, by the policy."""
    return purpose.automated is not None or bool(_DECIDING & set(purpose.traits))


def register(house: House) -> tuple[Deciding, ...]:
    """Every purpose in which a machine decides or profiles, by name, with how often it did and what people said who looked anew."""
    counted = store.counts()
    found = []
    for name, purpose in sorted(house.policy_in_force.policy.purposes.items()):
        if decides(purpose):
            said = purpose.automated
            logic, effect, looked = (said.logic, said.effect, said.review) if said is not None else (None, None, None)
            profiling, data = Trait.PROFILING in purpose.traits, tuple(map(str, purpose.data))
            found.append(Deciding(str(name), purpose.title, profiling, logic, effect, looked, data, *counted.get(str(name), (0, 0, 0))))
    return tuple(found)


# ---------------------------------------------------------------------------------------------------------------- taken


def take(
    house: House, subject: UUID, purpose: str, outcome: str, reasons: Sequence[str], *, application: str = "",
    explanation: Mapping[str, Any] | None = None, id: UUID | None = None, at: datetime | None = None,
) -> DecisionRow:  # fmt: skip
    """Record what a machine decided about a person: the outcome and the reasons as codes, the explanation under seal.

    It is recorded whether it was permitted or not, for it was taken; where the person had objected, somebody must look anew at once.
    With an `id` recording it again records nothing. Raises `Invalid` for a purpose in which the policy lets no machine decide, and
    for what are no codes.
    """
    _checked(house, purpose, outcome, reasons)
    subject, now = current(subject), house.runtime.now()
    id = id or house.runtime.new_id(now)
    with transaction():
        facts = facts_of(house, [subject], lock=True)[subject]
        before = store.decision(id)
        if before is not None:
            return before
        details = {"decision": str(id), "purpose": purpose, "outcome": outcome, "reasons": list(reasons), **({"application": application} if application else {})}
        done = record(house, [Entry(kind=Kind.DECISION_TAKEN, actor=Actor.SYSTEM, subject=subject, details=details, evidence=explanation, at=at)])[0]
        row = DecisionRow(
            id=id, subject=subject, purpose=purpose, outcome=outcome, reasons=tuple(reasons), application=application, at=at or now, event=done.id
        )
        store.insert(row)
        layout = house.policy_in_force.layout
        if facts.bits & layout.mask((keys.automated_objection_key(purpose), keys.objection_key(purpose))):
            ask_for_review(house, subject, [row], now + review_within(house))
    return store.decision(id) or row


def _checked(house: House, purpose: str, outcome: str, reasons: Sequence[str]) -> None:
    known = house.policy_in_force.policy.purposes
    if purpose not in known:
        raise Invalid(say(N_("`{word}` is not defined under `{section}`"), word=purpose, section="purposes"), nearest(purpose, map(str, known)))
    if not decides(known[purpose]):
        raise Invalid(say(N_("the policy lets no machine decide for `{purpose}`"), purpose=purpose),
                      say(N_("say under `automated` of the purpose how it decides, and publish that first")))  # fmt: skip
    for word in (outcome, *reasons):
        if not _CODE.fullmatch(word):
            raise Invalid(say(N_("an outcome or a reason is not a code")), say(N_("write it in lower-case letters, digits and `-`, as in `score-below-limit`")))
    if not reasons or len(reasons) > MOST_REASONS:
        raise Invalid(say(N_("a decision has from 1 to {most} reasons"), most=MOST_REASONS), say(N_("name each reason by a code of its own")))


def review_within(house: House) -> timedelta:
    """How soon somebody must look anew: the stricter of the law's clock and the policy's promise for such an objection."""
    published, now = house.policy_in_force, house.runtime.now()
    found = []
    for right in published.law.rights.values():
        if right.kind is Right.AUTOMATED_OBJECTION:
            found += [published.law.clocks[right.clock].limit] if right.clock is not None else []
            found += [own.within for own in published.policy.rights.values() if own.right == right.id and own.within is not None]
    return min((period.end(now) - now for period in found), default=REVIEW_WITHIN)


# ------------------------------------------------------------------------------------------------------------- reviewed


def object_to(house: House, subject: UUID, purposes: Sequence[str], request: UUID, due: datetime, decision: UUID | None = None) -> tuple[DecisionRow, ...]:
    """Put up for review what machines decided about a person for these purposes, or the one decision that is named; all of them, as they stand.

    What was looked at anew before is given as it is. Asking again changes nothing.
    """
    subject = current(subject)
    with transaction():
        facts_of(house, [subject], lock=True)
        rows = [row for row in store.of_people(people.family(subject), purposes) if decision is None or row.id == decision]
        ask_for_review(house, subject, [row for row in rows if row.state == TAKEN], due, request)
    return tuple(found for row in rows if (found := store.decision(row.id)) is not None)


def ask_for_review(house: House, subject: UUID, rows: Sequence[DecisionRow], due: datetime, request: UUID | None = None) -> None:
    """Open the review of decisions, with one task for the person. Joins an open transaction."""
    if rows and store.ask([row.id for row in rows], due, request):
        open_task(house, TASK, subject, due - house.runtime.now(), {"purposes": sorted({row.purpose for row in rows})})


def review(house: House, id: UUID, ruling: Ruling, reasons: Sequence[str], by: str, words: str = "") -> DecisionRow:
    """Somebody looked anew: upheld or overruled, by which reasons. Name and words are kept under seal, and words are told to the person.

    A decision may be looked at without an objection too. Raises `Invalid` without a name or reasons, `Conflict` when it was reviewed.
    """
    by = staff_name(by)
    for word in reasons:
        if not _CODE.fullmatch(word):
            raise Invalid(say(N_("an outcome or a reason is not a code")), say(N_("write it in lower-case letters, digits and `-`, as in `score-below-limit`")))
    if not reasons:
        raise Invalid(say(N_("a decision has from 1 to {most} reasons"), most=MOST_REASONS), say(N_("name each reason by a code of its own")))
    with transaction():
        row = store.decision(id, lock=True)
        if row is None:
            raise _unknown(id)
        if row.state == REVIEWED:
            raise Conflict(say(N_("somebody looked at this decision anew already")), say(N_("`janji decisions list` shows what came of it")))
        subject, now = current(row.subject), house.runtime.now()
        details = {"decision": str(id), "purpose": row.purpose, "outcome": str(ruling), "reasons": list(reasons),
                   **({"request": str(row.request)} if row.request else {})}  # fmt: skip
        evidence = {"by": by, **({"words": words} if words else {})}
        record(house, [Entry(id=uuid5(id, "reviewed"), kind=Kind.DECISION_REVIEWED, actor=Actor.STAFF, subject=subject, details=details, evidence=evidence)])
        store.conclude(id, str(ruling), now)
        if not any(one.state == REVIEW for one in store.of_people(people.family(subject))):
            close_tasks(house, people.open_tasks([subject], TASK), Actor.STAFF, "done")
    found = store.decision(id)
    if found is None:
        raise _unknown(id)
    return found


# ---------------------------------------------------------------------------------------------------------------- shown


def decision(id: UUID) -> DecisionRow:
    """One decision; raises `Invalid` when there is none."""
    row = store.decision(id)
    if row is None:
        raise _unknown(id)
    return row


def decisions_of(subject: UUID) -> tuple[DecisionRow, ...]:
    """What machines decided about a person and whoever was merged into them, the newest first."""
    return store.of_people(people.family(current(subject)))


def decisions(size: int = PAGE, before: UUID | None = None) -> tuple[DecisionRow, ...]:
    """Decisions of machines, the newest first, of ids below `before`."""
    return store.page(size, before)


def reviews(size: int = PAGE, after: tuple[datetime, UUID] | None = None, purposes: Collection[str] | None = None) -> tuple[DecisionRow, ...]:
    """Decisions that a person must look at anew, what is due first; of some purposes where they are named."""
    return store.reviews(size, after, purposes)


def explained(house: House, row: DecisionRow) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """What was kept under seal: the explanation of the machine, and who looked anew with which words; absent once its key is gone."""
    subject = current(row.subject)
    return evidence_of(house, subject, row.event), evidence_of(house, subject, uuid5(row.id, "reviewed")) if row.state == REVIEWED else None


def decision_json(row: DecisionRow) -> dict[str, Any]:
    """A decision as JSON; what is absent is left out."""
    named: dict[str, Any] = {
        "id": f"{PREFIX}{row.id}", "subject": f"{SUBJECT}{row.subject}", "purpose": row.purpose, "outcome": row.outcome, "reasons": list(row.reasons),
        "application": row.application, "at": stamp(row.at), "event": str(row.event), "state": row.state,
        "due": stamp(row.due) if row.due and row.state == REVIEW else "", "request": f"{REQUEST}{row.request}" if row.request else "",
        "ruling": row.ruling or "", "reviewed": stamp(row.reviewed) if row.reviewed else "",
    }  # fmt: skip
    return {key: value for key, value in named.items() if value}


def register_json(one: Deciding, tongue: Tongue) -> dict[str, Any]:
    """An entry of the register as JSON; what is absent is left out."""
    named: dict[str, Any] = {
        "purpose": one.purpose, "title": one.title.get(tongue.language), "profiling": one.profiling, "data": list(one.data),
        **{name: text.get(tongue.language) for name, text in (("logic", one.logic), ("effect", one.effect), ("review", one.review)) if text is not None},
    }  # fmt: skip
    return {**{key: value for key, value in named.items() if value}, "taken": one.taken, "waiting": one.waiting, "overruled": one.overruled}


def decision_number(text: str) -> UUID:
    """The id of a decision as it is shown; raises `Invalid` for anything else."""
    try:
        return UUID(text.removeprefix(PREFIX))
    except ValueError:
        raise Invalid(say(N_("`{word}` is not the id of a decision"), word=text[:64]), say(N_("`janji decisions list` shows them"))) from None


def purposes_of(house: House, named: Iterable[str]) -> tuple[str, ...]:
    """The purposes of the register, all of them where none is named."""
    wanted = [name for name in named if name]
    return tuple(wanted) if wanted else tuple(str(name) for name, purpose in house.policy_in_force.policy.purposes.items() if decides(purpose))


def _unknown(id: UUID) -> Invalid:
    return Unknown(say(N_("there is no decision `{id}`"), id=f"{PREFIX}{id}"), say(N_("`janji decisions list` shows them")))
