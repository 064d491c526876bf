"""The selections that find the rows of people: from their identifiers, and from rows that are theirs already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from janji.connectors.dialects import At, Dialect, Values
from janji.connectors.spellings import written
from janji.datamap.catalogue import Catalogue, Column, Sort, Table
from janji.datamap.meaning import Form
from janji.datamap.places import entry_of
from janji.erasure.search import by_time, ownable, owning
from janji.erasure.steps import Change, Delete, Gather, Hold, Keep, Known, Reach, StorePlan
from janji.errors import Invalid
from janji.terms.messages import N_, say

Pairs = list[tuple[int, str]]
INSIDE = Column("", "text", Sort.TEXT)
"""What stands inside of a document, as a column."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Where the gathered rows of a table stand, and how many pairs of row and person there are at most."""

    relation: str
    rows: int | None = None


@dataclass(slots=True)
class Writer:
    """Writes the statements of one plan for one set of people. `gathered` are the tables whose rows are at hand.

    Gathered rows have the columns `person`, `k0` and on for the key, `c0` and on for what else of the plan refers to, `owned`:
    whether the person owns the row, `n` where there is no key: a number for each row, and, where they are marked, `shared`, `stay`, and `w0` and on: whether somebody of the people
    reaches the row by the ways that `shares` lists. `kept`: all of them stand in tables of their own.
    """

    dialect: Dialect
    catalogue: Catalogue
    plan: StorePlan
    people: Sequence[Known]
    gathered: dict[str, Gathered] = field(default_factory=dict)
    carried: dict[str, tuple[str, ...]] = field(default_factory=dict)
    deletes: dict[str, Delete] = field(default_factory=dict)
    gathers: dict[str, Gather] = field(default_factory=dict)
    ownable: frozenset[str] = frozenset()
    kept: bool = False
    _pairs: dict[tuple[str, Sort, Form], Pairs] = field(default_factory=dict)
    _known: dict[str, frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.deletes = {action.table: action for action in self.plan.actions if isinstance(action, Delete)}
        self.gathers = {gather.table: gather for gather in self.plan.gathers}
        self.ownable = ownable(self.plan.gathers)
        wanted: dict[str, dict[str, None]] = {table: {} for table in self.gathers}
        for table, columns in _referred(self.plan):
            if table in wanted:
                wanted[table].update(dict.fromkeys(columns))
        self.carried = {table: tuple(columns) for table, columns in wanted.items()}

    # ------------------------------------------------------------------------------------------------------- words

    def table(self, name: str) -> Table:
        """A table of the catalogue. Raises `Invalid` when it is not there any more."""
        found = self.catalogue.tables.get(name)
        if found is None:
            raise _gone(name)
        return found

    def column(self, table: str, name: str) -> Column:
        """A column of the catalogue. Raises `Invalid` when it is not there any more."""
        found = self.table(table).column(name)
        if found is None:
            raise _gone(f"{table}.{name}")
        return found

    def at(self, table: str, name: str) -> At:
        """A column of the catalogue where it stands."""
        return At(table, self.column(table, name))

    def named(self, table: str, alias: str = "t") -> str:
        """A table under an alias."""
        return f"{self.dialect.table(table)} AS {alias}"

    def field(self, name: str, alias: str = "t") -> str:
        """A column of the table at hand."""
        return f"{alias}.{self.dialect.quote(name)}"

    def key(self, gather: Gather, alias: str = "t") -> tuple[str, ...]:
        """What tells rows of a table apart."""
        if gather.key:
            return tuple(self.field(name, alias) for name in gather.key)
        return tuple(f"{alias}{expression[1:]}" for expression in self.dialect.row_place(self.table(gather.table)))

    def keys(self, gather: Gather, alias: str = "k") -> list[str]:
        """The key of gathered rows."""
        return [f"{alias}.k{place}" for place in range(len(self.key(gather)))]

    def ranked(self, gather: Gather, select: str) -> str:
        """Gathered rows with a number for each row where there is no key, which stays when the row changes."""
        if gather.key:
            return select
        return f"SELECT x.*, DENSE_RANK() OVER (ORDER BY {', '.join(self.keys(gather, 'x'))}) AS n FROM ({select}) AS x"

    def held(self, table: str, column: str) -> str:
        """Under which name gathered rows carry a column."""
        gather = self.gathers[table]
        return f"k{gather.key.index(column)}" if column in gather.key else f"c{self.carried[table].index(column)}"

    def own_columns(self, gather: Gather, alias: str = "t") -> list[tuple[str, str]]:
        """Expressions and names of what gathered rows carry of themselves: their key, and what else refers to."""
        return [(expression, f"k{place}") for place, expression in enumerate(self.key(gather, alias))] + [
            (self.field(name, alias), f"c{place}") for place, name in enumerate(self.carried[gather.table]) if name not in gather.key
        ]

    def key_match(self, gather: Gather, left: str = "t", right: str = "k") -> str:
        """The condition that a row of the table is a gathered one."""
        return self.same_key(gather, self.key(gather, left), self.keys(gather, right))

    def beside(self, gather: Gather, relation: str) -> str:
        """Gathered rows (`k`) joined with the rows of their table (`t`), which are found by their keys."""
        joined = self.dialect.source_first(indexed=True)
        return joined.format(source=f"{relation} AS k", table=self.named(gather.table), match=self.key_match(gather))

    def same_key(self, gather: Gather, left: Sequence[str], right: Sequence[str]) -> str:
        """The condition that two keys of a table agree."""
        return " AND ".join(self.dialect.key_equals(one, other, not gather.key) for one, other in zip(left, right, strict=True))

    def shares(self, table: str) -> list[Reach]:
        """The ways by which rows of a table are told apart when they are changed."""
        actions = (action for action in self.plan.actions if isinstance(action, Change) and action.table == table)
        return list(dict.fromkeys(action.reach for action in actions if action.reach is not None))

    # ------------------------------------------------------------------------------------------------------ people

    def pairs(self, reach: Reach, table: str) -> Pairs:
        """People and the values by which this reach finds them, as the column can hold them."""
        sort = self.looked_at(table, reach)[1].column.sort
        place = (f"{reach.kind}", sort, reach.form)
        if place not in self._pairs:
            self._pairs[place] = written([item for item in self.people if item.kind == reach.kind], sort, reach.form)
        return self._pairs[place]

    def known_by(self, kind: str | None) -> frozenset[int]:
        """The people of whom an identifier of a kind is known."""
        if f"{kind}" not in self._known:
            self._known[f"{kind}"] = frozenset(item.person for item in self.people if item.kind == kind)
        return self._known[f"{kind}"]

    def groups(self, reach: Reach, table: str) -> list[tuple[Pairs, tuple[Reach, ...]]]:
        """People by which surer ways could tell them, each group with those ways."""
        if all(way.source is not None for way in reach.after):
            return [(pairs, reach.after)] if (pairs := self.pairs(reach, table)) else []
        grouped: dict[tuple[Reach, ...], Pairs] = {}
        for person, value in self.pairs(reach, table):
            ahead = tuple(way for way in reach.after if way.source is not None or person in self.known_by(way.kind))
            grouped.setdefault(ahead, []).append((person, value))
        return [(pairs, ahead) for ahead, pairs in grouped.items()]

    def alive(self, reach: Reach, table: str) -> bool:
        """Whether a reach can lead anywhere: its source has rows, or somebody has an identifier that fits the column."""
        return reach.source in self.gathered if reach.source is not None else bool(self.pairs(reach, table))

    def living(self, gather: Gather) -> list[Reach]:
        """The reaches of a table that can lead anywhere."""
        return [reach for reach in gather.reaches if self.alive(reach, gather.table)]

    def people_of(self, values: Values, reach: Reach, table: str, pairs: Pairs) -> str:
        """People with their values, as a relation."""
        return self.dialect.people(values, f"people_{reach.kind}", pairs, self.looked_at(table, reach)[1], reach.form)

    def looked_at(self, table: str, reach: Reach, alias: str = "t") -> tuple[str, At]:
        """Where identifiers stand: a column, or a place inside of it, which is text."""
        name = reach.columns[0]
        field, at = self.field(name, alias), self.at(table, name)
        if reach.listed:
            steps, keys = entry_of(reach.path)
            return self.dialect.at_entry(self.dialect.entries(field, at.column, steps)[1], keys), At(table, INSIDE)
        return (self.dialect.inside(field, at.column, reach.path), At(table, INSIDE)) if reach.path else (field, at)

    # --------------------------------------------------------------------------------------------------- gathering

    def joins(self, values: Values, gather: Gather, reach: Reach) -> list[str]:
        """The joins of a reach between `s`, where it starts from, and the table `t`; every row of them is one that it leads to."""
        table = self.named(gather.table)
        if reach.source is not None:
            match = " AND ".join([*self.links(values, gather.table, reach, "s"), *self.narrowed(values, gather.table, reach), *self.behind(values, gather.table, reach.after)])
            joined = self.dialect.source_first(self.indexed(gather.table, reach.columns))
            return [joined.format(source=self.source(reach), table=table, match=match)]
        found = []
        for pairs, ahead in self.groups(reach, gather.table):
            match = " AND ".join([self.matched(gather.table, reach, "s"), *self.narrowed(values, gather.table, reach), *self.behind(values, gather.table, ahead)])
            people = f"{self.people_of(values, reach, gather.table, pairs)} AS s"
            joined = self.dialect.people_first(self.indexed(gather.table, (_expression(reach),)))
            found.append(joined.format(people=people, table=self.spread(gather.table, reach), match=match))
        return found  # fmt: skip

    def spread(self, table: str, reach: Reach) -> str:
        """A table as `t`, with the entries of its lists beside it where a reach looks at those."""
        if not reach.listed:
            return self.named(table)
        read, _ = self.dialect.entries(self.field(reach.columns[0]), self.column(table, reach.columns[0]), entry_of(reach.path)[0])
        return f"({self.named(table)} CROSS JOIN {read})"

    def within(self, values: Values, table: str, reach: Reach) -> str:
        """The condition that a list of `t` has an entry of the people."""
        read, entry = self.dialect.entries(self.field(reach.columns[0]), self.column(table, reach.columns[0]), entry_of(reach.path)[0])
        return f"EXISTS (SELECT 1 FROM {read} WHERE {self.theirs(values, table, reach, entry)})"

    def theirs(self, values: Values, table: str, reach: Reach, entry: str) -> str:
        """The condition that an entry of a list is of the people: it holds a value of theirs, and no surer one that could tell whose it is."""
        tests = []
        for pairs, ahead in self.groups(reach, table):
            held = self.dialect.at_entry(entry, entry_of(reach.path)[1])
            test = [self.dialect.among(values, f"people_{reach.kind}", pairs, held, At(table, INSIDE), reach.form)]
            for way in ahead:
                surer = self.dialect.at_entry(entry, entry_of(way.path)[1])
                test.append(untrue(f"{surer} IS NOT NULL AND {surer} <> ''"))
            tests.append(" AND ".join(test))
        return f"({' OR '.join(tests)})" if tests else "1 = 0"

    def source(self, reach: Reach) -> str:
        """The rows that a reach starts from, with the person who owns them and what is referred to."""
        source = f"{reach.source}"
        at = self.gathered[source]
        names = dict.fromkeys(self.held(source, name) for name in reach.referred)
        columns = ", ".join(["s.person", *(f"s.{name}" for name in names)])
        owned = "" if all(way.owner for way in self.gathers[source].reaches) else " WHERE s.owned = 1"
        return f"({self.dialect.bounded(f'SELECT {columns} FROM {at.relation} AS s{owned}', at.rows)}) AS s"

    def matched(self, table: str, reach: Reach, alias: str) -> str:
        """The condition that a column of `t` holds the value of people."""
        field, at = self.looked_at(table, reach)
        return self.dialect.matches(field, at, reach.form, f"{alias}.value")

    def links(self, values: Values, table: str, reach: Reach, alias: str, gathered: bool = True, left: str = "t") -> list[str]:
        """The conditions between a row and the source of a reach, gathered or as it is."""
        source = f"{reach.source}"
        return [
            self.linked(
                values, table, reach, name,
                f"{alias}.{self.held(source, referred)}" if gathered else self.field(referred, alias),
                self.at(source, referred), left,
            )
            for name, referred in zip(reach.columns, reach.referred, strict=True)
        ]  # fmt: skip

    def linked(self, values: Values, table: str, reach: Reach, name: str, right: str, at: At, left: str = "t") -> str:
        """The condition that a column holds what another holds, behind the prefix of the reach where it has one."""
        if reach.prefix:
            right, at = self.dialect.prefixed(values.hold(f"prefix {table}.{name}", reach.prefix), right), At(at.table, INSIDE)
        return self.dialect.linked(self.field(name, left), self.at(table, name), right, at)

    def narrowed(self, values: Values, table: str, reach: Reach, alias: str = "t") -> list[str]:
        """The conditions on constants of a reach."""
        return [
            self.dialect.equals_constant(self.field(name, alias), self.column(table, name), values.hold(f"where {table}.{name}", constant))
            for name, constant in reach.where
        ]

    def behind(self, values: Values, table: str, ahead: Sequence[Reach], alias: str = "t") -> list[str]:
        """The conditions that no surer way can tell whose a row is."""
        return [untrue(self.taken(values, table, way, alias)) for way in ahead]

    def taken(self, values: Values, table: str, reach: Reach, alias: str = "t") -> str:
        """The condition that a row speaks of somebody by this reach: it has an identifier, or a row is there that it leads to."""
        field, at = self.looked_at(table, reach, alias)
        rest = (self.field(name, alias) for name in reach.columns[1:])
        conditions = [f"{held} IS NOT NULL" for held in (field, *rest)] + self.narrowed(values, table, reach, alias)
        if reach.source is None:
            if at.column.sort is Sort.TEXT:
                conditions.append(f"{field} <> ''")
        elif not self.certain(table, reach):
            there = f"{alias}x"
            match = " AND ".join(self.links(values, table, reach, there, gathered=False, left=alias))
            conditions.append(f"EXISTS (SELECT 1 FROM {self.named(reach.source, there)} WHERE {match})")
        return " AND ".join(conditions)

    def somebodys(self, values: Values, table: str, alias: str) -> str | None:
        """The condition that a row of a table that people own over links alone leads to anybody; `None` where a row names its owner, or must lead to one."""
        ways = owning(self.gathers[table], self.ownable)
        if any(way.source is None for way in ways) or by_time(self.plan.gathers):
            return None
        if any(self.certain(table, way) and not way.where and not any(self.column(table, name).nullable for name in way.columns) for way in ways):
            return None
        return f"({' OR '.join(f'({self.taken(values, table, way, alias)})' for way in ways)})"

    def certain(self, table: str, reach: Reach) -> bool:
        """Whether a foreign key says that what is referred to is there."""
        pairs = set(zip(reach.columns, reach.referred, strict=True))
        return any(
            key.table == reach.source and set(zip(key.columns, key.referred, strict=False)) == pairs
            for key in self.table(table).foreign_keys
        )

    def indexed(self, table: str, columns: Sequence[str]) -> bool:
        """Whether an index leads from columns to the rows."""
        found = self.table(table)
        indexes = (*found.indexes, *found.uniques, *((found.primary_key,) if found.primary_key else ()))
        return any(index and index[0] in columns for index in indexes)

    def alone(self, reach: Reach) -> bool:
        """Whether the link of a reach leads to one row at most."""
        if reach.source is None:
            return True
        found = self.table(reach.source)
        return any(set(key) <= set(reach.referred) for key in (found.primary_key, *found.uniques) if key)

    def rows(self, values: Values, gather: Gather, columns: Sequence[tuple[str, str]]) -> str:
        """Select columns over `t` of every row of the people, with the person, and whether they own it."""
        reaches = self.living(gather)
        joins = [(reach, joined) for reach in reaches for joined in self.joins(values, gather, reach)]
        listing = reaches[0].listed or self.column(gather.table, reaches[0].columns[0]).sort is Sort.LIST
        if len(joins) == 1 and self.alone(reaches[0]) and not listing:
            owned = str(int(reaches[0].owner))
            return f"SELECT {listed([('s.person', 'person'), *columns, (owned, 'owned')])} FROM {joins[0][1]}"
        keys = [(expression, f"k{place}") for place, expression in enumerate(self.key(gather))]
        branches = [
            f"SELECT {listed([('s.person', 'person'), *keys, (str(int(reach.owner)), 'owned')])} FROM {joined}" for reach, joined in joins
        ]
        found = self.distinct(gather, branches, [reach.owner for reach in reaches])
        chosen = listed([("k.person", "person"), *columns, ("k.owned", "owned")])
        return f"SELECT {chosen} FROM {self.beside(gather, f'({found})')}"

    def distinct(self, gather: Gather, branches: Sequence[str], owners: Sequence[bool]) -> str:
        """Selections of (person, key, owned) as one, each person and row once; who owns a row does not only find it."""
        if all(owners) or not any(owners):
            return " UNION ".join(branches) if len(branches) > 1 else branches[0].replace("SELECT", "SELECT DISTINCT", 1)
        names = ", ".join(["u.person", *self.keys(gather, "u")])
        return f"SELECT {names}, MAX(u.owned) AS owned FROM ({' UNION ALL '.join(branches)}) AS u GROUP BY {names}"

    def gathering(self, values: Values, gather: Gather) -> str | None:
        """Select the gathered rows of a table: person, key, what else refers to, `owned`; `None` where no reach leads anywhere."""
        if not self.living(gather):
            return None
        found = self.rows(values, gather, self.own_columns(gather))
        left_out = self.spared(values, gather)
        if not left_out:
            return found
        return f"SELECT k.* FROM {self.beside(gather, f'({found})')} WHERE {' AND '.join(left_out)}"

    def spared(self, values: Values, gather: Gather) -> list[str]:
        """The conditions that `t` is not of the people who are given, where those are held."""
        found = []
        for reach in gather.spare:
            pairs = self.pairs(reach, gather.table)
            if pairs and reach.listed:
                found.append(untrue(self.within(values, gather.table, reach)))
            elif pairs:
                match = " AND ".join([self.matched(gather.table, reach, "h"), *self.narrowed(values, gather.table, reach)])
                found.append(f"NOT EXISTS (SELECT 1 FROM {self.people_of(values, reach, gather.table, pairs)} AS h WHERE {match})")
        return found


def untrue(condition: str) -> str:
    """The condition that another does not hold, or is not known to."""
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END = 0"


def listed(columns: Iterable[tuple[str, str]]) -> str:
    """Expressions under names."""
    return ", ".join(f"{expression} AS {name}" for expression, name in columns)


def _referred(plan: StorePlan) -> Iterable[tuple[str, tuple[str, ...]]]:
    """What gathered rows carry beside their key: whatever else of the plan refers to."""
    reaches = [reach for gather in plan.gathers for reach in gather.reaches]
    reaches += [action.reach for action in plan.actions if isinstance(action, Change) and action.reach is not None]
    keeps = [keep for mark in plan.marks for keep in mark.keeps]
    reaches += [keep.follows for keep in _with_besides(keeps) if keep.follows is not None]
    yield from ((reach.source, reach.referred) for reach in reaches if reach.source is not None)
    for action in plan.actions:
        if isinstance(action, Delete):
            yield from ((action.table, item.referred) for item in action.referring)
        elif isinstance(action, Hold):
            yield from ((table, item.referred) for table, item in action.pairs)


def _expression(reach: Reach) -> str:
    """What an index must begin with to find identifiers."""
    column = reach.columns[0]
    if reach.path:
        return ""
    return {Form.EXACT: column, Form.LOWER: f"lower({column})"}.get(reach.form, "")


def _with_besides(keeps: Iterable[Keep]) -> Iterable[Keep]:
    for keep in keeps:
        yield keep
        yield from _with_besides(keep.besides)


def _gone(name: str) -> Invalid:
    return Invalid(
        say(N_("`{name}` is not in the database any more"), name=name),
        say(N_("look at what changed with `janji map diff`, review it, and make the plan again")),
    )
