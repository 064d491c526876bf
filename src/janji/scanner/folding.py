"""Text of any script made plain: one byte for each character that is seen, so that a place in one is a place in the other."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

BARRIER = "\x1c"
"""The character between texts that are scanned together; nothing is found across it, nor by a word beyond it."""
LETTER, OTHER = "\x80", "\x81"
"""What a letter of another script, and whatever else is not ASCII, become."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_UNSEEN = frozenset({"Cf", "Mn", "Me"})


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made plain, and the places in it before which characters that are not seen were left out, ascending."""

    text: str
    removed: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `start` to `end` of the plain text lies in the text as it was written."""
        if not self.removed:
            return start, end
        return start + bisect_right(self.removed, start), end + bisect_right(self.removed, end - 1)


def fold(text: str) -> Folded:
    """The text in ASCII, `LETTER` and `OTHER`.

    Digits of every script (Unicode's decimal digits) become `0` to `9`, Latin letters lose accents and width, spaces and
    dashes become the plain ones. Characters that are not seen (zero width, soft hyphens, marks) are left out.
    """
    if text.isascii():
        return Folded(text)
    plain = _NOT_ASCII.sub(_plain_run, text)
    if len(plain) == len(text):
        return Folded(plain)
    removed: list[int] = []
    at = last = 0
    for run in _NOT_ASCII.finditer(text):
        at += run.start() - last
        last = run.end()
        for char in run[0]:
            if _plain(char):
                at += 1
            else:
                removed.append(at)
    return Folded(plain, tuple(removed))


def _plain_run(run: re.Match[str]) -> str:
    """The plain text of characters that are not ASCII."""
    return "".join(map(_plain, run[0]))


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """One character of ASCII, `LETTER`, `OTHER` or nothing for a character that is not ASCII."""
    category = unicodedata.category(char)
    if category in _UNSEEN:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Zs":
        return " "
    if category == "Pd":
        return "-"
    if category in {"Zl", "Zp"}:
        return "\n"
    if category[0] in "LPS":
        bare = unicodedata.normalize("NFKD", char)[0]
        if bare.isascii() and bare.isprintable() and (bare.isalpha() == (category[0] == "L")) and _single(char):
            return bare
    return LETTER if category[0] == "L" else OTHER


def _single(char: str) -> bool:
    """Whether a character is one letter or sign with marks, not several in one, such as a ligature."""
    return sum(not unicodedata.combining(part) for part in unicodedata.normalize("NFKD", char)) == 1


def before(text: bytes, start: int, length: int) -> bytes:
    """What stands before `start`, at most `length` long, not beyond the text that `start` is in, and without half a word."""
    cut = text[max(0, start - length) : start]
    if BARRIER.encode() in cut:
        return cut[cut.rindex(BARRIER.encode()) + 1 :]
    return cut[cut.find(b" ") + 1 :] if start > length else cut
