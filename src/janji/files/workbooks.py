"""A policy as one workbook for people who write no YAML: written with its vocabularies, read with people's notes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from janji.errors import Invalid
from janji.files.tables import MAX_CELL, MAX_COLUMNS, cell_value, formula, open_book
from janji.importer.sheets import DECISIONS, Cell, Column, Shown, bilingual, heading, known
from janji.importer.workbook import Book, BookRow
from janji.terms.messages import N_, Tongue, say
from janji.terms.places import Place

MARK = "janji:"
"""How the first, hidden cell of a sheet says which section it holds."""
BASE, WORDS = "janji-base", "janji-words"
HEAD = 2
NEW_ROWS = 200
"""Empty rows below the last one that can be filled in."""
MOST_ROWS = 20_000
_WIDTHS = {Cell.TEXT: 44, Cell.LINE: 28, Cell.COUNTRY: 12, Cell.PERIOD: 12, Cell.NAME: 22, Cell.NAMES: 34, Cell.WORD: 32,
           Cell.WORDS: 34}  # fmt: skip
_LOCKED = {"decide", "note"}
_READ_ME = (
    N_("This workbook holds the privacy policy that is named above, one sheet a section."),
    N_("Change the white cells. The grey ones are names by which the program finds an entry; they are locked."),
    N_("To add an entry, fill in a new row below the last one. Leave its first cell empty or give it a name."),
    N_("Several names stand in one cell with a semicolon between them."),
    N_("Closed vocabularies have a list to choose from; the words stand in the sheet of words."),
    N_("A purpose has one legal basis. Leave it empty when it is not clear: it becomes an open decision, never a guess."),
    N_("Write what you want to say under Remarks, or as a note at a cell. Notes come back as remarks."),
    N_("In the sheet of decisions, choose `yes` when a question is decided and the entry says so."),
    N_("To delete a row, take the protection of the sheet off; it has no password. The import shows it and asks for `--remove`."),
)


def write_book(policy: str, title: Sequence[str], sheets: Sequence[Shown], tongues: Sequence[Tongue]) -> bytes:
    """The workbook of a policy. Raises `Invalid` when a text is longer than a cell can hold."""
    from openpyxl import Workbook

    book = Workbook()
    _read_me(book.active, policy, title, tongues)
    words = book.create_sheet(WORDS)
    columns: dict[str, str] = {}
    for sheet in sheets:
        _sheet(book, sheet, words, columns, tongues)
    words.title = _title(N_("Words"), tongues)
    words.protection.sheet = True
    base = book.create_sheet(BASE)
    base.sheet_state = "veryHidden"
    exported = ((sheet.section, row.name, column, text) for sheet in sheets for row in sheet.rows for column, text in row.cells.items())
    for number, record in enumerate(exported, 1):
        for column_number, value in enumerate(record, 1):
            _put(base.cell(number, column_number), value)
    book.move_sheet(words, len(book.worksheets))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _read_me(sheet: Any, policy: str, title: Sequence[str], tongues: Sequence[Tongue]) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.title = _title(N_("Read me"), tongues)
    sheet.column_dimensions["A"].width = 100
    number = 0
    for line in (policy, *dict.fromkeys(title)):
        number += 1
        _put(sheet.cell(number, 1), line)
        sheet.cell(number, 1).font = Font(bold=True, size=14)
    for tongue in tongues:
        number += 1
        for line in _READ_ME:
            number += 1
            _put(sheet.cell(number, 1), tongue.translate(line))
            sheet.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="top")


def _sheet(book: Any, shown: Shown, words: Any, columns: dict[str, str], tongues: Sequence[Tongue]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet = book.create_sheet(_title(shown.title, tongues))
    new = 0 if shown.section == DECISIONS else NEW_ROWS
    last = HEAD + len(shown.rows) + new
    grey, head = PatternFill("solid", fgColor="DDDDDD"), PatternFill("solid", fgColor="1F3A5F")
    keys = [MARK + shown.section, *(column.id for column in shown.columns)]
    heads = [heading(N_("Id"), tongues), *(_heading(column, tongues) for column in shown.columns)]
    for number, (key, words_) in enumerate(zip(keys, heads, strict=True), 1):
        _put(sheet.cell(1, number), key)
        _put(sheet.cell(HEAD, number), words_)
        sheet.cell(HEAD, number).font = Font(bold=True, color="FFFFFF")
        sheet.cell(HEAD, number).fill = head
        sheet.cell(HEAD, number).alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[1].hidden = True
    sheet.column_dimensions["A"].width = 30
    for number, column in enumerate(shown.columns, 2):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS[column.kind]
    for row in range(HEAD + 1, last + 1):
        held = shown.rows[row - HEAD - 1] if row - HEAD <= len(shown.rows) else None
        sheet.cell(row, 1).fill = grey if held else PatternFill()
        sheet.cell(row, 1).protection = Protection(locked=held is not None)
        if held:
            _put(sheet.cell(row, 1), held.name)
        for number, column in enumerate(shown.columns, 2):
            cell = sheet.cell(row, number)
            locked = shown.section == DECISIONS and column.key in _LOCKED
            cell.protection = Protection(locked=locked)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if locked:
                cell.fill = grey
            if held:
                _put(cell, held.cells[column.id])
    for number, column in enumerate(shown.columns, 2):
        if column.words is None or last <= HEAD:
            continue
        span = columns.get(column.words.__name__) or _vocabulary(words, column, columns, tongues)
        area = f"{get_column_letter(number)}{HEAD + 1}:{get_column_letter(number)}{last}"
        rule = DataValidation(type="list", formula1=f"'{_title(N_('Words'), tongues)}'!{span}", allow_blank=True)
        rule.showErrorMessage = column.kind is Cell.WORD
        if column.kind is Cell.WORD:
            sheet.add_data_validation(rule)
            rule.add(area)
    sheet.freeze_panes = f"B{HEAD + 1}"
    sheet.protection.sheet = True
    for leave in ("formatCells", "formatColumns", "formatRows", "deleteRows", "sort", "autoFilter", "objects"):
        setattr(sheet.protection, leave, False)
    if shown.rows:
        sheet.auto_filter.ref = f"A{HEAD}:{get_column_letter(len(shown.columns) + 1)}{HEAD + len(shown.rows)}"


def _vocabulary(words: Any, column: Column, columns: dict[str, str], tongues: Sequence[Tongue]) -> str:
    """Write the words of a vocabulary into a column of the sheet of words; give the cells they stand in."""
    from openpyxl.utils import get_column_letter

    number = len(columns) + 1
    letter = get_column_letter(number)
    _put(words.cell(1, number), heading(column.heading, tongues))
    words.column_dimensions[letter].width = 34
    for row, word in enumerate(known(column), 2):
        _put(words.cell(row, number), bilingual(word, tongues))
    span = columns[column.words.__name__ if column.words else ""] = f"${letter}$2:${letter}${len(known(column)) + 1}"
    return span


def _heading(column: Column, tongues: Sequence[Tongue]) -> str:
    return heading(column.heading, tongues) + (f" ({column.language})" if column.language else "")


def _title(message: str, tongues: Sequence[Tongue]) -> str:
    """The name of a sheet in every language; 31 characters at most, as the format has it."""
    return " - ".join(dict.fromkeys(tongue.translate(message) for tongue in tongues))[:31]


def _put(cell: Any, text: str) -> None:
    """Write a text as a text, whatever it begins with."""
    if len(text) > MAX_CELL:
        raise Invalid(
            say(N_("a text is longer than a cell of a workbook can hold: {text}"), text=text[:40] + "..."),
            say(N_("shorten it in the policy, to {limit} characters or fewer"), limit=MAX_CELL),
        )
    cell.value = text or None
    if text:
        cell.data_type = "s"


def read_book(path: Path) -> Book:
    """The rows of a workbook that `write_book` made and people changed. Raises `Invalid` when it is not one."""
    book = open_book(path, read_only=False)
    rows: dict[str, tuple[BookRow, ...]] = {}
    base: dict[str, dict[str, dict[str, str]]] | None = None
    for sheet in book.worksheets:
        if sheet.title == BASE:
            base = _base(sheet)
            continue
        mark = sheet.cell(1, 1).value
        if not isinstance(mark, str) or not mark.startswith(MARK):
            continue
        if sheet.max_row > MOST_ROWS or sheet.max_column > MAX_COLUMNS:
            raise Invalid(
                say(N_("`{path}` has more than {rows} rows or {columns} columns"), path=path, rows=MOST_ROWS, columns=MAX_COLUMNS),
                say(N_("take the empty rows and columns out")),
            )
        rows[mark.removeprefix(MARK)] = tuple(_rows(path, sheet))
    if not rows:
        raise Invalid(
            say(N_("`{path}` is not a workbook that janji exported"), path=path),
            say(N_("`janji workbook export` makes one; its first row is hidden and must stay")),
        )
    return Book(rows, base)


def _rows(path: Path, sheet: Any) -> Iterable[BookRow]:
    keys = {number: str(sheet.cell(1, number).value) for number in range(2, sheet.max_column + 1) if sheet.cell(1, number).value}
    name = f"{path} [{sheet.title}]"
    for number in range(HEAD + 1, sheet.max_row + 1):
        cells: dict[str, str] = {}
        remarks: list[str] = []
        for column in (1, *keys):
            cell = sheet.cell(number, column)
            if cell.data_type == "f":
                raise formula(path, f"{sheet.title}!{cell.coordinate}")
            if column > 1:
                cells[keys[column]] = cell_value(cell.value)
            if cell.comment is not None:
                about = str(sheet.cell(HEAD, column).value or "").split(" / ")[0]
                remarks.append(f"{about}: {_remark(cell.comment)}" if column > 1 else _remark(cell.comment))
        entry = cell_value(sheet.cell(number, 1).value).strip()
        if entry or any(text.strip() for text in cells.values()):
            places = {key: Place(name, number, column) for column, key in keys.items()}
            yield BookRow(entry, cells, places, Place(name, number, 1), tuple(remark for remark in remarks if remark.strip()))


def _remark(comment: Any) -> str:
    """What somebody wrote in a note, without the name before it and without what a program says of threads."""
    text = str(comment.text or "").replace("\r\n", "\n")
    if text.startswith("[Threaded comment]"):
        text = text.rpartition("Comment:\n")[2]
    author = str(comment.author or "")
    if author and text.startswith(f"{author}:"):
        text = text[len(author) + 1 :]
    return " ".join(text.split())


def _base(sheet: Any) -> dict[str, dict[str, dict[str, str]]]:
    held: dict[str, dict[str, dict[str, str]]] = {}
    for section, name, column, text in sheet.iter_rows(min_col=1, max_col=4, values_only=True):
        if section and name and column:
            held.setdefault(str(section), {}).setdefault(str(name), {})[str(column)] = cell_value(text)
    return held
