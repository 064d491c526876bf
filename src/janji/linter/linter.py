"""A published text held against the rules: each match a finding with its clause, article and help."""

from __future__ import annotations

import re
from dataclasses import dataclass

from janji.errors import Diagnostic
from janji.law.model import LawPack
from janji.linter.findings import Finding, Likelihood, Rule
from janji.prose.document import Document
from janji.terms.processing import Severity
from janji.terms.texts import Text


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules by id, and the law pack they are held against by default."""

    rules: dict[str, Rule]
    law: str


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found, in order of place, and notes about the text."""

    findings: tuple[Finding, ...]
    notes: tuple[Diagnostic, ...] = ()


_TOY = {
    "CNS-01": re.compile(r"deemed\s+to\s+have\s+(?:agreed\s+and\s+)?consented|dianggap\s+telah\s+menyetujui", re.IGNORECASE),
    "CHG-01": re.compile(r"without\s+prior\s+notice|tanpa\s+pemberitahuan", re.IGNORECASE),
}  # fmt: skip


def lint(document: Document, book: RuleBook, law: LawPack) -> Linted:
    """The findings in a text; a stand-in with two toy rules and one omission."""
    found = []
    for name, pattern in _TOY.items():
        rule = book.rules[name]
        matches = pattern.finditer(document.text)
        found += [_finding(rule, law, document.at(match.start()).id, *match.span()) for match in matches]
    if "retain" not in document.text and "simpan" not in document.text:
        found.append(_finding(book.rules["RET-01"], law, "", 0, 0))
    return Linted(tuple(sorted(found, key=lambda item: (item.start, item.end, item.rule))))


def _finding(rule: Rule, law: LawPack, clause: str, start: int, end: int) -> Finding:
    return Finding(
        rule=rule.id, severity=rule.severity, clause=clause, start=start, end=end, message=rule.title, help=rule.help,
        article=rule.articles.get(law.id, ""), suggestion=rule.suggestion, likelihood=rule.likelihood, rank=rule.rank,
    )  # fmt: skip


def _text(en: str, id: str) -> Text:
    return Text((("en", en), ("id", id)))


TOY_RULES = {
    rule.id: rule
    for rule in (
        Rule(
            id="CNS-01", severity=Severity.ERROR, rank=1,
            title=_text("consent is assumed from using the service", "kesediaan dianggap ada karena layanan dipakai"),
            help=_text("ask for an express consent to each purpose", "mintalah kesediaan yang tegas untuk tiap tujuan"),
            suggestion=_text("We ask for your consent to each purpose, and you can say no.",
                             "Kami meminta kesediaan Anda untuk tiap tujuan, dan Anda dapat menolak."),
        ),
        Rule(
            id="CHG-01", severity=Severity.WARNING, rank=2, likelihood=Likelihood.MEDIUM,
            title=_text("the policy may change without notice", "kebijakan dapat berubah tanpa diberitahukan"),
            help=_text("promise to tell people before a change", "janjikan untuk memberi tahu sebelum berubah"),
        ),
        Rule(
            id="RET-01", severity=Severity.INFO, rank=50, likelihood=Likelihood.LOW,
            title=_text("the text does not say how long data are kept", "teks tidak menyebut berapa lama data ada"),
            help=_text("say a period for each purpose", "sebutkan jangka waktu untuk tiap tujuan"),
        ),
    )
}  # fmt: skip
