"""How rules are written, and the reading of them: YAML files to a rule book whose phrases are ready to be looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from janji.documents.shapes import Count, Field, Flag, Id, Line, ListOf, MapOf, OneOf, Prose, Reader, Record
from janji.errors import Diagnostic
from janji.linter.findings import Likelihood, Once, Part, Rule
from janji.prose.phrases import Phrase, Phrasebook
from janji.prose.written import read_written, written_phrase
from janji.terms.places import NOWHERE, Place
from janji.terms.processing import Severity

SLOTS = ("find", "always", "beside", "unless", "clause_has", "clause_lacks", "text_has", "text_lacks")
"""The attributes of a rule that hold phrases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a clause can be about: the phrases of a heading, and of a clause itself, that show it.

    `signs` are phrases of which none shows it alone, but several together do.
    """

    id: str
    heading: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file of the rule book as it stands."""

    law: str = ""
    dictionary: dict[str, tuple[str, ...]] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class RuleBook:
    """Every rule by its id, the topics, and one phrase book over all of them; `law` is the law pack meant by default.

    The keys of the phrase book are `rule/slot`, `rule/parts/part`, `rule/beside/part`, `topic/heading`, `topic/clause`
    and `topic/signs/n`.
    """

    law: str
    rules: dict[str, Rule]
    topics: dict[str, Topic]
    phrases: Phrasebook = field(repr=False, compare=False)


_PHRASES = ListOf(Line())


def _phrases(about: str, attribute: str = "") -> Field:
    return Field(_PHRASES, about, attribute=attribute)


_PART = Record("Part", Part, {
    "title": Field(Prose(), "what it is called in a finding", required=True),
    "find": Field(_PHRASES, "phrases of which one says it", required=True),
    "beside": _phrases("phrases of which one must stand in the same clause"),
    "unless": _phrases("phrases of which none may stand in the same sentence"),
    "topics": Field(ListOf(Id()), "only in clauses about these"),
})  # fmt: skip

_RULE = Record("LintRule", Rule, {
    "severity": Field(OneOf(Severity), "how much a finding weighs", required=True),
    "title": Field(Prose(), "what is wrong, in one sentence", required=True),
    "help": Field(Prose(), "what to do about it", required=True),
    "suggestion": Field(Prose(), "a wording to start from"),
    "law": Field(MapOf(Line()), "the article, by law pack", required=True, attribute="articles"),
    "likelihood": Field(OneOf(Likelihood), "how often a finding is right"),
    "rank": Field(Count(), "what to fix first: lower comes earlier"),
    "find": _phrases("what is looked for"),
    "always": _phrases("what is looked for whatever else the text says"),
    "beside": _phrases("what must stand in the same sentence"),
    "unless": _phrases("what must not stand in the same sentence"),
    "clause-has": _phrases("what must stand in the same clause", "clause_has"),
    "clause-lacks": _phrases("what must not stand in the same clause", "clause_lacks"),
    "text-has": _phrases("what must stand somewhere in the text", "text_has"),
    "text-lacks": _phrases("what must not stand anywhere in the text", "text_lacks"),
    "topics": Field(ListOf(Id()), "only in clauses about these"),
    "not-topics": Field(ListOf(Id()), "never in clauses about these", attribute="not_topics"),
    "once": Field(OneOf(Once), "how often it speaks"),
    "parts": Field(MapOf(_PART), "what the text must say"),
    "near": Field(ListOf(Id()), "where it speaks when something is missing: the first clause about one of these"),
    "in-excerpts": Field(Flag(), "speaks of something missing in an excerpt too, where `find` is met", attribute="in_excerpts"),
    "when": Field(ListOf(Id()), "something is missing only when the text is about one of these"),
    "check": Field(Id(), "the function that works it out"),
})  # fmt: skip

_TOPIC = Record("LintTopic", Topic, {
    "heading": _phrases("phrases in a heading"), "clause": _phrases("phrases in a clause"),
    "signs": _phrases("phrases that show it where several stand together"),
})  # fmt: skip

RULES = Record("LintRules", Written, {
    "law": Field(Id(), "the law pack that is meant when none is named"),
    "dictionary": Field(MapOf(_PHRASES), "phrases that others refer to as `<name>`"),
    "topics": Field(MapOf(_TOPIC), "what clauses are about"),
    "rules": Field(MapOf(_RULE), "the rules, by id"),
})  # fmt: skip


def read_rules(files: Iterable[tuple[str, bytes]]) -> tuple[RuleBook | None, tuple[Diagnostic, ...]]:
    """The rule book written in `files` (name and bytes each), or `None` and what is wrong with them."""
    reader = Reader()
    found: list[Written] = read_written(files, RULES, reader)
    law = next((written.law for written in found if written.law), "")
    rules = {id: rule for written in found for id, rule in written.rules.items()}
    topics = {id: topic for written in found for id, topic in written.topics.items()}
    dictionary: dict[str, tuple[Phrase, ...]] = {}
    for written in found:
        for name, lines in written.dictionary.items():
            dictionary[name] = tuple(written_phrase(line, reader, written.place, dictionary) for line in lines)
    phrases = [
        (key, written_phrase(line, reader, place, dictionary)) for key, lines, place in _lines(rules, topics) for line in lines
    ]
    if reader.diagnostics:
        return None, tuple(reader.diagnostics)
    return RuleBook(law, rules, topics, Phrasebook(phrases)), ()


def _lines(
    rules: Mapping[str, Rule], topics: Mapping[str, Topic]
) -> Iterable[tuple[str, tuple[str, ...], Place]]:
    for id, rule in rules.items():
        for slot in SLOTS:
            yield f"{id}/{slot}", getattr(rule, slot), rule.place
        for part in rule.parts.values():
            yield f"{id}/parts/{part.id}", part.find, part.place
            yield f"{id}/beside/{part.id}", part.beside, part.place
            yield f"{id}/unless/{part.id}", part.unless, part.place
    for id, topic in topics.items():
        yield f"{id}/heading", topic.heading, topic.place
        yield f"{id}/clause", topic.clause, topic.place
        for number, sign in enumerate(topic.signs):
            yield f"{id}/signs/{number}", (sign,), topic.place
