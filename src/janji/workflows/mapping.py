"""The data map kept true: stores scanned into overlays, drift told, maps checked and explained, tables reviewed."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from janji.datamap.catalogue import Catalogue, Table
from janji.datamap.categories import categories_of
from janji.datamap.checks import Words, check, map_of
from janji.datamap.drafts import Drafted, Proposed, Sense, extend, set_columns, set_reviewed
from janji.datamap.drift import VIEWS, Drift, Turn, drift
from janji.datamap.explain import Explained, Owning, explain
from janji.datamap.fingerprint import fingerprint
from janji.datamap.links import besides, candidates, gathers_people, of_others, propose_abroad, propose_links
from janji.datamap.meaning import NONE, Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning
from janji.datamap.overlay import Overlay, WrittenTable, read_overlay
from janji.datamap.places import listed, spot_in
from janji.datamap.spelling import FormCount, form_of, missed
from janji.datamap.typed import typed
from janji.datamap.whole import DataMap, reached
from janji.datamap.writers import writer
from janji.datamap.written import begin, plain_identifier, plain_link
from janji.discovery.naming import person_besides, person_of
from janji.documents.shapes import nearest
from janji.erasure.search import lookable, reaches_of
from janji.errors import Conflict, Diagnostic, Invalid, Refusal
from janji.files.maps import State, path_of, read_folder, read_scanned, state_of, write_overlay
from janji.files.reading import read_file
from janji.people.identifiers import KINDS, IdentifierKind
from janji.policy.model import Policy
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.processing import Severity
from janji.workflows.whereabouts import about

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from janji.connectors.base import Connector
    from janji.discovery.proposals import Proposal
    from janji.workflows.house import House
    from janji.workflows.runtime import Runtime

SQL = frozenset({"postgresql", "postgres", "mysql", "mariadb", "sqlite"})
SHARED = frozenset({str(IdentifierKind.ADDRESS)})
"""Kinds of identifier that many people have at once: rows are found by them and never owned."""
SAMPLE = 1000
"""So many values of each column are looked at."""
Step = Callable[[str, int, int], None]
"""Called with what is being looked at, how many of how many are done."""


def quiet(what: str, done: int, of: int) -> None:
    """A step that tells nobody."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store that is looked at: a database by its engine, anything else by its connector."""

    catalogue: Catalogue
    engine: Engine | None = None
    connector: Connector | None = None

    def sample(self, table: str, columns: Sequence[str], size: int) -> Mapping[str, list[Any]]:
        """Values of columns, drawn inside the store."""
        if self.engine is not None:
            from janji.connectors.sampling import sample

            return sample(self.engine, table, columns, size)
        assert self.connector is not None  # noqa: S101 - one of the two is there
        return self.connector.sample(table, columns, size)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan found: the overlay as it is now, where it is, what the policy does not declare, and by which duties tables would be kept."""

    system: str
    path: Path
    drafted: Drafted
    tables: int
    findings: tuple[Diagnostic, ...] = ()
    keeps: tuple[tuple[str, KeepRule], ...] = ()
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs between a store and its overlay."""

    system: str
    drifts: tuple[Drift, ...]

    @property
    def blocked(self) -> tuple[str, ...]:
        """The tables in which nothing is erased until somebody has looked."""
        return tuple(dict.fromkeys(item.table for item in self.drifts if item.blocks))


@contextmanager
def looking(runtime: Runtime, where: str) -> Iterator[Store]:
    """The store at a URL, or of a system of the record, opened for reading only and let go of at the end."""
    address = where if "://" in where else _address(runtime, where)
    kind = address.partition("://")[0].split("+")[0].lower()
    if kind in SQL:
        from janji.connectors.engines import open_engine
        from janji.connectors.reflection import reflect

        engine = open_engine(address, read_only=True)
        try:
            yield Store(reflect(engine), engine)
        finally:
            engine.dispose()
        return
    from janji.workflows.systems import open_store

    connector = open_store("store", address, runtime)
    try:
        yield Store(connector.catalogue(), None, connector)
    finally:
        connector.close()


def _address(runtime: Runtime, system: str) -> str:
    from janji.workflows.house import open_house

    with open_house(runtime) as house:
        return address_of(house, system)


