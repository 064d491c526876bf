"""What each field of a policy is called, what it is about, and what it does to people when it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from janji.policy import model
from janji.terms.messages import N_
from janji.versions.changes import Aspect


@dataclass(frozen=True, slots=True)
class Said:
    """A field: its label, and what a change of it is about (`WORDING` and `PROTECTION` are not material).

    `more` says what more of it does: widens (1), narrows (-1) or neither (0). `refers` is the section of the policy
    or the law that its names stand in. `cautious` is whether it counts as told where the law names no such field, `person` whether it names a
    person, who is not repeated.
    """

    label: str
    aspect: Aspect = Aspect.WORDING
    more: int = 0
    refers: str = ""
    empty_is_all: bool = False
    cautious: bool = True
    person: bool = False


EVERY: Mapping[str, Said] = {
    "id": Said(N_("the name in the file")),
    "clauses": Said(N_("the clauses it rests on")),
    "note": Said(N_("the note")),
    "decide": Said(N_("what a person must decide")),
    "title": Said(N_("the title")),
    "term": Said(N_("the term of a public vocabulary")),
}
"""Fields that mean the same wherever they stand."""

_PURPOSES = Said(N_("purposes"), Aspect.PURPOSE, 1, "purposes")
_INSIDE = Aspect.PROTECTION

FIELDS: Mapping[type, Mapping[str, Said]] = {
    model.Policy: {
        "version": Said(N_("the version")),
        "law": Said(N_("the law")),
        "effective": Said(N_("the day it takes effect")),
        "languages": Said(N_("languages")),
    },
    model.Clause: {"kind": Said(N_("what the clause is")), "says": Said(N_("what it says"))},
    model.Officer: {
        "name": Said(N_("the name"), Aspect.CONTROLLER, cautious=False, person=True),
        "email": Said(N_("the e-mail address"), Aspect.CONTROLLER, cautious=False, person=True),
        "phone": Said(N_("the telephone number"), Aspect.CONTROLLER, cautious=False, person=True),
    },
    model.Controller: {
        "name": Said(N_("the name"), Aspect.CONTROLLER),
        "country": Said(N_("the country"), Aspect.CONTROLLER, refers="countries"),
        "address": Said(N_("the address"), Aspect.CONTROLLER, cautious=False),
        "phone": Said(N_("the telephone number"), Aspect.CONTROLLER, cautious=False),
        "email": Said(N_("the e-mail address"), Aspect.CONTROLLER, cautious=False),
        "url": Said(N_("the web address"), Aspect.CONTROLLER, cautious=False),
    },
    model.Entity: {
        "name": Said(N_("the name"), Aspect.CONTROLLER),
        "role": Said(N_("the role"), Aspect.CONTROLLER),
        "country": Said(N_("the country"), Aspect.CONTROLLER, refers="countries"),
    },
    model.Source: {"kind": Said(N_("the kind"), Aspect.DATA)},
    model.DataCategory: {
        "law_class": Said(N_("the class in the law"), Aspect.DATA, refers="law.data_classes"),
        "identifier": Said(N_("whether it identifies a person"), _INSIDE),
        "sources": Said(N_("sources"), Aspect.DATA, 1, "sources"),
    },
    model.Channel: {"electronic": Said(N_("whether it is electronic"), _INSIDE)},
    model.Notice: {
        "version": Said(N_("the version"), Aspect.NOTICE),
        "accepts": Said(N_("older versions that count"), Aspect.NOTICE),
        "fields": Said(N_("the text"), Aspect.NOTICE),
    },
    model.TouchpointField: {
        "data": Said(N_("data"), Aspect.DATA, refers="data"),
        "required": Said(N_("whether it must be filled in"), Aspect.DATA, 1),
        "consequence": Said(N_("what happens when it is left empty")),
        "choice": Said(N_("the purpose it consents to"), Aspect.NOTICE, refers="purposes"),
        "channel": Said(N_("the channel it consents to"), Aspect.NOTICE, refers="channels"),
        "born": Said(N_("whether it is the date of birth"), Aspect.CHILDREN),
        "free_text": Said(N_("whether people write freely"), Aspect.DATA, 1),
        "expects": Said(N_("what may be found in it without a review"), Aspect.PROTECTION, 1),
        "parts": Said(N_("the parts of its value"), Aspect.DATA, 1),
        "shorten": Said(N_("whether addresses are cut"), Aspect.PROTECTION, -1),
    },
    model.TouchpointEvent: {"fields": Said(N_("the fields of the event"), Aspect.DATA, 1)},
    model.Touchpoint: {
        "source": Said(N_("the source"), Aspect.DATA, refers="sources"),
        "purposes": _PURPOSES,
        "notice": Said(N_("the notice"), Aspect.NOTICE, refers="notices"),
        "free_text": Said(N_("whether people write freely"), Aspect.DATA, 1),
        "uploads": Said(N_("whether files are taken"), Aspect.DATA, 1),
        "recording": Said(N_("whether it is recorded"), Aspect.DATA, 1),
        "age_gate": Said(N_("whether it asks for the age"), Aspect.CHILDREN, -1),
        "scopes": Said(N_("what is asked of another service"), Aspect.DATA, 1),
    },
    model.Assessment: {
        "purpose": Said(N_("the interest"), _INSIDE),
        "need": Said(N_("why it is needed"), _INSIDE),
        "balance": Said(N_("how it was weighed"), _INSIDE),
        "approved": Said(N_("the day of approval"), _INSIDE),
        "approved_by": Said(N_("who approved it"), _INSIDE, person=True),
        "provisional": Said(N_("the day until which it is provisional"), _INSIDE),
    },
    model.Impact: {
        "reference": Said(N_("the reference"), _INSIDE),
        "done": Said(N_("the day it was done"), _INSIDE),
        "provisional": Said(N_("the day until which it is provisional"), _INSIDE),
    },
    model.AutomatedDecision: {
        "logic": Said(N_("the logic"), Aspect.PURPOSE),
        "effect": Said(N_("the effect on the person"), Aspect.PURPOSE),
        "review": Said(N_("the review by a human"), Aspect.RIGHTS),
    },
    model.Purpose: {
        "basis": Said(N_("the legal basis"), Aspect.BASIS),
        "data": Said(N_("data"), Aspect.DATA, 1, "data"),
        "operations": Said(N_("operations"), Aspect.PURPOSE, 1),
        "channels": Said(N_("channels"), Aspect.PURPOSE, 1, "channels"),
        "traits": Said(N_("traits"), Aspect.PURPOSE, 1),
        "signals": Said(N_("signals that count as an objection"), Aspect.RIGHTS, -1),
        "notice": Said(N_("the notice"), Aspect.NOTICE, refers="notices"),
        "agreements": Said(N_("kinds of agreement"), Aspect.BASIS, 1),
        "obligation": Said(N_("the legal obligation"), Aspect.BASIS),
        "during_restriction": Said(N_("whether it goes on while processing is restricted"), Aspect.RIGHTS, 1),
        "child": Said(N_("what is done for a child"), Aspect.CHILDREN),
        "owner": Said(N_("the owner"), _INSIDE, person=True),
    },
    model.Prohibition: {
        "purposes": Said(N_("purposes"), Aspect.PURPOSE, refers="purposes"),
        "traits": Said(N_("traits"), Aspect.PURPOSE),
        "data": Said(N_("data"), Aspect.DATA, refers="data"),
        "operations": Said(N_("operations"), Aspect.PURPOSE),
        "recipients": Said(N_("recipients"), Aspect.RECIPIENT, refers="recipients"),
        "countries": Said(N_("countries"), Aspect.RECIPIENT, refers="countries"),
        "channels": Said(N_("channels"), Aspect.PURPOSE, refers="channels"),
    },
    model.Agreement: {
        "reference": Said(N_("the reference"), _INSIDE),
        "provisional": Said(N_("the day until which it is provisional"), _INSIDE),
    },
    model.Recipient: {
        "kind": Said(N_("the kind of recipient"), Aspect.RECIPIENT),
        "role": Said(N_("the role"), Aspect.RECIPIENT),
        "country": Said(N_("the country"), Aspect.RECIPIENT, refers="countries"),
        "purposes": Said(N_("purposes"), Aspect.RECIPIENT, 1, "purposes"),
        "data": Said(N_("data"), Aspect.RECIPIENT, 1, "data", empty_is_all=True),
    },
    model.Transfer: {
        "recipients": Said(N_("recipients"), Aspect.RECIPIENT, 1, "recipients"),
        "countries": Said(N_("countries"), Aspect.RECIPIENT, 1, "countries"),
        "purposes": Said(N_("purposes"), Aspect.RECIPIENT, 1, "purposes", empty_is_all=True),
        "rung": Said(N_("the rung of the law"), Aspect.RECIPIENT, refers="law.rungs"),
        "evidence": Said(N_("the evidence"), _INSIDE),
        "proven": Said(N_("the day it was proven"), _INSIDE),
        "provisional": Said(N_("the day until which it is provisional"), _INSIDE),
        "unmet": Said(N_("what is still missing"), _INSIDE),
    },
    model.RetentionRule: {
        "period": Said(N_("the period"), Aspect.RETENTION, 1),
        "trigger": Said(N_("the event it runs from"), Aspect.RETENTION),
        "then": Said(N_("what happens at its end"), Aspect.RETENTION),
        "data": Said(N_("data"), Aspect.RETENTION, refers="data"),
        "purposes": Said(N_("purposes"), Aspect.RETENTION, refers="purposes"),
        "law": Said(N_("the rules of law behind it"), refers="law.retention"),
    },
    model.System: {
        "owner": Said(N_("the owner"), _INSIDE, person=True),
        "country": Said(N_("the country"), _INSIDE, refers="countries"),
        "purposes": Said(N_("purposes"), _INSIDE, refers="purposes"),
        "data": Said(N_("data"), _INSIDE, refers="data"),
    },
    model.Tracker: {
        "kind": Said(N_("the kind"), Aspect.DATA),
        "party": Said(N_("whose it is"), Aspect.RECIPIENT),
        "purpose": Said(N_("the purpose"), Aspect.PURPOSE, refers="purposes"),
        "lifetime": Said(N_("how long it stays"), Aspect.RETENTION, 1),
        "essential": Said(N_("whether it runs before a choice"), Aspect.BASIS, 1),
    },
    model.PolicyRight: {
        "right": Said(N_("the right in the law"), Aspect.RIGHTS, refers="law.rights"),
        "within": Said(N_("the time to answer"), Aspect.RIGHTS, 1),
        "approvals": Said(N_("how many people approve"), _INSIDE),
        "deputies": Said(N_("deputies"), _INSIDE, person=True),
        "bases": Said(N_("legal bases on which an objection is honoured"), Aspect.RIGHTS, -1),
    },
    model.Measure: {
        "standard": Said(N_("the standard"), _INSIDE),
        "evidence": Said(N_("the evidence"), _INSIDE),
        "reviewed": Said(N_("the day of the last review"), _INSIDE),
    },
    model.Training: {
        "required": Said(N_("whether it is required"), _INSIDE),
        "every": Said(N_("how often it is renewed"), _INSIDE),
        "covers": Said(N_("what it covers"), _INSIDE),
    },
    model.Children: {
        "under": Said(N_("the age in years below which a person is a child"), Aspect.CHILDREN, -1),
        "never": Said(N_("traits never applied to a child"), Aspect.CHILDREN, -1),
    },
    model.Quarantine: {},
    model.ThirdPersons: {},
    model.Undeclared: {
        "purpose": Said(N_("the clauses for a purpose")),
        "data": Said(N_("the clauses for data")),
        "operation": Said(N_("the clauses for an operation")),
        "recipient": Said(N_("the clauses for a recipient")),
        "country": Said(N_("the clauses for a country")),
        "channel": Said(N_("the clauses for a channel")),
        "touchpoint": Said(N_("the clauses for a touchpoint")),
    },
}
"""Every field of every entry that is compared."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of entry: what it is called (within `whole`), and what a new one is about; it widens (1), narrows (-1) or neither."""

    label: str
    aspect: Aspect
    more: int = 0
    cautious: bool = True


