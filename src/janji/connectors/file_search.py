"""Which rows of files a plan means: gathered and marked in tables that a DuckDB holds in memory, set by set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from janji.connectors.dialects import built, wrapped
from janji.connectors.file_views import FILE, ROW, Duck, FileView, literal, pointer, quoted, stored
from janji.connectors.spellings import written
from janji.datamap.catalogue import Column, Sort
from janji.datamap.meaning import SPACE, Form
from janji.datamap.spelling import FormCount
from janji.erasure.search import by_time, ownable, owning
from janji.erasure.steps import (
    Assignment,
    Change,
    Clear,
    Delete,
    Due,
    Filling,
    Gather,
    Hold,
    Keep,
    Known,
    Mark,
    Reach,
    Reason,
    Referring,
    Replaced,
    Stop,
    StorePlan,
)
from janji.errors import Refusal
from janji.people.identifiers import IdentifierKind

PEOPLE = '"janji people"'
DIRECT = frozenset({Sort.INTEGER, Sort.UUID})
"""Sorts of which a known value is turned into the column's type, so that what Parquet knows of its pages is used."""
TOKEN = 32
"""The characters of a token where the column has room for them."""


def kept(stay: str) -> str:
    """The condition that a mark says that a rule keeps a row."""
    return f"(split_part({stay}, ':', 1) IN ('{Reason.KEPT}', '{Reason.SHARED_KEPT}'))"


