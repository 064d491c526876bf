"""The shop and its accounts: people, households, orders and gifts, payments, books, registrations, repairs, loyalty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from uuid import UUID

from janji.datamap.meaning import Expiry, Form, Identifier, KeepRule, Link, Meaning, SystemMeaning, TableMeaning
from janji.demo.chance import mix
from janji.demo.names import INTERESTS, PRODUCTS
from janji.demo.people import COMPANY, HOUSEHOLD, address_of, person, postal_code, street_of, town_of
from janji.demo.sheets import Cells, Made, Sheet, Size, day, instant, means, several, split
from janji.terms.periods import Period
from janji.terms.texts import Text

ORDERS = 1000
"""Numbers of orders begin with the account's number times this."""
STATES = ("completed", "completed", "completed", "completed", "cancelled", "completed", "completed")
CHANNELS = ("email", "sms", "post")
MESSAGES = ("Selamat ulang tahun, {name}!", "Semoga suka, {name}", "Terima kasih, {name}", "Happy birthday {name}")
PROBLEMS = ("tidak menyala", "layar bergaris", "suara pecah", "battery does not charge", "shutter stuck")
PLACES = ("Contoh Centre Plaza Senayan", "Contoh Centre Pakuwon", "toko daring", "Electronic City", "Hartono Elektronik")
YEARS = range(2014, 2031)


def joined(size: Size, number: int) -> int:
    """The day on which an account was opened, by its number."""
    return size.until.toordinal() - 30 - mix(size.seed, 10, number) % 3600


