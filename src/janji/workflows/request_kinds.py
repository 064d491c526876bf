"""Each kind of rights request but searches and erasures: what takes effect at once, and how it is carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from janji.consent.choices import ChoiceMade, ObjectionMade, Verb
from janji.consent.choices import marketing as marketing_of
from janji.consent.impact import Withdrawal
from janji.files.countries import load_countries
from janji.law.model import LawPack
from janji.ledger.events import Actor, Kind
from janji.notices.statements import disclosure
from janji.policy.model import Policy, Purpose
from janji.rights.requests import ACTORS, Outcome, Request
from janji.rights.words import not_taken
from janji.rights.work import Came, Job, gone, nearly_over
from janji.store.machine_decisions import REVIEW, REVIEWED, DecisionRow
from janji.terms.messages import N_, Message, say, series
from janji.terms.processing import Right
from janji.terms.words import SHOWN_IN, on_day
from janji.terms.words import word as in_words
from janji.workflows import cascade_work, machine_decisions
from janji.workflows.consents import Asked, cascade_of, choose_many, facts_of, lift_objection, restrict
from janji.workflows.corrections import correct
from janji.workflows.house import House
from janji.workflows.people import current, people_now
from janji.workflows.person_packages import chunks, write_package
from janji.workflows.recording import history_of
from janji.workflows.request_carrying import gather
from janji.workflows.request_needs import MARKETING
from janji.workflows.transfers import ANSWERED, endpoint_of, send_package


def subject_of(job: Job) -> UUID:
    """The person of a request that may be carried out, as they are on record now."""
    return current(job.subject)


def present(jobs: Sequence[Job]) -> frozenset[UUID]:
    """Those of these requests whose person is on record still, by their ids."""
    there = people_now(job.request.subject for job in jobs if job.request.subject is not None)
    return frozenset(job.request.id for job in jobs if job.request.subject is not None and there.get(job.request.subject) is not None)


# -------------------------------------------------------------------------------------------- withdrawals, objections


def withdraw_at_once(house: House, job: Job) -> None:
    """Record the withdrawal: it stops the purpose from now on, with all that it sets off."""
    _withdrawn(house, job)


def _withdrawal(house: House, job: Job) -> Came:
    """Consents taken back (UU 27/2022 Art 9, 40), each with its cascade: what went because nothing else needs it, what stays and what for.

    It waits until what goes is gone and read back; what is not when its time is nearly over is said.
    """
    taken, refused = _withdrawn(house, job)
    if not taken:
        return Came(outcome=Outcome.NOTHING_HELD, lines=(say(N_("no consent stood that could be taken back")), *refused))
    policy, subject = house.policy_in_force.policy, subject_of(job)
    came = cascade_work.came_of(house, subject, [one.purpose for one in taken])
    if came.waits is not None and not nearly_over(job.request, house.runtime.now()):
        return Came(waits=came.waits)
    named = series(policy.purposes[one.purpose].title if one.purpose in policy.purposes else one.purpose for one in taken)
    stopped = say(N_("this is stopped since the consent was taken back: {purposes}"), purposes=named)
    lines = (stopped, *came.lines, *cascade_of(house, subject, taken).kept(), *refused)
    details = {"certificates": ",".join(came.certificates)} if came.certificates else {}
    return Came(outcome=Outcome.PARTLY_DONE if refused or came.waits is not None else Outcome.DONE, lines=lines, details=details)


def _withdrawn(house: House, job: Job) -> tuple[tuple[Withdrawal, ...], tuple[Message, ...]]:
    """Record what is taken back, once; what was, and why something could not be."""
    subject, request = subject_of(job), job.request
    channel = request.details.get("channel") or None
    named = request.details.get("purpose")
    purposes = marketing_of(house.policy_in_force.policy) if named == MARKETING else (named,) if named else _consented(house, subject, request)
    done = choose_many(house, [
        Asked(subject=subject, id=uuid5(request.id, f"withdrawn/{name}"),
              choice=ChoiceMade(verb=Verb.WITHDRAW, purpose=name, channel=channel, actor=ACTORS[request.asker]))
        for name in purposes
    ])  # fmt: skip
    taken = tuple(Withdrawal(name, channel) for name, result in zip(purposes, done, strict=True) if result.recorded is not None)
    return taken, tuple(one.message for result in done for one in result.rejections)


def _consented(house: House, subject: UUID, request: Request) -> tuple[str, ...]:
    """The purposes that a consent of the person stands for, or that this request took back before."""
    layout = house.policy_in_force.layout
    standing = {name.split("/")[1] for name in layout.names(facts_of(house, [subject])[subject].bits) if name.startswith("consent/")}
    every = {str(name) for name in house.policy_in_force.policy.purposes}
    ids = {str(uuid5(request.id, f"withdrawn/{name}")): name for name in every}
    before = {ids[event.id] for event in history_of(house, subject) if event.id in ids}
    return tuple(sorted(standing | before))


def object_at_once(house: House, job: Job) -> None:
    """Record the objection: it stops the purpose, or a machine that decides alone in it, from now on."""
    _objected(house, job)


def _objection(house: House, job: Job) -> Came:
    """Objections to purposes, as the policy promises them or the law grants them."""
    taken, refused = _objected(house, job)
    policy = house.policy_in_force.policy
    lines = tuple(refused)
    if taken:
        named = series(policy.purposes[name].title if name in policy.purposes else name for name in taken)
        lines = (say(N_("your data are not used for this any more: {purposes}"), purposes=named), *refused)
    return Came(outcome=Outcome.DONE if taken and not refused else Outcome.PARTLY_DONE if taken else Outcome.NOTHING_HELD, lines=lines)


def _objected(house: House, job: Job) -> tuple[tuple[str, ...], tuple[Message, ...]]:
    request, automated = job.request, job.request.kind is Right.AUTOMATED_OBJECTION
    purposes = _against(house, request)
    done = choose_many(house, [
        Asked(subject=subject_of(job), id=uuid5(request.id, f"objected/{name}"),
              choice=ObjectionMade(purpose=name, automated=automated, actor=ACTORS[request.asker]))
        for name in purposes
    ])  # fmt: skip
    taken = tuple(name for name, result in zip(purposes, done, strict=True) if result.recorded is not None)
    return taken, tuple(one.message for result in done for one in result.rejections)


def _against(house: House, request: Request) -> tuple[str, ...]:
    """The purposes that an objection is against: the one named, all marketing, or every one that the right reaches."""
    policy, named = house.policy_in_force.policy, request.details.get("purpose")
    if named == MARKETING:
        return marketing_of(policy)
    if request.kind is Right.AUTOMATED_OBJECTION:
        about = request.details.get("decision")
        if about and not named:
            named = machine_decisions.decision(machine_decisions.decision_number(about)).purpose
        return machine_decisions.purposes_of(house, [named or ""])
    if named:
        return (named,)
    bases = policy.rights[request.right].bases if request.right in policy.rights else ()
    return tuple(str(name) for name, purpose in policy.purposes.items() if not bases or purpose.basis in bases)


def let_stand(house: House, job: Job) -> None:
    """Take back what took effect at once, of an objection that was refused on a ground of the law; a withdrawal stays: it is the person's own."""
    request = job.request
    if request.kind not in (Right.OBJECTION, Right.AUTOMATED_OBJECTION) or request.id not in present([job]):
        return
    subject, automated = subject_of(job), request.kind is Right.AUTOMATED_OBJECTION
    for name, by in _objections(house, subject, automated=automated).items():
        if by == {str(uuid5(request.id, f"objected/{name}"))} and name in house.policy_in_force.policy.purposes:
            lift_objection(house, subject, name, Actor.STAFF, automated=automated)


