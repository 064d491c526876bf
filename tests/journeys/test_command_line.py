"""The program as its users run it: exit codes, both languages, JSON as the schemas describe it, no tracebacks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
MINIMAL = str(ROOT / "policies" / "minimal")
SONY = str(ROOT / "policies" / "pt-sony-indonesia")
ASK = ("--policy", MINIMAL, "--purpose", "newsletter", "--data", "contact.email", "--channel", "email", "--at",
       "2026-11-23T09:00:00Z")  # fmt: skip
YES = "born: 1990-04-01\nconsents: [{purpose: newsletter, channel: email}]\n"


def run(
    *arguments: str, folder: Path = ROOT, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """One command line in a plain environment."""
    env = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "COLUMNS": "100", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT / "src"), **(environment or {})}
    result = subprocess.run(
        [sys.executable, "-m", "janji", *arguments], cwd=folder, env=env, capture_output=True, text=True
    )
    assert "Traceback" not in result.stderr, result.stderr
    return result


def matches(name: str, text: str) -> dict[str, object]:
    """The JSON of an answer, valid under its published schema."""
    schema = json.loads((ROOT / "schema" / f"{name}.json").read_text(encoding="utf-8"))
    held: dict[str, object] = json.loads(text)
    jsonschema.validate(held, schema)
    return held


@pytest.fixture
def facts(tmp_path: Path) -> str:
    """A file with facts under which the newsletter is permitted."""
    path = tmp_path / "facts.yaml"
    path.write_text(YES, encoding="utf-8")
    return str(path)


def test_alone_it_shows_where_to_start() -> None:
    """`janji` alone names the first commands and succeeds."""
    result = run()
    assert result.returncode == 0
    assert "janji check" in result.stdout


def test_help_groups_the_verbs() -> None:
    """`--help` shows the verbs under what they are for, in both languages."""
    assert "Read:" in run("--help").stdout
    assert "Ask:" in run("--help").stdout
    assert "Options" not in run("--lang", "id", "--help").stdout


def test_permit_is_0(facts: str) -> None:
    """A permit exits 0 and is JSON as published."""
    result = run("decide", *ASK, "--facts", facts, "--format", "json")
    assert result.returncode == 0
    assert matches("decision", result.stdout)["permit"] is True


def test_deny_is_2() -> None:
    """A denial exits 2 and is JSON as published; nothing known of the person denies."""
    result = run("decide", *ASK, "--format", "json")
    assert result.returncode == 2
    assert [reason["code"] for reason in matches("decision", result.stdout)["reasons"]] == ["facts-missing"]  # type: ignore[attr-defined]  # checked by the schema


def test_explanation_is_as_published(facts: str) -> None:
    """An explanation exits like its decision and is JSON as published."""
    result = run("explain", *ASK, "--facts", facts, "--format", "json")
    assert result.returncode == 0
    matches("explanation", result.stdout)


def test_the_same_question_gives_the_same_digests(facts: str) -> None:
    """Policy version and facts digest make an answer reproducible."""
    first, second = (matches("decision", run("decide", *ASK, "--facts", facts, "--format", "json").stdout)
                     for _ in range(2))  # fmt: skip
    assert first == second


def test_check_of_a_real_policy() -> None:
    """PT Sony's policy has 104 clauses, no error, and warnings that name what a person must decide."""
    result = run("check", SONY, "--format", "json")
    held = matches("check", result.stdout)
    assert result.returncode == 0
    assert (held["errors"], held["clauses"]) == (0, 104)
    assert held["warnings"]
    assert run("check", SONY, "--strict", "--brief").returncode == 3


