"""The form of a store as it was last scanned, written beside the overlay, so that drift can be told column by column."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from janji.datamap.catalogue import Catalogue, Column, ForeignKey, Kind, OnDelete, Sort, Table, Trigger


def write_form(catalogue: Catalogue) -> str:
    """A catalogue as JSON, one column a line, without what changes by itself: rows and sizes."""
    lines = [f'{{"dialect": {json.dumps(catalogue.dialect)}, "tables": {{']
    tables = sorted(catalogue.tables.items())
    for number, (name, table) in enumerate(tables):
        rest = {
            "kind": str(table.kind), "primary_key": table.primary_key, "uniques": table.uniques, "indexes": table.indexes,
            "checks": table.checks, "shows": table.shows, "triggers": [[item.name, list(item.events)] for item in table.triggers],
            "foreign_keys": [[key.columns, key.table, key.referred, str(key.on_delete), key.deferrable, key.name] for key in table.foreign_keys],
        }  # fmt: skip
        lines.append(f" {json.dumps(name)}: {{")
        lines += [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in rest.items()]
        columns = [
            json.dumps([item.name, item.type, str(item.sort), item.nullable, item.length, item.default, item.generated])
            for item in table.columns
        ]
        lines.append('  "columns": [')
        lines += [f"   {column}{',' if place < len(columns) - 1 else ''}" for place, column in enumerate(columns)]
        lines.append("  ]}" + ("," if number < len(tables) - 1 else ""))
    return "\n".join([*lines, "}}", ""])


def read_form(text: str) -> Catalogue | None:
    """The catalogue that `write_form` wrote; `None` when the text is not one."""
    try:
        held = json.loads(text)
        return Catalogue(held["dialect"], {name: _table(name, table) for name, table in held["tables"].items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _table(name: str, held: Mapping[str, Any]) -> Table:
    return Table(
        name,
        tuple(Column(item[0], item[1], Sort(item[2]), *item[3:]) for item in held["columns"]),
        Kind(held["kind"]), tuple(held["primary_key"]),
        tuple(ForeignKey(tuple(key[0]), key[1], tuple(key[2]), OnDelete(key[3]), key[4], key[5]) for key in held["foreign_keys"]),
        tuple(map(tuple, held["uniques"])), tuple(map(tuple, held["indexes"])), tuple(held["checks"]),
        tuple(Trigger(item[0], tuple(item[1])) for item in held["triggers"]), tuple(held["shows"]),
    )  # fmt: skip
