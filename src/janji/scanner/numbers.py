"""Numbers of people in a text: runs of digits read as one or as several, by their form and by the words beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from janji.scanner import naming
from janji.scanner.folding import BARRIER
from janji.scanner.forms import (
    ACCOUNT,
    ACCOUNT_SIGNS,
    BETWEEN,
    CALLED_SIGNS,
    FIRST,
    SHAPED,
    TAX_GROUPED,
    TAX_NIK,
    Writing,
    card_form,
    form_of,
    is_amount,
    is_called,
    national_form,
    tax_form,
    written_as,
)
from janji.scanner.matches import LIKELY, Found, Sign, Signs
from janji.scanner.naming import Naming

RUNS = (
    rb"(?:\b|[a-z_])(?:[068][0-9 .()-]{6,}[0-9]|[0-9][0-9 .()-]{12,}[0-9])|[+(][0-9+][0-9 .()-]{5,}[0-9]"
)
"""Runs of digits that can be somebody's by their form: of 14 and more, or with a beginning that telephone numbers have."""
_ANY_RUN = re.compile(rb"[0-9][0-9 .-]{6,}[0-9]")
REACH = 48
"""How far from a word for a bank the number of an account is looked for."""
_TOKENS = re.compile(rb"[0-9+(][0-9.()+-]*")
_BEGINS = re.compile(rb"[ (][068+(]")
_FEWEST, _MOST, _OWN = 8, 19, 14
"""Digits of a number, and from how many on it may begin with any."""
_MOST_TOKENS, _LONGEST = 7, 40
_BARRIER = BARRIER.encode()
_before, _after, _ACCOUNT_OR_PHONE = naming.before, naming.after, naming.BANK | naming.PHONE
_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_@%0123456789")
_NEXT = _WORD | frozenset(b"#-.")
_DATE = re.compile(rb"(?:19|20)[0-9]{2}([-.]?)(?:0[1-9]|1[0-2])\1[0-3][0-9](?![0-9])|[0-3]?[0-9][-.][01]?[0-9][-.](?:19|20)[0-9]{2}(?![0-9])")


def read_run(found: list[Found], text: bytes, low: bytes, start: int, raw: bytes, near: bool) -> None:
    """Add the number of a person that a run of digits of a folded text is, or else those that are in it.

    `low` is the text in lower case; `near` whether the run stands near a word for a bank or an account.
    """
    if raw[0] == 40:
        start, raw = _bare(start, raw)
    written = written_as(raw.translate(SHAPED)) if len(raw) <= _LONGEST else _LONG
    if written[0] < _FEWEST:
        return
    if written[2] and b". " not in raw:
        sign = _read(text, low, start, raw, written, near)
        if sign is not None:
            found.append((start, start + len(raw), sign))
            return
    if b" " in raw and not _in_fours(raw) and (near or raw[0] in FIRST or _BEGINS.search(raw) or _parts(raw)):
        found.extend(_tokens(text, low, start, raw, near))


_LONG = Writing(_MOST + 1, 0, 0)
"""How a run is written that is longer than any number."""


def _in_fours(raw: bytes) -> bool:
    """Whether a run is groups of four and nothing else, which is one number or none, such as a token of twenty digits."""
    return len(raw) % 5 == 4 and not raw[4::5].strip(b" -")


def read_accounts(found: list[Found], text: bytes, low: bytes, marks: Iterable[tuple[int, int]]) -> None:
    """Add the numbers after words for a bank or an account, and those before them when they stand in brackets.

    Not those that `RUNS` meets as well. `marks` are the places of the words, in their order.
    """
    done = 0
    for begin, end in marks:
        after = _ANY_RUN.search(text, end, end + REACH + _OWN)
        if after is not None and done <= after.start() < end + REACH and len(after[0]) < _OWN and after[0][0] not in FIRST:
            done = after.end()
            read_run(found, text, low, after.start(), after[0], True)
        bracket = text.rfind(b"(", max(0, begin - 14), begin)
        if bracket > 0 and _BARRIER not in text[bracket:begin]:
            first = max(0, bracket - REACH)
            before = text[first:bracket].rstrip(b" ")
            raw = before[len(before.rstrip(b"0123456789 .-")) :].lstrip(b" .-")
            if raw:
                read_run(found, text, low, first + len(before) - len(raw), raw, True)


def _parts(raw: bytes) -> bool:
    """Whether a run can hold a number of 14 digits and more that begins with any, beside something else."""
    edges = raw[: raw.index(b" ")], raw[raw.rindex(b" ") :]
    return len(raw.translate(None, BETWEEN)) - min(len(edge.translate(None, BETWEEN)) for edge in edges) >= _OWN


def _bare(start: int, raw: bytes) -> tuple[int, bytes]:
    """A run or a part of one without brackets around the whole of it, and without one that has no other half."""
    core = raw.lstrip(b"( .-")
    lead = len(raw) - len(core)
    core = core.rstrip(b" .-(+)")
    opened, closed = core.count(b"("), core.count(b")")
    if closed > opened and lead and raw[lead - 1] == 40:
        lead -= 1
        core = raw[lead : lead + len(core) + 1]
    elif opened > closed and raw[lead + len(core) : lead + len(core) + 1] == b")":
        core += b")"
    return start + lead, core


