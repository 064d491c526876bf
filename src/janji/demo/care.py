"""The care centre: contacts, cases that were merged, chats of people and agents, recordings, attachments of either."""

from __future__ import annotations

from collections.abc import Iterator

from janji.datamap.meaning import Expiry, Form, Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.demo.chance import mix
from janji.demo.mycontoh import PROBLEMS, account_number, joined, order_days, order_number
from janji.demo.people import person
from janji.demo.sheets import Cells, Made, Sheet, Size, day, instant, means, several, split
from janji.terms.texts import Text

KINDS = ("complaint", "enquiry", "enquiry", "repair")
SAYINGS = ("Selamat siang, saya {name}. Pesanan saya belum sampai.", "Halo, TV saya {problem}. Hubungi saya di {phone}.",
           "I am {name}, my camera: {problem}. Write to {email}.", "Terima kasih atas bantuannya.")  # fmt: skip
ANSWERS = ("Baik, kami periksa dulu.", "Your repair is ready.", "Mohon kirim foto faktur.", "Sudah kami teruskan ke gudang.")
AGENTS = 40


def _known(size: Size, number: int) -> int:
    """Chance of a contact; 60 of 100 people have written once at least."""
    chance = mix(size.seed, 30, number)
    return chance if chance % 100 < 60 else 0


def _cases_of(size: Size, number: int) -> Iterator[tuple[int, int, int]]:
    """The cases of a contact: number, day, chance."""
    chance = _known(size, number)
    first, last = joined(size, number), size.until.toordinal()
    for index in range(1 + (chance >> 8) % 2 if chance else 0):
        more = mix(size.seed, 31, number * 4 + index)
        yield number * 4 + index + 1, first + more % (last - first), more >> 16


