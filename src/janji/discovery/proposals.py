"""What is proposed for columns: a category of the policy or none, an identifier, how sure that is, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from janji.datamap.catalogue import Column, Sort
from janji.datamap.meaning import NONE, Form, Identifier
from janji.datamap.places import entry_of, listed, place_in, spot_in, steps_of
from janji.discovery.categories import Fit, place_of
from janji.discovery.holds import TITLES, Holds
from janji.discovery.judging import FEW, LEAST, Guess, Held, judge
from janji.discovery.naming import STAFF, called, is_of_people, person_besides, speaks_of_somebody, words_of
from janji.discovery.seen import Seen, look_at
from janji.errors import Diagnostic
from janji.people.identifiers import IdentifierKind
from janji.policy.model import Policy
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Severity


@dataclass(frozen=True, slots=True)
class ColumnEvidence:
    """What is known of one column: its form, and values that were drawn from it.

    `values` are those that are not null, as the driver gives them; none when nothing was drawn. `key`: whether the column is
    (a part of) the table's primary key; `refers`: whether it is (a part of) a foreign key. The values never show in a `repr`.
    """

    table: str
    column: Column
    values: Sequence[Any] = field(default=(), repr=False)
    key: bool = False
    refers: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one column, to be reviewed by a person.

    `category` is one of the policy, or `janji.datamap.meaning.NONE` where nothing of a person is held. Where the policy names
    no such category, or there is no policy, it is the word of `holds`, and `declared` is false. `fit` says how well the
    category fits. `identifier` is set where people are found by the column; it has the form in which its values stand.
    `paths` are categories by path inside of JSON. `within` are finds of the scanner inside of text: which, and in how many
    of the values. `places` are those inside of documents and lists where people stand, who are not found by it; `entries` are identifiers in lists, by
    which they are, each with the reason. `mixed`: the column holds attributes of several kinds, of which the identifier is one. `confidence` is from 0 to 1; `why` is one sentence without a value of anybody.
    """

    table: str
    column: str
    holds: Holds | None
    category: str
    declared: bool
    confidence: float
    why: Message
    identifier: Identifier | None = None
    paths: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, int] = field(default_factory=dict)
    fit: Fit | None = None
    places: tuple[str, ...] = ()
    entries: tuple[tuple[Identifier, Message], ...] = ()
    mixed: bool = False


def propose(evidence: Sequence[ColumnEvidence], policy: Policy | None) -> tuple[Proposal, ...]:
    """One proposal for each column, in their order. Give all columns of a table together: its neighbours tell of a column."""
    return conclude(evidence, [look_at(item.values) for item in evidence], policy)


def conclude(evidence: Sequence[ColumnEvidence], seen: Sequence[Seen], policy: Policy | None) -> tuple[Proposal, ...]:
    """The same from what was `seen` of the values of each column, which may have been looked at elsewhere."""
    tables: dict[str, list[tuple[ColumnEvidence, Seen]]] = {}
    for item, looked in zip(evidence, seen, strict=True):
        tables.setdefault(item.table, []).append((item, looked))
    people = {table: _people(table, columns) for table, columns in tables.items()}
    addressed = {table for table, columns in tables.items() if any(_is_address(item.column.name) and not item.refers for item, _ in columns)}
    made = [
        _proposal(Held(
            item.table, item.column, looked, speaks_of_somebody(item.column.name) or people[item.table], item.key, item.refers,
            item.table in addressed,
        ), policy)
        for item, looked in zip(evidence, seen, strict=True)
    ]  # fmt: skip
    found = {item.table for item in made if item.identifier is not None and item.holds in _TELLING_WHO}
    return tuple(_of_the_row(item) if item.table in found else item for item in made)


def _of_the_row(item: Proposal) -> Proposal:
    """Without the identifiers at keys of a document, where a column says whose the row is: of two addresses nobody would know whether they are one person's."""
    kept = tuple(entry for entry in item.entries if listed(spot_in(entry[0].path) or ""))
    dropped = (entry[0].path for entry in item.entries if entry not in kept)
    return replace(item, entries=kept, places=(*item.places, *dropped))


