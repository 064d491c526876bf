"""The statements of a search: one a table, each of which repeats the way that leads to it, for nothing is written on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from janji.connectors.dialects import Statement, Values
from janji.connectors.gathering import Gathered, Writer, listed
from janji.connectors.marking import marked
from janji.connectors.rings import behind, deep, is_ring, of_ring, ring
from janji.erasure.steps import Gather


@dataclass(frozen=True, slots=True)
class _Lead:
    """A named selection of a `WITH`: its text, and the names that must stand before it."""

    text: str
    before: tuple[str, ...]
    recursive: bool = False


def searching(writer: Writer) -> Iterator[tuple[Gather, Statement]]:
    """The tables that can have rows of the people, each with the statement that shows them, sources first.

    Whoever finds no rows in a table takes it out of `writer.gathered`, so that nothing is looked for from there.
    """
    values = Values()
    leads: dict[str, _Lead] = {}
    for gather, text, before in _leading(writer, values, leads):
        yield gather, _statement(leads, before, text, values)


def kept(writer: Writer, keep: Callable[[str, Statement], int]) -> list[str]:
    """Keep the gathered rows of each table as a temporary table, under the names that are returned; they stand in `writer.gathered` where there are any.

    For plans in which too many ways lead to a table: their questions are asked of what is kept.
    """
    values, made = Values(), list[str]()
    leads: dict[str, _Lead] = {}
    for gather, _, _ in _leading(writer, values, leads, telling=True, apart=True):
        relation, name = writer.gathered[gather.table].relation, f"janji_p{writer.plan.gathers.index(gather)}"
        statement = _statement(leads, (relation,), f"SELECT * FROM {relation}", values)
        made.append(name)
        rows = keep(name, Statement(writer.dialect.keep(name, statement.text), statement.values))
        if rows:
            writer.gathered[gather.table] = Gathered(writer.dialect.temporary + writer.dialect.quote(name), rows)
        else:
            del writer.gathered[gather.table]
    writer.kept = True
    return made


def asking(writer: Writer, question: Callable[[Values, Gather], str | None]) -> Iterator[tuple[Gather, Statement]]:
    """What a question asks of the gathered rows of each table, which stand in `writer.gathered`; none where it has none."""
    values = Values()
    if writer.kept:
        texts = [(gather, question(values, gather)) for gather in writer.plan.gathers if gather.table in writer.gathered]
        yield from ((gather, values.of(text)) for gather, text in texts if text is not None)
        return
    leads: dict[str, _Lead] = {}
    for gather, _, _ in _leading(writer, values, leads):
        text = question(values, gather)
        if text is not None:
            yield gather, _statement(leads, (writer.gathered[gather.table].relation,), text, values)


def beside_all(writer: Writer, tables: Sequence[str], question: Callable[[Values], str]) -> Statement:
    """One question that speaks of the gathered rows of several tables, which stand in `writer.gathered` where there can be any.

    Their `stay` says which are only found or somebody else's besides, save within a ring; of what rules keep it says nothing.
    """
    values = Values()
    leads: dict[str, _Lead] = {}
    if writer.kept:
        return values.of(question(values))
    for _ in _leading(writer, values, leads, telling=True):
        pass
    before = [writer.gathered[table].relation for table in tables if table in writer.gathered]
    return _statement(leads, before, question(values), values)


def _leading(
    writer: Writer, values: Values, leads: dict[str, _Lead], telling: bool = False, apart: bool = False
) -> Iterator[tuple[Gather, str, tuple[str, ...]]]:
    """The tables in order, each with a selection of its rows and the names that lead to it; `telling`: with whose else they are.

    `apart`: what was found is kept under a name of its own, so that no table is too deep.
    """
    beyond, passed = frozenset() if apart else deep(writer.plan.rounds), set[str]()
    for place, group in enumerate(writer.plan.rounds):
        far = [gather for gather in group if gather.table in beyond]
        for gather in far:
            there = [one for one in behind(writer.gathers, gather.table) if one.table not in passed or one.table in writer.gathered]
            if is_ring(there):
                yield from _ring(writer, values, leads, there, f"way{writer.plan.gathers.index(gather)}", telling, gather)
            else:
                yield from _one(writer, values, leads, gather, telling)
            passed.add(gather.table)
        if far:
            group = tuple(gather for gather in group if gather not in far)
        if is_ring(group):
            yield from _ring(writer, values, leads, group, f"ring{place}", telling)
        else:
            for gather in group:
                yield from _one(writer, values, leads, gather, telling)
        passed |= {gather.table for gather in group}


def _one(writer: Writer, values: Values, leads: dict[str, _Lead], gather: Gather, telling: bool) -> Iterator[tuple[Gather, str, tuple[str, ...]]]:
    select = writer.gathering(values, gather)
    if select is None:
        return
    name, before = f"g{writer.plan.gathers.index(gather)}", _sources(writer, gather)
    text = writer.rows(values, gather, _shown(writer, gather))
    told = marked(writer, values, gather, select, gather.shared) if telling else select
    leads[name] = _Lead(f"{name} AS ({told})", before)
    writer.gathered[gather.table] = Gathered(name)
    yield gather, f"SELECT {_list(writer, gather, 'x')} FROM ({text}) AS x", before


def _ring(
    writer: Writer, values: Values, leads: dict[str, _Lead], group: Sequence[Gather], name: str, telling: bool, only: Gather | None = None
) -> Iterator[tuple[Gather, str, tuple[str, ...]]]:
    """The tables of a group by one recursion, or the `only` one that is wanted of them."""
    before = tuple(dict.fromkeys(item for gather in group for item in _sources(writer, gather, {one.table for one in group})))
    recursion = ring(writer, values, group, name)
    if recursion is None:
        return
    leads[name] = _Lead(recursion, before, recursive=True)
    wanted = group if only is None else [only]
    for gather in wanted:
        own = f"g{writer.plan.gathers.index(gather)}"
        found = of_ring(writer, group, gather, name)
        leads[own] = _Lead(f"{own} AS ({marked(writer, values, gather, found) if telling else found})", (name,))
        writer.gathered[gather.table] = Gathered(own)
    for gather in wanted:
        own = writer.gathered[gather.table].relation
        columns = listed([("k.person", "person"), *_shown(writer, gather)])
        text = f"SELECT {columns} FROM {writer.beside(gather, own)}"
        yield gather, text, (own,)


def _sources(writer: Writer, gather: Gather, within: Collection[str] = ()) -> tuple[str, ...]:
    """The selections at hand that a table is reached from, but those of tables that it is gathered with."""
    sources = [reach.source for reach in writer.living(gather) if reach.source is not None and reach.source not in within]
    return tuple(dict.fromkeys(writer.gathered[source].relation for source in sources))


def _shown(writer: Writer, gather: Gather) -> list[tuple[str, str]]:
    """Every column of the table, under names that collide with none of ours."""
    return [(writer.field(column.name), f"v{place}") for place, column in enumerate(writer.table(gather.table).columns)]


def _list(writer: Writer, gather: Gather, alias: str) -> str:
    return ", ".join([f"{alias}.person", *(f"{alias}.{name}" for _, name in _shown(writer, gather))])


def _statement(leads: dict[str, _Lead], before: Sequence[str], text: str, values: Values) -> Statement:
    """A selection with what leads to it, and of the values those that it names."""
    needed: dict[str, None] = {}

    def need(name: str) -> None:
        if name in leads and name not in needed:  # what is kept stands by itself
            for other in leads[name].before:
                need(other)
            needed[name] = None

    for name in before:
        need(name)
    word = "WITH RECURSIVE" if any(leads[name].recursive for name in needed) else "WITH"
    head = f"{word} {', '.join(leads[name].text for name in needed)} " if needed else ""
    return values.of(head + text)
