"""The page of a worklist: whom to look for, the table to download, and the answers that are handed in, by a link without an account."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from ninja import Router

from janji.errors import Conflict, Invalid, JanjiError
from janji.terms.messages import N_, Tongue, say
from janji.terms.words import moment
from janji.web.bodies import read_bytes
from janji.web.description import PROBLEMS, problem_page
from janji.web.documents import whole
from janji.web.forms import sentence
from janji.web.limits import limit_address
from janji.web.naming import megabytes
from janji.web.pages import closed, contacts, page, page_tongue
from janji.web.problems import Problem
from janji.web.requests import door_of
from janji.workflows.house import House
from janji.workflows.naming import Names, names_of
from janji.workflows.public_documents import HTML
from janji.workflows.worklist_answers import (
    Attested,
    Evidence,
    Taken,
    answer,
    hand_in,
    nothing_found,
    table_of,
)
from janji.workflows.worklist_sheets import ANSWER as ANSWERED
from janji.workflows.worklist_sheets import (
    HEADINGS,
    NUMBER,
    PERSON,
    REASON,
    ROWS,
    STATES,
    SYSTEM,
    WORDS,
    Answer,
    Form,
    person_words,
)
from janji.workflows.worklists import (
    PATH,
    Ended,
    Line,
    Right,
    State,
    Worklist,
    lines_of,
    read_link,
    worklist,
)

pages = Router()
SHOWN = 50
"""Lines that the page shows; the table has all of them."""
A_MINUTE = 60
"""How often one address may hand something in in a minute."""
MEDIA = {Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Form.CSV: "text/csv; charset=utf-8"}


_ENDS = {404: problem_page("The link is not whole, or none of ours."), 410: problem_page("The link has ended, or the list is closed.")}
_PAGE = {200: {"description": "A page.", "content": {HTML: {}}}, **_ENDS}
_FORM = {"required": True, "content": {"multipart/form-data": {"schema": {
    "type": "object", "required": ["name", "attest", "how"], "properties": {
        "name": {"type": "string", "description": "Who attests."}, "attest": {"const": "yes"}, "how": {"enum": ["nothing", "lines", "file"]},
        "file": {"type": "string", "format": "binary"}, "evidence": {"type": "string", "format": "binary"},
    }}}}}  # fmt: skip
_TITLES = {
    Right.ACCESS: N_("Please say what your systems hold"), Right.ERASE: N_("Please erase in your systems"),
    Right.CORRECT: N_("Please put right what your systems hold"),
}  # fmt: skip
_TODO = {
    Right.ACCESS: N_("Look for each person in the system that stands beside. What you find is handed to the person: every field with its value."),
    Right.ERASE: N_("Look for each person in the system that stands beside, and delete what is held of them, copies and lists of your own too."),
    Right.CORRECT: N_("Look for each person in the system that stands beside, and put the value right that stands there, in copies and lists of your own too."),
}  # fmt: skip
_STEPS = {
    Right.ACCESS: N_("Where you found something, write it into the table: a row for each field, with the number of the line."),
    Right.ERASE: N_("Where something must stay, for a law or a running case, say why. Nothing else may stay."),
    Right.CORRECT: N_("Where a value must stay as it is, for a law or a running case, say why."),
}  # fmt: skip


@pages.get(PATH + "{token}", auth=None, operation_id="worklist_page", summary="What an owner is asked", openapi_extra={"responses": _PAGE})
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """The page with the lines and the form. Whoever only looks changes nothing."""
    house, tongue = door_of(request).house(), page_tongue(request)
    try:
        row = read_link(house, token)
        taken = request.GET.get("taken", "")
        return _shown(request, house, worklist(house, row.id), _Said(taken=taken if taken.isdecimal() and len(taken) < 8 else ""))
    except (Invalid, Ended) as error:
        return _bad(request, house, tongue, error)


@pages.get(PATH + "{token}/table", auth=None, operation_id="worklist_table", summary="The table to be filled in", openapi_extra={
    "parameters": [{"name": "form", "in": "query", "required": False, "schema": {"enum": [str(form) for form in Form]}}],
    "responses": {200: {"description": "The table.", "content": {media.partition(";")[0]: {} for media in MEDIA.values()}}, **_ENDS}})  # fmt: skip
def table(request: HttpRequest, token: str) -> HttpResponse:
    """The lines as a workbook (XLSX), or as CSV, in the language of the page."""
    house, tongue = door_of(request).house(), page_tongue(request)
    form = Form.CSV if request.GET.get("form") == Form.CSV else Form.XLSX
    try:
        row = read_link(house, token)
        data = table_of(house, row, form, tongue.language)
    except (Invalid, Ended) as error:
        return _bad(request, house, tongue, error)
    name = f"{'daftar-kerja' if tongue.language == 'id' else 'worklist'}-{row.id.hex[-6:]}.{form}"
    return closed(HttpResponse(data, content_type=MEDIA[form], headers={"Content-Disposition": f'attachment; filename="{name}"'}))


@pages.post(PATH + "{token}", auth=None, operation_id="worklist_answer", summary="Hand answers in",
            openapi_extra={"requestBody": _FORM, "responses": {**_PAGE, 303: {"description": "Taken: the page says so."}, **{number: PROBLEMS[number] for number in (400, 411, 413, 429)},
                                                              422: {"description": "The page, with every mistake.", "content": {HTML: {}}}}})  # fmt: skip
def hand(request: HttpRequest, token: str) -> HttpResponse:
    """Take a filled table, choices made on the page, or that nothing was found: attested by name, all of it or nothing."""
    limit_address(request, "worklists", A_MINUTE)
    tongue, said = page_tongue(request), _read(request)
    try:
        taken = door_of(request).do(lambda house: _take(house, token, said))
    except Ended as error:
        return _bad(request, door_of(request).house(), tongue, error)
    except (Invalid, Conflict) as error:
        house = door_of(request).house()
        try:
            row = read_link(house, token)
        except (Invalid, Ended) as ended:
            return _bad(request, house, tongue, ended)
        said.error = error
        return _shown(request, house, worklist(house, row.id), said, 422)
    return closed(HttpResponse(status=303, headers={"Location": f"?taken={taken.lines}&language={tongue.language}"}))


# -------------------------------------------------------------------------------------------------------- what was sent


@dataclass(slots=True)
class _Said:
    """What came with a form, so that a page with a mistake need not be filled in anew."""

    name: str = ""
    attest: bool = False
    how: str = ""
    file: Evidence | None = None
    evidence: Evidence | None = None
    chosen: dict[int, Answer] | None = None
    taken: str = ""
    error: JanjiError | None = None


def _take(house: House, token: str, said: _Said) -> Taken:
    """Do what the form says. Raises `Invalid` for what is missing in it."""
    row = read_link(house, token)
    attested = Attested(said.name, said.evidence)
    if not said.attest:
        raise Invalid(say(N_("nobody says that the answers are true")), say(N_("tick the box above the button")))
    if said.how == "file":
        if said.file is None or not said.file.data:
            raise Invalid(say(N_("no file was chosen")), say(N_("choose the table that you filled in")))
        return hand_in(house, row, said.file.data, attested)
    if said.how == "lines":
        if not said.chosen:
            raise Invalid(say(N_("no answer was chosen")), say(N_("choose an answer for at least one line of the list")))
        return answer(house, row, said.chosen, attested)
    if said.how == "nothing":
        return nothing_found(house, row, attested)
    raise Invalid(say(N_("it is not said what is handed in")), say(N_("choose one of the ways")))


class _Held(FileUploadHandler):
    """Keeps files that were sent in memory, and nowhere else: what they hold is personal."""

    parts: list[bytes]

    def new_file(self, *words: Any, **named: Any) -> None:
        """Begin a file."""
        super().new_file(*words, **named)
        self.parts = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - as Django calls it
        """Keep a part of it."""
        self.parts.append(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file."""
        return InMemoryUploadedFile(BytesIO(b"".join(self.parts)), self.field_name, self.file_name, self.content_type, file_size, None)


