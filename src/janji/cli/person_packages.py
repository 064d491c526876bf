"""The verbs `request package` and `request offer`: a person's package handed over at a desk, or by a fresh link and code."""

from __future__ import annotations

from pathlib import Path

import typer

from janji.cli.naming import record, tell
from janji.cli.output import Format
from janji.cli.verbs import Verbs
from janji.rights.requests import PREFIX
from janji.terms.messages import N_, say

_ID = N_("The request, by its id.")
_BY = N_("The name of the member of staff who does this; it is kept under seal.")


def add_package(verbs: Verbs, group: typer.Typer) -> None:
    """Add both verbs to the group `request`."""
    _add_package(verbs, group)
    _add_offer(verbs, group)


def _add_package(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("package", help=verbs.say(N_("Write the package of a request to a file, in clear, to hand it over at a desk; recorded.")))
    def package(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(_ID)),
        out: Path = typer.Option(..., "--out", show_default=False, help=verbs.say(N_("The ZIP file to write; delete it once it was handed over."))),
        by: str = typer.Option(..., "--by", show_default=False, help=verbs.say(_BY)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.person_packages import copy_for_staff
        from janji.workflows.requests import request_number

        with record(verbs) as house:
            row = copy_for_staff(house, request_number(id), out, by)
        tell(verbs, format, {"request": f"{PREFIX}{row.id}", "file": str(out), "bytes": row.size, "rows": row.rows},
             say(N_("written to {file}, entries: {count}; it is not sealed: delete it once it was handed over"), file=out, count=f"{row.rows:,}"))  # fmt: skip


def _add_offer(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("offer", help=verbs.say(N_("Make a fresh link and code for the package of a request; those before are worth nothing any more.")))
    def offer_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(_ID)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.person_packages import offer
        from janji.workflows.requests import request_number

        with record(verbs) as house:
            made = offer(house, request_number(id))
        tell(verbs, format, {"url": made.url, "code": made.code, "until": f"{made.until:%Y-%m-%dT%H:%M:%SZ}"},
             say(N_("link: {url}\ncode: {code}\ngive them two different ways; both end {until}"), url=made.url, code=made.code, until=f"{made.until:%Y-%m-%d}"))  # fmt: skip
