"""YAML texts to trees that know every place, and shapes that read trees: nothing raises, nothing is guessed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from janji.documents.shapes import (
    MAX_DIAGNOSTICS,
    Count,
    Country,
    Day,
    Field,
    Flag,
    Id,
    Length,
    Line,
    ListOf,
    MapOf,
    OneOf,
    Prose,
    Reader,
    Record,
    Ref,
    Reference,
    Shape,
    document_schema,
    nearest,
)  # fmt: skip
from janji.documents.tree import MAX_BYTES, MAX_DEPTH, MAX_NODES, Mapping, Node, Scalar, Sequence, Tree, read_tree
from janji.errors import Diagnostic
from janji.terms.messages import N_, Message, say
from janji.terms.periods import Period
from janji.terms.places import NOWHERE, Place
from janji.terms.texts import Text

BOM = b"\xef\xbb\xbf"
BREAKS = ("\n", "\r\n", "\r")


def _read(text: str | bytes) -> Tree:
    return read_tree("f.yaml", text.encode() if isinstance(text, str) else text)


def _root(text: str | bytes) -> Node:
    tree = _read(text)
    assert tree.diagnostics == (), [str(item.message) for item in tree.diagnostics]
    assert tree.root is not None
    return tree.root


def _found(text: str | bytes) -> Diagnostic:
    """The one diagnostic of a text that must not be read."""
    tree = _read(text)
    assert tree.root is None
    assert len(tree.diagnostics) == 1
    found = tree.diagnostics[0]
    assert found.code
    assert str(found.message)
    assert found.help is not None
    assert str(found.help)
    assert found.place.file == "f.yaml"
    return found


def _at(found: Diagnostic) -> tuple[int, int]:
    return found.place.line, found.place.column


def _plain(node: Node) -> Any:
    """The tree as lists, pairs and strings, without places."""
    if isinstance(node, Scalar):
        return str(node.word)
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return [(str(key), _plain(value)) for key, value in node.pairs]


def _places(node: Node) -> list[tuple[str, int, int]]:
    """Every word with its line and column, in the order written."""
    if isinstance(node, Scalar):
        return [(str(node.word), node.place.line, node.place.column)]
    if isinstance(node, Sequence):
        return [place for item in node.items for place in _places(item)]
    return [place for key, value in node.pairs
            for place in [(str(key), key.place.line, key.place.column), *_places(value)]]  # fmt: skip


# Places.


def test_every_word_knows_its_place() -> None:
    """Keys, values, list items and quoted words must begin where they are written, counted from one."""
    text = "a: one\nb:\n  - two\n  - {c: three, 'd': \"four\"}\n  -   five\n? e\n: |\n  six\n"
    assert _places(_root(text)) == [
        ("a", 1, 1), ("one", 1, 4), ("b", 2, 1), ("two", 3, 5), ("c", 4, 6), ("three", 4, 9), ("d", 4, 16),
        ("four", 4, 21), ("five", 5, 7), ("e", 6, 3), ("six\n", 7, 3),
    ]  # fmt: skip


def test_every_word_of_a_tree_carries_the_name_of_its_file() -> None:
    """The place of each node must name the file that was read."""
    root = _root("a: [b, {c: d}]\n")
    assert isinstance(root, Mapping)
    key, value = root.pairs[0]
    assert isinstance(value, Sequence)
    assert isinstance(value.items[1], Mapping)
    assert {key.place.file, value.place.file, value.items[1].place.file, root.place.file} == {"f.yaml"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1]", (1, 4)), ("a:\n- 1", (2, 1)), ("a:\n  b: 1", (2, 3)), ("a: {b: 1}", (1, 4)), ("a: {}", (1, 4)),
        ("# x\n\na:\n\n\n   []", (6, 4)),
    ],
)  # fmt: skip
def test_collections_know_where_they_begin(text: str, place: tuple[int, int]) -> None:
    """A list or block must begin at its bracket, its first hyphen or its first key."""
    root = _root(text)
    assert isinstance(root, Mapping)
    node = root.pairs[0][1]
    assert (node.place.line, node.place.column) == place


@pytest.mark.parametrize("before", ["é", "日本語", "\U0001f36a", "ä\u0308", "שלום", "\u200b", "\u00a0"])
def test_columns_count_characters_not_bytes(before: str) -> None:
    """After letters of any script the column must be the number of characters before, plus one."""
    assert _places(_root(f"{{'{before}': x}}"))[1] == ("x", 1, len(before) + 6)
    assert _places(_root(f"# {before}\na: x"))[1] == ("x", 2, 4)
    assert _at(_found(f"a: '{before}' &b c")) == (1, len(before) + 7)


@pytest.mark.parametrize("end", BREAKS)
def test_lines_are_counted_alike_for_every_line_end(end: str) -> None:
    """LF, CRLF and CR must each count as one line, and stay out of the values."""
    text = end.join(["a: one", "b:", "  - two", "", "c: three", ""])
    expected = [("a", 1, 1), ("one", 1, 4), ("b", 2, 1), ("two", 3, 5), ("c", 5, 1), ("three", 5, 4)]
    assert _places(_root(text)) == expected


@pytest.mark.parametrize("end", [*BREAKS, "\x85", "\u2028", "\u2029"])
def test_diagnostics_are_placed_after_every_line_end(end: str) -> None:
    """Whatever ends a line for YAML must end one for every diagnostic, as it does for the words."""
    assert _places(_root(f"a: one{end}bé: two{end}"))[2:] == [("bé", 2, 1), ("two", 2, 5)]
    assert _at(_found(f"a: one{end}bé: \x07{end}")) == (2, 5)
    assert _at(_found(f"a: one{end}bé: ".encode() + b"\xff")) == (2, 5)
    assert _at(_found(f"a: one{end}bé: &x y{end}")) == (2, 5)


def test_tabs_are_one_column() -> None:
    """A tab between words must count as one character."""
    assert _places(_root("a:\tx\nb: \t\ty")) == [("a", 1, 1), ("x", 1, 4), ("b", 2, 1), ("y", 2, 6)]


@pytest.mark.parametrize("text", ["a:\n\tb: 1", "\ta: 1", "a:\n  - 1\n\t- 2"])
def test_tabs_do_not_indent(text: str) -> None:
    """A tab as indentation must be an error of syntax at its line."""
    found = _found(text)
    assert found.code == "yaml-syntax"
    assert found.place.line == text[: text.index("\t")].count("\n") + 1


def test_a_byte_order_mark_moves_nothing() -> None:
    """A text must read the same, at the same places, with a byte order mark and without."""
    text = "a: é\nb: [c]\n".encode()
    assert _places(_root(BOM + text)) == _places(_root(text))
    assert _read(BOM) == Tree(None)
    assert _at(_found(BOM + b"a: &b c")) == (1, 4)
    assert _at(_found(BOM + b"a: \x07")) == (1, 4)


# Anchors, aliases, tags, documents, depth.


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: &x 1", (1, 4)), ("a: *x", (1, 4)), ("&x a: 1", (1, 1)), ("a: &x [1]", (1, 4)), ("a: &x {b: 1}", (1, 4)),
        ("a: 1\nb:\n  <<: *x", (3, 7)), ("- &x 1\n- *x", (1, 3)), ("*x", (1, 1)), ("*x : 1", (1, 1)),
        ("[&x a, *x]", (1, 2)), ("a: &x", (1, 4)), ("--- &x\na: 1", (1, 5)),
    ],
)  # fmt: skip
def test_anchors_and_aliases_are_refused(text: str, place: tuple[int, int]) -> None:
    """An anchor or an alias must be refused where it stands."""
    found = _found(text)
    assert (found.code, *_at(found)) == ("alias", *place)


@pytest.mark.parametrize(
    "text",
    [
        "a: !!str 1", "a: ! 1", "a: !x 1", "!!map {a: 1}", "a: !!python/object/apply:os.system ['true']",
        "a: !!binary aGk=", "- !!set {a, b}", "!!str a: 1", "a: !<tag:yaml.org,2002:str> 1", "a: !!null", "a: !x",
        "%TAG ! tag:example.com,2000:\n---\na: !x 1",
    ],
)  # fmt: skip
def test_tags_are_refused(text: str) -> None:
    """A tag of any kind must be refused, whatever it asks for."""
    found = _found(text)
    assert found.code == "tag"
    assert text.splitlines()[found.place.line - 1][found.place.column - 1] == "!"


def test_a_billion_laughs_are_refused_at_the_first() -> None:
    """A text that grows by its aliases must be refused at its first anchor."""
    lines = ["a0: &a0 [ha, ha]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    found = _found("\n".join(lines))
    assert (found.code, *_at(found)) == ("alias", 1, 5)


@pytest.mark.parametrize(
    "text", ["a: '&x'", 'a: "*x"', "a: b & c", "a: b*c", "a: '!x'", "a: b!", "a: x&y", "# &x *y !z\na: 1"]
)
def test_the_marks_are_only_marks_at_the_beginning(text: str) -> None:
    """`&`, `*` and `!` in quotes, in comments or inside a word must be ordinary text."""
    assert isinstance(_root(text), Mapping)


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: 1\n---\nb: 2\n", 2), ("---\na: 1\n---\n", 3), ("a: 1\n...\n---\nb: 2", 3), ("---\n---\na: 1", 2),
     ("a: 1\n--- b", 2)],
)  # fmt: skip
def test_a_second_document_is_refused(text: str, line: int) -> None:
    """A file must hold one document; the second one is refused at its dashes."""
    found = _found(text)
    assert (found.code, *_at(found)) == ("two-documents", line, 1)


@pytest.mark.parametrize("text", ["---\na: 1\n", "a: 1\n...\n", "%YAML 1.2\n---\na: 1\n", "---\na: 1\n...\n# end\n"])
def test_one_document_may_be_marked_as_such(text: str) -> None:
    """The marks around one document must change nothing."""
    assert _plain(_root(text)) == [("a", "1")]


@pytest.mark.parametrize(
    "data", [b"", b" ", b"\n\n", b"# only\n# comments\n", b"  # x", BOM, BOM + b"\n", b"\r\n \r\n", b"\r"]
)
def test_nothing_is_no_tree_and_no_mistake(data: bytes) -> None:
    """A text with nothing in it must give no root and no diagnostic: what that means is the reader's to say."""
    assert _read(data) == Tree(None, ())


