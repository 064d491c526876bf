"""Whether a file of rows may leave as anonymous: read once, judged by groups of rows that look alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from janji.errors import Invalid
from janji.files.tables import read_csv
from janji.retention.anonymity import Classes, classes_of
from janji.terms.messages import N_, say
from janji.workflows.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of it: the groups by these columns, and how many rows of a group were wanted."""

    by: tuple[str, ...]
    least: int
    classes: Classes
    anonymous: bool


def examine(runtime: Runtime, path: Path, by: Sequence[str] = (), about: str | None = None, least: int | None = None) -> Examined:
    """The groups of rows of a CSV file that agree in the columns `by`, all but `about` when none is named.

    Where `about` is named each group must tell two different values of it at least. Raises `Invalid` for a column that is not there.
    """
    wanted = least or runtime.settings.anonymity
    head, *rows = read_csv(path)[0].rows or ((),)
    unknown = [name for name in (*by, *([about] if about else [])) if name not in head]
    if unknown:
        raise Invalid(say(N_("the file has no column `{column}`"), column=unknown[0]), say(N_("its columns: {names}"), names=", ".join(f"`{name}`" for name in head)))
    names = tuple(by) or tuple(name for name in head if name != about)
    places = [head.index(name) for name in names]
    told = None if about is None else head.index(about)

    def grouped() -> Iterator[tuple[tuple[str, ...], str]]:
        for row in rows:
            yield tuple(row[place] for place in places), "" if told is None else row[told]

    classes = classes_of(grouped(), wanted, about is not None)
    return Examined(names, wanted, classes, classes.anonymous(wanted, 2 if about is not None else 1))


def anonymity_json(found: Examined) -> dict[str, Any]:
    """What came of it as JSON; what is absent is left out."""
    held = {
        "anonymous": found.anonymous, "by": list(found.by), "least": found.least, "rows": found.classes.rows, "groups": found.classes.groups,
        "smallest": found.classes.smallest, "below": found.classes.below, "variety": found.classes.variety,
    }  # fmt: skip
    return {name: value for name, value in held.items() if value is not None}
