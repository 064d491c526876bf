"""Writes `requirements.lock`: every package at one version, with hashes, for every Python the project supports."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

HEAD = "# Locked packages with their hashes. Written by `make lock`; do not edit.\n"


def main() -> None:
    """Resolve the dependencies of `pyproject.toml` and write the lock without the names of any index."""
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    subprocess.run(
        [
            sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--extra", "dev", "--universal",
            "--generate-hashes", "--no-header", "--no-emit-index-url", "--python-version", "3.11", "--quiet",
            "-o", "requirements.lock",
        ],
        cwd=ROOT, check=True,
    )  # fmt: skip
    lock = ROOT / "requirements.lock"
    lock.write_text(HEAD + lock.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main()
