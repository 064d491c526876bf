"""A worklist as a table that its owner fills in, and what a filled one says, line by line, with every mistake named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from janji.errors import Diagnostic, Invalid
from janji.files.sheets import Sheet, csv_bytes, workbook_bytes
from janji.files.tables import read_csv, read_sheet
from janji.files.translations import LANGUAGES, load_tongue
from janji.importer.columns import Table
from janji.store.worklists import CORRECTED, ERASED, FOUND, KEPT, NOTHING
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.processing import Severity
from janji.workflows.worklists import ONLY, WRONG, Line, Right

NUMBER, SYSTEM, PERSON, ANSWER, FIELD, VALUE, ROWS, REASON = "number", "system", "person", "answer", "field", "value", "rows", "reason"
HEADINGS = {
    NUMBER: N_("Line"), SYSTEM: N_("System"), PERSON: N_("Look for"), ANSWER: N_("Answer"), FIELD: N_("Field"), VALUE: N_("Value"),
    ROWS: N_("Records"), REASON: N_("Why it stays"),
}  # fmt: skip
COLUMNS = {
    Right.ACCESS: (NUMBER, SYSTEM, PERSON, ANSWER, FIELD, VALUE), Right.ERASE: (NUMBER, SYSTEM, PERSON, ANSWER, ROWS, REASON),
    Right.CORRECT: (NUMBER, SYSTEM, PERSON, ANSWER, ROWS, REASON),
}  # fmt: skip
_WIDTHS = {NUMBER: 7, SYSTEM: 24, PERSON: 44, ANSWER: 20, FIELD: 28, VALUE: 44, ROWS: 10, REASON: 44}
WORDS = {NOTHING: N_("nothing found"), FOUND: N_("found"), ERASED: N_("erased"), CORRECTED: N_("put right"), KEPT: N_("must stay")}
"""What an owner may answer, in words."""
STATES = {Right.ACCESS: (NOTHING, FOUND), Right.ERASE: (NOTHING, ERASED, KEPT), Right.CORRECT: (NOTHING, CORRECTED, KEPT)}
IDENTIFIERS = {
    "email": N_("e-mail"), "phone": N_("telephone"), "account": N_("account"), "national-id": N_("national id"), "device": N_("device"),
    "cookie": N_("cookie"), "ip": N_("IP address"),
}  # fmt: skip
MOST_ROWS = 10_000_000
"""Records of one person in one system, at most."""
MOST_FIELD, MOST_VALUE = 200, 32_767
MOST_MISTAKES = 20
CODE = "worklist-answer"


class Form(StrEnum):
    """How a table is written."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to one line: its state, how many records, what was found, or why something stays."""

    state: str
    rows: int = 0
    found: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    reason: str = field(default="", repr=False)


def person_words(known: Iterable[tuple[str, str]], tongue: Tongue) -> tuple[str, ...]:
    """What a person is found by, a text for each; the key of another system as it is called there."""
    def named(kind: str) -> str:
        if kind.startswith(WRONG):
            return say(N_("put right, {data}"), data=kind.removeprefix(WRONG)).render(tongue)
        if kind.startswith(ONLY):
            return tongue.translate(N_("erase nothing but this category of data"))
        return tongue.translate(IDENTIFIERS[kind]) if kind in IDENTIFIERS else kind

    return tuple(f"{named(kind)}: {value}" for kind, value in known)


def template(lines: Sequence[Line], asked: Right, form: Form, tongue: Tongue) -> bytes:
    """The lines as a table to be filled in, the answers that are there already filled in. A line may be repeated for more fields."""
    rows = [row for line in lines for row in _rows(line, asked, tongue)]
    sheet = Sheet(
        tongue.translate(N_("Worklist")), [tongue.translate(HEADINGS[key]) for key in COLUMNS[asked]], [_WIDTHS[key] for key in COLUMNS[asked]],
        rows, tongue.translate(N_("There is nothing to be answered.")),
        {COLUMNS[asked].index(ANSWER): [tongue.translate(WORDS[state]) for state in STATES[asked]]},
    )  # fmt: skip
    if form is Form.CSV:
        return csv_bytes(sheet)
    return workbook_bytes([sheet], tongue.translate(N_("Worklist")), tongue.translate(N_("Confidential: it says whom we look for. Delete it once it is handed in.")))


def _rows(line: Line, asked: Right, tongue: Tongue) -> list[list[tuple[str, ...]]]:
    row = line.row
    word = (tongue.translate(WORDS[row.state]),) if row.state in WORDS else ()
    begin: list[tuple[str, ...]] = [(str(row.number),), (row.system,), person_words(line.known, tongue), word]
    if asked is not Right.ACCESS:
        return [[*begin, (str(row.rows),) if row.state in (ERASED, CORRECTED, KEPT) else (), (line.reason,) if line.reason else ()]]
    return [[*begin, (name,), (value,)] for name, value in line.found or ()] or [[*begin, (), ()]]


