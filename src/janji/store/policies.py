"""Published policy versions: each whole and immutable, with the layout that stored rows are read by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from janji.store.models import PublishedPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One published version. `files` are names to texts, `first` among them is read first; `layout` its keys in order."""

    number: int
    policy: str
    version: str
    digest: str
    files: dict[str, str]
    layout: tuple[str, ...]
    effective: date
    published: datetime
    event: UUID


def latest() -> PolicyRow | None:
    """The version published last; `None` when none ever was."""
    row = PublishedPolicy.objects.order_by("-number").first()
    return None if row is None else _value(row)


def by_digest(digest: str) -> PolicyRow | None:
    """The version that events name by this digest; `None` when there is none."""
    row = PublishedPolicy.objects.filter(digest=digest).order_by("number").first()
    return None if row is None else _value(row)


def _value(row: PublishedPolicy) -> PolicyRow:
    return PolicyRow(
        number=row.number, policy=row.policy, version=row.version, digest=row.digest, files=row.files,
        layout=tuple(row.layout), effective=row.effective, published=row.published, event=row.event,
    )  # fmt: skip
