"""How tables lead to a person, proposed from foreign keys, from values that agree where no key is declared, and from types."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from janji.datamap.catalogue import Catalogue, Column, Sort, Table
from janji.datamap.drift import VIEWS
from janji.datamap.meaning import Identifier, Link
from janji.datamap.naming import singular, stem_of, words_in
from janji.datamap.typed import KEYED, Typed, table_of, typed
from janji.terms.messages import N_, Message, say

ENOUGH, HINTED = 0.95, 0.8
"""The share of values that must be met: without any hint in the name, and with one."""
FEWEST, FEWEST_HINTED = 20, 3
"""As many different values at least say anything."""
MOST_KEYS = 40
"""Against so many keys the values of one column are held at most."""
_LONGEST = 255
_KEY_WORDS = frozenset(["id", "ids", "no", "num", "number", "nr", "code", "key", "uuid", "guid", "fk", "ref", "kode", "nomor", "nomer", "pk", "oid"])
_PLAIN_KEYS = frozenset(["id", "name", "code", "no", "number", "key", "uuid", "guid", "kode", "nomor", "nama", "title", "type", "status"])
_STAFF = re.compile(
    r"(^|_)(?!created_user)((create|update|write|modify|modified|change|delete|approve|review|handle|close|assign|verify|verified|enter|insert|edit|check|pack|serve|sold|issue|"
    r"void|retire|resolve|moderate|process|perform|authorise|authorize|acknowledge|suspend|ban|lock|publish|archive)(d|ed)?_?(by|to|uid|user|user_?id|usr|userid)|"
    r"acting_user|history_user|taken_by|assignee|approver|reviewer|agent|operator|cashier|salesman|salesperson|sales_rep|support_rep|"
    r"default_(owner|user|assignee|contact|admin|responsible)|rep|manager|supervisor|staff|employee|teknisi|technician|kasir|petugas|pegawai|karyawan|atasan|kepala|ketua|penilai|"
    r"(dibuat|diubah|dihapus|disetujui|ditangani|diperiksa|diproses)_oleh)(_|$)"
)


_OF_MANY = (("first",), ("last",), ("live",), ("latest",), ("newest",), ("oldest",), ("terakhir",), ("pertama",))
"""What a column begins with that leads to one of the many rows that refer back, as `last_post_id` of a topic does."""
_MAKERS = frozenset(["creator", "modifier", "editor", "uploader", "initiator"])
"""Words of who made a row."""
_ROLES = frozenset(
    ["author", "owner", "creator", "reporter", "recipient", "receiver", "sender", "requester", "requestor", "assignee", "inviter", "invitee", "follower", "actor",
     "participant", "poster", "commenter", "reviewer", "uploader", "editor", "approver", "submitter", "initiator", "mentor", "penulis", "pemilik", "pengirim", "penerima", "pelapor"]
)
"""Words of columns that say what somebody is to a row, and name no table."""
_PLACES = frozenset(["address", "addr", "alamat", "location", "lokasi", "household", "residence", "domicile", "domisili"])
"""Words of tables whose rows are where people live or are, and not people."""
_PARTIES = frozenset(["party", "individual", "individu", "partner", "subject"])
_MORE_OF = frozenset(
    ["email", "mail", "surel", "phone", "telephone", "telepon", "mobile", "fax", "contact", "kontak", "mech", "mechanism", "point",
     "channel", "identification", "identifier", "identity", "identitas", "login", "credential", "detail", "detil", "info", "information",
     "profile", "profil", "extra", "ext", "auth", "social", "alias", "handle", "username"]
)
"""Words of tables that tell more of the person whose row they refer to."""
_PERSONS = frozenset(
    ["user", "person", "people", "customer", "client", "member", "account", "employee", "staff", "contact", "subscriber", "patient",
     "student", "teacher", "applicant", "candidate", "guest", "visitor", "buyer", "seller", "donor", "player", "author", "driver", "lead",
     "pengguna", "pelanggan", "anggota", "nasabah", "karyawan", "pegawai", "pasien", "siswa", "guru", "orang", "akun", "kna1"]
)
_COMPANIES = frozenset(
    ["company", "organization", "organisation", "org", "tenant", "team", "department", "division", "branch", "store", "shop", "school",
     "university", "hospital", "clinic", "firm", "business", "employer", "vendor", "supplier", "dealer", "merchant", "office", "perusahaan",
     "instansi", "organisasi", "toko", "sekolah", "kantor", "cabang", "departemen", "divisi"]
)
"""Words of tables whose rows are of many people at once."""
_OF_ONE = frozenset({"email", "national-id", "account"})
"""Kinds of identifier that no two people have: one is enough to know whose the row is that such a row refers to."""
_TOLD = frozenset({"email", "phone", "national-id"})
"""Kinds by which people are known to whoever asks; by any other a row is found by the row where it stands beside one of these."""


class Pair(NamedTuple):
    """A column whose values may be those of a key of another table; `beside` are the other columns where the key has several."""

    table: str
    column: str
    to: str
    referred: str
    beside: tuple[tuple[str, str], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that hold the key."""
        return (self.column, *(column for column, _ in self.beside))

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns of the key."""
        return (self.referred, *(key for _, key in self.beside))


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many different values of the column were drawn, and how many of them the other table has."""

    drawn: int
    met: int


