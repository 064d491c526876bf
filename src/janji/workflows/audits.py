"""Audits without a database: an export, or the proof of one event, held against a key and an earlier checkpoint."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from janji.errors import Corrupt, Invalid
from janji.files.reading import lines_of, read_blocks, read_file
from janji.ledger.audit import Audit, Report
from janji.ledger.checkpoint import Checkpoint, Verifier, open_note, read_note, read_verifier
from janji.ledger.events import Event, Kind
from janji.ledger.export import MOST_LINE, Part, parts
from janji.ledger.proofs import Proof, read_proof, verify_proof
from janji.terms.messages import N_, say

BLOCK = 1 << 21
"""How many bytes of lines are read together."""
LARGE = 32 * 1024 * 1024
"""From how many bytes on an export is read by several processes."""


def audit_export(path: Path, key: str | None = None, against: Path | None = None, processes: int | None = None) -> Report:
    """Audit an export, by the verifier key `key` or the one that it names, and against a kept checkpoint's file.

    Memory does not grow with the events but for 8 bytes each, and some 200 for each person. Raises `Unavailable` when
    a file cannot be read, `Invalid` when key or checkpoint is none.
    """
    verifier = None if key is None else _verifier(key)
    audit = Audit(verifier, None if against is None else kept_checkpoint(against, verifier))
    several = processes or (min(4, os.cpu_count() or 1) if path.is_file() and path.stat().st_size > LARGE else 1)
    for found, lines in _parts(path, several):
        audit.take(found, lines)
    return audit.report()


def kept_checkpoint(path: Path, verifier: Verifier | None) -> Checkpoint:
    """The checkpoint in a file, its signature verified when a key is at hand."""
    try:
        note = read_file(path).decode("utf-8")
        return read_note(note)[0] if verifier is None else open_note(note, verifier)
    except UnicodeDecodeError:
        raise Invalid(say(N_("`{path}` is not a text"), path=path), say(N_("`janji ledger checkpoint` writes one"))) from None


def verify_document(path: Path, key: str | None = None) -> tuple[Proof, Event, Checkpoint]:
    """Verify the proof of one event: the proof, its event, and the tree head that it leads to."""
    proof = read_proof(read_file(path))
    return (proof, *verify_proof(proof, None if key is None else _verifier(key)))


PAGE, DATA, NOTE, PROOF = "promises.html", "promises.json", "promises.note", "promises.proof.json"
"""The files of a report on promises: for people, for programs, signed, and proven where the ledger was whole."""


def signed_report(signer: Verifier, size: int, data: bytes, page: bytes) -> Checkpoint:
    """What the note of a report signs: the digests of both files, under a name that no tree head has."""
    return Checkpoint(f"{signer.name}/promises", size, hashlib.sha256(data).digest(), (f"page {hashlib.sha256(page).hexdigest()}",))


def verify_report(folder: Path, key: str) -> Event | None:
    """Hold the report in a folder against the ledger's key; gives the event that proves it, `None` where no proof lies beside it.

    Raises `Corrupt` when a file was changed or signed by somebody else, `Invalid` or `Unavailable` when one is missing or none.
    """
    signer = _verifier(key)
    data, page = read_file(folder / DATA), read_file(folder / PAGE)
    head = open_note(read_file(folder / NOTE).decode("utf-8", "replace"), signer)
    if head != signed_report(signer, head.size, data, page):
        raise Corrupt(say(N_("the report is not the one that was signed")), say(N_("ask for the report again, all of its files")))
    if not (folder / PROOF).is_file():
        return None
    _, event, _ = verify_document(folder / PROOF, key)
    if event.kind is not Kind.PROMISES_PROVEN or event.details.get("report") != head.root.hex():
        raise Corrupt(say(N_("the proof in the folder is of something else than the report")), say(N_("ask for the report again, all of its files")))
    return event


def _verifier(key: str) -> Verifier:
    """A verifier key as it stands, or the first line of a file that holds it."""
    try:
        return read_verifier(key)
    except Invalid:
        path = Path(key)
        if "+" in key or not path.is_file():
            raise
        return read_verifier(read_file(path).decode("utf-8", "replace").strip())


def _parts(path: Path, processes: int) -> Iterator[tuple[list[Part], int]]:
    """The parts of an export, block by block in order, and how many lines each block has."""
    blocks = read_blocks(path, MOST_LINE, BLOCK)
    if processes == 1:
        yield from map(_parts_of, blocks)
        return
    with ProcessPoolExecutor(processes) as pool:
        under_way: deque[Future[tuple[list[Part], int]]] = deque()
        for block in blocks:
            under_way.append(pool.submit(_parts_of, block))
            if len(under_way) > 2 * processes:
                yield under_way.popleft().result()
        for future in under_way:
            yield future.result()


def _parts_of(block: bytes) -> tuple[list[Part], int]:
    lines = lines_of(block, MOST_LINE)
    return parts(lines), len(lines)
