"""The verbs that ask: decide a question, or explain its answer at length."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import typer

from janji.cli.naming import given
from janji.cli.naming import record as open_
from janji.cli.output import print_answer, print_explanation, write_json
from janji.cli.read import Dialect
from janji.cli.verbs import ASK, Verbs
from janji.decision.compiler import CompiledPolicy
from janji.decision.explanation import explain
from janji.decision.question import Facts, Question
from janji.errors import Invalid
from janji.terms.messages import N_, Tongue, say
from janji.terms.processing import Operation
from janji.workflows.answers import answer_json, explanation_json
from janji.workflows.decisions import Answer, answer, load_facts
from janji.workflows.policies import open_policy


class AskFormat(StrEnum):
    """How a decision is written: for people, for programs, or as the SQL that answers for everybody."""

    TEXT = "text"
    JSON = "json"
    SQL = "sql"


Write = Callable[[CompiledPolicy, Answer, AskFormat, Tongue], None]


def add(verbs: Verbs) -> None:
    """Add the asking verbs: the same question, answered in short or at length."""
    short = N_("Ask whether something may be done; every reason cites its clause and article.")
    length = N_("Answer the same question at length: what each clause says, the law behind it, what would change it.")
    _add(verbs, "decide", short, _write_answer)
    _add(verbs, "explain", length, _write_explanation)


def _add(verbs: Verbs, name: str, help: str, write: Write) -> None:
    say_, option = verbs.say, typer.Option

    @verbs.app.command(name, rich_help_panel=say_(ASK), help=say_(help))
    def ask(
        policy: Path | None = option(None, "--policy", show_default=False, help=say_(N_(
            "The policy: its folder or first file; without it, for a person on record the one in force."))),
        purpose: str = option(..., "--purpose", help=say_(N_("What it is for."))),
        data: str = option(..., "--data", help=say_(N_("Categories of data, separated by commas."))),
        operation: str = option("", "--operation", metavar="collect|use|disclose|retain", show_default=False, help=say_(N_(
            "What is done; `use`, or `disclose` when a recipient is named."))),
        recipient: str | None = option(None, "--recipient", help=say_(N_("Who would receive the data."))),
        country: str | None = option(None, "--country", help=say_(N_("The country they would go to, such as `JP`."))),
        channel: str | None = option(None, "--channel", help=say_(N_("The channel that would be used."))),
        agent: str | None = option(None, "--agent", help=say_(N_("Who acts; leave it out for a machine acting alone."))),
        facts: Path | None = option(None, "--facts", help=say_(N_(
            "A file with what is known of the person; of one on record, with what is known of the request."))),
        subject: str | None = option(None, "--subject", show_default=False, help=say_(N_(
            "A person on record: `sub_` and a number, `email:` and an address, or `-` to give it on standard input."))),
        record: bool = option(False, "--record", help=say_(N_(
            "Record the use in the person's track record, if it goes on."))),
        at: str | None = option(None, "--at", metavar="ISO", help=say_(N_("The instant asked about; now by default."))),
        touchpoint: str | None = option(None, "--touchpoint", help=say_(N_("Where it happens, for enforcement."))),
        application: str | None = option(None, "--application", help=say_(N_("Which program asks, for enforcement."))),
        format: AskFormat = option(AskFormat.TEXT, "--format", help=say_(N_("How the answer is written."))),
        dialect: Dialect = option(Dialect.POSTGRES, "--dialect", help=say_(N_("The dialect of SQL."))),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        question = Question(
            purpose=purpose, data=tuple(part.strip() for part in data.split(",") if part.strip()),
            at=instant(at) if at else verbs.runtime.now(), operation=operation_of(operation, recipient), recipient=recipient,
            country=country, channel=channel, agent=agent,
        )  # fmt: skip
        if record and at:
            raise Invalid(say(N_("what is done is recorded as of now")), say(N_("leave out `--at` or `--record`")))
        asked = _Asked(policy, question, facts, touchpoint, application, record)
        if format is AskFormat.SQL:
            compiled, known = _from_files(verbs, asked)
            _write_sql(compiled, question, known, dialect)
            return
        if subject is not None:
            compiled, result = _on_record(verbs, asked, subject)
        else:
            compiled, known = _from_files(verbs, asked)
            result = answer(verbs.runtime, compiled, question, known, touchpoint, application)
        write(compiled, result, format, verbs.tongue)
        raise typer.Exit(0 if result.decision.permit else 2)


def _from_files(verbs: Verbs, asked: _Asked) -> tuple[CompiledPolicy, Facts | None]:
    """The policy and the facts as files give them, without the record."""
    if asked.record:
        raise Invalid(
            say(N_("only what is done with the data of a person on record can be recorded")),
            say(N_("name one with `--subject`, and leave out `--format sql`")),
        )
    compiled = open_policy(asked.policy or verbs.runtime.settings.policy).compiled
    return compiled, load_facts(compiled, asked.facts) if asked.facts is not None else None


@dataclass(frozen=True)
class _Asked:
    """What was asked, with how: the policy and the facts as files, if they were named."""

    policy: Path | None
    question: Question
    facts: Path | None
    touchpoint: str | None
    application: str | None
    record: bool


def _on_record(verbs: Verbs, asked: _Asked, subject: str) -> tuple[CompiledPolicy, Answer]:
    """The answer about a person on record, under the policy in force or the one that was named."""
    from janji.workflows.publishing import draft
    from janji.workflows.rollout import observe_about
    from janji.workflows.standings import answer_for, person_named, record_permitted

    name = given(subject)
    if asked.record and asked.policy is not None:
        raise Invalid(
            say(N_("what is done is recorded under the policy in force, and another one was named")),
            say(N_("leave out `--policy` or `--record`")),
        )
    with open_(verbs) as house:
        compiled = house.policy_in_force.compiled if asked.policy is None else draft(house, asked.policy)
        request = load_facts(compiled, asked.facts) if asked.facts is not None else None
        person = person_named(house, name)
        if person is None:
            return compiled, answer(verbs.runtime, compiled, asked.question, None, asked.touchpoint, asked.application)
        if asked.record:
            result = record_permitted(house, person, asked.question, request, asked.touchpoint, asked.application)
        else:
            result = answer_for(house, person, asked.question, request, compiled, asked.touchpoint, asked.application)
        if asked.application is not None and asked.policy is None:
            observe_about(house, person, result, asked.application, asked.touchpoint)
    return compiled, result


def _write_answer(compiled: CompiledPolicy, result: Answer, format: AskFormat, tongue: Tongue) -> None:
    if format is AskFormat.JSON:
        write_json(answer_json(result, tongue))
    else:
        print_answer(result, tongue)


def _write_explanation(compiled: CompiledPolicy, result: Answer, format: AskFormat, tongue: Tongue) -> None:
    explanation = explain(compiled, result.decision)
    if format is AskFormat.JSON:
        write_json(explanation_json(explanation, result, tongue))
    else:
        print_explanation(explanation, tongue)


def _write_sql(compiled: CompiledPolicy, question: Question, known: Facts | None, dialect: str) -> None:
    from janji.decision import lowering

    sys.stdout.write(f"-- policy {compiled.version}, layout {compiled.layout.version}\n")
    sys.stdout.write(lowering.write(lowering.select(compiled, question, known), dialect) + ";\n")


def operation_of(word: str, recipient: str | None) -> str:
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
