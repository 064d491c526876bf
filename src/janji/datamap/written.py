"""Meaning written as an overlay: whole files, tables, and single entries, as the reader takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from janji.datamap.meaning import (
    Expiry,
    Form,
    Identifier,
    KeepRule,
    Link,
    Meaning,
    SystemMeaning,
    TableMeaning,
    Verdict,
)
from janji.documents.writing import flow, key
from janji.terms.texts import Text

HEAD = "# What the tables of this system mean. Everything here is a proposal until `janji map review` has set its form.\n"


def begin(system: str, about: Mapping[str, str | Text], why: Mapping[str, str] | None = None) -> str:
    """The first lines of an overlay: the system's name, and what is known about it by the keys of the file, with a reason as a comment."""
    reasons = why or {}
    lines = (
        f"{name}: {flow(value)}" + (f"  # {' '.join(reasons[name].split())}" if name in reasons else "") for name, value in about.items() if value
    )
    return HEAD + f"system: {key(system)}\n" + "".join(f"{line}\n" for line in lines)


def write_meaning(one: SystemMeaning) -> str:
    """A whole overlay: `read_overlay` gives the same meaning back."""
    about = {"title": one.title, "owner": one.owner, "location": one.location, "country": one.country}
    text = begin(one.system, about).removeprefix(HEAD)
    if one.paper:
        text += "paper: true\n"
    if one.holds:
        text += f"holds: {flow(list(one.holds))}\n"
    if one.tables:
        lines = [line for name, table in one.tables.items() for line in table_lines(table, name)]
        text += "tables:\n" + "".join(f"  {line}\n" for line in lines)
    return text


def table_lines(table: TableMeaning, name: str | None = None) -> list[str]:
    """A table as lines that stand under `tables`, without their indent."""
    lines = [f"{key(name or table.name)}:"]
    if table.reviewed:
        lines.append(f"  reviewed: {flow(table.reviewed)}")
    if table.verdict is not Verdict.DELETE:
        lines.append(f"  verdict: {table.verdict}")
    if table.restrict is not None:
        lines.append(f"  restrict: {flow({'column': table.restrict[0], 'value': table.restrict[1]})}")
    lists: dict[str, list[dict[str, Any]]] = {
        "identifiers": [plain_identifier(item) for item in table.identifiers], "links": [plain_link(link) for link in table.links],
        "keep": [_keep(item) for item in table.keep], "retention": [_expiry(item) for item in table.retention],
    }  # fmt: skip
    for word, items in lists.items():
        if items:
            lines += [f"  {word}:", *(f"    - {flow(item)}" for item in items)]
    if not table.columns:
        return [*lines, "  columns: {}"]
    return [*lines, "  columns:", *(f"    {key(column)}: {flow(plain_column(meaning))}" for column, meaning in table.columns.items())]


def plain_column(meaning: Meaning) -> Any:
    """What a column holds: one word where there is no more to say."""
    rest: dict[str, Any] = {
        "why": meaning.why, "paths": dict(meaning.paths), "of": list(meaning.of), "becomes": meaning.becomes or "",
    }  # fmt: skip
    held = {name: value for name, value in rest.items() if value}
    return {"category": str(meaning.category), **held} if held else str(meaning.category)


def plain_identifier(item: Identifier) -> dict[str, Any]:
    """An identifier; what is so by itself is left out."""
    form = "" if item.form is Form.EXACT else str(item.form)
    return {"column": item.column, **_given(path=item.path), "kind": item.kind, **_given(form=form), **({} if item.owner else {"owner": False}), **_given(why=item.why)}


def plain_link(link: Link) -> dict[str, Any]:
    """A link; what is so by itself is left out."""
    held: dict[str, Any] = {"columns": list(link.columns), "to": link.to, "referred": list(link.referred)}
    return {**held, **_given(where=dict(link.where), prefix=link.prefix), **({} if link.owner else {"owner": False}), **_given(why=link.why)}


def _keep(item: KeepRule) -> dict[str, Any]:
    period = "" if item.period is None else str(item.period)
    return {"rule": item.rule, **_given(reason=item.reason, since=item.since, period=period, until=item.until, follows=item.follows,
                                        columns=list(item.columns))}  # fmt: skip


def _expiry(item: Expiry) -> dict[str, Any]:
    return {"rule": item.rule, **_given(event=item.event, since=item.since, follows=item.follows, where=dict(item.where),
                                        columns=list(item.columns), why=item.why)}  # fmt: skip


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
