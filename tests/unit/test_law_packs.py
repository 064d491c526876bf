"""The law packs that ship: what their closed lists hold, that nothing is uncited, and that no law is in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import janji
from janji.law.format import read_law
from janji.law.model import (
    SECTIONS,
    ClockStart,
    Combination,
    Confidence,
    Decider,
    Evidence,
    LawPack,
    Manner,
    Moment,
    Rule,
    binding,
)  # fmt: skip
from janji.terms.periods import Period
from janji.terms.places import Place
from janji.terms.processing import LegalBasis, Right, Topic, Trait
from janji.terms.texts import Text

SOURCE = Path(janji.__file__).parent
PACKS = SOURCE / "law" / "packs"
BOTH = ("id-pdp", "eu-gdpr")
HOURS_72 = Period(0, 0, 72)
LAST, TODAY, NEXT = date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)


@cache
def _law(name: str) -> LawPack:
    pack, found = read_law(f"{name}.yaml", (PACKS / f"{name}.yaml").read_bytes())
    assert found == ()
    assert pack is not None
    return pack


def _rules(name: str) -> Iterator[tuple[str, Rule]]:
    for section, rules in _law(name).sections().items():
        for key, rule in rules.items():
            yield f"{section}.{key}", rule


# Both packs.


def test_the_packs_that_ship_are_these() -> None:
    """There must be the two packs and no other file beside them."""
    assert sorted(path.name for path in PACKS.iterdir()) == sorted(f"{name}.yaml" for name in BOTH)


@pytest.mark.parametrize("name", BOTH)
def test_a_pack_loads_clean(name: str) -> None:
    """A pack must load without a diagnostic and be called as its file is."""
    assert _law(name).id == name
    assert _law(name).title.languages == ("en", "id")
    assert all(_law(name).sections()[section] for section in SECTIONS)


@pytest.mark.parametrize("name", BOTH)
def test_every_rule_is_cited_and_told_in_both_languages(name: str) -> None:
    """Every rule must have an article, a source, a confidence, and everything told in English and Indonesian."""
    rules = list(_rules(name))
    assert len(rules) > 100
    for path, rule in rules:
        assert re.search(r"\d", rule.article), path
        assert rule.source.strip(), path
        assert isinstance(rule.confidence, Confidence), path
        assert path.endswith(f".{rule.id}")
        assert rule.place.line > 0, path
        for part in ("title", "note", "records", "contact"):
            text = getattr(rule, part, None)
            if text is not None:
                assert isinstance(text, Text)
                assert text.languages == ("en", "id"), f"{path}.{part}"
                assert all(version.strip() for _, version in text.versions), f"{path}.{part}"


@pytest.mark.parametrize("name", BOTH)
def test_every_topic_is_cited_and_nothing_else(name: str) -> None:
    """There must be exactly one citation for each topic that a decision can turn on."""
    assert set(_law(name).citations) == set(Topic)
    assert all(_law(name).article(topic) for topic in Topic)


@pytest.mark.parametrize("name", BOTH)
def test_unsure_is_whatever_is_not_verified(name: str) -> None:
    """A rule must be shown as unsure exactly when it was not read in the law's own words."""
    for path, rule in _rules(name):
        assert rule.unsure is (str(rule.confidence) != "verified"), path
    assert any(rule.unsure for _, rule in _rules(name))


def test_what_was_not_read_is_not_verified() -> None:
    """Nothing of the Regulation was read for its small pack, and a source that says so must not be verified."""
    assert all(rule.unsure for _, rule in _rules("eu-gdpr"))
    for path, rule in _rules("id-pdp"):
        if "not read" in rule.source or "general knowledge" in rule.source:
            assert rule.unsure, path


@pytest.mark.parametrize("name", BOTH)
def test_rules_point_at_each_other(name: str) -> None:
    """Clocks and rights named by other rules must exist, and no ground of refusal name a right twice."""
    law = _law(name)
    clocks = {right.clock for right in law.rights.values()} | {notice.clock for notice in law.notices.values()}
    assert clocks - {None} <= set(law.clocks)
    for ground in law.refusals.values():
        assert ground.rights
        assert set(ground.rights) <= set(law.rights)
        assert len(set(ground.rights)) == len(ground.rights)


