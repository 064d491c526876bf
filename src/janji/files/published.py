"""A published policy text read from a file, as plain text that knows where each character came from."""

from __future__ import annotations

import re
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from janji.documents.tree import MAX_BYTES
from janji.errors import Diagnostic, Invalid, Unavailable
from janji.files.reading import read_file
from janji.terms.messages import N_, Message, say
from janji.terms.places import Place
from janji.terms.processing import Severity

STDIN = Path("-")
SUFFIXES = (".htm", ".html", ".markdown", ".md", ".pdf", ".txt", ".xhtml")
"""The names that a text goes by; what else lies in a folder is passed over."""

_MARKDOWN, _HTML, _PDF = (".md", ".markdown"), (".html", ".htm", ".xhtml"), (".pdf",)
_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_ODD_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})|<\?xml[^>]{0,100}?encoding=[\"']([\w-]{1,40})",
    re.IGNORECASE,
)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32-le"), (b"\x00\x00\xfe\xff", "utf-32-be"),
         (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))  # fmt: skip
_OTHERS = ((b"PK\x03\x04", "ZIP"), (b"\xd0\xcf\x11\xe0", "Office"), (b"{\\rtf", "RTF"))


class Form(StrEnum):
    """What kind of file a text was read from."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each character of a text stood in its file: the line, and the column where that is known.

    For a PDF the number is that of the page. A column of 0 means that only the line (or page) is known.
    """

    starts: array[int]
    numbers: array[int]
    columns: array[int]

    def place(self, offset: int) -> tuple[int, int]:
        """The line (or page) and the column of the character at `offset`, both counted from one."""
        index = max(0, bisect_right(self.starts, offset) - 1)
        column = self.columns[index]
        return self.numbers[index], column + offset - self.starts[index] if column else 0


@dataclass(frozen=True, slots=True)
class Published:
    """A text as it was read. Offsets are into `text`, whose lines all end in a line feed.

    `name` is for messages; `exact` says that the offsets are those of the characters of the file too.
    """

    name: str
    text: str
    form: Form
    lines: Lines
    notes: tuple[Diagnostic, ...] = ()
    exact: bool = False


def texts_in(folder: Path) -> Iterator[Path]:
    """The texts in a folder and the folders below it, in order; names that begin with a dot are passed over."""
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise Unavailable(
            say(N_("`{path}` cannot be read: {problem}"), path=folder, problem=error.strerror),
            say(N_("look at its name and rights")),
        ) from None
    for path in found:
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            yield from texts_in(path)
        elif path.suffix.lower() in SUFFIXES:
            yield path


def read_published(path: Path) -> Published:
    """The text in the file at `path`, or of standard input for `-`.

    Raises `Unavailable` when the file cannot be read, and `Invalid` when there is no text in it that can be read.
    """
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if path == STDIN else read_file(path)
    return publish("stdin" if path == STDIN else str(path), data)


