"""The record of processing as JSON-LD in the Data Privacy Vocabulary (DPV) of the W3C community group."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from janji.law.model import LawPack
from janji.policy.model import Policy
from janji.registers.processing import Activity, Kept
from janji.registers.words import Proof
from janji.terms.processing import Disposal, LegalBasis, Operation, Role, SourceKind, Trait
from janji.terms.texts import Text

Node = dict[str, Any]

CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "tech": "https://w3id.org/dpv/tech#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefixes, written into each document, so that reading one asks nothing of the network."""

_TERM = re.compile(r"(?:dpv|pd|loc|tech):[A-Za-z][A-Za-z0-9-]*")

BASES = {
    LegalBasis.CONSENT: "dpv:ExplicitlyExpressedConsent", LegalBasis.CONTRACT: "dpv:ContractPerformance",
    LegalBasis.LEGAL_OBLIGATION: "dpv:LegalObligation", LegalBasis.VITAL_INTEREST: "dpv:VitalInterestOfDataSubject",
    LegalBasis.PUBLIC_TASK: "dpv:PublicInterest", LegalBasis.LEGITIMATE_INTEREST: "dpv:LegitimateInterestOfController",
}  # fmt: skip
OPERATIONS = {
    Operation.COLLECT: "dpv:Collect", Operation.USE: "dpv:Use", Operation.DISCLOSE: "dpv:Disclose",
    Operation.RETAIN: "dpv:Store",
}  # fmt: skip
ROLES = {
    Role.CONTROLLER: "dpv:DataController", Role.JOINT_CONTROLLER: "dpv:JointDataControllers",
    Role.PROCESSOR: "dpv:DataProcessor", Role.SUB_PROCESSOR: "dpv:DataSubProcessor", Role.THIRD_PARTY: "dpv:ThirdParty",
    Role.AUTHORITY: "dpv:Authority",
}  # fmt: skip
SOURCES = {
    SourceKind.DIRECT: "dpv:DataSubjectDataSource", SourceKind.THIRD_PARTY: "dpv:ThirdPartyDataSource",
    SourceKind.OBSERVED: "dpv:DataSubjectDataSource", SourceKind.DERIVED: "dpv:DataControllerDataSource",
}  # fmt: skip
DISPOSALS = {
    Disposal.DELETE: "dpv:Erase", Disposal.DESTROY: "dpv:Destruct", Disposal.ANONYMISE: "dpv:Anonymise",
    Disposal.RESTRICT: "dpv:Restrict",
}  # fmt: skip
TRAITS = {
    Trait.PROFILING: "dpv:Profiling", Trait.COMBINATION: "dpv:Combine",
}  # fmt: skip
"""Traits that are operations in the vocabulary; the other traits have no operation of their own there."""


class _Names:
    """The own names of a policy's entries: a namespace that needs no address on the web."""

    def __init__(self, policy: Policy) -> None:
        self.base = f"urn:janji:policy:{policy.id}:"

    def of(self, section: str, name: str = "") -> str:
        return f"{self.base}{section}:{name}" if name else f"{self.base}{section}"


def graph(policy: Policy, law: LawPack, record: Iterable[Activity]) -> Node:
    """The record of processing of a policy as one JSON-LD document.

    Every entry has a name of the policy's own, its titles in all their languages, and as its types the general class
    and the `term` that the policy gives it.
    """
    names, rows = _Names(policy), tuple(record)
    return {
        "@context": CONTEXT,
        "@id": names.of("record"),
        "@type": "dpv:ROPA",
        "dct:title": _labels(policy.title),
        "dct:identifier": policy.id,
        "dct:hasVersion": policy.version,
        "dct:valid": {"@type": "xsd:date", "@value": policy.effective.isoformat()},
        "dpv:hasApplicableLaw": {
            "@id": f"urn:janji:law:{law.id}",
            "@type": "dpv:Law",
            "dct:title": _labels(law.title),
        },
        "dpv:hasDataController": _controller(policy, names),
        "dpv:hasRight": [
            {"@id": names.of("rights", right.id), "@type": "dpv:DataSubjectRight", "skos:prefLabel": _labels(right.title)}
            for right in policy.rights.values()
        ],
        "dpv:hasProcess": [_process(names, item) for item in rows],
        "@included": [
            *_purposes(policy, names), *_data(policy, law, names), *_sources(policy, names), *_recipients(policy, names),
            *_measures(policy, names), *_notices(policy, names),
        ],
    }  # fmt: skip


def _labels(text: Text) -> list[Any]:
    """A text in all its languages."""
    return [{"@language": language, "@value": words} if language else words for language, words in text.versions]


def _reference(name: str) -> Node:
    return {"@id": name}


def _types(general: str, term: str | None) -> list[str]:
    """The general class and the term of the policy, when that is one of the vocabulary."""
    return [general, *([str(term)] if term and _TERM.fullmatch(term) and term != general else [])]


