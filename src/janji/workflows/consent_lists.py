"""Lists of consents from elsewhere taken in: read, sorted out, and recorded, every no committed before any yes."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from janji.consent.choices import ChoiceMade, Understood, Verb, rejections, understood
from janji.consent.listmap import ListMap, read_map
from janji.consent.lists import AgeItem, Item, Outcome, Plan, plan
from janji.decision import layout as keys
from janji.decision.question import Facts
from janji.errors import Invalid
from janji.files.reading import read_file
from janji.files.tables import read_csv, read_sheet
from janji.ledger.events import Actor, Kind, decode
from janji.people.identifiers import KINDS, Identifier, Suppressed, identify
from janji.store import choices, records
from janji.store.database import transaction
from janji.store.suppression import suppressed, suppression_index
from janji.terms.messages import N_, say
from janji.terms.processing import LegalBasis
from janji.workflows.cascades import follow
from janji.workflows.consents import BATCH, facts_of, texts_of
from janji.workflows.guardians import Told, record_ages
from janji.workflows.house import House
from janji.workflows.identity import unjoin_for
from janji.workflows.people import region_of, subjects_for
from janji.workflows.recording import Entry, record

Said = TypeVar("Said", Item, AgeItem)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: how many choices were new, by what became of them (none, when it was read before).

    `kept_out` counts yeses that a no on record outweighs; `suppressed` those of people who must not be imported.
    """

    plan: Plan
    new: Mapping[Outcome, int]
    known: int
    kept_out: int
    suppressed: int
    ages: int = 0
    children: int = 0

    def report(self) -> dict[str, Any]:
        """The import as a JSON value, without a value of the list."""
        done = {"recorded": {str(outcome): count for outcome, count in self.new.items()}}
        ages = {"ages-recorded": self.ages, "children": self.children} if self.plan.ages else {}
        return {**self.plan.report(), **done, "known-already": self.known, "kept-out": self.kept_out, "suppressed": self.suppressed, **ages}


def plan_list(house: House, path: Path, map_path: Path) -> Plan:
    """Read and sort out a list (CSV or XLSX) by its map; nothing is stored.

    Raises `Invalid`, with diagnostics, for a map or table that cannot be understood, and `Unavailable` for a file that
    cannot be read.
    """
    policy = house.policy_in_force
    listmap, wrong = read_map(str(map_path), read_file(map_path), policy.policy)
    if listmap is None:
        raise Invalid(say(N_("the map has mistakes: {count}"), count=len(wrong)), None, wrong)
    rows = _rows(path, listmap)
    region = region_of(house)

    def normal(kind: str, text: str) -> str | None:
        try:
            return identify(kind, text, region).normal
        except Invalid:
            return None

    unknown = [item.kind for item in listmap.identifiers if item.kind not in KINDS]
    if unknown:
        raise Invalid(say(N_("`{word}` is not a kind of identifier"), word=unknown[0]),
                      say(N_("known here: {words}"), words=", ".join(f"`{item}`" for item in KINDS)))  # fmt: skip
    found, missing = plan(rows, listmap, policy.compiled, texts_of(house), normal, house.runtime.now())
    if found is None:
        raise Invalid(say(N_("the list does not have the columns of the map: {count}"), count=len(missing)), None, missing)
    return found


def _rows(path: Path, listmap: ListMap) -> Sequence[Sequence[str]]:
    if path.suffix.lower() == ".xlsx":
        return read_sheet(path, listmap.sheet).rows
    return read_csv(path)[0].rows


