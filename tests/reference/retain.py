"""Retention written slowly and plainly: which rows end at an instant, row by row, and which of them must stay because others refer.

Written from docs/howto/retention.md, and from nothing of the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from janji.datamap.catalogue import Catalogue, Kind, OnDelete, Table
from janji.datamap.meaning import Expiry, Link, SystemMeaning
from janji.policy.model import RetentionRule

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Place = tuple[str, int]


@dataclass
class Ended:
    """What came of it: rows that are gone, and rows that had to stay though they are over, by table and place."""

    gone: set[Place] = field(default_factory=set)
    stay: set[Place] = field(default_factory=set)
    columns: set[tuple[str, int, str]] = field(default_factory=set)


def over(expiry: Expiry, rule: RetentionRule, row: Row, at: datetime) -> bool:
    """Whether the time of one row is over."""
    value = row.get(str(expiry.since))
    if value is None or any(str(row[name]) != wanted for name, wanted in expiry.where.items()):
        return False
    moment = value if isinstance(value, date | datetime) else datetime.fromisoformat(str(value))
    if expiry.event == "withdrawal":
        return (moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day, tzinfo=UTC)) < at
    begins = moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment
    if rule.trigger in ("book-year-end", "year-end"):
        begins = date(begins.year, 12, 31)
    return rule.period.after(begins) <= at.astimezone(UTC).date()


def leads(row: Row, link: Link, there: Row) -> bool:
    """Whether a link leads from a row to another."""
    if any(str(row[name]) != wanted for name, wanted in link.where.items()):
        return False
    return all(row[name] is not None and row[name] == there[referred] for name, referred in zip(link.columns, link.referred, strict=True))


def owned(meaning: SystemMeaning, rows: Rows, identifiers: Mapping[str, str]) -> set[Place]:
    """Every row that is somebody's, who is known by these identifiers (by kind): walked link by link."""
    found = {
        (name, place)
        for name, table in meaning.tables.items() for place, row in enumerate(rows.get(name, []))
        if any(one.owner and str(row[one.column]).lower() == identifiers.get(one.kind, "\0").lower() for one in table.identifiers)
    }  # fmt: skip
    while True:
        new = {
            (name, place)
            for name, table in meaning.tables.items() for place, row in enumerate(rows.get(name, [])) if (name, place) not in found
            if any(
                link.owner and not link.abroad and any(there == link.to and leads(row, link, rows[there][at]) for there, at in found)
                for link in table.links
            )
        }  # fmt: skip
        if not new:
            return found
        found |= new


def end(
    catalogue: Catalogue, meaning: SystemMeaning, rules: Mapping[str, RetentionRule], rows: Rows, at: datetime, held: Iterable[Place] = ()
) -> Ended:
    """What of all rows of a system ends at an instant; tables that refer to others are looked at before these."""
    done, spared = Ended(), set(held)
    tables = [name for name, table in catalogue.tables.items() if table.kind in (Kind.TABLE, Kind.PARTITIONED) and name in meaning.tables]
    for name in _children_first(catalogue, tables):
        expiries = [one for one in meaning.tables[name].retention if one.since is not None]
        for expiry in sorted(expiries, key=lambda one: (one.event != "withdrawal", not one.columns)):
            due = {
                (name, place) for place, row in enumerate(rows[name])
                if (name, place) not in done.gone | spared and over(expiry, rules[expiry.rule], row, at)
            }  # fmt: skip
            if expiry.columns:
                done.columns |= {(table, place, column) for table, place in due for column in expiry.columns}
            else:
                _take(catalogue, meaning, rows, due, done, spared)
    return done


def _take(catalogue: Catalogue, meaning: SystemMeaning, rows: Rows, due: set[Place], done: Ended, spared: set[Place]) -> None:
    """Let rows go with those that follow them, save those to which a row refers that stays."""
    going, shared = set(due), set[Place]()
    for follower in _following(meaning, {name for name, _ in due}):
        followed = {str(one.follows) for one in meaning.tables[follower].retention if one.follows}
        for place, row in enumerate(rows[follower]):
            if (follower, place) in done.gone | spared | going:
                continue
            to = [
                (name, at) for name in followed for at, there in enumerate(rows[name]) if (name, at) not in done.gone
                if any(link.to == name and leads(row, link, there) for link in meaning.tables[follower].links)
                or any(link.to == follower and leads(there, link, row) for link in meaning.tables[name].links)
            ]  # fmt: skip
            if to and all(one in going for one in to):
                going.add((follower, place))
            elif any(one in going for one in to):
                shared.add((follower, place))
    all_of_them = set(going)
    while True:
        lost = all_of_them - going | shared  # they stay, without what ends: references that can be null are
        stay = {(name, place) for name, place in going if _referred(catalogue, rows, name, rows[name][place], going | done.gone, lost)}
        if not stay:
            break
        done.stay |= stay
        going -= stay
    done.gone |= going
    done.stay -= going


def _following(meaning: SystemMeaning, names: set[str]) -> list[str]:
    found = list(names)
    for name in found:
        found += [one.name for one in meaning.tables.values() if one.name not in found and any(rule.follows == name for rule in one.retention)]
    return [name for name in found if name not in names]


def _referred(catalogue: Catalogue, rows: Rows, name: str, row: Row, going: set[Place], lost: set[Place]) -> bool:
    """Whether a row that does not go refers to this one by a foreign key that the database insists on."""
    for table in catalogue.tables.values():
        for key in table.foreign_keys:
            if key.table != name or key.on_delete is not OnDelete.REFUSE or table.name not in rows:
                continue
            for place, other in enumerate(rows[table.name]):
                same = all(other[one] is not None and other[one] == row[two] for one, two in zip(key.columns, key.referred, strict=True))
                null = (table.name, place) in lost and any(_can_be_null(table, one) for one in key.columns)
                if same and (table.name, place) not in going and not null:
                    return True
    return False


def _can_be_null(table: Table, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.nullable and name not in table.primary_key


def _children_first(catalogue: Catalogue, names: list[str]) -> list[str]:
    left, found = list(names), []
    while left:
        free = [
            name for name in left
            if not any(key.table == name for other in left if other != name for key in catalogue.tables[other].foreign_keys)
        ]  # fmt: skip
        found += free or left[:1]
        left = [name for name in left if name not in found]
    return found
