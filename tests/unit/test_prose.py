"""Published texts are cut, read and searched the same whatever they hold: no character lost, no error, bounded work."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janji.prose.document import Document
from janji.prose.lengths import lengths, number_at
from janji.prose.phrases import Match, Phrasebook, PhraseError, _Either, _Gap, _One, read_phrase
from janji.prose.segments import segment
from janji.prose.words import Words, read_words

NEWLINES = st.sampled_from(["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b", "\x0c", "\n\n", "\n \t\n"])
LABELS = st.sampled_from(
    ["1.", "1.1", "1.1.2", "2)", "(a)", "a)", "(iv)", "iv.", "A.", "Pasal 5", "Article 3", "BAB II", "-", "•", "[x]", "# ",
     "### ", "(1)", "10.", "Section 4:", "|", "> ", "***", "===", "---", "\t", "12 "]
)  # fmt: skip
SCRAPS = st.sampled_from(
    ["We keep data.", "Data Anda disimpan", "Your rights", "HAK ANDA", "name,", "and", "dan", "| a | b |", "see clause",
     "menurut Pasal", "What do we collect?", "3 x 24 jam", "30 (thirty) days", "by using", "Google+", "\u200b", "\ufeff", "İ",
     "e.g. this", "ﬁ", "\U0001d7d9", "٣", "²", "ß", "**Bold**", "__x__", "...", "!?"]
)  # fmt: skip
LINES = st.builds(lambda lead, label, words: f"{lead}{label} {' '.join(words)}", st.sampled_from(["", "  ", "\t"]),
                  st.one_of(st.just(""), LABELS), st.lists(SCRAPS, max_size=6))  # fmt: skip
FORMED = st.lists(st.tuples(LINES, NEWLINES), max_size=30).map(lambda rows: "".join(line + end for line, end in rows))
TEXTS = st.one_of(FORMED, st.text(max_size=300), st.lists(st.one_of(SCRAPS, LABELS, NEWLINES, st.text(max_size=5))).map("".join))


def _covered(document: Document) -> str:
    """What the segments cover: each once, in order, and their parts lie one within the other."""
    text, at = document.text, 0
    for index, one in enumerate(document.segments):
        assert one.start == at
        assert one.start <= one.body <= one.stop <= one.end
        assert one.parent is None or 0 <= one.parent < index
        assert one.level >= 0
        at = one.end
    assert [id for id, count in Counter(one.id for one in document.segments).items() if count > 1] == []
    return text[:at]


@given(TEXTS)
def test_segments_cover_the_text_exactly_once(text: str) -> None:
    """No character is lost or told twice, ids are unique, and every part lies in its whole."""
    assert _covered(segment(text)) == text


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 3)), max_size=25))
def test_nested_labels_hang_from_one_another(rows: list[tuple[int, int]]) -> None:
    """Lists within lists within clauses still cover the text, and nothing hangs from what comes after it."""
    shapes = ["{0}. Clause number {0} says so.", "{0}.1 A part of it, in words.", "({1}) an item in letters;", "({2}) an item."]
    roman = ["i", "ii", "iii", "iv", "v", "vi"]
    lines = [shapes[depth].format(number, "abcdefghijklmnopqrstuvwxyz"[number % 26], roman[number % 6]) for number, depth in rows]
    text = "\n".join(lines)
    assert _covered(segment(text)) == text


@given(TEXTS)
def test_words_lie_in_their_text_in_order(text: str) -> None:
    """Each word is where it says, in its own sentence and segment; sentences never leave a segment."""
    document = segment(text)
    words = read_words(document)
    assert len(words.items) == len(words.starts) == len(words.ends) == len(words.sentences)
    assert words.limits == sorted(words.limits)
    assert (words.limits[-1] if words.limits else 0) == len(words.items)
    last = 0
    for at, (start, end) in enumerate(zip(words.starts, words.ends, strict=True)):
        assert last <= start < end <= len(text)
        owner = words.segment_of(at)
        assert owner.body <= start
        assert end <= owner.stop
        assert at in words.sentence(at)
        last = end


@given(TEXTS)
def test_lengths_never_fail(text: str) -> None:
    """Whatever digits and numerals a text has, lengths are within it and none is nothing."""
    words = read_words(segment(text))
    for length in lengths(words):
        assert 0 <= length.first < length.last <= len(words.items)
        assert length.hours >= 0
    for at in range(len(words.items)):
        assert number_at(words, at) >= 0


@pytest.mark.parametrize(
    ("text", "hours"),
    [("within 30 (thirty) days", 720), ("dalam 3 x 24 jam", 72), ("3x24 jam", 72), ("dua tahun", 24 * 720), ("two weeks", 336),
     ("dua puluh lima hari", 600), ("seminggu", 168), ("14 (empat belas) hari kerja", 336), ("a 90-day period", 2160),
     ("ten working days", 240), ("one month", 720), ("tiga puluh hari", 720), ("72 hours", 72)],
)  # fmt: skip
def test_lengths_as_people_write_them(text: str, hours: int) -> None:
    """Digits, words and both at once, in either language."""
    assert [length.hours for length in lengths(read_words(segment(text)))] == [hours]


@pytest.mark.parametrize("text", ["the days are long", "hari ini", "version 12", "jam kerja", "of the year", ""])
def test_no_length_where_there_is_none(text: str) -> None:
    """A unit without a number is no length, and neither is a number without a unit."""
    assert lengths(read_words(segment(text))) == []


VOCABULARY = ["a", "ab", "abc", "b", "bad", "c", "7", "7x", "z"]
PIECES = st.sampled_from(["a", "ab", "b", "c", "ab*", "a*c", "#", "z", "bad"])


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    options = st.lists(inner, min_size=1, max_size=3).map("|".join)
    return st.one_of(
        options.map(lambda words: f"({words})"), options.map(lambda words: f"[{words}]"), st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, st.integers(0, 3), inner).map(lambda parts: f"{parts[0]} ..{parts[1]} {parts[2]}"),
    )  # fmt: skip


PHRASES = st.recursive(PIECES, _joined, max_leaves=8)


def _ends(parts: tuple[object, ...], items: list[str], at: int) -> set[int]:
    """Every end of every reading of a phrase from a word: slowly, one part after the other."""
    ends = {at}
    for part in parts:
        if isinstance(part, _One):
            ends = {end + 1 for end in ends if end < len(items) and _fits(part, items[end])}
        elif isinstance(part, _Gap):
            ends = {end + more for end in ends for more in range(part.most + 1) if end + more <= len(items)}
        elif isinstance(part, _Either):
            ends = {end for start in ends for option in part.options for end in _ends(option, items, start)}
    return ends


def _fits(one: _One, word: str) -> bool:
    return (
        word in one.exact
        or any(word.startswith(prefix) for prefix in one.prefixes)
        or (one.number and word[0].isdigit())
        or any(len(word) >= len(a) + len(b) and word[: len(a)] == a and word[-len(b) :] == b for a, b in one.ends)
    )


@given(PHRASES, st.lists(st.sampled_from(VOCABULARY), max_size=12))
def test_phrases_are_found_where_a_slow_search_finds_them(written: str, items: list[str]) -> None:
    """The phrase book begins matches at the very words, and ends them at one of the places, of an obvious matcher."""
    phrase = read_phrase(written)
    try:
        book = Phrasebook([("key", phrase)])
    except PhraseError:
        return
    words = read_words(segment(" ".join(items)))
    assert words.items == items
    found = book.find(words)
    wanted = {at: _ends(phrase, items, at) - {at} for at in range(len(items))}
    assert {match.first for match in found} == {at for at, ends in wanted.items() if ends}
    assert all(match.last in wanted[match.first] for match in found)


@pytest.mark.parametrize("written", ["", "(a", "a)", "[a|", "a|b", "..3 a", "<none>", "a ; b", "(a|..3) b c)", "a*b*", "!"])
def test_what_is_no_phrase_is_refused(written: str) -> None:
    """Brackets that do not match, unknown names, gaps at the beginning, and signs that mean nothing."""
    with pytest.raises(PhraseError):
        read_phrase(written)


@pytest.mark.parametrize("written", ["[a]", "[a] ..2 b", "(a|[b])"])
def test_a_phrase_that_could_begin_anywhere_is_refused(written: str) -> None:
    """A phrase must begin with a word, or every word of a text would be a place to look at."""
    with pytest.raises(PhraseError):
        Phrasebook([("key", read_phrase(written))])


def test_a_phrase_stays_in_its_sentence() -> None:
    """Line ends and case do not matter; the end of a sentence does."""
    book = Phrasebook([("key", read_phrase("deemed ..3 (agree*|consent*)"))])

    def found(text: str) -> list[Match]:
        return book.find(read_words(segment(text)))

    assert found("You are DEEMED\nto have agreed.") == [Match("key", 2, 6)]
    assert found("You are deemed. You agree.") == []


@given(TEXTS)
def test_no_text_makes_the_search_fail(text: str) -> None:
    """Every match lies in the text and in one sentence; no word begins more matches than there are phrases."""
    written = ["data ..3 (disimpan|keep)", "[we] keep data", "# ..2 (jam|days)", "google+", "a*"]
    book = Phrasebook([(str(number), read_phrase(line)) for number, line in enumerate(written)])
    words = read_words(segment(text))
    found = book.find(words)
    assert len(found) <= len(words.items) * len(written)
    for match in found:
        assert words.sentences[match.first] == words.sentences[match.last - 1]


class _Counted(list[str]):
    """A list of words that counts how often one is looked at."""

    looks = 0

    def __getitem__(self, at: object) -> object:  # type: ignore[override]
        _Counted.looks += 1
        return super().__getitem__(at)  # type: ignore[call-overload]


def _looks(times: int) -> int:
    """How often words are looked at in a text so many times as long."""
    book = Phrasebook([("key", read_phrase("a ..8 [b] ..8 (c|d e) ..8 f")), ("other", read_phrase("(a|b) ..20 zzz"))])
    words = read_words(segment("a b c a d e a b x y a c f. " * times))
    counted = Words(words.document, _Counted(words.items), words.starts, words.ends, words.sentences, words.limits, words.owners)
    _Counted.looks = 0
    book.find(counted)
    return _Counted.looks


def test_the_work_grows_with_the_text_and_no_faster() -> None:
    """Four times the text is four times the looks."""
    assert _looks(400) <= 4.2 * _looks(100)
