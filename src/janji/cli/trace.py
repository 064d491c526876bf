"""The verb that traces: clause by clause, what of the policy rests on it, and what rests on nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from janji.cli.output import CLAUSE, WORDS, Format, console, write_json
from janji.cli.verbs import READ, Verbs
from janji.documents.shapes import nearest
from janji.errors import Invalid
from janji.policy.trace import Trace, TracedClause, trace
from janji.terms.messages import N_, Tongue, printable, say
from janji.workflows.policies import open_policy

SHORT = 100
"""How much of a clause is shown beside its number."""


def add(verbs: Verbs) -> None:
    """Add the verb that traces."""

    @verbs.app.command(
        "trace",
        rich_help_panel=verbs.say(READ),
        help=verbs.say(N_("Show which entries of the policy rest on each clause, and what rests on nothing.")),
    )
    def trace_(
        policy: Path = verbs.folder(),
        clause: list[str] = typer.Option(
            [], "--clause", metavar="ID", show_default=False, help=verbs.say(N_("Only this clause; can be given again."))
        ),
        idle: bool = typer.Option(False, "--idle", help=verbs.say(N_("Only what rests on nothing."))),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        opened = open_policy(policy)
        whole = opened.parsed.policy
        if whole is None:
            whole = opened.whole[0]
        traced = trace(whole)
        shown = _chosen(traced, clause)
        if idle:
            shown = tuple(item for item in shown if item.idle)
        if format is Format.JSON:
            write_json(trace_json(whole.id, traced, shown, verbs.tongue, alone=not clause))
        else:
            _print(traced, shown, verbs.tongue, alone=not clause)


def _chosen(traced: Trace, names: list[str]) -> tuple[TracedClause, ...]:
    known = {str(item.clause.id): item for item in traced.clauses}
    for name in names:
        if name not in known:
            raise Invalid(say(N_("there is no clause `{clause}` in the policy"), clause=name), nearest(name, known))
    return tuple(known[name] for name in dict.fromkeys(names)) if names else traced.clauses


def trace_json(
    policy: str, traced: Trace, shown: tuple[TracedClause, ...], tongue: Tongue, alone: bool = True
) -> dict[str, Any]:
    """The trace as `schema/trace.json` describes it; what rests on no clause is told with the whole only."""
    held: dict[str, Any] = {
        "policy": str(policy),
        "clauses": [
            {"clause": str(item.clause.id), "kind": str(item.clause.kind), "says": item.clause.says.get(tongue.language),
             "entries": list(item.entries)}
            for item in shown
        ],
    }  # fmt: skip
    if alone:
        held |= {"idle": [str(item.clause.id) for item in traced.idle], "groundless": list(traced.groundless)}
    return held


def _print(traced: Trace, shown: tuple[TracedClause, ...], tongue: Tongue, alone: bool) -> None:
    out = console()
    for item in shown:
        _print_clause(item, tongue, out, whole=not alone)
    if not alone:
        return
    if traced.groundless:
        out.print(escape(say(N_("rest on no clause: {count}"), count=len(traced.groundless)).render(tongue)))
        for path in traced.groundless:
            out.print(f"  {escape(path)}")
    counts = say(
        N_("clauses: {clauses}, nothing rests on: {idle}, entries without a clause: {groundless}"),
        clauses=len(traced.clauses), idle=len(traced.idle), groundless=len(traced.groundless),
    )  # fmt: skip
    out.print(f"[bold]{escape(counts.render(tongue))}[/]")


def _print_clause(item: TracedClause, tongue: Tongue, out: Console, whole: bool) -> None:
    words = " ".join(printable(item.clause.says.get(tongue.language)).split())
    says = words if whole or len(words) <= SHORT else words[: SHORT - 3] + "..."
    kind = tongue.translate(WORDS[item.clause.kind])
    out.print(f"[bold]{tongue.translate(CLAUSE)} {escape(str(item.clause.id))}[/] [dim]({kind})[/] {escape(says)}")
    for path in item.entries:
        out.print(f"  {escape(path)}")
    if item.idle:
        out.print(f"  [yellow]{escape(tongue.translate(N_('nothing rests on it')))}[/]")
