"""The verbs that run on: `serve` answers programs and does the worker's steps, `worker` does the steps alone; `settings` shows what is set."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from janji.cli.output import Format, console, write_json
from janji.cli.verbs import KEEP, Verbs
from janji.decision.enforcement import Enforcement
from janji.errors import JanjiError
from janji.terms.messages import N_, say
from janji.workflows.runtime import SECRET, SETTINGS, Runtime, sources

UNFINISHED = 1
"""The exit code when something in hand was not finished."""


def add(verbs: Verbs) -> None:
    """Add the verbs that run on."""
    _add_serve(verbs)
    _add_worker(verbs)
    _add_step(verbs)
    _add_settings(verbs)


def _add_serve(verbs: Verbs) -> None:
    @verbs.app.command("serve", rich_help_panel=verbs.say(KEEP), help=verbs.say(N_(
        "Answer programs over HTTP, and do the worker's steps beside it, until told to stop (SIGTERM or Ctrl-C).")))  # fmt: skip
    def serve_(
        host: str | None = typer.Option(None, "--host", show_default=False, help=verbs.say(N_("The address to listen on."))),
        port: int | None = typer.Option(None, "--port", min=0, max=65535, show_default=False, help=verbs.say(N_(
            "The port to listen on; 0 lets the system choose."))),
        no_worker: bool = typer.Option(False, "--no-worker", help=verbs.say(N_("Leave the steps to `janji worker`."))),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        settings = verbs.runtime.settings
        settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
        raise typer.Exit(_serve(replace(verbs.runtime, settings=settings), worker=not no_worker))


def _serve(runtime: Runtime, *, worker: bool) -> int:
    from janji.web.application import make_application
    from janji.web.server import Server
    from janji.workflows.door import open_door
    from janji.workflows.logs import log_to_stderr
    from janji.workflows.mail_intake import mail_taken
    from janji.workflows.rollout import flush
    from janji.workflows.serving import notify, stopped_by_signals
    from janji.workflows.worker import Worker

    log_to_stderr(runtime.settings)
    with open_door(runtime) as door:
        server = Server(make_application(door), runtime.settings)
        steps = Worker(door) if worker else None
        with stopped_by_signals(server.stop), mail_taken(door):
            if steps is not None:
                steps.start()
            sys.stdout.write(say(N_("listening on {url}"), url=server.url).render(runtime.tongue) + "\n")
            sys.stdout.flush()
            notify("READY=1")
            whole = server.serve()
            notify("STOPPING=1")
            with suppress(JanjiError):
                flush(door.house())
            if steps is not None:
                steps.stop()
                whole &= steps.wait()
    return 0 if whole else UNFINISHED


def _add_worker(verbs: Verbs) -> None:
    @verbs.app.command("worker", rich_help_panel=verbs.say(KEEP), help=verbs.say(N_(
        "Do what has to be done without anybody asking: number, sign, expire, sweep, hand on. As many as you like may run.")))  # fmt: skip
    def worker_(
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.door import open_door
        from janji.workflows.logs import log_to_stderr
        from janji.workflows.serving import notify, stopped_by_signals
        from janji.workflows.worker import Worker

        log_to_stderr(verbs.runtime.settings)
        with open_door(verbs.runtime) as door:
            steps = Worker(door)
            with stopped_by_signals(steps.stop):
                steps.start()
                sys.stdout.write(verbs.say(N_("working")) + "\n")
                sys.stdout.flush()
                notify("READY=1")
                whole = steps.wait()
        raise typer.Exit(0 if whole else UNFINISHED)


def _add_step(verbs: Verbs) -> None:
    @verbs.app.command("step", hidden=True, help=verbs.say(N_("Do one heavy step of the worker once; a worker calls it.")))
    def step_(
        name: str,
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        from janji.workflows.logs import log_to_stderr
        from janji.workflows.serving import end_with_parent
        from janji.workflows.worker import do_apart

        end_with_parent()
        log_to_stderr(verbs.runtime.settings)
        raise typer.Exit(0 if do_apart(verbs.runtime, name) else UNFINISHED)


def _add_settings(verbs: Verbs) -> None:
    @verbs.app.command("settings", rich_help_panel=verbs.say(KEEP), help=verbs.say(N_(
        "Show every setting, what it is now, and where that comes from. Of what opens something, only whether it is set.")))  # fmt: skip
    def settings_(
        format: Format = verbs.format(),
        data_dir: str | None = verbs.data_dir(),
        lang: str = verbs.lang(),
    ) -> None:
        items = _settings(verbs, data_dir)
        if format is Format.JSON:
            write_json({"items": items})
            _check(verbs.runtime)
            return
        table = Table(box=SIMPLE_HEAD, show_header=False, padding=(0, 1))
        for item in items:
            value = item.get("value") or "-"
            table.add_row(escape(item["name"]), escape(", ".join(value) if isinstance(value, list) else str(value)), escape(item["source"]))
        console().print(table)
        _check(verbs.runtime)


def _check(runtime: Runtime) -> None:
    """Raise for what each setting allows and yet names nothing: recognisers, and the purposes of a policy that lies here."""
    from janji.workflows.collection import scanner
    from janji.workflows.decisions import check_enforcement
    from janji.workflows.policies import open_policy

    scanner(runtime)
    if runtime.settings.policy.exists():
        opened = open_policy(runtime.settings.policy)
        if opened.checked.policy is not None:
            check_enforcement(runtime.settings.enforcement, opened.checked.policy)


def _settings(verbs: Verbs, data_dir: str | None) -> list[dict[str, Any]]:
    settings, found = verbs.runtime.settings, sources(Path(), os.environ)
    if data_dir is not None:
        found["data_dir"] = "--data-dir"
    items = []
    for known in SETTINGS:
        value = getattr(settings, known.key)
        shown = verbs.say(N_("set")) if value is not None and known.key in SECRET else value
        held = {"name": known.key, "value": _plain(shown), "source": found[known.key] or "default", "about": verbs.say(known.about)}
        items.append({name: part for name, part in held.items() if part is not None})
    return items


def _plain(value: Any) -> Any:
    """A value of a setting as JSON has it."""
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, tuple):
        return list(map(str, value))
    if isinstance(value, Enforcement):
        groups = {name: {key: str(mode) for key, mode in getattr(value, name).items()} for name in ("purposes", "touchpoints", "applications")}
        return {"default": str(value.default), **{name: modes for name, modes in groups.items() if modes}}
    return str(value)
