"""What the linter found, as lines for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from janji.cli.excerpt import excerpt
from janji.cli.output import COLOURS, HELP, LABELS
from janji.errors import Diagnostic
from janji.law.model import LawPack
from janji.linter.findings import Rule
from janji.terms.messages import N_, Message, Tongue, printable, say
from janji.terms.processing import Severity
from janji.workflows.answers import diagnostic_json
from janji.workflows.linting import SURE, FileReport, Found, Report

Line = list[tuple[str, str]]
"""One line of output: words, each with a style of the terminal."""


def json_text(value: Any) -> str:
    """One JSON document, keys in the order given."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def plain(line: Line) -> str:
    """A line without its styles."""
    return "".join(words for words, _ in line)


def findings_lines(report: Report, tongue: Tongue, width: int) -> Iterator[Line]:
    """The report for people: each file with its findings, notes and counts; a sum when there are several."""
    for index, file in enumerate(report.files):
        if index:
            yield []
        if file.error is not None:
            yield from _headed(Severity.ERROR, "", file.error.message.render(tongue), tongue)
            if file.error.help is not None:
                yield _help(file.error.help.render(tongue), tongue)
        else:
            for item in file.found:
                yield from _finding(file, item, tongue, width)
            for note in file.notes:
                yield from _note(file, note, tongue)
            yield _counts(file, tongue)
    if report.stale:
        yield []
    for known in report.stale:
        told = say(N_("`{file}`: a known finding of `{rule}` is gone"), file=known.file, rule=known.rule)
        yield [(told.render(tongue), "dim")]
    if report.stale:
        yield _help(tongue.translate(N_("write the baseline anew with `--write-baseline`")), tongue)
    if len(report.files) > 1:
        yield []
        yield [(_sum(report).render(tongue), "bold")]


def _finding(file: FileReport, item: Found, tongue: Tongue, width: int) -> Iterator[Line]:
    finding, language = item.finding, tongue.language
    message = printable(finding.message.get(language))
    if finding.clause:
        clause = tongue.translate(N_("clause"))
        message = f"{clause} {printable(finding.clause)}: {message}"
    yield from _headed(finding.severity, finding.rule, message, tongue)
    yield [("  --> ", "dim"), (_where(file, item, tongue), "")]
    if file.document is not None and finding.end > finding.start:
        shown, marks = excerpt(file.document.text, finding.start, finding.end, max(20, width - 5))
        yield [("   | ", "dim"), (shown, "")]
        yield [("   | ", "dim"), (marks, COLOURS[finding.severity])]
    rests = [part for part in (tongue.cite(finding.article), tongue.translate(SURE[finding.likelihood])) if part]
    yield [("  " + " · ".join(rests), "dim")]
    yield _help(printable(finding.help.get(language)), tongue)


def _headed(severity: Severity, code: str, message: str, tongue: Tongue) -> Iterator[Line]:
    label = tongue.translate(LABELS[severity])
    yield [(f"{label}[{code}]" if code else label, COLOURS[severity]), (f": {message}", "")]


def _help(words: str, tongue: Tongue) -> Line:
    return [(tongue.translate(HELP), "green"), (f": {words}", "")]


def _note(file: FileReport, note: Diagnostic, tongue: Tongue) -> Iterator[Line]:
    yield from _headed(note.severity, note.code, note.message.render(tongue), tongue)
    line = f":{note.place.line}:{note.place.column}" if note.place.line and note.place.column else ""
    line = line or (f":{note.place.line}" if note.place.line else "")
    yield [("  --> ", "dim"), (printable(file.file) + line, "")]
    if note.help is not None:
        yield _help(note.help.render(tongue), tongue)


def _where(file: FileReport, item: Found, tongue: Tongue) -> str:
    """The place as terminals and editors follow it; the page, for a PDF."""
    name, span = printable(file.file), item.span
    if not item.finding.clause:
        return name
    if file.paged:
        return f"{name}, {tongue.translate(N_('page'))} {span.line}"
    return f"{name}:{span.line}:{span.column}" if span.column else f"{name}:{span.line}"


def _counts(file: FileReport, tongue: Tongue) -> Line:
    errors, warnings, notes = (file.count(item) for item in (Severity.ERROR, Severity.WARNING, Severity.INFO))
    counts = say(
        N_("`{file}` errors: {errors}, warnings: {warnings}, notes: {notes}"),
        file=file.file, errors=errors, warnings=warnings, notes=notes,
    )  # fmt: skip
    line = [(counts.render(tongue), "bold red" if errors else "bold green")]
    if file.aside:
        line.append(("; " + say(N_("known already: {count}"), count=len(file.aside)).render(tongue), "dim"))
    return line


def _sum(report: Report) -> Message:
    return say(
        N_("files: {files}, not read: {failures}, errors: {errors}, warnings: {warnings}, notes: {notes}"),
        files=len(report.files),
        failures=len(report.failures),
        errors=report.count(Severity.ERROR),
        warnings=report.count(Severity.WARNING),
        notes=report.count(Severity.INFO),
    )


def findings_json(report: Report, tongue: Tongue) -> dict[str, Any]:
    """The report as `schema/lint.json` describes it."""
    found: dict[str, Any] = {
        "law": report.law.id,
        "items": [_file_json(file, tongue) for file in report.files],
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
    }
    if report.stale:
        found["stale"] = [
            {"file": item.file, "rule": item.rule, "fingerprint": item.fingerprint} for item in report.stale
        ]
    return found


def _file_json(file: FileReport, tongue: Tongue) -> dict[str, Any]:
    held: dict[str, Any] = {"file": file.file}
    if file.error is not None:
        problem = {"message": file.error.message.render(tongue)}
        if file.error.help is not None:
            problem["help"] = file.error.help.render(tongue)
        return {**held, "findings": [], "notes": [], "error": problem}
    held["form"] = str(file.form)
    held["findings"] = [_finding_json(file, item, tongue) for item in file.found]
    held["notes"] = [diagnostic_json(note, tongue) for note in file.notes]
    return {**held, "known": len(file.aside)} if file.aside else held


def _finding_json(file: FileReport, item: Found, tongue: Tongue) -> dict[str, Any]:
    finding, language = item.finding, tongue.language
    held: dict[str, Any] = {"rule": finding.rule, "severity": str(finding.severity)}
    if finding.clause:
        held["clause"] = finding.clause
    held |= {"start": finding.start, "end": finding.end}
    held["page" if file.paged else "line"] = item.span.line
    if item.span.column:
        held["column"] = item.span.column
    held |= {"message": finding.message.get(language), "help": finding.help.get(language)}
    if finding.article:
        held["article"] = tongue.cite(finding.article)
    if finding.suggestion:
        held["suggestion"] = finding.suggestion.get(language)
    return {**held, "likelihood": str(finding.likelihood), "fingerprint": item.fingerprint}


def rules_json(rules: tuple[Rule, ...], law: LawPack, tongue: Tongue) -> dict[str, Any]:
    """The rules as `schema/lint-rules.json` describes them."""
    return {"law": law.id, "items": [_rule_json(rule, law.id, tongue) for rule in rules]}


def _rule_json(rule: Rule, law: str, tongue: Tongue) -> dict[str, Any]:
    language = tongue.language
    held: dict[str, Any] = {
        "rule": rule.id, "severity": str(rule.severity), "title": rule.title.get(language),
        "help": rule.help.get(language), "likelihood": str(rule.likelihood),
    }  # fmt: skip
    if article := rule.articles.get(law, ""):
        held["article"] = tongue.cite(article)
    return {**held, "suggestion": rule.suggestion.get(language)} if rule.suggestion else held
