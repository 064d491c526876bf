"""The vocabulary as values: periods, texts, messages, places, and the one byte string of a JSON value."""

from __future__ import annotations

import copy
import hashlib
import json
import pickle
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from janji.files.translations import load_tongue
from janji.terms.canonical import canonical_bytes, digest
from janji.terms.messages import ENGLISH, N_, Message, Tongue, printable, say
from janji.terms.periods import Period, parse_period
from janji.terms.places import NOWHERE, Place, Word
from janji.terms.processing import LegalBasis, Operation, Right, Severity, Topic, Trait
from janji.terms.texts import Text

QUIET = settings(deadline=None, database=None, max_examples=300)
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))
SHORT = st.builds(Period, st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 999_999))

# Periods.


@pytest.mark.parametrize(
    ("text", "period", "again"),
    [
        ("P10Y", Period(120), "P10Y"), ("P6M", Period(6), "P6M"), ("P90D", Period(0, 90), "P90D"),
        ("PT72H", Period(0, 0, 72), "PT72H"), ("P1Y6M", Period(18), "P1Y6M"), ("P18M", Period(18), "P1Y6M"),
        ("P2W", Period(0, 14), "P14D"), ("P1W1D", Period(0, 8), "P8D"), ("P12M", Period(12), "P1Y"),
        ("P1Y2M3W4DT5H", Period(14, 25, 5), "P1Y2M25DT5H"), ("P0D", Period(), "P0D"), ("PT0H", Period(), "P0D"),
        ("P0Y1D", Period(0, 1), "P1D"), ("P007D", Period(0, 7), "P7D"), ("PT24H", Period(0, 0, 24), "PT24H"),
    ],
)  # fmt: skip
def test_periods_are_read_and_written(text: str, period: Period, again: str) -> None:
    """A period must be read from its ISO form and written in one form only."""
    assert parse_period(text) == period
    assert str(period) == again
    assert parse_period(again) == period


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "T72H", "72H", "P1H", "P1S", "PT1M", "PT1S", "P1D1Y", "P1YT", "P-1D", "-P1D", "+P1D", "P1.5Y",
    "P1,5Y",
     "p1y", "P1y", " P1Y", "P1Y ", "P1Y\n", "P1Y P1M", "P10000Y", "PT1000000H", "P1Y1Y", "one year", "P1D2W", "PP1Y"],
)  # fmt: skip
def test_other_texts_are_not_periods(text: str) -> None:
    """What is not written as a period must be none, not a guess."""
    assert parse_period(text) is None


@QUIET
@given(SHORT)
@example(Period())
@example(Period(11, 0, 1))
def test_periods_survive_being_written(period: Period) -> None:
    """Any period must be the same after it was written and read."""
    assert parse_period(str(period)) == period


@pytest.mark.parametrize("text", ["P9999Y9999M", "P9999W99999D", "P9999Y12M"])
def test_what_could_not_be_written_is_not_read(text: str) -> None:
    """A period that is longer than its written form can say must be no period."""
    assert parse_period(text) is None


@QUIET
@given(st.from_regex(r"P([0-9]{1,4}Y)?([0-9]{1,4}M)?([0-9]{1,4}W)?([0-9]{1,5}D)?(T[0-9]{1,6}H)?", fullmatch=True))
@example("P9998Y11M")
@example("P9999Y11M9999W30006DT999999H")
def test_what_is_read_can_be_read_again(text: str) -> None:
    """A period that was read must be readable in the form in which it is written."""
    period = parse_period(text)
    assert period is None or parse_period(str(period)) == period


