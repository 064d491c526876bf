"""A YAML file that describes one thing: read, checked, and refused with every mistake and its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from janji.documents.shapes import Reader, Record
from janji.documents.tree import read_tree
from janji.errors import Invalid
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Severity

T = TypeVar("T")


def read_described(name: str, data: bytes, shape: Record, check: Callable[[T, Reader], T], refusal: Message) -> T:
    """What the file called `name` describes, as `check` gives it, which adds to the reader what is wrong.

    Raises `Invalid` with `refusal` and every mistake.
    """
    reader = Reader()
    tree = read_tree(name, data)
    read: T | None = None if tree.root is None else shape.read(tree.root, reader)
    found = [*tree.diagnostics, *reader.diagnostics]
    if read is not None and not found:
        read = check(read, reader)
        found = reader.diagnostics
    if read is None or any(one.severity is Severity.ERROR for one in found):
        raise Invalid(refusal, say(N_("correct what is said above")), tuple(found))
    return read
