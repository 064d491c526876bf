"""The console's requests and tasks: the queue, one request with its looks, steps and copy, requests recorded for people, tasks, the first screen."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from tests.browser import barriers, browser, needs_browser, overflows, pressed, pressed_here
from tests.desk import VIEWS, Person, at_desk, barred, seat, session_for, signed, somebody
from tests.erasing_house import World, making
from tests.live import Live, live
from tests.mailbox import Mailbox, mailbox
from tests.packaged import opened as opened_zip
from tests.people_house import Clock
from tests.rights_house import elsewhere

from janji.erasure.steps import Known
from janji.ledger.events import Actor, Kind
from janji.people.guardians import Proof as Paper
from janji.people.guardians import Relation
from janji.rights.requests import Intake, Outcome, Proof, Request, State
from janji.staff.roles import Role
from janji.store.database import transaction
from janji.store.server import ServerHandle
from janji.terms.words import SHOWN_IN
from janji.web.console.shell import SCREENS
from janji.workflows import desk_jobs, guardians, map_desk, messages, staff
from janji.workflows.collection import Asked, collect
from janji.workflows.house import House
from janji.workflows.machine_decisions import decides, take
from janji.workflows.owners import Owner, put_owners
from janji.workflows.promise_boards import look_again
from janji.workflows.recording import history_of
from janji.workflows.request_clock import watch
from janji.workflows.request_desk import PAGE
from janji.workflows.request_marks import marks_of
from janji.workflows.request_work import work_off
from janji.workflows.requests import Opening, approve, open_request, open_requests, request_of, rights
from janji.workflows.systems import add
from janji.workflows.tasks import open_task
from janji.workflows.worklists import Right, worklists
from janji.workflows.worklists import ask as ask_owners

WRITTEN = "my neighbour 0813-5555-0101 told me"


@dataclass(frozen=True)
class Desk:
    """A house with two systems, served, and the mail that it sends."""

    world: World
    live: Live
    box: Mailbox


@pytest.fixture(scope="module")
def desk(server: ServerHandle, module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """It, for all tests of this module."""
    with making(server, module_database_url, tmp_path_factory.mktemp("world"), 60) as world, mailbox() as box:
        runtime = world.house.runtime
        given = replace(runtime.settings, mail_url=box.url, mail_from="privacy@example.net", public_url="http://127.0.0.1")
        with live(replace(world.house, runtime=replace(runtime, settings=given))) as served:
            yield Desk(World(served.house, world.shop, world.care), served, box)


@pytest.fixture
def officer(desk: Desk) -> Iterator[Person]:
    """The officer, signed in."""
    with at_desk(desk.live) as found:
        yield found


def ask(desk: Desk, number: int, right: str = "access", **more: object) -> Request:
    """A request that came on paper; nobody saw yet who asks, unless it is said."""
    return open_request(desk.live.house, Opening(**{"right": right, "intake": Intake.PAPER, "subject": desk.world.person(number), **more}))  # type: ignore[arg-type]


def seen(desk: Desk, number: int, right: str = "access", **more: object) -> Request:
    """The same, of somebody whom staff saw; what would be done is worked out."""
    made = ask(desk, number, right, proof=Proof.STAFF, by="Sari", **more)
    work_off(desk.live.house)
    return request_of(made.id)


def told(house: House) -> str:
    """The worker tells results, and looks some minutes later whether they arrived."""
    watch(house)
    messages.work(house)
    Clock.moved += timedelta(minutes=5)
    return str(watch(house))


def test_the_queue_by_filters_and_pages(desk: Desk, officer: Person) -> None:
    """What is due first stands first; filters narrow it, the table is the same, and a page that is none says what to do."""
    one, other = ask(desk, 1), seen(desk, 2, "deletion", language="en")
    page = officer.get("/requests").text
    assert f"…{one.id.hex[-8:]}" in page
    assert "not verified" in page
    narrowed = officer.get("/requests", right="deletion", answer="en").text
    assert f"…{other.id.hex[-8:]}" in narrowed
    assert f"…{one.id.hex[-8:]}" not in narrowed
    assert "No request is here" in officer.get("/requests", which="late").text
    mine = officer.get("/requests", which="mine").text
    assert f"…{other.id.hex[-8:]}" in mine
    assert f"…{one.id.hex[-8:]}" not in mine
    table = officer.get("/requests/csv", right="deletion")
    assert table.headers["content-type"].startswith("text/csv")
    assert str(other.id) in table.text
    assert str(other.subject) in table.text
    assert other.due.astimezone(SHOWN_IN).isoformat(timespec="minutes") in table.text
    assert "+07:00" in table.text
    with at_desk(desk.live, Role.AUDITOR) as auditor:
        assert str(other.id) in auditor.get("/requests/csv", right="deletion").text
        assert str(other.subject) not in auditor.get("/requests/csv").text
    assert "person2@" not in table.text


def test_a_look_needs_a_reason_and_is_recorded(desk: Desk, officer: Person) -> None:
    """What the person said is under seal; it is shown for a reason, and the look is on record; without one nothing is shown."""
    one = seen(desk, 3, said={"words": WRITTEN})
    page = officer.get(f"/requests/{one.id}").text
    assert WRITTEN not in page
    assert "person3@example.com" not in page
    bare = officer.send(f"/requests/{one.id}/look", page=f"/requests/{one.id}", reason="curious")
    assert bare.status_code == 422
    assert WRITTEN not in bare.text
    clear = officer.send(f"/requests/{one.id}/look", page=f"/requests/{one.id}", reason="request")
    assert WRITTEN in clear.text
    assert "person3@example.com" in clear.text
    looks = [event for event in history_of(desk.live.house, desk.world.person(3)) if event.kind is Kind.PERSON_SEEN]
    assert [event.details["reason"] for event in looks] == ["request"]
    assert "/extend" not in clear.text, "the law knows no more time"
    assert officer.get(f"/requests/{one.id}/extend").status_code == 422
    with at_desk(desk.live, Role.AUDITOR) as auditor:
        assert WRITTEN not in auditor.get(f"/requests/{one.id}").text
        assert "/look" not in auditor.get(f"/requests/{one.id}").text


def test_the_copy_is_gathered_covered_agreed_to_and_is_what_was_agreed(desk: Desk, officer: Person) -> None:
    """Staff see what would be sent, cover a place and a column, and a yes given before counts no more; the person gets exactly that."""
    one = seen(desk, 4)
    assert one.state is State.APPROVAL
    base = f"/requests/{one.id}"
    waiting = officer.send(f"{base}/gather", page=base)
    assert 'http-equiv="refresh"' in waiting.text
    desk_jobs.work(desk.live.house)
    assert "Look at the copy" in officer.get(f"{base}/gather").text
    copy = officer.send(f"{base}/preview", page=base, reason="request")
    assert "Jalan 1" in copy.text
    first, other = sorted(("Jalan 1", "Jalan 2"), key=copy.text.index)
    changed = officer.send(f"{base}/cover", page=base, reason="request", cover=["shop/orders\naddress\n0", "care/cases\nwords\n"])
    assert "covered by our staff" in changed.text
    held = marks_of(request_of(one.id))
    assert held["shop/orders"]["address"] == {0}
    assert held["care/cases"]["words"] == frozenset()
    package = request_of(one.id).details["package"]
    officer.send(f"{base}/approve", reason="request")
    work_off(desk.live.house)
    done = request_of(one.id)
    assert done.outcome is Outcome.DONE
    assert done.details["package"] == package
    got = officer.send(f"{base}/copy", page=base, reason="help")
    assert got.headers["content-type"] == "application/zip"
    files = opened_zip(got.content)
    orders = next(data for name, data in files.items() if name.endswith("orders.json") and "schema" not in name)
    assert other.encode() in orders
    assert first.encode() not in orders
    assert not any(b"it hums" in data for name, data in files.items() if "cases" in name)


def test_who_asks_is_seen_by_staff(desk: Desk, officer: Person) -> None:
    """A tick, and by whom: then the request is the person's; what is missing is told on the page with what was typed."""
    one = open_request(desk.live.house, Opening(right="access", intake=Intake.PAPER, said={"answer_to": [["email", desk.world.email(5)]]}))
    base, who = f"/requests/{one.id}", desk.world.person(5)
    wrong = officer.send(f"{base}/verify", whom="other", kind="email", value="nobody@nowhere.example", seen="yes")
    assert wrong.status_code == 422
    assert "Nobody is known by this" in wrong.text
    assert 'value="nobody@nowhere.example"' in wrong.text
    assert officer.send(f"{base}/verify", whom="contact").status_code == 422
    page = officer.send(f"{base}/verify", whom="other", kind="email", value=desk.world.email(5), seen="yes")
    assert "on record who asks" in page.text
    assert request_of(one.id).subject == who
    assert request_of(one.id).proof is Proof.STAFF


