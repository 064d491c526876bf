"""Hypothesis strategies for the decision: whole policies, what is known of people, and questions, all over few names.

The vocabularies are small and overlap (a purpose, a channel and an agreement can all be called `mail`), so that
names collide, one name is a prefix of another, and a random question often hits what a random policy declares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st

import janji.law
from janji.decision.question import Question
from janji.decision.standing import Choice, ConsentState, Instrument, KnownAge, Standing, TransferConsent
from janji.law.format import read_law
from janji.law.model import LawPack
from janji.policy.model import (
    Agreement, Assessment, AutomatedDecision, Channel, ChildAccess, Children, Controller, DataCategory, Notice,
    Policy, PolicyRight, Prohibition, Purpose, Recipient, RetentionRule, ThirdPersons, Training, Transfer, Undeclared,
)  # fmt: skip
from janji.terms.periods import Period
from janji.terms.processing import Disposal, LegalBasis, Operation, RecipientClass, Role, Trait
from janji.terms.texts import Text

_T = TypeVar("_T")

PURPOSES = ("mail", "mail.x", "other", "x-1")
DATA = ("mail", "name", "age")
CHANNELS = ("mail", "sms", "mail.x")
RECIPIENTS = ("mail", "shop", "x-1")
AGREEMENTS = ("order", "mail", "other")
RULES = ("mail", "keep", "keep.x", "other")
NOTICES = ("mail", "other")
TRANSFERS = ("t1", "t2", "mail", "other")
FORBIDDING: tuple[tuple[str, ...], ...] = ((), (), ("no",), ("no", "never"))
CLAUSES = ("c1", "c2", "c3", "c4")
HOME = "ID"
COUNTRIES = (HOME, "SG", "JP")
VERSIONS = tuple(range(6))
ODD = (
    "", " ", "-", "mail/", "other/1", "mail ", "MAIL", "ma\u0131l", "\u202email", "na\u0308me", "\u0645\u0631\u062d",
    "\U0001f36a", "\ud800", "mail\x1fname", "\x1f", "\x00", "a\nb", "x" * 3000, "consent/mail/-/1", "*",
)  # fmt: skip

DAYS = (
    date(2026, 6, 30), date(2026, 6, 29), date(2026, 7, 1), date(2026, 2, 28), date(2026, 3, 1), date(2024, 2, 28),
    date(2024, 2, 29), date(2024, 3, 1),
)  # fmt: skip
LIMITS = (date(2030, 1, 1), date(2026, 6, 30), date(2026, 6, 29), date(2026, 7, 1), date(2024, 2, 29))
AGES = (16, 18, 21)
CLASSES = (*RecipientClass, RecipientClass.AUTHORITY, RecipientClass.USER_AUTHORISED)
OPERATIONS = (*Operation, Operation.DISCLOSE)


def _births() -> tuple[date, ...]:
    """Birthdays around every boundary that a day of `DAYS` makes with an age of `AGES`, and 29 February."""
    found = {date(2008, 2, 29), date(2004, 2, 29), date(1, 1, 1), date(9999, 12, 31), date(1980, 5, 5)}
    for day in DAYS:
        for age in AGES:
            turned = date(day.year - age, day.month, min(day.day, 28))
            found.update(turned + timedelta(days=shift) for shift in range(-2, 4))
    return tuple(sorted(found, key=lambda day: (day != date(1980, 5, 5), day)))


BIRTHS = _births()


def law_pack(name: str) -> LawPack:
    """A law pack that the package carries."""
    path = Path(janji.law.__file__).parent / "packs" / f"{name}.yaml"
    pack, diagnostics = read_law(path.name, path.read_bytes())
    assert pack is not None, diagnostics
    return pack


INDONESIA = law_pack("id-pdp")
EUROPE = law_pack("eu-gdpr")
CHILDLESS = replace(EUROPE, children={})
"""A law that says nothing of children, so that only the policy does, or nobody."""

laws = st.sampled_from((INDONESIA, EUROPE, INDONESIA, EUROPE, CHILDLESS))


def text(said: str) -> Text:
    """A text in English."""
    return Text((("en", said),))


def some(names: Sequence[_T]) -> st.SearchStrategy[tuple[_T, ...]]:
    """Any part of `names`, none and all included, in any order of two."""
    return st.integers(0, 2 ** (len(names) + 1) - 1).map(lambda bits: _picked(names, bits))


def _picked(names: Sequence[_T], bits: int) -> tuple[_T, ...]:
    found = [name for index, name in enumerate(names) if bits >> index & 1]
    return tuple(reversed(found) if bits >> len(names) else found)


def seldom(one_in: int = 12) -> st.SearchStrategy[bool]:
    """True about once in `one_in`."""
    return st.sampled_from((False,) * (one_in - 1) + (True,))


def maybe(values: st.SearchStrategy[_T]) -> st.SearchStrategy[_T | None]:
    """A value or none."""
    return st.one_of(st.none(), values)


clauses = some(CLAUSES[:3])
limits = st.sampled_from(LIMITS)
operations = st.sampled_from((
    tuple(Operation), tuple(Operation), (Operation.USE,), (Operation.DISCLOSE, Operation.RETAIN),
    (Operation.DISCLOSE,), (Operation.COLLECT, Operation.USE, Operation.RETAIN), (),
))  # fmt: skip
traits = st.sampled_from((
    (), (Trait.MARKETING,), (Trait.PROFILING,), (Trait.AUTOMATED_DECISION,), (), (Trait.LARGE_SCALE,),
    (Trait.COMBINATION, Trait.NEW_TECHNOLOGY, Trait.LIMITS_RIGHTS), tuple(Trait), (Trait.PROFILING, Trait.MARKETING),
))  # fmt: skip
ASSESSMENT = Assessment(purpose=text("p"), need=text("n"), balance=text("b"))
assessments = st.one_of(
    st.just(replace(ASSESSMENT, approved=date(2020, 1, 1), approved_by="officer")),
    limits.map(lambda day: replace(ASSESSMENT, provisional=day)),
    limits.map(lambda day: replace(ASSESSMENT, provisional=day)),
    limits.map(lambda day: replace(ASSESSMENT, provisional=day, approved=date(2020, 1, 1), approved_by="officer")),
    st.just(ASSESSMENT),
)
agreements = st.one_of(
    st.builds(Agreement, reference=st.just("file 1")), st.builds(Agreement, provisional=limits), st.none(),
    st.builds(Agreement), st.builds(Agreement, reference=st.just("file 1"), provisional=limits),
)


@st.composite
def purposes(
    draw: st.DrawFn, name: str, notices: Sequence[str], data: Sequence[str], channels: Sequence[str]
) -> Purpose:
    """One purpose, of any basis for which there is what the basis must show."""
    bases = (LegalBasis.CONSENT, LegalBasis.CONSENT, *LegalBasis) if notices else tuple(LegalBasis)[1:]
    basis = draw(st.sampled_from(bases))
    held = draw(traits)
    automated = AutomatedDecision(logic=text("l"), effect=text("e"), review=text("r"))
    return Purpose(
        id=name, clauses=draw(clauses), title=text(name), basis=basis, data=draw(some(data)) or tuple(data),
        traits=held, operations=draw(operations), channels=draw(some(channels)) if draw(st.booleans()) else (),
        notice=draw(st.sampled_from(notices)) if basis is LegalBasis.CONSENT else None,
        agreements=draw(some(AGREEMENTS)) or AGREEMENTS if basis is LegalBasis.CONTRACT else (),
        obligation=text("law") if basis is LegalBasis.LEGAL_OBLIGATION else None,
        assessment=draw(assessments) if basis is LegalBasis.LEGITIMATE_INTEREST else None,
        automated=automated if Trait.AUTOMATED_DECISION in held else None,
        during_restriction=draw(st.booleans()), child=draw(st.sampled_from(ChildAccess)),
    )  # fmt: skip


@st.composite
def notices(draw: st.DrawFn, name: str) -> Notice:
    """A notice, accepting any of its older versions."""
    version = draw(st.integers(1, 4))
    return Notice(id=name, title=text(name), version=version, accepts=draw(some(range(version))))


@st.composite
def prohibitions(draw: st.DrawFn, name: str) -> Prohibition:
    """A prohibition that names one dimension or a few."""
    dimensions: dict[str, st.SearchStrategy[tuple[object, ...]]] = {
        "purposes": some(PURPOSES), "traits": some(tuple(Trait)[:4]), "data": some(DATA),
        "operations": some(tuple(Operation)), "recipients": some(RECIPIENTS), "countries": some(COUNTRIES),
        "channels": some(CHANNELS),
    }  # fmt: skip
    first, second = draw(st.sampled_from(tuple(dimensions))), draw(st.sampled_from(tuple(dimensions)))
    named = {dimension: draw(dimensions[dimension]) for dimension in {first: 0, second: 0}}
    if not any(named.values()):
        named = {"purposes": PURPOSES[-1:]}
    return Prohibition(id=name, clauses=draw(clauses), title=text(name), **named)  # type: ignore[arg-type]


@st.composite
def recipients(draw: st.DrawFn, name: str, purposes: Sequence[str]) -> Recipient:
    """A recipient of any class, anywhere, with an agreement in any state."""
    return Recipient(
        id=name, clauses=draw(clauses), title=text(name), kind=draw(st.sampled_from(CLASSES)),
        role=Role.THIRD_PARTY, country=draw(st.sampled_from(COUNTRIES)), agreement=draw(agreements),
        purposes=draw(some(purposes)) or tuple(purposes), data=draw(some(DATA)) if draw(st.booleans()) else (),
    )  # fmt: skip


@st.composite
def transfers(draw: st.DrawFn, name: str, law: LawPack) -> Transfer:
    """A transfer on any rung of the law's ladder, in any state."""
    proven = date(2024, 1, 1) if draw(seldom(3)) else None
    return Transfer(
        id=name, clauses=draw(clauses), recipients=draw(some(RECIPIENTS)) or RECIPIENTS,
        countries=draw(some(COUNTRIES[1:])) or COUNTRIES,
        purposes=draw(some(PURPOSES)) if draw(st.booleans()) else (),
        rung=draw(st.sampled_from(tuple(law.rungs))), proven=proven, evidence="file 2" if proven else None,
        provisional=draw(maybe(limits)),
    )  # fmt: skip


