"""The verbs `hold set`, `hold list`, `hold lift`: what must stay because of a legal proceeding."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from janji.cli.naming import PERSON, given, name, number, person, record, tell
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import ANSWER, Verbs
from janji.ledger.words import HOLDS
from janji.terms.messages import N_, Message, say

if TYPE_CHECKING:
    from janji.workflows.holds import Hold



def add(verbs: Verbs) -> None:
    """Add the verbs."""
    group = typer.Typer(help=verbs.say(N_("Legal holds: people and systems of whom nothing may go.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="hold", rich_help_panel=verbs.say(ANSWER))
    _add_set(verbs, group)
    _add_list(verbs, group)
    _add_lift(verbs, group)


def _add_set(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("set", help=verbs.say(N_("Hold a person or a system: no erasure and no sweep takes anything of it until the hold is lifted.")))
    def set_(
        subject: str | None = typer.Option(None, "--subject", show_default=False, help=verbs.say(PERSON)),
        system: str = typer.Option("", "--system", show_default=False, help=verbs.say(N_("The system, instead of a person."))),
        ground: str = typer.Option(..., "--ground", show_default=False, metavar="|".join(HOLDS), help=verbs.say(N_("Why it is held."))),
        reference: str = typer.Option("", "--reference", show_default=False, help=verbs.say(N_("The file of the proceeding, kept sealed; `-` reads it from standard input."))),
        review: int | None = typer.Option(None, "--review", min=1, max=3660, metavar="DAYS", show_default=False, help=verbs.say(N_("In how many days somebody must look at it again; a hold never ends by itself."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.errors import Invalid
        from janji.workflows.holds import Ground, hold_json, set_hold

        if ground not in HOLDS:
            raise Invalid(say(N_("`{word}` is not a ground of a hold"), word=ground), say(N_("known here: {words}"), words=", ".join(f"`{one}`" for one in HOLDS)))
        with record(verbs) as house:
            who = None if subject is None else person(house, subject)
            within = None if review is None else timedelta(days=review)
            made = set_hold(house, Ground(ground), subject=who, system=system, reference=given(reference), within=within)
        if format is Format.JSON:
            write_json(hold_json(made))
        else:
            console().print(say(N_("held: {id}"), id=made.id).render(verbs.tongue), markup=False)


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the holds that stand, the oldest first.")))
    def list_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.holds import hold_json, holds

        with record(verbs) as house:
            found, now = holds(house), house.runtime.now()
        if format is Format.JSON:
            write_json({"items": [hold_json(one) for one in found]})
            return
        if not found:
            console().print(verbs.say(N_("nothing is held")), markup=False)
        for one in found:
            console().print(_line(one, one.until is not None and one.until <= now).render(verbs.tongue), markup=False)


def _line(one: Hold, due: bool) -> Message:
    what = name(one.subject) if one.subject is not None else one.system
    text = N_("{id}: {what}, {ground}, since {day}") if not due else N_("{id}: {what}, {ground}, since {day}; to be looked at again")
    return say(text, id=one.id, what=what, ground=say(HOLDS[str(one.ground)]), day=f"{one.set_at:%Y-%m-%d}")


def _add_lift(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("lift", help=verbs.say(N_("Let a hold be over. What it kept from going may go with the next erasure or sweep.")))
    def lift_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The id of the hold."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.holds import lift

        with record(verbs) as house:
            lift(house, number(id))
        tell(verbs, format, {"lifted": id}, say(N_("lifted")))
