"""Collecting at a touchpoint: the person found or made, age and choices on record first, then what may be kept and why."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from janji.collection.gate import collect as gate
from janji.collection.gate import said
from janji.collection.plain import plain, plain_choice
from janji.collection.submission import AgeOutcome, Announced, Choice, Collected, Context, Upload
from janji.consent.choices import ChoiceMade, Verb
from janji.consent.rejections import Rejection
from janji.decision import layout as keys
from janji.decision.compiler import CompiledPolicy
from janji.decision.layout import Layout
from janji.decision.question import Facts
from janji.decision.standing import KnownAge
from janji.documents.shapes import nearest
from janji.errors import Invalid, JanjiError
from janji.files.pdf import read_pdf
from janji.files.reading import read_file
from janji.ledger.events import Actor, Kind
from janji.people.identifiers import PREFIX as SUBJECT
from janji.people.identifiers import parse
from janji.scanner.recognisers import read_recognisers
from janji.scanner.scan import Scanner, build_scanner
from janji.store import vault
from janji.store.database import transaction
from janji.terms.messages import N_, Tongue, say
from janji.terms.processing import AgeState
from janji.workflows import consents, rollout
from janji.workflows.consents import facts_of, reported, texts_of
from janji.workflows.decisions import check_enforcement
from janji.workflows.guardians import attest_age, record_age
from janji.workflows.house import House
from janji.workflows.people import current, find_subjects, lock_active, region_of, several_people, subject_with
from janji.workflows.recording import Entry, Recorded, record
from janji.workflows.reviews import PREFIX as REVIEW
from janji.workflows.reviews import open_review
from janji.workflows.runtime import Runtime
from janji.workflows.standings import program


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A submission at a touchpoint, with its circumstances.

    The person is `subject`, or without one whoever has `identifiers` (kind and value; a new person if nobody has). `digests` are the
    texts shown for single purposes, in `language`; `method` is how choices were made. `agreements` are kinds with the
    reference of what is concluded by this very submission. `evidence` may be personal and is sealed with the choices.
    `trained_until` is the last day of the collecting agent's training. The rest is as in `collection.submission.Context`.
    """

    touchpoint: str
    fields: Mapping[str, Any] = field(repr=False)
    subject: UUID | None = None
    identifiers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    application: str | None = None
    language: str | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    method: str | None = None
    actor: Actor = Actor.PERSON
    evidence: Mapping[str, Any] | None = field(default=None, repr=False)
    agreements: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    age: KnownAge | None = None
    announced: Announced | None = None
    scopes: tuple[str, ...] = ()
    event: str | None = None
    agent: str | None = None
    trained_until: date | None = None
    source: str | None = None
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice of the submission and what became of it: recorded, or rejected with every reason."""

    choice: Choice
    recorded: Recorded | None
    rejections: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a submission: the gate's answer, and what was recorded with it.

    `subject` is the person on record, if there is one; `reviews` the review of each quarantined field; `recorded` the event
    that tells what was collected; `erasure` the task to erase the data of a child without a guardian.
    """

    collected: Collected
    subject: UUID | None = None
    chosen: tuple[Chosen, ...] = ()
    reviews: Mapping[str, UUID] = field(default_factory=dict)
    recorded: Recorded | None = None
    erasure: UUID | None = None


def scanner(runtime: Runtime) -> Scanner:
    """The scanner with the shipped recognisers and those of the setting `recognisers`, made once for a process.

    Raises `Invalid` with diagnostics for a mistake in them, and `Unavailable` when the file cannot be read.
    """
    return _scanner(runtime.settings.recognisers)


@lru_cache(maxsize=4)
def _scanner(path: Path | None) -> Scanner:
    own, diagnostics = ((), ()) if path is None else read_recognisers([(str(path), read_file(path))])
    if diagnostics:
        raise Invalid(say(N_("the recognisers have mistakes: {count}"), count=len(diagnostics)), None, diagnostics)
    return build_scanner(custom=own)


