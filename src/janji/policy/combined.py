"""What law and policy say together: the stricter of the two, and the retention schedule ready to look up."""

from __future__ import annotations

from collections.abc import Iterable

from janji.law.model import AssessmentTrigger, LawPack, binding
from janji.policy.model import ChildAccess, Policy, Purpose, Recipient, RetentionRule, Transfer
from janji.terms.processing import LegalBasis, RecipientClass, Right, Topic, Trait

DECIDED_BY_MACHINE = frozenset({Trait.AUTOMATED_DECISION, Trait.PROFILING})
"""Traits against which a person can object to a machine alone (UU 27/2022 Art 10(1), profiling included)."""

ADULTS_ONLY = frozenset({Trait.MARKETING, Trait.PROFILING})
"""Purposes with these traits need to know that the person is an adult, and that the person's data are their own."""

NEEDS_AGREEMENT = frozenset(
    {RecipientClass.AFFILIATE, RecipientClass.PROCESSOR, RecipientClass.RETAILER, RecipientClass.TRANSACTION,
     RecipientClass.ADVISER, RecipientClass.OTHER}
)  # fmt: skip
"""Classes of recipient that receive nothing without a contract (UU 27/2022 Art 51; GDPR Art 26 and 28)."""


class Schedule:
    """The retention schedule, indexed, so that ten thousand purposes are no slower each than ten."""

    def __init__(self, policy: Policy) -> None:
        self._by_purpose: dict[str, list[RetentionRule]] = {}
        self._by_data: dict[str, list[RetentionRule]] = {}
        self._others: list[RetentionRule] = []
        for rule in policy.retention.values():
            for purpose in dict.fromkeys(rule.purposes):
                self._by_purpose.setdefault(purpose, []).append(rule)
            if not rule.purposes:
                for category in dict.fromkeys(rule.data):
                    self._by_data.setdefault(category, []).append(rule)
                if not rule.data:
                    self._others.append(rule)

    def rules(self, purpose: str, category: str) -> list[RetentionRule]:
        """The most precise rules for `category` held for `purpose`; a checked policy has exactly one."""
        named = [rule for rule in self._by_purpose.get(purpose, ()) if rule.covers(purpose, category)]
        rules = named or self._by_data.get(category) or self._others
        best = max((rule.precision for rule in rules), default=0)
        return [rule for rule in rules if rule.precision == best]


def child_under(policy: Policy, law: LawPack) -> int:
    """The age in years below which a person is a child: the higher of what law and policy say."""
    return max(law.child_under(policy.effective), policy.children.under if policy.children else 0)


def never_for_children(policy: Policy, law: LawPack) -> frozenset[Trait]:
    """Traits of purposes that are never applied to a child: what the law forbids and what the policy adds."""
    return law.never_for_children(policy.effective).union(policy.children.never if policy.children else ())


def home_countries(policy: Policy, law: LawPack) -> frozenset[str]:
    """Countries to which a disclosure is no transfer: the controller's, and with it the law's whole territory."""
    home = policy.controller.country
    return frozenset({str(home), *(map(str, law.territory) if home in law.territory else ())})


def agreement_topic(recipient: Recipient) -> Topic:
    """The topic of law behind the agreement with a recipient: processors are bound otherwise than others."""
    return Topic.PROCESSOR if recipient.kind is RecipientClass.PROCESSOR else Topic.RECIPIENT


def honours_objection(policy: Policy, law: LawPack, purpose: Purpose) -> bool:
    """Whether an objection to `purpose` stops it.

    By the policy's own promise or the law's right (GDPR Art 21(1); UU 27/2022 has no general objection), and always
    for consent (to object is to withdraw), for a legitimate interest and for marketing.
    """
    always = purpose.basis in (LegalBasis.CONSENT, LegalBasis.LEGITIMATE_INTEREST) or Trait.MARKETING in purpose.traits
    return always or purpose.basis in _objection_bases(policy, law)


def _objection_bases(policy: Policy, law: LawPack) -> set[LegalBasis]:
    promised = {
        basis
        for right in policy.rights.values()
        if right.right is None or law.rights[right.right].kind is Right.OBJECTION
        for basis in right.bases
    }
    rights = binding(law.rights, policy.effective)
    granted = {basis for right in rights if right.kind is Right.OBJECTION for basis in right.bases}
    return promised | granted


def barred_to_children(policy: Policy, law: LawPack, purpose: Purpose) -> bool:
    """Whether a purpose is never carried out for a child, by law or by policy."""
    return purpose.child is ChildAccess.NEVER or bool(never_for_children(policy, law).intersection(purpose.traits))


def specific_data(policy: Policy, law: LawPack, purpose: Purpose) -> tuple[str, ...]:
    """The data of `purpose` that weigh more in the law, in the order written."""
    return tuple(name for name in purpose.data if law.data_classes[policy.data[name].law_class].specific)


def assessment_triggers(policy: Policy, law: LawPack, purpose: Purpose) -> tuple[AssessmentTrigger, ...]:
    """What makes an impact assessment of `purpose` mandatory, in the order of the law; nothing when it is not."""
    specific = bool(specific_data(policy, law, purpose))
    return tuple(
        trigger
        for trigger in binding(law.assessment_triggers, policy.effective)
        if trigger.trait in purpose.traits or (trigger.specific_data and specific)
    )


def best_transfer(law: LawPack, transfers: Iterable[Transfer], country: str, purpose: str) -> Transfer | None:
    """Of the transfers that name a recipient, the one that serves best for `purpose` in `country`.

    Proven before provisional before neither, other rungs before consent, later before earlier, then by name.
    """
    fitting = [
        transfer
        for transfer in transfers
        if country in transfer.countries and (not transfer.purposes or purpose in transfer.purposes)
    ]
    return min(fitting, key=lambda transfer: _merit(law, transfer), default=None)


def _merit(law: LawPack, transfer: Transfer) -> tuple[int, bool, int, str]:
    consent = law.rungs[transfer.rung or ""].consent
    if transfer.proven is not None:
        return (0, consent, 0, transfer.id)
    if transfer.provisional is not None:
        return (1, consent, -transfer.provisional.toordinal(), transfer.id)
    return (2, consent, 0, transfer.id)