@pytest.mark.parametrize("text", ["P\uff11Y", "P\u0663M", "P\u096dD"])
def test_digits_of_other_scripts_are_no_period(text: str) -> None:
    """Only the digits 0 to 9 may stand in a period."""
    assert parse_period(text) is None


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ("2026-01-31", "P1M", "2026-02-28"), ("2024-01-31", "P1M", "2024-02-29"), ("2026-03-31", "P1M", "2026-04-30"),
        ("2026-01-31", "P2M", "2026-03-31"), ("2024-02-29", "P1Y", "2025-02-28"), ("2024-02-29", "P4Y", "2028-02-29"),
        ("2024-02-29", "P100Y", "2124-02-29"), ("2000-02-29", "P100Y", "2100-02-28"), ("2026-12-31", "P1M",
        "2027-01-31"),
        ("2026-12-15", "P1M", "2027-01-15"), ("2026-11-30", "P3M", "2027-02-28"), ("2023-11-30", "P3M", "2024-02-29"),
        ("2026-01-01", "P0D", "2026-01-01"), ("2026-02-28", "P1D", "2026-03-01"), ("2024-02-28", "P1D", "2024-02-29"),
        ("2026-01-01", "P90D", "2026-04-01"), ("2026-01-01", "PT72H", "2026-01-04"), ("2026-01-31", "P1M1D",
        "2026-03-01"),
        ("2026-01-01", "P1Y2M3DT48H", "2027-03-06"), ("2025-12-31", "P12M", "2026-12-31"), ("0001-01-01", "P1D",
        "0001-01-02"),
    ],
)  # fmt: skip
def test_the_day_after_a_period(start: str, text: str, end: str) -> None:
    """Months must be counted by the calendar, falling back to the last day of a shorter month, then the days."""
    period = parse_period(text)
    assert period is not None
    assert period.after(date.fromisoformat(start)) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("start", "period"),
    [
        (date(9999, 12, 31), Period(0, 1)), (date(9999, 12, 1), Period(1)), (date(2026, 1, 1), Period(12 * 9999)),
        (date(9999, 12, 31), Period(0, 0, 24)), (date(2026, 1, 1), Period(0, 10**7)),
        (date(1, 1, 1), Period(0, 10**12)),
        (date(1, 1, 1), Period(0, 0, 10**15)), (date(9990, 1, 1), Period(119, 31)),
        (date.max, Period(10**9, 10**9, 10**9)),
    ],
)  # fmt: skip
def test_past_the_last_day_of_the_calendar_is_the_last_day(start: date, period: Period) -> None:
    """A period that outlasts the year 9999 must end on the last day there is."""
    assert period.after(start) == date.max


def test_the_last_days_of_the_calendar_are_reached_exactly() -> None:
    """Up to the last day the answer must be exact."""
    assert Period(0, 1).after(date(9999, 12, 30)) == date.max
    assert Period(11).after(date(9999, 1, 31)) == date.max
    assert Period(11).after(date(9999, 1, 30)) == date(9999, 12, 30)


@QUIET
@given(DAYS, SHORT, SHORT)
def test_a_longer_period_never_ends_earlier(start: date, one: Period, more: Period) -> None:
    """A period must never end before it began, nor a longer one before a shorter."""
    longer = Period(one.months + more.months, one.days + more.days, one.hours + more.hours)
    assert start <= one.after(start) <= longer.after(start)


@QUIET
@given(DAYS, st.integers(0, 100_000))
def test_days_are_days(start: date, days: int) -> None:
    """Days must be counted one by one, and 24 hours be one of them."""
    end = Period(0, days).after(start)
    assert end == Period(0, 0, 24 * days).after(start)
    assert end == (start + timedelta(days) if days <= (date.max - start).days else date.max)


@QUIET
@given(DAYS, st.integers(0, 4000))
def test_months_keep_the_day_or_end_the_month(start: date, months: int) -> None:
    """After months, the day must be the same, or the last of a month that has no such day."""
    end = Period(months).after(start)
    if end != date.max:
        assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
        assert end.day == start.day or (end.day < start.day and (end + timedelta(1)).day == 1)