def collect(house: House, asked: Asked, scan: Scanner | None = None) -> Taken:
    """Hold a submission against its touchpoint, and record what must be on record of it, all of it or nothing.

    Agreements, age and choices are recorded first, so that what they allow may be kept at once; then the gate decides
    about each field. What is quarantined goes under seal. One event tells what was collected, from where and for what,
    without any of it. Somebody new is made only when there is something to record of them.
    Raises `Invalid` for identifiers that are none and for an enforcement that names what the policy does not have, and as
    `workflows.consents` does; `Conflict` when identifiers lead to several people.
    """
    check_enforcement(house.runtime.settings.enforcement, house.policy_in_force.policy)
    found = _found(house, asked)
    with transaction():
        taken = _Submission(house, asked, scan or scanner(house.runtime), found).run()
    name = None if taken.subject is None else vault.pseudonym(house.secrets.pseudonym, taken.subject)
    rollout.observe_collected(house, taken.collected, asked.application, name)
    return taken


def preview(runtime: Runtime, compiled: CompiledPolicy, asked: Asked, scan: Scanner | None = None) -> Collected:
    """What the gate would say under a policy about a person of whom nothing is known; nothing is recorded or looked up."""
    check_enforcement(runtime.settings.enforcement, compiled.policy)
    facts = _with_agreements(compiled.layout, asked, Facts(trained_until=_number(asked.trained_until)))
    context = _context(runtime, asked, {})
    return gate(compiled, asked.touchpoint, asked.fields, context, scan or scanner(runtime), facts)


def _found(house: House, asked: Asked) -> UUID | None:
    """The person who is on record already."""
    if asked.subject is not None:
        return current(asked.subject)
    found = find_subjects(house, asked.identifiers) if asked.identifiers else []
    owners = {current(owner) for owner in found if owner is not None}
    if len(owners) > 1:
        raise several_people()
    return owners.pop() if owners else None


def _context(runtime: Runtime, asked: Asked, texts: Mapping[str, frozenset[str]]) -> Context:
    return Context(
        at=runtime.now(), actor=asked.actor, age=asked.age, announced=asked.announced, texts=texts, scopes=asked.scopes,
        event=asked.event, agent=asked.agent, source=asked.source, sources=asked.sources, application=asked.application,
        enforcement=runtime.settings.enforcement,
    )  # fmt: skip


def _number(day: date | None) -> int:
    return 0 if day is None else day.year * 10000 + day.month * 100 + day.day


def _with_agreements(layout: Layout, asked: Asked, facts: Facts) -> Facts:
    wanted = [keys.agreement_key(kind) for kind, _ in asked.agreements]
    return replace(facts, bits=facts.bits | layout.mask(key for key in wanted if key in layout))


