"""Lists from elsewhere: a no always wins, a yes without proof never counts, and no row's values come back out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.consenting import AT, sony

from janji.consent.listmap import DateOrder, ListMap, read_map
from janji.consent.lists import Item, Outcome, Plan, plan, read_day, sort_out
from janji.consent.shown import published
from janji.errors import Invalid
from janji.files.tables import read_csv

TEXTS = published(sony().policy)
MAP = """
source: mailing-tool
identifiers: [{column: E-mail, kind: email}, {column: Phone, kind: phone}]
columns: {purpose: List, channel: Channel, state: Status, date: Since, notice: Notice, version: Version, language: Lang, method: How}
values:
  purpose: [{written: News, means: newsletters}, {written: Offers, means: marketing-offers}, {written: Goods, means: delivery}]
  state: [{written: subscribed, means: given}, {written: unsubscribed, means: unsubscribed}, {written: cleaned, means: bounced},
          {written: "no", means: refused}]
  channel: [{written: mail, means: email}]
"""
HEAD = ("E-mail", "Phone", "List", "Channel", "Status", "Since", "Notice", "Version", "Lang", "How")
PROOF = ("2026-11-02", "newsletters", "1", "id", "unticked-box")


def normal(kind: str, text: str) -> str | None:
    """A stand-in small enough to be seen through: an address without capitals."""
    return text.casefold() if kind != "email" or "@" in text else None


def listmap(text: str = MAP) -> ListMap:
    read, mistakes = read_map("map.yaml", text.encode(), sony().policy)
    assert read is not None, mistakes
    return read


def planned(*rows: Sequence[str], text: str = MAP) -> Plan:
    found, wrong = plan([HEAD, *rows], listmap(text), sony(), TEXTS, normal, AT)
    assert found is not None, wrong
    return found


def row(who: str, state: str, proof: Sequence[str] = ("", "", "", "", ""), purpose: str = "News", channel: str = "mail") -> list[str]:
    return [who, "", purpose, channel, state, *proof]


def outcomes(found: Plan) -> list[tuple[str, str, str | None]]:
    return [(str(item.outcome), item.purpose, item.channel) for item in found.items]


def test_a_yes_with_proof_is_a_grant() -> None:
    """Notice, version, language, method and day together prove a yes; the digest is that of the published text."""
    found = planned(row("Ani@example.org", "subscribed", PROOF))
    (item,) = found.items
    assert (item.outcome, item.identifier, item.row, str(item.at)) == (Outcome.GRANT, "ani@example.org", 2, "2026-11-02 00:00:00+00:00")
    assert item.made is not None
    assert item.made.digest in {text.digest for text in TEXTS}


@pytest.mark.parametrize("missing", range(5))
def test_a_yes_that_lacks_one_proof_never_counts(missing: int) -> None:
    """Without the day, the notice, its version, its language or the method, a yes is a memory."""
    found = planned(row("ani@example.org", "subscribed", [*PROOF[:missing], "", *PROOF[missing + 1 :]]))
    (item,) = found.items
    assert item.outcome is Outcome.UNPROVEN
    assert item.missing


@pytest.mark.parametrize("method", ["pre-ticked", "implied", "bundled", "silence"])
def test_a_yes_that_was_none_never_counts(method: str) -> None:
    """What would be turned away at the counter is no proof in a list."""
    (item,) = planned(row("ani@example.org", "subscribed", [*PROOF[:4], method])).items
    assert (item.outcome, item.missing) == (Outcome.UNPROVEN, (method,))


def test_a_date_to_come_proves_nothing() -> None:
    """A consent cannot be older than itself."""
    assert planned(row("a@b", "subscribed", ["2026-12-02", *PROOF[1:]])).items[0].outcome is Outcome.UNPROVEN


def test_a_no_wins_whatever_the_dates() -> None:
    """An old no against a fresh, proven yes of the same person, written otherwise: the no is recorded and the yes is not."""
    found = planned(row("ANI@example.org", "subscribed", PROOF), row("ani@example.org", "unsubscribed", ["1999-01-01", "", "", "", ""]))
    assert outcomes(found) == [("opt-out", "newsletters", "email")]
    assert found.overruled == 1


@pytest.mark.parametrize("state", ["unsubscribed", "no", "cleaned"])
def test_every_kind_of_no_wins(state: str) -> None:
    """Unsubscribed, refused and bounced alike."""
    found = planned(row("a@b", "subscribed", PROOF), row("a@b", state))
    assert [item.outcome for item in found.items] == [Outcome.BOUNCED if state == "cleaned" else Outcome.OPT_OUT]


def test_a_no_of_another_person_purpose_or_channel_leaves_a_yes_alone() -> None:
    """A no is about what it says."""
    found = planned(row("a@b", "subscribed", PROOF), row("c@d", "unsubscribed"), row("a@b", "unsubscribed", purpose="Offers"))
    assert ("legacy-unproven", "newsletters", "email") not in outcomes(found)
    assert ("grant", "newsletters", "email") in outcomes(found)


def test_a_no_that_is_not_understood_is_a_wide_no() -> None:
    """An unknown purpose is every purpose that people can be asked for, an unknown channel all channels."""
    found = planned(row("a@b", "subscribed", PROOF), row("a@b", "unsubscribed", purpose="Old list", channel="fax"))
    assert {"newsletters", "marketing-offers", "b2b-sales", "recruitment"} < {item.purpose for item in found.items}
    assert {item.channel for item in found.items} == {None}
    assert {item.outcome for item in found.items} == {Outcome.OPT_OUT}


def test_rows_that_cannot_be_understood_are_told_by_number_alone() -> None:
    """Each is counted with its reason; no value of the list stands in the report or in what is printed of an item."""
    canary = "canary-7f3a@example.org"
    found = planned(
        row("", "subscribed"), row("canary-7f3a", "subscribed"), row(canary, "canary-7f3a"),
        row(canary, "subscribed", purpose="canary-7f3a"), row(canary, "subscribed", purpose="Goods"),
        row(canary, "subscribed", channel="canary-7f3a"), ["", "", "", ""], row(canary, "subscribed", PROOF),
    )  # fmt: skip
    assert [(item.row, item.code) for item in found.skipped] == [
        (2, "no-identifier"), (3, "bad-identifier"), (4, "unknown-state"), (5, "unknown-purpose"),
        (6, "purpose-not-on-consent"), (7, "unknown-channel"),
    ]  # fmt: skip
    assert (found.read, found.mapped) == (7, 1)
    assert "canary" not in str(found.report()) + str(found.skipped) + repr(found.items) + " ".join(str(one.message) for one in found.skipped)


def test_the_first_filled_column_that_can_be_read_names_the_person() -> None:
    """The telephone serves where the address is none."""
    (item,) = planned(["nobody", "+62 811", "News", "mail", "subscribed", *PROOF]).items
    assert (item.kind, item.identifier) == ("phone", "+62 811")


def test_duplicates_are_merged() -> None:
    """The same said twice is recorded once: the latest yes, the earliest no."""
    older = ["2026-01-01", *PROOF[1:]]
    found = planned(row("a@b", "subscribed", PROOF), row("A@B", "subscribed", older), row("a@b", "subscribed"))
    assert [(item.outcome, str(item.day)) for item in found.items] == [(Outcome.GRANT, "2026-11-02")]
    assert found.duplicates == 2
    noes = planned(row("a@b", "no", ["2026-03-01", "", "", "", ""]), row("a@b", "no", ["2025-03-01", "", "", "", ""]))
    assert [str(item.day) for item in noes.items] == ["2025-03-01"]


CELLS = st.tuples(
    st.sampled_from(["a@b", "A@B", "c@d", "", "x"]), st.just(""), st.sampled_from(["News", "Offers", "Goods", "Old", ""]),
    st.sampled_from(["mail", "sms", "fax", ""]), st.sampled_from(["subscribed", "unsubscribed", "no", "cleaned", "?"]),
    st.sampled_from(["2026-11-02", "2020-01-01", "2030-01-01", "soon", ""]), st.sampled_from(["newsletters", ""]),
    st.sampled_from(["1", "2", ""]), st.sampled_from(["id", "fr", ""]), st.sampled_from(["unticked-box", "pre-ticked", ""]),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(CELLS, max_size=25), seed=st.integers(0, 1 << 30))
def test_in_any_order_of_rows_every_no_wins_and_the_same_comes_out(rows: list[tuple[str, ...]], seed: int) -> None:
    """What is recorded does not depend on the order; noes stand first; no yes stands beside a no to the same."""
    found = planned(*rows)
    turned = list(rows)
    random.Random(seed).shuffle(turned)
    again = planned(*turned)
    bare = [[item.kind, *item.identity("s"), item.missing] for item in found.items]
    assert bare == [[item.kind, *item.identity("s"), item.missing] for item in again.items]
    assert (found.duplicates, found.overruled, len(found.skipped)) == (again.duplicates, again.overruled, len(again.skipped))
    order = [list(Outcome).index(item.outcome) for item in found.items]
    assert order == sorted(order)
    noes: dict[tuple[str, str], set[str | None]] = {(item.identifier, item.purpose): set() for item in found.items}
    for item in found.items:
        if item.outcome in (Outcome.OPT_OUT, Outcome.BOUNCED):
            noes[item.identifier, item.purpose].add(item.channel)
    for item in found.items:
        if item.outcome in (Outcome.GRANT, Outcome.UNPROVEN):
            refused = noes[item.identifier, item.purpose]
            assert not refused or (None not in refused and item.channel not in refused and item.channel is not None)
    assert sort_out(found.items)[0] == found.items
    assert len({tuple(item.identity("s")) for item in found.items}) == len(found.items)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [("2026-11-23", DateOrder.ISO, "2026-11-23"), ("2026-11-23T10:00:00Z", DateOrder.ISO, "2026-11-23"),
     ("23/11/2026", DateOrder.DAY_FIRST, "2026-11-23"), ("11/23/2026", DateOrder.MONTH_FIRST, "2026-11-23"),
     ("23.11.2026 10:00", DateOrder.DAY_FIRST, "2026-11-23"), ("23/11/2026", DateOrder.ISO, None),
     ("23/11/26", DateOrder.DAY_FIRST, None), ("31/02/2026", DateOrder.DAY_FIRST, None), ("0000-01-01", DateOrder.ISO, None),
     ("x", DateOrder.ISO, None), ("\u0661\u0662-01-2026", DateOrder.DAY_FIRST, None), ("", DateOrder.ISO, None)],
)  # fmt: skip
def test_days_are_read_as_the_map_says(text: str, order: DateOrder, day: str | None) -> None:
    """No order is guessed, and what is no day is none."""
    found = read_day(text, order)
    assert (None if found is None else str(found)) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [("source: x\nidentifiers: [{column: A, kind: email}]\n", "state-missing"),
     ("source: x\nidentifiers: []\ncolumns: {state: S}\n", "identifier-missing"),
     ("source: x\nidentifiers: [{column: A, kind: email}]\ncolumns: {state: S}\nvalues: {state: [{written: a, means: maybe}]}\n", "unknown-word"),
     ("source: x\nidentifiers: [{column: A, kind: email}]\nalways: {state: given, purpose: nothing}\n", "unknown-word"),
     ("identifiers: [{column: A, kind: email}]\ncolumns: {state: S}\n", "missing-key"),
     ("source: x\nidentifiers: [{column: A, kind: email}]\ncolumns: {colour: S}\n", "unknown-key"),
     ("", "missing-key"), ("- a\n", "wrong-type"), ("a: [\n", "yaml-syntax")],
)  # fmt: skip
def test_a_map_that_cannot_be_followed_is_told(text: str, code: str) -> None:
    """Each mistake has its code, and nothing is read by half a map."""
    read, mistakes = read_map("map.yaml", text.encode(), sony().policy)
    assert read is None
    assert code in {item.code for item in mistakes}
    assert all(str(item.message) and (item.help is None or str(item.help)) for item in mistakes)


def test_a_column_that_is_not_there_is_told() -> None:
    """By its heading in the map; no row is read."""
    found, wrong = plan([("E-mail", "Status"), ("a@b", "x")], listmap(), sony(), TEXTS, normal, AT)
    assert found is None
    assert {item.code for item in wrong} == {"column-missing"}
    assert plan([], listmap(), sony(), TEXTS, normal, AT)[0] is None


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"PK\x03\x04zzzz", b'"' + b"a" * 200_000, b"a,b\n" * 100_002])
def test_a_list_that_is_no_table_is_a_typed_error(tmp_path: Path, data: bytes) -> None:
    """Empty, binary, endless cells and endless rows: `Invalid`, before anything is planned."""
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(Invalid):
        read_csv(path)


def test_an_item_says_what_makes_it_the_same() -> None:
    """Every part that tells two choices apart is in its identity."""
    base: dict[str, Any] = {"row": 1, "kind": "email", "identifier": "a@b", "purpose": "p", "channel": None, "outcome": Outcome.GRANT}
    items = [Item(**{**base, **change}) for change in (
        {}, {"kind": "phone"}, {"identifier": "c@d"}, {"purpose": "q"}, {"channel": "email"}, {"outcome": Outcome.OPT_OUT})]  # fmt: skip
    assert len({tuple(item.identity("s")) for item in items}) == len(items)
    assert Item(**{**base, "row": 9}).identity("s") == items[0].identity("s") != items[0].identity("t")
