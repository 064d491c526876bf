"""What a person's history adds up to: by name and slowly, or by one event's masks upon the row that is stored.

Order is the order of versions, never of clocks. An event is read with the entries of the layout that it was made under
(of an earlier event of the same history, if those were more); what it names beyond them has no effect. Time comes in
only where something runs out: an instant counts by its whole second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from janji.decision import layout as keys
from janji.decision.layout import ANY_CHANNEL, OTHER_VERSION, Layout
from janji.decision.standing import OTHER_NOTICE, Choice, ConsentState, KnownAge, Standing, TransferConsent, pack
from janji.errors import Corrupt
from janji.ledger.events import Event, Kind
from janji.terms.messages import N_, say

UNKNOWN_AGE = "unknown"
"""The band of an `age.recorded` that takes back what was recorded before: the person is asked again."""

_GRANTS = frozenset({Kind.CONSENT_GIVEN, Kind.CONSENT_RENEWED})
_GONE = {Kind.PERSON_ABSORBED: "absorbed", Kind.PERSON_FORGOTTEN: "forgotten"}
_SET = {
    Kind.OBJECTION_MADE: "objection", Kind.RESTRICTION_SET: keys.RESTRICTED, Kind.DELAY_SET: keys.DELAYED,
    Kind.QUARANTINE_SET: keys.QUARANTINED, Kind.AGREEMENT_RECORDED: "agreement", Kind.RETENTION_ENDED: "ended",
    Kind.PERSON_ASSERTED: keys.THIRD_PERSON, Kind.GUARDIAN_VERIFIED: keys.GUARDIAN,
}  # fmt: skip
_LIFTED = {
    Kind.OBJECTION_LIFTED: "objection", Kind.RESTRICTION_LIFTED: keys.RESTRICTED, Kind.DELAY_LIFTED: keys.DELAYED,
    Kind.QUARANTINE_LIFTED: keys.QUARANTINED, Kind.AGREEMENT_ENDED: "agreement", Kind.PERSON_VERIFIED: keys.THIRD_PERSON,
    Kind.GUARDIAN_REVOKED: keys.GUARDIAN,
}  # fmt: skip
_SAYING = frozenset({
    *_GRANTS, Kind.CONSENT_WITHDRAWN, Kind.CONSENT_EXPIRED, Kind.AUTHORISATION_GIVEN, Kind.AUTHORISATION_ENDED,
    Kind.TRANSFER_CONSENT_GIVEN, Kind.TRANSFER_CONSENT_WITHDRAWN,
})  # fmt: skip
_ANEW = frozenset({
    Kind.CONSENT_EXPIRED, Kind.PERSON_MERGED, Kind.PERSON_SPLIT, Kind.PERSON_REVIVED, Kind.QUARANTINE_LIFTED,
    Kind.GUARDIAN_REVOKED,
})  # fmt: skip

EFFECTIVE = frozenset({*_SAYING, *_GONE, *_SET, *_LIFTED, *_ANEW, Kind.AGE_RECORDED})
"""The kinds of event that can change a standing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A standing as it is stored: entries of the layout, a child's `born` (`yyyymmdd`, 0 unknown), and what it is worth.

    From the second `due` (Unix time, 0 for never) on the row is not believed; `due` may be too early, never too late.
    `layout` is how many entries of the layout its history has seen.
    """

    bits: int = 0
    born: int = 0
    due: int = 0
    layout: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What one event does to a row: entries to clear, then entries to set; `None` leaves `born` or `due` as it is.

    `due` only ever moves a row's earlier. In a row that has the entry `whole` set (the withdrawal of a purpose as a
    whole, now taken back for one channel) those of `others` are set too, so that the no stands for every other channel.
    """

    clear: int = 0
    set: int = 0
    born: int | None = None
    due: int | None = None
    layout: int = 0
    whole: int = 0
    others: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry of the layout, `born` or `due` of which the row says one thing and the history another."""

    entry: str
    stored: int
    meant: int


class Said(NamedTuple):
    """The last word on a consent, an authorisation or a transfer: yes or no, the notice, the end, and the event."""

    yes: bool
    version: int = 1
    until: int = 0
    event: str = ""


def standing_at(history: Iterable[Event], at: datetime, layout: Layout) -> Standing:
    """What the history of one person adds up to at `at`: the one meaning of events.

    Raises `Corrupt` when the end of something is not an instant (RFC 3339).
    """
    return _Sum.of(history, layout).standing(second(at))


def pack_row(history: Iterable[Event], at: datetime, layout: Layout) -> Row:
    """The row that a history adds up to at `at`; raises as `standing_at` does."""
    found = _Sum.of(history, layout)
    now = second(at)
    standing = found.standing(now)
    born = standing.born
    ends = [said.until for said in found.said.values() if said.yes and said.until > now]
    return Row(
        bits=pack(standing, layout).bits,
        born=0 if born is None else born.year * 10000 + born.month * 100 + born.day,
        due=min(ends, default=0),
        layout=found.reach,
    )


def apply(row: Row, step: Step) -> Row | None:
    """The row after one event; `None` when it has seen a longer layout than the event was made under: work it out anew.

    Whether the row is past its `due` the caller must look at before.
    """
    if row.layout > step.layout:
        return None
    return Row(
        bits=row.bits & ~step.clear | step.set | (step.others if row.bits & step.whole else 0),
        born=row.born if step.born is None else step.born,
        due=min(filter(None, (row.due, step.due)), default=0),
        layout=step.layout,
    )


def check(row: Row, history: Iterable[Event], at: datetime, layout: Layout) -> tuple[Difference, ...]:
    """Where a stored row and its history part, entry by entry. What ran out since a row's `due` it may say or not."""
    events = tuple(history)
    meant = pack_row(events, at, layout)
    wrong = row.bits ^ meant.bits
    if row.due and row.due <= second(at):
        wrong &= ~(meant.bits ^ pack_row(events, datetime.fromtimestamp(row.due - 1, tz=at.tzinfo), layout).bits)
    found = [
        Difference(name, int(bool(row.bits & layout.bit(name))), int(bool(meant.bits & layout.bit(name))))
        for name in layout.names(wrong)
    ]
    if wrong >> layout.version:
        found.append(Difference("-", wrong >> layout.version, 0))
    if row.born != meant.born:
        found.append(Difference("born", row.born, meant.born))
    if meant.due and (not row.due or row.due > meant.due):
        found.append(Difference("due", row.due, meant.due))
    return tuple(found)


