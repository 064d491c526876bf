"""Anything at all handed to the readers: they never raise, always place what they find, never give a part as a whole.

A text without an error is compared with its own words, read as plain strings: every entry, key and list item that
was written must be in the model.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import janji
from janji.decision.standing import STANDING, Standing, read_standing
from janji.errors import Diagnostic
from janji.law.format import LAW_PACK, read_law
from janji.law.model import LawPack
from janji.policy.checker import Checked, check
from janji.policy.format import POLICY
from janji.policy.model import DataCategory, Policy, Recipient
from janji.policy.parser import parse_text
from janji.terms.periods import Period, parse_period
from janji.terms.processing import Severity
from janji.terms.texts import Text

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = (ROOT / "policies" / "minimal" / "policy.yaml").read_text(encoding="utf-8")
PACKS = {name: (Path(janji.__file__).parent / "law" / "packs" / f"{name}.yaml").read_text(encoding="utf-8")
         for name in ("id-pdp", "eu-gdpr")}  # fmt: skip
FACTS = """\
born: 1990-05-17
age: adult
guardian: false
third-person: false
restricted-purposes: [newsletter]
consents:
  - {purpose: newsletter, channel: email, version: 1, state: given}
  - {purpose: newsletter, channel: email, state: withdrawn}
agreements: [order, other]
objections: [newsletter]
ended: [subscribers]
trained-until: 2027-01-01
instrument: {reference: file 7, approved: true}
"""
FULLER = (
    MINIMAL
    + """
clauses:
  c1: {kind: promise, says: {en: We send parcels only., id: Kami hanya mengirim paket.}}
touchpoints:
  form:
    title: Form
    source: person
    purposes: [newsletter]
    fields:
      mail: {data: contact.email, required: true, consequence: No letters.}
prohibitions:
  abroad: {title: Never abroad, countries: [JP, SG], operations: [disclose], clauses: [c1]}
trackers:
  cart: {title: Cart, kind: cookie, party: first, purpose: order, essential: true, lifetime: P30D}
measures:
  locks: {title: Locks, reviewed: 2026-01-01}
