"""Identifiers, ages, guardians and the identity graph: values in, values out."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janji.decision.question import age_state
from janji.errors import Conflict, Invalid
from janji.people.ages import age_on, age_record, band_of, comes_of_age, month_of
from janji.people.guardians import BONDS, LinkState, Proof, Relation, check_proofs, may_consent, step
from janji.people.identifiers import KINDS, PSEUDONYMOUS, IdentifierKind, identify, parse
from janji.people.identity import Join, Node, given_back, joined, merged, reached, split, undone_by
from janji.terms.processing import AgeState

BANDS = ("3-5", "6-9", "10-12", "13-15", "16-18")
WOMAN_S_NIK = "3171014108010002"

NORMAL = [
    ("email", "  Budi.Santoso@Example.CO.ID ", "budi.santoso@example.co.id"),
    ("email", "budi+shop@example.com", "budi+shop@example.com"),
    ("email", "a@straße.de", "a@xn--strae-oqa.de"),
    ("email", "a@strasse.de", "a@strasse.de"),
    ("email", "a@BÜCHER.example", "a@xn--bcher-kva.example"),
    ("email", "a@bu\u0308cher.example", "a@xn--bcher-kva.example"),
    ("email", "jose\u0301@example.com", "jos\u00e9@example.com"),
    ("phone", "0812-3456-7890", "+6281234567890"),
    ("phone", "+62 812 3456 7890", "+6281234567890"),
    ("phone", "tel:+62-812-3456-7890", "+6281234567890"),
    ("account", " AB  12 ", "AB 12"),
    ("device", "AEBE52E7-03EE-455A-B3C4-E57283966239", "aebe52e7-03ee-455a-b3c4-e57283966239"),
    ("device", "00-1B-44-11-3A-B7", "00:1b:44:11:3a:b7"),
    ("device", "SN-Ab12", "SN-Ab12"),
    ("cookie", "GA1.2.AbC", "GA1.2.AbC"),
    ("ip", "2001:DB8:0:0::1", "2001:db8::1"),
    ("ip", "::ffff:192.0.2.1", "192.0.2.1"),
    ("national-id", "3171 0141 0801 0002", WOMAN_S_NIK),
    ("national-id", "31.7101.290200.0001", "3171012902000001"),
]

WRONG = [
    ("email", ""), ("email", "   "), ("email", "no-at.example.com"), ("email", "@example.com"), ("email", "a@b"),
    ("email", ".a@example.com"), ("email", "a..b@example.com"), ("email", "a b@example.com"), ("email", "a@[192.0.2.1]"),
    ("email", "a@-b.com"), ("email", "a@b..com"), ("email", "a@1.2.3.4"), ("email", "\u202ea@example.com"),
    ("email", "a\u200f@example.com"), ("email", "a\x00@example.com"), ("email", "a\n@example.com"),
    ("email", "a\udcff@example.com"), ("email", "a" * 65 + "@example.com"), ("email", "a" * 600 + "@example.com"),
    ("email", "a@" + "b" * 64 + ".com"), ("email", "a@\u0301b.com"), ("email", "a@b\u2028c.com"),
    ("phone", "12"), ("phone", "x"), ("phone", "+62 21 555 0123 ext 4"), ("phone", "9" * 500), ("phone", "+999 123456789"),
    ("account", "a\u200bb"), ("account", "a\tb\x07"), ("device", "a b"), ("cookie", "a b"), ("cookie", 'a"b'), ("cookie", "k\u00fchl"),
    ("ip", "300.1.1.1"), ("ip", "fe80::1%eth0"), ("ip", "192.0.2"),
    ("national-id", "317101410801000"), ("national-id", "9971014108010002"), ("national-id", "3100014108010002"),
    ("national-id", "3171004108010002"), ("national-id", "3171013202010002"), ("national-id", "3171013002010002"),
    ("national-id", "3171017202010002"), ("national-id", "3171014113010002"), ("national-id", "3171014108010000"),
    ("national-id", "\u0663171014108010002"), ("passport", "A1"), ("", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "normal"), NORMAL)
def test_normal_forms(kind: str, value: str, normal: str) -> None:
    """What people write in two ways is one identifier, and what only looks alike is two."""
    found = identify(kind, value, "ID")
    assert (found.kind, found.normal) == (kind, normal)
    assert identify(kind, normal, "ID") == found
    assert parse(f"{kind}:{value}", "ID") == found


@pytest.mark.parametrize(("kind", "value"), WRONG)
def test_what_is_no_identifier(kind: str, value: str) -> None:
    """Malformed, huge, wrongly encoded, unseen: a typed error that does not hold the value."""
    with pytest.raises(Invalid) as caught:
        identify(kind, value, "ID")
    said = f"{caught.value.message} {caught.value.help}"
    assert len(value.strip()) < 5 or value.strip() not in said
    assert caught.value.__cause__ is None


def test_a_29th_of_february_exists_in_one_century_at_least() -> None:
    """The year of a NIK has two digits: 29 February 00 is a day of 2000, 29 February 01 of no century."""
    assert identify("national-id", "3171012902000001").normal == "3171012902000001"
    with pytest.raises(Invalid):
        identify("national-id", "3171012902010001")


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=60) | st.from_regex(r"[a-zA-Zäß.]{1,9}@[a-zA-Zäß.-]{1,20}\.[a-z]{2}")
       | st.text("+-0123456789 ().:abcdef", max_size=20) | st.from_regex(r"31710[1-9][0-7][0-9]0[0-9]{3}[0-9]{4}"))  # fmt: skip
def test_normalising_is_idempotent_or_a_typed_error(kind: str, value: str) -> None:
    """Any text is an identifier whose normal form is its own, or `Invalid` without the text; nothing else happens."""
    said = ""
    try:
        found = identify(kind, value, "ID")
    except Invalid as error:
        said = str(error.message)
    assert not said or len(value.strip()) < 12 or value.strip() not in said
    if said:
        return
    assert identify(kind, found.normal, "ID") == found
    assert unicodedata.is_normalized("NFC", found.normal)
    assert repr(found) == f"Identifier(kind={found.kind!r})"
    if len(found.normal) > 9:
        assert found.normal not in found.masked


def test_digital_identifiers_are_personal_and_stand_for_nobody_yet() -> None:
    """Device, cookie and IP are personal data and pseudonymous; addresses and numbers of people are no pseudonyms."""
    assert {"device", "cookie", "ip"} == PSEUDONYMOUS
    for kind in IdentifierKind:
        assert Node(id=UUID(int=1), kind=kind, subject=UUID(int=2)).personal


def test_people_are_named_by_number_or_identifier() -> None:
    """`sub_<uuid>` names a person; anything else wants a kind."""
    person = UUID("0197f3c2-1f2e-7abc-8def-0123456789ab")
    assert parse(f"sub_{person}\n") == person
    for text in ("sub_", "sub_x", "budi@example.com", "", "sub_" + "0" * 32, "name:budi"):
        with pytest.raises(Invalid):
            parse(text)


# ------------------------------------------------------------------------------------------------------------ ages


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.integers(1, 21))
def test_nobody_comes_of_age_too_early(born: date, under: int) -> None:
    """The month that a row stores makes an adult on the birthday or later in that month, never before."""
    month = month_of(born)
    first = comes_of_age(month, under)
    assert age_on(born, first) >= under
    assert first - born <= timedelta(days=366 * under + 32)
    before = first - timedelta(days=1)
    for day, state in ((first, AgeState.ADULT), (before, AgeState.CHILD)):
        number = day.year * 10000 + day.month * 100 + day.day
        assert age_state(month, False, True, number, under) is state


def test_age_at_an_instant() -> None:
    """Adult from the eighteenth birthday; a leap day's child on 1 March; a child keeps the month and the band alone."""
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert age_record(date(2008, 11, 25), noon, 18, BANDS).state is AgeState.ADULT
    child = age_record(date(2008, 11, 26), noon, 18, BANDS)
    assert (child.state, child.month, child.band) == (AgeState.CHILD, 20081130, "16-18")
    assert age_record(date(2025, 1, 1), noon, 18, BANDS).band is None
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
    assert comes_of_age(20080229, 18) == date(2026, 3, 1)
    assert band_of(18, 18, BANDS) is None
    assert [band_of(age, 18, BANDS) for age in (2, 3, 5, 6, 10, 13, 17)] == [None, "3-5", "3-5", "6-9", "10-12", "13-15", "16-18"]
    for born in (date(2026, 11, 27), date(1890, 1, 1)):
        with pytest.raises(Invalid) as caught:
            age_record(born, noon, 18)
        assert str(born.year) not in str(caught.value)


