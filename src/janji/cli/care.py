"""The verbs that care for the record: make it, bring it to the present form, back it up, restore it, examine it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from janji.cli.output import Format, console, write_json
from janji.cli.verbs import KEEP, Verbs
from janji.terms.messages import N_, Tongue, say

if TYPE_CHECKING:
    from janji.workflows.care import Initialised, Manifest, Restored
    from janji.workflows.doctor import Finding

COLOURS = {"ok": "green", "warn": "yellow", "fail": "bold red"}
VERDICTS = {"ok": N_("ok"), "warn": N_("warn"), "fail": N_("fail")}


def add(verbs: Verbs) -> None:
    """Add the verbs of care."""
    _add_init(verbs)
    _add_migrate(verbs)
    _add_backup(verbs)
    _add_restore(verbs)
    _add_doctor(verbs)


def _add_init(verbs: Verbs) -> None:
    @verbs.app.command(
        "init",
        rich_help_panel=verbs.say(KEEP),
        help=verbs.say(N_("Make the record: data directory, keys, database. Safe to repeat; what is there stays.")),
    )
    def init_(
        demonstration: bool = typer.Option(False, "--demonstration", help=verbs.say(N_("For trying things out: every page and every signature of it says so, for ever."))),
        data_dir: str | None = verbs.data_dir(),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.care import init

        done = init(verbs.runtime, demonstration=demonstration)
        if format is Format.JSON:
            write_json(_init_json(done, verbs.tongue))
        else:
            _print_init(done, verbs.tongue)


def _init_json(done: Initialised, tongue: Tongue) -> dict[str, Any]:
    return {
        "data_dir": str(done.data_dir),
        "made": [item.render(tongue) for item in done.made],
        "next": [item.render(tongue) for item in done.then],
    }


def _print_init(done: Initialised, tongue: Tongue) -> None:
    out = console()
    title = say(N_("the record in `{path}` is ready"), path=done.data_dir)
    out.print(f"[bold green]{escape(title.render(tongue))}[/]")
    for item in done.made:
        out.print(f"  {escape(say(N_('made: {thing}'), thing=item).render(tongue))}")
    for item in done.then:
        out.print(f"[green]{tongue.translate(N_('next'))}[/]: {escape(item.render(tongue))}")


def _add_migrate(verbs: Verbs) -> None:
    @verbs.app.command(
        "migrate",
        rich_help_panel=verbs.say(KEEP),
        help=verbs.say(N_("Bring the tables to the form of this version. Make a backup first.")),
    )
    def migrate(
        data_dir: str | None = verbs.data_dir(),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.care import migrate_record

        steps = migrate_record(verbs.runtime)
        if format is Format.JSON:
            write_json({"steps": list(steps)})
            return
        for step in steps:
            console().print(escape(step))
        done = say(N_("migration steps taken: {count}"), count=len(steps))
        console().print(f"[bold green]{escape(done.render(verbs.tongue))}[/]")


def _add_backup(verbs: Verbs) -> None:
    @verbs.app.command(
        "backup",
        rich_help_panel=verbs.say(KEEP),
        help=verbs.say(
            N_("Write the whole record into one file while it goes on; keys outside the database are not in it.")
        ),
    )
    def backup_(
        file: Path = typer.Argument(
            show_default=False, help=verbs.say(N_("The file to write; there must be none yet."))
        ),
        data_dir: str | None = verbs.data_dir(),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.care import backup

        manifest = backup(verbs.runtime, file)
        if format is Format.JSON:
            write_json({"file": str(file), **_manifest_json(manifest)})
            return
        out = console()
        done = say(N_("backed up into `{path}`: events {events}, ledger size {size}"),
                   path=file, events=manifest.events, size=manifest.size)  # fmt: skip
        out.print(f"[bold green]{escape(done.render(verbs.tongue))}[/]")
        apart = say(
            N_("keep it apart from the key-encryption key and from the file of destroyed keys; it holds neither")
        )
        out.print(f"[green]{verbs.say(N_('next'))}[/]: {escape(apart.render(verbs.tongue))}")


def _manifest_json(manifest: Manifest) -> dict[str, Any]:
    found = {
        "made": manifest.made, "program": manifest.program, "schema": list(manifest.schema), "policy": manifest.policy,
        "events": manifest.events, "ledger": {"size": manifest.size, "root": manifest.root},
        "destroyed": manifest.destroyed,
    }  # fmt: skip
    return {key: value for key, value in found.items() if value != ""}


def _add_restore(verbs: Verbs) -> None:
    @verbs.app.command(
        "restore",
        rich_help_panel=verbs.say(KEEP),
        help=verbs.say(N_("Put a backup in the place of the database; who was erased since stays erased.")),
    )
    def restore_(
        file: Path = typer.Argument(show_default=False, help=verbs.say(N_("A file that `janji backup` wrote."))),
        replace: bool = typer.Option(
            False, "--replace", help=verbs.say(N_("Restore even if events that the backup has not are lost by it."))
        ),
        data_dir: str | None = verbs.data_dir(),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.care import restore

        done = restore(verbs.runtime, file, replace=replace)
        if format is Format.JSON:
            write_json({**_manifest_json(done.manifest), "lost": dict(done.lost), "keys_destroyed_again": done.keys})
        else:
            _print_restored(done, file, verbs.tongue)


def _print_restored(done: Restored, file: Path, tongue: Tongue) -> None:
    out = console()
    title = say(N_("restored from `{path}` of {made}: events {events}, ledger size {size}"),
                path=file, made=done.manifest.made, events=done.manifest.events, size=done.manifest.size)  # fmt: skip
    out.print(f"[bold green]{escape(title.render(tongue))}[/]")
    out.print(escape(say(N_("keys destroyed again: {count}"), count=done.keys).render(tongue)))
    for kind, count in done.lost.items():
        out.print(f"[yellow]{escape(say(N_('lost: {kind}, {count}'), kind=kind, count=count).render(tongue))}[/]")
    then = say(N_("`janji ledger audit --live` and `janji doctor --all` look at all of it; withdrawals that were lost must be "
                  "found again before anything is sent")) if done.lost else say(N_("`janji doctor --all` looks at all of it"))  # fmt: skip
    out.print(f"[green]{tongue.translate(N_('next'))}[/]: {escape(then.render(tongue))}")


def _add_doctor(verbs: Verbs) -> None:
    @verbs.app.command(
        "doctor",
        rich_help_panel=verbs.say(KEEP),
        help=verbs.say(
            N_(
                "Examine database, keys, clock, mail, worker and disk, and say what to do. Exits 1 when something fails."
            )
        ),
    )
    def doctor(
        everybody: bool = typer.Option(
            False, "--all", help=verbs.say(N_("Hold the standing of everybody against their history, not of a sample."))
        ),
        data_dir: str | None = verbs.data_dir(),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.doctor import examine

        found = examine(verbs.runtime, everybody=everybody)
        if format is Format.JSON:
            write_json({"healthy": _healthy(found), "items": [_finding_json(item, verbs.tongue) for item in found]})
        else:
            _print_findings(found, verbs.tongue)
        if not _healthy(found):
            raise typer.Exit(1)


def _healthy(found: tuple[Finding, ...]) -> bool:
    return all(item.verdict != "fail" for item in found)


def _finding_json(item: Finding, tongue: Tongue) -> dict[str, str]:
    held = {"name": item.name, "verdict": str(item.verdict), "message": item.message.render(tongue)}
    return held if item.help is None else {**held, "help": item.help.render(tongue)}


def _print_findings(found: tuple[Finding, ...], tongue: Tongue) -> None:
    table = Table(box=SIMPLE_HEAD, show_header=False, padding=(0, 1))
    for item in found:
        colour = COLOURS[str(item.verdict)]
        text = escape(item.message.render(tongue))
        if item.help is not None:
            text += f"\n[green]{tongue.translate(N_('help'))}[/]: {escape(item.help.render(tongue))}"
        table.add_row(f"[{colour}]{tongue.translate(VERDICTS[str(item.verdict)])}[/]", escape(item.name), text)
    console().print(table)
