"""The documentation does what it says: its files are written, its commands run, their output and exit codes compared.

A document holds files and commands, taken in order:

    <!-- file: my-policy/policy.yaml -->      the fenced block that follows is written as this file
    <!-- append: my-policy/policy.yaml -->    the fenced block that follows is added at the end of this file

In a `console` block a line `$ janji ...` or `$ python ...` is run in a folder of its own that holds the repository's
`policies`; a line that ends in a backslash goes on in the next, and `> name` at the end writes the output to a file.
The lines that follow are the output, standard error included. `...` on a line of its own stands for any lines, `…` for
any characters, and a last line `[exit 2]` for an exit code that is not 0. In a command, a word `job_…` stands for the
last word that an earlier command wrote and that begins so, and `…` alone for the last word of all.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

import janji

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(janji.__file__).parent
DOCUMENTS = sorted(
    path
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    if "```console" in path.read_text(encoding="utf-8")
)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PROGRAMS = {"janji": [sys.executable, "-m", "janji"], "python": [sys.executable]}
REPORTERS = {"error", "warn", "info", "_error", "Diagnostic"}
_MARK = re.compile(r"<!-- (file|append): (\S+) -->")
_EXIT = re.compile(r"\[exit (\d+)\]")
_ANY_LINES = "..."
_ANY_CHARACTERS = "…"


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a document shows; `more` when the text goes at the end of what stands there."""

    name: str
    text: str
    more: bool


@dataclass(slots=True)
class Ran:
    """A command that a document shows, its expected output and exit code."""

    line: int
    command: str
    output: list[str] = field(default_factory=list)
    code: int = 0


def steps(text: str) -> list[Written | Ran]:
    """The files and commands of a document, in order."""
    found: list[Written | Ran] = []
    mark: re.Match[str] | None = None
    block: list[str] = []
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not fence and line.startswith("```"):
            fence, block = line[3:].strip() or "text", []
        elif fence and line == "```":
            if mark is not None:
                found.append(Written(mark[2], "\n".join(block) + "\n", mark[1] == "append"))
            elif fence == "console":
                found.extend(_commands(number - len(block), block))
            mark, fence = None, ""
        elif fence:
            block.append(line)
        elif line.strip():
            mark = _MARK.fullmatch(line.strip())
    return found


def _commands(first: int, block: list[str]) -> list[Ran]:
    found: list[Ran] = []
    goes_on = False
    for number, line in enumerate(block, first):
        if goes_on:
            found[-1].command += " " + line.strip()
        elif line.startswith("$ "):
            found.append(Ran(number, line[2:]))
        elif found and (stated := _EXIT.fullmatch(line)):
            found[-1].code = int(stated[1])
        elif found:
            found[-1].output.append(line.rstrip())
        goes_on = bool(found) and line.endswith("\\")
        if goes_on:
            found[-1].command = found[-1].command.removesuffix("\\").rstrip()
    return found


