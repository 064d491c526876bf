"""How tables lead to a person: proposed from keys, from values that agree, from types; decoys are left alone."""

from __future__ import annotations

import pytest

from janji.datamap.catalogue import Catalogue, Column, ForeignKey, Sort, Table
from janji.datamap.links import (
    Overlap,
    Pair,
    besides,
    candidates,
    hinted,
    of_others,
    propose_abroad,
    propose_links,
)
from janji.datamap.meaning import Identifier, Link
from janji.datamap.typed import Kinds, Typed, before_key, typed
from janji.datamap.writers import writer

EMAIL = Identifier("email", "email")


def table(name: str, *columns: str, refers: dict[str, str] | None = None, key: str = "id") -> Table:
    """A table of numbers, and of texts where a column says `:text`; it refers to the `id` of others."""
    held = []
    for word in (key, *columns) if key else columns:
        plain, _, sort = word.partition(":")
        held.append(Column(plain, sort or "integer", Sort(sort or "integer")))
    foreign = tuple(ForeignKey((column,), to, ("id",)) for column, to in (refers or {}).items())
    return Table(name, tuple(held), primary_key=(key.partition(":")[0],) if key else (), foreign_keys=foreign)


def catalogue(*tables: Table) -> Catalogue:
    """A store of these tables."""
    return Catalogue("postgresql", {item.name: item for item in tables})


def ways(found: dict[str, tuple[Link, ...]]) -> set[tuple[str, str, str, bool]]:
    """Links as table, first column, where to, and whether it owns."""
    return {(name, link.columns[0], link.to, link.owner) for name, links in found.items() for link in links}


@pytest.mark.parametrize(("column", "of", "hint"), [
    ("customer_id", "customers", True), ("customerId", "Customers", True), ("CustomerID", "tbl_customer", True), ("id_pelanggan", "pelanggan", True),
    ("pelanggan_id", "mst_pelanggan", True), ("buyer_customer_id", "customers", True), ("order_item_id", "order_items", True),
    ("address_id", "addresses", True), ("category_id", "categories", True), ("customer", "crm.customers", True), ("kode_barang", "barang", True),
    ("order_item_id", "orders", False), ("quantity", "customers", False), ("customer_name", "customers", False), ("id", "customers", False),
    ("company_id", "customers", False), ("total_orders", "orders", False), ("", "customers", False),
    ("userid", "mdl_user", False), ("userid", "users", True), ("useridfrom", "users", True), ("relateduserid", "users", True), ("superuseridx", "users", False),
    ("paid", "users", False), ("submission", "assign_submissions", True), ("assign", "assign_submissions", False), ("type", "user_types", False),
])  # fmt: skip
def test_a_name_says_where_a_column_leads(column: str, of: str, hint: bool) -> None:
    """Both languages, any way of writing two words, prefixes of tables; not every word that is alike."""
    assert hinted(column, of, "id") is hint


def test_a_shared_name_of_a_key_says_it_too() -> None:
    """`cust_no` of two tables is the same key; `id`, `code` and `name` of two tables say nothing."""
    assert hinted("cust_no", "clients", "cust_no")
    assert not hinted("code", "clients", "code")


def test_declared_keys_lead_to_the_person() -> None:
    """Upwards along foreign keys over as many tables as there are; tables that lead to nobody get no link."""
    store = catalogue(
        table("customers", "country_id", refers={"country_id": "countries"}), table("orders", "customer_id", refers={"customer_id": "customers"}),
        table("items", "order_id", "product_id", refers={"order_id": "orders", "product_id": "products"}), table("products"), table("countries"),
    )  # fmt: skip
    found = ways(propose_links(store, {"customers": [EMAIL]}, {"customers", "orders", "items"}))
    assert found == {("orders", "customer_id", "customers", True), ("items", "order_id", "orders", True)}


def test_what_staff_did_is_not_theirs() -> None:
    """Who created, packed or approved a row does not own it; a self-reference is no ownership at all."""
    store = catalogue(
        table("users", "manager_id", "invited_by", refers={"manager_id": "users", "invited_by": "users"}),
        table("orders", "user_id", "created_by", "assigned_to", "dibuat_oleh", "supportRepId",
              refers={"user_id": "users", "created_by": "users", "assigned_to": "users", "dibuat_oleh": "users", "supportRepId": "users"}),
    )  # fmt: skip
    assert ways(propose_links(store, {"users": [EMAIL]}, set())) == {
        ("orders", "user_id", "users", True), ("orders", "created_by", "users", False), ("orders", "assigned_to", "users", False),
        ("orders", "dibuat_oleh", "users", False), ("orders", "supportRepId", "users", False),
    }  # fmt: skip


