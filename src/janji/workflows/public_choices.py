"""Choices of a browser that nobody is known by: kept for a random visitor's number, and for nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from janji.consent.choices import ChoiceMade, Method, ObjectionMade, Verb, signalled
from janji.consent.rejections import Rejection, reject
from janji.documents.shapes import nearest
from janji.errors import Invalid
from janji.ledger.events import Actor
from janji.people.identifiers import PSEUDONYMOUS, IdentifierKind
from janji.policy.model import Policy
from janji.store import people, vault
from janji.store.database import transaction
from janji.terms.messages import N_, say
from janji.terms.processing import Signal
from janji.workflows.consents import Asked, Request, Result, choose_many, signal, texts_of
from janji.workflows.house import House
from janji.workflows.identity import unjoin
from janji.workflows.people import current, find_subjects, normalised, subjects_for

OBJECT = "object"
VERBS = (*(verb for verb in Verb if verb is not Verb.RENEW), OBJECT)
"""What a browser can say."""
METHODS = (Method.BUTTON, Method.SWITCH, Method.UNTICKED_BOX)
"""How: what a page can offer before anybody has signed in."""
MOST = 100
"""Choices of one call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """One choice as a page hands it on: which purpose, what was said, and the digest of the text that was shown."""

    purpose: str
    verb: str
    channel: str | None = None
    notice_digest: str | None = None
    language: str | None = None
    method: str = Method.BUTTON


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of the choices, in their order, and of the browser's signal."""

    choices: tuple[Result, ...]
    signalled: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class _Visitor:
    """Whom a browser stands for: the pseudonymous person of its number, and the joins by which others are read with it."""

    subject: UUID
    known: bool = False
    made: bool = False
    joins: tuple[tuple[UUID, str], ...] = ()


def choosable(policy: Policy) -> tuple[str, ...]:
    """The purposes that a browser can choose about: those of trackers that wait for a choice."""
    named = (str(item.purpose) for item in policy.trackers.values() if not item.essential)
    return tuple(dict.fromkeys(named))


def hear(house: House, visitor: UUID, picked: Sequence[Picked], gpc: bool = False) -> Heard:
    """Record what a browser says, in one transaction, for the pseudonymous person of the visitor's number.

    With `gpc`, the browser's signal (Global Privacy Control) is an objection to what the policy names for it. Nobody is
    made for choices of which none counts. A number that was joined to a person still stands for itself alone: a no ends
    the join. If it is one of a known person's own identifiers, a no is theirs, and a yes is not taken: here anybody
    could have said it. Raises `Invalid` for a number that was not drawn at random, and for what a browser cannot say.
    """
    if visitor.version != 4:
        raise Invalid(
            say(N_("a visitor's number must be drawn at random")),
            say(N_("make one with `crypto.randomUUID()` (a UUID of version 4), and keep it in the browser")),
        )
    asked = [_request(house, item) for item in picked]
    with transaction():
        return _heard(house, _visitor(house, visitor), asked, gpc)


def _heard(house: House, visitor: _Visitor, asked: Sequence[Request | Rejection], gpc: bool) -> Heard:
    noes = {str(item.purpose) for item in asked if not isinstance(item, Rejection) and _is_no(item)}
    if gpc:
        noes.update(signalled(house.policy_in_force.policy, Signal.GPC))
    for join, purpose in visitor.joins:
        if purpose in noes:
            unjoin(house, join, Actor.BROWSER)
    asked = [item if isinstance(item, Rejection) or _is_no(item) or not visitor.known else _not_here(house, item) for item in asked]
    wanted = [Asked(subject=visitor.subject, choice=item) for item in asked if not isinstance(item, Rejection)]
    done = iter(choose_many(house, wanted))
    results = tuple(Result(None, (item,)) if isinstance(item, Rejection) else next(done) for item in asked)
    heard = Heard(results, signal(house, visitor.subject) if gpc else ())
    if visitor.made and not any(one.recorded for one in (*heard.choices, *heard.signalled)):
        for row in people.identifiers([visitor.subject]):
            people.delete_identifier(row.id)
        people.withdraw_subjects([visitor.subject])
    return heard


def _visitor(house: House, number: UUID) -> _Visitor:
    """The pseudonymous person of a visitor's number, made when there is none yet; through joins, whoever it stood for before."""
    named = [(str(IdentifierKind.COOKIE), str(number))]
    (owner,) = find_subjects(house, named)
    if owner is None:
        return _Visitor(subjects_for(house, named)[0], made=True)
    held = people.identifiers([owner])
    joins = {join.id: join for join in people.joins([owner])}
    index = _index(house, named[0])
    mine = next(row for row in held if row.index == index)
    if mine.link in joins:
        source = joins[mine.link].source
        standing = [(one.id, one.purpose) for one in joins.values() if one.undone is None and one.source == source]
        return _Visitor(current(source), joins=tuple(standing))
    return _Visitor(owner, known=any(row.kind not in PSEUDONYMOUS for row in held))


def _index(house: House, named: tuple[str, str]) -> bytes:
    (one,) = normalised(house, [named])
    return vault.blind_index(house.secrets.index, str(one.kind), one.normal)


def _request(house: House, picked: Picked) -> Request | Rejection:
    """A choice in the record's words, or why no browser can make it; raises `Invalid` for a verb or a method that is none."""
    policy = house.policy_in_force.policy
    _known("verb", picked.verb, VERBS)
    _known("method", picked.method, METHODS)
    if picked.purpose not in choosable(policy):
        return _rejected(house, "not-for-a-browser" if picked.purpose in policy.purposes else "purpose-unknown", picked.purpose)
    if picked.verb == OBJECT:
        return ObjectionMade(purpose=picked.purpose, actor=Actor.BROWSER)
    notice = policy.purposes[picked.purpose].notice
    shown = next((text for text in texts_of(house) if text.digest == picked.notice_digest and text.notice == notice), None)
    return ChoiceMade(
        verb=Verb(picked.verb), purpose=picked.purpose, channel=picked.channel, method=picked.method, language=picked.language,
        notice=None if notice is None else str(notice), digest=picked.notice_digest,
        version=shown.version if shown else None if notice is None else policy.notices[notice].version,
    )  # fmt: skip


def _known(part: str, word: str, words: Sequence[str]) -> None:
    if word not in words:
        raise Invalid(
            say(N_("a browser cannot choose with this `{part}`"), part=part), nearest(word, list(map(str, words)))
        )


def _is_no(choice: Request) -> bool:
    return isinstance(choice, ObjectionMade) or choice.verb is not Verb.GRANT


def _not_here(house: House, choice: Request) -> Rejection:
    return _rejected(house, "visitor-known", choice.purpose)


def _rejected(house: House, code: str, purpose: str) -> Rejection:
    """A rejection in the words of the policy in force."""
    published = house.policy_in_force
    declared = published.policy.purposes.get(purpose)
    return reject(code, published.law, declared.clauses if declared else published.policy.undeclared.purpose, purpose=purpose)
