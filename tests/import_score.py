"""The importer of texts held against registers that a person read from a long policy: what it finds, what it makes up.

`python -m tests.import_score` prints the table; with `--show`, each entry that was missed and each that is too many.
An entry of a register is found when an entry of the matching sections rests on one of its clauses, by where the clause
stands in the text, and both have a word in common. An imported entry is right when it corresponds to some entry so.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from janji.files.dictionaries import load_vocabulary
from janji.files.laws import load_law
from janji.files.published import read_published
from janji.importer.evidence import evidence_json
from janji.importer.mentions import read_text
from janji.importer.text import Occasion, assemble_text
from janji.prose.segments import segment
from janji.terms.places import Place

SHARED = Path(__file__).resolve().parents[2] / "shared"
SEED, REGISTERS = SHARED / "seed", SHARED / "law" / "registers.json"

SECTIONS = {
    "Actors: controller side": ("controller", "entities", "actors"),
    "Actors: data subjects and related persons": ("actors",),
    "Actors: outside parties": ("actors", "recipients", "sources"),
    "Touchpoints / collection points": ("touchpoints",),
    "Data categories": ("data",),
    "Sources": ("sources",),
    "Purposes": ("purposes",),
    "Legal bases claimed": ("bases", "claims"),
    "Recipients": ("recipients",),
    "Countries and transfer mechanisms": ("countries", "ladder", "transfers", "claims"),
    "Technical and process mechanisms": ("mechanisms", "measures"),
    "Communication channels": ("channels",),
    "Trackers": ("trackers",),
    "Rights and choices granted": ("rights",),
    "Deadlines and time words": ("deadlines", "periods", "retention"),
    "Promises and obligations of Sony": ("promise",),
    "Duties placed on the user": ("user-duty",),
    "Powers Sony claims": ("power-claimed",),
    "Exceptions and conditions": ("conditions",),
}
"""Where the entries of each register are looked for: sections of the evidence, or kinds of statements."""
_SMALL = frozenset(["a", "an", "the", "of", "to", "in", "on", "at", "for", "from", "by", "with", "and", "or", "nor", "as", "under", "into", "your", "our", "you", "we", "not", "other", "any", "all", "no"])


def there() -> bool:
    """Whether the registers and the text are at hand; they are no part of the project."""
    return REGISTERS.is_file() and (SEED / "policy.txt").is_file()


@dataclass(slots=True)
class Score:
    """One register: how many of its entries were found, and how many imported entries correspond to one of them."""

    found: int = 0
    missed: list[str] = field(default_factory=list)
    right: int = 0
    extra: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share of the register's entries that were found."""
        return self.found / max(1, self.found + len(self.missed))

    @property
    def precision(self) -> float:
        """The share of the imported entries that correspond to one of the register."""
        return self.right / (self.right + len(self.extra)) if self.right + len(self.extra) else 1.0


    def add(self, other: Score) -> None:
        """Take another score in."""
        self.found += other.found
        self.right += other.right
        self.missed += other.missed
        self.extra += other.extra


@dataclass(frozen=True, slots=True)
class Found:
    """An imported entry, or a statement: its name, its words, and where they stand."""

    name: str
    words: frozenset[str]
    spans: tuple[tuple[int, int], ...]


def score() -> dict[str, Score]:
    """The score of each register."""
    text = read_published(SEED / "policy.txt").text
    held = json.loads((SEED / "clauses.json").read_text(encoding="utf-8"))
    clauses = {item["id"]: (item["start"], item["end"]) for item in (held if isinstance(held, list) else _list(held))}
    reading = read_text(segment(text), load_vocabulary())
    law = load_law(load_vocabulary().law)
    assert law is not None
    made = assemble_text(reading, Occasion("seed", law, date(2026, 1, 1), "policy.txt", lambda _: Place("policy.txt", 1, 1)))
    evidence = evidence_json(made, reading, "policy.txt", law.id)
    found = _found(evidence, text)
    return {
        name: _one(entries, [item for section in SECTIONS[name] for item in found.get(section, [])], clauses)
        for name, entries in json.loads(REGISTERS.read_text(encoding="utf-8")).items()
    }


def _list(held: dict[str, Any]) -> list[dict[str, Any]]:
    return next(value for value in held.values() if isinstance(value, list) and value and "start" in value[0])


def _found(evidence: dict[str, Any], text: str) -> dict[str, list[Found]]:
    spans = {item["clause"]: (item["start"], item["end"]) for item in evidence["clauses"]}
    found: dict[str, list[Found]] = {}
    for entry in evidence["entries"]:
        section, _, name = entry["entry"].partition(".")
        words = " ".join([name, *entry.get("title", {}).values(), *(item["words"] for item in entry["evidence"])])
        held = tuple(dict.fromkeys(spans[item["clause"]] for item in entry["evidence"]))
        found.setdefault(section, []).append(Found(entry["entry"], stems(words), held))
    for item in evidence["statements"]:
        said = Found(
            f"{item['clause']} {item['kind']}", stems(text[item["start"] : item["end"]]), (spans[item["clause"]],)
        )
        found.setdefault(item["kind"], []).append(said)
    return found


def stems(words: str) -> frozenset[str]:
    """The beginnings of the words of a text that say something; two texts have a word in common when they share one."""
    return frozenset(word[:5] for word in re.findall(r"[a-z0-9]+", words.lower().replace("e-mail", "email")) if word not in _SMALL)


def _one(entries: list[dict[str, Any]], found: list[Found], clauses: dict[str, tuple[int, int]]) -> Score:
    score = Score()
    right: set[str] = set()
    for entry in entries:
        spans = [clauses[clause] for clause in entry["clauses"] if clause in clauses]
        words = stems(entry["name"])
        hits = {item.name for item in found if item.words & words and _meet(item.spans, spans)}
        right |= hits
        if hits:
            score.found += 1
        else:
            score.missed.append(f"{entry['name']} {entry['clauses']}")
    score.right = sum(1 for item in found if item.name in right)
    score.extra = [item.name for item in found if item.name not in right]
    return score


def _meet(some: tuple[tuple[int, int], ...], others: list[tuple[int, int]]) -> bool:
    return any(start < end2 and start2 < end for start, end in some for start2, end2 in others)


def main() -> None:
    """Print the table, and with `--show` the differences."""
    if not there():
        sys.exit(f"the registers are not at hand: {REGISTERS}")
    total = Score()
    print(f"{'register':44} entries  found recall  imported  right precision")
    for name, held in score().items():
        count, imported = held.found + len(held.missed), held.right + len(held.extra)
        print(f"{name:44} {count:7} {held.found:6} {held.recall:6.2f} {imported:9} {held.right:6} {held.precision:9.2f}")
        if "--show" in sys.argv:
            for line in held.missed:
                print(f"    missed {line}")
            print(f"    extra  {', '.join(held.extra)}")
        total.add(held)
    count, imported = total.found + len(total.missed), total.right + len(total.extra)
    print(f"{'all':44} {count:7} {total.found:6} {total.recall:6.2f} {imported:9} {total.right:6} {total.precision:9.2f}")


if __name__ == "__main__":
    main()
