"""Which rows of a system are over at an instant: each rule of the schedule where the data map says it counts from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from janji.datamap.catalogue import Catalogue
from janji.datamap.meaning import NONE, Expiry, SystemMeaning, TableMeaning
from janji.erasure.keeping import EVER, bound_of
from janji.erasure.order import rounds
from janji.erasure.search import HELD
from janji.policy.model import RetentionRule
from janji.terms.messages import N_, Message, say
from janji.terms.periods import Period
from janji.terms.processing import Disposal

WITHDRAWAL = "withdrawal"
"""The event with which rows end at once, whatever the rule's period (UU 27/2022 Art 43(1)(b))."""
YEAR_ENDS = frozenset({"book-year-end", "year-end"})
"""Events that come at the end of the year in which the column's day is."""


@dataclass(frozen=True, slots=True)
class Ending:
    """One way in which rows of a table come to their end: their column `since` is before `bound`.

    `columns` end alone where some are named. `expiry` is what the data map says about it.
    """

    system: str
    table: str
    rule: str
    event: str
    since: str
    bound: datetime
    then: Disposal
    expiry: Expiry

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that end alone; none where the row ends."""
        return self.expiry.columns


@dataclass(frozen=True, slots=True)
class Finding:
    """What the schedule and the data map do not agree about. With `stops` rows of the table do not end until it is settled."""

    system: str
    table: str
    message: Message
    help: Message
    stops: bool = False


def endings(catalogue: Catalogue, meaning: SystemMeaning, rules: Mapping[str, RetentionRule], at: datetime) -> tuple[Ending, ...]:
    """Every way in which rows of a system end at an instant, in the order in which they can: what refers to others goes before them.

    Tables of which the store has no such table are left out, and what follows others is not listed by itself.
    """
    found = []
    for table in meaning.tables.values():
        for expiry in table.retention:
            rule = rules.get(expiry.rule)
            if rule is None or expiry.since is None:
                continue
            event = expiry.event or rule.trigger
            found.append(Ending(meaning.system, table.name, expiry.rule, event, expiry.since, bound(rule.period, event, at), rule.then, expiry))
    order = {name: place for place, name in enumerate(children_first(catalogue))}
    held = [ending for ending in found if ending.table in order]
    return tuple(sorted(held, key=lambda ending: (order[ending.table], ending.event != WITHDRAWAL, not ending.columns)))


def children_first(catalogue: Catalogue) -> tuple[str, ...]:
    """The tables that hold rows, those that refer to others before these; of a ring in any order."""
    names = tuple(name for name, table in catalogue.tables.items() if table.kind in HELD)
    before = {name: [key.table for key in catalogue.tables[name].foreign_keys if key.table != name] for name in names}
    return tuple(reversed([name for group in rounds(names, before) for name in group]))


def bound(period: Period, event: str, at: datetime) -> datetime:
    """The instant before which a column must lie for its row to be over at `at`.

    A period that began on day d is over on the day `period.after(d)`, in UTC; after a withdrawal there is none.
    """
    if event == WITHDRAWAL:
        return at
    if event not in YEAR_ENDS:
        return bound_of(period, at)
    today = at.astimezone(UTC).date()
    year = today.year
    while year > EVER.year and period.after(date(year, 12, 31)) > today:
        year -= 1
    return datetime(year + 1, 1, 1, tzinfo=UTC)


def findings(catalogue: Catalogue, meaning: SystemMeaning, rules: Mapping[str, RetentionRule]) -> tuple[Finding, ...]:
    """Where schedule, data map and store do not fit: rules that there are not, columns that are gone, rows that nothing ends."""
    made: list[Finding] = []
    for table in meaning.tables.values():
        live = catalogue.tables.get(table.name)
        if live is None or live.kind not in HELD:
            continue
        if not table.retention:
            if table.personal:
                made.append(_finding(meaning, table, say(N_("nothing says when rows of `{table}` come to their end"), table=table.name),
                                     N_("name a rule of the schedule under `retention` of the table")))  # fmt: skip
            continue
        columns = {column.name for column in live.columns}
        for expiry in table.retention:
            made += _wrong(meaning, table, expiry, columns, rules)
    return tuple(made)


def _wrong(
    meaning: SystemMeaning, table: TableMeaning, expiry: Expiry, columns: set[str], rules: Mapping[str, RetentionRule]
) -> Iterator[Finding]:
    rule = rules.get(expiry.rule)
    if rule is None:
        yield _finding(meaning, table, say(N_("`{table}` ends by the rule `{rule}`, which the policy does not have"), table=table.name, rule=expiry.rule),
                       N_("name a rule of the policy's `retention`"), True)  # fmt: skip
        return
    if expiry.event and expiry.event not in (WITHDRAWAL, rule.trigger):
        yield _finding(meaning, table, say(N_("`{table}` ends by `{rule}`, which does not count from `{event}`"), table=table.name, rule=expiry.rule, event=expiry.event),
                       N_("leave `event` out, or write `withdrawal`"), True)  # fmt: skip
    for name in (expiry.since, *expiry.columns, *expiry.where):
        if name is not None and name not in columns:
            yield _finding(meaning, table, say(N_("`{table}` has no column `{column}`, by which its rows end"), table=table.name, column=name),
                           N_("see what changed with `janji map diff`"), True)  # fmt: skip
    if (expiry.since is None) == (expiry.follows is None) or (expiry.follows is not None and expiry.follows not in meaning.tables):
        yield _finding(meaning, table, say(N_("rows of `{table}` end neither from a column nor with a table that is mapped"), table=table.name),
                       N_("give either `since`, a column, or `follows`, a table of the same system"), True)  # fmt: skip
    beyond = sorted({table.columns[name].category for name in expiry.columns or table.personal if name in table.columns} - {NONE, *rule.data})
    if rule.data and beyond:
        yield _finding(
            meaning, table, say(N_("the rule `{rule}` speaks of other data than `{table}` holds: {names}"), rule=expiry.rule, table=table.name, names=_listed(beyond)),
            N_("name these categories in the rule, or end their columns by a rule of their own"),
        )  # fmt: skip


def _finding(meaning: SystemMeaning, table: TableMeaning, message: Message, help: str, stops: bool = False) -> Finding:
    return Finding(meaning.system, table.name, message, say(help), stops)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
