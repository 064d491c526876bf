"""The decision cases under `tests/cases`, run against the engine and against the reference."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.reference.decide import decide as reference

from janji.decision.compiler import CompiledPolicy, compile_policy
from janji.decision.engine import decide, permits
from janji.decision.question import Facts, Question
from janji.decision.reasons import GROUNDS, KINDS
from janji.decision.standing import Instrument, Standing, pack, read_standing
from janji.law.format import read_law
from janji.law.model import LawPack
from janji.policy.checker import Checked, check
from janji.policy.model import Policy
from janji.policy.parser import parse_text

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "decision"
POLICIES = sorted((CASES / "policies").glob("*.yaml"))
LAWS = ROOT / "src" / "janji" / "law" / "packs"

CAUSED_BY_NO_DATA = {"internal-error"}
SPELT_OUT = {"clause", "article", "record"}

Said = dict[str, str | None]


@dataclass(frozen=True)
class Case:
    """One case as written, beside the file and the policy that it belongs to."""

    file: str
    policy: str
    title: str
    written: dict[str, Any]

    @property
    def question(self) -> Question:
        """The question; a key that is not written plays no part."""
        asked = dict(self.written["question"])
        return Question(**{**asked, "data": tuple(asked["data"]), "at": datetime.fromisoformat(asked["at"])})

    @property
    def standing(self) -> Standing | None:
        """What is known of the person; nothing when the case has no `facts`."""
        if "facts" not in self.written:
            return None
        text = json.dumps(self.written["facts"], default=date.isoformat)
        standing, mistakes = read_standing(self.file, text.encode(), policy_of(self.policy))
        assert standing is not None, [str(mistake.message) for mistake in mistakes]
        return standing


def read_cases() -> Iterator[Case]:
    for path in sorted(CASES.glob("*.yaml")):
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        for written in held["cases"]:
            yield Case(path.stem, held["policy"], written["title"], written)


@cache
def law_of(name: str) -> LawPack:
    law, mistakes = read_law(name, (LAWS / f"{name}.yaml").read_bytes())
    assert law is not None, mistakes
    return law


@cache
def checked(path: str) -> Checked:
    parsed = parse_text((CASES / path).read_bytes(), path)
    return check(parsed, law_of(parsed.policy.law) if parsed.policy else None)


def policy_of(path: str) -> Policy:
    policy = checked(path).policy
    assert policy is not None, [str(found.message) for found in checked(path).diagnostics]
    return policy


@cache
def compiled(path: str) -> CompiledPolicy:
    policy = policy_of(path)
    return compile_policy(policy, law_of(policy.law))[0]


def without_partner(wanted: Iterable[Said], given: Iterable[Said]) -> list[Said]:
    """The wanted reasons that no given one answers; the most exact choose first and each given one answers once."""
    left, unanswered = list(given), []
    for want in sorted(wanted, key=len, reverse=True):
        partner = next((one for one in left if want.items() <= one.items()), None)
        if partner is None:
            unanswered.append(want)
        else:
            left.remove(partner)
    return unanswered


ALL = list(read_cases())
each_case = pytest.mark.parametrize("case", ALL, ids=[f"{case.file}: {case.title}" for case in ALL])


@each_case
def test_the_engine_gives_the_written_answer_and_reasons(case: Case) -> None:
    """Yes or no, and every reason that is written with what is written of it, no more and no fewer."""
    policy, standing = compiled(case.policy), case.standing
    facts = None if standing is None else pack(standing, policy.layout)
    decision = decide(policy, case.question, facts)
    given: list[Said] = [
        {"code": reason.code, "clause": reason.clause, "article": reason.article, "record": reason.record}
        for reason in decision.reasons
    ]
    wanted = case.written["reasons"]
    assert ("permit" if decision.permit else "deny") == case.written["answer"], given
    assert sorted(one["code"] or "" for one in given) == sorted(one["code"] for one in wanted)
    assert without_partner(wanted, given) == [], given
    assert permits(policy, case.question, facts) is decision.permit


@each_case
def test_the_reference_gives_the_written_answer_and_reasons(case: Case) -> None:
    """The same of the reference, which gives a reason once however often it stands."""
    policy = policy_of(case.policy)
    answer = reference(policy, law_of(policy.law), case.question, case.standing)
    given: list[Said] = [
        {"code": code, "clause": ", ".join(clauses), "article": article, "record": record}
        for code, clauses, article, record in answer.reasons
    ]
    wanted = case.written["reasons"]
    assert ("permit" if answer.permit else "deny") == case.written["answer"], given
    assert {one["code"] for one in given} == {one["code"] for one in wanted}
    assert [want for want in wanted if without_partner([want], given)] == [], given


@pytest.mark.parametrize("path", POLICIES, ids=[path.stem for path in POLICIES])
def test_a_policy_of_the_cases_has_no_error(path: Path) -> None:
    """The policies that the cases are told about pass the check, if need be with warnings."""
    result = checked(f"policies/{path.name}")
    assert result.policy is not None, [f"{found.place}: {found.message}" for found in result.diagnostics]


def test_every_policy_of_the_cases_is_asked_something() -> None:
    """No policy stands there without a case."""
    assert {case.policy for case in ALL} == {f"policies/{path.name}" for path in POLICIES}


@pytest.mark.parametrize("code", [*sorted(KINDS.keys() - CAUSED_BY_NO_DATA), *(f"basis-{basis}" for basis in GROUNDS)])
def test_every_reason_is_spelt_out_in_some_case(code: str) -> None:
    """Every code and every ground has a case that writes its clause, its article and its record."""
    assert any(
        reason["code"] == code and reason.keys() >= SPELT_OUT for case in ALL for reason in case.written["reasons"]
    )


def test_there_are_enough_cases_and_no_title_stands_twice_in_a_file() -> None:
    """The cases are many, and a file and a title name one of them."""
    names = {(case.file, case.title) for case in ALL}
    assert len(ALL) >= 280
    assert len(names) == len(ALL)


@each_case
def test_a_case_is_written_in_the_keys_that_the_format_knows(case: Case) -> None:
    """No key is misspelt, and none that must be written is left out."""
    asked = {"purpose", "data", "at", "operation", "recipient", "country", "channel", "agent"}
    assert case.written.keys() <= {"title", "question", "facts", "answer", "reasons"}
    assert {"purpose", "data", "at", "operation"} <= case.written["question"].keys() <= asked
    assert isinstance(case.written["question"]["at"], str)
    assert case.written["answer"] in ("permit", "deny")
    assert all({"code"} <= reason.keys() <= {"code", *SPELT_OUT} for reason in case.written["reasons"])


def test_an_empty_reference_is_no_instrument() -> None:
    """A file of facts with an empty text is refused, and a row with one is a row without an instrument."""
    shop, at = "policies/shop.yaml", datetime(2026, 5, 4, tzinfo=UTC)
    written = '{"instrument": {"reference": "", "approved": true}}'
    standing, mistakes = read_standing("facts.json", written.encode(), policy_of(shop))
    assert standing is None
    assert mistakes
    question = Question("authority-request", ("name",), at, "disclose", "police")
    decision = decide(compiled(shop), question, Facts(instrument="", instrument_approved=True))
    assert [reason.code for reason in decision.reasons] == ["instrument-missing"]
    empty = Standing(instrument=Instrument(reference="", approved=True))
    answer = reference(policy_of(shop), law_of("id-pdp"), question, empty)
    assert {code for code, *_ in answer.reasons} == {"instrument-missing"}
