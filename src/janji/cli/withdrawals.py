"""The verbs `withdrawal list` and `withdrawal agree`: data that are to go because a consent was taken back, until they are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import typer

from janji.cli.naming import name, record
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import ANSWER, Verbs
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment

if TYPE_CHECKING:
    from janji.workflows.cascade_work import Owed


def add(verbs: Verbs) -> None:
    """Add the verbs."""
    group = typer.Typer(help=verbs.say(N_("Withdrawals whose data are not deleted everywhere yet.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="withdrawal", rich_help_panel=verbs.say(ANSWER))
    _add_list(verbs, group)
    _add_agree(verbs, group)


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the withdrawals of which something is to be deleted still, the most urgent first, and what each waits for.")))
    def list_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.cascade_work import owed, owed_json

        with record(verbs) as house:
            found = owed(house)
        if format is Format.JSON:
            write_json({"items": [owed_json(one, verbs.tongue) for one in found]})
            return
        if not found:
            console().print(verbs.say(N_("nothing is to be deleted because of a withdrawal")), markup=False)
        for one in found:
            console().print(_line(one).render(verbs.tongue), markup=False)


def _line(one: Owed) -> Message:
    text = N_("{id}: {who}, {data}, by {due}; {why}") if one.due is not None else N_("{id}: {who}, {data}; {why}")
    why = one.why if one.why is not None else say(N_("it is begun within seconds"))
    due = {"due": moment(one.due)} if one.due is not None else {}
    return say(text, id=one.id, who=name(one.subject), data=", ".join(one.data), why=why, **due)


def _add_agree(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("agree", help=verbs.say(N_("Agree, as an officer, to the deletion in systems whose stage is `planned`: of some withdrawals, or of all that wait for it.")))
    def agree_(
        ids: list[UUID] = typer.Argument(None, metavar="[ID]...", show_default=False, help=verbs.say(N_("The withdrawals, as `withdrawal list` names them."))),
        all_: bool = typer.Option(False, "--all", help=verbs.say(N_("All withdrawals that wait for it."))),
        by: str = typer.Option(..., "--by", show_default=False, help=verbs.say(N_("The name of the officer who agrees; kept under seal."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.errors import Invalid
        from janji.workflows.cascade_work import agree

        if bool(ids) is all_:
            raise Invalid(say(N_("it is not said which withdrawals")), say(N_("name them, or give `--all`")))
        with record(verbs) as house:
            count = agree(house, None if all_ else ids, by)
        if format is Format.JSON:
            write_json({"agreed": count})
        else:
            console().print(say(N_("agreed to, withdrawals: {count}"), count=count).render(verbs.tongue), markup=False)
