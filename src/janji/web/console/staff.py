"""Who works at the console: the accounts, a new one with its link, another role, and the end of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Conflict, Invalid, JanjiError
from janji.staff.roles import ABOUT, ROLES, Duty, Role
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment
from janji.web.console.shell import Desk, screen
from janji.web.console.wording import systems_of
from janji.workflows import staff as workflow
from janji.workflows.staff import Account, Invited

PAGE = 50
_DONE = {
    "role": N_("The role is changed. Whoever was signed in by this account must sign in again."), "stopped": N_("The account is stopped, and nobody is signed in by it any more."),
    "resumed": N_("The account is open again. Make a link, so that its owner can come in."), "forgotten": N_("Whoever comes next from the company sign-in with this address is taken for the owner."),
}  # fmt: skip
_WORDS = {
    "name": N_("Name"), "address": N_("Address"), "role": N_("Role"), "seen": N_("Last signed in"), "way": N_("How they come in"), "systems": N_("Systems in their care"),
    "systems_hint": N_("For a system owner."), "systems_none": N_("No system is known yet: connect one, or list it on the data map."), "add": N_("Add somebody"), "never": N_("Never yet"), "more": N_("Further accounts"),
    "first": N_("Back to the first"), "what": N_("What each role may"), "save": N_("Save"), "create": N_("Make the account"), "name_hint": N_("Decisions are signed with it."),
    "address_hint": N_("The link goes there, if mail is set up. The company sign-in must know the same address."),
    "link": N_("A link that signs in once"), "link_why": N_("For the first time, or when a passkey is lost. The link before it is worth nothing then."), "new_link": N_("Make a link"),
    "change": N_("Another role"), "stop": N_("Stop this account"), "stop_why": N_("Their sessions end at once; their links and passkeys are worth nothing. What they did stays on record under their name."),
    "resume": N_("Open it again"), "resume_why": N_("The account was stopped. It comes back with the role that it had, and without passkeys."), "account": N_("Account"),
    "company": N_("Company sign-in"), "company_why": N_("It has signed them in before, and only the same person there is believed."), "forget": N_("Let another one take its place"),
    "away": N_("No, go back"), "given": N_("Given"),
    "once": N_("Hand this link to nobody but its owner. It is shown now and never again, and signs in once."), "until": N_("Good until"), "mailed": N_("It was mailed as well."), "back": N_("Done"),
}  # fmt: skip


@screen("staff", Duty.SEE_STAFF)
def staff(desk: Desk) -> HttpResponse:
    """The accounts."""
    every = workflow.accounts()
    start = asked if (asked := desk.number("from") or 0) < len(every) else 0
    shown = every[start : start + PAGE]
    return desk.page(
        "console_staff.html", N_("Staff"), here="staff", words=_WORDS, rows=[_row(desk, one) for one in shown], may=desk.staff.may(Duty.WORK_STAFF), add=desk.address("staff/new"),
        more=desk.address("staff", **{"from": str(start + PAGE)}) if start + PAGE < len(every) else "", first=desk.address("staff") if start else "", roles=_roles(desk),
    )  # fmt: skip


@screen("staff/new", Duty.WORK_STAFF)
def new(desk: Desk) -> HttpResponse:
    """The form of a new account."""
    return _form(desk)


@screen("staff/new", Duty.WORK_STAFF, "POST")
def make(desk: Desk) -> HttpResponse:
    """Make an account, and the link for its owner."""
    try:
        made = workflow.add(desk.house, desk.field("name"), desk.field("email"), desk.field("role"), _systems(desk), desk.staff.id)
    except (Invalid, Conflict) as error:
        return _form(desk, error)
    return _link(desk, workflow.invite(desk.house, made.staff.id, desk.staff.id, desk.tongue))


@screen("staff/<uuid:id>", Duty.SEE_STAFF)
def one(desk: Desk, id: UUID) -> HttpResponse:
    """One account, and what can be done with it."""
    return _one(desk, workflow.account(str(id)))


@screen("staff/<uuid:id>", Duty.WORK_STAFF, "POST")
def change(desk: Desk, id: UUID) -> HttpResponse:
    """What was pressed: another role, a link, a new start, the company's sign-in forgotten."""
    known, act, by = str(id), desk.field("act"), desk.staff.id
    if act == "link":
        return _link(desk, workflow.invite(desk.house, known, by, desk.tongue))
    if act == "role":
        try:
            workflow.change(desk.house, known, desk.field("role"), _systems(desk), by)
        except Invalid as error:
            return _one(desk, workflow.account(known), error)
        return desk.go(f"staff/{id}", done="role")
    if act == "resume":
        workflow.resume(desk.house, known, by)
        return desk.go(f"staff/{id}", done="resumed")
    if act == "forget":
        workflow.forget_company(desk.house, known, by)
        return desk.go(f"staff/{id}", done="forgotten")
    raise Invalid(say(N_("this form says nothing that can be done")), say(N_("open the page anew, and send it again")))


