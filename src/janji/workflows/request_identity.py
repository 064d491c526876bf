"""Who asks, shown step by step: a code or link to the address given, then what only they know; else staff see to it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from janji.datamap.meaning import TableMeaning
from janji.erasure.plan import Purpose
from janji.errors import Invalid, JanjiError, Refusal
from janji.ledger.events import Actor, Kind, read_stamp, stamp
from janji.people.guardians import LinkState
from janji.people.identifiers import KINDS, Identifier, IdentifierKind
from janji.policy.model import Policy
from janji.rights import identity
from janji.rights.identity import Address, Standing, Topic
from janji.rights.requests import ACTORS, STRENGTH, Asker, Proof, Request, State
from janji.store import people, requests, vault
from janji.store import request_identity as store
from janji.store.database import transaction
from janji.store.request_identity import IdentityRow
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Right
from janji.workflows import tokens
from janji.workflows.corrections import BIRTH
from janji.workflows.guardians import verify_person
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.people import content_keys, current, find_subjects, opened, subject_with, taken_away
from janji.workflows.planning import plan_batch, search_parts
from janji.workflows.recording import evidence_of, history_of
from janji.workflows.request_needs import answer_to, papers
from janji.workflows.request_telling import close_as_duplicate
from janji.workflows.requests import packed, request_of, requests_now, requests_of, said, verify
from janji.workflows.systems import reaching
from janji.workflows.transfers import ENDPOINT
from janji.workflows.worklists import site_of

PATH = "/rights/prove/"
"""Where a link leads at the site; the token follows."""
DAY = timedelta(days=1)
CODES_A_DAY = 6
"""Codes that one address is sent in a day, for all its requests."""
WRONG_A_DAY = 30
"""Wrong codes and answers for one address in a day, over all its requests; then no code of that day is good any more."""
AGAIN = "again"
"""What says, among the details of a request, since when systems are asked once more for what its asker could know."""
AGAIN_FOR, SOON = timedelta(hours=1), timedelta(seconds=10)
"""How long that goes on where a system does not answer, before staff must see who asks; and when it begins."""
ROWS = 2000
"""Rows of one person that are looked at for questions, at most."""


PRESSED = 32
"""Characters of what `press` gives."""


class Trial(StrEnum):
    """What came of a code, a link or answers."""

    SHOWN = "shown"
    """The request goes on."""
    QUESTIONS = "questions"
    """The address is theirs; what they know is asked next."""
    STAFF = "staff"
    """The address is theirs, and what is held does not suffice to ask more: staff see to it."""
    WRONG = "wrong"
    """Wrong, run out, of no request of ours, or of one that nobody need show anything for any more: it is not told which."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent to the address: a code, a link that does the same, when both end, and which of the codes it is, from 1."""

    code: str = field(repr=False)
    link: str = field(repr=False)
    until: datetime
    number: int


# ------------------------------------------------------------------------------------------------------ codes and links


def begin(house: House, request: UUID, contact: Identifier) -> Sent | None:
    """The first code of a request, for the address where answers go; `None` where the address had its share of the day.

    Whether anybody is known by the address is not looked up: the same is done and sent whoever it leads to. Joins an open
    transaction.
    """
    with transaction():
        begin_shown(house, request, contact)
        return fresh(house, request)


def begin_shown(house: House, request: UUID, contact: Identifier) -> None:
    """As `begin` for an address that was shown already: no code; `take_shown` goes on, at once or whenever it is sent again."""
    store.insert(IdentityRow(request, _address(house, contact)))


def fresh(house: House, request: UUID) -> Sent | None:
    """Another code and link, for a reminder or because somebody asks; the one before is dead. Joins an open transaction.

    `None` where there is nothing to show any more, all codes of the request were sent, or the address had its share.
    """
    now = house.runtime.now()
    with transaction():
        row = store.identity(request, lock=True)
        if row is None or row.state != Standing.ASKED or row.number >= identity.CODES:
            return None
        if store.count(digest(house, "codes", row.address), now, now - DAY) > CODES_A_DAY:
            return None
        code, number = identity.code_of(house.runtime.random(8)), row.number + 1
        store.write(replace(row, code=_code(house, request, number, code), number=number, tries=0, expires=now + identity.VALID))
    return Sent(code, f"{site_of(house.runtime.settings)}{PATH}{_token(house, request, number)}", now + identity.VALID, number)


