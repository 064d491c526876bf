"""Builds the wheels, installs each into a new environment and uses it from an empty folder, as a stranger would."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POLICY = ROOT / "policies" / "minimal"
SAMPLE = ROOT / "policies" / "sample" / "privacy-policy.txt"
INSIDE = (
    "janji/law/packs/id-pdp.yaml", "janji/law/packs/eu-gdpr.yaml", "janji/files/locale/id/LC_MESSAGES/janji.mo",
    "janji/linter/rules/00-words.yaml", "janji/files/templates/page.html", "janji/importer/words.yaml",
)  # fmt: skip


def run(*command: str | Path, folder: Path, code: int = 0) -> str:
    """Run a command in a folder; ends the program when it does not exit with `code`."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1", "LANG": "C.UTF-8"}
    env |= {key: value for key, value in os.environ.items() if key.startswith(("PIP_", "SSL_"))}
    result = subprocess.run(list(map(str, command)), cwd=folder, env=env, capture_output=True, text=True, check=False)
    if result.returncode != code:
        sys.exit(f"{command} exited {result.returncode}, not {code}:\n{result.stdout}{result.stderr}")
    return result.stdout


def pdf(text: Path, target: Path) -> None:
    """A text set as a PDF, as an office would publish it."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    style = getSampleStyleSheet()["BodyText"]
    parts = [part.strip() for part in text.read_text(encoding="utf-8").split("\n\n")]
    document = SimpleDocTemplate(str(target), pagesize=A4)
    document.build([Paragraph(part.replace("&", "&amp;").replace("<", "&lt;"), style) for part in parts if part])


CLIENT = """
from janji_client import Client, Patience, email
with Client("http://127.0.0.1:1", "jk_x", Patience(deadline=0.2)) as client:
    verdict = client.permitted("news", ["email"], subject=email("a@b.example"))
print("no" if not verdict and verdict.codes == ("unreachable",) else verdict)
import janji_client.asgi, janji_client.gates, janji_client.webhooks, janji_client.wsgi
"""
"""What a stranger can do with the client before there is a Janji: be told no."""


def client(folder: Path) -> str:
    """Build the client's wheel and use it where nothing else is installed; its name."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), folder=ROOT / "client")
    wheel = next(folder.glob("janji_client-*.whl"))
    held = zipfile.ZipFile(wheel)
    if "janji_client/py.typed" not in held.namelist() or not any(name.endswith("licenses/LICENSE") for name in held.namelist()):
        sys.exit("the client's wheel lacks its types or its licence")
    run(sys.executable, "-m", "venv", "application", folder=folder)
    run(folder / "application" / "bin" / "pip", "install", "--quiet", wheel, folder=folder)
    if run(folder / "application" / "bin" / "python", "-c", CLIENT, folder=folder).strip() != "no":
        sys.exit("the installed client does not say no when nobody answers")
    return wheel.name


def main() -> None:
    """Build, install, lint a PDF, check a policy, ask it a question in both languages, and render its documents."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), folder=ROOT)
        wheel = next(folder.glob("janji-*.whl"))
        missing = set(INSIDE) - set(zipfile.ZipFile(wheel).namelist())
        if missing:
            sys.exit(f"the wheel lacks {sorted(missing)}")
        run(sys.executable, "-m", "venv", "new", folder=folder)
        run(folder / "new" / "bin" / "pip", "install", "--quiet", wheel, folder=folder)
        janji = folder / "new" / "bin" / "janji"
        pdf(SAMPLE, folder / "policy.pdf")
        found = run(janji, "lint", "policy.pdf", "--format", "json", folder=folder, code=3)
        if '"CNS-01"' not in found or '"CHG-01"' not in found:
            sys.exit("the installed program finds too little in a PDF")
        run(janji, "lint", "policy.pdf", "--format", "html", "-o", "report.html", "--fail-on", "never", folder=folder)
        run(janji, "render", POLICY, "-o", "public", folder=folder)
        run(janji, "register", POLICY, "--register", "all", "-o", "registers.xlsx", folder=folder)
        run(janji, "check", POLICY, folder=folder)
        run(janji, "law", "eu-gdpr", "rights", folder=folder)
        ask = ("decide", "--policy", POLICY, "--purpose", "order", "--data", "contact.email")
        if "tolak" not in run(janji, *ask, "--lang", "id", folder=folder, code=2):
            sys.exit("the installed program does not speak Indonesian")
        run(janji, *ask, "--format", "sql", folder=folder)
        library = client(folder)
    print(f"{wheel.name}: builds, installs and answers from an empty folder")
    print(f"{library}: builds, installs and says no when nobody answers")


if __name__ == "__main__":
    main()
