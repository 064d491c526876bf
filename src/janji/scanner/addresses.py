"""E-mail addresses: found by their sign, read outwards from it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from janji.scanner.folding import BARRIER
from janji.scanner.matches import SURE, Found, Kind, Sign
from janji.terms.messages import N_, say

_LOCAL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-"
_LOCAL_OTHER = _LOCAL + b"\x80"
_LOCAL_LONGEST = 64
_LABEL = rb"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rb"(?:" + _LABEL + rb"\.){1,8}(?:xn--[A-Za-z0-9-]{1,59}|[A-Za-z]{2,24})")
_DOMAIN_OTHER = re.compile(rb"(?:[A-Za-z0-9\x80](?:[A-Za-z0-9\x80-]{0,61}[A-Za-z0-9\x80])?\.){1,8}(?:[A-Za-z]{2,24}|\x80{2,24})")
_FILES = frozenset(
    b"png jpg jpeg gif svg webp ico bmp css js mjs ts json html htm php pdf xml yml yaml exe dll py txt csv zip gz tar log docx xlsx "
    b"local localhost internal invalid".split()
)
"""Last labels that are the ending of a file, or of no address that leads anywhere."""
_ENDS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@")
_QUOTES = b".'`*/=#|{}$&!?^~%+"
_BARRIER = BARRIER.encode()
_SIGN = Sign(Kind.EMAIL, SURE, say(N_("a name, `@` and a domain, as in an e-mail address")))


def read_addresses(found: list[Found], text: bytes, places: Iterable[int]) -> None:
    """Add the e-mail addresses (RFC 5321; without quotes around the name) around the signs at `places`, in their order."""
    floor = 0
    for at in places:
        span = _span(text, at, floor)
        if span is not None:
            found.append((*span, _SIGN))
            floor = span[1]


def _span(text: bytes, at: int, floor: int) -> tuple[int, int] | None:
    """Where the address around the sign at `at` begins and ends."""
    domain = _DOMAIN.match(text, at + 1)
    if domain is None and text[at + 1 : at + 2] and b"\x80" in text[at + 1 : at + 64]:
        domain = _DOMAIN_OTHER.match(text, at + 1)
    if domain is None:
        return None
    end = _end(text, at, domain.end())
    name = text[max(floor, at - _LOCAL_LONGEST - 1) : at]
    if text[at - 1 : at] == b"\x80":
        length = len(name) - len(name.rstrip(_LOCAL_OTHER))
    else:
        length = len(name) - len(name.rstrip(_LOCAL))
    local = name[len(name) - length :]
    if local.translate(None, _LETTERS) or text[at - length - 1 : at - length] in _COLONS:
        local = _bare(text, at, local)
    if not end or not local or len(local) > _LOCAL_LONGEST:
        return None
    return at - len(local), end


_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_COLONS = frozenset({b":", b""})


def _bare(text: bytes, at: int, local: bytes) -> bytes:
    """The name before the sign at `at` without what belongs to the text around it; nothing where it is no name."""
    if b".." in local:
        local = local[local.rindex(b"..") + 2 :]
    local = local.lstrip(_QUOTES + b"-")
    start = at - len(local)
    if local[-1:] == b"." or b"//" in local or text[max(0, start - 3) : start] == b"://" or _in_address(text, start):
        return b""
    for sign in b"/=&?|":
        local = local[local.rfind(sign) + 1 :]
    return local


def _in_address(text: bytes, start: int) -> bool:
    """Whether what begins at `start` is the password in the address of a page (`https://name:password@host`)."""
    if text[start - 1 : start] != b":":
        return False
    head = text[max(0, start - 80) : start]
    return b"://" in head[max(head.rfind(b" "), head.rfind(b"\n"), head.rfind(_BARRIER)) + 1 :]


def _end(text: bytes, at: int, end: int) -> int:
    """Where the domain that was matched up to `end` really ends; 0 when it is none."""
    top = text[text.rindex(b".", at, end) + 1 : end]
    if not top.islower():
        labels = text[at + 1 : end].split(b".")
        if len(labels) > 2 and top.istitle() and len(top) > 2 and labels[-2].islower() and labels[-2].isalpha():
            return end - len(top) - 1
        top = top.lower()
    if end < len(text) and text[end] in _ENDS:
        return 0
    return 0 if top in _FILES else end