@pytest.mark.parametrize(
    ("text", "days"),
    [("P1D", (1, 1)), ("P2W", (14, 14)), ("PT72H", (3, 3)), ("PT73H", (3, 4)), ("PT1H", (0, 1)), ("P1M", (28, 31)),
     ("P1Y", (365, 366)), ("P0D", (0, 0)), ("P2M", (59, 62)), ("P3M", (89, 92)), ("P5Y", (1825, 1827)),
     ("P4Y", (1460, 1461)), ("P100Y", (36524, 36525)), ("P400Y", (146097, 146097)), ("P800Y", (292194, 292194)),
     ("P1M1DT1H", (29, 33))],
)  # fmt: skip
def test_periods_know_their_shortest_and_longest(text: str, days: tuple[int, int]) -> None:
    """The extremes must be those of the calendar, with hours rounded down for the one and up for the other."""
    period = parse_period(text)
    assert period is not None
    assert (period.least_days, period.most_days) == days


def test_periods_compare_as_people_expect() -> None:
    """Hours, days, weeks, months and years must come in the order of their lengths."""
    texts = ["PT1H", "PT72H", "P5D", "P1W", "P1M", "P6M", "P1Y", "P5Y", "P10Y", "P30Y"]
    periods = [period for text in texts if (period := parse_period(text)) is not None]
    assert len(periods) == len(texts)
    for lengths in ([period.least_days for period in periods], [period.most_days for period in periods]):
        assert lengths == sorted(lengths)


@pytest.mark.parametrize("months", [1, 2, 6, 7, 14, 48, 1200])
def test_the_extremes_are_reached(months: int) -> None:
    """Of all the days of four hundred years, some must give the shortest and some the longest, and none another."""
    first = date(2000, 1, 1)
    starts = [first + timedelta(number) for number in range(146_097)]
    lengths = {(Period(months).after(start) - start).days for start in starts}
    assert (min(lengths), max(lengths)) == (Period(months).least_days, Period(months).most_days)


@QUIET
@given(
    DAYS, st.builds(Period, st.sampled_from([0, 1, 11, 12, 61, 4799, 4801]), st.integers(0, 999), st.integers(0, 99))
)
def test_no_period_leaves_its_extremes(start: date, period: Period) -> None:
    """Wherever a period begins, it must be no shorter than its shortest and no longer than its longest."""
    end = period.after(start)
    assert (end - start).days <= period.most_days
    if end != date.max:
        assert period.least_days <= (end - start).days


def test_periods_are_values() -> None:
    """Equal periods must be equal and hash alike, and none be changed."""
    assert Period(12) == parse_period("P1Y") == parse_period("P12M")
    assert len({Period(12), Period(12, 0, 0), Period(0, 365)}) == 2
    with pytest.raises(AttributeError):
        Period(1).months = 2  # type: ignore[misc]


# Texts.


def test_a_text_speaks_its_languages() -> None:
    """A text must give the language asked for, else the first written, else nothing."""
    text = Text((("id", "halo"), ("en", "hello")))
    assert [text.get(language) for language in ("en", "id", "fr", "")] == ["hello", "halo", "halo", "halo"]
    assert text.languages == ("id", "en")
    assert text


def test_a_text_in_no_language_serves_all() -> None:
    """A text without a language must be given whatever is asked for, and name no language."""
    text = Text((("", "hello"),))
    assert [text.get(language) for language in ("en", "id", "")] == ["hello"] * 3
    assert text.languages == ()


def test_a_text_of_nothing_is_nothing() -> None:
    """A text without any version must be false and give an empty string."""
    assert not Text()
    assert Text().get("en") == ""
    assert Text((("en", ""),)).get("id") == ""


# Messages.

WORDS = {"`{word}` is wrong": "`{word}` salah", "told: {text}": "dikatakan: {text}"}
INDONESIAN = Tongue("id", WORDS.__getitem__)


