"""`janji register` as its users run it: every form, folders, errors with help, two languages, pages in a browser."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from tests.browser import barriers, browser, needs_browser, overflows, page, pressed

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = str(ROOT / "policies" / "minimal")
SONY = str(ROOT / "policies" / "pt-sony-indonesia")
AT = ("--at", "2026-11-25")


def run(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    """One command line in a plain environment."""
    env = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "COLUMNS": "100", "LANG": "C.UTF-8"}
    env |= {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    done = subprocess.run(
        [sys.executable, "-m", "janji", "register", *arguments], cwd=folder, env=env, capture_output=True
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


def said(*arguments: str, folder: Path = ROOT) -> str:
    """The output of a command that succeeds."""
    done = run(*arguments, folder=folder)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8")


def test_text_shows_the_record() -> None:
    """Without options the record of processing stands in the terminal, as of today."""
    text = said(MINIMAL)
    assert "Record of processing activities" in text
    assert "newsletter" in text


def test_text_of_all_says_what_empty_means() -> None:
    """Empty registers are sentences, in both languages."""
    english, indonesian = (
        said(MINIMAL, "--register", "all", *AT),
        said(MINIMAL, "--register", "all", "--lang", "id", *AT),
    )
    assert "nobody may process on the controller's behalf" in english
    assert "No purpose meets a trigger of the law." in english
    assert "Daftar prosesor" in indonesian
    assert "Tidak ada tujuan yang memenuhi pemicu" in indonesian


def test_json_is_as_published() -> None:
    """JSON of all registers is valid, in both languages."""
    schema = json.loads((ROOT / "schema" / "register.json").read_text(encoding="utf-8"))
    for lang in ("en", "id"):
        held = json.loads(said(SONY, "--register", "all", "--format", "json", "--lang", lang, *AT))
        jsonschema.validate(held, schema)
        assert len(held["processing"]["items"]) == 61
        assert held["day"] == "2026-11-25"


def test_the_day_changes_what_is_proven() -> None:
    """What is provisional until a day has expired the day after."""
    for day, states in (("2027-06-30", {"provisional", "none"}), ("2027-07-01", {"expired", "none"})):
        held = json.loads(said(SONY, "--register", "processors", "--format", "json", "--at", day))
        assert {item["contract"] for item in held["processors"]["items"]} == states


def test_csv_goes_to_the_terminal_one_register_at_a_time() -> None:
    """CSV begins with its mark; an empty one says so beside it."""
    done = run(SONY, "--register", "transfers", "--format", "csv", *AT)
    assert done.stdout.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(done.stdout.decode("utf-8-sig"), newline="")))
    assert len(rows) == 43
    empty = run(MINIMAL, "--register", "processors", "--format", "csv", *AT)
    assert len(empty.stdout.decode("utf-8-sig").splitlines()) == 1
    assert b"declares no processor" in empty.stderr


def test_a_file_is_written_by_its_ending(tmp_path: Path) -> None:
    """The ending says the form, and the path is told."""
    target = tmp_path / "all.xlsx"
    assert said(SONY, "--register", "all", "-o", str(target), *AT) == f"written: `{target}`\n"
    assert openpyxl.load_workbook(target).sheetnames == ["Processing", "Transfers", "Processors", "Assessments"]
    said(MINIMAL, "-o", str(tmp_path / "record.jsonld"), *AT)
    assert json.loads((tmp_path / "record.jsonld").read_text(encoding="utf-8"))["@type"] == "dpv:ROPA"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.xlsx", "record.jsonld"]


def test_a_folder_is_made_and_filled(tmp_path: Path) -> None:
    """In a folder each CSV has its own file, and a page its assessments beside it, linked."""
    said(SONY, "--register", "all", "--format", "csv", "-o", f"{tmp_path}/new/sheets/", *AT)
    assert sorted(path.name for path in (tmp_path / "new" / "sheets").iterdir()) == [
        "assessments.csv", "processing.csv", "processors.csv", "transfers.csv",
    ]  # fmt: skip
    said(SONY, "--register", "all", "--format", "html", "-o", f"{tmp_path}/pages/", *AT)
    names = {path.name for path in (tmp_path / "pages").iterdir()}
    text = (tmp_path / "pages" / "registers.html").read_text(encoding="utf-8")
    assert "assessment-credit-check.html" in names
    for name in names - {"registers.html"}:
        assert f'href="{name}"' in text


def test_one_assessment_is_a_document() -> None:
    """With a purpose, text is Markdown to be finished; JSON holds that assessment alone."""
    ask = (SONY, "--register", "assessments", "--purpose", "credit-check", *AT)
    text = said(*ask)
    assert text.startswith("# Impact assessment: Assess creditworthiness before a purchase\n")
    for part in ("Art 34(2)(d)", "## 4. Measures declared", "- [ ] ", "| Decided by |", "Who reviews a result"):
        assert part in text
    assert said(*ask, "--lang", "id").startswith("# Penilaian dampak: ")
    assert [item["id"] for item in json.loads(said(*ask, "--format", "json"))["assessments"]["items"]] == [
        "credit-check"
    ]


def test_all_assessments_as_markdown() -> None:
    """Without a purpose each assessment that is needed follows the other; where none is, that is said."""
    text = said(SONY, "--register", "assessments", "--format", "md", *AT)
    assert text.count("# Impact assessment: ") == 16
    assert "No purpose meets a trigger" in said(MINIMAL, "--register", "assessments", "--format", "md", *AT)


WRONG = {
    "a workbook in the terminal": (("--format", "xlsx"), "cannot be shown in the terminal", "-o registers.xlsx"),
    "several registers in one CSV": (("--register", "all", "--format", "csv"), "one register", "-o registers/"),
    "linked data of transfers": (("--register", "transfers", "--format", "jsonld"), "JSON-LD", "--register processing"),
    "a record as Markdown": (("--format", "md"), "Markdown", "--register assessments"),
    "text in a file": (("-o", "record.txt"), "not written to a file", "--format"),
    "a purpose of another register": (("--purpose", "order"), "one assessment", "--register assessments"),
    "a purpose that is not there": (
        ("--register", "assessments", "--purpose", "newsletters"), "no purpose `newsletters`", "`newsletter`"),
    "a register that is not there": (("--register", "wishes"), "`--register`", "`processing`"),
    "a day that is none": (("--at", "soon"), "`soon`", "2026-11-23"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_help(case: str, tmp_path: Path) -> None:
    """Each mistake ends with 3, says what is wrong and what to do, and writes nothing."""
    arguments, problem, help = WRONG[case]
    done = run(MINIMAL, *arguments, folder=tmp_path)
    assert done.returncode == 3, done
    text = done.stderr.decode()
    assert problem in text.split("help:")[0]
    assert help in text.split("help:")[1]
    assert done.stdout == b""
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    """A missing folder is made; where none can be, it is a failure that leaves nothing behind."""
    assert run(MINIMAL, "-o", str(tmp_path / "made" / "x.json")).returncode == 0
    assert (tmp_path / "made" / "x.json").is_file()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = run(MINIMAL, "--format", "csv", "-o", f"{tmp_path}/file/in/")
    assert done.returncode == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "made"]


def test_a_policy_with_mistakes_has_no_register(tmp_path: Path) -> None:
    """What could not be decided on is not put into a register."""
    text = (ROOT / "policies" / "minimal" / "policy.yaml").read_text(encoding="utf-8")
    (tmp_path / "policy.yaml").write_text(text.replace("basis: consent", "basis: wish"), encoding="utf-8")
    done = run(str(tmp_path), "-o", str(tmp_path / "x.json"))
    assert done.returncode == 3
    assert not (tmp_path / "x.json").exists()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages of the large and the smallest policy, in both languages."""
    folder = tmp_path_factory.mktemp("pages")
    said(SONY, "--register", "all", "--format", "html", "-o", f"{folder}/en/", *AT)
    said(SONY, "--register", "processors", "-o", f"{folder}/en/processors.html", *AT)
    said(MINIMAL, "--register", "all", "-o", f"{folder}/en/minimal.html", *AT)
    said(SONY, "--register", "assessments", "--format", "html", "-o", f"{folder}/id/", "--lang", "id", *AT)
    names = ("en/registers", "en/processors", "en/minimal", "id/assessments", "id/assessment-credit-check")
    return {name: folder / f"{name}.html" for name in names}


