"""What people say, as applications hand it on: one choice, a thousand in one transaction, or a stream of lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Router

from janji.consent.choices import Verb
from janji.ledger.events import Actor, stamp
from janji.terms.messages import N_, Tongue, say
from janji.web.bodies import parse_json, read_body, read_bytes
from janji.web.description import CHANGING, answered, body, named, ndjson
from janji.web.keys import ApiKey, outside, within
from janji.web.problems import MEDIA_TYPE, PREFIX, TITLES, Problem, Wrong, problem_of, wrong_json
from janji.web.repeats import HEADER, answer_once, name_of, reply
from janji.web.requests import door_of, key_of, metrics_of, tongue_of
from janji.web.shapes import Block, Flag, Identified, Instant, ListOf, Part, Subject, Text, words_of
from janji.workflows.answers import rejection_json
from janji.workflows.api_keys import Key, Scope
from janji.workflows.consents import Result, objected, reported
from janji.workflows.house import House
from janji.workflows.repeats import Keep, Reply, id_within
from janji.workflows.reported import Reported, report, report_at_once, report_many

router = Router()
MANY = 1000
"""Choices of one call, and of one transaction of a stream."""
OBJECT = "object"
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A choice as a body reports it."""

    subject: UUID | Identified
    verb: str
    purpose: str
    channel: str | None = None
    language: str | None = None
    notice_digest: str | None = None
    method: str | None = None
    actor: str = str(Actor.PERSON)
    until: datetime | None = None
    evidence: str | None = field(default=None, repr=False)
    automated: bool = False

    def reported(self, house: House, id: UUID | None = None) -> Reported:
        """The choice in the record's words."""
        who = (self.subject.kind, self.subject.value) if isinstance(self.subject, Identified) else self.subject
        kept = None if self.evidence is None else {"reference": self.evidence}
        if self.verb == OBJECT:
            return Reported(subject=who, choice=objected(self.purpose, automated=self.automated, actor=self.actor), id=id)
        choice = reported(
            house, self.verb, self.purpose, channel=self.channel, language=self.language, digest=self.notice_digest,
            method=self.method, actor=self.actor, until=None if self.until is None else stamp(self.until),
        )  # fmt: skip
        return Reported(subject=who, choice=choice, evidence=kept, id=id)


CHOICE = Block(Said, {
    "subject": Part(Subject(), "Whose choice it is.", True),
    "verb": Part(words_of([*Verb, OBJECT]), "What the person did.", True),
    "purpose": Part(Text(), "The purpose, as the policy names it.", True),
    "channel": Part(Text(), "The channel, where the purpose has channels."),
    "language": Part(Text(35), "The language of the notice that was shown."),
    "notice_digest": Part(Text(64, "[0-9a-f]{64}"), "The digest of the notice that was shown; the present one when it is left out."),
    "method": Part(Text(), "How the choice was made, such as `unticked-box`."),
    "actor": Part(words_of([Actor.PERSON, Actor.GUARDIAN, Actor.STAFF]), "Who acted; the person by default."),
    "until": Part(Instant(), "When the consent ends by itself."),
    "evidence": Part(Text(2000), "The reference of a signed form or a recording; it is sealed."),
    "automated": Part(Flag(), "Of an objection: only to being decided about by a machine alone."),
})  # fmt: skip
MANY_CHOICES = Block(lambda items: items, {"items": Part(ListOf(CHOICE, MANY), "The choices, in their order.", True)})


@router.post("/consents", auth=ApiKey(Scope.CONSENTS_WRITE), operation_id="choose", summary="Record what a person said", openapi_extra={
    "parameters": [HEADER], "requestBody": body(CHOICE), "responses": {201: named("recorded"), **CHANGING},
})  # fmt: skip
def choose(request: HttpRequest) -> HttpResponse:
    """Record one choice, if it is valid; a choice that does not count is answered with every reason.

    Somebody who is not on record is put on record by a choice that counts, if the key has the scope `subjects:write`.
    """
    said = read_body(request, CHOICE)
    within(request, said.purpose)
    make, tongue = _may_make(key_of(request)), tongue_of(request)

    def work(house: House) -> Reply:
        result = report(house, said.reported(house), make=make)
        _count(request, [result])
        if result.recorded is None:
            return reply(_rejected(result, tongue), 422, MEDIA_TYPE)
        return reply(_result_json(result, tongue), 201)

    def at_once(house: House, keep: Keep) -> Reply | None:
        return report_at_once(house, said.reported(house), lambda done: reply(_result_json(Result(done), tongue), 201), keep)

    return answer_once(request, work, at_once)


@router.post("/consents/batch", auth=ApiKey(Scope.CONSENTS_WRITE), operation_id="choose_many", summary="Record up to a thousand choices", openapi_extra={
    "parameters": [HEADER], "requestBody": body(MANY_CHOICES), "responses": {200: named("outcomes"), **CHANGING},
})  # fmt: skip
def choose_many(request: HttpRequest) -> HttpResponse:
    """Record choices in one transaction: those that are valid, in their order; the others are answered with every reason."""
    items = read_body(request, MANY_CHOICES)
    _all_within(key_of(request), items)
    make, tongue = _may_make(key_of(request)), tongue_of(request)

    def work(house: House) -> Reply:
        results = report_many(house, [said.reported(house) for said in items], make=make)
        _count(request, results)
        return reply({"items": [_result_json(one, tongue) for one in results]})

    return answer_once(request, work)


