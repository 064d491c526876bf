"""Rights hidden in ordinary messages: labelled sets, what is found in each, and texts that nobody meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from janji.rights.recognition import LONGEST, recognise
from janji.rights.wordings import PHRASES
from janji.terms.processing import Right

CASES = Path(__file__).parents[1] / "cases" / "recognition"
BARS = {"first": (0.95, 0.95), "second": (0.95, 0.95), "third": (0.95, 0.95), "fourth": (0.95, 0.95), "fifth": (0.95, 0.95), "fresh": (0.8, 0.92)}
"""Of what is asked, how much is found; of what is found, how much is asked. `fresh` was never looked at while phrases were written."""
TYPED = {"everyday": (0.95, 0.95), "apart": (0.85, 0.79)}
"""The same of short messages in everyday spelling; of `apart`, which was not looked at, few."""


def cases(name: str) -> list[dict[str, Any]]:
    """The messages of a set, each with the rights that it uses."""
    held: list[dict[str, Any]] = yaml.safe_load((CASES / f"{name}.yaml").read_text("utf-8"))
    return held


def scored(name: str) -> tuple[float, float, list[str]]:
    """How much of what is asked was found, how much of what was found is asked, and where they differ."""
    asked = found = both = 0
    wrong = []
    for case in cases(name):
        wanted, got = set(case["rights"]), {str(one.right) for one in recognise(case["text"])}
        asked, found, both = asked + len(wanted), found + len(got), both + len(wanted & got)
        if wanted != got:
            wrong.append(f"{case['text'][:80]} wanted {sorted(wanted)} got {sorted(got)}")
    return both / asked, both / found, wrong


@pytest.mark.parametrize("name", BARS)
def test_rights_are_found_in_ordinary_messages(name: str) -> None:
    """Recall and precision stay above the bars; every right of the law is asked for in each set, and some messages use none."""
    recall, precision, wrong = scored(name)
    assert recall >= BARS[name][0], "\n".join([f"recall {recall:.2f}, precision {precision:.2f}", *wrong])
    assert precision >= BARS[name][1], "\n".join(wrong)
    assert {right for case in cases(name) for right in case["rights"]} == set(map(str, Right))
    assert sum(not case["rights"] for case in cases(name)) >= 15


@pytest.mark.parametrize("name", TYPED)
def test_rights_are_found_however_people_type(name: str) -> None:
    """Short forms, slang and colloquial endings ask for the same as the words of books; complaints in them ask for nothing."""
    recall, precision, wrong = scored(name)
    assert recall >= TYPED[name][0], "\n".join([f"recall {recall:.2f}, precision {precision:.2f}", *wrong])
    assert precision >= TYPED[name][1], "\n".join(wrong)


def test_a_spelling_keeps_its_place() -> None:
    """What is spelt in another way is found where it stands, also where it stands for two words."""
    for text, span in (("eh dataku hapusin ya", "dataku hapusin"), ("dont keep my data", "dont keep my data")):
        (one,) = recognise(text)
        assert (one.right, [text[start:end] for start, end in one.spans]) == (Right.DELETION, [span])


def test_each_find_is_explained_by_its_words() -> None:
    """Spans lie in the text in order, and hold the words that say so; a plain request is told from a hint."""
    text = "Halo, TV saya rusak.\nTolong hapus data saya, dan berhenti kirim promo.\n\n> jangan hapus data saya\n"
    found = recognise(text)
    assert [(one.right, one.sure, [text[start:end] for start, end in one.spans]) for one in found] == [
        (Right.DELETION, True, ["hapus data saya"]), (Right.WITHDRAWAL, True, ["berhenti kirim promo"]),
    ]  # fmt: skip
    (hint,) = recognise("I moved to a new house last week.")
    assert (hint.right, hint.sure) == (Right.CORRECTION, False)


def test_what_is_quoted_or_denied_asks_for_nothing() -> None:
    """The message that is answered, and the contrary, are passed over; a sentence broken over lines is one."""
    assert recognise("> please delete my data\nThanks, all is well.") == ()
    assert recognise("Jangan hapus data saya") == ()
    (broken,) = recognise("please delete all of my\npersonal data")
    assert broken.right is Right.DELETION


def test_every_right_has_phrases() -> None:
    """No right of the law is without words by which people ask for it."""
    assert {key.partition(" ")[2] for key in PHRASES} - {""} == set(map(str, Right))


@given(st.text(max_size=200), st.sampled_from(["delete my data", "HAPUS DATA SAYA", "Delete\nmy personal  data"]), st.text(max_size=200))
def test_a_request_is_found_between_any_characters(before: str, asks: str, after: str) -> None:
    """Whatever stands around it, and asks for something else perhaps, a span is the very words, in a text that may change its length when it is folded."""
    text = f"{before}\n\n{asks}\n\n{after}"
    found = [one for one in recognise(text) if one.right is Right.DELETION and one.sure]
    assert asks in [text[start:end] for one in found for start, end in one.spans]


def test_a_very_long_text_is_looked_at_in_its_beginning() -> None:
    """What stands behind the bound is not looked at."""
    assert recognise("x " * LONGEST + "delete my data") == ()


def lines() -> Iterator[str]:
    """What differs in each set; `python -m tests.unit.test_recognition` prints it."""
    for name in (*BARS, *TYPED):
        recall, precision, wrong = scored(name)
        yield f"{name}: recall {recall:.3f}, precision {precision:.3f}"
        yield from wrong
