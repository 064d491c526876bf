"""The data map on screen: the picture and its table, each system with what waits for somebody, and what its columns are said to hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.safestring import SafeString

from janji.datamap.meaning import NONE, KeepRule, TableMeaning
from janji.errors import Conflict, Invalid, JanjiError, Unknown
from janji.staff.roles import Duty, Role
from janji.terms.messages import N_, Message, printable, say, unpack_message
from janji.terms.words import for_period, moment
from janji.web.console import map_picture
from janji.web.console.map_picture import LANES, Seen, spoken
from janji.web.console.prose import prose
from janji.web.console.shell import Desk, screen
from janji.web.console.wording import names
from janji.web.console.work import given, is_done, progress
from janji.web.forms import sentence
from janji.workflows import desk_jobs, map_desk, mapping, systems
from janji.workflows.desk_jobs import DeskJob
from janji.workflows.map_desk import COMPARE, MOVE, SCAN, TEST, SystemState, TableState
from janji.workflows.systems import MOST_SEATS, STAGES, Stage

HERE = "map"
LONGEST = 300
"""Signs of a reason."""
STAGES_IN_WORDS = {Stage.MANUAL: N_("By hand"), Stage.SEARCH: N_("Searched"), Stage.PLANNED: N_("Planned"), Stage.AUTOMATIC: N_("Automatic")}
_OF_STAGE = {
    Stage.MANUAL: N_("A person answers for it; Janji does not go there."), Stage.SEARCH: N_("Janji looks there for a person's data, and changes nothing."),
    Stage.PLANNED: N_("Janji erases there what somebody planned and agreed to."), Stage.AUTOMATIC: N_("Janji carries out requests there by itself."),
}  # fmt: skip
_HEADS = {"system": N_("Systems"), "category": N_("What they hold"), "recipient": N_("Who gets it"), "country": N_("Countries")}
_DONE = {
    COMPARE: N_("The store was held against the map."), SCAN: N_("The store was looked into; what is new waits below for somebody to read it."), TEST: N_("The system answers."),
    MOVE: N_("The system was moved to the stage that was asked for."),
}  # fmt: skip
_SAID = {
    "limit": N_("The limit was changed."), "read": N_("The tables are marked as read."), "saved": N_("What you said of the columns is kept in the map."),
    "both": N_("What you said of the columns is kept in the map, and the table is marked as read."),
}  # fmt: skip
_WORDS = {
    "picture": N_("The map as a picture"), "table": N_("The map as a table"), "whole": N_("Show the whole map again"), "open": N_("Open"), "system": N_("System"), "holds": N_("What it holds"),
    "where": N_("Where"), "stage": N_("Stage"), "tables": N_("Tables"), "waits": N_("Waits"), "none": N_("No system is known yet. Connect one with `janji connect add`, or import the list of systems."),
    "compare": N_("Compare with the store"), "scan": N_("Look into the store"), "test": N_("Test the connection"), "drift": N_("Does the store look as it was read?"), "same": N_("It looks as it was read."),
    "never": N_("Nobody has compared it yet."), "blocked": N_("Nothing is erased in these tables until somebody has read them:"), "undeclared": N_("Data that the policy does not declare"),
    "undeclared_help": N_("Declare a category for them in the policy, with its purpose, or take the data out. If they are none, say so in the map."), "read": N_("Mark as read"), "pick": N_("Read"),
    "ways": N_("How it leads to a person"), "keeps": N_("What is kept, and what ends"), "personal": N_("Personal columns"), "state": N_("State"), "facts": N_("About the system"), "unmapped": N_("Nobody has said what it holds. Look into the store, or name its categories in the overlay."),
    "next": N_("Next stage"), "needs": N_("What is required"), "back_stage": N_("Back to"), "move": N_("Move it"), "limit": N_("Connections of ours at once, at most"), "change": N_("Change"), "ok": N_("done"), "lacks": N_("still lacks"),
    "column": N_("Column"), "category": N_("Category"), "why": N_("Why"), "sure": N_("sure"), "proposal": N_("Proposed"), "reason": N_("Your reason"), "save": N_("Save"), "save_read": N_("Save, and mark the table as read"), "points": N_("Worth a look"),
    "gets": N_("Who gets it"), "unread": N_("to read"), "lacking": N_("not declared"), "table_name": N_("Table"), "identifier": N_("people are found by it"), "nothing_changes": N_("You can read this and change nothing."),
}  # fmt: skip


def _mine(desk: Desk, name: str | None = None) -> tuple[str, ...] | None:
    """The systems that somebody may see: `None` is all. Raises `Invalid` for a name that is not among them, as for one that is not there."""
    if desk.staff.role is not Role.OWNER:
        return None
    if name is not None and name not in desk.staff.systems:
        raise Unknown(say(N_("there is no system `{name}`"), name=name), say(N_("go back to the map and choose one")))
    return desk.staff.systems


def _state(desk: Desk, name: str) -> SystemState:
    _mine(desk, name)
    return map_desk.state(desk.house, name)


@screen(HERE, Duty.SEE_MAP)
def whole(desk: Desk) -> HttpResponse:
    """Every system: as a picture in which one thing can be brought out, and as a table."""
    only = _mine(desk)
    lane, _, id = desk.query("see").partition(":")
    seen = Seen(lane, id) if lane in LANES else Seen()
    drawn = map_desk.picture(desk.house, only)
    found = map_desk.states(desk.house, only)
    picture = map_picture.draw(
        drawn, desk.tongue, [desk.told(_HEADS[one]) for one in LANES], seen, lambda lane, node: desk.address(HERE, see=f"{lane}:{node}"), desk.told(_WORDS["picture"]),
    ) if found else ""  # fmt: skip
    chosen = next(((desk.address(f"map/{one.name}"), spoken(one.title, desk.tongue)) for one in found if seen.lane == "system" and one.name == seen.id), None)
    return desk.page(
        "console_map.html", N_("Data map"), here=HERE, picture=picture, seen=bool(seen.lane), chosen=chosen, every=desk.address(HERE), rows=[_row(desk, one, drawn) for one in found],
        words=_WORDS if only is None else {**_WORDS, "none": N_("No system is in your care yet. A privacy officer says which are, under Staff.")},
    )  # fmt: skip


@screen("map/<str:name>", Duty.SEE_MAP)
def system(desk: Desk, name: str) -> HttpResponse:
    """One system: how far Janji goes there, drift, what waits to be read, undeclared data, and every table."""
    return _system(desk, name)


def _system(desk: Desk, name: str, error: JanjiError | None = None) -> HttpResponse:
    found, works = _state(desk, name), desk.staff.may(Duty.WORK_MAP)
    job = given(desk, COMPARE, SCAN, TEST, MOVE, system=name) if error is None else None
    values = progress(desk, job)
    if error is not None:
        values = {"error": error, "status": 422}
    done = desk.told(_DONE.get(job.name, "")) if job is not None and is_done(job) else desk.told(_SAID.get(desk.query("done"), ""))
    compared, row = desk_jobs.last(COMPARE, ended=True, system=name), found.system
    return desk.page(
        "console_map_system.html", say("{title}", title=found.title), here=HERE, back=(desk.address(HERE), desk.told(N_("Data map"))), done=done, name=name,
        stage=desk.told(STAGES_IN_WORDS[row.stage]) if row else "", stages=[(desk.told(text), one is row.stage, STAGES.index(one) < STAGES.index(row.stage)) for one, text in STAGES_IN_WORDS.items()] if row else [],
        about=desk.told(_OF_STAGE[row.stage]) if row else "", facts=_facts(desk, found), works=works, addressed=row is not None and bool(row.place),
        moves=desk.address(f"map/{name}/stage"), acts={word: desk.address(f"map/{name}/{word}") for word in ("compare", "scan", "test", "read", "limit")}, seats=(row.seats or "") if row else "",
        most=MOST_SEATS, drift=_drift(desk, compared), undeclared=[(table, column) for table, column in _undeclared(desk, found)], tables=[_table(desk, name, one) for one in sorted(found.tables, key=lambda one: one.read)],
        unread=len(found.unread), holds=[_category(desk, one) for one in found.meaning.holds] if found.meaning else [], mapped=found.meaning is not None, words=_WORDS, **values,
    )  # fmt: skip


@screen("map/<str:name>/table", Duty.SEE_MAP)
def table(desk: Desk, name: str) -> HttpResponse:
    """One table: each column, what was proposed for it and how sure that is; whoever works on the map says what it holds."""
    return _columns(desk, name, desk.query("table"))


@screen("map/<str:name>/table", Duty.WORK_MAP, "POST")
def say_columns(desk: Desk, name: str) -> HttpResponse:
    """Keep what somebody says of the columns in the overlay, and mark the table as read where that is wished."""
    found, word = _state(desk, name), desk.field("table")
    one = _named(found, word)
    said, faults = _said(desk, found, one)
    if faults:
        return _columns(desk, name, word, faults=faults)
    folder = desk.house.runtime.settings.maps
    try:
        mapping.say_columns(folder, name, word, said, desk.field("digest"))
        if desk.field("go") == "read":
            mapping.review(folder, [f"{name}/{word}"])
            _compare(desk, found)
    except (Conflict, Invalid) as error:
        return _columns(desk, name, word, error=error)
    return desk.go(f"map/{name}", done="both" if said and desk.field("go") == "read" else "read" if desk.field("go") == "read" else "saved")


@screen("map/<str:name>/read", Duty.WORK_MAP, "POST")
def read(desk: Desk, name: str) -> HttpResponse:
    """Mark tables as read, as they were last scanned."""
    found, wanted = _state(desk, name), [f"{name}/{word}" for word in desk.all("table")]
    if not wanted:
        return _system(desk, name, Invalid(say(N_("no table was named")), say(N_("tick the tables that you have read"))))
    try:
        mapping.review(desk.house.runtime.settings.maps, wanted)
    except Invalid as error:
        return _system(desk, name, error)
    _compare(desk, found)
    return desk.go(f"map/{name}", done="read")


@screen("map/<str:name>/stage", Duty.WORK_MAP)
def stages(desk: Desk, name: str) -> HttpResponse:
    """What is required before a system goes one stage further, what already holds, and the way back."""
    found = _state(desk, name)
    row = found.system
    if row is None:
        raise Invalid(say(N_("`{name}` is not connected"), name=name), say(N_("connect it first with `janji connect add`")))
    following, steps = found.following, []
    if following is not None:
        steps = [(desk.told(N_("It has an address, and answers when it is moved.")), bool(row.place))]
        if following is not Stage.SEARCH:
            steps += [(desk.told(N_("Somebody said what it holds, and read every table.")), found.meaning is not None and not found.unread)]
        if following is Stage.AUTOMATIC:
            steps += [(desk.told(N_("An erasure there was carried out and found complete.")), row.proven is not None)]
    behind = [(str(one), desk.told(STAGES_IN_WORDS[one]), desk.told(_OF_STAGE[one])) for one in reversed(STAGES[: STAGES.index(row.stage)])]
    return desk.page(
        "console_map_stage.html", say(N_("How far Janji goes in {system}"), system=found.title), here=HERE, back=(desk.address(f"map/{name}"), spoken(found.title, desk.tongue)), action=desk.address(f"map/{name}/stage"),
        now=(desk.told(STAGES_IN_WORDS[row.stage]), desk.told(_OF_STAGE[row.stage])), following=(str(following), desk.told(STAGES_IN_WORDS[following]), desk.told(_OF_STAGE[following])) if following else None,
        steps=steps, behind=behind, words=_WORDS,
    )  # fmt: skip


@screen("map/<str:name>/stage", Duty.WORK_MAP, "POST")
def move(desk: Desk, name: str) -> HttpResponse:
    """Ask the worker to move a system: it must answer first."""
    _state(desk, name)
    if desk.field("stage") not in set(map(str, Stage)):
        raise Invalid(say(N_("there is no such stage")), say(N_("choose one of the page")))
    return _asked(desk, name, MOVE, stage=desk.field("stage"))


@screen("map/<str:name>/limit", Duty.WORK_MAP, "POST")
def limit(desk: Desk, name: str) -> HttpResponse:
    """Say how many connections of ours may be at a system at once."""
    _state(desk, name)
    word = desk.field("seats").strip()
    try:
        systems.limit(name, int(word) if word.isascii() and word.isdigit() and len(word) < 6 else 0)
    except Invalid as error:
        return _system(desk, name, error)
    return desk.go(f"map/{name}", done="limit")


@screen("map/<str:name>/compare", Duty.WORK_MAP, "POST")
def compare(desk: Desk, name: str) -> HttpResponse:
    """Ask the worker to hold the store against the map."""
    return _asked(desk, name, COMPARE)


@screen("map/<str:name>/scan", Duty.WORK_MAP, "POST")
def scan(desk: Desk, name: str) -> HttpResponse:
    """Ask the worker to look into the store, and to write what the map lacks."""
    return _asked(desk, name, SCAN)


@screen("map/<str:name>/test", Duty.WORK_MAP, "POST")
def test(desk: Desk, name: str) -> HttpResponse:
    """Ask the worker to reach the system."""
    return _asked(desk, name, TEST)


def _asked(desk: Desk, name: str, kind: str, **more: str) -> HttpResponse:
    _state(desk, name)
    return desk.go(f"map/{name}", job=str(desk_jobs.ask(desk.house, kind, desk.staff.id, system=name, **more)))


def _compare(desk: Desk, found: SystemState) -> None:
    """What was read is compared anew, so that what is shown is not of before."""
    if found.system is not None and found.system.place:
        desk_jobs.ask(desk.house, COMPARE, desk.staff.id, system=found.name)


# ------------------------------------------------------------------------------------------------------------- in words


def _row(desk: Desk, one: SystemState, drawn: map_desk.Picture) -> dict[str, Any]:
    """One system as a line of the table that says what the picture shows."""
    held = [word for system, word in drawn.holds if system == one.name]
    titles = {node.id: spoken(node.title, desk.tongue) for node in (*drawn.systems, *drawn.categories, *drawn.recipients, *drawn.countries)}
    lands = [titles[country] for system, country in drawn.stands if system == one.name]
    gets = sorted({titles[who] for word, who in drawn.given if word in held})
    count = say(N_("recipients: {count}"), count=len(gets))
    return {
        "href": desk.address(f"map/{one.name}"), "title": titles[one.name], "holds": ", ".join(sorted(titles[word] for word in held)), "where": ", ".join(lands), "gets": gets, "count": sentence(count, desk.tongue).rstrip("."),
        "stage": desk.told(STAGES_IN_WORDS[one.system.stage]) if one.system else desk.told(N_("not connected")), "tables": len(one.tables), "unread": len(one.unread),
        "undeclared": sum(bool(held.undeclared) for held in one.tables), "manual": one.meaning is not None and one.meaning.paper,
    }  # fmt: skip


def _facts(desk: Desk, found: SystemState) -> list[tuple[str, str]]:
    row, meaning = found.system, found.meaning
    code = (str(meaning.country) if meaning else "") or (row.country if row else "")
    held: list[tuple[str, str]] = [
        (N_("Name"), found.name), (N_("Department"), str(meaning.owner) if meaning else ""), (N_("Place"), (row.location if row else "") or (str(meaning.location) if meaning else "")),
        (N_("Country"), map_desk.country_title(code, desk.tongue.language)), (N_("Store"), row.place if row else ""),
        (N_("Looked after by a person"), desk.told(N_("yes")) if found.owned else desk.told(N_("no"))),
    ]  # fmt: skip
    if row is not None:
        held += [(N_("Answered last"), moment(row.reached).render(desk.tongue) if row.reached else ""), (N_("An erasure was found complete"), moment(row.proven).render(desk.tongue) if row.proven else "")]
        held += [(N_("Connections at once"), str(row.seats) if row.seats else desk.told(N_("not limited")))]
    return [(desk.told(name), printable(value)) for name, value in held if value]


def _drift(desk: Desk, job: DeskJob | None) -> dict[str, Any] | None:
    """What the last comparison found; nothing before the first."""
    if job is None or job.failure is not None or job.ended is None:
        return None
    items = [{"says": prose(sentence(unpack_message(one["message"]), desk.tongue)), "blocks": one["blocks"]} for one in job.report["drifts"]]
    return {"items": items, "blocked": job.report["blocked"], "at": say(N_("Compared on {moment}."), moment=moment(job.ended)).render(desk.tongue), "stamp": job.ended.isoformat()}


def _undeclared(desk: Desk, found: SystemState) -> list[tuple[str, str]]:
    return [
        (f"{one.meaning.name}.{column}", _category(desk, one.meaning.columns[column].category))
        for one in found.tables for column in one.undeclared
    ]  # fmt: skip


def _category(desk: Desk, word: str) -> str:
    """A category as people read it."""
    return desk.told(N_("nothing of a person")) if word == NONE else spoken(map_desk.category_title(desk.house.policy_in_force.policy, word), desk.tongue)


def _table(desk: Desk, name: str, one: TableState) -> dict[str, Any]:
    """A table as a line: what it holds, how it leads to a person, what keeps and ends its rows, and whether somebody read it."""
    meaning = one.meaning
    held = sorted({_category(desk, column.category) for column in meaning.columns.values() if column.category != NONE})
    return {
        "name": meaning.name, "href": desk.address(f"map/{name}/table", table=meaning.name), "holds": held, "share": say(N_("columns: {personal} of {columns}"), personal=len(meaning.personal), columns=len(meaning.columns)).render(desk.tongue), "read": one.read,
        "seen": one.scanned, "word": desk.told(N_("read") if one.read else N_("changed since it was read") if meaning.reviewed else N_("not read yet")),
        "ways": [prose(sentence(way, desk.tongue)) for way in one.explained.ways] if one.explained else [], "keeps": _keeps(desk, meaning), "points": len(one.explained.points) if one.explained else 0,
        "undeclared": len(one.undeclared),
    }  # fmt: skip


def _keeps(desk: Desk, meaning: TableMeaning) -> list[SafeString]:
    """What keeps rows of a table, and what ends them, in words."""
    found = [_kept(one) for one in meaning.keep]
    for one in meaning.retention:
        counted = say(N_("ends by {rule}, counted from `{column}`"), rule=one.rule, column=one.since) if one.since else say(N_("ends by {rule}, with its row in `{table}`"), rule=one.rule, table=one.follows or "-")
        found.append(counted)
    called = names(desk, systems=False)
    return [prose(sentence(called.put(one), desk.tongue)) for one in found]


def _kept(one: KeepRule) -> Message:
    if one.period is None:
        return say(N_("kept by {rule}"), rule=one.rule)
    return say(N_("kept by {rule} for {period}"), rule=one.rule, period=for_period(one.period))


# -------------------------------------------------------------------------------------------------------------- triage


def _named(found: SystemState, word: str) -> TableState:
    one = next((one for one in found.tables if one.meaning.name == word), None)
    if one is None:
        raise Unknown(say(N_("there is no table `{table}` in the map"), table=word[:120]), say(N_("go back to the system and choose one")))
    return one


def _said(desk: Desk, found: SystemState, one: TableState) -> tuple[dict[str, tuple[str, str]], dict[str, Message]]:
    """What somebody says otherwise of columns, by column; and what is wrong with it, by field."""
    known, scanned = {*map(str, desk.house.policy_in_force.policy.data), NONE}, _proposals(found.name, one.meaning.name)
    said, faults = dict[str, tuple[str, str]](), dict[str, Message]()
    for column, held in one.meaning.columns.items():
        category, reason = desk.field(f"category:{column}"), " ".join(desk.field(f"reason:{column}").split())
        if not category or (category == held.category and not reason):
            continue
        proposed = scanned.get(column, {}).get("category", held.category)
        if category not in known and category != held.category:
            faults[column] = say(N_("this is no category of the policy"))
        elif category == NONE and held.category != NONE and proposed != NONE and not reason:
            faults[column] = say(N_("say why it holds nothing of a person"))
        elif len(reason) > LONGEST or not reason.isprintable():
            faults[column] = say(N_("write the reason in at most {most} signs"), most=LONGEST)
        else:
            said[column] = (category, reason or (str(held.why) if category == held.category else say(N_("said at the console, in place of `{category}`"), category=held.category).render(desk.tongue)))
    return said, faults


def _proposals(name: str, table: str) -> Mapping[str, Mapping[str, Any]]:
    """What the last look into a store proposed for the columns of a table."""
    job = desk_jobs.last(SCAN, ended=True, system=name)
    return {} if job is None or job.failure is not None else job.report["proposals"].get(table, {})


def _columns(desk: Desk, name: str, word: str, faults: Mapping[str, Message] | None = None, error: JanjiError | None = None) -> HttpResponse:
    found, works = _state(desk, name), desk.staff.may(Duty.WORK_MAP)
    one, faults = _named(found, word), faults or {}
    if faults:
        error = Invalid(say(N_("some columns need another word: {count}"), count=len(faults)), say(N_("each is told beside the column; nothing was kept yet")))
    scanned = _proposals(name, word)
    options = [(str(id), spoken(data.title, desk.tongue)) for id, data in desk.house.policy_in_force.policy.data.items()]
    return desk.page(
        "console_map_table.html", say("{table}", table=word), here=HERE, back=(desk.address(f"map/{name}"), spoken(found.title, desk.tongue)), error=error, status=200 if error is None else 409 if type(error) is Conflict else 422,
        table=_table(desk, name, one), points=[prose(sentence(message, desk.tongue)) for _, message in one.explained.points] if one.explained else [], works=works,
        action=desk.address(f"map/{name}/table"), digest=found.digest, options=options, none=NONE, none_word=_category(desk, NONE),
        columns=[_column(desk, one, column, scanned.get(column), faults.get(column)) for column in one.meaning.columns], words=_WORDS,
    )  # fmt: skip


def _column(desk: Desk, one: TableState, name: str, proposed: Mapping[str, Any] | None, fault: Message | None) -> dict[str, Any]:
    """A column: what is said of it, what was proposed and how sure that is, and what was typed if it must be typed again."""
    held = one.meaning.columns[name]
    typed = desk.field(f"category:{name}") or str(held.category)
    return {
        "name": name, "category": typed, "word": _category(desk, held.category), "personal": held.category != NONE, "undeclared": name in one.undeclared,
        "own": str(held.category), "own_word": _category(desk, held.category), "declared": held.category == NONE or held.category in desk.house.policy_in_force.policy.data,
        "why": prose(printable(held.why)), "reason": desk.field(f"reason:{name}"), "fault": sentence(fault, desk.tongue), "identifier": any(item.column == name for item in one.meaning.identifiers),
        "paths": [f"{path}: {_category(desk, word)}" for path, word in held.paths.items()],
        **({"sure": proposed["sure"], "evidence": prose(sentence(unpack_message(proposed["why"]), desk.tongue)), "proposed": _category(desk, proposed["category"]),
            "other": proposed["category"] != held.category, "level": "ok" if proposed["sure"] >= 85 else "warn" if proposed["sure"] >= 50 else "muted"} if proposed else {}),
    }  # fmt: skip
