"""Rules about the policy as a whole: what a person must decide, contacts, children, rights, notices, prohibitions."""

from __future__ import annotations

from dataclasses import fields

from janji.documents.shapes import nearest
from janji.law.model import LawPack, binding
from janji.policy.model import Policy
from janji.policy.report import Report
from janji.terms.messages import N_, say
from janji.terms.processing import ClauseKind, Right, Topic
from janji.terms.words import for_period


def decisions(policy: Policy, law: LawPack, report: Report) -> None:
    """Every `decide` is a warning that names the question."""
    for name, entry in policy.entries():
        if entry.decide:
            report.warn(
                "decision-needed",
                entry.place,
                say(N_("a person must decide about `{entry}`: {question}"), entry=name, question=entry.decide),
                say(N_("decide, change the entry accordingly, and take `decide` out")),
            )


def defects(policy: Policy, law: LawPack, report: Report) -> None:
    """A defect of the published text permits nothing."""
    for clause in policy.clauses.values():
        if clause.kind is ClauseKind.DEFECT and not clause.decide:
            report.warn(
                "clause-defect",
                clause.place,
                say(
                    N_("clause `{clause}` is a defect of the published text; nothing is permitted by it"),
                    clause=clause.id,
                ),
                say(N_("mend the published text, then give the clause its real kind")),
            )


def citations(policy: Policy, law: LawPack, report: Report) -> None:
    """Every promise and power is carried out by some entry."""
    cited = {clause for _, entry in policy.entries() for clause in entry.clauses}
    undeclared = policy.undeclared
    cited.update(*(getattr(undeclared, item.name) for item in fields(undeclared) if item.name != "place"))
    for clause in policy.clauses.values():
        if clause.kind in (ClauseKind.PROMISE, ClauseKind.POWER_CLAIMED) and clause.id not in cited:
            report.info(
                "clause-uncited",
                clause.place,
                say(N_("no entry of the policy rests on clause `{clause}`"), clause=clause.id),
                say(N_("cite it under `clauses` of the entry that carries it out")),
            )


def contact(policy: Policy, law: LawPack, report: Report) -> None:
    """There is somebody to write to, and an officer."""
    controller = policy.controller
    triggers = binding(law.officer_triggers, policy.effective)
    if controller.officer is None and triggers:
        articles = ", ".join(rule.article for rule in triggers)
        report.warn(
            "officer-missing",
            controller.place,
            say(N_("no data protection officer is named ({article})"), article=articles),
            say(N_("add `officer` with an address, or record why none is needed")),
        )
    if controller.email is None and controller.url is None:
        report.warn(
            "contact-missing",
            controller.place,
            say(N_("there is no e-mail address or web page to send a request to")),
            say(N_("add `email` or `url` under `controller`")),
        )


def children(policy: Policy, law: LawPack, report: Report) -> None:
    """The policy calls nobody an adult whom the law calls a child."""
    children = policy.children
    if children is not None and children.under < law.child_under(policy.effective):
        report.error(
            "child-age",
            children.place,
            say(
                N_("the policy calls a person under {policy} a child, the law one under {law} ({article})"),
                policy=children.under,
                law=law.child_under(policy.effective),
                article=law.article(Topic.CHILDREN),
            ),
            say(N_("write `under: {law}` or more"), law=law.child_under(policy.effective)),
        )


def rights(policy: Policy, law: LawPack, report: Report) -> None:
    """Every right of the law is granted, within the law's clock."""
    granted = {right.right for right in policy.rights.values() if right.right}
    for legal in binding(law.rights, policy.effective):
        if legal.id not in granted:
            report.warn(
                "right-missing",
                getattr(policy.id, "place", policy.place),
                say(
                    N_("the policy does not grant the right `{right}` ({article})"),
                    right=legal.id,
                    article=legal.article,
                ),
                say(N_("add an entry under `rights` with `right: {right}`"), right=legal.id),
            )
    for right in policy.rights.values():
        legal_right = law.rights.get(right.right or "")
        clock = law.clocks.get(legal_right.clock or "") if legal_right else None
        if (
            right.within
            and clock
            and clock.binds_from(policy.effective)
            and right.within.most_days > clock.limit.most_days
        ):
            report.warn(
                "deadline-longer-than-law",
                right.place,
                say(
                    N_("`{right}` is promised within {promise}; the law gives {limit} ({article})"),
                    right=right.id,
                    promise=for_period(right.within),
                    limit=for_period(clock.limit),
                    article=clock.article,
                ),
                say(N_("the shorter one is applied; write `within: {limit}`"), limit=clock.limit),
            )
        if legal_right is not None and legal_right.kind is Right.OBJECTION and not right.bases:
            report.warn(
                "objection-without-basis",
                right.place,
                say(N_("`{right}` does not say on which legal bases an objection is honoured"), right=right.id),
                say(N_("add `bases: [legitimate-interest]` or more")),
            )


def notices(policy: Policy, law: LawPack, report: Report) -> None:
    """A notice tells what the law wants told, in a language that can be shown."""
    asked = {purpose.notice for purpose in policy.purposes.values()}
    for notice in policy.notices.values():
        for wanted in binding(law.notice_fields, policy.effective):
            if wanted.id not in notice.fields:
                report.error(
                    "notice-field-missing",
                    notice.place,
                    say(
                        N_("notice `{notice}` does not tell `{field}` ({article})"),
                        notice=notice.id,
                        field=wanted.id,
                        article=wanted.article,
                    ),
                    say(N_("add `{field}` under `fields`: {title}"), field=wanted.id, title=wanted.title),
                )
        for name in notice.fields:
            if name not in law.notice_fields:
                report.error(
                    "unknown-name",
                    getattr(name, "place", notice.place),
                    say(
                        N_("`{word}` is not defined under `{section}` of the law pack"),
                        word=name,
                        section="notice-fields",
                    ),
                    nearest(name, law.notice_fields),
                )
        if notice.id in asked and not notice.languages(policy.languages):
            report.warn(
                "notice-in-no-language", notice.place, say(N_("notice `{notice}` is whole in no language, so no consent can be given under it"), notice=notice.id),
                say(N_("write its title and every field in one language at least, and name that under `languages` of the policy")),
            )  # fmt: skip
        if any(version >= notice.version for version in notice.accepts):
            report.error(
                "notice-version",
                notice.place,
                say(N_("notice `{notice}` accepts a version that is not older than its own"), notice=notice.id),
                say(N_("`accepts` lists older versions only")),
            )


def prohibitions(policy: Policy, law: LawPack, report: Report) -> None:
    """A prohibition names something."""
    for rule in policy.prohibitions.values():
        if not (
            rule.purposes
            or rule.traits
            or rule.data
            or rule.operations
            or rule.recipients
            or rule.countries
            or rule.channels
        ):
            report.error(
                "prohibition-empty",
                rule.place,
                say(N_("prohibition `{rule}` names nothing and would forbid everything"), rule=rule.id),
                say(N_("name at least one of: purposes, traits, data, operations, recipients, countries, channels")),
            )
