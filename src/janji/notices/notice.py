"""The notice of a whole policy: in short first, then layer by layer, and only what the policy and its law say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from janji.decision.compiler import CompiledPolicy
from janji.law.model import Rule, binding
from janji.notices.statements import (
    Contact,
    Datum,
    Disclosure,
    GrantedRight,
    Keeping,
    Named,
    Statement,
    contacts,
    datum,
    disclosure,
    joint_controllers,
    keeping,
    officer,
    rights,
    statement,
)  # fmt: skip
from janji.notices.states import State, of_entry
from janji.notices.trackers import Declaration, declaration
from janji.notices.words import BASES, listed
from janji.policy.model import Policy, RetentionRule
from janji.terms.messages import N_, Message, say
from janji.terms.processing import LegalBasis
from janji.terms.texts import Text
from janji.terms.words import for_period, on_day

_SHOWN = 3
"""How many items of a list the short form names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class Brief:
    """One question of the short form, its answer in lines, and the chapter that says more."""

    question: Message
    lines: tuple[Message | Text | str, ...]
    chapter: str


@dataclass(frozen=True, slots=True)
class Ground:
    """The purposes that rest on one legal basis."""

    basis: LegalBasis
    words: Message
    rule: Text | None
    article: str
    purposes: tuple[Statement, ...]

    @property
    def heading(self) -> Message:
        """The basis as the heading of its purposes."""
        return used(self.words)


@dataclass(frozen=True, slots=True)
class Period:
    """A rule of the retention schedule with the purposes and neighbouring laws behind it."""

    keeping: Keeping
    purposes: tuple[Text, ...]
    laws: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """Whom a person can complain to."""

    title: Text
    contact: Text | None
    article: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What people are told about everything that a policy does."""

    title: Text
    version: str
    effective: Message
    law: Text
    controller: str
    country: str
    contacts: tuple[Contact, ...]
    officer: tuple[Contact, ...]
    joint: tuple[str, ...]
    brief: tuple[Brief, ...]
    data: tuple[Datum, ...]
    grounds: tuple[Ground, ...]
    disclosures: tuple[Disclosure, ...]
    periods: tuple[Period, ...]
    trackers: Declaration
    rights: tuple[GrantedRight, ...]
    never: tuple[Text, ...]
    measures: tuple[Named, ...]
    child_under: int
    children: Message
    complaints: tuple[Complaint, ...]
    idle: tuple[Text, ...]
    unreached: tuple[Text, ...]
    unsure: tuple[str, ...]
    draft: bool


def notice(compiled: CompiledPolicy, day: date) -> Notice:
    """The notice as it holds on a day, or on the policy's first day when that is still to come."""
    policy, law = compiled.policy, compiled.law
    day = max(day, policy.effective)
    statements = [statement(compiled, purpose, day) for purpose in policy.purposes.values()]
    recipients = [disclosure(compiled, recipient, day) for recipient in policy.recipients.values()]
    held = {item.id for stated in statements if stated.state.done for item in stated.data}
    told = Notice(
        policy.title, str(policy.version), on_day(policy.effective), law.title, policy.controller.name,
        str(policy.controller.country), contacts(policy.controller), officer(policy.controller),
        joint_controllers(policy), (),
        tuple(datum(policy, law, category) for category in policy.data.values() if category.id in held),
        _grounds(compiled, statements), tuple(item for item in recipients if item.state.done),
        tuple(_period(compiled, rule) for rule in policy.retention.values()), declaration(compiled, day),
        rights(policy, law), tuple(item.title for item in policy.prohibitions.values()),

        tuple(Named(item.title, of_entry(item)) for item in policy.measures.values()), compiled.under,
        child_words(compiled.under), complaints(compiled),
        tuple(item.title for item in statements if not item.state.done),
        tuple(item.title for item in recipients if not item.state.done), (),
        is_draft(policy, [*(item.state for item in statements), *(item.state for item in recipients)]),
    )  # fmt: skip
    return replace(told, brief=_brief(policy, told), unsure=_unsure(compiled, told))


def is_draft(policy: Policy, states: Iterable[State]) -> bool:
    """Whether something that people are told is not settled: a question to a person is open, or proof is missing.

    A question about a clause of the published text is none: a notice does not repeat the clauses.
    """
    asked = any(entry.decide for name, entry in policy.entries() if not name.startswith("clauses."))
    return asked or any(not state.settled for state in states)


