"""The page of a worklist over HTTP and in a browser: what it shows, what it takes, and everything that it must not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.browser import barriers, browser, needs_browser, overflows, pressed, pressed_here
from tests.choosing import Clock
from tests.live import Live, live
from tests.manual import asked, cells, filled, owned_house, two_people

from janji.workflows.worklist_answers import proofs
from janji.workflows.worklists import PATH, Right, Worklist, close, lines_of, link_of, revoke, worklist

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}
SIGNED = {"name": "Dewi Lestari", "attest": "yes"}


@pytest.fixture
def clock() -> Clock:
    """A clock of one's own."""
    return Clock()


@pytest.fixture
def served(database_url: str, clock: Clock, tmp_path: Path) -> Iterator[Live]:
    """A house with systems that people look after, served."""
    with live(owned_house(database_url, clock, tmp_path)) as found:
        yield found


@pytest.fixture
def lists(served: Live) -> dict[str, Worklist]:
    """What owners are asked to give."""
    return asked(served.house)


def path_of(served: Live, one: Worklist) -> str:
    """Where the link of a list leads at the server."""
    return PATH + link_of(served.house, one.row).rpartition(PATH)[2]


def send(served: Live, one: Worklist, data: dict[str, str], **files: tuple[str, bytes, str]) -> httpx.Response:
    """Send the form as a browser does."""
    parts = [(name, (None, value)) for name, value in data.items()]
    with served.client() as client:
        return client.post(path_of(served, one), headers=BROWSER, files=[*parts, *files.items()])


def count(served: Live, one: Worklist, state: str = "open") -> int:
    """How many lines of a list are in a state now."""
    return worklist(served.house, one.id).count(state)


def test_the_page_says_what_is_asked_and_changes_nothing(served: Live, lists: dict[str, Worklist]) -> None:
    """In two languages; for nobody's cache or index; nothing from elsewhere, no script, no cookie, no identifier in an address."""
    path = path_of(served, lists["Dewi"])
    with served.client() as client:
        page, other = client.get(path, headers=BROWSER), client.get(path, headers=BROWSER, params={"language": "id"})
        assert re.search(r"may have \d\.\d MB", page.text)
        assert re.search(r"paling besar \d,\d MB", other.text)
        assert client.head(path, headers=BROWSER).status_code == 200
        assert client.options(path).status_code == 204
        for method in ("PUT", "DELETE", "PATCH"):
            assert client.request(method, path).status_code == 405
    assert (page.status_code, other.status_code) == (200, 200)
    assert '<html lang="en">' in page.text
    assert '<html lang="id">' in other.text
    for word in ("ani@example.org", "+6281234567890", "081234567890", "kasir", "loyalty"):
        assert word in page.text
        assert word in other.text
    for part in ("<script", " style=", "http://", "https://"):
        assert part not in page.text, part
    addresses = re.findall(r'(?:href|action)="([^"]*)"', page.text)
    assert not [one for one in addresses if "ani" in one or "812" in one or str(lists["Dewi"].id) in one]
    headers = page.headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert "set-cookie" not in headers
    assert headers["content-security-policy"].endswith("form-action 'self'")
    assert count(served, lists["Dewi"]) == 4


