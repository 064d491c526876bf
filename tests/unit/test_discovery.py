"""Discovery: what columns hold, told from names and values; each proposal explains itself and holds nothing of a value."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.discovery_corpus import TABLES, Chance, email, hashed, mobile, nik, number, person, prose, street, tables
from tests.discovery_fresh import FRESH
from tests.discovery_score import company, proposed, score, total
from tests.discovery_second import SECOND

from janji.datamap.catalogue import Column, Sort
from janji.datamap.meaning import NONE, Form
from janji.discovery.categories import Fit
from janji.discovery.holds import TITLES, Holds
from janji.discovery.proposals import ColumnEvidence, Proposal, conclude, findings, propose
from janji.discovery.seen import look_at
from janji.policy.model import DataCategory, Policy
from janji.terms.messages import Message


def column(table: str, name: str, values: list[Any], sort: Sort = Sort.TEXT, **more: Any) -> ColumnEvidence:
    return ColumnEvidence(table, Column(name, sort, sort), values, **more)


def made(maker: Any, count: int = 300) -> list[Any]:
    chance = random.Random(3)
    return [maker(chance, place) for place in range(count)]


def one(table: str, name: str, values: list[Any], sort: Sort = Sort.TEXT, policy: Policy | None = None, **more: Any) -> Proposal:
    return propose([column(table, name, values, sort, **more)], policy)[0]


# ------------------------------------------------------------------------------------------------- labelled columns


def test_labelled_columns_are_many_and_fair() -> None:
    """At least twenty tables in each set, and decoys at least as many as two in five."""
    for labelled in (TABLES, FRESH, SECOND):
        assert len(tables(labelled)) >= 20
        assert sum(item.holds is None for item in labelled) >= 0.4 * len(labelled)
        assert len({(item.table, item.name) for item in labelled}) == len(labelled)


def test_labelled_columns_are_told() -> None:
    """Of the labelled set, precision and recall are at least 0.97, of every kind with four labels and more at least 0.8."""
    scores = score(TABLES)
    assert total(scores).precision >= 0.97, total(scores).alarms
    assert total(scores).recall >= 0.97, total(scores).misses
    for kind, held in scores.items():
        if held.hits + len(held.misses) >= 4:
            assert min(held.precision, held.recall) >= 0.8, (kind, held)


def test_columns_made_apart_are_told() -> None:
    """Of the sets made apart from the dictionaries nine of ten are told, and hardly any wrongly."""
    for labelled in (FRESH, SECOND):
        scores = score(labelled)
        assert scores["any"].precision >= 0.97, scores["any"].alarms
        assert scores["any"].recall >= 0.89, scores["any"].misses
        assert total(scores).precision >= 0.96


def test_proposals_hold_no_value() -> None:
    """Neither the reason nor anything else of a proposal holds a value of a column, nor does evidence when it is printed."""
    for labelled, proposal in zip(TABLES, proposed(TABLES), strict=True):
        evidence = labelled.evidence()
        shown = repr(proposal) + str(proposal.why) + repr(evidence)
        for value in evidence.values[:50]:
            if isinstance(value, str) and len(value) > 6 and not value.islower():
                assert value not in shown


# ----------------------------------------------------------------------------------------------------- explanations


def test_reason_counts_what_passed() -> None:
    """The reason says how many of how many values pass the checks."""
    values = [*(f"317101{at % 28 + 1:02}0190{at + 1:04}" for at in range(998)), "12", "0000000000000000"]
    proposal = one("pelanggan", "nik", values)
    assert (proposal.holds, proposal.confidence) == (Holds.NATIONAL_ID, 0.99)
    assert str(proposal.why) == "`nik`: 998 of 1,000 values pass the checks, and its name says the same"


@pytest.mark.parametrize(("table", "name", "values", "says"), [
    ("t", "x7", made(nik), "300 of 300 values pass the checks"),
    ("customers", "email_hash", made(hashed), "masked, hashed or encrypted"),
    ("customers", "email", [], "its name says e-mail addresses; no values were drawn"),
    ("products", "name", made(lambda c, _: c.choice(["Bravia 4K", "Walkman X"])), "not people by its name"),
    ("customers", "email_template", ["welcome"] * 20, "tells about e-mail addresses"),
    ("customers", "phone", ["see notes"] * 20, "have not the form of it"),
    ("t", "x7", ["q"] * 20, "neither its name nor its values"),
    ("cases", "body", [*made(prose, 200), *["tolong hubungi saya di 081234567890 karena barang belum sampai"] * 50], "the scanner found `phone`"),
])  # fmt: skip
def test_every_proposal_says_why(table: str, name: str, values: list[Any], says: str) -> None:
    """Each answer has a reason of its own, also when nothing is held."""
    proposal = one(table, name, values)
    assert says in str(proposal.why)
    assert isinstance(proposal.why, Message)
    assert 0 <= proposal.confidence <= 1


def test_counts_are_those_of_the_values() -> None:
    """What bears several marks is counted once, and bytes as well as text."""
    assert "30 of 30 values" in str(one("users", "avatar_url", [f"https://x.example/{at}.png" for at in range(30)]).why)
    assert look_at(["a.png", b"\xff\xd8\xff", b"ab", "b"]).count == 4


def test_keys_of_the_store_are_told_from_numbers_of_people() -> None:
    """What refers to another table or counts its rows holds nothing; a natural key that passes a check does."""
    assert one("orders", "customer_id", list(range(300)), Sort.INTEGER, refers=True).holds is None
    assert one("customers", "kota", ["Bandung"] * 30, refers=True).holds is None
    assert one("customers", "id", list(range(300)), Sort.INTEGER, key=True).holds is None
    assert one("accounts", "nik", made(nik), refers=True).holds is Holds.NATIONAL_ID
    assert one("payroll", "no_pegawai", ["P00017"] * 50, refers=True).holds is Holds.ACCOUNT


# ---------------------------------------------------------------------------------------------------------- context


def test_neighbours_and_names_of_tables_count() -> None:
    """The same columns are a person's beside an identity number, and nobody's in a table of shops."""
    address = column("", "address", made(street))
    phone = column("", "phone", ["(021) 5551234"] * 50)

    def told(table: str, *more: ColumnEvidence) -> list[Holds | None]:
        moved = [ColumnEvidence(table, item.column, item.values) for item in (address, phone)]
        return [proposal.holds for proposal in propose([*moved, *more], None)[:2]]

    assert told("stores") == [None, None]
    assert told("tbl_x", column("tbl_x", "nik", made(nik))) == [Holds.ADDRESS, Holds.PHONE]
    assert told("customers") == [Holds.ADDRESS, Holds.PHONE]
    assert propose([column("stores", "manager_phone", made(mobile))], None)[0].holds is Holds.PHONE


def test_order_of_proposals_is_that_of_the_columns() -> None:
    """One proposal a column, in their order, also when tables are mixed."""
    evidence = [column("b", "email", made(email)), column("a", "nik", made(nik)), column("b", "qty", [1, 2], Sort.INTEGER)]
    assert [(item.table, item.column) for item in propose(evidence, None)] == [("b", "email"), ("a", "nik"), ("b", "qty")]
    assert propose([], None) == ()
    assert conclude(evidence, [look_at(item.values) for item in evidence], None) == propose(evidence, None)


# ------------------------------------------------------------------------------------------------------ identifiers


@pytest.mark.parametrize(("name", "values", "sort", "kind", "form"), [
    ("email", made(email), Sort.TEXT, "email", Form.EXACT),
    ("email", [*made(email), "Budi@Example.com"], Sort.TEXT, "email", Form.LOWER),
    ("email", made(email, 20), Sort.TEXT, "email", Form.LOWER),
    ("no_hp", ["081234567890", "+6281234567890"] * 60, Sort.TEXT, "phone", Form.EXACT),
    ("no_hp", ["0812-3456-7890"] * 120, Sort.TEXT, "phone", Form.DIGITS),
    ("nik", made(nik), Sort.TEXT, "national-id", Form.EXACT),
    ("nik", [int(value) for value in made(nik, 30)], Sort.INTEGER, "national-id", Form.EXACT),
    ("username", ["budi77"] * 30, Sort.TEXT, "account", Form.EXACT),
])  # fmt: skip
def test_identifier_has_the_form_of_its_values(name: str, values: list[Any], sort: Sort, kind: str, form: Form) -> None:
    """People are found by a column in the form in which its values stand; a few values are not believed."""
    found = one("customers", name, values, sort).identifier
    assert found is not None
    assert (found.column, found.kind, found.form, found.owner) == (name, kind, form, True)


def test_identifiers_of_staff_only_find_and_hidden_ones_do_not() -> None:
    """Who did the work does not own the row; what is hashed or not a person's finds nobody."""
    agent = one("cases", "agent_email", made(email)).identifier
    assert agent is not None
    assert not agent.owner
    assert one("customers", "email_hash", made(hashed)).identifier is None
    assert one("customers", "name", made(person)).identifier is None


