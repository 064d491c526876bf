"""People found, made and shown: who is meant by an identifier, what is known of them, what they are asked by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from janji.decision.history import standing_at
from janji.decision.standing import Standing
from janji.errors import Conflict, Invalid, Refusal, Unknown
from janji.ledger.events import Actor, Kind, decode
from janji.people.guardians import Communication
from janji.people.identifiers import Identifier, IdentifierKind, identify, parse
from janji.people.identity import Join
from janji.rights.identity import Address, held_since
from janji.store import people, records, standings, vault
from janji.store.database import transaction
from janji.store.people import ACTIVE, FORGOTTEN, MERGED, GuardianRow, IdentifierRow, SubjectRow, TaskRow
from janji.store.vault import KEY_BYTES, NONCE_BYTES, HeldKey, KeyKind
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.recording import Entry, history_of, record

IDENTIFIER, COMMUNICATION = "identifier", "communication"
_PER_PERSON = 2 * (KEY_BYTES + NONCE_BYTES)


@dataclass(frozen=True, slots=True)
class Held:
    """An identifier of a person as it is shown: masked, unless its use was permitted and recorded."""

    kind: IdentifierKind
    shown: str = field(repr=False)
    verified: bool = False
    link: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Whom a number stands for, and whether it stands for somebody now; `into` is the survivor of a merge."""

    id: UUID
    state: str
    into: UUID | None = None

    @property
    def active(self) -> bool:
        """Whether it stands for somebody now: neither merged into another record nor forgotten."""
        return self.state == ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Brief):
    """A person as the record knows them. `merged` are those that were merged into this one."""

    pseudonym: str
    events: int
    merged: tuple[UUID, ...] = ()
    asserted_by: UUID | None = None
    communication: Communication | None = field(default=None, repr=False)
    standing: Standing | None = None
    identifiers: tuple[Held, ...] = ()
    joins: tuple[Join, ...] = ()
    guardians: tuple[GuardianRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()


# ----------------------------------------------------------------------------------------------------- found and made


def region_of(house: House) -> str | None:
    """Where phone numbers without a country code belong: the controller's country; nowhere while no policy is published."""
    published = house.published
    return None if published is None or published.policy.controller is None else str(published.policy.controller.country)


def normalised(house: House, named: Iterable[tuple[str, str]]) -> list[Identifier]:
    """Identifiers, given as kind and value, in normal form; raises `Invalid`, without the value, for what is none."""
    region = region_of(house)
    return [identify(kind, value, region) for kind, value in named]


def unreadable(house: House, named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Invalid]:
    """Those of identifiers, given as kind and value, that are none, and why."""
    region = region_of(house)
    found: dict[tuple[str, str], Invalid] = {}
    for one in dict.fromkeys(named):
        try:
            identify(*one, region)
        except Invalid as error:
            found[one] = error
    return found


def find_subjects(house: House, named: Sequence[tuple[str, str]]) -> list[UUID | None]:
    """Who has these identifiers, in their order; `None` where nobody has. One statement for thousands."""
    return _find(house, normalised(house, named))


def subjects_for(house: House, named: Sequence[tuple[str, str]]) -> list[UUID]:
    """Who has these identifiers, in their order; people who are not known yet are made, with keys of their own.

    Being made is no event: a person without one has an empty history. Raises `Invalid` before anything is stored when
    one of them is no identifier. Joins an open transaction.
    """
    wanted = normalised(house, named)
    found = _find(house, wanted)
    for _ in range(3):
        missing = list(dict.fromkeys(one for one, subject in zip(wanted, found, strict=True) if subject is None))
        if not missing:
            return [subject for subject in found if subject is not None]
        with transaction():
            _make(house, missing)
        found = _find(house, wanted)
    raise Conflict(say(N_("identifiers changed their owners again and again")), say(N_("try again")))


def subject_with(house: House, named: Sequence[tuple[str, str]], actor: Actor) -> UUID:
    """The one person who has these identifiers; whom nobody has yet is given to them, a new person if all are new.

    Raises `Conflict` when they lead to several people.
    """
    if not named:
        raise Invalid(say(N_("no identifier is given")), say(N_("give one, as in `email:` and the address")))
    with transaction():
        owners = {current(owner) for owner in find_subjects(house, named) if owner is not None}
        if len(owners) > 1:
            raise several_people()
        subject = owners.pop() if owners else subjects_for(house, named[:1])[0]
        for kind, value in named:
            add_identifier(house, subject, kind, value, actor)
    return subject


def several_people() -> Conflict:
    """The conflict of identifiers that lead to several people."""
    return Conflict(
        say(N_("these identifiers lead to several people")), say(N_("if they are one person, `janji subject merge` makes them one"))
    )


def _find(house: House, wanted: Sequence[Identifier]) -> list[UUID | None]:
    kinds = [str(one.kind) for one in wanted]
    indices = [vault.blind_index(house.secrets.index, kind, one.normal) for kind, one in zip(kinds, wanted, strict=True)]
    found = people.find(kinds, indices)
    return [found.get(pair) for pair in zip(kinds, indices, strict=True)]


def _make(house: House, wanted: Sequence[Identifier]) -> None:
    """Store people with two keys and one identifier each; whose identifier was taken meanwhile is taken back."""
    runtime, count = house.runtime, len(wanted)
    ids, chance = runtime.new_ids(4 * count), runtime.random(count * (_PER_PERSON + NONCE_BYTES))
    subjects: list[SubjectRow] = []
    keys: list[HeldKey] = []
    rows: list[IdentifierRow] = []
    for place, one in enumerate(wanted):
        row, content, evidence, _ = ids[4 * place : 4 * place + 4]
        subject = _random_id(runtime.random(16))
        drawn = chance[place * (_PER_PERSON + NONCE_BYTES) :]
        key, other = drawn[:32], drawn[32:64]
        subjects.append(SubjectRow(subject, vault.pseudonym(house.secrets.pseudonym, subject)))
        keys.append(vault.wrap_key(house.keeper, subject, KeyKind.CONTENT, content, key, drawn[64:76]))
        keys.append(vault.wrap_key(house.keeper, subject, KeyKind.EVIDENCE, evidence, other, drawn[76:88]))
        rows.append(sealed_row(house, one, row, subject, key, drawn[88:100]))
    people.insert_subjects(subjects)
    vault.insert_keys(keys)
    stored = people.insert_identifiers(rows)
    taken = [row.subject for row in rows if row.id not in stored]
    if taken:
        people.withdraw_subjects(taken)


def _random_id(chance: bytes) -> UUID:
    """A random id (UUIDv4, RFC 9562 5.4): when a person became known is no business of those who hold the id."""
    return UUID(bytes=chance, version=4)


def sealed_row(
    house: House, one: Identifier, row: UUID, subject: UUID, key: bytes, nonce: bytes, link: UUID | None = None
) -> IdentifierRow:
    """An identifier as it is stored: its blind index, and itself sealed for the person and the row."""
    index = vault.blind_index(house.secrets.index, str(one.kind), one.normal)
    sealed = vault.seal(key, nonce, one.normal.encode(), vault.binding(subject, IDENTIFIER, row))
    return IdentifierRow(row, subject, one.kind, index, sealed, link=link)


def opened(row: IdentifierRow, key: bytes) -> Identifier:
    """The identifier in a stored row, by the content key of its person."""
    return Identifier(row.kind, vault.unseal(key, row.sealed, vault.binding(row.subject, IDENTIFIER, row.id)).decode())


def content_keys(house: House, subjects: Iterable[UUID]) -> dict[UUID, bytes]:
    """The content keys of people, opened; raises `Refusal` when one of them was destroyed."""
    wanted = set(subjects)
    held = vault.read_keys(wanted, KeyKind.CONTENT)
    if wanted - set(held):
        raise forgotten()
    return {subject: vault.open_key(house.keeper, key) for subject, key in held.items()}


def forgotten() -> Refusal:
    """The refusal for a person who was forgotten."""
    return Refusal(say(N_("this person was forgotten")), say(N_("nothing can be added or looked up any more")))


def unknown() -> Invalid:
    """The error for a person who is not there."""
    return Unknown(
        say(N_("there is no such person in the record")), say(N_("`janji subject find` finds people by what identifies them"))
    )


def subject_named(house: House, text: str) -> UUID:
    """The person named by `sub_<uuid>` or `kind:value`; who was merged leads to the survivor.

    Raises `Invalid` when nobody is meant by it.
    """
    named = parse(text, region_of(house))
    found = named if isinstance(named, UUID) else _find(house, [named])[0]
    if found is None:
        raise unknown()
    return current(found)


def subject_of(pseudonym: str) -> UUID | None:
    """The person of a pseudonym in hexadecimal digits, as events name them; `None` where nobody is on record by it any more."""
    row = people.by_pseudonym(bytes.fromhex(pseudonym))
    return None if row is None else row.id


def current(subject: UUID) -> UUID:
    """The person that somebody is now: the survivor, after a merge; raises `Invalid` for nobody."""
    while True:
        row = people.subjects([subject]).get(subject)
        if row is None:
            raise unknown()
        if row.state != MERGED or row.into is None:
            return subject
        subject = row.into


def current_all(subjects: Iterable[UUID]) -> tuple[UUID, ...]:
    """As `current`, of many, each once and in their order: one statement, and one more for each merge of merges."""
    wanted = list(dict.fromkeys(subjects))
    while True:
        rows = people.subjects(wanted)
        if len(rows) < len(wanted):
            raise unknown()
        found = [rows[one].into if rows[one].state == MERGED else one for one in wanted]
        if found == wanted:
            return tuple(wanted)
        wanted = list(dict.fromkeys(one for one in found if one is not None))


def people_now(subjects: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """Who each of these people is now: the survivor after a merge, `None` for who was forgotten. Who is not known is left out."""
    wanted = list(subjects)
    found: dict[UUID, UUID | None] = {}
    rows = people.subjects(wanted) if wanted else {}
    for one in wanted:
        row = rows.get(one)
        while row is not None and row.state == MERGED and row.into is not None:
            row = people.subjects([row.into]).get(row.into)
        if row is not None:
            found[one] = None if row.state == FORGOTTEN else row.id
    return found


def lock(subjects: Iterable[UUID]) -> dict[UUID, SubjectRow]:
    """People as they are once their standing is locked, until the transaction ends; who is not there is left out.

    The standing row is the one lock of a person, taken in the order of pseudonyms. Who was forgotten has none: the one
    that locking makes goes again.
    """
    wanted = list(set(subjects))
    records.lock(wanted, ())
    rows = people.subjects(wanted)
    gone = [row.pseudonym for row in rows.values() if row.state == FORGOTTEN]
    if gone:
        standings.delete(gone)
    return rows


def lock_active(subjects: Iterable[UUID]) -> dict[UUID, SubjectRow]:
    """As `lock`; raises unless all of them are there, not merged and not forgotten."""
    wanted = set(subjects)
    rows = lock(wanted)
    if wanted - set(rows):
        raise unknown()
    for row in rows.values():
        if row.state == MERGED:
            raise Conflict(
                say(N_("this person was merged into another")), say(N_("`janji subject show` names the one they are now"))
            )
        if row.state != ACTIVE:
            raise forgotten()
    return rows


def become(house: House, subject: UUID, state: str, into: UUID | None = None) -> None:
    """Let a locked person be something else from now on.

    The standing row is replaced, not changed: whoever waits for its lock with what they read before finds it gone, and
    reads again.
    """
    words = tuple(range(1 if house.published is None else house.published.layout.words))
    _, row = records.lock([subject], words)[subject]
    standings.delete([row.subject])
    standings.lock([row.subject], ())
    standings.write(standings.writing([row], words))
    people.set_state(subject, state, into)


# -------------------------------------------------------------------------------------------------------- identifiers


def add_identifier(
    house: House, subject: UUID, kind: str, value: str, actor: Actor, *, verified: bool = False
) -> UUID:
    """Give a person another identifier, recorded as `identifier.added`; gives its row.

    Idempotent. Raises `Conflict` when somebody else has it: they may be one person, and then are to be merged.
    """
    one = normalised(house, [(kind, value)])[0]
    with transaction():
        lock_active([subject])
        owner = _find(house, [one])[0]
        if owner is not None and owner != subject:
            raise Conflict(
                say(N_("somebody else has this identifier")),
                say(N_("if both are one person, `janji subject merge` makes them one; else remove it there first")),
            )
        if owner == subject:
            return next(row.id for row in people.identifiers([subject]) if row.index == _index(house, one))
        key = content_keys(house, [subject])[subject]
        row = sealed_row(house, one, house.runtime.new_id(), subject, key, house.runtime.random(NONCE_BYTES))
        record(house, [Entry(subject=subject, kind=Kind.IDENTIFIER_ADDED, actor=actor,
                             details={"identifier": str(row.id), "kind": str(one.kind)})])  # fmt: skip
        if not people.insert_identifiers([replace(row, verified=verified)]):
            raise Conflict(say(N_("somebody else has this identifier")), say(N_("try again")))
        return row.id


def remove_identifier(house: House, subject: UUID, kind: str, value: str, actor: Actor) -> bool:
    """Take an identifier from a person: value and blind index are deleted, `identifier.removed` is recorded.

    `False` when the person does not have it.
    """
    index = _index(house, normalised(house, [(kind, value)])[0])
    with transaction():
        lock_active([subject])
        row = next((row for row in people.identifiers([subject]) if row.index == index), None)
        if row is None:
            return False
        record(house, [Entry(subject=subject, kind=Kind.IDENTIFIER_REMOVED, actor=actor,
                             details={"identifier": str(row.id), "kind": str(row.kind)})])  # fmt: skip
        people.delete_identifier(row.id)
    return True


def taken_away(house: House, subjects: Collection[UUID]) -> dict[UUID, list[Address]]:
    """The identifiers that people and whoever was merged into them once had, with when they were put down: what replaces one is a change, too."""
    if not subjects:
        return {}
    family = [(subject, vault.pseudonym(house.secrets.pseudonym, one)) for subject, one in people.families(subjects)]
    removed = records.histories([name for _, name in family], Kind.IDENTIFIER_REMOVED)
    found: dict[UUID, list[Address]] = {subject: [] for subject in subjects}
    for subject, name in family:
        found[subject] += [
            Address(str(event.details["kind"]), held_since(UUID(str(event.details["identifier"])))) for event in map(decode, removed[name])
        ]  # fmt: skip
    return found


def _index(house: House, one: Identifier) -> bytes:
    return vault.blind_index(house.secrets.index, str(one.kind), one.normal)


# -------------------------------------------------------------------------------------------------------------- shown


def brief(subject: UUID) -> Brief:
    """Whom a number stands for, with nothing of their history read; raises `Invalid` for a number of nobody."""
    row = people.subjects([subject]).get(subject)
    if row is None:
        raise unknown()
    return Brief(id=subject, state=row.state, into=row.into)


def show(house: House, subject: UUID, *, reveal: bool = False) -> Person:
    """A person as the record knows them, merged ones with their survivor; identifiers masked unless `reveal` is set.

    Revealing is a use of data: `workflows.identity.reveal` asks the policy and records it before it calls this.
    """
    row = people.subjects([subject]).get(subject)
    if row is None:
        raise unknown()
    family = people.family(subject)
    history = history_of(house, subject)
    held = people.identifiers([subject])
    keys = content_keys(house, [subject]) if held or row.communication else {}
    names = [(item, opened(item, keys[subject])) for item in held]
    layout = house.published.layout if house.published is not None else None
    return Person(
        id=subject, pseudonym=row.pseudonym.hex(), state=row.state, events=len(history), into=row.into,
        merged=tuple(one for one in family if one != subject), asserted_by=row.asserted_by,
        communication=_spoken_to(row, keys),
        standing=None if layout is None else standing_at(history, house.runtime.now(), layout),
        identifiers=tuple(Held(item.kind, one.normal if reveal else one.masked, item.verified, item.link) for item, one in names),
        joins=people.joins(family), guardians=people.guardians(family), tasks=people.open_tasks(family),
    )  # fmt: skip


def choose_communication(house: House, subject: UUID, form: Communication | None, actor: Actor) -> None:
    """Record the form of communication a person asks for (UU 27/2022 Art 26), or that none is asked for any more.

    It can tell of a disability, so the event names it under seal alone, and the row too.
    """
    with transaction():
        lock_active([subject])
        record(house, [Entry(subject=subject, kind=Kind.COMMUNICATION_CHOSEN, actor=actor, evidence={"form": str(form or "")})])
        sealed = b""
        if form is not None:
            key, nonce = content_keys(house, [subject])[subject], house.runtime.random(NONCE_BYTES)
            sealed = vault.seal(key, nonce, str(form).encode(), vault.binding(subject, COMMUNICATION, subject))
        people.set_communication(subject, sealed)


def _spoken_to(row: SubjectRow, keys: Mapping[UUID, bytes]) -> Communication | None:
    if not row.communication:
        return None
    return Communication(vault.unseal(keys[row.id], row.communication, vault.binding(row.id, COMMUNICATION, row.id)).decode())
