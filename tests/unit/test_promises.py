"""The promise board: every clause of the large policy has a check that can fail, and small and imported policies get true boards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from janji.assurance import asking, office
from janji.assurance.asking import Model
from janji.assurance.board import Board, State, board
from janji.assurance.findings import HELD, Area, Result, Seen
from janji.decision.compiler import compile_policy
from janji.decision.question import Decision
from janji.files.translations import load_tongue
from janji.law.model import LawPack
from janji.policy.model import ChildAccess, DataCategory, Policy, System, TouchpointField
from janji.policy.trace import trace
from janji.scanner.scan import build_scanner
from janji.terms.messages import say
from janji.terms.periods import Period
from janji.terms.processing import ClauseKind, RecipientClass, Role, Trait
from janji.terms.texts import Text
from janji.workflows.policies import open_policy
from janji.workflows.texts import import_text

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 12, 1, 3, tzinfo=UTC)
WELL = tuple(Seen(area=area, result=Result.HOLDS, says=say("seen")) for area in Area)
OPENED = open_policy(ROOT / "policies" / "pt-sony-indonesia")
SCANNER = build_scanner()
CLAUSES = tuple(map(str, OPENED.whole[0].clauses))


def shown(policy: Policy, law: LawPack = OPENED.whole[1], seen: Sequence[Seen] = WELL) -> Board:
    """The board of a policy."""
    return board(Model(compile_policy(policy, law)[0], AT, SCANNER), seen)


@cache
def proven() -> Policy:
    """The large policy with evidence for its measures: what the company alone can add."""
    policy = OPENED.whole[0]
    return replace(policy, measures=every(policy, "measures", lambda _: {"evidence": "register", "reviewed": date(2026, 11, 1)}))


def loose(policy: Policy) -> Policy:
    """One entry more of each kind, which rests on no clause."""
    for section, like in DIMENSIONS.values():
        policy = more(section, "stray", like)(policy)
    return policy


def every(policy: Policy, section: str, change: Callable[[Any], dict[str, Any] | None]) -> dict[str, Any]:
    """A section with each of its entries changed, those left alone for which there is no change."""
    return {name: replace(entry, **found) if (found := change(entry)) else entry for name, entry in getattr(policy, section).items()}


def red(made: Board) -> set[str]:
    """The clauses that are broken."""
    return {line.id for line in made.lines if line.state is State.BROKEN}


def citing(*paths: str, policy: Policy | None = None) -> set[str]:
    """The clauses that these entries rest on, or entries below them."""
    return {
        str(item.clause.id) for item in trace(policy or proven()).clauses
        if any(entry == path or entry.startswith(f"{path}.") for entry in item.entries for path in paths)
    }  # fmt: skip


DIMENSIONS = {"purpose": ("purposes", "enquiry"), "data": ("data", "email"), "recipient": ("recipients", "courier"), "country": ("transfers", "japan"),
              "channel": ("channels", "email"), "touchpoint": ("touchpoints", "website")}  # fmt: skip
"""What may not be undeclared, and an entry of it that one more is made like."""
NOTHING = Text((("", "Nothing."),))
GROUNDS = {"notice": None, "agreements": (), "obligation": None, "assessment": None}
STRAY = DataCategory(id="stray", title=NOTHING, law_class="general")


def put(policy: Policy, section: str, entries: Any) -> Policy:
    """The policy with other entries in a section."""
    edit: dict[str, Any] = {section: entries}
    return replace(policy, **edit)


def more(section: str, name: str, like: str) -> Callable[[Policy], Policy]:
    """One entry more, which rests on no clause."""
    return lambda policy: put(policy, section, {**getattr(policy, section), name: replace(getattr(policy, section)[like], id=name, clauses=())})


def asks_too_much(policy: Policy) -> Policy:
    """Every touchpoint asks for one thing that no purpose needs."""
    one = TouchpointField(id="stray", data="stray")
    changed = every(policy, "touchpoints", lambda place: {"fields": {**place.fields, "stray": one}})
    return replace(policy, data={**policy.data, "stray": replace(STRAY, clauses=("2.1.1",), sources=("person",))}, touchpoints=changed)


def sections(section: str, change: Callable[[Any], dict[str, Any] | None]) -> Callable[[Policy], Policy]:
    """A policy with each entry of a section changed."""
    return lambda policy: put(policy, section, every(policy, section, change))


def without(*names: str) -> Callable[[Policy], Policy]:
    """A policy that does not grant these rights."""
    return lambda policy: replace(policy, rights={name: one for name, one in policy.rights.items() if name not in names})


def only(section: str, wanted: Callable[[Any], bool]) -> Callable[[], set[str]]:
    """The clauses of some entries of a section."""
    return lambda: citing(*(f"{section}.{name}" for name, one in getattr(proven(), section).items() if wanted(one)))


TOLD = Text((("en", "Said."),))
MODEL: dict[str, tuple[Callable[[Policy], Policy], Callable[[], set[str]]]] = {
    "a purpose without what its basis needs": (
        sections("purposes", lambda one: dict(GROUNDS)), only("purposes", lambda one: any(getattr(one, name) for name in GROUNDS if name != "notice") or one.basis == "consent")),
    "marketing and profiling open to children": (
        sections("purposes", lambda one: {"child": ChildAccess.OPEN}), only("purposes", lambda one: bool({Trait.MARKETING, Trait.PROFILING} & set(one.traits)))),
    "a machine that decides alone": (
        sections("purposes", lambda one: {"automated": None}), only("purposes", lambda one: Trait.AUTOMATED_DECISION in one.traits)),
    "data from nowhere": (sections("data", lambda one: {"sources": ()}), only("data", lambda one: True)),
    "a notice in one language": (
        sections("notices", lambda one: {"fields": dict.fromkeys(one.fields, TOLD)}), only("notices", lambda one: True)),
    "a form that asks for too much": (asks_too_much, only("touchpoints", lambda one: True)),
    "a field without consequence": (
        sections("touchpoints", lambda one: {"fields": {name: replace(part, consequence=None) for name, part in one.fields.items()}}),
        only("touchpoints", lambda one: any(part.required for part in one.fields.values()))),
    "a recipient in the wrong part": (
        sections("recipients", lambda one: {"role": Role.CONTROLLER if one.kind is RecipientClass.AUTHORITY else Role.AUTHORITY}), only("recipients", lambda one: True)),
    "a transfer proven by nothing": (sections("transfers", lambda one: {"proven": date(2026, 1, 1)}), only("transfers", lambda one: True)),
    "a tracker that does not wait": (sections("trackers", lambda one: {"essential": not one.essential}), only("trackers", lambda one: True)),
    "a rule without an end": (sections("retention", lambda one: {"period": Period()}), only("retention", lambda one: True)),
    "nobody to write to": (
        lambda policy: replace(policy, controller=replace(policy.controller, address=None, phone=None, email=None, url=None)), lambda: citing("controller")),
    "rights that nobody can ask for": (
        without("information", "transfer-questions", "withdrawal", "objection"), only("rights", lambda one: one.right is None and not one.bases)),
    "evidence of long ago": (sections("measures", lambda one: {"reviewed": date(2024, 1, 1)}), only("measures", lambda one: True)),
    "training that is not required": (lambda policy: replace(policy, training=replace(policy.training, required=False)), lambda: citing("training")),  # type: ignore[type-var]
    "children called adults": (lambda policy: replace(policy, children=replace(policy.children, under=12)), lambda: citing("children")),  # type: ignore[type-var]
    "entries of no clause": (loose, lambda: citing(*(f"undeclared.{one}" for one in DIMENSIONS))),
    "a purpose on a defect": (
        lambda policy: replace(policy, purposes={**policy.purposes, "enquiry": replace(policy.purposes["enquiry"], clauses=("3.1.5.f",))}), lambda: {"3.1.5.f"}),
}  # fmt: skip
"""What is broken on purpose in the policy, and the clauses that must turn red."""


@cache
def made_by(name: str) -> Board:
    """The board after one break of the policy."""
    return shown(MODEL[name][0](proven()))


def broken_by(name: str) -> set[str]:
    """The clauses that one break turns red."""
    return red(made_by(name))


@cache
def well() -> Model:
    """The large policy in order, asked again and again."""
    return Model(compile_policy(proven(), OPENED.whole[1])[0], AT, SCANNER)


@cache
def broken_in(area: Area) -> frozenset[str]:
    """The clauses that turn red when something is wrong in one area."""
    wrong = Seen(area=area, result=Result.FAILS, says=say("broken"), help=say("mend it"))
    return frozenset(red(board(well(), (*(one for one in WELL if one.area is not area), wrong))))


def test_all_is_well() -> None:
    """With everything in order each promise is kept, and each clause that is none is not acted on; 104 clauses in all."""
    made = board(well(), WELL)
    promises = sum(clause.kind is ClauseKind.PROMISE for clause in proven().clauses.values())
    assert made.counts == {State.KEPT: promises, State.BROKEN: 0, State.UNPROVEN: 0, State.NOT_A_PROMISE: 104 - promises}
    for line in made.lines:
        assert (line.state is State.NOT_A_PROMISE) is (line.kind is not ClauseKind.PROMISE), line.id
        assert line.findings, line.id


@pytest.mark.parametrize("name", MODEL)
def test_a_break_in_the_policy_turns_its_clauses_red(name: str) -> None:
    """Each break turns the clauses red that rest on what was broken."""
    wanted = MODEL[name][1]()
    assert wanted
    assert wanted <= broken_by(name)
    assert len(broken_by(name)) < 104


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_one_entry_of_no_clause_opens_its_own_list_alone(dimension: str) -> None:
    """What is declared and stands in no clause breaks the promise that the list of its kind is closed, and of no other kind."""
    made = Model(compile_policy(more(DIMENSIONS[dimension][0], "stray", DIMENSIONS[dimension][1])(proven()), OPENED.whole[1])[0], AT, SCANNER)
    assert [one.entry for one in office.closed(made) if one.result is Result.FAILS] == [f"undeclared.{dimension}"]


@pytest.mark.parametrize("area", Area)
def test_a_break_in_the_world_turns_its_clauses_red(area: Area) -> None:
    """Each area that can be looked at turns some clauses red, and never all."""
    assert 0 < len(broken_in(area)) < 104


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_can_turn_red(clause: str) -> None:
    """There is a break of the policy, or of the world, that turns the clause red."""
    assert any(clause in broken_by(name) for name in MODEL) or any(clause in broken_in(area) for area in Area)


def test_a_promise_that_nothing_carries_is_broken() -> None:
    """A promise that no entry cites is red; a claim that nothing rests on is not acted on."""
    alone = replace(proven(), purposes={}, prohibitions={}, recipients={}, transfers={}, retention={}, trackers={}, touchpoints={}, rights={}, measures={}, notices={})
    lines = {line.id: line for line in shown(alone).lines}
    assert (lines["9.1.h"].state, [one.check for one in lines["9.1.h"].wrong]) == (State.BROKEN, ["carried"])
    assert lines["6.1.e"].state is State.NOT_A_PROMISE


def test_an_engine_that_permits_everything_fails_every_check_that_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No check that asks the policy is a constant: each of them notices an engine that says yes to all."""
    monkeypatch.setattr(asking, "decide", lambda compiled, question, facts: Decision(True, (), compiled.version, question, facts))
    made = board(well(), WELL)
    failing = {str(one.check) for line in made.lines for one in line.findings if one.result is Result.FAILS}
    assert failing >= {
        "ground", "limits", "minors", "no-wins", "machine", "channel", "never", "recipient", "stranger", "transfer", "tracker", "period", "trained",
        "quarantine", "third-person", "closed", "granted",
    }  # fmt: skip


