"""`janji collect`, `review` and `rollout` as programs: on a real server, in text and JSON, with their exit codes."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.choosing import make_house

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
NIK = "3174014408900001"
COMPLAINT = {"name": "Ani", "contact-details": "ani@example.org", "conversation": f"My NIK is {NIK}"}
CONTEXT = {"subject": {"kind": "email", "value": "ani@example.org"}, "agreements": [{"kind": "request", "reference": "R-1"}]}


@pytest.fixture
def janji(database_url: str, tmp_path: Path) -> Run:
    """The program, in a folder and a record of its own, with a context at hand."""
    make_house(database_url)
    (tmp_path / "data" / "keys").mkdir(parents=True)
    (tmp_path / "context.json").write_text(json.dumps(CONTEXT), "utf-8")
    environment = {
        **os.environ, "JANJI_DATABASE_URL": database_url, "JANJI_KEY": base64.b64encode(b"k" * 32).decode(),
        "JANJI_DATA_DIR": str(tmp_path / "data"), "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip

    def run(*args: str, given: Any = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "janji", *args], input=given if isinstance(given, str) else json.dumps(given), capture_output=True,
            text=True, env=environment, cwd=tmp_path, check=False,
        )  # fmt: skip

    return run


def told(done: subprocess.CompletedProcess[str], schema: str, code: int = 0) -> Any:
    """What a verb wrote as JSON, valid under its schema."""
    assert done.returncode == code, done.stderr + done.stdout
    held = json.loads(done.stdout)
    jsonschema.validate(held, json.loads((ROOT / "schema" / f"{schema}.json").read_text("utf-8")))
    return held


def test_from_a_submission_to_its_review(janji: Run) -> None:
    """Collected, set aside, listed, shown for a purpose, refused for another, kept with the number covered."""
    args = ("collect", "complaint", "--fields", "-", "--context", "context.json", "--format", "json")
    held = told(janji(*args, given=COMPLAINT), "collected")
    assert set(held["kept"]) == {"name", "contact-details"}
    review = held["quarantined"][0]["review"]
    jsonschema.validate(CONTEXT, json.loads((ROOT / "schema" / "collect.json").read_text("utf-8")))
    listed = janji("review", "list", "--format", "json")
    assert NIK not in listed.stdout
    assert [item["review"] for item in json.loads(listed.stdout)["items"]] == [review]
    denied = janji("review", "show", review, "--purpose", "newsletters")
    assert (denied.returncode, NIK in denied.stdout + denied.stderr) == (2, False)
    shown = told(janji("review", "show", review, "--purpose", "complaint-handling", "--format", "json"), "review")
    assert shown["value"] == COMPLAINT["conversation"]
    kept = told(janji("review", "keep", review, "--purpose", "complaint-handling", "--masked", "--format", "json"), "review")
    assert kept["value"] == "My NIK is " + "*" * 16
    gone = janji("review", "discard", review)
    assert (gone.returncode, "there is no such review" in gone.stderr) == (3, True)
    assert "nothing waits" in janji("review", "list").stdout
    track = janji("track", "show", "email:ani@example.org").stdout
    assert "data collected" in track
    assert "touchpoint: complaint" in track


def test_a_submission_that_must_stop_exits_with_two(janji: Run) -> None:
    """Without an agreement nothing may be kept of a complaint: told in words, in both languages, and by the exit code."""
    for lang, words in (("en", "must stop"), ("id", "agreement-missing")):
        done = janji("collect", "complaint", "--fields", "-", "--lang", lang, given=COMPLAINT)
        assert done.returncode == 2
        assert words in done.stdout
        assert NIK not in done.stdout + done.stderr
    discarded = janji("collect", "complaint", "--fields", "-", "--context", "context.json", "--format", "json", given=COMPLAINT)
    review = json.loads(discarded.stdout)["quarantined"][0]["review"]
    assert janji("review", "discard", review).returncode == 0


@pytest.mark.parametrize("given", ["", "[]", "{", "\x00", '{"a": ' * 5000, "null"])
def test_fields_that_are_no_object(janji: Run, given: str) -> None:
    """What is no JSON object is turned away with a help, and without a word of it."""
    done = janji("collect", "complaint", "--fields", "-", given=given)
    assert (done.returncode, "give one JSON object" in done.stderr) == (3, True)
    assert "Traceback" not in done.stderr


def test_a_bad_context_is_named(janji: Run, tmp_path: Path) -> None:
    """An unknown key and a review that is none are named with what is meant."""
    (tmp_path / "wrong.json").write_text('{"langauge": "id"}', "utf-8")
    done = janji("collect", "complaint", "--fields", "-", "--context", "wrong.json", given={})
    assert (done.returncode, "did you mean `language`" in done.stderr) == (3, True)
    assert janji("review", "show", "rev_1", "--purpose", "x").returncode == 3


def test_what_is_observed_is_reported(janji: Run, tmp_path: Path) -> None:
    """In observe the program goes on, and the report names reason, clause, people and what to do; by decision and by gate."""
    (tmp_path / "janji.toml").write_text('[enforcement]\ndefault = "observe"\n', "utf-8")
    assert "nothing was asked yet" in janji("rollout", "report").stdout
    odd = janji("collect", "my-sony", "--fields", "-", "--context", "context.json", "--application", "shop", "--format", "json",
                given={"name": "Ani", "shoe-size": "42"})  # fmt: skip
    held = told(odd, "collected")
    assert held["mode"] == "observe"
    assert {item["field"] for item in held["observed"]} == {"name", "shoe-size"}
    asked = janji("decide", "--subject", "email:ani@example.org", "--purpose", "newsletters", "--data", "email", "--channel", "email",
                  "--application", "shop")  # fmt: skip
    assert asked.returncode == 2
    found = told(janji("rollout", "report", "--format", "json"), "rollout")
    lines = {item["purpose"]: item for item in found["items"]}
    assert [why["code"] for why in lines["-"]["reasons"]] == ["field-undeclared"]
    assert (lines["newsletters"]["denied"], lines["newsletters"]["people"]) == (2, 1)
    assert found["safe"] == {"purposes": [], "applications": []}
    text = janji("rollout", "report", "--lang", "id").stdout
    assert "field-undeclared" in text
    assert "2.1.1" in text
    later = janji("rollout", "report", "--since", "2999-01-01", "--quiet-days", "3")
    assert "nothing was asked yet" in later.stdout
    assert janji("rollout", "report", "--since", "soon").returncode == 3
