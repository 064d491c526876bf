"""Versions of the policy put in force: checked, stored whole, and, when people must be told, only after they were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from janji.decision import layout as keys
from janji.decision.compiler import CompiledPolicy, compile_policy
from janji.decision.history import UNKNOWN_AGE
from janji.decision.layout import Layout, write_layout
from janji.decision.question import day_number
from janji.errors import Conflict, Invalid, Refusal
from janji.files.laws import load_law
from janji.files.policies import FIRST, LAYOUT, read_folder, read_parts
from janji.files.reading import read_file
from janji.files.writing import write_files
from janji.ledger.events import Actor, Kind
from janji.policy.checker import check
from janji.store import policies, standings
from janji.store.database import transaction
from janji.store.policies import Listed
from janji.store.policies import NoticeRow as NoticeRow  # faces show it
from janji.store.policies import PolicyRow as PolicyRow
from janji.terms.messages import N_, say
from janji.terms.words import on_day
from janji.versions.changes import Audience, Diff, Owed
from janji.workflows.decisions import check_enforcement
from janji.workflows.house import House
from janji.workflows.in_force import Published, digest_of, read_published
from janji.workflows.policies import Opened, open_policy
from janji.workflows.recording import Entry, record
from janji.workflows.versions import compare_versions

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that could be published: opened, with its files as texts, and what it changes.

    `change` is `None` when nothing was published before; `layout` continues the one that stored rows are read by.
    """

    opened: Opened
    files: dict[str, str]
    digest: str
    layout: Layout
    change: Diff | None

    @property
    def material(self) -> bool:
        """Whether people must be told before it is published."""
        return self.change is not None and self.change.material


@dataclass(frozen=True, slots=True)
class Publication:
    """A version that was published now; `asked_again` is how many people's ages are unknown from now on."""

    row: PolicyRow
    change: Diff | None
    asked_again: int = 0


