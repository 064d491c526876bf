"""An entry of a policy as a form: its fields as they are written, and what was typed as edits of the text, with each finding beside its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from janji.documents import shapes
from janji.documents.edits import Anchor, Edit
from janji.documents.shapes import MapOf, Prose, Record, Shape
from janji.documents.tree import _CONTROL, Node, Scalar
from janji.documents.tree import Mapping as Block
from janji.documents.tree import Sequence as Row
from janji.errors import Diagnostic
from janji.law.model import LawPack
from janji.policy.format import LAW, POLICY
from janji.policy.model import Policy
from janji.terms.messages import N_, Message, say
from janji.terms.periods import parse_period
from janji.terms.places import Place
from janji.terms.texts import Text
from janji.terms.words import for_period
from janji.versions.fields import EVERY, FIELDS
from janji.versions.words import plain, word

MOST_CHOICES = 200
"""Names that are ticked in a list; of more, the names are typed."""
PARTS = ("controller", "children", "training")
"""Entries that stand in a section of their own, and have no name."""
WHOLE = "policy"
"""The first file's own words: version, day, title, languages."""
LABELS = {
    "officer": N_("The data protection officer"), "assessment": N_("The weighing of interests"), "impact": N_("The impact assessment"),
    "automated": N_("The decision by a machine alone"), "agreement": N_("The agreement with it"), "fields": N_("What people are told"),
}  # fmt: skip
"""What the parts of entries are called."""
OF_WHOLE = ("version", "effective", "title", "languages")


class Kind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"
    CHOICE = "choice"
    CHOICES = "choices"
    PERIOD = "period"
    DAY = "day"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be chosen, and what people call it."""

    value: str
    words: Text | Message


@dataclass(frozen=True, slots=True)
class Input:
    """One field: where it stands in the entry, how it is filled in, what it is called and about, and what is written (a list a line each)."""

    path: tuple[str, ...]
    kind: Kind
    label: str
    about: str
    required: bool = False
    language: str = ""
    value: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def name(self) -> str:
        """Its name in a form."""
        return ":".join(self.path)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together: those of the entry itself (no path), or of a part of it, with what that is called."""

    path: tuple[str, ...]
    label: str
    inputs: tuple[Input, ...]
    written: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """An entry as a form; `unshown` are its keys that no form shows."""

    groups: tuple[Group, ...]
    unshown: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Every field."""
        return tuple(held for group in self.groups for held in group.inputs)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry in the text: the file, the name that it stands under (none for what is the first file's own), and what stands there."""

    file: str
    node: Node | None
    place: Place
    named: bool = True

    @property
    def anchor(self) -> Anchor:
        """Where edits of it are made."""
        return Anchor(self.place, self.named)


@dataclass(frozen=True, slots=True)
class _Making:
    """What fields are made with: the languages that texts are written in, and the names that can be chosen."""

    languages: tuple[str, ...]
    policy: Policy
    law: LawPack


def record_of(section: str) -> Record | None:
    """How the entries of a section are written; `None` for a section that has no forms."""
    if section == WHOLE:
        return Record("Policy", POLICY.make, {key: POLICY.fields[key] for key in OF_WHOLE})
    held = POLICY.fields.get(section)
    shape = held.shape if held is not None else None
    if section in PARTS:
        return shape if isinstance(shape, Record) else None
    return shape.item if isinstance(shape, MapOf) and isinstance(shape.item, Record) else None


def sections() -> tuple[str, ...]:
    """Every section that has entries of its own name, in the order of the format."""
    return tuple(key for key in POLICY.fields if key not in PARTS and key != WHOLE and record_of(key) is not None)


