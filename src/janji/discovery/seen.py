"""What the values of a column look like, as counts alone: nothing of a value is held when they have been looked at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from ipaddress import ip_address
from math import isfinite
from typing import Any

import orjson

from janji.datamap.meaning import SPACE
from janji.discovery import dictionaries as words
from janji.scanner.scan import Scanner, build_scanner

LONGEST = 4000
"""So many characters of a value are looked at."""
PATHS = 200
"""So many places inside of JSON are told apart."""
_WHOLE = 0.8
"""The share of a value that a match covers when the value is that and nothing else."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How often what was seen among `count` values that are not blank; of a sample, no value itself.

    `marks`: values that are, as a whole, of a form. `within`: longer values in which the scanner found a kind. `years`: the
    tenth, middle and ninetieth of a hundred years of dates, in order. `paths`: the same for each place inside of JSON.
    """

    count: int = 0
    distinct: int = 0
    marks: Mapping[str, int] = field(default_factory=dict)
    within: Mapping[str, int] = field(default_factory=dict)
    years: tuple[int, int, int] | None = None
    paths: Mapping[str, Seen] = field(default_factory=dict)

    def share(self, *marks: str) -> float:
        """The share of the values that bear one of the marks, which exclude one another."""
        return sum(self.marks.get(mark, 0) for mark in marks) / self.count if self.count else 0.0


def look_at(values: Sequence[Any]) -> Seen:
    """What is seen in values as a driver gives them."""
    texts: Counter[str] = Counter()
    leaves: dict[str, list[Any]] = {}
    marks: Counter[str] = Counter()
    if all(type(value) is str for value in values):
        texts.update(values)
    else:
        for value in values:
            if isinstance(value, dict | list | tuple | set | frozenset):
                _open(value, "$", leaves)
            elif isinstance(value, bytes | bytearray | memoryview):
                marks[_bytes(bytes(value[:16]))] += 1
            elif value is not None and not isinstance(value, bool) and not (isinstance(value, float | Decimal) and not isfinite(value)):
                texts[_written(value)] += 1
    for text in [text for text in texts if text[:1] in {"{", "["} and text[-1:] in {"}", "]"}]:
        opened = _json(text)
        if opened is not None:
            for _ in range(texts.pop(text)):
                _open(opened, "$", leaves)
    return _seen(texts, marks, leaves)


def _seen(texts: Counter[str], marks: Counter[str], leaves: Mapping[str, list[Any]]) -> Seen:
    within: Counter[str] = Counter()
    years: Counter[int] = Counter()
    raw = marks.total()
    plain = [(text[:LONGEST], count) for text, count in texts.items() if text and not text.isspace()]
    for (text, count), matches in zip(plain, _scanner().scan_many(text for text, _ in plain), strict=True):
        length = len(text.strip())
        found: set[str] = set()
        whole = None
        for match in matches:
            if match.end - match.start >= (length if match.kind == "email" else _WHOLE * length):  # by an address with marks around it nobody is found
                whole = str(match.kind)
            else:
                found.add(str(match.kind))
        for kind in found:
            within[kind] += count
        if text != text.strip(SPACE):
            marks["padded"] += count
        for mark in _marks(text.strip(), whole):
            if isinstance(mark, int):
                years[mark] += count
                mark = "date"
            marks[str(mark)] += count
    size = raw + sum(count for _, count in plain)
    paths = {path: look_at(held) for path, held in leaves.items()}
    if "$[*]" in paths and len(paths) == 1 and not size:
        return replace(paths["$[*]"], marks={**paths["$[*]"].marks, "listed": paths["$[*]"].count})
    return Seen(size, len(plain), dict(marks), dict(within), _spread(years), paths)


@lru_cache(maxsize=1)
def _scanner() -> Scanner:
    return build_scanner()


def _written(value: Any) -> str:
    """A value of a driver as text."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if not (value.hour or value.minute or value.second) else f"{value:%Y-%m-%dT%H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _bytes(head: bytes) -> str:
    return "image" if head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")) else "bytes"


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


_MEMBER = re.compile(r"[A-Za-z_][A-Za-z_-]{0,40}[0-9]{0,3}")


def _open(value: Any, path: str, leaves: dict[str, list[Any]], depth: int = 0) -> None:
    """Put the values inside of a JSON value under their paths (RFC 9535, members of lists as one)."""
    if isinstance(value, dict) and depth < 8:
        for key, held in value.items():
            # A key that is no plain word may be somebody's own, such as an e-mail address.
            _open(held, f"{path}.{key}" if _MEMBER.fullmatch(str(key)) else f"{path}.*", leaves, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset) and depth < 8:
        for held in list(value)[:50]:
            _open(held, f"{path}[*]", leaves, depth + 1)
    elif value is not None and not isinstance(value, bool | dict) and (path in leaves or len(leaves) < PATHS):
        leaves.setdefault(path, []).append(value)


def _spread(years: Counter[int]) -> tuple[int, int, int] | None:
    size = sum(years.values())
    if not size:
        return None
    wanted, passed = [size * 0.1, size * 0.5, size * 0.9], 0
    found: list[int] = []
    for year in sorted(years):
        passed += years[year]
        while len(found) < 3 and passed >= wanted[len(found)]:
            found.append(year)
    return found[0], found[1], found[2]


_HEX = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{128})", re.IGNORECASE)
_SECRET = re.compile(r"\$(?:2[aby]?|argon2\w*|pbkdf2\w*|5|6|1|P|H)\$.{8,}|pbkdf2_\w+\$.+|argon2\$.+|bcrypt\w*\$.+|\{SSHA\}.+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MAC = re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}", re.IGNORECASE)
_MASKED = re.compile(r"[\w+@.-]{0,8}[*xX\u2022#]{3,}[\w*.@ -]{0,24}|(?:[*X]{4}[ -]?){2,}\d{4}")
_DIALLED = re.compile(r"[+(]?\d[\d ().+/-]{5,20}\d(?: ?(?:x|ext\.?) ?\d{1,6})?")
_DATE = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(T.*| \d\d:\d\d.*)?|"
    r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: \d\d:\d\d.*)?|(?:[A-Za-z ]+, ?)?(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})"
)
_PAIR = re.compile(r"(?:POINT ?\()?-?\d{1,3}\.\d{3,}(?:[,;] ?|\s)-?\d{1,3}\.\d{3,}\)?")
_DEGREES = re.compile(r"-?\d{1,3}\.\d{3,}")
_CODE = re.compile(r"[A-Za-z]{1,3}\d{1,10}[A-Za-z]{0,3}")
_IMAGE = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|heic|bmp)(?:\?\S*)?", re.IGNORECASE)
_LINK = re.compile(r"(?:https?|ftp|s3)://\S+", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?")
_NAME = re.compile(r"[^\W\d_][^\d_@#/:;!?()\"{}<>|=*+\[\]]{1,60}")
_ROLES = frozenset("""
    info sales admin cs support halo hello contact kontak marketing office kantor hrd care customercare noreply no-reply service help
    finance order orders billing webmaster store toko
""".split())


def _marks(text: str, whole: str | None) -> Iterator[str | int]:
    """The marks of one value that is not blank: what it is as a whole, and how it stands. A number is the year of a date."""
    if whole is not None:
        yield from _known(text, whole)
    if text.isdigit():
        yield from _digits(text, whole)
        return
    if whole is not None and whole not in {"bank-account", "health", "child", "plate", "passport"}:
        return
    numeric = list(_numeric(text)) if text[0].isdigit() or text[0] in "+(-P" or text[-1].isdigit() else []
    if numeric:
        yield from numeric
    elif " " in text:
        yield "spaced"
        yield from _lettered(text)
    else:
        yield from list(_coded(text)) or _single(text)


def _known(text: str, whole: str) -> Iterator[str]:
    """A kind that the scanner knows, and how it is written."""
    yield whole
    if whole == "email":
        if not text.islower():
            yield "raised"
        if text.partition("@")[0].lower() in _ROLES:
            yield "role"
    elif not text.removeprefix("+").isdigit():
        yield "parted"
    if whole == "phone" and text.lstrip("+(").startswith(("08", "628", "62 8", "62-8", "62) 8")):
        yield "mobile"


def _numeric(text: str) -> Iterator[str | int]:
    """What has digits and signs: a date, a place on the map, what can be dialled."""
    year = _year(text)
    if year:
        yield year
    elif _PAIR.fullmatch(text):
        yield "pair"
    elif _DEGREES.fullmatch(text):
        yield "degrees"
    elif _DIALLED.fullmatch(text):
        yield from _dialled(text)


def _digits(text: str, whole: str | None) -> Iterator[str | int]:
    """Digits alone: how many, and whether they can be dialled or are a day."""
    size = len(text)
    yield "digits"
    if whole is None and 7 <= size <= 14 and text[0] in "0123456789":
        yield "dialled"
        if size == 8 and 1900 <= int(text[:4]) <= 2099 and "01" <= text[4:6] <= "12" and "01" <= text[6:] <= "31":
            yield int(text[:4])
    if 7 < size < 19:
        yield "long"
    elif size == 5:
        yield "five"
    elif size == 4 and "1900" <= text <= "2099":
        yield "year"
    if len(text) in {14, 15} and text[:2] in {"35", "86", "99", "01"}:
        yield "imei"


def _dialled(text: str) -> Iterator[str]:
    digits = sum(char.isdigit() for char in text)
    if "." in text and text.count(".") == 3 and _address(text):
        yield "ip"
        return
    yield "parted"
    if 7 <= digits <= 21:
        yield "dialled"
    if 7 < digits < 19:
        yield "long"


def _year(text: str) -> int:
    """The year of a date as people and databases write one; 0 for what is none."""
    if len(text) < 8 or len(text) > 40:
        return 0
    hit = _DATE.fullmatch(text)
    if hit is None:
        return 0
    year, month, day, _, first, second, tail, single, name, last = hit.groups()
    if year:
        return int(year) if 1 <= int(month) <= 12 and 1 <= int(day) <= 31 else 0
    if tail:
        if not (1 <= int(first) <= 31 and 1 <= int(second) <= 31 and min(int(first), int(second)) <= 12):
            return 0
        return int(tail) if len(tail) == 4 else 1900 + int(tail)
    return int(last) if name.lower() in words.MONTHS and int(single) <= 31 else 0


def _address(text: str) -> bool:
    try:
        ip_address(text.partition("/")[0])
    except ValueError:
        return False
    return True


def _coded(text: str) -> Iterator[str]:
    """One piece without spaces: an address of the net, a code, a hash, a link, something masked."""
    if len(text) == 36 and _UUID.fullmatch(text):
        yield "uuid"
    elif len(text) == 17 and _MAC.fullmatch(text):
        yield "mac"
    elif len(text) >= 32 and _HEX.fullmatch(text):
        yield "hashed"
    elif (":" in text or text.count(".") == 3) and len(text) < 46 and _address(text):
        yield "ip"
    elif _SECRET.fullmatch(text):
        yield "secret"
    elif _IMAGE.fullmatch(text):
        yield "image"
    elif "://" in text and _LINK.fullmatch(text):
        yield "link"
    elif _MASKED.fullmatch(text):
        yield "masked"
    elif _CODE.fullmatch(text):
        yield "code"
    elif len(text) > 40 and not text.isalpha():
        yield "opaque"
    elif text[0] == "v" and text.startswith(("vault:", "v1:", "v2:")):
        yield "hashed"


def _lettered(text: str) -> Iterator[str]:
    """Words: one of a few, an address, a sentence, or what `_titled` tells apart."""
    low = text.lower()
    if len(text) < 24:
        yield from _of_few(low)
    parts = [word.rstrip(".") for word in _WORDS.findall(low)]
    size = len(parts)
    if not words.STREETS.isdisjoint(parts):
        hits = len(words.STREETS.intersection(parts))
        if (hits >= 2 and size >= 3) or any(char.isdigit() for char in text):
            yield "street"
            return
    plain = sum(word in words.PLAIN for word in parts)
    if size >= 4 and (plain >= 2 or size >= 12):
        yield "prose"
        return
    if size >= 4:
        yield "wordy"
    if parts:
        yield from _titled(text, parts, plain)


def _single(text: str) -> Iterator[str]:
    """One piece that is no code: one of a few words, or a part of a name."""
    low = text.lower()
    if len(text) < 24:
        yield from _of_few(low)
    if text.translate(_NO_SIGNS).isalpha():
        yield from _titled(text, [low.rstrip(".")], 0)


_NO_SIGNS = str.maketrans("", "", "-'\u2019.,")


def _of_few(low: str) -> Iterator[str]:
    """Words for gender, religion and blood groups, and what was starred out."""
    if low in words.GENDERS:
        yield "gender"
        if len(low) > 2:
            yield "gendered"
    if low in words.RELIGIONS:
        yield "religion"
    if low in words.BLOOD:
        yield "blood"
    if "*" in low and " " in low:
        yield "masked"


def _titled(text: str, parts: list[str], plain: int) -> Iterator[str]:
    """A company, a place, a person by the dictionary, or a few words of which nothing is known."""
    if not words.COMPANIES.isdisjoint(parts[:1]) or (len(parts) > 1 and not words.COMPANIES.isdisjoint(parts)):
        yield "company"
    elif all(word in words.PLACES for word in parts):
        yield "place"
    elif len(parts) <= 6 and not plain and _NAME.fullmatch(text):
        long = [word for word in parts if len(word) > 2 and word not in words.TITLES]
        if long and sum(word in words.PEOPLE for word in long) * 2 >= len(long):
            yield "person"
            if len(parts) > 1:
                yield "persons"
        elif len(parts) <= 5:
            yield "lettered"


def kinds_of(within: Mapping[str, int]) -> Iterable[str]:
    """The kinds found inside of text, commonest first."""
    return [kind for kind, _ in sorted(within.items(), key=lambda item: (-item[1], item[0]))]