def press(house: House) -> str:
    """What a form with a code or a link carries, another each time that it is shown: pressed twice, it is known to be the same."""
    return house.runtime.random(16).hex()


def show_code(house: House, request: UUID, typed: str, pressed: str = "") -> Trial:
    """Somebody typed the code of a request. The answer is the same for a wrong code and for a request that is none.

    A code that was used is good no more, but from the very form that it was used in (`pressed`), until it runs out.
    """
    code = identity.typed(typed)

    def good(row: IdentityRow) -> bool:
        return hmac.compare_digest(_code(house, request, row.number, code), row.code or bytes(32)) and bool(code)

    return _tried(house, request, good, _used(house, request, code, pressed))


def show_link(house: House, token: str, pressed: str = "") -> tuple[UUID | None, Trial]:
    """Somebody followed a link and said yes: its request, and what came of it; as `show_code` for a link that is no good, or was used."""
    named = read_link(house, token)
    request, number = named or (UUID(int=0), 0)
    return (None if named is None else request), _tried(house, request, lambda row: named is not None and row.number == number, _used(house, request, token, pressed))


def take_shown(house: House, request: UUID, contact: Identifier) -> Trial:
    """The address of a request was shown to be theirs in a session, so no code is sent: what comes after one, comes now; once."""
    with transaction():
        row = _locked(request)
        if row is None or row.state != Standing.ASKED or row.number or not hmac.compare_digest(row.address, _address(house, contact)):
            return Trial.WRONG
        subject, doubtful = _who(house, request)
    return _go_on(house, row, subject, doubtful=doubtful)


def read_link(house: House, token: str) -> tuple[UUID, int] | None:
    """The request and the number of the code that a link is about; `None` for what is none of ours."""
    value = tokens.read_token(_link_key(house), token)
    return None if value is None else (UUID(bytes=value[:16]), value[16])


def _tried(house: House, request: UUID, good: Callable[[IdentityRow], bool], used: bytes | None) -> Trial:
    """Count a try; where it was right, the address is shown to be the asker's, and the request goes on as far as it can.

    While something else is wanted of them the same is good until it runs out: whoever pressed twice, or lost the page, gets there again.
    Where the request went on, only the form that was sent leads there again: it is kept as `used` in the place of the code.
    """
    now = house.runtime.now()
    with transaction():
        row = _locked(request)
        right = good(row or IdentityRow(request, b""))
        if row is None or row.state not in _OPEN or row.code is None or row.expires is None or now >= row.expires:
            return Trial.WRONG
        held = request_there(request)
        if held is not None and held.state is not State.UNVERIFIED:
            return _went_on(row, used)
        wrong = digest(house, "wrong", row.address)
        if store.counted(wrong, now - DAY) >= WRONG_A_DAY:
            return Trial.WRONG
        if not right:
            store.count(wrong, now, now - DAY)
            tries = row.tries + 1
            dead = tries >= identity.TRIES
            state = Standing.LOCKED if dead and row.number >= identity.CODES and row.state == Standing.ASKED else row.state
            store.write(replace(row, tries=tries, code=None if dead else row.code, state=state))
            return _waits(request, Trial.WRONG) if state == Standing.LOCKED else Trial.WRONG
        if row.state == Standing.CHANNEL:
            return _wanted(row)
        subject, doubtful = _who(house, request)
    return _go_on(house, row, subject, doubtful=doubtful, used=used)


def _went_on(row: IdentityRow | None, used: bytes | None) -> Trial:
    """What comes of a code or link of a request that went on: the same as before for the form that it went on by, and nothing else."""
    same = row is not None and row.state == Standing.CHANNEL and hmac.compare_digest(row.code or bytes(32), used or bytes(1))
    return Trial.SHOWN if same else Trial.WRONG


_OPEN = (Standing.ASKED, Standing.CHANNEL)
"""While a request stands there, its code is good."""


def _wanted(row: IdentityRow) -> Trial:
    """What is wanted of whoever showed the address and must show more."""
    return Trial.QUESTIONS if row.facts else Trial.STAFF