def find(roots: Mapping[str, Node | None], first: str, section: str, name: str = "") -> Found | None:
    """Where an entry stands in the files of a policy, by their trees; `None` when it does not."""
    for file, root in roots.items():
        if not isinstance(root, Block):
            continue
        if section == WHOLE:
            if file == first:
                return Found(file, root, root.place, named=False)
            continue
        for key, value in root.pairs:
            if key != section:
                continue
            if section in PARTS:
                return Found(file, value, key.place)
            for entry, node in value.pairs if isinstance(value, Block) else ():
                if entry == name:
                    return Found(file, node, entry.place)
    return None


def sheet(section: str, node: Node | None, policy: Policy, law: LawPack) -> Sheet:
    """The form of an entry as it is written; of a new one without a node."""
    record = record_of(section)
    if record is None:
        raise ValueError(section)
    making = _Making(_languages(policy), policy, law)
    groups: list[Group] = []
    unshown = list(_groups(record, node, (), "", making, groups))
    return Sheet(tuple(groups), tuple(unshown))


def _languages(policy: Policy) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*map(str, policy.languages), *policy.title.languages])) or ("",)


def _groups(record: Record, node: Node | None, path: tuple[str, ...], label: str, making: _Making, into: list[Group]) -> Iterator[str]:
    """The groups of a record put into a list, its own first; gives the keys that no form shows."""
    inputs: list[Input] = []
    place = len(into)
    for key, known in record.fields.items():
        at, held = (*path, key), child(node, key)
        shape = known.shape
        if isinstance(shape, Record):
            yield from _groups(shape, held, at, LABELS.get(key, key), making, into)
        elif isinstance(shape, MapOf) and isinstance(shape.item, Prose):
            known_texts = making.law.notice_fields
            names = dict.fromkeys([*(str(one) for one, _ in _pairs(held)), *known_texts])
            texts = [found for name in names for found in _texts((*at, name), str(name), known_texts[name].title.get("en") if name in known_texts else "", False, child(held, name), making)]
            into.append(Group(at, LABELS[key], tuple(texts), held is not None))
        elif isinstance(shape, MapOf):
            if held is not None:
                yield ".".join(at)
        elif isinstance(shape, Prose):
            inputs += _texts(at, _said(record, key, known.attribute), known.about, known.required, held, making)
        else:
            inputs.append(_input(at, _said(record, key, known.attribute), known, held, making))
    into.insert(place, Group(path, label, tuple(inputs), node is not None))


def _said(record: Record, key: str, attribute: str) -> str:
    name = attribute or key.replace("-", "_")
    made: Any = record.make
    said = FIELDS.get(made, {}).get(name) or EVERY.get(name)
    return said.label if said is not None else key


def _texts(at: tuple[str, ...], label: str, about: str, required: bool, node: Node | None, making: _Making) -> list[Input]:
    """A text in each language that it is written in, and in each that the policy has."""
    if isinstance(node, Scalar) and not node.absent:
        return [Input((*at, "-"), Kind.TEXT, label, about, required, "", str(node.word))]
    held = {str(key): _word(value) for key, value in _pairs(node)}
    return [Input((*at, language or "-"), Kind.TEXT, label, about, required, language, held.get(language, "")) for language in dict.fromkeys([*held, *making.languages])]


def _input(at: tuple[str, ...], label: str, known: shapes.Field, node: Node | None, making: _Making) -> Input:
    kind, choices = _filled(known.shape, making)
    value = "\n".join(_word(item) for item in node.items) if isinstance(node, Row) else _word(node)
    missing = [Choice(one, plain(one)) for one in value.split("\n") if one and choices and one not in {choice.value for choice in choices}]
    return Input(at, kind, label, known.about, known.required, "", value, (*choices, *missing))


