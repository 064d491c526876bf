"""The identity graph at work: pseudonyms joined to people and given back, people merged and split, identifiers revealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from janji.decision.engine import decide
from janji.decision.history import absorbed, forbidden_meanwhile, standing_at
from janji.decision.layout import ANY_CHANNEL
from janji.decision.question import Decision, Facts, Question
from janji.decision.standing import ConsentState, Standing, pack
from janji.documents.shapes import nearest
from janji.errors import Conflict, Invalid, Refusal, Unknown
from janji.ledger.events import Actor, Event, Kind
from janji.people import identity
from janji.people.identity import Join, Move
from janji.store import people
from janji.store.database import transaction
from janji.store.people import ACTIVE, MERGED, IdentifierRow
from janji.store.vault import NONCE_BYTES
from janji.terms.messages import N_, say
from janji.terms.processing import Operation, Trait
from janji.workflows.cascades import follow_merged, forget_merged
from janji.workflows.guardians import end_links, settle_merged, settle_split
from janji.workflows.house import House
from janji.workflows.people import Person, become, content_keys, current, lock, lock_active, opened, sealed_row, show
from janji.workflows.recording import Entry, evidence_of, history_of, record, record_one


def permitted(house: House, subject: UUID, purpose: str, data: Sequence[str] = ()) -> Decision:
    """The decision whether data of a person may be used for a purpose now; all data of the purpose when none are named.

    Raises `Refusal` with every reason when it denies, `Invalid` for a purpose that the policy does not declare.
    """
    published, now = house.policy_in_force, house.runtime.now()
    declared = published.policy.purposes.get(purpose)
    if declared is None:
        raise Invalid(
            say(N_("`{word}` is not defined under `{section}`"), word=purpose, section="purposes"), nearest(purpose, map(str, published.policy.purposes))
        )
    wanted = tuple(data) or tuple(map(str, declared.data))
    facts = _facts(house, history_of(house, subject))
    decision = decide(published.compiled, Question(purpose, wanted, now, Operation.USE, subject=str(subject)), facts)
    if not decision.permit:
        raise refused(purpose, decision)
    return decision


def _facts(house: House, history: Sequence[Event]) -> Facts:
    """What a history adds up to now, as the facts of a decision."""
    layout = house.policy_in_force.layout
    return pack(standing_at(history, house.runtime.now(), layout), layout)


def refused(purpose: str, decision: Decision) -> Refusal:
    """The refusal of a use that the policy does not allow, with every reason."""
    codes = ", ".join(f"`{reason.code}`" for reason in decision.reasons)
    return Refusal(
        say(N_("the policy does not allow this for `{purpose}`: {reasons}"), purpose=purpose, reasons=codes),
        decision.reasons[0].message,
    )


def reveal(house: House, subject: UUID, purpose: str, actor: Actor = Actor.STAFF) -> Person:
    """A person with identifiers in clear: a use of their data, decided by the policy and recorded before it is shown."""
    _look(house, subject, purpose, actor)
    return show(house, subject, reveal=True)


def reveal_evidence(house: House, subject: UUID, event: UUID, purpose: str, actor: Actor = Actor.STAFF) -> Mapping[str, Any]:
    """The evidence of one event in clear: decided and recorded as `reveal` is, before it is shown.

    Raises `Invalid` when the person has no such event, or it has no evidence that could still be opened.
    """
    found = evidence_of(house, subject, event)
    if found is None:
        raise Invalid(
            say(N_("the event has no evidence, or its key was destroyed")), say(N_("`janji track show` lists the events of a person"))
        )
    _look(house, subject, purpose, actor, event)
    return found


def _look(house: House, subject: UUID, purpose: str, actor: Actor, event: UUID | None = None) -> None:
    """Ask the policy whether staff may look at what is known of a person, and record that they did."""
    with transaction():
        lock_active([subject])
        decision = permitted(house, subject, purpose)
        record(house, [Entry(subject=subject, kind=Kind.USE_PERMITTED, actor=actor, details={
            "purpose": purpose, "data": list(map(str, decision.question.data)), "operation": str(Operation.USE), "facts": decision.facts_digest,
            **({"event": str(event)} if event else {}),
        })])  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- joins


def join(house: House, source: UUID, target: UUID, purpose: str, actor: Actor, data: Sequence[str] = ()) -> Join:
    """Let the pseudonymous identifiers of `source` (a cookie, a device) stand for `target`, for one purpose.

    A processing step of its own (clauses 2.4.1.g, 3.1.5.g): the purpose must be declared to combine data, the policy
    must allow `data` (all of the purpose's when none are named) to be used for it, for the person; what `source` said no
    to stops it as well. Recorded as
    `identity.joined` on both. Idempotent. Raises `Refusal` with the reasons, `Invalid` when `source` has other
    identifiers or is the person already.
    """
    with transaction():
        rows = lock_active([source, target])
        for one in people.joins([target]):
            if one.undone is None and (one.source, one.target, one.purpose) == (source, target, purpose):
                return one
        held = people.identifiers([source])
        if source == target or not held or not all(row.node.pseudonymous for row in held):
            raise Invalid(
                say(N_("only a device, a cookie or an IP address can be joined to a person")),
                say(N_("two people who turn out to be one are merged: `janji subject merge`")),
            )
        permitted(house, target, purpose, data)
        if Trait.COMBINATION not in house.policy_in_force.policy.purposes[purpose].traits:
            raise Refusal(
                say(N_("`{purpose}` is not declared to combine data"), purpose=purpose),
                say(N_("join for a purpose with the trait `combination`; it needs an impact assessment")),
            )
        standing = standing_at(history_of(house, source), house.runtime.now(), house.policy_in_force.layout)
        if forbids(standing, purpose):
            raise Refusal(
                say(N_("what stands for the browser or device says no to `{purpose}`"), purpose=purpose),
                say(N_("ask the person first; their own choice then counts")),
            )
        id = house.runtime.new_id()
        basis = str(house.policy_in_force.policy.purposes[purpose].basis)
        details = {"link": str(id), "purpose": purpose, "basis": basis}
        made = record(house, [
            Entry(subject=target, kind=Kind.IDENTITY_JOINED, actor=actor,
                  details={**details, "source": rows[source].pseudonym.hex(), "identifiers": [str(row.id) for row in held]}),
            Entry(subject=source, kind=Kind.IDENTITY_JOINED, actor=actor,
                  details={**details, "target": rows[target].pseudonym.hex()}),
        ])  # fmt: skip
        found = Join(id=id, source=source, target=target, purpose=purpose, basis=basis, event=made[0].id)
        people.insert_join(found)
        _move(house, held, identity.joined(found, [row.node for row in held]), id)
        return found


def forbids(standing: Standing, purpose: str) -> bool:
    """Whether somebody's own choices, or what was set for them, stop a purpose, whatever else may carry it."""
    held = purpose in (*standing.restricted_purposes, *standing.delayed_purposes)
    return refuses(standing, purpose) or held or standing.quarantined or standing.restricted or standing.delayed


def refuses(standing: Standing, purpose: str) -> bool:
    """Whether somebody said no to a purpose: withdrew all consent to it, or objected."""
    withdrawn = any(
        choice.purpose == purpose and choice.state is ConsentState.WITHDRAWN and choice.channel in (None, ANY_CHANNEL)
        for choice in standing.consents
    )
    return withdrawn or purpose in standing.objections


def unjoin_for(house: House, subject: UUID, purpose: str | None = None, actor: Actor = Actor.SYSTEM) -> tuple[UUID, ...]:
    """Undo the joins to a person that stand for a purpose (all, when none is named); gives those undone.

    Each identifier stands for its own pseudonymous person again. To be called in the transaction of a withdrawal or an
    objection, before that is recorded: it locks more than the one person. Idempotent.
    """
    with transaction():
        family = people.family(subject)
        lock([subject, *(one.source for one in people.joins(family))])
        joins = people.joins(family)
        wanted = tuple(one for target in family for one in identity.undone_by(joins, target, purpose))
        return _undo(house, wanted, actor)


def unjoin(house: House, id: UUID, actor: Actor) -> bool:
    """Undo one join; `False` when it was undone already. Raises `Invalid` when there is no such join."""
    with transaction():
        found = people.join(id)
        if found is None:
            raise Unknown(say(N_("there is no such join")), say(N_("`janji subject show` lists those of a person")))
        lock([found.source, current(found.target)])
        return bool(_undo(house, identity.undone_by([people.join(id) or found], found.target), actor))


def _undo(house: House, joins: Sequence[Join], actor: Actor) -> tuple[UUID, ...]:
    """Record the end of joins, on the person alone, and give the identifiers back to whoever they stood for before."""
    for one in joins:
        holder = current(one.target)
        event = record_one(house, Entry(subject=holder, kind=Kind.IDENTITY_UNJOINED, actor=actor,
                                        details={"link": str(one.id), "purpose": one.purpose}))  # fmt: skip
        held, source = [row for row in people.identifiers([holder]) if row.link == one.id], current(one.source)
        if people.subjects([source])[source].state == ACTIVE:
            _move(house, held, [Move(row.id, holder, source) for row in held], None)
        else:
            for row in held:
                people.delete_identifier(row.id)
        people.undo_joins([one.id], event.id)
    return tuple(one.id for one in joins)


def _move(house: House, rows: Iterable[IdentifierRow], moves: Iterable[Move], link: UUID | bool | None) -> None:
    """Seal identifiers for their new person; `link` is the join that brought them, `True` to keep what they have."""
    target = {move.node: move.target for move in moves if move.source != move.target}
    moving = [row for row in rows if row.id in target]
    keys = content_keys(house, {*(row.subject for row in moving), *(target[row.id] for row in moving)})
    people.move_identifiers([
        sealed_row(house, opened(row, keys[row.subject]), row.id, target[row.id], keys[target[row.id]],
                   house.runtime.random(NONCE_BYTES), row.link if isinstance(link, bool) else link)
        for row in moving
    ])  # fmt: skip


# ------------------------------------------------------------------------------------------------------ merge and split


def merge(house: House, survivor: UUID, other: UUID, actor: Actor, ground: str = "same-person") -> UUID:
    """Make two people one: `other` is read as `survivor` from now on; gives the id of the survivor's event.

    Nothing of either history is lost. The survivor's event carries what the other's adds up to, and where the two
    differ the no wins, also over what was joined; a consent that ends by it has its cascade. Identifiers move; a split
    moves them back. Raises `Conflict` when one of them is merged already.
    """
    if survivor == other:
        raise Invalid(say(N_("these are the same person already")))
    with transaction():
        joins = people.joins([*people.family(survivor), *people.family(other)])
        lock([survivor, other, *(one.source for one in joins if one.undone is None)])
        rows = lock_active([survivor, other])
        layout = house.policy_in_force.layout
        held = people.identifiers([other])
        theirs = history_of(house, other)
        before = _facts(house, history_of(house, survivor)).bits | _facts(house, theirs).bits
        made = record(house, [
            Entry(subject=survivor, kind=Kind.PERSON_MERGED, actor=actor, details={
                "with": rows[other].pseudonym.hex(), "at": theirs[-1].version if theirs else 0, "ground": ground,
                "absorbed": absorbed(theirs, layout), "identifiers": [str(row.id) for row in held],
            }),
            Entry(subject=other, kind=Kind.PERSON_ABSORBED, actor=actor, details={"into": rows[survivor].pseudonym.hex()}),
        ])  # fmt: skip
        _move(house, held, identity.merged(other, survivor, [row.node for row in held]), True)
        settle_merged(house, survivor, other)
        become(house, other, MERGED, survivor)
        end_links(house, survivor)
        family = people.family(survivor)
        standing = standing_at(history_of(house, survivor), house.runtime.now(), layout)
        follow_merged(house, survivor, made[0].id, before, pack(standing, layout))
        stand = [one for target in family for one in identity.undone_by(people.joins(family), target)]
        _undo(house, [one for one in stand if refuses(standing, one.purpose)], Actor.SYSTEM)
        return made[0].id


def split(house: House, survivor: UUID, actor: Actor, merged: UUID | None = None) -> UUID:
    """Take a merge back, the last one when none is named by its event; gives the person who is there again.

    Both are as they were, except that what was forbidden meanwhile is forbidden to both. Identifiers that the merge
    moved, and that are there still, go back. Raises `Invalid` when there is no such merge.
    """
    with transaction():
        layout = house.policy_in_force.layout
        rows = lock([survivor, *people.family(survivor)])
        mine = lock_active([survivor])[survivor].pseudonym
        history = history_of(house, survivor)
        event = _standing_merge(history, merged)
        found = people.by_pseudonym(bytes.fromhex(event.details["with"]))
        if found is None:
            raise Invalid(say(N_("the other of the two is not in the record")), say(N_("run `janji ledger audit --live`")))
        other = rows.get(found.id, found)
        if other.state != MERGED or other.into != survivor:
            raise Conflict(say(N_("this merge does not stand any more")), say(N_("`janji subject show` tells what does")))
        record(house, [
            Entry(subject=survivor, kind=Kind.PERSON_SPLIT, actor=actor, details={"undoes": event.id}),
            Entry(subject=other.id, kind=Kind.PERSON_REVIVED, actor=actor, details={
                "from": mine.hex(), "forbidden": forbidden_meanwhile(history, event.id, layout),
            }),
        ])  # fmt: skip
        held = people.identifiers([survivor])
        moved = [UUID(id) for id in event.details.get("identifiers", ())]
        _move(house, held, identity.split(other.id, survivor, moved, [row.node for row in held]), True)
        become(house, other.id, ACTIVE)
        settle_split(house, survivor, other.id)
        after = _facts(house, history_of(house, survivor)).bits | _facts(house, history_of(house, other.id)).bits
        forget_merged(house, survivor, UUID(event.id), after)
        return other.id


def _standing_merge(history: Sequence[Event], wanted: UUID | None) -> Event:
    """The merge of a history that is to be taken back."""
    undone = {event.details.get("undoes") for event in history if event.kind is Kind.PERSON_SPLIT}
    merges = [event for event in history if event.kind is Kind.PERSON_MERGED and event.id not in undone]
    found = [event for event in merges if wanted is None or event.id == str(wanted)]
    if not found:
        raise Invalid(
            say(N_("nobody was merged into this person by that event, or it was taken back already")),
            say(N_("`janji subject show` lists who was merged into whom")),
        )
    return found[-1]
