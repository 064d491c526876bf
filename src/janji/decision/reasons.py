"""Every reason a decision can give: its code, its sentence, what would change it, and the topic of law behind it."""

from __future__ import annotations

from dataclasses import dataclass

from janji.decision.question import Reason
from janji.law.model import LawPack
from janji.terms.messages import N_, Message, say
from janji.terms.processing import LegalBasis, Topic
from janji.terms.texts import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of reason. `always` ones are acted on even where a deployment only observes."""

    topic: Topic
    message: str
    help: str
    always: bool = False


KINDS: dict[str, Kind] = {
    "malformed-question": Kind(
        Topic.PURPOSE_LIMITATION, N_("the question is not well formed"),
        N_("give names without control characters, and a time with its time zone")),
    "policy-not-in-force": Kind(
        Topic.PURPOSE_LIMITATION, N_("the policy binds from {day} on and was not in force at the time asked about"),
        N_("ask the policy version that was in force at that time")),
    "purpose-undeclared": Kind(
        Topic.PURPOSE_LIMITATION, N_("purpose `{purpose}` is not declared"),
        N_("declare it in a new policy version with a legal basis, and tell people before it starts")),
    "operation-undeclared": Kind(
        Topic.PURPOSE_LIMITATION, N_("purpose `{purpose}` does not include the operation `{operation}`"),
        N_("declare the operation for the purpose in a new policy version")),
    "data-not-named": Kind(
        Topic.MINIMISATION, N_("the question names no data"),
        N_("name each category of data that is to be processed")),
    "data-undeclared": Kind(
        Topic.MINIMISATION, N_("data category `{data}` is not declared"),
        N_("declare it with its class and source, and add it to a purpose that needs it")),
    "data-not-for-purpose": Kind(
        Topic.MINIMISATION, N_("purpose `{purpose}` does not need `{data}`"),
        N_("leave it out; or declare in a new policy version why the purpose needs it")),
    "prohibited": Kind(
        Topic.PURPOSE_LIMITATION, N_("the policy forbids this: {title}"),
        N_("a prohibition always wins; nothing in the facts can change it"), always=True),
    "channel-undeclared": Kind(
        Topic.PURPOSE_LIMITATION, N_("channel `{channel}` is not declared"),
        N_("use a declared channel")),
    "channel-not-for-purpose": Kind(
        Topic.PURPOSE_LIMITATION, N_("purpose `{purpose}` does not speak through `{channel}`"),
        N_("use a channel that the purpose declares")),
    "channel-not-named": Kind(
        Topic.CONSENT, N_("purpose `{purpose}` speaks through channels and the question names none"),
        N_("name the channel; the choice of a person is kept per channel")),
    "recipient-not-named": Kind(
        Topic.RECIPIENT, N_("a disclosure needs a recipient and the question names none"),
        N_("name the recipient")),
    "recipient-without-disclosure": Kind(
        Topic.RECIPIENT, N_("the question names a recipient but its operation is `{operation}`"),
        N_("ask for the operation `disclose`")),
    "recipient-undeclared": Kind(
        Topic.RECIPIENT, N_("recipient `{recipient}` is not declared"),
        N_("register it with its class, role, purposes and agreement")),
    "recipient-not-for-purpose": Kind(
        Topic.RECIPIENT, N_("recipient `{recipient}` does not receive data for `{purpose}`"),
        N_("declare it in a new policy version, if the recipient needs it")),
    "recipient-not-for-data": Kind(
        Topic.MINIMISATION, N_("recipient `{recipient}` does not receive `{data}`"),
        N_("leave it out; the recipient gets only the categories declared for it")),
    "recipient-agreement-missing": Kind(
        Topic.PROCESSOR, N_("no agreement with `{recipient}` is on file"),
        N_("file the signed agreement under its reference")),
    "recipient-agreement-expired": Kind(
        Topic.PROCESSOR, N_("the provisional period without an agreement with `{recipient}` ended on {day}"),
        N_("file the signed agreement under its reference")),
    "country-undeclared": Kind(
        Topic.TRANSFER, N_("no transfer to {country} is declared for this"),
        N_("register a transfer with its rung and evidence, for this recipient and purpose")),
    "transfer-not-proven": Kind(
        Topic.TRANSFER, N_("the transfer `{transfer}` to {country} has no proven rung"),
        N_("file the evidence for the rung; until then nothing leaves")),
    "transfer-expired": Kind(
        Topic.TRANSFER, N_("the provisional period of transfer `{transfer}` to {country} ended on {day}"),
        N_("file the evidence for the rung; until then nothing leaves")),
    "transfer-consent-missing": Kind(
        Topic.TRANSFER, N_("the person has not consented to the transfer to `{recipient}` in {country}"),
        N_("ask for explicit consent to this transfer, after telling its risks")),
    "assessment-expired": Kind(
        Topic.LEGITIMATE_INTEREST, N_("the assessment of `{purpose}` was provisional until {day} and is not approved"),
        N_("have a person approve the assessment")),
    "consent-missing": Kind(
        Topic.CONSENT, N_("the person has not consented to `{purpose}`"),
        N_("ask for consent under the current notice, with a choice of its own for this purpose and channel")),
    "consent-outdated": Kind(
        Topic.CONSENT, N_("the person consented to `{purpose}` under a notice that no longer counts"),
        N_("show the current notice and ask again")),
    "consent-withdrawn": Kind(
        Topic.WITHDRAWAL, N_("the person withdrew consent to `{purpose}`"),
        N_("stop; only a new, freely given consent can change this"), always=True),
    "agreement-missing": Kind(
        Topic.CONTRACT, N_("no agreement of the kind {kinds} is on record for the person"),
        N_("record the order, account or other agreement that needs this processing")),
    "objected": Kind(
        Topic.OBJECTION, N_("the person objected to `{purpose}`"),
        N_("stop; the person can take the objection back"), always=True),
    "automated-decision-objected": Kind(
        Topic.AUTOMATED_DECISION, N_("the person objected to being decided about by a machine alone in `{purpose}`"),
        N_("have a human review and decide"), always=True),
    "restricted": Kind(
        Topic.RESTRICTION, N_("processing of the person's data is restricted ({scope})"),
        N_("keep the data and do nothing else with them until the restriction is lifted"), always=True),
    "delayed": Kind(
        Topic.DELAY, N_("processing of the person's data is delayed ({scope})"),
        N_("wait until the delay is lifted"), always=True),
    "quarantined": Kind(
        Topic.CHILDREN, N_("the person's data are in quarantine and are used for nothing"),
        N_("finish the erasure; a guardian is asked and verified with the guardian's own data"), always=True),
    "child-without-guardian": Kind(
        Topic.CHILDREN, N_("the person is a child and no guardian's consent is verified"),
        N_("ask a parent or guardian and verify the consent")),
    "child-barred": Kind(
        Topic.CHILDREN, N_("purpose `{purpose}` is never carried out for a child"),
        N_("leave the person out, whoever consents"), always=True),
    "age-unknown": Kind(
        Topic.CHILDREN, N_("the person's age is unknown and `{purpose}` is only for adults"),
        N_("ask for the date of birth")),
    "third-person-unverified": Kind(
        Topic.THIRD_PERSON, N_("somebody else gave the person's data and nobody verified it"),
        N_("tell the person and have it confirmed")),
    "instrument-missing": Kind(
        Topic.AUTHORITY_DISCLOSURE, N_("a disclosure to `{recipient}` needs a legal instrument and none is on record"),
        N_("record who asks, under which law, and for what")),
    "instrument-unapproved": Kind(
        Topic.AUTHORITY_DISCLOSURE, N_("counsel has not approved the legal instrument for `{recipient}`"),
        N_("have counsel check the instrument and its scope")),
    "authorisation-missing": Kind(
        Topic.RECIPIENT, N_("the person has not authorised the disclosure to `{recipient}`"),
        N_("ask for a signed authorisation with scope and expiry")),
    "agent-untrained": Kind(
        Topic.TRAINING, N_("the agent who acts holds no training on record"),
        N_("have the agent trained before touching personal data")),
    "agent-training-expired": Kind(
        Topic.TRAINING, N_("the training of the agent who acts has expired"),
        N_("have the agent renew it before touching personal data")),
    "retention-passed": Kind(
        Topic.RETENTION, N_("the retention period `{rule}` is over for the person"),
        N_("the data are due for disposal; do not use them")),
    "facts-missing": Kind(
        Topic.LAWFUL_BASIS, N_("nothing is known of the person, and the answer needs to know"),
        N_("give the person's standing with the question (`--facts` on the command line)")),
    "internal-error": Kind(
        Topic.LAWFUL_BASIS, N_("the answer could not be worked out, so it is no"),
        N_("report this with the policy version and the facts digest")),
}  # fmt: skip

GROUNDS: dict[LegalBasis, tuple[Topic, str]] = {
    LegalBasis.CONSENT: (Topic.CONSENT, N_("the person consented to `{purpose}`")),
    LegalBasis.CONTRACT: (Topic.CONTRACT, N_("`{purpose}` is needed for an agreement with the person")),
    LegalBasis.LEGAL_OBLIGATION: (Topic.LEGAL_OBLIGATION, N_("`{purpose}` fulfils a legal obligation: {obligation}")),
    LegalBasis.VITAL_INTEREST: (Topic.VITAL_INTEREST, N_("`{purpose}` protects the person's vital interest")),
    LegalBasis.PUBLIC_TASK: (Topic.PUBLIC_TASK, N_("`{purpose}` carries out a public task")),
    LegalBasis.LEGITIMATE_INTEREST: (
        Topic.LEGITIMATE_INTEREST, N_("`{purpose}` serves an assessed legitimate interest")),
}  # fmt: skip

ALWAYS_ENFORCED = frozenset(code for code, kind in KINDS.items() if kind.always)
"""Codes that a deployment acts on whatever its enforcement: what is forbidden, what the person said, quarantine."""


def reason(
    code: str, law: LawPack, clauses: tuple[str, ...], record: str | None = None, /, **params: str | Text | Message
) -> Reason:
    """The reason `code` as it stands under this law and these clauses."""
    return reason_under(KINDS[code].topic, code, law, clauses, record, **params)


def reason_under(
    topic: Topic,
    code: str,
    law: LawPack,
    clauses: tuple[str, ...],
    record: str | None = None,
    /,
    **params: str | Text | Message,
) -> Reason:
    """The reason `code` where another topic of law stands behind it than its kind's own."""
    return Reason(code, say(KINDS[code].message, **params), tuple(map(str, clauses)), law.article(topic), record)


def ground(
    basis: LegalBasis, law: LawPack, clauses: tuple[str, ...], record: str | None, **params: str | Text | Message
) -> Reason:
    """The ground of a permit: the legal basis that carries it."""
    topic, message = GROUNDS[basis]
    return Reason(f"basis-{basis}", say(message, **params), tuple(map(str, clauses)), law.article(topic), record)
