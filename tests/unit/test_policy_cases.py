"""Broken policies as data, one or more a diagnostic code: `tests/cases/policies/*.yaml`.

A case is a policy, what must be found in it, and a `clean` counterpart in which the code must not be found and
nothing is an error. The policy is `policies/minimal` unless `text` or `bytes` (hexadecimal) replaces it, changed by

    replace     pairs of a text that stands there once and what is put in its place
    add         a section and a line to put under it (the section is appended when it is not there)
    append      lines for the end
    files       further files by name
    many-files  so many further files, all of them included
    no-root     true when even the first file is missing

`law` is the law pack (`id-pdp`, `eu-gdpr`, `none`), `law-without` takes one rule out of a section of it, and
`law-days` gives rules of a section other days in force. `expect` lists every diagnostic in the order reported: code,
severity, `file` when it is not the first, and the place `at` line and column (`0:0` is the file as a whole) or `where`
some text begins. `says` and `helps` give words that the message and the help of a code must hold.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import janji
from janji.documents.shapes import MAX_DIAGNOSTICS
from janji.law.format import read_law
from janji.law.model import Evidence, LawPack
from janji.policy.checker import SUGGESTIONS, Checked, check
from janji.policy.parser import MAX_FILES, Parsed, parse
from janji.terms.processing import Severity

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(janji.__file__).parent
MINIMAL = (ROOT / "policies" / "minimal" / "policy.yaml").read_text(encoding="utf-8")
FIRST = "policy.yaml"
REPORTERS = {"error", "warn", "info", "_error", "Diagnostic"}
HOLES = {"evidence": [str(item) for item in Evidence]}
KEYS = {"code", "case", "text", "bytes", "replace", "add", "append", "files", "many-files", "no-root", "law",
        "law-without", "law-days", "expect", "says", "helps", "clean"}  # fmt: skip

Case = dict[str, Any]


def _cases() -> list[Case]:
    found: list[Case] = []
    for path in sorted((ROOT / "tests" / "cases" / "policies").glob("*.yaml")):
        found.extend(yaml.load(path.read_bytes(), yaml.CSafeLoader))
    return found


CASES = _cases()
NAMES = [f"{case['code']}: {case['case']}" for case in CASES]


@cache
def _pack(name: str) -> LawPack:
    pack, found = read_law(name, (SOURCE / "law" / "packs" / f"{name}.yaml").read_bytes())
    assert pack is not None
    assert not found
    return pack


def _law(case: Case) -> LawPack | None:
    name = case.get("law", "id-pdp")
    if name == "none":
        return None
    pack = _pack(name)
    for section, rule in case.get("law-without", {}).items():
        rules = dict(getattr(pack, section))
        del rules[rule]
        changed: dict[str, Any] = {section: rules}
        pack = replace(pack, **changed)
    return _dated(pack, case.get("law-days", {}))


def _dated(pack: LawPack, days: dict[str, dict[str, dict[str, date]]]) -> LawPack:
    """The pack with other days in force for the rules named by section."""
    for section, rules in days.items():
        held = dict(getattr(pack, section))
        changed: dict[str, Any] = {section: held | {name: replace(held[name], **new) for name, new in rules.items()}}
        pack = replace(pack, **changed)
    return pack


def _text(case: Case) -> str:
    written: Any = case.get("text", MINIMAL)
    if isinstance(written, dict):
        return str(written["repeat"]) * int(written["times"])
    text = str(written)
    for old, new in case.get("replace", []):
        assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
        text = text.replace(old, new)
    for section, line in case.get("add", {}).items():
        head = f"\n{section}:\n"
        assert text.count(head) <= 1
        text = text.replace(head, f"{head}  {line}\n") if head in text else f"{text}{head[1:]}  {line}\n"
    return text + str(case.get("append", ""))


def _files(case: Case) -> dict[str, bytes]:
    files = {name: text.encode() for name, text in case.get("files", {}).items()}
    if case.get("no-root"):
        return files
    if "bytes" in case:
        return {**files, FIRST: bytes.fromhex(case["bytes"])}
    text = _text(case)
    more = [f"part-{number:03}.yaml" for number in range(case.get("many-files", 0))]
    if more:
        text += f"include: [{', '.join(more)}]\n"
        files |= dict.fromkeys(more, b"measures: {}\n")
    return {**files, FIRST: text.encode()}


def _parse(files: dict[str, bytes]) -> Parsed:
    steps = parse(FIRST)
    wanted = next(steps)
    while True:
        try:
            wanted = steps.send(files.get(wanted))
        except StopIteration as stop:
            parsed: Parsed = stop.value
            return parsed


def _check(case: Case) -> Checked:
    return check(_parse(_files(case)), _law(case))


def _errors(checked: Checked) -> int:
    return sum(item.severity is Severity.ERROR for item in checked.diagnostics)


def _place(text: str, part: str) -> tuple[int, int]:
    """Line and column of the first place in `text` where `part` begins a word."""
    index = text.find(part)
    while index > 0 and text[index - 1].isalnum() and part[0].isalnum():
        index = text.find(part, index + 1)
    assert index >= 0, f"{part!r} is not in the text"
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_case_finds_exactly_what_it_says(case: Case) -> None:
    """A broken policy must give exactly the diagnostics of its case, each with severity, place, message and help."""
    assert set(case) <= KEYS
    assert case["code"] in [wanted["code"] for wanted in case["expect"]]
    files = _files(case)
    checked = _check(case)
    found = [(item.code, str(item.severity)) for item in checked.diagnostics]
    assert found == [(wanted["code"], wanted["severity"]) for wanted in case["expect"]], [
        str(item.message) for item in checked.diagnostics
    ]
    for item, wanted in zip(checked.diagnostics, case["expect"], strict=True):
        assert set(wanted) <= {"code", "severity", "file", "at", "where"}
        assert item.place.file == wanted.get("file", FIRST)
        if "at" in wanted:
            assert f"{item.place.line}:{item.place.column}" == wanted["at"]
        if "where" in wanted:
            text = files[item.place.file].decode()
            assert (item.place.line, item.place.column) == _place(text, wanted["where"]), wanted["where"]
        assert str(item.message).strip()
        assert item.help is not None
        assert str(item.help).strip()
        assert case.get("helps", {}).get(item.code, "") in str(item.help)
        assert case.get("says", {}).get(item.code, "") in str(item.message)
    assert {*case.get("helps", {}), *case.get("says", {})} <= {item.code for item in checked.diagnostics}
    assert (checked.policy is None) == any(wanted["severity"] == "error" for wanted in case["expect"])


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_clean_counterpart_does_not_find_it(case: Case) -> None:
    """The clean counterpart (the unchanged policy when none is written) must not fire the code, nor any error."""
    clean = dict(case.get("clean", {}))
    assert set(clean) <= KEYS - {"code", "case", "expect", "clean", "says", "helps"}
    if case.get("law") != "none" and "text" in clean:
        clean.setdefault("law", case.get("law", "id-pdp"))
    clean.setdefault("law-without", case.get("law-without", {}))
    checked = _check(clean)
    assert case["code"] not in [item.code for item in checked.diagnostics]
    assert _errors(checked) == 0
    assert checked.policy is not None


def _first_argument(call: ast.Call) -> ast.expr | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return call.args[0] if name in REPORTERS and call.args else None


def _words(argument: ast.expr) -> list[str]:
    """The codes an argument can be: a literal, or an f-string with the words that its one hole can take."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    if isinstance(argument, ast.JoinedStr):
        made = [""]
        for part in argument.values:
            if isinstance(part, ast.Constant):
                made = [word + str(part.value) for word in made]
            else:
                assert isinstance(part, ast.FormattedValue)
                assert isinstance(part.value, ast.Name)
                made = [word + filling for word in made for filling in HOLES[part.value.id]]
        return made
    assert isinstance(argument, ast.Name), ast.dump(argument)
    assert argument.id == "code"
    return []


