"""Guardians on screen: who is named for whom, verified by which papers, consenting, and how their say ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError, Unknown
from janji.ledger.events import Actor
from janji.people.guardians import BONDS, LinkState, Proof, Relation
from janji.people.identifiers import PREFIX
from janji.people.words import LINKS, PROOFS, RELATIONS
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message, say
from janji.web.console.fields import Ask, Field, ask_page
from janji.web.console.people import DONE, FIND, HERE, NUMBER, named, person_page
from janji.web.console.shell import Desk, screen
from janji.workflows.guardians import (
    guardian_consents,
    guardian_withdraws,
    name_guardian,
    revoke_guardian,
    verify_guardian,
)
from janji.workflows.people import Person, show, subject_with

_NAME = (
    Field(name="relation", label=N_("What they are to the person"), kind="select", options=tuple((str(one), text) for one, text in RELATIONS.items())),
    *FIND[:2],
    Field(name="new", label=N_("When nobody is known by it"), kind="checks", options=(("yes", N_("make them known by it")),)),
)  # fmt: skip
_REFERENCE = Field(name="reference", label=N_("Where the papers are filed"), hint=N_("Kept under seal. Not the papers themselves."), longest=500)


@screen(f"{HERE}/<uuid:id>/guardians", Duty.SEE_PEOPLE)
def guardians(desk: Desk, id: UUID) -> HttpResponse:
    """Who speaks for the person, and for whom the person speaks."""
    found = show(desk.house, id)
    root = f"{HERE}/{id}/guardians"
    return person_page(
        desk, "console_person_guardians.html", found, "guardians", done=DONE.get(desk.query("done"), ""), rows=[_link(desk, found, one) for one in found.guardians],
        name=desk.address(f"{root}/name") if found.active and desk.staff.may(Duty.WORK_PEOPLE) else "",
        words={"none": N_("Nobody is named as a guardian."), "lead": N_("For a child a parent or guardian consents; a companion helps an adult who wishes it. Nothing is allowed before they are verified."),
               "name": N_("Name a guardian"), "for": N_("speaks for this person"), "of": N_("this person speaks for them"), "open": N_("Open their page")},
    )  # fmt: skip


def _link(desk: Desk, found: Person, one: Any) -> dict[str, Any]:
    mine = one.guardian != found.id
    other = one.guardian if mine else one.ward
    where = f"{HERE}/{found.id}/guardians/{one.id}"
    acts = {LinkState.NAMED: ("verify", "revoke"), LinkState.VERIFIED: ("consent", "withdraw", "revoke")}.get(one.state, ())
    return {
        "relation": desk.told(RELATIONS[one.relation]), "state": desk.told(LINKS[one.state]), "tone": {LinkState.VERIFIED: "ok", LinkState.NAMED: "warn"}.get(one.state, "muted"),
        "mine": mine, "other": f"{PREFIX}{other}", "href": desk.address(f"{HERE}/{other}"),
        "acts": [(desk.address(where, act=act), desk.told(ACTS[act][0])) for act in acts] if found.active and desk.staff.may(Duty.WORK_PEOPLE) else [],
    }  # fmt: skip


ACTS: Mapping[str, tuple[str, str, str]] = {
    "verify": (N_("Verify"), N_("Verify"), N_("Note what was shown: who they are, and what shows that they may speak for the person. Their consent is another step.")),
    "consent": (N_("Record their consent"), N_("Record"), N_("The guardian agrees to the processing of the person's data. A quarantine for want of it is lifted at once.")),
    "withdraw": (N_("Record that they withdraw"), N_("Record"), N_("The guardian takes the consent back. A child is in quarantine at once, and the clock for erasing their data begins.")),
    "revoke": (N_("End their say"), N_("End it"), N_("The link ends for good, consent included. A child is in quarantine at once. Who is to come back is named and verified anew.")),
}  # fmt: skip
"""What can be done with a link: its title, the word on the button, and what it comes to."""


@screen(f"{HERE}/<uuid:id>/guardians/name", Duty.WORK_PEOPLE)
def name(desk: Desk, id: UUID) -> HttpResponse:
    """Who is it?"""
    return _name_page(desk, id)


@screen(f"{HERE}/<uuid:id>/guardians/name", Duty.WORK_PEOPLE, "POST")
def named_(desk: Desk, id: UUID) -> HttpResponse:
    """Named, and nothing allowed by that yet."""
    faults: dict[str, Message] = {}
    relation, kind, value = desk.field("relation"), desk.field("kind"), desk.field("value")
    if relation not in list(Relation):
        faults["relation"] = say(N_("choose what they are to the person"))
    guardian = None
    try:
        guardian = None if faults else named(desk, kind, value)  # nobody is looked for but to be named, which is recorded
        if guardian is None and desk.field("new") == "yes" and kind != NUMBER and not faults:
            guardian = subject_with(desk.house, [(kind, value)], Actor.STAFF)
        if guardian is None and not faults:
            faults["value"] = say(N_("nobody is known by this"))
    except Invalid as error:
        faults["value" if kind else "kind"] = error.message
    if faults or guardian is None:
        return _name_page(desk, id, faults)
    try:
        name_guardian(desk.house, id, guardian, Relation(relation), Actor.STAFF)
    except JanjiError as error:
        return _name_page(desk, id, {"value": error.message})
    return desk.go(f"{HERE}/{id}/guardians", done="named")


def _name_page(desk: Desk, id: UUID, faults: Mapping[str, Message] | None = None) -> HttpResponse:
    asked = Ask(title=N_("Name a guardian"), button=N_("Name them"), action=desk.address(f"{HERE}/{id}/guardians/name"), fields=_NAME,
                tells=(N_("Note who is said to be the person's parent, guardian or companion. Nothing is allowed by it until you verified them."),))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk, id), faults=faults)


def _back(desk: Desk, id: UUID) -> tuple[str, str]:
    return desk.address(f"{HERE}/{id}/guardians"), desk.told(N_("Guardians"))


@screen(f"{HERE}/<uuid:id>/guardians/<uuid:link>", Duty.WORK_PEOPLE)
def act(desk: Desk, id: UUID, link: UUID) -> HttpResponse:
    """What would happen to the link."""
    return _act_page(desk, id, link, desk.query("act"))


@screen(f"{HERE}/<uuid:id>/guardians/<uuid:link>", Duty.WORK_PEOPLE, "POST")
def acted(desk: Desk, id: UUID, link: UUID) -> HttpResponse:
    """It happens."""
    word, reference = desk.field("act"), desk.field("reference").strip()
    _found(desk, id, link)
    if word not in ACTS:
        raise _nothing()
    if word == "verify" and not reference:
        return _act_page(desk, id, link, word, {"reference": say(N_("say where the papers are filed"))})
    try:
        _carry_out(desk, link, word, {"reference": reference, "staff": desk.staff.id} if reference else None)
    except Invalid as error:
        return _act_page(desk, id, link, word, {"proofs": error.message}, error) if word == "verify" else _act_page(desk, id, link, word, error=error)
    except JanjiError as error:
        return _act_page(desk, id, link, word, error=error)
    return desk.go(f"{HERE}/{id}/guardians", done={"verify": "verified", "consent": "consented"}.get(word, "revoked"))


def _carry_out(desk: Desk, link: UUID, word: str, kept: Mapping[str, str] | None) -> None:
    if word == "verify":
        verify_guardian(desk.house, link, [Proof(one) for one in desk.all("proofs") if one in list(Proof)], Actor.STAFF, kept)
    elif word == "consent":
        guardian_consents(desk.house, link, kept)
    elif word == "withdraw":
        guardian_withdraws(desk.house, link)
    else:
        revoke_guardian(desk.house, link, Actor.STAFF)


def _nothing() -> Invalid:
    return Invalid(say(N_("this is nothing that can be done here")), say(N_("go back to the person, and choose again")))


def _found(desk: Desk, id: UUID, link: UUID) -> Any:
    found = next((one for one in show(desk.house, id).guardians if one.id == link), None)
    if found is None:
        raise Unknown(say(N_("this person has no such guardian")), say(N_("go back to the person, and choose again")))
    return found


def _act_page(desk: Desk, id: UUID, link: UUID, word: str, faults: Mapping[str, Message] | None = None, error: JanjiError | None = None) -> HttpResponse:
    if word not in ACTS:
        raise _nothing()
    one = _found(desk, id, link)
    title, button, tells = ACTS[word]
    wanted = [Proof.IDENTITY, *sorted(BONDS[one.relation]), Proof.DECLARATION]
    fields: tuple[Field, ...] = ()
    if word == "verify":
        proofs = Field(name="proofs", label=N_("What was shown"), kind="checks", options=tuple((str(proof), PROOFS[proof]) for proof in wanted),
                       hint=N_("Who they are, and one paper that shows the bond. A declaration alone shows none."))  # fmt: skip
        fields = (proofs, _REFERENCE)
    elif word == "consent":
        fields = (_REFERENCE,)
    about = say(N_("{relation}: {who}"), relation=say(RELATIONS[one.relation]), who=f"{PREFIX}{one.guardian}").render(desk.tongue)
    asked = Ask(title=title, button=button, action=desk.address(f"{HERE}/{id}/guardians/{link}"), about=about, tells=(tells,), fields=fields,
                hidden={"act": word}, grave=word in ("withdraw", "revoke"))  # fmt: skip
    return ask_page(desk, asked, here=HERE, back=_back(desk, id), faults=faults, error=error)
