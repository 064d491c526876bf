"""Why a choice is not taken as valid: every code, its sentence, what to do instead, and the topic of law behind it."""

from __future__ import annotations

from dataclasses import dataclass

from janji.law.model import LawPack
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Topic
from janji.terms.texts import Text


@dataclass(frozen=True, slots=True)
class Grievance:
    """A kind of rejection."""

    topic: Topic
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """One reason for which a choice is not recorded as asked, with the clauses of the policy and the law's article."""

    code: str
    message: Message
    help: Message
    clauses: tuple[str, ...]
    article: str


_CHOICE_OF_ITS_OWN = N_("show an unticked box or a button for this purpose alone, and record the choice that is made there")

REJECTIONS: dict[str, Grievance] = {
    "purpose-unknown": Grievance(
        Topic.PURPOSE_LIMITATION, N_("purpose `{purpose}` is not declared"),
        N_("name a purpose of the policy in force")),
    "purpose-not-on-consent": Grievance(
        Topic.LAWFUL_BASIS, N_("purpose `{purpose}` does not rest on consent"),
        N_("ask nobody for a consent that changes nothing; an objection can be recorded")),
    "implied": Grievance(
        Topic.CONSENT, N_("consent to `{purpose}` was only concluded from what the person did"), _CHOICE_OF_ITS_OWN),
    "browse-wrap": Grievance(
        Topic.CONSENT, N_("going on browsing is no consent to `{purpose}`"), _CHOICE_OF_ITS_OWN),
    "scrolling": Grievance(
        Topic.CONSENT, N_("scrolling is no consent to `{purpose}`"), _CHOICE_OF_ITS_OWN),
    "silence": Grievance(
        Topic.CONSENT, N_("silence is no consent to `{purpose}`"), _CHOICE_OF_ITS_OWN),
    "pre-ticked": Grievance(
        Topic.CONSENT, N_("the box for `{purpose}` was ticked beforehand"), _CHOICE_OF_ITS_OWN),
    "bundled": Grievance(
        Topic.CONSENT, N_("one act stood for `{purpose}` and for {others} together"),
        N_("let people choose each purpose apart from the others, and apart from terms of use")),
    "signal-not-consent": Grievance(
        Topic.CONSENT, N_("a signal of a browser is no consent to `{purpose}`"),
        N_("ask the person; a signal can only object")),
    "method-missing": Grievance(
        Topic.CONSENT, N_("it is not said how the choice about `{purpose}` was made"),
        N_("name the method, such as `unticked-box` or `signed-form`")),
    "channel-unknown": Grievance(
        Topic.CONSENT, N_("channel `{channel}` is not declared"),
        N_("name a channel of the purpose")),
    "channel-not-for-purpose": Grievance(
        Topic.CONSENT, N_("purpose `{purpose}` does not speak through `{channel}`"),
        N_("name a channel of the purpose")),
    "channel-not-named": Grievance(
        Topic.CONSENT, N_("purpose `{purpose}` speaks through channels and the choice names none"),
        N_("let the person choose each channel, and record one choice for each")),
    "notice-not-shown": Grievance(
        Topic.CONSENT, N_("no notice was shown before the choice about `{purpose}`"),
        N_("show the notice `{notice}` first and record its version, language and digest")),
    "notice-not-of-purpose": Grievance(
        Topic.CONSENT, N_("notice `{shown}` is not the one of `{purpose}`"),
        N_("show the notice `{notice}` and ask again")),
    "notice-outdated": Grievance(
        Topic.CHANGE_NOTICE, N_("version {version} of notice `{shown}` is not one under which consent counts"),
        N_("show the notice as it is now and ask again")),
    "language-missing": Grievance(
        Topic.CONSENT, N_("it is not said in which language notice `{shown}` was shown"),
        N_("record the language that the person read or heard")),
    "language-unknown": Grievance(
        Topic.CONSENT, N_("notice `{shown}` is not published in the language `{language}`"),
        N_("show it in one of these: {languages}; where none is named, write the notice in it, or put it under `languages` of the policy")),
    "digest-missing": Grievance(
        Topic.CONSENT, N_("nothing proves which text of notice `{shown}` was shown"),
        N_("record the digest of the text; `janji consent notices` prints those that are published")),
    "digest-differs": Grievance(
        Topic.CONSENT, N_("the text that was shown is not notice `{shown}` as it was published"),
        N_("show the published text and ask again")),
    "guardian-needed": Grievance(
        Topic.CHILDREN, N_("the person is a child, and a child's yes to `{purpose}` does not count"),
        N_("ask a parent or guardian and verify the consent")),
    "guardian-unverified": Grievance(
        Topic.CHILDREN, N_("no guardian of the person is verified"),
        N_("verify the guardian first; then record the guardian's choice")),
    "barred-to-children": Grievance(
        Topic.CHILDREN, N_("purpose `{purpose}` is never carried out for a child"),
        N_("leave the person out, whoever consents")),
    "evidence-missing": Grievance(
        Topic.CONSENT, N_("a choice that staff record needs its evidence"),
        N_("give the reference of the signed form or of the recording")),
    "over-already": Grievance(
        Topic.CONSENT, N_("the consent to `{purpose}` would be over before it begins"),
        N_("name an end that is still to come, or none")),
    "nothing-to-renew": Grievance(
        Topic.CONSENT, N_("there is no consent to `{purpose}` that could be renewed"),
        N_("ask anew; a consent that was withdrawn or never given is not renewed but given")),
    "not-for-a-browser": Grievance(
        Topic.CONSENT, N_("purpose `{purpose}` is none that a browser can choose about"),
        N_("a browser chooses about the trackers that wait for a choice; `/v1/policy` names their purposes")),
    "visitor-known": Grievance(
        Topic.CONSENT, N_("this browser is that of somebody who is known, and here anybody could say yes for them"),
        N_("let the person choose where they are signed in; a no is taken here too")),
    "identifier-unreadable": Grievance(
        Topic.CONSENT, N_("what names the person is no identifier of its kind"),
        N_("correct it at its source; nothing was stored")),
    "person-unknown": Grievance(
        Topic.CONSENT, N_("there is no such person in the record"),
        N_("`janji subject find` finds people by what identifies them")),
    "person-gone": Grievance(
        Topic.CONSENT, N_("this person was merged into another or forgotten"),
        N_("find the person again; a merge may have moved them")),
}  # fmt: skip


def reject(
    code: str, law: LawPack, clauses: tuple[str, ...], /, **params: str | int | Text | Message | None
) -> Rejection:
    """The rejection `code` as it stands under this law and these clauses."""
    kind = REJECTIONS[code]
    made = tuple(dict.fromkeys(map(str, clauses)))
    return Rejection(code, say(kind.message, **params), say(kind.help, **params), made, law.article(kind.topic))
