"""Baselines of the linter: the findings that are known already, by fingerprint, without a word of the text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from janji.errors import Invalid
from janji.files.reading import read_file
from janji.files.writing import write_file
from janji.terms.messages import N_, say

VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """One known finding: the file as it was named, the rule, and the fingerprint."""

    file: str
    rule: str
    fingerprint: str


def read_baseline(path: Path) -> tuple[Known, ...]:
    """The findings in a baseline; raises `Invalid` when the file is none and `Unavailable` when it cannot be read."""
    try:
        held = json.loads(read_file(path))
    except (ValueError, RecursionError):
        held = None
    items = held.get("items") if isinstance(held, dict) and held.get("baseline") == VERSION else None
    known = [_known(item) for item in items] if isinstance(items, list) else [None]
    if None in known:
        raise Invalid(
            say(N_("`{path}` is not a baseline of the linter"), path=path),
            say(N_("write one with `janji lint FILE --write-baseline {path}`"), path=path),
        )
    return tuple(item for item in known if item is not None)


def write_baseline(path: Path, known: Iterable[Known]) -> None:
    """Write a baseline, sorted, so that versions of it compare well; raises `Unavailable` when that cannot be done."""
    items = [{"file": item.file, "rule": item.rule, "fingerprint": item.fingerprint} for item in sorted(set(known))]
    write_file(path, json.dumps({"baseline": VERSION, "items": items}, ensure_ascii=False, indent=1) + "\n")


def _known(item: Any) -> Known | None:
    if not isinstance(item, dict):
        return None
    file, rule, fingerprint = (item.get(key) for key in ("file", "rule", "fingerprint"))
    if isinstance(file, str) and isinstance(rule, str) and isinstance(fingerprint, str):
        return Known(file, rule, fingerprint)
    return None
