"""A starting model as YAML text: quoted so that it is read as it was meant, its evidence in comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from janji.documents.writing import flow
from janji.importer.draft import Draft, DraftEntry
from janji.terms.messages import N_, Message, Tongue, printable
from janji.terms.texts import Text

WIDTH = 118
_EMPTY = N_("take the braces away when the first entry comes in")
QUOTE = 160
"""How much of a quotation a comment shows."""


def spoken(value: Message, tongues: Sequence[Tongue]) -> Text:
    """A message as a text in the language of each tongue."""
    return Text(tuple((tongue.language, value.render(tongue)) for tongue in tongues))


def together(messages: Sequence[Message], tongues: Sequence[Tongue]) -> Text:
    """Several messages as one text, one sentence after the other."""
    return Text(tuple((tongue.language, _joined([item.render(tongue) for item in messages])) for tongue in tongues))


def _joined(sentences: Sequence[str]) -> str:
    """Sentences one after the other; a question needs no further mark."""
    return "".join(
        item if last else item + (" " if item.endswith(("?", ".")) else "; ")
        for item, last in zip(sentences, [False] * (len(sentences) - 1) + [True], strict=True)
    )


def write(draft: Draft, tongues: Sequence[Tongue], first: Sequence[str] = ()) -> str:
    """The policy file of a draft. `first` are the lines of the comment at its head.

    Entries that lack something are written as comments under their section, with what they lack before them.
    """
    lines = [f"# {_one_line(line)}".rstrip() for line in first]
    for key, value in _settled(draft.head, tongues).items():
        lines += ["", *_pair(key, value, 0)] if isinstance(value, dict) else _pair(key, value, 0)
    for section, entries in draft.sections.items():
        if entries:
            lines += ["", *_section(section, entries, tongues)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _section(section: str, entries: dict[str, DraftEntry], tongues: Sequence[Tongue]) -> Iterator[str]:
    live = any(not entry.missing for entry in entries.values())
    hint = " / ".join(dict.fromkeys(tongue.translate(_EMPTY) for tongue in tongues))
    yield f"{section}:" if live else f"{section}: {{}}  # {hint}"
    for name, entry in entries.items():
        for evidence in entry.evidence:
            quote = _one_line(evidence.quote)
            quote = quote if len(quote) <= QUOTE else quote[: QUOTE - 3] + "..."
            yield f'  # {evidence.place} "{quote}"' if quote else f"  # {evidence.place}"
        for message in entry.missing:
            for tongue in tongues:
                yield f"  # decide ({tongue.language}): {_one_line(message.render(tongue))}"
        body = _pair(name, _settled(entry.values, tongues), 1)
        yield from (f"  #| {line[2:]}" for line in body) if entry.missing else body


def _settled(values: dict[str, object], tongues: Sequence[Tongue]) -> dict[str, object]:
    """The values of an entry with their messages put into words."""
    settled: dict[str, object] = {}
    for key, value in values.items():
        if isinstance(value, Message):
            settled[key] = spoken(value, tongues)
        elif key in ("decide", "note") and isinstance(value, tuple):
            settled[key] = together(value, tongues)
        elif isinstance(value, dict):
            settled[key] = _settled(value, tongues)
        else:
            settled[key] = value
    return settled


def _pair(key: str, value: object, depth: int) -> list[str]:
    """`key: value` on one line where it fits, its parts on lines of their own otherwise."""
    margin = "  " * depth
    whole = f"{margin}{key}: {flow(value)}"
    parts: dict[str, object] = {}
    if isinstance(value, dict):
        parts = value
    elif isinstance(value, Text) and len(whole) > WIDTH and value.languages:
        parts = dict(value.versions)
    if parts and (len(whole) > WIDTH or depth <= 1):
        return [f"{margin}{key}:", *(line for name, item in parts.items() for line in _pair(name, item, depth + 1))]
    if isinstance(value, tuple | list) and len(whole) > WIDTH:
        return [f"{margin}{key}:", *(f"{margin}  - {flow(item)}" for item in value)]
    return [whole]


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
