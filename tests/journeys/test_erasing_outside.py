"""One erasure over a folder, a service and a processor: planned, carried out, waited for, certified."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from uuid import UUID

import pytest
from tests.erasing_house import reviewed
from tests.people_house import Clock, make_house
from tests.processor_house import DOMAIN, Authority, ProcessorHouse, processor_house
from tests.service_house import ServiceHouse, service_house
from tests.serving import wait_until

from janji.datamap.meaning import Form, Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.datamap.written import write_meaning
from janji.erasure.steps import Level
from janji.ledger.events import Actor
from janji.workflows.door import Door
from janji.workflows.erasing import State, carry_out, erasure, go_on, plan_digest, prepare, work_off
from janji.workflows.gathering import search
from janji.workflows.house import House
from janji.workflows.outside import open_outside
from janji.workflows.people import subject_with
from janji.workflows.processors import ERASURES, PATH, called_back
from janji.workflows.systems import Stage, add, move
from janji.workflows.worker import Step, Worker

SITI, ANDI = "siti.canary@example.com", "andi@example.com"
SERVICE = """
service: crm
at: {url}/v2
auth: {{kind: bearer, secret: token}}
rate: 500
tables:
  contacts:
    columns: {{id: {{sort: integer}}, email: {{}}, name: {{}}}}
    key: [id]
    find: {{email: {{path: "/contacts?email={{value}}", rows: items}}}}
    delete: {{path: "/contacts/{{id}}"}}
"""
PROCESSOR = """
processor: ads
at: {url}/v3
domain: {domain}
identities: [email]
regulation: gdpr
certificate: {url}/cert.pem
rate: 500
"""
_MAIL = Meaning("contact.email")
MEANINGS = (
    SystemMeaning("crm", tables={"contacts": TableMeaning(
        "contacts", identifiers=(Identifier("email", "email", Form.LOWER),), columns={"id": Meaning("none"), "email": _MAIL, "name": Meaning("contact.name")},
    )}),
    SystemMeaning("weblogs", tables={"visits": TableMeaning(
        "visits", links=(Link(("contact",), "crm/contacts", ("id",)),), columns={"contact": Meaning("contact.number"), "page": Meaning("none")},
    )}),
    SystemMeaning("ads", tables={"people": TableMeaning("people", identifiers=(Identifier("email", "email"),), columns={"email": _MAIL})}),
)  # fmt: skip


class Outside:
    """The house, its three systems, and the other sides of two of them."""

    def __init__(self, house: House, logs: Path, crm: ServiceHouse, ads: ProcessorHouse) -> None:
        self.house, self.logs, self.crm, self.ads = house, logs, crm, ads

    @property
    def siti(self) -> UUID:
        """The person on record."""
        return subject_with(self.house, [("email", SITI)], Actor.STAFF)


@pytest.fixture
def outside(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """Siti has a contact, visits that name its number, and is known to a processor; Andi too."""
    Clock.moved = timedelta()
    authority = Authority()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.written(tmp_path)))
    logs, maps = tmp_path / "logs", tmp_path / "house" / "datamap"
    logs.mkdir()
    maps.mkdir(parents=True)
    (logs / "visits.csv").write_text("contact,page\n7,/tv\n8,/radio\n7,/camera\n")
    with service_house() as crm, processor_house(authority) as ads:
        crm.contacts = [{"id": 7, "email": SITI, "name": "Siti"}, {"id": 8, "email": ANDI, "name": "Andi"}]
        crm.opened_by = "Bearer s3cr3t"
        (tmp_path / "crm.yaml").write_text(SERVICE.format(url=crm.url))
        (tmp_path / "ads.yaml").write_text(PROCESSOR.format(url=ads.house.url, domain=DOMAIN))
        addresses = {"crm": f"service://{tmp_path}/crm.yaml?token=s3cr3t", "weblogs": f"file://{logs}", "ads": f"opendsr://{tmp_path}/ads.yaml"}
        house = make_house(database_url, tmp_path / "house")
        settings = replace(house.runtime.settings, maps=maps, service_networks=(ip_network("127.0.0.0/8"),), public_url="https://privacy.example")
        house = replace(house, runtime=Clock(settings, house.runtime.tongue))
        for meaning in MEANINGS:
            with closing(open_outside(house.runtime, meaning.system, addresses[meaning.system])) as connector:
                (maps / f"{meaning.system}.yaml").write_text(write_meaning(reviewed(meaning, connector.catalogue())), "utf-8")
            add(house, meaning.system, addresses[meaning.system])
            for stage in (Stage.SEARCH, Stage.PLANNED):
                move(house, meaning.system, stage)
        yield Outside(house, logs, crm, ads)


def test_one_erasure_over_all_of_them(outside: Outside) -> None:
    """Keys go from the service to the files; the processor is waited for; nothing of the person is left, and it is certified how deep."""
    plan = prepare(outside.house, [outside.siti])
    assert not plan.blocked, plan.blocked
    digest = plan_digest(plan, {"level": "logical", "forget": False})
    begun = carry_out(outside.house, [outside.siti], digest)
    states = {here.system: here.state for here in begun.stores}
    assert states == {"crm": State.DONE, "weblogs": State.DONE, "ads": State.WAITING}
    assert (outside.logs / "visits.csv").read_text() == "contact,page\n8,/radio\n"
    assert outside.crm.contacts == [{"id": 8, "email": ANDI, "name": "Andi"}]
    assert len(outside.ads.posted) == 1
    assert not begun.complete

    outside.ads.set("completed")
    ended = go_on(outside.house, begun.id)
    assert ended.complete
    levels = {here.system: here.effect.level for here in ended.stores if here.effect is not None}
    assert levels == {"crm": Level.LOGICAL, "weblogs": Level.REWRITTEN, "ads": Level.ATTESTED}
    assert len(outside.ads.posted) == 1


def test_a_callback_wakes_the_erasure(outside: Outside) -> None:
    """When the processor signs that it is done the erasure is due at once, and the worker of this process does not sleep on; until then it waits."""
    plan = prepare(outside.house, [outside.siti])
    begun = carry_out(outside.house, [outside.siti], plan_digest(plan, {"level": "logical", "forget": False}))
    assert work_off(outside.house) == 0
    door, runs = Door(outside.house), list[int]()

    def work(house: House) -> int:
        runs.append(work_off(house))
        return runs[-1]

    worker = Worker(door, (Step(ERASURES, 3600, work, alone=False),))
    thread = threading.Thread(target=worker._repeat, args=worker.steps)
    thread.start()
    try:
        wait_until(lambda: runs == [0])  # its first round is over, and it sleeps for an hour
        for status, woken in (("in_progress", False), ("completed", True), ("completed", False)):
            outside.ads.set(status)
            headers, body = outside.ads.callback(f"https://privacy.example{PATH}", status)
            assert called_back(outside.house, DOMAIN, headers["X-OpenDSR-Signature"], body) is woken
        assert not erasure(begun.id).complete
        door.wake(ERASURES)
        wait_until(lambda: len(runs) == 2)
        wait_until(lambda: erasure(begun.id).complete)
    finally:
        worker.stop()
        thread.join()
    assert runs == [0, 1]


def test_what_is_held_is_gathered(outside: Outside) -> None:
    """A search for access brings the rows of the service and of the files together."""
    made = {one.system: one for one in search(outside.house, [outside.siti]).systems}
    assert (made["crm"].state, made["crm"].rows) == ("done", (("contacts", 1),))
    assert (made["weblogs"].state, made["weblogs"].rows) == ("done", (("visits", 2),))
    assert made["ads"].state != "done"  # what a processor holds somebody must ask it for
