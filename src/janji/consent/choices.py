"""A choice of a person before it is recorded: what it must say, and every reason for which it does not count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from janji.consent.rejections import Rejection, reject
from janji.consent.shown import Shown
from janji.decision import layout as keys
from janji.decision.compiler import CompiledPolicy
from janji.decision.layout import Layout
from janji.decision.question import Facts, age_state, day_number
from janji.documents.shapes import nearest
from janji.ledger.events import Actor, Kind, stamp
from janji.policy.combined import barred_to_children
from janji.policy.model import Policy, Purpose
from janji.terms.canonical import plain
from janji.terms.messages import N_
from janji.terms.processing import AgeState, LegalBasis, Signal, Trait


class Verb(StrEnum):
    """What a person does with a consent."""

    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    RENEW = "renew"


class Method(StrEnum):
    """How a choice was made. The second group is known so that it can be named when it is turned away."""

    UNTICKED_BOX = "unticked-box"
    BUTTON = "button"
    SWITCH = "switch"
    DOUBLE_OPT_IN = "double-opt-in"
    SIGNED_FORM = "signed-form"
    SIGNED_ELECTRONICALLY = "signed-electronically"
    SPOKEN_RECORDED = "spoken-recorded"
    WRITTEN_MESSAGE = "written-message"
    UNSUBSCRIBE_LINK = "unsubscribe-link"
    BROWSER_SIGNAL = "browser-signal"

    IMPLIED = "implied"
    BROWSE_WRAP = "browse-wrap"
    SCROLLING = "scrolling"
    SILENCE = "silence"
    PRE_TICKED = "pre-ticked"
    BUNDLED = "bundled"


METHODS = {
    Method.UNTICKED_BOX: N_("a box that was empty before"), Method.BUTTON: N_("a button"), Method.SWITCH: N_("a switch"), Method.DOUBLE_OPT_IN: N_("a form, confirmed by a link"),
    Method.SIGNED_FORM: N_("on a signed form"), Method.SIGNED_ELECTRONICALLY: N_("signed electronically"), Method.SPOKEN_RECORDED: N_("spoken, with a recording"),
    Method.WRITTEN_MESSAGE: N_("in a message or letter"), Method.UNSUBSCRIBE_LINK: N_("the link to unsubscribe"), Method.BROWSER_SIGNAL: N_("a signal of the browser"),
}  # fmt: skip
"""The methods by which a choice counts, in words."""

NEVER_CONSENT = frozenset(
    {Method.IMPLIED, Method.BROWSE_WRAP, Method.SCROLLING, Method.SILENCE, Method.PRE_TICKED}
)  # fmt: skip
"""Methods that are no act of the person (UU 27/2022 Art 22, 23; GDPR recital 32)."""

_TAKES_BACK = frozenset({Verb.REFUSE, Verb.WITHDRAW})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceMade:
    """A choice as somebody reports it, nothing of it believed yet.

    `notice`, `version`, `language` and `digest` say which text was shown; `method` is a word of `Method`; `evidence`
    whether something that proves it is attached (a paper form, a recording); `together` names other purposes for which
    the same single act stood, without a choice of their own; `until` is when the consent ends by itself.
    """

    verb: Verb
    purpose: str
    channel: str | None = None
    notice: str | None = None
    version: int | None = None
    language: str | None = None
    digest: str | None = None
    method: str | None = None
    actor: Actor = Actor.PERSON
    evidence: bool = False
    together: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionMade:
    """An objection as somebody reports it: to a purpose, or (`automated`) to a machine deciding alone in it."""

    purpose: str
    automated: bool = False
    signal: Signal | None = None
    actor: Actor = Actor.PERSON


@dataclass(frozen=True, slots=True)
class Understood:
    """What is to be recorded of a choice: the kind of event and its details, all of them names of the policy."""

    kind: Kind
    details: Mapping[str, Any]


def rejections(
    compiled: CompiledPolicy, made: ChoiceMade, facts: Facts, at: datetime, published: Collection[Shown]
) -> tuple[Rejection, ...]:
    """Every reason for which the choice is not valid at the instant `at`; none when it is.

    `facts` are what is known of the person, `published` every text that can have been shown. A refusal, a withdrawal
    and an objection are never turned away for want of form: only when the purpose cannot be known.
    """
    purpose = compiled.policy.purposes.get(made.purpose)
    if made.verb is Verb.WITHDRAW:
        known = purpose is not None or _was_on_consent(compiled.layout, made.purpose)
        return () if known else (_unknown(compiled, made.purpose),)
    if purpose is None:
        return (_unknown(compiled, made.purpose),)
    if purpose.basis is not LegalBasis.CONSENT:
        return (reject("purpose-not-on-consent", compiled.law, purpose.clauses, purpose=purpose.id),)
    if made.verb is Verb.REFUSE:
        return ()
    check = _Check(compiled, made, purpose, facts, at, published)
    return tuple(check.found())


def objection_rejections(compiled: CompiledPolicy, made: ObjectionMade) -> tuple[Rejection, ...]:
    """Why an objection cannot be recorded: only that its purpose cannot be known."""
    known = made.purpose in compiled.policy.purposes or keys.objection_key(made.purpose) in compiled.layout
    return () if known else (_unknown(compiled, made.purpose),)


def _unknown(compiled: CompiledPolicy, purpose: str) -> Rejection:
    found = reject("purpose-unknown", compiled.law, compiled.policy.undeclared.purpose, purpose=purpose)
    return replace(found, help=nearest(purpose, map(str, compiled.policy.purposes)))


def _was_on_consent(layout: Layout, purpose: str) -> bool:
    """Whether any version so far let people consent to the purpose."""
    return bool(keys.withdrawn_keys(layout, purpose, None))


class _Check:
    """Holds a grant or a renewal against everything that a valid consent needs."""

    def __init__(
        self, compiled: CompiledPolicy, made: ChoiceMade, purpose: Purpose, facts: Facts, at: datetime,
        published: Collection[Shown],
    ) -> None:  # fmt: skip
        self.compiled, self.made, self.purpose = compiled, made, purpose
        self.facts, self.at, self.published = facts, at, published
        self.policy: Policy = compiled.policy
        self.rejected: list[Rejection] = []

    def found(self) -> list[Rejection]:
        """Every rejection, in the order: how, through what, under which text, by whom, for how long."""
        self._method()
        self._channel()
        self._notice()
        self._person()
        if self.made.until is not None and self.made.until <= self.at:
            self._no("over-already")
        if self.made.verb is Verb.RENEW and not self._held():
            self._no("nothing-to-renew")
        return self.rejected

    def _no(self, code: str, **params: str | int | None) -> None:
        notice = self.policy.notices.get(self.purpose.notice or "")
        clauses = (*self.purpose.clauses, *(notice.clauses if notice else ()))
        self.rejected.append(reject(code, self.compiled.law, clauses, purpose=self.purpose.id, **params))

    def _method(self) -> None:
        made = self.made
        try:
            method = Method(made.method or "")
        except ValueError:
            self._no("method-missing")
            method = None
        if method in NEVER_CONSENT:
            self._no(str(method))
        elif made.actor is Actor.SYSTEM:
            self._no(Method.IMPLIED)
        if made.actor is Actor.BROWSER or method is Method.BROWSER_SIGNAL:
            self._no("signal-not-consent")
        others = [name for name in made.together if name != self.purpose.id]
        if others or method is Method.BUNDLED:
            self._no("bundled", others=", ".join(f"`{name}`" for name in others) or None)

    def _channel(self) -> None:
        channel = self.made.channel
        if channel is None:
            if self.purpose.channels:
                self._no("channel-not-named")
        elif channel not in self.policy.channels:
            self._no("channel-unknown", channel=channel)
        elif channel not in self.purpose.channels:
            self._no("channel-not-for-purpose", channel=channel)

    def _notice(self) -> None:
        made, wanted = self.made, self.purpose.notice
        if made.notice is None or made.version is None:
            self._no("notice-not-shown", notice=wanted)
        elif made.notice != wanted:
            self._no("notice-not-of-purpose", shown=made.notice, notice=wanted)
        elif made.version not in self.policy.notices[made.notice].accepted:
            self._no("notice-outdated", shown=made.notice, version=made.version)
        else:
            self._text(made.notice)

    def _text(self, notice: str) -> None:
        """A text that nobody published was shown to nobody: version, language and digest must belong together."""
        made = self.made
        texts = [item for item in self.published if item.notice == notice and item.version == made.version]
        spoken = sorted({item.language for item in texts}) or list(self.policy.notices[notice].languages(self.policy.languages))
        if made.language is None:
            self._no("language-missing", shown=notice)
        elif made.language not in spoken:
            self._no("language-unknown", shown=notice, language=made.language, languages=", ".join(spoken) or None)
        elif made.digest is None:
            self._no("digest-missing", shown=notice)
        elif not any(item.language == made.language and item.digest == made.digest for item in texts):
            self._no("digest-differs", shown=notice)

    def _person(self) -> None:
        made, compiled, bits = self.made, self.compiled, self.facts.bits
        state = age_state(
            self.facts.born, bool(bits & compiled.adult_bit), bool(bits & compiled.child_bit), day_number(self.at),
            compiled.under,
        )  # fmt: skip
        guarded = bool(bits & compiled.guardian_bit)
        if state is AgeState.CHILD:
            if barred_to_children(self.policy, compiled.law, self.purpose):
                self._no("barred-to-children")
            if made.actor is Actor.PERSON or (made.actor is Actor.STAFF and not guarded):
                self._no("guardian-needed")
        if made.actor is Actor.GUARDIAN and not guarded:
            self._no("guardian-unverified")
        if made.actor is Actor.STAFF and not made.evidence:
            self._no("evidence-missing")

    def _held(self) -> bool:
        """Whether a consent to this purpose and channel stands, under whichever version."""
        layout, bits = self.compiled.layout, self.facts.bits
        channel = self.made.channel
        prefix = keys.consent_key(self.purpose.id, channel, "")
        given = any(bits & layout.bit(key) for key in layout.keys if key.startswith(prefix))
        taken = {keys.withdrawn_key(self.purpose.id, channel), keys.withdrawn_key(self.purpose.id, None)}
        return given and not bits & layout.mask(taken)


_KINDS = {
    Verb.GRANT: Kind.CONSENT_GIVEN, Verb.REFUSE: Kind.CONSENT_REFUSED, Verb.WITHDRAW: Kind.CONSENT_WITHDRAWN,
    Verb.RENEW: Kind.CONSENT_RENEWED,
}  # fmt: skip


def understood(compiled: CompiledPolicy, made: ChoiceMade) -> Understood:
    """The event that a choice without rejections becomes.

    A channel that the purpose never had is dropped from a refusal or withdrawal, which then is about all channels. To
    withdraw what never rested on consent is to object to it.
    """
    layout, purpose = compiled.layout, str(made.purpose)
    if made.verb is Verb.WITHDRAW and not _was_on_consent(layout, purpose):
        return objection(ObjectionMade(purpose=purpose, actor=made.actor))
    details: dict[str, Any] = {"purpose": purpose}
    channel = made.channel
    if made.verb in _TAKES_BACK and (
        channel in (None, "", keys.ANY_CHANNEL) or keys.withdrawn_key(purpose, channel) not in layout
    ):
        channel = None
    if channel is not None:
        details["channel"] = str(channel)
    if made.verb is not Verb.WITHDRAW and made.notice is not None:
        texts = {"notice": made.notice, "notice_version": made.version, "notice_digest": made.digest,
                 "language": made.language}  # fmt: skip
        details.update({key: plain(value) for key, value in texts.items() if value is not None})
    method = made.method if made.method in list(Method) else None
    if method is not None:
        details["method"] = str(method)
    if made.until is not None and made.verb not in _TAKES_BACK:
        details["until"] = stamp(made.until)
    return Understood(_KINDS[made.verb], details)


def objection(made: ObjectionMade) -> Understood:
    """The event that an objection becomes."""
    details: dict[str, Any] = {"purpose": str(made.purpose), "automated": made.automated}
    if made.signal is not None:
        details["signal"] = str(made.signal)
    return Understood(Kind.OBJECTION_MADE, details)


def signalled(policy: Policy, signal: Signal) -> tuple[str, ...]:
    """The purposes that a signal of a browser objects to, as the policy says under `signals`."""
    return tuple(str(purpose.id) for purpose in policy.purposes.values() if signal in purpose.signals)


def marketing(policy: Policy) -> tuple[str, ...]:
    """The purposes that one no to all marketing is about."""
    return tuple(str(purpose.id) for purpose in policy.purposes.values() if Trait.MARKETING in purpose.traits)
