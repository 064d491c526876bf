"""The form of a table as one short word that changes with its columns, types, keys and foreign keys, and with nothing else."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from janji.datamap.catalogue import Table

LENGTH = 24
"""Hexadecimal digits: 96 bits, which nobody meets by chance."""


def fingerprint(table: Table) -> str:
    """The word for the form of a table: the same in any order of columns and whatever its rows, indexes and sizes are."""
    form: dict[str, Any] = {
        "kind": str(table.kind),
        "columns": sorted(
            [item.name, item.type, str(item.sort), item.nullable, item.length or 0, item.generated] for item in table.columns
        ),
        "primary": list(table.primary_key),
        "uniques": sorted(sorted(columns) for columns in table.uniques),
        "foreign": sorted(
            [list(key.columns), key.table, list(key.referred), str(key.on_delete), key.deferrable] for key in table.foreign_keys
        ),
    }
    written = json.dumps(form, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("ascii")).hexdigest()[:LENGTH]