@dataclass(frozen=True, slots=True)
class _Edge:
    """A way from a table up to the one that it refers to, and why it is believed."""

    table: str
    columns: tuple[str, ...]
    to: str
    referred: tuple[str, ...]
    why: Message
    where: tuple[tuple[str, str], ...] = ()
    prefix: str = ""
    of_many: bool = False

    @property
    def of_kind(self) -> bool:
        """Whether only rows lead over it that name its table."""
        return bool(self.where or self.prefix)

    @property
    def staff(self) -> bool:
        """Whether the columns, or the table of a type among several, say who worked on a row, or which of many came first or last."""
        words = stem_of(self.to) if self.of_kind else tuple(words_in(self.columns[0]))
        return bool(_STAFF.search("_".join(words))) or words[:1] in _OF_MANY or self.of_many


def candidates(catalogue: Catalogue, near: Collection[str] | None = None) -> tuple[Pair, ...]:
    """Columns without a declared foreign key, each with the keys that its values may be: what is worth a look into the store.

    By name alone for numbers, for any two columns that count upwards agree; for texts and UUIDs any key of the same sort. With
    `near`, the tables that have identifiers, only keys of tables that may lead to one of them.
    """
    keys, bare = _keys(catalogue), unmarked(catalogue)
    named = _Named(keys, bare)
    people = _most_meant(catalogue, named, [key for key in keys if near is not None and key[0] in near and {*stem_of(bare[key[0]])} & _PERSONS])
    by_type = {(item.table, item.column) for item in typed(catalogue) if not item.whole}
    loose = {name: _undeclared(table) for name, table in catalogue.tables.items() if table.kind not in VIEWS}
    wanted = set(catalogue.tables) if near is None else _may_lead(catalogue, loose, named, near)
    found: list[Pair] = []
    for name, columns in loose.items():
        for column in columns:
            said = named.of_table(column.name)
            speaks = [*named.of(column.name), *(people if _says_role(column.name) and (name, column.name) not in by_type else ())]
            fitting = [key for key in dict.fromkeys(speaks) if key[0] in wanted and key[0] != name and _comparable(key[1], column) and (key in said or not _counted(catalogue, name, column, *key))]
            if column.sort not in (Sort.INTEGER, Sort.BYTES):
                fitting += [key for key in keys if key[0] in wanted and key[0] != name and key[1].sort is column.sort and key not in fitting]
            found += [Pair(name, column.name, to, key.name) for to, key in _roots(catalogue, name, column.name, fitting)[:MOST_KEYS]]
        found += [pair for to in sorted(wanted - {name}) if catalogue.tables[to].kind not in VIEWS for pair in _joint(catalogue.tables[name], columns, catalogue.tables[to], bare[to])]
    return tuple(found)


def _most_meant(catalogue: Catalogue, named: _Named, keys: Sequence[tuple[str, Column]]) -> list[tuple[str, Column]]:
    """Of several keys of people the one that most columns lead to, by declaration or by name: whom a role means that names no table; none where two are meant as often."""
    meant: Counter[tuple[str, str]] = Counter()
    for name, table in catalogue.tables.items():
        declared = {(key.table, *key.referred) for key in table.foreign_keys if key.table != name}
        said = {(to, key.name) for column in table.columns for to, key in named.of_table(column.name) if to != name}
        meant.update(way for way in declared | said if len(way) == 2)
    most = [(count, key) for key in keys if (count := meant[key[0], key[1].name])]
    top = max((count for count, _ in most), default=0)
    found = [key for count, key in most if count == top]
    return found if len(found) == 1 else []


def _roots(catalogue: Catalogue, name: str, column: str, keys: Sequence[tuple[str, Column]]) -> list[tuple[str, Column]]:
    """The keys that are not themselves declared to hold the column's own values, or those of another one of them."""
    own = {(name, column), *((to, key.name) for to, key in keys)}
    leads = {(to, key.name): {(other.table, *other.referred) for other in catalogue.tables[to].foreign_keys if other.columns == (key.name,)} for to, key in keys}
    return [(to, key) for to, key in keys if not leads[to, key.name] & own]