@pytest.mark.parametrize(("text", "code"), [
    (b"policy: [", "yaml-syntax"), (b"\xff\xfe\x00", "not-utf8"), (b"a: &x [*x]\n", "alias"), (b"", "empty-file"),
    (b"policy: p\ninclude: [../secret.yaml]\n", "include-outside"), (b"\x00\x01", "control-character"),
    (b"- 1\n", "wrong-type"), (b"policy: p\n", "missing-key"), (b"[" * 100_000, "too-deep"),
])  # fmt: skip
def test_bad_input_is_3(tmp_path: Path, text: bytes, code: str) -> None:
    """A broken policy exits 3 with a diagnostic that has a place and help, and no version that looks whole."""
    (tmp_path / "policy.yaml").write_bytes(text)
    result = run("check", str(tmp_path), "--format", "json")
    held = matches("check", result.stdout)
    assert result.returncode == 3
    assert "policy_version" not in held
    found = {item["code"]: item for item in held["diagnostics"]}  # type: ignore[attr-defined]  # checked by the schema
    assert code in found
    assert found[code]["help"]
    assert run("decide", "--policy", str(tmp_path), "--purpose", "x", "--data", "y").returncode == 3


@pytest.mark.parametrize("arguments", [
    ("nonsense",), ("decide",), ("decide", *ASK, "--operation", "sell"), ("decide", *ASK, "--at", "yesterday"),
    ("decide", *ASK, "--at", "2026-11-23T09:00:00"), ("check", "--format", "xml"), ("law", "no-such-law"),
    ("law", "id-pdp", "no-such-section"), ("check", "no-such-folder"), ("decide", *ASK, "--facts", "/dev/null/x"),
    ("--lang", "xx"),
])  # fmt: skip
def test_a_mistake_in_the_command_line_is_not_a_denial(arguments: tuple[str, ...]) -> None:
    """A mistake exits 3 (1 where a file cannot be read), never 2, and says what would be right."""
    result = run(*arguments)
    assert result.returncode == (1 if "/dev/null/x" in arguments else 3)
    assert "error" in result.stderr + result.stdout


def test_a_number_out_of_range_is_answered_with_the_range() -> None:
    """Whoever names a port that none is, is told which there are."""
    result = run("serve", "--port", "99999")
    assert (result.returncode, "from 0 to 65535" in result.stderr) == (3, True)


