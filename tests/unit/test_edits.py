"""Small edits of YAML: what is asked for changes, every other line and comment stays, and unsafe edits are refused."""

from __future__ import annotations

import pytest
import yaml

from janji.documents.edits import Anchor, Edit, Refused, add_entry, add_lines, apply
from janji.terms.places import Place

TEXT = """\
# head
top:
  one:  # about one
    a: x  # why x
    b: [p, q]
    c:
      - p  # inside
      - q
    d: |
      several
      lines

  # about two
  two: {a: 'x', b: "y"}
  three:
    a: plain over
      two lines
other: {}
empty:
flow: {k: {a: x, b: y}, m: {a: z}}
"""
ONE, TWO, THREE = (Anchor(Place("f", line, 3), True) for line in (3, 14, 15))


@pytest.mark.parametrize(("edit", "before", "after"), [
    (Edit(ONE, ("a",), "new"), "    a: x  # why x", "    a: new  # why x"),
    (Edit(ONE, ("a",), "a: b"), "    a: x  # why x", '    a: "a: b"  # why x'),
    (Edit(ONE, ("b",), ("r",)), "    b: [p, q]", "    b: [r]"),
    (Edit(ONE, ("d",), "short"), "    d: |\n      several\n      lines", "    d: short"),
    (Edit(ONE, ("e",), "new"), "", "    e: new"),
    (Edit(ONE, ("b",), remove=True), "    b: [p, q]", None),
    (Edit(TWO, ("a",), "new"), """  two: {a: 'x', b: "y"}""", """  two: {a: new, b: "y"}"""),
    (Edit(TWO, ("c",), ("z",)), """  two: {a: 'x', b: "y"}""", """  two: {a: 'x', b: "y", c: [z]}"""),
    (Edit(TWO, ("a",), remove=True), """  two: {a: 'x', b: "y"}""", """  two: {b: "y"}"""),
    (Edit(TWO, ("b",), remove=True), """  two: {a: 'x', b: "y"}""", "  two: {a: 'x'}"),
    (Edit(TWO, (), remove=True), """  two: {a: 'x', b: "y"}""", None),
    (Edit(THREE, ("a",), "one line"), "    a: plain over\n      two lines", "    a: one line"),
    (Edit(THREE, ("a",), remove=True), "  three:\n    a: plain over\n      two lines", "  three: {}"),
    (Edit(Anchor(Place("f", 20, 8), True), (), remove=True), "flow: {k: {a: x, b: y}, m: {a: z}}", "flow: {m: {a: z}}"),
])  # fmt: skip
def test_only_what_is_asked_for_changes(edit: Edit, before: str, after: str | None) -> None:
    """The text differs in exactly these lines."""
    made = apply("f", TEXT, [edit])
    if after is None:
        assert made == TEXT.replace(before + "\n", "", 1)
    elif before:
        assert made == TEXT.replace(before, after, 1)
    else:
        assert made == TEXT.replace("      lines\n", f"      lines\n{after}\n", 1)


@pytest.mark.parametrize(("edit", "line"), [
    (Edit(ONE, ("c",), ("r",)), 7), (Edit(ONE, ("a",), remove=True), 4), (Edit(ONE, (), remove=True), 3),
    (Edit(Anchor(Place("f", 99, 1), True), ("a",), "x"), 99), (Edit(ONE, ("gone",), remove=True), 4),
    (Edit(ONE, ("a", "en"), "x"), 3),
])  # fmt: skip
def test_a_comment_is_never_swallowed(edit: Edit, line: int) -> None:
    """Where an edit would take a comment with it, or finds something else than it was told, it is refused with a place."""
    with pytest.raises(Refused) as refused:
        apply("f", TEXT, [edit])
    assert refused.value.place.line == line


def test_edits_do_not_move_each_other() -> None:
    """Edits given in any order are all made."""
    edits = [Edit(ONE, ("a",), "1st"), Edit(TWO, ("a",), "2nd"), Edit(ONE, ("z",), "3rd"), Edit(THREE, ("a",), "4th")]
    assert apply("f", TEXT, edits) == apply("f", TEXT, edits[::-1])
    assert all(word in apply("f", TEXT, edits) for word in ("1st", "2nd", "3rd", "4th"))


