"""Drills: a made-up person says yes and no, asks for every right and is kept out of what is forbidden; then all of it is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from janji.assurance.findings import Area, Result, Seen
from janji.assurance.persons import forbids
from janji.collection.gate import collect
from janji.collection.submission import Context
from janji.consent.choices import ChoiceMade, Method, Verb
from janji.decision.question import Question
from janji.errors import Invalid, JanjiError
from janji.ledger.events import Actor, Kind
from janji.policy.combined import ADULTS_ONLY
from janji.policy.model import Prohibition, Purpose
from janji.rights.requests import Proof
from janji.store.database import in_transaction, transaction
from janji.store.requests import requests as stored
from janji.terms.messages import N_, say
from janji.terms.processing import LegalBasis, Operation, Right
from janji.workflows.collection import scanner
from janji.workflows.consents import Asked, choose_many, facts_of, text_of
from janji.workflows.corrections import SAID
from janji.workflows.house import House
from janji.workflows.people import subjects_for
from janji.workflows.recording import Entry, record
from janji.workflows.requests import Opening, open_requests, rights
from janji.workflows.standings import permits_for

_T = TypeVar("_T")
CANARY = "canary 3f1c9a"
"""What a made-up person writes."""
REPAIR = N_("stop, and run `janji doctor --all`; then `janji prove` again")


class _Over(Exception):
    """The drill is over, and everything in it is undone."""


def rehearsed(act: Callable[[], _T]) -> _T:
    """What `act` gives, with all that it wrote undone: a drill runs in the real record and leaves nothing in it.

    Raises `RuntimeError` within a transaction, for then the work around it would be undone too, or the drill be kept.
    """
    if in_transaction():
        raise RuntimeError("a drill has a transaction of its own")
    found: list[_T] = []
    with suppress(_Over), transaction():
        found.append(act())
        raise _Over
    return found[0]


def drills(house: House) -> tuple[Seen, ...]:
    """Every drill, each by itself: one that cannot be held is told as such."""
    found: list[Seen] = []
    for area, drill in ((Area.OPT_OUT, opt_out), (Area.POST, forbidden), (Area.REQUEST, asked)):
        try:
            found += rehearsed(lambda drill=drill: tuple(drill(house)))  # type: ignore[misc]  # bound at once
        except JanjiError as error:
            found.append(Seen(area=area, result=Result.UNKNOWN, says=error.message, help=error.help))
    return tuple(found)


def _canary(house: House) -> UUID:
    """A grown person who is nobody, with an address that can be nobody's (RFC 6761)."""
    (subject,) = subjects_for(house, [("email", f"canary-{house.runtime.random(8).hex()}@janji.invalid")])
    record(house, [Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=Actor.SYSTEM, details={"band": "adult"})])
    return subject


def _pairs(house: House) -> list[tuple[Purpose, str | None]]:
    """Every purpose on consent with each of its channels."""
    policy = house.policy_in_force.policy
    return [(one, channel) for one in policy.purposes.values() if one.basis is LegalBasis.CONSENT for channel in one.channels or (None,)]


def _say(house: House, subject: UUID, verb: Verb) -> list[bool]:
    """Say yes or no to all that rests on consent; which of it was taken."""
    language = (house.policy_in_force.policy.languages or ("en",))[0]
    choices = []
    for purpose, channel in _pairs(house):
        text = text_of(house, str(purpose.id), str(language))
        told = {} if text is None else {"notice": text.notice, "version": text.version, "language": str(language), "digest": text.digest}
        choices.append(Asked(subject=subject, choice=ChoiceMade(verb=verb, purpose=str(purpose.id), channel=channel, method=Method.UNTICKED_BOX, **told)))  # type: ignore[arg-type]
    return [one.recorded is not None for one in choose_many(house, choices)]


def _may(house: House, subject: UUID, purpose: Purpose, channel: str | None, **more: object) -> bool:
    question = Question(str(purpose.id), purpose.data, house.runtime.now(), channel=channel)
    return permits_for(house, subject, replace(question, **more)).permit  # type: ignore[arg-type]


def opt_out(house: House) -> Iterator[Seen]:
    """Somebody says yes to everything and takes it all back: from then on every purpose on consent is denied, in every channel."""
    subject = _canary(house)
    pairs = _pairs(house)
    taken = _say(house, subject, Verb.GRANT)
    before = {purpose.id for (purpose, channel), one in zip(pairs, taken, strict=True) if one and _may(house, subject, purpose, channel)}
    _say(house, subject, Verb.WITHDRAW)
    for purpose in dict.fromkeys(one.id for one, _ in pairs):
        after = [channel for one, channel in pairs if one.id == purpose and _may(house, subject, one, channel)]
        entry = f"purposes.{purpose}"
        if after:
            yield Seen(area=Area.OPT_OUT, result=Result.FAILS, entry=entry, help=say(REPAIR), says=say(
                N_("a made-up person withdrew from `{purpose}` and may still be reached by `{channel}`"), purpose=purpose, channel=after[0]))  # fmt: skip
        elif purpose not in before:
            yield Seen(area=Area.OPT_OUT, result=Result.UNKNOWN, entry=entry, help=say(N_("`janji explain` says what else `{purpose}` needs"), purpose=purpose), says=say(
                N_("the yes of a made-up person to `{purpose}` did not count, so its withdrawal shows nothing"), purpose=purpose))  # fmt: skip
    yield Seen(area=Area.OPT_OUT, result=Result.HOLDS, says=say(N_("a made-up person said yes, was permitted, said no, and was denied in every channel")))