def _contacts(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance = _known(size, number)
        if chance:
            who = person(size.seed, number)
            cases = list(_cases_of(size, number))
            yield number + 1, who.email, who.name, who.local_phone, account_number(number) if chance >> 12 & 3 else None, cases[-1][0]


def _agents(size: Size) -> Iterator[Cells]:
    for number in range(AGENTS):
        yield number + 1, person(size.seed, 20_000_000 + number).name, f"agent{number + 1}@contoh.example"


def _cases(size: Size) -> Iterator[Cells]:
    last = size.until.toordinal()
    for number in range(size.people):
        before: int | None = None
        orders = [order for order, _, _ in order_days(size, number)][:7] if _known(size, number) else []
        for case, opened, chance in _cases_of(size, number):
            done = opened + 1 + chance % 9
            merged = before if before is not None and chance >> 4 & 3 == 0 else None
            before = case
            yield (
                case, number + 1, chance % AGENTS + 1, order_number(orders[chance % len(orders)]) if orders and chance & 1 else None,
                KINDS[chance >> 6 & 3], instant(opened, chance), None if done > last else instant(done, chance),
                f"{PROBLEMS[chance % 5]}", merged,
            )  # fmt: skip


def _chats(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        for case, opened, chance in _cases_of(size, number):
            who = person(size.seed, number)
            for index in range(2 + chance % 3):
                said = index % 2 == 0
                text = (SAYINGS if said else ANSWERS)[chance >> 2 * index & 3]
                yield (
                    case * 8 + index, case, "contact" if said else "agent", number + 1 if said else chance % AGENTS + 1,
                    text.format(name=who.name, phone=who.local_phone, email=who.email, problem=PROBLEMS[chance % 5]),
                    instant(opened, chance + 60 * index),
                )  # fmt: skip


def _recordings(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        for case, opened, chance in _cases_of(size, number):
            if chance >> 7 & 1:
                yield (
                    case, case, instant(opened, chance), 30 + chance % 900, f"recordings/{day(opened)}/{case}.ogg",
                    f"Nama saya {person(size.seed, number).name}.",
                )  # fmt: skip


def _attachments(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        for case, _, chance in _cases_of(size, number):
            if chance >> 9 & 3 == 0:
                chat = chance >> 11 & 1
                yield case, "chat" if chat else "case", case * 8 if chat else case, f"faktur-{case}.jpg", f"\\x{chance & 0xFFFF_FFFF:08x}"


FORM = several([
    "CREATE TABLE agents (id bigint NOT NULL, name varchar(120) NOT NULL, email varchar(254) NOT NULL)",
    """CREATE TABLE contacts (id bigint NOT NULL, email varchar(254), name varchar(120), phone varchar(30), account_number varchar(20),
       last_case_id bigint)""",
    """CREATE TABLE cases (id bigint NOT NULL, contact_id bigint NOT NULL, agent_id bigint, order_number varchar(20), kind varchar(10) NOT NULL,
       opened_at timestamptz NOT NULL, closed_at timestamptz, subject text, merged_into bigint)""",
    """CREATE TABLE chats (id bigint NOT NULL, case_id bigint NOT NULL, author_type varchar(10) NOT NULL, author_id bigint NOT NULL,
       body text NOT NULL, at timestamptz NOT NULL)""",
    """CREATE TABLE recordings (id bigint NOT NULL, case_id bigint NOT NULL, recorded_at timestamptz NOT NULL, seconds integer,
       file varchar(120) NOT NULL, transcript text)""",
    """CREATE TABLE attachments (id bigint NOT NULL, owner_type varchar(10) NOT NULL, owner_id bigint NOT NULL, file_name varchar(120),
       content bytea)""",
])  # fmt: skip

AFTER = several([
    "ALTER TABLE agents ADD PRIMARY KEY (id)",
    "ALTER TABLE contacts ADD PRIMARY KEY (id), ADD UNIQUE (email)", "CREATE INDEX contacts_lower_email ON contacts (lower(email))",
    "CREATE INDEX contacts_phone ON contacts (phone)", "CREATE INDEX contacts_account ON contacts (account_number)",
    "CREATE INDEX contacts_last_case ON contacts (last_case_id)",
    """ALTER TABLE cases ADD PRIMARY KEY (id), ADD FOREIGN KEY (contact_id) REFERENCES contacts,
       ADD FOREIGN KEY (agent_id) REFERENCES agents, ADD FOREIGN KEY (merged_into) REFERENCES cases""",
    "ALTER TABLE contacts ADD FOREIGN KEY (last_case_id) REFERENCES cases",
    "CREATE INDEX cases_contact ON cases (contact_id)", "CREATE INDEX cases_merged ON cases (merged_into)",
    "CREATE INDEX cases_order ON cases (order_number)",
    "ALTER TABLE chats ADD PRIMARY KEY (id), ADD FOREIGN KEY (case_id) REFERENCES cases", "CREATE INDEX chats_case ON chats (case_id)",
    "CREATE INDEX chats_author ON chats (author_type, author_id)",
    "ALTER TABLE recordings ADD PRIMARY KEY (id), ADD FOREIGN KEY (case_id) REFERENCES cases",
    "CREATE INDEX recordings_case ON recordings (case_id)", "CREATE INDEX recordings_recorded ON recordings (recorded_at)",
    "ALTER TABLE attachments ADD PRIMARY KEY (id)", "CREATE INDEX attachments_owner ON attachments (owner_type, owner_id)",
])  # fmt: skip

_CASE = Link(("case_id",), "cases", ("id",), why="foreign key")
_CASES = (Expiry("enquiries", follows="cases"),)

TABLES = (
    TableMeaning("agents", columns=means({}, "id name email"), ),
    TableMeaning(
        "contacts",
        identifiers=(
            Identifier("email", "email", Form.LOWER), Identifier("phone", "phone", Form.DIGITS, why="written as at home"),
            Identifier("account_number", "account"),
        ),
        columns=means({
            "email": "email", "name": "name", "phone": "contact-details", "account_number": "account-number",
            "last_case_id": Meaning("conversation", becomes="null"),
        }, "id"),
        retention=(Expiry("enquiries", follows="cases", why="with the last case"),),
    ),
    TableMeaning(
        "cases",
        links=(
            Link(("contact_id",), "contacts", ("id",), why="foreign key"),
            Link(("order_number",), "mycontoh/orders", ("number",), owner=False, why="the order that the case is about, in the shop"),
        ),
        columns=means({
            "contact_id": "conversation", "order_number": "products-bought", "kind": "conversation", "subject": "conversation",
            "opened_at": "conversation", "merged_into": Meaning("conversation", becomes="null"),
        }, "id agent_id closed_at"),
        retention=(
            Expiry("complaints", since="closed_at", where={"kind": "complaint"}),
            Expiry("enquiries", since="closed_at", where={"kind": "enquiry"}),
        ),
    ),
    TableMeaning(
        "chats", links=(_CASE, Link(("author_id",), "contacts", ("id",), where={"author_type": "contact"}, why="who wrote it")),
        columns=means({"author_id": "conversation", "body": "conversation", "at": "conversation"}, "id case_id author_type"), retention=_CASES,
    ),
    TableMeaning("recordings", links=(_CASE,), columns=means({"file": "call-recording", "transcript": "call-recording", "seconds": "call-recording"},
                                                             "id case_id recorded_at"),
                 retention=(Expiry("recordings", since="recorded_at"),)),
    TableMeaning(
        "attachments",
        links=(
            Link(("owner_id",), "cases", ("id",), where={"owner_type": "case"}, why="of a case or of a chat"),
            Link(("owner_id",), "chats", ("id",), where={"owner_type": "chat"}, why="of a case or of a chat"),
        ),
        columns=means({"file_name": "uploads", "content": "uploads"}, "id owner_type owner_id"),
        retention=(Expiry("enquiries", follows="cases"), Expiry("enquiries", follows="chats")),
    ),
)  # fmt: skip

SHEETS = (
    Sheet("agents", split("id name email"), _agents),
    Sheet("contacts", split("id email name phone account_number last_case_id"), _contacts),
    Sheet("cases", split("id contact_id agent_id order_number kind opened_at closed_at subject merged_into"), _cases),
    Sheet("chats", split("id case_id author_type author_id body at"), _chats),
    Sheet("recordings", split("id case_id recorded_at seconds file transcript"), _recordings),
    Sheet("attachments", split("id owner_type owner_id file_name content"), _attachments),
)

CARE = Made(
    SystemMeaning("care", Text((("en", "Care centre"), ("id", "Pusat layanan pelanggan"))), "Head of Customer Care", "Jakarta", "ID", tables={table.name: table for table in TABLES}),
    FORM, SHEETS, AFTER,
)  # fmt: skip