def publish(name: str, data: bytes) -> Published:
    """The text in `data`, which was found under `name`; raises `Invalid` when no text in it can be read."""
    if len(data) > MAX_BYTES:
        raise Invalid(
            say(N_("`{path}` is larger than {limit} MiB"), path=name, limit=MAX_BYTES // 1024 // 1024),
            say(N_("give the policy alone; a policy of this size is more than anybody reads")),
        )
    suffix = Path(name).suffix.lower()
    if data.startswith(b"%PDF-") or (suffix in _PDF and b"%PDF-" in data[:1024]):
        return _from_pdf(name, data)
    for mark, kind in _OTHERS:
        if data.startswith(mark):
            raise Invalid(
                say(N_("`{path}` is a file of the kind {kind}, not a text"), path=name, kind=kind),
                say(N_("save the document as PDF, HTML or plain text and give that")),
            )
    web = _ROOT.match(data[:4096]) is not None or suffix in _HTML
    text, notes = _decode(name, data, web)
    if not web and _ROOT.match(text[:4096].encode("utf-8", "replace")) is not None:
        web = True
    if web:
        return _from_html(name, text, notes)
    form = Form.MARKDOWN if suffix in _MARKDOWN else Form.TEXT
    lined, lines = _lined(text)
    exact = lined == text and not data.startswith(tuple(mark for mark, _ in _BOMS))
    return _finished(Published(name, lined, form, lines, notes, exact))


def _from_pdf(name: str, data: bytes) -> Published:
    from janji.files.pdf import read_pdf

    text, starts, pages = read_pdf(name, data)
    lines = Lines(array("q", starts), array("q", pages), array("q", bytes(8 * len(starts))))
    return _finished(Published(name, text, Form.PDF, lines))


def _from_html(name: str, source: str, notes: tuple[Diagnostic, ...]) -> Published:
    from janji.files.html import read_html

    text, starts, numbers = read_html(name, source)
    lines = Lines(array("q", starts), array("q", numbers), array("q", bytes(8 * len(starts))))
    return _finished(Published(name, text, Form.HTML, lines, notes))


def _finished(published: Published) -> Published:
    """The text with a note on what is hidden in it, if it says anything at all."""
    if not _HIDDEN.sub("", published.text).strip():
        raise Invalid(
            say(N_("`{path}` is empty"), path=published.name), say(N_("give the file that holds the policy's text"))
        )
    hidden = [match.start() for match in _HIDDEN.finditer(published.text)]
    if not hidden:
        return published
    number, column = published.lines.place(hidden[0])
    told = (
        N_("there are characters that nobody sees: {count}; the first is on page {number}")
        if published.form is Form.PDF
        else N_("there are characters that nobody sees: {count}; the first is in line {number}")
    )
    place = Place(published.name) if published.form is Form.PDF else Place(published.name, number, column)
    note = Diagnostic(
        "hidden-characters", Severity.WARNING, say(told, count=len(hidden), number=number), place,
        say(N_("take them out; a reader cannot see them, and words around them are not recognised")),
    )  # fmt: skip
    return replace(published, notes=(*published.notes, note))


def _decode(name: str, data: bytes, web: bool) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text in `data` by its mark, its declaration or its pattern; Windows-1252, with a note, when all else fails."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(name, data[len(mark) :].decode(encoding, "replace")), ()
    encoding = _utf16_by_pattern(data)
    if encoding:
        return _checked(name, data.decode(encoding, "replace")), ()
    try:
        return _checked(name, data.decode("utf-8")), ()
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(data[:4096]) if web else None
    if declared is not None:
        try:
            word = (declared[1] or declared[2]).decode()
            text = data.decode("cp1252" if word.lower() in {"iso-8859-1", "latin1", "us-ascii"} else word, "replace")
            return _checked(name, text), ()
        except (LookupError, ValueError):
            pass
    note = Diagnostic(
        "encoding-guessed", Severity.WARNING,
        say(N_("the text is not UTF-8; it was read as Windows-1252")), Place(name),
        say(N_("save it as UTF-8")),
    )  # fmt: skip
    return _checked(name, data.decode("cp1252", "replace")), (note,)


def _utf16_by_pattern(data: bytes) -> str:
    """UTF-16 without a mark, by the zero bytes that it has for nearly every Latin letter."""
    sample = data[:4096]
    half = len(sample) // 2
    if half < 2 or len(data) % 2:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half and odd < 0.1 * half else ""


def _checked(name: str, text: str) -> str:
    """The text itself, if it is one: hardly any characters that steer a machine, and no zeros."""
    strange = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if "\x00" in text or strange > 4 + len(text) // 100:
        raise not_a_text(name, say(N_("give a text, Markdown, HTML or PDF file")))
    return text


def not_a_text(name: str, help: Message) -> Invalid:
    """The error for a file that no words can be read from."""
    return Invalid(say(N_("`{path}` is not a text"), path=name), help)


def _lined(source: str) -> tuple[str, Lines]:
    """The text with line feeds only, and the line and column of each of its lines in the source.

    Form feeds and other rare breaks end a line of the text, but not one that an editor counts.
    """
    starts, numbers, columns = array("q", [0]), array("q", [1]), array("q", [1])
    number = column = 1
    parts: list[str] = []
    at, done = 0, 0
    if "\r" not in source and _ODD_BREAKS.search(source) is None:
        text = source
        at = text.find("\n")
        while at >= 0:
            number += 1
            starts.append(at + 1)
            numbers.append(number)
            columns.append(1)
            at = text.find("\n", at + 1)
        return text, Lines(starts, numbers, columns)
    for match in _BREAK.finditer(source):
        parts.append(source[done : match.start()])
        at += match.start() - done + 1
        if match[0] in ("\n", "\r", "\r\n"):
            number, column = number + 1, 1
        else:
            column += match.end() - done
        starts.append(at)
        numbers.append(number)
        columns.append(column)
        done = match.end()
    parts.append(source[done:])
    return "\n".join(parts), Lines(starts, numbers, columns)
