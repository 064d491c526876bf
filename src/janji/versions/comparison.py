"""Two versions compared: what turned, what is promised anew, who must be told, and which consents are stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from janji.decision.compiler import CompiledPolicy
from janji.decision.layout import consent_key
from janji.decision.question import Question
from janji.decision.reasons import KINDS
from janji.law.model import LawPack
from janji.policy.model import Policy, Purpose, RetentionRule
from janji.terms.messages import N_, Message, say
from janji.terms.periods import Period
from janji.terms.processing import Disposal, LegalBasis, Topic
from janji.terms.texts import Text
from janji.terms.words import since_event
from janji.versions.changes import (
    Aspect,
    Audience,
    Change,
    Diff,
    Effect,
    Material,
    Owed,
    Stale,
    Turn,
    Turned,
    Witness,
    gathered,
)  # fmt: skip
from janji.versions.entries import Entries
from janji.versions.turns import Cell, codes_of, merged, turned
from janji.versions.words import Names, called, names_of, row, word

FIELDS: Mapping[Aspect, tuple[str, ...]] = {
    Aspect.BASIS: ("legality", "purposes"),
    Aspect.PURPOSE: ("purpose", "purposes"),
    Aspect.DATA: ("relevance", "details", "purposes"),
    Aspect.RECIPIENT: ("recipients",),
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


UNTOLD = frozenset({Aspect.WORDING, Aspect.PROTECTION})
"""Aspects of which people were told nothing, so that no change of them is material."""


def compare(old: CompiledPolicy, new: CompiledPolicy, countries: Mapping[str, Text] | None = None) -> Diff:
    """What `new` changes. Both are compiled under one law with the same layout; countries go by the names given."""
    names = names_of(old.policy, new.policy, new.law, countries or {})
    found = (*_turned(old, new, Turn.PERMITTED), *_turned(new, old, Turn.FORBIDDEN))
    return Diff(
        old.version, new.version, new.policy.effective, new.law.article(Topic.CHANGE_NOTICE), found,
        tuple(_changes(old, new, names)), tuple(_stale(old, new, names)), names,
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
            effect = Effect.WIDENS if turn is Turn.PERMITTED else Effect.NARROWS
            yield Turned(turn, purposes, operations, data, recipients, countries, channels, codes, witness,
                         _material(new.law, aspect, _owed(old, purposes), effect))  # fmt: skip


def _cell(question: Question) -> Cell:
    return (question.purpose, question.operation, question.data[0], question.recipient or "", question.country or "",
            question.channel or "")  # fmt: skip


def _people(old: CompiledPolicy, purpose: str) -> Owed:
    """Whose data a purpose is about: by what carried it so far, else everybody."""
    held = old.policy.purposes.get(purpose)
    if held is not None and held.basis is LegalBasis.CONSENT:
        return Owed(Audience.CONSENTED, (purpose,))
    if held is not None and held.basis is LegalBasis.CONTRACT:
        return Owed(Audience.CUSTOMERS, tuple(sorted(held.agreements)))
    return Owed(Audience.EVERYBODY)


def _material(law: LawPack, aspect: Aspect, owed: Iterable[Owed], effect: Effect) -> Material:
    field = next((law.notice_fields[name] for name in FIELDS[aspect] if name in law.notice_fields), None)
    return Material(field, law.article(Topic.CHANGE_NOTICE), gathered(owed), effect)


def _owed(old: CompiledPolicy, purposes: Iterable[str]) -> list[Owed]:
    """Whose data purposes are about: by what carried each so far; everybody where none was there yet."""
    return [_people(old, name) for name in purposes] or [Owed(Audience.EVERYBODY)]


def _changes(old: CompiledPolicy, new: CompiledPolicy, names: Names) -> Iterator[Change]:
    settled: set[str] = set()
    yield from _retention(old, new, names, settled)

    def weigh(aspect: Aspect, cautious: bool, effect: Effect, purposes: tuple[str, ...]) -> Material | None:
        if aspect in UNTOLD:
            return None
        material = _material(new.law, aspect, _owed(old, purposes), effect)
        return material if cautious or material.field else None

    if old.under != new.under and _stated(old) == _stated(new):
        yield Change(
            "majority-changed", Aspect.CHILDREN, "children.under",
            say(N_("a person is a child under {new} years instead of {old}"), new=new.under, old=old.under),
            weigh(Aspect.CHILDREN, True, Effect.NARROWS if new.under > old.under else Effect.WIDENS, ()),
        )  # fmt: skip
    yield from Entries(names, weigh, old.policy, settled).changes(old.policy, new.policy)


def _stated(version: CompiledPolicy) -> int | None:
    return version.policy.children.under if version.policy.children else None


def _retention(old: CompiledPolicy, new: CompiledPolicy, names: Names, settled: set[str]) -> Iterator[Change]:
    """How long each category is kept for each purpose, told once for all that change alike.

    The rules behind what is told here are added to `settled`.
    """
    alike: dict[tuple[str, Period | str | None, Period | str | None], dict[str, list[str]]] = {}
    clauses: dict[tuple[str, Period | str | None, Period | str | None], dict[str, None]] = {}
    for name, two in new.policy.purposes.items():
        one = old.policy.purposes.get(name)
        for item in two.data:
            before = old.schedule.rules(name, item) if one and item in one.data else []
            after = new.schedule.rules(name, item)
            for key in _kept(before, after):
                alike.setdefault(key, {}).setdefault(name, []).append(item)
                settled |= {rule.id for rule in (*before, *after)}
                clauses.setdefault(key, {}).update(dict.fromkeys(c for rule in after or before for c in rule.clauses))
    for key, purposes in alike.items():
        blocks: dict[tuple[str, ...], list[str]] = {}
        for name, items in purposes.items():
            blocks.setdefault(tuple(items), []).append(name)
        code, was, becomes = key
        for data, called_for in blocks.items():
            message = say(
                KEPT[code], purpose=row(called(names, "purposes", name) for name in called_for),
                data=row(called(names, "data", item) for item in data), old=_spoken(was), new=_spoken(becomes),
            )  # fmt: skip
            yield Change(
                code, Aspect.RETENTION, ", ".join(called_for), message,
                _material(new.law, Aspect.RETENTION, _owed(old, called_for), KEEPS.get(code, Effect.ALTERS)),
                tuple(map(str, clauses[key])),
            )  # fmt: skip


def _spoken(value: Period | str | None) -> Message | Text:
    """A period, an event or what happens at the end, in words."""
    if isinstance(value, str) and not isinstance(value, Disposal):
        return since_event(value)
    return word(value)


KEPT = {
    "kept-longer": N_("`{data}` for `{purpose}` is kept longer: {new} instead of {old}"),
    "kept-shorter": N_("`{data}` for `{purpose}` is kept shorter: {new} instead of {old}"),
    "kept-otherwise": N_(
        "`{data}` for `{purpose}` is kept for {new} instead of {old}; which is longer depends on the day"
    ),
    "retention-new": N_("`{data}` for `{purpose}` is now kept for {new}"),
    "retention-dropped": N_("`{data}` for `{purpose}` was kept for {old} and has no rule any more"),
    "trigger-changed": N_("the period of `{data}` for `{purpose}` runs from {new} instead of {old}"),
    "disposal-changed": N_("`{data}` for `{purpose}` at the end of the period: {new} instead of {old}"),
}
KEEPS = {
    "kept-longer": Effect.WIDENS, "kept-shorter": Effect.NARROWS, "retention-new": Effect.WIDENS,
    "retention-dropped": Effect.WIDENS,
}  # fmt: skip


def _kept(
    before: list[RetentionRule], after: list[RetentionRule]
) -> Iterator[tuple[str, Period | str | None, Period | str | None]]:
    if not before or not after:
        if before or after:
            rule = (before or after)[0]
            was, becomes = (rule.period, None) if before else (None, rule.period)
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
        yield code, one.period, two.period
    if one.trigger != two.trigger:
        yield "trigger-changed", one.trigger, two.trigger
    if one.then != two.then:
        yield "disposal-changed", one.then, two.then


def _stale(old: CompiledPolicy, new: CompiledPolicy, names: Names) -> Iterator[Stale]:
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
                because.append(
                    say(N_("the notice no longer counts version {versions}"), versions=", ".join(map(str, lost)))
                )
            widened = list(_widened(old, new, before, after, names))
            if widened:
                because += widened
                still, lost = len(lost) < len(counted), counted
        else:
            because.append(
                say(N_("the purpose is dropped")) if after is None
                else say(N_("the purpose rests on {basis} now"), basis=word(after.basis))
            )  # fmt: skip
        if because:
            channels = before.channels or (None,)
            keys = [consent_key(name, channel, version) for channel in channels for version in lost]
            yield Stale(str(name), tuple(because), tuple(keys), still)


def _widened(
    old: CompiledPolicy, new: CompiledPolicy, before: Purpose, after: Purpose, names: Names
) -> Iterator[Message]:
    """What the purpose does now and did not do when people consented."""
    for message, section, one, two in (
        (N_("it uses more data: {names}"), "data", before.data, after.data),
        (N_("it does more with them: {names}"), "", before.operations, after.operations),
        (N_("it has further traits: {names}"), "", before.traits, after.traits),
    ):
        more = [item for item in two if item not in one]
        if more:
            yield say(message, names=row(called(names, section, item) if section else word(item) for item in more))
    further = sorted(_reach(new.policy, after.id) - _reach(old.policy, before.id))
    if further:
        yield say(
            N_("it reaches further recipients or countries: {names}"),
            names=row(
                say(N_("{recipient} in {country}"), recipient=called(names, "recipients", recipient),
                    country=called(names, "countries", country))
                for recipient, country in further
            ),
        )  # fmt: skip
    for item in after.data:
        if item in before.data:
            kept = _kept(old.schedule.rules(before.id, item), new.schedule.rules(after.id, item))
            if any(code in ("kept-longer", "kept-otherwise", "retention-dropped") for code, _, _ in kept):
                yield say(N_("it keeps data longer"))
                return


def _reach(policy: Policy, purpose: str) -> set[tuple[str, str]]:
    """Each recipient of a purpose with its country, and with every country that a transfer to it names."""
    receiving = {item.id: item for item in policy.recipients.values() if purpose in item.purposes}
    found = {(item.id, item.country) for item in receiving.values()}
    for transfer in policy.transfers.values():
        if not transfer.purposes or purpose in transfer.purposes:
            found |= {(name, country) for name in transfer.recipients for country in transfer.countries
                      if name in receiving}  # fmt: skip
    return found
