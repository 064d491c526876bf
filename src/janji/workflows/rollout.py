"""Rolling out: what would be denied if it were enforced, counted while it goes on, and what is safe to switch."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from janji.collection.findings import HELPS
from janji.collection.submission import Collected
from janji.decision.enforcement import Enforcement, Mode, Outcome, mode_for
from janji.decision.question import Decision, Question, Reason
from janji.errors import JanjiError
from janji.people.ages import day_of
from janji.policy.model import Policy
from janji.store import observations, vault
from janji.store.database import in_transaction, transaction
from janji.store.observations import ASKED, DENIED, Count, Key
from janji.terms.messages import N_, Message, Tongue, pack_message, say, unpack_message
from janji.workflows.decisions import Answer
from janji.workflows.house import House
from janji.workflows.standings import UNDECLARED, declared, program

QUIET_DAYS = 14
"""How long nothing may have been denied before a switch is called safe: two weeks see every weekday twice."""
KEPT_DAYS = 180
"""How long observations are kept."""
FLUSH_AFTER = timedelta(seconds=5)
FLUSH_SIZE = 1_000
"""When what was counted is written: after so long, or so many counts and people, whichever is first."""
MOST_HELD = 50_000
"""How many counts and people wait at most while the database does not answer; more are not counted."""


class _Held:
    """What was counted and not yet written, of one house in this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.times: Counter[Key] = Counter()
        self.people: set[tuple[bytes, Key]] = set()
        self.reasons: dict[str, Mapping[str, Any]] = {}
        self.since: datetime | None = None

    def size(self) -> int:
        """How much waits."""
        return len(self.times) + len(self.people)


_HELD: dict[bytes, _Held] = {}


def _held(house: House) -> _Held:
    return _HELD.setdefault(house.secrets.pseudonym, _Held())


def observe(
    house: House, decision: Decision, outcome: Outcome, application: str | None, pseudonym: bytes | None = None,
    touchpoint: str | None = None,
) -> None:  # fmt: skip
    """Count one decision: that it was asked, and when it denied and went on all the same, for which reasons and whom.

    Nothing is written before `FLUSH_AFTER` or `FLUSH_SIZE`; a process that dies loses what it had not written, which is
    no record of anything. Never raises for want of a database.
    """
    _count(house, decision.question, _through(decision, outcome), application, () if pseudonym is None else (pseudonym,), touchpoint)
    _flush_if_due(house)


def observe_many(house: House, decision: Decision, outcome: Outcome, application: str | None, subjects: Sequence[UUID]) -> None:
    """Count one decision that was the answer about several people at once, as `observe` counts it for each."""
    through = _through(decision, outcome)
    names = [pseudonym_of(house, subject) for subject in subjects] if through else ()
    _count(house, decision.question, through, application, names, None, len(subjects))
    _flush_if_due(house)


def _through(decision: Decision, outcome: Outcome) -> Sequence[Reason]:
    """Why it would have been denied, where it went on all the same."""
    return () if decision.permit or not outcome.proceed else decision.reasons


def pseudonym_of(house: House, subject: UUID) -> bytes:
    """The name under which a person is counted."""
    return vault.pseudonym(house.secrets.pseudonym, subject)


def observe_about(house: House, subject: UUID, answer: Answer, application: str, touchpoint: str | None = None) -> None:
    """Count one answer about a person on record, and write it: for programs that ask once and end."""
    name = pseudonym_of(house, subject)
    observe(house, answer.decision, answer.outcome, application, name, touchpoint)
    with suppress(JanjiError):
        flush(house)


def observe_collected(house: House, found: Collected, application: str | None, pseudonym: bytes | None = None) -> None:
    """Count what the gate asked, and what it kept only because nothing is enforced yet; by purpose, or the gate itself."""
    place = found.touchpoint if found.touchpoint in house.policy_in_force.policy.touchpoints else UNDECLARED
    nothing = Question("", (), house.runtime.now())
    against: dict[str, dict[Reason, None]] = {}
    for item in found.observed:
        for name in item.purposes or (UNDECLARED,):
            against.setdefault(name, {}).update(dict.fromkeys(item.reasons))
    purposes = dict.fromkeys(asked.decision.question.purpose for asked in found.asked)
    for name in dict.fromkeys((*purposes, *against)):
        _count(house, replace(nothing, purpose=name), tuple(against.get(name, ())), application, () if pseudonym is None else (pseudonym,), place)
    _flush_if_due(house)


def _count(
    house: House, question: Question, through: Sequence[Reason], application: str | None, people: Iterable[bytes],
    touchpoint: str | None, times: int = 1,
) -> None:  # fmt: skip
    policy = house.policy_in_force.policy
    known = declared(policy, question)
    place = touchpoint if touchpoint is None or touchpoint in policy.touchpoints else UNDECLARED
    first = Key(known.purpose, program(application) or "", place or "", ASKED)
    held = _held(house)
    with held.lock:
        if held.size() >= MOST_HELD:
            return
        held.since = held.since or house.runtime.now()
        held.times[first] += times
        for code in (DENIED, *dict.fromkeys(reason.code for reason in through)) if through else ():
            key = first._replace(code=code)
            held.times[key] += times
            held.people.update((pseudonym, key) for pseudonym in people)
        for reason in through:
            if reason.code not in held.reasons:
                held.reasons[reason.code] = _example(policy, reason)


