"""The verbs that bring in and take out: a starting model from registers, and a policy as one workbook and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from rich.markup import escape

from janji.cli.output import Format, console, write_json
from janji.cli.verbs import READ, Verbs
from janji.errors import Invalid
from janji.importer.report import report_json, report_text
from janji.terms.messages import N_, Tongue, printable, say
from janji.terms.texts import Text
from janji.workflows.imports import Source, import_register
from janji.workflows.texts import import_text
from janji.workflows.workbooks import Compared, export_book, import_book

SHOWN = 12
"""How many open decisions, and how many things without a place, are shown; the report has them all."""


def add(verbs: Verbs) -> None:
    """Add the verbs that import and export."""
    _add_import(verbs)
    group = typer.Typer(help=verbs.say(N_("A policy as one workbook for people who write no YAML, and back.")),
                        no_args_is_help=True, context_settings={"help_option_names": ["--help", "-h"]})  # fmt: skip
    _add_export(verbs, group)
    _add_back(verbs, group)
    verbs.app.add_typer(group, name="workbook", rich_help_panel=verbs.say(READ))


def _add_import(verbs: Verbs) -> None:
    @verbs.app.command(
        "import",
        rich_help_panel=verbs.say(READ),
        help=verbs.say(
            N_("Make a starting model from a published text or a register; whatever a person must decide is left open.")
        ),
    )
    def import_(
        files: list[Path] = typer.Argument(..., show_default=False, help=verbs.say(N_("The files to read."))),
        source: Source = typer.Option(Source.TEXT, "--from", help=verbs.say(N_("What the files are."))),
        output: Path = typer.Option(..., "--output", "-o", help=verbs.say(N_("The folder to write into."))),
        mapping: Path | None = typer.Option(
            None, "--mapping", help=verbs.say(N_("Which column holds what; proposed from the headings when left out."))
        ),
        law: str | None = typer.Option(None, "--law", help=verbs.say(N_("The law pack the model stands under."))),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        today = verbs.runtime.now().date()
        if source is Source.TEXT:
            if len(files) > 1 or mapping is not None:
                raise Invalid(
                    say(N_("a text is imported alone and without a mapping")),
                    say(N_("give one file; for registers say what they are with `--from`")),
                )
            report = import_text(files[0], output, today, verbs.tongue, law)
        else:
            report = import_register(source, files, output, today, verbs.tongue, law, mapping)
        if format is Format.JSON:
            write_json(report_json(report, verbs.tongue))
        else:
            console().print(escape(report_text(report, verbs.tongue, SHOWN)), end="")


def _add_export(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("export", help=verbs.say(N_("Write the policy as a workbook, in both languages.")))
    def export(
        policy: Path = verbs.folder(),
        output: Path = typer.Option(..., "--output", "-o", help=verbs.say(N_("The workbook to write."))),
        lang: str = verbs.lang(),
    ) -> None:
        made = export_book(policy, output)
        out, tongue = console(), verbs.tongue
        out.print(escape(say(N_("written: {path}"), path=made.path).render(tongue)))
        for sheet in made.sheets:
            out.print(escape(f"  {len(sheet.rows):>4}  {tongue.translate(sheet.title)}"))


def _add_back(verbs: Verbs, group: typer.Typer) -> None:
    @group.command(
        "import", help=verbs.say(N_("Show what a workbook changes in the policy; `--write` edits the policy's files."))
    )
    def back(
        workbook: Path = typer.Argument(..., show_default=False, help=verbs.say(N_("The workbook that was changed."))),
        policy: Path = verbs.policy(),
        write: bool = typer.Option(False, "--write", help=verbs.say(N_("Edit the files of the policy."))),
        remove: bool = typer.Option(False, "--remove", help=verbs.say(N_("Take out entries whose rows were deleted."))),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        found = import_book(workbook, policy, verbs.tongue, write=write, remove=remove)
        if format is Format.JSON:
            write_json(_compared_json(found, remove, verbs.tongue))
        else:
            _print_compared(found, remove, verbs.tongue)


def _compared_json(found: Compared, remove: bool, tongue: Tongue) -> dict[str, Any]:
    """What a workbook changes as `schema/workbook.json` describes it."""
    comparison = found.comparison
    return {
        "policy": found.policy, "workbook": str(found.workbook),
        "changes": [
            {"entry": item.entry, "field": item.field, "before": item.before, "after": item.after}
            for item in comparison.changes
        ],
        "new": [item.entry for item in comparison.additions],
        "removed": comparison.missing if remove else [],
        "missing": [] if remove else comparison.missing,
        "decisions": [
            {"entry": item.entry, "question": item.what.render(tongue), "why": item.why.render(tongue),
             "file": item.place.file, "line": item.place.line, "column": item.place.column}
            for item in comparison.decisions
        ],
        "warnings": found.warnings, "files": [str(path) for path in found.files], "written": found.written,
    }  # fmt: skip


def _print_compared(found: Compared, remove: bool, tongue: Tongue) -> None:
    out, comparison, entry = console(), found.comparison, ""
    for change in comparison.changes:
        if change.entry != entry:
            entry = change.entry
            out.print(f"[bold]{escape(entry)}[/]")
        out.print(escape(f"  {change.field}: {_short(change.before)} -> {_short(change.after)}"))
    for addition in comparison.additions:
        out.print(f"[green]+ {escape(addition.entry)}[/]")
        for key, value in addition.values.items():
            out.print(escape(f"  {key}: {_short(_shown(value, tongue))}"))
    for name in comparison.missing:
        out.print(f"[red]- {escape(name)}[/]" + ("" if remove else escape("  " + tongue.translate(_KEPT))))
    for decision in comparison.decisions:
        out.print(f"[yellow]? {escape(decision.entry)}[/]: {escape(decision.what.render(tongue))}")
        out.print(f"  [dim]{escape(str(decision.place))}[/]: {escape(decision.why.render(tongue))}")
    counts = say(
        N_("changes: {changes}, new: {new}, rows gone: {gone}, open decisions: {open}"), changes=len(comparison.changes),
        new=len(comparison.additions), gone=len(comparison.missing), open=len(comparison.decisions),
    )  # fmt: skip
    out.print(escape(counts.render(tongue)))
    if not found.files:
        out.print(escape(tongue.translate(N_("the policy stays as it is"))))
    elif not found.written:
        out.print(escape(tongue.translate(N_("nothing was written; `--write` edits the files:"))))
    for path in found.files:
        out.print(escape(say(N_("written: {path}"), path=path).render(tongue) if found.written else f"  {path}"))


_KEPT = N_("(kept; `--remove` takes it out)")


def _short(text: str) -> str:
    line = printable(" ".join(text.split())) or "-"
    return line if len(line) <= 100 else line[:97] + "..."


def _shown(value: object, tongue: Tongue) -> str:
    if isinstance(value, Text):
        return value.get(tongue.language)
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
