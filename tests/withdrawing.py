"""A house whose systems of every kind hold what rests on one consent: whole rows of it, parts of rows, rows that a rule keeps."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.erasing_house import World, execute, making, reviewed, rows_of, shop_meaning
from tests.reference import erase as oracle

from janji.consent.choices import ChoiceMade, Verb
from janji.datamap.meaning import Form, Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning
from janji.datamap.written import write_meaning
from janji.erasure.steps import Known
from janji.ledger.events import Actor
from janji.store.database import connection
from janji.store.server import ServerHandle
from janji.terms.periods import Period
from janji.workflows import guardians
from janji.workflows.consents import Asked, Result, choose, text_of
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.owners import Owner, put_owners
from janji.workflows.systems import add, open_store

PURPOSE, DATA = "newsletters", "account-preferences"
"""A purpose on consent, and the one category that nothing but it has."""
REST = {"theme": "dark", "my": {"name": "Name", "font": 9}}
"""A document of preferences in which a name stands besides."""
SHOP = """
CREATE TABLE preferences (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, topics text NOT NULL);
CREATE TABLE ticks (id int PRIMARY KEY, preference int NOT NULL REFERENCES preferences, topic text);
CREATE TABLE profiles (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, nick text, topics text, extra jsonb, rest jsonb);
CREATE TABLE raffles (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, drawn date NOT NULL, topics text);
INSERT INTO preferences SELECT i, i, 'lamps' FROM generate_series(1, {people}) i;
INSERT INTO ticks SELECT i, i, 'lamps' FROM generate_series(1, {people}) i;
INSERT INTO profiles SELECT i, i, 'Nick ' || i, 'lamps', '{{"theme": "dark", "name": "Name"}}', '{{"theme": "dark", "my": {{"name": "Name", "font": 9}}}}' FROM generate_series(1, {people}) i;
INSERT INTO raffles SELECT i, i, CASE WHEN i % 2 = 0 THEN date '2026-01-05' ELSE date '2012-01-05' END, 'lamps' FROM generate_series(1, {people}) i;
"""
CARE = "CREATE TABLE tips (id int PRIMARY KEY, customer int, topics text); INSERT INTO tips SELECT i, i, 'lamps' FROM generate_series(1, {people}) i;"
_NONE, _WHAT, _NAME = Meaning("none"), Meaning(DATA), Meaning("name")
_EMAIL = Identifier("email", "email", Form.LOWER)
TAX = KeepRule("tax", since="drawn", period=Period(months=120))


def _tables(*tables: TableMeaning) -> dict[str, TableMeaning]:
    return {table.name: table for table in tables}


_OF_CUSTOMER = (Link(("customer_id",), "customers", ("id",)),)
MORE: Mapping[str, Mapping[str, TableMeaning]] = {
    "shop": _tables(
        TableMeaning("preferences", links=_OF_CUSTOMER, columns={"id": _NONE, "customer_id": _NONE, "topics": _WHAT}),
        TableMeaning("ticks", links=(Link(("preference",), "preferences", ("id",)),), columns={"id": _NONE, "preference": _NONE, "topic": _WHAT}),
        TableMeaning("profiles", links=_OF_CUSTOMER, columns={
            "id": _NONE, "customer_id": _NONE, "nick": _NAME, "topics": _WHAT, "extra": Meaning("none", paths={"theme": DATA, "name": "name"}), "rest": Meaning(DATA, paths={"my.name": "name"})}),
        TableMeaning("raffles", links=_OF_CUSTOMER, keep=(TAX,), columns={"id": _NONE, "customer_id": _NONE, "drawn": _NONE, "topics": _WHAT}),
    ),
    "care": _tables(TableMeaning("tips", links=(Link(("customer",), "shop/customers", ("id",)),), columns={"id": _NONE, "customer": _NONE, "topics": _WHAT})),
    "diary": _tables(
        TableMeaning("entries", identifiers=(_EMAIL,), columns={
            "id": _NONE, "email": Meaning("email"), "topics": _WHAT, "rest": Meaning(DATA, paths={"my.name": "name"})}),
        TableMeaning("subscriptions", identifiers=(_EMAIL,), columns={"id": _NONE, "email": _NONE, "topics": _WHAT, "rest": _WHAT}),
    ),
    "logs": _tables(TableMeaning("visits", identifiers=(_EMAIL,), columns={
        "id": _NONE, "email": Meaning("email"), "topics": _WHAT, "rest": Meaning(DATA, paths={"my.name": "name"})})),
}  # fmt: skip


@dataclass
class Withdrawing:
    """The house with its systems: a shop and a file of SQLite and one of JSON in which Janji deletes, a care desk that is reviewed."""

    world: World
    folder: Path

    @property
    def house(self) -> House:
        """The house."""
        return self.world.house

    def rows(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """Every row of every system."""
        with closing(sqlite3.connect(self.folder / "diary.db")) as link:
            link.row_factory = sqlite3.Row
            diary = {name: [dict(row) | {"rest": json.loads(row["rest"] or "null")} for row in link.execute(f"SELECT * FROM {name} ORDER BY id")] for name in MORE["diary"]}  # noqa: S608 - names of ours
        visits = [json.loads(line) for line in (self.folder / "logs" / "visits.jsonl").read_text("utf-8").splitlines()]
        return {
            "shop": rows_of(self.world.shop, *shop_meaning().tables, *MORE["shop"]), "care": rows_of(self.world.care, "cases", "notes", "tips"),
            "diary": diary, "logs": {"visits": visits},
        }  # fmt: skip

    def person(self, number: int) -> UUID:
        """Somebody of age who said yes."""
        subject = self.world.person(number)
        guardians.record_age(self.house, subject, date(1990, 4, 5), Actor.STAFF)
        self.say(subject, Verb.GRANT)
        return subject

    def say(self, subject: UUID, verb: Verb) -> Result:
        """Give the consent, with its notice, or take it back."""
        channel, text = str(self.house.policy_in_force.policy.purposes[PURPOSE].channels[0]), text_of(self.house, PURPOSE, "id")
        assert text is not None
        given: dict[str, Any] = {
            "channel": channel, "notice": text.notice, "version": text.version, "language": "id", "digest": text.digest, "method": "unticked-box",
        } if verb is Verb.GRANT else {}  # fmt: skip
        done = choose(self.house, Asked(subject=subject, choice=ChoiceMade(verb=verb, purpose=PURPOSE, **given)))
        assert done.recorded is not None, done.rejections
        return done

    def verify(self, before: Mapping[str, Mapping[str, list[dict[str, Any]]]], numbers: Sequence[int], systems: Sequence[str] = tuple(MORE)) -> None:
        """Every row of every system is as the slow oracle says when this one category of these people goes in these systems."""
        known = [one for place, number in enumerate(numbers) for one in (
            Known(place, "email", self.world.email(number)), Known(place, "phone", f"+628129041{number:04d}", (f"08129041{number:04d}",)),
            Known(place, "shop/customers.id", str(number)))]  # fmt: skip
        now = self.rows()
        for name, meaning in meanings(self.house.runtime).items():
            connector = open_store(name, self.addresses()[name], self.house.runtime)
            catalogue = connector.catalogue()
            connector.close()
            outcome = oracle.erase(catalogue, meaning, before[name], known, datetime.now(UTC), frozenset({DATA})) if name in systems else oracle.Outcome()
            for table, rows in before[name].items():
                wanted = [{**row, **outcome.cells.get((table, place), {})} for place, row in enumerate(rows) if (table, place) not in outcome.gone]
                assert now[name][table] == wanted, f"{name}/{table}"

    def addresses(self) -> dict[str, str]:
        """Where each system is."""
        return {"shop": self.world.shop, "care": self.world.care, "diary": f"sqlite:///{self.folder}/diary.db", "logs": f"file://{self.folder}/logs"}


@contextmanager
def withdrawing(server: ServerHandle, url: str, folder: Path, people: int) -> Iterator[Withdrawing]:
    """The house, with so many people of whom every system knows something."""
    with making(server, url, folder, people) as world:
        execute(world.shop, SHOP.format(people=people))
        execute(world.care, CARE.format(people=people))
        emails = [world.email(number) for number in range(1, people + 1)]
        with closing(sqlite3.connect(folder / "diary.db")) as link:
            for name in MORE["diary"]:
                link.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, email TEXT, topics TEXT, rest JSON)")
                rows = [(number, email, "lamps", json.dumps(REST)) for number, email in enumerate(emails, 1)]
                link.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?)", rows)  # noqa: S608 - names of ours
            link.commit()
        (folder / "logs").mkdir()
        lines = [json.dumps({"id": number, "email": email, "topics": "lamps", "rest": REST}) for number, email in enumerate(emails, 1)]
        (folder / "logs" / "visits.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        made = Withdrawing(world, folder)
        before = meanings(world.house.runtime)
        for name, address in made.addresses().items():
            if name not in before:
                add(world.house, name, address)
            meaning = replace(before.get(name, SystemMeaning(name)), tables={**(before[name].tables if name in before else {}), **MORE[name]})
            connector = open_store(name, address, world.house.runtime)
            (world.house.runtime.settings.maps / f"{name}.yaml").write_text(write_meaning(reviewed(meaning, connector.catalogue())), "utf-8")
            connector.close()
        put_owners(world.house, {"paper": Owner("dewi@toko.example", "Dewi")})
        connection().execute("UPDATE system SET stage = 'automatic', proven = made WHERE name IN ('shop', 'diary', 'logs')")
        yield made
