"""What a comparison of two versions finds: values for what turned, what is told anew, and which consents are stale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from janji.decision.question import Decision, Facts, Question, Reason
from janji.law.model import Rule
from janji.terms.messages import N_, Message, say
from janji.versions.words import Names, listed


class Turn(StrEnum):
    """Which way an answer turned."""

    PERMITTED = "permitted"
    FORBIDDEN = "forbidden"


class Aspect(StrEnum):
    """What a change is about, seen from what people are told."""

    BASIS = "basis"
    PURPOSE = "purpose"
    DATA = "data"
    RECIPIENT = "recipient"
    RETENTION = "retention"
    RIGHTS = "rights"
    CHILDREN = "children"
    CONTROLLER = "controller"
    NOTICE = "notice"
    PROTECTION = "protection"
    WORDING = "wording"


class Audience(StrEnum):
    """Who is told of a change."""

    CONSENTED = "consented"
    CUSTOMERS = "customers"
    EVERYBODY = "everybody"


class Effect(StrEnum):
    """What a change does to people: more is done with their data or they have less say, the reverse, or neither."""

    WIDENS = "widens"
    NARROWS = "narrows"
    ALTERS = "alters"


ABOUT = {
    Aspect.BASIS: N_("legal basis"), Aspect.PURPOSE: N_("purposes"), Aspect.DATA: N_("data"),
    Aspect.RECIPIENT: N_("recipients"), Aspect.RETENTION: N_("how long data are kept"), Aspect.RIGHTS: N_("rights"),
    Aspect.CHILDREN: N_("children"), Aspect.CONTROLLER: N_("who answers for the processing"),
    Aspect.NOTICE: N_("notices"), Aspect.PROTECTION: N_("kept inside"), Aspect.WORDING: N_("wording and references"),
}  # fmt: skip
EFFECTS = {Effect.WIDENS: N_("widens"), Effect.NARROWS: N_("narrows"), Effect.ALTERS: N_("alters")}


@dataclass(frozen=True, slots=True)
class Owed:
    """To whom notice is owed: those who consented to the purposes, the other party of the agreements, or everybody."""

    audience: Audience
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """Why a change is material: the field of the notice that it touches (as the law has it), and who is told.

    Without a field the law names no such thing in a notice, and people are told out of caution.
    """

    field: Rule | None
    article: str
    owed: tuple[Owed, ...]
    effect: Effect = Effect.ALTERS


@dataclass(frozen=True, slots=True)
class Witness:
    """A question and facts that the two versions answer differently, with both answers."""

    question: Question
    facts: Facts
    known: tuple[str, ...]
    old: Decision
    new: Decision

    @property
    def denied(self) -> Decision:
        """The answer that denies."""
        return self.new if self.old.permit else self.old

    @property
    def granted(self) -> Decision:
        """The answer that permits."""
        return self.old if self.old.permit else self.new


@dataclass(frozen=True, slots=True)
class Turned:
    """Questions whose answer turned for the same reasons: every combination of the names is one of them."""

    turn: Turn
    purposes: tuple[str, ...]
    operations: tuple[str, ...]
    data: tuple[str, ...]
    recipients: tuple[str, ...]
    countries: tuple[str, ...]
    channels: tuple[str, ...]
    reasons: tuple[str, ...]
    witness: Witness
    material: Material

    def covers(self, question: Question) -> bool:
        """Whether the question, about one category of data, is one of these."""
        return (
            question.purpose in self.purposes and question.operation in self.operations
            and set(question.data) <= set(self.data) and (question.recipient or "") in self.recipients
            and (question.country or "") in self.countries and (question.channel or "") in self.channels
        )  # fmt: skip


PARTS = {
    "purpose": "purposes", "operation": "operations", "data": "data", "recipient": "recipients", "country": "countries",
    "channel": "channels",
}  # fmt: skip
"""What the holes of reasons hold, by the parts of what turned."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What turned for the same reasons: the reasons, with an ellipsis where they name different things."""

    reasons: tuple[Reason, ...]
    purposes: tuple[tuple[tuple[str, ...], tuple[Turned, ...]], ...]
    """What turned, by purposes."""


def alike(items: Iterable[Turned]) -> tuple[Alike, ...]:
    """Entries put together where the same kinds of reason deny them, and within by purposes."""
    groups: dict[tuple[str, ...], list[Turned]] = {}
    for item in items:
        groups.setdefault(item.reasons, []).append(item)
    return tuple(Alike(_shared(held), _by_purposes(held)) for held in groups.values())


def _by_purposes(items: list[Turned]) -> tuple[tuple[tuple[str, ...], tuple[Turned, ...]], ...]:
    found: dict[tuple[str, ...], list[Turned]] = {}
    for item in items:
        found.setdefault(item.purposes, []).append(item)
    return tuple((names, tuple(held)) for names, held in found.items())


