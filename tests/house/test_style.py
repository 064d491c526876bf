"""House style that a linter does not know: labels, sizes, docstrings, and the wording of messages."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src"
MODULES = sorted(path for room in (SOURCE, ROOT / "client" / "src", ROOT / "examples") for path in room.rglob("*.py"))
FORBIDDEN_ROOMS = {"utils", "common", "helpers", "core", "manager", "service"}


def _tool(name: str) -> Any:
    """A program of `tools/`, which is no package."""
    spec = importlib.util.spec_from_file_location(f"janji_tool_{name}", ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_has_its_label_and_is_small(path: Path) -> None:
    """A module says in one sentence what it owns, has a telling name, and at most 700 lines."""
    label = ast.get_docstring(_tree(path))
    assert label is not None
    assert label.split("\n")[0].endswith("."), label
    assert path.stem not in FORBIDDEN_ROOMS
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 700


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_functions_are_short(path: Path) -> None:
    """No function is longer than 70 lines."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or node.lineno) - node.lineno < 70, f"{node.name}, line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_names_have_docstrings(path: Path) -> None:
    """Every public class and function at the top of a module says what it is."""
    for node in _tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name}, line {node.lineno}"


def test_a_press_in_a_browser_waits_for_what_it_leads_to() -> None:
    """A bare click comes back while the page before is half gone: a test presses by `pressed`, or by `pressed_here` what leads nowhere."""
    bare = re.compile(r"\.(click|dblclick|tap)\(")
    found = [f"{path.name}:{number}" for path in (ROOT / "tests").rglob("*.py") if path.name != "browser.py"
             for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if bare.search(line)]  # fmt: skip
    assert found == []


def _messages() -> list[str]:
    return [str(message.id) for message in _tool("translations").messages() if message.id]


def test_messages_hold_no_subject() -> None:
    """No message has a hole for the person: identifiers never reach a message."""
    assert not [message for message in _messages() if re.search(r"\{(subject|person|email|phone|born)\}", message)]


def test_diagnostics_and_reasons_begin_small_and_end_open() -> None:
    """Messages of reasons and diagnostics begin in lower case (or with a word in backticks) and end without a stop."""
    from janji.decision.reasons import GROUNDS, KINDS

    spoken = [text for kind in KINDS.values() for text in (kind.message, kind.help)]
    spoken += [message for _, message in GROUNDS.values()]
    for path in [*(SOURCE / "janji" / "policy").glob("*.py"), *(SOURCE / "janji" / "documents").glob("*.py")]:
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_" and node.args:
                spoken.append(ast.literal_eval(node.args[0]))
    assert len(spoken) > 150
    for text in spoken:
        assert text[0].islower() or text[0] in "`{", text
        assert not text.endswith("."), text


def test_every_message_is_translated_and_compiled() -> None:
    """The Indonesian catalogue has every message, reviewed, and is compiled from its source."""
    assert _tool("translations").stale("id") == []


def test_translations_keep_their_holes() -> None:
    """A translation has exactly the holes of its message, so that it never fails to render."""
    for message in _tool("translations").load("id"):
        if message.id and message.string:
            holes = [sorted(re.findall(r"\{\w*\}", str(text))) for text in (message.id, message.string)]
            assert set(holes[0]) == set(holes[1]), message.id


def test_generated_reference_is_fresh() -> None:
    """The reference and the schemas are what the program would write now."""
    stale = [
        str(path)
        for path, text in _tool("reference").pages().items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]
    assert stale == []


def test_no_word_of_where_it_was_made() -> None:
    """No file speaks of local paths or of the hosts of package indexes."""
    words = re.compile("/" + "tmp/|/" + "work/|files.python" + "hosted|py" + "pi\\.org")
    written = [path for room in ("client", "examples") for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".md", ".toml", ".html")]
    for path in [*ROOT.glob("*.md"), *ROOT.glob("*.lock"), *(ROOT / "docs").rglob("*.md"), *SOURCE.rglob("*.py"), *written]:
        assert not words.search(path.read_text(encoding="utf-8")), path
