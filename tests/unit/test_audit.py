"""The audit of exports and proofs: a clean one passes, and each way of tampering is named at its first position."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.strategies import examples

from janji.errors import Corrupt, Invalid, JanjiError
from janji.ledger import reading
from janji.ledger.audit import Audit, FaultKind, Report
from janji.ledger.checkpoint import Checkpoint, Verifier, sign, verifier_of
from janji.ledger.events import Actor, Event, Kind, decode, encode, form, leaf_hash
from janji.ledger.export import checkpoint_line, end_line, event_line, header_line, parts
from janji.ledger.merkle import inclusion_proof, root
from janji.ledger.proofs import Proof, proof_json, read_proof, verify_proof
from janji.ledger.reading import read, read_whole
from janji.terms.canonical import canonical_bytes

NAME, SEED = "ledger.example", bytes(range(32))
KEY = verifier_of(NAME, SEED)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PEOPLE = 3
COUNT, SIGNED = 40, (7, 8, 20, 40)


def made(count: int, mark: int = 0) -> list[bytes]:
    """So many events of three people in turn, and every fifth of nobody."""
    versions = dict.fromkeys(range(PEOPLE), 0)
    bodies = []
    for number in range(count):
        person = number % PEOPLE
        event = Event(
            id=str(UUID(int=mark << 64 | 0x7 << 76 | number + 1)), kind=Kind.RUN_EXECUTED, at=NOON + timedelta(seconds=number),
            actor=Actor.SYSTEM, policy="a" * 64, layout=1, details={"purpose": "news", "number": number},
        )  # fmt: skip
        if number % 5:
            versions[person] += 1
            event = replace(event, kind=Kind.CONSENT_GIVEN, subject=f"{person:032x}", version=versions[person], sealed="b" * 64)
        bodies.append(encode(event))
    return bodies


BODIES = made(COUNT)


def head(bodies: Sequence[bytes], size: int) -> Checkpoint:
    return Checkpoint(NAME, size, root([leaf_hash(body) for body in bodies[:size]]))


def exported(bodies: Sequence[bytes], signed: Sequence[int] = SIGNED, seed: bytes = SEED) -> list[bytes]:
    """The export of these events, as the ledger's own keeper could write it."""
    lines = [header_line(verifier_of(NAME, seed))]
    for position, body in enumerate(bodies):
        lines.append(event_line(position, leaf_hash(body), body))
        if position + 1 in signed:
            lines.append(checkpoint_line(sign(head(bodies, position + 1), NAME, seed)))
    return [*lines, end_line(len(bodies), len([size for size in signed if 0 < size <= len(bodies)]))]


LINES = exported(BODIES)
PLACES = [index for index, line in enumerate(LINES) if line.startswith(b'{"digest"')]
HEADS = [index for index, line in enumerate(LINES) if line.startswith(b'{"checkpoint"')]


def audited(lines: Sequence[bytes], key: Verifier | None = KEY, against: Checkpoint | None = None, chunk: int = 9) -> Report:
    audit = Audit(key, against)
    for start in range(0, len(lines), chunk):
        audit.take(parts(lines[start : start + chunk]), len(lines[start : start + chunk]))
    return audit.report()


def first(lines: Sequence[bytes], against: Checkpoint | None = None) -> tuple[FaultKind, int]:
    """Kind and position of the first fault; the same whatever the chunks are."""
    found = {(report.faults[0].kind, report.faults[0].position) if report.faults else None
             for report in (audited(lines, against=against, chunk=chunk) for chunk in (1, 4, 1000))}  # fmt: skip
    assert len(found) == 1, found
    only = found.pop()
    assert only is not None, "nothing was found"
    return only


@pytest.mark.parametrize("chunk", [1, 2, 9, 1000])
@pytest.mark.parametrize("kept", [None, *range(COUNT + 1)])
def test_a_clean_export(kept: int | None, chunk: int) -> None:
    """A genuine export has no fault, however it is cut, and against every checkpoint of its own."""
    report = audited(LINES, against=None if kept is None else head(BODIES, kept), chunk=chunk)
    assert report.clean, report.faults
    assert (report.events, report.people, report.checkpoints) == (COUNT, PEOPLE, len(SIGNED))
    assert report.last == head(BODIES, COUNT)


def test_an_empty_ledger() -> None:
    """A ledger without events is clean."""
    assert audited(exported([])).clean


