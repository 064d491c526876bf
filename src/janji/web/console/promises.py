"""The promise board on screen: every clause with its state and what to do, what turned since when, a look now, and a signed report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.utils.safestring import SafeString

from janji.assurance.board import State
from janji.assurance.words import STATES, TONES
from janji.errors import Invalid
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message, printable, say
from janji.terms.words import moment, on_day
from janji.versions import forms
from janji.web.charts import Chart, Series, bars, parts
from janji.web.console import downloads, entries
from janji.web.console.prose import prose
from janji.web.console.shell import Desk, screen
from janji.web.console.work import given, is_done, progress
from janji.web.forms import sentence
from janji.workflows import desk_jobs, promise_boards
from janji.workflows.desk_jobs import DeskJob
from janji.workflows.promise_boards import Change, Glance, Kept

HERE = "promises"
PAGE = 60
"""Clauses on one page."""
LONGEST = 200
"""Signs of a word that is looked for."""
ORDER = (State.BROKEN, State.UNPROVEN, State.KEPT, State.NOT_A_PROMISE)
"""The states, the one that somebody must look at first."""
_ABOUT = {
    State.BROKEN: N_("A check of it fails."), State.UNPROVEN: N_("Something lacks that would show it."), State.KEPT: N_("Every check of it holds."),
    State.NOT_A_PROMISE: N_("It cannot be kept, and nothing acts on it."),
}  # fmt: skip
_WORDS = {
    "again": N_("Look again now"), "report": N_("Make a signed report"), "reports": N_("Signed reports"), "download": N_("Download"), "unproven": N_("no proof beside it: the ledger was not whole"),
    "search": N_("Clause or word"), "state": N_("State"), "every": N_("Every state"), "differs": N_("Only where law and promise differ"), "find": N_("Show"), "none": N_("No promise is like this."),
    "all": N_("Show all promises"), "differ": N_("Law and promise differ:"), "more": N_("Next"), "less": N_("Back"), "pages": N_("Pages"), "turned": N_("What changed"), "history": N_("All changes"),
    "quiet": N_("Nothing has changed in the time that is kept."), "now": N_("How it is"), "checks": N_("What was checked"), "todo": N_("What to do"), "entries": N_("What carries it out"),
    "missing": N_("What the policy still lacks"), "evidence": N_("Newest evidence"), "nothing": N_("Nothing rests on it."), "filter": N_("Find promises"), "proof": N_("Proof"),
}  # fmt: skip
_FIRST = N_("Nobody has looked at the promises yet. The worker does it by itself once a policy is published; ask for it now if you like.")


@screen(HERE, Duty.SEE_BOARD)
def board(desk: Desk) -> HttpResponse:
    """Every promise, what is broken first: counts, filters, what turned, and how old the look is."""
    job = given(desk, desk_jobs.PROMISES, desk_jobs.REPORT)
    held = promise_boards.kept(desk.house, desk.tongue.language)
    if held is None:
        return desk.page("console_promises.html", N_("Promises"), here=HERE, first=desk.told(_FIRST), look=desk.address("promises/look"), **progress(desk, job), words=_WORDS)
    state, found = _found(desk, held)
    number = _number(desk.query("page"))
    turned, _ = promise_boards.changes(most=4)
    last = max(1, -(-len(found) // PAGE))
    return desk.page(
        "console_promises.html", N_("Promises"), here=HERE, done=_done(job, held.glance), age=_age(desk, held.glance),
        look=desk.address("promises/look"), make=desk.address("promises/report"), history=desk.address("promises/changes"),
        tiles=[_tile(desk, held.glance, one) for one in ORDER], chart=_shares(desk, held.glance), days=_days(desk),
        turned=[_turned(desk, one) for one in turned], kits=[_kit(desk, one) for one in promise_boards.kits()],
        lines=[_row(desk, one) for one in found[PAGE * (number - 1) : PAGE * number]], count=say(N_("Promises shown: {count} of {all}"), count=len(found), all=len(held.lines)).render(desk.tongue),
        filter={"q": desk.query("q")[:LONGEST], "differs": bool(desk.query("differs")), "states": [(str(one), desk.told(STATES[one]), one is state) for one in ORDER]},
        action=desk.address(HERE).partition("?")[0], every=desk.address(HERE), pages=_pages(desk, number, last), **progress(desk, job), words=_WORDS,
    )  # fmt: skip


@screen("promises/clause", Duty.SEE_BOARD)
def clause(desk: Desk) -> HttpResponse:
    """One promise: its text, each check with what it found and its evidence, what to do, what carries it out, and what turned."""
    held = promise_boards.kept(desk.house, desk.tongue.language)
    if held is None:
        return desk.go(HERE)
    line = promise_boards.line_of(held, desk.query("clause"))
    turned, _ = promise_boards.changes(clause=line["id"], most=20)
    return desk.page(
        "console_promise.html", _named(line), here=HERE, back=(desk.address(HERE), desk.told(N_("Promises"))), line=_row(desk, line), age=_age(desk, held.glance),
        about=desk.told(_ABOUT[State(line["state"])]), says=line["says"],
        findings=[_finding(desk, one) for one in line["findings"]], missing=[{**one, "says": _upper(one["says"]), "help": _upper(one.get("help", "")), "entry": _entry(desk, one["entry"])} for one in line["missing"]], entries=[_entry(desk, one) for one in line["entries"]], turned=[_turned(desk, one) for one in turned], words=_WORDS,
    )  # fmt: skip


@screen("promises/changes", Duty.SEE_BOARD)
def changes(desk: Desk) -> HttpResponse:
    """What turned from one look to the next, the newest first."""
    turned, more = promise_boards.changes(before=desk.query("before"))
    return desk.page(
        "console_promise_changes.html", N_("What changed"), here=HERE, back=(desk.address(HERE), desk.told(N_("Promises"))), turned=[_turned(desk, one) for one in turned],
        following=desk.address("promises/changes", before=more) if more else "", words=_WORDS,
    )  # fmt: skip


@screen("promises/look", Duty.SEE_BOARD, "POST")
def look(desk: Desk) -> HttpResponse:
    """Ask the worker to look now."""
    return desk.go(HERE, job=str(desk_jobs.ask(desk.house, desk_jobs.PROMISES, desk.staff.id)))


@screen("promises/report", Duty.SEE_BOARD, "POST")
def report(desk: Desk) -> HttpResponse:
    """Ask the worker for a signed report in the language of the page."""
    return desk.go(HERE, job=str(desk_jobs.ask(desk.house, desk_jobs.REPORT, desk.staff.id, language=desk.tongue.language)))


@screen("promises/report/<uuid:id>", Duty.SEE_BOARD)
def download(desk: Desk, id: UUID) -> HttpResponse:
    """A signed report as one archive."""
    return downloads.download(f"promises-{id}.zip", promise_boards.kit(id), downloads.ZIP)


# ------------------------------------------------------------------------------------------------------------- in words


def _found(desk: Desk, held: Kept) -> tuple[State | None, list[Mapping[str, Any]]]:
    """The lines that are asked for, in the order in which they need somebody; raises `Invalid` for a state that is none."""
    word, text = desk.query("state"), desk.query("q")[:LONGEST].casefold().strip()
    if word and word not in set(map(str, State)):
        raise Invalid(say(N_("there is no such state of a promise")), say(N_("choose one of the list")))
    found = [
        one for one in held.lines
        if (not word or one["state"] == word) and (not desk.query("differs") or one["differs"])
        and (not text or text in " ".join((one["id"], one["says"], *one["entries"])).casefold())
    ]  # fmt: skip
    return State(word) if word else None, sorted(found, key=lambda one: ORDER.index(State(one["state"])))


def _number(word: str) -> int:
    if word and not (word.isascii() and word.isdigit() and 0 < int(word[:6]) < 100_000):
        raise Invalid(say(N_("this is no page of the list")), say(N_("begin at its first page")))
    return int(word or 1)


def _pages(desk: Desk, number: int, last: int) -> dict[str, str]:
    kept = {name: desk.query(name) for name in ("q", "state", "differs")}
    return {
        "before": desk.address(HERE, **kept, page=str(min(number - 1, last))) if number > 1 else "", "after": desk.address(HERE, **kept, page=str(number + 1)) if number < last else "",
        "at": say(N_("Page {number} of {last}"), number=number, last=last).render(desk.tongue) if last > 1 or number > 1 else "",
    }  # fmt: skip


def _named(line: Mapping[str, Any]) -> Message:
    return say(N_("Clause {clause}"), clause=line["id"]) if line.get("kind") else say("{entry}", entry=line["id"])


def _row(desk: Desk, line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the list: its state, its text, the first thing that is wrong and what helps."""
    state = State(line["state"])
    wrong = next(iter(line["wrong"]), None)
    return {
        "id": line["id"], "href": f"{desk.address('promises/clause', clause=line['id'])}", "state": str(state), "word": desk.told(STATES[state]), "tone": TONES[state],
        "says": line["says"], "wrong": _upper(wrong["says"]) if wrong else "", "help": _upper(wrong.get("help", "")) if wrong else "", "differs": [_upper(one) for one in line["differs"]],
        "more": max(0, len(line["wrong"]) - 1),
    }  # fmt: skip


