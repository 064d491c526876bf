"""Who a published text says its company is: name, addresses, officer, home country, and companies named as recipients."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from janji.importer.mentions import Mention, Reading
from janji.importer.vocabulary import Forms

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"'\u201d\u2019]{3,200}")
_NUMBER = re.compile(r"[+(]?[0-9][0-9 ().-]{5,22}[0-9]")
_QUOTES = ".,'\u2019"
"""What may stand at the end of a name and is no part of it."""
_NEAR = 24
"""How far before a number the word that introduces it may stand."""


@dataclass
class Particulars:
    """What was found of the company, each with its place: `name`, `address`, `phone`, `email`, `url`, officer, home."""

    found: dict[str, Mention] = field(default_factory=dict)
    officer: dict[str, Mention] = field(default_factory=dict)
    officer_named: Mention | None = None
    home: Mention | None = None
    companies: list[Mention] = field(default_factory=list)
    effective: str = ""


def particulars(reading: Reading) -> Particulars:
    """What the text says of the company itself. Nothing is made up: what is not found is not there."""
    held = Particulars()
    _companies(reading, held)
    _officer(reading, held)
    _addresses(reading, held)
    _home(reading, held)
    return held


def _mention(reading: Reading, name: str, start: int, end: int) -> Mention | None:
    """A mention at `[start, end)`; nothing when the place has no words."""
    words = reading.words.within(start, end)
    if not words:
        return None
    sentence = reading.words.sentences[words[0]]
    return Mention(name, start, end, reading.words.owners[sentence], sentence)


def company_names(text: str, forms: Forms) -> Iterator[re.Match[str]]:
    """Every name of a company in a text, by the form that stands before or after it."""
    before = "|".join(re.escape(form) for form in sorted(forms.before, key=len, reverse=True))
    longest = sorted(forms.after, key=len, reverse=True)
    after = "|".join(r"\.?\s{1,3}".join(map(re.escape, form.split())) for form in longest)
    never = "|".join(map(re.escape, forms.never)) or "(?!)"
    word = rf"(?!(?:{never})\b)[A-Z][\w&.'\u2019-]{{0,40}}"
    parts = [rf"\b(?:{before})\.?\s{{1,3}}{word}(?:\s{{1,3}}{word}){{0,5}}(?:,?\s{{1,3}}(?:{after})\b\.?)?"] if before else []
    parts += [rf"\b{word}(?:\s{{1,3}}{word}){{0,4}},?\s{{1,3}}(?:{after})\b"] if after else []
    yield from re.finditer("|".join(parts), text) if parts else ()


def _companies(reading: Reading, held: Particulars) -> None:
    text = reading.document.text
    seen: dict[str, list[Mention]] = {}
    for match in company_names(text, reading.vocabulary.forms):
        name = re.sub(r"\s+", " ", match[0]).rstrip(_QUOTES)
        lines = match[0].split("\n\n")
        if len(lines) > 1:
            continue
        mention = _mention(reading, name, match.start(), match.start() + len(match[0].rstrip(_QUOTES)))
        if mention is not None:
            seen.setdefault(_folded(name), []).append(mention)
    if not seen:
        return
    own = max(seen, key=lambda key: (_weight(reading, seen[key]), -seen[key][0].start))
    held.found["name"] = min(seen[own], key=lambda item: (item.name.isupper(), item.start))
    held.companies = [items[0] for key, items in seen.items() if key != own and not own.startswith(key)]


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9 ]", "", name.lower()).strip()


def _weight(reading: Reading, mentions: list[Mention]) -> int:
    """How much speaks for a name being the company's own: where it stands, and how often."""
    counted = Counter[str]()
    for mention in mentions:
        headings = reading.headings[mention.segment]
        if headings & {"recipients", "transfers"}:
            counted["other"] += 1
        elif not headings or "contact" in headings:
            counted["own"] += 1
    return 3 * min(counted["own"], 2) + min(len(mentions), 3) - 3 * counted["other"]


def _officer(reading: Reading, held: Particulars) -> None:
    for match in reading.matches.get("signal/officer", ()):
        words = reading.words
        sentence = words.sentences[match.first]
        named = Mention("officer", words.starts[match.first], words.ends[match.last - 1], words.owners[sentence], sentence)
        segment = reading.document.segments[named.segment]
        if held.officer_named is None:
            held.officer_named = named
        for name, pattern in (("email", _EMAIL), ("phone", _NUMBER)):
            start, end = _around(reading, sentence, segment.start, segment.stop)
            found = pattern.search(reading.document.text, start, end)
            if found and name not in held.officer and (name == "email" or _introduced(reading, found.start())):
                mention = _mention(reading, found[0].rstrip("."), found.start(), found.end())
                if mention is not None:
                    held.officer[name] = mention


