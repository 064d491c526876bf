"""What machines decide, and the evidence for a claim, by the command line: what it shows, in which form, and how it ends."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.erasing_house import World
from tests.shop_verbs import Run, keyed_world, program, told

from janji.rights.requests import Intake, Proof
from janji.store.server import ServerHandle
from janji.workflows.request_work import work_off
from janji.workflows.requests import Opening, open_request


@pytest.fixture(scope="module")
def world(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A house with a shop and a care desk."""
    with keyed_world(server, module_database_url, tmp_path_factory.mktemp("verbs"), 4) as made:
        yield made


@pytest.fixture
def run(world: World, module_database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program on that record."""
    return program(world, module_database_url, monkeypatch, capsys)


def test_decisions_are_logged_listed_and_reviewed(run: Run, world: World) -> None:
    """The register, an empty list, one decision with words under seal, its review by name; in text and for programs."""
    who = f"sub_{world.person(1)}"
    assert "voucher-control: " in run("decisions", "register")
    assert {"logic", "effect", "review"} <= set(next(one for one in told(run, "decisions", "register")["items"] if one["purpose"] == "credit-check"))
    assert run("decisions", "list").strip() == "no decision is here"
    made = told(run, "decisions", "log", "voucher-control", "refused", "--subject", who, "--reason", "redeemed-before", "--words", "-", typed="three times\n")
    assert (made["state"], made["subject"]) == ("taken", who)
    assert "three times" not in run("decisions", "list", "--all")
    assert "three times" in run("decisions", "show", made["id"])
    assert "is no outcome of looking anew" in run("decisions", "review", made["id"], "maybe", "--reason", "x", "--by", "Rina", code=3)
    seen = told(run, "decisions", "review", made["id"], "overruled", "--reason", "family-of-three", "--by", "Rina")
    assert (seen["ruling"], seen["state"]) == ("overruled", "reviewed")
    assert "looked at anew: overruled" in run("decisions", "list", "--subject", who)
    assert "is not the id of a decision" in run("decisions", "show", "mde_1", code=3)
    assert "lets no machine decide" in run("decisions", "log", "newsletters", "sent", "--subject", who, "--reason", "x", code=3)


def test_the_evidence_of_a_claim_is_verified_offline(run: Run, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`janji ledger verify` proves each of its events without the record; only a claim that was carried out has evidence."""
    agreed = (("Dewi", "officer"), ("Budi", "officer"))
    request = open_request(world.house, Opening(right="claim", intake=Intake.PAPER, subject=world.person(2), proof=Proof.STAFF, by="Ayu", approvals=agreed))
    path = tmp_path / "pack.zip"
    assert "a claim that was carried out" in run("request", "pack", f"req_{request.id}", "--out", str(path), code=2)
    work_off(world.house)
    made = told(run, "request", "pack", f"req_{request.id}", "--out", str(path))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
        key = json.loads(archive.read("pack.json"))["key"]
    monkeypatch.setenv("JANJI_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    for proof in sorted((tmp_path / "proofs").iterdir()):
        assert told(run, "ledger", "verify", str(proof), "--key", key)["holds"] is True
    assert made["events"] == len(list((tmp_path / "proofs").iterdir()))
    proof = tmp_path / "proofs" / "00001.json"
    proof.write_text(proof.read_text().replace('"actor": "', '"actor": "x'))
    run("ledger", "verify", str(proof), "--key", key, code=1)
