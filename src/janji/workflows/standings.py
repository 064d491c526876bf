"""What is known of a person on record, as the facts of a decision; what has run out is recorded first."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from janji.decision.compiler import CompiledPolicy
from janji.decision.engine import decide
from janji.decision.history import pack_row, run_out, second
from janji.decision.layout import objection_key
from janji.decision.question import Decision, Facts, Question
from janji.ledger.events import Actor, Kind
from janji.people.identifiers import parse
from janji.policy.model import Policy
from janji.store import facts as stored
from janji.store import records, standings
from janji.store.database import transaction
from janji.store.facts import Held
from janji.terms.processing import Operation, Signal
from janji.workflows.decisions import Answer, answer
from janji.workflows.house import House
from janji.workflows.people import find_subjects, region_of
from janji.workflows.recording import Entry, history_of, record, row_of

PAGE = 1_000
UNDECLARED = "-"
"""What is recorded instead of a name that the policy does not declare."""
_COUNTRY = re.compile(r"[A-Z]{2}")
_OPERATIONS = frozenset(map(str, Operation))


def facts_of(house: House, subject: UUID, question: Question, request: Facts | None = None) -> Facts | None:
    """What is known of a person on record when `question` is asked; `None` for somebody unknown or forgotten.

    A person who was merged is the survivor. A row past its `due` is not believed: what ran out is recorded first. Where
    the question is about a later instant, what will have run out by then does not count. `request` gives what belongs to
    the request: the agent's training and the instrument.
    """
    published = house.policy_in_force
    found = _survivor(subject, published.layout.words)
    if found is None:
        return None
    subject, held = found
    bits, born, now = held.bits, held.born, second(house.runtime.now())
    if held.due and held.due <= now:
        _renew(house, subject)
        found = _survivor(subject, published.layout.words)
        if found is None:
            return None
        bits, born, held = found[1].bits, found[1].born, found[1]
    if held.due and held.due <= max(now, _second(question)):
        row = pack_row(history_of(house, subject), question.at if _second(question) > now else house.runtime.now(), published.layout)
        bits, born = row.bits, row.born
    known = Facts(bits=bits, born=born)
    if request is None:
        return known
    return replace(
        known, trained_until=request.trained_until, instrument=request.instrument, instrument_approved=request.instrument_approved
    )


def answer_for(
    house: House, subject: UUID, question: Question, request: Facts | None = None, compiled: CompiledPolicy | None = None,
    touchpoint: str | None = None, application: str | None = None, signals: Collection[Signal] = (),
) -> Answer:  # fmt: skip
    """The answer about a person on record, under the policy in force or another one that goes on from its layout.

    `signals` are those that the person's browser sends with this request. Raises `Refusal` while no policy is published.
    """
    asked, compiled = replace(question, subject=str(subject)), compiled or house.policy_in_force.compiled
    known = with_signals(compiled, question, facts_of(house, subject, question, request), signals)
    return answer(house.runtime, compiled, asked, known, touchpoint, application)


def with_signals(compiled: CompiledPolicy, question: Question, facts: Facts | None, signals: Collection[Signal]) -> Facts | None:
    """The facts with the objection that a browser's signal is to this purpose, where the policy says that it is one."""
    purpose = compiled.policy.purposes.get(question.purpose) if signals else None
    if purpose is None or not set(purpose.signals) & set(signals):
        return facts
    facts = facts or Facts()
    return replace(facts, bits=facts.bits | compiled.layout.bit(objection_key(purpose.id)))


def permits_for(house: House, subject: UUID, question: Question, request: Facts | None = None) -> Decision:
    """The decision alone, under the policy in force: the shortest way, for programs that ask a thousand times a second."""
    return decide(house.policy_in_force.compiled, question, facts_of(house, subject, question, request))


