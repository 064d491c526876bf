"""A draft on its way into force: what it changes for whom, a second person's approval, people told, published now or on its day."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from uuid import UUID

from janji.errors import Conflict, Invalid, JanjiError, Refusal
from janji.ledger.events import Actor, Kind
from janji.rights.requests import same_person
from janji.staff.roles import Duty, Staff
from janji.store import drafts as store
from janji.store import people, policies
from janji.store.database import transaction
from janji.store.drafts import Approval
from janji.store.people import TaskRow
from janji.store.policies import NoticeRow
from janji.terms.messages import N_, Message, say
from janji.terms.words import moment
from janji.versions.changes import Diff, Owed, audience_words
from janji.versions.merging import Piece, merge
from janji.workflows.drafts import NOTHING, Draft, changeable, new_step, opened_of, read_draft
from janji.workflows.house import House
from janji.workflows.in_force import Published
from janji.workflows.logs import code_of, event
from janji.workflows.publishing import (
    Candidate,
    Publication,
    candidate_of,
    compare_published,
    finish_notice,
    open_notice_of,
    owed_mask,
    publish_candidate,
    ready,
    version,
)
from janji.workflows.recording import Entry, record
from janji.workflows.staff import accounts_of
from janji.workflows.tasks import close_tasks
from janji.workflows.versions import diff_page as diff_page

TASK = "policy-not-published"
"""What somebody is asked for when a draft cannot be published on its day."""
FARTHEST = timedelta(days=366)
"""How far ahead a version may be put on a day: what is farther was most likely mistyped."""


@dataclass(frozen=True, slots=True)
class Affected:
    """To whom notice is owed, in words, and how many people on record that are now."""

    who: Message
    people: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A purpose whose consents must be asked for anew: why, of how many people, and whether they would still count."""

    purpose: str
    because: tuple[Message, ...]
    people: int
    counted: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What a draft changes against the version that it follows, and the job of telling people, where one was opened."""

    before: Published
    diff: Diff
    notice: NoticeRow | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a file where a draft and the version in force say different things: its number in the file, and both texts."""

    file: str
    number: int
    piece: Piece

    @property
    def name(self) -> str:
        """How a form calls it."""
        return f"{self.number}:{self.file}"


PRESS: Mapping[str, str] = MappingProxyType({
    "publish it on that day; `janji policy notice` opens the job of telling people before": N_("choose that day for the publication; people are told before"),
    "`--ask-ages-again` makes their age unknown until it is recorded anew; marketing to them stops meanwhile": N_("agree below that their age becomes unknown until it is recorded anew; marketing to them stops meanwhile"),
    "`janji policy publish` puts it in force": N_("publish it now, or on a day"),
    "`janji policy list` shows every version": N_("look at the list of versions"),
    "look at it with `janji policy list`, and begin again": N_("look at the list of versions, then bring the draft up to the newest"),
    "`janji policy notice PATH` opens the job; `--done JOB --evidence FILE` closes it": N_("begin to tell people, then record how they were told"),
    "`janji policy notice PATH` opens one and says its id": N_("begin to tell people"),
    "publish with `--notice-job`": N_("publish it now, or on a day"),
})  # fmt: skip
"""What is pressed on the screen of a draft, where the help of an error names a verb of the command line."""


@contextmanager
def _on_screen() -> Iterator[None]:
    """What is said to whoever works with the command line, in words for whoever presses buttons."""
    try:
        yield
    except JanjiError as error:
        if error.help is not None and error.help.id in PRESS:
            error.help = say(PRESS[error.help.id])
        raise


_DIFFS: dict[tuple[str, str], Candidate] = {}
"""What comparisons found, by the digests compared: they take their time."""
MOST = 8


@_on_screen()
def wanted_of(house: House, draft: Draft) -> Candidate:
    """The draft as the version that would come next; raises `Invalid` when it has mistakes, and `Conflict` when nothing was changed."""
    before = house.published
    key = ("" if before is None else f"{before.digest} {before.layout.version}", draft.digest)
    if key not in _DIFFS:
        made = candidate_of(house, draft.opened, draft.files)
        while len(_DIFFS) >= MOST:
            _DIFFS.pop(next(iter(_DIFFS)), None)
        _DIFFS[key] = made
    return _DIFFS[key]