training: {required: true, every: P1Y, covers: [clerks, helpers]}
children: {under: 18, never: [profiling]}
undeclared: {purpose: [c1], data: [c1]}
"""
)
BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
MARKS = "\t :-[]{}'\"#&*!|>%@`,?\x00\x85\u2028é0A\n~<="
NOTHING = ("", "~", "null", "Null", "NULL")
RENAMED: dict[type, dict[str, str]] = {
    Policy: {"policy": "id"}, DataCategory: {"class": "law_class"}, Recipient: {"class": "kind"},
    LawPack: {"law": "id"},
}  # fmt: skip
FUZZ = settings(
    deadline=None, database=None, max_examples=200 * int(os.environ.get("JANJI_EXAMPLES", "1")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
FEWER = settings(FUZZ, max_examples=60 * int(os.environ.get("JANJI_EXAMPLES", "1")))


@cache
def _law() -> LawPack:
    pack, found = read_law("id-pdp.yaml", PACKS["id-pdp"].encode())
    assert pack is not None
    assert not found
    return pack


@cache
def _policy() -> Policy:
    policy = check(parse_text(MINIMAL.encode()), _law()).policy
    assert policy is not None
    return policy


# What must hold of every answer.


def _all_in_place(found: Iterable[Diagnostic], name: str, data: bytes) -> None:
    """Every diagnostic must have its code, message, help and a place inside the file."""
    lines = len(BREAK.findall(data.decode("utf-8", "replace"))) + 1
    for item in found:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", item.code)
        assert str(item.message).strip()
        assert item.help is not None
        assert str(item.help).strip()
        assert item.place.file == name
        # A value of nothing may be placed just after the end.
        assert 0 <= item.place.line <= lines + 1
        assert (item.place.column >= 1) == (item.place.line >= 1)


def _holds(written: Any, value: Any, at: str = "") -> None:
    """Everything in `written` (plain strings, lists and dicts) must be held by `value`."""
    if isinstance(written, dict):
        if isinstance(value, Text):
            assert dict(value.versions) == {key: text.strip() for key, text in written.items()}, at
        elif isinstance(value, dict):
            assert list(value) == list(written), at
            for key, item in written.items():
                _holds(item, value[key], f"{at}.{key}")
        else:
            assert is_dataclass(value), at
            for key, item in written.items():
                if key == "include" and not at:
                    continue
                attribute = RENAMED.get(type(value), {}).get(key, key.replace("-", "_"))
                _holds(item, getattr(value, attribute), f"{at}.{key}")
    elif isinstance(written, list):
        assert isinstance(value, tuple), at
        assert len(value) == len(written), at
        for number, item in enumerate(written):
            _holds(item, value[number], f"{at}[{number}]")
    else:
        _says(str(written), value, at)


def _says(written: str, value: Any, at: str) -> None:
    """One plain string must be what `value` says."""
    if isinstance(value, bool):
        assert written == str(value).lower(), at
    elif isinstance(value, int):
        assert int(written) == value, at
    elif isinstance(value, date):
        assert written == value.isoformat(), at
    elif isinstance(value, Period):
        assert parse_period(written) == value, at
    elif isinstance(value, Text):
        assert value.versions == (("", written.strip()),), at
    elif is_dataclass(value):
        assert written in NOTHING, at
    else:
        assert isinstance(value, str), at
        assert written == value, at


def _strings(data: bytes) -> Any:
    """The text as plain strings, lists and dicts."""
    return yaml.load(data.decode("utf-8-sig"), yaml.CBaseLoader)  # noqa: S506


def _checked(data: bytes) -> Checked:
    """The check of one policy, with everything that must hold whatever it is."""
    parsed = parse_text(data, "policy.yaml")
    law = _law()
    checked = check(parsed, law if parsed.policy is None or parsed.policy.law == law.id else None)
    _all_in_place(checked.diagnostics, "policy.yaml", data)
    errors = [item for item in checked.diagnostics if item.severity is Severity.ERROR]
    assert set(parsed.diagnostics) <= set(checked.diagnostics)
    if errors:
        assert checked.policy is None
    elif checked.policy is not None:
        _holds(_strings(data), checked.policy)
    else:
        assert set(_strings(data)) <= {"include"}
    return checked


def _law_read(data: bytes) -> LawPack | None:
    pack, found = read_law("law.yaml", data)
    _all_in_place(found, "law.yaml", data)
    if found:
        assert pack is None
    elif pack is not None:
        _holds(_strings(data), pack)
    else:
        assert _strings(data) is None
    return pack


def _standing_read(data: bytes) -> Standing | None:
    standing, found = read_standing("facts.yaml", data, _policy())
    _all_in_place(found, "facts.yaml", data)
    assert (standing is None) == bool(found)
    if standing is not None:
        _holds(_strings(data) or {}, standing)
    return standing


def _answered(data: bytes) -> tuple[object, ...]:
    """What each reader makes of it; the same bytes are read the same again."""
    return _checked(data), _law_read(data), _standing_read(data)


# Texts that were valid once.


def _lines_deleted(lines: list[str], first: int, second: int) -> list[str]:
    low, high = sorted((first, second))
    return lines[:low] + lines[min(high, low + 6):]  # fmt: skip


def _line_doubled(lines: list[str], first: int, second: int) -> list[str]:
    return [*lines[:second], lines[first], *lines[second:]]


def _lines_swapped(lines: list[str], first: int, second: int) -> list[str]:
    swapped = list(lines)
    swapped[first], swapped[second] = lines[second], lines[first]
    return swapped


def _line_indented(lines: list[str], first: int, second: int) -> list[str]:
    moved = list(lines)
    moved[first] = " " * (second % 9) + lines[first].lstrip()
    return moved


def _character_changed(lines: list[str], first: int, second: int) -> list[str]:
    line = lines[first]
    at = second % (len(line) or 1)
    mark = MARKS[(first * 31 + second) % len(MARKS)]
    return [*lines[:first], line[:at] + mark + line[at + 1 :], *lines[first + 1 :]]


def _word_changed(lines: list[str], first: int, second: int) -> list[str]:
    words = re.findall(r"[\w.-]+", "\n".join(lines))
    line = re.sub(r"[\w.-]+", lambda _: words[(first * 7 + second) % len(words)], lines[first], count=1 + second % 4)
    return [*lines[:first], line, *lines[first + 1 :]]


CHANGES = (_lines_deleted, _line_doubled, _lines_swapped, _line_indented, _character_changed, _word_changed)


@st.composite
def mutated(draw: st.DrawFn, *texts: str) -> bytes:
    """One of the texts after one to four small accidents."""
    lines = draw(st.sampled_from(texts)).splitlines()
    for _ in range(draw(st.integers(1, 4))):
        change = draw(st.sampled_from(CHANGES))
        if lines:
            last = len(lines) - 1
            lines = "\n".join(change(lines, draw(st.integers(0, last)), draw(st.integers(0, last)))).split("\n")
    return "\n".join([*lines, ""]).encode()


def _names() -> list[str]:
    """The keys of every format, and some that are in none."""
    known = {*POLICY.fields, *LAW_PACK.fields, *STANDING.fields, "title", "class", "kind", "fields"}
    return [*sorted(known), "", "x", "<<", "id", "place", "_include", "a b"]


WORDS = st.one_of(
    st.sampled_from(["", "x", "true", "null", "consent", "general", "2026-01-01", "P1Y", "ID", "contact.email",
                     "order", "1", "newsletter", "law", "-1", "person", "delete", "news"]),
    st.text(max_size=8), st.integers(-5, 2_000_000), st.booleans(), st.none(),
)  # fmt: skip
VALUES = st.recursive(
    WORDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(_names()) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(st.sampled_from(_names()), VALUES, max_size=6)


# Never raises, whatever is read.


@FUZZ
@given(st.binary(max_size=300))
@example(b"")
@example(b"\xff")
@example(b"{}")
@example(b"---")
@example(b"include: []")
@example(b"a: [")
@example(b"[" * 5_000)
@example(b"\xef\xbb\xbf")
@example(b"a: &a [*a]")
def test_any_bytes_are_answered(data: bytes) -> None:
    """Arbitrary bytes must be answered by every reader, with diagnostics in their place."""
    assert _answered(data) == _answered(data)


@FUZZ
@given(st.text(max_size=200) | st.text(alphabet="ab:-?[]{},'\"#&*!|>%@ \n\t\r~.<=0\x85\u2028\ufeff", max_size=60))
@example("{a: , }")
@example("? a\n: - b")
@example("a: |+\n\n x\n")
@example("\u2028a: \x85 [")
def test_any_text_is_answered(text: str) -> None:
    """Arbitrary text, plain or full of YAML's own marks, must be answered by every reader."""
    data = text.encode("utf-8", "replace")
    assert _answered(data) == _answered(data)