# ------------------------------------------------------------------------------------------------------------ JSON


def test_nobody_is_found_by_what_stands_inside_of_a_text() -> None:
    """Addresses with names before them, several of them, or one in quotes, are of people, and no identifiers."""
    for values in ([f"Siti Aminah <siti{at}@example.com>" for at in range(40)], [f"a{at}@example.com, b{at}@example.com" for at in range(40)], [f"\"siti{at}@example.com\"" for at in range(40)]):
        found = one("mails", "sender", [*values, "cs@shop.co.id"])
        assert found.holds is not None
        assert found.identifier is None


def test_few_addresses_tell_and_references_do_not() -> None:
    """Three addresses and nothing else in a column of any name; not two, nor three among other words; a key to another table says nothing by its name alone."""
    three = ["a@x.id", "b@x.id", "c@x.id"]
    held = {name: one("mails", name, values) for name, values in (("cc", three), ("few", three[:2]), ("some", [*three, "the office", "him"]))}
    assert {name: item.category for name, item in held.items()} == {"cc": "email", "few": NONE, "some": NONE}
    (found,) = [item.identifier for item in held.values() if item.identifier is not None]
    assert (found.column, found.owner) == ("cc", False)
    assert one("comments", "reply_to_id", [], Sort.INTEGER, refers=True).identifier is None


