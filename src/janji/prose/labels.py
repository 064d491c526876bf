"""The labels of clauses and items (`2.1`, `a)`, `(iv)`, `Pasal 5`, bullets) and the outline that they make."""

from __future__ import annotations

import re
from dataclasses import dataclass

from janji.prose.language import KEYWORDS, REFERRING

_LEAD = r"[ \t>]{0,40}(?:#{1,6}[ \t]+)?(?:\*\*|__)?"
_DOTTED = re.compile(_LEAD + r"([1-9][0-9]{0,2}(?:\.[0-9]{1,3}){0,30})(\.?\)|\.|)(?:\*\*|__)?(?=\s|$)")
_PAREN = re.compile(_LEAD + r"\(([1-9][0-9]{0,2})\)(?=\s|$)")
_LETTER = re.compile(_LEAD + r"(\(?)([A-Za-z]|[ivxlcIVXLC]{1,6})(\)|\.)(?:\*\*|__)?(?=\s|$)")
_BULLET = re.compile(r"[ \t>]{0,40}([-*+•◦▪●○·–—‣⁃\uf0b7])(?=\s+\S)")
_CHECK = re.compile(r"[ \t>]{0,40}([-*]\s+)?(\[[ xX]\]|[☐☑✓✔])(?=\s+\S)")
_KEYWORD = re.compile(_LEAD + rf"({KEYWORDS})[ \t]+([0-9]{{1,3}}|[IVXLC]{{1,6}}|[A-Z])(?:[.:)]|(?=\s*$|\s*[-–—:]|\s+[A-Z(]))")
_BEGINS = frozenset("0123456789([-*+•◦▪●○·–—‣⁃\uf0b7☐☑✓✔ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") | {""}
_CHAPTERS = frozenset({"chapter", "part", "bab", "bagian"})
_LISTS = frozenset({"letter", "roman", "bullet", "check", "number)", "paren"})
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_LAST_WORD = re.compile(r"([^\W\d_]+)[.]?\s*$")
_ENDS = re.compile(r"""[.;:!?…]["'”’»)\]*_]*$""")


@dataclass(frozen=True, slots=True)
class Label:
    """A label as written (`text`), its style, its value in its list, and the numbers of a dotted one.

    `length` counts the characters from the start of the line's words to the end of the label. `alone` when nothing
    else stands on the line.
    """

    text: str
    style: str
    value: int
    length: int
    alone: bool
    indent: int = 0
    numbers: tuple[int, ...] = ()


def read_label(line: str, previous: str, listed: bool = False) -> Label | None:
    """The label that `line` begins with, if what stands before it makes it one.

    `previous` is the line before, empty after an empty line; a number that goes on with a sentence (`Law / 27 of
    2022`, `section / 3.1 applies`) is no label. `listed` when the line before belongs to a list with bullets.
    """
    if not line.lstrip(" \t>")[:1] or line.lstrip(" \t>#*_")[:1] not in _BEGINS:
        return None
    for read in (_check, _bullet, _keyword, _paren, _letter, _dotted):
        found = read(line, "" if listed and read is _bullet else previous)
        if found is not None:
            return found
    return None


def _made(line: str, match: re.Match[str], style: str, value: int, text: str, numbers: tuple[int, ...] = ()) -> Label:
    lead = len(line) - len(line.lstrip())
    alone = not line[match.end() :].strip(" *_")
    return Label(text, style, value, match.end() - lead, alone, lead, numbers)


def _check(line: str, previous: str) -> Label | None:
    match = _CHECK.match(line)
    return _made(line, match, "check", 0, match[2]) if match else None


def _bullet(line: str, previous: str) -> Label | None:
    match = _BULLET.match(line)
    if match is None or (match[1] in "–—-·+" and _goes_on(line[match.end() :], previous)):
        return None
    return _made(line, match, "bullet", 0, match[1])


def _keyword(line: str, previous: str) -> Label | None:
    match = _KEYWORD.match(line)
    if match is None or _refers(previous):
        return None
    value = int(match[2]) if match[2].isdecimal() else roman(match[2]) or ord(match[2].lower()) - 96
    style = "chapter" if match[1].lower() in _CHAPTERS else "keyword"
    return _made(line, match, style, value, match[0].strip(" #*_>"), (value,))


