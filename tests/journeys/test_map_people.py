"""What a scan proposes so that a person is found however their addresses stand: with space around, twice in a row, inside of lists and texts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from janji.datamap.checks import Words, check
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Form, Link, SystemMeaning
from janji.datamap.overlay import read_overlay
from janji.erasure.plan import Purpose, plan_store
from janji.erasure.steps import Known
from janji.people.identifiers import KINDS
from janji.terms.messages import ENGLISH
from janji.terms.processing import Severity
from janji.workflows.mapping import Scanned, scan
from janji.workflows.runtime import Runtime, Settings
from janji.workflows.systems import open_store

AT = datetime(2026, 12, 1, tzinfo=UTC)


def database(path: Path, *statements: str) -> str:
    """A database of SQLite, and its address."""
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return f"sqlite:///{path}"


def table(name: str, columns: str, rows: str) -> tuple[str, str]:
    """The statements that make a table and fill it."""
    return f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, {columns})", f"INSERT INTO {name} VALUES {rows}"  # noqa: S608 - names of ours


def scanned(folder: Path, url: str) -> tuple[Scanned, SystemMeaning]:
    """A scan without a policy, and what its overlay says."""
    made = scan(Runtime(Settings(maps=folder / "maps", data_dir=folder / "data"), ENGLISH), url, "shop", None)
    meaning = read_overlay("x", made.drafted.text.encode()).meaning
    assert meaning is not None
    return made, meaning


def found(url: str, meaning: SystemMeaning, people: Sequence[Known], wanted: str) -> list[object]:
    """The ids of the rows of a table that a search gives."""
    connector = open_store("shop", url, Runtime(Settings(), ENGLISH))
    plan = plan_store(connector.catalogue(), meaning, AT, Purpose.ACCESS)
    rows: list[object] = []
    connector.search(plan, people, lambda _, name, row: rows.append(row["id"]) if name == wanted else None)
    connector.close()
    return sorted(rows, key=str)


@pytest.mark.parametrize("kind", ["sqlite", "files"])
def test_space_around_addresses_is_proposed_and_passed_over(tmp_path: Path, kind: str) -> None:
    """A single value in a hundred with a tab behind it makes the form `trimmed`, with the reason; with capitals `trimmed-lower`."""
    values = {number: f"user{number}@x.id" for number in range(120)} | {7: " ani@x.id\t"}
    raised = values | {8: "Budi@X.id"}
    if kind == "files":
        (tmp_path / "files").mkdir()
        for name, held in (("plain", values), ("raised", raised)):
            (tmp_path / "files" / f"{name}.jsonl").write_text("".join(json.dumps({"id": number, "email": value}) + "\n" for number, value in held.items()))
        url = f"file://{tmp_path / 'files'}"
    else:
        url = database(tmp_path / "shop.db", *(
            statement for name, held in (("plain", values), ("raised", raised))
            for statement in table(name, "email TEXT", ", ".join(f"({number}, '{value}')" for number, value in held.items()))
        ))  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    (plain,), (lower,) = meaning.tables["plain"].identifiers, meaning.tables["raised"].identifiers
    assert (plain.form, lower.form) == (Form.TRIMMED, Form.TRIMMED_LOWER)
    assert plain.why.endswith("; some of its values have space around them")
    who = [Known(0, "email", "ani@x.id"), Known(0, "email", "budi@x.id")]
    assert (found(url, meaning, who, "plain"), found(url, meaning, who, "raised")) == ([7], [7, 8])


def test_two_addresses_of_one_person_are_proposed_as_theirs(tmp_path: Path) -> None:
    """`email2` and `mobile` of somebody found by `email` and `phone`; a sender and a recipient stay two people."""
    rows = ", ".join(f"({number}, 'a{number}@x.id', 'b{number}@x.id', '0812000{number:04}', '0813000{number:04}')" for number in range(1, 30))
    url = database(
        tmp_path / "shop.db",
        *table("contacts", "email TEXT, email2 TEXT, phone TEXT, mobile TEXT", rows),
        *table("gifts", "sender_email TEXT, recipient_email TEXT, sender_phone TEXT, recipient_phone TEXT", rows),
        *table("leads", "email TEXT UNIQUE, alt_email TEXT, phone TEXT, mobile TEXT", rows),
    )  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    of = {name: {column: one.of for column, one in said.columns.items() if one.of} for name, said in meaning.tables.items()}
    assert of == {
        "contacts": {"email2": ("email",), "phone": ("email",), "mobile": ("email",)},
        "gifts": {"sender_phone": ("sender_email",), "recipient_phone": ("recipient_email",)}, "leads": {},
    }  # fmt: skip
    assert meaning.tables["contacts"].columns["email2"].why.endswith("; the same person as `email`, by its name")
    for who in (Known(0, "email", "a3@x.id"), Known(0, "email", "b3@x.id"), Known(0, "phone", "08130000003")):
        assert found(url, meaning, [who], "contacts") == [3]
    connector = open_store("shop", url, Runtime(Settings(), ENGLISH))
    plan = plan_store(connector.catalogue(), meaning, AT, Purpose.ERASE)
    effect = connector.erase(plan, [Known(0, "email", "b3@x.id")], "t")
    connector.close()
    assert [(one.table, one.deleted, one.changed) for one in effect.tables if one.found] == [("contacts", 1, 0), ("gifts", 0, 1), ("leads", 1, 0)]


def people_in_lists(folder: Path) -> str:
    """A store with people in a list of objects, of strings in text, in entries of orders, and in lists under keys that are people's own."""
    rows = ", ".join(
        f"({number}, 'a{number}@x.id', '[{{\"email\": \"b{number}@x.id\"}}, {{\"email\": \"B{number + 1}@x.id\"}}]', '[\"c{number}@x.id\"]', '{{\"e{number}@x.id\": [{{\"email\": \"e{number}@x.id\"}}]}}')"
        for number in range(1, 30)
    )
    orders = ", ".join(
        f"({number}, {number}, '{{\"to\": [{{\"buyer\": {{\"email\": \"d{number}@x.id\"}}}}], \"between\": [{{\"from_email\": \"f{number}@x.id\", \"to_email\": \"g{number}@x.id\"}}]}}')"
        for number in range(1, 30)
    )
    return database(folder / "shop.db", *table("people", "email TEXT UNIQUE, contacts JSON, others TEXT, owned JSON", rows),
                    *table("orders", "person_id INTEGER REFERENCES people (id), detail JSON", orders))  # fmt: skip


