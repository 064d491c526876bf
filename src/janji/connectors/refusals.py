"""Why a database would refuse a plan, found before the first write: rights that are missing, conditions that would not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from janji.connectors.acting import becomes
from janji.connectors.dialects import Statement, Values
from janji.connectors.engines import translate
from janji.connectors.failures import failure
from janji.connectors.gathering import Writer
from janji.connectors.searching import asking
from janji.erasure.steps import Change, Clear, Delete, Gather, Problem
from janji.erasure.untold import unclear, untold
from janji.errors import JanjiError, Refusal
from janji.terms.messages import N_, say

Look = Callable[[Statement], Sequence[Sequence[object]]]


def refusals(writer: Writer, look: Look) -> Iterator[Problem]:
    """Everything that stands in the way of a plan, as the database itself says it."""
    yield from _rights(writer, look)
    yield from _conditions(writer, look)
    yield from outliving(writer, look)
    yield from _unclear(writer, look)


def _unclear(writer: Writer, look: Look) -> Iterator[Problem]:
    """Rows of which nothing says whether the ones that they belong to are the same person's: asked once for all who are known alike."""
    known: dict[int, set[str]] = {}
    for item in writer.people:
        known.setdefault(item.person, set()).add(item.kind)
    for kinds in dict.fromkeys(frozenset(held) for held in known.values()):
        alike = replace(writer, people=[item for item in writer.people if known[item.person] == kinds], gathered={}, _pairs={}, _known={})
        for one in untold(writer.plan, kinds):
            values = Values()
            found = [
                f"SELECT count(*) FROM {joined} WHERE {alike.taken(values, one.gather.table, one.link)}"
                for joined in (alike.joins(values, one.gather, one.found) if alike.alive(one.found, one.gather.table) else ())
            ]
            rows = sum(int(str(look(values.of(text))[0][0])) for text in found)
            if rows:
                yield unclear(one, rows)


def outliving(writer: Writer, look: Look) -> Iterator[Problem]:
    """Columns that name what stays when their rows go, such as large objects of PostgreSQL: nothing of a person may be left so."""
    asked: dict[tuple[str, str], str] = {}
    for action in writer.plan.actions:
        if isinstance(action, Delete | Change):
            changed = None if isinstance(action, Delete) else {item.column for item in action.assignments}
            for column in writer.table(action.table).columns:
                test = "" if changed is not None and column.name not in changed else writer.dialect.outlives(action.table, column, changed is None)
                if test:
                    asked[action.table, column.name] = f"SELECT count(*) FROM (SELECT 1 FROM {writer.named(action.table)} WHERE {test} LIMIT 1) AS x"
    for (table, name), text in asked.items():
        if look(Statement(text))[0][0]:
            yield Problem(
                table, say(N_("`{table}.{column}` names large objects, which stay when their rows go"), table=table, column=name),
                say(N_("have a trigger unlink them, such as `lo_manage` of the extension `lo`, and try again")),
            )


def _rights(writer: Writer, look: Look) -> Iterator[Problem]:
    """Statements are explained, not run: that asks for the same rights. All of them at once where that can be, each where one is refused."""
    writes = _writes(writer)
    if writer.dialect.writes_within and len(writes) > 1:
        parts = ", ".join(f"w{place} AS ({text})" for place, (_, text) in enumerate(writes))
        if _asked(look, Statement(f"EXPLAIN WITH {parts} SELECT 1")) is None:
            return
    for table, text in writes:
        refused = _asked(look, Statement(f"EXPLAIN {text}"))
        if isinstance(refused, Refusal):
            yield Problem(
                table,
                say(N_("the account may not change or delete rows of `{table}`"), table=table),
                say(N_("have it granted what `janji connect grants` prints")),
            )
        elif refused is not None:
            yield Problem(table, refused.message, refused.help or refused.message)


def _writes(writer: Writer) -> list[tuple[str, str]]:
    """One deletion and one change a table, of no row, with every column that a plan changes there."""
    dialect = writer.dialect
    deleted = dict.fromkeys(action.table for action in writer.plan.actions if isinstance(action, Delete))
    changed: dict[str, dict[str, None]] = {}
    for action in writer.plan.actions:
        if isinstance(action, Change | Clear):
            names = [item.column for item in action.assignments] if isinstance(action, Change) else list(action.columns)
            changed.setdefault(action.table, {}).update(dict.fromkeys(names))
    found = [(table, f"DELETE FROM {dialect.table(table)} WHERE 1 = 0") for table in deleted]
    for table, columns in changed.items():
        sets = ", ".join(f"{dialect.quote(name)} = {dialect.quote(name)}" for name in columns)
        found.append((table, f"UPDATE {dialect.table(table)} SET {sets} WHERE 1 = 0"))
    return found


def _asked(look: Look, statement: Statement) -> JanjiError | None:
    """What the database answers to a statement when it refuses."""
    try:
        look(statement)
    except Exception as error:  # whichever driver's
        found = failure(error)
        if not isinstance(found, Refusal) and getattr(error, "connection_invalidated", False):
            raise translate(error) from None
        return found
    return None


def _conditions(writer: Writer, look: Look) -> Iterator[Problem]:
    """Conditions of a table over what its columns would become in the rows of the people."""
    changes: dict[str, list[tuple[Change, str]]] = {}
    for action in writer.plan.actions:
        if isinstance(action, Change) and action.reach is None:
            for check in _checks(writer, action):
                changes.setdefault(action.table, []).append((action, check))
    if not changes:
        return

    def question(values: Values, gather: Gather) -> str | None:
        asked = [_broken(writer, values, gather, action, check) for action, check in changes.get(gather.table, ())]
        return " UNION ALL ".join(asked) if asked else None

    for gather, statement in asking(writer, question):
        rows = look(statement)
        for (_, check), (count,) in zip(changes[gather.table], rows, strict=True):
            if count:
                yield Problem(
                    gather.table,
                    say(N_("a condition of `{table}` does not allow what columns would become: {check}"), table=gather.table, check=check),
                    say(N_("say in the data map what the column becomes, so that the condition holds")),
                )


def _checks(writer: Writer, action: Change) -> list[str]:
    """The conditions of a table that speak of a column that is changed."""
    names = [item.column.lower() for item in action.assignments]
    return [
        check for check in writer.table(action.table).checks
        if not check.startswith("unique (") and any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", check.lower()) for name in names)
    ]  # fmt: skip


def _broken(writer: Writer, values: Values, gather: Gather, action: Change, check: str) -> str:
    """How many rows would break a condition, were they changed."""
    become = {item.column: becomes(writer, values, gather, item, "0" * 32) for item in action.assignments}

    def value(name: str) -> str:
        made = become.get(name, writer.field(name))
        return f"CASE WHEN 1 = 0 THEN {writer.field(name)} END" if made == "NULL" else made  # a null of the column's own type, or the condition may mean nothing

    columns = ", ".join(f"{value(column.name)} AS {writer.dialect.quote(column.name)}" for column in writer.table(gather.table).columns)
    rows = writer.beside(gather, writer.gathered[gather.table].relation)
    return f"SELECT count(*) FROM (SELECT {columns} FROM {rows}) AS row_as_it_becomes WHERE NOT ({check})"