def test_who_wrote_a_row_is_said_in_many_ways() -> None:
    """`write_uid` and `modified_user_id` own nothing; `created_user_id` is whom it was made for; a creator owns what nobody else does, and a user not what is a customer's."""
    store = catalogue(
        table("users"), table("drafts", "creator_id", refers={"creator_id": "users"}),
        table("orders", "customer_id", "user_id", "create_uid", "write_uid", "modified_user_id", "creator_id", refers={
            "customer_id": "customers", "user_id": "users", "create_uid": "users", "write_uid": "users", "modified_user_id": "users", "creator_id": "users"}),
        table("customers"), table("signups", "created_user_id", refers={"created_user_id": "users"}),
    )  # fmt: skip
    found = ways(propose_links(store, {"users": [EMAIL], "customers": [EMAIL]}, set()))
    assert {way[:2] for way in found if way[3]} == {("orders", "customer_id"), ("drafts", "creator_id"), ("signups", "created_user_id")}
    assert {way[1] for way in found if not way[3]} == {"user_id", "create_uid", "write_uid", "modified_user_id", "creator_id"}


def test_a_number_that_the_store_counts_refers_to_nothing() -> None:
    """Two tables whose rows are numbered agree in every number by chance; a key that is given may be another's."""
    counted = Table("post_meta", (Column("meta_id", "integer", Sort.INTEGER, default=True), Column("post_id", "integer", Sort.INTEGER)), primary_key=("meta_id",))
    given = table("user_meta", key="meta_id")
    named = {(pair.table, pair.column, pair.to) for pair in candidates(catalogue(counted, given, table("posts")))}
    assert named == {("user_meta", "meta_id", "post_meta"), ("post_meta", "post_id", "posts")}


def test_a_key_is_looked_for_where_it_is_the_tables_own() -> None:
    """A table that is found by the key of another one is not what others, or that other one, refer to."""
    cards = Table("cards", (Column("nip", "text", Sort.TEXT),), primary_key=("nip",), foreign_keys=(ForeignKey(("nip",), "staff", ("nip",)),))
    store = catalogue(table("staff", key="nip:text"), cards, table("leaves", "nip:text"))
    assert {(pair.table, pair.to) for pair in candidates(store)} == {("leaves", "staff")}


def test_what_somebody_is_to_a_row_leads_to_people() -> None:
    """`author_id` names no table: it is looked for where people are, and nowhere else."""
    store = catalogue(table("users"), table("products"), table("notes", "author_id", "product_id"), table("answers", "owner_type:text", "owner_id"), table("members", "user_id"))
    named = {(pair.table, pair.column, pair.to) for pair in candidates(store, ["users", "members"])}
    assert ("notes", "author_id", "users") in named
    assert not {way for way in named if way[1] in ("author_id", "owner_id")} - {("notes", "author_id", "users")}
    either = catalogue(table("users"), table("members"), table("notes", "author_id"), table("logins", "user_id"), table("cards", "member_id"))
    assert "author_id" not in {pair.column for pair in candidates(either, ["users", "members"])}
    found = propose_links(store, {"users": [EMAIL]}, set(), {Pair("notes", "author_id", "users", "id"): Overlap(5, 5)})
    assert ways(found) == {("notes", "author_id", "users", True)}


def test_what_has_several_attributes_is_whose_one_of_them_names() -> None:
    """The post is found by an address among its attributes, and all of its attributes with it; what says which attributes there are, is nobody's."""
    store = catalogue(
        table("posts"), table("attribute_types"),
        table("post_meta", "post_id", "type_id", "value:text", refers={"post_id": "posts", "type_id": "attribute_types"}),
    )  # fmt: skip
    value = {"post_meta": [Identifier("value", "email")]}
    assert ways(propose_links(store, value, {"post_meta"})) == set()
    assert ways(propose_links(store, value, {"post_meta"}, mixed={"post_meta"})) == {("posts", "id", "post_meta", True), ("post_meta", "post_id", "posts", True)}


