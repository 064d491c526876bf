"""The verbs `connect add` to `connect remove`: the systems of the company, and how far Janji may go in each."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

import typer

from janji.cli.naming import LONGEST_LINE, STDIN, record, tell
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import KEEP, Verbs
from janji.terms.messages import N_, Message, say

if TYPE_CHECKING:
    from janji.workflows.systems import System

NAME = N_("The name of the system.")
ADDRESS = N_("Where it is, such as `postgresql://user@host/name`; `-` reads it from standard input, as one with a password must be.")
STAGES = {
    "manual": N_("a person answers"), "search": N_("searched, and never written to"), "planned": N_("erased in by reviewed plans"),
    "automatic": N_("erased in without a review"),
}  # fmt: skip


def add(verbs: Verbs) -> None:
    """Add the group of verbs about systems."""
    group = typer.Typer(help=verbs.say(N_("Systems of the company: connected, tested, and taken one stage further at a time.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="connect", rich_help_panel=verbs.say(KEEP))
    _add_add(verbs, group)
    _add_list(verbs, group)
    _add_show(verbs, group)
    _add_test(verbs, group)
    _add_stage(verbs, group)
    _add_limit(verbs, group)
    _add_grants(verbs, group)
    _add_rotate(verbs, group)
    _add_remove(verbs, group)


def _address(text: str) -> str:
    """An address of the command line; one that opens something comes by standard input, where no list of processes shows it."""
    from janji.errors import Invalid
    from janji.workflows.systems import without_password

    if text == STDIN:
        return getpass.getpass("") if sys.stdin.isatty() else sys.stdin.readline(4 * LONGEST_LINE).strip()
    if not without_password(text):
        raise Invalid(
            say(N_("an address with a password does not belong on the command line")),
            say(N_("write `-` in its place, and the address on standard input")),
        )
    return text


def _add_add(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("add", help=verbs.say(N_("Keep a system: with its address, which is sealed; or without one, and a person answers for it.")))
    def add_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        address: str = typer.Argument("", show_default=False, help=verbs.say(ADDRESS)),
        title: str = typer.Option("", "--title", show_default=False, help=verbs.say(N_("What people call it."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.systems import add, system_json

        with record(verbs) as house:
            made = add(house, name, _address(address), title=title)
        tell(verbs, format, system_json(made), _line(made))


def _line(one: System) -> Message:
    stage = say(STAGES[str(one.stage)])
    return say(N_("{name}: {stage}, {place}"), name=one.name, stage=stage, place=one.place) if one.place else say(N_("{name}: {stage}"), name=one.name, stage=stage)


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the systems, and the stage of each.")))
    def list_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.systems import system_json, systems

        with record(verbs):
            found = systems()
        if format is Format.JSON:
            write_json({"items": [system_json(one) for one in found]})
            return
        if not found:
            console().print(verbs.say(N_("no system is kept yet; `janji connect add` keeps one")), markup=False)
        for one in found:
            console().print(_line(one).render(verbs.tongue), markup=False)


def _add_show(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("show", help=verbs.say(N_("Show one system. What opens it is never shown.")))
    def show_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.systems import system_json, system_named

        with record(verbs):
            found = system_named(name)
        if format is Format.JSON:
            write_json(system_json(found))
            return
        console().print(_line(found).render(verbs.tongue), markup=False)
        for text, at in ((N_("answered last: {at}"), found.reached), (N_("an erasure was last found complete: {at}"), found.proven)):
            if at is not None:
                console().print(f"  {say(text, at=f'{at:%Y-%m-%dT%H:%M:%SZ}').render(verbs.tongue)}", markup=False)


def _add_test(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("test", help=verbs.say(N_("Reach a system and read its form; nothing is written.")))
    def test_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.systems import test

        with record(verbs) as house:
            found = test(house, name)
        held = {"name": name, "dialect": found.dialect, "tables": found.tables, "gaps": list(found.gaps)}
        tell(verbs, format, held, say(N_("`{name}` answers: {dialect}, tables: {count}"), name=name, dialect=found.dialect, count=found.tables))


def _add_stage(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("stage", help=verbs.say(N_("Let Janji go one stage further in a system, or back: `manual`, `search`, `planned`, `automatic`.")))
    def stage_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        stage: str = typer.Argument(..., show_default=False, metavar="|".join(STAGES), help=verbs.say(N_("The stage."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.errors import Invalid
        from janji.workflows.systems import Stage, move, system_json

        if stage not in STAGES:
            raise Invalid(say(N_("`{word}` is not a stage"), word=stage), say(N_("known here: {words}"), words=", ".join(f"`{one}`" for one in STAGES)))
        with record(verbs) as house:
            found = move(house, name, Stage(stage))
        tell(verbs, format, system_json(found), _line(found))


def _add_limit(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("limit", help=verbs.say(N_("Let at most so many connections of ours be at a system at once, whoever works.")))
    def limit_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        count: int = typer.Argument(..., show_default=False, help=verbs.say(N_("How many."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.systems import limit, system_json

        with record(verbs):
            made = limit(name, count)
        tell(verbs, format, system_json(made), say(N_("`{name}` is reached by at most {count} at once"), name=name, count=made.seats))


def _add_grants(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("grants", help=verbs.say(N_("Print the least rights that Janji needs in a system, as statements for its administrator.")))
    def grants_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        reader: str = typer.Option("janji_reader", "--reader", help=verbs.say(N_("The user who only looks."))),
        eraser: str = typer.Option("janji_eraser", "--eraser", help=verbs.say(N_("The user who carries plans out."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.grants import grants

        with record(verbs) as house:
            found = grants(house, name, reader, eraser)
        if format is Format.JSON:
            write_json({"name": name, "statements": found.splitlines()})
        else:
            console().print(found, markup=False)


def _add_rotate(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("rotate", help=verbs.say(N_("Give a system another address or password: it must answer with it, then the one before is deleted.")))
    def rotate_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        address: str = typer.Argument(STDIN, help=verbs.say(ADDRESS)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.systems import rotate, system_json

        with record(verbs) as house:
            found = rotate(house, name, _address(address))
        tell(verbs, format, system_json(found), _line(found))


def _add_remove(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("remove", help=verbs.say(N_("Let a system be gone: its address is deleted; what was done there stays on record.")))
    def remove_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.systems import remove

        with record(verbs) as house:
            remove(house, name)
        tell(verbs, format, {"removed": name}, say(N_("removed")))
