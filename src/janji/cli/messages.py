"""The groups `gateway` and `message`, and the verb `request deliver`: how people are written to, and what staff hand over."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from janji.cli.naming import LONGEST_LINE, given, number, record, tell
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import ANSWER, KEEP, Verbs
from janji.terms.messages import N_, Message, say

if TYPE_CHECKING:
    from janji.workflows.gateways import Kept

PAGE = 50
NOT_TAKEN = 1
NAME = N_("The name of the gateway.")
TROUBLES = {
    "name": N_("its name leads nowhere"), "address": N_("its address may not be reached"), "connection": N_("nothing listens there"),
    "tls": N_("its certificate cannot be trusted"), "timeout": N_("it took too long"), "answer": N_("it broke off its answer"),
    "recipient": N_("the address cannot be reached"), "sign-in": N_("it does not know us"),
    "busy": N_("it takes no more for now"), "refused": N_("it refused the message"), "server": N_("it is in trouble itself"),
    "bounced": N_("it came back"), "closed": N_("the way is not open any more"), "unwritten": N_("it cannot be written"), "apart": N_("it must go another way than the link, and there is none"), "": N_("there is no address, or no way to it"),
}  # fmt: skip


def add(verbs: Verbs) -> None:
    """Add both groups."""
    gateway = typer.Typer(help=verbs.say(N_("Gateways for short messages: SMS, WhatsApp, or a program of your own.")), no_args_is_help=True)
    verbs.app.add_typer(gateway, name="gateway", rich_help_panel=verbs.say(KEEP))
    _add_add(verbs, gateway)
    _add_list(verbs, gateway)
    _add_test(verbs, gateway)
    _add_remove(verbs, gateway)
    message = typer.Typer(help=verbs.say(N_("Messages of requests that reached nobody: listed, and tried again.")), no_args_is_help=True)
    verbs.app.add_typer(message, name="message", rich_help_panel=verbs.say(ANSWER))
    _add_stuck(verbs, message)
    _add_retry(verbs, message)


# ------------------------------------------------------------------------------------------------------------ gateways


def _secrets(names: tuple[str, ...]) -> dict[str, str]:
    """What opens a gateway, each asked for on a terminal, or a line of standard input each: no list of processes shows them."""
    if sys.stdin.isatty():
        return {name: getpass.getpass(f"{name}: ") for name in names}
    return {name: sys.stdin.readline(LONGEST_LINE).strip() for name in names}


def _add_add(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("add", help=verbs.say(N_("Keep a gateway that a file describes. Its secrets are read from standard input, one a line, and sealed.")))
    def add_(
        file: Path = typer.Argument(..., show_default=False, help=verbs.say(N_("The YAML file that describes it."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.gateways import gateway_json, keep_gateway, read_gateway

        opening = _secrets(read_gateway(file).secrets)
        with record(verbs) as house:
            kept = keep_gateway(house, file, opening)
        tell(verbs, format, gateway_json(kept), _line(kept))


def _line(one: Kept) -> Message:
    held = one.gateway
    if one.barred is not None:
        return say(N_("{name}: {channel} by {recipient}, closed: {reason}"), name=held.gateway, channel=held.channel, recipient=held.recipient, reason=one.barred)
    return say(N_("{name}: {channel} by {recipient}, open"), name=held.gateway, channel=held.channel, recipient=held.recipient)


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the gateways in the order in which they are tried, and why one is closed.")))
    def list_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.gateways import gateway_json, kept_gateways

        with record(verbs) as house:
            found = kept_gateways(house)
        if format is Format.JSON:
            write_json({"items": [gateway_json(one) for one in found]})
            return
        if not found:
            console().print(verbs.say(N_("no gateway is kept yet; `janji gateway add` keeps one")), markup=False)
        for one in found:
            console().print(_line(one).render(verbs.tongue), markup=False)


def _add_test(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("test", help=verbs.say(N_("Send a message that says nothing by a gateway. Exits with 1 when it is not taken.")))
    def test_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        to: str = typer.Argument("-", help=verbs.say(N_("To whom, as `phone:` and a number, or `-` to read that from standard input."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.gateways import gateway_named, try_gateway
        from janji.workflows.people import normalised

        with record(verbs) as house:
            kind, _, value = given(to).partition(":")
            taken = try_gateway(house, gateway_named(house, name).gateway, normalised(house, [(kind, value)])[0])
        held = {"taken": not taken.trouble, **({"trouble": taken.trouble} if taken.trouble else {}), **({"reference": taken.reference} if taken.reference else {})}
        tell(verbs, format, held, say(N_("not taken: {reason}"), reason=say(TROUBLES[taken.trouble])) if taken.trouble else say(N_("taken")))
        raise typer.Exit(NOT_TAKEN if taken.trouble else 0)


def _add_remove(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("remove", help=verbs.say(N_("Let a gateway and its secrets be gone. What waits for it goes by the next way.")))
    def remove_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.gateways import remove_gateway

        with record(verbs) as house:
            remove_gateway(house, name)
        tell(verbs, format, {"removed": name}, say(N_("removed")))


# ------------------------------------------------------------------------------------------------------------ messages


def _add_stuck(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the messages that no way carried, and why: staff hand them over, or they are tried again.")))
    def list_(
        after: str | None = typer.Option(None, "--after", show_default=False, help=verbs.say(N_("Go on after this id, as the page before says."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.messages import message_json, with_staff

        with record(verbs):
            found = with_staff(PAGE, None if after is None else number(after))
        last = str(found[-1].id) if len(found) == PAGE else None
        if format is Format.JSON:
            write_json({"items": [message_json(one) for one in found], **({"next": last} if last else {})})
            return
        if not found:
            console().print(verbs.say(N_("every message reached somebody, or is on its way")), markup=False)
        for one in found:
            held = message_json(one)
            reason = say(TROUBLES.get(held.get("trouble", ""), held.get("trouble", "")))
            line = say(N_("{id}: {kind} of request {request}: {reason}"), id=held["id"], kind=held["kind"], request=held.get("request"), reason=reason)
            console().print(line.render(verbs.tongue), markup=False)
        if last:
            console().print(say(N_("more: `--after {id}`"), id=last).render(verbs.tongue), markup=False)


def _add_retry(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("retry", help=verbs.say(N_("Try a message again that no way carried, by every way that is open now.")))
    def retry_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The id of the message."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.messages import message_json, retry

        with record(verbs) as house:
            found = retry(house, number(id))
        tell(verbs, format, message_json(found), say(N_("it goes by `{way}`"), way=found.way))


def add_deliver(verbs: Verbs, group: typer.Typer) -> None:
    """Add the verb `request deliver` to the group of verbs about requests."""

    @group.command("deliver", help=verbs.say(N_("Hand the answer to a request over, at a desk or by telephone: it is shown, and the request ends.")))
    def deliver_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The request, by its id."))),
        by: str = typer.Option(..., "--by", show_default=False, help=verbs.say(N_("The name of the member of staff who hands it over; it is kept under seal."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.request_telling import hand_over_result
        from janji.workflows.requests import request_json, request_number

        with record(verbs) as house:
            found, text = hand_over_result(house, request_number(id), by)
            now = house.runtime.now()
        if format is Format.JSON:
            write_json({**request_json(found, verbs.tongue, now), "text": text})
            return
        console().print(text, markup=False)
