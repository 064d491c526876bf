"""Published texts linted: files read, held against the rules, known findings set aside, the results put in order."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from janji.errors import Diagnostic, Invalid, JanjiError, Unavailable
from janji.files.baselines import Known, read_baseline, write_baseline
from janji.files.laws import load_law
from janji.files.published import STDIN, Form, Lines, read_published, texts_in
from janji.files.rules import load_rules
from janji.files.writing import write_file
from janji.law.model import LawPack
from janji.linter.findings import Finding, Likelihood, Rule
from janji.linter.linter import lint
from janji.prose.document import Document
from janji.prose.segments import segment
from janji.terms.canonical import digest
from janji.terms.messages import N_, say
from janji.terms.processing import Severity
from janji.workflows.policies import named_law

FEW = 8
"""So many files are read one after the other; from there on several processes share them."""

SURE = {
    Likelihood.HIGH: N_("very likely right"), Likelihood.MEDIUM: N_("likely right"), Likelihood.LOW: N_("possibly right"),
}  # fmt: skip
"""How sure a finding is, as people read it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a finding begins and ends in its file. Of a PDF `line` is the page; a column of 0 is not known."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with its place in the file, and the fingerprint by which it is known again after the text has moved."""

    finding: Finding
    span: Span
    fingerprint: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """What came of one file: its text and findings, or the error that kept it from being read.

    `exact` says that offsets into the text are offsets into the file too; `aside` are the findings that the baseline knew.
    """

    file: str
    form: Form = Form.TEXT
    document: Document | None = None
    found: tuple[Found, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    error: JanjiError | None = None
    exact: bool = False
    aside: tuple[Found, ...] = ()

    @property
    def paged(self) -> bool:
        """Whether the file has pages instead of lines."""
        return self.form is Form.PDF

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(1 for item in self.found if item.finding.severity is severity)


@dataclass(frozen=True)
class Report:
    """What came of all files, in the order given; the rules they were held against, and known findings that are gone."""

    files: tuple[FileReport, ...]
    rules: tuple[Rule, ...]
    law: LawPack
    stale: tuple[Known, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings have this severity, over all files."""
        return sum(file.count(severity) for file in self.files)

    @cached_property
    def failures(self) -> tuple[FileReport, ...]:
        """The files that could not be read."""
        return tuple(file for file in self.files if file.error is not None)


def rules(law: str | None = None) -> tuple[LawPack, tuple[Rule, ...]]:
    """The law pack called `law` (the rules' own when none is named), and the rules that it has an article for, by id.

    Raises `Invalid` when there is no such pack.
    """
    book = load_rules()
    name = law or book.law
    pack = named_law(name)
    held = (rule for _, rule in sorted(book.rules.items()))
    return pack, tuple(rule for rule in held if not rule.articles or name in rule.articles)


def lint_files(
    paths: Sequence[Path],
    law: str | None = None,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    baseline: Path | None = None,
) -> Report:
    """Lint the files at `paths`, folders with all texts in them; what is wrong with one file does not stop the others.

    `only` and `skip` are ids of rules. What the baseline knows is set aside. Raises `Invalid` for a rule or law pack
    that there is none of and for a baseline that is none, `Unavailable` when a folder or the baseline cannot be read.
    """
    pack, all_rules = rules(law)
    chosen = _chosen(all_rules, only, skip)
    known = read_baseline(baseline) if baseline is not None else ()
    ids = frozenset(rule.id for rule in chosen)
    files = list(dict.fromkeys(_files(paths)))
    reports = tuple(_shared(files, pack.id, ids) if len(files) > FEW else (_lint(path, pack.id, ids) for path in files))
    if baseline is None:
        return Report(reports, chosen, pack)
    seen = {(file.file, item.fingerprint) for file in reports for item in file.found}
    read = {file.file for file in reports if file.error is None}
    stale = [
        item for item in known if item.file in read and item.rule in ids and (item.file, item.fingerprint) not in seen
    ]
    names = {(item.file, item.fingerprint) for item in known}
    return Report(tuple(_set_aside(file, names) for file in reports), chosen, pack, tuple(stale))


def keep_baseline(path: Path, report: Report) -> int:
    """Write every finding of a report as known and say how many there are; raises `Unavailable` as writing does."""
    known = [
        Known(file.file, item.finding.rule, item.fingerprint)
        for file in report.files
        for item in (*file.found, *file.aside)
    ]
    write_baseline(path, known)
    return len(known)


def save(path: Path, text: str) -> None:
    """Write what was made of a report to a file; raises `Unavailable` when that cannot be done."""
    write_file(path, text)


def _chosen(all_rules: tuple[Rule, ...], only: Sequence[str], skip: Sequence[str]) -> tuple[Rule, ...]:
    names = {rule.id.casefold(): rule.id for rule in all_rules}
    for word in (*only, *skip):
        if word.casefold() not in names:
            raise Invalid(
                say(N_("there is no rule `{rule}`"), rule=word),
                say(N_("`janji lint --rules` lists the rules and what each is about")),
            )
    wanted = {names[word.casefold()] for word in only} or set(names.values())
    wanted -= {names[word.casefold()] for word in skip}
    return tuple(rule for rule in all_rules if rule.id in wanted)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path == STDIN or not path.is_dir():
            yield path
            continue
        found = list(texts_in(path))
        if not found:
            raise Invalid(
                say(N_("there is no text in the folder `{path}`"), path=path),
                say(N_("texts are files named `.txt`, `.md`, `.html` or `.pdf`; name another file by itself")),
            )
        yield from found


def _shared(files: list[Path], law: str, ids: frozenset[str]) -> Iterator[FileReport]:
    """The files linted by several processes, in order. Each process reads the rules and the law once."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from itertools import repeat

    read = [path for path in files if path != STDIN]
    workers = max(2, os.cpu_count() or 1)
    chunk = max(1, min(16, len(read) // (4 * workers)))
    typed = {path: _lint(path, law, ids) for path in files if path == STDIN}
    with ProcessPoolExecutor(workers) as pool:
        try:
            done = list(pool.map(_lint, read, repeat(law), repeat(ids), chunksize=chunk))
        except BrokenProcessPool:
            raise Unavailable(
                say(N_("a process that read the files was stopped from outside or ran out of memory")),
                say(N_("give fewer or smaller files at a time")),
            ) from None
    results = iter(done)
    for path in files:
        yield typed[path] if path in typed else next(results)


def _lint(path: Path, law: str, ids: frozenset[str]) -> FileReport:
    """One file from its path to its findings; an error stays with the file."""
    name = "stdin" if path == STDIN else path.as_posix()
    pack = load_law(law)
    try:
        published = read_published(path)
    except (Invalid, Unavailable) as error:
        return FileReport(name, error=error)
    if pack is None:
        return FileReport(name)
    document = segment(published.text)
    linted = lint(document, load_rules(), pack)
    found = []
    times: Counter[tuple[str, str]] = Counter()
    for finding in linted.findings:
        if finding.rule not in ids:
            continue
        words = " ".join(document.words(document.at(finding.start)).casefold().split()) if finding.clause else ""
        times[finding.rule, words] += 1
        mark = digest([finding.rule, words, times[finding.rule, words]])[:32]
        found.append(Found(finding, _span(published.lines, finding), mark))
    notes = (replace(note, place=replace(note.place, file=name)) for note in (*published.notes, *linted.notes))
    return FileReport(name, published.form, document, tuple(found), tuple(notes), None, published.exact)


def _span(lines: Lines, finding: Finding) -> Span:
    """The end is one past the last character, in the line of that character."""
    line, column = lines.place(finding.start)
    last, end = lines.place(max(finding.start, finding.end - 1))
    return Span(line, column, last, end + (finding.end > finding.start) if end else 0)


def _set_aside(file: FileReport, known: set[tuple[str, str]]) -> FileReport:
    sides: tuple[list[Found], list[Found]] = [], []
    for item in file.found:
        sides[(file.file, item.fingerprint) in known].append(item)
    return replace(file, found=tuple(sides[0]), aside=tuple(sides[1]))
