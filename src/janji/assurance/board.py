"""The promise board: every clause with its state, what shows it, what is missing, and where law and promise differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from janji.assurance import flows, office, persons
from janji.assurance.asking import Model
from janji.assurance.findings import Area, Finding, Result, Seen, failed, held, unknown
from janji.assurance.reality import UNDECLARED, areas, seen_of
from janji.errors import Diagnostic
from janji.policy.model import Clause, Entry
from janji.policy.trace import TracedClause
from janji.terms.messages import N_, Message, say
from janji.terms.places import NOWHERE
from janji.terms.processing import ClauseKind, Severity
from janji.terms.texts import Text


class State(StrEnum):
    """How it is with one promise."""

    KEPT = "kept"
    BROKEN = "broken"
    UNPROVEN = "unproven"
    NOT_A_PROMISE = "not-a-promise"


CHECKS = (
    persons.purposes, persons.groups, persons.channels, persons.prohibitions, flows.origins, flows.notices, flows.touchpoints, flows.recipients,
    flows.trackers, flows.retention, office.controller, office.rights, office.measures, office.closed,
)  # fmt: skip
"""Every check over the policy itself; each gives findings about entries."""
DIFFERS = frozenset({"deadline-longer-than-law", "retention-below-law", "retention-above-law", "child-age", "right-missing", "officer-missing"})
"""Codes of the check of a policy by which law and promise are not the same; the stricter holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What somebody still has to do or decide, and where in the policy."""

    entry: str
    says: Message
    help: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the board: a clause, or (without a `kind`) an entry that rests on none and is a promise by itself."""

    id: str
    kind: ClauseKind | None
    says: Text
    state: State
    entries: tuple[str, ...]
    findings: tuple[Finding, ...]
    differs: tuple[Message, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """What does not hold, the worst first."""
        return tuple(sorted((one for one in self.findings if one.result is not Result.HOLDS), key=lambda one: one.result is not Result.FAILS))

    @property
    def latest(self) -> Finding | None:
        """The finding with the newest evidence on record."""
        return max((one for one in self.findings if one.at is not None), key=lambda one: one.at, default=None)  # type: ignore[arg-type,return-value]  # only those with an instant


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board, in the order of the text."""

    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[State, int]:
        """How many lines there are of each state."""
        found = Counter(line.state for line in self.lines)
        return {state: found[state] for state in State}

    @property
    def broken(self) -> bool:
        """Whether any promise is broken."""
        return any(line.state is State.BROKEN for line in self.lines)


def board(model: Model, seen: Sequence[Seen] = (), diagnostics: Iterable[Diagnostic] = ()) -> Board:
    """The board of a policy: each check made once, what was `seen` in the world, and what the check of the policy found."""
    found = _findings(model, seen)
    told = _told(model, diagnostics)
    traced = model.traced
    lines = [_line(item, found, told) for item in traced.clauses]
    entries = dict(model.policy.entries())
    lines += [_alone(path, entries[path], found, told) for path in traced.groundless]
    return Board(tuple(lines))


def _findings(model: Model, seen: Sequence[Seen]) -> dict[str, list[Finding]]:
    """Every finding by the path of its entry."""
    found: dict[str, list[Finding]] = {}
    text = next((one for one in seen if one.area is Area.PUBLISHED), None)  # what shows that this policy is the one in force
    event, at = (text.event, text.at) if text is not None else (None, None)
    for check in CHECKS:
        for one in check(model):
            found.setdefault(one.entry, []).append(replace(one, event=event, at=at))
    for path, entry in _whole(model):
        for area in areas(model, entry):
            found.setdefault(path, []).append(seen_of(area, path, seen))
    for name, rests in UNDECLARED.items():
        path = f"undeclared.{name}"
        if getattr(model.policy.undeclared, name):
            found.setdefault(path, []).extend(seen_of(area, path, seen) for area in rests)
    return found


def _whole(model: Model) -> Iterator[tuple[str, Entry]]:
    return ((path, entry) for path, entry in model.policy.entries() if not isinstance(entry, Clause))


def _told(model: Model, diagnostics: Iterable[Diagnostic]) -> dict[str, list[Diagnostic]]:
    """What the check of the policy found, by the path of the entry where it stands."""
    places = {entry.place: path for path, entry in model.policy.entries() if entry.place is not NOWHERE}
    found: dict[str, list[Diagnostic]] = {}
    for one in diagnostics:
        if one.severity is not Severity.INFO and one.place in places:
            found.setdefault(places[one.place], []).append(one)
    return found


def _of(paths: Iterable[str], found: dict[str, list[Finding]]) -> tuple[Finding, ...]:
    """The findings about entries, of a part of an entry those about the whole; that nothing looks at them, where there are none."""
    paths = tuple(paths)
    wholes: dict[str, None] = {}
    for path in paths:
        while path not in found and "." in path:
            path = path.rpartition(".")[0]
        wholes[path] = None
    known = tuple(one for path in wholes for one in found.get(path, ()))
    if known or not paths:
        return known
    entry = paths[0]
    return (unknown("carried", entry, say(N_("no check looks at `{entry}`"), entry=entry), say(N_("cite the clause under an entry that is checked too, or look after it yourself"))),)


def _line(item: TracedClause, found: dict[str, list[Finding]], told: dict[str, list[Diagnostic]]) -> Line:
    clause = item.clause
    findings = (*_carried(item), *_of(item.entries, found))
    paths = (f"clauses.{clause.id}", *item.entries)
    return _made(str(clause.id), clause.kind, clause.says, item.entries, findings, _beside(paths, told))


def _alone(path: str, entry: Entry, found: dict[str, list[Finding]], told: dict[str, list[Diagnostic]]) -> Line:
    title = getattr(entry, "title", None) or Text((("", str(getattr(entry, "name", None) or entry.id or path)),))
    return _made(path, None, title, (path,), _of((path,), found), _beside((path,), told))


def _carried(item: TracedClause) -> Iterator[Finding]:
    """Whether a promise is carried out by anything, and a clause that cannot be kept by nothing."""
    clause, path = item.clause, f"clauses.{item.clause.id}"
    acting = [entry for entry in item.entries if not entry.startswith("undeclared.")]
    if clause.kind is ClauseKind.DEFECT:
        yield held("not-relied-on", path) if not acting else failed(
            "not-relied-on", path, say(N_("`{entry}` rests on a clause that is a defect of the text"), entry=acting[0]),
            say(N_("mend the published text, or take the entry out")))  # fmt: skip
    elif clause.kind is ClauseKind.PROMISE:
        yield held("carried", path) if item.entries else failed(
            "carried", path, say(N_("nothing carries the promise out")), say(N_("cite the clause under `clauses` of the entry that carries it out")))  # fmt: skip
    elif not item.entries:
        yield held("not-relied-on", path)


def _made(
    id: str, kind: ClauseKind | None, says: Text, entries: tuple[str, ...], findings: tuple[Finding, ...],
    beside: list[tuple[str, Diagnostic]],
) -> Line:  # fmt: skip
    return Line(
        id=id, kind=kind, says=says, state=_state(kind, findings), entries=entries, findings=findings,
        differs=tuple(one.message for _, one in beside if one.code in DIFFERS),
        missing=tuple(Missing(entry=path, says=one.message, help=one.help) for path, one in beside if one.code not in DIFFERS),
    )  # fmt: skip


def _beside(paths: Iterable[str], told: dict[str, list[Diagnostic]]) -> list[tuple[str, Diagnostic]]:
    return [(path, one) for wanted in paths for path, held_ in told.items() if path == wanted or path.startswith(f"{wanted}.") for one in held_]


def _state(kind: ClauseKind | None, findings: Sequence[Finding]) -> State:
    """A promise is kept when every check of it holds; a claim is none when every check shows that it is not acted on."""
    results = {one.result for one in findings}
    if Result.FAILS in results:
        return State.BROKEN
    if Result.UNKNOWN in results or not results:
        return State.UNPROVEN
    return State.KEPT if kind in (ClauseKind.PROMISE, None) else State.NOT_A_PROMISE