def _shared(items: list[Turned]) -> tuple[Reason, ...]:
    """The reasons of the first with what all say alike; what differs gives way to an ellipsis."""
    every = [{reason.code: reason for reason in reversed(item.witness.denied.reasons)} for item in items]
    found = []
    for code, first in reversed(every[0].items()):
        all_of = [reasons[code] for reasons in every]
        said = [dict(reason.message.params) for reason in all_of]
        several = {hole for hole, part in PARTS.items() if any(len(getattr(item, part)) > 1 for item in items)}
        holes = tuple(
            (key, value if key not in several and all(held.get(key) == value for held in said) else "\u2026")
            for key, value in first.message.params
        )
        clauses = first.clauses if all(reason.clauses == first.clauses for reason in all_of) else ()
        found.append(replace(first, message=Message(first.message.id, holes), clauses=clauses))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of what is promised beside the answers: a period, a right, a contact, a notice, the words of a clause."""

    code: str
    aspect: Aspect
    name: str
    message: Message
    material: Material | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stale:
    """Consents to a purpose that no longer carry it as they were given: why, and the entries of the standing."""

    purpose: str
    because: tuple[Message, ...]
    keys: tuple[str, ...]
    counted: bool
    """Whether the new version still counts these consents, so that nothing stops by itself."""


@dataclass(frozen=True, slots=True)
class Diff:
    """Two versions of a policy compared."""

    old_version: str
    new_version: str
    effective: date
    notice_article: str
    turned: tuple[Turned, ...]
    changes: tuple[Change, ...]
    stale: tuple[Stale, ...]
    names: Names

    @property
    def permitted(self) -> tuple[Turned, ...]:
        """What is newly permitted."""
        return tuple(item for item in self.turned if item.turn is Turn.PERMITTED)

    @property
    def forbidden(self) -> tuple[Turned, ...]:
        """What is newly forbidden."""
        return tuple(item for item in self.turned if item.turn is Turn.FORBIDDEN)

    @property
    def turns(self) -> tuple[tuple[Turn, tuple[Alike, ...]], ...]:
        """What is newly permitted and newly forbidden, by why the version that denies does so."""
        halves = ((turn, alike(item for item in self.turned if item.turn is turn)) for turn in Turn)
        return tuple((turn, groups) for turn, groups in halves if groups)

    @property
    def told(self) -> tuple[tuple[Message, tuple[Change, ...]], ...]:
        """The material changes, by what they are about."""
        return self._by_aspect(True)

    @property
    def untold(self) -> tuple[tuple[Message, tuple[Change, ...]], ...]:
        """The changes of which nobody need be told, by what they are about."""
        return self._by_aspect(False)

    def _by_aspect(self, material: bool) -> tuple[tuple[Message, tuple[Change, ...]], ...]:
        held = [item for item in self.changes if (item.material is not None) is material]
        groups = ((label, tuple(item for item in held if item.aspect is aspect)) for aspect, label in ABOUT.items())
        return tuple((say(label), items) for label, items in groups if items)

    @property
    def material(self) -> bool:
        """Whether people must be told before the new version takes effect."""
        return bool(self.turned or self.stale) or any(item.material for item in self.changes)

    @property
    def empty(self) -> bool:
        """Whether nothing changed that is compared."""
        return not (self.turned or self.changes or self.stale)

    @property
    def owed(self) -> tuple[Owed, ...]:
        """Everybody to whom notice is owed, each once."""
        found = [owed for item in self.turned for owed in item.material.owed]
        found += [owed for item in self.changes if item.material for owed in item.material.owed]
        found += [Owed(Audience.CONSENTED, (item.purpose,)) for item in self.stale]
        return gathered(found)


def gathered(owed: Iterable[Owed]) -> tuple[Owed, ...]:
    """Audiences, each once with all its names; everybody holds every other."""
    found: dict[Audience, set[str]] = {}
    for item in owed:
        found.setdefault(item.audience, set()).update(item.names)
    if Audience.EVERYBODY in found:
        return (Owed(Audience.EVERYBODY),)
    return tuple(Owed(audience, tuple(sorted(found[audience]))) for audience in Audience if audience in found)


AUDIENCES = {
    Audience.CONSENTED: N_("those who consented to {names}"),
    Audience.CUSTOMERS: N_("those with an agreement of the kind {names}"),
    Audience.EVERYBODY: N_("everybody whose data are processed"),
}


def audience_words(diff: Diff, owed: Owed) -> Message:
    """Who is told, by the titles of the purposes."""
    section = "purposes" if owed.audience is Audience.CONSENTED else ""
    return say(AUDIENCES[owed.audience], names=listed(diff.names, section, owed.names))