def _go_on(house: House, row: IdentityRow, subject: UUID | None, *, doubtful: bool, used: bytes | None = None) -> Trial:
    """Where the channel is proof enough the request goes on; else what can be asked is worked out, once.

    Until then nothing is kept: whoever is cut off shows the address again, by the same code.
    """
    request, held = row.request, request_there(row.request)
    if held is None or held.state is not State.UNVERIFIED:
        return _went_on(store.identity(request), used)
    shown = replace(row, state=Standing.CHANNEL, subject=subject)
    if subject is not None and STRENGTH[held.wanted] <= STRENGTH[Proof.CHANNEL]:
        return _verified(house, held, (row, replace(shown, code=used)), subject, Proof.CHANNEL)
    kept, whole = ({}, True) if subject is None or doubtful or held.asker is Asker.AGENT else _asked_of(house, request, subject)
    if not _keep(row, replace(shown, facts=kept)):
        there = store.identity(request)  # the same came a moment before, and was right
        return _wanted(there) if there is not None and (there.state, there.number) == (Standing.CHANNEL, row.number) else Trial.WRONG
    if not kept and not whole:
        now = house.runtime.now()
        requests.note([request], {AGAIN: stamp(now)})
        requests.put_off({request: now + SOON})
    return _waits(request, _wanted(replace(shown, facts=kept)))


def look_again(house: House, request: Request) -> bool:
    """Look once more for what can be asked of whoever showed the address, where a system did not answer; after a while staff see who asks.

    Whether every system answered: else it is no use to look for others now.
    """
    row, since = store.identity(request.id), read_stamp(request.details[AGAIN])
    whole, over = True, house.runtime.now() >= since + AGAIN_FOR
    if row is not None and row.state == Standing.CHANNEL and not row.facts and row.subject is not None:
        kept, whole = _asked_of(house, request.id, row.subject)
        over |= bool(kept)
        if kept:
            _keep(row, replace(row, facts=kept))
    if whole or over:
        requests.note([request.id], {}, [AGAIN])
    _waits(request.id, Trial.STAFF)
    return whole


def _asked_of(house: House, request: UUID, subject: UUID) -> tuple[dict[str, list[str]], bool]:
    """What is asked of a person, each topic with the digests of its right answers; and whether every system answered."""
    facts, whole = _facts(house, request, subject)
    return {str(topic): sorted(_answer(house, request, topic, one) for one in facts[topic]) for topic in identity.questions(facts)}, whole


def _locked(request: UUID) -> IdentityRow | None:
    """What is known of who asks, locked behind its request: in this order, as whoever reminds does. In the open transaction."""
    requests.requests([request], lock=True)
    return store.identity(request, lock=True)


def _keep(before: IdentityRow, shown: IdentityRow) -> bool:
    """Keep what was shown, unless another try or another code came before. Joins an open transaction."""
    with transaction():
        row = _locked(before.request)
        if row is None or (row.state, row.number, row.code, row.facts) != (before.state, before.number, before.code, before.facts):
            return False
        store.write(shown)
    return True


def _waits(request: UUID, trial: Trial) -> Trial:
    """Keep with the request why it waits, so that the queue of staff says so."""
    why = waits_for(request)
    if why is not None:
        requests.note([request], {"waits": packed(why)})
    return trial


# ----------------------------------------------------------------------------------------------------------- questions


def standing_of(request: UUID) -> Standing | None:
    """How far it is shown who asks; `None` where nobody need show anything (any more)."""
    row = store.identity(request)
    return None if row is None else Standing(row.state)


def asked(request: UUID) -> tuple[Topic, ...]:
    """What is asked of whoever showed the address of a request; nothing where staff see to it."""
    row = store.identity(request)
    return () if row is None or row.state != Standing.CHANNEL else tuple(map(Topic, row.facts))


def unanswered(house: House, subject: UUID, contact: Identifier) -> tuple[Request, ...]:
    """The requests about a person whose asker showed this address and must show more; the oldest first."""
    return requests_now(requests.shown_by(_address(house, contact), people.family(subject)))