def _filled(shape: Shape, making: _Making) -> tuple[Kind, tuple[Choice, ...]]:
    if isinstance(shape, shapes.ListOf):
        kind, choices = _filled(shape.item, making)
        return (Kind.CHOICES, choices) if kind is Kind.CHOICE and 0 < len(choices) <= MOST_CHOICES else (Kind.LINES, ())
    if isinstance(shape, shapes.Ref):
        if shape.section == "clauses":
            return Kind.LINE, ()
        named = shape.section.startswith(LAW)
        rules: Mapping[str, Any] = getattr(making.law if named else making.policy, shape.section.removeprefix(LAW))
        return Kind.CHOICE, tuple(Choice(str(name), getattr(rule, "title", None) or plain(name)) for name, rule in rules.items())
    if isinstance(shape, shapes.OneOf):
        return Kind.CHOICE, tuple(Choice(str(one), word(one)) for one in shape.words)
    if isinstance(shape, shapes.Flag):
        return Kind.CHOICE, (Choice("true", say(N_("yes"))), Choice("false", say(N_("no"))))
    kinds: dict[type, Kind] = {shapes.Day: Kind.DAY, shapes.Length: Kind.PERIOD, shapes.Count: Kind.NUMBER}
    return kinds.get(type(shape), Kind.LINE), ()


def child(node: Node | None, key: str) -> Node | None:
    """What stands under a key of a block; `None` for what is none, and for what is written as nothing."""
    return next((value for name, value in _pairs(node) if name == key and not (isinstance(value, Scalar) and value.absent)), None)


def _pairs(node: Node | None) -> Sequence[tuple[Any, Node]]:
    return node.pairs if isinstance(node, Block) else ()


def _word(node: Node | None) -> str:
    return str(node.word) if isinstance(node, Scalar) and not node.absent else ""


_SPOKEN = re.compile(r"([0-9]{1,6})\s*(years?|yrs?|tahun|thn|months?|bulan|bln|weeks?|minggu|pekan|days?|hari|hours?|jam)", re.IGNORECASE)
_UNITS = {"y": "Y", "tah": "Y", "thn": "Y", "m": "M", "bul": "M", "bln": "M", "w": "W", "min": "W", "pek": "W", "d": "D", "har": "D", "h": "H", "jam": "H"}


def period_of(text: str) -> str:
    """A length of time that was typed in words (`5 years and 6 months`, `90 hari`) as a policy writes it; anything else as it is."""
    found = _SPOKEN.findall(text)
    rest = re.sub(r"\b(?:and|dan|lebih)\b|[\s,+]", "", _SPOKEN.sub("", text), flags=re.IGNORECASE)
    if not found or rest:
        return text.upper() if parse_period(text.upper()) is not None else text
    counted: dict[str, int] = {}
    for count, unit in found:
        lower = unit.lower()
        letter = _UNITS.get(lower[:3]) or _UNITS[lower[0]]
        if letter in counted:
            return text
        counted[letter] = int(count)
    head = "".join(f"{counted[letter]}{letter}" for letter in "YMWD" if letter in counted)
    return f"P{head}" + (f"T{counted['H']}H" if "H" in counted else "")


def spoken(value: str) -> Text | Message:
    """A period in words; what is none as it is written."""
    period = parse_period(value)
    return for_period(period) if period is not None else plain(value)


def cleaned(held: Input, typed: str) -> str:
    """What was typed as the policy would write it: no space around it, lists without empty lines, periods as `P5Y`."""
    text = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    if held.kind in (Kind.LINES, Kind.CHOICES):
        return "\n".join(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))
    if held.kind is not Kind.PERIOD:
        return text
    period = parse_period(period_of(text))
    return text if period is None else str(period)


def strange(inputs: Iterable[Input], typed: Mapping[str, str]) -> dict[str, Message]:
    """Fields with signs that no policy may hold, by name."""
    return {held.name: say(N_("there is a control character in the text; type it again")) for held in inputs if _CONTROL.search(typed.get(held.name, ""))}


def changed(inputs: Iterable[Input], typed: Mapping[str, str]) -> dict[str, str]:
    """The fields that would be written otherwise, by name; a field that was not sent stays."""
    found = {held.name: _in_order(held, cleaned(held, typed[held.name])) for held in inputs if held.name in typed}
    return {held.name: found[held.name] for held in inputs if held.name in found and found[held.name] != cleaned(held, held.value)}


