"""The audit of sources and libraries finds what it is there to find."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("jk_" + "a1b2c3d4" + "_" + "Zx9" * 14 + "Q", "AKIA" + "IOSFODNN7QWERTYU", "-----BEGIN " + "PRIVATE KEY-----")
"""Put together here, so that this file holds none."""


def audit(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(ROOT / "tools" / "audit.py"), *words], capture_output=True, text=True)


@contextmanager
def osv(answer: Mapping[str, object]) -> Iterator[str]:
    """A server that answers as OSV does, the same to every question."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock of one library."""
    (tmp_path / "lock").write_text("django==5.2.1\n")
    return tmp_path / "lock"


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_found(secret: str, tmp_path: Path, lock: Path) -> None:
    """A key of ours, one of a cloud, and a private key: each ends the audit with 1, and is not repeated."""
    (tmp_path / "source.py").write_text(f'KEY = "{secret}"\n')
    with osv({}) as url:
        result = audit(str(tmp_path / "source.py"), "--lock", str(lock), "--osv-url", url)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "secrets: 1" in result.stdout
    assert secret not in result.stdout


def test_a_known_hole_is_found(tmp_path: Path, lock: Path) -> None:
    """A hole that the database knows ends the audit with 1; without one it ends well."""
    (tmp_path / "source.py").write_text("KEY = None\n")
    hole = {
        "id": "PYSEC-0000-1", "details": "a hole", "published": "2026-01-01T00:00:00Z",
        "affected": [{"package": {"ecosystem": "PyPI", "name": "django"}, "ranges": [{"type": "ECOSYSTEM", "events": [
            {"introduced": "0"}, {"fixed": "5.2.9"}]}], "versions": ["5.2.1"]}],
    }  # fmt: skip
    for answer, code, said in (({"vulns": [hole]}, 1, "PYSEC-0000-1"), ({}, 0, "known holes: 0")):
        with osv(answer) as url:
            result = audit(str(tmp_path / "source.py"), "--lock", str(lock), "--osv-url", url)
        assert (result.returncode, said in result.stdout) == (code, True), result.stdout + result.stderr


def test_nobody_to_ask_is_said(tmp_path: Path, lock: Path) -> None:
    """Where the database of holes cannot be reached nothing is claimed."""
    (tmp_path / "source.py").write_text("KEY = None\n")
    result = audit(str(tmp_path / "source.py"), "--lock", str(lock), "--osv-url", "http://127.0.0.1:9")
    assert (result.returncode, "not audited" in result.stdout) == (0, True), result.stdout + result.stderr


def test_the_page_of_threats_names_tests_that_exist() -> None:
    """Each threat in SECURITY.md has a test, and each test that is named is there."""
    rows = [line for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines() if "::test_" in line]
    assert len(rows) > 20
    for name in (part for row in rows for part in row.split("`") if "::test_" in part):
        file, _, test = name.partition("::")
        assert f"def {test}(" in (ROOT / file).read_text("utf-8"), name
