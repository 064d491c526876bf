"""Forms of the console: the fields of a page that asks before it does something, with what is wrong told beside each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError
from janji.staff.roles import REASONS
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.words import SHOWN_IN
from janji.web.console.prose import prose
from janji.web.console.shell import Desk
from janji.web.forms import sentence

FAULTS = N_("This was not done: put right what is marked below")
MANY = 16
"""Check boxes that stand open; more are folded away under a line that counts those that are chosen."""
NAMED = 5
"""How many of them that line names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: `kind` is text, number, area, date, time, select, checks or radios; `options` are values with their words."""

    name: str
    label: str | Message
    kind: str = "text"
    options: Sequence[tuple[str, str]] = ()
    hint: str = ""
    longest: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A page that asks: what will happen in sentences and lists, the fields, and the words on the button; `grave` when it cannot be undone."""

    title: str | Message
    button: str
    action: str
    about: str = ""
    tells: Sequence[str | Message] = ()
    parts: Sequence[tuple[str, Sequence[str], str]] = ()
    fields: Sequence[Field] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    grave: bool = False


def told(text: str | Message, tongue: Tongue) -> str:
    """A sentence of ours in the language of the page."""
    return text.render(tongue) if isinstance(text, Message) else tongue.translate(text)


def capital(text: str) -> str:
    """A text that begins a line or a title."""
    return f"{text[:1].upper()}{text[1:]}"


def quoted(text: str) -> str:
    """A sentence with the names in it in quotation marks, as people write them."""
    return re.sub(r"`([^`]+)`", "\u201c\\1\u201d", text)


def folded(desk: Desk, options: Sequence[tuple[str, str, bool]]) -> str:
    """The line under which many check boxes are folded away: how many are chosen, and the first of them; empty for few boxes."""
    if len(options) <= MANY:
        return ""
    on = [text for _, text, chosen in options if chosen]
    count = say(N_("{count} of {all} chosen"), count=len(on), all=len(options)).render(desk.tongue)
    return f"{count}{': ' if on else ''}{', '.join(on[:NAMED])}{', …' if len(on) > NAMED else ''}"


def shown(desk: Desk, fields: Iterable[Field], faults: Mapping[str, Message] | None = None) -> list[dict[str, Any]]:
    """The fields as the template has them, with what was typed, or what the address says."""
    wrong, sent = faults or {}, desk.request.method == "POST"
    held = []
    for one in fields:
        chosen = (desk.all(one.name) if one.kind == "checks" else (desk.field(one.name),)) if sent else (desk.query(one.name),)
        options = [(value, desk.told(text), value in chosen) for value, text in one.options]
        held.append({
            "name": one.name, "label": one.label.render(desk.tongue) if isinstance(one.label, Message) else desk.told(one.label), "kind": one.kind, "hint": prose(desk.told(one.hint)), "longest": one.longest,
            "value": chosen[0] if chosen else "", "fault": prose(sentence(wrong[one.name], desk.tongue)) if one.name in wrong else "",
            "options": options, "folded": folded(desk, options) if one.kind == "checks" else "",
        })  # fmt: skip
    return held


def ask_page(
    desk: Desk, ask: Ask, *, here: str, back: tuple[str, str], faults: Mapping[str, Message] | None = None, error: JanjiError | None = None,
) -> HttpResponse:  # fmt: skip
    """The page that asks; with faults it stands for what was sent and not done."""
    status = 422 if faults or error else 200
    fields = shown(desk, ask.fields, faults)
    return desk.page(
        "console_ask.html", ask.title, here=here, back=back, error=error, status=status, about=ask.about, tells=[told(one, desk.tongue) for one in ask.tells],
        parts=[{"title": desk.told(title), "lines": lines, "tone": tone} for title, lines, tone in ask.parts if lines],
        fields=fields, hidden=ask.hidden, button=desk.told(ask.button), grave=ask.grave, action=ask.action, away=back[0],
        wrong=[(one["name"], one["label"], one["fault"]) for one in fields if one["fault"]], words={"no": N_("Leave it as it is"), "faults": FAULTS, "choose": N_("Choose")},
    )  # fmt: skip


def instant_of(day: str, hour: str) -> datetime:
    """The instant of a day and an hour as people write them here; raises `Invalid` for what is none."""
    try:
        return datetime.strptime(f"{day.strip()} {hour.strip() or '00:00'}", "%Y-%m-%d %H:%M").replace(tzinfo=SHOWN_IN).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(say(N_("this is not a day and an hour")), say(N_("write the day as 2026-11-23 and the hour as 09:00"))) from None


def reason_field() -> Field:
    """What staff look at people's data for."""
    return Field(name="reason", label=N_("What do you look at it for?"), kind="select", options=tuple(REASONS.items()), hint=N_("Your name and this reason are recorded with the look."))


def reason_fault(desk: Desk) -> dict[str, Message]:
    """What is wrong with the reason that was sent; nothing when it is one."""
    return {} if desk.field("reason") in REASONS else {"reason": say(N_("say what you look at these data for"))}