def test_a_word_that_two_words_make_is_another_word() -> None:
    """`no_rm` is the number of a patient, `weight_norm` none."""
    assert [one("patients", name, []).category for name in ("no_rm", "weight_norm")] == ["account", NONE]


def test_the_state_of_a_sale_is_no_address() -> None:
    """References to addresses do not make the table one of addresses; its own columns do."""
    states = ["draft", "done", "none"] * 10
    for refers, category in ((True, NONE), (False, "address")):
        held = propose([column("customer_sales", "state", states), column("customer_sales", "shipping_address", ["Jl. Melati 1"] * 30, refers=refers)], None)
        assert held[0].category == category


def test_inside_of_documents() -> None:
    """Places inside of JSON have categories of their own; keys that are somebody's are not told."""
    chance = Chance(1)
    documents = [
        {"buyer": {"email": email(chance, at), "nik": nik(chance, at)}, "lines": [{"qty": 2, "note": "merah"}], email(chance, at): {"wa": mobile(chance, at)}} for at in range(200)
    ]
    for values in (documents, [str(item).replace("'", '"') for item in documents]):
        proposal = one("events_raw", "payload", values, Sort.JSON)
        assert proposal.paths == {"$.buyer.email": "email", "$.buyer.nik": "national-id", "$.*.wa": "phone"}
        assert proposal.holds in {Holds.EMAIL, Holds.NATIONAL_ID, Holds.PHONE}
        assert "3 places" in str(proposal.why)
        assert "@" not in repr(proposal)
    listed = one("t", "emails", [[email(chance, 1), email(chance, 2)]] * 20, Sort.LIST)
    assert (listed.holds, listed.paths, listed.identifier) == (Holds.EMAIL, {}, None)
    nobody = one("t", "conf", [{"a": 1, "b": ["x"]}] * 50, Sort.JSON)
    assert nobody.holds is None
    assert "no values" not in str(nobody.why)


