"""Rules about each purpose: one legal basis with its evidence, assessments, machines that decide, children."""

from __future__ import annotations

from janji.documents.shapes import nearest
from janji.law.model import Evidence, LawPack
from janji.policy import model
from janji.policy.combined import assessment_triggers, never_for_children
from janji.policy.model import Policy, Purpose
from janji.policy.report import Report
from janji.terms.messages import N_, say
from janji.terms.processing import ClauseKind, LegalBasis, Topic, Trait


def purposes(policy: Policy, law: LawPack, report: Report) -> None:
    """Every purpose has one basis with its evidence, and what its risk calls for."""
    for purpose in policy.purposes.values():
        basis = law.basis(purpose.basis)
        if basis is None:
            report.error(
                "basis-not-in-law",
                purpose.place,
                say(N_("the law pack does not know the basis `{basis}`"), basis=purpose.basis),
                nearest(purpose.basis, [item.kind for item in law.bases.values()]),
            )
            continue
        for evidence in basis.requires:
            _evidence(purpose, evidence, basis.article, report)
        _mixed_basis(purpose, report)
        if not purpose.data:
            report.error(
                "purpose-without-data",
                purpose.place,
                say(N_("purpose `{purpose}` names no data, so it permits nothing"), purpose=purpose.id),
                say(N_("list the categories it needs under `data`")),
            )
        if Trait.MARKETING in purpose.traits and purpose.basis is LegalBasis.CONTRACT:
            report.error(
                "contract-for-marketing",
                purpose.place,
                say(
                    N_("purpose `{purpose}` is marketing and cannot rest on a contract ({article})"),
                    purpose=purpose.id,
                    article=basis.article,
                ),
                say(N_("use `basis: consent`, or take the marketing out of the purpose")),
            )
        _grounded(purpose, policy, report)
        _assessment(purpose, basis.article, report)
        _impact(purpose, policy, law, report)
        _automated(purpose, report)
        _child_access(purpose, policy, law, report)


_EVIDENCE: dict[Evidence, tuple[str, str, str]] = {
    Evidence.NOTICE: ("notice", N_("purpose `{purpose}` rests on consent but names no notice ({article})"),
                      N_("add `notice:` with the name of an entry under `notices`")),
    Evidence.AGREEMENT: ("agreements", N_("purpose `{purpose}` rests on a contract but names no kind of agreement "
                                          "({article})"),
                         N_("add `agreements: [order]` or whatever proves the contract")),
    Evidence.OBLIGATION: ("obligation", N_("purpose `{purpose}` rests on a legal obligation but names no law "
                                           "({article})"),
                          N_("add `obligation:` with the law and article")),
    Evidence.ASSESSMENT: ("assessment", N_("purpose `{purpose}` rests on a legitimate interest without an assessment "
                                           "({article})"),
                          N_("add `assessment:` with `purpose`, `need` and `balance`")),
}  # fmt: skip

_OWNER = {
    "notice": LegalBasis.CONSENT, "agreements": LegalBasis.CONTRACT, "obligation": LegalBasis.LEGAL_OBLIGATION,
    "assessment": LegalBasis.LEGITIMATE_INTEREST,
}  # fmt: skip


def _evidence(purpose: Purpose, evidence: Evidence, article: str, report: Report) -> None:
    attribute, message, help = _EVIDENCE[evidence]
    if not getattr(purpose, attribute):
        report.error(f"{evidence}-missing", purpose.place, say(message, purpose=purpose.id, article=article), say(help))


def _mixed_basis(purpose: Purpose, report: Report) -> None:
    for attribute, basis in _OWNER.items():
        if getattr(purpose, attribute) and purpose.basis is not basis:
            report.error(
                "second-basis",
                purpose.place,
                say(
                    N_("purpose `{purpose}` rests on `{basis}` but carries `{key}`, which belongs to `{other}`"),
                    purpose=purpose.id,
                    basis=purpose.basis,
                    key=attribute,
                    other=basis,
                ),
                say(N_("a purpose has one legal basis; split it, or take `{key}` out"), key=attribute),
            )


def _grounded(purpose: Purpose, policy: Policy, report: Report) -> None:
    kinds = {policy.clauses[clause].kind for clause in purpose.clauses}
    if kinds == {ClauseKind.DEFECT}:
        report.error(
            "purpose-on-defect",
            purpose.place,
            say(N_("purpose `{purpose}` rests on a defect of the published text alone"), purpose=purpose.id),
            say(N_("mend the published text first; open-ended text and drafting notes permit nothing")),
        )


def _assessment(purpose: Purpose, article: str, report: Report) -> None:
    weighing = purpose.assessment
    if weighing is None:
        return
    if weighing.approved is not None:
        if weighing.approved_by is None:
            report.error(
                "approver-missing",
                weighing.place,
                say(N_("the assessment of `{purpose}` does not say who approved it"), purpose=purpose.id),
                say(N_("add `approved-by:` with the function, not the person's name")),
            )
    elif weighing.provisional is not None:
        report.warn(
            "assessment-provisional",
            weighing.place,
            say(
                N_("the assessment of `{purpose}` is not approved; it is relied on until {day} ({article})"),
                purpose=purpose.id,
                day=weighing.provisional,
                article=article,
            ),
            say(N_("have a person approve it and add `approved` and `approved-by`")),
        )
    else:
        report.error(
            "assessment-undecided",
            weighing.place,
            say(
                N_("the assessment of `{purpose}` is neither approved nor provisional ({article})"),
                purpose=purpose.id,
                article=article,
            ),
            say(N_("add `approved` and `approved-by`, or `provisional: 2027-06-30`")),
        )


def _impact(purpose: Purpose, policy: Policy, law: LawPack, report: Report) -> None:
    triggers = assessment_triggers(policy, law, purpose)
    if not triggers:
        return
    articles = ", ".join(trigger.article for trigger in triggers)
    if purpose.impact is None:
        report.warn(
            "impact-missing",
            purpose.place,
            say(N_("purpose `{purpose}` needs an impact assessment ({article})"), purpose=purpose.id, article=articles),
            say(N_("add `impact:` with `reference` and the day it was `done`")),
        )
    elif purpose.impact.done is None:
        report.warn(
            "impact-provisional",
            purpose.impact.place,
            say(
                N_("the impact assessment of `{purpose}` is not finished ({article})"),
                purpose=purpose.id,
                article=articles,
            ),
            say(N_("finish it and add `done`")),
        )


def _automated(purpose: Purpose, report: Report) -> None:
    if (Trait.AUTOMATED_DECISION in purpose.traits) != (purpose.automated is not None):
        report.error(
            "automated-undescribed",
            purpose.place,
            say(
                N_("purpose `{purpose}` has only one of the trait `automated-decision` and the entry `automated`"),
                purpose=purpose.id,
            ),
            say(N_("write both: the trait, and `automated` with `logic`, `effect` and `review`")),
        )


def _child_access(purpose: Purpose, policy: Policy, law: LawPack, report: Report) -> None:
    barred = never_for_children(policy, law).intersection(purpose.traits)
    if barred and purpose.child is model.ChildAccess.OPEN:
        report.error(
            "child-barred",
            purpose.place,
            say(
                N_("purpose `{purpose}` is open to children but is `{trait}` ({article})"),
                purpose=purpose.id,
                trait=min(barred),
                article=law.article(Topic.CHILDREN),
            ),
            say(N_("write `child: never`")),
        )
