"""The connector of every SQL database: one statement a table that gathers, one that deletes, and one look at all of them again."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.engine import Engine

from janji.connectors.base import Alike, Gap, Take
from janji.connectors.bounds import Limits
from janji.connectors.dialects import Dialect, Statement
from janji.connectors.engines import translate
from janji.connectors.execution import Execution, Recorded, too_many
from janji.connectors.expiring import alike, due_count, timed
from janji.connectors.failures import Again, failure
from janji.connectors.gathering import Writer
from janji.connectors.refusals import outliving, refusals
from janji.connectors.rings import deep
from janji.connectors.searching import kept, searching
from janji.connectors.stray import references
from janji.datamap.catalogue import Catalogue, OnDelete
from janji.erasure.steps import Change, Delete, Effect, Gather, Known, Level, Problem, Remains, Stop, StorePlan
from janji.erasure.watched import left_in_words
from janji.errors import Invalid, JanjiError, Refusal, Unavailable
from janji.terms.messages import N_, say

T = TypeVar("T")
ATTEMPTS = 3
"""How often an erasure begins anew when somebody else's change came between."""


class SqlConnector:
    """One SQL database that is open. Not for two threads at once."""

    gaps: frozenset[Gap] = frozenset()

    def __init__(self, system: str, engine: Engine, dialect: Dialect, limits: Limits) -> None:
        self.system = system
        self._engine = engine
        self._dialect = dialect
        self._limits = limits
        self._form: Catalogue | None = None
        self._lying: dict[int, list[str]] = {}

    # ------------------------------------------------------------------------------------------------------ reading

    def catalogue(self) -> Catalogue:
        """The form of the database now; what follows is written for it."""
        from janji.connectors.reflection import form

        self._dialect.renew()
        if self._lying:
            with self._connected():
                pass  # nothing of ours lies about when the form is read
        self._form = form(self._engine)
        return self._form

    def sample(self, table: str, columns: Sequence[str], size: int) -> Mapping[str, list[Any]]:
        """Up to `size` values of each column."""
        from janji.connectors.sampling import sample

        return sample(self._engine, table, columns, size)

    def search(self, plan: StorePlan, people: Sequence[Known], take: Take) -> tuple[Known, ...]:
        """Every row of the people, one statement a table, in one snapshot that is read alone."""
        writer = self._writer(plan, people)
        handed: dict[Known, None] = {}
        left = self._limits.rows
        with self._transaction(read_only=True) as connection:
            for gather, statement in searching(writer):
                names = [column.name for column in writer.table(gather.table).columns]
                count = self._hand(connection, gather, names, statement, take, handed, left)
                left -= count
                if count == 0:
                    writer.gathered.pop(gather.table, None)
        return tuple(handed)

    def _hand(
        self, connection: Any, gather: Gather, names: list[str], statement: Statement, take: Take, handed: dict[Known, None], left: int
    ) -> int:
        """Hand the rows of one table over, and note what other systems look for; how many there were."""
        table, count = gather.table, 0
        on = [(names.index(name), f"{self.system}/{table}.{name}") for name in gather.hands_on]
        with self._dialect.bounding(self._limits, connection), self._dialect.stream(connection, statement) as rows:
            for person, *values in rows:
                count += 1
                if count > left:
                    raise too_many(table)
                take(person, table, dict(zip(names, values, strict=True)))
                for place, kind in on:
                    if values[place] is not None:
                        handed[Known(person, kind, str(values[place]))] = None
        return count

    # ----------------------------------------------------------------------------------------------------- erasing

    def statements(self, plan: StorePlan) -> tuple[str, ...]:
        """What is asked of the database to carry a plan out, in order."""
        kinds = {reach.kind for gather in plan.gathers for reach in gather.reaches if reach.kind}
        run = Recorded()
        execution = Execution(self._writer(plan, [Known(0, kind, "0") for kind in sorted(kinds)]), run, self._limits.rows, "")
        execution.gather()
        execution.act()
        execution.look(self.system, "")
        return (*run.statements, *map(self._dialect.refilling, plan.refreshes))

    def preflight(self, plan: StorePlan, people: Sequence[Known]) -> tuple[Problem, ...]:
        """What the database would refuse, asked without writing: rights, conditions on what columns become; and whom it would not find."""
        from janji.connectors.questions import answered

        with self._connected() as connection:
            run, writer = _Running(self._dialect, connection, self._limits), self._writer(plan, people)
            made = kept(writer, run.keep) if plan.actions and deep(plan.rounds) else []
            found = (*refusals(writer, run.look), *answered(writer, run.look))
            if made:
                self._dialect.forget(connection, made)
        return found or _patiently(lambda: self._rehearsed(plan, people))

    def _rehearsed(self, plan: StorePlan, people: Sequence[Known]) -> tuple[Problem, ...]:
        """What only the erasure itself would find, where something can stop it or be left: carried out in a transaction that is undone."""
        writer = self._writer(plan, people)
        named = references(writer)
        if not named and not any(isinstance(action, Stop) for action in plan.actions) and not self._refusing(plan):
            return ()
        try:
            with self._connected() as connection:
                execution = Execution(writer, _Running(self._dialect, connection, self._limits), self._limits.rows, "")
                with self._inside(connection, read_only=False, keep=False):
                    if self._waits():
                        self._dialect.defer(connection)
                    execution.gather()
                    execution.act()
                    self._dialect.insist(connection)
                    remains = execution.look(self.system, "").remains if named else ()
                if not self._dialect.undoes_tables:
                    self._lying[id(connection)] = execution.made
        except (Refusal, Invalid) as error:
            return (Problem("", error.message, error.help or error.message),)
        return tuple(left_in_words(item.table, f"{item.column}", item.rows) for item in remains if (item.table, item.column) in named)

    def _refusing(self, plan: StorePlan) -> bool:
        """Whether a foreign key would make nothing of a reference that may not be nothing."""
        deleted = {action.table for action in plan.actions if isinstance(action, Delete)}
        tables = self._form.tables.values() if self._form is not None else ()
        keys = [(table, key) for table in tables for key in table.foreign_keys if key.on_delete is OnDelete.SET_NULL and key.table in deleted]
        nulled = [table.column(name) for table, key in keys for name in key.columns]
        return any(column is not None and not column.nullable for column in nulled)

    def erase(self, plan: StorePlan, people: Sequence[Known], token: str) -> Effect:
        """Gather, mark, change and delete in one transaction; then look again in a new one."""
        return _patiently(lambda: self._erase(plan, people, token))

    def _erase(self, plan: StorePlan, people: Sequence[Known], token: str) -> Effect:
        with self._connected() as connection:
            run = _Running(self._dialect, connection, self._limits)
            execution = Execution(self._writer(plan, people), run, self._limits.rows, token)
            with self._inside(connection, read_only=False):
                if self._waits():
                    self._dialect.defer(connection)
                for problem in outliving(execution.writer, run.look):  # a sweep asks nothing before
                    raise Refusal(problem.message, problem.help)
                execution.gather()
                execution.act()
            try:
                copies = self._copies(connection, plan, refill=execution.touched)
                with self._inside(connection, read_only=True):
                    effect = execution.look(self.system, token)
                self._lying[id(connection)] = execution.made
            except Exception:  # whatever it is, the erasure itself is done
                raise Unavailable(
                    say(N_("what was erased could not be looked at again")),
                    say(N_("run this again: what is gone stays gone, and is looked for once more")),
                ) from None
        return replace(effect, remains=effect.remains + copies)

    def _copies(self, connection: Any, plan: StorePlan, refill: bool) -> tuple[Remains, ...]:
        """What materialised views still show that no table has any more; with `refill` they are filled anew first."""
        left = []
        for view in plan.refreshes:
            rows = 0 if refill and self._dialect.refill(connection, view) else self._dialect.stale(connection, view)
            left += [Remains(view, None, rows)] if rows else []
        return tuple(left)

    def _waits(self) -> bool:
        """Whether a foreign key can wait until the end of the transaction."""
        tables = self._form.tables.values() if self._form is not None else ()
        return any(key.deferrable for table in tables for key in table.foreign_keys)

    def reread(self, plan: StorePlan, people: Sequence[Known]) -> Effect:
        """Gather and mark again, and count what should not be there; nothing of it lasts."""
        with self._connected() as connection:
            run = _Running(self._dialect, connection, self._limits)
            execution = Execution(self._writer(plan, people), run, self._limits.rows, "", acting=False)
            with self._inside(connection, read_only=False, keep=False):
                execution.gather()
                execution.expect(action for action in plan.actions if isinstance(action, Change))
                effect = execution.look(self.system, None)
            if not self._dialect.undoes_tables:
                self._lying[id(connection)] = execution.made
            copies = self._copies(connection, plan, refill=False)
        return replace(effect, remains=effect.remains + copies)

    def due(self, plan: StorePlan, people: Sequence[Known]) -> int:
        """Count what is due, in one statement."""
        gather, due = timed(plan)
        return self._ask(due_count(self._writer(plan, people), gather, due))[0]

    def alike(self, plan: StorePlan, columns: Sequence[str], least: int) -> Alike:
        """Count groups in one statement."""
        gather, due = timed(plan)
        return Alike(*self._ask(alike(self._writer(plan, ()), gather, due, columns, least)))

    def _ask(self, statement: Statement) -> list[int]:
        with self._transaction(read_only=True) as connection:
            return [int(str(value)) for value in _Running(self._dialect, connection, self._limits).look(statement)[0]]

    def settle(self, plan: StorePlan, level: Level) -> Level:
        """Bring the tables of a plan to a deeper level; the one that is reached where the account may do no more."""
        tables = list(dict.fromkeys(action.table for action in plan.actions if hasattr(action, "table")))
        order = list(Level)
        if not tables or order.index(level) <= order.index(Level.LOGICAL):
            return Level.LOGICAL
        with self._connected() as connection:
            return self._dialect.settle(connection, tables, level)

    def close(self) -> None:
        """Let go of the database."""
        self._lying.clear()
        self._engine.dispose()

    # -------------------------------------------------------------------------------------------------- connections

    def _writer(self, plan: StorePlan, people: Sequence[Known]) -> Writer:
        return Writer(self._dialect, self._form or self.catalogue(), plan, people)

    @contextmanager
    def _connected(self) -> Generator[Any, None, None]:
        """A connection of the driver's own; after a failure it is closed, with all that it holds.

        Temporary tables end with the connection, which is mostly soon; where it is used again, they are dropped first.
        """
        try:
            held = self._engine.raw_connection()
        except Exception as error:
            raise translate(error) from None
        try:
            self._dialect.prepare(held.driver_connection)
            if lying := self._lying.pop(id(held.driver_connection), None):
                self._dialect.forget(held.driver_connection, lying)
            yield held.driver_connection
            self._dialect.release(held.driver_connection)
        except JanjiError:
            held.invalidate()
            raise
        except Exception as error:
            held.invalidate()
            raise failure(error) from None
        else:
            held.close()

    @contextmanager
    def _transaction(self, read_only: bool) -> Generator[Any, None, None]:
        with self._connected() as connection, self._inside(connection, read_only):
            yield connection

    @contextmanager
    def _inside(self, connection: Any, read_only: bool, keep: bool = True) -> Generator[None, None, None]:
        self._dialect.begin(connection, read_only, self._limits)
        yield
        self._dialect.end(connection, keep)


def _patiently(attempt: Callable[[], T]) -> T:
    """Try again where somebody else's change came between. Raises `Conflict` when that goes on."""
    for _ in range(ATTEMPTS - 1):
        with suppress(Again):
            return attempt()
    return attempt()


class _Running:
    """Runs the statements of an erasure on a connection."""

    def __init__(self, dialect: Dialect, connection: Any, limits: Limits) -> None:
        self._dialect = dialect
        self._connection = connection
        self._limits = limits

    def keep(self, name: str, statement: Statement) -> int:
        """Make a temporary table; how many rows it has."""
        with self._dialect.bounding(self._limits, self._connection):
            return self._dialect.kept(self._connection, name, statement)

    def change(self, statement: Statement) -> int:
        """Change rows; how many there were."""
        with self._dialect.bounding(self._limits, self._connection):
            return int(self._dialect.execute(self._connection, statement).rowcount)

    def look(self, statement: Statement) -> Sequence[Sequence[object]]:
        """Read a few rows."""
        with self._dialect.bounding(self._limits, self._connection):
            return list(self._dialect.execute(self._connection, statement).fetchall())
