"""What is known of a person, by name: written in a facts file, checked against the policy, packed into bits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from janji.decision import layout as keys
from janji.decision.layout import Layout
from janji.decision.question import Facts
from janji.documents.shapes import (
    Count,
    Country,
    Day,
    Field,
    Flag,
    Id,
    Line,
    ListOf,
    OneOf,
    Reader,
    Record,
    Ref,
    nearest,
)  # fmt: skip
from janji.documents.tree import Mapping, read_tree
from janji.errors import Diagnostic
from janji.policy.model import Policy
from janji.terms.messages import N_, say
from janji.terms.places import NOWHERE, Place


class ConsentState(StrEnum):
    """Whether a choice is a yes or the taking back of one."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class KnownAge(StrEnum):
    """What was attested of an age where no date of birth is known."""

    ADULT = "adult"
    CHILD = "child"


OTHER_NOTICE = 0
"""The version of a notice that the layout had no entry for when the choice was made; no policy accepts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice of a person: for a purpose, through a channel, under a version of the notice.

    Without a channel, a withdrawal is about all that the purpose has. What a history adds up to names each channel that
    there was by itself, and the channel `-` for the entry of the purpose as a whole: later channels are another matter.
    """

    purpose: str
    channel: str | None = None
    version: int = 1
    state: ConsentState = ConsentState.GIVEN
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferConsent:
    """Consent to a transfer to a recipient in a country."""

    recipient: str
    country: str
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """The legal instrument behind a disclosure to an authority, and whether counsel approved it."""

    reference: str
    approved: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a person's history adds up to at one instant, and what is known of the request. No names, no addresses.

    `authorisations` are recipients, or `recipient/data` where the person authorised one category only.
    """

    born: date | None = None
    age: KnownAge | None = None
    guardian: bool = False
    third_person: bool = False
    quarantined: bool = False
    restricted: bool = False
    restricted_purposes: tuple[str, ...] = ()
    delayed: bool = False
    delayed_purposes: tuple[str, ...] = ()
    consents: tuple[Choice, ...] = ()
    agreements: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    automated_objections: tuple[str, ...] = ()
    authorisations: tuple[str, ...] = ()
    transfer_consents: tuple[TransferConsent, ...] = ()
    ended: tuple[str, ...] = ()
    trained_until: date | None = None
    instrument: Instrument | None = None
    place: Place = field(default=NOWHERE, compare=False)


_PURPOSES = ListOf(Ref("purposes"))

STANDING = Record(
    "Facts",
    Standing,
    {
        "born": Field(Day(), "date of birth"),
        "age": Field(OneOf(KnownAge), "what was attested where no date of birth is known"),
        "guardian": Field(Flag(), "whether a guardian's consent is verified"),
        "third-person": Field(Flag(), "whether somebody else gave the data and nobody verified it"),
        "quarantined": Field(Flag(), "whether the data are in quarantine"),
        "restricted": Field(Flag(), "whether all processing is restricted"),
        "restricted-purposes": Field(_PURPOSES, "purposes for which processing is restricted"),
        "delayed": Field(Flag(), "whether all processing is delayed"),
        "delayed-purposes": Field(_PURPOSES, "purposes for which processing is delayed"),
        "consents": Field(
            ListOf(Record("Choice", Choice, {
                "purpose": Field(Ref("purposes"), "the purpose", required=True),
                "channel": Field(Ref("channels"), "the channel, where the purpose has channels"),
                "version": Field(Count(), "the version of the notice; 1 by default"),
                "state": Field(OneOf(ConsentState), "`given` by default"),
            })), "choices; a withdrawal wins over a consent to the same"),
        "agreements": Field(ListOf(Id()), "kinds of agreement on record"),
        "objections": Field(_PURPOSES, "purposes objected to"),
        "automated-objections": Field(_PURPOSES, "purposes in which a machine alone must not decide"),
        "authorisations": Field(ListOf(Ref("recipients")), "recipients authorised by the person"),
        "transfer-consents": Field(
            ListOf(Record("TransferConsent", TransferConsent, {
                "recipient": Field(Ref("recipients"), "the recipient", required=True),
                "country": Field(Country(), "the country", required=True),
            })), "consents to transfers"),
        "ended": Field(ListOf(Ref("retention")), "retention rules whose period is over for the person"),
        "trained-until": Field(Day(), "last day of the agent's training"),
        "instrument": Field(
            Record("Instrument", Instrument, {
                "reference": Field(Line(), "who asks, under which law, where it is filed", required=True),
                "approved": Field(Flag(), "whether counsel approved it"),
            }), "the legal instrument behind a disclosure to an authority"),
    },
)  # fmt: skip


def read_standing(name: str, data: bytes, policy: Policy) -> tuple[Standing | None, tuple[Diagnostic, ...]]:
    """The facts written in `data` (YAML or JSON), the file called `name`, and what is wrong with them.

    `None` on any mistake: facts understood in part would be other facts.
    """
    tree = read_tree(name, data)
    if tree.root is None and tree.diagnostics:
        return None, tree.diagnostics
    reader = Reader()
    standing = STANDING.read(tree.root or Mapping([], Place(name)), reader)
    for reference in reader.references:
        known = getattr(policy, reference.section)
        if reference.word not in known:
            reader.error(
                "unknown-name",
                say(N_("`{word}` is not defined under `{section}`"), word=reference.word, section=reference.section),
                reference.word.place,
                nearest(reference.word, known),
            )
    return (standing if not reader.diagnostics else None), tuple(reader.diagnostics)


def pack(standing: Standing, layout: Layout) -> Facts:
    """The standing as bits of `layout`. What the layout has no entry for cannot matter and is left out.

    A withdrawal clears the consents it is about, whatever their order; one that names no channel of the purpose is about
    all of them.
    """
    instrument = standing.instrument
    return Facts(
        bits=layout.mask(_entries(standing, layout)),
        born=_number(standing.born),
        trained_until=_number(standing.trained_until),
        instrument=instrument.reference if instrument else None,
        instrument_approved=instrument.approved if instrument else False,
    )


def _number(day: date | None) -> int:
    return 0 if day is None else day.year * 10000 + day.month * 100 + day.day


def _entries(standing: Standing, layout: Layout) -> Iterator[str]:
    flags = (
        (standing.guardian, keys.GUARDIAN), (standing.third_person, keys.THIRD_PERSON),
        (standing.quarantined, keys.QUARANTINED), (standing.restricted, keys.RESTRICTED),
        (standing.delayed, keys.DELAYED), (standing.age is KnownAge.ADULT, keys.ADULT),
        (standing.age is KnownAge.CHILD, keys.CHILD),
    )  # fmt: skip
    yield from (key for flag, key in flags if flag)
    yield from map(keys.restricted_key, standing.restricted_purposes)
    yield from map(keys.delayed_key, standing.delayed_purposes)
    yield from _choices(standing, layout)
    yield from map(keys.agreement_key, standing.agreements)
    yield from map(keys.objection_key, standing.objections)
    yield from map(keys.automated_objection_key, standing.automated_objections)
    yield from map(keys.authorised_key, standing.authorisations)
    yield from (keys.transfer_key(item.recipient, item.country) for item in standing.transfer_consents)
    yield from map(keys.ended_key, standing.ended)


def _choices(standing: Standing, layout: Layout) -> Iterator[str]:
    withdrawn = {
        key
        for choice in standing.consents
        if choice.state is ConsentState.WITHDRAWN
        for key in keys.withdrawn_keys(layout, choice.purpose, choice.channel)
    }
    yield from withdrawn
    for choice in standing.consents:
        if choice.state is ConsentState.WITHDRAWN or keys.withdrawn_key(choice.purpose, choice.channel) in withdrawn:
            continue
        key = keys.consent_key(choice.purpose, choice.channel, choice.version)
        yield key if key in layout else keys.consent_key(choice.purpose, choice.channel, keys.OTHER_VERSION)
