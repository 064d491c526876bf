"""A law pack that has been read: rules by kind, each knowing its article, source and how sure we are of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from janji.terms.periods import Period
from janji.terms.places import NOWHERE, Place
from janji.terms.processing import LegalBasis, Right, Topic, Trait
from janji.terms.texts import Text


class Confidence(StrEnum):
    """How a fact of law is known; anything but `verified` is shown as unsure."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    GENERAL = "general"
    INFERRED = "inferred"


class Evidence(StrEnum):
    """What a legal basis must be able to show."""

    NOTICE = "notice"
    AGREEMENT = "agreement"
    OBLIGATION = "obligation"
    ASSESSMENT = "assessment"


class ClockStart(StrEnum):
    """The event from which a statutory clock runs."""

    RECORDED_REQUEST = "recorded-request"
    AWARENESS = "awareness"
    EVENT = "event"


class Moment(StrEnum):
    """When a duty to notify falls due, seen from the event it is about."""

    BEFORE = "before"
    BEFORE_AND_AFTER = "before-and-after"
    AFTER = "after"
    WITHIN_CLOCK = "within-clock"


class Manner(StrEnum):
    """Whether a ground of refusal may or must be used."""

    MAY = "may"
    MUST = "must"


class Decider(StrEnum):
    """Who may use a ground of refusal."""

    OFFICER = "officer"
    COUNSEL = "counsel"


class Combination(StrEnum):
    """Whether one trigger is enough or all must be met."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every rule of a law carries. `since` and `until` bound the days on which it is in force."""

    id: str
    title: Text
    article: str
    source: str
    confidence: Confidence
    since: date | None = None
    until: date | None = None
    note: Text | None = None
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def unsure(self) -> bool:
        """Whether the rule was not read in the law's own words and must be shown as such."""
        return self.confidence is not Confidence.VERIFIED

    def binds_from(self, day: date) -> bool:
        """Whether the rule binds on `day` or at any time after it."""
        return self.until is None or day <= self.until


RuleT = TypeVar("RuleT", bound=Rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis(Rule):
    """One legal basis that the law knows, and what it must be able to show."""

    kind: LegalBasis
    requires: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataClass(Rule):
    """A class of data in the law; `specific` data weigh more (Art 4(2); GDPR Art 9 and 10)."""

    specific: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Rule):
    """A statutory time limit: `limit` (hours are consecutive, days are calendar days) from `starts`."""

    starts: ClockStart
    limit: Period
    extension: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalRight(Rule):
    """A right, and the clock it runs on (`None` where the law gives no number).

    For an objection, `bases` are the legal bases against which the law itself grants it.
    """

    kind: Right
    clock: str | None = None
    bases: tuple[LegalBasis, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalGround(Rule):
    """A ground on which the named rights may (or must) be refused; the list is closed."""

    rights: tuple[str, ...]
    manner: Manner = Manner.MAY
    decided_by: Decider = Decider.OFFICER


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentTrigger(Rule):
    """What makes an impact assessment mandatory; machine-checkable by `trait`, or by `specific_data`."""

    trait: Trait | None = None
    specific_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung(Rule):
    """One rung of the transfer ladder: lower `rank` is tried first; `consent` rungs need the person's consent."""

    rank: int
    consent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerTrigger(Rule):
    """A reason for which a data protection officer must be appointed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDuty(Rule):
    """A duty to tell people (or the authority) something at some moment."""

    moment: Moment
    clock: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Rule):
    """A duty of the controller or processor, and whether breaking it can be fined."""

    fineable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionLaw(Rule):
    """A neighbouring law's floor or ceiling on keeping records; `in_country` when a copy must stay at home."""

    records: Text
    minimum: Period | None = None
    maximum: Period | None = None
    in_country: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRule(Rule):
    """Who is a child, and what is never done with a child's data whoever consents."""

    under: int
    never: tuple[Trait, ...] = ()
    bands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority(Rule):
    """Whom a person can complain to."""

    contact: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation(Rule):
    """The rule of this law that stands behind one topic of a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawPack:
    """A law as data. `citations` has an entry for every `Topic`.

    Within `territory` (where the law binds several countries) a disclosure to another country is no transfer.
    `time_zone` is the clock by which people there read hours; none where they have several.
    """

    id: str
    version: str
    title: Text
    jurisdiction: str
    since: date
    until: date | None = None
    status: Text | None = None
    territory: tuple[str, ...] = ()
    time_zone: str = ""
    bases: dict[str, Basis] = field(default_factory=dict)
    data_classes: dict[str, DataClass] = field(default_factory=dict)
    notice_fields: dict[str, Rule] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    rights: dict[str, LegalRight] = field(default_factory=dict)
    refusals: dict[str, RefusalGround] = field(default_factory=dict)
    assessment_triggers: dict[str, AssessmentTrigger] = field(default_factory=dict)
    rungs: dict[str, Rung] = field(default_factory=dict)
    officer_combination: Combination = Combination.ANY
    officer_triggers: dict[str, OfficerTrigger] = field(default_factory=dict)
    notices: dict[str, NoticeDuty] = field(default_factory=dict)
    duties: dict[str, Duty] = field(default_factory=dict)
    retention: dict[str, RetentionLaw] = field(default_factory=dict)
    children: dict[str, ChildRule] = field(default_factory=dict)
    authorities: dict[str, Authority] = field(default_factory=dict)
    citations: dict[str, Citation] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)

    def article(self, topic: Topic) -> str:
        """The articles behind `topic`, with the law's own name first, ready to print."""
        return self.citations[topic].article

    def child_under(self, day: date) -> int:
        """The age in years below which a person is a child from `day` on: the highest that any binding rule names."""
        return max((rule.under for rule in binding(self.children, day)), default=0)

    def never_for_children(self, day: date) -> frozenset[Trait]:
        """Traits of purposes that the law forbids for a child from `day` on, whoever consents."""
        return frozenset(trait for rule in binding(self.children, day) for trait in rule.never)

    def basis(self, kind: LegalBasis) -> Basis | None:
        """The pack's basis of this kind, or `None` where the law does not know it."""
        return next((basis for basis in self.bases.values() if basis.kind is kind), None)

    def sections(self) -> dict[str, dict[str, Rule]]:
        """Every rule by section name and id, in the order of the file format."""
        return {name: dict(getattr(self, name)) for name in SECTIONS}


def binding(rules: Mapping[str, RuleT], day: date) -> list[RuleT]:
    """The rules of a section that bind on `day` or come to bind later: all that are not over by then.

    A policy that begins on `day` is held against them from the start, so that a new rule finds it ready.
    """
    return [rule for rule in rules.values() if rule.binds_from(day)]


SECTIONS = (
    "bases", "data_classes", "notice_fields", "rights", "refusals", "clocks", "assessment_triggers", "rungs",
    "officer_triggers", "notices", "duties", "retention", "children", "authorities", "citations",
)  # fmt: skip
