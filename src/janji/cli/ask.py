"""The verbs that ask: decide a question, or explain its answer at length."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import typer

from janji.cli.output import (
    answer_json,
    explanation_json,
    print_answer,
    print_explanation,
    write_json,
)  # fmt: skip
from janji.cli.read import Dialect
from janji.cli.verbs import ASK, Verbs
from janji.decision.explanation import explain
from janji.decision.question import Facts, Question
from janji.errors import Invalid
from janji.terms.messages import N_, Tongue, say
from janji.terms.processing import Operation
from janji.workflows.decisions import Answer, answer, load_facts
from janji.workflows.policies import Opened, open_policy


class AskFormat(StrEnum):
    """How a decision is written: for people, for programs, or as the SQL that answers for everybody."""

    TEXT = "text"
    JSON = "json"
    SQL = "sql"


Write = Callable[[Opened, Answer, AskFormat, Tongue], None]


def add(verbs: Verbs) -> None:
    """Add the asking verbs: the same question, answered in short or at length."""
    short = N_("Ask whether something may be done; every reason cites its clause and article.")
    length = N_("Answer the same question at length: what each clause says, the law behind it, what would change it.")
    _add(verbs, "decide", short, _write_answer)
    _add(verbs, "explain", length, _write_explanation)


def _add(verbs: Verbs, name: str, help: str, write: Write) -> None:
    say_ = verbs.say
    operations = "collect|use|disclose|retain"

    @verbs.app.command(name, rich_help_panel=say_(ASK), help=say_(help))
    def ask(
        policy: Path = verbs.policy(),
        purpose: str = typer.Option(..., "--purpose", help=say_(N_("What it is for."))),
        data: str = typer.Option(..., "--data", help=say_(N_("Categories of data, separated by commas."))),
        operation: str = typer.Option(
            "",
            "--operation",
            metavar=operations,
            show_default=False,
            help=say_(N_("What is done; `use`, or `disclose` when a recipient is named.")),
        ),
        recipient: str | None = typer.Option(None, "--recipient", help=say_(N_("Who would receive the data."))),
        country: str | None = typer.Option(
            None, "--country", help=say_(N_("The country they would go to, such as `JP`."))
        ),
        channel: str | None = typer.Option(None, "--channel", help=say_(N_("The channel that would be used."))),
        agent: str | None = typer.Option(
            None, "--agent", help=say_(N_("Who acts; leave it out for a machine acting alone."))
        ),
        facts: Path | None = typer.Option(None, "--facts", help=say_(N_("A file with what is known of the person."))),
        at: str | None = typer.Option(
            None, "--at", metavar="ISO", help=say_(N_("The instant asked about; now by default."))
        ),
        touchpoint: str | None = typer.Option(
            None, "--touchpoint", help=say_(N_("Where it happens, for enforcement."))
        ),
        application: str | None = typer.Option(
            None, "--application", help=say_(N_("Which program asks, for enforcement."))
        ),
        format: AskFormat = typer.Option(AskFormat.TEXT, "--format", help=say_(N_("How the answer is written."))),
        dialect: Dialect = typer.Option(Dialect.POSTGRES, "--dialect", help=say_(N_("The dialect of SQL."))),
        lang: str = verbs.lang(),
    ) -> None:
        opened = open_policy(policy)
        question = Question(
            purpose=purpose,
            data=tuple(part.strip() for part in data.split(",") if part.strip()),
            at=instant(at) if at else verbs.runtime.now(),
            operation=_operation(operation, recipient),
            recipient=recipient,
            country=country,
            channel=channel,
            agent=agent,
        )
        known = load_facts(opened, facts) if facts is not None else None
        if format is AskFormat.SQL:
            _write_sql(opened, question, known, dialect)
            return
        result = answer(verbs.runtime, opened, question, known, touchpoint, application)
        write(opened, result, format, verbs.tongue)
        raise typer.Exit(0 if result.decision.permit else 2)


def _write_answer(opened: Opened, result: Answer, format: AskFormat, tongue: Tongue) -> None:
    if format is AskFormat.JSON:
        write_json(answer_json(result, tongue))
    else:
        print_answer(result, tongue)


def _write_explanation(opened: Opened, result: Answer, format: AskFormat, tongue: Tongue) -> None:
    explanation = explain(opened.compiled, result.decision)
    if format is AskFormat.JSON:
        write_json(explanation_json(explanation, result, tongue))
    else:
        print_explanation(explanation, tongue)


def _write_sql(opened: Opened, question: Question, known: Facts | None, dialect: str) -> None:
    from janji.decision import lowering

    compiled = opened.compiled
    sys.stdout.write(f"-- policy {compiled.version}, layout {compiled.layout.version}\n")
    sys.stdout.write(lowering.write(lowering.select(compiled, question, known), dialect) + ";\n")


def _operation(word: str, recipient: str | None) -> str:
    """The operation asked about; naming a recipient means a disclosure."""
    chosen = word or (Operation.DISCLOSE if recipient is not None else Operation.USE)
    if chosen not in list(Operation):
        raise Invalid(
            say(N_("`{word}` is not an operation"), word=chosen),
            say(N_("known here: {words}"), words=", ".join(f"`{item}`" for item in Operation)),
        )
    return chosen


def instant(text: str) -> datetime:
    """An instant as RFC 3339 writes it; a date alone is its first instant in UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            say(N_("`{word}` is not an instant"), word=text),
            say(N_("write it as `2026-11-23T10:00:00Z` or `2026-11-23`")),
        ) from None
    if at.tzinfo is None and len(text) <= 10:
        return at.replace(tzinfo=UTC)
    if at.tzinfo is None:
        raise Invalid(
            say(N_("`{word}` has no time zone"), word=text),
            say(N_("write it as `2026-11-23T10:00:00Z` or `2026-11-23`")),
        )
    return at
