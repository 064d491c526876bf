"""A person's package: made of what was gathered, sealed at rest, handed over once by a link and a code, and its key destroyed after its time."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from janji.erasure.steps import Known
from janji.errors import Invalid, Refusal
from janji.files.person_packages import Contents, write_person_package
from janji.files.translations import load_tongue
from janji.files.writing import held_back, write_stream
from janji.ledger.events import Actor, Kind
from janji.policy.model import Policy
from janji.rights.redaction import Marks, Redactor
from janji.rights.requests import PREFIX
from janji.scanner.scan import Scanner, build_scanner
from janji.store import destruction, packages, people, vault
from janji.store import person_packages as store
from janji.store.database import transaction
from janji.store.destruction import Destroyed, Level
from janji.store.packages import SALT_BYTES, Packing
from janji.store.people import MERGED
from janji.store.person_packages import HandoverRow
from janji.store.vault import KEY_BYTES, NONCE_BYTES, KeyKind
from janji.terms.messages import N_, say
from janji.workflows import gathering
from janji.workflows.house import House
from janji.workflows.keys import destroyed_file
from janji.workflows.mapping import meanings
from janji.workflows.package_pages import Source, Tables, about_json, lines, systems_told, told, why_page
from janji.workflows.people import content_keys, current
from janji.workflows.planning import known_people
from janji.workflows.recording import Entry, record
from janji.workflows.systems import systems
from janji.workflows.tokens import read_token, write_token
from janji.workflows.worklists import site_of

PATH = "/packages/"
"""Where a link leads at the site; the token follows."""
WINDOW = timedelta(days=14)
"""For so long a package can be fetched; then its key is destroyed."""
STARTS = 3
"""How often handing over may be begun by one link: a broken download can be begun again."""
TRIES = 5
"""So many wrong codes end a link."""
CODE_DIGITS = 8
PAGE = 200
LEFT = timedelta(days=1)
"""After so long a file that belongs to nothing was left by a crash."""

_FILE = re.compile(r"(?:\.new-)?([0-9a-f-]{36})\.zip")


class Ended(Refusal):
    """A link that was good once: the package was handed over, its time is over, or a newer link took its place."""

    http_status = 410


class Locked(Ended):
    """A link that ended because too many wrong codes were tried."""


class WrongCode(Refusal):
    """The second factor is not the right one; `left` more may be tried."""

    def __init__(self, left: int) -> None:
        super().__init__(say(N_("the code is not the right one")), say(N_("look at it again; tries left: {count}"), count=left))
        self.left = left


@dataclass(frozen=True, slots=True)
class Wanted:
    """A package to be made: for which request, from what was gathered, about whom, in which language, and what staff covered in it."""

    request: UUID
    package: UUID
    subject: UUID
    language: str
    marks: Marks = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """How a person gets their package: a link, and the code that goes another way; both end at `until`."""

    url: str
    code: str = field(repr=False)
    until: datetime
    link: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How far a package is for whom it is: the path of its link (`None`: none opens it now), until when it is kept, and what became of it."""

    path: str | None = field(repr=False)
    until: datetime
    size: int
    links: int
    handed: datetime | None
    locked: bool
    over: bool


@dataclass(frozen=True, slots=True)
class Handing:
    """A package being handed over: its name as a file, its size, and its bytes. Once all are taken, the link has ended."""

    name: str
    size: int
    pieces: Iterator[bytes] = field(repr=False)


# --------------------------------------------------------------------------------------------------------------- making


def write_package(house: House, request: UUID, package: UUID, subject: UUID, language: str) -> None:
    """Make the package of one request; see `write_packages`."""
    write_packages(house, [Wanted(request, package, subject, language)])


