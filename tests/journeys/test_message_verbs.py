"""Gateways kept and tried, and an answer handed over at the desk, by the real program."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.choosing import POLICY
from tests.receiver import Receiver, receiving, status
from tests.serving import environment

GATEWAY = """
gateway: sms
channel: sms
recipient: mailing-provider
at: {at}
headers: {{X-Key: "{{key}}"}}
send: {{path: /v1, body: '{{"to": "{{to}}", "text": "{{text}}"}}', reference: id}}
"""
PHONE = "phone:+6281290417733"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def provider() -> Iterator[Receiver]:
    """A gateway's other side."""
    with receiving() as found:
        found.answer = status(200, b'{"id": "p1"}')
        yield found


@pytest.fixture
def run(tmp_path: Path, database_url: str) -> Run:
    """The program on a record with a policy in force, and without a mail server."""
    held = environment(tmp_path, database_url, COLUMNS="200", JANJI_SERVICE_NETWORKS="127.0.0.0/8")

    def command(*words: str, code: int = 0, typed: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run([sys.executable, "-m", "janji", *words], cwd=tmp_path, env=held, capture_output=True, text=True, input=typed)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    command("init")
    policy = shutil.copytree(POLICY, tmp_path / "policy")  # whose contracts do not end before this test does
    recipients = (policy / "recipients.yaml").read_text("utf-8")
    (policy / "recipients.yaml").write_text(recipients.replace("provisional: 2027-06-30", "provisional: 2999-06-30"), "utf-8")
    command("policy", "publish", str(policy))
    return command


def told(run: Run, *words: str, code: int = 0, typed: str = "") -> Any:
    """The answer of a command line, for programs."""
    return json.loads(run(*words, "--format", "json", code=code, typed=typed).stdout)


def test_a_gateway_is_kept_tried_listed_and_removed(run: Run, provider: Receiver, tmp_path: Path) -> None:
    """Its secret comes by standard input and is shown nowhere; a provider that takes nothing makes the test fail."""
    file = tmp_path / "sms.yaml"
    file.write_text(GATEWAY.format(at=provider.url.removesuffix("/hook")), "utf-8")
    assert run("gateway", "list").stdout == "no gateway is kept yet; `janji gateway add` keeps one\n"
    assert "`key`" in run("gateway", "add", str(file), code=3, typed="\n").stderr
    kept = told(run, "gateway", "add", str(file), typed="s3cr3t-word\n")
    assert (kept["gateway"], kept["channel"], kept["recipient"], kept["open"], kept["callbacks"]) == ("sms", "sms", "mailing-provider", True, False)
    assert told(run, "gateway", "test", "sms", typed=PHONE + "\n") == {"taken": True, "reference": "p1"}
    assert (provider.got[0].headers["x-key"], json.loads(provider.got[0].body)["to"]) == ("s3cr3t-word", "+6281290417733")
    provider.answer = status(500)
    assert run("gateway", "test", "sms", PHONE, code=1).stdout == "not taken: it is in trouble itself\n"
    assert run("gateway", "list").stdout == "sms: sms by mailing-provider, open\n"
    assert run("gateway", "remove", "sms").stdout == "removed\n"
    assert "`sms`" in run("gateway", "test", "sms", PHONE, code=3).stderr


def test_a_person_with_only_a_telephone_gets_the_answer_at_the_desk(run: Run) -> None:
    """Nothing reaches them: staff see that, read the answer out, and the request ends; a second time there is nothing to hand over."""
    run("subject", "add", PHONE)
    opened = told(run, "request", "open", "deletion", "--subject", PHONE, "--proof", "staff", "--by", "Sari", "--language", "id")
    id = opened["id"]
    assert "no answer to hand over" in run("request", "deliver", id, "--by", "Sari", code=3).stderr
    run("request", "refuse", id, "--ground", "law-enforcement", "--by", "Ratna")
    run("request", "advance")
    (stuck,) = told(run, "message", "list")["items"]
    assert (stuck["request"], stuck["kind"], stuck["state"]) == (id, "refused", "staff")
    assert "no address, or no way" in run("message", "list").stdout
    assert "no way to send it" in run("message", "retry", stuck["id"], code=3).stderr
    handed = told(run, "request", "deliver", id, "--by", "Sari")
    assert handed["state"] == "ended"
    assert "PT Sony Indonesia" in handed["text"]
    assert "komdigi.go.id" in handed["text"]
    assert "+62812" not in handed["text"]
    assert "not kept" in run("request", "deliver", id, "--by", "Sari", code=3).stderr
    assert run("message", "list").stdout == "every message reached somebody, or is on its way\n"
