"""Where the data of one person are: kind by kind, the systems, for what, who gets them in which country, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from janji.consent.impact import live, services
from janji.datamap.meaning import NONE, SystemMeaning
from janji.errors import JanjiError
from janji.files.countries import load_countries
from janji.notices.statements import disclosure, keeping
from janji.terms.messages import Message
from janji.terms.texts import Text
from janji.workflows import gathering
from janji.workflows.consents import facts_of
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.naming import names_of
from janji.workflows.package_pages import Source
from janji.workflows.people import people_now
from janji.workflows.requests import requests_of
from janji.workflows.systems import systems


@dataclass(frozen=True, slots=True)
class Stored:
    """A system that can hold such data: what people call it, its country, and whether they were found there at the last look (`None`: nobody looked)."""

    system: str
    title: str
    country: Text | None
    found: bool | None


@dataclass(frozen=True, slots=True)
class Received:
    """Who else gets such data for a purpose that goes on, and the countries."""

    title: Text
    countries: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of data: where it lies, for which purposes that go on for this person, who gets it, and how long it stays."""

    data: str
    title: Text
    specific: bool
    systems: tuple[Stored, ...]
    purposes: tuple[Text, ...]
    recipients: tuple[Received, ...]
    until: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Every kind of data that can be held of a person, what goes on first; and when their systems were last searched for them.

    `others` are systems, by what people call them, that hold kinds of data which the policy does not name.
    """

    items: tuple[Place, ...]
    searched: datetime | None
    others: tuple[str, ...]


def places(house: House, subject: UUID, language: str) -> Places:
    """Where the data of a person are, by the map of the systems, the policy, and the last package that was gathered for them."""
    published, now = house.policy_in_force, house.runtime.now()
    policy, facts = published.policy, facts_of(house, [subject])[subject]
    running = dict.fromkeys(one.purpose for one in services(policy) if live(published.compiled, facts, one, now))
    known = _known(house)
    searched, found = _found(known, subject)
    held = _held(house, known, language)
    receivers = _receivers(Source.of(published, now.date()))
    items = []
    for name, category in policy.data.items():
        using = [policy.purposes[purpose] for purpose in running if name in policy.purposes[purpose].data]
        stored = tuple(
            Stored(system, title, country, None if searched is None else (system, name) in found or (system, "") in found)
            for system, (title, country, categories) in held.items() if name in categories
        )  # fmt: skip
        if not stored and not using:
            continue
        rules = dict.fromkeys(rule.id for rule in policy.retention.values() for purpose in using or policy.purposes.values() if rule.covers(str(purpose.id), name))
        named = {str(purpose.id) for purpose in using}
        items.append(Place(
            str(name), category.title, published.law.data_classes[category.law_class].specific, stored, tuple(one.title for one in using),
            tuple(receiver for purposes, data, receiver in receivers if named & purposes and name in data),
            tuple(keeping(policy.retention[rule], ()).words for rule in rules),
        ))  # fmt: skip
    items.sort(key=lambda one: (not one.purposes, not one.systems))
    others = tuple(title for title, _, categories in held.values() if categories - policy.data.keys())
    return Places(tuple(items), searched, others)


def _held(house: House, known: dict[str, SystemMeaning], language: str) -> dict[str, tuple[str, Text | None, frozenset[str]]]:
    """The systems by name: what people call them, the country, and the kinds of data that may lie there."""
    countries, found = load_countries(), dict[str, tuple[str, Text | None, frozenset[str]]]()
    listed, called = {one.name: one for one in systems()}, names_of(house, language)
    for name, meaning in known.items():
        categories = {one.category for table in meaning.tables.values() for one in table.columns.values()} | set(meaning.holds)
        row = listed.get(name)
        country = meaning.country or (row.country if row else "")
        found[name] = (called.system(name), countries.get(country), frozenset(map(str, categories)) - {NONE})
    for system in house.policy_in_force.policy.systems.values():
        if system.id not in found:
            found[str(system.id)] = (called.system(str(system.id)), countries.get(str(system.country or "")), frozenset(map(str, system.data)))
    return found


def _known(house: House) -> dict[str, SystemMeaning]:
    """What people say of the systems; nothing where that cannot be read now, for a person is told the rest all the same."""
    try:
        return meanings(house.runtime)
    except (JanjiError, OSError):
        return {}


def _found(known: dict[str, SystemMeaning], subject: UUID) -> tuple[datetime | None, frozenset[tuple[str, str]]]:
    """When the systems were last searched for the person, and in which of them which kinds of data were found."""
    for request in reversed(requests_of(subject)):
        if "package" not in request.details:
            continue
        try:
            package = gathering.package(UUID(request.details["package"]))
        except JanjiError:
            continue
        if len(package.subjects) != 1 or people_now(package.subjects).get(package.subjects[0]) != subject:
            continue  # one of a batch: its tables are counted for all together
        found = set[tuple[str, str]]()
        for one in package.systems:
            tables = known[one.system].tables if one.system in known else {}
            for table, count in one.rows:
                meaning = tables.get(table.rpartition("/")[2])
                if count:
                    found |= {(one.system, "")} if meaning is None else {(one.system, str(column.category)) for column in meaning.columns.values()}
        return package.made, frozenset(found)
    return None, frozenset()


@lru_cache(maxsize=4)
def _receivers(source: Source) -> tuple[tuple[frozenset[str], frozenset[str], Received], ...]:
    """The recipients that get data as of a day: for which purposes, which data, and where; what is named and not done is left out."""
    policy, countries, day = source.compiled.policy, load_countries(), source.day
    found = []
    for recipient in policy.recipients.values():
        told = disclosure(source.compiled, recipient, day)
        if not told.state.done:
            continue
        data = {str(name) for purpose in recipient.purposes for name in policy.purposes[purpose].data}
        where = tuple(countries[one.country] for one in told.destinations if one.state.done and one.country in countries)
        found.append((frozenset(map(str, recipient.purposes)), frozenset(data & set(map(str, recipient.data)) if recipient.data else data),
                      Received(recipient.title, where)))  # fmt: skip
    return tuple(found)
