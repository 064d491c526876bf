"""Rows of texts as the bytes of a CSV file or a workbook that a spreadsheet program opens without surprises."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MARK = "\ufeff"
"""The byte order mark: without it a spreadsheet program takes UTF-8 for an old code page."""

MOST = 32_767
"""Characters that one cell of a workbook can hold."""

MORE = 1_000
"""Rows below the last one in which a word can be chosen too."""

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, its headings with their widths in characters, its rows, and a sentence when it has none.

    `choices` are the words that may stand in a column, counted from 0: a spreadsheet program offers them as a list.
    """

    name: str
    headings: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[Sequence[str]]]
    empty: str
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)


def harmless(text: str) -> str:
    """A text that no spreadsheet program takes for a formula: one that begins like one gets an apostrophe first."""
    return "'" + text if _FORMULA.match(text) else text


def csv_bytes(sheet: Sheet) -> bytes:
    """The sheet as CSV (RFC 4180) in UTF-8 with its mark; the sentences of a cell are parted by semicolons."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(heading) for heading in sheet.headings])
    writer.writerows([harmless("; ".join(cell)) for cell in row] for row in sheet.rows)
    return (MARK + text.getvalue()).encode("utf-8", "replace")


def workbook_bytes(sheets: Iterable[Sheet], title: str, about: str) -> bytes:
    """The sheets as a workbook (XLSX): headings that stay in view, a filter, widths, every cell a text."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    del book[book.sheetnames[0]]
    book.properties.title, book.properties.description, book.properties.creator = title, about, "Janji"
    for sheet in sheets:
        page = book.create_sheet(sheet.name[:31])
        lines = [[(heading,) for heading in sheet.headings], *sheet.rows]
        if not sheet.rows:
            lines.append([(sheet.empty,)])
        for number, line in enumerate(lines, 1):
            for place, cell in enumerate(line, 1):
                held = page.cell(number, place)
                if cell:
                    held.value = _cell("\n".join(cell))
                    held.data_type = "s"
                held.alignment = Alignment(vertical="top", wrap_text=bool(sheet.rows) or number == 1)
        for place, width in enumerate(sheet.widths, 1):
            head = page.cell(1, place)
            head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E6E9F2")
            page.column_dimensions[get_column_letter(place)].width = width
        _offer(page, sheet)
        page.freeze_panes = "B2"
        if sheet.rows:
            page.auto_filter.ref = page.dimensions
        page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.print_title_rows = "1:1"
        page.oddFooter.left.text, page.oddFooter.right.text = _footer(about), "&P / &N"
    held_bytes = io.BytesIO()
    book.save(held_bytes)
    return held_bytes.getvalue()


def _offer(page: Any, sheet: Sheet) -> None:
    """Let the cells of some columns be chosen from a list; what is typed instead is looked at when the file comes back."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for place, words in sheet.choices.items():
        letter = get_column_letter(place + 1)
        rule = DataValidation(type="list", formula1='"' + ",".join(words) + '"', allow_blank=True, showErrorMessage=False)
        rule.add(f"{letter}2:{letter}{len(sheet.rows) + 1 + MORE}")
        page.add_data_validation(rule)


def _cell(text: str) -> str:
    """A text as a cell can hold it: harmless, without characters that XML has not, and not too long."""
    safe = harmless(_NOT_IN_XML.sub("\ufffd", text))
    return safe if len(safe) <= MOST else safe[: MOST - 1] + "\u2026"


def _footer(text: str) -> str:
    """A text for the foot of a printed page, where an ampersand begins a command."""
    return text.replace("&", "&&")[:200]