def _read(request: HttpRequest) -> _Said:
    """The form of a request; raises a problem for what is no form of ours."""
    wrong = Problem(400, "invalid", say(N_("the body is not the form of this page")), say(N_("send it as `multipart/form-data`")))
    if request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise wrong
    try:
        fields, files = MultiPartParser(request.META, BytesIO(read_bytes(request)), [_Held(request)], "utf-8").parse()
    except (MultiPartParserError, SuspiciousOperation, ValueError):
        raise wrong from None
    held = {name: str(fields.get(name, "")) for name in fields}
    return _Said(
        held.get("name", "")[:1000], held.get("attest") == "yes", held.get("how", ""), _file(files.get("file")), _file(files.get("evidence")),
        _chosen(held),
    )  # fmt: skip


def _file(sent: Any) -> Evidence | None:
    if sent is None:
        return None
    data = sent.read()
    return Evidence(sent.name or "", data) if data else None


def _chosen(held: dict[str, str]) -> dict[int, Answer]:
    """The answers that were chosen on the page, by line; raises a problem for what the page does not offer."""
    found: dict[int, Answer] = {}
    for name, state in held.items():
        number = name.removeprefix("line-")
        if number == name or not state:
            continue
        if not (number.isascii() and number.isdigit() and len(number) < 10) or state not in WORDS or state == State.FOUND:
            raise Problem(400, "invalid", say(N_("the body is not the form of this page")))
        rows, reason = held.get(f"rows-{number}", ""), held.get(f"reason-{number}", "").strip()
        count = int(rows) if rows.isascii() and rows.isdigit() and len(rows) < 8 else 1
        found[int(number)] = Answer(state, 0 if state == State.NOTHING else max(count, 1), (), reason[:5000] if state == State.KEPT else "")
    return found


