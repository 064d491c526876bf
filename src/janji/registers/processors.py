"""The list of processors: who processes on the controller's behalf, for what, and under which contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from janji.policy.model import Policy, Recipient
from janji.registers.words import Named, Proof, agreement_proof
from janji.terms.processing import RecipientClass, Role
from janji.terms.texts import Text

ROLES = (Role.PROCESSOR, Role.SUB_PROCESSOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """A processor and its contract. One that is not `declared` as a recipient is named in the policy and no more."""

    id: str
    title: Text
    role: Role
    country: str | None
    declared: bool
    purposes: tuple[Named, ...]
    data: tuple[Named, ...]
    contract: Proof
    reference: str | None
    until: date | None
    clauses: tuple[str, ...]
    note: Text | None


def processors(policy: Policy, day: date) -> tuple[Processor, ...]:
    """Every recipient that is a processor, and every entity that the policy calls one, as they stand on `day`."""
    named = [
        Processor(
            id=entity.id,
            title=Text((("", entity.name),)),
            role=entity.role,
            country=entity.country,
            declared=False,
            purposes=(),
            data=(),
            contract=Proof.NONE,
            reference=None,
            until=None,
            clauses=entity.clauses,
            note=entity.note,
        )
        for entity in policy.entities.values()
        if entity.role in ROLES
    ]
    declared = [
        _processor(policy, recipient, day)
        for recipient in policy.recipients.values()
        if recipient.role in ROLES or recipient.kind is RecipientClass.PROCESSOR
    ]
    return (*declared, *named)


def _processor(policy: Policy, recipient: Recipient, day: date) -> Processor:
    held, reference, until = agreement_proof(recipient, day)
    needed = dict.fromkeys(name for purpose in recipient.purposes for name in policy.purposes[purpose].data)
    return Processor(
        id=recipient.id,
        title=recipient.title,
        role=recipient.role,
        country=recipient.country,
        declared=True,
        purposes=tuple(Named(name, policy.purposes[name].title) for name in recipient.purposes),
        data=tuple(
            Named(name, policy.data[name].title) for name in needed if not recipient.data or name in recipient.data
        ),
        contract=held,
        reference=reference,
        until=until,
        clauses=recipient.clauses,
        note=recipient.note,
    )
