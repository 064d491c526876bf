"""Hypothesis strategies for the decision: whole policies, what is known of people, and questions, all over few names.

The vocabularies are small and overlap (a purpose, a channel and an agreement can all be called `mail`), so that
names collide, one name is a prefix of another, and a random question often hits what a random policy declares.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st

import janji.law
from janji.decision.layout import Layout
from janji.decision.question import Question
from janji.decision.standing import Choice, ConsentState, Instrument, KnownAge, Standing, TransferConsent
from janji.law.format import read_law
from janji.law.model import SECTIONS, ChildRule, LawPack
from janji.policy.model import (
    Agreement,
    Assessment,
    AutomatedDecision,
    Channel,
    ChildAccess,
    Children,
    Controller,
    DataCategory,
    Notice,
    Policy,
    PolicyRight,
    Prohibition,
    Purpose,
    Quarantine,
    Recipient,
    RetentionRule,
    ThirdPersons,
    Training,
    Transfer,
    Undeclared,
)  # fmt: skip
from janji.terms.periods import Period
from janji.terms.processing import Disposal, LegalBasis, Operation, RecipientClass, Right, Role, Trait
from janji.terms.texts import Text

_T = TypeVar("_T")


def examples(few: int) -> int:
    """How many examples a test looks at: `few`, or more when `JANJI_EXAMPLES` says how many times as many."""
    return few * int(os.environ.get("JANJI_EXAMPLES", "1"))


PURPOSES = ("mail", "mail.x", "other", "x-1")
DATA = ("mail", "name", "age")
CHANNELS = ("mail", "sms", "mail.x")
RECIPIENTS = ("mail", "shop", "x-1")
AGREEMENTS = ("order", "mail", "other")
RULES = ("mail", "keep", "keep.x", "other")
NOTICES = ("mail", "other")
TRANSFERS = ("t1", "t2", "mail", "other")
RIGHTS = ("r1", "r2", "r3")
CLAUSES = ("c1", "c2", "c3")
HOME = "ID"
COUNTRIES = (HOME, "SG", "JP")
VERSIONS = tuple(range(6))
ODD = (
    "", " ", "-", "mail/", "other/1", "mail ", "MAIL", "ma\u0131l", "\u202email", "na\u0308me", "\u0645\u0631\u062d",
    "\U0001f36a", "\ud800", "mail\x1fname", "\x1f", "\x00", "a\nb", "x" * 300, "consent/mail/-/1", "*",
)  # fmt: skip

DAYS = (
    date(2026, 6, 30), date(2026, 6, 29), date(2026, 7, 1), date(2026, 2, 28), date(2026, 3, 1), date(2024, 2, 28),
    date(2024, 2, 29), date(2024, 3, 1),
)  # fmt: skip
LIMITS = (date(2030, 1, 1), date(2026, 6, 30), date(2026, 6, 29), date(2026, 7, 1), date(2024, 2, 29))
AGES = (16, 18, 21)
ZONES = (UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-11)), timezone(timedelta(hours=14)))

CLASSES = (*RecipientClass, RecipientClass.AUTHORITY, RecipientClass.USER_AUTHORISED)
OPERATIONS = (
    tuple(Operation), tuple(Operation), (Operation.USE,), (Operation.DISCLOSE, Operation.RETAIN),
    (Operation.DISCLOSE,), (Operation.COLLECT, Operation.USE, Operation.RETAIN), (),
)  # fmt: skip
TRAITS = (
    (), (Trait.MARKETING,), (Trait.PROFILING,), (Trait.AUTOMATED_DECISION,), (), (Trait.LARGE_SCALE,),
    (Trait.COMBINATION, Trait.NEW_TECHNOLOGY, Trait.LIMITS_RIGHTS), tuple(Trait), (Trait.PROFILING, Trait.MARKETING),
)  # fmt: skip


def births() -> tuple[date, ...]:
    """Birthdays around every boundary that a day of `DAYS` makes with an age of `AGES`, and 29 February."""
    found = {date(2008, 2, 29), date(2004, 2, 29), date(1, 1, 1), date(9999, 12, 31)}
    for day in DAYS:
        for age in AGES:
            turned = date(day.year - age, day.month, min(day.day, 28))
            found.update(turned + timedelta(days=shift) for shift in range(-2, 4))
    return (date(1980, 5, 5), *sorted(found))


BIRTHS = births()


def law_pack(name: str) -> LawPack:
    """A law pack that the package carries, without the sections that no decision turns on (compiling reads them all)."""
    path = Path(janji.law.__file__).parent / "packs" / f"{name}.yaml"
    pack, diagnostics = read_law(path.name, path.read_bytes())
    assert pack is not None, diagnostics
    kept = {"rights", "rungs", "children", "citations"}
    unread: dict[str, Any] = {name: {} for name in SECTIONS if name not in kept}
    return replace(pack, **unread)


INDONESIA = law_pack("id-pdp")
EUROPE = law_pack("eu-gdpr")
CHILDLESS = replace(EUROPE, children={})
"""A law that says nothing of children, so that only the policy does, or nobody."""

UNION = replace(EUROPE, territory=(HOME, "SG"))
"""A law that binds two countries, of which home is one, and grants an objection to a public task."""

ELSEWHERE = replace(
    INDONESIA, territory=("SG", "JP"),
    rights={**INDONESIA.rights, "objection": replace(
        EUROPE.rights["objection"], bases=(LegalBasis.CONTRACT, LegalBasis.VITAL_INTEREST))},
)  # fmt: skip
"""A law whose territory home is no part of, and that grants an objection to a contract."""


def _child_rule(name: str, under: int, never: Trait, since: date | None, until: date | None) -> ChildRule:
    """A rule about children that binds from one day to another."""
    rule = INDONESIA.children["child"]
    return replace(rule, id=name, under=under, never=(never,), since=since, until=until)


DATED = replace(INDONESIA, children={
    "old": _child_rule("old", 21, Trait.MARKETING, None, date(2024, 1, 1)),
    "between": _child_rule("between", 16, Trait.LARGE_SCALE, date(2024, 1, 1), date(2025, 3, 26)),
    "new": _child_rule("new", 18, Trait.COMBINATION, date(2025, 3, 27), None),
})  # fmt: skip
"""A law with rules about children that a policy no longer meets when it begins late enough, and one that begins late."""

BINDING = (
    date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 2), date(2025, 3, 26), date(2025, 3, 27),
    date(2026, 6, 30), date(1, 1, 1),
)  # fmt: skip
"""Days from which a policy binds: mostly one that all of `DAYS` come after."""

NO_INSTANT = (
    datetime(2026, 6, 30), datetime.max.replace(tzinfo=timezone(timedelta(hours=-11))),
    datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
)  # fmt: skip
"""Times that are on no day: without a zone, or past the ends of the calendar."""


class Dice:
    """Choices out of bytes, one byte a choice: Hypothesis draws once an entry, and zeros choose what comes first."""

    def __init__(self, thrown: bytes) -> None:
        self._thrown = iter(thrown)

    def pick(self, values: Sequence[_T]) -> _T:
        """One of `values`."""
        return values[next(self._thrown, 0) % len(values)]

    def number(self, size: int) -> int:
        """A number of so many bytes."""
        return int.from_bytes(bytes(next(self._thrown, 0) for _ in range(size)), "big")

    def seldom(self, one_in: int = 12) -> bool:
        """True once in `one_in`."""
        return next(self._thrown, 0) % one_in == one_in - 1

    def often(self) -> bool:
        """True every other time."""
        return self.seldom(2)

    def some(self, values: Sequence[_T]) -> tuple[_T, ...]:
        """Any part of `values` (at most seven), none and all included, in one of two orders."""
        bits = next(self._thrown, 0)
        found = [value for index, value in enumerate(values) if bits >> index & 1]
        return tuple(reversed(found) if bits >> 7 else found)

    def rare(self, values: Sequence[_T]) -> tuple[_T, ...]:
        """Seldom some of `values`, mostly none."""
        return self.some(values) if self.seldom(6) else ()

    def maybe(self, values: Sequence[_T]) -> _T | None:
        """One of `values`, or none."""
        return self.pick(values) if self.often() else None


@st.composite
def dice(draw: st.DrawFn, size: int = 24) -> Dice:
    """Dice for `size` choices."""
    return Dice(draw(st.binary(min_size=size, max_size=size)))


def text(said: str) -> Text:
    """A text in English."""
    return Text((("en", said),))


def purpose(dice: Dice, name: str, notices: Sequence[str], data: Sequence[str], channels: Sequence[str]) -> Purpose:
    """One purpose, of any basis for which there is what the basis must show."""
    bases = (LegalBasis.CONSENT, LegalBasis.CONSENT, *LegalBasis) if notices else tuple(LegalBasis)[1:]
    basis, traits = dice.pick(bases), dice.pick(TRAITS)
    automated = AutomatedDecision(logic=text("l"), effect=text("e"), review=text("r"))
    return Purpose(
        id=name, clauses=dice.some(CLAUSES), title=text(name), basis=basis, data=dice.some(data) or tuple(data),
        operations=dice.pick(OPERATIONS), channels=dice.pick(((), tuple(channels), dice.some(channels))), traits=traits,
        notice=dice.pick(notices) if basis is LegalBasis.CONSENT else None,
        agreements=dice.some(AGREEMENTS) or AGREEMENTS if basis is LegalBasis.CONTRACT else (),
        obligation=text("law") if basis is LegalBasis.LEGAL_OBLIGATION else None,
        assessment=assessment(dice) if basis is LegalBasis.LEGITIMATE_INTEREST else None,
        automated=automated if Trait.AUTOMATED_DECISION in traits else None, during_restriction=dice.seldom(3),
        child=dice.pick(tuple(ChildAccess)),
    )  # fmt: skip


def assessment(dice: Dice) -> Assessment:
    """An assessment in any state (one that is neither approved nor provisional does not pass the checker)."""
    weighing = Assessment(purpose=text("p"), need=text("n"), balance=text("b"), provisional=dice.maybe(LIMITS))
    if weighing.provisional is None or dice.seldom(4):
        return replace(weighing, approved=date(2020, 1, 1), approved_by="officer")
    return weighing


def notice(dice: Dice, name: str) -> Notice:
    """A notice that accepts any of its older versions."""
    version = dice.pick((1, 2, 3, 4))
    return Notice(id=name, title=text(name), version=version, accepts=dice.some(range(version)))


def prohibition(dice: Dice, name: str) -> Prohibition:
    """A prohibition that names one dimension or a few."""
    named = [dice.seldom(4) for _ in range(7)]
    named[dice.pick(range(7))] = True
    rule = Prohibition(
        id=name, clauses=dice.some(CLAUSES), title=text(name), purposes=dice.some(PURPOSES) if named[0] else (),
        traits=dice.some(tuple(Trait)) if named[1] else (), data=dice.some(DATA) if named[2] else (),
        operations=dice.some(tuple(Operation)) if named[3] else (),
        recipients=dice.some(RECIPIENTS) if named[4] else (), countries=dice.some(COUNTRIES) if named[5] else (),
        channels=dice.some(CHANNELS) if named[6] else (),
    )  # fmt: skip
    return (
        rule
        if any((rule.purposes, rule.traits, rule.data, rule.operations, rule.recipients, rule.countries, rule.channels))
        else replace(rule, purposes=PURPOSES[-1:])
    )


def recipient(dice: Dice, name: str, purposes: Sequence[str], data: Sequence[str]) -> Recipient:
    """A recipient of any class, anywhere, with an agreement in any state."""
    agreement = Agreement(reference="file 1" if dice.often() else None, provisional=dice.maybe(LIMITS))
    return Recipient(
        id=name, clauses=dice.some(CLAUSES), title=text(name), kind=dice.pick(CLASSES), role=Role.THIRD_PARTY,
        country=dice.pick(COUNTRIES), purposes=dice.some(purposes) or tuple(purposes),
        data=dice.some(data) if dice.seldom(3) else (), agreement=None if dice.seldom(6) else agreement,
    )  # fmt: skip


def transfer(dice: Dice, name: str, law: LawPack, recipients: Sequence[str], purposes: Sequence[str]) -> Transfer:
    """A transfer on any rung of the law's ladder, in any state."""
    proven = date(2024, 1, 1) if dice.seldom(3) else None
    return Transfer(
        id=name, clauses=dice.some(CLAUSES), recipients=dice.some(recipients) or tuple(recipients),
        countries=dice.some(COUNTRIES) or COUNTRIES, purposes=dice.some(purposes) if dice.often() else (),
        rung=dice.pick(tuple(law.rungs)), proven=proven, evidence="file 2" if proven else None,
        provisional=dice.pick(LIMITS) if not dice.seldom(3) else None,
    )  # fmt: skip


