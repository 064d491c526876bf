"""Two versions compared: what turned, what is promised anew, who must be told, and which consents are stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from janji.decision.compiler import CompiledPolicy
from janji.decision.layout import consent_key
from janji.decision.question import Question
from janji.decision.reasons import KINDS
from janji.law.model import LawPack
from janji.policy.model import Notice, Policy, Purpose, RetentionRule
from janji.terms.messages import N_, Message, say
from janji.terms.processing import LegalBasis, Topic
from janji.versions.changes import (
    Aspect,
    Audience,
    Change,
    Diff,
    Material,
    Owed,
    Stale,
    Turn,
    Turned,
    Witness,
)  # fmt: skip
from janji.versions.turns import Cell, codes_of, merged, turned

FIELDS: Mapping[Aspect, tuple[str, ...]] = {
    Aspect.BASIS: ("legality", "purposes"),
    Aspect.PURPOSE: ("purpose", "purposes"),
    Aspect.DATA: ("relevance", "details", "purposes"),
    Aspect.RECIPIENT: ("recipients", "details"),
    Aspect.RETENTION: ("retention", "period"),
    Aspect.RIGHTS: ("rights",),
    Aspect.CHILDREN: ("legality", "rights"),
    Aspect.CONTROLLER: ("controller",),
    Aspect.NOTICE: ("purpose", "purposes"),
}
"""What packs call the field of the notice that an aspect touches, the closest first."""

ASPECTS: Mapping[Topic, Aspect] = {
    Topic.PURPOSE_LIMITATION: Aspect.PURPOSE, Topic.MINIMISATION: Aspect.DATA, Topic.RECIPIENT: Aspect.RECIPIENT,
    Topic.PROCESSOR: Aspect.RECIPIENT, Topic.TRANSFER: Aspect.RECIPIENT, Topic.AUTHORITY_DISCLOSURE: Aspect.RECIPIENT,
    Topic.RETENTION: Aspect.RETENTION, Topic.CHILDREN: Aspect.CHILDREN, Topic.OBJECTION: Aspect.RIGHTS,
    Topic.AUTOMATED_DECISION: Aspect.RIGHTS, Topic.RESTRICTION: Aspect.RIGHTS, Topic.DELAY: Aspect.RIGHTS,
    Topic.WITHDRAWAL: Aspect.RIGHTS,
}  # fmt: skip


def compare(old: CompiledPolicy, new: CompiledPolicy) -> Diff:
    """What `new` changes. Both are compiled under one law with the same layout."""
    found = (*_turned(old, new, Turn.PERMITTED), *_turned(new, old, Turn.FORBIDDEN))
    return Diff(
        old.version, new.version, new.policy.effective, new.law.article(Topic.CHANGE_NOTICE), found,
        tuple(_changes(old, new)), tuple(_stale(old, new)),
    )  # fmt: skip


def _turned(denies: CompiledPolicy, permits: CompiledPolicy, turn: Turn) -> Iterator[Turned]:
    groups: dict[tuple[str, ...], dict[Cell, Witness]] = {}
    for question, witness in turned(denies, permits):
        groups.setdefault(codes_of(witness.old), {}).setdefault(_cell(question), witness)
    old, new = (denies, permits) if turn is Turn.PERMITTED else (permits, denies)
    for codes, cells in groups.items():
        for block, witness in merged(cells.items()):
            purposes, operations, data, recipients, countries, channels = block
            if turn is Turn.FORBIDDEN:
                witness = replace(witness, old=witness.new, new=witness.old)
            aspect = ASPECTS.get(KINDS[codes[0]].topic, Aspect.BASIS)
            owed = tuple(dict.fromkeys(owed for name in purposes for owed in _people(old, name)))
            yield Turned(turn, purposes, operations, data, recipients, countries, channels, codes, witness,
                         _material(new.law, aspect, owed))  # fmt: skip


def _cell(question: Question) -> Cell:
    return (question.purpose, question.operation, question.data[0], question.recipient or "", question.country or "",
            question.channel or "")  # fmt: skip


def _people(old: CompiledPolicy, purpose: str) -> tuple[Owed, ...]:
    """Whose data a purpose is about: by what carried it so far, else everybody."""
    held = old.policy.purposes.get(purpose)
    if held is None:
        return (Owed(Audience.EVERYBODY),)
    if held.basis is LegalBasis.CONSENT:
        return (Owed(Audience.CONSENTED, (purpose,)),)
    if held.basis is LegalBasis.CONTRACT:
        return (Owed(Audience.CUSTOMERS, tuple(sorted(held.agreements))),)
    return (Owed(Audience.EVERYBODY),)


def _material(law: LawPack, aspect: Aspect, owed: tuple[Owed, ...] = (Owed(Audience.EVERYBODY),)) -> Material:
    field = next((law.notice_fields[name] for name in FIELDS[aspect] if name in law.notice_fields), None)
    return Material(field, law.article(Topic.CHANGE_NOTICE), owed)


def _changes(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[Change]:
    yield from _purposes(old, new)
    yield from _retention(old, new)
    yield from _rights(old.policy, new.policy, new.law)
    yield from _whole(old, new)
    yield from _wording(old.policy, new.policy)


def _purposes(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[Change]:
    """Changes of basis: they change what people were told even where no answer turned."""
    for name, after in new.policy.purposes.items():
        before = old.policy.purposes.get(name)
        if before is not None and before.basis is not after.basis:
            yield Change(
                "basis-changed", Aspect.BASIS, name,
                say(N_("`{purpose}` rests on {new}, no longer on {old}"), purpose=name, new=after.basis, old=before.basis),
                _material(new.law, Aspect.BASIS, _people(old, name)), tuple(map(str, after.clauses)),
            )  # fmt: skip


def _retention(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[Change]:
    """How long each category is kept for each purpose, told once for all categories that change alike."""
    alike: dict[tuple[str, str, str, str, str], list[str]] = {}
    clauses: dict[tuple[str, str, str, str, str], tuple[str, ...]] = {}
    for name in dict.fromkeys((*old.policy.purposes, *new.policy.purposes)):
        one, two = old.policy.purposes.get(name), new.policy.purposes.get(name)
        for item in dict.fromkeys((*(one.data if one else ()), *(two.data if two else ()))):
            before = old.schedule.rules(name, item) if one and item in one.data else []
            after = new.schedule.rules(name, item) if two and item in two.data else []
            for code, was, becomes in _kept(before, after):
                key = (name, code, was, becomes, "")
                alike.setdefault(key, []).append(item)
                clauses[key] = tuple(map(str, dict.fromkeys(c for rule in after or before for c in rule.clauses)))
    for key, items in alike.items():
        name, code, was, becomes, _ = key
        message = say(KEPT[code], purpose=name, data=", ".join(items), old=was, new=becomes)
        owed = _people(old, name)
        yield Change(code, Aspect.RETENTION, name, message, _material(new.law, Aspect.RETENTION, owed), clauses[key])


KEPT = {
    "kept-longer": N_("`{data}` for `{purpose}` is kept longer: {new} instead of {old}"),
    "kept-shorter": N_("`{data}` for `{purpose}` is kept shorter: {new} instead of {old}"),
    "kept-otherwise": N_("`{data}` for `{purpose}` is kept for {new} instead of {old}; which is longer depends on the day"),
    "retention-new": N_("`{data}` for `{purpose}` is now kept for {new}"),
    "retention-dropped": N_("`{data}` for `{purpose}` was kept for {old} and has no rule any more"),
    "trigger-changed": N_("the period of `{data}` for `{purpose}` runs from `{new}` instead of `{old}`"),
    "disposal-changed": N_("at its end `{data}` for `{purpose}` meets `{new}` instead of `{old}`"),
}


def _kept(before: list[RetentionRule], after: list[RetentionRule]) -> Iterator[tuple[str, str, str]]:
    if not before or not after:
        if before or after:
            rule = (before or after)[0]
            was, becomes = (str(rule.period), "-") if before else ("-", str(rule.period))
            yield ("retention-dropped" if before else "retention-new"), was, becomes
        return
    one, two = before[0], after[0]
    if one.period != two.period:
        if two.period.least_days > one.period.most_days:
            code = "kept-longer"
        elif two.period.most_days < one.period.least_days:
            code = "kept-shorter"
        else:
            code = "kept-otherwise"
        yield code, str(one.period), str(two.period)
    if one.trigger != two.trigger:
        yield "trigger-changed", one.trigger, two.trigger
    if one.then != two.then:
        yield "disposal-changed", str(one.then), str(two.then)


def _rights(old: Policy, new: Policy, law: LawPack) -> Iterator[Change]:
    material = _material(law, Aspect.RIGHTS)
    for name in dict.fromkeys((*old.rights, *new.rights)):
        before, after = old.rights.get(name), new.rights.get(name)
        if before is None or after is None:
            code = "right-new" if before is None else "right-dropped"
            text = N_("the right `{right}` is granted anew") if before is None else N_("the right `{right}` is dropped")
            held = after or before
            yield Change(code, Aspect.RIGHTS, name, say(text, right=name), material,
                         tuple(map(str, held.clauses)) if held else ())  # fmt: skip
        elif (before.right, before.within, before.bases) != (after.right, after.within, after.bases):
            yield Change(
                "right-changed", Aspect.RIGHTS, name,
                say(N_("the right `{right}` is answered within {new} instead of {old}"), right=name, new=after.within,
                    old=before.within) if before.within != after.within
                else say(N_("the right `{right}` reaches otherwise than before"), right=name),
                material, tuple(map(str, after.clauses)),
            )  # fmt: skip


def _whole(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[Change]:
    one, two, law = old.policy, new.policy, new.law
    if one.controller != two.controller:
        told = any(name in law.notice_fields for name in FIELDS[Aspect.CONTROLLER]) or (
            (one.controller.name, one.controller.country) != (two.controller.name, two.controller.country))  # fmt: skip
        yield Change("controller-changed", Aspect.CONTROLLER, "controller",
                     say(N_("the controller, its officer or how to reach them changed")),
                     _material(law, Aspect.CONTROLLER) if told else None)  # fmt: skip
    if old.under != new.under:
        yield Change("majority-changed", Aspect.CHILDREN, "children",
                     say(N_("a person is a child under {new} years instead of {old}"), new=new.under, old=old.under),
                     _material(law, Aspect.CHILDREN))  # fmt: skip
    for name in dict.fromkeys((*one.notices, *two.notices)):
        before, after = one.notices.get(name), two.notices.get(name)
        if before != after:
            yield Change("notice-changed", Aspect.NOTICE, name, say(_noticed(before, after), notice=name),
                         _material(law, Aspect.NOTICE, _told(one, name)) if before else None)  # fmt: skip


def _noticed(before: Notice | None, after: Notice | None) -> str:
    if before is None or after is None:
        return N_("the notice `{notice}` is new") if before is None else N_("the notice `{notice}` is dropped")
    if before.version == after.version and before.fields != after.fields:
        return N_("the notice `{notice}` says something else under the same version")
    return N_("the notice `{notice}` has another version or counts other versions")


def _told(policy: Policy, notice: str) -> tuple[Owed, ...]:
    names = sorted(purpose.id for purpose in policy.purposes.values() if purpose.notice == notice)
    return (Owed(Audience.CONSENTED, tuple(map(str, names))),) if names else (Owed(Audience.EVERYBODY),)


def _wording(old: Policy, new: Policy) -> Iterator[Change]:
    for name in dict.fromkeys((*old.clauses, *new.clauses)):
        before, after = old.clauses.get(name), new.clauses.get(name)
        if before is None:
            code, message = "clause-new", N_("clause {clause} is new")
        elif after is None:
            code, message = "clause-dropped", N_("clause {clause} is dropped")
        elif (before.kind, before.says) != (after.kind, after.says):
            code, message = "clause-reworded", N_("clause {clause} is worded otherwise")
        else:
            continue
        yield Change(code, Aspect.WORDING, name, say(message, clause=name), None, (str(name),))


def _stale(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[Stale]:
    """Consents that were given to something else than what the new version does with them."""
    for name, before in old.policy.purposes.items():
        if before.basis is not LegalBasis.CONSENT or before.notice is None:
            continue
        after = new.policy.purposes.get(name)
        counted = old.policy.notices[before.notice].accepted
        lost = counted
        because: list[Message] = []
        still = False
        if after is not None and after.basis is LegalBasis.CONSENT and after.notice is not None:
            accepted = new.policy.notices[after.notice].accepted
            lost = tuple(version for version in counted if version not in accepted)
            if lost:
                because.append(say(N_("the notice no longer counts version {versions}"), versions=", ".join(map(str, lost))))
            widened = list(_widened(old, new, before, after))
            if widened:
                because += widened
                still, lost = len(lost) < len(counted), counted
        else:
            because.append(
                say(N_("the purpose is dropped")) if after is None
                else say(N_("the purpose rests on {basis} now"), basis=after.basis)
            )  # fmt: skip
        if because:
            channels = before.channels or (None,)
            keys = [consent_key(name, channel, version) for channel in channels for version in lost]
            yield Stale(str(name), tuple(because), tuple(keys), still)


def _widened(old: CompiledPolicy, new: CompiledPolicy, before: Purpose, after: Purpose) -> Iterator[Message]:
    """What the purpose does now and did not do when people consented."""
    for message, one, two in (
        (N_("it uses more data: {names}"), before.data, after.data),
        (N_("it does more with them: {names}"), before.operations, after.operations),
        (N_("it has further traits: {names}"), before.traits, after.traits),
    ):
        more = [str(item) for item in two if item not in one]
        if more:
            yield say(message, names=", ".join(more))
    if before.title != after.title:
        yield say(N_("it is called otherwise"))
    more = sorted(_reach(new.policy, after.id) - _reach(old.policy, before.id))
    if more:
        yield say(N_("it reaches further recipients or countries: {names}"), names=", ".join(more))
    for item in after.data:
        if item in before.data:
            kept = _kept(old.schedule.rules(before.id, item), new.schedule.rules(after.id, item))
            if any(code in ("kept-longer", "kept-otherwise", "retention-dropped") for code, _, _ in kept):
                yield say(N_("it keeps data longer"))
                return


def _reach(policy: Policy, purpose: str) -> set[str]:
    found = {f"{item.id} ({item.country})" for item in policy.recipients.values() if purpose in item.purposes}
    for transfer in policy.transfers.values():
        if not transfer.purposes or purpose in transfer.purposes:
            found |= {
                f"{name} ({country})" for name in transfer.recipients for country in transfer.countries
                if name in policy.recipients and purpose in policy.recipients[name].purposes
            }  # fmt: skip
    return found
