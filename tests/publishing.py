"""A house with the policy of the corner shop published by the workflow itself, its variants, and short words for people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from tests.choosing import KEEPER, Clock, Clocked

from janji.decision.question import Question
from janji.files.translations import load_tongue
from janji.ledger.events import Actor, Kind
from janji.store import database
from janji.workflows.house import House, enter_house, make_secrets
from janji.workflows.in_force import in_force
from janji.workflows.people import subjects_for
from janji.workflows.publishing import publish
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import Settings

SHOP = Path(__file__).resolve().parents[1] / "policies" / "minimal" / "policy.yaml"

REWORDED = {'version: "1"': 'version: "2"', "Privacy policy of the Corner Shop": "How the Corner Shop keeps your data"}
"""A change of which nobody need be told."""
UNTOLD = {
    'version: "1"': 'version: "2"',
    "    notice: news\n    data: [contact.email]\n": "    notice: news\n    data: [contact.email, contact.address]\n",
}
"""The newsletter uses the postal address too, under a notice that is said to be the same."""
WIDER = {**UNTOLD, "    version: 1\n    fields:\n": "    version: 2\n    fields:\n"}
"""As `UNTOLD`, and the notice is a new one."""
MORE_CHANNELS = {
    'version: "1"': 'version: "2"',
    "  email: {title: {en: e-mail, id: surel}}\n": "  email: {title: {en: e-mail, id: surel}}\n" + "".join(
        f"  c{index}: {{title: {{en: channel {index}, id: saluran {index}}}}}\n" for index in range(30)
    ),
    "channels: [email]": "channels: [email, " + ", ".join(f"c{index}" for index in range(30)) + "]",
}  # fmt: skip
"""So many channels that a standing needs another word."""
OLDER_CHILDREN = {'version: "1"': 'version: "2"', "retention:\n": "children: {under: 21}\n\nretention:\n"}


def variant(folder: Path, changes: dict[str, str] | None = None) -> Path:
    """The policy of the shop with these texts in place of those; its folder."""
    text = SHOP.read_text("utf-8")
    for old, new in (changes or {}).items():
        assert old in text, old
        text = text.replace(old, new, 1)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_text(text, "utf-8")
    return folder


def empty_house(url: str, clock: Clock | None = None) -> House:
    """A house in which nothing is published."""
    runtime = Clocked(Settings(), load_tongue("en"), clock or Clock())
    database.open_database(url)
    make_secrets(runtime, KEEPER)
    return enter_house(runtime, url, KEEPER)


def shop_house(url: str, clock: Clock | None = None) -> House:
    """A house in which the policy of the shop is published."""
    house = empty_house(url, clock)
    publish(house, SHOP)
    return again(house)


def again(house: House) -> House:
    """The house as it is after somebody published."""
    return replace(house, published=in_force())


def customer(house: House, address: str, consents: bool = True, band: str = "adult") -> UUID:
    """Somebody with an order, grown up, and, if so, with the newsletter."""
    (subject,) = subjects_for(house, [("email", address)])
    record(house, [
        Entry(subject=subject, kind=Kind.AGE_RECORDED, actor=Actor.STAFF, details={"band": band}),
        Entry(subject=subject, kind=Kind.AGREEMENT_RECORDED, actor=Actor.STAFF, details={"agreement": "order"}),
        *([given(subject)] if consents else []),
    ])  # fmt: skip
    return subject


def given(subject: UUID, **more: object) -> Entry:
    """A consent to the newsletter."""
    details = {"purpose": "newsletter", "channel": "email", "notice": "news", "notice_version": 1, "language": "id",
               "method": "unticked-box", **more}  # fmt: skip
    return Entry(subject=subject, kind=Kind.CONSENT_GIVEN, actor=Actor.PERSON, details=details)


def withdrawn(subject: UUID, **more: object) -> Entry:
    """A withdrawal from the newsletter."""
    return Entry(subject=subject, kind=Kind.CONSENT_WITHDRAWN, actor=Actor.PERSON, details={"purpose": "newsletter", **more})


def newsletter(house: House) -> Question:
    """May the newsletter be sent by e-mail now?"""
    return Question("newsletter", ("contact.email",), house.runtime.now(), channel="email")
