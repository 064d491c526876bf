"""Histories in words: every kind of event and every actor has them, and no id or digest is among them."""

from __future__ import annotations

import pytest

from janji.files.translations import load_tongue
from janji.ledger.events import Actor, Kind
from janji.ledger.words import ACTORS, KINDS, details_words, event_words
from janji.terms.messages import ENGLISH


def test_every_kind_and_every_actor_has_words() -> None:
    """Neither language shows a code."""
    assert set(KINDS) == set(map(str, Kind))
    assert set(ACTORS) == set(map(str, Actor))


@pytest.mark.parametrize("kind", Kind)
def test_a_line_of_a_history_holds_no_code(kind: Kind) -> None:
    """Whatever happened is told as people say it, in English and in Indonesian."""
    for tongue in (ENGLISH, load_tongue("id")):
        assert str(kind) not in event_words("2026-11-25T03:00:00Z", str(kind), "person", {}, tongue)


def test_details_are_told_by_name_and_digests_are_left_out() -> None:
    """Names, instants and codes in words; what only programs read is left to JSON."""
    told = [str(one) for one in details_words({
        "purpose": "newsletter", "data": ["name", "email"], "task": "child-erasure", "due": "2026-11-28T00:00:00.000Z", "until": "", "facts": "f" * 64,
        "notice": "news", "notice_version": "2", "language": "id", "notice_digest": "a" * 64, "link": "019f", "automated": True,
    })]  # fmt: skip
    assert told == [
        "erase the data of a child without a guardian", "purpose: newsletter", "data: name, email", "due 28 November 2026, 07:00 WIB",
        "notice: news, version 2, language id", "only to a machine deciding alone",
    ]  # fmt: skip
