"""The verbs `demo data` and `demo remove`: a company made up for trying things out, in real stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import typer

from janji.cli.naming import tell
from janji.cli.output import Format, console, write_json
from janji.cli.verbs import KEEP, Verbs
from janji.terms.messages import N_, say

URL = N_("A PostgreSQL on which databases may be made; without it the one of the record.")
PREFIX = N_("What the names of its databases begin with.")
FOLDER = N_("The folder for files, overlays and addresses.")


def add(verbs: Verbs) -> None:
    """Add the group of verbs about the made-up company."""
    group = typer.Typer(help=verbs.say(N_("A made-up company of five systems, to try everything on.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="demo", rich_help_panel=verbs.say(KEEP))
    _add_data(verbs, group)
    _add_remove(verbs, group)


def _add_data(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("data", help=verbs.say(N_(
        "Make shop, care centre, community, recruitment and web logs of people who do not exist; the same seed makes the same data.")))
    def data_(
        size: str = typer.Option("small", "--size", metavar="SIZE", help=verbs.say(N_("`small` (1,000 people), `medium` (50,000), `large` (250,000), or how many."))),
        dir: Path = typer.Option(Path("demo-data"), "--dir", metavar="FOLDER", help=verbs.say(FOLDER)),
        url: str | None = typer.Option(None, "--url", envvar="JANJI_DEMO_URL", show_default=False, show_envvar=False, help=verbs.say(URL)),
        prefix: str = typer.Option("demo_", "--prefix", metavar="TEXT", help=verbs.say(PREFIX)),
        seed: int = typer.Option(1, "--seed", min=0, help=verbs.say(N_("Another number makes other people."))),
        until: datetime = typer.Option("2026-11-01", "--until", formats=["%Y-%m-%d"], metavar="DATE", help=verbs.say(N_("The last day of what is made."))),
        replace: bool = typer.Option(False, "--replace", help=verbs.say(N_("Make anew what was made before."))),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.demo.sheets import Size
        from janji.workflows.demo_company import CONNECTIONS, MAPS, make_company, people_of

        wanted = Size(people_of(size), seed, date(until.year, until.month, until.day))
        with _bar(format) as moved:
            made = make_company(verbs.runtime, dir, wanted, url, replace, prefix, moved)
        if format is Format.JSON:
            write_json({"items": [{"system": one.system, "tables": one.tables} for one in made], "connections": str(dir / CONNECTIONS), "maps": str(dir / MAPS)})
            return
        for one in made:
            console().print(say(N_("{system}: {tables} tables, {rows} rows"), system=one.system, tables=len(one.tables),
                                rows=f"{sum(one.tables.values()):,}").render(verbs.tongue), markup=False)  # fmt: skip
        console().print(say(N_("their addresses are in `{path}`, what their tables mean in `{maps}`"), path=dir / CONNECTIONS, maps=dir / MAPS).render(verbs.tongue), markup=False)


def _nothing(system: str, table: str, rows: int) -> None:
    """Show nothing."""


@contextmanager
def _bar(format: Format) -> Iterator[Callable[[str, str, int], None]]:
    """What shows rows as they come, on a terminal; elsewhere nothing is shown."""
    out = console(stderr=True)
    if format is Format.JSON or not out.is_terminal:
        yield _nothing
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn(), console=out) as bar:
        task = bar.add_task("", total=None)
        yield lambda system, table, rows: bar.update(task, advance=rows, description=f"{system}/{table}")


def _add_remove(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("remove", help=verbs.say(N_("Remove what `demo data` made.")))
    def remove_(
        dir: Path = typer.Option(Path("demo-data"), "--dir", metavar="FOLDER", help=verbs.say(FOLDER)),
        url: str | None = typer.Option(None, "--url", envvar="JANJI_DEMO_URL", show_default=False, show_envvar=False, help=verbs.say(URL)),
        prefix: str = typer.Option("demo_", "--prefix", metavar="TEXT", help=verbs.say(PREFIX)),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.demo_company import remove_company

        count = remove_company(verbs.runtime, dir, url, prefix)
        tell(verbs, format, {"removed": count}, say(N_("systems that were removed: {count}"), count=count))