def test_steps_say_first_what_happens(desk: Desk, officer: Person) -> None:
    """Refusing needs a ground of the law; closing can be undone; a step that is over says so; another house's number is nothing."""
    one = seen(desk, 6, "deletion")
    base = f"/requests/{one.id}"
    assert "from `" in officer.get(f"{base}/approve").text or "shop" in officer.get(f"{base}/approve").text
    deputy = next(iter(rights(desk.live.house)["deletion"].deputies))
    assert officer.send(f"{base}/approve", role="secretary").status_code == 422
    officer.send(f"{base}/approve", role=deputy)
    assert [yes.role for yes in request_of(one.id).approvals] == [deputy]
    assert "Needed: 2. Given: 1." in officer.get(base).text
    again = officer.get(f"{base}/approve")
    assert (again.status_code, "has approved it already" in again.text, "not open to the request" in again.text) == (422, True, False)
    assert officer.send(f"{base}/refuse").status_code == 422
    page = officer.send(f"{base}/refuse", ground="defence-security", counsel="Hadi")
    assert "is refused" in page.text, page.text
    assert request_of(one.id).outcome is Outcome.REFUSED
    assert officer.send(f"{base}/withdraw", page="/requests").status_code == 422
    late = ask(desk, 7)
    officer.send(f"/requests/{late.id}/unverified")
    assert request_of(late.id).outcome is Outcome.NOT_VERIFIED
    officer.send(f"/requests/{late.id}/reopen")
    assert request_of(late.id).state is State.UNVERIFIED
    assert officer.get(f"/requests/{UUID(int=7)}").status_code == 404
    with at_desk(desk.live, Role.ANALYST) as analyst:
        assert analyst.get(f"{base}/approve").status_code == 403
        assert "/approve" not in analyst.get(f"/requests/{seen(desk, 8, 'deletion').id}").text