def run_out(history: Iterable[Event], at: datetime, layout: Layout) -> tuple[tuple[Kind, Mapping[str, Any]], ...]:
    """The events that say of each thing whose end has come that it ended: kind and details, to be recorded."""
    now = second(at)
    found: list[tuple[Kind, Mapping[str, Any]]] = []
    for entry, said in sorted(_Sum.of(history, layout).said.items()):
        if said.yes and 0 < said.until <= now:
            group, name, *rest = entry.split("/", 2)
            if group == "consent":
                channel = {} if rest == [ANY_CHANNEL] else {"channel": rest[0]}
                found.append((Kind.CONSENT_EXPIRED, {"purpose": name, **channel, "event": said.event}))
            else:
                scope = {"scope": rest} if rest else {}
                found.append((Kind.AUTHORISATION_ENDED, {"recipient": name, **scope, "event": said.event}))
    return tuple(found)


def absorbed(history: Iterable[Event], layout: Layout) -> dict[str, Any]:
    """All that the history of somebody who is merged into another adds up to: `absorbed` of `person.merged`."""
    return _Sum.of(history, layout).written()


def forbidden_meanwhile(history: Iterable[Event], merge: str, layout: Layout) -> dict[str, Any]:
    """What the survivor's history forbade since the merge of this event id: `forbidden` of `person.revived`.

    Only what says no: withdrawals, objections, restrictions, delays, quarantine, what was revoked, a child's age.
    """
    events = sorted(history, key=_version)
    since = next((event.version or 0 for event in events if event.id == merge), 0)
    found = _Sum(layout)
    found.add([event for event in events if (event.version or 0) > since], _undone(events) | {merge})
    return found.written(only_no=True)


