"""Rules about where data go: touchpoints, trackers, recipients, transfers, and how long they stay."""

from __future__ import annotations

from janji.documents.shapes import nearest
from janji.law.model import LawPack
from janji.policy.combined import NEEDS_AGREEMENT, Schedule, agreement_topic, barred_to_children, home_countries
from janji.policy.model import Policy, Recipient, RetentionRule, Touchpoint, TouchpointField, Transfer
from janji.policy.report import Report
from janji.terms.messages import N_, say
from janji.terms.processing import LegalBasis, Operation, Topic
from janji.terms.words import EVENTS


def touchpoints(policy: Policy, law: LawPack, report: Report) -> None:
    """A touchpoint collects only what its purposes need."""
    for touchpoint in policy.touchpoints.values():
        allowed = {name for purpose in touchpoint.purposes for name in policy.purposes[purpose].data}
        for name, collected in touchpoint.fields.items():
            if collected.data not in allowed:
                report.error(
                    "field-without-purpose",
                    collected.place,
                    say(
                        N_("touchpoint `{touchpoint}` collects `{data}`, which none of its purposes needs ({article})"),
                        touchpoint=touchpoint.id,
                        data=collected.data,
                        article=law.article(Topic.MINIMISATION),
                    ),
                    say(N_("take the field `{field}` out, or add the data to a purpose"), field=name),
                )
            _field(policy, law, report, touchpoint, collected, name)
        for event in touchpoint.events.values():
            for name in event.fields:
                if name not in touchpoint.fields:
                    report.error(
                        "event-field-unknown", event.place,
                        say(N_("the event `{event}` holds `{field}`, which is no field of `{touchpoint}`"),
                            event=event.id, field=name, touchpoint=touchpoint.id),
                        nearest(name, map(str, touchpoint.fields)),
                    )  # fmt: skip
        gated = [name for name in touchpoint.purposes if barred_to_children(policy, law, policy.purposes[name])]
        if gated and touchpoint.fields and not touchpoint.age_gate:
            report.warn(
                "age-gate-missing",
                touchpoint.place,
                say(
                    N_(
                        "touchpoint `{touchpoint}` collects for `{purpose}`, which is never for a child, and asks no age "
                        "({article})"
                    ),
                    touchpoint=touchpoint.id,
                    purpose=gated[0],
                    article=law.article(Topic.CHILDREN),
                ),
                say(N_("ask the age there and write `age-gate: true`; a person of unknown age is denied")),
            )


def _field(
    policy: Policy, law: LawPack, report: Report, touchpoint: Touchpoint, collected: TouchpointField, name: str
) -> None:
    """A yes or no is about one purpose on consent, and a date of birth is asked behind an age gate."""
    where = {"field": name, "touchpoint": touchpoint.id}
    purpose = policy.purposes[collected.choice] if collected.choice is not None else None
    if purpose is not None and (purpose.basis is not LegalBasis.CONSENT or purpose.id not in touchpoint.purposes):
        report.error(
            "choice-not-consent", collected.place,
            say(N_("the field `{field}` of `{touchpoint}` is a choice about `{purpose}`, to which nobody consents there ({article})"),
                **where, purpose=purpose.id, article=law.article(Topic.CONSENT)),
            say(N_("name a purpose of the touchpoint that rests on consent, or take `choice` out")),
        )  # fmt: skip
    if collected.channel is not None and (purpose is None or collected.channel not in purpose.channels):
        report.error(
            "choice-channel", collected.place,
            say(N_("the field `{field}` of `{touchpoint}` is a choice about `{channel}`, through which its purpose does not speak"),
                **where, channel=collected.channel),
            say(N_("name `choice` and one of its channels, or take `channel` out")),
        )  # fmt: skip
    if collected.born and not touchpoint.age_gate:
        report.error(
            "born-without-gate", collected.place,
            say(N_("the field `{field}` of `{touchpoint}` is the date of birth, and no age is checked there ({article})"),
                **where, article=law.article(Topic.CHILDREN)),
            say(N_("write `age-gate: true` for the touchpoint")),
        )  # fmt: skip


