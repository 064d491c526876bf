"""The promise board kept: looked at by the worker, shown with its age, what turned since when, and signed reports to hand out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from janji import __version__
from janji.assurance.board import Board, Line, State
from janji.assurance.words import shown_json
from janji.errors import Invalid, Unknown
from janji.files.archives import archived
from janji.files.translations import LANGUAGES, load_tongue
from janji.store import promise_boards as store
from janji.store.database import transaction
from janji.store.promise_boards import ChangeRow, LookRow
from janji.terms.messages import N_, Message, pack_message, say, unpack_message
from janji.workflows.house import House
from janji.workflows.mapping import Step, quiet
from janji.workflows.promises import Proven, prove, report_files

EVERY = timedelta(hours=1)
"""The worker looks again after so long, and before that when another version of the policy or of the program is there."""
SINCE, SHOWN = timedelta(days=1), timedelta(days=30)
"""How long a promise that broke is new; and how far back days are shown."""
KEPT = timedelta(days=400)
"""How long looks, changes and reports are kept."""
PAGE = 50
"""Changes on one page."""


@dataclass(frozen=True, slots=True)
class Change:
    """A clause that turned: from which state to which (`None` where it was not there), when, and the first reason."""

    id: UUID
    at: datetime
    clause: str
    was: State | None
    became: State | None
    why: Message | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """The board at a glance: when it was looked at, the version of the policy it is of, how many are in which state, what broke since yesterday and still is."""

    at: datetime
    number: int
    counts: Mapping[State, int]
    broke: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest board: at a glance, and its lines as JSON in the language that was asked for, in the order of the text."""

    glance: Glance
    lines: tuple[Mapping[str, Any], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kit:
    """A signed report that was made: when, whether its proof lies beside it, and how many bytes it has."""

    id: UUID
    at: datetime
    proven: bool
    size: int


# ------------------------------------------------------------------------------------------------------------- looking


def due(house: House) -> bool:
    """Whether to look again: the last look is old, or was at another policy or by another program."""
    if house.published is None:
        return False
    last, now = store.newest(), house.runtime.now()
    return last is None or (last.number, last.program) != (house.published.number, __version__) or not timedelta(0) <= now - last.at < EVERY


def work(house: House) -> int:
    """The step of the worker: look when it is due; how many looks."""
    if not due(house):
        return 0
    look_again(house)
    with transaction():
        store.delete_before(house.runtime.now() - KEPT)
    return 1


def look_again(house: House, step: Step = quiet) -> Proven:
    """Make the board, and keep it with what turned since the one before. Raises `Refusal` while no policy is published."""
    proven = prove(house, step)
    board = proven.board
    boards = {}
    for language in LANGUAGES:
        tongue = load_tongue(language)
        boards[language] = {**{key: value for key, value in proven.json(tongue).items() if key != "items"}, "items": [shown_json(line, tongue) for line in board.lines]}
    counts = board.counts
    with transaction():
        store.lock()
        row = LookRow(house.runtime.new_id(), proven.at, house.policy_in_force.number, __version__, *(counts[state] for state in State))
        store.insert_changes(_changes(house, board, proven.at))
        store.insert_look(row, {line.id: str(line.state) for line in board.lines}, boards)
    return proven


def make_report(house: House, language: str, step: Step = quiet) -> UUID:
    """Make the board, keep it, and a signed report of it, whose id this gives; that it was made is recorded."""
    proven, id = look_again(house, step), house.runtime.new_id()
    files, event = report_files(house, proven, load_tongue(language))
    store.insert_report(id, proven.at, event, archived(sorted(files.items())))
    return id


def _changes(house: House, board: Board, at: datetime) -> list[ChangeRow]:
    """What turned since the newest look; nothing at the first."""
    before = store.states()
    if before is None:
        return []
    lines = {line.id: line for line in board.lines}
    names = [name for name in {**lines, **before} if before.get(name, "") != (str(lines[name].state) if name in lines else "")]
    return [
        ChangeRow(id, at, name, before.get(name, ""), str(lines[name].state) if name in lines else "", _why(lines.get(name)))
        for id, name in zip(house.runtime.new_ids(len(names)), names, strict=True)
    ]  # fmt: skip


def _why(line: Line | None) -> Mapping[str, Any] | None:
    return pack_message(line.wrong[0].says) if line is not None and line.wrong else None


# -------------------------------------------------------------------------------------------------------------- reading


def glance(house: House) -> Glance | None:
    """The board at a glance, from what is kept: two small reads. `None` before the first look."""
    row = store.newest()
    if row is None:
        return None
    broke = store.turned(str(State.BROKEN), house.runtime.now() - SINCE) if row.broken else ()
    return Glance(row.at, row.number, _counts(row), tuple(map(_change, broke)))


def kept(house: House, language: str) -> Kept | None:
    """The newest board in a language; `None` before the first look."""
    seen, held = glance(house), store.board(language)
    return None if seen is None or held is None else Kept(seen, tuple(held["items"]))


def line_of(board: Kept, clause: str) -> Mapping[str, Any]:
    """One line of a board; raises `Invalid` for a clause that it does not have."""
    found = next((one for one in board.lines if one["id"] == clause), None)
    if found is None:
        raise Unknown(say(N_("there is no clause `{clause}` in the policy"), clause=clause), say(N_("go back to the list of promises")))
    return found


def days(house: House) -> tuple[tuple[datetime, Mapping[State, int]], ...]:
    """The last look of each of the last days, the oldest first."""
    return tuple((row.at, _counts(row)) for row in store.last_of_days(house.runtime.now() - SHOWN))


def changes(before: str = "", clause: str = "", most: int = PAGE) -> tuple[tuple[Change, ...], str]:
    """A page of what turned, the newest first, and the cursor of the next (empty on the last); raises `Invalid` for a cursor that is none."""
    found = store.changes(most + 1, _place(before), clause)
    more = f"{found[most - 1].at.isoformat()}~{found[most - 1].id}" if len(found) > most else ""
    return tuple(map(_change, found[:most])), more


def kits(most: int = 5) -> tuple[Kit, ...]:
    """The newest signed reports."""
    return tuple(Kit(*row) for row in store.reports(most))


def kit(id: UUID) -> bytes:
    """The archive of a report; raises `Invalid` when there is none."""
    found = store.report(id)
    if found is None:
        raise Unknown(say(N_("this report is not kept any more")), say(N_("make another one")))
    return found


def _place(before: str) -> tuple[datetime, UUID] | None:
    if not before:
        return None
    at, _, id = before.partition("~")
    try:
        return datetime.fromisoformat(at).astimezone(), UUID(id)
    except (ValueError, OverflowError):
        raise Invalid(say(N_("this is no page of the list")), say(N_("begin at its first page"))) from None


def _counts(row: LookRow) -> dict[State, int]:
    return {State.KEPT: row.kept, State.BROKEN: row.broken, State.UNPROVEN: row.unproven, State.NOT_A_PROMISE: row.claims}


def _change(row: ChangeRow) -> Change:
    was, became = (State(word) if word else None for word in (row.was, row.became))
    return Change(row.id, row.at, row.clause, was, became, None if row.why is None else unpack_message(row.why))