def address_of(house: House, system: str) -> str:
    """The address of a system of the record; raises `Invalid` when there is none of this name, `Refusal` when it has no address."""
    from janji.store import secrets
    from janji.store import systems as store
    from janji.workflows.systems import system_named

    system_named(system)
    row = next(row for row in store.systems() if row.name == system)
    held = secrets.opened(house.keeper, [store.secret_name(row)]) if row.secret else {}
    if not held:
        raise Refusal(say(N_("the system `{name}` has no address"), name=system), say(N_("give it one with `janji connect rotate`")))
    return next(iter(held.values())).decode()


def system_of(where: str, named: str | None) -> str:
    """The name of a system: as given, or the last part of its URL; raises `Invalid` where neither is a name."""
    last = where.partition("?")[0].rstrip("/").rsplit("/", 1)[-1] if "://" in where else where
    name = named or (last.rsplit(".", 1)[0] if "://" in where else last)
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}", name) is None:
        raise Invalid(say(N_("the system has no name that a file could have")), say(N_("give one with `--system`: letters, digits, `-` and `_`")))
    return name


# ------------------------------------------------------------------------------------------------------------- scanning


def scan(
    runtime: Runtime, where: str, system: str, policy: Policy | None, *, target: Path | None = None, step: Step = quiet, size: int = SAMPLE,
) -> Scanned:  # fmt: skip
    """Look at a store and write its overlay, or what the one that is there lacks; nothing that people wrote is changed.

    Without `target` the overlay lies in the folder of maps. Raises `Invalid` when the overlay that is there has mistakes,
    `Unavailable` or `Refusal` when the store does not answer.
    """
    from janji.discovery.duties import propose_duties, unclear
    from janji.discovery.proposals import findings, passed_by

    folder = runtime.settings.maps
    path = target or path_of(folder, read_folder(folder), system)
    former = read_scanned(path)
    head = about(policy, system, where, runtime.tongue)
    text = _text(path) if path.is_file() else begin(
        system, {name: value for name, (value, _) in head.items()}, {name: why.render(runtime.tongue) for name, (_, why) in head.items()}
    )  # fmt: skip
    with looking(runtime, where) as store:
        found = _discover(store, policy, step, size)
        proposed = _proposed(store, found, _others(folder, system), runtime.tongue, step)
    duties = () if policy is None else propose_duties(store.catalogue, found, proposed.links, policy)
    keeps = {duty.table: replace(duty.rule, reason=duty.why.render(runtime.tongue)) for duty in duties if duty.rule is not None}
    drafted = extend(str(path), text, store.catalogue, replace(proposed, keeps=keeps), former)
    write_overlay(path, drafted.text, store.catalogue)
    fresh = frozenset(drafted.tables)
    said = [*(findings(found, policy, system) if policy is not None else ()), *passed_by(found, system), *unclear([duty for duty in duties if duty.table in fresh], system)]
    placed = _placed(said, system, read_overlay(str(path), drafted.text.encode("utf-8"))) if said else ()
    kept = tuple((table, keeps[table]) for table in drafted.tables if table in keeps)
    return Scanned(system, path, drafted, len(store.catalogue.tables), placed, kept, found)


def _placed(found: Sequence[Diagnostic], system: str, overlay: Overlay) -> tuple[Diagnostic, ...]:
    """Findings with the places of their columns in the overlay."""
    places = {f"{system}/{table}.{column}": place for table, written in overlay.written.items() for column, place in written.places.items()}
    return tuple(replace(item, place=places.get(str(dict(item.message.params).get("column")), item.place)) for item in found)


