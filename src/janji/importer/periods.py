"""The periods that a published text names: how long data are kept, from which event, and how fast requests are answered."""

from __future__ import annotations

from dataclasses import dataclass

from janji.importer.mentions import Mention, Reading
from janji.prose.document import SegmentKind
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
    """Every period for which the text says that data are kept, in order; ages and clocks of answers are none.

    In a sentence with several periods each goes with the data and purposes named since the one before.
    """
    found: list[Kept] = []
    sentences: dict[int, list[Length]] = {}
    for length in reading.lengths:
        sentences.setdefault(reading.words.sentences[length.first], []).append(length)
    for sentence, held in sentences.items():
        begin = reading.sentence(sentence)[0]
        for at, length in enumerate(held):
            mention = _mention(reading, length)
            start = begin if at == 0 else reading.words.ends[held[at - 1].last - 1]
            end = reading.sentence(sentence)[1] if len(held) == 1 else mention.start
            if _keeps(reading, mention, length):
                found.append(Kept(
                    length.period, mention, _named(reading, "data", mention, start, end),
                    _named(reading, "purposes", mention, start, end), _event(reading, mention), _disposal(reading, mention),
                ))  # fmt: skip
    return list({(item.period, item.data, item.purposes): item for item in reversed(found)}.values())[::-1]


def general(reading: Reading, item: Kept) -> bool:
    """Whether a period that names neither data nor purposes speaks of data as a whole."""
    return not item.data and not item.purposes and reading.says("signal/any-data", item.mention.sentence)


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


def _keeps(reading: Reading, mention: Mention, length: Length) -> bool:
    headings, sentence = reading.headings[mention.segment], mention.sentence
    if headings & {"children", "rights", "changes", "contact"} or reading.says("signal/notify", sentence):
        return False
    limits = {match.last for match in reading.matches.get("signal/deadline", ())} if reading.matches.get("signal/deadline") else set()
    if limits & {length.first, length.first - 1}:
        return False
    return reading.says("signal/keep", sentence) or "retention" in reading.topics[mention.segment] or _row(reading, mention)


def _row(reading: Reading, mention: Mention) -> bool:
    return reading.document.segments[mention.segment].kind is SegmentKind.ROW


def _named(reading: Reading, section: str, mention: Mention, start: int, end: int) -> tuple[str, ...]:
    """The terms named in `[start, end)` that name something in particular; in a table, those of the whole row."""
    if _row(reading, mention):
        names = reading.named(section, mention.segment)
    else:
        names = [name for name in reading.beside(section, mention.sentence)
                 if any(start <= item.start < end for item in reading.found[section][name] if item.sentence == mention.sentence)]  # fmt: skip
    return tuple(name for name in names if not reading.term(section, name).open)


def _event(reading: Reading, mention: Mention) -> str:
    return next((name for name in reading.vocabulary.events if reading.says(f"event/{name}", mention.sentence)), "")


def _disposal(reading: Reading, mention: Mention) -> Disposal | None:
    found = [disposal for signal, disposal in _DISPOSALS if reading.says(f"signal/{signal}", mention.sentence)]
    return found[0] if found else None