def test_people_inside_of_lists_are_proposed(tmp_path: Path) -> None:
    """Each place with its reason and form: the entry is theirs where it names them alone and directly; the people are found there."""
    url = people_in_lists(tmp_path)
    made, meaning = scanned(tmp_path, url)
    proposed = {(item.name, item.kind, item.form, item.owner) for table in meaning.tables.values() for item in table.identifiers if item.path}
    assert proposed == {
        ("contacts.[*].email", "email", Form.LOWER, True), ("others.[*]", "email", Form.EXACT, True), ("detail.to[*].buyer.email", "email", Form.EXACT, False),
        ("detail.between[*].from_email", "email", Form.EXACT, False), ("detail.between[*].to_email", "email", Form.EXACT, False),
    }  # fmt: skip
    whys = {item.name: item.why for table in meaning.tables.values() for item in table.identifiers}
    assert whys["contacts.[*].email"].endswith("each entry of the list in which it stands is theirs")
    assert whys["detail.to[*].buyer.email"].endswith("it stands in entries of a list that are more than theirs")
    assert whys["detail.between[*].to_email"].endswith("entries name several people, and are none's alone")
    who = [Known(0, "email", "b7@x.id"), Known(1, "email", "c9@x.id"), Known(2, "email", "d3@x.id")]
    assert (found(url, meaning, who, "people"), found(url, meaning, who, "orders")) == ([6, 7, 9], [3])
    assert made.drafted.columns == ()


def test_people_inside_of_lists_block_an_erasure_where_they_cannot_be_told(tmp_path: Path) -> None:
    """A list under keys that are people's own is not searched, and a place that somebody took out neither: blocked until the map says that all are the row's person."""
    url = people_in_lists(tmp_path)
    made, meaning = scanned(tmp_path, url)
    said = {(dict(item.message.params)["column"], dict(item.message.params)["path"]) for item in made.findings if item.code == "inside-document"}
    assert said == {("shop/people.owned", "$.*[*].email")}

    def blocked(said: SystemMeaning) -> set[str]:
        store = open_store("shop", url, Runtime(Settings(), ENGLISH))
        problems = plan_store(store.catalogue(), said, AT, Purpose.ERASE).problems
        assert not any("in which nobody" in str(one.message) for one in plan_store(store.catalogue(), said, AT, Purpose.ACCESS).problems)
        store.close()
        return {str(dict(one.message.params)["place"]) for one in problems if "in which nobody is looked for" in str(one.message)}

    assert blocked(meaning) == {"owned.*[*].email"}
    people = meaning.tables["people"]
    fewer = replace(people, identifiers=tuple(item for item in people.identifiers if item.column != "contacts"))
    assert blocked(replace(meaning, tables={**meaning.tables, "people": fewer})) == {"owned.*[*].email", "contacts[*].email"}
    own = {name: replace(said, of=("email",)) if name == "owned" else said for name, said in people.columns.items()}
    assert blocked(replace(meaning, tables={**meaning.tables, "people": replace(people, columns=own)})) == set()