def order_days(size: Size, number: int) -> Iterator[tuple[int, int, int]]:
    """Each order of an account: its number, its day, and chance to make the rest of it from."""
    chance = mix(size.seed, 11, number)
    count = max(chance % 7, size.people // 20) if number == COMPANY else chance % 7
    first, last = joined(size, number), size.until.toordinal()
    base = 10**12 if number == COMPANY else (number + 1) * ORDERS
    for index in range(count):
        more = mix(size.seed, 12, base + index)
        yield base + index, first + more % (last - first), more >> 16


def account_number(number: int) -> str:
    """The number of an account as people read it."""
    return f"MS{number + 1:010}"


def order_number(order: int) -> str:
    """The number of an order as people read it."""
    return f"SO-{order:010}"


def _accounts(size: Size) -> Iterator[Cells]:
    last = size.until.toordinal()
    for number in range(size.people):
        who, chance, first = person(size.seed, number), mix(size.seed, 13, number), joined(size, number)
        closed = first + (chance >> 8) % (last - first) if chance % 100 < 8 else None
        seen = closed if closed is not None else first + (chance >> 20) % (last - first)
        wants = {
            "interests": [INTERESTS[chance % 8], INTERESTS[(chance >> 3) % 8]], "newsletter": bool(chance >> 7 & 1),
            "contact": {"whatsapp": who.phone},
        }  # fmt: skip
        yield (
            number + 1, account_number(number), who.email if chance & 7 else who.email.title(), who.name, who.phone if chance >> 5 & 3 else None,
            who.national_id if chance >> 9 & 1 else None, who.born.isoformat(), "P" if who.woman else "L", json.dumps(wants),
            (chance >> 30) % number + 1 if number and chance >> 11 & 7 == 0 else None, who.address + 1, instant(first, chance),
            instant(seen, chance >> 10), None if closed is None else instant(closed, chance >> 12),
            instant(closed, chance >> 13) if closed is not None and chance >> 14 & 1 else None,
        )  # fmt: skip


def _addresses(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        if number % HOUSEHOLD != HOUSEHOLD - 1:
            yield (*_address(size, number), number + 1)
    for number in range(2, size.people, 7):
        yield (*_address(size, size.people + number), number + 1)


def _address(size: Size, address: int) -> Cells:
    town = town_of(size.seed, address)
    return address + 1, street_of(size.seed, address), town.name, town.province, postal_code(size.seed, address), "ID"


def _account_addresses(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        yield number + 1, address_of(number) + 1, "home"
    for number in range(2, size.people, 7):
        yield number + 1, size.people + number + 1, "work"


def _devices(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance = mix(size.seed, 14, number)
        for index in range(chance % 3):
            more = mix(size.seed, 15, number * 4 + index)
            sku = PRODUCTS[more % 16][0]
            yield (
                str(UUID(int=more << 64 | chance, version=4)), number + 1, sku, f"S{number:08}{index}",
                str(UUID(int=chance << 64 | more, version=4)), f"203.0.113.{more >> 8 & 255}",
                instant(size.until.toordinal() - (more >> 24) % 500, more >> 20),
            )  # fmt: skip


def _products(_: Size) -> Iterator[Cells]:
    yield from PRODUCTS


def _orders(size: Size) -> Iterator[Cells]:
    last = size.until.toordinal()
    for number in range(size.people):
        home = address_of(number) + 1
        for order, ordered, chance in order_days(size, number):
            state = STATES[chance % 7] if last - ordered > 12 else "open"
            done = None if state == "open" else instant(ordered + 1 + chance % 10, chance)
            gift = chance >> 4 & 15
            friend = (chance >> 8) % size.people
            recipient: Cells = (None, None, None, None)
            if gift == 0 and friend != number:
                recipient = (friend + 1, person(size.seed, friend).name, None, MESSAGES[chance >> 6 & 3])
            elif gift == 1:
                other = person(size.seed, friend + 10_000_000)
                recipient = (None, other.name, other.phone, MESSAGES[chance >> 6 & 3])
            if recipient[1] is not None:
                recipient = (*recipient[:3], str(recipient[3]).format(name=str(recipient[1]).split()[0]))
            total = sum(int(str(item[4])) * int(str(item[3])) for item in _items_of(order, chance))
            yield (
                order, order_number(order), number + 1, *recipient, home, instant(ordered, chance >> 3), done, state, total,
                "tolong telepon dulu" if chance >> 12 & 15 == 0 else None, instant(ordered, chance >> 3),
            )  # fmt: skip


def _items_of(order: int, chance: int) -> Iterator[Cells]:
    for line in range(1, chance % 3 + 2):
        sku, _, price = PRODUCTS[(chance >> 3 * line) % 16]
        engraving = "untuk keluarga" if chance >> 2 * line & 31 == 0 else None
        yield order, line, sku, (chance >> line) % 2 + 1, price, engraving


def _items(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        for order, _, chance in order_days(size, number):
            yield from _items_of(order, chance)


def _returns(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        for order, ordered, chance in order_days(size, number):
            if chance >> 5 & 31 == 0:
                yield order, order, 1, PROBLEMS[chance % 5], day(min(ordered + 20, size.until.toordinal()))


def _payments(size: Size) -> Iterator[Cells]:
    last = size.until.toordinal()
    for number in range(size.people):
        who = person(size.seed, number)
        for order, ordered, chance in order_days(size, number):
            card = chance >> 6 & 3
            settled = ordered + 1 + chance % 10
            total = sum(int(str(item[4])) * int(str(item[3])) for item in _items_of(order, chance))
            yield (
                order, order, "card" if card else "transfer", f"{chance % 10_000:04}" if card else None, who.name.upper(),
                None if card else f"{chance % 10**10:010}", total, instant(ordered, chance >> 2),
                None if last - ordered <= 12 else instant(settled, chance),
                json.dumps({"payer": {"name": who.name, "email": who.email}, "token": f"tok_{order:012x}"}),
            )  # fmt: skip


def _invoices(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        who = person(size.seed, number)
        for order, ordered, chance in order_days(size, number):
            if chance & 3 == 0:
                lines = [{"sku": item[2], "quantity": item[3]} for item in _items_of(order, chance)]
                total = sum(int(str(item[4])) * int(str(item[3])) for item in _items_of(order, chance))
                yield (
                    f"INV-{order:010}", number + 1, order_number(order), day(ordered), who.name,
                    f"{street_of(size.seed, who.address)}, {who.town.name}", who.national_id if chance >> 2 & 1 else None, total,
                    json.dumps(lines),
                )  # fmt: skip


def _registrations(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance, first = mix(size.seed, 16, number), joined(size, number)
        for index in range(chance % 3):
            more = mix(size.seed, 17, number * 4 + index)
            bought = first + more % (size.until.toordinal() - first)
            yield (
                number * 4 + index + 1, number + 1, PRODUCTS[more >> 8 & 15][0], f"R{number:08}{index}", day(bought),
                PLACES[(more >> 12) % 5], day(bought + 365 * (1 + (more >> 16) % 2)),
            )  # fmt: skip


def _repairs(size: Size) -> Iterator[Cells]:
    last = size.until.toordinal()
    for number in range(size.people):
        chance, first = mix(size.seed, 16, number), joined(size, number)
        for index in range(chance % 3):
            more = mix(size.seed, 17, number * 4 + index)
            came = first + more % (last - first) + 60
            if more >> 20 & 3 == 0 and came < last:
                yield (
                    number * 4 + index + 1, number * 4 + index + 1, day(came), day(came + 14) if came + 14 < last else None,
                    PROBLEMS[(more >> 22) % 5], f"hubungi {person(size.seed, number).local_phone}",
                )  # fmt: skip


def _loyalty(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance = mix(size.seed, 18, number)
        if chance & 1:
            yield number + 1, f"L{number:09}", ("perak", "emas", "platina")[chance % 3], chance >> 8 & 8191, day(joined(size, number))


def _movements(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance, first = mix(size.seed, 18, number), joined(size, number)
        if chance & 1:
            for index in range(chance >> 4 & 7):
                more = mix(size.seed, 19, number * 8 + index)
                yield (
                    number * 8 + index + 1, number + 1, instant(first + more % (size.until.toordinal() - first), more >> 8),
                    (more >> 12) % 500 - 100, ("purchase", "voucher", "birthday")[(more >> 20) % 3],
                )  # fmt: skip


def _subscriptions(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance, first = mix(size.seed, 20, number), joined(size, number)
        span = size.until.toordinal() - first
        for index, channel in enumerate(CHANNELS):
            if chance >> 3 * index & 7 < 4:
                opened = first + (chance >> 10 + index) % span
                left = instant(opened, chance >> 9) if chance >> 20 + index & 15 == 0 else None
                yield number + 1, channel, instant(first, chance), instant(opened, chance >> 8), left


def _carts(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance = mix(size.seed, 21, number)
        if chance & 3 == 0:
            basket = {"items": [{"sku": PRODUCTS[chance >> 4 & 15][0], "quantity": 1}], "contact": {"name": person(size.seed, number).name}}
            yield (
                number + 1, person(size.seed, number).email, number + 1 if chance & 4 else None, json.dumps(basket),
                instant(size.until.toordinal() - (chance >> 8) % 90, chance >> 12),
            )  # fmt: skip


def _credit_checks(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        for order, ordered, chance in order_days(size, number):
            if chance >> 9 & 31 == 0:
                yield order, number + 1, order, 300 + chance % 550, ("good", "fair", "poor")[chance % 3], day(ordered)


_PARTITIONS = [
    f"CREATE TABLE loyalty_movements_{year} PARTITION OF loyalty_movements"
    f" FOR VALUES FROM ('{year}-01-01 00:00:00+00') TO ('{year + 1}-01-01 00:00:00+00')"
    for year in YEARS
]  # fmt: skip

FORM = several([
    "CREATE TABLE products (sku varchar(20) PRIMARY KEY, title varchar(80) NOT NULL, price numeric(12,0) NOT NULL)",
    """CREATE TABLE accounts (id bigint NOT NULL, number varchar(14) NOT NULL, email varchar(254) NOT NULL, name varchar(120) NOT NULL, phone varchar(20),
       national_id char(16), born date NOT NULL, gender char(1), preferences jsonb NOT NULL DEFAULT '{}', referred_by bigint,
       home_address bigint, created_at timestamptz NOT NULL, last_seen_at timestamptz, closed_at timestamptz, deleted_at timestamptz,
       CHECK (length(email) > 2))""",
    """CREATE TABLE addresses (id bigint NOT NULL, street varchar(160) NOT NULL, town varchar(60) NOT NULL, province varchar(60) NOT NULL,
       postal_code char(5), country char(2) NOT NULL, created_by bigint)""",
    "CREATE TABLE account_addresses (account_id bigint NOT NULL, address_id bigint NOT NULL, kind varchar(10) NOT NULL)",
    """CREATE TABLE devices (id uuid NOT NULL, account_id bigint NOT NULL, sku varchar(20) NOT NULL, serial varchar(20) NOT NULL,
       advertising_id uuid, last_ip inet, last_seen_at timestamptz)""",
    """CREATE TABLE orders (id bigint NOT NULL, number varchar(20) NOT NULL, buyer_id bigint NOT NULL, recipient_id bigint,
       recipient_name varchar(120), recipient_phone varchar(20), gift_message text, address_id bigint, ordered_at timestamptz NOT NULL,
       completed_at timestamptz, state varchar(12) NOT NULL, total numeric(14,0) NOT NULL CHECK (total >= 0), note text,
       updated_at timestamptz NOT NULL)""",
    """CREATE TABLE items (order_id bigint NOT NULL, line smallint NOT NULL, sku varchar(20) NOT NULL, quantity smallint NOT NULL,
       price numeric(12,0) NOT NULL, engraving text)""",
    """CREATE TABLE returns (id bigint NOT NULL, order_id bigint NOT NULL, line smallint NOT NULL, reason text, returned_on date)""",
    """CREATE TABLE payments (id bigint NOT NULL, order_id bigint NOT NULL, method varchar(10) NOT NULL, card_last4 char(4),
       holder varchar(120), bank_account varchar(20), amount numeric(14,0) NOT NULL, paid_at timestamptz, settled_at timestamptz,
       gateway jsonb)""",
    """CREATE TABLE invoices (number varchar(20) NOT NULL, account_id bigint NOT NULL, order_number varchar(20) NOT NULL,
       issued_on date NOT NULL, buyer_name varchar(120) NOT NULL, buyer_address text NOT NULL, tax_number varchar(20),
       total numeric(14,0) NOT NULL, lines jsonb NOT NULL)""",
    """CREATE TABLE registrations (id bigint NOT NULL, account_id bigint NOT NULL, sku varchar(20) NOT NULL, serial varchar(20) NOT NULL,
       bought_on date, place_of_purchase varchar(80), warranty_until date NOT NULL)""",
    """CREATE TABLE repairs (id bigint NOT NULL, registration_id bigint NOT NULL, received_on date NOT NULL, closed_on date, problem text,
       technician_note text)""",
    """CREATE TABLE loyalty (account_id bigint NOT NULL, number varchar(12) NOT NULL, tier varchar(10) NOT NULL, points integer NOT NULL,
       joined_on date NOT NULL)""",
    """CREATE TABLE loyalty_movements (id bigint NOT NULL, account_id bigint NOT NULL, at timestamptz NOT NULL, points integer NOT NULL,
       reason varchar(20)) PARTITION BY RANGE (at)""",
    *_PARTITIONS,
    """CREATE TABLE subscriptions (account_id bigint NOT NULL, channel varchar(10) NOT NULL, since timestamptz NOT NULL,
       last_opened_at timestamptz, withdrawn_at timestamptz)""",
    "CREATE TABLE carts (id bigint NOT NULL, email varchar(254), account_id bigint, basket jsonb, updated_at timestamptz NOT NULL)",
    """CREATE TABLE credit_checks (id bigint NOT NULL, account_id bigint NOT NULL, order_id bigint, score integer NOT NULL,
       result varchar(10) NOT NULL, decided_on date NOT NULL)""",
])  # fmt: skip

AFTER = several([
    "ALTER TABLE accounts ADD PRIMARY KEY (id), ADD UNIQUE (number), ADD UNIQUE (email), ADD UNIQUE (national_id)",
    "CREATE INDEX accounts_lower_email ON accounts (lower(email))", "CREATE INDEX accounts_phone ON accounts (phone)",
    "CREATE INDEX accounts_referred ON accounts (referred_by)", "CREATE INDEX accounts_home ON accounts (home_address)",
    "ALTER TABLE addresses ADD PRIMARY KEY (id)", "CREATE INDEX addresses_creator ON addresses (created_by)",
    "ALTER TABLE accounts ADD FOREIGN KEY (referred_by) REFERENCES accounts, ADD FOREIGN KEY (home_address) REFERENCES addresses",
    "ALTER TABLE addresses ADD FOREIGN KEY (created_by) REFERENCES accounts",
    """ALTER TABLE account_addresses ADD PRIMARY KEY (account_id, address_id), ADD FOREIGN KEY (account_id) REFERENCES accounts,
       ADD FOREIGN KEY (address_id) REFERENCES addresses""",
    "CREATE INDEX account_addresses_address ON account_addresses (address_id)",
    """ALTER TABLE devices ADD PRIMARY KEY (id), ADD UNIQUE (serial), ADD FOREIGN KEY (account_id) REFERENCES accounts,
       ADD FOREIGN KEY (sku) REFERENCES products""",
    "CREATE INDEX devices_account ON devices (account_id)",
    """ALTER TABLE orders ADD PRIMARY KEY (id), ADD UNIQUE (number), ADD FOREIGN KEY (buyer_id) REFERENCES accounts,
       ADD FOREIGN KEY (recipient_id) REFERENCES accounts, ADD FOREIGN KEY (address_id) REFERENCES addresses""",
    "CREATE INDEX orders_buyer ON orders (buyer_id)", "CREATE INDEX orders_recipient ON orders (recipient_id)",
    "CREATE INDEX orders_address ON orders (address_id)", "CREATE INDEX orders_completed ON orders (completed_at)",
    """ALTER TABLE items ADD PRIMARY KEY (order_id, line), ADD FOREIGN KEY (order_id) REFERENCES orders,
       ADD FOREIGN KEY (sku) REFERENCES products""",
    "ALTER TABLE returns ADD PRIMARY KEY (id), ADD FOREIGN KEY (order_id, line) REFERENCES items (order_id, line)",
    "CREATE INDEX returns_item ON returns (order_id, line)",
    "ALTER TABLE payments ADD PRIMARY KEY (id), ADD FOREIGN KEY (order_id) REFERENCES orders",
    "CREATE INDEX payments_order ON payments (order_id)", "CREATE INDEX payments_settled ON payments (settled_at)",
    "ALTER TABLE invoices ADD PRIMARY KEY (number), ADD FOREIGN KEY (account_id) REFERENCES accounts",
    "CREATE INDEX invoices_account ON invoices (account_id)",
    "ALTER TABLE registrations ADD PRIMARY KEY (id), ADD UNIQUE (serial), ADD FOREIGN KEY (account_id) REFERENCES accounts",
    "CREATE INDEX registrations_account ON registrations (account_id)",
    """ALTER TABLE repairs ADD PRIMARY KEY (id), ADD FOREIGN KEY (registration_id) REFERENCES registrations ON DELETE CASCADE""",
    "CREATE INDEX repairs_registration ON repairs (registration_id)",
    "ALTER TABLE loyalty ADD PRIMARY KEY (account_id), ADD UNIQUE (number), ADD FOREIGN KEY (account_id) REFERENCES accounts",
    """ALTER TABLE loyalty_movements ADD PRIMARY KEY (id, at), ADD FOREIGN KEY (account_id) REFERENCES loyalty ON DELETE CASCADE""",
    "CREATE INDEX loyalty_movements_account ON loyalty_movements (account_id)",
    "ALTER TABLE subscriptions ADD PRIMARY KEY (account_id, channel), ADD FOREIGN KEY (account_id) REFERENCES accounts",
    "ALTER TABLE carts ADD PRIMARY KEY (id), ADD FOREIGN KEY (account_id) REFERENCES accounts",
    "CREATE INDEX carts_email ON carts (lower(email))", "CREATE INDEX carts_account ON carts (account_id)",
    """ALTER TABLE credit_checks ADD PRIMARY KEY (id), ADD FOREIGN KEY (account_id) REFERENCES accounts,
       ADD FOREIGN KEY (order_id) REFERENCES orders ON DELETE SET NULL""",
    "CREATE INDEX credit_checks_account ON credit_checks (account_id)", "CREATE INDEX credit_checks_order ON credit_checks (order_id)",
    """CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := clock_timestamp(); RETURN NEW; END $$""",
    "CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()",
    "CREATE VIEW active_accounts AS SELECT id, email, name FROM accounts WHERE closed_at IS NULL",
    """CREATE MATERIALIZED VIEW best_buyers AS SELECT a.id, a.name, count(*) AS orders, sum(o.total) AS total FROM accounts a
       JOIN orders o ON o.buyer_id = a.id GROUP BY a.id, a.name ORDER BY sum(o.total) DESC LIMIT 100""",
])  # fmt: skip

_NUMBER = Link(("account_id",), "accounts", ("id",), why="foreign key")
_ORDER = Link(("order_id",), "orders", ("id",), why="foreign key")
_THIRD = partial(Meaning, "third-person-data", of=("recipient_id",), becomes="null")
_FOLLOWS_ACCOUNT = (Expiry("accounts", follows="accounts"),)

TABLES = (
    TableMeaning("products", columns=means({}, "sku title price")),
    TableMeaning(
        "accounts",
        identifiers=(
            Identifier("email", "email", Form.LOWER), Identifier("phone", "phone"), Identifier("national_id", "national-id"),
            Identifier("number", "account"),
        ),
        columns=means({
            "number": Meaning("account-number", becomes="token"), "email": Meaning("email", becomes="token"), "name": Meaning("name", becomes="-"),
            "phone": "contact-details", "national_id": "identity-evidence", "born": Meaning("date-of-birth", becomes="year"),
            "gender": "gender", "preferences": Meaning("account-preferences", becomes="{}", paths={
                "interests": "interests", "newsletter": "account-preferences", "contact.whatsapp": "contact-details"}),
            "referred_by": Meaning("account-association", becomes="null"), "home_address": Meaning("contact-details", becomes="null"),
            "last_seen_at": Meaning("activity-time-place", becomes="null"),
        }, "id created_at closed_at deleted_at"),
        retention=(Expiry("accounts", since="closed_at"),),
    ),
    TableMeaning(
        "addresses",
        links=(
            Link(("id",), "account_addresses", ("address_id",), why="whose address it is"),
            Link(("created_by",), "accounts", ("id",), owner=False, why="who typed it in need not live there"),
        ),
        columns=means({
            "street": "contact-details", "town": "contact-details", "postal_code": "contact-details", "province": "contact-details",
            "created_by": Meaning("account-association", of=("created_by",), becomes="null"),
        }, "id country"),
        retention=(Expiry("accounts", follows="account_addresses", why="with the last who lives there"),),
    ),
    TableMeaning("account_addresses", links=(_NUMBER,), columns=means({}, "account_id address_id kind"),
                 retention=_FOLLOWS_ACCOUNT),
    TableMeaning(
        "devices", links=(_NUMBER,), identifiers=(Identifier("advertising_id", "device"),),
        columns=means({
            "id": "device-number", "account_id": "none", "serial": "device-number", "advertising_id": "device-id",
            "last_ip": "ip-address", "last_seen_at": "activity-time-place", "sku": "products-bought",
        }), retention=_FOLLOWS_ACCOUNT,
    ),
    TableMeaning(
        "orders",
        links=(
            Link(("buyer_id",), "accounts", ("id",), why="foreign key"),
            Link(("recipient_id",), "accounts", ("id",), why="a gift belongs to who gets it too"),
        ),
        columns=means({
            "number": "products-bought", "buyer_id": "none", "recipient_id": _THIRD(), "recipient_name": _THIRD(),
            "recipient_phone": _THIRD(), "gift_message": _THIRD(), "address_id": "contact-details", "ordered_at": "delivery-date",
            "completed_at": "delivery-date", "total": "payment-information", "note": Meaning("conversation", becomes="null"),
        }, "id state updated_at"),
        retention=(
            Expiry("sales", since="completed_at"),
            Expiry("delivered-third-person", since="completed_at", columns=("recipient_name", "recipient_phone", "gift_message")),
        ),
    ),
    TableMeaning("items", links=(_ORDER,), columns=means({"sku": "products-bought", "engraving": "third-person-data"},
                                                         "order_id line quantity price"), retention=(Expiry("sales", follows="orders"),)),
    TableMeaning("returns", links=(Link(("order_id", "line"), "items", ("order_id", "line"), why="foreign key"),),
                 columns=means({"reason": "conversation"}, "id order_id line returned_on"), retention=(Expiry("sales", follows="items"),)),
    TableMeaning(
        "payments", identifiers=(Identifier("gateway", "email", Form.LOWER, path="$.payer.email"),), links=(_ORDER,),
        columns=means({
            "card_last4": "payment-information", "holder": "payment-information", "bank_account": "payment-information",
            "amount": "payment-information", "paid_at": "payment-information",
            "gateway": Meaning("payment-information", paths={"payer.name": "name", "payer.email": "email", "token": "payment-information"}),
        }, "id order_id method settled_at"),
        retention=(Expiry("payment", since="settled_at"),),
    ),
    TableMeaning(
        "invoices", links=(_NUMBER,),
        columns=means({
            "account_id": "none", "order_number": "products-bought", "buyer_name": "name", "buyer_address": "contact-details",
            "tax_number": "identity-evidence", "total": "payment-information", "lines": "products-bought",
        }, "number issued_on"),
        keep=(KeepRule("tax-records", "the books are kept for ten years", since="issued_on", period=Period(months=120)),),
        retention=(Expiry("tax-records", since="issued_on"),),
    ),
    TableMeaning(
        "registrations", links=(_NUMBER,),
        columns=means({"account_id": "none", "serial": "device-number", "sku": "products-bought", "place_of_purchase": "place-of-purchase",
                       "bought_on": "products-bought"}, "id warranty_until"),
        retention=(Expiry("warranty", since="warranty_until"),),
    ),
    TableMeaning("repairs", links=(Link(("registration_id",), "registrations", ("id",), why="foreign key"),),
                 columns=means({"problem": "conversation", "technician_note": "conversation"}, "id registration_id received_on closed_on"),
                 retention=(Expiry("warranty", follows="registrations"),)),
    TableMeaning("loyalty", links=(_NUMBER,), columns=means({"account_id": "none", "number": "account-number", "tier": "loyalty-use",
                                                            "points": "loyalty-use"}, "joined_on"), retention=_FOLLOWS_ACCOUNT),
    TableMeaning("loyalty_movements", links=(Link(("account_id",), "loyalty", ("account_id",), why="foreign key"),),
                 columns=means({"account_id": "none", "points": "loyalty-use", "reason": "loyalty-use", "at": "loyalty-use"}, "id"),
                 retention=(Expiry("accounts", follows="loyalty"),)),
    TableMeaning(
        "subscriptions", links=(_NUMBER,),
        columns=means({"account_id": "none", "channel": "account-preferences", "last_opened_at": "account-preferences"},
                      "since withdrawn_at"),
        retention=(Expiry("marketing", since="last_opened_at"), Expiry("marketing", since="withdrawn_at", event="withdrawal")),
    ),
    TableMeaning(
        "carts", links=(Link(("account_id",), "accounts", ("id",), why="foreign key, empty for guests"),),
        identifiers=(Identifier("email", "email", Form.LOWER),),
        columns=means({"email": "email", "account_id": "none",
                       "basket": Meaning("checkout-products", paths={"contact.name": "name"})}, "id updated_at"),
        retention=(Expiry("unfinished-checkout", since="updated_at"),),
    ),
    TableMeaning("credit_checks", links=(_NUMBER,), columns=means({"account_id": "none", "score": "credit-check", "result": "credit-check"},
                                                                  "id order_id decided_on"), retention=(Expiry("credit-checks", since="decided_on"),)),
    TableMeaning("active_accounts", identifiers=(Identifier("email", "email", Form.LOWER),), columns=means({"id": "none", "email": "email", "name": "name"})),
    TableMeaning("best_buyers", links=(Link(("id",), "accounts", ("id",), why="what it was made of"),), columns=means({"id": "none", "name": "name", "total": "payment-information", "orders": "products-bought"})),
)  # fmt: skip

SHEETS = (
    Sheet("products", split("sku title price"), _products),
    Sheet("accounts", split("id number email name phone national_id born gender preferences referred_by home_address created_at last_seen_at"
                            " closed_at deleted_at"), _accounts),
    Sheet("addresses", split("id street town province postal_code country created_by"), _addresses),
    Sheet("account_addresses", split("account_id address_id kind"), _account_addresses),
    Sheet("devices", split("id account_id sku serial advertising_id last_ip last_seen_at"), _devices),
    Sheet("orders", split("id number buyer_id recipient_id recipient_name recipient_phone gift_message address_id ordered_at completed_at"
                          " state total note updated_at"), _orders),
    Sheet("items", split("order_id line sku quantity price engraving"), _items),
    Sheet("returns", split("id order_id line reason returned_on"), _returns),
    Sheet("payments", split("id order_id method card_last4 holder bank_account amount paid_at settled_at gateway"), _payments),
    Sheet("invoices", split("number account_id order_number issued_on buyer_name buyer_address tax_number total lines"), _invoices),
    Sheet("registrations", split("id account_id sku serial bought_on place_of_purchase warranty_until"), _registrations),
    Sheet("repairs", split("id registration_id received_on closed_on problem technician_note"), _repairs),
    Sheet("loyalty", split("account_id number tier points joined_on"), _loyalty),
    Sheet("loyalty_movements", split("id account_id at points reason"), _movements),
    Sheet("subscriptions", split("account_id channel since last_opened_at withdrawn_at"), _subscriptions),
    Sheet("carts", split("id email account_id basket updated_at"), _carts),
    Sheet("credit_checks", split("id account_id order_id score result decided_on"), _credit_checks),
)  # fmt: skip

MYCONTOH = Made(
    SystemMeaning("mycontoh", Text((("en", "My Contoh: shop, accounts, loyalty"), ("id", "My Contoh: toko, akun, dan loyalitas"))), "Head of E-commerce", "Jakarta", "ID",
                  tables={table.name: table for table in TABLES}),
    FORM, SHEETS, AFTER,
)  # fmt: skip