_TELLING = {
    Holds.NATIONAL_ID, Holds.PASSPORT, Holds.BIRTH_DATE, Holds.BIRTH_PLACE, Holds.GENDER, Holds.RELIGION, Holds.MARITAL_STATUS, Holds.NAME,
    Holds.HEALTH_INSURANCE, Holds.EMAIL, Holds.PHONE, Holds.ACCOUNT, Holds.CREDENTIAL,
}  # fmt: skip
"""What makes it likely that the rows of a table are people's."""


_ACTING = frozenset("poster voter commenter writer sender submitter requester reporter uploader penulis pengirim pelapor".split())
"""Words of references to whoever did what a row says."""


def _people(table: str, columns: Iterable[tuple[ColumnEvidence, Seen]]) -> bool | None:
    """Whether the rows of a table are people's: by its name, else by its other columns."""
    known = is_of_people(table)
    if known is not None:
        return known
    for item, seen in columns:
        if item.refers or item.column.name.lower().endswith("id"):
            if is_of_people(item.column.name) or not _ACTING.isdisjoint(words_of(item.column.name)):
                return True
            continue
        guess = judge(Held(table, item.column, seen, None))
        if guess.holds in _TELLING and guess.confidence >= 0.85:
            return True
    return None


def _is_address(name: str) -> bool:
    return any(item.holds is Holds.ADDRESS and item.sure and not item.about for item in called(name))


def _proposal(held: Held, policy: Policy | None) -> Proposal:
    paths = _paths(held)
    guess = judge(held)
    inside = bool(paths) and (guess.holds is None or not held.seen.count)
    if inside:
        guess = _inside(held, paths)
    if guess.holds is None and policy is not None:
        guess = _by_policy(held, policy) or guess
    places = {path: _placed(inner.holds, policy, held.table, path) for path, inner in paths.items() if inner.holds is not None}
    category, fit = _placed(guess.holds, policy, held.table, held.column.name) if guess.holds is not None else (NONE, None)
    words = {path: word for path, (word, _) in places.items()}
    people = [path for path, inner in paths.items() if inner.holds in _TELLING_WHO]
    if held.seen.marks.get("listed") and guess.holds is not None:
        words |= {} if held.column.sort is Sort.LIST else {"$[*]": category}
        people += ["$[*]"] if guess.holds in _TELLING_WHO else []
    entries = (*_entries(held, {**paths, **({"$[*]": guess} if held.seen.marks.get("listed") else {})}), *_keyed(held, paths))
    identifier = None if inside else _identifier(held, guess)
    found = {item.path for item, _ in entries}
    return Proposal(
        held.table, held.column.name, guess.holds, category, guess.holds is None or fit is not None, round(guess.confidence, 2), guess.why,
        identifier, words, dict(held.seen.within), fit, tuple(path for path in people if path not in found), entries,
        identifier is not None and guess.holds in _TELLING_WHO and guess.holds not in held.named and held.seen.share(str(identifier.kind)) < 0.5,
    )  # fmt: skip


def _entries(held: Held, paths: Mapping[str, Guess]) -> tuple[tuple[Identifier, Message], ...]:
    """Identifiers inside of lists, each with the reason; whose is named directly in an entry owns it, unless it names two of a kind."""
    if held.column.sort not in {Sort.JSON, Sort.TEXT} or held.people is False:
        return ()
    found: list[tuple[Identifier, Message]] = []
    for path, guess in paths.items():
        place = spot_in(path)
        if place is None or not listed(place) or guess.holds not in _TELLING_WHO:
            continue
        seen = held.seen if held.seen.marks.get("listed") else held.seen.paths[path]
        keys = entry_of(place)[1]
        name = keys[-1] if keys else held.column.name
        form = _form_of(replace(held, seen=seen, column=replace(held.column, name=name, sort=Sort.TEXT)), guess, listing=True)
        if form is None:
            continue
        owner = len(keys) <= 1 and STAFF.isdisjoint(words_of(name))
        text = N_("{why}; each entry of the list in which it stands is theirs") if owner else N_("{why}; it stands in entries of a list that are more than theirs")
        found.append((Identifier(held.column.name, str(_IDENTIFIERS[guess.holds]), form, owner, path=path), say(text, why=guess.why)))
    kinds = Counter((item.kind, steps_of(spot_in(item.path) or "")[:-1]) for item, _ in found)
    twice = [item for item, _ in found if kinds[item.kind, steps_of(spot_in(item.path) or "")[:-1]] > 1]
    text = N_("{why}; entries name several people, and are none's alone")
    return tuple((replace(item, owner=False), say(text, why=paths[item.path].why)) if item in twice else (item, why) for item, why in found)


