"""Many questions answered at once: what is known of everybody by one statement, and each question decided by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from janji.decision.enforcement import Outcome, enforce
from janji.decision.engine import decide
from janji.decision.history import second
from janji.decision.question import Decision, Facts, Question
from janji.store import facts as stored
from janji.store.database import in_transaction
from janji.workflows.decisions import answer, check_enforcement
from janji.workflows.house import House
from janji.workflows.rollout import observe, observe_many, pseudonym_of
from janji.workflows.standings import answer_for, record_permitted


@dataclass(frozen=True, slots=True)
class Wish:
    """What one of many questions has beside itself: facts of the request, the touchpoint, and whether to record the use."""

    request: Facts | None = None
    touchpoint: str | None = None
    record: bool = False


NOTHING = Wish()
Query = tuple[Question, "bytes | None", bool, Wish]
"""A question; the 16 bytes of the id of a person on record; whether anybody was named at all; and what else is wished."""


def answer_many(house: House, queries: Sequence[Query], application: str) -> list[dict[str, Any]]:
    """The answers in short, in the order of the questions: `permit`, `proceed`, `mode` and `codes`.

    Of somebody who was named and is not on record nothing is known. Raises as `workflows.standings.answer_for`.
    """
    compiled, settings = house.policy_in_force.compiled, house.runtime.settings.enforcement
    check_enforcement(settings, compiled.policy)
    known = _known(house, queries)
    now = second(house.runtime.now())
    verdicts: dict[tuple[int, int, int], tuple[dict[str, Any], Decision, Outcome, list[bytes]]] = {}
    found = []
    for question, subject, named, wish in queries:
        row = known.get(subject) if subject is not None else None
        if subject is not None and wish is NOTHING and row is not None and (not row[2] or (row[2] > now and row[2] > second(question.at))):
            key = (id(question), row[0], row[1])  # the same question about people of whom the same is known
            verdict = verdicts.get(key)
            if verdict is None:
                decision = decide(compiled, question, Facts(bits=row[0], born=row[1]))
                outcome = enforce(decision, settings, None, application)
                verdict = verdicts[key] = _verdict(decision.permit, outcome.proceed, outcome.mode, decision.reasons), decision, outcome, []
            found.append(verdict[0])
            verdict[3].append(subject)
        else:
            found.append(_one(house, question, subject, named, wish, application))
    for _, decision, outcome, subjects in verdicts.values():
        observe_many(house, decision, outcome, application, [UUID(bytes=subject) for subject in subjects])
    return found


def _known(house: House, queries: Sequence[Query]) -> dict[bytes, tuple[int, int, int]]:
    wanted = list({subject for _, subject, _, wish in queries if subject is not None and wish is NOTHING})
    return {} if not wanted or in_transaction() else stored.held_many(wanted, house.policy_in_force.layout.words)


def _one(house: House, question: Question, subject: bytes | None, named: bool, wish: Wish, application: str) -> dict[str, Any]:
    """The answer to a question that needs more than a look at a row: an end that is past, a merge, facts, a use to record."""
    if subject is None:
        facts = None if named else wish.request
        result = answer(house.runtime, house.policy_in_force.compiled, question, facts, wish.touchpoint, application)
    elif wish.record:
        result = record_permitted(house, UUID(bytes=subject), question, wish.request, wish.touchpoint, application)
    else:
        result = answer_for(house, UUID(bytes=subject), question, wish.request, None, wish.touchpoint, application)
    decision, outcome = result.decision, result.outcome
    observe(house, decision, outcome, application, None if subject is None else pseudonym_of(house, UUID(bytes=subject)), wish.touchpoint)
    return _verdict(decision.permit, outcome.proceed, outcome.mode, decision.reasons)


def _verdict(permit: bool, proceed: bool, mode: Any, reasons: Sequence[Any]) -> dict[str, Any]:
    return {"permit": permit, "proceed": proceed, "mode": str(mode), "codes": [reason.code for reason in reasons]}
