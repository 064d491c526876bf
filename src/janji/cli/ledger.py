"""The verbs of the ledger: number and sign what waits, show, export, audit, prove, verify."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import typer
from rich.markup import escape

from janji.cli.output import Format, console, write_json
from janji.cli.verbs import PROVE, Verbs
from janji.errors import Invalid
from janji.ledger.words import event_words
from janji.terms.messages import N_, Tongue, say

if TYPE_CHECKING:
    from janji.ledger.audit import Report
    from janji.ledger.checkpoint import Checkpoint

FAULTY = 1


def add(verbs: Verbs) -> None:
    """Add the group of verbs."""
    group = typer.Typer(help=verbs.say(N_("The record as a tree: number, sign, export, audit, prove.")),
                        no_args_is_help=True, context_settings={"help_option_names": ["--help", "-h"]})  # fmt: skip
    _add_sequence(verbs, group)
    _add_checkpoint(verbs, group)
    _add_show(verbs, group)
    _add_export(verbs, group)
    _add_audit(verbs, group)
    _add_prove(verbs, group)
    _add_verify(verbs, group)
    verbs.app.add_typer(group, name="ledger", rich_help_panel=verbs.say(PROVE))


def _add_sequence(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("sequence", help=verbs.say(N_("Give numbers to the events that wait for one.")))
    def sequence(data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang()) -> None:
        from janji.workflows.house import open_house
        from janji.workflows.ledger import sequence_all

        with open_house(verbs.runtime):
            done = sequence_all()
        if format is Format.JSON:
            write_json({"numbered": done.count, "size": done.size, "busy": done.busy})
            return
        text = say(N_("events numbered: {count}; the ledger has {size}"), count=done.count, size=done.size)
        if done.busy:
            text = say(N_("another sequencer is at work; the ledger has {size} events"), size=done.size)
        console().print(escape(text.render(verbs.tongue)))


def _add_checkpoint(verbs: Verbs, group: typer.Typer) -> None:
    @group.command(
        "checkpoint", help=verbs.say(N_("Number what waits and sign the tree: the note to keep, and to hand to an auditor."))
    )
    def checkpoint(
        output: Path | None = _output(verbs),
        data_dir: str | None = verbs.data_dir(),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.house import open_house
        from janji.workflows.ledger import cover, write_note

        with open_house(verbs.runtime) as house:
            signed = cover(house)
        if signed is None:
            raise Invalid(say(N_("the ledger has no events yet")), say(N_("nothing can be signed before something is recorded")))
        if format is Format.JSON:
            write_json({**_head_json(signed.checkpoint), "note": signed.note})
        if output is not None or format is Format.TEXT:
            write_note(output, signed)


def _add_show(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("show", help=verbs.say(N_("Show the verifier key, how many events there are, and how many wait.")))
    def show(data_dir: str | None = verbs.data_dir(), format: Format = verbs.format(), lang: str = verbs.lang()) -> None:
        from janji.workflows.house import open_house
        from janji.workflows.ledger import overview

        with open_house(verbs.runtime) as house:
            found = overview(house)
        if format is Format.JSON:
            head = {} if found.signed is None else {"checkpoint": _head_json(found.signed)}
            write_json({"key": str(found.verifier), "size": found.size, **head, "waiting": found.queue.waiting,
                        "oldest_seconds": int(found.queue.oldest)})  # fmt: skip
            return
        signed = 0 if found.signed is None else found.signed.size
        for text in (
            say(N_("verifier key: {key}"), key=found.verifier),
            say(N_("events: {size}, of which {signed} are signed"), size=found.size, signed=signed),
            say(N_("waiting for a number: {count}, the oldest for {seconds} seconds"), count=found.queue.waiting,
                seconds=int(found.queue.oldest)),
        ):  # fmt: skip
            console().print(escape(text.render(verbs.tongue)))


def _add_export(verbs: Verbs, group: typer.Typer) -> None:
    @group.command(
        "export", help=verbs.say(N_("Number and sign what waits, then write every event and checkpoint into one file for an auditor."))
    )
    def export(
        output: Path | None = _output(verbs),
        data_dir: str | None = verbs.data_dir(),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.house import open_house
        from janji.workflows.ledger import export, sequence_all

        with open_house(verbs.runtime) as house:
            sequence_all()
            size = export(house, output)
        if output is None:
            return
        if format is Format.JSON:
            write_json({"events": size, "file": str(output)})
        else:
            console().print(escape(say(N_("events written to {path}: {size}"), size=size, path=output).render(verbs.tongue)))


def _add_audit(verbs: Verbs, group: typer.Typer) -> None:
    @group.command(
        "audit", help=verbs.say(N_("Audit an export without the database, or with `--live` the database itself; exits with 1 when something is wrong."))
    )
    def audit(
        file: Path | None = typer.Argument(None, show_default=False, help=verbs.say(N_("The export."))),
        key: str | None = _key(verbs),
        against: Path | None = typer.Option(
            None, "--against", help=verbs.say(N_("A checkpoint that you kept: shows whether history was cut off or written anew."))
        ),
        live: bool = typer.Option(False, "--live", help=verbs.say(N_("Audit the database: its tables, tiles, queue and standings."))),
        data_dir: str | None = verbs.data_dir(),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        if live == (file is not None):
            raise Invalid(say(N_("name an export, or ask for `--live`: one of the two")), say(N_("`janji ledger export -o FILE` writes one")))
        report = _live(verbs, key, against) if file is None else _offline(file, key, against)
        if format is Format.JSON:
            write_json(report_json(report, verbs.tongue))
        else:
            _print(report, verbs.tongue)
        if not report.clean:
            raise typer.Exit(FAULTY)


def _offline(file: Path, key: str | None, against: Path | None) -> Report:
    from janji.workflows.audits import audit_export

    return audit_export(file, key, against)


def _live(verbs: Verbs, key: str | None, against: Path | None) -> Report:
    from janji.workflows.audits import kept_checkpoint
    from janji.workflows.house import open_house
    from janji.workflows.ledger import audit_live, verifier

    if key is not None:
        raise Invalid(say(N_("`--key` goes with an export")), say(N_("the database is audited by its own key; leave `--key` out")))
    with open_house(verbs.runtime) as house:
        return audit_live(house, None if against is None else kept_checkpoint(against, verifier(house)))


def _add_prove(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("prove", help=verbs.say(N_("Write the proof of one event: its words, its place, and the path to a signed checkpoint.")))
    def prove(
        event: str = typer.Argument(..., metavar="EVENT", show_default=False, help=verbs.say(N_("The id of the event, as its receipt names it."))),
        output: Path | None = _output(verbs),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.house import open_house
        from janji.workflows.ledger import prove_now, write_proof

        try:
            id = UUID(event)
        except ValueError:
            raise Invalid(say(N_("`{event}` is not the id of an event"), event=event), say(N_("a receipt names the id of its event"))) from None
        with open_house(verbs.runtime) as house:
            write_proof(output, prove_now(house, id))


def _add_verify(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("verify", help=verbs.say(N_("Verify the proof of one event, without the database.")))
    def verify(
        file: Path = typer.Argument(..., show_default=False, help=verbs.say(N_("The proof."))),
        key: str | None = _key(verbs),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.ledger.events import stamp
        from janji.ledger.proofs import proof_json
        from janji.workflows.audits import verify_document

        proof, event, head = verify_document(file, key)
        if format is Format.JSON:
            write_json({"holds": True, "key": str(proof.verifier), "event": proof_json(proof)["event"], "digest": proof.digest.hex(),
                        "position": proof.position, "checkpoint": _head_json(head)})  # fmt: skip
            return
        out = console()
        out.print(f"[bold green]{escape(verbs.say(N_('the proof holds')))}[/]")
        for text in (
            say(N_("event {position} of {size}"), position=proof.position, size=head.size),
            say("{event}", event=event_words(stamp(event.at), str(event.kind), str(event.actor), event.details, verbs.tongue)),
            say(N_("details: {details}"), details=json.dumps(dict(event.details), ensure_ascii=False)),
            say(N_("digest: {digest}"), digest=proof.digest.hex()),
            _signer(proof.verifier, key),
        ):  # fmt: skip
            out.print(f"  {escape(text.render(verbs.tongue))}")


def _signer(verifier: object, key: str | None) -> Any:
    if key is not None:
        return say(N_("signed by your key {key}"), key=verifier)
    return say(N_("signed by the key that the file itself names: {key}; compare it with one that came another way"), key=verifier)


def report_json(report: Report, tongue: Tongue) -> dict[str, Any]:
    """A report as `schema/ledger-audit.json` describes it."""
    held: dict[str, Any] = {"clean": report.clean, "events": report.events, "people": report.people, "checkpoints": report.checkpoints}
    if report.verifier is not None:
        held["key"] = str(report.verifier)
    if report.last is not None:
        held["checkpoint"] = _head_json(report.last)
    held["faults"] = [
        {"kind": str(fault.kind), "position": fault.position, **({"line": fault.line} if fault.line else {}),
         "text": fault.message.render(tongue)}
        for fault in report.faults
    ]  # fmt: skip
    return {**held, "more": report.more} if report.more else held


def _head_json(head: Checkpoint) -> dict[str, Any]:
    return {"size": head.size, "root": head.root.hex()}


SHOWN = 20


def _print(report: Report, tongue: Tongue) -> None:
    out = console()
    for fault in report.faults[:SHOWN]:
        out.print(f"[bold red]{escape(fault.kind)}[/]: {escape(fault.message.render(tongue))}")
    more = len(report.faults) - SHOWN + report.more
    if more > 0:
        out.print(escape(say(N_("and {count} more; begin with the first, for one draws others behind it"), count=more).render(tongue)))
    word = N_("[bold green]clean[/]; events: {events}, people: {people}, checkpoints: {checkpoints}")
    if not report.clean:
        word = N_("[bold red]not clean[/]; events: {events}, people: {people}, checkpoints: {checkpoints}")
    out.print(say(word, events=report.events, people=report.people, checkpoints=report.checkpoints).render(tongue))
    if report.verifier is not None:
        out.print(f"[dim]{escape(say(N_('verifier key: {key}'), key=report.verifier).render(tongue))}[/]")


def _output(verbs: Verbs) -> Any:
    return typer.Option(None, "-o", "--output", help=verbs.say(N_("Write into this file.")))


def _key(verbs: Verbs) -> Any:
    return typer.Option(
        None, "--key", help=verbs.say(N_("The ledger's verifier key, or a file with it; without it the one that the file names is used and shown."))
    )
