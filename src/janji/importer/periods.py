"""The periods that a published text names: how long data are kept, from which event, and how fast requests are answered."""

from __future__ import annotations

from dataclasses import dataclass

from janji.importer.mentions import Mention, Reading
from janji.prose.lengths import Length
from janji.terms.periods import Period
from janji.terms.processing import Disposal

_DISPOSALS = (("anonymise", Disposal.ANONYMISE), ("destroy", Disposal.DESTROY), ("delete", Disposal.DELETE))


@dataclass(frozen=True, slots=True)
class Kept:
    """One period for which data are kept: the data and purposes named beside it, its event, and what happens then."""

    period: Period
    mention: Mention
    data: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    event: str = ""
    then: Disposal | None = None


def kept(reading: Reading) -> list[Kept]:
    """Every period for which the text says that data are kept, in order; ages and clocks of answers are none."""
    found: list[Kept] = []
    for length in reading.lengths:
        mention = _mention(reading, length)
        if not _keeps(reading, mention):
            continue
        found.append(Kept(
            length.period, mention, _named(reading, "data", mention.sentence), _named(reading, "purposes", mention.sentence),
            next((name for name in reading.vocabulary.events if reading.says(f"event/{name}", mention.sentence)), ""),
            _disposal(reading, mention),
        ))  # fmt: skip
    return list({(item.period, item.data, item.purposes): item for item in reversed(found)}.values())[::-1]


def promised(reading: Reading) -> list[tuple[Period, Mention]]:
    """Every period within which the text promises an answer to a request, in order."""
    found = []
    for length in reading.lengths:
        mention = _mention(reading, length)
        answers = reading.says("signal/respond", mention.sentence)
        about = reading.topics[mention.segment] & {"rights", "contact"}
        if answers and about and not reading.says("signal/child", mention.sentence):
            found.append((length.period, mention))
    return found


def _mention(reading: Reading, length: Length) -> Mention:
    words = reading.words
    sentence = words.sentences[length.first]
    return Mention("period", words.starts[length.first], words.ends[length.last - 1], words.owners[sentence], sentence)


def _keeps(reading: Reading, mention: Mention) -> bool:
    headings, sentence = reading.headings[mention.segment], mention.sentence
    if headings & {"children", "rights", "changes", "contact"} or reading.says("signal/notify", sentence):
        return False
    about = "retention" in reading.topics[mention.segment] or "\t" in _line(reading, mention) or "|" in _line(reading, mention)
    return reading.says("signal/keep", sentence) or about


def _line(reading: Reading, mention: Mention) -> str:
    segment = reading.document.segments[mention.segment]
    return reading.document.text[segment.start : segment.stop] if segment.kind == "row" else ""


def _named(reading: Reading, section: str, sentence: int) -> tuple[str, ...]:
    """The terms named in a sentence that name something in particular."""
    return tuple(name for name in reading.beside(section, sentence) if not reading.term(section, name).open)


def _disposal(reading: Reading, mention: Mention) -> Disposal | None:
    found = [disposal for signal, disposal in _DISPOSALS if reading.says(f"signal/{signal}", mention.sentence)]
    return found[0] if found else None