@pytest.mark.parametrize(("section", "wanted"), [
    ("top", "      two lines\n  n:\n    a: x\n"), ("other", "other:\n  n:\n    a: x\n"), ("empty", "empty:\n  n:\n    a: x\n"),
    ("flow", "m: {a: z}, n: {a: x}}\n"), ("new", "\nnew:\n  n:\n    a: x\n"),
])  # fmt: skip
def test_an_entry_is_added_at_the_end_of_its_section(section: str, wanted: str) -> None:
    """Whatever the section looks like, the entry is its last, and nothing else changes."""
    made = add_entry("f", TEXT, section, "n", {"a": "x"})
    assert wanted in made
    assert len(made) > len(TEXT)
    assert [line for line in TEXT.split("\n") if line not in made] in ([], ["other: {}"], ["flow: {k: {a: x, b: y}, m: {a: z}}"])


def test_line_ends_of_the_file_are_kept() -> None:
    """A file with Windows line ends gets lines with Windows line ends."""
    made = add_entry("f", "top:\r\n  a: {x: y}\r\n", "top", "b", {"x": "z"})
    assert made == "top:\r\n  a: {x: y}\r\n  b:\r\n    x: z\r\n"


@pytest.mark.parametrize(("before", "after"), [
    ("a:\n  x: 1\n", "a:\n  x: 1\n  items: [{m: one}]\n"), ("a:\n  items: []\n", "a:\n  items: [{m: one}]\n"),
    ("a:\n  items: [b] # end\n", "a:\n  items: [b, {m: one}] # end\n"), ("a:\n  items:\n    - b # end\nz: 1\n", "a:\n  items:\n    - b # end\n    - {m: one}\nz: 1\n"),
    ("a:\n  items:\n  - {n: b,\n     m: c}\n", "a:\n  items:\n  - {n: b,\n     m: c}\n  - {m: one}\n"), ("a: {items: [b]}\n", "a: {items: [b, {m: one}]}\n"),
    ("a:\n  items: none\n", None),
])  # fmt: skip
def test_an_item_comes_at_the_end_of_its_list(before: str, after: str | None) -> None:
    """A list grows in the form in which it is written, and is begun where there is none; what is no list is left alone."""
    edit = Edit(Anchor(Place("f", 1, 1), True), ("items",), {"m": "one"}, append=True)
    if after is None:
        with pytest.raises(Refused):
            apply("f", before, [edit])
    else:
        assert apply("f", before, [edit]) == after


@pytest.mark.parametrize(("before", "after"), [
    ("", "s:\n  b:\n    c: 1\n"), ("a: 1", "a: 1\ns:\n  b:\n    c: 1\n"), ("s:\n    a: 1\nz: 2\n", "s:\n    a: 1\n    b:\n      c: 1\nz: 2\n"),
    ("s: {}\n", "s:\n  b:\n    c: 1\n"), ("s:\nz: 2\n", "s:\n  b:\n    c: 1\nz: 2\n"), ("s: {a: 1}\n", None), ("s: [a]\n", None), ("s: word\n", None),
])  # fmt: skip
def test_lines_come_at_the_end_of_their_section(before: str, after: str | None) -> None:
    """Lines are put under a section at its own indent; a section in braces or with another value is left alone."""
    if after is None:
        with pytest.raises(Refused):
            add_lines("f", before, "s", ["b:", "  c: 1"])
    else:
        assert add_lines("f", before, "s", ["b:", "  c: 1"]) == after


def test_a_name_that_is_no_plain_word_is_quoted() -> None:
    """A new key with a colon, a quote or a word that YAML takes for something else is written so that it is read as it was."""
    for word in ("a: b", '"', "no", "- x", "#", " a", "{a}"):
        made = apply("f", "a:\n  x: 1\n", [Edit(Anchor(Place("f", 1, 1), True), (word,), "v")])
        assert yaml.safe_load(made) == {"a": {"x": 1, word: "v"}}
