"""The people of the made-up company: who each is, and how each is reached; none of them is anybody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from janji.demo.chance import Draws
from janji.demo.names import FAMILIES, MAILBOXES, MEN, STREETS, TOWNS, WOMEN, Town

NOWHERE = "99"
"""A district that no province has, so that no number is anybody's; every check of a number holds."""
COMPANY = 0
"""The number of the buyer that is a company: a reseller, whose account owns very much."""
HOUSEHOLD = 5
"""Of so many people in a row the last lives with the one before."""


class Person(NamedTuple):
    """Somebody who does not exist. `number` counts from 0."""

    number: int
    name: str
    woman: bool
    born: date
    email: str
    phone: str
    national_id: str
    town: Town
    address: int

    @property
    def local_phone(self) -> str:
        """The phone number as it is written at home."""
        return f"0{self.phone[3:6]}-{self.phone[6:10]}-{self.phone[10:]}"


def person(seed: int, number: int) -> Person:
    """The person of a number; of two in one household both have one town and one address."""
    draws = Draws(seed, 1, number)
    woman = bool(draws.below(2))
    given = draws.one_of(WOMEN if woman else MEN)
    family = "" if draws.in_hundred(8) else draws.one_of(FAMILIES)
    child = draws.in_hundred(1)
    day = draws.below(6 * 365 if child else 52 * 365)
    born = date(2009, 6, 1) + timedelta(day) if child else date(1955, 1, 1) + timedelta(day)
    box = draws.one_of(MAILBOXES)
    home = address_of(number)
    town = town_of(seed, home)
    name = "PT Pengecer Contoh" if number == COMPANY else f"{given} {family}".strip()
    mailbox = "".join(char for char in f"{given}.{family}".lower().strip(".") if char.isalpha() or char == ".")
    return Person(
        number, name, woman, born, f"{mailbox}{number + 1}@{box}", f"+628{12 + number % 8}{number:08}",
        _national_id(town, born, woman, number), town, home,
    )  # fmt: skip


def address_of(number: int) -> int:
    """The number of the address at which a person lives."""
    return number - 1 if number % HOUSEHOLD == HOUSEHOLD - 1 else number


def town_of(seed: int, address: int) -> Town:
    """The town in which an address is."""
    return Draws(seed, 2, address).one_of(TOWNS)


def street_of(seed: int, address: int) -> str:
    """Street and house of an address."""
    draws = Draws(seed, 3, address)
    street, house, neighbours, block = draws.one_of(STREETS), draws.below(180) + 1, draws.below(12) + 1, draws.below(9) + 1
    return f"Jl. {street} No. {house}, RT {neighbours:03}/RW {block:03}"


def postal_code(seed: int, address: int) -> str:
    """The postal code of an address."""
    return f"{town_of(seed, address).postal}{Draws(seed, 4, address).below(900) + 100}"


def _national_id(town: Town, born: date, woman: bool, number: int) -> str:
    day = born.day + 40 * woman
    return f"{town.code}{NOWHERE}{number // 9999 % 99 + 1:02}{day:02}{born:%m%y}{number % 9999 + 1:04}"
