"""Calendar arithmetic that retention and clocks use. Never reads the clock."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

_ISO = re.compile(r"P(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?(?:T([0-9]{1,6})H)?")
_CYCLE = 4800
"""Months after which the calendar repeats itself: 400 years."""


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in calendar months, days and hours (ISO 8601 duration without minutes)."""

    months: int = 0
    days: int = 0
    hours: int = 0

    def after(self, start: date) -> date:
        """The day on which the period that began on `start` is over; 31 January + 1 month = the last of February.

        Hours count as the whole days that hold them. Past the year 9999 the answer is the last day the calendar holds.
        """
        month0 = start.year * 12 + start.month - 1 + self.months
        year, month = divmod(month0, 12)
        if year > 9999:
            return date.max
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        try:
            return date(year, month + 1, day) + timedelta(days=self.days + -(-self.hours // 24))
        except OverflowError:
            return date.max

    def end(self, start: datetime) -> datetime:
        """The instant at which the period that began at `start` is over; days and hours are consecutive."""
        day = Period(months=self.months).after(start.date())
        return datetime.combine(day, start.timetz()) + timedelta(days=self.days, hours=self.hours)

    @property
    def most_days(self) -> int:
        """The longest the period can be, in days, over every day it can begin on."""
        return _month_days(self.months)[1] + self.days + -(-self.hours // 24)

    @property
    def least_days(self) -> int:
        """The shortest the period can be, in days, over every day it can begin on."""
        return _month_days(self.months)[0] + self.days + self.hours // 24

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        head = "".join(f"{n}{unit}" for n, unit in ((years, "Y"), (months, "M"), (self.days, "D")) if n)
        tail = f"T{self.hours}H" if self.hours else ""
        return f"P{head}{tail}" if head or tail else "P0D"


def parse_period(text: str) -> Period | None:
    """The period written as `P10Y`, `P6M`, `P90D`, `PT72H`; `None` when it is not one."""
    match = _ISO.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    years, months, weeks, days, hours = (int(group or 0) for group in match.groups())
    period = Period(years * 12 + months, weeks * 7 + days, hours)
    return period if _ISO.fullmatch(str(period)) else None


def _month_days(months: int) -> tuple[int, int]:
    """The fewest and the most days between a day and the same day so many months later.

    They differ by the month's first day alone, save that a day that the later month lacks becomes its last.
    """
    cycles, rest = divmod(months, _CYCLE)
    least, most = _rest_days(rest)
    firsts, _ = _months()
    whole = cycles * (firsts[_CYCLE] - firsts[0])
    return whole + least, whole + most


@cache
def _rest_days(rest: int) -> tuple[int, int]:
    firsts, ends = _months()
    spans = [firsts[month + rest] - firsts[month] for month in range(_CYCLE)]
    short = [span - max(0, ends[month] - ends[month + rest]) for month, span in enumerate(spans)]
    return min(short), max(spans)


@cache
def _months() -> tuple[list[int], list[int]]:
    """For two cycles of months: the number of the first day, and how many days there are."""
    firsts = [date(2000 + month // 12, month % 12 + 1, 1).toordinal() for month in range(2 * _CYCLE + 1)]
    return firsts, [later - first for first, later in pairwise(firsts)]
