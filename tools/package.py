"""Builds the wheel, installs it into a new environment and uses it from an empty folder, as a stranger would."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POLICY = ROOT / "policies" / "minimal"
INSIDE = (
    "janji/law/packs/id-pdp.yaml", "janji/law/packs/eu-gdpr.yaml", "janji/files/locale/id/LC_MESSAGES/janji.mo",
)  # fmt: skip


def run(*command: str | Path, folder: Path, code: int = 0) -> str:
    """Run a command in a folder; ends the program when it does not exit with `code`."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1", "LANG": "C.UTF-8"}
    env |= {key: value for key, value in os.environ.items() if key.startswith(("PIP_", "SSL_"))}
    result = subprocess.run(list(map(str, command)), cwd=folder, env=env, capture_output=True, text=True, check=False)
    if result.returncode != code:
        sys.exit(f"{command} exited {result.returncode}, not {code}:\n{result.stdout}{result.stderr}")
    return result.stdout


def main() -> None:
    """Build, install, check a policy and ask it a question, in both languages."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), folder=ROOT)
        wheel = next(folder.glob("*.whl"))
        missing = set(INSIDE) - set(zipfile.ZipFile(wheel).namelist())
        if missing:
            sys.exit(f"the wheel lacks {sorted(missing)}")
        run(sys.executable, "-m", "venv", "new", folder=folder)
        run(folder / "new" / "bin" / "pip", "install", "--quiet", wheel, folder=folder)
        janji = folder / "new" / "bin" / "janji"
        run(janji, "check", POLICY, folder=folder)
        run(janji, "law", "eu-gdpr", "rights", folder=folder)
        ask = ("decide", "--policy", POLICY, "--purpose", "order", "--data", "contact.email")
        if "tolak" not in run(janji, *ask, "--lang", "id", folder=folder, code=2):
            sys.exit("the installed program does not speak Indonesian")
        run(janji, *ask, "--format", "sql", folder=folder)
    print(f"{wheel.name}: builds, installs and answers from an empty folder")


if __name__ == "__main__":
    main()
