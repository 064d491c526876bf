"""Bodies in JSON: a name that stands twice in an object is seen however the body is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.strategies import examples

import janji.store  # noqa: F401 - sets Django up, without which nothing of the web side can be loaded
from janji.web.bodies import parse_json
from janji.web.problems import Problem

NAMES = st.sampled_from(["a", "b", "", "ä", 'q"', "\\", "\n", ":", "{"])
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), NAMES)


class Pairs(list[tuple[str, Any]]):
    """The members of an object in their order, of which some may have one name."""


def _written(value: Any, space: str, *, ascii_alone: bool) -> str:
    if isinstance(value, Pairs):
        members = (f"{json.dumps(name, ensure_ascii=ascii_alone)}{space}:{_written(item, space, ascii_alone=ascii_alone)}" for name, item in value)
        return "{" + f",{space}".join(members) + "}"
    if isinstance(value, list):
        return "[" + f",{space}".join(_written(item, space, ascii_alone=ascii_alone) for item in value) + "]"
    return json.dumps(value, ensure_ascii=ascii_alone)


def _twice(value: Any) -> bool:
    if isinstance(value, Pairs):
        return len({name for name, _ in value}) < len(value) or any(_twice(item) for _, item in value)
    return isinstance(value, list) and any(map(_twice, value))


@settings(max_examples=examples(500), deadline=None)
@given(
    st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.lists(st.tuples(NAMES, inner), max_size=4).map(Pairs)), max_leaves=12),
    st.sampled_from(["", " ", "\n\t"]), st.booleans(),
)  # fmt: skip
def test_a_name_that_stands_twice_is_refused(value: Any, space: str, ascii_alone: bool) -> None:
    """Anywhere, with escapes and without, with space and without; and nothing else is."""
    body = _written(value, space, ascii_alone=ascii_alone).encode()
    if _twice(value):
        with pytest.raises(Problem):
            parse_json(body)
    else:
        assert parse_json(body) == json.loads(body)


def test_escapes_hide_no_name() -> None:
    """Quotes that come out of escapes make up for those that went with the name."""
    with pytest.raises(Problem):
        parse_json(rb'{"a": 1, "a": "\u0022\u0022"}')