def difference(house: House, draft: Draft) -> Difference | None:
    """What the draft changes; of one that was published, what it changed. `None` when there is nothing to compare with. Raises as `wanted_of` does."""
    if draft.row.base == NOTHING:
        return None
    if draft.row.number is not None:
        before = version(draft.row.base)
        after, diff = compare_published(draft.row.base, draft.row.number)
        return Difference(before, diff, policies.notice_between(before.digest, after.digest))
    wanted, held = wanted_of(house, draft), house.published
    if wanted.change is None or held is None:
        return None
    return Difference(held, wanted.change, policies.notice_between(held.digest, wanted.digest))


def people_of(found: Difference) -> tuple[tuple[Affected, ...], tuple[Asked, ...]]:
    """Whom a difference concerns, and whose consents must be asked for anew, with how many people on record these are now."""
    owed = [single for one in found.diff.owed for single in _single(one)]
    layout = found.before.layout
    counts = policies.count_each([*(owed_mask((one,), layout) for one in owed), *(layout.mask(item.keys) for item in found.diff.stale)])
    affected = tuple(Affected(audience_words(found.diff, one), count) for one, count in zip(owed, counts, strict=False))
    asked = tuple(Asked(item.purpose, item.because, count, item.counted) for item, count in zip(found.diff.stale, counts[len(owed) :], strict=True))
    return affected, asked


def _single(owed: Owed) -> tuple[Owed, ...]:
    """Each purpose and kind of agreement by itself, so that each has its own number of people."""
    return tuple(Owed(owed.audience, (name,)) for name in owed.names) if owed.names else (owed,)


def behind(house: House, draft: Draft) -> bool:
    """Whether another version came into force since the draft was begun."""
    return house.published is not None and draft.row.base != house.published.number


def wrote(staff: Staff, draft: Draft) -> str:
    """Under which name somebody wrote in a draft, by whichever account of theirs; nothing when another person did."""
    mine = accounts_of(staff)
    ids = {one.id for one in mine}
    return next((step.name for step in store.history(draft.row.id) if step.staff in ids or any(same_person(one.name, step.name) for one in mine)), "")


def may_approve(staff: Staff, draft: Draft) -> bool:
    """Whether somebody is another person than everybody who wrote in the draft, under any account, and may agree to policies."""
    return staff.may(Duty.APPROVE_POLICY) and not wrote(staff, draft)


def approved(draft: Draft) -> bool:
    """Whether a second person agreed to just this text."""
    return draft.row.approval is not None and draft.row.approval.digest == draft.digest


def approve(house: House, staff: Staff, id: UUID, digest: str) -> Draft:
    """Agree to a draft as it was shown, named by its digest.

    Raises `Refusal` for whoever wrote in it, `Invalid` when it has mistakes, and `Conflict` when it was changed since it was shown.
    """
    with transaction():
        draft = changeable(id)
        if not may_approve(staff, draft):
            raise Refusal(say(N_("whoever wrote in a draft does not approve it")), say(N_("ask another data protection officer")))
        _same(draft, digest)
        _whole(draft)
        _up_to_date(house, draft)
        wanted_of(house, draft)
        row = replace(draft.row, approval=Approval(staff=staff.id, name=staff.name, at=house.runtime.now(), digest=digest))
        store.write(row)
    return replace(draft, row=row)


@_on_screen()
def tell_people(house: House, id: UUID, digest: str) -> NoticeRow:
    """Open the job of telling people of what an approved draft changes; the one that is open already when there is one."""
    draft = read_draft(id)
    _same(draft, digest)
    _agreed(draft)
    _up_to_date(house, draft)
    return open_notice_of(house, wanted_of(house, draft)).job


@_on_screen()
def people_told(house: House, id: UUID, digest: str, evidence: str) -> NoticeRow:
    """Record that people were told, with a sentence that says how; of it only the SHA-256 is kept. Raises as `publishing.finish_notice` does."""
    draft = read_draft(id)
    _same(draft, digest)
    found = difference(house, draft)
    if found is None or found.notice is None:
        raise Invalid(say(N_("nobody was to be told of this draft yet")), say(N_("begin to tell people first")))
    return finish_notice(house, found.notice.id, evidence.encode())


