"""What a history adds up to: the same by name, by masks and by the slow reference, whatever the order of clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import standing as reference
from tests.strategies import examples

from janji.decision.history import (
    EFFECTIVE,
    Difference,
    Row,
    absorbed,
    apply,
    check,
    forbidden_meanwhile,
    pack_row,
    run_out,
    second,
    standing_at,
    step,
)
from janji.decision.layout import Layout
from janji.decision.standing import Choice, ConsentState, Standing, pack
from janji.errors import Corrupt
from janji.ledger.events import Actor, Event, Kind, decode, encode

FIRST = (
    "quarantined", "restricted", "delayed", "third-person", "guardian", "age/adult", "age/child",
    "consent/mail/email/1", "consent/mail/email/other", "consent/mail/sms/1", "consent/mail/sms/other",
    "withdrawn/mail/-", "withdrawn/mail/email", "withdrawn/mail/sms",
    "consent/plain/-/1", "consent/plain/-/other", "withdrawn/plain/-",
    "objection/mail", "automated-objection/mail", "restricted/mail", "delayed/mail",
    "agreement/order", "authorised/bank", "authorised/bank/name", "transfer/bank/JP", "ended/short",
)  # fmt: skip
SECOND = (*FIRST, "consent/mail/post/1", "consent/mail/post/other", "withdrawn/mail/post", "consent/plain/email/1",
          "consent/plain/email/other", "withdrawn/plain/email", "objection/plain", "restricted/plain",
          "authorised/bank/mail")  # fmt: skip
THIRD = (*SECOND, *(f"gone/{index}" for index in range(40)), "consent/mail/email/2", "consent/plain/-/2", "ended/long")
LAYOUT = Layout(THIRD)
SIZES = (len(FIRST), len(SECOND), len(THIRD))

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = tuple(START + timedelta(days=days) for days in (1, 2, 3))
UNTIL = tuple(day.isoformat().replace("+00:00", "Z") for day in DAYS)
INSTANTS = (START, DAYS[0] - timedelta(seconds=1), DAYS[0], DAYS[1], DAYS[2] + timedelta(days=9))

PURPOSE = st.sampled_from(("mail", "mail", "plain", "unknown"))
CHANNEL = st.sampled_from((None, "email", "sms", "post", "fax"))
GROUND = st.sampled_from((None, "dispute", "claim"))
RECIPIENT = st.sampled_from(("bank", "bank", "unknown"))


def maybe(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Details in which a part that is `None` is left out."""
    return st.fixed_dictionaries(parts).map(lambda held: {key: part for key, part in held.items() if part is not None})