def test_a_row_that_may_name_nobody_is_found_by_what_it_belongs_to() -> None:
    """The address of an order has an e-mail address or none: it belongs to the order too, which leads to a customer without it."""
    store = catalogue(
        table("customers"), table("orders", "customer_id", refers={"customer_id": "customers"}), table("carts"),
        table("order_addresses", "order_id", "cart_id", refers={"order_id": "orders", "cart_id": "carts"}),
    )  # fmt: skip
    found = ways(propose_links(store, {"customers": [EMAIL], "order_addresses": [EMAIL]}, {"carts"}))
    assert found == {
        ("orders", "customer_id", "customers", True), ("order_addresses", "order_id", "orders", True), ("carts", "id", "order_addresses", True),
    }  # fmt: skip


def test_nobody_belongs_to_what_they_are_in() -> None:
    """The head of a unit has not the people of it."""
    store = catalogue(table("units", "head:text"), table("employees", "unit_id", refers={"unit_id": "units"}))
    assert ways(propose_links(store, {"units": [Identifier("head", "account", owner=False)], "employees": [EMAIL]}, {"units"})) == set()


def test_a_link_to_somebody_else_than_the_row_names_does_not_own_it() -> None:
    """The seller of a contact; not where rows mostly agree, where too few say anything, where the table has more addresses of the same people, or their family."""
    link = Link(("owner_id",), "users", ("id",), why="declared")
    names = ("leads", "accounts", "few", "user_emails", "family")
    links, identifiers = dict.fromkeys(names, (link,)), {name: [EMAIL] for name in ("users", *names)}
    asked = {item.table: item for item in besides(links, identifiers)}
    assert set(asked) == {"leads", "accounts", "few"}
    assert asked["leads"].pairs == (("email", "email"),)
    found = of_others(links, {asked["leads"]: Overlap(30, 2), asked["accounts"]: Overlap(30, 25), asked["few"]: Overlap(5, 0)})
    assert {name for name, (held,) in found.items() if not held.owner} == {"leads"}
    assert found["leads"][0].why == "declared; 28 of 30 rows name somebody else than it leads to"


def test_a_table_that_refers_to_nobody_is_reached_by_those_that_refer_to_it() -> None:
    """An address that a customer row points at belongs to the customer; countries, which hold nothing personal, to nobody."""
    store = catalogue(
        table("addresses", "country_id", refers={"country_id": "countries"}), table("countries"),
        table("customers", "address_id", refers={"address_id": "addresses"}), table("notes", "address_id", refers={"address_id": "addresses"}),
    )  # fmt: skip
    found = propose_links(store, {"customers": [EMAIL]}, {"addresses", "customers", "notes"})
    assert ways(found) == {("addresses", "id", "customers", True), ("notes", "address_id", "addresses", True)}
    assert found["addresses"] == (Link(("id",), "customers", ("address_id",), why="rows of `customers` refer to it"),)


def test_a_household_has_an_address_together() -> None:
    """Whoever refers to a shared row owns it: by a table between, by their own row, by an order; who entered it does not."""
    store = catalogue(
        table("addresses", "created_by", refers={"created_by": "accounts"}), table("accounts", "home_address", refers={"home_address": "addresses"}),
        table("account_addresses", "account_id", "address_id", refers={"account_id": "accounts", "address_id": "addresses"}),
        table("orders", "account_id", "address_id", refers={"account_id": "accounts", "address_id": "addresses"}),
    )  # fmt: skip
    found = ways(propose_links(store, {"accounts": [EMAIL]}, {"addresses", "accounts"}))
    assert found == {
        ("addresses", "created_by", "accounts", False), ("addresses", "id", "accounts", True), ("addresses", "id", "account_addresses", True),
        ("addresses", "id", "orders", True), ("account_addresses", "account_id", "accounts", True), ("orders", "account_id", "accounts", True),
    }  # fmt: skip


def test_an_identifier_needs_no_link_by_its_values() -> None:
    """A column by which people are found themselves is not proposed as a link to the table with the same addresses."""
    store = catalogue(table("accounts", key="email:text"), table("carts", "email:text"))
    agreed = {Pair("carts", "email", "accounts", "email"): Overlap(200, 200)}
    assert propose_links(store, {"accounts": [EMAIL], "carts": [EMAIL]}, set(), agreed) == {}
    assert ways(propose_links(store, {"accounts": [EMAIL]}, set(), agreed)) == {("carts", "email", "accounts", True)}