# -------------------------------------------------------------------------------------------------------------- reading


def read(data: bytes, asked: Right, systems: Mapping[int, str]) -> dict[int, Answer]:
    """What a filled table says, by the number of the line; lines without an answer are left out.

    `systems` are those of the list by line. Headings and words may be of any language, the columns in any order. Raises
    `Invalid` with every mistake, of which none quotes a value.
    """
    table = read_sheet(Path("answers.xlsx"), None, data) if data.startswith(b"PK\x03\x04") else read_csv(Path("answers.csv"), data)[0]
    places, start = _places(table, asked)
    found: dict[int, Answer] = {}
    mistakes: list[Diagnostic] = []
    for place, cells in enumerate(table.rows[start:], start):
        row = {key: cells[column].strip() if column < len(cells) else "" for key, column in places.items()}
        if not any(row.values()):
            continue
        problem = _take(row, asked, systems, found)
        if problem is not None:
            mistakes.append(Diagnostic(CODE, Severity.ERROR, problem, table.place(place, 0)))
    if mistakes:
        raise Invalid(
            say(N_("lines with mistakes: {count}; nothing was taken"), count=len(mistakes)),
            say(N_("correct them in the file, and hand it in again")), mistakes[:MOST_MISTAKES],
        )  # fmt: skip
    if not found:
        raise Invalid(say(N_("no line of the file has an answer")), say(N_("write one of the words that the column of answers offers")))
    return found


def _places(table: Table, asked: Right) -> tuple[dict[str, int], int]:
    """Which column holds what, by its heading, and the row behind the headings."""
    names = {_plain(load_tongue(language).translate(HEADINGS[key])): key for language in LANGUAGES for key in COLUMNS[asked]}
    for place, cells in enumerate(table.rows[:10]):
        found = {names[_plain(cell)]: column for column, cell in reversed(list(enumerate(cells))) if _plain(cell) in names}
        if NUMBER in found and ANSWER in found:
            return found, place + 1
    raise Invalid(
        say(N_("this is not the table of this worklist")), say(N_("download it here, fill it in, and leave the first row as it is"))
    )


def _take(row: Mapping[str, str], asked: Right, systems: Mapping[int, str], found: dict[int, Answer]) -> Message | None:
    """Add what a row says; what is wrong with it, if something is."""
    text = row[NUMBER].lstrip("'")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number not in systems:
        return say(N_("its number is not one of this worklist"))
    if row.get(SYSTEM, systems[number]).lstrip("'") not in ("", systems[number]):
        return say(N_("number and system do not belong together"))
    before = found.get(number)
    if not row[ANSWER]:
        if not any(row.get(key) for key in (FIELD, VALUE, ROWS, REASON)):
            return None
        if before is None or before.state != FOUND:
            return say(N_("something is written there, and no answer"))
    state = _state(row[ANSWER], asked) if row[ANSWER] else FOUND
    if state is None:
        return say(N_("its answer is none of the words that are offered"))
    if before is not None and before.state != state:
        return say(N_("the same line has two answers"))
    return _add(number, state, row, before, found)


def _add(number: int, state: str, row: Mapping[str, str], before: Answer | None, found: dict[int, Answer]) -> Message | None:
    name, value, reason = _shown(row.get(FIELD, "")), _shown(row.get(VALUE, "")), _shown(row.get(REASON, ""))
    if state != FOUND and (name or value):
        return say(N_("nothing was found, and yet a field or a value is given"))
    if state == FOUND and not (name and value):
        return say(N_("what was found needs a field and its value"))
    if len(name) > MOST_FIELD or len(value) > MOST_VALUE or len(reason) > MOST_VALUE:
        return say(N_("a text is too long"))
    if state == KEPT and not reason:
        return say(N_("what must stay needs a reason"))
    if state == FOUND:
        more = (*(before.found if before else ()), (name, value))
        found[number] = Answer(FOUND, len(more), more)
        return None
    if before is not None:
        return say(N_("the same line is answered twice"))
    text = row.get(ROWS, "")
    rows = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1 if text else (0 if state == NOTHING else 1)
    if not (rows == 0 if state == NOTHING else 0 < rows <= MOST_ROWS):
        return say(N_("its number of records does not fit its answer"))
    found[number] = Answer(state, rows, (), reason if state == KEPT else "")
    return None


def _state(word: str, asked: Right) -> str | None:
    """The answer that a word means, in any language."""
    known = {_plain(load_tongue(language).translate(WORDS[state])): state for language in LANGUAGES for state in STATES[asked]}
    return {**{state: state for state in STATES[asked]}, **known}.get(_plain(word.lstrip("'")))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _shown(text: str) -> str:
    """A cell as its owner meant it: without the apostrophe by which a spreadsheet program kept it from being a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text
