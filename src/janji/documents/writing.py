"""Values as YAML on one line, quoted so that they are read as they were meant."""

from __future__ import annotations

import json
import re

from janji.terms.texts import Text

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ._/()'-]*[A-Za-z0-9._/)]|[A-Za-z]")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OTHER = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_ESCAPED = {0x85: "\\N", 0x2028: "\\L", 0x2029: "\\P", 0xA0: "\\_", 0xFEFF: "\\uFEFF", 0x7F: "\\x7F"}


def scalar(text: str) -> str:
    """One text: bare when nothing in it can be taken for something else, in double quotes otherwise."""
    if (_PLAIN.fullmatch(text) and text.lower() not in _OTHER and "  " not in text) or _DAY.fullmatch(text):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_ESCAPED)


def key(word: str) -> str:
    """The name of an entry: bare when it is a plain word, in double quotes otherwise."""
    return word if _KEY.fullmatch(word) and word.lower() not in _OTHER else _quoted(word)


def flow(value: object) -> str:
    """A value on one line: a scalar, `[a, b]`, or `{key: value}`; a text in several languages is `{en: ..., id: ...}`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Text):
        if value.languages:
            return flow({language: text for language, text in value.versions if language})
        return scalar(value.get(""))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key(name)}: {flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(str(value))