def _paren(line: str, previous: str) -> Label | None:
    match = _PAREN.match(line)
    if match is None or _refers(previous) or _goes_on(line[match.end() :], previous):
        return None
    return _made(line, match, "paren", int(match[1]), f"({match[1]})", (int(match[1]),))


def _letter(line: str, previous: str) -> Label | None:
    match = _LETTER.match(line)
    if match is None or (match[1] and match[3] == "."):
        return None
    written = match[2]
    if len(written) > 1 and not roman(written):
        return None
    if match[3] == "." and len(written) > 1 and _goes_on(line[match.end() :], previous):
        return None
    upper = written.isupper()
    if match[3] == "." and upper and previous and not _ENDS.search(previous):
        return None
    style = "roman" if len(written) > 1 else "letter"
    value = roman(written) if style == "roman" else ord(written.lower()) - 96
    shape = f"{match[1]}{written}{match[3]}"
    return _made(line, match, style.upper() if upper else style, value or 0, shape)


def _dotted(line: str, previous: str) -> Label | None:
    match = _DOTTED.match(line)
    if match is None or _refers(previous):
        return None
    numbers = tuple(int(part) for part in match[1].split("."))
    rest = line[match.end() :]
    if len(numbers) == 1 and not match[2] and not _titled(rest, previous, line[: match.start(1)]):
        return None
    if _goes_on(rest, previous):
        return None
    style = "number)" if match[2].endswith(")") else "dotted"
    return _made(line, match, style, numbers[-1], match[1] + match[2], numbers)


def _titled(rest: str, previous: str, lead: str) -> bool:
    """Whether a bare number stands before a title, as `3 Retention` does and `30 days` does not."""
    words = rest.split()
    if "#" in lead:
        return True
    return bool(words) and words[0][:1].isupper() and len(words) <= 10 and (not previous or bool(_ENDS.search(previous)))


def _refers(previous: str) -> bool:
    """Whether the line before ends with a word that announces a number."""
    found = _LAST_WORD.search(previous[-40:])
    return found is not None and found[1].lower() in REFERRING and not previous.rstrip().endswith(".")


def _goes_on(rest: str, previous: str) -> bool:
    """Whether the words after a would-be label go on with the sentence of the line before."""
    words = rest.strip()
    return bool(previous) and bool(words) and words[0].islower() and not _ENDS.search(previous.rstrip())


def roman(written: str) -> int:
    """The value of a Roman numeral up to 399, in either case; 0 when it is none."""
    total = 0
    digits = [_ROMAN.get(char, 0) for char in written.lower()]
    if 0 in digits or re.fullmatch(r"c{0,3}(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", written.lower()) is None:
        return 0
    for digit, after in zip(digits, [*digits[1:], 0], strict=True):
        total += -digit if digit < after else digit
    return total


@dataclass(frozen=True, slots=True)
class Position:
    """Where a segment stands: its id, its depth from 0, and the index of what it hangs from."""

    id: str
    level: int
    parent: int | None


@dataclass(slots=True)
class _Open:
    """A segment that others may hang from."""

    style: str
    value: int
    id: str
    index: int
    heading: bool
    indent: int = 0
    paragraphs: int = 0
    bullets: int = 0


