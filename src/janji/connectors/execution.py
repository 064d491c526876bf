"""One erasure of a SQL database as it runs: gathered, marked, acted on, counted, and looked for again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from janji.connectors.acting import (
    BY_REASON,
    CAME_BACK,
    COUNTED,
    astray,
    came_back,
    change,
    chosen,
    clear,
    counted,
    delete,
    delete_unreferred,
    followed,
    spaced,
    staying,
    unchanged,
)  # fmt: skip
from janji.connectors.dialects import Statement, Values
from janji.connectors.expiring import due_rows
from janji.connectors.gathering import Gathered, Writer
from janji.connectors.leaves import FOUND, GONE, delete_at_once, leaves
from janji.connectors.marking import keeping, marked, reached_in_ring, referred, shared_in_ring
from janji.connectors.rings import is_ring, of_ring, ring
from janji.connectors.stray import left_behind, strayed
from janji.erasure.steps import (
    Change,
    Clear,
    Delete,
    Effect,
    Gather,
    Hold,
    Keep,
    Mark,
    Reason,
    Referring,
    Remains,
    Stop,
    TableEffect,
)
from janji.errors import Refusal
from janji.terms.messages import N_, say


class Run(Protocol):
    """What runs the statements of an erasure."""

    def keep(self, name: str, statement: Statement) -> int:
        """Make a temporary table; how many rows it has."""
        ...

    def change(self, statement: Statement) -> int:
        """Change rows; how many there were."""
        ...

    def look(self, statement: Statement) -> Sequence[Sequence[object]]:
        """Read a few rows."""
        ...


class Execution:
    """One plan as it is carried out for one set of people, by whatever runs its statements."""

    def __init__(self, writer: Writer, run: Run, limit: int, token: str, *, acting: bool = True) -> None:
        self.writer = writer
        self.touched = False
        self.made: list[str] = []
        self._run = run
        self._limit = limit
        self._token = token
        self._marked: set[str] = set()
        self._kept: set[str] = set()
        self._referred: Counter[str] = Counter()
        self._changed: Counter[str] = Counter()
        self._deleted: Counter[str] = Counter()
        self._marks = {mark.table: mark for mark in writer.plan.marks}
        self._done: list[Change] = []
        self._leaves = leaves(writer) if acting else {}
        self._found: Counter[str] = Counter()
        self._people: list[tuple[int, str, int]] = []

    # ---------------------------------------------------------------------------------------------------- gathering

    def gather(self) -> None:
        """Gather every table, and mark what stays before anything goes."""
        for group in self.writer.plan.rounds:
            if is_ring(group):
                self._gather_ring(group)
                continue
            for gather in group:
                if gather.table not in self._leaves:
                    self._gather_one(gather)
        for mark in self.writer.plan.marks:
            self._mark(mark)

    def _gather_one(self, gather: Gather) -> None:
        values = Values()
        select = due_rows(self.writer, values, gather, gather.due) if gather.due is not None else self.writer.gathering(values, gather)
        if select is None:
            return
        mark = self._marks.get(gather.table)
        now = mark.keeps if mark is not None and self._known(mark.keeps) else ()
        text = marked(self.writer, values, gather, select, gather.shared, now, self.writer.shares(gather.table))
        if now:
            self._marked.add(gather.table)
        self._keep(gather, text, values)

    def _known(self, keeps: Iterable[Keep]) -> bool:
        """Whether everything that some rules follow is gathered and marked."""
        return all(
            (keep.follows is None or keep.follows.source in self._settled()) and self._known(keep.besides) for keep in keeps
        )

    def _settled(self) -> set[str]:
        return {name for name in self.writer.gathered if name not in self._marks or name in self._marked}

    def _keep(self, gather: Gather, text: str, values: Values) -> None:
        """Keep gathered rows as a temporary table, if there are any."""
        name = f"janji_k{self.writer.plan.gathers.index(gather)}"
        dialect = self.writer.dialect
        rows = self._run.keep(name, Statement(dialect.keep(name, self.writer.ranked(gather, text)), values.held))
        self.made.append(name)
        if rows > self._limit:
            raise too_many(gather.table)
        if rows:
            self.touched = True
            self.writer.gathered[gather.table] = Gathered(dialect.temporary + dialect.quote(name), rows)

    def _gather_ring(self, group: Sequence[Gather]) -> None:
        """Gather the tables of a ring by one recursion, then see whose else they are until nothing is new."""
        values, dialect = Values(), self.writer.dialect
        recursion = ring(self.writer, values, group, "ring")
        if recursion is None:
            return
        name = f"janji_r{self.writer.plan.rounds.index(tuple(group))}"
        self._run.keep(name, Statement(dialect.keep(name, f"WITH RECURSIVE {recursion} SELECT * FROM ring"), values.held))
        self.made.append(name)
        for gather in group:
            own = Values()
            found = of_ring(self.writer, group, gather, dialect.temporary + dialect.quote(name))
            ways = ", ".join(["x.*", *(f"0 AS w{place}" for place, _ in enumerate(self.writer.shares(gather.table)))])
            self._keep(gather, f"SELECT {ways} FROM ({marked(self.writer, own, gather, found)}) AS x", own)
        there = [gather for gather in group if gather.table in self.writer.gathered]
        self._until_nothing_new([shared_in_ring(self.writer, gather) for gather in there if gather.shared])
        for gather in there:
            for statement in reached_in_ring(self.writer, gather):
                self._run.change(statement)

    def _until_nothing_new(self, statements: Sequence[Statement]) -> None:
        while statements and sum(self._run.change(statement) for statement in statements):
            if isinstance(self._run, Recorded):
                return

    def _mark(self, mark: Mark) -> None:
        """Mark what rules keep, where that could not be said as the rows were gathered."""
        if mark.table in self.writer.gathered and mark.table not in self._marked:
            gather = self.writer.gathers[mark.table]
            for keep in mark.keeps:
                self._run.change(keeping(self.writer, gather, keep))
        self._marked.add(mark.table)

    # ------------------------------------------------------------------------------------------------------- acting

    def act(self) -> None:
        """Carry out the actions in order. Raises `Refusal` when a row is in the way of the whole."""
        for action in self.writer.plan.actions:
            if isinstance(action, Hold):
                self._hold(action)
                continue
            if action.table in self._leaves:
                self._at_once(self._leaves.pop(action.table))
            if action.table not in self.writer.gathered:
                continue
            if isinstance(action, Stop):
                self._stop(action)
            elif isinstance(action, Clear):
                self._run.change(clear(self.writer, action))
                self._follow(action, "")
            elif isinstance(action, Change):
                if self._possible(action):
                    self._changed[action.table] += self._run.change(change(self.writer, action, self._token))
                    self._follow(action, self._token)
                    self._done.append(action)
            else:
                self._delete(action)

    def _at_once(self, action: Delete) -> None:
        """Find and delete the rows of a table by one statement; if any of them stays, gather them after all."""
        table = action.table
        statement = delete_at_once(self.writer, action)
        if statement is None:
            return
        counts = {int(str(person)): int(str(count)) for person, count in self._run.look(statement)}
        found, gone = counts.pop(FOUND, 0), counts.pop(GONE, 0)
        if found > self._limit:
            raise too_many(table)
        if (found and not gone) or isinstance(self._run, Recorded):
            self._gather_one(self.writer.gathers[table])
            return
        if gone != found:
            raise _not_let_go(table)
        self.touched = self.touched or gone > 0
        self._found[table] = self._deleted[table] = found
        self._people += [(person, table, count) for person, count in counts.items()]

    def _follow(self, action: Change | Clear, token: str) -> None:
        """Note what rows are now, where nothing but what they hold tells them apart."""
        statement = followed(self.writer, action, token)
        if statement is not None:
            self._run.change(statement)

    def _hold(self, action: Hold) -> None:
        while True:
            new = sum(self._refer(table, referring, holding=True) for table, referring in action.pairs)
            if not new or isinstance(self._run, Recorded):
                return

    def _refer(self, table: str, referring: Referring, holding: bool) -> int:
        if table not in self.writer.gathered:
            return 0
        count = self._run.change(referred(self.writer, self.writer.gathers[table], referring, holding))
        self._referred[table] += count
        return count

    def _stop(self, action: Stop) -> None:
        gather = self.writer.gathers[action.table]
        rows = chosen(self.writer, gather, staying(action.reasons))
        if self._run.look(Statement(f"SELECT count(*) FROM {rows} AS k"))[0][0]:
            raise Refusal(action.message, action.help)

    def _possible(self, action: Change) -> bool:
        """Whether any row can have been marked for the reasons of a change."""
        gather = self.writer.gathers[action.table]
        found = not all(reach.owner for reach in gather.reaches)
        kept = action.table in self._marks
        can = {
            Reason.FOUND: found, Reason.SHARED: gather.shared, Reason.KEPT: kept, Reason.SHARED_KEPT: (found or gather.shared) and kept,
            Reason.REFERRED: self._referred[action.table] > 0 or isinstance(self._run, Recorded),
        }  # fmt: skip
        return not action.reasons or any(can[reason] for reason in action.reasons)

    def _delete(self, action: Delete) -> None:
        """Mark what others refer to, delete the rest, and see that it went. Raises `Refusal` when the database kept some of it."""
        table = action.table
        others = all(referring.table != table for referring in action.referring)
        within = self.writer.dialect.writes_within and not self.writer.table(table).triggers  # PostgreSQL takes no rule in `WITH`
        gone = self._delete_unreferred(action) if action.referring and others and within else self._delete_rest(action)
        self._deleted[table] += gone
        if gone == self.writer.gathered[table].rows or isinstance(self._run, Recorded):
            return
        gather = self.writer.gathers[table]
        going = chosen(self.writer, gather, "k.stay IS NULL")
        left = f"SELECT count(*) FROM {self.writer.beside(gather, going)}"
        if self._run.look(Statement(left))[0][0]:
            raise _not_let_go(table)

    def _delete_unreferred(self, action: Delete) -> int:
        """Mark what others refer to and delete the rest, by one statement; how many rows went."""
        counts = self._run.look(delete_unreferred(self.writer, action))
        marked, gone = (int(str(count)) for count in counts[0]) if counts else (1, 1)
        self._referred[action.table] += marked
        return gone

    def _delete_rest(self, action: Delete) -> int:
        """Mark what others refer to, then delete the rest; how many rows went."""
        for referring in action.referring:
            while self._refer(action.table, referring, holding=False) and referring.table == action.table and not isinstance(self._run, Recorded):
                pass
        statement = delete(self.writer, action)
        gone = last = self._run.change(statement)
        while action.leafwise and last and not isinstance(self._run, Recorded):
            last = self._run.change(statement)
            gone += last
        return gone

    # -------------------------------------------------------------------------------------------------- looking again

    def look(self, system: str, token: str | None) -> Effect:
        """What came of it, as one statement reads it; rows and columns that are not as they should be are what remains."""
        values = Values()
        looks = counted(self.writer) + came_back(self.writer, values, everything=token is None) + spaced(self.writer, values) + astray(self.writer, values)
        looks += strayed(self.writer, values) + left_behind(self.writer, values)
        for action in self._done:
            looks += unchanged(self.writer, values, action, token)
        rows = self._run.look(Statement(" UNION ALL ".join(looks), values.held)) if looks else ()
        return self._effect(system, rows)

    def expect(self, changes: Iterable[Change]) -> None:
        """Take changes as done, to look whether they are."""
        self._done += [item for item in changes if self._possible(item)]

    def _effect(self, system: str, rows: Sequence[Sequence[object]]) -> Effect:
        gathers = self.writer.plan.gathers
        found = Counter(self._found)
        stay: dict[str, dict[str, int]] = {}
        remains: Counter[tuple[str, str | None]] = Counter()
        people = list(self._people)
        for what, place, person, why, number in rows:
            table, count = gathers[int(str(place))].table, int(str(number))
            if what == COUNTED:
                people.append((int(str(person)), table, count))
            elif what == BY_REASON:
                found[table] += count
                if why is not None:
                    stay.setdefault(table, {})[str(why)] = count
            elif count:
                remains[table, None if what == CAME_BACK else str(why)] += count
        tables = tuple(
            TableEffect(
                gather.table, found[gather.table], self._deleted[gather.table], self._changed[gather.table],
                tuple(sorted(stay.get(gather.table, {}).items())),
            )
            for gather in gathers
        )  # fmt: skip
        left = tuple(Remains(table, column, count) for (table, column), count in sorted(remains.items(), key=str))
        return Effect(system, tables, left, people=tuple(sorted(people)))


class Recorded:
    """Runs nothing: keeps the statements that would be run, as they are spoken."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def keep(self, name: str, statement: Statement) -> int:
        """As if there was a row."""
        return self.change(statement)

    def change(self, statement: Statement) -> int:
        """As if there was a row."""
        self.statements.append(statement.spoken())
        return 1

    def look(self, statement: Statement) -> Sequence[Sequence[object]]:
        """As if there was nothing."""
        self.statements.append(statement.spoken())
        return [(0,)] if statement.text.startswith("SELECT count(*)") else []


def _not_let_go(table: str) -> Refusal:
    return Refusal(
        say(N_("`{table}` did not let go of rows that were to be deleted: a trigger or a rule holds them"), table=table),
        say(N_("nothing was changed; look at the triggers and rules of the table, or keep its rows by a rule")),
    )


def too_many(table: str) -> Refusal:
    """More rows than are allowed at once."""
    return Refusal(
        say(N_("there are more rows in `{table}` than may be handled at once"), table=table),
        say(N_("take fewer people at once, or raise the limit of rows")),
    )


