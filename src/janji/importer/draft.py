"""A starting model being put together: entries with their evidence, open decisions, and what found no place.

Whatever is read (a text, a register) becomes a `Draft`; `importer.yaml_text` writes one as a policy file.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from janji.terms.messages import Message
from janji.terms.places import NOWHERE, Place

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_NOT_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a part of the draft was read, and the words that stood there."""

    place: Place
    quote: str = ""


@dataclass(slots=True)
class DraftEntry:
    """One entry of the model being put together.

    `missing` holds what the entry lacks to be a part of the policy: while there is anything, the entry is written as
    a comment, so that it permits nothing. `tags` are the words of the source's own taxonomy; they are not written.
    """

    values: dict[str, object]
    evidence: list[Evidence] = field(default_factory=list)
    missing: list[Message] = field(default_factory=list)
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenDecision:
    """What a person must decide: about which entry (`purposes.payroll`), what, why, where it was read, the choices."""

    entry: str
    what: Message
    why: Message
    place: Place = NOWHERE
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Something that was read and found no place in the model: its key path or heading, its words, and why."""

    place: Place
    what: str
    words: str
    why: Message


@dataclass(slots=True)
class Draft:
    """A starting model: the top of the policy file, its entries by section, and what is still open."""

    head: dict[str, object] = field(default_factory=dict)
    sections: dict[str, dict[str, DraftEntry]] = field(default_factory=dict)
    decisions: list[OpenDecision] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)

    def entry(self, section: str, name: str) -> DraftEntry | None:
        """The entry of this name, if there is one."""
        return self.sections.get(section, {}).get(name)

    def add(self, section: str, name: str, values: dict[str, object], *evidence: Evidence) -> DraftEntry:
        """Put a new entry into a section and give it."""
        made = DraftEntry(values, list(evidence))
        self.sections.setdefault(section, {})[name] = made
        return made

    def decide(self, section: str, name: str, decision: OpenDecision) -> None:
        """Leave a question at an entry: listed as an open decision, and as its `decide`, several as one text."""
        self.decisions.append(decision)
        held = self.entry(section, name)
        if held is not None:
            asked = held.values.get("decide", ())
            held.values["decide"] = (*asked, decision.what) if isinstance(asked, tuple) else (decision.what,)

    def leave_out(self, section: str, name: str, decision: OpenDecision) -> None:
        """Keep an entry out of the policy until a person decides."""
        self.decisions.append(decision)
        held = self.entry(section, name)
        if held is not None:
            held.missing.append(decision.what)

    def live(self, section: str) -> dict[str, DraftEntry]:
        """The entries of a section that lack nothing."""
        return {name: held for name, held in self.sections.get(section, {}).items() if not held.missing}


def name_of(words: str, otherwise: str = "entry") -> str:
    """A name made of words: small letters, digits and hyphens, at most 60 characters."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode("ascii").lower()
    return _NOT_NAME.sub("-", plain).strip("-")[:60].strip("-") or otherwise


def is_name(words: str) -> bool:
    """Whether words can stand as the name of an entry as they are."""
    return _NAME.fullmatch(words) is not None
