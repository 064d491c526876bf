"""May something be done: one question answered in short or at length, or a thousand at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from janji.decision.compiler import CompiledPolicy
from janji.decision.explanation import explain as explained
from janji.decision.question import Facts, Question
from janji.errors import Invalid
from janji.terms.messages import N_, say
from janji.terms.processing import Operation, Signal
from janji.web.bodies import json_response, read_body, read_json, unfit
from janji.web.description import CHANGING, PROBLEMS, body, named
from janji.web.documents import missing
from janji.web.keys import ApiKey, outside, within
from janji.web.people import people_meant
from janji.web.problems import Problem, Wrong
from janji.web.repeats import HEADER, answer_once, name_of, reply
from janji.web.requests import door_of, key_of, metrics_of, signals_of, tongue_of
from janji.web.shapes import (
    SUBJECT,
    Block,
    Flag,
    Identified,
    Instant,
    ListOf,
    Object,
    Part,
    Subject,
    Text,
    names,
    words_of,
)  # fmt: skip
from janji.workflows.answers import answer_json, explanation_json
from janji.workflows.api_keys import Key, Scope
from janji.workflows.batches import NOTHING, Query, Wish, answer_many
from janji.workflows.decisions import Answer, answer, read_facts
from janji.workflows.house import House
from janji.workflows.people import find_subjects
from janji.workflows.reading import person_within
from janji.workflows.repeats import Reply
from janji.workflows.rollout import observe, pseudonym_of
from janji.workflows.standings import answer_for, record_permitted, with_signals

router = Router()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as a body asks it."""

    purpose: str
    data: tuple[str, ...]
    subject: UUID | Identified | None = None
    operation: str | None = None
    recipient: str | None = None
    country: str | None = None
    channel: str | None = None
    agent: str | None = None
    at: datetime | None = None
    touchpoint: str | None = None
    facts: dict[str, Any] | None = None
    record: bool = False

    @property
    def plain(self) -> bool:
        """Whether nothing but the question is asked."""
        return self.touchpoint is None and self.facts is None and not self.record

    def question(self, now: datetime) -> Question:
        """The question that the engine is asked; naming a recipient means a disclosure."""
        return Question(
            purpose=self.purpose, data=self.data, at=self.at or now,
            operation=self.operation or (Operation.USE if self.recipient is None else Operation.DISCLOSE),
            recipient=self.recipient, country=self.country, channel=self.channel, agent=self.agent,
        )  # fmt: skip


QUESTION = Block(Asked, {
    "subject": Part(Subject(), "The person that it is about."),
    "purpose": Part(Text(), "What it is for, as the policy names it.", True),
    "data": Part(names(), "Categories of data, as the policy names them.", True),
    "operation": Part(words_of(list(Operation)), "What is done; `use`, or `disclose` when a recipient is named."),
    "recipient": Part(Text(), "Who would receive the data."),
    "country": Part(Text(2, "[A-Z]{2}"), "The country they would go to (ISO 3166-1 alpha-2)."),
    "channel": Part(Text(), "The channel that would be used."),
    "agent": Part(Text(), "Who acts; left out for a machine acting alone."),
    "at": Part(Instant(), "The instant asked about; now by default."),
    "touchpoint": Part(Text(), "Where it happens, for enforcement."),
    "facts": Part(Object(), "What is known of the request, or of a person who is not on record (schema `facts`)."),
    "record": Part(Flag(), "Record the use in the person's track record, if it goes on."),
})  # fmt: skip


PLAIN = Block(Asked, {name: part for name, part in QUESTION.parts.items() if name != "record"})
"""A question that is only asked."""
MANY = 1000
BATCH: Block[tuple[Asked, ...]] = Block(lambda questions: questions, {"questions": Part(ListOf(QUESTION, MANY), "The questions.", True)})


@router.post("/decisions", auth=ApiKey(Scope.DECIDE), operation_id="decide", summary="Ask whether something may be done", openapi_extra={
    "parameters": [HEADER], "requestBody": body(QUESTION), "responses": {200: named("decision"), **CHANGING},
})  # fmt: skip
def decide(request: HttpRequest) -> HttpResponse:
    """One question, answered with every reason. Somebody who is not on record is somebody of whom nothing is known.

    `Sec-GPC: 1`, passed on from the person's browser, is their objection to what the policy names for it.
    """
    asked, key, tongue = read_body(request, QUESTION), key_of(request), tongue_of(request)
    signals = signals_of(request)
    within(request, asked.purpose)
    name_of(request)
    if not asked.record:
        result = door_of(request).do(lambda house: answered(house, asked, key.application, signals))
        return json_response(answer_json(_counted(request, result), tongue))
    return answer_once(request, lambda house: reply(answer_json(_counted(request, answered(house, asked, key.application, signals)), tongue)))


