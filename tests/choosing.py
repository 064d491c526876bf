"""A house with the policy of PT Sony Indonesia in force, made in an empty database, and short words for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from janji.consent.choices import ChoiceMade, Method, Verb
from janji.files.translations import load_tongue
from janji.ledger.events import Actor
from janji.store import database
from janji.store.vault import keeper_of
from janji.workflows import request_identity
from janji.workflows.consents import Asked, Result, choose, text_of
from janji.workflows.house import House, enter_house, make_secrets
from janji.workflows.people import subjects_for
from janji.workflows.publishing import Candidate, candidate, publish_candidate
from janji.workflows.recording import Entry, record
from janji.workflows.request_identity import Sent
from janji.workflows.runtime import Runtime, Settings

POLICY = Path(__file__).resolve().parents[1] / "policies" / "pt-sony-indonesia"
KEEPER = keeper_of(b"k" * 32)
START = datetime(2026, 12, 1, 3, tzinfo=UTC)
_FIRST: list[Candidate] = []
"""The policy, read and compiled once for all houses of a process."""


class Clock:
    """A clock that stands until it is put on."""

    def __init__(self) -> None:
        self.at = START

    def put_on(self, **by: float) -> None:
        """Let time go by."""
        self.at += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Clocked(Runtime):
    """The runtime with that clock."""

    clock: Clock = field(default_factory=Clock)

    def now(self) -> datetime:
        """What the clock shows."""
        return self.clock.at


def make_house(url: str, clock: Clock | None = None, folder: Path | None = None) -> House:
    """The form, the keys and the policy; empty otherwise. `folder` becomes the data directory, for the file of destroyed keys."""
    settings = Settings() if folder is None else Settings(data_dir=folder)
    if folder is not None:
        (folder / "keys").mkdir()
    runtime = Clocked(settings, load_tongue("en"), clock or Clock())
    database.open_database(url)
    make_secrets(runtime, KEEPER)
    entered = enter_house(runtime, url, KEEPER)
    if not _FIRST:
        _FIRST.append(candidate(entered, POLICY))
    publish_candidate(entered, _FIRST[0])
    return enter_house(runtime, url, KEEPER)


def person(house: House, address: str = "ani@example.org", band: str | None = "adult", **born: Any) -> UUID:
    """Somebody known by an address, and of whom an age is on record."""
    from janji.ledger.events import Kind

    (subject,) = subjects_for(house, [("email", address)])
    if band is not None:
        record(house, [Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=Actor.STAFF, details={"band": band, **born})])
    return subject


def yes(house: House, purpose: str, channel: str | None = None, language: str = "id", **more: Any) -> ChoiceMade:
    """A valid yes under the notice as it is published."""
    text = text_of(house, purpose, language)
    assert text is not None
    given = {"method": Method.UNTICKED_BOX, "verb": Verb.GRANT, **more}
    return ChoiceMade(purpose=purpose, channel=channel, notice=text.notice, version=text.version, language=language,
                      digest=text.digest, **given)  # fmt: skip


def no(purpose: str, channel: str | None = None, **more: Any) -> ChoiceMade:
    """A withdrawal."""
    return ChoiceMade(verb=Verb.WITHDRAW, purpose=purpose, channel=channel, **more)


def say(house: House, subject: UUID, choice: ChoiceMade, **more: Any) -> Result:
    """Record a choice and see that it was."""
    result = choose(house, Asked(subject=subject, choice=choice, **more))
    assert result.recorded is not None, [item.code for item in result.rejections]
    return result


def kept_codes(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """Every code that is made from now on, in order; what is sent is looked at where mail is."""
    found: list[Sent] = []
    real = request_identity.fresh

    def kept(*words: Any) -> Sent | None:
        made = real(*words)
        found.extend([made] if made is not None else [])
        return made

    monkeypatch.setattr(request_identity, "fresh", kept)
    return found
