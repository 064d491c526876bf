"""A guardian who is signed in and looks at a ward's data: what they see and do, recorded as theirs; foreign wards never; and its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from uuid import UUID, uuid4

import httpx
import pytest
from tests.choosing import person, yes
from tests.choosing import say as consent
from tests.rights_house import BROWSER, Rights, hidden

from janji.ledger.events import Actor, Kind
from janji.people.guardians import Proof, Relation
from janji.policy.combined import barred_to_children
from janji.rights.requests import Asker
from janji.terms.processing import LegalBasis
from janji.workflows.consents import text_of
from janji.workflows.guardians import guardian_consents, name_guardian, record_age, revoke_guardian, verify_guardian
from janji.workflows.identity import merge
from janji.workflows.people import add_identifier
from janji.workflows.person_choices import chosen
from janji.workflows.recording import history_of
from janji.workflows.requests import requests_of

pytestmark = pytest.mark.usefixtures("a_minute_later")

_NEXT = count(1)
BORN = date(2012, 12, 20)
"""The ward comes of age in December 2030, on its last day as it is kept outside of the seal."""


class Family:
    """A mother, her child, and the verified bond between them."""

    def __init__(self, rights: Rights, relation: Relation = Relation.PARENT) -> None:
        number = next(_NEXT)
        self.rights, self.mother_at, self.child_at = rights, f"ibu{number}@example.org", f"anak{number}@example.org"
        self.mother, self.child = person(rights.house, self.mother_at), person(rights.house, self.child_at, None)
        record_age(rights.house, self.child, BORN, Actor.STAFF)
        rights.clock.put_on(days=30)
        self.link = bond(rights, self.child, self.mother, relation)
        guardian_consents(rights.house, self.link)

    @contextmanager
    def browsing(self) -> Iterator[httpx.Client]:
        """The mother's browser, signed in."""
        with self.rights.live.client(follow_redirects=True) as client:
            client.headers.update(BROWSER)
            asked = client.post("/my", data={"contact": self.mother_at})
            assert client.post("/my/code", data={"code": self.rights.code(self.mother_at), **hidden(asked.text)}).status_code == 200
            yield client

    def look(self, client: httpx.Client, link: UUID | str | None = None) -> httpx.Response:
        """Press the button that opens the pages of the child, or of another link."""
        return client.post("/my/wards", data={"token": token(client), "link": str(self.link if link is None else link)})


def bond(rights: Rights, ward: UUID, guardian: UUID, relation: Relation = Relation.PARENT) -> UUID:
    """A verified link."""
    link = name_guardian(rights.house, ward, guardian, relation, Actor.STAFF)
    verify_guardian(rights.house, link, [Proof.IDENTITY, Proof.AUTHORISATION if relation is Relation.COMPANION else Proof.FAMILY_CARD], Actor.STAFF)
    return link


def token(client: httpx.Client) -> str:
    """What forms of the session carry."""
    return hidden(client.get("/my").text)["token"]


def test_a_guardian_sees_the_ward_says_no_and_asks_as_guardian(rights: Rights) -> None:
    """Consents, places, record, requests are the ward's; a withdrawal, an objection, a correction and a request are recorded as the guardian's; and back."""
    family, published = Family(rights), rights.house.policy_in_force
    purpose = next(str(one.id) for one in published.policy.purposes.values() if one.basis is LegalBasis.CONSENT and not one.channels
                   and not barred_to_children(published.policy, published.law, one) and text_of(rights.house, str(one.id), "en"))  # fmt: skip
    consent(rights.house, family.child, yes(rights.house, purpose, actor=Actor.GUARDIAN))
    with family.browsing() as client:
        assert "Those in my care" in client.get("/my").text
        page = client.get("/my/wards").text
        assert "a***@***.org" in page
        assert family.child_at not in page
        opened = family.look(client).text
        assert "You look at the data of a***@***.org" in opened
        assert "Their consents: 1 given" in opened
        assert "<h1>Their data</h1>" in opened
        for path in ("/my/consents", "/my/places", "/my/record", "/my/requests", "/my/contact", "/my/wards", "/my/ask", "/my/correct?data=name"):
            assert "You look at the data of" in client.get(path).text, path
        stop = client.get("/my/consents/stop", params={"purpose": purpose}).text
        assert "Nothing has changed yet" in stop
        assert client.post("/my/consents", data={**hidden(stop), "go": "stop"}).status_code == 200
        rests = next(str(one.purpose.id) for one in chosen(rights.house, family.child) if not one.on_consent and not one.objected)
        client.post("/my/consents", data={"go": "stop", "purpose": rests, "token": token(client)})
        said = [(event.kind, event.actor) for event in history_of(rights.house, family.child) if event.kind in (Kind.CONSENT_WITHDRAWN, Kind.OBJECTION_MADE)]
        assert said == [(Kind.CONSENT_WITHDRAWN, Actor.GUARDIAN), (Kind.OBJECTION_MADE, Actor.GUARDIAN)]
        client.post("/my/consents", data={"go": "again", "purpose": rests, "token": token(client)})
        assert not next(one for one in chosen(rights.house, family.child) if one.purpose.id == rests).objected
        form = client.get("/my/correct?data=name").text
        client.post("/my/correct", data={**hidden(form), "was": "Ank", "becomes": "Anak"})
        form = client.get("/my/ask").text
        for _ in range(2):
            client.post("/my/ask", data={**hidden(form), "right": "restriction"})
        asked = requests_of(family.child)
        assert [(one.right, one.asker, one.details.get("link")) for one in asked if one.right == "restriction"] == [("restriction", Asker.GUARDIAN, str(family.link))]
        assert client.get(f"/my/requests/{asked[0].id}").status_code == 200
        for word in ("nothing", "correction"):  # the second begins where the data are listed
            assert client.post("/my/ask", data={**hidden(form), "right": word}).status_code == 422, word
        back = client.post("/my/wards", data={"token": token(client), "link": ""}).text
        assert "Open for i***@***.org" in back
        assert client.get(f"/my/requests/{asked[0].id}").status_code == 404
    assert not [event for event in history_of(rights.house, family.mother) if event.kind in (Kind.CONSENT_WITHDRAWN, Kind.OBJECTION_MADE)]


