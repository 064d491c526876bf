"""Calendar arithmetic that retention and clocks use. Never reads the clock."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

_ISO = re.compile(r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(\d{1,6})H)?")


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in calendar months, days and hours (ISO 8601 duration without minutes)."""

    months: int = 0
    days: int = 0
    hours: int = 0

    def after(self, start: date) -> date:
        """The day on which the period that began on `start` is over; 31 January + 1 month = the last of February.

        Past the year 9999 the answer is the last day the calendar holds.
        """
        month0 = start.year * 12 + start.month - 1 + self.months
        year, month = divmod(month0, 12)
        if year > 9999:
            return date.max
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        try:
            return date(year, month + 1, day) + timedelta(days=self.days, hours=self.hours)
        except OverflowError:
            return date.max

    @property
    def at_most_days(self) -> int:
        """The longest the period can be, in days; used to compare two periods."""
        return -(-self.months * 366 // 12) + self.days + -(-self.hours // 24)

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
    return Period(years * 12 + months, weeks * 7 + days, hours)
