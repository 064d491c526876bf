"""Which bit means what, over many versions of a policy: no bit ever moves, and old rows answer under the newest policy."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reference.decide import Answer, Said
from tests.reference.decide import decide as reference
from tests.strategies import (
    INDONESIA,
    examples,
    histories,
    laws,
    layout_of_the_past,
    layouts_of_the_past,
    news,
    questions,
    standings,
)

from janji.decision.compiler import CompiledPolicy, compile_policy
from janji.decision.engine import decide, permits
from janji.decision.layout import Layout, layout_keys, read_layout, write_layout
from janji.decision.question import WORD_BITS, Decision, Facts, Question, join_words
from janji.decision.standing import Choice, ConsentState, Standing, pack
from janji.law.model import LawPack
from janji.policy.model import Policy
from janji.terms.processing import LegalBasis, Trait

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
OLD = ("consent-outdated", "consent-withdrawn")
NEVER_ACCEPTED = 1000
"""A version of a notice that no policy here has."""

Gist = tuple[bool, frozenset[Said]]


class History:
    """Successive versions of a policy, each compiled on the layout that the one before it published."""

    def __init__(self, versions: list[Policy], law: LawPack, published: Layout | None = None) -> None:
        self.versions, self.law = versions, law
        self.compiled: list[CompiledPolicy] = []
        self.layouts: list[Layout] = []
        for policy in versions:
            compiled, published = compile_policy(policy, law, published)
            self.compiled.append(compiled)
            self.layouts.append(published)
        self.channels: dict[str, set[str]] = {}
        for policy in versions:
            for purpose in policy.purposes.values():
                if purpose.basis is LegalBasis.CONSENT:
                    self.channels.setdefault(purpose.id, set()).update(purpose.channels)

    def __repr__(self) -> str:
        return f"History({[len(layout.keys) for layout in self.layouts]})"


@st.composite
def lives(draw: st.DrawFn, versions: int = 10) -> History:
    """The history of a policy under some law, on a new layout or on one that others have left."""
    law = draw(laws)
    return History(draw(histories(law, versions)), law, draw(layouts_of_the_past))


def stored(standing: Standing, layout: Layout) -> Facts:
    """What comes back of a standing that was written as a row under `layout`."""
    facts = pack(standing, layout)
    words = facts.words(layout.words)
    assert len(words) == layout.words
    assert all(0 <= word < 2**WORD_BITS for word in words)
    return replace(facts, bits=join_words(words))


def remembered(standing: Standing, layout: Layout, policy: Policy) -> Standing:
    """The standing as far as `layout` has entries for it: what it lacks was never recorded in a row.

    Of a consent under a version that it lacks it keeps that it was given, and no version that counts. A withdrawal is
    kept for the channel that it names, or as one through all channels when the purpose had none of that name yet.
    """

    def kept(kind: str, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if f"{kind}/{name}" in layout)

    choices: list[Choice] = []
    for choice in standing.consents:
        channel = choice.channel or "-"
        if choice.state is ConsentState.WITHDRAWN:
            if f"withdrawn/{choice.purpose}/-" in layout:
                known = f"withdrawn/{choice.purpose}/{channel}" in layout
                choices.append(choice if known else replace(choice, channel=None))
        elif f"consent/{choice.purpose}/{channel}/{choice.version}" in layout:
            choices.append(choice)
        elif f"consent/{choice.purpose}/{channel}/other" in layout:
            choices.append(replace(choice, version=NEVER_ACCEPTED))
    return replace(
        standing,
        restricted_purposes=kept("restricted", standing.restricted_purposes),
        delayed_purposes=kept("delayed", standing.delayed_purposes),
        consents=tuple(choices),
        agreements=kept("agreement", standing.agreements),
        objections=kept("objection", standing.objections),
        automated_objections=kept("automated-objection", standing.automated_objections),
        authorisations=kept("authorised", standing.authorisations),
        transfer_consents=tuple(
            item for item in standing.transfer_consents if f"transfer/{item.recipient}/{item.country}" in layout
        ),
        ended=kept("ended", standing.ended),
    )


def sayable(standing: Standing, policy: Policy) -> Standing:
    """The standing as far as it names what `policy` declares; a file of facts that names anything else is refused."""

    def known(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in policy.purposes)

    return replace(
        standing,
        restricted_purposes=known(standing.restricted_purposes),
        delayed_purposes=known(standing.delayed_purposes),
        consents=tuple(
            item
            for item in standing.consents
            if item.purpose in policy.purposes and (item.channel is None or item.channel in policy.channels)
        ),
        objections=known(standing.objections),
        automated_objections=known(standing.automated_objections),
        authorisations=tuple(name for name in standing.authorisations if name in policy.recipients),
        transfer_consents=tuple(item for item in standing.transfer_consents if item.recipient in policy.recipients),
        ended=tuple(name for name in standing.ended if name in policy.retention),
    )


def gist(answer: Answer | Decision, silent: tuple[str, ...] = ("consent-outdated",)) -> Gist:
    """Permit and every reason, of `silent` ones not the entry that was named.

    Which of several outdated consents is named follows the order of the layout.
    """
    if isinstance(answer, Decision):
        said = {(item.code, item.clauses, item.article, item.record) for item in answer.reasons}
    else:
        said = set(answer.reasons)
    return answer.permit, frozenset(
        (code, clauses, article, None if code in silent else record) for code, clauses, article, record in said
    )


@settings(max_examples=examples(80), deadline=None, suppress_health_check=SLOW)
@given(lives())
def test_no_bit_ever_moves(life: History) -> None:
    """Over ten versions each layout extends every older one, and an entry keeps its bit even when it is gone."""
    for index, (policy, layout) in enumerate(zip(life.versions, life.layouts, strict=True)):
        assert all(key in layout for key in layout_keys(policy, life.law))
        for older in life.layouts[: index + 1]:
            assert layout.is_extension_of(older)
            assert layout.keys[: len(older.keys)] == older.keys
            assert [layout.bit(key) for key in older.keys] == [1 << at for at in range(len(older.keys))]
            assert layout.version >= older.version
            assert older == layout or not older.is_extension_of(layout)
        again, same = compile_policy(policy, life.law, layout)
        assert same is layout
        assert again.layout is layout


@settings(max_examples=examples(80), deadline=None, suppress_health_check=SLOW)
@given(lives(), st.data())
def test_old_rows_answer_under_the_newest_policy(life: History, data: st.DataObject) -> None:
    """A row written under any older layout answers as the reference does for the same standing, reason for reason.

    The one exception: what the layout of that day had no entry for was not recorded, as `remembered` spells out. So a
    consent under a notice that came later counts as one under no notice in force, and a withdrawal through a channel
    that came later as one through all. The entry that a withdrawal is named by may be the one for all channels.
    """
    newest, policy = life.compiled[-1], life.versions[-1]
    people = [data.draw(standings()) for _ in range(3)]
    asked = [data.draw(questions(policy)) for _ in range(3)]
    for layout in life.layouts:
        for standing in people:
            row, known = stored(standing, layout), remembered(standing, layout, policy)
            assert row == pack(standing, layout)
            for question in asked:
                decision = decide(newest, question, row)
                expected = reference(policy, life.law, question, known, life.channels)
                assert gist(decision, OLD) == gist(expected, OLD)
                assert permits(newest, question, row) == decision.permit


@settings(max_examples=examples(80), deadline=None, suppress_health_check=SLOW)
@given(lives(4), st.data())
def test_a_fresh_row_answers_on_any_layout(life: History, data: st.DataObject) -> None:
    """Packed under the newest layout, whatever came before it, a row answers as the reference does.

    The layout alone knows which channels a purpose lost; see `remembered`.
    """
    newest, policy = life.compiled[-1], life.versions[-1]
    for standing in [data.draw(standings()) for _ in range(4)]:
        row = stored(standing, life.layouts[-1])
        for question in [data.draw(questions(policy)) for _ in range(4)]:
            expected = reference(policy, life.law, question, standing, life.channels)
            assert gist(decide(newest, question, row)) == gist(expected)


@settings(max_examples=examples(100), deadline=None, suppress_health_check=SLOW)
@given(lives(4), st.data())
def test_an_old_row_never_permits_more(life: History, data: st.DataObject) -> None:
    """What an older layout did not record never turns a no into a yes: a person's no outlives every change of policy."""
    newest, policy = life.compiled[-1], life.versions[-1]
    people = [data.draw(standings()) for _ in range(3)]
    asked = [data.draw(questions(policy)) for _ in range(4)]
    for version, layout in zip(life.versions, life.layouts, strict=True):
        for standing in people:
            said = sayable(standing, version)
            row = stored(said, layout)
            for question in asked:
                if permits(newest, question, row):
                    assert reference(policy, life.law, question, said, life.channels).permit