def test_a_few_addresses_inside_of_longer_text_are_said(tmp_path: Path) -> None:
    """Three in a hundred are not found, and the scan says so; where none is, nothing is said."""
    rows = ", ".join(f"({number}, '{f'Siti <s{number}@x.id>' if number % 33 == 0 else f'a{number}@x.id'}', 'b{number}@x.id')" for number in range(1, 101))
    url = database(tmp_path / "shop.db", *table("people", "email TEXT, contact_email TEXT", rows))
    made, meaning = scanned(tmp_path, url)
    assert {item.column for item in meaning.tables["people"].identifiers} == {"email", "contact_email"}
    (found,) = [item for item in made.findings if item.code == "inside-text"]
    assert str(found.message) == "in 3 of the values drawn from `shop/people.email` somebody is named inside of a longer text, and is not found by it"


def gone(url: str, meaning: SystemMeaning, who: Sequence[Known]) -> tuple[set[str], dict[str, list[object]]]:
    """What a preflight says, and the ids that are left in each table once the people are erased."""
    connector = open_store("shop", url, Runtime(Settings(), ENGLISH))
    reviewed = {name: replace(said, reviewed=fingerprint(connector.catalogue().tables[name])) for name, said in meaning.tables.items()}
    plan = plan_store(connector.catalogue(), replace(meaning, tables=reviewed), AT, Purpose.ERASE)
    assert plan.problems == ()
    told = {str(problem.message) for problem in connector.preflight(plan, who)}
    if not told:
        assert connector.erase(plan, who, "t").complete
    connector.close()
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        return told, {name: [row[0] for row in connection.execute(f"SELECT id FROM {name} ORDER BY 1")] for name in meaning.tables}  # noqa: S608 - names of ours


def test_somebody_is_found_by_an_address_that_stands_in_a_table_of_its_own(tmp_path: Path) -> None:
    """By either of two addresses: the user, both addresses and the posts go, and nobody else's."""
    url = database(
        tmp_path / "shop.db", *table("users", "username TEXT UNIQUE, name TEXT", ", ".join(f"({n}, 'handle{n}', 'Siti Aminah')" for n in range(1, 30))),
        *table("user_emails", "user_id INTEGER REFERENCES users (id), email TEXT UNIQUE", ", ".join(f"({2 * n + k}, {n}, 'a{n}.{k}@x.id')" for n in range(1, 30) for k in (0, 1))),
        *table("posts", "user_id INTEGER REFERENCES users (id), body TEXT", ", ".join(f"({n}, {n}, 'some words')" for n in range(1, 30))),
    )  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    told, left = gone(url, meaning, [Known(0, "email", "a7.1@x.id")])
    assert told == set()
    assert (7 in left["users"], {14, 15} & {*left["user_emails"]}, 7 in left["posts"]) == (False, set(), False)
    assert {name: len(rows) for name, rows in left.items()} == {"users": 28, "user_emails": 56, "posts": 28}


def test_whose_a_row_is_that_nothing_finds_is_asked(tmp_path: Path) -> None:
    """A sign-up with the person's address belongs to an account that has none: blocked until the map says whose it is; of whom none is there, nothing is asked."""
    url = database(
        tmp_path / "shop.db", *table("logins", "login_name TEXT UNIQUE, real_name TEXT", ", ".join(f"({n}, 'handle{n}', 'Siti Aminah')" for n in range(1, 30))),
        *table("signups", "login_id INTEGER REFERENCES logins (id), email TEXT", ", ".join(f"({n}, {n}, 'a{n}@x.id')" for n in range(1, 30))),
    )  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    told, _ = gone(url, meaning, [Known(0, "email", "a7@x.id")])
    assert told == {"rows of `signups`: 1 have the `email` of these people and belong to rows of `logins`, and nothing says whether those are theirs too"}
    assert gone(url, meaning, [Known(0, "email", "nobody@x.id")])[0] == set()
    back = replace(meaning.tables["logins"], links=(Link(("id",), "signups", ("login_id",)),))
    told, left = gone(url, replace(meaning, tables={**meaning.tables, "logins": back}), [Known(0, "email", "a7@x.id")])
    assert (told, len(left["logins"]), len(left["signups"])) == (set(), 28, 28)


