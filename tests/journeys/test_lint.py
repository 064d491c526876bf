"""The linter as its users run it: every format, exit codes, baselines, many files, bad files, both languages."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from janji.workflows.linting import FEW, lint_files

ROOT = Path(__file__).resolve().parents[2]
BAD = """# Privacy policy

By using our website you will be deemed to have agreed and consented to this policy.

1. We may change this policy at any time and without prior notice.
"""
PAGE = """<!doctype html>
<title>x</title>
<h1>Privacy policy</h1>
<p>By using our website you will be
deemed to have agreed and consented to this policy.
"""


def run(*arguments: str, folder: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """One command line in a plain environment; never a traceback."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "NO_COLOR": "1", "COLUMNS": "100",
           "LANG": "C.UTF-8", **environment}  # fmt: skip
    result = subprocess.run(
        [sys.executable, "-m", "janji", "lint", *arguments], cwd=folder, env=env, capture_output=True, input=stdin
    )
    assert b"Traceback" not in result.stderr, result.stderr
    return result


def report(*arguments: str, folder: Path, **more: Any) -> dict[str, Any]:
    """The report as JSON, valid under its schema."""
    held: dict[str, Any] = json.loads(run(*arguments, "--format", "json", folder=folder, **more).stdout)
    valid("lint", held)
    return held