AT = datetime(2026, 6, 30, 12, tzinfo=UTC)


def answers(
    versions: list[Policy], written: int, standing: Standing, channel: str | None = None, operation: str = "use"
) -> list[set[str]]:
    """The codes under the last version, of the row written under one version, and of the reference."""
    life = History(versions, INDONESIA)
    question = Question("mail", ("name",), AT, operation, channel=channel)
    decision = decide(life.compiled[-1], question, stored(standing, life.layouts[written]))
    answer = reference(versions[-1], INDONESIA, question, standing, life.channels)
    return [{item.code for item in decision.reasons}, {code for code, *_ in answer.reasons}]


def consented(channel: str | None = None, version: int = 1) -> Choice:
    """Consent to `mail`."""
    return Choice(purpose="mail", channel=channel, version=version)


def withdrew(channel: str | None = None) -> Choice:
    """Withdrawal of it."""
    return Choice(purpose="mail", channel=channel, state=ConsentState.WITHDRAWN)


def test_consent_under_a_notice_yet_to_come_is_asked_for_again() -> None:
    """An exception: a row says only that such a consent was given under another notice, so the person is asked anew."""
    versions = [news(), news(version=2)]
    given = Standing(consents=(consented(version=2),))
    assert answers(versions, 0, given) == [{"consent-outdated"}, {"basis-consent"}]
    assert answers(versions, 1, given) == [{"basis-consent"}, {"basis-consent"}]


