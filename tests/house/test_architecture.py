"""ARCHITECTURE.md, GLOSSARY.md and docs/design say what the code is: rooms, labels, guards, hops, words and pages."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from dataclasses import fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest

import janji.terms.processing
from janji.decision.engine import decide, permits
from janji.decision.lowering import select, standing_table, write
from janji.decision.question import Facts, Question
from janji.decision.reasons import ALWAYS_ENFORCED, GROUNDS, KINDS
from janji.files.laws import law_names, load_law
from janji.terms.processing import Topic
from janji.workflows.policies import open_policy

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "janji"
DESIGN = ROOT / "docs" / "design"
PAGES = sorted(path for path in DESIGN.glob("*.md") if path.name != "README.md")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
HOPS = re.findall(r"^\| \d+ \| `([a-z_.]+) (->|=>) ([a-z_.]+)` \|", ARCHITECTURE, re.MULTILINE)
GUARDS = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", ARCHITECTURE)
CODE = re.findall(
    r"`((?:terms|errors|documents|law|policy|people|ledger|decision|prose|linter|importer|notices|registers|versions|collection|consent"
    r"|assurance|files|store|workflows|cli)\.[\w.]+)`",
    GLOSSARY,
)
VOCABULARIES = [
    item for item in vars(janji.terms.processing).values()
    if isinstance(item, type) and issubclass(item, StrEnum) and item is not StrEnum
]  # fmt: skip
LAW_OR_COMPANY = re.compile(
    r"\b(sony|indonesia\w*|jakarta|pribadi|persetujuan|uu|pp|permenkominfo|kominfo|komdigi|gdpr)\b", re.IGNORECASE
)
STATUTES = {18, 72}


def section(title: str) -> str:
    """The text of ARCHITECTURE.md under one heading, up to the next heading of its rank or above."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", ARCHITECTURE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[2]


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


@cache
def tree(path: Path) -> ast.Module:
    """The syntax of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def modules() -> dict[str, Path]:
    """Every module by its name below `janji`; a package goes by its own name, the root by nothing."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(name: str) -> frozenset[str]:
    """The modules of Janji that one module imports, those imported inside a function too."""
    found: set[str] = set()
    for node in ast.walk(tree(modules()[name])):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "janji":
            inside = (node.module or "").removeprefix("janji").strip(".")
            for alias in node.names:
                whole = f"{inside}.{alias.name}".strip(".")
                found.add(whole if whole in modules() else inside)
        elif isinstance(node, ast.Import):
            found.update(alias.name.removeprefix("janji.") for alias in node.names if alias.name.startswith("janji."))
    return frozenset(found - {""})


def written(path: Path) -> str:
    """A module as the table of rooms writes it."""
    if path == SOURCE / "__init__.py":
        return "janji"
    return str(path.relative_to(SOURCE)).replace("__init__.py", "")


