"""The questions that two compiled versions answer differently, each with a person and an instant that show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product

from janji.decision.compiler import FOREVER, CompiledPolicy, Row
from janji.decision.engine import decide, permits
from janji.decision.question import Decision, Facts, Question
from janji.law.model import binding
from janji.policy.combined import never_for_children
from janji.terms.processing import Operation
from janji.versions.changes import Witness
from janji.versions.words import APPROVED, GROWN

LAST = 99991231
MIDDAY = 12
AGENT = "agent"

Cell = tuple[str, str, str, str, str, str]
"""Purpose, operation, data, recipient, country, channel; nothing named is the empty text."""


def questions(one: CompiledPolicy, other: CompiledPolicy) -> Iterator[Question]:
    """Every question of one category of data that either version might permit, at the instant both bind from.

    Questions of which all that an answer turns on is equal in both are left out.
    """
    at = beginning(one, other)
    alike = _setting(one) == _setting(other)
    for name in dict.fromkeys((*one.policy.purposes, *other.policy.purposes)):
        both = [policy.policy.purposes[name] for policy in (one, other) if name in policy.policy.purposes]
        same = alike and _aim(one, name) == _aim(other, name)
        data = dict.fromkeys(item for purpose in both for item in purpose.data)
        kept = {item for item in data if same and one.schedule.rules(name, item) == other.schedule.rules(name, item)}
        channels = (None, *dict.fromkeys(item for purpose in both for item in purpose.channels))
        for operation in dict.fromkeys(item for purpose in both for item in purpose.operations):
            ways = _ways(one, other, name) if operation == Operation.DISCLOSE else [(None, None)]
            moved = {
                recipient for recipient, _ in ways if recipient and _party(one, recipient) != _party(other, recipient)
            }
            for (recipient, country), channel, item in product(ways, channels, data):
                if item not in kept or recipient in moved:
                    yield Question(name, (item,), at, operation, recipient, country, channel)


def _setting(version: CompiledPolicy) -> tuple[object, ...]:
    """What every answer of a version turns on, whatever the purpose."""
    policy = version.policy
    return (version.law, version.under, version.home, version.training is None, policy.children, policy.prohibitions,
            policy.quarantine, policy.third_persons, policy.rights, frozenset(policy.channels), frozenset(policy.data),
            version.countries, never_for_children(policy, version.law),
            tuple(binding(version.law.rights, policy.effective)))  # fmt: skip


def _aim(version: CompiledPolicy, name: str) -> tuple[object, ...] | None:
    """What answers for one purpose turn on beside."""
    purpose = version.policy.purposes.get(name)
    return None if purpose is None else (purpose, version.policy.notices.get(purpose.notice or ""))


def _party(version: CompiledPolicy, name: str) -> tuple[object, ...]:
    """What disclosures to one recipient turn on beside."""
    return version.policy.recipients.get(name), version.receives.get(name)


def _ways(one: CompiledPolicy, other: CompiledPolicy, purpose: str) -> list[tuple[str | None, str | None]]:
    """Each recipient of the purpose, at its own place and in each country that a transfer to it names."""
    found: dict[tuple[str | None, str | None], None] = {}
    for version in (one, other):
        for recipient in version.policy.recipients.values():
            if purpose in recipient.purposes:
                found[(recipient.id, None)] = None
                countries = (country for held in version.receives.get(recipient.id, ()) for country in held.countries)
                found |= {(recipient.id, country): None for country in (*sorted(version.home), *countries)}
    return list(found)


def beginning(one: CompiledPolicy, other: CompiledPolicy) -> datetime:
    """Midday of the first day on which both versions bind."""
    return _midday(max(one.policy.effective, other.policy.effective))


def _midday(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, MIDDAY, tzinfo=UTC)


def turned(old: CompiledPolicy, new: CompiledPolicy) -> Iterator[tuple[Question, Witness]]:
    """What `old` denies and `new` permits: each such question with a witness, several where the reasons differ.

    A question that `old` denies whatever is known needs one witness, else each kind of person in whom it shows.
    """
    for question in questions(old, new):
        before, after = old.gate(question), new.gate(question)
        if after.since >= FOREVER or (before[2:-1] == after[2:-1] and _alike(old, new, question)):
            continue
        seen: set[tuple[str, ...]] = set()
        for asked, facts in _asked(old, new, question):
            if not permits(new, asked, facts) or permits(old, asked, facts):
                continue
            denied = decide(old, asked, facts)
            codes = codes_of(denied)
            if codes not in seen:
                seen.add(codes)
                yield asked, Witness(asked, facts, known(new, facts), denied, decide(new, asked, facts))
            if old.row(question).always:
                break


def _alike(old: CompiledPolicy, new: CompiledPolicy, question: Question) -> bool:
    """Whether rows of one form give one answer: in time, and by the same age of majority."""
    before, after = old.gate(question), new.gate(question)
    return (before.since >= FOREVER) == (after.since >= FOREVER) and before[1] == after[1] and old.under == new.under


def codes_of(decision: Decision) -> tuple[str, ...]:
    """The codes of a decision, each once."""
    return tuple(dict.fromkeys(reason.code for reason in decision.reasons))


def known(policy: CompiledPolicy, facts: Facts) -> tuple[str, ...]:
    """What is known of a person, by name: entries of the layout, and what else the facts say."""
    found = list(policy.layout.names(facts.bits))
    found += [f"born/{facts.born}"] if facts.born else []
    found += [f"trained-until/{facts.trained_until}"] if facts.trained_until else []
    return (*found, APPROVED) if facts.instrument_approved else tuple(found)


def _asked(old: CompiledPolicy, new: CompiledPolicy, question: Question) -> Iterator[tuple[Question, Facts]]:
    rows = (old.row(question), new.row(question))
    start = question.at
    days = [start, *(later for later in map(_after, _windows(rows)) if later is not None and later > start)]
    agents = (None, AGENT) if (old.training is None) != (new.training is None) else (None,)
    for at, agent in product(dict.fromkeys(days), agents):
        asked = Question(question.purpose, question.data, at, question.operation, question.recipient, question.country,
                         question.channel, agent)  # fmt: skip
        for bits, born in product(dict.fromkeys(_bits(rows)), _births(old, new, asked.day)):
            for more in _ages(new, born):
                for fit in (True, False):
                    facts = Facts(bits | more, born, LAST if fit else 0, "file" if fit else None, fit)
                    yield asked, facts


def _windows(rows: Iterable[Row]) -> list[int]:
    return sorted({window.until for row in rows for window in row.windows})


def _after(until: int) -> datetime | None:
    """Midday after the day `until`; nothing at the end of the calendar."""
    day = date(until // 10000, until // 100 % 100, until % 100)
    return None if day == date.max else _midday(day + timedelta(days=1))


def _births(old: CompiledPolicy, new: CompiledPolicy, day: int) -> tuple[int, ...]:
    """A grown person, one of unknown age, a child, and one who is a child under one version only."""
    between = () if old.under == new.under else (day - min(old.under, new.under) * 10000,)
    return tuple(dict.fromkeys((GROWN, 0, *between, day)))


def _ages(policy: CompiledPolicy, born: int) -> tuple[int, ...]:
    """Nothing more; for an unknown age also what was attested, for a child without and with a guardian."""
    if born == GROWN:
        return (0,)
    attested = () if born else (policy.adult_bit, policy.child_bit, policy.child_bit | policy.guardian_bit)
    return (0, *attested)


def _bits(rows: tuple[Row, Row]) -> Iterator[int]:
    """Standings that `new` permits: the most willing, and those in whom a condition of `old` alone fails."""
    before, after = rows
    ways = [[way for way in group.ways if way.mask] for group in after.groups]
    if not all(ways):
        return
    stopped = 0
    for test in after.tests:
        stopped |= test.mask
    yield _full(before, after)
    least = 0
    for choice in ways:
        least |= _lowest(choice[0].mask)
    for group in before.groups:
        mask = veto = 0
        for way in group.ways:
            mask |= way.mask
            veto |= way.veto
        bits = 0
        for choice in ways:
            free = [way for way in choice if way.mask & ~mask]
            bits |= _lowest(free[0].mask & ~mask) if free else _lowest(choice[0].mask)
        yield bits
        yield bits | veto
        yield from (least | one | cause.mask for cause in group.because for one in (0, bits))
        for choice in ways:
            yield from ((bits | _lowest(way.mask) | veto) & ~way.veto for way in choice)
    for test in before.tests:
        if not test.mask & stopped:
            yield least | test.mask


def _full(*rows: Row) -> int:
    bits = 0
    for row in rows:
        for group in row.groups:
            for way in group.ways:
                bits |= way.mask
    return bits


def _lowest(mask: int) -> int:
    return mask & -mask


def merged(cells: Iterable[tuple[Cell, Witness]]) -> list[tuple[tuple[tuple[str, ...], ...], Witness]]:
    """Cells joined into blocks that hold every combination of their names and nothing else, a witness each."""
    blocks: dict[tuple[frozenset[str], ...], Witness] = {
        tuple(frozenset((part,)) for part in cell): witness for cell, witness in cells
    }
    for axis in (2, 5, 1, 4, 3, 0):
        joined: dict[tuple[frozenset[str], ...], list[tuple[frozenset[str], Witness]]] = {}
        for block, witness in blocks.items():
            joined.setdefault(block[:axis] + block[axis + 1 :], []).append((block[axis], witness))
        blocks = {}
        for rest, found in joined.items():
            union = frozenset().union(*(names for names, _ in found))
            blocks[(*rest[:axis], union, *rest[axis:])] = found[0][1]
    return [(tuple(tuple(sorted(names)) for names in block), witness) for block, witness in blocks.items()]