def way_blocked(house: House, draft: Draft, ask_ages: bool = False) -> JanjiError | None:
    """What still stands between a draft and being in force at this moment; `None` when it can be published."""
    try:
        _agreed(draft)
        _up_to_date(house, draft)
        wanted = wanted_of(house, draft)
        ready(house, wanted, _notice(house, wanted), ask_ages)
    except JanjiError as error:
        return error
    return None


@_on_screen()
def publish_draft(house: House, id: UUID, digest: str, ask_ages: bool = False) -> Publication:
    """Put an approved draft in force now; raises as `publishing.publish` does, `Refusal` without the approval of a second person."""
    with transaction():
        draft = _waiting(id)
        _same(draft, digest)
        return _publish(house, draft, ask_ages)


@_on_screen()
def schedule(house: House, id: UUID, digest: str, at: datetime, ask_ages: bool = False) -> Draft:
    """Have an approved draft published at an instant. Everything but the day must be as it has to be then.

    Raises `Invalid` for an instant that is past, more than a year ahead, or before the day from which the version binds, and as `publish_draft` does.
    """
    now = house.runtime.now()
    with transaction():
        draft = _waiting(id)
        _same(draft, digest)
        _agreed(draft)
        _up_to_date(house, draft)
        if at <= now:
            raise Invalid(say(N_("that moment is past")), say(N_("choose a later one, or publish now")))
        if at > now + FARTHEST:
            raise Invalid(say(N_("that moment is more than a year ahead")), say(N_("choose one within a year; approve a draft nearer to its day")))
        wanted = wanted_of(house, draft)
        first = datetime.combine(draft.policy.effective, time(), UTC)
        if at < first:
            raise Invalid(say(N_("this version takes effect from {moment} on"), moment=moment(first)), say(N_("choose that moment or a later one")))
        ready(house, wanted, _notice(house, wanted), ask_ages, whenever=True)
        row = replace(draft.row, state="scheduled", due=at, ask_ages=ask_ages)
        store.write(row)
    return replace(draft, row=row)


def cancel(house: House, id: UUID) -> Draft:
    """Take a draft back from its day; the approval stays. Raises `Conflict` when it does not wait for one (any more)."""
    with transaction():
        draft = read_draft(id, locked=True)
        if draft.row.state != "scheduled":
            raise Conflict(say(N_("this draft does not wait for a day")), say(N_("look at it again")))
        row = replace(draft.row, state="open", due=None, ask_ages=False)
        store.write(row)
        close_tasks(house, _tasks(id), Actor.STAFF, "cancelled")
    return replace(draft, row=row)


def publish_due(house: House) -> int:
    """Publish the drafts whose moment has come; for one before which something stands a task is opened, and it is tried again. How many were published."""
    done = 0
    for id in store.due(house.runtime.now()):
        try:
            with transaction():
                draft = read_draft(id, locked=True)
                if draft.row.state == "scheduled":
                    _publish(house, draft, draft.row.ask_ages)
                    done += 1
        except (Refusal, Invalid, Conflict) as error:
            _ask_somebody(house, id, error)
        if done:
            break  # the house is under the version before; the next one comes with the next round
    return done


def _ask_somebody(house: House, id: UUID, error: JanjiError) -> None:
    """Open the task about a draft that could not be published, unless it is open already."""
    with transaction():
        draft = read_draft(id, locked=True)
        if draft.row.state != "scheduled" or _tasks(id):
            return
        task = TaskRow(house.runtime.new_id(), TASK, None, house.runtime.now(), None, None, {"draft": str(id), "code": code_of(error)})
        people.open_task(task)
        record(house, [Entry(kind=Kind.TASK_OPENED, actor=Actor.SYSTEM, details={"task": TASK, "id": str(task.id), "draft": str(id)})])
    event(TASK, logging.WARNING, code=code_of(error))


def _tasks(id: UUID) -> list[TaskRow]:
    return [one for one in people.open_tasks_of_kind(TASK) if one.details["draft"] == str(id)]


