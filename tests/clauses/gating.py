"""The gate at the touchpoints of PT Sony Indonesia, asked in one line."""

from __future__ import annotations

from typing import Any

from tests.clauses.asking import AT, Sony, adult

from janji.collection.gate import collect
from janji.collection.submission import Collected, Context
from janji.decision.standing import Standing, pack
from janji.scanner.scan import build_scanner

SCANNER = build_scanner()
NIK, CARD = "3174014408900001", "4111 1111 1111 1111"
"""Numbers in the form of an identity card and of a payment card; they are nobody's."""


def gate(sony: Sony, touchpoint: str, fields: dict[str, Any], facts: Standing | None = None, **context: Any) -> Collected:
    """What the gate makes of a submission at `AT` by a grown person of whom no more than `facts` is known."""
    known = pack(adult() if facts is None else facts, sony.compiled.layout)
    return collect(sony.compiled, touchpoint, fields, Context(**{"at": AT, **context}), SCANNER, known)


def codes(found: Collected, field: str | None = None) -> set[str]:
    """The codes of what was dropped, of one field or of all."""
    return {reason.code for item in found.dropped if field in (None, item.field) for reason in item.reasons}


def clauses(found: Collected) -> set[str]:
    """The clauses cited for what was dropped."""
    return {clause for item in found.dropped for reason in item.reasons for clause in reason.clauses}


def everything(sony: Sony, touchpoint: str) -> dict[str, str]:
    """A harmless value for each field of a touchpoint that is no choice."""
    fields = sony.policy.touchpoints[touchpoint].fields
    plain = {name: "x" for name, field in fields.items() if field.choice is None}
    return {name: "1990-05-17" if fields[name].born else value for name, value in plain.items()}


def ready(sony: Sony, touchpoint: str) -> Standing:
    """An adult with all on record that any purpose of a touchpoint needs."""
    wanted = [sony.willing(str(name)) for name in sony.policy.touchpoints[touchpoint].purposes]
    return adult(
        consents=tuple(choice for one in wanted for choice in one.consents),
        agreements=tuple(dict.fromkeys(kind for one in wanted for kind in one.agreements)),
    )
