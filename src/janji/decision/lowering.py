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
    conditions = [*_masks(gate), *_age(gate, policy, question)]
    return exp.and_(*conditions, *_known(conditions)) if conditions else exp.true()


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
        and (not gate.agent or question.agent is None or given.trained_until >= question.day)
        and (not gate.authority or (bool(given.instrument) and given.instrument_approved))
    )


def _masks(gate: Gate) -> Iterator[exp.Expr]:
    yield from _tests(gate.care, gate.want)
    for ways in gate.some:
        met = [exp.paren(exp.and_(_any(mask), *_tests(veto, 0))) for mask, veto in ways]
        yield exp.paren(exp.or_(*met)) if len(met) > 1 else met[0]


def _age(gate: Gate, policy: CompiledPolicy, question: Question) -> Iterator[exp.Expr]:
    """The age test: by date of birth where there is one, else by what was attested."""
    if gate.age == AgeRule.ANY:
        return
    born = exp.column("born")
    dated: exp.Expr = exp.LTE(this=born.copy(), expression=_number(question.day - policy.under * 10000))
    if gate.age == AgeRule.GUARDED:
        attested = exp.and_(*_tests(policy.child_bit, 0))
    else:
        attested = exp.and_(*_tests(policy.adult_bit | policy.child_bit, policy.adult_bit))
    if gate.age != AgeRule.ADULTS_ONLY:
        guardian = exp.and_(*_tests(policy.guardian_bit, policy.guardian_bit))
        both = policy.guardian_bit | policy.child_bit
        dated = exp.or_(dated, guardian)
        attested = exp.or_(attested, exp.and_(*_tests(both, both)))
    yield exp.Case(ifs=[exp.If(this=exp.GT(this=born, expression=_number(0)), true=dated)], default=attested)


def _any(mask: int) -> exp.Expr:
    """Some bit of `mask` is set; a word that is NULL is read as one with none."""
    parts = [exp.NEQ(this=_masked(index, part, 0), expression=_number(0)) for index, part in _split(mask)]
    return exp.paren(exp.or_(*parts)) if len(parts) > 1 else parts[0] if parts else exp.false()


def _tests(care: int, want: int) -> Iterator[exp.Expr]:
    """`bits & care = want`, a word at a time; a word that is NULL is read as one that fails."""
    for index, part in _split(care):
        wanted = want >> WORD_BITS * index & _WORD
        masked = _masked(index, part, 0 if wanted else part)
        yield exp.EQ(this=masked, expression=_number(wanted))


def _known(conditions: list[exp.Expr]) -> Iterator[exp.Expr]:
    """Words that only stand in one way of several must be known all the same."""
    sure = {column.name for item in conditions if isinstance(item, exp.EQ) for column in item.find_all(exp.Column)}
    read = {column.name for item in conditions for column in item.find_all(exp.Column)} - sure - {"born"}
    yield from (exp.column(name).is_(exp.null()).not_() for name in sorted(read))


def _split(mask: int) -> Iterator[tuple[int, int]]:
    index = 0
    while mask:
        part = mask & _WORD
        if part:
            yield index, part
        mask >>= WORD_BITS
        index += 1


def _masked(index: int, mask: int, missing: int) -> exp.Expr:
    word = exp.func("COALESCE", exp.column(f"w{index}"), _number(missing))
    return exp.paren(exp.BitwiseAnd(this=word, expression=_number(mask)))


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)
