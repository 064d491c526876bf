"""The consent record and its receipt: ISO/IEC TS 27560:2023 in the JSON-LD of the Data Privacy Vocabulary (DPV).

The fields and their properties are those of the DPV guide to TS 27560. To the standard's mandatory fields this adds
what UU 27/2022 Art 21(1) wants told (legal ground, rights and authority are mandatory here), and what proves it all:
the notice's digest, the method, the event's digest and its place in the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from janji.decision.compiler import CompiledPolicy
from janji.law.model import binding
from janji.ledger.events import Actor, Event, Kind, encode, leaf_hash, stamp
from janji.policy.model import Notice, Policy, Purpose, Recipient
from janji.terms.processing import LegalBasis
from janji.terms.texts import Text

Node = dict[str, Any]

PROFILE = "https://w3id.org/dpv/schema/dpv-27560#"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "janji": "urn:janji:terms:",
}
"""Prefixes, written into each document, so that reading one asks nothing of the network."""
STATES = {
    Kind.CONSENT_GIVEN: "dpv:ConsentGiven", Kind.CONSENT_RENEWED: "dpv:RenewedConsentGiven",
    Kind.CONSENT_REFUSED: "dpv:ConsentRefused", Kind.CONSENT_WITHDRAWN: "dpv:ConsentWithdrawn",
    Kind.CONSENT_EXPIRED: "dpv:ConsentExpired",
}  # fmt: skip
"""The state that each event brings a consent into; these are the events that have a record."""
_TERM = re.compile(r"(?:dpv|pd|loc):[A-Za-z][A-Za-z0-9-]*")
_ACTORS = {
    Actor.PERSON: "dpv:DataSubject", Actor.GUARDIAN: "dpv:GuardianOfDataSubject", Actor.STAFF: "dpv:DataController",
    Actor.BROWSER: "dpv:DataSubject", Actor.SYSTEM: "dpv:DataController",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """Where the ledger holds an event: position, audit path (32 bytes each, RFC 9162 2.1.3) and a checkpoint's text."""

    position: int
    size: int
    path: tuple[bytes, ...]
    checkpoint: str


def record(compiled: CompiledPolicy, event: Event, inclusion: Inclusion | None = None) -> Node:
    """The consent record of one event, under the policy that was in force when it was recorded.

    `event` must be of a kind in `STATES`, about a purpose of this policy. Before the event has its number, `inclusion`
    is absent and the record proves by the event's digest alone.
    """
    policy = compiled.policy
    purpose = policy.purposes[event.details["purpose"]]
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{event.id}",
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": PROFILE + "record",
        "dct:identifier": event.id,
        "dpv:hasDataSubject": {
            "@id": f"urn:janji:subject:{event.subject}", "@type": "dpv:DataSubject", "dct:identifier": event.subject,
        },
        "dpv:hasNotice": _notice(policy, event, purpose),
        "dpv:hasProcess": _process(compiled, event, purpose),
        "dpv:hasConsentStatus": _status(event),
        "janji:proof": _proof(event, inclusion),
    }  # fmt: skip


def receipt(compiled: CompiledPolicy, events: Iterable[tuple[Event, Inclusion | None]], identifier: str, at: datetime) -> Node:
    """The receipt that a person is given: copies of records under a number of its own (`identifier`, a UUID)."""
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{identifier}",
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": PROFILE + "receipt-record",
        "dct:identifier": identifier,
        "dct:issued": _instant(stamp(at)),
        "dct:publisher": _controller(compiled.policy),
        "dct:hasPart": [_inner(record(compiled, event, inclusion)) for event, inclusion in events],
    }


def _inner(node: Node) -> Node:
    """A record inside a receipt stands under the receipt's prefixes."""
    return {key: value for key, value in node.items() if key != "@context"}


def _labels(text: Text) -> list[Any]:
    return [{"@language": language, "@value": words} if language else words for language, words in text.versions]