def test_the_key_that_the_export_names() -> None:
    """Without a key of the auditor, the key that the export names is used, and told."""
    report = audited(LINES, key=None)
    assert report.clean
    assert report.verifier == KEY


@pytest.mark.parametrize("position", range(COUNT))
def test_a_deleted_event(position: int) -> None:
    """An event that was taken out is named."""
    index = PLACES[position]
    assert first(LINES[:index] + LINES[index + 1 :]) == (FaultKind.MISSING, position)


@pytest.mark.parametrize("position", range(COUNT))
def test_a_changed_event(position: int) -> None:
    """An event whose words were changed is named, and one that is canonical no more."""
    index = PLACES[position]
    changed = [*LINES]
    changed[index] = LINES[index].replace(b'"news"', b'"ads"')
    assert first(changed) == (FaultKind.CHANGED, position)
    loose = BODIES[position].replace(b'"number":', b'"number": ')
    changed[index] = event_line(position, leaf_hash(loose), loose)
    assert first(changed) == (FaultKind.UNCANONICAL, position)


@pytest.mark.parametrize("position", range(COUNT - 1))
@pytest.mark.parametrize("apart", [1, 2, 11])
def test_swapped_events(position: int, apart: int) -> None:
    """Two events in each other's place are named by the first place that is wrong."""
    if position + apart >= COUNT:
        return
    swapped = [*LINES]
    one, other = PLACES[position], PLACES[position + apart]
    swapped[one], swapped[other] = swapped[other], swapped[one]
    kind, found = first(swapped)
    assert kind in (FaultKind.MOVED, FaultKind.MISSING, FaultKind.MISPLACED)
    assert found == position


@pytest.mark.parametrize("position", range(COUNT))
@pytest.mark.parametrize("where", [0, 1, 13, COUNT - 1])
def test_a_replayed_event(position: int, where: int) -> None:
    """An event that stands a second time is named."""
    replayed = [*LINES]
    replayed.insert(PLACES[where] + 1, LINES[PLACES[position]])
    kind, found = first(replayed)
    assert (kind, found) == (FaultKind.REPLAYED, position) or (kind is FaultKind.MOVED and position > where)


@pytest.mark.parametrize("cut", range(1, len(LINES)))
def test_a_truncated_export(cut: int) -> None:
    """An export that breaks off is named as such, with the event that is missing."""
    kinds = {fault.kind for fault in audited(LINES[:cut]).faults}
    assert FaultKind.TRUNCATED in kinds
    assert audited(LINES[:cut]).events == len([index for index in PLACES if index < cut])


def test_a_file_of_faults() -> None:
    """Of very many faults the first are kept and the others counted, whatever the file holds."""
    lines = [event_line(2 * place, leaf_hash(BODIES[0]), BODIES[0]) for place in range(5000)]
    report = audited([LINES[0], *lines, *lines], chunk=1000)
    assert len(report.faults) == 1000
    assert report.more > 8000
    assert (report.faults[0].kind, report.faults[0].position) == (FaultKind.REPLAYED, 0)


# What follows is forged by somebody who can write digests, positions, ends, and with the last three also signatures.
def spans(position: int) -> int:
    """Where the stretch between two tree heads begins in which a position lies."""
    return max(size for size in (0, *SIGNED) if size <= position)


def forged(bodies: Sequence[bytes], signed: Sequence[int] = SIGNED) -> list[bytes]:
    """An export with right digests and positions over other events, and the genuine checkpoints where they stood."""
    lines = [header_line(KEY)]
    for position, body in enumerate(bodies):
        lines.append(event_line(position, leaf_hash(body), body))
        if position + 1 in signed:
            lines.append(checkpoint_line(sign(head(BODIES, position + 1), NAME, SEED)))
    return [*lines, end_line(len(bodies), len(signed))]


@pytest.mark.parametrize("position", range(COUNT))
def test_a_changed_event_with_a_new_digest(position: int) -> None:
    """A change behind a right digest is found at the next signed tree head, between it and the one before."""
    bodies = [*BODIES]
    bodies[position] = bodies[position].replace(b'"news"', b'"ads"')
    assert first(forged(bodies)) == (FaultKind.ROOT, spans(position))


