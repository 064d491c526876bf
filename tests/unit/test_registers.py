"""Registers say what the check and the decision say: rows, transfers, contracts, triggers, and linked data."""

from __future__ import annotations

import json
import warnings
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import dice, examples, laws, policies

from janji.decision.compiler import compile_policy
from janji.decision.engine import decide
from janji.decision.question import Question
from janji.decision.standing import Standing, pack
from janji.files.laws import load_law
from janji.files.translations import load_tongue
from janji.law.model import LawPack, binding
from janji.policy.checker import check
from janji.policy.combined import NEEDS_AGREEMENT
from janji.policy.model import Policy
from janji.policy.parser import parse_text
from janji.registers.assessments import ImpactState, studies
from janji.registers.book import Register, Registers, registers
from janji.registers.dpv import CONTEXT, graph
from janji.registers.plain import plain, register_schema
from janji.registers.processing import activities
from janji.registers.processors import processors
from janji.registers.tables import spoken, tables
from janji.registers.transfers import transfers
from janji.registers.words import Proof, proof, word
from janji.terms.messages import ENGLISH
from janji.terms.periods import parse_period
from janji.terms.processing import Disposal, LegalBasis, Operation, RecipientClass, Role, SourceKind, Trait
from janji.terms.words import for_period
from janji.workflows.policies import open_policy

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = (ROOT / "policies" / "minimal" / "policy.yaml").read_text(encoding="utf-8")
DAY = date(2026, 11, 25)
TONGUES = (ENGLISH, load_tongue("id"))
ABROAD = """
recipients:
  press: {title: Printing press, class: processor, role: processor, country: SG, purposes: [newsletter],
          agreement: {reference: file 7}}
  cloud: {title: Cloud, class: other, role: sub-processor, country: ID, purposes: [order, newsletter],
          data: [contact.email], agreement: {provisional: 2026-11-25}}
  parcel: {title: Parcel service, class: other, role: third-party, country: JP, purposes: [order]}
  office: {title: Tax office, class: authority, role: authority, country: ID, purposes: [order]}
transfers:
  agreed: {recipients: [press], countries: [SG], rung: consent, unmet: [adequate-protection, binding-safeguards],
           evidence: file 8, proven: 2026-01-05}
  clauses: {recipients: [cloud], countries: [US], purposes: [order], rung: binding-safeguards, provisional: 2026-11-25}
entities:
  helper: {name: Helping hands, role: processor}
  sister: {name: Corner Cafe, role: joint-controller, country: ID}
"""


@cache
def shop(more: str = ABROAD, **changed: str) -> tuple[Policy, LawPack]:
    """The corner shop with recipients here and abroad, and texts changed in its policy."""
    text = MINIMAL.replace(
        "channels: [email]\n", "channels: [email]\n    operations: [collect, use, disclose, retain]\n"
    )
    text = text.replace(
        "agreements: [order]\n", "agreements: [order]\n    operations: [collect, use, disclose, retain]\n"
    )
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    law = load_law("id-pdp")
    assert law is not None
    checked = check(parse_text((text + more).encode()), law)
    assert checked.policy is not None, [str(item.message) for item in checked.diagnostics]
    return checked.policy, law


@cache
def sony() -> tuple[Policy, LawPack]:
    """The large policy."""
    return open_policy(ROOT / "policies" / "pt-sony-indonesia").whole


@cache
def minimal() -> tuple[Policy, LawPack]:
    """The smallest policy."""
    return open_policy(ROOT / "policies" / "minimal").whole


def test_every_purpose_has_its_row() -> None:
    """The record has each purpose once, in the order written, with the basis, data and clauses of the policy."""
    policy, law = sony()
    rows = activities(policy, law, DAY)
    assert len(rows) > 50
    assert [row.id for row in rows] == list(policy.purposes)
    for row, purpose in zip(rows, policy.purposes.values(), strict=True):
        basis = law.basis(purpose.basis)
        assert basis is not None
        assert (row.basis, row.article, row.clauses) == (purpose.basis, basis.article, purpose.clauses)
        assert tuple(data.id for data in row.data) == purpose.data
        for data in row.data:
            assert data.specific is law.data_classes[policy.data[data.id].law_class].specific
        assert {item.id for item in row.recipients} == {
            item.id for item in policy.recipients.values() if purpose.id in item.purposes
        }


