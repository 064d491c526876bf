"""Reads the canonical bytes of an event as fast as an audit of millions needs, and more strictly than `events.decode`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from janji.errors import Corrupt
from janji.ledger.events import FORM, LARGEST, Actor, Kind
from janji.terms.messages import N_, say

Read = tuple[str, str | None, int | None]
"""An event's id, its subject's pseudonym and version."""
Frame = tuple[bytes, ...]
"""What stands before the instant of an event, between that and the id, and behind the id up to the seal, or to the person, and between these."""

CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
"""Refuses whole numbers beyond 2**53, as RFC 8785 does."""
ACTORS, KINDS = frozenset(map(str, Actor)), frozenset(map(str, Kind))
NEEDED = frozenset({"v", "id", "kind", "at", "actor"})
OPTIONAL = ("subject", "policy", "layout", "details", "sealed")
_SECONDS: set[bytes] = set()
"""Instants to the second that were found to be real: many events share one."""
_FRAMES: set[Frame] = set()
"""What stands around those parts of an event that differ from event to event, of events that were found to be canonical: most share one."""
MOST_SECONDS, MOST_FRAMES, LONGEST_FRAMED = 100_000, 10_000, 2048
"""How many of them are remembered, and of events of how many bytes."""

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

    Other bytes around parts of the right form, where the same bytes stood around such parts of a canonical event, are one too.
    """
    match = _ALIKE.match  # once: another thread may meet another frame meanwhile
    alike = None if match is None else match(body)
    if alike is not None and alike[1] in _SECONDS:
        return alike[2].decode(), alike[3].decode(), int(alike[4])
    apart = _apart(body)
    if apart is not None and apart[0] in _FRAMES and apart[1] in _SECONDS:
        _ALIKE.came(apart[0])
        return apart[2]
    found = read_whole(body)
    if apart is not None:
        if len(_FRAMES) >= MOST_FRAMES:
            _FRAMES.clear()
        _FRAMES.add(apart[0])
    return found


def _apart(body: bytes) -> tuple[Frame, bytes, Read] | None:
    """An event about a person as what stands around its own parts, the second that it happened in, and what `read` gives.

    `None` where a part has not its form. In canonical order the parts are instant, id, seal, person and version; the last `"id"` is the
    event's, for nothing behind it has words of anybody's.
    """
    when, number, person = body.find(b',"at":"'), body.rfind(b',"id":"'), body.rfind(b',"subject":"')
    at, id, subject, end = body[when + 7 : when + 31], body[number + 7 : number + 43], body[person + 12 : person + 44], body[person + 44 :]
    between, version = body[number + 43 : person], end[len(_BEFORE_VERSION) : -1]
    sealed = between[-65:-1] if between[-76:-65] == b',"sealed":"' else b""
    if (
        not 0 < when < number < person
        or not end.startswith(_BEFORE_VERSION)
        or end[-1:] != b"}"
        or not version.isdigit()
        or version[:1] == b"0"
        or len(version) > 15
        or not at[20:23].isdigit()
        or at[19:20] + at[23:] != b".Z"
        or (id[8:27:5] + id + sealed + subject).translate(None, _HEX) != b"--------"
        or len(body) > LONGEST_FRAMED
    ):
        return None
    frame = body[:when], body[when + 31 : number], *((between[:-65], between[-1:]) if sealed else (between,))
    return frame, at[:19], (id.decode(), subject.decode(), int(version))


class _Alike:
    """Events of one frame that come one after the other; from some on they are told by one expression, which costs less than to take each apart."""

    __slots__ = ("frame", "match", "times")

    def __init__(self) -> None:
        self.frame: Frame = ()
        self.match: Callable[[bytes], re.Match[bytes] | None] | None = None
        self.times = 0

    def came(self, frame: Frame) -> None:
        """Note that a canonical event of this frame came."""
        if frame != self.frame:
            self.frame, self.match, self.times = frame, None, 0
        self.times += 1
        if self.times == IN_A_ROW:
            self.match = _matching(frame)


_ALIKE = _Alike()
IN_A_ROW = 16
"""From so many alike on, the next ones are taken to be alike too."""


@lru_cache(maxsize=64)
def _matching(frame: Frame) -> Callable[[bytes], re.Match[bytes] | None]:
    """What matches the bodies of a frame and no others: second, id, person and version are its groups."""
    before, middle, *behind = map(re.escape, frame)
    sealed = b"[0-9a-f]{64}".join(behind)
    parts = (before, b',"at":"', _AT, middle, b',"id":"', _ID, sealed, b',"subject":"([0-9a-f]{32})', re.escape(_BEFORE_VERSION), rb"([1-9]\d{0,14})\}")
    return re.compile(b"".join(parts)).fullmatch


_AT = rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{3}Z"
_ID = b"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_BEFORE_VERSION, _HEX = b'","v":%d,"version":' % FORM, b"0123456789abcdef"


def read_whole(body: bytes) -> Read:
    """As `read`, by reading all of it.

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
                and (at[:19].encode() in _SECONDS or _real(at))
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
    _SECONDS.add(at[:19].encode())
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
