"""What becomes of the columns of rows that stay: by whom they are shared, by which rule they are kept, or because others refer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from janji.datamap.catalogue import Catalogue, Column, Table
from janji.datamap.meaning import NONE, Meaning, SystemMeaning, TableMeaning
from janji.datamap.places import below, beside, entry_of, listed, spot, spot_in
from janji.erasure.fillings import Impossible, filled, within, without
from janji.erasure.references import references
from janji.erasure.steps import Assignment, Change, Filling, Gather, Reach, Reason


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one table, and for which reasons and rules a row could not be left as it should be."""

    made: tuple[Change, ...]
    impossible: tuple[tuple[Reason | None, Impossible], ...] = ()

    def frees(self, columns: Iterable[str]) -> tuple[Reason, ...]:
        """Whether a reference by these columns is null once its row is changed because others refer to it."""
        wanted = set(columns)
        return tuple(
            Reason.REFERRED
            for change in self.made
            if change.reasons == (Reason.REFERRED,)
            and any(item.filling is Filling.NULL and item.column in wanted for item in change.assignments)
        )

    def because(self, *reasons: Reason) -> tuple[Change, ...]:
        """The changes for these reasons to stay, or those for every row where none is given."""
        return tuple(
            change for change in self.made if set(change.reasons) & set(reasons) or not (reasons or change.reasons)
        )


@dataclass
class _Maker:
    """The columns of one table, and what they become in one kind of row."""

    table: Table
    meaning: TableMeaning
    personal: tuple[str, ...]
    outgoing: frozenset[str]
    impossible: list[tuple[Reason | None, Impossible]] = field(default_factory=list)

    def assignments(self, columns: Iterable[str], reason: Reason | None) -> tuple[Assignment, ...]:
        """What each column becomes; a reference to rows of people goes when it can be null, and stays otherwise."""
        made = []
        for name in dict.fromkeys(columns):
            column = self.table.column(name)
            if column is None or column.generated:
                continue
            if name in self.outgoing or not (name in self.personal or self._said_of(name)):
                if _may_be_null(self.table, column):
                    made.append(Assignment(name, Filling.NULL))
                continue
            made += self._possible(filled(self.table, column, document_of(self.meaning, name)), reason)
        return tuple(made)

    def _said_of(self, name: str) -> bool:
        """Whether the map says of whom a column is that leads to nobody itself: it goes with them whatever it holds, also where it may not be null."""
        said = self.meaning.columns.get(name)
        return said is not None and bool(said.of) and not any(name in link.columns for link in self.meaning.links)

    def share(self, reach: Reach, columns: Iterable[str]) -> tuple[Assignment, ...]:
        """What some columns become as the share of who was reached one way: of a document, what stands beside the identifier."""
        column = self.table.column(reach.columns[0]) if reach.path else None
        if column is None or column.name not in columns or column.generated:
            return () if reach.listed else self.assignments(columns, Reason.SHARED)
        said = document_of(self.meaning, column.name)
        places = frozenset(filter(None, map(spot_in, said.paths))) if said is not None else frozenset()
        if reach.listed:
            return (within(column, reach, places),)
        rest = self.assignments([name for name in columns if name != column.name], Reason.SHARED)
        return (*self._possible(without(self.table, column, beside(reach.path, places)), Reason.SHARED), *rest)

    def _possible(self, held: Assignment | Impossible, reason: Reason | None) -> list[Assignment]:
        if isinstance(held, Impossible):
            self.impossible.append((reason, held))
            return []
        return [held]


def document_of(meaning: TableMeaning, name: str) -> Meaning | None:
    """What a column holds; identifiers that stand inside of a document are personal places of it, and entries of people as a whole."""
    said = meaning.columns.get(name)
    inside = [item for item in meaning.identifiers if item.column == name and item.path]
    if not inside:
        return said
    places = {item.path: item.kind for item in inside}
    places |= {} if said is None else said.paths
    whole = [spot(entry_of(place)[0]) for item in inside if item.owner and (place := spot_in(item.path)) is not None and listed(place)]
    places = {path: kind for path, kind in places.items() if not any(below(spot_in(path) or "", entry) for entry in whole)}
    places |= dict.fromkeys(whole, NONE)
    return Meaning(NONE, paths=places) if said is None else replace(said, paths=places)


