"""The gate as a value: limits of values, modes, what always holds, and that nothing undeclared ever comes through."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janji.collection.findings import FINDINGS, HELPS
from janji.collection.gate import collect, said
from janji.collection.plain import plain, plain_value
from janji.collection.submission import Collected, Context, Upload
from janji.collection.values import is_empty, limited, read_birth, shortened, texts
from janji.decision.compiler import CompiledPolicy
from janji.decision.enforcement import Enforcement, Mode
from janji.decision.question import Facts
from janji.decision.reasons import KINDS
from janji.decision.standing import Choice as Said
from janji.decision.standing import ConsentState, Standing, pack
from janji.files.translations import load_tongue
from janji.ledger.events import Actor
from janji.policy.model import Source, Touchpoint, TouchpointField
from janji.scanner.scan import Scanner, build_scanner
from janji.terms.messages import ENGLISH
from janji.terms.processing import SourceKind
from janji.terms.texts import Text
from janji.workflows.policies import open_policy

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 12, 1, 3, tzinfo=UTC)
NIK = "3174014408900001"
SCANNER: Scanner = build_scanner()
MINIMAL = open_policy(ROOT / "policies" / "minimal").compiled
FIELDS = {
    "mail": TouchpointField(id="mail", data="contact.email", required=True, consequence=Text((("en", "Without it nothing comes."),))),
    "where": TouchpointField(id="where", data="contact.address", parts=("street", "city")),
    "wish": TouchpointField(id="wish", data="contact.address", free_text=True, expects=("email",)),
    "news": TouchpointField(id="news", data="contact.email", choice="newsletter", channel="email"),
}
BUYER = Standing(born=date(1990, 5, 17), agreements=("order",))


def shop(**changes: Any) -> CompiledPolicy:
    """The minimal policy with one form."""
    place = Touchpoint(id="form", title=Text((("en", "Form"),)), source="person", purposes=("order", "newsletter"), fields=FIELDS)
    policy = replace(MINIMAL.policy, touchpoints={"form": replace(place, **changes)})
    return replace(MINIMAL, policy=policy, rows={}, gates={})


SHOP = shop()


def ask(fields: dict[str, Any], standing: Standing = BUYER, compiled: CompiledPolicy = SHOP, **context: Any) -> Collected:
    """What the gate of the form says."""
    return collect(compiled, "form", fields, Context(at=AT, **context), SCANNER, pack(standing, compiled.layout))


def codes(found: Collected) -> dict[str, set[str]]:
    """Codes by field, of what was dropped."""
    return {item.field: {reason.code for reason in item.reasons} for item in found.dropped}


def test_a_form_that_is_well_filled_in() -> None:
    """Declared fields are kept with their purposes; blanks are nothing."""
    found = ask({"mail": "a@example.org", "where": {"street": "x", "city": "y"}, "wish": "  "})
    assert found.allowed
    assert dict(found.kept) == {"mail": "a@example.org", "where": {"street": "x", "city": "y"}}
    assert found.provenance["mail"].purposes == ("order",)
    assert (found.dropped, found.observed, found.warn) == ((), (), False)


@pytest.mark.parametrize(("mode", "kept", "warn"), [(Mode.ENFORCE, set(), False), (Mode.OBSERVE, {"mail", "hat"}, False),
                                                   (Mode.WARN, {"mail", "hat"}, True)])  # fmt: skip
def test_modes(mode: Mode, kept: set[str], warn: bool) -> None:
    """Observe and warn keep and tell; enforce drops; the reasons are the same in each."""
    found = ask({"mail": "a@example.org", "hat": "9"}, Standing(), enforcement=Enforcement(mode))
    assert (set(found.kept), found.warn, found.mode) == (kept, warn, mode)
    held = found.dropped if mode is Mode.ENFORCE else found.observed
    assert {item.field: {reason.code for reason in item.reasons} for item in held} == {
        "mail": {"agreement-missing", "consent-missing", "age-unknown"}, "hat": {"field-undeclared"}
    }  # fmt: skip
    assert found.allowed is (mode is not Mode.ENFORCE)


def test_a_purpose_that_is_observed_alone() -> None:
    """One purpose that is not enforced yet lets its own data through, and the gate's own rules hold."""
    found = ask({"mail": "a", "hat": "9"}, Standing(), enforcement=Enforcement(purposes={"order": Mode.WARN}))
    assert set(found.kept) == {"mail"}
    assert codes(found) == {"hat": {"field-undeclared"}}
    assert [item.field for item in found.observed] == ["mail"]
    assert found.warn


