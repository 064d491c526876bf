"""The verbs `consent restrict`, `delay`, `authorise`, `agreement` and `evidence`: what bounds and carries the use of data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from janji.cli.ask import instant
from janji.cli.naming import PERSON, actor_option, given, number, person, record, tell
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import Verbs
from janji.errors import Invalid
from janji.ledger.events import Actor
from janji.terms.messages import N_, say

if TYPE_CHECKING:
    from janji.workflows.recording import Recorded


def add_limits(verbs: Verbs, group: typer.Typer) -> None:
    """Add the verbs to the group about what people say."""
    _add_restrict(verbs, group)
    _add_authorise(verbs, group)
    _add_agreement(verbs, group)
    _add_evidence(verbs, group)


def _add_restrict(verbs: Verbs, group: typer.Typer) -> None:
    helps = {
        "restrict": N_("Restrict processing of a person's data, for a purpose or for all; `--lift` ends it."),
        "delay": N_("Delay processing of a person's data, for a purpose or for all; `--lift` ends it."),
    }
    for name, text in helps.items():

        @group.command(name, help=verbs.say(text))
        def restrict_(
            context: typer.Context,
            subject: str = typer.Argument(..., show_default=False, help=verbs.say(PERSON)),
            purpose: str | None = typer.Argument(None, show_default=False, help=verbs.say(N_("The purpose; all of them without it."))),
            lift: bool = typer.Option(False, "--lift", help=verbs.say(N_("End it."))),
            actor: Actor = typer.Option(Actor.PERSON, "--actor", help=verbs.say(N_("Who acts, as it is recorded."))),
            format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
        ) -> None:  # fmt: skip
            from janji.workflows.consents import restrict

            with record(verbs) as house:
                who = person(house, subject)
                done = restrict(house, who, actor, purpose, lift=lift, delay=context.command.name == "delay")
            _recorded(verbs, format, done)


def _add_authorise(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("authorise", help=verbs.say(N_("Record that a person lets a recipient have data, for a time; `--end` takes it back.")))
    def authorise_(
        subject: str = typer.Argument(..., show_default=False, help=verbs.say(PERSON)),
        recipient: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The recipient, as the policy names it."))),
        data: str | None = typer.Option(None, "--data", show_default=False, help=verbs.say(N_("Categories of data, separated by commas."))),
        until: str | None = typer.Option(None, "--until", metavar="ISO", show_default=False, help=verbs.say(N_("When it ends by itself."))),
        end: bool = typer.Option(False, "--end", help=verbs.say(N_("Take it back, for all data."))),
        actor: Actor = typer.Option(Actor.PERSON, "--actor", help=verbs.say(N_("Who acts, as it is recorded."))),
        evidence: str | None = typer.Option(None, "--evidence", show_default=False, help=verbs.say(N_(
            "The reference of a signed form or a recording; it is sealed."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.consents import authorise, revoke_authorisation

        scope = [part.strip() for part in (data or "").split(",") if part.strip()]
        if end == bool(scope) or end == (until is not None):
            raise Invalid(
                say(N_("an authorisation has data and an end, and taking it back has neither")),
                say(N_("give `--data` and `--until`, or `--end` alone")),
            )
        with record(verbs) as house:
            who = person(house, subject)
            if until is None:
                done = revoke_authorisation(house, who, recipient, actor)
            else:
                kept = {"reference": evidence} if evidence else None
                done = authorise(house, who, recipient, scope, instant(until), actor, kept)
        _recorded(verbs, format, done)


def _add_agreement(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("agreement", help=verbs.say(N_("Record that an agreement with a person began, such as an order; `--end` when it ended.")))
    def agreement_(
        subject: str = typer.Argument(..., show_default=False, help=verbs.say(PERSON)),
        kind: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The kind of agreement, as the policy names it."))),
        reference: str = typer.Argument(..., show_default=False, help=verbs.say(N_(
            "Its number or name, or `-` to read that from standard input; it is sealed."))),
        end: bool = typer.Option(False, "--end", help=verbs.say(N_("The agreement ended."))),
        actor: Actor = actor_option(verbs),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.consents import agreement

        with record(verbs) as house:
            who = person(house, subject)
            done = agreement(house, who, kind, given(reference), actor, ended=end)
        _recorded(verbs, format, done)


def _add_evidence(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("evidence", help=verbs.say(N_("Show the sealed evidence of an event. The policy decides, and the look is recorded.")))
    def evidence_(
        subject: str = typer.Argument(..., show_default=False, help=verbs.say(PERSON)),
        event: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The event, by the id that `janji consent show` prints."))),
        reveal: str = typer.Option(..., "--reveal", metavar="PURPOSE", show_default=False, help=verbs.say(N_("The purpose that it is shown for."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.identity import reveal_evidence

        with record(verbs) as house:
            found = reveal_evidence(house, person(house, subject), number(event), reveal)
        if format is Format.JSON:
            write_json(dict(found))
            return
        for key, value in found.items():
            console().print(f"{key}: {value}", markup=False)


def _recorded(verbs: Verbs, format: Format, done: Recorded) -> None:
    """What every verb says that recorded one event."""
    tell(verbs, format, {"recorded": {"event": str(done.id), "version": done.version, "digest": done.digest}},
         say(N_("recorded: {event}, digest {digest}"), event=done.id, digest=done.digest))  # fmt: skip
