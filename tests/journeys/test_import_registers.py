"""Registers and workbooks as people have them: real files in every encoding, hostile ones too, and the policy kept whole."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet
from tests.journeys.test_command_line import MINIMAL, ROOT, matches, run

CASES = ROOT / "tests" / "cases" / "import"
DAY = date(2026, 1, 1)
HEADS = ["Aktivitas", "Dasar hukum", "Perjanjian", "Data pribadi", "Masa retensi", "Tindakan akhir"]
GOOD = ["Pengiriman pesanan", "Perjanjian", "pesanan", "Nama; Alamat", "5 tahun setelah pengiriman", "Penghapusan"]


def table(path: Path, rows: list[list[Any]], **how: str) -> str:
    """A CSV file with these rows."""
    with path.open("w", encoding=how.get("encoding", "utf-8"), newline="") as file:
        csv.writer(file, delimiter=how.get("delimiter", ";")).writerows(rows)
    return str(path)


def sheets(path: Path, rows: list[list[Any]], merge: str = "") -> str:
    """An XLSX file with these rows in its first sheet."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.save(path)
    return str(path)


def imported(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    """The report of an import, which is the same in the folder; the model that it wrote has no error."""
    folder = tmp_path / "model"
    result = run("import", *arguments, "-o", str(folder), "--format", "json")
    assert result.returncode == 0, result.stderr + result.stdout
    report = matches("import", result.stdout)
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == report
    assert json.loads(run("check", str(folder), "--format", "json").stdout)["errors"] == 0
    return report


@pytest.mark.parametrize("how", [
    {"encoding": "utf-8"}, {"encoding": "utf-8-sig", "delimiter": ","}, {"encoding": "cp1252"},
    {"encoding": "utf-16", "delimiter": "\t"},
], ids=lambda how: how["encoding"])  # fmt: skip
def test_csv_as_offices_write_it(tmp_path: Path, how: dict[str, str]) -> None:
    """Each encoding and delimiter gives the same model; another encoding than UTF-8 is said."""
    path = table(tmp_path / "r.csv", [HEADS, ["Café " + GOOD[0], *GOOD[1:]]], **how)
    report = imported(tmp_path, path, "--from", "csv")
    text = (tmp_path / "model" / "policy.yaml").read_text(encoding="utf-8")
    assert "Café" in text
    assert report["entries"]["purposes"] == {"stand": 1, "left_out": 0}
    assert len(report["remarks"]) == (1 if how["encoding"].startswith("utf-8") else 2)
    assert (tmp_path / "model" / "mapping.yaml").read_text(encoding="utf-8") == report["mapping"]


def test_xlsx_with_merged_headings_and_a_saved_mapping(tmp_path: Path) -> None:
    """A workbook is read through its saved mapping, from the sheet and row that the mapping names."""
    rows: list[list[Any]] = [["Rekaman 2026", *[None] * 5], HEADS, GOOD, ["CCTV", "Kepentingan yang sah", None, "Foto", 30, None]]
    path = sheets(tmp_path / "r.xlsx", rows, "A1:F1")
    first = imported(tmp_path, path, "--from", "xlsx")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("sheet: Sheet\n" + first["mapping"], encoding="utf-8")
    shutil.rmtree(tmp_path / "model")
    second = imported(tmp_path, path, "--from", "xlsx", "--mapping", str(mapping))
    assert second["entries"] == first["entries"] == {
        "data": {"stand": 3, "left_out": 0}, "purposes": {"stand": 1, "left_out": 1}, "retention": {"stand": 1, "left_out": 0},
    }  # fmt: skip
    assert "mapping" not in second
    assert {item["entry"] for item in second["decisions"]} == {"controller", "purposes.cctv"}


def test_fideslang(tmp_path: Path) -> None:
    """Systems become a model under either law, and what has no place is reported with its path."""
    for law in ("id-pdp", "eu-gdpr"):
        report = imported(tmp_path, str(CASES / "fides.yaml"), "--from", "fides", "--law", law)
        assert "system.web_shop.egress" in {item["what"] for item in report["unmapped"]}
        shutil.rmtree(tmp_path / "model")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that holds a policy is left alone, and so is a workbook that is there."""
    path = table(tmp_path / "r.csv", [HEADS, GOOD])
    imported(tmp_path, path, "--from", "csv")
    before = (tmp_path / "model" / "policy.yaml").read_bytes()
    assert run("import", path, "--from", "csv", "-o", str(tmp_path / "model")).returncode == 1
    assert (tmp_path / "model" / "policy.yaml").read_bytes() == before
    assert run("workbook", "export", MINIMAL, "-o", path).returncode == 1


def hostile(folder: Path) -> dict[str, tuple[str, str]]:
    """Files that are not what they say, by what is wrong with them: the kind they are read as, and what is said."""
    with zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/{number}.xml", b" " * (100 * 1024 * 1024))
    with zipfile.ZipFile(folder / "entities.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with zipfile.ZipFile(folder / "zip.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    (folder / "old.xlsx").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    (folder / "text.xlsx").write_bytes(b"not a workbook")
    good = Path(sheets(folder / "good.xlsx", [HEADS, GOOD]))
    (folder / "cut.xlsx").write_bytes(good.read_bytes()[:-40])
    sheets(folder / "formula.xlsx", [HEADS, [*GOOD[:4], "=1+1", ""]])
    sheets(folder / "empty.xlsx", [])
    (folder / "empty.csv").write_bytes(b"")
    (folder / "nul.csv").write_bytes(b"a\x00b")
    table(folder / "heads.csv", [["A", "B"], ["c", "d"]])
    table(folder / "bare.csv", [HEADS])
    (folder / "long.csv").write_text(";".join(HEADS) + "\n" + "Gaji;Kontrak\n" * 100_001, encoding="utf-8")
    (folder / "quote.csv").write_text(";".join(HEADS) + '\n"' + "x" * 200_000, encoding="utf-8")
    (folder / "alias.yaml").write_text("system: &a [*a]\n", encoding="utf-8")
    (folder / "empty.yaml").write_text("", encoding="utf-8")
    (folder / "odd.yaml").write_text("a: b\n", encoding="utf-8")
    return {
        "bomb.xlsx": ("xlsx", "larger than 256 MiB"), "entities.xlsx": ("xlsx", "defines entities"), "zip.xlsx": ("xlsx", "cannot be understood"),
        "old.xlsx": ("xlsx", "encrypted"), "text.xlsx": ("xlsx", "cannot be understood"), "cut.xlsx": ("xlsx", "cannot be understood"),
        "formula.xlsx": ("xlsx", "cell E2"), "empty.xlsx": ("xlsx", "nothing in"), "empty.csv": ("csv", "nothing in"),
        "nul.csv": ("csv", "not a CSV table"), "heads.csv": ("csv", "no heading"), "bare.csv": ("csv", "no activity"),
        "long.csv": ("csv", "more than 100000 rows"), "quote.csv": ("csv", "not a CSV table"), "good.xlsx": ("csv", "--from xlsx"),
        "alias.yaml": ("fides", "anchors"), "empty.yaml": ("fides", "nothing in"), "odd.yaml": ("fides", "no activity"),
        "gone.csv": ("csv", "cannot be read"),
    }  # fmt: skip


def test_hostile_files_are_refused(tmp_path: Path) -> None:
    """Whatever is wrong with a file, one error says what and what to do, nothing is written, and nothing is unpacked."""
    from janji.errors import JanjiError
    from janji.files.translations import load_tongue
    from janji.terms.messages import ENGLISH
    from janji.workflows.imports import Source, import_register

    for name, (source, said) in hostile(tmp_path).items():
        with pytest.raises(JanjiError) as error:
            import_register(Source(source), [tmp_path / name], tmp_path / "out", DAY, ENGLISH)
        found = [error.value.message, error.value.help, *(item.message for item in getattr(error.value, "diagnostics", ()))]
        assert said in " | ".join(str(item) for item in found), name
        assert error.value.message.render(load_tongue("id")) != str(error.value.message)
        assert not (tmp_path / "out").exists(), name
    result = run("import", str(tmp_path / "bomb.xlsx"), "--from", "xlsx", "-o", str(tmp_path / "out"))
    assert (result.returncode, "help" in result.stderr) == (3, True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the smallest policy, with a comment in an entry."""
    folder = tmp_path / "shop"
    shutil.copytree(MINIMAL, folder)
    path = folder / "policy.yaml"
    text = path.read_text(encoding="utf-8").replace("    basis: contract\n", "    basis: contract  # since 2024\n")
    path.write_text(text, encoding="utf-8")
    return folder


def opened(path: Path) -> Any:
    """A workbook, opened."""
    return openpyxl.load_workbook(path)


def sheet_of(book: Any, section: str) -> Worksheet:
    """The sheet of a section, by its hidden mark."""
    found: Worksheet = next(sheet for sheet in book.worksheets if sheet["A1"].value == f"janji:{section}")
    return found


def cell(sheet: Worksheet, name: str, column: str) -> Any:
    """The cell of an entry in a column."""
    number = next(item.column for item in sheet[1] if item.value == column)
    row = next(item.row for item in sheet["A"] if item.value == name)
    return sheet.cell(row, number)


def exported(shop: Path) -> Path:
    """The workbook of a policy."""
    path = shop.parent / "shop.xlsx"
    result = run("workbook", "export", str(shop), "-o", str(path))
    assert result.returncode == 0, result.stderr
    return path


def brought_back(path: Path, shop: Path, *options: str) -> dict[str, Any]:
    """What the import of a workbook says."""
    result = run("workbook", "import", str(path), "--policy", str(shop), "--format", "json", *options)
    assert result.returncode == 0, result.stdout
    return matches("workbook", result.stdout)


def test_a_group_of_verbs_alone_shows_its_verbs() -> None:
    """`janji workbook` alone is no mistake: it shows what there is, in the user's language."""
    result = run("--lang", "id", "workbook")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Menulis kebijakan sebagai buku kerja" in result.stdout


def test_a_workbook_is_made_for_people(shop: Path) -> None:
    """Headings and words in both languages, lists to choose from, names locked, headings frozen, a page to read."""
    book = opened(exported(shop))
    assert book.worksheets[0].title == "Read me - Baca dahulu"
    sheet = sheet_of(book, "purposes")
    assert sheet.title == "Purposes - Tujuan"
    assert cell(sheet, "order", "basis").value == "contract / perjanjian"
    assert "Legal basis / Dasar pemrosesan" in [item.value for item in sheet[2]]
    assert sheet.freeze_panes == "B3"
    assert sheet.row_dimensions[1].hidden
    assert sheet.protection.sheet
    assert cell(sheet, "order", "janji:purposes").protection.locked
    assert not cell(sheet, "order", "basis").protection.locked
    assert any("basis" and rule.type == "list" for rule in sheet.data_validations.dataValidation)
    assert next(item for item in book.worksheets if item.title == "janji-base").sheet_state == "veryHidden"


def test_a_workbook_without_edits_changes_no_byte(shop: Path) -> None:
    """Exported, saved again by another program, and imported, the policy keeps every byte."""
    path = exported(shop)
    before = (shop / "policy.yaml").read_bytes()
    book = opened(path)
    book.save(path)
    found = brought_back(path, shop, "--write")
    assert (found["changes"], found["new"], found["missing"], found["files"], found["written"]) == ([], [], [], [], False)
    assert (shop / "policy.yaml").read_bytes() == before


def test_edits_come_back_into_the_same_text(shop: Path) -> None:
    """A period, a name and a note at a cell come back; the comment and every other line stay; without `--write`, nothing."""
    path = exported(shop)
    before = (shop / "policy.yaml").read_text(encoding="utf-8")
    book = opened(path)
    cell(sheet_of(book, "retention"), "orders", "period").value = "P6Y"
    cell(sheet_of(book, "purposes"), "order", "title@en").value = "Deliver: what you ordered"
    cell(sheet_of(book, "purposes"), "order", "basis").comment = Comment("Sari:\nask legal again", "Sari")
    sheet = sheet_of(book, "systems")
    for number, text in enumerate(["", "Web shop", "", "Sales", "ID", "order", "contact.email"], 1):
        sheet.cell(3, number).value = text or None
    book.save(path)
    found = brought_back(path, shop)
    assert (found["written"], (shop / "policy.yaml").read_text(encoding="utf-8")) == (False, before)
    found = brought_back(path, shop, "--write")
    assert found["written"]
    assert found["new"] == ["systems.web-shop"]
    wanted = before.replace("P5Y", "P6Y").replace("en: Deliver what you ordered", 'en: "Deliver: what you ordered"').replace(
        "    agreements: [order]\n    data: [contact.email, contact.address]\n",
        "    agreements: [order]\n    data: [contact.email, contact.address]\n    note: {en: \"Legal basis: ask legal again\"}\n",
    )  # fmt: skip
    after = (shop / "policy.yaml").read_text(encoding="utf-8")
    assert after == wanted + (
        "\nsystems:\n  web-shop:\n    title: {en: Web shop}\n    owner: Sales\n    country: ID\n    purposes: [order]\n"
        "    data: [contact.email]\n"
    )
    found = brought_back(path, shop, "--write")
    assert (found["changes"], found["new"], found["written"]) == ([], [], False)
    again = shop.parent / "again.xlsx"
    assert run("workbook", "export", str(shop), "-o", str(again)).returncode == 0
    assert cell(sheet_of(opened(again), "purposes"), "order", "note@en").value == "Legal basis: ask legal again"


def test_an_unsound_policy_is_never_written(shop: Path) -> None:
    """A basis without its evidence, an unknown name, a formula: exit 3, the reason, and the file as it was."""
    path = exported(shop)
    before = (shop / "policy.yaml").read_bytes()
    for section, name, column, value, said in (
        ("purposes", "newsletter", "basis", "contract", "agreement-missing"), ("purposes", "order", "data", "contact.fax", "unknown-name"),
        ("retention", "orders", "period", "=1+1", "formula"), ("retention", "orders", "period", "soon", "is not a period"),
    ):  # fmt: skip
        book = opened(path)
        cell(sheet_of(book, section), name, column).value = value
        changed = shop.parent / "changed.xlsx"
        book.save(changed)
        result = run("workbook", "import", str(changed), "--policy", str(shop), "--write")
        assert (result.returncode, said in result.stderr) == (3, True), result.stderr
        assert (shop / "policy.yaml").read_bytes() == before


def test_an_edit_that_would_lose_a_comment_is_refused(shop: Path) -> None:
    """Where the new value would swallow a comment, the import says where and writes nothing."""
    text = (shop / "policy.yaml").read_text(encoding="utf-8")
    text = text.replace("    data: [contact.email, contact.address]\n", "    data:\n      - contact.email  # receipts\n      - contact.address\n")
    (shop / "policy.yaml").write_text(text, encoding="utf-8")
    path = exported(shop)
    book = opened(path)
    cell(sheet_of(book, "purposes"), "order", "data").value = "contact.address"
    book.save(path)
    result = run("workbook", "import", str(path), "--policy", str(shop), "--write")
    assert result.returncode == 3
    assert "cannot be edited without losing a comment" in result.stderr
    assert (shop / "policy.yaml").read_text(encoding="utf-8") == text


def test_deleted_rows_need_a_word(shop: Path) -> None:
    """A deleted row is named; `--remove` takes its entry out."""
    path = exported(shop)
    book = opened(path)
    sheet = sheet_of(book, "purposes")
    sheet.delete_rows(cell(sheet, "newsletter", "basis").row)
    rules = sheet_of(book, "retention")
    rules.delete_rows(cell(rules, "subscribers", "period").row)
    book.save(path)
    found = brought_back(path, shop, "--write")
    assert (found["missing"], found["written"]) == (["purposes.newsletter", "retention.subscribers"], False)
    found = brought_back(path, shop, "--write", "--remove")
    assert (found["removed"], found["written"]) == (["purposes.newsletter", "retention.subscribers"], True)
    assert "newsletter:" not in (shop / "policy.yaml").read_text(encoding="utf-8")


def test_files_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    """When the second of two files cannot be put into its place, the first is as it was, and nothing else lies about."""
    from janji.errors import Unavailable
    from janji.files.writing import write_files

    kept, new, wrong = tmp_path / "kept", tmp_path / "new", tmp_path / "wrong"
    kept.write_bytes(b"before")
    wrong.mkdir()
    with pytest.raises(Unavailable):
        write_files({kept: b"after", new: b"after", wrong: b"after"})
    assert kept.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "wrong"]
    write_files({kept: b"after", tmp_path / "deep" / "new": b"after"})
    assert (kept.read_bytes(), (tmp_path / "deep" / "new").read_bytes()) == (b"after", b"after")
