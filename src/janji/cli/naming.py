"""How the command line names people, opens the record, and says what came of it."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, Any

import typer

from janji.cli.output import Format, console, write_json
from janji.cli.verbs import Verbs
from janji.errors import Invalid
from janji.ledger.events import Actor
from janji.people.identifiers import PREFIX
from janji.terms.messages import N_, say
from janji.terms.periods import Period, parse_period

if TYPE_CHECKING:
    from uuid import UUID

    from janji.workflows.house import House

STDIN = "-"
LONGEST_LINE = 1024
PERSON = N_("A person: `sub_` and a number, `email:` and an address and so on, or `-` to read that from standard input.")
IDENTIFIERS = N_("Identifiers, each a kind and a value as in `email:` and an address, or `-` to read one from standard input.")


def record(verbs: Verbs) -> AbstractContextManager[House]:
    """The record, opened; what a crash left of a forgetting is finished, what is recorded gets its number at the end."""
    from janji.workflows.ledger import numbering_house

    return numbering_house(verbs.runtime)


def given(text: str) -> str:
    """A word of the command line, or for `-` the next line of standard input: so nothing personal is in a process list."""
    return sys.stdin.readline(LONGEST_LINE).strip() if text == STDIN else text


def person(house: House, text: str) -> UUID:
    """The person that a word of the command line names; raises `Invalid` when it names nobody."""
    from janji.workflows.people import subject_named

    return subject_named(house, given(text))


def pairs(texts: list[str]) -> list[tuple[str, str]]:
    """Identifiers of the command line as kind and value."""
    found = []
    for text in map(given, texts):
        kind, colon, value = text.partition(":")
        if not colon:
            raise Invalid(
                say(N_("an identifier is a kind, a colon and a value")), say(N_("write `email:` and the address, and so on"))
            )
        found.append((kind, value))
    return found


def name(subject: UUID) -> str:
    """A person as the command line names one."""
    return f"{PREFIX}{subject}"


def tell(verbs: Verbs, format: Format, held: dict[str, Any], message: Any = None) -> None:
    """The result of a verb: JSON for programs, for people a sentence, or else the values alone."""
    if format is Format.JSON:
        write_json(held)
    elif message is not None:
        console().print(message.render(verbs.tongue), markup=False)
    else:
        for value in held.values():
            console().print(str(value), markup=False)


def actor_option(verbs: Verbs) -> Any:
    """The option `--actor`."""
    return typer.Option(Actor.STAFF, "--actor", help=verbs.say(N_("Who acts, as it is recorded.")))


def period(text: str) -> Period:
    """A period of the command line."""
    found = parse_period(text)
    if found is None:
        raise Invalid(say(N_("`{word}` is not a period"), word=text), say(N_("write it as `P5Y` or `P90D`")))
    return found


def day(text: str) -> date:
    """A date of birth; raises `Invalid` without it."""
    try:
        return date.fromisoformat(given(text))
    except ValueError:
        raise Invalid(say(N_("the date of birth is not a date")), say(N_("write it as `2014-04-17`"))) from None


def number(text: str) -> UUID:
    """An id of the command line; raises `Invalid` when it is none."""
    from uuid import UUID

    try:
        return UUID(text)
    except ValueError:
        raise Invalid(say(N_("`{word}` is not an id"), word=text[:64]), say(N_("`janji subject show` gives it"))) from None
