"""Children, guardians and third persons: ages recorded, quarantine at once, the clock of erasure, and what lifts both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

import orjson

from janji.decision import layout as keys
from janji.decision.history import standing_at
from janji.decision.question import age_state, day_number
from janji.decision.standing import ConsentState, KnownAge, Standing
from janji.errors import Invalid, Refusal, Unknown
from janji.ledger.events import Actor, Kind
from janji.people.ages import age_record
from janji.people.guardians import LinkState, Proof, Relation, check_proofs, may_consent, step
from janji.rights.identity import held_since
from janji.store import facts, people, records, vault
from janji.store.database import transaction
from janji.store.people import GuardianRow, TaskRow
from janji.store.standings import StandingRow
from janji.store.vault import NONCE_BYTES, KeyKind
from janji.terms.messages import N_, say
from janji.terms.processing import AgeState
from janji.workflows.house import House
from janji.workflows.people import current, find_subjects, lock, lock_active, subject_with
from janji.workflows.recording import Entry, Recorded, family_history, history_of, record
from janji.workflows.tasks import close_tasks, open_task

GROUND, BY_STAFF = "child-without-guardian", "by-staff"
ERASURE, THIRD_PERSON = "child-erasure", "third-person-notice"
DISCOVERED = "discovered"
"""The trigger of the policy's rules about what was found and should not be there."""
ERASE_WITHIN = timedelta(days=3)
"""How soon data of a child without a guardian must be gone (clause 4.2.a) where the policy has no such rule."""
_EVIDENCE = "guardian"


@dataclass(frozen=True, slots=True)
class Aged:
    """What recording an age led to: adult or child, and the task of erasure when the person is quarantined."""

    state: AgeState
    band: str | None = None
    erasure: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The age of a person as a list from elsewhere tells it: a date of birth, or adult or child. `id` is the event's."""

    subject: UUID
    id: UUID
    born: date | None = field(default=None, repr=False)
    age: KnownAge | None = None


# ---------------------------------------------------------------------------------------------------------------- age


def record_age(
    house: House, subject: UUID, born: date, actor: Actor, within: timedelta | None = None
) -> Aged:
    """Record a date of birth: the band and a child's month in the event, the day itself as sealed evidence.

    A child without a guardian whose consent is verified is quarantined in the same transaction, and the task to erase
    the data opens with its clock: `within` if it is given, else `erase_within`. An adult who was taken for a child is let go. Raises `Invalid` for an impossible date.
    """
    state, details = _age_details(house, born)
    with transaction():
        lock_active([subject])
        record(house, [Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=actor, details=details, evidence={"born": born.isoformat()})])
        end_links(house, subject)
        return Aged(state, details.get("group"), _settle(house, subject, within))


def _age_details(house: House, born: date) -> tuple[AgeState, dict[str, Any]]:
    """What a date of birth comes to now, and how an event tells it: the band, and of a child the month."""
    published = house.policy_in_force
    bands = next((rule.bands for rule in published.law.children.values() if rule.bands), ())
    found = age_record(born, house.runtime.now(), published.compiled.under, bands)
    details: dict[str, Any] = {"band": str(found.state)}
    if found.month is not None:
        details["month"] = found.month
    if found.band is not None:
        details["group"] = str(found.band)
    return found.state, details


def attest_age(house: House, subject: UUID, age: KnownAge, actor: Actor, within: timedelta | None = None) -> Aged:
    """Record that somebody is of age, or is not, where no date of birth is asked; otherwise as `record_age`."""
    with transaction():
        lock_active([subject])
        record(house, [Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=actor, details={"band": str(age)})])
        end_links(house, subject)
        return Aged(AgeState(str(age)), None, _settle(house, subject, within))


def record_ages(house: House, told: Sequence[Told], actor: Actor, source: str) -> tuple[int, int]:
    """Record the ages that a list from elsewhere tells of, in one transaction: how many were new, and children among them.

    Such a list makes nobody an adult who is a child by the record, and nothing is recorded of who is of age already. A
    child is quarantined as by `record_age`. Joins an open transaction; the same list again records nothing.
    """
    with transaction():
        rows = records.lock(list({one.subject for one in told}), range(house.policy_in_force.layout.words))
        states = {subject: _state_of(house, row) for subject, (_, row) in rows.items()}
        known = records.present(one.id for one in told)
        children, entries = set[UUID](), []
        for one in told:
            state, entry = _told(house, one, actor, source)
            before = states[one.subject]
            if one.id in known or before is AgeState.CHILD or before is state:
                continue
            states[one.subject] = state
            entries.append(entry)
            if state is AgeState.CHILD:
                children.add(one.subject)
        record(house, entries)
        for subject in sorted(children):
            end_links(house, subject)
            _settle(house, subject)
    return len(entries), len(children)


