"""What is seen of the world for the promise board: the ledger, standings, requests, stores, retention, uses, consumers, versions, children."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from janji.assurance.findings import Area, Result, Seen
from janji.assurance.persons import forbids
from janji.assurance.reality import UNDECLARED as CLOSED
from janji.datamap.drift import drift
from janji.datamap.meaning import SystemMeaning
from janji.decision.enforcement import Enforcement, Mode, mode_for
from janji.errors import Corrupt, JanjiError
from janji.ledger.events import Kind, decode, stamp
from janji.people.ages import day_of
from janji.policy.combined import ADULTS_ONLY
from janji.policy.model import Policy
from janji.store import ledger as store
from janji.store import people, policies, promises, webhooks
from janji.terms.messages import N_, Message, say
from janji.terms.words import on_day
from janji.workflows import rollout, sweeps
from janji.workflows.by_hand import COUNTS, ByHand, by_hand
from janji.workflows.consumers import consumers
from janji.workflows.doctor import Verdict, standings_held
from janji.workflows.guardians import ERASURE
from janji.workflows.house import House
from janji.workflows.in_force import is_as_published
from janji.workflows.ledger import audit_live
from janji.workflows.mapping import Step, meanings, quiet
from janji.workflows.owners import owners_of
from janji.workflows.promise_drills import drills
from janji.workflows.requests import event_id, rights
from janji.workflows.systems import System, reaching, systems

DAY, MONTH = timedelta(days=1), timedelta(days=30)
"""How long rows may wait for the next night's sweep; and how long an answer that came late is told of."""
SAFE = N_("`janji rollout report` says what is safe to enforce")
AUDIT = N_("stop, keep the database as it is, and run `janji ledger audit --live`")
CONNECT = N_("connect the systems that hold personal data with `janji connect add`, or import their list with `janji systems import`")


def look(house: House, step: Step = quiet) -> tuple[Seen, ...]:
    """Everything that can be seen of this house, each area by itself; what fails to be seen is told as such. Drills leave nothing behind."""
    found: list[Seen] = []
    for number, (area, looked, kinds) in enumerate(LOOKS):
        step(str(area), number, len(LOOKS) + 1)
        try:
            event, at = _newest(kinds)
            found += (replace(one, event=event, at=at) for one in looked(house))
        except JanjiError as error:
            result = Result.FAILS if isinstance(error, Corrupt) else Result.UNKNOWN
            found.append(Seen(area=area, result=result, says=error.message, help=error.help))
    step(str(Area.OPT_OUT), len(LOOKS), len(LOOKS) + 1)
    return (*found, *drills(house))


def _newest(kinds: Iterable[Kind]) -> tuple[str | None, datetime | None]:
    body = promises.newest(map(str, kinds))
    try:
        event = None if body is None else decode(body)
    except Corrupt:
        return None, None  # the look at the ledger says so
    return (None, None) if event is None else (event.id, event.at)


def _ledger(house: House) -> Iterator[Seen]:
    faults = audit_live(house).faults
    if faults:
        yield Seen(area=Area.LEDGER, result=Result.FAILS, says=faults[0].message, help=say(AUDIT))
    else:
        yield Seen(area=Area.LEDGER, result=Result.HOLDS, says=say(N_("the ledger is whole: {count} events"), count=store.size()))


def _standings(house: House) -> Iterator[Seen]:
    found = standings_held(house, everybody=True)
    result = Result.HOLDS if found.verdict is Verdict.OK else Result.FAILS
    yield Seen(area=Area.STANDINGS, result=result, says=found.message, help=found.help)


def _requests(house: House) -> Iterator[Seen]:
    now, known = house.runtime.now(), rights(house)
    for clock in promises.clocks(now - MONTH):
        right = known.get(clock.right)
        over = (clock.due is not None and clock.due <= now) or (right is not None and clock.opened is not None and right.due(clock.opened) <= now)
        entry = _about(clock.right, known)
        if over:
            yield Seen(area=Area.REQUESTS, result=Result.FAILS, entry=entry, says=say(N_("a request for `{right}` is open after its time"), right=clock.right),
                       help=say(N_("answer it: `janji request list` has what is due first")))  # fmt: skip
        elif clock.late:
            yield Seen(area=Area.REQUESTS, result=Result.FAILS, entry=entry, says=say(
                N_("requests for `{right}` that were answered late in the last 30 days: {count}"), right=clock.right, count=clock.late),
                       help=say(N_("look at why in `janji request list --state ended`; they leave the board after 30 days")))  # fmt: skip
    for right_name in sorted(set(_redated())):
        yield Seen(area=Area.REQUESTS, result=Result.FAILS, entry=_about(right_name, known), help=say(AUDIT), says=say(
            N_("a request for `{right}` has another clock than the one that was recorded"), right=right_name))  # fmt: skip
    yield Seen(area=Area.REQUESTS, result=Result.HOLDS, says=say(N_("no request is open after its time")))


