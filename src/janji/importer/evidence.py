"""What an import of a text rests on, for programs and for people: the evidence of each entry, and the list of decisions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from janji.importer.mentions import Reading
from janji.importer.report import SECTIONS
from janji.importer.text import TextDraft
from janji.terms.messages import N_, Message, Tongue, printable, say
from janji.terms.texts import Text

HEADINGS = {
    **SECTIONS,
    "controller": N_("The company"), "children": N_("Children"), "clauses": N_("Clauses"), "claims": N_("Consent claimed"),
}  # fmt: skip
"""What the decisions are grouped under, by the first part of the entry that they are about."""


def evidence_json(made: TextDraft, reading: Reading, source: str, law: str) -> dict[str, Any]:
    """The evidence as `schema/evidence.json` describes it: clauses, entries with their words, and statements."""
    segments, names = reading.document.segments, reading.names
    draft = made.draft
    entries = []
    for path, mentions in made.evidence.items():
        section, _, name = path.partition(".")
        held = draft.entry(section, name)
        entry: dict[str, Any] = {"entry": path}
        if held is not None:
            entry["stands"] = not held.missing
        title = held.values.get("title") if held is not None else None
        if title is None and section in reading.vocabulary.terms and name in reading.vocabulary.terms[section]:
            title = reading.term(section, name).title
        if isinstance(title, Text):
            entry["title"] = dict(title.versions)
        entry["evidence"] = [
            {"clause": names[item.segment], "start": item.start, "end": item.end, "words": reading.quote(item)}
            for item in sorted(mentions, key=lambda item: item.start) if item.segment in names
        ]  # fmt: skip
        entries.append(entry)
    return {
        "source": source, "language": reading.language, "law": law,
        "clauses": [
            {"clause": names[at], "kind": str(kind), "start": segments[at].start, "end": segments[at].stop}
            for at, kind in reading.kinds.items()
        ],
        "entries": entries,
        "statements": [
            {"clause": names[item.segment], "kind": item.name, "start": item.start, "end": item.end}
            for item in reading.statements if item.segment in names
        ],
    }  # fmt: skip


def decisions_text(made: TextDraft, source: str, tongue: Tongue) -> str:
    """The open decisions as a Markdown page in one language, grouped by what they are about, each with a box to tick."""
    return "\n".join(_lines(made, source, tongue)) + "\n"


def _lines(made: TextDraft, source: str, tongue: Tongue) -> Iterator[str]:
    decisions = made.draft.decisions
    yield "# " + say(N_("Open decisions about {source}"), source=source).render(tongue)
    yield ""
    yield say(N_("Each of these is a question that the text does not answer, or answers in more than one way: {count}."),
              count=len(decisions)).render(tongue)  # fmt: skip
    yield say(N_("Answer it in `policy.yaml`, and in the published text where that is at fault. Until then it permits nothing.")
              ).render(tongue)  # fmt: skip
    order = list(HEADINGS)
    keyed = sorted(decisions, key=lambda item: _rank(item.entry, order))
    for section, items in groupby(keyed, key=lambda item: item.entry.partition(".")[0]):
        heading = Message(HEADINGS[section]).render(tongue) if section in HEADINGS else section
        yield from ("", f"## {heading[:1].upper()}{heading[1:]}", "")
        for entry, held in groupby(items, key=lambda item: item.entry):
            asked = list(held)
            yield f"- **{entry}**" + (f" ({asked[0].place})" if asked[0].place.line else "")
            for item in asked:
                yield f"  - [ ] {_line(item.what.render(tongue))}"
                why = _line(item.why.render(tongue))
                yield f"        {why}" + ("" if why.endswith((".", "?")) else ".")
                if item.options:
                    words = ", ".join(f"`{word}`" for word in item.options)
                    yield "        " + say(N_("known here: {words}"), words=words).render(tongue)


def _rank(entry: str, order: list[str]) -> int:
    section = entry.partition(".")[0]
    first = ("controller", "purposes", "data", "retention", "recipients", "transfers")
    return first.index(section) if section in first else len(first) + (order.index(section) if section in order else 99)


def _line(text: str) -> str:
    return " ".join(printable(text).split())
