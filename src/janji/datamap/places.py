"""Places inside JSON documents as a map writes them: `$.customer.email`, or the keys alone between stops."""

from __future__ import annotations

import re

_KEY = re.compile(r"[\w -]+")


def place_in(path: str) -> str | None:
    """The keys of a path between stops; `None` for one that is more than keys, such as `$[*].email` (RFC 9535)."""
    place = path.removeprefix("$.")
    return place if all(_KEY.fullmatch(key) for key in place.split(".")) else None


def beside(place: str, places: frozenset[str]) -> tuple[str, ...]:
    """A place with those that stand in the same object: what is said of one person stands together."""
    around = place.rpartition(".")[0]
    return tuple(sorted({place, *(other for other in places if other.rpartition(".")[0] == around)}))
