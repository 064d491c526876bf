"""The policy in force on screen: its parts as lists and forms to read, its versions, and where drafts begin."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from janji.decision.layout import Layout
from janji.errors import Invalid
from janji.policy.model import Policy
from janji.staff.roles import Duty
from janji.terms.messages import N_, say
from janji.terms.words import moment, on_day
from janji.versions import forms
from janji.web.console import entries
from janji.web.console.downloads import ZIP, download
from janji.web.console.entries import ONE, SECTIONS
from janji.web.console.shell import Desk, screen
from janji.web.documents import missing
from janji.workflows import drafts, publishing
from janji.workflows.drafts import DraftRow, StepRow
from janji.workflows.in_force import Published

VERSIONS = 20
WORDS = {
    "in_force": N_("In force"), "since": N_("Published"), "effective": N_("Takes effect"), "law": N_("Law"), "digest": N_("Fingerprint"), "number": N_("Number"),
    "files": N_("Files (ZIP)"), "drafts": N_("Drafts"), "begin": N_("Begin a draft"), "begin_lead": N_("A draft changes nothing until a second person approved it and it was published."),
    "parts": N_("What is in it"), "versions": N_("Versions"), "by": N_("Last changed by"), "none": N_("Nobody drafts a change at the moment."), "search": N_("Search"),
    "name": N_("Name"), "clear": N_("Show all"), "nothing": N_("Nothing here has these words."), "empty": N_("This part of the policy is empty."), "before": N_("Previous page"),
    "next": N_("Next page"), "unshown": N_("What no form shows stands in the text of the file."),
    "nothing_yet": N_("No policy is in force yet."), "first": N_("Begin the first version by its text. A second person approves it, and it is published, as every later one."), "begin_first": N_("Begin the first version"), "version": N_("Version"),
    "not_said": N_("not said"), "changes": N_("changed"),
}  # fmt: skip
"""What the pages of a policy say."""
STATES = {"open": N_("being written"), "scheduled": N_("waits for its day"), "published": N_("published"), "discarded": N_("discarded"), "approved": N_("approved")}
"""How far a draft is, in words."""


@screen("policy", Duty.SEE_POLICY)
def overview(desk: Desk) -> HttpResponse:
    """The policy in force, its parts, the drafts that are open, and its versions."""
    held = desk.house.published
    if held is None:
        return desk.page(
            "console_policy.html", N_("Policy"), here="policy", words=WORDS, done=_DONE.get(desk.query("done"), ""), held=None, first=desk.address(f"policy/first/{desk.house.runtime.new_id()}") if desk.staff.may(Duty.DRAFT_POLICY) else "",
            drafts=[_draft(desk, row, step) for row, step in drafts.open_drafts()],
        )  # fmt: skip
    rows = publishing.listed_versions(VERSIONS)
    return desk.page(
        "console_policy.html", N_("Policy"), here="policy", words=WORDS, done=_DONE.get(desk.query("done"), ""), held=held.policy, number=held.number, name=held.policy.title.get(desk.tongue.language),
        version=str(held.policy.version), effective=on_day(held.policy.effective).render(desk.tongue), digest=held.digest[:16], law=held.law.title.get(desk.tongue.language), law_at=desk.address("law"),
        since=moment(rows[0].published).render(desk.tongue) if rows else "", parts=parts(desk, held.policy, "policy/in-force"),
        drafts=[_draft(desk, row, step) for row, step in drafts.open_drafts()], may_draft=desk.staff.may(Duty.DRAFT_POLICY), begin=desk.address("policy/drafts"), fresh=str(desk.house.runtime.new_id()),
        versions=[{"number": row.number, "version": row.version.partition("+")[0], "since": moment(row.published).render(desk.tongue), "effective": on_day(row.effective).render(desk.tongue), "digest": row.digest[:16], "files": desk.address(f"policy/versions/{row.number}/files")} for row in rows],
    )  # fmt: skip


_DONE = {"discarded": N_("The draft was discarded. Its steps are kept.")}


def _draft(desk: Desk, row: DraftRow, step: StepRow) -> dict[str, str]:
    return {
        "at": desk.address(f"policy/drafts/{row.id}"), "name": draft_title(desk, row),
        "state": desk.told(STATES[row.state]), "by": step.name, "when": moment(step.at).render(desk.tongue),
    }  # fmt: skip


def draft_title(desk: Desk, row: DraftRow) -> str:
    """What a draft is called."""
    text = N_("Draft of the first version, begun {day}") if row.base == drafts.NOTHING else N_("Draft on version {number}, begun {day}")
    return desk.told(text).format(number=row.base, day=moment(row.opened).render(desk.tongue))


def parts(desk: Desk, policy: Policy, under: str, changed: dict[str, int] | None = None) -> list[dict[str, object]]:
    """The parts of a policy as tiles: what each is called, how many entries it has, and how many of them a draft changes."""
    found = []
    for section, text in SECTIONS.items():
        held = None if section in ONE else getattr(policy, forms.attribute(section))
        at = desk.address(f"{under}/{section}") if held is not None else desk.address(f"{under}/{section}/-")
        found.append({"at": at, "name": desk.told(text), "count": "" if held is None else counted(desk, len(held)), "changed": (changed or {}).get(section, 0)})
    return found


def counted(desk: Desk, count: int) -> str:
    """So many entries, in words."""
    return desk.told(N_("1 entry")) if count == 1 else desk.told(N_("{count} entries")).format(count=count)


def published(desk: Desk) -> Published:
    """The policy in force; raises `Invalid` when none is."""
    if desk.house.published is None:
        raise Invalid(say(N_("no policy is in force yet")), say(N_("begin the first version on the page of the policy")))
    return desk.house.published


@screen("policy/in-force/<str:section>", Duty.SEE_POLICY)
def section_in_force(desk: Desk, section: str) -> HttpResponse:
    """One part of the policy in force as a list."""
    return section_page(desk, published(desk).policy, section, "policy/in-force", (desk.address("policy"), desk.told(N_("Policy"))))


def section_page(desk: Desk, policy: Policy, section: str, under: str, back: tuple[str, str], **more: Any) -> HttpResponse:
    """A list of entries with its search; raises a problem for what is no such part."""
    if section not in SECTIONS or section in ONE:
        raise missing()
    wanted = desk.query("q")[:200]
    rows, at, pages = entries.page_of(desk, entries.listed(desk, policy, section, wanted))
    here = f"{under}/{section}"
    return desk.page(
        "console_policy_list.html", SECTIONS[section], here="policy", back=back, words=WORDS, q=wanted, heads=entries.heads(desk, section),
        rows=[{"at": desk.address(f"{here}/{quote(row.name)}"), "name": row.name, "title": row.title, "facts": list(zip(entries.heads(desk, section), row.facts, strict=True))} for row in rows],
        previous=desk.address(here, q=wanted, page=str(at - 1)) if at > 1 else "", following=desk.address(here, q=wanted, page=str(at + 1)) if at < pages else "", clear=desk.address(here), **more,
    )  # fmt: skip


@screen("policy/in-force/<str:section>/<str:name>", Duty.SEE_POLICY)
def entry_in_force(desk: Desk, section: str, name: str) -> HttpResponse:
    """One entry of the policy in force, to read."""
    held = published(desk)
    opened = publishing.published_row(held.number)
    sheet = drafts.sheet_in(opened.files, section, "" if section in ONE else name)
    if section not in SECTIONS or sheet is None:
        raise missing()
    entry = None if section in ONE else getattr(held.policy, forms.attribute(section)).get(name)
    title = entries.title_of(desk, entry, name) if entry is not None else SECTIONS[section]
    back = (desk.address("policy"), desk.told(N_("Policy"))) if section in ONE else (desk.address(f"policy/in-force/{section}"), desk.told(SECTIONS[section]))
    return desk.page("console_policy_read.html", title, here="policy", back=back, words=WORDS, groups=entries.shown(desk, sheet), name="" if section in ONE else name, unshown=sheet.unshown)


@screen("policy/versions/<int:number>/files", Duty.SEE_POLICY)
def version_files(desk: Desk, number: int) -> HttpResponse:
    """The files of a published version as a ZIP, with the layout of the record."""
    row = publishing.published_row(number)
    return download(f"policy-{number}.zip", drafts.zipped(row.files, Layout(row.layout)), ZIP)
