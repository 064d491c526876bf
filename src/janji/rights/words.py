"""Plain words for where a request stands, how it ended, how it came, who asks, and how that was shown."""

from __future__ import annotations

from janji.rights.requests import Asker, Intake, Outcome, Proof, Request, State
from janji.terms.messages import N_, Message, say

STATES = {
    State.UNVERIFIED: N_("who asks is not shown"), State.VERIFIED: N_("verified"), State.APPROVAL: N_("waits for approval"),
    State.WORKING: N_("is carried out"), State.DELIVERY: N_("to be told"), State.ENDED: N_("ended"),
}  # fmt: skip
OUTCOMES = {
    Outcome.DONE: N_("done"), Outcome.PARTLY_DONE: N_("partly done"), Outcome.NOTHING_HELD: N_("nothing held"), Outcome.REFUSED: N_("refused"),
    Outcome.NOT_VERIFIED: N_("not verified"), Outcome.DUPLICATE: N_("duplicate"), Outcome.WITHDRAWN: N_("taken back"),
}  # fmt: skip
INTAKES = {
    Intake.FORM: N_("form"), Intake.API: N_("another program"), Intake.EMAIL: N_("e-mail"), Intake.PHONE: N_("telephone"), Intake.PAPER: N_("letter or counter"),
    Intake.COMPLAINT: N_("complaint"),
}  # fmt: skip
ASKERS = {Asker.SELF: N_("the person"), Asker.GUARDIAN: N_("a parent or guardian"), Asker.AGENT: N_("somebody who was authorised")}
PROOFS = {
    Proof.NONE: N_("nothing yet"), Proof.CHANNEL: N_("an address that we held before"), Proof.KNOWLEDGE: N_("the address, and answers that the person alone knows"),
    Proof.STAFF: N_("our staff saw to it"),
}  # fmt: skip


def state_of(one: Request) -> Message:
    """Where a request stands, or how it ended, or will."""
    return say(STATES[one.state] if one.outcome is None else OUTCOMES[one.outcome])
