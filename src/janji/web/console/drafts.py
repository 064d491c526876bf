"""Drafts of the policy on screen: written by forms or as text, compared in plain words, approved by a second person, published now or on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse

from janji.errors import Diagnostic, Invalid, JanjiError
from janji.rights.requests import same_person
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Severity
from janji.terms.words import SHOWN_IN, hour_asked, moment, on_day
from janji.versions import forms
from janji.versions.changes import EFFECTS, Alike, Change
from janji.versions.words import listed, retold
from janji.web.console import entries, policy
from janji.web.console.downloads import ZIP, download
from janji.web.console.entries import ONE, SECTIONS
from janji.web.console.fields import capital, instant_of
from janji.web.console.shell import Desk, screen
from janji.web.documents import missing
from janji.web.forms import sentence
from janji.web.requests import door_of
from janji.workflows import draft_publishing, drafts
from janji.workflows.draft_publishing import Affected, Difference
from janji.workflows.drafts import Draft, Saved

_AT = "policy/drafts/<uuid:id>"
_DONE = {
    "begun": N_("The draft was begun. Choose what to change."), "saved": N_("Saved in the draft."), "same": N_("Nothing was changed."), "removed": N_("Taken out of the draft."),
    "back": N_("The draft is as it was before; the steps are all kept."), "approved": N_("Approved. Any further change needs a new approval."), "told": N_("It is recorded that people were told."),
    "telling": N_("Tell the people named below, then record how."), "scheduled": N_("The draft will be published on its day."), "cancelled": N_("The publication was cancelled; the approval stays."),
    "published": N_("Published. This version is in force now."), "joined": N_("The draft stands on the version in force now."),
}  # fmt: skip
_WORDS = {
    **policy.WORDS,
    "mistakes": N_("To mend before it can be approved"), "asides": N_("To think about"), "changed": N_("What is changed"), "nothing_changed": N_("Nothing is changed yet. Choose a part below."),
    "way": N_("The way into force"), "approve": N_("Approve this draft"), "publish": N_("Publish now"), "schedule": N_("Publish on a day"), "day": N_("Day"),
    "cancel": N_("Cancel the publication"), "discard": N_("Discard this draft"), "discard_lead": N_("The draft is closed and nothing of it comes into force. Its steps are kept."), "discard_yes": N_("Yes, discard it"),
    "tell": N_("Begin to tell people"), "told": N_("Record that people were told"), "evidence": N_("How and when they were told"), "evidence_hint": N_("One sentence, or what the sending shows. Only its fingerprint is kept, so keep the proof itself."),
    "diff": N_("What changes, and for whom"), "steps": N_("Steps"), "go_back": N_("Back to this step"), "text": N_("The files as text"), "download": N_("Download"), "patch": N_("As a patch"), "zip": N_("As files (ZIP)"),
    "save": N_("Save in the draft"), "remove": N_("Take it out"), "remove_yes": N_("Yes, take it out"), "remove_no": N_("Leave it as it is"), "remove_lead": N_("These entries name it, and will have to be changed too:"), "unused": N_("Nothing else names it."),
    "add": N_("Add an entry"), "id": N_("Name in the file"), "id_hint": N_("letters, digits, dots, hyphens and underscores; it does not change later"), "now": N_("What is in the draft now"),
    "yours": N_("What you typed"), "clash": N_("Somebody changed the same field meanwhile"), "clash_lead": N_("Nothing was lost: both texts stand side by side below. Make yours what it should be, and save again."),
    "wrong": N_("It was not saved yet"), "wrong_lead": N_("What you typed is kept. Correct the fields that are marked."), "as_text": N_("Change the file as text"),
    "people": N_("People to tell"), "nobody": N_("Nobody need be told: nothing changed that people were told before."), "who": N_("Who"), "how_many": N_("On record now"), "anew": N_("Consents to ask for anew"),
    "counted": N_("These consents would still count, so it cannot be published: give the notice a new version that does not accept the old one."), "permitted": N_("Newly allowed"), "forbidden": N_("No longer allowed"),
    "informed": N_("Changes in what people were told"), "inside": N_("Changes of which nobody need be told"), "whole_page": N_("Everything that changes, with both answers, as a page to hand on"), "as_patch": N_("The change of the files"),
    "behind": N_("Another version came into force meanwhile"), "behind_lead": N_("Bring the draft up to it; what both changed is shown side by side."), "bring_up": N_("Bring it up to date"), "mine": N_("As in this draft"), "theirs": N_("As in force"),
    "join_lead": N_("Both changed these places. Choose which text goes on; the other one stays in the steps."), "join_clear": N_("Nothing was changed twice: the draft can be brought up as it is."), "file_lead": N_("The file as it is written. Comments and order stay as you leave them."),
    "ages": N_("Make the age of everybody recorded as an adult unknown until it is recorded anew"), "older": N_("The text in the draft now"), "closed": N_("This draft is closed."), "waiting": N_("It waits for its day, and is not changed meanwhile."), "nothing_else": N_("no text here"),
}  # fmt: skip


@screen("policy/drafts", Duty.DRAFT_POLICY, "POST")
def begin(desk: Desk) -> HttpResponse:
    """Begin a draft; the same form sent twice begins one."""
    try:
        id = UUID(desk.field("id"))
    except ValueError:
        raise Invalid(say(N_("the form of this page is not whole")), say(N_("open the page anew, and send it again"))) from None
    return desk.go(f"policy/drafts/{drafts.open_draft(desk.house, desk.staff, id).row.id}", done="begun")


@screen("policy/first/<uuid:id>", Duty.DRAFT_POLICY)
def first(desk: Desk, id: UUID) -> HttpResponse:
    """The text of the first version, while none is in force."""
    return _first_page(desk)


@screen("policy/first/<uuid:id>", Duty.DRAFT_POLICY, "POST")
def begin_first(desk: Desk, id: UUID) -> HttpResponse:
    """Begin the first version; the same form sent twice begins one, and what cannot be read is told, with what was typed."""
    made = drafts.open_first(desk.house, desk.staff, id, desk.field("text"))
    return desk.go(f"policy/drafts/{made.row.id}", done="begun") if isinstance(made, Draft) else _first_page(desk, made)


def _first_page(desk: Desk, found: tuple[Diagnostic, ...] = ()) -> HttpResponse:
    if desk.house.published is not None:
        raise missing()
    error = Invalid(say(N_("it was not begun, for the text cannot be read")), say(N_("correct what is told here; what you typed is kept"))) if found else None
    return desk.page(
        "console_policy_first.html", N_("Begin the first version"), here="policy", back=(desk.address("policy"), desk.told(N_("Policy"))), error=error, status=422 if found else 200,
        found=[entries.told(desk, item) for item in found], text=desk.field("text"),
        words={"lead": N_("Paste the text of `policy.yaml`, whole and in one file: it names the law, the company, and everything that is promised. A policy of several files is published by `janji policy publish`."),
               "text": N_("The text"), "begin": N_("Begin the first version")},
    )  # fmt: skip


@screen(_AT, Duty.SEE_POLICY)
def draft(desk: Desk, id: UUID) -> HttpResponse:
    """A draft: how far it is, what it changes, what the check found, and what can be done."""
    return _draft_page(desk, drafts.read_draft(id))


def _draft_page(desk: Desk, held: Draft, error: JanjiError | None = None, status: int = 200) -> HttpResponse:
    under = f"policy/drafts/{held.row.id}"
    changed = drafts.differing(held)
    counts = Counter(section for section, _, _ in changed)
    asides = [item for item in drafts.new_findings(held) if item.severity is not Severity.ERROR]
    return desk.page(
        "console_policy_draft.html", policy.draft_title(desk, held.row), here="policy", back=(desk.address("policy"), desk.told(N_("Policy"))), words=_WORDS, done=_DONE.get(desk.query("done"), ""), error=error, status=status,
        state=desk.told(policy.STATES["approved" if held.open and held.row.closed is None and draft_publishing.approved(held) else held.row.state]), live=held.row.closed is None, open=held.open, under=f"/console/{under}", revision=held.row.revision, digest=held.digest,
        changed=[_changed(desk, held, under, *one) for one in changed], mistakes=[_finding(desk, held, item) for item in held.errors], asides=[_finding(desk, held, item) for item in asides[:40]],
        parts=policy.parts(desk, held.policy, f"{under}/in", counts), files=[{"at": desk.address(f"{under}/text/{quote(name)}"), "name": name, "changed": name in held.changed} for name in sorted(held.files)],
        way=_way(desk, held, bool(changed)), behind=held.row.closed is None and draft_publishing.behind(desk.house, held), join=desk.address(f"{under}/base"), diff=desk.address(f"{under}/changes") if changed and held.row.base != drafts.NOTHING else "",
        steps=[{"n": step.revision, "by": step.name, "when": moment(step.at).render(desk.tongue), "what": _what(desk, step.what)} for step in drafts.steps(held.row.id)],
        may_draft=desk.staff.may(Duty.DRAFT_POLICY) and held.open, patch=desk.address(f"{under}/patch"), zip=desk.address(f"{under}/files"),
        **_actions(desk, held, bool(changed)),
    )  # fmt: skip


def _what(desk: Desk, what: str) -> str:
    section, _, name = what.partition(".")
    if not what:
        return desk.told(N_("begun"))
    if what in ("back", "base"):
        return desk.told({"back": N_("taken back to an earlier step"), "base": N_("brought up to the version in force")}[what])
    if section in SECTIONS and what != "policy.yaml":
        return f"{desk.told(SECTIONS[section])}{': ' if name else ''}{name}"
    return what


def _changed(desk: Desk, held: Draft, under: str, section: str, name: str, how: str) -> dict[str, str]:
    entry = None if not name else getattr(held.policy, forms.attribute(section)).get(name)
    title = entries.title_of(desk, entry, name) if entry is not None else name
    return {"at": "" if how == "gone" else desk.address(f"{under}/in/{section}/{quote(name) or '-'}"), "part": desk.told(SECTIONS[section]), "title": title, "how": desk.told(_HOW[how])}


_HOW = {"new": N_("new"), "changed": N_("changed"), "gone": N_("taken out")}


def _finding(desk: Desk, held: Draft, item: Diagnostic) -> dict[str, object]:
    where = drafts.entry_at(held, item.place)
    at = "" if where is None else desk.address(f"policy/drafts/{held.row.id}/in/{where[0]}/{quote(where[1]) or '-'}")
    return {**(entries.told(desk, item) if where is None else entries.as_typed(desk, item)), "at": at, "name": "" if where is None else f"{desk.told(SECTIONS[where[0]])}{': ' if where[1] else ''}{where[1]}"}


def _way(desk: Desk, held: Draft, changed: bool) -> list[dict[str, object]]:
    """The steps into force, as a timeline: what is done, what is next, and who."""
    row, agreed = held.row, draft_publishing.approved(held)
    found = _difference(desk, held) if changed and not held.errors and row.closed is None else None
    steps: list[tuple[bool, str, str]] = [
        (changed and not held.errors, desk.told(N_("Written, without mistakes")), ""),
        (agreed, desk.told(N_("Approved by a second person")), "" if not agreed or row.approval is None else f"{row.approval.name}, {moment(row.approval.at).render(desk.tongue)}"),
    ]
    if found is not None and found.diff.material:
        notice = found.notice
        steps.append((notice is not None and notice.done is not None, desk.told(N_("People told before it takes effect")), "" if notice is None or notice.done is None else moment(notice.done).render(desk.tongue)))
    day = desk.told(N_("takes effect from {day} on")).format(day=on_day(held.policy.effective).render(desk.tongue))
    steps.append((row.state == "published", desk.told(N_("In force")), moment(row.due).render(desk.tongue) if row.due is not None else day))
    first = next((at for at, one in enumerate(steps) if not one[0]), len(steps))
    return [{"state": "done" if done else "now" if at == first else "", "words": text, "line": line} for at, (done, text, line) in enumerate(steps)]


def _difference(desk: Desk, held: Draft) -> Difference | None:
    try:
        return draft_publishing.difference(desk.house, held)
    except JanjiError:
        return None


_COUNTED = N_("Consents that were given before would still count for what changes here, so this cannot be published: give their notices a new version that does not accept the old one.")
_LEAST = N_("People are told before it counts ({article}). Neither the law pack nor the policy names a least time between, so choose a day that lets them read it and decide.")


def _actions(desk: Desk, held: Draft, changed: bool) -> dict[str, Any]:
    """What whoever looks can do with the draft now, and what stands in the way."""
    may = desk.staff.may(Duty.APPROVE_POLICY)
    agreed = draft_publishing.approved(held)
    if held.row.closed is not None or not changed:
        return {}
    found = _difference(desk, held) if not held.errors else None
    counted = desk.told(_COUNTED) if found is not None and any(one.counted for one in found.diff.stale) else ""
    if not agreed:
        wrote = draft_publishing.wrote(desk.staff, held) if may and not held.errors else ""
        own = N_("You wrote in this draft, so another data protection officer approves it.") if not wrote or same_person(wrote, desk.staff.name) else N_("{name} wrote in this draft. That account and yours are one person's by their mailbox or the company sign-in, so another data protection officer approves it.")
        return {"can_approve": may and not held.errors and not wrote and not draft_publishing.behind(desk.house, held), "own": say(own, name=wrote).render(desk.tongue) if wrote else "", "blocked": counted}
    blocked = draft_publishing.way_blocked(desk.house, held, held.row.ask_ages)
    owed = found is not None and found.diff.material and (found.notice is None or found.notice.done is None)
    return {
        "blocked": counted or (None if blocked is None or owed else sentence(blocked.message, desk.tongue)), "can_tell": may and owed and not counted and found is not None and found.notice is None,
        "can_told": may and owed and found is not None and found.notice is not None, "people": _people(desk, draft_publishing.people_of(found)[0]) if found is not None and owed and may else [],
        "hour": hour_asked(desk.house.runtime.now()).render(desk.tongue), "can_publish": may and blocked is None, "can_schedule": may and not owed and held.open, "can_cancel": may and held.row.state == "scheduled", "today": f"{max(held.policy.effective, desk.house.runtime.now().astimezone(SHOWN_IN).date()):%Y-%m-%d}",
        "ages": blocked is not None and "child" in blocked.message.id, "least": say(_LEAST, article=desk.tongue.cite(found.diff.notice_article)).render(desk.tongue) if found is not None and found.diff.material else "",
    }  # fmt: skip


@screen(f"{_AT}/in/<str:section>", Duty.SEE_POLICY)
def section_of_draft(desk: Desk, id: UUID, section: str) -> HttpResponse:
    """One part of a draft as a list."""
    held = drafts.read_draft(id)
    add = desk.address(f"policy/drafts/{id}/add/{section}") if held.open and desk.staff.may(Duty.DRAFT_POLICY) else ""
    return policy.section_page(desk, held.policy, section, f"policy/drafts/{id}/in", (desk.address(f"policy/drafts/{id}"), policy.draft_title(desk, held.row)), add=add, add_words=desk.told(_WORDS["add"]))


@screen(f"{_AT}/in/<str:section>/<str:name>", Duty.SEE_POLICY)
def entry(desk: Desk, id: UUID, section: str, name: str) -> HttpResponse:
    """An entry of a draft as a form, with what the check found."""
    held, named = drafts.read_draft(id), "" if section in ONE else name
    made = drafts.sheet_of(held, section, named)
    if section not in SECTIONS or made is None:
        raise missing()
    sheet, fields, whole = made
    return _entry_page(desk, held, section, named, Saved(held, sheet, fields={key: tuple(items) for key, items in fields.items()}), [entries.as_typed(desk, item) for item in whole])


@screen(f"{_AT}/in/<str:section>/<str:name>", Duty.DRAFT_POLICY, "POST")
def save(desk: Desk, id: UUID, section: str, name: str) -> HttpResponse:
    """Write what was typed into the draft."""
    named, seen = "" if section in ONE else name, _seen(desk)
    now = drafts.sheet_of(drafts.read_draft(id), section, named)
    if section not in SECTIONS or now is None:
        raise missing()
    done = drafts.save_entry(desk.house, desk.staff, id, seen, section, named, entries.typed(desk, now[0]))
    if done.clashes or done.fields or done.problem is not None:
        return _entry_page(desk, done.draft, section, named, done, [], 409 if done.clashes else 422)
    return desk.go(f"policy/drafts/{id}/in/{section}/{quote(name)}", done="saved" if done.written else "same")


def _entry_page(desk: Desk, held: Draft, section: str, name: str, saved: Saved, whole: list[dict[str, object]], status: int = 200, new: str | None = None) -> HttpResponse:
    under, sheet = f"policy/drafts/{held.row.id}", saved.sheet
    if sheet is None:
        raise missing()
    entry = None if not name or new is not None else getattr(held.policy, forms.attribute(section)).get(name)
    title = desk.told(_WORDS["add"]) if new is not None else entries.title_of(desk, entry, name) if entry is not None else desk.told(SECTIONS[section])
    back = (desk.address(under), policy.draft_title(desk, held.row)) if section in ONE else (desk.address(f"{under}/in/{section}"), desk.told(SECTIONS[section]))
    groups = entries.shown(desk, sheet, saved.fields, {key: one.now for key, one in saved.clashes.items()})
    marked = [one for group in groups for one in group["inputs"] if one["problems"] and any(item["bad"] for item in one["problems"])] if status != 200 else []
    files = {str(found.file) for found in (held.find(section, name),) if found is not None}
    return desk.page(
        "console_policy_entry.html", title, here="policy", back=back, words=_WORDS, done=_DONE.get(desk.query("done"), "") if status == 200 else "", status=status, groups=groups, whole=whole, name=name, new=new,
        new_problems=[entries.told(desk, one) for one in saved.fields.get("entry-id", ())], seen=held.row.revision, may=desk.staff.may(Duty.DRAFT_POLICY) and held.open, marked=marked,
        clash=desk.told(_CLASHED).format(name=held.step.name, when=moment(held.step.at).render(desk.tongue)) if saved.clashes else "", clashes=[one for group in groups for one in group["inputs"] if one["clash"] is not None],
        failed=None if saved.problem is None else {"title": sentence(saved.problem.message, desk.tongue), "help": sentence(saved.problem.help, desk.tongue)},
        text=[desk.address(f"{under}/text/{quote(file)}") for file in files], unshown=sheet.unshown, remove=desk.address(f"{under}/remove/{section}/{quote(name)}") if name and new is None else "",
    )  # fmt: skip


_CLASHED = N_("It was {name}, {when}.")


def _seen(desk: Desk) -> int:
    text = desk.field("seen")
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(say(N_("the form of this page is not whole")), say(N_("open the page anew, and send it again")))
    return int(text)


@screen(f"{_AT}/add/<str:section>", Duty.DRAFT_POLICY)
def new_entry(desk: Desk, id: UUID, section: str) -> HttpResponse:
    """The empty form of a new entry."""
    held = drafts.read_draft(id)
    return _entry_page(desk, held, section, "", Saved(held, _empty(held, section)), [], new="")


@screen(f"{_AT}/add/<str:section>", Duty.DRAFT_POLICY, "POST")
def add(desk: Desk, id: UUID, section: str) -> HttpResponse:
    """Put a new entry into the draft."""
    held, name = drafts.read_draft(id), desk.field("entry-id").strip()
    sheet = _empty(held, section)
    done = drafts.add_new(desk.house, desk.staff, id, section, name, entries.typed(desk, sheet))
    if not done.written:
        return _entry_page(desk, done.draft, section, "", done, [], 422, new=name)
    return desk.go(f"policy/drafts/{id}/in/{section}/{quote(name)}", done="saved")


def _empty(held: Draft, section: str) -> forms.Sheet:
    if section not in SECTIONS or section in ONE:
        raise missing()
    return forms.sheet(section, None, held.policy, held.law)


@screen(f"{_AT}/remove/<str:section>/<str:name>", Duty.DRAFT_POLICY)
def removing(desk: Desk, id: UUID, section: str, name: str) -> HttpResponse:
    """What taking an entry out would touch, before it is done."""
    held = drafts.read_draft(id)
    if section not in SECTIONS or section in ONE or held.find(section, name) is None:
        raise missing()
    entry = getattr(held.policy, forms.attribute(section)).get(name)
    called, under = entries.title_of(desk, entry, name), f"policy/drafts/{id}"
    return desk.page(
        "console_policy_remove.html", say(N_("Take out: {name}"), name=called), here="policy", back=(desk.address(f"{under}/in/{section}/{quote(name)}"), called), words=_WORDS,
        uses=[_changed(desk, held, under, where, its, "changed") for where, its in drafts.uses(held, section, name)], seen=held.row.revision,
    )  # fmt: skip


@screen(f"{_AT}/remove/<str:section>/<str:name>", Duty.DRAFT_POLICY, "POST")
def remove(desk: Desk, id: UUID, section: str, name: str) -> HttpResponse:
    """Take an entry out."""
    if section not in SECTIONS or section in ONE:
        raise missing()
    drafts.remove_entry(desk.house, desk.staff, id, _seen(desk), section, name)
    return desk.go(f"policy/drafts/{id}", done="removed")


@screen(f"{_AT}/text/<path:file>", Duty.SEE_POLICY)
def text(desk: Desk, id: UUID, file: str) -> HttpResponse:
    """A file of a draft as it is written."""
    held = drafts.read_draft(id)
    if file not in held.files:
        raise missing()
    found = [item for item in held.errors if item.place.file == file]
    return _text_page(desk, held, file, Saved(held, text=held.files[file], fields={file: tuple(found)}))


@screen(f"{_AT}/text/<path:file>", Duty.DRAFT_POLICY, "POST")
def save_text(desk: Desk, id: UUID, file: str) -> HttpResponse:
    """Write a whole file."""
    done = drafts.save_file(desk.house, desk.staff, id, _seen(desk), file, desk.field("text"))
    if done.clashes or done.problem is not None:
        return _text_page(desk, done.draft, file, done, 409 if done.clashes else 422)
    return desk.go(f"policy/drafts/{id}/text/{quote(file)}", done="saved" if done.written else "same")


def _text_page(desk: Desk, held: Draft, file: str, saved: Saved, status: int = 200) -> HttpResponse:
    found = [entries.told(desk, item) for item in saved.fields.get(file, ())]
    return desk.page(
        "console_policy_text.html", file, here="policy", back=(desk.address(f"policy/drafts/{held.row.id}"), policy.draft_title(desk, held.row)), words=_WORDS, done=_DONE.get(desk.query("done"), "") if status == 200 else "",
        error=saved.problem, status=status, text=saved.text, seen=held.row.revision, found=found, may=desk.staff.may(Duty.DRAFT_POLICY) and held.open,
        now=saved.clashes[file].now if file in saved.clashes else None, clash=desk.told(_CLASHED).format(name=held.step.name, when=moment(held.step.at).render(desk.tongue)) if saved.clashes else "",
    )  # fmt: skip


@screen(f"{_AT}/changes", Duty.SEE_POLICY)
def changes(desk: Desk, id: UUID) -> HttpResponse:
    """What a draft changes in plain words, with the people whom it concerns, and the patch of the files."""
    held = drafts.read_draft(id)
    back = (desk.address(f"policy/drafts/{id}"), policy.draft_title(desk, held.row))
    try:
        found = draft_publishing.difference(desk.house, held)
    except JanjiError as error:
        return desk.page("console_policy_changes.html", _WORDS["diff"], here="policy", back=back, words=_WORDS, error=error, found=None, patch=_patch(held))
    if found is None:
        raise missing()
    diff, tongue = found.diff, desk.tongue
    affected, asked = draft_publishing.people_of(found)
    return desk.page(
        "console_policy_changes.html", _WORDS["diff"], here="policy", back=back, words=_WORDS, found=True, material=diff.material, article=tongue.cite(diff.notice_article), people=_people(desk, affected),
        asked=[{"purpose": _purpose(desk, held, one.purpose), "because": [capital(why.render(tongue)) for why in one.because], "people": one.people, "counted": one.counted} for one in asked],
        turned=[(desk.told(_WORDS[str(turn)]), [_alike(desk, found, group) for group in groups]) for turn, groups in diff.turns],
        told=_by_aspect(desk, diff.told), untold=_by_aspect(desk, diff.untold), page=desk.address(f"policy/drafts/{id}/page"), patch=_patch(held), patch_at=desk.address(f"policy/drafts/{id}/patch"),
    )  # fmt: skip


def _people(desk: Desk, affected: tuple[Affected, ...]) -> list[dict[str, object]]:
    return [{"who": capital(one.who.render(desk.tongue)), "people": one.people} for one in affected]


def _purpose(desk: Desk, held: Draft, name: str) -> str:
    return entries.title_of(desk, held.policy.purposes.get(name), name)


def _by_aspect(desk: Desk, groups: tuple[tuple[Message, tuple[Change, ...]], ...]) -> list[tuple[str, list[dict[str, str]]]]:
    return [
        (capital(about.render(desk.tongue)), [
            {"text": capital(item.message.render(desk.tongue).replace("`", "")), "effect": "" if item.material is None else desk.told(EFFECTS[item.material.effect]), "tone": "" if item.material is None else str(item.material.effect)}
            for item in items
        ])
        for about, items in groups
    ]  # fmt: skip


def _alike(desk: Desk, found: Difference, group: Alike) -> dict[str, object]:
    names = found.diff.names
    reasons = [capital(retold(held.message, names).render(desk.tongue).replace("`", "")) for held in group.reasons]
    aims = [entries.spoken(desk, listed(names, "purposes", one)) for one, _ in group.purposes]
    return {"why": reasons, "purposes": aims[:12], "more": max(0, len(aims) - 12)}


def _patch(held: Draft) -> list[dict[str, str]]:
    """The lines of the patch, each with what it is."""
    kinds = {"+": "in", "-": "out", "@": "at"}
    return [{"kind": "file" if line.startswith(("+++", "---")) else kinds.get(line[:1], ""), "text": line} for line in held.patch().split("\n")[:4000]]


@screen(f"{_AT}/page", Duty.SEE_POLICY)
def page(desk: Desk, id: UUID) -> HttpResponse:
    """Everything that changes as one page to hand on."""
    held = drafts.read_draft(id)
    found = draft_publishing.difference(desk.house, held)
    if found is None:
        raise missing()
    return download("changes.html", draft_publishing.diff_page(held.policy, found.diff, desk.tongue).encode(), "text/html; charset=utf-8")


@screen(f"{_AT}/patch", Duty.SEE_POLICY)
def patch(desk: Desk, id: UUID) -> HttpResponse:
    """The patch of the files, for the repository in which the policy is kept."""
    return download("policy.patch", drafts.read_draft(id).patch().encode(), "text/x-diff; charset=utf-8")


@screen(f"{_AT}/files", Duty.SEE_POLICY)
def files(desk: Desk, id: UUID) -> HttpResponse:
    """All files of a draft."""
    return download("policy-draft.zip", drafts.zipped(drafts.read_draft(id).files), ZIP)


@screen(f"{_AT}/back", Duty.DRAFT_POLICY, "POST")
def go_back(desk: Desk, id: UUID) -> HttpResponse:
    """Take a draft back to an earlier step."""
    to = desk.field("to")
    drafts.go_back(desk.house, desk.staff, id, _seen(desk), int(to) if to.isdecimal() and len(to) < 10 else -1)
    return desk.go(f"policy/drafts/{id}", done="back")


@screen(f"{_AT}/discard", Duty.DRAFT_POLICY, "POST")
def discard(desk: Desk, id: UUID) -> HttpResponse:
    """Let go of a draft."""
    drafts.discard(desk.house, id, _seen(desk))
    return desk.go("policy", done="discarded")


@screen(f"{_AT}/approve", Duty.APPROVE_POLICY, "POST")
def approve(desk: Desk, id: UUID) -> HttpResponse:
    """Agree to the draft that was shown."""
    draft_publishing.approve(desk.house, desk.staff, id, desk.field("digest"))
    return desk.go(f"policy/drafts/{id}", done="approved")


@screen(f"{_AT}/tell", Duty.APPROVE_POLICY, "POST")
def tell(desk: Desk, id: UUID) -> HttpResponse:
    """Begin to tell people of what changes."""
    draft_publishing.tell_people(desk.house, id, desk.field("digest"))
    return desk.go(f"policy/drafts/{id}", done="telling")


@screen(f"{_AT}/told", Duty.APPROVE_POLICY, "POST")
def told(desk: Desk, id: UUID) -> HttpResponse:
    """Record that people were told."""
    return _done_or_told(desk, id, lambda: draft_publishing.people_told(desk.house, id, desk.field("digest"), desk.field("evidence")), "told")


@screen(f"{_AT}/publish", Duty.APPROVE_POLICY, "POST")
def publish(desk: Desk, id: UUID) -> HttpResponse:
    """Put a draft in force now."""

    def now() -> None:
        draft_publishing.publish_draft(desk.house, id, desk.field("digest"), desk.field("ages") == "yes")
        door_of(desk.request).outdated()

    return _done_or_told(desk, id, now, "published")


@screen(f"{_AT}/schedule", Duty.APPROVE_POLICY, "POST")
def schedule(desk: Desk, id: UUID) -> HttpResponse:
    """Have a draft published on a day."""

    def later() -> None:
        draft_publishing.schedule(desk.house, id, desk.field("digest"), instant_of(desk.field("day"), desk.field("hour")), desk.field("ages") == "yes")

    return _done_or_told(desk, id, later, "scheduled")


@screen(f"{_AT}/cancel", Duty.APPROVE_POLICY, "POST")
def cancel(desk: Desk, id: UUID) -> HttpResponse:
    """Take a draft back from its day."""
    draft_publishing.cancel(desk.house, id)
    return desk.go(f"policy/drafts/{id}", done="cancelled")


def _done_or_told(desk: Desk, id: UUID, work: Callable[[], object], done: str) -> HttpResponse:
    """The next page when something was done; the page of the draft with what stands in the way when it was not."""
    try:
        work()
    except JanjiError as error:
        return _draft_page(desk, drafts.read_draft(id), error, 422 if isinstance(error, Invalid) else error.http_status)
    return desk.go(f"policy/drafts/{id}", done=done)


@screen(f"{_AT}/base", Duty.DRAFT_POLICY)
def joining(desk: Desk, id: UUID) -> HttpResponse:
    """A draft beside the version in force: what both changed, side by side."""
    held = drafts.read_draft(id)
    _, open_ = draft_publishing.stretches(desk.house, held)
    return desk.page(
        "console_policy_join.html", _WORDS["bring_up"], here="policy", back=(desk.address(f"policy/drafts/{id}"), policy.draft_title(desk, held.row)), words=_WORDS, seen=held.row.revision,
        clashes=[{"name": one.name, "file": one.file, "line": one.piece.line, "mine": one.piece.mine, "theirs": one.piece.theirs} for one in open_],
    )  # fmt: skip


@screen(f"{_AT}/base", Duty.DRAFT_POLICY, "POST")
def join(desk: Desk, id: UUID) -> HttpResponse:
    """Bring a draft up to the version in force."""
    draft_publishing.bring_up(desk.house, desk.staff, id, _seen(desk), dict(desk.fields))
    return desk.go(f"policy/drafts/{id}", done="joined")