def test_the_table_goes_out_and_comes_back(served: Live, lists: dict[str, Worklist]) -> None:
    """XLSX and CSV by the links of the page; filled in and handed in, with evidence."""
    one = lists["Dewi"]
    with served.client() as client:
        text = client.get(path_of(served, one), headers=BROWSER).text
        links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*/table[^"]*)"', text)]
        book, csv = (client.get(link, headers=BROWSER) for link in links)
    assert re.fullmatch(r'attachment; filename="worklist-[0-9a-f]{6}.xlsx"', book.headers["content-disposition"])
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(cells(book.content)) == 5
    assert csv.content.startswith(b"\xef\xbb\xbfLine,System,Look for,Answer,Field,Value")
    data = filled(served.house, one, (1, "found", "Name", "Ani Suryani"), (2, "nothing found"), (3, "nothing found"))
    answer = send(served, one, {**SIGNED, "how": "file"}, file=("x.xlsx", data, "application/octet-stream"), evidence=("p.pdf", b"%PDF-1.7 x", "application/pdf"))
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "?taken=3&language=en"
    with served.client() as client:
        after = client.get(path_of(served, one) + answer.headers["location"], headers=BROWSER)
    assert "Answered lines: 3" in after.text
    assert "Ani Suryani" not in after.text
    (proof,) = proofs(served.house, one.id)
    assert proof.name == "Dewi Lestari"
    assert proof.evidence is not None
    assert proof.evidence.data == b"%PDF-1.7 x"


def test_nothing_found_is_one_click(served: Live, lists: dict[str, Worklist]) -> None:
    """Every line that waits; then the page offers to correct by the table alone."""
    one = lists["Rudi"]
    assert send(served, one, {**SIGNED, "how": "nothing"}).status_code == 303
    assert count(served, one, "nothing") == 2
    with served.client() as client:
        after = client.get(path_of(served, one), headers=BROWSER).text
    assert 'value="nothing"' not in after
    assert "Every line is answered." in after
    again = send(served, one, {**SIGNED, "how": "nothing"})
    assert (again.status_code, "No line waits for an answer" in again.text) == (422, True)


def test_lines_can_be_answered_on_the_page(served: Live) -> None:
    """Erased with a number, kept with a reason, the rest later."""
    one = asked(served.house, Right.ERASE)["Dewi"]
    chosen = {"line-1": "erased", "rows-1": "7", "line-2": "kept", "rows-2": "", "reason-2": "a warranty case is open", "line-3": "", "rows-3": "9"}
    assert send(served, one, {**SIGNED, "how": "lines", **chosen}).status_code == 303
    found = [(line.row.state, line.row.rows, line.reason) for line in lines_of(served.house, one.id)]
    assert found == [("erased", 7, ""), ("kept", 1, "a warranty case is open"), ("open", 0, ""), ("open", 0, "")]


MISTAKES: list[tuple[dict[str, str], str]] = [
    ({"name": "Dewi", "how": "nothing"}, "Nobody says that the answers are true"), ({"attest": "yes", "how": "nothing"}, "Who answers must give a name"),
    ({**SIGNED}, "It is not said what is handed in"), ({**SIGNED, "how": "file"}, "No file was chosen"), ({**SIGNED, "how": "lines"}, "No answer was chosen"),
    ({**SIGNED, "how": "lines", "line-1": "erased"}, "does not fit"), ({**SIGNED, "how": "lines", "line-77": "nothing"}, "No line of this worklist"),
]  # fmt: skip


def test_a_form_with_a_mistake_comes_back_as_it_was(served: Live, lists: dict[str, Worklist]) -> None:
    """With what is wrong, and with the name that was given; nothing is taken."""
    for data, said in MISTAKES:
        answer = send(served, lists["Dewi"], data)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'role="alert"' in answer.text
        assert ('value="Dewi' in answer.text) == ("name" in data)
    assert count(served, lists["Dewi"]) == 4


def test_mistakes_of_a_table_are_named_by_row(served: Live, lists: dict[str, Worklist]) -> None:
    """Each of them; what was written is not repeated."""
    data = filled(served.house, lists["Dewi"], (1, "perhaps kenari"), (9, "found", "x", "kenari"))
    answer = send(served, lists["Dewi"], {**SIGNED, "how": "file"}, file=("kenari.xlsx", data, "x/y"))
    assert answer.status_code == 422
    assert answer.text.count("<li>row ") == 2
    assert "kenari" not in answer.text
    for bad in (b"PK\x03\x04x", b"<?xml", b"\x00\x01", b"x" * 1000):
        assert send(served, lists["Dewi"], {**SIGNED, "how": "file"}, file=("a.xlsx", bad, "x/y")).status_code == 422
    evil = send(served, lists["Dewi"], {**SIGNED, "how": "nothing"}, evidence=("a.exe", b"MZ\x00\x90", "application/pdf"))
    assert evil.status_code == 422
    assert count(served, lists["Dewi"]) == 4


NO_FORMS: list[dict[str, Any]] = [
    {}, {"data": {**SIGNED, "how": "nothing"}}, {"json": {**SIGNED, "how": "nothing"}}, {"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}},
    {"content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, {"files": [(f"f{n}", (None, "x")) for n in range(1200)]},
    {"files": [("name", (None, "Dewi")), ("attest", (None, "yes")), ("how", (None, "lines")), ("line-x", (None, "nothing"))]},
    {"files": [("line-1", (None, "found"))]},
]  # fmt: skip


def test_what_is_no_form_of_ours_is_refused(served: Live, lists: dict[str, Worklist]) -> None:
    """Other media, broken parts, too many fields, words that the page does not have."""
    with served.client() as client:
        assert [client.post(path_of(served, lists["Dewi"]), **request).status_code for request in NO_FORMS] == [400, 400, 400, 400, 422, 400, 400, 400]
    assert count(served, lists["Dewi"]) == 4


def test_files_have_a_limit(served: Live, lists: dict[str, Worklist]) -> None:
    """Longer than a body may be: told so, and nothing is kept."""
    answer = send(served, lists["Dewi"], {**SIGNED, "how": "nothing"}, evidence=("p.pdf", b"%PDF-" + b"x" * (2 << 20), "application/pdf"))
    assert answer.status_code == 413
    assert count(served, lists["Dewi"]) == 4
    bomb = _bomb()
    assert len(bomb) < 1 << 20
    assert send(served, lists["Dewi"], {**SIGNED, "how": "file"}, file=("a.xlsx", bomb, "x/y")).status_code == 422


def _bomb() -> bytes:
    """A workbook that would be 300 MB unpacked."""
    import io
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(300):
            part.write(b" " * (1 << 20))
    return held.getvalue()


def test_a_bad_link_tells_nothing_and_an_ended_one_that_it_ended(served: Live, lists: dict[str, Worklist], clock: Clock) -> None:
    """404 alike for whatever is not ours; 410 for one that was good: revoked, over its time, closed."""
    one = lists["Dewi"]
    path = path_of(served, one)
    bad = [path[:-1], path + "A", PATH + "x", PATH + "A" * 400, PATH + str(one.id), path[:20] + ("y" if path[20] == "x" else "x") + path[21:]]
    with served.client() as client:
        for accept, form in ((BROWSER, "text/html"), ({"Accept": "application/json"}, "application/problem+json")):
            answers = [client.get(item + tail, headers=accept) for item in bad for tail in ("", "/table")]
            answers += [client.post(item, headers=accept, files=[("how", (None, "nothing"))]) for item in bad]
            assert {answer.status_code for answer in answers} == {404}
            assert len({answer.content for answer in answers}) == 1
            assert form in answers[0].headers["content-type"]
        revoke(served.house, one.id)
        _ended(client, path)
        fresh, rudi = path_of(served, worklist(served.house, one.id)), path_of(served, lists["Rudi"])
        assert client.get(fresh, headers=BROWSER).status_code == 200
        close(served.house, lists["Rudi"].id)
        _ended(client, rudi)
        clock.put_on(days=17)
        _ended(client, fresh)
    assert count(served, one) == 4


def _ended(client: httpx.Client, path: str) -> None:
    for answer in (client.get(path, headers=BROWSER), client.get(f"{path}/table", headers=BROWSER), client.post(path, headers=BROWSER, files=[("how", (None, "nothing"))])):
        assert answer.status_code == 410
        assert "This link has ended" in answer.text
        assert "ani@" not in answer.text


def test_two_owners_see_each_other_not(served: Live, lists: dict[str, Worklist]) -> None:
    """The link of one list opens no line of another."""
    with served.client() as client:
        text = client.get(path_of(served, lists["Rudi"]), headers=BROWSER).text
    assert "gudang" in text
    assert "kasir" not in text


def test_a_long_list_shows_its_beginning_and_the_table_has_all(served: Live) -> None:
    """Sixty people in two systems: fifty lines on the page."""
    from tests.choosing import person

    one = asked(served.house, batch=uuid4(), subjects=[person(served.house, f"p{n}@example.org", None) for n in range(60)])["Dewi"]
    with served.client() as client:
        text = client.get(path_of(served, one), headers=BROWSER).text
        assert text.count("<select") == 50
        assert "The table has more lines: 70." in text
        assert len(cells(client.get(f"{path_of(served, one)}/table").content)) == 121


def aside(work: Any) -> Any:
    """Do something with the house while a browser is open, which has this thread for itself."""
    from concurrent.futures import ThreadPoolExecutor

    from janji.store import database

    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(work).result()
        finally:
            pool.submit(database.close).result()


@needs_browser
@pytest.mark.parametrize(("width", "dark", "language"), [(1280, False, "en"), (320, True, "id")])
def test_owners_find_no_barrier(served: Live, width: int, dark: bool, language: str, tmp_path: Path) -> None:
    """The page, its mistakes, what was taken, the end: no barrier, no scrolling sideways, and all of it without JavaScript."""
    people = two_people(served.house)
    lists = [asked(served.house, Right.ERASE, uuid4(), people)["Dewi"] for _ in range(2)]
    with browser() as chromium:
        for script, one in zip((True, False), lists, strict=True):
            context = chromium.new_context(
                viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light", java_script_enabled=script, bypass_csp=script,
            )  # fmt: skip
            opened = context.new_page()

            def sound(opened: Any = opened, script: bool = script) -> None:
                assert not overflows(opened)
                assert not script or barriers(opened) == []

            opened.goto(f"{served.url}{path_of(served, one)}?language={language}")
            sound()
            opened.locator("select").nth(1).select_option("kept")
            assert opened.locator("input[name=reason-2]").is_visible()
            assert not opened.locator("input[name=reason-3]").is_visible()
            opened.check("input[value=lines]")
            opened.fill("input[name=name]", "Dewi Lestari")
            opened.check("input[name=attest]")
            assert (opened.locator("button").bounding_box() or {})["height"] >= 44
            pressed(opened, "button")
            assert opened.locator("[role=alert]").count() == 1
            assert opened.locator("select").nth(1).input_value() == "kept"
            sound()
            opened.fill("input[name=reason-2]", "garansi masih berjalan")
            pressed(opened, "button")
            assert opened.locator("[role=status]").count() == 1
            sound()
            with opened.expect_download() as download:
                pressed_here(opened, "a[download]")
            download.value.save_as(tmp_path / "table.xlsx")
            assert len(cells((tmp_path / "table.xlsx").read_bytes())) == 5
            opened.check("input[value=nothing]")
            opened.fill("input[name=name]", "Dewi Lestari")
            opened.check("input[name=attest]")
            opened.set_input_files("input[name=evidence]", {"name": "bukti.txt", "mimeType": "text/plain", "buffer": b"dihapus"})
            pressed(opened, "button")
            sound()
            assert aside(lambda one=one: count(served, one)) == 0
            assert aside(lambda one=one: close(served.house, one.id))
            opened.reload()
            sound()
            context.close()
