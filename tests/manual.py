"""Owners, people and a worklist about them, in a house of one's own, with short words for what owners do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.choosing import Clock, make_house, person

from janji.files.tables import read_sheet
from janji.workflows.house import House
from janji.workflows.owners import Owner, put_owners
from janji.workflows.people import add_identifier
from janji.workflows.planning import known_people
from janji.workflows.worklist_answers import Attested, Taken, hand_in, table_of
from janji.workflows.worklist_sheets import Form
from janji.workflows.worklists import Right, Worklist, ask

BATCH = UUID(int=0xBA7C)
DEWI, RUDI = Owner("dewi@toko.example", "Dewi Lestari", "id"), Owner("rudi@gudang.example", "Rudi", "en")
OWNED = {"kasir": DEWI, "loyalty": DEWI, "gudang": RUDI}
PEOPLE = ("ani@example.org", "budi@example.org")
SIGNED = Attested("Dewi Lestari")


def owned_house(url: str, clock: Clock, folder: Path) -> House:
    """A house with three systems that two people look after."""
    house = make_house(url, clock, folder)
    put_owners(house, OWNED)
    return house


def two_people(house: House) -> list[UUID]:
    """Ani, who has a telephone too, and Budi."""
    from janji.ledger.events import Actor

    found = [person(house, address) for address in PEOPLE]
    add_identifier(house, found[0], "phone", "+6281234567890", Actor.STAFF)
    return found


def asked(house: House, right: Right = Right.ACCESS, batch: UUID = BATCH, subjects: Sequence[UUID] = ()) -> dict[str, Worklist]:
    """The lists of everybody about the two people, by the name of the owner."""
    wanted = list(subjects) or two_people(house)
    made = ask(house, batch, right, list(OWNED), wanted, known_people(house, wanted))
    return {one.owner.name.split()[0]: one for one in made if one.owner is not None}


def filled(house: House, one: Worklist, *rows: Sequence[Any]) -> bytes:
    """The table of a list with answers: each a number, a word and what follows, in the columns of its language."""
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(table_of(house, one.row, Form.XLSX, "en")))
    sheet = book.worksheets[0]
    written: set[int] = set()
    for number, *cells in rows:
        place = next((row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == str(number) and row not in written), None)
        place = place or sheet.max_row + 1
        written.add(place)
        for column, cell in ((1, str(number)), *enumerate(cells, 4)):
            sheet.cell(place, column).value = cell
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def given(house: House, one: Worklist, *rows: Sequence[Any], by: Attested = SIGNED) -> Taken:
    """Hand in a filled table."""
    return hand_in(house, one.row, filled(house, one, *rows), by)


def cells(data: bytes) -> list[tuple[str, ...]]:
    """The cells of a workbook that was downloaded."""
    return list(read_sheet(Path("x.xlsx"), None, data).rows)