class _Submission:
    """One submission, in the open transaction."""

    def __init__(self, house: House, asked: Asked, scan: Scanner, subject: UUID | None) -> None:
        self.house, self.asked, self.scan, self.subject = house, asked, scan, subject
        self.policy = house.policy_in_force.policy
        self.compiled = house.policy_in_force.compiled
        self.context = _context(house.runtime, asked, _texts(house, asked.touchpoint))
        self.erasure: UUID | None = None

    def run(self) -> Taken:
        if self.subject is not None:
            lock_active([self.subject])
        before = self._facts()
        choices, age = said(self.compiled, self.asked.touchpoint, self.asked.fields, self.context, before)
        enforced = self.asked.touchpoint in self.policy.touchpoints
        if enforced and (choices or self._is_new(age, before) or self.asked.agreements):
            self._make()
        chosen: tuple[Chosen, ...] = ()
        if self.subject is not None and enforced:
            self._agreements()
            self._age(age, before)
            chosen = self._choose(choices)
        collected = gate(
            self.compiled, self.asked.touchpoint, self.asked.fields, self.context, self.scan, self._unquarantined(before)
        )
        if collected.kept or collected.quarantined:
            self._make()
        reviews = {
            item.field: open_review(self.house, self.subject, collected.touchpoint, item, program(self.asked.application))
            for item in collected.quarantined
        }  # fmt: skip
        return Taken(collected, self.subject, chosen, reviews, self._record(collected), self.erasure)

    def _facts(self) -> Facts:
        """What is known of the person now, with what belongs to the request."""
        facts = Facts() if self.subject is None else facts_of(self.house, [self.subject], lock=True)[self.subject]
        return replace(facts, trained_until=_number(self.asked.trained_until))

    def _make(self) -> None:
        """Find or make the person, and give them the identifiers that nobody has yet."""
        if self.asked.subject is None and self.asked.identifiers:
            self.subject = subject_with(self.house, self.asked.identifiers, self.asked.actor)

    def _is_new(self, age: AgeOutcome | None, before: Facts) -> bool:
        """Whether the age that was given says something that the record does not say yet."""
        if age is None or not age.given:
            return False
        adult = bool(before.bits & self.compiled.adult_bit)
        return not (age.state is AgeState.ADULT and adult) and not (age.state is AgeState.CHILD and bool(before.born))

    def _agreements(self) -> None:
        for kind, reference in self.asked.agreements:
            if self.subject is not None:
                consents.agreement(self.house, self.subject, kind, reference, self.asked.actor)

    def _age(self, age: AgeOutcome | None, before: Facts) -> None:
        """Record the age at once: a child without a guardian is quarantined, and the clock of erasure runs."""
        if self.subject is None or age is None or not self._is_new(age, before):
            return
        if age.born is not None:
            self.erasure = record_age(self.house, self.subject, age.born, self.asked.actor).erasure
        elif age.state is not AgeState.UNKNOWN:
            self.erasure = attest_age(self.house, self.subject, KnownAge(str(age.state)), self.asked.actor).erasure

    def _choose(self, choices: Sequence[Choice]) -> tuple[Chosen, ...]:
        """Record each choice with the notice it was made under; a no where a yes stands takes the yes back."""
        if self.subject is None or not choices:
            return ()
        subject, bits = self.subject, facts_of(self.house, [self.subject])[self.subject].bits
        items = [
            consents.Asked(subject=subject, choice=self._made(choice, bits), evidence=self.asked.evidence,
                           more={"touchpoint": self.asked.touchpoint})
            for choice in choices
        ]  # fmt: skip
        results = consents.choose_many(self.house, items)
        return tuple(Chosen(choice, one.recorded, one.rejections) for choice, one in zip(choices, results, strict=True))

    def _made(self, choice: Choice, bits: int) -> ChoiceMade:
        verb = Verb.GRANT if choice.yes else Verb.WITHDRAW if _stands(self.compiled.layout, bits, choice) else Verb.REFUSE
        return replace(
            reported(
                self.house, str(verb), choice.purpose, channel=choice.channel, language=self.asked.language,
                digest=self.asked.digests.get(choice.purpose), method=self.asked.method,
            ),
            actor=self.asked.actor,
        )  # fmt: skip

    def _unquarantined(self, before: Facts) -> Facts:
        """The facts for the gate: a quarantine that this very submission set is not yet the person's past.

        What may be kept of a child at the gate is what needs no guardian (such as the date of birth itself); from the
        next question on quarantine stops everything.
        """
        now = _with_agreements(self.compiled.layout, self.asked, self._facts())
        quarantined = self.compiled.layout.bit(keys.QUARANTINED)
        return now if before.bits & quarantined else replace(now, bits=now.bits & ~quarantined)

    def _record(self, found: Collected) -> Recorded | None:
        """One event with names of the policy alone: which fields, from where, by whom, for what; how many were left out."""
        fields = [name for name in (*found.kept, *(item.field for item in found.quarantined)) if name in self._known()]
        if self.subject is None or not fields:
            return None
        declared = self.policy.touchpoints[found.touchpoint].fields
        sources = {str(item.source): str(item.kind) for name, item in found.provenance.items() if name in fields}
        details: dict[str, Any] = {
            "touchpoint": found.touchpoint, "fields": sorted(fields), "data": sorted({str(declared[name].data) for name in fields}),
            "source": sorted(sources), "collected": sorted(set(sources.values())), "mode": str(found.mode),
            "purposes": sorted({purpose for name, item in found.provenance.items() if name in fields for purpose in item.purposes}),
            "left_out": len(found.dropped), "application": program(self.asked.application), "agent": program(self.asked.agent),
            "quarantined": sorted(item.field for item in found.quarantined),
            "observed": sorted({reason.code for item in found.observed for reason in item.reasons}),
        }  # fmt: skip
        if self.asked.announced is not None and self.policy.touchpoints[found.touchpoint].recording:
            details["announced"] = self.asked.announced.digest
        entry = Entry(subject=self.subject, kind=Kind.DATA_COLLECTED, actor=self.asked.actor,
                      details={name: part for name, part in details.items() if part not in (None, [], "")})  # fmt: skip
        return record(self.house, [entry])[0]

    def _known(self) -> Mapping[str, Any]:
        place = self.policy.touchpoints.get(self.asked.touchpoint)
        return {} if place is None else place.fields