def test_foreign_wards_never(rights: Rights) -> None:
    """Another's ward, a link of nobody, what is no link, a link that is only named, the ward's own session, a forged cookie: nothing opens, the same for all."""
    family, other = Family(rights), Family(rights)
    named = name_guardian(rights.house, other.child, family.mother, Relation.PARENT, Actor.STAFF)
    with family.browsing() as client:
        answers = {(family.look(client, link).status_code, re.sub(r"[0-9a-f-]{36}", "", family.look(client, link).text)) for link in (other.link, uuid4(), named, "x")}
        assert {status for status, _ in answers} == {404}
        assert len(answers) == 1
        assert client.post("/my/wards", data={"link": str(family.link), "token": "x"}).status_code == 403
        family.look(client)
        kept = client.cookies["janji-me"]
        client.cookies.delete("janji-me")
        client.cookies.set("janji-me", kept[:-4] + "AAAA", domain="127.0.0.1")
        assert "Send me a code" in client.get("/my").text
    child = Family(rights)
    child.mother_at, child.child_at = child.child_at, child.mother_at
    with child.browsing() as client:
        assert "Those in my care" not in client.get("/my").text
        assert child.look(client).status_code == 404


def test_two_tabs_do_not_mix_up_whose_data_they_are(rights: Rights) -> None:
    """A form of the guardian's own page that was open before does nothing once the ward's is open, and the other way round."""
    family = Family(rights)
    consent(rights.house, family.mother, yes(rights.house, "newsletters", "email"))
    with family.browsing() as client:
        own = token(client)
        family.look(client)
        assert client.post("/my/consents", data={"go": "all", "token": own}).status_code == 403
        wards = token(client)
        client.post("/my/wards", data={"token": wards, "link": ""})
        assert client.post("/my/consents", data={"go": "all", "token": wards}).status_code == 403
    assert any(one.given for one in chosen(rights.house, family.mother))


def test_it_ends_when_the_bond_is_taken_back(rights: Rights) -> None:
    """The cookie of a revoked link opens nothing; signing out ends the ward's pages and one's own; a merged mother keeps her child."""
    family = Family(rights)
    with family.browsing() as client:
        family.look(client)
        copy = client.cookies["janji-me"]
        client.post("/my/out", data={"token": token(client)})
        client.cookies.set("janji-me", copy, domain="127.0.0.1")
        assert "Send me a code" in client.get("/my").text
    with family.browsing() as client:
        family.look(client)
        revoke_guardian(rights.house, family.link, Actor.STAFF)
        assert "Send me a code" in client.get("/my/record").text
        assert client.post("/my/consents", data={"go": "all", "token": "x"}).status_code == 403
    family = Family(rights)
    other = person(rights.house, f"lain-{family.mother_at}")
    rights.clock.put_on(days=30)
    merge(rights.house, other, family.mother, Actor.STAFF)
    with family.browsing() as client:
        assert "You look at the data of" in family.look(client).text


def test_a_companion_of_an_adult_speaks_on(rights: Rights) -> None:
    """Somebody of age with a companion: the companion looks and asks; no age ends it."""
    number = next(_NEXT)
    helper, adult = f"teman{number}@example.org", person(rights.house, f"dewasa{number}@example.org")
    link = bond(rights, adult, person(rights.house, helper), Relation.COMPANION)
    add_identifier(rights.house, adult, "account", f"A-{number}00", Actor.STAFF)
    rights.clock.put_on(days=30)
    family = Family(rights)
    family.mother_at = helper
    with family.browsing() as client:
        assert "You look at the data of" in family.look(client, link).text


def test_it_ends_when_the_child_comes_of_age(rights: Rights) -> None:
    """On the very day, before any worker came to it: the open session and the list show nothing any more. It is last here, for the clock does not go back."""
    families = [Family(rights, relation) for relation in (Relation.PARENT, Relation.GUARDIAN)]
    rights.clock.at = rights.clock.at.replace(year=2030, month=12, day=30, hour=23, minute=40)
    with families[0].browsing() as one, families[1].browsing() as two:
        for family, client in zip(families, (one, two), strict=True):
            assert "You look at the data of" in family.look(client).text
        rights.clock.put_on(minutes=25)
        for client in (one, two):
            assert "Send me a code" in client.get("/my/consents").text
    for family in families:
        with family.browsing() as client:
            assert "Those in my care" not in client.get("/my").text
            assert family.look(client).status_code == 404