class FileSearch:
    """The rows that a plan means. Rows that were found before stay known as memories when they are gone.

    Each table has keys (person, `f`, `r`, whether the person owns the row, what others refer to), memories of the same form,
    and marks: one a row, with why it stays, whether it goes, and for each column that is assigned whether, and what it becomes.
    """

    def __init__(self, duck: Duck, views: Mapping[str, FileView], plan: StorePlan) -> None:
        self.duck, self.views, self.plan = duck, views, plan
        self.gathers = {gather.table: gather for gather in plan.gathers}
        self.ownable = ownable(plan.gathers)
        self.assigned = {table: self._assigned(table) for table in self.gathers}
        self._number = {table: number for number, table in enumerate(self.gathers)}

    def tell(self, people: Sequence[Known]) -> None:
        """Say who is looked for."""
        self.duck.run(f"CREATE OR REPLACE TABLE {PEOPLE} (person INTEGER, kind VARCHAR, exact VARCHAR, lower VARCHAR, digits VARCHAR)")
        rows = [
            (known.person, known.kind, text, text.lower(), "".join(char for char in text if "0" <= char <= "9"))
            for known in people for text in dict.fromkeys((known.value, *known.spellings)) if text
        ]  # fmt: skip
        self.duck.fill(f"INSERT INTO {PEOPLE} SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)", rows)
        for table in self.gathers:
            for name in (self.keys(table), self.memory(table)):
                self.duck.run(f"CREATE OR REPLACE TABLE {name} AS {self._nothing(table)}")

    # ------------------------------------------------------------------------------------------------------ gathering

    def gather(self, again: bool = False) -> None:
        """Find the rows of everybody: round by round, and within one until nothing is new.

        When it is looked `again` after rows went, those that are due next are left: they are another batch's.
        """
        for group in ([gather for gather in group if not (again and gather.due)] for group in self.plan.rounds):
            while sum(self.duck.run(self.gathering(gather))[0][0] for gather in group) and _is_ring(group):
                pass

    def remember(self) -> None:
        """Let the rows that were found be memories, and look anew; what stays for others is no way to what belongs to it."""
        for table in self.gathers:
            self.duck.run(f"DELETE FROM {self.keys(table)} WHERE (f, r) IN (SELECT f, r FROM {self.marks(table)} WHERE shared)")
            self.duck.run(f"INSERT INTO {self.memory(table)} SELECT * FROM {self.keys(table)}")
            self.duck.run(f"DELETE FROM {self.keys(table)}")

    def stand(self) -> None:
        """Note where the rows that stay will stand when the others are gone: in which file, and as which row of it."""
        for table in self.gathers:
            before = "coalesce(sum(gone::INTEGER) OVER (PARTITION BY f ORDER BY r ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)"
            self.duck.run(
                f"CREATE OR REPLACE TABLE {self.standing(table)} AS SELECT m.f, m.r - i.first - m.before AS own, m.stay FROM "
                f"(SELECT f, r, stay, {before} AS before FROM {self.marks(table)}) m JOIN {self._firsts(table)} i ON i.f = m.f WHERE m.stay IS NOT NULL"
            )

    def spare_standing(self, table: str, places: Mapping[int, int]) -> None:
        """Let rows that stayed not count as come back, nor what a rule kept as what it is now: what told why they stay may be gone. `places` are the files by their numbers before."""
        pairs = ", ".join(f"({old}, {new})" for old, new in places.items()) or "(-1, -1)"
        stood = f"{self.standing(table)} s JOIN (VALUES {pairs}) p(old, new) ON p.old = s.f JOIN {self._firsts(table)} i ON i.f = p.new"
        self.duck.run(f"DELETE FROM {self.marks(table)} WHERE gone AND (f, r) IN (SELECT p.new, s.own + i.first FROM {stood})")
        self.duck.run(
            f"DELETE FROM {self.marks(table)} WHERE (f, r) IN (SELECT p.new, s.own + i.first FROM {stood} WHERE {kept('s.stay')}) "
            f"AND (f, r, coalesce(stay, '')) NOT IN (SELECT p.new, s.own + i.first, s.stay FROM {stood})"
        )

    def _firsts(self, table: str) -> str:
        return f"(SELECT {quoted(FILE)} AS f, min({quoted(ROW)}) AS first FROM {quoted(table)} GROUP BY 1)"

    def gathering(self, gather: Gather) -> str:
        """The statement that finds the rows of one table which were not found before."""
        table, keys = gather.table, self.keys(gather.table)
        carried = "".join(f", t.{quoted(name)}" for name in self._carried(table))
        if gather.due is not None:
            found = self._due(gather, gather.due, carried)
        else:
            found = " UNION ".join(
                f"SELECT {who}, t.{quoted(FILE)} AS f, t.{quoted(ROW)} AS r, {reach.owner} AS owned{carried} FROM {rows}"
                for reach in gather.reaches for who, rows in self._reached(table, reach)
            ) or self._nothing(table)  # fmt: skip
        tests = [f"NOT EXISTS (SELECT 1 FROM {keys} k WHERE k.person = n.person AND k.f = n.f AND k.r = n.r AND k.owned = n.owned)"]
        tests += [f"(n.f, n.r) NOT IN ({rows})" for rows in self._spared(gather)]
        return f"INSERT INTO {keys} SELECT * FROM ({found}) n WHERE {' AND '.join(tests)}"

    def _spared(self, gather: Gather) -> Iterator[str]:
        """The rows of the people who are given, where those are held."""
        for reach in gather.spare:
            for _, rows in self._reached(gather.table, reach):
                yield f"SELECT t.{quoted(FILE)}, t.{quoted(ROW)} FROM {rows}"

    def _due(self, gather: Gather, due: Due, carried: str) -> str:
        """The rows whose time is over, of nobody, as many as are wanted at once."""
        rows = f"SELECT 0 AS person, t.{quoted(FILE)} AS f, t.{quoted(ROW)} AS r, true AS owned{carried} FROM {quoted(gather.table)} t"
        return f"({rows} WHERE {' AND '.join(self._to_do(gather, due))} ORDER BY f, r LIMIT {int(due.limit)})"

    def _to_do(self, gather: Gather, due: Due) -> list[str]:
        """The conditions that a row is due: over, nobody's who is held, kept by no rule, and not as it should be already."""
        tests = self.over(gather.table, due)
        tests += [f"(t.{quoted(FILE)}, t.{quoted(ROW)}) NOT IN ({rows})" for rows in self._spared(gather)]
        tests += [f"NOT coalesce({self._kept(gather.table, keep)}, false)" for keep in due.unless]
        if due.unlike:
            left = [self._otherwise(gather.table, item) for item in due.unlike]
            if due.referring:
                referred = (
                    " AND ".join(f"CAST(x.{quoted(mine)} AS VARCHAR) = CAST(t.{quoted(theirs)} AS VARCHAR)" for mine, theirs in zip(one.columns, one.referred, strict=True))
                    for one in due.referring
                )
                there = (f"EXISTS (SELECT 1 FROM {quoted(one.table)} x WHERE {test})" for one, test in zip(due.referring, referred, strict=True))
                left.append(f"NOT ({' OR '.join(there)})")
            tests.append(f"({' OR '.join(left)})")
        return tests

    def over(self, table: str, due: Due) -> list[str]:
        """The conditions that the time of a row is over; in doubt it is not."""
        return [self._there(table, due.column), f"NOT ({self._since(table, due.column, due.bound)})", *self._constants(table, due.where)]

    def due(self, gather: Gather, due: Due) -> int:
        """How many rows are due, whatever the limit."""
        return self._count(f"{quoted(gather.table)} t WHERE {' AND '.join(self._to_do(gather, due))}")

    def _otherwise(self, table: str, item: Assignment) -> str:
        """That a column does not hold yet what it should."""
        column = self.views[table].column(item.column)
        if item.filling is Filling.TOKEN:
            return f"NOT coalesce(regexp_full_match(CAST(t.{quoted(column.name)} AS VARCHAR), '[0-9a-f]+'), false)"
        return f"t.{quoted(column.name)} IS DISTINCT FROM TRY_CAST({self._filled(table, item, '')} AS {stored(column.type)})"

    def _reached(self, table: str, reach: Reach, alone: bool = False) -> Iterator[tuple[str, str]]:
        """The person, and the rows `t` that a reach leads to, where no surer way can tell whose they are; with `alone` over nothing that stays for others."""
        tests = self._constants(table, reach.where)
        if reach.source is None:
            tests += [self._match(table, reach), *(f"NOT ({self._can_tell(table, way)})" for way in reach.after)]
            yield "p.person", f"{quoted(table)} t JOIN {PEOPLE} p ON {' AND '.join(tests)}"
            return
        tests += [self._linked(table, reach, "k"), *(f"NOT ({self._can_tell(table, way, 'k')})" for way in reach.after)]
        if reach.source in self.gathers:
            others = f" AND (k.f, k.r) NOT IN (SELECT f, r FROM {self.marks(reach.source)} WHERE shared)" if alone else ""
            for keys, test in ((self.keys(reach.source), others), (self.memory(reach.source), "")):
                yield "k.person", f"{quoted(table)} t JOIN {keys} k ON k.owned AND {' AND '.join(tests)}{test}"

    def _can_tell(self, table: str, way: Reach, person: str = "p") -> str:
        """That a surer way tells whose `t` is: a row is there, or an identifier of a kind by which the person is known."""
        if way.source is not None:
            return self._taken(table, way)
        known = f"SELECT 1 FROM {PEOPLE} w WHERE w.person = {person}.person AND w.kind = {literal(way.kind or '')}"
        return f"{self._taken(table, way)} AND EXISTS ({known})"

    def _taken(self, table: str, reach: Reach) -> str:
        """That `t` speaks of somebody by this reach."""
        there = [f"coalesce({self._inside(table, reach)} <> '', false)"] if reach.path else [self._there(table, name) for name in reach.columns]
        tests = [*there, *self._constants(table, reach.where)]
        if reach.source is not None:
            tests.append(f"EXISTS (SELECT 1 FROM {quoted(reach.source)} s WHERE {self._linked(table, reach, 's')})")
        return f"coalesce({' AND '.join(tests)}, false)"

    def _match(self, table: str, reach: Reach) -> str:
        """That a column of `t` holds an identifier of the person `p`."""
        column = self.views[table].column(reach.columns[0])
        name, kind = f"t.{quoted(column.name)}", f"p.kind = {literal(reach.kind or '')}"
        if reach.path:
            name = self._inside(table, reach)
        if column.sort is Sort.LIST and column.type == "VARCHAR[]":
            held = f"list_transform({name}, lambda x: {_formed('x', reach.form)})" if reach.form is not Form.EXACT else name
            return f"{kind} AND list_contains({held}, p.{'digits' if reach.form is Form.DIGITS else 'lower' if reach.form.lowers else 'exact'})"
        if reach.form.lowers or reach.form.trims:
            return f"{kind} AND {_formed(f'CAST({name} AS VARCHAR)', reach.form)} = p.{'lower' if reach.form.lowers else 'exact'}"
        if reach.form is Form.DIGITS:
            return f"{kind} AND {_formed(f'CAST({name} AS VARCHAR)', Form.DIGITS)} = p.digits AND p.digits <> ''"
        if not reach.path and column.sort in DIRECT and column.type != "JSON":
            return f"{kind} AND {name} = TRY_CAST(p.exact AS {column.type}) AND NOT starts_with(p.exact, '+')"
        return f"{kind} AND CAST({name} AS VARCHAR) = p.exact"

    def spelt(self, table: str, reach: Reach) -> FormCount:
        """How all values that a reach looks at stand; a number has one way."""
        if not reach.path and stored(self.views[table].column(reach.columns[0]).type) != "VARCHAR":
            return FormCount(0)
        value = self._inside(table, reach) if reach.path else f"t.{quoted(reach.columns[0])}"
        where = " WHERE contains(v, '@')" if reach.kind == IdentifierKind.EMAIL else ""
        odd = ("v <> lower(v)", "NOT regexp_full_match(v, '[+]?[0-9]*')", f"v <> {_formed('v', Form.TRIMMED)}", wrapped("v"))
        counts = ", ".join(["count(v)", *(f"count(*) FILTER ({condition})" for condition in odd)])
        return FormCount(*self.duck.run(f"SELECT {counts} FROM (SELECT {value} AS v FROM {quoted(table)} t){where}")[0])

    def _inside(self, table: str, reach: Reach) -> str:
        """What stands inside of a document of `t`, as text."""
        column = self.views[table].column(reach.columns[0])
        name = f"t.{quoted(column.name)}"
        document = name if stored(column.type) == "VARCHAR" else f"CAST(to_json({name}) AS VARCHAR)"
        place = "".join(pointer(key) for key in reach.path.split("."))
        return f"CASE WHEN json_valid({document}) THEN json_extract_string({document}, {literal(place)}) END"

    def _linked(self, table: str, reach: Reach, source: str) -> str:
        """That the columns of `t` equal those of a row of the source; an empty text equals nothing."""
        tests = []
        for name, referred in zip(reach.columns, reach.referred, strict=True):
            mine, theirs = self.views[table].column(name), self.views[reach.source or ""].column(referred)
            if reach.prefix:
                tests.append(f"CAST(t.{quoted(name)} AS VARCHAR) = {literal(reach.prefix)} || nullif(CAST({source}.{quoted(referred)} AS VARCHAR), '')")
                continue
            tests.append(_equal(f"t.{quoted(name)}", mine.type, f"{source}.{quoted(referred)}", theirs.type))
            tests += [f"t.{quoted(name)} <> ''"] if stored(mine.type) == "VARCHAR" else []
        return " AND ".join(tests)

    def _constants(self, table: str, where: Iterable[tuple[str, str]]) -> list[str]:
        return [f"CAST(t.{quoted(self.views[table].column(name).name)} AS VARCHAR) = {literal(value)}" for name, value in where]

    def _there(self, table: str, name: str) -> str:
        """That a column holds something."""
        return f"coalesce(CAST(t.{quoted(self.views[table].column(name).name)} AS VARCHAR) <> '', false)"

    def _since(self, table: str, name: str, bound: datetime) -> str:
        """That a column is at or after an instant; a day counts whole, a number as seconds, and what nobody can read is."""
        column = self.views[table].column(name)
        value = f"t.{quoted(column.name)}"
        if column.sort is Sort.INTEGER:
            return f"coalesce(TRY_CAST({value} AS BIGINT) >= {int(bound.timestamp())}, true)"
        if column.sort is Sort.INSTANT:
            return f"coalesce(TRY_CAST({value} AS TIMESTAMPTZ) >= TIMESTAMPTZ {literal(bound.isoformat())}, true)"
        return f"coalesce(CAST(TRY_CAST({value} AS TIMESTAMPTZ) AS DATE) >= DATE {literal(bound.date().isoformat())}, true)"

    # -------------------------------------------------------------------------------------------------------- marking

    def mark(self, token: str, again: bool = False) -> None:
        """Say of each row that was found why it stays or that it goes, and what becomes of its columns.

        Raises `Refusal` where the plan says stop, unless rows are looked at `again`.
        """
        for gather in self.plan.gathers:
            slots = "".join(f", false AS s{slot}, NULL::VARCHAR AS v{slot}" for slot, _ in enumerate(self.assigned[gather.table]))
            self.duck.run(
                f"CREATE OR REPLACE TABLE {self.marks(gather.table)} AS SELECT f, r, bool_or(owned) AS owned, false AS shared, "
                f"NULL::VARCHAR AS stay, false AS gone{slots} FROM {self.keys(gather.table)} GROUP BY f, r"
            )
        for group in self.plan.rounds:
            several = [gather for gather in group if gather.of_several]
            self._until_still([statement for gather in several for statement in self._shared(gather)])
            for gather in several:
                self.duck.run(f"UPDATE {self.marks(gather.table)} SET stay = '{Reason.SHARED}' WHERE shared AND owned")
                self.duck.run(f"UPDATE {self.marks(gather.table)} SET stay = '{Reason.FOUND}' WHERE NOT owned")
        for mark in self.plan.marks:
            self._mark(mark)
        for action in self.plan.actions:
            self._act(action, token, again)

    def _act(self, action: Change | Clear | Hold | Stop | Delete, token: str, again: bool) -> None:
        if isinstance(action, Change):
            self._change(action, token)
        elif isinstance(action, Clear):
            self._change(Change(action.table, tuple(Assignment(name, Filling.NULL) for name in action.columns)), token)
        elif isinstance(action, Hold):
            self._until_still([self._referred(table, referring, holding=True) for table, referring in action.pairs])
        elif isinstance(action, Stop):
            if not again and self._count(f"{self.marks(action.table)} WHERE {_staying(action.reasons)}"):
                raise Refusal(action.message, action.help)
        else:
            self._until_still([self._referred(action.table, referring, holding=False) for referring in action.referring])
            self.duck.run(f"UPDATE {self.marks(action.table)} SET gone = true WHERE stay IS NULL")

    def _until_still(self, statements: Sequence[str]) -> None:
        while sum(self.duck.run(statement)[0][0] for statement in statements):
            pass

    def _shared(self, gather: Gather) -> Iterator[str]:
        """Mark what belongs to somebody outside of the batch too."""
        table, place = gather.table, f"SELECT t.{quoted(FILE)}, t.{quoted(ROW)} FROM {quoted(gather.table)} t WHERE"
        tests = [f"{self._taken(table, reach)} AND {self._not_ours(table, reach)}" for reach in gather.reaches if reach.owner and reach.source in self.ownable]
        for seat in gather.seats:
            told = " OR ".join(f"({self._taken(table, reach)})" for reach in seat.told)
            links = [f"NOT ({self._taken(table, reach)})" for reach in seat.links]
            held = [
                f"(t.{quoted(FILE)}, t.{quoted(ROW)}) NOT IN (SELECT t.{quoted(FILE)}, t.{quoted(ROW)} FROM {rows})"
                for reach in seat.held for _, rows in self._reached(table, reach)
            ]  # fmt: skip
            tests.append(" AND ".join([f"({told})", *links, *held]))
        for test in tests:
            yield f"UPDATE {self.marks(table)} SET shared = true WHERE NOT shared AND (f, r) IN ({place} {test})"

    def _not_ours(self, table: str, reach: Reach) -> str:
        """That a row which a link leads to is somebody's, and not owned by the people alone."""
        source = f"{reach.source}"
        ours = f"SELECT 1 FROM {self.marks(source)} o WHERE o.f = s.{quoted(FILE)} AND o.r = s.{quoted(ROW)} AND o.owned AND NOT o.shared"
        return f"EXISTS (SELECT 1 FROM {quoted(source)} s WHERE {self._linked(table, reach, 's')} AND NOT EXISTS ({ours}){self._somebodys(source)})"

    def _somebodys(self, table: str) -> str:
        """That a row `s` of a table that people own over links alone leads to anybody; any other table's is somebody's."""
        ways = owning(self.gathers[table], self.ownable)
        if any(way.source is None for way in ways) or by_time(self.plan.gathers):
            return ""
        taken = " OR ".join(self._taken(table, way) for way in ways)
        return f" AND (s.{quoted(FILE)}, s.{quoted(ROW)}) IN (SELECT t.{quoted(FILE)}, t.{quoted(ROW)} FROM {quoted(table)} t WHERE {taken})"

    def _mark(self, mark: Mark) -> None:
        """Mark what rules keep, each row by the first that holds."""
        for keep in mark.keeps:
            rows = f"SELECT t.{quoted(FILE)}, t.{quoted(ROW)} FROM {quoted(mark.table)} t WHERE {self._kept(mark.table, keep)}"
            stay = f"CASE WHEN stay IS NULL THEN '{Reason.KEPT}:' ELSE '{Reason.SHARED_KEPT}:' END || {literal(keep.rule)}"
            self.duck.run(f"UPDATE {self.marks(mark.table)} SET stay = {stay} WHERE (stay IS NULL OR NOT contains(stay, ':')) AND (f, r) IN ({rows})")

    def _kept(self, table: str, keep: Keep) -> str:
        """That a rule keeps `t`. A date that nobody can read keeps its row, until somebody corrects it."""
        tests = [self._kept(table, other) for other in keep.besides]
        if keep.column is not None:
            tests.append(self._there(table, keep.column))
            if keep.bound is not None:
                tests.append(self._since(table, keep.column, keep.bound))
        follows = keep.follows
        if follows is not None and follows.source is not None:
            source = f"SELECT 1 FROM {quoted(follows.source)} s JOIN {self.marks(follows.source)} o ON o.f = s.{quoted(FILE)} AND o.r = s.{quoted(ROW)}"
            tests += [f"EXISTS ({source} WHERE {kept('o.stay')} AND {self._linked(table, follows, 's')})", *self._constants(table, follows.where)]
        return f"({' AND '.join(tests)})" if tests else "true"

    def _referred(self, table: str, referring: Referring, holding: bool) -> str:
        """Mark what rows refer to that will be there still; a row refers not to itself."""
        other, pairs = referring.table, []
        for mine, theirs in zip(referring.columns, referring.referred, strict=True):
            name = f"x.{quoted(mine)}"
            if other in self.gathers and mine in self.assigned[other]:
                slot = self.assigned[other].index(mine)
                name = f"CASE WHEN o.s{slot} THEN o.v{slot} ELSE CAST({name} AS VARCHAR) END"
            pairs.append(f"CAST({name} AS VARCHAR) = CAST(t.{quoted(theirs)} AS VARCHAR)")
        join = ""
        if other in self.gathers:
            join = f" LEFT JOIN {self.marks(other)} o ON o.f = x.{quoted(FILE)} AND o.r = x.{quoted(ROW)}"
            free = ["o.gone"]
            free += ["o.stay IS NULL"] if other == table or (holding and not referring.lasting) else []
            free += [_staying(referring.freed, "o.")] if holding and referring.freed else []
            pairs.append(f"(o.f IS NULL OR NOT coalesce({' OR '.join(free)}, false))")
        if other == table:
            pairs.append(f"(x.{quoted(FILE)}, x.{quoted(ROW)}) <> (t.{quoted(FILE)}, t.{quoted(ROW)})")
        rows = f"SELECT t.{quoted(FILE)}, t.{quoted(ROW)} FROM {quoted(table)} t, {quoted(other)} x{join} WHERE {' AND '.join(pairs)}"
        return f"UPDATE {self.marks(table)} SET stay = '{Reason.REFERRED}' WHERE stay IS NULL AND (f, r) IN ({rows})"

    def _change(self, change: Change, token: str) -> None:
        """Say what columns of rows become."""
        table = change.table
        tests = [_staying(change.reasons, "m.", change.rules) if change.reasons else "m.stay IS NULL"]
        if change.reach is not None:
            reached = " UNION ".join(f"SELECT t.{quoted(FILE)}, t.{quoted(ROW)} FROM {rows}" for _, rows in self._reached(table, change.reach, alone=True))
            tests.append(f"(m.f, m.r) IN ({reached})" if reached else "false")
        sets = []
        for assignment in change.assignments:
            slot = self.assigned[table].index(assignment.column)
            sets.append(f"s{slot} = true, v{slot} = {self._filled(table, assignment, token)}")
            if assignment.replaced is not None:
                tests.append(_replaceable(self.views[table].column(assignment.column), assignment.replaced))
        if sets:
            self.duck.run(
                f"UPDATE {self.marks(table)} m SET {', '.join(sets)} FROM {quoted(table)} t "
                f"WHERE t.{quoted(FILE)} = m.f AND t.{quoted(ROW)} = m.r AND {' AND '.join(tests)}"
            )

    def _filled(self, table: str, assignment: Assignment, token: str) -> str:
        """What a column becomes, as text."""
        column = self.views[table].column(assignment.column)
        name = f"t.{quoted(column.name)}"
        if assignment.filling is Filling.NULL:
            return "NULL"
        if assignment.filling is Filling.CONSTANT:
            return literal(assignment.constant)
        if assignment.replaced is not None:
            return literal(assignment.replaced.becomes)
        if assignment.filling is Filling.TOKEN:
            return f"left(md5({literal(f'{token}:{table}:{column.name}:')} || m.f || ':' || m.r), {min(assignment.width or TOKEN, TOKEN)})"
        if assignment.filling is Filling.PATHS:
            slot = self.assigned[table].index(column.name)  # what another's share of the row took out stays out
            held = f"(CASE WHEN m.s{slot} THEN m.v{slot} ELSE CAST({name} AS VARCHAR) END)"
            for path in assignment.paths:
                held = _without(held, path.split("."))
            return held
        if assignment.filling is Filling.ONLY:
            held = f"CAST({name} AS VARCHAR)"
            made = built(assignment.paths, lambda path: f"json_extract({held}, {literal('/' + path.replace('.', '/'))})", "json_object")
            return f"CASE WHEN {held} IS NULL THEN NULL WHEN json_valid({held}) THEN CAST(json_merge_patch('{{}}', {made}) AS VARCHAR) ELSE '{{}}' END"
        year = f"CAST(year(TRY_CAST({name} AS TIMESTAMP)) AS VARCHAR)"
        if column.sort in (Sort.DATE, Sort.INSTANT):
            return f"{year} || '-01-01'"
        return f"coalesce({year}, nullif(regexp_extract(CAST({name} AS VARCHAR), '(19|20)[0-9][0-9]'), ''))"

    # ---------------------------------------------------------------------------------------------------------- names

    def keys(self, table: str) -> str:
        """The table of the rows found, each with its person."""
        return f'"janji keys {self._number[table]}"'

    def memory(self, table: str) -> str:
        """The table of the rows that were found before."""
        return f'"janji memory {self._number[table]}"'

    def standing(self, table: str) -> str:
        """The table of where rows that stay will stand."""
        return f'"janji standing {self._number[table]}"'

    def marks(self, table: str) -> str:
        """The table of what becomes of the rows found."""
        return f'"janji marks {self._number[table]}"'

    def assignments(self, table: str) -> list[Assignment]:
        """Whatever a plan assigns in a table."""
        found = [one for action in self.plan.actions if isinstance(action, Change) and action.table == table for one in action.assignments]
        cleared = [name for action in self.plan.actions if isinstance(action, Clear) and action.table == table for name in action.columns]
        return found + [Assignment(name, Filling.NULL) for name in cleared]

    def _assigned(self, table: str) -> list[str]:
        return list(dict.fromkeys(one.column for one in self.assignments(table)))

    def _count(self, what: str) -> int:
        return int(self.duck.run(f"SELECT count(*) FROM {what}")[0][0])

    def _nothing(self, table: str) -> str:
        carried = "".join(f", t.{quoted(name)}" for name in self._carried(table))
        return f"SELECT 0::INTEGER AS person, t.{quoted(FILE)}::BIGINT AS f, t.{quoted(ROW)}::BIGINT AS r, true AS owned{carried} FROM {quoted(table)} t LIMIT 0"

    def _carried(self, table: str) -> list[str]:
        """The columns that other tables refer to, which are remembered, and those that leave the system."""
        reaches = [reach for gather in self.plan.gathers for reach in gather.reaches]
        reaches += [action.reach for action in self.plan.actions if isinstance(action, Change) and action.reach is not None]
        names = [name for reach in reaches if reach.source == table for name in reach.referred]
        return [self.views[table].column(name).name for name in dict.fromkeys([*names, *self.gathers[table].hands_on])]