def _about(right: str, known: Container[str]) -> str:
    """The entry of a right; of one that the policy grants no more, all of them."""
    return f"rights.{right}" if right in known else ""


def _redated() -> Iterator[str]:
    """The rights of open requests whose clock is not the one in the event that recorded them."""
    rows = {event_id(id, 1): (right, due) for id, right, due in promises.open_clocks()}
    found = promises.bodies(list(rows))
    for event, (right, due) in rows.items():
        if event not in found or decode(found[event]).details.get("due") != stamp(due):
            yield right


def _stores(house: House) -> Iterator[Seen]:
    listed = systems()
    for name in sorted(house.policy_in_force.policy.systems.keys() - {one.name for one in listed}):
        yield Seen(area=Area.STORES, result=Result.UNKNOWN, says=say(N_("`{system}` is a system of the policy, and is not connected"), system=name), help=say(CONNECT))
    if not listed:
        yield Seen(area=Area.STORES, result=Result.UNKNOWN, says=say(N_("no system is connected, so nothing shows where personal data lie")), help=say(CONNECT))
        return
    known, owned = meanings(house.runtime), owners_of(house)
    with reaching(house) as reach:
        for system in listed:
            try:
                yield from _store(system, known.get(system.name), owned.get(system.name) is not None, lambda system=system: reach.of(system.name).catalogue())  # type: ignore[misc]
            except JanjiError as error:
                yield Seen(area=Area.STORES, result=Result.UNKNOWN, says=say(N_("`{system}`: {problem}"), system=system.name, problem=error.message), help=error.help)
    yield Seen(area=Area.STORES, result=Result.HOLDS, says=say(N_("every system is as it was reviewed, or is looked after by somebody: {count}"), count=len(listed)))


def _store(system: System, meaning: SystemMeaning | None, owned: bool, catalogue: Callable[[], object]) -> Iterator[Seen]:
    if not system.searched:
        if not owned:
            yield Seen(area=Area.STORES, result=Result.UNKNOWN, says=say(N_("nobody looks after `{system}`"), system=system.name),
                       help=say(N_("name its owner with `janji systems owner`, or let Janji search it")))  # fmt: skip
        return
    if meaning is None:
        yield Seen(area=Area.STORES, result=Result.FAILS, says=say(N_("nobody said what `{system}` holds"), system=system.name), help=say(N_("scan it with `janji map scan`, then `janji map review`")))
        return
    turned = [one for one in drift(catalogue(), meaning) if one.blocks]  # type: ignore[arg-type]  # read late: a store may not answer
    if turned:
        yield Seen(area=Area.STORES, result=Result.FAILS, says=say(N_("`{system}` is not as it was reviewed: {problem}"), system=system.name, problem=turned[0].message),
                   help=say(N_("look at it with `janji map diff`, say what it means, then `janji map review`")))  # fmt: skip


def _ends(house: House) -> Iterator[Seen]:
    """What was over a day ago and is still there: the sweep of the night before should have ended it."""
    listed = systems()
    if not listed:
        yield Seen(area=Area.ENDS, result=Result.UNKNOWN, says=say(N_("no system is connected, so nothing shows that data come to an end")), help=say(CONNECT))
        return
    hands = by_hand(house)
    yield from (_unattested(one) for one in hands if not one.counts)
    apart = {one.system.name for one in hands}
    found = sweeps.look(house, at=house.runtime.now() - DAY)
    for part in found.parts:
        if part.system in apart:
            continue  # whatever a sweep says of it, it ends nothing there
        over, entry = part.due - part.held, f"retention.{part.rule}" if part.rule else ""
        if part.state in sweeps.ENDED and over > 0:
            yield Seen(area=Area.ENDS, result=Result.FAILS, entry=entry, help=say(N_("run `janji sweep`, and let a worker run every night")), says=say(
                N_("rows of `{table}` in `{system}` that were over a day ago: {count}"), table=part.table, system=part.system, count=over))  # fmt: skip
        elif part.state not in sweeps.ENDED and part.state is not sweeps.State.HELD:
            why = part.why[0] if part.why else say(N_("it could not be looked at"))
            yield Seen(area=Area.ENDS, result=Result.UNKNOWN, entry=entry, says=say(N_("`{system}`: {problem}"), system=part.system, problem=why),
                       help=say(N_("`janji sweep --dry-run` shows what stands in the way")))  # fmt: skip
    known = meanings(house.runtime)
    for finding in found.findings:
        if not finding.stops and known[finding.system].tables[finding.table].retention:
            continue  # a note to whoever keeps the map; rows end all the same
        yield Seen(area=Area.ENDS, result=Result.UNKNOWN, says=finding.message, help=finding.help)
    yield Seen(area=Area.ENDS, result=Result.HOLDS, says=_ended([one for one in hands if one.counts]))


