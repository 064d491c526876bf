"""The first screen of the console: what needs somebody now, how requests flow, and where each leads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse

from janji.assurance.board import State
from janji.staff.roles import Duty
from janji.terms.messages import N_, say
from janji.terms.words import moment
from janji.web import charts
from janji.web.charts import Series
from janji.web.console.incidents import waiting
from janji.web.console.requests import row_of, title_of
from janji.web.console.shell import NAV, Desk, screen
from janji.web.console.tasks import WANTS
from janji.web.naming import spoken
from janji.workflows import desk_tasks
from janji.workflows.promise_boards import glance
from janji.workflows.request_desk import Filter, Flow, flow, lines, open_counts
from janji.workflows.staff import end_session

FIRST = 6
_STATES = {State.KEPT: (N_("kept as promised"), "ok"), State.BROKEN: (N_("broken"), "bad"), State.UNPROVEN: (N_("unproven"), "warn"), State.NOT_A_PROMISE: (N_("not a promise"), "muted")}
_WORDS = {
    "now": N_("Needs somebody now"), "late": N_("overdue"), "soon": N_("due within 12 hours"), "tasks_late": N_("late"), "first": N_("Due first"), "all": N_("All requests"), "by_right": N_("Open, by right"),
    "task_kinds": N_("Tasks"), "no_requests": N_("No request is open. When people ask for something, it appears here with its clock."), "no_tasks": N_("No task is open."), "all_tasks": N_("All tasks"),
    "promises": N_("Promises"), "broke": N_("Broken since yesterday"), "none_broke": N_("No promise broke since yesterday."), "looked": N_("Looked at"), "all_promises": N_("All promises"),
    "notices": N_("Notices of incidents"), "all_incidents": N_("All incidents"),
}  # fmt: skip
_COUNTED = {
    "open": (N_("open request"), N_("open requests")), "tasks": (N_("open task"), N_("open tasks")), "broken": (N_("promise broken"), N_("promises broken")), "incidents": (N_("open incident"), N_("open incidents")),
}  # fmt: skip
"""What stands under a number: under one, and under any other."""


def _counted(desk: Desk, name: str, count: int) -> str:
    one, more = _COUNTED[name]
    return desk.told(one if count == 1 else more)


@screen("", None)
def overview(desk: Desk) -> HttpResponse:
    """What needs somebody now; whoever has no board is led to their first part."""
    if not desk.staff.may(Duty.SEE_BOARD):
        return desk.go(next((part for part, _, duty in NAV if desk.staff.may(duty)), "out"))
    sees = desk.staff.may(Duty.SEE_REQUESTS)
    incidents = waiting(desk, FIRST) if desk.staff.may(Duty.SEE_INCIDENTS) else None
    return desk.page("console_overview.html", N_("Overview"), here="", words=_WORDS, sees=sees, promises=_promises(desk), incidents=incidents and {**incidents, "named": _counted(desk, "incidents", incidents["count"])}, **(_requests(desk) if sees else {}), **(_tasks(desk) if desk.staff.may(Duty.SEE_TASKS) else {}))


def _promises(desk: Desk) -> dict[str, Any] | None:
    """The board at a glance, with what broke since yesterday; nothing before the first look."""
    seen = glance(desk.house)
    if seen is None:
        return None
    counts = [(desk.told(text), seen.counts.get(state, 0), tone) for state, (text, tone) in _STATES.items()]
    broke = [(one.clause, spoken(one.why, desk.tongue)) for one in seen.broke[:FIRST]]
    broken = seen.counts.get(State.BROKEN, 0)
    return {"href": desk.address("promises"), "counts": counts, "broke": broke, "at": moment(seen.at).render(desk.tongue), "broken": broken, "named": _counted(desk, "broken", broken)}


def _requests(desk: Desk) -> dict[str, Any]:
    """Open requests: how many, what is due first, by right; and the flow of a month."""
    counts = open_counts(desk.house)
    late, soon, every = (sum(getattr(one, name) for one in counts) for name in ("late", "soon", "count"))
    by_right: dict[str, int] = {}
    for one in counts:
        by_right[one.right] = by_right.get(one.right, 0) + one.count
    return {
        "numbers": [
            (desk.address("requests", which="late"), late, desk.told(_WORDS["late"]), "bad" if late else "ok"), (desk.address("requests", which="soon"), soon, desk.told(_WORDS["soon"]), "warn" if soon else "ok"),
            (desk.address("requests"), every, _counted(desk, "open", every), ""),
        ],
        "rows": [row_of(desk, line) for line in lines(desk.house, Filter(), None, FIRST)], "requests": desk.address("requests"),
        "rights": [(desk.address("requests", right=name), title_of(desk, name), count, round(100 * count / every)) for name, count in sorted(by_right.items(), key=lambda one: -one[1])],
        "chart": _chart(desk, flow(desk.house)),
    }  # fmt: skip


def _chart(desk: Desk, days: tuple[Flow, ...]) -> charts.Chart:
    """How many requests came and ended on each day."""
    series = (Series("came", "accent", desk.told(N_("came in"))), Series("ended", "ok", desk.told(N_("ended"))))
    return charts.bars(
        desk.told(N_("Requests of the last 30 days")), (desk.told(N_("Day")), *(one.title for one in series)), series,
        [(f"{one.day:%d.%m.}", {"came": one.came, "ended": one.ended}) for one in days],
    )  # fmt: skip


def _tasks(desk: Desk) -> dict[str, Any]:
    """Open tasks by kind."""
    counts = desk_tasks.counts(desk.house)
    every = sum(count for count, _ in counts.values())
    return {
        "task_count": every, "tasks_named": _counted(desk, "tasks", every), "tasks": desk.address("tasks"), "tasks_late": sum(late for _, late in counts.values()), "has_tasks": True,
        "kinds": [(desk.address("tasks", kind=kind), desk.told(WANTS[kind].title) if kind in WANTS else kind, count, say(N_("{count} late"), count=late).render(desk.tongue) if late else "") for kind, (count, late) in sorted(counts.items(), key=lambda one: -one[1][1])],
    }  # fmt: skip


@screen("out", None, "POST")
def out(desk: Desk) -> HttpResponse:
    """Sign out."""
    end_session(desk.session)
    response = desk.go("enter")
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response