def _told(house: House, one: Told, actor: Actor, source: str) -> tuple[AgeState, Entry]:
    """What somebody is by what was told, and the event of it."""
    if one.born is None:
        state = AgeState(str(one.age))
        details: dict[str, Any] = {"band": str(state)}
    else:
        state, details = _age_details(house, one.born)
    evidence = None if one.born is None else {"born": one.born.isoformat()}
    entry = Entry(subject=one.subject, kind=Kind.AGE_RECORDED, actor=actor, details={**details, "source": source}, evidence=evidence, id=one.id)
    return state, entry


def _state_of(house: House, row: StandingRow) -> AgeState:
    """Adult, child or unknown, now, by a stored row."""
    compiled = house.policy_in_force.compiled
    adult, child = bool(row.bits & compiled.adult_bit), bool(row.bits & compiled.child_bit)
    return age_state(row.born, adult, child, day_number(house.runtime.now()), compiled.under)


def standing_of(house: House, subject: UUID) -> Standing:
    """What a person's history adds up to now."""
    return standing_at(history_of(house, subject), house.runtime.now(), house.policy_in_force.layout)


def age_of(house: House, standing: Standing) -> AgeState:
    """Adult, child or unknown, now, by the policy in force."""
    born = standing.born
    number = 0 if born is None else born.year * 10000 + born.month * 100 + born.day
    return age_state(
        number, standing.age is KnownAge.ADULT, standing.age is KnownAge.CHILD, day_number(house.runtime.now()),
        house.policy_in_force.compiled.under,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marks:
    """What bears on everything that is done with a person's data: their age, and what holds it up."""

    age: AgeState
    quarantined: bool
    restricted: bool
    delayed: bool
    third_person: bool


def marks_of(house: House, subject: UUID) -> Marks:
    """The marks of a person who stands for somebody now, as the stored standing has them: none of these runs out, so it is believed past its end."""
    published = house.policy_in_force
    layout, held = published.layout, facts.held(subject, published.layout.words)
    bits = 0 if held is None else held.bits

    def on(key: str) -> bool:
        return bool(bits & layout.bit(key))

    age = age_state(0 if held is None else held.born, on(keys.ADULT), on(keys.CHILD), day_number(house.runtime.now()), published.compiled.under)
    return Marks(age, on(keys.QUARANTINED), on(keys.RESTRICTED), on(keys.DELAYED), on(keys.THIRD_PERSON))


def guardian_objected(house: House, subject: UUID, purpose: str) -> bool:
    """Whether a guardian's objection stands for somebody who is still a child: only staff or the guardian take that back."""
    said = [
        event for event in family_history(house, subject)
        if event.kind in (Kind.OBJECTION_MADE, Kind.OBJECTION_LIFTED) and event.details.get("purpose") == purpose and not event.details.get("automated")
    ]  # fmt: skip
    standing = takewhile(lambda event: event.kind is Kind.OBJECTION_MADE, reversed(said))
    return any(event.actor is Actor.GUARDIAN for event in standing) and age_of(house, standing_of(house, subject)) is AgeState.CHILD


def settle_merged(house: House, survivor: UUID, other: UUID) -> None:
    """Let what is owed to a child hold for the survivor of a merge: quarantine, and the clock of erasure that runs already.

    To be called when the merge is recorded, while the other may still be recorded of; both are locked.
    """
    theirs = people.open_tasks([other], ERASURE)
    if theirs:
        open_task(house, ERASURE, survivor, _left(house, theirs), {"priority": "urgent"})
        close_tasks(house, theirs, outcome="merged")
    _settle(house, survivor)


def settle_split(house: House, survivor: UUID, other: UUID) -> None:
    """Let each of two who were one again have what is owed to them alone; the clock of a child goes on. Both are locked."""
    within = _left(house, people.open_tasks([survivor], ERASURE))
    for one in (survivor, other):
        _settle(house, one, within, held=True)


def _left(house: House, tasks: Iterable[TaskRow]) -> timedelta | None:
    """How long until the first of these tasks is due."""
    return min((task.due - house.runtime.now() for task in tasks if task.due is not None), default=None)


def _settle(house: House, subject: UUID, within: timedelta | None = None, *, held: bool = False) -> UUID | None:
    """Bring quarantine and task in line with age and guardian; the task, when the person is to be erased.

    With `held` a quarantine is lifted though no task is open: it came from somebody whom the person was one with.
    """
    standing = standing_of(house, subject)
    tasks = people.open_tasks([subject], ERASURE)
    if age_of(house, standing) is AgeState.CHILD and not standing.guardian:
        if not tasks:
            record(house, [
                Entry(subject=subject, kind=Kind.QUARANTINE_SET, actor=Actor.SYSTEM, details={"ground": GROUND}),
                *_no_longer_given(subject, standing),
            ])  # fmt: skip
        return open_task(house, ERASURE, subject, erase_within(house) if within is None else within, {"priority": "urgent"})
    if tasks or (held and standing.quarantined):
        record(house, [Entry(subject=subject, kind=Kind.QUARANTINE_LIFTED, actor=Actor.SYSTEM, details={"ground": GROUND})])
        close_tasks(house, tasks, outcome="not-needed")
    return None


def end_links(house: House, subject: UUID) -> None:
    """End the links by which somebody is a guardian who can be none, the consent included: who turns out a child, or the ward.

    The wards are settled: a child is quarantined again at once. To be called after an age was recorded, or a merge.
    """
    family = people.family(subject)
    rows = [row for row in people.guardians(family) if row.guardian in family and row.state is not LinkState.REVOKED]
    child = bool(rows) and age_of(house, standing_of(house, subject)) is AgeState.CHILD
    for row in rows:
        ward = current(row.ward)
        if (child or ward == subject) and people.subjects([ward])[ward].state == people.ACTIVE:
            lock_active([ward])
            _revoke(house, row, ward, Actor.SYSTEM, "no-guardian")
            _settle(house, ward)


def _no_longer_given(subject: UUID, standing: Standing) -> Iterator[Entry]:
    """Takes back each consent that a child gave before anybody knew: a guardian is asked for each, and answers for none."""
    for choice in standing.consents:
        if choice.state is ConsentState.GIVEN:
            channel = {} if choice.channel is None else {"channel": choice.channel}
            yield Entry(
                subject=subject, kind=Kind.CONSENT_WITHDRAWN, actor=Actor.SYSTEM,
                details={"purpose": str(choice.purpose), **channel, "ground": GROUND},
            )  # fmt: skip


def erase_within(house: House) -> timedelta:
    """How soon data of a child without a guardian must be gone: the shortest period that the policy keeps what it found."""
    rules = house.policy_in_force.policy.retention.values()
    found = [timedelta(days=rule.period.least_days) for rule in rules if rule.trigger == DISCOVERED]
    return min((period for period in found if period), default=ERASE_WITHIN)


def come_of_age(house: House) -> int:
    """Record of everybody who came of age that they did, end their guardians' say, and lift what it held; how many.

    Decisions count from the day by themselves; this closes what else hangs on childhood.
    """
    today = day_number(house.runtime.now())
    grown = people.of_age(today - house.policy_in_force.compiled.under * 10000)
    for subject in grown:
        with transaction():
            lock_active([subject])
            if age_of(house, standing_of(house, subject)) is not AgeState.ADULT:
                continue
            record(house, [Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=Actor.SYSTEM, details={"band": str(KnownAge.ADULT)})])
            for row in people.guardians([subject]):
                if row.ward == subject and row.state is not LinkState.REVOKED and row.relation is not Relation.COMPANION:
                    _revoke(house, row, subject, Actor.SYSTEM, "of-age")
            _settle(house, subject)
    return len(grown)


