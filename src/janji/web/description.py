"""The pieces of the API's description (OpenAPI 3.1) that endpoints share: bodies, answers and problems."""

from __future__ import annotations

from typing import Any

from janji.web.shapes import Shape
from janji.workflows.answers import answer_schema

Description = dict[str, Any]
_PREFIX = "#/components/schemas/"


def body(shape: Shape[Any]) -> Description:
    """A body in JSON."""
    return {"required": True, "content": {"application/json": {"schema": shape.schema()}}}


def ndjson(shape: Shape[Any]) -> Description:
    """A body of one JSON object a line; each line has the shape."""
    return {"required": True, "content": {"application/x-ndjson": {"schema": {}, "itemSchema": shape.schema()}}}


def named(schema: str, media_type: str = "application/json") -> Description:
    """An answer, as one of the schemas under `components` describes it."""
    return answered(media_type, {"$ref": _PREFIX + schema})


def answered(media_type: str, schema: Description) -> Description:
    """An answer of a media type and a schema."""
    return {"description": "The answer.", "content": {media_type: {"schema": schema}}}


def problem(about: str) -> Description:
    """A problem document."""
    return {"description": about, "content": {"application/problem+json": {"schema": {"$ref": f"{_PREFIX}problem"}}}}


def problem_page(about: str) -> Description:
    """A page that says so for people, a problem document for programs."""
    said = problem(about)
    return {**said, "content": {**said["content"], "text/html": {}}}


READING: dict[int, Description] = {
    400: problem("The request is not well formed."), 401: problem("No key was shown that opens this."),
    403: problem("The key, the policy or the law does not allow it."), 406: problem("None of the media types asked for is spoken here."),
    429: problem("Too many requests; `Retry-After` says when to ask again."),
    503: problem("Something does not answer; `Retry-After` says when to ask again."),
}  # fmt: skip
"""What can be wrong with a request for something that needs a key."""

PROBLEMS: dict[int, Description] = {
    **READING, 411: problem("The length of the body is not said."), 413: problem("The body is too long."),
    415: problem("The body is of a media type that is not read here."),
    422: problem("The body has the right form, and nothing can be done with it."),
}  # fmt: skip
"""What can be wrong with a request that has a body, too."""

CHANGING: dict[int, Description] = {
    **PROBLEMS, 409: problem("Somebody was faster, or the same request is being worked on."),
    422: problem("Nothing can be done with it, the choice does not count, or the idempotency key belongs to another request."),
}  # fmt: skip
"""What can be wrong with a request that changes something, too."""


def whole(made: Description) -> Description:
    """The description that the routes make, with the published schemas that it speaks of."""
    made["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    schemas = made["components"]["schemas"]
    for name in sorted(_spoken_of(made) - set(schemas)):
        schema = {key: value for key, value in answer_schema(name).items() if key not in ("$schema", "$id")}
        schemas[name] = _moved(schema, f"{_PREFIX}{name}/$defs/")
    return made


def _spoken_of(part: Any) -> set[str]:
    """The names of all schemas that a part of the description refers to."""
    if isinstance(part, dict):
        found = {part["$ref"].removeprefix(_PREFIX)} if isinstance(part.get("$ref"), str) else set()
        return found.union(*map(_spoken_of, part.values()))
    return set().union(*map(_spoken_of, part)) if isinstance(part, list) else set()


def _moved(part: Any, prefix: str) -> Any:
    """A schema whose references to its own definitions lead to where these are now."""
    if isinstance(part, dict):
        return {
            key: prefix + value.removeprefix("#/$defs/") if key == "$ref" else _moved(value, prefix) for key, value in part.items()
        }  # fmt: skip
    return [_moved(item, prefix) for item in part] if isinstance(part, list) else part
