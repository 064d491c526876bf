"""The selections that find rows whose time is over, whoever's they are, and how alike the rows of an anonymised table are."""

from __future__ import annotations

from collections.abc import Sequence

from janji.connectors.acting import becomes
from janji.connectors.dialects import Statement, Values
from janji.connectors.gathering import Writer, listed
from janji.datamap.catalogue import Sort
from janji.erasure.steps import Assignment, Due, Filling, Gather, Keep, Referring, StorePlan


def timed(plan: StorePlan) -> tuple[Gather, Due]:
    """The first table that a plan gathers by time."""
    return next((gather, gather.due) for gather in plan.gathers if gather.due is not None)


def due_rows(writer: Writer, values: Values, gather: Gather, due: Due) -> str:
    """Select the rows of a table that are due: of nobody, their key and what else refers to, as many as are wanted at once."""
    columns = listed([("0", "person"), *writer.own_columns(gather), ("1", "owned")])
    return f"SELECT {columns} FROM {_where(writer, values, gather, due)} LIMIT {due.limit}"


def due_count(writer: Writer, gather: Gather, due: Due) -> Statement:
    """Count the rows that are due, however many they are."""
    values = Values()
    return Statement(f"SELECT count(*) FROM {_where(writer, values, gather, due)}", values.held)


def alike(writer: Writer, gather: Gather, due: Due, columns: Sequence[str], least: int) -> Statement:
    """Count the rows that are over, done with or not, the groups of those that agree in all of some columns, and the small ones."""
    values = Values()
    held = " AND ".join(_over(writer, values, gather, due))
    names = ", ".join(_comparable(writer, gather, name) for name in columns)
    groups = f"SELECT count(*) AS size FROM {writer.named(gather.table)} WHERE {held}" + (f" GROUP BY {names}" if names else "")
    small = f"sum(CASE WHEN g.size < {int(least)} THEN g.size ELSE 0 END)"
    return Statement(
        f"SELECT coalesce(sum(g.size), 0), count(*), coalesce(min(g.size), 0), coalesce({small}, 0) FROM ({groups}) AS g WHERE g.size > 0",
        values.held,
    )


def _comparable(writer: Writer, gather: Gather, name: str) -> str:
    """A column as it is compared within a group: PostgreSQL compares `json` as text alone."""
    json = writer.column(gather.table, name).sort is Sort.JSON and writer.dialect.name == "postgresql"
    return writer.dialect.text(writer.field(name)) if json else writer.field(name)


def _where(writer: Writer, values: Values, gather: Gather, due: Due) -> str:
    conditions = [*_over(writer, values, gather, due), *writer.spared(values, gather)]
    conditions += [f"NOT coalesce({_kept(writer, values, gather, keep)}, 1 = 0)" for keep in due.unless]
    if due.unlike:
        left = [_otherwise(writer, values, gather, item) for item in due.unlike]
        if due.referring:
            left.append(f"NOT ({' OR '.join(_refers(writer, gather, referring) for referring in due.referring)})")
        conditions.append(f"({' OR '.join(left)})")
    return f"{writer.named(gather.table)} WHERE {' AND '.join(conditions)}"


def _over(writer: Writer, values: Values, gather: Gather, due: Due) -> list[str]:
    """The conditions that the time of a row is over; in doubt, and where nothing tells it, it is not."""
    field, column = writer.field(due.column), writer.column(gather.table, due.column)
    return [
        f"{field} IS NOT NULL", f"NOT ({writer.dialect.since(values, field, column, due.bound)})",
        *(
            writer.dialect.equals_constant(writer.field(name), writer.column(gather.table, name), values.hold(f"where {gather.table}.{name}", constant))
            for name, constant in due.where
        ),
    ]  # fmt: skip


def _kept(writer: Writer, values: Values, gather: Gather, keep: Keep) -> str:
    if keep.column is None:
        return "1 = 1"
    field = writer.field(keep.column)
    if keep.bound is None:
        return f"{field} IS NOT NULL"
    return f"({writer.dialect.since(values, field, writer.column(gather.table, keep.column), keep.bound)})"


def _otherwise(writer: Writer, values: Values, gather: Gather, item: Assignment) -> str:
    """The condition that a column does not hold yet what it should."""
    field, column = writer.field(item.column), writer.column(gather.table, item.column)
    if item.filling is Filling.NULL:
        return f"{field} IS NOT NULL"
    return writer.dialect.differs(field, column, becomes(writer, values, gather, item, ""))


def _refers(writer: Writer, gather: Gather, referring: Referring) -> str:
    match = " AND ".join(
        writer.dialect.linked(
            writer.field(name, "x"), writer.at(referring.table, name), writer.field(target), writer.at(gather.table, target)
        )
        for name, target in zip(referring.columns, referring.referred, strict=True)
    )  # fmt: skip
    return f"EXISTS (SELECT 1 FROM {writer.named(referring.table, 'x')} WHERE {match})"
