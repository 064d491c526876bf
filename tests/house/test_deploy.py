"""What is deployed: the systemd unit is one that systemd takes, the container file one that the linter takes, both closed up."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from janji.workflows.runtime import SETTINGS

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
EXPOSURE = 20
"""Tenths: `systemd-analyze security` calls anything up to 2.0 well closed up."""


def _unit(folder: Path, change: tuple[str, str] = ("", "")) -> Path:
    """The unit as it can be verified where it is not installed."""
    text = (DEPLOY / "janji.service").read_text("utf-8").replace("/opt/janji/bin/janji", "/bin/true")
    made = folder / "janji.service"
    made.write_text(text.replace(*change) if change[0] else text, "utf-8")
    return made


def _analyze(*words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True)


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """Not a word of it is unknown; a misspelt one would be told."""
    done = _analyze("verify", str(_unit(tmp_path)))
    assert (done.returncode, done.stderr.strip()) == (0, "")
    wrong = _analyze("verify", str(_unit(tmp_path, ("NoNewPrivileges", "NoNewPrivilege"))))
    assert "NoNewPrivilege" in wrong.stderr


def test_the_unit_is_closed_up(tmp_path: Path) -> None:
    """What it does not need it cannot do; without one of the walls it would be told."""
    assert _analyze("security", "--offline=true", f"--threshold={EXPOSURE}", str(_unit(tmp_path))).returncode == 0
    open_ = _unit(tmp_path, ("CapabilityBoundingSet=\n", "CapabilityBoundingSet=~\n"))
    assert _analyze("security", "--offline=true", f"--threshold={EXPOSURE}", str(open_)).returncode != 0


def _hadolint(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(Path(sys.executable).parent / "hadolint"), "--failure-threshold", "style", str(path)], capture_output=True, text=True)


def test_the_linter_takes_the_container_file(tmp_path: Path) -> None:
    """No finding of hadolint; a base without a version, or the right of root at the end, is one."""
    assert (done := _hadolint(DEPLOY / "Containerfile")).returncode == 0, done.stdout
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    for was, would in ((":3.13.9-slim-trixie", ":latest"), ("USER 10001", "USER root")):
        assert was in text
        (tmp_path / "Containerfile").write_text(text.replace(was, would), "utf-8")
        assert _hadolint(tmp_path / "Containerfile").returncode != 0


def test_what_is_deployed_sets_what_can_be_set() -> None:
    """Every variable that unit and container file name is one of a setting, or is systemd's."""
    known = {item.environment for item in SETTINGS}
    for path in DEPLOY.iterdir():
        assert set(re.findall(r"\bJANJI_[A-Z_]+", path.read_text("utf-8"))) <= known, path.name
