"""Titles where messages of the engine say ids."""

from __future__ import annotations

from janji.terms.messages import say
from janji.terms.texts import Text
from janji.workflows.naming import Names


def test_systems_in_a_row() -> None:
    """Several systems in one hole have their titles too; what has none keeps its id."""
    called = Names({"cards": Text((("en", "Warranty cards"),))}, {}, "en")
    assert str(called.put(say("not answered: {systems}", systems="`cards`, `attic`"))) == "not answered: Warranty cards, attic"
