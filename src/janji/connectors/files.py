"""The connector of files: Parquet, CSV and JSON Lines in a folder or a bucket, read by DuckDB and rewritten to erase."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from janji.connectors.base import Alike, Gap, Take
from janji.connectors.bounds import LIMITS, Limits
from janji.connectors.expiring import timed
from janji.connectors.file_effects import alike, by_person, effects, handed_on, in_words, remains
from janji.connectors.file_rewriting import (
    PART,
    PREFIX,
    Folder,
    Place,
    Replacement,
    changed,
    discard,
    fingerprint,
    prepare,
    same_form,
    unlike,
)
from janji.connectors.file_search import FileSearch
from janji.connectors.file_views import FILE, ROW, Duck, FileView, literal, make_view, quoted, stored
from janji.connectors.folders import FileTable, Written, list_tables
from janji.datamap.catalogue import Catalogue, Column, Kind, Sort, Table
from janji.erasure.forms import may_miss, misfit
from janji.erasure.steps import (
    Action,
    Change,
    Clear,
    Delete,
    Due,
    Effect,
    Filling,
    Hold,
    Keep,
    Known,
    Level,
    Problem,
    Reach,
    Reason,
    Stop,
    StorePlan,
)
from janji.erasure.watched import left_in_words
from janji.errors import Invalid, Refusal
from janji.terms.messages import N_, say


class FilesConnector:
    """Files in a folder or a bucket as a store. `gaps` is empty for a folder; a bucket replaces its objects one by one."""

    def __init__(self, system: str, place: Place, gaps: frozenset[Gap] = frozenset(), limits: Limits = LIMITS) -> None:
        self.system, self.gaps = system, gaps
        self._place, self._rows = place, limits.rows
        self._duck = Duck([place.root], limits.statement)

    def catalogue(self) -> Catalogue:
        """The tables of the folder. A file that nobody can read is a table without columns, so that it is seen."""
        tables = {}
        for name, table in list_tables(self._place.root).items():
            view = make_view(self._duck, table)
            tables[name] = Table(
                name, view.columns, Kind.FILE, rows=self._counted(table), bytes=sum(path.stat().st_size for path in table.files)
            )
        return Catalogue("files", tables)

    def _counted(self, table: FileTable) -> int | None:
        """How many rows Parquet files say that they have; others would have to be read."""
        if table.written is not Written.PARQUET:
            return None
        listed = ", ".join(literal(str(path)) for path in table.files)
        return int(self._duck.run(f"SELECT coalesce(sum(num_rows), 0) FROM parquet_file_metadata([{listed}])")[0][0])

    def sample(self, table: str, columns: Sequence[str], size: int) -> Mapping[str, list[Any]]:
        """Up to `size` values of each column, drawn from all over the files with a fixed seed."""
        view = self._view(list_tables(self._place.root), table, columns)
        found = {}
        for name in columns:
            column = view.column(name)
            rows = self._duck.run(
                f"SELECT {_shown(column)} FROM (SELECT {quoted(name)} FROM {quoted(table)} WHERE {quoted(name)} IS NOT NULL) t "
                f"USING SAMPLE reservoir({int(size)} ROWS) REPEATABLE (7)"
            )
            found[name] = [_value(column, row[0]) for row in rows]
        return found

    def search(self, plan: StorePlan, people: Sequence[Known], take: Take) -> tuple[Known, ...]:
        """Gather and hand over. Raises `Conflict` at the end when a file was written meanwhile: what was taken is not one snapshot."""
        search, prints = self._opened(plan)
        search.tell(people)
        search.gather()
        self._hand_over(search, take)
        known = handed_on(search, self.system)
        _unchanged(prints)
        return known

    def _hand_over(self, search: FileSearch, take: Take) -> None:
        total = 0
        for table in search.gathers:
            columns = search.views[table].columns
            chosen = "".join(f", {_shown(column)}" for column in columns)
            for person, *held in self._duck.stream(
                f"SELECT k.person{chosen} FROM (SELECT DISTINCT person, f, r FROM {search.keys(table)}) k "
                f"JOIN {quoted(table)} t ON t.{quoted(FILE)} = k.f AND t.{quoted(ROW)} = k.r"
            ):
                total += 1
                if total > self._rows:
                    raise self._too_many()
                take(person, table, {column.name: _value(column, value) for column, value in zip(columns, held, strict=True)})

    def preflight(self, plan: StorePlan, people: Sequence[Known]) -> tuple[Problem, ...]:
        """Files that cannot be replaced or written again, values that a column cannot have, and identifiers that would not be found."""
        search, _ = self._opened(plan)
        found = []
        for table in _acted(plan):
            view = search.views[table]
            found += [Problem(table, *reason) for reason in self._place.refusals(view.table.files)]
            found += [Problem(table, error.message, error.help or error.message) for error in map(unlike, self._unlike(view))]
        for action in plan.actions:
            if isinstance(action, Change):
                found += self._unfit(search.views[action.table], action)
        looked_at = [(gather.table, reach) for gather in plan.gathers for reach in gather.reaches if may_miss(reach)]
        missed = (misfit(table, reach, search.spelt(table, reach)) for table, reach in looked_at)
        return (*found, *(problem for problem in missed if problem is not None), *self._staying(plan, people))

    def _staying(self, plan: StorePlan, people: Sequence[Known]) -> tuple[Problem, ...]:
        """What stands in the way in rows that stay for others: these are looked for where there can be any."""
        kept, several = {mark.table for mark in plan.marks}, {gather.table for gather in plan.gathers if gather.of_several}
        spoken = replace(plan, words=tuple((table, columns) for table, columns in plan.words if table in several - kept))
        stops = any(isinstance(action, Stop) and Reason.SHARED in action.reasons for action in plan.actions)
        if not (spoken.words or stops):
            return ()
        search, _ = self._opened(spoken)
        search.tell(people)
        search.gather()
        try:
            search.mark("")
        except Refusal as stop:
            where = next(action.table for action in plan.actions if isinstance(action, Stop) and action.message == stop.message)
            return (Problem(where, stop.message, stop.help or stop.message),)
        return tuple(left_in_words(one.table, f"{one.column}", one.rows) for one in in_words(search, reasons=(Reason.FOUND, Reason.SHARED)))

    def _unlike(self, view: FileView) -> Iterator[Path]:
        """Parquet files whose types would change: tried with a copy of no row."""
        probe = self._place.root / f"{PREFIX}probe{PART}"
        try:
            for path in view.table.files if view.table.written is Written.PARQUET else ():
                self._duck.run(f"COPY (SELECT * FROM read_parquet({literal(str(path))}, hive_partitioning = false) LIMIT 0) TO {literal(str(probe))} (FORMAT parquet)")
                if not same_form(self._duck, path, probe):
                    yield path
        finally:
            probe.unlink(missing_ok=True)

    def _unfit(self, view: FileView, change: Change) -> Iterator[Problem]:
        for assignment in change.assignments:
            column = view.column(assignment.column)
            if column.generated:
                message = say(N_("`{column}` of `{table}` stands in the name of a folder and cannot be changed"), column=column.name, table=change.table)
                yield Problem(change.table, message, say(N_("delete the rows, or serve the system by hand")))
            right = "" if assignment.replaced is None else assignment.replaced.becomes
            text = {Filling.CONSTANT: assignment.constant, Filling.TOKEN: "0" * 32, Filling.PATHS: "{}", Filling.ONLY: "{}", Filling.REPLACED: right}.get(assignment.filling)
            if text is None or stored(column.type) == "VARCHAR":
                continue
            if self._duck.run(f"SELECT TRY_CAST(? AS {column.type}) IS NULL", [text])[0][0]:
                message = say(N_("`{column}` of `{table}` cannot hold what it should become"), column=column.name, table=change.table)
                yield Problem(change.table, message, say(N_("say `becomes: null` for it, or a value of its type")))

    def statements(self, plan: StorePlan) -> tuple[str, ...]:
        """The searches of DuckDB, and the files that would be written again."""
        search, _ = self._opened(plan)
        rewritten = [f"-- rewrite {path.relative_to(self._place.root)}" for table in _acted(plan) for path in search.views[table].table.files]
        return (*(search.gathering(gather) for gather in plan.gathers), *rewritten)

    def erase(self, plan: StorePlan, people: Sequence[Known], token: str) -> Effect:
        """Write every file that is touched anew, put all of them in their places, and look again."""
        with self._place.held():
            search, prints = self._opened(plan)
            search.tell(people)
            search.gather()
            search.mark(token)
            done, found, words = effects(search), by_person(search), in_words(search)
            self._bounded(found)
            search.stand()
            gone = self._rewrite(search, prints)
            before, search.views = search.views, self._views(plan)
            search.remember()
            search.gather(again=True)
            search.mark(token, again=True)
            for table in search.gathers:
                now = {path: place for place, path in enumerate(search.views[table].table.files)}
                search.spare_standing(table, {old: now[path] for old, path in enumerate(before[table].table.files) if path in now})
        return Effect(self.system, done, (*remains(search), *words), Level.REWRITTEN if gone else Level.LOGICAL, found)

    def _bounded(self, found: Sequence[tuple[int, str, int]]) -> None:
        if sum(rows for _, _, rows in found) > self._rows:
            raise self._too_many()

    def _too_many(self) -> Refusal:
        return Refusal(say(N_("there are more rows than {count}"), count=self._rows), say(N_("take fewer people at once, or raise the limit of rows")))

    def _rewrite(self, search: FileSearch, prints: Mapping[Path, Any]) -> bool:
        """Children first, as the actions are: what leads to a row goes after it."""
        numbers = count(1)
        made: list[Replacement] = []
        try:
            for table in _acted(search.plan):
                made += prepare(search, table, numbers)
            _unchanged(prints)
            return self._place.commit(made)
        except BaseException:
            discard(made)
            raise

    def reread(self, plan: StorePlan, people: Sequence[Known]) -> Effect:
        """Gather and mark as an erasure would: whatever would go is what remains."""
        search, prints = self._opened(plan)
        search.tell(people)
        search.gather()
        search.mark("", again=True)
        left = (*remains(search), *in_words(search))
        _unchanged(prints)
        return Effect(self.system, effects(search), left, Level.LOGICAL, by_person(search))

    def due(self, plan: StorePlan, people: Sequence[Known]) -> int:
        """Count what is due."""
        search, _ = self._opened(plan)
        search.tell(people)
        return search.due(*timed(plan))

    def alike(self, plan: StorePlan, columns: Sequence[str], least: int) -> Alike:
        """Count groups of rows that agree."""
        search, _ = self._opened(plan, {timed(plan)[0].table: list(columns)})
        return alike(search, *timed(plan), columns, least)

    def settle(self, plan: StorePlan, level: Level) -> Level:
        """Files are rewritten as they are erased from; a bucket that keeps versions lets former ones go only when asked."""
        if level in (Level.NONE, Level.LOGICAL):
            return Level.LOGICAL
        files = [path for name, table in list_tables(self._place.root).items() if name in _acted(plan) for path in table.files]
        return Level.REWRITTEN if self._place.deepen(files) else Level.LOGICAL

    def close(self) -> None:
        """Forget what was read."""
        self._duck.close()
        self._place.close()

    # ---------------------------------------------------------------------------------------------------------- views

    def _opened(self, plan: StorePlan, besides: Mapping[str, Sequence[str]] | None = None) -> tuple[FileSearch, dict[Path, Any]]:
        """The views that a plan needs, and how each of their files is now."""
        views = self._views(plan, besides)
        prints = {path: fingerprint(path) for view in views.values() for path in view.table.files}
        return FileSearch(self._duck, views, plan), prints

    def _views(self, plan: StorePlan, besides: Mapping[str, Sequence[str]] | None = None) -> dict[str, FileView]:
        held = list_tables(self._place.root)
        return {name: self._view(held, name, [*columns, *(besides or {}).get(name, ())]) for name, columns in columns_of(plan).items()}

    def _view(self, held: Mapping[str, FileTable], name: str, columns: Sequence[str]) -> FileView:
        if name not in held or held[name].written is None:
            raise Invalid(
                say(N_("there is no file of the table `{table}` any more"), table=name),
                say(N_("look at what changed with `janji map diff`, review it, and make the plan again")),
            )
        return make_view(self._duck, held[name], columns)


def open_folder(system: str, path: Path, limits: Limits = LIMITS) -> FilesConnector:
    """A folder of files as a store."""
    return FilesConnector(system, Folder(path.resolve()), frozenset(), limits)


def _acted(plan: StorePlan) -> list[str]:
    """The tables that a plan changes or deletes from, in the order of its actions."""
    return list(dict.fromkeys(action.table for action in plan.actions if isinstance(action, Change | Clear | Delete)))


def columns_of(plan: StorePlan) -> dict[str, list[str]]:
    """The columns that a plan speaks of, by table."""
    found: dict[str, list[str]] = {gather.table: list(gather.hands_on) for gather in plan.gathers}
    spoken = [pair for gather in plan.gathers for reach in gather.reaches for pair in _of_reach(gather.table, reach)]
    spoken += [pair for gather in plan.gathers for reach in gather.spare for pair in _of_reach(gather.table, reach)]
    spoken += [pair for gather in plan.gathers if gather.due is not None for pair in _of_due(gather.table, gather.due)]
    spoken += plan.words
    spoken += [pair for mark in plan.marks for keep in mark.keeps for pair in _of_keep(mark.table, keep)]
    spoken += [pair for action in plan.actions for pair in _of_action(action)]
    for table, columns in spoken:
        found.setdefault(table, []).extend(columns)
    return found


def _of_reach(table: str, reach: Reach) -> Iterator[tuple[str, Sequence[str]]]:
    yield table, [*reach.columns, *(name for name, _ in reach.where)]
    if reach.source is not None:
        yield reach.source, reach.referred
    for way in reach.after:
        yield from _of_reach(table, way)


def _of_due(table: str, due: Due) -> Iterator[tuple[str, Sequence[str]]]:
    yield table, [due.column, *(name for name, _ in due.where), *(item.column for item in due.unlike)]
    for keep in due.unless:
        yield from _of_keep(table, keep)
    for one in due.referring:
        yield from ((one.table, one.columns), (table, one.referred))


def _of_keep(table: str, keep: Keep) -> Iterator[tuple[str, Sequence[str]]]:
    yield table, [] if keep.column is None else [keep.column]
    if keep.follows is not None:
        yield from _of_reach(table, keep.follows)
    for other in keep.besides:
        yield from _of_keep(table, other)


def _of_action(action: Action) -> Iterator[tuple[str, Sequence[str]]]:
    if isinstance(action, Change):
        yield action.table, [one.column for one in action.assignments]
        yield from _of_reach(action.table, action.reach) if action.reach is not None else ()
    elif isinstance(action, Clear):
        yield action.table, action.columns
    elif isinstance(action, Hold | Delete):
        pairs = action.pairs if isinstance(action, Hold) else tuple((action.table, one) for one in action.referring)
        for table, referring in pairs:
            yield from ((referring.table, referring.columns), (table, referring.referred))


def _unchanged(prints: Mapping[Path, Any]) -> None:
    try:
        same = all(fingerprint(path) == before for path, before in prints.items())
    except OSError:
        same = False
    if not same:
        raise changed()


def _shown(column: Column) -> str:
    """A column as Python takes it: what is nested as JSON, instants in UTC."""
    name = f"t.{quoted(column.name)}"
    if column.sort in (Sort.JSON, Sort.LIST) and column.type != "JSON":
        return f"CAST(to_json({name}) AS VARCHAR)"
    return f"timezone('UTC', {name})" if column.type == "TIMESTAMP WITH TIME ZONE" else name


def _value(column: Column, value: Any) -> Any:
    """A value as it was meant: JSON as what it says, instants aware."""
    if column.type == "TIMESTAMP WITH TIME ZONE" and isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, str) and (column.sort in (Sort.JSON, Sort.LIST) or (column.type == "JSON" and column.sort is not Sort.TEXT)):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