def details_of(kind: Kind, ids: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Details of an event of this kind, after events of these ids."""
    events = st.sampled_from((None, *ids[-4:]))
    until = st.sampled_from((None, None, *UNTIL))
    thing = kind.rpartition(".")[0]
    if kind in (Kind.CONSENT_GIVEN, Kind.CONSENT_RENEWED):
        return maybe(purpose=PURPOSE, channel=CHANNEL, notice_version=st.sampled_from((1, 2, 9)), until=until)
    if thing == "consent":
        event = events if kind is Kind.CONSENT_EXPIRED else st.none()
        return maybe(purpose=PURPOSE, channel=CHANNEL, event=event)
    if thing == "objection":
        return maybe(purpose=PURPOSE, automated=st.booleans(), signal=st.sampled_from((None, "gpc")))
    if thing in ("restriction", "delay"):
        return maybe(purpose=st.none() | PURPOSE, ground=GROUND)
    if thing == "authorisation":
        scope = st.sampled_from((None, ["name"], ["mail", "name"], ["unknown"]))
        given_until = until if kind is Kind.AUTHORISATION_GIVEN else st.none()
        event = events if kind is Kind.AUTHORISATION_ENDED else st.none()
        return maybe(recipient=RECIPIENT, scope=scope, until=given_until, event=event)
    if kind is Kind.AGE_RECORDED:
        return st.sampled_from((
            {"band": "adult"}, {"band": "child"}, {"band": "child", "month": 20140430}, {"band": "child", "month": 20150228},
            {"band": "unknown"},
        ))  # fmt: skip
    return maybe(
        ground=GROUND, agreement=st.sampled_from(("order", "unknown")), rule=st.sampled_from(("short", "long", "unknown")),
        reference_digest=st.sampled_from((None, "aa", "bb")), recipient=RECIPIENT, country=st.sampled_from(("JP", "FR")),
        link=st.sampled_from((None, "one", "two")),
    )  # fmt: skip


PLAIN = sorted(EFFECTIVE - {Kind.PERSON_MERGED, Kind.PERSON_SPLIT, Kind.PERSON_ABSORBED, Kind.PERSON_REVIVED, Kind.PERSON_FORGOTTEN})
CHOICES = (Kind.CONSENT_GIVEN, Kind.CONSENT_GIVEN, Kind.CONSENT_WITHDRAWN, Kind.CONSENT_WITHDRAWN, Kind.CONSENT_REFUSED)
KINDS = st.sampled_from((*PLAIN, *CHOICES * 3, Kind.USE_PERMITTED))
"""Half of all events are choices, so that they meet."""


@dataclass
class Person:
    """A history being made, and the histories that its merges and revivals take from."""

    name: str
    events: list[Event]
    others: dict[str, list[Event]]
    size: int = SIZES[0]

    def add(self, kind: Kind, details: dict[str, Any], at: datetime = START, stale: bool = False) -> Event:
        """Append an event; a stale one is made under the first layout, whatever the others were."""
        number = len(self.events) + 1
        event = Event(
            id=f"{self.name}-{number}", kind=kind, at=at, actor=Actor.PERSON, subject=self.name * 32, version=number,
            layout=SIZES[0] if stale else self.size, details=details,
        )  # fmt: skip
        self.events.append(event)
        return event


@st.composite
def people(draw: st.DrawFn, most: int = 10, merges: bool = True) -> tuple[Person, Person]:
    """Two people whose histories meet in merges and part again, while the layout grows."""
    one, two = Person("a", [], {}), Person("b", [], {})
    merged: list[str] = []
    for _ in range(draw(st.integers(1, most))):
        person = one if merged else draw(st.sampled_from((one, one, two)))
        if draw(st.integers(0, 5)) == 0:
            one.size = two.size = draw(st.sampled_from([size for size in SIZES if size >= one.size]))
        turn = draw(st.integers(0, 7)) if merges else 7
        if turn == 0 and not merged:
            held = list(two.events)
            event = one.add(Kind.PERSON_MERGED, {"with": "b" * 32, "at": len(held), "absorbed": absorbed(held, LAYOUT)})
            one.others[event.id] = held
            two.add(Kind.PERSON_ABSORBED, {"into": "a" * 32})
            merged.append(event.id)
        elif turn == 0:
            merge = merged.pop()
            since = next(event.version or 0 for event in one.events if event.id == merge)
            one.add(Kind.PERSON_SPLIT, {"undoes": merge})
            forbidden = forbidden_meanwhile(one.events, merge, LAYOUT)
            event = two.add(Kind.PERSON_REVIVED, {"from": "a" * 32, "forbidden": forbidden})
            two.others[event.id] = one.events[since:]
        else:
            kind = draw(KINDS)
            details = draw(details_of(kind, [event.id for event in person.events]))
            person.add(kind, details, draw(st.sampled_from(INSTANTS)), draw(st.integers(0, 9)) == 0)
    one.others.update(two.others)
    return one, Person("b", two.events, one.others)


def names(standing: Standing) -> set[str]:
    """A standing as entries by name, without bits."""
    flags = {
        "guardian": standing.guardian, "third-person": standing.third_person, "quarantined": standing.quarantined,
        "restricted": standing.restricted, "delayed": standing.delayed, f"age/{standing.age}": standing.age is not None,
    }  # fmt: skip
    found = {name for name, flag in flags.items() if flag}
    for choice in standing.consents:
        if choice.state is ConsentState.WITHDRAWN:
            found.add(f"withdrawn/{choice.purpose}/{choice.channel}")
        else:
            found.add(f"consent/{choice.purpose}/{choice.channel or '-'}/{choice.version or 'other'}")
    for group, held in (
        ("restricted", standing.restricted_purposes), ("delayed", standing.delayed_purposes), ("agreement", standing.agreements),
        ("objection", standing.objections), ("automated-objection", standing.automated_objections),
        ("authorised", standing.authorisations), ("ended", standing.ended),
    ):  # fmt: skip
        found |= {f"{group}/{name}" for name in held}
    return found | {f"transfer/{item.recipient}/{item.country}" for item in standing.transfer_consents}


@given(people(), st.sampled_from(INSTANTS))
@settings(max_examples=examples(400), deadline=None)
def test_the_reference_agrees(both: tuple[Person, Person], at: datetime) -> None:
    """Names, packed row and reference say the same of both people at any instant."""
    for person in both:
        wanted, born = reference.entries(person.events, at, LAYOUT, person.others)
        standing = standing_at(person.events, at, LAYOUT)
        assert names(standing) == wanted
        assert standing.born == born
        row = pack_row(person.events, at, LAYOUT)
        assert set(LAYOUT.names(row.bits)) == wanted
        assert row.born == (0 if born is None else int(born.strftime("%Y%m%d")))


@given(people(), st.lists(st.sampled_from(INSTANTS), min_size=12, max_size=12).map(sorted))
@settings(max_examples=examples(400), deadline=None)
def test_a_row_kept_step_by_step_is_what_its_history_adds_up_to(both: tuple[Person, Person], nows: list[datetime]) -> None:
    """After each event, with a clock that goes on, the stored row equals the packed sum; its `due` is never too late.

    What was over when it was recorded makes a row that is past its `due` at once, and so is not believed.
    """
    for person in both:
        row = Row()
        for number, event in enumerate(person.events):
            now, past = nows[min(number, 11)], person.events[: number + 1]
            made = step(event.kind, event.details, LAYOUT.prefix(event.layout))
            believed = not row.due or row.due > second(now)
            row = (apply(row, made) if made is not None and believed else None) or pack_row(past, now, LAYOUT)
            meant = pack_row(past, now, LAYOUT)
            if not row.due or row.due > second(now):
                assert (row.bits, row.born) == (meant.bits, meant.born)
            assert not meant.due or 0 < row.due <= meant.due
            assert check(row, past, now, LAYOUT) == ()


@given(people(), st.randoms(use_true_random=False))
@settings(max_examples=examples(100), deadline=None)
def test_the_order_of_clocks_does_not_matter(both: tuple[Person, Person], chance: Any) -> None:
    """Other instants on the events, and another order of the list, change nothing: versions are the order."""
    for person in both:
        moved = [replace(event, at=chance.choice(INSTANTS)) for event in person.events]
        chance.shuffle(moved)
        assert pack_row(moved, DAYS[0], LAYOUT) == pack_row(person.events, DAYS[0], LAYOUT)


@given(people(), st.sampled_from(INSTANTS))
@settings(max_examples=examples(100), deadline=None)
def test_a_layout_that_grows_later_changes_no_row(both: tuple[Person, Person], at: datetime) -> None:
    """A history packed under the layout it was made under, and under any later one, gives the same row."""
    for person in both:
        row = pack_row(person.events, at, LAYOUT)
        grown = Layout((*LAYOUT.keys, "consent/mail/push/1", "consent/mail/push/other", "withdrawn/mail/push", "consent/mail/sms/9"))
        assert pack_row(person.events, at, grown) == row
        assert pack_row(person.events, at, LAYOUT.prefix(row.layout)) == row


@given(people(), st.sampled_from(INSTANTS), st.data())
@settings(max_examples=examples(200), deadline=None)
def test_a_no_never_permits_more(both: tuple[Person, Person], at: datetime, data: st.DataObject) -> None:
    """After a withdrawal, an objection, a restriction or an end, no yes is new and no earlier no is gone."""
    kinds = (
        Kind.CONSENT_WITHDRAWN, Kind.OBJECTION_MADE, Kind.RESTRICTION_SET, Kind.DELAY_SET, Kind.QUARANTINE_SET,
        Kind.AUTHORISATION_ENDED, Kind.TRANSFER_CONSENT_WITHDRAWN, Kind.CONSENT_REFUSED, Kind.PERSON_ABSORBED,
        Kind.PERSON_FORGOTTEN, Kind.RETENTION_ENDED, Kind.PERSON_ASSERTED, Kind.CONSENT_EXPIRED,
    )  # fmt: skip
    person = both[0]
    before = pack_row(person.events, at, LAYOUT).bits
    kind = data.draw(st.sampled_from(kinds))
    person.add(kind, data.draw(details_of(kind, [event.id for event in person.events])))
    after = pack_row(person.events, at, LAYOUT).bits
    yes = LAYOUT.mask(key for key in THIRD if key.split("/")[0] in ("consent", "authorised", "transfer", "guardian", "agreement"))
    assert after & yes & ~before == 0
    assert before & ~yes & ~after == 0
    if kind is Kind.CONSENT_REFUSED:
        assert after == before


@given(people(merges=False), st.sampled_from(INSTANTS))
@settings(max_examples=examples(200), deadline=None)
def test_a_merge_permits_nothing_that_either_forbade(both: tuple[Person, Person], at: datetime) -> None:
    """After a merge every no of either holds, and every yes was one's own; after the split each no still holds for both."""
    one, two = both
    held = {"with": "b" * 32, "at": len(two.events), "absorbed": absorbed(two.events, LAYOUT)}
    before, theirs = names(standing_at(one.events, at, LAYOUT)), names(standing_at(two.events, at, LAYOUT))
    merge = one.add(Kind.PERSON_MERGED, held)
    merged = names(standing_at(one.events, at, LAYOUT))
    noes = {name for name in before | theirs if name.split("/")[0] in
            ("withdrawn", "objection", "automated-objection", "restricted", "delayed", "quarantined", "ended", "third-person")}  # fmt: skip
    assert noes <= merged
    for name in merged:
        if name.startswith(("consent/", "authorised/", "transfer/")):
            assert name in before | theirs or name.endswith("/other")
    one.add(Kind.CONSENT_WITHDRAWN, {"purpose": "mail"})
    one.add(Kind.PERSON_SPLIT, {"undoes": merge.id})
    two.add(Kind.PERSON_ABSORBED, {"into": "a" * 32})
    two.add(Kind.PERSON_REVIVED, {"from": "a" * 32, "forbidden": forbidden_meanwhile(one.events, merge.id, LAYOUT)})
    for person in both:
        assert "withdrawn/mail/-" in names(standing_at(person.events, at, LAYOUT))
    assert {name for name in before if "mail" not in name} <= names(standing_at(one.events, at, LAYOUT))


@given(people(), st.sampled_from(INSTANTS))
@settings(max_examples=examples(100), deadline=None)
def test_an_expiry_recorded_changes_nothing_then_and_holds_when_the_clock_goes_back(both: tuple[Person, Person], at: datetime) -> None:
    """What has run out is over once it is recorded as an event, at that instant and at every earlier one."""
    person = both[0]
    before = pack_row(person.events, at, LAYOUT)
    for kind, details in run_out(person.events, at, LAYOUT):
        person.add(kind, dict(details))
    assert pack_row(person.events, at, LAYOUT).bits == before.bits
    assert run_out(person.events, at, LAYOUT) == ()
    back = pack_row(person.events, START, LAYOUT)
    yes = LAYOUT.mask(key for key in THIRD if key.split("/")[0] in ("consent", "authorised"))
    assert back.bits & yes == before.bits & yes


def test_a_consent_after_a_withdrawal_counts() -> None:
    """Given, withdrawn as a whole, given again for one channel: that one is given, every other stays withdrawn."""
    person = Person("a", [], {}, SIZES[1])
    person.add(Kind.CONSENT_GIVEN, {"purpose": "mail", "channel": "email", "notice_version": 1})
    person.add(Kind.CONSENT_WITHDRAWN, {"purpose": "mail"}, stale=False)
    person.add(Kind.CONSENT_GIVEN, {"purpose": "mail", "channel": "email", "notice_version": 1})
    found = names(standing_at(person.events, START, LAYOUT))
    assert found == {"consent/mail/email/1", "withdrawn/mail/sms", "withdrawn/mail/post"}


def test_a_channel_that_came_later_keeps_the_no_to_the_whole_purpose() -> None:
    """A withdrawal as a whole, a channel added later, a consent to another: the later channel is under the no still."""
    person = Person("a", [], {})
    person.add(Kind.CONSENT_WITHDRAWN, {"purpose": "mail"})
    assert "withdrawn/mail/post" not in names(standing_at(person.events, START, LAYOUT))
    person.size = SIZES[1]
    person.add(Kind.CONSENT_GIVEN, {"purpose": "mail", "channel": "email", "notice_version": 1})
    assert "withdrawn/mail/post" in names(standing_at(person.events, START, LAYOUT))


def test_facts_files_keep_their_meaning() -> None:
    """In a standing written by hand a withdrawal wins over a consent, whatever their order."""
    given_, withdrawn = Choice(purpose="mail", channel="email"), Choice(purpose="mail", state=ConsentState.WITHDRAWN)
    for consents in ((given_, withdrawn), (withdrawn, given_)):
        assert not any(name.startswith("consent/") for name in LAYOUT.names(pack(Standing(consents=consents), LAYOUT).bits))


def test_a_row_that_was_changed_is_found_out() -> None:
    """A bit, a day of birth or an expiry that the history does not know is named."""
    person = Person("a", [], {})
    person.add(Kind.CONSENT_GIVEN, {"purpose": "mail", "channel": "email", "notice_version": 1, "until": UNTIL[0]})
    row = pack_row(person.events, START, LAYOUT)
    assert check(row, person.events, DAYS[2], LAYOUT) == ()
    wrong = replace(row, bits=row.bits ^ LAYOUT.bit("objection/mail") ^ 1 << 500, born=20100131, due=0)
    assert check(wrong, person.events, START, LAYOUT) == (
        Difference("objection/mail", 1, 0), Difference("-", 1 << 500 - LAYOUT.version, 0), Difference("born", 20100131, 0),
        Difference("due", 0, second(DAYS[0])),
    )  # fmt: skip


@pytest.mark.parametrize("until", ["2027-01-31", "soon", 7, "2027-01-31T00:00:00", "9999-13-01T00:00:00Z"])
def test_an_end_that_is_no_instant_is_an_error(until: object) -> None:
    """A day without time and zone, a word, a number: the history is not added up in part."""
    person = Person("a", [], {})
    person.add(Kind.CONSENT_GIVEN, {"purpose": "mail", "channel": "email", "notice_version": 1, "until": until})
    with pytest.raises(Corrupt):
        standing_at(person.events, START, LAYOUT)
    with pytest.raises(Corrupt):
        step(Kind.CONSENT_GIVEN, person.events[0].details, LAYOUT)


@given(people())
@settings(max_examples=examples(50), deadline=None)
def test_what_a_merge_carries_can_be_written_in_an_event(both: tuple[Person, Person]) -> None:
    """The sum of another's history survives the canonical form."""
    for person in both:
        for event in person.events:
            assert decode(encode(event)).details == event.details
