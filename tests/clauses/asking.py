"""The operating policy of PT Sony Indonesia, ready to be asked, and short words for people and answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from lxml import html

from janji.decision.compiler import CompiledPolicy
from janji.decision.engine import decide, permits
from janji.decision.question import Decision, Question
from janji.decision.standing import Choice, ConsentState, Instrument, Standing, pack
from janji.files.translations import load_tongue
from janji.law.model import LawPack
from janji.policy.checker import check
from janji.policy.model import Policy, Purpose, RetentionRule
from janji.terms.periods import Period
from janji.terms.processing import LegalBasis, Trait
from janji.workflows.documents import Form, Kind, open_desk, render
from janji.workflows.policies import Opened

AT = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
"""When a question is asked that says nothing else: after the policy's first day, within its provisional periods."""

MARKETING = {Trait.MARKETING, Trait.PROFILING}
SIX = ("post", "email", "telephone", "sms", "social-network", "instant-message")


@dataclass(frozen=True)
class Sony:
    """The policy as opened and compiled, with the ways to ask it something and to ask of it."""

    opened: Opened
    compiled: CompiledPolicy

    @property
    def policy(self) -> Policy:
        """The policy."""
        return self.compiled.policy

    @property
    def law(self) -> LawPack:
        """The law that it stands under."""
        return self.compiled.law

    def ask(self, purpose: str, *data: str, **asked: Any) -> Decision:
        """The decision; without `data` about all data of the purpose, without `facts` about an adult and no more.

        `asked` may also hold what a question can: operation, recipient, country, channel, agent, at.
        """
        facts = asked.pop("facts", None) or adult()
        declared = self.policy.purposes.get(purpose)
        chosen = data or (declared.data if declared else ("name",))
        question = Question(purpose=purpose, data=chosen, **{"at": AT, **asked})
        known = pack(facts, self.compiled.layout)
        decision = decide(self.compiled, question, known)
        assert permits(self.compiled, question, known) is decision.permit
        return decision

    def page(self, kind: Kind, touchpoint: str | None = None, language: str = "en") -> str:
        """The words of a document as it is rendered at `AT`."""
        desk = open_desk(self.opened, AT, Period(months=6))
        made = render(desk, kind, load_tongue(language), Form.HTML, touchpoint)
        (text,) = made.documents.values()
        tree: Any = html.document_fromstring(text.decode())
        return " ".join(" ".join(text for part in tree.iter("header", "main") for text in part.itertext()).split())

    def willing(self, purpose: str, *channels: str, **facts: Any) -> Standing:
        """An adult with all on record that `purpose` needs: consent (in these channels, else all), agreement."""
        asked = self.policy.purposes[purpose]
        given: tuple[Choice, ...] = ()
        if asked.basis is LegalBasis.CONSENT:
            given = tuple(yes(purpose, channel) for channel in channels or asked.channels or (None,))
        held = asked.agreements[:1]
        return adult(**{"consents": given, "agreements": held, **facts})

    def serves(self, category: str) -> set[str]:
        """Every purpose for which the category may be used when people allow whatever can be allowed."""
        return {
            purpose.id
            for purpose in self.policy.purposes.values()
            if self.ask(purpose.id, category, facts=self.willing(purpose.id), channel=first(purpose)).permit
        }

    def purposes(self, clause: str) -> set[str]:
        """The purposes that rest on the clause."""
        return {purpose.id for purpose in self.policy.purposes.values() if clause in purpose.clauses}

    def fields(self, touchpoint: str) -> set[str]:
        """The data that a touchpoint takes."""
        return {field.data for field in self.policy.touchpoints[touchpoint].fields.values()}

    def kept(self, purpose: str, category: str) -> RetentionRule:
        """The one retention rule for the category held for the purpose."""
        (rule,) = self.compiled.schedule.rules(purpose, category)
        return rule

    def found_when(self, section: str, name: str, **changes: Any) -> set[str]:
        """The codes of what the check finds when an entry is changed, beyond what it finds now."""
        entries = getattr(self.policy, section)
        edit: dict[str, Any] = {section: {**entries, name: replace(entries[name], **changes)}}
        changed = replace(self.policy, **edit)
        found = check(replace(self.opened.parsed, policy=changed), self.law)
        now = [(item.code, str(item.message)) for item in self.opened.diagnostics]
        return {item.code for item in found.diagnostics if (item.code, str(item.message)) not in now}

    def warned(self, code: str) -> list[str]:
        """The messages of what the check finds under this code."""
        return [str(item.message) for item in self.opened.diagnostics if item.code == code]


def adult(**facts: Any) -> Standing:
    """A grown person of whom nothing else is known but `facts`."""
    return Standing(**{"born": date(1990, 5, 17), **facts})


def child(**facts: Any) -> Standing:
    """A person of eleven of whom nothing else is known but `facts`."""
    return Standing(**{"born": date(2015, 5, 17), **facts})


def yes(purpose: str, channel: str | None = None, version: int = 1) -> Choice:
    """Consent to a purpose."""
    return Choice(purpose=purpose, channel=channel, version=version)


def no(purpose: str, channel: str | None = None) -> Choice:
    """The taking back of a consent."""
    return Choice(purpose=purpose, channel=channel, state=ConsentState.WITHDRAWN)


def order(approved: bool = True) -> Instrument:
    """The legal instrument of an authority's case."""
    return Instrument(reference="court order in the case file", approved=approved)


def first(purpose: Purpose) -> str | None:
    """The first channel of a purpose that has channels."""
    return purpose.channels[0] if purpose.channels else None


def why(decision: Decision) -> set[str]:
    """Every code of a denial, nothing of a permit."""
    return set() if decision.permit else {reason.code for reason in decision.reasons}


def cited(decision: Decision, code: str | None = None) -> set[str]:
    """The clauses cited by the reasons of a code, or by all of them."""
    return {clause for reason in decision.reasons if code in (None, reason.code) for clause in reason.clauses}


def basis(decision: Decision) -> str:
    """The legal basis that carries a permit, nothing of a denial."""
    return decision.reasons[0].code.removeprefix("basis-") if decision.permit else ""
