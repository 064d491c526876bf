"""The verbs `api-key`: a key is shown once, listed without its secret, and opens nothing once it is revoked."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.choosing import make_house

from janji.store.database import connection
from janji.workflows.api_keys import Keyring
from janji.workflows.house import House


@pytest.fixture
def house(database_url: str) -> House:
    """A house of one's own."""
    return make_house(database_url)


@pytest.fixture
def environment(house: House, database_url: str, tmp_path: Path) -> dict[str, str]:
    """What the program needs to open that house."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "destroyed").touch()
    return {
        **os.environ, "JANJI_DATABASE_URL": database_url, "JANJI_KEY": base64.b64encode(b"k" * 32).decode(),
        "JANJI_DATA_DIR": str(tmp_path), "NO_COLOR": "1", "COLUMNS": "200", "JANJI_LANG": "en",
    }  # fmt: skip


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """One command line."""
    return subprocess.run([sys.executable, "-m", "janji", "api-key", *words], env=environment, capture_output=True, text=True)


def test_a_key_lives_from_create_to_revoke(house: House, environment: dict[str, str]) -> None:
    """What `create` prints opens the door until `revoke`; nothing else prints it, and the database has its digest alone."""
    made = run(environment, "create", "shop", "--scope", "decide", "--purpose", "newsletters", "--rate", "60", "--format", "json")
    assert made.returncode == 0, made.stderr
    held = json.loads(made.stdout)
    key = Keyring(house.runtime).find(held["key"])
    assert key is not None
    assert (key.application, key.scopes, key.purposes, key.rate) == ("shop", frozenset({"decide"}), frozenset({"newsletters"}), 60)
    secret = held["key"][12:]
    listed = run(environment, "list", "--format", "json")
    assert [one["id"] for one in json.loads(listed.stdout)["items"]] == [held["id"]]
    ((row, digest),) = connection().execute("SELECT api_key::text, digest FROM api_key").fetchall()
    for text in (listed.stdout, run(environment, "list").stdout, row):
        assert secret not in text
    assert bytes(digest) == hashlib.sha256(secret.encode()).digest()
    assert run(environment, "revoke", held["id"]).returncode == 0
    assert Keyring(house.runtime).find(held["key"]) is None
    assert run(environment, "revoke", held["id"]).returncode == 3
    assert "revoked" in json.loads(run(environment, "list", "--format", "json").stdout)["items"][0]


@pytest.mark.parametrize("words", [
    ("shop", "--scope", "everything"), ("a b", "--scope", "decide"), ("shop", "--scope", "decide", "--purpose", "nothing"),
    ("shop", "--scope", "decide", "--rate", "0"), ("shop",),
])  # fmt: skip
def test_a_key_that_makes_no_sense_is_not_made(environment: dict[str, str], words: tuple[str, ...]) -> None:
    """Another scope, a name that could be a person's, a purpose that is not declared, a rate of nothing."""
    assert run(environment, "create", *words).returncode == 3
    assert connection().execute("SELECT count(*) FROM api_key").fetchone() == (0,)
