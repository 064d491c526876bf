"""The audit of an export: every event, order, tree head and signature, each fault named by kind and first position."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from janji.errors import Corrupt, Invalid
from janji.ledger.checkpoint import Checkpoint, Verifier, open_note, read_note, read_verifier
from janji.ledger.export import Line, Part, Run, Single
from janji.ledger.merkle import Range
from janji.terms.messages import N_, Message, say

MOST_FAULTS = 1000
"""How many faults are kept; more are counted."""
BUCKETS = 1 << 8


class FaultKind(StrEnum):
    """What is wrong."""

    MALFORMED = "malformed"
    KEY = "key"
    CHANGED = "changed"
    UNCANONICAL = "uncanonical"
    MISSING = "missing"
    MOVED = "moved"
    REPLAYED = "replayed"
    GAP = "gap"
    ROOT = "root"
    SIGNATURE = "signature"
    MISPLACED = "misplaced"
    UNSIGNED = "unsigned"
    TRUNCATED = "truncated"
    ROLLED_BACK = "rolled-back"
    FORKED = "forked"
    TILE = "tile"
    LOST = "lost"
    UNSEQUENCED = "unsequenced"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, at the first position where it shows; `line` is 0 when it is of no line."""

    kind: FaultKind
    position: int
    line: int
    message: Message


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found: how much there was, the last tree head and its signer, and what is wrong, in order."""

    verifier: Verifier | None
    events: int
    people: int
    checkpoints: int
    last: Checkpoint | None
    faults: tuple[Fault, ...]
    more: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


class Audit:
    """An audit under way: it is handed the parts of an export in order, and asked for its report at the end.

    `key` is what the auditor holds to be the ledger's key, instead of the one that the export names; `against` a
    checkpoint that the auditor kept, or its own signed copy of one. Memory grows by some 200 bytes a person and 8 an
    event. Once the history has left the signed one, tree heads are not compared any more: all would differ.
    """

    def __init__(self, key: Verifier | None = None, against: Checkpoint | None = None) -> None:
        self.key, self.against, self.named = key, against, key
        self.expected, self.line, self.checkpoints, self.more = 0, 0, 0, 0
        self.tree, self.followed, self.signed = Range(), True, 0
        self.begun, self.ended = False, False
        self.last: Checkpoint | None = None
        self.faults: list[Fault] = []
        self.holes: list[tuple[int, int, int]] = []
        self.versions: dict[bytes, int] = {}
        self.ids = array("Q")
        self._meet_kept()

    def take(self, found: Iterable[Part], lines: int) -> None:
        """The parts of the next lines, `lines` of them."""
        for part in found:
            line = self.line + part.line + 1
            if self.ended:
                self._fault(FaultKind.MALFORMED, self.expected, line, say(N_("line {line} stands behind the end"), line=line))
            if isinstance(part, Run):
                self._run(part, line)
            else:
                self._single(part, line)
        self.line += lines

    def _run(self, run: Run, line: int) -> None:
        count = len(run.versions)
        self._header_first(line)
        if run.first != self.expected:
            self._out_of_order(run.first, count, line)
        self._people(run, line)
        self.ids.extend(run.ids)
        if self.followed:
            kept = self.against.size - self.expected if self.against is not None else 0
            leaves = [run.leaves[start : start + 32] for start in range(0, len(run.leaves), 32)]
            if 0 < kept <= count:
                self.tree = self.tree.extended(leaves[:kept])
                self._meet_kept()
                leaves = leaves[kept:]
            self.tree = self.tree.extended(leaves)
        self.expected = max(self.expected, run.first + count)

    def _people(self, run: Run, line: int) -> None:
        """Hold the versions of every person against the rule: 1, 2, 3 in the order of positions."""
        versions, subjects, start = self.versions, run.subjects, 0
        for offset, version in enumerate(run.versions):
            if version:
                subject = subjects[start : start + 16]
                before = versions.get(subject, 0)
                if version == before + 1:
                    versions[subject] = version
                else:
                    self._version(subject, before, version, run.first + offset, line + offset)
            start += 16

    def _version(self, subject: bytes, before: int, version: int, position: int, line: int) -> None:
        self.versions[subject] = max(before, version)
        if version <= before:
            self._fault(FaultKind.REPLAYED, position, line, say(
                N_("event {position} is version {version} of a person who was at version {before} already"),
                position=position, version=version, before=before))  # fmt: skip
        else:
            self._fault(FaultKind.GAP, position, line, say(
                N_("event {position} is version {version} of a person who was at version {before}: events between are missing"),
                position=position, version=version, before=before))  # fmt: skip

    def _out_of_order(self, first: int, count: int, line: int) -> None:
        """Events that stand elsewhere than their positions say: behind a hole, in one, or a second time."""
        self.followed = False
        if first > self.expected:
            self._hole(first, line)
            return
        again = True
        for begin, end, seen in [*self.holes]:
            low, high = max(begin, first), min(end, first + count)
            if low < high:
                again = False
                self.holes.remove((begin, end, seen))
                self.holes += [left for left in ((begin, low, seen), (high, end, seen)) if left[0] < left[1]]
                self._fault(FaultKind.MOVED, low, line, say(
                    N_("event {position} stands behind later ones"), position=low))  # fmt: skip
        if again:
            self._fault(FaultKind.REPLAYED, first, line, say(N_("position {position} stands twice"), position=first))

    def _hole(self, end: int, line: int) -> None:
        """Events up to `end` are not where they should be; whether they are missing is known at the end."""
        if len(self.holes) < MOST_FAULTS:
            self.holes.append((self.expected, end, line))
        else:
            self.more += 1

    def _single(self, part: Single, line: int) -> None:
        if part.kind is Line.HEADER:
            self._header(part, line)
            return
        self._header_first(line)
        if part.kind is Line.CHECKPOINT:
            self._checkpoint(part.text, line)
        elif part.kind is Line.END:
            self._end(part.number, part.text, line)
        elif part.kind is Line.MALFORMED:
            self.followed = False
            self._fault(FaultKind.MALFORMED, self.expected, line, say(N_("line {line} is not a line of an export"), line=line))
        else:
            self._bad_event(part, line)

    def _bad_event(self, part: Single, line: int) -> None:
        if part.number != self.expected:
            self._out_of_order(part.number, 1, line)
        self.followed = False
        if part.kind is Line.CHANGED:
            self._fault(FaultKind.CHANGED, part.number, line, say(
                N_("event {position} was changed: its bytes are not those that its digest was made from"),
                position=part.number))  # fmt: skip
        else:
            self._fault(FaultKind.UNCANONICAL, part.number, line, say(
                N_("event {position} is not the canonical form of an event"), position=part.number))  # fmt: skip
        self.expected = max(self.expected, part.number + 1)

    def _header(self, part: Single, line: int) -> None:
        named = read_verifier(part.text)
        if self.begun:
            self._fault(FaultKind.MALFORMED, self.expected, line, say(N_("line {line} is a second header"), line=line))
        elif self.key is not None and named != self.key:
            self._fault(FaultKind.KEY, 0, line, say(
                N_("the export names the key `{found}`, and yours is `{wanted}`"), found=named, wanted=self.key))  # fmt: skip
        self.begun, self.named = True, self.key or self.named or named

    def _header_first(self, line: int) -> None:
        if not self.begun:
            self.begun = True
            self._fault(FaultKind.MALFORMED, 0, line, say(N_("the export has no header")))

    def _checkpoint(self, note: str, line: int) -> None:
        try:
            head, _ = read_note(note)
        except Invalid:
            self._fault(FaultKind.MALFORMED, self.expected, line, say(N_("line {line} holds no checkpoint"), line=line))
            return
        self.checkpoints += 1
        try:
            genuine = self.named is not None and open_note(note, self.named).origin == self.named.name
        except Corrupt:
            genuine = False
        if not genuine:
            self._fault(FaultKind.SIGNATURE, self.signed, line, say(
                N_("the checkpoint of size {size} is not signed by the ledger's key"), size=head.size))  # fmt: skip
            return
        if head.size < self.expected or (self.last is not None and head.size <= self.last.size):
            self._fault(FaultKind.MISPLACED, head.size, line, say(
                N_("the checkpoint of size {size} stands behind event {position}"),
                size=head.size, position=self.expected - 1))  # fmt: skip
            return
        if head.size > self.expected:
            self._hole(head.size, line)
            self.expected, self.followed = head.size, False
        if self.followed and self.tree.root != head.root:
            self.followed = False
            self._fault(FaultKind.ROOT, self.signed, line, say(
                N_("events {first} to {last} are not those that the checkpoint of size {size} signs: at least one was changed,"
                   " left out, added or moved"), first=self.signed, last=head.size - 1, size=head.size))  # fmt: skip
        self.last, self.signed = head, head.size

    def _end(self, events: int, checkpoints: str, line: int) -> None:
        self.ended = True
        if checkpoints != str(self.checkpoints):
            self._fault(FaultKind.MALFORMED, events, line, say(
                N_("the export says that it has {checkpoints} checkpoints, and has {found}"),
                checkpoints=checkpoints, found=self.checkpoints))  # fmt: skip
        if events > self.expected:
            self._fault(FaultKind.TRUNCATED, self.expected, line, say(
                N_("the export ends with event {last}, and says that it has {events} events"),
                last=self.expected - 1, events=events))  # fmt: skip
        elif events < self.expected:
            self._fault(FaultKind.MALFORMED, events, line, say(
                N_("the export says that it has {events} events, and has {found}"), events=events, found=self.expected))  # fmt: skip

    def _meet_kept(self) -> None:
        """Compare with the auditor's own checkpoint, when the tree is of its size."""
        kept = self.against
        if kept is not None and self.tree.size == kept.size and self.tree.root != kept.root:
            self.followed = False
            self._fault(FaultKind.FORKED, 0, 0, say(
                N_("the first {size} events are not those of your checkpoint: the history was written anew"),
                size=kept.size))  # fmt: skip

    def report(self) -> Report:
        """What was found, when all lines were taken."""
        if not self.ended:
            self._fault(FaultKind.TRUNCATED, self.expected, self.line, say(
                N_("the export breaks off behind event {last}"), last=self.expected - 1))  # fmt: skip
        for first, end, line in self.holes:
            self._fault(FaultKind.MISSING, first, line, say(
                N_("events {first} to {last} are missing"), first=first, last=end - 1))  # fmt: skip
        if self.signed < self.expected:
            self._fault(FaultKind.UNSIGNED, self.signed, self.line, say(
                N_("no checkpoint covers the events from {first} on"), first=self.signed))  # fmt: skip
        if self.against is not None and self.against.size > self.expected:
            self._fault(FaultKind.ROLLED_BACK, self.expected, self.line, say(
                N_("the export ends at size {size}, and your checkpoint is of size {kept}: later events were taken away"),
                size=self.expected, kept=self.against.size))  # fmt: skip
        self._same_ids()
        faults = sorted(self.faults, key=lambda found: (found.position, found.line))
        return Report(self.named, self.expected, len(self.versions), self.checkpoints, self.last, tuple(faults), self.more)

    def _same_ids(self) -> None:
        """Find ids that stand twice, by parts of them, so that few are looked at together; other orders tell it themselves."""
        if len(self.ids) != self.expected:
            return
        buckets = [array("Q") for _ in range(BUCKETS)]
        for id in self.ids:
            buckets[id % BUCKETS].append(id)
        for bucket in buckets:
            if len(set(bucket)) < len(bucket):
                known: set[int] = set()
                for id in bucket:
                    if id in known:
                        self._same_id(id)
                    known.add(id)

    def _same_id(self, id: int) -> None:
        first = self.ids.index(id)
        again = self.ids.index(id, first + 1)
        self._fault(FaultKind.REPLAYED, again, self.line, say(
            N_("events {first} and {position} have one id"), first=first, position=again))  # fmt: skip

    def _fault(self, kind: FaultKind, position: int, line: int, message: Message) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(kind, position, line, message))
        else:
            self.more += 1
