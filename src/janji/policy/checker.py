"""A parsed policy held against its law pack: names resolved, what the law requires checked, the fix suggested."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any

from janji.documents.shapes import nearest
from janji.errors import Diagnostic
from janji.law.model import Evidence, LawPack
from janji.policy.format import LAW
from janji.policy.model import Entry, Policy, Purpose, Recipient, RetentionRule, Transfer
from janji.policy.parser import Parsed
from janji.policy import model
from janji.terms.messages import N_, Message, say
from janji.terms.places import NOWHERE, Place
from janji.terms.processing import (
    ClauseKind, LegalBasis, Operation, RecipientClass, Right, Severity, Topic, Trait,
)  # fmt: skip

NEEDS_AGREEMENT = frozenset(
    {RecipientClass.AFFILIATE, RecipientClass.PROCESSOR, RecipientClass.RETAILER, RecipientClass.TRANSACTION,
     RecipientClass.ADVISER, RecipientClass.OTHER}
)  # fmt: skip
"""Classes of recipient that receive nothing without a contract (UU 27/2022 Art 51; GDPR Art 26 and 28)."""


@dataclass(slots=True)
class _Report:
    found: list[Diagnostic] = field(default_factory=list)

    def error(self, code: str, place: Place, message: Message, help: Message) -> None:
        self.found.append(Diagnostic(code, Severity.ERROR, message, place, help))

    def warn(self, code: str, place: Place, message: Message, help: Message) -> None:
        self.found.append(Diagnostic(code, Severity.WARNING, message, place, help))

    def info(self, code: str, place: Place, message: Message, help: Message) -> None:
        self.found.append(Diagnostic(code, Severity.INFO, message, place, help))


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check: the policy, or `None` if there is any error, and every diagnostic in order of place."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> int:
        """How many diagnostics are errors."""
        return sum(1 for found in self.diagnostics if found.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        """How many diagnostics are warnings."""
        return sum(1 for found in self.diagnostics if found.severity is Severity.WARNING)


def check(parsed: Parsed, law: LawPack | None) -> Checked:
    """Hold what was parsed against the law pack `law` (`None` when the policy names a pack that does not exist).

    Total: gives diagnostics as values. A policy with an error is not given out, so that nothing can act on a part
    that looks whole.
    """
    report = _Report(list(parsed.diagnostics))
    policy = parsed.policy
    if policy is not None and law is None:
        place = getattr(policy.law, "place", NOWHERE)
        report.error("unknown-law", place, say(N_("there is no law pack `{law}`"), law=policy.law),
                     say(N_("`janji law` lists the packs there are")))
    if policy is not None and law is not None:
        unresolved = _references(parsed, policy, law, report)
        for rule in _ALWAYS if unresolved else _ALWAYS + _RESOLVED:
            rule(policy, law, report)
    found = tuple(sorted(report.found, key=lambda item: (item.place, item.code)))
    whole = policy is not None and not any(item.severity is Severity.ERROR for item in found)
    return Checked(policy if whole else None, found)


def _references(parsed: Parsed, policy: Policy, law: LawPack, report: _Report) -> bool:
    before = len(report.found)
    for reference in parsed.references:
        in_law = reference.section.startswith(LAW)
        section = reference.section.removeprefix(LAW)
        known = getattr(law if in_law else policy, section)
        if reference.word not in known:
            message = (N_("`{word}` is not defined under `{section}` of the law pack") if in_law
                       else N_("`{word}` is not defined under `{section}`"))
            report.error("unknown-name", reference.word.place,
                         say(message, word=reference.word, section=section.replace("_", "-")),
                         nearest(reference.word, known))
    return len(report.found) > before


# What the law requires of the policy as a whole.


def _decisions(policy: Policy, law: LawPack, report: _Report) -> None:
    for name, entry in entries(policy):
        if entry.decide:
            report.warn("decision-needed", entry.place,
                        say(N_("a person must decide about `{entry}`: {question}"), entry=name,
                            question=entry.decide),
                        say(N_("decide, change the entry accordingly, and take `decide` out")))


def _defects(policy: Policy, law: LawPack, report: _Report) -> None:
    for clause in policy.clauses.values():
        if clause.kind is ClauseKind.DEFECT and not clause.decide:
            report.warn("clause-defect", clause.place,
                        say(N_("clause `{clause}` is a defect of the published text; nothing is permitted by it"),
                            clause=clause.id),
                        say(N_("mend the published text, then give the clause its real kind")))


def _citations(policy: Policy, law: LawPack, report: _Report) -> None:
    cited = {clause for _, entry in entries(policy) for clause in entry.clauses}
    undeclared = policy.undeclared
    cited.update(*(getattr(undeclared, item.name) for item in fields(undeclared) if item.name != "place"))
    for clause in policy.clauses.values():
        if clause.kind in (ClauseKind.PROMISE, ClauseKind.POWER_CLAIMED) and clause.id not in cited:
            report.info("clause-uncited", clause.place,
                        say(N_("no entry of the policy rests on clause `{clause}`"), clause=clause.id),
                        say(N_("cite it under `clauses` of the entry that carries it out")))


def _contact(policy: Policy, law: LawPack, report: _Report) -> None:
    controller = policy.controller
    if controller.officer is None and law.officer_triggers:
        articles = ", ".join(rule.article for rule in law.officer_triggers.values())
        report.warn("officer-missing", controller.place,
                    say(N_("no data protection officer is named ({article})"), article=articles),
                    say(N_("add `officer` with an address, or record why none is needed")))
    if controller.email is None and controller.url is None:
        report.warn("contact-missing", controller.place,
                    say(N_("there is no e-mail address or web page to send a request to")),
                    say(N_("add `email` or `url` under `controller`")))


def _children(policy: Policy, law: LawPack, report: _Report) -> None:
    children = policy.children
    if children is not None and children.under < law.child_under:
        report.error("child-age", children.place,
                     say(N_("the policy calls a person under {policy} a child, the law one under {law} ({article})"),
                         policy=children.under, law=law.child_under, article=law.article(Topic.CHILDREN)),
                     say(N_("write `under: {law}` or more"), law=law.child_under))


def _rights(policy: Policy, law: LawPack, report: _Report) -> None:
    granted = {right.right for right in policy.rights.values() if right.right}
    for legal in law.rights.values():
        if legal.id not in granted:
            report.warn("right-missing", policy.place,
                        say(N_("the policy does not grant the right `{right}` ({article})"), right=legal.id,
                            article=legal.article),
                        say(N_("add an entry under `rights` with `right: {right}`"), right=legal.id))
    for right in policy.rights.values():
        legal_right = law.rights.get(right.right or "")
        clock = law.clocks.get(legal_right.clock or "") if legal_right else None
        if right.within and clock and right.within.at_most_days > clock.limit.at_most_days:
            report.warn("deadline-longer-than-law", right.place,
                        say(N_("`{right}` is promised within {promise}; the law gives {limit} ({article})"),
                            right=right.id, promise=right.within, limit=clock.limit, article=clock.article),
                        say(N_("the shorter one is applied; write `within: {limit}`"), limit=clock.limit))
        if legal_right is not None and legal_right.kind is Right.OBJECTION and not right.bases:
            report.warn("objection-without-basis", right.place,
                        say(N_("`{right}` does not say on which legal bases an objection is honoured"),
                            right=right.id),
                        say(N_("add `bases: [legitimate-interest]` or more")))


def _notices(policy: Policy, law: LawPack, report: _Report) -> None:
    for notice in policy.notices.values():
        for wanted in law.notice_fields.values():
            if wanted.id not in notice.fields:
                report.error("notice-field-missing", notice.place,
                             say(N_("notice `{notice}` does not tell `{field}` ({article})"), notice=notice.id,
                                 field=wanted.id, article=wanted.article),
                             say(N_("add `{field}` under `fields`: {title}"), field=wanted.id, title=wanted.title))
        for name in notice.fields:
            if name not in law.notice_fields:
                report.error("unknown-name", notice.place,
                             say(N_("`{word}` is not defined under `{section}` of the law pack"), word=name,
                                 section="notice-fields"), nearest(name, law.notice_fields))
        if any(version >= notice.version for version in notice.accepts):
            report.error("notice-version", notice.place,
                         say(N_("notice `{notice}` accepts a version that is not older than its own"),
                             notice=notice.id),
                         say(N_("`accepts` lists older versions only")))


# What the law requires of each purpose.


def _purposes(policy: Policy, law: LawPack, report: _Report) -> None:
    for purpose in policy.purposes.values():
        basis = law.basis(purpose.basis)
        if basis is None:
            report.error("basis-not-in-law", purpose.place,
                         say(N_("the law pack does not know the basis `{basis}`"), basis=purpose.basis),
                         nearest(purpose.basis, [item.kind for item in law.bases.values()]))
            continue
        for evidence in basis.requires:
            _evidence(purpose, evidence, basis.article, report)
        _mixed_basis(purpose, report)
        if not purpose.data:
            report.error("purpose-without-data", purpose.place,
                         say(N_("purpose `{purpose}` names no data, so it permits nothing"), purpose=purpose.id),
                         say(N_("list the categories it needs under `data`")))
        if Trait.MARKETING in purpose.traits and purpose.basis is LegalBasis.CONTRACT:
            report.error("contract-for-marketing", purpose.place,
                         say(N_("purpose `{purpose}` is marketing and cannot rest on a contract ({article})"),
                             purpose=purpose.id, article=basis.article),
                         say(N_("use `basis: consent`, or take the marketing out of the purpose")))
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


def _evidence(purpose: Purpose, evidence: Evidence, article: str, report: _Report) -> None:
    attribute, message, help = _EVIDENCE[evidence]
    if not getattr(purpose, attribute):
        report.error(f"{evidence}-missing", purpose.place, say(message, purpose=purpose.id, article=article),
                     say(help))


def _mixed_basis(purpose: Purpose, report: _Report) -> None:
    for attribute, basis in _OWNER.items():
        if getattr(purpose, attribute) and purpose.basis is not basis:
            report.error("second-basis", purpose.place,
                         say(N_("purpose `{purpose}` rests on `{basis}` but carries `{key}`, which belongs to "
                                "`{other}`"), purpose=purpose.id, basis=purpose.basis, key=attribute, other=basis),
                         say(N_("a purpose has one legal basis; split it, or take `{key}` out"), key=attribute))


def _assessment(purpose: Purpose, article: str, report: _Report) -> None:
    weighing = purpose.assessment
    if weighing is None:
        return
    if weighing.approved is not None:
        if weighing.approved_by is None:
            report.error("approver-missing", weighing.place,
                         say(N_("the assessment of `{purpose}` does not say who approved it"), purpose=purpose.id),
                         say(N_("add `approved-by:` with the function, not the person's name")))
    elif weighing.provisional is not None:
        report.warn("assessment-provisional", weighing.place,
                    say(N_("the assessment of `{purpose}` is not approved; it is relied on until {day} ({article})"),
                        purpose=purpose.id, day=weighing.provisional, article=article),
                    say(N_("have a person approve it and add `approved` and `approved-by`")))
    else:
        report.error("assessment-undecided", weighing.place,
                     say(N_("the assessment of `{purpose}` is neither approved nor provisional ({article})"),
                         purpose=purpose.id, article=article),
                     say(N_("add `approved` and `approved-by`, or `provisional: 2027-06-30`")))


def _impact(purpose: Purpose, policy: Policy, law: LawPack, report: _Report) -> None:
    specific = any(law.data_classes[policy.data[name].law_class].specific for name in purpose.data)
    triggers = [trigger for trigger in law.assessment_triggers.values()
                if trigger.trait in purpose.traits or (trigger.specific_data and specific)]
    if not triggers:
        return
    articles = ", ".join(trigger.article for trigger in triggers)
    if purpose.impact is None:
        report.warn("impact-missing", purpose.place,
                    say(N_("purpose `{purpose}` needs an impact assessment ({article})"), purpose=purpose.id,
                        article=articles),
                    say(N_("add `impact:` with `reference` and the day it was `done`")))
    elif purpose.impact.done is None:
        report.warn("impact-provisional", purpose.impact.place,
                    say(N_("the impact assessment of `{purpose}` is not finished ({article})"), purpose=purpose.id,
                        article=articles),
                    say(N_("finish it and add `done`")))


def _automated(purpose: Purpose, report: _Report) -> None:
    if (Trait.AUTOMATED_DECISION in purpose.traits) != (purpose.automated is not None):
        report.error("automated-undescribed", purpose.place,
                     say(N_("purpose `{purpose}` has only one of the trait `automated-decision` and the entry "
                            "`automated`"), purpose=purpose.id),
                     say(N_("write both: the trait, and `automated` with `logic`, `effect` and `review`")))


def _child_access(purpose: Purpose, policy: Policy, law: LawPack, report: _Report) -> None:
    barred = never_for_children(policy, law).intersection(purpose.traits)
    if barred and purpose.child is model.ChildAccess.OPEN:
        report.error("child-barred", purpose.place,
                     say(N_("purpose `{purpose}` is open to children but is `{trait}` ({article})"),
                         purpose=purpose.id, trait=min(barred), article=law.article(Topic.CHILDREN)),
                     say(N_("write `child: never`")))


# What the law requires where data are collected, given away and kept.


def _touchpoints(policy: Policy, law: LawPack, report: _Report) -> None:
    for touchpoint in policy.touchpoints.values():
        allowed = {name for purpose in touchpoint.purposes for name in policy.purposes[purpose].data}
        for name, collected in touchpoint.fields.items():
            if collected.data not in allowed:
                report.error("field-without-purpose", collected.place,
                             say(N_("touchpoint `{touchpoint}` collects `{data}`, which none of its purposes needs "
                                    "({article})"), touchpoint=touchpoint.id, data=collected.data,
                                 article=law.article(Topic.MINIMISATION)),
                             say(N_("take the field `{field}` out, or add the data to a purpose"), field=name))


def _trackers(policy: Policy, law: LawPack, report: _Report) -> None:
    for tracker in policy.trackers.values():
        if not tracker.essential and policy.purposes[tracker.purpose].basis is not LegalBasis.CONSENT:
            report.warn("tracker-without-consent", tracker.place,
                        say(N_("tracker `{tracker}` is not essential and its purpose `{purpose}` does not rest on "
                               "consent ({article})"), tracker=tracker.id, purpose=tracker.purpose,
                            article=law.article(Topic.CONSENT)),
                        say(N_("give it a purpose that rests on consent, or mark it `essential: true`")))


def _recipients(policy: Policy, law: LawPack, report: _Report) -> None:
    for recipient in policy.recipients.values():
        for name in recipient.purposes:
            if Operation.DISCLOSE not in policy.purposes[name].operations:
                report.error("purpose-cannot-disclose", recipient.place,
                             say(N_("recipient `{recipient}` receives data for `{purpose}`, which does not disclose"),
                                 recipient=recipient.id, purpose=name),
                             say(N_("add `disclose` to the operations of `{purpose}`"), purpose=name))
        _agreement(recipient, law, report)
        if recipient.country != policy.controller.country and not any(
            recipient.id in transfer.recipients and recipient.country in transfer.countries
            for transfer in policy.transfers.values()
        ):
            report.warn("transfer-missing", recipient.place,
                        say(N_("recipient `{recipient}` is in {country} and no transfer covers it ({article}); every "
                               "disclosure is denied"), recipient=recipient.id, country=recipient.country,
                            article=law.article(Topic.TRANSFER)),
                        say(N_("add an entry under `transfers` with a rung and its evidence")))
    given = {name for recipient in policy.recipients.values() for name in recipient.purposes}
    for purpose in policy.purposes.values():
        if Operation.DISCLOSE in purpose.operations and purpose.id not in given:
            report.warn("disclosure-without-recipient", purpose.place,
                        say(N_("purpose `{purpose}` may disclose, but no recipient receives data for it"),
                            purpose=purpose.id),
                        say(N_("name it under `purposes` of a recipient, or take `disclose` out")))


def _agreement(recipient: Recipient, law: LawPack, report: _Report) -> None:
    if recipient.kind not in NEEDS_AGREEMENT:
        return
    agreement = recipient.agreement
    article = law.article(Topic.PROCESSOR if recipient.kind is RecipientClass.PROCESSOR else Topic.RECIPIENT)
    if agreement is None or (agreement.reference is None and agreement.provisional is None):
        report.warn("recipient-agreement-missing", recipient.place,
                    say(N_("no agreement with `{recipient}` is on file ({article}); every disclosure is denied"),
                        recipient=recipient.id, article=article),
                    say(N_("add `agreement:` with its `reference`")))
    elif agreement.reference is None:
        report.warn("recipient-agreement-provisional", agreement.place,
                    say(N_("the agreement with `{recipient}` is not on file; disclosures go on until {day} "
                           "({article})"), recipient=recipient.id, day=agreement.provisional, article=article),
                    say(N_("file the signed agreement and add its `reference`")))


def _transfers(policy: Policy, law: LawPack, report: _Report) -> None:
    article = law.article(Topic.TRANSFER)
    for transfer in policy.transfers.values():
        rung = law.rungs.get(transfer.rung or "")
        if rung is None:
            report.error("rung-missing", transfer.place,
                         say(N_("transfer `{transfer}` names no rung of the ladder ({article})"),
                             transfer=transfer.id, article=article), nearest("", law.rungs))
            continue
        if transfer.proven is not None and transfer.evidence is None:
            report.error("evidence-missing", transfer.place,
                         say(N_("transfer `{transfer}` is said to be proven without evidence ({article})"),
                             transfer=transfer.id, article=article),
                         say(N_("add `evidence:` with where it is filed")))
        if transfer.proven is None:
            _unproven(transfer, article, report)
        higher = {item.id for item in law.rungs.values() if item.rank < rung.rank}
        if rung.consent and not higher <= set(transfer.unmet):
            report.error("rungs-not-tried", transfer.place,
                         say(N_("transfer `{transfer}` relies on consent while `{rung}` is not recorded as unmet "
                                "({article})"), transfer=transfer.id, rung=", ".join(sorted(
                                    higher - set(transfer.unmet))), article=rung.article),
                         say(N_("add `unmet: [{rungs}]` with evidence, or use the higher rung"),
                             rungs=", ".join(sorted(higher))))


def _unproven(transfer: Transfer, article: str, report: _Report) -> None:
    if transfer.provisional is not None:
        report.warn("transfer-provisional", transfer.place,
                    say(N_("transfer `{transfer}` is not proven; it goes on until {day} ({article})"),
                        transfer=transfer.id, day=transfer.provisional, article=article),
                    say(N_("file the evidence and add `proven`")))
    else:
        report.warn("transfer-not-proven", transfer.place,
                    say(N_("transfer `{transfer}` is not proven ({article}); every disclosure under it is denied"),
                        transfer=transfer.id, article=article),
                    say(N_("file the evidence and add `proven`, or `provisional` with a day")))


def _retention(policy: Policy, law: LawPack, report: _Report) -> None:
    schedule = Schedule(policy)
    for purpose in policy.purposes.values():
        for category in purpose.data:
            rules = schedule.rules(purpose.id, category)
            if not rules:
                report.error("retention-missing", purpose.place,
                             say(N_("no retention period covers `{data}` held for `{purpose}` ({article})"),
                                 data=category, purpose=purpose.id, article=law.article(Topic.RETENTION)),
                             say(N_("add a rule under `retention` that names the purpose, the data, or both")))
            elif len(rules) > 1:
                report.error("retention-overlap", rules[1].place,
                             say(N_("`{one}` and `{two}` both say how long `{data}` is held for `{purpose}`"),
                                 one=rules[0].id, two=rules[1].id, data=category, purpose=purpose.id),
                             say(N_("make one of them more precise, by naming both purposes and data")))
    for rule in policy.retention.values():
        for name in rule.law:
            _against_law(rule, name, law, report)


def _against_law(rule: RetentionRule, name: str, law: LawPack, report: _Report) -> None:
    legal = law.retention[name]
    days = rule.period.at_most_days
    if legal.minimum is not None and days < legal.minimum.at_most_days:
        report.error("retention-below-law", rule.place,
                     say(N_("`{rule}` keeps records for {period}; the law wants {minimum} ({article})"), rule=rule.id,
                         period=rule.period, minimum=legal.minimum, article=legal.article),
                     say(N_("write `period: {minimum}` or longer"), minimum=legal.minimum))
    if legal.maximum is not None and days > legal.maximum.at_most_days:
        report.error("retention-above-law", rule.place,
                     say(N_("`{rule}` keeps records for {period}; the law allows {maximum} ({article})"),
                         rule=rule.id, period=rule.period, maximum=legal.maximum, article=legal.article),
                     say(N_("write `period: {maximum}` or shorter"), maximum=legal.maximum))


def _prohibitions(policy: Policy, law: LawPack, report: _Report) -> None:
    for rule in policy.prohibitions.values():
        if not (rule.purposes or rule.traits or rule.data or rule.operations or rule.recipients or rule.countries
                or rule.channels):
            report.error("prohibition-empty", rule.place,
                         say(N_("prohibition `{rule}` names nothing and would forbid everything"), rule=rule.id),
                         say(N_("name at least one of: purposes, traits, data, operations, recipients, countries, "
                                "channels")))


def _unused(policy: Policy, law: LawPack, report: _Report) -> None:
    used = {name for purpose in policy.purposes.values() for name in purpose.data}
    for category in policy.data.values():
        if category.id not in used:
            report.info("data-unused", category.place,
                        say(N_("no purpose needs `{data}`, so its use is always denied"), data=category.id),
                        say(N_("add it to a purpose, or take it out")))


_Rule = Callable[[Policy, LawPack, _Report], None]
_ALWAYS: tuple[_Rule, ...] = (_decisions, _defects, _citations, _contact, _children, _notices, _prohibitions)
_RESOLVED: tuple[_Rule, ...] = (
    _rights, _purposes, _touchpoints, _trackers, _recipients, _transfers, _retention, _unused,
)  # fmt: skip


# What the decision needs to know too.


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
    return max(law.child_under, policy.children.under if policy.children else 0)


def never_for_children(policy: Policy, law: LawPack) -> frozenset[Trait]:
    """Traits of purposes that are never applied to a child: what the law forbids and what the policy adds."""
    return law.never_for_children.union(policy.children.never if policy.children else ())


def provisional_over(until: date | None, day: date) -> bool:
    """Whether a provisional permission that lasts through `until` is over on `day`."""
    return until is None or day > until


def entries(policy: Policy) -> Iterator[tuple[str, Entry]]:
    """Every entry of the policy, nested ones too, with the path to it (`purposes.newsletter.assessment`)."""
    for name in ("controller", "training", "children", "third_persons"):
        yield from _walk(name, getattr(policy, name))
    for section in model.SECTIONS:
        for key, entry in getattr(policy, section).items():
            yield from _walk(f"{section}.{key}", entry)


def _walk(path: str, value: Any) -> Iterator[tuple[str, Entry]]:
    if not isinstance(value, Entry):
        return
    yield path, value
    for part in _parts(value):
        held = getattr(value, part)
        if isinstance(held, Entry):
            yield from _walk(f"{path}.{part}", held)
        elif isinstance(held, dict):
            for key, item in held.items():
                yield from _walk(f"{path}.{key}", item)


def _parts(value: Entry) -> Iterable[str]:
    return (item.name for item in fields(value)) if is_dataclass(value) else ()