@pytest.mark.parametrize("position", range(COUNT))
def test_a_deleted_event_with_new_positions(position: int) -> None:
    """A deletion behind right positions is found: by the person's next version, or at the next tree head."""
    bodies = BODIES[:position] + BODIES[position + 1 :] + made(1, mark=9)
    kind, found = first(forged(bodies))
    assert kind in (FaultKind.ROOT, FaultKind.GAP)
    assert spans(position) <= found


@pytest.mark.parametrize("position", range(COUNT - 1))
def test_swapped_events_with_new_positions(position: int) -> None:
    """A swap behind right positions is found at the next tree head at the latest."""
    bodies = [*BODIES]
    bodies[position], bodies[position + 1] = bodies[position + 1], bodies[position]
    kind, found = first(forged(bodies))
    assert kind in (FaultKind.ROOT, FaultKind.GAP)
    assert spans(position) <= found <= position + 1


@pytest.mark.parametrize("position", range(COUNT))
def test_a_replayed_event_in_a_ledger_signed_anew(position: int) -> None:
    """An event recorded twice is found even when the ledger's own key signs it: by version or by id."""
    lines = exported([*BODIES, BODIES[position]], (41,))
    assert first(lines) == (FaultKind.REPLAYED, COUNT)


@pytest.mark.parametrize("position", range(COUNT))
def test_a_lost_version_in_a_ledger_signed_anew(position: int) -> None:
    """A person's event left out before the tree was signed shows in the person's next one."""
    subject, version = decode(BODIES[position]).subject, decode(BODIES[position]).version
    bodies = BODIES[:position] + BODIES[position + 1 :]
    later = [index for index, body in enumerate(bodies) if decode(body).subject == subject and (decode(body).version or 0) > (version or 0)]
    report = audited(exported(bodies, (len(bodies),)))
    if subject is None or not later:
        assert report.clean
    else:
        assert (report.faults[0].kind, report.faults[0].position) == (FaultKind.GAP, later[0])


@pytest.mark.parametrize("size", range(1, COUNT + 1))
def test_a_history_written_anew(size: int) -> None:
    """A fork that the genuine key signs is found by a checkpoint that the auditor kept."""
    other = [*BODIES[: size - 1], BODIES[size - 1].replace(b'"news"', b'"ads"'), *BODIES[size:]]
    lines = exported(other)
    assert audited(lines).clean
    assert first(lines, against=head(BODIES, size)) == (FaultKind.FORKED, 0)
    assert audited(lines, against=head(BODIES, size - 1)).clean


@pytest.mark.parametrize("size", range(COUNT))
def test_a_ledger_rolled_back(size: int) -> None:
    """A ledger that lost its end, and is signed, is found by a checkpoint that the auditor kept."""
    lines = exported(BODIES[:size], (size,))
    assert audited(lines).clean
    assert first(lines, against=head(BODIES, COUNT)) == (FaultKind.ROLLED_BACK, size)


def test_another_key() -> None:
    """An export that somebody else signs is clean by its own key, and not by the auditor's."""
    lines = exported(BODIES, seed=bytes(32))
    assert audited(lines, key=None).clean
    assert first(lines) == (FaultKind.KEY, 0)
    mixed = [header_line(KEY), *lines[1:]]
    assert first(mixed)[0] is FaultKind.SIGNATURE


@pytest.mark.parametrize("index", HEADS)
def test_checkpoints_out_of_place(index: int) -> None:
    """A checkpoint that was taken out, stands twice or elsewhere is found."""
    without = LINES[:index] + LINES[index + 1 :]
    assert not audited(without).clean
    for where in range(len(without) + 1):
        moved = [*without[:where], LINES[index], *without[where:]]
        assert audited(moved).clean == (where == index), where
        if where != index:
            assert not audited([*LINES[:where], LINES[index], *LINES[where:]]).clean


def test_a_checkpoint_twice() -> None:
    """A checkpoint that stands twice in one place is found, though the end counts it."""
    index = HEADS[2]
    assert first([*LINES[: index + 1], LINES[index], *LINES[index + 1 : -1], end_line(COUNT, 5)]) == (FaultKind.MISPLACED, 20)


def test_events_that_nothing_signs() -> None:
    """Events behind the last checkpoint are no proof yet."""
    assert first(exported(BODIES, (7, 20))) == (FaultKind.UNSIGNED, 20)


