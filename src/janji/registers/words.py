"""What every register is made of: named things, how well something is proven, and closed vocabularies in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from janji.law.model import LawPack
from janji.policy.combined import barred_to_children
from janji.policy.model import ChildAccess, Policy, Purpose, Recipient
from janji.terms import words
from janji.terms.messages import N_, Message, say
from janji.terms.texts import Text


class Proof(StrEnum):
    """How well something that a decision asks for is shown: only the first two permit."""

    PROVEN = "proven"
    PROVISIONAL = "provisional"
    EXPIRED = "expired"
    NONE = "none"


def proof(proven: bool, until: date | None, day: date) -> Proof:
    """The proof there is on `day`; what is provisional still holds on its last day."""
    if proven:
        return Proof.PROVEN
    if until is None:
        return Proof.NONE
    return Proof.PROVISIONAL if day <= until else Proof.EXPIRED


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of the policy by its name and title."""

    id: str
    title: Text


def agreement_proof(recipient: Recipient, day: date) -> tuple[Proof, str | None, date | None]:
    """How the contract with a recipient stands on `day`, the reference it is filed under, and its provisional day."""
    agreement = recipient.agreement
    if agreement is None:
        return Proof.NONE, None, None
    held = proof(agreement.reference is not None, agreement.provisional, day)
    return held, agreement.reference, None if held is Proof.PROVEN else agreement.provisional


def persons(policy: Policy, law: LawPack, purpose: Purpose) -> Message:
    """Whose data a purpose may process, by what law and policy say of children."""
    if barred_to_children(policy, law, purpose):
        return say(N_("adults only"))
    if purpose.child is ChildAccess.OPEN:
        return say(N_("adults and children"))
    return say(N_("adults; children with a verified guardian"))


_PROOFS = {
    Proof.PROVEN: N_("proven"), Proof.PROVISIONAL: N_("provisional"), Proof.EXPIRED: N_("expired"),
    Proof.NONE: N_("none"),
}  # fmt: skip


def word(value: StrEnum) -> Message:
    """A word of a closed vocabulary, as people read it."""
    return say(_PROOFS[value]) if isinstance(value, Proof) else words.word(value)


def standing(held: Proof, until: date | None) -> Message:
    """How something is proven, with the day that it hangs on."""
    if held is Proof.PROVISIONAL:
        return say(N_("provisional until {day}"), day=until)
    if held is Proof.EXPIRED:
        return say(N_("expired on {day}: denied"), day=until)
    return say(N_("proven")) if held is Proof.PROVEN else say(N_("not proven: denied"))


def contract(held: Proof, reference: str | None, until: date | None) -> Message:
    """How the contract with a recipient stands."""
    if held is Proof.PROVEN:
        return say(N_("on file: {reference}"), reference=reference)
    return say(N_("missing: denied")) if held is Proof.NONE else standing(held, until)
