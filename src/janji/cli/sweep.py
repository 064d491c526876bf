"""The verb `sweep` and those below it: what was kept as long as the schedule says comes to its end; whether a set is anonymous."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from janji.cli.naming import given, number, record, tell
from janji.cli.output import Format, bar, console, write_json
from janji.cli.verbs import KEEP, Verbs
from janji.errors import Invalid
from janji.ledger.events import stamp
from janji.retention.words import STATES
from janji.terms.messages import N_, Message, say
from janji.terms.words import EVENTS

if TYPE_CHECKING:
    from janji.workflows.by_hand import ByHand
    from janji.workflows.sweeps import Part, Sweep

NOT_ALL = 1


def add(verbs: Verbs) -> None:
    """Add the verb and those below it."""
    group = typer.Typer(help=verbs.say(N_("What was kept as long as the policy says comes to its end.")), invoke_without_command=True)
    verbs.app.add_typer(group, name="sweep", rich_help_panel=verbs.say(KEEP))
    _add_sweep(verbs, group)
    _add_list(verbs, group)
    _add_show(verbs, group)
    _add_told(verbs, group)
    _add_attest(verbs, group)
    _add_attested(verbs, group)
    _add_anonymity(verbs, group)


def _add_sweep(verbs: Verbs, group: typer.Typer) -> None:
    @group.callback(help=verbs.say(N_(
        "Delete, destroy or anonymise what was kept as long as the policy's schedule says, save what is held. Exits with 1 when something was not done.")))
    def sweep_(
        context: typer.Context,
        dry_run: bool = typer.Option(False, "--dry-run", help=verbs.say(N_("Count what is over, and change nothing."))),
        system: list[str] = typer.Option([], "--system", show_default=False, help=verbs.say(N_("A system, once for each; all when none is named."))),
        batch: int = typer.Option(10_000, "--batch", min=1, max=1_000_000, help=verbs.say(N_("How many rows of a table one transaction ends."))),
        most: int = typer.Option(1_000_000, "--most", min=1, help=verbs.say(N_("How many rows of a table this sweep ends; the next goes on."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        if context.invoked_subcommand is not None:
            return
        from janji.workflows.sweeps import look, sweep, sweep_json

        with record(verbs) as house, bar() as moved:
            found = look(house, system, progress=moved) if dry_run else sweep(house, system, batch=batch, most=most, progress=moved)
        if format is Format.JSON:
            write_json(sweep_json(found, verbs.tongue))
        else:
            _show(verbs, found)
        raise typer.Exit(NOT_ALL if found.state == "partly" else 0)


def _show(verbs: Verbs, one: Sweep) -> None:
    out = console()
    if one.missed:
        out.print(say(N_("nights without a sweep before: {count}"), count=one.missed).render(verbs.tongue), markup=False)
    for part in one.parts:
        if part.due or part.held or part.why or not part.table:
            for line in _lines(part):
                out.print(line.render(verbs.tongue), markup=False)
    if not any(part.due for part in one.parts):
        out.print(verbs.say(N_("nothing is over")), markup=False)
    for found in one.findings:
        out.print(say(N_("{system}: {finding}"), system=found.system, finding=found.message).render(verbs.tongue), markup=False)
        out.print(f"  {found.help.render(verbs.tongue)}", markup=False)
    if one.task is not None:
        out.print(say(N_("people are owed notice of this deletion; once they are told: `janji sweep told {id}`"), id=one.id).render(verbs.tongue), markup=False)


def _lines(part: Part) -> Iterator[Message]:
    if not part.table:
        yield say(N_("{system}: {state}"), system=part.system, state=say(STATES[part.state]))
    else:
        event = say(EVENTS[part.event]) if part.event in EVENTS else part.event
        yield say(N_("{system}/{table}, by `{rule}`: {due} rows over, counted from {event}; {state}"), system=part.system, table=part.table,
                  rule=part.rule, due=f"{part.due:,}", event=event, state=say(STATES[part.state]))  # fmt: skip
    if part.held:
        yield say(N_("  stay because their people are held or have a request open: {count}"), count=f"{part.held:,}")
    for word, counts in ((N_("  deleted: {counts}"), part.ended), (N_("  changed: {counts}"), part.changed), (N_("  stay: {counts}"), part.stays)):
        if counts:
            yield say(word, counts=", ".join(f"{name} {count:,}" for name, count in counts.items()))
    for why in part.why:
        yield say(N_("  {why}"), why=why)


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the sweeps, the newest first, and which of them people are still to be told of.")))
    def list_(
        before: str | None = typer.Option(None, "--before", show_default=False, help=verbs.say(N_("Those before this id; a page ends with the id for the next."))),
        limit: int = typer.Option(50, "--limit", min=1, max=1000, help=verbs.say(N_("How many at most."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.sweeps import owed, sweep_json, sweeps

        with record(verbs):
            found, open_ = sweeps(None if before is None else number(before), limit + 1), owed()
        page, next = found[:limit], str(found[limit - 1].id) if len(found) > limit else None
        if format is Format.JSON:
            items = [{name: value for name, value in sweep_json(one, verbs.tongue).items() if name not in ("parts", "findings")} for one in page]
            write_json({"items": items} | ({"next": next} if next else {}))
            return
        if not page:
            console().print(verbs.say(N_("no sweep was made yet")), markup=False)
        for one in page:
            text = say(N_("{id}: {at}, {state}, rows {rows}"), id=one.id, at=stamp(one.at), state=say(STATES[one.state]), rows=f"{sum(part.rows for part in one.parts):,}")
            notice = f"; {verbs.say(N_('notice owed'))}" if one.task in open_ else ""
            console().print(text.render(verbs.tongue) + notice, markup=False)
        if next:
            console().print(say(N_("more: `--before {id}`"), id=next).render(verbs.tongue), markup=False)


def _add_show(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("show", help=verbs.say(N_("Show a sweep: what was over, what was done, and by which events it is certified.")))
    def show_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The id of the sweep."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.sweeps import sweep_json, sweep_of

        with record(verbs):
            found = sweep_of(number(id))
        if format is Format.JSON:
            write_json(sweep_json(found, verbs.tongue))
            return
        _show(verbs, found)
        for system, event in (found.events or {}).items():
            console().print(say(N_("{system}: certified by event `{event}`"), system=system, event=event).render(verbs.tongue), markup=False)


def _add_told(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("told", help=verbs.say(N_("Record that people were told of what a sweep deleted; its task is closed.")))
    def told_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The id of the sweep."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.sweeps import told

        with record(verbs) as house:
            told(house, number(id))
        tell(verbs, format, {"told": id}, say(N_("recorded")))


def _add_attest(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("attest", help=verbs.say(N_(
        "Record that in a system that no sweep reaches everything that was over by the schedule has ended, save what is held, as whoever looks after it says.")))
    def attest_(
        system: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The name of the system."))),
        until: str = typer.Option(..., "--until", show_default=False, metavar="DAY", help=verbs.say(N_("The day up to which all that was over has ended, as `2026-11-27`."))),
        count: int | None = typer.Option(None, "--count", min=0, show_default=False, help=verbs.say(N_("How many records were ended, if somebody counted."))),
        evidence: str = typer.Option("", "--evidence", show_default=False, help=verbs.say(N_("Where the proof of it is, kept sealed; `-` reads it from standard input."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.by_hand import attest, by_hand_json

        with record(verbs) as house:
            made = attest(house, system, _day(until), ended=count, evidence=given(evidence))
        tell(verbs, format, by_hand_json(made), _hand(made))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(say(N_("`{word}` is not a day"), word=text), say(N_("write it as `2026-11-01`"))) from None


def _hand(one: ByHand) -> Message:
    if one.attested is None:
        return say(N_("{system}: nobody attested it"), system=one.system.name)
    text = N_("{system}: attested up to {day}") if one.counts else N_("{system}: attested up to {day}, which is too long ago to count")
    return say(text, system=one.system.name, day=one.attested.until)


def _add_attested(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("attested", help=verbs.say(N_("List the systems that no sweep reaches, and up to which day whoever looks after each attested that its data come to an end.")))
    def attested_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.by_hand import by_hand, by_hand_json

        with record(verbs) as house:
            found = by_hand(house)
        if format is Format.JSON:
            write_json({"items": [by_hand_json(one) for one in found]})
            return
        if not found:
            console().print(verbs.say(N_("a sweep reaches every system")), markup=False)
        for one in found:
            console().print(_hand(one).render(verbs.tongue), markup=False)


def _add_anonymity(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("anonymity", help=verbs.say(N_(
        "Say whether a set may leave as anonymous: how many rows look alike in what could tell people apart. Exits with 1 when it may not.")))
    def anonymity_(
        file: Path = typer.Argument(..., show_default=False, metavar="FILE", help=verbs.say(N_("A CSV file with a head."))),
        by: list[str] = typer.Option([], "--by", show_default=False, help=verbs.say(N_("A column that could tell people apart, once for each; all when none is named."))),
        about: str | None = typer.Option(None, "--about", show_default=False, help=verbs.say(N_("A column that nobody may learn of a person."))),
        least: int | None = typer.Option(None, "--least", min=2, show_default=False, help=verbs.say(N_("How many rows must look alike; otherwise as the settings say."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.anonymity import anonymity_json, examine

        found = examine(verbs.runtime, file, by, about, least)
        if format is Format.JSON:
            write_json(anonymity_json(found))
        else:
            text = N_("anonymous: every one of {rows} rows looks like {smallest} or more") if found.anonymous else N_(
                "not anonymous: of {rows} rows {below} look like fewer than {least} others; the smallest group has {smallest}")  # fmt: skip
            holes = {"rows": found.classes.rows, "below": found.classes.below, "least": found.least, "smallest": found.classes.smallest}
            console().print(say(text, **{name: f"{value:,}" for name, value in holes.items() if f"{{{name}}}" in text}).render(verbs.tongue), markup=False)
        raise typer.Exit(0 if found.anonymous else NOT_ALL)