def retention_rule(dice: Dice, name: str) -> RetentionRule:
    """A retention rule of any precision."""
    return RetentionRule(
        id=name, clauses=dice.some(CLAUSES), title=text(name), period=Period(months=12), trigger="end",
        then=Disposal.DELETE, data=dice.some(DATA) if dice.often() else (),
        purposes=dice.some(PURPOSES) if dice.often() else (),
    )  # fmt: skip


def right(dice: Dice, name: str, law: LawPack) -> PolicyRight:
    """A right of the law or of the policy's own making, seldom with bases on which an objection is honoured."""
    kinds = (Right.OBJECTION, Right.WITHDRAWAL, Right.RESTRICTION, Right.DELAY, Right.AUTOMATED_OBJECTION)
    telling = [item.id for item in law.rights.values() if item.kind in kinds]
    return PolicyRight(
        id=name,
        clauses=dice.some(CLAUSES),
        title=text(name),
        right=dice.pick((None, *telling)),
        bases=dice.some(tuple(LegalBasis)) if dice.often() else (),
    )


@st.composite
def policies(draw: st.DrawFn, law: LawPack) -> Policy:
    """A whole policy under `law`, such as the checker lets pass (save that retention rules may overlap)."""
    main = draw(dice(64))
    named, data = main.some(PURPOSES) or PURPOSES, main.some(DATA) or DATA
    channels, receiving = main.pick((CHANNELS, main.some(CHANNELS) or CHANNELS)), main.some(RECIPIENTS) or RECIPIENTS
    notices = {name: notice(draw(dice()), name) for name in main.pick(((), NOTICES, NOTICES[1:]))}
    children = Children(clauses=main.some(CLAUSES), under=main.pick((18, 21, 0)), never=main.pick(TRAITS))
    undeclared = Undeclared(
        purpose=main.some(CLAUSES), data=main.some(CLAUSES), operation=main.some(CLAUSES),
        recipient=main.some(CLAUSES), country=main.some(CLAUSES), channel=main.some(CLAUSES),
    )  # fmt: skip
    return Policy(
        id="p", version=main.pick(("1", "2")), title=text("p"), law=law.id,
        effective=main.pick(BINDING),
        controller=Controller(id="controller", name="c", country=HOME),
        data={name: DataCategory(id=name, title=text(name), law_class="general") for name in data},
        channels={name: Channel(id=name, title=text(name)) for name in channels},
        notices=notices,
        purposes={name: purpose(draw(dice()), name, tuple(notices), data, channels) for name in named},
        prohibitions={name: prohibition(draw(dice()), name) for name in main.rare(("no", "never"))},
        recipients={name: recipient(draw(dice()), name, named, data) for name in receiving},
        transfers={name: transfer(draw(dice()), name, law, receiving, named) for name in main.some(TRANSFERS)},
        retention={name: retention_rule(draw(dice()), name) for name in main.some(RULES)},
        rights={name: right(draw(dice()), name, law) for name in main.some(RIGHTS)},
        training=Training(clauses=main.some(CLAUSES), required=not main.seldom(4)) if main.often() else None,
        children=children if main.often() else None,
        quarantine=Quarantine(clauses=main.some(CLAUSES)) if main.often() else None,
        third_persons=ThirdPersons(clauses=main.some(CLAUSES)) if main.often() else None,
        undeclared=undeclared,
    )  # fmt: skip


