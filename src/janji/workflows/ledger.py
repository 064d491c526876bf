"""The ledger at work: events numbered, heads signed, one event proven, everything exported, the database itself audited."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from janji.errors import Conflict, Corrupt, Invalid, JanjiError, Unknown
from janji.files.writing import write_stream
from janji.ledger.audit import Audit, Fault, FaultKind, Report
from janji.ledger.checkpoint import Checkpoint, Verifier, open_note, sign, verifier_of
from janji.ledger.events import Event, decode
from janji.ledger.export import checkpoint_line, end_line, event_line, header_line, parts
from janji.ledger.merkle import included
from janji.ledger.ordering import complete, in_order, lowest
from janji.ledger.proofs import Proof, proof_json
from janji.ledger.tiles import (
    HASH,
    WIDTH,
    TileKey,
    Tiles,
    edge,
    grown,
    inclusion_from,
    root_from,
    tiles_of_inclusion,
    tiles_of_root,
)
from janji.store import ledger, records
from janji.store.database import transaction
from janji.store.ledger import Queue
from janji.terms.messages import N_, say
from janji.workflows.forgetting import open_record
from janji.workflows.house import House
from janji.workflows.runtime import Runtime

LIMIT = 50_000
"""How many events one transaction numbers."""
LONGEST_WAIT = 60
"""Seconds after which an event without a number fails the audit."""
BLOCK = 16 * WIDTH
"""How many events are read at once: whole tiles."""


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What a sequencer did: how many events got numbers, and how many have one now; `busy` when another was at work."""

    count: int
    size: int
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed tree head, and its note as it is handed on."""

    checkpoint: Checkpoint
    note: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The ledger at a glance: its key, how many events are numbered, the last signed head, and what waits."""

    verifier: Verifier
    size: int
    signed: Checkpoint | None
    queue: Queue


def overview(house: House) -> Overview:
    """The ledger at a glance."""
    signer, last = verifier(house), ledger.checkpoint()
    return Overview(signer, ledger.size(), None if last is None else open_note(last[1], signer), ledger.queue())


def verifier(house: House) -> Verifier:
    """The ledger's verifier key. Its name is made from the key, so that no two ledgers share one; a demonstration's says what it is."""
    key = verifier_of("janji", house.secrets.signing).key
    return Verifier(f"janji{'-demonstration' if house.demonstration else ''}/{hashlib.sha256(key).hexdigest()[:16]}", key)


def lag() -> Queue:
    """How many events wait for a number, and how long the oldest has."""
    return ledger.queue()


def sequence(limit: int = LIMIT) -> Sequenced:
    """Give the next numbers to events that wait, at most about `limit`, in one transaction.

    Only one sequencer works at a time; another one that comes does nothing. Raises `Corrupt` when the tree is not what
    the numbers say.
    """
    with transaction():
        if not ledger.lock_sequencer():
            return Sequenced(0, ledger.size(), busy=True)
        first = ledger.size()
        while True:
            found = ledger.waiting(limit)
            full = len(found) == limit
            ready = in_order(found)
            if full:
                begin = lowest(ready)
                missing = ledger.unnumbered({subject: version - 1 for subject, version in begin.items() if version > 1})
                ready = complete(ready, begin.keys() - missing)
            if ready or not full:
                break
            limit *= 2
        if ready:
            ledger.write_tiles(grown(first, ledger.tiles(edge(first)), [item.leaf for item in ready]))
            ledger.place(ready, first)
        return Sequenced(len(ready), first + len(ready))


def sequence_all() -> Sequenced:
    """Number everything that waits now, in as many transactions as it takes."""
    count = 0
    while True:
        done = sequence()
        count += done.count
        if done.count < LIMIT // 2:
            return replace(done, count=count)


@contextmanager
def numbering_house(runtime: Runtime) -> Iterator[House]:
    """The record opened for a verb: a forgetting that a crash left is finished first, and what was recorded numbered at the end.

    What was recorded is recorded: that numbering fails, or that another sequencer is at work, is no failure of the verb.
    The doctor tells of what waits.
    """
    with open_record(runtime) as house:
        yield house
        with suppress(JanjiError):
            if ledger.queue().waiting:
                sequence_all()


def cover(house: House) -> Signed | None:
    """Number what waits and sign the tree, so that everything recorded until now can be proven; raises as `checkpoint`."""
    sequence_all()
    return checkpoint(house)


