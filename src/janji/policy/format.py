"""How a policy file is written: one table of shapes that the parser, the JSON Schema and the reference share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from janji.documents.shapes import (
    Count,
    Country,
    Day,
    Field,
    Flag,
    Id,
    Length,
    Line,
    ListOf,
    MapOf,
    OneOf,
    Prose,
    Record,
    Ref,
    Schema,
    Shape,
    document_schema,
)  # fmt: skip
from janji.policy import model
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

SCHEMA_ADDRESS = "urn:janji:schema:policy:1"
PART_ADDRESS = "urn:janji:schema:policy-part:1"
LAW = "law:"
"""Prefix of a reference that is resolved in the law pack and not in the policy."""


def _refs(section: str) -> ListOf:
    return ListOf(Ref(section))


_CLAUSES = Field(_refs("clauses"), "the clauses of the published text that this rests on")
_NOTE = Field(Prose(), "why it reads as it does; how an ambiguity was resolved")
_DECIDE = Field(Prose(), "what a person still has to decide; shown as a warning until it is taken out")
_TITLE = Field(Prose(), "its name for people", required=True)


def _record(record: str, make: Callable[..., Any], /, **fields: Field) -> Record:
    written = {key.replace("_", "-"): value for key, value in fields.items()}
    return Record(record, make, {**written, "clauses": _CLAUSES, "note": _NOTE, "decide": _DECIDE})


def _need(shape: Shape, about: str, attribute: str = "") -> Field:
    return Field(shape, about, required=True, attribute=attribute)


_OFFICER = _record(
    "Officer", model.Officer,
    name=Field(Line(), "name or function"),
    email=Field(Line(), "e-mail address"),
    phone=Field(Line(), "telephone number"),
)  # fmt: skip

_CONTROLLER = _record(
    "Controller", model.Controller,
    name=_need(Line(), "legal name"),
    country=_need(Country(), "home country; a disclosure elsewhere is a transfer"),
    address=Field(Line(), "postal address"),
    phone=Field(Line(), "telephone number"),
    email=Field(Line(), "e-mail address for privacy matters"),
    url=Field(Line(), "web page for privacy matters"),
    officer=Field(_OFFICER, "the data protection officer"),
)  # fmt: skip

_ENTITY = _record(
    "Entity", model.Entity,
    name=_need(Line(), "name"),
    role=_need(OneOf(Role), "the part it plays"),
    country=Field(Country(), "where it is"),
)  # fmt: skip

_CLAUSE = _record(
    "Clause", model.Clause,
    kind=_need(OneOf(ClauseKind), "what the clause is, legally"),
    says=_need(Prose(), "what it says, in your own words"),
)  # fmt: skip

_SOURCE = _record("Source", model.Source, title=_TITLE, kind=_need(OneOf(SourceKind), "how the data arrive"))

_DATA = _record(
    "DataCategory", model.DataCategory,
    title=_TITLE,
    **{"class": _need(Ref(LAW + "data_classes"), "its class in the law, such as `general`", "law_class")},
    identifier=Field(Flag(), "whether it tells persons, browsers or devices apart"),
    sources=Field(_refs("sources"), "where it comes from"),
    term=Field(Line(), "its term in the W3C Data Privacy Vocabulary"),
)  # fmt: skip

_CHANNEL = _record(
    "Channel", model.Channel, title=_TITLE, electronic=Field(Flag(), "whether it is electronic; `true` by default")
)

_NOTICE = _record(
    "Notice", model.Notice,
    title=_TITLE,
    version=_need(Count(), "its number; a changed notice gets a new one"),
    accepts=Field(ListOf(Count()), "older versions under which consent still counts"),
    fields=_need(MapOf(Prose()), "the texts that the law wants told, by the law pack's notice fields"),
)  # fmt: skip

_FIELD = _record(
    "TouchpointField", model.TouchpointField,
    data=_need(Ref("data"), "the category it holds"),
    required=Field(Flag(), "whether it must be given"),
    consequence=Field(Prose(), "what happens when it is not given"),
    choice=Field(Ref("purposes"), "for a yes or no: the purpose it consents to; it starts as no and is never kept as a value"),
    channel=Field(Ref("channels"), "for a yes or no: the one channel it is about"),
    born=Field(Flag(), "whether it is the date of birth that the age gate turns on"),
    free_text=Field(Flag(), "whether people write or upload freely in it; it is scanned"),
    expects=Field(ListOf(Line()), "what the scanner may find in it without a review, such as `email`"),
    parts=Field(ListOf(Line()), "the names of all parts of a value that has parts; others are dropped"),
    shorten=Field(Flag(), "whether an IP address loses its end before it is kept"),
)  # fmt: skip

_EVENT = _record(
    "TouchpointEvent", model.TouchpointEvent,
    fields=_need(ListOf(Id()), "the fields of the touchpoint that it may hold"),
)  # fmt: skip

_TOUCHPOINT = _record(
    "Touchpoint", model.Touchpoint,
    title=_TITLE,
    source=_need(Ref("sources"), "where the data come from"),
    purposes=_need(_refs("purposes"), "what the data are collected for"),
    fields=_need(MapOf(_FIELD), "the fields collected; anything else is dropped"),
    notice=Field(Ref("notices"), "the notice shown"),
    free_text=Field(Flag(), "whether people can write freely"),
    uploads=Field(Flag(), "whether people can upload files"),
    recording=Field(Flag(), "whether calls or chats are recorded, which needs an announced notice"),
    age_gate=Field(Flag(), "whether the age is asked and checked"),
    events=Field(MapOf(_EVENT), "the events that it reports, where it reports events; another one is dropped"),
    scopes=Field(ListOf(Line()), "all that may be asked of a social network or another service"),
)  # fmt: skip

_ASSESSMENT = _record(
    "Assessment", model.Assessment,
    purpose=_need(Prose(), "the interest pursued"),
    need=_need(Prose(), "why nothing milder serves it"),
    balance=_need(Prose(), "why it does not override the person's interests"),
    approved=Field(Day(), "the day a person approved it"),
    approved_by=Field(Line(), "the function that approved it"),
    provisional=Field(Day(), "until when it may be relied on without approval"),
)  # fmt: skip

_IMPACT = _record(
    "Impact", model.Impact,
    reference=_need(Line(), "where the assessment is filed"),
    done=Field(Day(), "the day it was finished"),
    provisional=Field(Day(), "the day by which it is to be finished"),
)  # fmt: skip

_AUTOMATED = _record(
    "AutomatedDecision", model.AutomatedDecision,
    logic=_need(Prose(), "how it decides"),
    effect=_need(Prose(), "what it means for the person"),
    review=_need(Prose(), "how a human reviews it"),
)  # fmt: skip

_PURPOSE = _record(
    "Purpose", model.Purpose,
    title=_TITLE,
    basis=_need(OneOf(LegalBasis), "its one legal basis"),
    data=_need(_refs("data"), "the categories it needs, and no more"),
    operations=Field(ListOf(OneOf(Operation)), "what may be done; collect, use and retain by default"),
    channels=Field(_refs("channels"), "the channels it speaks through"),
    traits=Field(ListOf(OneOf(Trait)), "what makes it riskier"),
    signals=Field(ListOf(OneOf(Signal)), "signals of a browser that count as an objection to it"),
    notice=Field(Ref("notices"), "the notice that consent is given under"),
    agreements=Field(ListOf(Id()), "for a contract: the kinds of agreement, any one of which must be on record"),
    obligation=Field(Prose(), "for a legal obligation: the law and article"),
    assessment=Field(_ASSESSMENT, "for a legitimate interest: the weighing"),
    impact=Field(_IMPACT, "the impact assessment, where the law wants one"),
    automated=Field(_AUTOMATED, "for decisions taken solely by a machine"),
    during_restriction=Field(Flag(), "whether it goes on while processing is restricted or delayed"),
    child=Field(OneOf(model.ChildAccess), "what it may do for a child; `guardian` by default"),
    owner=Field(Line(), "the department or function that answers for it"),
    term=Field(Line(), "its term in the W3C Data Privacy Vocabulary"),
)  # fmt: skip

_PROHIBITION = _record(
    "Prohibition", model.Prohibition,
    title=_TITLE,
    purposes=Field(_refs("purposes"), "for these purposes"),
    traits=Field(ListOf(OneOf(Trait)), "for purposes with any of these traits"),
    data=Field(_refs("data"), "with any of these categories"),
    operations=Field(ListOf(OneOf(Operation)), "these operations"),
    recipients=Field(_refs("recipients"), "to these recipients"),
    countries=Field(ListOf(Country()), "in these countries"),
    channels=Field(_refs("channels"), "through these channels"),
)  # fmt: skip

_AGREEMENT = _record(
    "Agreement", model.Agreement,
    reference=Field(Line(), "where the signed agreement is filed"),
    provisional=Field(Day(), "until when disclosures go on without it"),
)  # fmt: skip

_RECIPIENT = _record(
    "Recipient", model.Recipient,
    title=_TITLE,
    **{"class": _need(OneOf(RecipientClass), "the kind of party", "kind")},
    role=_need(OneOf(Role), "the part it plays"),
    country=_need(Country(), "where it receives the data"),
    purposes=_need(_refs("purposes"), "the purposes it may receive data for"),
    data=Field(_refs("data"), "the only categories it may receive; all of the purpose's when left out"),
    agreement=Field(_AGREEMENT, "the contract with it"),
)  # fmt: skip

_TRANSFER = _record(
    "Transfer", model.Transfer,
    recipients=_need(_refs("recipients"), "who receives"),
    countries=_need(ListOf(Country()), "in which countries"),
    purposes=Field(_refs("purposes"), "for which purposes; all of the recipient's when left out"),
    rung=Field(Ref(LAW + "rungs"), "the rung of the law's transfer ladder"),
    evidence=Field(Line(), "where the evidence for the rung is filed"),
    proven=Field(Day(), "the day the evidence was accepted"),
    provisional=Field(Day(), "until when the transfer goes on without accepted evidence"),
    unmet=Field(_refs(LAW + "rungs"), "for a consent rung: the higher rungs recorded as unmet"),
)  # fmt: skip

_RETENTION = _record(
    "RetentionRule", model.RetentionRule,
    title=_TITLE,
    period=_need(Length(), "how long"),
    trigger=_need(Id(), "the event it is counted from"),
    then=_need(OneOf(Disposal), "what happens at the end"),
    data=Field(_refs("data"), "the categories it is about; all when left out"),
    purposes=Field(_refs("purposes"), "the purposes it is about; all when left out"),
    law=Field(_refs(LAW + "retention"), "the neighbouring laws that ask for it"),
)  # fmt: skip

_SYSTEM = _record(
    "System", model.System,
    title=_TITLE,
    owner=Field(Line(), "the department or function that answers for it"),
    country=Field(Country(), "where it keeps the data"),
    purposes=Field(_refs("purposes"), "the purposes it serves"),
    data=Field(_refs("data"), "the categories it holds"),
)  # fmt: skip

_TRACKER = _record(
    "Tracker", model.Tracker,
    title=_TITLE,
    kind=_need(OneOf(model.TrackerKind), "its technical kind"),
    party=_need(OneOf(model.Party), "whose it is"),
    purpose=_need(Ref("purposes"), "what it is for"),
    lifetime=Field(Length(), "how long it stays"),
    essential=Field(Flag(), "whether the service cannot work without it"),
)  # fmt: skip

_RIGHT = _record(
    "PolicyRight", model.PolicyRight,
    title=_TITLE,
    right=Field(Ref(LAW + "rights"), "the right of the law pack it grants; left out when the law has none"),
    within=Field(Length(), "the period promised; the law's clock wins when it is shorter"),
    approvals=Field(Count(), "how many officers approve"),
    deputies=Field(ListOf(Line()), "who approves when officers are away"),
    bases=Field(ListOf(OneOf(LegalBasis)), "for an objection: the legal bases on which it is honoured"),
)  # fmt: skip

_MEASURE = _record(
    "Measure", model.Measure,
    title=_TITLE,
    standard=Field(Line(), "the named standard it follows"),
    evidence=Field(Line(), "where the evidence is filed"),
    reviewed=Field(Day(), "the day it was last reviewed"),
)  # fmt: skip

_TRAINING = _record(
    "Training", model.Training,
    required=_need(Flag(), "whether an agent without valid training is denied"),
    every=Field(Length(), "how often it is renewed"),
    covers=Field(ListOf(Line()), "who must hold it"),
)  # fmt: skip

_CHILDREN = _record(
    "Children", model.Children,
    under=_need(Count(), "a person below this age in years is a child"),
    never=Field(ListOf(OneOf(Trait)), "traits of purposes never applied to a child"),
)  # fmt: skip

_UNDECLARED = Record(
    "Undeclared", model.Undeclared,
    {name: Field(_refs("clauses"), "clauses to cite when what is asked was never declared")
     for name in ("purpose", "data", "operation", "recipient", "country", "channel", "touchpoint")},
)  # fmt: skip

POLICY = Record(
    "Policy",
    model.Policy,
    {
        "policy": _need(Id(), "the name of this policy", "id"),
        "version": _need(Line(), "the version of this policy"),
        "title": _TITLE,
        "law": _need(Id(), "the law pack it stands under, such as `id-pdp`"),
        "effective": _need(Day(), "the first day it binds"),
        "languages": Field(ListOf(Line()), "the languages it is published in"),
        "include": Field(ListOf(Line()), "further files of this policy, relative to this one", attribute="_include"),
        "controller": _need(_CONTROLLER, "who answers for the processing"),
        "entities": Field(MapOf(_ENTITY), "group entities and joint controllers"),
        "clauses": Field(MapOf(_CLAUSE), "the clauses of the published text"),
        "sources": Field(MapOf(_SOURCE), "where data come from"),
        "data": Field(MapOf(_DATA), "categories of personal data"),
        "channels": Field(MapOf(_CHANNEL), "ways of reaching a person"),
        "notices": Field(MapOf(_NOTICE), "what people are told before consenting"),
        "touchpoints": Field(MapOf(_TOUCHPOINT), "where data are collected"),
        "purposes": Field(MapOf(_PURPOSE), "why data are processed"),
        "prohibitions": Field(MapOf(_PROHIBITION), "what is never done"),
        "recipients": Field(MapOf(_RECIPIENT), "who may receive data"),
        "transfers": Field(MapOf(_TRANSFER), "ways out of the country"),
        "retention": Field(MapOf(_RETENTION), "the retention schedule"),
        "systems": Field(MapOf(_SYSTEM), "systems that hold or use personal data"),
        "trackers": Field(MapOf(_TRACKER), "trackers on sites and in products"),
        "rights": Field(MapOf(_RIGHT), "rights as the policy grants them"),
        "measures": Field(MapOf(_MEASURE), "measures of protection"),
        "training": Field(_TRAINING, "training of those who touch data"),
        "children": Field(_CHILDREN, "who is a child"),
        "quarantine": Field(_record("Quarantine", model.Quarantine), "data of a child that cannot be deleted yet"),
        "third-persons": Field(
            _record("ThirdPersons", model.ThirdPersons),
            "persons whose data somebody else gave",
            attribute="third_persons",
        ),
        "undeclared": Field(_UNDECLARED, "clauses to cite for what was never declared"),
    },
)


def policy_schema(part: bool = False) -> Schema:
    """The JSON Schema (2020-12) of a policy's first file, or with `part` of a file that it includes.

    Published under `schema/policy.json` and `schema/policy-part.json`.
    """
    if part:
        return document_schema(POLICY, "A further file of a privacy policy for Janji", PART_ADDRESS, part=True)
    return document_schema(POLICY, "A privacy policy for Janji", SCHEMA_ADDRESS)
