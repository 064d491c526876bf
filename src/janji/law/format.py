"""How a law pack is written, and the reading of one: YAML text to `LawPack` and diagnostics."""

from __future__ import annotations

from janji.documents.shapes import (
    Count,
    Country,
    Day,
    Field,
    Flag,
    Length,
    Line,
    ListOf,
    MapOf,
    OneOf,
    Prose,
    Reader,
    Record,
    Ref,
    Shape,
    nearest,
)  # fmt: skip
from janji.documents.tree import read_tree
from janji.errors import Diagnostic
from janji.law import model
from janji.terms.messages import N_, say
from janji.terms.places import Place
from janji.terms.processing import LegalBasis, Right, Topic, Trait

_CITED = {
    "title": Field(Prose(), "what the rule says, in our own words", required=True),
    "article": Field(Line(), "the article, with the short name of the law", required=True),
    "source": Field(Line(), "where it was read", required=True),
    "confidence": Field(OneOf(model.Confidence), "how it is known", required=True),
    "since": Field(Day(), "first day in force, when it differs from the pack"),
    "until": Field(Day(), "last day in force"),
    "note": Field(Prose(), "what a reader must know about it"),
}


def _rules(name: str, make: type[model.Rule], **fields: Field) -> MapOf:
    return MapOf(Record(name, make, {**_CITED, **{key.replace("_", "-"): value for key, value in fields.items()}}))


def _section(shape: Shape, about: str, attribute: str = "") -> Field:
    return Field(shape, about, attribute=attribute)


LAW_PACK = Record(
    "LawPack",
    model.LawPack,
    {
        "law": Field(Line(), "the name by which policies refer to this pack", required=True, attribute="id"),
        "version": Field(Line(), "the version of this pack", required=True),
        "title": Field(Prose(), "the law's name", required=True),
        "jurisdiction": Field(Country(), "the country, or `EU`", required=True),
        "since": Field(Day(), "first day in force", required=True),
        "until": Field(Day(), "last day in force"),
        "status": Field(Prose(), "what is still open about the law"),
        "time-zone": Field(Line(), "the clock by which people are told hours, where the law's country has one that is usual, as `Europe/Vienna`"),
        "territory": Field(ListOf(Country()), "the countries between which a disclosure is no transfer"),
        "bases": _section(
            _rules(
                "Basis", model.Basis,
                kind=Field(OneOf(LegalBasis), "which of the six kinds", required=True),
                requires=Field(ListOf(OneOf(model.Evidence)), "what the basis must be able to show"),
            ), "legal bases",
        ),
        "data-classes": _section(
            _rules("DataClass", model.DataClass, specific=Field(Flag(), "whether it is specific (special) data")),
            "classes of data",
        ),
        "notice-fields": _section(_rules("NoticeField", model.Rule), "what a person must be told before consenting"),
        "clocks": _section(
            _rules(
                "Clock", model.Clock,
                starts=Field(OneOf(model.ClockStart), "the event from which it runs", required=True),
                limit=Field(Length(), "how long; hours are consecutive hours", required=True),
                extension=Field(Length(), "by how much the law lets it grow"),
            ), "time limits",
        ),
        "rights": _section(
            _rules(
                "LegalRight", model.LegalRight,
                kind=Field(OneOf(Right), "what is asked for", required=True),
                clock=Field(Ref("clocks"), "the time limit; absent where the law gives no number"),
                bases=Field(ListOf(OneOf(LegalBasis)), "for an objection: the legal bases it can be raised against"),
            ), "rights of the person",
        ),
        "refusals": _section(
            _rules(
                "RefusalGround", model.RefusalGround,
                rights=Field(ListOf(Ref("rights")), "the rights it can refuse", required=True),
                manner=Field(OneOf(model.Manner), "whether it may or must be used"),
                decided_by=Field(OneOf(model.Decider), "who decides"),
            ), "grounds of refusal, a closed list",
        ),
        "assessment-triggers": _section(
            _rules(
                "AssessmentTrigger", model.AssessmentTrigger,
                trait=Field(OneOf(Trait), "the trait of a purpose that triggers it"),
                specific_data=Field(Flag(), "whether specific data trigger it"),
            ), "what makes an impact assessment mandatory",
        ),
        "rungs": _section(
            _rules(
                "Rung", model.Rung,
                rank=Field(Count(), "the order in which rungs are tried, from 1", required=True),
                consent=Field(Flag(), "whether this rung is the person's consent"),
            ), "the transfer ladder",
        ),
        "officer-combination": _section(OneOf(model.Combination), "whether one officer trigger is enough"),
        "officer-triggers": _section(
            _rules("OfficerTrigger", model.OfficerTrigger), "when a data protection officer is mandatory"
        ),
        "notices": _section(
            _rules(
                "NoticeDuty", model.NoticeDuty,
                moment=Field(OneOf(model.Moment), "when it falls due", required=True),
                clock=Field(Ref("clocks"), "the time limit, where there is one"),
            ), "duties to notify",
        ),
        "duties": _section(
            _rules("Duty", model.Duty, fineable=Field(Flag(), "whether breaking it can be fined")), "duties"
        ),
        "retention": _section(
            _rules(
                "RetentionLaw", model.RetentionLaw,
                records=Field(Prose(), "the records it is about", required=True),
                minimum=Field(Length(), "how long they must be kept"),
                maximum=Field(Length(), "how long they may be kept"),
                in_country=Field(Flag(), "whether a copy must stay in the country"),
            ), "neighbouring retention rules",
        ),
        "children": _section(
            _rules(
                "ChildRule", model.ChildRule,
                under=Field(Count(), "a person below this age in years is a child", required=True),
                never=Field(ListOf(OneOf(Trait)), "traits of purposes forbidden for a child"),
                bands=Field(ListOf(Line()), "age bands"),
            ), "rules about children",
        ),
        "authorities": _section(
            _rules("Authority", model.Authority, contact=Field(Prose(), "how to reach it")), "whom to complain to"
        ),
        "citations": _section(_rules("Citation", model.Citation), "the rule behind each topic of a decision"),
    },
)  # fmt: skip


