"""Registers as files: sheets, JSON, linked data, pages and assessment documents, written whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from janji.files.sheets import Sheet, csv_bytes, workbook_bytes
from janji.registers.assessments import ImpactState, Study, state
from janji.registers.book import Register, Registers
from janji.registers.processing import Activity
from janji.registers.tables import (
    CONTROLLER,
    IMPACT,
    MEASURES,
    OFFICER,
    PROCESSING,
    Table,
    activity_row,
    protections,
    spoken,
)
from janji.terms.messages import N_, Tongue, printable, say

SHEETS = {
    Register.PROCESSING: N_("Processing"), Register.TRANSFERS: N_("Transfers"), Register.PROCESSORS: N_("Processors"),
    Register.ASSESSMENTS: N_("Assessments"),
}  # fmt: skip
"""The names of sheets, which have to be short."""


TONES = {"proven": "ok", "provisional": "warn", "expired": "bad", "none": "bad"}
"""How a page colours what is proven and what is not; the words say it too."""


def json_bytes(value: Any) -> bytes:
    """One JSON document in UTF-8, keys in the order given."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def sheet(table: Table, tongue: Tongue) -> Sheet:
    """A register as a sheet in one language."""
    return Sheet(
        name=tongue.translate(SHEETS[table.register]),
        headings=[tongue.translate(column.title) for column in table.columns],
        widths=[column.width for column in table.columns],
        rows=[[spoken(cell, tongue) for cell in row] for row in table.rows],
        empty=tongue.translate(table.empty),
    )


def csv_document(table: Table, tongue: Tongue) -> bytes:
    """One register as CSV."""
    return csv_bytes(sheet(table, tongue))


def workbook(found: Registers, tables: Sequence[Table], tongue: Tongue) -> bytes:
    """Registers as a workbook, a sheet each."""
    title = printable(found.title.get(tongue.language))
    return workbook_bytes([sheet(table, tongue) for table in tables], title, about(found, tongue))


def about(found: Registers, tongue: Tongue) -> str:
    """What a register is of: policy, version, law and day."""
    return say(
        N_("{title}, version {version}, under {law}, as of {day}"),
        title=found.title, version=found.version, law=found.law, day=found.day,
    ).render(tongue)  # fmt: skip


def page(found: Registers, tables: Sequence[Table], tongue: Tongue, linked: bool) -> bytes:
    """Registers as one page; `linked` when the assessment documents lie beside it."""
    from janji.files.templates import fill

    shown = [_shown(table, tongue) for table in tables]
    return fill(
        "register.html", tongue, found=found, tables=shown, about=about(found, tongue), linked=linked,
        document=document_name, html=html, tones=TONES,
    ).encode("utf-8")  # fmt: skip


def _shown(table: Table, tongue: Tongue) -> dict[str, Any]:
    """A register as a page shows it: columns that say nothing are left out, and who answers stands at the top."""
    used = [
        place
        for place, column in enumerate(table.columns)
        if column.title not in (CONTROLLER, OFFICER) and any(row[place] for row in table.rows)
    ]
    return {
        "register": str(table.register),
        "title": table.title,
        "empty": table.empty,
        "also": table.also,
        "headings": [table.columns[place].title for place in used],
        "rows": [[spoken(row[place], tongue) for place in used] for row in table.rows],
        "marks": [str(mark) for mark in table.marks],
        "state": next((number for number, place in enumerate(used) if table.columns[place].state), None),
    }


def document_name(purpose: str) -> str:
    """The file that the assessment of a purpose is written to, beside a page of registers."""
    return f"assessment-{purpose}.html"


def assessment(found: Registers, study: Study, activity: Activity, tongue: Tongue, template: str) -> bytes:
    """The assessment of one purpose as a document to be finished by people; `template` says in which form."""
    from janji.files.templates import fill

    cells = [spoken(cell, tongue) for cell in activity_row(activity)]
    return fill(
        template, tongue, found=found, study=study, about=about(found, tongue), md=markdown, html=html, state=state(study.impact),
        done=study.impact.state is ImpactState.DONE, needed=bool(study.impact.triggers),
        facts=[
            (column.title, cell)
            for column, cell in list(zip(PROCESSING, cells, strict=False))[2:]
            if cell and column.title not in (MEASURES, IMPACT)
        ],
        measures=spoken(protections(activity), tongue), weighing=activity.weighing,
    ).encode("utf-8")  # fmt: skip


_CODE = re.compile(r"(`[^`]*`)")
_MEANT = re.compile(r"[\\*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])")


def html(text: str) -> Any:
    """A text as HTML, words in backticks as code."""
    from markupsafe import Markup

    return Markup().join(
        Markup("<code>{}</code>").format(part[1:-1]) if place % 2 else part
        for place, part in enumerate(_CODE.split(text))
    )


def markdown(text: str) -> str:
    """A text as Markdown that shows it as it stands, in one line; words in backticks stay code."""
    parts = _CODE.split(" ".join(text.split()))
    parts[::2] = [_MEANT.sub(lambda found: "\\" + found[0], part) for part in parts[::2]]
    whole = "".join(parts)
    if re.match(r"\d+[.)]\s", whole):
        return re.sub(r"([.)])", r"\\\1", whole, count=1)
    return "\\" + whole if whole.startswith(("#", "+", "-", "=")) else whole
