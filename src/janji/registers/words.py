"""What every register is made of: named things, how well something is proven, and closed vocabularies in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from janji.law.model import LawPack
from janji.policy.combined import barred_to_children
from janji.policy.model import ChildAccess, Policy, Purpose, Recipient
from janji.terms.messages import N_, Message, say
from janji.terms.periods import Period
from janji.terms.processing import Disposal, LegalBasis, Operation, RecipientClass, Role, SourceKind, Trait
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


_SPOKEN: tuple[tuple[StrEnum, str], ...] = (
    (LegalBasis.CONSENT, N_("consent")), (LegalBasis.CONTRACT, N_("contract")),
    (LegalBasis.LEGAL_OBLIGATION, N_("legal obligation")), (LegalBasis.VITAL_INTEREST, N_("vital interest")),
    (LegalBasis.PUBLIC_TASK, N_("public task")), (LegalBasis.LEGITIMATE_INTEREST, N_("legitimate interest")),
    (Operation.COLLECT, N_("collect")), (Operation.USE, N_("use")), (Operation.DISCLOSE, N_("disclose")),
    (Operation.RETAIN, N_("retain")), (Trait.MARKETING, N_("marketing")), (Trait.PROFILING, N_("profiling")),
    (Trait.AUTOMATED_DECISION, N_("automated decision")), (Trait.LARGE_SCALE, N_("large scale")),
    (Trait.COMBINATION, N_("combination of data")), (Trait.NEW_TECHNOLOGY, N_("new technology")),
    (Trait.LIMITS_RIGHTS, N_("limits the exercise of rights")), (SourceKind.DIRECT, N_("from the person")),
    (SourceKind.THIRD_PARTY, N_("from somebody else")), (SourceKind.OBSERVED, N_("observed")),
    (SourceKind.DERIVED, N_("derived")), (RecipientClass.AFFILIATE, N_("group company")),
    (RecipientClass.PROCESSOR, N_("service provider")), (RecipientClass.RETAILER, N_("retailer")),
    (RecipientClass.TRANSACTION, N_("party to a business transaction")),
    (RecipientClass.ADVISER, N_("professional adviser")), (RecipientClass.AUTHORITY, N_("public authority")),
    (RecipientClass.USER_AUTHORISED, N_("party the person authorised")), (RecipientClass.OTHER, N_("other party")),
    (Role.CONTROLLER, N_("controller")), (Role.JOINT_CONTROLLER, N_("joint controller")),
    (Role.PROCESSOR, N_("processor")), (Role.SUB_PROCESSOR, N_("sub-processor")),
    (Role.THIRD_PARTY, N_("third party")), (Role.AUTHORITY, N_("authority")), (Disposal.DELETE, N_("delete")),
    (Disposal.DESTROY, N_("destroy")), (Disposal.ANONYMISE, N_("anonymise")), (Disposal.RESTRICT, N_("restrict")),
    (Proof.PROVEN, N_("proven")), (Proof.PROVISIONAL, N_("provisional")), (Proof.EXPIRED, N_("expired")),
    (Proof.NONE, N_("none")),
)  # fmt: skip
_WORDS = {(type(value), value): text for value, text in _SPOKEN}


def word(value: StrEnum) -> Message:
    """A word of a closed vocabulary, as people read it; words that are spelt alike mean what their own list says."""
    return say(_WORDS[type(value), value])


def length(period: Period) -> Message:
    """A period in calendar words: years and months, days and hours."""
    years, months = divmod(period.months, 12)
    parts = (
        (years, N_("{count} year"), N_("{count} years")), (months, N_("{count} month"), N_("{count} months")),
        (period.days, N_("{count} day"), N_("{count} days")), (period.hours, N_("{count} hour"), N_("{count} hours")),
    )  # fmt: skip
    said = [say(one if count == 1 else many, count=count) for count, one, many in parts if count]
    whole = said[0] if said else say(N_("{count} days"), count=0)
    for part in said[1:]:
        whole = say(N_("{first} and {then}"), first=whole, then=part)
    return whole


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