@dataclass(frozen=True, slots=True)
class Stale:
    """Consents to a purpose that the new version no longer counts as they were given, and of how many people."""

    purpose: str
    people: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice job, with what the new version changes and the consents that must be asked for anew."""

    job: NoticeRow
    change: Diff
    stale: tuple[Stale, ...]


def candidate(house: House, path: Path) -> Candidate:
    """The policy at `path` as the version that would come next.

    Raises `Invalid` when it has errors or is another policy, `Conflict` when it is in force already, and `Refusal` when
    its layout is not the one of the record.
    """
    folder, first, parsed, parts = read_parts(path)
    law = load_law(parsed.policy.law) if parsed.policy is not None else None
    opened = Opened(folder, parsed, check(parsed, law), law, read_folder(path).layout)
    _ = opened.whole  # what is no policy is refused before its bytes are taken for text
    return candidate_of(house, opened, _texts(first, parts))


def candidate_of(house: House, opened: Opened, files: dict[str, str]) -> Candidate:
    """An opened policy with its files as the version that would come next; raises as `candidate` does."""
    policy, law = opened.whole
    found = digest_of(files, str(law.id))
    before = house.published
    change = None
    if before is not None:
        if before.digest == found:
            raise Conflict(
                say(N_("this version is in force already, number {number}"), number=before.number),
                say(N_("`janji policy list` shows every version")),
            )
        change = compare_versions((before.policy, before.law), (policy, law), before.layout)
    _, layout = compile_policy(policy, law, _beginning(before, opened.published))
    return Candidate(opened, files, found, layout, change)


def draft(house: House, path: Path) -> CompiledPolicy:
    """The policy at `path` compiled to be asked about people on record, whether it could be published or not.

    Raises `Invalid` when it has errors, and `Refusal` when its layout is not the one of the record.
    """
    opened = open_policy(path)
    policy, law = opened.whole
    compiled, _ = compile_policy(policy, law, _beginning(house.published, opened.published))
    return compiled


def publish(house: House, path: Path, notice: UUID | None = None, ask_ages_again: bool = False) -> Publication:
    """Put the policy at `path` in force: one transaction that stores it whole, widens the standing, and records it.

    A change that a consent does not cover needs a new version of its notice. A material change needs the notice job that is about just this change, and done (UU 27/2022 Art 21(2)). Where the age
    under which a person is a child rises, `ask_ages_again` makes the age of everybody recorded as adult unknown.

    Raises as `candidate` does, `Refusal` when a duty stands before it, `Invalid` where the settings of enforcement name what it lacks, and
    `Conflict` when somebody published meanwhile.
    """
    return publish_candidate(house, candidate(house, path), notice, ask_ages_again)


def publish_candidate(
    house: House, wanted: Candidate, notice: UUID | None = None, ask_ages_again: bool = False, signed: Mapping[str, str] | None = None
) -> Publication:
    """Put a candidate in force; `signed` says for the record who wrote it and who agreed. Raises as `publish` does."""
    policy, _ = wanted.opened.whole
    now = house.runtime.now()
    with transaction():
        policies.lock_publishing()
        told = ready(house, wanted, None if notice is None else policies.notice(notice), ask_ages_again)
        again = _ask_again(wanted, house.published)
        for found in _without_age(house.published) if again and house.published is not None else ():
            record(house, _unknown(found))
        standings.ensure_words(wanted.layout.words)
        event = house.runtime.new_id()
        row = PolicyRow(
            number=1 if house.published is None else house.published.number + 1, policy=str(policy.id),
            version=wanted.opened.compiled.version, digest=wanted.digest, files=wanted.files, layout=wanted.layout.keys,
            effective=policy.effective, published=now, event=event,
        )  # fmt: skip
        policies.insert(row)
        details = {
            "number": row.number, "version": row.version, "digest": row.digest, "layout": wanted.layout.version,
            "material": wanted.material, **({"notice": str(told.id)} if told is not None else {}), **(signed or {}),
        }  # fmt: skip
        record(house, [Entry(kind=Kind.POLICY_PUBLISHED, actor=Actor.STAFF, details=details, id=event)])
    return Publication(row, wanted.change, again)


def ready(house: House, wanted: Candidate, notice: NoticeRow | None, ask_ages_again: bool = False, *, whenever: bool = False) -> NoticeRow | None:
    """See that nothing stands before a candidate; gives the job by which people were told, where they had to be.

    With `whenever` the day on which it takes effect is not asked for. Raises `Refusal` and `Conflict` as `publish` does, and `Invalid` where
    the settings of enforcement name what it lacks.
    """
    policy, _ = wanted.opened.whole
    if not whenever and policy.effective.year * 10000 + policy.effective.month * 100 + policy.effective.day > day_number(house.runtime.now()):
        raise Refusal(
            say(N_("this version takes effect from {day} on, and until then nothing could be done under it"),
                day=on_day(policy.effective)),
            say(N_("publish it on that day; `janji policy notice` opens the job of telling people before")),
        )  # fmt: skip
    check_enforcement(house.runtime.settings.enforcement, policy)  # or every question would be turned away under it
    _nobody_was_faster(house)
    _no_consent_grows(wanted)
    told = _told(house, wanted, notice)
    people = _ask_again(wanted, house.published)
    if people and not ask_ages_again:
        raise Refusal(
            say(N_("people recorded as adults may be children under {under}: {people}"), under=wanted.opened.compiled.under,
                people=people),
            say(N_("`--ask-ages-again` makes their age unknown until it is recorded anew; marketing to them stops meanwhile")),
        )  # fmt: skip
    return told


def open_notice(house: House, path: Path) -> Notice:
    """Open the job of telling people of what the policy at `path` changes; the same job when it is open or done already.

    Raises as `candidate` does, and `Invalid` when nobody need be told.
    """
    return open_notice_of(house, candidate(house, path))


def open_notice_of(house: House, wanted: Candidate) -> Notice:
    """The same for a candidate; raises `Invalid` when nobody need be told."""
    before, change = house.published, wanted.change
    if before is None or change is None or not change.material:
        raise Invalid(
            say(N_("nothing changes that people were told, so no notice is owed")), say(N_("`janji policy publish` puts it in force"))
        )
    with transaction():
        policies.lock_publishing()
        _nobody_was_faster(house)
        job = policies.notice_between(before.digest, wanted.digest)
        if job is None:
            job = NoticeRow(
                id=house.runtime.new_id(), old=before.digest, new=wanted.digest, opened=house.runtime.now(),
                people=policies.count_people(owed_mask(change.owed, before.layout)),
            )  # fmt: skip
            policies.insert_notice(job)
    stale = tuple(Stale(item.purpose, policies.count_people(before.layout.mask(item.keys))) for item in change.stale)
    return Notice(job, change, stale)


def finish_notice(house: House, job: UUID, evidence: bytes) -> NoticeRow:
    """Record that people were told. Of the evidence only the SHA-256 is kept: it may name people, so keep the file.

    Raises `Invalid` when there is no such job or no evidence, and `Conflict` when the job is done already.
    """
    if not evidence.strip():
        raise Invalid(say(N_("the evidence is empty")), say(N_("give the list of what was sent and when, or a sentence that says it")))
    now, proof = house.runtime.now(), hashlib.sha256(evidence).hexdigest()
    with transaction():
        row = policies.notice(job)
        if row is None:
            raise Invalid(say(N_("there is no notice job `{job}`"), job=job), say(N_("`janji policy notice PATH` opens one and says its id")))
        if not policies.finish_notice(job, now, proof):
            raise Conflict(say(N_("the notice job `{job}` is done already"), job=job), say(N_("publish with `--notice-job`")))
        details = {"notice": str(job), "old": row.old, "new": row.new, "people": row.people, "evidence_digest": proof}
        record(house, [Entry(kind=Kind.POLICY_NOTICED, actor=Actor.STAFF, details=details)])
    return replace(row, done=now, evidence=proof)


def read_evidence(text: str) -> bytes:
    """The bytes of the file that `text` names, or of the sentence that it is."""
    path = Path(text)
    return read_file(path) if len(text) < 1024 and path.is_file() else text.encode()


def versions() -> tuple[PolicyRow, ...]:
    """Every published version, the newest first."""
    return policies.versions()


def listed_versions(size: int) -> tuple[Listed, ...]:
    """The published versions without their files, the newest first."""
    return policies.listed((1 << 31) - 1, size)


def version(number: int) -> Published:
    """A published version, ready to decide; raises `Invalid` when there is none of that number."""
    return read_published(published_row(number))


def compare_published(old: int, new: int) -> tuple[Published, Diff]:
    """The newer of two published versions and what it changed; raises `Invalid` when one of them is not there."""
    one, two = version(old), version(new)
    return two, compare_versions((one.policy, one.law), (two.policy, two.law), one.layout)


def write_version(number: int, folder: Path) -> tuple[Path, ...]:
    """Write a published version into a folder as it was, with the layout of stored rows beside it; gives the paths.

    Raises `Invalid` when there is none of that number, and `Unavailable` when the folder cannot be written.
    """
    row = published_row(number)
    files = {folder / name: text.encode("utf-8") for name, text in row.files.items()}
    files[folder / LAYOUT] = write_layout(Layout(row.layout)).encode("utf-8")
    write_files(files)
    return tuple(files)


def published_row(number: int) -> PolicyRow:
    """A published version as it is stored; raises `Invalid` when there is none of that number."""
    row = policies.version(number)
    if row is None:
        raise Invalid(
            say(N_("no version {number} was published"), number=number), say(N_("`janji policy list` shows every version"))
        )
    return row


def _texts(first: str, parts: dict[str, bytes]) -> dict[str, str]:
    """The files of a policy as texts; the first is kept under the name that it is looked for."""
    if first != FIRST and FIRST in parts:
        raise Invalid(
            say(N_("`{first}` includes `{name}`, which is the name of a first file"), first=first, name=FIRST),
            say(N_("give one of the two another name")),
        )
    return {FIRST if name == first else name: data.decode("utf-8") for name, data in sorted(parts.items())}


def _beginning(before: Published | None, beside: Layout | None) -> Layout:
    """The layout to go on from: that of the record, or a longer one beside the policy that begins with it."""
    held = before.layout if before is not None else Layout()
    if beside is None or held.is_extension_of(beside):
        return held
    if beside.is_extension_of(held):
        return beside
    raise Refusal(
        say(N_("the layout beside the policy is not the one that the record is written by")),
        say(N_("take `{name}` out of the folder, or the one that `janji policy files` writes"), name=LAYOUT),
    )


def _nobody_was_faster(house: House) -> None:
    row, before = policies.latest(), house.published
    if (None if row is None else row.digest) != (None if before is None else before.digest):
        raise Conflict(
            say(N_("another version was published meanwhile")), say(N_("look at it with `janji policy list`, and begin again"))
        )


def _no_consent_grows(wanted: Candidate) -> None:
    """Nobody's consent may count for more than they agreed to: what widens a purpose needs a notice that is new."""
    for item in wanted.change.stale if wanted.change is not None else ():
        if item.counted:
            raise Refusal(
                say(N_("consents to `{purpose}` were given to something else, and would still count"), purpose=item.purpose),
                say(N_("give its notice a new version, and leave the old one out of `accepts`; people are then asked anew")),
            )