# ---------------------------------------------------------------------------------------------------------- guardians


def name_guardian(house: House, ward: UUID, guardian: UUID, relation: Relation, actor: Actor) -> UUID:
    """Note who is said to be somebody's parent, guardian or companion; nothing is allowed by that yet. Gives the link.

    Raises `Invalid` when it is the same person, `Refusal` when the guardian is a child by the record.
    """
    if current(ward) == current(guardian):
        raise Invalid(say(N_("nobody is their own guardian")))
    with transaction():
        rows = lock_active([ward, guardian])
        if age_of(house, standing_of(house, guardian)) is AgeState.CHILD:
            raise Refusal(say(N_("a child cannot be a guardian")), say(N_("name an adult")))
        link = house.runtime.new_id()
        event = _guardian_event(house, ward, Kind.GUARDIAN_NAMED, actor, link, {
            "relation": str(relation), "state": str(LinkState.NAMED), "guardian": rows[guardian].pseudonym.hex(),
        })  # fmt: skip
        people.insert_guardian(GuardianRow(link, ward, guardian, relation, LinkState.NAMED, event.id))
        return link


def verify_guardian(
    house: House, link: UUID, proofs: Sequence[Proof], actor: Actor, evidence: Mapping[str, Any] | None = None
) -> None:
    """Note that a guardian was verified, by which proofs; `evidence` (references, what was seen) is kept under seal.

    The guardian may ask and choose from now on; consent is another step. Raises `Invalid` that names the proof that is
    missing, `Conflict` when the link is verified or revoked.
    """
    with transaction():
        row, ward = _link(link)
        check_proofs(row.relation, proofs)
        state = step(row.state, LinkState.VERIFIED)
        event = _guardian_event(house, ward, Kind.GUARDIAN_NAMED, actor, link, {
            "relation": str(row.relation), "state": str(state), "proofs": sorted(map(str, proofs)),
        })  # fmt: skip
        people.set_guardian(link, state, event.id, _sealed(house, row, evidence))


