"""The gate: each field of a submission held against its touchpoint, its purposes, the person's age and the scanner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from janji.collection.ages import age_outcome, facts_with
from janji.collection.choices import read_choices
from janji.collection.findings import finding
from janji.collection.submission import (
    AgeOutcome,
    Asked,
    Choice,
    Collected,
    Context,
    Find,
    Held,
    Missing,
    Provenance,
    Quarantined,
)  # fmt: skip
from janji.collection.values import is_empty, limited, shortened, texts, uploads
from janji.decision.compiler import CompiledPolicy
from janji.decision.enforcement import Mode, enforce, mode_for
from janji.decision.engine import decide
from janji.decision.question import Decision, Facts, Question, Reason
from janji.policy.model import Touchpoint, TouchpointField
from janji.terms.messages import series
from janji.terms.processing import AgeState, Operation

if TYPE_CHECKING:
    from janji.scanner.scan import Scanner


def collect(
    compiled: CompiledPolicy, touchpoint: str, fields: Mapping[str, Any], context: Context, scanner: Scanner,
    facts: Facts | None = None,
) -> Collected:  # fmt: skip
    """What may be kept of `fields`, given at a touchpoint by a person of whom `facts` are known (nothing, without).

    Each purpose of the touchpoint is asked whether it may collect each category; a field that none of them may have is
    dropped with all reasons. In `observe` and `warn` it is kept and told of, except for what holds in every mode: a
    prohibition, a no of the person, a child without a guardian, and a choice that nobody made. UU 27/2022 Art 16(2)(a),
    27, 28; GDPR Art 5(1)(b) and (c).
    """
    place = compiled.policy.touchpoints.get(touchpoint)
    mode = mode_for("", context.enforcement, touchpoint, context.application)
    if place is None:
        return _nowhere(compiled, touchpoint, fields, mode)
    return _Gate(compiled, place, context, scanner, facts or Facts(), mode).run(fields)


def said(
    compiled: CompiledPolicy, touchpoint: str, fields: Mapping[str, Any], context: Context, facts: Facts | None = None
) -> tuple[tuple[Choice, ...], AgeOutcome | None]:
    """The choices in a submission, and what its age gate comes to: both are on record before anything is kept."""
    place = compiled.policy.touchpoints.get(touchpoint)
    if place is None:
        return (), None
    given = {name: value for name, value in fields.items() if not is_empty(value)}
    return read_choices(compiled, place, given, context)[0], age_outcome(compiled, place, given, context, facts or Facts())[0]


def _nowhere(compiled: CompiledPolicy, touchpoint: str, fields: Mapping[str, Any], mode: Mode) -> Collected:
    reasons = (finding("touchpoint-undeclared", compiled.law, compiled.policy.undeclared.touchpoint),)
    held = tuple(Held(name, reasons) for name, value in fields.items() if not is_empty(value))
    if mode is Mode.ENFORCE:
        return Collected(touchpoint, False, mode, compiled.version, dropped=held or (Held("", reasons),))
    return Collected(touchpoint, True, mode, compiled.version, kept=dict(fields), observed=held or (Held("", reasons),))


class _Gate:
    """One submission at one touchpoint."""

    def __init__(
        self, compiled: CompiledPolicy, place: Touchpoint, context: Context, scanner: Scanner, facts: Facts, mode: Mode
    ) -> None:
        self.compiled, self.place, self.context, self.scanner = compiled, place, context, scanner
        self.facts, self.mode = facts, mode
        self.law, self.policy = compiled.law, compiled.policy
        self.lenient = mode is not Mode.ENFORCE
        self.age: AgeOutcome | None = None
        self.recording: tuple[Reason, ...] = self._recording()
        self.asked: dict[tuple[str, str], Asked] = {}
        self.kept: dict[str, Any] = {}
        self.dropped: list[Held] = []
        self.observed: list[Held] = []
        self.quarantined: list[Quarantined] = []
        self.provenance: dict[str, Provenance] = {}

    def run(self, fields: Mapping[str, Any]) -> Collected:
        given = {str(name): value for name, value in fields.items() if not is_empty(value)}
        choices, wrong = read_choices(self.compiled, self.place, given, self.context)
        self.dropped += wrong
        self.age, unread = age_outcome(self.compiled, self.place, given, self.context, self.facts)
        self.facts = facts_with(self.compiled, self.facts, self.age)
        for name, value in given.items():
            declared = self.place.fields.get(name)
            if declared is None:
                undeclared = self._found("field-undeclared", self.policy.undeclared.data or self.place.clauses)
                self._hold(name, value, (undeclared,), always=self._unguarded)
            elif declared.choice is None:
                self._field(name, declared, value, unread if declared.born else ())
        scopes, refused = self._scopes()
        missing = tuple(self._missing())
        return Collected(
            str(self.place.id), self.lenient or not any(item.required for item in missing), self.mode, self.compiled.version,
            self.kept, tuple(self.dropped), tuple(self.observed), missing, tuple(self.quarantined), choices, self.provenance,
            self.age, scopes, refused, tuple(self.asked.values()), self._warns(),
        )  # fmt: skip

    @property
    def _unguarded(self) -> bool:
        """A child without a guardian, of whom nothing is kept that the policy does not take, whatever is enforced."""
        return self.age is not None and self.age.quarantined

    def _warns(self) -> bool:
        """Whether the caller must be told of something that went on against the policy."""
        through = [asked.outcome for asked in self.asked.values() if not asked.decision.permit and asked.outcome.proceed]
        return bool(self.observed) and (self.mode is Mode.WARN or any(outcome.warn for outcome in through))

    def _found(self, code: str, clauses: tuple[str, ...] | None = None, **params: Any) -> Reason:
        where = {"touchpoint": str(self.place.id), **params}
        return finding(code, self.law, self.place.clauses if clauses is None else clauses, **where)

    def _hold(self, name: str, value: Any, reasons: tuple[Reason, ...], *, always: bool = False) -> None:
        """Something that the gate itself objects to: dropped, or kept and told of where nothing is enforced yet."""
        if self.lenient and not always:
            self.observed.append(Held(name, reasons))
            self.kept[name] = value
            self.provenance[name] = self._provenance(name, ())
        else:
            self.dropped.append(Held(name, reasons, always=always))

    # What the gate itself asks of a field.

    def _field(self, name: str, declared: TouchpointField, value: Any, unread: tuple[Reason, ...]) -> None:
        always = any(reason.code == "age-differs" for reason in unread)
        gate = (*self.recording, *self._event(name), *unread, *self._files(value), *self._source(name, declared))
        value, gate = self._limited(name, declared, value, gate)
        decided, purposes, proceeds = self._decided(declared.data)
        speaks = (*gate, *(() if purposes else decided))
        stopped = (gate and (always or not self.lenient)) or not proceeds
        held = Held(name, speaks, () if purposes else self._denying(declared.data), always or (not proceeds and self.lenient))
        if stopped or value is None:
            self.dropped.append(held)
            return
        if speaks:
            self.observed.append(held)
        self.provenance[name] = self._provenance(name, purposes)
        if not self._review(name, declared, value):
            self.kept[name] = value

    def _provenance(self, name: str, purposes: tuple[str, ...]) -> Provenance:
        """Where a value came from (clause 2.0): the source named for it, for all fields, or the touchpoint's own."""
        source = self.context.sources.get(name) or self.context.source or self.place.source
        found = self.policy.sources.get(source) or self.policy.sources[self.place.source]
        return Provenance(str(found.id), found.kind, purposes, self.context.agent)

    def _event(self, name: str) -> Iterator[Reason]:
        events = self.place.events
        if not events:
            return
        found = events.get(self.context.event or "")
        if found is None:
            yield self._found("event-undeclared", self.policy.undeclared.data or self.place.clauses)
        elif name not in found.fields:
            yield self._found("field-not-for-event", found.clauses or self.place.clauses, event=str(found.id), field=name)

    def _files(self, value: Any) -> Iterator[Reason]:
        if not self.place.uploads and any(True for _ in uploads(value)):
            yield self._found("upload-undeclared")

    def _source(self, name: str, declared: TouchpointField) -> Iterator[Reason]:
        """A source that is not the touchpoint's own must be declared, and for these data."""
        source = self.context.sources.get(name) or self.context.source
        if source is None or source == self.place.source:
            return
        if source not in self.policy.sources or source not in self.policy.data[declared.data].sources:
            yield self._found("source-undeclared", self.policy.data[declared.data].clauses, field=name)

    def _limited(
        self, name: str, declared: TouchpointField, value: Any, gate: tuple[Reason, ...]
    ) -> tuple[Any, tuple[Reason, ...]]:
        """The value without undeclared parts, and cut short where the policy says so."""
        rest, left_out = limited(value, declared)
        reason = self._found("part-undeclared", field=name)
        goes_on = self.lenient and not self._unguarded
        for part in left_out:
            (self.observed if goes_on else self.dropped).append(Held(f"{name}.{part}", (reason,), always=self.lenient and not goes_on))
        if not goes_on:
            value = rest
            gate = (*gate, reason) if rest is None else gate
        if declared.shorten and value is not None:
            short = shortened(value)
            if short is None:
                gate = (*gate, self._found("address-unreadable", field=name))
            value = value if short is None else short
        return value, gate

    def _recording(self) -> tuple[Reason, ...]:
        """Why nothing may be recorded: nobody announced it, too late, or with another text (clauses 2.1.1.b, 2.4.1.e)."""
        if not self.place.recording:
            return ()
        announced, notice = self.context.announced, self.place.notice
        if announced is None or announced.at.tzinfo is None:
            return (self._found("recording-unannounced"),)
        if announced.at > self.context.at:
            return (self._found("recording-announced-late"),)
        if announced.digest not in self.context.texts.get(notice or "", frozenset()):
            return (self._found("recording-other-notice", notice=notice or "-"),)
        return ()

    # What the purposes may have.

    def _ask(self, purpose: str, category: str) -> Asked:
        """The decision whether a purpose may collect a category, what the deployment does with it, and the gate's part."""
        known = self.asked.get((purpose, category))
        if known is not None:
            return known
        question = Question(purpose, (category,), self.context.at, Operation.COLLECT, agent=self.context.agent)
        decision = self._gated(decide(self.compiled, question, self.facts))
        outcome = enforce(decision, self.context.enforcement, str(self.place.id), self.context.application)
        if self.age is not None and self.age.quarantined and not decision.permit:
            outcome = replace(outcome, proceed=False, mode=Mode.ENFORCE, warn=True)
        self.asked[purpose, category] = found = Asked(decision, outcome)
        return found

    def _gated(self, decision: Decision) -> Decision:
        """Behind an age gate an age that nobody gave is a no for every purpose that turns on it."""
        age = self.age
        if age is None or not age.gate or age.state is not AgeState.UNKNOWN:
            return decision
        if self.compiled.row(decision.question).age is None:
            return decision
        children = self.policy.children
        reason = self._found("age-not-asked", children.clauses if children else None)
        others = () if decision.permit else decision.reasons
        return Decision(False, (*others, reason), decision.policy_version, decision.question, decision.facts)

    def _serving(self, category: str) -> tuple[str, ...]:
        """The purposes of the touchpoint that need a category; all of them when none does, to say so."""
        named = [str(name) for name in self.place.purposes]
        return tuple(name for name in named if category in self.policy.purposes[name].data) or tuple(named)

    def _decided(self, category: str) -> tuple[tuple[Reason, ...], tuple[str, ...], bool]:
        """Every reason against a category, the purposes that may have it, and whether the deployment lets it go on."""
        found = [(name, self._ask(name, category)) for name in self._serving(category)]
        permitted = tuple(name for name, asked in found if asked.decision.permit)
        reasons = dict.fromkeys(
            reason for _, asked in found if not asked.decision.permit for reason in asked.decision.reasons
        )
        return tuple(reasons), permitted, any(asked.outcome.proceed for _, asked in found)

    def _denying(self, category: str) -> tuple[str, ...]:
        return tuple(name for name in self._serving(category) if not self._ask(name, category).decision.permit)

    def _scopes(self) -> tuple[tuple[str, ...], tuple[Held, ...]]:
        """Scopes of another service: declared for the touchpoint, and some purpose may collect what they bring."""
        found = [self._decided(item.data) for item in self.place.fields.values() if item.choice is None]
        permitted, goes_on = any(item[1] for item in found), any(item[2] for item in found)
        against = tuple(dict.fromkeys(reason for item in found for reason in item[0]))
        allowed, refused = [], []
        for scope in dict.fromkeys(self.context.scopes):
            undeclared = scope not in self.place.scopes
            reasons = (self._found("scope-undeclared"),) if undeclared else () if permitted else against
            held = Held(scope, reasons, () if undeclared else tuple(map(str, self.place.purposes)))
            if not reasons or (self.lenient if undeclared else goes_on):
                allowed.append(scope)
                self.observed += [held] if reasons else []
            else:
                refused.append(held)
        return tuple(allowed), tuple(refused)

    # What was written freely.

    def _review(self, name: str, declared: TouchpointField, value: Any) -> bool:
        """Hold a value apart that a person must look at; where nothing is enforced yet it is kept and told of."""
        if not self._is_scanned(declared) and not any(True for _ in uploads(value)):
            return False
        finds = tuple(self._finds(declared, value))
        unread = any(item.text is None for item in uploads(value))
        if not finds and not unread:
            return False
        if finds:
            kinds = series([f"`{kind}`" for kind in dict.fromkeys(find.match.kind for find in finds)], ", ")
            reason = self._found("review-needed", field=name, found=kinds)
        else:
            reason = self._found("unread", field=name)
        if self.lenient:
            self.observed.append(Held(name, (reason,)))
            return False
        self.quarantined.append(Quarantined(name, reason, finds, value))
        return True

    def _is_scanned(self, declared: TouchpointField) -> bool:
        """Fields in which people write freely; all of a place for free text that does not say which."""
        marked = any(item.free_text for item in self.place.fields.values())
        return declared.free_text or ((self.place.free_text or self.place.uploads) and not marked)

    def _finds(self, declared: TouchpointField, value: Any) -> Iterator[Find]:
        for part, text in texts(value):
            for match in self.scanner.scan(text):
                if match.kind not in declared.expects:
                    yield Find(match, part)

    # What is not there.

    def _missing(self) -> Iterator[Missing]:
        there = {*self.kept, *(item.field for item in self.quarantined)}
        event = self.place.events.get(self.context.event or "")
        wanted: Iterable[str] = self.place.fields if event is None else event.fields
        for name in wanted:
            item = self.place.fields[name]
            if name not in there and item.choice is None and (item.required or item.consequence):
                yield Missing(str(name), item.required, item.consequence)
