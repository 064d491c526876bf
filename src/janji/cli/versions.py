"""The verb that compares two versions of a policy: `diff`."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from janji.cli.output import console
from janji.cli.verbs import READ, Verbs
from janji.decision.question import Reason
from janji.policy.model import Policy
from janji.terms.messages import N_, Tongue, printable, say
from janji.terms.processing import Operation
from janji.terms.words import on_day
from janji.versions.changes import EFFECTS, Diff, Turn, Turned, audience_words
from janji.versions.words import called, listed, retold, row, word
from janji.workflows.versions import compare_policies, diff_json, diff_page, write_result

MATERIAL_CODE = 2


class DiffFormat(StrEnum):
    """How a comparison is written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


class FailOn(StrEnum):
    """What makes the comparison fail."""

    MATERIAL = "material"


def add(verbs: Verbs) -> None:
    """Add the verb that compares."""

    @verbs.app.command(
        "diff",
        rich_help_panel=verbs.say(READ),
        help=verbs.say(
            N_("Compare two versions of a policy: what is newly permitted or forbidden, and who must be told.")
        ),
    )
    def diff(
        old: Path = typer.Argument(
            ..., show_default=False, help=verbs.say(N_("The older version: its folder or first file."))
        ),
        new: Path = typer.Argument(
            ..., show_default=False, help=verbs.say(N_("The newer version: its folder or first file."))
        ),
        format: DiffFormat = typer.Option(
            DiffFormat.TEXT, "--format", help=verbs.say(N_("How the answer is written."))
        ),
        output: Path | None = typer.Option(None, "-o", "--output", help=verbs.say(N_("Write into this file."))),
        fail_on: FailOn | None = typer.Option(
            None, "--fail-on", help=verbs.say(N_("`material`: exit with 2 when people must be told of the change."))
        ),
        lang: str = verbs.lang(),
    ) -> None:
        policy, found = compare_policies(old, new)
        if format is DiffFormat.JSON:
            text = json.dumps(diff_json(policy, found, verbs.tongue), ensure_ascii=False, indent=2) + "\n"
        elif format is DiffFormat.HTML:
            text = diff_page(policy, found, verbs.tongue)
        else:
            text = diff_text(policy, found, verbs.tongue)
        if output is None:
            sys.stdout.write(text)
        else:
            write_result(output, text)
        if fail_on is FailOn.MATERIAL and found.material:
            raise typer.Exit(MATERIAL_CODE)


TURNS = {Turn.PERMITTED: N_("newly permitted"), Turn.FORBIDDEN: N_("newly forbidden")}
PARTS = (
    (N_("data"), "data"), (N_("recipients"), "recipients"), (N_("countries"), "countries"), (N_("channels"), "channels"),
)  # fmt: skip


def diff_text(policy: Policy, diff: Diff, tongue: Tongue) -> str:
    """A comparison for people."""
    out = console()
    with out.capture() as held:
        _print(policy, diff, tongue, out)
    return held.get()


def _print(policy: Policy, diff: Diff, tongue: Tongue, out: Console) -> None:
    head = say(N_("`{policy}` {old} -> {new}, in effect from {day}"), policy=policy.id,
               old=diff.old_version.split("+")[0], new=diff.new_version.split("+")[0], day=on_day(diff.effective))  # fmt: skip
    out.print(f"[bold]{escape(head.render(tongue))}[/]")
    if diff.empty:
        out.print(tongue.translate(N_("nothing changed")))
        return
    for turn, groups in diff.turns:
        out.print(f"\n[bold]{tongue.translate(TURNS[turn])}[/]")
        for group in groups:
            for reason in group.reasons:
                out.print(f" ! {_reason(reason, diff, tongue)}")
            for _, items in group.purposes:
                for item in items:
                    _print_turned(item, diff, tongue, out)
    _print_changes(diff, tongue, out)
    if diff.stale:
        out.print(f"\n[bold]{tongue.translate(N_('consents to ask for anew'))}[/]")
        for stale in diff.stale:
            why = "; ".join(message.render(tongue) for message in stale.because)
            name = called(diff.names, "purposes", stale.purpose).get(tongue.language)
            out.print(f"   {escape(printable(name))}: {escape(why)}")
            out.print(f"     [dim]{escape(', '.join(stale.keys))}[/]")
    out.print()
    if diff.material:
        told = say(N_("material: before {day} notice is owed to:"), day=on_day(diff.effective))
        out.print(f"[bold yellow]{escape(told.render(tongue))}[/] [dim]{escape(tongue.cite(diff.notice_article))}[/]")
        for owed in diff.owed:
            out.print(f"   {escape(audience_words(diff, owed).render(tongue))}")
    else:
        out.print(tongue.translate(N_("not material: nothing changed that people were told")))


def _print_changes(diff: Diff, tongue: Tongue, out: Console) -> None:
    """The changes entry by entry: what is told by what it is about, and then what is told to nobody."""
    for heading, mark, groups in (
        (N_("changes in what people were told"), "!", diff.told), (N_("changes of which nobody need be told"), " ", diff.untold),
    ):  # fmt: skip
        if groups:
            out.print(f"\n[bold]{tongue.translate(heading)}[/]")
        for about, changes in groups:
            out.print(f"   {escape(about.render(tongue))}")
            for change in changes:
                material = change.material
                words = [tongue.translate(EFFECTS[material.effect])] if material else []
                words += [tongue.cite(material.field.article)] if material and material.field else []
                behind = f" [dim]({escape(' · '.join(words))})[/]" if words else ""
                out.print(f"   {mark} {escape(change.message.render(tongue))}{behind}")


def _print_turned(item: Turned, diff: Diff, tongue: Tongue, out: Console) -> None:
    title = listed(diff.names, "purposes", item.purposes)
    operations = row(word(Operation(name)) for name in item.operations)
    head = say(N_("{purpose}: {operations}"), purpose=title, operations=operations)
    out.print(f"     {escape(head.render(tongue))} [dim]({escape(printable(', '.join(item.purposes)))})[/]")
    for label, part in PARTS:
        names: tuple[str, ...] = getattr(item, part)
        if any(names):
            said = say(N_("{label}: {names}"), label=say(label), names=listed(diff.names, part, names))
            out.print(f"       {escape(said.render(tongue))}")
    for reason in item.witness.granted.reasons:
        out.print(f"       + {_reason(reason, diff, tongue)}")


def _reason(reason: Reason, diff: Diff, tongue: Tongue) -> str:
    sources = tongue.cite(reason.article)
    if reason.clauses:
        sources = f"{tongue.translate(N_('clause'))} {reason.clause} · {sources}"
    return f"{escape(retold(reason.message, diff.names).render(tongue))} [dim]({escape(sources)})[/]"