def _says_role(column: str) -> bool:
    """Whether a column is a key of somebody by what they are to the row: `author_id`, `invited_user`."""
    words = [singular(word) for word in words_in(column)]
    return (not _ROLES.isdisjoint(words) and all(word in _KEY_WORDS | _ROLES for word in words)) or bool(_STAFF.search("_".join(words)))


def _counted(catalogue: Catalogue, table: str, column: Column, to: str, key: Column) -> bool:
    """Whether both are the keys of their tables by the same name, and nothing tells which is given: each may count by itself, as `history_id` of many tables does."""
    named = words_in(column.name)[-1:] == ["id"] and column.name == key.name and column.sort is Sort.INTEGER and not key.default
    return named and catalogue.tables[table].primary_key == (column.name,) and catalogue.tables[to].primary_key == (key.name,)


def _comparable(key: Column, column: Column) -> bool:
    """Whether a column may hold a key: of its sort, or a number written as text, or the other way."""
    return key.sort is column.sort or {key.sort, column.sort} == {Sort.TEXT, Sort.INTEGER}


def _joint(table: Table, loose: Sequence[Column], to: Table, called: str) -> Iterator[Pair]:
    """The columns of a table that are called like those of a key of several columns, of which one is declared nowhere."""
    for key in dict.fromkeys((to.primary_key, *to.uniques)):
        if not 1 < len(key) < 5:
            continue
        pairs = [(column, held) for held in key for column in table.columns if (there := to.column(held)) and there.sort is column.sort
                 and (hinted(column.name, called, held) or column.name.lower() == held.lower() not in _PLAIN_KEYS)]  # fmt: skip
        own = {held: sorted((column for column, name in pairs if name == held), key=lambda item: item.name.lower() != held.lower()) for held in key}
        if not all(own.values()):
            continue
        said = [(columns[0], held) for held, columns in own.items()]
        leading = [(column, held) for column, held in said if column in loose]
        if not leading or len({column.name for column, _ in said}) < len(said):
            continue
        first = max(leading, key=lambda item: (item[0].name.lower() != item[1].lower(), key.index(item[1])))
        yield Pair(table.name, first[0].name, to.name, first[1], tuple((column.name, held) for column, held in said if (column, held) != first))


def _undeclared(table: Table) -> list[Column]:
    """The columns of a table that may hold a key and of which no foreign key says which: none that the store counts upwards by itself."""
    declared = {column for key in table.foreign_keys for column in key.columns}
    declared |= {item.name for item in table.columns if item.default and item.sort is Sort.INTEGER and table.primary_key == (item.name,)}
    return [item for item in table.columns if item.name not in declared and item.sort in KEYED and (item.length or 0) <= _LONGEST]


def _may_lead(catalogue: Catalogue, loose: Mapping[str, Sequence[Column]], named: _Named, near: Collection[str]) -> set[str]:
    """The tables that foreign keys or names may lead from to one that has identifiers, both ways."""
    beside: dict[str, set[str]] = defaultdict(set)
    for name, table in catalogue.tables.items():
        others = {key.table for key in table.foreign_keys} | {to for column in loose.get(name, ()) for to, _ in named.of(column.name)}
        for other in others:
            beside[name].add(other)
            beside[other].add(name)
    found, waiting = set(near), list(near)
    while waiting:
        more = beside[waiting.pop()] - found
        found |= more
        waiting += more
    return found


class _Named:
    """Keys by the words of their tables, so that the name of a column finds those that it may hold."""

    def __init__(self, keys: Sequence[tuple[str, Column]], bare: Mapping[str, str]) -> None:
        self._stems: dict[tuple[str, ...], list[tuple[str, Column]]] = defaultdict(list)
        self._ends: dict[str, list[tuple[str, Column]]] = defaultdict(list)
        self._names: dict[str, list[tuple[str, Column]]] = defaultdict(list)
        for table, key in keys:
            for stem in {stem_of(table), stem_of(bare[table])}:
                self._stems[stem].append((table, key))
                if stem[-1:] and stem[-1] not in _PLAIN_KEYS:
                    self._ends[stem[-1]].append((table, key))
            if key.name.lower() not in _PLAIN_KEYS:
                self._names[key.name.lower()].append((table, key))
        self._single = tuple(sorted((stem[0] for stem in self._stems if len(stem) == 1), key=len, reverse=True))

    def of(self, column: str) -> list[tuple[str, Column]]:
        """The keys that a column's name speaks of."""
        return list(dict.fromkeys([*self.of_table(column), *self._names.get(column.lower(), ())]))

    def of_table(self, column: str) -> list[tuple[str, Column]]:
        """Those of the table that the name speaks of."""
        words = _key_words(column, self._single)
        spans = [(start, end) for start in range(len(words)) for end in range(start + 1, len(words) + 1) if _speaks(words, start, end)]
        ends = self._ends.get(words[0], ()) if len(words) == 1 else ()
        return list(dict.fromkeys([*(key for start, end in spans for key in self._stems.get(tuple(words[start:end]), ())), *ends]))


