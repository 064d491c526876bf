"""HTML as plain text: headings, paragraphs, numbered items, tables and links, each with its line in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from janji.errors import Invalid
from janji.terms.messages import N_, say

_DROPPED = frozenset((
    "audio", "button", "canvas", "datalist", "dialog", "embed", "head", "iframe", "input", "link", "map",
    "menu", "meta", "nav", "noscript", "object", "script", "select", "style", "svg", "template", "textarea",
    "title", "video",
))  # fmt: skip
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
))  # fmt: skip
_LAYOUT = ("table", "h1", "h2", "h3", "h4", "h5", "h6")
_HEADING = re.compile(r"h[1-6]")
_SPACE = re.compile(r"[ \t\r\f]+")
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_STYLE = re.compile(
    r"list-style(?:-type)?\s*:[^;]*?\b((?:lower|upper)-(?:alpha|latin|roman)|decimal|disc|none)", re.IGNORECASE
)
_STYLES = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def read_html(name: str, source: str) -> tuple[str, list[int], list[int]]:
    """The text of a page, and for the beginning of each of its pieces the offset and the line in the source.

    What a reader does not see is left out: scripts, styles, comments, navigation, and what is hidden. Raises `Invalid`
    when the page is nested too deep to be read.
    """
    parser = etree.HTMLParser(encoding="utf-8", recover=True, huge_tree=False, no_network=True)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        root = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" or "XML_PARSE_HUGE" in entry.message for entry in parser.error_log):
        raise Invalid(
            say(N_("`{path}` has a page that is nested too deep or has too long a piece"), path=name),
            say(N_("save the text of the page alone and give that")),
        )
    writer = _Writer()
    if root is not None:
        title = root.find(".//title")
        if root.find(".//h1") is None and title is not None and (title.text or "").strip():
            writer.feed(title.text or "", _line(title))
            writer.flush("# ")
        writer.walk(root)
    return "".join(writer.parts), writer.starts, writer.numbers


@dataclass(slots=True)
class _List:
    """A list that is being read: how its items are marked, the next number, and the step to the one after."""

    style: str
    number: int = 1
    step: int = 1

    def mark(self, value: str | None) -> str:
        if self.style in ("disc", "none"):
            return "- " if self.style == "disc" else ""
        number = int(value) if value and re.fullmatch(r"-?\d{1,6}", value) else self.number
        self.number = number + self.step
        if number < 1 or self.style == "decimal":
            return f"{number}. "
        word = _roman(number) if self.style.endswith("roman") else _alphabetic(number)
        return f"{word.upper() if self.style.startswith('upper') else word}) "


@dataclass(slots=True)
class _Writer:
    """The text so far, the block that is being filled, and what the reading is inside of."""

    parts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    length: int = 0
    block: list[tuple[str, int]] = field(default_factory=list)
    prefix: str = ""
    lists: list[_List] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    tables: list[bool] = field(default_factory=list)
    link: str | None = None
    linked: int = 0
    line: int = 1
    verbatim: int = 0

    def walk(self, root: Any) -> None:
        """Everything on the page that a reader sees, in order; no call is nested, however deep the page is."""
        skipped = None
        for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event in ("comment", "pi"):
                self.line = max(self.line, _line(element))
                if skipped is None:
                    self.feed(element.tail or "", self.line)
                continue
            if event == "start":
                self.line = max(self.line, _line(element))
                if skipped is None and _unseen(element):
                    skipped = element
                if skipped is None:
                    self._start(element)
                    self.feed(element.text or "", self.line)
                else:
                    self.line += (element.text or "").count("\n")
                continue
            if skipped is None:
                self._end(element)
            elif skipped is element:
                skipped = None
            if skipped is None:
                self.feed(element.tail or "", self.line)
            else:
                self.line += (element.tail or "").count("\n")
        self.flush()

    def feed(self, text: str, line: int) -> None:
        """A run of text that begins in a line of the source; its white space is one space, as a browser shows it."""
        self.line = line
        if not text:
            return
        for index, piece in enumerate(text.split("\n")):
            if index:
                self.line += 1
                self._add("\n" if self.verbatim else " ")
            self._add(piece if self.verbatim else _SPACE.sub(" ", piece))

    def _add(self, piece: str) -> None:
        if self.rows:
            piece = piece.replace("\n", " ")
        if self.verbatim or not self.block or self.block[-1][0].endswith((" ", "\n")):
            piece = piece if self.verbatim else piece.lstrip(" ")
        if piece:
            self.block.append((piece, self.line))

    def _start(self, element: Any) -> None:
        tag = element.tag
        if tag in ("td", "th") and self._in_row():
            self._add_cell()
        elif tag == "br":
            self._trim()
            self.block.append((" " if self._in_row() else "\n", self.line))
        elif tag in _BLOCKS and not self._in_row():
            self.flush()
        elif tag in _BLOCKS:
            self._add(" ")
        if tag == "pre":
            self.verbatim += 1
        elif tag in ("ul", "ol"):
            self.lists.append(_list(element))
        elif tag == "li":
            mark = self.lists[-1].mark(element.get("value")) if self.lists else "- "
            if self._in_row():
                self._add(mark)
            else:
                self.prefix = "  " * (len(self.lists) - 1) + mark
        elif _HEADING.fullmatch(tag):
            self.prefix = "#" * int(tag[1]) + " " if not self._in_row() else ""
        elif tag == "table":
            self.tables.append(_is_data(element))
        elif tag == "tr" and self.tables and self.tables[-1]:
            self.flush()
            self.rows.append(element)
            self.block.append(("| ", self.line))
        elif tag == "a" and element.get("href") is not None:
            self.link, self.linked = _target(element.get("href")), len(self.block)

    def _end(self, element: Any) -> None:
        tag = element.tag
        if tag == "a" and self.link is not None:
            self._close_link()
            self.link = None
        if tag == "tr" and self.rows and self.rows[-1] is element:
            self._trim()
            self.block.append((" |", self.line))
            self.flush(joined=True)
            self.rows.pop()
        elif tag == "table" and self.tables:
            self.tables.pop()
            self.flush()
        elif tag in _BLOCKS and not self._in_row():
            self.flush()
        elif tag in _BLOCKS and tag not in ("td", "th"):
            self._add(" ")
        if tag in ("ul", "ol"):
            self.lists.pop()
        elif tag == "li" or _HEADING.fullmatch(tag):
            self.prefix = ""
        elif tag == "pre":
            self.verbatim -= 1

    def _in_row(self) -> bool:
        return bool(self.rows)

    def _add_cell(self) -> None:
        if len(self.block) > 1:
            self._trim()
            self.block.append((" | ", self.line))

    def _trim(self) -> None:
        while self.block and not self.block[-1][0].rstrip(" "):
            self.block.pop()
        if self.block:
            piece, line = self.block[-1]
            self.block[-1] = (piece.rstrip(" "), line)

    def _close_link(self) -> None:
        """Put the brackets of a link around what was said inside it, so far as that stands in this block."""
        while self.linked < len(self.block) and not self.block[self.linked][0].strip():
            self.linked += 1
        if self.linked < len(self.block):
            self.block.insert(self.linked, ("[", self.block[self.linked][1]))
            spaces = self.block[-1][0].endswith(" ")
            self._trim()
            self.block.append((f"]({self.link})", self.line))
            if spaces:
                self.block.append((" ", self.line))

    def flush(self, prefix: str = "", joined: bool = False) -> None:
        """End the block: what it says goes to the text, a blank line between it and what stands before it.

        The rows of a table follow each other without one. A mark such as `a) ` waits for the first words after it.
        """
        if self.link is not None:
            self._close_link()
        prefix = prefix or self.prefix
        while self.block and not self.block[0][0].strip(" \n"):
            self.block.pop(0)
        while self.block and not self.block[-1][0].strip(" \n"):
            self.block.pop()
        pieces, self.block, self.linked = self.block, [], 0
        if not pieces:
            return
        self.prefix = ""
        if self.parts:
            self._put("\n" if joined and self.parts[-1] == " |" else "\n\n", 0)
        for index, (piece, line) in enumerate(pieces):
            if index == 0:
                piece = prefix + piece.lstrip(" \n")
            if index == len(pieces) - 1:
                piece = piece.rstrip(" \n")
            self._put(piece, line)

    def _put(self, piece: str, line: int) -> None:
        if line and (not self.numbers or self.numbers[-1] != line):
            self.starts.append(self.length)
            self.numbers.append(line)
        self.parts.append(piece)
        self.length += len(piece)


def _line(element: Any) -> int:
    return int(element.sourceline or 1)


def _unseen(element: Any) -> bool:
    """Whether a browser would not show the element, or show it as something to press rather than to read."""
    if element.tag in _DROPPED or element.get("hidden") is not None:
        return True
    if element.tag == "footer" and not any(over.tag in ("main", "article") for over in element.iterancestors()):
        return True  # the foot of the site, and not of the policy
    return _UNSEEN.search(element.get("style") or "") is not None


def _is_data(table: Any) -> bool:
    """Whether a table holds data and not a page: rows of several cells, without headings or tables in them."""
    if next(table.iterdescendants(*_LAYOUT), None) is not None:
        return False
    return any(len(row) > 1 for row in table.iterdescendants("tr"))


def _list(element: Any) -> _List:
    chosen = _STYLE.search(element.get("style") or "")
    style = chosen[1].lower().replace("latin", "alpha") if chosen else ""
    if element.tag == "ul":
        return _List(style or "disc")
    style = style or _STYLES.get(element.get("type") or "", "decimal")
    start = element.get("start") or ""
    backwards = element.get("reversed") is not None
    first = int(start) if re.fullmatch(r"-?\d{1,6}", start) else len(element.findall("li")) if backwards else 1
    return _List(style, first, -1 if backwards else 1)


def _target(href: str) -> str:
    """Where a link leads, as Markdown writes it; nothing when it leads nowhere."""
    href = href.strip()
    if href == "#" or re.match(r"(?:javascript|about|data):", href, re.IGNORECASE):
        return ""
    return re.sub(r"[\s()<>\\]", lambda match: f"%{ord(match[0]):02X}" if ord(match[0]) < 128 else "", href)


def _alphabetic(number: int) -> str:
    word = ""
    while number:
        number, rest = divmod(number - 1, 26)
        word = chr(ord("a") + rest) + word
    return word


def _roman(number: int) -> str:
    word = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        word += letters * min(count, 9)
    return word
