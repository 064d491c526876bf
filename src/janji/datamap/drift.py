"""What differs between a live store and its reviewed map, and which tables nothing may be done in until it is looked at."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from janji.datamap.catalogue import Catalogue, Column, Kind, Table
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import SystemMeaning, TableMeaning
from janji.terms.messages import N_, Message, say

VIEWS = frozenset({Kind.VIEW, Kind.MATERIALIZED})
_LIKE = 0.6
"""From this likeness of names on, a column that went and one that came are taken for one that was renamed."""


class Turn(StrEnum):
    """What turned in a store since it was looked at."""

    TABLE_NEW = "table-new"
    TABLE_GONE = "table-gone"
    UNREVIEWED = "unreviewed"
    NEW = "column-new"
    GONE = "column-gone"
    RENAMED = "column-renamed"
    RETYPED = "column-retyped"
    NULLABLE = "column-nullable"
    KEYS = "keys"
    FOREIGN = "foreign-keys"
    FORM = "form"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference. `blocks`: whether erasure in the table waits until somebody has looked; the rest is only to be known."""

    turn: Turn
    table: str
    message: Message
    column: str | None = None
    blocks: bool = True


def drift(live: Catalogue, meaning: SystemMeaning, scanned: Catalogue | None = None) -> tuple[Drift, ...]:
    """Every difference between the live store and the map, table by table.

    `scanned` is the form that was last scanned, by which a difference is told in detail; without it, or when it is not what
    was reviewed, a table is only said to have changed. Views hold no rows of their own and are not mapped.
    """
    found: list[Drift] = []
    for name, table in live.tables.items():
        if table.kind in VIEWS:
            continue
        known = meaning.tables.get(name)
        if known is None:
            found.append(Drift(Turn.TABLE_NEW, name, say(N_("the table `{table}` is not in the map"), table=name)))
        else:
            found += _table(table, known, None if scanned is None else scanned.tables.get(name))
    found += [
        Drift(Turn.TABLE_GONE, name, say(N_("the table `{table}` is in the map and not in the store"), table=name))
        for name in meaning.tables
        if name not in live.tables
    ]
    return tuple(found)


def blocked(live: Catalogue, meaning: SystemMeaning) -> frozenset[str]:
    """The mapped tables in which nothing may be done: their form is not the one that was reviewed."""
    return frozenset(
        name for name, known in meaning.tables.items() if name not in live.tables or fingerprint(live.tables[name]) != known.reviewed
    )


def _table(live: Table, known: TableMeaning, scanned: Table | None) -> Iterator[Drift]:
    name = live.name
    if not known.reviewed:
        yield Drift(Turn.UNREVIEWED, name, say(N_("nobody has reviewed the table `{table}`"), table=name))
        reviewed = None
    elif fingerprint(live) == known.reviewed:
        reviewed = live
    else:
        reviewed = scanned if scanned is not None and fingerprint(scanned) == known.reviewed else None
    told = False
    if reviewed is not None and reviewed is not live:
        for item in _compared(live, reviewed):
            told = True
            yield item
    else:
        for item in _against_meaning(live, known):
            told = True
            yield item
    if known.reviewed and reviewed is not live and not told:
        yield Drift(Turn.FORM, name, say(N_("the form of `{table}` is not the one that was reviewed"), table=name))


def _against_meaning(live: Table, known: TableMeaning) -> Iterator[Drift]:
    """Which columns the map does not know, and which ones it knows in vain."""
    yield from _moved(live.name, [item for item in live.columns if item.name not in known.columns],
                      [name for name in known.columns if live.column(name) is None], {})  # fmt: skip


def _compared(live: Table, before: Table) -> Iterator[Drift]:
    """What turned in a table whose reviewed form is known."""
    name = live.name
    was = {item.name: item for item in before.columns}
    yield from _moved(name, [item for item in live.columns if item.name not in was],
                      [item for item in was if live.column(item) is None], was)  # fmt: skip
    for column in live.columns:
        former = was.get(column.name)
        if former is None:
            continue
        if (former.type, former.sort, former.generated) != (column.type, column.sort, column.generated):
            yield Drift(Turn.RETYPED, name, say(N_("`{table}.{column}` was `{was}` and is `{now}`"), table=name, column=column.name,
                                                was=former.type, now=column.type), column.name)  # fmt: skip
        if former.nullable != column.nullable:
            text = N_("`{table}.{column}` may be null now") if column.nullable else N_("`{table}.{column}` may not be null any more")
            yield Drift(Turn.NULLABLE, name, say(text, table=name, column=column.name), column.name)
    if (before.primary_key, set(before.uniques)) != (live.primary_key, set(live.uniques)):
        yield Drift(Turn.KEYS, name, say(N_("the keys of `{table}` are others than were reviewed"), table=name))
    keys = [{(key.columns, key.table, key.referred, key.on_delete, key.deferrable) for key in table.foreign_keys} for table in (before, live)]
    if keys[0] != keys[1]:
        yield Drift(Turn.FOREIGN, name, say(N_("the foreign keys of `{table}` are others than were reviewed"), table=name))


def _moved(table: str, came: list[Column], went: list[str], was: dict[str, Column]) -> Iterator[Drift]:
    """Columns that came and went; of those that look like one another, that they were renamed."""
    pairs = renamed(came, went, was)
    for column in came:
        former = pairs.get(column.name)
        if former is not None:
            yield Drift(Turn.RENAMED, table, say(N_("`{table}.{column}` looks like `{was}`, renamed"), table=table, column=column.name, was=former),
                        column.name)  # fmt: skip
        else:
            yield Drift(Turn.NEW, table, say(N_("the column `{table}.{column}` is new"), table=table, column=column.name), column.name)
    for name in went:
        if name not in pairs.values():
            yield Drift(Turn.GONE, table, say(N_("the column `{table}.{column}` is gone"), table=table, column=name), name)


def renamed(came: list[Column], went: list[str], was: dict[str, Column]) -> dict[str, str]:
    """For columns that came, the one that went and that each may have been: of the same type, with the most alike names.

    One alone that came for one alone that went, of a type that is known to be the same, needs no likeness.
    """
    alone = len(came) == len(went) == 1
    likely = sorted(
        ((difflib.SequenceMatcher(None, column.name.lower(), name.lower()).ratio(), column.name, name)
         for column in came for name in went if name not in was or was[name].type == column.type),
        reverse=True,
    )  # fmt: skip
    pairs: dict[str, str] = {}
    for likeness, new, old in likely:
        if new not in pairs and old not in pairs.values() and (likeness >= _LIKE or (alone and old in was)):
            pairs[new] = old
    return pairs
