"""Sheets come back as they were written, and nothing in them is ever taken for a formula."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.strategies import examples

from janji.files.registers import about, csv_document, html, markdown, sheet, workbook
from janji.files.sheets import MARK, MOST, Sheet, csv_bytes, harmless, workbook_bytes
from janji.files.translations import load_tongue
from janji.registers.book import registers
from janji.registers.tables import spoken, tables
from janji.terms.messages import ENGLISH
from janji.workflows.policies import open_policy

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 25)
INDONESIAN = load_tongue("id")
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "=cmd|' /C calc'!A0")
STARTS = set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def one(text: str) -> Sheet:
    """A sheet of one cell."""
    return Sheet("s", ["h"], [10], [[(text,)]], "nothing")


def read_csv(data: bytes) -> list[list[str]]:
    """CSV as Python reads it."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_workbook(data: bytes) -> Any:
    """A workbook as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("text", EVIL)
def test_a_formula_is_made_harmless(text: str) -> None:
    """What begins like a formula gets an apostrophe, in both kinds of sheet; the rest stands as it is."""
    assert read_csv(csv_bytes(one(text)))[1] == ["'" + text]
    cell = read_workbook(workbook_bytes([one(text)], "t", "a"))["s"]["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


@pytest.mark.parametrize("text", ["UU 27/2022", "a=b", "5 - 3", "mail@shop.example", "'quoted'", ""])
def test_a_plain_text_is_left_alone(text: str) -> None:
    """A sign in the middle is no formula."""
    assert harmless(text) == text


@settings(max_examples=examples(150))
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=1, max_size=3))
@example(list(EVIL[:3]))
@example(['a;b,c"d', "line\nline"])
def test_any_text_comes_back_from_csv(texts: list[str]) -> None:
    """Quotes, commas, semicolons and line ends survive; no cell begins like a formula."""
    rows = read_csv(csv_bytes(Sheet("s", ["h"] * len(texts), [1] * len(texts), [[(text,) for text in texts]], "")))
    assert [
        cell.removeprefix("'") if harmless(text) != text else cell for cell, text in zip(rows[1], texts, strict=True)
    ] == texts
    assert not [cell for cell in rows[1] if cell.lstrip()[:1] in STARTS and cell]


@settings(max_examples=examples(40))
@given(st.text(st.characters(codec="utf-8"), max_size=40))
@example("\x00\x07\x1b[31m")
def test_any_text_fits_into_a_workbook(text: str) -> None:
    """Characters that XML has not are replaced, and the workbook opens."""
    cell = read_workbook(workbook_bytes([one(text)], "t", "a & b"))["s"]["A2"]
    assert cell.data_type in ("s", "inlineStr")
    assert not cell.value or cell.value[0] not in STARTS


def test_a_cell_that_is_too_long_says_so() -> None:
    """A workbook's cell holds so many characters; a longer text ends in dots."""
    held = read_workbook(workbook_bytes([one("x" * (MOST + 5))], "t", "a"))["s"]["A2"].value
    assert (len(held), held[-2:]) == (MOST, "x\u2026")


@pytest.mark.parametrize("name", ["pt-sony-indonesia", "minimal"])
@pytest.mark.parametrize("tongue", [ENGLISH, INDONESIAN], ids=["en", "id"])
def test_registers_come_back_from_their_sheets(name: str, tongue: Any) -> None:
    """CSV and workbook hold every row of every register, under headings in the language."""
    policy, law = open_policy(ROOT / "policies" / name).whole
    found = registers(policy, law, DAY)
    made = tables(found)
    book = read_workbook(workbook(found, made, tongue))
    assert len(book.sheetnames) == len(made) == 4
    assert book.properties.description == about(found, tongue)
    for table, page in zip(made, book.worksheets, strict=True):
        headings = [tongue.translate(column.title) for column in table.columns]
        data = csv_document(table, tongue)
        assert data.startswith(MARK.encode())
        rows = read_csv(data)
        wanted = [[harmless("; ".join(spoken(cell, tongue))) for cell in row] for row in table.rows]
        assert rows == [headings, *wanted]
        shown = [["" if value is None else value for value in row] for row in page.iter_rows(values_only=True)]
        if table.rows:
            assert shown == [
                headings,
                *[[harmless("\n".join(spoken(cell, tongue))) for cell in row] for row in table.rows],
            ]
            assert page.auto_filter.ref == page.dimensions
        else:
            assert [value for value in shown[1] if value] == [tongue.translate(table.empty)]
        assert page.freeze_panes == "B2"
        assert page["A1"].font.bold
        assert page.column_dimensions["B"].width == table.columns[1].width


def test_headings_differ_by_language() -> None:
    """The Indonesian sheet has Indonesian names and headings."""
    policy, law = open_policy(ROOT / "policies" / "minimal").whole
    table = tables(registers(policy, law, DAY))[0]
    assert sheet(table, ENGLISH).name == "Processing"
    assert sheet(table, INDONESIAN).name == "Pemrosesan"
    assert sheet(table, INDONESIAN).headings[1] == "Tujuan"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a * b _c_ [x](y) <i>", "a \\* b \\_c\\_ \\[x\\](y) \\<i\\>"),
        ("snake_case stays", "snake_case stays"),
        ("`a_b*c` and *", "`a_b*c` and \\*"),
        ("# no heading", "\\# no heading"),
        ("- no list\n- at all", "\\- no list - at all"),
        ("1. no list", "1\\. no list"),
        ("a | b", "a \\| b"),
    ],
)
def test_markdown_shows_a_text_as_it_stands(text: str, said: str) -> None:
    """No text of a policy becomes a heading, a list, a link or a tag; words in backticks stay code."""
    assert markdown(text) == said


def test_html_shows_a_text_as_it_stands() -> None:
    """Tags are escaped, inside backticks too, and backticks become code."""
    assert html("<b> `<i>` `x`") == "&lt;b&gt; <code>&lt;i&gt;</code> <code>x</code>"
