"""The verbs that read: check a policy, show a law pack, show and publish the layout."""

from __future__ import annotations

import sys
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Any

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from janji.cli.output import SOURCE, UNSURE, WORDS, Format, console, print_diagnostics, write_json
from janji.cli.verbs import READ, Verbs
from janji.decision.question import WORD_BITS
from janji.errors import Invalid
from janji.law.model import LawPack, Rule
from janji.terms.messages import N_, Tongue, say
from janji.terms.processing import Severity
from janji.workflows.answers import diagnostic_json
from janji.workflows.policies import Opened, laws, open_policy, write_published_layout


class LayoutFormat(StrEnum):
    """How a layout is written."""

    TEXT = "text"
    JSON = "json"
    SQL = "sql"


class Dialect(StrEnum):
    """The dialects of SQL that are written."""

    POSTGRES = "postgres"
    DUCKDB = "duckdb"
    SPARK = "spark"
    BIGQUERY = "bigquery"
    SNOWFLAKE = "snowflake"


def add(verbs: Verbs) -> None:
    """Add the reading verbs."""
    _add_check(verbs)
    _add_law(verbs)
    _add_layout(verbs)


def _add_check(verbs: Verbs) -> None:
    @verbs.app.command(
        "check",
        rich_help_panel=verbs.say(READ),
        help=verbs.say(N_("Hold a policy against its law pack: every mistake with its place and how to mend it.")),
    )
    def check(
        policy: Path = verbs.folder(),
        strict: bool = typer.Option(False, "--strict", help=verbs.say(N_("Warnings count as errors."))),
        brief: bool = typer.Option(False, "--brief", help=verbs.say(N_("Warnings are counted by kind, not shown."))),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        opened = open_policy(policy)
        if format is Format.JSON:
            write_json(_check_json(opened, verbs.tongue))
        else:
            _print_check(opened, verbs.tongue, brief)
        if opened.errors or (strict and opened.warnings):
            raise typer.Exit(3)


def _check_json(opened: Opened, tongue: Tongue) -> dict[str, Any]:
    """The result of a check as `schema/check.json` describes it; no version stands there unless it is whole."""
    parsed, checked = opened.parsed.policy, opened.checked
    found: dict[str, Any] = {
        "errors": opened.errors,
        "warnings": opened.warnings,
        "clauses": len(parsed.clauses) if parsed else 0,
        "purposes": len(parsed.purposes) if parsed else 0,
    }
    if checked.policy is not None and opened.law is not None:
        found |= {"policy": str(checked.policy.id), "law": opened.law.id, "policy_version": opened.compiled.version}
    found["diagnostics"] = [diagnostic_json(item, tongue) for item in opened.diagnostics]
    return found


def _print_check(opened: Opened, tongue: Tongue, brief: bool) -> None:
    out = console()
    least = (Severity.ERROR,) if brief else (Severity.ERROR, Severity.WARNING)
    print_diagnostics([item for item in opened.diagnostics if item.severity in least], tongue, out)
    if brief:
        kinds = Counter(item.code for item in opened.diagnostics if item.severity is Severity.WARNING)
        for code, count in sorted(kinds.items()):
            out.print(f"  {count:>4}  {code}")
    checked = opened.checked
    counts = say(N_("errors: {errors}, warnings: {warnings}"), errors=opened.errors, warnings=opened.warnings)
    if checked.policy is None:
        out.print(f"[bold red]{escape(counts.render(tongue))}[/]")
        return
    policy = checked.policy
    summary = say(
        N_("`{policy}` {version} under `{law}`, clauses: {clauses}, purposes: {purposes}"),
        policy=policy.id,
        version=policy.version,
        law=policy.law,
        clauses=len(policy.clauses),
        purposes=len(policy.purposes),
    )
    out.print(f"[bold green]{escape(summary.render(tongue))}[/]; {escape(counts.render(tongue))}")


def _add_law(verbs: Verbs) -> None:
    @verbs.app.command(
        "law",
        rich_help_panel=verbs.say(READ),
        help=verbs.say(N_("Show the law packs, one pack, or the rules of one section; unsure facts are marked.")),
    )
    def law(
        pack: str = typer.Argument("", show_default=False, help=verbs.say(N_("A law pack, such as `id-pdp`."))),
        section: str = typer.Argument(
            "", show_default=False, help=verbs.say(N_("A section, such as `rights` or `clocks`."))
        ),
        search: str = typer.Option(
            "", "--search", show_default=False, help=verbs.say(N_("Only rules whose article or text holds this."))
        ),
        format: Format = verbs.format(),
        lang: str = verbs.lang(),
    ) -> None:
        packs = laws()
        if not pack:
            _show_packs(packs, format, verbs.tongue)
            return
        chosen = next((item for item in packs if item.id == pack), None)
        if chosen is None:
            words = ", ".join(f"`{item.id}`" for item in packs)
            raise Invalid(
                say(N_("there is no law pack `{law}`"), law=pack), say(N_("known here: {words}"), words=words)
            )
        _show_pack(chosen, section.replace("-", "_"), search.casefold(), format, verbs.tongue)


def _show_packs(packs: tuple[LawPack, ...], format: Format, tongue: Tongue) -> None:
    if format is Format.JSON:
        write_json({"items": [_pack_json(pack, tongue) for pack in packs]})
        return
    table = _table(tongue, N_("pack"), N_("law"), N_("since"), N_("rules"), N_("unsure"))
    for pack in packs:
        rules = _rules(pack)
        table.add_row(
            pack.id,
            escape(pack.title.get(tongue.language)),
            str(pack.since),
            str(len(rules)),
            str(sum(rule.unsure for rule in rules)),
        )
    console().print(table)


def _rules(pack: LawPack) -> list[Rule]:
    return [rule for section in pack.sections().values() for rule in section.values()]


def _pack_json(pack: LawPack, tongue: Tongue) -> dict[str, Any]:
    rules = _rules(pack)
    found: dict[str, Any] = {
        "law": pack.id,
        "version": pack.version,
        "title": pack.title.get(tongue.language),
        "jurisdiction": pack.jurisdiction,
        "since": str(pack.since),
        "rules": len(rules),
        "unsure": sum(rule.unsure for rule in rules),
    }
    return {**found, "status": pack.status.get(tongue.language)} if pack.status else found


def _show_pack(pack: LawPack, section: str, search: str, format: Format, tongue: Tongue) -> None:
    sections = pack.sections()
    if section and section not in sections:
        words = ", ".join(f"`{name.replace('_', '-')}`" for name in sections)
        raise Invalid(
            say(N_("the law pack has no section `{section}`"), section=section),
            say(N_("known here: {words}"), words=words),
        )
    chosen = {
        name: [rule for rule in rules.values() if search in _searchable(rule, tongue)]
        for name, rules in sections.items()
        if section in ("", name)
    }
    if format is Format.JSON:
        rules = {name.replace("_", "-"): [_rule_json(rule, tongue) for rule in found] for name, found in chosen.items()}
        write_json({**_pack_json(pack, tongue), "sections": rules})
        return
    out = console()
    out.print(f"[bold]{escape(pack.title.get(tongue.language))}[/] ({pack.id} {pack.version})")
    if pack.status and not section and not search:
        out.print(escape(pack.status.get(tongue.language)))
    for name, found in chosen.items():
        if found:
            _print_section(name, found, tongue)


def _searchable(rule: Rule, tongue: Tongue) -> str:
    return f"{rule.id} {rule.article} {rule.title.get(tongue.language)}".casefold()


def _rule_json(rule: Rule, tongue: Tongue) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": str(rule.id),
        "article": rule.article,
        "text": rule.title.get(tongue.language),
        "source": rule.source,
        "confidence": str(rule.confidence),
    }
    for name in (
        "since",
        "until",
        "kind",
        "clock",
        "limit",
        "starts",
        "rights",
        "manner",
        "minimum",
        "maximum",
        "under",
    ):
        value = getattr(rule, name, None)
        if value is not None:
            found[name] = (
                list(map(str, value)) if isinstance(value, tuple) else value if type(value) is int else str(value)
            )
    return {**found, "note": rule.note.get(tongue.language)} if rule.note else found


