"""How the vocabulary of texts is written, and the reading of it: YAML files to terms whose phrases are ready to be found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from janji.documents.shapes import Field, Flag, Id, Line, ListOf, MapOf, OneOf, Prose, Reader, Record
from janji.errors import Diagnostic
from janji.policy.model import Party, TrackerKind
from janji.prose.phrases import Phrasebook
from janji.prose.written import read_written, written_phrase
from janji.terms.places import NOWHERE, Place
from janji.terms.processing import LegalBasis, RecipientClass, Role, SourceKind, Trait
from janji.terms.texts import Text

NOTHING = "nothing"
"""The entry of a section whose phrases look like a term and are none."""

TERMS = (
    "data", "purposes", "recipients", "sources", "touchpoints", "channels", "trackers", "rights", "measures", "countries",
    "bases", "claims", "transfers", "actors", "mechanisms", "conditions", "deadlines",
)  # fmt: skip
"""The sections that hold terms, in the order in which they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Something that a text can speak of: what it is called, the phrases that name it, and what the model knows of it.

    `classes` names the class of a category of data by law pack. `open` says that the words name nothing in particular.
    """

    id: str = ""
    title: Text = field(default_factory=Text)
    find: tuple[str, ...] = ()
    open: bool = False
    classes: dict[str, str] = field(default_factory=dict)
    term: str = ""
    identifier: bool = False
    traits: tuple[Trait, ...] = ()
    kind: str = ""
    role: Role | None = None
    party: Party | None = None
    electronic: bool = True
    source: SourceKind | None = None
    right: str = ""
    basis: LegalBasis | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Where the terms of a section count: in clauses about some topics, or in sentences with some signals.

    With `unknown` they also count where the headings say nothing that is known.
    """

    id: str = ""
    unknown: bool = False
    topics: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a clause can be about: the phrases of a heading, and of a clause itself, that show it."""

    id: str = ""
    heading: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """Words before or after the name of a company, never in one, in an address, and before a telephone number."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file of the vocabulary as it stands."""

    law: str = ""
    gates: dict[str, Gate] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    signals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    events: dict[str, tuple[str, ...]] = field(default_factory=dict)
    forms: Forms | None = None
    terms: dict[str, dict[str, Term]] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Vocabulary:
    """All that texts are read by, and one phrase book over it; `law` is the law pack meant by default.

    The keys of the phrase book are `section/term`, `signal/name`, `kind/name`, `event/name`, `topic/heading/name` and
    `topic/clause/name`.
    """

    law: str
    terms: dict[str, dict[str, Term]]
    gates: dict[str, Gate]
    topics: dict[str, Topic]
    events: tuple[str, ...]
    forms: Forms
    phrases: Phrasebook = field(repr=False, compare=False)


_PHRASES = ListOf(Line())
_FIND = Field(_PHRASES, "phrases of which one names it", required=True)
_TITLE = Field(Prose(), "its name for people; only the entry `nothing` has none")
_OPEN = Field(Flag(), "whether the words name nothing in particular")


def _term(name: str, **fields: Field) -> MapOf:
    return MapOf(Record(name, Term, {"title": _TITLE, "find": _FIND, "open": _OPEN, **fields}))


_DPV = Field(Line(), "its term in the W3C Data Privacy Vocabulary")
_SHAPES: Mapping[str, MapOf] = {
    "data": _term("DataTerm", **{
        "class": Field(MapOf(Id()), "its class by law pack; `general` where none is named", attribute="classes"),
        "term": _DPV, "identifier": Field(Flag(), "whether it tells persons, browsers or devices apart"),
    }),
    "purposes": _term("PurposeTerm", term=_DPV, traits=Field(ListOf(OneOf(Trait)), "what makes it riskier")),
    "recipients": _term("RecipientTerm", **{
        "class": Field(OneOf(RecipientClass), "the class of recipient", attribute="kind"),
        "role": Field(OneOf(Role), "the part it plays"),
    }),
    "sources": _term("SourceTerm", kind=Field(OneOf(SourceKind), "how the data arrive")),
    "touchpoints": _term("TouchpointTerm", source=Field(OneOf(SourceKind), "how the data arrive there")),
    "channels": _term("ChannelTerm", electronic=Field(Flag(), "whether it is electronic")),
    "trackers": _term("TrackerTerm", kind=Field(OneOf(TrackerKind), "its technical kind"),
                      party=Field(OneOf(Party), "whose it is")),
    "rights": _term("RightTerm", right=Field(Id(), "the right of the law pack that it is")),
    "bases": _term("BasisTerm", basis=Field(OneOf(LegalBasis), "the legal basis")),
    **{name: _term("PlainTerm") for name in (
        "measures", "countries", "claims", "transfers", "actors", "mechanisms", "conditions", "deadlines")},
}  # fmt: skip