def test_every_category_of_a_row_ends_once() -> None:
    """The retention of a row covers each of its categories by exactly one rule."""
    for policy, law in (sony(), minimal()):
        for row in activities(policy, law, DAY):
            covered = [name for kept in row.retention for name in kept.data]
            assert sorted(covered) == sorted(data.id for data in row.data)


def test_a_row_tells_whose_data_it_is() -> None:
    """Children appear where law and policy let them."""
    policy, law = minimal()
    said = {row.id: str(row.persons) for row in activities(policy, law, DAY)}
    assert said == {"order": "adults; children with a verified guardian", "newsletter": "adults only"}
    policy, law = sony()
    said = {row.id: str(row.persons) for row in activities(policy, law, DAY)}
    assert said["enquiry"] == "adults and children"


@pytest.mark.parametrize(
    ("proven", "until", "held"),
    [
        (True, None, Proof.PROVEN), (True, DAY - timedelta(9), Proof.PROVEN), (False, None, Proof.NONE),
        (False, DAY + timedelta(1), Proof.PROVISIONAL), (False, DAY, Proof.PROVISIONAL),
        (False, DAY - timedelta(1), Proof.EXPIRED),
    ],
)  # fmt: skip
def test_what_is_provisional_holds_on_its_last_day(proven: bool, until: date | None, held: Proof) -> None:
    """What is proven stays so; what is provisional ends after its day."""
    assert proof(proven, until, DAY) is held


def test_transfers_are_recipient_by_country_by_purpose() -> None:
    """A recipient's own country and those of its transfers count, home does not; each row has its rung and proof."""
    policy, law = shop()
    found = {
        (row.recipient.id, row.country, row.purpose.id): (row.state, row.rung.id if row.rung else None)
        for row in transfers(policy, law, DAY)
    }
    assert found == {
        ("press", "SG", "newsletter"): (Proof.PROVEN, "consent"),
        ("cloud", "US", "order"): (Proof.PROVISIONAL, "binding-safeguards"),
        ("cloud", "US", "newsletter"): (Proof.NONE, None),
        ("parcel", "JP", "order"): (Proof.NONE, None),
    }
    press = transfers(policy, law, DAY)[0]
    assert [rung.id for rung in press.unmet] == ["adequate-protection", "binding-safeguards"]
    assert (press.evidence, press.proven, press.until) == ("file 8", date(2026, 1, 5), None)
    later = {row.purpose.id: row.state for row in transfers(policy, law, DAY + timedelta(1)) if row.country == "US"}
    assert later == {"order": Proof.EXPIRED, "newsletter": Proof.NONE}


VALIDATOR = jsonschema.Draft202012Validator(register_schema())


@st.composite
def kept(draw: st.DrawFn) -> tuple[Policy, LawPack]:
    """A policy of any kind under a law, its data in classes that the law has, some of them specific."""
    law, whole = draw(laws), sony()[1]
    policy, thrown = draw(policies(law)), draw(dice(8))
    law = replace(
        law, data_classes=law.data_classes or whole.data_classes, assessment_triggers=law.assessment_triggers or whole.assessment_triggers,
    )  # fmt: skip
    classes = tuple(law.data_classes)
    data = {name: replace(item, law_class=thrown.pick(classes)) for name, item in policy.data.items()}
    return replace(policy, data=data), law