@FUZZ
@given(DOCUMENTS)
def test_any_values_under_any_sections_are_answered(document: dict[str, Any]) -> None:
    """Random nested values under real and invented section names must be answered by every reader."""
    data = json.dumps(document).encode()
    assert _answered(data) == _answered(data)


@FUZZ
@given(DOCUMENTS)
def test_any_values_in_a_valid_policy_are_answered(document: dict[str, Any]) -> None:
    """Random values put over parts of a valid policy must be answered, and never be half taken in."""
    valid = yaml.load(MINIMAL, yaml.CBaseLoader)  # noqa: S506
    valid["data"]["contact.email"]["identifier"] = True
    for section, value in document.items():
        if isinstance(valid.get(section), dict) and isinstance(value, dict):
            valid[section] = {**valid[section], **value}
        else:
            valid[section] = value
    data = json.dumps(valid).encode()
    assert _checked(data) == _checked(data)


@FUZZ
@given(mutated(MINIMAL, FULLER))
def test_damaged_policies_are_whole_or_nothing(data: bytes) -> None:
    """A policy after small accidents must either be refused, or hold everything that is written in it."""
    assert _checked(data) == _checked(data)


@FEWER
@given(mutated(*PACKS.values()))
def test_damaged_laws_are_whole_or_nothing(data: bytes) -> None:
    """A law pack after small accidents must either be refused, or hold everything that is written in it."""
    assert _law_read(data) == _law_read(data)


@FUZZ
@given(mutated(FACTS))
def test_damaged_facts_are_whole_or_nothing(data: bytes) -> None:
    """Facts after small accidents must either be refused, or hold everything that is written in them."""
    assert _standing_read(data) == _standing_read(data)


def test_a_policy_cut_at_any_byte_is_answered() -> None:
    """A policy truncated at each byte must be refused, or hold all that is left of it."""
    data = MINIMAL.encode()
    whole = [cut for cut in range(len(data) + 1) if _checked(data[:cut]).policy is not None]
    assert len(data) in whole
    # After the controller, a cut between two sections leaves a smaller policy; before it, or inside one, nothing.
    assert all(cut > data.index(b"\n  country: ID") for cut in whole)
    assert not any(data.index(b"\npurposes:") + 1 < cut < data.index(b"\n  subscribers:") for cut in whole)


def test_facts_cut_at_any_byte_are_answered() -> None:
    """Facts truncated at each byte must be refused, or hold all that is left of them."""
    data = FACTS.encode()
    assert _standing_read(data) is not None
    for cut in range(len(data)):
        _standing_read(data[:cut])


@FEWER
@given(st.sampled_from(sorted(PACKS)), st.floats(0, 1))
def test_a_law_cut_anywhere_is_nothing(name: str, part: float) -> None:
    """A truncated law pack must be refused: a law without its end would permit what it forbids."""
    data = PACKS[name].encode()
    cut = int(part * (data.index(b"\ncitations:") + 1))
    assert _law_read(data[:cut]) is None


# The unharmed texts, so that what is compared above is not empty.


def test_the_unharmed_texts_are_held_whole() -> None:
    """The texts that the accidents happen to must be free of errors, and their models hold every word."""
    for text in (MINIMAL, FULLER):
        policy = _checked(text.encode()).policy
        assert policy is not None
        assert list(policy.purposes) == ["order", "newsletter"]
        assert len(policy.rights) == 13
    for text in PACKS.values():
        assert _law_read(text.encode()) is not None
    standing = _standing_read(FACTS.encode())
    assert standing is not None
    assert len(standing.consents) == 2


def test_what_is_compared_would_notice_a_loss() -> None:
    """The comparison itself must fail when one entry, one list item or one word is lost."""
    written = _strings(FULLER.encode())
    policy = check(parse_text(FULLER.encode()), _law()).policy
    assert policy is not None
    _holds(written, policy)
    for change in ("entry", "item", "word"):
        more = _strings(FULLER.encode())
        if change == "entry":
            more["measures"]["gates"] = {"title": "Gates"}
        elif change == "item":
            more["training"]["covers"].append("guests")
        else:
            more["measures"]["locks"]["title"] = "Bolts"
        try:
            _holds(more, policy)
        except AssertionError:
            continue
        raise AssertionError(change)
