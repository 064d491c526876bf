"""One line of a text with marks under a part of it, cut to a width; tabs and wide letters are measured."""

from __future__ import annotations

from rich.cells import cell_len

from janji.terms.messages import printable

TAB = "    "
CUT = "…"


def excerpt(text: str, start: int, end: int, width: int) -> tuple[str, str]:
    """The line of `text` that holds `start`, and the marks under `[start, end)` so far as it stands in that line.

    Neither is wider than `width` (at least 20 cells). A long line is cut on both sides of the beginning of the part.
    """
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    last = len(text) if last < 0 else last
    stop = max(start, min(end, last))
    left, before_cut = _left(text, first, start, width // 3)
    room = width - cell_len(left) - 1
    middle, whole = _right(text, start, stop, room)
    marks = " " * cell_len(left) + "^" * max(1, cell_len(middle))
    if not whole:
        return before_cut + left.removeprefix(CUT) + middle + CUT, marks
    room -= cell_len(middle)
    right, whole = _right(text, stop, last, room)
    return left + middle + right + ("" if whole else CUT), marks


def _left(text: str, first: int, start: int, room: int) -> tuple[str, str]:
    """What stands before `start` in its line, from the end as far as there is room; and the sign that it was cut."""
    parts: list[str] = []
    used = 0
    for index in range(start - 1, first - 1, -1):
        shown = _shown(text[index])
        if used + cell_len(shown) > room - 1:
            return CUT + "".join(reversed(parts)), CUT
        parts.append(shown)
        used += cell_len(shown)
    return "".join(reversed(parts)), ""


def _right(text: str, start: int, stop: int, room: int) -> tuple[str, bool]:
    """What stands in `[start, stop)` as far as there is room, and whether that is all of it."""
    parts: list[str] = []
    used = 0
    for index in range(start, stop):
        shown = _shown(text[index])
        if used + cell_len(shown) > room:
            return "".join(parts), False
        parts.append(shown)
        used += cell_len(shown)
    return "".join(parts), True


def _shown(char: str) -> str:
    return TAB if char == "\t" else printable(char).replace("\n", " ")