def test_a_column_that_takes_capitals_for_small_letters_is_counted_letter_by_letter(tmp_path: Path) -> None:
    """`COLLATE NOCASE` hides the capitals from a comparison, and nobody from a search."""
    url = database(tmp_path / "shop.db", *table("people", "email TEXT COLLATE NOCASE", ", ".join(f"({n}, '{'A' if n % 2 else 'a'}{n}@X.ID')" for n in range(1, 130))))
    _, meaning = scanned(tmp_path, url)
    assert meaning.tables["people"].identifiers[0].form is Form.LOWER
    assert found(url, meaning, [Known(0, "email", "a7@x.id")], "people") == [7]


def test_what_a_row_says_of_a_recipient_is_the_recipients(tmp_path: Path) -> None:
    """The giver leaves: the recipient's name stays; the recipient leaves: nothing of theirs stays, and the giver's card does."""
    cards = ", ".join(f"({n}, {n}, 'b{n}@x.id', 'Budi Santoso')" for n in range(1, 30))
    url = database(tmp_path / "shop.db", *table("users", "email TEXT UNIQUE", ", ".join(f"({n}, 'a{n}@x.id')" for n in range(1, 30))),
                   *table("gift_cards", "user_id INTEGER REFERENCES users (id), recipient_email TEXT, recipient_name TEXT", cards))  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    assert gone(url, meaning, [Known(0, "email", "a7@x.id"), Known(1, "email", "b8@x.id")])[0] == set()
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        rows = connection.execute("SELECT id, user_id, recipient_email, recipient_name FROM gift_cards WHERE id IN (7, 8) ORDER BY 1").fetchall()
    assert rows == [(7, None, "b7@x.id", "Budi Santoso"), (8, 8, None, None)]


def test_what_a_scan_proposes_is_no_mistake(tmp_path: Path) -> None:
    """`of` may name an identifier, as a scan itself proposes; what is neither that nor a link is told."""
    rows = ", ".join(f"({n}, 'a{n}@x.id', 'b{n}@x.id', '0812000{n:04}', '0813000{n:04}')" for n in range(1, 30))
    url = database(tmp_path / "shop.db", *table("contacts", "email TEXT, email2 TEXT, phone TEXT, mobile TEXT", rows))
    made, _ = scanned(tmp_path, url)
    for text, codes in ((made.drafted.text, set()), (made.drafted.text.replace("of: [email]", "of: [id]"), {"unknown-link"})):
        overlay = read_overlay("x", text.encode())
        assert {item.code for item in check([overlay], Words(frozenset(KINDS))) if item.severity is Severity.ERROR} == codes


def test_attributes_that_belong_together_are_one_persons(tmp_path: Path) -> None:
    """An address among the attributes of an order finds the order and all of its attributes, and nothing of anybody else's."""
    meta = ", ".join(f"({3 * n + k}, {n}, '{name}', '{value}')" for n in range(1, 30) for k, (name, value) in enumerate((("mail", f"a{n}@x.id"), ("name", "Siti Aminah"), ("total", "10"))))
    url = database(
        tmp_path / "shop.db", *table("orders", "note TEXT", ", ".join(f"({n}, 'some words')" for n in range(1, 30))),
        *table("order_meta", "order_id INTEGER, meta_key TEXT, meta_value TEXT", meta),
    )  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    told, left = gone(url, meaning, [Known(0, "email", "a7@x.id")])
    assert (told, 7 in left["orders"], {21, 22, 23} & {*left["order_meta"]}) == (set(), False, set())
    assert {name: len(rows) for name, rows in left.items()} == {"orders": 28, "order_meta": 84}