def show_answers(house: House, request: UUID, given: Mapping[str, str]) -> Trial:
    """Answers to all that was asked: one wrong is as wrong as all of them, and which it was is not told."""
    now = house.runtime.now()
    with transaction():
        row = _locked(request)
        if row is None or row.state != Standing.CHANNEL or not row.facts or row.subject is None:
            return Trial.WRONG
        wrong = digest(house, "wrong", row.address)
        if store.counted(wrong, now - DAY) >= WRONG_A_DAY:
            return Trial.WRONG
        right = True
        for topic, held in row.facts.items():
            found = identity.answer(Topic(topic), given.get(topic, ""))
            right &= identity.matches(held, _answer(house, request, Topic(topic), found)) and bool(found)
        if not right:
            store.count(wrong, now, now - DAY)
            answered = row.answered + 1
            state, facts = (Standing.LOCKED, {}) if answered >= identity.ANSWERS else (row.state, row.facts)
            store.write(replace(row, answered=answered, state=state, facts=facts))
            return _waits(request, Trial.STAFF) if state == Standing.LOCKED else Trial.WRONG
    held_request, shown = request_there(request), replace(row, state=Standing.KNOWN, code=None, facts={})
    return Trial.WRONG if held_request is None else _verified(house, held_request, (row, shown), row.subject, Proof.KNOWLEDGE)


def _facts(house: House, request: UUID, subject: UUID) -> tuple[Mapping[Topic, frozenset[str]], bool]:
    """What can be asked of a person: other identifiers on record, the year of birth, and what the systems hold; and whether all of these answered.

    What follows from the address itself is left out. A system that does not answer is passed over: its part is not asked.
    """
    shown, whole = contact_of(house, request), False
    found: dict[Topic, set[str]] = {topic: set() for topic in Topic}
    key = content_keys(house, [subject])[subject]
    for row in people.identifiers([subject]):
        _learn(found, row.kind, opened(row, key).normal, shown)
    for event in history_of(house, subject):
        if event.kind is Kind.AGE_RECORDED and event.sealed is not None:
            with suppress(JanjiError):
                found[Topic.YEAR].add(str((evidence_of(house, subject, UUID(event.id)) or {}).get("born", "")))
    with suppress(JanjiError):
        held, whole = _searched(house, subject)
        for category, value in held:
            _learn(found, category, value, shown)
    plain = {topic: frozenset(filter(None, (identity.answer(topic, value) for value in values))) for topic, values in found.items()}
    return {topic: values for topic, values in plain.items() if 0 < len(values) <= MANY}, whole


MANY = 3
"""More telephone numbers, cards or addresses than these are no knowledge any more: one of them is soon guessed."""


def _learn(found: dict[Topic, set[str]], category: str, value: str, shown: Identifier | None) -> None:
    """Take what a value of a category can be asked about."""
    kind = category.rpartition(".")[2]
    if kind == IdentifierKind.PHONE and (shown is None or shown.kind is not IdentifierKind.PHONE):
        found[Topic.PHONE].add(value)
    elif kind == IdentifierKind.ACCOUNT and (shown is None or value != shown.normal):
        found[Topic.ACCOUNT].add(value)
    elif kind == "address":
        found[Topic.POSTCODE] |= identity.postcodes(value)
    elif kind == "birth-date":
        found[Topic.YEAR].add(value)


def _searched(house: House, subject: UUID) -> tuple[list[tuple[str, str]], bool]:
    """What the systems hold of a person, as what it is and its value, and whether all answered; nothing of it is kept, and no owner is asked."""
    known, taken, policy = meanings(house.runtime), list[tuple[str, str]](), house.policy_in_force.policy

    def take(system: str, _: int, table: str, row: Mapping[str, Any]) -> None:
        if len(taken) > ROWS or system not in known or table not in known[system].tables:
            return
        for name, what in _asked_about(known[system].tables[table], policy).items():
            if row.get(name) not in (None, ""):
                taken.append((what, str(row[name])))

    with reaching(house) as reach:
        plan = plan_batch(house, reach, [subject], Purpose.ACCESS)
        _, failed = search_parts(reach, plan, take)
    return taken, not failed and not plan.blocked


_TERMS = {BIRTH: "birth-date", "pd:TelephoneNumber": str(IdentifierKind.PHONE)}
"""What a category of any name is by its term of DPV, where it can be asked about."""