@pytest.mark.parametrize("name", BOTH)
def test_the_six_bases(name: str) -> None:
    """There must be one basis of each of the six kinds, each asking for what proves it."""
    law = _law(name)
    assert [basis.kind for basis in law.bases.values()] == list(LegalBasis)
    assert all(key == basis.kind for key, basis in law.bases.items())
    wanted = {LegalBasis.CONSENT: Evidence.NOTICE, LegalBasis.CONTRACT: Evidence.AGREEMENT,
              LegalBasis.LEGAL_OBLIGATION: Evidence.OBLIGATION,
              LegalBasis.LEGITIMATE_INTEREST: Evidence.ASSESSMENT}  # fmt: skip
    for kind in LegalBasis:
        basis = law.basis(kind)
        assert basis is not None
        assert basis.requires == ((wanted[kind],) if kind in wanted else ())


@pytest.mark.parametrize("name", BOTH)
def test_the_three_rungs(name: str) -> None:
    """The transfer ladder must have three rungs in their order, of which only the last is consent."""
    rungs = list(_law(name).rungs.values())
    assert [rung.rank for rung in rungs] == [1, 2, 3]
    assert [rung.consent for rung in rungs] == [False, False, True]


@pytest.mark.parametrize("name", BOTH)
def test_any_one_trigger_asks_for_an_officer(name: str) -> None:
    """One of the three triggers must be enough for an officer."""
    assert _law(name).officer_combination is Combination.ANY
    assert len(_law(name).officer_triggers) == 3


@pytest.mark.parametrize("name", BOTH)
def test_the_breach_clock_has_72_hours(name: str) -> None:
    """A breach must be told within 72 consecutive hours of knowing of it."""
    clock = _law(name).clocks["breach-72h"]
    assert (clock.limit, clock.starts, clock.extension) == (HOURS_72, ClockStart.AWARENESS, None)
    breach = _law(name).notices["breach-authority"]
    assert (breach.clock, breach.moment) == ("breach-72h", Moment.WITHIN_CLOCK)


@pytest.mark.parametrize("name", BOTH)
def test_every_rule_binds_today(name: str) -> None:
    """No shipped rule is over today."""
    assert all(rule.binds_from(TODAY) for _, rule in _rules(name))


# The Indonesian pack.


def test_the_exceptions_of_article_15_spare_four_rights() -> None:
    """The grounds of Art 15 must never reach information, correction, access and claim, but all other rights."""
    law = _law("id-pdp")
    grounds = [ground for ground in law.refusals.values() if re.search(r"Art 15\(1\)", ground.article)]
    assert [ground.article[-3:] for ground in grounds] == ["(a)", "(b)", "(c)", "(d)", "(e)"]
    spared = {Right.INFORMATION, Right.CORRECTION, Right.ACCESS, Right.CLAIM}
    for ground in grounds:
        kinds = {law.rights[right].kind for right in ground.rights}
        assert not kinds & spared
        assert kinds == {right.kind for right in law.rights.values()} - spared
        assert ground.manner is Manner.MAY


def test_information_and_claims_are_never_refused() -> None:
    """No ground of any article may reach the rights to information and to claims."""
    refusable = {right for ground in _law("id-pdp").refusals.values() for right in ground.rights}
    assert not refusable & {"information", "claim"}


def test_the_grounds_of_refusal_are_a_closed_list() -> None:
    """There must be these seventeen grounds, in this order, and no other."""
    articles = [ground.article for ground in _law("id-pdp").refusals.values()]
    assert articles == [
        *(f"UU 27/2022 Art 15(1)({letter})" for letter in "abcde"),
        *(f"UU 27/2022 Art 33({letter})" for letter in "abc"),
        *(f"UU 27/2022 Art 41(2)({letter})" for letter in "abc"), "UU 27/2022 Art 8", "UU 27/2022 Art 44(1)",
        *(f"UU 27/2022 Art 50(1)({letter})" for letter in "abcd"),
    ]  # fmt: skip


def test_access_is_refused_by_counsel_only() -> None:
    """Every ground that can refuse correction or access must be decided by counsel; those of Art 33 must be used."""
    for ground in _law("id-pdp").refusals.values():
        if {"correction", "access"} & set(ground.rights):
            assert ground.decided_by is Decider.COUNSEL
        assert (ground.manner is Manner.MUST) == ("Art 33" in ground.article)


