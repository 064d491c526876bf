"""Everything that is asked of rows before a plan is carried out, by one statement: what would be passed over, stay or stop it, and how values stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from janji.connectors.asks import COUNTS, Ask
from janji.connectors.dialects import Values
from janji.connectors.gathering import Writer
from janji.connectors.refusals import Look
from janji.connectors.searching import beside_all
from janji.connectors.spelt import spelling_asks
from janji.connectors.stray import stray_asks
from janji.connectors.unfound import unfound_asks
from janji.erasure.steps import Problem


def answered(writer: Writer, look: Look) -> Iterator[Problem]:
    """What stands in the way of a plan by what is in its rows. Rows that go all the same are told apart only where there is reason to."""
    apart, again = (replace(writer, gathered=dict(writer.gathered), _pairs={}, _known={}) for _ in range(2))
    asks, doubts = [*stray_asks(apart), *spelling_asks(apart)], list(unfound_asks(apart)) if apart.plan.actions else []  # a search reads no whole table before
    doubted = []
    for place, problem in _answers(apart, look, [*asks, *doubts]):
        if place < len(asks):
            yield problem
        else:
            doubted.append(place - len(asks))
    surely = list(unfound_asks(again, surely=True)) if doubted else []
    yield from (problem for _, problem in _answers(again, look, [surely[place] for place in doubted]))


def _answers(writer: Writer, look: Look, asks: Sequence[Ask]) -> Iterator[tuple[int, Problem]]:
    """What some questions find, asked by one statement, each with the place of its question."""
    if not asks:
        return
    head = "SELECT {place} AS place, {{}} AS name, count(*) AS a, {rest}"
    rest = ", ".join(f"0 AS {letter}" for letter in "bcde"[: COUNTS - 1])

    def question(values: Values) -> str:
        texts = [text for place, ask in enumerate(asks) for text in ask.texts(values, head.format(place=place, rest=rest))]
        return " UNION ALL ".join(texts) or f"SELECT 0, {writer.dialect.text('NULL')}, {', '.join('0' * COUNTS)}"

    found: dict[tuple[int, str], list[int]] = {}
    for place, name, *counts in look(beside_all(writer, tuple(dict.fromkeys(table for ask in asks for table in ask.gathered)), question)):
        known = found.setdefault((int(str(place)), str(name or "")), [0] * COUNTS)
        known[:] = [one + int(str(count or 0)) for one, count in zip(known, counts, strict=True)]
    for (place, name), numbers in sorted(found.items()):
        problem = asks[place].told(name, numbers)
        if problem is not None:
            yield place, problem