def valid(name: str, held: object) -> None:
    """Hold a document against its published schema."""
    jsonschema.validate(held, json.loads((ROOT / "schema" / f"{name}.json").read_text(encoding="utf-8")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a text that rules find something in, as text and as a page."""
    (tmp_path / "bad.txt").write_text(BAD, encoding="utf-8")
    (tmp_path / "bad page.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


def test_findings_show_their_place(folder: Path) -> None:
    """A finding names rule, clause, file, line and column, and marks its words; the exit code is 3."""
    result = run("bad.txt", folder=folder)
    text = result.stdout.decode()
    assert result.returncode == 3
    assert re.search(r"^error\[[A-Z]+-\d+\]: clause \S+: .+\n  --> bad\.txt:3:\d+$", text, re.MULTILINE)
    for line, marks in re.findall(r"^   \| (.+)\n   \| ( *\^+)$", text, re.MULTILINE):
        assert line[marks.index("^") : len(marks)] in BAD
    assert re.search(r"^`bad\.txt` errors: [1-9]", text, re.MULTILINE)


def test_the_same_in_the_second_language(folder: Path) -> None:
    """Every word around the text is Indonesian when that is asked for."""
    text = run("bad.txt", "none.txt", "--lang", "id", folder=folder).stdout.decode()
    assert re.search(r"^kesalahan\[", text, re.MULTILINE)
    assert "klausul" in text
    assert "berkas: 2, tidak terbaca: 1" in text
    assert not re.search(r"\b(error|warning|help|clause)\b", text)


def test_json_is_as_published(folder: Path) -> None:
    """The JSON keeps its schema, its offsets hold the words, and its counts are those of its findings."""
    held = report("bad.txt", "bad page.html", "none.txt", folder=folder)
    files = held["items"]
    assert [item["file"] for item in files] == ["bad.txt", "bad page.html", "none.txt"]
    assert held["errors"] == sum(item["severity"] == "error" for file in files for item in file["findings"]) > 0
    lines = BAD.split("\n")
    for item in files[0]["findings"]:
        words = BAD[item["start"] : item["end"]].split("\n", maxsplit=1)[0]
        assert lines[item["line"] - 1][item["column"] - 1 :].startswith(words)
    assert any(item["line"] == 5 and "column" not in item for item in files[1]["findings"])
    assert "error" in files[2]


def test_standard_input(folder: Path) -> None:
    """`-` reads one text from standard input, alone or among files."""
    held = report("-", "bad.txt", folder=folder, stdin=BAD.encode())
    first, second = held["items"]
    assert first["file"] == "stdin"
    assert first["findings"] == second["findings"]


@pytest.mark.parametrize(("bar", "code"), [("error", 3), ("warn", 3), ("never", 0)])
def test_the_bar_sets_the_exit_code(folder: Path, bar: str, code: int) -> None:
    """The exit code is 3 for findings at the bar, and 0 below it."""
    assert run("bad.txt", "--fail-on", bar, folder=folder).returncode == code


def test_a_warning_passes_the_bar_of_errors(folder: Path) -> None:
    """With no rule that finds an error left, warnings fail only when that is asked for."""
    found = report("bad.txt", folder=folder)["items"][0]["findings"]
    skip = [word for item in found if item["severity"] == "error" for word in ("--skip", item["rule"])]
    assert report("bad.txt", *skip, folder=folder)["errors"] == 0
    assert run("bad.txt", *skip, folder=folder).returncode == 0
    if any(item["severity"] == "warning" for item in found):
        assert run("bad.txt", *skip, "--fail-on", "warn", folder=folder).returncode == 3


def test_one_rule_or_all_but_one(folder: Path) -> None:
    """`--rule` and `--skip` part the findings between them; an unknown rule is named."""
    found = [item["rule"] for item in report("bad.txt", folder=folder)["items"][0]["findings"]]
    only = [
        item["rule"] for item in report("bad.txt", "--rule", found[0].lower(), folder=folder)["items"][0]["findings"]
    ]
    rest = [item["rule"] for item in report("bad.txt", "--skip", found[0], folder=folder)["items"][0]["findings"]]
    assert set(only) == {found[0]}
    assert sorted(only + rest) == sorted(found)
    result = run("bad.txt", "--rule", "NON-99", folder=folder)
    assert result.returncode == 3
    assert b"no rule `NON-99`" in result.stderr


def test_the_rules_are_listed(folder: Path) -> None:
    """`--rules` lists every rule with its title, for people and for programs."""
    held = json.loads(run("--rules", "--format", "json", folder=folder).stdout)
    valid("lint-rules", held)
    text = run("--rules", folder=folder).stdout.decode()
    assert [item["rule"] for item in held["items"]] == sorted(item["rule"] for item in held["items"])
    assert all(item["rule"] in text for item in held["items"])
    assert run("--rules", "--format", "html", folder=folder).returncode == 3


@pytest.mark.parametrize(("arguments", "problem"), [
    ((), "`FILE` is missing"),
    (("bad.txt", "--law", "xx"), "no law pack `xx`"),
    (("bad.txt", "--format", "pdf"), "`--format` is not understood"),
    (("empty",), "no text in the folder `empty`"),
    (("bad.txt", "--baseline", "bad.txt"), "is not a baseline"),
])  # fmt: skip
def test_mistakes_of_the_command_line(folder: Path, arguments: tuple[str, ...], problem: str) -> None:
    """What is wrong with the command line is said, with help, and exits 3."""
    (folder / "empty").mkdir()
    result = run(*arguments, folder=folder)
    assert result.returncode == 3
    assert problem in result.stderr.decode()
    assert "help: " in result.stderr.decode()


def test_one_bad_file_stops_no_other(folder: Path) -> None:
    """Files that cannot be read are named among the others: exit 3 for one that is no text, 1 for one not there."""
    (folder / "zip.docx").write_bytes(b"PK\x03\x04")
    result = run("zip.docx", "bad.txt", "--fail-on", "never", folder=folder)
    text = result.stdout.decode()
    assert result.returncode == 3
    assert "not a text" in text
    assert "`bad.txt` errors" in text
    assert "not read: 1" in text
    assert run("none.txt", "bad.txt", folder=folder).returncode == 1


def test_many_files_are_shared_and_stay_in_order(folder: Path) -> None:
    """Several processes give what one gives, in the order of the files, bad ones included."""
    (folder / "many").mkdir()
    names = [f"many/{number:02}.txt" for number in range(3 * FEW)]
    for number, name in enumerate(names):
        (folder / name).write_text("x" if number % 5 else BAD + f"\n{number}. More.\n", encoding="utf-8")
    (folder / "many" / "05.txt").write_bytes(b"\x00\x01\x02" * 9)
    held = report("many", folder=folder)
    assert [item["file"] for item in held["items"]] == names
    single = [report(name, folder=folder)["items"][0] for name in (names[0], names[5], names[6])]
    assert [held["items"][number] for number in (0, 5, 6)] == single


def test_a_baseline_sets_known_findings_aside(folder: Path) -> None:
    """What a baseline knows is not shown; what is new is; what is gone is told; the text itself is not in it."""
    result = run("bad.txt", "--write-baseline", "known.json", folder=folder)
    assert b"known findings" in result.stderr
    written = (folder / "known.json").read_text(encoding="utf-8")
    valid("lint-baseline", json.loads(written))
    assert "deemed" not in written
    assert json.loads(written)["items"] == sorted(json.loads(written)["items"], key=lambda item: list(item.values()))
    assert report("bad.txt", "--baseline", "known.json", folder=folder)["items"][0]["findings"] == []
    assert run("bad.txt", "--baseline", "known.json", "--fail-on", "warn", folder=folder).returncode == 0

    moved = BAD.replace("# Privacy policy\n", "# Privacy policy\n\nWe are a shop.\n")
    (folder / "bad.txt").write_text(moved.replace("1. We may", "1. We   MAY"), encoding="utf-8")
    held = report("bad.txt", "--baseline", "known.json", folder=folder)
    assert [item for item in held["items"][0]["findings"] if item.get("clause")] == []

    (folder / "bad.txt").write_text(moved.replace("1. We may change", "1. We can change"), encoding="utf-8")
    held = report("bad.txt", "--baseline", "known.json", folder=folder)
    assert len(held["items"][0]["findings"]) == len(held["stale"]) > 0
    assert "is gone" in run("bad.txt", "--baseline", "known.json", folder=folder).stdout.decode()

    run("bad.txt", "--baseline", "known.json", "--write-baseline", "known.json", folder=folder)
    held = report("bad.txt", "--baseline", "known.json", folder=folder)
    assert held["items"][0]["findings"] == []
    assert "stale" not in held


@given(st.permutations(range(4)), st.integers(0, 3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_fingerprints_follow_the_words(tmp_path: Path, order: list[int], repeated: int) -> None:
    """Clauses in any order keep their fingerprints, and two clauses alike have one each."""
    words = [f"We may change rule {number} at any time and without prior notice." for number in range(4)]
    path = tmp_path / "a.txt"
    marks = []
    for clauses in (words, [words[number] for number in order], [*words, words[repeated]]):
        path.write_text("# Policy\n\n" + "\n\n".join(clauses) + "\n", encoding="utf-8")
        found = lint_files([path]).files[0].found
        marks.append(sorted(item.fingerprint for item in found if item.finding.clause))
    assert marks[0] == marks[1]
    assert len(set(marks[0])) == len(marks[0]) >= 4
    assert len(set(marks[2])) == len(marks[2]) > len(marks[0])
    assert set(marks[0]) < set(marks[2])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"baseline": 2, "items": []}', '{"baseline": 1, "items": [{"file": "a"}]}', "\x00",
                                  "[" * 100_000])  # fmt: skip
def test_what_is_no_baseline_is_refused(folder: Path, text: str) -> None:
    """A damaged baseline is named; nothing is taken for known."""
    (folder / "known.json").write_text(text, encoding="utf-8")
    result = run("bad.txt", "--baseline", "known.json", folder=folder)
    assert result.returncode == 3
    assert b"is not a baseline" in result.stderr


def test_sarif_is_sarif(folder: Path) -> None:
    """The SARIF keeps the standard's own schema, its regions hold the words, and its names are references."""
    (folder / "crlf.txt").write_bytes(BAD.replace("\n", "\r\n").encode())
    result = run("bad.txt", "bad page.html", "crlf.txt", "none.txt", "--format", "sarif", "--lang", "id", folder=folder)
    held = json.loads(result.stdout)
    schema = json.loads((ROOT / "tests" / "data" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.validate(held, schema)
    (made,) = held["runs"]
    assert made["language"] == "id-ID"
    rules = [rule["id"] for rule in made["tool"]["driver"]["rules"]]
    assert all(rules[item["ruleIndex"]] == item["ruleId"] for item in made["results"])
    by_file: dict[str, list[Any]] = {}
    for item in made["results"]:
        location = item["locations"][0]["physicalLocation"]
        by_file.setdefault(location["artifactLocation"]["uri"], []).append(location["region"])
    assert list(by_file) == ["bad.txt", "bad%20page.html", "crlf.txt"]
    lines = BAD.split("\n")
    for region in by_file["bad.txt"]:
        words = BAD[region["charOffset"] : region["charOffset"] + region["charLength"]]
        assert lines[region["startLine"] - 1][region["startColumn"] - 1 :].startswith(words.split("\n")[0])
        assert lines[region["endLine"] - 1][: region["endColumn"] - 1].endswith(words.split("\n")[-1])
    assert all("charOffset" not in region for region in by_file["crlf.txt"])
    assert all("startColumn" not in region for region in by_file["bad%20page.html"])
    assert made["invocations"][0]["executionSuccessful"] is False
    assert "none.txt" in json.dumps(made["invocations"][0]["toolExecutionNotifications"])


@pytest.mark.parametrize("format", ["text", "json", "sarif", "html"])
def test_a_file_holds_what_was_written_to_the_terminal(folder: Path, format: str) -> None:
    """`-o` writes the same report to a file, says so, and keeps the exit code; a place that cannot be written is named."""
    shown = run("bad.txt", "--format", format, folder=folder)
    kept = run("bad.txt", "--format", format, "-o", "out", folder=folder)
    assert (kept.returncode, kept.stdout) == (3, b"")
    assert b"written to `out`" in kept.stderr
    assert (folder / "out").read_bytes() == shown.stdout
    assert run("bad.txt", "-o", "bad.txt/out", folder=folder).returncode == 1
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_words_of_the_text_do_not_steer_the_terminal(folder: Path) -> None:
    """Control and direction characters of a text are replaced in what is shown."""
    (folder / "evil.txt").write_text(
        "\x1b[31mWe\u202e may change this policy without prior notice.\x1b[0m\n", encoding="utf-8"
    )
    (folder / "evil.txt").rename(folder / "e\x1bvil.txt")
    (folder / "bad.txt").rename(folder / "b\x1bad.txt")
    result = run("e\x1bvil.txt", "b\x1bad.txt", "n\x1bone.txt", "--lang", "en", folder=folder)
    assert b"hidden-characters" in result.stdout
    assert b"\x1b" not in result.stdout
    assert "\u202e" not in result.stdout.decode()


def test_a_text_starts_without_the_libraries_of_other_forms(folder: Path) -> None:
    """Linting one text loads no library for HTML, PDF, templates or processes."""
    code = "import sys, janji.cli.main as m\ntry:\n    m.main(['lint', 'bad.txt'])\nexcept SystemExit:\n    pass\n"
    code += "print('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    loaded = set(done.stderr.split())
    assert "janji.workflows.linting" in loaded
    assert not loaded & {
        "lxml",
        "pypdfium2",
        "jinja2",
        "concurrent.futures.process",
        "multiprocessing",
        "sqlglot",
        "janji.decision.lowering",
    }


def test_the_hook_runs_what_the_package_installs() -> None:
    """The hook for pre-commit names a program of the package and a verb that it has."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    with (ROOT / "pyproject.toml").open("rb") as file:
        scripts = tomllib.load(file)["project"]["scripts"]
    program, verb = hook["entry"].split()
    assert (hook["id"], hook["language"]) == ("janji-lint", "python")
    assert program in scripts
    assert run("--help", folder=ROOT).returncode == 0
    assert verb == "lint"
    assert set(hook["types_or"]) == {"plain-text", "markdown", "html", "pdf"}
    assert hook["require_serial"] is True
    names = re.compile(hook["files"])
    assert all(names.search(name) for name in ("web/privacy.html", "Kebijakan-Privasi.md", "legal/PRIVACY.txt"))
    assert not any(names.search(name) for name in ("README.md", "docs/howto.md"))


def test_pre_commit_hands_over_many_names(folder: Path) -> None:
    """Names that begin with a dash or hold spaces are files after `--`."""
    shutil.copy(folder / "bad.txt", folder / "-odd name.txt")
    held = json.loads(run("--format", "json", "--", "-odd name.txt", folder=folder).stdout)
    assert held["items"][0]["file"] == "-odd name.txt"
