"""Small edits of a YAML text: one value, key or entry changed, every other byte and comment left as it was.

An edit that would swallow a comment, or that meets a form it does not know, is not made: `Refused` says where.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from janji.documents.tree import _BREAK
from janji.documents.writing import flow
from janji.documents.writing import key as written_key
from janji.terms.places import Place


@dataclass(frozen=True, slots=True)
class Anchor:
    """A block of keys in a text: the one that stands under the name at `place`, or, unnamed, the one that begins there."""

    place: Place
    named: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done at a block: the value under `keys` (one, or one in another) set to `value`, or taken out.

    Without `keys` the block itself is taken out, with the name that it stands under. With `append`, `value` is put at the end
    of the list under the key, which is begun where there is none. With `item`, the first entry of the list under the key in
    which that name has that word is taken out, and with the last one the key.
    """

    anchor: Anchor
    keys: tuple[str, ...]
    value: object = None
    remove: bool = False
    append: bool = False
    item: tuple[str, str] | None = None


class Refused(Exception):
    """An edit that cannot be made without touching what does not belong to it."""

    def __init__(self, place: Place) -> None:
        super().__init__(str(place))
        self.place = place


@dataclass(slots=True)
class _Span:
    """A node of the text from `start` up to `end`; of a block, what its keys and values span."""

    start: int
    end: int
    kind: str
    flow: bool = False
    style: str = ""
    pairs: list[tuple[_Span, _Span]] = field(default_factory=list)
    items: list[_Span] = field(default_factory=list)
    word: str = ""

    def get(self, key: str) -> tuple[_Span, _Span] | None:
        return next((pair for pair in self.pairs if pair[0].word == key), None)


def apply(name: str, text: str, edits: list[Edit]) -> str:
    """The text of the file `name` with the edits made, those furthest down first, so that no anchor moves.

    Raises `Refused` when one of them cannot be made safely. The caller reads the result again and compares.
    """
    for edit in sorted(edits, key=lambda item: item.anchor.place, reverse=True):
        text = _Editing(name, text).make(edit)
    return text


def add_lines(name: str, text: str, section: str, lines: list[str]) -> str:
    """The text with lines put at the end of the block of a section, indented as what stands there; begun if it is not there.

    Raises `Refused` when something other than a block stands under the section's name.
    """
    return _Editing(name, text).add_lines(section, lines)


def add_entry(name: str, text: str, section: str, entry: str, values: dict[str, object]) -> str:
    """The text with one more entry at the end of a section, which is begun at the end of the file if it is not there."""
    return _Editing(name, text).add(section, entry, values)


