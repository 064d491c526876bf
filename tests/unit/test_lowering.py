"""The decision as SQL: a database gives each person the answer that the engine gives, on any policy and any row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from sqlglot import exp
from tests.reference.decide import decide as reference
from tests.strategies import (
    BIRTHS,
    HOME,
    INDONESIA,
    Dice,
    World,
    dice,
    examples,
    layout_of_the_past,
    layouts_of_the_past,
    news,
    text,
    worlds,
)

from janji.decision.compiler import compile_policy
from janji.decision.engine import decide, permits
from janji.decision.layout import Layout
from janji.decision.lowering import DIALECTS, lower, select, standing_table, write
from janji.decision.question import Facts, Question
from janji.decision.standing import pack
from janji.policy.model import Assessment, ChildAccess, Recipient, Training
from janji.terms.processing import LegalBasis, Operation, RecipientClass, Role, Trait

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
BORN = (0, 19800505, *(day.year * 10000 + day.month * 100 + day.day for day in BIRTHS))
GRANTS = ("consent/", "agreement/", "authorised/", "transfer/", "guardian", "age/adult")
REQUESTS = (
    Facts(),
    Facts(trained_until=20300101, instrument="letter 1", instrument_approved=True),
    Facts(trained_until=20300101, instrument="letter 1"),
    Facts(trained_until=20260629, instrument="", instrument_approved=True),
    Facts(trained_until=20260630, instrument="letter 1", instrument_approved=True),
)
"""What is known of a request: nothing, all there is, and what is not enough."""

Row = tuple[int | None, ...]
"""The words of a row, and behind them the date of birth or NULL."""


def row_of(facts: Facts, layout: Layout) -> Row:
    """A standing as a row of the table."""
    return (*facts.words(layout.words), facts.born or None)


@contextmanager
def table(layout: Layout, rows: Iterable[Row], create: exp.Expr | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the standing table of `layout`, its subjects numbered from 0 on."""
    with duckdb.connect(config={"threads": 1}) as database:
        database.execute(write(create or standing_table(layout), "duckdb"))
        values = [
            f"('{number}', {', '.join('NULL' if part is None else str(part) for part in row)}, {layout.version})"
            for number, row in enumerate(rows)
        ]
        if values:
            database.execute(f"INSERT INTO standing VALUES {', '.join(values)}")  # noqa: S608
        yield database


def answers(database: duckdb.DuckDBPyConnection, condition: str) -> list[bool | None]:
    """The value of a condition for each row, in the order of the subjects."""
    found = database.execute(f"SELECT subject, ({condition}\n) FROM standing").fetchall()  # noqa: S608
    return [value for _, value in sorted(found, key=lambda pair: int(pair[0]))]


def chosen(database: duckdb.DuckDBPyConnection, query: str) -> set[int]:
    """The subjects that a query gives."""
    return {int(subject) for (subject,) in database.execute(query).fetchall()}


def people_of(world: World, layout: Layout, thrown: Dice) -> list[Facts]:
    """Many standings: those of the world's people, each with a few bits changed, and rows of any bits."""
    every = (1 << layout.version) - 1
    for_it = layout.mask(key for key in layout.keys if key.startswith(GRANTS))
    found = []
    for person in world.people:
        packed = pack(person, layout)
        found += [packed, replace(packed, born=thrown.pick(BORN)), replace(packed, bits=packed.bits | for_it)]
        for _ in range(4):
            turned = 1 << thrown.number(2) % max(1, layout.version)
            found.append(replace(packed, bits=packed.bits ^ turned, born=thrown.pick(BORN)))
    found += [Facts(), Facts(bits=every), Facts(bits=for_it), Facts(bits=for_it, born=19800505)]
    return found + [Facts(bits=thrown.number(24) & every, born=thrown.pick(BORN)) for _ in range(4)]


def asked_with(facts: Facts, request: Facts) -> Facts:
    """A person's standing beside what is known of the request."""
    return replace(
        facts,
        trained_until=request.trained_until,
        instrument=request.instrument,
        instrument_approved=request.instrument_approved,
    )


def words_read(condition: exp.Expr) -> set[str]:
    """The words of the standing that an expression looks at."""
    return {column.name for column in condition.find_all(exp.Column)} - {"born"}


def nullable(layout: Layout) -> exp.Expr:
    """The standing table without any `NOT NULL`, as somebody may have made it by hand."""
    create = standing_table(layout)
    for column in create.find_all(exp.ColumnDef):
        column.set("constraints", [])
    return create


