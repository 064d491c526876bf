"""The data map drawn: systems, what they hold, who gets it and in which country, laid out here and led to by links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from janji.terms.messages import Message, Tongue, printable
from janji.terms.texts import Text
from janji.workflows.map_desk import Node, Picture

LANES = ("system", "category", "recipient", "country")
"""The columns of the picture, from the left."""
HIGH, STEP, TOP, LINE = 38, 45, 34, 15
WIDTHS, PLACES = (200, 250, 250, 150), (0, 265, 580, 895)
WHOLE = PLACES[-1] + WIDTHS[-1]
"""Units of the picture, how wide each column is and where it begins; what is drawn is scaled with it."""
SIGN = 7.6
"""How wide a sign of a name is; what does not fit into two lines of its box is cut, and the whole is its title."""
CROWDED = 20
"""Boxes in a column from which on what does not belong to the chosen one is left out, and not only dimmed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the picture is asked to bring out: a lane and the id of a node there; nothing of it is dimmed without one."""

    lane: str = ""
    id: str = ""


def spoken(words: str | Text | Message, tongue: Tongue) -> str:
    """A name in the language of the page."""
    if isinstance(words, Message):
        text = words.render(tongue)
        return text[:1].upper() + text[1:]
    return printable(words.get(tongue.language) if isinstance(words, Text) else words)


def draw(picture: Picture, tongue: Tongue, heads: Sequence[str], seen: Seen, href: Callable[[str, str], str], label: str) -> SafeString:
    """The picture as SVG: `heads` are the names of the columns, `href` says where the box of a lane's node leads."""
    lanes: Sequence[Sequence[Node]] = (picture.systems, *_calm(picture))
    links = (picture.holds, picture.given, picture.abroad)
    lit = _lit(seen, links, picture.stands)
    if lit is not None and max(map(len, lanes)) > CROWDED:
        near = [[node for node in lane if (LANES[number], node.id) in lit] for number, lane in enumerate(lanes)]
        lanes = near if any(near) else lanes  # an address may name what is not there
    high = TOP + STEP * max((len(lane) for lane in lanes), default=1)
    places = [_spread(lane, high) for lane in lanes]
    paths = [
        (_state("edge", lit, (LANES[number], one), (LANES[number + 1], other)), _curve(PLACES[number] + WIDTHS[number], places[number][one], PLACES[number + 1], places[number + 1][other]))
        for number, pairs in enumerate(links) for one, other in sorted(pairs) if one in places[number] and other in places[number + 1]
    ]  # fmt: skip
    paths.sort(key=lambda one: "on" in one[0])
    boxes = [_box(number, node, places[number][node.id], lit, seen, tongue, href) for number, lane in enumerate(lanes) for node in lane]
    return format_html(
        '<svg class="datamap" viewBox="0 0 {} {}" role="group" aria-label="{}">{}<g aria-hidden="true">{}</g>{}</svg>', WHOLE, round(high), label,
        format_html_join("", '<text class="lane" x="{}" y="16">{}</text>', ((PLACES[number], head) for number, head in enumerate(heads))),
        format_html_join("", '<path class="{}" d="{}"/>', paths), format_html_join("", "{}", ((box,) for box in boxes)),
    )  # fmt: skip


def _spread(lane: Sequence[Node], high: int) -> dict[str, float]:
    """Where each box of a column begins: in the middle, with room between few."""
    step = min(3.0 * STEP, (high - TOP) / max(len(lane), 1))
    above = TOP + (high - TOP - step * len(lane)) / 2 + (step - STEP) / 2
    return {node.id: above + number * step for number, node in enumerate(lane)}


def _box(lane: int, node: Node, top: float, lit: Collection[tuple[str, str]] | None, seen: Seen, tongue: Tongue, href: Callable[[str, str], str]) -> SafeString:
    title = spoken(node.title, tongue)
    lines = _lines(title, int((WIDTHS[lane] - 22) / SIGN))
    words = format_html_join("", '<tspan x="{}" y="{}">{}</tspan>', ((PLACES[lane] + 13, round(top + HIGH / 2 + 5 + LINE * (number - (len(lines) - 1) / 2), 1), line) for number, line in enumerate(lines)))
    kind = f"node {LANES[lane]}{'' if node.declared else ' lacking'}"
    current = SafeString(' aria-current="true"') if (seen.lane, seen.id) == (LANES[lane], node.id) else SafeString("")
    return format_html(
        '<a href="{}" class="{}"{}><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="8"/><text>{}</text></a>',
        href(LANES[lane], node.id), _state(kind, lit, (LANES[lane], node.id)), current, title, PLACES[lane] + 1, round(top, 1), WIDTHS[lane] - 2, HIGH, words,
    )  # fmt: skip


def _lines(title: str, room: int) -> list[str]:
    """A name in one line or two of so many signs, broken between words where that can be; what is more is cut."""
    if len(title) <= room:
        return [title]
    end = title.rfind(" ", 0, room + 1)
    first, rest = (title[:end], title[end + 1 :]) if end > 0 else (title[:room], title[room:])
    return [first, rest if len(rest) <= room else f"{rest[: room - 1].rstrip(' ,;')}…"]


def _curve(x: int, top: float, to: int, below: float) -> str:
    middle, start, end = (x + to) // 2, round(top + HIGH / 2, 1), round(below + HIGH / 2, 1)
    return f"M{x} {start}C{middle} {start} {middle} {end} {to} {end}"


def _state(kind: str, lit: Collection[tuple[str, str]] | None, *ends: tuple[str, str]) -> str:
    if lit is None:
        return kind
    return f"{kind} on" if all(end in lit for end in ends) else f"{kind} off"


def _lit(seen: Seen, links: Sequence[frozenset[tuple[str, str]]], stands: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]] | None:
    """The nodes that a node leads to, to the right and to the left, and the country in which a system stands; `None` when nothing is asked for."""
    if seen.lane not in LANES:
        return None
    at = LANES.index(seen.lane)
    found = {(seen.lane, seen.id)}
    for lanes, forth in ((range(at, len(links)), True), (range(at - 1, -1, -1), False)):
        ends = {seen.id}
        for number in lanes:
            ends = {other if forth else one for one, other in links[number] if (one if forth else other) in ends}
            found |= {(LANES[number + 1 if forth else number], end) for end in ends}
    if seen.lane == "system":
        found |= {("country", country) for system, country in stands if system == seen.id}
    if seen.lane == "country":
        found |= {("system", system) for system, country in stands if country == seen.id}
    return frozenset(found)


def _calm(picture: Picture) -> tuple[tuple[Node, ...], tuple[Node, ...], tuple[Node, ...]]:
    """The other lanes in an order in which fewer lines cross: each node near the middle of those that lead to it."""
    order: Mapping[str, float] = {node.id: float(number) for number, node in enumerate(picture.systems)}
    lanes: list[tuple[Node, ...]] = []
    for lane, links in ((picture.categories, picture.holds), (picture.recipients, picture.given), (picture.countries, picture.abroad)):
        middles = {node.id: [order[one] for one, other in links if other == node.id and one in order] for node in lane}
        lanes.append(tuple(sorted(lane, key=lambda node, held=middles: sum(held[node.id]) / len(held[node.id]) if held[node.id] else len(order))))  # type: ignore[misc]
        order = {node.id: float(number) for number, node in enumerate(lanes[-1])}
    return lanes[0], lanes[1], lanes[2]
