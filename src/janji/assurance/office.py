"""Checks of what the company itself has to have: contacts, rights, measures, training, and a closed list of everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta

from janji.assurance.asking import NOWHERE, Model
from janji.assurance.findings import Finding, failed, held, unknown
from janji.policy.combined import DECIDED_BY_MACHINE, honours_objection
from janji.policy.model import Measure, PolicyRight, Purpose
from janji.rights.register import FALLBACK, Granted, register
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Operation, Right

YEAR = timedelta(days=366)
ASKABLE = frozenset({Right.INFORMATION, Right.OBJECTION, Right.WITHDRAWAL})
"""By one of these a promise of the policy alone can be asked for."""
SECTIONS = {"purpose": "purposes", "data": "data", "recipient": "recipients", "country": "transfers", "channel": "channels", "touchpoint": "touchpoints"}
"""Which section of the policy names all that there is in a dimension of a question."""


def controller(model: Model) -> Iterator[Finding]:
    """There is somebody to write to."""
    one = model.policy.controller
    yield held("reachable", "controller") if one.name and (one.address or one.email or one.phone or one.url) else failed(
        "reachable", "controller", say(N_("the policy says nowhere how to reach the controller")), say(N_("add an address, a number or a page under `controller`")))  # fmt: skip


def rights(model: Model) -> Iterator[Finding]:
    """Every right can be asked for in its time, and those that stop something stop it."""
    granted = register(model.policy, model.law, FALLBACK)
    kinds = {one.kind for one in granted.values()}
    for right in model.policy.rights.values():
        entry = f"rights.{right.id}"
        wrong = _withheld(model, right, granted.get(right.id)) if right.id in granted else _unaskable(kinds, right)
        yield held("granted", entry) if wrong is None else failed("granted", entry, wrong, say(N_("complete the right under `rights`: `right`, `within`, `bases`")))


def _unaskable(kinds: set[Right], right: PolicyRight) -> Message | None:
    return None if kinds & ASKABLE else say(N_("nobody can ask for `{right}`: neither information nor objection nor withdrawal is granted"), right=right.id)


def _withheld(model: Model, right: PolicyRight, one: Granted | None) -> Message | None:
    """What is wrong with a right that is granted, if anything."""
    if one is None or (right.right and one.law is None):
        return say(N_("the law does not know the right `{right}`"), right=right.id)
    clock = model.law.clocks.get(one.law.clock or "") if one.law else None
    if clock is not None and one.due(model.at) > model.at + timedelta(days=clock.limit.most_days):
        return say(N_("`{right}` is answered later than the law allows"), right=right.id)
    stops = STOPS.get(one.kind)
    if stops is None:
        return None
    for purpose in model.policy.purposes.values():
        used = {stops: True if stops in ("restricted", "delayed") else (str(purpose.id),)}
        if _stopped(model, purpose, stops) and model.ask(purpose, replace(model.willing(purpose), **used)).permit:  # type: ignore[arg-type]  # by name
            return say(N_("`{purpose}` goes on although the person used the right `{right}`"), purpose=purpose.id, right=right.id)
    return None


STOPS = {Right.RESTRICTION: "restricted", Right.DELAY: "delayed", Right.OBJECTION: "objections", Right.AUTOMATED_OBJECTION: "automated_objections"}
"""What is on record of a person who used a right that stops something."""


def _stopped(model: Model, purpose: Purpose, stops: str) -> bool:
    """Whether a right that stops processing is about this purpose."""
    if stops == "objections":
        return honours_objection(model.policy, model.law, purpose)
    if stops == "automated_objections":
        return bool(DECIDED_BY_MACHINE.intersection(purpose.traits))
    return not purpose.during_restriction


def measures(model: Model) -> Iterator[Finding]:
    """A measure is shown by evidence that somebody looked at within a year."""
    for measure in model.policy.measures.values():
        yield _shown(model, measure)
    training = model.policy.training
    if training is not None:
        wrong = [one for one in model.policy.purposes.values() if model.ask(one, replace(model.willing(one), trained_until=None), agent="agent").permit]
        yield held("trained", "training") if training.required and not wrong else failed(
            "trained", "training", say(N_("agents without training may touch personal data")), say(N_("write `required: true` under `training`")))  # fmt: skip


def _shown(model: Model, measure: Measure) -> Finding:
    entry = f"measures.{measure.id}"
    if not measure.evidence or measure.reviewed is None or measure.reviewed > model.at.date():
        return unknown("measure", entry, say(N_("no evidence of the measure `{measure}` is filed, or nobody looked at it"), measure=measure.id),
                       say(N_("write `evidence` and `reviewed` under the measure")))  # fmt: skip
    if measure.reviewed < model.at.date() - YEAR:
        return failed("measure", entry, say(N_("the evidence of the measure `{measure}` was last looked at on {day}"), measure=measure.id, day=measure.reviewed),
                      say(N_("look at it again, and write the day under `reviewed`")))  # fmt: skip
    return held("measure", entry)


def closed(model: Model) -> Iterator[Finding]:
    """Nothing that is not declared gets through, in each dimension that the policy says so of."""
    for item in fields(model.policy.undeclared):
        if item.name != "place" and getattr(model.policy.undeclared, item.name):
            yield _closed(model, item.name)


def _closed(model: Model, dimension: str) -> Finding:
    entry, section = f"undeclared.{dimension}", SECTIONS.get(dimension)
    loose = [path for path in model.traced.groundless if section and path.startswith(f"{section}.")]
    if loose:
        return failed("closed", entry, say(N_("`{entry}` is declared, and no clause of the text says so"), entry=loose[0]),
                      say(N_("cite the clause that it rests on, or take it out")))  # fmt: skip
    open_ = next((one for one in model.policy.purposes.values() if _open(model, one, dimension)), None)
    if open_ is not None:
        return failed("closed", entry, say(N_("`{purpose}` is permitted with something that is not declared"), purpose=open_.id),
                      say(N_("ask `janji explain` about it")))  # fmt: skip
    return held("closed", entry)


def _open(model: Model, purpose: Purpose, dimension: str) -> bool:
    """Whether somebody willing lets a purpose do something in a dimension that nobody declared."""
    willing, some = model.willing(purpose), purpose.data[:1]
    if dimension == "purpose":
        return model.ask(replace(purpose, id=NOWHERE), willing, some).permit
    if dimension == "data":
        return model.ask(purpose, willing, (*purpose.data, NOWHERE)).permit
    if dimension == "operation":
        return model.ask(purpose, willing, some, operation=NOWHERE).permit or any(
            model.ask(purpose, willing, some, operation=one).permit for one in Operation if one not in purpose.operations
        )
    if dimension in ("recipient", "country"):
        given = {"recipient": NOWHERE} if dimension == "recipient" else {"recipient": _first(model, purpose), "country": "ZZ"}
        return model.ask(purpose, willing, some, operation=Operation.DISCLOSE, **given).permit
    return dimension == "channel" and model.ask(purpose, willing, some, channel=NOWHERE).permit


def _first(model: Model, purpose: Purpose) -> str:
    """Somebody who receives data for a purpose, so that only the country is new."""
    return next((str(one.id) for one in model.policy.recipients.values() if purpose.id in one.purposes), NOWHERE)
