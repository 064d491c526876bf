"""What phrases alone cannot tell: placeholders, list sequences, unfinished sentences, terms, deadlines, ages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from janji.linter.findings import Rule
from janji.linter.hits import Hit
from janji.linter.reading import Reading
from janji.prose.document import Segment, SegmentKind
from janji.prose.language import DANGLING
from janji.prose.lengths import lengths, number_at
from janji.prose.phrases import Match
from janji.terms.periods import Period
from janji.terms.texts import Text

_BRACKETS = re.compile(r"\[([^\[\]\n]{2,60})\](?![(\[:])|\{\{?\s*([\w .-]{2,40})\s*\}?\}|(<[A-Z][A-Z _-]{2,30}>)")
_BLANKS = re.compile(r"_{4,}|\[\s*[●•…_.]{1,9}\s*\]|\b(?:TBD|TBC|TBA|XXX+|lorem ipsum|dd/mm/yyyy|hh/bb/tttt)\b", re.IGNORECASE)
_NO_PLACEHOLDER = re.compile(r"\b(sic|at|dot|titik|et|ibid|emphasis|deleted|redacted|end|pdf|docx?|html?)\b|[@\d“”\"']|^\W*$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s{0,2}(?:@|\[at\]|\(at\))\s{0,2}[\w-]{1,63}\s{0,2}(?:\.|\[dot\]|\(dot\))\s{0,2}\w{2,}", re.IGNORECASE
)
_LINK = re.compile(r"https?://\S+|www\.\S+|(?<![\w-])[\w-]{1,63}\.(?:com|co|id|org|net|io|app|example|test|info|biz)(?:/\S*)?\b", re.IGNORECASE)
_EMPTY_LINK = re.compile(r"\[[^\[\]\n]{1,120}\]\(\s*(?:#|javascript:[^)]*)?\s*\)")
_UNFINISHED = re.compile(r"""(,|:|;)["'”’»)*_]*$""")
_LOWER, _UPPER = re.compile(r"[\"'“(]?[a-z]"), re.compile(r"[\"'“(]?[A-Z][a-z]+\b")
_DEFINED = re.compile(
    r"(?:(collectively|together|bersama-sama|secara kolektif)|\()\W{0,4}(?:as|the|disebut|selanjutnya|selanjutnya disebut)?\W{0,4}"
    r"[\"“']([A-Z]\w*(?: [A-Z]\w*){0,3})[\"”']", re.IGNORECASE)  # fmt: skip
_GROUP = re.compile(r"affiliat|subsidiar|afiliasi|anak perusahaan|\bgroup|\bgrup|kelompok")
_TERM = re.compile(r"[\"“]([A-Z][\w’' -]{1,40})[\"”]")
_NAME = re.compile(r"(?<=[a-z,(] )[\"“']?([A-Z]\w*)|[\"“]([A-Z]\w*)[\"”]")
_PARTICLES = frozenset({"in", "on", "by", "under", "for", "not", "that", "this", "these", "such", "some", "any", "each", "his", "her"})
"""Words that a sentence can end with all the same: `what it stands for`, `if we know this`."""
_OFFICES = frozenset({"protection", "privacy", "law", "act", "team", "pelindungan", "perlindungan"})
"""Words after which `personal data` is part of a name."""
_EDGE = 60
"""So many words at the beginning and at the end of a text are where it says its date."""
_YOUNG, _GROWN = 7, 21
"""No law calls anybody older a child, and no policy speaks of anybody younger."""
_NO_AGES = frozenset({"hour", "hours", "day", "days", "month", "months", "jam", "hari", "bulan", "percent", "persen", "x"})
_HEDGES_PER_THOUSAND, _HEDGES = 1, 2


