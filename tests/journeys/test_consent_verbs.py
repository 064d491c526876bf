"""`janji consent` as a program: each verb on a real server, in text and JSON, with its exit codes."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.choosing import KEEPER, make_house, person
from tests.journeys.test_consents import CANARY, listed

from janji.ledger.events import Kind
from janji.store import ledger
from janji.workflows.house import enter_house
from janji.workflows.people import subject_named
from janji.workflows.recording import history_of
from janji.workflows.runtime import open_runtime

Run = Callable[..., "subprocess.CompletedProcess[str]"]
WHO = "email:ani@example.org"


@pytest.fixture
def janji(database_url: str, tmp_path: Path) -> Run:
    """The program, in a folder and a record of its own."""
    person(make_house(database_url))
    environment = {
        **os.environ, "JANJI_DATABASE_URL": database_url, "JANJI_KEY": base64.b64encode(b"k" * 32).decode(),
        "JANJI_DATA_DIR": str(tmp_path / "data"), "LC_ALL": "C.UTF-8",
    }  # fmt: skip

    def run(*args: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "janji", "consent", *args], input=given, capture_output=True, text=True, env=environment, cwd=tmp_path,
            check=False,
        )  # fmt: skip

    return run


def told(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


GRANT = ("grant", WHO, "newsletters", "--channel", "email", "--language", "id", "--method", "unticked-box")


def test_from_a_yes_to_its_receipt_and_back(janji: Run) -> None:
    """Granted, shown, receipted, its end foretold, taken back after a question, and exported."""
    granted = told(janji(*GRANT, "--format", "json"))
    assert granted["recorded"]["version"] == 2
    shown = told(janji("show", WHO, "--format", "json"))
    assert [one["kind"] for one in shown["choices"]] == ["consent.given"]
    receipt = told(janji("receipt", "-", given=f"{WHO}\n"))
    assert receipt["dct:hasPart"][0]["janji:proof"]["janji:eventDigest"] == granted["recorded"]["digest"]
    impact = told(janji("impact", WHO, "newsletters", "--format", "json"))
    assert impact["impact"]["stops"] == [{"purpose": "newsletters", "channel": "email", "basis": "consent"}]
    stopped = janji("withdraw", WHO, "newsletters", given="n\n")
    assert stopped.returncode == 130
    assert "This stops: Newsletters and marketing messages, by E-mail." in stopped.stderr
    assert len(told(janji("show", WHO, "--format", "json"))["choices"]) == 1
    done = janji("withdraw", WHO, "newsletters", given="y\n")
    assert done.returncode == 0
    assert "recorded: " in done.stdout
    assert [one["kind"] for one in told(janji("show", WHO, "--format", "json"))["choices"]] == ["consent.given", "consent.withdrawn"]
    assert len(told(janji("export", WHO))) == 2


def test_a_choice_that_does_not_count_exits_with_two(janji: Run) -> None:
    """With code, clause, article and help, in both forms, and in the user's language."""
    done = janji("grant", WHO, "newsletters", "--channel", "email", "--language", "id", "--method", "implied")
    assert done.returncode == 2
    assert "implied" in done.stderr
    assert "UU 27/2022 Art 20(2)(a), 22, 24" in done.stderr
    held = janji("grant", WHO, "newsletters", "--format", "json")
    assert held.returncode == 2
    assert {one["code"] for one in json.loads(held.stdout)["rejections"]} == {"method-missing", "channel-not-named", "language-missing"}
    wrong = janji(*GRANT[:-4], "--language", "id", "--method", "button", "--notice-digest", "0" * 64, "--format", "json")
    assert [one["code"] for one in json.loads(wrong.stdout)["rejections"]] == ["digest-differs"]


