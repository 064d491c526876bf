"""What web sites and products write down: requests and events by address, cookie and account; Parquet files by month."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from janji.datamap.meaning import Expiry, Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.demo.chance import mix
from janji.demo.names import PRODUCTS
from janji.demo.sheets import Cells, Made, Sheet, Size, instant, means, split
from janji.terms.texts import Text

PATHS = ("/", "/produk", "/produk/{sku}", "/keranjang", "/akun", "/masuk", "/bantuan", "/promo")
AGENTS = ("Mozilla/5.0 (Linux; Android 14)", "Mozilla/5.0 (Windows NT 10.0)", "Mozilla/5.0 (iPhone; CPU iPhone OS 18)", "Bravia/7.2")
EVENTS = ("view", "play", "add-to-basket", "search", "error")
DAYS = 400
"""For so many days before the last one requests and events are there."""
LOG_TYPES = {"at": "TIMESTAMPTZ", "account_id": "BIGINT", "status": "SMALLINT"}
EVENT_TYPES = {"at": "TIMESTAMPTZ", "account_id": "BIGINT"}


def _cookie(size: Size, number: int) -> str:
    return f"{mix(size.seed, 60, number):016x}"


def _visits(size: Size, place: int, month: int) -> Iterator[tuple[int, int, int]]:
    """Of one month back: the person, the day, and chance."""
    last = size.until.toordinal()
    for number in range(size.people):
        chance = mix(size.seed, place, number * 16 + month)
        for index in range(chance % 3 if month else chance % 2):
            more = mix(size.seed, place + 1, (number * 16 + month) * 4 + index)
            yield number, last - month * 30 - more % 30, more >> 8


def logs(size: Size, month: int) -> Iterator[Cells]:
    """The requests of 30 days, so many months back."""
    for number, day, chance in _visits(size, 61, month):
        path = PATHS[chance & 7].format(sku=PRODUCTS[chance >> 3 & 15][0])
        yield (
            instant(day, chance), f"203.0.113.{number * 7 % 256}", _cookie(size, number), number + 1 if chance >> 7 & 1 else None, "GET", path,
            404 if chance >> 8 & 31 == 0 else 200, AGENTS[number & 3],
        )  # fmt: skip


def events(size: Size, month: int) -> Iterator[Cells]:
    """The events of 30 days, so many months back."""
    for number, day, chance in _visits(size, 63, month):
        more = {"sku": PRODUCTS[chance & 15][0], "town": ("Jakarta", "Bandung", "Surabaya", "Medan")[chance >> 4 & 3]}
        yield (
            instant(day, chance), _cookie(size, number), str(UUID(int=mix(size.seed, 65, number), version=4)),
            number + 1 if chance >> 6 & 3 == 0 else None, EVENTS[chance % 5], json.dumps(more),
        )  # fmt: skip


MONTHS = DAYS // 30 + 1

_PEOPLE = (Link(("account_id",), "mycontoh/accounts", ("id",), why="who was signed in"),)

TABLES = (
    TableMeaning(
        "logs", links=_PEOPLE, identifiers=(Identifier("cookie", "cookie"), Identifier("ip", "ip", owner=False, why="many share one")),
        columns=means({
            "at": "activity-time-place", "ip": "ip-address", "cookie": "cookie-id", "account_id": "account-number", "path": "browsing",
            "user_agent": "request-information",
        }, "method status"),
        retention=(Expiry("logs", since="at"),),
    ),
    TableMeaning(
        "events", links=_PEOPLE, identifiers=(Identifier("cookie", "cookie"), Identifier("device", "device")),
        columns=means({
            "at": Meaning("activity-time-place", becomes="year"), "cookie": Meaning("cookie-id", becomes="null"),
            "device": Meaning("device-id", becomes="null"), "account_id": Meaning("account-number", becomes="null"),
            "properties": Meaning("browsing", becomes="null", paths={"sku": "browsing", "town": "activity-time-place"}),
        }, "event"),
        retention=(Expiry("site-measurement", since="at"),),
    ),
)  # fmt: skip

SHEETS = (
    Sheet("logs", split("at ip cookie account_id method path status user_agent"), lambda size: logs(size, 0)),
    Sheet("events", split("at cookie device account_id event properties"), lambda size: events(size, 0)),
)
"""Their first month; there is a file for each."""

WEBLOGS = Made(
    SystemMeaning("weblogs", Text((("en", "Web and product logs"), ("id", "Catatan situs dan produk"))), "Head of Platform", "Jakarta", "ID", tables={table.name: table for table in TABLES}), (), SHEETS,
)  # fmt: skip
