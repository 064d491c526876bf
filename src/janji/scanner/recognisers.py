"""Recognisers: the kinds that are shipped, and those that a company writes itself as data, read and made ready."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from janji.documents.shapes import Field, Line, ListOf, MapOf, OneOf, Prose, Reader, Record, Schema
from janji.documents.tree import read_tree
from janji.errors import Diagnostic
from janji.scanner import checks
from janji.scanner.folding import BARRIER, before, fold
from janji.scanner.matches import Found, Kind, Sign
from janji.terms.messages import N_, say
from janji.terms.places import NOWHERE, Place, Word
from janji.terms.texts import Text

SHIPPED: tuple[Kind, ...] = tuple(Kind)
"""Every kind that is known without being told."""
LONGEST = 500
"""A pattern has at most so many characters."""
_BEFORE = 64


class Check(StrEnum):
    """What the digits of a match must also pass."""

    LUHN = "luhn"
    MOD_97 = "mod-97"


_CHECKS = {Check.LUHN: checks.luhn, Check.MOD_97: checks.mod_97}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recogniser:
    """A recogniser of a company's own: what it is called, what it looks for, and how sure a match is.

    `words` before a match raise `confidence` half way to 1. The pattern sees folded text and has an end.
    """

    id: str
    pattern: str
    label: Text
    confidence: float = 0.8
    words: tuple[str, ...] = ()
    check: Check | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file of recognisers as it stands."""

    recognisers: dict[str, Recogniser] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class _Share(Line):
    """A number from 0 to 1."""

    expects = N_("write a number from 0 to 1, such as `0.8`")

    def convert(self, word: Word, reader: Reader) -> Any:
        if re.fullmatch(r"0(\.[0-9]{1,4})?|1(\.0{1,4})?", word.strip()) is None:
            reader.error("bad-share", say(N_("this is not a number from 0 to 1")), word.place, say(self.expects))
            return None
        return float(word)

    def schema(self, defs: dict[str, Schema]) -> Schema:
        return {**super().schema(defs), "type": "number", "minimum": 0, "maximum": 1}


@dataclass(frozen=True)
class _Pattern(Line):
    """A regular expression in ASCII without repetitions that have no end, anchors, look-around and back references."""

    expects = N_("write a pattern as in `MBR-[0-9]{{8}}`")

    def convert(self, word: Word, reader: Reader) -> Any:
        line = super().convert(word, reader)
        if line is None:
            return None
        problem = _problem(str(line))
        if problem is None:
            return str(line)
        reader.error("bad-pattern", say(problem), word.place, say(self.expects))
        return None


_RECOGNISER = Record("Recogniser", Recogniser, {
    "pattern": Field(_Pattern(), "what it looks like: a regular expression, with an end to every repetition", required=True),
    "label": Field(Prose(), "what it is called where it was found", required=True),
    "confidence": Field(_Share(), "how sure a match is, from 0 to 1"),
    "words": Field(ListOf(Line()), "words before a match that make it surer"),
    "check": Field(OneOf(Check), "what its digits must pass too"),
})  # fmt: skip

RECOGNISERS = Record("Recognisers", Written, {
    "recognisers": Field(MapOf(_RECOGNISER), "the recognisers, by the kind that their matches get", required=True),
})  # fmt: skip


def read_recognisers(files: Iterable[tuple[str, bytes]]) -> tuple[tuple[Recogniser, ...], tuple[Diagnostic, ...]]:
    """The recognisers written in YAML files (name and bytes each), and what is wrong with them.

    One without a pattern that can be used is left out.
    """
    reader = Reader()
    found: dict[str, Recogniser] = {}
    for name, data in files:
        tree = read_tree(name, data)
        reader.diagnostics.extend(tree.diagnostics)
        written = RECOGNISERS.read(tree.root, reader) if tree.root is not None else None
        for id, recogniser in (written.recognisers if written is not None else {}).items():
            if id in found or id in set(Kind):
                reader.error(
                    "taken-name", say(N_("`{id}` is a recogniser already"), id=id), recogniser.place,
                    say(N_("give it another name")),
                )  # fmt: skip
            else:
                found[id] = recogniser
    return tuple(found.values()), tuple(reader.diagnostics)