@st.composite
def retention_rules(draw: st.DrawFn, name: str) -> RetentionRule:
    """A retention rule of any precision."""
    return RetentionRule(
        id=name, clauses=draw(clauses), title=text(name), period=Period(months=12), trigger="end",
        then=Disposal.DELETE, data=draw(some(DATA)), purposes=draw(some(PURPOSES)),
    )  # fmt: skip


@st.composite
def rights(draw: st.DrawFn, name: str, law: LawPack) -> PolicyRight:
    """A right of the law or of the policy's own making, some with bases on which an objection is honoured."""
    right = draw(st.sampled_from((None, *law.rights)))
    bases = draw(some(tuple(LegalBasis))) if draw(st.booleans()) else ()
    return PolicyRight(id=name, clauses=draw(clauses), title=text(name), right=right, bases=bases)


undeclared = st.builds(
    Undeclared, purpose=clauses, data=clauses, operation=clauses, recipient=clauses, country=clauses, channel=clauses
)


@st.composite
def policies(draw: st.DrawFn, law: LawPack) -> Policy:
    """A whole policy under `law`, such as the checker lets pass (and some whose retention rules overlap)."""
    told = {name: draw(notices(name)) for name in draw(st.sampled_from(((), NOTICES, NOTICES[1:])))}
    data = draw(some(DATA)) or DATA
    channels = draw(some(CHANNELS)) or CHANNELS
    named = draw(some(PURPOSES)) or PURPOSES
    return Policy(
        id="p", version=draw(st.sampled_from(("1", "2"))), title=text("p"), law=law.id,
        effective=draw(st.sampled_from((date(2024, 1, 1),) * 5 + (date(2026, 6, 30),))),
        controller=Controller(id="controller", name="c", country=HOME),
        data={name: DataCategory(id=name, title=text(name), law_class="general") for name in data},
        channels={name: Channel(id=name, title=text(name)) for name in channels},
        notices=told,
        purposes={name: draw(purposes(name, tuple(told), data, channels)) for name in named},
        prohibitions={name: draw(prohibitions(name)) for name in draw(st.sampled_from(FORBIDDING))},
        recipients={name: draw(recipients(name, named)) for name in draw(some(RECIPIENTS)) or RECIPIENTS},
        transfers={name: draw(transfers(name, law)) for name in draw(some(TRANSFERS)) or TRANSFERS},
        retention={name: draw(retention_rules(name)) for name in draw(some(RULES))},
        rights={name: draw(rights(name, law)) for name in draw(some(("r1", "r2", "r3")))},
        training=draw(maybe(st.builds(Training, clauses=clauses, required=st.booleans()))),
        children=draw(maybe(st.builds(Children, clauses=clauses, under=st.sampled_from((0, 18, 21)), never=traits))),
        third_persons=draw(maybe(st.builds(ThirdPersons, clauses=clauses))),
        undeclared=draw(undeclared),
    )  # fmt: skip