def test_the_ledger_has_the_account_that_entered_a_refusal(desk: Desk, officer: Person) -> None:
    """Whoever decided it, counsel by the name that was typed too: the event names the account by which it was said."""
    for right, ground, role in (("access", "other-peoples-data", "counsel"), ("deletion", "defence-security", "officer")):
        one = seen(desk, 6, right)
        assert one.subject is not None
        assert "is refused" in officer.send(f"/requests/{one.id}/refuse", ground=ground, counsel="Mr Lubis").text
        event = next(event for event in reversed(history_of(desk.live.house, one.subject)) if event.kind is Kind.REQUEST_REFUSED)
        assert (event.details["role"], event.details["staff"]) == (role, somebody().id)


def test_many_are_approved_after_they_were_named(desk: Desk, officer: Person) -> None:
    """What would happen to those that were ticked is shown first; those to which it is not open are left out; then it is done."""
    first, second, third = seen(desk, 9), seen(desk, 10), ask(desk, 11)
    ticked = [f"req_{one.id}" for one in (first, second, third)]
    page = officer.send("/requests/many", page="/requests", act="approve", id=ticked)
    assert "Approve these requests?" in page.text
    assert "left out" in page.text
    assert request_of(first.id).state is State.APPROVAL
    named = re.findall(r'name="id" value="(req_[^"]+)"', page.text)
    assert sorted(named) == sorted(ticked[:2])
    done = officer.send("/requests/many/do", page="/requests", act="approve", id=named)
    assert "Approved: 2" in done.text
    assert request_of(second.id).state is State.WORKING
    assert officer.send("/requests/many", page="/requests", act="approve").status_code == 422


def test_the_same_person_by_another_account_agrees_once(desk: Desk, officer: Person) -> None:
    """The yes of an account is its person's: the step is offered to none of their accounts any more, one by one or among many, and not taken."""
    one = seen(desk, 11, "deletion")
    own = staff.account(somebody(Role.OFFICER).id)
    local, _, domain = own.email.partition("@")
    approve(desk.live.house, one.id, own.staff.name)
    held = request_of(one.id)
    assert (held.state, len(held.approvals)) == (State.APPROVAL, 1), "another must agree"
    for name, email, open_ in (("S. W.", f"{local}+two@{domain}", False), ("Citra", "citra@example.com", True)):
        other = staff.add(desk.live.house, name, email, "officer").staff
        with signed(desk.live, other) as browser:
            assert (f"/requests/{one.id}/approve" in browser.get(f"/requests/{one.id}").text) is open_
            browser.send("/requests/many/do", page="/requests", act="approve", id=[str(one.id)])
        assert (len(request_of(one.id).approvals) == 2) is open_


def test_the_plan_with_its_statements(desk: Desk, officer: Person) -> None:
    """The worker works it out: every table with what becomes of it, and the statements, without a value of the person."""
    one = seen(desk, 12, "deletion")
    base = f"/requests/{one.id}"
    officer.send(f"{base}/plan")
    desk_jobs.work(desk.live.house)
    page = officer.get(f"{base}/plan").text
    assert "DELETE FROM" in page
    assert "tax" in page
    assert "person12@" not in page


