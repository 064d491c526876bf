"""Ids: UUIDv7 as RFC 9562 lays them out, in the order of time, never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from janji.workflows.runtime import Runtime, open_runtime


class Fixed(Runtime):
    """A runtime that stands still and draws what it is told to."""

    at = datetime(2026, 11, 25, tzinfo=UTC)
    drawn = b""

    def now(self) -> datetime:
        """Always the same."""
        return Fixed.at

    def random(self, size: int) -> bytes:
        """What the test drew."""
        return (Fixed.drawn * size)[:size]


def fixed() -> Fixed:
    """Such a runtime with the usual settings."""
    usual = open_runtime(environment={})
    return Fixed(usual.settings, usual.tongue)


@given(st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1)), st.binary(min_size=10, max_size=10))
def test_an_id_holds_time_version_variant_and_chance(at: datetime, drawn: bytes) -> None:
    """48 bits of milliseconds, the 7, 12 bits of chance, the variant, 62 bits of chance (RFC 9562 5.7)."""
    Fixed.at, Fixed.drawn = at.replace(tzinfo=UTC), drawn
    id = fixed().new_id()
    chance = int.from_bytes(drawn, "big")
    assert id.version == 7
    assert id.variant == "specified in RFC 4122"
    assert id.int >> 80 == int(at.replace(tzinfo=UTC).timestamp() * 1000)
    assert (id.int >> 64 & 0xFFF) == chance >> 62 & 0xFFF
    assert id.int & (1 << 62) - 1 == chance & (1 << 62) - 1


def test_ids_differ() -> None:
    """Ten thousand at once are ten thousand."""
    assert len(set(open_runtime(environment={}).new_ids(10_000))) == 10_000


def test_a_runtime_can_be_replaced() -> None:
    """Tests put their own clock and chance in the place of the machine's."""
    assert isinstance(replace(fixed(), settings=fixed().settings), Fixed)