def unmarked(catalogue: Catalogue) -> dict[str, str]:
    """The names of the tables without the word that most of them begin with, as those of an application that has a store with others do."""
    begins = Counter(words[0] for table in catalogue.tables if len(words := words_in(table.rsplit(".", 1)[-1])) > 1)
    common = {word for word, count in begins.items() if count >= _MARKED and 2 * count > len(catalogue.tables)}
    found = {}
    for table in catalogue.tables:
        words = words_in(table.rsplit(".", 1)[-1])
        found[table] = "_".join(words[1:]) if len(words) > 1 and words[0] in common else table
    return found


_MARKED = 4
"""From so many tables on a word before their names is one that says nothing of them."""


def _keys(catalogue: Catalogue) -> list[tuple[str, Column]]:
    """Columns that tell the rows of their table apart by themselves, declared or by their name."""
    found = []
    for name, table in catalogue.tables.items():
        if table.kind in VIEWS:
            continue
        alone = {columns[0] for columns in (table.primary_key, *table.uniques) if len(columns) == 1}
        if not alone:
            alone = {item.name for item in table.columns if item.name.lower() == "id" or hinted(item.name, name, "id")}
        found += [(name, column) for column in table.columns if column.name in alone and column.sort in KEYED]
    return found


def propose_links(
    catalogue: Catalogue, identifiers: Mapping[str, Sequence[Identifier]], personal: Collection[str],
    overlaps: Mapping[Pair, Overlap] | None = None, types: Mapping[Typed, Mapping[str, str]] | None = None, mixed: Collection[str] = (),
) -> dict[str, tuple[Link, ...]]:  # fmt: skip
    """Links for each table that some way leads from to a person, upwards along references, nearest to the person first.

    A table with data of people (`personal`) that refers to nobody is reached the other way: by the rows that refer to it, as
    an address is by its customer. Columns that say who worked on a row are proposed as not owning it; references of a
    table to itself are left out, for whose the answer is, is not who wrote the question. In `mixed` tables a row holds one attribute
    of what it refers to: all that belong together are whose one of them names.
    """
    known = {(name, item.column) for name, items in identifiers.items() for item in items if item.kind in _TOLD}
    drawn = {pair: counts for pair, counts in (overlaps or {}).items() if (pair.table, pair.column) not in known}
    edges = [edge for edge in _edges(catalogue, drawn, types or {}, identifiers) if edge.table != edge.to]
    led = {(edge.table, edge.to) for edge in edges}
    edges = [replace(edge, of_many=words_in(edge.columns[0])[:1] == ["current"] and (edge.to, edge.table) in led) for edge in edges]
    places = _places(edges, identifiers, personal)
    edges = [edge for edge in edges if not _of_another(edge, identifiers)]
    owning = [edge for edge in edges if not edge.staff]
    both = [edge for edge in owning if _tells_more(edge, identifiers.get(edge.table, ())) or (edge.table in mixed and _has_attributes(edge, identifiers)) or _told_by(edge, identifiers, owning)]
    depth = {name: 0 for name in catalogue.tables if identifiers.get(name) and name not in places and not gathers_people(name)}
    for edge in both:
        depth.setdefault(edge.to, 1)
    turned: list[_Edge] = []
    while True:
        _descend(depth, owning)
        back = _turn(owning, depth, personal)
        if not back:
            break
        turned += back
        depth[back[0].table] = 1 + max(depth[edge.to] for edge in back)
    away = {(edge.to, edge.referred, edge.table) for edge in turned}
    turned += [_turned(edge, N_("rows of `{table}` tell more of the same person")) for edge in both]
    found: dict[str, list[Link]] = defaultdict(list)
    for edge in edges:
        if edge.to not in depth or (edge.table, edge.columns, edge.to) in away:
            continue
        if edge not in both and _is_person(edge.table, identifiers) and not _of_one(identifiers.get(edge.to, ())) and not {*stem_of(edge.to)} & _PERSONS:
            continue  # nobody belongs to what they are in
        if edge not in both and depth[edge.to] > depth.get(edge.table, len(catalogue.tables)) and not _leads_without(edge, identifiers, places, owning):
            continue
        why = say(N_("{why}; who worked on it does not own it"), why=edge.why) if edge.staff else edge.why
        found[edge.table].append(Link(edge.columns, edge.to, edge.referred, dict(edge.where), not edge.staff, str(why), edge.prefix))
    for edge in turned:
        found[edge.table].append(Link(edge.columns, edge.to, edge.referred, {}, True, str(edge.why)))
    return {name: _disowned(links, any(item.owner for item in identifiers.get(name, ()))) for name, links in found.items()}