def _codes() -> set[str]:
    """Every code that the reading and the checking of a policy can report, as written in the sources."""
    paths = [path for folder in ("documents", "policy") for path in sorted((SOURCE / folder).glob("*.py"))]
    calls = [
        node
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    arguments = [argument for call in calls if (argument := _first_argument(call)) is not None]
    return {word for argument in arguments for word in _words(argument)}


def test_every_code_has_a_case() -> None:
    """Every diagnostic code in the sources must have a case of its own, and no case a code that is not there."""
    codes = _codes()
    assert len(codes) > 70
    assert {case["code"] for case in CASES} == codes


def test_case_names_are_unique() -> None:
    """No two cases of a code may tell the same story."""
    assert len(set(NAMES)) == len(NAMES)


def test_every_severity_has_a_case() -> None:
    """Errors, warnings and notes must all occur among what is expected."""
    assert {wanted["severity"] for case in CASES for wanted in case["expect"]} == set(Severity)


def test_limit_of_files_is_the_one_in_the_cases() -> None:
    """The first file and 199 more must be the most that a policy can have."""
    assert MAX_FILES == 200


def test_minimal_policy_is_clean() -> None:
    """The policy that the cases change must give no diagnostic at all."""
    checked = _check({})
    assert checked.diagnostics == ()
    assert checked.policy is not None


# What a check does as a whole.


def test_another_law_than_the_policys_is_the_callers_mistake() -> None:
    """A check against a pack that the policy does not stand under must be refused, and never give a result."""
    with pytest.raises(ValueError, match="id-pdp"):
        check(_parse({FIRST: MINIMAL.encode()}), _pack("eu-gdpr"))
    with pytest.raises(ValueError, match="eu-gdpr"):
        check(_parse({FIRST: MINIMAL.replace("law: id-pdp", "law: eu-gdpr").encode()}), _pack("id-pdp"))


def test_a_policy_that_was_not_understood_stands_under_no_law() -> None:
    """When there is no policy, the check must say no more than the parser did, whatever law it is given."""
    parsed = _parse({FIRST: MINIMAL.replace("law: id-pdp\n", "").encode()})
    for law in (None, _pack("id-pdp"), _pack("eu-gdpr")):
        assert check(parsed, law).diagnostics == parsed.diagnostics


MISTAKES = {
    "a mistake of form": [["version: 1\n", "version: one\n"]],
    "a name that is not defined": [["channels: [email]", "channels: [mail]"]],
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_rules_that_follow_names_wait_for_the_mistakes(mistake: str) -> None:
    """While a text has mistakes, only rules about one entry must speak: the others could blame what is not there."""
    faults = [["  officer: {email: dpo@corner-shop.example}\n", ""], ["    agreements: [order]\n", ""],
              ["purposes: [order], period", "purposes: [order], data: [contact.email], period"]]  # fmt: skip
    broken = {"append": "children: {under: 16}\n", "add": {"prohibitions": "all: {title: Never}"}}
    alone = [item.code for item in _check({"replace": faults, **broken}).diagnostics]
    assert sorted(alone) == [
        "agreement-missing", "child-age", "officer-missing", "prohibition-empty", "retention-missing",
    ]  # fmt: skip
    found = [item.code for item in _check({"replace": faults + MISTAKES[mistake], **broken}).diagnostics]
    assert sorted(set(found) - {"bad-number", "unknown-name"}) == ["child-age", "prohibition-empty"]
    assert "bad-number" in found or "unknown-name" in found


def test_only_the_first_unknown_names_get_a_suggestion() -> None:
    """The first twenty unknown names must get the nearest one known, the others a help that takes no search."""
    names = ", ".join(f"contact.emai{number}" for number in range(30))
    found = _check({"replace": [["data: [contact.email, contact.address]", f"data: [{names}]"]]}).diagnostics
    helps = [str(item.help) for item in found]
    assert [item.code for item in found] == ["unknown-name"] * 30
    assert helps == ["did you mean `contact.email`?"] * SUGGESTIONS + ["look the name up in its section"] * 10


def test_unknown_names_are_capped() -> None:
    """However many names are unknown, no more than the cap must be reported."""
    names = ", ".join(["nobody"] * (MAX_DIAGNOSTICS + 100))
    found = _check({"replace": [["data: [contact.email, contact.address]", f"data: [{names}]"]]}).diagnostics
    assert [item.code for item in found] == ["unknown-name"] * MAX_DIAGNOSTICS


OVER: dict[str, Case] = {
    "officer-missing": {
        "replace": [["  officer: {email: dpo@corner-shop.example}\n", ""]],
        "section": "officer_triggers",
    },
    "deadline-longer-than-law": {
        "replace": [["right: access}", "right: access, within: P30D}"]], "section": "clocks",
    },
    "retention-below-law": {
        "replace": [["period: P5Y, trigger", "period: P5Y, law: [tax-books], trigger"]],
        "section": "retention",
    },
    "retention-above-law": {
        "replace": [["period: P5Y, trigger", "period: P5Y, law: [consumer-claims], trigger"]],
        "section": "retention",
    },
}  # fmt: skip


@pytest.mark.parametrize("code", OVER)
def test_a_law_that_is_over_asks_for_nothing(code: str) -> None:
    """A rule that is over on the first day of a policy must not be held against it."""
    case: Case = {"replace": OVER[code]["replace"]}
    section = OVER[code]["section"]
    assert code in [item.code for item in _check(case).diagnostics]
    over = {"until": date(2025, 12, 31)}
    case["law-days"] = {section: dict.fromkeys(getattr(_pack("id-pdp"), section), over)}
    assert code not in [item.code for item in _check(case).diagnostics]
