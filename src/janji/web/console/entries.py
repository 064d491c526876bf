"""An entry of the policy on a page: its fields to read or to fill in, each with what the check found beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from janji.errors import Diagnostic
from janji.policy.model import Policy
from janji.terms.messages import N_, Message, say
from janji.terms.periods import parse_period
from janji.terms.processing import Severity
from janji.terms.texts import Text
from janji.terms.words import for_period, on_day, since_event
from janji.versions import forms
from janji.versions.forms import Group, Input, Kind, Sheet
from janji.versions.words import word
from janji.web.console.fields import capital, folded
from janji.web.console.prose import prose
from janji.web.console.shell import Desk
from janji.web.forms import sentence
from janji.workflows.naming import country_names

SECTIONS = {
    forms.WHOLE: N_("Version and day"), "controller": N_("Who answers for the data"), "retention": N_("How long data are kept"), "recipients": N_("Recipients"), "purposes": N_("Purposes"),
    "notices": N_("Notices"), "data": N_("Categories of data"), "transfers": N_("Transfers abroad"), "rights": N_("Rights"), "touchpoints": N_("Where data are collected"),
    "trackers": N_("Trackers"), "prohibitions": N_("What is never done"), "channels": N_("Channels"), "sources": N_("Sources"), "systems": N_("Systems"),
    "measures": N_("Protection"), "entities": N_("Companies of the group"), "clauses": N_("Clauses of the published text"), "children": N_("Children"), "training": N_("Training"),
}  # fmt: skip
"""Every part of a policy that has forms, as people call it, in the order in which it is shown."""
ONE = (forms.WHOLE, *forms.PARTS)
"""Parts that are one form, without a list."""
ROWS = 50
"""Entries on one page of a list."""
_HINTS = {
    Kind.PERIOD: N_("such as 5 years, 6 months or 90 days"), Kind.DAY: N_("year, month and day, such as 2026-11-23"), Kind.LINES: N_("one in each line"),
}  # fmt: skip
_AS_A_PERIOD = N_("write it such as 5 years, 6 months or 90 days")


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list of entries: its name, what people know it as, and two or three facts."""

    name: str
    title: str
    facts: tuple[str, ...]


def title_of(desk: Desk, entry: Any, name: str) -> str:
    """What people know an entry as."""
    title = getattr(entry, "title", None) or getattr(entry, "says", None)
    text = title.get(desk.tongue.language) if isinstance(title, Text) else str(getattr(entry, "name", "") or "")
    return text or name


def heads(desk: Desk, section: str) -> tuple[str, ...]:
    """The headings of the facts of a list."""
    return tuple(desk.told(text) for text in _FACTS.get(section, ((), ()))[0])


def listed(desk: Desk, policy: Policy, section: str, wanted: str) -> tuple[Listed, ...]:
    """The entries of a section in which every word that is searched for stands, in a name, a title or a fact."""
    found = []
    words = wanted.casefold().split()
    for name, entry in getattr(policy, forms.attribute(section)).items():
        row = Listed(str(name), title_of(desk, entry, str(name)), tuple(_fact(desk, policy, entry, part) for part in _FACTS.get(section, ((), ()))[1]))
        held = " ".join([row.name, row.title, *row.facts]).casefold()
        if all(word in held for word in words):
            found.append(row)
    return tuple(found)


_FACTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "retention": ((N_("How long"), N_("Counted from"), N_("At the end")), ("period", "trigger", "then")),
    "recipients": ((N_("Kind of party"), N_("Role"), N_("Country")), ("kind", "role", "country")),
    "purposes": ((N_("Legal basis"), N_("Data"), N_("Answers for it")), ("basis", "data", "owner")),
    "notices": ((N_("Version"),), ("version",)), "data": ((N_("Class in the law"), N_("Sources")), ("law_class", "sources")),
    "transfers": ((N_("Recipients"), N_("Countries"), N_("Evidence")), ("recipients", "countries", "evidence")),
    "rights": ((N_("Promised within"), N_("Approvals")), ("within", "approvals")), "touchpoints": ((N_("Purposes"),), ("purposes",)),
    "trackers": ((N_("Kind"), N_("Whose"), N_("How long")), ("kind", "party", "lifetime")), "systems": ((N_("Answers for it"), N_("Country")), ("owner", "country")),
    "clauses": ((N_("Kind"),), ("kind",)),
}  # fmt: skip


def _fact(desk: Desk, policy: Policy, entry: Any, part: str) -> str:
    value = getattr(entry, part)
    if value in (None, ()):
        return ""
    if part == "trigger":
        return since_event(str(value)).render(desk.tongue)
    if part in ("country", "countries"):
        called = country_names(desk.tongue.language)
        return ", ".join(called.get(str(one), str(one)) for one in (value if isinstance(value, tuple) else (value,)))
    if isinstance(value, tuple):
        held: Mapping[str, Any] = getattr(policy, part, {}) or {}
        return ", ".join(title_of(desk, held.get(one), str(one)) if one in held else str(one) for one in value)
    said = word(value)
    return said.render(desk.tongue) if isinstance(said, Message) else said.get(desk.tongue.language)


