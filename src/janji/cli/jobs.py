"""The verbs `job list` and `job show`: what was handed to the workers, and how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from janji.cli.naming import number, record
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import KEEP, Verbs
from janji.terms.messages import N_, say

if TYPE_CHECKING:
    from janji.workflows.jobs import Job

STATES = {"waiting": N_("waiting"), "running": N_("running"), "done": N_("done"), "failed": N_("failed")}


def add(verbs: Verbs) -> None:
    """Add the verbs about jobs."""
    group = typer.Typer(no_args_is_help=True, help=verbs.say(N_("Long work that the workers do.")))
    verbs.app.add_typer(group, name="job", rich_help_panel=verbs.say(KEEP))

    @group.command("list", help=verbs.say(N_("List the jobs handed over last, newest first.")))
    def list_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.jobs import newest

        with record(verbs):
            found = newest()
        if format is Format.JSON:
            write_json({"items": [_json(one) for one in found]})
            return
        for one in found:
            _print(verbs, one)

    @group.command("show", help=verbs.say(N_("Show one job, and what it did.")))
    def show_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The job, by the id that was printed when it was handed over."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.jobs import job

        with record(verbs):
            found = job(number(id.removeprefix("job_")))
        if format is Format.JSON:
            write_json(_json(found))
            return
        _print(verbs, found)
        for name, value in (found.report or {}).items():
            if not isinstance(value, list):
                console().print(escape(f"  {name}: {value}"))


def hand_over(verbs: Verbs, file: Path, map: Path, format: Format) -> None:
    """Hand a list of consents to the workers, and print which job it is."""
    from janji.workflows.jobs import hand_over_import

    with record(verbs) as house:
        id = hand_over_import(house, file, map)
    if format is Format.JSON:
        write_json({"id": f"job_{id}"})
    else:
        console().print(escape(say(N_("handed over as `{id}`"), id=f"job_{id}").render(verbs.tongue)))


def _print(verbs: Verbs, one: Job) -> None:
    line = f"job_{one.id}  {one.made:%Y-%m-%dT%H:%M:%SZ}  {one.name}  {verbs.say(STATES[str(one.state)])}"
    console().print(escape(line if one.failure is None else f"{line}: {one.failure}"))


def _json(one: Job) -> dict[str, Any]:
    held = {
        "id": f"job_{one.id}", "name": one.name, "state": str(one.state), "made": f"{one.made:%Y-%m-%dT%H:%M:%SZ}",
        "report": one.report, "failure": one.failure,
    }  # fmt: skip
    return {name: value for name, value in held.items() if value is not None}