def forbidden(house: House) -> Iterator[Seen]:
    """Somebody who allows everything posts what is forbidden to use: no purpose of the prohibition may have it."""
    subject, policy = _canary(house), house.policy_in_force.policy
    taken = _say(house, subject, Verb.GRANT)
    if taken and not any(taken):
        yield Seen(area=Area.POST, result=Result.UNKNOWN, says=say(N_("no yes of a made-up person was taken, so what was denied to it shows nothing")),
                   help=say(N_("`janji policy check` says what the purposes on consent need")))  # fmt: skip
    for rule in policy.prohibitions.values():
        wrong = next((one for one in policy.purposes.values() if forbids(rule, one) and _used(house, subject, rule, one)), None)
        if wrong is not None:
            yield Seen(area=Area.POST, result=Result.FAILS, entry=f"prohibitions.{rule.id}", help=say(REPAIR), says=say(
                N_("`{purpose}` may have what `{rule}` forbids, of a made-up person who allowed everything"), purpose=wrong.id, rule=rule.id))  # fmt: skip
    yield from _posted(house, subject)
    record(house, [Entry(subject=subject, kind=Kind.PERSON_ASSERTED, actor=Actor.SYSTEM)])
    wrong = next((one for one, channel in _pairs(house) if ADULTS_ONLY.intersection(one.traits) and _may(house, subject, one, channel)), None)
    if wrong is not None:
        yield Seen(area=Area.POST, result=Result.FAILS, entry="third_persons", help=say(REPAIR), says=say(
            N_("`{purpose}` may be done with a made-up person whom somebody else named"), purpose=wrong.id))  # fmt: skip
    yield Seen(area=Area.POST, result=Result.HOLDS, says=say(N_("what is forbidden was denied for a made-up person who allowed everything, also when named by somebody else")))


def _posted(house: House, subject: UUID) -> Iterator[Seen]:
    """What is forbidden is handed in wherever it is collected: the gate must keep it for no purpose of the prohibition."""
    policy, scan, facts = house.policy_in_force.policy, scanner(house.runtime), facts_of(house, [subject])[subject]
    for rule in policy.prohibitions.values():
        for place in policy.touchpoints.values():
            given = {str(name): CANARY for name, one in place.fields.items() if one.data in rule.data and one.choice is None and not one.born}
            if not given:
                continue
            found = collect(house.policy_in_force.compiled, str(place.id), given, Context(at=house.runtime.now(), event=next(iter(place.events), None)), scan, facts)
            kept = {name for one in found.provenance.values() for name in one.purposes}
            wrong = next((name for name in sorted(kept) if forbids(rule, policy.purposes[name])), None)
            if wrong is not None:
                yield Seen(area=Area.POST, result=Result.FAILS, entry=f"prohibitions.{rule.id}", help=say(REPAIR), says=say(
                    N_("what a made-up person wrote at `{touchpoint}` was kept for `{purpose}`, which `{rule}` forbids"),
                    touchpoint=place.id, purpose=wrong, rule=rule.id))  # fmt: skip


def _used(house: House, subject: UUID, rule: Prohibition, purpose: Purpose) -> bool:
    channel = (rule.channels or purpose.channels or (None,))[0]
    return any(
        _may(house, subject, purpose, channel, data=(data,), operation=operation, recipient=recipient)
        for data in rule.data or purpose.data for operation in rule.operations or (Operation.USE,) for recipient in rule.recipients or (None,)
    )  # fmt: skip


def _said(house: House) -> dict[str, list[dict[str, str]]]:
    """What a correction has to say: something that is not an identifier is to read otherwise."""
    policy = house.policy_in_force.policy
    data = next((name for name, one in policy.data.items() if not one.identifier), next(iter(policy.data), ""))
    return {SAID: [{"data": str(data), "becomes": CANARY}]}


def asked(house: House) -> Iterator[Seen]:
    """Somebody asks for every right that is granted: each is recorded, stands in the queue, and its clock is the stricter one."""
    subject = _canary(house)
    for right in rights(house).values():
        entry = f"rights.{right.id}"
        try:
            (request,) = open_requests(house, [
                Opening(right=right.id, subject=subject, proof=Proof.STAFF, by="drill", said=_said(house) if right.kind is Right.CORRECTION else {})
            ], Actor.SYSTEM)  # fmt: skip
        except Invalid as error:
            yield Seen(area=Area.REQUEST, result=Result.UNKNOWN, entry=entry, says=error.message, help=error.help)
            continue
        row = stored([request.id]).get(request.id)
        if row is None or row.due > right.due(row.opened):
            yield Seen(area=Area.REQUEST, result=Result.FAILS, entry=entry, help=say(REPAIR), says=say(
                N_("a made-up person asked for `{right}`, and the request has no clock or too long a one"), right=right.id))  # fmt: skip
    yield Seen(area=Area.REQUEST, result=Result.HOLDS, says=say(N_("a made-up person asked for every right, and the clock of each began")))
