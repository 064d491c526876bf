"""Rights requests under the law of another place: the same code runs on that law's clock, grounds and words."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.desk import at_desk
from tests.erasing_house import World, blank, make_world, verify
from tests.live import live
from tests.people_house import NOW, Clock
from tests.publishing import variant
from tests.shown import shown_by

from janji.errors import Invalid, Refusal
from janji.ledger.events import stamp
from janji.messaging.kinds import MessageKind
from janji.rights.register import marks
from janji.rights.requests import Intake, Outcome, Proof, Request, State
from janji.store.server import ServerHandle
from janji.terms.periods import Period
from janji.terms.words import moment
from janji.workflows.house import clock_of
from janji.workflows.messages import State as MessageState
from janji.workflows.messages import hand_over, of_request
from janji.workflows.person_packages import copy_for_staff
from janji.workflows.request_clock import watch
from janji.workflows.request_telling import extend
from janji.workflows.request_work import work_off
from janji.workflows.requests import COUNSEL, Opening, approve, open_request, refuse, request_of, rights

FIELDS = """
      controller: {en: The shop., id: Toko.}
      purposes: {en: "To send you our newsletter, if you consent.", id: Untuk mengirimi Anda buletin kami dengan persetujuan Anda.}
      recipients: {en: Nobody else., id: Tidak ada pihak lain.}
      retention: {en: Until you withdraw., id: Sampai Anda menarik persetujuan.}
      rights: {en: "You can see, correct and delete your data.", id: "Anda dapat melihat, memperbaiki, dan menghapus data Anda."}
      withdrawal: {en: You can withdraw at any time., id: Anda dapat menarik persetujuan kapan saja.}
      complaint: {en: You can complain to an authority., id: Anda dapat mengadu kepada otoritas.}
"""
HELD = "".join(f"  {name}: {{title: {{en: {name}, id: {name}}}, class: general, sources: [person]}}\n"
               for name in ("identity.name", "identity.birth-date", "contact.phone", "purchase", "payment", "message"))  # fmt: skip
OTHERS = ("UU 27", "UU PDP", "72 hours", "72 consecutive", "3 x 24", "Komdigi", "Lembaga")
"""What no word may say that somebody is told under another law."""


@pytest.fixture(scope="module")
def shared_elsewhere(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The shop and its care desk, whose policy stands under the law of the European Union."""
    folder = tmp_path_factory.mktemp("elsewhere")
    text = variant(folder / "read").joinpath("policy.yaml").read_text("utf-8")
    fields = text[text.index("    fields:\n") + len("    fields:\n") : text.index("\npurposes:\n")]
    policy = variant(folder / "policy", {
        "law: id-pdp": "law: eu-gdpr", "country: ID": "country: DE", fields: FIELDS[1:], "\nchannels:\n": f"{HELD}\nchannels:\n",
        "data: [contact.email, contact.address]": "data: [contact.email, contact.address, contact.phone, identity.name, identity.birth-date, purchase, payment, message]",
        "  end: {title: {en: End, id: Mengakhiri}, right: end}\n": "",
        "  destruction: {title: {en: Destroy, id: Memusnahkan}, right: destruction, approvals: 2}\n": "",
        "  delay: {title: {en: Delay, id: Menunda}, right: delay}\n": "",
    })  # fmt: skip
    with blank(server) as shop, blank(server) as care:
        yield make_world(module_database_url, shop, care, folder, policy=policy)


@pytest.fixture
def elsewhere(shared_elsewhere: World) -> World:
    """That house, with its clock at the beginning."""
    Clock.moved = timedelta()
    return shared_elsewhere


def asked(world: World, number: int, right: str, *officers: str) -> Request:
    """A request of somebody at the counter, to which officers agree; worked on as far as it goes."""
    made = open_request(world.house, Opening(right=right, intake=Intake.PAPER, subject=world.person(number), proof=Proof.STAFF, by="Sari", language="en"))
    work_off(world.house)
    for name in officers:
        approve(world.house, made.id, name)
    work_off(world.house)
    return request_of(made.id)


def letter(world: World, request: Request) -> str:
    """What the person is told, in one line."""
    watch(world.house)
    return " ".join(hand_over(world.house, request.id, "Sari").text.split())


def test_hours_are_told_by_the_clock_that_is_set(elsewhere: World) -> None:
    """This law has several: without the setting it is the world's; with it letters and the pages of a copy are by it."""
    house = elsewhere.house
    runtime = Clock(replace(house.runtime.settings, time_zone="Europe/Berlin"), house.runtime.tongue)
    request = asked(elsewhere, 9, "access", "Ratna")
    watch(house)
    with shown_by(clock_of(house.runtime, house.published)):
        assert f"{moment(NOW)}" == "1 December 2026, 03:00 UTC"
    with shown_by(clock_of(runtime, house.published)):
        assert f"{moment(NOW)}" == "1 December 2026, 04:00 CET"
        text = hand_over(replace(house, runtime=runtime), request.id, "Sari").text
    assert " CET" in text
    assert not {"WIB", "UTC"} & set(text.replace(".", " ").split())


