"""The Indonesian national identity number (NIK): its checks, and what is wrong with one, said without the number."""

from __future__ import annotations

import re

from janji.errors import Invalid
from janji.terms.messages import N_, Message, say

PROVINCES = frozenset(
    str(number)
    for block in (range(11, 20), (21,), range(31, 37), range(51, 55), range(61, 66), range(71, 77), (81, 82), range(91, 97))
    for number in block
)
"""Codes of provinces (Kemendagri's list of administrative codes); 54, East Timor, is in numbers issued before 2002."""
WOMAN = 40
"""What is added to the day of birth of a woman."""


def normal_nik(text: str) -> str:
    """A NIK as 16 digits, spaces, dots and hyphens taken out; raises `Invalid` that says which part is wrong.

    Six digits of place (province, district, subdistrict), six of birth (day, month, year; 40 added to a woman's day),
    four that count those with the same twelve (Law 23/2006 Art 37, Presidential Regulation 26/2009).
    """
    digits = re.sub(r"[ .-]", "", text)
    problem = _problem(digits)
    if problem is not None:
        raise Invalid(problem, say(N_("compare it with the card; nothing was stored")))
    return digits


def is_nik(digits: str) -> bool:
    """Whether 16 digits without anything between them pass every check of `normal_nik`."""
    if digits[:2] not in PROVINCES or digits[2:4] == "00" or digits[4:6] == "00" or digits[12:] == "0000":
        return False
    return _born(digits[6:12])


def _problem(digits: str) -> Message | None:
    if not re.fullmatch(r"[0-9]{16}", digits):
        return say(N_("a national identity number has 16 digits"))
    if digits[:2] not in PROVINCES:
        return say(N_("a national identity number begins with a province that there is not"))
    if digits[2:4] == "00" or digits[4:6] == "00":
        return say(N_("a national identity number names no district or subdistrict"))
    if not _born(digits[6:12]):
        return say(N_("a national identity number holds a date of birth that there is not"))
    if digits[12:] == "0000":
        return say(N_("a national identity number ends with a serial number that is not given out"))
    return None


def _born(digits: str) -> bool:
    """Whether six digits are a day of this or the last century; the number does not say of which."""
    return digits[:4] in _DAYS or (digits[:4] in _LEAP_DAYS and int(digits[4:]) % 4 == 0)


_DAYS = frozenset(
    f"{day + added:02}{month:02}"
    for month, last in enumerate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1)
    for day in range(1, last + 1)
    for added in (0, WOMAN)
)
_LEAP_DAYS = frozenset({"2902", f"{29 + WOMAN}02"})
