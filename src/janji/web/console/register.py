"""Registers on screen and as files: processing activities, transfers, processors, impact assessments, and every recipient."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from django.http import HttpResponse

from janji.errors import Unknown
from janji.registers.book import Register
from janji.registers.tables import TITLES, Table, spoken
from janji.staff.roles import Duty
from janji.terms.messages import N_, Tongue, say
from janji.terms.words import on_day, word
from janji.web.console.downloads import CSV, JSON, XLSX, download
from janji.web.console.fields import Field, shown
from janji.web.console.prose import prose
from janji.web.console.shell import Desk, screen
from janji.web.pages import part
from janji.workflows.map_desk import country_title
from janji.workflows.registers import ALL, Form, Kept, keep_published, one_file

HERE = "register"
RECIPIENTS = "recipients"
EVERY = "all"
MEDIA = {Form.CSV: CSV, Form.JSON: JSON, Form.XLSX: XLSX, Form.HTML: "text/html; charset=utf-8", Form.JSONLD: "application/ld+json", Form.MARKDOWN: "text/markdown; charset=utf-8"}
_TABS = (*((str(one), TITLES[one]) for one in Register), (RECIPIENTS, N_("Recipients")))
_WORDS = {
    "find": N_("Show"), "choose": N_("All"), "all": N_("Show all"), "tabs": N_("Registers"), "files": N_("As a file"), "every": N_("All registers as a workbook (XLSX)"), "none": N_("Nothing here is like this. Search for another word."),
    "document": N_("The assessment as a document (Markdown)"),
}  # fmt: skip


@screen(HERE, Duty.SEE_POLICY)
def register(desk: Desk) -> HttpResponse:
    """One register, made from the policy in force; searched by any word of an entry."""
    which = desk.query("which") or str(Register.PROCESSING)
    if which == RECIPIENTS:
        return _recipients(desk)
    table, day, every = _entries(desk, which)
    rows = [row for row in every if _has(desk, row["search"])]
    files = [(f"{form}".upper(), desk.address(f"{HERE}/file", which=which, form=str(form))) for form in (Form.XLSX, Form.CSV, Form.JSON, *((Form.JSONLD,) if which == Register.PROCESSING else ()))]
    return _page(desk, which, TITLES[table.register], rows=rows, of=len(table.rows), empty=desk.told(table.empty), also="" if table.also is None else table.also.render(desk.tongue), files=files,
                 day=on_day(day).render(desk.tongue), document=desk.address(f"{HERE}/file", which=which, form=str(Form.MARKDOWN)) if which == Register.ASSESSMENTS else "")  # fmt: skip


def _page(desk: Desk, which: str, title: str, *, rows: list[dict[str, Any]], of: int, **values: Any) -> HttpResponse:
    return desk.page(
        "console_register.html", title, here=HERE, tabs=[(desk.address(HERE, which=name), desk.told(text), name == which) for name, text in _TABS], which=which, rows=rows,
        fields=shown(desk, (Field(name="q", label=N_("Search"), kind="search", longest=100),)), count=say(N_("{count} of {all} entries"), count=len(rows), all=of).render(desk.tongue),
        clear=desk.address(HERE, which=which) if desk.query("q") else "", every=desk.address(f"{HERE}/file", which=EVERY, form=str(Form.XLSX)),
        lead=say(N_("Made from the policy in force, version {version}."), version=desk.house.policy_in_force.number).render(desk.tongue), words=_WORDS, **values,
    )  # fmt: skip


def _has(desk: Desk, text: str) -> bool:
    return desk.query("q").strip().casefold() in text


def _kept(desk: Desk, which: str) -> Kept:
    if which not in (*Register, EVERY):
        raise Unknown(say(N_("there is no such register")), say(N_("choose one of the list")))
    return keep_published(desk.house.policy_in_force, desk.house.runtime.now(), ALL if which == EVERY else {Register(which)})


def _entries(desk: Desk, which: str) -> tuple[Table, date, list[dict[str, Any]]]:
    """A register with the day that it is of, and its entries ready to be shown: worked out once for a policy, a language and a day."""
    day = desk.house.runtime.now().astimezone(UTC).date()
    key = (desk.house.policy_in_force.digest, which, desk.tongue.language, day)
    found = _MADE.get(key)
    if found is None:
        kept = _kept(desk, which)
        rows = [{**row, "html": part("console_register_entry.html", one=row)} for row in _rows(kept.tables[0], desk.tongue)]
        while len(_MADE) >= MOST:
            _MADE.pop(next(iter(_MADE)), None)
        found = _MADE[key] = (kept.tables[0], kept.found.day, rows)
    return found


_MADE: dict[tuple[str, str, str, date], tuple[Table, date, list[dict[str, Any]]]] = {}
MOST = 16
"""Registers that a process keeps ready."""


def _rows(table: Table, tongue: Tongue) -> list[dict[str, Any]]:
    heads = [tongue.translate(column.title) for column in table.columns]
    brief = [place for place, column in enumerate(table.columns) if column.brief and place > 1]
    found = []
    for number, row in enumerate(table.rows):
        cells = [spoken(cell, tongue) for cell in row]
        called = [tuple(country_title(part, tongue.language) for part in cell) if column.place else cell for cell, column in zip(cells, table.columns, strict=True)]
        told = [[prose(part) for part in cell] for cell in called]
        found.append({
            "title": cells[1][0] if cells[1] else " · ".join(cells[0]), "id": " · ".join(cells[0]), "brief": [(heads[place], told[place][:3], max(0, len(told[place]) - 3)) for place in brief if told[place]], "all": [(head, cell) for head, cell in zip(heads, told, strict=True) if cell],
            "tone": _TONES.get(str(table.marks[number]), "") if table.marks else "", "search": " ".join(part for cell in (*called, *cells) for part in cell).casefold(),
        })  # fmt: skip
    return found


_TONES = {"proven": "good", "provisional": "note", "expired": "fault", "none": "fault"}


def _recipients(desk: Desk) -> HttpResponse:
    """Every party that may receive data: its class, country, purposes and data."""
    policy, language = desk.house.policy_in_force.policy, desk.tongue.language
    rows: list[dict[str, Any]] = []
    for one in policy.recipients.values():
        country = country_title(str(one.country), language)
        facts: list[tuple[str, tuple[str, ...]]] = [
            (desk.told(N_("Class")), (word(one.kind).render(desk.tongue),)), (desk.told(N_("Country")), (country,)),
            (desk.told(N_("Purposes")), tuple(policy.purposes[name].title.get(language) for name in one.purposes)),
            (desk.told(N_("Data")), tuple(policy.data[name].title.get(language) for name in one.data)), (desk.told(N_("Clauses")), tuple(one.clauses)),
        ]  # fmt: skip
        title = one.title.get(language)
        row = {"title": title, "id": str(one.id), "brief": [(head, cell, 0) for head, cell in facts[:2]], "all": [(head, cell) for head, cell in facts if cell], "tone": "", "search": " ".join((title, *(part for _, cell in facts for part in cell))).casefold()}
        rows.append({**row, "html": part("console_register_entry.html", one=row)})
    return _page(desk, RECIPIENTS, N_("Recipients"), rows=[row for row in rows if _has(desk, row["search"])], of=len(rows), empty=desk.told(N_("The policy declares no recipient, so nothing may be given to anybody.")), also="", files=[], day="", document="")


@screen(f"{HERE}/file", Duty.SEE_POLICY)
def file(desk: Desk) -> HttpResponse:
    """A register as a file, as `janji register` writes it."""
    which, form = desk.query("which"), desk.query("form")
    if form not in list(Form):
        raise Unknown(say(N_("there is no such form")), say(N_("choose one of the list")))
    data = one_file(_kept(desk, which), Form(form), desk.tongue)
    return download(f"{which}-{desk.house.policy_in_force.number}.{form}", data, MEDIA[Form(form)])