def _agree(policy: Policy, law: LawPack, day: date) -> int:
    """Hold every row of both registers against a decision; how many there were."""
    compiled, _ = compile_policy(policy, law)
    facts, at = pack(Standing(), compiled.layout), datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    def codes(purpose: str, recipient: str, country: str | None = None) -> set[str]:
        data = policy.purposes[purpose].data
        decision = decide(compiled, Question(purpose, data, at, Operation.DISCLOSE, recipient, country), facts)
        return {reason.code for reason in decision.reasons}

    looked = 0
    home = policy.recipients.values()
    for row in transfers(policy, law, day):
        if policy.recipients[row.recipient.id].country in (row.country, policy.controller.country):
            found = codes(row.purpose.id, row.recipient.id, row.country)
            ended = {code for code in found if code.startswith(("transfer-", "country-"))} - {
                "transfer-consent-missing"
            }
            assert bool(ended) is (row.state in (Proof.EXPIRED, Proof.NONE)), (row, ended)
            assert ("transfer-expired" in ended) is (row.state is Proof.EXPIRED)
            consent = row.rung is not None and row.rung.consent and row.state is not Proof.NONE
            assert ("transfer-consent-missing" in found) is consent, row
            looked += 1
    for activity in activities(policy, law, day):
        for receiver in activity.recipients:
            found = {code for code in codes(activity.id, receiver.id) if code.startswith("recipient-agreement")}
            wanted = {Proof.EXPIRED: {"recipient-agreement-expired"}, Proof.NONE: {"recipient-agreement-missing"}}
            assert found == (wanted.get(receiver.contract, set()) if receiver.contract else set())
            looked += 1
    assert {item.id for item in home if item.kind in NEEDS_AGREEMENT} >= {
        receiver.id
        for activity in activities(policy, law, day)
        for receiver in activity.recipients
        if receiver.contract
    }
    return looked


def test_registers_say_what_decisions_say() -> None:
    """A row that is not proven is one that decisions deny, for transfers and contracts alike, on every day."""
    for policy, law in (sony(), shop()):
        for day in (DAY, DAY + timedelta(1), date(2027, 6, 30), date(2027, 7, 1)):
            assert _agree(policy, law, day) > 5


@settings(max_examples=examples(60))
@given(kept(), st.dates(date(2025, 1, 1), date(2028, 1, 1)))
def test_registers_say_what_decisions_say_of_any_policy(world: tuple[Policy, LawPack], day: date) -> None:
    """The same for policies of all kinds; and no policy is too strange to keep registers of."""
    policy, law = world
    day = max(day, policy.effective)
    _agree(policy, law, day)
    found = registers(policy, law, day)
    for tongue in TONGUES:
        assert not list(VALIDATOR.iter_errors(plain(found, tongue)))
        for table in tables(found):
            for row in table.rows:
                assert len(row) == len(table.columns)
                assert all(isinstance(said, str) for cell in row for said in spoken(cell, tongue))


def test_processors_and_their_contracts() -> None:
    """Processors by role or class, with their contract on file, provisional or missing; entities only as named."""
    policy, _ = shop()
    found = {row.id: (row.contract, row.declared) for row in processors(policy, DAY)}
    assert found == {
        "press": (Proof.PROVEN, True), "cloud": (Proof.PROVISIONAL, True), "helper": (Proof.NONE, False),
    }  # fmt: skip
    cloud = processors(policy, DAY + timedelta(1))[1]
    assert (cloud.contract, [data.id for data in cloud.data]) == (Proof.EXPIRED, ["contact.email"])


def test_a_processor_without_a_contract_is_missing_one() -> None:
    """Neither a reference nor a day is no contract at all."""
    policy, _ = shop(ABROAD.replace(",\n          agreement: {reference: file 7}", ""))
    assert processors(policy, DAY)[0].contract is Proof.NONE


@pytest.mark.parametrize("which", [sony, minimal, shop])
def test_assessments_are_those_that_the_check_names(which: Any) -> None:
    """What the check warns of is what the register lists, and each trigger is met by what it says."""
    policy, law = which()
    found, others = studies(policy, law, DAY)
    assert [*sorted([item.id for item in found] + [item.id for item in others])] == sorted(policy.purposes)
    for item in found:
        purpose = policy.purposes[item.id]
        for trigger in item.impact.triggers:
            rule = law.assessment_triggers[trigger.id]
            assert trigger.article == rule.article
            assert trigger.trait in purpose.traits if trigger.trait else rule.specific_data
            if rule.specific_data:
                assert [data.id for data in trigger.data] == [
                    name for name in purpose.data if law.data_classes[policy.data[name].law_class].specific
                ]
        assert item.risks
        assert item.impact.state is ImpactState.DONE or item.undecided