def test_the_four_clocks_of_requests() -> None:
    """Correction, access, withdrawal and restriction must each have exactly 72 hours from the recorded request."""
    law = _law("id-pdp")
    clocks = {key: clock for key, clock in law.clocks.items() if clock.starts is ClockStart.RECORDED_REQUEST}
    assert list(clocks) == ["correction-72h", "access-72h", "withdrawal-72h", "restriction-72h"]
    for clock in clocks.values():
        assert clock.limit == HOURS_72
        assert str(clock.limit) == "PT72H"
        assert clock.extension is None
    assert {right.id: right.clock for right in law.rights.values() if right.clock} == {
        "correction": "correction-72h", "access": "access-72h", "withdrawal": "withdrawal-72h",
        "delay": "restriction-72h", "restriction": "restriction-72h",
    }  # fmt: skip


def test_the_thirteen_rights() -> None:
    """There must be a right for each kind that the law knows, one of them for sending data on, and no objection."""
    law = _law("id-pdp")
    assert list(law.rights) == [
        "information", "correction", "access", "end", "deletion", "destruction", "withdrawal", "automated-objection",
        "delay", "restriction", "claim", "portability", "transfer",
    ]  # fmt: skip
    assert {right.kind for right in law.rights.values()} == set(Right) - {Right.OBJECTION}
    assert all(key == right.kind for key, right in law.rights.items() if key != "transfer")
    assert law.rights["transfer"].kind is Right.PORTABILITY


def test_the_seven_notice_fields() -> None:
    """A person must be told the seven things of Art 21(1) before consenting."""
    fields = _law("id-pdp").notice_fields
    assert list(fields) == ["legality", "purpose", "relevance", "retention", "details", "period", "rights"]
    assert all("Art 21(1)" in rule.article for rule in fields.values())


def test_the_seven_triggers_of_an_assessment() -> None:
    """The seven cases of Art 34(2) must ask for an impact assessment, six of them by a trait of the purpose."""
    triggers = _law("id-pdp").assessment_triggers
    assert [rule.article for rule in triggers.values()] == [f"UU 27/2022 Art 34(2)({letter})" for letter in "abcdefg"]
    told = {key: rule.trait for key, rule in triggers.items() if rule.trait is not None}
    assert set(told.values()) <= set(Trait)
    assert len(told) == len(set(told.values())) == 6
    assert [key for key, rule in triggers.items() if rule.specific_data] == ["specific-data"]


def test_the_rungs_stand_in_article_56() -> None:
    """The ladder must be adequate protection, then binding safeguards, then consent."""
    law = _law("id-pdp")
    assert list(law.rungs) == ["adequate-protection", "binding-safeguards", "consent"]
    assert all("Art 56" in rung.article for rung in law.rungs.values())


def test_a_child_is_under_18_and_never_profiled() -> None:
    """Whoever is under 18 must be a child, and a child never be profiled."""
    law = _law("id-pdp")
    assert law.child_under(TODAY) == 18
    assert law.never_for_children(TODAY) == {Trait.PROFILING}


def test_the_classes_of_data() -> None:
    """The specific data of Art 4(2) must be specific, and those of Art 4(3) general."""
    law = _law("id-pdp")
    specific = [key for key, rule in law.data_classes.items() if rule.specific]
    assert specific == [
        "health", "biometric", "genetic", "criminal-record", "child", "personal-financial", "other-by-law",
    ]  # fmt: skip
    assert all("Art 4(2)" in law.data_classes[key].article for key in specific)
    assert not law.data_classes["general"].specific


def test_books_are_kept_ten_years_and_claims_four() -> None:
    """The neighbouring rules that policies lean on must have their periods."""
    law = _law("id-pdp")
    assert law.retention["tax-books"].minimum == Period(120)
    assert law.retention["consumer-claims"].maximum == Period(48)
    for rule in law.retention.values():
        if rule.minimum is not None and rule.maximum is not None:
            assert rule.minimum.most_days <= rule.maximum.least_days


# The European pack.


