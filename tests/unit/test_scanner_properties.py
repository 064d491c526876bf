"""The scanner on texts that nobody wrote: places, surroundings, many at once, both engines, and work that grows with the text."""

from __future__ import annotations

import random
import re
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from janji.people.national import PROVINCES
from janji.scanner import look, recognisers
from janji.scanner.addresses import read_addresses
from janji.scanner.checks import luhn
from janji.scanner.folding import fold
from janji.scanner.matches import Kind
from janji.scanner.recognisers import Recogniser
from janji.scanner.scan import build_scanner
from janji.terms.texts import Text

SCANNER = build_scanner()
OWN = Recogniser(id="member", pattern=r"MBR-?[0-9]{4,8}|[a-c]{1,3}.{0,2}z", label=Text((("", "a member"),)), words=("anggota",))
WITH_OWN = build_scanner(custom=[OWN])
PIECES = [
    "NIK ", "no hp ", "rekening BCA ", "order ", "#", "kartu ", "npwp ", "paspor ", "plat ", "(", ") ", " - ", ". ", ", ", " ", "\n", "\t", "\x1c", "\x00",
    "3171011204900012", "081234567890", "0812-3456-7890", "4111 1111 1111 1111", "01.300.066.6-091.000", "A1234567", "B 1234 ABC", "1234567890",
    "budi@contoh.id", "@", "anak", " saya", "diabetes", "sepatu ", "umur 9 tahun", "2026-11-25", "17", "0", "+62", "000", "\u200b", "\u00e9", "\uff10",
    "\u0661", "\U0001f600", "\ud800", "e", "x", "MBR-12345", "anggota ", "ab", "z", "_", "/", ".", "-", "+",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=60)
ROUND = st.text("abcdefghij \n.,;:!?()'\"", max_size=20)


def check_digit(number: str) -> str:
    """The digit that Luhn's check wants behind a number, worked out by trying."""
    return next(digit for digit in "0123456789" if plain_luhn(number + digit))


def plain_luhn(number: str) -> bool:
    """Luhn's check as it is told: double every second digit from the right, add up the digits of all."""
    total = 0
    for place, char in enumerate(reversed(number)):
        total += sum(map(int, str(int(char) * (1 + place % 2))))
    return total % 10 == 0


@st.composite
def valid(draw: st.DrawFn) -> tuple[Kind, str]:
    """A kind and an item of it that passes every check, named as what it is."""
    def number(count: int) -> str:
        return draw(st.text("0123456789", min_size=count, max_size=count))

    kind = draw(st.sampled_from([Kind.NATIONAL_ID, Kind.TAX_NUMBER, Kind.CARD, Kind.PHONE, Kind.EMAIL, Kind.PASSPORT, Kind.PLATE, Kind.BANK_ACCOUNT]))
    if kind is Kind.NATIONAL_ID:
        day = draw(st.integers(1, 28)) + draw(st.sampled_from([0, 40]))
        place = f"{draw(st.sampled_from(sorted(PROVINCES)))}{draw(st.integers(1, 20)):02}{draw(st.integers(1, 50)):02}"
        item = f"{place}{day:02}{draw(st.integers(1, 12)):02}{number(2)}{draw(st.integers(1, 9999)):04}"
        between = draw(st.sampled_from(["", "", ".", "-", " "]))
        return kind, between.join([item[:6], item[6:12], item[12:]])
    if kind is Kind.TAX_NUMBER:
        body = f"{draw(st.integers(1, 99)):02}{number(6)}"
        item = body + check_digit(body) + number(6)
        return kind, f"{item[:2]}.{item[2:5]}.{item[5:8]}.{item[8]}-{item[9:12]}.{item[12:]}"
    if kind is Kind.CARD:
        body = draw(st.sampled_from(["4", "51", "55"]))
        body += number(15 - len(body))
        item = body + check_digit(body)
        return kind, draw(st.sampled_from([" ", "-"])).join([item[:4], item[4:8], item[8:12], item[12:]])
    if kind is Kind.PHONE:
        item = f"8{draw(st.sampled_from(['12', '21', '57', '96']))}{number(draw(st.integers(7, 8)))}"
        return kind, draw(st.sampled_from(["0", "+62", "+62 "])) + item
    if kind is Kind.EMAIL:
        return kind, f"{draw(st.text('abcxyz019', min_size=1, max_size=12))}@{draw(st.sampled_from(['contoh.id', 'mail.example.com']))}"
    if kind is Kind.PASSPORT:
        return kind, f"{draw(st.sampled_from('ABCEX'))}{number(7)}"
    if kind is Kind.PLATE:
        return kind, f"{draw(st.sampled_from(['B', 'AB', 'DK']))} {draw(st.integers(100, 9999))} {draw(st.text('ABCDEFGH', min_size=2, max_size=3))}"
    return kind, f"{draw(st.integers(1, 7))}{number(9)}"