def test_a_ring_of_keys_is_followed_once() -> None:
    """The last order of a customer makes the order the customer's, and not the customer the order's."""
    store = catalogue(
        table("customers", "last_order_id", refers={"last_order_id": "orders"}), table("orders", "customer_id", refers={"customer_id": "customers"})
    )
    assert ways(propose_links(store, {"customers": [EMAIL]}, set())) == {("orders", "customer_id", "customers", True)}


def test_values_that_agree_make_a_link_where_no_key_is_declared() -> None:
    """Enough different values, nearly all of them met; fewer do with a name that says so. Numbers alone never do."""
    store = catalogue(
        table("customers", key="no:text"), table("tickets", "ref:text", "customer_no:text", "priority:text"), table("visits", "customer_id", "n"),
    )  # fmt: skip
    pairs = candidates(store)
    assert Pair("tickets", "ref", "customers", "no") in pairs
    assert not [pair for pair in pairs if pair.table == "visits" and pair.column == "n"]
    agreed = {Pair("tickets", "ref", "customers", "no"): Overlap(200, 198), Pair("tickets", "priority", "customers", "no"): Overlap(3, 3),
              Pair("tickets", "customer_no", "customers", "no"): Overlap(4, 4)}  # fmt: skip
    found = propose_links(store, {"customers": [EMAIL]}, set(), agreed)
    assert ways(found) == {("tickets", "ref", "customers", True), ("tickets", "customer_no", "customers", True)}
    assert found["tickets"][0].why == "198 of 200 values drawn from `ref` are in `customers.no`; no foreign key is declared"
    few = {Pair("tickets", "ref", "customers", "no"): Overlap(200, 150)}
    assert propose_links(store, {"customers": [EMAIL]}, set(), few) == {}


def test_a_number_needs_a_name() -> None:
    """Columns that count from one agree with every key that does; only the one that is named like the table is a candidate."""
    store = catalogue(table("customers"), table("products"), table("reviews", "customer_id", "stars", "product"))
    assert set(candidates(store)) == {Pair("reviews", "customer_id", "customers", "id"), Pair("reviews", "product", "products", "id")}


def test_a_type_says_which_table_a_number_is_of() -> None:
    """A polymorphic owner becomes one link for each type that is a table; other words are left out."""
    store = catalogue(table("customers"), table("dealers"), table("agents"), table("notes", "owner_type:text", "owner_id", "kind:text"))
    (pair,) = typed(store)
    assert pair == Typed("notes", "owner_type", "owner_id")
    found = propose_links(store, {"customers": [EMAIL], "dealers": [EMAIL], "agents": [EMAIL]}, set(), {},
                          {pair: {word: word for word in ("App\\Models\\Customer", "dealer", "Robot", "agent")}})  # fmt: skip
    assert {(link.to, tuple(link.where.items()), link.owner) for link in found["notes"]} == {
        ("customers", (("owner_type", "App\\Models\\Customer"),), True), ("dealers", (("owner_type", "dealer"),), True),
        ("agents", (("owner_type", "agent"),), False),
    }  # fmt: skip


def test_a_number_says_which_kind_of_row_is_meant() -> None:
    """Where kinds stand in a table with numbers, a key beside the number becomes one link for each kind that is a table, with its number."""
    store = catalogue(
        table("auth_user"), table("shop_order", "user_id", refers={"user_id": "auth_user"}), table("core_item"),
        table("content_type", "app_label:text", "model:text"), table("page", "content_type_id", "name:text", refers={"content_type_id": "content_type"}),
        table("note", "content_type_id", "object_id:text", refers={"content_type_id": "content_type"}),
        table("deed", "actor_content_type_id", "actor_object_id", refers={"actor_content_type_id": "content_type"}),
    )  # fmt: skip
    kinds = Kinds("content_type", "id", ("app_label", "model"))
    pairs = typed(store)
    assert pairs == (Typed("note", "content_type_id", "object_id", kinds), Typed("deed", "actor_content_type_id", "actor_object_id", kinds))
    words = {"4": "auth.user", "7": "shop.order", "8": "core.item", "9": "gone.thing"}
    found = propose_links(store, {"auth_user": [EMAIL]}, set(), {}, {pairs[0]: words, pairs[1]: {"4": "auth.user"}})
    assert {(link.columns, link.to, tuple(link.where.items())) for link in found["note"]} == {
        (("object_id",), "auth_user", (("content_type_id", "4"),)), (("object_id",), "shop_order", (("content_type_id", "7"),)),
    }  # fmt: skip
    assert [(link.to, dict(link.where)) for link in found["deed"]] == [("auth_user", {"actor_content_type_id": "4"})]