@given(data=st.data())
@settings(max_examples=examples(300))
def test_any_byte(data: st.DataObject) -> None:
    """An export in which any one byte was changed, put in or taken out has a fault."""
    whole = b"".join(LINES)
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.sampled_from(b'\x00\n" 0a{}\\:,\xff') | st.integers(0, 255))
    how = data.draw(st.sampled_from(["change", "put in", "take out"]))
    changed = {
        "change": whole[:place] + bytes([byte]) + whole[place + 1 :],
        "put in": whole[:place] + bytes([byte]) + whole[place:],
        "take out": whole[:place] + whole[place + 1 :],
    }[how]
    assert changed == whole or not audited(changed.splitlines(keepends=True)).clean


@given(lines=st.lists(st.sampled_from(LINES) | st.binary(max_size=200), max_size=30), chunk=st.integers(1, 10))
def test_any_lines(lines: list[bytes], chunk: int) -> None:
    """Whatever the lines are, the audit ends, and is clean for the genuine ones alone."""
    assert audited(lines, chunk=chunk).clean == (lines == LINES)


# The reader of events.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\x00\x1f\x7f\"\\/\u2028\ue000\U0001f36a\b\f\n\r\t"))
FLAT = TEXTS | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.lists(TEXTS, max_size=3)
NAMES = st.text(st.characters(codec="ascii"))
VALUES = FLAT | st.dictionaries(NAMES, FLAT, max_size=3)
ODD_VALUES = VALUES | st.none() | st.floats() | st.integers() | st.dictionaries(st.text(), VALUES, max_size=3)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def events(draw: Any, values: st.SearchStrategy[Any] = VALUES, keys: st.SearchStrategy[str] = NAMES) -> Event:
    subject = draw(st.none() | HEX.map(lambda text: text[:32]))
    return Event(
        id=str(draw(st.uuids())), kind=draw(st.sampled_from(Kind)), actor=draw(st.sampled_from(Actor)),
        at=draw(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))),
        subject=subject, version=None if subject is None else draw(st.integers(1, 2**53 - 1)),
        policy=draw(st.none() | HEX), layout=draw(st.integers(0, 99)), sealed=draw(st.none() | HEX),
        details=draw(st.dictionaries(keys, values, max_size=5)),
    )  # fmt: skip


@given(event=events())
@settings(max_examples=examples(500))
def test_an_event_is_read(event: Event) -> None:
    """The bytes of an event are RFC 8785's, and are read to its id, subject and version."""
    body = encode(event)
    assert body == canonical_bytes(form(event))
    assert read(body) == (event.id, event.subject, event.version)


