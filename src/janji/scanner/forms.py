"""What digits are by themselves: the forms of numbers of people, told apart by first digits, check digits and grouping."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from janji.people.national import PROVINCES, is_nik
from janji.scanner import naming
from janji.scanner.checks import (
    is_card,
    is_equipment,
    is_fixed,
    is_international,
    is_mobile,
    is_sound_place,
    is_tax_number,
)
from janji.scanner.matches import FAIR, LIKELY, SURE, WEAK, Kind, Signs, signs_of
from janji.terms.messages import N_

BETWEEN = b" .-()+"
"""What may stand between the digits of a number, or before them."""
FIRST = frozenset(b"068+(")
"""What the numbers begin with that have fewer than 14 digits and a form of their own."""
NIK, CARD, TAX, TAX_16, PHONE, CALLED, ACCOUNT = (1 << bit for bit in range(7))
"""What a number can be by the way it is written, as bits."""
_SPACED = bytes.maketrans(b".-()+", b"     ")
SHAPED = bytes.maketrans(b"0123456789.-", b"9999999999  ")
"""Makes of a number its shape: every digit a 9, every point and hyphen a space."""
_AMOUNT = re.compile(rb"[0-9]{1,3}(?:\.[0-9]{3})+")


_PROVINCES = frozenset(province.encode() for province in PROVINCES)


def _cut(*places: int) -> int:
    """Cuts after so many digits each, as bits."""
    return sum(1 << place for place in places)


_PAIRS, _FOURS, _TAX_CUTS, _TEN = _cut(2, 4, 6, 8, 10, 12), _cut(4, 8, 12), _cut(2, 5, 8, 9, 12), _cut(3, 6)
_TAX_CUTS_16 = _TAX_CUTS << 1 | _cut(1) | _FOURS
_CARD_CUTS = {14: _cut(4, 10), 15: _cut(4, 10), 16: _FOURS, 19: _FOURS | _cut(6, 16)}
_CARD_CUTS |= dict.fromkeys(range(17, 19), _FOURS | _cut(16))


class Writing(NamedTuple):
    """How a number is written: how many digits, after how many it is cut (bits), and what it can be (bits)."""

    digits: int
    cuts: int
    can: int


@lru_cache(maxsize=4096)
def written_as(shape: bytes) -> Writing:
    """How a number is written, whatever its digits are: from its `SHAPED`, of which there are few."""
    groups = [len(group) for group in shape.translate(_SPACED).split()]
    count, cuts, place = sum(groups), 0, 0
    for size in groups[:-1]:
        place += size
        cuts |= 1 << place
    sign = b"+" in shape
    grouped = _grouped_as_phone(groups)
    can = PHONE if 8 <= count <= 15 and (sign or grouped) else 0
    if not sign and b"(" not in shape and b")" not in shape:
        can |= NIK if count == 16 and not cuts & ~_PAIRS else 0
        can |= TAX_16 if count == 16 and not cuts & ~_TAX_CUTS_16 else 0
        can |= CARD if not cuts & ~_CARD_CUTS.get(count, -1) and count in _CARD_CUTS else 0
        can |= TAX if count == 15 and not cuts & ~_TAX_CUTS else 0
        can |= CALLED if grouped and 9 <= count <= 12 else 0
        can |= ACCOUNT if 8 <= count <= 16 and max(groups[:-1], default=0) < 8 else 0
    return Writing(count, cuts, can)


def _grouped_as_phone(groups: list[int]) -> bool:
    """Whether the groups are as people write telephone numbers: nothing after a whole number, and no short tail but of pairs in a row."""
    if len(groups) < 2:
        return True
    in_pairs = len(groups) > 3 and groups[0] in (3, 4) and groups[-2:] == [2, 2] and max(groups[1:]) < 4
    return len(groups) < 6 and (groups[-1] > 2 or in_pairs) and groups[0] < 8 and min(groups[1:]) > 1


_NIK = N_("16 digits with a valid province, date of birth and serial number, as in a national identity number")
_NIK_SOUND = signs_of(Kind.NATIONAL_ID, naming.NATIONAL, _NIK, 0.98, 0.85)
_NIK_GROUPED = signs_of(Kind.NATIONAL_ID, naming.NATIONAL, _NIK, 0.98, 0.9, FAIR)
_NIK_ODD = signs_of(Kind.NATIONAL_ID, naming.NATIONAL, _NIK, 0.9, 0.55)
_TAX = N_("15 digits with a valid check digit, as in a tax number")
TAX_GROUPED = signs_of(Kind.TAX_NUMBER, naming.TAX, _TAX, 0.98, 0.92, FAIR)
_TAX_PLAIN = signs_of(Kind.TAX_NUMBER, naming.TAX, _TAX, SURE, FAIR)
_TAX_BRANCH = signs_of(Kind.TAX_NUMBER, naming.TAX, _TAX, SURE, 0.4)
_TAX_16 = signs_of(
    Kind.TAX_NUMBER, naming.TAX, N_("16 digits that begin with 0 and hold a valid check digit, as in a tax number"), SURE, FAIR
)
TAX_NIK = signs_of(Kind.TAX_NUMBER, naming.TAX, N_("a national identity number that serves as a tax number"), 0.99, 0.4)
_CARD = N_("first digits of a card network with a valid check digit, as in the number of a payment card")
_CARD_GROUPED = signs_of(Kind.CARD, naming.CARD, _CARD, 0.98, 0.92, FAIR)
_CARD_PLAIN = signs_of(Kind.CARD, naming.CARD, _CARD, 0.97, 0.75)
_PREFIXED = N_("a mobile telephone number with its prefix")
_MOBILE = signs_of(Kind.PHONE, naming.PHONE, _PREFIXED, SURE, LIKELY, 0.4)
_MOBILE_PLUS = signs_of(Kind.PHONE, naming.PHONE, _PREFIXED, 0.97, 0.93, FAIR)
_IN_AREA = N_("a telephone number with its area")
_FIXED = signs_of(Kind.PHONE, naming.PHONE, _IN_AREA, 0.9, 0.7)
_FIXED_PLUS = signs_of(Kind.PHONE, naming.PHONE, _IN_AREA, SURE, 0.85, FAIR)
_ABROAD = signs_of(Kind.PHONE, naming.PHONE, N_("a telephone number with a country code"), SURE, LIKELY, FAIR)
CALLED_SIGNS = signs_of(Kind.PHONE, naming.PHONE, N_("digits in the form of a telephone number"), 0.75, WEAK)
ACCOUNT_SIGNS = signs_of(
    Kind.BANK_ACCOUNT, naming.BANK, N_("8 to 16 digits after the name of a bank or a word for an account"), 0.9, 0.65
)
_INSURED = signs_of(
    Kind.HEALTH_INSURANCE, naming.INSURANCE, N_("13 digits that begin with 000, as on a card of the public health insurance"), SURE, FAIR
)


def form_of(raw: bytes, digits: bytes, written: Writing) -> Signs | None:
    """What a number is by itself; `digits` are those of it."""
    count, cuts, can = written
    if count > 13:
        if can & NIK and digits[:2] in _PROVINCES and is_nik(digits.decode()):
            sound = is_sound_place(digits)
            # Those that pass the check of a card too are one when in fours, or when the district is none.
            if (cuts == _FOURS or not sound) and can & CARD and is_card(digits):
                return _CARD_GROUPED if cuts else _CARD_PLAIN
            return (_NIK_GROUPED if cuts & ~_FOURS else _NIK_SOUND) if sound else _NIK_ODD
        if can & CARD and is_card(digits):
            return _CARD_GROUPED if cuts else _CARD_PLAIN
        if can & TAX and is_tax_number(digits):
            return tax_form(digits, written)
        if can & TAX_16 and digits[0] == 48 and is_tax_number(digits[1:]):
            return _TAX_16 if digits[13] == 48 or cuts else _TAX_BRANCH
        if count > 15:
            return None
    if not can & PHONE or raw[0] not in FIRST:
        return None
    if count == 13 and digits[:3] == b"000":
        return _INSURED if not cuts and raw[0] == 48 and digits[3:] != b"0000000000" else None
    return _phone(raw, digits, cuts)


def national_form(digits: bytes, written: Writing) -> Signs | None:
    """16 digits as a national identity number, cut after pairs."""
    if not written.can & NIK or not is_nik(digits.decode()):
        return None
    if not is_sound_place(digits):
        return _NIK_ODD
    return _NIK_GROUPED if written.cuts & ~_FOURS else _NIK_SOUND


def card_form(digits: bytes, written: Writing) -> Signs | None:
    """14 to 19 digits as the number of a payment card, cut as they are printed."""
    if not written.can & CARD or not is_card(digits):
        return None
    return _CARD_GROUPED if written.cuts else _CARD_PLAIN


def tax_form(digits: bytes, written: Writing) -> Signs | None:
    """15 digits as a tax number; with few cuts only that of a head office or first branches is believed without a name."""
    if not written.can & TAX or not is_tax_number(digits):
        return None
    if written.cuts.bit_count() > 2:
        return TAX_GROUPED
    return _TAX_PLAIN if digits[12] == 48 and not is_equipment(digits) else _TAX_BRANCH


def _phone(raw: bytes, digits: bytes, cuts: int) -> Signs | None:
    """A telephone number with its prefix: of another country, of the country with code 62, or with the trunk prefix 0."""
    if raw[0] == 43 or raw[:2] == b"(+":
        if not digits.startswith(b"62"):
            return _ABROAD if is_international(digits) and not is_amount(raw.strip(b"(+")) else None
        national = digits[2:].removeprefix(b"0")
        if is_mobile(national):
            return _MOBILE_PLUS
        return _FIXED_PLUS if is_fixed(national) else None
    if digits[0] == 48:
        national = digits[4:].removeprefix(b"0") if digits.startswith(b"0062") else digits[1:]
    elif digits.startswith(b"62"):
        national = digits[2:].removeprefix(b"0")
    else:
        return None
    if is_mobile(national):
        return _MOBILE
    if digits[0] != 48 or not is_fixed(national):
        return None
    return _FIXED if cuts & (1 << 3 if national[:2] in _SHORT_AREAS else 1 << 4) else None


_SHORT_AREAS = frozenset({b"21", b"22", b"24", b"31", b"61"})


def is_amount(raw: bytes) -> bool:
    """Whether digits are in threes with points between, as in `1.250.000`."""
    return _AMOUNT.fullmatch(raw) is not None


def is_called(digits: bytes, written: Writing) -> bool:
    """Whether digits without a form of their own can be a telephone number when they are called one."""
    if not written.can & CALLED:
        return False
    if digits[0] == 56:
        return is_mobile(digits)
    return (written.cuts == _TEN and written.digits == 10) or (digits[0] == 48 and is_fixed(digits[1:]))
