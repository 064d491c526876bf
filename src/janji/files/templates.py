"""The page and text templates that ship with Janji, filled with values in one tongue."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from janji.terms.messages import Message, Tongue
from janji.terms.texts import Text
from janji.terms.words import moment

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = resources.files("janji.files") / "templates"


def _inside(template: str) -> str | None:
    """The source of a template inside the package, from a wheel too; nothing outside it can be named."""
    path = _TEMPLATES / template
    return path.read_text(encoding="utf-8") if "/" not in template and path.is_file() else None


@cache
def _environment(tongue: Tongue) -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FunctionLoader(_inside), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        autoescape=select_autoescape(["html"], default_for_string=True), finalize=_steady,
    )  # fmt: skip
    environment.globals |= {"_": tongue.translate, "language": tongue.language}
    environment.filters |= {"spoken": lambda value: spoken(value, tongue), "cite": tongue.cite,
                            "md": lambda value: markdown(spoken(value, tongue))}
    return environment


_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _steady(value: object) -> object:
    """A value without characters that steer a terminal or turn the reading direction."""
    if not isinstance(value, str) or value.isprintable() or hasattr(value, "__html__"):
        return value
    return _STEERING.sub("\ufffd", value)


def spoken(value: object, tongue: Tongue) -> str:
    """A text, message or instant in the tongue, anything else as it prints; what is absent is nothing."""
    if isinstance(value, Text):
        return value.get(tongue.language)
    if isinstance(value, datetime):
        value = moment(value)
    if isinstance(value, Message):
        return value.render(tongue)
    return "" if value is None else str(value)


_MARKS = re.compile(r"([\\`*_{}\[\]<>#|!~&])")
_STARTS = re.compile(r"^(\s*)([-+=]|[0-9]+(?=[.)]))")


def markdown(text: str) -> str:
    """A text on one line in which nothing is Markdown or HTML, wherever it stands in a line."""
    line = _MARKS.sub(r"\\\1", " ".join(text.split()))
    return _STARTS.sub(lambda found: "\\" + found[2] if found[2] in "-+=" else found[2] + "\\", line)


def fill(template: str, tongue: Tongue, **values: object) -> str:
    """The template called `template` filled with `values`; HTML templates escape every value.

    In a template `_("...")` is a message that is translated, `| spoken` renders a `Text` or `Message`, `| cite`
    writes citations of articles as the language does, `| md` speaks a value in Markdown.
    """
    return _environment(tongue).get_template(template).render(values)