def guardian_consents(house: House, link: UUID, evidence: Mapping[str, Any] | None = None) -> None:
    """Record the consent of a verified guardian to the processing of the ward's data: purposes that need it may run.

    A quarantine for want of it is lifted and the task of erasure closed in the same transaction. Raises `Refusal` when
    the guardian is not verified, or cannot consent for this ward.
    """
    with transaction():
        row, ward = _link(link)
        child = age_of(house, standing_of(house, ward)) is AgeState.CHILD
        if not may_consent(row.relation, row.state, child=child):
            raise Refusal(
                say(N_("a `{relation}` who is `{state}` cannot consent for this person"), relation=row.relation, state=row.state),
                say(N_("verify a parent or guardian for a child, a guardian or companion for an adult")),
            )
        _guardian_event(house, ward, Kind.GUARDIAN_VERIFIED, Actor.GUARDIAN, link, {"relation": str(row.relation)}, evidence)
        _settle(house, ward)


def guardian_withdraws(house: House, link: UUID, within: timedelta | None = None) -> UUID | None:
    """Record that a guardian withdrew consent; a child is quarantined again at once. Gives the task of erasure, if any."""
    with transaction():
        _, ward = _link(link)
        _guardian_event(house, ward, Kind.GUARDIAN_REVOKED, Actor.GUARDIAN, link, {"ground": "withdrawn"})
        return _settle(house, ward, within)


def revoke_guardian(house: House, link: UUID, actor: Actor, ground: str = "revoked") -> UUID | None:
    """End a link for good, consent included; a child is quarantined again at once. Gives the task of erasure, if any."""
    with transaction():
        row, ward = _link(link)
        _revoke(house, row, ward, actor, ground)
        return _settle(house, ward)


def _revoke(house: House, row: GuardianRow, ward: UUID, actor: Actor, ground: str) -> None:
    state = step(row.state, LinkState.REVOKED)
    event = _guardian_event(house, ward, Kind.GUARDIAN_REVOKED, actor, row.id, {"ground": ground})
    people.set_guardian(row.id, state, event.id)


def _link(id: UUID) -> tuple[GuardianRow, UUID]:
    """A link and the person that its ward is now, locked."""
    row = people.guardian(id)
    if row is None:
        raise Unknown(say(N_("there is no such guardian")), say(N_("`janji subject show` lists those of a person")))
    ward = current(row.ward)
    lock_active([ward])
    return people.guardian(id) or row, ward


def _guardian_event(
    house: House, ward: UUID, kind: Kind, actor: Actor, link: UUID, details: Mapping[str, Any],
    evidence: Mapping[str, Any] | None = None,
) -> Recorded:  # fmt: skip
    entry = Entry(subject=ward, kind=kind, actor=actor, details={"link": str(link), **details}, evidence=evidence)
    return record(house, [entry])[0]


