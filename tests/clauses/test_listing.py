"""What stands beside the policy: the table of clauses, the page that explains it, the published layout."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.clauses.asking import Sony

from janji.decision.layout import layout_keys
from janji.terms.processing import Severity

HERE = Path(__file__).parent


def _rows() -> list[tuple[str, list[str], str]]:
    """Clause, tests and what is later, as the table says."""
    lines = (HERE / "README.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [(clause, tests.split(", "), later) for clause, tests, later in cells[2:]]


def _tests(files: str = "test_*.py") -> set[str]:
    """The name of every test in these files of this folder."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in HERE.glob(files)]
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_clause_is_listed(sony: Sony) -> None:
    """The table must list each clause once in the policy's order, with tests of its name or what is missing."""
    rows, tests = _rows(), _tests()
    assert [clause for clause, _, _ in rows] == list(sony.policy.clauses)
    for clause, (first, *more), _ in rows:
        if first.startswith("later: "):
            assert len(first) > len("later: ")
            continue
        name = f"test_clause_{clause.replace('.', '_').replace('-', '_')}"
        assert first == f"`{name}`"
        assert all(test.startswith(f"`{name}_") for test in more)
        assert {test.strip("`") for test in (first, *more)} <= tests


def test_no_test_is_of_an_unknown_clause() -> None:
    """A test that is named after a clause must stand in the table, or extend by name one that does."""
    listed = {test.strip("`") for _, tests, _ in _rows() for test in tests}
    named = {name for name in _tests() if name.startswith("test_clause_")}
    assert all(name in listed or any(name.startswith(f"{test}_") for test in listed) for name in named)


def test_every_test_on_record_is_listed() -> None:
    """What the record makes true of a clause must be named in its row, so that nobody takes it for later."""
    listed = {test.strip("`") for _, tests, _ in _rows() for test in tests}
    assert {name for name in _tests("test_record_*.py") if name.startswith("test_clause_")} - listed == set()


def test_the_policy_page_explains_every_warning(sony: Sony) -> None:
    """The page beside the policy names each code that the check warns of, and each file."""
    page = (sony.opened.folder / "README.md").read_text(encoding="utf-8")
    assert sony.opened.errors == 0
    codes = {item.code for item in sony.opened.diagnostics if item.severity is Severity.WARNING}
    assert {code for code in codes if f"`{code}`" not in page} == set()
    files = {path.name for path in sony.opened.folder.iterdir() if path.suffix in (".yaml", ".json")}
    assert {name for name in files if f"`{name}`" not in page} == set()


def test_the_published_layout_holds_every_entry(sony: Sony) -> None:
    """Rows can be stored: the layout is published, holds all that decisions turn on, and adds nothing in memory."""
    published = sony.opened.published
    assert published is not None
    assert {key for key in layout_keys(sony.policy, sony.law) if key not in published} == set()
    assert sony.warned("layout-behind") == []
    assert sony.compiled.layout == published