def test_the_european_clock_is_one_month() -> None:
    """A request must be answered within one month, which may grow by two."""
    law = _law("eu-gdpr")
    clocks = [clock for clock in law.clocks.values() if clock.starts is ClockStart.RECORDED_REQUEST]
    assert [(clock.limit, clock.extension) for clock in clocks] == [(Period(1), Period(2))]
    assert {right.clock for right in law.rights.values() if right.clock} == {"one-month"}


def test_a_european_child_is_under_16() -> None:
    """Whoever is under 16 must be a child."""
    assert _law("eu-gdpr").child_under(TODAY) == 16


def test_europe_knows_the_objection() -> None:
    """The right to object must exist there, as it does not in the other law."""
    kinds = {right.kind for right in _law("eu-gdpr").rights.values()}
    assert Right.OBJECTION in kinds
    assert _law("eu-gdpr").jurisdiction == "EU"


def test_europe_grants_the_objection_against_two_bases() -> None:
    """The law itself must say against which legal bases an objection can be raised, and only for an objection."""
    bases = {key: right.bases for key, right in _law("eu-gdpr").rights.items() if right.bases}
    assert bases == {"objection": (LegalBasis.PUBLIC_TASK, LegalBasis.LEGITIMATE_INTEREST)}
    assert not any(right.bases for right in _law("id-pdp").rights.values())


def test_europe_is_one_territory() -> None:
    """The thirty countries of the European Economic Area must be one territory; the other law must bind one country."""
    territory = _law("eu-gdpr").territory
    assert len(territory) == len(set(territory)) == 30
    assert {"DE", "NL", "IS", "LI", "NO"} < set(territory)
    assert not {"CH", "GB", "EU", "US", "ID"} & set(territory)
    assert _law("id-pdp").territory == ()


# Rules and the days on which they bind.


def _aged(since: date | None, until: date | None, section: str = "children") -> LawPack:
    """The Indonesian pack with other days in force for every rule of a section."""
    law = _law("id-pdp")
    changed: dict[str, Any] = {
        section: {key: replace(rule, since=since, until=until) for key, rule in getattr(law, section).items()}
    }
    return replace(law, **changed)


@pytest.mark.parametrize(
    ("since", "until", "binds"),
    [
        (None, None, True), (TODAY, None, True), (None, TODAY, True), (TODAY, TODAY, True), (NEXT, None, True),
        (None, LAST, False), (LAST, NEXT, True), (date.max, None, True),
        (None, date.min, False), (date.min, date.max, True),
    ],
)  # fmt: skip
def test_only_rules_that_are_not_over_make_a_child(since: date | None, until: date | None, binds: bool) -> None:
    """A rule must count until its last day, also one that comes to bind later, and not after it is over."""
    law = _aged(since, until)
    assert law.child_under(TODAY) == (18 if binds else 0)
    assert law.never_for_children(TODAY) == ({Trait.PROFILING} if binds else set())
    assert binding(law.children, TODAY) == (list(law.children.values()) if binds else [])
    assert all(rule.binds_from(TODAY) is binds for rule in law.children.values())


def test_a_policy_older_than_a_ban_is_held_to_it() -> None:
    """A policy from before the ban of profiling children is held to it all the same."""
    law = _law("id-pdp")
    assert law.never_for_children(date(2024, 1, 1)) == {Trait.PROFILING}
    assert law.child_under(date(2024, 1, 1)) == 18


@pytest.mark.parametrize("section", SECTIONS)
def test_the_binding_rules_are_given_in_order(section: str) -> None:
    """The binding rules must be those of the section in the order written, or none when all are over."""
    rules = _law("id-pdp").sections()[section]
    assert binding(rules, TODAY) == list(rules.values())
    assert binding(_aged(None, LAST, section).sections()[section], TODAY) == []


# Reading a pack.


