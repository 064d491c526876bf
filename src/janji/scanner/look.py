"""The one look at a text: every place where something can stand, found by one pattern, and read by who knows about it."""

from __future__ import annotations

from typing import Any

from janji.scanner import codes, words
from janji.scanner.addresses import read_addresses
from janji.scanner.codes import read_codes
from janji.scanner.matches import Found, Sign
from janji.scanner.numbers import REACH, RUNS, read_accounts, read_run
from janji.terms.messages import say

PATTERN = rb"\b(?:" + words.PATTERN + b"|" + codes.PATTERN + rb")\b|@[a-z0-9\x80-]{1,63}\.|" + RUNS
"""Whatever the shipped recognisers look at, in a folded text in lower case."""
_UNKNOWN = Sign("", 0, say(""))
_MINE = frozenset({b" saya", b" kami"})


def look(ready: Any, text: bytes, low: bytes) -> list[Found]:
    """What stands in a folded text; `ready` is `PATTERN` made ready, `low` the text in lower case.

    All places first, then what stands at those of one kind after the other: the tables of the pattern and the readers
    push one another out of the processor's cache.
    """
    found: list[Found] = []
    runs: list[tuple[int, bytes, bool]] = []
    coded: list[tuple[int, int]] = []
    signs: list[int] = []
    marks: list[tuple[int, int]] = []
    meaning, unknown, bank = words.MEANINGS.get, _UNKNOWN, words.BANK
    near = 0
    for start, end in [hit.span() for hit in ready.finditer(low)]:
        raw = low[start:end]
        first = raw[0]
        if first < 58 and raw[-1] < 58:
            runs.append((start, raw, start < near))
            continue
        sign = meaning(raw, unknown)
        if sign is unknown:
            if first == 64:
                signs.append(start)
                continue
            if first > 57 and (raw[1] < 58 or raw[2] < 58):
                if len(raw) > 8 and 47 < raw[1] < 58 and raw[-1] < 58:
                    runs.append((start + 1, raw[1:], start < near))
                else:
                    coded.append((start, end))
                continue
            sign = words.phrase_or_age(raw, low, start)
        if sign is bank:
            near = end + REACH
            marks.append((start, end))
        elif sign is not None:
            if words.stands(text, low, start, end):
                found.append((start, end, sign))
        elif raw.endswith(b" anak") and low[end : end + 5] in _MINE:
            found.append((end - 4, end + 5, words.YOUNG))
    for start, raw, is_near in runs:
        read_run(found, text, low, start, raw, is_near)
    read_accounts(found, text, low, marks)
    read_addresses(found, text, signs)
    read_codes(found, text, low, coded)
    return found