def test_a_table_and_its_key_stand_in_one_column() -> None:
    """`party.party,1` becomes one link for each table, by what stands before the key."""
    store = catalogue(table("party_party"), table("sale_sale", "party", refers={"party": "party_party"}), table("ir_note", "resource:text", "message:text"))
    (pair,) = typed(store)
    assert pair == Typed("ir_note", "resource", "resource")
    assert [before_key(value) for value in ("party.party,", "gid://shop/User/", "User#", "see page ", "5,")] == ["party.party", "User", "User", None, None]
    found = propose_links(store, {"party_party": [EMAIL]}, set(), {}, {pair: {"party.party,": "party.party", "sale.sale,": "sale.sale", "x.y,": "x.y"}})
    assert {(link.columns, link.to, link.prefix, dict(link.where) == {}) for link in found["ir_note"]} == {
        (("resource",), "party_party", "party.party,", True), (("resource",), "sale_sale", "sale.sale,", True),
    }  # fmt: skip


def test_a_link_of_some_rows_is_not_held_against_what_the_others_name() -> None:
    """Whom the rows of one kind lead to says nothing of whom all rows name."""
    held = {"users": [EMAIL], "notes": [EMAIL]}
    links = {"notes": (Link(("owner_id",), "users", ("id",), {"owner_type": "user"}), Link(("ref",), "users", ("id",), prefix="user,"), Link(("user_id",), "users", ("id",)))}
    assert [item.columns for item in besides(links, held)] == [("user_id",)]


def test_a_person_without_an_address_has_all_that_refer_to_them() -> None:
    """A user has one address as preferred, and each address says whose it is: who is found by one has all. Who has an address of their own is nobody else's."""
    store = catalogue(table("user", "preferred_address_id", refers={"preferred_address_id": "address"}), table("address", "user_id", refers={"user_id": "user"}))
    own = ("user", "preferred_address_id", "address", True)
    assert ways(propose_links(store, {"address": [EMAIL]}, set())) == {own, ("user", "id", "address", True), ("address", "user_id", "user", True)}
    assert ("user", "id", "address", True) not in ways(propose_links(store, {"address": [EMAIL], "user": [EMAIL]}, set()))
    alone = catalogue(table("user"), table("address", "user_id", refers={"user_id": "user"}))
    assert ways(propose_links(alone, {"address": [EMAIL]}, set())) == set()


def test_the_revision_that_stands_now_is_one_of_many() -> None:
    """An article is not its last editor's; an address that nothing else says whose it is belongs to whom has it now."""
    store = catalogue(
        table("users", "current_home_id", refers={"current_home_id": "homes"}), table("homes"),
        table("articles", "owner_id", "current_revision_id", refers={"owner_id": "users", "current_revision_id": "revisions"}),
        table("revisions", "article_id", "user_id", refers={"article_id": "articles", "user_id": "users"}),
    )  # fmt: skip
    found = ways(propose_links(store, {"users": [EMAIL]}, {"homes"}))
    assert {("articles", "current_revision_id", "revisions", False), ("homes", "id", "users", True), ("revisions", "user_id", "users", True)} <= found


def test_a_revision_is_of_who_wrote_it_and_a_deed_of_who_did_it() -> None:
    """Beside the article, and beside the table of any kind to which something was done."""
    user, article = Link(("user_id",), "users", ("id",)), Link(("article_id",), "articles", ("id",))
    assert writer("wiki_articlerevision", [user, article]) == ("user_id",)
    done = [Link((f"{word}_object_id",), to, ("id",), {f"{word}_type_id": "4"}) for word, to in (("actor", "users"), ("target", "users"), ("target", "articles"))]
    assert writer("deeds", done) == ("actor_object_id",)
    assert writer("deeds", done[1:]) == ()


