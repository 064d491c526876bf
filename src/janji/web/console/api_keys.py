"""Keys of applications at the console: made and shown once, listed, and revoked."""

from __future__ import annotations

from django.http import HttpResponse

from janji.errors import Invalid, JanjiError, Refusal, Unknown
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment
from janji.web.console.condition import HERE, tabs
from janji.web.console.fields import Ask, Field, ask_page
from janji.web.console.shell import Desk, screen
from janji.workflows import api_keys
from janji.workflows.api_keys import RATE, KeyRow, Scope
from janji.workflows.api_keys import keys as stored

PART = "settings/keys"
PAGE = 50
SCOPES = {
    Scope.DECIDE: N_("ask whether something may be done"), Scope.COLLECT: N_("hand in what a form collected"), Scope.CONSENTS_WRITE: N_("record choices"),
    Scope.CONSENTS_READ: N_("read choices"), Scope.SUBJECTS_WRITE: N_("make people known"), Scope.SUBJECTS_READ: N_("look people up"), Scope.TRACKS_READ: N_("read who used what"),
    Scope.WEBHOOKS: N_("register consumers of webhooks"), Scope.REQUESTS_READ: N_("read requests"), Scope.REQUESTS_WRITE: N_("open requests and work on them"),
    Scope.REQUESTS_DELIVER: N_("get results and copies to hand them over"),
}  # fmt: skip
"""What each scope opens, in words."""
_WORDS = {
    "parts": N_("Settings and health"), "new": N_("Make a key"), "application": N_("Application"), "id": N_("Number"), "opens": N_("What it opens"), "purposes": N_("Purposes"), "every": N_("every one"),
    "made": N_("Made"), "act": N_("Action"), "revoke": N_("Revoke"), "revoked": N_("revoked"), "none": N_("No application has a key yet."),
    "none_help": N_("An application shows its key with each request. Make one for each program, with no more than it needs."), "none_read": N_("An application shows its key with each request. An engineer makes one for each program, with no more than it needs."),
    "once": N_("Hand this key to the application now. It is shown this once, and never again."), "back": N_("Done"), "rate": N_("requests a minute"),
    "more": N_("Further keys"), "first": N_("Back to the first"),
}  # fmt: skip
_DONE = {"revoked": N_("The key is revoked: within a second it opens nothing any more.")}


@screen(PART, Duty.SEE_SETTINGS)
def keys(desk: Desk) -> HttpResponse:
    """The keys, the newest first; those that were revoked at the end."""
    every = sorted(stored(), key=lambda one: (one.revoked is not None, -one.made.timestamp()))
    start = asked if (asked := desk.number("from") or 0) < len(every) else 0
    may = desk.staff.may(Duty.WORK_KEYS)
    return desk.page(
        "console_keys.html", N_("API keys"), here=HERE, words=_WORDS, tabs=tabs(desk, PART), done=_DONE.get(desk.query("done"), ""), may=may, new=desk.address(f"{PART}/new") if may else "",
        rows=[_row(desk, one) for one in every[start : start + PAGE]], first=desk.address(PART) if start else "",
        more=desk.address(PART, **{"from": str(start + PAGE)}) if start + PAGE < len(every) else "",
    )  # fmt: skip


@screen(f"{PART}/new", Duty.WORK_KEYS)
def new(desk: Desk) -> HttpResponse:
    """The form of a new key."""
    return _form(desk)


@screen(f"{PART}/new", Duty.WORK_KEYS, "POST")
def make(desk: Desk) -> HttpResponse:
    """Make a key, and show it."""
    rate = desk.field("rate").strip()
    faults: dict[str, Message] = {}
    if not desk.all("scopes"):
        faults["scopes"] = say(N_("choose at least one"))
    if not rate.isdecimal() or len(rate) > 9:
        faults["rate"] = say(N_("a rate is a number of requests a minute"))
    if faults:
        return _form(desk, faults)
    try:
        made = api_keys.create(desk.house, desk.field("application").strip(), desk.all("scopes"), desk.all("purposes") or None, int(rate), desk.staff)
    except Invalid as error:
        return _form(desk, {"application": error.message}, error)
    except Refusal as error:
        return _form(desk, {"scopes": error.message}, error)
    return desk.page("console_once.html", say(N_("A key for {application}"), application=made.row.application), here=HERE, words=_WORDS, secret=made.token, away=desk.address(PART))


@screen(f"{PART}/<slug:id>/revoke", Duty.WORK_KEYS)
def revoking(desk: Desk, id: str) -> HttpResponse:
    """What revoking a key will do."""
    row = _found(id)
    return ask_page(desk, Ask(
        title=N_("Revoke this key"), about=f"{row.application} (jk_{row.id})", button=N_("Revoke"), action=desk.address(f"{PART}/{id}/revoke"), grave=True,
        tells=[N_("Within a second it opens nothing any more. A key that was revoked never comes back: the application needs another.")],
    ), here=HERE, back=_back(desk))  # fmt: skip


@screen(f"{PART}/<slug:id>/revoke", Duty.WORK_KEYS, "POST")
def revoke(desk: Desk, id: str) -> HttpResponse:
    """Revoke it."""
    api_keys.revoke(desk.house, _found(id).id)
    return desk.go(PART, done="revoked")


def _form(desk: Desk, faults: dict[str, Message] | None = None, error: JanjiError | None = None) -> HttpResponse:
    purposes = () if desk.house.published is None else tuple((str(name), one.title.get(desk.tongue.language)) for name, one in desk.house.published.policy.purposes.items())
    given = [(str(scope), text) for scope, text in SCOPES.items() if api_keys.may_give(desk.staff, scope)]
    fields = [
        Field(name="application", label=N_("Application"), hint=N_("As it stands in the record, such as `shop` or `crm-mailer`."), longest=64),
        Field(name="scopes", label=N_("What it opens"), kind="checks", options=given, hint="" if len(given) == len(SCOPES) else N_("What your role does not open, a key of yours does not open either. The data protection officer makes the others.")),
        Field(name="purposes", label=N_("Only for these purposes"), kind="checks", options=purposes, hint=N_("Choose none for every purpose.")),
        Field(name="rate", label=N_("Requests a minute"), hint=say(N_("Usual is {count}."), count=RATE).render(desk.tongue), longest=9),
    ]
    return ask_page(desk, Ask(title=N_("Make a key"), button=N_("Make a key"), action=desk.address(f"{PART}/new"), fields=fields,
                              tells=[N_("Each program gets its own key, which opens no more than it needs.")]), here=HERE, back=_back(desk), faults=faults, error=error)  # fmt: skip


def _back(desk: Desk) -> tuple[str, str]:
    return desk.address(PART), desk.told(N_("API keys"))


def _found(id: str) -> KeyRow:
    row = next((one for one in stored() if one.id == id.removeprefix("jk_") and one.revoked is None), None)
    if row is None:
        raise Unknown(say(N_("no key with this number opens anything")), say(N_("open the list of keys anew")))
    return row


def _row(desk: Desk, one: KeyRow) -> dict[str, object]:
    known = {str(scope): text for scope, text in SCOPES.items()}
    return {
        "application": one.application, "id": f"jk_{one.id}", "opens": [desk.told(known.get(scope, scope)) for scope in one.scopes], "purposes": one.purposes, "rate": desk.count(one.rate),
        "made": moment(one.made).render(desk.tongue), "revoked": one.revoked is not None, "revoke": desk.address(f"{PART}/{one.id}/revoke"),
    }  # fmt: skip
