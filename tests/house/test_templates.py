"""Templates of pages: nothing in them that a strict policy of content would have to allow."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "src" / "janji" / "web"
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
FORBIDDEN = {
    "a style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE), "a handler": re.compile(r"\son[a-z]+\s*=|\shx-on", re.IGNORECASE), "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "a script within": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE), "something from elsewhere": re.compile(r"\ssrc\s*=\s*[\"']?(?:https?:)?//", re.IGNORECASE),
    "what is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+off"), "an expression for the script": re.compile(r"hx-vals=.js:|hx-trigger=[\"'](?:[^\"']*,\s*)?[\w:.-]+\["),
}  # fmt: skip


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_nothing_inline(path: Path) -> None:
    """No style, handler or script inside of a page, nothing from another site, and nothing that is not escaped."""
    text = path.read_text("utf-8")
    assert {name: found[0] for name, wanted in FORBIDDEN.items() if (found := wanted.search(text))} == {}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_table_says_its_headings_on_a_narrow_screen(path: Path) -> None:
    """Where a table falls apart into cards, each style of tables reads the heading of a cell from an attribute of its own."""
    tables = re.findall(r'<table class="([a-z]+)[^"]*"(.*?)</table>', path.read_text("utf-8"), re.DOTALL)
    assert [style for style, rows in tables if (style == "stack" and "data-head=" in rows) or (style == "lines" and "data-label=" in rows)] == []
    assert [rows[:80] for style, rows in tables if style in ("stack", "lines") and "<td" in rows and not re.search("data-(?:head|label)=", rows)] == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.name.startswith("console_")], ids=lambda path: path.name)
def test_a_table_of_the_console_scrolls_alone(path: Path) -> None:
    """A table that may be wider than the page stands in a region that scrolls by itself, has a name, and is reached by the keyboard."""
    text = path.read_text("utf-8")
    within = re.findall(r'<div class="scroll" role="region" aria-label="[^"]+" tabindex="0"><table\b', text)
    assert len(within) == len(re.findall(r'<table\b(?! class="shares")', text))


def test_the_script_is_the_one_that_was_published() -> None:
    """The script is htmx 2.0.11 as npm has it, below one line that names it and its licence."""
    notice, _, script = (WEB / "scripts" / "htmx.min.js").read_bytes().partition(b"\n")
    assert b"htmx 2.0.11" in notice
    assert hashlib.sha256(script).hexdigest() == "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
    assert "Zero-Clause BSD" in (WEB / "scripts" / "LICENSE-htmx").read_text("utf-8")