def test_who_made_a_row_owns_it_where_only_some_rows_say_more() -> None:
    """What a file is attached to owns it beside who uploaded it; who changed a row is who worked on it, and its history names its author."""
    store = catalogue(
        table("users"), table("bugs", "user_id", refers={"user_id": "users"}), table("attachments", "creator_id", "object_type:text", "object_id", refers={"creator_id": "users"}),
        table("old_bugs", "author_id", "history_user_id", refers={"author_id": "users", "history_user_id": "users"}),
    )  # fmt: skip
    (pair,) = typed(store)
    found = ways(propose_links(store, {"users": [EMAIL]}, set(), {}, {pair: {"bug": "bug"}}))
    assert {way for way in found if way[0] == "attachments"} == {("attachments", "creator_id", "users", True), ("attachments", "object_id", "bugs", True)}
    assert {way for way in found if way[0] == "old_bugs"} == {("old_bugs", "author_id", "users", True), ("old_bugs", "history_user_id", "users", False)}


def test_two_tables_that_count_by_a_key_of_one_name_do_not_belong_together() -> None:
    """`history_id` counts the rows of each table; `user_id` of a profile is a user's all the same, and so is a number that nobody counted."""
    store = catalogue(
        table("old_bugs", key="history_id"), table("old_plans", key="history_id"), table("users", key="user_id"), table("profiles", key="user_id"),
        table("staff", key="nip"), table("payroll", key="nip"), table("notes", "history_id"),
    )  # fmt: skip
    assert {(pair.table, pair.to) for pair in candidates(store)} == {
        ("profiles", "users"), ("staff", "payroll"), ("payroll", "staff"), ("notes", "old_bugs"), ("notes", "old_plans"),
    }  # fmt: skip


def test_a_legacy_table_without_any_key_is_a_target() -> None:
    """Where a store declares no key at all, a column that is called like one is tried."""
    store = catalogue(table("pelanggan", "id", "nama:text", key=""), table("pesanan", "id_pelanggan", key=""))
    assert candidates(store) == (Pair("pesanan", "id_pelanggan", "pelanggan", "id"),)


def test_a_name_may_lead_to_another_system() -> None:
    """`account_id` of a log is the account of the shop, where only one system has accounts with owners and none is nearer."""
    logs = catalogue(table("logs", "account_id", "order_id", "page_id", "session:text"), table("pages"))
    shop = (catalogue(table("accounts"), table("orders"), table("pages"), table("products")), {"accounts", "orders"})
    found = propose_abroad(logs, {"logs": (Link(("order_id",), "x", ("y",)),)}, {"shop": shop})
    assert ways(found) == {("logs", "account_id", "shop/accounts", True)}
    assert found["logs"][0].why == "by its name; its values were not compared with the other system's"
    assert propose_abroad(logs, {}, {"shop": shop, "care": (catalogue(table("accounts")), {"accounts"})}).keys() == {"logs"}
    assert ways(propose_abroad(logs, {}, {"shop": shop, "care": (catalogue(table("accounts")), {"accounts"})})) == {("logs", "order_id", "shop/orders", True)}
    assert propose_abroad(logs, {}, {"shop": (shop[0], set())}) == {}
    texts = catalogue(table("logs", "account_id:text"))
    assert propose_abroad(texts, {}, {"shop": shop}) == {}


def test_rows_that_tell_more_of_a_person_lead_to_them() -> None:
    """Who is found by an address in `user_emails` is the user; by a telephone, which a household shares, or in a log of mails nobody is."""
    store = catalogue(
        table("users"), *(table(name, "user_id", refers={"user_id": "users"}) for name in ("user_emails", "user_phones", "sent_mails", "posts")),
        table("party"), table("contact_mech", "party_id", refers={"party_id": "party"}),
    )  # fmt: skip
    phone = Identifier("phone", "phone")
    found = ways(propose_links(
        store, {"users": [Identifier("name", "account")], "user_emails": [EMAIL], "user_phones": [phone], "sent_mails": [EMAIL], "contact_mech": [EMAIL]}, {"party"},
    ))  # fmt: skip
    assert found == {
        *((name, "user_id", "users", True) for name in ("user_emails", "user_phones", "sent_mails", "posts")), ("users", "id", "user_emails", True),
        ("party", "id", "contact_mech", True), ("contact_mech", "party_id", "party", True),
    }  # fmt: skip


