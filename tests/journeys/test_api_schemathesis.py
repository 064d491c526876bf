"""Requests made of the description, good ones and bad ones, against a live server: nothing breaks, nothing is untold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, seed, settings
from schemathesis.config._checks import POSITIVE_DATA_ACCEPTANCE_EXPECTED_STATUSES
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from tests.choosing import make_house, person
from tests.database import clone
from tests.live import EVERYTHING, Live, live

from janji.web.api import described

EXAMPLES = 25
"""Requests of each kind for one operation."""

schema = schemathesis.openapi.from_dict(orjson.loads(described()))
schema.config.generation.update(allow_x00=False)  # no schema can say of everything inside an object that it has no NUL
schema.config.checks.positive_data_acceptance.expected_statuses = [*POSITIVE_DATA_ACCEPTANCE_EXPECTED_STATUSES, "422"]
"""A body that has the form that the description asks for is never answered by 400; 422 says that nothing can be done with it.

What a cursor is nobody can describe, so with addresses that is not asked.
"""


@schemathesis.serializer("application/x-ndjson")
def lines(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Lines are sent as they are."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()  # of numbers of any size


@pytest.fixture(scope="module")
def served(server: object) -> Iterator[tuple[Live, str]]:
    """A house with somebody in it, served to every operation, and a key that opens everything."""
    with clone(server) as url:  # type: ignore[arg-type]  # loaded late, for the tests that need no database
        house = make_house(url)
        person(house)
        with live(house) as found:
            yield found, found.key(EVERYTHING)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of long bodies
@schema.parametrize()
@seed(20261123)
@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_the_server_does_what_it_says(case: schemathesis.Case[Any], served: tuple[Live, str]) -> None:
    """No request made of the description gets an answer that the description does not tell of. A key that was left out is put in, so its lack is not refused."""
    found, key = served
    headers = {"Authorization": f"Bearer {key}"}
    mended = case.meta is not None and (header := case.meta.components.get(ParameterLocation.HEADER)) is not None and header.mode.is_negative
    excluded: list[Any] = [*([positive_data_acceptance] if case.method == "GET" else []), *([negative_data_rejection] if mended else [])]
    answer = case.call_and_validate(base_url=found.url, headers=headers, excluded_checks=excluded)
    assert answer.status_code < 500
