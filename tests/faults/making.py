"""What the fault tests put into a house: a policy in force, people, and choices drawn from a seed."""

from __future__ import annotations

import base64
import random
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from janji.ledger.events import Actor, Kind
from janji.store import people as store
from janji.store import vault
from janji.store.database import open_database, transaction
from janji.store.people import SubjectRow
from janji.store.vault import KeyKind
from janji.workflows.care import init
from janji.workflows.house import House, enter_house
from janji.workflows.keys import load_keeper
from janji.workflows.ledger import checkpoint, sequence_all
from janji.workflows.people import content_keys, normalised, sealed_row
from janji.workflows.publishing import publish
from janji.workflows.recording import Entry
from janji.workflows.runtime import Runtime, open_runtime

POLICY = Path(__file__).resolve().parent.parent / "cases" / "decision" / "policies" / "shop.yaml"
CHOICES = (("newsletter", "email"), ("newsletter", "sms"), ("catalogue", "post"), ("recommendations", None), ("survey", "email"))
OBJECTIONS = ("service-improvement", "fraud-check")
NOTICES = {"newsletter": ("news", 3), "catalogue": ("catalogue", 1), "recommendations": ("recommendations", 2), "survey": ("survey", 1)}


def runtime_for(url: str, folder: Path) -> Runtime:
    """A runtime whose data directory is in a folder of the test, and whose database is at `url`."""
    key = base64.b64encode(b"k" * 32).decode()
    return open_runtime(folder, {"JANJI_DATA_DIR": str(folder / "data"), "JANJI_DATABASE_URL": url, "JANJI_KEY": key})


def make_house(url: str, count: int, runtime: Runtime) -> House:
    """Initialise an empty database and its data directory, put a policy in force, and add so many people."""
    init(runtime)
    open_database(url)
    publish(enter(url, runtime), POLICY)
    house = enter(url, runtime)
    add_people(house, people(count))
    return house


def enter(url: str, runtime: Runtime) -> House:
    """The house that `make_house` made."""
    return enter_house(runtime, url, load_keeper(runtime.settings))


def people(count: int) -> list[UUID]:
    """The ids of the first people, always the same."""
    return [UUID(int=0x0199_0000_0000_7000_8000_0000_0000_0000 + number) for number in range(count)]


def choice(chance: random.Random, subjects: list[UUID], only_consent: bool = False) -> Entry:
    """One choice of one person, every kind of them now and then, a third of them with evidence."""
    subject = chance.choice(subjects)
    roll = chance.random() * (0.75 if only_consent else 1)
    if roll < 0.75:
        purpose, channel = chance.choice(CHOICES)
        details: dict[str, object] = {"purpose": purpose, "method": "form"}
        if channel is not None:
            details["channel"] = channel
        kind = Kind.CONSENT_GIVEN if roll < 0.45 else Kind.CONSENT_WITHDRAWN if roll < 0.7 else Kind.CONSENT_REFUSED
        if kind is not Kind.CONSENT_WITHDRAWN:
            notice, version = NOTICES[purpose]
            details |= {"notice": notice, "notice_version": version, "language": "id"}
        evidence = {"wording": "I agree"} if chance.random() < 0.3 else None
        return Entry(subject=subject, kind=kind, actor=Actor.PERSON, details=details, evidence=evidence)
    if roll < 0.9:
        kind = Kind.OBJECTION_MADE if roll < 0.85 else Kind.OBJECTION_LIFTED
        details = {"purpose": chance.choice(OBJECTIONS), "automated": chance.random() < 0.5}
        return Entry(subject=subject, kind=kind, actor=Actor.PERSON, details=details)
    kind = Kind.RESTRICTION_SET if roll < 0.95 else Kind.RESTRICTION_LIFTED
    return Entry(subject=subject, kind=kind, actor=Actor.STAFF, details={"purpose": "newsletter", "ground": "asked"})


def batch_with_ids(seed: int, count_of_people: int, count: int) -> list[Entry]:
    """A batch whose sender gave every entry an id; the same for the same seed."""
    chance = random.Random(seed)
    subjects = people(count_of_people)
    return [
        replace(choice(chance, subjects), id=UUID(int=chance.getrandbits(128), version=4)) for _ in range(count)
    ]


def add_people(house: House, subjects: list[UUID]) -> None:
    """People with both keys each, and an account number; that is no event."""
    runtime = house.runtime
    with transaction():
        store.insert_subjects([SubjectRow(subject, vault.pseudonym(house.secrets.pseudonym, subject)) for subject in subjects])
        vault.insert_keys([
            vault.wrap_key(house.keeper, subject, kind, runtime.new_id(), runtime.random(32), runtime.random(vault.NONCE_BYTES))
            for subject in subjects
            for kind in KeyKind
        ])  # fmt: skip
        keys = content_keys(house, subjects)
        store.insert_identifiers([
            sealed_row(house, one, runtime.new_id(), subject, keys[subject], runtime.random(vault.NONCE_BYTES))
            for subject in subjects
            for one in normalised(house, [("account", f"account-{subject.int % 1000:03}")])
        ])  # fmt: skip


def sequence(house: House) -> int:
    """Number what waits, and sign the head; gives how many events got a number."""
    done = sequence_all()
    checkpoint(house)
    return done.count