def _told(house: House, wanted: Candidate, row: NoticeRow | None) -> NoticeRow | None:
    """The job by which people were told of this very change; raises `Refusal` when they were not."""
    if not wanted.material or house.published is None:
        return None
    help = say(N_("`janji policy notice PATH` opens the job; `--done JOB --evidence FILE` closes it"))
    if row is None:
        raise Refusal(say(N_("people must be told of this change before it is published")), help)
    if (row.old, row.new) != (house.published.digest, wanted.digest):
        raise Refusal(say(N_("the notice job `{job}` is about another change"), job=row.id), help)
    if row.done is None:
        raise Refusal(say(N_("the notice job `{job}` is open: people were not told yet"), job=row.id), help)
    return row


def owed_mask(everyone: Iterable[Owed], layout: Layout) -> int | None:
    """The entries by which those who are owed notice are found in the standing; `None` for everybody."""
    mask = 0
    for owed in everyone:
        if owed.audience is Audience.EVERYBODY:
            return None
        for name in owed.names:
            if owed.audience is Audience.CONSENTED:
                mask |= layout.mask(layout.group(f"consent/{name}"))
            else:
                mask |= layout.bit(keys.agreement_key(name))
    return mask


def _ask_again(wanted: Candidate, before: Published | None) -> int:
    """How many people were recorded as adults when a child was a younger person.

    A standing knows an adult by one entry and no date. Where `under` rises, some of them are children from now on, and
    which ones only their sealed dates of birth could tell; so nobody is taken for an adult until the age is recorded anew.
    """
    if before is None or wanted.opened.compiled.under <= before.compiled.under:
        return 0
    return policies.count_people(before.layout.bit(keys.ADULT))


def _without_age(before: Published) -> Iterator[tuple[UUID, ...]]:
    """The people recorded as adults, some at a time; each batch is gone from the next once it was recorded."""
    adult, last = before.layout.bit(keys.ADULT), UUID(int=0)
    while found := policies.people_with(adult, last, BATCH):
        yield found
        last = found[-1]


def _unknown(people: Iterable[UUID]) -> list[Entry]:
    return [
        Entry(subject=person, kind=Kind.AGE_RECORDED, actor=Actor.SYSTEM, details={"band": UNKNOWN_AGE}) for person in people
    ]
