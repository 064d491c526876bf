"""Identifiers of the people where nobody looks: in a watched column of rows that a plan is not about, and in the text of rows that stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from janji.connectors.acting import UNCHANGED
from janji.connectors.asks import Ask
from janji.connectors.dialects import At, Values
from janji.connectors.gathering import INSIDE, Writer
from janji.connectors.marking import is_kept
from janji.connectors.spellings import written
from janji.connectors.stopping import STAYS_FOR_OTHERS, stopping
from janji.datamap.catalogue import Sort
from janji.datamap.meaning import Form
from janji.erasure.steps import Change, Filling, Gather, Hold, Reach, Reason
from janji.erasure.watched import left_in_words, left_unsaid, passed_over
from janji.people.identifiers import IdentifierKind


def stray_asks(apart: Writer) -> list[Ask]:
    """What is there before anything is done, and would stay or stop it."""
    kept = {mark.table for mark in apart.plan.marks}
    return [*_in_watched(apart, kept), *_in_words(apart, kept), *_unsaid(apart, kept), *stopping(apart, kept)]


def _in_watched(apart: Writer, kept: set[str]) -> Iterator[Ask]:
    for gather, reach in _asked(apart):
        share = any(way.columns == reach.columns for way in apart.gathers[gather.table].reaches)  # a link by it: that goes in any case
        theirs = "1 = 1" if share else going(gather.table, kept)

        def texts(values: Values, head: str, gather: Gather = gather, reach: Reach = reach, theirs: str = theirs) -> list[str]:
            return _rows(apart, values, gather, reach, head.format(apart.dialect.text("NULL")), theirs)

        yield Ask((gather.table,), texts, lambda _, counts, gather=gather, reach=reach: passed_over(gather.table, reach, counts[0]) if counts[0] else None)  # type: ignore[misc]


def going(table: str, kept: set[str]) -> str:
    """The condition over `k` that a row is the person's own and goes, or stays by a rule that is told apart."""
    return "k.owned = 1" if table in kept else "k.owned = 1 AND k.stay IS NULL"


def _in_words(apart: Writer, kept: set[str]) -> Iterator[Ask]:
    for gather, texts_of in _texts(apart):
        columns = [name for name in texts_of if name not in _freed(apart, gather.table)]
        if gather.table in kept or not gather.of_several or not columns:
            continue

        def texts(values: Values, head: str, gather: Gather = gather, columns: Sequence[str] = columns) -> list[str]:
            return _spoken_of(apart, values, gather, columns, head, STAYS_FOR_OTHERS) if gather.table in apart.gathered else []

        yield Ask((gather.table,), texts, lambda column, counts, gather=gather: left_in_words(gather.table, column, counts[0]) if counts[0] else None)  # type: ignore[misc]


def references(writer: Writer) -> set[tuple[str, str]]:
    """Table and column of text by which people are reached, so that it becomes null unless the row that it leads to stays: that only the erasure tells."""
    return {(gather.table, name) for gather, columns in _texts(writer) if gather.of_several for name in _freed(writer, gather.table) & set(columns)}


def _freed(writer: Writer, table: str) -> set[str]:
    """The columns by which people are reached and that become null then."""
    changes = (action for action in writer.plan.actions if isinstance(action, Change) and action.table == table and Reason.SHARED in action.reasons)
    return {item.column for action in changes if action.reach for item in action.assignments if item.filling is Filling.NULL and item.column in action.reach.columns}


def _unsaid(apart: Writer, kept: set[str]) -> Iterator[Ask]:
    """Rows that are somebody else's besides, in which an identifier of one of the people stands beside more of nobody knows whom."""
    for table, reach, columns in apart.plan.unsaid:
        if table in kept or not apart.pairs(reach, table):
            continue

        def texts(values: Values, head: str, table: str = table, reach: Reach = reach) -> list[str]:
            if table not in apart.gathered:
                return []
            rows = f"(SELECT * FROM {apart.gathered[table].relation} AS k WHERE k.stay = '{Reason.SHARED}')"
            people = f"{apart.people_of(values, reach, table, apart.pairs(reach, table))} AS s ON s.person = k.person AND {apart.matched(table, reach, 's')}"
            keys = _keys(apart, apart.gathers[table])
            return [f"{head.format(apart.dialect.text('NULL'))} FROM (SELECT DISTINCT {keys} FROM {apart.beside(apart.gathers[table], rows)} JOIN {people}) AS x"]

        yield Ask((table,), texts, lambda _, counts, table=table, reach=reach, columns=columns: left_unsaid(table, reach, columns, counts[0]) if counts[0] else None)  # type: ignore[misc]


def strayed(writer: Writer, values: Values) -> list[str]:
    """Looks for those that are there when it is over. A row that is somebody else's besides, or only found, should have lost it."""
    found = []
    for gather, reach in _asked(writer):
        name = writer.dialect.text(values.hold("column", reach.columns[0]))
        stays = is_kept("k") if gather.table in writer.deletes else f"(k.stay IS NULL OR {is_kept('k')})"
        found += _rows(writer, values, gather, reach, f"SELECT {UNCHANGED}, {_place(writer, gather)}, 0, {name}, count(*)", f"k.owned = 1 AND {stays}")
    return found


