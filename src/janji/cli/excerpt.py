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
    past_the_end = not cell_len(_shown(text, start, last, width)[0])  # the mark stands behind all that is seen
    line, fits = _shown(text, first, last, width - past_the_end)
    left = _before(text, first, start, width if fits else _left_room(text, start, last, width))
    room = width - cell_len(left) - (not fits)
    middle, all_of_it = _shown(text, start, stop, room)
    marks = " " * cell_len(left) + "^" * max(1, cell_len(middle))
    if fits:
        return line, marks
    right, to_the_end = _shown(text, stop, last, room - cell_len(middle)) if all_of_it else ("", False)
    return left + middle + right + ("" if to_the_end else CUT), marks


def _left_room(text: str, start: int, last: int, width: int) -> int:
    """How many cells what stands before the part may have: a third, or more where little follows."""
    rest, _ = _shown(text, start, last, width)
    return max(width // 3, width - cell_len(rest) - 1)


def _before(text: str, first: int, start: int, room: int) -> str:
    """What stands in `[first, start)`, from the end so far as there is room for it and the sign that it was cut."""
    parts: list[str] = []
    used = 0
    for index in range(start - 1, first - 1, -1):
        char = _as_shown(text[index])
        used += cell_len(char)
        if used > room - (index > first):
            return CUT + "".join(reversed(parts))
        parts.append(char)
    return "".join(reversed(parts))


def _shown(text: str, start: int, stop: int, room: int) -> tuple[str, bool]:
    """What stands in `[start, stop)` as a terminal shows it, so far as there is room; and whether that is all of it."""
    parts: list[str] = []
    for index in range(start, stop):
        char = _as_shown(text[index])
        room -= cell_len(char)
        if room < 0:
            return "".join(parts), False
        parts.append(char)
    return "".join(parts), True


def _as_shown(char: str) -> str:
    return TAB if char == "\t" else printable(char).replace("\n", " ")
