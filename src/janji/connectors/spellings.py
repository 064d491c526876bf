"""The values by which people are looked for in a column: each as a column of its sort can hold it, none that it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from uuid import UUID

from janji.datamap.catalogue import Sort
from janji.datamap.meaning import Form
from janji.erasure.steps import Known

_WIDEST = 2**63


def written(people: Sequence[Known], sort: Sort, form: Form) -> list[tuple[int, str]]:
    """People with each value once, in the form of the column; a value that the column cannot hold finds nobody."""
    found: dict[tuple[int, str], None] = {}
    for known in people:
        for spelling in (known.value, *known.spellings):
            value = _formed(spelling, form) if form is not Form.EXACT else _held(spelling, sort)
            if value and "\0" not in value:
                found[known.person, value] = None
                if form.lowers and not value.isascii():  # SQLite lowers the letters of ASCII alone
                    found[known.person, "".join(char.lower() if char.isascii() else char for char in spelling)] = None
    return list(found)


def _formed(spelling: str, form: Form) -> str:
    if form is not Form.DIGITS:
        return spelling.lower() if form.lowers else spelling
    return "".join(char for char in spelling if "0" <= char <= "9")


def _held(spelling: str, sort: Sort) -> str:
    """The spelling as a value of the sort, empty when it is none."""
    if sort is Sort.TEXT:
        return spelling
    with suppress(ValueError, InvalidOperation):
        if sort is Sort.INTEGER:
            number = int(spelling) if spelling.isascii() and not spelling.startswith("+") else None
            return "" if number is None or not -_WIDEST <= number < _WIDEST else str(number)
        if sort is Sort.NUMBER:
            amount = Decimal(spelling)
            return str(amount) if amount.is_finite() and len(str(amount)) < 40 else ""
        return str(UUID(spelling)) if sort is Sort.UUID else spelling
    return ""
