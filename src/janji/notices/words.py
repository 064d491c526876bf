"""Plain words for what a policy says in codes: legal bases, recipients, periods, days and events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from janji.policy.model import ChildAccess, Party, TrackerKind
from janji.terms.messages import N_, Message, say
from janji.terms.periods import Period
from janji.terms.processing import Disposal, LegalBasis, RecipientClass, Role, SourceKind
from janji.terms.texts import Text

BASES = {
    LegalBasis.CONSENT: N_("only if you consent"),
    LegalBasis.CONTRACT: N_("to carry out an agreement with you, or what you asked for before one"),
    LegalBasis.LEGAL_OBLIGATION: N_("because a law obliges us"),
    LegalBasis.VITAL_INTEREST: N_("to protect a vital interest"),
    LegalBasis.PUBLIC_TASK: N_("to carry out a task in the public interest"),
    LegalBasis.LEGITIMATE_INTEREST: N_("for a legitimate interest, weighed against yours"),
}

RECIPIENTS = {
    RecipientClass.AFFILIATE: N_("company of our group"),
    RecipientClass.PROCESSOR: N_("works on our behalf"),
    RecipientClass.RETAILER: N_("shop or retailer"),
    RecipientClass.TRANSACTION: N_("party to a business transaction"),
    RecipientClass.ADVISER: N_("adviser"),
    RecipientClass.AUTHORITY: N_("authority; only with the legal paper of the case"),
    RecipientClass.USER_AUTHORISED: N_("only if you authorise it"),
    RecipientClass.OTHER: N_("other recipient"),
}

ROLES = {
    Role.CONTROLLER: N_("decides itself what the data are used for"),
    Role.JOINT_CONTROLLER: N_("decides together with us what the data are used for"),
    Role.PROCESSOR: N_("processes the data on our behalf"),
    Role.SUB_PROCESSOR: N_("processes the data on behalf of one that works for us"),
    Role.THIRD_PARTY: N_("third party"),
    Role.AUTHORITY: N_("public authority"),
}

SOURCES = {
    SourceKind.DIRECT: N_("from you"),
    SourceKind.THIRD_PARTY: N_("from somebody else"),
    SourceKind.OBSERVED: N_("observed as you use something"),
    SourceKind.DERIVED: N_("worked out from other data"),
}

DISPOSALS = {
    Disposal.DELETE: N_("deleted"),
    Disposal.DESTROY: N_("destroyed"),
    Disposal.ANONYMISE: N_("made anonymous"),
    Disposal.RESTRICT: N_("kept apart and otherwise left alone"),
}

TRACKERS = {
    TrackerKind.COOKIE: N_("cookie"),
    TrackerKind.STORAGE: N_("storage in the browser"),
    TrackerKind.BEACON: N_("beacon"),
    TrackerKind.SCRIPT: N_("script"),
    TrackerKind.PLUGIN: N_("plugin"),
    TrackerKind.IDENTIFIER: N_("identifier"),
    TrackerKind.LOG: N_("log"),
}

PARTIES = {Party.FIRST: N_("our own"), Party.THIRD: N_("of a third party")}

CHILDREN = {
    ChildAccess.OPEN: N_("for a child too, without a guardian"),
    ChildAccess.GUARDIAN: N_("for a child only with the verified consent of a parent or guardian"),
    ChildAccess.NEVER: N_("never for a child"),
}

EVENTS = {
    "application-closed": N_("the end of the application"), "book-year-end": N_("the end of the book year"),
    "campaign-end": N_("the end of the campaign"), "case-closed": N_("the end of the case"),
    "collected": N_("the day the data were collected"), "decision": N_("the decision"),
    "delivered": N_("the delivery"), "discovered": N_("the discovery"), "last-activity": N_("the last activity"),
    "last-contact": N_("the last contact"), "last-opened": N_("the last time a message was opened"),
    "marketing-end": N_("the end of the marketing"), "order-completed": N_("the completion of the order"),
    "paid": N_("the payment"), "processing-end": N_("the end of the processing"), "returned": N_("the return"),
    "service-end": N_("the end of the service"), "session-end": N_("the end of the session"),
    "warranty-end": N_("the end of the warranty"), "year-end": N_("the end of the year"),
}  # fmt: skip
"""Events from which a period often runs; a policy may name others, which are shown as it writes them."""

_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
    N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


def on_day(day: date) -> Message:
    """A day as people write it, `1 November 2026`."""
    return say(N_("{day} {month} {year}"), day=day.day, month=say(_MONTHS[day.month - 1]), year=day.year)


def for_period(period: Period) -> Message:
    """A length of time in words, `1 year and 6 months`."""
    years, months = divmod(period.months, 12)
    counted = (
        (years, N_("1 year"), N_("{count} years")),
        (months, N_("1 month"), N_("{count} months")),
        (period.days, N_("1 day"), N_("{count} days")),
        (period.hours, N_("1 hour"), N_("{count} hours")),
    )
    parts = [say(one if count == 1 else many, count=count) for count, one, many in counted if count]
    if not parts:
        return say(N_("{count} days"), count=0)
    words = parts[0]
    for part in parts[1:]:
        words = say(N_("{one} and {other}"), one=words, other=part)
    return words


def since_event(trigger: str) -> Message:
    """The event that a period runs from, in words; one that is not known here as the policy writes it."""
    known = EVENTS.get(trigger)
    return say(known) if known is not None else say(N_("the event `{event}`"), event=trigger)


def listed(items: Sequence[Text | Message], most: int = 0) -> Message | Text:
    """Items in a row; with `most`, only so many and how many more there are."""
    shown = items[:most] if most and len(items) > most + 1 else items
    words = shown[0]
    for item in shown[1:]:
        words = say(N_("{one}; {other}"), one=words, other=item)
    rest = len(items) - len(shown)
    return say(N_("{items}; and {count} more"), items=words, count=rest) if rest else words