# ---------------------------------------------------------------------------------------------------------- policy


def _category(id: str, en: str, law_class: str = "general", term: str | None = None) -> DataCategory:
    from janji.terms.texts import Text

    return DataCategory(id=id, title=Text((("en", en), ("id", en))), law_class=law_class, term=term)


class _Policy:
    """The part of a policy that discovery reads."""

    def __init__(self, *categories: DataCategory) -> None:
        self.data = {category.id: category for category in categories}


@pytest.mark.parametrize(("categories", "name", "values", "category", "fit"), [
    ((_category("contact.email", "e-mail address"), _category("contact.address", "postal address")), "email", made(email), "contact.email", Fit.EXACT),
    ((_category("contact.email", "e-mail address"), _category("contact.address", "postal address")), "alamat", made(street), "contact.address", Fit.EXACT),
    ((_category("k1", "E-mail", term="pd:EmailAddress"), _category("contact", "Contact details")), "surel", made(email), "k1", Fit.EXACT),
    ((_category("contact-details", "Contact details", term="pd:Contact"),), "no_hp", made(mobile), "contact-details", Fit.WIDER),
    ((_category("identity-evidence", "Identity verification data"),), "nik", made(nik), "identity-evidence", Fit.NEAR),
    ((_category("who", "Who somebody is", "full-name"),), "nama_lengkap", made(person), "who", Fit.EXACT),
    ((_category("business-contact", "Public business contact details"),), "no_hp", made(mobile), "phone", None),
    ((_category("contact.email", "e-mail address"),), "nik", made(nik), "national-id", None),
])  # fmt: skip
def test_category_is_that_of_the_policy(categories: tuple[DataCategory, ...], name: str, values: list[Any], category: str, fit: Fit | None) -> None:
    """The closest category of the policy is proposed; where it has none the word for what is held, and it says so."""
    proposal = one("customers", name, values, policy=_Policy(*categories))  # type: ignore[arg-type]  # what is read of it
    assert (proposal.category, proposal.fit, proposal.declared) == (category, fit, fit is not None)


def test_texts_go_by_the_words_of_their_table() -> None:
    """Of several categories of texts the one that shares the words of table and column is proposed."""
    policy = _Policy(_category("reviews", "Product reviews and comments"), _category("conversation", "Conversation and advice"), _category("forum-body", "Text of forum posts"))
    told = [one(table, "body", made(prose), policy=policy).category for table in ("ulasan", "chats", "forum_posts")]  # type: ignore[arg-type]
    assert told == ["reviews", "conversation", "forum-body"]


def test_words_of_the_policy_tell_what_nothing_else_does() -> None:
    """In a table of people a column whose words the policy has is proposed for it, faintly; in no other table, and no key."""
    policy = _Policy(_category("interests", "Interests"), _category("loyalty-use", "Use of the loyalty programme and rewards"))
    told = propose([
        column("customers", "hobby", ["golf"] * 30), column("customers", "poin", [1, 2] * 20, Sort.INTEGER), column("products", "hobby", ["golf"] * 30),
        column("customers", "interest_id", [1] * 30, Sort.INTEGER, refers=True), column("customers", "tier", ["gold"] * 30),
    ], policy)  # type: ignore[arg-type]  # fmt: skip
    assert [item.category for item in told] == ["interests", "loyalty-use", NONE, NONE, NONE]
    assert told[0].confidence == 0.5