def agrees(expected: list[str], output: str) -> bool:
    """Whether `output` is what was expected, spaces at the ends of lines and empty lines at its ends set aside."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == _ANY_LINES else re.escape(line).replace(_ANY_CHARACTERS, r".+") + r"\n"
        for line in "\n".join(expected).strip("\n").splitlines()
    )
    lines = [line.rstrip() for line in output.splitlines()]
    return re.fullmatch(pattern, ("\n".join(lines).strip("\n") + "\n") if any(lines) else "") is not None


_DIGEST = r"[0-9a-f]{64}(?![\w-])"


def filled(command: str, said: str) -> str:
    """A command in which the words that end in `…` are those that earlier commands wrote, by their beginnings.

    A digest is no such word: it may begin like an id by chance.
    """
    words = command.split(" ")
    for number, word in enumerate(words):
        if word.endswith(_ANY_CHARACTERS):
            found = re.findall(rf"(?<![\w-])(?!{_DIGEST}){re.escape(word.removesuffix(_ANY_CHARACTERS))}[\w-]+", said)
            assert found, f"no earlier output has a word for `{word}`"
            words[number] = found[-1]
    return " ".join(words)


def run(command: str, folder: Path) -> tuple[str, int]:
    """The output and exit code of a command line `janji ...` or `python ...` in `folder`."""
    words = shlex.split(command)
    target = None
    if len(words) > 2 and words[-2] == ">":
        target = folder / words[-1]
        words = words[:-2]
    assert words[0] in PROGRAMS, f"a console block runs {', '.join(PROGRAMS)}, not `{words[0]}`; use `sh` for others"
    program = PROGRAMS[words[0]]
    environment = {"PATH": os.environ.get("PATH", ""), "NO_COLOR": "1", "COLUMNS": "100", "LANG": "C.UTF-8"}
    done = subprocess.run(
        [*program, *words[1:]], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", timeout=120,
    )  # fmt: skip
    if target is None:
        return done.stdout, done.returncode
    target.write_text(done.stdout, encoding="utf-8")
    return "", done.returncode


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_document_does_what_it_says(document: Path, tmp_path: Path) -> None:
    """Every command of a document, run in order over the files it shows, must print what it shows."""
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    ran, said = 0, ""
    for step in steps(document.read_text(encoding="utf-8")):
        if isinstance(step, Written):
            path = tmp_path / step.name
            path.parent.mkdir(parents=True, exist_ok=True)
            held = path.read_text(encoding="utf-8") if step.more else ""
            path.write_text(held + step.text, encoding="utf-8")
            continue
        output, code = run(filled(step.command, said), tmp_path)
        said += output
        where = f"{document.relative_to(ROOT)}:{step.line}: $ {step.command}\n"
        assert agrees(step.output, output), where + output
        assert code == step.code, f"{where}exit {code}\n{output}"
        ran += 1
    assert ran, "a document with console blocks runs something"


def test_readme_and_tutorial_are_among_the_documents() -> None:
    """What a stranger reads first must be among what is run, and must show a denial."""
    names = {str(path.relative_to(ROOT)) for path in DOCUMENTS}
    assert {"README.md", "docs/tutorial/first-policy.md"} <= names
    readme = steps((ROOT / "README.md").read_text(encoding="utf-8"))
    assert {step.code for step in readme if isinstance(step, Ran)} >= {0, 2}
    assert [step.name for step in readme if isinstance(step, Written)] == ["janji.toml", "my-policy/policy.yaml"]
    assert {"check", "decide", "explain", "law", "init", "policy", "consent", "ledger"} <= {
        step.command.split()[1] for step in readme if isinstance(step, Ran)
    }


@pytest.mark.parametrize(
    ("expected", "output", "wanted"),
    [
        (["deny", "  policy 1+…"], "deny\n  policy 1+ab12\n", True),
        (["deny", "  policy 1+…"], "permit\n  policy 1+ab12\n", False),
        (["one", "...", "four"], "one\ntwo\nthree\nfour\n", True),
        (["one", "...", "four"], "one\ntwo\nthree\n", False),
        (["one"], "one\ntwo\n", False),
        ([], "", True),
        ([], "something\n", False),
    ],
)
def test_comparison_can_fail(expected: list[str], output: str, wanted: bool) -> None:
    """The comparison must tell output that is shown from output that is not."""
    assert agrees(expected, output) is wanted


def test_a_word_of_a_command_is_the_last_that_was_written() -> None:
    """Ids differ each time, so a command names them by their beginnings, and never one that was not written."""
    said = "sub_1a\nat 2026-01-02: job_7-b is open, sub_2b\n01a2-c\n"
    assert filled("show sub_… --job job_… 01…", said) == "show sub_2b --job job_7-b 01a2-c"
    assert filled("verify …", said) == "verify 01a2-c"
    with pytest.raises(AssertionError, match="run_"):
        filled("check run_…", said)


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_no_command_shows_nothing_but_dots(document: Path) -> None:
    """An expected output must hold at least one line that says something."""
    for step in steps(document.read_text(encoding="utf-8")):
        if isinstance(step, Ran) and step.output:
            assert any(line.strip(f".{_ANY_CHARACTERS} ") for line in step.output), step.command


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_a_file_is_named_where_it_is_shown(document: Path) -> None:
    """Readers do not see comments, so the text since the last block must name the file that the next one holds."""
    parts = re.split(r"^```.*$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for text in parts[::2]:
        for _, name in _MARK.findall(text):
            assert f"`{name}`" in text, f"{name} is not named in: {text.strip()[-200:]}"


@pytest.mark.parametrize("page", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of the repository must lead to one."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith(("https://", "http://", "#", "mailto:")):
            assert (page.parent / target.split("#")[0]).exists(), target


def _severities() -> dict[str, str]:
    """Each diagnostic code and its severity, as the cases of broken policies state them."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "tests" / "cases" / "policies").glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            found |= {wanted["code"]: wanted["severity"] for wanted in case["expect"]}
    return found


def _codes() -> set[str]:
    """Each diagnostic code that stands as a word in the sources; those made from parts are in the cases."""
    found: set[str] = set()
    for folder in ("documents", "policy", "workflows"):
        for path in sorted((SOURCE / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in REPORTERS:
                    found.add(str(node.args[0].value))
    return found


def test_every_diagnostic_is_documented() -> None:
    """The table of diagnostics must hold every code of the sources with its severity, and no other."""
    text = (ROOT / "docs" / "howto" / "resolve-a-warning.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (error|warning|note) \|", text, flags=re.MULTILINE)
    assert len(rows) == len({code for code, _ in rows}), "a code has one row"
    assert {code for code, _ in rows} == _codes() | set(_severities())
    documented = {code: severity.replace("note", "info") for code, severity in rows}
    assert {code: documented[code] for code in _severities()} == _severities()


def test_an_id_is_not_mistaken_for_a_digest() -> None:
    """A digest that begins like the id that is wanted is passed over."""
    id = "01943a5e-9d1b-7c33-8f0a-5e2c1d4b6a79"
    assert filled("janji track check 01…", f"run {id}\ndigest 01{'6d' * 31}\n") == f"janji track check {id}"