@screen("staff/<uuid:id>/stop", Duty.WORK_STAFF)
def stopping(desk: Desk, id: UUID) -> HttpResponse:
    """What stopping an account will do, before it is done."""
    held = workflow.account(str(id))
    return desk.page("console_staff_stop.html", N_("Stop this account"), here="staff", words=_WORDS, back=_back(desk, held), row=_row(desk, held),
                     away=desk.address(f"staff/{id}"), action=desk.address(f"staff/{id}/stop"))  # fmt: skip


@screen("staff/<uuid:id>/stop", Duty.WORK_STAFF, "POST")
def stop(desk: Desk, id: UUID) -> HttpResponse:
    """Stop it."""
    workflow.stop(desk.house, str(id), desk.staff.id)
    return desk.go(f"staff/{id}", done="stopped")


def _systems(desk: Desk) -> list[str]:
    """The systems that were ticked."""
    return [name for value in desk.all("systems") for name in value.splitlines()]


def _boxes(desk: Desk, held: Sequence[str]) -> list[tuple[str, str, bool]]:
    return [(name, text, name in held) for name, text in systems_of(desk, held)]


def _form(desk: Desk, error: JanjiError | None = None) -> HttpResponse:
    said = {name: desk.field(name) for name in ("name", "email", "role")}
    return desk.page(
        "console_staff_new.html", N_("Add somebody"), here="staff", words=_WORDS, back=(desk.address("staff"), desk.told(N_("Staff"))), error=error, status=422 if error else 200,
        said=said, systems=_boxes(desk, _systems(desk)), roles=_roles(desk), action=desk.address("staff/new"), away=desk.address("staff"),
    )  # fmt: skip


def _one(desk: Desk, held: Account, error: JanjiError | None = None) -> HttpResponse:
    return desk.page(
        "console_staff_one.html", held.staff.name, here="staff", words=_WORDS, back=(desk.address("staff"), desk.told(N_("Staff"))), error=error, status=422 if error else 200,
        done=_DONE.get(desk.query("done"), ""), row=_row(desk, held), may=desk.staff.may(Duty.WORK_STAFF), roles=_roles(desk), systems=_boxes(desk, _systems(desk) if error else held.staff.systems),
        action=desk.address(f"staff/{held.staff.id}"), stop=desk.address(f"staff/{held.staff.id}/stop"),
    )  # fmt: skip


def _link(desk: Desk, made: Invited) -> HttpResponse:
    """A link, on the answer to the press alone: no address leads to it."""
    return desk.page(
        "console_staff_link.html", say(N_("A link for {name}"), name=made.account.staff.name), here="staff", words=_WORDS, url=made.url, mailed=made.mailed,
        until=moment(made.until).render(desk.tongue), away=desk.address(f"staff/{made.account.staff.id}"),
    )  # fmt: skip


def _back(desk: Desk, held: Account) -> tuple[str, str]:
    return desk.address(f"staff/{held.staff.id}"), held.staff.name


def _row(desk: Desk, held: Account) -> dict[str, Any]:
    """An account as a line."""
    way, tone = _way(held)
    return {
        "href": desk.address(f"staff/{held.staff.id}"), "name": held.staff.name, "email": held.email, "role": str(held.staff.role), "role_words": desk.told(ROLES[held.staff.role]),
        "systems": [text for name, text in systems_of(desk, held.staff.systems) if name in held.staff.systems] if held.staff.systems else [], "way": way.render(desk.tongue), "tone": tone, "seen": "" if held.seen is None else moment(held.seen).render(desk.tongue),
        "stopped": held.stopped is not None, "known": held.known,
    }  # fmt: skip


def _way(held: Account) -> tuple[Message, str]:
    """How somebody comes in, and how it looks."""
    if held.stopped is not None:
        return say(N_("stopped")), "muted"
    if held.passkeys or held.known:
        return say(N_("passkeys: {count}"), count=held.passkeys) if held.passkeys else say(N_("company sign-in")), "ok"
    return say(N_("needs a link")), "warn"


def _roles(desk: Desk) -> Sequence[tuple[str, str, str]]:
    return [(str(role), desk.told(ROLES[role]), desk.told(ABOUT[role])) for role in Role]