def _tokens(text: bytes, low: bytes, start: int, raw: bytes, near: bool) -> list[Found]:
    """The numbers in a run of several: from the left, of those that begin at a token the longest."""
    found: list[Found] = []
    tokens = [(item.start(), item.start() + len(item[0].rstrip(b".-(+"))) for item in _TOKENS.finditer(raw)]
    sizes = [len(raw[begin:end].translate(None, BETWEEN)) for begin, end in tokens]
    first = 0
    while first < len(tokens):
        begin, step = tokens[first][0], 1
        last, count = first, sizes[first]
        own = near or raw[begin] in FIRST
        while last + 1 < len(tokens) and last - first < _MOST_TOKENS and count < _MOST and _joins(raw, tokens[last][1], tokens[last + 1][0]):
            last += 1
            count += sizes[last]
        while last >= first:
            end = tokens[last][1]
            if (_FEWEST if own else _OWN) <= count <= _MOST and end - begin <= _LONGEST:
                at, part = _bare(start + begin, raw[begin:end])
                written = written_as(part.translate(SHAPED))
                sign = _read(text, low, at, part, written, near) if written.can else None
                if sign is not None and not _goes_on(tokens, first, last, sign):
                    found.append((at, at + len(part), sign))
                    step = last - first + 1
                    break
            count -= sizes[last]
            last -= 1
        first += step
    return found


def _joins(raw: bytes, end: int, start: int) -> bool:
    """Whether what lies between two tokens can lie within one number: a space, or a hyphen in spaces."""
    return start - end < 4 and raw[end:start].strip(b" ") in {b"", b"-"}


def _goes_on(tokens: Sequence[tuple[int, int]], first: int, last: int, sign: Sign) -> bool:
    """Whether groups of four are a part of more groups of four, as in a token of twenty digits."""
    if last - first != 3 and (last - first != 2 or sign.confidence > LIKELY):
        return False
    inside = [end - begin == 4 for begin, end in tokens[first : last + 1]]
    head = first > 0 and _is_four(tokens[first - 1]) and tokens[first][0] - tokens[first - 1][1] == 1
    tail = last + 1 < len(tokens) and _is_four(tokens[last + 1]) and tokens[last + 1][0] - tokens[last][1] == 1
    return all(inside) and (head or tail)


def _is_four(token: tuple[int, int]) -> bool:
    return token[1] - token[0] == 4


def _read(text: bytes, low: bytes, start: int, raw: bytes, written: Writing, near: bool) -> Sign | None:
    """What one number is, if it stands alone and is somebody's."""
    digits = raw if raw.isdigit() else raw.translate(None, BETWEEN)
    signs = form_of(raw, digits, written)
    called = False
    if signs is None:
        called = is_called(digits, written)
        if not called and not (near and written[2] & ACCOUNT):
            return None
    end = start + len(raw)
    if end < len(text) and text[end] in _WORD:
        return None
    behind = low[end : end + 2]
    called_by = _after(low, end) if behind[:1] == b"(" or behind == b" (" else 0
    if start and text[start - 1] in _NEXT:
        touching = _touching(text, low, start)
        if touching < 0:
            return None
        called_by = called_by or touching
    if called_by:
        named = (called_by, True, called_by)
    else:
        named = _before(low, start, signs[3] if signs is not None else _ACCOUNT_OR_PHONE)
    if signs is None:
        return _by_name(raw, written, called, named, low, start)
    if named[0] & signs[3]:
        return signs[0]
    if not named[0]:
        later = _after(low, end) if behind[:1] == b" " else 0
        if not later:
            return signs[1]
        named = (later, False, later)
    if named[0] & naming.BANK and naming.is_virtual(low, start):
        return naming.told(signs, named)
    return _choose(digits, written, signs, named)


def _touching(text: bytes, low: bytes, start: int) -> int:
    """What a word that touches a number names: 0 when nothing touches it, -1 when the number is part of something else."""
    byte = text[start - 1]
    if byte in b"-." and (start < 2 or text[start - 2] not in _WORD):
        return 0
    return -1 if byte in b"@%0123456789" else naming.touching(text, low, start)


def _choose(digits: bytes, written: Writing, signs: Signs, named: Naming) -> Sign:
    """The sign that holds under the words beside it; a word for another kind that the number can be as well decides."""
    near, direct, every = named
    name, count = signs.name, written.digits
    if count == 16 and name == naming.NATIONAL and near & naming.TAX:
        return TAX_NIK.named
    if count == 16 and name == naming.NATIONAL and near & naming.CARD:
        signs = card_form(digits, written) or signs
    elif count == 16 and name == naming.CARD and near & naming.NATIONAL:
        signs = national_form(digits, written) or signs
    elif count == 15 and name == naming.CARD and near & naming.TAX:
        signs = tax_form(digits, written) or signs
    elif near & naming.BANK and written.can & ACCOUNT and _is_account(signs, direct, every):
        return ACCOUNT_SIGNS.named
    return naming.told(signs, named)


def _is_account(signs: Signs, direct: bool, every: int) -> bool:
    """Whether a number with a form of its own is an account after a word for one: not a card, nor one in a tax number's dots."""
    if signs is TAX_GROUPED or signs.name == naming.CARD:
        return False
    return signs.name == naming.TAX or (direct and not every & signs.name)


def _by_name(raw: bytes, written: Writing, called: bool, named: Naming, low: bytes, start: int) -> Sign | None:
    """What digits without a form of their own are when a word names them: an account, a telephone number."""
    near, direct, _ = named
    if is_amount(raw):
        return None
    if near & naming.BANK and written.can & ACCOUNT:
        if naming.is_virtual(low, start) or _DATE.match(raw) or (not direct and written.digits < 10):
            return None
        return ACCOUNT_SIGNS.named if direct else ACCOUNT_SIGNS.form
    return CALLED_SIGNS.named if called and direct and near & naming.PHONE else None
