"""Starting models: what is written is read as it was meant, whatever the words; names are names."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janji.documents.shapes import Prose, Reader
from janji.documents.tree import Mapping, Scalar, read_tree
from janji.documents.writing import flow, scalar
from janji.files.laws import load_law
from janji.importer.draft import Draft, DraftEntry, Evidence, OpenDecision, name_of
from janji.importer.yaml_text import write
from janji.policy.checker import check
from janji.policy.parser import parse_text
from janji.terms.messages import ENGLISH, Tongue, say
from janji.terms.places import Place
from janji.terms.texts import Text

WORDS = {"title of {name}": "judul {name}"}
OTHER = Tongue("id", lambda message: WORDS.get(message, message))
CHARS = st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t\u0085\u00a0\u2028\ufeff")
ODD = ["null", "~", "", " x ", "yes", "- a", "a: b", "a #b", "#a", "'", '"', "\\", "{a}", "[b]", "&x", "*x", "!t", "|",
       ">", "%", "@", "`", "?", "2026-01-01", "1e3", "0x1f", "a,b", "---", "x\n\ny", "a\u2028b", "\ufeffx"]  # fmt: skip


def read_back(text: str) -> str:
    """The one value of `x: ...` as the tree reads it."""
    tree = read_tree("x.yaml", f"x: {text}\n".encode())
    assert tree.diagnostics == ()
    assert isinstance(tree.root, Mapping)
    value = tree.root.pairs[0][1]
    assert isinstance(value, Scalar)
    assert not value.absent
    return str(value.word)


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_read_as_written(text: str) -> None:
    """Nothing that has a meaning in YAML has one in a text."""
    assert read_back(scalar(text)) == text
    assert read_back(scalar(text)) == read_back(flow(text))


@given(st.text(CHARS))
def test_any_text_is_read_as_written(text: str) -> None:
    """Every text comes back, in a list too."""
    assert read_back(scalar(text)) == text
    tree = read_tree("x.yaml", f"x: {flow((text, text))}\n".encode())
    assert isinstance(tree.root, Mapping)
    items = getattr(tree.root.pairs[0][1], "items", ())
    assert [str(item.word) for item in items] == [text, text]


@given(st.text())
def test_a_name_is_a_name(words: str) -> None:
    """Whatever the words, the name made of them can stand in a policy."""
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", name_of(words))


@given(st.lists(st.tuples(st.sampled_from(["en", "id"]), st.text(CHARS, min_size=1).filter(str.strip)),
                min_size=1, max_size=2, unique_by=lambda pair: pair[0]))  # fmt: skip
def test_texts_in_languages_come_back(versions: list[tuple[str, str]]) -> None:
    """A text keeps its languages and words."""
    tree = read_tree("x.yaml", f"x: {flow(Text(tuple(versions)))}\n".encode())
    assert isinstance(tree.root, Mapping)
    assert Prose().read(tree.root.pairs[0][1], Reader()) == Text(tuple((lang, words.strip()) for lang, words in versions))


def whole() -> Draft:
    """A draft of the smallest policy."""
    draft = Draft(head={
        "policy": "p", "version": 1, "title": say("title of {name}", name="p"), "law": "id-pdp", "effective": "2026-01-01",
        "controller": {"name": "P", "country": "ID", "decide": (say("who?"), say("where"), say("what"))},
    })  # fmt: skip
    draft.add("data", "mail", {"title": "mail", "class": "general"}, Evidence(Place("r.csv", 2, 3), 'an "odd"\n# quote'))
    return draft


def test_messages_are_written_in_every_language() -> None:
    """A title or question becomes a text in each tongue; several questions become one text."""
    policy = parse_text(write(whole(), [ENGLISH, OTHER]).encode()).policy
    assert policy is not None
    assert policy.title.versions == (("en", "title of p"), ("id", "judul p"))
    assert policy.controller.decide is not None
    assert policy.controller.decide.get("en") == "who? where; what"


def test_evidence_stays_a_comment() -> None:
    """A quotation of any form is one line of comment before its entry."""
    lines = write(whole(), [ENGLISH]).splitlines()
    assert '  # r.csv:2:3 "an "odd" # quote"' in lines
    assert lines[lines.index('  # r.csv:2:3 "an "odd" # quote"') + 1] == "  mail:"


def test_what_lacks_something_permits_nothing() -> None:
    """An entry left out is a comment, and the model without it is sound; taking the marks off brings it in."""
    draft = whole()
    draft.sections["purposes"] = {"post": DraftEntry({"title": "Post", "basis": "vital-interest", "data": ("mail",)})}
    draft.sections["retention"] = {"all": DraftEntry({"title": "All", "period": "P1Y", "trigger": "end", "then": "delete"})}
    decision = OpenDecision("purposes.post", say("why?"), say("because"))
    draft.leave_out("purposes", "post", decision)
    text = write(draft, [ENGLISH])
    law = load_law("id-pdp")
    held = check(parse_text(text.encode()), law).policy
    assert held is not None
    assert held.purposes == {}
    assert "  # decide (en): why?" in text
    assert draft.decisions == [decision]
    opened = check(parse_text(text.replace("  #| ", "  ").replace("purposes: {}  #", "purposes:  #").encode()), law).policy
    assert opened is not None
    assert list(opened.purposes) == ["post"]
    assert opened.effective == date(2026, 1, 1)
