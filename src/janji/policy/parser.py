"""Policy text to model: follows includes, keeps every place, reports every mistake, raises for none."""

from __future__ import annotations

import posixpath
from collections.abc import Generator
from collections.abc import Mapping as Table
from dataclasses import dataclass

from janji.documents.shapes import Line, ListOf, MapOf, Reader, Reference, short, unrepeated
from janji.documents.tree import Mapping, Node, Sequence, read_tree
from janji.errors import Diagnostic
from janji.policy.format import POLICY
from janji.policy.model import Policy
from janji.terms.messages import N_, say
from janji.terms.places import Place, Word

MAX_FILES = 200


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was understood: the policy (`None` when a required part is missing), and all that was found."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...] = ()
    references: tuple[Reference, ...] = ()


def parse(root: str) -> Generator[str, bytes | None, Parsed]:
    """Read the policy whose first file is `root`, a path relative to the policy's folder.

    A generator, so that it does no I/O: it yields the name of each file it wants, is sent the bytes (or `None` when
    there is no such file), and returns what it parsed. It never raises for what is written in the files.
    """
    reader = Reader()
    root = posixpath.normpath(root)
    merged = Mapping([], Place(root, 1, 1))
    sections: dict[str, Node] = {}
    seen: set[str] = set()
    waiting: list[tuple[str, Word | None, tuple[str, ...]]] = [(root, None, ())]
    while waiting:
        name, wanted_by, chain = waiting.pop(0)
        data = yield name
        seen.add(name)
        if data is None:
            _missing(name, wanted_by, reader)
            continue
        tree = read_tree(name, data)
        reader.diagnostics.extend(tree.diagnostics)
        if tree.root is None:
            if not tree.diagnostics:
                _empty(name, reader)
            continue
        for path, word in _merge(tree.root, merged, sections, reader):
            if _allowed(path, word, (*chain, name), seen | {queued for queued, _, _ in waiting}, reader):
                waiting.append((path, word, (*chain, name)))
    policy = POLICY.read(merged, reader) if merged.pairs or not reader.diagnostics else None
    return Parsed(policy, tuple(reader.diagnostics), tuple(reader.references))


def parse_text(data: bytes, name: str = "policy.yaml") -> Parsed:
    """Parse a policy that is one file; an `include` in it is reported as missing."""
    return parse_files(name, {name: data})


def parse_files(first: str, files: Table[str, bytes]) -> Parsed:
    """Parse a policy whose files are all at hand, by the names under which they are included."""
    steps = parse(first)
    wanted = next(steps)
    while True:
        try:
            wanted = steps.send(files.get(wanted))
        except StopIteration as stop:
            parsed: Parsed = stop.value
            return parsed


def _merge(root: Node, merged: Mapping, sections: dict[str, Node], reader: Reader) -> list[tuple[str, Word]]:
    """Add a file's sections to `merged`; give the files it includes, as normalised path and the word written."""
    if not isinstance(root, Mapping):
        reader.error(
            "wrong-type",
            say(N_("a policy file is a block of `name: value` lines")),
            root.place,
            say(N_("begin with `policy: my-policy` or with a section such as `purposes:`")),
        )
        return []
    included: list[tuple[str, Word]] = []
    for key, value in unrepeated(root, reader):
        if key == "include":
            included.extend(_included(value, reader))
            continue
        known = POLICY.fields.get(key)
        section = sections.setdefault(key, value)
        if (
            known is not None
            and isinstance(known.shape, MapOf)
            and section is not value
            and isinstance(section, Mapping)
            and isinstance(value, Mapping)
        ):
            section.pairs.extend(value.pairs)
        else:
            merged.pairs.append((key, value))
    return included


def _included(value: Node, reader: Reader) -> list[tuple[str, Word]]:
    words = ListOf(Line()).read(value, reader)
    if words is None or not isinstance(value, Sequence) or len(words) < len(value.items):
        return []
    return [(posixpath.normpath(posixpath.join(posixpath.dirname(word.place.file), word)), word) for word in words]


def _allowed(path: str, word: Word, chain: tuple[str, ...], seen: set[str], reader: Reader) -> bool:
    if path.startswith(("/", "../")) or path in ("..", ".") or "\\" in path or ":" in path:
        reader.error(
            "include-outside",
            say(N_("`{word}` lies outside the folder of the policy"), word=short(word)),
            word.place,
            say(N_("move the file into the folder and include it by its relative name")),
        )
        return False
    if path in chain:
        reader.error(
            "include-cycle",
            say(N_("`{word}` includes itself, directly or through others"), word=short(word)),
            word.place,
            say(N_("remove this line; each file is included once, from one place")),
        )
        return False
    if path in seen:
        reader.error(
            "include-twice",
            say(N_("`{word}` is included a second time"), word=short(word)),
            word.place,
            say(N_("remove this line; each file is included once, from one place")),
        )
        return False
    if len(seen) >= MAX_FILES:
        reader.error(
            "too-many-files",
            say(N_("a policy has at most {limit} files"), limit=MAX_FILES),
            word.place,
            say(N_("join some of them")),
        )
        return False
    return True


def _missing(name: str, wanted_by: Word | None, reader: Reader) -> None:
    if wanted_by is None:
        reader.error(
            "policy-missing",
            say(N_("there is no file `{name}`"), name=short(name)),
            Place(name),
            say(N_("name the policy's folder or its first file; a policy's first file is `policy.yaml`")),
        )
    else:
        reader.error(
            "include-missing",
            say(N_("there is no file `{name}`"), name=short(name)),
            wanted_by.place,
            say(N_("write the file, or take it out of `include`")),
        )


def _empty(name: str, reader: Reader) -> None:
    reader.error(
        "empty-file",
        say(N_("there is nothing in this file")),
        Place(name),
        say(N_("begin with `policy: my-policy` or with a section such as `purposes:`")),
    )