@router.post("/consents/stream", auth=ApiKey(Scope.CONSENTS_WRITE), operation_id="choose_stream", summary="Record choices line by line", openapi_extra={
    "parameters": [HEADER], "requestBody": ndjson(CHOICE), "responses": {200: answered(NDJSON[0], {"type": "string"}), **CHANGING},
})  # fmt: skip
def choose_stream(request: HttpRequest) -> HttpResponseBase:
    """One choice a line; what became of each comes back as a line of its own, a thousand to a transaction.

    When something fails on the way, the last line is `{"problem": ...}` and nothing behind it was recorded. Sent again
    with the same idempotency key, a line that was recorded is answered as it was.
    """
    media = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media not in NDJSON:
        raise Problem(415, "media-type", say(N_("this address reads one JSON object a line, in UTF-8")),
                      say(N_("send `Content-Type: {type}`"), type=NDJSON[0]))  # fmt: skip
    name_of(request)
    lines = [line for line in read_bytes(request).splitlines() if line.strip()]
    return StreamingHttpResponse(_stream(request, lines), content_type=NDJSON[0])


def _stream(request: HttpRequest, lines: Sequence[bytes]) -> Iterator[bytes]:
    try:
        for number in range(0, len(lines), MANY):
            part = lines[number : number + MANY]
            yield b"".join(orjson.dumps(one) + b"\n" for one in _part(request, part, number))
    except Exception as error:  # the status is sent already
        yield orjson.dumps({"problem": orjson.loads(problem_of(request, error).content)}) + b"\n"


def _part(request: HttpRequest, lines: Sequence[bytes], number: int) -> list[dict[str, Any]]:
    """What became of some lines, the first of which is line `number`."""
    key, name, tongue = key_of(request), name_of(request), tongue_of(request)
    read = [_line(line, key) for line in lines]

    def work(house: House) -> list[dict[str, Any]]:
        ids = [
            None if name is None else id_within(house, key.id, name, place, line) for place, line in enumerate(lines, number)
        ]  # fmt: skip
        wanted = [one.reported(house, id) for one, id in zip(read, ids, strict=True) if isinstance(one, Said)]
        results = report_many(house, wanted, make=_may_make(key))
        _count(request, results)
        done = iter(results)
        return [
            _result_json(next(done), tongue) if isinstance(one, Said) else {"rejections": [wrong_json(item, tongue) for item in one]}
            for one in read
        ]  # fmt: skip

    return door_of(request).do(work)


def _line(line: bytes, key: Key) -> Said | list[Wrong]:
    """A choice of one line, or what is wrong with it."""
    found: list[Wrong] = []
    try:
        said = CHOICE.read(parse_json(line), "", found)
    except Problem as problem:
        return [Wrong("", problem.message, problem.help)]
    if not found and not key.sees(said.purpose):
        found.append(Wrong("/purpose", outside().message, outside().help, "purpose"))
    return found or said


def _count(request: HttpRequest, results: Sequence[Result]) -> None:
    kept = sum(one.recorded is not None for one in results)
    metrics_of(request).chosen("recorded", kept)
    metrics_of(request).chosen("rejected", len(results) - kept)


def _may_make(key: Key) -> bool:
    return Scope.SUBJECTS_WRITE in key.scopes


def _all_within(key: Key, items: Sequence[Said]) -> None:
    """Raise a problem that names every choice about a purpose that is none of the key's."""
    problem = outside()
    found = [
        Wrong(f"/items/{place}/purpose", problem.message, None, "purpose") for place, said in enumerate(items) if not key.sees(said.purpose)
    ]  # fmt: skip
    if found:
        raise Problem(403, problem.code, problem.message, problem.help, found)


def _result_json(result: Result, tongue: Tongue) -> dict[str, Any]:
    """What became of a choice: the event, its digest and the person's version, and what a no set off; or why it does not count."""
    if result.recorded is None:
        return {"rejections": [rejection_json(one, tongue) for one in result.rejections]}
    held: dict[str, Any] = {
        "id": str(result.recorded.id), "digest": result.recorded.digest, "version": result.recorded.version,
    }  # fmt: skip
    return held if result.cascade is None else {**held, "cascade": {**result.cascade.details(), "task": str(result.task)}}


def _rejected(result: Result, tongue: Tongue) -> dict[str, Any]:
    """The problem document of a choice that does not count."""
    errors = [rejection_json(one, tongue) for one in result.rejections]
    return {
        "type": f"{PREFIX}rejected", "title": tongue.translate(TITLES["rejected"]), "status": 422,
        "detail": tongue.translate(N_("nothing was recorded")),
        "errors": [{"pointer": "", "code": one["code"], "detail": one["text"], "help": one["help"],
                    "clauses": one["clauses"], "article": one["article"]} for one in errors],
    }  # fmt: skip
