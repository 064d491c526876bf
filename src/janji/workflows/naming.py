"""What people call systems and rules of retention, put where messages of the engine say their ids."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from janji.datamap.meaning import SystemMeaning
from janji.errors import JanjiError
from janji.files.countries import load_countries
from janji.policy.model import Policy
from janji.terms.messages import Message
from janji.terms.texts import Text
from janji.workflows import systems
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.systems import System

_MARKED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the systems, and the rules of retention, that the engine knows by id."""

    systems: Mapping[str, str | Text]
    rules: Mapping[str, Text]
    language: str

    def system(self, name: str) -> str:
        """The title of a system; its id when it has none."""
        title = self.systems.get(name, name)
        return title.get(self.language) if isinstance(title, Text) else title

    def put(self, message: Message) -> Message:
        """A message that says titles where it said ids."""
        return Message(message.id, tuple((hole, self._said(hole, held)) for hole, held in message.params))

    def put_all(self, messages: Iterable[Message]) -> tuple[Message, ...]:
        """Messages that say titles where they said ids."""
        return tuple(map(self.put, messages))

    def rule(self, name: str) -> str:
        """The title of a rule of retention; its id when there is no such rule."""
        return self.rules[name].get(self.language) if name in self.rules else name

    def _said(self, hole: str, held: str | Text | Message) -> str | Text | Message:
        if isinstance(held, Message):
            return self.put(held)
        if hole == "system":
            return self.system(str(held))
        if hole == "systems" and isinstance(held, str):  # several, each between the marks of a name
            return _MARKED.sub(lambda found: self.system(found[1]), held)
        return f"“{self.rule(str(held))}”" if hole == "rule" else held


def names_of(house: House, language: str, *, systems: bool = True) -> Names:
    """The names of the house in a language; those of systems are read from the record."""
    rules = {str(name): rule.title for name, rule in house.policy_in_force.policy.retention.items()}
    return Names(titles(house) if systems else {}, rules, language)


def titles(house: House) -> dict[str, str | Text]:
    """What people call each system that is connected, mapped or named by the policy. A map with mistakes keeps no letter from going: it is passed over."""
    try:
        known = meanings(house.runtime)
    except (JanjiError, OSError):
        known = {}
    return {name: title_of(known.get(name), row, house.policy_in_force.policy, name) for name, row in _listed(house, known).items()}


def country_names(language: str) -> dict[str, str]:
    """What people call each country, by its code."""
    return {code: name.get(language) for code, name in load_countries().items()}


def known_systems(house: House, only: Collection[str] | None) -> tuple[Mapping[str, SystemMeaning], dict[str, System | None]]:
    """What people say of systems, and every system by name with what is connected of it; raises `Invalid` where a map has mistakes."""
    known = meanings(house.runtime)
    return known, {name: row for name, row in _listed(house, known).items() if only is None or name in only}


def _listed(house: House, known: Mapping[str, SystemMeaning]) -> dict[str, System | None]:
    connected = {one.name: one for one in systems.systems()}
    policy = () if house.published is None else map(str, house.published.policy.systems)
    return {name: connected.get(name) for name in sorted({*known, *connected, *policy})}


def title_of(meaning: SystemMeaning | None, row: System | None, policy: Policy, name: str) -> str | Text:
    """What people call a system: as its map says, else its register, else the policy; its id where nobody says."""
    declared = policy.systems[name].title if name in policy.systems else None
    return (meaning.title if meaning else "") or (row.title if row else "") or declared or name