def news(*channels: str, version: int = 1, **changed: Any) -> Policy:
    """A policy with the purpose `mail`, open to children and resting on consent, and with nothing else."""
    aim = Purpose(
        id="mail", title=text("m"), basis=LegalBasis.CONSENT, data=("name",), notice="n", child=ChildAccess.OPEN,
        channels=channels, agreements=("order",),
    )  # fmt: skip
    return Policy(
        id="p", version="1", title=text("p"), law=INDONESIA.id, effective=date(2024, 1, 1),
        controller=Controller(id="controller", name="c", country=HOME),
        data={"name": DataCategory(id="name", title=text("n"), law_class="general")},
        channels={name: Channel(id=name, title=text(name)) for name in CHANNELS},
        notices={"n": Notice(id="n", title=text("n"), version=version, accepts=tuple(range(1, version)))},
        purposes={"mail": replace(aim, **changed)},
    )  # fmt: skip


@st.composite
def histories(draw: st.DrawFn, law: LawPack, versions: int = 10) -> list[Policy]:
    """So many successive versions of a policy: entries come and go, and notices get a new version."""
    found = [draw(policies(law))]
    while len(found) < versions:
        found.append(successor(draw(dice(64)), found[-1], draw(policies(law))))
    return found


def successor(dice: Dice, old: Policy, new: Policy) -> Policy:
    """What follows on `old`: of each entry the older, the one of `new`, or none; notices stay and some go on."""
    notices = {
        name: later(dice, item) if dice.often() else item for name, item in {**new.notices, **old.notices}.items()
    }
    return replace(
        new, notices=notices, data={**old.data, **new.data}, channels={**old.channels, **new.channels},
        purposes=mixed(dice, old.purposes, new.purposes) or old.purposes,
        prohibitions=mixed(dice, old.prohibitions, new.prohibitions),
        recipients=mixed(dice, old.recipients, new.recipients), transfers=mixed(dice, old.transfers, new.transfers),
        retention=mixed(dice, old.retention, new.retention), rights=mixed(dice, old.rights, new.rights),
    )  # fmt: skip


