"""The plan by which rows that are over come to their end: they are gathered by time, what follows them with them, held people left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from janji.datamap.catalogue import Catalogue
from janji.datamap.meaning import NONE, SystemMeaning, TableMeaning, Verdict
from janji.erasure.keeping import marks_of, ways_between
from janji.erasure.order import rounds
from janji.erasure.plan import Purpose, plan_gathered
from janji.erasure.search import key_of, reaches_of
from janji.erasure.steps import (
    Assignment,
    Change,
    Delete,
    Due,
    Filling,
    Gather,
    Hold,
    Keep,
    Reach,
    Reason,
    Referring,
    StorePlan,
)
from janji.policy.model import RetentionRule
from janji.retention.schedule import Ending
from janji.terms.processing import Disposal

VERDICTS = {
    Disposal.DELETE: Verdict.DELETE, Disposal.DESTROY: Verdict.DESTROY, Disposal.ANONYMISE: Verdict.ANONYMISE,
    Disposal.RESTRICT: Verdict.RESTRICT,
}  # fmt: skip


def plan_ending(
    catalogue: Catalogue, meaning: SystemMeaning, rules: Mapping[str, RetentionRule], ending: Ending, at: datetime, limit: int
) -> StorePlan:
    """What is done with at most `limit` rows of an ending, and with the rows that end with them.

    Whoever is given as `Known` to the connector is held: by identifiers, by keys that other systems handed on, and by
    `system/table.column` of the first column of a table's key.
    """
    names = followers(meaning, ending)
    narrowed = _narrowed(meaning, rules, ending, names)
    root = Gather(
        ending.table, key_of(catalogue.tables[ending.table]), (),
        due=Due(ending.since, ending.bound, limit, tuple(sorted(ending.expiry.where.items())), _kept(catalogue, narrowed, ending, at)),
        spare=spare_of(catalogue, meaning, ending.table),
    )  # fmt: skip
    reaches = {name: _ways(catalogue, meaning, name, names) for name in names[1:]}
    before = {ending.table: [], **{name: [way.source for way in ways if way.source] for name, ways in reaches.items()}}
    groups = tuple(
        tuple(
            root if name == ending.table
            else Gather(name, key_of(catalogue.tables[name]), reaches[name], _several(catalogue, reaches[name]), spare=spare_of(catalogue, meaning, name))
            for name in group
        )
        for group in rounds(names, before)
    )  # fmt: skip
    plan = plan_gathered(catalogue, narrowed, groups, purpose=Purpose.RETENTION, at=at)
    return _without_the_done(plan, ending)


def followers(meaning: SystemMeaning, ending: Ending) -> tuple[str, ...]:
    """The table of an ending and those whose rows end with its rows, in turn; columns that end alone take nothing along."""
    found = [ending.table]
    if ending.columns:
        return tuple(found)
    for name in found:
        found += [
            table.name for table in meaning.tables.values()
            if table.name not in found and any(expiry.follows == name for expiry in table.retention)
        ]  # fmt: skip
    return tuple(found)


def spare_of(catalogue: Catalogue, meaning: SystemMeaning, name: str) -> tuple[Reach, ...]:
    """How rows of people who are held are known: their identifiers in the row, keys of other systems, or the row's own key."""
    table = catalogue.tables[name]
    own = [
        replace(reach, seat="", after=()) for reach in reaches_of(table, meaning.tables[name]) if reach.source is None and reach.owner
    ]  # fmt: skip
    key = key_of(table)
    return (*own, *([Reach((key[0],), kind=f"{meaning.system}/{name}.{key[0]}")] if key else []))


def quasi_identifiers(catalogue: Catalogue, plan: StorePlan, table: str) -> tuple[str, ...]:
    """The columns of an anonymised table that still tell rows apart: not its key, and not what became nothing or alike in all."""
    alike = {
        held.column for action in plan.actions if isinstance(action, Change) and action.table == table
        for held in action.assignments if held.filling not in (Filling.YEAR, Filling.PATHS, Filling.ONLY)
    }  # fmt: skip
    live = catalogue.tables[table]
    key = {*key_of(live)}
    return tuple(column.name for column in live.columns if column.name not in alike | key)