def test_a_copy_is_owed_within_a_month_and_says_whose_law_it_is(elsewhere: World, tmp_path: Path) -> None:
    """A month of the calendar, thirds of it as marks; package and letter name that law and that authority, and no other."""
    request = asked(elsewhere, 2, "access", "Ratna")
    assert (request.state, request.outcome) == (State.DELIVERY, Outcome.DONE)
    assert request.due == datetime(2027, 1, 1, 3, tzinfo=UTC)
    assert rights(elsewhere.house)["access"].due(datetime(2027, 1, 31, 9, tzinfo=UTC)) == datetime(2027, 2, 28, 9, tzinfo=UTC)
    assert marks(request.opened, request.due)[0] == request.opened + timedelta(days=31) / 3
    copy_for_staff(elsewhere.house, request.id, tmp_path / "copy.zip", "Sari")
    with zipfile.ZipFile(tmp_path / "copy.zip") as package:
        pages = " ".join(package.read(name).decode() for name in package.namelist() if name.endswith(".html"))
    told = letter(elsewhere, request)
    assert "supervisory authority" in told
    for text in (told, pages):
        assert not [word for word in OTHERS if word in text]
    assert "person2@example.com" in pages.lower()


def test_an_erasure_is_carried_out_and_refused_on_that_law_s_grounds(elsewhere: World) -> None:
    """What is kept is named; a ground of another law is none; who decides one is that law's; and the article is its own."""
    before = elsewhere.rows()
    request = asked(elsewhere, 3, "deletion", "Ratna", "Hadi")
    assert (request.outcome, request.due) == (Outcome.DONE, datetime(2027, 1, 1, 3, tzinfo=UTC))
    verify(elsewhere, before, [3])
    told = letter(elsewhere, request)
    assert "supervisory authority" in told
    assert not [word for word in OTHERS if word in told]
    other = asked(elsewhere, 4, "deletion")
    with pytest.raises(Invalid):
        refuse(elsewhere.house, other.id, "retention-by-law", "Ratna")
    refused = refuse(elsewhere.house, other.id, "legal-obligation", "Ratna")
    assert "GDPR Art 17(3)(b)" in letter(elsewhere, refused)
    with pytest.raises(Refusal):
        refuse(elsewhere.house, asked(elsewhere, 5, "access").id, "others-rights-copy", "Ratna")
    assert refuse(elsewhere.house, asked(elsewhere, 1, "access").id, "others-rights-copy", "Mr Lubis", COUNSEL).outcome is Outcome.REFUSED
    with pytest.raises(Invalid):
        open_request(elsewhere.house, Opening(right="destruction"))


def test_two_further_months_are_taken_once_and_told(elsewhere: World) -> None:
    """An officer gives a reason within the first month; the person hears it with the new day; not twice, and not once it is late."""
    made = open_request(elsewhere.house, Opening(right="access", intake=Intake.PAPER, subject=elsewhere.person(5), proof=Proof.STAFF, by="Sari", language="en"))
    for reason, role, name in (("busy", "officer", "Dewi"), ("complexity", "clerk", "Dewi"), ("complexity", "officer", " ")):
        with pytest.raises((Invalid, Refusal)):
            extend(elsewhere.house, made.id, reason, name, role)
    longer = extend(elsewhere.house, made.id, "complexity", "Dewi")
    assert longer.due == Period(months=2).end(made.due) == request_of(made.id).due
    (told,) = [one for one in of_request(made.id) if one.kind == MessageKind.EXTENDED]
    assert told.state is not MessageState.DROPPED
    with pytest.raises(Refusal, match="extended before"):
        extend(elsewhere.house, made.id, "number", "Dewi")
    with live(elsewhere.house) as served, served.client(served.key()) as client:
        asked_for = {name: open_request(elsewhere.house, Opening(right="access", intake=Intake.PAPER, subject=elsewhere.person(5), proof=Proof.STAFF, by="Sari", language="en")) for name in ("api", "desk")}
        answer = client.post(f"/v1/requests/req_{asked_for['api'].id}/extend", json={"by": "Dewi", "reason": "number"})
        assert (answer.status_code, answer.json()["due"]) == (200, stamp(longer.due))
        assert client.post(f"/v1/requests/req_{asked_for['api'].id}/extend", json={"by": "Dewi", "reason": "number"}).status_code == 403
        with at_desk(served) as officer:
            base = f"/requests/{asked_for['desk'].id}"
            assert f"{base}/extend" in officer.get(base).text
            assert "What the person is told" in officer.get(f"{base}/extend").text
            assert officer.send(f"{base}/extend").status_code == 422
            assert "the person is told" in officer.send(f"{base}/extend", reason="complexity").text
            assert request_of(asked_for["desk"].id).due == longer.due
            assert f"{base}/extend" not in officer.get(base).text
    late = open_request(elsewhere.house, Opening(right="access", intake=Intake.PAPER, subject=elsewhere.person(6), proof=Proof.STAFF, by="Sari", language="en"))
    Clock.moved = timedelta(days=40)
    with pytest.raises(Refusal, match="too late"):
        extend(elsewhere.house, late.id, "complexity", "Dewi")
