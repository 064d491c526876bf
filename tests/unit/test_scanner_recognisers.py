"""Recognisers of a company's own: read from YAML, refused with a reason, and at work beside those that are shipped."""

from __future__ import annotations

import jsonschema
import pytest

from janji.documents.shapes import document_schema
from janji.scanner.recognisers import RECOGNISERS, Recogniser, read_recognisers
from janji.scanner.scan import build_scanner
from janji.terms.texts import Text

WRITTEN = b"""\
recognisers:
  member:
    pattern: MBR-?[0-9]{8}
    label: {en: a member number, id: nomor anggota}
    confidence: 0.6
    words: [member, anggota]
  parcel:
    pattern: '[0-9]{4}-[0-9]{6}'
    label: a parcel
    check: luhn
"""


def test_a_file_of_recognisers_is_read_and_works() -> None:
    """What is written is what is found: the kind is the name, words raise confidence, the check holds."""
    own, diagnostics = read_recognisers([("recognisers.yaml", WRITTEN)])
    assert diagnostics == ()
    assert [(item.id, item.confidence, item.words, item.check) for item in own] == [
        ("member", 0.6, ("member", "anggota"), None), ("parcel", 0.8, (), "luhn"),
    ]  # fmt: skip
    scanner = build_scanner(custom=own)
    text = "kode MBR-12345678, anggota MBR12345679 dan 7992-739871, 7992-739875, hp 081234567890"
    found = [(match.kind, text[match.start : match.end], match.confidence) for match in scanner.scan(text)]
    assert found == [
        ("member", "MBR-12345678", 0.6), ("member", "MBR12345679", 0.8), ("parcel", "7992-739875", 0.8), ("phone", "081234567890", 0.95),
    ]  # fmt: skip
    assert str(scanner.scan("MBR-12345678")[0].why) == "the form of a member number"
    assert scanner.scan("XMBR-12345678") == scanner.scan("MBR-123456789") == ()


def test_only_own_recognisers() -> None:
    """Without any shipped kind only a company's own are found."""
    own, _ = read_recognisers([("r.yaml", WRITTEN)])
    assert [match.kind for match in build_scanner([], own).scan("hp 081234567890 MBR-12345678")] == ["member"]


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("pattern: '[0-9]+'", "bad-pattern", "repeats without an end"),
        ("pattern: 'a*b'", "bad-pattern", "repeats without an end"),
        ("pattern: 'a{2,}'", "bad-pattern", "repeats without an end"),
        ("pattern: '^abc'", "bad-pattern", "tied to the beginning or the end"),
        ("pattern: 'abc$'", "bad-pattern", "tied to the beginning or the end"),
        (r"pattern: '\Aabc'", "bad-pattern", "tied to the beginning or the end"),
        ("pattern: '(?=a)b'", "bad-pattern", "looks around or back"),
        (r"pattern: '(a)\1'", "bad-pattern", "looks around or back"),
        ("pattern: '[a'", "bad-pattern", "not a regular expression"),
        ("pattern: 'a{0,3}'", "bad-pattern", "finds what is empty"),
        ("pattern: 'caf\u00e9'", "bad-pattern", "not ASCII"),
        (f"pattern: '{'a' * 501}'", "bad-pattern", "too long"),
        ("pattern: '(a{1,900}){1,900}'", "bad-pattern", "not a regular expression"),
        ("pattern: abc\n    confidence: 2", "bad-share", "from 0 to 1"),
        ("pattern: abc\n    check: md5", "unknown-word", "md5"),
        ("pattern: abc\n    colour: red", "unknown-key", "colour"),
    ],
)
def test_what_cannot_work_is_refused_at_its_place(line: str, code: str, says: str) -> None:
    """A mistake is a diagnostic with a place and a help; without its pattern a recogniser is left out."""
    data = f"recognisers:\n  one:\n    label: x\n    {line}\n".encode()
    own, diagnostics = read_recognisers([("r.yaml", data)])
    assert (own == ()) is (code == "bad-pattern")
    assert [item.code for item in diagnostics] == [code]
    assert says in str(diagnostics[0].message)
    assert diagnostics[0].place.line >= 4


@pytest.mark.parametrize("pattern", [r"a\+b", "[*+$^]", r"\$[0-9]{1,3}", "[]a]x", "(?:ab){1,3}", "(?i:abc)", r"[\]+]{2}"])
def test_signs_that_mean_themselves_are_no_mistakes(pattern: str) -> None:
    """What is escaped or stands in a class repeats nothing and ties nothing."""
    own, diagnostics = read_recognisers([("r.yaml", f"recognisers:\n  one:\n    label: x\n    pattern: '{pattern}'\n".encode())])
    assert diagnostics == ()
    assert build_scanner(custom=own).scan("") == ()


def test_a_name_is_taken_once() -> None:
    """Neither a shipped kind nor an earlier recogniser is replaced."""
    twice = b"recognisers: {phone: {pattern: abc, label: x}, mine: {pattern: abc, label: x}}"
    own, diagnostics = read_recognisers([("a.yaml", twice), ("b.yaml", b"recognisers: {mine: {pattern: abd, label: x}}")])
    assert [item.id for item in own] == ["mine"]
    assert [(item.code, item.place.file) for item in diagnostics] == [("taken-name", "a.yaml"), ("taken-name", "b.yaml")]


def test_a_recogniser_that_was_not_read_is_refused() -> None:
    """One made by a program passes the same check."""
    with pytest.raises(ValueError, match="without an end"):
        build_scanner(custom=[Recogniser(id="x", pattern="a+", label=Text())])


def test_the_form_of_the_file_is_published() -> None:
    """The schema of the shape takes what is read, and no more."""
    schema = document_schema(RECOGNISERS, "Recognisers", "https://example.com/recognisers.json")
    member = {"pattern": "MBR-[0-9]{8}", "label": "x", "confidence": 0.5, "check": "luhn", "words": ["a"]}
    jsonschema.validate({"recognisers": {"member": member}}, schema)
    for wrong in ({"confidence": 2}, {"check": "md5"}, {"colour": "red"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"recognisers": {"member": {**member, **wrong}}}, schema)


def test_a_word_with_accents_or_in_capitals_raises_too() -> None:
    """Words are compared as the text is looked at: without accents and width, in lower case."""
    own = Recogniser(id="m", pattern="[0-9]{6}", label=Text(), confidence=0.5, words=("Número", "ANGGOTA", "\uff4e\uff4f\uff4d\uff4f\uff52"))
    scanner = build_scanner((), [own])
    for before in ("NÚMERO", "numero", "anggota", "\uff2e\uff4f\uff4d\uff4f\uff52", "Número"):
        assert [match.confidence for match in scanner.scan(f"{before} 123456")] == [0.75], before
    assert [match.confidence for match in scanner.scan("order 123456")] == [0.5]
