"""The floors hold: every room has one, the pure ones know no clock, file, socket or chance, and start quickly."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "janji"
PURE = (
    "assurance", "collection", "consent", "rights", "messaging", "notices", "registers", "versions", "linter", "importer", "scanner", "prose", "demo", "discovery", "retention", "erasure", "datamap", "decision", "policy", "ledger", "people",
    "law", "staff", "documents", "errors", "terms",
)  # fmt: skip
CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "perf_counter", "urandom", "uuid4", "uuid7"}
CLOCK_CALLS = {
    (source, name) for source in ("datetime", "date", "datetime.datetime", "datetime.date") for name in ("now", "today", "utcnow")
} | {("time", name) for name in ("time", "time_ns")}
CHANCE = {
    "random", "secrets", "os.urandom", "os.getrandom", "uuid.uuid1", "uuid.uuid4", "uuid.uuid7",
}
HEAVY = (
    "django", "sqlalchemy", "sqlglot", "duckdb", "psycopg", "cryptography", "phonenumbers", "httpcore", "httpx", "jsonschema", "jinja2", "lxml", "openpyxl", "pypdfium2",
)  # fmt: skip


def _contracts() -> list[dict[str, object]]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: list[dict[str, object]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return found


def _pure_modules() -> list[Path]:
    return [path for room in PURE for path in [*(SOURCE / room).rglob("*.py"), SOURCE / f"{room}.py"] if path.is_file()]


def test_contract_names_every_pure_room() -> None:
    """The contract that forbids I/O names exactly the rooms below the adapters."""
    pure = next(item for item in _contracts() if item["id"] == "pure")
    assert pure["source_modules"] == [f"janji.{room}" for room in PURE]


def test_contract_is_exhaustive() -> None:
    """A new room must be given a floor before the contract passes."""
    floors = next(item for item in _contracts() if item["id"] == "floors")
    assert floors["exhaustive"] is True


def test_imports_go_down_only() -> None:
    """The import contract holds."""
    program = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("path", _pure_modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_pure_floors_ask_no_clock_and_draw_no_chance(path: Path) -> None:
    """No call on a pure floor asks the time or draws chance, and nothing opens a file or prints."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name not in CLOCKS | {"open", "print", "input"}, f"line {node.lineno}: {name}"


def _imported(*arguments: str) -> set[str]:
    code = "import runpy, sys\ntry:\n    runpy.run_module('janji', run_name='__main__', alter_sys=True)\nexcept SystemExit:\n    pass\n"
    code += "print('\\n'.join(sys.modules), file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True)
    return set(run.stderr.split())


@pytest.mark.parametrize("arguments", [
    (), ("--help",), ("check", "policies/minimal"), ("lint", "policies/sample/privacy-policy.txt"), ("law", "id-pdp", "clocks"),
    ("decide", "--policy", "policies/minimal", "--purpose", "order", "--data", "contact.email"),
    ("explain", "--policy", "policies/minimal", "--purpose", "order", "--data", "contact.email"),
], ids=lambda arguments: arguments[0] if arguments else "alone")  # fmt: skip
def test_commands_start_without_heavy_libraries(arguments: tuple[str, ...]) -> None:
    """No command that answers a question imports Django, SQLAlchemy, sqlglot or another heavy library."""
    modules = _imported(*arguments)
    assert "janji.cli.main" in modules
    assert not {name for name in modules if name.split(".")[0] in HEAVY}


def test_only_the_runtime_reads_the_clock() -> None:
    """`Runtime.now` is the only clock of the program."""
    readers = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (ast.unparse(node.func.value), node.func.attr) in CLOCK_CALLS
    ]
    assert readers == ["workflows/runtime.py"]


def test_only_the_runtime_draws_chance() -> None:
    """Nothing but `Runtime` reaches for a source of random bytes: none is imported or called anywhere else."""
    drawers = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                names = [ast.unparse(node.func)]
            if set(names) & CHANCE or any(name.endswith((".generate_key", ".generate")) for name in names):
                drawers.add(str(path.relative_to(SOURCE)))
    assert drawers == {"workflows/runtime.py"}
