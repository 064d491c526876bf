"""Work that a screen asked the worker for, shown while it goes on: how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from janji.assurance.words import AREAS
from janji.errors import Invalid, Unknown
from janji.staff.roles import Role
from janji.terms.messages import N_, printable, say
from janji.terms.words import moment
from janji.web.console.prose import prose
from janji.web.console.shell import Desk, screen
from janji.web.forms import sentence
from janji.workflows import desk_jobs, map_desk, request_previews
from janji.workflows.desk_jobs import DeskJob, JobState

AGAIN = 2
"""Seconds after which a page without the script comes again while work goes on."""
DOING: Mapping[str, str] = {
    desk_jobs.PROMISES: N_("Every promise is looked at"), desk_jobs.REPORT: N_("A signed report is made"), map_desk.COMPARE: N_("The store is held against the map"),
    desk_jobs.DOCTOR: N_("Everything that the record needs is looked at"), map_desk.SCAN: N_("The store is looked into"), map_desk.TEST: N_("The system is reached"), map_desk.MOVE: N_("The system is moved to another stage"),
    desk_jobs.AUDIT: N_("Everything on record is being verified"), desk_jobs.LOOK: N_("What is over by the schedule is being counted"),
    request_previews.PLAN: N_("The plan is being worked out"), request_previews.PREVIEW: N_("The copy is being gathered"),
}  # fmt: skip
"""What each kind of work does, in words."""
_AT = {str(area): text for area, text in AREAS.items()}


def given(desk: Desk, *names: str, **arguments: Any) -> DeskJob | None:
    """The work that a screen speaks of: what its address names (`job`), else what of these names is going on."""
    word = desk.query("job")
    if word:
        try:
            job = desk_jobs.job(UUID(word))
        except ValueError:
            raise _none() from None
        if job.name not in names or any(job.arguments.get(name) != value for name, value in arguments.items()):
            raise _none()  # of another screen, perhaps about a system that is not theirs
        return job
    found = (desk_jobs.last(name, **arguments) for name in names)
    return next((one for one in found if one is not None and one.open), None)


def _none() -> Invalid:
    return Unknown(say(N_("this work is not on record any more")), say(N_("ask for it again")))


def progress(desk: Desk, *jobs: DeskJob | None) -> dict[str, Any]:
    """What `desk.page` is given of some work, for `console_job.html`: each that goes on or failed; the page comes again while one goes on."""
    told = [_values(desk, job) for job in jobs if job is not None and job.state is not JobState.DONE]
    return {"lively": True, "again": AGAIN * any(one["open"] for one in told), "jobs": told}


def is_done(job: DeskJob | None) -> bool:
    """Whether the work that the address names came to its end."""
    return job is not None and job.state is JobState.DONE


def _values(desk: Desk, job: DeskJob) -> dict[str, Any]:
    why = None if job.failure is None else {"title": prose(sentence(job.failure, desk.tongue)), "help": "" if job.help is None else prose(sentence(job.help, desk.tongue))}
    return {
        "open": job.open, "why": why, "ended": "" if job.ended is None else moment(job.ended).render(desk.tongue), "doing": desk.told(DOING.get(job.name, N_("The worker is at it"))), "about": desk.told(_AT[job.about]) if job.about in _AT else printable(job.about),
        "done": desk.count(job.done), "total": desk.count(job.total) if job.total else "", "share": f"{job.done / job.total:.3f}" if job.total else "", "waits": job.state is JobState.WAITING, "address": desk.address(f"work/{job.id}"),
        "waiting": desk.told(N_("It waits for the worker. If that lasts, no worker runs.")),
    }  # fmt: skip


@screen("work/<uuid:id>", None)
def work(desk: Desk, id: UUID) -> HttpResponse:
    """How far some work is, as a part of the page that asked; when it is over the script is told to get that page anew."""
    job = desk_jobs.job(id)
    if desk.staff.role is Role.OWNER and job.arguments.get("system") not in desk.staff.systems:
        raise _none()
    if not job.open:
        return HttpResponse(status=200, headers={"HX-Refresh": "true", "Cache-Control": "no-store"})
    return desk.page("console_work.html", N_("The worker is at it"), **progress(desk, job))