@needs_browser
def test_from_the_form_to_the_download_in_a_browser(desk: Desk, tmp_path: Path) -> None:
    """Somebody asks by the form; staff see who it is, look at the copy, cover a neighbour, agree, tell the code; the person downloads exactly that."""
    house, address, url = desk.live.house, desk.world.email(30), desk.live.url
    desk.world.person(30)
    session = session_for(house, somebody())
    with browser() as chromium:
        context = chromium.new_context(java_script_enabled=False)
        person = context.new_page()
        person.goto(f"{url}/rights?right=access&language=en")
        pressed(person, "main form button")
        person.locator("input[name=contact]").fill(address)
        pressed(person, "main form button")
        pressed(person, "main form button")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
        officer = context.new_page()
        officer.goto(f"{url}/console/requests?intake=form&language=en")
        pressed(officer, ".queue td a")
        base = officer.url.partition("?")[0]
        id = UUID(base.rpartition("/")[2])
        pressed(officer, "a[href*='/verify']")
        officer.locator("input[name=whom][value=contact]").check()
        officer.locator("input[name=seen]").check()
        pressed(officer, "main form button")
        assert elsewhere(lambda: str(work_off(house))) == "1"
        officer.goto(f"{base}?language=en")
        pressed(officer, "form[action*='/gather'] button")
        elsewhere(lambda: str(desk_jobs.work(house)))
        officer.goto(f"{base}?language=en")
        pressed(officer, "form[action*='/preview'] button")
        officer.get_by_label("Jalan 1").check()
        pressed(officer, "form[action*='/cover'] > p button")
        assert officer.locator(".covered.own").count() == 1
        pressed(officer, "a[href*='/approve']")
        pressed(officer, "main form button.btn")
        elsewhere(lambda: str(work_off(house)))
        elsewhere(lambda: told(house))
        officer.goto(f"{base}?language=en")
        pressed(officer, "a[href*='/deliver']")
        pressed(officer, "main form button")
        answer = officer.locator("pre.letter").inner_text()
        code = re.search(r"^\s*(\d{4})-(\d{4})\s*$", answer, re.MULTILINE)
        assert code is not None
        letters = [str((one.get_body(("plain",)) or one).get_content()) for to, one in desk.box.taken if to == address]
        link = next(found[1] for text in reversed(letters) if (found := re.search(r"https?://[^/\s]+(/packages/\S+)", text)))
        person.goto(f"{url}{link}")
        person.locator("input[name=code]").fill(code[0])
        with person.expect_download() as held:
            pressed_here(person, "main form button")
        held.value.save_as(tmp_path / "copy.zip")
    files = opened_zip((tmp_path / "copy.zip").read_bytes())
    orders = next(data for name, data in files.items() if name.endswith("orders.json") and "schema" not in name)
    assert b"Jalan 2" in orders
    assert b"Jalan 1" not in orders
    assert request_of(id).outcome is Outcome.DONE


def test_a_request_by_telephone(desk: Desk, officer: Person) -> None:
    """What is known is shown before it is recorded: the person, the same request, another right in the words; the clock runs from when they called."""
    who, before = desk.world.person(13), seen(desk, 13)
    form = {"right": "access", "intake": "phone", "who_kind": "email", "who": desk.world.email(13), "words": "Please delete all my data", "seen": "yes", "answer": "en"}
    review = officer.send("/requests/new", **form, go="check", day="2099-01-01")
    assert review.status_code == 422
    assert "future" in review.text
    assert "Please delete all my data" in review.text
    long = officer.send("/requests/new", **{**form, "right": "transfer"}, go="check", endpoint="https://portal.example/" + "a" * 2048)
    assert (long.status_code, "and at most 2048 are taken" in long.text, "a" * 2048 in long.text) == (422, True, True)
    review = officer.send("/requests/new", **form, go="check")
    assert f"…{before.id.hex[-8:]}" in review.text
    assert "right=deletion" in review.text
    assert "The person is known" in review.text
    looks = [event for event in history_of(desk.live.house, who) if event.kind is Kind.PERSON_SEEN]
    assert [event.details["reason"] for event in looks] == ["request"]
    day = f"{desk.live.house.runtime.now() - timedelta(hours=20):%Y-%m-%d}"
    draft = re.search(r'name="draft" value="([^"]*)"', review.text)
    assert draft is not None
    made = [officer.send("/requests/new", **form, go="record", day=day, hour="00:05", draft=draft[1]) for _ in range(2)]
    assert {page.url for page in made} == {made[0].url}, "sent twice it is one"
    id = UUID(str(made[0].url).partition("/requests/")[2].partition("?")[0])
    one = request_of(id)
    assert one.subject == who
    assert one.opened < desk.live.house.runtime.now() - timedelta(hours=1)
    assert officer.send("/requests/new", right="", go="check").status_code == 422