def _asked_about(table: TableMeaning, policy: Policy) -> Mapping[str, str]:
    """What each column of a table can be asked about: by its category, or its term; what identifies its person, by the kind of that.

    A policy calls its categories as it likes, and may have one for all ways of contact; the data map tells telephones apart from accounts.
    """
    found = {}
    for name, meaning in table.columns.items():
        if not meaning.of:
            entry = policy.data.get(meaning.category)
            found[name] = _TERMS.get((entry.term if entry is not None else None) or "", meaning.category)
    # in a row that somebody was only found in, these may be another's
    sure = all(link.owner for link in table.links) and all(one.owner for one in table.identifiers)
    own = (one for one in table.identifiers if sure and one.owner and not one.path and one.column in found)
    return {**found, **{one.column: one.kind for one in own}}


# ----------------------------------------------------------------------------------------------------------- who it is


def _who(house: House, request: UUID) -> tuple[UUID | None, bool]:
    """Whom a request whose address was shown is about, and whether the address is too new to be believed.

    For oneself: whoever has the address; somebody new where nobody on record has, for systems may. For a guardian: the ward,
    where the record has the bond verified. For an agent: the person that was named. `None` where staff must look.
    """
    held, contact = request_there(request), contact_of(house, request)
    if held is None or contact is None:
        return None, True
    speaker = subject_with(house, [(str(contact.kind), contact.normal)], Actor.PERSON)
    doubtful = not believed(house, speaker, contact)
    if held.asker is Asker.SELF:
        verify_person(house, speaker)
        return speaker, doubtful
    about = _about(house, request)
    named = find_subjects(house, [(str(about.kind), about.normal)])[0] if about is not None else None
    if named is None or held.asker is Asker.AGENT:
        return None, True
    ward = current(named)
    bonds = [row for row in people.guardians([speaker]) if row.state is LinkState.VERIFIED and current(row.guardian) == speaker]
    bond = next((row for row in bonds if current(row.ward) == ward), None)
    if bond is None:
        return None, True
    requests.note([request], {"link": str(bond.id)})
    return ward, doubtful


def believed(house: House, subject: UUID, contact: Identifier) -> bool:
    """Whether the address counts for this person: not where it came beside older ones, or in their place, a short while ago."""
    index = vault.blind_index(house.secrets.index, str(contact.kind), contact.normal)
    rows = people.identifiers([subject])
    every = [Address(str(row.kind), identity.held_since(row.id)) for row in rows]
    mine = next((one for one, row in zip(every, rows, strict=True) if row.index == index), None)
    return mine is not None and identity.believed(mine, [*every, *taken_away(house, [subject])[subject]], house.runtime.now())


def waits_for(request: UUID, *, asker: bool = False) -> Message | None:
    """Why a request whose asker is not shown yet waits, in one sentence for staff or for its `asker`; `None` where nothing was sent to anybody."""
    row = store.identity(request)
    if row is None:
        return None
    if row.state == Standing.LOCKED:
        return say(N_("wrong codes or answers came too often: staff must see who asks"))
    if row.state == Standing.ASKED:
        return say(N_("the code that was sent must be typed in"))
    if row.facts:
        return say(N_("the questions must be answered"))
    held = request_there(request)
    if held is not None and AGAIN in held.details:
        return say(N_("a system does not answer now: we look again by ourselves for what can be asked, and it stands here then"))
    asks = None if held is None or row.subject is not None else papers(held, asker=asker)
    return asks or say(N_("what is held does not suffice for questions: staff must see who asks"))


def prune(house: House, size: int = 1000) -> int:
    """Delete what ended requests need no more, and counts of days gone by; the step of a worker. How many."""
    with transaction():
        return store.forget(store.ended(size, house.runtime.now())) + store.prune(house.runtime.now() - timedelta(days=8))


# ------------------------------------------------------------------------------------------------ the request beside it


def request_there(request: UUID) -> Request | None:
    """A request; `None` where there is none."""
    with suppress(Invalid):
        return request_of(request)
    return None


def contact_of(house: House, request: UUID) -> Identifier | None:
    """The address that codes of a request go to."""
    return next(iter(answer_to(said(house, request))), None)


def _about(house: House, request: UUID) -> Identifier | None:
    """Whom a guardian or an agent speaks for, as they named them."""
    held = said(house, request).get("about")
    return Identifier(KINDS[held[0]], held[1]) if held else None