@pytest.mark.parametrize("kind", ["JSON", "TEXT"])
def test_a_document_is_looked_into_at_its_key(tmp_path: Path, kind: str) -> None:
    """A log of old values finds people where they stand; where a column of the row says who it is, that alone does, and the scan says so."""
    logs = ", ".join(f"""({n}, '{{"old": {{"email": "{'A' if n % 2 else 'a'}{n}@x.id"}}}}')""" for n in range(1, 30))
    both = ", ".join(f"""({n}, 'a{n}@x.id', '{{"email": "b{n}@x.id"}}')""" for n in range(1, 30))
    url = database(tmp_path / "shop.db", *table("audit_logs", f"old_row {kind}", logs), *table("people", f"email TEXT, extra {kind}", both))
    made, meaning = scanned(tmp_path, url)
    assert [(item.name, item.form, item.owner) for item in meaning.tables["audit_logs"].identifiers] == [("old_row.old.email", Form.LOWER, True)]
    assert [item.name for item in meaning.tables["people"].identifiers] == ["email"]
    assert {str(dict(item.message.params)["column"]) for item in made.findings if item.code == "inside-document"} == {"shop/people.extra"}
    told, left = gone(url, meaning, [Known(0, "email", "a7@x.id")])
    assert (told, 7 in left["audit_logs"], len(left["audit_logs"]), 7 in left["people"]) == (set(), False, 28, False)


@pytest.mark.parametrize("kinds", [True, False])
def test_what_leads_to_tables_of_several_kinds_is_followed(tmp_path: Path, kinds: bool) -> None:
    """A note on an order and one on a user go with the person, by a number for the kind or by the table before the key; those on a product stay."""
    people = table("auth_user", "email TEXT UNIQUE", ", ".join(f"({n}, 'a{n}@x.id')" for n in range(1, 30)))
    orders = table("shop_order", "user_id INTEGER REFERENCES auth_user (id)", ", ".join(f"({n + 50}, {n})" for n in range(1, 30)))
    words = [(n, kind, key) for n, (kind, key) in enumerate([("auth.user", 7), ("auth.user", 8), ("shop.order", 57), ("shop.order", 58), ("shop.product", 7), ("shop.product", 57)])]
    if kinds:
        numbers = {"auth.user": 1, "shop.order": 2, "shop.product": 3}
        types = table("django_content_type", "app_label TEXT, model TEXT", ", ".join(f"({n}, '{kind.split('.')[0]}', '{kind.split('.')[1]}')" for kind, n in numbers.items()))
        rows = ", ".join(f"({n}, {numbers[kind]}, '{key}', 'Siti Aminah')" for n, kind, key in words)
        notes = [*types, *table("notes", "content_type_id INTEGER REFERENCES django_content_type (id), object_id TEXT, full_name TEXT", rows)]
    else:
        notes = [*table("notes", "resource TEXT, full_name TEXT", ", ".join(f"({n}, '{kind},{key}', 'Siti Aminah')" for n, kind, key in words))]
    url = database(tmp_path / "shop.db", *people, *orders, *table("shop_product", "title TEXT", "(7, 'Kettle'), (57, 'Pot')"), *notes)
    made, meaning = scanned(tmp_path, url)
    assert {link.to for link in meaning.tables["notes"].links} == {"auth_user", "shop_order"}
    told, left = gone(url, meaning, [Known(0, "email", "a7@x.id")])
    assert (told, left["notes"], 57 in left["shop_order"], len(left["auth_user"])) == (set(), [1, 3, 4, 5], False, 28)
    assert read_overlay("x", made.drafted.text.encode()).diagnostics == ()