# ---------------------------------------------------------------------------------------------------------------- pages


def _shown(request: HttpRequest, house: House, one: Worklist, said: _Said, status: int = 200) -> HttpResponse:
    """The page of a list."""
    tongue, asked = page_tongue(request), Right(one.row.asked)
    told, waits = tongue.translate, one.count(State.OPEN)
    called = names_of(house, tongue.language)
    lines = [_line_view(line, tongue, said, called) for line in lines_of(house, one.id, 0, SHOWN)]
    more = one.count() - len(lines)
    values: dict[str, Any] = {
        "words": {
            "what": told(_TODO[asked]), "step": told(_STEPS[asked]),
            "until": say(N_("Please answer until {when}."), when=moment(one.row.due)).render(tongue),
            "waits": say(N_("Lines that wait: {count} of {all}."), count=waits, all=one.count()).render(tongue),
            "more": say(N_("The table has more lines: {count}."), count=more).render(tongue) if more else "",
            "size": say(N_("All files together may have {size}."), size=megabytes(settings.DATA_UPLOAD_MAX_MEMORY_SIZE, tongue)).render(tongue),
            **{key: told(text) for key, text in _WORDS.items()},
        },
        "heads": [told(HEADINGS[key]) for key in (NUMBER, SYSTEM, PERSON, ANSWERED)], "heading_rows": told(HEADINGS[ROWS]), "heading_reason": told(HEADINGS[REASON]),
        "states": [(state, told(WORDS[state])) for state in STATES[asked] if state != State.FOUND], "erase": asked is not Right.ACCESS,
        "lines": lines, "waits": waits, "said": said, "problem": _problem(said.error, tongue), "done": not waits,
        "taken": say(N_("Taken. Answered lines: {count}. Thank you."), count=said.taken).render(tongue) if said.taken else "",
        "path": request.path,
    }  # fmt: skip
    made = page("worklist.html", tongue, told(_TITLES[asked]), house=house, **values)
    return closed(whole(made, status, forms="'self'"))


_WORDS = {
    "table": N_("The table"), "xlsx": N_("Download as a workbook (XLSX)"), "csv": N_("Download as CSV"), "list": N_("Whom to look for"),
    "answer": N_("Your answer"), "name": N_("Your name"), "how": N_("What do you hand in?"),
    "nothing": N_("Nothing was found, for every line that waits"), "choices": N_("What I chose in the list above"), "file": N_("The table that I filled in"),
    "choose": N_("The filled table, XLSX or CSV"), "evidence": N_("Evidence, if you have any: a PDF, a picture or a text"),
    "attest": N_("I have looked in each system myself or had it looked at, and what I hand in is true and whole."),
    "send": N_("Hand it in"), "later": N_("not yet"), "answered": N_("Every line is answered."),
    "change": N_("To change an answer, hand it in again: the newest one counts until the list is closed."),
    "care": N_("This page shows personal data. The link is for you alone. Delete the table once it is handed in."),
    "dropped": N_("not needed any more"), "row": N_("row"), "many": N_("Where there are many lines, download the table, fill it in, and hand it in below."),
}  # fmt: skip


def _line_view(line: Line, tongue: Tongue, said: _Said, called: Names) -> dict[str, Any]:
    row = line.row
    chosen = (said.chosen or {}).get(row.number)
    state = tongue.translate(WORDS[row.state]) if row.state in WORDS else ""
    return {
        "number": row.number, "system": row.system, "title": title if (title := called.system(row.system)) != row.system else "", "known": person_words(line.known, tongue), "state": row.state, "word": state, "rows": row.rows,
        "open": row.state == State.OPEN, "chosen": chosen,
    }  # fmt: skip


def _problem(error: JanjiError | None, tongue: Tongue) -> dict[str, Any] | None:
    """What is wrong, for the page: the sentence, the help, and each row of the table with its mistake."""
    if error is None:
        return None
    rows = [
        {"row": found.place.line, "words": f"{found.message.render(tongue)}."} for found in (error.diagnostics if isinstance(error, Invalid) else ())
    ]  # fmt: skip
    return {"title": sentence(error.message, tongue), "help": sentence(error.help, tongue), "rows": rows}


def _bad(request: HttpRequest, house: House, tongue: Tongue, error: JanjiError) -> HttpResponse:
    """What a link leads to that is none of ours, or that has ended."""
    status = error.http_status if isinstance(error, Ended) else 404
    if request.get_preferred_type([HTML]) is None:
        raise Problem(status, "not-found" if status == 404 else "refusal", error.message, error.help)
    told = [sentence(error.message, tongue), *([sentence(error.help, tongue)] if error.help else [])]
    title = N_("This link has ended") if isinstance(error, Ended) else N_("This link does not work")
    made = page("unsubscribe.html", tongue, tongue.translate(title), told=told, house=house, contacts=contacts(house))
    return closed(whole(made, status))
