"""The lowered SQL over ten million standings in DuckDB, beside the mask query that a person would write by hand."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from figures import Figure, best_of, show

from janji.decision import layout as keys
from janji.decision.compiler import CompiledPolicy
from janji.decision.lowering import lower, write
from janji.decision.question import WORD_BITS, Question
from janji.workflows.policies import open_policy

POLICY = Path(__file__).resolve().parent.parent / "policies" / "pt-sony-indonesia"
ROWS = 10_000_000
AT = datetime(2026, 11, 23, tzinfo=UTC)


def fill(connection: duckdb.DuckDBPyConnection, policy: CompiledPolicy, question: Question) -> None:
    """Ten million people: most bits at random but rare, the ones that the question wants set for about half."""
    gate = policy.gate(question)
    columns = []
    for index in range(policy.layout.words):
        want = gate.want >> WORD_BITS * index & (1 << WORD_BITS) - 1
        columns.append(
            f"((hash(i * {index + 1}) & hash(i * {index + 7}) & hash(i * {index + 13}) & hash(i * {index + 17}) "
            f"& {(1 << WORD_BITS) - 1}::UBIGINT & ~{want}::UBIGINT) "
            f"| (CASE WHEN hash(i + {index}) % 2 = 0 THEN {want} ELSE 0 END)::UBIGINT)::BIGINT AS w{index}"
        )
    connection.execute(
        f"CREATE TABLE standing AS SELECT i AS subject, {', '.join(columns)}, "  # noqa: S608  # numbers of our own
        f"((1950 + i % 66) * 10000 + 101 + i % 28)::INT AS born, "
        f"{policy.layout.version} AS layout FROM range({ROWS}) AS rows(i)"
    )


def by_hand(policy: CompiledPolicy, question: Question) -> str:
    """What a person would write for the same question: a mask a word, and a date of birth long enough ago."""
    gate = policy.gate(question)
    parts = []
    for index in range(policy.layout.words):
        word = (1 << WORD_BITS) - 1
        care, want = gate.care >> WORD_BITS * index & word, gate.want >> WORD_BITS * index & word
        if care:
            parts.append(f"w{index} & {care} = {want}")
    cutoff = question.day - policy.under * 10000
    parts.append(f"born <= {cutoff}")
    return " AND ".join(parts)


def measure() -> list[Figure]:
    """Agree on the count first; then time both, turn about, best of seven."""
    policy = open_policy(POLICY).compiled
    purpose = next(item for item in policy.policy.purposes.values() if item.channels and item.notice and item.traits)
    question = Question(str(purpose.id), (str(purpose.data[0]),), AT, channel=str(purpose.channels[0]))
    assert keys.ADULT in policy.layout
    connection = duckdb.connect()
    connection.execute("SET threads TO 2")
    fill(connection, policy, question)
    ours = f"SELECT count(*) FROM standing WHERE {write(lower(policy, question), 'duckdb')}"  # noqa: S608
    theirs = f"SELECT count(*) FROM standing WHERE {by_hand(policy, question)}"  # noqa: S608
    counts = [connection.execute(query).fetchall()[0][0] for query in (ours, theirs)]
    if counts[0] != counts[1]:
        sys.exit(f"the two queries disagree: {counts}")
    hand = best_of(lambda: connection.execute(theirs).fetchall(), 7)
    lowered = best_of(lambda: connection.execute(ours).fetchall(), 7)
    return [
        Figure("lowered SQL, 10 million standings", lowered * 1000, "ms", "the mask query written by hand",
               lowered / hand, "<= 1.5 x", lowered / hand <= 1.5),
        Figure("people permitted", counts[0], "people", "ten million", counts[0] / ROWS, "(shown)", True),
    ]  # fmt: skip


if __name__ == "__main__":
    show(measure())