def test_a_message_is_filled_and_translated() -> None:
    """A message must be rendered in the tongue's words with its holes filled, English by default."""
    message = say(N_("`{word}` is wrong"), word="x")
    assert str(message) == message.render() == message.render(ENGLISH) == "`x` is wrong"
    assert message.render(INDONESIAN) == "`x` salah"
    assert message.render(INDONESIAN.unmarked()) == "x salah"


def test_marking_a_message_changes_nothing() -> None:
    """The mark for extraction must give back what it was given."""
    assert N_("a {hole}") == "a {hole}"


@pytest.mark.parametrize(
    "word", ["{", "}", "{}", "{0}", "{word}", "{{", "{word!r}", "{word.__class__}", "%s", "$x", "", "\\", "{a[0]}"]
)
def test_braces_in_a_parameter_are_only_braces(word: str) -> None:
    """What stands in a parameter must never be taken for a hole."""
    assert str(say("`{word}` is wrong", word=word)) == f"`{word}` is wrong"
    assert str(say("{outer}!", outer=say("<{word}>", word=word))) == f"<{word}>!"


def test_doubled_braces_are_single_ones() -> None:
    """A message must be able to speak of braces."""
    assert str(say("write `{{en: ..., id: ...}}`")) == "write `{en: ..., id: ...}`"


def test_parameters_follow_the_language() -> None:
    """A text or a message in a hole must be given in the language of the whole."""
    text = Text((("en", "hello"), ("id", "halo")))
    message = say("told: {text}", text=text)
    assert (message.render(), message.render(INDONESIAN)) == ("told: hello", "dikatakan: halo")
    nested = say("told: {text}", text=say("`{word}` is wrong", word=text))
    assert (nested.render(), nested.render(INDONESIAN)) == ("told: `hello` is wrong", "dikatakan: `halo` salah")


def test_parameters_of_every_kind_are_words() -> None:
    """Numbers, days, periods, places and words of a vocabulary must be written out; what is absent shows as `-`."""
    filled = say("{a} {b} {c} {d} {e} {f}", a=3, b=date(2026, 1, 2), c=Period(12), d=Place("f", 1, 2),
                 e=LegalBasis.CONSENT, f=None)  # fmt: skip
    assert str(filled) == "3 2026-01-02 P1Y f:1:2 consent -"


STEERING = [chr(number) for number in (*range(10), *range(11, 32), *range(127, 160))]
TURNING = list("\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe")


@pytest.mark.parametrize("char", STEERING + TURNING, ids=lambda char: f"{ord(char):04x}")
def test_no_steering_character_comes_out_of_a_message(char: str) -> None:
    """A character that steers a terminal or turns the reading direction must come out as the replacement character."""
    assert printable(f"a{char}[31mb") == "a\ufffd[31mb"
    word = Word(f"x{char}y", Place("f", 1, 1))
    for message in (say("<{a}>", a=word), say("{b}", b=say("<{a}>", a=word)), Message("<{a}>", (("a", word),))):
        assert message.render() == str(message) == message.render(Tongue("id", str)) == "<x\ufffdy>"


def test_no_steering_character_comes_out_of_a_text() -> None:
    """A text that a policy wrote must come out of a message as harmless as a word."""
    for char in STEERING + TURNING:
        text = Text((("en", f"x{char}y"), ("id", f"p{char}q")))
        assert say("<{a}>", a=text).render() == "<x\ufffdy>"
        assert say("{b}", b=say("<{a}>", a=text)).render(Tongue("id", str)) == "<p\ufffdq>"


@pytest.mark.parametrize("text", ["", "x", "é", "日本語", "\U0001f36a", "a\nb", "{en: x}", "e\u0301", " ", "\ufffd"])
def test_what_can_be_printed_is_left_alone(text: str) -> None:
    """Letters of any script, spaces and ends of lines must come out as they went in."""
    assert printable(text) == text
    assert say("{a}", a=text).render() == text