def test_a_withdrawal_through_a_channel_yet_to_come_was_one_through_all() -> None:
    """An exception: what ended every consent of its day still does when the channel that it named is declared later."""
    versions = [news("mail"), news("mail", "sms")]
    ended = Standing(consents=(consented("mail"), withdrew("sms")))
    assert answers(versions, 0, ended, "mail") == [{"consent-withdrawn"}, {"basis-consent"}]
    assert answers(versions, 1, ended, "mail") == [{"basis-consent"}, {"basis-consent"}]


@pytest.mark.parametrize("written", [1, 2])
def test_a_withdrawal_without_a_channel_outlives_the_channels(written: int) -> None:
    """A purpose has a channel, none, and the same again: who withdrew in between through none has withdrawn."""
    versions = [news("mail"), news(), news("mail")]
    ended = Standing(consents=(consented("mail"), withdrew()))
    assert answers(versions, written, ended, "mail") == [{"consent-withdrawn"}, {"consent-withdrawn"}]


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_withdrawal_without_a_channel_reaches_later_channels(written: int) -> None:
    """Who withdrew from everything has withdrawn from the channels too that the purpose gets afterwards."""
    versions = [news("mail"), news("mail", "sms"), news("sms", "mail.x")]
    ended = Standing(consents=(consented("mail"), withdrew()))
    for channel in ("sms", "mail.x", None):
        assert answers(versions, written, ended, channel, "retain") == [{"consent-withdrawn"}, {"consent-withdrawn"}]