@settings(max_examples=examples(110), deadline=None, suppress_health_check=SLOW)
@given(worlds(asks=5, people=3), layouts_of_the_past, dice(400))
def test_the_database_decides_as_the_engine_does(world: World, past: Layout, thrown: Dice) -> None:
    """For every row yes or no is the engine's answer, never NULL, and the query gives those with a yes.

    The policy's entries begin in the first, the second or the third word.
    """
    engine, layout = compile_policy(world.policy, world.law, past)
    people = people_of(world, layout, thrown)
    with table(layout, [row_of(facts, layout) for facts in people]) as database:
        for question in world.questions:
            request = thrown.pick(REQUESTS)
            expected = [decide(engine, question, asked_with(facts, request)).permit for facts in people]
            condition = lower(engine, question, request)
            assert answers(database, write(condition, "duckdb")) == expected
            picked = chosen(database, write(select(engine, question, request), "duckdb"))
            assert picked == {number for number, answer in enumerate(expected) if answer}


@settings(max_examples=examples(60), deadline=None, suppress_health_check=SLOW)
@given(worlds(asks=4, people=6), layouts_of_the_past)
def test_the_database_decides_as_the_reference_does(world: World, past: Layout) -> None:
    """What was written by name, packed into words and read by the database has the answer of the slow decision."""
    engine, layout = compile_policy(world.policy, world.law, past)
    request = world.people[0]
    given_with = pack(request, layout)
    with table(layout, [row_of(pack(person, layout), layout) for person in world.people]) as database:
        for question in world.questions:
            expected = [
                reference(
                    world.policy,
                    world.law,
                    question,
                    replace(person, trained_until=request.trained_until, instrument=request.instrument),
                ).permit
                for person in world.people
            ]
            assert answers(database, write(lower(engine, question, given_with), "duckdb")) == expected


@settings(max_examples=examples(70), deadline=None, suppress_health_check=SLOW)
@given(worlds(asks=4, people=2), layouts_of_the_past, dice(400))
def test_a_word_that_is_null_denies(world: World, past: Layout, thrown: Dice) -> None:
    """Any one word that the expression reads, or all of them, NULL: the answer is no, and still not NULL.

    A word that it does not read may be NULL; a date of birth that is NULL is one that is not known.
    """
    engine, layout = compile_policy(world.policy, world.law, past)
    people = [asked_with(facts, REQUESTS[1]) for facts in people_of(world, layout, thrown)]
    rows: list[Row] = []
    for facts in people:
        words = row_of(facts, layout)
        rows += [(*words[:index], None, *words[index + 1 :]) for index in range(layout.words)]
        rows.append((*[None] * layout.words, words[-1]))
    with table(layout, rows, nullable(layout)) as database:
        for question in world.questions:
            condition = lower(engine, question, REQUESTS[1])
            given_back = answers(database, write(condition, "duckdb"))
            read, expected = words_read(condition), []
            for facts in people:
                answer = decide(engine, question, facts).permit
                expected += [answer and f"w{index}" not in read for index in range(layout.words)]
                expected.append(answer and not read)
            assert given_back == expected


@settings(max_examples=examples(35), deadline=None, suppress_health_check=SLOW)
@given(worlds(asks=3, people=2), layouts_of_the_past, dice(400))
def test_every_dialect_says_the_same(world: World, past: Layout, thrown: Dice) -> None:
    """What is written in a dialect is read as that dialect, and said in DuckDB's again gives the same answers."""
    engine, layout = compile_policy(world.policy, world.law, past)
    people = people_of(world, layout, thrown)
    rows = [row_of(facts, layout) for facts in people]
    rows += [(None, *row[1:]) for row in rows[:6]]
    with table(layout, rows, nullable(layout)) as database:
        for question in world.questions:
            condition, query = lower(engine, question, REQUESTS[1]), select(engine, question, REQUESTS[1])
            expected = answers(database, write(condition, "duckdb"))
            for dialect in DIALECTS:
                assert answers(database, transpiled(write(condition, dialect), dialect)) == expected
                picked = chosen(database, transpiled(write(query, dialect), dialect))
                assert picked == {number for number, answer in enumerate(expected) if answer}


