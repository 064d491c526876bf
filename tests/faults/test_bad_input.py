"""Malformed, huge and wrongly encoded input to the record: an error of ours that quotes nothing, and nothing stored."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.faults import making
from tests.faults.verification import verify_everything

from janji.errors import JanjiError
from janji.ledger.events import Actor, Kind
from janji.store.database import connection
from janji.workflows.recording import Entry, record, record_one

SECRET = "budi.santoso@contoh.example"  # noqa: S105  # what must never be quoted
PERSON = making.people(1)[0]
GRANT: dict[str, Any] = {
    "purpose": "newsletter", "channel": "email", "notice": "news", "notice_version": 3, "language": "id", "method": "form",
}  # fmt: skip
DEEP: list[Any] = reduce(lambda inner, _: [inner], range(5000), list[Any]([SECRET]))
DETAILS: dict[str, Any] = {
    "a number with a fraction": {**GRANT, "more": 1.5},
    "not a number": {**GRANT, "more": float("nan")},
    "a number beyond every column": {**GRANT, "more": 1 << 70},
    "bytes": {**GRANT, "more": SECRET.encode()},
    "half a character": {**GRANT, "more": f"{SECRET}\ud800"},
    "half a character in a name": {**GRANT, "\ud800": SECRET},
    "a value of nothing": {**GRANT, "more": None},
    "a name that is no text": {**GRANT, 7: SECRET},
    "fifty megabytes": {**GRANT, "more": SECRET * 2_000_000},
    "an end that is no instant": {**GRANT, "until": SECRET},
    "a deep well": {**GRANT, "more": DEEP},
}  # fmt: skip
EVIDENCE: dict[str, Any] = {
    "half a character": {"wording": f"{SECRET}\ud800"},
    "an object of no kind": {"wording": object()},
    "bytes": {"wording": SECRET.encode()},
    "fifty megabytes": {"wording": SECRET * 2_000_000},
    "a number beyond every column": {"wording": 1 << 70},
    "a deep well": {"wording": DEEP},
}  # fmt: skip


def _stored() -> tuple[Any, ...]:
    found = connection().execute(
        "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM pending), (SELECT md5(string_agg(s::text, '')) FROM standing s)"
    ).fetchone()
    assert found is not None
    return tuple(found)


def _changed(database: str, entry: Entry, tmp_path: Path) -> list[tuple[Any, ...]]:
    """What was stored before, and after the entry was refused alone and beside a good one: in our words, which quote nothing."""
    house = making.make_house(database, 2, making.runtime_for(database, tmp_path))
    record(house, [Entry(subject=PERSON, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details=GRANT)])
    states = [_stored()]
    good = Entry(subject=making.people(2)[1], kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details=GRANT)
    for attempt in (lambda: record_one(house, entry), lambda: record(house, [good, entry])):
        with pytest.raises(JanjiError) as caught:
            attempt()
        assert "budi" not in f"{caught.value} {caught.value.message!r} {caught.value.help!r}"
        states.append(_stored())
    verify_everything(house, [])
    return states


@pytest.mark.parametrize("name", DETAILS)
def test_details_that_cannot_be_recorded_are_refused(name: str, database: str, tmp_path: Path) -> None:
    """One bad entry: it is refused in our words, and a good one beside it is not recorded either."""
    entry = Entry(subject=PERSON, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details=DETAILS[name])
    before, *after = _changed(database, entry, tmp_path)
    assert after == [before, before]


@pytest.mark.parametrize("name", EVIDENCE)
def test_evidence_that_cannot_be_kept_is_refused(name: str, database: str, tmp_path: Path) -> None:
    """Evidence that is no plain value, or too long, is refused before anything is written."""
    entry = Entry(subject=PERSON, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details=GRANT, evidence=EVIDENCE[name])
    before, *after = _changed(database, entry, tmp_path)
    assert after == [before, before]


@pytest.mark.parametrize(
    "entry",
    [
        Entry(subject=uuid4(), kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details=GRANT),
        Entry(subject=PERSON, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details=GRANT, at=datetime(2026, 1, 1)),
        Entry(subject=None, kind=Kind.RUN_EXECUTED, actor=Actor.SYSTEM, details={}, evidence={"wording": SECRET}),
    ],
    ids=["a stranger", "an instant without a zone", "evidence about nobody"],
)  # fmt: skip
def test_an_entry_that_means_nothing_is_refused(entry: Entry, database: str, tmp_path: Path) -> None:
    """A person who is not on record, an instant that is none, evidence about nobody."""
    before, *after = _changed(database, entry, tmp_path)
    assert after == [before, before]


def test_an_id_that_is_taken_by_somebody_else_is_refused(database: str, tmp_path: Path) -> None:
    """Covered for one person in `test_writers`; here across people: the id of one person's event for another's."""
    house = making.make_house(database, 2, making.runtime_for(database, tmp_path))
    id = UUID(int=77, version=4)
    record(house, [Entry(id=id, subject=PERSON, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details=GRANT)])
    before = _stored()
    with pytest.raises(JanjiError):
        record(house, [Entry(id=id, subject=making.people(2)[1], kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details=GRANT)])
    assert _stored() == before
