"""How the command line speaks: tables and messages for people, JSON for programs, errors with their help."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.markup import escape

from janji.decision.explanation import Explanation
from janji.decision.question import Decision, Reason
from janji.errors import Diagnostic, Invalid, JanjiError
from janji.terms.messages import N_, Message, Tongue, printable, say
from janji.terms.processing import Severity
from janji.workflows.answers import diagnostic_json
from janji.workflows.decisions import Answer

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
HELP, CLAUSE, RECORD, UNSURE = N_("help"), N_("clause"), N_("record"), N_("unsure")
ENFORCEMENT, SOURCE = N_("enforcement"), N_("source")
WORDS = {
    "verified": N_("verified"), "secondary": N_("from a second source"), "general": N_("from general knowledge"),
    "inferred": N_("inferred"), "promise": N_("promise"), "power-claimed": N_("power claimed"),
    "user-duty": N_("duty of the user"), "definition": N_("definition"), "lead-in": N_("lead-in"),
    "defect": N_("defect"), "observe": N_("observe"), "warn": N_("warn"), "enforce": N_("enforce"),
}  # fmt: skip
"""Words of closed vocabularies as people read them."""
LABELS = {Severity.ERROR: N_("error"), Severity.WARNING: N_("warning"), Severity.INFO: N_("note")}


class Format(StrEnum):
    """How an answer is written."""

    TEXT = "text"
    JSON = "json"


def console(stderr: bool = False) -> Console:
    """The terminal; colours only where there is one and `NO_COLOR` is not set."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True, emoji=False)


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on the terminal of people for work that takes long: what is being done, how many of how many; nothing where nobody looks."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    out = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as shown:
        task = shown.add_task("", total=None)

        def move(what: str, done: int, count: int) -> None:
            first = not shown.tasks[0].description  # drawn at once; the others as the bar is drawn anew, some times a second
            shown.update(task, description=escape(what), completed=done, total=count, refresh=first)

        yield move


def write_json(value: Any) -> None:
    """One JSON document on standard output, UTF-8, keys in the order given."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_diagnostics(diagnostics: Iterable[Diagnostic], tongue: Tongue, out: Console) -> None:
    """Each diagnostic with its place and help."""
    for found in diagnostics:
        colour = COLOURS[found.severity]
        label = tongue.translate(LABELS[found.severity])
        out.print(f"[{colour}]{label}\\[{escape(found.code)}][/]: {escape(found.message.render(tongue))}")
        out.print(f"  [dim]-->[/] {escape(str(found.place))}")
        if found.help is not None:
            _help(found.help, tongue, out)


def _help(message: Message, tongue: Tongue, out: Console) -> None:
    out.print(f"[green]{tongue.translate(HELP)}[/]: {escape(message.render(tongue))}")


def error_json(error: JanjiError, tongue: Tongue) -> dict[str, Any]:
    """An error as programs read it: its sentence, its help, its diagnostics."""
    held: dict[str, Any] = {"error": error.message.render(tongue)}
    if error.help is not None:
        held["help"] = error.help.render(tongue)
    held["diagnostics"] = [diagnostic_json(found, tongue) for found in (error.diagnostics if isinstance(error, Invalid) else ())]
    return held


def print_error(error: JanjiError, tongue: Tongue, format: Format, about: Message | None = None) -> None:
    """An error on standard error: its diagnostics, its sentence, its help; as JSON when that was asked for. `about` is which of several it is."""
    if format is Format.JSON:
        write_json(error_json(error, tongue))
        return
    out = console(stderr=True)
    print_diagnostics([found for found in (error.diagnostics if isinstance(error, Invalid) else ()) if found.severity is Severity.ERROR], tongue, out)
    told = error.message.render(tongue) if about is None else f"{about.render(tongue)}: {error.message.render(tongue)}"
    out.print(f"[bold red]{tongue.translate(N_('error'))}[/]: {escape(told)}")
    if error.help is not None:
        _help(error.help, tongue, out)


def print_answer(answer: Answer, tongue: Tongue) -> None:
    """A decision for people: yes or no, the question, each reason with clause and article."""
    out = console()
    _headline(answer.decision, tongue, out)
    for reason in answer.decision.reasons:
        out.print(f"  [bold]{escape(reason.code)}[/]: {escape(reason.message.render(tongue))}")
        out.print(f"    [dim]{escape(_sources(reason, tongue))}[/]")
    if answer.outcome.proceed != answer.decision.permit:
        out.print(
            f"  [yellow]{escape(tongue.translate(ENFORCEMENT))}: {tongue.translate(WORDS[answer.outcome.mode])}[/]"
        )
    _footer(answer.decision, tongue, out)


def _headline(decision: Decision, tongue: Tongue, out: Console) -> None:
    word = tongue.translate(N_("permit")) if decision.permit else tongue.translate(N_("deny"))
    colour = "bold green" if decision.permit else "bold red"
    question = decision.question
    asked = [question.purpose, ", ".join(question.data), str(question.operation)]
    asked += [
        f"{tongue.translate(label)} {value}"
        for label, value in (
            (N_("to"), question.recipient),
            (N_("in"), question.country),
            (N_("by"), question.channel),
            (N_("acting"), question.agent),
        )
        if value is not None
    ]
    out.print(f"[{colour}]{word}[/]  {escape(printable(' · '.join(asked)))}")


def _footer(decision: Decision, tongue: Tongue, out: Console) -> None:
    version, digest = tongue.translate(N_("policy")), tongue.translate(N_("facts"))
    out.print(f"[dim]{version} {escape(decision.policy_version)} · {digest} {decision.facts_digest[:16]}[/]")


def _sources(reason: Reason, tongue: Tongue) -> str:
    parts = []
    if reason.clauses:
        parts.append(f"{tongue.translate(CLAUSE)} {reason.clause}")
    parts.append(tongue.cite(reason.article))
    if reason.record is not None:
        parts.append(f"{tongue.translate(RECORD)} {reason.record}")
    return " · ".join(parts)


def print_explanation(explanation: Explanation, tongue: Tongue) -> None:
    """A decision at length: what each clause says, the law behind it and how sure we are, what would change it."""
    out = console()
    _headline(explanation.decision, tongue, out)
    for point in explanation.points:
        reason = point.reason
        out.print(f"\n[bold]{escape(reason.code)}[/]: {escape(reason.message.render(tongue))}")
        if reason.record is not None:
            out.print(f"  {tongue.translate(RECORD)}: {escape(reason.record)}")
        for clause in point.clauses:
            says = escape(printable(clause.says.get(tongue.language)))
            out.print(
                f"  {tongue.translate(CLAUSE)} {escape(clause.id)} [dim]({tongue.translate(WORDS[clause.kind])})[/]: {says}"
            )
        rule = point.rule
        unsure = (
            f" [yellow]({tongue.translate(UNSURE)}: {tongue.translate(WORDS[rule.confidence])})[/]"
            if point.unsure
            else ""
        )
        out.print(
            f"  {escape(tongue.cite(rule.article))}: {escape(printable(rule.title.get(tongue.language)))}{unsure}"
        )
        out.print(f"  [green]{tongue.translate(HELP)}[/]: {escape(point.help.render(tongue))}")
    if explanation.facts:
        heading = say(N_("the answer turned on: {facts}"), facts=", ".join(explanation.facts))
        out.print(f"\n[dim]{escape(heading.render(tongue))}[/]")
    _footer(explanation.decision, tongue, out)
