"""The verb `register`: what a company must keep and show, made from its policy."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table as Grid

from janji.cli.ask import instant
from janji.cli.output import console
from janji.cli.verbs import READ, Verbs
from janji.errors import Invalid
from janji.registers.book import Register
from janji.registers.tables import Table, spoken
from janji.terms.messages import N_, Tongue, say
from janji.workflows.policies import open_policy
from janji.workflows.registers import ALL, Form, Kept, keep, one_file, write_registers


class RegisterName(StrEnum):
    """The registers that can be asked for."""

    PROCESSING = "processing"
    TRANSFERS = "transfers"
    PROCESSORS = "processors"
    ASSESSMENTS = "assessments"
    ALL = "all"


class RegisterFormat(StrEnum):
    """How registers are written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    JSONLD = "jsonld"
    HTML = "html"
    MARKDOWN = "md"


def add(verbs: Verbs) -> None:
    """Add the verb."""

    @verbs.app.command(
        "register",
        rich_help_panel=verbs.say(READ),
        help=verbs.say(
            N_("Make the registers that the law asks for: processing, transfers, processors, impact assessments.")
        ),
    )
    def register(
        policy: Path = verbs.folder(),
        register: RegisterName = typer.Option(
            RegisterName.PROCESSING, "--register", help=verbs.say(N_("Which register."))
        ),
        purpose: str | None = typer.Option(
            None, "--purpose", help=verbs.say(N_("Only the assessment of this purpose, as a document to finish."))
        ),
        format: RegisterFormat | None = typer.Option(
            None,
            "--format",
            show_default=False,
            help=verbs.say(N_("How it is written; by the ending of the file named with `-o`, else as text.")),
        ),
        output: str | None = typer.Option(
            None, "-o", "--output", help=verbs.say(N_("The file to write, or a folder (with `/` at its end)."))
        ),
        at: str | None = typer.Option(
            None, "--at", metavar="ISO", help=verbs.say(N_("The day it is of; today by default."))
        ),
        lang: str = verbs.lang(),
    ) -> None:
        form = _form(format, output)
        wanted = ALL if register is RegisterName.ALL else {Register(register)}
        kept = keep(open_policy(policy), instant(at) if at else verbs.runtime.now(), wanted, purpose)
        if output is not None:
            _write(kept, form, output, verbs.tongue)
        elif form is not None:
            _print_document(kept, form, verbs.tongue)
        elif purpose is not None:
            _print_document(kept, Form.MARKDOWN, verbs.tongue)
        else:
            _print_tables(kept, verbs.tongue)


def _form(format: RegisterFormat | None, output: str | None) -> Form | None:
    """The form asked for: by its name, else by the ending of the file; nothing for text."""
    if format is not None:
        return None if format is RegisterFormat.TEXT else Form(format)
    ending = Path(output).suffix.lower().removeprefix(".") if output else ""
    return Form(ending) if ending in list(Form) else None


def _write(kept: Kept, form: Form | None, output: str, tongue: Tongue) -> None:
    if form is None:
        raise Invalid(
            say(N_("text is for the terminal and is not written to a file")),
            say(N_("add `--format` with one of: {words}"), words=", ".join(f"`{item}`" for item in Form)),
        )
    folder = output.endswith(("/", os.sep)) or Path(output).is_dir()
    for path in write_registers(kept, form, tongue, Path(output), folder):
        console().print(escape(say(N_("written: `{path}`"), path=path).render(tongue)))
    _say_empty(kept, form, tongue)


def _print_document(kept: Kept, form: Form, tongue: Tongue) -> None:
    if form is Form.XLSX:
        raise Invalid(
            say(N_("a workbook cannot be shown in the terminal")), say(N_("name a file with `-o registers.xlsx`"))
        )
    data = one_file(kept, form, tongue)
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    _say_empty(kept, form, tongue)


def _say_empty(kept: Kept, form: Form, tongue: Tongue) -> None:
    """What a table without rows means, said beside the file: the file itself is read by programs."""
    if form is Form.CSV:
        for table in kept.tables:
            if not table.rows:
                console(stderr=True).print(escape(tongue.translate(table.empty)))


def _print_tables(kept: Kept, tongue: Tongue) -> None:
    out = console()
    for number, table in enumerate(kept.tables):
        heading = escape(tongue.translate(table.title))
        out.print(f"{'' if number == 0 else chr(10)}[bold]{heading}[/] [dim]{kept.found.policy} · {kept.found.day}[/]")
        out.print(_grid(table, tongue) if table.rows else escape(tongue.translate(table.empty)))
        if table.also is not None:
            out.print(f"[dim]{escape(table.also.render(tongue))}[/]")


def _grid(table: Table, tongue: Tongue) -> Grid:
    grid = Grid(header_style="bold", show_edge=False, pad_edge=False, box=SIMPLE_HEAD, leading=1)
    shown = [place for place, column in enumerate(table.columns) if column.brief]
    for place in shown:
        grid.add_column(escape(tongue.translate(table.columns[place].title)), overflow="fold")
    for row in table.rows:
        grid.add_row(*(escape("; ".join(spoken(row[place], tongue))) for place in shown))
    return grid
