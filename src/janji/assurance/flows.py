"""Checks of what comes in, goes out and ends: sources, touchpoints, notices, recipients, transfers, trackers, retention."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from janji.assurance.asking import NOWHERE, Model
from janji.assurance.findings import Finding, failed, held
from janji.collection.gate import collect
from janji.collection.submission import Announced, Context
from janji.decision.standing import pack
from janji.law.model import binding
from janji.notices.touchpoint import touchpoint_notice
from janji.policy.combined import NEEDS_AGREEMENT, best_transfer, home_countries
from janji.policy.model import Notice, Purpose, Recipient, RetentionRule, Touchpoint, Transfer
from janji.terms.messages import N_, Message, say
from janji.terms.processing import LegalBasis, Operation, RecipientClass, Role

CARD = "4111 1111 1111 1111"
"""A number in the form of a payment card, and nobody's."""
ROLES = {
    RecipientClass.PROCESSOR: (Role.PROCESSOR, Role.SUB_PROCESSOR), RecipientClass.AUTHORITY: (Role.AUTHORITY,),
    RecipientClass.AFFILIATE: (Role.CONTROLLER, Role.JOINT_CONTROLLER, Role.PROCESSOR, Role.SUB_PROCESSOR),
    RecipientClass.RETAILER: (Role.CONTROLLER, Role.JOINT_CONTROLLER, Role.THIRD_PARTY),
    RecipientClass.TRANSACTION: (Role.CONTROLLER, Role.JOINT_CONTROLLER, Role.THIRD_PARTY),
    RecipientClass.ADVISER: (Role.CONTROLLER, Role.PROCESSOR, Role.THIRD_PARTY),
    RecipientClass.USER_AUTHORISED: (Role.CONTROLLER, Role.THIRD_PARTY),
}  # fmt: skip
"""The parts that a recipient of a class can play; of a class that is not here, any."""


def origins(model: Model) -> Iterator[Finding]:
    """Every category of data has a source, and every source gives something."""
    policy = model.policy
    used = {source for category in policy.data.values() for source in category.sources} | {place.source for place in policy.touchpoints.values()}
    for source in policy.sources:
        entry = f"sources.{source}"
        yield held("origin", entry) if source in used else failed(
            "origin", entry, say(N_("no data come from `{source}`"), source=source), say(N_("name it under `sources` of the data, or take it out")))  # fmt: skip
    for category in policy.data.values():
        entry = f"data.{category.id}"
        yield held("origin", entry) if category.sources else failed(
            "origin", entry, say(N_("nothing says where `{data}` comes from"), data=category.id), say(N_("name its `sources`")))  # fmt: skip
        yield _ends(model, str(category.id))


def _ends(model: Model, category: str) -> Finding:
    """Whether the category has one end for each purpose that it serves."""
    for purpose in model.policy.purposes.values():
        if category in purpose.data and len(model.compiled.schedule.rules(str(purpose.id), category)) != 1:
            return failed("period", f"data.{category}", say(N_("`{data}` held for `{purpose}` has no end, or several"), data=category, purpose=purpose.id),
                          say(N_("give it one rule under `retention`")))  # fmt: skip
    return held("period", f"data.{category}")


def notices(model: Model) -> Iterator[Finding]:
    """A notice tells all that the law wants told, in every language of the policy."""
    for notice in model.policy.notices.values():
        lacking = next(_untold(model, notice), None)
        entry = f"notices.{notice.id}"
        yield held("informed", entry) if lacking is None else failed("informed", entry, lacking, say(N_("write it under `fields` of the notice")))


def _untold(model: Model, notice: Notice) -> Iterator[Message]:
    for wanted in binding(model.law.notice_fields, model.policy.effective):
        text = notice.fields.get(wanted.id)
        for language in model.policy.languages or ("",):
            if not text or (text.languages and language and not dict(text.versions).get(language)):
                yield say(N_("notice `{notice}` does not tell `{field}` in `{language}`"), notice=notice.id, field=wanted.id, language=language)


def touchpoints(model: Model) -> Iterator[Finding]:
    """Each place of collection tried with more than it asks for, and each held against what it tells people."""
    for place in model.policy.touchpoints.values():
        entry = f"touchpoints.{place.id}"
        wrong = _open(model, place)
        yield held("gate", entry) if wrong is None else failed("gate", entry, wrong, say(N_("`janji collect` tries the touchpoint; change its fields until the gate holds")))
        told = touchpoint_notice(model.compiled, place, model.at.date())
        if len(told.stated) + len(told.chosen) == len(place.purposes) and told.contacts:
            yield held("informed", entry)
        else:
            yield failed("informed", entry, say(N_("`{touchpoint}` does not tell everything that it collects for, or who answers"), touchpoint=place.id),
                         say(N_("complete its purposes, and how to reach the controller")))  # fmt: skip