def _keyed(held: Held, paths: Mapping[str, Guess]) -> Iterator[tuple[Identifier, Message]]:
    """Identifiers at keys of a document, each with the reason; who is named there besides has the row not alone."""
    if held.column.sort not in {Sort.JSON, Sort.TEXT} or held.people is False:
        return
    for path, guess in paths.items():
        place = place_in(path)
        if place is None or guess.holds not in _TELLING_WHO:
            continue
        name = place.rpartition(".")[2]
        form = _form_of(replace(held, seen=held.seen.paths[path], column=replace(held.column, name=name, sort=Sort.TEXT)), guess)
        if form is not None:
            owner = STAFF.isdisjoint(words_of(place)) and not person_besides(place)
            yield Identifier(held.column.name, str(_IDENTIFIERS[guess.holds]), form, owner, path=path), guess.why


def _by_policy(held: Held, policy: Policy) -> Guess | None:
    """What nothing else tells, in a table of people, when the policy itself has the words of the column."""
    words = words_of(held.column.name)
    if held.people is not True or held.refers or held.key or words[-1:] == ("id",) or held.column.sort in {Sort.BOOLEAN, Sort.UUID, Sort.DATE, Sort.INSTANT, Sort.TIME}:
        return None
    place = place_of(Holds.OTHER, policy, held.table, held.column.name)
    if place is None or _TELLS_OF_ROWS & {*words}:
        return None
    return Guess(Holds.OTHER, LEAST, say(
        N_("`{column}`: the rows of `{table}` are people's, and the policy's `{category}` has the same words"),
        column=held.column.name, table=held.table, category=place.category,
    ))  # fmt: skip


_TELLS_OF_ROWS = frozenset("status version versi created updated deleted modified inserted active aktif dibuat diubah dihapus lang language bahasa urutan sort state visible line baris type jenis kind".split())
"""Words of columns that tell about the row and not about anybody."""


def _placed(holds: Holds, policy: Policy | None, table: str, column: str) -> tuple[str, Fit | None]:
    """The category of the policy, or the word for what is held where it has none."""
    place = place_of(holds, policy, table, column) if policy is not None else None
    return (place.category, place.fit) if place is not None else (str(holds), None)


def _paths(held: Held) -> dict[str, Guess]:
    """What is held at each place inside of JSON, of those that hold something of a person."""
    found = {}
    for path, seen in held.seen.paths.items():
        name = path.removeprefix("$").replace("[*]", "").rpartition(".")[2].strip("*") or held.column.name
        around = [word for word in path.split(".")[1:-1] if is_of_people(word)]
        people = True if around else held.people
        guess = judge(Held(held.table, replace(held.column, name=name, sort=Sort.TEXT), seen, people))
        if guess.holds is not None:
            found[path] = guess
    return found


def _inside(held: Held, paths: Mapping[str, Guess]) -> Guess:
    """What a column of JSON holds by what is inside of it: the surest."""
    path, best = max(paths.items(), key=lambda item: item[1].confidence)
    return Guess(best.holds, best.confidence, say(
        N_("`{column}`: inside of it {count} places hold something of a person, such as `{path}`"),
        column=held.column.name, count=len(paths), path=path,
    ))  # fmt: skip


_IDENTIFIERS = {
    Holds.EMAIL: IdentifierKind.EMAIL, Holds.PHONE: IdentifierKind.PHONE, Holds.NATIONAL_ID: IdentifierKind.NATIONAL_ID,
    Holds.ACCOUNT: IdentifierKind.ACCOUNT, Holds.DEVICE: IdentifierKind.DEVICE, Holds.COOKIE: IdentifierKind.COOKIE,
    Holds.ADDRESS_IP: IdentifierKind.ADDRESS,
}  # fmt: skip
_TELLING_WHO = frozenset({Holds.EMAIL, Holds.PHONE, Holds.NATIONAL_ID})
"""What people are mostly found by, wherever it stands."""
_ENOUGH = 100
"""From so many values on their form is believed; before, every form is looked for."""


