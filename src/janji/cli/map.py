"""The verbs `map scan` to `map show`: what the company's stores hold, whose it is, and whether the map is still true."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from janji.cli.naming import given
from janji.cli.output import Format, bar, console, print_diagnostics, write_json
from janji.cli.verbs import READ, Verbs
from janji.terms.messages import N_, Tongue, say
from janji.terms.processing import Severity
from janji.workflows.answers import diagnostic_json

if TYPE_CHECKING:
    from janji.policy.model import Policy
    from janji.workflows.mapping import Scanned
    from janji.workflows.runtime import Runtime

WHERE = N_("A database's address, `-` to read one from standard input, or a system that `janji connect` knows.")
SYSTEM = N_("The name of the system in the map; without it, the last part of its address.")
DRIFTED = 2


def add(verbs: Verbs) -> None:
    """Add the group of verbs about the data map."""
    group = typer.Typer(help=verbs.say(N_("The data map: what stores hold, and how it leads to a person.")), no_args_is_help=True)
    verbs.app.add_typer(group, name="map", rich_help_panel=verbs.say(READ))
    _add_scan(verbs, group)
    _add_diff(verbs, group)
    _add_check(verbs, group)
    _add_explain(verbs, group)
    _add_review(verbs, group)
    _add_list(verbs, group)
    _add_show(verbs, group)
    _add_paper(verbs, group)


def _maps(verbs: Verbs) -> Any:
    return typer.Option(verbs.runtime.settings.maps, "--maps", show_default=True, help=verbs.say(N_("The folder of the data map.")))


def _within(verbs: Verbs, maps: Path) -> Runtime:
    """The runtime with the folder of maps of this command line."""
    return replace(verbs.runtime, settings=replace(verbs.runtime.settings, maps=maps))


def _policy(path: Path) -> Policy | None:
    """The policy whose categories the map may name; none where there is no such file, and errors where it has mistakes."""
    from janji.workflows.policies import open_policy

    there = (path / "policy.yaml").is_file() if path.is_dir() else path.is_file()
    return open_policy(path).whole[0] if there else None


def _add_scan(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("scan", help=verbs.say(N_("Look at a store, and write what it seems to hold as an overlay to be reviewed. Changes nothing in the store.")))
    def scan_(
        where: str = typer.Argument(..., show_default=False, help=verbs.say(WHERE)),
        system: str | None = typer.Option(None, "--system", show_default=False, help=verbs.say(SYSTEM)),
        out: Path | None = typer.Option(None, "--out", "-o", show_default=False, help=verbs.say(N_("The overlay; without it, the system's file in the folder of maps."))),
        size: int = typer.Option(1000, "--sample", min=0, max=100_000, help=verbs.say(N_("How many values of each column are looked at; with 0 only names are."))),
        policy: Path = verbs.policy(), maps: Path = _maps(verbs),
        format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.mapping import scan, system_of

        address = given(where)
        with bar() as step:
            found = scan(_within(verbs, maps), address, system_of(address, system), _policy(policy), target=out, step=step, size=size)
        if format is Format.JSON:
            write_json(_scan_json(found, verbs.tongue))
        else:
            _print_scan(verbs, found)


def _scan_json(found: Scanned, tongue: Tongue) -> dict[str, Any]:
    drafted = found.drafted
    return {
        "system": found.system, "path": str(found.path), "tables": found.tables, "new_tables": list(drafted.tables),
        "new_columns": list(drafted.columns), "gone": list(drafted.gone), "back": list(drafted.back),
        "keep_rules": [{"table": table, "rule": rule.rule, "reason": rule.reason} for table, rule in found.keeps],
        "diagnostics": [diagnostic_json(item, tongue) for item in found.findings],
    }  # fmt: skip


def _print_scan(verbs: Verbs, found: Scanned) -> None:
    out, drafted = console(), found.drafted
    lines = [
        (N_("tables that are new to the map: {names}"), drafted.tables), (N_("columns that are new: {names}"), drafted.columns),
        (N_("no longer in the store, marked as gone: {names}"), drafted.gone), (N_("in the store again: {names}"), drafted.back),
    ]  # fmt: skip
    for text, names in lines:
        if names:
            out.print(say(text, names=", ".join(names)).render(verbs.tongue), markup=False)
    for table, rule in found.keeps:
        out.print(say(N_("proposed for `{table}`: kept by `{rule}`. {reason}"), table=table, rule=rule.rule, reason=rule.reason).render(verbs.tongue), markup=False)
    if not drafted.changed:
        out.print(say(N_("nothing is new, and nothing is gone")).render(verbs.tongue), markup=False)
    print_diagnostics(found.findings, verbs.tongue, out)
    out.print(say(N_("the overlay is `{path}`: read it, correct it, then run `janji map review`"), path=found.path).render(verbs.tongue), markup=False)


def _add_diff(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("diff", help=verbs.say(N_(
        "Hold a store against its map: what is new, renamed, retyped or gone, and what waits until it is reviewed. Exits with 2 when something does.")))
    def diff_(
        where: str = typer.Argument(..., show_default=False, help=verbs.say(WHERE)),
        system: str | None = typer.Option(None, "--system", show_default=False, help=verbs.say(SYSTEM)),
        maps: Path = _maps(verbs), format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.mapping import compare, drift_json, system_of

        address = given(where)
        found = compare(_within(verbs, maps), address, system_of(address, system))
        if format is Format.JSON:
            write_json({"system": found.system, "items": [drift_json(item, verbs.tongue) for item in found.drifts], "blocked": list(found.blocked)})
        else:
            out = console()
            for item in found.drifts:
                out.print(f"[yellow]{item.turn}[/]: {escape(item.message.render(verbs.tongue))}")
            if found.blocked:
                waits = say(N_("nothing is erased there until it is reviewed: {tables}"), tables=", ".join(found.blocked))
                out.print(waits.render(verbs.tongue), markup=False)
                todo = say(N_("`janji map scan` adds what is new to the overlay, `janji map review` says that it was read"))
                out.print(f"[green]{verbs.say(N_('help'))}[/]: {escape(todo.render(verbs.tongue))}")
            if not found.drifts:
                out.print(say(N_("the store is as it was reviewed")).render(verbs.tongue), markup=False)
        raise typer.Exit(DRIFTED if found.blocked else 0)


def _add_check(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("check", help=verbs.say(N_("Check every overlay: mistakes with place and help, names that are unknown, personal data that nothing leads to.")))
    def check_(
        strict: bool = typer.Option(False, "--strict", help=verbs.say(N_("Warnings count as errors."))),
        policy: Path = verbs.policy(), maps: Path = _maps(verbs),
        format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.mapping import broken, check_maps, overlays

        found = check_maps(maps, _policy(policy))
        errors, warnings = broken(found), sum(item.severity is Severity.WARNING for item in found)
        if format is Format.JSON:
            write_json({"errors": errors, "warnings": warnings, "diagnostics": [diagnostic_json(item, verbs.tongue) for item in found]})
        else:
            out = console()
            print_diagnostics(found, verbs.tongue, out)
            text = say(N_("systems: {systems}, errors: {errors}, warnings: {warnings}"), systems=len(overlays(maps)), errors=errors, warnings=warnings)
            out.print(text.render(verbs.tongue), markup=False)
        raise typer.Exit(3 if errors or (strict and warnings) else 0)


def _add_explain(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("explain", help=verbs.say(N_(
        "Explain a system: how each table leads to a person, which have no owner, links that may be null, owners of too much.")))
    def explain_(
        system: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The system, by its name in the map."))),
        where: str | None = typer.Argument(None, show_default=False, help=verbs.say(N_("Its store, to be counted too: an address, `-`, or a system's name."))),
        every: bool = typer.Option(False, "--all", help=verbs.say(N_("Show tables without personal data too."))),
        maps: Path = _maps(verbs), format: Format = verbs.format(), data_dir: str | None = verbs.data_dir(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.mapping import explain_system, explained_json

        with bar() as step:
            found = explain_system(_within(verbs, maps), system, None if where is None else given(where), step)
        shown = [item for item in found if every or item.personal or item.points]
        if format is Format.JSON:
            write_json({"items": [explained_json(item, verbs.tongue) for item in shown]})
            return
        out = console()
        for item in shown:
            out.print(f"[bold]{escape(item.table)}[/]" + (f" [dim]{escape(', '.join(item.personal))}[/]" if item.personal else ""))
            for way in item.ways:
                out.print(f"  {way.render(verbs.tongue)}", markup=False)
            for point, message in item.points:
                out.print(f"  [yellow]{point}[/]: {escape(message.render(verbs.tongue))}")
        if not shown:
            out.print(say(N_("the map knows no table of it that holds personal data")).render(verbs.tongue), markup=False)


def _add_review(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("review", help=verbs.say(N_("Say that tables were read as they were last scanned; only then is anything erased in them.")))
    def review_(
        tables: list[str] = typer.Argument(None, show_default=False, help=verbs.say(N_("Tables, each as `system/table`, or by its name where only one has it."))),
        every: str | None = typer.Option(None, "--all", metavar="SYSTEM", show_default=False, help=verbs.say(N_("All tables of a system."))),
        maps: Path = _maps(verbs), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.errors import Invalid
        from janji.workflows.mapping import review

        if not tables and every is None:
            raise Invalid(say(N_("no table was named")), say(N_("name tables as `system/table`, or a system with `--all`")))
        found = review(maps, tables or [], every)
        if format is Format.JSON:
            write_json({"items": [{"system": item.system, "table": item.table, "reviewed": item.form, "changed": item.changed} for item in found]})
            return
        for item in found:
            text = N_("{table}: reviewed, form {form}") if item.changed else N_("{table}: was reviewed in this form already, {form}")
            console().print(say(text, table=f"{item.system}/{item.table}", form=item.form).render(verbs.tongue), markup=False)


def _add_list(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("list", help=verbs.say(N_("List the systems of the map: whose, where, what they hold, how much is reviewed.")))
    def list_(maps: Path = _maps(verbs), format: Format = verbs.format(), lang: str = verbs.lang()) -> None:
        from janji.workflows.mapping import meaning_json, whole_map

        found = [meaning_json(one.meaning) for _, one in sorted(whole_map(maps).systems.items())]
        if format is Format.JSON:
            write_json({"items": found})
            return
        if not found:
            console().print(say(N_("the map is empty; `janji map scan` enters a database, `janji map paper` a store on paper")).render(verbs.tongue),
                            markup=False)  # fmt: skip
            return
        table = Table(box=SIMPLE_HEAD)
        for title in (N_("System"), N_("Owner"), N_("Where"), N_("Tables"), N_("With personal data"), N_("Reviewed"), N_("Categories")):
            table.add_column(verbs.say(title))
        for one in found:
            where = ", ".join(word for word in (one.get("location", ""), one.get("country", "")) if word)
            cells = [one["system"], one.get("owner", ""), where, verbs.say(N_("paper")) if one["paper"] else str(one["tables"]),
                     str(one["personal"]), str(one["reviewed"]), ", ".join(one["categories"])]  # fmt: skip
            table.add_row(*map(escape, cells))
        console().print(table)


def _add_show(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("show", help=verbs.say(N_("Show the overlay of a system as it is written.")))
    def show_(
        system: str = typer.Argument(..., show_default=False, help=verbs.say(N_("The system, by its name in the map."))),
        maps: Path = _maps(verbs), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.mapping import overlay_text, system_json

        if format is Format.JSON:
            write_json(system_json(maps, system))
        else:
            sys.stdout.write(overlay_text(maps, system))


def _add_paper(verbs: Verbs, group: typer.Typer) -> None:
    @group.command("paper", help=verbs.say(N_("Enter a store on paper into the map: files, forms, archives.")))
    def paper_(
        name: str = typer.Argument(..., show_default=False, help=verbs.say(N_("A name for it: letters, digits, `-` and `_`."))),
        location: str = typer.Option(..., "--location", show_default=False, help=verbs.say(N_("Where it is: the room, the shelf, how it is filed."))),
        title: str = typer.Option("", "--title", show_default=False, help=verbs.say(N_("Its name for people."))),
        owner: str = typer.Option("", "--owner", show_default=False, help=verbs.say(N_("The department or function that answers for it."))),
        country: str = typer.Option("", "--country", show_default=False, help=verbs.say(N_("The country, as two capital letters."))),
        holds: list[str] = typer.Option([], "--holds", show_default=False, help=verbs.say(N_("A category of the policy that lies there, once for each."))),
        policy: Path = verbs.policy(), maps: Path = _maps(verbs), format: Format = verbs.format(), lang: str = verbs.lang(),
    ) -> None:  # fmt: skip
        from janji.workflows.mapping import add_paper

        about = {"title": title, "owner": owner, "location": location, "country": country}
        path = add_paper(maps, name, about, holds, _policy(policy))
        if format is Format.JSON:
            write_json({"system": name, "path": str(path)})
        else:
            console().print(say(N_("entered: `{path}`"), path=path).render(verbs.tongue), markup=False)
