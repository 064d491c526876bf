"""Every address of the console with what no page of ours says: ids of nobody, numbers beyond measure, days that no calendar has; the program never fails of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.centre_house import Shop, centre_house
from tests.desk import at_desk

from janji.staff.roles import DUTIES, Role
from janji.store.server import ServerHandle
from janji.web.console.shell import SCREENS

UUIDS = ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff")
HOLES = {"uuid": UUIDS, "int": ("0", "9" * 30), "slug": ("x", "9" * 300), "str": ("x", "a%00b", "9" * 30, "..%5C..", "%0d%0aSet-Cookie:%20a=b"), "path": ("x", "../../etc/passwd", "a%00b")}
DAYS = ("0001-01-01", "9999-12-31", "x")
WORDS = (
    "after", "before", "below", "from", "page", "job", "since", "until", "see", "person", "number", "q", "table", "purpose", "channel", "act", "kind", "which", "state", "clause", "event", "language", "merged", "join",
)  # fmt: skip
"""Words that our addresses have."""
VALUES = ("%00", "9" * 15, "9" * 40, "-1", UUIDS[0], *DAYS)
FIELDS = {
    "act": "age", "day": "9999-12-31", "hour": "23:59", "born": "0001-01-01", "band": "x", "days": "9" * 9, "id": UUIDS[0], "other": UUIDS[0], "link": UUIDS[0], "event": UUIDS[0], "passkey": "9" * 18, "rate": "9" * 9,
    "seats": "9" * 5, "seen": "9" * 9, "to": "9" * 9, "person": "sub_x", "kind": "email", "value": "x" * 5000, "reason": "x", "further": "|" + "9" * 8, "cover": "a\nb\n" + "9" * 9, "right": "access", "intake": "phone", "go": "check",
    "url": "https://[", "name": "x" * 5000, "email": "x" * 5000, "role": "x", "credential": "[]", "scopes": "x", "topics": "x", "application": "x" * 5000, "text": "&a [*a", "digest": "x", "evidence": "x", "message": "x",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A served house."""
    with centre_house(server, module_database_url, tmp_path_factory.mktemp("strange"), people=2) as made:
        yield made


def addresses(route: str) -> Iterator[str]:
    """The addresses of a route with what fits its holes."""
    kinds = re.findall(r"<(\w+):\w+>", route)
    for number in range(max((len(HOLES[kind]) for kind in kinds), default=1)):
        filled = route
        for kind in kinds:
            filled = re.sub(rf"<{kind}:\w+>", HOLES[kind][number % len(HOLES[kind])].replace("\\", r"\\"), filled, count=1)
        yield filled


def test_nothing_strange_breaks_a_screen(shop: Shop) -> None:
    """Looked at and sent by whoever may do most: a page that says what is wrong, and no failure."""
    broken = []
    for role in (Role.OFFICER, Role.ENGINEER):
        with at_desk(shop.live, role) as person:
            token = re.search(r'name="token" value="([^"]*)"', person.get("/me").text)
            assert token is not None
            for one in SCREENS:
                if one.route == "out" or (role is Role.ENGINEER and (one.duty is None or one.duty in DUTIES[Role.OFFICER])):
                    continue
                for address in addresses(one.route):
                    if one.method == "POST":
                        answers = [person.client.post(f"/console/{address}", data={**FIELDS, "token": token[1]})]
                    else:
                        queries = ["", *("&".join(f"{word}={value}" for word in WORDS) for value in VALUES), *(f"{word}={day}" for word in ("since", "until") for day in DAYS)]
                        answers = [person.client.get(f"/console/{address}?{query}") for query in (queries if "<" not in one.route else queries[:2])]
                    broken += [(answer.request.method, str(answer.request.url)[:200], answer.status_code) for answer in answers if answer.status_code >= 500]
    assert broken == []