def _entry(desk: Desk, path: str) -> dict[str, str]:
    """An entry of the policy that something rests on: what people call it, and where it is read; its path where the policy in force has none such."""
    section, _, rest = path.partition(".")
    policy = desk.house.published.policy if desk.house.published is not None else None
    if policy is None or section not in entries.SECTIONS or section == forms.WHOLE:
        return {"words": path, "href": ""}
    titles, name = desk.told(entries.SECTIONS[section]), rest
    if section in entries.ONE:
        name = "-"
    else:
        held = getattr(policy, forms.attribute(section))
        while name and name not in held:  # what stands deeper in an entry is read on its page
            name = name.rpartition(".")[0]
        if not name:
            return {"words": path, "href": ""}
        titles = f"{titles}: {entries.title_of(desk, held[name], name)}"
    return {"words": titles, "href": desk.address(f"policy/in-force/{section}/{quote(name)}") if desk.staff.may(Duty.SEE_POLICY) else ""}


def _finding(desk: Desk, one: Mapping[str, Any]) -> dict[str, Any]:
    """One thing that was checked: how it came out, what was found, what helps, and its evidence."""
    tone, word = {"holds": ("ok", N_("holds")), "fails": ("bad", N_("fails")), "unknown": ("warn", N_("not shown"))}[one["result"]]
    held = one.get("evidence")
    return {
        "tone": tone, "word": desk.told(word), "says": _upper(one["says"]), "help": _upper(one.get("help", "")), "entries": [_entry(desk, held) for held in one["entries"]],
        **({"href": desk.address(f"ledger/event/{held['event']}"), "at": moment(datetime.fromisoformat(held["at"])).render(desk.tongue)} if held else {}),
    }  # fmt: skip


