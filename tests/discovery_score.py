"""Discovery held against the labelled columns: hits, false alarms and misses, kind by kind.

`python -m tests.discovery_score` prints the table; with `--show`, each difference with its reason; with `--fresh`, of the
columns that were made apart from the dictionaries, and with `--second` and `--third` of those that came later; with `--names`, from names alone, without a value. With `--company`, how
often the categories of the made-up company's own overlays are proposed, under its policy.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.discovery_corpus import TABLES, Labelled
from tests.scoring import Score

from janji.datamap.catalogue import Column, Sort
from janji.datamap.meaning import NONE
from janji.discovery.proposals import ColumnEvidence, Proposal, propose


def proposed(labelled: Sequence[Labelled], values: bool = True) -> tuple[Proposal, ...]:
    """What discovery proposes for labelled columns, with their values or without."""
    evidence = [column.evidence() for column in labelled]
    return propose(evidence if values else [replace(item, values=()) for item in evidence], None)


def score(labelled: Sequence[Labelled], values: bool = True) -> dict[str, Score]:
    """The score of every kind, and of `any`: whether a column holds something of a person at all."""
    found: dict[str, Score] = {}
    for column, proposal in zip(labelled, proposed(labelled, values), strict=True):
        line = f"{column.table}.{column.name}: {proposal.holds or 'none'} {proposal.confidence} instead of {column.holds or 'none'}; {proposal.why}"
        for kind, wanted, given in (
            *((str(kind), kind == column.holds, kind == proposal.holds) for kind in {column.holds, proposal.holds} if kind is not None),
            ("any", column.holds is not None, proposal.holds is not None),
        ):
            held = found.setdefault(kind, Score())
            if wanted and given:
                held.hits += 1
            elif given:
                held.alarms.append(line)
            elif wanted:
                held.misses.append(line)
    return dict(sorted(found.items()))


def total(scores: dict[str, Score]) -> Score:
    """All kinds together, without `any`."""
    kinds = [held for kind, held in scores.items() if kind != "any"]
    return Score(sum(held.hits for held in kinds), [line for held in kinds for line in held.alarms], [line for held in kinds for line in held.misses])


def company() -> tuple[dict[str, int], list[str]]:
    """Proposals for the made-up company beside its overlays: how many agree, and each difference."""
    from janji.demo.sheets import Size
    from janji.demo.systems import SYSTEMS
    from janji.files.policies import read_parts

    policy = read_parts(Path(__file__).resolve().parents[1] / "policies" / "pt-sony-indonesia")[2].policy
    counts, lines = {"same category": 0, "same none": 0, "other category": 0, "missed": 0, "too much": 0}, []
    for made in SYSTEMS.values():
        evidence, true = [], []
        for sheet in made.sheets:
            rows, meaning = list(sheet.rows(Size(200, 7, date(2026, 11, 1)))), made.meaning.tables.get(sheet.table)
            links = {name for link in meaning.links for name in link.columns} if meaning else set()
            for place, name in enumerate(sheet.columns):
                values = [row[place] for row in rows if row[place] is not None][:1000]
                sort = Sort.INTEGER if values and all(isinstance(value, int) for value in values) else Sort.TEXT
                evidence.append(ColumnEvidence(sheet.table, Column(name, sort, sort), values, name == "id", name in links))
                true.append(meaning.columns[name].category if meaning and name in meaning.columns else NONE)
        for proposal, wanted in zip(propose(evidence, policy), true, strict=True):
            pair = wanted != NONE, proposal.category != NONE
            kind = {(True, True): "other category", (True, False): "missed", (False, True): "too much", (False, False): "same none"}[pair]
            kind = "same category" if wanted == proposal.category != NONE else kind
            counts[kind] += 1
            if not kind.startswith("same"):
                lines.append(f"{made.name}/{proposal.table}.{proposal.column}: {proposal.category} instead of {wanted}; {proposal.why}")
    return counts, lines


def main() -> None:
    """Print the table."""
    if "--company" in sys.argv:
        counts, lines = company()
        print(", ".join(f"{kind}: {count}" for kind, count in counts.items()))
        print("\n".join(lines if "--show" in sys.argv else []))
        return
    labelled: Sequence[Labelled] = TABLES
    if "--fresh" in sys.argv:
        from tests.discovery_fresh import FRESH

        labelled = FRESH
    if "--second" in sys.argv:
        from tests.discovery_second import SECOND

        labelled = SECOND
    if "--third" in sys.argv:
        from tests.discovery_third import THIRD

        labelled = THIRD
    scores = score(labelled, "--names" not in sys.argv)
    print(f"{len({column.table for column in labelled})} tables, {len(labelled)} columns, {sum(column.holds is None for column in labelled)} of them decoys")
    for kind, held in [*scores.items(), ("total", total(scores))]:
        print(f"{kind:<18} {held.hits:>4} hits {len(held.alarms):>4} alarms {len(held.misses):>4} misses   precision {held.precision:6.3f}   recall {held.recall:6.3f}")
    if "--show" in sys.argv:
        for line in sorted({line for held in scores.values() for line in (*held.alarms, *held.misses)}):
            print(line)


if __name__ == "__main__":
    main()