def _disowned(links: list[Link], told: bool) -> tuple[Link, ...]:
    """The links of a table, each way once; who made a row does not own it where something else says whose it is."""
    of_customer = any(link.owner and not _CUSTOMERS.isdisjoint(words_in(link.columns[0])) for link in links)
    links = [replace(link, owner=False, why=_worked(link)) if link.owner and of_customer and words_in(link.columns[0]) in (["user", "id"], ["user"]) else link for link in links]
    if told or any(link.owner and not _made_by(link) and not link.of_kind for link in links):
        links = [replace(link, owner=False, why=_worked(link)) if link.owner and _made_by(link) else link for link in links]
    kept: dict[tuple[object, ...], Link] = {}
    for link in links:
        kept.setdefault((link.columns, link.to, link.referred, tuple(link.where.items()), link.prefix), link)
    return tuple(kept.values())


_CUSTOMERS = frozenset(["customer", "client", "patient", "student", "partner", "contact", "lead", "subscriber", "applicant", "pelanggan", "nasabah", "pasien", "siswa"])
"""Words of columns beside which a user is who worked on the row."""


def _worked(link: Link) -> str:
    return str(say(N_("{why}; who worked on it does not own it"), why=link.why))


def _made_by(link: Link) -> bool:
    """Whether the columns of a link say who made or changed a row: mostly who worked on it, unless nobody else has it."""
    return not _MAKERS.isdisjoint(words_in(link.columns[0]))


def _descend(depth: dict[str, int], edges: Sequence[_Edge]) -> None:
    """How far each table is from an identifier, along references up to it."""
    below: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        below[edge.to].append(edge.table)
    waiting = sorted(depth, key=lambda name: depth[name])
    for name in waiting:
        for child in below[name]:
            if child not in depth:
                depth[child] = depth[name] + 1
                waiting.append(child)


def _leads_without(edge: _Edge, identifiers: Mapping[str, Sequence[Identifier]], places: Collection[str], owning: Sequence[_Edge]) -> bool:
    """Whether the table that is referred to leads to a person over other tables than the one that refers to it."""
    depth = {name: 0 for name, held in identifiers.items() if held and name not in places and name != edge.table and not gathers_people(name)}
    _descend(depth, [other for other in owning if edge.table not in (other.table, other.to)])
    return edge.to in depth


def _turn(edges: Sequence[_Edge], depth: Mapping[str, int], personal: Collection[str]) -> list[_Edge]:
    """A table with data of people that nothing leads to yet, from every reached table that refers to it."""
    fitting = [
        edge for edge in edges
        if edge.to in personal and edge.to not in depth and edge.table in depth and not edge.of_kind and not gathers_people(edge.to) and not _tells_of_kinds(edge.to)
        and not _is_about(edge.table)
    ]  # fmt: skip
    if not fitting:
        return []
    first = min(fitting, key=lambda item: (depth[item.table], item.to))
    return [_turned(edge, N_("rows of `{table}` refer to it")) for edge in fitting if edge.to == first.to]


def gathers_people(table: str) -> bool:
    """Whether rows are what people come together in, by the name of their table: a queue is nobody's, whatever address it has."""
    return stem_of(table)[-1:] != () and stem_of(table)[-1] in _GATHERINGS


_GATHERINGS = frozenset(
    ["queue", "group", "channel", "project", "forum", "board", "category", "topic", "workspace", "room", "campaign", "site", "tag", "event", "conference", "organiser",
     "organizer", "team", "tenant", "store", "shop", "branch", "outlet", "warehouse", "department", "division", "school", "university", "hospital", "clinic", "office",
     "antrean", "grup", "kategori", "proyek", "acara", "tim", "toko", "cabang", "gudang", "sekolah", "kantor"]
)
def _tells_of_kinds(table: str) -> bool:
    """Whether rows say what kinds of something there are: whoever chose one does not own it."""
    return stem_of(table)[-1:] != () and stem_of(table)[-1] in _TELL_OF_ATTRIBUTES | _KINDS


