"""Runs the rules of a book over a text: phrases that should not stand there, and what a whole policy must say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from janji.errors import Diagnostic
from janji.law.model import LawPack
from janji.linter.checks import CHECKS
from janji.linter.findings import Finding, Once, Rule
from janji.linter.hits import Hit, filled
from janji.linter.reading import Reading, read
from janji.linter.rulebook import RuleBook
from janji.prose.document import Document, SegmentKind
from janji.prose.phrases import Match
from janji.terms.messages import N_, say
from janji.terms.processing import Severity
from janji.terms.texts import Text


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found in a text, in the order of the text, and what a reader of the findings must know."""

    findings: tuple[Finding, ...]
    notes: tuple[Diagnostic, ...] = ()


def lint(document: Document, book: RuleBook, law: LawPack) -> Linted:
    """Every finding of the rules that `law` has, in a text cut into segments. Never raises, whatever the text."""
    if not document.segments:
        return Linted(())
    reading = read(document, book, law)
    found: list[Finding] = []
    for rule in book.rules.values():
        article = rule.articles.get(law.id)
        if article is not None:
            found += (_finding(rule, hit, reading, article) for hit in _hits(rule, reading))
    found.sort(key=lambda item: (item.start, item.end, item.rule))
    return Linted(tuple(found), () if reading.whole else (_excerpt(),))


def _excerpt() -> Diagnostic:
    return Diagnostic(
        "excerpt", Severity.INFO,
        say(N_("this text speaks of too little to be a whole policy, so it was not asked what it lacks")),
        help=say(N_("give the whole policy in one file to have that looked at too")),
    )  # fmt: skip


def _finding(rule: Rule, hit: Hit, reading: Reading, article: str) -> Finding:
    clause = hit.clause if hit.clause is not None else str(reading.document.at(hit.start).id)
    suggestion = filled(rule.suggestion, hit.holes) if rule.suggestion is not None else None
    return Finding(
        rule=str(rule.id), severity=rule.severity, clause=clause, start=hit.start, end=hit.end,
        message=filled(rule.title, hit.holes), help=filled(rule.help, hit.holes),
        article="" if article == "-" else str(article), suggestion=suggestion, likelihood=rule.likelihood, rank=rule.rank,
    )  # fmt: skip


def _hits(rule: Rule, reading: Reading) -> Iterator[Hit]:
    if rule.check:
        return CHECKS[rule.check](rule, reading)
    return missing(rule, reading) if rule.parts else present(rule, reading)


def present(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """The places where a rule finds its phrases under all its conditions."""
    found = list(reading.matches.get(f"{rule.id}/always", ()))
    if _text_fits(rule, reading):
        found = sorted([*found, *reading.matches.get(f"{rule.id}/find", ())], key=lambda match: match.first)
    spoken: set[int | None] = set()
    for match in found:
        at = reading.segment(match.first)
        key = _key(rule, reading, at)
        if key in spoken or not fits(rule, reading, match, at):
            continue
        spoken.add(key)
        yield Hit(*reading.span(match))


def _key(rule: Rule, reading: Reading, at: int) -> int | None:
    if rule.once is Once.TEXT:
        return None
    if rule.once is Once.LEAD:
        segment = reading.document.segments[at]
        listed = segment.kind is SegmentKind.ITEM and segment.parent is not None
        return segment.parent if listed else at
    return at


def _text_fits(rule: Rule, reading: Reading) -> bool:
    has = not rule.text_has or bool(reading.matches.get(f"{rule.id}/text_has"))
    return has and not reading.matches.get(f"{rule.id}/text_lacks")


def fits(rule: Rule, reading: Reading, match: Match, at: int) -> bool:
    """Whether a match in segment `at` stands where the rule wants it: topic, sentence and clause."""
    if reading.document.segments[at].kind is SegmentKind.HEADING:
        return False
    topics = reading.topics[at]
    if (rule.topics and not topics & set(rule.topics)) or topics & set(rule.not_topics):
        return False
    if rule.beside and not reading.in_sentence(f"{rule.id}/beside", match.first):
        return False
    if rule.unless and reading.in_sentence(f"{rule.id}/unless", match.first):
        return False
    if rule.clause_has and not reading.in_clause(f"{rule.id}/clause_has", at):
        return False
    return not (rule.clause_lacks and reading.in_clause(f"{rule.id}/clause_lacks", at))


def missing(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """Where a text should say what it nowhere says, with the names of the missing parts."""
    if not _text_fits(rule, reading) or not (reading.whole or (rule.in_excerpts and _met(rule, reading))):
        return
    if rule.when and not any(topics & set(rule.when) for topics in reading.topics):
        return
    lacking = [part.title for part in rule.parts.values() if not _said(rule, part.id, reading)]
    if not lacking:
        return
    versions = {language: ", ".join(title.get(language) for title in lacking) for language in ("en", "id")}
    holes: dict[str, str | Text] = {"missing": Text(tuple(versions.items()))}
    yield from _anchor(rule, reading, holes)


def _said(rule: Rule, part: str, reading: Reading) -> bool:
    wanted = rule.parts[part]
    for match in reading.matches.get(f"{rule.id}/parts/{part}", ()):
        at = reading.segment(match.first)
        if wanted.unless and reading.in_sentence(f"{rule.id}/unless/{part}", match.first):
            continue
        about = bool(reading.topics[at] & set(wanted.topics))
        under = reading.children(at) if reading.document.segments[at].kind is SegmentKind.HEADING else ()
        beside = any(reading.in_clause(f"{rule.id}/beside/{part}", place) for place in (at, *under))
        if about or beside or not (wanted.topics or wanted.beside):
            return True
    return False


def _met(rule: Rule, reading: Reading) -> list[int]:
    """The segments in which a rule finds its phrases under its conditions."""
    matches = reading.matches.get(f"{rule.id}/find", ())
    return [at for match in matches if fits(rule, reading, match, at := reading.segment(match.first))]


def _anchor(rule: Rule, reading: Reading, holes: dict[str, str | Text]) -> Iterator[Hit]:
    """One hit: at the first phrase that the rule looks for, else at the first clause near, else at the title."""
    segments = reading.document.segments
    met = _met(rule, reading)
    if met:
        at = next((at for at in met if reading.headings[at] & set(rule.topics)), met[0])
        yield Hit(segments[at].start, segments[at].stop, None, holes)
        return
    for topic in rule.near:
        at = next(reading.about(topic), -1)
        if at >= 0:
            yield Hit(segments[at].start, segments[at].stop, None, holes)
            return
    title = segments[0]
    yield Hit(title.start, title.stop, title.id if rule.near else "*", holes)