def changes_of(
    catalogue: Catalogue,
    meaning: SystemMeaning,
    gather: Gather,
    gathered: frozenset[str],
    reasons: Sequence[Reason | None],
) -> Changes:
    """The changes of the rows of one table that stay for these reasons; `None` stands for every row that no reason keeps."""
    table, said = catalogue.tables[gather.table], meaning.tables[gather.table]
    outgoing = frozenset(
        name for reference in references(catalogue) if reference.child == table.name and reference.parent in gathered
        for name in reference.columns
    )  # fmt: skip
    maker = _Maker(table, said, personal_columns(catalogue, meaning, table.name), outgoing)
    made: list[Change] = []
    if Reason.KEPT in reasons:
        made += _kept(maker)
    if Reason.SHARED in reasons:
        made += _shares(maker, gather.reaches)
    for reason in (Reason.REFERRED, None):
        if reason in reasons:
            links = [name for reach in gather.reaches if reach.is_link for name in reach.columns]
            held = maker.assignments((*maker.personal, *links), reason)
            if held:
                made.append(Change(table.name, held, (reason,) if reason else ()))
    return Changes(tuple(made), tuple(maker.impossible))


def personal_columns(catalogue: Catalogue, meaning: SystemMeaning, name: str) -> tuple[str, ...]:
    """The columns of a table that hold something of a person: said so, identifiers, or links by what is personal where they lead."""
    table = catalogue.tables[name]
    said = meaning.tables[name]
    held = dict.fromkeys(column for column, what in said.columns.items() if what.category != NONE or what.paths)
    held.update(dict.fromkeys(identifier.column for identifier in said.identifiers))
    for link in said.links:
        there = meaning.tables.get(link.to)
        if there is None:
            continue
        theirs = {*there.personal, *(identifier.column for identifier in there.identifiers)}
        held.update(
            dict.fromkeys(
                column for column, referred in zip(link.columns, link.referred, strict=False) if referred in theirs
            )
        )
    return tuple(column.name for column in table.columns if column.name in held)


def share_of(meaning: TableMeaning, reach: Reach) -> tuple[str, ...]:
    """What of a row is the share of the person who was reached one way: the columns of the way, and those that are `of` it."""
    if reach.listed:
        return reach.columns
    said = meaning.columns.get(reach.columns[0]) if not reach.is_link else None
    of = {",".join(reach.columns), reach.seat, ",".join(said.of) if said is not None else ""} - {""}
    return (
        *reach.columns,
        *(name for name, column in meaning.columns.items() if column.of and ",".join(column.of) in of),
    )


def _may_be_null(table: Table, column: Column) -> bool:
    return column.nullable and column.name not in table.primary_key


def _kept(maker: _Maker) -> Iterator[Change]:
    """What a row that a rule keeps loses: what is personal, of no column that the rule names, and no reference to people."""
    for rule, columns in kept_columns(maker.meaning).items():
        if columns is not None:
            lost = [name for name in maker.personal if name not in columns and name not in maker.outgoing]
            held = maker.assignments(lost, Reason.KEPT)
            if held:
                yield Change(maker.table.name, held, (Reason.KEPT,), (rule,))


def _shares(maker: _Maker, reaches: Sequence[Reach]) -> Iterator[Change]:
    name = maker.table.name
    for reach in reaches:
        share = share_of(maker.meaning, reach)
        held = maker.share(reach, share)
        if held:
            yield Change(name, held, (Reason.FOUND, Reason.SHARED), (), reach)
        for rule, columns in kept_columns(maker.meaning).items():
            if columns is None:
                continue
            lost = maker.share(reach, [at for at in share if at not in columns and at not in maker.outgoing])
            if lost:
                yield Change(name, lost, (Reason.SHARED_KEPT,), (rule,), reach)


def kept_columns(meaning: TableMeaning) -> Mapping[str, frozenset[str] | None]:
    """What each mark of a keep-rule leaves as it is: some columns, or the whole row, which `None` stands for.

    Rules that name columns can keep one row together: they are a mark of their own then, their names joined by `+`. The
    marks come in the order in which they are tried: the whole row first, then more rules before fewer.
    """
    whole = {rule.rule: None for rule in meaning.keep if not rule.columns}
    parts: dict[str, frozenset[str]] = {}
    for rule in meaning.keep:
        if rule.columns and rule.rule not in whole:
            parts[rule.rule] = parts.get(rule.rule, frozenset()) | rule.left
    return {
        **whole,
        **{"+".join(names): frozenset().union(*(parts[name] for name in names)) for names in _subsets(tuple(parts))},
    }


def _subsets(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for name in names:
        found += [(*held, name) for held in found]
    yield from sorted((held for held in found if held), key=lambda held: -len(held))
