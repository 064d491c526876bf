"""By which way a message goes: the addresses in their order, for each the ways that reach it, and the next one where it fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from janji.people.identifiers import Identifier, IdentifierKind

MAIL = "email"
"""The way of every mail; other ways have the names of their gateways."""


class Channel(StrEnum):
    """How a message reaches somebody."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    WEBHOOK = "webhook"


REACHES = {
    Channel.EMAIL: frozenset({IdentifierKind.EMAIL}), Channel.SMS: frozenset({IdentifierKind.PHONE}), Channel.WHATSAPP: frozenset({IdentifierKind.PHONE}),
    Channel.WEBHOOK: frozenset({IdentifierKind.EMAIL, IdentifierKind.PHONE}),
}  # fmt: skip
"""The kinds of address that each reaches."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way that is open: its name and channel. Ways stand in the order in which they are tried."""

    name: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Route:
    """One address by one way."""

    to: Identifier
    way: Way


def routes(to: Iterable[Identifier], ways: Sequence[Way]) -> tuple[Route, ...]:
    """Every route to somebody, the first one first: address by address as they were given, each by every way that reaches it."""
    return tuple(Route(address, way) for address in dict.fromkeys(to) for way in ways if address.kind in REACHES[way.channel])


def after(found: Sequence[Route], tried: Iterable[tuple[str, int]]) -> Route | None:
    """The first route that was not tried, given as name of the way and place of the address; `None` when staff must hand it over."""
    gone = set(tried)
    places = {address: place for place, address in enumerate(dict.fromkeys(route.to for route in found))}
    return next((route for route in found if (route.way.name, places[route.to]) not in gone), None)


def apart(to: Sequence[Identifier], link: Sequence[Route]) -> tuple[tuple[Identifier, ...], tuple[Identifier, ...]]:
    """The one address that a link may go to, which could take the routes `link`, and those that its code may go to: none where one is held alone.

    Neither falls back to an address of the other, whatever fails: who reads one of them must not have both.
    """
    taken = link[0].to if link else next(iter(to), None)
    return tuple(one for one in dict.fromkeys(to) if one == taken), tuple(one for one in to if one != taken)