def trackers(policy: Policy, law: LawPack, report: Report) -> None:
    """A tracker that is not essential waits for consent."""
    for tracker in policy.trackers.values():
        if not tracker.essential and policy.purposes[tracker.purpose].basis is not LegalBasis.CONSENT:
            report.warn(
                "tracker-without-consent",
                tracker.place,
                say(
                    N_(
                        "tracker `{tracker}` is not essential and its purpose `{purpose}` does not rest on "
                        "consent ({article})"
                    ),
                    tracker=tracker.id,
                    purpose=tracker.purpose,
                    article=law.article(Topic.CONSENT),
                ),
                say(N_("give it a purpose that rests on consent, or mark it `essential: true`")),
            )


def recipients(policy: Policy, law: LawPack, report: Report) -> None:
    """A recipient has an agreement, a purpose that discloses, and a way out of the country."""
    for recipient in policy.recipients.values():
        for name in recipient.purposes:
            if Operation.DISCLOSE not in policy.purposes[name].operations:
                report.error(
                    "purpose-cannot-disclose",
                    recipient.place,
                    say(
                        N_("recipient `{recipient}` receives data for `{purpose}`, which does not disclose"),
                        recipient=recipient.id,
                        purpose=name,
                    ),
                    say(N_("add `disclose` to the operations of `{purpose}`"), purpose=name),
                )
        _agreement(recipient, law, report)
        if recipient.country not in home_countries(policy, law) and not any(
            recipient.id in transfer.recipients and recipient.country in transfer.countries
            for transfer in policy.transfers.values()
        ):
            report.warn(
                "transfer-missing",
                recipient.place,
                say(
                    N_(
                        "recipient `{recipient}` is in {country} and no transfer covers it ({article}); every "
                        "disclosure is denied"
                    ),
                    recipient=recipient.id,
                    country=recipient.country,
                    article=law.article(Topic.TRANSFER),
                ),
                say(N_("add an entry under `transfers` with a rung and its evidence")),
            )
    given = {name for recipient in policy.recipients.values() for name in recipient.purposes}
    for purpose in policy.purposes.values():
        if Operation.DISCLOSE in purpose.operations and purpose.id not in given:
            report.warn(
                "disclosure-without-recipient",
                purpose.place,
                say(N_("purpose `{purpose}` may disclose, but no recipient receives data for it"), purpose=purpose.id),
                say(N_("name it under `purposes` of a recipient, or take `disclose` out")),
            )


def _agreement(recipient: Recipient, law: LawPack, report: Report) -> None:
    if recipient.kind not in NEEDS_AGREEMENT:
        return
    agreement = recipient.agreement
    article = law.article(agreement_topic(recipient))
    if agreement is None or (agreement.reference is None and agreement.provisional is None):
        report.warn(
            "recipient-agreement-missing",
            recipient.place,
            say(
                N_("no agreement with `{recipient}` is on file ({article}); every disclosure is denied"),
                recipient=recipient.id,
                article=article,
            ),
            say(N_("add `agreement:` with its `reference`")),
        )
    elif agreement.reference is None:
        report.warn(
            "recipient-agreement-provisional",
            agreement.place,
            say(
                N_("the agreement with `{recipient}` is not on file; disclosures go on until {day} ({article})"),
                recipient=recipient.id,
                day=agreement.provisional,
                article=article,
            ),
            say(N_("file the signed agreement and add its `reference`")),
        )


def transfers(policy: Policy, law: LawPack, report: Report) -> None:
    """A transfer stands on a rung of the ladder, with evidence."""
    article = law.article(Topic.TRANSFER)
    for transfer in policy.transfers.values():
        rung = law.rungs.get(transfer.rung or "")
        if rung is None:
            report.error(
                "rung-missing",
                transfer.place,
                say(
                    N_("transfer `{transfer}` names no rung of the ladder ({article})"),
                    transfer=transfer.id,
                    article=article,
                ),
                nearest("", law.rungs),
            )
            continue
        if transfer.proven is not None and transfer.evidence is None:
            report.error(
                "evidence-missing",
                transfer.place,
                say(
                    N_("transfer `{transfer}` is said to be proven without evidence ({article})"),
                    transfer=transfer.id,
                    article=article,
                ),
                say(N_("add `evidence:` with where it is filed")),
            )
        if transfer.proven is None:
            _unproven(transfer, article, report)
        higher = {item.id for item in law.rungs.values() if item.rank < rung.rank}
        if rung.consent and not higher <= set(transfer.unmet):
            report.error(
                "rungs-not-tried",
                transfer.place,
                say(
                    N_("transfer `{transfer}` relies on consent while `{rung}` is not recorded as unmet ({article})"),
                    transfer=transfer.id,
                    rung=", ".join(sorted(higher - set(transfer.unmet))),
                    article=rung.article,
                ),
                say(
                    N_("add `unmet: [{rungs}]` with evidence, or use the higher rung"), rungs=", ".join(sorted(higher))
                ),
            )


