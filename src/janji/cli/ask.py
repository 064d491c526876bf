"""The verbs that ask: decide a question, or explain its answer at length."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import typer

from janji.cli.output import (
    Format,
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
from janji.terms.messages import N_, say
from janji.terms.processing import Operation
from janji.workflows.decisions import Answer, answer, load_facts
from janji.workflows.policies import Opened, open_policy


class AskFormat(StrEnum):
    """How a decision is written: for people, for programs, or as the SQL that answers for everybody."""

    TEXT = "text"
    JSON = "json"
    SQL = "sql"


def add(verbs: Verbs) -> None:
    """Add the asking verbs."""
    _add_decide(verbs)
    _add_explain(verbs)


class _Options:
    """The options of a question, in the user's language."""

    def __init__(self, verbs: Verbs) -> None:
        say_ = verbs.say
        self.purpose = typer.Option(..., "--purpose", help=say_(N_("What it is for.")))
        self.data = typer.Option(..., "--data", help=say_(N_("Categories of data, separated by commas.")))
        self.operation = typer.Option(
            "",
            "--operation",
            metavar="collect|use|disclose|retain",
            show_default=False,
            help=say_(N_("What is done; `use`, or `disclose` when a recipient is named.")),
        )
        self.recipient = typer.Option(None, "--recipient", help=say_(N_("Who would receive the data.")))
        self.country = typer.Option(None, "--country", help=say_(N_("The country they would go to, such as `JP`.")))
        self.channel = typer.Option(None, "--channel", help=say_(N_("The channel that would be used.")))
        self.agent = typer.Option(None, "--agent", help=say_(N_("Who acts; leave it out for a machine acting alone.")))
        self.facts = typer.Option(None, "--facts", help=say_(N_("A file with what is known of the person.")))
        self.at = typer.Option(None, "--at", metavar="ISO", help=say_(N_("The instant asked about; now by default.")))
        self.touchpoint = typer.Option(None, "--touchpoint", help=say_(N_("Where it happens, for enforcement.")))
        self.application = typer.Option(None, "--application", help=say_(N_("Which program asks, for enforcement.")))


def _add_decide(verbs: Verbs) -> None:
    options = _Options(verbs)

    @verbs.app.command("decide", rich_help_panel=verbs.say(ASK), help=verbs.say(N_(
        "Ask whether something may be done; every reason cites its clause and article.")))  # fmt: skip
    def decide(
        policy: Path = verbs.policy(),
        purpose: str = options.purpose,
        data: str = options.data,
        operation: str = options.operation,
        recipient: str | None = options.recipient,
        country: str | None = options.country,
        channel: str | None = options.channel,
        agent: str | None = options.agent,
        facts: Path | None = options.facts,
        at: str | None = options.at,
        touchpoint: str | None = options.touchpoint,
        application: str | None = options.application,
        format: AskFormat = typer.Option(AskFormat.TEXT, "--format", help=verbs.say(N_("How the answer is written."))),
        dialect: Dialect = typer.Option(Dialect.POSTGRES, "--dialect", help=verbs.say(N_("The dialect of SQL."))),
        lang: str = verbs.lang(),
    ) -> None:
        opened = open_policy(policy)
        question = _question(verbs, purpose, data, operation, recipient, country, channel, agent, at)
        known = load_facts(opened, facts) if facts is not None else None
        if format is AskFormat.SQL:
            _write_sql(opened, question, known, dialect)
            return
        result = answer(verbs.runtime, opened, question, known, touchpoint, application)
        if format is AskFormat.JSON:
            write_json(answer_json(result, verbs.tongue))
        else:
            print_answer(result, verbs.tongue)
        raise typer.Exit(_code(result))


def _add_explain(verbs: Verbs) -> None:
    options = _Options(verbs)

    @verbs.app.command("explain", rich_help_panel=verbs.say(ASK), help=verbs.say(N_(
        "Answer the same question at length: what each clause says, the law behind it, what would change it.")))  # fmt: skip
    def explain_(
        policy: Path = verbs.policy(),
        purpose: str = options.purpose,
        data: str = options.data,
        operation: str = options.operation,
        recipient: str | None = options.recipient,
        country: str | None = options.country,
        channel: str | None = options.channel,
        agent: str | None = options.agent,
        facts: Path | None = options.facts,
        at: str | None = options.at,
        touchpoint: str | None = options.touchpoint,
        application: str | None = options.application,
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        opened = open_policy(policy)
        question = _question(verbs, purpose, data, operation, recipient, country, channel, agent, at)
        known = load_facts(opened, facts) if facts is not None else None
        result = answer(verbs.runtime, opened, question, known, touchpoint, application)
        explanation = explain(opened.compiled, result.decision)
        if format is Format.JSON:
            write_json(explanation_json(explanation, result, verbs.tongue))
        else:
            print_explanation(explanation, verbs.tongue)
        raise typer.Exit(_code(result))


def _code(result: Answer) -> int:
    return 0 if result.decision.permit else 2


def _write_sql(opened: Opened, question: Question, known: Facts | None, dialect: str) -> None:
    from janji.decision import lowering

    compiled = opened.compiled
    sys.stdout.write(f"-- policy {compiled.version}, layout {compiled.layout.version}\n")
    sys.stdout.write(lowering.write(lowering.select(compiled, question, known), dialect) + ";\n")


def _question(
    verbs: Verbs,
    purpose: str,
    data: str,
    operation: str,
    recipient: str | None,
    country: str | None,
    channel: str | None,
    agent: str | None,
    at: str | None,
) -> Question:
    chosen = operation or (Operation.DISCLOSE if recipient is not None else Operation.USE)
    if chosen not in list(Operation):
        raise Invalid(
            say(N_("`{word}` is not an operation"), word=chosen),
            say(N_("known here: {words}"), words=", ".join(f"`{item}`" for item in Operation)),
        )
    names = tuple(name.strip() for name in data.split(",") if name.strip())
    return Question(
        purpose=purpose,
        data=names,
        at=_instant(at) if at else verbs.runtime.now(),
        operation=chosen,
        recipient=recipient,
        country=country,
        channel=channel,
        agent=agent,
    )


def _instant(text: str) -> datetime:
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
