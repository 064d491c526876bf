"""How messages of the engine read on a page: as sentences, with titles where they say ids, and no marks around names."""

from __future__ import annotations

from janji.terms.messages import Message, Tongue
from janji.web.forms import sentence
from janji.workflows.naming import Names


def spoken(message: Message | None, tongue: Tongue, called: Names | None = None) -> str:
    """A message as a sentence, names without the marks that set them apart in a terminal; nothing for none."""
    return sentence(message if message is None or called is None else called.put(message), tongue.unmarked())


def megabytes(size: int, tongue: Tongue) -> str:
    """A size as people read it, with the marks of their language."""
    number = f"{max(size / 1_000_000, 0.1):,.1f}"
    return f"{number if tongue.language == 'en' else number.translate(str.maketrans('.,', ',.'))} MB"
