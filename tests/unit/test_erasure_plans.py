"""Plans of search and erasure against the oracle that walks rows, over stores of any form."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import event, given, settings
from tests.any_store import AT, Store, stores
from tests.reference.carry_out import Carrying, Refused
from tests.reference.erase import Outcome, Stopped, erase
from tests.strategies import examples

from janji.erasure.plan import Purpose, plan_store

UNREACHED = "`{table}` holds personal data, and nothing leads from a person to its rows"


def expected(store: Store) -> Outcome | None:
    """What the oracle says; nothing when a row would have to be left as it cannot be."""
    try:
        return erase(store.catalogue, store.meaning, deepcopy(store.data), store.people, AT)
    except Stopped:
        return None


def after(store: Store, outcome: Outcome) -> dict[str, list[dict[str, Any] | None]]:
    """The rows that the oracle expects."""
    return {
        name: [
            None if (name, at) in outcome.gone else {**row, **outcome.cells.get((name, at), {})}
            for at, row in enumerate(rows)
        ]
        for name, rows in store.data.items()
    }


@given(stores())
@settings(max_examples=examples(300))
def test_a_plan_does_what_the_oracle_says(store: Store) -> None:
    """Found for whom, gone, changed, and why the rest stays: row by row and cell by cell the same."""
    plan = plan_store(store.catalogue, store.meaning, AT, Purpose.ERASE)
    if any(problem.message.id != UNREACHED for problem in plan.problems):
        event("problem: " + next(problem.message.id for problem in plan.problems if problem.message.id != UNREACHED))
        return
    outcome = expected(store)
    carrying = Carrying(store.catalogue, deepcopy(store.data), store.people)
    if outcome is None:
        with pytest.raises(Refused, match="stopped"):
            carrying.run(plan)
        event("stopped")
        return
    carrying.run(plan)
    held = {(table, at): entry for table, rows in carrying.held.items() for at, entry in rows.items()}
    assert {
        (person, *place) for place, entry in held.items() for person in entry.persons | entry.finders
    } == outcome.found
    marks = {place: str(entry.mark) for place, entry in held.items() if entry.mark is not None}
    assert {place: why for place, why in outcome.stays.items() if why not in ("anonymise", "restrict")} == marks
    for why in marks.values():
        event(why)
    assert carrying.rows == after(store, outcome)
