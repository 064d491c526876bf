"""The levels of GDPRbench that go through Janji: every operation decided, recorded in the ledger, and perhaps sealed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from gdprbench_levels import Bare, Connection, Query, named
from gdprbench_model import LOG_LENGTH
from gdprbench_trace import FIELDS, PURPOSES, Condition, Operation, Record, Trace
from psycopg import sql

from janji.decision.engine import permits
from janji.decision.lowering import lower, write
from janji.decision.question import Facts, Question, join_words
from janji.ledger.events import Actor, Kind, decode
from janji.store import vault
from janji.store.database import Statement, migrate, open_database, transaction
from janji.store.records import Beside, Known
from janji.store.vault import KeyKind, keeper_of
from janji.terms import processing
from janji.workflows.house import House, enter_house, make_secrets
from janji.workflows.people import subjects_for
from janji.workflows.publishing import publish
from janji.workflows.recording import Entry, record, record_one, record_upon
from janji.workflows.runtime import open_runtime

POLICY = Path(__file__).resolve().parent / "gdprbench_policy"
REFUSING = 50
"""One person of so many withdrew the consent and objected to studies, so that decisions matter."""
LEDGER = ("event", "pending", "ledger_leaf", "ledger_tile", "ledger_checkpoint", "standing", "subject", "subject_key")
ACTORS = {"customer": Actor.PERSON, "controller": Actor.STAFF, "processor": Actor.SYSTEM, "regulator": Actor.STAFF}
KINDS = {
    "create": Kind.DATA_CHANGED, "update": Kind.DATA_CHANGED, "delete": Kind.DATA_CHANGED, "read": Kind.USE_PERMITTED,
    "logs": Kind.USE_PERMITTED, "verify": Kind.USE_PERMITTED,
}  # fmt: skip


def refuses(usr: str) -> bool:
    """Whether a person withdrew and objected before the clock started."""
    return int(usr[3:]) % REFUSING == 7


def purpose_of(role: str, operation: Operation, pur: str | None) -> str:
    """What an operation is done for: the record's own purpose, studies, or what the law asks of the role."""
    if role == "processor":
        return "study" if pur is None or operation.query.endswith(("-by-obj", "-by-dec", "-by-usr")) else pur
    return {"customer": "rights", "regulator": "oversight"}.get(role, "upkeep")