def write_packages(house: House, wanted: Sequence[Wanted]) -> None:
    """Make packages, each sealed with a key of its own and the person's: gone with whichever is destroyed first.

    Idempotent: a request that has its package keeps it. Not within a transaction. All of them or none: raises as `gathering.opened`, and
    `Unavailable` when a file cannot be kept.
    """
    there = store.rows(one.request for one in wanted)
    new = [one for one in wanted if one.request not in there]
    if not new:
        return
    made: list[HandoverRow] = []
    try:
        maker = _Maker(house, new)
        for place, one in enumerate(new):
            made.append(maker.make(place, one))
        packages.settle([_file_of(house, row.file) for row in made])
    except BaseException:
        for row in made:
            packages.remove_package(_file_of(house, row.file))
        raise
    with transaction():
        kept = store.insert(made)
    for row in made:
        if row.file not in kept:  # somebody else was faster
            packages.remove_package(_file_of(house, row.file))


def _own_keys(house: House, ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """The keys of packages, made where there is none yet."""
    runtime = house.runtime
    held = vault.read_keys(ids, KeyKind.CONTENT)
    lacking = [id for id in dict.fromkeys(ids) if id not in held]
    if lacking:
        with transaction():
            vault.insert_keys([
                vault.wrap_key(house.keeper, id, KeyKind.CONTENT, runtime.new_id(), runtime.random(KEY_BYTES), runtime.random(NONCE_BYTES))
                for id in lacking
            ])  # fmt: skip
        held |= vault.read_keys(lacking, KeyKind.CONTENT)
    return {id: vault.open_key(house.keeper, key) for id, key in held.items()}


class _Maker:
    """What packages of one moment have in common."""

    def __init__(self, house: House, wanted: Sequence[Wanted]) -> None:
        self._house, self._now = house, house.runtime.now()
        self._source = Source.of(house.policy_in_force, self._now.date())
        policy = house.policy_in_force.policy
        self._free, self._region = _written_freely(policy), str(policy.controller.country)
        self._meanings = meanings(house.runtime)
        self._tables = Tables(self._source, self._meanings)
        self._listed = {one.name: one for one in systems()}
        self._subjects = _current([one.subject for one in wanted])
        everybody = list(dict.fromkeys(self._subjects))
        self._own = _own_keys(house, [one.request for one in wanted])
        self._keys = content_keys(house, everybody)
        self._found = {id: gathering.package(id) for id in dict.fromkeys(one.package for one in wanted)}
        self._rows = gathering.openers(house, [(one.package, subject) for one, subject in zip(wanted, self._subjects, strict=True)], self._keys)
        self._known: dict[UUID, list[Known]] = {}
        for known in known_people(house, everybody):
            self._known.setdefault(everybody[known.person], []).append(known)

    def make(self, place: int, one: Wanted) -> HandoverRow:
        """Write the package of the person at a place; it is on disk once it is settled."""
        runtime, subject = self._house.runtime, self._subjects[place]
        file, salt = runtime.new_id(), runtime.random(SALT_BYTES)
        redactor = Redactor(self._meanings, self._known[subject], self._free, _scanner(), self._region, one.marks)
        with Packing(_file_of(self._house, file), one.request, salt, {0: _key(self._own[one.request], self._keys[subject])}, settled=False) as packing:
            out = _Out(packing)
            rows = write_person_package(out, self._contents(one, subject, self._found[one.package]), redactor, self._rows[place])
        return HandoverRow(
            id=one.request, package=one.package, subject=subject, language=one.language, made=self._now, until=self._now + WINDOW, file=file,
            size=out.size, rows=rows,
        )  # fmt: skip

    def _contents(self, one: Wanted, subject: UUID, found: gathering.Package) -> Contents:
        said = told(self._source)
        return Contents(
            request=f"{PREFIX}{one.request}", package=f"{gathering.PACKAGE}{one.package}", made=found.made, tongue=load_tongue(one.language).unmarked(),
            controller=said.controller, contacts=said.contacts, officer=said.officer, authorities=said.complaints,
            systems=systems_told(self._house, found, self._listed, self._meanings, one.language), table=self._tables,
            track=lambda: lines(self._house, subject, one.language),
            why=lambda held: why_page(self._source, held, one.language), about=lambda held: about_json(self._source, held),
        )  # fmt: skip


def redactor_of(house: House, subject: UUID, marks: Marks) -> Redactor:
    """What covers in a package of this person what is other people's, and what staff covered besides."""
    policy = house.policy_in_force.policy
    known = known_people(house, [subject])
    return Redactor(meanings(house.runtime), known, _written_freely(policy), _scanner(), str(policy.controller.country), marks)


def _current(subjects: Sequence[UUID]) -> list[UUID]:
    """Who each of them is now."""
    rows = people.subjects(dict.fromkeys(subjects))
    return [one if one in rows and rows[one].state != MERGED else current(one) for one in subjects]


class _Out:
    """What the ZIP is written to: sealed piece by piece, and never in clear on a disk."""

    def __init__(self, packing: Packing) -> None:
        self._packing, self.size = packing, 0

    def write(self, data: bytes, /) -> int:
        """Take bytes."""
        self._packing.add(0, data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""


def _written_freely(policy: Policy) -> frozenset[str]:
    """The categories of data that some touchpoint takes as free text."""
    return frozenset(
        str(one.data) for touchpoint in policy.touchpoints.values() for one in touchpoint.fields.values() if one.free_text or touchpoint.free_text
    )


@lru_cache(maxsize=1)
def _scanner() -> Scanner:
    return build_scanner()


# ------------------------------------------------------------------------------------------------------------- offering


def offer(house: House, request: UUID) -> Offer:
    """A fresh link and a fresh code for a package; those before are worth nothing any more.

    The code is to go another way than the link: to another address held before, or by word of mouth. Raises `Invalid` when no package was
    made for the request, and `Ended` when its time is over.
    """
    digits = int.from_bytes(house.runtime.random(16), "big") % 10**CODE_DIGITS
    code = f"{digits:0{CODE_DIGITS}d}"
    with transaction():
        row = _row(request, lock=True)
        _still_there(house, row)
        row = replace(row, link=row.link + 1, wrong=0, starts=0, handed=None)
        row = replace(row, code=_digest(house, row, code))
        store.write(row)
    return Offer(f"{site_of(house.runtime.settings)}{PATH}{_token(house, row)}", f"{code[:4]}-{code[4:]}", row.until, row.link)


def waiting(house: House, requests: Iterable[UUID]) -> dict[UUID, Waiting]:
    """How far the packages of requests are, by request; one whose link was never made is left out. The path opens nothing without the code."""
    now, found = house.runtime.now(), dict[UUID, Waiting]()
    for id, row in store.rows(requests).items():
        if not row.link:
            continue
        over, locked, taken = row.ended is not None or row.until <= now, row.wrong >= TRIES, row.handed is not None or row.starts >= STARTS
        path = None if over or locked or taken else f"{PATH}{_token(house, row)}"
        found[id] = Waiting(path, row.until, row.size, row.link, row.handed, locked, over)
    return found


def read_link(house: House, token: str) -> HandoverRow:
    """The package of a link. Raises `Invalid`, the same for every reason, when it is none of ours, and `Ended` when it has ended."""
    id, link = _read(house, token)
    row = store.rows([id]).get(id)
    if row is None:
        raise _no_link()
    _open_link(house, row, link)
    return row


def hand_over(house: House, token: str, code: str) -> Handing:
    """The package of a link, for the right code; counted, recorded, and at most `STARTS` times begun.

    Raises `WrongCode`, `Locked` with the last wrong one, and as `read_link`.
    """
    id, link = _read(house, token)
    wrong: HandoverRow | None = None
    with transaction():
        row = _row(id, lock=True)
        _open_link(house, row, link)
        if not hmac.compare_digest(_digest(house, row, _digits(code)), row.code):
            wrong = replace(row, wrong=row.wrong + 1)
            store.write(wrong)
        else:
            pieces = _opened(house, row)  # before it is counted: a package that does not open was not handed over
            row = replace(row, starts=row.starts + 1)
            store.write(row)
            if row.starts == 1:
                record(house, [_handed_over(row, Actor.PERSON, "link")])
    if wrong is not None:
        if wrong.wrong >= TRIES:
            raise _locked()
        raise WrongCode(TRIES - wrong.wrong)
    return Handing(name_of(row), row.size, _to_the_end(house, row, pieces))


def _to_the_end(house: House, row: HandoverRow, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The bytes; when the last of them was taken, the link has ended."""
    yield from pieces
    with transaction():
        now = store.rows([row.id], lock=True).get(row.id)
        if now is not None and now.link == row.link and now.handed is None:
            store.write(replace(now, handed=house.runtime.now()))


def name_of(row: HandoverRow) -> str:
    """What the ZIP is called when it is saved."""
    return f"{load_tongue(row.language).translate(N_('personal-data'))}-{row.id.hex[-8:]}.zip"


def copy_for_staff(house: House, request: UUID, path: Path, by: str) -> HandoverRow:
    """Write the package in clear to a file that its owner alone may read, to be handed over at a desk by a member of staff.

    The file is in its place only once that is recorded. Raises as `offer`, and `Unavailable` when the file cannot be written.
    """
    row, pieces = _row(request), chunks(house, request)
    with held_back(path) as place:
        write_stream(place, pieces, 0o600)
        _at_desk(house, row, by)
    return row


def copy_at_desk(house: House, request: UUID, by: str) -> Handing:
    """The package in clear for a member of staff who hands it over at a desk; recorded before the first byte. Raises as `offer`."""
    row = _row(request)
    _still_there(house, row)
    pieces = _opened(house, row)
    _at_desk(house, row, by)
    return Handing(name_of(row), row.size, pieces)


def _at_desk(house: House, row: HandoverRow, by: str) -> None:
    """Record that staff hand it over; a link to it has ended, as after any other handing over."""
    with transaction():
        record(house, [replace(_handed_over(row, Actor.STAFF, "desk"), evidence={"by": by})])
        now = store.rows([row.id], lock=True).get(row.id)
        if now is not None and now.handed is None:
            store.write(replace(now, handed=house.runtime.now()))


def chunks(house: House, request: UUID) -> Iterator[bytes]:
    """The ZIP in clear, piece by piece, for who hands it on (UU 27/2022 Art 13(2)) and records that they did; raises as `offer`."""
    row = _row(request)
    _still_there(house, row)
    return _opened(house, row)


def _handed_over(row: HandoverRow, actor: Actor, method: str) -> Entry:
    return Entry(kind=Kind.DELIVERY_MADE, actor=actor, subject=current(row.subject),
                 details={"request": str(row.id), "package": str(row.package), "method": method})  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- ending


def remove(house: House, request: UUID, actor: Actor = Actor.STAFF) -> None:
    """Destroy the key of a package, and let its file be gone; nothing happens to one that has ended."""
    with transaction():
        row = _row(request, lock=True)
        if row.ended is None:
            _destroy(house, row, actor)
    packages.remove_package(_file_of(house, row.file))


def prune(house: House) -> int:
    """End the packages whose time is over, and delete files that a crash left; how many packages. The step of a worker."""
    count, now = 0, house.runtime.now()
    while late := store.over(now, PAGE):
        for row in late:
            remove(house, row.id, Actor.SYSTEM)
        count += len(late)
    _sweep(house, now)
    return count


def _destroy(house: House, row: HandoverRow, actor: Actor) -> None:
    now = house.runtime.now()
    gone = [Destroyed(key.id, key.subject, key.kind, now) for key in vault.read_keys([row.id], KeyKind.CONTENT).values()]
    destruction.append_destroyed(destroyed_file(house.runtime.settings), gone)
    destruction.destroy_keys(gone)
    store.write(replace(row, ended=now, code=b""))
    record(house, [
        Entry(kind=Kind.KEY_DESTROYED, actor=actor, details={"key": str(key.key), "kind": str(key.kind), "level": str(Level.LOGICAL)}) for key in gone
    ])  # fmt: skip


def _sweep(house: House, now: datetime) -> None:
    folder = house.runtime.settings.data_dir / "packages"
    old = {
        UUID(named[1]): path for path in (folder.iterdir() if folder.is_dir() else ())
        if (named := _FILE.fullmatch(path.name)) and path.stat().st_mtime < (now - LEFT).timestamp()
    }  # fmt: skip
    for file in set(old) - store.known_files(old):
        packages.remove_package(_file_of(house, file))


# ---------------------------------------------------------------------------------------------------------------- parts


def _file_of(house: House, file: UUID) -> Path:
    return house.runtime.settings.data_dir / "packages" / f"{file}.zip"


def _key(own: bytes, content: bytes) -> bytes:
    """The key of a package: of its own one and the person's, so that it is gone with either."""
    return vault.derived_key(own + content, "person package 1")[:KEY_BYTES]


def _opened(house: House, row: HandoverRow) -> Iterator[bytes]:
    """The bytes of a package, of which the first were read already: raises at once when it does not open."""
    own = vault.read_keys([row.id], KeyKind.CONTENT).get(row.id)
    if own is None:
        raise _over()
    subject = current(row.subject)
    key = _key(vault.open_key(house.keeper, own), content_keys(house, [subject])[subject])
    pieces = packages.read_chunks(_file_of(house, row.file), row.id, 0, key)
    first = next(pieces, b"")

    def whole() -> Iterator[bytes]:
        yield first
        yield from pieces

    return whole()


def _row(request: UUID, *, lock: bool = False) -> HandoverRow:
    row = store.rows([request], lock=lock).get(request)
    if row is None:
        raise Invalid(say(N_("no package was made for this request")), say(N_("`janji request show` says what it waits for")))
    return row


def _still_there(house: House, row: HandoverRow) -> None:
    if row.ended is not None or row.until <= house.runtime.now():
        raise _over()


def _open_link(house: House, row: HandoverRow, link: int) -> None:
    """Raise unless the link of this number can be used."""
    _still_there(house, row)
    if link != row.link:
        raise Ended(say(N_("a newer link took the place of this one")), say(N_("open the link in the newest message")))
    if row.wrong >= TRIES:
        raise _locked()
    if row.handed is not None or row.starts >= STARTS:
        raise Ended(say(N_("this package was fetched already")), say(N_("if it was not you, tell us at once; otherwise ask us for a new link")))


def _over() -> Ended:
    return Ended(say(N_("the time of this package is over, and it was destroyed")), say(N_("ask anew, and we search again")))


def _locked() -> Locked:
    return Locked(say(N_("too many wrong codes were tried, so this link has ended")), say(N_("ask us for a new link and a new code")))


def _no_link() -> Invalid:
    return Invalid(say(N_("this link is not whole, or it is not one of ours")), say(N_("open it from the message again, all of it")))


def _digits(code: str) -> str:
    """A code as people write it: blanks and strokes mean nothing."""
    return "".join(char for char in code[:64] if char.isascii() and char.isdigit())


def _digest(house: House, row: HandoverRow, code: str) -> bytes:
    """What is kept of a code: bound to the package and to the number of its link."""
    return hmac.digest(vault.derived_key(house.secrets.pseudonym, "person package code 1"), row.id.bytes + row.link.to_bytes(4, "big") + code.encode(), "sha256")


def _token(house: House, row: HandoverRow) -> str:
    return write_token(_link_key(house), row.id.bytes + row.link.to_bytes(4, "big"))


def _link_key(house: House) -> bytes:
    return vault.derived_key(house.secrets.pseudonym, "person package link 1")


def _read(house: House, token: str) -> tuple[UUID, int]:
    """What a token is about; raises `Invalid` for one that is none of ours."""
    value = read_token(_link_key(house), token)
    if value is None:
        raise _no_link()
    return UUID(bytes=value[:16]), int.from_bytes(value[16:], "big")