def _text(path: Path) -> str:
    """An overlay as text; raises `Invalid` with the place where it is none."""
    data = read_file(path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise _mistaken(read_overlay(str(path), data)) from None


def _discover(store: Store, policy: Policy | None, step: Step, size: int) -> tuple[Proposal, ...]:
    """What is proposed for every column of every table that holds rows of its own."""
    from janji.discovery.proposals import ColumnEvidence
    from janji.workflows.discovering import propose_columns

    tables = [table for table in store.catalogue.tables.values() if table.kind not in VIEWS and table.columns]

    def drawn() -> Iterator[ColumnEvidence]:
        for number, table in enumerate(tables):
            step(table.name, number, len(tables))
            values = store.sample(table.name, [column.name for column in table.columns], size) if size else {}
            refers = {name for key in table.foreign_keys for name in key.columns}
            for column in table.columns:
                yield ColumnEvidence(table.name, column, values.get(column.name, ()), column.name in table.primary_key, column.name in refers)
        step("", len(tables), len(tables))

    return propose_columns(drawn(), policy)


def _proposed(
    store: Store, found: Sequence[Proposal], others: Mapping[str, tuple[Catalogue, frozenset[str]]], tongue: Tongue, step: Step
) -> Proposed:
    """Columns and links as they will be written, the identifiers in the form that all of their values stand in."""
    senses: dict[str, dict[str, Sense]] = defaultdict(dict)
    for item in found:
        why = item.why.render(tongue)
        nobodys = gathers_people(item.table)
        identifier = None if item.identifier is None else replace(item.identifier, why=why, owner=item.identifier.owner and item.identifier.kind not in SHARED and not nobodys)
        entries = tuple(
            replace(one, why=reason.render(tongue), owner=one.owner and one.kind not in SHARED) for one, reason in item.entries
            if lookable(store.catalogue.tables[item.table], one, store.catalogue.dialect)
        )  # fmt: skip
        senses[item.table][item.column] = Sense(Meaning(item.category, why, item.paths), identifier, entries)
    identified = {table: [item for sense in held.values() for item in sense.identifiers] for table, held in senses.items()}
    counted = _forms(store, identified)
    for table, columns in senses.items():
        for column, sense in columns.items():
            formed = tuple(replace(item, form=form_of(item.kind, counted[table, item.name])) if (table, item.name) in counted else item for item in sense.identifiers)
            first = formed[0] if sense.identifier is not None else None
            columns[column] = replace(sense, identifier=first, entries=formed[1:] if first is not None else formed)
    _say_why_trimmed(senses, tongue)
    identifiers = {
        table: [item for sense in held.values() for item in sense.identifiers if not item.path or (item.owner and not listed(spot_in(item.path) or ""))]
        for table, held in senses.items()
    }  # fmt: skip
    personal = {table for table, held in senses.items() if any(sense.meaning.category != NONE for sense in held.values())}
    overlaps, types = {}, {}
    if store.engine is not None:
        from janji.connectors.overlap import agreeing, overlap, words_of

        pairs = candidates(store.catalogue, [table for table, held in identifiers.items() if held])
        step(tongue.translate(N_("links")), 0, 1)
        overlaps = overlap(store.engine, store.catalogue, pairs)
        types = words_of(store.engine, typed(store.catalogue))
        step("", 1, 1)
    mixed = {item.table for item in found if item.mixed}
    links = propose_links(store.catalogue, identifiers, personal, overlaps, types, mixed)
    if store.engine is not None:
        own = {table: [item for item in held if not person_besides(item.column)] for table, held in identifiers.items() if table not in mixed}
        links = of_others(links, agreeing(store.engine, store.catalogue, besides(links, own)))
    abroad = propose_abroad(store.catalogue, links, others)
    linked = {name: (*links.get(name, ()), *abroad.get(name, ())) for name in {*links, *abroad}}
    for name, held in senses.items():
        _on_links(held, linked.get(name, ()))
        _somebody_besides(held, linked.get(name, ()), tongue)
        _writers(held, linked.get(name, ()), writer(name, linked.get(name, ())), tongue)
        _of_what_is_named(held, linked.get(name, ()), tongue)
        _one_person(store.catalogue.tables[name], held, linked.get(name, ()), tongue)
    return Proposed(senses, linked)


def _say_why_trimmed(senses: Mapping[str, dict[str, Sense]], tongue: Tongue) -> None:
    """Add to the reason of an identifier that its values stand with space around them."""
    for held in senses.values():
        for column, sense in held.items():
            if sense.identifier is not None and sense.identifier.form.trims:
                why = f"{sense.identifier.why}; {tongue.translate(N_('some of its values have space around them'))}"
                held[column] = replace(sense, identifier=replace(sense.identifier, why=why))


def _on_links(held: dict[str, Sense], links: Sequence[Link]) -> None:
    """Say of an identifier that is a link too that it is the link's person: whoever that is, the row that it leads to tells."""
    for link in links:
        sense = held.get(link.columns[0]) if len(link.columns) == 1 and link.owner and not link.of_kind else None
        if sense is not None and sense.identifier is not None and sense.identifier.owner and not sense.meaning.of:
            held[link.columns[0]] = replace(sense, meaning=replace(sense.meaning, of=link.columns))


def _somebody_besides(held: dict[str, Sense], links: Sequence[Link], tongue: Tongue) -> None:
    """Propose that what a row says of a recipient is the recipient's, where the row leads to somebody else too."""
    if not any(link.owner for link in links):
        return
    people: dict[str, str] = {}
    for column, sense in held.items():
        if sense.identifier is not None and sense.identifier.owner and not sense.meaning.of and (word := person_besides(column)):
            people.setdefault(word, column)
    for column, sense in held.items():
        first = people.get(person_besides(column))
        if first is not None and not sense.meaning.of and (sense.meaning.category != NONE or sense.identifier is not None):
            why = say(N_("of whoever has `{column}`, by its name"), column=first).render(tongue)
            held[column] = replace(sense, meaning=replace(sense.meaning, of=(first,), why=f"{sense.meaning.why}; {why}"))


def _writers(held: dict[str, Sense], links: Sequence[Link], columns: tuple[str, ...], tongue: Tongue) -> None:
    """Propose that what a row of several says is of whoever wrote or ordered it."""
    leading = {column for link in links for column in link.columns}
    for column, sense in held.items() if columns else ():
        if sense.meaning.category != NONE and not sense.meaning.of and not any(item.owner for item in sense.identifiers) and column not in leading and not person_besides(column):
            why = say(N_("of whom `{column}` leads to, by its name"), column=columns[0]).render(tongue)
            held[column] = replace(sense, meaning=replace(sense.meaning, of=columns, why=f"{sense.meaning.why}; {why}"))


def _of_what_is_named(held: dict[str, Sense], links: Sequence[Link], tongue: Tongue) -> None:
    """Propose that what a row of several calls the thing that it is about is of whom the thing leads to: `object_repr` of `object_id`."""
    if len({link.columns for link in links if link.owner}) < 2:
        return
    for columns in dict.fromkeys(link.columns for link in links if link.owner and link.of_kind):
        stem = re.sub(r"_?(id|pk|key)$", "", columns[0])
        for column in (f"{stem}_{word}" for word in ("repr", "name", "title", "label", "str")):
            sense = held.get(column)
            if sense is not None and not sense.meaning.of and not sense.identifiers:
                why = "; ".join(filter(None, (sense.meaning.why, say(N_("of whom `{column}` leads to, by its name"), column=columns[0]).render(tongue))))
                held[column] = replace(sense, meaning=replace(sense.meaning, of=columns, why=why))


def _one_person(table: Table, held: dict[str, Sense], links: Sequence[Link], tongue: Tongue) -> None:
    """Propose that several addresses are of one person where their names say no more, and they would count as several people."""
    meaning = TableMeaning(
        table.name, identifiers=tuple(sense.identifier for sense in held.values() if sense.identifier is not None), links=tuple(links),
        columns={name: sense.meaning for name, sense in held.items()},
    )  # fmt: skip
    ways = [reach for reach in reaches_of(table, meaning) if reach.source is None and reach.owner and reach.kind in KINDS]
    if not any(reach.seat == reach.columns[0] for reach in ways):
        return
    people: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for item in meaning.identifiers:
        if item.owner:
            people[person_of(table.name, item.column)].append(item.column)
    for first, *others in people.values():
        for name in others:
            why = say(N_("the same person as `{column}`, by its name"), column=first).render(tongue)
            held[name] = replace(held[name], meaning=replace(held[name].meaning, of=(first,), why=f"{held[name].meaning.why}; {why}"))


def _others(folder: Path, system: str) -> dict[str, tuple[Catalogue, frozenset[str]]]:
    """The scanned forms of the other systems, each with its tables whose rows have owners."""
    held = [overlay for overlay in read_folder(folder) if overlay.meaning is not None and overlay.meaning.system != system]
    owned = reached(map_of(held), owned=True)
    found = {}
    for overlay in held:
        name, form = str(overlay.meaning.system) if overlay.meaning else "", read_scanned(Path(overlay.file))
        if form is not None:
            found[name] = (form, frozenset(table for table in form.tables if f"{name}/{table}" in owned))
    return found


def _forms(store: Store, identifiers: Mapping[str, Sequence[Identifier]]) -> dict[tuple[str, str], FormCount]:
    if store.engine is None:
        return {}
    from janji.connectors.spelt import count_forms

    return count_forms(store.engine, identifiers)


# ---------------------------------------------------------------------------------------------------------------- drift


def compare(runtime: Runtime, where: str, system: str) -> Compared:
    """What differs between a live store and its overlay, and identifiers that a search would not find as they now stand."""
    folder = runtime.settings.maps
    overlay, path = overlay_of(folder, system)
    meaning = _understood(overlay)
    with looking(runtime, where) as store:
        found = list(drift(store.catalogue, meaning, read_scanned(path)))
        there = {
            name: [item for item in table.identifiers if lookable(store.catalogue.tables[name], item, store.catalogue.dialect)]
            for name, table in meaning.tables.items()
            if name in store.catalogue.tables
        }
        for (table, column), counts in _forms(store, there).items():
            identifier = next(item for item in meaning.tables[table].identifiers if item.name == column)
            count = missed(identifier, counts)
            if count:
                found.append(Drift(Turn.SPELLING, table, say(
                    N_("{count} of {values} values of `{table}.{column}` are not found in the form `{form}`"), count=f"{count:,}",
                    values=f"{counts.values:,}", table=table, column=column, form=identifier.form), column))  # fmt: skip
    return Compared(system, tuple(found))


# --------------------------------------------------------------------------------------------------- checks and reading


def overlays(folder: Path) -> tuple[Overlay, ...]:
    """Every overlay of the folder of maps."""
    return read_folder(folder)


def overlay_of(folder: Path, system: str) -> tuple[Overlay, Path]:
    """The overlay of a system and its file; raises `Invalid` when there is none."""
    held = read_folder(folder)
    for overlay in held:
        if overlay.meaning is not None and overlay.meaning.system == system:
            return overlay, Path(overlay.file)
    broken = [overlay for overlay in held if overlay.meaning is None and Path(overlay.file).stem == system]
    if broken:
        raise _mistaken(broken[0])
    known = [str(overlay.meaning.system) for overlay in held if overlay.meaning is not None]
    help = nearest(system, known) if known else say(N_("`janji map scan` writes one"))
    raise Invalid(say(N_("there is no overlay of `{system}` in `{folder}`"), system=system, folder=folder), help)


def _understood(overlay: Overlay) -> SystemMeaning:
    if overlay.meaning is None or overlay.diagnostics:
        raise _mistaken(overlay)
    return overlay.meaning


def _mistaken(overlay: Overlay) -> Invalid:
    return Invalid(
        say(N_("the overlay `{file}` has mistakes"), file=overlay.file), say(N_("`janji map check` shows each with its place and help")),
        overlay.diagnostics,
    )  # fmt: skip


def words_of_policy(policy: Policy | None) -> Words:
    """What overlays may name under a policy."""
    if policy is None:
        return Words(frozenset(KINDS))
    return Words(frozenset(KINDS), frozenset(map(str, policy.data)), frozenset(map(str, policy.retention)))


def check_maps(folder: Path, policy: Policy | None) -> tuple[Diagnostic, ...]:
    """Every mistake in the folder of maps: of writing, of names, of tables that nothing leads from to a person."""
    held = read_folder(folder)
    scanned = {str(item.meaning.system): read_scanned(Path(item.file)) for item in held if item.meaning is not None}
    return check(held, words_of_policy(policy), {name: form for name, form in scanned.items() if form is not None})


def whole_map(folder: Path) -> DataMap:
    """The whole map with each system's form as it was last scanned; raises `Invalid` where an overlay has mistakes.

    It is read once as long as no file of the folder changes.
    """
    return _whole_map(folder, state_of(folder))


@lru_cache(maxsize=4)
def _whole_map(folder: Path, state: State) -> DataMap:  # noqa: ARG001 - another state of the folder is another key
    held = read_folder(folder)
    for overlay in held:
        _understood(overlay)
    scanned = {str(item.meaning.system): read_scanned(Path(item.file)) for item in held if item.meaning is not None}
    return map_of(held, {name: form for name, form in scanned.items() if form is not None})


def meanings(runtime: Runtime) -> dict[str, SystemMeaning]:
    """What people say about each system, by its name; raises `Invalid` where an overlay has mistakes."""
    return {name: mapped.meaning for name, mapped in whole_map(runtime.settings.maps).systems.items()}


# --------------------------------------------------------------------------------------------------------- explanations


def explain_system(runtime: Runtime, system: str, where: str | None = None, step: Step = quiet) -> tuple[Explained, ...]:
    """The tables of a system in words; with a store to look at, counted: rows without an owner, owners of too much."""
    map = whole_map(runtime.settings.maps)
    if system not in map.systems:
        overlay_of(runtime.settings.maps, system)
    if where is None:
        return explain(map, system)
    from janji.connectors.overlap import spread

    with looking(runtime, where) as store:
        mapped = replace(map.systems[system], catalogue=store.catalogue)
        live = DataMap({**map.systems, system: mapped})
        counts: dict[tuple[str, tuple[str, ...]], Owning] = {}
        if store.engine is not None:
            tables = [(name, table) for name, table in mapped.meaning.tables.items() if name in store.catalogue.tables]
            for number, (name, table) in enumerate(tables):
                step(name, number, len(tables))
                ways = [*(link.columns for link in table.links if link.owner), *((item.column,) for item in table.identifiers if item.owner and not item.path)]
                for key, item in spread(store.engine, {name: ways}).items():
                    counts[key] = Owning(item.rows, item.empty, item.owners, item.most)
            step("", len(tables), len(tables))
        return explain(live, system, counts)


# -------------------------------------------------------------------------------------------------------------- reviews


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A table whose form somebody has looked at."""

    system: str
    table: str
    form: str
    changed: bool


def say_columns(folder: Path, system: str, table: str, said: Mapping[str, tuple[str, str]], digest: str) -> None:
    """Write other categories for columns of a table into its overlay, each with why; comments and order stay.

    `digest` is that of the overlay that was read: raises `Conflict` when somebody changed it since, `Invalid` as `set_columns` does.
    """
    _, path = overlay_of(folder, system)
    text = _text(path)
    if digest_of(text) != digest:
        raise Conflict(say(N_("somebody changed the map of `{system}` meanwhile"), system=system), say(N_("look at what stands there now, and send yours again")))
    if said:
        write_overlay(path, set_columns(str(path), text, {table: said}))


def digest_of(text: str) -> str:
    """What tells one text of an overlay from another."""
    return hashlib.sha256(text.encode()).hexdigest()


def review(folder: Path, names: Sequence[str], every: str | None = None) -> tuple[Reviewed, ...]:
    """Note the scanned form of tables as reviewed: those named `system/table`, a table alone where only one has the name.

    With `every` all tables of a system. The form is the one that was last scanned, which is what a reader of the overlay has
    before them; a store that changed since still shows as drift. Raises `Invalid` for a name of nothing, and for a table of
    which a column says nothing.
    """
    held = read_folder(folder)
    done: list[Reviewed] = []
    wanted: dict[str, list[str]] = defaultdict(list)
    for name in names:
        system, table = _table_named(held, name)
        wanted[system].append(table)
    if every is not None:
        overlay, _ = overlay_of(folder, every)
        wanted[every] = [name for name, written in overlay.written.items() if not written.gone]
    for system, tables in wanted.items():
        overlay, path = overlay_of(folder, system)
        _understood(overlay)
        scanned = read_scanned(path)
        text = _text(path)
        forms = {name: _form(scanned, system, name, overlay.written[name]) for name in tables}
        changed = {name for name, form in forms.items() if overlay.written[name].meaning.reviewed != form}
        write_overlay(path, set_reviewed(str(path), text, {name: form for name, form in forms.items() if name in changed}))
        done += [Reviewed(system, name, form, name in changed) for name, form in forms.items()]
    return tuple(done)


def _form(scanned: Catalogue | None, system: str, name: str, written: WrittenTable) -> str:
    table = None if scanned is None else scanned.tables.get(name)
    if table is None:
        raise Invalid(say(N_("the table `{table}` was not seen by the last scan"), table=name), say(N_("run `janji map scan` for `{system}`"), system=system))
    silent = [column.name for column in table.columns if column.name not in written.meaning.columns]
    if silent:
        raise Invalid(
            say(N_("nothing is said of the column `{column}` of `{table}`"), column=silent[0], table=name),
            say(N_("scan again, or write its category under `columns`; `none` where nothing of a person is held")),
        )
    return fingerprint(table)


def _table_named(held: Sequence[Overlay], name: str) -> tuple[str, str]:
    """System and table of a word of the command line."""
    known = [(str(item.meaning.system), table) for item in held if item.meaning is not None for table in item.meaning.tables]
    found = [(system, table) for system, table in known if name in (f"{system}/{table}", table)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(say(N_("several systems have a table `{table}`"), table=name),
                      say(N_("write one of: {words}"), words=", ".join(f"`{system}/{table}`" for system, table in found)))  # fmt: skip
    raise Invalid(say(N_("there is no table `{table}` in the map"), table=name), nearest(name, [f"{system}/{table}" for system, table in known]))


# --------------------------------------------------------------------------------------------------------------- papers


def add_paper(folder: Path, name: str, about: Mapping[str, str], holds: Sequence[str], policy: Policy | None) -> Path:
    """Enter a store on paper into the map; raises `Invalid` when there is such a system, or a category is unknown."""
    from janji.documents.writing import flow

    held = read_folder(folder)
    path = path_of(folder, held, system_of(name, name))
    if path.exists():
        raise Invalid(say(N_("there is a system `{system}` already"), system=name), say(N_("change its file: `{path}`"), path=path))
    known = words_of_policy(policy).categories
    for category in holds:
        if known is not None and category not in known:
            raise Invalid(say(N_("`{word}` is not a category of the policy"), word=category), nearest(category, known))
    text = begin(name, about).split("\n", 1)[1] + "paper: true\n" + (f"holds: {flow(list(holds))}\n" if holds else "")
    write_overlay(path, text)
    return path


def broken(found: Sequence[Diagnostic]) -> int:
    """How many of the diagnostics are errors."""
    return sum(item.severity is Severity.ERROR for item in found)


def drift_json(item: Drift, tongue: Tongue) -> dict[str, Any]:
    """A difference as JSON."""
    held: dict[str, Any] = {"turn": str(item.turn), "table": item.table}
    if item.column is not None:
        held["column"] = item.column
    return {**held, "message": item.message.render(tongue), "blocks": item.blocks}


def explained_json(item: Explained, tongue: Tongue) -> dict[str, Any]:
    """The explanation of a table as JSON."""
    points: list[tuple[Any, Message]] = list(item.points)
    return {
        "system": item.system, "table": item.table, "personal": list(item.personal), "ways": [way.render(tongue) for way in item.ways],
        "points": [{"point": str(point), "message": message.render(tongue)} for point, message in points],
    }  # fmt: skip


def meaning_json(one: SystemMeaning) -> dict[str, Any]:
    """A system as a list shows it; absent is omitted."""
    held: dict[str, Any] = {
        "system": str(one.system), "title": str(one.title), "owner": str(one.owner), "location": str(one.location), "country": str(one.country),
    }  # fmt: skip
    held = {name: value for name, value in held.items() if value}
    tables = list(one.tables.values())
    return {
        **held, "paper": one.paper, "tables": len(tables), "personal": sum(bool(table.personal) for table in tables),
        "reviewed": sum(bool(table.reviewed) for table in tables), "categories": categories(one),
    }  # fmt: skip


def categories(one: SystemMeaning) -> list[str]:
    """The categories that a system holds, each once."""
    return sorted(set(map(str, categories_of(one))))


def overlay_text(folder: Path, system: str) -> str:
    """The overlay of a system as it is written."""
    return read_file(overlay_of(folder, system)[1]).decode("utf-8", "replace")


def system_json(folder: Path, system: str) -> dict[str, Any]:
    """A system with its tables as JSON, each entry as an overlay has it."""
    one = _understood(overlay_of(folder, system)[0])
    tables = [
        {
            "name": name, "reviewed": bool(table.reviewed), "verdict": str(table.verdict),
            "identifiers": [plain_identifier(item) for item in table.identifiers], "links": [plain_link(link) for link in table.links],
            "columns": {column: str(meaning.category) for column, meaning in table.columns.items()},
        }
        for name, table in one.tables.items()
    ]  # fmt: skip
    return {**meaning_json(one), "tables": tables}