def import_list(house: House, found: Plan, between: Callable[[], None] = lambda: None) -> Imported:
    """Record a list that was sorted out. Batches are committed one by one: every no, then the ages, then what is no no.

    Each choice has an id made from what it says, by a key of the house: reading the list again, or going on after a
    crash, records nothing twice. No message is sent to anybody. `between` is called between batches, and may raise to
    leave the rest for later.
    """
    new = dict.fromkeys(Outcome, 0)
    known = kept_out = ages = children = 0
    allowed = _allowed(house, found.items)
    young = _allowed(house, found.ages)
    for batch in _batches(allowed):
        between()
        if young and batch[0].outcome not in (Outcome.OPT_OUT, Outcome.BOUNCED):
            ages, children = _ages(house, found.source, young)
            young = []
        with transaction():
            subjects = subjects_for(house, [(item.kind, item.identifier) for item in batch])
            _unjoin(house, batch, subjects)
            facts = facts_of(house, subjects, lock=True)
            pairs = [(item, subject) for item, subject in zip(batch, subjects, strict=True)
                     if not _kept_out(house, item, facts[subject])]  # fmt: skip
            entries = [_entry(house, found.source, item, subject, facts[subject]) for item, subject in pairs]
            present = records.present(entry.id for entry, _ in entries if entry.id is not None)
            record(house, [entry for entry, _ in entries])
            _follow(house, [entry for entry, _ in entries if entry.id not in present], facts)
        kept_out += len(batch) - len(pairs)
        known += len(present)
        for entry, outcome in entries:
            new[outcome] += entry.id not in present
    if young:
        ages, children = _ages(house, found.source, young)
    return Imported(found, new, known, kept_out, len(found.items) - len(allowed), ages, children)


def _unjoin(house: House, batch: Sequence[Item], subjects: Sequence[UUID]) -> None:
    """Undo the joins of those who consented to a purpose and now say no to all of it, before anybody is locked."""
    noes = {(subject, item.purpose) for item, subject in zip(batch, subjects, strict=True)
            if item.outcome is Outcome.OPT_OUT and item.channel is None}  # fmt: skip
    if noes:
        layout, facts = house.policy_in_force.layout, facts_of(house, {subject for subject, _ in noes})
        for subject, purpose in sorted(noes):
            if facts[subject].bits & layout.mask(layout.group(f"consent/{purpose}")):
                unjoin_for(house, subject, purpose)


def _follow(house: House, entries: Sequence[Entry], before: Mapping[UUID, Facts]) -> None:
    """Open the cascade of every imported withdrawal by which a consent on record ended."""
    layout = house.policy_in_force.layout
    noes = [
        (entry.subject, Understood(entry.kind, entry.details)) for entry in entries
        if entry.kind is Kind.CONSENT_WITHDRAWN and entry.subject is not None
        and before[entry.subject].bits & layout.mask(layout.group(f"consent/{entry.details['purpose']}"))
    ]  # fmt: skip
    after = facts_of(house, [subject for subject, _ in noes]) if noes else {}
    for subject, event in noes:
        follow(house, subject, event, before[subject], after[subject])


def _ages(house: House, source: str, items: Sequence[AgeItem]) -> tuple[int, int]:
    """Record the ages of a list, a batch in a transaction: how many were new, and children among them."""
    ages = children = 0
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        with transaction():
            subjects = subjects_for(house, [(item.kind, item.identifier) for item in batch])
            told = [
                Told(subject=subject, id=_id(house, item, source), born=item.born, age=item.age)
                for item, subject in zip(batch, subjects, strict=True)
            ]
            fresh, young = record_ages(house, told, Actor.STAFF, source)
        ages, children = ages + fresh, children + young
    return ages, children


def _allowed(house: House, items: Sequence[Said]) -> list[Said]:
    """The items of those whom nobody forbade to be imported again, as somebody who was forgotten."""
    key = house.secrets.suppression
    indices = [suppression_index(key, Suppressed.IMPORT, Identifier(KINDS[item.kind], item.identifier)) for item in items]
    held = suppressed(indices, house.runtime.now())
    return [item for item, index in zip(items, indices, strict=True) if index not in held]


def _batches(items: Sequence[Item]) -> list[list[Item]]:
    """The items in batches that never mix outcomes: a no is committed before a yes is looked at."""
    found: list[list[Item]] = []
    for outcome in Outcome:
        group = [item for item in items if item.outcome is outcome]
        found += [group[start : start + BATCH] for start in range(0, len(group), BATCH)]
    return found


