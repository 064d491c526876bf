"""The verbs `plan access` and `plan erase`: what would be searched and erased where, what stays and why; nothing is carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from janji.cli.naming import person, record
from janji.cli.output import Format, bar, console, write_json
from janji.cli.verbs import ANSWER, Verbs
from janji.terms.messages import N_, Message, say

if TYPE_CHECKING:
    from janji.workflows.planning import Part, Plan

BLOCKED = 1
LEVELS = ("logical", "vacuumed", "rewritten")
WAYS = {
    "done-here": N_("done here"), "asked": N_("its owner is asked, and attests"), "held": N_("held because of a legal proceeding: nothing goes"),
    "blocked": N_("blocked"),
}  # fmt: skip
VERDICTS = {
    "delete": N_("deleted"), "destroy": N_("destroyed"), "anonymise": N_("anonymised"), "restrict": N_("restricted"), "keep": N_("kept"),
}  # fmt: skip
SUBJECT = N_("Whom it is about, once for each: `sub_` and a number, `email:` and an address and so on, or `-` to read it from standard input.")
LEVEL = N_("How deep it goes where a store can: rows deleted, their space given back, or every byte written anew.")
FORGET = N_("End the people's own records here too, once nothing is left in any system.")


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    group = typer.Typer(help=verbs.say(N_("Plans: what would be searched or erased, table by table, before anything is done.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="plan", rich_help_panel=verbs.say(ANSWER))
    _add_access(verbs, group)
    _add_erase(verbs, group)


def level_option(verbs: Verbs) -> Any:
    """The option `--level`."""
    return typer.Option(LEVELS[0], "--level", metavar="|".join(LEVELS), help=verbs.say(LEVEL))


def subject_option(verbs: Verbs) -> Any:
    """The option `--subject`, once for each person."""
    return typer.Option(..., "--subject", show_default=False, help=verbs.say(SUBJECT))


def _add_access(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("access", help=verbs.say(N_("Show how people would be searched for in every system. Exits with 1 when a system is blocked or unclear.")))
    def access(
        subject: list[str] = subject_option(verbs),
        sql: bool = typer.Option(False, "--sql", help=verbs.say(N_("Show the statements too; none holds a value of a person."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.erasure.plan import Purpose
        from janji.workflows.planning import plan_batch, statements
        from janji.workflows.systems import reaching

        with record(verbs) as house, reaching(house) as reach:
            plan = plan_batch(house, reach, [person(house, one) for one in subject], Purpose.ACCESS)
            said = statements(reach, plan) if sql else {}
        _show(verbs, format, plan, said, "")


def _add_erase(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("erase", help=verbs.say(N_("Show what an erasure would delete, change and keep, with its counts, and the number by which it is carried out. Exits with 1 when a system is blocked.")))
    def erase(
        subject: list[str] = subject_option(verbs),
        destroy: bool = typer.Option(False, "--destroy", help=verbs.say(N_("Plan a destruction: what can be deleted or destroyed is not kept anonymised."))),
        level: str = level_option(verbs),
        forget: bool = typer.Option(False, "--forget", help=verbs.say(FORGET)),
        sql: bool = typer.Option(False, "--sql", help=verbs.say(N_("Show the statements too; none holds a value of a person."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.erasure.plan import Purpose
        from janji.erasure.steps import Level
        from janji.errors import Invalid
        from janji.workflows.erasing import plan_digest, prepare
        from janji.workflows.planning import statements
        from janji.workflows.systems import reaching

        if level not in LEVELS:
            raise Invalid(say(N_("`{word}` is not a level"), word=level), say(N_("known here: {words}"), words=", ".join(f"`{one}`" for one in LEVELS)))
        purpose = Purpose.DESTROY if destroy else Purpose.ERASE
        with record(verbs) as house, bar() as progress:
            people = [person(house, one) for one in subject]
            plan = prepare(house, people, purpose, level=Level(level), forgetting=forget, progress=progress)
            with reaching(house) as reach:
                said = statements(reach, plan) if sql else {}
        _show(verbs, format, plan, said, plan_digest(plan, {"level": level, "forget": forget}))


def _show(verbs: Verbs, format: Format, plan: Plan, said: Mapping[str, Sequence[str]], number: str) -> None:
    from janji.workflows.planning import plan_json

    if format is Format.JSON:
        held = plan_json(plan, verbs.tongue, said)
        write_json({**held, "digest": number or held["digest"]})
    else:
        for part in plan.parts:
            _print_part(verbs, part, said.get(part.system, ()))
        if not plan.parts:
            console().print(verbs.say(N_("no system is kept yet; `janji connect add` keeps one")), markup=False)
        if plan.held:
            console().print(say(N_("people who are held because of a legal proceeding, and left out: {count}"), count=len(plan.held)).render(verbs.tongue), markup=False)
        if number:
            console().print(say(N_("plan {number}"), number=number).render(verbs.tongue), markup=False)
    raise typer.Exit(BLOCKED if plan.blocked or any(part.problems for part in plan.parts) else 0)


def _print_part(verbs: Verbs, part: Part, said: Sequence[str]) -> None:
    out = console()

    def line(message: Message, indent: str = "  ", style: str = "") -> None:
        text = escape(message.render(verbs.tongue))
        out.print(f"{indent}[{style}]{text}[/]" if style else f"{indent}{text}")

    out.print(f"[bold]{escape(part.system)}[/]  {escape(verbs.say(WAYS[str(part.way)]))}")
    rows = dict(part.rows)
    fates = () if part.plan is None else part.plan.fates
    for fate in fates:
        if fate.column is None:
            count = rows.pop(fate.table, None)
            text = N_("`{table}`: {verdict} by `{rule}`, rows: {count}") if fate.rule else N_("`{table}`: {verdict}, rows: {count}")
            line(say(text, table=fate.table, verdict=say(VERDICTS[str(fate.verdict)]), rule=fate.rule, count=count))
        else:
            text = N_("`{table}`, `{column}`: {verdict} by `{rule}`") if fate.rule else N_("`{table}`, `{column}`: {verdict}")
            line(say(text, table=fate.table, column=fate.column, verdict=say(VERDICTS[str(fate.verdict)]), rule=fate.rule), "    ")
    for table, count in rows.items():
        line(say(N_("`{table}`, rows: {count}"), table=table, count=count))
    if part.plan is not None and not fates:
        for gather in part.plan.gathers:
            if gather.table not in dict(part.rows):
                line(say(N_("`{table}` is searched"), table=gather.table))
    for told in () if part.plan is None else part.plan.told:
        line(told.message, style="cyan")
    for problem in part.problems:
        line(problem.message, style="bold red")
        line(problem.help, "    ")
    for statement in said:
        out.print(f"    {statement}", markup=False)