def _instant(text: str) -> Node:
    return {"@type": "xsd:dateTime", "@value": text}


def _name(policy: Policy, section: str, name: str) -> str:
    return f"urn:janji:policy:{policy.id}:{section}:{name}"


def _types(general: str, term: str | None) -> list[str]:
    return [general, *([str(term)] if term and _TERM.fullmatch(term) and term != general else [])]


def _notice(policy: Policy, event: Event, purpose: Purpose) -> Node:
    """The notice that was shown; of a withdrawal, which shows none, the notice that the consent was asked under."""
    details = event.details
    name = str(details.get("notice", purpose.notice))
    notice = policy.notices.get(name)
    spoken = details.get("language") or next(iter(policy.languages or policy.title.languages), "und")
    node: Node = {
        "@id": _name(policy, "notices", name),
        "@type": "dpv:ConsentNotice",
        "dct:language": spoken,
        "dct:hasVersion": str(details.get("notice_version", notice.version if notice else "")),
    }
    if "notice_digest" in details:
        node["janji:digest"] = details["notice_digest"]
    if notice is not None:
        node["skos:prefLabel"] = _labels(notice.title)
        node["janji:told"] = _told(notice)
    return node


def _told(notice: Notice) -> list[Node]:
    """What was told before consent, field by field (UU 27/2022 Art 21(1))."""
    return [{"janji:field": str(name), "rdf:value": _labels(text)} for name, text in notice.fields.items()]


def _process(compiled: CompiledPolicy, event: Event, purpose: Purpose) -> Node:
    policy, law = compiled.policy, compiled.law
    channel = event.details.get("channel")
    receivers = [item for item in policy.recipients.values() if purpose.id in item.purposes]
    rules = {rule.id: rule for name in purpose.data for rule in compiled.schedule.rules(purpose.id, name)}
    node: Node = {
        "@id": _name(policy, "processes", purpose.id),
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@id": _name(policy, "purposes", purpose.id), "@type": _types("dpv:Purpose", purpose.term),
            "skos:prefLabel": _labels(purpose.title),
        },
        "dpv:hasLegalBasis": {"@id": "dpv:ExplicitlyExpressedConsent", "janji:article": _basis(compiled)},
        "dpv:hasPersonalData": [_data(compiled, name) for name in purpose.data],
        "dpv:hasDataController": _controller(policy),
        "dpv:hasStorageCondition": [
            *({
                "@type": "dpv:StorageDuration", "skos:prefLabel": _labels(rule.title),
                "dpv:hasDuration": {"@type": "dpv:TemporalDuration",
                                    "rdf:value": {"@type": "xsd:duration", "@value": str(rule.period)}},
                "janji:from": str(rule.trigger),
            } for rule in rules.values()),
            *({"@type": "dpv:StorageLocation", "dpv:hasLocation": {"@id": f"loc:{country}"}}
              for country in _places(policy, purpose)),
        ],
        "dpv:hasJurisdiction": {"@id": f"loc:{law.jurisdiction}"},
        "dpv:hasApplicableLaw": {"@id": f"urn:janji:law:{law.id}", "@type": "dpv:Law", "dct:title": _labels(law.title)},
        "dpv:hasRecipient": [_recipient(policy, item) for item in receivers],
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dpv:hasContact": _contact(policy),
            **({"janji:article": law.rights["withdrawal"].article} if "withdrawal" in law.rights else {}),
        },
        "dpv:hasRight": [
            {"@id": _name(policy, "rights", right.id), "@type": "dpv:DataSubjectRight", "skos:prefLabel": _labels(right.title)}
            for right in policy.rights.values()
        ],
        "dpv:hasAuthority": [
            {"@id": f"urn:janji:law:{law.id}:authorities:{rule.id}", "@type": "dpv:Authority",
             "skos:prefLabel": _labels(rule.title)}
            for rule in binding(law.authorities, policy.effective)
        ],
    }  # fmt: skip
    if channel is not None:
        found = policy.channels.get(channel)
        node["janji:channel"] = {
            "@id": _name(policy, "channels", channel), **({"skos:prefLabel": _labels(found.title)} if found else {}),
        }  # fmt: skip
    return node