_CALLERS = {"purpose": "purposes", "data": "data", "recipient": "recipients", "channel": "channels"}


def _example(policy: Policy, reason: Reason) -> Mapping[str, Any]:
    """A reason as it may be kept: names that the caller gave and the policy does not have could be anything."""
    params = tuple(
        (key, UNDECLARED if key in ("operation", "country") or (key in _CALLERS and value not in getattr(policy, _CALLERS[key])) else value)
        for key, value in reason.message.params
    )
    return {
        "message": pack_message(Message(reason.message.id, params)), "clauses": list(reason.clauses), "article": reason.article,
    }  # fmt: skip


def _flush_if_due(house: House) -> None:
    held = _held(house)
    if held.since is None or in_transaction():
        return
    if held.size() >= FLUSH_SIZE or house.runtime.now() - held.since >= FLUSH_AFTER:
        with suppress(JanjiError):  # the answer was given; what was counted waits for the next time
            flush(house)


def flush(house: House) -> int:
    """Write what was counted; how many counts that were. For the worker, and for the end of a process."""
    held = _held(house)
    with held.lock:
        times, people, reasons, since = held.times, held.people, held.reasons, held.since
        held.times, held.people, held.reasons, held.since = Counter(), set(), {}, None
    if not times:
        return 0
    try:
        with transaction():
            observations.add(day_of(house.runtime.now()), times, reasons, people)
    except JanjiError:
        with held.lock:
            held.times.update(times)
            held.people |= people
            held.reasons = {**reasons, **held.reasons}
            held.since = since
        raise
    return len(times)


def expire(house: House) -> int:
    """Delete observations that are older than `KEPT_DAYS`; how many rows. For the worker."""
    with transaction():
        return observations.forget_before(day_of(house.runtime.now()) - timedelta(days=KEPT_DAYS))