def _broken(old: str, new: str, name: str = "id-pdp") -> list[str]:
    text = (PACKS / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    pack, found = read_law("x.yaml", text.replace(old, new, 1).encode())
    assert pack is None
    assert all(item.help is not None and item.place.file == "x.yaml" for item in found)
    return [item.code for item in found]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("clock: access-72h", "clock: acces-72h", ["unknown-name"]),
        ("rights: [destruction]", "rights: [destroying]", ["unknown-name"]),
        ("    limit: PT72H\n", "", ["missing-key", "unknown-name"]),
        ("    limit: PT72H\n", "    limit: 72h\n", ["bad-period", "unknown-name"]),
        ("  lawful-basis:\n    title:\n      en: \"No processing", "  lawful:\n    title:\n      en: \"No processing",
         ["missing-citation", "unknown-word"]),
        ("    article: UU 27/2022 Art 20(2)(a)\n", "", ["missing-key"]),
        ("    confidence: verified\n", "    confidence: sure\n", ["unknown-word"]),
        ("    confidence: verified\n", "", ["missing-key"]), ("jurisdiction: ID",
        "jurisdiction: Indonesia", ["bad-country"]),
        ("officer-combination: any", "officer-combination: some", ["unknown-word"]),
        ("rungs:\n", "rung:\n", ["unknown-key"]), ("law: id-pdp\n", "", ["missing-key"]),
        ("since: 2022-10-17", "since: 2022-17-10", ["bad-date"]),
        ("jurisdiction: ID", "jurisdiction: ID\nterritory: [ID, Malaysia]", ["bad-country"]),
        ("    kind: access\n", "    kind: access\n    bases: [consnt]\n", ["unknown-word"]),
    ],
)  # fmt: skip
def test_a_pack_with_a_mistake_is_no_pack(old: str, new: str, codes: list[str]) -> None:
    """One mistake anywhere must keep the whole pack from being given out."""
    assert _broken(old, new) == codes


@pytest.mark.parametrize("data", [b"", b"# nothing\n"])
def test_an_empty_file_is_a_mistake(data: bytes) -> None:
    """When there is no pack there must be a diagnostic that says why."""
    pack, found = read_law("x.yaml", data)
    assert pack is None
    assert [(item.code, item.place, bool(item.help)) for item in found] == [("empty-file", Place("x.yaml"), True)]


# No law in the code.

LAWS = re.compile(
    r"UU 27|UU PDP|Indonesia|id-pdp|eu-gdpr|GDPR|Jakarta|komdigi|Permenkominfo|\bPP \d|Art \d", re.IGNORECASE
)
EXAMPLE = "such as `id-pdp`"


def _strings(source: str) -> Iterator[str]:
    """The strings and names of a module: no comments, no docstrings, no strings that stand alone as a remark."""
    tree = ast.parse(source)
    remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in remarks:
            yield node.value
        for word in ("id", "attr", "name", "arg"):
            named = getattr(node, word, None)
            if isinstance(named, str):
                yield named


PLACES = ("demo/", "discovery/dictionaries.py")
"""Towns where people who do not exist live, and by which addresses are known."""


def _found() -> set[tuple[str, str]]:
    """Every string or name of the code that speaks of a law, with its module."""
    modules = {path.relative_to(SOURCE).as_posix(): path for path in sorted(SOURCE.rglob("*.py"))}
    return {
        (module, text) for module, path in modules.items() if not module.startswith(PLACES)
        for text in _strings(path.read_text(encoding="utf-8")) if LAWS.search(text)
    }  # fmt: skip


def test_no_law_is_in_the_code() -> None:
    """No module may name a law, an article, a country or an authority outside its remarks: laws are packs."""
    assert len(list(SOURCE.rglob("*.py"))) > 20
    assert {(module, text) for module, text in _found() if EXAMPLE not in text} == set()


def test_only_two_descriptions_give_a_pack_as_their_example() -> None:
    """Where people are told what to write, and nowhere else, a pack may be named as the example."""
    assert sorted(module for module, _ in _found()) == ["cli/read.py", "policy/format.py"]


def test_the_search_would_find_one() -> None:
    """The search must see strings, parts of f-strings and names, and pass over remarks."""
    source = (
        '"""UU 27."""\nKOMDIGI = "UU 27"\n"""komdigi."""\nx = f"Jakarta {KOMDIGI}"  # Indonesia\n'
        'def f(id_pdp: int) -> None:\n    """GDPR"""\n    return {"law": "id-pdp"}\n'
    )
    assert sorted(word for word in _strings(source) if LAWS.search(word)) == [
        "Jakarta ", "KOMDIGI", "KOMDIGI", "UU 27", "id-pdp",
    ]  # fmt: skip