# ------------------------------------------------------------------------------------------------------- guardians


def test_verifying_a_guardian_takes_identity_and_bond() -> None:
    """Identity alone, a bond alone, or a declaration in place of a bond verify nobody."""
    for relation in Relation:
        for bond in Proof:
            if bond in BONDS[relation]:
                check_proofs(relation, [Proof.IDENTITY, bond])
            else:
                with pytest.raises(Invalid):
                    check_proofs(relation, [Proof.IDENTITY, bond])
            if bond is not Proof.IDENTITY:
                with pytest.raises(Invalid):
                    check_proofs(relation, [bond])


def test_steps_of_a_guardian() -> None:
    """Named, verified, revoked; revoked is the end."""
    allowed = {("named", "verified"), ("named", "revoked"), ("verified", "revoked")}
    for state in LinkState:
        for to in LinkState:
            if (str(state), str(to)) in allowed:
                assert step(state, to) is to
            else:
                with pytest.raises(Conflict):
                    step(state, to)


def test_who_may_consent() -> None:
    """For a child parent or guardian, for an adult guardian or companion, and only once verified."""
    able = {(relation, child) for relation in Relation for child in (True, False)
            if may_consent(relation, LinkState.VERIFIED, child=child)}  # fmt: skip
    assert able == {("parent", True), ("guardian", True), ("guardian", False), ("companion", False)}
    assert not any(may_consent(relation, state, child=child) for relation in Relation
                   for state in (LinkState.NAMED, LinkState.REVOKED) for child in (True, False))  # fmt: skip


