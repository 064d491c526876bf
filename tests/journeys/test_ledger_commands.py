"""`janji ledger` as its users run it: keep a checkpoint, hand out an export and a proof, audit both without the record."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from janji.ledger.events import Actor, Kind
from janji.workflows.house import open_house
from janji.workflows.recording import Entry, record
from janji.workflows.runtime import open_runtime

ROOT = Path(__file__).resolve().parent.parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> dict[str, str]:
    """What tells the program where its house is."""
    return {"JANJI_DATABASE_URL": database_url, "JANJI_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def run(settings: dict[str, str], tmp_path: Path) -> Run:
    """One command line in the folder of the test, with or without the house."""

    def command(*arguments: str, at_home: bool = True, code: int = 0) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "COLUMNS": "100", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT / "src")}
        result = subprocess.run([sys.executable, "-m", "janji", *arguments], cwd=tmp_path, capture_output=True, text=True,
                                env=env | (settings if at_home else {}))  # fmt: skip
        assert "Traceback" not in result.stderr, result.stderr
        assert result.returncode == code, result.stderr + result.stdout
        return result

    assert command("init").returncode == 0
    return command


def noted(settings: dict[str, str], count: int) -> str:
    """So many events; the id of the last."""
    with open_house(open_runtime(environment=settings)) as house:
        return str(record(house, [Entry(kind=Kind.TASK_OPENED, actor=Actor.STAFF, details={"task": "call"})] * count)[-1].id)


def valid(name: str, text: str) -> dict[str, Any]:
    """The JSON of an answer, valid under its published schema."""
    held: dict[str, Any] = json.loads(text)
    jsonschema.validate(held, json.loads((ROOT / "schema" / f"{name}.json").read_text(encoding="utf-8")))
    return held


def test_from_record_to_auditor(run: Run, settings: dict[str, str], tmp_path: Path) -> None:
    """Numbered, signed, exported, proven; the auditor needs the files and the key, and no house."""
    event = noted(settings, 300)
    assert run("ledger", "sequence").stdout == "events numbered: 300; the ledger has 300\n"
    run("ledger", "checkpoint", "-o", "kept")
    noted(settings, 10)
    assert json.loads(run("ledger", "show", "--format", "json").stdout)["waiting"] == 10
    assert run("ledger", "export", "-o", "export.jsonl").stdout == "events written to export.jsonl: 310\n"
    key = json.loads(run("ledger", "show", "--format", "json").stdout)["key"]
    (tmp_path / "key").write_text(key + "\n")
    assert run("ledger", "show").stdout.startswith(f"verifier key: {key}\nevents: 310, of which 310 are signed\n")
    for chosen in (key, "key"):
        audit = run("ledger", "audit", "export.jsonl", "--key", chosen, "--against", "kept", "--format", "json", at_home=False)
        report = valid("ledger-audit", audit.stdout)
        assert (report["clean"], report["events"], report["checkpoints"], report["faults"]) == (True, 310, 2, [])
    assert "clean; events: 310, people: 0, checkpoints: 2" in run("ledger", "audit", "--live", "--against", "kept").stdout
    run("ledger", "prove", event, "-o", "proof.json")
    valid("ledger-proof", (tmp_path / "proof.json").read_text())
    assert "compare it" in run("ledger", "verify", "proof.json", at_home=False).stdout
    assert "policy.published" not in run("ledger", "verify", "proof.json", at_home=False).stdout
    assert "signed by your key" in run("ledger", "verify", "proof.json", "--key", "key", at_home=False).stdout
    held = json.loads(run("ledger", "verify", "proof.json", "--format", "json", at_home=False).stdout)
    assert (held["holds"], held["event"]["id"], held["position"]) == (True, event, held["position"])
    assert run("ledger", "export").stdout == (tmp_path / "export.jsonl").read_text()
    assert run("ledger", "checkpoint").stdout != (tmp_path / "kept").read_text()


def test_what_was_tampered_with_is_named(run: Run, settings: dict[str, str], tmp_path: Path) -> None:
    """A changed export, a changed proof and an export of the past fail with 1 and say what is wrong, in both languages."""
    event = noted(settings, 20)
    run("ledger", "export", "-o", "past")
    noted(settings, 5)
    run("ledger", "checkpoint", "-o", "kept")
    run("ledger", "prove", event, "-o", "proof.json")
    lines = (tmp_path / "past").read_text().splitlines(keepends=True)
    (tmp_path / "changed").write_text("".join(lines).replace("call", "mail", 1))
    result = run("ledger", "audit", "changed", at_home=False, code=1)
    assert "changed: event 0 was changed" in result.stdout
    assert "not clean" in result.stdout
    (tmp_path / "short").write_text("".join(lines[:7] + lines[8:]))
    assert "missing: events 6 to 6 are missing" in run("ledger", "audit", "short", at_home=False, code=1).stdout
    report = valid("ledger-audit", run("ledger", "audit", "past", "--against", "kept", "--format", "json", at_home=False, code=1).stdout)
    assert [(fault["kind"], fault["position"]) for fault in report["faults"]] == [("rolled-back", 20)]
    (tmp_path / "proof.json").write_text((tmp_path / "proof.json").read_text().replace('"call"', '"mail"'))
    assert "changed" in run("ledger", "verify", "proof.json", at_home=False, code=1).stderr


def test_what_cannot_be_done(run: Run, settings: dict[str, str], tmp_path: Path) -> None:
    """Mistakes in use are told with what to do instead."""
    (tmp_path / "nothing").write_text("")
    for code, words, said in (
        (1, ("audit", "absent"), "cannot be read"), (1, ("audit", "nothing"), "truncated"), (3, ("audit",), "one of the two"),
        (3, ("audit", "nothing", "--live"), "one of the two"), (3, ("audit", "nothing", "--key", "x"), "verifier key"),
        (3, ("audit", "nothing", "--against", "nothing"), "not a signed checkpoint"), (3, ("verify", "nothing"), "not the proof"),
        (3, ("prove", "7"), "not the id of an event"), (3, ("prove", "00000000-0000-0000-0000-000000000007"), "no event"),
        (3, ("checkpoint",), "no events yet"), (3, ("audit", "--live", "--key", "x"), "goes with an export"),
    ):  # fmt: skip
        result = run("ledger", *words, code=code)
        assert said in result.stdout + result.stderr, (words, result.stderr)
        assert code == 1 or "help: " in result.stderr


def test_an_audit_loads_no_database(tmp_path: Path) -> None:
    """Auditing and verifying need neither Django nor a driver."""
    program = (
        "import sys; from janji.cli.main import main\n"
        "try: main(['ledger', 'audit', 'absent'])\n"
        "except SystemExit: print(sorted({'django', 'psycopg'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert result.stdout == "[]\n", result.stdout + result.stderr
