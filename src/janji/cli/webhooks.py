"""The verbs `webhook add` to `webhook test`: which programs are told of a no, and which of them know."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from janji.cli.naming import number, record, tell
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import KEEP, Verbs
from janji.ledger.events import stamp
from janji.terms.messages import N_, Message, say

if TYPE_CHECKING:
    from janji.workflows.consumers import Consumer, Registered, Telling

NAME = N_("The name of the consumer.")
NOT_TAKEN = 1


def add(verbs: Verbs) -> None:
    """Add the group of verbs about consumers of webhooks."""
    group = typer.Typer(help=verbs.say(N_("Programs that are told of a no by webhook: registered, tested, told again.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="webhook", rich_help_panel=verbs.say(KEEP))
    _add_add(verbs, group)
    _add_list(verbs, group)
    _add_remove(verbs, group)
    _add_rotate(verbs, group)
    _add_deliveries(verbs, group)
    _add_replay(verbs, group)
    _add_test(verbs, group)


def _add_add(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("add", help=verbs.say(N_("Register a consumer. Its secret is shown now, and never again.")))
    def add_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        url: str = typer.Argument(..., show_default=False, help=verbs.say(N_("Where it listens: an `https` address."))),
        topic: list[str] = typer.Option([], "--topic", show_default=False, help=verbs.say(N_("What it is told of, once for each; all when none is named."))),
        purpose: list[str] = typer.Option([], "--purpose", show_default=False, help=verbs.say(N_("A purpose it is told of, once for each; all when none is named."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.consumers import add

        with record(verbs) as house:
            made = add(house, name, url, topic, purpose)
        _tell_secret(verbs, format, made)


def _tell_secret(verbs: Verbs, format: Format, made: Registered) -> None:
    from janji.workflows.consumers import consumer_json

    if format is Format.JSON:
        write_json({**consumer_json(made.consumer), "secret": made.secret})
        return
    console().print(made.secret, markup=False)
    console().print(say(N_("keep it where the consumer finds it; it is not shown again")).render(verbs.tongue), markup=False)


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the consumers: how each does, and what it still has to hear.")))
    def list_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.consumers import consumer_json, consumers

        with record(verbs):
            found = consumers()
        if format is Format.JSON:
            write_json({"items": [consumer_json(one) for one in found]})
            return
        for one in found:
            first, *rest = (line.render(verbs.tongue) for line in _lines(one))
            console().print("\n  ".join((first, *rest)), markup=False)
        if not found:
            console().print(verbs.say(N_("nobody is told by webhook yet; `janji webhook add` names the first")), markup=False)


def _lines(one: Consumer) -> list[Message]:
    from janji.workflows.consumers import STATES

    found = [
        say(N_("{name}: {state}, {url}"), name=one.name, state=say(STATES[one.state]), url=one.url),
        say(N_("told of: {topics}"), topics=", ".join(one.topics)),
        say(N_("messages that wait: {due}, given up: {failed}"), due=one.due, failed=one.failed),
    ]
    if one.purposes:
        found.insert(2, say(N_("for: {purposes}"), purposes=", ".join(one.purposes)))
    if one.application:
        found.append(say(N_("registered by: {application}"), application=one.application))
    if one.failing is not None:
        found.append(say(N_("takes nothing since {at}"), at=stamp(one.failing)))
    return found


def _add_remove(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("remove", help=verbs.say(N_("Tell a consumer nothing more. What it knows stays on record.")))
    def remove_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.consumers import consumer_named, remove

        with record(verbs) as house:
            remove(house, consumer_named(name))
        tell(verbs, format, {"removed": name}, say(N_("removed")))


def _add_rotate(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("rotate", help=verbs.say(N_("Give a consumer a new secret; for a while the one before it signs too.")))
    def rotate_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        overlap: int = typer.Option(24, "--overlap", min=0, max=720, metavar="HOURS", help=verbs.say(N_("For so long both sign; with 0 the one before is worth nothing at once."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.consumers import consumer_named, rotate

        with record(verbs) as house:
            made = rotate(house, consumer_named(name), timedelta(hours=overlap))
        _tell_secret(verbs, format, made)


def _add_deliveries(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("deliveries", help=verbs.say(N_("Show which consumers know of an event, and which do not yet.")))
    def deliveries_(
        event: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The id of the event."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.consumers import telling_json, told_of

        with record(verbs):
            found = told_of(number(event))
        if format is Format.JSON:
            write_json({"items": [telling_json(one) for one in found]})
            return
        for one in found:
            console().print(_line(one).render(verbs.tongue), markup=False)


def _line(one: Telling) -> Message:
    from janji.workflows.consumers import STATES, TROUBLES

    if one.at is not None:
        return say(N_("{name}: knows since {at}, by event `{event}`"), name=one.name, at=stamp(one.at), event=one.told)
    if one.outcome:
        return say(N_("{name}: {state}; attempts: {count}, the last: {outcome}"), name=one.name, state=say(STATES[one.state]),
                   count=one.attempts, outcome=say(TROUBLES.get(one.outcome, one.outcome)))  # fmt: skip
    return say(N_("{name}: {state}"), name=one.name, state=say(STATES[one.state]))


def _add_replay(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("replay", help=verbs.say(N_("Tell a consumer again: of one event, or of all from a position of the ledger on.")))
    def replay_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        first: int | None = typer.Option(None, "--from", min=0, show_default=False, help=verbs.say(N_("The position in the ledger from which on."))),
        event: str | None = typer.Option(None, "--event", show_default=False, help=verbs.say(N_("The id of the event."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.errors import Invalid
        from janji.workflows.consumers import consumer_named, replay, replay_event

        if (first is None) == (event is None):
            raise Invalid(say(N_("either a position or an event is wanted")), say(N_("give `--from` or `--event`")))
        with record(verbs) as house:
            id = consumer_named(name)
            count = replay_event(house, id, number(event)) if event is not None else replay(house, id, first or 0)
        tell(verbs, format, {"messages": count}, say(N_("messages that will be sent again: {count}"), count=count))


def _add_test(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("test", help=verbs.say(N_(
        "Send a consumer a message that says nothing; one that was paused or gone goes on when it takes it. Exits with 1 when it does not.")))
    def test_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(NAME)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.consumers import TROUBLES, answer_json, consumer_named, probe

        with record(verbs) as house:
            answer = probe(house, consumer_named(name))
        if format is Format.JSON:
            write_json(answer_json(answer))
        else:
            text = say(N_("taken, with status {status}"), status=answer.status)
            if not answer.acknowledged:
                reason = say(TROUBLES[answer.trouble]) if answer.status is None else say(N_("it answered with status {status}"), status=answer.status)
                text = say(N_("not taken: {reason}"), reason=reason)
            console().print(text.render(verbs.tongue), markup=False)
        raise typer.Exit(0 if answer.acknowledged else NOT_TAKEN)
