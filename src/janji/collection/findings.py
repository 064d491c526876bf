"""Why the gate keeps something out: every code beside those of a decision, its sentence, what to do, the topic of law."""

from __future__ import annotations

from janji.decision.question import Reason
from janji.decision.reasons import KINDS as DECIDED
from janji.decision.reasons import Kind
from janji.law.model import LawPack
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Topic
from janji.terms.texts import Text

FINDINGS: dict[str, Kind] = {
    "touchpoint-undeclared": Kind(
        Topic.PURPOSE_LIMITATION, N_("the touchpoint is not declared"),
        N_("declare it in a new policy version with its fields, purposes and notice")),
    "field-undeclared": Kind(
        Topic.MINIMISATION, N_("touchpoint `{touchpoint}` does not take this field"),
        N_("take it off the form; or declare in a new policy version what it is needed for")),
    "part-undeclared": Kind(
        Topic.MINIMISATION, N_("the field `{field}` of `{touchpoint}` does not take this part"),
        N_("leave it out; or declare it under `parts` of the field")),
    "event-undeclared": Kind(
        Topic.MINIMISATION, N_("touchpoint `{touchpoint}` reports events, and this is none of them"),
        N_("name one of its events; or declare it with the fields it holds")),
    "field-not-for-event": Kind(
        Topic.MINIMISATION, N_("the event `{event}` of `{touchpoint}` does not hold the field `{field}`"),
        N_("leave it out; or declare it for the event")),
    "upload-undeclared": Kind(
        Topic.MINIMISATION, N_("touchpoint `{touchpoint}` takes no files"),
        N_("take the upload off the form; or declare `uploads` and screen what comes")),
    "source-undeclared": Kind(
        Topic.PURPOSE_LIMITATION, N_("the field `{field}` comes from a source that is not declared for it"),
        N_("declare the source, and name it for the data")),
    "recording-unannounced": Kind(
        Topic.CONSENT, N_("nobody was told at `{touchpoint}` that they are recorded"),
        N_("announce the recording first, and say when and with which text")),
    "recording-announced-late": Kind(
        Topic.CONSENT, N_("the recording at `{touchpoint}` was announced after it began"),
        N_("announce the recording before it begins")),
    "recording-other-notice": Kind(
        Topic.CONSENT, N_("what was announced at `{touchpoint}` is not its notice `{notice}`"),
        N_("announce the recording with the text in force, and give its digest")),
    "age-not-asked": Kind(
        Topic.CHILDREN, N_("touchpoint `{touchpoint}` has an age gate and no age was given"),
        N_("ask the age before anything else is taken")),
    "birth-unreadable": Kind(
        Topic.CHILDREN, N_("the date of birth at `{touchpoint}` is none that anybody alive can have"),
        N_("ask again, and give it as `2014-04-17`")),
    "age-differs": Kind(
        Topic.CHILDREN, N_("the person is a child by the record, and says otherwise at `{touchpoint}`"),
        N_("have staff correct the age with evidence; a second answer opens no gate"), always=True),
    "address-unreadable": Kind(
        Topic.MINIMISATION, N_("the field `{field}` of `{touchpoint}` is shortened before it is kept, and is no IP address"),
        N_("give one IP address")),
    "choice-not-explicit": Kind(
        Topic.CONSENT, N_("the choice about `{purpose}` is neither yes nor no"),
        N_("give `true` only if the person said yes, `false` if the person said no, and nothing if nobody was asked"),
        always=True),
    "choice-not-by-person": Kind(
        Topic.CONSENT, N_("the choice about `{purpose}` was not made by the person"),
        N_("ask the person; nobody else's yes counts"), always=True),
    "choice-channel-missing": Kind(
        Topic.CONSENT, N_("the choice about `{purpose}` names no channel, and the purpose speaks through several"),
        N_("let people choose each channel, and give yes or no for each by its name"), always=True),
    "scope-undeclared": Kind(
        Topic.MINIMISATION, N_("touchpoint `{touchpoint}` does not ask another service for this scope"),
        N_("do not ask for it; more is asked for at a touchpoint of its own, after its own consent")),
    "review-needed": Kind(
        Topic.MINIMISATION, N_("the field `{field}` holds what should not be there: {found}"),
        N_("have a person look at it: `janji review list`")),
    "unread": Kind(
        Topic.MINIMISATION, N_("the file in `{field}` could not be read, so nobody knows what it holds"),
        N_("have a person look at it: `janji review list`")),
}  # fmt: skip
"""Every code of the gate. `always` ones hold whatever a deployment's enforcement is."""

HELPS = {code: kind.help for code, kind in (DECIDED | FINDINGS).items()}
"""What to do about each code, those of decisions too."""


def finding(code: str, law: LawPack, clauses: tuple[str, ...], /, **params: str | Text | Message) -> Reason:
    """The reason `code` as it stands under this law and these clauses."""
    kind = FINDINGS[code]
    return Reason(code, say(kind.message, **params), tuple(map(str, clauses)), law.article(kind.topic))
