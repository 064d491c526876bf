"""Names of both versions as people know them: titles for names, and in words what is known of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from janji.decision import layout
from janji.law.model import LawPack
from janji.policy.model import SECTIONS, ChildAccess, Party, Policy, TrackerKind
from janji.policy.words import CHILDREN, PARTIES, TRACKERS
from janji.terms import words
from janji.terms.messages import N_, Message, say
from janji.terms.periods import Period
from janji.terms.processing import ClauseKind, LegalBasis, Operation
from janji.terms.texts import Text

GROWN = 19000101
"""A date of birth (`yyyymmdd`) of somebody who is an adult under every law."""

APPROVED = "instrument/approved"

Names = Mapping[str, Mapping[str, Text]]
"""Titles by section and name: the sections of a policy, `countries`, and those of the law."""

KINDS = {
    "purpose": "purposes", "data": "data", "channel": "channels", "recipient": "recipients", "country": "countries",
    "touchpoint": "touchpoints",
}  # fmt: skip
"""The holes of reasons that hold a name, and the section that it is a name in."""


def names_of(old: Policy, new: Policy, law: LawPack, countries: Mapping[str, Text]) -> Names:
    """The titles of everything that either version names, the newer title first."""
    found: dict[str, Mapping[str, Text]] = {"countries": countries}
    for section in SECTIONS:
        entries = {**getattr(old, section), **getattr(new, section)}
        held = {str(name): getattr(entry, "title", None) or _named(entry) for name, entry in entries.items()}
        found[section] = {name: title for name, title in held.items() if title}
    for section, rules in law.sections().items():
        found[f"law.{section}"] = {str(name): rule.title for name, rule in rules.items() if rule.title}
    return found


def _named(entry: object) -> Text:
    name = getattr(entry, "name", None)
    return plain(name) if name else Text()


def called(names: Names, section: str, name: str) -> Text:
    """What people know a name as: its title, else the name itself."""
    return names.get(section, {}).get(name) or plain(name)


def plain(value: object) -> Text:
    """What is written the same in every language."""
    return Text((("", str(value)),))


def row(items: Iterable[Text | Message]) -> Text | Message:
    """Items in a row, with commas; nothing at all is said in words."""
    found: Text | Message | None = None
    for item in items:
        found = say(N_("{first}, {then}"), first=found, then=item) if found else item
    return found or say(N_("none"))


def word(value: object) -> Text | Message:
    """A word of a closed vocabulary, a period, a day, a number, or yes and no, as people read it."""
    if isinstance(value, bool):
        return say(N_("yes")) if value else say(N_("no"))
    if isinstance(value, Period):
        return words.for_period(value)
    if isinstance(value, date):
        return words.on_day(value)
    if isinstance(value, ChildAccess):
        return say(CHILDREN[value])
    if isinstance(value, TrackerKind):
        return say(TRACKERS[value])
    if isinstance(value, Party):
        return say(PARTIES[value])
    if isinstance(value, ClauseKind):
        return say(CLAUSES[value])
    return words.word(value) if isinstance(value, StrEnum) else plain(value)


CLAUSES = {
    ClauseKind.PROMISE: N_("promise"), ClauseKind.POWER_CLAIMED: N_("power that is claimed"),
    ClauseKind.USER_DUTY: N_("duty of the person"), ClauseKind.DEFINITION: N_("definition"),
    ClauseKind.LEAD_IN: N_("lead-in"), ClauseKind.DEFECT: N_("defect"),
}  # fmt: skip


UNNAMED = {"channels": N_("no channel named"), "countries": N_("no country named")}


def listed(names: Names, section: str, items: Iterable[str]) -> Text | Message:
    """Names of a section in a row; what stands for no name at all comes last and in words."""
    held = tuple(items)
    found = [called(names, section, item) for item in held if item]
    return row([*found, *(say(UNNAMED[section]) for item in held if not item and section in UNNAMED)])


def retold(message: Message, names: Names) -> Message:
    """A sentence of a decision with titles for the names in it, and with words for what is a word of a vocabulary."""
    holes: list[tuple[str, str | Text | Message]] = []
    for key, value in message.params:
        section = KINDS.get(key)
        if isinstance(value, str) and section:
            holes.append((key, called(names, section, value)))
        elif key == "operation" and value in list(Operation):
            holes.append((key, words.word(Operation(str(value)))))
        elif key == "basis" and value in list(LegalBasis):
            holes.append((key, words.word(LegalBasis(str(value)))))
        else:
            holes.append((key, value))
    return Message(message.id, tuple(holes))


_PERSON = {
    layout.QUARANTINED: N_("the data of a child, kept and used for nothing"),
    layout.RESTRICTED: N_("all processing is restricted"),
    layout.DELAYED: N_("all processing is delayed"),
    layout.THIRD_PERSON: N_("somebody whose data another person gave"),
    layout.GUARDIAN: N_("a verified guardian consented"),
    layout.ADULT: N_("attested to be an adult"),
    layout.CHILD: N_("attested to be a child"),
}
_SAID = {
    "withdrawn": N_("withdrew the consent to {purpose}"),
    "objection": N_("objected to {purpose}"),
    "automated-objection": N_("objected to a machine alone deciding in {purpose}"),
    "restricted": N_("processing for {purpose} is restricted"),
    "delayed": N_("processing for {purpose} is delayed"),
}


def entry_words(key: str, names: Names) -> Text | Message:
    """An entry of the standing in words; one of another form as it is written."""
    head, _, rest = key.partition("/")
    parts = rest.split("/")
    if key in _PERSON:
        return say(_PERSON[key])
    if head == "consent" and len(parts) == 3:
        purpose, channel, version = called(names, "purposes", parts[0]), parts[1], parts[2]
        if channel == layout.ANY_CHANNEL:
            return say(N_("consented to {purpose} (notice {version})"), purpose=purpose, version=_version(version))
        return say(N_("consented to {purpose} through {channel} (notice {version})"), purpose=purpose,
                   channel=called(names, "channels", channel), version=_version(version))  # fmt: skip
    if head in _SAID:
        return say(_SAID[head], purpose=called(names, "purposes", parts[0]))
    if head == "agreement":
        return say(N_("has an agreement of the kind {name}"), name=rest)
    if head == "authorised":
        return say(N_("authorised {recipient}"), recipient=called(names, "recipients", rest))
    if head == "transfer" and len(parts) == 2:
        return say(N_("consented to the transfer to {recipient} in {country}"),
                   recipient=called(names, "recipients", parts[0]),
                   country=called(names, "countries", parts[1]))  # fmt: skip
    if head in ("born", "trained-until") or key == APPROVED:
        return _fact(head, rest)
    if head == "ended":
        return say(N_("the period of {rule} is over"), rule=called(names, "retention", rest))
    return plain(key)


def _version(version: str) -> Message:
    if version == layout.OTHER_VERSION:
        return say(N_("of another version"))
    return say(N_("version {version}"), version=version)


def _fact(head: str, rest: str) -> Message:
    """What is known of a person beside the entries of the standing."""
    if head == "trained-until":
        return say(N_("whoever acts has valid training"))
    if head != "born":
        return say(N_("the legal paper of the case is approved"))
    if int(rest) == GROWN:
        return say(N_("an adult by date of birth"))
    return say(N_("born on {day}"), day=words.on_day(date(int(rest) // 10000, int(rest) // 100 % 100, int(rest) % 100)))
