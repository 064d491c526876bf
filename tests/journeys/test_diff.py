"""`janji diff` as its users run it: text, JSON as published, the page, exit codes, and what cannot be compared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from tests.browser import barriers, browser, needs_browser, overflows, page

ROOT = Path(__file__).resolve().parent.parent.parent
MINIMAL = ROOT / "policies" / "minimal"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """One command line in a plain environment."""
    env = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "COLUMNS": "100", "LANG": "C.UTF-8",
           "PYTHONPATH": os.environ.get("PYTHONPATH", "")}  # fmt: skip
    result = subprocess.run(
        [sys.executable, "-m", "janji", "diff", *map(str, arguments)], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert "Traceback" not in result.stderr, result.stderr
    return result


def edited(folder: Path, *pairs: tuple[str, str]) -> Path:
    """The minimal policy with texts replaced."""
    text = (MINIMAL / "policy.yaml").read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def wider(tmp_path: Path) -> Path:
    """A version in which the newsletter uses the address and orders are kept longer."""
    return edited(tmp_path, ('version: "1"', 'version: "2"'), ("    data: [contact.email]\n", "    data: [contact.email, contact.address]\n"),
                  ("P5Y", "P10Y"))  # fmt: skip


def test_a_material_change_is_as_published(wider: Path) -> None:
    """JSON follows its schema, names the new permission and the stale consent, and exits 2 only when asked to."""
    result = run(MINIMAL, wider, "--format", "json")
    assert result.returncode == 0
    held = json.loads(result.stdout)
    jsonschema.validate(held, json.loads((ROOT / "schema" / "diff.json").read_text(encoding="utf-8")))
    assert held["material"] is True
    assert {name for item in held["permitted"] for name in item["data"]} == {"contact.address"}
    assert held["stale_consents"][0]["keys"] == ["consent/newsletter/email/1"]
    assert run(MINIMAL, wider, "--fail-on", "material").returncode == 2


@pytest.mark.parametrize("form", ["text", "html"])
def test_people_read_titles_and_words(wider: Path, form: str) -> None:
    """Titles stand for names and words for codes, in the language asked for."""
    for language, words in (("en", ("Send the newsletter", "10 years")), ("id", ("Mengirim buletin", "10 tahun"))):
        shown = run(MINIMAL, wider, "--format", form, "--lang", language).stdout
        assert all(word in shown for word in words)
        assert not any(code in shown for code in ("P10Y", "contact.address", " -,"))


def test_no_change_is_0_and_says_so() -> None:
    """A policy compared with itself is no failure."""
    result = run(MINIMAL, MINIMAL, "--fail-on", "material")
    assert result.returncode == 0
    assert "nothing changed" in result.stdout


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        (("policy: corner-shop", "policy: other"), "two policies"),
        (("basis: contract", "basis: none"), "cannot be compared"),
    ],
)
def test_what_cannot_be_compared(tmp_path: Path, pair: tuple[str, str], says: str) -> None:
    """Another policy, or one with a mistake, is refused with what to do."""
    result = run(MINIMAL, edited(tmp_path, pair))
    assert result.returncode == 3
    assert says in result.stderr
    assert "help:" in result.stderr


def test_a_file_that_cannot_be_written(wider: Path, tmp_path: Path) -> None:
    """A place where no folder can be made is said."""
    (tmp_path / "none").write_text("", encoding="utf-8")
    result = run(MINIMAL, wider, "-o", tmp_path / "none" / "page.html")
    assert result.returncode == 1
    assert "cannot be written" in result.stderr


@needs_browser
def test_the_page_has_no_barrier(wider: Path, tmp_path: Path) -> None:
    """In both languages and schemes, wide and narrow, axe finds nothing and nothing runs out of the page."""
    with browser() as chromium:
        for language in ("en", "id"):
            html = tmp_path / f"{language}.html"
            assert run(MINIMAL, wider, "--format", "html", "-o", html, "--lang", language).returncode == 0
            for width, dark in ((1280, False), (320, True)):
                with page(chromium, html, width, dark) as opened:
                    assert barriers(opened) == []
                    assert not overflows(opened)
                    opened.screenshot(path=str(tmp_path / f"{language}-{width}.png"), full_page=True)
