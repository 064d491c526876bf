"""What must hold of every decision, whatever the policy: no by default, a prohibition wins, taking back never widens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies import CHANNELS, HOME, NO_INSTANT, ODD, World, dice, examples, prohibition, text, worlds

from janji.decision.compiler import CompiledPolicy, compile_policy, policy_version
from janji.decision.engine import decide, permits
from janji.decision.question import Decision, Facts, Question, digest_facts
from janji.decision.standing import Choice, ConsentState, Standing, pack
from janji.policy.model import Policy, Prohibition
from janji.terms.canonical import digest
from janji.terms.places import Place

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
TAKEN_BACK = (
    "withdrawn/", "objection/", "automated-objection/", "restricted", "delayed", "quarantined", "third-person", "ended/",
)  # fmt: skip
"""How the entries begin that record a person's no, or that the data's time is over."""


def permitted(world: World) -> Iterator[tuple[CompiledPolicy, Question, Facts]]:
    """Every question of the world that is permitted for somebody in it."""
    engine = compile_policy(world.policy, world.law)[0]
    for question in world.questions:
        for person in world.people:
            facts = pack(person, engine.layout)
            if permits(engine, question, facts):
                yield engine, question, facts


def gist(decision: Decision) -> tuple[bool, frozenset[tuple[str, frozenset[str], str]]]:
    """A decision without what the order of a policy's entries may show in: the order of clauses, the entry named."""
    return decision.permit, frozenset((item.code, frozenset(item.clauses), item.article) for item in decision.reasons)


@settings(max_examples=examples(200), deadline=None, suppress_health_check=SLOW)
@given(worlds())
def test_an_empty_policy_denies_everything(world: World) -> None:
    """Where nothing is declared nothing is permitted."""
    empty = Policy(
        id="p",
        version="1",
        title=text("p"),
        law=world.law.id,
        effective=date(1, 1, 1),
        controller=world.policy.controller,
    )
    engine = compile_policy(empty, world.law)[0]
    for question in world.questions:
        for person in world.people:
            decision = decide(engine, question, pack(person, engine.layout))
            assert not decision.permit
            assert decision.reasons


@settings(max_examples=examples(200), deadline=None, suppress_health_check=SLOW)
@given(worlds(), st.sampled_from((*ODD, "undeclared")))
def test_whatever_is_not_declared_is_denied(world: World, name: str) -> None:
    """A permit turns into a no when any one name in the question becomes one that nobody declared."""
    for engine, question, facts in permitted(world):
        for changed in (
            replace(question, purpose=name), replace(question, data=(*question.data, name)), replace(question, data=()),
            replace(question, operation=name), replace(question, channel=name), replace(question, recipient=name),
            replace(question, country=name),
        ):  # fmt: skip
            assert not permits(engine, changed, facts)


@settings(max_examples=examples(160), deadline=None, suppress_health_check=SLOW)
@given(worlds(), dice(8))
def test_a_matching_prohibition_always_wins(world: World, thrown: object) -> None:
    """A prohibition of exactly what is permitted, by any of its dimensions, denies it."""
    for _, question, facts in permitted(world):
        aim = world.policy.purposes[question.purpose]
        receiving = world.policy.recipients.get(question.recipient or "")
        where = question.country or (receiving.country if receiving else HOME)
        exact = Prohibition(
            id="exact", title=text("no"), purposes=(question.purpose,), traits=aim.traits, data=question.data[:1],
            operations=tuple(item for item in aim.operations if item == question.operation), countries=(where,),
            recipients=(question.recipient,) if question.recipient else (),
            channels=(question.channel,) if question.channel else (),
        )  # fmt: skip
        for rule in (
            exact,
            Prohibition(id="exact", title=text("no"), countries=(where,)),
            Prohibition(id="exact", title=text("no"), data=(*exact.data, "other")),
        ):
            forbidding = replace(world.policy, prohibitions={**world.policy.prohibitions, "exact": rule})
            decision = decide(compile_policy(forbidding, world.law)[0], question, facts)
            assert not decision.permit
            assert "prohibited" in {item.code for item in decision.reasons}


@settings(max_examples=examples(300), deadline=None, suppress_health_check=SLOW)
@given(worlds(), dice(24).map(lambda thrown: prohibition(thrown, "added")))
def test_a_prohibition_never_widens(world: World, rule: Prohibition) -> None:
    """No prohibition whatever turns a no into a yes."""
    before = compile_policy(world.policy, world.law)[0]
    forbidding = replace(world.policy, prohibitions={**world.policy.prohibitions, "added": rule})
    after = compile_policy(forbidding, world.law)[0]
    for question in world.questions:
        for person in world.people:
            facts = pack(person, before.layout)
            assert permits(before, question, facts) or not permits(after, question, facts)