def shown(
    desk: Desk, sheet: Sheet, fields: Mapping[str, Sequence[Diagnostic | Message]] | None = None, clashes: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """The groups of a form for its template; `clashes` are what somebody else wrote meanwhile, by field."""
    return [_group(desk, group, fields or {}, clashes or {}) for group in sheet.groups if group.inputs]


def _group(desk: Desk, group: Group, fields: Mapping[str, Sequence[Diagnostic | Message]], clashes: Mapping[str, str]) -> dict[str, Any]:
    inputs = [_field(desk, held, fields.get(held.name, ()), clashes) for held in group.inputs]
    return {"label": capital(desk.told(group.label)) if group.label else "", "inputs": inputs, "shut": bool(group.path) and not group.written and not any(one["value"] or one["problems"] for one in inputs)}


def _field(desk: Desk, held: Input, found: Sequence[Diagnostic | Message], clashes: Mapping[str, str]) -> dict[str, Any]:
    said = capital(desk.told(held.label))
    value = held.value
    if held.kind is Kind.PERIOD and parse_period(value) is not None:
        value = spoken(desk, forms.spoken(value))
    ticked = set(value.split("\n")) if held.kind in (Kind.CHOICES, Kind.CHOICE) else set()
    choices = [(one.value, capital(spoken(desk, one.words)), one.value in ticked) for one in held.choices]
    hint = desk.told(held.about).replace("`", "") if held.about else ""
    how = desk.told(_HINTS[held.kind]) if held.kind in _HINTS else ""
    return {
        "half": held.kind not in (Kind.CHOICES, Kind.LINES) and not (held.kind is Kind.TEXT and not held.language), "name": held.name, "id": held.name.replace(":", "-"), "kind": str(held.kind), "label": f"{said} ({held.language.upper()})" if held.language else said, "lang": held.language,
        "hint": capital("; ".join(part for part in (hint, how) if part)), "required": held.required, "value": value, "rows": min(14, max(2, len(value) // 70 + value.count("\n") + 1)),
        "choices": choices, "folded": folded(desk, choices), "problems": [beside(desk, one) for one in found],
        "clash": name_of(desk, held, clashes[held.name]) if held.name in clashes else None, "words": prose(read if (read := name_of(desk, held, held.value)) == held.value else capital(read)),
    }  # fmt: skip


def beside(desk: Desk, item: Diagnostic | Message) -> dict[str, Any]:
    """A finding beside the field that it is about, whose name and use stand above it."""
    if isinstance(item, Message):
        return told(desk, item)
    return as_typed(desk, replace(item, message=say(N_("it must be filled in")), help=None) if item.code == "missing-key" else item)


def as_typed(desk: Desk, item: Diagnostic) -> dict[str, Any]:
    """A finding about what a form changes, with lengths of time as people write them there, and not as the file does."""
    help_ = say(_AS_A_PERIOD) if item.code == "bad-period" else item.help
    return told(desk, replace(item, message=_in_words(item.message), help=help_ if help_ is None else _in_words(help_)))


def _in_words(message: Message) -> Message:
    periods = {hole: parse_period(value) for hole, value in message.params if isinstance(value, str)}
    return Message(message.id, tuple((hole, value if (period := periods.get(hole)) is None else for_period(period)) for hole, value in message.params))


def name_of(desk: Desk, held: Input, value: str) -> str:
    """A value as people read it: the words of what was chosen, a period in words."""
    if held.kind is Kind.PERIOD:
        return spoken(desk, forms.spoken(value)) if value else ""
    if held.kind is Kind.DAY:
        with suppress(ValueError):
            return on_day(date.fromisoformat(value)).render(desk.tongue)
    part = held.name.rpartition(".")[2]
    if part == "trigger" and value:
        return since_event(value).render(desk.tongue)
    if part in ("country", "countries"):
        called = country_names(desk.tongue.language)
        return "\n".join(called.get(one, one) for one in value.split("\n"))
    words = {one.value: spoken(desk, one.words) for one in held.choices}
    said = [words.get(one, one) for one in value.split("\n")] if held.choices else []
    return ("\n" if any(one.endswith(".") for one in said) else ", ").join(said) if said else value


def told(desk: Desk, item: Diagnostic | Message) -> dict[str, Any]:
    """A finding in words; one of the check has its help and its weight."""
    if isinstance(item, Message):
        return {"bad": True, "text": prose(sentence(item, desk.tongue)), "help": ""}
    return {"bad": item.severity is Severity.ERROR, "text": prose(sentence(item.message, desk.tongue)), "help": prose(sentence(item.help, desk.tongue)), "place": str(item.place)}


def typed(desk: Desk, sheet: Sheet) -> dict[str, str]:
    """What was sent for each field of a form. A list of boxes says that it was there, for none may be ticked."""
    found = {}
    names = {name for name, _ in desk.fields}
    for held in sheet.inputs:
        if held.kind is Kind.CHOICES and f"has:{held.name}" in names:
            found[held.name] = "\n".join(desk.all(held.name))
        elif held.name in names:
            found[held.name] = desk.field(held.name)
    return found


def spoken(desk: Desk, words: Text | Message) -> str:
    """Words in the language of the page."""
    return words.render(desk.tongue) if isinstance(words, Message) else words.get(desk.tongue.language)


def page_of(desk: Desk, rows: Sequence[Any]) -> tuple[Sequence[Any], int, int]:
    """The rows of the page that the address names, which page that is, and how many there are."""
    pages = max(1, -(-len(rows) // ROWS))
    at = min(max(desk.number("page") or 1, 1), pages)
    return rows[(at - 1) * ROWS : at * ROWS], at, pages
