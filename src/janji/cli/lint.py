"""The verb that lints: published texts held against the rules; for people, programs, code hosts, or as a page."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from janji.cli.findings import findings_json, findings_lines, json_text, plain, rules_json
from janji.cli.output import COLOURS, LABELS, console
from janji.cli.sarif import sarif
from janji.cli.verbs import READ, Verbs
from janji.errors import Invalid
from janji.terms.messages import N_, Tongue, printable, say
from janji.terms.processing import Severity
from janji.workflows.lint_page import lint_page
from janji.workflows.linting import Report, keep_baseline, lint_files, rules, save

PAGE = 100
"""How wide the findings are written where there is no terminal."""


class LintFormat(StrEnum):
    """How the findings are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"


class Bar(StrEnum):
    """The least finding for which the exit code is not 0."""

    ERROR = "error"
    WARN = "warn"
    NEVER = "never"


FAILING = {
    Bar.ERROR: (Severity.ERROR,), Bar.WARN: (Severity.ERROR, Severity.WARNING), Bar.NEVER: (),
}  # fmt: skip


def add(verbs: Verbs) -> None:
    """Add the verb that lints."""
    say_ = verbs.say

    @verbs.app.command(
        "lint",
        rich_help_panel=say_(READ),
        help=say_(N_("Lint published policy texts: text, Markdown, HTML or PDF, folders too, `-` for standard input.")),
    )
    def lint(
        files: list[Path] = typer.Argument(
            None,
            metavar="FILE...",
            show_default=False,
            help=say_(N_("Texts, or folders with texts; `-` reads one from standard input.")),
        ),
        format: LintFormat = typer.Option(LintFormat.TEXT, "--format", help=say_(N_("How the findings are written."))),
        output: Path | None = typer.Option(
            None, "--output", "-o", metavar="FILE", help=say_(N_("Write to this file instead of standard output."))
        ),
        law: str | None = typer.Option(
            None, "--law", metavar="PACK", help=say_(N_("The law pack; that of the rules by default."))
        ),
        fail_on: Bar = typer.Option(
            Bar.ERROR, "--fail-on", help=say_(N_("The least finding for which the exit code is 3."))
        ),
        baseline: Path | None = typer.Option(
            None, "--baseline", metavar="FILE", help=say_(N_("Set the findings aside that this file knows."))
        ),
        keep: Path | None = typer.Option(
            None,
            "--write-baseline",
            metavar="FILE",
            help=say_(N_("Write all present findings to this file, as known.")),
        ),
        only: list[str] = typer.Option(
            [], "--rule", metavar="ID", show_default=False, help=say_(N_("Only this rule; can be given again."))
        ),
        skip: list[str] = typer.Option(
            [], "--skip", metavar="ID", show_default=False, help=say_(N_("Not this rule; can be given again."))
        ),
        listing: bool = typer.Option(False, "--rules", help=say_(N_("List the rules and exit."))),
        lang: str = verbs.lang(),
    ) -> None:
        if listing:
            _show_rules(law, format, verbs.tongue)
            return
        if not files:
            raise Invalid(
                say(N_("`{option}` is missing"), option="FILE"),
                say(N_("name the texts to lint, such as `janji lint privacy.html`; `-` reads standard input")),
            )
        report = lint_files(files, law, only, skip, baseline)
        if keep is not None:
            count = keep_baseline(keep, report)
            told = say(N_("written to `{path}`, known findings: {count}"), path=keep, count=count)
            console(stderr=True).print(told.render(verbs.tongue), markup=False)
        _write(report, format, output, verbs.tongue)
        if code := _exit_code(report, fail_on):
            raise typer.Exit(code)


def _exit_code(report: Report, bar: Bar) -> int:
    """1 when a file could not be read, else 3 when one is no text or a finding reaches the bar, else 0."""
    codes = {file.error.exit_code for file in report.failures if file.error is not None}
    if 1 in codes:
        return 1
    return 3 if codes or any(report.count(severity) for severity in FAILING[bar]) else 0


def _write(report: Report, format: LintFormat, output: Path | None, tongue: Tongue) -> None:
    out = console()
    if format is LintFormat.TEXT and output is None and out.color_system is not None:
        for line in findings_lines(report, tongue, out.width):
            out.print(Text.assemble(*line))
        return
    if format is LintFormat.JSON:
        text = json_text(findings_json(report, tongue))
    elif format is LintFormat.SARIF:
        text = json_text(sarif(report, tongue))
    elif format is LintFormat.HTML:
        text = lint_page(report, tongue)
    else:
        width = out.width if output is None else PAGE
        text = "".join(plain(line) + "\n" for line in findings_lines(report, tongue, width))
    if output is None:
        sys.stdout.write(text)
        return
    save(output, text)
    told = say(N_("written to `{path}`, errors: {errors}, warnings: {warnings}"), path=output,
               errors=report.count(Severity.ERROR), warnings=report.count(Severity.WARNING))  # fmt: skip
    console(stderr=True).print(told.render(tongue), markup=False)


def _show_rules(law: str | None, format: LintFormat, tongue: Tongue) -> None:
    pack, held = rules(law)
    if format is LintFormat.JSON:
        sys.stdout.write(json_text(rules_json(held, pack, tongue)))
        return
    if format is not LintFormat.TEXT:
        raise Invalid(
            say(N_("the rules are not written as `{format}`"), format=format),
            say(N_("known here: {words}"), words="`text`, `json`"),
        )
    table = Table(header_style="bold", show_edge=False, pad_edge=False, box=SIMPLE_HEAD)
    for heading in (N_("rule"), N_("severity"), N_("what it finds"), N_("article")):
        table.add_column(tongue.translate(heading), overflow="fold")
    for rule in held:
        colour = COLOURS[rule.severity]
        table.add_row(
            rule.id, f"[{colour}]{tongue.translate(LABELS[rule.severity])}[/]",
            escape(printable(rule.title.get(tongue.language))), escape(tongue.cite(rule.articles.get(pack.id, ""))),
        )  # fmt: skip
    console().print(table)
