"""The verbs `erase` and `access`: reviewed plans carried out, and what is held about people gathered into packages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

import typer
from rich.markup import escape

from janji.cli.naming import number, person, record, tell
from janji.cli.output import Format, bar, console, write_json
from janji.cli.plan import subject_option
from janji.cli.verbs import ANSWER, Verbs
from janji.terms.messages import N_, Message, say

if TYPE_CHECKING:
    from janji.workflows.erasing import Erasure, Here
    from janji.workflows.gathering import Package

UNFINISHED = 1
PAGE = 50
STATES = {
    "planned": N_("planned"), "begun": N_("begun"), "partly": N_("partly done"), "done": N_("complete"), "due": N_("not begun"),
    "doing": N_("cut off"), "waiting": N_("waits, and is tried again"), "stopped": N_("stopped"), "asked": N_("its owner is asked"),
    "held": N_("held because of a legal proceeding"), "blocked": N_("blocked"), "failed": N_("failed"), "unclear": N_("searched, and something is unclear"),
    "done-here": N_("done"), "removed": N_("removed"),
}  # fmt: skip
BEFORE = N_("Go on after this id, as the page before says.")


def add(verbs: Verbs) -> None:
    """Add both groups of verbs."""
    erase = typer.Typer(help=verbs.say(N_("Erasures: a reviewed plan carried out, verified, and looked at again.")), no_args_is_help=True)
    verbs.app.add_typer(erase, name="erase", rich_help_panel=verbs.say(ANSWER))
    _add_erase_run(verbs, erase)
    _add_erase_go(verbs, erase)
    _add_erase_list(verbs, erase)
    _add_erase_show(verbs, erase)
    access = typer.Typer(help=verbs.say(N_("Access: what is held about people, gathered from every system.")), no_args_is_help=True)
    verbs.app.add_typer(access, name="access", rich_help_panel=verbs.say(ANSWER))
    _add_access_run(verbs, access)
    _add_access_list(verbs, access)
    _add_access_show(verbs, access)
    _add_access_remove(verbs, access)


# ------------------------------------------------------------------------------------------------------------ erasures


def _add_erase_run(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("run", help=verbs.say(N_("Carry out a plan that was reviewed, about exactly the people it was made for. Exits with 1 until everything that was to go is gone.")))
    def run(
        subject: list[str] = subject_option(verbs),
        plan: str | None = typer.Option(None, "--plan", show_default=False, metavar="NUMBER", help=verbs.say(N_("The number that `janji plan erase` gave; without it only systems are touched where no review is wanted."))),
        partly: bool = typer.Option(False, "--partly", help=verbs.say(N_("Do what can be done where a system is blocked."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.erasing import carry_out, erase_at_once

        with record(verbs) as house, bar() as progress:
            people = [person(house, one) for one in subject]
            found = erase_at_once(house, people, progress=progress) if plan is None else carry_out(house, people, plan, partly=partly, progress=progress)
        _show_erasure(verbs, format, found)


def _add_erase_go(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("go-on", help=verbs.say(N_("Go on with an erasure now: what did not answer is tried again, what owners attested is taken over.")))
    def go_on_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The erasure, by its id."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.erasing import go_on

        with record(verbs) as house, bar() as progress:
            found = go_on(house, _id(id), progress)
        _show_erasure(verbs, format, found)


def _add_erase_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the erasures that were begun, the newest first.")))
    def list_(
        before: str | None = typer.Option(None, "--before", show_default=False, help=verbs.say(BEFORE)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.erasing import erasure_json, erasures

        with record(verbs):
            found = erasures(None if before is None else _id(before), PAGE)
        if format is Format.JSON:
            more = {"next": f"era_{found[-1].id}"} if len(found) == PAGE else {}
            write_json({"items": [erasure_json(one, verbs.tongue) for one in found], **more})
            return
        if not found:
            console().print(verbs.say(N_("nothing was erased yet")), markup=False)
        _print_lines(verbs, (say(N_("{id}: {state}, people: {count}"), id=f"era_{one.id}", state=say(STATES[one.state]), count=len(one.subjects)) for one in found))
        if len(found) == PAGE:
            console().print(say(N_("go on with `--before {id}`"), id=f"era_{found[-1].id}").render(verbs.tongue), markup=False)


def _add_erase_show(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("show", help=verbs.say(N_("Show how far an erasure is in each system, and what came of it.")))
    def show(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The erasure, by its id."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.erasing import erasure

        with record(verbs):
            found = erasure(_id(id))
        _show_erasure(verbs, format, found)


def _show_erasure(verbs: Verbs, format: Format, found: Erasure) -> None:
    from janji.workflows.erasing import erasure_json

    if format is Format.JSON:
        write_json(erasure_json(found, verbs.tongue))
    else:
        out = console()
        out.print(f"[bold]era_{found.id}[/]  {escape(verbs.say(STATES[found.state]))}")
        for here in found.stores:
            _print_here(verbs, here)
        if found.event is not None:
            out.print(say(N_("certificate: event {id}"), id=found.event).render(verbs.tongue), markup=False)
        if found.next is not None:
            text = N_("looked at again {day}") if found.ended else N_("goes on by itself {day}")
            out.print(say(text, day=f"{found.next:%Y-%m-%dT%H:%M:%SZ}").render(verbs.tongue), markup=False)
    raise typer.Exit(0 if found.complete else UNFINISHED)


def _print_here(verbs: Verbs, here: Here) -> None:
    out = console()
    words = [verbs.say(STATES[str(here.state)])] if here.effect is None or here.effect.complete else [verbs.say(N_("something remains"))]
    if here.effect is not None:
        words.append(verbs.say(N_("attested by its owner")) if here.effect.attested else str(here.effect.level))
    out.print(f"[bold]{escape(here.system)}[/]  {escape(', '.join(words))}")
    if here.trouble is not None:
        out.print(f"  {escape(here.trouble.render(verbs.tongue))}")
    for one in () if here.effect is None else here.effect.tables:
        stay = "".join(f", {reason}: {count}" for reason, count in one.stay)
        text = say(N_("`{table}`: found {found}, deleted {deleted}, changed {changed}{stay}"), table=one.table, found=one.found,
                   deleted=one.deleted, changed=one.changed, stay=stay)  # fmt: skip
        out.print(f"  {escape(text.render(verbs.tongue))}")
    for left in () if here.effect is None else here.effect.remains:
        text = say(N_("`{table}`: remains in {rows} rows"), table=f"{left.table}.{left.column}" if left.column else left.table, rows=left.rows)
        out.print(f"  [bold red]{escape(text.render(verbs.tongue))}[/]")
    if here.cut:
        out.print(f"  {escape(verbs.say(N_('an attempt was cut off; its rows were not counted')))}")


# ------------------------------------------------------------------------------------------------------------- access


def _add_access_run(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("run", help=verbs.say(N_("Gather what is held about people into a sealed package. Exits with 1 while a system is missing from it.")))
    def run(
        subject: list[str] = subject_option(verbs),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.gathering import search

        with record(verbs) as house, bar() as progress:
            found = search(house, [person(house, one) for one in subject], progress=progress)
        _show_package(verbs, format, found)


def _add_access_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the packages whose files are there, the newest first.")))
    def list_(
        before: str | None = typer.Option(None, "--before", show_default=False, help=verbs.say(BEFORE)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.gathering import package_json, packages_there

        with record(verbs):
            found = packages_there(None if before is None else _id(before), PAGE)
        if format is Format.JSON:
            more = {"next": f"pkg_{found[-1].id}"} if len(found) == PAGE else {}
            write_json({"items": [package_json(one, verbs.tongue) for one in found], **more})
            return
        if not found:
            console().print(verbs.say(N_("no package is there")), markup=False)
        _print_lines(verbs, (say(N_("{id}: {state}, people: {count}"), id=f"pkg_{one.id}", state=say(STATES[one.state]), count=len(one.subjects)) for one in found))
        if len(found) == PAGE:
            console().print(say(N_("go on with `--before {id}`"), id=f"pkg_{found[-1].id}").render(verbs.tongue), markup=False)


def _add_access_show(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("show", help=verbs.say(N_("Show what each system gave to a package; owners' answers that came meanwhile are taken over.")))
    def show(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The package, by its id."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.gathering import take_answers

        with record(verbs) as house:
            found = take_answers(house, _id(id))
        _show_package(verbs, format, found)


def _add_access_remove(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("remove", help=verbs.say(N_("Delete a package before its time is over.")))
    def remove_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The package, by its id."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.gathering import remove

        with record(verbs) as house:
            remove(house, _id(id))
        tell(verbs, format, {"removed": id}, say(N_("removed")))


def _show_package(verbs: Verbs, format: Format, found: Package) -> None:
    from janji.workflows.gathering import package_json

    if format is Format.JSON:
        write_json(package_json(found, verbs.tongue))
    else:
        out = console()
        out.print(f"[bold]pkg_{found.id}[/]  {escape(verbs.say(STATES[found.state]))}")
        for one in found.systems:
            attested = f", {verbs.say(N_('attested by its owner'))}" if one.attested and one.state == "done" else ""
            out.print(f"[bold]{escape(one.system)}[/]  {escape(verbs.say(STATES[one.state]))}{escape(attested)}")
            _print_lines(verbs, (say(N_("`{table}`, rows: {count}"), table=table, count=count) for table, count in one.rows), "  ")
            _print_lines(verbs, one.trouble, "  ")
        out.print(say(N_("kept until {day}"), day=f"{found.until:%Y-%m-%d}").render(verbs.tongue), markup=False)
    raise typer.Exit(0 if found.whole else UNFINISHED)


def _print_lines(verbs: Verbs, lines: Iterable[Message], indent: str = "") -> None:
    for line in lines:
        console().print(f"{indent}{escape(line.render(verbs.tongue))}")


def _id(text: str) -> UUID:
    return number(text.removeprefix("era_").removeprefix("pkg_"))