def later(dice: Dice, old: Notice) -> Notice:
    """The next version of a notice, which accepts any of those before it."""
    return replace(old, version=old.version + 1, accepts=dice.some(range(old.version + 1)))


def mixed(dice: Dice, old: Mapping[str, _T], new: Mapping[str, _T]) -> dict[str, _T]:
    """Entries out of two sections: of each name the older or the newer, seldom none."""
    found = {name: dice.pick((old.get(name), new.get(name), old.get(name), new.get(name, old.get(name))))
             for name in {**old, **new}}  # fmt: skip
    return {name: item for name, item in found.items() if item is not None}


def layout_of_the_past(entries: int) -> Layout:
    """A published layout whose entries all belong to policies that are gone, so that new ones begin anywhere in a word."""
    return Layout(tuple(f"gone/{index}" for index in range(entries)))


layouts_of_the_past = st.sampled_from((0, 0, 0, 40, 55, 58, 60, 61, 62, 100, 118, 121, 123, 124, 126)).map(
    layout_of_the_past
)


def choices(dice: Dice, state: ConsentState, most: int) -> list[Choice]:
    """At most so many choices, for purposes that exist and one that is gone, under versions of any kind."""
    return [
        Choice(purpose=dice.pick((*PURPOSES, "gone")), channel=dice.pick((None, *CHANNELS)),
               version=dice.pick(VERSIONS), state=state)
        for _ in range(dice.pick(range(most + 1)))
    ]  # fmt: skip