def test_the_text_of_a_policy_is_not_taken_for_a_policy_file(tmp_path: Path) -> None:
    """Whoever checks the text that people read is led to the verb that reads it, whatever YAML makes of it; a policy file is not."""
    for name, text, wanted in (("policy.txt", "Privacy\n\nWe collect: your name: all.\n", True), ("policy.txt", "We use your data.\n", True), ("policy.yaml", "We use your data.\n", False)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        result = run("check", name, folder=tmp_path)
        assert (result.returncode, f"`janji lint {name}`" in result.stdout) == (3, wanted)


def test_errors_are_json_too() -> None:
    """With `--format json` an error is JSON as published."""
    result = run("decide", "--policy", "no-such-folder", "--purpose", "x", "--data", "y", "--format", "json")
    assert result.returncode == 3
    matches("error", result.stdout)


def test_facts_with_a_mistake_are_refused(tmp_path: Path) -> None:
    """A misspelt purpose in the facts is an error with a suggestion, not an unknown that happens to deny."""
    path = tmp_path / "facts.yaml"
    path.write_text("objections: [newsleter]\n", encoding="utf-8")
    result = run("decide", *ASK, "--facts", str(path))
    assert result.returncode == 3
    assert "did you mean `newsletter`?" in result.stderr


@pytest.mark.parametrize("choose", [("--lang", "id"), ("JANJI_LANG", "id"), ("LANG", "id_ID.UTF-8")])
def test_indonesian_by_option_or_environment(choose: tuple[str, str], facts: str) -> None:
    """The language follows `--lang`, `JANJI_LANG` or the locale."""
    name, value = choose
    result = run("decide", *ASK, *choose) if name.startswith("--") else run("decide", *ASK, environment={name: value})
    assert "tolak" in result.stdout


@pytest.mark.parametrize("dialect", ["postgres", "duckdb", "spark", "bigquery", "snowflake"])
def test_the_decision_as_sql(dialect: str) -> None:
    """Every dialect is written, with the policy version and layout it belongs to."""
    result = run("decide", *ASK, "--format", "sql", "--dialect", dialect)
    assert result.returncode == 0
    assert result.stdout.startswith("-- policy 1+")
    assert "FROM standing" in result.stdout


def test_layout_is_published_append_only(tmp_path: Path) -> None:
    """`--write` publishes; a purpose added later only appends; a layout that was tampered with is refused."""
    policy = tmp_path / "policy.yaml"
    text = (Path(MINIMAL) / "policy.yaml").read_text(encoding="utf-8")
    policy.write_text(text, encoding="utf-8")
    assert run("layout", str(tmp_path), "--write").returncode == 0
    before = json.loads((tmp_path / "layout.json").read_text(encoding="utf-8"))["keys"]
    policy.write_text(text.replace("  newsletter:\n    title: {en: Send", "  agenda:\n    title: Agenda\n    basis: contract\n"
                                   "    agreements: [order]\n    data: [contact.email]\n  newsletter:\n    title: {en: Send")
                      .replace("purposes: [order]", "purposes: [order, agenda]"), encoding="utf-8")  # fmt: skip
    behind = json.loads(run("check", str(tmp_path), "--format", "json").stdout)["diagnostics"]
    assert [item["code"] for item in behind] == ["layout-behind"]
    assert run("layout", str(tmp_path), "--write").returncode == 0
    after = json.loads((tmp_path / "layout.json").read_text(encoding="utf-8"))["keys"]
    assert after[: len(before)] == before
    assert len(after) > len(before)
    assert matches("layout", run("layout", str(tmp_path), "--format", "json").stdout)["version"] == len(after)
    (tmp_path / "layout.json").write_text("{}", encoding="utf-8")
    assert run("decide", "--policy", str(tmp_path), "--purpose", "order", "--data", "contact.email").returncode == 1


def test_observe_mode_lets_a_denial_proceed(tmp_path: Path) -> None:
    """`janji.toml` sets what is done with a denial; the decision stays the same."""
    (tmp_path / "janji.toml").write_text('[enforcement]\ndefault = "observe"\n', encoding="utf-8")
    result = run("decide", *ASK, "--format", "json", folder=tmp_path)
    assert result.returncode == 2
    assert matches("decision", result.stdout)["enforcement"] == {"mode": "observe", "proceed": True}
    (tmp_path / "janji.toml").write_text('[enforcement]\ndefault = "sometimes"\n', encoding="utf-8")
    assert run("decide", *ASK, folder=tmp_path).returncode == 3


def test_symbolic_links_do_not_leave_the_folder(tmp_path: Path) -> None:
    """An include that is a link to a file outside the folder is not read."""
    secret = tmp_path / "secret.yaml"
    secret.write_text("purposes: {}\n", encoding="utf-8")
    folder = tmp_path / "policy"
    folder.mkdir()
    (folder / "policy.yaml").write_text("policy: p\ninclude: [inner.yaml]\n", encoding="utf-8")
    (folder / "inner.yaml").symlink_to(secret)
    held = json.loads(run("check", str(folder), "--format", "json").stdout)
    assert "include-missing" in [item["code"] for item in held["diagnostics"]]


def test_completion_can_be_shown() -> None:
    """Completion for the shell is there."""
    result = run("--show-completion", "bash")
    assert result.returncode == 0
    assert "janji" in result.stdout


def test_each_verb_is_added_by_the_module_that_is_loaded_for_it() -> None:
    """Loading one module for a verb must give that verb, and all modules together every verb there is."""
    from janji.cli.main import VERBS, command
    from janji.workflows.runtime import open_runtime

    runtime = open_runtime()
    assert set(command(runtime).commands) == set(VERBS)
    for verb, room in VERBS.items():
        assert verb in command(runtime, [room]).commands, verb