def test_somebody_who_was_not_seen_gets_a_code(desk: Desk, officer: Person) -> None:
    """By telephone a code goes to the address; the request waits for it."""
    desk.world.person(14)
    page = officer.send("/requests/new", right="access", intake="phone", contact_kind="email", contact=desk.world.email(14), go="record")
    one = request_of(UUID(str(page.url).partition("/requests/")[2].partition("?")[0]))
    assert one.state is State.UNVERIFIED
    assert one.intake is Intake.PHONE
    messages.work(desk.live.house)
    assert desk.world.email(14) in [to for to, _ in desk.box.taken]
    assert "Another code" in officer.send(f"/requests/{one.id}/ask-again").text


def test_a_mail_is_recorded_as_what_it_asks_for(desk: Desk, officer: Person) -> None:
    """From its page: who, when and where to answer stay and are not asked; what the right needs is; then each of the two leads to the other."""
    came = desk.live.house.runtime.now() - timedelta(hours=30)
    mail = open_request(desk.live.house, Opening(right="information", intake=Intake.EMAIL, looked_at=True, received=came, said={"words": WRITTEN, "answer_to": [["email", desk.world.email(40)]]}))
    work_off(desk.live.house)
    assert f"requests/new?came_as=req_{mail.id}" in officer.get(f"/requests/{mail.id}").text
    form = officer.get("/requests/new", came_as=f"req_{mail.id}").text
    assert 'name="day"' not in form
    assert 'name="contact"' not in form
    filled = {"right": "correction", "came_as": f"req_{mail.id}", "data": "name", "becomes": "Citra Lim"}
    assert officer.send("/requests/new", **{**filled, "becomes": ""}, go="check").status_code == 422
    assert officer.send("/requests/new", **{**filled, "right": "information"}, go="check").status_code == 422
    review = officer.send("/requests/new", **filled, go="check")
    assert review.status_code == 200
    assert f"…{mail.id.hex[-8:]}" in review.text
    assert "left" in review.text
    draft = re.search(r'name="draft" value="([^"]*)"', review.text)
    assert draft is not None
    made = [officer.send("/requests/new", **filled, go="record", draft=draft[1]) for _ in range(2)]
    assert {one.url for one in made} == {made[0].url}
    one = request_of(UUID(str(made[0].url).partition("/requests/")[2].partition("?")[0]))
    assert (one.opened, one.right, one.intake) == (came, "correction", Intake.EMAIL)
    assert f"/requests/{mail.id}" in officer.get(f"/requests/{one.id}").text
    first = officer.get(f"/requests/{mail.id}").text
    assert f"/requests/{one.id}" in first
    assert "came_as" not in first
    assert "ecorded as another right" in first
    assert officer.send("/requests/new", **{**filled, "came_as": "req_00000000-0000-4000-8000-000000000000"}, go="check").status_code == 404


def test_tasks_and_what_ends_them(desk: Desk, officer: Person) -> None:
    """Each says what it wants; one that somebody ends is on record as done and is gone; one that ends by itself cannot be ended."""
    house, who = desk.live.house, desk.world.person(15)
    third, erasure = open_task(house, "third-person-notice", who), open_task(house, "child-erasure", who, timedelta(days=3))
    page = officer.get("/tasks").text
    assert "A child without a guardian" in page
    assert f'id="{third}"' in page
    assert "child-erasure" not in officer.get("/tasks", kind="third-person-notice").text.partition("<main")[2].partition("wish")[2]
    assert "goes on record" in officer.get(f"/tasks/{third}/done").text
    assert "on record as done" in officer.send(f"/tasks/{third}/done").text
    assert f'id="{third}"' not in officer.get("/tasks").text
    assert officer.get(f"/tasks/{third}/done").status_code == 404
    assert officer.send(f"/tasks/{erasure}/done", page="/tasks").status_code == 422
    closed = [event for event in history_of(house, who) if event.kind is Kind.TASK_CLOSED]
    assert [event.details["task"] for event in closed] == ["third-person-notice"]
    with at_desk(desk.live, Role.AUDITOR) as auditor:
        assert auditor.get("/tasks").status_code == 200
        assert auditor.get(f"/tasks/{erasure}/done").status_code == 403


