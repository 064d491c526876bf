"""Codes of letters and digits: passports and number plates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from janji.scanner import naming
from janji.scanner.matches import FAIR, SURE, Found, Kind, Sign, signs_of
from janji.terms.messages import N_

REGIONS = frozenset(
    b"A B D E F G H K L M N P R S T W Z AA AB AD AE AG BA BB BD BE BG BH BK BL BM BN BP DA DB DC DD DE DG DH DK DL DM DN DP "
    b"DR DS DT DW EA EB ED KB KH KT KU PA PB PG PS PT PY".split()
)
"""Letters with which a number plate begins: where the vehicle is registered."""
_UNITS = frozenset(
    b"III PRO LTE AVC VA KVA KM CM MM ML KG GR GRM RB JT USD IDR AM PM WIB WIT MB GB KB TB DPI MAH HZ KHZ MHZ GHZ FPS PCS PX MP LED BTU RPM BOX SET".split()
)
"""What stands behind a number without making it a plate."""
_NEVER = frozenset(b"III MAH KVA".split())
"""What is no letters of a plate behind any number and any region."""
_SMALL = frozenset(b"V W A X K M L P S IN INC TV HD FHD UHD HR MIN SEC DAY BLN THN TH JAM KAL DAN DI KE YG OF TO AT ON OR IS".split())
"""The same, behind a number of fewer than four digits."""
_SERIES = frozenset(b"ABCEXSDU")
PATTERN = (
    rb"[a-z][ -]?[0-9]{7}|[a-z]{2}[0-9]{6,7}|(?:"
    + b"|".join(sorted(region.lower() for region in REGIONS))
    + rb")[ .-]{0,3}[1-9][0-9]{0,3}[ .-]{0,3}[a-z]{1,3}"
)
"""Every code, as it stands in a folded text in lower case."""
_PASSPORTS = signs_of(Kind.PASSPORT, naming.PASSPORT, N_("a letter and 7 digits, as in the number of a passport"), SURE, FAIR)
_PLATES = signs_of(Kind.PLATE, naming.PLATE, N_("the letters of a region, a number and letters, as on a number plate"), SURE, 0.7)
_JOINED = frozenset(b"_@#/-.+")


def read_codes(found: list[Found], text: bytes, low: bytes, places: Iterable[tuple[int, int]]) -> None:
    """Add the passports and plates among the codes that `PATTERN` met in a folded text; `low` is it in lower case."""
    for start, end in places:
        sign = _read(text, low, start, end)
        if sign is not None:
            found.append((start, end, sign))


def _read(text: bytes, low: bytes, start: int, end: int) -> Sign | None:
    """What a code is, if it stands alone."""
    if end < len(text) and text[end] in _JOINED and text[end + 1 : end + 2].isalnum():
        return None
    if start and text[start - 1] in _JOINED and text[start - 1] != 47 and not _begins(text, low, start):
        return None
    raw = text[start:end]
    return _plate(raw, low, start, end) if raw[-1:].isalpha() else _passport(raw, low, start, end)


def _begins(text: bytes, low: bytes, start: int) -> bool:
    """Whether a code begins behind a sign that joins: with nothing before that, or a word that names codes or parts nothing."""
    sign = text[start - 1]
    if sign in b"-.+" and not text[start - 2 : start - 1].isalnum():
        return True
    return sign not in b"@+" and naming.touching(text, low, start) in _BEGINNINGS


_BEGINNINGS = frozenset({0, naming.PASSPORT, naming.PASSPORT | naming.CARD, naming.PLATE})


def _passport(raw: bytes, low: bytes, start: int, end: int) -> Sign | None:
    named = naming.before(low, start, naming.PASSPORT)
    near = naming.nearest(low, end, named)
    whole = len(raw) == 8 and raw[1:].isdigit()
    usual = whole and (raw[0] in _SERIES or (raw[0] > 96 and bool(near & naming.PASSPORT)))
    if near & naming.PASSPORT and (usual or (raw[0] < 91 and raw[1] < 91 and named[1])):
        return _PASSPORTS.named
    if not usual:
        return None
    return naming.told(_PASSPORTS, named)


_PARTS = re.compile(rb"([A-Za-z]{1,2})([ .-]*)([0-9]{1,4})([ .-]*)([A-Za-z]{1,3})")


def _plate(raw: bytes, low: bytes, start: int, end: int) -> Sign | None:
    parts = _PARTS.fullmatch(raw)
    if parts is None:
        return None
    region, before, number, behind, tail = parts.groups()
    named = naming.before(low, start, naming.PLATE)
    near = naming.nearest(low, end, named)
    capitals = raw.isupper()
    if near & naming.PLATE and (named[1] or not named[0] or capitals):
        return _PLATES.named if capitals or len(number) > 2 else None
    if not capitals or len(number) + len(tail) < 4:
        return None
    if tail in _NEVER or (tail in _UNITS and (len(number) < 4 or len(region) == 1)):
        return None
    if len(number) < 4 and (tail in _SMALL or not (before or behind)):
        return None
    if not before and not behind and len(tail) < 2:
        return None
    return naming.told(_PLATES, named)
