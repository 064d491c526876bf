"""Clauses about the policy itself and about what was done, made true in a record on a real server."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from tests.choosing import POLICY, Clock
from tests.publishing import again, empty_house

from janji.decision.question import Question
from janji.errors import Invalid, Refusal
from janji.files.translations import load_tongue
from janji.ledger.events import Actor, Kind
from janji.store import records
from janji.terms.processing import Severity
from janji.workflows.house import House
from janji.workflows.people import subjects_for
from janji.workflows.publishing import (
    compare_published,
    finish_notice,
    open_notice,
    publish,
    version,
    versions,
    write_version,
)
from janji.workflows.recording import Entry, record
from janji.workflows.standings import permits_for, record_permitted
from janji.workflows.tracks import run, track
from janji.workflows.versions import diff_page

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def house(database_url: str) -> House:
    """A house in which the operating policy is published."""
    opened = empty_house(database_url, Clock())
    publish(opened, POLICY)
    return again(opened)


def changed(folder: Path, **files: Change) -> Path:
    """A copy of the operating policy with changes in these of its files, under the version after it."""
    shutil.copytree(POLICY, folder)
    for name, change in {"policy": _next, **files}.items():
        path = folder / f"{name}.yaml"
        held = yaml.safe_load(path.read_text("utf-8"))
        change(held)
        path.write_text(yaml.safe_dump(held, allow_unicode=True, sort_keys=False), "utf-8")
    return folder


def _next(policy: dict[str, Any]) -> None:
    policy["version"] = "next"


def _new_purpose(purposes: dict[str, Any]) -> None:
    model = deepcopy(purposes["purposes"]["newsletters"])
    purposes["purposes"]["birthday"] = {
        **model, "title": {"en": "A gift for your birthday", "id": "Hadiah ulang tahun"}, "notice": "birthday",
        "data": ["name", "email"], "channels": ["email"], "clauses": ["3.1.5.a", "3.1.5.c"],
    }  # fmt: skip


def _its_notice(notices: dict[str, Any]) -> None:
    notices["notices"]["birthday"] = {**deepcopy(notices["notices"]["newsletters"]), "title": {"en": "Birthday", "id": "Ulang tahun"}}


def _its_period(retention: dict[str, Any]) -> None:
    for rule in retention["retention"].values():
        if "newsletters" in rule.get("purposes", ()):
            rule["purposes"].append("birthday")


def with_birthdays(folder: Path) -> Path:
    """The policy with a further purpose that has a notice of its own."""
    return changed(folder, purposes=_new_purpose, notices=_its_notice, retention=_its_period)


def adult(house: House, address: str = "ani@example.org") -> UUID:
    """Somebody grown up."""
    (subject,) = subjects_for(house, [("email", address)])
    record(house, [Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=Actor.STAFF, details={"band": "adult"})])
    return subject


def consent(subject: UUID, purpose: str) -> Entry:
    """A consent by e-mail under the first notice."""
    details = {"purpose": purpose, "channel": "email", "notice": purpose, "notice_version": 1, "language": "id", "method": "unticked-box"}
    return Entry(subject=subject, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details=details)


def may(house: House, subject: UUID, purpose: str) -> bool:
    """Whether the address may be used for the purpose by e-mail."""
    return permits_for(house, subject, Question(purpose, ("email",), house.runtime.now(), channel="email")).permit


def told(house: House, path: Path) -> UUID:
    """The notice job of a change, done."""
    job = open_notice(house, path).job.id
    finish_notice(house, job, b"e-mail of 1 December to everybody on the list")
    return job


def test_clause_P_3_a_nobody_is_surprised(house: House, tmp_path: Path) -> None:
    """A change of what people were told is held back until they were told, and both are on the ledger."""
    path = with_birthdays(tmp_path / "next")
    with pytest.raises(Refusal):
        publish(house, path)
    job = open_notice(house, path).job.id
    with pytest.raises(Refusal):
        publish(house, path, job)
    finish_notice(house, job, b"e-mail of 1 December to everybody on the list")
    row = publish(house, path, job).row
    event = records.event(row.event)
    assert event is not None
    assert json.loads(event.body)["details"]["notice"] == str(job)
    assert [item.number for item in versions()] == [2, 1]


def test_clause_P_3_b(house: House, tmp_path: Path) -> None:
    """Each version stays as it was published, with its digest on the ledger and its difference from the one before.

    The place where versions are posted, and the feed, are later.
    """
    path = with_birthdays(tmp_path / "next")
    publish(house, path, told(house, path))
    write_version(1, tmp_path / "first")
    for file in POLICY.glob("*.yaml"):
        assert (tmp_path / "first" / file.name).read_bytes() == file.read_bytes()
    for row in versions():
        event = records.event(row.event)
        assert event is not None
        assert json.loads(event.body)["details"]["digest"] == row.digest
    published, difference = compare_published(1, 2)
    assert "birthday" in {purpose for item in difference.permitted for purpose in item.purposes}
    assert "A gift for your birthday" in diff_page(published.policy, difference, load_tongue("en"))
    assert version(1).layout.version <= version(2).layout.version


def test_clause_3_1_5_a_another_purpose_is_another_version(house: House, tmp_path: Path) -> None:
    """A purpose that is not in the version in force is denied whoever consents; in the next it asks for a consent of its own."""
    subject = adult(house)
    record(house, [consent(subject, "newsletters"), consent(subject, "birthday")])
    assert may(house, subject, "newsletters")
    assert not may(house, subject, "birthday")
    path = with_birthdays(tmp_path / "next")
    publish(house, path, told(house, path))
    house = again(house)
    assert may(house, subject, "newsletters")
    assert not may(house, subject, "birthday")
    record(house, [consent(subject, "birthday")])
    assert may(house, subject, "birthday")


def test_clause_3_1_5_c_only_what_was_told_of(house: House, tmp_path: Path) -> None:
    """A further purpose cannot be published without a notice of its own, nor before people were told of it."""
    path = changed(tmp_path / "silent", purposes=_new_purpose, retention=_its_period)
    with pytest.raises(Invalid) as mistakes:
        publish(house, path)
    assert [str(item.message) for item in mistakes.value.diagnostics if item.severity is Severity.ERROR] == [
        "`birthday` is not defined under `notices`"
    ]
    path = with_birthdays(tmp_path / "told")
    with pytest.raises(Refusal):
        publish(house, path)
    assert publish(house, path, told(house, path)).row.number == 2


def test_clause_9_1_a_the_record_of_what_was_done(house: House) -> None:
    """A person's track record holds each permitted use, each choice, and the runs over everybody that they were in."""
    subject, other = adult(house), adult(house, "budi@example.org")
    record(house, [consent(subject, "newsletters")])
    question = Question("newsletters", ("email",), house.runtime.now(), channel="email")
    record_permitted(house, subject, question)
    record_permitted(house, other, question)
    run(house, question)
    assert sorted(str(line.event.kind) for line in track(house, subject)) == [
        "age.recorded", "consent.given", "run.executed", "use.permitted",
    ]  # fmt: skip
    assert [str(line.event.kind) for line in track(house, other)] == ["age.recorded"]
