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

CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
"""Refuses whole numbers beyond 2**53, as RFC 8785 does."""
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
NONE: dict[str, Any] = {}
"""Stands for details that are not there."""
Match = Callable[[str], object]


def read(body: bytes) -> Read:
    """Id, subject and version of an event's canonical bytes; raises `Corrupt` when they are no event's.

    orjson sorts keys by code point and RFC 8785 by UTF-16 unit, which is the same for ASCII; the two write texts, whole
    numbers and booleans alike. So an event of these that orjson writes back to the same bytes is in canonical form.
    One function, and nothing in it called that need not be: an audit spends most of its time here.
    """
    try:
        held = orjson.loads(body)
        shape = SHAPES.get(tuple(held)) if type(held) is dict else None
        if shape is not None and orjson.dumps(held, option=CANONICAL) == body and len(body) <= LARGEST:
            get, at, id, form = held.get, held["at"], held["id"], held["v"]
            subject, version, layout, details = get("subject", ""), get("version", 1), get("layout", 1), get("details", NONE)
            if (
                held["actor"] in ACTORS
                and held["kind"] in KINDS
                and form == FORM
                and type(form) is type(version) is type(layout) is int
                and version > 0
                and layout > 0
                and shape(f"{at} {id} {subject} {get('policy', '')} {get('sealed', '')}")
                and (at[:19] in _SECONDS or _real(at))
                and (details is NONE or (details and type(details) is dict and _plain(details)))
            ):
                return (id, subject, version) if subject else (id, None, None)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError, TypeError):
        pass
    raise Corrupt(say(N_("a record in the ledger is not the canonical form of an event")), say(N_("run `janji ledger audit`")))


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


def _plain(value: dict[str, Any]) -> bool:
    """Whether an object is made of texts, whole numbers, booleans, lists and objects with ASCII keys alone."""
    for key, part in value.items():
        kind = type(part)
        if not key.isascii() or (kind is not str and kind is not int and kind is not bool and not _nested(part)):
            return False
    return True


def _nested(value: Any) -> bool:
    if type(value) is dict:
        return _plain(value)
    if type(value) is list:
        return all(type(part) in (str, int, bool) or _nested(part) for part in value)
    return False