def test_an_owner_sees_what_is_about_their_systems_alone(desk: Desk, officer: Person) -> None:
    """The list about their system, which they open and answer; no task, no other list, no request."""
    house = desk.live.house
    for name in ("payroll", "archive"):
        add(house, name)
    put_owners(house, {"payroll": Owner("rini@example.net", "Rini"), "archive": Owner("joko@example.net", "Joko")})
    batch = uuid4()
    with transaction():
        lists = ask_owners(house, batch, Right.ACCESS, ["payroll", "archive"], [desk.world.person(16)], [Known(0, "email", desk.world.email(16))])
    theirs, other = sorted(lists, key=lambda one: one.systems != ("payroll",))
    with at_desk(desk.live, Role.OWNER, systems=["payroll"]) as owner:
        first = owner.get("")
        assert first.status_code == 303
        page = owner.get("/tasks").text
        assert "payroll" in page
        assert "archive" not in page
        assert owner.get(f"/tasks/worklists/{other.id}").status_code == 404
        assert f"/tasks/worklists/{theirs.id}" in page
        decided = take(house, desk.world.person(16), next(str(name) for name, one in house.policy_in_force.policy.purposes.items() if decides(one)), "refused", ["score-below-limit"])
        assert owner.get("/tasks/decisions").status_code == 403
        assert owner.get(f"/tasks/decisions/{decided.id}").status_code == 403
        assert owner.send(f"/tasks/decisions/{decided.id}", page="/me", ruling="upheld", codes="income-proved").status_code == 403
        assert owner.get("/requests").status_code == 403
        works = {name: desk_jobs.ask(house, map_desk.COMPARE, "x", system=name) for name in ("payroll", "archive")}
        assert owner.get(f"/work/{works['payroll']}").status_code == 200
        assert owner.get(f"/work/{works['archive']}").status_code == 404
        assert desk.world.email(16) not in owner.get(f"/tasks/worklists/{theirs.id}").text
        led = owner.send(f"/tasks/worklists/{theirs.id}/answer", page="/tasks")
        assert led.url.path.startswith("/worklists/")
        assert owner.send(f"/tasks/worklists/{other.id}/answer", page="/tasks").status_code == 404
        assert owner.send(f"/tasks/worklists/{theirs.id}/revoke", page="/tasks").status_code == 404
    assert "reminded" in officer.send(f"/tasks/worklists/{theirs.id}/remind", page=f"/tasks/worklists/{theirs.id}").text
    assert "new link" in officer.send(f"/tasks/worklists/{theirs.id}/renew", page=f"/tasks/worklists/{theirs.id}").text


def test_the_second_page_goes_on_where_the_first_ends(desk: Desk, officer: Person) -> None:
    """Nothing twice and nothing left out; the way back is there."""
    asked = Opening(right="claim", intake=Intake.PAPER, subject=desk.world.person(31))
    made = {str(one.id) for one in open_requests(desk.live.house, [asked] * (PAGE + 5))}

    def listed(page: str) -> set[str]:
        return set(re.findall(r'value="req_([0-9a-f-]{36})"', page))

    first = officer.get("/requests", right="claim")
    led = re.search(r'href="(/console/requests\?[^"]*after=[^"]*)"', first.text)
    assert led is not None
    second = officer.client.get(html.unescape(led[1]))
    assert (len(listed(first.text)), len(listed(second.text))) == (PAGE, 5)
    assert listed(first.text) | listed(second.text) == made


def test_many_are_approved_in_the_role_that_was_chosen(desk: Desk, officer: Person) -> None:
    """Roles that may agree to all of them are offered; the record has the one that was taken and who took it; one that may not agree to it is refused."""
    some = [seen(desk, number, "objection", details={"purpose": "newsletters"}) for number in (34, 35)]
    work_off(desk.live.house)
    ticked = [f"req_{one.id}" for one in some]
    page = officer.send("/requests/many", page="/requests", act="approve", id=ticked)
    assert '<option value="head of legal">' in page.text
    assert officer.send("/requests/many/do", page="/requests", act="approve", id=ticked, role="clerk").status_code == 422
    officer.send("/requests/many/do", page="/requests", act="approve", id=ticked, role="head of legal")
    assert [[(yes.by, yes.role) for yes in request_of(one.id).approvals] for one in some] == [[("Sri Wahyuni", "head of legal")]] * 2


def test_many_results_are_handed_over_once(desk: Desk, officer: Person) -> None:
    """For a reason, after they were named; the answers stand on the page, and the requests end."""
    ends = [seen(desk, number, "objection", details={"purpose": "newsletters"}) for number in (32, 33)]
    for one in ends:
        approve(desk.live.house, one.id, "Dewi")
    work_off(desk.live.house)
    assert [request_of(one.id).state for one in ends] == [State.DELIVERY] * 2
    watch(desk.live.house)
    ticked = [f"req_{one.id}" for one in ends]
    assert "Hand these results over?" in officer.send("/requests/many", page="/requests", act="deliver", id=ticked).text
    assert officer.send("/requests/many/do", page="/requests", act="deliver", id=ticked).status_code == 422
    assert request_of(ends[0].id).state is State.DELIVERY, "without a reason nothing is handed over"
    done = officer.send("/requests/many/do", page="/requests", act="deliver", id=ticked, reason="request")
    assert "Done: 2" in done.text
    assert all(number in done.text for number in ticked)
    assert [request_of(one.id).state for one in ends] == [State.ENDED] * 2
    assert officer.send("/requests/many/do", page="/requests", act="deliver", id=ticked, reason="request").status_code == 422


