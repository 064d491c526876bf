"""The pictures in the documents: each that is named is there, each that is there is named, and none is heavy."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVIEST = 80_000


def test_pictures_of_the_documents() -> None:
    """A document and its pictures belong together; `python tools/tutorial.py` makes those of the walk."""
    shown = set()
    for document in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        for says, where in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", document.read_text("utf-8")):
            assert says, f"{document.name}: {where} says nothing to those who cannot see it"
            shown.add((document.parent / where).resolve())
    assert shown
    assert shown == set((ROOT / "docs").rglob("*.png"))
    assert [path.name for path in shown if path.stat().st_size > HEAVIEST] == []