def disordered(value: object) -> object:
    """The same policy with every block in the reverse order, and every list reversed and written twice."""
    if isinstance(value, dict):
        return {key: disordered(item) for key, item in reversed(value.items())}
    if isinstance(value, tuple):
        return tuple(reversed(value)) + value
    if is_dataclass(value) and not isinstance(value, type) and type(value).__module__ == Policy.__module__:
        return replace(value, **{item.name: disordered(getattr(value, item.name)) for item in fields(value)})
    return value


@settings(max_examples=examples(300), deadline=None, suppress_health_check=SLOW)
@given(worlds())
def test_order_and_repetition_mean_nothing(world: World) -> None:
    """A policy whose entries and lists stand in another order, with names written twice, answers the same."""
    shuffled = disordered(world.policy)
    assert isinstance(shuffled, Policy)
    one, two = compile_policy(world.policy, world.law)[0], compile_policy(shuffled, world.law)[0]
    assert one.layout == two.layout
    for question in world.questions:
        for person in world.people:
            facts = pack(person, one.layout)
            turned = replace(question, data=(*reversed(question.data), *question.data))
            assert turned == question
            assert gist(decide(two, turned, facts)) == gist(decide(one, question, facts))


@settings(max_examples=examples(300), deadline=None, suppress_health_check=SLOW)
@given(worlds(), st.data())
def test_what_a_person_takes_back_never_widens(world: World, data: st.DataObject) -> None:
    """Any withdrawal, objection, restriction, delay, quarantine or end of retention only ever narrows, in any row."""
    engine = compile_policy(world.policy, world.law)[0]
    against = [key for key in engine.layout.keys if key.startswith(TAKEN_BACK)]
    for question in world.questions:
        packed = pack(data.draw(st.sampled_from(world.people)), engine.layout)
        any_row = replace(packed, bits=data.draw(st.integers(0, 2**engine.layout.version - 1)))
        for facts in (packed, any_row):
            for key in against:
                narrowed = replace(facts, bits=facts.bits | engine.layout.bit(key))
                assert permits(engine, question, facts) or not permits(engine, question, narrowed)


@settings(max_examples=examples(300), deadline=None, suppress_health_check=SLOW)
@given(worlds(), st.sampled_from((None, *CHANNELS)))
def test_a_withdrawal_added_to_a_history_never_widens(world: World, channel: str | None) -> None:
    """The same for what is written by name: a withdrawal beside the other choices, first or last."""
    engine = compile_policy(world.policy, world.law)[0]
    for question in world.questions:
        taken = Choice(purpose=question.purpose, channel=channel, state=ConsentState.WITHDRAWN)
        for person in world.people:
            last = replace(person, consents=(*person.consents, taken))
            first = replace(person, consents=(taken, *person.consents))
            assert pack(first, engine.layout) == pack(last, engine.layout)
            before = permits(engine, question, pack(person, engine.layout))
            assert before or not permits(engine, question, pack(last, engine.layout))


NAMES = st.one_of(st.text(st.characters(codec=None), max_size=30), st.sampled_from((*ODD, "x" * 1_000_000, "mail")))
TIMES = st.one_of(
    st.datetimes(), st.datetimes(timezones=st.sampled_from((UTC, timezone(timedelta(hours=7))))),
    st.sampled_from((*NO_INSTANT, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC),
                     datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
                     datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))))),
)  # fmt: skip


@settings(max_examples=examples(200), deadline=None, suppress_health_check=SLOW)
@given(worlds(asks=0), st.data())
def test_garbage_is_answered_too(world: World, data: st.DataObject) -> None:
    """Names of any characters and any length, and times at the ends of the calendar, get an answer with a reason."""
    engine = compile_policy(world.policy, world.law)[0]
    for _ in range(4):
        purpose = data.draw(st.one_of(NAMES, st.sampled_from(tuple(world.policy.purposes))))
        named = (data.draw(st.one_of(st.none(), NAMES)) for _ in range(4))
        recipient, country, channel, agent = named
        question = Question(
            purpose=purpose, data=tuple(data.draw(st.lists(NAMES, max_size=3))), at=data.draw(TIMES),
            operation=data.draw(st.one_of(NAMES, st.just("use"))), recipient=recipient, country=country,
            channel=channel, agent=agent,
        )  # fmt: skip
        for facts in (None, Facts(), *(pack(person, engine.layout) for person in world.people)):
            decision = decide(engine, question, facts)
            assert decision.reasons
            assert "internal-error" not in {item.code for item in decision.reasons}
            assert all(str(item.message) for item in decision.reasons)
            assert permits(engine, question, facts) == decision.permit