def _open(model: Model, place: Touchpoint) -> Message | None:
    """What is wrong with the gate of a touchpoint, if anything."""
    policy = model.policy
    needed = {data for name in place.purposes for data in policy.purposes[name].data}
    for name, one in place.fields.items():
        if one.choice is None and one.data not in needed:
            return say(N_("`{touchpoint}` asks for `{field}`, which none of its purposes needs"), touchpoint=place.id, field=name)
        if one.required and one.consequence is None:
            return say(N_("`{touchpoint}` asks for `{field}` and does not say what follows without it"), touchpoint=place.id, field=name)
        if one.choice is not None and one.choice not in policy.purposes:
            return say(N_("`{touchpoint}` asks for a yes to `{field}`, which is no purpose"), touchpoint=place.id, field=name)
    return _tried(model, place)


def _tried(model: Model, place: Touchpoint) -> Message | None:
    """What the gate lets through that it should not, of a submission by somebody willing with a secret in each free text."""
    wanted = [model.willing(model.policy.purposes[name]) for name in place.purposes]
    person = replace(
        model.adult(), consents=tuple(one for each in wanted for one in each.consents),
        agreements=tuple(dict.fromkeys(one for each in wanted for one in each.agreements)),
    )  # fmt: skip
    given: dict[str, Any] = {name: CARD if one.free_text else "x" for name, one in place.fields.items() if one.choice is None and not one.born}
    found = collect(
        model.compiled, str(place.id), {**given, NOWHERE: "x"},
        Context(at=model.at, event=next(iter(place.events), None), announced=Announced(model.at, "0" * 64)), model.scanner,
        pack(person, model.compiled.layout),
    )  # fmt: skip
    if NOWHERE in found.kept:
        return say(N_("`{touchpoint}` keeps what it did not ask for"), touchpoint=place.id)
    if found.choices:
        return say(N_("`{touchpoint}` takes a yes that nobody said"), touchpoint=place.id)
    for name, one in place.fields.items():
        if one.free_text and not one.expects and name in found.kept:
            return say(N_("`{touchpoint}` keeps `{field}` with the number of a card in it"), touchpoint=place.id, field=name)
    return None


def recipients(model: Model) -> Iterator[Finding]:
    """Who may receive data, asked without what that kind needs; who is no recipient receives nothing; where data may go."""
    for recipient in model.policy.recipients.values():
        wrong = _given(model, recipient)
        entry = f"recipients.{recipient.id}"
        yield held("recipient", entry) if wrong is None else failed("recipient", entry, wrong, say(N_("complete the recipient: class, role, agreement, purposes, data")))
    for entity in model.policy.entities.values():
        entry = f"entities.{entity.id}"
        if entity.role is Role.AUTHORITY:
            yield held("authority", entry) if model.law.authorities else failed(
                "authority", entry, say(N_("the law pack names no authority")), say(N_("add it to the law pack")))  # fmt: skip
        wrong = _stranger(model, str(entity.id))
        yield held("stranger", entry) if wrong is None else failed("stranger", entry, wrong, say(N_("declare it as a recipient, or give it nothing")))
    for transfer in model.policy.transfers.values():
        wrong = _unproven(model, transfer)
        entry = f"transfers.{transfer.id}"
        yield held("transfer", entry) if wrong is None else failed("transfer", entry, wrong, say(N_("name a rung of the law and file its evidence")))


def _given(model: Model, recipient: Recipient) -> Message | None:
    """What is wrong with a recipient, if anything."""
    name, day = str(recipient.id), model.at.date()
    if recipient.role not in ROLES.get(recipient.kind, tuple(Role)):
        return say(N_("`{recipient}` is a `{kind}` and has the role `{role}`"), recipient=name, kind=recipient.kind, role=recipient.role)
    agreement = recipient.agreement
    signed = agreement is not None and (agreement.reference is not None or (agreement.provisional is not None and day <= agreement.provisional))
    for purpose in _disclosing(model):
        willing = model.willing(purpose)
        asked: dict[str, Any] = {"recipient": name, "country": str(recipient.country), "operation": Operation.DISCLOSE}
        lacking = [willing] if purpose.id not in recipient.purposes or (recipient.kind in NEEDS_AGREEMENT and not signed) else []
        if recipient.kind is RecipientClass.AUTHORITY:
            lacking.append(replace(willing, instrument=None))
        if recipient.kind is RecipientClass.USER_AUTHORISED:
            lacking.append(replace(willing, authorisations=()))
        if purpose.basis in (LegalBasis.CONSENT, LegalBasis.CONTRACT):
            lacking.append(replace(willing, consents=(), agreements=()))
        some = recipient.data if purpose.id in recipient.purposes and recipient.data else purpose.data
        if any(model.ask(purpose, one, some[:1], **asked).permit for one in lacking):
            return say(N_("`{recipient}` is given data for `{purpose}` without what that needs"), recipient=name, purpose=purpose.id)
        beyond = [one for one in purpose.data if recipient.data and purpose.id in recipient.purposes and one not in recipient.data]
        if any(model.ask(purpose, willing, (one,), **asked).permit for one in beyond):
            return say(N_("`{recipient}` is given more data than are declared for it"), recipient=name)
    return None