def test_what_a_person_said_holds_in_every_mode() -> None:
    """A restriction keeps everything out, whatever is enforced."""
    found = ask({"mail": "a"}, replace(BUYER, restricted=True), enforcement=Enforcement(Mode.OBSERVE))
    assert dict(found.kept) == {}
    assert "restricted" in codes(found)["mail"]
    assert found.dropped[0].always


def test_a_choice_is_never_a_value_and_never_a_default() -> None:
    """Only `true` of the person is a yes; nothing is none; the value is kept nowhere, in any mode."""
    for mode in Mode:
        for value, yes in ((True, [True]), (False, [False]), (None, []), ("", [])):
            found = ask({"news": value}, enforcement=Enforcement(mode))
            assert [choice.yes for choice in found.choices] == yes
            assert "news" not in found.kept
        odd: list[Any] = ["true", 1, "on", ["email"], {"email": 1}, {"email": None}]
        for answer in odd:
            wrong = ask({"news": answer}, enforcement=Enforcement(mode))
            assert (wrong.choices, codes(wrong)["news"]) == ((), {"choice-not-explicit"})
        assert codes(ask({"news": {"fax": True}}, enforcement=Enforcement(mode)))["news"] == {"choice-channel-missing"}
    policy = replace(SHOP.policy, sources={**SHOP.policy.sources, "shop": Source(id="shop", title=Text(), kind=SourceKind.THIRD_PARTY)})
    hearsay = replace(SHOP, policy=policy)
    for given_ in ({"source": "shop"}, {"sources": {"news": "shop"}}, {"source": "nobody"}, {"actor": Actor.BROWSER}):
        assert codes(ask({"news": True}, compiled=hearsay, **given_))["news"] == {"choice-not-by-person"}
    named = ask({"news": {"email": True}})
    assert [(one.purpose, one.channel) for one in named.choices] == [("newsletter", "email")]
    assert said(SHOP, "form", {"news": True}, Context(at=AT))[0][0].yes
    assert said(SHOP, "nowhere", {"news": True}, Context(at=AT)) == ((), None)


def test_an_observed_text_is_kept_and_told() -> None:
    """Where nothing is enforced a text with a find is kept and reported; enforced it is set aside and counts as given."""
    text = f"call me, my number is {NIK}"
    loose = ask({"wish": text}, enforcement=Enforcement(Mode.OBSERVE))
    assert loose.kept["wish"] == text
    assert [reason.code for item in loose.observed for reason in item.reasons] == ["review-needed"]
    strict = ask({"mail": "a", "wish": text})
    assert "wish" not in strict.kept
    assert [find.match.kind for find in strict.quarantined[0].finds] == ["national-id"]
    assert strict.allowed
    assert NIK not in repr(strict)
    assert not ask({"wish": "write to a@example.org"}).quarantined


def test_unmarked_free_text_is_scanned_everywhere() -> None:
    """A touchpoint for free text that does not say which fields are free has all of them scanned."""
    fields = {name: replace(item, free_text=False) for name, item in FIELDS.items()}
    assert ask({"where": {"street": NIK}}, compiled=shop(free_text=True, fields=fields)).quarantined[0].finds[0].within == "street"
    assert not ask({"where": {"street": NIK}}, compiled=shop(free_text=True)).quarantined
    assert not ask({"where": {"street": NIK}}, compiled=shop(fields=fields)).quarantined


def test_parts_and_addresses() -> None:
    """Parts that are not declared go, in lists too; a value with none left is no value; addresses lose their end."""
    field = FIELDS["where"]
    assert limited({"street": "x", "zip": "y"}, field) == ({"street": "x"}, ("zip",))
    assert limited([{"street": "x"}, {"zip": "y"}, "z"], field) == ([{"street": "x"}, "z"], ("zip",))
    assert limited({"street": {"deep": 1}}, field) == (None, ("street",))
    assert limited({"a": 1}, FIELDS["mail"]) == (None, ("a",))
    assert limited(7, FIELDS["mail"]) == (7, ())
    assert [shortened(text) for text in ("198.51.100.77", " 2001:db8:a:b::1 ", "::1", "x", 5, None)] == [
        "198.51.100.0", "2001:db8:a::", "::", None, None, None
    ]  # fmt: skip
    found = ask({"mail": "a", "where": {"zip": "y"}})
    assert codes(found) == {"where.zip": {"part-undeclared"}, "where": {"part-undeclared"}}


