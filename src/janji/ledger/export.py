r"""The export of a ledger as lines of canonical JSON: a header, each event with position and digest, checkpoints, an end.

    {"form":"janji-ledger-export/1","key":"ledger.example+0a1b2c3d+AQ..."}
    {"digest":"5f...","event":{"actor":"person",...},"position":0}
    {"checkpoint":"ledger.example\n1\n...\n\n- ledger.example ...\n"}
    {"checkpoints":1,"events":1}

A checkpoint stands directly behind the last event that it covers. Sealed evidence is not in it, only its digests.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import orjson

from janji.errors import Corrupt, Invalid
from janji.ledger.checkpoint import Verifier, read_verifier
from janji.ledger.reading import Read, read
from janji.terms.canonical import canonical_bytes

FORM = "janji-ledger-export/1"
MOST_LINE = 1 << 20
"""The longest line that is read, in bytes: no event comes near it."""
_DIGEST, _EVENT, _POSITION = b'{"digest":"', b'","event":', b',"position":'
_AFTER_DIGEST = len(_DIGEST) + 64
_BODY = _AFTER_DIGEST + len(_EVENT)


class Line(StrEnum):
    """What a line is that is no event in good order."""

    HEADER = "header"
    CHECKPOINT = "checkpoint"
    END = "end"
    MALFORMED = "malformed"
    CHANGED = "changed"
    UNCANONICAL = "uncanonical"


@dataclass(frozen=True, slots=True)
class Run:
    """Events of consecutive positions from `first`, each canonical and true to its digest, one value behind another.

    `leaves` has 32 bytes an event, `subjects` 16 (zeros without a subject), `versions` a number (0 without one), `ids`
    the 64 bits of each id that are chance alone but for two.
    """

    line: int
    first: int
    leaves: bytes
    ids: array[int]
    subjects: bytes
    versions: array[int]


@dataclass(frozen=True, slots=True)
class Single:
    """A line that is no event in good order: its number in the chunk, what it is, its position or size, its text."""

    line: int
    kind: Line
    number: int = -1
    text: str = ""


Part = Run | Single


def header_line(verifier: Verifier) -> bytes:
    """The first line: the form, and the key that the checkpoints are signed with."""
    return canonical_bytes({"form": FORM, "key": str(verifier)}) + b"\n"


def event_line(position: int, digest: bytes, body: bytes) -> bytes:
    """The line of an event: its canonical bytes, and the digest (32 bytes) that the tree holds for its position."""
    return b"%b%b%b%b%b%d}\n" % (_DIGEST, digest.hex().encode(), _EVENT, body, _POSITION, position)


def checkpoint_line(note: str) -> bytes:
    """The line of a checkpoint: its signed note."""
    return canonical_bytes({"checkpoint": note}) + b"\n"


def end_line(events: int, checkpoints: int) -> bytes:
    """The last line: how many events and checkpoints there were."""
    return canonical_bytes({"checkpoints": checkpoints, "events": events}) + b"\n"


def parts(lines: Sequence[bytes]) -> list[Part]:
    """Lines of an export as runs of events in good order and single other lines; none depends on lines before these."""
    found: list[Part] = []
    leaves: list[bytes] = []
    reads: list[Read] = []
    begun = first = expected = 0  # where the run began: line and position; the position that would go on with it
    sha256 = hashlib.sha256
    for number, line in enumerate(lines):
        cut = line.rfind(_POSITION)
        body = line[_BODY:cut]
        leaf = sha256(b"\x00" + body).digest()
        if (
            line[cut + 12 :] != b"%d}\n" % expected
            or line[_AFTER_DIGEST:_BODY] != _EVENT
            or line[11:_AFTER_DIGEST] != leaf.hex().encode()
            or line[:11] != _DIGEST
        ):
            _close(found, begun, first, leaves, reads)
            event = _event(line)
            if event is None:
                found.append(_other(number, line))
                continue
            position, digest, body = event
            if digest != leaf.hex():
                found.append(Single(number, Line.CHANGED, position))
                continue
            expected = position
        if not leaves:
            begun, first = number, expected
        try:
            reads.append(read(body))
        except Corrupt:
            _close(found, begun, first, leaves, reads)
            found.append(Single(number, Line.UNCANONICAL, expected, leaf.hex()))
            expected += 1
            continue
        leaves.append(leaf)
        expected += 1
    _close(found, begun, first, leaves, reads)
    return found


def _close(found: list[Part], begun: int, first: int, leaves: list[bytes], reads: list[Read]) -> None:
    """Put the run that ends here among what was found."""
    if leaves:
        subjects = bytes.fromhex("".join([subject or "0" * 32 for _, subject, _ in reads]))
        ids = array("Q", [int(id[19:23] + id[24:], 16) for id, _, _ in reads])
        found.append(Run(begun, first, b"".join(leaves), ids, subjects, array("Q", [item[2] or 0 for item in reads])))
        leaves.clear()
        reads.clear()


def _event(line: bytes) -> tuple[int, str, bytes] | None:
    """Position, digest and event of a line that has the form of an event's."""
    cut = line.rfind(_POSITION)
    number, digest = line[cut + len(_POSITION) : -2], line[len(_DIGEST) : _AFTER_DIGEST]
    if not number.isdigit() or len(number) >= 19 or (number[:1] == b"0" and number != b"0") or line[-2:] != b"}\n":
        return None
    if line[: len(_DIGEST)] != _DIGEST or line[_AFTER_DIGEST:_BODY] != _EVENT or cut < _BODY:
        return None
    if digest.translate(None, b"0123456789abcdef") or len(digest) != 64:
        return None
    return int(number), digest.decode(), line[_BODY:cut]


def _other(number: int, line: bytes) -> Single:
    """What a line is that has not the form of an event's."""
    try:
        held = orjson.loads(line)
        whole = canonical_bytes(held) + b"\n" == line
    except (ValueError, RecursionError):
        whole = False
    if whole and isinstance(held, dict):
        match tuple(held.items()):
            case (("form", str(form)), ("key", str(key))) if form == FORM:
                return _header(number, key)
            case (("checkpoint", str(note)),):
                return Single(number, Line.CHECKPOINT, text=note)
            case (("checkpoints", int(heads)), ("events", int(events))) if heads >= 0 and events >= 0:
                return Single(number, Line.END, events, str(heads))
    return Single(number, Line.MALFORMED)


def _header(number: int, key: str) -> Single:
    try:
        return Single(number, Line.HEADER, text=str(read_verifier(key)))
    except Invalid:
        return Single(number, Line.MALFORMED)
