"""What a person's package tells besides rows: why the data are held, from where, for whom, for how long; worked out once a policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from janji.datamap.meaning import NONE, SystemMeaning
from janji.decision.compiler import CompiledPolicy
from janji.files.countries import load_countries
from janji.files.person_packages import SystemSays, TableSays, guarded
from janji.files.templates import fill
from janji.files.translations import load_tongue
from janji.ledger.words import ACTORS, details_words, kind_words
from janji.notices.notice import Notice, notice
from janji.notices.statements import keeping
from janji.policy.model import Policy
from janji.registers.dpv import graph
from janji.registers.processing import activities
from janji.rights.package_contents import BY_IDENTIFIER, SCHEMA_ORG, Column
from janji.terms.messages import Message, say
from janji.terms.texts import Text
from janji.workflows.gathering import Package
from janji.workflows.house import House
from janji.workflows.in_force import Published
from janji.workflows.naming import names_of
from janji.workflows.person_records import named
from janji.workflows.systems import System
from janji.workflows.tracks import track, track_json

Found = frozenset[tuple[str, str]]
"""What was found of a person: system and category."""
MANY = 6
"""From so many purposes or recipients on, each is shown folded."""


@dataclass(frozen=True, slots=True)
class Source:
    """A published version on a day, by what tells it apart."""

    digest: str
    day: date
    compiled: CompiledPolicy = field(compare=False, repr=False)

    @classmethod
    def of(cls, published: Published, day: date) -> Source:
        """The version in force on a day."""
        return cls(published.digest, day, published.compiled)


@lru_cache(maxsize=4)
def told(source: Source) -> Notice:
    """All that the policy tells anybody."""
    return notice(source.compiled, source.day)


def relevant(policy: Policy, found: Found) -> frozenset[str]:
    """The purposes for which what was found is held: they need its category, and its system serves them, where the policy says which it does."""
    wanted = set()
    for system, category in found:
        served = policy.systems[system].purposes if system in policy.systems else ()
        wanted |= {name for name, purpose in policy.purposes.items() if category in purpose.data and (not served or name in served)}
    return frozenset(map(str, wanted))


@lru_cache(maxsize=64)
def why_page(source: Source, found: Found, language: str) -> bytes:
    """The page of purposes, bases, recipients, countries, rungs, sources and periods for what was found."""
    whole, policy, tongue = told(source), source.compiled.policy, load_tongue(language)
    purposes, categories = relevant(policy, found), {category for _, category in found}
    grounds = tuple(replace(one, purposes=tuple(item for item in one.purposes if item.id in purposes)) for one in whole.grounds)
    shown = replace(
        whole, data=tuple(one for one in whole.data if one.id in categories), grounds=tuple(one for one in grounds if one.purposes),
        disclosures=tuple(one for one in whole.disclosures if purposes & set(map(str, policy.recipients[one.id].purposes))),
    )
    countries = {code: name.get(language) for code, name in load_countries().items()}
    undeclared = bool(categories - policy.data.keys())
    few = max(len(purposes), len(shown.disclosures)) <= MANY
    return guarded(fill("person_why.html", tongue, told=shown, countries=countries, few=few, undeclared=undeclared, up=""))


@lru_cache(maxsize=64)
def about_json(source: Source, found: Found) -> bytes:
    """The same for machines, in DPV: the record of processing of the purposes that are relevant, and what it names."""
    policy, law = source.compiled.policy, source.compiled.law
    purposes, categories = relevant(policy, found), {category for _, category in found}
    record = tuple(one for one in activities(policy, law, source.day) if one.id in purposes)
    data = categories | {str(one.id) for activity in record for one in activity.data}
    named = {str(one.id) for activity in record for one in activity.recipients}
    narrowed = replace(
        policy, purposes={name: one for name, one in policy.purposes.items() if name in purposes},
        data={name: one for name, one in policy.data.items() if name in data},
        recipients={name: one for name, one in policy.recipients.items() if name in named},
    )  # fmt: skip
    return orjson.dumps(graph(narrowed, law, record))


class Tables:
    """What is said of each table: asked for once."""

    def __init__(self, source: Source, meanings: Mapping[str, SystemMeaning]) -> None:
        self._source, self._meanings = source, meanings
        self._held: dict[str, TableSays] = {}

    def __call__(self, name: str) -> TableSays:
        """Columns, purposes and periods of `system/table`; nothing for what nobody described."""
        if name not in self._held:
            self._held[name] = self._says(*name.partition("/")[::2])
        return self._held[name]

    def _says(self, system: str, name: str) -> TableSays:
        policy = self._source.compiled.policy
        meaning = self._meanings.get(system)
        table = None if meaning is None else meaning.tables.get(name)
        if table is None:
            return TableSays({})
        kinds = {item.column: item.kind for item in table.identifiers}
        columns = {column: _column(policy, column, str(one.category), kinds.get(column, "")) for column, one in table.columns.items()}
        purposes = relevant(policy, frozenset((system, one.category) for one in columns.values() if one.category))
        rules = dict.fromkeys(one.rule for one in table.retention if one.rule in policy.retention)
        return TableSays(
            columns, tuple((name, policy.purposes[name].title) for name in policy.purposes if name in purposes),
            tuple(keeping(policy.retention[rule], ()).words for rule in rules),
        )  # fmt: skip


def _column(policy: Policy, name: str, category: str, kind: str) -> Column:
    held = policy.data.get(category)
    if category == NONE or held is None:
        return Column(name, "" if category == NONE else category, property=BY_IDENTIFIER.get(kind, ""))
    term = str(held.term or "")
    return Column(name, category, held.title, term, BY_IDENTIFIER.get(kind) or SCHEMA_ORG.get(term, ""))


def systems_told(house: House, found: Package, listed: Mapping[str, System], meanings: Mapping[str, SystemMeaning], language: str) -> tuple[SystemSays, ...]:
    """The systems of a package, as people are told of them."""
    countries, called = load_countries(), names_of(house, language)
    made = []
    for one in found.systems:
        system, meaning = listed.get(one.system), meanings.get(one.system)
        country = (meaning.country if meaning else "") or (system.country if system else "")
        made.append(SystemSays(
            name=one.system, title=called.system(one.system), state=one.state,
            country=countries.get(country, Text((("", country),))).get(language), place=(meaning.location if meaning else "") or (system.location if system else ""),
            attested=one.attested and one.state == "done", trouble=called.put_all(one.trouble),
        ))  # fmt: skip
    return tuple(made)


def lines(house: House, subject: UUID, language: str) -> Iterator[tuple[dict[str, Any], Message, Message, tuple[Message, ...]]]:
    """The track record as JSON and in words, the newest first, with the names that people know in a language."""
    for one in track(house, subject):
        event = one.event
        actor = say(ACTORS.get(str(event.actor), str(event.actor)))
        yield track_json(one), kind_words(str(event.kind)), actor, tuple(details_words(named(house, event.details, language)))
