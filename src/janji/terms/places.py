"""Where something was written: file, line and column, both counted from one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A point in a source file. `line` and `column` start at 1; 0 means the file as a whole."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


NOWHERE = Place()


class Word(str):
    """A word of a source file that remembers its place; equal to, and hashed like, the plain string."""

    __slots__ = ("place",)
    place: Place

    def __new__(cls, value: str, place: Place = NOWHERE) -> Self:
        """The word `value` as written at `place`."""
        word = super().__new__(cls, value)
        word.place = place
        return word
