"""How a person is shown: standing in words, identifiers, joins, guardians, tasks; and what forgetting one came to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from janji.cli.output import console
from janji.decision.layout import ANY_CHANNEL
from janji.decision.standing import ConsentState, Standing
from janji.people.identifiers import PREFIX
from janji.people.words import AGES, STATES
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.processing import AgeState
from janji.workflows.answers import standing_json

if TYPE_CHECKING:
    from janji.workflows.forgetting import Forgotten
    from janji.workflows.people import Person



def person_json(person: Person) -> dict[str, Any]:
    """A person as JSON; what is absent is left out."""
    held: dict[str, Any] = {
        "subject": f"{PREFIX}{person.id}", "pseudonym": person.pseudonym, "state": person.state, "events": person.events,
        "into": f"{PREFIX}{person.into}" if person.into else None, "merged": [f"{PREFIX}{one}" for one in person.merged],
        "asserted_by": f"{PREFIX}{person.asserted_by}" if person.asserted_by else None,
        "communication": str(person.communication) if person.communication else None,
        "standing": None if person.standing is None else standing_json(person.standing),
        "identifiers": [
            {"kind": str(one.kind), "value": one.shown, "verified": one.verified, **({"join": str(one.link)} if one.link else {})}
            for one in person.identifiers
        ],
        "joins": [
            {"id": str(one.id), "purpose": one.purpose, "basis": one.basis, "undone": one.undone is not None} for one in person.joins
        ],
        "guardians": [
            {"link": str(one.id), "ward": f"{PREFIX}{one.ward}", "guardian": f"{PREFIX}{one.guardian}",
             "relation": str(one.relation), "state": str(one.state)}
            for one in person.guardians
        ],
        "tasks": [
            {"id": str(one.id), "task": one.kind, **({"due": _instant(one.due)} if one.due else {})} for one in person.tasks
        ],
    }  # fmt: skip
    return {key: value for key, value in held.items() if value is not None}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def standing_words(standing: Standing) -> Iterator[Message]:
    """A standing in sentences."""
    if standing.born is not None:
        yield say(N_("born in {month}"), month=f"{standing.born:%Y-%m}")
    yield say(AGES[AgeState(standing.age)]) if standing.age else say(N_("of unknown age")) if standing.born is None else say(N_("age by month of birth"))
    flags = (
        (standing.quarantined, N_("in quarantine: kept, and used for nothing")), (standing.restricted, N_("processing is restricted")),
        (standing.delayed, N_("processing is delayed")), (standing.third_person, N_("somebody else gave the data; not verified")),
        (standing.guardian, N_("the consent of a guardian is verified")),
    )  # fmt: skip
    yield from (say(text) for flag, text in flags if flag)
    yield from _consents(standing)
    for text, names in (
        (N_("objects to `{name}`"), standing.objections), (N_("objects to decisions by machine in `{name}`"), standing.automated_objections),
        (N_("`{name}` is restricted"), standing.restricted_purposes), (N_("`{name}` is delayed"), standing.delayed_purposes),
        (N_("has the agreement `{name}`"), standing.agreements), (N_("authorised `{name}`"), standing.authorisations),
        (N_("the period of `{name}` is over"), standing.ended),
    ):  # fmt: skip
        yield from (say(text, name=name) for name in names)
    for item in standing.transfer_consents:
        yield say(N_("consents to the transfer to `{name}` in {country}"), name=item.recipient, country=item.country)


def _consents(standing: Standing) -> Iterator[Message]:
    """Consents that stand and that were withdrawn, each purpose once with its channels."""
    held: dict[tuple[bool, str, int | None], list[str]] = {}
    for one in standing.consents:
        gone = one.state is ConsentState.WITHDRAWN
        channels = held.setdefault((gone, str(one.purpose), None if gone else one.version), [])
        channels += [str(one.channel)] if one.channel else []
    for (gone, purpose, version), channels in held.items():
        names = "" if ANY_CHANNEL in channels else ", ".join(channels)
        if gone:
            text = N_("withdrew `{purpose}` by {channels}") if names else N_("withdrew `{purpose}`")
        else:
            text = (
                N_("consents to `{purpose}` by {channels}, notice version {version}") if names
                else N_("consents to `{purpose}`, notice version {version}")
            )  # fmt: skip
        yield say(text, purpose=purpose, channels=names, version=version)


def print_person(person: Person, tongue: Tongue) -> None:
    """A person for people."""
    out = console()

    def line(message: Message, indent: str = "  ") -> None:
        out.print(f"{indent}{escape(message.render(tongue))}")

    out.print(f"[bold]{PREFIX}{person.id}[/]  {escape(tongue.translate(STATES[person.state]))}")
    line(say(N_("pseudonym {pseudonym}, events: {count}"), pseudonym=person.pseudonym, count=person.events))
    if person.into is not None:
        line(say(N_("is now `{name}`"), name=f"{PREFIX}{person.into}"))
    for one in person.merged:
        line(say(N_("is `{name}` too, by a merge"), name=f"{PREFIX}{one}"))
    if person.asserted_by is not None:
        line(say(N_("`{name}` spoke of this person"), name=f"{PREFIX}{person.asserted_by}"))
    if person.communication is not None:
        line(say(N_("asks to be spoken to by: {form}"), form=person.communication))
    for held in person.identifiers:
        text = N_("{kind} {value}, verified") if held.verified else N_("{kind} {value}")
        line(say(text, kind=held.kind, value=held.shown))
    if person.standing is not None and person.state == "active":
        for message in standing_words(person.standing):
            line(message)
    for join in person.joins:
        line(say(N_("join {id} for `{purpose}`, undone") if join.undone else N_("join {id} for `{purpose}`"), id=join.id, purpose=join.purpose))
    for link in person.guardians:
        line(say(N_("guardian {id}: `{guardian}` is the {relation} of `{ward}`, {state}"), id=link.id,
                 guardian=f"{PREFIX}{link.guardian}", ward=f"{PREFIX}{link.ward}", relation=link.relation, state=link.state))  # fmt: skip
    for task in person.tasks:
        due = _instant(task.due) if task.due else None
        line(say(N_("task `{kind}`, due {due}"), kind=task.kind, due=due))


def forgotten_json(found: Forgotten) -> dict[str, Any]:
    """What forgetting came to, as JSON."""
    held: dict[str, Any] = {
        "people": [f"{PREFIX}{one}" for one in found.people], "level": str(found.level), "suppressed": found.suppressed,
        "evidence_until": _instant(found.evidence_until) if found.evidence_until else None,
        "event": str(found.event) if found.event else None,
    }  # fmt: skip
    return {key: value for key, value in held.items() if value is not None}


LEVELS = {
    "logical": N_("the content key is deleted; its bytes may be in the table's file and in the WAL until `janji keys sweep`"),
    "rewritten": N_("the content key is deleted and its table was rewritten; its bytes may be in the WAL"),
    "recycled": N_("the content key is gone from the files of the database and from the WAL"),
}


def print_forgotten(found: Forgotten, tongue: Tongue) -> None:
    """What forgetting came to: how far, what stays, and why."""
    out = console()
    out.print(f"[bold]{tongue.translate(N_('forgotten'))}[/]")
    lines = [say(LEVELS[str(found.level)])]
    if found.evidence_until is not None:
        lines.append(say(N_("what proves consent, withdrawal, request and erasure stays under seal until {day}"), day=f"{found.evidence_until:%Y-%m-%d}"))
    if found.suppressed:
        lines.append(say(N_("entries that keep the person from being contacted or imported again: {count}"), count=found.suppressed))
    lines.append(say(N_("events stay by pseudonym, and their proofs stay valid")))
    for message in lines:
        out.print(f"  {escape(message.render(tongue))}")