def _tile(desk: Desk, seen: Glance, state: State) -> dict[str, Any]:
    return {
        "href": desk.address(HERE, state=str(state)), "title": desk.told(STATES[state]), "count": seen.counts[state], "about": desk.told(_ABOUT[state]), "tone": TONES[state],
        "now": desk.query("state") == str(state),
    }  # fmt: skip


def _series(desk: Desk) -> tuple[Series, ...]:
    return tuple(Series(str(state), TONES[state], desk.told(STATES[state])) for state in ORDER)


def _shares(desk: Desk, seen: Glance) -> Chart:
    return parts(desk.told(N_("All promises")), (desk.told(N_("State")), desk.told(N_("Promises"))), _series(desk), {str(state): count for state, count in seen.counts.items()})


def _days(desk: Desk) -> Chart | None:
    """The last days, once there are three."""
    found = promise_boards.days(desk.house)
    if len(found) < 3:
        return None
    rows: Sequence[tuple[str, Mapping[str, int]]] = [(on_day(at.date()).render(desk.tongue), {str(state): count for state, count in counts.items()}) for at, counts in found]
    series = _series(desk)
    return bars(desk.told(N_("The last days")), (desk.told(N_("Day")), *(one.title for one in series)), series, rows)


def _age(desk: Desk, seen: Glance) -> dict[str, str]:
    """When the look was, how long ago, and of which version."""
    minutes = max(0, round((desk.house.runtime.now() - seen.at).total_seconds() / 60))
    ago = say(N_("just now")) if not minutes else say(N_("{count} minutes ago"), count=minutes) if minutes < 120 else say(N_("{count} hours ago"), count=round(minutes / 60))
    return {"stamp": seen.at.isoformat(), "words": say(N_("Looked at on {moment}, {ago}, under version {number} of the policy."), moment=moment(seen.at), ago=ago, number=seen.number).render(desk.tongue)}


def _turned(desk: Desk, one: Change) -> dict[str, Any]:
    """One clause that turned, as a line of the history."""
    was, became = ((desk.told(STATES[state]), TONES[state]) if state else (desk.told(N_("not there")), "muted") for state in (one.was, one.became))
    return {
        "clause": one.clause, "href": desk.address("promises/clause", clause=one.clause) if one.became else "", "was": was, "became": became, "stamp": one.at.isoformat(),
        "at": moment(one.at).render(desk.tongue), "why": prose(sentence(one.why, desk.tongue)) if one.why else "",
    }  # fmt: skip


def _kit(desk: Desk, one: promise_boards.Kit) -> dict[str, Any]:
    return {"href": desk.address(f"promises/report/{one.id}"), "at": moment(one.at).render(desk.tongue), "proven": one.proven, "size": f"{max(1, round(one.size / 1024))} KB"}


def _done(job: DeskJob | None, seen: Glance) -> str | Message:
    """What is said when the work that was asked for is done."""
    if job is None or not is_done(job):
        return ""
    if job.name == desk_jobs.REPORT:
        return N_("The report is made: it is the first under \"Signed reports\".")
    return say(N_("every promise was looked at: {broken} broken, {unproven} unproven, {kept} kept"), broken=seen.counts[State.BROKEN], unproven=seen.counts[State.UNPROVEN], kept=seen.counts[State.KEPT])


def _upper(text: str) -> SafeString:
    text = printable(text)
    return prose(text[:1].upper() + text[1:])