_KINDS = frozenset(["reason", "method", "rate", "provider", "status", "setting", "template", "plan", "product", "variant", "price", "unit", "currency", "country", "role", "alasan", "produk"])


def _is_about(table: str) -> bool:
    """Whether people do something in a table with a thing that is not theirs for it, also where its words are run together: `submissioncomment`."""
    return any(word.endswith(_ABOUT_IT) for word in map(singular, words_in(table)))


_ABOUT_IT = (
    "favourite", "favorite", "like", "vote", "bookmark", "review", "reviewer", "comment", "follower", "watcher", "watch", "subscriber", "view", "read", "visit", "rating", "reaction",
    "flag", "report", "feedback", "score", "notification", "log", "mail", "answer", "ulasan", "komentar", "suka", "jawaban",
)  # fmt: skip


def _turned(edge: _Edge, why: str) -> _Edge:
    """A reference followed the other way."""
    return _Edge(edge.to, edge.referred, edge.table, edge.columns, say(why, table=edge.table))


def _places(edges: Sequence[_Edge], identifiers: Mapping[str, Sequence[Identifier]], personal: Collection[str]) -> set[str]:
    """Tables of addresses with a telephone to which rows of people refer: whoever has the telephone has not everybody who lives there."""
    return {
        edge.to for edge in edges
        if edge.to in personal and _is_place(edge.to) and not edge.staff and not edge.of_kind
        and identifiers.get(edge.to) and not _of_one(identifiers[edge.to]) and _of_one(identifiers.get(edge.table, ()))
    }  # fmt: skip


def _is_place(table: str) -> bool:
    """Whether rows are places by the name of their table, also where its words are run together: `order_shippingaddress`."""
    return any(word in _PLACES or word.endswith(_RUN_TOGETHER) for word in stem_of(table))


_RUN_TOGETHER = ("address", "alamat")


def speaks_of_people(table: str) -> bool:
    """Whether rows are people by the name of their table."""
    return bool({*stem_of(table)[-1:]} & (_PERSONS | _PARTIES))


def tells_where(table: str) -> bool:
    """Whether rows are places, or ways to reach somebody, by the name of their table."""
    return _is_place(table) or bool({*stem_of(table)[-1:]} & _MORE_OF)


def named_as(column: str, table: str) -> bool:
    """Whether a column is called like the rows of a table and nothing more: `user_id`, not `shipment_user_id`."""
    return {singular(word) for word in words_in(column)} - _KEY_WORDS <= {*stem_of(table)}


def _is_person(table: str, identifiers: Mapping[str, Sequence[Identifier]]) -> bool:
    """Whether rows are people by the name of their table and by what stands in them."""
    return stem_of(table)[-1:] != () and stem_of(table)[-1] in _PERSONS and _of_one(identifiers.get(table, ()))


def _of_one(identifiers: Sequence[Identifier]) -> bool:
    return any(item.owner and item.kind in _OF_ONE for item in identifiers)


def _of_another(edge: _Edge, identifiers: Mapping[str, Sequence[Identifier]]) -> bool:
    """Whether a row with a person of its own refers to a company: that has an address of its own too, and not its people."""
    return bool(_COMPANIES & {*stem_of(edge.to)}) and _of_one(identifiers.get(edge.table, ()))


def _tells_more(edge: _Edge, identifiers: Sequence[Identifier]) -> bool:
    """Whether rows are of the very person whose row they refer to, and tell who that is, as rows of `user_emails` do."""
    owners = [item for item in identifiers if item.owner]
    if edge.of_kind or not owners or not all(item.kind in _OF_ONE for item in owners):
        return False
    words, stem = stem_of(edge.table), stem_of(edge.to)
    rest = {singular(word) for word in words} - set(stem)
    people = bool({*stem} & (_PERSONS | _PARTIES))
    return people and bool(rest) and rest <= _MORE_OF | _KEY_WORDS


def _told_by(edge: _Edge, identifiers: Mapping[str, Sequence[Identifier]], edges: Sequence[_Edge]) -> bool:
    """Whether a person by whose row nobody is found has an address as their first, in a table whose rows say whose each is: all of them are theirs."""
    back = any((other.table, other.to) == (edge.to, edge.table) and not other.of_kind for other in edges)
    return back and not edge.of_kind and speaks_of_people(edge.to) and not identifiers.get(edge.to) and _of_one(identifiers.get(edge.table, ()))


_TELL_OF_ATTRIBUTES = frozenset(["attribute", "field", "key", "type", "property", "option", "meta", "definition", "kind", "question", "atribut", "jenis"])
"""Words of tables that say what attributes there are."""