def test_no_check_is_a_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check over the policy holds of something, and fails in some break."""
    seen: dict[str, set[Result]] = {}
    boards = [board(well(), WELL), *map(made_by, MODEL), shown(replace(proven(), notices={}, purposes={}, touchpoints={}, recipients={}, transfers={}, retention={}, trackers={}, prohibitions={}, rights={})),
              shown(proven(), replace(OPENED.whole[1], authorities={}))]  # fmt: skip
    monkeypatch.setattr(asking, "decide", lambda compiled, question, facts: Decision(True, (), compiled.version, question, facts))
    for made in (*boards, board(well(), WELL)):
        for line in made.lines:
            for one in line.findings:
                seen.setdefault(str(one.check), set()).add(one.result)
    assert {name for name in HELD if not {Result.HOLDS, Result.FAILS} <= seen.get(name, set())} == set()


def test_no_authority_to_complain_to() -> None:
    """Without an authority in the law pack, the promise of a way to complain is broken."""
    assert "10.2.complaint" in red(shown(proven(), replace(OPENED.whole[1], authorities={})))


def test_what_was_not_seen_is_unproven_and_says_what_to_do() -> None:
    """Without a record nothing of the world is known: no promise is called kept that rests on it, and each says the next step."""
    made = board(well(), ())
    for line in made.lines:
        if line.state is State.UNPROVEN:
            assert all(one.help is not None for one in line.wrong), line.id
    assert {line.id for line in made.lines if line.state is State.UNPROVEN} >= {"9.1.a", "5.1", "8.3", "6.1"}


def test_a_late_request_breaks_its_own_right_alone() -> None:
    """What is seen of one entry breaks the clauses of that entry, and of no other."""
    late = Seen(area=Area.REQUESTS, result=Result.FAILS, entry="rights.claim", says=say("late"), help=say("answer"))
    assert red(board(well(), (*WELL, late))) == citing("rights.claim")


def test_law_and_promise_that_differ_are_told() -> None:
    """Where the text promises more time than the law gives, the line says so."""
    made = board(Model(OPENED.compiled, AT, SCANNER), WELL, OPENED.checked.diagnostics)
    lines = {line.id: line for line in made.lines}
    assert any("30" in str(one) or "P30D" in str(one) for one in lines["10.1.deadline"].differs)
    assert lines["P.1"].missing
    assert lines["1.1"].differs == ()


def test_the_smallest_policy_has_a_board() -> None:
    """Entries that rest on no clause are promises by themselves; breaking one turns it red, and only it and what rests on it."""
    policy, law = open_policy(ROOT / "policies" / "minimal").whole
    made = shown(policy, law)
    assert {line.state for line in made.lines} == {State.KEPT}
    assert {line.id for line in made.lines} >= {"controller", "purposes.newsletter", "data.contact.email", "rights.access"}
    free = replace(policy, purposes={**policy.purposes, "order": replace(policy.purposes["order"], agreements=())})
    assert red(shown(free, law)) == {"purposes.order"}
    assert shown(policy, law, ()).counts[State.UNPROVEN] > 10


def test_an_imported_policy_has_a_board(tmp_path: Path) -> None:
    """A fresh starting model: no promise is called kept that nothing carries, and whatever is not kept says what to do next."""
    import_text(ROOT / "policies" / "sample" / "privacy-policy.txt", tmp_path / "made", date(2026, 11, 1), load_tongue("en"))
    opened = open_policy(tmp_path / "made")
    policy, law = opened.whole
    made = board(Model(opened.compiled, AT, SCANNER), WELL, opened.checked.diagnostics)
    assert len(made.lines) >= len(policy.clauses) > 10
    traced = {str(item.clause.id): item for item in trace(policy).clauses}
    for line in made.lines:
        assert all(one.help is not None for one in line.wrong), line.id
        assert line.state is not State.KEPT or line.entries, line.id
        if line.kind is ClauseKind.PROMISE and not traced[line.id].entries:
            assert line.state is State.BROKEN
    states = {line.state for line in made.lines}
    assert State.BROKEN in states
    assert states & {State.KEPT, State.NOT_A_PROMISE}
    assert any(line.missing for line in made.lines)
    assert shown(policy, law, ()).counts[State.UNPROVEN] > made.counts[State.UNPROVEN]


def test_touchpoints_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that keeps everything is noticed at every touchpoint."""
    from janji.assurance import flows
    from janji.collection.gate import collect

    monkeypatch.setattr(flows, "collect", lambda compiled, place, fields, *rest: replace(collect(compiled, place, fields, *rest), kept=dict(fields)))
    assert red(board(well(), WELL)) >= citing(*(f"touchpoints.{name}" for name in proven().touchpoints))


