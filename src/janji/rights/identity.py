"""Who asks: codes and how often they may be tried, questions that hardly anybody else can answer, and which addresses count."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

DIGITS = 8
"""Digits of a code: with all the tries that a request has, one guesser in four million finds it."""
VALID = timedelta(hours=24)
"""How long a code or the link beside it is good: mail can be slow, and the clock of the request runs anyway."""
TRIES = 5
"""Wrong codes after which a code is dead; a new one must be sent."""
CODES = 5
"""Codes that are sent for one request, those of the two reminders among them; then staff must see to it."""
ANSWERS = 3
"""Times that the questions may be answered wrongly; then staff must see to it."""
COOL_OFF = timedelta(days=7)
"""How long a changed address is not believed: whoever takes an account over changes it first."""
AT_ONCE = timedelta(hours=1)
"""What was told within this time of the first address was told together with it, and is no change."""
MOST = 2
"""Questions that are asked, at most."""
LEAST = 10
"""How hard guessing all answers together must be, in bits."""


class Standing(StrEnum):
    """How far it is shown who asks."""

    ASKED = "asked"
    """A code was sent."""
    CHANNEL = "channel"
    """The address is theirs."""
    KNOWN = "known"
    """They know what is held, too."""
    LOCKED = "locked"
    """Too many tries: only staff can go on."""


def code_of(chance: bytes) -> str:
    """A code of `DIGITS` digits from eight random bytes."""
    return f"{int.from_bytes(chance[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def spoken(code: str) -> str:
    """A code as people read it: in two groups."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


def typed(text: str) -> str:
    """The code in what somebody typed: spaces, points and dashes do not count. Empty for what cannot be one."""
    found = re.sub(r"[\s.-]", "", text[:40])
    return found if re.fullmatch(rf"[0-9]{{{DIGITS}}}", found) else ""


class Topic(StrEnum):
    """What can be asked: a part of something that is held, from which the rest does not follow."""

    PHONE = "phone"
    """The last four digits of a telephone number."""
    ACCOUNT = "account"
    """The last four characters of the number of an account, a card or a membership."""
    POSTCODE = "postcode"
    YEAR = "year"
    """The year of birth."""


WEIGHT = {Topic.PHONE: 13, Topic.ACCOUNT: 13, Topic.POSTCODE: 8, Topic.YEAR: 5}
"""How hard each is to guess, in bits: four digits, half of a postal code for who knows the town, a year of forty."""

Facts = Mapping[Topic, frozenset[str]]
"""The right answers by topic, each as `answer` writes it."""


def answer(topic: Topic, text: str) -> str:
    """What somebody answered, or what is held, in the one form that is compared; empty for what is no answer."""
    plain = "".join(char for char in text.casefold()[:100] if char.isalnum() and char.isascii())
    digits = "".join(filter(str.isdigit, plain))
    if topic is Topic.PHONE:
        return digits[-4:] if len(digits) >= 4 else ""
    if topic is Topic.ACCOUNT:
        return plain[-4:] if len(plain) >= 4 else ""
    if topic is Topic.POSTCODE:
        return digits if 4 <= len(digits) <= 10 else ""
    found = re.search(r"(19|20)[0-9]{2}", text[:100])
    return found[0] if found else ""


def postcodes(text: str) -> frozenset[str]:
    """The postal codes that stand in an address: groups of five digits in its end."""
    return frozenset(re.findall(r"(?<![\d-])[0-9]{5}(?![\d-])", text[-200:]))


def questions(facts: Mapping[Topic, object]) -> tuple[Topic, ...]:
    """What is asked: the hardest that there are; nothing where what is held does not suffice."""
    found = sorted((topic for topic in facts if facts[topic]), key=lambda topic: (-WEIGHT[topic], topic))[:MOST]
    return tuple(found) if sum(WEIGHT[topic] for topic in found) >= LEAST else ()


def matches(held: Iterable[str], given: str) -> bool:
    """Whether one of the held digests is the given one; every one of them is looked at, whatever was found before."""
    found = False
    for one in held:
        found |= hmac.compare_digest(one, given)
    return found


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a person and since when it is held."""

    kind: str
    since: datetime


def believed(address: Address, all_of_them: Iterable[Address], now: datetime) -> bool:
    """Whether an address counts: not one that was put beside older ones a short while ago.

    The first address of somebody always counts, however new it is: there is nothing older that it could have replaced.
    """
    first = min((one.since for one in all_of_them), default=address.since)
    return address.since <= first + AT_ONCE or now - address.since >= COOL_OFF


def held_since(row: UUID) -> datetime:
    """When a row was made, by its UUIDv7 (RFC 9562 5.7): the first 48 bits are milliseconds of Unix time. Ids of other forms were always there."""
    return datetime.fromtimestamp((row.int >> 80 if row.version == 7 else 0) / 1000, UTC)
