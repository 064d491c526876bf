"""GDPRbench's records in memory: what every operation must answer, held against what each level did answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from gdprbench_trace import FIELDS, Condition, Operation, Record, Trace

INDEXED = ("pur", "ttl", "usr", "obj", "dec", "shr")
LOG_LENGTH = 20
"""How many of the newest log records about a person a regulator is shown."""
Rows = dict[str, tuple[str | int, ...]]
Result = int | bool | Rows | tuple[str, ...]
"""How many records were written; whether one is absent; the records read, by key; the log, newest first."""


class Model:
    """All records by key, an index a field, and the log of each person.

    `logs`: what the level writes down of a person (nothing at the bare one). `permits`: whether a person's record may be
    used by an operation; the others are left out of what it reads.
    """

    def __init__(
        self, trace: Trace, logs: Callable[[Operation, str | None], str | None], permits: Callable[[Operation, Record], bool]
    ) -> None:
        self.records: dict[str, list[str | int]] = {}
        self.index: dict[str, dict[str | int, dict[str, None]]] = {field: defaultdict(dict) for field in INDEXED}
        self.log: dict[str, list[str]] = defaultdict(list)
        self._logs, self._permits = logs, permits
        for record in trace.load():
            self._insert(record)

    def _insert(self, record: Record) -> None:
        key = str(record[0])
        self.records[key] = list(record)
        for field in INDEXED:
            self.index[field][record[FIELDS.index(field)]][key] = None

    def found(self, where: Iterable[Condition]) -> list[str]:
        """The keys of the records that meet all conditions."""
        keys: set[str] | None = None
        for field, value in where:
            keys = self._holding(field, value) if keys is None else keys & self._holding(field, value)
        return sorted(keys or ())

    def _holding(self, field: str, value: str | tuple[int, int]) -> set[str]:
        if field == "key":
            return {str(value)} & self.records.keys()
        if isinstance(value, tuple):
            return {key for moment in range(*value) for key in self.index[field].get(moment, ())}
        return set(self.index[field].get(value, ()))

    def apply(self, operation: Operation) -> Result:
        """Do it, and give what it answers."""
        person = next((str(value) for field, value in operation.where if field == "usr"), None)
        result, about = self._apply(operation, person)
        for one in about:
            line = self._logs(operation, one)
            if line is not None:
                self.log[one].append(line)
        return result

    def _apply(self, operation: Operation, person: str | None) -> tuple[Result, set[str]]:
        verb = operation.verb
        if operation.record is not None:
            self._insert(operation.record)
            return 1, {str(operation.record[3])}
        if verb == "logs":
            assert person is not None
            return tuple(self.log[person][: -LOG_LENGTH - 1 : -1]), {person}
        keys = self.found(operation.where)
        about = {person} if person else {str(self.records[key][3]) for key in keys}
        if verb == "verify":
            return not keys, about
        if verb == "read":
            places = [FIELDS.index(column) for column in operation.columns]
            allowed = [key for key in keys if self._permits(operation, tuple(self.records[key]))]
            return {key: tuple(self.records[key][place] for place in places) for key in allowed}, about
        for key in keys:
            self._change(key, operation.change)
        return len(keys), about

    def _change(self, key: str, change: tuple[str, str | int] | None) -> None:
        if change is None:
            record = self.records.pop(key)
            for field in INDEXED:
                del self.index[field][record[FIELDS.index(field)]][key]
            return
        field, value = change
        record = self.records[key]
        place = FIELDS.index(field)
        if field in INDEXED:
            del self.index[field][record[place]][key]
            self.index[field][value][key] = None
        record[place] = value
