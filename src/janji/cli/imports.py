"""The verbs that bring in and take out: a starting model from registers, and a policy as one workbook and back."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.markup import escape

from janji.cli.output import Format, console, write_json
from janji.cli.verbs import READ, Verbs
from janji.errors import Invalid
from janji.importer.report import report_json, report_text
from janji.terms.messages import N_, say
from janji.workflows.imports import Source, import_register
from janji.workflows.texts import import_text

SHOWN = 12
"""How many open decisions, and how many things without a place, are shown; the report has them all."""


def add(verbs: Verbs) -> None:
    """Add the verbs that import and export."""
    _add_import(verbs)


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
