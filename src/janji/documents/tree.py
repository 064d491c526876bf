"""YAML bytes to a tree in which every node knows its place; reports every mistake it can, raises for none.

The tree is built from the parser's events, not by composing nodes: composing recurses in C and a text with a
hundred thousand brackets would end the process. Anchors, aliases and tags are refused, so a text can never grow
when it is read ("YAML bombs"), and never asks for a class to be made.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from janji.errors import Diagnostic
from janji.terms.messages import N_, Message, say
from janji.terms.places import Place, Word
from janji.terms.processing import Severity

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 1_000_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class Scalar:
    """One written value. `plain` when it stood without quotes, so that `~` and nothing mean absent."""

    word: Word
    plain: bool

    @property
    def place(self) -> Place:
        """Where the value begins."""
        return self.word.place

    @property
    def absent(self) -> bool:
        """Whether the value is written as nothing."""
        return self.plain and self.word in _NULLS


@dataclass(slots=True)
class Mapping:
    """Keys and values in the order written; a key that stands twice stands twice here too."""

    pairs: list[tuple[Word, Node]]
    place: Place


@dataclass(slots=True)
class Sequence:
    """Items in the order written."""

    items: list[Node]
    place: Place


Node = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Tree:
    """What was understood of one text, and what was wrong with it."""

    root: Node | None
    diagnostics: tuple[Diagnostic, ...] = ()


def read_tree(name: str, data: bytes) -> Tree:
    """The tree of the YAML text `data`, read as the file called `name`.

    Never raises. When the text as a whole cannot be read, `root` is `None` and one diagnostic says why.
    """
    text = _decode(name, data)
    if isinstance(text, Diagnostic):
        return Tree(None, (text,))
    try:
        return Tree(_build(name, text))
    except _Stop as stop:
        return Tree(None, (stop.diagnostic,))
    except yaml.YAMLError as error:
        return Tree(None, (_syntax(name, text, error),))


def _decode(name: str, data: bytes) -> str | Diagnostic:
    if len(data) > MAX_BYTES:
        return _error(
            "too-large",
            say(N_("the file is larger than {limit} MiB"), limit=MAX_BYTES // 1024 // 1024),
            Place(name),
            N_("split it into several files and name them under `include`"),
        )
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _error(
            "not-utf8",
            say(N_("this byte is not UTF-8 text")),
            _at(name, data[: error.start].decode("utf-8")),
            N_("save the file as UTF-8, the whole of it in one encoding"),
        )
    strange = _CONTROL.search(text)
    if strange is not None:
        return _control(strange.group(), _at(name, text[: strange.start()]))
    return text


def _at(name: str, before: str) -> Place:
    """The place after the text `before`, counting lines as YAML does."""
    lines = _BREAK.split(before)
    return Place(name, len(lines), len(lines[-1]) + 1)


def _control(char: str, place: Place) -> Diagnostic:
    return _error(
        "control-character",
        say(N_("there is a control character (code {code}) in the text"), code=ord(char)),
        place,
        N_("remove it; a policy is plain text"),
    )


class _Stop(Exception):
    """Ends the reading of one text with its diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.code)
        self.diagnostic = diagnostic


def _events(text: str) -> Iterator[Any]:
    loader = yaml.CSafeLoader(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _build(name: str, text: str) -> Node | None:
    """Fold the events into nodes with a stack of open collections; `keys` holds the key awaiting its value."""
    root: Node | None = None
    stack: list[Mapping | Sequence] = []
    keys: list[Word | None] = []
    documents = nodes = 0
    node: Node
    for event in _events(text):
        kind = type(event)
        if kind is yaml.ScalarEvent:
            mark = event.start_mark
            place = Place(name, mark.line + 1, mark.column + 1)
            strange = _CONTROL.search(event.value)
            if strange is not None:
                raise _Stop(_control(strange.group(), place))
            node = Scalar(Word(event.value, place), event.implicit[0] and event.style in (None, ""))
        elif kind is yaml.MappingStartEvent:
            node = Mapping([], _place(name, event))
        elif kind is yaml.SequenceStartEvent:
            node = Sequence([], _place(name, event))
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            stack.pop()
            keys.pop()
            continue
        else:
            documents += kind is yaml.DocumentStartEvent
            _refuse_event(name, event, documents)
            continue
        nodes += 1
        if nodes > MAX_NODES:
            raise _Stop(_too_many(node.place))
        if event.anchor is not None or event.tag is not None:
            _refuse_event(name, event, documents)
        if not stack:
            root = node
        else:
            _attach(stack[-1], keys, node)
        if not isinstance(node, Scalar):
            if len(stack) >= MAX_DEPTH:
                raise _Stop(_too_deep(node.place))
            stack.append(node)
            keys.append(None)
    return root


def _attach(parent: Mapping | Sequence, keys: list[Word | None], node: Node) -> None:
    if isinstance(parent, Sequence):
        parent.items.append(node)
        return
    key = keys[-1]
    if key is not None:
        parent.pairs.append((key, node))
        keys[-1] = None
    elif isinstance(node, Scalar):
        keys[-1] = node.word
    else:
        raise _Stop(
            _error(
                "key-not-a-word",
                say(N_("a key must be one word, not a list or a block")),
                node.place,
                N_("put quotes around text that begins with a bracket or a brace"),
            )
        )


def _refuse_event(name: str, event: Any, documents: int) -> None:
    place = _place(name, event)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _Stop(
            _error(
                "alias",
                say(N_("anchors (`&`) and aliases (`*`) are not used in these files")),
                place,
                N_("write the value out, or put quotes around text that begins with `&` or `*`"),
            )
        )
    if getattr(event, "tag", None) is not None and not isinstance(event, yaml.DocumentStartEvent):
        raise _Stop(
            _error(
                "tag",
                say(N_("type tags (`!`) are not used in these files")),
                place,
                N_("remove the tag, or put quotes around text that begins with `!`"),
            )
        )
    if documents > 1:
        raise _Stop(
            _error(
                "two-documents",
                say(N_("a second document begins here (`---`)")),
                place,
                N_("put it into a file of its own and name that file under `include`"),
            )
        )


def _too_many(place: Place) -> Diagnostic:
    return _error(
        "too-many",
        say(N_("there are more than {limit} values in this file"), limit=MAX_NODES),
        place,
        N_("split it into several files and name them under `include`"),
    )


def _too_deep(place: Place) -> Diagnostic:
    return _error(
        "too-deep",
        say(N_("this is nested more than {limit} levels deep"), limit=MAX_DEPTH),
        place,
        N_("a policy needs at most ten levels; look for brackets that are not closed"),
    )


def _syntax(name: str, text: str, error: yaml.YAMLError) -> Diagnostic:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = Place(name, mark.line + 1, mark.column + 1) if mark is not None else Place(name)
    place = min(place, _at(name, text.rstrip("\r\n")))
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    return _error(
        "yaml-syntax",
        say(N_("this is not valid YAML: {problem}"), problem=problem),
        place,
        N_("look at this line and the one before it: indentation, a missing colon, an unclosed quote or bracket"),
    )


def _place(name: str, event: Any) -> Place:
    mark = event.start_mark
    return Place(name, mark.line + 1, mark.column + 1) if mark is not None else Place(name)


def _error(code: str, message: Message, place: Place, help: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, place, say(help))
