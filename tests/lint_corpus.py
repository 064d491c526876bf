"""The labelled policy texts of `tests/cases/lint`: each text, its labels, and where in the text they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import lxml.html
import yaml

LINT = Path(__file__).resolve().parent / "cases" / "lint"
SAMPLES = Path(__file__).resolve().parents[1] / "policies" / "sample"
UNSEEN = {"script", "style", "head", "nav", "header", "footer"}
KEYS = {"language", "whole", "about", "findings", "optional", "model", "near_misses"}
MARKS = {"rule", "quote", "near", "note"}
BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "div", "tr", "ul", "ol", "table", "main", "article", "section"}


@dataclass(frozen=True, slots=True)
class Label:
    """One mark of a careful reader: a rule, and the words where it is (or a heading near which something lacks)."""

    rule: str
    quote: str = ""
    near: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text and what a careful reader finds in it."""

    path: Path
    language: str
    whole: bool
    about: str
    findings: tuple[Label, ...]
    optional: tuple[Label, ...]
    model: tuple[Label, ...]
    near_misses: tuple[Label, ...]

    @property
    def name(self) -> str:
        """The name of the text, without its ending."""
        return self.path.stem

    @property
    def clean(self) -> bool:
        """Whether nothing is to be found."""
        return not self.findings


def flat(text: str) -> str:
    """The text with every run of white space made one space."""
    return re.sub(r"\s+", " ", text).strip()


def _words(node: Any) -> str:
    if not isinstance(node.tag, str) or node.tag in UNSEEN:
        return ""
    words = [node.text or "", *(part for child in node for part in (_words(child), child.tail or ""))]
    return "".join(words) + ("\n" if node.tag in BLOCKS else "")


@cache
def visible(path: Path) -> str:
    """What a reader sees of a text: for HTML, the words of the body without scripts, styles and navigation."""
    if path.suffix != ".html":
        return path.read_text(encoding="utf-8")
    return _words(lxml.html.document_fromstring(path.read_text(encoding="utf-8")))


@cache
def kinds() -> dict[str, str]:
    """Every rule and its kind: T text, S structure, A absence, L law pack, M model, H human."""
    words = (LINT / "rules.txt").read_text(encoding="utf-8").split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _labels(rows: list[dict[str, Any]]) -> tuple[Label, ...]:
    return tuple(Label(**row) for row in rows)


def _read(path: Path, beside: Path) -> Text:
    data = yaml.load(path.read_bytes(), yaml.CSafeLoader)
    assert set(data) <= KEYS, (path.name, set(data) - KEYS)
    (source,) = [file for end in (".txt", ".md", ".html") if (file := beside / (path.stem + end)).is_file()]
    groups = {key: data.get(key) or [] for key in ("findings", "optional", "model", "near_misses")}
    assert all(set(row) <= MARKS for rows in groups.values() for row in rows), path.name
    labels = {key: _labels(rows) for key, rows in groups.items()}
    return Text(source, data["language"], data["whole"], data["about"], **labels)


@cache
def texts() -> tuple[Text, ...]:
    """The texts of the corpus, in the order of their names."""
    folder = LINT / "texts"
    return tuple(_read(path, folder) for path in sorted(folder.glob("*.yaml")))


@cache
def samples() -> tuple[Text, ...]:
    """The sample texts that the repository ships, with their labels; no part of the counts of the corpus."""
    return tuple(_read(path, SAMPLES) for path in sorted((LINT / "samples").glob("*.yaml")))


@cache
def holdout() -> tuple[Text, ...]:
    """Long policies of real kinds, held out: labelled before any program read them, and not written to teach one."""
    folder = LINT / "holdout"
    return tuple(_read(path, folder) for path in sorted(folder.glob("*.yaml")))


@cache
def fresh() -> tuple[Text, ...]:
    """Policies of trades that no other text has, labelled before any program read them, to judge the rules anew."""
    folder = LINT / "fresh"
    return tuple(_read(path, folder) for path in sorted(folder.glob("*.yaml")))


def span(text: str, quote: str) -> tuple[int, int]:
    """Where a quotation stands in a text, whatever its white space; it must stand there once."""
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    (match,) = re.finditer(pattern, text)
    return match.span()