def test_a_log_of_others_does_not_call_who_left_by_name(tmp_path: Path) -> None:
    """An administrator's log about a user loses the user's name with them; a comment on somebody's order loses its address of the network with who wrote it."""
    rows = ", ".join(f"({n}, 'a{n}@x.id')" for n in range(1, 30))
    url = database(
        tmp_path / "shop.db", *table("auth_user", "email TEXT UNIQUE", rows), *table("shop_order", "user_id INTEGER REFERENCES auth_user (id)", ", ".join(f"({n}, {n})" for n in range(1, 30))),
        *table("content_type", "app_label TEXT, model TEXT", "(4, 'auth', 'user'), (7, 'shop', 'order')"),
        *table("admin_log", "user_id INTEGER NOT NULL REFERENCES auth_user (id), content_type_id INTEGER REFERENCES content_type (id), object_id TEXT, object_repr TEXT NOT NULL",
               ", ".join(f"({n}, 1, 4, '{n}', 'siti{n}')" for n in range(1, 30))),
        *table("comments", "user_id INTEGER REFERENCES auth_user (id), content_type_id INTEGER REFERENCES content_type (id), object_pk TEXT NOT NULL, ip_address TEXT, body TEXT",
               ", ".join(f"({n}, {n % 29 + 1}, 7, '{n}', '36.80.1.{n}', 'I would like to say that the kettle is good {n}')" for n in range(1, 30))),
    )  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    told, left = gone(url, meaning, [Known(0, "email", "a7@x.id")])
    assert (told, len(left["admin_log"]), len(left["comments"])) == (set(), 29, 29)
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        assert connection.execute("SELECT user_id, object_id, object_repr FROM admin_log WHERE id IN (7, 8) ORDER BY id").fetchall() == [(1, None, ""), (1, "8", "siti8")]
        found = connection.execute("SELECT user_id, ip_address, body IS NULL FROM comments WHERE id IN (6, 7) ORDER BY id").fetchall()
    assert found == [(None, None, 1), (8, "36.80.1.7", 0)]


def test_who_sells_to_somebody_does_not_take_them_along(tmp_path: Path) -> None:
    """The seller of contacts leaves: the contacts, who name others than the seller, stay and lose the seller alone."""
    url = database(
        tmp_path / "shop.db", *table("users", "email TEXT UNIQUE", ", ".join(f"({n}, 'a{n}@x.id')" for n in range(1, 30))),
        *table("leads", "owner_id INTEGER REFERENCES users (id), email TEXT, full_name TEXT", ", ".join(f"({n}, {n % 3 + 1}, 'b{n}@x.id', 'Siti Aminah')" for n in range(1, 30))),
    )  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    (link,) = meaning.tables["leads"].links
    assert (link.owner, link.why.endswith("29 of 29 rows name somebody else than it leads to")) == (False, True)
    told, left = gone(url, meaning, [Known(0, "email", "a2@x.id")])
    assert (told, len(left["users"]), len(left["leads"])) == (set(), 28, 29)
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        assert connection.execute("SELECT count(*), count(email), count(full_name), sum(owner_id = 2) FROM leads").fetchone() == (29, 29, 29, 0)


def test_a_house_has_one_address_in_every_row(tmp_path: Path) -> None:
    """What stands in all rows is the house's and an agent's the agent's: neither keeps a row for anybody; a user's second address is no second person."""
    url = database(
        tmp_path / "shop.db",
        *table("payments", "receiver_email TEXT, payer_email TEXT, agent_email TEXT", ", ".join(f"({n}, 'pay@shop.id', 'a{n}@x.id', 'cs{n}@shop.id')" for n in range(1, 30))),
        *table("user_profiles", "delivery_email TEXT, email TEXT", ", ".join(f"({n}, 'a{n}@x.id', 'user{n}@shop.id')" for n in range(1, 30))),
    )  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    assert {item.column: item.owner for item in meaning.tables["payments"].identifiers} == {"receiver_email": False, "payer_email": True, "agent_email": False}
    told, left = gone(url, meaning, [Known(0, "email", "a7@x.id")])
    assert (told, 7 in left["payments"], 7 in left["user_profiles"]) == (set(), False, False)
    assert {name: len(rows) for name, rows in left.items()} == {"payments": 28, "user_profiles": 28}


def test_lines_of_a_gift_stay_with_it(tmp_path: Path) -> None:
    """The giver leaves: the order stays for whom it was for, and its lines still belong to it."""
    url = database(
        tmp_path / "shop.db", *table("users", "email TEXT UNIQUE", ", ".join(f"({n}, 'a{n}@x.id')" for n in range(1, 30))),
        *table("orders", "user_id INTEGER REFERENCES users (id), recipient_user_id INTEGER REFERENCES users (id)", ", ".join(f"({n}, {n}, {n % 29 + 1})" for n in range(1, 30))),
        *table("order_lines", "order_id INTEGER REFERENCES orders (id), thing TEXT", ", ".join(f"({n}, {n}, 'lamp')" for n in range(1, 30))),
    )  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    told, left = gone(url, meaning, [Known(0, "email", "a7@x.id")])
    assert (told, len(left["users"]), len(left["orders"]), len(left["order_lines"])) == (set(), 28, 29, 29)
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        assert connection.execute("SELECT user_id, recipient_user_id FROM orders WHERE id = 7").fetchone() == (None, 8)
        assert connection.execute("SELECT count(*) FROM order_lines WHERE order_id = id").fetchone() == (29,)