def _controller(policy: Policy, names: _Names) -> Node:
    controller = policy.controller
    found: Node = {
        "@id": names.of("controller"),
        "@type": "dpv:DataController",
        "dpv:hasName": controller.name,
        "dpv:hasCountry": _reference(f"loc:{controller.country}"),
        **_contact(controller.address, (controller.email, controller.phone, controller.url)),
    }
    if controller.officer is not None:
        officer = controller.officer
        found["dpv:hasDataProtectionOfficer"] = {
            "@id": names.of("officer"),
            "@type": "dpv:DataProtectionOfficer",
            **({"dpv:hasName": officer.name} if officer.name else {}),
            **_contact(None, (officer.email, officer.phone)),
        }
    return found


def _contact(address: str | None, ways: Iterable[str | None]) -> Node:
    reached = [way for way in ways if way]
    return {
        **({"dpv:hasAddress": address} if address else {}),
        **({"dpv:hasContact": reached} if reached else {}),
    }


def _process(names: _Names, item: Activity) -> Node:
    """One processing activity: a purpose with its basis, data, recipients and the end of the data."""
    done = [OPERATIONS[operation] for operation in item.operations]
    done += [TRAITS[trait] for trait in item.traits if trait in TRAITS]
    countries = {moved.country for moved in item.transfers if moved.state in (Proof.PROVEN, Proof.PROVISIONAL)}
    found: Node = {
        "@id": names.of("processes", item.id),
        "@type": "dpv:PersonalDataProcess",
        "skos:prefLabel": _labels(item.title),
        "dpv:hasPurpose": _reference(names.of("purposes", item.id)),
        "dpv:hasLegalBasis": _reference(BASES[item.basis]),
        "dpv:hasProcessing": [_reference(name) for name in done],
        "dpv:hasPersonalData": [_reference(names.of("data", data.id)) for data in item.data],
        "dpv:hasDataController": _reference(names.of("controller")),
        "dpv:hasDataSource": [_reference(names.of("sources", source.id)) for source in item.sources],
        "dpv:hasRecipient": [_reference(names.of("recipients", recipient.id)) for recipient in item.recipients],
        "dpv:hasThirdCountry": [_reference(f"loc:{country}") for country in sorted(countries)],
        "dpv:hasStorageCondition": [_storage(names, item, kept) for kept in item.retention],
        "dpv:hasTechnicalOrganisationalMeasure": [_reference(names.of("measures", one.id)) for one in item.measures],
    }
    if item.notice is not None:
        found["dpv:hasNotice"] = _reference(names.of("notices", item.notice.id))
    if item.automated is not None:
        found["dpv:hasContext"] = _reference("dpv:AutomatedDecisionMaking")
        found["dpv:hasAlgorithmicLogic"] = _labels(item.automated.logic)
    return {key: value for key, value in found.items() if value != []}


def _storage(names: _Names, item: Activity, kept: Kept) -> Node:
    return {
        "@id": names.of("retention", f"{kept.id}:{item.id}"),
        "@type": "dpv:StorageDuration",
        "skos:prefLabel": _labels(kept.title),
        "dpv:hasPersonalData": [_reference(names.of("data", name)) for name in kept.data],
        "dpv:hasDuration": {
            "@type": "dpv:TemporalDuration",
            "rdf:value": {"@type": "xsd:duration", "@value": str(kept.period)},
        },
        "dpv:isAfter": kept.trigger,
        "dpv:hasProcessing": _reference(DISPOSALS[kept.then]),
    }


def _purposes(policy: Policy, names: _Names) -> list[Node]:
    return [
        {
            "@id": names.of("purposes", purpose.id),
            "@type": _types("dpv:Purpose", purpose.term),
            "skos:prefLabel": _labels(purpose.title),
        }
        for purpose in policy.purposes.values()
    ]


def _data(policy: Policy, law: LawPack, names: _Names) -> list[Node]:
    return [
        _entry(
            names.of("data", category.id),
            category.title,
            *_types("dpv:PersonalData", category.term),
            *(["dpv:SensitivePersonalData"] if law.data_classes[category.law_class].specific else []),
        )
        for category in policy.data.values()
    ]


def _entry(name: str, title: Text, *types: str) -> Node:
    """What every entry of the policy has in the graph: its name, its types and its title."""
    return {"@id": name, "@type": list(types), "skos:prefLabel": _labels(title)}


def _sources(policy: Policy, names: _Names) -> list[Node]:
    return [
        _entry(names.of("sources", source.id), source.title, "dpv:DataSource", SOURCES[source.kind])
        for source in policy.sources.values()
    ]


def _recipients(policy: Policy, names: _Names) -> list[Node]:
    return [
        {
            **_entry(names.of("recipients", recipient.id), recipient.title, "dpv:Recipient", ROLES[recipient.role]),
            "dpv:hasCountry": _reference(f"loc:{recipient.country}"),
        }
        for recipient in policy.recipients.values()
    ]


def _measures(policy: Policy, names: _Names) -> list[Node]:
    return [
        {
            "@id": names.of("measures", measure.id),
            "@type": "dpv:TechnicalOrganisationalMeasure",
            "skos:prefLabel": _labels(measure.title),
        }
        for measure in policy.measures.values()
    ]


def _notices(policy: Policy, names: _Names) -> list[Node]:
    return [
        {
            "@id": names.of("notices", notice.id),
            "@type": "dpv:ConsentNotice",
            "skos:prefLabel": _labels(notice.title),
            "dct:hasVersion": str(notice.version),
        }
        for notice in policy.notices.values()
    ]