def _around(reading: Reading, sentence: int, start: int, stop: int) -> tuple[int, int]:
    """The sentence of the officer; for one as short as a title, the whole clause."""
    first, last = reading.sentence(sentence)
    return (start, stop) if last - first < 60 else (first, min(stop, last + 2))


def _introduced(reading: Reading, start: int) -> bool:
    """Whether a word such as `Tel` stands before a number."""
    before = reading.document.text[max(0, start - _NEAR) : start].lower()
    return any(re.search(rf"\b{re.escape(word.lower())}\b", before) for word in reading.vocabulary.forms.phone)


def _addresses(reading: Reading, held: Particulars) -> None:
    text = reading.document.text
    for name, pattern in (("email", _EMAIL), ("url", _URL)):
        best: tuple[int, Mention] | None = None
        for match in pattern.finditer(text):
            words = match[0].rstrip(".,;:")
            mention = _mention(reading, words, match.start(), match.start() + len(words))
            if mention is None or (name == "email" and words == _words(held.officer.get("email"))):
                continue
            rank = 2 * ("contact" in reading.headings[mention.segment]) + ("rights" in reading.headings[mention.segment])
            if best is None or rank > best[0]:
                best = (rank, mention)
        if best is not None:
            held.found[name] = best[1]
    for match in _NUMBER.finditer(text):
        if sum(char.isdigit() for char in match[0]) >= 6 and _introduced(reading, match.start()):
            mention = _mention(reading, " ".join(match[0].split()), match.start(), match.end())
            if mention is not None:
                held.found.setdefault("phone", mention)
    _postal(reading, held)


def _words(mention: Mention | None) -> str:
    return mention.name if mention else ""


def _postal(reading: Reading, held: Particulars) -> None:
    """The address that stands where people are told to write, else the first one."""
    forms = reading.vocabulary.forms
    words = "|".join(re.escape(word) for word in forms.address)
    phone = re.compile(rf"[\s,;(]*\b(?:{'|'.join(map(re.escape, forms.phone))})\b", re.IGNORECASE) if forms.phone else None
    best: tuple[int, Mention] | None = None
    for match in re.finditer(rf"\b(?:{words})\b\.?[^\n]{{0,30}}[0-9]", reading.document.text) if words else ():
        at = _mention(reading, "address", match.start(), match.end())
        if at is None:
            continue
        segment = reading.document.segments[at.segment]
        start, end = _address(reading.document.text, match.start(), match.end(), segment.stop)
        called = phone.search(reading.document.text, start, end) if phone else None
        end = called.start() if called else end
        words_found = " ".join(reading.document.text[start:end].split()).strip(" ,.;:")
        rank = 2 * ("contact" in reading.headings[at.segment]) + (not reading.headings[at.segment])
        mention = Mention(words_found, start, end, at.segment, at.sentence)
        if (best is None or rank > best[0]) and len(words_found) < 200:
            best = (rank, mention)
    if best is not None:
        held.found["address"] = best[1]


def _address(text: str, start: int, end: int, high: int) -> tuple[int, int]:
    """The part of a clause that is an address: from its first word to the end of the sentence, or of its lines."""
    stop = re.compile(r"[;]|\.(?=\s+[A-Z][a-z]+ [a-z])|\.\s*\n|\.\s*$|\n\s*\n|\n(?=\s*(?:[A-Z][a-z]+:|[^\n]{0,20}[0-9]{3}[ -][0-9]))")
    found = stop.search(text, end, high)
    last = found.start() if found else high
    return start, last


def _home(reading: Reading, held: Particulars) -> None:
    """The country that the text speaks of as home: what lies outside of it is abroad."""
    words = reading.words
    outside = {match.last for match in reading.matches.get("signal/outside", ())}
    found: dict[str, Mention] = {}
    for code, term in reading.vocabulary.terms["countries"].items():
        for match in reading.matches.get(f"countries/{code}", ()):
            if match.first in outside and not term.open:
                sentence = words.sentences[match.first]
                start, end = words.starts[match.first], words.ends[match.last - 1]
                found.setdefault(code, Mention(code, start, end, words.owners[sentence], sentence))
    if len(found) == 1:
        held.home = next(iter(found.values()))
