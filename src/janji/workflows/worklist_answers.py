"""What owners answer to a worklist: taken as a whole or not at all, attested by name, and recorded for each person."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import orjson

from janji.errors import Conflict, Invalid, Unavailable
from janji.files.translations import load_tongue
from janji.ledger.events import Actor, Kind
from janji.rights.requests import State
from janji.store import people, requests, vault
from janji.store import worklists as store
from janji.store.database import transaction
from janji.store.people import ACTIVE, MERGED
from janji.store.private import make_private_folder, write_private
from janji.store.vault import NONCE_BYTES, KeyKind
from janji.store.worklists import (
    ANSWERED,
    CLOSED,
    DROPPED,
    FOUND,
    KEPT,
    NOTHING,
    OPEN,
    AttestationRow,
    LineRow,
    WorklistRow,
)
from janji.terms.messages import N_, say
from janji.workflows.house import House
from janji.workflows.people import current
from janji.workflows.recording import Entry, record
from janji.workflows.worklist_sheets import STATES, Answer, Form, read, template
from janji.workflows.worklists import (
    Line,
    Right,
    Worklist,
    content_key,
    lines_of,
    locked,
    sealed_answer,
    settle,
    worklist,
)

MOST_NAME = 200
SUFFIXES = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/plain": ".txt", "": ".bin"}
"""What the name of a file of evidence ends with, by what it is."""
_BINDING = "attestation"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file by which an owner shows what they did."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attested:
    """Who says that the answers are true, and by what they show it."""

    name: str = field(repr=False)
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken: how many lines, how many wait still, and the SHA-256 of the evidence, empty without any."""

    lines: int
    open: int
    digest: str


def table_of(house: House, row: WorklistRow, form: Form, language: str) -> bytes:
    """A list as a table to be filled in, in a language. Raises `Refusal` once it is closed."""
    lines = [line for line in lines_of(house, row.id) if line.row.state != DROPPED]
    return template(lines, Right(row.asked), form, load_tongue(language))


def hand_in(house: House, row: WorklistRow, data: bytes, attested: Attested) -> Taken:
    """Take the answers of a filled table. Raises `Invalid` with every mistake, and as `answer`."""
    systems = {line.number: line.system for line in store.lines(row.id) if line.state != DROPPED}
    return answer(house, row, read(data, Right(row.asked), systems), attested)


def nothing_found(house: House, row: WorklistRow, attested: Attested) -> Taken:
    """Answer every line that is still open: nothing was found. Raises as `answer`."""
    waiting = {line.number: Answer(NOTHING) for line in store.lines(row.id) if line.state == OPEN}
    if not waiting:
        raise Conflict(say(N_("no line waits for an answer")), say(N_("to change an answer, hand in the table")))
    return answer(house, row, waiting, attested)


def answer(house: House, row: WorklistRow, answers: Mapping[int, Answer], attested: Attested) -> Taken:
    """Take answers by the number of the line, all of them or none; what was answered before is replaced.

    For each person it is recorded what was attested about which system, with the name of who attests under seal. Raises
    `Invalid` for an attestation without a name or with evidence of another kind, `Conflict` when the list was closed, or
    another link took the place of the one it came by.
    """
    name, digest = _checked(attested)
    _sound(Right(row.asked), answers)
    runtime = house.runtime
    now, id = runtime.now(), runtime.new_id()
    with transaction():
        held = locked(row.id)
        if held.link != row.link:
            raise Conflict(say(N_("the worklist was closed meanwhile")), say(N_("nothing more is needed")))
        key = content_key(house, row.id)
        lines = [line for line in store.lines(row.id) if line.number in answers and line.state != DROPPED]
        if not lines:
            raise Invalid(say(N_("no line of this worklist was answered")), say(N_("open the page again, and answer what it shows")))
        made = [_answered(house, key, line, answers[line.number], id) for line in lines]
        store.write_answers(made)
        store.insert_attestation(AttestationRow(id, row.id, now, digest, _sealed(house, row.id, id, name, attested)))
        _record(house, row, made, name, digest)
        left = settle(house, row.id)
        if left.state == ANSWERED:  # what waited for it goes on at once
            requests.look_now({line.subject for line in store.lines(row.id) if line.subject is not None}, State.WORKING, now)
        waiting = 0 if left.state != OPEN else sum(one.lines for one in store.counted([row.id]) if one.state == OPEN)
    return Taken(len(made), waiting, digest)


def _sound(asked: Right, answers: Mapping[int, Answer]) -> None:
    """Raise `Invalid` for an answer that cannot be given to what was asked."""
    for one in answers.values():
        if one.state not in STATES[asked] or (one.state == FOUND) != bool(one.found):
            raise Invalid(say(N_("an answer does not fit what was asked")), say(N_("open the page again, and answer what it shows")))
        if one.state == KEPT and not one.reason:
            raise Invalid(say(N_("what must stay needs a reason")), say(N_("write beside the answer why it stays")))


def _checked(attested: Attested) -> tuple[str, str]:
    """The name of who attests, and the digest of the evidence."""
    name = " ".join(attested.name.split())
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise Invalid(say(N_("who answers must give a name")), say(N_("write your name, in {most} characters or fewer"), most=MOST_NAME))
    if attested.evidence is None:
        return name, ""
    if media_of(attested.evidence.data) is None:
        raise Invalid(say(N_("the evidence is of a kind that is not taken")), say(N_("give a PDF, a picture (PNG, JPEG), or a text")))
    return name, hashlib.sha256(attested.evidence.data).hexdigest()