def test_who_has_the_telephone_of_a_house_has_not_everybody_in_it() -> None:
    """An address belongs to those who refer to it, telephone or not; a company has an address of its own, and not its people."""
    store = catalogue(
        table("address"), table("companies"), table("customer", "address_id", "company_id", refers={"address_id": "address", "company_id": "companies"}),
    )  # fmt: skip
    found = propose_links(store, {"address": [Identifier("phone", "phone")], "companies": [EMAIL], "customer": [EMAIL]}, {"address", "companies", "customer"})
    assert ways(found) == {("address", "id", "customer", True)}


def joint(name: str, *columns: str, key: tuple[str, ...] = ()) -> Table:
    """A table of numbers with a key of several columns."""
    return Table(name, tuple(Column(column, "integer", Sort.INTEGER) for column in (*key, *columns)), primary_key=key)


def test_a_key_of_several_columns_is_met_by_all_of_them() -> None:
    """Member 7 of one tenant is not member 7 of another: the columns of a key are looked for together."""
    store = catalogue(joint("members", key=("tenant_id", "id")), joint("bookings", "tenant_id", "member_id", key=("number",)), joint("rooms", "member_id", key=("number",)))
    together = Pair("bookings", "member_id", "members", "id", (("tenant_id", "tenant_id"),))
    assert [pair for pair in candidates(store) if pair.beside] == [together]
    agreed = {together: Overlap(90, 90), Pair("bookings", "member_id", "members", "id"): Overlap(30, 0)}
    assert propose_links(store, {"members": [EMAIL]}, set(), agreed) == {"bookings": (Link(
        ("member_id", "tenant_id"), "members", ("id", "tenant_id"),
        why="90 of 90 values drawn from `member_id, tenant_id` are in `members.id, tenant_id`; no foreign key is declared",
    ),)}  # fmt: skip


def test_a_number_written_as_text_may_be_a_key() -> None:
    """`payslips.employee_no` is text and the number of an employee is none; without a word in the name it is not looked at."""
    store = catalogue(table("employees", key="employee_no"), table("payslips", "employee_no:text", "memo:text"))
    assert candidates(store) == (Pair("payslips", "employee_no", "employees", "employee_no"),)


def test_a_word_before_most_tables_says_nothing() -> None:
    """`user_id` leads to `spree_users` where most tables begin so; one table that does is another one."""
    names = ("users", "orders", "cards", "reviews")
    store = catalogue(*(table(f"spree_{name}", *([] if name == "users" else ["user_id"])) for name in names))
    assert Pair("spree_reviews", "user_id", "spree_users", "id") in candidates(store)
    assert not candidates(catalogue(table("spree_users"), table("orders", "user_id"), table("cards", "user_id"), table("reviews", "user_id")))


def test_a_name_of_an_account_leads_to_the_account() -> None:
    """Who is known by an address is found in posts that hold the name of the account alone; an address needs no link to itself."""
    store = catalogue(table("profiles", "email:text", key="username:text"), table("posts", "username:text"))
    pair = Pair("posts", "username", "profiles", "username")
    assert pair in candidates(store)
    known = {"profiles": [EMAIL, Identifier("username", "account")], "posts": [Identifier("username", "account")]}
    assert ways(propose_links(store, known, set(), {pair: Overlap(30, 30)})) == {("posts", "username", "profiles", True)}


def test_what_people_come_together_in_is_nobodys() -> None:
    """A queue has an address, and who looks after it; what is sent to it leads to who sent it alone."""
    store = catalogue(
        table("users", "email:text"), table("queues", "email_address:text", "default_owner_id", refers={"default_owner_id": "users"}),
        table("tickets", "email:text", "queue_id", refers={"queue_id": "queues"}), table("articles", "queue_id", refers={"queue_id": "queues"}),
    )  # fmt: skip
    known = {"users": [EMAIL], "tickets": [EMAIL], "queues": [Identifier("email_address", "email", owner=False)]}
    assert ways(propose_links(store, known, {"queues"})) == {("queues", "default_owner_id", "users", False)}


