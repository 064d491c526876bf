"""The verbs `api-key create`, `list` and `revoke`: which applications may ask, and for what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from janji.cli.naming import record, tell
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import KEEP, Verbs
from janji.terms.messages import N_, say

if TYPE_CHECKING:
    from janji.workflows.api_keys import KeyRow


def add(verbs: Verbs) -> None:
    """Add the group of verbs about keys of applications."""
    group = typer.Typer(help=verbs.say(N_("Keys of applications: made, listed and revoked.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="api-key", rich_help_panel=verbs.say(KEEP))
    _add_create(verbs, group)
    _add_list(verbs, group)
    _add_revoke(verbs, group)


def _add_create(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("create", help=verbs.say(N_("Make a key for an application. It is shown now, and never again.")))
    def create_(
        application: str = typer.Argument(..., show_default=False, help=verbs.say(N_("What the application is called in the record."))),
        scope: list[str] = typer.Option(..., "--scope", show_default=False, help=verbs.say(N_("What the key opens; once for each."))),
        purpose: list[str] = typer.Option([], "--purpose", show_default=False, help=verbs.say(N_("A purpose that the key is confined to; once for each."))),
        rate: int | None = typer.Option(None, "--rate", show_default=False, help=verbs.say(N_("How many requests it may make in a minute."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.api_keys import RATE, create

        with record(verbs) as house:
            made = create(house, application, scope, purpose or None, RATE if rate is None else rate)
        if format is Format.JSON:
            write_json({**key_json(made.row), "key": made.token})
            return
        console().print(made.token, markup=False)
        console().print(say(N_("keep it where the application finds it; it is not shown again")).render(verbs.tongue), markup=False)


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the keys, those revoked too.")))
    def list_(format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang()) -> None:
        from janji.workflows.api_keys import keys

        with record(verbs):
            found = keys()
        if format is Format.JSON:
            write_json({"items": [key_json(row) for row in found]})
            return
        for row in found:
            text = N_("{id} {application}: {scopes}; revoked") if row.revoked else N_("{id} {application}: {scopes}")
            line = say(text, id=f"jk_{row.id}", application=row.application, scopes=", ".join(row.scopes))
            console().print(line.render(verbs.tongue), markup=False)
        if not found:
            console().print(verbs.say(N_("no application has a key yet; `janji api-key create` makes the first")), markup=False)


def _add_revoke(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("revoke", help=verbs.say(N_("Revoke a key: within a second it opens nothing any more.")))
    def revoke_(
        id: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The id of the key, as `janji api-key list` prints it."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.api_keys import revoke

        with record(verbs) as house:
            revoke(house, id)
        tell(verbs, format, {"revoked": f"jk_{id.removeprefix('jk_')}"}, say(N_("revoked")))


def key_json(row: KeyRow) -> dict[str, Any]:
    """A key as JSON, without its secret."""
    held: dict[str, Any] = {
        "id": f"jk_{row.id}", "application": row.application, "scopes": list(row.scopes),
        "purposes": None if row.purposes is None else list(row.purposes), "rate": row.rate, "made": _instant(row.made),
        "revoked": None if row.revoked is None else _instant(row.revoked),
    }  # fmt: skip
    return {name: value for name, value in held.items() if value is not None}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
