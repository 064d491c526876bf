"""The board in words, for people and for programs."""

from __future__ import annotations

from typing import Any

from janji.assurance.board import Board, Line, Missing, State
from janji.assurance.findings import Area, Finding, Result
from janji.ledger.events import stamp
from janji.terms.messages import N_, Tongue, printable

STATES = {
    State.KEPT: N_("Kept as promised"), State.BROKEN: N_("Broken"), State.UNPROVEN: N_("Unproven"), State.NOT_A_PROMISE: N_("Not a promise"),
}  # fmt: skip
"""The states of a promise as people read them."""
TONES = {State.KEPT: "ok", State.BROKEN: "bad", State.UNPROVEN: "warn", State.NOT_A_PROMISE: "muted"}
"""How a page colours a state; the word says it too."""


AREAS = {
    Area.LEDGER: N_("the ledger"), Area.STANDINGS: N_("what each person allows"), Area.REQUESTS: N_("requests and their clocks"), Area.STORES: N_("the systems"),
    Area.ENDS: N_("data at their end"), Area.USES: N_("decisions and what followed them"), Area.TOLD: N_("programs that are told of a no"), Area.PUBLISHED: N_("the published text"),
    Area.CHILDREN: N_("children"), Area.OPT_OUT: N_("a rehearsed no"), Area.POST: N_("a rehearsed post"), Area.REQUEST: N_("a rehearsed request"),
}  # fmt: skip
"""What is looked at, as people read it while it goes on."""


def board_json(board: Board, tongue: Tongue) -> dict[str, Any]:
    """The board as `schema/promises.json` describes it; what is absent is left out."""
    return {
        "counts": {str(state): count for state, count in board.counts.items()},
        "items": [line_json(line, tongue) for line in board.lines],
    }  # fmt: skip


def line_json(line: Line, tongue: Tongue) -> dict[str, Any]:
    """One line of the board: its checks, each once with its worst result, and in full what does not hold."""
    latest = line.latest
    return {
        "id": line.id, **({"kind": str(line.kind)} if line.kind else {}), "says": printable(line.says.get(tongue.language)), "state": str(line.state),
        "entries": list(line.entries), "checks": checks(line),
        "wrong": [_finding(one, entries, tongue) for one, entries in told(line)], "missing": [_missing(one, tongue) for one in line.missing],
        "differs": [one.render(tongue) for one in line.differs],
        **({"evidence": {"event": latest.event, "at": stamp(latest.at)}} if latest is not None and latest.at is not None else {}),
    }  # fmt: skip


def shown_json(line: Line, tongue: Tongue) -> dict[str, Any]:
    """One line as a screen shows it: as `line_json`, and each finding in full, the worst first, what is said twice only once."""
    found: dict[tuple[object, ...], tuple[Finding, dict[str, None]]] = {}
    for one in (*line.wrong, *(one for one in line.findings if one.result is Result.HOLDS)):
        found.setdefault((one.check, one.result, one.says, one.help), (one, {}))[1][one.entry] = None
    return {**line_json(line, tongue), "findings": [
        {**_finding(one, tuple(entries), tongue), **({"evidence": {"event": one.event, "at": stamp(one.at)}} if one.event is not None and one.at is not None else {})}
        for one, entries in found.values()
    ]}  # fmt: skip


def checks(line: Line) -> dict[str, str]:
    """The checks of a line by name, each with its worst result."""
    order = (Result.HOLDS, Result.UNKNOWN, Result.FAILS)
    found: dict[str, Result] = {}
    for one in line.findings:
        found[str(one.check)] = max(found.get(str(one.check), Result.HOLDS), one.result, key=order.index)
    return {name: str(result) for name, result in found.items()}


def told(line: Line) -> list[tuple[Finding, tuple[str, ...]]]:
    """What does not hold of a line, the worst first, each once with all the entries of which it is said."""
    found: dict[tuple[object, ...], tuple[Finding, dict[str, None]]] = {}
    for one in line.wrong:
        found.setdefault((one.check, one.result, one.says, one.help), (one, {}))[1][one.entry] = None
    return [(one, tuple(entries)) for one, entries in found.values()]


def _finding(one: Finding, entries: tuple[str, ...], tongue: Tongue) -> dict[str, Any]:
    return {
        "check": str(one.check), "entries": list(entries), "result": str(one.result), "says": one.says.render(tongue),
        **({"help": one.help.render(tongue)} if one.help else {}),
    }  # fmt: skip


def _missing(one: Missing, tongue: Tongue) -> dict[str, Any]:
    return {"entry": one.entry, "says": one.says.render(tongue), **({"help": one.help.render(tongue)} if one.help else {})}
