"""The community: members, posts in threads, reviews, photos, likes, and messages between two members; a SQLite file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from janji.datamap.meaning import Expiry, Form, Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.demo.chance import mix
from janji.demo.mycontoh import joined
from janji.demo.names import PRODUCTS
from janji.demo.people import person
from janji.demo.sheets import Cells, Made, Sheet, Size, instant, means, several, split
from janji.terms.texts import Text

FORUMS = ("alpha", "lensa", "audio", "bravia", "playstation")
TEXTS = ("Ada yang sudah coba firmware baru?", "Saya di {town}, ada meetup?", "Great lens, but heavy.", "Jual cepat, hubungi {phone}",
         "Setuju!", "Foto ini diambil di {town}.")  # fmt: skip
POSTS = 8


def _member(size: Size, number: int) -> int:
    """Chance of a member; 30 of 100 people are."""
    chance = mix(size.seed, 40, number)
    return chance if chance % 100 < 30 else 0


def _start(size: Size, number: int, chance: int) -> int:
    first = joined(size, number)
    return first + chance % (size.until.toordinal() - first)


def _members(size: Size) -> Iterator[Cells]:
    last = size.until.toordinal()
    for number in range(size.people):
        chance = _member(size, number)
        if chance:
            who, start = person(size.seed, number), _start(size, number, chance)
            left = instant(start + (chance >> 9) % (last - start + 1), chance) if chance >> 20 & 15 == 0 else None
            yield (
                number + 1, f"{who.name.split()[0].lower()}{number}", who.email, number + 1 if chance & 3 else None, who.born.isoformat(),
                f"avatars/{number + 1}.png", instant(start, chance), left,
            )  # fmt: skip


def _posts_of(size: Size, number: int) -> Iterator[tuple[int, int, int]]:
    chance = _member(size, number)
    for index in range((chance >> 4) % POSTS if chance else 0):
        more = mix(size.seed, 41, number * POSTS + index)
        yield number * POSTS + index + 1, _start(size, number, more), more >> 16


def _posts(size: Size) -> Iterator[Cells]:
    earlier: list[int] = []
    for number in range(size.people):
        for post, at, chance in _posts_of(size, number):
            who = person(size.seed, number)
            parent = earlier[chance % len(earlier)] if earlier and chance >> 6 & 3 else None
            earlier = [*earlier[-63:], post]
            text = TEXTS[chance % 6].format(town=who.town.name, phone=who.local_phone)
            yield (
                post, number + 1, parent, FORUMS[chance % 5], text, instant(at, chance),
                instant(at, chance >> 2) if chance >> 10 & 15 == 0 else None,
            )  # fmt: skip


def _reviews(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance = _member(size, number)
        for index in range((chance >> 12) % 3 if chance else 0):
            more = mix(size.seed, 42, number * 4 + index)
            answers = {"by": person(size.seed, number).name, "helpful": more % 40}
            yield (
                number * 4 + index + 1, number + 1, PRODUCTS[more % 16][0], more >> 4 & 3 | 1, TEXTS[2 + more % 2].format(
                    town="", phone=person(size.seed, number).local_phone), json.dumps(answers), more >> 8 & 1,
                instant(_start(size, number, more), more),
            )  # fmt: skip


def _photos(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        for post, at, chance in _posts_of(size, number):
            if chance >> 11 & 3 == 0:
                exif = {"camera": PRODUCTS[chance % 3][0], "owner": person(size.seed, number).name,
                        "gps": [round(-6.2 + chance % 90 / 1000, 3), round(106.8 + chance % 70 / 1000, 3)]}  # fmt: skip
                yield post, number + 1, post, f"photos/{post}.jpg", json.dumps(exif), instant(at, chance)


def _likes(size: Size) -> Iterator[Cells]:
    earlier: list[int] = []
    for number in range(size.people):
        if _member(size, number):
            chance = mix(size.seed, 43, number)
            chosen = {earlier[(chance >> 5 * index) % len(earlier)] for index in range(chance % 4)} if earlier else set()
            for post in sorted(chosen):
                yield number + 1, post
        earlier = [*earlier, *(post for post, _, _ in _posts_of(size, number))][-64:]


def _messages(size: Size) -> Iterator[Cells]:
    before: int | None = None
    for number in range(size.people):
        chance = _member(size, number)
        if chance:
            if before is not None and chance >> 16 & 1:
                text = f"Halo {person(size.seed, before).name.split()[0]}, masih ada? WA {person(size.seed, number).local_phone}"
                yield number + 1, number + 1, before + 1, text, instant(_start(size, number, chance), chance)
            before = number


FORM = several([
    """CREATE TABLE members (id INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE COLLATE NOCASE,
       account_id INTEGER, born TEXT, avatar TEXT, joined_at TEXT NOT NULL, left_at TEXT)""",
    """CREATE TABLE posts (id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL REFERENCES members (id), parent_id INTEGER REFERENCES posts (id),
       forum TEXT NOT NULL, body TEXT NOT NULL, posted_at TEXT NOT NULL, deleted_at TEXT)""",
    """CREATE TABLE reviews (id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL REFERENCES members (id), sku TEXT NOT NULL,
       stars INTEGER NOT NULL, body TEXT, answers TEXT, visible INTEGER NOT NULL, written_at TEXT NOT NULL)""",
    """CREATE TABLE photos (id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL REFERENCES members (id), post_id INTEGER REFERENCES posts (id),
       file TEXT NOT NULL, exif TEXT, taken_at TEXT)""",
    """CREATE TABLE likes (member_id INTEGER NOT NULL REFERENCES members (id), post_id INTEGER NOT NULL REFERENCES posts (id),
       PRIMARY KEY (member_id, post_id)) WITHOUT ROWID""",
    """CREATE TABLE messages (id INTEGER PRIMARY KEY, sender_id INTEGER NOT NULL REFERENCES members (id),
       recipient_id INTEGER NOT NULL REFERENCES members (id), body TEXT NOT NULL, sent_at TEXT NOT NULL)""",
])  # fmt: skip

AFTER = several([
    "CREATE INDEX members_email ON members (lower(email))", "CREATE INDEX members_account ON members (account_id)",
    "CREATE INDEX posts_member ON posts (member_id)", "CREATE INDEX posts_parent ON posts (parent_id)",
    "CREATE INDEX reviews_member ON reviews (member_id)", "CREATE INDEX photos_member ON photos (member_id)",
    "CREATE INDEX photos_post ON photos (post_id)", "CREATE INDEX likes_post ON likes (post_id)",
    "CREATE INDEX messages_sender ON messages (sender_id)", "CREATE INDEX messages_recipient ON messages (recipient_id)",
    "CREATE VIEW public_posts AS SELECT p.id, m.handle, p.forum, p.body FROM posts p JOIN members m ON m.id = p.member_id WHERE p.deleted_at IS NULL",
])  # fmt: skip

_MEMBER = Link(("member_id",), "members", ("id",), why="foreign key")
_MEMBERS = (Expiry("accounts", follows="members"),)

TABLES = (
    TableMeaning(
        "members",
        identifiers=(Identifier("email", "email", Form.LOWER),),
        links=(Link(("account_id",), "mycontoh/accounts", ("id",), why="the account that was linked"),),
        columns=means({
            "handle": "name", "email": "email", "account_id": "none", "born": "date-of-birth", "avatar": "profile-picture",
        }, "id joined_at left_at"),
        retention=(Expiry("accounts", since="left_at"),),
    ),
    TableMeaning(
        "posts", links=(_MEMBER,),
        columns=means({
            "member_id": "forum-metadata", "parent_id": Meaning("forum-metadata", becomes="null"), "forum": "forum-metadata",
            "body": Meaning("forum-body", becomes="[dihapus]"), "posted_at": "forum-metadata",
        }, "id deleted_at"), retention=_MEMBERS,
    ),
    TableMeaning("reviews", links=(_MEMBER,), columns=means({
        "member_id": "reviews", "stars": "reviews", "body": "reviews", "answers": Meaning("reviews", paths={"by": "name", "helpful": "none"}),
    }, "id sku visible written_at"), retention=_MEMBERS),
    TableMeaning("photos", links=(_MEMBER,), columns=means({
        "member_id": "photos", "file": "photos",
        "exif": Meaning("photos", paths={"owner": "name", "gps": "precise-location", "camera": "products-bought"}), "taken_at": "activity-time-place",
    }, "id post_id"), retention=_MEMBERS),
    TableMeaning("likes", links=(_MEMBER, Link(("post_id",), "posts", ("id",), owner=False, why="of others' posts too")),
                 columns=means({"member_id": "social-reactions", "post_id": "social-reactions"}), retention=_MEMBERS),
    TableMeaning(
        "messages",
        links=(
            Link(("sender_id",), "members", ("id",), why="who wrote it"), Link(("recipient_id",), "members", ("id",), why="who got it"),
        ),
        columns=means({
            "sender_id": Meaning("conversation", of=("sender_id",)), "recipient_id": Meaning("conversation", of=("recipient_id",)),
            "body": Meaning("conversation", of=("sender_id",), becomes="[dihapus]"), "sent_at": "conversation",
        }, "id"), retention=_MEMBERS,
    ),
    TableMeaning("public_posts", links=(Link(("id",), "posts", ("id",), why="what it shows"),), columns=means({"handle": "name", "forum": "forum-metadata", "body": "forum-body"}, "id")),
)  # fmt: skip

SHEETS = (
    Sheet("members", split("id handle email account_id born avatar joined_at left_at"), _members),
    Sheet("posts", split("id member_id parent_id forum body posted_at deleted_at"), _posts),
    Sheet("reviews", split("id member_id sku stars body answers visible written_at"), _reviews),
    Sheet("photos", split("id member_id post_id file exif taken_at"), _photos),
    Sheet("likes", split("member_id post_id"), _likes),
    Sheet("messages", split("id sender_id recipient_id body sent_at"), _messages),
)

COMMUNITY = Made(
    SystemMeaning("community", Text((("en", "Forum, reviews and photos"), ("id", "Forum, ulasan, dan foto"))), "Community Manager", "Singapore", "SG", tables={table.name: table for table in TABLES}),
    FORM, SHEETS, AFTER,
)  # fmt: skip