@router.post("/decisions/explain", auth=ApiKey(Scope.DECIDE), operation_id="explain", summary="Ask, and be told why at length", openapi_extra={
    "requestBody": body(PLAIN), "responses": {200: named("explanation"), **PROBLEMS},
})  # fmt: skip
def explain(request: HttpRequest) -> HttpResponse:
    """One question, with what each clause says, the law behind it, and what would change the answer."""
    asked, key, tongue = read_body(request, PLAIN), key_of(request), tongue_of(request)
    within(request, asked.purpose)

    def work(house: House) -> dict[str, Any]:
        _, result = _answered(house, asked, key.application, signals_of(request))
        return explanation_json(explained(house.policy_in_force.compiled, result.decision), result, tongue)

    return json_response(door_of(request).do(work))


@router.post("/decisions/batch", auth=ApiKey(Scope.DECIDE), operation_id="decide_many", summary="Ask up to a thousand questions", openapi_extra={
    "parameters": [HEADER], "requestBody": body(BATCH), "responses": {200: named("verdicts"), **CHANGING},
})  # fmt: skip
def decide_many(request: HttpRequest) -> HttpResponse:
    """Many questions, each answered in short, in their order."""
    key = key_of(request)
    name_of(request)
    batch = Batch(read_json(request), key)

    def work(house: House) -> Reply:
        items = answer_many(house, batch.queries(house), key.application)
        for (permit, mode), count in Counter((item["permit"], item["mode"]) for item in items).items():
            metrics_of(request).decided(mode, count, permit=permit)
        return reply({"items": items, "policy_version": house.policy_in_force.compiled.version})

    if batch.records:
        return answer_once(request, work)
    found = door_of(request).do(work)
    return HttpResponse(found.body, content_type=found.media_type)


def _counted(request: HttpRequest, result: Answer) -> Answer:
    metrics_of(request).decided(str(result.outcome.mode), permit=result.decision.permit)
    return result


class Batch:
    """Many questions of one body: whoever asks the same about many people has it read once.

    What is asked is checked by its shape the first time that it comes; after that only the person differs.
    """

    def __init__(self, value: Any, key: Key) -> None:
        self.items = self._items(value)
        self.key = key
        self.records = False
        self.read: dict[tuple[Any, ...], tuple[int, Asked]] = {}
        self.found: list[Wrong] = []
        self.asked: list[tuple[Asked, Any]] = [self._asked(item, place) for place, item in enumerate(self.items)]
        if self.found:
            raise unfit(self.found)
        self._within()
        self._recordable()

    @staticmethod
    def _items(value: Any) -> list[Any]:
        items = value.get("questions") if type(value) is dict and len(value) == 1 else None
        if type(items) is not list or not 0 < len(items) <= MANY:
            found: list[Wrong] = []
            BATCH.read(value, "", found)
            raise unfit(found)
        return items

    def _asked(self, item: Any, place: int) -> tuple[Asked, Any]:
        """A question and who it is about, as 16 bytes, an identifier, or nobody."""
        try:
            data = item["data"]
            key = (*(item.get(name, _ABSENT) for name in _NAMES), *data) if type(data) is list else None
            known = None if key is None else self.read.get(key)
            subject = item.get("subject", _ABSENT)
            if known is not None and known[0] == len(item) and type(subject) is str and SUBJECT.fullmatch(subject):
                return known[1], bytes.fromhex(subject[4:].replace("-", ""))
        except (AttributeError, KeyError, TypeError):
            key = None
        before = len(self.found)
        asked = QUESTION.read(item, f"/questions/{place}", self.found)
        if len(self.found) > before:
            return asked, None
        if asked.record:
            self.records = True
        if key is not None and type(asked.subject) is UUID and asked.plain:
            self.read[key] = len(item), asked
        return asked, asked.subject.bytes if type(asked.subject) is UUID else asked.subject

    def _within(self) -> None:
        """Raise a problem that names every question about a purpose that is none of the key's."""
        if self.key.purposes is None:
            return
        problem = outside()
        found = [
            Wrong(f"/questions/{place}/purpose", problem.message, None, problem.code)
            for place, (asked, _) in enumerate(self.asked) if not self.key.sees(asked.purpose)
        ]  # fmt: skip
        if found:
            raise Problem(403, problem.code, problem.message, problem.help, found)

    def _recordable(self) -> None:
        """Raise a problem that names every use that cannot be recorded."""
        found = [
            Wrong(f"/questions/{place}/record", *UNRECORDABLE, "unprocessable")
            for place, (asked, who) in enumerate(self.asked) if asked.record and (asked.at is not None or who is None)
        ]  # fmt: skip
        if found:
            raise Problem(422, "unprocessable", *UNRECORDABLE, found)

    def queries(self, house: House) -> list[Query]:
        """The questions as they are answered; who is named by an identifier is found by one statement."""
        now, compiled = house.runtime.now(), house.policy_in_force.compiled
        people = iter(people_meant(house, (
            (f"/questions/{place}/subject", (who.kind, who.value))
            for place, (_, who) in enumerate(self.asked) if isinstance(who, Identified)
        )))  # fmt: skip
        questions: dict[int, tuple[Question, Wish]] = {}
        found: list[Query] = []
        for place, (asked, who) in enumerate(self.asked):
            made = questions.get(id(asked))
            if made is None:
                facts = facts_in(compiled, asked, f"/questions/{place}/facts")
                made = questions[id(asked)] = asked.question(now), NOTHING if asked.plain else Wish(facts, asked.touchpoint, asked.record)
            if isinstance(who, Identified):
                person = next(people)
                who = None if person is None else person.bytes
                found.append((made[0], who, True, made[1]))
            else:
                found.append((made[0], who, who is not None, made[1]))
        return found