def _sealed(house: House, row: GuardianRow, evidence: Mapping[str, Any] | None) -> bytes | None:
    if evidence is None:
        return None
    held = vault.read_keys([row.ward], KeyKind.EVIDENCE)[row.ward]
    return vault.seal(
        vault.open_key(house.keeper, held), house.runtime.random(NONCE_BYTES), orjson.dumps(dict(evidence)),
        vault.binding(row.ward, _EVIDENCE, row.id),
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------------- quarantine


def quarantine(house: House, subject: UUID, actor: Actor, *, lift: bool = False) -> bool:
    """Put somebody in quarantine until staff looked into a doubt, or lift it; `False` where it is so already.

    Raises `Refusal` for a child without a guardian who consents: only that consent, or another age, lifts it.
    """
    with transaction():
        lock_active([subject])
        standing = standing_of(house, subject)
        if standing.quarantined is not lift:
            return False
        if lift and age_of(house, standing) is AgeState.CHILD and not standing.guardian:
            raise Refusal(
                say(N_("a child without a guardian who consents stays in quarantine")),
                say(N_("record the consent of a verified guardian, or put the age right")),
            )
        record(house, [Entry(subject=subject, kind=Kind.QUARANTINE_LIFTED if lift else Kind.QUARANTINE_SET, actor=actor, details={"ground": BY_STAFF})])
    return True


@dataclass(frozen=True, slots=True)
class Ward:
    """Somebody for whom a guardian may speak now, by a link; `child` where they are one."""

    link: UUID
    ward: UUID
    relation: Relation
    child: bool


def wards_of(house: House, guardian: UUID) -> tuple[Ward, ...]:
    """Those for whom a person may speak now: verified links alone, and none that the ward grew out of; in order of the links."""
    family = people.family(guardian)
    found = []
    for row in people.guardians(family):
        if row.guardian not in family or row.state is not LinkState.VERIFIED:
            continue
        ward = current(row.ward)
        if people.subjects([ward])[ward].state == people.ACTIVE and not outgrown(house, row, ward):
            found.append(Ward(row.id, ward, row.relation, age_of(house, standing_of(house, ward)) is AgeState.CHILD))
    return tuple(found)


def outgrown(house: House, row: GuardianRow, ward: UUID) -> bool:
    """Whether a ward came of age since the link was named, or is of age and the link a parent's: from that day on it counts no more.

    The worker ends such links; until it comes to them they open nothing all the same.
    """
    standing = standing_of(house, ward)
    if row.relation is Relation.COMPANION or age_of(house, standing) is AgeState.CHILD:
        return False
    born = 0 if standing.born is None else int(f"{standing.born:%Y%m%d}")
    was = age_state(born, False, False, day_number(held_since(row.id)), house.policy_in_force.compiled.under) if born else AgeState.UNKNOWN
    return row.relation is Relation.PARENT or was is AgeState.CHILD


# ------------------------------------------------------------------------------------------------------ third persons


def assert_person(
    house: House, speaker: UUID, named: Sequence[tuple[str, str]], actor: Actor, born: date | None = None
) -> UUID:
    """Record somebody of whom somebody else speaks (a spouse, a child, an employee; clause 2.1.4); gives the person.

    Unverified: no marketing until they speak themselves; a task to give them notice opens. Who is on record by their own
    doing stays as they are. With a date of birth a child goes the way of children. Joins an open transaction.
    """
    with transaction():
        known = any(owner is not None for owner in find_subjects(house, named))
        subject = subject_with(house, named, actor)
        rows = lock([subject, current(speaker)])
        if subject == current(speaker):
            raise Invalid(say(N_("somebody who speaks of themselves is no third person")))
        if not known:
            by = rows[current(speaker)].pseudonym.hex()
            record(house, [Entry(subject=subject, kind=Kind.PERSON_ASSERTED, actor=actor, details={"by": by})])
            people.set_asserted_by(subject, current(speaker))
            open_task(house, THIRD_PERSON, subject)
        if born is not None:
            record_age(house, subject, born, actor)
        return subject


def verify_person(house: House, subject: UUID, actor: Actor = Actor.PERSON) -> bool:
    """Record that a third person spoke themselves: their identifiers are verified, and the notice is no longer owed.

    `False` when nobody had asserted them.
    """
    with transaction():
        if lock_active([subject])[subject].asserted_by is None:
            return False
        record(house, [Entry(subject=subject, kind=Kind.PERSON_VERIFIED, actor=actor)])
        people.set_asserted_by(subject, None)
        people.verify_identifiers(subject)
        close_tasks(house, people.open_tasks([subject], THIRD_PERSON), actor, "verified")
    return True


def notice_given(house: House, subjects: Iterable[UUID], actor: Actor = Actor.STAFF) -> int:
    """Close the tasks of notice to third persons: they were told. They stay unverified until they speak; how many."""
    return close_tasks(house, people.open_tasks(subjects, THIRD_PERSON), actor, "noticed")