def transpiled(text: str, dialect: str) -> str:
    """SQL of a dialect as SQL of DuckDB; what is not of that dialect is not read."""
    (tree,) = sqlglot.parse(text, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    assert tree is not None
    return tree.sql(dialect="duckdb")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("entries", [1, 62, 63, 124, 125, 300])
def test_the_table_in_every_dialect(dialect: str, entries: int) -> None:
    """One column a word, the date of birth and the layout's version; what a row does not say is nothing recorded."""
    layout = layout_of_the_past(entries)
    words = -(-entries // 62)
    text = write(standing_table(layout), dialect)
    columns = [column.name for column in sqlglot.parse_one(text, read=dialect).find_all(exp.ColumnDef)]
    assert columns == ["subject", *(f"w{index}" for index in range(words)), "born", "layout"]
    with duckdb.connect(config={"threads": 1}) as database:
        database.execute(transpiled(text, dialect))
        database.execute("INSERT INTO standing (subject, layout) VALUES ('a', 1)")
        assert database.execute("SELECT * FROM standing").fetchall() == [("a", *[0] * words, None, 1)]
        full = f"('b', {', '.join([str(2**62 - 1)] * words)}, 99991231, {entries})"
        database.execute(f"INSERT INTO standing VALUES {full}")  # noqa: S608
        for wrong in ("('c', " + ", ".join(["NULL"] * words) + ", 19800101, 1)", full):
            with pytest.raises(duckdb.ConstraintException):
                database.execute(f"INSERT INTO standing VALUES {wrong}")  # noqa: S608


@settings(max_examples=examples(100), deadline=None, suppress_health_check=SLOW)
@given(worlds(asks=5, people=0))
def test_the_request_becomes_constant(world: World) -> None:
    """Training and instrument never reach the database: they make the whole answer no, or leave no trace."""
    engine = compile_policy(world.policy, world.law)[0]
    columns = {*(f"w{index}" for index in range(engine.layout.words)), "born"}
    for question in world.questions:
        best = lower(engine, question, Facts(trained_until=99991231, instrument="x", instrument_approved=True))
        alone = replace(question, agent=None)
        recipient = world.policy.recipients.get(question.recipient or "")
        authority = recipient is not None and recipient.kind is RecipientClass.AUTHORITY
        training = world.policy.training is not None and world.policy.training.required and question.agent is not None
        for request in REQUESTS:
            condition = lower(engine, question, replace(request, bits=-1, born=20200101))
            assert {column.name for column in condition.find_all(exp.Column)} <= columns
            fails = (training and request.trained_until < question.day) or (
                authority and not (request.instrument and request.instrument_approved)
            )
            assert condition == (exp.false() if fails else best)
            assert lower(engine, alone, request) == lower(engine, alone, replace(request, trained_until=0))
        assert lower(engine, question) == lower(engine, question, Facts())


@settings(max_examples=examples(40), deadline=None, suppress_health_check=SLOW)
@given(worlds(asks=4, people=3), dice(16))
def test_rows_stay_when_a_word_is_added(world: World, thrown: Dice) -> None:
    """The table of an older layout with the new words added, zero by default, answers as the rows did."""
    published = compile_policy(world.policy, world.law)[1]
    later = published.extended(f"new/{index}" for index in range(thrown.pick((1, 62, 100))))
    engine = compile_policy(world.policy, world.law, later)[0]
    people = [pack(person, published) for person in world.people]
    with table(published, [row_of(facts, published) for facts in people]) as database:
        for index in range(published.words, later.words):
            database.execute(f"ALTER TABLE standing ADD COLUMN w{index} BIGINT DEFAULT 0")
        for question in world.questions:
            expected = [permits(engine, question, asked_with(facts, REQUESTS[1])) for facts in people]
            assert answers(database, write(lower(engine, question, REQUESTS[1]), "duckdb")) == expected


DAYS = tuple(datetime(2024, *day, 12, tzinfo=UTC) for day in ((2, 28), (2, 29), (3, 1)))
ACCESS: tuple[dict[str, Any], ...] = (
    {"child": ChildAccess.OPEN}, {"child": ChildAccess.GUARDIAN},
    {"child": ChildAccess.GUARDIAN, "traits": (Trait.MARKETING,)}, {"child": ChildAccess.NEVER},
)  # fmt: skip
"""The four ways in which a purpose asks for age."""


@pytest.mark.parametrize("past", [0, 57, 58, 61, 119])
@pytest.mark.parametrize("at", DAYS, ids=lambda at: f"{at:%d-%m}")
def test_every_age_in_every_word(past: int, at: datetime) -> None:
    """Every attestation, guardian and date of birth around the boundary, with consent given, withdrawn, both or neither.

    The entries lie in one word or in two, whichever the policies before left room in.
    """
    for access in ACCESS:
        engine, layout = compile_policy(news(**access), INDONESIA, layout_of_the_past(past))
        flags = [layout.bit(key) for key in ("age/adult", "age/child", "guardian", "quarantined", "restricted/mail",
                                             "objection/mail", "consent/mail/-/1", "withdrawn/mail/-")]  # fmt: skip
        people = [
            Facts(bits=sum(bit for index, bit in enumerate(flags) if taken >> index & 1), born=born)
            for taken in range(2 ** len(flags))
            for born in (0, 20060227, 20060228, 20060301)
        ]
        question = Question("mail", ("name",), at)
        expected = [permits(engine, question, facts) for facts in people]
        assert any(expected)
        with table(layout, [row_of(facts, layout) for facts in people]) as database:
            assert answers(database, write(lower(engine, question), "duckdb")) == expected


def test_a_question_that_nobody_passes_reads_nothing() -> None:
    """What fails whoever asks is no row's matter: a prohibition, a name that is unknown, a day before the policy."""
    engine = compile_policy(news(), INDONESIA)[0]
    sure = Question("mail", ("name",), DAYS[0])
    assert lower(engine, sure) != exp.false()
    for never in (
        replace(sure, purpose="other"), replace(sure, data=()), replace(sure, country="SG"),
        replace(sure, at=datetime(2023, 12, 31, tzinfo=UTC)), replace(sure, at=DAYS[0].replace(tzinfo=None)),
        replace(sure, purpose="mail\x1f"),
    ):  # fmt: skip
        assert lower(engine, never) == exp.false()


def test_the_request_and_the_day_at_their_limits() -> None:
    """Training and provisional days count through their last day; an instrument counts with a text and approved."""
    weighing = Assessment(purpose=text("p"), need=text("n"), balance=text("b"), provisional=date(2024, 2, 29))
    police = Recipient(
        id="police", title=text("p"), kind=RecipientClass.AUTHORITY, role=Role.AUTHORITY, country=HOME,
        purposes=("mail",),
    )  # fmt: skip
    policy = replace(
        news(basis=LegalBasis.LEGITIMATE_INTEREST, assessment=weighing, operations=(Operation.DISCLOSE,)),
        effective=date(2024, 2, 28), training=Training(required=True), recipients={"police": police},
    )  # fmt: skip
    engine = compile_policy(policy, INDONESIA)[0]
    asked = Question("mail", ("name",), DAYS[1], Operation.DISCLOSE, "police", agent="officer")
    full = Facts(trained_until=20240229, instrument="letter 1", instrument_approved=True)
    open_at_all = lower(engine, asked, full)
    assert open_at_all != exp.false()
    for question, request, passes in (
        (replace(asked, at=DAYS[0]), full, True), (replace(asked, at=datetime(2024, 2, 27, 23, tzinfo=UTC)), full, False),
        (replace(asked, at=DAYS[2]), replace(full, trained_until=20240301), False),
        (asked, replace(full, trained_until=20240228), False), (asked, replace(full, trained_until=20240301), True),
        (replace(asked, agent=None), replace(full, trained_until=0), True), (asked, None, False),
        (replace(asked, agent=""), replace(full, trained_until=0), False),
        (asked, replace(full, instrument=""), False), (asked, replace(full, instrument=None), False),
        (asked, replace(full, instrument_approved=False), False),
    ):  # fmt: skip
        condition = lower(engine, question, request)
        assert condition == (open_at_all if passes else exp.false())
        assert permits(engine, question, request or Facts()) == passes


@pytest.mark.parametrize("past", range(50, 62))
@pytest.mark.parametrize("operation", [Operation.USE, Operation.RETAIN])
def test_a_null_beside_every_boundary_denies(past: int, operation: Operation) -> None:
    """Wherever the boundary of two words falls, also where one holds nothing but what is wanted, a NULL denies."""
    for access in ACCESS:
        engine, layout = compile_policy(news(**access), INDONESIA, layout_of_the_past(past))
        question = Question("mail", ("name",), DAYS[0], operation)
        bits = layout.mask(("consent/mail/-/1", "age/adult"))
        people = [Facts(bits=bits), Facts(bits=bits, born=19800505), Facts(bits=bits | layout.bit("guardian"))]
        condition = lower(engine, question)
        read = words_read(condition)
        rows: list[Row] = []
        for words in (row_of(facts, layout) for facts in people):
            rows += [words, *((*words[:at], None, *words[at + 1 :]) for at in range(layout.words))]
        expected = [True, *(f"w{at}" not in read for at in range(layout.words))] * len(people)
        with table(layout, rows, nullable(layout)) as database:
            assert answers(database, write(condition, "duckdb")) == expected


def test_a_row_of_an_unknown_day_is_a_row_without_one() -> None:
    """A date of birth of zero or less is none, in the database as in the engine."""
    engine, layout = compile_policy(news(child=ChildAccess.NEVER), INDONESIA)
    bits = layout.mask(("consent/mail/-/1", "age/adult"))
    question = Question("mail", ("name",), DAYS[0])
    alone = layout.bit("consent/mail/-/1")
    rows: list[Row] = [(bits, None), (bits, 0), (bits, -1), (alone, None), (alone, 0), (alone, -1)]
    with table(layout, rows) as database:
        assert answers(database, write(lower(engine, question), "duckdb")) == [True] * 3 + [False] * 3
    people = [Facts(bits=row[0] or 0, born=row[1] or 0) for row in rows]
    assert [permits(engine, question, facts) for facts in people] == [True] * 3 + [False] * 3