def _is_ring(group: Sequence[Gather]) -> bool:
    tables = {gather.table for gather in group}
    return any(reach.source in tables for gather in group for reach in gather.reaches)


def _replaceable(column: Column, replaced: Replaced) -> str:
    """That a column of `t` holds what is replaced: one of the values that are wrong, or nothing."""
    name = f"t.{quoted(column.name)}"
    text = f"CAST({name} AS VARCHAR)"
    if not replaced.was:
        return f"({name} IS NULL OR {text} = '')"
    held = _formed(text, replaced.form)
    values = [literal(value) for _, value in written([Known(0, "", word) for word in replaced.was], column.sort, replaced.form)]
    return f"coalesce({held} IN ({', '.join(values)}), false)" if values else "false"


def _formed(text: str, form: Form) -> str:
    """A text as it is compared in a form."""
    if form is Form.DIGITS:
        return f"regexp_replace({text}, '[^0-9]', '', 'g')"
    held = f"trim({text}, {' || '.join(f'chr({ord(char)})' for char in SPACE)})" if form.trims else text
    return f"lower({held})" if form.lowers else held


def _equal(mine: str, type: str, theirs: str, other: str) -> str:
    if stored(type) == stored(other):
        return f"{mine} = {theirs}"
    return f"CAST({mine} AS VARCHAR) = CAST({theirs} AS VARCHAR)"


def _staying(reasons: Sequence[Reason], alias: str = "", rules: Sequence[str] = ()) -> str:
    """That a row stays for one of some reasons, and by one of some rules where rules are named."""
    listed = ", ".join(literal(str(reason)) for reason in reasons)
    test = f"coalesce(split_part({alias}stay, ':', 1) IN ({listed}), false)"
    if rules:
        named = ", ".join(literal(rule) for rule in rules)
        test += f" AND (NOT contains({alias}stay, ':') OR substr({alias}stay, position(':' IN {alias}stay) + 1) IN ({named}))"
    return test


def _without(document: str, keys: Sequence[str]) -> str:
    """A JSON document without what lies under a row of keys (a merge patch of null, RFC 7396), where it is there."""
    pointer = "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
    patch = "null"
    for key in reversed(keys):
        patch = "{" + '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '": ' + patch + "}"
    there = f"coalesce(json_valid({document}) AND json_exists({document}, {literal(pointer)}), false)"
    return f"CASE WHEN {there} THEN CAST(json_merge_patch({document}, {literal(patch)}) AS VARCHAR) ELSE {document} END"
