"""Reads the canonical bytes of an event as fast as an audit of millions needs, and more strictly than `events.decode`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson

from janji.errors import Corrupt
from janji.ledger.events import FORM, LARGEST, Actor, Kind
from janji.terms.messages import N_, say

Read = tuple[str, str | None, int | None]
"""An event's id, its subject's pseudonym and version."""

MOST_INTEGER = (1 << 53) - 1
ACTORS, KINDS = frozenset(map(str, Actor)), frozenset(map(str, Kind))
NEEDED = frozenset({"v", "id", "kind", "at", "actor"})
OPTIONAL = ("subject", "policy", "layout", "details", "sealed")
_SECONDS: set[str] = set()
"""Instants to the second that were found to be real: many events share one."""
MOST_SECONDS = 100_000

HEX = "[0-9a-f]"
TEXTS = {
    "at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "id": f"{HEX}{{8}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{12}}",
    "subject": f"{HEX}{{32}}", "policy": f"{HEX}{{64}}", "sealed": f"{HEX}{{64}}",
}  # fmt: skip
"""The parts of an event that are texts of one form."""
Match = Callable[[str], object]


def read(body: bytes) -> Read:
    """Id, subject and version of an event's canonical bytes; raises `Corrupt` when they are no event's.

    orjson sorts keys by code point and RFC 8785 by UTF-16 unit, which is the same for ASCII; the two write texts, whole
    numbers and booleans alike. So an event of these that orjson writes back to the same bytes is in canonical form.
    """
    try:
        held = orjson.loads(body)
        if type(held) is dict and orjson.dumps(held, option=orjson.OPT_SORT_KEYS) == body and len(body) <= LARGEST:
            shape = SHAPES.get(tuple(held))
            details = held.get("details", True)
            if shape is not None and _formed(held, shape) and details and (details is True or _plain(details)):
                return held["id"], held.get("subject"), held.get("version")
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError, TypeError):
        pass
    raise Corrupt(say(N_("a record in the ledger is not the canonical form of an event")), say(N_("run `janji ledger audit`")))


def _formed(held: dict[str, Any], shape: Match) -> bool:
    """Whether the parts of an event, details aside, have the forms that they must have; `TypeError` for some that have not."""
    get, at = held.get, held["at"]
    return bool(
        held["actor"] in ACTORS
        and held["kind"] in KINDS
        and held["v"] == FORM
        and type(held["v"]) is int
        and _counts(get("version", 1))
        and _counts(get("layout", 1))
        and shape(f"{at} {held['id']} {get('subject', '')} {get('policy', '')} {get('sealed', '')}")
        and (at[:19] in _SECONDS or _real(at))
    )


def _shapes() -> dict[tuple[str, ...], Match]:
    """Every set of parts that an event may have, in canonical order, with what matches its texts between spaces."""
    found: dict[tuple[str, ...], Match] = {}
    for bits in range(1 << len(OPTIONAL)):
        has = {name for index, name in enumerate(OPTIONAL) if bits >> index & 1}
        parts = NEEDED | has | ({"version"} if "subject" in has else set())
        pattern = " ".join(text if name in parts else "" for name, text in TEXTS.items())
        found[tuple(sorted(parts))] = re.compile(pattern, re.ASCII).fullmatch
    return found


SHAPES = _shapes()


def _counts(value: object) -> bool:
    return type(value) is int and 0 < value <= MOST_INTEGER


def _real(at: str) -> bool:
    """Whether an instant of the right form exists; its second is remembered."""
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return False
    if len(_SECONDS) >= MOST_SECONDS:
        _SECONDS.clear()
    _SECONDS.add(at[:19])
    return True


def _plain(value: Any) -> bool:
    """Whether a value is made of texts, whole numbers, booleans, lists and objects with ASCII keys alone."""
    if type(value) is dict:
        for key, part in value.items():  # noqa: SIM110 - three times as fast as `all`
            if not key.isascii() or (type(part) is not str and not _plain(part)):
                return False
        return True
    if type(value) is list:
        return all(_plain(part) for part in value)
    if type(value) is int:
        return -MOST_INTEGER <= value <= MOST_INTEGER
    return type(value) in (str, bool)
