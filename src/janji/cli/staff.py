"""The verbs `staff add`, `list`, `role`, `link`, `stop` and `resume`: who works with the console, and the link that lets them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from janji.cli.naming import given, record, tell
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import KEEP, Verbs
from janji.ledger.events import stamp
from janji.staff.roles import ABOUT, ROLES, Role
from janji.terms.messages import N_, say
from janji.terms.words import moment

if TYPE_CHECKING:
    from janji.workflows.staff import Account, Invited

WHO = N_("The address of the account, or its number; `-` reads it from standard input.")


def add(verbs: Verbs) -> None:
    """Add the group of verbs about people who work with the console."""
    group = typer.Typer(help=verbs.say(N_("The people who work with the console: accounts, roles, and links that sign in once.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="staff", rich_help_panel=verbs.say(KEEP))
    _add_add(verbs, group)
    _add_list(verbs, group)
    _add_role(verbs, group)
    _add_link(verbs, group)
    _add_stop(verbs, group)


def _role_help(verbs: Verbs) -> str:
    return "; ".join(f"`{role}`: {verbs.say(ABOUT[role])}" for role in Role)


def _add_add(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("add", help=verbs.say(N_("Make an account, and a link that signs its owner in once. There are no passwords.")))
    def add_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The name that decisions are signed with."))),
        email: str = typer.Option(..., "--email", show_default=False, help=verbs.say(N_("The address of the person; `-` reads it from standard input."))),
        role: str = typer.Option(..., "--role", show_default=False, help=_role_help(verbs)),
        system: list[str] = typer.Option([], "--system", show_default=False, help=verbs.say(N_("A system in the care of an owner; once for each."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.staff import add as make
        from janji.workflows.staff import invite

        with record(verbs) as house:
            _show_link(verbs, format, invite(house, make(house, name, given(email), role, system).staff.id))


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the accounts, those that were stopped too.")))
    def list_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.staff import accounts

        with record(verbs):
            found = accounts()
        if format is Format.JSON:
            write_json({"items": [account_json(one) for one in found]})
            return
        if not found:
            console().print(verbs.say(N_("nobody has an account yet; `janji staff add` makes the first, of a data protection officer")), markup=False)
            return
        table = Table(box=SIMPLE_HEAD, show_header=False, padding=(0, 1))
        for one in found:
            state = N_("stopped") if one.stopped else N_("signs in") if one.passkeys or one.known else N_("needs a link")
            table.add_row(*map(escape, (one.staff.name, one.email, verbs.say(ROLES[one.staff.role]), ", ".join(one.staff.systems), verbs.say(state))))
        console().print(table)


def _add_role(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("role", help=verbs.say(N_("Give an account another role. Whoever is signed in by it must sign in again.")))
    def role_(
        account: str = typer.Argument(..., show_default=False, help=verbs.say(WHO)),
        role: str = typer.Argument(..., show_default=False, help=_role_help(verbs)),
        system: list[str] = typer.Option([], "--system", show_default=False, help=verbs.say(N_("A system in the care of an owner; once for each."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.staff import change

        with record(verbs) as house:
            made = change(house, given(account), role, system)
        tell(verbs, format, account_json(made), say(N_("{name} is now: {role}"), name=made.staff.name, role=say(ROLES[made.staff.role])))


def _add_link(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("link", help=verbs.say(N_("Make a link that signs somebody in once; the one before it is worth nothing. For the first time, or a lost passkey.")))
    def link_(
        account: str = typer.Argument(..., show_default=False, help=verbs.say(WHO)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.staff import invite

        with record(verbs) as house:
            _show_link(verbs, format, invite(house, given(account)))


def _add_stop(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("stop", help=verbs.say(N_("Stop an account: its sessions end now, its links and passkeys are worth nothing.")))
    def stop_(
        account: str = typer.Argument(..., show_default=False, help=verbs.say(WHO)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.staff import stop

        with record(verbs) as house:
            made = stop(house, given(account))
        tell(verbs, format, account_json(made), say(N_("stopped")))

    @group.command("resume", help=verbs.say(N_("Open an account again that was stopped. Its owner needs a link to come in.")))
    def resume_(
        account: str = typer.Argument(..., show_default=False, help=verbs.say(WHO)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.staff import resume

        with record(verbs) as house:
            made = resume(house, given(account))
        tell(verbs, format, account_json(made), say(N_("open again; `janji staff link` makes a link")))


def _show_link(verbs: Verbs, format: Format, made: Invited) -> None:
    """Print a link: on a line of its own, so that a script or a mouse takes it whole."""
    if format is Format.JSON:
        write_json({**account_json(made.account), "link": made.url, "link_until": stamp(made.until), "mailed": made.mailed})
        return
    console().print(made.url, markup=False, soft_wrap=True)
    text = N_("signs {name} in once, until {until}; it was mailed as well") if made.mailed else N_("signs {name} in once, until {until}; hand it to nobody else")
    console().print(say(text, name=made.account.staff.name, until=moment(made.until)).render(verbs.tongue), markup=False)


def account_json(one: Account) -> dict[str, Any]:
    """An account as JSON has it."""
    held = {
        "id": one.staff.id, "name": one.staff.name, "email": one.email, "role": str(one.staff.role), "systems": list(one.staff.systems),
        "passkeys": one.passkeys, "known_at_sign_in": one.known, "made": stamp(one.made),
        "seen": None if one.seen is None else stamp(one.seen), "stopped": None if one.stopped is None else stamp(one.stopped),
    }  # fmt: skip
    return {name: value for name, value in held.items() if value is not None}
