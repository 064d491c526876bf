"""Messages of requests under kill -9 at each step with fifty on their way: none lost, none but the few in hand sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.faults.killing import fork_and_die
from tests.faults.messaging import mortal, writing
from tests.faults.verification import verify_everything
from tests.mailbox import Mailbox, mailbox
from tests.people_house import Clock, make_house

from janji.messaging.kinds import MessageKind, Values
from janji.people.identifiers import Identifier, IdentifierKind
from janji.store import database
from janji.workflows import messages
from janji.workflows.house import House
from janji.workflows.messages import TOGETHER, Outgoing, State, send_many, told

COUNT = 50
DEATHS = [(step, nth, when) for step, nth in (("claim", 1), ("post", 7), ("record", 2), ("write", 3), ("keep", COUNT // TOGETHER)) for when in ("before", "after")]


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    """A mail server."""
    with mailbox() as found:
        yield found


@pytest.fixture(scope="module")
def house(module_database_url: str, tmp_path_factory: pytest.TempPathFactory, box: Mailbox) -> House:
    """One house for every death: each has messages of its own."""
    return writing(make_house(module_database_url, tmp_path_factory.mktemp("house")), box.url)


@pytest.mark.parametrize(("step", "nth", "when"), DEATHS)
def test_wherever_a_worker_dies_every_message_arrives(house: House, box: Mailbox, step: str, nth: int, when: str) -> None:
    """The next worker goes on at once with what the dead one had in hand; whatever came twice has the number that it had; the ledger is whole."""
    box.taken.clear()
    Clock.moved = timedelta()
    ids = send_many(house, [
        Outgoing(kind=MessageKind.DONE, to=[Identifier(IdentifierKind.EMAIL, f"p{place}@example.org")], language="en", values=Values(number=str(place)),
                 request=house.runtime.new_id())
        for place in range(COUNT)
    ])  # fmt: skip
    url = database.opened()
    database.close()
    fork_and_die(url, lambda: mortal(url, box.url, house.runtime.settings.data_dir, step, nth, after=when == "after"))
    messages.take_over(house)
    while messages.work(house):
        pass
    assert set(told(ids).values()) == {State.SENT}
    came = Counter(mail["Message-ID"] for _, mail in box.taken)
    assert set(came) == {f"<{id}@example.net>" for id in ids}
    assert sum(came.values()) <= COUNT + TOGETHER
    events = database.fetch("SELECT count(*) FROM event WHERE kind = 'delivery.made' AND body LIKE ANY(%s)", [f"%{id}%".encode() for id in ids])
    assert events == [(COUNT,)]
    assert verify_everything(house, ())["events"] >= COUNT
