"""Questions about rows that are put together: each is about some tables, answers in rows of one form, and says what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from janji.connectors.dialects import Values
from janji.erasure.steps import Problem

COUNTS = 5
"""How many numbers a row of an answer has besides the place of its question and the name of a column, or null."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `gathered` are the tables whose gathered rows it speaks of.

    `texts` are selections that answer it; they begin with the head that is given, in which the name stands where the braces are and one count
    follows, or end it themselves where it has none. `told` is what the numbers of one name mean, if anything.
    """

    gathered: tuple[str, ...]
    texts: Callable[[Values, str], list[str]]
    told: Callable[[str, Sequence[int]], Problem | None]