@QUIET
@given(st.text(), st.text())
def test_messages_are_printable_whatever_is_in_them(one: str, two: str) -> None:
    """Whatever stands in its words, a message must hold nothing but what can be printed and ends of lines."""
    rendered = say("{a} {b}", a=one, b=say("<{c}>", c=two)).render()
    assert rendered.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("message", "indonesian"),
    [("see Art 20", "see Pasal 20"), ("Article 20, Art of war", "Article 20, Art of war"),
     ("UU 27/2022 Art 20(2)(a), Art 9", "UU 27/2022 Pasal 20(2)(a), Pasal 9"), ("Smart 1", "Smart 1")],
)  # fmt: skip
def test_articles_are_cited_in_the_language(message: str, indonesian: str) -> None:
    """A citation must be written as the language writes it, in the sentence and in its holes."""
    tongue = Tongue("id", str, "Pasal")
    assert say("{a}", a=message).render(tongue) == Message(message).render(tongue) == indonesian
    assert say("{a}", a=message).render() == message
    assert tongue.cite(message) == indonesian


def test_messages_are_values() -> None:
    """Equal messages must be equal, hash alike and survive pickling."""
    one, two = say("{a}", a=Text((("en", "x"),))), say("{a}", a=Text((("en", "x"),)))
    assert one == two
    assert hash(one) == hash(two)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301
    assert Message("plain").render() == "plain"


# Places and words.


def test_places_are_ordered_by_file_line_and_column() -> None:
    """Places must sort by file, then line, then column, as numbers; the file as a whole comes first."""
    ordered = [NOWHERE, Place("a"), Place("a", 1, 80), Place("a", 2, 9), Place("a", 2, 10), Place("a", 10, 1)]
    assert sorted(ordered[4:] + ordered[2:4] + ordered[:2]) == ordered
    assert sorted(ordered[3:] + ordered[:3]) == ordered


def test_places_are_written_as_editors_read_them() -> None:
    """A place must be written as file, line and column, or as the file alone."""
    assert [str(Place("a.yaml", 3, 5)), str(Place("a.yaml")), str(NOWHERE)] == ["a.yaml:3:5", "a.yaml", ""]


def test_words_are_strings_that_know_their_place() -> None:
    """A word must equal, hash, sort and work like its string, wherever it stands."""
    word, other = Word("abc", Place("f", 1, 2)), Word("abc", Place("g", 9, 9))
    assert word == other == "abc"
    assert hash(word) == hash("abc")
    assert {"abc": 1}[word] == 1
    assert {word}.issuperset(["abc"])
    assert len({word, other, "abc"}) == 1
    assert sorted([Word("b"), "c", Word("a")]) == ["a", "b", "c"]
    assert (word.place, Word("x").place) == (Place("f", 1, 2), NOWHERE)
    assert type(word.upper()) is str
    assert json.dumps({word: word}) == '{"abc": "abc"}'
    assert Severity(Word("error")) is Severity.ERROR


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_words_survive_pickling(protocol: int) -> None:
    """A word must come back from a pickle with its place."""
    again = pickle.loads(pickle.dumps(Word("abc", Place("f", 1, 2)), protocol))  # noqa: S301
    assert type(again) is Word
    assert (again, again.place) == ("abc", Place("f", 1, 2))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_words_survive_copying(duplicate: Any) -> None:
    """A word must keep its place when it is copied."""
    assert duplicate(Word("abc", Place("f", 1, 2))).place == Place("f", 1, 2)


@pytest.mark.parametrize("words", [LegalBasis, Operation, Right, Severity, Topic, Trait])
def test_vocabularies_are_words(words: Any) -> None:
    """Each word of a vocabulary must be its own string: lower case, hyphens, no two alike."""
    values = [str(word) for word in words]
    assert len(set(values)) == len(values)
    assert all(value == value.lower() and value.replace("-", "").isalpha() for value in values)
    assert [words(value) for value in values] == list(words)
    assert [word.name for word in words] == [value.upper().replace("-", "_") for value in values]