def _has_attributes(edge: _Edge, identifiers: Mapping[str, Sequence[Identifier]]) -> bool:
    """Whether a row that holds one attribute refers to what has it, in which nobody is found otherwise."""
    words = {*stem_of(edge.to)}
    return not edge.of_kind and not identifiers.get(edge.to) and not words & _COMPANIES and stem_of(edge.to)[-1:] != () and stem_of(edge.to)[-1] not in _TELL_OF_ATTRIBUTES


def _edges(
    catalogue: Catalogue, overlaps: Mapping[Pair, Overlap], types: Mapping[Typed, Mapping[str, str]], identifiers: Mapping[str, Sequence[Identifier]]
) -> Iterator[_Edge]:
    for name, table in catalogue.tables.items():
        for key in table.foreign_keys:
            if key.table in catalogue.tables:
                yield _Edge(name, key.columns, key.table, key.referred, say(N_("declared foreign key")))
    yield from _agreeing(overlaps, unmarked(catalogue), {name for name, held in identifiers.items() if held})
    for item, words in types.items():
        for value, word in words.items():
            to = table_of(word, catalogue)
            if to is not None and len(catalogue.tables[to].primary_key) == 1 and to != item.table:
                referred = catalogue.tables[to].primary_key
                if item.whole:
                    yield _Edge(item.table, (item.column,), to, referred, say(N_("`{column}` says which table it leads to"), column=item.column), (), value)
                else:
                    why = say(N_("`{type}` says which table `{column}` leads to"), type=item.type, column=item.column)
                    yield _Edge(item.table, (item.column,), to, referred, why, ((item.type, value),))


def _agreeing(overlaps: Mapping[Pair, Overlap], bare: Mapping[str, str], known: Collection[str]) -> Iterator[_Edge]:
    """The best pair of each column whose values agree well enough: of those that agree as well one with tables in which people are `known`."""
    best: dict[tuple[str, str], tuple[tuple[bool, float, int, bool], Pair]] = {}
    for pair, counts in overlaps.items():
        hint = bool(pair.beside) or any(hinted(pair.column, name, pair.referred) for name in (pair.to, bare[pair.to]))
        hint = hint or (_says_role(pair.column) and not _PERSONS.isdisjoint(stem_of(bare[pair.to])))
        share = counts.met / counts.drawn if counts.drawn else 0.0
        if counts.drawn < (FEWEST_HINTED if hint else FEWEST) or share < (HINTED if hint else ENOUGH):
            continue
        rank = (hint, share, len(pair.beside), pair.to in known)
        held = best.get((pair.table, pair.column))
        if held is None or rank > held[0]:
            best[pair.table, pair.column] = (rank, pair)
    for _, pair in best.values():
        counts = overlaps[pair]
        why = say(N_("{met} of {drawn} values drawn from `{column}` are in `{other}`; no foreign key is declared"), met=f"{counts.met:,}",
                  drawn=f"{counts.drawn:,}", column=", ".join(pair.columns), other=f"{pair.to}.{', '.join(pair.keys)}")  # fmt: skip
        yield _Edge(pair.table, pair.columns, pair.to, pair.keys, why)


class Beside(NamedTuple):
    """A link of a table with identifiers of its own, and the pairs of them and of those of the rows to which it leads; `over`: by the one link on."""

    table: str
    columns: tuple[str, ...]
    to: str
    referred: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    over: tuple[tuple[str, ...], str, tuple[str, ...]] | None = None


def besides(links: Mapping[str, Sequence[Link]], identifiers: Mapping[str, Sequence[Identifier]]) -> Iterator[Beside]:
    """Links of which the values tell whether whoever they lead to is whom the row names itself."""
    for name, held in links.items():
        for link in held:
            on = None if identifiers.get(link.to) else _only(links.get(link.to, ()))
            pairs = tuple(
                (mine.column, theirs.column) for mine in identifiers.get(name, ()) for theirs in identifiers.get(on.to if on else link.to, ())
                if mine.owner and theirs.owner and not mine.path and not theirs.path and mine.kind == theirs.kind and mine.kind in _OF_ONE - {"account"}
            )  # fmt: skip
            if link.owner and not link.of_kind and link.to != name and pairs and not _adds(name, link.to) and _RELATIVES.isdisjoint(stem_of(name)):
                yield Beside(name, link.columns, link.to, link.referred, pairs, (on.columns, on.to, on.referred) if on else None)


def _only(links: Sequence[Link]) -> Link | None:
    """The one link that makes an owner, where there is one alone and it always holds."""
    owning = [link for link in links if link.owner]
    return owning[0] if len(owning) == 1 and not owning[0].of_kind else None


