"""A policy that has been read: every entry a frozen value that knows its clauses and its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any

from janji.terms.periods import Period
from janji.terms.places import NOWHERE, Place
from janji.terms.processing import (
    ClauseKind,
    Disposal,
    LegalBasis,
    Operation,
    RecipientClass,
    Role,
    Signal,
    SourceKind,
    Trait,
)  # fmt: skip
from janji.terms.texts import Text


class ChildAccess(StrEnum):
    """What a purpose may do for a child: `open` needs no guardian, `guardian` a verified one, `never` nothing."""

    OPEN = "open"
    GUARDIAN = "guardian"
    NEVER = "never"


class TrackerKind(StrEnum):
    """The technical kinds of tracker."""

    COOKIE = "cookie"
    STORAGE = "storage"
    BEACON = "beacon"
    SCRIPT = "script"
    PLUGIN = "plugin"
    IDENTIFIER = "identifier"
    LOG = "log"


class Party(StrEnum):
    """Whether a tracker is the company's own or somebody else's."""

    FIRST = "first"
    THIRD = "third"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What every entry carries: the clauses it rests on, why it reads as it does, and what a person must decide."""

    id: str = ""
    clauses: tuple[str, ...] = ()
    note: Text | None = None
    decide: Text | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause(Entry):
    """A clause of the published text: its kind and what it says in our own words."""

    kind: ClauseKind
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer(Entry):
    """How to reach the data protection officer."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller(Entry):
    """Who answers for the processing. `country` is home: disclosures elsewhere are transfers."""

    name: str
    country: str
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    url: str | None = None
    officer: Officer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity(Entry):
    """A group entity or joint controller that the text speaks of."""

    name: str
    role: Role
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Entry):
    """Where data come from."""

    title: Text
    kind: SourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCategory(Entry):
    """A category of personal data; `law_class` names its class in the law pack."""

    title: Text
    law_class: str
    identifier: bool = False
    sources: tuple[str, ...] = ()
    term: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Entry):
    """A way of reaching a person."""

    title: Text
    electronic: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Entry):
    """What a person is told before consenting. Consent given under a version in `accepts` still counts."""

    title: Text
    version: int
    accepts: tuple[int, ...] = ()
    fields: dict[str, Text] = field(default_factory=dict, hash=False)

    @property
    def accepted(self) -> tuple[int, ...]:
        """Every version under which consent counts, the current one first."""
        return (self.version, *(version for version in self.accepts if version != self.version))

    def languages(self, spoken: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the policy's languages in which the whole notice is written, title and every field; without any, those of its title count."""
        texts = (self.title, *self.fields.values())
        return tuple(str(one) for one in spoken or self.title.languages if all(_written_in(text, one) for text in texts))


