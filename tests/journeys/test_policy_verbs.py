"""`janji policy`, `decide --subject`, `run` and `track` as programs, on a real server, in text and JSON, with exit codes."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.publishing import SHOP, UNTOLD, WIDER, customer, shop_house, variant

Run = Callable[..., "subprocess.CompletedProcess[str]"]
WHO = "email:ani@example.org"
ASKED = ("--purpose", "newsletter", "--data", "contact.email", "--channel", "email")


@pytest.fixture
def janji(database_url: str, tmp_path: Path) -> Run:
    """The program in a folder of its own; the policy is in force, Ani gets the newsletter and Budi does not."""
    house = shop_house(database_url)
    customer(house, "ani@example.org")
    customer(house, "budi@example.org", consents=False)
    environment = {
        **os.environ, "JANJI_DATABASE_URL": database_url, "JANJI_KEY": base64.b64encode(b"k" * 32).decode(),
        "JANJI_DATA_DIR": str(tmp_path / "data"), "LC_ALL": "C.UTF-8",
    }  # fmt: skip

    def run(*args: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "janji", *args], input=given, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
        )  # fmt: skip

    return run


def told(done: subprocess.CompletedProcess[str]) -> Any:
    """What it wrote as JSON."""
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


def test_a_version_is_published_after_its_notice(janji: Run, tmp_path: Path) -> None:
    """Refused, noticed, published, shown, compared and written out again; each with its exit code."""
    path = str(variant(tmp_path / "next", WIDER))
    refused = janji("policy", "publish", path)
    assert refused.returncode == 2
    assert "janji policy notice PATH" in refused.stderr
    opened = janji("policy", "notice", path)
    job = opened.stdout.split("`")[1]
    assert job.startswith("job_")
    assert "consents to ask for anew: `newsletter`, of people: 1" in opened.stdout
    assert janji("policy", "publish", path, "--notice-job", job).returncode == 2
    assert janji("policy", "notice", "--done", job).returncode == 3
    (tmp_path / "sent.csv").write_text("ani@example.org,2026-12-01\n", "utf-8")
    done = told(janji("policy", "notice", "--done", job, "--evidence", "sent.csv", "--format", "json"))
    assert len(done["evidence_digest"]) == 64
    published = told(janji("policy", "publish", path, "--notice-job", job, "--format", "json"))
    assert published["number"] == 2
    assert [item["number"] for item in told(janji("policy", "list", "--format", "json"))["items"]] == [2, 1]
    assert told(janji("policy", "diff", "1", "2", "--format", "json"))["material"] is True
    assert "postal address" in janji("policy", "diff", "1", "2").stdout
    assert "policy.yaml" in told(janji("policy", "show", "1", "--format", "json"))["files"]
    assert janji("policy", "files", "1", "-o", "out").returncode == 0
    assert (tmp_path / "out" / "policy.yaml").read_bytes() == SHOP.read_bytes()
    assert janji("policy", "show", "7").returncode == 3
    assert janji("policy", "publish", path).returncode == 1


def test_a_decision_about_somebody_on_record(janji: Run, tmp_path: Path) -> None:
    """Permit and deny by what is stored; nobody on record is denied; a draft can be asked; the use is recorded."""
    assert janji("decide", "--subject", WHO, *ASKED).returncode == 0
    assert janji("decide", "--subject", "-", *ASKED, given=WHO + "\n").returncode == 0
    denied = told(janji("decide", "--subject", "email:budi@example.org", *ASKED, "--format", "json"))
    assert [item["code"] for item in denied["reasons"]] == ["consent-missing"]
    nobody = told(janji("explain", "--subject", "email:nobody@example.org", *ASKED, "--format", "json"))
    assert "facts-missing" in json.dumps(nobody)
    assert "nobody@example.org" not in json.dumps(nobody)
    draft = str(variant(tmp_path / "draft", UNTOLD))
    asked = ("--purpose", "newsletter", "--data", "contact.address", "--channel", "email")
    assert janji("decide", "--subject", WHO, *asked).returncode == 2
    assert janji("decide", "--subject", WHO, "--policy", draft, *asked).returncode == 0
    assert janji("decide", "--subject", WHO, "--policy", draft, "--record", *asked).returncode == 3
    assert janji("decide", "--policy", draft, "--record", *asked).returncode == 3
    assert janji("decide", "--subject", WHO, "--at", "2036-01-01", "--record", *ASKED).returncode == 3
    assert janji("decide", "--subject", WHO, "--record", *ASKED).returncode == 0
    first = janji("track", "show", WHO, "--limit", "1").stdout
    assert "use permitted" in first
    assert "purpose: newsletter" in first
    lines = [json.loads(line) for line in janji("track", "show", WHO, "--format", "json").stdout.splitlines()]
    assert [line["kind"] for line in lines] == ["use.permitted", "consent.given", "agreement.recorded", "age.recorded"]
    assert not any("ani@" in json.dumps(line) for line in lines)


def test_a_run_and_its_check(janji: Run, tmp_path: Path) -> None:
    """The people are written to a file, the run is shown, worked out again, and stands in the track record."""
    done = told(janji("run", *ASKED, "-o", "people", "--format", "json"))
    assert done["people"] == 1
    (who,) = (tmp_path / "people").read_text("ascii").split()
    assert told(janji("track", "check", done["run"], "--format", "json"))["equal"] is True
    assert "people: 1" in janji("track", "runs").stdout
    assert "in a run over everybody" in janji("track", "show", who).stdout
    assert janji("track", "check", "not-a-run").returncode == 3
    assert janji("track", "show", "email:nobody@example.org").returncode == 3