def _unattested(one: ByHand) -> Seen:
    """A system that no sweep reaches and of which nobody attested anything that still counts."""
    name, said = one.system.name, one.attested
    says = say(N_("no sweep reaches `{system}`, and nobody attested that its data come to an end"), system=name) if said is None else say(
        N_("no sweep reaches `{system}`, and that its data come to an end is attested up to {day} only"), system=name, day=on_day(said.until))  # fmt: skip
    return Seen(area=Area.ENDS, result=Result.UNKNOWN, says=says, help=say(
        N_("let whoever looks after it end its data by the schedule and attest that, in the console under Retention or with `janji sweep attest`; it counts for {days} days"), days=COUNTS.days))  # fmt: skip


def _ended(attested: Sequence[ByHand]) -> Message:
    """That nothing is kept too long; and of what is not read back but attested, up to which day."""
    days = [one.attested.until for one in attested if one.attested is not None]
    if not days:
        return say(N_("nothing is kept in the systems after its time"))
    if len(days) == 1:
        return say(N_("nothing is kept in the systems after its time; of `{system}` whoever looks after it attested that, up to {day}, and it was not read back"),
                   system=attested[0].system.name, day=on_day(days[0]))  # fmt: skip
    return say(N_("nothing is kept in the systems after its time; of {count} systems whoever looks after them attested that, each at least up to {day}, and it was not read back"),
               count=len(days), day=on_day(min(days)))  # fmt: skip


def _uses(house: House) -> Iterator[Seen]:
    """Denials that went on all the same, and what is not enforced."""
    policy, settings = house.policy_in_force.policy, house.runtime.settings.enforcement
    recent = day_of(house.runtime.now()) - timedelta(days=rollout.QUIET_DAYS)
    for line in rollout.report(house, since=recent).lines:
        if line.denied:
            named = [f"purposes.{line.purpose}"] if line.purpose in policy.purposes else ["undeclared.purpose", "undeclared.data"]
            places = {f"touchpoints.{place}" if place in policy.touchpoints else "undeclared.touchpoint" for place in line.touchpoints}
            for entry in (*named, *sorted(places)):
                yield Seen(area=Area.USES, result=Result.FAILS, entry=entry, help=say(SAFE), says=say(
                    N_("questions about `{purpose}` that were denied and went on all the same: {count}"), purpose=line.purpose, count=line.denied))  # fmt: skip
    for entry, says in _loose(policy, settings):
        yield Seen(area=Area.USES, result=Result.UNKNOWN, entry=entry, says=says, help=say(SAFE))
    yield Seen(area=Area.USES, result=Result.HOLDS, says=say(N_("no denial went on all the same in the last {days} days"), days=rollout.QUIET_DAYS))


def _loose(policy: Policy, settings: Enforcement) -> Iterator[tuple[str, Message]]:
    """The entries about which a denial may go on: in some place or for some program, if not everywhere."""
    places, programs = (None, *settings.touchpoints), (None, *settings.applications)

    def heeded(purpose: str, *where: str | None) -> bool:
        return all(mode_for(purpose, settings, place, program) is Mode.ENFORCE for place in where for program in programs)

    for name in policy.purposes:
        if not heeded(name, *places):
            yield f"purposes.{name}", say(N_("decisions about `{purpose}` are observed and not enforced"), purpose=name)
    for name in policy.touchpoints:
        if not heeded("", name):
            yield f"touchpoints.{name}", say(N_("denials at `{touchpoint}` are not enforced"), touchpoint=name)
    for name, rests in CLOSED.items():
        if Area.USES in rests and not heeded("", *places):
            yield f"undeclared.{name}", say(N_("what is not declared may go on somewhere, for denials are not enforced everywhere"))


def _told() -> Iterator[Seen]:
    known = consumers()
    ill = [one for one in known if not one.well]
    if ill:
        yield Seen(area=Area.TOLD, result=Result.FAILS, says=say(N_("`{name}` was not told of a no, or does not take it"), name=ill[0].name),
                   help=say(N_("`janji webhook list` shows since when, `janji webhook replay` tells it again")))  # fmt: skip
    elif any(one.due for one in known) or (known and store.size() > webhooks.position()):
        yield Seen(area=Area.TOLD, result=Result.UNKNOWN, says=say(N_("messages wait to be told to programs")), help=say(N_("let a worker run: `janji worker`")))
    else:
        yield Seen(area=Area.TOLD, result=Result.HOLDS, says=say(N_("every program that wants to be told of a no was told: {count}"), count=len(known)))