def _adds(table: str, to: str) -> bool:
    """Whether by its name a table has more addresses of those who are in the other."""
    rest = {singular(word) for word in stem_of(table)} - {*stem_of(to)}
    return bool(rest) and rest <= _MORE_OF | _KEY_WORDS


_RELATIVES = frozenset(["family", "keluarga", "dependant", "dependent", "tanggungan", "emergency", "darurat", "relative", "kin", "beneficiary", "spouse", "child", "anak"])
"""Words of tables in which people speak of their own."""
OTHERWISE, OFTEN = 0.2, 10
"""The share of rows that at least agree where a link leads to whom the row names; and as many rows at least say anything."""


def of_others(links: Mapping[str, Sequence[Link]], agreeing: Mapping[Beside, Overlap]) -> dict[str, tuple[Link, ...]]:
    """The links, those as not owning the row that lead to somebody else than whom most rows name themselves."""
    apart = {(item.table, item.columns, item.to): counts for item, counts in agreeing.items() if counts.drawn >= OFTEN and counts.met < OTHERWISE * counts.drawn}

    def said(name: str, link: Link) -> Link:
        counts = apart.get((name, link.columns, link.to))
        if counts is None or not link.owner:
            return link
        why = say(N_("{why}; {other} of {drawn} rows name somebody else than it leads to"), why=link.why, other=f"{counts.drawn - counts.met:,}", drawn=f"{counts.drawn:,}")
        return replace(link, owner=False, why=str(why))

    return {name: tuple(said(name, link) for link in held) for name, held in links.items()}


def propose_abroad(
    catalogue: Catalogue, links: Mapping[str, Sequence[Link]], others: Mapping[str, tuple[Catalogue, Collection[str]]]
) -> dict[str, tuple[Link, ...]]:
    """Links to tables of other systems, each with the tables there that have owners: by name alone, for no value is compared.

    Proposed where the name of a column speaks of a key of one of them, of the same sort, and of no table of its own store.
    """
    own = _Named(_keys(catalogue), unmarked(catalogue))
    keys = {system: _Named([key for key in _keys(held) if key[0] in owned], unmarked(held)) for system, (held, owned) in others.items()}
    found: dict[str, list[Link]] = defaultdict(list)
    for name, table in catalogue.tables.items():
        linked = {column for link in links.get(name, ()) for column in link.columns}
        for column in () if table.kind in VIEWS else _undeclared(table):
            if column.name in linked or column.name in table.primary_key or own.of(column.name):
                continue
            there = [(system, to, key) for system, named in keys.items() for to, key in named.of_table(column.name) if key.sort is column.sort]
            if len(there) == 1:
                ((system, to, key),) = there
                why = str(say(N_("by its name; its values were not compared with the other system's")))
                found[name].append(Link((column.name,), f"{system}/{to}", (key.name,), why=why))
    return {name: tuple(held) for name, held in found.items()}


def unfollowed(table: Table, links: Sequence[Link]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Declared foreign keys of a table that no link of it follows, as columns and the table that they refer to."""
    held = {(link.columns, link.to) for link in links}
    for key in table.foreign_keys:
        if (key.columns, key.table) not in held:
            yield key.columns, key.table


def hinted(column: str, table: str, key: str) -> bool:
    """Whether the name of a column says that it holds the key of a table: `customer_id`, `id_pelanggan`, `CustNo` of both."""
    if column.lower() == key.lower() and key.lower() not in _PLAIN_KEYS:
        return True
    stem = stem_of(table)
    words = _key_words(column, stem[:1])
    if words and tuple(words) == stem[-len(words) :] and column.lower() not in _PLAIN_KEYS:
        return True
    return bool(stem) and any(
        tuple(words[start : start + len(stem)]) == stem and _speaks(words, start, start + len(stem)) for start in range(len(words) - len(stem) + 1)
    )


def _key_words(column: str, stems: Sequence[str]) -> list[str]:
    """The words of a column's name, those of a key apart where they are run together: `relateduserid`, `useridfrom`."""
    words = [singular(word) for word in words_in(column)]
    if len(words) > 1:
        return words
    for stem in stems if words else ():
        before, found, behind = words[0].partition(f"{stem}id")
        if found and len(stem) > 2 and behind in {"", "from", "to"}:
            return [*filter(None, (before,)), stem, "id"]
    return words


def _speaks(words: Sequence[str], start: int, end: int) -> bool:
    """Whether the words around a table's own are those of a key: `buyer_customer_id` is one, `total_orders` is not."""
    before, after = words[:start], words[end:]
    return not (before or after) or (all(word in _KEY_WORDS for word in after) and (bool(after) or before[-1] in _KEY_WORDS))
