"""Published texts imported and policies traced as people do it: the real program, real files, both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from tests.hostile_texts import HOSTILE, MEGABYTE, Hostile
from tests.journeys.test_command_line import ROOT, SONY, matches, run

from janji.errors import JanjiError
from janji.files.translations import load_tongue
from janji.workflows.texts import FILES, import_text

SAMPLE = str(ROOT / "policies" / "sample" / "privacy-policy.txt")
LIGHT = [text for text in HOSTILE if not text.heavy and len(text.make()) < MEGABYTE]


def test_a_text_becomes_a_policy_that_checks(tmp_path: Path) -> None:
    """The model is written with its clauses, evidence and decisions, and the check finds no mistake in it."""
    folder = tmp_path / "model"
    result = run("import", SAMPLE, "-o", str(folder), "--format", "json")
    assert result.returncode == 0, result.stderr
    held = matches("import", result.stdout)
    assert held["source"] == "text"
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    checked = run("check", str(folder))
    assert checked.returncode == 0
    assert "errors: 0" in checked.stdout
    schema = json.loads((ROOT / "schema" / "evidence.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads((folder / "evidence.json").read_text(encoding="utf-8")), schema)
    traced = matches("trace", run("trace", str(folder), "--format", "json").stdout)
    assert traced["groundless"] == []


def test_decisions_are_written_in_the_language_asked_for(tmp_path: Path) -> None:
    """The list of decisions is in one language; the model speaks both."""
    folder = tmp_path / "model"
    assert run("import", SAMPLE, "-o", str(folder), "--lang", "id").returncode == 0
    assert (folder / "decisions.md").read_text(encoding="utf-8").startswith("# Keputusan terbuka")
    assert "id:" in (folder / "policy.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_overwritten(tmp_path: Path, name: str) -> None:
    """Whichever of the files is there, nothing is written and it stays as it is."""
    (tmp_path / name).write_text("mine", encoding="utf-8")
    result = run("import", SAMPLE, "-o", str(tmp_path))
    assert result.returncode != 0
    assert name in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_a_text_comes_from_standard_input(tmp_path: Path) -> None:
    """`-` reads the text from standard input."""
    text = Path(SAMPLE).read_text(encoding="utf-8")
    result = subprocess.run([sys.executable, "-m", "janji", "import", "-", "-o", str(tmp_path / "model")], input=text, cwd=ROOT,
                            capture_output=True, text=True)  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "model" / "policy.yaml").is_file()


def test_what_is_no_text_is_refused_with_help(tmp_path: Path) -> None:
    """No file, no clause, two files: each is told with what to do, and nothing is written."""
    bare = tmp_path / "bare.md"
    bare.write_text("# Privacy policy\n\n## Data\n", encoding="utf-8")
    for arguments in ((str(bare),), (str(tmp_path / "none.txt"),), (SAMPLE, SAMPLE), (SAMPLE, "--law", "none")):
        result = run("import", *arguments, "-o", str(tmp_path / "model"))
        assert result.returncode != 0, arguments
        assert "help:" in result.stderr
        assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("text", LIGHT, ids=lambda text: text.file)
def test_hostile_texts_are_imported_or_refused(text: Hostile, tmp_path: Path) -> None:
    """Each is imported, or refused with an error of ours; nothing else is raised."""
    path = tmp_path / text.file
    path.write_bytes(text.make())
    refused: list[JanjiError] = []
    try:
        import_text(path, tmp_path / "model", date(2026, 1, 1), load_tongue("en"))
    except JanjiError as error:
        refused.append(error)
    assert (tmp_path / "model" / "policy.yaml").is_file() is not bool(refused)
    assert all(error.help for error in refused)


def test_a_clause_is_traced() -> None:
    """One clause with its entries; all clauses as JSON; an unknown clause with the nearest that there is."""
    one = run("trace", SONY, "--clause", "3.1.3.a")
    assert one.returncode == 0
    assert "purposes.newsletters" in one.stdout
    held = matches("trace", run("trace", SONY, "--format", "json").stdout)
    clauses = held["clauses"]
    assert isinstance(clauses, list)
    assert len(clauses) == 104
    unknown = run("trace", SONY, "--clause", "3.1.33.a")
    assert unknown.returncode == 3
    assert "did you mean `3.1.3.a`?" in unknown.stderr
    assert run("trace", "policies/minimal", "--idle").stdout.startswith("rest on no clause")
