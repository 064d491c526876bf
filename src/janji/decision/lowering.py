"""The same decision as SQL: a question lowered to one expression over the standing table, in any dialect.

The standing table has one row a person: `subject`, `w0`, `w1`, ... (62 bits each, in the order of the layout), `born`
(`yyyymmdd` or NULL) and `layout` (its version when the row was written). What belongs to the request and not to the
person (time, the agent's training, the instrument) is known when the SQL is written and becomes a constant. A word that is NULL denies.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from janji.decision.compiler import AgeRule, CompiledPolicy, Gate
from janji.decision.layout import Layout
from janji.decision.question import WORD_BITS, Facts, Question

DIALECTS = ("postgres", "duckdb", "spark", "bigquery", "snowflake")
"""Dialects that are written. The tests run `duckdb`; the others are generated, not run."""

TABLE = "standing"
_WORD = (1 << WORD_BITS) - 1


def lower(policy: CompiledPolicy, question: Question, request: Facts | None = None) -> exp.Expr:
    """The answer to `question` as a boolean expression over a row of the standing table; never NULL.

    `request` gives the agent's training and the instrument; its standing is not looked at.
    """
    given = request or Facts()
    gate = policy.gate(question)
    if not _request_passes(gate, question, given):
        return exp.false()
    conditions = [*_words(gate), *_age(gate, policy, question)]
    if not conditions:
        return exp.true()
    return exp.func("COALESCE", exp.and_(*conditions), exp.false())


def select(policy: CompiledPolicy, question: Question, request: Facts | None = None) -> exp.Select:
    """The people for whom the answer to `question` is yes, as a query over the standing table."""
    return exp.select("subject").from_(TABLE).where(lower(policy, question, request))


def standing_table(layout: Layout) -> exp.Create:
    """The standing table for `layout`. A later layout adds word columns (`NOT NULL DEFAULT 0`) and rewrites no row."""
    columns = [_column("subject", "TEXT", "PRIMARY KEY")]
    columns += [_column(f"w{index}", "BIGINT", "NOT NULL DEFAULT 0") for index in range(layout.words)]
    columns += [_column("born", "INT", ""), _column("layout", "INT", "NOT NULL")]
    return exp.Create(this=exp.Schema(this=exp.to_table(TABLE), expressions=columns), kind="TABLE")


def write(tree: exp.Expr, dialect: str) -> str:
    """The SQL text of an expression in one of `DIALECTS`."""
    return tree.sql(dialect=dialect, pretty=True)


def _column(name: str, kind: str, rest: str) -> exp.Expr:
    constraints: list[exp.Expr] = []
    if rest == "PRIMARY KEY":
        constraints = [exp.ColumnConstraint(kind=exp.PrimaryKeyColumnConstraint())]
    elif rest:
        constraints = [exp.ColumnConstraint(kind=exp.NotNullColumnConstraint())]
        if rest.endswith("DEFAULT 0"):
            constraints.append(exp.ColumnConstraint(kind=exp.DefaultColumnConstraint(this=_number(0))))
    return exp.ColumnDef(this=exp.to_identifier(name), kind=exp.DataType.build(kind), constraints=constraints)


def _request_passes(gate: Gate, question: Question, given: Facts) -> bool:
    return (
        gate.since <= question.day <= gate.until
        and (not gate.agent or given.trained_until >= question.day)
        and (not gate.authority or (bool(given.instrument) and given.instrument_approved))
    )


def _words(gate: Gate) -> Iterator[exp.Expr]:
    for index, care in _split(gate.care):
        want = gate.want >> WORD_BITS * index & _WORD
        yield exp.EQ(this=_masked(index, care), expression=_number(want))
    for mask in gate.some:
        parts = [exp.NEQ(this=_masked(index, part), expression=_number(0)) for index, part in _split(mask)]
        if not parts:
            yield exp.false()
            continue
        yield exp.paren(exp.or_(*parts)) if len(parts) > 1 else parts[0]
        if len(parts) > 1:
            yield from (_known(exp.column(f"w{index}")) for index, _ in _split(mask))


def _age(gate: Gate, policy: CompiledPolicy, question: Question) -> Iterator[exp.Expr]:
    """The age test, with an unknown date of birth read as 0."""
    if gate.age == AgeRule.ANY:
        return
    born = exp.func("COALESCE", exp.column("born"), _number(0))
    cutoff = question.day - policy.under * 10000
    adult: exp.Expr = exp.and_(
        exp.GT(this=born.copy(), expression=_number(0)), exp.LTE(this=born.copy(), expression=_number(cutoff))
    )
    attested = policy.adult_bit | policy.child_bit
    unborn = exp.LTE(this=born.copy(), expression=_number(0))
    if gate.age in (AgeRule.GUARDED, AgeRule.BARRED):
        other = exp.and_(unborn, _bits(policy.child_bit, 0))
    else:
        other = exp.and_(unborn, _bits(attested, policy.adult_bit))
    ways = [exp.paren(adult), exp.paren(other)]
    if gate.age <= AgeRule.GUARDED_KNOWN:
        child = exp.or_(exp.GT(this=born.copy(), expression=_number(0)), _bits(policy.child_bit, policy.child_bit))
        ways.append(exp.paren(exp.and_(_bits(policy.guardian_bit, policy.guardian_bit), exp.paren(child))))
    yield exp.paren(exp.or_(*ways))
    for index, _ in _split(attested | policy.guardian_bit):
        yield _known(exp.column(f"w{index}"))


def _bits(mask: int, want: int) -> exp.Expr:
    parts = [
        exp.EQ(this=_masked(index, part), expression=_number(want >> WORD_BITS * index & _WORD))
        for index, part in _split(mask)
    ]
    return exp.and_(*parts)


def _split(mask: int) -> Iterator[tuple[int, int]]:
    index = 0
    while mask:
        part = mask & _WORD
        if part:
            yield index, part
        mask >>= WORD_BITS
        index += 1


def _masked(index: int, mask: int) -> exp.Expr:
    return exp.paren(exp.BitwiseAnd(this=exp.column(f"w{index}"), expression=_number(mask)))


def _known(column: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Is(this=column, expression=exp.Null()))


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)
