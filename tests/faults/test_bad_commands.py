"""Malformed, huge and wrongly encoded input at the command line: said in our words, quoting nothing, and nothing stored."""

from __future__ import annotations

import base64
import io
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable

import psycopg
import pytest
from tests.choosing import make_house, person
from tests.journeys.test_consents import HEAD, MAP

SECRET = "sirip.kenari@contoh.example"  # noqa: S105  # what must never be quoted
HUGE = 50_000_000
WHO = "email:ani@example.org"
Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="module")
def run(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The program on a house of its own, in a folder in which files can be laid."""
    folder = tmp_path_factory.mktemp("commands")
    person(make_house(module_database_url))
    environment = {
        **os.environ, "JANJI_DATABASE_URL": module_database_url, "JANJI_KEY": base64.b64encode(b"k" * 32).decode(),
        "JANJI_DATA_DIR": str(folder / "data"), "LC_ALL": "C.UTF-8",
    }  # fmt: skip

    def janji(*words: str, typed: bytes = b"", files: dict[str, bytes] | None = None) -> subprocess.CompletedProcess[bytes]:
        for name, data in (files or {}).items():
            (folder / name).write_bytes(data)
        return subprocess.run(
            [sys.executable, "-m", "janji", *words], input=typed, capture_output=True, env=environment, cwd=folder, check=False
        )

    return janji


def _stored(url: str) -> tuple[object, ...]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM subject), (SELECT count(*) FROM identifier),"
            " (SELECT md5(string_agg(s::text, '' ORDER BY subject)) FROM standing AS s)"
        ).fetchone()
    assert found is not None
    return tuple(found)


def _bomb() -> bytes:
    """A workbook that is small and would be enormous."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/workbook.xml", b" " * (HUGE * 4))
    return held.getvalue()


GOOD_MAP = {"map.yaml": MAP.encode()}
NOISE = random.Random(1).randbytes(100_000)
IMPORT = ("consent", "import", "list.csv", "--map", "map.yaml")
CASES: dict[str, tuple[tuple[str, ...], bytes, dict[str, bytes]]] = {
    "a list of one line of fifty megabytes": (IMPORT, b"", {**GOOD_MAP, "list.csv": HEAD.encode() + SECRET.encode() * (HUGE // len(SECRET))}),
    "a list in no encoding": (IMPORT, b"", {**GOOD_MAP, "list.csv": HEAD.encode() + SECRET.encode() + b"\xff\xfe\x80;;News\n"}),
    "a list of noise": (IMPORT, b"", {**GOOD_MAP, "list.csv": NOISE}),
    "a list of zeros": (IMPORT, b"", {**GOOD_MAP, "list.csv": b"\0" * 1_000_000}),
    "an empty list": (IMPORT, b"", {**GOOD_MAP, "list.csv": b""}),
    "a workbook of noise": (("consent", "import", "list.xlsx", "--map", "map.yaml"), b"", {**GOOD_MAP, "list.xlsx": b"PK\x03\x04" + NOISE}),
    "a workbook that is a bomb": (("consent", "import", "list.xlsx", "--map", "map.yaml"), b"", {**GOOD_MAP, "list.xlsx": _bomb()}),
    "a map of noise": (IMPORT, b"", {"list.csv": HEAD.encode(), "map.yaml": NOISE}),
    "a map of fifty megabytes": (IMPORT, b"", {"list.csv": HEAD.encode(), "map.yaml": b"source: " + b"x" * HUGE}),
    "a map that refers to itself": (IMPORT, b"", {"list.csv": HEAD.encode(), "map.yaml": b"a: &a [*a, *a]\nsource: *a\n"}),
    "an identifier of fifty megabytes": (("subject", "add", "-"), b"email:" + SECRET.encode() * (HUGE // len(SECRET)) + b"\n", {}),
    "an identifier in no encoding": (("subject", "add", "-"), b"email:" + SECRET.encode() + b"\xff\xfe\n", {}),
    "an identifier with a zero in it": (("subject", "add", "-"), b"account:" + SECRET.encode() + b"\0x\n", {}),
    "a date of noise": (("subject", "age", WHO, "--born", "-"), NOISE, {}),
    "a date of fifty megabytes": (("subject", "age", WHO, "--born", "-"), b"1" * HUGE, {}),
    "a purpose with half a character": (("consent", "grant", WHO, "\udcff" + "newsletters"), b"", {}),
    "an end that is none": (
        ("consent", "grant", WHO, "newsletters", "--channel", "email", "--language", "id", "--method", "button", "--until", SECRET), b"", {}
    ),
    "a backup of noise": (("restore", "backup.janji"), b"", {"backup.janji": NOISE}),
    "a backup of fifty megabytes of nothing": (("restore", "backup.janji"), b"", {"backup.janji": b"\0" * HUGE}),
    "a policy of noise": (("policy", "publish", "policy.yaml"), b"", {"policy.yaml": NOISE}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused_in_our_words(name: str, run: Run, module_database_url: str) -> None:
    """Refused with exit 1, 2 or 3, or the row named that cannot be read; no trace, no value quoted, the record as it was."""
    words, typed, files = CASES[name]
    before = _stored(module_database_url)
    done = run(*words, typed=typed, files=files)
    told = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode in (1, 2, 3) or told.startswith("row 2: "), told[-2000:]
    assert "Traceback" not in told
    assert "sirip" not in told
    assert len(told) < 20_000
    assert _stored(module_database_url) == before
