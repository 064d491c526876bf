"""Drafts of the policy as they are stored: each step with the files that it changed, so that none is ever lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from janji.store.database import translated_errors
from janji.store.models import PolicyDraft, PolicyDraftStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who agreed to a draft, when, and to which digest."""

    staff: str
    name: str
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A draft. `base` is the number of the version that it changes, `revision` its newest step, `due` when it is to be published."""

    id: UUID
    base: int
    opened: datetime
    state: str = "open"
    revision: int = 0
    approval: Approval | None = None
    due: datetime | None = None
    ask_ages: bool = False
    closed: datetime | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A draft after one change; `files` are those that are otherwise than in the version `base`, by name."""

    draft: UUID
    revision: int
    base: int
    files: dict[str, str]
    what: str
    staff: str
    name: str
    at: datetime


def insert(row: DraftRow, first: StepRow) -> None:
    """Store a new draft with its first step; raises `Conflict` when its id is taken."""
    with translated_errors():
        PolicyDraft(id=row.id, base=row.base, opened=row.opened).save(force_insert=True)
    add(first)


def add(step: StepRow) -> None:
    """Store a step; raises `Conflict` when there is one of its number."""
    with translated_errors():
        PolicyDraftStep(
            draft=step.draft, revision=step.revision, base=step.base, files=step.files, what=step.what, staff=step.staff, name=step.name, at=step.at,
        ).save(force_insert=True)  # fmt: skip


def read(id: UUID, *, locked: bool = False) -> DraftRow | None:
    """A draft; with `locked` nobody else changes it until the transaction ends."""
    rows = PolicyDraft.objects.select_for_update() if locked else PolicyDraft.objects
    with translated_errors():
        row = rows.filter(id=id).first()
    return None if row is None else _row(row)


def write(row: DraftRow) -> None:
    """Store a draft as it is now."""
    with translated_errors():
        PolicyDraft.objects.filter(id=row.id).update(
            base=row.base, state=row.state, revision=row.revision, approval=_plain(row.approval), due=row.due, ask_ages=row.ask_ages, closed=row.closed,
            number=row.number,
        )  # fmt: skip


def open_drafts() -> tuple[tuple[DraftRow, StepRow], ...]:
    """Every draft that is neither published nor discarded, with its newest step, the newest first."""
    with translated_errors():
        rows = [_row(row) for row in PolicyDraft.objects.filter(state__in=("open", "scheduled")).order_by("-opened")]
        last = {step.draft: step for step in _steps(PolicyDraftStep.objects.filter(draft__in=[row.id for row in rows]).order_by("draft", "-revision").distinct("draft"))}
    return tuple((row, last[row.id]) for row in rows)


def closed_drafts(size: int) -> tuple[DraftRow, ...]:
    """At most `size` drafts that were published or discarded, the newest first."""
    with translated_errors():
        return tuple(map(_row, PolicyDraft.objects.filter(closed__isnull=False).order_by(F("closed").desc())[:size]))


def due(at: datetime) -> tuple[UUID, ...]:
    """The drafts that were to be published by `at`."""
    with translated_errors():
        return tuple(PolicyDraft.objects.filter(state="scheduled", due__lte=at).order_by("due").values_list("id", flat=True))


def step(draft: UUID, revision: int) -> StepRow | None:
    """A draft as one of its steps left it."""
    with translated_errors():
        return next(iter(_steps(PolicyDraftStep.objects.filter(draft=draft, revision=revision))), None)


def history(draft: UUID) -> tuple[StepRow, ...]:
    """Every step without its files, the newest first."""
    with translated_errors():
        rows = PolicyDraftStep.objects.filter(draft=draft).order_by("-revision").values("draft", "revision", "base", "what", "staff", "name", "at")
        return tuple(StepRow(files={}, **row) for row in rows)


def _steps(rows: Any) -> tuple[StepRow, ...]:
    names = ("draft", "revision", "base", "files", "what", "staff", "name", "at")
    return tuple(StepRow(**{name: getattr(row, name) for name in names}) for row in rows)


def _row(row: PolicyDraft) -> DraftRow:
    approval = None if row.approval is None else Approval(**{**row.approval, "at": datetime.fromisoformat(row.approval["at"])})
    return DraftRow(
        id=row.id, base=row.base, opened=row.opened, state=row.state, revision=row.revision, approval=approval, due=row.due, ask_ages=row.ask_ages, closed=row.closed,
        number=row.number,
    )  # fmt: skip


def _plain(held: Approval | None) -> dict[str, str] | None:
    return None if held is None else {"staff": held.staff, "name": held.name, "at": held.at.isoformat(), "digest": held.digest}