def left_behind(writer: Writer, values: Values) -> list[str]:
    """Looks for addresses of the people in the text of rows of theirs that stay when it is over, for whatever reason but a rule."""
    found = []
    held = {name for action in writer.plan.actions if isinstance(action, Hold) for name, _ in action.pairs}
    for gather, columns in _texts(writer):
        action = writer.deletes.get(gather.table)
        all_go = action is not None and not (gather.of_several or action.referring or gather.table in held)
        if gather.table in writer.gathered and not all_go:
            stays = f"(k.stay IS NULL OR NOT {is_kept('k')})" if action is None else f"k.stay IS NOT NULL AND NOT {is_kept('k')}"
            found += _spoken_of(writer, values, gather, columns, f"SELECT {UNCHANGED}, {_place(writer, gather)}, 0, {{}}, count(*)", stays)
    return found


def _place(writer: Writer, gather: Gather) -> int:
    return next(place for place, other in enumerate(writer.plan.gathers) if other.table == gather.table)


def _asked(writer: Writer) -> list[tuple[Gather, Reach]]:
    """The watched columns in which one of the people can stand."""
    return [(gather, reach) for gather in writer.plan.watched for reach in gather.reaches if writer.pairs(reach, gather.table)]


def _texts(writer: Writer) -> list[tuple[Gather, tuple[str, ...]]]:
    """The columns of text of rows that may stay; none where no address of the people is known."""
    if not any(item.kind == IdentifierKind.EMAIL for item in writer.people):
        return []
    return [(writer.gathers[table], columns) for table, columns in writer.plan.words]


def _rows(writer: Writer, values: Values, gather: Gather, reach: Reach, head: str, spoken_for: str) -> list[str]:
    """Counts of rows that a way finds, save gathered ones for which a condition over `k` holds."""
    keys, rest = _keys(writer, writer.gathers[gather.table]), beside_gathered(writer, gather.table, spoken_for)
    return [f"{head} FROM (SELECT DISTINCT {keys} FROM {joined}{rest}) AS x" for joined in (*_alone(writer, values, gather, reach), *_inside(writer, values, gather, reach))]


def beside_gathered(writer: Writer, table: str, spoken_for: str) -> str:
    """What follows a condition so that it is about other rows of `t` than the gathered ones for which a condition over `k` holds."""
    if table not in writer.gathered:
        return ""
    own = writer.gathers[table]
    return f" AND NOT EXISTS (SELECT 1 FROM {writer.gathered[table].relation} AS k WHERE {writer.key_match(own)} AND {spoken_for})"


def _keys(writer: Writer, gather: Gather) -> str:
    return ", ".join(f"{expression} AS k{place}" for place, expression in enumerate(writer.key(gather)))


def _alone(writer: Writer, values: Values, gather: Gather, reach: Reach) -> Iterator[str]:
    """What is read for the rows that a way finds, up to its last condition: text by one list of values, for no index leads from them to it."""
    field, at = writer.looked_at(gather.table, reach)
    if at.column.sort is not Sort.TEXT:
        yield from writer.joins(values, gather, reach)
        return
    for pairs, ahead in writer.groups(reach, gather.table):
        among = writer.dialect.among(values, f"people_{reach.kind}", pairs, field, at, reach.form)
        yield f"{writer.named(gather.table)} WHERE {' AND '.join([among, *writer.behind(values, gather.table, ahead)])}"


def _inside(writer: Writer, values: Values, gather: Gather, reach: Reach) -> Iterator[str]:
    """The same for an address that stands inside of a longer text, a document or a list."""
    column = writer.column(gather.table, reach.columns[0])
    if reach.kind != IdentifierKind.EMAIL or column.sort not in (Sort.TEXT, Sort.JSON, Sort.LIST):
        return
    field = writer.field(column.name)
    longer = [f"lower(trim({field})) <> s.value"] if column.sort is Sort.TEXT else []
    for pairs, ahead in writer.groups(reach, gather.table):
        people = f"{writer.people_of(values, reach, gather.table, pairs)} AS s"
        held = [writer.dialect.beyond_address(field), writer.dialect.names(field, "s.value"), *longer, *writer.behind(values, gather.table, ahead)]
        yield writer.dialect.people_first(indexed=False).format(people=people, table=writer.named(gather.table), match=" AND ".join(held))


def _spoken_of(writer: Writer, values: Values, gather: Gather, columns: Sequence[str], head: str, stays: str) -> list[str]:
    """Counts by column of gathered rows that stay with an address of the person by whom they were reached in their text."""
    pairs = written([item for item in writer.people if item.kind == IdentifierKind.EMAIL], Sort.TEXT, Form.LOWER)
    people = writer.dialect.people(values, "people_email", pairs, At(gather.table, INSIDE), Form.LOWER)
    rows = writer.beside(gather, f"(SELECT * FROM {writer.gathered[gather.table].relation} AS k WHERE {stays})")
    found = []
    for column in columns:
        named = f"SELECT DISTINCT {_keys(writer, gather)} FROM {rows} JOIN {people} AS s ON s.person = k.person WHERE {writer.dialect.names(writer.field(column), 's.value')}"
        found.append(f"{head.format(writer.dialect.text(values.hold('column', column)))} FROM ({named}) AS x")
    return found