def test_what_the_policy_does_not_declare_is_a_finding() -> None:
    """Personal data without a category is a warning, with the nearest category only a note; what is declared is none."""
    policy = _Policy(_category("contact.email", "e-mail address"), _category("identity-evidence", "Identity verification data"))
    proposals = propose([
        column("customers", "email", made(email)), column("customers", "nik", made(nik)), column("customers", "no_hp", made(mobile)),
        column("customers", "qty", [1] * 20, Sort.INTEGER), column("customers", "extra", [{"phone": f"0812345678{at:02}"} for at in range(50)], Sort.JSON),
    ], policy)  # type: ignore[arg-type]  # fmt: skip
    found = findings(proposals, policy, "shop")  # type: ignore[arg-type]
    assert [(item.code, str(item.severity), str(item.message).partition(" ")[0]) for item in found] == [
        ("nearly-declared", "info", "`shop/customers.nik`"),
        ("undeclared-data", "warning", "`shop/customers.no_hp`"),
        ("undeclared-data", "warning", "`shop/customers.extra`"),
    ]
    assert all(item.help is not None for item in found)


def test_nothing_is_called_none_and_declared() -> None:
    """A column that holds nothing of a person has the category `none`, and is no finding."""
    proposal = one("products", "price", [1, 2, 3] * 10, Sort.INTEGER)
    assert (proposal.holds, proposal.category, proposal.declared) == (None, NONE, True)


def test_everything_has_a_title() -> None:
    """Each thing that can be held is said in words."""
    assert set(TITLES) == set(Holds)


# ---------------------------------------------------------------------------------------------------------- values


def test_values_of_every_type_are_read() -> None:
    """Drivers give numbers, dates, bytes, lists and nothing; whatever comes is looked at and nothing of it kept."""
    values = [3171010101900001, Decimal(3171010101900002), 3171010101900003.0, Decimal("NaN"), float("inf"), None, True, date(1990, 5, 1), datetime(1990, 5, 1, 10, tzinfo=UTC), b"\xff\xd8\xff\xe0", memoryview(b"ab"), "", "   ", "x" * 100_000]  # fmt: skip
    seen = look_at(values)
    assert seen.marks["national-id"] == 3
    assert seen.marks["date"] == 2
    assert seen.marks["image"] == 1
    assert seen.count == 8
    assert look_at([]).count == 0
    assert not re.search("3171|xxx", repr(seen))


def test_deep_and_wide_documents_have_an_end() -> None:
    """A document of thousands of places or levels is looked at up to a bound."""
    deep: Any = "x"
    for _ in range(500):
        deep = {"a": deep}
    wide = {f"k{at}": "v" for at in range(200)}
    seen = look_at([deep, {**wide, "more": [wide] * 200}, "{" * 5000 + "}", '{"a": ' * 3000 + "1" + "}" * 3000])
    assert len(seen.paths) <= 200


@given(st.lists(st.one_of(st.text(), st.integers(), st.floats(), st.binary(), st.dates(), st.dictionaries(st.text(), st.text()), st.none())), st.text(min_size=1))
def test_any_values_and_names_are_answered(values: list[Any], name: str) -> None:
    """Whatever a column is called and holds, there is a proposal with a reason, and the same one again."""
    proposal = one(name, name, values)
    assert str(proposal.why)
    assert proposal == one(name, name, values)


def test_number_of_values_does_not_turn_a_proposal() -> None:
    """Ten times the values of the same kind are told alike."""
    for maker, holds in ((nik, Holds.NATIONAL_ID), (email, Holds.EMAIL), (number(1, 9), None)):
        assert {one("x", "y", made(maker, count)).holds for count in (50, 500)} == {holds}


def test_made_up_company_is_mapped_as_its_overlays_say() -> None:
    """Of the columns of the made-up company at least half of the personal ones get the very category of its overlays, and few too much."""
    counts, lines = company()
    personal = counts["same category"] + counts["other category"] + counts["missed"]
    assert counts["same category"] >= 0.45 * personal, lines
    assert counts["too much"] <= 0.15 * (counts["too much"] + counts["same none"]), lines