class Outline:
    """The tree of a text while it is read from top to bottom: finds for each label what it hangs from.

    Labels without numbers and headings without labels are counted, so that every segment has an id.
    """

    def __init__(self, numbered: bool) -> None:
        self._stack: list[_Open] = []
        self._seen: dict[str, int] = {}
        self._numbered = numbered
        self._sections = 0
        self._preamble = 0

    def place(self, index: int, label: Label | None, heading: bool, mark: int, lonely: bool) -> Position:
        """The position of the next segment. `mark` is a Markdown heading's level; `lonely`: the only paragraph there."""
        if label is not None:
            return self._labelled(index, label, heading, mark)
        if heading:
            return self._titled(index, mark)
        return self._paragraph(lonely)

    def _position(self, id: str) -> Position:
        count = self._seen.get(id, 0) + 1
        self._seen[id] = count
        parent = self._stack[-1].index if self._stack else None
        return Position(id if count == 1 else f"{id}~{count}", len(self._stack), parent)

    def _labelled(self, index: int, label: Label, heading: bool, mark: int) -> Position:
        if mark:
            while self._stack and self._stack[-1].style.startswith("#") and int(self._stack[-1].style[1:]) >= mark:
                self._stack.pop()
        style, value = self._style(label)
        self._unwind(style, value, label)
        above = self._stack[-1].id if self._stack else ""
        if style.startswith("dotted") and len(label.numbers) > 1:
            own = ".".join(map(str, label.numbers))
        elif style in ("bullet", "check"):
            holder = self._stack[-1] if self._stack else None
            count = holder.bullets + 1 if holder else self._preamble + 1
            if holder:
                holder.bullets = count
            own = f"{above}.i{count}" if above else f"P.i{count}"
        else:
            word = str(value) if style in ("keyword", "chapter") else label.text.strip("().:")
            own = f"{above}.{word}" if above else word
        position = self._position(f"H{own}" if heading else own)
        self._stack.append(_Open(style, value, own, index, heading, label.indent))
        return position

    def _style(self, label: Label) -> tuple[str, int]:
        """Style and value; a single `i`, `v`, `x` is a letter or a numeral by the list that it continues."""
        if label.style == "dotted":
            return f"dotted{len(label.numbers)}", label.value
        if label.style.lower() != "letter":
            return label.style, label.value
        numeral = roman(label.text.strip("()."))
        up = label.style.isupper()
        for opened in reversed(self._stack):
            if opened.style == label.style and opened.value + 1 == label.value:
                return label.style, label.value
            if numeral and opened.style == ("ROMAN" if up else "roman") and opened.value + 1 == numeral:
                return opened.style, numeral
        return ("ROMAN" if up else "roman", 1) if numeral == 1 else (label.style, label.value)

    def _unwind(self, style: str, value: int, label: Label) -> None:
        """Close what the label does not hang from."""
        if style.startswith("dotted") and len(label.numbers) > 1:
            while self._stack and not self._holds(self._stack[-1], label.numbers):
                self._stack.pop()
            return
        if style in ("keyword", "chapter"):
            while self._stack and not (style == "keyword" and self._stack[-1].style == "chapter"):
                self._stack.pop()
            return
        same = [at for at, opened in enumerate(self._stack) if opened.style == style]
        if style in ("bullet", "check"):
            level = [at for at in same if self._stack[at].indent >= label.indent]
            if level:
                del self._stack[level[0] :]
            return
        going_on = [at for at in same if self._stack[at].value + 1 == value]
        if going_on:
            del self._stack[going_on[-1] :]
        elif same and value != 1:
            del self._stack[same[-1] :]
        elif style == "dotted1" and value != 1:
            while self._stack and not self._stack[-1].style.startswith("#"):
                self._stack.pop()
        elif same and self._stack[-1].style == style and not self._stack[-1].heading:
            del self._stack[-1 if label.indent <= self._stack[-1].indent else len(self._stack) :]

    @staticmethod
    def _holds(opened: _Open, numbers: tuple[int, ...]) -> bool:
        if opened.style.startswith("#"):
            return True
        own = tuple(int(part) for part in opened.id.split(".") if part.isdecimal())
        sectional = opened.style.startswith("dotted") or opened.style in ("keyword", "chapter")
        return sectional and len(own) < len(numbers) and numbers[: len(own)] == own

    def _titled(self, index: int, mark: int) -> Position:
        style = f"#{mark or 9}"
        if index == 0:
            return self._position("TITLE")
        while self._stack and not self._stays(self._stack[-1], mark):
            self._stack.pop()
        self._sections += 1
        own = f"S{self._sections}"
        position = self._position(f"H{self._sections}" if not self._numbered else f"H{own}")
        self._stack.append(_Open(style, self._sections, own, index, True))
        return position

    @staticmethod
    def _stays(opened: _Open, mark: int) -> bool:
        """Whether a heading without a label hangs from what is open: a higher mark, or the numbered section it is in."""
        if opened.style.startswith("#"):
            return int(opened.style[1:]) < (mark or 9)
        return not mark and opened.heading

    def _paragraph(self, lonely: bool) -> Position:
        while self._stack and not self._stack[-1].heading and self._stack[-1].style.lower() in _LISTS:
            self._stack.pop()
        if not self._stack:
            self._preamble += 1
            return self._position(f"P.{self._preamble}")
        holder = self._stack[-1]
        holder.paragraphs += 1
        if lonely and holder.heading:
            return self._position(f"{holder.id}.0" if holder.style == "dotted1" else holder.id)
        number = holder.paragraphs if holder.heading else holder.paragraphs + 1
        return self._position(f"{holder.id}.p{number}")