def standing(dice: Dice) -> Standing:
    """What is known of a person: half of them grown up and willing, so that a permit is no rare event."""
    willing = dice.often()
    consents = choices(dice, ConsentState.GIVEN, 5)
    if willing:
        version = dice.pick(VERSIONS[1:])
        consents += [
            Choice(purpose=name, channel=channel, version=version) for name in PURPOSES for channel in (None, *CHANNELS)
        ]
    if dice.seldom(3):
        consents += choices(dice, ConsentState.WITHDRAWN, 3)
        ended, channels = dice.pick(PURPOSES), dice.some((None, *CHANNELS))
        consents += [Choice(purpose=ended, channel=channel, state=ConsentState.WITHDRAWN) for channel in channels]
    instrument = Instrument(reference=dice.pick(("letter 1", "letter 1", "")), approved=dice.often())
    transfers = [TransferConsent(recipient=dice.pick(RECIPIENTS), country=country) for country in COUNTRIES * 2]
    return Standing(
        born=BIRTHS[0] if willing and dice.often() else dice.maybe(BIRTHS), age=dice.maybe(tuple(KnownAge)),
        guardian=dice.often(), third_person=dice.seldom(), quarantined=dice.seldom(), restricted=dice.seldom(),
        restricted_purposes=dice.rare(PURPOSES), delayed=dice.seldom(), delayed_purposes=dice.rare(PURPOSES),
        consents=tuple(reversed(consents) if dice.often() else consents),
        agreements=AGREEMENTS if willing else dice.some((*AGREEMENTS, "gone")),
        objections=dice.rare((*PURPOSES, "gone")), automated_objections=dice.rare(PURPOSES),
        authorisations=dice.some((*RECIPIENTS, *(f"{name}/{item}" for name in RECIPIENTS for item in DATA))), transfer_consents=dice.some(transfers), ended=dice.rare(RULES),
        trained_until=dice.maybe(LIMITS), instrument=instrument if dice.often() else None,
    )  # fmt: skip