def read_law(name: str, data: bytes) -> tuple[model.LawPack | None, tuple[Diagnostic, ...]]:
    """The law pack written in `data`, the file called `name`, and what is wrong with it.

    The pack is `None` when there is any error: a law read in part would permit what the law forbids.
    """
    tree = read_tree(name, data)
    reader = Reader()
    if tree.root is None:
        if not tree.diagnostics:
            reader.error(
                "empty-file", say(N_("there is nothing in this file")), Place(name), say(N_("begin with `law: my-law`"))
            )
        return None, (*tree.diagnostics, *reader.diagnostics)
    pack = LAW_PACK.read(tree.root, reader)
    if pack is not None:
        _check(pack, reader)
    return (pack if not reader.diagnostics else None), tuple(reader.diagnostics)


def _check(pack: model.LawPack, reader: Reader) -> None:
    for reference in reader.references:
        known = getattr(pack, reference.section)
        if reference.word not in known:
            reader.error(
                "unknown-name",
                say(N_("`{word}` is not defined under `{section}`"), word=reference.word, section=reference.section),
                reference.word.place,
                nearest(reference.word, known),
            )
    for topic in Topic:
        if topic not in pack.citations:
            reader.error(
                "missing-citation",
                say(N_("no rule is cited for `{topic}`"), topic=topic),
                pack.place,
                say(N_("add `{topic}` under `citations` with its article"), topic=topic),
            )
    for word in pack.citations:
        if word not in list(Topic):
            reader.error(
                "unknown-word",
                say(N_("`{word}` is not one of the words for this"), word=word),
                pack.citations[word].place,
                nearest(word, list(Topic)),
            )