def _objections(house: House, subject: UUID, *, automated: bool) -> dict[str, set[str]]:
    """The objections that stand, by purpose: the events that made them. What a browser signals is a thing of its own."""
    found: dict[str, set[str]] = {}
    for event in history_of(house, subject):
        if event.kind in (Kind.OBJECTION_MADE, Kind.OBJECTION_LIFTED) and bool(event.details.get("automated")) is automated and not event.details.get("signal"):
            made = found.setdefault(str(event.details["purpose"]), set())
            if event.kind is Kind.OBJECTION_MADE:
                made.add(event.id)
            else:
                made.clear()
    return found


# --------------------------------------------------------------------------------------------------- machine decisions


def _automated(house: House, job: Job) -> Came:
    """No machine decides alone any more (UU 27/2022 Art 10), and a person looks anew at what machines decided; until then the request waits."""
    request, policy = job.request, house.policy_in_force.policy
    taken, refused = _objected(house, job)
    about = request.details.get("decision")
    one = machine_decisions.decision_number(about) if about else None
    rows = machine_decisions.object_to(house, subject_of(job), taken, request.id, request.due, one)
    waiting = [row for row in rows if row.state == REVIEW]
    if waiting and not nearly_over(request, house.runtime.now()):
        return Came(waits=say(N_("a person must look anew at decisions of a machine: {count}"), count=len(waiting)))
    named = series(policy.purposes[name].title if name in policy.purposes else name for name in taken)
    stopped = (say(N_("no machine decides alone about you any more for: {purposes}"), purposes=named),) if taken else ()
    lines = (*stopped, *(line for row in rows for line in _reviewed(house, row)), *refused)
    return Came(outcome=Outcome.PARTLY_DONE if waiting or refused else Outcome.DONE, lines=lines, details={"decisions": str(len(rows))})


