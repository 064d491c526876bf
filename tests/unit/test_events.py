"""Events: their bytes are RFC 8785, read back as they were written; what has no such form is refused."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from janji.errors import Corrupt, Invalid
from janji.ledger.events import LARGEST, Actor, Event, Frame, Kind, decode, encode, form, leaf_hash, read_stamp, stamp

AT = datetime(2026, 11, 25, 3, 4, 5, 678_000, tzinfo=UTC)
EVENT = Event(
    id="019385a0-0000-7000-8000-000000000001", kind=Kind.CONSENT_GIVEN, at=AT, actor=Actor.PERSON, subject="0" * 32,
    version=3, policy="a" * 64, layout=12, details={"purpose": "news", "channel": "email", "notice_version": 2},
    sealed="b" * 64,
)  # fmt: skip

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
keys = st.text(st.characters(max_codepoint=127), max_size=8)
plain = st.recursive(
    texts | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
events = st.builds(
    lambda details, kind, at, actor: replace(EVENT, details=details, kind=kind, at=at, actor=actor),
    st.dictionaries(keys, plain, max_size=6), st.sampled_from(Kind),
    st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1)).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)),
    st.sampled_from(Actor),
)  # fmt: skip


@given(events)
def test_bytes_are_canonical_and_read_back(event: Event) -> None:
    """RFC 8785 by another implementation gives the same bytes, and they are the same event again."""
    data = encode(event)
    assert data == rfc8785.dumps(form(event))
    assert decode(data) == event


@given(events, st.data())
def test_any_other_bytes_are_of_no_event(event: Event, data: st.DataObject) -> None:
    """A byte changed, dropped or added never gives the same event, and mostly none."""
    held = encode(event)
    place = data.draw(st.integers(0, len(held) - 1))
    other = data.draw(st.sampled_from([held[:place] + held[place + 1 :], held[:place] + b" " + held[place:], held + b"\n"]))
    with suppress(Corrupt):
        assert decode(other) != event
    assert leaf_hash(other) != leaf_hash(held)


@pytest.mark.parametrize("details", [
    {"a": 1.5}, {"a": None}, {"a": 2**53}, {"ü": 1}, {"a": "\ud800"}, {"a": b"x"}, {1: "a"}, {"a": "x" * LARGEST}, {"a": {2: 3}},
    {"a": AT},
], ids=range(10))  # fmt: skip
def test_what_has_no_canonical_form_is_refused(details: dict[str, object]) -> None:
    """A typed error that repeats none of the values."""
    with pytest.raises(Invalid) as caught:
        encode(replace(EVENT, details=details))
    assert "xxx" not in str(caught.value)


@given(st.datetimes(timezones=st.just(UTC)))
def test_stamps_read_back_to_the_millisecond(at: datetime) -> None:
    """An instant is written to the millisecond, rounded down."""
    assert timedelta(0) <= at - read_stamp(stamp(at)) < timedelta(milliseconds=1)


def test_a_digest_is_the_leaf_hash_of_rfc_9162() -> None:
    """The hash of the empty leaf is known from RFC 9162's reference implementations."""
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(events, st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_frame_gives_the_very_bytes(event: Event, of_person: bool, sealed: bool, published: bool, hostile: bool) -> None:
    """What is encoded once for many events makes of each what encoding it whole makes, whatever its details look like."""
    if hostile:
        zero = "00000000-0000-0000-0000-000000000000"
        event = replace(event, details={**event.details, "id": zero, "text": f'"id":"{zero}","v":1}}', "at": "1970-01-01T00:00:00.000Z", "v": 1})
    if not of_person:
        event = replace(event, subject=None, version=None)
    if not sealed:
        event = replace(event, sealed=None)
    if not published:
        event = replace(event, policy=None, layout=0)
    frame = Frame(event.kind, event.actor, event.policy, event.layout, event.details)
    for change in (event, replace(event, id="019385a0-0000-7000-8000-00000000ffff", at=event.at + timedelta(seconds=1), version=None if event.version is None else 2**31 - 1)):
        assert frame.bytes(change.id, change.at, change.subject, change.version, change.sealed) == encode(change)
    assert frame.fits(event.kind, event.actor, event.details)
    assert not frame.fits(event.kind, event.actor, dict(event.details))


def test_details_that_were_changed_fit_no_more() -> None:
    """Whoever uses a dictionary or a list again, with something else in it, gets no bytes of what it held before."""
    details: dict[str, Any] = {"data": ["name"], "purpose": "order"}
    frame = Frame(EVENT.kind, EVENT.actor, EVENT.policy, EVENT.layout, details)
    details["data"].append("email")
    assert not frame.fits(EVENT.kind, EVENT.actor, details)
    details["data"].pop()
    assert frame.fits(EVENT.kind, EVENT.actor, details)
    details["purpose"] = "study"
    assert not frame.fits(EVENT.kind, EVENT.actor, details)


def test_a_frame_refuses_what_is_too_much() -> None:
    """An event is no longer than events may be, however it is encoded."""
    least = len(encode(replace(EVENT, details={"text": ""})))
    for more, fits in ((0, True), (1, False)):
        details = {"text": "x" * (LARGEST - least + more)}
        frame = Frame(EVENT.kind, EVENT.actor, EVENT.policy, EVENT.layout, details)
        if fits:
            assert len(frame.bytes(EVENT.id, EVENT.at, EVENT.subject, EVENT.version, EVENT.sealed)) == LARGEST
        else:
            with pytest.raises(Invalid):
                frame.bytes(EVENT.id, EVENT.at, EVENT.subject, EVENT.version, EVENT.sealed)
    with pytest.raises(Invalid):
        Frame(EVENT.kind, EVENT.actor, EVENT.policy, EVENT.layout, {"number": 1.5})