def checkpoint(house: House) -> Signed | None:
    """The signed head of all numbered events; it is made when there is none yet, and `None` when nothing is numbered.

    Raises `Corrupt` rather than sign a history that does not go on from the last signed one.
    """
    signer = verifier(house)
    with transaction():
        last = ledger.checkpoint()
        size = ledger.size()  # read last: others number and sign meanwhile, and a head is never ahead of a size read after it
        if last is not None:
            held = open_note(last[1], signer)
            if size < held.size or root_from(held.size, ledger.tiles(tiles_of_root(held.size))) != held.root:
                raise Corrupt(
                    say(N_("the ledger does not go on from the history that was signed at size {size}"), size=held.size),
                    say(N_("stop, keep the database as it is, and run `janji ledger audit --live`")),
                )
            if size == held.size:
                return Signed(held, last[1])
        if not size:
            return None
        head = Checkpoint(signer.name, size, root_from(size, ledger.tiles(tiles_of_root(size))))
        note = sign(head, signer.name, house.secrets.signing)
        ledger.add_checkpoint(size, note)
    return Signed(head, note)


def prove_now(house: House, event: UUID) -> Proof:
    """The proof of one event, which is numbered and signed for it when it was not yet; raises as `prove` otherwise."""
    try:
        return prove(house, event)
    except Conflict:
        cover(house)
        return prove(house, event)


