"""The workbook: exported and imported it changes nothing; edited, it changes that and no more; a basis is never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from janji.documents.edits import Refused
from janji.files.policies import read_parts
from janji.files.translations import load_tongue
from janji.importer.sheets import DECISIONS, SHEETS, Cell, Column, bilingual, shown, understood, written
from janji.importer.workbook import Book, BookRow, Comparison, compare, edited
from janji.policy.model import Policy
from janji.policy.parser import parse_files, parse_text
from janji.terms.messages import ENGLISH
from janji.terms.processing import LegalBasis
from janji.terms.texts import Text

ROOT = Path(__file__).resolve().parents[2]
TONGUES = [ENGLISH, load_tongue("id")]
LANGUAGES = ("en", "id")
WRITTEN = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n"), min_size=1, max_size=40)


@cache
def parts(name: str) -> tuple[str, Policy, dict[str, bytes]]:
    """A policy of the repository and its files."""
    _, first, parsed, files = read_parts(ROOT / "policies" / name)
    assert parsed.policy is not None
    return first, parsed.policy, files


def book(policy: Policy, base: bool = True) -> Book:
    """The workbook of a policy as exported."""
    rows = {sheet.section: tuple(BookRow(row.name, dict(row.cells)) for row in sheet.rows) for sheet in shown(policy, TONGUES)}
    cells = {section: {row.name: dict(row.cells) for row in held} for section, held in rows.items()}
    return Book(rows, cells if base else None)


def with_cells(held: Book, section: str, name: str, **cells: str) -> Book:
    """The workbook with some cells of one row written anew; `_` in a name stands for `@`."""
    anew = {key.replace("_", "@"): value for key, value in cells.items()}
    rows = tuple(replace(row, cells={**row.cells, **anew}) if row.name == name else row for row in held.rows[section])
    return Book({**held.rows, section: rows}, held.base)


def more(held: Book, section: str, *rows: BookRow) -> Book:
    """The workbook with further rows."""
    return Book({**held.rows, section: (*held.rows[section], *rows)}, held.base)


def result(name: str, change: Callable[[Book], Book], remove: bool = False) -> tuple[Comparison, dict[str, bytes]]:
    """What a changed workbook does to a policy: the comparison, and the files, whose meaning is what was intended."""
    first, policy, files = parts(name)
    found = compare(policy, change(book(policy)), TONGUES, "en", remove)
    assert found.problems == []
    made = edited(files, first, policy, found)
    after = parse_files(first, made)
    assert after.diagnostics == ()
    assert after.policy == found.intended
    return found, made


def codes(name: str, change: Callable[[Book], Book]) -> list[str]:
    """The problems of a changed workbook."""
    _, policy, _ = parts(name)
    return [item.code for item in compare(policy, change(book(policy)), TONGUES, "en").problems]


@pytest.mark.parametrize("name", ["minimal", "pt-sony-indonesia"])
@pytest.mark.parametrize("base", [True, False])
def test_without_edits_nothing_changes(name: str, base: bool) -> None:
    """Exported and imported, with or without what was exported kept, a policy keeps every byte."""
    first, policy, files = parts(name)
    found = compare(policy, book(policy, base), TONGUES, "en")
    assert found == Comparison(policy)
    assert edited(files, first, policy, found) == files


@pytest.mark.parametrize("shape", list(Cell))
def test_every_cell_is_read_as_it_was_written(shape: Cell) -> None:
    """Whatever an entry holds, its cell means the same value."""
    _, policy, _ = parts("pt-sony-indonesia")
    seen = 0
    for sheet in SHEETS:
        for column in (column for column in sheet.columns if column.kind is shape and shape is not Cell.TEXT):
            for entry in getattr(policy, sheet.section).values():
                value = getattr(entry, column.field)
                assert understood(column, written(column, entry, TONGUES), TONGUES) == (value, None)
                seen += 1
    assert seen or shape in (Cell.TEXT, Cell.LINE)


@st.composite
def edits(draw: st.DrawFn, policy: Policy) -> tuple[str, str, str, str, Any]:
    """A good new value for some cell: section, row, column, cell, and the value that the entry must have."""
    sheet = draw(st.sampled_from([sheet for sheet in SHEETS if getattr(policy, sheet.section)]))
    name, entry = draw(st.sampled_from(sorted(getattr(policy, sheet.section).items())))
    column: Column = draw(st.sampled_from(sheet.columns))
    if column.kind is Cell.TEXT:
        old: Text = getattr(entry, column.field) or Text()
        language = draw(st.sampled_from([lang for lang, _ in old.versions] or list(LANGUAGES)))
        words = draw(WRITTEN.filter(str.strip)).strip()
        versions = {**dict(old.versions), language: words}
        return sheet.section, name, f"{column.key}@{language}", words, (column.field, Text(tuple(versions.items())))
    names: dict[str, Any] = {"purposes": policy.purposes, "data": policy.data, "channels": policy.channels}
    if column.words is not None and column.kind is Cell.WORD:
        word = draw(st.sampled_from(list(column.words)))
        return sheet.section, name, column.key, bilingual(word, TONGUES), (column.field, word)
    if column.words is not None:
        chosen = draw(st.lists(st.sampled_from(list(column.words)), unique=True, min_size=1))
        return sheet.section, name, column.key, "\n".join(map(str, chosen)), (column.field, tuple(chosen))
    if column.kind is Cell.NAMES:
        known = sorted(names.get(column.key, {})) or ["one", "2"]
        chosen_names = draw(st.lists(st.sampled_from(known), unique=True, min_size=1, max_size=4))
        return sheet.section, name, column.key, "; ".join(chosen_names), (column.field, tuple(chosen_names))
    samples = {Cell.COUNTRY: "DE", Cell.PERIOD: "P7Y", Cell.NAME: "some-name", Cell.LINE: "A: line # of 'words'"}
    value = samples[column.kind]
    return sheet.section, name, column.key, value, (column.field, value)


@pytest.mark.parametrize("name", ["minimal", "pt-sony-indonesia"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_the_policy_with_an_edit_is_the_edited_policy(name: str, data: st.DataObject) -> None:
    """After any edit of a cell the policy is what it was with that one value, and the other lines of its text stay."""
    first, policy, files = parts(name)
    section, row, column, cell, (attribute, value) = data.draw(edits(policy))
    found = compare(policy, with_cells(book(policy), section, row, **{column.replace("@", "_"): cell}), TONGUES, "en")
    assert found.problems == []
    try:
        made = edited(files, first, policy, found)
    except Refused:
        assume(False)
        return
    after = parse_files(first, made).policy
    assert after is not None
    entry = getattr(after, section)[row]
    assert str(getattr(entry, attribute)) == str(value) or getattr(entry, attribute) == value
    original = getattr(policy, section)[row]
    restored: dict[str, Any] = {row: replace(entry, **{attribute: getattr(original, attribute)})}
    sections: dict[str, Any] = {section: {**getattr(after, section), **restored}}
    assert replace(after, **sections) == policy
    kept = {line for part in files.values() for line in part.splitlines() if line.lstrip().startswith(b"#")}
    assert kept <= {line for part in made.values() for line in part.splitlines()}


@pytest.mark.parametrize("cell", ["", "  ", "consent or contract", "persetujuan?", "legitimate"])
def test_a_basis_is_never_guessed(cell: str) -> None:
    """An empty or unknown basis leaves the basis as it is and asks; a new row without one is not taken in."""
    found, made = result("minimal", lambda held: with_cells(held, "purposes", "order", basis=cell))
    assert [item.entry for item in found.decisions] == ["purposes.order"]
    assert found.intended.purposes["order"].basis is LegalBasis.CONTRACT
    asked = found.intended.purposes["order"].decide
    assert asked is not None
    assert asked.languages == LANGUAGES
    row = BookRow("fresh", {"title@en": "Fresh", "basis": cell, "data": "contact.email"})
    found, made = result("minimal", lambda held: more(held, "purposes", row))
    assert [item.entry for item in found.decisions] == ["purposes.fresh"]
    assert made == parts("minimal")[2]


@pytest.mark.parametrize("cell", ["vital-interest / kepentingan vital", "VITAL-INTEREST", "kepentingan vital", "vital interest"])
def test_a_word_is_understood_in_either_language(cell: str) -> None:
    """A closed vocabulary is read as shown, as the policy writes it, and as either language says it."""
    _, policy, _ = parts("minimal")
    found = compare(policy, with_cells(book(policy), "purposes", "order", basis=cell), TONGUES, "en")
    assert found.intended.purposes["order"].basis is LegalBasis.VITAL_INTEREST


def test_new_rows_come_in_with_a_name() -> None:
    """A row without a name gets one from its title; a section that is not there is begun."""
    row = BookRow("", {"title@en": "Point of sale", "owner": "Sales", "country": "ID", "purposes": "order", "data": ""})
    found, made = result("minimal", lambda held: more(held, "systems", row))
    assert list(found.intended.systems) == ["point-of-sale"]
    assert made["policy.yaml"].startswith(parts("minimal")[2]["policy.yaml"])


def test_a_row_that_is_gone_is_kept_until_asked() -> None:
    """Rows deleted in the workbook are named; only `remove` takes their entries out."""

    def without(held: Book) -> Book:
        return Book({**held.rows, "retention": held.rows["retention"][:1]}, held.base)

    found, made = result("minimal", without)
    assert (found.missing, made) == (["retention.subscribers"], parts("minimal")[2])
    found, made = result("minimal", without, remove=True)
    assert list(found.intended.retention) == ["orders"]


def test_what_the_policy_changed_since_is_not_undone() -> None:
    """A cell that nobody touched never takes back a change that was made in the YAML after the export."""
    _, policy, files = parts("minimal")
    held = book(policy)
    newer = parse_text(files["policy.yaml"].replace(b"P5Y", b"P6Y")).policy
    assert newer is not None
    assert compare(newer, held, TONGUES, "en").empty
    both = compare(newer, with_cells(held, "retention", "orders", period="P7Y"), TONGUES, "en")
    assert [item.code for item in both.problems] == ["cell-conflict"]
    same = compare(newer, with_cells(held, "retention", "orders", period="P6Y"), TONGUES, "en")
    assert same == Comparison(newer)


@pytest.mark.parametrize(("change", "code"), [
    (lambda held: with_cells(held, "retention", "orders", period="5 years"), "cell-not-understood"),
    (lambda held: with_cells(held, "retention", "orders", then="burn"), "cell-not-understood"),
    (lambda held: with_cells(held, "purposes", "order", data=""), "cell-empty"),
    (lambda held: with_cells(held, "purposes", "order", title_en="", title_id=""), "cell-empty"),
    (lambda held: with_cells(held, "purposes", "order", data="no name"), "cell-not-understood"),
    (lambda held: with_cells(held, "purposes", "order", note_="x", note_en="y"), "text-twice"),
    (lambda held: more(held, "purposes", held.rows["purposes"][0]), "row-twice"),
    (lambda held: more(held, "retention", BookRow("x", {"title@en": "X"})), "cell-empty"),
    (lambda held: Book({}, held.base), "sheet-missing"),
    (lambda held: more(held, DECISIONS, BookRow("purposes.gone", {"decided": "yes"})), "entry-gone"),
])  # fmt: skip
def test_what_is_wrong_is_said(change: Callable[[Book], Book], code: str) -> None:
    """A cell that cannot be understood is a problem with its code, and nothing is intended."""
    assert code in codes("minimal", change)


def test_a_decided_question_is_taken_out_and_remarks_are_kept() -> None:
    """`yes` takes the question out; a remark and the notes at cells go into the entry's note, once."""
    _, policy, _ = parts("pt-sony-indonesia")

    def answer(held: Book) -> Book:
        decided = with_cells(held, DECISIONS, "controller", decided="ya", remark="Asked: the board, 3 May")
        rows = tuple(replace(row, remarks=("Legal basis: sure?",)) if row.name == "delivery" else row
                     for row in decided.rows["purposes"])  # fmt: skip
        return Book({**decided.rows, "purposes": rows}, decided.base)

    found, _ = result("pt-sony-indonesia", answer)
    controller = found.intended.controller
    assert controller.decide is None
    assert controller.note is not None
    assert controller.note.get("en").endswith("Asked: the board, 3 May")
    assert (found.intended.purposes["delivery"].note or Text()).get("en").endswith("\nLegal basis: sure?")
    again = compare(found.intended, answer(book(found.intended)), TONGUES, "en")
    assert not [change for change in again.changes if change.field.startswith("note")]
    assert policy.controller.decide is not None
