"""What an erasure of files came to, counted from its marks: rows by table, by person and by reason, and what remains."""

from __future__ import annotations

from collections.abc import Sequence

from janji.connectors.base import Alike
from janji.connectors.dialects import OF_ADDRESSES
from janji.connectors.file_search import PEOPLE, FileSearch, kept
from janji.connectors.file_views import FILE, ROW, literal, quoted, stored
from janji.erasure.steps import Due, Filling, Gather, Known, Reason, Remains, TableEffect
from janji.people.identifiers import IdentifierKind


def effects(search: FileSearch) -> tuple[TableEffect, ...]:
    """What becomes of each table, in rows."""
    found = []
    for table in search.gathers:
        marks = search.marks(table)
        changed = " OR ".join(f"s{slot}" for slot, _ in enumerate(search.assigned[table])) or "false"
        ((rows, gone, other),) = search.duck.run(
            f"SELECT count(*), count(*) FILTER (gone), count(*) FILTER (NOT gone AND ({changed})) FROM {marks}"
        )
        stay = search.duck.run(f"SELECT stay, count(*) FROM {marks} WHERE stay IS NOT NULL GROUP BY stay ORDER BY stay")
        found.append(TableEffect(table, rows, gone, other, tuple((str(why), int(number)) for why, number in stay)))
    return tuple(found)


def by_person(search: FileSearch) -> tuple[tuple[int, str, int], ...]:
    """How many rows each person has in each table."""
    return tuple(sorted(
        (person, table, rows)
        for table in search.gathers
        for person, rows in search.duck.run(f"SELECT person, count(DISTINCT (f, r)) FROM {search.keys(table)} GROUP BY person")
    ))  # fmt: skip


def handed_on(search: FileSearch, system: str) -> tuple[Known, ...]:
    """What other systems look for, of the rows found."""
    return tuple(
        Known(person, f"{system}/{gather.table}.{name}", value)
        for gather in search.plan.gathers for name in gather.hands_on
        for person, value in search.duck.run(
            f"SELECT DISTINCT person, CAST({quoted(name)} AS VARCHAR) FROM {search.keys(gather.table)} WHERE owned AND {quoted(name)} IS NOT NULL ORDER BY ALL"
        )
    )  # fmt: skip


def remains(search: FileSearch) -> tuple[Remains, ...]:
    """What should be gone or changed and is not, when rows were gathered and marked anew."""
    left = []
    for table in search.gathers:
        marks = search.marks(table)
        if rows := search.duck.run(f"SELECT count(*) FROM {marks} WHERE gone")[0][0]:
            left.append(Remains(table, None, rows))
        for slot, name in enumerate(search.assigned[table]):
            column, value = search.views[table].column(name), f"t.{quoted(name)}"
            if any(one.column == name and one.filling is Filling.TOKEN for one in search.assignments(table)):
                unlike = f"{value} IS NULL OR NOT regexp_full_match(CAST({value} AS VARCHAR), '[0-9a-f]+')"
            else:
                unlike = f"{value} IS DISTINCT FROM TRY_CAST(m.v{slot} AS {stored(column.type)})"
            rows = search.duck.run(
                f"SELECT count(*) FROM {marks} m JOIN {quoted(table)} t ON t.{quoted(FILE)} = m.f AND t.{quoted(ROW)} = m.r "
                f"WHERE NOT m.gone AND m.s{slot} AND ({unlike})"
            )[0][0]
            if rows:
                left.append(Remains(table, name, rows))
    return tuple(left)


def in_words(search: FileSearch, *, reasons: Sequence[Reason] = ()) -> tuple[Remains, ...]:
    """Addresses of the people in the text of rows of theirs that stay, by columns that keep what they hold; for these reasons, or for any but a rule."""
    stays = f"m.stay IN ({', '.join(literal(reason) for reason in reasons)})" if reasons else f"(m.stay IS NULL OR NOT {kept('m.stay')})"
    left = []
    for table, columns in search.plan.words:
        for column in columns:
            value, assigned = f"lower(CAST(t.{quoted(column)} AS VARCHAR))", search.assigned[table]
            keeps = f" AND NOT m.s{assigned.index(column)}" if column in assigned else ""
            spoken = f"regexp_matches({value}, '(^|[^.+{OF_ADDRESSES}])' || regexp_escape(p.lower) || '([^{OF_ADDRESSES}]|$)')"
            rows = search.duck.run(
                f"SELECT count(DISTINCT (m.f, m.r)) FROM {search.marks(table)} m JOIN {search.keys(table)} k ON k.f = m.f AND k.r = m.r "
                f"JOIN {PEOPLE} p ON p.person = k.person AND p.kind = '{IdentifierKind.EMAIL}' JOIN {quoted(table)} t ON t.{quoted(FILE)} = m.f AND t.{quoted(ROW)} = m.r "
                f"WHERE NOT m.gone AND {stays}{keeps} AND contains({value}, p.lower) AND {spoken}"
            )[0][0]
            if rows:
                left.append(Remains(table, column, rows))
    return tuple(left)


def alike(search: FileSearch, gather: Gather, due: Due, columns: Sequence[str], least: int) -> Alike:
    """How alike the rows are that are over, done with or not, in some columns."""
    names = ", ".join(f"t.{quoted(name)}" for name in columns)
    groups = f"SELECT count(*) AS size FROM {quoted(gather.table)} t WHERE {' AND '.join(search.over(gather.table, due))}" + (f" GROUP BY {names}" if names else "")
    return Alike(*map(int, search.duck.run(
        f"SELECT coalesce(sum(size), 0), count(*), coalesce(min(size), 0), coalesce(sum(size) FILTER (size < {int(least)}), 0) FROM ({groups}) WHERE size > 0"
    )[0]))  # fmt: skip