def _print_section(name: str, rules: list[Rule], tongue: Tongue) -> None:
    out = console()
    out.print(f"\n[bold]{name.replace('_', '-')}[/]")
    for rule in rules:
        unsure = (
            f" [yellow]({tongue.translate(UNSURE)}: {tongue.translate(WORDS[rule.confidence])})[/]"
            if rule.unsure
            else ""
        )
        out.print(f"\n  [bold]{escape(str(rule.id))}[/]  {escape(tongue.cite(rule.article))}{unsure}")
        out.print(f"    {escape(rule.title.get(tongue.language))}")
        if rule.note:
            out.print(f"    [dim]{escape(rule.note.get(tongue.language))}[/]")
        out.print(f"    [dim]{tongue.translate(SOURCE)}: {escape(rule.source)}[/]")


def _table(tongue: Tongue, *headings: str) -> Table:
    table = Table(header_style="bold", show_edge=False, pad_edge=False, box=SIMPLE_HEAD)
    for heading in headings:
        table.add_column(tongue.translate(heading), overflow="fold")
    return table


def _add_layout(verbs: Verbs) -> None:
    @verbs.app.command(
        "layout",
        rich_help_panel=verbs.say(READ),
        help=verbs.say(
            N_("Show which bit of a person's standing means what, or the table to store it; `--write` publishes it.")
        ),
    )
    def layout(
        policy: Path = verbs.folder(),
        write: bool = typer.Option(
            False, "--write", help=verbs.say(N_("Publish the layout beside the policy, adding at its end only."))
        ),
        format: LayoutFormat = typer.Option(LayoutFormat.TEXT, "--format", help=verbs.say(N_("How it is written."))),
        dialect: Dialect = typer.Option(Dialect.POSTGRES, "--dialect", help=verbs.say(N_("The dialect of SQL."))),
        lang: str = verbs.lang(),
    ) -> None:
        opened = open_policy(policy)
        held = opened.compiled.layout
        if write:
            path = write_published_layout(opened)
            message = say(
                N_("published at `{path}`, entries: {count}, words: {words}"),
                count=held.version,
                words=held.words,
                path=path,
            )
            console(stderr=format is not LayoutFormat.TEXT).print(escape(message.render(verbs.tongue)))
        if format is LayoutFormat.SQL:
            from janji.decision import lowering

            sys.stdout.write(lowering.write(lowering.standing_table(held), dialect) + ";\n")
        elif format is LayoutFormat.JSON:
            items = [
                {"word": index // WORD_BITS, "bit": index % WORD_BITS, "key": key}
                for index, key in enumerate(held.keys)
            ]
            write_json({"version": held.version, "words": held.words, "items": items})
        elif not write:
            table = _table(verbs.tongue, N_("word"), N_("bit"), N_("meaning"))
            for index, key in enumerate(held.keys):
                table.add_row(f"w{index // WORD_BITS}", str(index % WORD_BITS), escape(key))
            console().print(table)
