"""The verbs `request open` to `request advance`: what people ask for, from the record of it to the result, on its clock."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from janji.cli.evidence_packs import add_pack
from janji.cli.messages import add_deliver
from janji.cli.naming import STDIN, pairs, person, record
from janji.cli.output import Format, console, error_json, print_error, write_json
from janji.cli.person_packages import add_package
from janji.cli.verbs import ANSWER, Verbs
from janji.errors import Corrupt, Invalid, JanjiError
from janji.rights.requests import PREFIX, Asker, Intake, Outcome, Proof, State
from janji.rights.words import state_of
from janji.terms.messages import N_, Message, printable, say
from janji.terms.words import moment

if TYPE_CHECKING:
    from uuid import UUID

    from janji.rights.requests import Request
    from janji.workflows.house import House

PAGE = 50
OPEN = 1
LARGEST = 1 << 20
"""Bytes of what may be said beside the words."""
ID = N_("The request, by its id.")
BY = N_("The name of the member of staff who does this; it is kept under seal.")
DETAIL = N_("A code that the right needs, such as `purpose=newsletter`; nothing personal.")
FILE = N_("A JSON object with what was said beside the words, such as `correct`; it is sealed. `-` reads standard input.")
ROLE = N_("The role in which they do it: `officer`, `counsel`, or a deputy that the policy names.")


def add(verbs: Verbs) -> None:
    """Add the group of verbs."""
    group = typer.Typer(help=verbs.say(N_("Rights requests: what people ask for, until it is answered.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="request", rich_help_panel=verbs.say(ANSWER))
    _add_open(verbs, group)
    _add_list(verbs, group)
    _add_show(verbs, group)
    _add_verify(verbs, group)
    _add_approve(verbs, group)
    _add_refuse(verbs, group)
    _add_extend(verbs, group)
    _add_withdraw(verbs, group)
    _add_duplicate(verbs, group)
    _add_turn(verbs, group)
    _add_reopen(verbs, group)
    _add_advance(verbs, group)
    add_pack(verbs, group)
    add_deliver(verbs, group)
    add_package(verbs, group)


def _add_open(verbs: Verbs, group: typer.Typer) -> None:
    option = typer.Option

    @group.command("open", help=verbs.say(N_("Record a request: by telephone, on paper, at the counter. Its clock begins now, or when it came.")))
    def open_(
        right: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The right, as the policy names it."))),
        subject: str | None = option(None, "--subject", show_default=False, help=verbs.say(N_("Whom it is about, if that is known: `sub_` and a number, `email:` and an address, or `-`."))),
        intake: Intake = option(Intake.PHONE, "--intake", help=verbs.say(N_("How it came in."))),
        asker: Asker = option(Asker.SELF, "--asker", help=verbs.say(N_("Who asks."))),
        proof: Proof = option(Proof.NONE, "--proof", help=verbs.say(N_("How it was shown already that the asker may ask."))),
        by: str = option("", "--by", show_default=False, help=verbs.say(BY)),
        words: str = option("", "--words", show_default=False, help=verbs.say(N_("What the person said, or `-` to read a line; it is sealed."))),
        answer_to: list[str] = option([], "--answer-to", show_default=False, help=verbs.say(N_("Where the person wants the answer, as `email:` and an address, or `-`; it is sealed."))),
        contact: str | None = option(None, "--contact", show_default=False, help=verbs.say(N_("Where the answer goes, as `phone:` and a number, or `-`: a code is sent there, by which whoever asks shows it. `--subject` is then whom a guardian or an agent speaks for."))),
        language: str = option("", "--language", metavar="id|en", show_default=False, help=verbs.say(N_("The language of the answer."))),
        detail: list[str] = option([], "--detail", metavar="KEY=VALUE", show_default=False, help=verbs.say(DETAIL)),
        file: Path | None = option(None, "--file", show_default=False, help=verbs.say(FILE)),
        received: str | None = option(None, "--received", show_default=False, metavar="INSTANT", help=verbs.say(N_("When it came, where that was earlier, as `2026-11-26T14:30+07:00`: the clock runs from then."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.cli.naming import given
        from janji.workflows.requests import Opening, open_request

        came = None if received is None else _came(received)
        said: dict[str, Any] = {} if file is None else _object(file)
        said |= {"words": given(words)} if words else {}
        said |= {"answer_to": [list(pair) for pair in pairs(answer_to)]} if answer_to else {}
        if contact is not None:
            _tell(verbs, format, _filed(verbs, right, contact, subject, intake, asker, said, language, detail, came))
            return
        with record(verbs) as house:
            found = open_request(house, Opening(
                right=right, intake=intake, asker=asker, subject=None if subject is None else person(house, subject), proof=proof, by=by,
                language=language, said=said, details=_details(detail), received=came,
            ))  # fmt: skip
        _tell(verbs, format, found)


def _came(text: str) -> datetime:
    """When a request came; raises `Invalid` for what is no instant with its zone."""
    found: datetime | None = None
    with suppress(ValueError, OverflowError):
        told = datetime.fromisoformat(text.upper())
        found = None if told.tzinfo is None else told.astimezone(UTC)
    if found is None:
        raise Invalid(say(N_("it is not understood when it came")), say(N_("write the instant with its zone, as `2026-11-26T14:30+07:00`")))
    return found


def _filed(
    verbs: Verbs, right: str, contact: str, subject: str | None, intake: Intake, asker: Asker, said: dict[str, Any], language: str, details: list[str], came: datetime | None
) -> Request:  # fmt: skip
    """A request recorded as whoever asks would file it: a code goes to where the answer goes."""
    from janji.workflows.request_intake import Wish, take

    (to,), words = pairs([contact]), str(said.pop("words", ""))
    with record(verbs) as house:
        return take(house, Wish(
            right=right, contact=to, intake=intake, asker=asker, about=pairs([subject])[0] if subject else None, words=words, language=language,
            details=_details(details), more=said, received=came,
        )).request  # fmt: skip


def _details(texts: list[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (key.isidentifier() and equals):
            raise Invalid(say(N_("`{word}` is no key and value"), word=text[:64]), say(N_("write it as `purpose=newsletter`")))
        found[key] = value
    return found


def _object(path: Path) -> dict[str, Any]:
    """What a file says beside the words; raises `Invalid` when it is no JSON object."""
    from janji.workflows.collection import read_object

    return read_object("--file", sys.stdin.buffer.read(LARGEST + 1) if str(path) == STDIN else path)


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the requests that are open, what is due first; or those that ended.")))
    def list_(
        state: State | None = typer.Option(None, "--state", show_default=False, help=verbs.say(N_("Only those in this state; `ended` lists the newest first."))),
        subject: str | None = typer.Option(None, "--subject", show_default=False, help=verbs.say(N_("Every request of one person, open or not."))),
        after: str | None = typer.Option(None, "--after", show_default=False, help=verbs.say(N_("Go on after this id, as the page before says."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.requests import closed, queue, request_json, requests_of

        with record(verbs) as house:
            now, place = house.runtime.now(), None if after is None else _id(after)
            if subject is not None:
                found = requests_of(person(house, subject))
            else:
                found = closed(PAGE, place) if state is State.ENDED else queue(PAGE, place, state)
        more = subject is None and len(found) == PAGE
        if format is Format.JSON:
            write_json({"items": [request_json(one, verbs.tongue, now) for one in found], **({"next": f"{PREFIX}{found[-1].id}"} if more else {})})
            return
        if not found:
            console().print(verbs.say(N_("no request is here")), markup=False)
        for one in found:
            late = verbs.say(N_("late")) if one.open and now > one.due else ""
            text = say(N_("{id}: {right}, {state}, due {due}"), id=f"{PREFIX}{one.id}", right=one.right, state=state_of(one), due=moment(one.due))
            console().print(f"{escape(text.render(verbs.tongue))}{f'  [bold red]{escape(late)}[/]' if late else ''}")
        if more:
            console().print(say(N_("go on with `--after {id}`"), id=f"{PREFIX}{found[-1].id}").render(verbs.tongue), markup=False)


def _add_show(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("show", help=verbs.say(N_("Show where a request stands, what it waits for, and what would be or was done.")))
    def show(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        words: bool = typer.Option(False, "--words", help=verbs.say(N_("What the person said too, in clear."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows import request_identity
        from janji.workflows.requests import request_of, said

        with record(verbs) as house:
            found = request_of(_id(id))
            held = said(house, found.id) if words else {}
            why = request_identity.waits_for(found.id) if found.state is State.UNVERIFIED else None
        _tell(verbs, format, found, dict(held), why)


def _add_verify(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("verify", help=verbs.say(N_("Say how it was shown who asks; from then on the request is worked on.")))
    def verify_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        subject: str | None = typer.Option(None, "--subject", show_default=False, help=verbs.say(N_("Who asks; without it whom the request named when it came in."))),
        proof: Proof = typer.Option(Proof.STAFF, "--proof", help=verbs.say(N_("How it was shown."))),
        by: str = typer.Option(..., "--by", show_default=False, help=verbs.say(BY)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.requests import verify

        with record(verbs) as house:
            found = verify(house, _id(id), None if subject is None else person(house, subject), proof, by)
        _tell(verbs, format, found)


def _add_approve(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("approve", help=verbs.say(N_("Agree to what `janji request show` says would be done. With the last officer the work begins. Of several each is tried; those that are left are named.")))
    def approve_(
        id: list[str] = typer.Argument(..., show_default=False, help=verbs.say(N_("The requests, by their ids."))),
        by: str = typer.Option(..., "--by", show_default=False, help=verbs.say(N_("The name of the officer who agrees; it is shown with the request."))),
        role: str = typer.Option("officer", "--role", help=verbs.say(ROLE)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.requests import approve, request_json

        done: list[Request] = []
        failed: list[tuple[str, JanjiError]] = []
        with record(verbs) as house:
            for one in dict.fromkeys(id):
                try:
                    done.append(approve(house, _id(one), by, role))
                except Corrupt:  # what contradicts itself is looked at before anything else is done
                    raise
                except JanjiError as error:
                    failed.append((one, error))
            now = house.runtime.now()
        if len(id) == 1 and failed:
            raise failed[0][1]
        if format is Format.JSON:
            items = [request_json(one, verbs.tongue, now) for one in done]
            left = [{"id": printable(one), **error_json(fault, verbs.tongue)} for one, fault in failed]
            write_json(items[0] if len(id) == 1 else {"items": items, **({"failed": left} if left else {})})
        else:
            for found in done:
                _print(verbs, found)
            for one, fault in failed:
                print_error(fault, verbs.tongue, format, say(N_("{id} is left as it was"), id=printable(one)))
        if failed:
            raise typer.Exit(failed[0][1].exit_code)


def _add_refuse(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("refuse", help=verbs.say(N_("Refuse on a ground of the law. The person is told it, and where to complain.")))
    def refuse_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        ground: str = typer.Option(..., "--ground", show_default=False, help=verbs.say(N_("The ground, as the law pack names it; `janji law` lists them."))),
        by: str = typer.Option(..., "--by", show_default=False, help=verbs.say(BY)),
        role: str = typer.Option("officer", "--role", help=verbs.say(ROLE)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.requests import refuse

        with record(verbs) as house:
            found = refuse(house, _id(id), ground, by, role)
        _tell(verbs, format, found)


def _add_extend(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("extend", help=verbs.say(N_("Take longer, once and as far as the law lets you. The person is told why, and until when.")))
    def extend_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        reason: str = typer.Option(..., "--reason", show_default=False, metavar="complexity|number", help=verbs.say(N_("Why it takes longer: it is complex, or there are many requests."))),
        by: str = typer.Option(..., "--by", show_default=False, help=verbs.say(BY)),
        role: str = typer.Option("officer", "--role", help=verbs.say(ROLE)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.request_telling import extend

        with record(verbs) as house:
            found = extend(house, _id(id), reason, by, role)
        _tell(verbs, format, found)


def _add_withdraw(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("withdraw", help=verbs.say(N_("The person takes the request back, before it is carried out.")))
    def withdraw_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        by: str = typer.Option("", "--by", show_default=False, help=verbs.say(BY)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.ledger.events import Actor
        from janji.workflows.request_telling import take_back

        with record(verbs) as house:
            found = take_back(house, _id(id), by, Actor.STAFF if by else Actor.PERSON)
        _tell(verbs, format, found)


def _add_duplicate(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("duplicate", help=verbs.say(N_("Say that another request of the same person asks for the same; that one is answered.")))
    def duplicate_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        of: str = typer.Option(..., "--of", show_default=False, help=verbs.say(N_("The request that is answered."))),
        by: str = typer.Option("", "--by", show_default=False, help=verbs.say(BY)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.request_telling import close_as_duplicate

        with record(verbs) as house:
            found = close_as_duplicate(house, _id(id), _id(of), by)
        _tell(verbs, format, found)


def _add_turn(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("turn", help=verbs.say(N_("Record what the words of a request ask for, such as a correction that came by mail, on the clock that they have. The first request ends.")))
    def turn_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        right: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The right that the words ask for, as the policy names it."))),
        by: str = typer.Option(..., "--by", show_default=False, help=verbs.say(BY)),
        stays: bool = typer.Option(False, "--stays", help=verbs.say(N_("The words ask for something else too: the first request stays open."))),
        language: str = typer.Option("", "--language", metavar="id|en", show_default=False, help=verbs.say(N_("The language of the answer, where it is another than the first request has."))),
        detail: list[str] = typer.Option([], "--detail", metavar="KEY=VALUE", show_default=False, help=verbs.say(DETAIL)),
        file: Path | None = typer.Option(None, "--file", show_default=False, help=verbs.say(FILE)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.request_on_behalf import Meant, turn

        said: dict[str, Any] = {} if file is None else _object(file)
        with record(verbs) as house:
            found = turn(house, _id(id), Meant(right=right, details=_details(detail), more=said, language=language, stays=stays), by)
        _tell(verbs, format, found)


def _add_reopen(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("reopen", help=verbs.say(N_("Let a request go on that closed because nobody had shown who asks; its clock is the one that it had.")))
    def reopen_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(ID)),
        by: str = typer.Option("", "--by", show_default=False, help=verbs.say(BY)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.request_intake import open_again

        with record(verbs) as house:
            found = open_again(house, _id(id), by)
        _tell(verbs, format, found)


def _add_advance(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("advance", help=verbs.say(N_("Do what is next now, instead of by itself: of one request, or of all that can go on. Exits with 1 while a request is open.")))
    def advance_(
        id: str | None = typer.Argument(None, show_default=False, help=verbs.say(N_("The request, by its id; all of them when none is named."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        with record(verbs) as house:
            if id is not None:
                found = _advanced(house, _id(id))
            else:
                from janji.workflows.request_clock import work
                from janji.workflows.request_work import take_over

                take_over(house)
                count = 0
                while done := work(house):
                    count += done
        if id is None:
            from janji.cli.naming import tell

            tell(verbs, format, {"steps": count}, say(N_("steps done: {count}"), count=count))
            return
        _tell(verbs, format, found)
        raise typer.Exit(OPEN if found.open else 0)


def _advanced(house: House, id: UUID) -> Request:
    """A request after as many steps as it can take now."""
    from janji.workflows.request_work import advance

    found = advance(house, id)
    while (then := advance(house, id)).state is not found.state:
        found = then
    return then


# ---------------------------------------------------------------------------------------------------------------- shown


def _tell(verbs: Verbs, format: Format, found: Request, said: dict[str, Any] | None = None, why: Message | None = None) -> None:
    if format is Format.JSON:
        from janji.workflows.requests import request_json

        waits = {} if why is None else {"waits_for": why.render(verbs.tongue)}
        write_json({**request_json(found, verbs.tongue, verbs.runtime.now()), **waits, **({"said": said} if said else {})})
        return
    _print(verbs, found, why)
    for key, value in (said or {}).items():
        console().print(f"  {escape(key)}: {escape(str(value))}")


def _print(verbs: Verbs, found: Request, why: Message | None = None) -> None:
    from janji.workflows.requests import kept_of, lines_of, waits_for

    out = console()
    out.print(f"[bold]{PREFIX}{found.id}[/]  {escape(found.right)}, {escape(state_of(found).render(verbs.tongue))}")
    lines = [say(N_("recorded {opened}, due {due}"), opened=moment(found.opened), due=moment(found.due))]
    if found.open:
        lines += [say(N_("it is late"))] if verbs.runtime.now() > found.due else []
        lines.append(say(N_("waits for: {what}"), what=why or waits_for(found)))
    lines += [say(N_("approved by {name} as {role}"), name=one.by, role=one.role) for one in found.approvals]
    lines += [say(N_("ground: {ground}"), ground=found.ground)] if found.ground else []
    if found.details.get("same"):
        text = N_("what it asks for is recorded as {id}") if found.outcome is Outcome.RECLASSIFIED else N_("the same person asks for the same in {id}")
        lines.append(say(text, id=f"{PREFIX}{found.details['same']}"))
    if found.details.get("answered"):
        lines.append(say(N_("how the other company's system answered last: {word}"), word=found.details["answered"]))
    if found.details.get("came_as"):
        lines.append(say(N_("it came as {id}"), id=f"{PREFIX}{found.details['came_as']}"))
    for line in (*lines, *lines_of(found), *kept_of(found)):
        out.print(f"  {escape(line.render(verbs.tongue))}")


def _id(text: str) -> UUID:
    from janji.workflows.requests import request_number

    return request_number(text)