class _Editing:
    """One edit of one text."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.line_end = "\r\n" if "\r\n" in text else "\n"
        self.scalars: list[_Span] = []
        self.root = _read(text, self.scalars)

    def make(self, edit: Edit) -> str:
        if not edit.keys:
            return self._remove(*self._holder(edit.anchor.place))
        block = self._find(edit.anchor)
        key, *inner = edit.keys
        if inner:
            held = block.get(key)
            if held is None or held[1].kind != "map":
                raise Refused(edit.anchor.place)
            block, key = held[1], inner[0]
        if edit.append:
            return self._append(block, key, edit.value)
        if edit.item is not None:
            return self._take_out(block, key, *edit.item)
        return self._remove(block, key) if edit.remove else self._set(block, key, edit.value)

    def add_lines(self, section: str, lines: list[str]) -> str:
        held = self.root.get(section)
        if held is None:
            gap = "" if self.text.endswith("\n") or not self.text else self.line_end
            return self.text + gap + self.line_end.join([f"{section}:", *(f"  {line}" for line in lines)]) + self.line_end
        key, block = held
        if block.kind == "map" and not block.flow and block.pairs:
            margin = " " * self._column(block.pairs[0][0].start)
            return self._below(block.end, [f"{margin}{line}" for line in lines])
        if block.pairs or block.items or (block.kind == "scalar" and block.end > block.start):
            raise Refused(self._place(key.start))
        at = self.text.index(":", key.end) + 1
        self._no_comment(at, block.end)
        cut = self.text[:at] + self.text[max(at, block.end) :]
        return self._below(at, [f"  {line}" for line in lines], cut)

    def add(self, section: str, entry: str, values: dict[str, object]) -> str:
        held = self.root.get(section)
        if held is None:
            if self.root.flow:
                raise Refused(Place(self.name, 1, 1))
            gap = "" if self.text.endswith("\n") or not self.text else self.line_end
            lines = ["", f"{section}:", f"  {entry}:", *(f"    {key}: {flow(value)}" for key, value in values.items())]
            return self.text + gap + self.line_end.join(lines) + self.line_end
        key, block = held
        if block.kind == "map" and block.flow and block.pairs:
            return self._into_flow(block, f"{entry}: {flow(values)}")
        if block.kind == "map" and not block.flow:
            margin = self._column(block.pairs[0][0].start)
            return self._below(block.end, self._entry(margin, entry, values))
        if block.pairs or block.items or (block.kind == "scalar" and block.end > block.start):
            raise Refused(self._place(key.start))
        at = self.text.index(":", key.end) + 1
        if "#" in self.text[at : block.end]:
            raise Refused(self._place(key.start))
        cut = self.text[:at] + self.text[max(at, block.end) :]
        return self._below(at, self._entry(2, entry, values), cut)

    def _entry(self, margin: int, entry: str, values: dict[str, object]) -> list[str]:
        before = " " * margin
        return [f"{before}{entry}:", *(f"{before}  {key}: {flow(value)}" for key, value in values.items())]

    def _set(self, block: _Span, key: str, value: object) -> str:
        held = block.get(key)
        if held is None:
            return self._insert(block, key, value)
        name, old = held
        if old.kind == "scalar":
            header = self.text[old.start : old.end].split("\n")[0]
            if old.style in ("|", ">") and "#" in header:
                raise Refused(self._place(old.start))
            gap = " " if old.start == old.end else ""
            return self.text[: old.start] + gap + flow(value) + self.text[old.end :]
        at = self.text.index(":", name.end) + 1
        self._no_comment(at, old.end)
        start = old.start if old.flow else at
        return self.text[:start] + ("" if old.flow else " ") + flow(value) + self.text[old.end :]

    def _append(self, block: _Span, key: str, value: object) -> str:
        held = block.get(key)
        if held is None:
            return self._insert(block, key, [value])
        old = held[1]
        if old.kind != "list":
            raise Refused(self._place(held[0].start))
        if old.flow:
            at = old.items[-1].end if old.items else old.start + 1
            return self.text[:at] + (", " if old.items else "") + flow(value) + self.text[at:]
        mark = self.text.rfind("-", 0, old.items[-1].start)
        return self._below(old.end, [" " * self._column(mark) + f"- {flow(value)}"])

    def _insert(self, block: _Span, key: str, value: object) -> str:
        pair = f"{written_key(key)}: {flow(value)}"
        if block.kind != "map" or (not block.flow and not block.pairs):
            raise Refused(self._place(block.start))
        if block.flow:
            return self._into_flow(block, pair)
        return self._below(block.end, [" " * self._column(block.pairs[0][0].start) + pair])

    def _into_flow(self, block: _Span, pair: str) -> str:
        if not block.pairs:
            return self.text[: block.start + 1] + pair + self.text[block.end - 1 :]
        at = block.pairs[-1][1].end
        return self.text[:at] + f", {pair}" + self.text[at:]

    def _below(self, at: int, lines: list[str], text: str | None = None) -> str:
        """Lines put under the line that `at` stands in, of which nothing but a comment may follow."""
        text = self.text if text is None else text
        stop = text.find("\n", at)
        rest = text[at : stop if stop >= 0 else len(text)].strip()
        if rest and not rest.startswith("#"):
            raise Refused(self._place(at))
        written = self.line_end.join(lines) + self.line_end
        if stop < 0:
            return text + self.line_end + written
        return text[: stop + 1] + written + text[stop + 1 :]

    def _remove(self, block: _Span, key: str) -> str:
        held = block.get(key)
        if held is None:
            raise Refused(self._place(block.start))
        name, value = held
        number = next(index for index, pair in enumerate(block.pairs) if pair is held)
        self._no_comment(name.start, value.end)
        if len(block.pairs) == 1:
            if block.flow:
                return self.text[: block.start] + "{}" + self.text[block.end :]
            above = self.text.rfind(":", 0, block.start) + 1
            self._no_comment(above, block.end)
            return self.text[:above] + " {}" + self.text[block.end :]
        if block.flow and number == 0:
            after = block.pairs[1][0].start
            self._no_comment(name.start, after)
            return self.text[: name.start] + self.text[after:]
        if block.flow:
            before = block.pairs[number - 1][1].end
            self._no_comment(before, value.end)
            return self.text[:before] + self.text[value.end :]
        start, stop = self.text.rfind("\n", 0, name.start) + 1, self.text.find("\n", value.end)
        stop = len(self.text) if stop < 0 else stop
        if self.text[start : name.start].strip() or self.text[value.end : stop].strip():
            raise Refused(self._place(name.start))
        return self.text[:start] + self.text[stop + 1 :]

    def _take_out(self, block: _Span, key: str, name: str, word: str) -> str:
        held = block.get(key)
        items = [] if held is None else held[1].items
        number = next((at for at, one in enumerate(items) for pair in (one.get(name),) if pair is not None and pair[1].word == word), None)
        if held is None or number is None:
            raise Refused(self._place(block.start))
        if len(items) == 1:
            return self._remove(block, key)
        item = items[number]
        if held[1].flow:
            start, stop = (item.start, items[1].start) if number == 0 else (items[number - 1].end, item.end)
            self._no_comment(start, stop)
            return self.text[:start] + self.text[stop:]
        self._no_comment(item.start, item.end)
        start, stop = self.text.rfind("\n", 0, item.start) + 1, self.text.find("\n", item.end)
        stop = len(self.text) if stop < 0 else stop
        if self.text[start : item.start].strip() != "-" or self.text[item.end : stop].strip():
            raise Refused(self._place(item.start))
        return self.text[:start] + self.text[stop + 1 :]

    def _find(self, anchor: Anchor) -> _Span:
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            if not anchor.named and node.kind == "map" and self._place(node.start) == anchor.place:
                return node
            for name, value in node.pairs:
                if anchor.named and self._place(name.start) == anchor.place:
                    if value.kind != "map":
                        raise Refused(anchor.place)
                    return value
                waiting.append(value)
            waiting += node.items
        raise Refused(anchor.place)

    def _holder(self, place: Place) -> tuple[_Span, str]:
        """The block in which a name stands at `place`, and that name."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            for name, value in node.pairs:
                if node is not self.root and self._place(name.start) == place:
                    return node, name.word
                waiting.append(value)
            waiting += node.items
        raise Refused(place)

    def _no_comment(self, start: int, end: int) -> None:
        """Refuse when a comment stands between: a `#` that belongs to no scalar."""
        for at in range(start, end):
            if self.text[at] == "#" and not any(span.start <= at < span.end for span in self.scalars):
                raise Refused(self._place(at))

    def _column(self, at: int) -> int:
        before = self.text[self.text.rfind("\n", 0, at) + 1 : at]
        if before.strip():
            raise Refused(self._place(at))
        return len(before)

    def _place(self, at: int) -> Place:
        lines = _BREAK.split(self.text[:at])
        return Place(self.name, len(lines), len(lines[-1]) + 1)


def _read(text: str, scalars: list[_Span]) -> _Span:
    """The spans of a text that is known to be sound YAML without anchors, tags and further documents."""
    loader = yaml.CSafeLoader(text)
    stack: list[tuple[_Span, list[_Span]]] = []
    root = _Span(0, 0, "scalar")
    try:
        while loader.check_event():
            event: Any = loader.get_event()
            kind = type(event)
            span: _Span
            if kind is yaml.ScalarEvent:
                start, end = event.start_mark.index, event.end_mark.index
                end = start + len(text[start:end].rstrip()) if event.style in ("|", ">") else end
                span = _Span(start, end, "scalar", style=event.style or "", word=event.value)
                scalars.append(span)
            elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
                form = "map" if kind is yaml.MappingStartEvent else "list"
                stack.append((_Span(event.start_mark.index, 0, form, bool(event.flow_style)), []))
                continue
            elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                span, parts = stack.pop()
                if span.kind == "map":
                    span.pairs = list(zip(parts[::2], parts[1::2], strict=True))
                else:
                    span.items = parts
                span.end = event.end_mark.index if span.flow or not parts else parts[-1].end
            else:
                continue
            if stack:
                stack[-1][1].append(span)
            else:
                root = span
    finally:
        loader.dispose()
    return root