_RULINGS = {
    machine_decisions.Ruling.UPHELD: N_("a person looked anew at the decision of {day} for {purpose}: it stands"),
    machine_decisions.Ruling.OVERRULED: N_("a person looked anew at the decision of {day} for {purpose}: it was overruled"),
}  # fmt: skip


def _reviewed(house: House, row: DecisionRow) -> Iterator[Message]:
    purpose = house.policy_in_force.policy.purposes.get(row.purpose)
    named: Any = row.purpose if purpose is None else purpose.title
    day = on_day(row.at.astimezone(SHOWN_IN).date())
    if row.state == REVIEWED and row.ruling:
        yield say(_RULINGS[machine_decisions.Ruling(row.ruling)], day=day, purpose=named)
    elif row.state == REVIEW:
        yield say(N_("nobody looked anew yet at the decision of {day} for {purpose}"), day=day, purpose=named)


# -------------------------------------------------------------------------------------------------- restriction, delay


def _restriction(house: House, job: Job) -> Came:
    """Processing restricted or delayed (UU 27/2022 Art 11, 41), for one purpose or all: every decision heeds it from now on."""
    request, policy = job.request, house.policy_in_force.policy
    purpose, delay = request.details.get("purpose") or None, request.kind is Right.DELAY
    restrict(house, subject_of(job), ACTORS[request.asker], purpose, delay=delay, id=uuid5(request.id, "restricted"))
    if purpose is None:
        line = say(N_("all processing of your data is delayed; they are kept")) if delay else say(N_("all processing of your data is restricted; they are kept"))
    else:
        text = N_("processing is delayed for: {purpose}") if delay else N_("processing is restricted for: {purpose}")
        line = say(text, purpose=policy.purposes[purpose].title if purpose in policy.purposes else purpose)
    goes_on = [one.title for one in policy.purposes.values() if one.during_restriction and purpose in (None, str(one.id))]
    stays = (say(N_("this goes on all the same, as the law or the policy asks: {purposes}"), purposes=series(goes_on)),) if goes_on else ()
    return Came(outcome=Outcome.DONE, lines=(line, *stays))


# --------------------------------------------------------------------------------------------------------- information


def carry_out_information(house: House, jobs: Sequence[Job]) -> tuple[Came, ...]:
    """Who asks, on which legal basis, for what, and who answers (UU 27/2022 Art 5), and what goes abroad: about a purpose, a place of collection, or all."""
    return tuple(Came(outcome=Outcome.DONE, lines=tuple(_told(house, job.request))) for job in jobs)


def _told(house: House, request: Request) -> Iterator[Message]:
    published = house.policy_in_force
    policy, law = published.policy, published.law
    controller = policy.controller
    if controller is not None:
        yield say(N_("who answers for your data: {name}, {address}"), name=controller.name, address=controller.address or controller.country)
        officer = controller.officer
        reach = " / ".join(filter(None, (officer.email, officer.phone))) if officer is not None else ""
        if reach:
            yield say(N_("the data protection officer: {reach}"), reach=reach)
    purposes = _told_of(policy, request)
    for purpose in purposes:
        yield _purpose(policy, law, purpose)
    yield from _abroad(house, frozenset(purpose.id for purpose in purposes))
    url = house.runtime.settings.public_url
    if url:
        yield say(N_("the whole notice: {url}"), url=f"{url}/policy")


def _told_of(policy: Policy, request: Request) -> Sequence[Purpose]:
    named, touchpoint = request.details.get("purpose"), request.details.get("touchpoint")
    if named in policy.purposes:
        return [policy.purposes[named]]
    if touchpoint in policy.touchpoints:
        return [policy.purposes[name] for name in policy.touchpoints[touchpoint].purposes]
    return list(policy.purposes.values())


def _purpose(policy: Policy, law: LawPack, purpose: Purpose) -> Message:
    basis = law.basis(purpose.basis)
    data = series((policy.data[name].title for name in purpose.data if name in policy.data), ", ")
    return say(N_("{purpose}: basis {basis} ({article}); data: {data}"), purpose=purpose.title, basis=in_words(purpose.basis),
               article=basis.article if basis is not None else "-", data=data)  # fmt: skip


