"""What follows from a withdrawal: which data rested on that consent alone and go, which stay, and by what right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from janji.consent.impact import Withdrawal
from janji.decision.compiler import CompiledPolicy
from janji.decision.engine import permits
from janji.decision.question import Facts, Question
from janji.law.model import LawPack, Rule
from janji.policy.model import Purpose
from janji.terms.messages import N_, Message, say, series
from janji.terms.processing import LegalBasis, Operation, Topic
from janji.terms.texts import Text
from janji.terms.words import moment

TASK = "withdrawal-cascade"
"""The kind of task that a withdrawal opens."""
DUTIES = ("stop-on-withdrawal", "deletion", "notice-of-deletion")
"""The duties of the law that a withdrawal sets off, by their names in a law pack, as far as the pack has them."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Why a category of data stays: another purpose that may have it, its basis, and the rules that say how long."""

    purpose: str
    title: Text
    basis: LegalBasis
    rules: tuple[str, ...]
    laws: tuple[str, ...]

    @property
    def code(self) -> str:
        """The reason as one code: `law` where a retention law asks for the data, else the legal basis."""
        return "law" if self.laws else str(self.basis)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one category of data: it goes when nothing keeps it."""

    data: str
    title: Text
    keeps: tuple[Keep, ...]


@dataclass(frozen=True, slots=True)
class Cascade:
    """What a withdrawal sets off: data that go, `until` when at the latest, data that stay, and the articles that say so."""

    purposes: tuple[str, ...]
    goes: tuple[Fate, ...]
    stays: tuple[Fate, ...]
    articles: tuple[str, ...]
    until: datetime | None = None

    def details(self) -> dict[str, Any]:
        """The cascade as codes, for a task: no personal data, nothing that needs a language."""
        return {
            "purposes": list(self.purposes),
            "delete": [fate.data for fate in self.goes],
            "keep": [f"{fate.data}:{keep.purpose}:{keep.code}" for fate in self.stays for keep in fate.keeps],
            "articles": list(self.articles),
        }

    def deleted(self) -> tuple[Message, ...]:
        """What goes, in one sentence; nothing where nothing does."""
        if not self.goes:
            return ()
        data = series(fate.title for fate in self.goes)
        if self.until is None:
            return (say(N_("This is deleted, because nothing else needs it: {data}."), data=data),)
        return (say(N_("This is deleted by {moment} at the latest, because nothing else needs it: {data}."), data=data, moment=moment(self.until)),)

    def kept(self) -> tuple[Message, ...]:
        """What stays and what for, a sentence for each category of data."""
        return tuple(
            say(N_("This stays: {data}, for {purposes}."), data=fate.title, purposes=series(keep.title for keep in fate.keeps))
            for fate in self.stays
        )

    def words(self) -> tuple[Message, ...]:
        """The cascade in sentences for the person."""
        return (*self.deleted(), *self.kept())


def cascade(
    compiled: CompiledPolicy, facts: Facts, withdrawals: Iterable[Withdrawal], at: datetime, until: datetime | None = None
) -> Cascade:
    """What the withdrawals leave behind, given the person's `facts` *after* them.

    A category goes when no purpose is left that may still have it of this person, by the decision engine's own
    answer. A purpose that is stopped in one channel and goes on in another keeps its data.
    """
    policy = compiled.policy
    named = tuple(dict.fromkeys(str(item.purpose) for item in withdrawals))
    touched = [policy.purposes[name] for name in named if name in policy.purposes]
    fates = [
        Fate(str(name), policy.data[name].title, tuple(_keeps(compiled, facts, name, at)))
        for name in dict.fromkeys(name for purpose in touched for name in purpose.data)
    ]
    return Cascade(
        named,
        tuple(fate for fate in fates if not fate.keeps),
        tuple(fate for fate in fates if fate.keeps),
        tuple(_articles(compiled.law)),
        until,
    )


def needed(compiled: CompiledPolicy, facts: Facts, category: str, at: datetime) -> bool:
    """Whether some purpose may have a category of data of a person still, or again."""
    return next(_keeps(compiled, facts, category, at), None) is not None


def _articles(law: LawPack) -> Iterator[str]:
    found = [law.article(Topic.WITHDRAWAL), *(law.duties[name].article for name in DUTIES if name in law.duties)]
    yield from dict.fromkeys(found)


def _keeps(compiled: CompiledPolicy, facts: Facts, category: str, at: datetime) -> Iterator[Keep]:
    for purpose in compiled.policy.purposes.values():
        if category in purpose.data and _may_have(compiled, facts, purpose, category, at):
            rules = compiled.schedule.rules(purpose.id, category)
            laws = [compiled.law.retention[name] for rule in rules for name in rule.law]
            yield Keep(
                str(purpose.id), purpose.title, purpose.basis, tuple(str(rule.id) for rule in rules),
                tuple(_article(rule) for rule in laws),
            )  # fmt: skip


def _article(rule: Rule) -> str:
    return rule.article


def _may_have(compiled: CompiledPolicy, facts: Facts, purpose: Purpose, category: str, at: datetime) -> bool:
    """Whether the purpose may hold the category; where it declares no keeping, whether it may do anything with it."""
    operations = (Operation.RETAIN,) if Operation.RETAIN in purpose.operations else purpose.operations
    return any(
        permits(compiled, Question(purpose.id, (category,), at, operation, channel=channel), facts)
        for operation in operations
        for channel in (None, *purpose.channels)
    )
