"""Overlays held against each other, the policy and the live stores: mistakes with place and help, tables that nobody owns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from janji.datamap.catalogue import Catalogue
from janji.datamap.drift import blocked
from janji.datamap.meaning import NONE, Expiry, KeepRule, Link, SystemMeaning, TableMeaning, Verdict
from janji.datamap.overlay import Overlay, place_of
from janji.datamap.places import spot_in
from janji.datamap.whole import DataMap, MappedSystem, reached, target
from janji.documents.shapes import nearest
from janji.errors import Diagnostic
from janji.terms.messages import N_, Message, say
from janji.terms.places import Place
from janji.terms.processing import Severity


@dataclass(frozen=True, slots=True)
class Words:
    """What overlays may name: categories and retention rules of the policy (none where there is no policy), kinds of identifier."""

    kinds: frozenset[str]
    categories: frozenset[str] | None = None
    rules: frozenset[str] | None = None


def map_of(overlays: Iterable[Overlay], catalogues: Mapping[str, Catalogue] | None = None) -> DataMap:
    """The whole map of overlays that were understood, each with the catalogue of its system where one is given."""
    held = catalogues or {}
    meanings = [overlay.meaning for overlay in overlays if overlay.meaning is not None]
    return DataMap({str(item.system): MappedSystem(item, held.get(item.system)) for item in meanings})


def check(overlays: Iterable[Overlay], words: Words, catalogues: Mapping[str, Catalogue] | None = None) -> tuple[Diagnostic, ...]:
    """Every mistake of the overlays: those of reading, names that do not exist, tables with personal data that nothing reaches."""
    files = list(overlays)
    checking = _Checking(map_of(files, catalogues), words)
    seen: dict[str, Overlay] = {}
    for overlay in files:
        checking.found += overlay.diagnostics
        if overlay.meaning is None:
            continue
        system = overlay.meaning.system
        if system in seen:
            checking.error("system-twice", say(N_("the system `{system}` has a second overlay"), system=system), place_of(system),
                           say(N_("it is first written in `{file}`; keep one of the two"), file=seen[system].file))  # fmt: skip
            continue
        seen[system] = overlay
        checking.system(overlay)
    return tuple(checking.found)


class _Checking:
    """The checks of one map."""

    def __init__(self, map: DataMap, words: Words) -> None:
        self.map, self.words = map, words
        self.reached = reached(map)
        self.found: list[Diagnostic] = []

    def error(self, code: str, message: Message, place: Place, help: Message, severity: Severity = Severity.ERROR) -> None:
        self.found.append(Diagnostic(code, severity, message, place, help))

    def system(self, overlay: Overlay) -> None:
        """Everything of one overlay."""
        meaning = overlay.meaning
        assert meaning is not None  # noqa: S101 - its caller has looked
        place = place_of(meaning.system)
        for category in meaning.holds:
            self._category(category)
        if meaning.paper and not meaning.location:
            self.error("no-place", say(N_("the paper store `{system}` has no place"), system=meaning.system), place,
                       say(N_("add `location`: the room, the shelf, how it is filed")))  # fmt: skip
        if meaning.paper and not meaning.holds:
            self.error("holds-nothing", say(N_("nothing says what the paper store `{system}` holds"), system=meaning.system), place,
                       say(N_("add `holds`: the categories of the policy that lie there")), Severity.WARNING)  # fmt: skip
        if not meaning.owner:
            self.error("no-owner", say(N_("nobody answers for the system `{system}`"), system=meaning.system), place,
                       say(N_("add `owner`: the department or function that answers for it")), Severity.WARNING)  # fmt: skip
        catalogue = self.map.systems[meaning.system].catalogue
        stopped = blocked(catalogue, meaning) if catalogue is not None else frozenset()
        for name, table in meaning.tables.items():
            self.table(meaning, name, table, overlay.written[name].place)
            if not table.reviewed or name in stopped:
                self.error("not-reviewed", say(N_("nobody has reviewed the table `{table}` as it is"), table=name), overlay.written[name].place,
                           say(N_("read it, then run `janji map review {table}`; nothing is erased there before"), table=f"{meaning.system}/{name}"),
                           Severity.WARNING)  # fmt: skip

    def table(self, system: SystemMeaning, name: str, table: TableMeaning, place: Place) -> None:
        """One table: its names, and whether something leads to it."""
        for column, meaning in table.columns.items():
            self._category(meaning.category)
            for category in meaning.paths.values():
                self._category(category)
            self._columns(table, meaning.of)
            ways = [*(link.columns for link in table.links), *((item.column,) for item in table.identifiers)]
            if meaning.of and not any(set(meaning.of) <= set(columns) for columns in ways):
                self.error("unknown-link", say(N_("no link and no identifier of `{table}` has the columns that `{column}` is of"), table=name, column=column),
                           place_of(meaning.of[0]), say(N_("name the columns of one of its links, or an identifier")))  # fmt: skip
        for item in table.identifiers:
            self._columns(table, [item.column])
            if item.path and spot_in(item.path) is None:
                self.error("unknown-path", say(N_("`{path}` is not a place inside of a document"), path=item.path), place_of(item.path),
                           say(N_("write the keys between stops, such as `$.customer.email`, and `[*]` for each entry of a list, such as `$.contacts[*].email`")))  # fmt: skip
            if item.kind not in self.words.kinds:
                self.error("unknown-kind", say(N_("`{word}` is not a kind of identifier"), word=item.kind), place_of(item.kind),
                           nearest(item.kind, self.words.kinds))  # fmt: skip
        for link in table.links:
            self._link(system, table, link)
        self._rules(system, table)
        if table.verdict is Verdict.RESTRICT and table.restrict is None:
            self.error("no-restriction", say(N_("nothing says how a row of `{table}` is restricted"), table=name), place,
                       say(N_("add `restrict`: the column and the value that it then has")))  # fmt: skip
        if table.personal and f"{system.system}/{name}" not in self.reached:
            self.error("unreached", say(N_("`{table}` holds personal data, and nothing leads from it to a person: {reason}"), table=name,
                                        reason=self._why(table)), place,
                       say(N_("add an identifier or a link, or say `none` where nothing of a person is held")))  # fmt: skip

    def _why(self, table: TableMeaning) -> Message:
        if not table.links:
            return say(N_("it has no identifier and no link"))
        return say(N_("its links lead to {tables}, which nothing leads from either"),
                   tables=", ".join(f"`{link.to}`" for link in table.links))  # fmt: skip

    def _category(self, category: str) -> None:
        known = self.words.categories
        if category != NONE and known is not None and category not in known:
            self.error("unknown-category", say(N_("`{word}` is not a category of the policy"), word=category), place_of(category),
                       say(N_("declare it in the policy, or: {hint}"), hint=nearest(category, known)))  # fmt: skip

    def _columns(self, table: TableMeaning, names: Iterable[str]) -> None:
        for name in names:
            if name not in table.columns:
                self.error("unknown-column", say(N_("`{column}` is not a column of `{table}` here"), column=name, table=table.name),
                           place_of(name), nearest(name, table.columns))  # fmt: skip

    def _link(self, system: SystemMeaning, table: TableMeaning, link: Link) -> None:
        self._columns(table, [*link.columns, *link.where])
        if not link.columns or len(link.columns) != len(link.referred):
            self.error("uneven-link", say(N_("a link has as many `columns` as `referred`, and at least one")), place_of(link.to),
                       say(N_("write them in the same order: each column beside the one that holds the same")))  # fmt: skip
        if link.prefix and (link.abroad or len(link.columns) > 1):
            self.error("unfit-prefix", say(N_("a link with a `prefix` has one column, and leads to a table of the same system")), place_of(link.prefix),
                       say(N_("write the kind of what it leads to under `where` if that stands in a column of its own")))  # fmt: skip
        other = self.map.table(target(system.system, link, self.map))
        if other is None:
            known = [*system.tables, *(f"{one}/{name}" for one, name, _ in self.map.tables() if one != system.system)]
            self.error("unknown-table", say(N_("there is no table `{table}` here, or it is gone"), table=link.to), place_of(link.to),
                       nearest(link.to, known))  # fmt: skip
        else:
            self._columns(other, link.referred)

    def _rules(self, system: SystemMeaning, table: TableMeaning) -> None:
        linked = {link.to for link in table.links}
        linked |= {name for name, other in system.tables.items() if any(link.to == table.name for link in other.links)}
        rules: list[KeepRule | Expiry] = [*table.keep, *table.retention]
        known = self.words.rules
        for item in rules:
            if known is not None and item.rule not in known:
                self.error("unknown-rule", say(N_("`{word}` is not a rule of the policy's retention schedule"), word=item.rule),
                           place_of(item.rule), nearest(item.rule, known))  # fmt: skip
            self._columns(table, [*([item.since] if item.since else []), *item.columns])
            if item.follows and item.follows not in linked:
                self.error("unknown-link", say(N_("no link leads from `{table}` to `{to}`, nor back"), table=table.name, to=item.follows),
                           place_of(item.follows), nearest(item.follows, linked))  # fmt: skip
        for expiry in table.retention:
            self._columns(table, expiry.where)
        for keep in table.keep:
            self._columns(table, [keep.until] if keep.until else [])
            ways = [word for word, value in (("since", keep.since), ("until", keep.until), ("follows", keep.follows)) if value]
            if len(ways) > 1 or (keep.since is None) != (keep.period is None):
                self.error("unclear-keep", say(N_("a keep-rule runs from `since` for `period`, or to `until`, or `follows`, or for good")),
                           place_of(keep.rule), say(N_("keep one of them; `since` and `period` go together")))  # fmt: skip

