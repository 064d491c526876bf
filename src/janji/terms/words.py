"""Plain words for what every room says: words of closed vocabularies, lengths of time, days and events."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.periods import Period
from janji.terms.processing import Disposal, LegalBasis, Operation, RecipientClass, Role, Signal, SourceKind, Trait

_SPOKEN: tuple[tuple[StrEnum, str], ...] = (
    (LegalBasis.CONSENT, N_("consent")), (LegalBasis.CONTRACT, N_("contract")),
    (LegalBasis.LEGAL_OBLIGATION, N_("legal obligation")), (LegalBasis.VITAL_INTEREST, N_("vital interest")),
    (LegalBasis.PUBLIC_TASK, N_("public task")), (LegalBasis.LEGITIMATE_INTEREST, N_("legitimate interest")),
    (Operation.COLLECT, N_("collect")), (Operation.USE, N_("use")), (Operation.DISCLOSE, N_("disclose")),
    (Operation.RETAIN, N_("retain")), (Trait.MARKETING, N_("marketing")), (Trait.PROFILING, N_("profiling")),
    (Trait.AUTOMATED_DECISION, N_("automated decision")), (Trait.LARGE_SCALE, N_("large scale")),
    (Trait.COMBINATION, N_("combination of data")), (Trait.NEW_TECHNOLOGY, N_("new technology")),
    (Trait.LIMITS_RIGHTS, N_("limits the exercise of rights")), (SourceKind.DIRECT, N_("from the person")),
    (SourceKind.THIRD_PARTY, N_("from somebody else")), (SourceKind.OBSERVED, N_("observed")),
    (SourceKind.DERIVED, N_("derived")), (RecipientClass.AFFILIATE, N_("group company")),
    (RecipientClass.PROCESSOR, N_("service provider")), (RecipientClass.RETAILER, N_("retailer")),
    (RecipientClass.TRANSACTION, N_("party to a business transaction")),
    (RecipientClass.ADVISER, N_("professional adviser")), (RecipientClass.AUTHORITY, N_("public authority")),
    (RecipientClass.USER_AUTHORISED, N_("party the person authorised")), (RecipientClass.OTHER, N_("other party")),
    (Role.CONTROLLER, N_("controller")), (Role.JOINT_CONTROLLER, N_("joint controller")),
    (Role.PROCESSOR, N_("processor")), (Role.SUB_PROCESSOR, N_("sub-processor")),
    (Role.THIRD_PARTY, N_("third party")), (Role.AUTHORITY, N_("authority")), (Disposal.DELETE, N_("delete")),
    (Disposal.DESTROY, N_("destroy")), (Disposal.ANONYMISE, N_("anonymise")), (Disposal.RESTRICT, N_("restrict")),
    (Signal.GPC, N_("Global Privacy Control")),
)  # fmt: skip
_WORDS = {(type(value), value): text for value, text in _SPOKEN}


def word(value: StrEnum) -> Message:
    """A word of a closed vocabulary, as people read it; words that are spelt alike mean what their own list says."""
    return say(_WORDS[type(value), value])


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


def counted(number: int, tongue: Tongue) -> str:
    """A number as people write it, its thousands parted as the language does it."""
    return f"{number:,}".replace(",", tongue.translate(N_("1,000"))[1])


def on_day(day: date) -> Message:
    """A day as people write it, `1 November 2026`."""
    return say(N_("{day} {month} {year}"), day=day.day, month=say(_MONTHS[day.month - 1]), year=day.year)


class Shown(tzinfo):
    """The clock of a place. A process has one, which is set when a house is opened: sentences with hours are made in every room."""

    place: tzinfo = UTC

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        """How far it is ahead of the world's clock."""
        return self.place.utcoffset(at)

    def dst(self, at: datetime | None) -> timedelta | None:
        """How far it was put forward for the summer."""
        return self.place.dst(at)

    def tzname(self, at: datetime | None) -> str | None:
        """Its letters; where the place has none, how far it is ahead."""
        name = self.place.tzname(at)
        return f"UTC{name}" if name and name[0] in "+-" else name

    def fromutc(self, at: datetime) -> datetime:
        """An instant of the world's clock on this one."""
        return self.place.fromutc(at.replace(tzinfo=self.place)).replace(tzinfo=self)


SHOWN_IN = Shown()
"""The clock by which people are told hours, and read days; the world's until a house says which."""


def moment(at: datetime) -> Message:
    """An instant as people read it on their clock."""
    there = at.astimezone(SHOWN_IN)
    return say(N_("{day}, {hour} {zone}"), day=on_day(there.date()), hour=f"{there:%H:%M}", zone=f"{there:%Z}")


def hour_asked(now: datetime) -> Message:
    """What stands at a field for an hour. Where summer has letters of its own the place is named, for an hour of either."""
    here = {f"{at.astimezone(SHOWN_IN):%Z}" for at in (now, now + timedelta(days=182))}
    return say(N_("Hour ({zone})"), zone=here.pop() if len(here) == 1 else SHOWN_IN.place)


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