@needs_browser
def test_pages_have_no_barrier(pages: dict[str, Path]) -> None:
    """No barrier that axe knows: cards and tables, light on a wide screen and dark on a narrow one."""
    with browser() as chromium:
        for name in ("en/processors", "en/minimal", "id/assessment-credit-check"):
            for width, dark in ((1280, False), (320, True)):
                with page(chromium, pages[name], width, dark) as opened:
                    assert barriers(opened) == [], (name, width)


@needs_browser
def test_pages_fit_the_narrowest_screen(pages: dict[str, Path]) -> None:
    """No page as a whole scrolls sideways, and each says its language."""
    with browser() as chromium:
        for name, path in pages.items():
            with page(chromium, path, 320) as opened:
                assert not overflows(opened), name
                assert opened.evaluate("document.documentElement.lang") == name[:2]


@needs_browser
def test_links_of_a_page_lead_to_its_rows(pages: dict[str, Path]) -> None:
    """Without scripts every link inside the page has its target, and the assessment opens."""
    with browser() as chromium, page(chromium, pages["en/registers"], script=False) as opened:
        links: Any = opened.locator("a[href^='#']")
        targets = {links.nth(number).get_attribute("href")[1:] for number in range(links.count())}
        assert len(targets) > 70
        for target in sorted(targets):
            assert opened.locator(f"[id='{target}']").count() == 1, target
        pressed(opened, "#assessments-credit-check a")
        assert opened.locator("h1").inner_text().startswith("Impact assessment: ")


def test_a_policy_cannot_put_a_tag_into_a_page(tmp_path: Path) -> None:
    """Titles of a policy are text on a page, whatever they hold."""
    text = (ROOT / "policies" / "minimal" / "policy.yaml").read_text(encoding="utf-8")
    evil = text.replace("en: Send the newsletter", 'en: "<script>alert(1)</script> `<b>`"')
    (tmp_path / "policy.yaml").write_text(evil, encoding="utf-8")
    for arguments in (("--register", "all"), ("--register", "assessments", "--purpose", "newsletter")):
        html = said(str(tmp_path), "--format", "html", *arguments, *AT)
        assert "&lt;script&gt;" in html
        assert "<script" not in html
        assert "<b>" not in html
