"""Ages: how old somebody is on a day, the band of a child, and how little of a birthday a standing has to know."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from janji.errors import Invalid
from janji.terms.messages import N_, say
from janji.terms.processing import AgeState

OLDEST = 130
"""In years: a person born longer ago was recorded wrongly."""


@dataclass(frozen=True, slots=True)
class AgeRecord:
    """What a date of birth becomes outside its seal: adult or child and, of a child, a month.

    `month` is the last day of the month of birth as `yyyymmdd` (nobody comes of age too early), absent for an adult;
    `band` is the age band of the law (PP 17/2025 Art 9), absent where there is none.
    """

    state: AgeState
    month: int | None = None
    band: str | None = None


def day_of(at: datetime) -> date:
    """The calendar day of an aware instant in UTC, as decisions count it: seven hours late in Jakarta, never early."""
    return at.astimezone(UTC).date()


def age_on(born: date, day: date) -> int:
    """Full years from `born` to `day`; who was born on 29 February turns a year older on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def month_of(born: date) -> int:
    """The last day of the month of birth as `yyyymmdd`."""
    return born.year * 10000 + born.month * 100 + monthrange(born.year, born.month)[1]


def band_of(age: int, under: int, bands: Sequence[str]) -> str | None:
    """The band, written `from-to` in full years, that a child of `age` is in; nobody of `under` or more is in one."""
    if age >= under:
        return None
    for band in bands:
        first, _, last = band.partition("-")
        if int(first) <= age <= int(last):
            return band
    return None


def check_born(born: date, at: datetime) -> None:
    """Raises `Invalid`, without the date, when nobody alive can have been born then."""
    day = day_of(at)
    if born > day + timedelta(days=1) or age_on(born, day) > OLDEST:
        raise Invalid(
            say(N_("a date of birth lies in the future or too long ago")), say(N_("correct it; nothing was stored"))
        )


def age_record(born: date, at: datetime, under: int, bands: Sequence[str] = ()) -> AgeRecord:
    """What a date of birth adds up to at `at`, for a policy in which a person is a child below `under` years.

    Who is of age already is an adult from that day; only a child's row waits for the end of the month. Raises
    `Invalid` as `check_born` does.
    """
    check_born(born, at)
    age = max(age_on(born, day_of(at)), 0)
    if age >= under:
        return AgeRecord(AgeState.ADULT)
    return AgeRecord(AgeState.CHILD, month_of(born), band_of(age, under, bands))


def comes_of_age(month: int, under: int) -> date:
    """The first day on which a row with this `month` is an adult's, by the rule of `decision.question.age_state`."""
    year, part, day = month // 10000 + under, month // 100 % 100, month % 100
    last = monthrange(year, part)[1]
    return date(year, part, day) if day <= last else date(year, part, last) + timedelta(days=1)