@settings(max_examples=examples(200), deadline=None, suppress_health_check=SLOW)
@given(worlds())
def test_the_same_is_answered_the_same(world: World) -> None:
    """Compiled twice, asked twice and in another order, the policy gives the same answers, word for word."""
    one, two = compile_policy(world.policy, world.law)[0], compile_policy(world.policy, world.law)[0]
    assert one.version == two.version == policy_version(world.policy, world.law)
    asked = [(question, person) for question in world.questions for person in world.people]
    first = [decide(one, question, pack(person, one.layout)) for question, person in asked]
    again = [decide(two, question, pack(person, two.layout)) for question, person in reversed(asked)]
    assert [(item.permit, item.reasons) for item in first] == [(item.permit, item.reasons) for item in reversed(again)]


FACTS = st.builds(
    Facts, bits=st.one_of(st.integers(0, 3), st.integers(0, 2**130)), born=st.sampled_from((0, 1, 19800101)),
    trained_until=st.sampled_from((0, 1, 19800101)), instrument_approved=st.booleans(),
    instrument=st.sampled_from((None, "a", "absent", "letter 1")),
)  # fmt: skip


@settings(max_examples=examples(300), deadline=None)
@given(st.one_of(st.none(), FACTS), st.one_of(st.none(), FACTS))
def test_digests_tell_facts_apart(one: Facts | None, two: Facts | None) -> None:
    """Facts have the same digest exactly when they are the same; absent ones have their own."""
    question = Question("p", ("d",), datetime(2026, 1, 1, tzinfo=UTC))
    digests = [Decision(False, (), "1", question, facts).facts_digest for facts in (one, two)]
    assert (digests[0] == digests[1]) == (one == two)


@settings(max_examples=examples(300), deadline=None)
@given(st.builds(
    Facts, bits=st.integers(0, 2**200), born=st.integers(0, 99991231), trained_until=st.integers(0, 99991231),
    instrument=st.one_of(st.none(), st.text(st.characters(codec="utf-8"))), instrument_approved=st.booleans(),
))  # fmt: skip
def test_a_digest_of_facts_is_that_of_their_canonical_form(facts: Facts) -> None:
    """Whatever stands in them: as RFC 8785 has it."""
    assert digest_facts(facts) == digest({
        "standing": f"{facts.bits:x}", "born": facts.born, "trained_until": facts.trained_until, "instrument": facts.instrument or "",
        "instrument_approved": facts.instrument_approved,
    })  # fmt: skip


def changes(value: object) -> Iterator[object]:
    """Every value that differs from `value` in one place."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, str):
        yield type(value)(value + "x") if type(value) is str else str(value) + "x"
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, date):
        yield value + timedelta(days=1)
    elif isinstance(value, tuple):
        yield (*value, "added")
        yield from (value[:index] + value[index + 1 :] for index in range(len(value)))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield {other: held for other, held in value.items() if other != key}
            yield from ({**value, key: changed} for changed in changes(item))
    elif is_dataclass(value) and not isinstance(value, type) and not isinstance(value, Place):
        for part in fields(value):
            if part.init:
                yield from (replace(value, **{part.name: changed}) for changed in changes(getattr(value, part.name)))


@settings(max_examples=examples(8), deadline=None, suppress_health_check=SLOW)
@given(worlds(asks=0, people=0))
def test_a_changed_policy_has_another_version(world: World) -> None:
    """Any change of the policy, in any one place, changes the version that its decisions carry; so does its law's."""
    version = policy_version(world.policy, world.law)
    for changed in changes(world.policy):
        assert isinstance(changed, Policy)
        assert policy_version(changed, world.law) != version
    assert policy_version(world.policy, replace(world.law, version="other")) != version
    assert policy_version(world.policy, replace(world.law, rungs={})) != version


def test_nothing_is_known_is_not_nothing_recorded() -> None:
    """A person without any record is not the same as no facts at all."""
    assert Standing() == Standing(consents=())
    question = Question("p", ("d",), datetime(2026, 1, 1, tzinfo=UTC))
    absent = Decision(False, (), "1", question, None)
    assert absent.facts_digest != Decision(False, (), "1", question, Facts()).facts_digest