_ENDLESS = N_("this pattern repeats without an end")
_ANCHORED = N_("this pattern is tied to the beginning or the end of the text")
_UNREADABLE = N_("this is not a regular expression")
_LOOKS = N_("this pattern looks around or back, which takes more than one look at a text")


def _problem(pattern: str) -> str | None:
    """What keeps a pattern from being used, as a message id, or nothing."""
    if len(pattern) > LONGEST:
        return N_("this pattern is too long")
    if not pattern.isascii() or not pattern.isprintable():
        return N_("this pattern holds characters that are not ASCII; text is searched without accents and in plain digits")
    bare = re.sub(r"\\[QE]", "^", pattern)
    anchored = re.search(r"\\[AzZ]", bare)
    if re.search(r"\(\?(?!:|i:)|\\[1-9]", bare):
        return _LOOKS
    bare = re.sub(r"\\.", "_", bare)
    bare = re.sub(r"\[\^?\]?(?:\[:[a-z^]+:\]|[^\]])*\]", "_", bare)
    if anchored or "^" in bare or "$" in bare:
        return _ANCHORED
    if "*" in bare or "+" in bare or re.search(r"\{[0-9]*,\}", bare):
        return _ENDLESS
    try:
        ready = made_ready(pattern.encode())
    except ValueError:
        return _UNREADABLE
    return N_("this pattern finds what is empty") if ready.search(b"") is not None else None


def made_ready(pattern: bytes) -> Any:
    """A pattern over folded text made ready: by rurex, whose time is linear in the text, or by `re` where that is not installed.

    Both give the same matches. Raises `ValueError` for what is no pattern.
    """
    try:
        import rurex as engine
    except ImportError:
        return made_ready_slowly(pattern)
    try:
        return engine.compile(pattern)
    except (engine.error, OverflowError, RecursionError):
        raise ValueError from None


def made_ready_slowly(pattern: bytes) -> Any:
    """A pattern made ready by `re`; raises `ValueError` for what is no pattern."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        raise ValueError from None


@dataclass(frozen=True, slots=True)
class Ready:
    """A recogniser made ready: its pattern, its words in lower case, its check, and what a match means."""

    pattern: Any
    words: tuple[bytes, ...]
    check: Check | None
    plain: Sign
    raised: Sign


def ready_recogniser(written: Recogniser) -> Ready:
    """A recogniser made ready; raises `ValueError` for a pattern that cannot be used."""
    problem = _problem(written.pattern)
    if problem is not None:
        raise ValueError(problem)
    raised = written.confidence + (1 - written.confidence) / 2
    return Ready(
        made_ready(written.pattern.encode()),
        tuple(fold(word).text.lower().encode("latin-1") for word in written.words),
        written.check,
        Sign(written.id, written.confidence, say(N_("the form of {label}"), label=written.label)),
        Sign(written.id, raised, say(N_("the form of {label}; a word beside it says so"), label=written.label)),
    )


def find_own(ready: Ready, text: bytes, low: bytes, bounds: Mapping[int, int]) -> list[Found]:
    """What a company's own recogniser finds in a folded text; `bounds` has where each of several texts begins and ends."""
    hits = [hit.span() for hit in ready.pattern.finditer(text)]
    barrier = BARRIER.encode()
    if any(barrier in text[start:end] for start, end in hits):
        hits = [
            (first + start, first + end)
            for first, last in bounds.items()
            for start, end in (hit.span() for hit in ready.pattern.finditer(text[first:last]))
        ]
    found: list[Found] = []
    for start, end in hits:
        if start == end or _inside(text, start, end):
            continue
        if ready.check is not None:
            digits = bytes(byte for byte in text[start:end] if 48 <= byte < 58)
            if not digits or not _CHECKS[ready.check](digits):
                continue
        around = before(low, start, _BEFORE) if ready.words else b""
        found.append((start, end, ready.raised if any(word in around for word in ready.words) else ready.plain))
    return found


def _inside(text: bytes, start: int, end: int) -> bool:
    """Whether a match begins or ends in the middle of a word or number."""
    return (text[start - 1 : start + 1].isalnum() and start > 0) or (end < len(text) and text[end - 1 : end + 1].isalnum())