# One byte string per value: the examples of RFC 8785.


def test_the_example_of_the_standard() -> None:
    """The sample of RFC 8785, section 3.2.2 and 3.2.3, must give the bytes printed in section 3.2.4."""
    value = json.loads(
        r'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
        r'"string": "\u20ac$\u000F\u000aA' r"'" r'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}'
    )  # fmt: skip
    expected = bytes.fromhex(
        "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e"
        "333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c7530303066"
        "5c6e4127425c225c5c5c5c5c222f227d"
    )
    assert canonical_bytes(value) == expected
    assert digest(value) == hashlib.sha256(expected).hexdigest()


def test_keys_are_sorted_by_their_code_units() -> None:
    """The keys of RFC 8785, section 3.2.3, must come in the order printed there: by UTF-16 code units."""
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical_bytes(value)).values()) == [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
        "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0.0, "0"), (-0.0, "0"), (5e-324, "5e-324"), (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"), (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"), (1e23, "1e+23"),
        (1.0000000000000001e23, "1.0000000000000001e+23"),
        (999999999999999900000.0, "999999999999999900000"), (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"), (333333333.3333332, "333333333.3333332"), (333333333.33333325, "333333333.33333325"),
        (-0.0000033333333333333333, "-0.0000033333333333333333"), (1424953923781206.2, "1424953923781206.2"),
        (1.0, "1"),
        (2**53 - 1, "9007199254740991"), (-(2**53) + 1, "-9007199254740991"), (7, "7"),
    ],
)  # fmt: skip
def test_numbers_of_the_standard(number: float, written: str) -> None:
    """The numbers of RFC 8785, appendix B, must be written as printed there."""
    assert canonical_bytes(number) == written.encode()


@pytest.mark.parametrize(
    ("value", "hexadecimal"),
    [
        ({}, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
        ([], "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"),
        (None, "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b"),
        ("", "12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126"),
        ({"b": 1, "a": [True, None, "é"]}, hashlib.sha256('{"a":[true,null,"é"],"b":1}'.encode()).hexdigest()),
    ],
)  # fmt: skip
def test_digests_are_of_the_bytes(value: Any, hexadecimal: str) -> None:
    """A digest must be the SHA-256 of the canonical bytes in lower-case hexadecimal."""
    assert digest(value) == hexadecimal


def test_equal_values_have_equal_bytes() -> None:
    """The order of keys, tuples for lists and words for strings must make no difference."""
    assert canonical_bytes({"a": 1, "b": (1, 2)}) == canonical_bytes({Word("b"): [1, 2], "a": 1.0})
    assert canonical_bytes([LegalBasis.CONSENT, Word("x", Place("f", 1, 1))]) == b'["consent","x"]'
    assert canonical_bytes(["e\u0301"]) != canonical_bytes(["\u00e9"])


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), -float("inf"), 2**53, -(2**53), {1: 2}, b"x", object(), {None: 1}, "\ud800",
     {"\ud800": 1}, date(2026, 1, 1), {1, 2}],
)  # fmt: skip
def test_what_is_not_json_has_no_bytes(value: Any) -> None:
    """A value that JSON cannot hold exactly must be refused, not rounded."""
    with pytest.raises(ValueError):  # noqa: PT011
        canonical_bytes(value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@QUIET
@given(JSON)
def test_canonical_bytes_can_be_read_back(value: Any) -> None:
    """The bytes must be JSON for the same value, and their own canonical form."""
    data = canonical_bytes(value)
    again = json.loads(data, parse_int=float)
    assert again == value
    assert canonical_bytes(again) == data
    assert b"\n" not in data
    assert digest(value) == hashlib.sha256(data).hexdigest()


def test_nothing_is_nothing_in_every_language() -> None:
    """Of an empty text gettext tells who made the catalogue; a page once showed that under *done*."""
    assert [load_tongue(language).translate("") for language in ("en", "id")] == ["", ""]