def _choice(purpose: str, channel: str | None, version: int, state: ConsentState) -> Choice:
    return Choice(purpose=purpose, channel=channel, version=version, state=state)


def _choices(state: ConsentState, most: int) -> st.SearchStrategy[list[Choice]]:
    return st.lists(st.builds(_choice, st.sampled_from((*PURPOSES, "gone")), st.sampled_from((None, *CHANNELS)),
                              st.sampled_from(VERSIONS), st.just(state)), max_size=most)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """What is known of a person: half of them grown up and willing, so that a permit is no rare event."""
    willing = draw(st.booleans())
    consents = draw(_choices(ConsentState.GIVEN, 4))
    if willing:
        version = draw(st.sampled_from(VERSIONS[1:]))
        consents += [_choice(purpose, channel, version, ConsentState.GIVEN)
                     for purpose in PURPOSES for channel in (None, *CHANNELS)]
    if draw(seldom(3)):
        consents += draw(_choices(ConsentState.WITHDRAWN, 3))
        ended, channels = draw(st.sampled_from(PURPOSES)), draw(some((None, *CHANNELS)))
        consents += [_choice(ended, channel, 1, ConsentState.WITHDRAWN) for channel in channels]
    countries = st.builds(lambda recipient, country: TransferConsent(recipient=recipient, country=country),
                          st.sampled_from(RECIPIENTS), st.sampled_from(COUNTRIES))
    return Standing(
        born=BIRTHS[0] if willing and draw(st.booleans()) else draw(maybe(st.sampled_from(BIRTHS))),
        age=draw(maybe(st.sampled_from(KnownAge))), guardian=draw(st.booleans()), third_person=draw(seldom()),
        quarantined=draw(seldom()), restricted=draw(seldom()), restricted_purposes=_rare(draw, PURPOSES),
        delayed=draw(seldom()), delayed_purposes=_rare(draw, PURPOSES),
        consents=tuple(reversed(consents) if draw(st.booleans()) else consents),
        agreements=AGREEMENTS if willing else draw(some((*AGREEMENTS, "gone"))),
        objections=_rare(draw, (*PURPOSES, "gone")), automated_objections=_rare(draw, PURPOSES),
        authorisations=RECIPIENTS if willing else draw(some(RECIPIENTS)),
        transfer_consents=tuple(draw(st.lists(countries, max_size=4))), ended=_rare(draw, RULES),
        trained_until=draw(maybe(limits)),
        instrument=draw(maybe(st.builds(Instrument, reference=st.just("letter 1"), approved=st.booleans()))),
    )  # fmt: skip


