"""Records and receipts: valid by the schema, readable as linked data, and each field where TS 27560 wants it."""

from __future__ import annotations

import copy
import hashlib
import json
import warnings
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF
from tests.unit.consenting import AT, ROOT, digest, sony

from janji.consent.receipts import STATES, Inclusion, receipt, record
from janji.ledger.events import Actor, Event, Kind, encode
from janji.terms.processing import LegalBasis

DPV = Namespace("https://w3id.org/dpv#")
JANJI = Namespace("urn:janji:terms:")
ID = "01936d8e-0000-7000-8000-000000000001"
SUBJECT = "ab" * 16
PROOF = Inclusion(position=3, size=7, path=(b"\x01" * 32, b"\x02" * 32), checkpoint="janji.example/ledger\n7\nAAAA\n")


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((ROOT / "schema" / f"consent-{name}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


RECORD, RECEIPT = validator("record"), validator("receipt")


def event(kind: Kind = Kind.CONSENT_GIVEN, purpose: str = "newsletters", channel: str | None = "email", **details: Any) -> Event:
    notice = str(sony().policy.purposes[purpose].notice)
    text = {"notice": notice, "notice_version": 1, "notice_digest": digest(notice, 1, "id"), "language": "id"}
    told: dict[str, Any] = {"purpose": str(purpose), **({"channel": str(channel)} if channel else {}), "method": "unticked-box"}
    if kind in (Kind.CONSENT_GIVEN, Kind.CONSENT_RENEWED, Kind.CONSENT_REFUSED):
        told |= text
    return Event(id=ID, kind=kind, at=AT, actor=Actor.PERSON, subject=SUBJECT, version=4, policy="cd" * 32, layout=9,
                 details={**told, **details})  # fmt: skip


def every() -> Iterator[Event]:
    for kind in STATES:
        yield event(kind)
    for purpose in sony().policy.purposes.values():
        if purpose.basis is LegalBasis.CONSENT:
            yield event(purpose=purpose.id, channel=purpose.channels[0] if purpose.channels else None)
    yield event(until="2027-12-01T03:00:00.000Z")


@pytest.mark.parametrize("one", list(every()), ids=lambda one: f"{one.kind}-{one.details['purpose']}")
@pytest.mark.parametrize("inclusion", [None, PROOF], ids=["unsequenced", "sequenced"])
def test_every_record_and_receipt_is_valid(one: Event, inclusion: Inclusion | None) -> None:
    """For each purpose on consent and each state, with and without a place in the ledger, also after a trip through JSON."""
    held = json.loads(json.dumps(record(sony(), one, inclusion)))
    RECORD.validate(held)
    given = json.loads(json.dumps(receipt(sony(), [(one, inclusion), (one, None)], ID, AT)))
    RECEIPT.validate(given)
    assert {key: value for key, value in held.items() if key != "@context"} == given["dct:hasPart"][0]


def read(held: dict[str, Any]) -> Graph:
    """JSON-LD as rdflib reads it; its reader uses a class that rdflib itself calls old."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return Graph().parse(data=json.dumps(held), format="json-ld")


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from _paths(item, (*path, key))
    elif isinstance(value, list) and value:
        yield from _paths(value[0], (*path, 0))


MANDATORY = {
    "schema_version": ("dct:conformsTo",), "record_id": ("dct:identifier",), "pii_principal_id": ("dpv:hasDataSubject",),
    "privacy_notice": ("dpv:hasNotice",), "language": ("dpv:hasNotice", "dct:language"),
    "purpose": ("dpv:hasProcess", "dpv:hasPurpose"), "pii_information": ("dpv:hasProcess", "dpv:hasPersonalData"),
    "pii_controllers": ("dpv:hasProcess", "dpv:hasDataController"),
    "storage_locations, retention_period": ("dpv:hasProcess", "dpv:hasStorageCondition"),
    "jurisdiction": ("dpv:hasProcess", "dpv:hasJurisdiction"),
    "recipient_third_parties": ("dpv:hasProcess", "dpv:hasRecipient"),
    "withdrawal_method": ("dpv:hasProcess", "dpv:hasConsentControl"),
    "pii_type": ("dpv:hasProcess", "dpv:hasPersonalData", 0, "@type"),
    "party_id": ("dpv:hasProcess", "dpv:hasDataController", "dct:identifier"),
    "party_address": ("dpv:hasProcess", "dpv:hasDataController", "dpv:hasAddress"),
    "party_name": ("dpv:hasProcess", "dpv:hasDataController", "dpv:hasName"),
    "party_contact": ("dpv:hasProcess", "dpv:hasDataController", "dpv:hasContact"),
    "party_type": ("dpv:hasProcess", "dpv:hasDataController", "@type"),
    "event_time": ("dpv:hasConsentStatus", "dct:date"), "validity_duration": ("dpv:hasConsentStatus", "dct:valid"),
    "entity_id": ("dpv:hasConsentStatus", "dpv:isImplementedByEntity"),
    "event_type": ("dpv:hasConsentStatus", "dpv:hasLegalBasis"), "event_state": ("dpv:hasConsentStatus", "@type"),
    "lawful_basis (Art 21(1)(a))": ("dpv:hasProcess", "dpv:hasLegalBasis"),
    "what was told (Art 21(1))": ("dpv:hasNotice", "janji:told"),
    "privacy_rights (Art 21(1)(g))": ("dpv:hasProcess", "dpv:hasRight"),
    "authority_party": ("dpv:hasProcess", "dpv:hasAuthority"),
    "notice digest (Art 24)": ("dpv:hasNotice", "janji:digest"),
    "method (Art 22)": ("dpv:hasConsentStatus", "dpv:hasIndicationMethod"),
    "proof": ("janji:proof",), "event digest": ("janji:proof", "janji:eventDigest"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(MANDATORY))
def test_a_record_without_a_mandatory_field_is_not_valid(name: str) -> None:
    """Every field that TS 27560 makes mandatory, and those that Indonesian law adds, are missed by the schema."""
    held = copy.deepcopy(json.loads(json.dumps(record(sony(), event(), PROOF))))
    *way, last = MANDATORY[name]
    place = held
    for step in way:
        place = place[step]
    del place[last]
    assert not RECORD.is_valid(held)


def test_the_seven_things_of_the_law_are_in_the_record() -> None:
    """What was told before consent, field by field, in every language that it was written in; six of seven do not do."""
    held = record(sony(), event())
    told = held["dpv:hasNotice"]["janji:told"]
    assert [item["janji:field"] for item in told] == list(sony().law.notice_fields)
    assert len(told) == 7
    assert all({one["@language"] for one in item["rdf:value"]} == {"en", "id"} for item in told)
    held["dpv:hasNotice"]["janji:told"] = told[:6]
    assert not RECORD.is_valid(held)


def test_a_place_in_the_ledger_is_whole_or_absent() -> None:
    """Position, size, path and checkpoint stand together."""
    for key in ("janji:position", "janji:treeSize", "janji:auditPath", "janji:checkpoint"):
        held = copy.deepcopy(json.loads(json.dumps(record(sony(), event(), PROOF))))
        del held["janji:proof"][key]
        assert not RECORD.is_valid(held)


def test_linked_data_programs_read_it() -> None:
    """As RDF: one consent record, about the purpose, in the state given, conforming to the profile, with its proof."""
    one = event()
    graph = read(record(sony(), one, PROOF))
    (node,) = graph.subjects(RDF.type, DPV.ConsentRecord)
    assert (node, DCTERMS.conformsTo, Literal("https://w3id.org/dpv/schema/dpv-27560#record")) in graph
    assert str(graph.value(node, DCTERMS.identifier)) == ID
    status = graph.value(node, DPV.hasConsentStatus)
    assert (status, RDF.type, DPV.ConsentGiven) in graph
    process = graph.value(node, DPV.hasProcess)
    purpose = graph.value(process, DPV.hasPurpose)
    assert (purpose, RDF.type, DPV.DirectMarketing) in graph
    assert graph.value(process, DPV.hasJurisdiction) == URIRef("https://w3id.org/dpv/loc#ID")
    data = {str(item).rsplit(":", 1)[1] for item in graph.objects(process, DPV.hasPersonalData)}
    assert data == {str(name) for name in sony().policy.purposes["newsletters"].data}
    proof = graph.value(node, JANJI.proof)
    assert str(graph.value(proof, JANJI.eventDigest)) == hashlib.sha256(b"\x00" + encode(one)).hexdigest()


def test_a_receipt_holds_several_records_as_linked_data() -> None:
    """Each record in it stays one of its own."""
    other = Event(**{**{name: getattr(event(), name) for name in Event.__slots__}, "id": ID[:-1] + "2"})
    graph = read(receipt(sony(), [(event(), None), (other, PROOF)], ID[:-1] + "9", AT))
    (node,) = graph.subjects(RDF.type, DPV.ConsentReceipt)
    assert len(set(graph.objects(node, DCTERMS.hasPart))) == 2


def test_a_record_names_nobody() -> None:
    """The person is a pseudonym; nothing else in the record is about one person."""
    held = record(sony(), event(), PROOF)
    assert held["dpv:hasDataSubject"]["dct:identifier"] == SUBJECT
    assert any(path[-1] == "dct:identifier" for path in _paths(held))
