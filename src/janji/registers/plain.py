"""Registers as plain JSON values, and the JSON Schema that follows from the very same classes."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from janji.registers.book import Registers
from janji.terms.messages import Message, Tongue, printable
from janji.terms.periods import Period
from janji.terms.texts import Text

SCHEMA_ADDRESS = "urn:janji:schema:register:1"
_DURATION = "^P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T[0-9]+H)?$"


def plain(value: Any, tongue: Tongue) -> Any:
    """A value of a register as JSON: texts in the tongue, days and periods as ISO 8601, what is absent left out."""
    if isinstance(value, Text):
        return printable(value.get(tongue.language))
    if isinstance(value, Message):
        return value.render(tongue)
    if isinstance(value, tuple):
        return [plain(item, tongue) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return value
    if is_dataclass(value) and not isinstance(value, Period):
        parts = ((item.name, getattr(value, item.name)) for item in fields(value))
        return {name: plain(part, tongue) for name, part in parts if part is not None}
    return printable(str(value))


def register_schema() -> dict[str, Any]:
    """The JSON Schema of what `plain` makes of `Registers`."""
    defs: dict[str, Any] = {}
    _define(Registers, defs)
    whole = defs.pop(Registers.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ADDRESS,
        "title": "What `janji register --format json` writes",
        **whole,
        "$defs": dict(sorted(defs.items())),
    }


def _schema(kind: Any, defs: dict[str, Any]) -> dict[str, Any]:
    if isinstance(kind, UnionType):
        found = [_schema(item, defs) for item in get_args(kind) if item is not type(None)]
        return found[0] if all(item == found[0] for item in found) else {"anyOf": found}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _schema(get_args(kind)[0], defs)}
    if kind is date:
        return {"type": "string", "format": "date"}
    if kind is Period:
        return {"type": "string", "pattern": _DURATION}
    if kind is bool:
        return {"type": "boolean"}
    if kind in (str, Text, Message):
        return {"type": "string"}
    if issubclass(kind, StrEnum):
        return {"enum": [str(item) for item in kind]}
    _define(kind, defs)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _define(kind: type, defs: dict[str, Any]) -> None:
    """The schema of a class, under its name; its docstring says what it is."""
    if kind.__name__ in defs:
        return
    defs[kind.__name__] = {}
    hints = get_type_hints(kind)
    names = [item.name for item in fields(kind)]
    defs[kind.__name__] = {
        "description": (kind.__doc__ or "").split("\n")[0],
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in names if type(None) not in get_args(hints[name])],
        "properties": {name: _schema(hints[name], defs) for name in names},
    }
