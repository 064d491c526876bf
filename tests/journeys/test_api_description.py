"""The description of the API is true: valid OpenAPI 3.1, of one mind with the published schemas, and with what the server does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from tests.choosing import make_house
from tests.live import Live, live

ROOT = Path(__file__).parents[2]


@pytest.fixture
def served(database_url: str) -> Iterator[Live]:
    """A house of one's own, served."""
    with live(make_house(database_url)) as found:
        yield found


@pytest.mark.parametrize("path", sorted((ROOT / "schema").glob("*.json")), ids=lambda path: path.stem)
def test_every_published_schema_is_one(path: Path) -> None:
    """Each has a name of its own, and every reference in it leads somewhere."""
    schema = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:janji:schema:{path.stem}:1"
    for name in re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(schema)):
        assert name in schema["$defs"]


def test_the_description_is_sound(served: Live) -> None:
    """Every reference leads somewhere, every schema is one, every operation has an id of its own and says what can go wrong."""
    with served.client() as client:
        answer = client.get("/v1/openapi.json")
        assert client.get("/v1/openapi.json", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    found = answer.json()
    assert found["openapi"] == "3.1.0"
    for schema in found["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for place in set(re.findall(r'"#/(components/schemas/[^"]+)"', answer.text)):
        part = found
        for name in place.split("/"):
            part = part[name]
    operations = [item for path in found["paths"].values() for item in path.values()]
    ids = [item["operationId"] for item in operations]
    assert len(ids) == len(set(ids))
    for item in operations:
        assert item["summary"], item
        assert item["description"], item
        if item.get("security"):
            assert {"401", "403", "429", "503"} <= set(item["responses"]), item["operationId"]