@pytest.mark.parametrize("written", [0, 1])
def test_a_withdrawal_through_a_lost_channel_says_nothing_of_the_others(written: int) -> None:
    """A purpose loses a channel through which somebody withdrew: consent through another stands."""
    versions = [news("mail", "sms"), news("mail")]
    ended = Standing(consents=(consented("mail"), withdrew("sms")))
    assert answers(versions, written, ended, "mail") == [{"basis-consent"}, {"basis-consent"}]


@pytest.mark.parametrize("written", [0, 1, 2])
def test_a_lost_channel_that_comes_back_is_still_withdrawn(written: int) -> None:
    """A purpose loses a channel and gets it again: who withdrew through it has withdrawn through it."""
    versions = [news("mail", "sms"), news("mail"), news("sms", "mail")]
    ended = Standing(consents=(consented("mail"), consented("sms"), withdrew("sms")))
    assert answers(versions, written, ended, "sms") == [{"consent-withdrawn"}, {"consent-withdrawn"}]
    assert answers(versions, written, ended, "mail") == [{"basis-consent"}, {"basis-consent"}]


@pytest.mark.parametrize("written", [0, 1])
@pytest.mark.parametrize(
    ("before", "after", "said", "code"),
    [
        ({"basis": LegalBasis.CONTRACT}, {}, Standing(objections=("mail",)), "objected"),
        ({}, {"traits": (Trait.AUTOMATED_DECISION,)}, Standing(automated_objections=("mail",)),
         "automated-decision-objected"),
        ({"during_restriction": True}, {}, Standing(restricted_purposes=("mail",)), "restricted"),
        ({"during_restriction": True}, {}, Standing(delayed_purposes=("mail",)), "delayed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_no_that_changed_nothing_yet_is_remembered(
    written: int, before: dict[str, Any], after: dict[str, Any], said: Standing, code: str
) -> None:
    """What a person said of a declared purpose before the policy heeded it counts from the day it does."""
    versions = [news(**before), news(**after)]
    given, expected = answers(versions, written, said)
    assert code in expected
    assert code in given


@pytest.mark.parametrize("entries", [0, 40, 55, 60, 61, 62, 63, 110, 120, 123, 124, 125])
def test_entries_cross_from_word_to_word(entries: int) -> None:
    """An entry is bit `i % 62` of word `i // 62`, whichever word the entries of a policy come to lie in."""
    policy = news("mail", "sms", version=4)
    compiled, layout = compile_policy(policy, INDONESIA, layout_of_the_past(entries))
    assert layout.words == -(-len(layout.keys) // 62)
    for index, key in enumerate(layout.keys):
        words = Facts(bits=layout.bit(key)).words(layout.words)
        assert words == tuple(1 << index % 62 if at == index // 62 else 0 for at in range(layout.words))
        assert layout.names(join_words(words)) == (key,)
    every = Facts(bits=layout.mask(layout.keys)).words(layout.words)
    assert all(word == 2**62 - 1 for word in every[:-1])
    assert join_words(every) == 2 ** len(layout.keys) - 1
    question = Question("mail", ("name",), AT, "use", channel="sms")
    given = stored(Standing(consents=(consented("sms", 3),)), layout)
    ended = stored(Standing(consents=(consented("sms", 3), withdrew())), layout)
    assert permits(compiled, question, given)
    assert not permits(compiled, question, ended)


@settings(max_examples=examples(200))
@given(st.lists(st.integers(0, 2**62 - 1), max_size=4), st.integers(0, 3))
def test_words_are_the_bits(words: list[int], more: int) -> None:
    """Words and bits say the same; words that are wanting at the end are zero."""
    facts = Facts(bits=join_words(words))
    assert facts.words(len(words)) == tuple(words)
    assert facts.words(len(words) + more) == (*words, *[0] * more)
    assert join_words([*words, *[0] * more]) == facts.bits


KEYS = st.lists(st.text(max_size=8), unique=True, max_size=140).map(tuple)


@settings(max_examples=examples(150), deadline=None)
@given(KEYS, st.lists(st.text(max_size=8), max_size=20))
def test_a_layout_grows_at_its_end(held: tuple[str, ...], wanted: list[str]) -> None:
    """New entries come behind the older ones in sorted order, each once; nothing new leaves the layout as it is."""
    layout = Layout(held)
    longer = layout.extended(wanted)
    assert longer.keys == (*held, *sorted(set(wanted) - set(held)))
    assert longer.is_extension_of(layout)
    assert longer.extended(reversed(wanted)) is longer
    assert longer.names(longer.mask(wanted)) == tuple(key for key in longer.keys if key in wanted)
    assert all((key in longer) == (longer.bit(key) != 0) for key in (*held, *wanted, "never"))


@settings(max_examples=examples(150), deadline=None)
@given(KEYS)
def test_a_published_layout_is_read_back(held: tuple[str, ...]) -> None:
    """Written and read, it is the same layout, whatever characters the entries have."""
    layout = Layout(held)
    written = write_layout(layout)
    assert read_layout(written) == layout
    assert json.loads(written) == {"word_bits": 62, "keys": list(held)}
    assert write_layout(Layout(held)) == written


@settings(max_examples=examples(40), deadline=None, suppress_health_check=SLOW)
@given(lives(3))
def test_the_layout_of_a_policy_is_read_back(life: History) -> None:
    """What is published with a policy compiles the next one to the same layout as what was never written."""
    for policy, layout, older in zip(life.versions[1:], life.layouts[1:], life.layouts, strict=False):
        published = read_layout(write_layout(older))
        assert published == older
        assert compile_policy(policy, life.law, published)[1] == layout


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "keys", "null", "true", "62", '"keys"', "[]", '["keys", "word_bits"]', "{}", '{"keys": []}',
        '{"word_bits": 62}', '{"keys": ["a"], "word_bits": 61}', '{"keys": ["a"], "word_bits": 63}',
        '{"keys": ["a"], "word_bits": "62"}', '{"keys": ["a"], "word_bits": null}', '{"keys": "ab", "word_bits": 62}',
        '{"keys": {"a": 1}, "word_bits": 62}', '{"keys": null, "word_bits": 62}', '{"keys": 3, "word_bits": 62}',
        '{"keys": [1], "word_bits": 62}', '{"keys": ["a", null], "word_bits": 62}',
        '{"keys": ["a", ["b"]], "word_bits": 62}', '{"keys": ["a", "b", "a"], "word_bits": 62}',
        '{"keys": ["a"], "word_bits": 62', '{"keys": ["a"], "word_bits": 62} {}', "[" * 100_000,
        '{"keys": ' + "[" * 100_000, "\x00", "\ufeff{}",
    ],
    ids=lambda text: text[:40].encode("unicode_escape").decode() or "nothing",
)  # fmt: skip
def test_what_is_no_layout_is_refused(text: str) -> None:
    """Rows must not be read by anything else than a layout, and nothing is thrown."""
    assert read_layout(text) is None


@settings(max_examples=examples(300), deadline=None)
@given(
    st.one_of(
        st.text(),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just(62)),
            lambda held: st.one_of(
                st.lists(held), st.dictionaries(st.one_of(st.text(), st.sampled_from(("keys", "word_bits"))), held)
            ),
            max_leaves=8,
        ).map(json.dumps),
    )
)
def test_garbage_is_no_layout(text: str) -> None:
    """Any text is refused, or it is a layout that is written and read back as itself."""
    layout = read_layout(text)
    if layout is not None:
        assert len(set(layout.keys)) == len(layout.keys)
        assert read_layout(write_layout(layout)) == layout


def test_a_layout_names_each_entry_once() -> None:
    """One that names an entry twice cannot be made at all."""
    with pytest.raises(ValueError, match="once"):
        Layout(("a", "b", "a"))
