"""Audits without a database: an export, or the proof of one event, held against a key and an earlier checkpoint."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from janji.errors import Invalid
from janji.files.reading import read_file, read_lines
from janji.ledger.audit import Audit, Report
from janji.ledger.checkpoint import Checkpoint, Verifier, open_note, read_note, read_verifier
from janji.ledger.events import Event
from janji.ledger.export import MOST_LINE, Part, parts
from janji.ledger.proofs import Proof, read_proof, verify_proof
from janji.terms.messages import N_, say

CHUNK = 1 << 21
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
    """The parts of an export, chunk by chunk in order, and how many lines each chunk has."""
    chunks = read_lines(path, MOST_LINE, CHUNK)
    if processes == 1:
        for chunk in chunks:
            yield parts(chunk), len(chunk)
        return
    with ProcessPoolExecutor(processes) as pool:
        under_way: deque[tuple[Future[list[Part]], int]] = deque()
        for chunk in chunks:
            under_way.append((pool.submit(parts, chunk), len(chunk)))
            if len(under_way) > 2 * processes:
                future, lines = under_way.popleft()
                yield future.result(), lines
        for future, lines in under_way:
            yield future.result(), lines