def prove(house: House, event: UUID) -> Proof:
    """The proof of one event, checked before it is given.

    Raises `Invalid` when there is no such event, `Conflict` when it is not numbered or not signed yet, and `Corrupt`
    when the tables do not prove it.
    """
    place = ledger.placed(event)
    if place is None and not ledger.recorded(event):
        raise Unknown(
            say(N_("there is no event `{event}` in the record"), event=event), say(N_("a receipt names the id of its event"))
        )
    head = None if place is None else ledger.checkpoint(place.position)
    if place is None or head is None:
        raise Conflict(
            say(N_("the event is recorded, and no signed checkpoint covers it yet")),
            say(N_("run `janji ledger checkpoint`, then ask again")),
        )
    signer = verifier(house)
    signed = open_note(head[1], signer)
    path = inclusion_from(place.position, signed.size, ledger.tiles(tiles_of_inclusion(place.position, signed.size)))
    proof = Proof(signer, place.body, place.position, path, head[1])
    if not included(proof.digest, proof.position, signed.size, path, signed.root):
        raise Corrupt(
            say(N_("event {position} is not what the signed tree holds"), position=place.position),
            say(N_("stop, keep the database as it is, and run `janji ledger audit --live`")),
        )
    return proof


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as it is on record, with its proof; without one while no signed head covers it, which takes a moment."""

    event: Event
    proof: Proof | None


def seen(house: House, event: UUID) -> Seen:
    """One event, its proof made and checked now. Raises `Invalid` when there is none, `Corrupt` when the tables do not prove it."""
    row = records.event(event)
    if row is None:
        raise Unknown(say(N_("there is no event `{event}` in the record"), event=event), say(N_("a receipt names the id of its event")))
    try:
        return Seen(decode(row.body), prove(house, event))
    except Conflict:
        return Seen(decode(row.body), None)


def heads(house: House, below: int | None = None, most: int = 20) -> tuple[Signed, ...]:
    """Signed heads, the newest first, those smaller than `below` where it is given; each signature is verified."""
    signer = verifier(house)
    return tuple(Signed(open_note(note, signer), note) for _, note in ledger.newest_checkpoints(below, most))


def head(house: House, size: int) -> Signed:
    """The signed head of this size, verified; raises `Invalid` when there is none."""
    found = ledger.newest_checkpoints(size + 1, 1)
    if not found or found[0][0] != size:
        raise Invalid(say(N_("no head of {size} events was signed"), size=size), say(N_("choose one of the list")))
    return Signed(open_note(found[0][1], verifier(house)), found[0][1])


def write_note(target: Path | None, signed: Signed) -> None:
    """Write a signed note into a file, or to standard output."""
    write_stream(target, [signed.note.encode()])


def write_proof(target: Path | None, proof: Proof) -> None:
    """Write a proof as a JSON document into a file, or to standard output."""
    write_stream(target, [json.dumps(proof_json(proof), ensure_ascii=False, indent=2).encode(), b"\n"])


def export(house: House, target: Path | None) -> int:
    """Write the export up to a checkpoint that is signed for it into a file, or to standard output: how many events.

    What is recorded meanwhile is not in it. Memory does not grow with it.
    """
    size, lines = export_lines(house)
    write_stream(target, lines)
    return size


def export_lines(house: House) -> tuple[int, Iterator[bytes]]:
    """How many events an export made now has, and its lines, read as they are taken."""
    signed = checkpoint(house)
    size = signed.checkpoint.size if signed else 0
    return size, _lines(verifier(house), size)


def _lines(signer: Verifier, size: int) -> Iterator[bytes]:
    """The lines of an export of this size. What the tables lack is left out, and what differs is told: audits name it."""
    yield header_line(signer)
    count = 0
    for first in range(0, size, BLOCK):
        end = min(first + BLOCK, size)
        heads, rows = dict(ledger.checkpoints(first, end)), dict(ledger.events(first, end))
        for position, leaf in enumerate(_leaves(first, end)[0], first):
            if position in rows:
                yield event_line(position, leaf, bytes(rows[position]))
            if position + 1 in heads:
                count += 1
                yield checkpoint_line(heads[position + 1])
    yield end_line(size, count)


def _leaves(first: int, end: int) -> tuple[list[bytes], list[int]]:
    """The leaf hashes that the tiles hold for these positions, and the tiles that are short; zeros for what they lack."""
    row, short = b"", []
    indices = range(first // WIDTH, (end - 1) // WIDTH + 1)
    held = ledger.tiles([(0, index) for index in indices])
    for index in indices:
        tile = held.get((0, index), b"")
        if len(tile) % HASH or len(tile) < HASH * min(WIDTH, end - index * WIDTH):
            short.append(index)
        row += tile.ljust(WIDTH * HASH, b"\0")[: WIDTH * HASH]
    return [row[place : place + HASH] for place in range(0, (end - first) * HASH, HASH)], short


def audit_live(house: House, against: Checkpoint | None = None, progress: Callable[[str, int, int], None] | None = None) -> Report:
    """Audit the database itself: what an export of it would show, and besides the tree's tiles, the queue, the standings.

    Events behind the last checkpoint are looked at too; that nothing signs them yet is no fault here. `progress` is called with
    what is at hand, how many events of it were looked at, and how many there are.
    """
    last = ledger.checkpoint()
    size = max(ledger.size(), last[0] if last else 0)
    audit = Audit(verifier(house), against)
    block: list[bytes] = []
    done = 0
    for line in _lines(verifier(house), size):
        block.append(line)
        if len(block) == BLOCK:
            audit.take(parts(block), len(block))
            done, block = min(done + len(block), size), []
            if progress is not None:
                progress("events", done, size)
    audit.take(parts(block), len(block))
    report = audit.report()
    faults = [fault for fault in report.faults if fault.kind is not FaultKind.UNSIGNED]
    return replace(report, faults=(*faults, *_tile_faults(size), *_table_faults(size)))


def _tile_faults(size: int) -> Iterator[Fault]:
    """Tiles that are short, or not what those below them make."""
    held: dict[TileKey, bytes] = {}
    for first in range(0, size, BLOCK):
        end = min(first + BLOCK, size)
        leaves, short = _leaves(first, end)
        yield from (_tile_fault((0, index)) for index in short)
        made = grown(first, held, leaves)
        held = {key: data for key, data in (held | made).items() if key in edge(end)}
        yield from _differing({key: data for key, data in made.items() if key[0] and len(data) == WIDTH * HASH})
    yield from _differing({key: data for key, data in held.items() if key[0]})


def _differing(made: Tiles) -> Iterator[Fault]:
    stored = ledger.tiles(made)
    yield from (_tile_fault(key) for key, data in made.items() if stored.get(key, b"")[: len(data)] != data)


def _tile_fault(key: TileKey) -> Fault:
    level, index = key
    return Fault(FaultKind.TILE, index * WIDTH ** (level + 1), 0, say(
        N_("the tile of level {level} and index {index} is short, or not what the tiles below it make"),
        level=level, index=index))  # fmt: skip


STRAY = {
    "lost": N_("{count} events have neither a number nor a place in the queue, among them `{event}`"),
    "twice": N_("{count} events have a number and stand in the queue still, among them `{event}`"),
    "unknown": N_("{count} numbers or places in the queue are of events that are not there, among them `{event}`"),
}


def _table_faults(size: int) -> Iterator[Fault]:
    """Events that are nowhere, wait too long, or did not reach the standing."""
    for name, count, event in ledger.stray():
        yield Fault(FaultKind.LOST, size, 0, say(STRAY[name], count=count, event=event))
    queue = ledger.queue()
    if queue.oldest > LONGEST_WAIT:
        yield Fault(FaultKind.UNSEQUENCED, size, 0, say(
            N_("{count} events wait for a number, the oldest for {seconds} seconds; {most} are allowed"),
            count=queue.waiting, seconds=int(queue.oldest), most=LONGEST_WAIT))  # fmt: skip
    uneven = ledger.uneven()
    if uneven is not None:
        yield Fault(FaultKind.STANDING, size, 0, say(
            N_("the standing of {count} people is not at their last event, among them that of event `{event}`"),
            count=uneven[0], event=uneven[1]))  # fmt: skip