@given(event=events(values=ODD_VALUES, keys=st.text()), data=st.data())
@settings(max_examples=examples(500))
def test_the_reader_is_never_laxer(event: Event, data: st.DataObject) -> None:
    """What the reader takes is an event in RFC 8785 form: with odd values, and with any part of the bytes changed."""
    try:
        body = encode(event)
    except Invalid:
        try:
            body = orjson.dumps({**form(event), "details": dict(event.details)}, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            return
    place = data.draw(st.integers(0, len(body)))
    piece = data.draw(st.sampled_from([b"", b"0", b"1", b"-", b"1.0", b"1e3", b'"', b" ", b"null", b"[]", b"\xff", b"9" * 20]))
    for changed in (body, body[:place] + piece + body[place:], body[:place] + piece + body[place + 1 :]):
        try:
            read(changed)
        except Corrupt:
            continue
        assert canonical_bytes(json.loads(changed)) == changed
        assert encode(decode(changed)) == changed


def outcome(how: Callable[[bytes], object], body: bytes) -> object:
    """What a reader gives, or that it refuses."""
    try:
        return how(body)
    except Corrupt:
        return Corrupt


def same(body: bytes, before: bytes) -> None:
    """What was read before makes no difference."""
    read(before)
    assert outcome(read, body) == outcome(read_whole, body), body


@pytest.mark.parametrize("row", [1, reading.IN_A_ROW])
@pytest.mark.parametrize("sealed", ["f" * 64, None])
@pytest.mark.parametrize("text", [',"id":"', "a.b"])
def test_each_byte_of_an_event_like_one_before(text: str, sealed: str | None, row: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Around the parts of an event that was read before, any byte that is changed, left out or put in is seen as in an event of its own."""
    made = Event(id="019385a0-0000-7000-8000-00000000000a", kind=Kind.TASK_OPENED, at=NOON, actor=Actor.STAFF, subject="0" * 32, version=12,
                 policy="a" * 64, layout=3, details={"a": text, "id": str(UUID(int=5)), "subject": "3" * 32}, sealed=sealed)  # fmt: skip
    monkeypatch.setattr(reading, "IN_A_ROW", row)
    monkeypatch.setattr(reading, "_ALIKE", reading._Alike())
    body = encode(made)
    other = encode(replace(made, id=str(UUID(int=7)), subject="1" * 32, version=13, at=NOON + timedelta(milliseconds=1)))
    assert [read(one) for one in (body, other)] == [(made.id, made.subject, 12), (str(UUID(int=7)), "1" * 32, 13)]
    read(other)
    assert (reading._ALIKE.match is not None) == (row == 1), "told by one expression"
    for place in range(len(body)):
        same(body[:place] + body[place + 1 :], other)
        for byte in {*b'0ag"-,:{}TZ. \x00\xff', body[place] ^ 1}:
            same(body[:place] + bytes([byte]) + body[place + 1 :], other)
            same(body[:place] + bytes([byte]) + body[place:], other)
    cut = body.index(b'"subject":"0')
    for seal in (b'"sealed":"",', b'"sealed":"' + b"e" * 63 + b'",', b""):
        same(body[: body.index(b'"sealed"') if sealed else cut] + seal + body[cut:], other)
    for part, instead in ((b":12}", b":9007199254740993}"), (b":12}", b":1" + b"0" * 20 + b"}"), (b"019385a0-0000", b"019385a-00000"), (made.id.encode(), b"-" * 36)):
        same(body.replace(part, instead), other)


GOOD = encode(Event(id=str(UUID(int=7)), kind=Kind.TASK_OPENED, at=NOON, actor=Actor.STAFF, subject="0" * 32, version=1,
                    policy="a" * 64, layout=3, details={"a": "b", "n": 1}, sealed="f" * 64))  # fmt: skip
BAD = [
    (b'"v":1', b'"v":2'), (b'"v":1', b'"v":true'), (b'"v":1', b'"v":1.0'), (b'"version":1', b'"version":0'),
    (b'"version":1', b'"version":"1"'), (b'"version":1', b'"version":true'), (b'"version":1', b'"version":9007199254740993'),
    (b',"version":1', b""), (b'"layout":3', b'"layout":0'), (b'"layout":3', b'"layout":-1'), (b"task.opened", b"task.opene"),
    (b'"staff"', b'"stuff"'), (b'"staff"', b'["staff"]'), (b'"task.opened"', b"{}"), (b"2026-11-25", b"2026-02-30"),
    (b"T12:", b"T24:"), (b"T12:", b"t12:"), (b".000Z", b"Z"), (b".000Z", b".0000Z"), (b".000Z", b".00\xd9\xa0Z"),
    (b".000Z", b".000+00:00"), (b'"' + b"0" * 32 + b'"', b'"' + b"0" * 31 + b'"'), (b"f" * 64, b"F" * 64), (b"a" * 64, b"g" * 64),
    (b'"details":{"a":"b","n":1}', b'"details":{}'), (b'"details":{"a":"b","n":1}', b'"details":[]'),
    (b'"details":{"a":"b","n":1}', b'"details":null'), (b'"n":1', b'"n":1.5e300'), (b'"n":1', b'"n":1e3'), (b'"n":1', b'"n":-0'),
    (b'"n":1', b'"a":"b"'), (b'"a":"b"', b'"a":"\\u0062"'), (b'"a":"b"', b'"a":"\\/"'), (b'"v":1', b'"v":1,"w":1'),
    (b"{", b"[{"), (b"}", b"}}"), (b'"id"', b'"ID"'), (b"00000007", b"0000000G"), (b'"n":1', b'"n":9007199254740993'),
]  # fmt: skip


@pytest.mark.parametrize(("part", "other"), BAD)
def test_bytes_that_are_no_event(part: bytes, other: bytes) -> None:
    """Bytes that are nearly an event's are refused."""
    assert part in GOOD
    with pytest.raises(Corrupt):
        read(GOOD.replace(part, other, 1))


@given(body=st.binary(max_size=100) | st.recursive(ODD_VALUES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)).map(
    lambda value: json.dumps(value).encode()))  # fmt: skip
@example(b"[" * 100_000)
@example(b'{"v":1}')
def test_any_bytes_as_event(body: bytes) -> None:
    """Bytes that are no event are refused, and nothing else happens."""
    with pytest.raises(Corrupt):
        read(body)


# Proofs.
def proof(position: int, size: int = COUNT) -> Proof:
    leaves = [leaf_hash(body) for body in BODIES[:size]]
    return Proof(KEY, BODIES[position], position, inclusion_proof(leaves, position), sign(head(BODIES, size), NAME, SEED))


DOCUMENT = json.dumps(proof_json(proof(13))).encode()


@pytest.mark.parametrize("position", range(COUNT))
def test_a_proof(position: int) -> None:
    """A proof of each event, written and read again, verifies with its own key and with the auditor's."""
    found = read_proof(json.dumps(proof_json(proof(position)), indent=2).encode())
    assert found == proof(position)
    assert verify_proof(found) == verify_proof(found, KEY) == (decode(BODIES[position]), head(BODIES, COUNT))


def test_a_proof_of_another_key() -> None:
    """A proof that somebody else signed verifies by their key alone."""
    seed = bytes(32)
    other = replace(proof(13), verifier=verifier_of(NAME, seed), note=sign(head(BODIES, COUNT), NAME, seed))
    verify_proof(other)
    with pytest.raises(Corrupt, match="names the key"):
        verify_proof(other, KEY)
    with pytest.raises(Corrupt, match="not signed"):
        verify_proof(replace(other, verifier=KEY))


def tampered(part: str, change: Any) -> bytes:
    held = json.loads(DOCUMENT)
    held[part] = change(held[part])
    return json.dumps(held).encode()


@pytest.mark.parametrize("document", [
    tampered("position", lambda held: held + 1), tampered("path", lambda held: held[1:]), tampered("path", lambda held: held[::-1]),
    tampered("path", lambda held: [*held, "00" * 32]), tampered("digest", lambda _: "00" * 32),
    tampered("event", lambda held: {**held, "actor": "staff"}), tampered("event", lambda held: {**held, "more": 1}),
    tampered("checkpoint", lambda held: held.replace("40", "41", 1)), tampered("checkpoint", lambda _: sign(head(BODIES, 20), NAME, SEED)),
    tampered("checkpoint", lambda _: sign(replace(head(BODIES, COUNT), origin="other"), NAME, SEED)),
    tampered("key", lambda _: str(verifier_of(NAME, bytes(32)))),
])  # fmt: skip
def test_a_tampered_proof(document: bytes) -> None:
    """A proof in which one part was changed does not verify."""
    with pytest.raises(Corrupt):
        verify_proof(read_proof(document))


@pytest.mark.parametrize("document", [
    b"", b"{}", b"[]", b"null", b"[" * 100_000, b"\xff", DOCUMENT[:-1], DOCUMENT.replace(b"proof/1", b"proof/2"),
    DOCUMENT.replace(b'"digest":', b'"digest": "x", "digest":'), tampered("position", lambda _: True),
    tampered("position", str), tampered("position", lambda _: 13.0), tampered("path", lambda _: None),
    tampered("path", lambda _: ["zz"]), tampered("path", lambda _: [1]), tampered("path", lambda held: held * 20),
    tampered("checkpoint", lambda _: 1), tampered("checkpoint", lambda _: ""), tampered("key", lambda _: 1),
    tampered("key", lambda _: ""), tampered("event", lambda _: None),
])  # fmt: skip
def test_what_is_no_proof(document: bytes) -> None:
    """What is not the form of a proof is refused, or does not verify."""
    with pytest.raises((Invalid, Corrupt)):
        verify_proof(read_proof(document))


@given(place=st.integers(0, len(DOCUMENT) - 1), byte=st.integers(32, 126))
@settings(max_examples=examples(300))
def test_any_byte_of_a_proof(place: int, byte: int) -> None:
    """A proof in which any one byte was changed does not verify, unless it says the same."""
    changed = DOCUMENT[:place] + bytes([byte]) + DOCUMENT[place + 1 :]
    try:
        same = json.loads(changed) == json.loads(DOCUMENT)
    except ValueError:
        same = False
    if not same:
        with pytest.raises(JanjiError):
            verify_proof(read_proof(changed))
