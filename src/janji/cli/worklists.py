"""The groups `systems` and `worklist`: the list of systems with their owners, and what owners are asked and answer."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from janji.cli.naming import given, person, record, tell
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import ANSWER, KEEP, Verbs
from janji.terms.messages import N_, UNASKED, Message, say

if TYPE_CHECKING:
    from janji.workflows.house import House
    from janji.workflows.system_lists import ImportedList
    from janji.workflows.worklists import Line, Worklist

ID = N_("The id of the worklist.")
STATES = {"open": N_("waits"), "answered": N_("answered"), "closed": N_("closed")}
LINES = {
    "open": N_("not answered"), "nothing": N_("nothing found"), "found": N_("found"), "erased": N_("erased"), "corrected": N_("put right"), "kept": N_("must stay"),
    "dropped": N_("not needed any more"),
}  # fmt: skip
ASKED = {"access": N_("what is held"), "erase": N_("to erase it"), "correct": N_("to put it right")}


class Asking(StrEnum):
    """What owners are asked."""

    ACCESS = "access"
    ERASE = "erase"


def add(verbs: Verbs) -> None:
    """Add both groups."""
    group = typer.Typer(help=verbs.say(N_("The list of the company's systems, and who looks after each.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="systems", rich_help_panel=verbs.say(KEEP))
    _add_import(verbs, group)
    _add_systems(verbs, group)
    _add_owner(verbs, group)
    lists = typer.Typer(help=verbs.say(N_("Owners asked about people in systems that a person looks after.")), no_args_is_help=True)
    verbs.app.add_typer(lists, name="worklist", rich_help_panel=verbs.say(ANSWER))
    _add_create(verbs, lists)
    _add_list(verbs, lists)
    _add_show(verbs, lists)
    _add_remind(verbs, lists)
    _add_revoke(verbs, lists)
    _add_answers(verbs, lists)
    _add_close(verbs, lists)


# ------------------------------------------------------------------------------------------------------------- systems


def _add_import(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("import", help=verbs.say(N_("Keep the systems of a spreadsheet (XLSX or CSV) with their owners. Again with a newer one changes what differs.")))
    def import_(
        file: Path = typer.Argument(..., show_default=False, help=verbs.say(N_("The list: a row a system, with headings such as `system`, `owner`, `email`."))),
        sheet: str | None = typer.Option(None, "--sheet", show_default=False, help=verbs.say(N_("The sheet of a workbook; the first one if none is named."))),
        dry_run: bool = typer.Option(False, "--dry-run", help=verbs.say(N_("Only say what would be kept."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.system_lists import import_systems, imported_json

        with record(verbs) as house:
            done = import_systems(house, file, sheet, write=not dry_run)
        if format is Format.JSON:
            write_json(imported_json(done))
            return
        for line in _imported(done):
            console().print(line.render(verbs.tongue), markup=False)


def _imported(done: ImportedList) -> list[Message]:
    count = len(done.listed.systems)
    text = N_("systems kept: {count}, of which new: {new}") if done.written else N_("nothing was written; systems in the list: {count}, of which new: {new}")
    found = [say(text, count=count, new=done.new)]
    if done.unowned:
        found.append(say(N_("nobody is named who looks after: {systems}"), systems=", ".join(done.unowned)))
    if done.listed.ignored:
        found.append(say(N_("columns that mean nothing here: {columns}"), columns=", ".join(done.listed.ignored)))
    return found


def _add_systems(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the systems with their owners, those that nobody looks after too.")))
    def list_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.owners import owners_of
        from janji.workflows.systems import system_json, systems

        with record(verbs) as house:
            found, known = systems(), owners_of(house)
        if format is Format.JSON:
            held = [(system_json(one), known.get(one.name)) for one in found]
            write_json({"items": [
                item if owner is None else {**item, "owner": {"name": owner.name, "address": owner.address, "language": owner.language}}
                for item, owner in held
            ]})  # fmt: skip
            return
        if not found:
            console().print(verbs.say(N_("no system is kept yet; `janji systems import` reads a list")), markup=False)
        for one in found:
            owner = known.get(one.name)
            who = say(N_("nobody")) if owner is None else say(owner.name or owner.address)
            console().print(say(N_("{system}: {stage}, looked after by {owner}"), system=one.name, stage=one.stage, owner=who).render(verbs.tongue), markup=False)


def _add_owner(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("owner", help=verbs.say(N_("Say who looks after a system from now on. Lists that were sent stay with whom they were sent to.")))
    def owner_(
        system: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The name of the system."))),
        address: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The e-mail address of the owner, or `-` to read it from standard input."))),
        name: str = typer.Option("", "--name", show_default=False, help=verbs.say(N_("The name of the owner."))),
        language: str = typer.Option(UNASKED, "--language", metavar="id|en", help=verbs.say(N_("The language that the owner is written to in."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.errors import Invalid
        from janji.workflows.owners import Owner, put_owners
        from janji.workflows.systems import system_named

        if language not in ("id", "en"):
            raise Invalid(say(N_("`{word}` is not a language that is spoken here"), word=language), say(N_("ask for `en` or `id`")))
        with record(verbs) as house:
            put_owners(house, {system_named(system).name: Owner(given(address), name, language)})
        tell(verbs, format, {"system": system}, say(N_("kept")))


# ------------------------------------------------------------------------------------------------------------ worklists


def _add_create(verbs: Verbs, group: typer.Typer) -> None:
    option = typer.Option

    @group.command("create", help=verbs.say(N_("Ask the owners of systems about people: one list an owner, whose link is sent by mail and shown here.")))
    def create_(
        asked: Asking = typer.Argument(..., show_default=False, help=verbs.say(N_("What they are asked: `access`, what is held; or `erase`, to erase it."))),
        subject: list[str] = option(..., "--subject", show_default=False, help=verbs.say(N_("A person, once for each: `sub_` and a number, `email:` and an address, or `-`."))),
        system: list[str] = option([], "--system", show_default=False, help=verbs.say(N_("A system, once for each; all that a person answers for when none is named."))),
        within: int | None = option(None, "--within", min=1, max=2160, metavar="HOURS", show_default=False, help=verbs.say(N_(
            "For so long they may take; without it as long as the law leaves, three days at most."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from datetime import timedelta

        from janji.workflows.people import current_all
        from janji.workflows.planning import known_people
        from janji.workflows.worklists import Right, ask

        with record(verbs) as house:
            people = current_all([person(house, text) for text in subject])
            batch = house.runtime.new_id()
            made = ask(house, batch, Right(asked), system or _answered_by_people(asked), people, known_people(house, people),
                       None if within is None else timedelta(hours=within))  # fmt: skip
            _print_lists(verbs, house, format, made)


def _answered_by_people(asked: Asking) -> list[str]:
    """The systems in which Janji does not do by itself what is asked; raises when there are none."""
    from janji.errors import Invalid
    from janji.workflows.systems import systems

    found = [one.name for one in systems() if not (one.searched if asked is Asking.ACCESS else one.erased)]
    if not found:
        raise Invalid(say(N_("there is no system that a person answers for")), say(N_("`janji systems import` reads a list of systems")))
    return found


def _print_lists(verbs: Verbs, house: House, format: Format, lists: tuple[Worklist, ...]) -> None:
    from janji.workflows.worklist_mail import can_send

    if format is Format.JSON:
        write_json({"items": [_with_link(house, one) for one in lists]})
        return
    for one in lists:
        _print_list(verbs, house, one)
    if not can_send(house):
        console().print(verbs.say(N_("no mail is sent: `mail_url`, `mail_from` or `public_url` is not set; hand the links over yourself")), markup=False)


def _with_link(house: House, one: Worklist) -> dict[str, Any]:
    from janji.workflows.worklists import link_of, worklist_json

    held = worklist_json(one)
    return held if one.row.state == "closed" else {**held, "link": link_of(house, one.row)}


def _print_list(verbs: Verbs, house: House, one: Worklist) -> None:
    from janji.workflows.worklists import link_of

    for line in _lines(one):
        console().print(line.render(verbs.tongue), markup=False)
    if one.row.state != "closed":
        console().print(f"  {link_of(house, one.row)}", markup=False)


def _lines(one: Worklist) -> list[Message]:
    from janji.terms.words import moment
    from janji.workflows.worklist_mail import TROUBLES
    from janji.workflows.worklists import PREFIX

    row = one.row
    who = say(N_("nobody")) if one.owner is None else say(one.owner.name or one.owner.address)
    found = [
        say(N_("{id}  {owner}: {asked}, {state}, until {when}"), id=f"{PREFIX}{row.id}", owner=who, asked=say(ASKED[row.asked]), state=say(STATES[row.state]),
            when=moment(row.due)),
        say(N_("  systems: {systems}; lines: {count}, of which wait: {open}; messages sent: {mailed}"), systems=", ".join(one.systems), count=one.count(),
            open=one.count("open"), mailed=row.mailed),
    ]  # fmt: skip
    if row.trouble:
        found.append(say(N_("  the last message was not taken: {reason}"), reason=say(TROUBLES.get(row.trouble, row.trouble))))
    return found


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the worklists, the newest first: who was asked, how far it is, and what could not be sent.")))
    def list_(
        state: str | None = typer.Option(None, "--state", metavar="open|answered|closed", show_default=False, help=verbs.say(N_("Only those in this state."))),
        limit: int = typer.Option(50, "--limit", min=1, max=200, help=verbs.say(N_("How many, at most."))),
        after: str | None = typer.Option(None, "--after", show_default=False, help=verbs.say(N_("Go on behind this one, as `next` of the page before says."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.errors import Invalid
        from janji.workflows.worklists import PREFIX, number_of, worklist_json, worklists

        if state is not None and state not in STATES:
            raise Invalid(say(N_("`{word}` is not a state of a worklist"), word=state), say(N_("known here: {words}"), words=", ".join(f"`{word}`" for word in STATES)))
        with record(verbs) as house:
            found = worklists(house, limit + 1, None if after is None else number_of(after), state)
        more, found = len(found) > limit, found[:limit]
        if format is Format.JSON:
            write_json({"items": [worklist_json(one) for one in found], **({"next": f"{PREFIX}{found[-1].id}"} if more else {})})
            return
        if not found:
            console().print(verbs.say(N_("there is no worklist")), markup=False)
        for one in found:
            for line in _lines(one):
                console().print(line.render(verbs.tongue), markup=False)
        if more:
            console().print(say(N_("more with `--after {id}`"), id=f"{PREFIX}{found[-1].id}").render(verbs.tongue), markup=False)


def _add_show(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("show", help=verbs.say(N_("Show a worklist with its link, how far each system is, and what was attested.")))
    def show_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.worklist_answers import proofs
        from janji.workflows.worklists import number_of, worklist

        with record(verbs) as house:
            one = worklist(house, number_of(id))
            if format is Format.JSON:
                write_json(_with_link(house, one))
                return
            _print_list(verbs, house, one)
            said = proofs(house, one.id)
        for item in one.lines:
            text = say(N_("  {system}: {state}, lines: {count}"), system=item.system, state=say(LINES[item.state]), count=item.lines)
            console().print(text.render(verbs.tongue), markup=False)
        for proof in said:
            text = say(N_("  attested by {name} at {at}"), name=proof.name, at=f"{proof.row.at:%Y-%m-%dT%H:%M:%SZ}")
            digest = f", SHA-256 {proof.row.digest}" if proof.row.digest else ""
            console().print(f"{text.render(verbs.tongue)}{digest}", markup=False)


def _add_remind(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("remind", help=verbs.say(N_("Send the owner the link now, a new one if the one before was revoked.")))
    def remind_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.worklist_mail import remind
        from janji.workflows.worklists import number_of, worklist_json

        with record(verbs) as house:
            done = remind(house, number_of(id))
        tell(verbs, format, worklist_json(done), say(N_("sent; messages by now: {count}"), count=done.row.mailed))


def _add_revoke(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("revoke", help=verbs.say(N_("Let the link of a worklist be worth nothing. `remind` sends a new one; `show` gives it.")))
    def revoke_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.worklists import number_of, revoke, worklist_json

        with record(verbs) as house:
            done = revoke(house, number_of(id))
        tell(verbs, format, worklist_json(done), say(N_("revoked; no message is sent by itself any more")))


def _add_answers(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("answers", help=verbs.say(N_("Show what an owner answered, line by line, in clear, which is recorded; with `--evidence`, write the evidence into a folder.")))
    def answers_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        evidence: Path | None = typer.Option(None, "--evidence", show_default=False, help=verbs.say(N_("A folder for the files that were attested with."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.worklist_answers import read_answers
        from janji.workflows.worklists import number_of

        with record(verbs) as house:
            seen = read_answers(house, number_of(id), evidence)
        if format is Format.JSON:
            write_json({"items": [_line_json(line) for line in seen.lines], **({"evidence": [str(path) for path in seen.files]} if evidence else {})})
            return
        if seen.worklist.row.state == "closed":
            console().print(verbs.say(N_("the worklist is closed: what was answered is gone from here, and who attested it stays")), markup=False)
        for line in seen.lines:
            text = say(N_("{number}. {system}: {state}"), number=line.row.number, system=line.row.system, state=say(LINES[line.row.state]))
            parts = [text.render(verbs.tongue), *(f"   {name}: {value}" for name, value in line.found), *([f"   {line.reason}"] if line.reason else [])]
            console().print(escape("\n".join(parts)))
        for path in seen.files:
            console().print(str(path), markup=False)


def _line_json(line: Line) -> dict[str, Any]:
    from janji.people.identifiers import PREFIX

    row = line.row
    held: dict[str, Any] = {
        "line": row.number, "system": row.system, "person": row.person, "subject": f"{PREFIX}{row.subject}" if row.subject else None, "state": row.state,
        "rows": row.rows, "found": [{"field": name, "value": value} for name, value in line.found] or None, "reason": line.reason or None,
    }  # fmt: skip
    return {key: value for key, value in held.items() if value is not None}


def _add_close(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("close", help=verbs.say(N_("Close a worklist: what it asked and was answered is destroyed. What belongs to a package or an erasure is taken first.")))
    def close_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.ledger.events import Actor
        from janji.workflows.worklists import close, number_of

        with record(verbs) as house:
            done = close(house, number_of(id), Actor.STAFF)
        tell(verbs, format, {"closed": done}, say(N_("closed")) if done else say(N_("it was closed before")))