def record_permitted(
    house: House, subject: UUID, question: Question, request: Facts | None = None, touchpoint: str | None = None,
    application: str | None = None, signals: Collection[Signal] = (),
) -> Answer:  # fmt: skip
    """The answer under the policy in force, and what is done under it on record: decided and recorded under one lock.

    What is done is done now, whatever instant the question names. Nothing is recorded of what does not go on. Raises as
    `answer_for` does.
    """
    question = replace(question, at=house.runtime.now())
    words = house.policy_in_force.layout.words
    facts_of(house, subject, question, request)
    with transaction():
        found = _survivor(subject, words)
        if found is not None:
            subject = found[0]
            records.lock([subject], range(words))
        result = answer_for(house, subject, question, request, None, touchpoint, application, signals)
        if found is not None and result.outcome.proceed:
            details = use_details(declared(house.policy_in_force.policy, question), result.decision, application)
            record(house, [Entry(subject=subject, kind=Kind.USE_PERMITTED, actor=Actor.SYSTEM, details=details)])
    return result


def declared(policy: Policy, question: Question) -> Question:
    """A question as it may stand on record for ever: what the policy does not declare could be anything, a name too."""

    def known(word: str | None, words: Container[str]) -> str | None:
        return word if word is None or word in words else UNDECLARED

    parts: dict[str, Any] = {
        "purpose": known(question.purpose, policy.purposes) or UNDECLARED,
        "data": tuple([known(name, policy.data) or UNDECLARED for name in question.data]),
        "operation": known(question.operation, _OPERATIONS) or UNDECLARED, "channel": known(question.channel, policy.channels),
        "recipient": known(question.recipient, policy.recipients),
        "country": question.country if question.country is None or _COUNTRY.fullmatch(question.country) else UNDECLARED,
    }  # fmt: skip
    same = all(getattr(question, name) == part for name, part in parts.items())
    return question if same else replace(question, **parts)


_PROGRAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a program may be called in the record; anything else could be somebody's words."""


def program(application: str | None) -> str | None:
    """A program's name as the record may keep it; anything that could be somebody's words becomes `UNDECLARED`."""
    return application if application is None or _PROGRAM.fullmatch(application) else UNDECLARED


def use_details(question: Question, decision: Decision, application: str | None = None) -> Mapping[str, Any]:
    """What the record keeps of a use: the question without who asked, and the digest of the facts that it turned on."""
    held = {
        "purpose": question.purpose, "data": list(question.data), "operation": str(question.operation),
        "channel": question.channel, "recipient": question.recipient, "country": question.country,
        "application": program(application), "facts": decision.facts_digest,
        "permit": None if decision.permit else False,
    }  # fmt: skip
    return {name: part for name, part in held.items() if part is not None}


def person_named(house: House, text: str) -> UUID | None:
    """The person named by `sub_<uuid>` or `kind:value`, `None` for nobody on record; raises `Invalid` for anything else."""
    named = parse(text, region_of(house))
    return named if isinstance(named, UUID) else find_subjects(house, [(str(named.kind), named.normal)])[0]


def sweep(house: House) -> int:
    """Record what has run out for everybody whose standing is past its end; gives how many people that were."""
    last, count = b"", 0
    while found := stored.past_due(second(house.runtime.now()), last, PAGE):
        for _, subject in found:
            _renew(house, subject)
        last, count = found[-1][0], count + len(found)
    return count


def _survivor(subject: UUID, words: int) -> tuple[UUID, Held] | None:
    """The person that somebody is now, and what is held of them."""
    found = stored.held(subject, words)
    while found is not None and found.state == "merged" and found.into is not None:
        subject = found.into
        found = stored.held(subject, words)
    return None if found is None or found.state != "active" else (subject, found)


def _renew(house: House, subject: UUID) -> None:
    """Record what ran out for one person, and bring the row to what the history adds up to."""
    layout = house.policy_in_force.layout
    words = range(layout.words)
    with transaction():
        locked = records.lock([subject], words)
        events = history_of(house, subject)
        over = run_out(events, house.runtime.now(), layout)
        if over:
            record(house, [Entry(subject=subject, kind=kind, actor=Actor.SYSTEM, details=details) for kind, details in over])
        elif subject in locked:
            standings.write(standings.writing([row_of(house, subject, events)], words))


def _second(question: Question) -> int:
    return second(question.at) if question.day else 0
