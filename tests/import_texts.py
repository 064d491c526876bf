"""The importer held against invented texts in which what they speak of was marked: words of the text, by section.

`python -m tests.import_texts` prints the table; with `--show`, what was missed and what was found besides. A mark is
found when an entry of its section rests on words that overlap it; an entry is right when it rests on a mark.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tests.import_score import Score

from janji.files.dictionaries import load_vocabulary
from janji.files.laws import load_law
from janji.files.published import read_published
from janji.importer.evidence import evidence_json
from janji.importer.mentions import read_text
from janji.importer.text import Occasion, assemble_text
from janji.prose.segments import segment
from janji.terms.places import Place

CASES = Path(__file__).parent / "cases"
ALSO = {"deadlines": ("periods", "deadlines"), "retention": ("retention", "periods"), "countries": ("countries", "transfers")}


@cache
def marks() -> dict[str, dict[str, Any]]:
    """The marks by text and section."""
    held: dict[str, dict[str, Any]] = yaml.safe_load((CASES / "import" / "texts.yaml").read_text(encoding="utf-8"))
    return held


def score(held_out: bool) -> dict[str, Score]:
    """The score of each section over the texts that the vocabulary was tuned on, or over those whose words were kept out of it."""
    scores: dict[str, Score] = defaultdict(Score)
    for name, marked in marks().items():
        if bool(marked.get("held_out")) is not held_out:
            continue
        sections = {section: quotes for section, quotes in marked.items() if section != "held_out"}
        text = read_published(CASES / "lint" / "texts" / name).text
        found = _imported(text)
        for section, quotes in sections.items():
            spans = [span(text, quote) for quote in quotes]
            held = [entry for part in ALSO.get(section, (section,)) for entry in found.get(part, [])]
            for quote, (start, end) in zip(quotes, spans, strict=True):
                hit = any(item["start"] < end and start < item["end"] for entry in held for item in entry["evidence"])
                if hit:
                    scores[section].found += 1
                else:
                    scores[section].missed.append(f"{name}: {quote}")
            for entry in found.get(section, []):
                right = any(item["start"] < end and start < item["end"] for start, end in spans for item in entry["evidence"])
                if right:
                    scores[section].right += 1
                else:
                    words = "; ".join(item["words"] for item in entry["evidence"][:3])
                    scores[section].extra.append(f"{name}: {entry['entry']} ({words})")
    return dict(scores)


def span(text: str, quote: str) -> tuple[int, int]:
    """Where the words of a mark stand first, whatever the white space between them."""
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    match = re.search(rf"(?<!\w){pattern}", text)
    if match is None:
        raise ValueError(quote)
    return match.span()


def _imported(text: str) -> dict[str, list[dict[str, Any]]]:
    reading = read_text(segment(text), load_vocabulary())
    law = load_law(load_vocabulary().law)
    assert law is not None
    made = assemble_text(reading, Occasion("text", law, date(2026, 1, 1), "text", lambda _: Place("text", 1, 1)))
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in evidence_json(made, reading, "text", law.id)["entries"]:
        found.setdefault(entry["entry"].partition(".")[0], []).append(entry)
    return found


def main() -> None:
    """Print both tables, and with `--show` the differences."""
    for held_out in (False, True):
        print("texts whose words were kept out" if held_out else "texts tuned on")
        print(f"{'section':12} marks found recall imported right precision")
        total = Score()
        for name, held in score(held_out).items():
            _print(name, held)
            if "--show" in sys.argv:
                for line in (*(f"    missed {line}" for line in held.missed), *(f"    extra  {line}" for line in held.extra)):
                    print(line)
            total.add(held)
        _print("all", total)


def _print(name: str, held: Score) -> None:
    marked, imported = held.found + len(held.missed), held.right + len(held.extra)
    print(f"{name:12} {marked:5} {held.found:5} {held.recall:6.2f} {imported:8} {held.right:5} {held.precision:9.2f}")


if __name__ == "__main__":
    main()