def test_a_failing_drill_counts_for_a_purpose_without_channels() -> None:
    """A withdrawal that does not stop a purpose on consent turns it red, whether it names channels or none."""
    policy = put(proven(), "purposes", {**proven().purposes, "newsletters": replace(proven().purposes["newsletters"], channels=())})
    wrong = Seen(area=Area.OPT_OUT, result=Result.FAILS, entry="purposes.newsletters", says=say("went on"), help=say("stop"))
    assert citing("purposes.newsletters") <= red(shown(policy, seen=(*WELL, wrong)))
    assert not citing("purposes.newsletters") <= red(shown(policy))


def test_a_promise_that_only_an_unchecked_entry_cites_is_unproven() -> None:
    """A citation alone keeps no promise: where no check looks at the entry, the line says so."""
    like = next(one for one in proven().clauses.values() if one.kind is ClauseKind.PROMISE)
    policy = put(proven(), "clauses", {**proven().clauses, "new": replace(like, id="new")})
    line = next(one for one in shown(put(policy, "systems", {"crm": System(id="crm", title=NOTHING, clauses=("new",))})).lines if one.id == "new")
    assert (line.state, [str(one.says) for one in line.wrong]) == (State.UNPROVEN, ["no check looks at `systems.crm`"])
    assert line.wrong[0].help is not None


def test_a_review_to_come_is_none() -> None:
    """A day that is still to come, written as the day of a review, shows nothing."""
    policy = put(proven(), "measures", every(proven(), "measures", lambda _: {"reviewed": AT.date() + timedelta(days=1)}))
    made = Model(compile_policy(policy, OPENED.whole[1])[0], AT, SCANNER)
    assert {one.result for one in office.measures(made) if one.check == "measure"} == {Result.UNKNOWN}
