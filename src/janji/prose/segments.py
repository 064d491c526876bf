"""Cuts a published text into segments: finds labels and paragraphs, tells titles from clauses, and builds the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from janji.prose.document import Document, Segment, SegmentKind
from janji.prose.labels import Label, Outline, read_label
from janji.prose.language import DANGLING, FINITE, OPENERS

_TERMINAL = re.compile(r"""[.;:!?…]["'”’»)\]*_]*\s*$""")
_STOP = re.compile(r"""[.;!?…,]["'”’»)\]*_]*\s*$""")
_WORD = re.compile(r"[^\W_]+")
_MARKDOWN = re.compile(r"\s{0,3}(#{1,6})\s+\S")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-{3,})\s*$")
_ROW = re.compile(r"\s*\|.*\|\s*$|[^\t\n]+\t[^\t\n]+\t[^\n]*$")
_RULE_ROW = re.compile(r"\s*\|?[\s:|+-]+\|?\s*$")
_BOLD = re.compile(r"\s*(\*\*|__)[^*_]+(\*\*|__):?\s*$")
_SHORT = 0.75
"""A line that leaves more room than this share of the width was ended on purpose."""
_FRAGMENT = 4
"""A line with fewer spaces is a name or a piece of an address, whatever it ends with."""
_PAIR = re.compile(r":\s+\S")
"""`Last updated: 1 May`: a line of a form, no title."""
_FEW, _ASKED = 14, 12
"""A title has at most so many words; one that asks, fewer."""
_QUESTION = re.compile(r"""[?]["'”’»)\]*_]*\s*$""")
_MORE = re.compile(r"[.!?;]\s+\S|\n\s*\S")
"""More than one sentence, or more than one line."""
_BROKEN = re.compile(r",\s*\n")
"""A line that ends with a comma is no line of a title."""


@dataclass(slots=True)
class _Block:
    """Lines that belong together: a paragraph, with its label if it has one."""

    start: int
    stop: int
    label: Label | None
    after_blank: bool
    row: bool = False
    mark: int = 0
    """The level of a Markdown heading, from 1; 0 when it is none."""
    hashes: int = 0
    """How many characters of `#` stand before its words."""


def segment(text: str) -> Document:
    """The text cut into segments that cover it exactly once, in order; an empty text has none.

    Never raises, whatever the text. Takes time in proportion to its length.
    """
    blocks = _blocks(text)
    titles = [_is_title(text, blocks, index) for index in range(len(blocks))]
    _demote_runs(text, blocks, titles)
    segments = list(_name(text, blocks, titles))
    return Document(text, tuple(segments))


def _blocks(text: str) -> list[_Block]:
    """The lines of the text gathered into blocks."""
    lines = text.splitlines(keepends=True)
    width = _width(lines)
    blocks: list[_Block] = []
    offset, blank, previous = 0, True, ""
    for line in lines:
        bare = line.rstrip()
        if not bare.strip("\ufeff\u200b"):
            blank = True
        elif _UNDERLINE.match(bare) and blocks and not blank and not blocks[-1].row:
            blocks[-1].mark = blocks[-1].mark or (1 if bare.strip()[0] == "=" else 2)
            blank = True
        else:
            listed = bool(blocks) and blocks[-1].label is not None and blocks[-1].label.style == "bullet"
            label = read_label(bare, "" if blank else previous, listed)
            if label is not None or not _continue(blocks, line, bare, previous, blank, width):
                blocks.append(_begin(offset, line, bare, label, blank))
            else:
                blocks[-1].stop = offset + len(bare)
            previous, blank = bare, False
        offset += len(line)
    return blocks


def _begin(offset: int, line: str, bare: str, label: Label | None, blank: bool) -> _Block:
    mark = _MARKDOWN.match(line)
    start = offset + len(line) - len(line.lstrip())
    return _Block(start, offset + len(bare), label, blank, bool(_ROW.match(bare)), *([len(mark[1])] * 2 if mark else ()))