def _in_order(held: Input, text: str) -> str:
    """What was ticked in the order in which it is written, what is new after it: the order of boxes says nothing."""
    if held.kind is not Kind.CHOICES:
        return text
    ticked, written = text.split("\n"), cleaned(held, held.value).split("\n")
    return "\n".join([*(one for one in written if one in ticked), *(one for one in ticked if one not in written)])


def edits(found: Found, form: Sheet, wanted: Mapping[str, str]) -> list[Edit]:
    """The edits that write the wanted values (as `changed` gives them) into an entry that is there."""
    made: list[Edit] = []
    for group in form.groups:
        if not any(held.name in wanted for held in group.inputs):
            continue
        after = {held.name: wanted.get(held.name, cleaned(held, held.value)) for held in group.inputs}
        if group.path and not any(after.values()):
            made.append(Edit(found.anchor, group.path, remove=True))
        elif group.path and not group.written:
            made.append(Edit(found.anchor, group.path, _values(group, after)))
        else:
            made += _group_edits(found, group, wanted, after)
    return made


def values(form: Sheet, wanted: Mapping[str, str]) -> dict[str, object]:
    """A new entry as `documents.edits.add_entry` takes it."""
    made: dict[str, object] = {}
    for group in form.groups:
        held = _values(group, wanted)
        if group.path and held:
            made[group.path[-1]] = held
        elif not group.path:
            made |= held
    return made


def _group_edits(found: Found, group: Group, wanted: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Edit]:
    """The edits of the fields of one block that is there."""
    anchor, block = found.anchor, found.node
    for key in group.path:
        name, block = next((name, value) for name, value in _pairs(block) if name == key)
        anchor = Anchor(name.place, True)
    for key, inputs in _by_key(group).items():
        if not any(held.name in wanted for held in inputs):
            continue
        whole = _value(inputs, after)
        if whole is None:
            yield Edit(anchor, (key,), remove=True)
        elif isinstance(child(block, key), Block):
            for held in inputs:
                if held.name in wanted:
                    yield Edit(anchor, (key, held.language), after[held.name], remove=not after[held.name])
        else:
            yield Edit(anchor, (key,), whole)


def _values(group: Group, typed: Mapping[str, str]) -> dict[str, object]:
    found = {key: _value(inputs, typed) for key, inputs in _by_key(group).items()}
    return {key: value for key, value in found.items() if value is not None}


def _by_key(group: Group) -> dict[str, list[Input]]:
    found: dict[str, list[Input]] = {}
    for held in group.inputs:
        found.setdefault(held.path[len(group.path)], []).append(held)
    return found


def _value(inputs: Sequence[Input], typed: Mapping[str, str]) -> object:
    """What stands under one key, as YAML values; `None` for nothing."""
    if inputs[0].kind is Kind.TEXT and inputs[0].language:
        return {held.language: typed[held.name] for held in inputs if typed.get(held.name)} or None
    held, text = inputs[0], typed.get(inputs[0].name, "")
    if not text:
        return None
    if held.kind in (Kind.LINES, Kind.CHOICES):
        return tuple(_number(line) for line in text.split("\n"))
    if {choice.value for choice in held.choices} == {"true", "false"} and text in ("true", "false"):
        return text == "true"
    return _number(text) if held.kind is Kind.NUMBER else text


def _number(text: str) -> int | str:
    return int(text) if re.fullmatch("0|[1-9][0-9]{0,6}", text) else text


def beside(found: Found, roots: Mapping[str, Node | None], form: Sheet, diagnostics: Iterable[Diagnostic]) -> tuple[dict[str, list[Diagnostic]], list[Diagnostic]]:
    """What a check found about an entry: by the name of the field that it is about, and what is about the entry as a whole."""
    starts, blocks = _starts(found)
    end = _end(found, roots.get(found.file))
    fields: dict[str, list[Diagnostic]] = {}
    whole: list[Diagnostic] = []
    for item in diagnostics:
        if item.place.file != found.file or not found.place <= item.place or (end is not None and item.place >= end):
            continue
        path = _path_of(item, starts, blocks)
        name = next((held.name for held in form.inputs if path and held.path[: len(path)] == path), None)
        if name is None and len(path) > 1:
            name = next((held.name for held in form.inputs if held.path[: len(path) - 1] == path[:-1]), None)
        if name is not None:
            fields.setdefault(name, []).append(item)
        elif found.named:
            whole.append(item)
    return fields, whole


