"""What an import found, for people and for programs: what was put into the model, what is open, what found no place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from janji.importer.draft import Draft
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.places import Place

SECTIONS = {
    "data": N_("categories of data"), "purposes": N_("purposes"), "recipients": N_("recipients"),
    "retention": N_("periods"), "systems": N_("systems"), "measures": N_("measures"),
    "prohibitions": N_("prohibitions"), "notices": N_("notices"), "sources": N_("sources"),
    "entities": N_("companies named"), "channels": N_("channels"), "touchpoints": N_("touchpoints"),
    "transfers": N_("transfers"), "trackers": N_("trackers"), "rights": N_("rights"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: the files read and written, remarks about the reading, and the draft that was made."""

    source: str
    read: tuple[str, ...]
    written: tuple[str, ...]
    draft: Draft
    remarks: tuple[Message, ...] = ()
    mapping: str = ""

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """For each section: the entries that stand in the policy, and those left out until somebody decides."""
        found = {}
        for section, entries in self.draft.sections.items():
            live = len(self.draft.live(section))
            if entries:
                found[section] = (live, len(entries) - live)
        return found


def report_json(report: Report, tongue: Tongue) -> dict[str, Any]:
    """The report as `schema/import.json` describes it."""
    held: dict[str, Any] = {
        "source": report.source, "read": list(report.read), "written": list(report.written),
        "entries": {name: {"stand": live, "left_out": out} for name, (live, out) in report.counts.items()},
        "remarks": [item.render(tongue) for item in report.remarks],
        "decisions": [
            {"entry": item.entry, "question": item.what.render(tongue), "why": item.why.render(tongue), **_place(item.place),
             **({"options": list(item.options)} if item.options else {})}
            for item in report.draft.decisions
        ],
        "unmapped": [
            {"what": item.what, **({"words": item.words} if item.words else {}), "why": item.why.render(tongue),
             **_place(item.place)}
            for item in report.draft.unmapped
        ],
    }  # fmt: skip
    return {**held, "mapping": report.mapping} if report.mapping else held


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column} if place.file else {}


def report_text(report: Report, tongue: Tongue, most: int | None = None) -> str:
    """The report in lines; of each list at most `most` are shown, all when it is absent."""
    return "\n".join(_lines(report, tongue, most)) + "\n"


def _lines(report: Report, tongue: Tongue, most: int | None) -> Iterator[str]:
    for path in report.written:
        yield say(N_("written: {path}"), path=path).render(tongue)
    for remark in report.remarks:
        yield remark.render(tongue)
    yield ""
    for section, (live, out) in report.counts.items():
        name = Message(SECTIONS[section])
        yield (
            say(N_("{section}: {count}, and {out} left out until somebody decides"), section=name, count=live, out=out)
            if out else say(N_("{section}: {count}"), section=name, count=live)
        ).render(tongue)  # fmt: skip
    decisions = [
        [say(N_("{entry}: {question}"), entry=item.entry, question=item.what).render(tongue),
         "  " + (f"{item.place}: " if item.place.file else "") + item.why.render(tongue)]
        + (["  " + say(N_("known here: {words}"), words=", ".join(f"`{word}`" for word in item.options)).render(tongue)]
           if item.options and most is None else [])
        for item in report.draft.decisions
    ]  # fmt: skip
    yield from _listed(say(N_("Open decisions: {count}"), count=len(decisions)), decisions, tongue, most)
    unmapped = [
        [f"{item.what}" + (f" `{item.words}`" if item.words else ""), f"  {item.place}: {item.why.render(tongue)}"]
        for item in report.draft.unmapped
    ]
    yield from _listed(say(N_("Not mapped: {count}"), count=len(unmapped)), unmapped, tongue, most)


def _listed(heading: Message, items: Sequence[list[str]], tongue: Tongue, most: int | None) -> Iterator[str]:
    yield ""
    yield heading.render(tongue)
    shown = items if most is None else items[:most]
    for item in shown:
        yield from (f"  {' '.join(line.split()) if not line.startswith('  ') else line}" for line in item)
    if len(shown) < len(items):
        yield "  " + say(N_("... and {count} more in the report"), count=len(items) - len(shown)).render(tongue)