def _verified(house: House, held: Request, shown: tuple[IdentityRow, IdentityRow], subject: UUID, proof: Proof) -> Trial:
    """The request is the person's, and goes on; where they asked for the same before, that one does, and this one ends.

    `shown` is what is known of who asks, before and after: it is kept together with the step, or not at all.
    """
    actor = ACTORS[held.asker]
    other = next((one for one in requests_of(subject) if one.open and one.id != held.id and _same(house, held, one)), None)
    try:
        with transaction():
            if not _keep(*shown):
                return _went_on(store.identity(held.id), shown[1].code)
            if other is not None:
                close_as_duplicate(house, held.id, other.id, actor=actor)
            else:
                verify(house, held.id, subject, proof, actor=actor)
    except (Invalid, Refusal):  # the bond or the mandate does not suffice, or somebody moved one of the two in the same moment
        there, before = request_there(held.id), shown[0]
        after = replace(shown[1], code=before.code)
        return _waits(held.id, Trial.STAFF) if there is not None and there.state is State.UNVERIFIED and _keep(before, after) else Trial.WRONG
    return Trial.SHOWN


_NEVER_THE_SAME = (Right.CORRECTION, Right.CLAIM)
"""What differs each time it is asked for."""


def _same(house: House, one: Request, other: Request) -> bool:
    """Whether two requests of one person ask for the same: data sent to two companies are two requests."""
    codes = ("purpose", "channel", "decision", "recipient", "link")
    alike = one.kind is other.kind and one.right == other.right and one.kind not in _NEVER_THE_SAME and all(
        one.details.get(code) == other.details.get(code) for code in codes
    )  # fmt: skip
    return alike and (one.kind is not Right.PORTABILITY or said(house, one.id).get(ENDPOINT) == said(house, other.id).get(ENDPOINT))


# ------------------------------------------------------------------------------------------------------ keys and tokens


def status_code(house: House, request: UUID, *, shown: bool) -> str:
    """What opens the page of a request: one code for whoever filed it, another once it was shown who asks.

    Nothing is stored. Who files in another's name learns from their own code that it was recorded, and nothing after that.
    """
    found = hmac.digest(_key(house), b"status\x00" + request.bytes + bytes([shown]), hashlib.sha256)
    return base64.b32encode(found)[:12].decode()


def opens(house: House, request: UUID, code: str) -> bool | None:
    """Whether a code opens the page of a request: for who filed it (`False`), for who was shown to ask (`True`), or not at all."""
    typed = "".join(code.upper().split())[:40].replace("-", "").encode()
    filed, shown = (hmac.compare_digest(typed, status_code(house, request, shown=one).encode()) for one in (False, True))
    return True if shown else False if filed else None


def _key(house: House) -> bytes:
    """What digests of codes, answers and addresses are made with: drawn from the key that finds people, for nothing else."""
    return vault.derived_key(house.secrets.index, "request identity 1")


def _link_key(house: House) -> bytes:
    return vault.derived_key(house.secrets.pseudonym, "request link 1")


def digest(house: House, use: str, *parts: str | bytes) -> bytes:
    """What something is counted or found by, and nobody can go back from."""
    held = [use.encode(), *(part.encode() if isinstance(part, str) else part for part in parts)]
    return hmac.digest(_key(house), b"\x00".join(held), hashlib.sha256)


def _address(house: House, contact: Identifier) -> bytes:
    return digest(house, "address", str(contact.kind), contact.normal)


def _code(house: House, request: UUID, number: int, code: str) -> bytes:
    return digest(house, "code", request.bytes + bytes([number % 256]), code)


def _used(house: House, request: UUID, shown: str, pressed: str) -> bytes | None:
    """What is kept of a code or link that was used, by the form that it was sent with; nothing where that cannot be told."""
    return digest(house, "used", request.bytes, shown, pressed) if len(pressed) == PRESSED and shown else None


def _answer(house: House, request: UUID, topic: Topic, text: str) -> str:
    return digest(house, f"answer {topic}", request.bytes, text).hex()


def _token(house: House, request: UUID, number: int) -> str:
    """The link beside a code: good as long as that code is, for it names its number."""
    return tokens.write_token(_link_key(house), request.bytes + bytes([number % 256]))