# ---------------------------------------------------------------------------------------------------------- the report


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for which questions would be denied: how often, of how many people, and what would change it."""

    code: str
    text: Message
    help: Message
    clauses: tuple[str, ...]
    article: str
    times: int
    people: int


@dataclass(frozen=True, slots=True)
class Line:
    """One purpose as one application asks for it (`-` for what no purpose needs; no application named for none).

    `asked` and `denied` count questions since the day `since`; `last` is the last day with a denial; `ready` says that
    nothing stands against enforcing it, `steps` what does.
    """

    purpose: str
    application: str
    mode: Mode
    owner: str | None
    touchpoints: tuple[str, ...]
    asked: int
    denied: int
    people: int
    ready: bool
    since: date | None
    last: date | None
    reasons: tuple[Why, ...]
    steps: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Rollout:
    """What is not enforced yet, and what of it is safe to enforce now: whole purposes, whole applications."""

    since: date
    quiet_days: int
    lines: tuple[Line, ...]
    purposes: tuple[str, ...]
    applications: tuple[str, ...]


def report(house: House, since: date | None = None, quiet_days: int = QUIET_DAYS) -> Rollout:
    """What would be denied if everything were enforced, by purpose and application, with what makes each safe to switch.

    `since` is the first day that counts; all that is kept without it. A purpose or application is safe when it was asked
    for over `quiet_days` and nothing was denied in the last ones, by every line of it.
    """
    flush(house)
    today = day_of(house.runtime.now())
    first = since or today - timedelta(days=KEPT_DAYS)
    grouped: dict[tuple[str, str], list[Count]] = {}
    for count in observations.counts(first):
        grouped.setdefault((count.key.purpose, count.key.application), []).append(count)
    for name, mode in house.runtime.settings.enforcement.purposes.items():
        if mode is not Mode.ENFORCE and not any(purpose == name for purpose, _ in grouped):
            grouped[name, ""] = []
    people = observations.people(first)
    maker = _Maker(house, today, quiet_days, people)
    lines = tuple(maker.line(purpose, application, found) for (purpose, application), found in sorted(grouped.items()))
    waiting = [line for line in lines if line.mode is not Mode.ENFORCE]
    return Rollout(
        first, quiet_days, lines, _whole(waiting, [line.purpose for line in waiting if line.purpose != UNDECLARED], "purpose"),
        _whole(waiting, [line.application for line in waiting if line.application], "application"),
    )  # fmt: skip


def _whole(lines: Iterable[Line], names: Iterable[str], part: str) -> tuple[str, ...]:
    """The names of which every line is ready."""
    held = list(lines)
    return tuple(name for name in dict.fromkeys(names) if all(line.ready for line in held if getattr(line, part) == name))


class _Maker:
    """Makes the lines of a report."""

    def __init__(self, house: House, today: date, quiet: int, people: Mapping[tuple[str, str, str], int]) -> None:
        self.policy = house.policy_in_force.policy
        self.settings = house.runtime.settings.enforcement
        self.today, self.quiet, self.people = today, quiet, people

    def line(self, purpose: str, application: str, found: Sequence[Count]) -> Line:
        """The line of one purpose and application."""
        asked = [count for count in found if count.key.code == ASKED]
        denied = [count for count in found if count.key.code == DENIED]
        touchpoints = tuple(dict.fromkeys(count.key.touchpoint for count in found if count.key.touchpoint))
        begun = min((count.first for count in asked), default=None)
        last = max((count.last for count in denied), default=None)
        mode, reasons = self._mode(purpose, application, touchpoints), self._reasons(purpose, application, found)
        steps = () if mode is Mode.ENFORCE else tuple(self._steps(begun, last, reasons))
        ready = mode is not Mode.ENFORCE and begun is not None and not self._waits(begun, last)
        return Line(
            purpose, application, mode, self._owner(purpose), touchpoints, sum(count.times for count in asked),
            sum(count.times for count in denied), self.people.get((purpose, application, DENIED), 0), ready, begun, last, reasons,
            () if ready else steps,
        )  # fmt: skip

    def _mode(self, purpose: str, application: str, touchpoints: Sequence[str]) -> Mode:
        """The loosest mode that applies at any of the touchpoints."""
        settings: Enforcement = self.settings
        name = "" if purpose == UNDECLARED else purpose
        modes = [mode_for(name, settings, place or None, application or None) for place in touchpoints or ("",)]
        return min(modes, key=list(Mode).index)

    def _reasons(self, purpose: str, application: str, found: Sequence[Count]) -> tuple[Why, ...]:
        held: dict[str, list[Count]] = {}
        for count in found:
            if count.key.code not in (ASKED, DENIED):
                held.setdefault(count.key.code, []).append(count)
        made = []
        for code, counts in held.items():
            example = next((count.reason for count in counts if count.reason), None) or {}
            text = unpack_message(example["message"]) if "message" in example else say(code)
            made.append(Why(
                code, text, say(HELPS.get(code, "-")), tuple(example.get("clauses", ())), str(example.get("article", "")),
                sum(count.times for count in counts), self.people.get((purpose, application, code), 0),
            ))  # fmt: skip
        return tuple(sorted(made, key=lambda why: (-why.times, why.code)))

    def _owner(self, purpose: str) -> str | None:
        """Who answers for a purpose: named with it, or with the systems that serve it."""
        declared_ = self.policy.purposes.get(purpose)
        if declared_ is not None and declared_.owner:
            return str(declared_.owner)
        owners = (system.owner for system in self.policy.systems.values() if purpose in system.purposes and system.owner)
        return ", ".join(dict.fromkeys(map(str, owners))) or None

    def _waits(self, begun: date, last: date | None) -> date | None:
        """The day on which it was seen long enough and quiet long enough; `None` when that day is past."""
        day = max(begun, last + timedelta(days=1) if last else begun) + timedelta(days=self.quiet)
        return day if day > self.today else None

    def _steps(self, begun: date | None, last: date | None, reasons: Sequence[Why]) -> Iterable[Message]:
        if begun is None:
            yield say(N_("let every program ask first: nothing was asked yet"))
            return
        for why in reasons:
            yield say(N_("`{code}`: {help}"), code=why.code, help=why.help)
        day = self._waits(begun, last)
        if day is not None and last is not None:
            yield say(N_("then wait until nothing is denied for {days} days, {day} at the earliest"), days=self.quiet, day=day)
        elif day is not None:
            yield say(N_("nothing was denied yet; observe until {day}"), day=day)


def rollout_json(found: Rollout, tongue: Tongue) -> dict[str, Any]:
    """The report as `schema/rollout.json` describes it."""
    return {
        "since": found.since.isoformat(), "quiet_days": found.quiet_days,
        "items": [_line_json(line, tongue) for line in found.lines],
        "safe": {"purposes": list(found.purposes), "applications": list(found.applications)},
    }  # fmt: skip


def _line_json(line: Line, tongue: Tongue) -> dict[str, Any]:
    held: dict[str, Any] = {
        "purpose": line.purpose, "application": line.application or None, "mode": str(line.mode), "owner": line.owner,
        "touchpoints": list(line.touchpoints), "asked": line.asked, "denied": line.denied, "people": line.people, "ready": line.ready,
        "since": line.since and line.since.isoformat(), "last": line.last and line.last.isoformat(),
        "reasons": [
            {"code": why.code, "text": why.text.render(tongue), "help": why.help.render(tongue), "clauses": list(why.clauses),
             "article": tongue.cite(why.article), "times": why.times, "people": why.people}
            for why in line.reasons
        ],
        "steps": [step.render(tongue) for step in line.steps],
    }  # fmt: skip
    return {name: part for name, part in held.items() if part is not None}
