"""How far a request is, as its page tells whoever showed who asks: step by step, what was done, what stays, what we wrote, why we refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from janji.ledger.events import Kind
from janji.messaging.kinds import MessageKind
from janji.messaging.texts import heading
from janji.rights.register import Granted
from janji.rights.requests import Asker, Outcome, Request, State
from janji.terms.messages import N_, Tongue, say
from janji.terms.words import moment
from janji.web.naming import spoken
from janji.workflows import messages
from janji.workflows.house import House
from janji.workflows.naming import names_of
from janji.workflows.person_packages import Waiting
from janji.workflows.recording import history_of
from janji.workflows.requests import kept_of, lines_of

_ORDER = (State.UNVERIFIED, State.VERIFIED, State.APPROVAL, State.WORKING, State.DELIVERY, State.ENDED)
_STEPS = (
    (State.UNVERIFIED, N_("We have your request"), Kind.REQUEST_RECORDED), (State.VERIFIED, N_("We know that it is you"), Kind.REQUEST_VERIFIED),
    (State.APPROVAL, N_("Our officers agree"), Kind.REQUEST_APPROVED), (State.WORKING, N_("It is carried out"), Kind.REQUEST_EXECUTED),
    (State.ENDED, N_("You have our answer"), Kind.REQUEST_ENDED),
)  # fmt: skip
_TOLD = {
    messages.State.WAITING: N_("on its way"), messages.State.SENT: N_("sent"), messages.State.DELIVERED: N_("delivered"),
    messages.State.HANDED: N_("handed over by our staff"), messages.State.STAFF: N_("could not be sent: ask our staff for it"),
    messages.State.DROPPED: N_("could not be sent"),
}  # fmt: skip


def timeline(house: House, asked: Request, tongue: Tongue) -> list[dict[str, Any]]:
    """The steps of a request: those behind it with their instants, the one that it is at, and those to come."""
    at = {Kind.REQUEST_RECORDED: asked.opened}
    if asked.subject is not None:
        number = str(asked.id)
        at[Kind.REQUEST_VERIFIED] = asked.opened
        at |= {event.kind: event.at for event in history_of(house, asked.subject) if event.details.get("request") == number}
    if asked.ended is not None:
        at[Kind.REQUEST_ENDED] = asked.ended
    stands, found = _ORDER.index(asked.state), list[dict[str, Any]]()
    for state, words, kind in _STEPS:
        if state is State.APPROVAL and not asked.needed:
            continue
        if asked.outcome is not None and kind not in at and state is not State.ENDED:
            continue  # it came to its end without this step
        done = stands > _ORDER.index(state) or (stands == _ORDER.index(state) and state not in (State.APPROVAL, State.WORKING))
        found.append({"words": tongue.translate(words), "state": "done" if done else "", "at": moment(at[kind]).render(tongue) if done and kind in at else "",
                      "stamp": at[kind].isoformat() if kind in at else "", "lines": []})  # fmt: skip
    following = next((one for one in found if not one["state"]), None)
    if following is not None:
        following["state"] = "now"
        if asked.open:
            following["lines"] = [say(N_("We answer until {when}"), when=moment(asked.due)).render(tongue)]
    return found


def copy_card(waiting: Waiting, tongue: Tongue) -> dict[str, Any]:
    """The copy that a person asked for: where it is fetched, until when it is kept, what is in it; or what became of it."""
    told = tongue.translate
    card: dict[str, Any] = {"title": told(N_("Your copy is ready")), "tone": "good", "href": "", "words": told(N_("Fetch my copy")), "again": told(N_("Send me a new link and a new code")),
                            "more": told(N_("No code, or the link does not work?")), "more_lead": told(N_("We send both once more, each by another way. Those before are worth nothing then.")), "anew": ""}  # fmt: skip
    if waiting.over:
        return {**card, "title": told(N_("Your copy was destroyed")), "tone": "note", "again": "", "anew": told(N_("Ask for a new copy")),
                "lines": [say(N_("It was kept until {when}; then its key was destroyed, so nobody can open it any more."), when=moment(waiting.until)).render(tongue)]}  # fmt: skip
    kept = say(N_("It is kept for you until {when}; then it is destroyed."), when=moment(waiting.until)).render(tongue)
    if waiting.handed is not None:
        return {**card, "title": told(N_("You have your copy")), "lines": [say(N_("It was fetched {when}."), when=moment(waiting.handed)).render(tongue),
                told(N_("If it was not you, tell us at once.")), kept], "more": told(N_("Did the file get lost?"))}  # fmt: skip
    if waiting.path is None:
        why = N_("Too many wrong codes were tried, so its link has ended.") if waiting.locked else N_("Fetching it was begun too often, so its link has ended.")
        return {**card, "tone": "note", "lines": [told(why), kept]}
    return {**card, "href": f"{waiting.path}?language={tongue.language}", "lines": [
        told(N_("First comes a report to read, in your language; beside it the same as files for a program.")),
        told(N_("You need the code that came by another way than our message: by telephone, at another address, or from our staff.")), kept,
    ]}  # fmt: skip


def lists(house: House, asked: Request, granted: Granted | None, tongue: Tongue) -> Iterator[dict[str, Any]]:
    """Why it was refused, what was done or will be, what stays and why, what we wrote: each with a heading, where there is something to say."""
    ground = next((one for one in granted.grounds if one.id == asked.ground), None) if granted else None
    if asked.outcome is Outcome.REFUSED and ground is not None:
        lines = [ground.title.get(tongue.language), tongue.cite(ground.article)]
        yield {"title": tongue.translate(N_("Why we refused")), "lines": lines, "tone": "fault"}
    did, kept = lines_of(asked), kept_of(asked)
    called = names_of(house, tongue.language, systems=bool(did or kept))
    if did:
        done = asked.outcome is not None
        yield {"title": tongue.translate(N_("What we did") if done else N_("What we will do")), "lines": [spoken(line, tongue, called) for line in did], "tone": "good" if done else ""}
    if kept:
        yield {"title": tongue.translate(N_("What stays, and why")), "lines": [spoken(line, tongue, called) for line in kept], "tone": "note"}
    written = messages.of_request(asked.id)
    told = [
        say(N_("{when}: {about} ({state})"), when=moment(row.made), about=heading(MessageKind(row.kind), ward=asked.asker is Asker.GUARDIAN), state=say(_TOLD[messages.State(row.state)])).render(tongue)
        for row in written if MessageKind(row.kind) not in (MessageKind.ESCALATION, MessageKind.APPROVAL)
    ]  # fmt: skip
    if told:
        yield {"title": tongue.translate(N_("What we wrote to you")), "lines": told, "tone": ""}