def test_the_check_and_the_register_agree_on_the_large_policy() -> None:
    """Each warning about an impact assessment has its row, and each row that is not done its warning."""
    opened = open_policy(ROOT / "policies" / "pt-sony-indonesia")
    warned = [str(item.message) for item in opened.diagnostics if item.code in ("impact-missing", "impact-provisional")]
    found, _ = studies(*sony(), DAY)
    named = {message.split("`")[1] for message in warned}
    assert named == {item.id for item in found if item.impact.state is not ImpactState.DONE}
    assert len(named) > 5


@settings(max_examples=examples(80))
@given(kept())
def test_triggers_are_those_of_the_law(world: tuple[Policy, LawPack]) -> None:
    """For any traits and data, the triggers are the binding rules whose trait or specific data the purpose has."""
    policy, law = world
    specific = [name for name, item in law.data_classes.items() if item.specific]
    found, others = studies(policy, law, DAY)
    met = {item.id: {trigger.id for trigger in item.impact.triggers} for item in found} | {
        item.id: set() for item in others
    }
    for purpose in policy.purposes.values():
        weighs = any(policy.data[name].law_class in specific for name in purpose.data)
        wanted = {
            rule.id
            for rule in binding(law.assessment_triggers, policy.effective)
            if rule.trait in purpose.traits or (rule.specific_data and weighs)
        }
        assert met[purpose.id] == wanted


IMPACTS = [
    ("", ImpactState.MISSING),
    ("{reference: r, provisional: 2026-11-25}", ImpactState.UNFINISHED),
    ("{reference: r, provisional: 2026-11-24}", ImpactState.OVERDUE),
    ("{reference: r, done: 2026-11-01}", ImpactState.DONE),
]


@pytest.mark.parametrize(("written", "state"), IMPACTS, ids=[str(state) for _, state in IMPACTS])
def test_the_state_of_an_assessment(written: str, state: ImpactState) -> None:
    """Missing, unfinished until its last day, overdue after it, done."""
    traits = "traits: [marketing, profiling]" + (f"\n    impact: {written}" if written else "")
    policy, law = shop(**{"traits: [marketing]": traits})
    found, others = studies(policy, law, DAY)
    assert [(item.id, item.impact.state) for item in found] == [("newsletter", state)]
    assert [item.id for item in others] == ["order"]


def test_an_assessment_asks_about_what_the_policy_brings_up() -> None:
    """Triggers, marketing, recipients, other countries, children and interests each bring their questions."""
    policy, law = shop(**{"traits: [marketing]": "traits: [marketing, profiling]"})
    news = studies(policy, law, DAY)[0][0]
    about = [str(risk.about.get("en") if not hasattr(risk.about, "render") else risk.about) for risk in news.risks]
    assert about[0] == "Need and proportion"
    assert {"Marketing", "Recipients", "Data leaving the country"} <= set(about)
    assert "Children" not in about
    undecided = [str(point) for point in news.undecided]
    assert "Cloud: file the signed contract." in undecided
    assert not [point for point in undecided if point.startswith("Printing press: file the signed")]


def test_every_word_has_words() -> None:
    """Each word of the closed vocabularies that a register shows is put into words, in both languages."""
    shown: tuple[type[StrEnum], ...] = (LegalBasis, Operation, Trait, SourceKind, RecipientClass, Role, Disposal, Proof)
    for vocabulary in shown:
        for value in vocabulary:
            assert {word(value).render(tongue) for tongue in TONGUES}
    assert str(word(Role.PROCESSOR)) == "processor"
    assert str(word(RecipientClass.PROCESSOR)) == "service provider"


@pytest.mark.parametrize(
    ("period", "said"),
    [("P5Y", "5 years"), ("P1Y6M", "1 year and 6 months"), ("P180D", "180 days"), ("PT72H", "72 hours"),
     ("P24M", "2 years"), ("P1M1D", "1 month and 1 day")],
)  # fmt: skip
def test_a_period_in_words(period: str, said: str) -> None:
    """Periods are said in calendar words."""
    held = parse_period(period)
    assert held is not None
    assert str(for_period(held)) == said