def placeholders(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """Words in brackets that were to be replaced, rows of underscores, and the like."""
    text = reading.document.text
    spoken: set[int] = set()
    for match in sorted([*_BRACKETS.finditer(text), *_BLANKS.finditer(text)], key=lambda item: item.start()):
        inner = match[1] if match.re is _BRACKETS else None
        if inner is not None and not _is_placeholder(inner):
            continue
        if match[0].startswith("_") and _between_words(text, match):
            continue
        if match.start() not in spoken:
            spoken.add(match.start())
            yield Hit(match.start(), match.end(), None, {"quote": match[0]})


def _between_words(text: str, match: re.Match[str]) -> bool:
    """Whether underscores are a rule across the page or emphasis, and no blank to fill in."""
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    return not line.strip() and text[match.end() : match.end() + 1] in ("", "\n", "\r")


def _is_placeholder(inner: str) -> bool:
    words = inner.split()
    if not words or len(words) > 6 or _NO_PLACEHOLDER.search(inner) or not re.fullmatch(r"[A-Za-z][A-Za-z /_-]*", inner):
        return False
    return inner.islower() or (inner.isupper() and (len(words) > 1 or len(inner) > 5)) or inner.istitle()


def sequence(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """Lists whose labels do not begin at the first or leave one out."""
    segments = reading.document.segments
    last: dict[tuple[int | None, str], tuple[int, int]] = {}
    counts = Counter(_list_of(segment) for segment in segments if segment.label)
    for at, segment in enumerate(segments):
        form = _form(segment)
        if form is None:
            continue
        key = (segment.parent, form[0])
        before, _ = last.get(key, (0, 0))
        if form[1] == 1 and key in last:
            before = 0
        last[key] = (form[1], at)
        alone = counts[_list_of(segment)] < 2 and before == 0 and not form[0].endswith("a)")
        if form[1] == before + 1 or alone or (form[0] == "(a)" and counts[_list_of(segment)] < 2):
            continue
        if before == 0 and ((segment.parent is None and not _led(reading, at)) or not form[2]):
            continue
        if (form[1] == before and form[0] == "1.") or (form[1] == before + 2 and _is_numeral(chr(97 + before))):
            continue
        lead = segment if before else segments[at - 1 if segment.parent is None else segment.parent]
        label = segment.label.strip()
        start, end = _last_sentence(reading, lead)[0] if lead is not segment else segment.start, segment.start + len(label)
        wanted = _written(before + 1, label)
        yield Hit(start, end, lead.id, {"label": label, "wanted": wanted})


def _led(reading: Reading, at: int) -> bool:
    """Whether the segment before leads up to this one."""
    return at > 0 and reading.document.words(reading.document.segments[at - 1]).endswith(":")


def _list_of(segment: Segment) -> tuple[int | None, str]:
    form = _form(segment)
    return segment.parent, form[0] if form else ""


def _form(segment: Segment) -> tuple[str, int, bool] | None:
    """The style of a label, its value, and whether its list must begin at the first."""
    label = segment.label.strip()
    own = label.strip("().:")
    if not own:
        return None
    if own.isdecimal():
        return ("(1)" if label.startswith("(") else "1)" if label.endswith(")") else "1."), int(own), True
    if own.replace(".", "").isdecimal():
        return "1.1", int(own.rsplit(".", 1)[-1]), True
    last = segment.id.split("~")[0].rsplit(".", 1)[-1]
    if len(own) == 1 and own.isalpha() and own.isascii() and last == own:
        if _is_numeral(own):
            return None
        return f"{label.replace(own, 'a' if own.islower() else 'A')}", ord(own.lower()) - 96, True
    return None


def _is_numeral(own: str) -> bool:
    """A lone `i`, `v` or `x` may be a numeral or a letter; neither way is it held against the list."""
    return own.lower() in ("i", "v", "x")


def _written(value: int, label: str) -> str:
    own = label.strip("().:")
    if own.isalpha():
        letter = chr(96 + min(value, 26))
        return label.replace(own, letter if own.islower() else letter.upper())
    head = own.rsplit(".", 1)[0] + "." if "." in own else ""
    return label.replace(own, f"{head}{value}")


def _last_sentence(reading: Reading, segment: Segment) -> tuple[int, int]:
    words = reading.words.of(segment)
    if not words:
        return segment.start, segment.stop
    sentence = reading.words.sentence(words[-1])
    return reading.words.starts[max(sentence.start, words.start)], segment.stop


def unfinished(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """Clauses that end with a comma, a colon that nothing follows, or a word that a sentence does not end with."""
    document = reading.document
    for at, segment in enumerate(document.segments):
        words = document.words(segment)
        if segment.kind in (SegmentKind.HEADING, SegmentKind.ROW) or len(words) < 12:
            continue
        after = document.segments[at + 1] if at + 1 < len(document.segments) else None
        ending = _UNFINISHED.search(words)
        if ending is None:
            tail = re.search(r"([^\W\d_]+)$", words)
            if tail is None or tail[1].lower() not in DANGLING - _PARTICLES or reading.children(at) or _listed(reading, at):
                continue
            if after is not None and document.words(after)[:1].islower():
                continue
        elif ending[1] == ":":
            if after is not None and (after.parent == at or not _is_next(segment, after)):
                continue
        elif ending[1] == ";" or reading.children(at) or _listed(reading, at) or _flows(reading, at):
            continue
        yield Hit(max(segment.body, segment.stop - 40), segment.stop, None, {"ending": words[-24:]})


def _is_next(segment: Segment, after: Segment) -> bool:
    """Whether `after` is no list that `segment` leads up to: a heading, or the next item or clause of its own list."""
    if after.kind is SegmentKind.HEADING:
        return True
    same, other = _form(segment), _form(after)
    return same is not None and other is not None and same[0] == other[0] and segment.parent == after.parent


def _flows(reading: Reading, at: int) -> bool:
    """Whether the next segment goes on with the sentence."""
    segments = reading.document.segments
    after = segments[at + 1] if at + 1 < len(segments) else None
    return after is not None and not after.label and reading.document.words(after)[:1].islower()


def _listed(reading: Reading, at: int) -> bool:
    """Whether ending openly is the way of the list that a segment stands in, as in `name, / address, and / phone`."""
    segment = reading.document.segments[at]
    if segment.kind is not SegmentKind.ITEM or segment.parent is None:
        return False
    items = [other for other in reading.children(segment.parent) if reading.document.segments[other].kind is segment.kind]
    others = [other for other in items if other != at]
    if not others or at > others[-1]:
        return False
    texts = [reading.document.words(reading.document.segments[other]) for other in others]
    closed = sum(1 for words in texts if re.search(r"""[.!?]["'”’)]*$""", words))
    return bool(texts) and closed * 2 < len(texts)


def list_style(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """Items that begin large where most of their list begins small, or the other way round."""
    document = reading.document
    names = {word for pair in _NAME.findall(document.text) for word in pair}
    lists: dict[int | None, list[Segment]] = {}
    for segment in document.segments:
        if segment.kind is SegmentKind.ITEM and document.words(segment):
            lists.setdefault(segment.parent, []).append(segment)
    for items in lists.values():
        small = [item for item in items if _LOWER.match(document.words(item))]
        large = [item for item in items if _UPPER.match(document.words(item)) and not _is_name(document.words(item), names)]
        few, many = (large, small) if len(large) < len(small) else (small, large)
        if few and len(few) * (2 if len(many) >= 4 else 3) <= len(many):
            for item in few:
                yield Hit(item.body, min(item.stop, item.body + 40), None, {"label": item.label})


def _is_name(words: str, names: set[str]) -> bool:
    """Whether an item begins with a name: its first word stands large in the middle of a sentence elsewhere."""
    word = re.match(r"\W*(\w+)", words)
    return word is None or word[1] in names


def dead_links(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """Words that ask to be clicked and lead nowhere."""
    document = reading.document
    spoken: set[int] = set()
    for match in _EMPTY_LINK.finditer(document.text):
        spoken.add(document.at(match.start()).start)
        yield Hit(match.start(), match.end(), None, {"quote": match[0]})
    for found in reading.matches.get(f"{rule.id}/find", ()):
        segment = document.segments[reading.segment(found.first)]
        around = document.text[segment.start : segment.end]
        if segment.start not in spoken and not _LINK.search(around) and not _ADDRESS.search(around):
            spoken.add(segment.start)
            start, end = reading.span(found)
            yield Hit(start, end, None, {"quote": document.text[start:end]})


def alternating_terms(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """Another word for what the text has a term for, and the term itself in another spelling."""
    document = reading.document
    parts = {id: reading.matches.get(f"{rule.id}/parts/{id}", []) for id in rule.parts}
    uses = {id: [match for match in found if _is_term(reading, match)] for id, found in parts.items()}
    main = max(uses, key=lambda name: len(uses[name]), default=None)
    if main is None or not uses[main]:
        return
    written = Counter(_as_written(reading, match.first, match.last) for match in uses[main])
    term = written.most_common(1)[0][0]
    defined = re.search(rf"[\"“']{re.escape(term)}[\"”']", document.text) is not None and term[:1].isupper()
    others = [match for id, found in uses.items() if id != main for match in found]
    if defined:
        others += [m for m in uses[main] if _as_written(reading, m.first, m.last).islower()]
    clauses = {reading.segment(match.first): match for match in sorted(others, key=lambda m: -m.first)}
    many = len(clauses) * 3 > len(uses[main]) or len(clauses) > 6
    for _, match in sorted(clauses.items())[: 1 if many else None]:
        start, end = reading.span(match)
        yield Hit(start, end, None, {"term": term, "other": document.text[start:end]})


def _is_term(reading: Reading, match: Match) -> bool:
    """Whether a match is the term in a sentence, and no heading and no part of the name of an office or a law."""
    follows = reading.words.items[match.last] if match.last < len(reading.words.items) else ""
    return not _in_heading(reading, match.first) and follows not in _OFFICES


def _in_heading(reading: Reading, word: int) -> bool:
    return reading.words.segment_of(word).kind is SegmentKind.HEADING


def _as_written(reading: Reading, first: int, last: int) -> str:
    words = reading.words
    return " ".join(reading.document.text[words.starts[at] : words.ends[at]] for at in range(first, last))


def group_entity(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """A name defined for one company and used for its group, or *its* where the company else says *we*."""
    document = reading.document
    spoken: set[int] = set()
    for defined in _DEFINED.finditer(document.text):
        lead = document.text[max(0, defined.start() - 160) : defined.start()].lower()
        if _GROUP.search(lead) or _GROUP.search(defined[2].lower()):
            continue
        name = [word.lower() for word in re.findall(r"\w+", defined[2])]
        key = "find" if defined[1] else "beside"
        reach = 3 if defined[1] else 0
        used = [m for m in reading.matches.get(f"{rule.id}/{key}", ()) if _beside_name(reading, m, name, reach)]
        clauses = {reading.segment(match.first): match for match in reversed(used)}
        if clauses and defined[1]:
            spoken.add(reading.segment(reading.words.within(defined.start(), defined.end() + 1).start))
            yield Hit(defined.start(), defined.end(), None, {"name": defined[2]})
        for at, match in sorted(clauses.items()):
            if at not in spoken:
                spoken.add(at)
                yield Hit(*reading.span(match), None, {"name": defined[2]})
        if re.search(r"[\"“'](?:we|us|our)[\"”']", document.text[defined.start() : defined.end() + 60]):
            yield from _estranged(reading, defined[2], spoken)


def _estranged(reading: Reading, name: str, spoken: set[int]) -> Iterator[Hit]:
    """Clauses that begin with *its*, as if somebody else were meant."""
    for at, segment in enumerate(reading.document.segments):
        words = reading.words.of(segment)
        if words and at not in spoken and reading.words.items[words.start] == "its":
            spoken.add(at)
            yield Hit(reading.words.starts[words.start], reading.words.ends[words.start], None, {"name": name})


def _beside_name(reading: Reading, match: Match, name: list[str], reach: int) -> bool:
    """Whether a name stands in a match, or next to it, or within `reach` words of that."""
    around = reading.words.items[max(0, match.first - reach - 1 - len(name)) : match.last + reach + len(name)]
    return any(around[at : at + len(name)] == name for at in range(len(around)))


def undefined_parties(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """The first mention of each kind of party that the text neither defines nor lists, and the first as a recipient."""
    spoken: set[tuple[str, bool]] = set()
    clauses: set[int] = set()
    defined = {words.split()[-1].lower() for words in _TERM.findall(reading.document.text)}
    for match in _parties(rule, reading):
        at = reading.segment(match.first)
        words = reading.words.items[match.first : match.last]
        key = ("".join(word[:5] for word in words[-2:]), "recipients" in reading.headings[at])
        if key in spoken or _in_heading(reading, match.first) or defined.intersection(words) or _lists(reading, at):
            continue
        if reading.in_sentence(f"{rule.id}/unless", match.first) or reading.in_clause(f"{rule.id}/clause_lacks", at):
            continue
        spoken.add(key)
        if at in clauses:
            continue
        clauses.add(at)
        start, end = reading.span(match)
        yield Hit(start, end, None, {"quote": reading.document.text[start:end]})


def _parties(rule: Rule, reading: Reading) -> list[Match]:
    """The parties that a text names: by words that are always too wide, or wide ones where data are handed on."""
    found = list(reading.matches.get(f"{rule.id}/find", ()))
    for part in rule.parts.values():
        for match in reading.matches.get(f"{rule.id}/parts/{part.id}", ()):
            handed = reading.in_sentence(f"{rule.id}/beside/{part.id}", match.first)
            if handed or reading.headings[reading.segment(match.first)] & set(part.topics):
                found.append(match)
    return sorted(found, key=lambda match: match.first)


def _lists(reading: Reading, at: int) -> bool:
    """Whether a clause leads up to a list of those that it speaks of."""
    segments = reading.document.segments
    if not reading.document.words(segments[at]).endswith(":"):
        return False
    return bool(reading.children(at)) or (at + 1 < len(segments) and segments[at + 1].kind in (SegmentKind.ITEM, SegmentKind.ROW))


def undated(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """A whole policy that names no date of its own: none said to be one, and none where a text begins or ends."""
    dates = reading.matches.get(f"{rule.id}/parts/date", [])
    last = len(reading.words.items) - _EDGE
    edges = [match for match in reading.matches.get(f"{rule.id}/parts/edge", ()) if not _EDGE < match.first < last]
    edges = [match for match in edges if not _is_telephone(reading, match)]
    if reading.whole and not dates and not edges:
        title = reading.document.segments[0]
        yield Hit(title.start, title.stop)


def _is_telephone(reading: Reading, match: Match) -> bool:
    """Whether what looks like a date is all digits and has no year among them."""
    items = reading.words.items[match.first : match.last]
    return all(word.isdigit() for word in items) and not any(len(word) == 4 and word[:2] in ("19", "20") for word in items)


def other_language(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """A whole policy in English that names no version in the language of the law."""
    if reading.whole and reading.language == "en" and not reading.matches.get(f"{rule.id}/text_lacks"):
        title = reading.document.segments[0]
        yield Hit(title.start, title.stop)


def hedges(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """A text that says too often what might be."""
    found = reading.matches.get(f"{rule.id}/find", [])
    total = len(reading.words.items)
    if len(found) >= _HEDGES and len(found) * 1000 >= total * _HEDGES_PER_THOUSAND:
        title = reading.document.segments[0]
        yield Hit(title.start, title.stop, "*", {"count": str(len(found)), "total": str(total)})


def alternative_bases(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """A sentence that rests processing on one legal basis or another."""
    kinds: dict[int, set[str]] = {}
    for id in rule.parts:
        for match in reading.matches.get(f"{rule.id}/parts/{id}", ()):
            kinds.setdefault(reading.words.sentences[match.first], set()).add(id)
    spoken: set[int] = set()
    for match in reading.matches.get(f"{rule.id}/find", ()):
        at = reading.segment(match.first)
        several = len(kinds.get(reading.words.sentences[match.first], ())) > 1
        beside = reading.in_sentence(f"{rule.id}/beside", match.first)
        unless = reading.in_sentence(f"{rule.id}/unless", match.first)
        if several and beside and not unless and at not in spoken:
            spoken.add(at)
            yield Hit(*reading.span(match))


def deadline(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """A time for answering requests that is longer than the law's clock for rights."""
    clocks = [reading.law.clocks[right.clock].limit for right in reading.law.rights.values() if right.clock is not None]
    if not clocks:
        return
    limit = min(clocks, key=_hours)
    spoken: set[int] = set()
    for length in lengths(reading.words):
        at = reading.segment(length.first)
        wanted = reading.in_sentence(f"{rule.id}/find", length.first)
        about = reading.in_sentence(f"{rule.id}/beside", length.first)
        beside = about or bool(reading.topics[at] & set(rule.topics))
        unless = reading.in_sentence(f"{rule.id}/unless", length.first)
        if length.hours > _hours(limit) and wanted and beside and not unless and at not in spoken:
            spoken.add(at)
            start, end = reading.words.starts[length.first], reading.words.ends[length.last - 1]
            yield Hit(start, end, None, {"promised": reading.document.text[start:end], "limit": _limit(limit)})


def _hours(period: Period) -> int:
    return (period.months * 30 + period.days) * 24 + period.hours


def _limit(period: Period) -> Text:
    """A period of the law in words."""
    names = ((period.months, "months", "bulan"), (period.days, "days", "hari"), (period.hours, "hours", "jam"))
    said = {language: " ".join(f"{n} {word[place]}" for n, *word in names if n) for place, language in ((0, "en"), (1, "id"))}
    return Text(tuple(said.items()))


def child_age(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """An age of childhood that leaves out what the law of the place adds to it, or is lower than the law's."""
    under = max((child.under for child in reading.law.children.values()), default=0)
    if not under or reading.matches.get(f"{rule.id}/text_lacks"):
        return
    for match in reading.matches.get(f"{rule.id}/find", ()):
        after = reading.words.items[match.last] if match.last < len(reading.words.items) else ""
        years = number_at(reading.words, match.last - 1)
        if _YOUNG <= years <= _GROWN and after not in _NO_AGES:
            start, end = reading.span(match)
            yield Hit(start, end, None, {"years": str(years), "under": str(under)})
            return


def no_address(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """A whole policy without an e-mail address or a form to write a request to."""
    text = reading.document.text
    if not reading.whole or _ADDRESS.search(text):
        return
    about = [at for topic in rule.near for at in reading.about(topic)]
    for at in about:
        segment = reading.document.segments[at]
        around = text[segment.start : segment.end]
        if _LINK.search(around) and reading.in_clause(f"{rule.id}/find", at):
            return
    at = about[0] if about else 0
    for place in about:
        if reading.in_clause(f"{rule.id}/beside", place):
            at = place
            break
    segment = reading.document.segments[at]
    yield Hit(segment.start, segment.stop)


def residency(rule: Rule, reading: Reading) -> Iterator[Hit]:
    """Records that the law wants kept in the country, in a text that speaks of such records and of sending abroad."""
    kept = [rule_.title for rule_ in reading.law.retention.values() if rule_.in_country]
    if not kept or not reading.whole or reading.matches.get(f"{rule.id}/text_lacks"):
        return
    if not reading.matches.get(f"{rule.id}/text_has") or not reading.matches.get(f"{rule.id}/find"):
        return
    about = dict.fromkeys(at for topic in rule.near for at in list(reading.about(topic))[:1])
    for at in about:
        segment = reading.document.segments[at]
        yield Hit(segment.start, segment.stop)


CHECKS: dict[str, Callable[[Rule, Reading], Iterator[Hit]]] = {
    "placeholders": placeholders, "sequence": sequence, "unfinished": unfinished, "list-style": list_style,
    "dead-links": dead_links, "alternating-terms": alternating_terms, "group-entity": group_entity,
    "undefined-parties": undefined_parties, "undated": undated, "other-language": other_language, "hedges": hedges,
    "alternative-bases": alternative_bases, "deadline": deadline, "child-age": child_age, "no-address": no_address,
    "residency": residency,
}  # fmt: skip
"""The functions that a rule can name."""