def _identifier(held: Held, guess: Guess) -> Identifier | None:
    """By which identifiers people are found in a column, and in which form those stand there."""
    if held.column.sort in {Sort.JSON, Sort.LIST}:
        return None
    form = _form_of(held, guess)
    if form is None or guess.holds is None:
        return None
    one_for_all = guess.holds is Holds.EMAIL and held.seen.distinct <= 2 and held.seen.count >= FEW  # the house's own address, and nobody's row
    owner = STAFF.isdisjoint(words_of(held.column.name)) and not one_for_all
    return Identifier(held.column.name, str(_IDENTIFIERS[guess.holds]), form, owner, str(guess.why))


def _form_of(held: Held, guess: Guess, listing: bool = False) -> Form | None:
    """In which form identifiers stand where they were seen; `None` where nobody can be found by them."""
    seen = held.seen
    if guess.holds not in _IDENTIFIERS or held.people is False or guess.confidence < LEAST + 0.1:
        return None
    if (seen.marks.get("listed") and not listing) or any(item.hidden for item in called(held.column.name)) or seen.share("hashed", "masked", "opaque", "secret") >= 0.5:
        return None
    if 2 * seen.within.get(str(guess.holds), 0) > seen.count:
        return None  # nobody is found by what stands inside of a longer text, as in `Siti <siti@example.com>`
    form = Form.TRIMMED if seen.marks.get("padded") else Form.EXACT
    if guess.holds is Holds.EMAIL and (seen.count < _ENOUGH or seen.marks.get("raised")):
        form = Form.TRIMMED_LOWER if form.trims else Form.LOWER
    elif guess.holds in {Holds.PHONE, Holds.NATIONAL_ID} and (seen.count < _ENOUGH or seen.marks.get("parted")):
        form = form if held.column.sort is Sort.INTEGER else Form.DIGITS
    return form


def passed_by(proposals: Sequence[Proposal], system: str = "") -> tuple[Diagnostic, ...]:
    """Where people stand who are not found by it: in some values inside of longer text, and inside of documents."""
    found = []
    for item in proposals:
        where = f"{system}/{item.table}.{item.column}" if system else f"{item.table}.{item.column}"
        count = item.within.get(str(item.holds), 0) if item.holds in _TELLING_WHO else 0
        if count:
            found.append(Diagnostic(
                "inside-text", Severity.WARNING,
                say(N_("in {count} of the values drawn from `{column}` somebody is named inside of a longer text, and is not found by it"), column=where, count=count),
                help=say(N_("have the values parted, one in each column or row, or look at these by hand when somebody asks")),
            ))  # fmt: skip
        found += [_inside_document(where, path) for path in item.places]
    return tuple(found)


def _inside_document(column: str, path: str) -> Diagnostic:
    help = N_("name it as an identifier of the table with its `path`")
    if "[*]" in path:
        help = N_("it could not be told whether people are found by it: an erasure is blocked until the map names it as an identifier with its `path`, or says `of:` whom the column is")
    return Diagnostic(
        "inside-document", Severity.WARNING, say(N_("people stand in `{column}` at `{path}`, and are not found by it"), column=column, path=path), help=say(help)
    )


def findings(proposals: Sequence[Proposal], policy: Policy, system: str = "") -> tuple[Diagnostic, ...]:
    """What the columns hold of people that the policy does not declare, or only in a category near to it (UU 27/2022 Art 16(2))."""
    found = []
    for item in proposals:
        if item.holds is None or item.confidence < LEAST:
            continue
        where = f"{system}/{item.table}.{item.column}" if system else f"{item.table}.{item.column}"
        missing = [item.holds] if not item.declared else []
        missing += [Holds(word) for word in item.paths.values() if word not in policy.data and Holds(word) not in missing]
        found += [
            Diagnostic(
                "undeclared-data", Severity.WARNING,
                say(N_("`{column}` holds {what}, which the policy does not declare"), column=where, what=say(TITLES[holds])),
                help=say(N_("declare a category for it with its purpose, or take the data out; if it is none, say `none` in the data map")),
            )
            for holds in missing
        ]  # fmt: skip
        if item.fit is Fit.NEAR:
            found.append(Diagnostic(
                "nearly-declared", Severity.INFO,
                say(N_("`{column}` holds {what}; the nearest that the policy declares is `{category}`"),
                    column=where, what=say(TITLES[item.holds]), category=item.category),
                help=say(N_("say in the data map whether it is that, or declare a category of its own")),
            ))  # fmt: skip
    return tuple(found)
