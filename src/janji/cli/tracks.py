"""The verbs about what was done: a person's track record, and runs over everybody with whom they were about."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import typer
from rich.markup import escape

from janji.cli.ask import instant, operation_of
from janji.cli.naming import actor_option, person, record, tell
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import PROVE, Verbs
from janji.decision.question import Question
from janji.errors import Invalid
from janji.ledger.events import Actor, Done, stamp
from janji.ledger.words import event_words
from janji.terms.messages import N_, Message, Tongue, say

if TYPE_CHECKING:
    from janji.workflows.tracks import Track

DIFFERS_CODE = 1


def add(verbs: Verbs) -> None:
    """Add the verb `run` and the group `track`."""
    group = typer.Typer(help=verbs.say(N_("What was done with people's data: the track record, runs, and runs worked out again.")),
                        no_args_is_help=True)  # fmt: skip
    verbs.app.add_typer(group, name="track", rich_help_panel=verbs.say(PROVE))
    _add_show(verbs, group)
    _add_add(verbs, group)
    _add_runs(verbs, group)
    _add_run(verbs)


def _add_show(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("show", help=verbs.say(N_("Show all that is on record about a person, the newest first.")))
    def show_(
        subject: str = typer.Argument(..., show_default=False, help=verbs.say(N_(
            "The person: `sub_` and a number, `email:` and an address, or `-` to give it on standard input."))),
        limit: int | None = typer.Option(None, "--limit", min=1, show_default=False, help=verbs.say(N_("At most so many lines."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.tracks import track

        with record(verbs) as house:
            _write(islice(track(house, person(house, subject)), limit), format, verbs.tongue, say(N_("nothing is on record about this person")))


def _add_add(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("add", help=verbs.say(N_("Put a disclosure, a delivery or a change that was made on a person's track record.")))
    def add_(
        subject: str = typer.Argument(..., show_default=False, help=verbs.say(N_(
            "The person: `sub_` and a number, `email:` and an address, or `-` to give it on standard input."))),
        done: Done = typer.Argument(..., show_default=False, help=verbs.say(N_("What was done."))),
        purpose: str = typer.Option("", "--purpose", show_default=False, help=verbs.say(N_("What it is for."))),
        data: str = typer.Option("", "--data", show_default=False, help=verbs.say(N_("Categories of data, separated by commas."))),
        recipient: str | None = typer.Option(None, "--recipient", help=verbs.say(N_("Who was given the data."))),
        country: str | None = typer.Option(None, "--country", metavar="ISO", help=verbs.say(N_("The country they went to, such as `JP`."))),
        channel: str | None = typer.Option(None, "--channel", help=verbs.say(N_("The channel that was used."))),
        application: str | None = typer.Option(None, "--application", help=verbs.say(N_("Which program did it."))),
        actor: Actor = actor_option(verbs),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.tracks import record_done

        told = Question(purpose=purpose, data=_parts(data), at=verbs.runtime.now(), recipient=recipient, country=country, channel=channel)
        with record(verbs) as house:
            made = record_done(house, person(house, subject), done, told, actor, application)
        tell(verbs, format, {"event": str(made.id), "digest": made.digest}, say(N_("recorded: {event}, digest {digest}"), event=made.id, digest=made.digest))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _add_runs(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("runs", help=verbs.say(N_("Show every run over everybody on record, the newest first.")))
    def runs_(
        limit: int | None = typer.Option(None, "--limit", min=1, show_default=False, help=verbs.say(N_("At most so many lines."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.tracks import runs

        with record(verbs):
            _write(islice(runs(), limit), format, verbs.tongue, say(N_("no run is on record; `janji run` makes one")))

    @group.command("check", help=verbs.say(N_("Work out a run again from the ledger alone; exits with 1 when it differs.")))
    def check_(
        run: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The id of the run."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.tracks import recompute

        with record(verbs) as house:
            found = recompute(house, run_id(run))
        if format is Format.JSON:
            write_json({"run": run, "people": found.people, "standing_digest": found.digest, "equal": found.equal})
        else:
            same = N_("the run is as it was recorded, people: {people}, digest {digest}")
            other = N_("worked out again the run is another than the one recorded, people: {people}, digest {digest}")
            text = say(same if found.equal else other, people=found.people, digest=found.digest)
            console().print(escape(text.render(verbs.tongue)))
        raise typer.Exit(0 if found.equal else DIFFERS_CODE)


def _add_run(verbs: Verbs) -> None:
    @verbs.app.command("run", rich_help_panel=verbs.say(PROVE), help=verbs.say(N_(
        "Ask one question about everybody on record at once, and record that it was asked; nothing is kept per person.")))
    def run_(
        purpose: str = typer.Option(..., "--purpose", help=verbs.say(N_("What it is for."))),
        data: str = typer.Option(..., "--data", help=verbs.say(N_("Categories of data, separated by commas."))),
        operation: str = typer.Option("", "--operation", metavar="collect|use|disclose|retain", show_default=False,
            help=verbs.say(N_("What is done; `use`, or `disclose` when a recipient is named."))),
        recipient: str | None = typer.Option(None, "--recipient", help=verbs.say(N_("Who would receive the data."))),
        country: str | None = typer.Option(None, "--country", help=verbs.say(N_("The country they would go to, such as `JP`."))),
        channel: str | None = typer.Option(None, "--channel", help=verbs.say(N_("The channel that would be used."))),
        at: str | None = typer.Option(None, "--at", metavar="ISO", help=verbs.say(N_("The instant asked about; now by default."))),
        output: Path | None = typer.Option(None, "-o", "--output", show_default=False, help=verbs.say(N_(
            "Write the people whom it permits into this file, one `sub_` a line."))),
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.tracks import run, run_into

        question = Question(
            purpose=purpose, data=_parts(data),
            at=instant(at) if at else verbs.runtime.now(), operation=operation_of(operation, recipient), recipient=recipient,
            country=country, channel=channel,
        )  # fmt: skip
        with record(verbs) as house:
            done = run(house, question) if output is None else run_into(house, question, output)
        if format is Format.JSON:
            write_json({"run": str(done.id), "people": done.people, "standing_digest": done.digest, "position": done.position})
        else:
            text = say(N_("run `{run}`: people permitted: {people}, digest {digest}"), run=done.id, people=done.people, digest=done.digest)
            console().print(escape(text.render(verbs.tongue)))


def run_id(text: str) -> UUID:
    """The id of a run; raises `Invalid` for anything else."""
    try:
        return UUID(text)
    except ValueError:
        raise Invalid(say(N_("`{word}` is not the id of a run"), word=text), say(N_("`janji track runs` shows every run"))) from None


def _write(lines: Iterable[Track], format: Format, tongue: Tongue, nothing: Message) -> None:
    """Each line as soon as it is read: as JSON lines, or for people, who are told where there is `nothing`."""
    from janji.workflows.tracks import track_json

    line = None
    for line in lines:
        if format is Format.JSON:
            sys.stdout.write(json.dumps(track_json(line), ensure_ascii=False, sort_keys=True) + "\n")
        else:
            event = line.event
            sys.stdout.write(event_words(stamp(event.at), str(event.kind), str(event.actor), event.details, tongue) + "\n")
    if line is None and format is not Format.JSON:
        console().print(nothing.render(tongue), markup=False)
