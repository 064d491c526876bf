"""Checks that ask the policy about made-up people: grounds, refusals, children, strangers, channels, machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from janji.assurance.asking import NOWHERE, Model, no
from janji.assurance.findings import Finding, failed, held
from janji.decision.standing import Standing
from janji.policy.combined import ADULTS_ONLY, DECIDED_BY_MACHINE, barred_to_children, honours_objection
from janji.policy.model import ChildAccess, Prohibition, Purpose
from janji.terms.messages import N_, say
from janji.terms.processing import LegalBasis, Trait

CHOSEN = (LegalBasis.CONSENT, LegalBasis.LEGITIMATE_INTEREST)
"""The bases that marketing can rest on: there a person can say no."""
WRITTEN = {LegalBasis.CONSENT: "notice", LegalBasis.CONTRACT: "agreements", LegalBasis.LEGAL_OBLIGATION: "obligation",
           LegalBasis.LEGITIMATE_INTEREST: "assessment"}  # fmt: skip
"""What a purpose of a basis has to name."""
LIMITS = ("data-not-for-purpose", "data-undeclared")
"""The reasons against data that a purpose does not need."""


def purposes(model: Model) -> Iterator[Finding]:
    """Every check of every purpose."""
    for purpose in model.policy.purposes.values():
        yield _ground(model, purpose)
        yield _limits(model, purpose)
        yield _minors(model, purpose)
        if honours_objection(model.policy, model.law, purpose):
            yield _no_wins(model, purpose)
        if DECIDED_BY_MACHINE.intersection(purpose.traits) or purpose.automated:
            yield _machine(model, purpose)


def _ground(model: Model, purpose: Purpose) -> Finding:
    entry, basis = f"purposes.{purpose.id}", purpose.basis
    lacking = WRITTEN.get(basis)
    if lacking and not getattr(purpose, lacking):
        return failed("ground", entry, say(N_("`{purpose}` rests on `{basis}` and names no `{lacking}`"), purpose=purpose.id, basis=basis, lacking=lacking),
                      say(N_("add `{lacking}` to the purpose, or give it the basis that it has"), lacking=lacking))  # fmt: skip
    if Trait.MARKETING in purpose.traits and basis not in CHOSEN:
        return failed("ground", entry, say(N_("`{purpose}` is marketing and rests on `{basis}`, to which nobody can say no"), purpose=purpose.id, basis=basis),
                      say(N_("let marketing rest on consent")))  # fmt: skip
    if basis in (LegalBasis.CONSENT, LegalBasis.CONTRACT) and model.ask(purpose, model.adult()).permit:
        return _permitted("ground", purpose, say(N_("somebody of whom nothing is on record")))
    return held("ground", entry)


def _permitted(check: str, purpose: Purpose, who: object) -> Finding:
    return failed(check, f"purposes.{purpose.id}", say(N_("`{purpose}` is permitted for {who}"), purpose=purpose.id, who=who),
                  say(N_("ask `janji explain` about it, and change the purpose until it is denied")))  # fmt: skip


def _limits(model: Model, purpose: Purpose) -> Finding:
    """Everything else asked for at once: there must be a reason against each."""
    others = [str(name) for name in model.policy.data if name not in purpose.data] + [NOWHERE]
    reasons = model.ask(purpose, model.willing(purpose), others).reasons
    against = {value for one in reasons if one.code in LIMITS for key, value in one.message.params if key == "data"}
    free = [name for name in others if name not in against]
    return _permitted("limits", purpose, say(N_("data that it does not need: `{data}`"), data=free[0])) if free else held("limits", f"purposes.{purpose.id}")


def _minors(model: Model, purpose: Purpose) -> Finding:
    barred = barred_to_children(model.policy, model.law, purpose)
    child = model.willing(purpose, model.child())
    if (barred or purpose.child is not ChildAccess.OPEN) and model.ask(purpose, child).permit:
        return _permitted("minors", purpose, say(N_("a child without a guardian")))
    if barred and model.ask(purpose, replace(child, guardian=True)).permit:
        return _permitted("minors", purpose, say(N_("a child, although it is never carried out for one")))
    if ADULTS_ONLY.intersection(purpose.traits):
        if purpose.child is ChildAccess.OPEN:
            return failed("minors", f"purposes.{purpose.id}", say(N_("`{purpose}` is marketing or profiling and is open to children"), purpose=purpose.id),
                          say(N_("write `child: never`")))  # fmt: skip
        if model.ask(purpose, model.willing(purpose, Standing())).permit:
            return _permitted("minors", purpose, say(N_("somebody whose age nobody knows")))
    return held("minors", f"purposes.{purpose.id}")


def _no_wins(model: Model, purpose: Purpose) -> Finding:
    willing, name = model.willing(purpose), str(purpose.id)
    if model.ask(purpose, replace(willing, objections=(name,))).permit:
        return _permitted("no-wins", purpose, say(N_("somebody who objected")))
    if purpose.basis is LegalBasis.CONSENT and model.ask(purpose, replace(willing, consents=(*willing.consents, no(purpose)))).permit:
        return _permitted("no-wins", purpose, say(N_("somebody who withdrew consent")))
    return held("no-wins", f"purposes.{purpose.id}")


def _machine(model: Model, purpose: Purpose) -> Finding:
    if Trait.AUTOMATED_DECISION in purpose.traits and purpose.automated is None:
        return failed("machine", f"purposes.{purpose.id}", say(N_("`{purpose}` decides by machine, and nothing says how a human reviews it"), purpose=purpose.id),
                      say(N_("add `automated` with logic, effect and review")))  # fmt: skip
    if model.ask(purpose, replace(model.willing(purpose), automated_objections=(str(purpose.id),))).permit:
        return _permitted("machine", purpose, say(N_("somebody who objected to a machine alone")))
    return held("machine", f"purposes.{purpose.id}")


def groups(model: Model) -> Iterator[Finding]:
    """What the policy says of whole groups of people: children, who is in quarantine, who was named by somebody else."""
    policy, law = model.policy, model.law
    if policy.children is not None:
        least = law.child_under(policy.effective)
        some = [one for one in policy.purposes.values() if barred_to_children(policy, law, one)]
        yield _all(model, "children", "minors", some, model.child(guardian=True))
        yield held("age", "children") if policy.children.under >= least else failed(
            "age", "children", say(N_("the policy calls a person of {age} an adult, the law a child"), age=policy.children.under),
            say(N_("write `under: {law}` or more"), law=least))  # fmt: skip
    if policy.quarantine is not None:
        yield _all(model, "quarantine", "quarantine", list(policy.purposes.values()), model.adult(quarantined=True))
    if policy.third_persons is not None:
        some = [one for one in policy.purposes.values() if ADULTS_ONLY.intersection(one.traits)]
        yield _all(model, "third_persons", "third-person", some, model.adult(third_person=True))


def _all(model: Model, entry: str, check: str, some: list[Purpose], person: Standing) -> Finding:
    """Whether none of these purposes may be carried out for a person, even if the person allows all of it."""
    for purpose in some:
        if model.ask(purpose, model.willing(purpose, person)).permit:
            return failed(check, entry, say(N_("`{purpose}` is permitted for people whom this protects"), purpose=purpose.id),
                          say(N_("ask `janji explain` about it, and change the purpose until it is denied")))  # fmt: skip
    return held(check, entry)


def channels(model: Model) -> Iterator[Finding]:
    """A yes counts for its channel alone; a channel that no purpose names is none to speak through."""
    for channel in model.policy.channels:
        yield _channel(model, str(channel))


def _channel(model: Model, channel: str) -> Finding:
    for purpose in model.policy.purposes.values():
        if not purpose.channels:
            continue
        person = model.willing(purpose)
        others = replace(person, consents=tuple(one for one in person.consents if one.channel != channel))
        if (purpose.basis is LegalBasis.CONSENT or channel not in purpose.channels) and model.ask(purpose, others, channel=channel).permit:
            return failed("channel", f"channels.{channel}", say(N_("`{purpose}` speaks through `{channel}` to people who did not say yes to it"), purpose=purpose.id, channel=channel),
                          say(N_("let the purpose name its channels, and rest on consent")))  # fmt: skip
    return held("channel", f"channels.{channel}")


def prohibitions(model: Model) -> Iterator[Finding]:
    """What is forbidden is denied for everybody, whatever they allow."""
    for rule in model.policy.prohibitions.values():
        wrong = next((one for one in model.policy.purposes.values() if forbids(rule, one) and not _denied(model, rule, one)), None)
        entry = f"prohibitions.{rule.id}"
        yield held("never", entry) if wrong is None else failed(
            "never", entry, say(N_("`{purpose}` is permitted although the policy forbids it"), purpose=wrong.id),
            say(N_("let the prohibition name purpose, data and operation")))  # fmt: skip


def forbids(rule: Prohibition, purpose: Purpose) -> bool:
    """Whether a prohibition is about a purpose: by its name, by what makes it risky, or because it names neither."""
    return (not rule.purposes or purpose.id in rule.purposes) and (not rule.traits or bool(set(rule.traits).intersection(purpose.traits)))


def _denied(model: Model, rule: Prohibition, purpose: Purpose) -> bool:
    person = model.willing(purpose)
    return not any(
        model.ask(purpose, person, (data,), operation=operation, **named).permit
        for data in rule.data or purpose.data
        for operation in rule.operations or purpose.operations
        for named in _named(rule, purpose)
    )


def _named(rule: Prohibition, purpose: Purpose) -> Iterator[dict[str, str]]:
    """Each way of asking by the recipients, countries and channels that a prohibition names."""
    for recipient in rule.recipients or (None,):
        for country in rule.countries or (None,):
            for channel in rule.channels or purpose.channels[:1] or (None,):
                yield {key: value for key, value in (("recipient", recipient), ("country", country), ("channel", channel)) if value is not None}