def _unproven(transfer: Transfer, article: str, report: Report) -> None:
    if transfer.provisional is not None:
        report.warn(
            "transfer-provisional",
            transfer.place,
            say(
                N_("transfer `{transfer}` is not proven; it goes on until {day} ({article})"),
                transfer=transfer.id,
                day=transfer.provisional,
                article=article,
            ),
            say(N_("file the evidence and add `proven`")),
        )
    else:
        report.warn(
            "transfer-not-proven",
            transfer.place,
            say(
                N_("transfer `{transfer}` is not proven ({article}); every disclosure under it is denied"),
                transfer=transfer.id,
                article=article,
            ),
            say(N_("file the evidence and add `proven`, or `provisional` with a day")),
        )


def retention(policy: Policy, law: LawPack, report: Report) -> None:
    """Every category held for a purpose has exactly one period, within the law."""
    schedule = Schedule(policy)
    for purpose in policy.purposes.values():
        found = {category: schedule.rules(purpose.id, category) for category in purpose.data}
        bare = [category for category, rules in found.items() if not rules]
        if bare:
            report.error(
                "retention-missing",
                purpose.place,
                say(
                    N_("no retention period covers {data} held for `{purpose}` ({article})"),
                    data=", ".join(f"`{category}`" for category in bare),
                    purpose=purpose.id,
                    article=law.article(Topic.RETENTION),
                ),
                say(N_("add a rule under `retention` that names the purpose, the data, or both")),
            )
        for category, rules in found.items():
            if len(rules) > 1:
                report.error(
                    "retention-overlap",
                    rules[1].place,
                    say(
                        N_("`{one}` and `{two}` both say how long `{data}` is held for `{purpose}`"),
                        one=rules[0].id,
                        two=rules[1].id,
                        data=category,
                        purpose=purpose.id,
                    ),
                    say(N_("make one of them more precise, by naming both purposes and data")),
                )
    for rule in policy.retention.values():
        if rule.trigger not in EVENTS:
            place = getattr(rule.trigger, "place", rule.place)
            report.info("event-unworded", place, say(N_("people read the event `{event}` as it stands here: there are no words for it"), event=rule.trigger), nearest(rule.trigger, EVENTS))
        for name in rule.law:
            if law.retention[name].binds_from(policy.effective):
                _against_law(rule, name, law, report)


def _against_law(rule: RetentionRule, name: str, law: LawPack, report: Report) -> None:
    legal = law.retention[name]
    if legal.minimum is not None and rule.period.least_days < legal.minimum.least_days:
        report.error(
            "retention-below-law",
            rule.place,
            say(
                N_("`{rule}` keeps records for {period}; the law wants {minimum} ({article})"),
                rule=rule.id,
                period=rule.period,
                minimum=legal.minimum,
                article=legal.article,
            ),
            say(N_("write `period: {minimum}` or longer"), minimum=legal.minimum),
        )
    if legal.maximum is not None and rule.period.most_days > legal.maximum.most_days:
        report.error(
            "retention-above-law",
            rule.place,
            say(
                N_("`{rule}` keeps records for {period}; the law allows {maximum} ({article})"),
                rule=rule.id,
                period=rule.period,
                maximum=legal.maximum,
                article=legal.article,
            ),
            say(N_("write `period: {maximum}` or shorter"), maximum=legal.maximum),
        )


def unused(policy: Policy, law: LawPack, report: Report) -> None:
    """A category that no purpose needs is named."""
    used = {name for purpose in policy.purposes.values() for name in purpose.data}
    for category in policy.data.values():
        if category.id not in used:
            report.info(
                "data-unused",
                category.place,
                say(N_("no purpose needs `{data}`, so its use is always denied"), data=category.id),
                say(N_("add it to a purpose, or take it out")),
            )
