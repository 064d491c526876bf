"""Places inside JSON documents as a map writes them: `$.customer.email`, `$.contacts[*].email`, or the keys alone between stops."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

Step = str | None
"""A key of an object, or `None` for each entry of a list."""
_KEY = re.compile(r"[\w -]+")
_STEP = re.compile(r"""(\[\*\])|\[(?:'((?:[^'\\]|\\.)+)'|"((?:[^"\\]|\\.)+)")\]|(?:\.|^)([\w -]+)""")
_EACH = "[*]"


def place_in(path: str) -> str | None:
    """The keys of a path between stops; `None` for one that is more than keys, such as `$[*].email` (RFC 9535)."""
    place = path.removeprefix("$.")
    return place if all(_KEY.fullmatch(key) for key in place.split(".")) else None


def spot_in(path: str) -> str | None:
    """A path in one way of writing it, through lists too and under any keys (`contacts[*].email`, `['a.b']`); `None` for what is none."""
    steps = steps_of(path.removeprefix("$")) if path.startswith(("$.", "$[")) else steps_of(path)
    return spot(steps) if steps else None


def spot(steps: Sequence[Step]) -> str:
    """Steps as one text, which `steps_of` reads again."""
    return "".join(map(_written, steps)).removeprefix(".")


@lru_cache(maxsize=4096)
def steps_of(place: str) -> tuple[Step, ...]:
    """The steps of a place; none where it is no place."""
    found: list[Step] = []
    at = 0
    while at < len(place):
        step = _STEP.match(place, at)
        if step is None:
            return ()
        each, single, double, key = step.groups()
        found.append(None if each else key or re.sub(r"\\(.)", r"\1", single or double))
        at = step.end()
    return tuple(found)


def listed(place: str) -> bool:
    """Whether a place stands inside of a list."""
    return None in steps_of(spot_in(place) or place)


def entry_of(place: str) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The steps to the entries of the innermost list around a place, and the keys inside of one of them."""
    steps = steps_of(place)
    at = len(steps) - steps[::-1].index(None)
    return steps[:at], tuple(key for key in steps[at:] if key is not None)


def below(place: str, above: str) -> bool:
    """Whether a place stands inside of another, or is it."""
    steps = steps_of(above)
    return steps_of(place)[: len(steps)] == steps


def beside(place: str, places: frozenset[str]) -> tuple[str, ...]:
    """A place with those that stand in the same object: what is said of one person stands together."""
    around = steps_of(place)[:-1]
    return tuple(sorted({place, *(other for other in places if steps_of(other)[:-1] == around)}))


def _written(step: Step) -> str:
    if step is None:
        return _EACH
    if _KEY.fullmatch(step):
        return f".{step}"
    return "['" + re.sub(r"(['\\])", r"\\\1", step) + "']"