def _path_of(item: Diagnostic, starts: Sequence[tuple[Place, tuple[str, ...]]], blocks: Mapping[Place, tuple[str, ...]]) -> tuple[str, ...]:
    if item.code == "missing-key" and item.place in blocks:
        return (*blocks[item.place], str(dict(item.message.params).get("key", "")))
    path: tuple[str, ...] = ()
    for place, at in starts:
        if place <= item.place:
            path = at
    return path


def _starts(found: Found) -> tuple[list[tuple[Place, tuple[str, ...]]], dict[Place, tuple[str, ...]]]:
    """Where each key of an entry begins, in the order written, and where its blocks begin."""
    starts: list[tuple[Place, tuple[str, ...]]] = []
    blocks = {found.place: ()}  # type: dict[Place, tuple[str, ...]]
    waiting: list[tuple[Node | None, tuple[str, ...]]] = [(found.node, ())]
    while waiting:
        node, path = waiting.pop()
        for name, value in _pairs(node):
            if not found.named and not path and name not in OF_WHOLE:
                starts.append((name.place, ()))
                continue
            starts.append((name.place, (*path, str(name))))
            if isinstance(value, Block):
                blocks[value.place] = (*path, str(name))
                waiting.append((value, (*path, str(name))))
    return sorted(starts), blocks


def _end(found: Found, root: Node | None) -> Place | None:
    """Where the next entry begins; `None` for the last one of a file."""
    after = [name.place for name, _ in _pairs(root)] + [name.place for _, value in _pairs(root) for name, _ in _pairs(value)]
    held = [name.place for name, _ in _pairs(found.node)]
    return min((place for place in after if place > found.place and place not in held), default=None) if found.named else None


def entry_at(roots: Mapping[str, Node | None], first: str, place: Place) -> tuple[str, str] | None:
    """The section and name of the entry in which a place lies; `None` for one in no entry that has a form."""
    found: tuple[str, str] | None = None
    for key, value in _pairs(roots.get(place.file)):
        if key.place <= place:
            found = (str(key), "") if key in PARTS else (WHOLE, "") if key in OF_WHOLE and place.file == first else None
            if key not in PARTS and record_of(str(key)) is not None:
                for name, _ in _pairs(value):
                    if name.place <= place:
                        found = (str(key), str(name))
    return found


def with_typed(form: Sheet, typed: Mapping[str, str]) -> Sheet:
    """The form with what was typed in place of what is written."""
    groups = tuple(replace(group, inputs=tuple(replace(held, value=typed.get(held.name, held.value)) for held in group.inputs)) for group in form.groups)
    return replace(form, groups=groups)


def is_name(text: str) -> bool:
    """Whether a text can be the name of an entry."""
    return re.fullmatch(shapes.Id().names, text) is not None


def attribute(section: str) -> str:
    """The attribute of a policy that holds a section."""
    return section.replace("-", "_")


def nothing_else(before: Policy, after: Policy, section: str, name: str) -> bool:
    """Whether a policy is as it was but for one entry: what an edit of that entry may do."""
    if section == WHOLE:
        return replace(after, **{key: getattr(before, key) for key in OF_WHOLE}) == before
    held = attribute(section)
    if section in PARTS:
        return replace(after, **{held: getattr(before, held)}) == before
    one, two = ({key: entry for key, entry in getattr(policy, held).items() if key != name} for policy in (before, after))
    return one == two and replace(after, **{held: getattr(before, held)}) == before
