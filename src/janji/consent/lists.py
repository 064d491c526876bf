"""A list of consents from elsewhere, sorted out before anything is recorded: every no first, then yeses with proof.

A no wins over any yes of the same person, purpose and channel, whatever the dates. A yes that proves nothing (which
notice, in which version and language, how, when) is kept as a memory that never counts as consent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from janji.consent.choices import ChoiceMade, Verb, marketing, rejections
from janji.consent.listmap import DateOrder, ListMap, State
from janji.consent.rejections import Rejection
from janji.consent.shown import Shown
from janji.decision.compiler import CompiledPolicy
from janji.decision.question import Facts
from janji.decision.standing import KnownAge
from janji.documents.shapes import nearest, short
from janji.errors import Diagnostic, Invalid
from janji.people.ages import check_born
from janji.terms.messages import N_, Message, say
from janji.terms.places import Place
from janji.terms.processing import LegalBasis, Severity

Normal = Callable[[str, str], str | None]
"""The normal form of an identifier of a kind, or `None` when the text is none: `(kind, text) -> normal`."""


class Outcome(StrEnum):
    """What becomes of one choice of a list, in the order in which it is recorded."""

    OPT_OUT = "opt-out"
    BOUNCED = "bounced"
    GRANT = "grant"
    UNPROVEN = "legacy-unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One choice of one person. `identifier` is personal: it is never shown, and never part of a message."""

    row: int
    kind: str
    identifier: str = field(repr=False)
    purpose: str
    channel: str | None
    outcome: Outcome
    day: date | None = None
    made: ChoiceMade | None = None
    missing: tuple[str, ...] = ()

    @property
    def at(self) -> datetime | None:
        """The day as an instant, its beginning in UTC."""
        return None if self.day is None else datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)

    def identity(self, source: str) -> list[str]:
        """What makes this item the same when the list is read again: the parts to be hashed with a key."""
        return [source, self.kind, self.identifier, self.purpose, self.channel or "", str(self.outcome), str(self.day or "")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeItem:
    """The age of one person as the list has it: a date of birth, or adult or child. `born` and `identifier` are personal."""

    kind: str
    identifier: str = field(repr=False)
    age: KnownAge | None = None
    born: date | None = field(default=None, repr=False)

    def identity(self, source: str) -> list[str]:
        """As of `Item`."""
        return [source, "age", self.kind, self.identifier, str(self.age or ""), str(self.born or "")]

    def youth(self) -> tuple[bool, bool, date]:
        """What of two ages is the younger one, for who is said to be of two: a child first, then the later birth."""
        return self.age is KnownAge.CHILD, self.born is not None, self.born or date.min


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that was not understood: its number and why, without what stands in it."""

    row: int
    code: str

    @property
    def message(self) -> Message:
        """The reason in words."""
        return say(SKIPS[self.code])


SKIPS = {
    "no-identifier": N_("no column says who it is"),
    "bad-identifier": N_("what should say who it is cannot be read as such"),
    "unknown-state": N_("the wording of the choice is not in the map"),
    "unknown-purpose": N_("the purpose is not in the map"),
    "purpose-not-on-consent": N_("the purpose does not rest on consent"),
    "unknown-age": N_("date of birth or age cannot be read; what the row says otherwise is taken"),
    "unknown-channel": N_("the channel is not in the map, or not one of the purpose"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A list sorted out: what is to be recorded, in order, and what came of the rows."""

    source: str
    items: tuple[Item, ...]
    read: int
    mapped: int
    skipped: tuple[Skipped, ...]
    duplicates: int
    overruled: int
    ages: tuple[AgeItem, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many items have this outcome."""
        return sum(1 for item in self.items if item.outcome is outcome)

    def report(self) -> dict[str, Any]:
        """The dry run as a JSON value, without a value of the list."""
        return {
            "source": self.source, "read": self.read, "mapped": self.mapped,
            "rejected": [{"row": item.row, "code": item.code} for item in self.skipped],
            "duplicates": self.duplicates, "overruled": self.overruled,
            **{str(outcome): self.count(outcome) for outcome in Outcome}, **({"ages": len(self.ages)} if self.ages else {}),
        }  # fmt: skip


def plan(
    rows: Sequence[Sequence[str]], listmap: ListMap, compiled: CompiledPolicy, published: Collection[Shown],
    normal: Normal, at: datetime,
) -> tuple[Plan | None, tuple[Diagnostic, ...]]:  # fmt: skip
    """Sort out the rows of a table (its headings included). `at` is now: no date of a list lies after it.

    Gives diagnostics instead when a column that the map names is not there.
    """
    header = listmap.header or 1
    headings = [" ".join(cell.split()) for cell in rows[header - 1]] if 0 < header <= len(rows) else []
    columns = {name: index for index, name in reversed(list(enumerate(headings))) if name}
    wanted = [*(item.column for item in listmap.identifiers), *listmap.columns.held.values()]
    wrong = tuple(
        Diagnostic("column-missing", Severity.ERROR,
                   say(N_("there is no column with the heading `{heading}`"), heading=short(heading)),
                   getattr(heading, "place", Place(listmap.source, header)), nearest(heading, columns))
        for heading in dict.fromkeys(wanted) if heading not in columns
    )  # fmt: skip
    if wrong:
        return None, wrong
    reading = _Reading(listmap, compiled, published, normal, at, columns)
    items: list[Item] = []
    read = mapped = 0
    for number, row in enumerate(rows[header:], header + 1):
        if any(cell.strip() for cell in row):
            read += 1
            found = list(reading.items(number, row))
            mapped += bool(found)
            items += found
    kept, duplicates, overruled = sort_out(items)
    ages = tuple(reading.ages[who] for who in sorted(reading.ages))
    return Plan(str(listmap.source), kept, read, mapped, tuple(reading.skipped), duplicates, overruled, ages), ()


def sort_out(items: Iterable[Item]) -> tuple[tuple[Item, ...], int, int]:
    """The items to record in order, how many duplicates were merged, and how many yeses a no overruled.

    The order of the rows plays no part in what comes out.
    """
    best: dict[tuple[Any, ...], Item] = {}
    duplicates = 0
    for item in items:
        key = (item.kind, item.identifier, item.purpose, item.channel, item.outcome)
        duplicates += key in best
        best[key] = min(item, best.get(key, item), key=_preference)
    noes: dict[tuple[str, str, str], set[str | None]] = {}
    for item in best.values():
        if item.outcome in (Outcome.OPT_OUT, Outcome.BOUNCED):
            noes.setdefault((item.kind, item.identifier, item.purpose), set()).add(item.channel)
    proven = {(item.kind, item.identifier, item.purpose, item.channel)
              for item in best.values() if item.outcome is Outcome.GRANT}  # fmt: skip
    kept: list[Item] = []
    overruled = 0
    for item in best.values():
        if item.outcome in (Outcome.GRANT, Outcome.UNPROVEN):
            channels = noes.get((item.kind, item.identifier, item.purpose), set())
            if channels and (None in channels or item.channel is None or item.channel in channels):
                overruled += 1
                continue
        if item.outcome is Outcome.UNPROVEN and (item.kind, item.identifier, item.purpose, item.channel) in proven:
            duplicates += 1
            continue
        kept.append(item)
    order = list(Outcome)
    kept.sort(key=lambda item: (order.index(item.outcome), item.kind, item.identifier, item.purpose, item.channel or ""))
    return tuple(kept), duplicates, overruled


def _preference(item: Item) -> tuple[Any, ...]:
    """Of two that say the same: the earliest no, the latest yes, then a fixed order of what they say, then the row."""
    yes = item.outcome in (Outcome.GRANT, Outcome.UNPROVEN)
    day = item.day.toordinal() if item.day else 0
    made = item.made
    said = (made.notice or "", -(made.version or 0), made.language or "", made.method or "") if made else ()
    return (not item.day, -day if yes else day, said, item.missing, item.row)


@dataclass(slots=True)
class _Reading:
    """Reads the rows of one list."""

    listmap: ListMap
    compiled: CompiledPolicy
    published: Collection[Shown]
    normal: Normal
    at: datetime
    columns: dict[str, int]
    skipped: list[Skipped] = field(default_factory=list)
    ages: dict[tuple[str, str], AgeItem] = field(default_factory=dict)
    _meanings: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, wordings in self.listmap.values.held.items():
            held = self._meanings.setdefault(name, {})
            for item in wordings:
                held.setdefault(_fold(item.written), []).append(str(item.means))

    def items(self, number: int, row: Sequence[str]) -> Iterator[Item]:
        """The choices that one row tells of; a row that cannot be understood is set aside under its number."""
        who = self._who(row)
        if isinstance(who, str):
            self.skipped.append(Skipped(number, who))
            return
        state = self._state(row)
        if state is None:
            self.skipped.append(Skipped(number, "unknown-state"))
            return
        kind, identifier = who
        self._age(number, row, kind, identifier)
        day = self._day(row)
        if state is State.GIVEN:
            yield from self._yes(number, row, kind, identifier, day)
            return
        outcome = Outcome.BOUNCED if state is State.BOUNCED else Outcome.OPT_OUT
        for purpose in self._refused(row):
            channel = self._channel(row, purpose)
            yield Item(row=number, kind=kind, identifier=identifier, purpose=purpose, channel=channel, outcome=outcome, day=day)

    def _who(self, row: Sequence[str]) -> tuple[str, str] | str:
        filled = False
        for item in self.listmap.identifiers:
            text = self._cell(row, item.column)
            if text:
                filled = True
                normal = self.normal(str(item.kind), text)
                if normal is not None:
                    return str(item.kind), normal
        return "bad-identifier" if filled else "no-identifier"

    def _age(self, number: int, row: Sequence[str], kind: str, identifier: str) -> None:
        """Note the age that a row tells of; of two for one person the younger one holds."""
        text, word = self._one(row, "born"), self._one(row, "age")
        if text is None and word is None:
            return
        born = read_day(text, self.listmap.dates) if text else None
        try:
            if born is not None:
                check_born(born, self.at)
            age = KnownAge(word) if word and born is None else None
        except (Invalid, ValueError):
            born = age = None
        if born is None and age is None:
            self.skipped.append(Skipped(number, "unknown-age"))
            return
        found = AgeItem(kind=kind, identifier=identifier, age=age, born=born)
        self.ages[kind, identifier] = max(found, self.ages.get((kind, identifier), found), key=AgeItem.youth)

    def _state(self, row: Sequence[str]) -> State | None:
        found = self._said(row, "state")
        return State(found[0]) if found and found[0] in list(State) else None

    def _refused(self, row: Sequence[str]) -> tuple[str, ...]:
        """What a no is about. One whose purpose is not understood is a no to all that people can be asked for."""
        policy = self.compiled.policy
        found = tuple(name for name in self._said(row, "purpose") if name in policy.purposes)
        if found:
            return found
        asked = [str(item.id) for item in policy.purposes.values() if item.basis is LegalBasis.CONSENT]
        return tuple(dict.fromkeys([*asked, *marketing(policy)]))

    def _channel(self, row: Sequence[str], purpose: str) -> str | None:
        """The channel of a no; one that is not understood is all of them."""
        found = self._said(row, "channel")
        return found[0] if found and found[0] in self.compiled.policy.purposes[purpose].channels else None

    def _yes(self, number: int, row: Sequence[str], kind: str, identifier: str, day: date | None) -> Iterator[Item]:
        policy = self.compiled.policy
        found = self._said(row, "purpose")
        known = [name for name in found if name in policy.purposes]
        if not known or len(known) < len(found):
            self.skipped.append(Skipped(number, "unknown-purpose"))
        for name in known:
            purpose = policy.purposes[name]
            said = self._said(row, "channel")
            channel = said[0] if said else None
            if purpose.basis is not LegalBasis.CONSENT:
                self.skipped.append(Skipped(number, "purpose-not-on-consent"))
            elif channel is not None and channel not in purpose.channels:
                self.skipped.append(Skipped(number, "unknown-channel"))
            else:
                made = self._made(row, name, channel)
                missing = tuple(item.code for item in self.rejected(made)) + (() if day else ("date-missing",))
                yield Item(
                    row=number, kind=kind, identifier=identifier, purpose=name, channel=channel, day=day, made=made,
                    outcome=Outcome.UNPROVEN if missing else Outcome.GRANT, missing=missing,
                )  # fmt: skip

    def rejected(self, made: ChoiceMade) -> tuple[Rejection, ...]:
        """Why a yes of the list proves nothing, as far as the list alone can tell."""
        return rejections(self.compiled, made, Facts(), self.at, self.published)

    def _made(self, row: Sequence[str], purpose: str, channel: str | None) -> ChoiceMade:
        """The choice as the list tells it; the digest is that of the text which the list says was shown."""
        notice, language, method = (self._one(row, name) for name in ("notice", "language", "method"))
        version = self._one(row, "version") or ""
        number = int(version) if version.isascii() and version.isdigit() and len(version) < 7 else None
        text = next((item for item in self.published
                     if (item.notice, item.version, item.language) == (notice, number, language)), None)  # fmt: skip
        return ChoiceMade(
            verb=Verb.GRANT, purpose=purpose, channel=channel, notice=notice, version=number, language=language,
            digest=text.digest if text else None, method=method,
        )  # fmt: skip

    def _one(self, row: Sequence[str], name: str) -> str | None:
        found = self._said(row, name)
        return found[0] if found else None

    def _said(self, row: Sequence[str], name: str) -> tuple[str, ...]:
        """What the row says of a field, in our words; what the map has no wording for is taken as written."""
        heading = self.listmap.columns.held.get(name)
        text = self._cell(row, heading) if heading is not None else ""
        if text:
            return tuple(self._meanings.get(name, {}).get(_fold(text), [text]))
        fixed = self.listmap.always.held.get(name)
        return (fixed,) if fixed else ()

    def _cell(self, row: Sequence[str], heading: str) -> str:
        index = self.columns[heading]
        return " ".join(row[index].split()) if index < len(row) else ""

    def _day(self, row: Sequence[str]) -> date | None:
        """The day of the choice; one that cannot be read, or that is still to come, is none."""
        text = self._one(row, "date")
        day = read_day(text, self.listmap.dates) if text else None
        return day if day is not None and day <= self.at.astimezone(UTC).date() else None


def read_day(text: str, order: DateOrder) -> date | None:
    """A day as a list writes it, with or without a time behind it; `None` when it is none."""
    head = text.replace("T", " ").split(" ")[0]
    parts = head.replace("/", "-").replace(".", "-").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    if len(parts[0]) == 4:
        year, month, day = numbers
    elif order is DateOrder.DAY_FIRST and len(parts[2]) == 4:
        day, month, year = numbers
    elif order is DateOrder.MONTH_FIRST and len(parts[2]) == 4:
        month, day, year = numbers
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _fold(text: str) -> str:
    """A wording without regard to capitals and spaces."""
    return " ".join(text.split()).casefold()
