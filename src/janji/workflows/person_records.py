"""The track record of a person as they read it themselves: a page at a time, with the names that the policy gives things."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from janji.consent.choices import METHODS, Method
from janji.files.countries import load_countries, load_languages
from janji.files.translations import load_tongue
from janji.ledger.events import Kind, read_stamp
from janji.ledger.words import ACTORS, details_words, kind_words
from janji.terms.messages import Message, say
from janji.terms.words import moment
from janji.workflows.house import House
from janji.workflows.naming import names_of
from janji.workflows.tracks import track_part

PAGE = 50
"""Lines of one page."""
USES = frozenset({Kind.USE_PERMITTED, Kind.DISCLOSURE_MADE, Kind.DELIVERY_MADE, Kind.DATA_CHANGED, Kind.RUN_EXECUTED})
"""What is done with data, beside what people decide about them."""
_NAMED = {"purpose": "purposes", "channel": "channels", "data": "data", "recipient": "recipients", "touchpoint": "touchpoints", "notice": "notices"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what happened, when, by whom, and what it was about; `use` where data were used or given away."""

    at: datetime
    kind: Message
    actor: Message
    details: tuple[Message, ...]
    use: bool


def record_page(house: House, subject: UUID, number: int, language: str) -> tuple[tuple[Line, ...], bool]:
    """The lines of page `number` (from 1), the newest first, and whether older ones follow."""
    found = track_part(house, subject, (number - 1) * PAGE, PAGE + 1)
    lines = tuple(
        Line(one.event.at, kind_words(str(one.event.kind)), say(ACTORS[str(one.event.actor)]), tuple(details_words(named(house, one.event.details, language))), one.event.kind in USES)
        for one in found[:PAGE]
    )  # fmt: skip
    return lines, len(found) > PAGE


def named(house: House, details: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Details in which what the policy and the world name has its name in a language."""
    policy = house.policy_in_force.policy

    def name(section: str, word: object) -> object:
        known = getattr(policy, section)
        return known[word].title.get(language) if word in known else word

    held = dict(details)
    for key, words in (("right", policy.rights), ("ground", house.policy_in_force.law.refusals)):
        if held.get(key) in words:
            held[key] = words[held[key]].title.get(language)
    if held.get("method") in METHODS:
        held["method"] = load_tongue(language).translate(METHODS[Method(str(held["method"]))])
    for key in ("due", "until"):
        with suppress(KeyError, ValueError):
            held[key] = moment(read_stamp(str(held[key]))).render(load_tongue(language))
    for key, section in _NAMED.items():
        if key in held:
            held[key] = [name(section, word) for word in held[key]] if isinstance(held[key], list) else name(section, held[key])
    if "system" in held or "rule" in held:
        called = names_of(house, language, systems="system" in held)
        held |= {key: title(str(held[key])) for key, title in (("system", called.system), ("rule", called.rule)) if key in held}
    for key, names in (("country", load_countries()), ("language", load_languages())):
        if held.get(key) in names:
            held[key] = names[str(held[key])].get(language)
    return held
