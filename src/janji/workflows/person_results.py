"""What came of a request, for the person: the copy that waits for them, and the certificate of what was deleted and what stays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from janji.ledger.events import stamp
from janji.ledger.proofs import proof_json
from janji.rights.requests import PREFIX, Asker, Request
from janji.terms.messages import Tongue
from janji.workflows.erasing import erasure
from janji.workflows.house import House
from janji.workflows.ledger import prove_now
from janji.workflows.person_packages import Waiting, waiting
from janji.workflows.request_telling import has_copy
from janji.workflows.requests import kept_of, lines_of

FORM = "janji-erasure-certificate/1"


def copies(house: House, requests: Iterable[Request]) -> dict[UUID, Waiting]:
    """The copies of requests that lie ready or did, by request; not of what an agent asked for, whose result goes to the person alone."""
    return waiting(house, [one.id for one in requests if has_copy(one) and one.asker is not Asker.AGENT])


def certificate_event(request: Request) -> UUID | None:
    """The event that certifies the erasure of a request; `None` where none was carried out, or it is not at its end."""
    return erasure(UUID(request.details["erasure"])).event if "erasure" in request.details else None


def certificate(house: House, request: Request, event: UUID, tongue: Tongue) -> dict[str, Any]:
    """What was deleted, what stays and why, with the proof that the ledger holds the certificate as it was signed.

    Of the person it says what the answer said; the certificate itself counts a batch and names nobody. Raises as `ledger.prove_now`.
    """
    proof = proof_json(prove_now(house, event))
    return {
        "form": FORM, "request": f"{PREFIX}{request.id}", "right": request.right, "controller": house.policy_in_force.policy.controller.name,
        "asked": stamp(request.opened), **({"ended": stamp(request.ended)} if request.ended else {}), "outcome": str(request.outcome),
        "done": [line.render(tongue) for line in lines_of(request)], "stays": [line.render(tongue) for line in kept_of(request)],
        "levels": proof["event"]["details"].get("levels", []), "proof": proof,
    }  # fmt: skip
