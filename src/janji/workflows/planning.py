"""Plans for a batch of people: what is done in which system, by whom, what stays and why; nothing is carried out here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from janji.connectors.base import Gap
from janji.datamap.catalogue import Catalogue
from janji.datamap.categories import in_words_of
from janji.datamap.meaning import SystemMeaning
from janji.erasure.narrowing import concerns, plan_categories
from janji.erasure.order import order_systems
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.search import HELD, handing_on
from janji.erasure.steps import Known, Problem, StorePlan
from janji.errors import Invalid, JanjiError, Refusal, Unavailable
from janji.people.identifiers import PREFIX, Identifier
from janji.people.spellings import spellings
from janji.store import erasures as store
from janji.store import vault
from janji.store.erasures import About
from janji.store.people import MERGED
from janji.terms.messages import N_, Message, Tongue, say
from janji.workflows import worklists
from janji.workflows.house import House
from janji.workflows.mapping import meanings
from janji.workflows.people import IDENTIFIER, current_all
from janji.workflows.systems import Reaching, System

if TYPE_CHECKING:
    from janji.connectors.base import Connector

Progress = Callable[[str, int, int], None]
"""Called with the system that is begun, how many are done and how many there are."""


class Way(StrEnum):
    """Who does it in a system, or why nobody does."""

    DONE_HERE = "done-here"
    ASKED = "asked"
    HELD = "held"
    BLOCKED = "blocked"


class Scope(NamedTuple):
    """What an erasure is confined to: some categories of data, in some systems."""

    data: tuple[str, ...]
    systems: tuple[str, ...]


def scope_of(options: Mapping[str, Any]) -> Scope | None:
    """What an erasure is confined to, as its options say."""
    return Scope(tuple(options["data"]), tuple(options["systems"])) if "data" in options else None


@dataclass(frozen=True, slots=True)
class Part:
    """What is done in one system: by a plan where Janji does it, by its owner where one is asked.

    `problems` say why it is blocked; `rows` are what a search counted by table, where one was made.
    """

    system: str
    way: Way
    plan: StorePlan | None = None
    problems: tuple[Problem, ...] = ()
    rows: tuple[tuple[str, int], ...] = ()
    attested: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of the plan, in 64 hexadecimal digits."""
        return hashlib.sha256(repr((self.system, self.way, self.plan)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done about a batch of people at an instant. Who is `held` is left out of `people`; nothing of theirs goes.

    `known` is by what they are found. Everything else here is not personal but for the ids of people.
    """

    purpose: Purpose
    at: datetime
    people: tuple[UUID, ...]
    held: tuple[UUID, ...]
    parts: tuple[Part, ...]
    order: tuple[tuple[str, ...], ...]
    known: tuple[Known, ...] = field(default=(), repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of all that was decided, in 64 hexadecimal digits: the number by which a reviewed plan is carried out."""
        said = (str(self.purpose), self.at.isoformat(), self.people, self.held, [(part.system, part.digest) for part in self.parts])
        return hashlib.sha256(repr(said).encode()).hexdigest()

    @property
    def blocked(self) -> tuple[Part, ...]:
        """The parts that cannot be carried out as things are."""
        return tuple(part for part in self.parts if part.way is Way.BLOCKED)

    def part(self, system: str) -> Part | None:
        """What is done in one system."""
        return next((part for part in self.parts if part.system == system), None)

    def here(self) -> tuple[tuple[Part, ...], ...]:
        """The parts that are done here, in the order in which systems lead to each other."""
        found = [tuple(part for name in group if (part := self.part(name)) is not None and part.way is Way.DONE_HERE) for group in self.order]
        return tuple(group for group in found if group)


def about_batch(subjects: Sequence[UUID]) -> tuple[tuple[UUID, ...], About]:
    """People as they are now, each once and in their order, and what is known of them: one statement, unless some were merged into others.

    Raises `Invalid` for somebody who is not on record.
    """
    everybody = tuple(dict.fromkeys(subjects))
    found = store.about(everybody)
    if any(state == MERGED for state, _ in found.states.values()) or set(found.states) != set(everybody):
        everybody = current_all(everybody)
        found = store.about(everybody)
    return everybody, found


def plan_batch(
    house: House, reach: Reaching, subjects: Sequence[UUID], purpose: Purpose, at: datetime | None = None, known: Sequence[Known] | None = None,
    about: About | None = None, scope: Scope | None = None,
) -> Plan:  # fmt: skip
    """What is done about these people at an instant, now when none is given; the systems' forms are read, nothing is searched.

    With a `scope` no more is planned than it says, and in no other system. `known` is given where it was kept by what they are found; then they are taken as they are named. `about` is what `about_batch`
    gave of these people as they are now. Raises `Invalid` when nobody is named or nothing identifies somebody, `Refusal` for somebody who was forgotten.
    """
    if not subjects:
        raise Invalid(say(N_("nobody is named")), say(N_("give people with `--subject`")))
    everybody = tuple(subjects)
    if about is None:
        everybody, about = (everybody, store.about(everybody)) if known is not None else about_batch(everybody)
    erasing = purpose is not Purpose.ACCESS
    stays = about.held if erasing else frozenset()
    there = tuple(one for one in everybody if one not in stays)
    meant, declared = meanings(house.runtime), house.policy_in_force.policy.data if scope is not None else ()
    listed = reach.systems
    parts = tuple(
        _part(reach, one, meant, purpose, at or house.runtime.now(), erasing and one.name in about.systems, scope, declared)
        for one in listed if scope is None or one.name in scope.systems
    )  # fmt: skip
    unlisted = sorted(set(meant) - {one.name for one in listed})
    parts += tuple(_unlisted(name) for name in unlisted if scope is None or name in scope.systems)
    order = order_systems([meant.get(one.name, SystemMeaning(one.name)) for one in listed])
    return Plan(
        purpose, at or house.runtime.now(), there, tuple(one for one in everybody if one in stays), _asked(parts), order,
        tuple(known) if known is not None else _known(house, there, about) if there else (),
    )  # fmt: skip


def known_people(house: House, subjects: Sequence[UUID]) -> tuple[Known, ...]:
    """By what people are found, their numbers as they stand here: identifiers of theirs and of whoever was merged into them.

    Raises `Refusal` for somebody who has none: they were forgotten, or nothing is known of them.
    """
    return _known(house, subjects, store.about(subjects))


def _known(house: House, subjects: Sequence[UUID], about: About) -> tuple[Known, ...]:
    place = {subject: number for number, subject in enumerate(subjects)}
    rows = [row for row in about.named if row.root in place]
    if set(place) - {row.root for row in rows}:
        raise Refusal(say(N_("nothing identifies one of these people: they were forgotten, or have no identifier")),
                      say(N_("`janji subject show` says which")))  # fmt: skip
    keys = {row.key.id: row.key for row in rows}
    opened = {id: vault.open_key(house.keeper, key) for id, key in keys.items()}
    found = []
    for row in rows:
        one = Identifier(row.kind, vault.unseal(opened[row.key.id], row.sealed, vault.binding(row.subject, IDENTIFIER, row.id)).decode())
        found.append(Known(place[row.root], str(one.kind), one.normal, spellings(one)))
    return tuple(sorted(set(found)))


def _part(
    reach: Reaching, system: System, meant: Mapping[str, SystemMeaning], purpose: Purpose, at: datetime, is_held: bool, scope: Scope | None, declared: Collection[str]
) -> Part:  # fmt: skip
    """What is done in one system. One that does not answer is blocked, and the others go on."""
    if is_held:
        return Part(system.name, Way.HELD)
    if not (system.searched if purpose is Purpose.ACCESS else system.erased):
        return Part(system.name, Way.ASKED, attested=True)
    meaning = meant.get(system.name)
    if meaning is None:
        return Part(system.name, Way.BLOCKED, problems=(Problem("", say(N_("nobody said what `{system}` holds"), system=system.name),
                    say(N_("`janji map scan {system}` proposes it for review"), system=system.name)),))  # fmt: skip
    try:
        connector = reach.of(system.name)
        if (Gap.SEARCH if purpose is Purpose.ACCESS else Gap.ERASE) in connector.gaps:
            return Part(system.name, Way.ASKED, attested=True)
        catalogue = connector.catalogue()
    except JanjiError as error:
        reach.let_go(system.name)
        return Part(system.name, Way.BLOCKED, problems=(Problem("", error.message, error.help or say(N_("try again when it answers"))),))
    others = [other for name, other in meant.items() if name != system.name]
    if scope is not None and purpose is not Purpose.ACCESS:
        plan = plan_categories(catalogue, in_words_of(meaning, declared), scope.data, at, others)
    else:
        plan = plan_store(catalogue, meaning, purpose=purpose, at=at, others=others)
    problems = (*plan.problems, *_unknown(catalogue, meaning))
    return Part(system.name, Way.BLOCKED if problems and purpose is not Purpose.ACCESS else Way.DONE_HERE, plan, problems)


def _unlisted(name: str) -> Part:
    """A system that is in the data map and nowhere else: nobody would look there."""
    return Part(name, Way.BLOCKED, problems=(Problem("", say(N_("`{system}` is in the data map, and not among the systems"), system=name),
                say(N_("keep it with `janji connect add {system}`"), system=name)),))  # fmt: skip


def _unknown(catalogue: Catalogue, meaning: SystemMeaning) -> Iterator[Problem]:
    """Tables that nobody said anything about: what they hold would be missing from a package, and outlive an erasure."""
    for name, table in catalogue.tables.items():
        if name not in meaning.tables and table.kind in HELD:
            yield Problem(name, say(N_("nobody said what the table `{table}` holds"), table=name),
                          say(N_("`janji map scan {system}` adds it; then review it"), system=meaning.system))  # fmt: skip


def _asked(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts, of which those are blocked whose owner nobody knows."""
    parts = tuple(parts)
    asked = [part.system for part in parts if part.way is Way.ASKED]
    nobody = set(worklists.unowned(asked)) if asked else set()
    return tuple(
        replace(part, way=Way.BLOCKED, problems=(Problem("", worklists.nobody(part.system), say(N_("name an owner in the list of systems, and run `janji systems import`"))),))
        if part.system in nobody else part
        for part in parts
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ searching


def search_parts(
    reach: Reaching, plan: Plan, take: Callable[[str, int, str, Mapping[str, Any]], None], progress: Progress | None = None,
) -> tuple[tuple[Known, ...], dict[str, JanjiError]]:  # fmt: skip
    """Search every system that is searched here, in the order in which they lead to each other, and hand each row on once.

    Systems that lead to each other are looked through until no new key is found, before rows are handed on. Gives the keys that
    systems gave for others, and which systems failed and how: the others went on.
    """
    keys: dict[Known, None] = {}
    failed: dict[str, JanjiError] = {}
    done, groups = 0, plan.here()
    count = sum(map(len, groups))
    for group in groups:
        while len(group) > 1:
            before = len(keys)
            for part in group:
                _search(reach, part, (*plan.known, *keys), lambda *_: None, keys, failed)
            if len(keys) == before or len(failed) == len(group):
                break
        for part in group:
            if progress is not None:
                progress(part.system, done, count)
            name = part.system
            _search(reach, part, (*plan.known, *keys), lambda person, table, row, name=name: take(name, person, table, row), keys, failed)
            done += 1
    return tuple(keys), failed


def _search(
    reach: Reaching, part: Part, people: Sequence[Known], take: Callable[..., None], keys: dict[Known, None], failed: dict[str, JanjiError]
) -> None:
    if part.system in failed or part.plan is None:
        return
    try:
        keys.update(dict.fromkeys(reach.of(part.system).search(part.plan, people, take)))
    except JanjiError as error:
        reach.let_go(part.system)
        failed[part.system] = error


def search_keys(reach: Reaching, plan: Plan) -> tuple[tuple[Known, ...], dict[str, JanjiError]]:
    """Only the keys of `search_parts`, from no more tables than have them or lead to them."""
    parts = (replace(part, plan=handing_on(part.plan)) for part in plan.parts if part.plan is not None)
    return search_parts(reach, replace(plan, parts=tuple(parts)), lambda *_: None)


def concerned(reach: Reaching, meant: Mapping[str, SystemMeaning], data: Sequence[str]) -> tuple[str, ...]:
    """The systems that may hold any of these categories of the policy, listed or only in the data map; what is meant in its words."""
    names = {*(one.name for one in reach.systems), *meant}
    return tuple(sorted(name for name in names if name not in meant or concerns(meant[name], data)))


def keys_for(house: House, reach: Reaching, plan: Plan, scope: Scope) -> tuple[tuple[Known, ...], dict[str, JanjiError]]:
    """The keys by which other systems lead to those of a scope; a system that cannot be asked for them is among those that failed."""
    meant = meanings(house.runtime)
    wanted = _leading(meant, scope.systems)
    if not wanted or not plan.people:
        return (), {}
    batch = plan_batch(house, reach, plan.people, Purpose.ACCESS, plan.at, plan.known, scope=Scope(scope.data, tuple(wanted)))
    keys, failed = search_keys(reach, batch)
    blocked = {part.system: Unavailable(part.problems[0].message, part.problems[0].help) for part in batch.blocked}
    return keys, {**blocked, **failed}


def _leading(meant: Mapping[str, SystemMeaning], systems: Sequence[str]) -> set[str]:
    """The systems over whose keys rows of these are reached, in turn."""
    found: set[str] = set()
    open_ = list(systems)
    while open_:
        meaning = meant.get(open_.pop())
        for table in meaning.tables.values() if meaning is not None else ():
            new = {link.to.partition("/")[0] for link in table.links if link.abroad} - found
            found |= new
            open_ += new
    return found


def counted(reach: Reaching, plan: Plan, progress: Progress | None = None) -> Plan:
    """The plan with the rows that a search of now counts by table; a system that fails meanwhile is blocked."""
    rows: dict[str, dict[str, int]] = {}

    def take(system: str, _: int, table: str, __: Mapping[str, Any]) -> None:
        tables = rows.setdefault(system, {})
        tables[table] = tables.get(table, 0) + 1

    _, failed = search_parts(reach, plan, take, progress)
    return replace(plan, parts=tuple(
        replace(part, way=Way.BLOCKED, problems=(*part.problems, _problem(failed[part.system]))) if part.system in failed
        else replace(part, rows=tuple(sorted(rows.get(part.system, {}).items())))
        for part in plan.parts
    ))  # fmt: skip


def checked(reach: Reaching, plan: Plan) -> Plan:
    """The plan with every reason why a store would refuse it or not find people, found without writing."""
    return replace(plan, parts=tuple(_checked(reach, part, plan.known, plan.purpose) if part.way is Way.DONE_HERE else part for part in plan.parts))


def _checked(reach: Reaching, part: Part, known: Sequence[Known], purpose: Purpose) -> Part:
    if part.plan is None:
        return part
    try:
        connector = reach.of(part.system)
        problems = () if Gap.PREFLIGHT in connector.gaps else connector.preflight(part.plan, known)
    except JanjiError as error:
        reach.let_go(part.system)
        problems = (_problem(error),)
    way = part.way if purpose is Purpose.ACCESS else Way.BLOCKED
    return replace(part, way=way, problems=(*part.problems, *problems)) if problems else part


def _problem(error: JanjiError) -> Problem:
    return Problem("", error.message, error.help or say(N_("try again when it answers")))


def statements(reach: Reaching, plan: Plan) -> dict[str, tuple[str, ...]]:
    """What would be asked of each store to carry the plan out, without a value of a person."""
    found: dict[str, tuple[str, ...]] = {}
    for group in plan.here():
        for part in group:
            if part.plan is not None:
                connector: Connector = reach.of(part.system)
                found[part.system] = connector.statements(part.plan)
    return found


# --------------------------------------------------------------------------------------------------------------- shown


def plan_json(plan: Plan, tongue: Tongue, sql: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
    """A plan as JSON; what is absent is left out."""
    return {
        "digest": plan.digest, "purpose": str(plan.purpose), "at": f"{plan.at:%Y-%m-%dT%H:%M:%SZ}",
        "subjects": [f"{PREFIX}{one}" for one in plan.people], **({"held": [f"{PREFIX}{one}" for one in plan.held]} if plan.held else {}),
        "systems": [_part_json(part, tongue, () if sql is None else sql.get(part.system, ())) for part in plan.parts],
    }  # fmt: skip


def _part_json(part: Part, tongue: Tongue, sql: Sequence[str]) -> dict[str, Any]:
    plan = part.plan

    def said(message: Message) -> str:
        return message.render(tongue)

    named: dict[str, Any] = {
        "system": part.system, "way": str(part.way), "attested": part.attested, "rows": dict(part.rows),
        "fates": [] if plan is None else [
            {"table": one.table, "verdict": str(one.verdict), **({"column": one.column} if one.column else {}), **({"rule": one.rule} if one.rule else {})}
            for one in plan.fates
        ],
        "told": [] if plan is None else [{"table": one.table, "message": said(one.message)} for one in plan.told],
        "problems": [
            {**({"table": one.table} if one.table else {}), "message": said(one.message), "help": said(one.help)} for one in part.problems
        ],
        "statements": list(sql),
    }  # fmt: skip
    return {key: value for key, value in named.items() if value}
