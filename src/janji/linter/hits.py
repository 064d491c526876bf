"""Where a rule met something, and the filling of its sentences with what it met."""

from __future__ import annotations

from dataclasses import dataclass, field

from janji.terms.texts import Text

Holes = dict[str, str | Text]


@dataclass(frozen=True, slots=True)
class Hit:
    """`[start, end)` in the text; the clause when it is another than the one that holds `start`; words for the holes."""

    start: int
    end: int
    clause: str | None = None
    holes: Holes = field(default_factory=dict)


def filled(text: Text, holes: Holes) -> Text:
    """A text with `{name}` replaced in each language; a name that is not in `holes` stays as it is."""
    if not holes:
        return text
    versions = []
    for language, words in text.versions:
        for name, value in holes.items():
            words = words.replace(f"{{{name}}}", value.get(language) if isinstance(value, Text) else value)
        versions.append((language, words))
    return Text(tuple(versions))
