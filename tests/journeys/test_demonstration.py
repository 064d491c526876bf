"""The demonstration as it is run: it tells its story, serves what it says, is called a demonstration everywhere, and ends when it is told to."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.serving import wait_until


def test_it_empties_no_folder_of_yours(root: Path, tmp_path: Path) -> None:
    """What no demonstration made is left alone, and that is said."""
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    done = subprocess.run([sys.executable, "tools/demo.py", "--folder", str(tmp_path)], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "left alone" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_demonstration(root: Path, tmp_path: Path) -> None:
    """One command: every address that it prints answers, pages and signatures say what they are, no real company is named, and it ends at a signal."""
    said, command = tmp_path / "said.txt", [sys.executable, "tools/demo.py", "--folder", str(tmp_path / "demo"), "--port", "0"]
    elsewhere = {**os.environ, "JANJI_DATABASE_URL": "postgresql://db.example/theirs", "PGPORT": "5999"}
    with said.open("w") as out:
        process = subprocess.Popen(command, cwd=root, stdout=out, stderr=subprocess.STDOUT, env=elsewhere)
    try:
        wait_until(lambda: "Ctrl-C" in said.read_text("utf-8") or process.poll() is not None)
        text = said.read_text("utf-8")
        assert process.poll() is None, text
        addresses = re.findall(r"http://\S+", text)
        assert len(addresses) == 3 + 6
        pages = [httpx.get(address, headers={"Accept": "text/html", "Accept-Language": "en"}) for address in addresses]
        assert [page.status_code for page in pages] == [200] * 9
        for page in pages:
            assert "Sony" not in page.text
        for page in (pages[0], *pages[3:]):
            assert "Demonstration: this company and its people are made up." in page.text
        assert pages[1].text.count("<article>") >= 6
        own = _page_of(text, "owner", "/console/tasks")
        assert "Kartu garansi di toko" in own, "an owner is asked something"
        first = _page_of(text, "officer", "/console")
        assert "A laptop" in first, "a notice of an incident has its clock"
        assert first.count('<a class="tile"') == 6
        assert len(set(re.findall(r" req_[0-9a-f-]{36}  pkg_[0-9a-f-]{36}$", text, re.MULTILINE))) == 2, "the copies are named: a person's, and a child's for a parent"
        (certificate,) = re.findall(r" req_[0-9a-f-]{36}  certificate ([0-9a-f-]{36})$", text, re.MULTILINE)
        _proved(tmp_path / "demo" / "data", certificate)
        second = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert "runs in" in second.stderr
        key = subprocess.run([sys.executable, "-m", "janji", "ledger", "show", "--data-dir", str(tmp_path / "demo" / "data")], capture_output=True, text=True, check=True).stdout
        assert "janji-demonstration/" in key
        assert _unproven(tmp_path / "demo") == _kept_unproven(text), "what the owner of the cabinet attested leaves the board as it was before"
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(300)
    assert code == 0, said.read_text("utf-8")
    assert "ended" in said.read_text("utf-8")
    with pytest.raises(httpx.TransportError):
        httpx.get(addresses[0])


def _proved(data: Path, event: str) -> None:
    """What is named as a certificate stands in the ledger."""
    for words in (["ledger", "prove", event, "-o", str(data.parent / "proof.json"), "--data-dir", str(data)], ["ledger", "verify", str(data.parent / "proof.json")]):
        done = subprocess.run([sys.executable, "-m", "janji", *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def _unproven(folder: Path) -> int:
    """How many promises are unproven when they are looked at once more."""
    words = ["prove", "--format", "json", "--data-dir", str(folder / "data")]
    done = subprocess.run([sys.executable, "-m", "janji", *words], capture_output=True, text=True, check=False, env={**os.environ, "JANJI_MAPS": str(folder / "company" / "datamap")})
    return int(json.loads(done.stdout)["counts"]["unproven"])


def _kept_unproven(said: str) -> int:
    """How many were, when the demonstration looked, before the cabinet was there."""
    (count,) = re.findall(r'>Unproven</span><strong>(\d+)<', _page_of(said, "auditor", "/console/promises"))
    return int(count)


def _page_of(said: str, role: str, path: str) -> str:
    """A page as one of the staff sees it, who comes in by the link that was printed."""
    link = dict(re.findall(r"^  (\S[a-z ]*?) {2,}(http\S+)$", said, re.MULTILINE))[role]
    with httpx.Client(base_url=link.partition("/console")[0], follow_redirects=True, timeout=60) as client:
        client.post(link, data=dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', client.get(link).text)))
        return client.get(path, params={"language": "en"}).text
