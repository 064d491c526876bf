"""Columns in which nobody looks for people: what others are found by, and the text of rows that stay. Whoever stands there would be passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from janji.datamap.catalogue import Catalogue, Sort
from janji.datamap.meaning import NONE, Form, SystemMeaning, Verdict
from janji.erasure.checks import category_of
from janji.erasure.forms import WIDEST
from janji.erasure.steps import Gather, Problem, Reach
from janji.people.identifiers import IdentifierKind
from janji.terms.messages import N_, say

_ENDING = (Verdict.DELETE, Verdict.DESTROY, Verdict.ANONYMISE)
_NUMBERS = (Sort.INTEGER, Sort.NUMBER)

Sorts = dict[str, dict[IdentifierKind, set[Sort]]]


def watched(catalogue: Catalogue, meaning: SystemMeaning, gathers: Sequence[Gather], others: Iterable[SystemMeaning] = ()) -> tuple[Gather, ...]:
    """The watched columns of each gathered table, as ways that find its rows: of a category by which another column, of any system, finds people.

    A table with such columns that nothing leads to is a problem of the plan already. What is `of` somebody counts where a row does not say of whom.
    """
    finding, made = _finding(catalogue, (meaning, *others)), []
    for gather in gathers:
        reaches = tuple(_ways(catalogue, meaning, gather, finding))
        if reaches:
            made.append(replace(gather, reaches=reaches, shared=False, hands_on=(), spare=()))
    return tuple(made)


def _finding(catalogue: Catalogue, meanings: Sequence[SystemMeaning]) -> Sorts:
    """The categories of identifiers, with their kinds and as what they are held; of other systems, whose form is not known here, as text."""
    found: Sorts = {}
    for meaning in meanings:
        own = meaning is meanings[0]
        for name, said in meaning.tables.items():
            for item in said.identifiers:
                category, kind = category_of(said, item), next((kind for kind in WIDEST if kind == item.kind), None)
                column = catalogue.tables[name].column(item.column) if own and name in catalogue.tables else None
                if kind is not None and category != NONE and (column is not None or not own):
                    found.setdefault(category, {}).setdefault(kind, set()).add(Sort.TEXT if column is None else column.sort)
    return found


def _ways(catalogue: Catalogue, meaning: SystemMeaning, gather: Gather, finding: Sorts) -> Iterator[Reach]:
    said = meaning.tables[gather.table]
    for column in catalogue.tables[gather.table].columns:
        held, looked_at = said.columns.get(column.name), [item.path for item in said.identifiers if item.column == column.name]
        if held is None or column.generated or "" in looked_at:
            continue
        surer = tuple(replace(reach, after=()) for reach in gather.reaches if held.of and reach.columns == held.of)
        if held.paths or column.sort in (Sort.JSON, Sort.LIST):
            mail = any(IdentifierKind.EMAIL in finding.get(category, {}) for category in (held.category, *held.paths.values()))
            if mail and not looked_at:
                yield Reach((column.name,), kind=IdentifierKind.EMAIL, form=WIDEST[IdentifierKind.EMAIL], owner=False, after=surer)
            continue
        for kind, sorts in finding.get(held.category, {}).items():
            if column.sort is Sort.TEXT or (column.sort in _NUMBERS and column.sort in sorts):
                form = WIDEST[kind] if column.sort is Sort.TEXT else Form.EXACT
                yield Reach((column.name,), kind=kind, form=form, owner=False, after=surer)


def words(catalogue: Catalogue, meaning: SystemMeaning, gathers: Sequence[Gather], ways: Sequence[Gather]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The columns of text of each gathered table of which nothing says whose they are, but the watched `ways`: a row that stays, stays with them."""
    made, watching = [], {(way.table, reach.columns[0]) for way in ways for reach in way.reaches}
    for name in (gather.table for gather in gathers if meaning.tables[gather.table].verdict in _ENDING):
        said = meaning.tables[name]
        looked_at = {item.column for item in said.identifiers}
        whose = {column for column, held in said.columns.items() if held.of}
        texts = (column for column in catalogue.tables[name].columns if column.sort in (Sort.TEXT, Sort.JSON) and not column.generated)
        columns = tuple(column.name for column in texts if column.name not in looked_at | whose and (name, column.name) not in watching)
        if columns:
            made.append((name, columns))
    return tuple(made)


def unsaid(catalogue: Catalogue, meaning: SystemMeaning, gathers: Sequence[Gather]) -> tuple[tuple[str, Reach, tuple[str, ...]], ...]:
    """Identifiers of whoever a row names besides those it leads to, each with the columns of people of which nothing says whether they are theirs."""
    made = []
    for gather in gathers:
        said = meaning.tables[gather.table]
        if said.verdict not in _ENDING or not any(reach.owner and reach.source for reach in gather.reaches):
            continue
        told = {column for reach in gather.reaches for column in reach.columns}
        held = ((column.name, said.columns.get(column.name)) for column in catalogue.tables[gather.table].columns if not column.generated)
        columns = tuple(name for name, what in held if what is not None and what.category != NONE and not what.of and name not in told)
        finding = (reach for reach in gather.reaches if reach.source is None and reach.owner and not reach.seat and not reach.path and reach.kind in WIDEST)
        made += [(gather.table, reach, columns) for reach in finding if columns]
    return tuple(made)


def left_unsaid(table: str, reach: Reach, columns: Sequence[str], rows: int) -> Problem:
    """That rows that stay for others name the people, and may say more of them."""
    return Problem(
        table,
        say(
            N_("rows of `{table}` that stay for others: {rows} have the `{kind}` of these people, and nothing says whether {columns} are theirs too"),
            table=table, kind=reach.kind, rows=rows, columns=", ".join(f"`{name}`" for name in columns),
        ),
        say(
            N_("say in the map `of: [{column}]` of those columns that are, and of the others `of:` with what leads to whom they are of"),
            column=reach.columns[0],
        ),
    )  # fmt: skip


def left_in_words(table: str, column: str, rows: int) -> Problem:
    """That rows that stay for others would keep the address of the people in their text."""
    return Problem(
        table,
        say(
            N_("rows of `{table}` that stay for others: {rows} have the e-mail address of these people in the text of `{column}`, and it would stay there"),
            table=table, column=column, rows=rows,
        ),
        say(
            N_("say `of:` of `{column}` in the map with what leads to the person whose words these are: they go when that person leaves, and stay when another does; if the row is not theirs for whom it stays, who only worked on it, say `owner: false` at what leads to them; or change the text where it stands"),
            column=column,
        ),
    )  # fmt: skip


def passed_over(table: str, reach: Reach, rows: int) -> Problem:
    """That people stand in a column of rows that nobody would find."""
    return Problem(
        table,
        say(
            N_("rows of `{table}`: {rows} hold the `{kind}` of these people in `{column}`, in which nobody is looked for, and it would stay there"),
            rows=rows, table=table, kind=reach.kind, column=reach.columns[0],
        ),
        say(
            N_("name `{column}` as an identifier in the map, with `owner: false` where the row is not that person's, or link the row to the person (inside of a longer text nobody is found by an identifier); if what stands there is somebody else's, say `of:` of the column with what leads to them"),
            column=reach.columns[0],
        ),
    )  # fmt: skip