def layers() -> list[str]:
    """The floors of the import contract, highest first, as written."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    found: list[str] = next(item["layers"] for item in contracts if item["id"] == "floors")
    return found


def test_the_rooms_are_the_modules() -> None:
    """The table names every module, and no other."""
    assert sorted(row[0].strip("`") for row in rows(section("Rooms"))) == sorted(map(written, modules().values()))


@pytest.mark.parametrize("row", rows(section("Rooms")), ids=lambda row: row[0].strip("`"))
def test_a_label_is_the_first_line_of_the_docstring(row: list[str]) -> None:
    """The table and the module use the same words."""
    path = next(path for path in modules().values() if written(path) == row[0].strip("`"))
    assert row[1] == (ast.get_docstring(tree(path)) or "").split("\n")[0]


@pytest.mark.parametrize("row", rows(section("Rooms")), ids=lambda row: row[0].strip("`"))
def test_a_room_stands_on_what_it_imports(row: list[str]) -> None:
    """The last column is every floor that is imported, and every neighbour by its full name."""
    name = next(name for name, path in modules().items() if written(path) == row[0].strip("`"))
    own = name.split(".")[0]
    stands = {item if item.split(".")[0] == own else item.split(".")[0] for item in imports(name)}
    assert set(row[2].split(", ")) - {"-"} == stands


def test_the_picture_has_the_floors_of_the_contract() -> None:
    """The floors stand in the picture in the order of the contract."""
    picture = section("Floors").split("```")[1]
    here = [word for layer in layers() for word in layer.split(" | ") if not word.startswith("(")]
    drawn = re.findall(rf"^.{{15}}({'|'.join(here)})\b", picture, re.MULTILINE)
    assert drawn == here


def test_the_rooms_to_come_are_those_of_the_contract() -> None:
    """What is named as not there yet has its place in the contract, and is indeed not there."""
    later = {word.strip("()") for layer in layers() for word in layer.split(" | ") if word.startswith("(")}
    named = {word for row in rows(section("Rooms that are not there yet")) for word in row[1].split(", ")}
    assert named == later
    assert not named & {name.split(".")[0] for name in modules()}


def test_every_journey_has_its_way() -> None:
    """Each thing that the program does for people has a numbered way, from the face down."""
    assert re.findall(r"^### (\d+)\. ", section("Journeys"), re.MULTILINE) == [str(n) for n in range(1, 24)]
    assert len(HOPS) >= 230


@pytest.mark.parametrize(("one", "arrow", "other"), HOPS, ids=lambda part: part)
def test_a_hop_is_an_import(one: str, arrow: str, other: str) -> None:
    """A call follows an import; an answer goes back along one."""
    caller, called = (one, other) if arrow == "->" else (other, one)
    assert called in modules()
    assert called in imports(caller)


@pytest.mark.parametrize(("file", "function"), GUARDS, ids=lambda part: part)
def test_a_guard_exists(file: str, function: str) -> None:
    """A test that is named as a guard is there."""
    assert function in {node.name for node in tree(ROOT / file).body if isinstance(node, ast.FunctionDef)}


def test_every_invariant_has_a_guard() -> None:
    """Nothing is said to hold always without a test that says so."""
    promised = rows(section("What always holds"))
    assert len(promised) >= 50
    assert [row[0] for row in promised if "::test_" not in row[1]] == []


def test_every_page_of_design_is_in_its_index() -> None:
    """The index links each page once, and each page has the four headings."""
    index = (DESIGN / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\(([\w-]+\.md)\)", index)) == [path.name for path in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_of_design_argues(page: Path) -> None:
    """A page says what was at stake, what else there was, what was chosen and what it costs."""
    headings = re.findall(r"^## (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["Context", "Options", "Choice", "Price"]


@pytest.mark.parametrize("name", sorted(set(CODE)))
def test_a_word_of_the_glossary_has_its_place_in_the_code(name: str) -> None:
    """A name in the code column can be followed to a module, a class or a member."""
    parts = name.split(".")
    depth = max(size for size in range(1, len(parts) + 1) if ".".join(parts[:size]) in modules())
    found: Any = importlib.import_module(".".join(["janji", *parts[:depth]]))
    for part in parts[depth:]:
        assert part in dir(found) or part in getattr(found, "__dataclass_fields__", ()), name
        found = getattr(found, part, None)


def test_the_glossary_knows_the_vocabularies() -> None:
    """Every closed vocabulary of processing is a word of the glossary, and every class it names is there."""
    known = {item.__name__ for item in VOCABULARIES}
    named = {name.split(".")[2] for name in CODE if name.startswith("terms.processing.")}
    assert named == known


def test_the_glossary_has_one_row_a_word() -> None:
    """No word stands twice, and none is both used and not used."""
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", GLOSSARY, re.MULTILINE)
    assert len(words) >= 60
    assert len(words) == len(set(words))


def test_the_page_names_the_reasons_that_always_stop() -> None:
    """The page on enforcement lists exactly the codes that are acted on in every mode."""
    text = (DESIGN / "objections-always-stop.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^- `([a-z-]+)`", text, re.MULTILINE)) == ALWAYS_ENFORCED


def test_the_page_names_every_dependency() -> None:
    """The page on dependencies has each library that the project asks for, and no other."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    asked = {re.split(r"[<>=[]", line)[0] for line in lines} - {"janji"}
    text = (DESIGN / "dependencies.md").read_text(encoding="utf-8")
    tables = [line for line in text.splitlines() if re.match(r"\| [a-z]", line) and not line.startswith("| to ")]
    assert {name for line in tables for name in line.strip("| ").split(" | ")[0].split(", ")} == asked


def constants(path: Path) -> list[Any]:
    """The texts and numbers that a module works with; its docstrings are no part of them."""
    spoken = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
    return [node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and id(node) not in spoken]


@pytest.mark.parametrize("name", sorted(name for name in modules() if name.split(".")[0] != "demo" and name not in ("discovery.dictionaries", "rights.wordings")))
def test_the_code_knows_no_law_and_no_company(name: str) -> None:
    """No text names a law, a country's office or a company, and no number is a statute's; the made-up company is one by itself, a dictionary has towns, and phrases what people write."""
    for value in constants(modules()[name]):
        assert not isinstance(value, str) or not LAW_OR_COMPANY.search(value), value
        assert value not in law_names(), value
        assert type(value) is not int or value not in STATUTES, value


@pytest.mark.parametrize("name", law_names())
def test_every_topic_has_an_article_in_every_law(name: str) -> None:
    """Whatever a decision turns on, each law pack cites an article for it, so that no reason stands without one."""
    law = load_law(name)
    assert law is not None
    assert {topic for topic in Topic if not law.article(topic).strip()} == set()
    assert {kind.topic for kind in KINDS.values()} | {topic for topic, _ in GROUNDS.values()} <= set(Topic)


def test_a_failure_inside_is_a_no() -> None:
    """With any one part of a compiled policy broken, the answer is what it was or a no; it is never an exception."""
    whole = open_policy(ROOT / "policies" / "minimal").compiled
    question = Question("order", ("contact.email",), datetime(2026, 11, 23, tzinfo=UTC))
    facts = Facts(bits=whole.layout.mask(("agreement/order", "age/adult")))
    assert decide(whole, question, facts).permit
    stopped = 0
    for part in fields(whole):
        if part.name in {"internal_error", "version"}:
            continue
        broken = replace(whole, rows={}, gates={})
        setattr(broken, part.name, None)
        decision = decide(broken, question, facts)
        codes = [reason.code for reason in decision.reasons]
        assert decision.permit is permits(broken, question, facts)
        assert codes == (["basis-contract"] if decision.permit else ["internal-error"])
        stopped += not decision.permit
    assert stopped > 5


def test_sql_says_what_the_engine_says() -> None:
    """Run in DuckDB over rows of all kinds, the query finds exactly the people for whom the engine says yes."""
    policy = open_policy(ROOT / "policies" / "minimal").compiled
    at = datetime(2026, 11, 23, tzinfo=UTC)
    order = Question("order", ("contact.email",), at)
    questions = [
        order,
        replace(order, purpose="newsletter", channel="email"),
        replace(order, purpose="newsletter", operation="retain"),
        replace(order, purpose="newsletter", channel="sms"),
    ]
    people = [
        (str(number), bits, born)
        for number, (bits, born) in enumerate(
            product(range(0, 2**policy.layout.version, 1009), (None, 0, 19900101, 20081123, 20081124))
        )
    ]
    with duckdb.connect() as connection:
        connection.execute(write(standing_table(policy.layout), "duckdb"))
        rows_ = ", ".join(f"('{name}', {bits}, {born or 'NULL'}, 1)" for name, bits, born in people)
        connection.execute(f"INSERT INTO standing VALUES {rows_}")  # noqa: S608  # numbers of our own
        permitted = []
        for question in questions:
            found = connection.execute(write(select(policy, question), "duckdb")).fetchall()
            wanted = {name for name, bits, born in people if permits(policy, question, Facts(bits, born or 0))}
            assert {name for (name,) in found} == wanted
            permitted.append(len(wanted))
    assert all(0 < count < len(people) for count in permitted[:3])
    assert permitted[3] == 0


def test_the_engine_alone_loads_next_to_nothing() -> None:
    """A program that only decides loads the pure floors, the standard library and canonical JSON."""
    code = "import sys, janji.decision.engine; print('\\n'.join({name.split('.')[0] for name in sys.modules}))"
    run = subprocess.run([sys.executable, "-I", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    bare = subprocess.run(
        [sys.executable, "-I", "-c", code.replace(", janji.decision.engine", "")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    added = set(run.stdout.split()) - set(bare.stdout.split())
    assert added - sys.stdlib_module_names == {"janji", "rfc8785"}