def _published() -> Iterator[Seen]:
    """Whether each version is the text that was published, and was recorded as such; the one in force too."""
    rows = policies.versions()
    recorded = promises.bodies([row.event for row in rows])
    for row in rows:
        said = decode(recorded[row.event]).details if row.event in recorded else {}
        if row.number > 1 and said.get("material") and not said.get("notice"):
            yield Seen(area=Area.PUBLISHED, result=Result.FAILS, says=say(
                N_("version {number} changed what people were told, and they were not told before"), number=row.number),
                       help=say(N_("tell them now, and open the job with `janji policy notice` before the next change")))  # fmt: skip
            return
        if not is_as_published(row) or said.get("digest") != row.digest:
            yield Seen(area=Area.PUBLISHED, result=Result.FAILS, help=say(AUDIT), says=say(
                N_("version {number} of the policy is not the text that was published, or was never recorded"), number=row.number))  # fmt: skip
            return
    yield Seen(area=Area.PUBLISHED, result=Result.HOLDS, says=say(N_("every version of the policy is kept as it was published")))


def _children(house: House) -> Iterator[Seen]:
    late = people.open_tasks_of_kind(ERASURE, house.runtime.now())
    if late:
        yield Seen(area=Area.CHILDREN, result=Result.FAILS, says=say(N_("children whose data should be erased by now: {count}"), count=len(late)),
                   help=say(N_("erase them with `janji erase run`, or verify the guardian")))  # fmt: skip
    else:
        yield Seen(area=Area.CHILDREN, result=Result.HOLDS, says=say(N_("no erasure of a child's data is late")))


def _kept_apart(house: House) -> Iterator[Seen]:
    """Whether a store for marketing or profiling holds what is forbidden there: by the map, and by the rules that end its tables."""
    policy = house.policy_in_force.policy
    for meaning in meanings(house.runtime).values():
        for table in meaning.tables.values():
            served = {name for one in table.retention if one.rule in policy.retention for name in policy.retention[one.rule].purposes}
            holds = {one.category for one in table.columns.values()}
            for rule in _against(policy, served, holds):
                yield Seen(area=Area.POST, result=Result.FAILS, entry=f"prohibitions.{rule}", help=say(N_("take the data out of the table, or mend the map")), says=say(
                    N_("`{table}` in `{system}` serves marketing or profiling, and holds what `{rule}` forbids there"), table=table.name, system=meaning.system, rule=rule))  # fmt: skip


def _against(policy: Policy, served: set[str], holds: set[str]) -> Iterator[str]:
    """The prohibitions that a table breaks which holds these categories and serves these purposes, some of them marketing or profiling."""
    purposes = [policy.purposes[name] for name in served if ADULTS_ONLY.intersection(policy.purposes[name].traits)]
    for rule in policy.prohibitions.values():
        if holds.intersection(rule.data) and any(forbids(rule, one) for one in purposes):
            yield str(rule.id)


Look = Callable[[House], Iterator[Seen]]
_CHOICES = (Kind.CONSENT_GIVEN, Kind.CONSENT_WITHDRAWN, Kind.CONSENT_REFUSED, Kind.OBJECTION_MADE)
_OF_REQUESTS = (Kind.REQUEST_RECORDED, Kind.REQUEST_VERIFIED, Kind.REQUEST_EXECUTED, Kind.REQUEST_REFUSED, Kind.REQUEST_ENDED)
LOOKS: tuple[tuple[Area, Look, tuple[Kind, ...]], ...] = (
    (Area.LEDGER, _ledger, tuple(Kind)), (Area.STANDINGS, _standings, _CHOICES), (Area.REQUESTS, _requests, _OF_REQUESTS),
    (Area.STORES, _stores, (Kind.SEARCH_EXECUTED, Kind.ERASURE_EXECUTED, Kind.SYSTEM_CHANGED)), (Area.ENDS, _ends, (Kind.SWEEP_EXECUTED, Kind.ENDS_ATTESTED)),
    (Area.USES, _uses, (Kind.USE_PERMITTED, Kind.RUN_EXECUTED)), (Area.TOLD, lambda _: _told(), (Kind.CONSUMER_TOLD,)),
    (Area.PUBLISHED, lambda _: _published(), (Kind.POLICY_PUBLISHED, Kind.POLICY_NOTICED)), (Area.CHILDREN, _children, (Kind.QUARANTINE_SET, Kind.QUARANTINE_LIFTED)),
    (Area.POST, _kept_apart, ()),
)  # fmt: skip
"""Each area, how it is looked at, and the kinds of event that are its evidence."""