def test_refuse_renew_object_and_all_marketing(janji: Run) -> None:
    """The other verbs record what they say."""
    told(janji(*GRANT, "--format", "json"))
    told(janji("renew", *GRANT[1:], "--format", "json"))
    told(janji("refuse", WHO, "marketing-offers", "--channel", "email", "--format", "json"))
    told(janji("object", WHO, "research-development", "--format", "json"))
    told(janji("withdraw", WHO, "--all-marketing", "--yes", "--format", "json"))
    found = {one["kind"] for one in told(janji("show", WHO, "--format", "json"))["choices"]}
    assert found == {"consent.given", "consent.renewed", "consent.refused", "objection.made", "consent.withdrawn"}


def test_paper_takes_staff_and_evidence(janji: Run) -> None:
    """`--actor staff` wants `--evidence`, which is shown nowhere."""
    paper = (*GRANT[:-1], "signed-form", "--actor", "staff", "--format", "json")
    assert [one["code"] for one in json.loads(janji(*paper).stdout)["rejections"]] == ["evidence-missing"]
    told(janji(*paper, "--evidence", CANARY))
    assert CANARY not in janji("show", WHO, "--format", "json").stdout


@pytest.mark.parametrize("args", [
    ("grant", "email:nobody@example.org", "newsletters"), ("grant", "nobody", "newsletters"), ("grant", WHO, "newsletters", "--actor", "cat"),
    ("grant", WHO, "newsletters", "--until", "soon"), ("receipt", WHO, "--event", "x"), ("receipt", WHO), ("withdraw", WHO),
    ("impact", WHO, "nothing"),
])  # fmt: skip
def test_what_cannot_be_understood_exits_with_three(janji: Run, args: tuple[str, ...]) -> None:
    """A typed error with help, never a traceback, never the address."""
    done = janji(*args)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "@example.org" not in done.stderr + done.stdout
    assert "help" in done.stderr


def test_a_list_is_tried_and_then_imported(janji: Run, tmp_path: Path) -> None:
    """The dry run stores nothing; rows are named by number; the second import is empty; nobody's address is printed."""
    file, listmap = listed(tmp_path)
    tried = told(janji("import", str(file), "--map", str(listmap), "--dry-run", "--format", "json"))
    assert told(janji("ask-again", "--format", "json")) == []
    done = janji("import", str(file), "--map", str(listmap))
    assert done.returncode == 0
    assert "row 11: the wording of the choice is not in the map" in done.stdout
    assert "@example.org" not in done.stdout
    again = told(janji("import", str(file), "--map", str(listmap), "--format", "json"))
    assert sum(again["recorded"].values()) == 0
    assert {key: again[key] for key in tried} == tried
    assert len(told(janji("ask-again", "--format", "json"))) == 2
    file.write_bytes(b"\x00\x01")
    assert janji("import", str(file), "--map", str(listmap)).returncode == 3
    listmap.write_text("source: x\n", "utf-8")
    assert janji("import", str(file), "--map", str(listmap)).returncode == 3
    assert janji("import", str(tmp_path / "none.csv"), "--map", str(listmap)).returncode == 3


def test_published_notices_are_listed_with_their_digests(janji: Run) -> None:
    """The digest that is printed is the one that a choice may name."""
    found = told(janji("notices", "--format", "json"))
    (one,) = [item for item in found if (item["notice"], item["language"]) == ("newsletters", "id")]
    assert told(janji(*GRANT, "--notice-digest", one["digest"], "--format", "json"))["recorded"]["version"] == 2
    assert janji(*GRANT, "--notice-digest", one["digest"][::-1]).returncode == 2


def test_what_was_recorded_is_proven_at_once(janji: Run) -> None:
    """No verb of the ledger is needed between a choice and its receipt: the choice was numbered, the receipt signs."""
    granted = told(janji(*GRANT, "--format", "json"))
    assert ledger.queue().waiting == 0
    proof = told(janji("receipt", WHO))["dct:hasPart"][0]["janji:proof"]
    assert proof["janji:treeSize"] > proof["janji:position"]
    assert proof["janji:eventDigest"] == granted["recorded"]["digest"]


