"""The promise board for everybody, where it is switched on: each promise of the policy and whether it is kept, and nothing of what is inside."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.assurance.board import State
from janji.assurance.words import STATES, TONES
from janji.terms.messages import N_, printable, say
from janji.terms.words import moment
from janji.web.documents import house_of, missing
from janji.web.pages import PROMISES, VERSIONS, centre_page, page_tongue, shows_promises
from janji.web.rights_form import LOOK
from janji.workflows import promise_boards

pages = Router()
_ABOUT = {
    State.KEPT: N_("Everything that we check shows that we keep it."), State.BROKEN: N_("Something that we check shows that we do not keep it now. We are told at once, and work on it."),
    State.UNPROVEN: N_("Nothing shows that we break it, and not everything shows that we keep it."), State.NOT_A_PROMISE: N_("It stands in the text and promises nothing that could be checked."),
}  # fmt: skip


@pages.get(PROMISES, auth=None, operation_id="promise-board", summary="Whether the promises of the policy are kept", openapi_extra={"responses": LOOK})
def board(request: HttpRequest) -> HttpResponse:
    """Every promise in the order of the text, with its state at the last look; not there where it is not switched on."""
    house, tongue = house_of(request), page_tongue(request)
    if not shows_promises(house):
        raise missing()
    held = promise_boards.kept(house, tongue.language)
    told = tongue.translate
    counts = [] if held is None else [(told(STATES[state]), TONES[state], count, told(_ABOUT[state])) for state, count in held.glance.counts.items()]
    lines = [] if held is None else [
        {"id": one["id"], "says": printable(one["says"]), "state": one["state"], "word": told(STATES[State(one["state"])]), "tone": TONES[State(one["state"])]}
        for one in held.lines if one.get("kind")
    ]  # fmt: skip
    at: datetime | None = None if held is None else held.glance.at
    return centre_page(
        request, "promises.html", told(N_("Do we keep our promises?")), here=VERSIONS, wide=True, counts=counts, lines=lines,
        stamp="" if at is None else at.isoformat(), words={
            "lead": told(N_("Every sentence of our privacy policy that promises something is checked by a program, again and again. This is how it is.")),
            "at": "" if at is None else say(N_("Last checked on {moment}."), moment=moment(at)).render(tongue), "none": told(N_("The first check is still to come. Look again in a few minutes.")),
            "all": told(N_("Every promise, in the order of the text")),
        },
    )  # fmt: skip
