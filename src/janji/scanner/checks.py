"""Checks that tell a number from digits: check digits, networks of cards, country codes, areas, sound districts."""

from __future__ import annotations

_DOUBLED = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))
_SINGLE = bytes.maketrans(b"0123456789", bytes(range(10)))


def luhn(digits: bytes) -> bool:
    """Whether the last of ASCII digits is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    return sum(digits[-1::-2].translate(_SINGLE) + digits[-2::-2].translate(_DOUBLED)) % 10 == 0


def mod_97(digits: bytes) -> bool:
    """Whether ASCII digits end in two check digits of ISO/IEC 7064 MOD 97-10."""
    return int(digits) % 97 == 1


def is_tax_number(digits: bytes) -> bool:
    """Whether 15 digits are a tax number (NPWP): eight of the taxpayer, a check digit (Luhn), three of office, three of branch."""
    return digits[:8] != b"00000000" and luhn(digits[:9])


def is_equipment(digits: bytes) -> bool:
    """Whether 15 digits are rather the number of a telephone set (IMEI): its own check digit, and a body that gives them out."""
    return digits[:2] in {b"35", b"86", b"99"} and luhn(digits)


_LONG_CARDS = ((62, 62), (6759, 6759))
_CARD_PREFIXES: dict[int, tuple[tuple[int, int], ...]] = {
    14: ((300, 305), (36, 36), (38, 39)),
    15: ((34, 34), (37, 37)),
    16: ((4, 4), (51, 55), (2221, 2720), (6011, 6011), (644, 649), (65, 65), (3528, 3589), (62, 62), (60, 60), (508, 508),
         (5018, 5018), (5020, 5020), (5038, 5038), (5893, 5893), (6759, 6759), (6761, 6763), (9792, 9792), (2200, 2204), (1946, 1946)),
    **dict.fromkeys(range(17, 19), _LONG_CARDS),
    19: (*_LONG_CARDS, (4, 4), (6011, 6011), (644, 649), (65, 65), (6761, 6763), (3528, 3589)),
}  # fmt: skip
"""First digits of the networks by length: Visa, Mastercard, Amex, Diners, Discover, JCB, UnionPay, Maestro, and others."""
_CARDS = {
    size: frozenset(
        str(number).encode()
        for low, high in ranges
        for number in range(low * 10 ** (4 - len(str(low))), (high + 1) * 10 ** (4 - len(str(high))))
    )
    for size, ranges in _CARD_PREFIXES.items()
}


def is_card(digits: bytes) -> bool:
    """Whether 14 to 19 digits are the number of a payment card: a network's first digits and length, and the check digit."""
    return digits[:4] in _CARDS[len(digits)] and luhn(digits)


_COUNTRY_CODES = frozenset(
    code.encode()
    for code in (
        "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 "
        "86 90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 "
        "237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 "
        "266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 "
        "379 380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 "
        "596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850 "
        "852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 "
        "977 979 992 993 994 995 996 998"
    ).split()
)
"""Country codes that are given out (ITU-T E.164)."""


def is_international(digits: bytes) -> bool:
    """Whether digits after a `+` can be a telephone number: a country code and 8 to 15 digits in all (ITU-T E.164)."""
    if digits[:1] == b"1":
        return len(digits) == 11 and digits[1:2] > b"1" and digits[4:5] > b"1"
    if not 8 <= len(digits) <= 15:
        return False
    return digits[:2] in _COUNTRY_CODES or digits[:1] == b"7" or digits[:3] in _COUNTRY_CODES


_AREAS_OF_TWO = frozenset({b"21", b"22", b"24", b"31", b"61"})


def is_mobile(national: bytes) -> bool:
    """Whether digits after the trunk prefix are of a mobile telephone of the country with code 62."""
    return national[:1] == b"8" and national[1:2] != b"0" and 9 <= len(national) <= 12


def is_fixed(national: bytes) -> bool:
    """Whether digits after the trunk prefix are an area of the country with code 62 and a number in it."""
    if national[:2] in _AREAS_OF_TWO:
        return 9 <= len(national) <= 10
    return b"2" <= national[:1] <= b"9" and national[:1] != b"8" and 8 <= len(national) <= 11


_LAST_REGENCY = {
    b"35": b"29", b"51": b"08", b"52": b"10", b"53": b"22", b"62": b"13", b"65": b"05",
}
"""The last regency of provinces whose numbers are first digits of cards too."""


def is_sound_place(digits: bytes) -> bool:
    """Whether the district of a national identity number is one that is given out: a regency from 1, a city from 71."""
    regency = digits[2:4]
    return (regency <= _LAST_REGENCY.get(digits[:2], b"39") or b"71" <= regency <= b"79") and digits[4:6] <= b"60"