def _rare(draw: st.DrawFn, names: Sequence[str]) -> tuple[str, ...]:
    return draw(some(names)) if draw(seldom(6)) else ()


ZONES = (UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-11)), timezone(timedelta(hours=14)))


@st.composite
def instants(draw: st.DrawFn) -> datetime:
    """An instant on a day that something turns on, written in any zone (seldom in none)."""
    day = draw(st.sampled_from(DAYS))
    hour, minute = draw(st.sampled_from(((0, 0), (12, 30), (23, 59))))
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).astimezone(draw(st.sampled_from(ZONES)))
    return at.replace(tzinfo=None) if draw(seldom(30)) else at


def _name(draw: st.DrawFn, declared: Sequence[str], known: Sequence[str]) -> str:
    """A name: mostly one that is declared, else one that could be, seldom an odd one."""
    if declared and not draw(seldom(16)):
        return draw(st.sampled_from(declared))
    return draw(st.sampled_from(ODD if draw(seldom(4)) else known))


def _may(draw: st.DrawFn, use: bool, declared: Sequence[str], known: Sequence[str]) -> str | None:
    """A name where one is of use; seldom the other way round."""
    return _name(draw, declared, known) if use != draw(seldom(16)) else None


@st.composite
def questions(draw: st.DrawFn, policy: Policy) -> Question:
    """A question that makes sense under `policy` as often as not."""
    name = _name(draw, tuple(policy.purposes), PURPOSES)
    purpose = policy.purposes.get(name)
    usual = tuple(item for item in OPERATIONS if purpose and item in purpose.operations)
    operation = _name(draw, usual, (*Operation, "erase"))
    fitting = tuple(purpose.data) if purpose else DATA
    data = draw(some(fitting)) or fitting
    if draw(seldom(10)):
        data = (_name(draw, fitting, DATA), *draw(some(DATA)))
    receiving = tuple(item.id for item in policy.recipients.values() if name in item.purposes)
    speaks = bool(purpose and purpose.channels and operation == Operation.USE)
    return Question(
        purpose=name, data=data if not draw(seldom(30)) else (), at=draw(instants()), operation=operation,
        recipient=_may(draw, operation == Operation.DISCLOSE, receiving, RECIPIENTS),
        country=_may(draw, draw(seldom(5)), COUNTRIES, ("", "id", "XX")),
        channel=_may(draw, speaks or draw(seldom(8)), tuple(purpose.channels) if purpose else (), CHANNELS),
        agent=draw(st.sampled_from((None, None, None, "officer", ""))),
    )  # fmt: skip