def media_of(data: bytes) -> str | None:
    """What evidence is, told by its bytes and never by its name; `None` for what is not taken."""
    for begin, media in ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg")):
        if data.startswith(begin):
            return media
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return "text/plain" if text.strip() and "\0" not in text else None


def _answered(house: House, key: bytes, line: LineRow, said: Answer, attestation: UUID) -> LineRow:
    sealed = sealed_answer(house, key, line, said.found, said.reason)
    return replace(line, state=said.state, rows=said.rows, answer=sealed, attestation=attestation)


def _sealed(house: House, worklist: UUID, id: UUID, name: str, attested: Attested) -> bytes:
    held: dict[str, str] = {"name": name}
    if attested.evidence is not None:
        held |= {"file": attested.evidence.name[-MOST_NAME:], "base64": base64.b64encode(attested.evidence.data).decode()}
    key = vault.open_key(house.keeper, vault.read_keys([worklist], KeyKind.EVIDENCE)[worklist])
    return vault.seal(key, house.runtime.random(NONCE_BYTES), orjson.dumps(held), vault.binding(worklist, _BINDING, id))


def _record(house: House, row: WorklistRow, lines: Sequence[LineRow], name: str, digest: str) -> None:
    """Record for each person what was attested; who was forgotten meanwhile is named no more."""
    now = _now({line.subject for line in lines if line.subject is not None})
    entries = []
    for line in lines:
        subject = None if line.subject is None else now.get(line.subject)
        details = {"worklist": str(row.id), "line": line.number, "system": line.system, "asked": row.asked, "outcome": line.state, "rows": line.rows}
        details |= {"evidence": digest} if digest else {}
        sealed = None if subject is None else {"attested_by": name}
        entries.append(Entry(kind=Kind.SYSTEM_ATTESTED, actor=Actor.STAFF, subject=subject, details=details, evidence=sealed))
    record(house, entries)


def _now(subjects: set[UUID]) -> dict[UUID, UUID]:
    """Who these people are now, as far as something can be recorded of them."""
    found = people.subjects(subjects)
    merged = {id: current(id) for id, row in found.items() if row.state == MERGED}
    survivors = people.subjects(merged.values()) if merged else {}
    now = {id: merged.get(id, id) for id in found}
    return {id: one for id, one in now.items() if (survivors.get(one) or found[one]).state == ACTIVE}


# -------------------------------------------------------------------------------------------------------------- looking


@dataclass(frozen=True, slots=True)
class Proof:
    """An attestation, opened: who, when (by its row), and the evidence if there was any."""

    row: AttestationRow
    name: str = field(repr=False)
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What staff saw of a list: its lines, none once it is closed, and where its evidence was written."""

    worklist: Worklist
    lines: tuple[Line, ...] = ()
    files: tuple[Path, ...] = ()


def read_answers(house: House, id: UUID, folder: Path | None = None, actor: Actor = Actor.STAFF) -> Read:
    """What an owner answered, in clear, and the evidence written into a folder where one is given; recorded before it is shown.

    Each person of whom an answer is shown has it on record. Raises `Invalid` when there is no such list, and as `write_evidence`.
    """
    one = worklist(house, id)
    lines = () if one.row.state == CLOSED else lines_of(house, id)
    seen: dict[UUID | None, dict[str, None]] = {}
    now = _now({line.row.subject for line in lines if line.row.subject is not None})
    for line in lines:
        if line.row.state not in (OPEN, DROPPED):
            subject = None if line.row.subject is None else now.get(line.row.subject)
            seen.setdefault(subject, {})[line.row.system] = None
    if folder is not None and not seen:
        seen[None] = dict.fromkeys(one.systems)
    with transaction():
        record(house, [
            Entry(kind=Kind.WORKLIST_READ, actor=actor, subject=subject, details={
                "worklist": str(id), "systems": list(systems), **({"with_evidence": True} if folder is not None else {})})
            for subject, systems in seen.items()
        ])  # fmt: skip
    return Read(one, lines, () if folder is None else write_evidence(house, id, folder))


def proofs(house: House, worklist: UUID) -> tuple[Proof, ...]:
    """Who attested what is said about a list, opened; nothing once its evidence key is gone."""
    held = vault.read_keys([worklist], KeyKind.EVIDENCE).get(worklist)
    if held is None:
        return ()
    key, found = vault.open_key(house.keeper, held), []
    for row in store.attestations(worklist):
        said = orjson.loads(vault.unseal(key, row.sealed, vault.binding(worklist, _BINDING, row.id)))
        file = Evidence(said["file"], base64.b64decode(said["base64"])) if "base64" in said else None
        found.append(Proof(row, said["name"], file))
    return tuple(found)


def write_evidence(house: House, worklist: UUID, folder: Path) -> tuple[Path, ...]:
    """Write the evidence of a list into a folder, for its owner's eyes alone: a file for each, named by number and kind.

    Raises `Unavailable` when that cannot be done.
    """
    held = [proof.evidence for proof in proofs(house, worklist) if proof.evidence is not None]
    files = {folder / f"evidence-{number}{SUFFIXES[media_of(one.data) or '']}": one.data for number, one in enumerate(held, 1)}
    try:
        make_private_folder(folder)
        for path, data in files.items():
            write_private(path, data)
    except OSError as error:
        raise Unavailable(
            say(N_("`{path}` cannot be written: {problem}"), path=folder, problem=os.strerror(error.errno or 0)),
            say(N_("look at the rights of the folder and the room on the disk")),
        ) from None
    return tuple(files)