def _texts(house: House, touchpoint: str) -> Mapping[str, frozenset[str]]:
    """The digests of a touchpoint's notice in every language: present texts, and older ones that still count."""
    place = house.policy_in_force.policy.touchpoints.get(touchpoint)
    if place is None or place.notice is None:
        return {}
    accepted = house.policy_in_force.policy.notices[place.notice].accepted
    found = (text.digest for text in texts_of(house) if text.notice == place.notice and text.version in accepted)
    return {str(place.notice): frozenset(found)}


def _stands(layout: Layout, bits: int, choice: Choice) -> bool:
    """Whether a consent stands that a no takes back."""
    channel = "" if choice.channel is None else f"{keys.consent_key(choice.purpose, choice.channel, '')}"
    prefix = channel or f"consent/{choice.purpose}/"
    return any(name.startswith(prefix) for name in layout.names(bits))


# ----------------------------------------------------------------------------------------------- as programs write it


_KEYS = (
    "subject", "identifiers", "application", "language", "digests", "method", "actor", "evidence", "agreements", "age", "announced",
    "scopes", "event", "agent", "trained_until", "source", "sources",
)  # fmt: skip
"""What a context may hold, as JSON."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def read_object(option: str, source: Path | bytes) -> dict[str, Any]:
    """The JSON object in a file, or in bytes that were read; raises `Invalid` for anything else, without what it holds."""
    data = read_file(source) if isinstance(source, Path) else source
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Invalid(say(N_("the value of `{option}` is not understood"), option=option), say(N_("give one JSON object, in UTF-8")))
    return found


def read_asked(house: House | None, touchpoint: str, fields: Any, context: Any) -> Asked:
    """A submission as programs write it, in JSON values (`schema/collect.json`).

    `subject` is `sub_` and a number, or an object with `kind` and `value`. A file is an object with `name`, `media_type`
    and `base64`. Raises `Invalid` that names what is wrong, never with a value.
    """
    held = _mapping("context", context)
    unknown = [str(key) for key in held if key not in _KEYS]
    if unknown:
        raise Invalid(say(N_("`{key}` is not a key of a context"), key=unknown[0]), nearest(unknown[0], _KEYS))
    subject, identifiers = _named(house, held)
    announced = _mapping("announced", held["announced"]) if "announced" in held else None
    return Asked(
        touchpoint=touchpoint, fields={str(name): _value(value) for name, value in _mapping("fields", fields).items()},
        subject=subject, identifiers=identifiers, application=_text(held, "application"), language=_text(held, "language"),
        digests=_texts_of("digests", held.get("digests", {})), method=_text(held, "method"),
        actor=_one_of(Actor, "actor", held.get("actor", "person")),
        evidence=_mapping("evidence", held["evidence"]) if "evidence" in held else None,
        agreements=tuple(
            (_needed(_mapping("agreements", item), "kind"), _needed(item, "reference")) for item in _list("agreements", held)
        ),
        age=_one_of(KnownAge, "age", held["age"]) if "age" in held else None,
        announced=None if announced is None else Announced(_instant(announced), _digest(announced)),
        scopes=tuple(map(str, _list("scopes", held))), event=_text(held, "event"), agent=_text(held, "agent"),
        trained_until=_day(held), source=_text(held, "source"), sources=_texts_of("sources", held.get("sources", {})),
    )  # fmt: skip


def _named(house: House | None, held: Mapping[str, Any]) -> tuple[UUID | None, tuple[tuple[str, str], ...]]:
    identifiers = tuple(
        (_needed(_mapping("identifiers", item), "kind"), _needed(item, "value")) for item in _list("identifiers", held)
    )
    subject = held.get("subject")
    if isinstance(subject, Mapping):
        return None, ((_needed(subject, "kind"), _needed(subject, "value")), *identifiers)
    if subject is None:
        return None, identifiers
    found = parse(str(subject), None if house is None else region_of(house))
    return (found, identifiers) if isinstance(found, UUID) else (None, ((str(found.kind), found.normal), *identifiers))


def _wrong(key: str, help: str) -> Invalid:
    return Invalid(say(N_("the value of `{option}` is not understood"), option=key), say(help))


def _mapping(key: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(key, N_("write an object with names and values"))
    return value


def _list(key: str, held: Mapping[str, Any]) -> list[Any]:
    value = held.get(key, [])
    if not isinstance(value, list | tuple):
        raise _wrong(key, N_("write a list"))
    return list(value)


def _texts_of(key: str, value: Any) -> Mapping[str, str]:
    found = _mapping(key, value)
    if not all(isinstance(item, str) for item in found.values()):
        raise _wrong(key, N_("write an object with names and values"))
    return dict(found)


def _text(held: Mapping[str, Any], key: str) -> str | None:
    value = held.get(key)
    if value is not None and not isinstance(value, str):
        raise _wrong(key, N_("write it as a text"))
    return value


def _needed(held: Any, key: str) -> str:
    value = _text(_mapping(key, held), key)
    if not value:
        raise _wrong(key, N_("write it as a text"))
    return value


def _one_of(kind: Any, key: str, value: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        words = ", ".join(f"`{word}`" for word in kind)
        raise Invalid(
            say(N_("the value of `{option}` is not understood"), option=key), say(N_("known here: {words}"), words=words)
        ) from None


def _instant(held: Mapping[str, Any]) -> datetime:
    with suppress(ValueError):
        found = datetime.fromisoformat(_needed(held, "at"))
        if found.tzinfo is not None:
            return found
    raise _wrong("at", N_("write an instant with its zone, as in `2027-01-31T00:00:00Z`"))


def _digest(held: Mapping[str, Any]) -> str:
    found = _needed(held, "digest")
    if not _DIGEST.fullmatch(found):
        raise _wrong("digest", N_("write 64 hexadecimal digits; `janji consent notices` prints them"))
    return found


def _day(held: Mapping[str, Any]) -> date | None:
    text = _text(held, "trained_until")
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise _wrong("trained_until", N_("write it as `2014-04-17`")) from None





def _value(value: Any) -> Any:
    """A value as JSON gives it; an object that is a file becomes one."""
    if isinstance(value, Mapping):
        if value.keys() >= {"base64", "media_type"}:
            return read_upload(_text(value, "name") or "", _needed(value, "media_type"), _decoded(value))
        return {str(name): _value(item) for name, item in value.items()}
    return [_value(item) for item in value] if isinstance(value, list | tuple) else value


def _decoded(held: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode(_text(held, "base64") or "", validate=True)
    except (binascii.Error, ValueError):
        raise _wrong("base64", N_("write the bytes of the file in base64 (RFC 4648)")) from None


def read_upload(name: str, media_type: str, data: bytes) -> Upload:
    """A file with whatever text can be read of it: texts in UTF-8, and PDF; of anything else none, so a person looks at it."""
    kind = media_type.partition(";")[0].strip().lower()
    text = None
    if kind == "application/pdf":
        with suppress(JanjiError):
            text = read_pdf(name, data)[0]
    elif kind.startswith("text/") or kind in ("application/json", "application/xml"):
        with suppress(UnicodeDecodeError):
            text = data.decode("utf-8")
    return Upload(name, kind, data, text)


def taken_json(taken: Taken, tongue: Tongue) -> dict[str, Any]:
    """What came of a submission as `schema/collected.json` describes it."""
    held = plain(taken.collected, tongue)
    for item in held["quarantined"]:
        if item["field"] in taken.reviews:
            item["review"] = f"{REVIEW}{taken.reviews[item['field']]}"
    if taken.chosen:
        held["choices"] = [_chosen(item, tongue) for item in taken.chosen]
    if taken.subject is not None:
        held["subject"] = f"{SUBJECT}{taken.subject}"
    if taken.recorded is not None:
        held["event"] = str(taken.recorded.id)
    return held


def _chosen(item: Chosen, tongue: Tongue) -> dict[str, Any]:
    held = plain_choice(item.choice)
    if item.recorded is not None:
        held["recorded"] = {"id": str(item.recorded.id), "digest": item.recorded.digest}
    if item.rejections:
        held["rejections"] = [
            {"code": one.code, "clauses": list(one.clauses), "article": one.article, "text": one.message.render(tongue),
             "help": one.help.render(tongue)}
            for one in item.rejections
        ]  # fmt: skip
    return held
