"""The first version of a policy, begun at the console by its text, approved by a second person, and published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from tests.browser import barriers, browser, needs_browser, overflows, pressed
from tests.choosing import KEEPER, Clock, Clocked
from tests.desk import at_desk, seat, session_for, somebody
from tests.live import Live, live

from janji.files.translations import load_tongue
from janji.staff.roles import Role
from janji.store import database, drafts, policies
from janji.workflows.house import enter_house, make_secrets
from janji.workflows.runtime import Settings

POLICY = (Path(__file__).resolve().parent.parent.parent / "policies" / "minimal" / "policy.yaml").read_text("utf-8")


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Live]:
    """A served house in which no policy was ever published."""
    (tmp_path / "keys").mkdir()
    runtime = Clocked(Settings(data_dir=tmp_path), load_tongue("en"), Clock())
    database.open_database(database_url)
    make_secrets(runtime, KEEPER)
    with live(enter_house(runtime, database_url, KEEPER)) as found:
        yield found


def test_from_the_text_to_the_version_in_force(served: Live) -> None:
    """What cannot be read is told with what was typed and begins nothing; whoever began it does not approve it; published it is in force."""
    with at_desk(served, Role.ANALYST) as budi, at_desk(served) as sri, at_desk(served, Role.AUDITOR) as tono:
        assert "policy/first" in budi.get("/policy").text
        assert "policy/first" not in tono.get("/policy").text
        (id,) = re.findall(r"/console/policy/first/([0-9a-f-]+)", budi.get("/policy").text)
        first = f"/policy/first/{id}"
        assert tono.get(first).status_code == 403
        for wrong in ("", "policy: [", "a: 1", POLICY.replace("law: id-pdp", "law: nowhere"), f"{POLICY}\ninclude: [more.yaml]\n", "<script>alert(1)</script>"):
            answer = budi.send(first, text=wrong)
            assert answer.status_code == 422, wrong
            assert "<script>alert" not in answer.text
        assert not drafts.open_drafts()
        assert "The draft was begun" in budi.send(first, text=POLICY).text
        assert "The draft was begun" in budi.send(first, text=POLICY).text
        assert len(drafts.open_drafts()) == 1
        under = f"/policy/drafts/{id}"
        for person in (budi, sri, tono):
            page = person.get(under).text
            assert "Draft of the first version" in page
            assert "Draft of the first version" in person.get("/policy").text
        digest = re.search(r'name="digest" value="([^"]+)"', sri.get(under).text)
        assert digest is not None
        assert budi.send(f"{under}/approve", page=first, digest=digest[1]).status_code == 403
        assert sri.send(f"{under}/publish", page=under, digest=digest[1]).status_code == 403
        assert policies.latest() is None
        assert "Approved" in sri.send(f"{under}/approve", page=under, digest=digest[1]).text
        assert "This version is in force now" in sri.send(f"{under}/publish", page=under, digest=digest[1]).text
        row = policies.latest()
        assert row is not None
        assert (row.number, row.files) == (1, {"policy.yaml": POLICY})
        assert sri.get(under).status_code == 200
        assert budi.get(first).status_code == 404
        assert "Begin a draft" in budi.get("/policy").text


def test_whoever_began_it_does_not_approve_it(served: Live) -> None:
    """An officer who began it needs another one."""
    with at_desk(served) as sri:
        page = sri.send(f"/policy/first/{uuid4()}", text=POLICY)
        assert "another data protection officer approves it" in page.text
        (held,) = drafts.open_drafts()
        assert held[0].approval is None


@needs_browser
def test_the_screens_have_no_barrier(served: Live) -> None:
    """The empty page of the policy, the form, and what it answers, wide and light in English, narrow and dark in Indonesian."""
    session = session_for(served.house, somebody())
    with browser() as chromium:
        for width, dark, language in ((1280, False, "en"), (320, True, "id")):
            with seat(chromium, served.url, session, width, dark=dark) as opened:
                for path in ("/policy", f"/policy/first/{uuid4()}"):
                    opened.goto(f"{served.url}/console{path}?language={language}")
                    assert barriers(opened) == [], path
                    assert not overflows(opened), path
                opened.fill("#text", "policy: [")
                pressed(opened, "form.entry button")
                assert barriers(opened) == []