def used(basis: Message) -> Message:
    """On which basis data are used."""
    return say(N_("Used {basis}"), basis=basis)


def child_words(under: int) -> Message:
    """Who is a child."""
    return say(N_("A child is a person under {age}."), age=under)


def complaints(compiled: CompiledPolicy) -> tuple[Complaint, ...]:
    """The authorities of the law, with where to find them."""
    rules = binding(compiled.law.authorities, compiled.policy.effective)
    return tuple(Complaint(rule.title, rule.contact, rule.article) for rule in rules)


def _grounds(compiled: CompiledPolicy, statements: list[Statement]) -> tuple[Ground, ...]:
    found = []
    for basis in LegalBasis:
        purposes = tuple(item for item in statements if item.basis is basis and item.state.done)
        rule = compiled.law.basis(basis)
        if purposes:
            title, article = (rule.title, rule.article) if rule else (None, "")
            found.append(Ground(basis, say(BASES[basis]), title, article, purposes))
    return tuple(found)


def _period(compiled: CompiledPolicy, rule: RetentionRule) -> Period:
    policy = compiled.policy
    data = tuple(policy.data[name].title for name in rule.data)
    laws = tuple(compiled.law.retention[name] for name in rule.law)
    return Period(keeping(rule, data), tuple(policy.purposes[name].title for name in rule.purposes), laws)


def _brief(policy: Policy, told: Notice) -> tuple[Brief, ...]:
    """The seven questions that the short form answers; one that has no answer is left out."""
    specific = [item.title for item in told.data if item.specific]
    rest = [item.title for item in told.data if not item.specific]
    what: list[Message | Text | str] = [listed(rest, _SHOWN)] if rest else []
    what += [say(N_("Specific data, which weigh more: {data}"), data=listed(specific, _SHOWN))] if specific else []
    why = [
        say(N_("{basis}: {purposes}"), basis=ground.words, purposes=listed([one.title for one in ground.purposes], 1))
        for ground in told.grounds
    ]
    whom: list[Message | Text | str] = [say(N_("Nobody else is named."))]
    if told.disclosures:
        whom = [listed([item.title for item in told.disclosures], _SHOWN)]
    abroad = any(not place.home and place.state.done for item in told.disclosures for place in item.destinations)
    whom += [say(N_("Some of them are in another country."))] if abroad else []
    can = [listed([item.title for item in told.rights], _SHOWN + 1)] if told.rights else []
    reach = tuple(say(N_("{label}: {value}"), label=item.label, value=item.value) for item in told.contacts)
    found = (
        Brief(say(N_("Who answers for it?")), (told.controller,), "who"),
        Brief(say(N_("Which data?")), tuple(what), "data"),
        Brief(say(N_("What for?")), tuple(why), "purposes"),
        Brief(say(N_("Who else gets them?")), tuple(whom), "recipients"),
        Brief(say(N_("How long?")), _how_long(policy), "retention"),
        Brief(say(N_("What can you ask for?")), tuple(can), "rights"),
        Brief(say(N_("How do you reach us?")), reach, "who"),
    )
    return tuple(item for item in found if item.lines)


def _how_long(policy: Policy) -> tuple[Message, ...]:
    periods = sorted((rule.period for rule in policy.retention.values()), key=lambda period: period.most_days)
    if not periods:
        return ()
    if periods[0] == periods[-1]:
        return (for_period(periods[0]),)
    shortest, longest = for_period(periods[0]), for_period(periods[-1])
    return (say(N_("From {shortest} to {longest}, by purpose"), shortest=shortest, longest=longest),)


def _unsure(compiled: CompiledPolicy, told: Notice) -> tuple[str, ...]:
    """The articles that the notice cites and that were not read in the law's own words."""
    law, day = compiled.law, compiled.policy.effective
    bases = {ground.basis for ground in told.grounds}
    cited: list[Rule] = [rule for rule in law.bases.values() if rule.kind in bases]
    cited += binding(law.rights, day) + binding(law.authorities, day) + binding(law.children, day)
    cited += [rule for period in told.periods for rule in period.laws]
    if any(item.told for ground in told.grounds for item in ground.purposes):
        cited += binding(law.notice_fields, day)
    return tuple(dict.fromkeys(rule.article for rule in cited if rule.unsure))