def _abroad(house: House, purposes: frozenset[str]) -> Iterator[Message]:
    """Each recipient in another country that these purposes name: on which rung data go there, or that none do (UU 27/2022 Art 56)."""
    compiled, day = house.policy_in_force.compiled, house.runtime.now().astimezone(SHOWN_IN).date()
    for recipient in compiled.policy.recipients.values():
        told = disclosure(compiled, replace(recipient, purposes=tuple(name for name in recipient.purposes if name in purposes)), day)
        for place in told.destinations:
            if not place.home:
                where = {"recipient": told.title, "country": load_countries().get(place.country, place.country)}
                yield (
                    say(N_("{recipient}, {country}: data go there by this: {rung} ({article})"), rung=place.rung or "-", article=place.article or "-", **where)
                    if told.state.done and place.state.done else say(N_("{recipient}, {country}: nothing is sent there, for the protection there is not shown"), **where)
                )  # fmt: skip


# --------------------------------------------------------------------------------------- claims, copies for elsewhere


def carry_out_claims(house: House, jobs: Sequence[Job]) -> tuple[Came, ...]:
    """Evidence for a claim (UU 27/2022 Art 12): what is held is searched for, and the pack of what is on record can be handed over."""
    return tuple(
        one if one.outcome is None else replace(
            one, outcome=Outcome.PARTLY_DONE if one.outcome is Outcome.PARTLY_DONE else Outcome.DONE,
            lines=(say(N_("the evidence of what was held, decided and disclosed is ready, with proofs that anybody can check")), *one.lines),
        )
        for one in gather(house, jobs)
    )  # fmt: skip


def carry_out_portability(house: House, jobs: Sequence[Job]) -> tuple[Came, ...]:
    """A copy in a form that is in common use (UU 27/2022 Art 13(1)); where the person names another controller, sent there (13(2))."""
    return tuple(_sent(house, job, one) for job, one in zip(jobs, gather(house, jobs), strict=True))


def _sent(house: House, job: Job, came: Came) -> Came:
    """What came of a copy that may have to be sent: while the other controller does not take it, there is time to try again."""
    if came.outcome in (None, Outcome.NOTHING_HELD):
        return came
    url = endpoint_of(house, job.said)
    if url is None:
        return came
    request, subject = job.request, subject_of(job)
    write_package(house, request.id, UUID(came.details["package"]), subject, request.details.get("language") or house.runtime.settings.language)
    word = send_package(house, request, subject, url, chunks)
    details = {**came.details, ANSWERED: word}
    if not word:
        return replace(came, details=details, lines=(say(N_("your data were sent to the other controller, who took them")), *came.lines))
    if not nearly_over(request, house.runtime.now()):
        return Came(waits=not_taken(word), details=details)
    return replace(came, outcome=Outcome.PARTLY_DONE, details=details, lines=(not_taken(word), *came.lines))


# ------------------------------------------------------------------------------------------------------------- tables


def _of_people(one: Callable[[House, Job], Came]) -> Callable[[House, Sequence[Job]], tuple[Came, ...]]:
    """Carry requests out one by one; who is not on record any more is told so."""

    def work(house: House, jobs: Sequence[Job]) -> tuple[Came, ...]:
        there = present(jobs)
        return tuple(one(house, job) if job.request.id in there else gone() for job in jobs)

    return work


AT_ONCE: Mapping[Right, Callable[[House, Job], None]] = {
    Right.WITHDRAWAL: withdraw_at_once, Right.OBJECTION: object_at_once, Right.AUTOMATED_OBJECTION: object_at_once,
}  # fmt: skip
"""What takes effect as soon as control of the channel is shown, before anybody approves: it gives nothing away, and can be undone."""

CARRY_OUT: Mapping[Right, Callable[[House, Sequence[Job]], tuple[Came, ...]]] = {
    Right.INFORMATION: carry_out_information, Right.CORRECTION: _of_people(correct), Right.WITHDRAWAL: _of_people(_withdrawal),
    Right.OBJECTION: _of_people(_objection), Right.AUTOMATED_OBJECTION: _of_people(_automated), Right.RESTRICTION: _of_people(_restriction),
    Right.DELAY: _of_people(_restriction), Right.CLAIM: carry_out_claims, Right.PORTABILITY: carry_out_portability,
}  # fmt: skip
"""How each kind is carried out: one answer a job, in their order; called again while one waits, and after a kill."""