_IDS = ListOf(Id())
_GATE = Record("VocabularyGate", Gate, {
    "unknown": Field(Flag(), "also under headings that say nothing known"),
    "topics": Field(_IDS, "in clauses about these"), "signals": Field(_IDS, "in sentences with these"),
    "never": Field(_IDS, "never under a heading about these"),
    "denied": Field(_IDS, "never in a sentence with these, unless it also has `except`"),
})  # fmt: skip
_TOPIC = Record("VocabularyTopic", Topic, {
    "heading": Field(_PHRASES, "phrases in a heading"), "clause": Field(_PHRASES, "phrases in a clause"),
})  # fmt: skip
_FORMS = Record("VocabularyForms", Forms, {
    "before": Field(_PHRASES, "before a company's name"), "after": Field(_PHRASES, "after it"),
    "never": Field(_PHRASES, "words that begin no part of a name"),
    "address": Field(_PHRASES, "in an address"), "phone": Field(_PHRASES, "before a telephone number"),
})  # fmt: skip


def _written(**values: object) -> Written:
    terms = {name: values.pop(name) for name in TERMS if name in values}
    return Written(terms=terms, **values)  # type: ignore[arg-type]


VOCABULARY = Record("Vocabulary", _written, {
    "law": Field(Id(), "the law pack that is meant when none is named"),
    "gates": Field(MapOf(_GATE), "where the terms of a section count"),
    "topics": Field(MapOf(_TOPIC), "what clauses are about"),
    "signals": Field(MapOf(_PHRASES), "small phrases that show what a sentence does"),
    "kinds": Field(MapOf(_PHRASES), "phrases that tell what a clause is, legally"),
    "events": Field(MapOf(_PHRASES), "events that a period is counted from"),
    "forms": Field(_FORMS, "words around names and addresses"),
    **{name: Field(shape, "terms") for name, shape in _SHAPES.items()},
})  # fmt: skip


def read_vocabulary(files: Iterable[tuple[str, bytes]]) -> tuple[Vocabulary | None, tuple[Diagnostic, ...]]:
    """The vocabulary written in `files` (name and bytes each), or `None` and what is wrong with them."""
    reader = Reader()
    found: list[Written] = read_written(files, VOCABULARY, reader)
    phrases = [
        (key, phrase)
        for written in found
        for key, lines in _lines(written)
        for line in lines
        if (phrase := written_phrase(line, reader, written.place))
    ]
    if reader.diagnostics:
        return None, tuple(reader.diagnostics)
    terms: dict[str, dict[str, Term]] = {name: {} for name in TERMS}
    for written in found:
        for section, held in written.terms.items():
            terms[section] |= held
    return Vocabulary(
        law=next((written.law for written in found if written.law), ""),
        terms=terms,
        gates={name: gate for written in found for name, gate in written.gates.items()},
        topics={name: topic for written in found for name, topic in written.topics.items()},
        events=tuple(name for written in found for name in written.events),
        forms=next((written.forms for written in found if written.forms), Forms()),
        phrases=Phrasebook(phrases),
    ), ()


def _lines(written: Written) -> Iterator[tuple[str, tuple[str, ...]]]:
    for section, terms in written.terms.items():
        for name, term in terms.items():
            yield f"{section}/{name}", term.find
    for name, lines in written.signals.items():
        yield f"signal/{name}", lines
    for name, lines in written.kinds.items():
        yield f"kind/{name}", lines
    for name, lines in written.events.items():
        yield f"event/{name}", lines
    for name, topic in written.topics.items():
        yield f"topic/heading/{name}", topic.heading
        yield f"topic/clause/{name}", topic.clause
