"""Choices recorded: checked against policy and person, committed, and what a no sets off set off at once."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from janji.consent.cascade import Cascade, cascade
from janji.consent.choices import (
    ChoiceMade,
    ObjectionMade,
    Understood,
    Verb,
    objection,
    objection_rejections,
    rejections,
    signalled,
    understood,
)  # fmt: skip
from janji.consent.choices import marketing as _marketing
from janji.consent.impact import Impact, Withdrawal, impact, withdrawn
from janji.consent.rejections import Rejection, reject
from janji.consent.shown import Shown, published, shown
from janji.decision import layout as keys
from janji.decision.history import Row, apply, pack_row, second, step
from janji.decision.question import Facts
from janji.documents.shapes import nearest
from janji.errors import Invalid, Unknown
from janji.ledger.events import Actor, Kind, stamp
from janji.store import policies, records, standings, vault
from janji.store.database import in_transaction, transaction
from janji.store.records import Beside
from janji.store.standings import StandingRow
from janji.terms.messages import N_, say
from janji.terms.processing import LegalBasis, RecipientClass, Signal
from janji.workflows.cascades import deadline, follow
from janji.workflows.house import House
from janji.workflows.identity import unjoin_for
from janji.workflows.in_force import read_published
from janji.workflows.recording import Batch, Entry, Person, Recorded, history_of, record_one, record_unmoved

BATCH = 1000
"""How many choices are recorded in one transaction when there are many."""

Request = ChoiceMade | ObjectionMade
_TAKES_BACK = (Kind.CONSENT_WITHDRAWN, Kind.OBJECTION_MADE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One choice about one person. `evidence` may be personal and is sealed; `id` makes recording it twice record it once."""

    subject: UUID
    choice: Request
    evidence: Mapping[str, Any] | None = None
    at: datetime | None = None
    id: UUID | None = None
    more: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a choice: recorded, or rejected with every reason. Of a no, what it set off."""

    recorded: Recorded | None
    rejections: tuple[Rejection, ...] = ()
    cascade: Cascade | None = None
    task: UUID | None = None
    unjoined: tuple[UUID, ...] = ()


def choose(house: House, asked: Asked) -> Result:
    """Record one choice, if it is valid. A yes takes one select and one statement; a no is one transaction with its cascade."""
    return choose_at_once(house, asked) or choose_many(house, [asked])[0]


def choose_at_once(house: House, asked: Asked, beside: Callable[[Recorded], Beside] | None = None) -> Result | None:
    """Record a yes by one select and one statement, and `beside` with it or not at all.

    `None`, and nothing done, where it takes more: for a no with what it sets off, for somebody whose row is past its end or
    who moved meanwhile, and inside a transaction.
    """
    if not isinstance(asked.choice, ChoiceMade) or asked.choice.verb not in (Verb.GRANT, Verb.REFUSE) or in_transaction():
        return None
    known = records.known(asked.subject, house.policy_in_force.layout.words)
    if known is None or known.state != "active" or known.due:
        return None
    now = house.runtime.now()
    found, event = _judge(house).judged(asked, known.bits, known.born, now)
    if event is None:
        return Result(None, found)
    done = record_unmoved(house, _entry(asked, event), known, now, beside)
    return None if done is None else Result(done)


def choose_many(house: House, items: Sequence[Asked]) -> tuple[Result, ...]:
    """Record many choices in one transaction, in their order; the valid ones are recorded, the others named by their place.

    Each is checked against the person as the ones before it leave them. Joins an open transaction.
    """
    if not items:
        return ()
    with transaction():
        return _Many(house, items).run()


def counts_for_a_stranger(house: House, choice: Request, *, evidence: bool) -> bool:
    """Whether a choice would count for somebody of whom nothing is known yet."""
    nobody = Asked(subject=UUID(int=0), choice=choice, evidence={"reference": "-"} if evidence else None)
    return not _judge(house).judged(nobody, 0, 0, house.runtime.now())[0]


class _Many:
    """One run of `choose_many`."""

    def __init__(self, house: House, items: Sequence[Asked]) -> None:
        self.house, self.items = house, items
        self.judge = _judge(house)
        self.unjoined = self._unjoin()
        self.batch = Batch(house, (item.subject for item in items), (item.id for item in items if item.id is not None))
        self.past = self._past_due()

    def _unjoin(self) -> dict[tuple[UUID, str], tuple[UUID, ...]]:
        """Undo what was joined for a purpose that somebody says no to, before anybody is locked: it locks others too."""
        noes = {
            (item.subject, str(item.choice.purpose)) for item in self.items
            if (isinstance(item.choice, ObjectionMade) and not item.choice.automated)
            or (isinstance(item.choice, ChoiceMade) and item.choice.verb is Verb.WITHDRAW
                and understood(self.house.policy_in_force.compiled, item.choice).details.get("channel") is None)
        }  # fmt: skip
        return {(subject, purpose): unjoin_for(self.house, subject, purpose) for subject, purpose in sorted(noes)}

    def _past_due(self) -> dict[UUID, Facts]:
        """What is known of those whose row is past its end: worked out from the history."""
        people = self.batch.people
        now = second(self.batch.now)
        return _facts(self.house, {subject: person.row() for subject, person in people.items() if 0 < person.due <= now})

    def run(self) -> tuple[Result, ...]:
        """Check each and take the good ones, then write them and set off what each no sets off."""
        done: list[Result] = []
        followed: list[tuple[int, Asked, Understood, Facts, Facts]] = []
        with self.batch:
            for place, item in enumerate(self.items):
                person = self.batch.people.get(item.subject)
                if person is None or person.known.state != "active":
                    done.append(Result(None, (self._absent(person),)))
                    continue
                past = self.past.get(item.subject) if self.past else None
                bits, born = (person.bits, person.born) if past is None else (past.bits, past.born)
                found, event = self.judge.judged(item, bits, born, self.batch.now)
                if event is None:
                    done.append(Result(None, found))
                    continue
                done.append(Result(self.batch.take(_entry(item, event))))
                if past is not None:
                    self.past[item.subject] = self._moved(past, event)
                if event.kind in _TAKES_BACK:
                    followed.append((place, item, event, Facts(bits, born), Facts(person.bits, person.born)))
        for place, item, event, before, after in followed:
            unjoined = self.unjoined.get((item.subject, str(item.choice.purpose)), ())
            done[place] = replace(_follow(self.house, done[place], item, event, before, after), unjoined=unjoined)
        return tuple(done)

    def _moved(self, facts: Facts, event: Understood) -> Facts:
        """The facts as an event leaves them, for somebody whose stored row is not believed."""
        effect = step(event.kind, event.details, self.house.policy_in_force.layout)
        row = None if effect is None else apply(Row(facts.bits, facts.born, 0, effect.layout), effect)
        return facts if row is None else replace(facts, bits=row.bits, born=row.born)

    def _absent(self, person: Person | None) -> Rejection:
        """Nothing can be recorded of somebody who is not there, or not there any more."""
        return reject("person-unknown" if person is None else "person-gone", self.house.policy_in_force.law, ())


def _follow(house: House, result: Result, asked: Asked, event: Understood, before: Facts, after: Facts) -> Result:
    """What a no sets off, beside the choice itself."""
    found = follow(house, asked.subject, event, before, after)
    return result if found is None else replace(result, cascade=found[0], task=found[1])


def facts_of(house: House, subjects: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Facts]:
    """What is known of people now, by their rows; a row that is past its end is worked out from the history.

    With `lock`, the rows are locked until the transaction ends. Raises `Invalid` for somebody who is not known.
    """
    wanted = list(dict.fromkeys(subjects))
    layout = house.policy_in_force.layout
    words = range(layout.words)
    if lock:
        rows = {subject: row for subject, (_, row) in records.lock(wanted, words).items()}
    else:
        names = {vault.pseudonym(house.secrets.pseudonym, subject): subject for subject in wanted}
        rows = {names[name]: row for name, row in standings.read(list(names), words).items()}
    if len(rows) < len(wanted):
        raise Unknown(say(N_("there is no such person in the record")), say(N_("`janji subject find` finds people by what identifies them")))
    return _facts(house, rows)


def _facts(house: House, rows: Mapping[UUID, StandingRow]) -> dict[UUID, Facts]:
    """Rows as facts; one in which something ran out by now is worked out from the history."""
    now = house.runtime.now()
    found = {}
    for subject, row in rows.items():
        if row.due and row.due <= second(now):
            worked = pack_row(history_of(house, subject), now, house.policy_in_force.layout)
            found[subject] = Facts(bits=worked.bits, born=worked.born)
        else:
            found[subject] = Facts(bits=row.bits, born=row.born)
    return found


class _Judge:
    """Choices judged under one version of the policy: worked out once for all who say the same and of whom the same is known."""

    def __init__(self, house: House) -> None:
        self.compiled = house.policy_in_force.compiled
        self.texts = texts_of(house)
        self.verdicts: dict[Any, tuple[tuple[Rejection, ...], Understood | None]] = {}

    def judged(self, asked: Asked, bits: int, born: int, now: datetime) -> tuple[tuple[Rejection, ...], Understood | None]:
        """Why a choice is not valid, now or at the instant that an import knows; when it is, what is to be recorded."""
        choice = asked.choice
        lasting = asked.at is None and (isinstance(choice, ObjectionMade) or choice.until is None)
        key = (choice, bool(asked.evidence), bits, born, now.date()) if lasting else None
        found = self.verdicts.get(key) if lasting else None
        if found is None:
            wrong = self._rejections(choice, bool(asked.evidence), Facts(bits, born), asked.at or now)
            found = wrong, None if wrong else self._meaning(choice)
            if lasting:
                if len(self.verdicts) >= _MEMORY:
                    self.verdicts.clear()
                self.verdicts[key] = found
        return found

    def _rejections(self, choice: Request, evidence: bool, facts: Facts, at: datetime) -> tuple[Rejection, ...]:
        if isinstance(choice, ObjectionMade):
            return objection_rejections(self.compiled, choice)
        return rejections(self.compiled, replace(choice, evidence=choice.evidence or evidence), facts, at, self.texts)

    def _meaning(self, choice: Request) -> Understood:
        return objection(choice) if isinstance(choice, ObjectionMade) else understood(self.compiled, choice)


_MEMORY = 4096
"""How many verdicts are kept; beyond that they are worked out anew."""

_JUDGES: dict[str, _Judge] = {}


def _judge(house: House) -> _Judge:
    digest = house.policy_in_force.digest
    found = _JUDGES.get(digest)
    if found is None or found.compiled is not house.policy_in_force.compiled:
        _JUDGES.clear()
        found = _JUDGES[digest] = _Judge(house)
    return found


def _entry(asked: Asked, event: Understood) -> Entry:
    return Entry(
        subject=asked.subject, kind=event.kind, actor=asked.choice.actor,
        details={**event.details, **asked.more} if asked.more else event.details,
        evidence=asked.evidence, at=asked.at, id=asked.id,
    )  # fmt: skip


# What a person asks before and around a choice.


def impact_of(house: House, subject: UUID, withdrawals: Sequence[Withdrawal]) -> Impact:
    """Which services stop for this person, before anything is decided (clause 10.2)."""
    facts = facts_of(house, [subject])[subject]
    return impact(house.policy_in_force.compiled, facts, withdrawals, house.runtime.now())


def cascade_of(house: House, subject: UUID, withdrawals: Sequence[Withdrawal]) -> Cascade:
    """What would be deleted and what would stay, before anything is decided."""
    compiled = house.policy_in_force.compiled
    facts = facts_of(house, [subject])[subject]
    for item in withdrawals:
        facts = withdrawn(compiled.layout, facts, item)
    now = house.runtime.now()
    return cascade(compiled, facts, withdrawals, now, deadline(house, now))


def text_of(house: House, purpose: str, language: str) -> Shown | None:
    """The notice of a purpose as it is published now in a language, for who showed exactly that; `None` when there is none."""
    policy = house.policy_in_force.policy
    found = policy.purposes.get(purpose)
    notice = policy.notices.get(found.notice or "") if found else None
    text = None if notice is None else shown(policy, notice, language)
    return text if text in texts_of(house) else None


_TEXTS: dict[str, frozenset[Shown]] = {}


def texts_of(house: House) -> frozenset[Shown]:
    """Every notice as it can have been shown: the present texts, and of older versions those published with them.

    Worked out once for a version of the policy. A text that was published under the present version's number and is not
    the present one does not count: people were told of something else.
    """
    policy = house.policy_in_force
    found = _TEXTS.get(policy.digest)
    if found is None:
        present = {notice.id: notice.version for notice in policy.policy.notices.values()}
        older = {
            text for row in policies.versions() if row.digest != policy.digest
            for text in published(read_published(row).policy) if text.version != present.get(text.notice)
        }  # fmt: skip
        _TEXTS.clear()
        found = _TEXTS[policy.digest] = published(policy.policy) | older
    return found


def texts(house: House) -> tuple[Shown, ...]:
    """Every notice as it is published now, by name, version and language."""
    return tuple(sorted(published(house.policy_in_force.policy), key=lambda one: (one.notice, one.version, one.language)))


def reported(
    house: House, verb: str, purpose: str, *, channel: str | None = None, language: str | None = None,
    digest: str | None = None, method: str | None = None, actor: str = "person", until: str | None = None,
) -> ChoiceMade:  # fmt: skip
    """A choice as somebody who was there reports it in words: the notice is the purpose's own, in its present version.

    Without a digest whoever reports says that the text shown was the one in force. Raises `Invalid` for an actor or an
    instant that is none.
    """
    found = text_of(house, purpose, language) if language else None
    policy = house.policy_in_force.policy
    declared = policy.purposes.get(purpose)
    notice = policy.notices.get(declared.notice or "") if declared else None
    return ChoiceMade(
        verb=Verb(verb), purpose=purpose, channel=channel, language=language, method=method, actor=_actor(actor),
        notice=None if notice is None else str(notice.id), version=None if notice is None else notice.version,
        digest=digest or (found.digest if found else None), until=None if until is None else _instant(until),
    )  # fmt: skip


def objected(purpose: str, *, automated: bool = False, actor: str = "person") -> ObjectionMade:
    """An objection as somebody reports it in words; raises `Invalid` for an actor that is none."""
    return ObjectionMade(purpose=purpose, automated=automated, actor=_actor(actor))


def withdrawals(house: House, purpose: str | None, channel: str | None = None, *, marketing: bool = False) -> tuple[Withdrawal, ...]:
    """What is to be taken back: one consent, or all marketing. Raises `Invalid` when it is neither, or not declared."""
    if marketing:
        return tuple(Withdrawal(name) for name in _marketing(house.policy_in_force.policy))
    if purpose is None:
        raise Invalid(say(N_("`{option}` is missing"), option="PURPOSE"), say(N_("name a purpose, or give `--all-marketing`")))
    _declared(house, "purposes", purpose)
    return (Withdrawal(purpose, channel),)


def choices_of(house: House, subject: UUID) -> list[dict[str, Any]]:
    """What a person said so far, oldest first, each as kind, instant, who acted, the names it is about, and the event."""
    shown_kinds = ("consent.", "objection.", "restriction.", "delay.", "authorisation.", "agreement.", "transfer-consent.", "legacy.")
    return [
        {"event": event.id, "kind": str(event.kind), "at": stamp(event.at), "actor": str(event.actor), **event.details}
        for event in history_of(house, subject) if str(event.kind).startswith(shown_kinds)
    ]  # fmt: skip


def _actor(word: str) -> Actor:
    known = (Actor.PERSON, Actor.GUARDIAN, Actor.STAFF)
    if word not in known:
        raise Invalid(say(N_("the value of `{option}` is not understood"), option="--actor"),
                      say(N_("known here: {words}"), words=", ".join(f"`{item}`" for item in known)))  # fmt: skip
    return Actor(word)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid(say(N_("the value of `{option}` is not understood"), option="--until"),
                      say(N_("write an instant with its zone, as in `2027-01-31T00:00:00Z`")))  # fmt: skip
    return found


def opt_out(house: House, subject: UUID, actor: Actor = Actor.PERSON, method: str | None = None) -> tuple[Result, ...]:
    """One no to all marketing in every channel (clause 3.1.3.p1): consents withdrawn, and objections to the rest."""
    policy = house.policy_in_force.policy
    return choose_many(house, [
        Asked(subject=subject, choice=ChoiceMade(verb=Verb.WITHDRAW, purpose=name, actor=actor, method=method))
        for name in _marketing(policy)
    ])  # fmt: skip


def signal(house: House, subject: UUID, seen: Signal = Signal.GPC) -> tuple[Result, ...]:
    """What a signal of the person's browser says: an objection to each purpose that the policy names for it.

    A browser sends it with every page: what was objected to by it before is not recorded again.
    """
    with transaction():
        bits = facts_of(house, [subject], lock=True)[subject].bits  # whoever comes in the same moment waits, and then sees it
        made = {
            event.details.get("purpose") for event in history_of(house, subject)
            if event.kind is Kind.OBJECTION_MADE and event.details.get("signal") == str(seen)
        }  # fmt: skip
        standing = {name for name in made if bits & house.policy_in_force.layout.bit(keys.objection_key(str(name)))}
        return choose_many(house, [
            Asked(subject=subject, choice=ObjectionMade(purpose=name, signal=seen, actor=Actor.BROWSER))
            for name in signalled(house.policy_in_force.policy, seen) if name not in standing
        ])  # fmt: skip


def lift_objection(house: House, subject: UUID, purpose: str, actor: Actor, *, automated: bool = False) -> Recorded:
    """Take an objection back: only whoever made it can."""
    _declared(house, "purposes", purpose)
    details = {"purpose": purpose, "automated": automated}
    return record_one(house, Entry(subject=subject, kind=Kind.OBJECTION_LIFTED, actor=actor, details=details))


def restrict(
    house: House, subject: UUID, actor: Actor, purpose: str | None = None, *, lift: bool = False, delay: bool = False, id: UUID | None = None
) -> Recorded:
    """Restrict processing of a person's data, or delay it (UU 27/2022 Art 11, 41), for one purpose or all; or lift that.

    With an `id` of the caller's, doing it again does nothing.
    """
    if purpose is not None:
        _declared(house, "purposes", purpose)
    kinds = {
        (False, False): Kind.RESTRICTION_SET, (False, True): Kind.RESTRICTION_LIFTED,
        (True, False): Kind.DELAY_SET, (True, True): Kind.DELAY_LIFTED,
    }  # fmt: skip
    details = {} if purpose is None else {"purpose": purpose}
    return record_one(house, Entry(subject=subject, kind=kinds[delay, lift], actor=actor, details=details, id=id))


def authorise(
    house: House, subject: UUID, recipient: str, scope: Sequence[str], until: datetime, actor: Actor,
    evidence: Mapping[str, Any] | None = None,
) -> Recorded:  # fmt: skip
    """A person's own wish that a recipient be given data: which, and until when (clause 6.1.g).

    Raises `Invalid` for a recipient that needs no authorisation, without a scope, for data that the recipient may not
    have anyway, and for an end that is past.
    """
    policy = house.policy_in_force.policy
    _declared(house, "recipients", recipient)
    found = policy.recipients[recipient]
    if found.kind is not RecipientClass.USER_AUTHORISED:
        raise Invalid(say(N_("`{recipient}` is not a party that people authorise"), recipient=recipient),
                      say(N_("name a recipient of the class `user-authorised`")))  # fmt: skip
    may = {name for purpose in found.purposes for name in policy.purposes[purpose].data}
    may &= set(found.data) or may
    wrong = [name for name in scope if name not in may]
    if wrong or not scope:
        raise Invalid(
            say(N_("`{recipient}` cannot be authorised for `{data}`"), recipient=recipient, data=", ".join(wrong) or "-"),
            say(N_("name what it may be given: {words}"), words=", ".join(f"`{name}`" for name in sorted(may))),
        )
    if until <= house.runtime.now():
        raise Invalid(say(N_("an authorisation must end in the future")), say(N_("name its last day")))
    details = {"recipient": recipient, "scope": list(dict.fromkeys(map(str, scope))), "until": stamp(until)}
    return record_one(house, Entry(subject=subject, kind=Kind.AUTHORISATION_GIVEN, actor=actor, details=details, evidence=evidence))


def revoke_authorisation(house: House, subject: UUID, recipient: str, actor: Actor) -> Recorded:
    """Take an authorisation back, all of its scope; from then on nothing more goes there."""
    _declared(house, "recipients", recipient)
    return record_one(house, Entry(subject=subject, kind=Kind.AUTHORISATION_ENDED, actor=actor, details={"recipient": recipient}))


def agreement(house: House, subject: UUID, kind: str, reference: str, actor: Actor, *, ended: bool = False) -> Recorded:
    """Record that an agreement with the person began or ended. The reference is sealed; a keyed digest tells it apart."""
    known = {name for purpose in house.policy_in_force.policy.purposes.values() for name in purpose.agreements}
    if kind not in known:
        raise Invalid(say(N_("no purpose rests on an agreement of the kind `{kind}`"), kind=kind),
                      nearest(kind, known))  # fmt: skip
    digest = hmac.digest(house.secrets.index, b"agreement\x00" + reference.encode(), "sha256").hex()
    return record_one(house, Entry(
        subject=subject, kind=Kind.AGREEMENT_ENDED if ended else Kind.AGREEMENT_RECORDED, actor=actor,
        details={"agreement": kind, "reference_digest": digest}, evidence={"reference": reference},
    ))  # fmt: skip


def _declared(house: House, section: str, name: str) -> None:
    known = getattr(house.policy_in_force.policy, section)
    if name not in known:
        raise Invalid(say(N_("`{word}` is not defined under `{section}`"), word=name, section=section), nearest(name, map(str, known)))


# What a newer policy does to choices.


def stale(house: House, subject: UUID) -> tuple[str, ...]:
    """The purposes that the person consented to under a notice that no longer counts, and under none that does."""
    policy, layout = house.policy_in_force.policy, house.policy_in_force.layout
    bits = facts_of(house, [subject])[subject].bits
    found = []
    for purpose in policy.purposes.values():
        if purpose.basis is not LegalBasis.CONSENT or purpose.notice is None:
            continue
        counted = {str(version) for version in policy.notices[purpose.notice].accepted}
        held: dict[str, set[str]] = {}
        for name in layout.names(bits):
            if name.startswith(f"consent/{purpose.id}/"):
                held.setdefault(name.split("/")[2], set()).add(name.split("/")[3])
        if any(not versions & counted for versions in held.values()):
            found.append(str(purpose.id))
    return tuple(found)