NAMES = {
    Kind.NATIONAL_ID: "nik", Kind.TAX_NUMBER: "npwp", Kind.CARD: "kartu kredit", Kind.PHONE: "hp", Kind.EMAIL: "email", Kind.PASSPORT: "paspor",
    Kind.PLATE: "plat", Kind.BANK_ACCOUNT: "rekening",
}  # fmt: skip


@given(valid(), ROUND, ROUND, st.sampled_from([": ", " ", " saya ", "=", " - ", " ("]), st.sampled_from(["", " ", ", ", ". ", "\n", ")", "! "]))
def test_every_valid_item_is_found_in_any_surroundings(made: tuple[Kind, str], ahead: str, behind: str, to: str, end: str) -> None:
    """Whatever stands around, an item that is named is found at its place, whole, as what it is."""
    kind, item = made
    text = f"{ahead} {NAMES[kind]}{to}{item}{end or ' '}{behind}"
    start = len(ahead) + 1 + len(NAMES[kind]) + len(to)
    assert (kind, start, start + len(item)) in [(match.kind, match.start, match.end) for match in SCANNER.scan(text)], text


@given(valid().filter(lambda made: made[0] in {Kind.NATIONAL_ID, Kind.TAX_NUMBER, Kind.CARD}), st.integers(1, 9), ROUND, ROUND)
def test_an_item_with_a_wrong_digit_is_no_item(made: tuple[Kind, str], more: int, ahead: str, behind: str) -> None:
    """With its check digit or its month made wrong it is not found, even when it is named."""
    kind, item = made
    places = [place for place, char in enumerate(item) if char.isdigit()]
    place = places[{Kind.NATIONAL_ID: 8, Kind.TAX_NUMBER: 8, Kind.CARD: 15}[kind]]
    digit = str(2 + more % 8) if kind is Kind.NATIONAL_ID else str((int(item[place]) + more) % 10)
    text = f"{ahead} {NAMES[kind]} {item[:place]}{digit}{item[place + 1 :]} {behind}"
    assert kind not in {match.kind for match in SCANNER.scan(text)}, text


@settings(max_examples=400)
@given(TEXTS)
def test_places_are_places_of_the_text(text: str) -> None:
    """Any text is scanned; matches are in order, apart, and slice to what was matched."""
    last = 0
    for match in WITH_OWN.scan(text):
        assert last <= match.start < match.end <= len(text)
        last = match.end
        item = text[match.start : match.end]
        assert match.kind == "member" or match.kind in {kind.value for kind in Kind}
        assert 0.5 <= match.confidence <= 1
        plain = fold(item).text
        if match.kind in {Kind.NATIONAL_ID, Kind.CARD, Kind.BANK_ACCOUNT, Kind.PHONE, Kind.TAX_NUMBER}:
            assert sum(char.isdigit() for char in plain) >= 8
            assert not set(plain) - set("0123456789 .-()+")
        if match.kind == Kind.EMAIL:
            assert plain.count("@") == 1
        assert plain == plain.strip()


@settings(max_examples=300)
@given(st.lists(TEXTS, max_size=8))
def test_many_at_once_are_as_one_by_one(texts: list[str]) -> None:
    """`scan_many` gives what `scan` gives, whatever stands in the neighbouring texts."""
    for scanner in (SCANNER, WITH_OWN):
        assert list(scanner.scan_many(texts)) == [scanner.scan(text) for text in texts]


