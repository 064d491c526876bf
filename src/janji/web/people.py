"""Whom a body means: people found by what identifies them, and every identifier that cannot be one named by its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from janji.errors import Invalid
from janji.web.problems import Problem, Wrong
from janji.workflows.house import House
from janji.workflows.people import find_subjects, unreadable


def people_meant(house: House, named: Iterable[tuple[str, tuple[str, str]]]) -> list[UUID | None]:
    """Who has these identifiers, each with the pointer to it; raises a problem that points at every one that cannot be one."""
    placed = list(named)
    wanted = [one for _, one in placed]
    try:
        return find_subjects(house, wanted) if wanted else []
    except Invalid as error:
        raise pointed_out(house, placed, error) or error from None


def pointed_out(house: House, placed: Sequence[tuple[str, tuple[str, str]]], error: Invalid) -> Problem | None:
    """The problem that points at each of these identifiers that cannot be one; nothing where all can, for then the error is another."""
    spoilt = unreadable(house, [one for _, one in placed])
    found = [Wrong(f"{pointer}/value", spoilt[one].message, spoilt[one].help) for pointer, one in placed if one in spoilt]
    return Problem(422, "unprocessable", error.message, error.help, found) if found else None