def test_a_ticket_goes_with_who_sent_it(tmp_path: Path) -> None:
    """It lies in a queue that a clerk owns: the scan sees by its values that those who send are others. The clerk takes no ticket and no queue along."""
    url = database(
        tmp_path / "shop.db", *table("users", "email TEXT UNIQUE", ", ".join(f"({n}, 'a{n}@x.id')" for n in range(1, 30))),
        *table("inboxes", "label TEXT, owner_id INTEGER REFERENCES users (id)", "(1, 'Help', 1), (2, 'Sales', 2)"),
        *table("queues", "email TEXT, default_owner_id INTEGER REFERENCES users (id)", "(1, 'help@shop.id', 1), (2, 'sales@shop.id', 2)"),
        *table("tickets", "email TEXT, inbox_id INTEGER REFERENCES inboxes (id), queue_id INTEGER NOT NULL REFERENCES queues (id), body TEXT",
               ", ".join(f"({n}, 'b{n}@x.id', {n % 2 + 1}, {n % 2 + 1}, 'It does not work')" for n in range(1, 30))),
    )  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    (link,) = meaning.tables["tickets"].links
    assert (link.to, link.owner, link.why.endswith("29 of 29 rows name somebody else than it leads to")) == ("inboxes", False, True)
    told, left = gone(url, meaning, [Known(0, "email", "b7@x.id")])
    assert (told, 7 in left["tickets"], {name: len(rows) for name, rows in left.items()}) == (set(), False, {"users": 29, "inboxes": 2, "queues": 2, "tickets": 28})
    told, left = gone(url, meaning, [Known(0, "email", "a2@x.id")])
    assert (told, len(left["tickets"]), left["queues"]) == (set(), 28, [1, 2])
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        assert connection.execute("SELECT count(*) FROM tickets WHERE email IS NULL OR queue_id IS NULL").fetchone() == (0,)
        assert connection.execute("SELECT email, default_owner_id FROM queues").fetchall() == [("help@shop.id", 1), ("sales@shop.id", None)]


def test_what_is_written_goes_with_who_wrote_it(tmp_path: Path) -> None:
    """A comment on somebody else's post loses its words with who wrote it, and keeps them when the post's author leaves; who likes a talk is not who gives it."""
    users = ", ".join(f"({n}, 'a{n}@x.id', 'Siti Aminah')" for n in range(1, 30))
    words = "I would like to say that the second edition of this book is much better than the first one was"
    url = database(
        tmp_path / "shop.db", *table("users", "email TEXT UNIQUE, full_name TEXT", users),
        *table("posts", "user_id INTEGER REFERENCES users (id), body TEXT", ", ".join(f"({n}, {n}, '{words} {n}')" for n in range(1, 30))),
        *table("comments", "post_id INTEGER NOT NULL REFERENCES posts (id), user_id INTEGER REFERENCES users (id), body TEXT", ", ".join(f"({n}, {n}, {n % 29 + 1}, '{words} {n}')" for n in range(1, 30))),
        *table("talks", "notes TEXT", ", ".join(f"({n}, '{words} {n}')" for n in range(1, 30))),
        *table("talk_speakers", "talk_id INTEGER REFERENCES talks (id), user_id INTEGER REFERENCES users (id)", ", ".join(f"({n}, {n}, {n})" for n in range(1, 30))),
        *table("talk_favourites", "talk_id INTEGER REFERENCES talks (id), user_id INTEGER REFERENCES users (id)", ", ".join(f"({n}, {n}, {n % 29 + 1})" for n in range(1, 30))),
    )  # fmt: skip
    _, meaning = scanned(tmp_path, url)
    assert meaning.tables["comments"].columns["body"].of == ("user_id",)
    told, left = gone(url, meaning, [Known(0, "email", "a7@x.id")])
    assert (told, 7 in left["users"], 7 in left["talk_speakers"]) == (set(), False, False)
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        assert connection.execute("SELECT id, user_id, body FROM comments WHERE id IN (6, 7) ORDER BY 1").fetchall() == [(6, None, None), (7, 8, f"{words} 7")]
        assert connection.execute("SELECT count(*) FROM talks").fetchone() == (29,)  # somebody else likes it still
        assert connection.execute("SELECT notes FROM talks WHERE id = 7").fetchone() == (None,)