def test_values_are_read() -> None:
    """Texts in every part, names of files and what was read of them; dates of birth in one form."""
    file = Upload("a.txt", "text/plain", b"x", "inside")
    assert list(texts({"a": ["one", 2], "b": file, "c": True})) == [("a", "one"), ("a", "2"), ("b", "a.txt"), ("b", "inside")]
    assert [read_birth(value) for value in ("2014-04-17", "17.4.2014", "2014-02-30", 20140417, date(2014, 4, 17))] == [
        date(2014, 4, 17), None, None, None, date(2014, 4, 17)
    ]  # fmt: skip
    blanks: list[Any] = [None, "", " ", [], {}, 0, False, "x"]
    assert [is_empty(value) for value in blanks] == [True] * 5 + [False] * 3
    assert plain_value({"f": file}) == {"f": {"name": "a.txt", "media_type": "text/plain", "bytes": 1,
                                              "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}}  # fmt: skip


def test_an_undeclared_touchpoint_in_each_mode() -> None:
    """Nothing is kept of a form that nobody declared; where nothing is enforced it is kept and told."""
    strict = collect(SHOP, "nowhere", {"a": "b"}, Context(at=AT), SCANNER)
    assert (strict.allowed, dict(strict.kept)) == (False, {})
    loose = collect(SHOP, "nowhere", {"a": "b"}, Context(at=AT, enforcement=Enforcement(Mode.OBSERVE)), SCANNER)
    assert (loose.allowed, dict(loose.kept), loose.observed[0].reasons[0].code) == (True, {"a": "b"}, "touchpoint-undeclared")


def test_a_second_purpose_is_enough() -> None:
    """A field that one purpose may have is kept for that one, and a no to the other is no reason against it."""
    both = replace(BUYER, consents=(Said(purpose="newsletter", channel="email"),))
    assert ask({"mail": "a"}, both).provenance["mail"].purposes == ("order", "newsletter")
    withdrawn = Said(purpose="newsletter", channel="email", state=ConsentState.WITHDRAWN)
    assert ask({"mail": "a"}, replace(BUYER, consents=(withdrawn,))).provenance["mail"].purposes == ("order",)


LEAF = st.one_of(st.text(max_size=20), st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False))
VALUE = st.recursive(LEAF, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)), max_leaves=6)


@given(st.dictionaries(st.one_of(st.sampled_from([*FIELDS, "born"]), st.text(max_size=8)), VALUE, max_size=6), st.sampled_from(list(Mode)),
       st.booleans(), st.sampled_from(["person", "nobody", None]))  # fmt: skip
def test_nothing_undeclared_ever_comes_through(fields: dict[str, Any], mode: Mode, known: bool, source: str | None) -> None:
    """Whatever is given: enforced, only declared fields and parts are kept; each field is told of once; and it can be written."""
    fields_ = {**FIELDS, "born": TouchpointField(id="born", data="contact.email", born=True)}
    compiled = shop(age_gate=True, fields=fields_)
    facts = pack(BUYER, compiled.layout) if known else Facts()
    found = collect(compiled, "form", fields, Context(at=AT, enforcement=Enforcement(mode), source=source), SCANNER, facts)
    if mode is Mode.ENFORCE:
        assert set(found.kept) <= {"mail", "where", "wish", "born"}
        assert set(found.kept["where"]) <= {"street", "city"} if isinstance(found.kept.get("where"), dict) else True
        assert not found.observed
    assert "news" not in found.kept
    told = {item.field for item in (*found.dropped, *found.observed)} | {item.field for item in found.quarantined}
    told |= {choice.field for choice in found.choices}
    for name, value in fields.items():
        assert is_empty(value) or name in found.kept or name in told
    assert set(found.provenance) == {*found.kept, *(item.field for item in found.quarantined)}
    assert plain(found, ENGLISH)["touchpoint"] == "form"


def test_every_finding_has_words() -> None:
    """Each code has a sentence and a help in both languages, and none is a decision's code too."""
    assert not set(FINDINGS) & set(KINDS)
    assert set(HELPS) == set(FINDINGS) | set(KINDS)
    for kind in FINDINGS.values():
        for text in (kind.message, kind.help):
            assert text[0].islower() or text[0] in "`{", text
            assert not text.endswith("."), text


def test_the_page_names_every_finding() -> None:
    """The page on collecting has each code of the gate once, and marks those that always hold."""
    text = (ROOT / "docs" / "howto" / "collect.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| (always)? ?\|$", text, re.MULTILINE))
    assert {code: bool(mark) for code, mark in rows.items()} == {code: kind.always for code, kind in FINDINGS.items()}


def test_the_answer_in_the_other_language() -> None:
    """Reasons, helps and consequences are told in the language that is asked for."""
    told = plain(ask({"hat": "9"}), load_tongue("id"))
    assert told["missing"] == [{"field": "mail", "required": True, "consequence": "Without it nothing comes."}]
    assert told["dropped"][0]["reasons"][0]["code"] == "field-undeclared"