def test_a_guardian_with_a_bond_and_an_agent_with_a_mandate(desk: Desk, officer: Person) -> None:
    """Neither is taken without; a bond is found by the guardian's address."""
    house, child, mother = desk.live.house, desk.world.person(34), desk.world.person(35)
    guardians.record_age(house, child, date(2015, 1, 1), Actor.STAFF)
    guardians.record_age(house, mother, date(1985, 1, 1), Actor.STAFF)
    form = {"right": "access", "intake": "counter", "who_kind": "email", "who": desk.world.email(34), "contact_kind": "email", "contact": desk.world.email(35), "seen": "yes"}
    assert "No verified bond" in officer.send("/requests/new", **form, asker="guardian", go="check").text
    assert officer.send("/requests/new", **form, asker="guardian", go="record").status_code == 422
    link = guardians.name_guardian(house, child, mother, Relation.PARENT, Actor.STAFF)
    guardians.verify_guardian(house, link, [Paper.IDENTITY, Paper.FAMILY_CARD], Actor.STAFF)
    assert "The guardian is verified for this person" in officer.send("/requests/new", **form, asker="guardian", go="check").text
    assert officer.send("/requests/new", **form, asker="agent", go="record").status_code == 422
    over, lasts = (str(house.runtime.now().date() + timedelta(days=days)) for days in (-2, 2))
    assert "mandate of the agent has ended" in officer.send("/requests/new", **form, asker="agent", mandate="surat kuasa 12", until=over, go="record").text
    for asker, more in (("guardian", {}), ("agent", {"mandate": "surat kuasa 12", "until": lasts})):
        page = officer.send("/requests/new", **form, **more, asker=asker, go="record")
        one = request_of(UUID(str(page.url).partition("/requests/")[2].partition("?")[0]))
        assert (str(one.asker), one.subject) == (asker, child)
        assert "surat kuasa" not in page.text
    seen = officer.send(f"/requests/{one.id}/look", page=f"/requests/{one.id}", reason="request").text
    assert f"Last day: {lasts}" in seen


def test_a_text_under_review_is_kept_or_discarded(desk: Desk, officer: Person) -> None:
    """Seen for a reason and a purpose, handed out once when it is kept, and gone when it is discarded."""
    house = desk.live.house
    nik = "3174014408900001"  # in the form of an identity card, and nobody's
    fields = {"name": "Ani", "contact-details": "ani@example.org", "conversation": f"my number is {nik}"}
    ids = [collect(house, Asked(touchpoint="complaint", fields=fields, identifiers=(("email", "ani@example.org"),), agreements=(("request", name),))).reviews["conversation"] for name in ("R-1", "R-2")]
    kept, discarded = (f"/tasks/reviews/{id}" for id in ids)
    assert nik not in officer.get(kept).text
    assert officer.send(kept, act="keep", purpose="complaint-handling").status_code == 422
    assert officer.send(kept, act="look", reason="task", purpose="newsletters").status_code == 422
    masked = officer.send(kept, act="mask", reason="request", purpose="complaint-handling")
    assert "Copy this now" in masked.text
    assert nik not in masked.text
    assert officer.get(kept).status_code == 404
    assert "was destroyed" in officer.send(discarded, act="discard").text
    assert officer.get(discarded).status_code == 404


def test_a_ruling_on_what_a_machine_decided(desk: Desk, officer: Person) -> None:
    """A word and its reasons are wanted, what was typed is kept; then it is on record, once."""
    house, who = desk.live.house, desk.world.person(36)
    purpose = next(str(name) for name, one in house.policy_in_force.policy.purposes.items() if decides(one))
    where = f"/tasks/decisions/{take(house, who, purpose, 'refused', ['score-below-limit']).id}"
    assert officer.send(where, codes="income-proved").status_code == 422
    assert officer.send(where, ruling="overruled").status_code == 422
    wrong = officer.send(where, ruling="overruled", codes="Not A Code", words="we looked anew")
    assert wrong.status_code == 422
    assert "we looked anew" in wrong.text
    assert "on record" in officer.send(where, ruling="overruled", codes="income-proved", words="we looked anew").text
    (event,) = [event for event in history_of(house, who) if event.kind is Kind.DECISION_REVIEWED]
    assert (event.details["outcome"], event.details["reasons"]) == ("overruled", ["income-proved"])
    assert "anew already" in officer.get(where).text