def test_who_does_something_with_a_thing_does_not_own_it() -> None:
    """A talk belongs to who gives it, not to those who like it or comment on it, also where the words of a table are run together; a kind of it to nobody."""
    given = {name: table(name, "user_id", "talk_id", refers={"user_id": "users", "talk_id": "talks"}) for name in ("talk_speakers", "talk_favourites", "talkcomments", "answers", "talk_read")}
    store = catalogue(table("users", "email:text"), table("talks", "notes:text", "kind_id", refers={"kind_id": "talk_reasons"}), table("talk_reasons", "text:text"), *given.values())
    found = ways(propose_links(store, {"users": [EMAIL]}, {"talks", "talk_reasons"}))
    assert {way for way in found if way[0].startswith("talk") and way[2] != "users"} == {("talks", "id", "talk_speakers", True)}


def test_an_address_is_of_its_order_also_where_words_are_run_together() -> None:
    """`order_shippingaddress` has a telephone: it belongs to the order that refers to it."""
    store = catalogue(
        table("users", "email:text"), table("order_shippingaddress", "line1:text", "phone:text"),
        table("orders", "guest_email:text", "user_id", "address_id", refers={"user_id": "users", "address_id": "order_shippingaddress"}),
    )  # fmt: skip
    known = {"users": [EMAIL], "orders": [Identifier("guest_email", "email")], "order_shippingaddress": [Identifier("phone", "phone")]}
    assert ("order_shippingaddress", "id", "orders", True) in ways(propose_links(store, known, {"order_shippingaddress"}))


def test_the_last_of_many_does_not_own_what_they_are_in() -> None:
    """A topic leads to its last post, whose writer is not the topic's."""
    store = catalogue(
        table("users", "email:text"), table("topics", "poster_id", "last_post_id", refers={"poster_id": "users", "last_post_id": "posts"}),
        table("posts", "poster_id", "topic_id", refers={"poster_id": "users", "topic_id": "topics"}),
    )  # fmt: skip
    found = ways(propose_links(store, {"users": [EMAIL]}, set()))
    assert {way for way in found if way[0] == "topics"} == {("topics", "poster_id", "users", True), ("topics", "last_post_id", "posts", False)}


def test_a_link_is_looked_along_for_whom_it_leads_to() -> None:
    """A ticket leads over its queue to who owns that: held against whom the ticket names itself; over two owners, or a row that names somebody, it is not."""
    links = {"tickets": (Link(("queue_id",), "boxes", ("id",)),), "boxes": (Link(("owner_id",), "users", ("id",)),)}
    (asked,) = besides(links, {"tickets": [EMAIL], "users": [EMAIL]})
    assert (asked.table, asked.to, asked.pairs, asked.over) == ("tickets", "boxes", (("email", "email"),), (("owner_id",), "users", ("id",)))
    assert of_others(links, {asked: Overlap(30, 1)})["tickets"][0].owner is False
    assert of_others(links, {asked: Overlap(30, 29)})["tickets"][0].owner is True
    both = {**links, "boxes": (*links["boxes"], Link(("other_id",), "users", ("id",)))}
    assert not [*besides(both, {"tickets": [EMAIL], "users": [EMAIL]})]
    assert [item.over for item in besides(links, {"tickets": [EMAIL], "users": [EMAIL], "boxes": [EMAIL]})] == [None, None]


@pytest.mark.parametrize(("name", "columns", "whose"), [
    ("comments", {"user_id": "users", "post_id": "posts"}, ("user_id",)),
    ("order_notes", {"user_id": "users", "order_id": "posts"}, ()),
    ("notices", {"sender_id": "users", "recipient_id": "users"}, ("sender_id",)),
    ("visits", {"user_id": "users", "address_id": "addresses"}, ("user_id",)),
    ("orders", {"user_id": "users", "payment_id": "payments"}, ("user_id",)),
    ("core_commentreply", {"user_id": "users", "comment_id": "posts"}, ("user_id",)),
    ("comments", {"user_id": "users"}, ()),
    ("comments", {"one_id": "users", "other_id": "users"}, ()),
    ("sales", {"party": "party_party", "shipment_party": "party_party", "shipment_address": "party_address", "contact": "contact_mechanism"}, ("party",)),
])  # fmt: skip
def test_words_are_of_who_wrote_them(name: str, columns: dict[str, str], whose: tuple[str, ...]) -> None:
    """Where a row leads to several people: said by the column, by what is written, or as the rest are places; else nobody is meant."""
    links = [Link((column,), to, ("id",)) for column, to in columns.items()]
    assert writer(name, links) == whose