def _kept_out(house: House, item: Item, facts: Facts) -> bool:
    """Whether the record holds a no that this yes must not overrule."""
    if item.outcome not in (Outcome.GRANT, Outcome.UNPROVEN):
        return False
    layout = house.policy_in_force.layout
    noes = {keys.withdrawn_key(item.purpose, item.channel), keys.withdrawn_key(item.purpose, None),
            keys.objection_key(item.purpose)}  # fmt: skip
    if item.channel is None:
        noes |= set(keys.withdrawn_keys(layout, item.purpose, None))
    return bool(facts.bits & layout.mask(noes))


def _entry(house: House, source: str, item: Item, subject: UUID, facts: Facts) -> tuple[Entry, Outcome]:
    """The event of one item and what it is; a yes that does not count for this person after all is a memory too."""
    compiled = house.policy_in_force.compiled
    id = _id(house, item, source)
    at = item.at
    if item.outcome is Outcome.OPT_OUT:
        made = ChoiceMade(verb=Verb.WITHDRAW, purpose=item.purpose, channel=item.channel, actor=Actor.STAFF)
        event = understood(compiled, made)
        details = {**event.details, "source": source}
        return Entry(subject=subject, kind=event.kind, actor=Actor.STAFF, details=details, at=at, id=id), item.outcome
    missing = item.missing
    if item.outcome is Outcome.GRANT and item.made is not None:
        wrong = rejections(compiled, item.made, facts, at or house.runtime.now(), texts_of(house))
        if not wrong:
            details = {**understood(compiled, item.made).details, "source": source}
            return Entry(subject=subject, kind=Kind.CONSENT_GIVEN, actor=item.made.actor, details=details, at=at, id=id), item.outcome
        missing = tuple(one.code for one in wrong)
    outcome = Outcome.BOUNCED if item.outcome is Outcome.BOUNCED else Outcome.UNPROVEN
    details = {"purpose": item.purpose, "state": "bounced" if outcome is Outcome.BOUNCED else "given", "source": source,
               "missing": list(missing), **({"channel": item.channel} if item.channel else {})}  # fmt: skip
    return Entry(subject=subject, kind=Kind.LEGACY_RECORDED, actor=Actor.STAFF, details=details, at=at, id=id), outcome


def _id(house: House, item: Item | AgeItem, source: str) -> UUID:
    """An id that only this house can make of an item (UUIDv8, RFC 9562 5.8)."""
    said = "\x1f".join(("import", *item.identity(source)))
    number = int.from_bytes(hmac.digest(house.secrets.index, said.encode(), "sha256")[:16], "big")
    return UUID(int=number & ~(0xF << 76) & ~(0b11 << 62) | 0x8 << 76 | 0b10 << 62)


@dataclass(frozen=True, slots=True)
class Remembered:
    """Somebody who may be asked again: a yes that never counted, and that no answer came after."""

    subject: UUID
    purpose: str
    channel: str | None


def to_ask_again(house: House) -> tuple[Remembered, ...]:
    """The re-permission list: yeses without proof, less those who have said yes or no since, or whose address is dead."""
    layout = house.policy_in_force.layout
    policy = house.policy_in_force.policy
    said: dict[tuple[UUID, str, str | None], bool] = {}
    for subject, body in choices.with_events(Kind.LEGACY_RECORDED):
        details = decode(body).details
        key = (subject, str(details["purpose"]), details.get("channel"))
        said[key] = said.get(key, True) and details.get("state") == "given"
    open_ = [key for key, given in said.items() if given]
    found = []
    for start in range(0, len(open_), BATCH):
        group = open_[start : start + BATCH]
        facts = facts_of(house, {subject for subject, _, _ in group})
        for subject, purpose, channel in group:
            declared = policy.purposes.get(purpose)
            answers = layout.mask((
                *layout.group(f"consent/{purpose}"), *layout.group(f"withdrawn/{purpose}"), keys.objection_key(purpose),
            ))  # fmt: skip
            on_consent = declared is not None and declared.basis is LegalBasis.CONSENT
            if on_consent and not facts[subject].bits & answers:
                found.append(Remembered(subject, purpose, channel))
    return tuple(found)