def test_an_officer_agrees_to_a_deletion(desk: Desk, officer: Person) -> None:
    """What is deleted is said first; the yes is on record by name; an analyst does not give it, and it is given once."""
    house, who = desk.live.house, desk.world.person(37)
    where = f"/tasks/{open_task(house, 'withdrawal-cascade', who, timedelta(days=3), {'purposes': ['newsletters'], 'delete': ['identity.name']})}/agree"
    assert where in officer.get("/tasks").text
    assert "identity.name" in officer.get(where).text
    with at_desk(desk.live, Role.ANALYST) as analyst:
        assert analyst.get(where).status_code == 403
    assert "Your yes is on record" in officer.send(where).text
    (event,) = [event for event in history_of(house, who) if event.kind is Kind.REQUEST_APPROVED]
    assert event.details["system"] == ["shop"]
    assert where not in officer.get("/tasks").text


def test_the_first_screen(desk: Desk, officer: Person) -> None:
    """What is due first, how many are late, the flow with its table."""
    page = officer.get("").text
    for words in ("overdue", "due within 12 hours", "Due first", "Requests of the last 30 days", "As a table"):
        assert words in page


@needs_browser
def test_no_tile_stands_alone(desk: Desk) -> None:
    """The six tiles of the first screen fill their rows at every width, and those of the settings."""
    look_again(desk.live.house)
    session = session_for(desk.live.house, somebody())
    with browser() as chromium, seat(chromium, desk.live.url, session) as opened:
        for path in ("", "/settings"):
            opened.goto(f"{desk.live.url}/console{path}?language=en")
            for width in (1440, 1280, 1100, 768, 390, 320):
                opened.set_viewport_size({"width": width, "height": 900})
                tops = opened.locator(".glances li, .glances .card").evaluate_all("all => all.map(one => Math.round(one.getBoundingClientRect().top))")
                assert len(tops) == 6
                assert len({tops.count(top) for top in tops}) == 1, (path, width, tops)


def test_no_personal_data_without_a_look(desk: Desk) -> None:
    """Whatever is got without a look holds nothing of a person, for every role."""
    one = seen(desk, 17, said={"words": WRITTEN, "answer_to": [["email", desk.world.email(17)]]})
    canaries = (WRITTEN, "person17", "0812-9041-0017", "+628129041")
    for role in Role:
        with at_desk(desk.live, role, systems=["shop"]) as person:
            for route in SCREENS:
                if route.method == "GET" and "<" not in route.route.replace("<uuid:id>", ""):
                    page = person.get("/" + route.route.replace("<uuid:id>", str(one.id)))
                    assert not any(canary in page.text for canary in canaries), (role, route.route)


@needs_browser
def test_every_screen_in_a_browser(desk: Desk) -> None:
    """No barrier and nothing that runs over its edge, wide and light in English, narrow and dark in Indonesian."""
    house, url = desk.live.house, desk.live.url
    one = seen(desk, 18, "deletion", said={"words": WRITTEN}, language="en")
    copy = seen(desk, 19)
    task = open_task(house, "third-person-notice", desk.world.person(19))
    add(house, "stockroom")
    put_owners(house, {"stockroom": Owner("rini@example.net", "Rini")})
    ask_owners(house, uuid4(), Right.ACCESS, ["stockroom"], [desk.world.person(19)], [Known(0, "email", desk.world.email(19))])
    decided = take(house, desk.world.person(19), next(str(name) for name, purpose in house.policy_in_force.policy.purposes.items() if decides(purpose)), "refused", ["score-below-limit"])
    with at_desk(desk.live) as officer:
        for name, number in (("plan", one.id), ("gather", copy.id)):
            officer.send(f"/requests/{number}/{name}")
        desk_jobs.work(house)
    lists = worklists(house, 1)[0].id
    paths = (
        "", "requests", "requests?which=closed", "requests?which=late", f"requests/{one.id}", f"requests/{copy.id}", *(f"requests/{one.id}/{name}" for name in ("approve", "refuse", "duplicate", "withdraw", "plan")),
        f"requests/{copy.id}/gather", "requests/new", "tasks", f"tasks/{task}/done", "tasks/decisions", f"tasks/decisions/{decided.id}", "tasks/worklists", f"tasks/worklists/{lists}",
    )  # fmt: skip
    session = session_for(house, somebody())
    with browser() as chromium:
        for language, width, dark in VIEWS:
            with seat(chromium, url, session, width, dark=dark) as opened:
                assert barred(opened, url, language, (f"/console/{path}" for path in paths)) == []
                for form in ("look", "preview"):
                    opened.goto(f"{url}/console/requests/{copy.id}?language={language}")
                    pressed(opened, f"form[action*='/{form}'] button")
                    assert (barriers(opened), overflows(opened)) == ([], False), (form, width)
