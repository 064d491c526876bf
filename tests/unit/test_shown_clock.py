"""The clock by which people are told hours: that of a place, with its letters, in summer and in winter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.shown import shown_by

from janji.files.laws import law_names, load_law
from janji.terms.words import SHOWN_IN, hour_asked, moment
from janji.workflows.runtime import load_settings, zone_named

WINTER = datetime(2026, 1, 5, 22, 30, tzinfo=UTC)
SUMMER = datetime(2026, 7, 5, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(("place", "winter", "summer", "asked"), [
    ("Asia/Jakarta", "6 January 2026, 05:30 WIB", "6 July 2026, 05:30 WIB", "Hour (WIB)"),
    ("Asia/Makassar", "6 January 2026, 06:30 WITA", "6 July 2026, 06:30 WITA", "Hour (WITA)"),
    ("Europe/Berlin", "5 January 2026, 23:30 CET", "6 July 2026, 00:30 CEST", "Hour (Europe/Berlin)"),
    ("Asia/Dubai", "6 January 2026, 02:30 UTC+04", "6 July 2026, 02:30 UTC+04", "Hour (UTC+04)"),
])  # fmt: skip
def test_hours_are_told_by_the_clock_of_the_place(place: str, winter: str, summer: str, asked: str) -> None:
    """Day, hour and letters as they are there; what is typed there is the same instant again; at the end it is as before."""
    before = SHOWN_IN.place
    with shown_by(ZoneInfo(place)):
        assert (str(moment(WINTER)), str(moment(SUMMER)), str(hour_asked(WINTER))) == (winter, summer, asked)
        for at in (WINTER, SUMMER):
            typed = at.astimezone(SHOWN_IN).replace(tzinfo=None)
            assert typed.replace(tzinfo=SHOWN_IN).astimezone(UTC) == at
    assert SHOWN_IN.place is before


def test_an_hour_that_comes_twice_is_told_with_its_letters() -> None:
    """When clocks go back, both are told apart."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    with shown_by(ZoneInfo("Europe/Berlin")):
        assert str(moment(first)) == "25 October 2026, 02:30 CEST"
        assert str(moment(first + timedelta(hours=1))) == "25 October 2026, 02:30 CET"


def test_clocks_of_law_packs_are_known(tmp_path: Path) -> None:
    """Every clock that a pack names is one; who sets none has none of their own."""
    named = {name: pack.time_zone for name in law_names() if (pack := load_law(name)) is not None}
    assert named["id-pdp"] == "Asia/Jakarta"
    assert all(zone_named(name) is not None for name in named.values() if name)
    assert zone_named("../etc/passwd") is None
    assert load_settings(tmp_path, {}).time_zone is None