NASTY = {
    "[": (200_000, "too-deep"), "{": (200_000, "key-not-a-word"), "- ": (100_000, "too-deep"),
    "{a: ": (100_000, "too-deep"), "? ": (100_000, "key-not-a-word"), "[[": (100_000, "too-deep"),
    "[{": (100_000, "key-not-a-word"), "- - ": (100_000, "too-deep"), "]": (100_000, "yaml-syntax"),
    "a: ": (100_000, "yaml-syntax"), "'": (100_001, "yaml-syntax"), "%": (100_000, "yaml-syntax"),
    "&": (100_000, "yaml-syntax"), "!": (100_000, "tag"), "---\n": (100_000, "two-documents"),
    ": ": (100_000, "yaml-syntax"), "? - ": (100_000, "key-not-a-word"), "[?": (100_000, "key-not-a-word"),
}  # fmt: skip


@pytest.mark.parametrize("part", NASTY)
def test_repeated_marks_give_one_diagnostic(part: str) -> None:
    """Hundreds of thousands of brackets, hyphens or quotes must give one diagnostic."""
    times, code = NASTY[part]
    assert _found(part * times).code == code


def test_the_nastiest_texts_do_not_end_the_interpreter() -> None:
    """In a process of its own, every nasty text must be answered and the process must live to say so."""
    program = (
        "import sys\n"
        "from janji.documents.tree import read_tree\n"
        f"for part, (times, code) in {NASTY!r}.items():\n"
        "    for text in (part * times, part * times + 'x', 'a: ' + part * times, 'a:\\n ' + part * times):\n"
        "        tree = read_tree('f', text.encode())\n"
        "        assert tree.root is None and len(tree.diagnostics) == 1\n"
        "print('alive')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_refused_past_the_limit_only(opening: str) -> None:
    """A text of exactly the greatest depth must be read, and one level more refused where it begins."""
    closing = {"[": "]", "{a: ": "}", "- ": ""}[opening]
    assert _read(opening * MAX_DEPTH + "x" + closing * MAX_DEPTH).diagnostics == ()
    found = _found(opening * (MAX_DEPTH + 1) + "x" + closing * (MAX_DEPTH + 1))
    assert (found.code, *_at(found)) == ("too-deep", 1, len(opening) * MAX_DEPTH + 1)


def test_depth_counts_levels_not_siblings() -> None:
    """A wide text that closes what it opens must be read, however many brackets it has."""
    node = _root("a: [" + "[[x]]," * 5_000 + "]")
    assert isinstance(node, Mapping)
    assert isinstance(node.pairs[0][1], Sequence)
    assert len(node.pairs[0][1].items) == 5_000


def test_lines_indented_ever_deeper_are_refused() -> None:
    """Blocks nested by indentation must be counted like brackets."""
    found = _found("".join(" " * depth + "a:\n" for depth in range(500)))
    assert (found.code, *_at(found)) == ("too-deep", MAX_DEPTH + 1, MAX_DEPTH + 1)


# Encodings and characters.


@pytest.mark.parametrize(
    "number", [*range(9), 11, 12, *range(14, 32), *range(127, 133), *range(134, 160), 0xFFFE, 0xFFFF]
)
def test_control_characters_are_refused_where_they_stand(number: int) -> None:
    """NUL and every other control character but tab and line ends, above ASCII too, must be refused at its place."""
    found = _found(f"a: 1\né: 'x{chr(number)}y'\n")
    assert (found.code, *_at(found)) == ("control-character", 2, 6)
    assert str(number) in str(found.message)


@pytest.mark.parametrize("escape", ["\\0", "\\a", "\\e[31m", "\\x07", "\\u0000", "\\x9b", "\\uFFFE", "\\U0000FFFF"])
def test_escaped_control_characters_are_refused(escape: str) -> None:
    """A control character must be refused however it is written, as a value, a key or an item."""
    for text, column in ((f'a: "x{escape}y"', 4), (f'"x{escape}y": a', 1), (f'- ["x{escape}y"]', 4)):
        found = _found(text)
        assert (found.code, *_at(found)) == ("control-character", 1, column)


@pytest.mark.parametrize("escape", ["\\t", "\\n", "\\_", "\\u00e9", "\\x41", "\\U0001F36A", "\\\\0"])
def test_other_escapes_are_kept(escape: str) -> None:
    """An escape of an ordinary character must be read as that character."""
    assert isinstance(_root(f'a: "x{escape}y"'), Mapping)


@pytest.mark.parametrize("escape", ["\\uD800", "\\uDFFF", "\\U0000D800", "\\U00110000", "\\q", "\\x1"])
def test_escapes_of_no_character_are_refused(escape: str) -> None:
    """An escape that is no character (a lone surrogate, a number too large) must be an error of syntax."""
    assert _found(f'a: "{escape}"').code == "yaml-syntax"


@pytest.mark.parametrize(
    "data",
    ["a: 1\n".encode("utf-16"), b"\xfe\xff" + "a: 1\n".encode("utf-16-be"), "a: é".encode("latin-1"),
     "a: “x”".encode("cp1252"), b"a: \xed\xa0\x80", b"a: \xc0\x80", b"a: \xf4\x90\x80\x80", b"a: \xe2\x82", b"\x80",
     "a: é\n".encode() + "b: é\n".encode("latin-1"), "a: 1".encode("utf-32"), "a: あ".encode("shift-jis")],
)  # fmt: skip
def test_other_encodings_are_refused(data: bytes) -> None:
    """UTF-16, one-byte encodings, lone surrogates and cut-off letters must be refused as not UTF-8."""
    assert _found(data).code == "not-utf8"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_without_a_mark_are_refused(encoding: str) -> None:
    """ASCII in a wide encoding without a mark is UTF-8 with NUL in it, and must be refused as that."""
    assert _found("a: 1".encode(encoding)).code == "control-character"


def test_the_wrong_byte_is_placed() -> None:
    """A byte that is not UTF-8 must be reported at its line and column."""
    assert _at(_found(b"a: 1\nb: x\xe9\n")) == (2, 5)
    assert _at(_found(b"\xff")) == (1, 1)


def test_the_wrong_byte_is_placed_in_characters() -> None:
    """After letters of more than one byte the column must still count characters."""
    assert _at(_found("é: é".encode() + b"\xff")) == (1, 5)


def test_the_wrong_byte_is_placed_after_a_byte_order_mark() -> None:
    """A byte order mark must not move the place of a wrong byte."""
    assert _at(_found(BOM + b"a: 1\nb: \xff\n")) == (2, 4)


def test_texts_of_any_script_are_kept() -> None:
    """Letters, marks, emoji and direction marks must come out as they went in."""
    text = "Ünïcode \u202eright\u202c 日本語 \U0001f36a e\u0301 שלום \u00ad\u200d"
    assert _plain(_root(f"a: '{text}'")) == [("a", text)]


def test_the_largest_file_is_read_and_one_byte_more_is_not() -> None:
    """Sixteen mebibytes must be read and seventeen refused as a whole."""
    head = b"a: 1\n"
    assert _plain(_root(head + b"#" * (MAX_BYTES - len(head)))) == [("a", "1")]
    assert _found(head + b"#" * (MAX_BYTES - len(head) + 1)).code == "too-large"
    found = _found(b"x" * (17 * 1024 * 1024))
    assert (found.code, *_at(found)) == ("too-large", 0, 0)
    assert "16 MiB" in str(found.message)


def test_the_size_is_looked_at_before_the_encoding() -> None:
    """A file that is too large must be refused before anything in it is looked at."""
    assert _found(b"\xff" * (MAX_BYTES + 1)).code == "too-large"


def test_very_long_lines_are_kept_whole() -> None:
    """A value of millions of characters on one line must come out whole, with its place."""
    word = "x" * 3_000_000
    assert _places(_root(f"a: {word}\nb: 1")) == [("a", 1, 1), (word, 1, 4), ("b", 2, 1), ("1", 2, 4)]
    assert _places(_root(f"{{a: '{word}', b: 1}}"))[3] == ("1", 1, 3_000_000 + 12)


# Words as written.


@pytest.mark.parametrize(
    "word",
    ["NO", "no", "on", "off", "y", "Yes", "TRUE", "1_000", "012", "0o14", "0x1F", "1e3", ".inf", ".nan", "-1", "+1",
     "3.0", "2026-01-01", "2026-01-01T00:00:00Z", "12:30:45", "190:20:30", "null", "~", "Null", "true", "=", "<<",
     "1.", "-", "007"],
)  # fmt: skip
def test_words_are_kept_as_written(word: str) -> None:
    """No word may be turned into a number, a date, a truth value or nothing on the way."""
    written = word if word != "-" else "'-'"
    assert _plain(_root(f"a: {written}")) == [("a", word)]
    assert _plain(_root(f"{written}: a")) == [(word, "a")]
    assert _plain(_root(f"[{written}]")) == [word]


def test_a_merge_key_merges_nothing() -> None:
    """`<<` must be a key like any other."""
    assert _plain(_root("a:\n  <<: {b: 1}\n  b: 2")) == [("a", [("<<", [("b", "1")]), ("b", "2")])]


@pytest.mark.parametrize("word", ["", "~", "null", "Null", "NULL"])
def test_only_plain_words_for_nothing_are_absent(word: str) -> None:
    """The words for nothing must be absent when plain, and texts when quoted."""
    for text, absent in ((f"a: {word}", True), (f"a: '{word}'", False), (f'a: "{word}"', False)):
        root = _root(text)
        assert isinstance(root, Mapping)
        assert isinstance(root.pairs[0][1], Scalar)
        assert root.pairs[0][1].absent is absent


@pytest.mark.parametrize("word", ["nil", "none", "nUll", "''", "0", "false", "|-\n  null", ">-\n  ~"])
def test_other_words_are_not_absent(word: str) -> None:
    """What is not one of the plain words for nothing must be present."""
    root = _root(f"a: {word}")
    assert isinstance(root, Mapping)
    assert isinstance(root.pairs[0][1], Scalar)
    assert not root.pairs[0][1].absent


def test_keys_that_stand_twice_stand_twice() -> None:
    """The tree must keep every pair in order, the repeated ones too: dropping one is not its business."""
    assert _plain(_root("a: 1\nb: 2\na: 3\n'a': 4")) == [("a", "1"), ("b", "2"), ("a", "3"), ("a", "4")]


@pytest.mark.parametrize(
    "text",
    ["[a, b]: 1", "{a: b}: 1", "? [a]\n: 1", "? {a: 1}\n: 1", "? - a\n: 1", "{[a]: 1}", "a: {{b}}", "{{}}",
     "? a: b\n: c", "[? [a] : b]"],
)  # fmt: skip
def test_keys_must_be_words(text: str) -> None:
    """A list or a block as a key must be refused."""
    assert _found(text).code == "key-not-a-word"


def test_a_key_without_a_value_and_a_value_without_a_key_are_words() -> None:
    """A lone key must have an absent value, and a lone value an empty key."""
    assert _plain(_root("{a: , b: }")) == [("a", ""), ("b", "")]
    assert _plain(_root("? a\n? b\n")) == [("a", ""), ("b", "")]
    assert _plain(_root("?\n: a")) == [("", "a")]


@pytest.mark.parametrize(
    "text",
    ["a: [", "a: {", "a: 'x", 'a: "x', "a: b: c", "a: @x", "a: `x", "a\nb: 1", "a: 1\n b: 2", "- a\nb: 1", "a: ]",
     "%YAML 9.9\n---\na: 1", "a: %x", "a: |x\n  y", "{a: 1", "[a", "a: [}", "a: 'x' y", "...\n", "a: - b"],
)  # fmt: skip
def test_what_is_not_yaml_is_an_error_of_syntax(text: str) -> None:
    """A text that is not YAML must give one error of syntax at a line of its own."""
    found = _found(text)
    assert found.code == "yaml-syntax"
    assert found.place.line >= 1
    assert found.place.column >= 1


@pytest.mark.parametrize("text", ["a: [", "a: {", "{a: 1", "[a", "a: 1\nb: ["])
def test_a_text_that_ends_too_early_is_placed_inside_itself(text: str) -> None:
    """A mistake at the end of a text must be placed on a line that the text has, however many empty ones follow."""
    lines = text.splitlines()
    for end in ("", "\n", "\r\n\r\n", "\r"):
        assert _at(_found(text + end)) == (len(lines), len(lines[-1]) + 1)


def test_more_values_than_the_limit_are_refused() -> None:
    """A text of more values than the limit must be refused where it goes past it, and not before."""
    found = _found("- a\n" * (MAX_NODES + 1))
    assert (found.code, found.place.column) == ("too-many", 3)
    assert MAX_NODES - 10 < found.place.line <= MAX_NODES + 1
    assert str(MAX_NODES) in str(found.message)


def test_reading_is_repeatable_and_leaves_its_bytes_alone() -> None:
    """Reading must give equal trees for equal bytes."""
    data = b"a: [1, {b: c}]\n"
    assert _read(data) == _read(bytes(bytearray(data)))


# Shapes.


class Colour(StrEnum):
    """Some words."""

    RED = "red"
    DARK_GREEN = "dark-green"


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What the test record makes."""

    name: str
    size: int = 1
    two_words: str | None = None
    kind: str | None = None
    id: str = ""
    place: Place = field(default=NOWHERE, compare=False)


THING = Record("Thing", Thing, {
    "name": Field(Line(), "what it is called", required=True),
    "size": Field(Count(), "how large it is"),
    "two-words": Field(Line(), "a key of two words"),
    "class": Field(Id(), "its kind", attribute="kind"),
})  # fmt: skip


def _value(shape: Shape, text: str) -> tuple[Any, list[str], Reader]:
    """What `shape` reads from the value of `a`, and the codes it reports."""
    reader = Reader()
    root = _root(f"a: {text}")
    assert isinstance(root, Mapping)
    value = shape.read(root.pairs[0][1], reader)
    for found in reader.diagnostics:
        assert found.place.line >= 1
        assert str(found.message)
        assert found.help is not None
        assert str(found.help)
    return value, [found.code for found in reader.diagnostics], reader


GOOD: list[tuple[Shape, str, Any]] = [
    (Line(), "x y", "x y"), (Line(), "12", "12"), (Line(), "true", "true"),
    (Line(), "|\n  x\n", "x"), (Line(), ">\n  x\n  y", "x y"), (Line(), "' x '", "x"), (Line(), "x\n  y", "x y"),
    (Line(), "'~'", "~"), (Line(), "'{}'", "{}"), (Line(), '"x\\ty"', "x\ty"), (Line(), '"\\nx\\n"', "x"),
    (Id(), "a", "a"), (Id(), "0", "0"), (Id(), "contact.e-mail_2", "contact.e-mail_2"), (Id(), "A" * 120, "A" * 120),
    (Id(), "NO", "NO"), (Id(), "1.5", "1.5"),
    (Ref("things"), "x", "x"),
    (OneOf(Colour), "red", Colour.RED), (OneOf(Colour), "dark-green", Colour.DARK_GREEN),
    (Flag(), "true", True), (Flag(), "false", False), (Flag(), "'true'", True),
    (Count(), "0", 0), (Count(), "1000000", 1_000_000), (Count(), "007", 7), (Count(), "'3'", 3),
    (Day(), "2026-11-23", date(2026, 11, 23)), (Day(), "2024-02-29", date(2024, 2, 29)),
    (Day(), "0001-01-01", date.min), (Day(), "9999-12-31", date.max), (Day(), "'2026-01-01'", date(2026, 1, 1)),
    (Length(), "P10Y", Period(120)), (Length(), "P1Y6M", Period(18)), (Length(), "P90D", Period(0, 90)),
    (Length(), "P2W", Period(0, 14)), (Length(), "PT72H", Period(0, 0, 72)), (Length(), "P1DT12H", Period(0, 1, 12)),
    (Country(), "ID", "ID"), (Country(), "NO", "NO"), (Country(), "'JP'", "JP"),
    (Prose(), "x", Text((("", "x"),))), (Prose(), "' x '", Text((("", "x"),))),
    (Prose(), "{en: x, id: y}", Text((("en", "x"), ("id", "y")))), (Prose(), "{ace: ' x'}", Text((("ace", "x"),))),
    (Prose(), "12", Text((("", "12"),))),
    (ListOf(Line()), "[]", ()), (ListOf(Line()), "[a, b, a]", ("a", "b", "a")), (ListOf(Count()), "[1, 2]", (1, 2)),
    (ListOf(ListOf(Line())), "[[a], []]", (("a",), ())),
    (MapOf(Count()), "{}", {}), (MapOf(Count()), "{b: 1, a: 2}", {"b": 1, "a": 2}),
    (MapOf(THING), "{t: {name: x}}", {"t": Thing(name="x", id="t")}),
    (THING, "{name: x}", Thing(name="x")),
    (THING, "{class: k, two-words: w, size: 3, name: x}", Thing(name="x", size=3, two_words="w", kind="k")),
]  # fmt: skip

SCALARS = (Line(), Id(), Ref("x"), OneOf(Colour), Flag(), Count(), Day(), Length(), Country())
NOT_ONE = (("[a]", "wrong-type"), ("{a: b}", "wrong-type"), ("", "empty-value"), ("~", "empty-value"),
           ("null", "empty-value"), ("''", "empty-value"), ('" "', "empty-value"),
           ("|\n  \n", "empty-value"))  # fmt: skip
WRONG: list[tuple[Shape, str, tuple[str, ...]]] = [
    (Line(), "several-lines", (
        "|\n  x\n  y", "'x\n\n  y'", '"x\\ny"', '"x\\ry"', '"x\\u2028y"', '"x\\Ny"', "|\n  x\n\n\n  y")),
    (Id(), "bad-name", (
        "-a", "a b", ".a", "_a", "a/b", "é", "A" * 121, '"a\\n"', "a:b", "'~'", "aé", "-1", "\uff11")),
    (OneOf(Colour), "unknown-word", ("Red", "rde", "RED", "dark_green", "' red'", "1")),
    (Flag(), "bad-flag", ("yes", "True", "TRUE", "on", "1", "' true'", "FALSE", "no")),
    (Count(), "bad-number", (
        "-1", "+1", "1.0", "1_000", "1e3", "1000001", "0x1", "one", "9" * 20, "' 1'", "'1\n\n'", "\u0663",
        "\uff11")),
    (Day(), "bad-date", (
        "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "20260101", "today", "2026-01-01T00:00:00",
        "0000-01-01", "10000-01-01", "2026-W01-1", "-2026-01-01", "\uff12026-01-01",
        "' 2026-01-01'")),
    (Length(), "bad-period", (
        "P", "PT", "P0D", "PT0H", "P0Y0M", "10Y", "p1y", "P-1D", "P1.5Y", "P1H", "PT30M", "P1D1Y", "P10000Y", "P9999Y12M", "P9999W99999D", "P\uff11Y", "P\u0663M", "PT\u096dH",
        "'P1Y '", "one year", "P1YT", "+P1Y")),
    (Country(), "bad-country", ("id", "IDN", "I", "Id", "ÄÖ", "I D", "1D", "'ID '", "\uff29\uff24")),
    (Prose(), "wrong-type", ("[a]", "{}", "{en: [x]}", "{en: {id: x}}")),
    (Prose(), "empty-value", ("", "~", "''", '" "', "|\n  \n", "{en: }", "{en: ''}", "{en: x, id: ' '}")),
    (Prose(), "bad-language", (
        "{English: x}", "{EN: x}", "{e: x}", "{en: x, en: y}", "{'': x}", "{en-GB: x}", "{1: x}")),
    (ListOf(Line()), "wrong-type", ("a", "", "{a: b}", "{}", "''")),
    (MapOf(Count()), "wrong-type", ("a", "[a]", "", "[]")),
    (MapOf(THING), "wrong-type", ("a", "[a]", "", "[]", "{t: x}")),
    (THING, "wrong-type", ("a", "[a]", "", "[]")),
    (MapOf(Count()), "duplicate", ("{a: 1, a: 2}",)),
    (MapOf(Count()), "bad-name", ("{a b: 1}", "{'': 1}")),
    (MapOf(Count()), "bad-number", ("{a: x, b: 1}",)),
    (THING, "missing-key", ("{}", "{size: 1}")),
    (MapOf(THING), "missing-key", ("{t: }", "{t: {}}")),
    (THING, "empty-value", ("{name: }",)),
    (THING, "duplicate", ("{name: x, name: y}",)),
    (THING, "unknown-key", (
        "{name: x, nmae: y}",
        "{name: x, two_words: y}", "{name: x, place: y}", "{name: x, id: y}", "{name: x, kind: y}",
        "{name: x, <<: {size: 1}}")),
]  # fmt: skip
BAD: list[tuple[Shape, str, list[str]]] = [
    *((shape, text, [code]) for shape in SCALARS for text, code in NOT_ONE),
    *((shape, text, [code]) for shape, code, texts in WRONG for text in texts),
    (ListOf(Count()), "[1, x, 2, y]", ["bad-number"] * 2),
    (ListOf(Line()), "[a, ~, [b]]", ["empty-value", "wrong-type"]),
    (THING, "{name: x, size: big, class: a b}", ["bad-number", "bad-name"]),
]


@pytest.mark.parametrize(("shape", "text", "value"), GOOD, ids=lambda item: repr(item)[:40])
def test_good_values_are_read(shape: Shape, text: str, value: Any) -> None:
    """A shape must read its good values without a word."""
    got, codes, _ = _value(shape, text)
    assert codes == []
    assert got == value
    assert type(got) in (type(value), type(Line().convert(_word("x"), Reader())))


@pytest.mark.parametrize(("shape", "text", "codes"), BAD, ids=lambda item: repr(item)[:40])
def test_bad_values_are_reported(shape: Shape, text: str, codes: list[str]) -> None:
    """A shape must report each bad value once; a value that is one scalar is then not there at all."""
    got, reported, _ = _value(shape, text)
    assert reported == codes
    if isinstance(shape, Id | OneOf | Flag | Count | Day | Length | Country | Line):
        assert got is None


def _word(text: str) -> Any:
    root = _root(text)
    assert isinstance(root, Scalar)
    return root.word


def test_values_keep_their_place() -> None:
    """Words that are read as names or lines must still know where they were written."""
    for shape in (Line(), Id(), Ref("things"), Country()):
        value, _, _ = _value(shape, "ID")
        assert value.place == Place("f.yaml", 1, 4)
    thing, _, _ = _value(THING, "{name: x}")
    assert thing.place == Place("f.yaml", 1, 4)
    things, _, _ = _value(MapOf(THING), "\n  t:\n    name: x")
    assert things["t"].place == things["t"].id.place == Place("f.yaml", 2, 3)


def test_mistakes_are_placed_at_the_value() -> None:
    """A mistake must be placed at the value or key that is wrong, not at the entry around it."""
    _, _, reader = _value(THING, "{size: big, nmae: y}")
    assert [(found.code, found.place.column) for found in reader.diagnostics] == [
        ("bad-number", 11), ("unknown-key", 16), ("missing-key", 4),
    ]  # fmt: skip


def test_references_are_gathered_where_they_stand() -> None:
    """Every well-formed reference must be gathered with its section and place; a malformed one must not."""
    _, codes, reader = _value(ListOf(Ref("things")), "[x, 'not a name', y]")
    assert codes == ["bad-name"]
    assert reader.references == [Reference("things", _word("x")), Reference("things", _word("y"))]
    assert [reference.word.place.column for reference in reader.references] == [5, 22]


def test_a_record_without_its_required_value_is_nothing() -> None:
    """A record must not be made when a required value is missing or could not be read."""
    assert _value(THING, "{size: 1}")[0] is None
    assert _value(THING, "{name: [x]}")[0] is None
    assert _value(MapOf(THING), "{a: {name: x}, b: {}}")[0] == {"a": Thing(name="x", id="a")}


def test_missing_keys_say_what_they_mean() -> None:
    """The help for a missing key must name the key and what it is about."""
    _, _, reader = _value(THING, "{size: 1}")
    assert str(reader.diagnostics[0].help) == "add `name`: what it is called"


def test_repeated_keys_name_both_places() -> None:
    """A repeated key must be placed at the second and its help must name the first."""
    _, _, reader = _value(MapOf(Count()), "\n  x: 1\n  y: 2\n  x: 3")
    found = reader.diagnostics[0]
    assert (found.place.line, found.place.column) == (4, 3)
    assert "f.yaml:2:3" in str(found.help)


@pytest.mark.parametrize(
    ("word", "known", "help"),
    [
        ("recipient", ["recipients", "retention"], "did you mean `recipients`?"),
        ("contrat", ["consent", "contract"], "did you mean `contract`?"),
        ("zzz", ["b", "a"], "known here: `a`, `b`"),
        ("zzz", [], "nothing of this kind is defined yet"),
        ("zzz", list("ABCDEFGHIJKLM"), "known here: " + ", ".join(f"`{word}`" for word in "ABCDEFGHIJKL") + ", ..."),
        ("", ["a"], "known here: `a`"),
        ("x{y}", ["x{z}"], "did you mean `x{z}`?"),
    ],
)  # fmt: skip
def test_unknown_words_get_the_nearest_known_one(word: str, known: list[str], help: str) -> None:
    """The help for an unknown word must be the closest known one, else the words there are, if there are any."""
    assert str(nearest(word, known)) == help


def test_did_you_mean_reaches_the_reader() -> None:
    """Unknown keys and words must suggest what may have been meant."""
    _, _, reader = _value(THING, "{name: x, szie: 1}")
    assert str(reader.diagnostics[0].help) == "did you mean `size`?"
    _, _, reader = _value(OneOf(Colour), "dark green")
    assert str(reader.diagnostics[0].help) == "did you mean `dark-green`?"


def test_words_in_messages_are_short_and_printable() -> None:
    """A message must show at most sixty printable characters of what somebody wrote, on one line."""
    for text in ("x" * 10_000 + " ", "|\n  a\n  b\u202e", "'{0} {word} {}'", "'\u200b\u2028'"):
        for shape in (Id(), OneOf(Colour), Flag(), Count(), Day(), Length(), Country()):
            _, codes, reader = _value(shape, text)
            message = str(reader.diagnostics[0].message)
            assert codes
            assert len(message) < 120
            assert message.isprintable()


def test_braces_in_what_somebody_wrote_are_shown_as_written() -> None:
    """Braces in a written word must not be taken for holes of the message."""
    _, _, reader = _value(Flag(), "'{word} {0} {{'")
    assert "`{word} {0} {{`" in str(reader.diagnostics[0].message)


def test_diagnostics_are_capped() -> None:
    """However many mistakes there are, the shapes must report no more than the cap, and at least one."""
    _, codes, _ = _value(ListOf(Count()), "[" + "x," * (MAX_DIAGNOSTICS * 3) + "]")
    assert codes == ["bad-number"] * MAX_DIAGNOSTICS
    _, codes, _ = _value(ListOf(Count()), "[" + "x," * (MAX_DIAGNOSTICS - 1) + "]")
    assert len(codes) == MAX_DIAGNOSTICS - 1


def test_the_cap_is_for_the_reader_as_a_whole() -> None:
    """Mistakes past the cap must not be kept, wherever they come from."""
    reader = Reader()
    for number in range(MAX_DIAGNOSTICS + 5):
        reader.error("x", say(N_("mistake")), Place("f", number + 1, 1))
    assert len(reader.diagnostics) == MAX_DIAGNOSTICS
    assert reader.diagnostics[-1].place.line == MAX_DIAGNOSTICS


def test_shapes_write_themselves_as_a_schema() -> None:
    """A record must become a schema with its required keys, closed, and its parts under `$defs`."""
    root = Record("Root", Thing, {
        "things": Field(MapOf(THING), "the things", required=True), "best": Field(THING, "the best one"),
        "text": Field(Prose(), "a text"),
    })  # fmt: skip
    schema = document_schema(root, "A root", "urn:example:root")
    assert (schema["$id"], schema["title"], schema["required"]) == ("urn:example:root", "A root", ["things"])
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {"things", "best", "text"}
    assert set(schema["$defs"]) == {"Text", "Thing"}
    assert schema["$defs"]["Thing"]["required"] == ["name"]
    assert schema["properties"]["best"] == {"$ref": "#/$defs/Thing", "description": "the best one"}


def test_every_description_is_a_message() -> None:
    """What a key is about must be usable as a message: no stray braces."""
    assert all(Message(known.about).render() == known.about for known in THING.fields.values())