def standings() -> st.SearchStrategy[Standing]:
    """What is known of a person and of the request."""
    return dice(96).map(standing)


def instant(dice: Dice) -> datetime:
    """An instant on a day that something turns on, written in any zone (seldom no instant at all)."""
    day, (hour, minute) = dice.pick(DAYS), dice.pick(((0, 0), (12, 30), (23, 59)))
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).astimezone(dice.pick(ZONES))
    return dice.pick(NO_INSTANT) if dice.seldom(24) else at


def _name(dice: Dice, declared: Sequence[str], known: Sequence[str]) -> str:
    """A name: mostly one that is declared, else one that could be, seldom an odd one."""
    if declared and not dice.seldom(16):
        return dice.pick(declared)
    return dice.pick(ODD if dice.seldom(4) else known)


def _may(dice: Dice, use: bool, declared: Sequence[str], known: Sequence[str]) -> str | None:
    """A name where one is of use; seldom the other way round."""
    return _name(dice, declared, known) if use != dice.seldom(16) else None


def question(dice: Dice, policy: Policy) -> Question:
    """A question that makes sense under `policy` more often than not."""
    name = _name(dice, tuple(policy.purposes), PURPOSES)
    aim = policy.purposes.get(name)
    operation = _name(dice, tuple(aim.operations) if aim else (), (*Operation, "erase"))
    fitting = tuple(aim.data) if aim else DATA
    data = () if dice.seldom(32) else dice.some(fitting) or fitting
    if dice.seldom(10):
        data = (_name(dice, fitting, DATA), *dice.some(DATA))
    receiving = tuple(item.id for item in policy.recipients.values() if name in item.purposes)
    speaks = bool(aim and aim.channels and operation in (Operation.USE, Operation.DISCLOSE))
    return Question(
        purpose=name, data=data, at=instant(dice), operation=operation,
        recipient=_may(dice, operation == Operation.DISCLOSE, receiving, RECIPIENTS),
        country=_may(dice, dice.seldom(4), COUNTRIES, ("", "id", "XX")),
        channel=_may(dice, speaks or dice.seldom(6), tuple(aim.channels) if aim else (), CHANNELS),
        agent=dice.pick((None, None, None, "officer", "")),
    )  # fmt: skip


def questions(policy: Policy) -> st.SearchStrategy[Question]:
    """A question to ask under `policy`."""
    return dice(48).map(lambda thrown: question(thrown, policy))


class World:
    """A policy under a law, questions asked under it, and people they are about (a plain class: shown briefly)."""

    def __init__(
        self, policy: Policy, law: LawPack, questions: tuple[Question, ...], people: tuple[Standing, ...]
    ) -> None:
        self.policy, self.law, self.questions, self.people = policy, law, questions, people

    def __repr__(self) -> str:
        law = next(name for name, pack in LAWS.items() if pack is self.law)
        return f"World({brief(self.policy)}, {law}, {brief(self.questions)}, {brief(self.people)})"


LAWS = {"INDONESIA": INDONESIA, "EUROPE": EUROPE, "CHILDLESS": CHILDLESS, "UNION": UNION, "ELSEWHERE": ELSEWHERE,
        "DATED": DATED}  # fmt: skip
laws = st.sampled_from(tuple(LAWS.values()))


@st.composite
def worlds(draw: st.DrawFn, asks: int = 6, people: int = 3) -> World:
    """A policy under a law, with so many questions and people."""
    law = draw(laws)
    policy = draw(policies(law))
    return World(
        policy,
        law,
        tuple(draw(questions(policy)) for _ in range(asks)),
        tuple(draw(standings()) for _ in range(people)),
    )


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
