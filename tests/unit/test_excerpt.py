"""The excerpt of a finding: never wider than the terminal, the marks exactly under the words."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from janji.cli.excerpt import CUT, TAB, excerpt
from janji.terms.messages import printable

CHARS = st.text(alphabet="ab é漢字😀e\u0301\t\n\u200b\x1b", max_size=120)


def shown(text: str) -> str:
    """The text as a terminal is given it, letters that take up no cell left out."""
    return "".join(char for char in printable(text.replace("\t", TAB)) if cell_len(char))


@settings(max_examples=400)
@given(CHARS, CHARS, CHARS, st.integers(20, 90))
def test_marks_stand_under_the_words(before: str, words: str, after: str, width: int) -> None:
    """What is marked is the beginning of the words (all of them, if nothing was cut), within the width."""
    text = before + words + after
    line, marks = excerpt(text, len(before), len(before) + len(words), width)
    first = shown(words.split("\n", maxsplit=1)[0])
    assert max(cell_len(line), cell_len(marks)) <= width
    assert "\n" not in line
    lead = len(marks) - len(marks.lstrip(" "))
    assert marks == " " * lead + "^" * (len(marks) - lead)
    marked, at = "", 0
    for char in shown(line):
        marked += char if lead <= at < len(marks) else ""
        at += cell_len(char)
    if first:
        assert first.startswith(marked)
        assert marked == first or line.endswith(CUT)


def test_a_mark_behind_a_full_line_has_its_cell() -> None:
    """Words that take up no cell are marked behind a line that is as wide as the terminal: the line gives way."""
    line, marks = excerpt("ab" * 10, 20, 20, 20)
    assert (line, marks) == ("…" + ("ab" * 10)[-18:], " " * 19 + "^")


def test_a_line_that_fits_is_shown_whole() -> None:
    """A short line stands as it is."""
    assert excerpt("one\nwe may sell it\ntwo", 7, 15, 40) == ("we may sell it", "   ^^^^^^^^")


def test_a_long_line_is_cut_around_the_words() -> None:
    """Ten million characters cost no more than a line, and the words are in sight."""
    text = "x " * 5_000_000 + "sell it" + " y" * 5_000_000
    line, marks = excerpt(text, 10_000_000, 10_000_007, 40)
    assert line == "…x x x x x x sell it y y y y y y y y y …"
    assert line[marks.index("^") : marks.index("^") + 7] == "sell it"


def test_words_wider_than_the_terminal_are_cut() -> None:
    """The marks end where the words are cut, and words over several lines are shown by their first."""
    assert excerpt("a" * 50, 0, 50, 20) == ("a" * 19 + "…", "^" * 19)
    assert excerpt("ab cd\nef", 3, 8, 20) == ("ab cd", "   ^^")
