"""What other programs report that people said: who is meant is found, or made known by it, and each choice recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from janji.consent.rejections import reject
from janji.errors import Invalid
from janji.store import people
from janji.store.database import transaction
from janji.store.people import MERGED
from janji.store.records import Beside
from janji.workflows.consents import Asked, Request, Result, choose, choose_at_once, choose_many, counts_for_a_stranger
from janji.workflows.house import House
from janji.workflows.people import current, find_subjects, subjects_for, unreadable
from janji.workflows.recording import Recorded
from janji.workflows.repeats import Keep, Reply

GONE = "person-gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One choice: of whom (by id, or by kind and value of an identifier), what, and what proves it, which is sealed.

    With an `id`, reporting it twice records it once.
    """

    subject: UUID | tuple[str, str] = field(repr=False)
    choice: Request
    evidence: Mapping[str, Any] | None = field(default=None, repr=False)
    id: UUID | None = None


def report(house: House, item: Reported, *, make: bool = False) -> Result:
    """Record one choice, if it is valid. With `make`, somebody who is not known yet is put on record by it.

    Who was merged is the survivor. Raises `Invalid` for an identifier that cannot be one.
    """
    if isinstance(item.subject, tuple):
        found = find_subjects(house, [item.subject])[0]
        if found is None:
            return report_many(house, [item], make=make)[0]
        return choose(house, _asked(item, found))
    result = choose(house, _asked(item, item.subject))
    if _is_gone(result):
        survivor = current(item.subject)
        return result if survivor == item.subject else choose(house, _asked(item, survivor))
    return result


def report_at_once(house: House, item: Reported, answer: Callable[[Recorded], Reply], keep: Keep) -> Reply | None:
    """Record a valid yes of somebody on record, and keep the answer to it, by one statement.

    `None`, and nothing done, for anything else.
    """
    made: list[Reply] = []

    def beside(done: Recorded) -> Beside:
        made.append(answer(done))
        return keep(made[0])

    who = find_subjects(house, [item.subject])[0] if isinstance(item.subject, tuple) else item.subject
    result = None if who is None else choose_at_once(house, _asked(item, who), beside)
    return made[0] if result is not None and result.recorded is not None else None


def report_many(house: House, items: Sequence[Reported], *, make: bool = False) -> tuple[Result, ...]:
    """Record many choices in one transaction, in their order: the valid ones, the others with every reason.

    Nobody is made known by a choice that would not count. An identifier that cannot be one spoils its own choice alone.
    """
    with transaction():
        meant, spoilt = _readable(house, items, make)
        wanted = [(place, _asked(item, who)) for place, (item, who) in enumerate(zip(items, meant, strict=True)) if who is not None]
        done = dict(zip((place for place, _ in wanted), choose_many(house, [asked for _, asked in wanted]), strict=True))
    unknown = Result(None, (reject("person-unknown", house.policy_in_force.law, ()),))
    return tuple(done.get(place) or spoilt.get(item.subject, unknown) for place, item in enumerate(items))


def _readable(house: House, items: Sequence[Reported], make: bool) -> tuple[list[UUID | None], dict[Any, Result]]:
    """Who is meant by each item, and what becomes of those whose identifier cannot be one."""
    try:
        return _people(house, items, make), {}
    except Invalid:
        spoilt = unreadable(house, (item.subject for item in items if isinstance(item.subject, tuple)))
        if not spoilt:
            raise
    meant = iter(_people(house, [item for item in items if item.subject not in spoilt], make))
    no = reject("identifier-unreadable", house.policy_in_force.law, ())
    results = {named: Result(None, (replace(no, message=error.message, help=error.help or no.help),)) for named, error in spoilt.items()}
    return [None if item.subject in spoilt else next(meant) for item in items], dict(results)


def _people(house: House, items: Sequence[Reported], make: bool) -> list[UUID | None]:
    """Who is meant by each item; nobody where the person is not known, and is not to be made known by it."""
    given = [item.subject for item in items if not isinstance(item.subject, tuple)]
    survivors = {row.id: current(row.id) for row in people.subjects(given).values() if row.state == MERGED}
    named = list(dict.fromkeys(item.subject for item in items if isinstance(item.subject, tuple)))
    found = dict(zip(named, find_subjects(house, named), strict=True)) if named else {}
    fresh = list(dict.fromkeys(
        item.subject for item in items
        if make and isinstance(item.subject, tuple) and found[item.subject] is None
        and counts_for_a_stranger(house, item.choice, evidence=bool(item.evidence))
    ))  # fmt: skip
    if fresh:
        found.update(zip(fresh, subjects_for(house, fresh), strict=True))
    return [found[item.subject] if isinstance(item.subject, tuple) else survivors.get(item.subject, item.subject) for item in items]


def _asked(item: Reported, who: UUID) -> Asked:
    return Asked(subject=who, choice=item.choice, evidence=item.evidence, id=item.id)


def _is_gone(result: Result) -> bool:
    return any(one.code == GONE for one in result.rejections)