@pytest.mark.parametrize("which", [sony, minimal, shop])
@pytest.mark.parametrize("tongue", TONGUES, ids=["en", "id"])
def test_json_is_as_the_schema_says(which: Any, tongue: Any) -> None:
    """The JSON of every register is valid, and nothing absent is written as null."""
    schema = json.loads((ROOT / "schema" / "register.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    policy, law = which()
    found = plain(registers(policy, law, DAY), tongue)
    jsonschema.validate(found, schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    assert "null" not in json.dumps(found).split('"')[0::2]
    assert ": null" not in json.dumps(found)


def test_the_schema_can_say_no() -> None:
    """A key too many, a word of no vocabulary and a missing key are refused."""
    whole = plain(registers(*shop(), DAY), ENGLISH)
    text = json.dumps(whole)
    for old, new in (
        ('"policy": "corner-shop"', '"policy": "x", "more": 1'),
        ('"consent"', '"wish"'),
        ('"state"', '"stat"'),
    ):
        assert old in text
        assert VALIDATOR.is_valid(json.loads(text))
        assert not VALIDATOR.is_valid(json.loads(text.replace(old, new, 1)))


def test_only_what_was_asked_for_is_made() -> None:
    """A register that was not asked for is absent, and one purpose has one assessment."""
    policy, law = minimal()
    found = plain(registers(policy, law, DAY, {Register.TRANSFERS}), ENGLISH)
    assert set(found) == {
        "policy", "version", "title", "law", "effective", "day", "controller", "joint_controllers", "officer", "transfers",
    }  # fmt: skip
    one = registers(policy, law, DAY, {Register.ASSESSMENTS}, "order").assessments
    assert one is not None
    assert [(item.id, item.impact.state) for item in one.items] == [("order", ImpactState.NOT_NEEDED)]


def test_a_joint_controller_is_named() -> None:
    """Whoever answers together with the controller stands beside it, in values and on the sheet."""
    policy, law = shop()
    found = registers(policy, law, DAY)
    assert [party.name for party in found.joint_controllers] == ["Corner Cafe"]
    assert "joint controller: Corner Cafe" in [str(part) for part in tables(found)[0].rows[0][-2]]


def test_empty_registers_say_so() -> None:
    """A policy without recipients has registers that say what that means."""
    said = {table.register: (table.rows, table.empty) for table in tables(registers(*minimal(), DAY))}
    assert said[Register.TRANSFERS][0] == ()
    assert said[Register.TRANSFERS][1].startswith("No recipient is outside the home country")
    assert said[Register.PROCESSORS][0] == ()
    assert said[Register.ASSESSMENTS][0] == ()


def _cells(found: Registers) -> list[Any]:
    return [part for table in tables(found) for row in table.rows for cell in row for part in cell]


def test_cells_hold_no_class_of_the_program() -> None:
    """What is shown is text, message or string: no enumeration or record slips in by its own name."""
    for part in _cells(registers(*sony(), DAY)):
        assert not isinstance(part, StrEnum)
        assert not is_dataclass(part) or {item.name for item in fields(part)} & {"versions", "params"}


# ---------------------------------------------------------------------------------------------------------------------
# Linked data


def read(text: str) -> rdflib.Graph:
    """JSON-LD as rdflib reads it; its reader uses a class that rdflib itself calls old."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return rdflib.Graph().parse(data=text, format="json-ld")


@cache
def linked(which: Any) -> rdflib.Graph:
    """The record of a policy as linked data."""
    policy, law = which()
    return read(json.dumps(graph(policy, law, activities(policy, law, DAY))))


PREFIXES = "".join(f"PREFIX {name}: <{address}>\n" for name, address in CONTEXT.items())


@pytest.mark.parametrize("which", [sony, minimal, shop])
def test_the_graph_has_every_purpose_its_basis_and_its_data(which: Any) -> None:
    """Asked in SPARQL, the graph gives each purpose with its basis and data, and no other."""
    policy, _ = which()
    rows = linked(which).query(
        PREFIXES
        + """
        SELECT ?purpose ?basis ?data WHERE {
          ?record a dpv:ROPA ; dpv:hasProcess ?process ; dpv:hasDataController / dpv:hasName ?name .
          ?process dpv:hasPurpose ?purpose ; dpv:hasLegalBasis ?basis ; dpv:hasPersonalData ?data .
          ?purpose a dpv:Purpose . ?data a dpv:PersonalData . }"""
    )
    found = {tuple(str(part) for part in row) for row in rows}  # type: ignore[union-attr]  # rows of a SELECT
    base, bases = f"urn:janji:policy:{policy.id}:", {
        "consent": "ExplicitlyExpressedConsent", "contract": "ContractPerformance", "legal-obligation": "LegalObligation",
        "vital-interest": "VitalInterestOfDataSubject", "public-task": "PublicInterest",
        "legitimate-interest": "LegitimateInterestOfController",
    }  # fmt: skip
    assert found == {
        (f"{base}purposes:{item.id}", f"https://w3id.org/dpv#{bases[item.basis]}", f"{base}data:{name}")
        for item in policy.purposes.values()
        for name in item.data
    }


def test_terms_become_types_and_titles_labels() -> None:
    """The term of the policy is a type in the vocabulary; titles stand in all their languages."""
    held = linked(sony)
    dpv, skos = rdflib.Namespace(CONTEXT["dpv"]), rdflib.Namespace(CONTEXT["skos"])
    policy, _ = sony()
    typed = 0
    for section in (policy.purposes, policy.data):
        for name, item in section.items():
            node = rdflib.URIRef(
                f"urn:janji:policy:{policy.id}:{'purposes' if section is policy.purposes else 'data'}:{name}"
            )
            languages = {label.language for label in held.objects(node, skos.prefLabel)}  # type: ignore[attr-defined]  # labels are literals
            assert languages == {"en", "id"}
            if item.term:
                prefix, local = item.term.split(":")
                assert (node, rdflib.RDF.type, rdflib.URIRef(CONTEXT[prefix] + local)) in held
                typed += 1
    assert typed > 80
    assert len(set(held.subjects(rdflib.RDF.type, dpv.SensitivePersonalData))) >= 3


def test_an_entry_without_a_term_keeps_a_name_of_its_own() -> None:
    """No term, or one of an unknown vocabulary, leaves the general class and the label."""
    policy, law = shop(
        **{"title: {en: Deliver what you ordered": "term: acme:Delivery\n    title: {en: Deliver what you ordered"}
    )
    text = json.dumps(graph(policy, law, activities(policy, law, DAY)))
    held = read(text)
    for name in ("order", "newsletter"):
        node = rdflib.URIRef(f"urn:janji:policy:corner-shop:purposes:{name}")
        assert list(held.objects(node, rdflib.RDF.type)) == [rdflib.URIRef(CONTEXT["dpv"] + "Purpose")]
    assert "acme" not in text


def test_the_graph_knows_recipients_countries_rights_and_retention() -> None:
    """Recipients with role and country, the countries that data may go to, rights, and how long data stay."""
    held = linked(shop)
    rows = held.query(
        PREFIXES
        + """
        SELECT ?to ?country WHERE { ?to a dpv:Recipient, dpv:DataProcessor ; dpv:hasCountry ?country }"""
    )
    assert {tuple(str(part) for part in row) for row in rows} == {  # type: ignore[union-attr]  # rows of a SELECT
        ("urn:janji:policy:corner-shop:recipients:press", "https://w3id.org/dpv/loc#SG")
    }
    third = {
        str(item).rsplit("#")[-1] for item in held.objects(None, rdflib.URIRef(CONTEXT["dpv"] + "hasThirdCountry"))
    }
    assert third == {"SG", "US"}
    durations = {str(item) for item in held.objects(None, rdflib.RDF.value)}
    assert durations == {"P5Y", "P2Y"}
    policy, _ = shop()
    rights = set(held.subjects(rdflib.RDF.type, rdflib.URIRef(CONTEXT["dpv"] + "DataSubjectRight")))
    assert len(rights) == len(policy.rights)