def _width(lines: Sequence[str]) -> int:
    """The column at which the text is wrapped by hand; 0 when every line is a paragraph of its own."""
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    if len(lengths) < 4:
        return 0
    longest = lengths[min(len(lengths) - 1, len(lengths) * 97 // 100)]
    return longest if longest <= 140 else 0


def _continue(blocks: list[_Block], line: str, bare: str, previous: str, blank: bool, width: int) -> bool:
    """Whether the line, which has no label, goes on with the last block."""
    if not blocks or _MARKDOWN.match(line):
        return False
    last = blocks[-1]
    if blank:
        return _title_goes_on(last, previous, bare)
    if last.row:
        return bool(_RULE_ROW.match(bare)) and bool(_ROW.match(bare))
    if _ROW.match(bare) and not _open_end(previous):
        return False
    if last.mark:
        return False
    if last.label is not None and last.label.alone and last.stop - last.start <= last.label.length + 8:
        return True
    if last.stop == _line_end(last, previous) and _titled_line(last, previous, bare):
        return False
    return not _breaks(previous, bare, width)


def _title_goes_on(block: _Block, line: str, following: str) -> bool:
    """Whether a numbered title was cut in two by an empty line, as happens on the way out of a PDF."""
    label = block.label
    if label is None or not label.numbers or block.stop != _line_end(block, line) or line.endswith(","):
        return False
    few = len(line.split()) <= _FEW and 0 < len(following.split()) <= _FRAGMENT
    return few and _open_end(line) and following.lstrip()[:1].isalpha() and not _STOP.search(following)


def _line_end(block: _Block, line: str) -> int:
    """Where a block ends that has no line but this one."""
    return block.start + len(line.strip())


def _titled_line(block: _Block, line: str, following: str) -> bool:
    """Whether a block's first line is a title that the next line does not go on with."""
    words = line.strip()[block.label.length if block.label else 0 :]
    begins = following.lstrip(" \t*_“\"'(")[:1]
    if words.isupper() and len(words.strip()) > 3 and not following.isupper():
        return not _open_end(words)
    if block.label is None or block.label.style in ("letter", "roman", "bullet", "check"):
        return False
    named = block.label.style in ("keyword", "chapter")
    sentence = named or len(following) > 25 or bool(_TERMINAL.search(following))
    return begins.isupper() and sentence and len(words) < 50 and title_like(words) and not _open_end(words)


def _open_end(line: str) -> bool:
    """Whether a sentence plainly goes on after this line."""
    words = _WORD.findall(line[-40:])
    return line.endswith(",") or bool(words and words[-1].lower() in DANGLING)


def _breaks(line: str, following: str, width: int) -> bool:
    """Whether a new paragraph begins with `following`, without an empty line between."""
    first = following.lstrip(" \t>*_“\"'(")
    begins = first[:1].isupper() or first[:1].isdigit()
    opener = (_WORD.match(first) or [""])[0]
    if width == 0:
        return begins or bool(_TERMINAL.search(line))
    if begins and line.endswith(":"):
        return True
    room = len(line) + 1 + len(first.split(" ", 1)[0]) <= width * _SHORT
    if not begins or not room:
        return False
    if _TERMINAL.search(line):
        return opener.lower() in OPENERS or line.count(" ") >= _FRAGMENT
    return opener.lower() in OPENERS and not _open_end(line)


def _is_title(text: str, blocks: list[_Block], index: int) -> bool:
    """Whether a block is a title by its form and by what comes after it."""
    block = blocks[index]
    if block.mark:
        return True
    if block.row or (block.label is not None and block.label.style in ("letter", "roman", "bullet", "check")):
        return False
    words = text[block.start + (block.label.length if block.label else 0) : block.stop]
    if _BOLD.match(words) and block.after_blank:
        return True
    follows = blocks[index + 1] if index + 1 < len(blocks) else None
    deeper = follows is not None and _deeper(block.label, follows.label)
    if not words.strip() and block.label is not None:
        return block.label.style in ("keyword", "chapter") and follows is not None
    if not title_like(words, colon=deeper):
        return False
    if follows is None or (block.label and follows.label and not deeper):
        return False
    if index == 0:
        return True
    if block.label is not None:
        return True
    if "\n" in words.strip() or _PAIR.search(words):
        return False
    return block.after_blank or words.strip().isupper()


def _deeper(label: Label | None, following: Label | None) -> bool:
    """Whether the following label hangs below the first."""
    if label is None or following is None:
        return following is not None
    if label.style == following.style == "dotted":
        return len(following.numbers) > len(label.numbers)
    return label.style != following.style


def title_like(words: str, colon: bool = False) -> bool:
    """Whether words have the form of a title: few, beginning large, without the verbs and stops of a sentence."""
    found = _WORD.findall(words)
    if not found or len(found) > _FEW or len(words) > 140:
        return False
    if _QUESTION.search(words):
        return len(found) <= _ASKED and not _MORE.search(words)
    if _STOP.search(words) or _BROKEN.search(words):
        return False
    if words.rstrip().endswith(":") and not (colon and len(found) <= 10 and "," not in words):
        return False
    if words.isupper() and len(found) > 1:
        return True
    first = words.lstrip(" \t#*_“\"'([")[:1]
    if first.islower() or found[0].lower() in OPENERS or found[-1].lower() in DANGLING:
        return False
    if words.isupper():
        return True
    finite = [word for word in found if word.lower() in FINITE]
    return len(found) <= 10 or not finite or (len(found) <= 13 and len(finite) == 1)


def _loud(text: str, block: _Block) -> bool:
    words = text[block.start : block.stop]
    return words.isupper() or bool(_BOLD.match(words))


def _demote_runs(text: str, blocks: list[_Block], titles: list[bool]) -> None:
    """Title-like lines in a row are an address or a list, not titles; only marked ones stay, and the last before text."""
    for index, block in enumerate(blocks):
        if not titles[index] or block.mark or index == 0 or block.label is not None or _loud(text, block):
            continue
        run = index + 1 < len(blocks) and titles[index + 1]
        if (run and blocks[index + 1].label is None and not blocks[index + 1].mark) or (not titles[index - 1] and index >= 2 and _was_short(blocks, index - 1) and _was_short(blocks, index - 2)):
            titles[index] = False


def _was_short(blocks: list[_Block], index: int) -> bool:
    block = blocks[index]
    return block.label is None and not block.row and block.stop - block.start < 60


def _name(text: str, blocks: list[_Block], titles: list[bool]) -> Iterator[Segment]:
    """Segments with their ids and parents; each reaches to where the next begins."""
    outline = Outline(any(block.label is not None and block.label.numbers for block in blocks))
    start = 0
    for index, block in enumerate(blocks):
        end = blocks[index + 1].start if index + 1 < len(blocks) else len(text)
        lonely = _lonely(blocks, titles, index)
        place = outline.place(index, block.label, titles[index], block.mark, lonely)
        if block.row:
            kind = SegmentKind.ROW
        elif titles[index]:
            kind = SegmentKind.HEADING
        else:
            listed = block.label is not None and not (block.label.numbers and block.label.style != "paren")
            kind = SegmentKind.ITEM if listed else SegmentKind.CLAUSE
        body = block.start + (block.label.length if block.label else block.hashes)
        body = min(body, block.stop)
        body += len(text[body : block.stop]) - len(text[body : block.stop].lstrip())
        label = block.label.text if block.label else ""
        yield Segment(place.id, kind, start, block.stop, end, body, label, place.level, place.parent)
        start = end
    if not blocks and text:
        yield Segment("P.1", SegmentKind.CLAUSE, 0, 0, len(text), 0)


def _lonely(blocks: list[_Block], titles: list[bool], index: int) -> bool:
    """Whether an unlabelled paragraph is the only one between its heading and the next label or title."""
    if index == 0 or not titles[index - 1]:
        return False
    after = blocks[index + 1] if index + 1 < len(blocks) else None
    return after is None or after.label is not None or titles[index + 1]