class Decided(Bare):
    """L2: the decision about the person of the record, the operation, and its event, in one transaction."""

    name = "L2"
    says = "decided, and recorded in the ledger"
    columns = (*Bare.columns, ("pseudonym", "bytea"), ("person", "uuid"))
    key_columns, key_join, lead = sql.SQL(""), sql.SQL(""), 0
    """What a level with sealed fields reads before the facts, from where, and how many columns that are."""
    ahead = 0
    """How many columns of a reading stand before those of the record, of which the key is the first."""
    found_by = ("usr", "text")
    """The column by which a person's records are found, and its type."""

    def __init__(self, connection_: Connection, trace: Trace, house: House, people: Sequence[UUID]) -> None:
        self.house = house
        self.people = people
        self.role = trace.name.split()[1]
        self.policy = house.policy_in_force.compiled
        words = self.policy.layout.words
        self.facts = sql.SQL("{}s.pseudonym, t.version, coalesce(t.born, 0), coalesce(t.due, 0){}").format(
            self.key_columns, sql.SQL("").join(sql.SQL(", t.{}").format(sql.Identifier(f"w{index}")) for index in range(words))
        )
        self.width = self.lead + 4 + words
        self._parts: dict[tuple[str, str], str] = {}
        text = sql.SQL("SELECT {} FROM subject AS s JOIN standing AS t ON t.subject = s.pseudonym{} WHERE s.id = $1::uuid")
        self._known_facts = Statement(f"gdprbench_{self.name}_person", text.format(self.facts, self.key_join).as_string(connection_))
        self._by_key: dict[tuple[str, ...], Statement] = {}
        self._by_person: dict[tuple[str, ...], Statement] = {}
        self._runs: dict[tuple[str, str, int], tuple[str, bytes]] = {}
        super().__init__(connection_, trace)

    def tables(self) -> tuple[str, ...]:
        """The records, and all that Janji keeps of the people and of the operations."""
        return (*super().tables(), *LEDGER)

    def stored(self, record: Record) -> tuple[Any, ...]:
        """The record, and whom it is about: as the standing names them, and as the record of people does."""
        person = self.person(str(record[FIELDS.index("usr")]))
        return (*record, vault.pseudonym(self.house.secrets.pseudonym, person), person)

    def person(self, usr: str) -> UUID:
        """The person behind a user's name."""
        return self.people[int(usr[3:])]

    def _fill(self) -> None:
        self.connection.execute("TRUNCATE event, pending, ledger_leaf, ledger_tile, ledger_checkpoint, standing")
        choose(self.house, self.people)
        super()._fill()

    def permits(self, operation: Operation, record: Record) -> bool:
        """Whether the person of a record lets this be done; duties do not ask."""
        return self.role != "processor" or not refuses(str(record[FIELDS.index("usr")]))

    def logged(self, operation: Operation, person: str | None) -> str | None:
        """The query, when it was about one person who permitted it."""
        if operation.wide and operation.where[0][0] != "key":
            return None
        if person is None or (self.role == "processor" and refuses(person)):
            return None
        return operation.query

    def run(self, operation: Operation) -> Any:
        """The operation, its decision and its event: one statement reads, one writes all or nothing."""
        if operation.record is not None or named(operation) is not None:
            return self._of_person(operation)
        if operation.where[0][0] == "key":
            return self._of_key(operation)
        with transaction():
            return self._of_many(operation)

    def question(self, operation: Operation, pur: str | None) -> Question:
        """What is asked before an operation."""
        kind = processing.Operation.COLLECT if operation.record is not None else processing.Operation.USE
        data = ("label",) if "-metadata-" in operation.query else ("record",) if "-data-" in operation.query else ("label", "record")
        return Question(purpose_of(self.role, operation, pur), data, self.house.runtime.now(), kind)

    def _permitted(self, question: Question, held: Sequence[Any]) -> bool:
        born, due, *words = held
        if due and due <= question.at.timestamp():
            return False
        return permits(self.policy, question, Facts(join_words(words), born))

    def _details(self, operation: Operation, question: Question) -> dict[str, Any]:
        return {"purpose": question.purpose, "data": list(question.data), "operation": str(question.operation), "application": operation.query}

    def _act(self, operation: Operation, question: Question, person: UUID, held: Sequence[Any]) -> int:
        """The event and what the operation writes in one statement, upon the version that was decided on; gives the rows."""
        entry = Entry(kind=KINDS[operation.verb], actor=ACTORS[self.role], subject=person, details=self._details(operation, question))
        known = Known(held[0], "active", None, None, None, held[1], 0)
        done = record_upon(self.house, entry, known, self._written(operation))
        assert done is not None, "nobody else writes here"
        return done[1]

    def _written(self, operation: Operation) -> Beside | None:
        """What an operation writes, as a part of the statement that records it."""
        if operation.verb not in ("create", "update", "delete"):
            return None
        change = operation.change[0] if operation.change else ""
        shape = (operation.query, change)
        known = self._parts.get(shape)
        if known is None:
            known = self._parts[shape] = self._part(operation)
        _, values = self.statement(operation)
        return Beside(known, tuple(map(_binary, values)))

    def _part(self, operation: Operation) -> str:
        kinds, fields = dict(self.columns), self._part_fields(operation)
        text = self._compose(operation, operation.change[0] if operation.change else None).as_string(self.connection)
        for place, field in enumerate(fields):
            text = text.replace("%s", f"{{{place}}}::{kinds[field]}", 1)
        if operation.record is not None:
            text = text.replace("VALUES (", "SELECT ")[:-1] + " FROM standing_"  # noqa: S608  # names of our own
        else:
            text += " AND EXISTS (SELECT FROM standing_)"
        return text

    def _part_fields(self, operation: Operation) -> list[str]:
        fields = [field for field, _ in self.columns] if operation.record is not None else []
        fields += [operation.change[0]] if operation.change else []
        return fields + [field for field, value in operation.where for _ in (value if isinstance(value, tuple) else (value,))]

    def _of_person(self, operation: Operation) -> Any:
        """The person is named: facts, decision, then the operation and its event."""
        usr = named(operation)
        assert usr is not None
        person = self.person(usr)
        if operation.verb == "logs" or (operation.verb == "read" and len(operation.where) == 1):
            return self._reading_of_person(operation, person, usr)
        (row,) = self._known_facts.run([person.bytes])
        held = self._held(row)
        question = self.question(operation, None)
        self.unlock(person, held)
        held = held[self.lead :]
        if not self._permitted(question, held[2:]):
            return self._nothing(operation)
        raw = None
        if operation.verb in ("read", "logs"):
            raw = self._answer(operation, self._execute(operation))
        touched = self._act(operation, question, person, held)
        return touched if raw is None else raw

    def _reading_of_person(self, operation: Operation, person: UUID, usr: str) -> Any:
        """The facts and what is read in one statement, then the decision, then the event; nothing is given before."""
        found = self._person_query(operation).run([person.bytes] if operation.verb == "logs" else [person.bytes, self.named_as(person, usr)])
        held = self._held(found[0][: self.width])
        question = self.question(operation, None)
        self.unlock(person, held)
        held = held[self.lead :]
        if not self._permitted(question, held[2:]):
            return self._nothing(operation)
        self._act(operation, question, person, held)
        read = [row[self.width + 1 :] for row in found if row[self.width] is not None]
        if operation.verb == "logs":
            return [(decode(body or b"").details["application"],) for (body,) in read]
        return [self.opened(operation, self._read(operation, row)) for row in read]

    def named_as(self, person: UUID, usr: str) -> bytes:
        """By what a record's person is found, in PostgreSQL's binary form."""
        return usr.encode()

    def _person_query(self, operation: Operation) -> Statement:
        """The facts of a person, and with each row of them what is read: of their records, or of their newest events."""
        shape = (operation.verb, *(operation.columns if operation.verb == "read" else ()))
        if shape not in self._by_person:
            more: sql.Composable
            if operation.verb == "logs":
                more, joined = sql.SQL(", e.version, e.body"), sql.SQL(
                    " LEFT JOIN LATERAL (SELECT version, body FROM event WHERE subject = s.pseudonym"
                    " AND kind IN ('use.permitted', 'data.changed') ORDER BY version DESC LIMIT {}) AS e ON true"
                ).format(LOG_LENGTH)  # fmt: skip
            else:
                more = sql.SQL(", r.key") + self._after_facts(operation)
                joined = sql.SQL(" LEFT JOIN {} AS r ON r.{} = $2::{}").format(
                    self.table, sql.Identifier(self.found_by[0]), sql.SQL(self.found_by[1])
                )  # fmt: skip
            text = sql.SQL("SELECT {}{} FROM subject AS s JOIN standing AS t ON t.subject = s.pseudonym{}{} WHERE s.id = $1::uuid{}").format(
                self.facts, more, self.key_join, joined, sql.SQL(" ORDER BY e.version DESC" if operation.verb == "logs" else "")
            )  # fmt: skip
            self._by_person[shape] = Statement(f"gdprbench_{self.name}_reading_{len(self._by_person)}", text.as_string(self.connection))
        return self._by_person[shape]

    def _of_key(self, operation: Operation) -> Any:
        """A record is named: it, its person and the facts in one statement, then the decision."""
        found = self._key_query(operation).run([str(operation.where[0][1]).encode()])
        if not found:
            return self._of_nobody(operation)
        person, pur = UUID(bytes=found[0][0]), _text(found[0][1])
        rest = [*self._held(found[0][2 : 2 + self.width]), *self._read(operation, found[0][2 + self.width :])]
        self.unlock(person, rest)
        held, read = rest[self.lead : self.width], rest[self.width :]
        question = self.question(operation, pur)
        if not self._permitted(question, held[2:]):
            return self._nothing(operation)
        touched = self._act(operation, question, person, held)
        if operation.verb in ("update", "delete"):
            return touched
        return [(False,)] if operation.verb == "verify" else [self.opened(operation, read)]

    def _of_nobody(self, operation: Operation) -> Any:
        """There is no such record: a run that met nobody, recorded all the same."""
        details = {**self._details(operation, self.question(operation, None)), "people": 0}
        record_one(self.house, Entry(kind=Kind.RUN_EXECUTED, actor=ACTORS[self.role], details=details))
        if operation.verb == "verify":
            return [(True,)]
        return [] if operation.verb == "read" else 0

    def _of_many(self, operation: Operation) -> Any:
        """Nobody is named: the decision is lowered to SQL and is a part of the statement; one event for the run."""
        question = self.question(operation, _pur(operation))
        predicate, permitted = self._lowered(operation, question)
        if operation.verb == "read":
            raw, people = self._read_many(operation, permitted)
        else:  # few records: each person's answer by itself
            written = self._execute_within(operation, b"(" + permitted + b" AND t.subject = r.pseudonym OFFSET 0) IS NOT NULL", b" RETURNING r.person").fetchall()
            raw, people = len(written), len({person for (person,) in written})
        details = {**self._details(operation, question), "predicate": predicate, "people": people}
        record(self.house, [Entry(kind=Kind.RUN_EXECUTED, actor=ACTORS[self.role], details=details)])
        return raw

    def _read_many(self, operation: Operation, permitted: bytes) -> tuple[Any, int]:
        """Everybody's answer once: a row asks whether its person is among them. How many they are stands in a last row, for a number in each costs more."""
        query, parameters = self.statement(operation)
        nothing = [b"NULL"] * (self.ahead + len(operation.columns))
        nothing[self.ahead] = b"(SELECT count(*)::text FROM permitted)"
        rows = self.connection.execute(
            b"WITH permitted AS MATERIALIZED (" + permitted + b") " + query + b" AND r.pseudonym IN (SELECT subject FROM permitted) UNION ALL SELECT "
            + b", ".join(nothing), parameters,
        ).fetchall()  # fmt: skip
        people = rows.pop()[self.ahead]
        return self.opened_all(operation, rows), int(people)

    def _lowered(self, operation: Operation, question: Question) -> tuple[str, bytes]:
        """Who may be touched: as the text of the event, and as a query for their pseudonyms."""
        shape = (operation.verb, question.key, question.day)
        known = self._runs.get(shape)
        if known is None:
            predicate = write(lower(self.policy, question), "postgres").replace("\n", " ")
            now = "(SELECT floor(extract(epoch FROM now()))::bigint)"  # once a statement: a numeric for each person costs more than the rest
            permitted = f"SELECT t.subject FROM standing AS t WHERE coalesce(t.due > {now}, true) AND ({predicate})"  # noqa: S608
            known = self._runs[shape] = predicate, permitted.encode()
        return known

    def _execute_within(self, operation: Operation, condition: bytes, more: bytes = b"") -> Any:
        query, parameters = self.statement(operation)
        return self.connection.execute(query + b" AND " + condition + more, parameters)

    def _key_query(self, operation: Operation) -> Statement:
        """The person, the purpose, the facts, and what is read of a record."""
        shape = operation.columns if operation.verb == "read" else ()
        if shape not in self._by_key:
            text = sql.SQL(
                "SELECT r.person, r.pur, {}{} FROM {} AS r JOIN subject AS s ON s.id = r.person"
                " JOIN standing AS t ON t.subject = s.pseudonym{} WHERE r.key = $1::text"
            ).format(self.facts, self._after_facts(operation), self.table, self.key_join)
            name = f"gdprbench_{self.name}_key_{len(shape)}"
            self._by_key[shape] = Statement(name, text.as_string(self.connection))
        return self._by_key[shape]

    def _held(self, row: Sequence[bytes | None]) -> list[Any]:
        """Keys as they are, then pseudonym, and the numbers of the facts."""
        return [*row[: self.lead], row[self.lead], *(int.from_bytes(part or b"", "big", signed=True) for part in row[self.lead + 1 :])]

    def _read(self, operation: Operation, row: Sequence[bytes | None]) -> list[Any]:
        """What was read of a record, as Python has it; what is sealed stays bytes."""
        kinds = dict(self.columns)
        return [
            part if kinds[name] == "bytea" else _text(part) if kinds[name] == "text" else int.from_bytes(part or b"", "big", signed=True)
            for name, part in zip(operation.columns, row, strict=False)
        ]

    def _after_facts(self, operation: Operation) -> sql.Composable:
        if operation.verb != "read":
            return sql.SQL("")
        return sql.SQL(", ") + sql.SQL(", ").join(sql.SQL("r.{}").format(sql.Identifier(column)) for column in operation.columns)

    def unlock(self, person: UUID, row: Sequence[Any]) -> None:
        """Take a person's key out of a row that begins with it; only a level with sealed fields has one there."""

    def opened(self, operation: Operation, row: Sequence[Any]) -> tuple[Any, ...]:
        """The columns of a row that was read by key, in clear; its person's key was taken before."""
        return tuple(row)

    def opened_all(self, operation: Operation, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows that were read otherwise, in clear."""
        return rows

    def _nothing(self, operation: Operation) -> Any:
        """What is given when the decision is no: nothing of this person, and nothing is written."""
        assert operation.verb == "read", "only readings are ever refused in these traces"
        return []

    def log_query(self) -> sql.Composed:
        """From the events of the person, newest first."""
        return sql.SQL(
            "SELECT e.body FROM event AS e JOIN subject AS s ON s.pseudonym = e.subject WHERE s.id = %s"
            " AND e.kind IN ('use.permitted', 'data.changed') ORDER BY e.version DESC LIMIT {}"
        ).format(LOG_LENGTH)

    def statement(self, operation: Operation) -> Query:
        """As before, but the log is asked for by person."""
        query, parameters = super().statement(operation)
        return (query, (self.person(str(operation.where[0][1])),)) if operation.verb == "logs" else (query, parameters)

    def _answer(self, operation: Operation, cursor: Any) -> Any:
        raw = super()._answer(operation, cursor)
        if operation.verb == "logs":
            return [(decode(bytes(body)).details["application"],) for (body,) in raw]
        if operation.verb == "read":
            return self.opened_all(operation, raw)
        return raw


class Sealed(Decided):
    """L3: as L2, and what identifies or describes the person is sealed with a key of the person, in every record."""

    name = "L3"
    says = "data and user sealed with a key a person"
    sealed = ("usr", "data")
    columns = tuple((name, "bytea" if name in ("usr", "data") else kind) for name, kind in Decided.columns)
    indexed = tuple("person" if field == "usr" else field for field in Decided.indexed)
    key_columns, key_join, lead = sql.SQL("k.id, k.wrapped, "), sql.SQL(" JOIN subject_key AS k ON k.subject = s.id AND k.kind = 'content'"), 2

    ahead, found_by = 3, ("person", "uuid")

    def named_as(self, person: UUID, usr: str) -> bytes:
        """By the person."""
        return person.bytes

    def __init__(self, connection_: Connection, trace: Trace, house: House, people: Sequence[UUID]) -> None:
        super().__init__(connection_, trace, house, people)
        self.keys: dict[UUID, bytes] = {}

    def _fill(self) -> None:
        self.keys = {subject: vault.open_key(self.house.keeper, held) for subject, held in vault.read_keys(self.people, KeyKind.CONTENT).items()}
        super()._fill()

    def run(self, operation: Operation) -> Any:
        """As before; no key outlives the operation that needed it."""
        self.keys.clear()
        return super().run(operation)

    def unlock(self, person: UUID, row: Sequence[Any]) -> None:
        """Unwrap the content key that came with the facts."""
        self.keys[person] = self.house.keeper.unwrap(row[1], vault.binding(person, "content", _uuid(row[0])))

    def stored(self, record: Record) -> tuple[Any, ...]:
        """The record with its sealed fields."""
        row = super().stored(record)
        return tuple(
            self._seal(row[-1], name, str(record[0]), str(value)) if name in self.sealed else value
            for (name, _), value in zip(self.columns, row, strict=True)
        )

    def _seal(self, person: UUID, field: str, key: str, value: str) -> bytes:
        return vault.seal(self.keys[person], self.house.runtime.random(vault.NONCE_BYTES), value.encode(), vault.binding(person, field, _row_id(key)))

    def statement(self, operation: Operation) -> Query:
        """People are found by whom a record is about; new data are sealed."""
        query, parameters = super().statement(operation)
        if operation.record is not None or operation.verb == "logs":
            return query, parameters
        values = [self.person(str(value)) if isinstance(value, str) and value.startswith("usr") else value for value in parameters]
        if operation.change is not None and operation.change[0] == "data":
            (person,) = self.keys
            values[0] = self._seal(person, "data", str(operation.where[0][1]), str(operation.change[1]))
        return query, tuple(values)

    def condition(self, condition: Condition) -> sql.Composed:
        """As before, with the person in place of the user."""
        return super().condition(("person", condition[1]) if condition[0] == "usr" else condition)

    def _part_fields(self, operation: Operation) -> list[str]:
        return ["person" if field == "usr" and operation.record is None else field for field in super()._part_fields(operation)]

    def read_columns(self, operation: Operation) -> sql.Composed:
        """The key of each row's person comes first."""
        return sql.SQL("r.person, k.id, k.wrapped, {}").format(super().read_columns(operation))

    def source(self, operation: Operation) -> sql.Composed:
        """The records with the keys of their people."""
        return sql.SQL("{} AS r JOIN subject_key AS k ON k.subject = r.person AND k.kind = 'content'").format(self.table)

    def opened(self, operation: Operation, row: Sequence[Any]) -> tuple[Any, ...]:
        """Unseal what is sealed."""
        (person,) = self.keys
        return self._open(operation.columns, person, row)

    def opened_all(self, operation: Operation, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Unwrap each person's key once, and unseal each row."""
        for row in rows:
            if row[0] not in self.keys:
                self.unlock(row[0], row[1:])
        return [self._open(operation.columns, row[0], row[3:]) for row in rows]

    def _open(self, columns: Sequence[str], person: UUID, row: Sequence[Any]) -> tuple[Any, ...]:
        key = self.keys[person]
        return tuple(
            vault.unseal(key, value, vault.binding(person, name, _row_id(row[0]))).decode() if name in self.sealed else value
            for name, value in zip(columns, row, strict=True)
        )

    def content(self) -> dict[str, list[str | int]]:
        """All records in clear."""
        everything = Operation("read-record-by-nothing")
        rows = self.connection.execute(
            sql.SQL("SELECT {} FROM {}").format(self.read_columns(everything), self.source(everything))
        ).fetchall()
        return {row[0]: list(row) for row in self.opened_all(everything, rows)}


def _uuid(value: bytes | UUID) -> UUID:
    return value if isinstance(value, UUID) else UUID(bytes=value)


def _row_id(key: str) -> UUID:
    """The row that a sealed value is bound to."""
    return UUID(int=int(key[3:]))


def _text(value: bytes | None) -> str:
    return (value or b"").decode()


def _binary(value: Any) -> bytes:
    """A value in PostgreSQL's binary form."""
    if isinstance(value, int):
        return value.to_bytes(8, "big", signed=True)
    return value.bytes if isinstance(value, UUID) else value if isinstance(value, bytes) else str(value).encode()


def _pur(operation: Operation) -> str | None:
    return next((str(value) for field, value in operation.where if field == "pur"), None)


def choose(house: House, people: Sequence[UUID]) -> None:
    """What people chose before the clock starts: each agrees to one purpose; some withdraw it and object to studies."""
    entries = []
    for number, subject in enumerate(people):
        purpose = f"pur{number % PURPOSES}"
        given = {"purpose": purpose, "notice": "choice", "notice_version": 1, "language": "en", "method": "form"}
        entries.append(Entry(kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, subject=subject, details=given))
        if refuses(f"usr{number}"):
            details = {"purpose": purpose, "method": "form"}
            entries.append(Entry(kind=Kind.CONSENT_WITHDRAWN, actor=Actor.PERSON, subject=subject, details=details))
            objection = {"purpose": "study", "automated": False}
            entries.append(Entry(kind=Kind.OBJECTION_MADE, actor=Actor.PERSON, subject=subject, details=objection))
    for start in range(0, len(entries), 1000):
        record(house, entries[start : start + 1000])


def make_house(url: str) -> House:
    """A new house in an empty database, with the policy of the benchmark in force."""
    runtime, keeper = open_runtime(), keeper_of(b"k" * 32)
    open_database(url)
    migrate()
    make_secrets(runtime, keeper)
    publish(enter_house(runtime, url, keeper), POLICY)
    return enter_house(runtime, url, keeper)


def make_people(house: House, count: int) -> Sequence[UUID]:
    """So many people, each known by an account number."""
    named = [("account", f"{number:08}") for number in range(count)]
    found: list[UUID] = []
    for start in range(0, count, 1000):
        with transaction():
            found += subjects_for(house, named[start : start + 1000])
    return found
