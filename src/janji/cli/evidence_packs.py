"""The verb `request pack`: the evidence for a claim, as an archive that anybody can check."""

from __future__ import annotations

from pathlib import Path

import typer

from janji.cli.naming import record, tell
from janji.cli.output import Format
from janji.cli.verbs import Verbs
from janji.rights.requests import PREFIX
from janji.terms.messages import N_, say


def add_pack(verbs: Verbs, group: typer.Typer) -> None:
    """Add the verb to the group `request`."""

    @group.command("pack", help=verbs.say(N_("Write the evidence for a claim: what is on record, decided and disclosed, each event with a proof that anybody can check.")))
    def pack(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The request, by its id."))),
        output: Path = typer.Option(..., "--out", "-o", show_default=False, help=verbs.say(N_("The archive to write; only its owner may read it."))),
        language: str = typer.Option("", "--language", metavar="id|en", show_default=False, help=verbs.say(N_("The language of its words; that of the request when it is not given."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.evidence_packs import write_pack
        from janji.workflows.requests import request_number

        with record(verbs) as house:
            made = write_pack(house, request_number(id), output, language)
        held = {"request": f"{PREFIX}{made.request}", "events": made.events, "sha256": made.digest, "file": str(output)}
        tell(verbs, format, held, say(N_("events proven in {path}: {count}"), count=made.events, path=output))
