"""The connector of an HTTP service: rows are asked for person by person, judged in memory, deleted or changed one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from janji.connectors.base import Alike, Gap, Take
from janji.connectors.bounds import LIMITS, Limits
from janji.connectors.file_effects import by_person, effects, handed_on, remains
from janji.connectors.file_search import PEOPLE, FileSearch
from janji.connectors.file_text import json_value
from janji.connectors.file_views import FILE, ROW, Duck, FileView, literal, quoted
from janji.connectors.folders import FileTable, Written
from janji.connectors.service_calls import ServiceCalls
from janji.connectors.service_format import Endpoint, Service, ServiceTable
from janji.datamap.catalogue import Catalogue, Column
from janji.erasure.steps import Change, Clear, Delete, Effect, Gather, Known, Level, Problem, Reach, StorePlan
from janji.errors import Invalid, Refusal
from janji.network.asking import Asker
from janji.terms.messages import N_, Message, say

GAPS = frozenset({Gap.CATALOGUE, Gap.SAMPLE, Gap.SNAPSHOT, Gap.ATOMIC, Gap.REWRITE, Gap.DUE, Gap.CORRECT})
"""Its form is described and not looked up; its rows cannot be drawn from, read at one moment, changed at once, written anew or found by time."""
HELD = 128 << 20
"""Characters of what a service gives in one search, which are held until all of it is judged."""


class HttpServiceConnector:
    """A service that is reached over HTTP as a store. Only requests that its file describes are sent."""

    def __init__(self, system: str, service: Service, secrets: Mapping[str, str], asker: Asker, limits: Limits = LIMITS) -> None:
        self.system, self.gaps = system, GAPS
        self._service, self._limit, self._asker = service, limits.rows, asker
        self._calls = ServiceCalls(service, secrets, asker)
        self._duck = Duck([], limits.statement)

    def catalogue(self) -> Catalogue:
        """The form of the service as its file says it."""
        return self._service.catalogue()

    def sample(self, table: str, columns: Sequence[str], size: int) -> Mapping[str, list[Any]]:
        """Nothing: a service gives the rows of people who are looked for, and no others."""
        return {name: [] for name in columns}

    def search(self, plan: StorePlan, people: Sequence[Known], take: Take) -> tuple[Known, ...]:
        """Ask for the rows of each person, and for what hangs on them."""
        fetched = self._opened(plan, people)
        fetched.fetch()
        search = fetched.search
        for table in search.gathers:
            for person, row in self._duck.stream(f"SELECT DISTINCT person, r FROM {search.keys(table)} ORDER BY person, r"):
                take(person, table, fetched.rows[table][row])
        return handed_on(search, self.system)

    def preflight(self, plan: StorePlan, people: Sequence[Known]) -> tuple[Problem, ...]:
        """What the file does not describe and the plan needs."""
        return tuple(self._missing(plan))

    def _missing(self, plan: StorePlan) -> Iterator[Problem]:
        for gather in plan.gathers:
            table = self._table(gather.table)
            for reach in gather.reaches:
                if not set(reach.columns) & set(table.find):
                    yield _lacking(table, say(N_("`{table}` cannot be found by `{column}`"), table=table.id, column=reach.columns[0]), "find")
                if gather.shared and reach.owner and reach.source is not None and not set(reach.referred) & set(self._table(reach.source).find):
                    yield _lacking(
                        self._table(reach.source), say(N_("whose else a row of `{table}` is cannot be told"), table=table.id), "find"
                    )
        for action in plan.actions:
            if isinstance(action, Delete) and self._table(action.table).delete is None:
                yield _lacking(self._table(action.table), say(N_("no row of `{table}` can be deleted"), table=action.table), "delete")
            if isinstance(action, Change | Clear) and self._table(action.table).change is None:
                yield _lacking(self._table(action.table), say(N_("no row of `{table}` can be changed"), table=action.table), "change")

    def statements(self, plan: StorePlan) -> tuple[str, ...]:
        """The requests, with their holes."""
        found = [(self._table(gather.table).find.get(name)) for gather in plan.gathers for reach in gather.reaches for name in reach.columns]
        for action in plan.actions:
            if isinstance(action, Delete):
                found.append(self._table(action.table).delete)
            elif isinstance(action, Change | Clear):
                found.append(self._table(action.table).change)
        return tuple(dict.fromkeys(f"{one.method.upper()} {self._service.at}{one.path}" for one in found if one is not None))

    def erase(self, plan: StorePlan, people: Sequence[Known], token: str) -> Effect:
        """Delete and change row by row, children first; then ask again for everything, by what was known of rows that are gone too."""
        for problem in self._missing(plan):
            raise Invalid(problem.message, problem.help)
        fetched = self._opened(plan, people)
        fetched.fetch()
        fetched.search.mark(token)
        done, found = effects(fetched.search), by_person(fetched.search)
        for table in dict.fromkeys(action.table for action in plan.actions if isinstance(action, Change | Clear | Delete)):
            self._act(fetched, self._table(table))
        fetched.again()
        fetched.search.mark(token, again=True)
        return Effect(self.system, done, remains(fetched.search), Level.LOGICAL, found)

    def _act(self, fetched: _Fetched, table: ServiceTable) -> None:
        search = fetched.search
        slots = search.assigned[table.id]
        chosen = "".join(f", s{slot}, v{slot}" for slot, _ in enumerate(slots))
        sorts = {column.id: column.sort for column in table.columns.values()}
        for row, gone, *held in self._duck.run(f"SELECT r, gone{chosen} FROM {search.marks(table.id)} ORDER BY r"):
            values = {name: json_value(held[2 * slot + 1], sorts[name]) for slot, name in enumerate(slots) if held[2 * slot]}
            if gone and table.delete is not None:
                self._calls.act(table.delete, fetched.rows[table.id][row])
            elif values and not gone and table.change is not None:
                self._calls.act(table.change, fetched.rows[table.id][row], values)

    def reread(self, plan: StorePlan, people: Sequence[Known]) -> Effect:
        """Ask again: whatever would go is what remains."""
        fetched = self._opened(plan, people)
        fetched.fetch()
        fetched.search.mark("", again=True)
        return Effect(self.system, effects(fetched.search), remains(fetched.search), Level.LOGICAL, by_person(fetched.search))

    def due(self, plan: StorePlan, people: Sequence[Known]) -> int:
        """Nothing: rows are not found by time."""
        return 0

    def alike(self, plan: StorePlan, columns: Sequence[str], least: int) -> Alike:
        """Nothing: rows are not found by time."""
        return Alike(0, 0, 0, 0)

    def settle(self, plan: StorePlan, level: Level) -> Level:
        """How deep a service deletes is its own affair: what is known is that it gives nothing any more."""
        return Level.LOGICAL

    def close(self) -> None:
        """Let go of the connections, and forget what was read."""
        self._duck.close()
        self._asker.close()

    def _opened(self, plan: StorePlan, people: Sequence[Known]) -> _Fetched:
        fetched = _Fetched(self._calls, self._duck, {name: self._table(name) for name in _tables(plan)}, plan, self._limit)
        fetched.search.tell(people)
        return fetched

    def _table(self, name: str) -> ServiceTable:
        if name not in self._service.tables:
            raise Invalid(say(N_("the service has no table `{table}`"), table=name), say(N_("look at what changed with `janji map diff`, and make the plan again")))
        return self._service.tables[name]


class _Fetched:
    """The rows that a service gave so far: as it gave them, and as tables in which they are judged."""

    def __init__(self, calls: ServiceCalls, duck: Duck, tables: Mapping[str, ServiceTable], plan: StorePlan, limit: int) -> None:
        self._calls, self._tables, self._limit = calls, tables, limit
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self._numbers: dict[tuple[str, ...], int] = {}
        self._asked: set[tuple[str, str, str]] = set()
        self._size = 0
        views = {}
        for name, table in tables.items():
            columns = tuple(Column(column.id, "JSON", column.sort) for column in table.columns.values())
            views[name] = FileView(FileTable(name, Written.LINES, ()), columns)
        self.search = FileSearch(duck, views, plan)
        self._empty()

    def _empty(self) -> None:
        self.rows = {name: [] for name in self._tables}
        self._numbers, self._asked, self._size = {}, set(), 0
        for name, table in self._tables.items():
            listed = ", ".join(f"{quoted(column)} VARCHAR" for column in table.columns)
            self.search.duck.run(f"CREATE OR REPLACE TABLE {quoted(name)} ({quoted(FILE)} BIGINT, {quoted(ROW)} BIGINT, {listed})")

    def again(self) -> None:
        """Ask for everything anew; what was referred to before is asked for as well."""
        self.search.remember()
        self._empty()
        self.fetch()

    def fetch(self) -> None:
        """Ask until no answer leads further."""
        before = -1
        while before != len(self._asked):
            before = len(self._asked)
            for gather in self.search.plan.gathers:
                for reach in gather.reaches:
                    self._follow(gather, reach)
                self.search.gather()
                if gather.shared:
                    self._look_up(gather)

    def _follow(self, gather: Gather, reach: Reach) -> None:
        """Ask for the rows that a reach leads to, by the first of its columns by which they can be found."""
        place = next((place for place, name in enumerate(reach.columns) if name in self._tables[gather.table].find), None)
        if place is None:
            raise Invalid(
                say(N_("`{table}` cannot be found by `{column}`"), table=gather.table, column=reach.columns[0]), say(N_("describe it under `find` in the file of the service"))
            )
        if reach.source is None:
            values = self.search.duck.run(f"SELECT DISTINCT exact FROM {PEOPLE} WHERE kind = {literal(reach.kind or '')} ORDER BY 1")
        else:
            referred = quoted(reach.referred[place])
            parts = [f"SELECT {referred} FROM {keys} WHERE owned" for keys in (self.search.keys(reach.source), self.search.memory(reach.source))]
            values = self.search.duck.run(f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)}) ORDER BY 1")
        for (value,) in values:
            self._ask(gather.table, reach.columns[place], f"{reach.prefix}{value}" if value and reach.prefix else value)

    def _look_up(self, gather: Gather) -> None:
        """Ask for the rows to which rows of several people lead, so that it is seen whose they are."""
        for reach in gather.reaches:
            source = self._tables.get(reach.source or "")
            if source is None or not reach.owner:
                continue
            for mine, theirs in zip(reach.columns, reach.referred, strict=True):
                if theirs in source.find:
                    values = self.search.duck.run(
                        f"SELECT DISTINCT t.{quoted(mine)} FROM {quoted(gather.table)} t JOIN {self.search.keys(gather.table)} k ON k.r = t.{quoted(ROW)} ORDER BY 1"
                    )
                    for (value,) in values:
                        self._ask(source.id, theirs, value.removeprefix(reach.prefix) if value and value.startswith(reach.prefix) else None)
                    break

    def _ask(self, name: str, column: str, value: str | None) -> None:
        if not value or (name, column, value) in self._asked:
            return
        self._asked.add((name, column, value))
        table = self._tables[name]
        endpoint: Endpoint = table.find[column]
        fresh = []
        for row in self._calls.find(endpoint, json_value(value, table.columns[column].sort)):
            row.setdefault(column, value)
            texts = {part: as_text(value) for part, value in row.items()}
            key = (name, *(texts.get(part) or "" for part in table.key))
            if key in self._numbers:
                continue
            self._numbers[key] = len(self.rows[name])
            fresh.append([0, len(self.rows[name]), *map(texts.get, table.columns)])
            self.rows[name].append(row)
            self._size += sum(len(text or "") for text in texts.values())
            if self._size > HELD:
                raise Refusal(
                    say(N_("the service holds more about these people than {size} MB"), size=HELD >> 20), say(N_("take fewer people at once, or serve the system by hand"))
                )
            if len(self._numbers) > self._limit:
                raise Refusal(say(N_("there are more rows than {count}"), count=self._limit), say(N_("take fewer people at once, or raise the limit of rows")))
        holes = ", ".join(["unnest(?)"] * (len(table.columns) + 2))
        self.search.duck.fill(f"INSERT INTO {quoted(name)} SELECT {holes}", fresh)


def open_service(system: str, service: Service, secrets: Mapping[str, str], asker: Asker, limits: Limits = LIMITS) -> HttpServiceConnector:
    """A described service as a store; `secrets` by the names that its file gives them."""
    return HttpServiceConnector(system, service, secrets, asker, limits)


def as_text(value: Any) -> str | None:
    """A member of a row as text: what is no text as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _tables(plan: StorePlan) -> list[str]:
    sources = [reach.source for gather in plan.gathers for reach in gather.reaches if reach.source is not None]
    return list(dict.fromkeys([*(gather.table for gather in plan.gathers), *sources]))


def _lacking(table: ServiceTable, message: Message, part: str) -> Problem:
    return Problem(table.id, message, say(N_("describe it under `{part}` in the file of the service"), part=part))
