"""Plain words for where a request stands, how it ended, how it came, who asks, how that was shown, and why another company takes no data."""

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
    Outcome.RECLASSIFIED: N_("recorded as another right"),
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

_NOT_TAKEN = {
    "address": N_("its address leads to a place to which no data may be sent"), "name": N_("the name in its address is not known on the internet"),
    "timeout": N_("its system did not answer in time"), "tls": N_("its system does not show that it is whom it says, and data go to nobody else"),
    "connection": N_("its system cannot be reached"), "answer": N_("its system broke off before it had answered"),
}  # fmt: skip
"""Why another company does not take the data that somebody wants it to have, where its system said nothing."""
_SAID_NO = {
    300: N_("its address leads on to another one, and data go only to the one that was given"), 401: N_("its system lets only those in whom it knows"),
    403: N_("its system lets only those in whom it knows"), 404: N_("nothing takes data at this address"), 405: N_("nothing takes data at this address"),
    408: N_("its system did not answer in time"), 410: N_("nothing takes data at this address"), 413: N_("its system does not take so much at once"),
    429: N_("its system has too much to do now"), 400: N_("its system does not take data in this form"), 500: N_("its system has a fault now"),
    503: N_("its system has too much to do now"),
}  # fmt: skip
"""The same by the status with which its system said no; what is not here is as the hundred that it belongs to."""


def not_taken(word: str) -> Message:
    """That another company does not take the data, and why, by its status or the word of whoever asked it."""
    status = int(word) if word.isdecimal() else 0
    why = _SAID_NO.get(status) or _SAID_NO.get(status - status % 100) or _NOT_TAKEN.get(word) or N_("its system gave no answer that is understood")
    return say(N_("the other company does not take the data: {why}"), why=say(why))


def state_of(one: Request) -> Message:
    """Where a request stands, or how it ended, or will."""
    return say(STATES[one.state] if one.outcome is None else OUTCOMES[one.outcome])
