"""Lists on their way into PostgreSQL: what was handed over comes back, whatever stands in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.choosing import Clock, make_house
from tests.strategies import examples

from janji.errors import JanjiError
from janji.store.database import MANY, connection, fetch

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12) | st.sampled_from(["", "NULL", "null", "{}", '"', "\\", '\\"', ",", " a ", "é"])
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-3, minutes=-30))])
INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES)
MADE: list[tuple[str, Any]] = [("text", TEXTS), ("timestamptz", INSTANTS), ("uuid", st.uuids()), ("bytea", st.binary(max_size=9)), ("bigint", st.integers(-(2**63), 2**63 - 1))]


@pytest.mark.parametrize(("kind", "items"), MADE, ids=[kind for kind, _ in MADE])
def test_a_list_comes_back_as_it_was(kind: str, items: Any, database_url: str) -> None:
    """Of every kind, with nothing among them, empty, and with what PostgreSQL reads as something else."""
    make_house(database_url, Clock())

    @settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.none() | items, max_size=5))
    def same(given: list[Any]) -> None:
        ((found,),) = fetch(f"SELECT %s::{kind}[]", given)
        assert found == given

    same()


def test_a_text_that_no_database_takes_is_said(database_url: str) -> None:
    """NUL is no character of a text there: an error, and nothing that was cut."""
    make_house(database_url, Clock())
    with pytest.raises((JanjiError, psycopg.Error)):
        fetch("SELECT %s::text[]", ["a\0b"])
    connection().rollback()


@pytest.mark.parametrize("count", [MANY, MANY + 1])
def test_no_plan_is_kept_for_many(count: int, database_url: str) -> None:
    """Made when a table was empty, a plan that is kept reads the whole of it for each of thousands."""
    make_house(database_url, Clock())
    for _ in range(4):
        fetch("SELECT id FROM subject WHERE pseudonym = ANY(%s)", [b"x"] * count)
    kept = fetch("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT id FROM subject WHERE pseudonym = ANY(%%'")
    assert kept == [(int(count <= MANY),)]
