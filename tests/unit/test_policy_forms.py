"""Entries as forms: every field of the worked example can be changed, and what is typed never becomes anything but that value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from janji.documents.edits import Edit, add_entry, apply
from janji.documents.tree import Node, read_tree
from janji.files.laws import load_law
from janji.files.policies import FIRST, read_parts
from janji.law.model import LawPack
from janji.policy.checker import check
from janji.policy.model import Policy
from janji.policy.parser import Parsed, parse_files
from janji.versions import forms
from janji.versions.forms import Kind, Sheet
from janji.versions.merging import merge

SONY = Path(__file__).resolve().parents[2] / "policies" / "pt-sony-indonesia"
HOSTILE = ('a: b\n- c # d\n"e"', "!!python/object/apply:os.system ['x']", "*alias", "&anchor x", "{a: [b", "%YAML 1.1", "\u2028x\u0085y", "null", "'; DROP", "x\t| >\n\n  y")


@cache
def held() -> tuple[dict[str, str], Policy, LawPack]:
    """The worked example: its files, and what was parsed."""
    _, first, parsed, parts = read_parts(SONY)
    assert first == FIRST
    assert parsed.policy is not None
    law = load_law(parsed.policy.law)
    assert law is not None
    return {name: data.decode() for name, data in parts.items()}, parsed.policy, law


@cache
def tree(name: str, text: str) -> Node | None:
    return read_tree(name, text.encode()).root


def trees(files: Mapping[str, str]) -> dict[str, Node | None]:
    return {name: tree(name, text) for name, text in files.items()}


def parsed(files: Mapping[str, str]) -> Parsed:
    return parse_files(FIRST, {name: text.encode() for name, text in files.items()})


def entries() -> Iterator[tuple[str, str]]:
    _, policy, _ = held()
    for section in (forms.WHOLE, *forms.PARTS, *forms.sections()):
        if section == forms.WHOLE or section in forms.PARTS:
            yield section, ""
            continue
        yield from ((section, str(name)) for name in list(getattr(policy, forms.attribute(section)))[:1])


def other(held: forms.Input) -> str:
    """Another value that a field may have."""
    if held.kind is Kind.CHOICE:
        return next((one.value for one in held.choices if one.value != held.value), "")
    if held.kind is Kind.CHOICES:
        return "\n".join(one.value for one in held.choices[:2])
    return {Kind.PERIOD: "3 years and 2 months", Kind.DAY: "2031-02-03", Kind.NUMBER: "7", Kind.LINES: "one\ntwo"}.get(held.kind, "other: words # here")


def form_of(files: Mapping[str, str], section: str, name: str) -> tuple[forms.Found, Sheet]:
    _, policy, law = held()
    found = forms.find(trees(files), FIRST, section, name)
    assert found is not None, (section, name)
    return found, forms.sheet(section, found.node, policy, law)


def written(section: str, name: str, typed: dict[str, str]) -> tuple[dict[str, str], Sheet]:
    files, _, _ = held()
    found, form = form_of(files, section, name)
    wanted = forms.changed(form.inputs, typed)
    made = {**files, found.file: apply(found.file, files[found.file], forms.edits(found, form, wanted))}
    return made, form_of(made, section, name)[1]


@pytest.mark.parametrize(("section", "name"), list(entries()))
def test_every_field(section: str, name: str) -> None:
    """Each field of an entry, changed alone, reads as it was typed afterwards; every other field, entry and comment stays."""
    files, policy, _ = held()
    _, form = form_of(files, section, name)
    assert form.inputs
    for one in form.inputs[:14]:
        if one.path[:1] == ("clauses",) or any(not group.written and group.path and one in group.inputs and len(group.inputs) > 1 for group in form.groups):
            continue
        typed = other(one)
        made, after = written(section, name, {one.name: typed})
        values = {held.name: held.value for held in after.inputs}
        wanted = forms.cleaned(one, typed)
        if one.kind is Kind.CHOICES:  # boxes have no order of their own, and keep that of the file
            assert set(values[one.name].split("\n")) == set(wanted.split("\n")), one.name
        else:
            assert values[one.name] == wanted, one.name
        assert {key: value for key, value in values.items() if key != one.name} == {held.name: held.value for held in form.inputs if held.name != one.name}, one.name
        assert sum(text.count("#") for text in made.values()) >= sum(text.count("#") for text in files.values())
    result = parsed(made)
    assert result.policy is None or forms.nothing_else(policy, result.policy, section, name)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile(text: str) -> None:
    """What looks like YAML is a value like any other, in a title, a note and the day; nothing else of the policy changes by it."""
    _, policy, _ = held()
    rule = next(iter(policy.retention))
    for field in ("title:id", "note:en"):
        made, after = written("retention", str(rule), {field: text})
        one = next(held for held in after.inputs if held.name == field)
        assert one.value == text.strip()
        result = parsed(made)
        assert result.policy is not None
        assert not result.diagnostics
        assert forms.nothing_else(policy, result.policy, "retention", str(rule))
    made, _ = written("retention", str(rule), {"period": text})
    result = parsed(made)
    found, form = form_of(made, "retention", str(rule))
    fields, whole = forms.beside(found, trees(made), form, result.diagnostics)
    assert list(fields) == ["period"]
    assert not whole


def test_beside() -> None:
    """What the check finds stands beside the field that it is about; what is missing beside the field that is empty."""
    _, policy, law = held()
    rule = str(list(policy.retention)[1])
    made, _ = written("retention", rule, {"data": "nobody.knows", "title:en": "", "title:id": "", "period": "soon"})
    found, form = form_of(made, "retention", rule)
    fields, whole = forms.beside(found, trees(made), form, check(parsed(made), law).diagnostics)
    assert {name: {item.code for item in items} for name, items in fields.items()} == {"title:en": {"missing-key"}, "period": {"bad-period"}, "data": {"unknown-name"}}
    assert not whole


def test_parts() -> None:
    """A part of an entry is begun by its first field, and goes with its last."""
    _, policy, _ = held()
    name = next(str(name) for name, one in policy.purposes.items() if one.impact is None)
    made, after = written("purposes", name, {"impact:reference": "DPIA 7", "impact:done": "2026-10-01"})
    after_all = parsed(made).policy
    assert after_all is not None
    impact = after_all.purposes[name].impact
    assert impact is not None
    assert (impact.reference, str(impact.done)) == ("DPIA 7", "2026-10-01")
    found, _ = form_of(made, "purposes", name)
    gone = apply(found.file, made[found.file], forms.edits(found, after, {held.name: "" for held in after.inputs if held.path[0] == "impact"}))
    assert parsed({**made, found.file: gone}).policy == policy


def test_new_and_gone() -> None:
    """A new entry reads as it was typed; taken out again, the text is what it was."""
    files, policy, law = held()
    form = forms.sheet("retention", None, policy, law)
    typed = {"title:en": "Letters", "title:id": "Surat", "period": "10 tahun", "trigger": "collected", "then": "delete", "data": "contact.email\ncontact.phone"}
    wanted = forms.changed(form.inputs, typed)
    made = {**files, "retention.yaml": add_entry("retention.yaml", files["retention.yaml"], "retention", "letters", forms.values(form, wanted))}
    after = parsed(made).policy
    assert after is not None
    rule = after.retention["letters"]
    assert (str(rule.period), rule.data, rule.title.get("id")) == ("P10Y", ("contact.email", "contact.phone"), "Surat")
    found, _ = form_of(made, "retention", "letters")
    assert apply(found.file, made[found.file], [Edit(found.anchor, (), remove=True)]) == files["retention.yaml"]


@pytest.mark.parametrize(("text", "period"), [
    ("5 years", "P5Y"), ("1 year and 6 months", "P1Y6M"), ("90 hari", "P90D"), ("72 jam", "PT72H"), ("2 tahun dan 3 bulan", "P2Y3M"), ("p10y", "P10Y"), ("3 weeks", "P3W"),
    ("soon", "soon"), ("5 years 6 years", "5 years 6 years"), ("5 years of rain", "5 years of rain"), ("-5 years", "-5 years"),
])  # fmt: skip
def test_periods(text: str, period: str) -> None:
    """A length of time may be typed in words of both languages; what is none stays as it was typed."""
    assert forms.period_of(text) == period


def test_merge() -> None:
    """What one of two changed is taken; what both changed is a clash with both texts; nothing is lost."""
    base = "a\nb\nc\nd\ne\n"
    pieces = merge(base, "a\nB\nc\nd\ne\nf\n", "a\nb\nc\nD\ne\n")
    assert "".join(piece.mine for piece in pieces) == "a\nB\nc\nD\ne\nf\n"
    assert not any(piece.clash for piece in pieces)
    (clash,) = [piece for piece in merge(base, "a\nx\nc\nd\ne\n", "a\ny\nc\nd\ne\n") if piece.clash]
    assert (clash.mine, clash.theirs, clash.base, clash.line) == ("x\n", "y\n", "b\n", 2)
    assert "".join(piece.mine for piece in merge("", "mine\n", "")) == "mine\n"