def _basis(compiled: CompiledPolicy) -> str:
    basis = compiled.law.basis(LegalBasis.CONSENT)
    return basis.article if basis is not None else compiled.law.id


def _places(policy: Policy, purpose: Purpose) -> list[str]:
    """Where the data are kept: the countries of the systems that serve the purpose, else the controller's."""
    found = [str(item.country) for item in policy.systems.values() if purpose.id in item.purposes and item.country]
    return list(dict.fromkeys(found)) or [str(policy.controller.country)]


def _data(compiled: CompiledPolicy, name: str) -> Node:
    policy = compiled.policy
    category = policy.data[name]
    specific = compiled.law.data_classes[category.law_class].specific
    required = any(
        item.data == name and item.required
        for point in policy.touchpoints.values()
        for item in point.fields.values()
    )  # fmt: skip
    return {
        "@id": _name(policy, "data", name),
        "@type": [*_types("dpv:PersonalData", category.term), *(["dpv:SensitivePersonalData"] if specific else [])],
        "skos:prefLabel": _labels(category.title),
        "dpv:hasNecessity": {"@id": "dpv:Required" if required else "dpv:Optional"},
    }


def _contact(policy: Policy) -> list[str]:
    controller = policy.controller
    ways = (controller.email, controller.url, controller.phone, controller.address)
    return [str(way) for way in ways if way] or [str(controller.name)]


def _controller(policy: Policy) -> Node:
    controller = policy.controller
    return {
        "@id": f"urn:janji:policy:{policy.id}:controller",
        "@type": ["dpv:DataController", "dpv:LegalEntity"],
        "dct:identifier": f"urn:janji:policy:{policy.id}:controller",
        "dpv:hasName": str(controller.name),
        "dpv:hasAddress": str(controller.address or controller.country),
        "dpv:hasContact": _contact(policy),
        "dpv:hasCountry": {"@id": f"loc:{controller.country}"},
    }


def _recipient(policy: Policy, item: Recipient) -> Node:
    return {
        "@id": _name(policy, "recipients", item.id),
        "@type": "dpv:Recipient",
        "skos:prefLabel": _labels(item.title),
        "dpv:hasCountry": {"@id": f"loc:{item.country}"},
    }


def _status(event: Event) -> Node:
    details = event.details
    until = details.get("until")
    by = f"urn:janji:subject:{event.subject}" if event.actor in (Actor.PERSON, Actor.BROWSER) else None
    return {
        "@id": f"urn:uuid:{event.id}#status",
        "@type": STATES[event.kind],
        "dct:date": _instant(stamp(event.at)),
        "dct:valid": _instant(until) if until else "until withdrawn",
        "dpv:hasLegalBasis": {"@id": "dpv:ExplicitlyExpressedConsent"},
        "dpv:isImplementedByEntity": {"@id": by or f"urn:janji:actor:{event.actor}", "@type": _ACTORS[event.actor]},
        "dpv:hasIndicationMethod": details.get("method", "not-said"),
    }


def _proof(event: Event, inclusion: Inclusion | None) -> Node:
    """What the ledger knows of the event: its digest is its leaf hash, so receipt and proof speak of one number."""
    node: Node = {
        "janji:eventDigest": leaf_hash(encode(event)).hex(),
        "janji:policyDigest": event.policy or "",
    }
    if event.sealed is not None:
        node["janji:evidenceDigest"] = event.sealed
    if inclusion is not None:
        node["janji:position"] = inclusion.position
        node["janji:treeSize"] = inclusion.size
        node["janji:auditPath"] = {"@list": [step.hex() for step in inclusion.path]}
        node["janji:checkpoint"] = inclusion.checkpoint
    return node