def _disclosing(model: Model) -> list[Purpose]:
    """The purposes that disclose anything; that the others do not is the check of what is not declared."""
    return [one for one in model.policy.purposes.values() if Operation.DISCLOSE in one.operations]


def _stranger(model: Model, name: str) -> Message | None:
    if name in model.policy.recipients:
        return None
    for purpose in _disclosing(model):
        if model.ask(purpose, model.willing(purpose), purpose.data[:1], recipient=name, operation=Operation.DISCLOSE).permit:
            return say(N_("`{recipient}` is given data for `{purpose}` and is no declared recipient"), recipient=name, purpose=purpose.id)
    return None


def _unproven(model: Model, transfer: Transfer) -> Message | None:
    """What is wrong with a way out of the country, if anything: it names a rung, and without proof it is closed."""
    law, policy, day = model.law, model.policy, model.at.date()
    rung = law.rungs.get(transfer.rung or "")
    if rung is None or (transfer.proven and not transfer.evidence):
        return say(N_("the transfer `{transfer}` names no rung of the law, or no evidence for the one it names"), transfer=transfer.id)
    abroad = set(transfer.countries) - home_countries(policy, law)
    for name in transfer.recipients:
        for country in sorted(abroad) if name in policy.recipients else ():
            for wanted in policy.recipients[name].purposes:
                purpose = policy.purposes[wanted]
                best = best_transfer(law, model.compiled.receives.get(name, ()), country, wanted)
                shown = best is not None and (best.proven is not None or (best.provisional is not None and day <= best.provisional))
                asked = {"recipient": name, "country": country, "operation": Operation.DISCLOSE}
                if not shown and model.ask(purpose, model.willing(purpose), policy.recipients[name].data or purpose.data, **asked).permit:
                    return say(N_("data go to `{recipient}` in {country} and nothing proves that they may"), recipient=name, country=country)
    return None


def trackers(model: Model) -> Iterator[Finding]:
    """What is not essential waits for a choice; what is essential rests on none."""
    for tracker in model.policy.trackers.values():
        entry, purpose = f"trackers.{tracker.id}", model.policy.purposes[tracker.purpose]
        chosen = purpose.basis is LegalBasis.CONSENT
        if tracker.essential and chosen:
            yield failed("tracker", entry, say(N_("`{tracker}` is called essential, and its purpose waits for consent"), tracker=tracker.id),
                         say(N_("write `essential: false`")))  # fmt: skip
        elif not tracker.essential and (not chosen or model.ask(purpose, model.adult()).permit):
            yield failed("tracker", entry, say(N_("`{tracker}` is not essential and does not wait for a choice"), tracker=tracker.id),
                         say(N_("give it a purpose that rests on consent")))  # fmt: skip
        else:
            yield held("tracker", entry)


def retention(model: Model) -> Iterator[Finding]:
    """Every rule has an end, ends something, and after it nothing is used."""
    for rule in model.policy.retention.values():
        wrong = _endless(model, rule)
        entry = f"retention.{rule.id}"
        yield held("period", entry) if wrong is None else failed("period", entry, wrong, say(N_("give the rule a period, a trigger, and data or purposes")))


def _endless(model: Model, rule: RetentionRule) -> Message | None:
    if rule.period.most_days <= 0:
        return say(N_("the rule `{rule}` names no time"), rule=rule.id)
    ended = [
        (purpose, category)
        for purpose in model.policy.purposes.values() for category in purpose.data
        if rule in model.compiled.schedule.rules(str(purpose.id), category)
    ]  # fmt: skip
    if not ended:
        return say(N_("the rule `{rule}` ends nothing"), rule=rule.id)
    for purpose, category in ended:
        if model.ask(purpose, replace(model.willing(purpose), ended=(str(rule.id),)), (category,)).permit:
            return say(N_("`{data}` is used for `{purpose}` after its time is over"), data=category, purpose=purpose.id)
    return None