_ABSENT = object()
_NAMES = ("purpose", "operation", "recipient", "country", "channel", "agent", "at")
UNRECORDABLE = (
    say(N_("what is done is recorded as of now, about a person")), say(N_("leave out `record`, or `at`, or name a `subject`")),
)  # fmt: skip


def answered(house: House, asked: Asked, application: str, signals: Collection[Signal] = ()) -> Answer:
    """The answer to one question about anybody; counted, for who is rolling enforcement out."""
    subject, result = _answered(house, asked, application, signals)
    name = None if subject is None else pseudonym_of(house, subject)
    observe(house, result.decision, result.outcome, application, name, asked.touchpoint)
    return result


def _answered(house: House, asked: Asked, application: str, signals: Collection[Signal]) -> tuple[UUID | None, Answer]:
    compiled, question = house.policy_in_force.compiled, asked.question(house.runtime.now())
    facts = facts_in(compiled, asked, "/facts")
    if asked.record and (asked.at is not None or asked.subject is None):
        raise Problem(422, "unprocessable", *UNRECORDABLE)
    subject = subject_of(house, asked.subject)
    if subject is None:
        known = with_signals(compiled, question, facts if asked.subject is None else None, signals)
        return None, answer(house.runtime, compiled, question, known, asked.touchpoint, application)
    if asked.record:
        return subject, record_permitted(house, subject, question, facts, asked.touchpoint, application, signals)
    return subject, answer_for(house, subject, question, facts, None, asked.touchpoint, application, signals)


def facts_in(compiled: CompiledPolicy, asked: Asked, at: str) -> Facts | None:
    """The facts that a question brings; raises a problem that names each mistake by its code alone."""
    if asked.facts is None:
        return None
    try:
        return read_facts(compiled, asked.facts)
    except Invalid as error:
        found = [Wrong(at, say(N_("this is not understood: {code}"), code=one.code), None, one.code) for one in error.diagnostics]
        raise Problem(422, "unprocessable", error.message, say(N_("`schema/facts.json` tells what they are made of")), found) from None


def subject_of(house: House, named: UUID | Identified | None) -> UUID | None:
    """The person that a body names, `None` for nobody on record: asking makes nobody known."""
    return find_subjects(house, [(named.kind, named.value)])[0] if isinstance(named, Identified) else named


def person_meant(house: House, named: UUID | Identified) -> UUID:
    """The person on record that a body names; raises the problem 404 for nobody, and for who was forgotten."""
    found = subject_of(house, named)
    subject = None if found is None else person_within(house, found)
    if subject is None:
        raise missing()
    return subject
