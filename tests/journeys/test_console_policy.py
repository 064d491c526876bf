"""The policy in the console: drafted by forms, told beside the field, never lost, approved by another, told to people, published, and the law beside it."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.conf import settings
from tests.browser import barriers, browser, needs_browser, pressed
from tests.choosing import person, say, yes
from tests.desk import VIEWS, Person, at_desk, barred, seat, session_for, somebody
from tests.rights_house import Rights, elsewhere

from janji.errors import Conflict, Invalid, Refusal
from janji.staff.roles import Role, Staff
from janji.store import policies
from janji.workflows import draft_publishing, drafts
from janji.workflows.drafts import Draft
from janji.workflows.in_force import in_force

RULE = "/in/retention/sales"
OTHER = "Dewi Lestari"


@pytest.fixture(scope="module")
def house(rights: Rights) -> Rights:
    """A served house for all tests of this module, with somebody who consented."""
    say(rights.house, person(rights.house), yes(rights.house, "newsletters", "email"))
    return rights


@pytest.fixture
def desk(house: Rights) -> Iterator[Person]:
    """An officer."""
    with at_desk(house.live) as found:
        yield found


@contextmanager
def second(house: Rights) -> Iterator[Person]:
    """Another officer."""
    session = session_for(house.house, Staff(str(UUID(int=77)), OTHER, Role.OFFICER))
    with httpx.Client(base_url=house.live.url, cookies={settings.SESSION_COOKIE_NAME: session}, timeout=60) as client:
        yield Person(client)


def begun(desk: Person) -> str:
    """A new draft, as its path."""
    page = desk.send("/policy/drafts", "/policy", id=str(uuid4()))
    assert page.status_code == 200, page.text
    return str(page.url.path).removeprefix("/console")


def form(page: str) -> dict[str, Any]:
    """The fields of the form of an entry as a browser would send them back."""
    inner = re.search(r'<form class="entry".*?</form>', page, re.DOTALL)
    assert inner is not None
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", inner[0]):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or name[1] == "token":
            continue
        if "checkbox" in tag:
            held = found.setdefault(unescape(name[1]), [])
            if " checked" in tag and isinstance(held, list) and value is not None:
                held.append(unescape(value[1]))
        else:
            found[unescape(name[1])] = unescape(value[1]) if value is not None else ""
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', inner[0], re.DOTALL):
        found[unescape(name)] = unescape(text)
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', inner[0], re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[unescape(name)] = unescape(chosen[1]) if chosen else ""
    return found


def held(path: str) -> Draft:
    return drafts.read_draft(UUID(path.rsplit("/", 1)[1]))


def change(desk: Person, path: str, entry: str = RULE, **fields: str) -> httpx.Response:
    """Change fields in the form of an entry, and send it."""
    return desk.send(path + entry, **{**form(desk.get(path + entry).text), **{name.replace("__", ":"): value for name, value in fields.items()}})


def test_read(desk: Person, house: Rights) -> None:
    """The policy in force is read as lists with a search and as entries in words; files of a version come as they were published."""
    page = desk.get("/policy").text
    assert "Begin a draft" in page
    assert desk.get("/policy/in-force/retention").text.count("/policy/in-force/retention/") > 5
    assert "/purposes/newsletters" in desk.get("/policy/in-force/purposes", q="NEWSLETTER e-mail").text + desk.get("/policy/in-force/purposes", q="newsletters").text
    assert "Nothing here has these words." in desk.get("/policy/in-force/purposes", q="<script>").text
    rule = desk.get("/policy/in-force/retention/sales")
    assert rule.status_code == 200
    assert "years" in rule.text
    assert desk.get("/policy/in-force/nothing").status_code == 404
    assert desk.get("/policy/in-force/retention/nothing").status_code == 404
    with zipfile.ZipFile(io.BytesIO(desk.get("/policy/versions/1/files").content)) as book:
        row = policies.version(1)
        assert row is not None
        assert book.read("policy.yaml").decode() == row.files["policy.yaml"]
        assert "layout.json" in book.namelist()


def test_form_back_unchanged(desk: Person) -> None:
    """A form that is sent as it came changes nothing, in every part of the policy."""
    path = begun(desk)
    for part in ("retention/sales", "retention/accounts", "purposes/newsletters", "notices/newsletters", "controller/-", "policy/-", "recipients/" + str(next(iter(held(path).policy.recipients)))):
        page = change(desk, path, f"/in/{part}")
        assert "Nothing was changed." in page.text, part
    assert held(path).row.revision == 0


def test_mistake_beside_the_field(desk: Person) -> None:
    """A value that cannot be is told beside its field and at the top; what was typed in every field is kept, and nothing is written."""
    path = begun(desk)
    page = change(desk, path, period="soon <b>", title__id="Judul 'baru': \"x\" # y")
    assert page.status_code == 422
    assert 'value="soon &lt;b&gt;"' in page.text
    assert "Judul &#x27;baru&#x27;" in page.text
    assert re.search(r'id="p-period"><p class="finding bad">', page.text)
    assert 'href="#f-period"' in page.text
    assert "Write it such as 5 years, 6 months or 90 days" in page.text
    assert "P10Y" not in page.text
    assert held(path).row.revision == 0
    empty = change(desk, path, period="")
    assert empty.status_code == 422
    assert "It must be filled in" in empty.text.partition('id="p-period"')[2].partition("</div>")[0]
    assert "RetentionRule" not in empty.text
    page = change(desk, path, data="")
    gone = change(desk, path, title__en="", title__id="")
    assert gone.status_code == 422
    assert "finding bad" in gone.text
    page = change(desk, path, title__id="a\u0007b")
    assert page.status_code == 422
    assert "control character" in page.text


def test_what_the_check_finds_speaks_as_the_form_does(desk: Person) -> None:
    """A period that the law does not want is told in words and not as the file writes it; an event for which there are no words is told beside its field, and saved."""
    path = begun(desk)
    page = change(desk, path, period="1 year")
    assert "keeps records for 1 year; the law wants 5 years" in re.sub("<[^>]+>", "", page.text)
    draft = desk.get(path)
    assert "keeps records for 1 year; the law wants 5 years" in re.sub("<[^>]+>", "", draft.text)
    assert not re.search(r"P\dY", page.text + draft.text)
    page = change(desk, path, trigger="deliverd")
    assert "Saved in the draft." in page.text
    beside = page.text.partition('id="p-trigger"')[2].partition("</div>")[0]
    assert "there are no words for it" in beside
    assert "delivered" in beside
    assert held(path).policy.retention["sales"].trigger == "deliverd"


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system ['id']", "a: b\n# c\n- d", "'\"&*{}[]", "x" * 60_000])
def test_hostile_values(desk: Person, text: str) -> None:
    """What looks like YAML, and what is huge, becomes that text and nothing else; comments of the file stay."""
    path = begun(desk)
    before = held(path)
    page = change(desk, path, note__en=text)
    assert "Saved in the draft." in page.text, page.text[:3000]
    after = held(path)
    note = after.policy.retention["sales"].note
    assert note is not None
    assert dict(note.versions)["en"] == text
    assert not after.errors
    assert after.changed == ("retention.yaml",)
    assert after.files["retention.yaml"].count("#") >= before.files["retention.yaml"].count("#")


def test_new_entry_and_out_again(desk: Person) -> None:
    """A new entry needs a name and what its kind needs; out again after a page that says what names it. The text is then what it was."""
    path = begun(desk)
    page = desk.get(f"{path}/add/retention")
    filled = {**form(page.text), "title:en": "Letters", "title:id": "Surat", "period": "2 tahun", "trigger": "collected", "then": "delete"}
    bad = desk.send(f"{path}/add/retention", **{**filled, "entry-id": "a b: c"})
    assert (bad.status_code, 'value="a b: c"' in bad.text, "Surat" in bad.text) == (422, True, True)
    assert desk.send(f"{path}/add/retention", **{**filled, "entry-id": "sales"}).status_code == 422
    assert desk.send(f"{path}/add/retention", **{**filled, "entry-id": "letters", "period": ""}).status_code == 422
    assert desk.send(f"{path}/add/retention", **{**filled, "entry-id": "letters"}).status_code == 200
    assert str(held(path).policy.retention["letters"].period) == "P2Y"
    assert "Nothing else names it." in desk.get(f"{path}/remove/retention/letters").text
    assert desk.send(f"{path}/remove/retention/letters", seen="0").status_code == 409
    desk.send(f"{path}/remove/retention/letters", seen="1")
    assert held(path).files == held(path).base


def test_what_names_an_entry(desk: Person) -> None:
    """Before an entry is taken out, those that refer to it are named and linked; a trait or a word that is written alike refers to nothing."""
    path = begun(desk)
    filled = {**form(desk.get(f"{path}/add/retention").text), "title:en": "Of marketing", "title:id": "Pemasaran", "period": "2 tahun", "trigger": "collected", "then": "delete"}
    assert desk.send(f"{path}/add/retention", **{**filled, "entry-id": "profiling"}).status_code == 200
    assert "Nothing else names it." in desk.get(f"{path}/remove/retention/profiling").text, "purposes have a trait of this name"
    page = desk.get(f"{path}/remove/channels/email").text
    assert "Nothing else names it." not in page
    assert f'href="/console{path}/in/purposes/newsletters?language=en"' in page


def test_what_is_newly_allowed(desk: Person) -> None:
    """The page of the changes says in its own part what becomes allowed, purpose by purpose."""
    path = begun(desk)
    at = f"{path}/in/purposes/newsletters"
    filled = form(desk.get(at).text)
    assert desk.send(at, **{**filled, "data": [*filled["data"], "interests"]}).status_code == 200
    page = desk.get(f"{path}/changes").text
    assert "<h2>Newly allowed</h2>" in page, page.split("<main")[1][:3000]


def test_two_tabs(desk: Person, house: Rights) -> None:
    """Two who change other fields both win; of the same field both texts are shown side by side, and neither is lost."""
    path = begun(desk)
    with second(house) as other:
        mine = form(desk.get(path + RULE).text)
        change(other, path, period="9 years", title__en="Of the other")
        desk.send(path + RULE, **{**mine, "title:id": "Punya saya"})
        rule = held(path).policy.retention["sales"]
        assert (str(rule.period), rule.title.get("id"), rule.title.get("en")) == ("P9Y", "Punya saya", "Of the other")
        page = desk.send(path + RULE, **{**mine, "title:en": "Mine"})
    assert page.status_code == 409
    assert ">\nMine</textarea>" in page.text
    assert "Of the other" in page.text
    assert OTHER not in page.text or "It was" in page.text
    assert held(path).policy.retention["sales"].title.get("en") == "Of the other"
    again = desk.send(path + RULE, **{**form(page.text), "title:en": "Mine"})
    assert "Saved in the draft." in again.text
    assert held(path).policy.retention["sales"].title.get("en") == "Mine"


def test_steps_go_back(desk: Person) -> None:
    """Every step is kept: the draft goes back to any of them, and back again; a stale page does nothing."""
    path = begun(desk)
    change(desk, path, period="9 years")
    change(desk, path, period="8 years")
    assert desk.send(f"{path}/back", path, seen="1", to="0").status_code == 409
    desk.send(f"{path}/back", path, seen="2", to="0")
    assert held(path).files == held(path).base
    desk.send(f"{path}/back", path, seen="3", to="1")
    assert str(held(path).policy.retention["sales"].period) == "P9Y"
    assert desk.send(f"{path}/discard", path, seen="3").status_code == 409
    assert "discarded" in desk.send(f"{path}/discard", path, seen="4").text
    assert desk.send(path + RULE, "/policy", seen="4", period="7 years").status_code == 409


def test_text(desk: Person) -> None:
    """A file is changed as text, comments and all; a mistake is told with its place and the text kept; two who change one line see both."""
    path = begun(desk)
    file = f"{path}/text/retention.yaml"
    typed = form(desk.get(file).text)
    text = str(typed["text"])
    assert text.rstrip("\n") == held(path).files["retention.yaml"].rstrip("\n")
    bad = desk.send(file, **{**typed, "text": text.replace("period:", "period", 1) + "\n&x: *y"})
    assert (bad.status_code, "&amp;x: *y" in bad.text, "retention.yaml:" in bad.text) == (422, True, True)
    good = desk.send(file, **{**typed, "text": f"# ours\r\n{text}"})
    assert "Saved in the draft." in good.text
    assert held(path).files["retention.yaml"].startswith("# ours\n")
    clash = desk.send(file, **{**typed, "text": f"# theirs\n{text}"})
    assert (clash.status_code, "# theirs" in clash.text, "# ours" in clash.text) == (409, True, True)
    assert desk.get(f"{path}/text/../../etc/passwd").status_code == 404
    assert desk.get(f"{path}/text/nothing.yaml").status_code == 404


def test_patch_and_files(desk: Person, tmp_path: Path) -> None:
    """The patch, applied to the files in force, gives the files of the draft, which come as a ZIP too."""
    path = begun(desk)
    change(desk, path, period="9 years")
    change(desk, path, "/in/policy/-", version="7")
    for name, text in held(path).base.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "x.patch").write_bytes(desk.get(f"{path}/patch").content)
    subprocess.run(["git", "apply", "x.patch"], cwd=tmp_path, check=True)
    with zipfile.ZipFile(io.BytesIO(desk.get(f"{path}/files").content)) as book:
        assert {name: book.read(name).decode() for name in book.namelist()} == {name: (tmp_path / name).read_text() for name in book.namelist()}
    assert len(held(path).patch().splitlines()) < 40


def test_once_begun(desk: Person) -> None:
    """The form that begins a draft begins one, however often it comes; nonsense begins none."""
    id = str(uuid4())
    assert {desk.send("/policy/drafts", "/policy", id=id).url.path for _ in range(2)} == {f"/console/policy/drafts/{id}"}
    assert desk.send("/policy/drafts", "/policy", id="x").status_code == 422
    assert desk.get(f"/policy/drafts/{uuid4()}").status_code == 404


def test_who_may(house: Rights) -> None:
    """An analyst drafts and approves nothing; an engineer reads; an owner sees none of it."""
    with at_desk(house.live, Role.ANALYST) as analyst, at_desk(house.live, Role.ENGINEER) as engineer, at_desk(house.live, Role.OWNER) as owner:
        path = begun(analyst)
        change(analyst, path, period="9 years")
        assert analyst.send(f"{path}/approve", path, digest=held(path).digest).status_code == 403
        assert 'name="period"' in engineer.get(path + RULE).text
        assert "Save in the draft" not in engineer.get(path + RULE).text
        assert engineer.send(path + RULE, "/policy", seen="1", period="1 year").status_code == 403
        assert owner.get(path).status_code == 403
        assert owner.get("/law").status_code == 403


def test_law(desk: Person) -> None:
    """The law pack is shown with articles, sources, marks and fines, and where promise and law differ."""
    page = desk.get("/law").text
    assert "Where promise and law differ" in page
    assert "UU 27/2022" in page
    duties = desk.get("/law/duties")
    assert "can be fined" in duties.text
    assert "Where it was read" in duties.text
    assert "stated" in duties.text
    clocks = desk.get("/law/clocks", sure="verified").text
    assert "72 hours" in clocks or "3 days" in clocks
    assert desk.get("/law/nothing").status_code == 404
    assert "Nothing here has these words." in desk.get("/law/rights", q="zebra").text


def test_into_force(house: Rights) -> None:
    """Never by the drafter, never another text than was approved, never before people were told; scheduled, cancelled, published by the worker; others are then behind."""
    officer, other = somebody(Role.OFFICER), somebody(Role.ANALYST, OTHER)
    late = drafts.open_draft(house.house, other, uuid4())
    drafts.save_entry(house.house, other, late.row.id, 0, "retention", "sales", {"period": "P8Y"})
    one = drafts.open_draft(house.house, other, uuid4()).row.id
    saved = drafts.save_entry(house.house, other, one, 0, "retention", "sales", {"period": "P9Y"})
    first = saved.draft.digest
    with pytest.raises(Refusal):
        draft_publishing.approve(house.house, other, one, first)
    again = somebody(Role.OFFICER, OTHER.upper())
    with pytest.raises(Refusal):
        draft_publishing.approve(house.house, again, one, first)
    drafts.save_entry(house.house, other, one, 1, "policy", "", {"version": "2026-12"})
    with pytest.raises(Conflict):
        draft_publishing.approve(house.house, officer, one, first)
    digest = drafts.read_draft(one).digest
    draft_publishing.approve(house.house, officer, one, digest)
    drafts.save_entry(house.house, other, one, 2, "policy", "", {"version": "2026-12b"})
    assert drafts.read_draft(one).row.approval is None
    digest = drafts.read_draft(one).digest
    draft_publishing.approve(house.house, officer, one, digest)
    with pytest.raises(Refusal, match="must be told"):
        draft_publishing.publish_draft(house.house, one, digest)
    found = draft_publishing.difference(house.house, drafts.read_draft(one))
    assert found is not None
    assert draft_publishing.people_of(found)[0]
    draft_publishing.tell_people(house.house, one, digest)
    with pytest.raises(Refusal, match="not told yet"):
        draft_publishing.publish_draft(house.house, one, digest)
    with pytest.raises(Invalid):
        draft_publishing.people_told(house.house, one, digest, "  ")
    draft_publishing.people_told(house.house, one, digest, "letters of today")
    now = house.house.runtime.now()
    with pytest.raises(Invalid):
        draft_publishing.schedule(house.house, one, digest, now)
    house.clock.put_on(hours=1)
    at = house.house.runtime.now().replace(hour=23)
    draft_publishing.schedule(house.house, one, digest, at)
    with pytest.raises(Conflict):
        drafts.save_entry(house.house, other, one, 3, "policy", "", {"version": "3"})
    draft_publishing.cancel(house.house, one)
    with pytest.raises(Conflict):
        draft_publishing.cancel(house.house, one)
    draft_publishing.schedule(house.house, one, digest, at)
    assert draft_publishing.publish_due(house.house) == 0
    house.clock.put_on(hours=21)
    assert draft_publishing.publish_due(house.house) == 1
    assert draft_publishing.publish_due(house.house) == 0
    published = in_force()
    assert published is not None
    assert (published.number, str(published.policy.retention["sales"].period)) == (2, "P9Y")
    assert drafts.read_draft(one).row.number == 2
    _behind(house, late, other, officer)


def _behind(house: Rights, late: Draft, other, officer) -> None:  # type: ignore[no-untyped-def]
    """A draft on the version before says so, is not approved as it is, and is brought up with both texts shown."""
    now = house.live.door.house()
    assert now.published is not None
    assert now.published.number == 2
    draft = drafts.read_draft(late.row.id)
    assert draft_publishing.behind(now, draft)
    with pytest.raises(Conflict):
        draft_publishing.approve(now, officer, draft.row.id, draft.digest)
    _, clashes = draft_publishing.stretches(now, draft)
    (clash,) = clashes
    assert ("P8Y" in clash.piece.mine, "P9Y" in clash.piece.theirs) == (True, True)
    with pytest.raises(Invalid):
        draft_publishing.bring_up(now, other, draft.row.id, draft.row.revision, {})
    with at_desk(house.live) as desk:
        page = desk.get(f"/policy/drafts/{draft.row.id}/base").text
        assert ("P8Y" in page, "P9Y" in page) == (True, True)
        done = desk.send(f"/policy/drafts/{draft.row.id}/base", seen=str(draft.row.revision), **{clash.name: "mine"})
    assert done.status_code == 200
    up = drafts.read_draft(draft.row.id)
    assert (up.row.base, str(up.policy.retention["sales"].period), str(up.policy.version)) == (2, "P8Y", "2026-12b")
    assert not draft_publishing.behind(now, up)


@needs_browser
def test_in_a_browser(house: Rights) -> None:
    """Drafted by forms with a mistake told beside the field, the difference with the people, approved and published by a second officer, and seen in the privacy centre."""
    session = {"name": settings.SESSION_COOKIE_NAME, "url": house.live.url}
    first = session_for(house.house, somebody(Role.ANALYST))
    other = session_for(house.house, somebody(Role.OFFICER))
    with browser() as chromium:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{**session, "value": first}])
        opened = context.new_page()
        opened.goto(f"{house.live.url}/console/policy?language=en")
        pressed(opened, "button:has-text('Begin a draft')")
        path = opened.url.partition("?")[0]
        opened.goto(f"{path}/in/retention/accounts?language=en")
        opened.fill("#f-period", "a while")
        pressed(opened, "button:has-text('Save in the draft')")
        assert opened.locator("#p-period .finding.bad").count() == 1
        assert opened.input_value("#f-period") == "a while"
        assert barriers(opened) == []
        opened.fill("#f-period", "18 months")
        pressed(opened, "button:has-text('Save in the draft')")
        assert opened.input_value("#f-period") == "1 year and 6 months"
        opened.goto(f"{path}/in/policy/-?language=en")
        opened.fill("#f-version", "2027-01")
        pressed(opened, "button:has-text('Save in the draft')")
        opened.goto(f"{path}/changes?language=en")
        assert "1 year and 6 months" in opened.inner_text("main")
        assert opened.locator("table.stack tbody tr").count() >= 1
        assert opened.locator(".patch .in").count() >= 2
        opened.goto(f"{path}?language=en")
        assert opened.locator("button:has-text('Approve')").count() == 0
        context.clear_cookies()
        context.add_cookies([{**session, "value": other}])
        opened.goto(f"{path}?language=en")
        for button in ("Approve this draft", "Begin to tell people"):
            pressed(opened, f"button:has-text('{button}')")
        opened.fill("#evidence", "letters of 1 December")
        for button in ("Record that people were told", "Publish now"):
            pressed(opened, f"button:has-text('{button}')")
        assert "This version is in force now." in opened.inner_text("main")
        opened.goto(f"{house.live.url}/versions?language=en")
        assert "2027-01" in opened.inner_text("main")
        context.close()
        _looks(house, chromium, path, other)


def _looks(house: Rights, chromium, path: str, officer: str) -> None:  # type: ignore[no-untyped-def]
    """Every screen: no barrier, and nothing that must be scrolled sideways, wide and light in English, narrow and dark in Indonesian."""
    fresh = elsewhere(lambda: str(drafts.open_draft(house.live.door.house(), somebody(), uuid4()).row.id))
    under = f"/console/policy/drafts/{fresh}"
    screens = (
        "/console/policy", "/console/policy/in-force/purposes", "/console/policy/in-force/purposes/newsletters", under, f"{under}/in/recipients", f"{under}/in/purposes/newsletters", f"{under}/in/notices/newsletters",
        f"{under}/add/retention", f"{under}/remove/retention/sales", f"{under}/text/retention.yaml", f"{under}/base", "/console/law", "/console/law/duties", f"{path.removeprefix(house.live.url)}/changes",
        path.removeprefix(house.live.url),
    )  # fmt: skip
    for language, width, dark in VIEWS:
        with seat(chromium, house.live.url, officer, width, dark=dark) as opened:
            assert barred(opened, house.live.url, language, screens) == []