class World:
    """A policy under a law, questions asked under it, and people they are about (a plain class: shown briefly)."""

    def __init__(
        self, policy: Policy, law: LawPack, questions: tuple[Question, ...], people: tuple[Standing, ...]
    ) -> None:
        self.policy, self.law, self.questions, self.people = policy, law, questions, people

    def __repr__(self) -> str:
        law = f"{self.law.id}{' without children' if not self.law.children else ''}"
        return f"World({brief(self.policy)}, {law}, {brief(self.questions)}, {brief(self.people)})"


@st.composite
def worlds(draw: st.DrawFn, asks: int = 6, people: int = 3) -> World:
    """A policy under a law, with so many questions and people."""
    law = draw(laws)
    policy = draw(policies(law))
    return World(policy, law, tuple(draw(questions(policy)) for _ in range(asks)),
                 tuple(draw(standings()) for _ in range(people)))


def brief(value: object) -> str:
    """A value without the fields that are as they are by default, for the report of a failing example."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {brief(item)}' for key, item in value.items())}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(brief, value))})"
    if not is_dataclass(value) or isinstance(value, type):
        return str(value) if isinstance(value, StrEnum) else repr(value)
    shown = []
    for item in fields(value):
        held, usual = getattr(value, item.name), item.default
        if item.default_factory is not MISSING:
            usual = item.default_factory()
        if item.init and item.name != "title" and held != usual:
            shown.append(f"{item.name}={brief(held)}")
    return f"{type(value).__name__}({', '.join(shown)})"