def second(at: datetime) -> int:
    """An aware instant as the whole second (Unix time) in which it lies."""
    return int(at.timestamp() // 1)


def until_of(details: Mapping[str, Any]) -> int:
    """The second in which what an event gives runs out, 0 for never; raises `Corrupt` for anything but an instant."""
    text = details.get("until")
    if text is None:
        return 0
    try:
        end = datetime.fromisoformat(text)
        found = max(1, second(end)) if end.tzinfo is not None else 0
    except (TypeError, ValueError, OverflowError):
        found = 0
    if not found:
        raise Corrupt(
            say(N_("the end of a choice on record is not an instant")),
            say(N_("write it with its zone, as in `2027-01-31T00:00:00Z`")),
        )
    return found


# By masks.


def step(kind: Kind, details: Mapping[str, Any], layout: Layout) -> Step | None:
    """What an event made under `layout` does to a row; `None` when the row must be worked out from the whole history.

    The answer turns on nothing else and may be kept. Raises as `standing_at` does.
    """
    clear, set_, born, due = 0, 0, None, None
    if kind in _ANEW:
        return None
    if kind in _GRANTS:
        return _granted(details, layout)
    if kind is Kind.CONSENT_WITHDRAWN:
        clear, set_ = _withdrawn(details, layout)
    elif kind is Kind.AUTHORISATION_GIVEN:
        set_ = layout.mask(_authorised(details))
        due = until_of(details) if set_ else None
    elif kind is Kind.AUTHORISATION_ENDED:
        if details.get("event"):
            return None
        clear = layout.mask(_authorisations(details, layout))
    elif kind is Kind.TRANSFER_CONSENT_GIVEN:
        set_ = layout.bit(_transfer(details))
    elif kind is Kind.TRANSFER_CONSENT_WITHDRAWN:
        clear = layout.bit(_transfer(details))
    elif kind is Kind.AGE_RECORDED:
        age, month = _age(details)
        clear, born = layout.mask((keys.ADULT, keys.CHILD)), month
        set_ = layout.bit(f"age/{age}") if age is not None and not month else 0
    elif kind in _GONE:
        set_ = layout.bit(keys.QUARANTINED)
    elif kind in _SET:
        set_ = layout.bit(_mark(_SET[kind], details))
    elif kind in _LIFTED:
        if _ground(kind, details):
            return None
        clear = layout.bit(_mark(_LIFTED[kind], details))
    return Step(clear, set_, born, due or None, layout.version)


def _granted(details: Mapping[str, Any], layout: Layout) -> Step:
    purpose, channel = _named(details)
    entry = _consent_entry(details, layout, layout.version)
    if entry is None:
        return Step(layout=layout.version)
    own, whole = keys.withdrawn_key(purpose, channel), keys.withdrawn_key(purpose, None)
    others = layout.mask(key for key in layout.group(f"withdrawn/{purpose}") if key not in (own, whole))
    return Step(
        clear=layout.mask((*_versions(purpose, channel, layout), own, whole)), set=layout.bit(entry),
        due=until_of(details) or None, layout=layout.version, whole=layout.bit(whole) if others else 0, others=others,
    )  # fmt: skip


def _withdrawn(details: Mapping[str, Any], layout: Layout) -> tuple[int, int]:
    purpose, channel = _named(details)
    withdrawn = keys.withdrawn_keys(layout, purpose, channel)
    if len(withdrawn) == 1 and channel is not None and withdrawn[0] == keys.withdrawn_key(purpose, channel):
        return layout.mask(_versions(purpose, channel, layout)), layout.mask(withdrawn)
    return (layout.mask(layout.group(f"consent/{purpose}")) if withdrawn else 0), layout.mask(withdrawn)


def _versions(purpose: str, channel: str | None, layout: Layout) -> Iterator[str]:
    start = keys.consent_key(purpose, channel, "")
    return (key for key in layout.group(f"consent/{purpose}") if key.startswith(start))


# What events name.


def _named(details: Mapping[str, Any]) -> tuple[str, str | None]:
    """Purpose and channel of a choice; no channel of that name is none."""
    channel = details.get("channel")
    return str(details.get("purpose", "")), None if channel in (None, "", ANY_CHANNEL) else str(channel)


def _notice(details: Mapping[str, Any]) -> int:
    version = details.get("notice_version", 1)
    return version if type(version) is int else OTHER_NOTICE


def _consent_entry(details: Mapping[str, Any], layout: Layout, reach: int) -> str | None:
    """The entry that a consent sets: of its version of the notice, else of any other; `None` when there is neither."""
    purpose, channel = _named(details)
    for version in (_notice(details), OTHER_VERSION):
        entry = keys.consent_key(purpose, channel, version)
        if layout.holds(entry, reach):
            return entry
    return None


def _authorised(details: Mapping[str, Any]) -> tuple[str, ...]:
    """The entries that an authorisation sets: one for each category in its scope, or the one for all."""
    recipient, scope = str(details.get("recipient", "")), details.get("scope")
    return tuple(keys.authorised_key(recipient, data) for data in (scope or (None,)))


def _authorisations(details: Mapping[str, Any], layout: Layout) -> tuple[str, ...]:
    """The entries that the end of an authorisation clears: the one for all, and those of its scope or every one."""
    whole = keys.authorised_key(str(details.get("recipient", "")))
    return (whole, *_authorised(details)) if details.get("scope") else layout.group(whole)


def _transfer(details: Mapping[str, Any]) -> str:
    return keys.transfer_key(str(details.get("recipient", "")), str(details.get("country", "")))


def _age(details: Mapping[str, Any]) -> tuple[KnownAge | None, int]:
    """What was recorded of an age: a child's month by its last day, if it is known; any other word is a child too."""
    if details.get("band") in (KnownAge.ADULT, UNKNOWN_AGE):
        return (KnownAge.ADULT if details["band"] == KnownAge.ADULT else None), 0
    month = details.get("month")
    return KnownAge.CHILD, _day_number(month)


def _day_number(value: object) -> int:
    return value if type(value) is int and _day(value) is not None else 0


def _day(number: int) -> date | None:
    try:
        return date(number // 10000, number // 100 % 100, number % 100)
    except ValueError:
        return None


def _mark(name: str, details: Mapping[str, Any]) -> str:
    """The entry that something is recorded under which has grounds of its own."""
    purpose = str(details.get("purpose") or "")
    if name == "objection":
        return (keys.automated_objection_key if details.get("automated") else keys.objection_key)(purpose)
    if name in (keys.RESTRICTED, keys.DELAYED):
        return f"{name}/{purpose}" if purpose else name
    if name == "agreement":
        return keys.agreement_key(str(details.get("agreement", "")))
    return keys.ended_key(str(details.get("rule", ""))) if name == "ended" else name


def _ground(kind: Kind, details: Mapping[str, Any]) -> str:
    """By what a mark stands or is lifted: a ground, a signal, a reference, a link; empty for none in particular."""
    if kind in (Kind.OBJECTION_MADE, Kind.OBJECTION_LIFTED):
        return str(details.get("signal") or "")
    if kind in (Kind.AGREEMENT_RECORDED, Kind.AGREEMENT_ENDED):
        return str(details.get("reference_digest") or "")
    if kind in (Kind.GUARDIAN_VERIFIED, Kind.GUARDIAN_REVOKED):
        return str(details.get("link") or "")
    return "" if kind in (Kind.PERSON_ASSERTED, Kind.PERSON_VERIFIED) else str(details.get("ground") or "")


# By name.


def _version(event: Event) -> int:
    return event.version or 0


def _undone(events: Iterable[Event]) -> set[str]:
    return {str(event.details.get("undoes", "")) for event in events if event.kind is Kind.PERSON_SPLIT}


class _Sum:
    """A history being added up: the last word on each yes or no, marks with their grounds, the age."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.reach = 0
        self.said: dict[str, Said] = {}
        self.marks: dict[str, set[str]] = {}
        self.revoked: set[str] = set()
        self.gone: set[str] = set()
        self.age: KnownAge | None = None
        self.born = 0

    @classmethod
    def of(cls, history: Iterable[Event], layout: Layout) -> _Sum:
        """The sum of a whole history, in order of version; merges that were split again are left out."""
        events = sorted(history, key=_version)
        found = cls(layout)
        found.add(events, _undone(events))
        return found

    def add(self, events: Iterable[Event], undone: set[str]) -> None:
        """Add events, in order, except those of the ids `undone`."""
        for event in events:
            self.reach = min(max(self.reach, event.layout), self.layout.version)
            if event.id not in undone:
                self._take(event)

    def _has(self, entry: str) -> bool:
        return self.layout.holds(entry, self.reach)

    def _take(self, event: Event) -> None:
        kind, details = event.kind, event.details
        if kind in _SAYING:
            self._hear(event)
        elif kind is Kind.AGE_RECORDED:
            if self._has(keys.ADULT) and self._has(keys.CHILD):
                self.age, self.born = _age(details)
        elif kind is Kind.PERSON_MERGED:
            self._absorb(details.get("absorbed") or {})
        elif kind is Kind.PERSON_REVIVED:
            self.gone.discard("absorbed")
            self._absorb(details.get("forbidden") or {})
        elif kind in _GONE:
            self.gone.add(_GONE[kind])
        else:
            self._turn(kind, details)

    def _hear(self, event: Event) -> None:
        """Take a word on a consent, an authorisation or a transfer."""
        kind, details = event.kind, event.details
        if kind in _GRANTS:
            self._grant(event)
        elif kind is Kind.CONSENT_WITHDRAWN:
            self._withdraw(details)
        elif kind is Kind.CONSENT_EXPIRED:
            self._end(keys.consent_key(*_named(details), "")[:-1], details)
        elif kind is Kind.AUTHORISATION_GIVEN:
            for entry in filter(self._has, _authorised(details)):
                self.said[entry] = Said(True, until=until_of(details), event=event.id)
        elif kind is Kind.AUTHORISATION_ENDED:
            for entry in filter(self._has, _authorisations(details, self.layout)):
                self._end(entry, details)
        elif self._has(_transfer(details)):
            self.said[_transfer(details)] = Said(kind is Kind.TRANSFER_CONSENT_GIVEN, event=event.id)

    def _grant(self, event: Event) -> None:
        purpose, channel = _named(event.details)
        entry = _consent_entry(event.details, self.layout, self.reach)
        if entry is None:
            return
        whole = f"consent/{purpose}/{ANY_CHANNEL}"
        if whole in self.said and not self.said[whole].yes:
            del self.said[whole]
            for other in self._channels(purpose):
                if other != whole:
                    self.said.setdefault(other, Said(False))
        version = OTHER_NOTICE if entry.endswith(f"/{OTHER_VERSION}") else _notice(event.details)
        self.said[keys.consent_key(purpose, channel, "")[:-1]] = Said(True, version, until_of(event.details), event.id)

    def _withdraw(self, details: Mapping[str, Any]) -> None:
        purpose, channel = _named(details)
        if channel is not None and self._has(keys.withdrawn_key(purpose, channel)):
            self.said[f"consent/{purpose}/{channel}"] = Said(False)
            return
        channels = self._channels(purpose)
        if channels:
            for entry in [entry for entry in self.said if entry.startswith(f"consent/{purpose}/")]:
                del self.said[entry]
            self.said.update({entry: Said(False) for entry in channels})

    def _channels(self, purpose: str) -> list[str]:
        """The channels through which consent to a purpose can be withdrawn, the purpose as a whole among them."""
        found = filter(self._has, self.layout.group(f"withdrawn/{purpose}"))
        return [f"consent/{purpose}/{key.split('/', 2)[2]}" for key in found]

    def _end(self, entry: str, details: Mapping[str, Any]) -> None:
        """End a yes: the one that this event gave, if one is named; an authorisation ended by the person is a no."""
        said, event = self.said.get(entry), details.get("event")
        if event:
            if said is not None and said.yes and said.event == event:
                del self.said[entry]
        elif entry.startswith("authorised/"):
            self.said[entry] = Said(False)
        elif said is not None and said.yes:
            del self.said[entry]

    def _turn(self, kind: Kind, details: Mapping[str, Any]) -> None:
        """Set a mark by a ground, or lift it: by that ground alone, or by all when none is named."""
        ground = _ground(kind, details)
        if kind in _SET:
            entry = _mark(_SET[kind], details)
            if self._has(entry):
                self.marks.setdefault(entry, set()).add(ground)
                if kind is Kind.GUARDIAN_VERIFIED:
                    self.revoked.discard(ground)
        elif kind in _LIFTED:
            standing = self.marks.setdefault(_mark(_LIFTED[kind], details), set())
            if kind is Kind.GUARDIAN_REVOKED:
                self.revoked |= {ground} if ground else standing
            standing -= {ground} if ground else set(standing)

    def _absorb(self, other: Mapping[str, Any]) -> None:
        """Take in what another history added up to; where the two differ, the no wins."""
        self.reach = min(max(self.reach, other.get("layout", 0)), self.layout.version)
        for item in other.get("said", ()):
            entry = item["of"]
            theirs = Said(item["yes"], item.get("version", 1), until_of(item), item.get("event", ""))
            self.said[entry] = _careful(self.said.get(entry), theirs)
        for entry, said in list(self.said.items()):
            group, name, *rest = entry.split("/", 2)
            whole = self.said.get(f"consent/{name}/{ANY_CHANNEL}")
            if group == "consent" and rest != [ANY_CHANNEL] and said.yes and whole is not None and not whole.yes:
                self.said[entry] = Said(False)
        for item in other.get("marks", ()):
            self.marks.setdefault(item["entry"], set()).add(item["ground"])
        self.revoked.update(other.get("revoked", ()))
        self.marks[keys.GUARDIAN] = self.marks.get(keys.GUARDIAN, set()) - self.revoked
        theirs_age = (KnownAge(other["age"]) if "age" in other else None, other.get("born", 0))
        self.age, self.born = max((self.age, self.born), theirs_age, key=_youth)

    def standing(self, now: int) -> Standing:
        """What it adds up to in the second `now`."""
        valid = {entry: said for entry, said in sorted(self.said.items()) if not said.yes or not 0 < said.until <= now}
        marks = sorted(entry for entry, grounds in self.marks.items() if grounds)

        def below(group: str) -> tuple[str, ...]:
            return tuple(entry.removeprefix(group) for entry in marks if entry.startswith(group))

        def given(group: str) -> Iterator[str]:
            return (entry.removeprefix(group) for entry, said in valid.items() if said.yes and entry.startswith(group))

        return Standing(
            born=_day(self.born), age=None if self.born else self.age, guardian=keys.GUARDIAN in marks,
            third_person=keys.THIRD_PERSON in marks, quarantined=keys.QUARANTINED in marks or bool(self.gone),
            restricted=keys.RESTRICTED in marks, restricted_purposes=below("restricted/"),
            delayed=keys.DELAYED in marks, delayed_purposes=below("delayed/"),
            consents=tuple(_choice(entry, said) for entry, said in valid.items() if entry.startswith("consent/")),
            agreements=below("agreement/"), objections=below("objection/"),
            automated_objections=below("automated-objection/"), authorisations=tuple(given("authorised/")),
            transfer_consents=tuple(
                TransferConsent(recipient=name.split("/")[0], country=name.split("/")[1]) for name in given("transfer/")
            ), ended=below("ended/"),
        )  # fmt: skip

    def written(self, only_no: bool = False) -> dict[str, Any]:
        """The sum as a JSON object, for another's history; with `only_no`, what it forbids."""
        said = [_said_form(entry, said) for entry, said in sorted(self.said.items()) if not (only_no and said.yes)]
        marks = [
            {"entry": entry, "ground": ground}
            for entry, grounds in sorted(self.marks.items())
            for ground in sorted(grounds)
            if not only_no or not (entry.startswith("agreement/") or entry == keys.GUARDIAN)
        ]
        held: dict[str, Any] = {"layout": self.reach, "said": said, "marks": marks, "revoked": sorted(self.revoked)}
        if self.age is not None and not (only_no and self.age is KnownAge.ADULT):
            held["age"], held["born"] = str(self.age), self.born
        return {name: part for name, part in held.items() if part}


def _careful(mine: Said | None, theirs: Said) -> Said:
    """Of two last words the no; of two consents the older notice and the earlier end."""
    if mine is None or not theirs.yes:
        return theirs
    if not mine.yes:
        return mine
    sooner = min(mine, theirs, key=lambda said: (said.until == 0, said.until))
    return Said(True, min(mine.version, theirs.version), sooner.until, sooner.event)


def _youth(age: tuple[KnownAge | None, int]) -> tuple[int, int]:
    """How careful one must be of an age: unknown, adult, child of a known month, child of an unknown one."""
    known, born = age
    rank = 0 if known is None else 1 if known is KnownAge.ADULT else 2 if born else 3
    return rank, born


def _said_form(entry: str, said: Said) -> dict[str, Any]:
    held: dict[str, Any] = {"of": entry, "yes": said.yes}
    if said.yes:
        held["version"] = said.version
        if said.until:
            held["until"] = f"{datetime.fromtimestamp(said.until, tz=UTC).replace(tzinfo=None).isoformat()}Z"
        if said.event:
            held["event"] = said.event
    return held


def _choice(entry: str, said: Said) -> Choice:
    """A consent as a choice. The taking back of one for the purpose as a whole keeps the channel `-`: see `Choice`."""
    _, purpose, channel = entry.split("/", 2)
    if not said.yes:
        return Choice(purpose=purpose, channel=channel, state=ConsentState.WITHDRAWN)
    return Choice(purpose=purpose, channel=None if channel == ANY_CHANNEL else channel, version=said.version)