def _narrowed(meaning: SystemMeaning, rules: Mapping[str, RetentionRule], ending: Ending, names: Sequence[str]) -> SystemMeaning:
    """The meaning of the tables at hand alone, each with the verdict of the rule by which it ends."""
    tables = {}
    for name in names:
        table = meaning.tables[name]
        if name == ending.table:
            tables[name] = _ended(table, ending)
            continue
        rule = next((rules[one.rule] for one in table.retention if one.follows in names and one.rule in rules), None)
        tables[name] = replace(table, verdict=VERDICTS[rule.then if rule is not None else ending.then])
    return replace(meaning, tables={
        name: replace(table, links=tuple(link for link in table.links if link.abroad or link.to in tables)) for name, table in tables.items()
    })  # fmt: skip


def _ended(table: TableMeaning, ending: Ending) -> TableMeaning:
    """The meaning of the table that ends: its own rule does not keep it, and columns that stay hold nothing that ends."""
    keep = tuple(rule for rule in table.keep if rule.rule != ending.rule)
    if not ending.columns:
        counted = table.columns.get(ending.since)
        stays = ending.then is not Disposal.ANONYMISE and counted is not None  # what others refer to must be found again
        columns = {**table.columns, ending.since: replace(counted, category=NONE, paths={})} if stays and counted else table.columns
        return replace(table, verdict=VERDICTS[ending.then], keep=keep, columns=columns)
    columns = {
        name: what if name in ending.columns else replace(what, category=NONE, paths={}) for name, what in table.columns.items()
    }  # fmt: skip
    return replace(table, verdict=Verdict.ANONYMISE, keep=keep, columns=columns, identifiers=(), links=())


def _ways(catalogue: Catalogue, meaning: SystemMeaning, name: str, names: Sequence[str]) -> tuple[Reach, ...]:
    followed = [one.follows for one in meaning.tables[name].retention if one.follows in names and one.follows != name]
    return tuple(dict.fromkeys(way for parent in followed for way in ways_between(catalogue, meaning, name, str(parent))))


def _several(catalogue: Catalogue, ways: Sequence[Reach]) -> bool:
    """Whether a row may follow several others: it ends with the last of them."""
    return len(ways) > 1 or any(
        not any(set(key) <= set(way.referred) for key in (catalogue.tables[str(way.source)].primary_key, *catalogue.tables[str(way.source)].uniques) if key)
        for way in ways
    )


def _kept(catalogue: Catalogue, narrowed: SystemMeaning, ending: Ending, at: datetime) -> tuple[Keep, ...]:
    """The rules that keep rows of the table by columns of their own, whole or in part: such rows end later."""
    held = [keep for mark in marks_of(catalogue, narrowed, [Gather(ending.table, (), ())], at) for keep in mark.keeps]
    return tuple(keep for keep in held if keep.follows is None and not keep.besides)


def _without_the_done(plan: StorePlan, ending: Ending) -> StorePlan:
    """The plan, that does not gather again what it was done with: what is anonymised, and must stay because others refer to it."""
    deletes = [action for action in plan.actions if isinstance(action, Delete) and action.table == ending.table]
    reason = (Reason.REFERRED,) if deletes else ()
    done: list[Assignment] = [
        held for action in plan.actions if isinstance(action, Change) and action.table == ending.table and action.reasons == reason
        for held in action.assignments if held.filling is not Filling.TOKEN
    ]  # fmt: skip
    referring: tuple[Referring, ...] = tuple(held for action in deletes for held in action.referring)
    referring += tuple(
        held for action in plan.actions if isinstance(action, Hold) for table, held in action.pairs if deletes and table == ending.table
    )  # fmt: skip
    if not done or (deletes and not referring):
        return plan

    def finished(gather: Gather) -> Gather:
        return gather if gather.due is None else replace(gather, due=replace(gather.due, unlike=tuple(done), referring=referring))

    return replace(plan, rounds=tuple(tuple(map(finished, group)) for group in plan.rounds))