def stretches(house: House, draft: Draft) -> tuple[dict[str, tuple[Piece, ...]], tuple[Stretch, ...]]:
    """A draft brought onto the version in force: the pieces of each of its files, and the stretches that somebody must choose in."""
    if house.published is None:
        return {}, ()
    held = policies.version(house.published.number)
    now = {} if held is None else held.files
    joined = {name: merge(draft.base.get(name, ""), draft.files[name], now.get(name, "")) for name in draft.changed}
    return joined, tuple(Stretch(name, number, piece) for name, pieces in joined.items() for number, piece in enumerate(pieces) if piece.clash)


def bring_up(house: House, staff: Staff, id: UUID, seen: int, choices: Mapping[str, str]) -> Draft:
    """Put a draft onto the version in force, as a step of its own. `choices` says `mine` or `theirs` for each stretch that both changed.

    Raises `Invalid` when a choice is missing, or the joined text cannot be read, and `Conflict` when the draft was changed since.
    """
    with transaction():
        draft = changeable(id, seen)
        if house.published is None or not behind(house, draft):
            raise Conflict(say(N_("the draft stands on the version in force already")), say(N_("look at it again")))
        joined, open_ = stretches(house, draft)
        if any(choices.get(item.name) not in ("mine", "theirs") for item in open_):
            raise Invalid(say(N_("choose one of the two texts in each place that both changed")), say(N_("the other one stays in the steps of the draft")))
        held = policies.version(house.published.number)
        base = {} if held is None else dict(held.files)
        files = dict(base)
        for name, pieces in joined.items():
            if name not in base:  # the version in force has it no more: what is kept of it would stand nowhere in the policy
                if choices.get(f"0:{name}") == "mine":
                    raise Invalid(say(N_("the version in force has no file `{file}` any more"), file=name), say(N_("choose the text in force there, and make the change anew in the draft")))
                continue
            files[name] = "".join(piece.theirs if choices.get(f"{number}:{name}") == "theirs" else piece.mine for number, piece in enumerate(pieces))
        opened = opened_of(files)
        if opened.parsed.policy is None or opened.parsed.diagnostics or opened.law is None:
            raise Invalid(say(N_("joined like this the files could not be read")), say(N_("choose otherwise, or make the changes anew in a draft on the version in force")))
        moved = replace(draft, row=replace(draft.row, base=house.published.number))
        return new_step(house, staff, moved, files, opened, "base", base)


def _publish(house: House, draft: Draft, ask_ages: bool) -> Publication:
    _agreed(draft)
    _up_to_date(house, draft)
    approval = draft.row.approval
    wanted = wanted_of(house, draft)
    told = _notice(house, wanted)
    signed = {"draft": str(draft.row.id), "approved_by": "" if approval is None else approval.staff}
    done = publish_candidate(house, wanted, None if told is None else told.id, ask_ages, signed)
    store.write(replace(draft.row, state="published", closed=house.runtime.now(), number=done.row.number, due=None))
    close_tasks(house, _tasks(draft.row.id))
    return done


def _notice(house: House, wanted: Candidate) -> NoticeRow | None:
    return None if house.published is None else policies.notice_between(house.published.digest, wanted.digest)


def _waiting(id: UUID) -> Draft:
    draft = read_draft(id, locked=True)
    if not draft.live:
        raise Conflict(say(N_("this draft is closed")), say(N_("begin a new one")))
    return draft


def _same(draft: Draft, digest: str) -> None:
    if draft.digest != digest:
        raise Conflict(say(N_("somebody changed the draft meanwhile, and nothing was done")), say(N_("look at it again, then decide")))


def _whole(draft: Draft) -> None:
    if draft.errors:
        raise Invalid(say(N_("the draft has mistakes: {count}"), count=len(draft.errors)), say(N_("mend them first; each is told beside its field")))


def _up_to_date(house: House, draft: Draft) -> None:
    if behind(house, draft):
        raise Conflict(say(N_("another version came into force since this draft was begun")), say(N_("bring the draft up to it first")))


def _agreed(draft: Draft) -> None:
    if not approved(draft):
        raise Refusal(say(N_("nobody but those who wrote it agreed to this draft yet")), say(N_("ask another data protection officer to approve it")))
