"""What the linter found as SARIF 2.1.0, the form that code hosts and editors read."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from janji import __version__
from janji.linter.findings import Rule
from janji.terms.messages import Tongue
from janji.terms.processing import Severity
from janji.workflows.linting import FileReport, Found, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
FINGERPRINT = "janjiFinding/v1"


def sarif(report: Report, tongue: Tongue) -> dict[str, Any]:
    """The report as one run: the rules it was made with, a result for each finding, a notification for each bad file."""
    index = {rule.id: number for number, rule in enumerate(report.rules)}
    notifications = [
        {
            "level": "error",
            "message": {"text": file.error.message.render(tongue)},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(file.file)}}}],
        }
        for file in report.failures
        if file.error is not None
    ]
    invocation: dict[str, Any] = {"executionSuccessful": not report.failures}
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    run = {
        "tool": {
            "driver": {
                "name": "janji",
                "semanticVersion": __version__,
                "rules": [_rule(rule, report.law.id, tongue) for rule in report.rules],
            }
        },
        "language": "id-ID" if tongue.language == "id" else "en-US",
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [_result(file, item, index, tongue) for file in report.files for item in file.found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule, law: str, tongue: Tongue) -> dict[str, Any]:
    title, help = rule.title.get(tongue.language), rule.help.get(tongue.language)
    properties: dict[str, Any] = {"precision": str(rule.likelihood), "tags": ["privacy", law]}
    if article := rule.articles.get(law, ""):
        properties["article"] = tongue.cite(article)
    return {
        "id": rule.id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": f"{title}: {help}"},
        "help": {"text": help},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": properties,
    }


def _result(file: FileReport, item: Found, index: dict[str, int], tongue: Tongue) -> dict[str, Any]:
    finding = item.finding
    properties: dict[str, Any] = {"likelihood": str(finding.likelihood)}
    if finding.clause:
        properties["clause"] = finding.clause
    if finding.article:
        properties["article"] = tongue.cite(finding.article)
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(file.file)}}
    if file.paged:
        properties["page"] = item.span.line
    else:
        location["region"] = _region(file, item)
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": finding.message.get(tongue.language)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {FINGERPRINT: item.fingerprint},
        "properties": properties,
    }


def _region(file: FileReport, item: Found) -> dict[str, Any]:
    """Where a finding stands; of HTML only the lines are known, and offsets only where none were shifted."""
    span, finding = item.span, item.finding
    if not span.column:
        return {"startLine": span.line, "endLine": max(span.line, span.end_line)}
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    if file.exact:
        region |= {"charOffset": finding.start, "charLength": finding.end - finding.start}
    return region


def _uri(file: str) -> str:
    """The name of a file as a reference of the web: percent-encoded, slashes kept."""
    return quote(file) if not file.startswith("/") else "file://" + quote(file)