def test_nothing_is_found_across_two_texts() -> None:
    """What would match if two texts were one does not, whoever recognises it."""
    pairs = [["ab", "z"], ["hp", "081234567890"], ["rekening", "1234567890"], ["anak", "saya"], ["0812", "34567890"], ["budi@", "contoh.id"], ["B 1234", "ABC"]]
    for pair in pairs:
        assert list(WITH_OWN.scan_many(pair)) == [WITH_OWN.scan(text) for text in pair], pair
    assert WITH_OWN.scan("ab\x1cz") != ()


def test_without_rurex_everything_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed, `re` is taken."""
    monkeypatch.setitem(sys.modules, "rurex", None)
    assert isinstance(recognisers.made_ready(b"[0-9]{3}"), re.Pattern)
    assert [match.kind for match in build_scanner([], [OWN]).scan("MBR-1234")] == ["member"]


def test_many_at_once_over_several_chunks() -> None:
    """The same for more text than is looked through at once."""
    chance = random.Random(7)
    texts = ["".join(chance.choice(PIECES) for _ in range(chance.randint(0, 30))) for _ in range(3000)]
    texts[700] = "081234567890 x" * 100_000  # more than is looked through at once
    assert list(SCANNER.scan_many(iter(texts))) == [SCANNER.scan(text) for text in texts]


@settings(max_examples=300)
@given(TEXTS)
def test_both_engines_find_the_same(text: str) -> None:
    """Where rurex is not installed `re` gives the same matches."""
    plain = fold(text).text.encode("latin-1")
    slow = recognisers.made_ready_slowly(look.PATTERN)
    fast = recognisers.made_ready(look.PATTERN)
    assert look.look(slow, plain, plain.lower()) == look.look(fast, plain, plain.lower())


@given(st.text("0123456789", min_size=1, max_size=24))
def test_luhn_is_as_it_is_told(number: str) -> None:
    """The quick check is the plain one."""
    assert luhn(number.encode()) is plain_luhn(number)


@given(TEXTS)
def test_a_folded_text_keeps_its_places(text: str) -> None:
    """Folding keeps ASCII as it is, gives one byte for each character that is seen, and knows the way back."""
    folded = fold(text)
    assert len(folded.text) + len(folded.removed) == len(text)
    assert len(folded.text.encode("latin-1")) == len(folded.text)
    for place, char in enumerate(folded.text):
        start, end = folded.span(place, place + 1)
        assert end == start + 1
        if text[start].isascii():
            assert char == text[start]


def calls(text: str) -> int:
    """How many functions a scan calls, those of the interpreter too."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        WITH_OWN.scan(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "0", "08", "0 ", "1 ", "4111 ", "08123456789 ", "(", "()", "+", "+0", "-", "0-", ". ", "@", "a@", "@a.", "a.a@a.a", "a" * 63 + ".", "anak ", "anak",
        "rekening ", "rekening 1 ", "rekening 1234567890 ", "(rek) ", "B 1 A ", "A1234567", "umur 1 ", "\u200b", "\ufeff0", "\u00e9", "\x80", "\x1c", "\x00",
        "3171011204900012", "3171011204900012 ", "4111-1111-1111-1111-", "01.300.066.6-091.000.", "a_", "hivhiv", "http://a:", "MBR-", "abc", "\ud800",
    ],
)  # fmt: skip
def test_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    """Twice a text of hostile pieces is at most about twice the calls."""
    once, twice = (calls(piece * (size // len(piece))) for size in (20_000, 40_000))
    assert twice <= 2.2 * once + 200


def test_no_look_reaches_far() -> None:
    """However long the text before an address, its name is read from the last 64 characters."""
    found: list[Any] = []
    read_addresses(found, b"a" * 100_000 + b"@contoh.id", [100_000])
    assert found == []
    read_addresses(found, b" " * 100_000 + b"budi@contoh.id", [100_004])
    assert [item[:2] for item in found] == [(100_000, 100_014)]