def test_a_withdrawal_says_in_short_what_it_came_to(janji: Run) -> None:
    """With `--yes` what stops, what goes, and the id; without it everything, on the other stream, and a question."""
    told(janji(*GRANT, "--format", "json"))
    unasked = janji("withdraw", WHO, "newsletters")
    assert unasked.returncode == 3
    assert "add `--yes`" in unasked.stderr
    assert "This stays: Name, for " in unasked.stderr
    assert len(told(janji("show", WHO, "--format", "json"))["choices"]) == 1
    done = janji("withdraw", WHO, "newsletters", "--yes")
    stops, goes, recorded = (line.split(":")[0] for line in done.stdout.splitlines())
    assert (stops, recorded) == ("This stops", "recorded")
    assert re.fullmatch(r"This is deleted by \d{1,2} \w+ 20\d\d, \d\d", goes)  # the program goes by the day on which this is run


def test_what_bounds_and_carries_the_use_of_data(janji: Run) -> None:
    """Restricted, delayed, objected, agreed and authorised, and each of them ended again."""
    for args in (
        ("restrict", WHO, "newsletters"), ("restrict", WHO, "newsletters", "--lift"), ("delay", WHO), ("delay", WHO, "--lift"),
        ("object", WHO, "research-development"), ("object", WHO, "research-development", "--lift"),
        ("agreement", WHO, "order", "-"), ("agreement", WHO, "order", "A-1", "--end"),
        ("authorise", WHO, "user-authorised-party", "--data", "name", "--until", "2999-12-31"),
        ("authorise", WHO, "user-authorised-party", "--end"),
    ):  # fmt: skip
        told(janji(*args, "--format", "json", given=f"{CANARY}\n"))
    shown = janji("show", WHO)
    assert [line.split("  ")[1] for line in shown.stdout.splitlines()] == [
        "processing restricted", "restriction lifted", "processing delayed", "delay lifted", "objection made", "objection taken back",
        "agreement recorded", "agreement ended", "recipient authorised", "authorisation taken back",
    ]  # fmt: skip
    assert CANARY not in shown.stdout


def test_evidence_is_shown_for_a_purpose_and_the_look_is_recorded(janji: Run, database_url: str) -> None:
    """Only where the policy allows it; what was refused, or not there, records nothing."""
    made = told(janji("agreement", WHO, "order", CANARY, "--format", "json"))["recorded"]
    assert told(janji("evidence", WHO, made["event"], "--reveal", "delivery", "--format", "json")) == {"reference": CANARY}
    denied = janji("evidence", WHO, made["event"], "--reveal", "newsletters")
    assert denied.returncode == 2
    absent = janji("evidence", WHO, "019f0000-0000-7000-8000-000000000000", "--reveal", "delivery")
    assert absent.returncode == 3
    assert CANARY not in denied.stdout + denied.stderr + absent.stderr
    house = enter_house(open_runtime(), database_url, KEEPER)
    looks = [one for one in history_of(house, subject_named(house, WHO)) if one.kind is Kind.USE_PERMITTED]
    assert [one.details["event"] for one in looks] == [made["event"]]


@pytest.mark.parametrize(("args", "hint"), [
    (("restrict", WHO, "newsleters"), "did you mean `newsletters`?"), (("agreement", WHO, "ordr", "1"), "did you mean `order`?"),
    (("authorise", WHO, "couriers", "--end"), "did you mean `courier`?"), (("impact", WHO, "newsleters"), "did you mean `newsletters`?"),
    (("authorise", WHO, "courier"), "`--data` and `--until`"), (("evidence", WHO, "x", "--reveal", "delivery"), "gives it"),
    (("withdraw", WHO, "newsleters", "--yes"), "did you mean `newsletters`?"),
])  # fmt: skip
def test_a_name_that_is_nearly_right_is_offered(janji: Run, args: tuple[str, ...], hint: str) -> None:
    """A mistake says what would have been understood."""
    done = janji(*args)
    assert done.returncode == 3, done.stderr
    assert hint in done.stderr
    assert hint in json.loads(janji(*args, "--format", "json").stdout)["help"]
