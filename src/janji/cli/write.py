"""The verb that writes what people are told: one document to standard output, or all of them into a folder."""

from __future__ import annotations

import sys
from collections import Counter
from enum import StrEnum
from pathlib import Path

import typer
from rich.markup import escape

from janji.cli.ask import instant
from janji.cli.output import console
from janji.cli.verbs import TELL, Verbs
from janji.errors import Invalid
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.periods import parse_period
from janji.workflows.documents import Form, Kind, Rendered, open_desk, render, render_folder, write
from janji.workflows.policies import open_policy

_MANY = 8


class Document(StrEnum):
    """The documents that can be asked for."""

    NOTICE = "notice"
    TOUCHPOINT = "touchpoint"
    TRACKERS = "trackers"
    SECURITY = "security"
    GPC = "gpc"
    ALL = "all"


class DocumentFormat(StrEnum):
    """How a document for people is written."""

    HTML = "html"
    MD = "md"


def add(verbs: Verbs) -> None:
    """Add the verb `render`."""

    @verbs.app.command(
        "render",
        rich_help_panel=verbs.say(TELL),
        help=verbs.say(N_("Render what people are told: the notice, a notice per touchpoint, trackers, security.txt, gpc.json.")),
    )  # fmt: skip
    def render_(
        policy: Path = verbs.folder(),
        document: Document | None = typer.Option(
            None, "--document", show_default=False,
            help=verbs.say(N_("Which document; `notice` by default, `all` with `--output`.")),
        ),
        touchpoint: str | None = typer.Option(
            None, "--touchpoint", help=verbs.say(N_("The touchpoint whose notice is rendered."))
        ),
        output: Path | None = typer.Option(
            None, "--output", "-o",
            help=verbs.say(N_("Write into this folder, in every language of the policy, instead of to standard output.")),
        ),
        format: DocumentFormat | None = typer.Option(
            None, "--format", show_default=False,
            help=verbs.say(N_("HTML or Markdown; HTML by default, both with `--output`.")),
        ),
        replace: bool = typer.Option(
            False, "--replace", help=verbs.say(N_("Overwrite files that Janji did not write, or that were changed since."))
        ),
        valid: str = typer.Option(
            "P6M", "--valid", metavar="PERIOD", help=verbs.say(N_("How long a security.txt is good for; at most a year."))
        ),
        at: str | None = typer.Option(
            None, "--at", metavar="ISO", help=verbs.say(N_("The instant it is rendered for; now by default."))
        ),
        lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        now = instant(at) if at else verbs.runtime.now()
        period = parse_period(valid)
        if period is None:
            raise Invalid(say(N_("`{period}` is not a time for which a security.txt can be good"), period=valid),
                          say(N_("write a period of one day to one year, such as `P6M`")))  # fmt: skip
        desk = open_desk(open_policy(policy), now, period)
        chosen = document or (Document.TOUCHPOINT if touchpoint else Document.ALL if output else Document.NOTICE)
        if touchpoint and chosen is not Document.TOUCHPOINT:
            raise Invalid(say(N_("`{option}` goes with `--document touchpoint` only"), option="--touchpoint"),
                          say(N_("leave one of the two out")))  # fmt: skip
        if output is None:
            _to_stdout(render(desk, _one(chosen), verbs.tongue, Form(format or "html"), touchpoint), verbs.tongue)
            return
        kinds = tuple(Kind) if chosen is Document.ALL else (Kind(chosen),)
        forms = (Form(format),) if format else tuple(Form)
        made = render_folder(desk, verbs.tongue, kinds, forms, touchpoint)
        if not made.documents:
            raise Invalid(made.left_out[0] if made.left_out else say(N_("the policy names no touchpoints")))
        _report(output, made, write(output, made, replace=replace), verbs.tongue)


def _one(document: Document) -> Kind:
    if document is Document.ALL:
        raise Invalid(
            say(N_("several documents do not fit on standard output")), say(N_("name a folder with `--output`"))
        )
    return Kind(document)


def _to_stdout(made: Rendered, tongue: Tongue) -> None:
    for data in made.documents.values():
        sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    _notes(made, tongue)


def _report(folder: Path, made: Rendered, paths: tuple[Path, ...], tongue: Tongue) -> None:
    """Which files were written; a folder with many of them is counted."""
    out = console()
    counted = Counter(path.parent for path in paths)
    for parent, count in counted.items():
        if count > _MANY and parent != folder:
            line = say(N_("written: `{path}`, files: {count}"), path=parent, count=count)
            out.print(escape(line.render(tongue)))
            continue
        for path in paths:
            if path.parent == parent:
                out.print(escape(say(N_("written: `{path}`"), path=path).render(tongue)))
    _notes(made, tongue)


def _notes(made: Rendered, tongue: Tongue) -> None:
    err = console(stderr=True)
    notes: list[Message] = [say(N_("left out: {reason}"), reason=reason) for reason in made.left_out]
    if made.draft:
        notes.append(say(N_("this is a draft: what is not settled is marked, and `janji check` names it")))
    for note in notes:
        err.print(f"[yellow]{escape(tongue.translate(N_('note')))}[/]: {escape(note.render(tongue))}")