# -------------------------------------------------------------------------------------------------- identity graph

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def _join(number: int, source: UUID, target: UUID, purpose: str = "ads", undone: UUID | None = None) -> Join:
    return Join(id=UUID(int=number), source=source, target=target, purpose=purpose, basis="consent", event=UUID(int=99), undone=undone)


def test_a_withdrawal_undoes_its_own_joins() -> None:
    """Joins of the purpose end, those of another stay, and an undone join is not undone again."""
    joins = [_join(10, A, C), _join(11, B, C, "support"), _join(12, B, C, undone=UUID(int=5)), _join(13, A, B)]
    assert [join.id.int for join in undone_by(joins, C, "ads")] == [10]
    assert [join.id.int for join in undone_by(joins, C)] == [10, 11]
    assert reached(joins, A) == {B, C}
    assert reached([_join(10, A, C, undone=UUID(int=5))], A) == set()


@given(st.lists(st.tuples(st.integers(20, 40), st.sampled_from([A, B])), unique_by=lambda pair: pair[0]), st.data())
def test_join_and_merge_are_undone_exactly(pairs: list[tuple[int, UUID]], data: st.DataObject) -> None:
    """After a join and its undoing, a merge and its split, each identifier stands for whom it stood for before."""
    nodes = [Node(id=UUID(int=number), kind=IdentifierKind.COOKIE, subject=owner) for number, owner in pairs]
    before = {node.id: node.subject for node in nodes}
    join = _join(10, A, C)
    after = _moved(nodes, joined(join, nodes), join.id)
    assert all(node.subject != A for node in after)
    assert {node.id: node.subject for node in _moved(after, given_back([join], after))} == before
    moves = merged(A, B, nodes)
    one = _moved(nodes, moves)
    assert {node.subject for node in one} <= {B}
    kept = data.draw(st.lists(st.sampled_from(one), unique=True)) if one else []
    back = {node.id: node.subject for node in _moved(kept, split(A, B, [move.node for move in moves], kept))}
    assert back == {node.id: before[node.id] for node in kept}


def _moved(nodes: list[Node], moves: tuple[object, ...], link: UUID | None = None) -> list[Node]:
    to = {move.node: move.target for move in moves}  # type: ignore[attr-defined]
    return [Node(id=node.id, kind=node.kind, subject=to.get(node.id, node.subject), link=link if node.id in to else None)
            for node in nodes]  # fmt: skip