def _written_in(text: Text, language: str) -> bool:
    """A text that names no language is written in whichever the policy speaks."""
    return language in text.languages or (bool(text) and not text.languages)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchpointField(Entry):
    """One field that a touchpoint collects; `consequence` says what happens when it is not given.

    `choice` names the purpose that the field is a yes or no to: it becomes a consent record, and is no value that is
    kept. `born` marks the date of birth. What is written freely is scanned; `expects` are the finds that need no review.
    A value of several parts may hold `parts` alone; `shorten` cuts the end off an IP address.
    """

    data: str
    required: bool = False
    consequence: Text | None = None
    choice: str | None = None
    channel: str | None = None
    born: bool = False
    free_text: bool = False
    expects: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    shorten: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchpointEvent(Entry):
    """One kind of event that a touchpoint reports, and the fields of the touchpoint that it may hold."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touchpoint(Entry):
    """A place where data are collected.

    Where it has `events`, each submission is one of them; `scopes` are all that may be asked of a social network.
    """

    title: Text
    source: str
    purposes: tuple[str, ...]
    fields: dict[str, TouchpointField] = field(default_factory=dict, hash=False)
    notice: str | None = None
    free_text: bool = False
    uploads: bool = False
    recording: bool = False
    age_gate: bool = False
    events: dict[str, TouchpointEvent] = field(default_factory=dict, hash=False)
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(Entry):
    """The weighing behind a legitimate interest: approved by a person, or provisional until a day."""

    purpose: Text
    need: Text
    balance: Text
    approved: date | None = None
    approved_by: str | None = None
    provisional: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact(Entry):
    """An impact assessment: done on a day, or to be done by one. No decision turns on it; the check warns."""

    reference: str
    done: date | None = None
    provisional: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomatedDecision(Entry):
    """A decision taken by a machine: its logic, its effect on the person, and how a human reviews it."""

    logic: Text
    effect: Text
    review: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose(Entry):
    """Why data are processed: one legal basis, and only the data, channels and operations named.

    `signals` are those of a browser that count as an objection to the purpose; `owner` is who in the company answers.
    """

    title: Text
    basis: LegalBasis
    data: tuple[str, ...]
    operations: tuple[Operation, ...] = (Operation.COLLECT, Operation.USE, Operation.RETAIN)
    channels: tuple[str, ...] = ()
    traits: tuple[Trait, ...] = ()
    signals: tuple[Signal, ...] = ()
    notice: str | None = None
    agreements: tuple[str, ...] = ()
    obligation: Text | None = None
    assessment: Assessment | None = None
    impact: Impact | None = None
    automated: AutomatedDecision | None = None
    during_restriction: bool = False
    child: ChildAccess = ChildAccess.GUARDIAN
    owner: str | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prohibition(Entry):
    """What is never done: every dimension named must match; one left out matches anything."""

    title: Text
    purposes: tuple[str, ...] = ()
    traits: tuple[Trait, ...] = ()
    data: tuple[str, ...] = ()
    operations: tuple[Operation, ...] = ()
    recipients: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Entry):
    """The contract with a recipient: on file under `reference`, or provisional until a day."""

    reference: str | None = None
    provisional: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient(Entry):
    """A party that may receive data, for the purposes named and (where given) only the data named."""

    title: Text
    kind: RecipientClass
    role: Role
    country: str
    purposes: tuple[str, ...]
    data: tuple[str, ...] = ()
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Entry):
    """A way out of the country: the rung of the law's ladder, with its evidence, proven or provisional."""

    recipients: tuple[str, ...]
    countries: tuple[str, ...]
    purposes: tuple[str, ...] = ()
    rung: str | None = None
    evidence: str | None = None
    proven: date | None = None
    provisional: date | None = None
    unmet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule(Entry):
    """How long data are kept for purposes, from which event, and what happens then."""

    title: Text
    period: Period
    trigger: str
    then: Disposal
    data: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    law: tuple[str, ...] = ()

    @property
    def precision(self) -> int:
        """How closely the rule is aimed: both dimensions named beats purposes alone, which beats data alone."""
        return 2 * bool(self.purposes) + bool(self.data)

    def covers(self, purpose: str, category: str) -> bool:
        """Whether the rule speaks of `category` held for `purpose`."""
        return (not self.purposes or purpose in self.purposes) and (not self.data or category in self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class System(Entry):
    """A system of the company that holds or uses personal data. No decision turns on it; registers and maps do."""

    title: Text
    owner: str | None = None
    country: str | None = None
    purposes: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker(Entry):
    """A tracker on a site or in a product; only essential ones run before a choice."""

    title: Text
    kind: TrackerKind
    party: Party
    purpose: str
    lifetime: Period | None = None
    essential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRight(Entry):
    """A right as the policy grants it: within which period, and how many officers approve.

    `bases` are the legal bases on which an objection is honoured (for a right of kind `objection`).
    """

    title: Text
    right: str | None = None
    within: Period | None = None
    approvals: int = 1
    deputies: tuple[str, ...] = ()
    bases: tuple[LegalBasis, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Entry):
    """A measure of protection and the evidence for it."""

    title: Text
    standard: str | None = None
    evidence: str | None = None
    reviewed: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Training(Entry):
    """Whether an agent must hold valid training before touching data, and how often it is renewed."""

    required: bool
    every: Period | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Children(Entry):
    """Who is a child under the policy, and which traits of purposes are never applied to one."""

    under: int
    never: tuple[Trait, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine(Entry):
    """Data of a child that should not be there and cannot be deleted yet: kept, and used for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPersons(Entry):
    """Persons whose data somebody else gave: unverified, never marketed to or profiled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeclared:
    """The clauses to cite when what is asked was never declared, one list a dimension."""

    purpose: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    operation: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    touchpoint: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A whole policy. Entries stand under their names, in the order written."""

    id: str
    version: str
    title: Text
    law: str
    effective: date
    controller: Controller
    languages: tuple[str, ...] = ()
    entities: dict[str, Entity] = field(default_factory=dict)
    clauses: dict[str, Clause] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    data: dict[str, DataCategory] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    touchpoints: dict[str, Touchpoint] = field(default_factory=dict)
    purposes: dict[str, Purpose] = field(default_factory=dict)
    prohibitions: dict[str, Prohibition] = field(default_factory=dict)
    recipients: dict[str, Recipient] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    retention: dict[str, RetentionRule] = field(default_factory=dict)
    systems: dict[str, System] = field(default_factory=dict)
    trackers: dict[str, Tracker] = field(default_factory=dict)
    rights: dict[str, PolicyRight] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    training: Training | None = None
    children: Children | None = None
    quarantine: Quarantine | None = None
    third_persons: ThirdPersons | None = None
    undeclared: Undeclared = field(default_factory=Undeclared)
    place: Place = field(default=NOWHERE, compare=False)

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Every entry of the policy, nested ones too, with the path to it (`purposes.newsletter.assessment`)."""
        for name in ("controller", "training", "children", "quarantine", "third_persons"):
            yield from _walk(name, getattr(self, name))
        for section in SECTIONS:
            for key, entry in getattr(self, section).items():
                yield from _walk(f"{section}.{key}", entry)


SECTIONS = (
    "entities", "clauses", "sources", "data", "channels", "notices", "touchpoints", "purposes", "prohibitions",
    "recipients", "transfers", "retention", "systems", "trackers", "rights", "measures",
)  # fmt: skip


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
    return (item.name for item in fields(value))
