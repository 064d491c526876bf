"""A sentence for people before it has a language: message id and parameters, put into words by the faces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from janji.terms.texts import Text

_ARTICLE = re.compile(r"\bArt(?= \d)")


def N_(message: str) -> str:
    """Mark `message` for extraction into the translation catalogues and return it unchanged."""
    return message


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language to speak: its code, the translation of message ids into it, and how it writes `Art 20`.

    `marks` sets names apart by backticks, for whoever works at a terminal.
    """

    language: str
    translate: Callable[[str], str]
    article: str = "Art"
    marks: bool = True

    def cite(self, text: str) -> str:
        """A text with its citations of articles in this language."""
        return text if self.article == "Art" else _ARTICLE.sub(self.article, text)

    def unmarked(self) -> Tongue:
        """The same for letters and pages, on which people read names as they are called."""
        return replace(self, marks=False)


ENGLISH = Tongue("en", str)
UNASKED = "id"
"""The language that somebody is written to in who was never asked which one they want."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message id (the English sentence with named holes) and the values for its holes."""

    id: str
    params: tuple[tuple[str, str | Text | Message], ...] = ()

    def render(self, tongue: Tongue = ENGLISH) -> str:
        """The sentence in the language of `tongue`, its holes filled."""
        holes = {key: _spoken(value, tongue) for key, value in self.params}
        text = tongue.cite(tongue.translate(self.id).format(**holes))
        return text if tongue.marks else text.replace("`", "")

    def __str__(self) -> str:
        return self.render()


def _spoken(value: str | Text | Message, tongue: Tongue) -> str:
    if isinstance(value, Text):
        return printable(value.get(tongue.language))
    return value.render(tongue) if isinstance(value, Message) else printable(value)


def printable(text: str) -> str:
    """A text that came from outside, without characters that steer a terminal or turn the reading direction."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)


def say(message: str, **params: object) -> Message:
    """A `Message` from an id marked with `N_` and its parameters; a value that is absent shows as `-`."""
    return Message(message, tuple((key, _plain(value)) for key, value in params.items()))


def pack_message(message: Message) -> dict[str, Any]:
    """A message as a JSON value, so that it can be kept before it has a language."""
    return {"id": message.id, "params": [[key, _packed(value)] for key, value in message.params]}


def unpack_message(held: Mapping[str, Any]) -> Message:
    """The message that `pack_message` made a JSON value of."""
    return Message(held["id"], tuple((key, _unpacked(value)) for key, value in held["params"]))


def _packed(value: str | Text | Message) -> Any:
    if isinstance(value, Text):
        return {"versions": [list(pair) for pair in value.versions]}
    return pack_message(value) if isinstance(value, Message) else value


def _unpacked(value: Any) -> str | Text | Message:
    if isinstance(value, Mapping):
        return Text(tuple((pair[0], pair[1]) for pair in value["versions"])) if "versions" in value else unpack_message(value)
    return str(value)


def series(parts: Iterable[Message | Text | str], between: str = "; ") -> Message:
    """Several names or sentences in a row, as one; titles hold commas, so what is between them is no comma by default."""
    held = [(f"part{place}", part) for place, part in enumerate(parts)]
    return Message(between.join(f"{{{key}}}" for key, _ in held), tuple(held))


def _plain(value: object) -> str | Text | Message:
    if isinstance(value, Text | Message):
        return value
    return "-" if value is None else str(value)