KINDS: Mapping[type, Kept] = {
    model.Policy: Kept(N_("the policy"), Aspect.WORDING),
    model.Clause: Kept(N_("clause {title}"), Aspect.WORDING),
    model.Officer: Kept(N_("the officer of {whole}"), Aspect.CONTROLLER, cautious=False),
    model.Controller: Kept(N_("the controller"), Aspect.CONTROLLER),
    model.Entity: Kept(N_("the company `{title}`"), Aspect.CONTROLLER),
    model.Source: Kept(N_("the source `{title}`"), Aspect.DATA, 1),
    model.DataCategory: Kept(N_("the data `{title}`"), Aspect.DATA, 1),
    model.Channel: Kept(N_("the channel `{title}`"), Aspect.PURPOSE, 1),
    model.Notice: Kept(N_("the notice `{title}`"), Aspect.NOTICE),
    model.TouchpointField: Kept(N_("the field `{title}` of {whole}"), Aspect.DATA, 1),
    model.TouchpointEvent: Kept(N_("the event `{title}` of {whole}"), Aspect.DATA, 1),
    model.Touchpoint: Kept(N_("the touchpoint `{title}`"), Aspect.DATA, 1),
    model.Assessment: Kept(N_("the weighing of {whole}"), Aspect.PROTECTION),
    model.Impact: Kept(N_("the impact assessment of {whole}"), Aspect.PROTECTION),
    model.AutomatedDecision: Kept(N_("the automated decision of {whole}"), Aspect.PURPOSE, 1),
    model.Purpose: Kept(N_("the purpose `{title}`"), Aspect.PURPOSE, 1),
    model.Prohibition: Kept(N_("the prohibition `{title}`"), Aspect.PURPOSE, -1),
    model.Agreement: Kept(N_("the agreement with {whole}"), Aspect.PROTECTION),
    model.Recipient: Kept(N_("the recipient `{title}`"), Aspect.RECIPIENT, 1),
    model.Transfer: Kept(N_("the transfer to `{title}`"), Aspect.RECIPIENT, 1),
    model.RetentionRule: Kept(N_("the retention rule `{title}`"), Aspect.RETENTION),
    model.System: Kept(N_("the system `{title}`"), Aspect.PROTECTION),
    model.Tracker: Kept(N_("the tracker `{title}`"), Aspect.DATA, 1),
    model.PolicyRight: Kept(N_("the right `{title}`"), Aspect.RIGHTS, -1),
    model.Measure: Kept(N_("the measure `{title}`"), Aspect.PROTECTION),
    model.Training: Kept(N_("the training of agents"), Aspect.PROTECTION),
    model.Children: Kept(N_("the rules about children"), Aspect.CHILDREN, -1),
    model.Quarantine: Kept(N_("the quarantine of data of children"), Aspect.CHILDREN, -1),
    model.ThirdPersons: Kept(N_("the rules about third persons"), Aspect.PURPOSE, -1),
    model.Undeclared: Kept(N_("what was never declared"), Aspect.WORDING),
}
"""Every kind of entry."""
